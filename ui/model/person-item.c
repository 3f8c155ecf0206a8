#include "ui/model/person-item.h"

#include "ui/core-words.h"
#include "ui/model/clean.h"

#include <glib/gi18n.h>
#include <string.h>

struct _HarkPersonItem {
  GObject parent_instance;
  HarkPerson *person;
  HarkGroupInfo *group; /* NULL: no group */
  GListStore *messages;
  HarkMessageItem *last;
  HarkChat *chat;
  bool typing;
  char *hidden; /* the name that is not shown; NULL: none */
  char *writer; /* who of a group; NULL: nobody */
  bool complete;
  bool self;
  bool knows_chat;
  bool at_end;
  bool is_read_above; /* what comes at the end is not looked at */
};

G_DEFINE_TYPE (HarkPersonItem, hark_person_item, G_TYPE_OBJECT)

static guint signal_changed, signal_message_changed;

static void
hark_person_item_finalize (GObject *object)
{
  HarkPersonItem *item = HARK_PERSON_ITEM (object);

  hark_person_free (item->person);
  hark_group_info_free (item->group);
  g_free (item->writer);
  g_free (item->hidden);
  g_clear_object (&item->messages);
  g_clear_object (&item->last);
  hark_chat_free (item->chat);
  G_OBJECT_CLASS (hark_person_item_parent_class)->finalize (object);
}

static void
hark_person_item_class_init (HarkPersonItemClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = hark_person_item_finalize;
  signal_changed = g_signal_new ("changed", HARK_TYPE_PERSON_ITEM, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                 NULL, G_TYPE_NONE, 0);
  signal_message_changed
    = g_signal_new ("message-changed", HARK_TYPE_PERSON_ITEM, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                    NULL, G_TYPE_NONE, 2, G_TYPE_POINTER, G_TYPE_POINTER);
}

static void
hark_person_item_init (HarkPersonItem *item)
{
  item->messages = g_list_store_new (HARK_TYPE_MESSAGE_ITEM);
  item->chat = g_new0 (HarkChat, 1);
  item->at_end = true;
}

static void
changed (HarkPersonItem *item)
{
  g_signal_emit (item, signal_changed, 0);
}

static HarkPerson *
copy_of (const HarkPerson *person)
{
  HarkPerson *copy = hark_person_copy (person);

  hark_core_words_translate (&copy->reason);
  hark_core_words_translate (&copy->relay);
  hark_clean_person (copy);
  return copy;
}

HarkPersonItem *
hark_person_item_new (const HarkPerson *person)
{
  HarkPersonItem *item = g_object_new (HARK_TYPE_PERSON_ITEM, NULL);

  item->person = copy_of (person);
  return item;
}

