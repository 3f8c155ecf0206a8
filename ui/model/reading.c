#include "ui/model/reading.h"

#include <string.h>

#define CLIENT "hark-reading" /* at a person: the newest messages were asked for */
#define NEWEST 100

/* What is written or spoken; of the rest the other side has no row. */
static bool
is_said (const HarkMessage *message)
{
  return message->type == HARK_MESSAGE_IS_TEXT || message->type == HARK_MESSAGE_IS_CLIP;
}

static void
send_read (HarkClient *client, HarkPersonItem *person, const HarkMessage *message)
{
  HarkCommand *command = hark_command_for (HARK_COMMAND_READ, person);

  memcpy (command->id, message->id, sizeof command->id);
  command->how = is_said (message) ? NULL : g_strdup ("here");
  hark_client_send (client, command);
}

static void
count_down (GListModel *messages)
{
  for (guint i = 0; i < g_list_model_get_n_items (messages); i++) {
    g_autoptr (HarkMessageItem) row = g_list_model_get_item (messages, i);

    if (!hark_message_item_get (row)->outgoing)
      hark_message_item_count_down (row);
  }
}

/* What is told of the conversation beside the single messages. */
static bool
begin (HarkClient *client, HarkPersonItem *person, bool *ret_marked)
{
  *ret_marked = hark_person_item_get_chat (person)->marked;
  if (hark_person_item_get_unread (person) == 0 && !*ret_marked)
    return false;
  hark_person_item_set_unread (person, 0);
  count_down (hark_person_item_get_messages (person));
  g_signal_emit_by_name (client, "read", person);
  return true;
}

/* From the newest on; true: none before it needs to be told. */
static bool
tell (HarkClient *client, HarkPersonItem *person, const HarkMessage *message, bool *sent)
{
  if (message->outgoing || (*sent && !is_said (message)))
    return false;
  send_read (client, person, message);
  *sent = true;
  return is_said (message);
}

static void
end (HarkClient *client, HarkPersonItem *person, bool marked, bool sent)
{
  if (marked && !sent)
    hark_client_send_to (client, HARK_COMMAND_UNREAD, person);
}

void
hark_reading_mark (HarkClient *client, HarkPersonItem *person)
{
  GListModel *messages;
  bool marked, sent = false;

  g_return_if_fail (HARK_IS_CLIENT (client) && HARK_IS_PERSON_ITEM (person));

  messages = hark_person_item_get_messages (person);
  if (!hark_person_item_get_at_end (person) || g_list_model_get_n_items (messages) == 0
      || !begin (client, person, &marked))
    return;
  for (guint i = g_list_model_get_n_items (messages); i > 0; i--) {
    g_autoptr (HarkMessageItem) row = g_list_model_get_item (messages, i - 1);

    if (tell (client, person, hark_message_item_get (row), &sent))
      break;
  }
  end (client, person, marked, sent);
}

void
hark_reading_mark_told (HarkClient *client, HarkPersonItem *person, const GPtrArray *messages)
{
  bool marked, sent = false;

  g_return_if_fail (HARK_IS_CLIENT (client) && HARK_IS_PERSON_ITEM (person));

  if (!begin (client, person, &marked))
    return;
  for (guint i = 0; messages && i < messages->len; i++)
    if (tell (client, person, messages->pdata[i], &sent))
      break;
  end (client, person, marked, sent);
}

static void
on_newest (GObject *person, const HarkEvent *result)
{
  g_autoptr (HarkClient) client = g_object_steal_data (person, CLIENT);

  if (result->ok)
    hark_reading_mark_told (client, HARK_PERSON_ITEM (person), result->messages);
}

void
hark_reading_mark_all (HarkClient *client, HarkPersonItem *person)
{
  HarkCommand *command;

  g_return_if_fail (HARK_IS_CLIENT (client) && HARK_IS_PERSON_ITEM (person));

  if (hark_person_item_get_at_end (person)
      && g_list_model_get_n_items (hark_person_item_get_messages (person)) > 0) {
    hark_reading_mark (client, person);
    return;
  }
  if (g_object_get_data (G_OBJECT (person), CLIENT))
    return; /* asked already */
  command = hark_command_for (HARK_COMMAND_HISTORY, person);
  command->window = HARK_HISTORY_BEFORE;
  command->limit = NEWEST;
  g_object_set_data_full (G_OBJECT (person), CLIENT, g_object_ref (client), g_object_unref);
  hark_client_ask (client, command, G_OBJECT (person), on_newest);
}
