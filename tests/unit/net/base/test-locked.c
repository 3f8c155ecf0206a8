#include "net/base/locked.h"

#include <glib.h>
#include <sodium.h>
#include <string.h>

#define PIECES 3000

/* Pieces of all sizes, taken and given back in disorder: none overlaps, each starts as zeros. */
static void
test_pieces (void)
{
  static struct {
    uint8_t *at;
    size_t len;
    uint8_t mark;
  } pieces[PIECES];
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);

  for (unsigned round = 0; round < 20000; round++) {
    unsigned i = (unsigned) g_rand_int_range (rand, 0, PIECES);

    if (pieces[i].at) {
      for (size_t k = 0; k < pieces[i].len; k++)
        g_assert_cmpuint (pieces[i].at[k], ==, pieces[i].mark);
      hark_locked_free (pieces[i].at);
      pieces[i].at = NULL;
    } else {
      pieces[i].len = (size_t) g_rand_int_range (rand, 0, 3000);
      pieces[i].mark = (uint8_t) i;
      pieces[i].at = hark_locked_new (pieces[i].len);
      g_assert_cmpuint ((uintptr_t) pieces[i].at % 16, ==, 0);
      g_assert_true (sodium_is_zero (pieces[i].at, pieces[i].len));
      memset (pieces[i].at, pieces[i].mark, pieces[i].len);
    }
  }
  for (unsigned i = 0; i < PIECES; i++)
    hark_locked_free (pieces[i].at);
}

static void
test_large (void)
{
  uint8_t *large = hark_locked_new (200000);

  g_assert_true (sodium_is_zero (large, 200000));
  memset (large, 1, 200000);
  hark_locked_free (large);
  hark_locked_free (NULL);
}

/* The system counts the pages as locked, where it lets us. */
static void
test_locked (void)
{
  g_autofree char *text = NULL;
  void *piece = hark_locked_new (32);
  const char *at;

  g_assert_true (g_file_get_contents ("/proc/self/status", &text, NULL, NULL));
  at = strstr (text, "VmLck:");
  g_assert_nonnull (at);
  if (g_ascii_strtoull (at + strlen ("VmLck:"), NULL, 10) < 64)
    g_test_skip ("nothing can be locked here, or AddressSanitizer is on");
  hark_locked_free (piece);
}

/* What was there is gone from where it was. */
static void
test_bytes (void)
{
  GByteArray *array = g_byte_array_new ();
  g_autoptr (GBytes) bytes = NULL;

  g_byte_array_append (array, (const guint8 *) "secret", 6);
  g_byte_array_ref (array);
  bytes = hark_locked_bytes (array);
  g_assert_cmpuint (g_bytes_get_size (bytes), ==, 6);
  g_assert_true (memcmp (g_bytes_get_data (bytes, NULL), "secret", 6) == 0);
  g_assert_true (sodium_is_zero (array->data, array->len));
  g_byte_array_unref (array);
  g_bytes_unref (g_steal_pointer (&bytes));
  bytes = hark_locked_bytes (g_byte_array_new ());
  g_assert_cmpuint (g_bytes_get_size (bytes), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (sodium_init (), >=, 0);
  g_test_add_func ("/locked/pieces-do-not-overlap", test_pieces);
  g_test_add_func ("/locked/large-ones-are-served", test_large);
  g_test_add_func ("/locked/pages-are-locked", test_locked);
  g_test_add_func ("/locked/bytes-move-in", test_bytes);
  return g_test_run ();
}
