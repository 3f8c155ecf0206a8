/* ui/people/person-page.h - everything about one contact: what we call them, who they are, what
 * they may do, and how to part. Main thread.
 */
#pragma once

#include "ui/model/client.h"

#include <gtk/gtk.h>

#define HARK_TYPE_PERSON_PAGE (hark_person_page_get_type ())
G_DECLARE_FINAL_TYPE (HarkPersonPage, hark_person_page, HARK, PERSON_PAGE, GtkDialog)

/* hark_person_page_new: of @person, no group and not oneself; closes when they are removed. */
GtkWidget *hark_person_page_new (GtkWindow *parent, HarkClient *client, HarkPersonItem *person);
