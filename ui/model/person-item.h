/* ui/model/person-item.h - one person of the list and the part of the conversation that is loaded.
 * A group is one as well, whose account is its id and then zeros; and so are notes to oneself.
 *
 * Main thread. Emits "changed" when anything but the rows changed; the rows are a list model. Emits
 * "message-changed" (const uint8_t *id, const HarkMessage *message), both borrowed, of every
 * message that was edited, deleted or reacted to, and with NULL of one that goes, loaded or not.
 */
#pragma once

#include "ui/model/message-item.h"

#include <gio/gio.h>

#define HARK_TYPE_PERSON_ITEM (hark_person_item_get_type ())
G_DECLARE_FINAL_TYPE (HarkPersonItem, hark_person_item, HARK, PERSON_ITEM, GObject)

/* hark_person_item_new: copies @person. */
HarkPersonItem *hark_person_item_new (const HarkPerson *person);
void hark_person_item_update (HarkPersonItem *item, const HarkPerson *person);

/* hark_person_item_new_self: notes to oneself. */
HarkPersonItem *hark_person_item_new_self (const uint8_t account[HARK_ACCOUNT_LEN]);
bool hark_person_item_is_self (HarkPersonItem *item);

/* hark_person_item_new_group, hark_person_item_update_group: copy @group; one that is OFFERED is
 * shown like a request. hark_person_item_get_group: (nullable): borrowed until the next update. */
HarkPersonItem *hark_person_item_new_group (const HarkGroupInfo *group);
void hark_person_item_update_group (HarkPersonItem *item, const HarkGroupInfo *group);
const HarkGroupInfo *hark_person_item_get_group (HarkPersonItem *item);

/* hark_person_item_set_chat: what the list knows of the conversation; a draft only the first time.
 * @whole: with its newest row and what is unread. get_chat: borrowed until the next change; `last`
 * means nothing there. hark_person_item_is_pinned, _is_archived, _is_marked (as unread): of that.
 */
void hark_person_item_set_chat (HarkPersonItem *item, const HarkChat *chat, bool whole);
const HarkChat *hark_person_item_get_chat (HarkPersonItem *item);

/* hark_person_item_set_timer: what is written from now on goes so long after it was read (s). */
void hark_person_item_set_timer (HarkPersonItem *item, uint32_t expires_s);
bool hark_person_item_is_pinned (HarkPersonItem *item);
bool hark_person_item_is_archived (HarkPersonItem *item);
bool hark_person_item_is_marked (HarkPersonItem *item);

/* hark_person_item_is_silent: no notices about it now. */
bool hark_person_item_is_silent (HarkPersonItem *item, int64_t now_ms);

/* hark_person_item_wants_notice: @message is worth one: nobody is silent, or it names us in a group
 * where only that counts. */
bool
hark_person_item_wants_notice (HarkPersonItem *item, const HarkMessage *message, int64_t now_ms);

/* hark_person_item_hide_name: other words stand in its place everywhere, until it is another one or
 * is shown again. hark_person_item_get_hidden_name: (nullable): borrowed; NULL: it is not hidden.
 */
void hark_person_item_hide_name (HarkPersonItem *item, bool hide);
const char *hark_person_item_get_hidden_name (HarkPersonItem *item);

/* hark_person_item_get: borrowed until the next update. */
const HarkPerson *hark_person_item_get (HarkPersonItem *item);

/* so many rows are loaded at most: of a longer conversation the part that is looked at */
#define HARK_PERSON_ITEM_ROWS 64

/* hark_person_item_get_messages: borrowed; HarkMessageItem, oldest first, without gaps. Up to now
 * while hark_person_item_get_at_end(), from the very first one while
 * hark_person_item_get_complete(). */
GListModel *hark_person_item_get_messages (HarkPersonItem *item);

/**
 * hark_person_item_add_messages:
 * @messages: (element-type HarkMessageItem): in any order; known ones are passed over
 *
 * Older ones go in front in one step, so that a view moves once. When they become too many, as many
 * go at the other end.
 *
 * Returns: how many are new
 */
guint hark_person_item_add_messages (HarkPersonItem *item, GPtrArray *messages);

/* hark_person_item_replace: another part of the conversation; @older, @newer: there is more on that
 * side. */
void hark_person_item_replace (HarkPersonItem *item, GPtrArray *messages, bool older, bool newer);

/* hark_person_item_say: @row has just come into the conversation. Where the part that is loaded
 * ends before it, it is only remembered as the last one. Returns: whether it is new */
bool hark_person_item_say (HarkPersonItem *item, HarkMessageItem *row);

/* hark_person_item_forget_reasons: why messages wait is another by now: that they are not there. */
void hark_person_item_forget_reasons (HarkPersonItem *item);

/* hark_person_item_find: (nullable): borrowed; among those that are loaded. */
HarkMessageItem *hark_person_item_find (HarkPersonItem *item,
                                        const uint8_t id[HARK_MESSAGE_ID_LEN]);

/* hark_person_item_change: a message was edited, deleted or reacted to. */
void hark_person_item_change (HarkPersonItem *item, const HarkMessage *message);

/* hark_person_item_remove: the message of @id, if it is here. False when not. */
bool hark_person_item_remove (HarkPersonItem *item, const uint8_t id[HARK_MESSAGE_ID_LEN]);

/* hark_person_item_trim: forgets all but the newest @keep rows; the store has them. */
void hark_person_item_trim (HarkPersonItem *item, guint keep);

/* Positions of the oldest and of the newest loaded row; 0 when there is none. */
uint64_t hark_person_item_get_first_position (HarkPersonItem *item);
uint64_t hark_person_item_get_last_position (HarkPersonItem *item);

/* hark_person_item_get_last: (nullable): borrowed; the newest row of the conversation, loaded or
 * not. */
HarkMessageItem *hark_person_item_get_last (HarkPersonItem *item);

/* Somebody looks at the messages, and not at their end: what comes there takes nothing away from
 * what is read. */
void hark_person_item_set_read_above (HarkPersonItem *item, bool is_read_above);

/* Whether the oldest loaded row is the very first one, and the newest loaded one the last. */
void hark_person_item_set_complete (HarkPersonItem *item, bool complete);
bool hark_person_item_get_complete (HarkPersonItem *item);
void hark_person_item_set_at_end (HarkPersonItem *item, bool at_end);
bool hark_person_item_get_at_end (HarkPersonItem *item);

/* How many rows of theirs were not seen. */
void hark_person_item_set_unread (HarkPersonItem *item, unsigned unread);
unsigned hark_person_item_get_unread (HarkPersonItem *item);

/* Whether they write at the moment. */
void hark_person_item_set_typing (HarkPersonItem *item, bool typing);
bool hark_person_item_get_typing (HarkPersonItem *item);

/* hark_person_item_set_writer: in a group @name writes, or not any more; _get_writer: (nullable):
 * who does; borrowed until it changes. */
void hark_person_item_set_writer (HarkPersonItem *item, const char *name, bool writes);
const char *hark_person_item_get_writer (HarkPersonItem *item);

/* What is written and not sent; survives a change of conversation. set_draft: @reply_to (nullable).
 */
void hark_person_item_set_draft (HarkPersonItem *item,
                                 const char *draft,
                                 const uint8_t reply_to[HARK_MESSAGE_ID_LEN]);
const char *hark_person_item_get_draft (HarkPersonItem *item);
