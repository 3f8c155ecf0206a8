/* ui/model/person-item.h - one person of the list and the part of the conversation that is loaded.
 *
 * Main thread. Emits "changed" when anything but the rows changed; the rows are a list model.
 */
#pragma once

#include "ui/model/message-item.h"

#include <gio/gio.h>

#define HARK_TYPE_PERSON_ITEM (hark_person_item_get_type ())
G_DECLARE_FINAL_TYPE (HarkPersonItem, hark_person_item, HARK, PERSON_ITEM, GObject)

/* hark_person_item_new: copies @person. */
HarkPersonItem *hark_person_item_new (const HarkPerson *person);
void hark_person_item_update (HarkPersonItem *item, const HarkPerson *person);

/* hark_person_item_get: borrowed until the next update. */
const HarkPerson *hark_person_item_get (HarkPersonItem *item);

/* hark_person_item_get_messages: borrowed; HarkMessageItem, oldest first, without gaps up to now.
 */
GListModel *hark_person_item_get_messages (HarkPersonItem *item);

/**
 * hark_person_item_add_messages:
 * @messages: (element-type HarkMessageItem): in any order; known ones are passed over
 *
 * Older ones go in front in one step, so that a view moves once.
 *
 * Returns: how many are new
 */
guint hark_person_item_add_messages (HarkPersonItem *item, GPtrArray *messages);

/* hark_person_item_find: (nullable): borrowed; among those that are loaded. */
HarkMessageItem *hark_person_item_find (HarkPersonItem *item,
                                        const uint8_t id[HARK_MESSAGE_ID_LEN]);

/* hark_person_item_remove: the message of @id, if it is here. False when not. */
bool hark_person_item_remove (HarkPersonItem *item, const uint8_t id[HARK_MESSAGE_ID_LEN]);

/* hark_person_item_trim: forgets all but the newest @keep rows; the store has them. */
void hark_person_item_trim (HarkPersonItem *item, guint keep);

/* hark_person_item_get_first_position: of the oldest loaded row; 0 when there is none. */
uint64_t hark_person_item_get_first_position (HarkPersonItem *item);

/* hark_person_item_get_last: (nullable): borrowed; the newest row. */
HarkMessageItem *hark_person_item_get_last (HarkPersonItem *item);

/* Whether the oldest loaded row is the very first one. */
void hark_person_item_set_complete (HarkPersonItem *item, bool complete);
bool hark_person_item_get_complete (HarkPersonItem *item);

/* How many rows of theirs were not seen. */
void hark_person_item_set_unread (HarkPersonItem *item, unsigned unread);
unsigned hark_person_item_get_unread (HarkPersonItem *item);

/* hark_person_item_count_unread: their texts behind the newest one that was seen. */
void hark_person_item_count_unread (HarkPersonItem *item);

/* Whether they write at the moment. */
void hark_person_item_set_typing (HarkPersonItem *item, bool typing);
bool hark_person_item_get_typing (HarkPersonItem *item);

/* What is written and not sent; survives a change of conversation. */
void hark_person_item_set_draft (HarkPersonItem *item, const char *draft);
const char *hark_person_item_get_draft (HarkPersonItem *item);

/* hark_person_item_compare: order of the list: requests, then by newest message, then by name;
 * blocked ones last. */
int hark_person_item_compare (HarkPersonItem *a, HarkPersonItem *b);
