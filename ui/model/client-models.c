#include "ui/model/client-private.h"

#include "ui/model/call-list.h"
#include "ui/model/transfer-list.h"

#include <string.h>

/* ---- people and messages ---- */

static void
remove_person (HarkClient *client, HarkPersonItem *person)
{
  guint i;

  /* the list says it last: whoever hears of it finds them nowhere */
  g_hash_table_remove (client->by_account, hark_person_item_get (person)->account);
  if (g_list_store_find (client->people, person, &i))
    g_list_store_remove (client->people, i);
}

/* They have accepted: what was said because they had not is over, and so is why what was written
 * waits. */
static void
take_acceptance (HarkClient *client, HarkPersonItem *person)
{
  g_autofree char *text = NULL;

  hark_person_item_forget_reasons (person);
  if (!client->not_accepted
      || memcmp (client->not_accepted_by, hark_person_item_get (person)->account, HARK_ACCOUNT_LEN))
    return;
  text = g_steal_pointer (&client->not_accepted);
  g_signal_emit (client, hark_client_signals[HARK_CLIENT_WARNING_OVER], 0, text);
}

/* Returns: (nullable): NULL when the person is gone */
static HarkPersonItem *
take_person (HarkClient *client, const HarkPerson *value)
{
  HarkPersonItem *person = hark_client_find (client, value->account);

  if (value->status == HARK_PERSON_REMOVED) {
    if (person)
      remove_person (client, person);
    return NULL;
  }
  if (person) {
    const bool had_asked = hark_person_item_get (person)->status == HARK_PERSON_ASKED;

    hark_person_item_update (person, value);
    if (had_asked && value->status == HARK_PERSON_ACCEPTED)
      take_acceptance (client, person);
    return person;
  }
  person = hark_person_item_new (value);
  g_hash_table_insert (client->by_account, g_memdup2 (value->account, HARK_ACCOUNT_LEN), person);
  g_list_store_append (client->people, person);
  return person;
}

static void
handle_transfer (HarkClient *client, const HarkTransfer *value)
{
  HarkPersonItem *person = value->has_group ? hark_client_find_group (client, value->group)
                                            : hark_client_find (client, value->contact);
  const bool is_new = !hark_transfers_find (client->transfers, value->id);
  HarkTransferItem *transfer = hark_transfers_take (client->transfers, value);

  if (is_new && person)
    hark_transfers_link (person, transfer);
  g_signal_emit (client, hark_client_signals[HARK_CLIENT_TRANSFER], 0, transfer);
}

static HarkMessageItem *
new_row (HarkClient *client, const HarkMessage *message)
{
  HarkMessageItem *row = hark_message_item_new (message);

  if (message->type == HARK_MESSAGE_IS_FILE)
    hark_message_item_set_transfer (row, hark_transfers_find (client->transfers, message->ref));
  return row;
}

static void
handle_message (HarkClient *client, const HarkMessage *message)
{
  HarkPersonItem *person = hark_client_find (client, message->contact);
  g_autoptr (HarkMessageItem) row = NULL;

  if (!person)
    return;
  row = new_row (client, message);
  if (message->type == HARK_MESSAGE_IS_TIMER)
    hark_person_item_set_timer (person, message->expires_s);
  if (!hark_person_item_say (person, row))
    return;
  if (!message->outgoing && message->state != HARK_STATE_READ /* as a call that was had */
      && message->type != HARK_MESSAGE_IS_GROUP) {
    hark_person_item_set_typing (person, false);
    hark_person_item_set_unread (person, hark_person_item_get_unread (person) + 1);
  }
  g_signal_emit (client, hark_client_signals[HARK_CLIENT_MESSAGE], 0, person, row);
}

static void
handle_state (HarkClient *client, const HarkEvent *event)
{
  HarkPersonItem *person = hark_client_find (client, event->message->contact);
  HarkMessageItem *row = person ? hark_person_item_find (person, event->message->id) : NULL;

  if (row)
    hark_message_item_set_state (row, event->message->state, event->reason);
}

