/* What a profile keeps about local and closed networks. */
#include "core/nodes/lan-settings.h"

#include <sodium.h>
#include <string.h>

static void
test_round_trip (void)
{
  HarkLanSettings settings, again;
  g_autoptr (GBytes) bytes = NULL;

  hark_lan_settings_read (NULL, &settings);
  g_assert_false (settings.visible);
  g_assert_null (settings.network);
  settings.visible = true;
  hark_lan_settings_set_network (&settings, "crew");
  g_assert_true (hark_lan_settings_add_peer (&settings, "10.0.0.5"));
  g_assert_true (hark_lan_settings_add_peer (&settings, "büro.example:7000"));
  g_assert_true (hark_lan_settings_add_peer (&settings, "10.0.0.5"));
  bytes = hark_lan_settings_write (&settings);
  hark_lan_settings_read (bytes, &again);
  g_assert_true (again.visible);
  g_assert_cmpstr (again.network, ==, "crew");
  g_assert_cmpuint (again.peers->len, ==, 2);
  g_assert_cmpstr (again.peers->pdata[1], ==, "büro.example:7000");
  g_assert_true (hark_lan_settings_remove_peer (&again, "10.0.0.5"));
  g_assert_false (hark_lan_settings_remove_peer (&again, "10.0.0.5"));
  g_assert_cmpuint (again.peers->len, ==, 1);
  hark_lan_settings_clear (&settings);
  hark_lan_settings_clear (&again);
}

static void
test_limit (void)
{
  HarkLanSettings settings;

  hark_lan_settings_read (NULL, &settings);
  for (unsigned i = 0; i < HARK_LAN_SETTINGS_PEERS_MAX; i++) {
    g_autofree char *peer = g_strdup_printf ("10.0.0.%u", i);

    g_assert_true (hark_lan_settings_add_peer (&settings, peer));
  }
  g_assert_false (hark_lan_settings_add_peer (&settings, "one.more"));
  hark_lan_settings_clear (&settings);
}

/* Wherever it ends, and whatever byte is another one: some settings, and no harm. */
static void
test_damage (void)
{
  HarkLanSettings settings;
  g_autoptr (GBytes) bytes = NULL;
  const uint8_t *data;
  size_t len;

  hark_lan_settings_read (NULL, &settings);
  hark_lan_settings_set_network (&settings, "crew");
  hark_lan_settings_add_peer (&settings, "10.0.0.5");
  bytes = hark_lan_settings_write (&settings);
  hark_lan_settings_clear (&settings);
  data = g_bytes_get_data (bytes, &len);
  for (size_t i = 0; i < len; i++) {
    g_autofree uint8_t *copy = g_memdup2 (data, len);
    g_autoptr (GBytes) cut = g_bytes_new (data, i);
    g_autoptr (GBytes) changed = NULL;

    hark_lan_settings_read (cut, &settings);
    hark_lan_settings_clear (&settings);
    copy[i] ^= 0xff;
    changed = g_bytes_new (copy, len);
    hark_lan_settings_read (changed, &settings);
    hark_lan_settings_clear (&settings);
  }
}

int
main (int argc, char **argv)
{
  g_assert_cmpint (sodium_init (), >=, 0);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/lan-settings/come-out-as-they-went-in", test_round_trip);
  g_test_add_func ("/lan-settings/peers-are-limited", test_limit);
  g_test_add_func ("/lan-settings/damage-does-no-harm", test_damage);
  return g_test_run ();
}
