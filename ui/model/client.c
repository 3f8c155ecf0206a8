#include "ui/model/client.h"

#include "core/hark-ending.h"
#include "ui/core-words.h"
#include "ui/model/call-list.h"
#include "ui/model/transfer-list.h"

#include <string.h>
#include <unistd.h>

#define STOP_MS 5000 /* for an engine that hangs */

struct _HarkClient {
  GObject parent_instance;
  HarkEngine *engine;
  bool starting;
  GQueue waiting; /* HarkCommand: for the engine that starts */
  HarkClientFilter filter;
  void *filter_data;
  GListStore *people;
  GHashTable *by_account; /* account -> HarkPersonItem */
  GHashTable *transfers;  /* id -> HarkTransferItem */
  GHashTable *questions;  /* tag -> Question */
  uint64_t next_tag;
  GPtrArray *calls; /* HarkCallItem; see call-list.h */
  uint8_t own[HARK_ACCOUNT_LEN];
  bool relays; /* we do, for contacts */
};

G_DEFINE_TYPE (HarkClient, hark_client, G_TYPE_OBJECT)

/* A command whose result somebody waits for. */
typedef struct {
  GWeakRef owner;
  HarkReply reply;
} Question;

enum {
  SIGNAL_READY,
  SIGNAL_LISTED,
  SIGNAL_MESSAGE,
  SIGNAL_READ,
  SIGNAL_REQUEST,
  SIGNAL_CALL,
  SIGNAL_TRANSFER,
  SIGNAL_NETWORK,
  SIGNAL_WARNING,
  SIGNAL_SENT,
  SIGNAL_HEARD,
  SIGNAL_TOLD,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

static void
question_free (void *data)
{
  Question *question = data;

  g_weak_ref_clear (&question->owner);
  g_free (question);
}

static guint
account_hash (const void *account)
{
  guint hash;

  memcpy (&hash, account, sizeof hash); /* keys are random already */
  return hash;
}

static gboolean
account_equal (const void *a, const void *b)
{
  return memcmp (a, b, HARK_ACCOUNT_LEN) == 0;
}

static void
hark_client_finalize (GObject *object)
{
  HarkClient *client = HARK_CLIENT (object);

  hark_client_stop (client);
  g_object_unref (client->people);
  g_hash_table_unref (client->by_account);
  g_hash_table_unref (client->transfers);
  g_hash_table_unref (client->questions);
  g_ptr_array_unref (client->calls);
  G_OBJECT_CLASS (hark_client_parent_class)->finalize (object);
}

static void
hark_client_class_init (HarkClientClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = hark_client_finalize;
  signals[SIGNAL_READY] = g_signal_new ("ready", HARK_TYPE_CLIENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                        NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_LISTED] = g_signal_new ("listed", HARK_TYPE_CLIENT, G_SIGNAL_RUN_LAST, 0, NULL,
                                         NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_MESSAGE]
    = g_signal_new ("message", HARK_TYPE_CLIENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 2, HARK_TYPE_PERSON_ITEM, HARK_TYPE_MESSAGE_ITEM);
  signals[SIGNAL_READ] = g_signal_new ("read", HARK_TYPE_CLIENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                       NULL, G_TYPE_NONE, 1, HARK_TYPE_PERSON_ITEM);
  signals[SIGNAL_REQUEST] = g_signal_new ("request", HARK_TYPE_CLIENT, G_SIGNAL_RUN_LAST, 0, NULL,
                                          NULL, NULL, G_TYPE_NONE, 1, HARK_TYPE_PERSON_ITEM);
  signals[SIGNAL_CALL] = g_signal_new ("call", HARK_TYPE_CLIENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                       NULL, G_TYPE_NONE, 1, HARK_TYPE_CALL_ITEM);
  signals[SIGNAL_TRANSFER] = g_signal_new ("transfer", HARK_TYPE_CLIENT, G_SIGNAL_RUN_LAST, 0, NULL,
                                           NULL, NULL, G_TYPE_NONE, 1, HARK_TYPE_TRANSFER_ITEM);
  signals[SIGNAL_NETWORK] = g_signal_new ("network", HARK_TYPE_CLIENT, G_SIGNAL_RUN_LAST, 0, NULL,
                                          NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_WARNING] = g_signal_new ("warning", HARK_TYPE_CLIENT, G_SIGNAL_RUN_LAST, 0, NULL,
                                          NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[SIGNAL_SENT] = g_signal_new ("sent", HARK_TYPE_CLIENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                       NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_HEARD] = g_signal_new ("heard", HARK_TYPE_CLIENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                        NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_TOLD] = g_signal_new ("told", HARK_TYPE_CLIENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                       NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
}

static void
hark_client_init (HarkClient *client)
{
  client->people = g_list_store_new (HARK_TYPE_PERSON_ITEM);
  client->calls = g_ptr_array_new_with_free_func (g_object_unref);
  client->by_account = g_hash_table_new_full (account_hash, account_equal, g_free, g_object_unref);
  client->transfers = hark_transfers_new ();
  client->questions = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, question_free);
}

HarkClient *
hark_client_new (void)
{
  return g_object_new (HARK_TYPE_CLIENT, NULL);
}

void
hark_client_set_filter (HarkClient *client, HarkClientFilter filter, void *data)
{
  g_return_if_fail (HARK_IS_CLIENT (client));

  client->filter = filter;
  client->filter_data = data;
}

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
    hark_person_item_update (person, value);
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
  g_signal_emit (client, signals[SIGNAL_TRANSFER], 0, transfer);
}

GPtrArray *
hark_client_get_offers (HarkClient *client, HarkPersonItem *person)
{
  g_return_val_if_fail (HARK_IS_CLIENT (client), NULL);

  return hark_transfers_offered (client->transfers, person);
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
  g_signal_emit (client, signals[SIGNAL_MESSAGE], 0, person, row);
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

/* ---- calls ---- */

static void
handle_call (HarkClient *client, const HarkCall *call)
{
  g_autoptr (HarkCallItem) item = hark_calls_take (client->calls, call);

  g_signal_emit (client, signals[SIGNAL_CALL], 0, item);
}

static void
handle_stats (HarkClient *client, const HarkEvent *event)
{
  HarkCallItem *call = hark_calls_find (client->calls, event->call_stats->call);

  if (call)
    hark_call_item_set_stats (call, event->call_stats, event->reason);
}

/* ---- results ---- */

static void
warn (HarkClient *client, const char *text)
{
  if (text && *text)
    g_signal_emit (client, signals[SIGNAL_WARNING], 0, text);
}

static void
take_network (HarkClient *client, const HarkNetworkState *network)
{
  client->relays = network->relay;
  g_signal_emit (client, signals[SIGNAL_NETWORK], 0);
}

bool
hark_client_get_relays (HarkClient *client)
{
  g_return_val_if_fail (HARK_IS_CLIENT (client), false);

  return client->relays;
}

static void
on_status (GObject *owner, const HarkEvent *result)
{
  HarkClient *client = HARK_CLIENT (owner);

  for (guint i = 0; result->transfers && i < result->transfers->len; i++)
    handle_transfer (client, result->transfers->pdata[i]);
  for (guint i = 0; result->people && i < result->people->len; i++)
    take_person (client, result->people->pdata[i]);
  for (guint i = 0; result->calls && i < result->calls->len; i++)
    handle_call (client, result->calls->pdata[i]);
  if (result->network)
    take_network (client, result->network);
  g_signal_emit (client, signals[SIGNAL_READY], 0);
}

static void
handle_result (HarkClient *client, const HarkEvent *event)
{
  Question *question = event->tag ? g_hash_table_lookup (client->questions, event->tag) : NULL;
  g_autoptr (GObject) owner = question ? g_weak_ref_get (&question->owner) : NULL;
  HarkReply reply = question ? question->reply : NULL;

  if (question)
    g_hash_table_remove (client->questions, event->tag);
  if (owner)
    reply (owner, event);
  else if (!event->ok && !question)
    warn (client, event->text);
}

static void
handle_contact (HarkClient *client, const HarkEvent *event)
{
  HarkPersonItem *person = take_person (client, event->person);

  if (!person)
    return;
  if (event->kind == HARK_EVENT_REQUEST)
    g_signal_emit (client, signals[SIGNAL_REQUEST], 0, person);
}

static void
handle_ready (HarkClient *client, const HarkEvent *event)
{
  memcpy (client->own, event->account, sizeof client->own);
  hark_client_ask (client, hark_command_new (HARK_COMMAND_STATUS), G_OBJECT (client), on_status);
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

static void
handle_event (HarkClient *client, const HarkEvent *event)
{
  switch (event->kind) {
  case HARK_EVENT_READY:
    handle_ready (client, event);
    g_signal_emit (client, signals[SIGNAL_TOLD], 0, event);
    break;
  case HARK_EVENT_RESULT:
    handle_result (client, event);
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
  case HARK_EVENT_WARNING:
    if (g_strcmp0 (event->code, "network-silent")
        != 0) /* the network's bar says it while it is so */
      warn (client, event->text);
    break;
  case HARK_EVENT_NETWORK:
    take_network (client, event->network);
    break;
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
    g_signal_emit (client, signals[SIGNAL_TOLD], 0, event);
    break;
  }
}

/* What it says to people is said in their language; only that is another event's. */
static void
on_event (const HarkEvent *event, void *data)
{
  HarkClient *client = data;
  bool refuses = event->kind == HARK_EVENT_RESULT && !event->ok;
  HarkEvent said = *event;
  g_autofree char *text = NULL;
  g_autofree char *reason = hark_core_words (event->reason);

  g_signal_emit (client, signals[SIGNAL_HEARD], 0);
  if (client->filter && client->filter (event, client->filter_data))
    return;
  if (refuses || event->kind == HARK_EVENT_WARNING)
    said.text = text = hark_core_words (event->text);
  said.reason = reason;
  handle_event (client, &said);
}

/* ---- the engine ---- */

bool
hark_client_start (HarkClient *client, const HarkEngineConfig *config, GError **error)
{
  g_return_val_if_fail (HARK_IS_CLIENT (client) && !client->engine, false);

  client->engine = hark_engine_new (config, NULL, on_event, client, error);
  return client->engine != NULL;
}

static void
start (GTask *task, void *source, void *data, GCancellable *cancellable)
{
  HarkEngine *engine;
  GError *error = NULL;

  (void) cancellable;
  engine = hark_engine_new (data, g_main_context_default (), on_event, source, &error);
  if (engine)
    g_task_return_pointer (task, engine, NULL);
  else
    g_task_return_error (task, error);
}

void
hark_client_start_async (HarkClient *client,
                         const HarkEngineConfig *config,
                         GAsyncReadyCallback on_started,
                         void *data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (HARK_IS_CLIENT (client) && !client->engine && !client->starting);

  client->starting = true;
  task = g_task_new (client, NULL, on_started, data);
  g_task_set_task_data (task, (void *) config, NULL);
  g_task_run_in_thread (task, start);
}

bool
hark_client_start_finish (HarkClient *client, GAsyncResult *result, GError **error)
{
  HarkCommand *command;

  g_return_val_if_fail (HARK_IS_CLIENT (client) && client->starting, false);

  client->starting = false;
  client->engine = g_task_propagate_pointer (G_TASK (result), error);
  while ((command = g_queue_pop_head (&client->waiting)))
    hark_client_send (client, command);
  return client->engine != NULL;
}

static gboolean
on_late (void *data)
{
  (void) data;
  g_printerr ("Hark: the engine does not start; ending without it.\n");
  _exit (1);
}

void
hark_client_stop_within (HarkClient *client, unsigned limit_ms)
{
  guint late;

  g_return_if_fail (HARK_IS_CLIENT (client));

  late = client->starting ? g_timeout_add (limit_ms, on_late, NULL) : 0;
  while (client->starting)
    g_main_context_iteration (NULL, TRUE);
  g_clear_handle_id (&late, g_source_remove);
  if (client->engine)
    hark_engine_free_within (client->engine, limit_ms);
  client->engine = NULL;
}

void
hark_client_stop (HarkClient *client)
{
  hark_client_stop_within (client, STOP_MS);
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

HarkEngine *
hark_client_get_engine (HarkClient *client)
{
  g_return_val_if_fail (HARK_IS_CLIENT (client), NULL);

  return client->engine;
}

void
hark_client_send (HarkClient *client, HarkCommand *command)
{
  g_return_if_fail (HARK_IS_CLIENT (client));

  if (client->engine) {
    g_signal_emit (client, signals[SIGNAL_SENT], 0); /* a fake one answers at once */
    hark_engine_send (client->engine, command);
  } else if (client->starting)
    g_queue_push_tail (&client->waiting, command);
  else
    hark_command_free (command);
}

void
hark_client_ask (HarkClient *client, HarkCommand *command, GObject *owner, HarkReply reply)
{
  Question *question;

  g_return_if_fail (HARK_IS_CLIENT (client) && G_IS_OBJECT (owner) && reply);

  question = g_new0 (Question, 1);
  g_weak_ref_init (&question->owner, owner);
  question->reply = reply;
  g_free (command->tag);
  command->tag = g_strdup_printf ("ui:%" G_GUINT64_FORMAT, ++client->next_tag);
  g_hash_table_insert (client->questions, g_strdup (command->tag), question);
  hark_client_send (client, command);
}

HarkCommand *
hark_command_for (HarkCommandKind kind, HarkPersonItem *person)
{
  HarkCommand *command = hark_command_new (kind);
  const HarkGroupInfo *group = hark_person_item_get_group (person);

  if (group) {
    command->has_group = true;
    memcpy (command->group, group->id, sizeof command->group);
    return command;
  }
  command->has_contact = true;
  memcpy (command->contact, hark_person_item_get (person)->account, sizeof command->contact);
  return command;
}

void
hark_client_send_to (HarkClient *client, HarkCommandKind kind, HarkPersonItem *person)
{
  hark_client_send (client, hark_command_for (kind, person));
}

void
hark_client_send_transfer (HarkClient *client, HarkCommandKind kind, uint64_t transfer)
{
  HarkCommand *command = hark_command_new (kind);

  command->transfer = transfer;
  hark_client_send (client, command);
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

  return account_equal (client->own, account);
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
    g_signal_emit (client, signals[SIGNAL_CALL], 0, call);
}
