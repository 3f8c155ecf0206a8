/* core/engine/engine.c - the shell around core.c: one thread with its own GMainContext that owns
 * node, runner and core, and passes values between them and the store's, the disk's and the voice's
 * threads.
 *
 * Whatever happens in another thread only makes `wake` ready; the engine's thread then takes all
 * that waits, lets the core deal with it and executes the effects. Nothing here decides anything
 * about people, messages or calls.
 */
#define G_LOG_DOMAIN "hark-engine"

#include "core/engine/backup.h"
#include "core/engine/devices.h"
#include "core/engine/engine-private.h"
#include "core/engine/group-call.h"
#include "core/engine/mailbox.h"
#include "core/files/disk.h"
#include "core/hark-ending.h"
#include "core/heart/core.h"
#include "core/voice/device-watch.h"
#include "core/voice/voice.h"

#include <gio/gio.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

#define GOODBYE_TIME (100 * HARK_MS) /* for packets that are paced, and withdrawals */
#define STATS_TIME HARK_SECOND
#define LEVELS_TIME (STATS_TIME / 4) /* in a call of a group */
#define HOSTS_TIME HARK_MINUTE
#define CLOCK_STEP_MS 1000 /* the wall clock went another way than ours by more: it was set */

/* ---- effects ------------------------------------------------------------------------------------
 */

static void on_wanted (void *data);

static void
start_voice (HarkEngine *engine)
{
  g_autoptr (GError) error = NULL;
  uint8_t seed[32];

  if (engine->voice == NULL)
    return;
  randombytes_buf (seed, sizeof seed);
  hark_voice_start (engine->voice, seed, &error);
  sodium_memzero (seed, sizeof seed);
  if (error != NULL)
    hark_core_warn (engine->core, "sound", error->message);
  engine->stats_at = hark_time_add (now (), STATS_TIME);
}

static void
set_voice (HarkEngine *engine)
{
  const HarkVoiceConfig config = hark_engine_voice_config (hark_core_sound (engine->core));
  const char *wrong = hark_voice_check (&config);
  g_autoptr (GError) error = NULL;

  if (wrong == NULL)
    hark_voice_set (engine->voice, &config, &error);
  if (wrong != NULL || error != NULL)
    hark_core_warn (engine->core, "sound", wrong != NULL ? wrong : error->message);
}

static void
execute (HarkEngine *engine, HarkEffect *effect)
{
  size_t len;

  switch (effect->kind) {
  case HARK_EFFECT_STORE:
    if (engine->store != NULL)
      hark_store_send (engine->store, g_steal_pointer (&effect->store));
    break;
  case HARK_EFFECT_DISK:
    if (engine->disk != NULL)
      hark_disk_send (engine->disk, g_steal_pointer (&effect->disk));
    break;
  case HARK_EFFECT_VOICE_START:
    start_voice (engine);
    break;
  case HARK_EFFECT_VOICE_STOP:
    if (engine->voice != NULL)
      hark_voice_stop (engine->voice);
    engine->stats_at = HARK_TIME_NEVER;
    break;
  case HARK_EFFECT_VOICE_MUTE:
    if (engine->voice != NULL)
      hark_voice_set_muted (engine->voice, effect->on);
    break;
  case HARK_EFFECT_VOICE_SET:
    if (engine->voice != NULL)
      set_voice (engine);
    break;
  case HARK_EFFECT_VOICE_DEVICES:
    if (engine->watch == NULL)
      engine->watch = hark_device_watch_new (on_wanted, engine);
    break;
  case HARK_EFFECT_VOICE_PACKET:
    if (engine->voice != NULL) {
      const uint8_t *data = g_bytes_get_data (effect->packet, &len);

      hark_voice_receive (engine->voice, effect->person, data, len, now ());
    }
    break;
  case HARK_EFFECT_VOICE_PERSON:
    if (engine->voice != NULL)
      hark_voice_set_person (engine->voice, effect->person, effect->on, effect->jump,
                             effect->volume);
    break;
  case HARK_EFFECT_RECORD_START:
  case HARK_EFFECT_RECORD_STOP:
  case HARK_EFFECT_PLAY:
  case HARK_EFFECT_PLAY_SET:
  case HARK_EFFECT_PEAKS:
    if (engine->clips != NULL) {
      const HarkVoiceConfig config = hark_engine_voice_config (hark_core_sound (engine->core));

      hark_engine_clips_execute (engine->clips, &config, effect, engine->core, now ());
    }
    break;
  case HARK_EFFECT_BACKUP:
    engine->backup = hark_backup_run_new (engine->store, g_steal_pointer (&effect->backup), NULL,
                                          on_wanted, engine);
    break;
  case HARK_EFFECT_EXPORT:
    engine->export = hark_backup_run_new (engine->store, NULL, g_steal_pointer (&effect->export),
                                          on_wanted, engine);
    break;
  case HARK_EFFECT_EVENT:
    hark_mailbox_put (engine->mailbox, g_steal_pointer (&effect->event));
    break;
  }
}

