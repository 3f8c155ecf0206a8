/* ui/calls/call-strip.h - one call in a line: who, how long, and what can be done; a click on it
 * opens the conversation.
 *
 * Main thread. Signals: "opened" (HarkPersonItem); "record" (HarkPersonItem): to leave them a voice
 * message.
 */
#pragma once

#include "ui/model/calls.h"

#include <gtk/gtk.h>

#define HARK_TYPE_CALL_STRIP (hark_call_strip_get_type ())
G_DECLARE_FINAL_TYPE (HarkCallStrip, hark_call_strip, HARK, CALL_STRIP, GtkBox)

/* hark_call_strip_new: floating. */
GtkWidget *hark_call_strip_new (HarkClient *client, HarkCallItem *call);

/* hark_call_strip_get_call: borrowed. */
HarkCallItem *hark_call_strip_get_call (HarkCallStrip *strip);

/* hark_call_strip_look: shows it anew, as another call changes what can be done with this one. */
void hark_call_strip_look (HarkCallStrip *strip);
