#include "tests/sim/core-node.h"

#include "core/identity/account.h"
#include "core/store/database.h"
#include "core/voice/player.h"
#include "core/voice/recorder.h"

#include <glib/gstdio.h>
#include <string.h>

#define PORT 6881
#define STORE_TIME (2 * HARK_MS)
#define DISK_TIME HARK_MS
#define DOWN_TIME HARK_SECOND
#define PATIENCE HARK_MINUTE
#define HISTORY_STEP 500

/* A request on its way to the disk. */
typedef struct {
  HarkTime due;
  HarkStoreRequest *store;
  HarkDiskRequest *disk;
} Work;

static HarkTime
now_of (const HarkSimCoreNode *node)
{
  return hark_sim_network_now (node->network);
}

static int64_t
wall_of (const HarkSimCoreNode *node)
{
  return HARK_SIM_WALL_MS + (int64_t) (now_of (node) / HARK_MS) + node->wall_step_ms;
}

static void
work_free (void *data)
{
  Work *work = data;

  hark_store_request_free (work->store);
  hark_disk_request_free (work->disk);
  g_free (work);
}

/* ---- the trace ------------------------------------------------------------------- */

static void
trace_bytes (HarkSimCoreNode *node, const void *bytes, size_t len)
{
  g_checksum_update (node->trace, bytes, (gssize) len);
}

static void
trace_text (HarkSimCoreNode *node, const char *text)
{
  if (text != NULL)
    trace_bytes (node, text, strlen (text) + 1);
}

static void
trace_head (HarkSimCoreNode *node, unsigned kind)
{
  HarkTime now = now_of (node);

  trace_bytes (node, &now, sizeof now);
  trace_bytes (node, &kind, sizeof kind);
}

static void
trace_event (HarkSimCoreNode *node, const HarkEvent *event)
{
  trace_head (node, event->kind);
  trace_bytes (node, &event->time_ms, sizeof event->time_ms);
  trace_text (node, event->text);
  trace_text (node, event->reason);
  if (event->person != NULL) {
    trace_text (node, event->person->name);
    trace_bytes (node, &event->person->presence, sizeof event->person->presence);
  }
  if (event->message != NULL)
    trace_bytes (node, event->message->id, sizeof event->message->id);
  if (event->transfer != NULL)
    trace_bytes (node, &event->transfer->bytes, sizeof event->transfer->bytes);
}

static void
trace_request (HarkSimCoreNode *node, const HarkStoreRequest *request)
{
  trace_head (node, request->kind);
  trace_bytes (node, &request->ticket, sizeof request->ticket);
  if (request->contact != NULL) {
    trace_bytes (node, &request->contact->account, sizeof request->contact->account);
    trace_bytes (node, &request->contact->status, sizeof request->contact->status);
    trace_bytes (node, &request->contact->pairwise, sizeof request->contact->pairwise);
  }
  if (request->message != NULL) {
    trace_bytes (node, request->message->id, sizeof request->message->id);
    trace_bytes (node, &request->message->state, sizeof request->message->state);
    trace_text (node, request->message->text);
  }
  if (request->transfer != NULL)
    trace_bytes (node, &request->transfer->done, sizeof request->transfer->done);
}

/* ---- effects --------------------------------------------------------------------- */

static void
take_event (HarkSimCoreNode *node, HarkEvent *event)
{
  trace_event (node, event);
  if (event->person != NULL) {
    HarkKey *key = g_new (HarkKey, 1);

    memcpy (key->bytes, event->person->account, sizeof key->bytes);
    g_hash_table_replace (node->people, key, hark_person_copy (event->person));
  }
  node->warnings += event->kind == HARK_EVENT_WARNING;
  g_ptr_array_add (node->events, event);
}

static void
queue_work (HarkSimCoreNode *node, GQueue *queue, HarkSimTimer *timer, HarkTime span, Work work)
{
  work.due = hark_time_add (now_of (node), span);
  g_queue_push_tail (queue, g_memdup2 (&work, sizeof work));
  hark_sim_timer_set (timer, ((Work *) queue->head->data)->due);
}

