/* ui/calls/call-bar.h - at the bottom of the window, whatever page is open: a line for each call
 * that is not seen in its conversation. That of the first window also rings.
 *
 * Main thread. Shows itself while there is a call and a while after it. Signals:
 *   "opened" (HarkPersonItem)   the user wants to see the call
 *   "record" (HarkPersonItem)   the user wants to leave a voice message
 */
#pragma once

#include "ui/model/client.h"

#include <gtk/gtk.h>

#define HARK_TYPE_CALL_BAR (hark_call_bar_get_type ())
G_DECLARE_FINAL_TYPE (HarkCallBar, hark_call_bar, HARK, CALL_BAR, GtkBox)

/* hark_call_bar_set_client: whose calls it shows; once. */
void hark_call_bar_set_client (HarkCallBar *bar, HarkClient *client);

/* hark_call_bar_set_further: before that: of another window than the first, which alone rings, and
 * forgets calls that have ended. */
void hark_call_bar_set_further (HarkCallBar *bar);

/* hark_call_bar_set_seen: @call (nullable) is shown elsewhere in the window. */
void hark_call_bar_set_seen (HarkCallBar *bar, HarkCallItem *call);
