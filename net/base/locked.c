#define G_LOG_DOMAIN "hark-base"

#include "net/base/locked.h"

#include <errno.h>
#include <glib.h>
#include <sodium.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

#ifdef HARK_CHECKED
#define LOCKS false
#else
#define LOCKS true
#endif

#define CHUNK_LEN ((size_t) 64 * 1024)
#define ALIGNMENT 16

/* Stands before each piece; pieces fill a chunk without gaps. */
typedef struct {
  size_t len; /* bytes behind it */
  bool used;
  bool locked; /* in a chunk, else of the heap */
} Head;

#define HEAD_LEN ((sizeof (Head) + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT)

static GMutex mutex;
static uint8_t *chunks[HARK_LOCKED_MAX / CHUNK_LEN]; /* under mutex */
static unsigned n_chunks;                            /* likewise */
static bool refused;                                 /* likewise: the system locks no more */

static uint8_t *
behind (Head *head)
{
  return (uint8_t *) head + HEAD_LEN;
}

/* The piece behind @head in its chunk, or NULL. */
static Head *
next_of (Head *head, const uint8_t *chunk)
{
  uint8_t *next = behind (head) + head->len;

  return next < chunk + CHUNK_LEN ? (Head *) (void *) next : NULL;
}

/* Takes @len bytes of a free piece; the rest stays free. */
static void
cut (Head *head, size_t len)
{
  if (head->len >= len + HEAD_LEN + ALIGNMENT) {
    Head *rest = (Head *) (void *) (behind (head) + len);

    *rest = (Head){.len = head->len - len - HEAD_LEN, .locked = true};
    head->len = len;
  }
  head->used = true;
}

static void *
take (uint8_t *chunk, size_t len)
{
  for (Head *head = (Head *) (void *) chunk; head; head = next_of (head, chunk)) {
    Head *next;

    if (head->used)
      continue;
    while ((next = next_of (head, chunk)) && !next->used)
      head->len += HEAD_LEN + next->len;
    if (head->len >= len) {
      cut (head, len);
      return memset (behind (head), 0, head->len); /* heads of former pieces lie in it */
    }
  }
  return NULL;
}

static uint8_t *
add_chunk (void)
{
  uint8_t *chunk;

  if (refused || n_chunks == G_N_ELEMENTS (chunks))
    return NULL;
  chunk = mmap (NULL, CHUNK_LEN, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (chunk == MAP_FAILED
      || sodium_mlock (chunk, CHUNK_LEN) != 0) { /* leaves it out of dumps too */
    g_debug ("memory for secrets cannot be locked: %s", g_strerror (errno));
    if (chunk != MAP_FAILED)
      munmap (chunk, CHUNK_LEN);
    refused = true;
    return NULL;
  }
  *(Head *) (void *) chunk = (Head){.len = CHUNK_LEN - HEAD_LEN, .locked = true};
  return chunks[n_chunks++] = chunk;
}

static void *
take_locked (size_t len)
{
  void *memory = NULL;
  uint8_t *fresh;

  if (len > CHUNK_LEN - HEAD_LEN)
    return NULL;
  g_mutex_lock (&mutex);
  for (unsigned i = 0; i < n_chunks && !memory; i++)
    memory = take (chunks[i], len);
  if (!memory && (fresh = add_chunk ()))
    memory = take (fresh, len);
  g_mutex_unlock (&mutex);
  return memory;
}

void *
hark_locked_new (size_t len)
{
  size_t rounded = (MAX (len, 1) + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  uint8_t *memory = LOCKS ? take_locked (rounded) : NULL;
  Head *head;

  if (!memory) {
    head = g_malloc0 (HEAD_LEN + rounded);
    *head = (Head){.len = rounded, .used = true};
    memory = behind (head);
  }
  return memory;
}

void
hark_locked_free (void *memory)
{
  Head *head;

  if (!memory)
    return;
  head = (Head *) (void *) ((uint8_t *) memory - HEAD_LEN);
  g_assert (head->used);
  sodium_memzero (memory, head->len);
  if (!head->locked) {
    g_free (head);
    return;
  }
  g_mutex_lock (&mutex);
  head->used = false;
  g_mutex_unlock (&mutex);
}

GBytes *
hark_locked_bytes (GByteArray *array)
{
  const gsize len = array->len;
  uint8_t *bytes = hark_locked_new (len);

  if (len > 0) {
    memcpy (bytes, array->data, len);
    sodium_memzero (array->data, len);
  }
  g_byte_array_unref (array);
  return g_bytes_new_with_free_func (bytes, len, hark_locked_free, bytes);
}
