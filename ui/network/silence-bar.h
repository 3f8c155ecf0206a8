/* ui/network/silence-bar.h - one line at the bottom of the window while the engine does not answer.
 *
 * The window never waits for it, so that nothing else would tell: what is done then seems to have
 * no effect. After something was sent and no event of any kind came back for HARK_SILENCE_S, the
 * engine is asked for what it answers at once; when that is not answered for as long again, the
 * line is shown, until anything comes. Nothing runs while nothing is sent.
 */
#pragma once

#include "ui/model/client.h"

#include <gtk/gtk.h>

#define HARK_SILENCE_S 5

#define HARK_TYPE_SILENCE_BAR (hark_silence_bar_get_type ())
G_DECLARE_FINAL_TYPE (HarkSilenceBar, hark_silence_bar, HARK, SILENCE_BAR, GtkInfoBar)

GtkWidget *hark_silence_bar_new (HarkClient *client);

/* hark_silence_bar_pass: what happens HARK_SILENCE_S after something was sent or asked; for tests,
 * which do not wait. */
void hark_silence_bar_pass (HarkSilenceBar *bar);
