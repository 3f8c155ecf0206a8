/* ui/chat/person-actions.h - what the menu of a conversation does about the person, with nothing
 * of the page but its window: verify, rename, doctor, relay, timer, block, remove. Main thread. */
#pragma once

#include "ui/model/client.h"

#include <gtk/gtk.h>

/* hark_person_actions_new: (transfer full): @page: whose window the dialogs belong to; borrowed,
 * outlives the group. More actions may be added. */
GSimpleActionGroup *hark_person_actions_new (GtkWidget *page);

/* hark_person_actions_set: they are about @item (nullable) from now on, as it is now; again when it
 * changed. */
void hark_person_actions_set (GSimpleActionGroup *group, HarkClient *client, HarkPersonItem *item);
