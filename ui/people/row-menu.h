/* ui/people/row-menu.h - what can be done with a conversation from its line in the list: open it
 * in a window of its own, pin it, mark it as unread, archive it. Main thread.
 */
#pragma once

#include "ui/model/client.h"

#include <gtk/gtk.h>

/* hark_row_menu_install: @row: has actions "row.pin", "row.unread", "row.archive" (a boolean each)
 * about @person from now on. */
void hark_row_menu_install (GtkWidget *row, HarkClient *client, HarkPersonItem *person);

/* hark_row_menu_model: (transfer full): what can be done with @person now, by those actions and the
 * window's. */
GMenuModel *hark_row_menu_model (HarkPersonItem *person);

/* hark_row_menu_popup: the menu of @row, as things are; @event (nullable): the click. Returns:
 * false when there is nothing to be done: whoever asks is answered first. */
bool hark_row_menu_popup (GtkWidget *row, HarkPersonItem *person, const GdkEvent *event);
