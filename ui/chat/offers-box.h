/* ui/chat/offers-box.h - several files of a conversation wait to be accepted: one button for all of
 * them. Main thread. Emits "accepted" when it was clicked.
 */
#pragma once

#include "ui/model/client.h"

#include <gtk/gtk.h>

#define HARK_TYPE_OFFERS_BOX (hark_offers_box_get_type ())
G_DECLARE_FINAL_TYPE (HarkOffersBox, hark_offers_box, HARK, OFFERS_BOX, GtkBox)

/* hark_offers_box_set: follows what is offered in the conversation with @person (nullable: none):
 * the box is there while two files or more wait. */
void hark_offers_box_set (HarkOffersBox *box, HarkClient *client, HarkPersonItem *person);
