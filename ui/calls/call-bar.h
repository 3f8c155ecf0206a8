/* ui/calls/call-bar.h - the call there is: who, how long, how good, and what can be done.
 *
 * Main thread. Shows itself while there is a call and a few seconds after it.
 */
#pragma once

#include "ui/model/client.h"

#include <gtk/gtk.h>

#define HARK_TYPE_CALL_BAR (hark_call_bar_get_type ())
G_DECLARE_FINAL_TYPE (HarkCallBar, hark_call_bar, HARK, CALL_BAR, GtkBin)

/* hark_call_bar_set_client: whose call it shows; once. */
void hark_call_bar_set_client (HarkCallBar *bar, HarkClient *client);