static void
set_timer (HarkEngine *engine)
{
  HarkTime deadline = hark_core_get_deadline (engine->core);

  deadline = hark_time_min (deadline, hark_engine_clips_deadline (engine->clips));
  engine->deadline = hark_time_min (deadline, hark_time_min (engine->stats_at, engine->hosts_at));
}

/* Executes what the core wants; the runner's own round lets the node's packets go. */
static void
drain (HarkEngine *engine)
{
  HarkEffect effect;

  while (hark_core_poll (engine->core, &effect)) {
    execute (engine, &effect);
    hark_effect_clear (&effect);
  }
  set_timer (engine);
}

static void
settle (HarkEngine *engine)
{
  hark_core_handle_net (engine->core, now ());
  drain (engine);
  hark_net_runner_flush (engine->runner);
}

/* ---- what wakes the thread ---- */

static void
on_wanted (void *data)
{
  HarkEngine *engine = data;

  g_source_set_ready_time (engine->wake, 0);
}

/* Tells core and node when somebody set the clock. That wakes the runner (net/io/wallclock.h), so
 * looking whenever we are awake is enough. */
static void
check_clock (HarkEngine *engine)
{
  HarkTime at = now ();
  int64_t wall = wall_ms ();
  int64_t expected
    = engine->clock_ms + (int64_t) (hark_time_since (at, engine->clock_at) / HARK_MS);

  if (ABS (wall - expected) > CLOCK_STEP_MS)
    hark_core_set_wall (engine->core, wall, at);
  engine->clock_ms = wall;
  engine->clock_at = at;
}

/* Names that could not be looked up on one network are on the next. */
static void
check_network (HarkEngine *engine)
{
  unsigned networks = hark_net_runner_get_networks (engine->runner);

  if (networks == engine->networks)
    return;
  engine->networks = networks;
  engine->hosts_interval = HARK_HOSTS_FIRST;
  if (engine->hosts_at != HARK_TIME_NEVER)
    engine->hosts_at = hark_time_min (engine->hosts_at, hark_time_add (now (), HARK_HOSTS_FIRST));
}

static void
on_activity (void *data)
{
  HarkEngine *engine = data;

  if (engine->core == NULL)
    return;
  check_clock (engine);
  check_network (engine);
  hark_core_handle_net (engine->core, now ());
  drain (engine);
}

static void
take_commands (HarkEngine *engine)
{
  HarkCommand *command;

  while ((command = g_async_queue_try_pop (engine->commands)) != NULL)
    hark_core_handle_command (engine->core, command, now ());
}

static void
take_replies (HarkEngine *engine)
{
  HarkStoreReply *stored;
  HarkDiskReply *read;

  while (engine->store != NULL && (stored = hark_store_take_reply (engine->store)) != NULL)
    hark_core_handle_store (engine->core, stored, now ());
  while (engine->disk != NULL && (read = hark_disk_take_reply (engine->disk)) != NULL)
    hark_core_handle_disk (engine->core, read, now ());
}

