/* ui/warning-bar.h - a sentence at the bottom of a window: what was refused, and nobody waits for.
 * Main thread.
 */
#pragma once

#include <gtk/gtk.h>

#define HARK_TYPE_WARNING_BAR (hark_warning_bar_get_type ())
G_DECLARE_FINAL_TYPE (HarkWarningBar, hark_warning_bar, HARK, WARNING_BAR, GtkInfoBar)

/* hark_warning_bar_say: @text, instead of what it said before, until it is closed or
 * hark_warning_bar_forget(): it is no news any more. */
void hark_warning_bar_say (HarkWarningBar *bar, const char *text);
void hark_warning_bar_forget (HarkWarningBar *bar);

/* hark_warning_bar_take_back: @text is true no more; nothing happens when it says something else.
 */
void hark_warning_bar_take_back (HarkWarningBar *bar, const char *text);
