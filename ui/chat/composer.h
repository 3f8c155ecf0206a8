/* ui/chat/composer.h - where a message is written, and files are attached.
 *
 * Main thread. Signals: "send" (const char *text), "typing" (gboolean), "attach" ().
 */
#pragma once

#include <gtk/gtk.h>
#include <stdbool.h>

#define HARK_TYPE_COMPOSER (hark_composer_get_type ())
G_DECLARE_FINAL_TYPE (HarkComposer, hark_composer, HARK, COMPOSER, GtkBox)

/* hark_composer_set_reason: @reason (nullable): why nothing can be written; NULL: it can. */
void hark_composer_set_reason (HarkComposer *composer, const char *reason);

/* hark_composer_get_text: (transfer full) */
char *hark_composer_get_text (HarkComposer *composer);
void hark_composer_set_text (HarkComposer *composer, const char *text);
void hark_composer_focus (HarkComposer *composer);