static void
take_backup (HarkEngine *engine,
             HarkBackupRun **run,
             void (*handle) (HarkCore *core, const GError *error, HarkTime now))
{
  g_autoptr (GError) error = NULL;
  unsigned left_out;

  if (*run == NULL || !hark_backup_run_is_done (*run, &error))
    return;
  left_out = hark_backup_run_left_out (*run);
  g_clear_pointer (run, hark_backup_run_free);
  if (left_out > 0 && error == NULL)
    hark_core_backup_left_out (engine->core, left_out);
  handle (engine->core, error, now ());
}

static void
take_devices (HarkEngine *engine)
{
  bool there = false;
  GPtrArray *devices
    = engine->watch != NULL ? hark_engine_take_devices (engine->watch, &there) : NULL;

  if (devices != NULL)
    hark_core_handle_devices (engine->core, devices, there, now ());
}

static gboolean
on_wake (void *data)
{
  HarkEngine *engine = data;

  g_source_set_ready_time (engine->wake, -1);
  if (engine->voice != NULL)
    hark_engine_take_packets (engine->core, engine->voice, now ());
  take_commands (engine);
  take_replies (engine);
  take_devices (engine);
  if (engine->clips != NULL)
    hark_engine_clips_take (engine->clips, engine->core, now ());
  take_backup (engine, &engine->backup, hark_core_handle_backup);
  take_backup (engine, &engine->export, hark_core_handle_export);
  settle (engine);
  if (g_atomic_int_get (&engine->quitting))
    g_main_loop_quit (engine->loop);
  return G_SOURCE_CONTINUE;
}

static void
report_call (HarkEngine *engine)
{
  HarkVoiceStats voice = {0};
  HarkCallStats stats;

  if (hark_core_group_is_talking (engine->core) && engine->voice != NULL) {
    hark_engine_report_group (engine->core, engine->voice, now ());
    return;
  }
  if (engine->voice != NULL)
    hark_voice_get_stats (engine->voice, &voice);
  stats = hark_engine_call_stats (&voice);
  hark_core_handle_voice_stats (engine->core, &stats, now ());
}

/* Names are looked up and strangers asked only while nobody else lets us into the DHT. */
static void
check_hosts (HarkEngine *engine)
{
  HarkNetStatus status;

  hark_net_get_status (engine->net, &status);
  if (status.dht_nodes == 0) {
    hark_engine_ask_hosts (engine);
    engine->hosts_at = hark_time_add (now (), engine->hosts_interval);
    engine->hosts_interval = MIN (2 * engine->hosts_interval, HOSTS_TIME);
  } else {
    engine->hosts_at = hark_time_add (now (), HOSTS_TIME);
    engine->hosts_interval = HARK_HOSTS_FIRST;
  }
}

static gboolean
on_timer (void *data)
{
  HarkEngine *engine = data;
  HarkTime at = now ();

  hark_core_handle_time (engine->core, at);
  if (at >= engine->stats_at) {
    engine->stats_at
      = hark_time_add (at, hark_core_group_is_talking (engine->core) ? LEVELS_TIME : STATS_TIME);
    report_call (engine);
  }
  if (engine->clips != NULL)
    hark_engine_clips_tick (engine->clips, engine->core, at);
  if (at >= engine->hosts_at)
    check_hosts (engine);
  settle (engine);
  return G_SOURCE_CONTINUE;
}

static gboolean
dispatch (GSource *source, GSourceFunc callback, void *data)
{
  (void) source;
  return callback (data);
}

static GSourceFuncs wake_funcs = {.dispatch = dispatch};

typedef struct {
  GSource source;
  const HarkEngine *engine;
} TimerSource;

static gboolean
prepare_timer (GSource *source, gint *ret_timeout_ms)
{
  return hark_net_runner_is_due (((TimerSource *) source)->engine->deadline, ret_timeout_ms);
}

static gboolean
check_timer (GSource *source)
{
  return hark_net_runner_is_due (((TimerSource *) source)->engine->deadline, NULL);
}

static GSourceFuncs timer_funcs
  = {.prepare = prepare_timer, .check = check_timer, .dispatch = dispatch};

