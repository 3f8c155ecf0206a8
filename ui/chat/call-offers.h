/* ui/chat/call-offers.h - what can be done about a call in which nobody spoke with anybody.
 *
 * Main thread.
 */
#pragma once

#include <gtk/gtk.h>
#include <stdbool.h>

/* hark_call_offers_new: (transfer full): buttons, shown; they need the actions of a conversation
 * around them. */
GtkWidget *hark_call_offers_new (bool outgoing);
