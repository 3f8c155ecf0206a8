/* ui/settings/secret-dialog.h - asks for the passphrase there is, for a new one, or both. Main
 * thread. The verb answers with GTK_RESPONSE_ACCEPT, and only when what is there can be one.
 */
#pragma once

#include <gtk/gtk.h>
#include <stdbool.h>

#define HARK_TYPE_SECRET_DIALOG (hark_secret_dialog_get_type ())
G_DECLARE_FINAL_TYPE (HarkSecretDialog, hark_secret_dialog, HARK, SECRET_DIALOG, GtkDialog)

/* hark_secret_dialog_new: @now: asks for that of now; @wanted: for a new one, twice. */
GtkWidget *hark_secret_dialog_new (
  GtkWindow *parent, const char *title, const char *about, const char *verb, bool now, bool wanted);

/* What was typed: (transfer full) (nullable); wipe with hark_words_free(). */
char *hark_secret_dialog_get_now (HarkSecretDialog *dialog);
char *hark_secret_dialog_get_wanted (HarkSecretDialog *dialog);
