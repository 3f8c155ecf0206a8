/* ui/welcome/restore-page.h - an account that exists already: from a backup, or its 24 words alone.
 *
 * Main thread. Signals: "done" (const char *passphrase, nullable): the profile exists now; "back"
 * (): the user wants a new account after all.
 */
#pragma once

#include <gtk/gtk.h>

#define HARK_TYPE_RESTORE_PAGE (hark_restore_page_get_type ())
G_DECLARE_FINAL_TYPE (HarkRestorePage, hark_restore_page, HARK, RESTORE_PAGE, GtkBox)

/* hark_restore_page_begin: @dir: where the profile will be made; @name: for words alone, which hold
 * none. */
void hark_restore_page_begin (HarkRestorePage *page, const char *dir, const char *name);

/* hark_restore_page_set_file: @path (nullable) of the backup; as if it was chosen. */
void hark_restore_page_set_file (HarkRestorePage *page, const char *path);
