/* ui/place.h - the conversation that was open last and the place in it, from one start to the next.
 * The engine keeps it, sealed: it tells whom one talks to.
 *
 * Main thread.
 */
#pragma once

#include "ui/chat/conversation.h"
#include "ui/model/client.h"

/* hark_place_follow: once: when @client knows its conversations, the one that was open last is
 * handed to @open with @data, unless one is in @page already; then its place is shown. What is new
 * in it is shown first, as ever. Not after a process that ended while it drew. */
void hark_place_follow (HarkConversation *page,
                        HarkClient *client,
                        void (*open) (void *data, HarkPersonItem *person),
                        void *data);

/* hark_place_keep: where the user is now. Nothing happens before the last place was asked for, so
 * that a short look does not take it away. */
void hark_place_keep (HarkConversation *page);