/* What was spoken: `spoken_ms` of a tone, through the real recorder. */
static void
speak (HarkSimCoreNode *node)
{
  static const uint8_t set[HARK_OGG_SET_LEN] = {1};
  g_autoptr (HarkRecorder) recorder = hark_recorder_new (set);
  int16_t block[HARK_VOICE_BLOCK];

  for (unsigned i = 0; i < HARK_VOICE_BLOCK; i++)
    block[i] = (int16_t) (i % 160 < 80 ? 8000 : -8000);
  for (uint32_t at = 0; at < node->spoken_ms; at += 10)
    hark_recorder_take (recorder, block);
  hark_core_handle_recorded (node->core, hark_recorder_finish (recorder), node->spoken_ms, NULL,
                             now_of (node));
}

static void
draw (HarkSimCoreNode *node, GBytes *clip)
{
  uint8_t peaks[HARK_PLAYER_PEAKS];
  const bool ok = hark_player_peaks (clip, peaks);

  hark_core_handle_peaks (node->core, ok ? peaks : NULL, now_of (node));
}

static void
execute (HarkSimCoreNode *node, HarkEffect *effect)
{
  switch (effect->kind) {
  case HARK_EFFECT_STORE:
    queue_work (node, &node->store_queue, node->store_timer, node->store_time,
                (Work){.store = g_steal_pointer (&effect->store)});
    break;
  case HARK_EFFECT_DISK:
    queue_work (node, &node->disk_queue, node->disk_timer, node->disk_time,
                (Work){.disk = g_steal_pointer (&effect->disk)});
    break;
  case HARK_EFFECT_VOICE_START:
    g_assert (!node->voice);
    node->voice = true;
    node->volume = 100;
    node->voice_starts++;
    break;
  case HARK_EFFECT_VOICE_STOP:
    node->voice = false;
    break;
  case HARK_EFFECT_RECORD_START:
    g_assert (!node->voice && !node->recording);
    node->recording = true;
    break;
  case HARK_EFFECT_RECORD_STOP:
    g_assert (node->recording);
    node->recording = false;
    speak (node);
    break;
  case HARK_EFFECT_PLAY:
    g_clear_pointer (&node->played, g_bytes_unref);
    node->played = g_steal_pointer (&effect->packet);
    break;
  case HARK_EFFECT_PEAKS:
    draw (node, effect->packet);
    break;
  case HARK_EFFECT_PLAY_SET:
  case HARK_EFFECT_VOICE_MUTE:
  case HARK_EFFECT_VOICE_SET:
  case HARK_EFFECT_VOICE_DEVICES:
  case HARK_EFFECT_BACKUP:
  case HARK_EFFECT_EXPORT:
    break;
  case HARK_EFFECT_VOICE_PERSON:
    if (node->voice && effect->person == 0)
      node->volume = effect->on ? effect->volume : 0;
    break;
  case HARK_EFFECT_VOICE_PACKET:
    g_assert (node->voice);
    node->voice_packets++;
    break;
  case HARK_EFFECT_EVENT:
    take_event (node, g_steal_pointer (&effect->event));
    break;
  }
}

static void
drain (HarkSimCoreNode *node)
{
  HarkEffect effect;

  while (hark_core_poll (node->core, &effect)) {
    execute (node, &effect);
    hark_effect_clear (&effect);
  }
  hark_sim_timer_set (node->core_timer, hark_core_get_deadline (node->core));
}

static void
on_activity (void *data)
{
  HarkSimCoreNode *node = data;

  if (node->core == NULL)
    return;
  hark_core_handle_net (node->core, now_of (node));
  drain (node);
}

/* ---- what the timers do ---------------------------------------------------------- */

static void
on_core_time (void *data)
{
  HarkSimCoreNode *node = data;

  if (node->suspended)
    return;
  hark_core_handle_time (node->core, now_of (node));
  hark_sim_node_flush (node->node);
}

