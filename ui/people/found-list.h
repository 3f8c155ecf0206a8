/* ui/people/found-list.h - messages of all conversations that have what is looked for in the list.
 *
 * Main thread. Signal "found" (HarkPersonItem, guint64 position): the user wants to see that
 * message.
 */
#pragma once

#include "ui/model/client.h"

#include <gtk/gtk.h>

#define HARK_TYPE_FOUND_LIST (hark_found_list_get_type ())
G_DECLARE_FINAL_TYPE (HarkFoundList, hark_found_list, HARK, FOUND_LIST, GtkBox)

/* hark_found_list_set_client: once. */
void hark_found_list_set_client (HarkFoundList *list, HarkClient *client);

/* hark_found_list_look_for: the newest messages with @text, shown when they are there; "" or less
 * than two letters: none. */
void hark_found_list_look_for (HarkFoundList *list, const char *text);
