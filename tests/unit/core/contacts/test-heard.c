/* Which contact requests are new. */
#include "core/contacts/heard.h"

static HarkKey
account (unsigned number)
{
  HarkKey key = {
    {(uint8_t) number, (uint8_t) (number >> 8)}
  };

  return key;
}

static void
test_newer (void)
{
  HarkHeard *heard = hark_heard_new (NULL);
  HarkKey one = account (1), two = account (2);

  g_assert_true (hark_heard_is_new (heard, &one, 1000));
  hark_heard_note (heard, &one, 1000);
  g_assert_false (hark_heard_is_new (heard, &one, 1000));
  g_assert_false (hark_heard_is_new (heard, &one, 999));
  g_assert_true (hark_heard_is_new (heard, &one, 1001));
  g_assert_true (hark_heard_is_new (heard, &two, 5));
  hark_heard_free (heard);
}

static void
test_kept (void)
{
  HarkHeard *heard = hark_heard_new (NULL), *again;
  g_autoptr (GBytes) kept = NULL;
  g_autoptr (GBytes) cut = NULL;
  HarkKey one = account (1), two = account (2);

  hark_heard_note (heard, &one, 1000);
  hark_heard_note (heard, &two, 2000);
  kept = hark_heard_keep (heard);
  again = hark_heard_new (kept);
  g_assert_false (hark_heard_is_new (again, &one, 1000));
  g_assert_false (hark_heard_is_new (again, &two, 2000));
  hark_heard_free (again);

  cut = g_bytes_new_from_bytes (kept, 0, 79);
  again = hark_heard_new (cut);
  g_assert_false (hark_heard_is_new (again, &one, 1000));
  g_assert_true (hark_heard_is_new (again, &two, 2000));
  hark_heard_free (again);
  hark_heard_free (heard);
}

static void
test_bounded (void)
{
  HarkHeard *heard = hark_heard_new (NULL);
  HarkKey first = account (0), last = account (HARK_HEARD_MAX);
  g_autoptr (GBytes) kept = NULL;

  for (unsigned i = 0; i <= HARK_HEARD_MAX; i++) {
    HarkKey key = account (i);

    hark_heard_note (heard, &key, 1000 + i);
  }
  kept = hark_heard_keep (heard);
  g_assert_cmpuint (g_bytes_get_size (kept), ==, HARK_HEARD_MAX * 40);
  g_assert_true (hark_heard_is_new (heard, &first, 1000));
  g_assert_false (hark_heard_is_new (heard, &last, 1000 + HARK_HEARD_MAX));
  hark_heard_free (heard);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/heard/only-newer-requests-count", test_newer);
  g_test_add_func ("/heard/survives-restarts", test_kept);
  g_test_add_func ("/heard/is-bounded", test_bounded);
  return g_test_run ();
}
