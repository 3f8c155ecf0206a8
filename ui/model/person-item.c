#include "ui/model/person-item.h"

#include <string.h>

struct _HarkPersonItem {
  GObject parent_instance;
  HarkPerson *person;
  HarkGroupInfo *group; /* NULL: no group */
  GListStore *messages;
  char *draft;
  unsigned unread;
  bool typing;
  bool complete;
  bool self;
  bool knows_chat, pinned, archived, marked;
};

G_DEFINE_TYPE (HarkPersonItem, hark_person_item, G_TYPE_OBJECT)

static guint signal_changed;

static void
hark_person_item_finalize (GObject *object)
{
  HarkPersonItem *item = HARK_PERSON_ITEM (object);

  hark_person_free (item->person);
  hark_group_info_free (item->group);
  g_clear_object (&item->messages);
  g_free (item->draft);
  G_OBJECT_CLASS (hark_person_item_parent_class)->finalize (object);
}

static void
hark_person_item_class_init (HarkPersonItemClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = hark_person_item_finalize;
  signal_changed = g_signal_new ("changed", HARK_TYPE_PERSON_ITEM, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                 NULL, G_TYPE_NONE, 0);
}

static void
hark_person_item_init (HarkPersonItem *item)
{
  item->messages = g_list_store_new (HARK_TYPE_MESSAGE_ITEM);
}

static void
changed (HarkPersonItem *item)
{
  g_signal_emit (item, signal_changed, 0);
}

HarkPersonItem *
hark_person_item_new (const HarkPerson *person)
{
  HarkPersonItem *item = g_object_new (HARK_TYPE_PERSON_ITEM, NULL);

  item->person = hark_person_copy (person);
  return item;
}

void
hark_person_item_update (HarkPersonItem *item, const HarkPerson *person)
{
  g_return_if_fail (HARK_IS_PERSON_ITEM (item));

  hark_person_free (item->person);
  item->person = hark_person_copy (person);
  changed (item);
}

/* ---- groups, notes to oneself ---- */

static HarkPersonStatus
status_of (const HarkGroupInfo *group)
{
  switch (group->state) {
  case HARK_GROUP_IS_OFFERED:
    return HARK_PERSON_REQUEST;
  case HARK_GROUP_IS_FORGOTTEN:
    return HARK_PERSON_REMOVED;
  default:
    return HARK_PERSON_ACCEPTED;
  }
}

static HarkPerson *
new_value (const char *name, HarkPersonStatus status)
{
  HarkPerson *value = g_new0 (HarkPerson, 1);

  value->status = status;
  value->name = g_strdup (name);
  value->claimed = g_strdup (name);
  value->request_text = g_strdup ("");
  value->status_text = g_strdup ("");
  value->notes = g_strdup ("");
  value->via = g_strdup ("");
  return value;
}

HarkPersonItem *
hark_person_item_new_self (const uint8_t account[HARK_ACCOUNT_LEN])
{
  HarkPersonItem *item = g_object_new (HARK_TYPE_PERSON_ITEM, NULL);

  item->self = true;
  item->person = new_value ("Note to self", HARK_PERSON_ACCEPTED);
  memcpy (item->person->account, account, HARK_ACCOUNT_LEN);
  return item;
}

bool
hark_person_item_is_self (HarkPersonItem *item)
{
  g_return_val_if_fail (HARK_IS_PERSON_ITEM (item), false);

  return item->self;
}

static void
set_group (HarkPersonItem *item, const HarkGroupInfo *group)
{
  HarkGroupInfo *copy = hark_group_info_copy (group);

  hark_person_free (item->person);
  hark_group_info_free (item->group);
  item->group = copy;
  item->person = new_value (copy->name, status_of (copy));
  memcpy (item->person->account, copy->id, sizeof copy->id);
}

HarkPersonItem *
hark_person_item_new_group (const HarkGroupInfo *group)
{
  HarkPersonItem *item = g_object_new (HARK_TYPE_PERSON_ITEM, NULL);

  set_group (item, group);
  return item;
}

void
hark_person_item_update_group (HarkPersonItem *item, const HarkGroupInfo *group)
{
  g_return_if_fail (HARK_IS_PERSON_ITEM (item));

  set_group (item, group);
  changed (item);
}

const HarkGroupInfo *
hark_person_item_get_group (HarkPersonItem *item)
{
  g_return_val_if_fail (HARK_IS_PERSON_ITEM (item), NULL);

  return item->group;
}