/* Where others are is written now and then, and never changes what anything else means. */
static bool
is_write (const HarkStoreRequest *request)
{
  return request->kind != HARK_STORE_GET_HISTORY && request->kind != HARK_STORE_SEARCH
         && request->kind != HARK_STORE_GET_CHATS && request->kind != HARK_STORE_GET_ALIKE
         && request->kind != HARK_STORE_PUT_NODES && request->kind != HARK_STORE_PUT_RECORDS;
}

/* As on a full disk. */
static HarkStoreReply *
refuse (const HarkStoreRequest *request)
{
  HarkStoreReply *reply = g_new0 (HarkStoreReply, 1);

  reply->kind = request->kind;
  reply->ticket = request->ticket;
  g_set_error_literal (&reply->error, HARK_STORE_ERROR, HARK_STORE_ERROR_DISK,
                       "The disk is full. Nothing was saved; free some space and try again.");
  return reply;
}

/* Executes one request; false when that was the end of the process. */
static bool
store_one (HarkSimCoreNode *node, Work *work)
{
  bool dies = false;
  HarkStoreReply *reply;

  if (is_write (work->store))
    dies = ++node->writes == node->die_at;
  if (!dies || !node->die_before) {
    trace_request (node, work->store);
    reply = node->disk_full && !hark_store_request_is_reading (work->store)
              ? refuse (work->store)
              : hark_store_execute (node->store, g_steal_pointer (&work->store));
    for (guint i = 0;
         node->leaves_out && reply->group_entries != NULL && i < reply->group_entries->len; i++)
      g_clear_pointer (&((HarkStoreGroupEntry *) reply->group_entries->pdata[i])->body,
                       g_bytes_unref);
    if (dies)
      hark_store_reply_free (reply);
    else
      hark_core_handle_store (node->core, reply, now_of (node));
  }
  if (dies)
    hark_sim_core_node_kill (node);
  return !dies;
}

static void
on_store_time (void *data)
{
  HarkSimCoreNode *node = data;
  Work *work;

  if (node->suspended)
    return;
  while ((work = g_queue_peek_head (&node->store_queue)) != NULL && work->due <= now_of (node)) {
    bool lives;

    g_queue_pop_head (&node->store_queue);
    lives = store_one (node, work);
    work_free (work);
    if (!lives) {
      hark_sim_timer_set (node->start_timer, hark_time_add (now_of (node), DOWN_TIME));
      return;
    }
  }
  hark_sim_timer_set (node->store_timer, work != NULL ? work->due : HARK_TIME_NEVER);
  hark_sim_node_flush (node->node);
}

static void
on_disk_time (void *data)
{
  HarkSimCoreNode *node = data;
  Work *work;

  if (node->suspended)
    return;
  while ((work = g_queue_peek_head (&node->disk_queue)) != NULL && work->due <= now_of (node)) {
    HarkDiskReply *reply = hark_disk_work_do (node->disk, work->disk);

    if (work->disk->kind == HARK_DISK_WRITE)
      node->disk_written += g_bytes_get_size (work->disk->bytes);
    else if (work->disk->kind == HARK_DISK_READ)
      node->disk_read += work->disk->len;
    g_queue_pop_head (&node->disk_queue);
    work_free (work);
    if (reply != NULL)
      hark_core_handle_disk (node->core, reply, now_of (node));
  }
  hark_sim_timer_set (node->disk_timer, work != NULL ? work->due : HARK_TIME_NEVER);
  hark_sim_node_flush (node->node);
}

static void
on_start_time (void *data)
{
  hark_sim_core_node_start (data);
}

/* ---- a process ------------------------------------------------------------------- */

static char *
profile_of (const HarkSimCoreNode *node)
{
  return g_build_filename (node->folder, "profile", NULL);
}

static void
open_net (HarkSimCoreNode *node, const HarkStoreSnapshot *snapshot)
{
  HarkTime now = now_of (node);
  HarkNetConfig config;
  uint8_t seed[32];

  hark_core_net_config (snapshot, &config);
  config.dht = true;
  hark_rng_bytes (hark_sim_network_rng (node->network), seed, sizeof seed);
  node->net = hark_net_new (&config, seed, wall_of (node), now);
  hark_rng_bytes (hark_sim_network_rng (node->network), seed, sizeof seed);
  node->config.poison = hark_store_poison (node->store);
  node->core = hark_core_new (&node->config, snapshot, node->net, seed, wall_of (node), now);
  node->node = hark_sim_node_new (node->network, node->host, PORT, node->net, on_activity, node);
}

