/* Two whole engines and a DHT node in one process, each with its threads, on loopback: they become
 * contacts, write, pass a file and talk. Under the thread sanitizer this is where every thread of
 * the engine meets every other. */
#include "core/engine/engine-private.h"
#include "core/hark-ending.h"
#include "core/hark.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>

#define PATIENCE (30 * G_USEC_PER_SEC)
#define FILE_LEN (3 * 1024 * 1024 + 17)

typedef struct {
  HarkEngine *engine;
  char *profile;
  bool is_ready;
  uint16_t port;
  char *address;
  uint8_t account[HARK_ACCOUNT_LEN];
  bool is_online;
  unsigned delivered, received;
  uint64_t last_call;
  HarkCallPhase call_phase;
  bool file_done;
  char *file_path;
  bool left;
} Side;

static char *folder;

static void
on_event (const HarkEvent *event, void *data)
{
  Side *side = data;

  switch (event->kind) {
  case HARK_EVENT_READY:
    side->is_ready = true;
    side->port = event->port;
    memcpy (side->account, event->account, sizeof side->account);
    break;
  case HARK_EVENT_RESULT:
    if (event->command == HARK_COMMAND_ADDRESS)
      side->address = g_strdup (event->address);
    if (event->command == HARK_COMMAND_LEAVE_QUIETLY)
      side->left = true;
    break;
  case HARK_EVENT_CONTACT:
    side->is_online = event->person->presence == HARK_PRESENCE_ONLINE;
    break;
  case HARK_EVENT_MESSAGE:
    if (!event->message->outgoing && event->message->type == HARK_MESSAGE_IS_TEXT)
      side->received++;
    break;
  case HARK_EVENT_MESSAGE_STATE:
    side->delivered += event->message->state == HARK_STATE_DELIVERED;
    break;
  case HARK_EVENT_FILE_STATE:
    g_assert_cmpint (event->transfer->state, !=, HARK_FILE_FAILED);
    if (event->transfer->state == HARK_FILE_DONE) {
      side->file_done = true;
      g_free (side->file_path);
      side->file_path = g_strdup (event->transfer->path);
    }
    break;
  case HARK_EVENT_CALL:
    side->last_call = event->call->id;
    side->call_phase = event->call->phase;
    break;
  default:
    break;
  }
}

static void
wait_for (const bool *flag)
{
  gint64 end = g_get_monotonic_time () + PATIENCE;

  while (!*flag) {
    g_assert_cmpint (g_get_monotonic_time (), <, end);
    g_main_context_iteration (NULL, TRUE);
  }
}

static void
wait_for_count (const unsigned *counter, unsigned wanted)
{
  gint64 end = g_get_monotonic_time () + PATIENCE;

  while (*counter < wanted) {
    g_assert_cmpint (g_get_monotonic_time (), <, end);
    g_main_context_iteration (NULL, TRUE);
  }
}

static void
wait_for_phase (const Side *side, HarkCallPhase phase)
{
  gint64 end = g_get_monotonic_time () + PATIENCE;

  while (side->last_call == 0 || side->call_phase != phase) {
    g_assert_cmpint (g_get_monotonic_time (), <, end);
    g_main_context_iteration (NULL, TRUE);
  }
}

/* Iterations must not sleep for ever when an event never comes. */
static gboolean
on_tick (gpointer data)
{
  (void) data;
  return G_SOURCE_CONTINUE;
}

static void
start (Side *side, const char *name, const char *bootstrap, const char *downloads)
{
  const char *hosts[] = {bootstrap, NULL};
  HarkEngineConfig config = {.bind = "127.0.0.1",
                             .bootstrap = bootstrap ? hosts : NULL,
                             .mic = "none",
                             .speaker = "none",
                             .auto_accept_requests = true,
                             .auto_answer = true,
                             .auto_accept_files = downloads};
  g_autoptr (GError) error = NULL;

  if (name) {
    side->profile = g_build_filename (folder, name, NULL);
    hark_profile_create (side->profile, name, NULL, NULL, NULL, &error);
    g_assert_no_error (error);
    config.profile = side->profile;
  }
  side->engine = hark_engine_new (&config, NULL, on_event, side, &error);
  g_assert_no_error (error);
  wait_for (&side->is_ready);
}

