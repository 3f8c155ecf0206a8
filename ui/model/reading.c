#include "ui/model/reading.h"

#include <string.h>

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

void
hark_reading_mark (HarkClient *client, HarkPersonItem *person)
{
  GListModel *messages;
  bool marked, sent = false;

  g_return_if_fail (HARK_IS_CLIENT (client) && HARK_IS_PERSON_ITEM (person));

  messages = hark_person_item_get_messages (person);
  marked = hark_person_item_get_chat (person)->marked;
  if ((hark_person_item_get_unread (person) == 0 && !marked)
      || !hark_person_item_get_at_end (person) || g_list_model_get_n_items (messages) == 0)
    return;
  hark_person_item_set_unread (person, 0);
  count_down (messages);
  g_signal_emit_by_name (client, "read", person);
  for (guint i = g_list_model_get_n_items (messages); i > 0; i--) {
    g_autoptr (HarkMessageItem) row = g_list_model_get_item (messages, i - 1);
    const HarkMessage *message = hark_message_item_get (row);

    if (message->outgoing || (sent && !is_said (message)))
      continue;
    send_read (client, person, message);
    sent = true;
    if (is_said (message))
      return;
  }
  if (marked && !sent)
    hark_client_send_to (client, HARK_COMMAND_UNREAD, person);
}