static GSource *
add_source (HarkEngine *engine, GSourceFuncs *funcs, GSourceFunc callback, const char *name)
{
  GSource *source = g_source_new (funcs, sizeof (TimerSource));

  ((TimerSource *) source)->engine = engine;
  g_source_set_callback (source, callback, engine, NULL);
  g_source_set_name (source, name);
  g_source_set_ready_time (source, -1);
  g_source_attach (source, engine->context);
  return source;
}

/* ---- start ---- */

static bool
set_up (HarkEngine *engine, GError **error)
{
  const HarkEngineConfig *config = engine->config;
  HarkNetRunnerConfig runner;
  HarkStoreSnapshot snapshot = {0};
  HarkStoreSnapshot *account = config->profile != NULL ? &snapshot : NULL;

  if (account != NULL
      && (!hark_engine_open_store (engine, account, error)
          || !hark_engine_make_voice (engine, account, on_wanted, error)))
    goto fail;
  if (!hark_engine_join_network (engine, account, error))
    goto fail;
  runner = hark_engine_runner_config (engine->config);
  if (config->relay_file != NULL && !hark_engine_prepare_relay (engine, error))
    goto fail;
  hark_engine_make_net (engine, account);
  engine->runner
    = hark_net_runner_new (engine->net, &runner, engine->context, on_activity, engine, error);
  if (engine->runner == NULL)
    goto fail;
  if (config->relay_file != NULL)
    hark_engine_make_relay_link (engine);
  hark_engine_make_core (engine, account);
  if (account != NULL) {
    hark_store_snapshot_clear (account);
    hark_store_start (engine->store, on_wanted, engine);
    engine->disk = hark_disk_new (on_wanted, engine);
  }
  engine->clock_ms = wall_ms ();
  engine->clock_at = now ();
  hark_core_start (engine->core, hark_net_runner_get_port (engine->runner), now ());
  hark_engine_bootstrap (engine);
  settle (engine);
  return true;

fail:
  if (account != NULL)
    hark_store_snapshot_clear (account);
  return false;
}

/* ---- end ---- */

static gboolean
on_goodbye_over (void *data)
{
  *(bool *) data = true;
  return G_SOURCE_REMOVE;
}

static void
say_goodbye (HarkEngine *engine)
{
  GSource *end = g_timeout_source_new ((guint) (GOODBYE_TIME / HARK_MS));
  bool over = false;

  hark_core_hangup (engine->core, now ());
  settle (engine);
  hark_core_stop (engine->core, now ());
  settle (engine);
  g_source_set_callback (end, on_goodbye_over, &over, NULL);
  g_source_attach (end, engine->context);
  while (!over)
    g_main_context_iteration (engine->context, TRUE);
  g_source_unref (end);
}

static void
tear_down (HarkEngine *engine)
{
  hark_voice_free (engine->voice);
  hark_engine_clips_free (engine->clips);
  hark_device_watch_free (engine->watch);
  hark_sound_free (engine->sound);
  hark_disk_free (engine->disk);
  hark_backup_run_free (engine->backup);
  hark_backup_run_free (engine->export);
  hark_net_runner_free (engine->runner);
  if (engine->store != NULL)
    hark_store_close (engine->store);
  hark_core_free (engine->core);
  hark_net_free (engine->net);
  hark_words_free (engine->network);
  g_strfreev (engine->places);
  g_strfreev (engine->peers);
  g_free (engine->relay_link);
  sodium_memzero (&engine->relay, sizeof engine->relay);
}

static void *
run (void *data)
{
  HarkEngine *engine = data;
  bool ok;

  g_main_context_push_thread_default (engine->context);
  engine->wake = add_source (engine, &wake_funcs, on_wake, "hark-wake");
  engine->timer = add_source (engine, &timer_funcs, on_timer, "hark-timer");
  ok = set_up (engine, &engine->error);
  g_mutex_lock (&engine->mutex);
  engine->is_started = true;
  engine->config = NULL;
  g_cond_signal (&engine->started);
  g_mutex_unlock (&engine->mutex);

  if (ok) {
    g_main_loop_run (engine->loop);
    say_goodbye (engine);
  }
  tear_down (engine);
  g_source_destroy (engine->timer);
  g_source_unref (engine->timer);
  g_main_context_pop_thread_default (engine->context);
  g_mutex_lock (&engine->mutex);
  engine->is_over = true;
  g_cond_signal (&engine->started);
  g_mutex_unlock (&engine->mutex);
  return NULL;
}