void
hark_sim_core_node_start (HarkSimCoreNode *node)
{
  g_autofree char *profile = profile_of (node);
  g_autoptr (GError) error = NULL;
  HarkStoreSnapshot snapshot = {0};
  HarkStoreUnlock unlock = {0};

  if (node->core != NULL)
    return;
  node->store = hark_store_open (profile, &unlock, &error);
  g_assert_no_error (error);
  hark_store_load (node->store, &snapshot, &error);
  g_assert_no_error (error);
  memcpy (snapshot.instance, node->instance, sizeof snapshot.instance); /* of the seed */
  node->disk = hark_disk_work_new ();
  node->core_timer = hark_sim_timer_new (node->network, on_core_time, node);
  node->store_timer = hark_sim_timer_new (node->network, on_store_time, node);
  node->disk_timer = hark_sim_timer_new (node->network, on_disk_time, node);
  node->processes++;
  for (guint i = 0; i < snapshot.contacts->len; i++)
    g_hash_table_remove (node->people,
                         &g_array_index (snapshot.contacts, HarkStoreContact, i).account);
  open_net (node, &snapshot);
  hark_store_snapshot_clear (&snapshot);
  hark_core_start (node->core, PORT, now_of (node));
  if (node->bootstrap.family != 0)
    hark_net_bootstrap (node->net, &node->bootstrap, now_of (node));
  hark_sim_node_flush (node->node);
}

void
hark_sim_core_node_kill (HarkSimCoreNode *node)
{
  if (node->core == NULL)
    return;
  g_clear_pointer (&node->node, hark_sim_node_free);
  g_clear_pointer (&node->core, hark_core_free);
  g_clear_pointer (&node->net, hark_net_free);
  g_clear_pointer (&node->core_timer, hark_sim_timer_free);
  g_clear_pointer (&node->store_timer, hark_sim_timer_free);
  g_clear_pointer (&node->disk_timer, hark_sim_timer_free);
  g_queue_clear_full (&node->store_queue, work_free);
  g_queue_clear_full (&node->disk_queue, work_free);
  g_clear_pointer (&node->disk, hark_disk_work_free);
  g_clear_pointer (&node->store, hark_store_close);
  g_hash_table_remove_all (node->people);
  node->voice = node->suspended = false;
  node->die_at = 0;
}

void
hark_sim_core_node_stop (HarkSimCoreNode *node)
{
  if (node->core == NULL)
    return;
  hark_core_hangup (node->core, now_of (node));
  hark_sim_node_flush (node->node);
  hark_core_stop (node->core, now_of (node));
  hark_sim_node_flush (node->node);
  hark_sim_network_run (node->network, 100 * HARK_MS);
  hark_sim_core_node_kill (node);
}

void
hark_sim_core_node_die_at (HarkSimCoreNode *node, unsigned nth, bool before)
{
  node->die_at = node->writes + nth;
  node->die_before = before;
}

void
hark_sim_core_node_set_clock (HarkSimCoreNode *node, int64_t step_ms)
{
  node->wall_step_ms = step_ms;
  if (node->core == NULL)
    return;
  hark_core_set_wall (node->core, wall_of (node), now_of (node));
  hark_sim_node_flush (node->node);
}

void
hark_sim_core_node_suspend (HarkSimCoreNode *node, bool suspended)
{
  node->suspended = suspended;
  hark_sim_network_cut_host (node->network, node->host, suspended);
  hark_sim_node_suspend (node->node, suspended);
  if (suspended)
    return;
  hark_core_set_wall (node->core, wall_of (node), now_of (node));
  hark_sim_timer_set (node->core_timer, now_of (node));
  hark_sim_timer_set (node->store_timer, now_of (node));
  hark_sim_timer_set (node->disk_timer, now_of (node));
}

/* ---- making ---------------------------------------------------------------------- */