static HarkCommand *
to_contact (HarkCommandKind kind, const Side *other)
{
  HarkCommand *command = hark_command_new (kind);

  command->has_contact = true;
  memcpy (command->contact, other->account, sizeof command->contact);
  return command;
}

static void
become_contacts (Side *a, Side *b)
{
  HarkCommand *command;
  gint64 end = g_get_monotonic_time () + PATIENCE;

  hark_engine_send (b->engine, hark_command_new (HARK_COMMAND_ADDRESS));
  while (!b->address) {
    g_assert_cmpint (g_get_monotonic_time (), <, end);
    g_main_context_iteration (NULL, TRUE);
  }
  command = hark_command_new (HARK_COMMAND_ADD);
  command->address = g_strdup (b->address);
  hark_engine_send (a->engine, command);
  wait_for (&a->is_online);
  wait_for (&b->is_online);
}

static void
write_both_ways (Side *a, Side *b)
{
  for (unsigned i = 0; i < 50; i++) {
    HarkCommand *there = to_contact (HARK_COMMAND_SEND, b);
    HarkCommand *back = to_contact (HARK_COMMAND_SEND, a);

    there->text = g_strdup_printf ("message %u", i);
    back->text = g_strdup_printf ("answer %u", i);
    hark_engine_send (a->engine, there);
    hark_engine_send (b->engine, back);
  }
  wait_for_count (&a->received, 50);
  wait_for_count (&b->received, 50);
  wait_for_count (&a->delivered, 50);
  wait_for_count (&b->delivered, 50);
}

static void
give_a_file (Side *a, Side *b)
{
  g_autofree char *path = g_build_filename (folder, "given.bin", NULL);
  g_autofree char *data = g_malloc (FILE_LEN);
  g_autofree char *got = NULL;
  g_autoptr (GError) error = NULL;
  HarkCommand *command = to_contact (HARK_COMMAND_GIVE, b);
  gsize got_len;

  for (size_t i = 0; i < FILE_LEN; i++)
    data[i] = (char) (i * 7 + i / 251);
  g_file_set_contents (path, data, FILE_LEN, &error);
  g_assert_no_error (error);
  command->paths = g_strdupv ((char *[]){path, NULL});
  hark_engine_send (a->engine, command);
  wait_for (&a->file_done);
  wait_for (&b->file_done);
  g_file_get_contents (b->file_path, &got, &got_len, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (got_len, ==, FILE_LEN);
  g_assert_true (memcmp (got, data, FILE_LEN) == 0);
}

static void
talk (Side *a, Side *b)
{
  HarkCommand *hangup = hark_command_new (HARK_COMMAND_HANGUP);

  hark_engine_send (a->engine, to_contact (HARK_COMMAND_CALL, b));
  wait_for_phase (a, HARK_ACTIVE);
  wait_for_phase (b, HARK_ACTIVE);
  for (gint64 end = g_get_monotonic_time () + G_USEC_PER_SEC / 2; g_get_monotonic_time () < end;)
    g_main_context_iteration (NULL, TRUE);
  hangup->call = a->last_call;
  hark_engine_send (a->engine, hangup);
  wait_for_phase (a, HARK_ENDED);
  wait_for_phase (b, HARK_ENDED);
}

static void
stop (Side *side)
{
  hark_engine_send (side->engine, hark_command_new (HARK_COMMAND_LEAVE_QUIETLY));
  wait_for (&side->left);
  hark_engine_free (side->engine);
  g_free (side->profile);
  g_free (side->address);
  g_free (side->file_path);
}

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir && (name = g_dir_read_name (dir))) {
    g_autofree char *child = g_build_filename (path, name, NULL);

    remove_tree (child);
  }
  g_remove (path);
}