const HarkPerson *
hark_person_item_get (HarkPersonItem *item)
{
  g_return_val_if_fail (HARK_IS_PERSON_ITEM (item), NULL);

  return item->person;
}

/* ---- messages ---- */

GListModel *
hark_person_item_get_messages (HarkPersonItem *item)
{
  g_return_val_if_fail (HARK_IS_PERSON_ITEM (item), NULL);

  return G_LIST_MODEL (item->messages);
}

static guint
count (HarkPersonItem *item)
{
  return g_list_model_get_n_items (G_LIST_MODEL (item->messages));
}

/* The list keeps its rows alive, so that a borrowed pointer is good until the next change. */
static HarkMessageItem *
at (HarkPersonItem *item, guint i)
{
  g_autoptr (HarkMessageItem) row = g_list_model_get_item (G_LIST_MODEL (item->messages), i);

  return row;
}

static uint64_t
position (HarkMessageItem *row)
{
  return hark_message_item_get (row)->position;
}

static int
compare_position (const void *a, const void *b)
{
  uint64_t left = position (*(HarkMessageItem *const *) a);
  uint64_t right = position (*(HarkMessageItem *const *) b);

  return left < right ? -1 : left > right;
}

static bool
insert (HarkPersonItem *item, HarkMessageItem *row)
{
  guint i = count (item);

  if (hark_person_item_find (item, hark_message_item_get (row)->id))
    return false;
  while (i > 0 && position (at (item, i - 1)) > position (row))
    i--;
  g_list_store_insert (item->messages, i, row);
  return true;
}

guint
hark_person_item_add_messages (HarkPersonItem *item, GPtrArray *messages)
{
  g_autoptr (GPtrArray) older = g_ptr_array_new ();
  uint64_t first;
  guint added = 0;

  g_return_val_if_fail (HARK_IS_PERSON_ITEM (item), 0);

  first = count (item) > 0 ? position (at (item, 0)) : UINT64_MAX;
  for (guint i = 0; i < messages->len; i++) {
    if (position (messages->pdata[i]) < first)
      g_ptr_array_add (older, messages->pdata[i]);
    else if (insert (item, messages->pdata[i]))
      added++;
  }
  g_ptr_array_sort (older, compare_position);
  if (older->len > 0)
    g_list_store_splice (item->messages, 0, 0, older->pdata, older->len);
  added += older->len;
  if (added > 0)
    changed (item);
  return added;
}

HarkMessageItem *
hark_person_item_find (HarkPersonItem *item, const uint8_t id[HARK_MESSAGE_ID_LEN])
{
  g_return_val_if_fail (HARK_IS_PERSON_ITEM (item), NULL);

  for (guint i = count (item); i > 0; i--) {
    HarkMessageItem *row = at (item, i - 1);

    if (memcmp (hark_message_item_get (row)->id, id, HARK_MESSAGE_ID_LEN) == 0)
      return row;
  }
  return NULL;
}

bool
hark_person_item_remove (HarkPersonItem *item, const uint8_t id[HARK_MESSAGE_ID_LEN])
{
  HarkMessageItem *row = hark_person_item_find (item, id);
  guint at;

  if (!row || !g_list_store_find (item->messages, row, &at))
    return false;
  g_list_store_remove (item->messages, at);
  changed (item);
  return true;
}

void
hark_person_item_trim (HarkPersonItem *item, guint keep)
{
  g_return_if_fail (HARK_IS_PERSON_ITEM (item));

  if (count (item) <= keep)
    return;
  g_list_store_splice (item->messages, 0, count (item) - keep, NULL, 0);
  item->complete = false;
}

uint64_t
hark_person_item_get_first_position (HarkPersonItem *item)
{
  g_return_val_if_fail (HARK_IS_PERSON_ITEM (item), 0);

  return count (item) > 0 ? position (at (item, 0)) : 0;
}

HarkMessageItem *
hark_person_item_get_last (HarkPersonItem *item)
{
  g_return_val_if_fail (HARK_IS_PERSON_ITEM (item), NULL);

  return count (item) > 0 ? at (item, count (item) - 1) : NULL;
}

void
hark_person_item_set_complete (HarkPersonItem *item, bool complete)
{
  g_return_if_fail (HARK_IS_PERSON_ITEM (item));

  item->complete = complete;
}