static void
handle_change (HarkClient *client, const HarkEvent *event)
{
  HarkPersonItem *person = hark_client_find (client, event->message->contact);

  if (!person)
    return;
  if (event->kind == HARK_EVENT_MESSAGE_GONE)
    hark_person_item_remove (person, event->message->id);
  else
    hark_person_item_change (person, event->message);
}

GPtrArray *
hark_client_take_rows (HarkClient *client, const HarkEvent *result)
{
  GPtrArray *rows = g_ptr_array_new_with_free_func (g_object_unref);

  g_return_val_if_fail (HARK_IS_CLIENT (client), rows);

  for (guint i = 0; result->transfers && i < result->transfers->len; i++)
    hark_transfers_take (client->transfers, result->transfers->pdata[i]);
  for (guint i = 0; result->messages && i < result->messages->len; i++)
    g_ptr_array_add (rows, new_row (client, result->messages->pdata[i]));
  return rows;
}

/* ---- calls ---- */

static void
handle_call (HarkClient *client, const HarkCall *call)
{
  g_autoptr (HarkCallItem) item = hark_calls_take (client->calls, call);

  g_signal_emit (client, hark_client_signals[HARK_CLIENT_CALL], 0, item);
}

static void
handle_stats (HarkClient *client, const HarkEvent *event)
{
  HarkCallItem *call = hark_calls_find (client->calls, event->call_stats->call);

  if (call)
    hark_call_item_set_stats (call, event->call_stats, event->reason);
}

/* ---- all of it ---- */

static void
take_network (HarkClient *client, const HarkNetworkState *network)
{
  client->relays = network->relay;
  g_signal_emit (client, hark_client_signals[HARK_CLIENT_NETWORK], 0);
}

void
hark_client_take_status (HarkClient *client, const HarkEvent *result)
{
  for (guint i = 0; result->transfers && i < result->transfers->len; i++)
    handle_transfer (client, result->transfers->pdata[i]);
  for (guint i = 0; result->people && i < result->people->len; i++)
    take_person (client, result->people->pdata[i]);
  for (guint i = 0; result->calls && i < result->calls->len; i++)
    handle_call (client, result->calls->pdata[i]);
  if (result->network)
    take_network (client, result->network);
}

static void
handle_contact (HarkClient *client, const HarkEvent *event)
{
  HarkPersonItem *person = take_person (client, event->person);

  if (!person)
    return;
  if (event->kind == HARK_EVENT_REQUEST)
    g_signal_emit (client, hark_client_signals[HARK_CLIENT_REQUEST], 0, person);
}

static void
handle_typing (HarkClient *client, const HarkEvent *event)
{
  HarkPersonItem *person = hark_client_find (client, event->account);

  if (event->has_group) { /* whoever says it is a contact */
    HarkPersonItem *group = hark_client_find_group (client, event->of_group);

    if (group && person)
      hark_person_item_set_writer (group, hark_person_item_get (person)->name, event->on);
  } else if (person)
    hark_person_item_set_typing (person, event->on);
}

void
hark_client_follow (HarkClient *client, const HarkEvent *event)
{
  switch (event->kind) {
  case HARK_EVENT_RESULT:
  case HARK_EVENT_WARNING:
    break;
  case HARK_EVENT_REQUEST:
  case HARK_EVENT_CONTACT:
    handle_contact (client, event);
    break;
  case HARK_EVENT_MESSAGE:
    handle_message (client, event->message);
    break;
  case HARK_EVENT_MESSAGE_CHANGED:
  case HARK_EVENT_MESSAGE_GONE:
    handle_change (client, event);
    break;
  case HARK_EVENT_MESSAGE_STATE:
    handle_state (client, event);
    break;
  case HARK_EVENT_TYPING:
    handle_typing (client, event);
    break;
  case HARK_EVENT_FILE_OFFER:
  case HARK_EVENT_FILE_STATE:
    handle_transfer (client, event->transfer);
    break;
  case HARK_EVENT_CALL:
    handle_call (client, event->call);
    break;
  case HARK_EVENT_CALL_STATS:
    handle_stats (client, event);
    break;
  case HARK_EVENT_NETWORK:
    take_network (client, event->network);
    break;
  case HARK_EVENT_READY:
  case HARK_EVENT_CHAT:
  case HARK_EVENT_CLEARED:
  case HARK_EVENT_DEVICES:
  case HARK_EVENT_GROUP_CALL:
  case HARK_EVENT_GROUP_LEVELS:
  case HARK_EVENT_GROUP_STATS:
  case HARK_EVENT_RECORDING:
  case HARK_EVENT_PLAYING:
  case HARK_EVENT_ECHO_TEST:
  case HARK_EVENT_PEOPLE_HERE:
  case HARK_EVENT_GROUP:
  case HARK_EVENT_WORDS:
  case HARK_EVENT_MEETING:
  case HARK_EVENT_PROFILE:
  case HARK_EVENT_MAILBOX:
    g_signal_emit (client, hark_client_signals[HARK_CLIENT_TOLD], 0, event);
    break;
  }
}

