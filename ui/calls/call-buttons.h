/* ui/calls/call-buttons.h - what can be done with a call now: answer, mute, hold, hang up; after
 * it: call again, leave a voice message.
 *
 * Main thread. Signals: "answered" (); "record" (): the user wants to leave a voice message.
 */
#pragma once

#include "ui/model/calls.h"

#include <gtk/gtk.h>

#define HARK_TYPE_CALL_BUTTONS (hark_call_buttons_get_type ())
G_DECLARE_FINAL_TYPE (HarkCallButtons, hark_call_buttons, HARK, CALL_BUTTONS, GtkBox)

/* hark_call_buttons_new: floating, without a call. */
GtkWidget *hark_call_buttons_new (HarkClient *client);

/* hark_call_buttons_show: as @call is now; held by the buttons until the next one. */
void hark_call_buttons_show (HarkCallButtons *buttons, HarkCallItem *call);

/* hark_call_buttons_set_beside_row: the conversation is seen as well, and the row of the call in it
 * offers what can be done after it; once, before the first call. */
void hark_call_buttons_set_beside_row (HarkCallButtons *buttons);

/* hark_call_buttons_add: one more, beside hold. */
void hark_call_buttons_add (HarkCallButtons *buttons, GtkWidget *button);