bool
hark_person_item_get_complete (HarkPersonItem *item)
{
  g_return_val_if_fail (HARK_IS_PERSON_ITEM (item), false);

  return item->complete;
}

/* ---- what the list shows besides ---- */

void
hark_person_item_set_unread (HarkPersonItem *item, unsigned unread)
{
  g_return_if_fail (HARK_IS_PERSON_ITEM (item));

  if (item->unread == unread)
    return;
  item->unread = unread;
  changed (item);
}

unsigned
hark_person_item_get_unread (HarkPersonItem *item)
{
  g_return_val_if_fail (HARK_IS_PERSON_ITEM (item), 0);

  return item->unread;
}

void
hark_person_item_count_unread (HarkPersonItem *item)
{
  unsigned unread = 0;

  g_return_if_fail (HARK_IS_PERSON_ITEM (item));

  for (guint i = count (item); i > 0; i--) {
    const HarkMessage *message = hark_message_item_get (at (item, i - 1));

    if (message->outgoing || message->type != HARK_MESSAGE_IS_TEXT)
      continue;
    if (message->state == HARK_STATE_READ)
      break;
    unread++;
  }
  hark_person_item_set_unread (item, unread);
}

void
hark_person_item_set_typing (HarkPersonItem *item, bool typing)
{
  g_return_if_fail (HARK_IS_PERSON_ITEM (item));

  if (item->typing == typing)
    return;
  item->typing = typing;
  changed (item);
}

bool
hark_person_item_get_typing (HarkPersonItem *item)
{
  g_return_val_if_fail (HARK_IS_PERSON_ITEM (item), false);

  return item->typing;
}

void
hark_person_item_set_draft (HarkPersonItem *item, const char *draft)
{
  g_return_if_fail (HARK_IS_PERSON_ITEM (item));

  g_free (item->draft);
  item->draft = g_strdup (draft);
}

const char *
hark_person_item_get_draft (HarkPersonItem *item)
{
  g_return_val_if_fail (HARK_IS_PERSON_ITEM (item), NULL);

  return item->draft ? item->draft : "";
}

void
hark_person_item_set_chat (HarkPersonItem *item, const HarkChat *chat)
{
  g_return_if_fail (HARK_IS_PERSON_ITEM (item));

  if (!item->knows_chat && !item->draft && chat->draft)
    item->draft = g_strdup (chat->draft);
  item->knows_chat = true;
  item->pinned = chat->pinned;
  item->archived = chat->archived;
  item->marked = chat->marked;
  changed (item);
}

bool
hark_person_item_knows_chat (HarkPersonItem *item)
{
  g_return_val_if_fail (HARK_IS_PERSON_ITEM (item), false);

  return item->knows_chat;
}

bool
hark_person_item_is_pinned (HarkPersonItem *item)
{
  g_return_val_if_fail (HARK_IS_PERSON_ITEM (item), false);

  return item->pinned;
}

bool
hark_person_item_is_archived (HarkPersonItem *item)
{
  g_return_val_if_fail (HARK_IS_PERSON_ITEM (item), false);

  return item->archived;
}

bool
hark_person_item_is_marked (HarkPersonItem *item)
{
  g_return_val_if_fail (HARK_IS_PERSON_ITEM (item), false);

  return item->marked;
}

bool
hark_person_item_is_silent (HarkPersonItem *item, int64_t now_ms)
{
  g_return_val_if_fail (HARK_IS_PERSON_ITEM (item), false);

  if (item->group)
    return item->group->notices == HARK_GROUP_NOTICES_NONE;
  return item->person->silent_until_ms > now_ms;
}

static int
rank (const HarkPersonItem *item)
{
  switch (item->person->status) {
  case HARK_PERSON_REQUEST:
    return 0;
  case HARK_PERSON_BLOCKED:
    return 4;
  default:
    return item->archived ? 3 : item->pinned ? 1 : 2;
  }
}

int
hark_person_item_compare (HarkPersonItem *a, HarkPersonItem *b)
{
  HarkMessageItem *last_a = hark_person_item_get_last (a);
  HarkMessageItem *last_b = hark_person_item_get_last (b);
  uint64_t newest_a = last_a ? position (last_a) : 0;
  uint64_t newest_b = last_b ? position (last_b) : 0;

  if (rank (a) != rank (b))
    return rank (a) - rank (b);
  if (newest_a != newest_b)
    return newest_a > newest_b ? -1 : 1;
  return g_utf8_collate (a->person->name, b->person->name);
}
