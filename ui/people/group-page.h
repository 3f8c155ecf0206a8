/* ui/people/group-page.h - everything about one group: its name, who is in it, notices, leaving.
 *
 * Main thread. Only what our role allows is offered.
 */
#pragma once

#include "ui/model/client.h"

#include <gtk/gtk.h>

#define HARK_TYPE_GROUP_PAGE (hark_group_page_get_type ())
G_DECLARE_FINAL_TYPE (HarkGroupPage, hark_group_page, HARK, GROUP_PAGE, GtkDialog)

/* hark_group_page_new: closes when the group is forgotten. */
GtkWidget *hark_group_page_new (GtkWindow *parent, HarkClient *client, HarkPersonItem *group);
