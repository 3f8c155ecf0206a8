/* ui/calls/call-view.h - a call above its conversation: who, how long, how good and which way, what
 * can be done, and the words to compare.
 *
 * Main thread. Signal: "record" (HarkPersonItem): to leave them a voice message.
 */
#pragma once

#include "ui/model/calls.h"

#include <gtk/gtk.h>

#define HARK_TYPE_CALL_VIEW (hark_call_view_get_type ())
G_DECLARE_FINAL_TYPE (HarkCallView, hark_call_view, HARK, CALL_VIEW, GtkBox)

/* hark_call_view_new: floating, hidden. */
GtkWidget *hark_call_view_new (HarkClient *client);

/* hark_call_view_show: @call (nullable): NULL: hides. To be called again when another call changes.
 */
void hark_call_view_show (HarkCallView *view, HarkCallItem *call);
