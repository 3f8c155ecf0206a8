#include "ui/model/chats.h"

#include "ui/model/pages.h"

#include <glib/gi18n.h>
#include <string.h>

static void
take_group (HarkClient *client, const HarkGroupInfo *group)
{
  HarkPersonItem *item = hark_client_find_group (client, group->id);

  if (group->state == HARK_GROUP_IS_FORGOTTEN) {
    if (item)
      hark_client_remove (client, item);
    return;
  }
  if (item) {
    hark_person_item_update_group (item, group);
    return;
  }
  item = hark_person_item_new_group (group);
  hark_client_add (client, item);
  if (group->state == HARK_GROUP_IS_OFFERED)
    g_signal_emit_by_name (client, "request", item);
}

static HarkPersonItem *
find_chat (HarkClient *client, const HarkChat *chat)
{
  return chat->has_group ? hark_client_find_group (client, chat->group)
                         : hark_client_find (client, chat->contact);
}

static void
take_chat (HarkClient *client, const HarkChat *chat, bool whole)
{
  HarkPersonItem *item = find_chat (client, chat);

  if (item)
    hark_person_item_set_chat (item, chat, whole);
}

static void
on_chats (GObject *owner, const HarkEvent *result)
{
  for (guint i = 0; result->chats && i < result->chats->len; i++)
    take_chat (HARK_CLIENT (owner), result->chats->pdata[i], true);
  if (result->ok)
    g_signal_emit_by_name (owner, "listed");
}

/* Messages went, not one by one. */
static void
clear (HarkClient *client, const uint8_t account[HARK_ACCOUNT_LEN])
{
  HarkPersonItem *item = hark_client_find (client, account);

  if (item)
    hark_pages_window (client, item, hark_command_for (HARK_COMMAND_HISTORY, item), NULL, NULL);
  hark_client_ask (client, hark_command_new (HARK_COMMAND_CHATS), G_OBJECT (client), on_chats);
}

static void
on_groups (GObject *owner, const HarkEvent *result)
{
  for (guint i = 0; result->groups && i < result->groups->len; i++)
    take_group (HARK_CLIENT (owner), result->groups->pdata[i]);
}

/* Behind STATUS, which the client asks for first: the people are there when their conversations
 * are told. */
static void
begin (HarkClient *client, const HarkEvent *ready)
{
  static const uint8_t nobody[HARK_ACCOUNT_LEN];

  if (memcmp (ready->account, nobody, sizeof nobody) != 0
      && !hark_client_find (client, ready->account))
    hark_client_add (client, hark_person_item_new_self (ready->account));
  hark_client_ask (client, hark_command_new (HARK_COMMAND_GROUP_LIST), G_OBJECT (client),
                   on_groups);
  hark_client_ask (client, hark_command_new (HARK_COMMAND_CHATS), G_OBJECT (client), on_chats);
}

/* Until they are compared, or it is over: whoever looks later sees them as well. */
static void
take_words (HarkClient *client, const HarkEvent *event)
{
  HarkPersonItem *item = hark_client_find (client, event->account);
  bool shown = event->words_state == HARK_WORDS_SHOWN;

  if (item)
    g_object_set_data_full (G_OBJECT (item), "hark-words", shown ? g_strdup (event->text) : NULL,
                            g_free);
}

const char *
hark_chats_words (HarkPersonItem *item)
{
  g_return_val_if_fail (HARK_IS_PERSON_ITEM (item), NULL);

  return g_object_get_data (G_OBJECT (item), "hark-words");
}

static void
on_told (HarkClient *client, const HarkEvent *event)
{
  switch (event->kind) {
  case HARK_EVENT_READY:
    begin (client, event);
    break;
  case HARK_EVENT_GROUP:
    take_group (client, event->group);
    break;
  case HARK_EVENT_WORDS:
    take_words (client, event);
    break;
  case HARK_EVENT_CHAT:
    for (guint i = 0; event->chats && i < event->chats->len; i++)
      take_chat (client, event->chats->pdata[i], false);
    break;
  case HARK_EVENT_CLEARED:
    clear (client, event->account);
    break;
  default:
    break;
  }
}

/* ---- what was put away comes back when something is said there ---- */

#define RETURNING "hark-returning" /* it was asked for */

static void
on_returned (GObject *item, const HarkEvent *result)
{
  (void) result;
  g_object_set_data (item, RETURNING, NULL);
}

static void
on_message (HarkClient *client, HarkPersonItem *item, HarkMessageItem *row)
{
  if (hark_message_item_get (row)->type == HARK_MESSAGE_IS_GROUP
      || !hark_person_item_is_archived (item) || g_object_get_data (G_OBJECT (item), RETURNING))
    return;
  g_object_set_data (G_OBJECT (item), RETURNING, item);
  hark_client_ask (client, hark_command_for (HARK_COMMAND_ARCHIVE, item), G_OBJECT (item),
                   on_returned);
}

void
hark_chats_follow (HarkClient *client)
{
  g_signal_connect (client, "message", G_CALLBACK (on_message), NULL);
  g_signal_connect (client, "told", G_CALLBACK (on_told), NULL);
}

HarkPersonItem *
hark_chats_find (HarkClient *client, const HarkMessage *message)
{
  return message->has_group ? hark_client_find_group (client, message->group)
                            : hark_client_find (client, message->contact);
}

const char *
hark_chats_name_of (HarkClient *client, HarkPersonItem *item, const HarkMessage *message)
{
  const HarkGroupInfo *group = hark_person_item_get_group (item);
  HarkPersonItem *author;

  if (!group || !message->has_author)
    return hark_person_item_get (item)->name;
  author = hark_client_find (client, message->author);
  if (author)
    return hark_person_item_get (author)->name;
  for (guint i = 0; i < group->people->len; i++) {
    const HarkGroupPerson *person = group->people->pdata[i];

    if (memcmp (person->account, message->author, HARK_ACCOUNT_LEN) == 0)
      return person->name;
  }
  return _ ("A former member");
}

unsigned
hark_chats_count_unread (HarkClient *client, bool silent)
{
  GListModel *people = hark_client_get_people (client);
  const gint64 now_ms = g_get_real_time () / 1000;
  unsigned n = 0;

  for (guint i = 0; i < g_list_model_get_n_items (people); i++) {
    g_autoptr (HarkPersonItem) person = g_list_model_get_item (people, i);

    if (silent || !hark_person_item_is_silent (person, now_ms))
      n += hark_person_item_get_unread (person);
  }
  return n;
}
