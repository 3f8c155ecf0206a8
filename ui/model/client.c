#include "ui/model/client-private.h"

#include "core/hark-ending.h"
#include "ui/core-words.h"
#include "ui/model/transfer-list.h"

#include <string.h>
#include <unistd.h>

#define STOP_MS 5000 /* for an engine that hangs */

G_DEFINE_TYPE (HarkClient, hark_client, G_TYPE_OBJECT)

guint hark_client_signals[HARK_CLIENT_N_SIGNALS];

/* A command whose result somebody waits for. */
typedef struct {
  GWeakRef owner;
  HarkReply reply;
} Question;

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
  g_free (client->not_accepted);
  G_OBJECT_CLASS (hark_client_parent_class)->finalize (object);
}

static void
hark_client_class_init (HarkClientClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = hark_client_finalize;
  hark_client_signals[HARK_CLIENT_READY] = g_signal_new (
    "ready", HARK_TYPE_CLIENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  hark_client_signals[HARK_CLIENT_LISTED] = g_signal_new (
    "listed", HARK_TYPE_CLIENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  hark_client_signals[HARK_CLIENT_MESSAGE]
    = g_signal_new ("message", HARK_TYPE_CLIENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 2, HARK_TYPE_PERSON_ITEM, HARK_TYPE_MESSAGE_ITEM);
  hark_client_signals[HARK_CLIENT_READ]
    = g_signal_new ("read", HARK_TYPE_CLIENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                    1, HARK_TYPE_PERSON_ITEM);
  hark_client_signals[HARK_CLIENT_REQUEST]
    = g_signal_new ("request", HARK_TYPE_CLIENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 1, HARK_TYPE_PERSON_ITEM);
  hark_client_signals[HARK_CLIENT_CALL]
    = g_signal_new ("call", HARK_TYPE_CLIENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                    1, HARK_TYPE_CALL_ITEM);
  hark_client_signals[HARK_CLIENT_TRANSFER]
    = g_signal_new ("transfer", HARK_TYPE_CLIENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 1, HARK_TYPE_TRANSFER_ITEM);
  hark_client_signals[HARK_CLIENT_NETWORK] = g_signal_new (
    "network", HARK_TYPE_CLIENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  hark_client_signals[HARK_CLIENT_WARNING]
    = g_signal_new ("warning", HARK_TYPE_CLIENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 1, G_TYPE_STRING);
  hark_client_signals[HARK_CLIENT_WARNING_OVER]
    = g_signal_new ("warning-over", HARK_TYPE_CLIENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 1, G_TYPE_STRING);
  hark_client_signals[HARK_CLIENT_SENT] = g_signal_new ("sent", HARK_TYPE_CLIENT, G_SIGNAL_RUN_LAST,
                                                        0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  hark_client_signals[HARK_CLIENT_HEARD] = g_signal_new (
    "heard", HARK_TYPE_CLIENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  hark_client_signals[HARK_CLIENT_TOLD]
    = g_signal_new ("told", HARK_TYPE_CLIENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                    1, G_TYPE_POINTER);
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

/* ---- what it says ---- */

static void
warn (HarkClient *client, const char *text)
{
  if (text && *text)
    g_signal_emit (client, hark_client_signals[HARK_CLIENT_WARNING], 0, text);
}

/* So that it goes when they accept. */
static void
note_refusal (HarkClient *client, const HarkEvent *event)
{
  if (g_strcmp0 (event->code, "not-accepted") != 0)
    return;
  g_free (client->not_accepted);
  client->not_accepted = g_strdup (event->text);
  memcpy (client->not_accepted_by, event->account, sizeof client->not_accepted_by);
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
  else if (!event->ok && !question) {
    note_refusal (client, event);
    warn (client, event->text);
  }
}

static void
on_status (GObject *owner, const HarkEvent *result)
{
  HarkClient *client = HARK_CLIENT (owner);

  hark_client_take_status (client, result);
  g_signal_emit (client, hark_client_signals[HARK_CLIENT_READY], 0);
}

static void
handle_warning (HarkClient *client, const HarkEvent *event)
{
  if (g_strcmp0 (event->code, "network-silent") != 0) /* the network's bar says it while it is so */
    warn (client, event->text);
}

static void
handle_ready (HarkClient *client, const HarkEvent *event)
{
  memcpy (client->own, event->account, sizeof client->own);
  hark_client_ask (client, hark_command_new (HARK_COMMAND_STATUS), G_OBJECT (client), on_status);
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

  g_signal_emit (client, hark_client_signals[HARK_CLIENT_HEARD], 0);
  if (client->filter && client->filter (event, client->filter_data))
    return;
  if (refuses || event->kind == HARK_EVENT_WARNING)
    said.text = text = hark_core_words (event->text);
  said.reason = reason;
  if (event->kind == HARK_EVENT_READY)
    handle_ready (client, event);
  if (event->kind == HARK_EVENT_RESULT)
    handle_result (client, &said);
  else if (event->kind == HARK_EVENT_WARNING)
    handle_warning (client, &said);
  else
    hark_client_follow (client, &said);
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
    g_signal_emit (client, hark_client_signals[HARK_CLIENT_SENT],
                   0); /* a fake one answers at once */
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
