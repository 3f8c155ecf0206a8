/* tests/fuzz/replay.c - runs a fuzz target without a fuzzer: every seed as it is, then changed
 * copies of the seeds.
 *
 *   fuzz-<name> CORPUS [MS]     MS: time for changed copies, 2000 unless told
 *
 * The copies are made by a generator with a fixed seed, so the Nth input is the same in every run;
 * only how many fit into the time differs. On a crash the number printed last and the seed's name
 * lead back to the input.
 */
#include <glib.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

#define INPUT_LEN_MAX 65536 /* bytes; changed copies never grow beyond it */

static uint64_t state = 0x9e3779b97f4a7c15;

/* xorshift64*: plenty for choosing which bit to flip. */
static size_t
below (size_t bound)
{
  state ^= state >> 12;
  state ^= state << 25;
  state ^= state >> 27;
  return bound ? (size_t) ((state * 0x2545f4914f6cdd1dU) >> 33) % bound : 0;
}

/* Every input gets an allocation of its exact size, so that the sanitizer sees a read one byte
 * beyond. */
static void
feed (const uint8_t *data, size_t size)
{
  uint8_t *copy = malloc (size ? size : 1);

  g_assert (copy);
  memcpy (copy, data, size);
  LLVMFuzzerTestOneInput (copy, size);
  free (copy);
}

static int
by_name (const void *a, const void *b)
{
  return strcmp (*(char *const *) a, *(char *const *) b);
}

static GPtrArray *
load (const char *folder)
{
  GPtrArray *seeds = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  GDir *dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir && (name = g_dir_read_name (dir)))
    g_ptr_array_add (names, g_build_filename (folder, name, NULL));
  g_ptr_array_sort (names, by_name);
  for (guint i = 0; i < names->len; i++) {
    char *bytes;
    gsize len;

    if (g_file_get_contents (names->pdata[i], &bytes, &len, NULL))
      g_ptr_array_add (seeds, g_bytes_new_take (bytes, len));
  }
  if (dir)
    g_dir_close (dir);
  g_ptr_array_unref (names);
  return seeds;
}

/* One change to @input of @len bytes: @other is another seed to take a piece of. Returns the new
 * length. */
static size_t
change (uint8_t *input, size_t len, GBytes *other)
{
  static const uint8_t edges[]
    = {0x00, 0x01, 0x7f, 0x80, 0xff, 0xfe, 'e', 'i', 'l', 'd', ':', '0', '9'};
  size_t other_len;
  const uint8_t *bytes = g_bytes_get_data (other, &other_len);
  size_t at = below (len + 1);
  size_t n = below (MIN (other_len, (size_t) INPUT_LEN_MAX - len) + 1);

  switch (below (6)) {
  case 0: /* one bit */
    if (len)
      input[below (len)] ^= (uint8_t) (1U << below (8));
    return len;
  case 1: /* a byte that parsers treat in a special way */
    if (len)
      input[below (len)] = edges[below (sizeof edges)];
    return len;
  case 2: /* the end is missing */
    return at;
  case 3: /* a piece is missing */
    n = below (len - at + 1);
    memmove (input + at, input + at + n, len - at - n);
    return len - n;
  case 4: /* a piece of another seed in between */
    memmove (input + at + n, input + at, len - at);
    if (n)
      memcpy (input + at, bytes + below (other_len - n + 1), n);
    return len + n;
  default: /* the head of this one, the tail of another */
    n = MIN (n, INPUT_LEN_MAX - at);
    if (n)
      memcpy (input + at, bytes + other_len - n, n);
    return at + n;
  }
}

int
main (int argc, char **argv)
{
  static uint8_t input[INPUT_LEN_MAX];
  GPtrArray *seeds;
  gint64 end;
  unsigned long n = 0;

  if (argc < 2) {
    g_printerr ("usage: %s CORPUS [MS]\n", argv[0]);
    return 2;
  }
  seeds = load (argv[1]);
  g_ptr_array_add (seeds, g_bytes_new_static ("", 0));
  for (guint i = 0; i < seeds->len; i++, n++)
    feed (g_bytes_get_data (seeds->pdata[i], NULL), g_bytes_get_size (seeds->pdata[i]));

  end = g_get_monotonic_time () + 1000 * (argc > 2 ? strtol (argv[2], NULL, 10) : 2000);
  while (g_get_monotonic_time () < end)
    for (guint i = 0; i < seeds->len; i++, n++) {
      size_t len = MIN (g_bytes_get_size (seeds->pdata[i]), sizeof input);

      if (len)
        memcpy (input, g_bytes_get_data (seeds->pdata[i], NULL), len);
      for (size_t changes = 1 + below (4); changes; changes--)
        len = change (input, len, seeds->pdata[below (seeds->len)]);
      feed (input, len);
    }

  g_print ("%lu inputs from %u seeds\n", n, seeds->len);
  g_ptr_array_unref (seeds);
  return 0;
}