/* @is_new: an account that never was; else the account of node->account_seed. */
static void
make_profile (HarkSimCoreNode *node, const char *name, bool is_new)
{
  HarkRng *rng = hark_sim_network_rng (node->network);
  uint64_t unix_s = (uint64_t) (wall_of (node) / 1000);
  g_autofree char *profile = profile_of (node);
  g_autoptr (GError) error = NULL;
  g_auto (HarkAccount) keys = {0};
  HarkStoreAccount account = {0};
  HarkStoreUnlock unlock = {0};

  if (is_new)
    hark_account_new (rng, unix_s, &keys);
  else
    hark_account_restore (&node->account_seed, rng, unix_s, (uint32_t) (unix_s / 60), &keys);
  node->account = keys.account;
  node->account_seed = keys.account_seed;
  memcpy (node->instance, keys.instance, sizeof node->instance);
  g_strlcpy (account.name, name, sizeof account.name);
  account.account_seed = keys.account_seed;
  account.device_secret = keys.device_secret;
  memcpy (account.device_id, keys.device_id, sizeof account.device_id);
  memcpy (account.certificate, keys.certificate, sizeof account.certificate);
  hark_rng_bytes (rng, account.contacts_token.bytes, sizeof account.contacts_token.bytes);
  hark_store_create (profile, &account, &unlock, &error);
  g_assert_no_error (error);
}

static char *
make_folder (void)
{
  const char *memory = "/dev/shm";
  g_autofree char *pattern = g_build_filename (
    g_getenv ("TMPDIR") == NULL && g_access (memory, W_OK) == 0 ? memory : g_get_tmp_dir (),
    "hark-sim-XXXXXX", NULL);

  g_assert_nonnull (g_mkdtemp (pattern));
  return g_steal_pointer (&pattern);
}

static void
free_event (void *event)
{
  hark_event_free (event);
}

static void
free_person (void *person)
{
  hark_person_free (person);
}

HarkSimCoreNode *
hark_sim_core_node_new (HarkSimNetwork *network,
                        unsigned host,
                        const char *name,
                        const HarkEndpoint *bootstrap)
{
  HarkSimCoreNode *node = g_new0 (HarkSimCoreNode, 1);

  node->network = network;
  node->host = host;
  if (bootstrap != NULL)
    node->bootstrap = *bootstrap;
  node->folder = make_folder ();
  node->taken = g_build_filename (node->folder, "taken", NULL);
  node->config.downloads = node->taken;
  node->store_time = STORE_TIME;
  node->disk_time = DISK_TIME;
  g_queue_init (&node->store_queue);
  g_queue_init (&node->disk_queue);
  node->events = g_ptr_array_new_with_free_func (free_event);
  node->people = g_hash_table_new_full (hark_key_hash, hark_key_hash_equal, g_free, free_person);
  node->trace = g_checksum_new (G_CHECKSUM_SHA256);
  node->start_timer = hark_sim_timer_new (network, on_start_time, node);
  make_profile (node, name, true);
  hark_sim_core_node_start (node);
  return node;
}

static void
delete_tree (const char *path)
{
  GDir *dir = g_file_test (path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *child = g_build_filename (path, name, NULL);

    delete_tree (child);
  }
  if (dir != NULL)
    g_dir_close (dir);
  g_remove (path);
}

void
hark_sim_core_node_free (HarkSimCoreNode *node)
{
  if (node == NULL)
    return;
  hark_sim_core_node_kill (node);
  hark_sim_timer_free (node->start_timer);
  delete_tree (node->folder);
  g_ptr_array_unref (node->events);
  g_hash_table_unref (node->people);
  g_checksum_free (node->trace);
  g_clear_pointer (&node->played, g_bytes_unref);
  g_free (node->taken);
  g_free (node->folder);
  g_free (node);
}

void
hark_sim_core_node_lose_profile (HarkSimCoreNode *node)
{
  g_autofree char *profile = profile_of (node);

  hark_sim_core_node_kill (node);
  delete_tree (profile);
  make_profile (node, "Restored", false);
  hark_sim_core_node_start (node);
}

/* ---- asking and looking ---------------------------------------------------------- */

