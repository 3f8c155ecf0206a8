/* For whom a file for a group is, and who has it, as it is kept. */
#include "core/files/holders.h"

#include <string.h>

static void
fill (HarkFileHolders *holders, unsigned n)
{
  *holders = (HarkFileHolders){.group = {7}, .n = n};
  for (unsigned i = 0; i < n; i++) {
    holders->people[i].bytes[0] = (uint8_t) (i + 1);
    holders->has[i] = i % 2 == 0;
  }
}

static void
test_kept (void)
{
  HarkFileHolders holders;
  HarkKey stranger = {.bytes = {200}};

  for (unsigned n = 1; n <= HARK_FILE_HOLDERS_MAX; n += 21) {
    g_autoptr (GBytes) bytes = NULL;
    g_autofree HarkFileHolders *read = NULL;

    fill (&holders, n);
    bytes = hark_file_holders_write (&holders);
    read = hark_file_holders_read (bytes);
    g_assert_nonnull (read);
    g_assert_cmpint (memcmp (read, &holders, sizeof holders), ==, 0);
    g_assert_cmpuint (hark_file_holders_count (read), ==, (n + 1) / 2);
    g_assert_true (*hark_file_holders_find (read, &holders.people[0]));
    g_assert_null (hark_file_holders_find (read, &stranger));
  }
}

static void
test_refused (void)
{
  uint8_t data[16 + 33 * (HARK_FILE_HOLDERS_MAX + 1)] = {0};

  g_assert_false (hark_file_holders_are_sane (data, 0));
  g_assert_false (hark_file_holders_are_sane (data, 16));
  g_assert_false (hark_file_holders_are_sane (data, 16 + 34));
  g_assert_true (hark_file_holders_are_sane (data, 16 + 33));
  g_assert_false (hark_file_holders_are_sane (data, sizeof data));
  data[16 + 32] = 2;
  g_assert_false (hark_file_holders_are_sane (data, 16 + 33));
  g_assert_null (hark_file_holders_read (NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/files/holders/kept-as-they-were", test_kept);
  g_test_add_func ("/files/holders/nonsense-refused", test_refused);
  return g_test_run ();
}
