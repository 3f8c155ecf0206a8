/* core/nodes/lan-settings.h - what a profile keeps about local and closed networks.
 *
 * Pure; any thread. Lives in the encrypted store: a closed network's secret is one. As bytes:
 * format (u8, 1), visible (u8), then entries: kind (u8: 1 network, 2 peer), length (u16), UTF-8.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

#define HARK_LAN_SETTINGS_PEERS_MAX 64  /* as many as the node takes */
#define HARK_LAN_SETTINGS_TEXT_MAX 4096 /* bytes of an entry */

typedef struct {
  bool visible;  /* to everybody on the local network */
  char *network; /* closed network, as hark_network_split() takes it; wiped. NULL: the public one */
  GPtrArray *peers; /* char *: "host[:port]" */
} HarkLanSettings;

/* hark_lan_settings_read: @ret is cleared with hark_lan_settings_clear(). @bytes: (nullable): none;
 * what is damaged is left out. */
void hark_lan_settings_read (GBytes *bytes, HarkLanSettings *ret);
void hark_lan_settings_clear (HarkLanSettings *settings);

/* hark_lan_settings_write: (transfer full): in locked memory. */
GBytes *hark_lan_settings_write (const HarkLanSettings *settings);

/* hark_lan_settings_set_network: NULL: the public one. */
void hark_lan_settings_set_network (HarkLanSettings *settings, const char *network);

/* hark_lan_settings_add_peer: twice is once; false when there are too many. _remove_peer: false
 * when it is none. */
bool hark_lan_settings_add_peer (HarkLanSettings *settings, const char *peer);
bool hark_lan_settings_remove_peer (HarkLanSettings *settings, const char *peer);
