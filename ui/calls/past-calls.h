/* ui/calls/past-calls.h - the calls there were, with people and of groups, newest first.
 *
 * Main thread. Signal "opened" (HarkPersonItem *person, guint64 position): the user wants to see
 * one where it stands in its conversation; the dialog is gone then.
 */
#pragma once

#include "ui/model/client.h"

#include <gtk/gtk.h>

#define HARK_TYPE_PAST_CALLS (hark_past_calls_get_type ())
G_DECLARE_FINAL_TYPE (HarkPastCalls, hark_past_calls, HARK, PAST_CALLS, GtkDialog)

/* hark_past_calls_new: asks for them page by page, as far as the user looks. */
GtkWidget *hark_past_calls_new (GtkWindow *parent, HarkClient *client);