static void
test_everything_at_once (void)
{
  Side node = {0}, a = {0}, b = {0};
  g_autofree char *bootstrap = NULL;
  guint tick = g_timeout_add (20, on_tick, NULL);

  start (&node, NULL, NULL, NULL);
  bootstrap = g_strdup_printf ("127.0.0.1:%u", node.port);
  start (&a, "Alice", bootstrap, folder);
  start (&b, "Bob", bootstrap, folder);
  become_contacts (&a, &b);
  write_both_ways (&a, &b);
  give_a_file (&a, &b);
  talk (&a, &b);
  stop (&a);
  stop (&b);
  stop (&node);
  g_source_remove (tick);
}

static void
test_second_engine_is_told_who_holds_the_profile (void)
{
  Side a = {0};
  HarkEngineConfig config = {.bind = "127.0.0.1", .no_dht = true, .mic = "none", .speaker = "none"};
  g_autoptr (GError) error = NULL;
  guint tick = g_timeout_add (20, on_tick, NULL);

  start (&a, "Carol", "127.0.0.1:9", NULL);
  config.profile = a.profile;
  g_assert_null (hark_engine_new (&config, NULL, on_event, &a, &error));
  g_assert_nonnull (error);
  stop (&a);
  g_source_remove (tick);
}

/* The link that people have leads to the secret: what lies in its place is not written over. */
static void
test_relay_secret_is_not_replaced (void)
{
  static const char *const hosts[] = {"192.0.2.1", NULL};
  g_autofree char *path = g_build_filename (folder, "relay-node", NULL);
  HarkEngineConfig config = {
    .bind = "127.0.0.1", .no_dht = true, .no_lan = true, .relay_file = path, .relay_hosts = hosts};
  g_autofree char *kept = NULL;
  g_autoptr (GError) error = NULL;
  HarkEngine *engine;
  Side side = {0};

  g_assert_true (g_file_set_contents (path, "my diary", -1, NULL));
  g_assert_null (hark_engine_new (&config, NULL, on_event, &side, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
  g_assert_true (g_file_get_contents (path, &kept, NULL, NULL));
  g_assert_cmpstr (kept, ==, "my diary");
  g_assert_cmpint (g_remove (path), ==, 0);
  engine = hark_engine_new (&config, NULL, on_event, &side, NULL);
  g_assert_nonnull (engine);
  hark_engine_free_within (engine, PATIENCE / G_TIME_SPAN_MILLISECOND);
}

static gboolean
hang (void *data)
{
  while (!g_atomic_int_get ((gint *) data))
    g_usleep (G_USEC_PER_SEC);
  return G_SOURCE_REMOVE;
}

static void
test_hung_engine_is_left (void)
{
  if (g_test_subprocess ()) {
    const HarkEngineConfig config = {.bind = "127.0.0.1", .no_dht = true, .no_lan = true};
    Side side = {0};
    gint never = 0;
    HarkEngine *engine = hark_engine_new (&config, NULL, on_event, &side, NULL);

    g_assert_nonnull (engine);
    g_rmdir (folder); /* of this process, which does not come to its end */
    g_main_context_invoke (engine->context, hang, &never);
    hark_engine_free_within (engine, 200);
    g_assert_not_reached ();
  }
  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_failed ();
  g_test_trap_assert_stderr ("*the engine hangs*");
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  int code;

  g_test_init (&argc, &argv, NULL);
  folder = g_dir_make_tmp ("hark-engine-XXXXXX", &error);
  g_assert_no_error (error);
  g_test_add_func ("/engine/everything-at-once", test_everything_at_once);
  g_test_add_func ("/engine/second-is-told-who-holds-the-profile",
                   test_second_engine_is_told_who_holds_the_profile);
  g_test_add_func ("/engine/one-that-hangs-is-left", test_hung_engine_is_left);
  g_test_add_func ("/engine/secret-of-a-relay-node-is-not-replaced",
                   test_relay_secret_is_not_replaced);
  code = g_test_run ();
  remove_tree (folder);
  g_free (folder);
  return code;
}
