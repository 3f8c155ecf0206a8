/* ui/chat/links.h - opening a link of a message, after a question that shows where it leads.
 *
 * Main thread.
 */
#pragma once

#include <gtk/gtk.h>

/* hark_links_open: a hark: link fills in the dialog to add somebody; of http(s) the user is asked
 * first, with the decoded name of the place. Other links are not opened. @parent: where it stands.
 */
void hark_links_open (GtkWidget *parent, const char *link);
