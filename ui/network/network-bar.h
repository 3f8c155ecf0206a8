/* ui/network/network-bar.h - one line on top of the window while the network is not as it should
 * be, with the doctor behind it. Nothing is shown while all is well.
 */
#pragma once

#include "ui/model/client.h"

#include <gtk/gtk.h>

#define HARK_TYPE_NETWORK_BAR (hark_network_bar_get_type ())
G_DECLARE_FINAL_TYPE (HarkNetworkBar, hark_network_bar, HARK, NETWORK_BAR, GtkInfoBar)

/* hark_network_bar_set_client: once; follows its news of the network. */
void hark_network_bar_set_client (HarkNetworkBar *bar, HarkClient *client);

/* hark_network_bar_pass: what happens when the time has passed after which it asks again; for
 * tests, which do not wait. Returns: how long it waits after the answer if that is the same, in
 * seconds; 0: it was not going to ask. */
guint hark_network_bar_pass (HarkNetworkBar *bar);
