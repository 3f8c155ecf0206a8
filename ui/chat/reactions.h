/* ui/chat/reactions.h - the signs at a message: each once, with how many gave it.
 *
 * Main thread.
 */
#pragma once

#include "ui/model/client.h"

#include <gtk/gtk.h>

/* hark_reactions_fill: @box: emptied, then a button for each sign of @item; a click gives it as
 * well or takes our own back. @can: whether one can be given here. */
void hark_reactions_fill (
  GtkContainer *box, HarkClient *client, HarkPersonItem *person, HarkMessageItem *item, bool can);

/* hark_reactions_give: @sign: "" takes ours back; the same sign again does as well. */
void hark_reactions_give (HarkClient *client,
                          HarkPersonItem *person,
                          HarkMessageItem *item,
                          const char *sign);
