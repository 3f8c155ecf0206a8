/* What a profile keeps about files. */
#include "core/files/file-settings.h"

#include <string.h>

static const HarkKey alice = {{1}}, bob = {{2}};

static bool
all_live (uint64_t transfer, void *data)
{
  (void) transfer;
  (void) data;
  return true;
}

static bool
none_lives (uint64_t transfer, void *data)
{
  (void) transfer;
  (void) data;
  return false;
}

static void
fill (HarkFileSettings *ret)
{
  hark_file_settings_read (NULL, ret);
  ret->limit_up = 50000;
  ret->limit_down = 70000;
  ret->metered = HARK_METERED_HOLD;
  g_assert_true (hark_file_settings_set_rule (ret, &alice, 1000, "/srv/alice"));
  g_assert_true (hark_file_settings_set_rule (ret, &bob, 5, NULL));
  g_assert_true (hark_file_settings_move (ret, 7, true, all_live, NULL));
  g_assert_true (hark_file_settings_move (ret, 8, true, all_live, NULL));
  g_assert_true (hark_file_settings_move (ret, 9, false, all_live, NULL));
}

static void
test_round_trip (void)
{
  HarkFileSettings settings, again;
  g_autoptr (GBytes) bytes = NULL;

  fill (&settings);
  bytes = hark_file_settings_write (&settings);
  hark_file_settings_read (bytes, &again);
  g_assert_cmpuint (again.limit_up, ==, 50000);
  g_assert_cmpuint (again.limit_down, ==, 70000);
  g_assert_cmpint (again.metered, ==, HARK_METERED_HOLD);
  g_assert_cmpuint (hark_file_settings_rule (&again, &alice)->size_max, ==, 1000);
  g_assert_cmpstr (hark_file_settings_rule (&again, &alice)->directory, ==, "/srv/alice");
  g_assert_null (hark_file_settings_rule (&again, &bob)->directory);
  g_assert_cmpint (hark_file_settings_order (&again, 8), <, hark_file_settings_order (&again, 7));
  g_assert_cmpint (hark_file_settings_order (&again, 7), <, hark_file_settings_order (&again, 1));
  g_assert_cmpint (hark_file_settings_order (&again, 9), >, hark_file_settings_order (&again, 1));
  hark_file_settings_clear (&settings);
  hark_file_settings_clear (&again);
}

static void
test_rules (void)
{
  HarkFileSettings settings;
  g_autofree char *longest = g_strnfill (HARK_FILE_FOLDER_MAX + 1, 'a');
  HarkKey other = {{3}};

  fill (&settings);
  g_assert_true (hark_file_settings_set_rule (&settings, &alice, 0, NULL)); /* none any more */
  g_assert_null (hark_file_settings_rule (&settings, &alice));
  g_assert_false (hark_file_settings_set_rule (&settings, &alice, 1, longest));
  for (unsigned i = settings.rules->len; i < HARK_FILE_RULES_MAX; i++) {
    other.bytes[1] = (uint8_t) i;
    other.bytes[2] = (uint8_t) (i >> 8);
    g_assert_true (hark_file_settings_set_rule (&settings, &other, 1, NULL));
  }
  g_assert_false (hark_file_settings_set_rule (&settings, &alice, 1, NULL));
  g_assert_true (hark_file_settings_set_rule (&settings, &bob, 2, NULL)); /* replaces */
  hark_file_settings_clear (&settings);
}

static void
test_orders (void)
{
  HarkFileSettings settings;

  fill (&settings);
  for (uint64_t i = 100; g_hash_table_size (settings.orders) < HARK_FILE_ORDERS_MAX; i++)
    g_assert_true (hark_file_settings_move (&settings, i, false, all_live, NULL));
  g_assert_false (hark_file_settings_move (&settings, 1, true, all_live, NULL));
  g_assert_true (hark_file_settings_move (&settings, 1, true, none_lives, NULL));
  g_assert_cmpuint (g_hash_table_size (settings.orders), ==, 1);
  hark_file_settings_clear (&settings);
}

/* Wherever it ends, and whatever byte is another one: some settings, and no harm. */
static void
test_damage (void)
{
  HarkFileSettings settings;
  g_autoptr (GBytes) bytes = NULL;
  const uint8_t *data;
  size_t len;

  fill (&settings);
  bytes = hark_file_settings_write (&settings);
  hark_file_settings_clear (&settings);
  data = g_bytes_get_data (bytes, &len);
  for (size_t i = 0; i < len; i++) {
    g_autofree uint8_t *copy = g_memdup2 (data, len);
    g_autoptr (GBytes) cut = g_bytes_new (copy, i);
    g_autoptr (GBytes) changed = NULL;

    hark_file_settings_read (cut, &settings);
    hark_file_settings_clear (&settings);
    copy[i] ^= 0xff;
    changed = g_bytes_new (copy, len);
    hark_file_settings_read (changed, &settings);
    g_assert_cmpint (settings.metered, <=, HARK_METERED_HOLD);
    hark_file_settings_clear (&settings);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/file-settings/survive-writing-and-reading", test_round_trip);
  g_test_add_func ("/file-settings/one-rule-each-and-not-too-many", test_rules);
  g_test_add_func ("/file-settings/the-dead-leave-the-queue", test_orders);
  g_test_add_func ("/file-settings/damage-does-no-harm", test_damage);
  return g_test_run ();
}
