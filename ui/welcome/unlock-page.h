/* ui/welcome/unlock-page.h - asks for the passphrase of the profile.
 *
 * Main thread. Signal "unlock" (const char *passphrase): the user wants in.
 */
#pragma once

#include <gtk/gtk.h>

#define HARK_TYPE_UNLOCK_PAGE (hark_unlock_page_get_type ())
G_DECLARE_FINAL_TYPE (HarkUnlockPage, hark_unlock_page, HARK, UNLOCK_PAGE, GtkBin)

/* hark_unlock_page_ask: clears the field and puts the cursor there. */
void hark_unlock_page_ask (HarkUnlockPage *page);

/* hark_unlock_page_refuse: @problem: why the passphrase did not open the profile. */
void hark_unlock_page_refuse (HarkUnlockPage *page, const char *problem);
