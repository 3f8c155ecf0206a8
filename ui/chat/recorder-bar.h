/* ui/chat/recorder-bar.h - in place of the composer while a voice message is spoken: how long, how
 * loud, away with it, send it.
 *
 * Main thread. Signals: "stop" () send what was spoken; "cancel" ().
 */
#pragma once

#include "core/hark.h"

#include <gtk/gtk.h>

#define HARK_TYPE_RECORDER_BAR (hark_recorder_bar_get_type ())
G_DECLARE_FINAL_TYPE (HarkRecorderBar, hark_recorder_bar, HARK, RECORDER_BAR, GtkBox)

/* hark_recorder_bar_new: floating, hidden. */
GtkWidget *hark_recorder_bar_new (void);

/* hark_recorder_bar_set: shows how far it is; the keys go to it when it appears. NULL: hides. */
void hark_recorder_bar_set (HarkRecorderBar *bar, const HarkRecording *recording);