void
hark_person_item_update (HarkPersonItem *item, const HarkPerson *person)
{
  g_return_if_fail (HARK_IS_PERSON_ITEM (item));

  hark_person_free (item->person);
  item->person = copy_of (person);
  hark_clean_hide (&item->hidden, item->person, item->group);
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
  item->person = new_value (_ ("Note to self"), HARK_PERSON_ACCEPTED);
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

  hark_core_words_translate (&copy->reason);
  hark_clean_group (copy);
  hark_person_free (item->person);
  hark_group_info_free (item->group);
  item->group = copy;
  item->person = new_value (copy->name, status_of (copy));
  memcpy (item->person->account, copy->id, sizeof copy->id);
  item->person->has_picture = copy->has_picture;
  memcpy (item->person->picture, copy->picture, sizeof item->person->picture);
  hark_clean_hide (&item->hidden, item->person, item->group);
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

void
hark_person_item_hide_name (HarkPersonItem *item, bool hide)
{
  g_return_if_fail (HARK_IS_PERSON_ITEM (item));

  if (hide == (item->hidden != NULL))
    return;
  if (hide) {
    item->hidden = g_strdup (item->person->name);
    hark_clean_hide (&item->hidden, item->person, item->group);
  } else {
    hark_clean_rename (item->person, item->group, item->hidden);
    g_clear_pointer (&item->hidden, g_free);
  }
  changed (item);
}

const char *
hark_person_item_get_hidden_name (HarkPersonItem *item)
{
  g_return_val_if_fail (HARK_IS_PERSON_ITEM (item), NULL);

  return item->hidden;
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
compare_rows (HarkMessageItem *a, HarkMessageItem *b)
{
  uint64_t left = position (a);
  uint64_t right = position (b);

  if (left != right)
    return left < right ? -1 : 1;
  return memcmp (hark_message_item_get (a)->id, hark_message_item_get (b)->id, HARK_MESSAGE_ID_LEN);
}

static int
compare_pointers (const void *a, const void *b)
{
  return compare_rows (*(HarkMessageItem *const *) a, *(HarkMessageItem *const *) b);
}

static bool
insert (HarkPersonItem *item, HarkMessageItem *row)
{
  guint i = count (item);

  if (hark_person_item_find (item, hark_message_item_get (row)->id))
    return false;
  while (i > 0 && compare_rows (at (item, i - 1), row) > 0)
    i--;
  g_list_store_insert (item->messages, i, row);
  return true;
}

void
hark_person_item_forget_reasons (HarkPersonItem *item)
{
  g_return_if_fail (HARK_IS_PERSON_ITEM (item));

  for (guint i = 0; i < count (item); i++)
    hark_message_item_forget_reason (at (item, i));
  if (item->last)
    hark_message_item_forget_reason (item->last);
}

static void
note_last (HarkPersonItem *item, HarkMessageItem *row)
{
  if (!item->last || compare_rows (item->last, row) <= 0)
    g_set_object (&item->last, row);
}

static void
cut_end (HarkPersonItem *item, guint keep)
{
  guint n = count (item);

  if (n <= keep)
    return;
  g_list_store_splice (item->messages, keep, n - keep, NULL, 0);
  item->at_end = false;
}

guint
hark_person_item_add_messages (HarkPersonItem *item, GPtrArray *messages)
{
  g_autoptr (GPtrArray) older = g_ptr_array_new ();
  HarkMessageItem *first;
  guint added = 0;

  g_return_val_if_fail (HARK_IS_PERSON_ITEM (item), 0);

  first = count (item) > 0 ? at (item, 0) : NULL;
  for (guint i = 0; i < messages->len; i++) {
    note_last (item, messages->pdata[i]);
    if (!first || compare_rows (messages->pdata[i], first) < 0)
      g_ptr_array_add (older, messages->pdata[i]);
    else if (insert (item, messages->pdata[i]))
      added++;
  }
  if (added > 0)
    hark_person_item_trim (item, HARK_PERSON_ITEM_ROWS);
  g_ptr_array_sort (older, compare_pointers);
  if (older->len > 0)
    g_list_store_splice (item->messages, 0, 0, older->pdata, older->len);
  added += older->len;
  cut_end (item, HARK_PERSON_ITEM_ROWS);
  if (added > 0)
    changed (item);
  return added;
}

void
hark_person_item_replace (HarkPersonItem *item, GPtrArray *messages, bool older, bool newer)
{
  g_return_if_fail (HARK_IS_PERSON_ITEM (item));

  g_ptr_array_sort (messages, compare_pointers);
  item->complete = !older;
  item->at_end = !newer;
  g_list_store_splice (item->messages, 0, count (item), messages->pdata, messages->len);
  if (item->at_end)
    g_clear_object (&item->last);
  for (guint i = 0; i < messages->len; i++)
    note_last (item, messages->pdata[i]);
  changed (item);
}

bool
hark_person_item_say (HarkPersonItem *item, HarkMessageItem *row)
{
  bool before;

  g_return_val_if_fail (HARK_IS_PERSON_ITEM (item), false);

  if (hark_person_item_find (item, hark_message_item_get (row)->id))
    return false;
  before = count (item) > 0 && compare_rows (row, at (item, 0)) < 0;
  note_last (item, row);
  if (before ? item->complete : item->at_end) {
    insert (item, row);
    if (item->is_read_above && !before) /* its end comes when somebody goes there */
      cut_end (item, 2 * HARK_PERSON_ITEM_ROWS);
    else if (count (item) > 2 * HARK_PERSON_ITEM_ROWS) /* nobody reads its beginning any more */
      hark_person_item_trim (item, HARK_PERSON_ITEM_ROWS);
  }
  changed (item);
  return true;
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

void
hark_person_item_change (HarkPersonItem *item, const HarkMessage *message)
{
  HarkMessageItem *row;

  g_return_if_fail (HARK_IS_PERSON_ITEM (item));

  row = hark_person_item_find (item, message->id);
  if (row)
    hark_message_item_update (row, message);
  if (item->last
      && memcmp (hark_message_item_get (item->last)->id, message->id, HARK_MESSAGE_ID_LEN) == 0) {
    if (item->last != row)
      hark_message_item_update (item->last, message);
    changed (item);
  }
  g_signal_emit (item, signal_message_changed, 0, message->id, message);
}

bool
hark_person_item_remove (HarkPersonItem *item, const uint8_t id[HARK_MESSAGE_ID_LEN])
{
  HarkMessageItem *row;
  guint i;

  g_return_val_if_fail (HARK_IS_PERSON_ITEM (item), false);

  g_signal_emit (item, signal_message_changed, 0, id, NULL);
  row = hark_person_item_find (item, id);
  if (!row && item->last
      && memcmp (hark_message_item_get (item->last)->id, id, HARK_MESSAGE_ID_LEN) == 0) {
    g_clear_object (&item->last);
    changed (item);
  }
  if (!row || !g_list_store_find (item->messages, row, &i))
    return false;
  if (row == item->last) {
    g_clear_object (&item->last);
    if (i > 0)
      item->last = g_object_ref (at (item, i - 1));
  }
  g_list_store_remove (item->messages, i);
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

uint64_t
hark_person_item_get_last_position (HarkPersonItem *item)
{
  g_return_val_if_fail (HARK_IS_PERSON_ITEM (item), 0);

  return count (item) > 0 ? position (at (item, count (item) - 1)) : 0;
}

HarkMessageItem *
hark_person_item_get_last (HarkPersonItem *item)
{
  g_return_val_if_fail (HARK_IS_PERSON_ITEM (item), NULL);

  return item->last;
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

void
hark_person_item_set_at_end (HarkPersonItem *item, bool at_end)
{
  g_return_if_fail (HARK_IS_PERSON_ITEM (item));

  item->at_end = at_end;
}

void
hark_person_item_set_read_above (HarkPersonItem *item, bool is_read_above)
{
  g_return_if_fail (HARK_IS_PERSON_ITEM (item));

  item->is_read_above = is_read_above;
}

bool
hark_person_item_get_at_end (HarkPersonItem *item)
{
  g_return_val_if_fail (HARK_IS_PERSON_ITEM (item), false);

  return item->at_end;
}

/* ---- what the list shows besides ---- */

void
hark_person_item_set_chat (HarkPersonItem *item, const HarkChat *chat, bool whole)
{
  HarkChat *old, *copy;

  g_return_if_fail (HARK_IS_PERSON_ITEM (item));

  old = item->chat;
  item->chat = copy = hark_chat_copy (chat);
  if (item->knows_chat) { /* what is written here is newer than what was kept */
    g_free (copy->draft);
    copy->draft = g_strdup (old->draft);
    copy->has_draft_reply = old->has_draft_reply;
    memcpy (copy->draft_reply, old->draft_reply, sizeof copy->draft_reply);
  }
  if (whole) {
    g_autoptr (HarkMessageItem) last = chat->last ? hark_message_item_new (chat->last) : NULL;

    if (!last || item->at_end)
      g_clear_object (&item->last);
    if (last)
      note_last (item, last);
  } else { /* counted here since the whole was told */
    copy->unread = old->unread;
    copy->first_unread = old->first_unread;
  }
  item->knows_chat = true;
  hark_chat_free (old);
  changed (item);
}

const HarkChat *
hark_person_item_get_chat (HarkPersonItem *item)
{
  g_return_val_if_fail (HARK_IS_PERSON_ITEM (item), NULL);

  return item->chat;
}

void
hark_person_item_set_timer (HarkPersonItem *item, uint32_t expires_s)
{
  g_return_if_fail (HARK_IS_PERSON_ITEM (item));

  item->chat->expires_s = expires_s;
  changed (item);
}

void
hark_person_item_set_unread (HarkPersonItem *item, unsigned unread)
{
  g_return_if_fail (HARK_IS_PERSON_ITEM (item));

  if (item->chat->unread == unread)
    return;
  item->chat->unread = unread;
  if (unread == 0)
    item->chat->first_unread = 0;
  else if (item->chat->first_unread == 0 && item->last)
    item->chat->first_unread = position (item->last);
  changed (item);
}

unsigned
hark_person_item_get_unread (HarkPersonItem *item)
{
  g_return_val_if_fail (HARK_IS_PERSON_ITEM (item), 0);

  return item->chat->unread;
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

void
hark_person_item_set_writer (HarkPersonItem *item, const char *name, bool writes)
{
  g_return_if_fail (HARK_IS_PERSON_ITEM (item));

  if (!writes && g_strcmp0 (name, item->writer) != 0)
    return; /* another one does */
  g_free (item->writer);
  item->writer = writes ? g_strdup (name) : NULL;
  item->typing = writes;
  changed (item);
}

const char *
hark_person_item_get_writer (HarkPersonItem *item)
{
  g_return_val_if_fail (HARK_IS_PERSON_ITEM (item), NULL);

  return item->group ? item->writer : item->person->name;
}

bool
hark_person_item_get_typing (HarkPersonItem *item)
{
  g_return_val_if_fail (HARK_IS_PERSON_ITEM (item), false);

  return item->typing;
}

void
hark_person_item_set_draft (HarkPersonItem *item,
                            const char *draft,
                            const uint8_t reply_to[HARK_MESSAGE_ID_LEN])
{
  HarkChat *chat;

  g_return_if_fail (HARK_IS_PERSON_ITEM (item));

  chat = item->chat;
  g_free (chat->draft);
  chat->draft = g_strdup (draft);
  chat->has_draft_reply = reply_to != NULL;
  if (reply_to)
    memcpy (chat->draft_reply, reply_to, sizeof chat->draft_reply);
  changed (item);
}

const char *
hark_person_item_get_draft (HarkPersonItem *item)
{
  g_return_val_if_fail (HARK_IS_PERSON_ITEM (item), NULL);

  return item->chat->draft ? item->chat->draft : "";
}

bool
hark_person_item_is_pinned (HarkPersonItem *item)
{
  g_return_val_if_fail (HARK_IS_PERSON_ITEM (item), false);

  return item->chat->pinned;
}

bool
hark_person_item_is_archived (HarkPersonItem *item)
{
  g_return_val_if_fail (HARK_IS_PERSON_ITEM (item), false);

  return item->chat->archived;
}

bool
hark_person_item_is_marked (HarkPersonItem *item)
{
  g_return_val_if_fail (HARK_IS_PERSON_ITEM (item), false);

  return item->chat->marked;
}

bool
hark_person_item_is_silent (HarkPersonItem *item, int64_t now_ms)
{
  g_return_val_if_fail (HARK_IS_PERSON_ITEM (item), false);

  if (item->group)
    return item->group->notices == HARK_GROUP_NOTICES_NONE;
  return item->person->silent_until_ms > now_ms;
}

bool
hark_person_item_wants_notice (HarkPersonItem *item, const HarkMessage *message, int64_t now_ms)
{
  g_return_val_if_fail (HARK_IS_PERSON_ITEM (item), false);

  if (item->group && item->group->notices == HARK_GROUP_NOTICES_MENTIONS)
    return message->mentioned;
  return !hark_person_item_is_silent (item, now_ms);
}
