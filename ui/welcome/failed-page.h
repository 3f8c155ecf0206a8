/* ui/welcome/failed-page.h - why Hark cannot start, and a button to try again.
 *
 * Signal "again" ().
 */
#pragma once

#include <gtk/gtk.h>

#define HARK_TYPE_FAILED_PAGE (hark_failed_page_get_type ())
G_DECLARE_FINAL_TYPE (HarkFailedPage, hark_failed_page, HARK, FAILED_PAGE, GtkBox)

/* hark_failed_page_say: @problem in the engine's words. */
void hark_failed_page_say (HarkFailedPage *page, const char *problem);
