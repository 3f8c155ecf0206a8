/* ui/chat/find-bar.h - looks for words in the conversation that is open.
 *
 * Main thread. Signals: "found" (guint64): position of the message to be shown; "closed": with
 * Escape, and nothing has the focus.
 */
#pragma once

#include "ui/model/client.h"

#include <gtk/gtk.h>

#define HARK_TYPE_FIND_BAR (hark_find_bar_get_type ())
G_DECLARE_FINAL_TYPE (HarkFindBar, hark_find_bar, HARK, FIND_BAR, GtkBin)

/* hark_find_bar_set: whose conversation; (nullable) @person: none. Closes the bar. */
void hark_find_bar_set (HarkFindBar *bar, HarkClient *client, HarkPersonItem *person);

/* hark_find_bar_open: shows it, ready to be written in. */
void hark_find_bar_open (HarkFindBar *bar);
