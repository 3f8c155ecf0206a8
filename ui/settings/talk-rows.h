/* ui/settings/talk-rows.h - the rows of preferences about push to talk. Main thread. */
#pragma once

#include <gio/gio.h>
#include <gtk/gtk.h>

/* hark_talk_rows_add: to @group; @bus is nullable. */
void hark_talk_rows_add (GtkWidget *group, GDBusConnection *bus);
