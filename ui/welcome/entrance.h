/* ui/welcome/entrance.h - the pages in front of the conversations: first start, lock, and why it
 * does not go on. Behind them is the child "main".
 *
 * Main thread. Signals: "profile-made" (const char *passphrase, nullable) and "unlock" (const char
 * *passphrase) before the engine runs; "try-again" () after a failure. The passphrase is the
 * field's own, not a copy, which GLib would not wipe: gone when the handler returns.
 */
#pragma once

#include <gtk/gtk.h>

#define HARK_TYPE_ENTRANCE (hark_entrance_get_type ())
G_DECLARE_FINAL_TYPE (HarkEntrance, hark_entrance, HARK, ENTRANCE, GtkStack)

/* hark_entrance_welcome: the first start; @profile: where it will be made. */
void hark_entrance_welcome (HarkEntrance *entrance, const char *profile);

/* hark_entrance_lock: asks for the passphrase; @problem (nullable): of the last try. */
void hark_entrance_lock (HarkEntrance *entrance, const char *problem);

/* hark_entrance_fail: why it cannot go on. */
void hark_entrance_fail (HarkEntrance *entrance, const char *problem);

/* hark_entrance_pass: to what is behind; the pages go, with a passphrase that was typed there: GTK
 * wipes the text of a field that ends. */
void hark_entrance_pass (HarkEntrance *entrance);
