/* ui/keys.h - which keys begin which action; keys-window.h shows them to the user. Main thread. */
#pragma once

#include <gtk/gtk.h>

/* hark_keys_set: for the windows of @application. */
void hark_keys_set (GtkApplication *application);