void
hark_client_forget (HarkClient *client)
{
  GListModel *people;

  g_return_if_fail (HARK_IS_CLIENT (client) && !client->engine);

  people = G_LIST_MODEL (client->people);
  while (g_list_model_get_n_items (people) > 0) {
    g_autoptr (HarkPersonItem) person = g_list_model_get_item (people, 0);

    remove_person (client, person);
  }
  g_hash_table_remove_all (client->transfers);
  g_hash_table_remove_all (client->questions);
  while (client->calls->len > 0 && !hark_call_item_is_over (client->calls->pdata[0])) {
    HarkCall *call = hark_call_copy (hark_call_item_get (client->calls->pdata[0]));

    call->phase = HARK_ENDED;
    handle_call (client, call);
    hark_call_free (call);
  }
}

/* ---- what there is ---- */

GListModel *
hark_client_get_people (HarkClient *client)
{
  g_return_val_if_fail (HARK_IS_CLIENT (client), NULL);

  return G_LIST_MODEL (client->people);
}

HarkPersonItem *
hark_client_find (HarkClient *client, const uint8_t account[HARK_ACCOUNT_LEN])
{
  g_return_val_if_fail (HARK_IS_CLIENT (client), NULL);

  return g_hash_table_lookup (client->by_account, account);
}

HarkPersonItem *
hark_client_find_group (HarkClient *client, const uint8_t id[HARK_MESSAGE_ID_LEN])
{
  uint8_t account[HARK_ACCOUNT_LEN] = {0};

  memcpy (account, id, HARK_MESSAGE_ID_LEN);
  return hark_client_find (client, account);
}

bool
hark_client_is_own (HarkClient *client, const uint8_t account[HARK_ACCOUNT_LEN])
{
  g_return_val_if_fail (HARK_IS_CLIENT (client), false);

  return memcmp (client->own, account, sizeof client->own) == 0;
}

GPtrArray *
hark_client_get_calls (HarkClient *client)
{
  g_return_val_if_fail (HARK_IS_CLIENT (client), NULL);

  return client->calls;
}

void
hark_client_forget_call (HarkClient *client, HarkCallItem *call)
{
  g_autoptr (HarkCallItem) held = g_object_ref (call);

  g_return_if_fail (HARK_IS_CLIENT (client) && hark_call_item_is_over (call));

  if (g_ptr_array_remove (client->calls, call))
    g_signal_emit (client, hark_client_signals[HARK_CLIENT_CALL], 0, call);
}

GPtrArray *
hark_client_get_offers (HarkClient *client, HarkPersonItem *person)
{
  g_return_val_if_fail (HARK_IS_CLIENT (client), NULL);

  return hark_transfers_offered (client->transfers, person);
}

bool
hark_client_get_relays (HarkClient *client)
{
  g_return_val_if_fail (HARK_IS_CLIENT (client), false);

  return client->relays;
}

void
hark_client_add (HarkClient *client, HarkPersonItem *item)
{
  const uint8_t *account = hark_person_item_get (item)->account;

  g_return_if_fail (HARK_IS_CLIENT (client) && !hark_client_find (client, account));

  g_hash_table_insert (client->by_account, g_memdup2 (account, HARK_ACCOUNT_LEN), item);
  g_list_store_append (client->people, item);
}

void
hark_client_remove (HarkClient *client, HarkPersonItem *item)
{
  g_return_if_fail (HARK_IS_CLIENT (client));

  remove_person (client, item);
}