HarkCommand *
hark_sim_command (HarkCommandKind kind, const HarkSimCoreNode *other)
{
  HarkCommand *command = hark_command_new (kind);

  command->has_contact = other != NULL;
  if (other != NULL)
    memcpy (command->contact, other->account.bytes, sizeof command->contact);
  return command;
}

void
hark_sim_core_node_do (HarkSimCoreNode *node, HarkCommand *command)
{
  g_assert (node->core != NULL);
  hark_core_handle_command (node->core, command, now_of (node));
  hark_sim_node_flush (node->node);
}

typedef struct {
  HarkSimCoreNode *node;
  const char *tag;
  unsigned process;
  guint looked; /* events */
  const HarkEvent *result;
} Question;

static bool
is_answered (void *data)
{
  Question *question = data;
  const HarkSimCoreNode *node = question->node;

  for (; question->looked < node->events->len && question->result == NULL; question->looked++) {
    const HarkEvent *event = node->events->pdata[question->looked];

    if (event->kind == HARK_EVENT_RESULT && g_strcmp0 (event->tag, question->tag) == 0)
      question->result = event;
  }
  return question->result != NULL || node->core == NULL || node->processes != question->process;
}

const HarkEvent *
hark_sim_core_node_ask (HarkSimCoreNode *node, HarkCommand *command)
{
  g_autofree char *tag = g_strdup_printf ("%" G_GUINT64_FORMAT, ++node->tags);
  Question question
    = {.node = node, .tag = tag, .process = node->processes, .looked = node->events->len};

  command->tag = g_strdup (tag);
  hark_sim_core_node_do (node, command);
  hark_sim_network_run_until (node->network, PATIENCE, is_answered, &question);
  return question.result;
}

HarkLedgerPerson
hark_sim_core_node_deeds (HarkSimCoreNode *node, const HarkSimCoreNode *other)
{
  const HarkEvent *result = hark_sim_core_node_ask (node, hark_command_new (HARK_COMMAND_LEDGER));
  HarkLedgerPerson found = {0};

  g_assert_true (result && result->ledger);
  for (guint i = 0; i < result->ledger->people->len; i++) {
    const HarkLedgerPerson *person = result->ledger->people->pdata[i];

    if (memcmp (person->account, other->account.bytes, sizeof person->account) == 0)
      found = *person;
  }
  found.name = NULL;
  return found;
}

const HarkPerson *
hark_sim_core_node_person (const HarkSimCoreNode *node, const HarkKey *account)
{
  return g_hash_table_lookup (node->people, account);
}

bool
hark_sim_core_node_sees_online (const HarkSimCoreNode *node, const HarkSimCoreNode *other)
{
  const HarkPerson *person = hark_sim_core_node_person (node, &other->account);

  return person != NULL && person->presence == HARK_PRESENCE_ONLINE;
}

const HarkEvent *
hark_sim_core_node_find (const HarkSimCoreNode *node, HarkEventKind kind, guint from)
{
  for (guint i = node->events->len; i > from; i--) {
    const HarkEvent *event = node->events->pdata[i - 1];

    if (event->kind == kind)
      return event;
  }
  return NULL;
}

GPtrArray *
hark_sim_core_node_history (HarkSimCoreNode *node, const HarkKey *contact)
{
  GPtrArray *messages = g_ptr_array_new_with_free_func ((GDestroyNotify) hark_store_message_free);
  uint64_t before = 0;
  guint n;

  do {
    HarkStoreRequest *request = hark_store_request_new (HARK_STORE_GET_HISTORY, 0);
    g_autoptr (HarkStoreReply) reply = NULL;

    request->has_contact = true;
    request->account_key = *contact;
    request->before = before;
    request->limit = HISTORY_STEP;
    reply = hark_store_execute (node->store, request);
    g_assert_true (reply->ok);
    n = reply->messages->len;
    for (guint i = 0; i < n; i++) {
      const HarkStoreMessage *message = reply->messages->pdata[i];

      before = message->position;
      g_ptr_array_insert (messages, 0, hark_store_message_copy (message));
    }
  } while (n == HISTORY_STEP);
  return messages;
}