/* ---- the door ---- */

static void
engine_free (HarkEngine *engine)
{
  HarkCommand *command;

  g_thread_join (engine->thread);
  hark_mailbox_close (engine->mailbox);
  g_source_destroy (engine->wake);
  g_source_unref (engine->wake);
  while ((command = g_async_queue_try_pop (engine->commands)) != NULL)
    hark_command_free (command);
  g_async_queue_unref (engine->commands);
  g_main_loop_unref (engine->loop);
  g_main_context_unref (engine->context);
  g_mutex_clear (&engine->mutex);
  g_cond_clear (&engine->started);
  g_strfreev (engine->hosts);
  g_free (engine);
}

void
hark_be_helper (int argc, char **argv)
{
  hark_net_be_helper (argc, argv);
}

/* Two threads that are the first to need one of GLib's types at the same moment can wait for each
 * other for ever (a class that is being made waits for a type that is being registered, and the
 * reverse): those used in several threads are there before the second one is. */
static void
register_types (void)
{
  g_type_ensure (G_TYPE_SOCKET);
  g_type_ensure (G_TYPE_SOCKET_CONNECTION);
  g_type_ensure (G_TYPE_INET_SOCKET_ADDRESS);
  g_type_ensure (G_TYPE_UNIX_SOCKET_ADDRESS);
  g_type_ensure (G_TYPE_TASK);
  g_type_ensure (G_TYPE_CANCELLABLE);
}

HarkEngine *
hark_engine_new (const HarkEngineConfig *config,
                 GMainContext *context,
                 void (*on_event) (const HarkEvent *event, void *data),
                 void *data,
                 GError **error)
{
  HarkEngine *engine;

  g_return_val_if_fail (config != NULL && on_event != NULL, NULL);
  if (sodium_init () < 0) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "There is no source of randomness.");
    return NULL;
  }
  engine = g_new0 (HarkEngine, 1);
  engine->config = config;
  engine->context = g_main_context_new ();
  engine->loop = g_main_loop_new (engine->context, FALSE);
  engine->commands = g_async_queue_new ();
  engine->mailbox = hark_mailbox_new (context, config, on_event, data);
  engine->stats_at = engine->hosts_at = HARK_TIME_NEVER;
  engine->deadline = HARK_TIME_NEVER;
  g_mutex_init (&engine->mutex);
  g_cond_init (&engine->started);
  register_types ();
  engine->thread = g_thread_new ("hark-engine", run, engine);

  g_mutex_lock (&engine->mutex);
  while (!engine->is_started)
    g_cond_wait (&engine->started, &engine->mutex);
  g_mutex_unlock (&engine->mutex);
  if (engine->core == NULL) {
    g_propagate_error (error, g_steal_pointer (&engine->error));
    engine_free (engine);
    return NULL;
  }
  return engine;
}

void
hark_engine_send (HarkEngine *engine, HarkCommand *command)
{
  g_async_queue_push (engine->commands, command);
  on_wanted (engine);
}

void
hark_engine_free (HarkEngine *engine)
{
  if (engine == NULL)
    return;
  g_atomic_int_set (&engine->quitting, 1);
  on_wanted (engine);
  engine_free (engine);
}

void
hark_engine_free_within (HarkEngine *engine, unsigned limit_ms)
{
  const gint64 end = g_get_monotonic_time () + limit_ms * G_TIME_SPAN_MILLISECOND;
  bool is_over = false, in_time = true;

  if (engine == NULL)
    return;
  g_atomic_int_set (&engine->quitting, 1);
  on_wanted (engine);
  g_mutex_lock (&engine->mutex);
  while (!(is_over = engine->is_over) && in_time)
    in_time = g_cond_wait_until (&engine->started, &engine->mutex, end);
  g_mutex_unlock (&engine->mutex);
  if (!is_over) {
    g_printerr ("Hark: the engine hangs; ending without it.\n");
    _exit (1);
  }
  engine_free (engine);
}
