#include "core/proto/wiping.h"

#include <glib.h>
#include <sodium.h>
#include <stdint.h>

#define HEAD 16 /* the length; keeps what follows aligned for anything */

static void *
take (void *data, size_t len)
{
  uint8_t *memory;

  (void) data;
  memory = g_malloc (HEAD + len);
  *(size_t *) (void *) memory = len;
  return memory + HEAD;
}

static void
give_back (void *data, void *pointer)
{
  uint8_t *memory = pointer;

  (void) data;
  if (memory == NULL)
    return;
  sodium_memzero (memory, *(size_t *) (void *) (memory - HEAD));
  g_free (memory - HEAD);
}

ProtobufCAllocator hark_wiping = {.alloc = take, .free = give_back};
