/* ui/chat/composer.h - where a message is written or changed, and files are attached.
 *
 * Main thread. Signals: "send" (const char *text), "typing" (gboolean), "attach" (), "files" (a
 * NULL-terminated array of URIs that were pasted), "picture" (GdkPixbuf): it was pasted,
 * "drop-context" (): what stands above the text is not wanted any more, "edit-last" (): the user
 * wants to change what they wrote last, "draft" (): the text has been left alone for a moment.
 */
#pragma once

#include "core/hark.h"

#include <gtk/gtk.h>
#include <stdbool.h>

#define HARK_COMPOSER_BYTES_MAX 65536u /* of a message */

#define HARK_TYPE_COMPOSER (hark_composer_get_type ())
G_DECLARE_FINAL_TYPE (HarkComposer, hark_composer, HARK, COMPOSER, GtkBox)

/* hark_composer_set_reason: @reason (nullable): why nothing can be written; NULL: it can. */
void hark_composer_set_reason (HarkComposer *composer, const char *reason);

/* hark_composer_set_remedy: @label (nullable) of a button below the reason; the signal "remedy" ()
 * comes when it is clicked. */
void hark_composer_set_remedy (HarkComposer *composer, const char *label);

/* hark_composer_get_text: (transfer full) */
char *hark_composer_get_text (HarkComposer *composer);
void hark_composer_set_text (HarkComposer *composer, const char *text);

/* hark_composer_focus: the field, where there is one: false, while something is recorded or nobody
 * may write. */
bool hark_composer_focus (HarkComposer *composer);

/* hark_composer_set_context: (nullable) @who: what is answered or changed, above the text; @line:
 * of it. NULL: nothing. */
void hark_composer_set_context (HarkComposer *composer, const char *who, const char *line);

/* hark_composer_set_hint: what stands in the empty field. */
void hark_composer_set_hint (HarkComposer *composer, const char *hint);

/* hark_composer_set_files: whether files can be attached here. */
void hark_composer_set_files (HarkComposer *composer, bool files);

/* hark_composer_set_clips: voice messages can be recorded here; else the button for it is gone.
 * _set_recording: one is spoken here now; NULL: none is. The signal "record" (const char *how) says
 * what the user wants, as HARK_COMMAND_RECORD does. */
void hark_composer_set_clips (HarkComposer *composer, bool clips);
void hark_composer_set_recording (HarkComposer *composer, const HarkRecording *recording);
