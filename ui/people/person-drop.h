/* ui/people/person-drop.h - files dropped on somebody in the list.
 *
 * Main thread.
 */
#pragma once

#include "ui/model/person-item.h"

#include <gtk/gtk.h>

/* HarkPersonDrop: @uris (array zero-terminated=1) were let go over @person; borrowed. */
typedef void (*HarkPersonDrop) (HarkPersonItem *person, char **uris, void *owner);

/* hark_person_drop_set: @list, a GtkListBox of HarkPersonRow, takes files over contacts and groups;
 * whom they would go to is marked. @owner: while it lives. */
void hark_person_drop_set (GtkWidget *list, HarkPersonDrop on_dropped, GObject *owner);
