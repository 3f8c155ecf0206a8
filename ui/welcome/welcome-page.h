/* ui/welcome/welcome-page.h - the first start: a name, one button.
 *
 * Main thread. Signal "done" (const char *passphrase, nullable): the profile exists now.
 */
#pragma once

#include <gtk/gtk.h>

#define HARK_TYPE_WELCOME_PAGE (hark_welcome_page_get_type ())
G_DECLARE_FINAL_TYPE (HarkWelcomePage, hark_welcome_page, HARK, WELCOME_PAGE, GtkBin)

/* hark_welcome_page_set_profile: @dir: where the profile will be made. */
void hark_welcome_page_set_profile (HarkWelcomePage *page, const char *dir);
