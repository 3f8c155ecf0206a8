/* What somebody has of a file that still comes to them, as it is made, sent and read. */
#include "core/files/holding.h"
#include "core/files/tree-hash.h"

#include <string.h>

#define MANY ((uint64_t) 1 << 18) /* blocks of the largest file */

/* Hashes of @blocks blocks, all other. */
static uint8_t *
make_list (uint64_t blocks)
{
  uint8_t *list = g_malloc0 (blocks * HARK_TREE_HASH_LEN);

  for (uint64_t i = 0; i < blocks; i++) {
    const uint64_t number = i + 1;

    memcpy (list + i * HARK_TREE_HASH_LEN, &number, sizeof number);
  }
  return list;
}

static void
test_travels (void)
{
  static const uint64_t sizes[] = {1, 7, 8, 9, 8191, 8192, 8193, 100000, MANY};

  for (unsigned i = 0; i < G_N_ELEMENTS (sizes); i++) {
    const uint64_t blocks = sizes[i];
    g_autofree uint8_t *list = make_list (blocks);
    g_autofree uint8_t *have = g_memdup2 (list, blocks * HARK_TREE_HASH_LEN);
    g_autoptr (HarkHolding) made = NULL;
    g_autoptr (HarkHolding) read = NULL;

    have[blocks / 2 * HARK_TREE_HASH_LEN + 31]++;
    made = hark_holding_compare (have, blocks * HARK_TREE_HASH_LEN, list, blocks);
    made->coming[made->n_coming++] = (uint32_t) (blocks / 2);
    g_assert_cmpuint (hark_holding_len (blocks), <=, HARK_HOLDING_BITS_MAX / 8);
    read = hark_holding_read (blocks, made->bits, hark_holding_len (blocks), made->coming, 1);
    g_assert_nonnull (read);
    g_assert_true (hark_holding_equal (made, read));
    g_assert_false (hark_holding_has (read, blocks / 2));
    g_assert_true (hark_holding_is_coming (read, blocks / 2));
    g_assert_true (blocks == 1 || hark_holding_has (read, blocks == MANY ? 0 : blocks - 1));
    g_assert_false (hark_holding_has (read, blocks));
  }
}

/* A bit that stands for many says nothing of some. */
static void
test_whole_runs_only (void)
{
  g_autofree uint8_t *list = make_list (MANY);
  g_autoptr (HarkHolding) some
    = hark_holding_compare (list, (size_t) 63 * HARK_TREE_HASH_LEN, list, MANY);

  g_assert_cmpuint (some->step, ==, MANY / HARK_HOLDING_BITS_MAX);
  g_assert_cmpuint (hark_holding_count (some), ==, 63 / some->step);
  g_assert_true (hark_holding_has (some, some->step - 1));
  g_assert_false (hark_holding_has (some, 62));
}

static void
test_nonsense (void)
{
  uint8_t bits[HARK_HOLDING_BITS_MAX / 8 + 1] = {0};
  uint32_t coming[HARK_HOLDING_COMING_MAX + 1] = {0};

  g_assert_null (hark_holding_read (0, bits, 0, NULL, 0));
  g_assert_null (hark_holding_read (10, bits, 1, NULL, 0));
  g_assert_null (hark_holding_read (10, bits, 3, NULL, 0));
  g_assert_null (hark_holding_read (10, bits, 2, coming, HARK_HOLDING_COMING_MAX + 1));
  bits[1] = 4; /* the eleventh */
  g_assert_null (hark_holding_read (10, bits, 2, NULL, 0));
  bits[1] = 3;
  coming[0] = 10;
  g_assert_null (hark_holding_read (10, bits, 2, coming, 1));
  coming[0] = 9;
  hark_holding_free (hark_holding_read (10, bits, 2, coming, 1));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/holding/travels", test_travels);
  g_test_add_func ("/holding/names-whole-runs-only", test_whole_runs_only);
  g_test_add_func ("/holding/refuses-nonsense", test_nonsense);
  return g_test_run ();
}
