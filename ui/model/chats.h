/* ui/model/chats.h - groups, notes to oneself and what the list knows of conversations, as items
 * of the client's list. Main thread.
 */
#pragma once

#include "ui/model/client.h"

/* hark_chats_follow: once, before the start: keeps them up to date for as long as @client lives. */
void hark_chats_follow (HarkClient *client);

/* hark_chats_name_of: what to show for who wrote @message in @item: a contact's name everywhere,
 * else what a group's member calls themselves. Borrowed until the next change. */
const char *
hark_chats_name_of (HarkClient *client, HarkPersonItem *item, const HarkMessage *message);

/* hark_chats_find: (nullable): the conversation that @message stands in; borrowed. */
HarkPersonItem *hark_chats_find (HarkClient *client, const HarkMessage *message);

/* hark_chats_words: (nullable): the three words that wait to be compared with @item. Borrowed. */
const char *hark_chats_words (HarkPersonItem *item);

/* hark_chats_count_unread: messages of all conversations; @silent: of those as well that tell
 * nothing now. */
unsigned hark_chats_count_unread (HarkClient *client, bool silent);
