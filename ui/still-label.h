/* ui/still-label.h - words and figures that change all the time, in the room they have.
 *
 * Main thread. GtkLabel has the window laid out whenever its text changes, which beside forty rows
 * of a conversation takes ten times as long as drawing the text. Screen readers have the text as
 * the name. The style must not give it a border or padding.
 */
#pragma once

#include <gtk/gtk.h>
#include <stdbool.h>

#define HARK_STILL_CHARS 40 /* wide at most, then it is broken */

#define HARK_TYPE_STILL_LABEL (hark_still_label_get_type ())
G_DECLARE_FINAL_TYPE (HarkStillLabel, hark_still_label, HARK, STILL_LABEL, GtkWidget)

/* hark_still_label_set: shows @text. With @stays the label asks for another size only when the
 * text does not fit into what it has; without, as any label. */
void hark_still_label_set (HarkStillLabel *label, const char *text, bool stays);

/* hark_still_label_get: borrowed until it changes. */
const char *hark_still_label_get (HarkStillLabel *label);
