/* Two engines on loopback become contacts and write. One is backed up while it runs, its computer
 * is lost, and the backup restored elsewhere: the chat goes on. */
#include "core/hark.h"

#include <glib/gstdio.h>
#include <string.h>

#define PATIENCE (100 * G_USEC_PER_SEC) /* a busy computer is no failure */

typedef struct {
  HarkEngine *engine;
  char *profile;
  bool is_ready, is_online, backed_up, left;
  uint16_t port;
  char *address;
  uint8_t account[HARK_ACCOUNT_LEN];
  unsigned delivered, received, history;
  bool warned; /* of a copy */
  bool moved_on;
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
    if (!event->ok)
      g_error ("%s", event->text);
    if (event->command == HARK_COMMAND_ADDRESS)
      side->address = g_strdup (event->address);
    side->backed_up |= event->command == HARK_COMMAND_BACKUP;
    side->left |= event->command == HARK_COMMAND_LEAVE_QUIETLY;
    if (event->command == HARK_COMMAND_HISTORY)
      side->history = event->messages->len;
    break;
  case HARK_EVENT_CONTACT:
    side->is_online = event->person->presence == HARK_PRESENCE_ONLINE;
    break;
  case HARK_EVENT_WARNING:
    side->warned |= strcmp (event->code, "copied-profile") == 0;
    side->moved_on |= strcmp (event->code, "moved-on") == 0;
    break;
  case HARK_EVENT_MESSAGE:
    side->received += !event->message->outgoing;
    break;
  case HARK_EVENT_MESSAGE_STATE:
    side->delivered += event->message->state == HARK_STATE_DELIVERED;
    break;
  default:
    break;
  }
}

static gboolean
on_tick (gpointer data)
{
  (void) data;
  return G_SOURCE_CONTINUE; /* iterations must not sleep for ever when an event never comes */
}

#define WAIT_FOR(condition)                                              \
  for (gint64 end = g_get_monotonic_time () + PATIENCE; !(condition);) { \
    g_assert_cmpint (g_get_monotonic_time (), <, end);                   \
    g_main_context_iteration (NULL, TRUE);                               \
  }

static void
start (Side *side, const char *bootstrap)
{
  const char *hosts[] = {bootstrap, NULL};
  const HarkEngineConfig config = {.profile = side->profile,
                                   .bind = "127.0.0.1",
                                   .bootstrap = bootstrap ? hosts : NULL,
                                   .mic = "none",
                                   .speaker = "none",
                                   .auto_accept_requests = true};
  g_autoptr (GError) error = NULL;

  side->engine = hark_engine_new (&config, NULL, on_event, side, &error);
  g_assert_no_error (error);
  WAIT_FOR (side->is_ready);
}

static void
stop (Side *side)
{
  hark_engine_send (side->engine, hark_command_new (HARK_COMMAND_LEAVE_QUIETLY));
  WAIT_FOR (side->left);
  hark_engine_free (side->engine);
  g_free (side->profile);
  g_free (side->address);
}

static void
make (Side *side, const char *name, char **ret_words)
{
  g_autoptr (GError) error = NULL;

  side->profile = g_build_filename (folder, name, NULL);
  hark_profile_create (side->profile, name, NULL, NULL, ret_words, &error);
  g_assert_no_error (error);
}

static void
write_to (Side *from, const Side *to, const char *text)
{
  HarkCommand *command = hark_command_new (HARK_COMMAND_SEND);

  command->has_contact = true;
  memcpy (command->contact, to->account, sizeof command->contact);
  command->text = g_strdup (text);
  hark_engine_send (from->engine, command);
}

static void
become_contacts (Side *a, Side *b)
{
  HarkCommand *command = hark_command_new (HARK_COMMAND_ADD);

  hark_engine_send (b->engine, hark_command_new (HARK_COMMAND_ADDRESS));
  WAIT_FOR (b->address != NULL);
  command->address = g_strdup (b->address);
  hark_engine_send (a->engine, command);
  WAIT_FOR (a->is_online && b->is_online);
}

static void
back_up (Side *side, const char *path)
{
  HarkCommand *command = hark_command_new (HARK_COMMAND_BACKUP);

  command->path = g_strdup (path);
  hark_engine_send (side->engine, command);
  WAIT_FOR (side->backed_up);
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
ask_history (Side *side, const Side *of)
{
  HarkCommand *command = hark_command_new (HARK_COMMAND_HISTORY);

  command->has_contact = true;
  memcpy (command->contact, of->account, sizeof command->contact);
  command->limit = 100;
  hark_engine_send (side->engine, command);
}

static void
test_chat_goes_on (void)
{
  Side node = {0}, a = {0}, b = {0}, again = {0};
  g_autofree char *bootstrap = NULL;
  g_autofree char *path = g_build_filename (folder, "backup.age", NULL);
  g_autofree char *lost = NULL;
  char *words = NULL;
  HarkRestored found;
  g_autoptr (GError) error = NULL;
  guint tick = g_timeout_add (20, on_tick, NULL);

  start (&node, NULL);
  bootstrap = g_strdup_printf ("127.0.0.1:%u", node.port);
  make (&a, "Alice", &words);
  make (&b, "Bob", NULL);
  start (&a, bootstrap);
  start (&b, bootstrap);
  become_contacts (&a, &b);
  write_to (&a, &b, "before");
  write_to (&b, &a, "answer");
  WAIT_FOR (a.received == 1 && b.received == 1 && a.delivered == 1 && b.delivered == 1);
  back_up (&a, path);

  /* what was written after the backup is lost with the computer, its numbers are not used again */
  write_to (&a, &b, "after");
  WAIT_FOR (b.received == 2);
  lost = g_strdup (a.profile);
  stop (&a);
  remove_tree (lost);
  b.is_online = false;

  again.profile = g_build_filename (folder, "Alice again", NULL);
  hark_profile_restore (again.profile, path, words, NULL, NULL, &found, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (found.contacts, ==, 1);
  g_assert_cmpuint (found.messages, ==, 2);
  start (&again, bootstrap);
  g_assert_true (memcmp (again.account, a.account, HARK_ACCOUNT_LEN) == 0);
  WAIT_FOR (again.is_online);
  write_to (&again, &b, "I am back");
  write_to (&b, &again, "welcome");
  WAIT_FOR (again.received == 1 && b.received == 3);
  ask_history (&again, &b);
  WAIT_FOR (again.history > 0);
  g_assert_cmpuint (again.history, ==, 4);

  stop (&again);
  stop (&b);
  stop (&node);
  hark_words_free (words);
  g_source_remove (tick);
}

static void
copy_profile (const char *from, const char *to)
{
  g_autoptr (GDir) dir = g_dir_open (from, 0, NULL);
  const char *name;

  g_assert_cmpint (g_mkdir_with_parents (to, 0700), ==, 0);
  while ((name = g_dir_read_name (dir))) {
    g_autofree char *source = g_build_filename (from, name, NULL);
    g_autofree char *target = g_build_filename (to, name, NULL);
    g_autofree char *bytes = NULL;
    gsize len;

    if (g_file_test (source, G_FILE_TEST_IS_DIR)) {
      copy_profile (source, target);
      continue;
    }
    g_assert_true (g_file_get_contents (source, &bytes, &len, NULL));
    g_assert_true (g_file_set_contents (target, bytes, (gssize) len, NULL));
  }
}

static void
test_copy_is_noticed (void)
{
  Side node = {0}, a = {0}, b = {0}, copy = {0};
  g_autofree char *bootstrap = NULL;
  g_autofree char *profile = NULL;
  guint tick = g_timeout_add (20, on_tick, NULL);

  start (&node, NULL);
  bootstrap = g_strdup_printf ("127.0.0.1:%u", node.port);
  make (&a, "Carol", NULL);
  make (&b, "Dave", NULL);
  start (&a, bootstrap);
  start (&b, bootstrap);
  become_contacts (&a, &b);
  write_to (&a, &b, "hello");
  WAIT_FOR (a.delivered == 1);
  profile = g_strdup (a.profile);
  copy.profile = g_strconcat (profile, " copied", NULL);
  stop (&a);
  copy_profile (profile, copy.profile);

  memset (&a, 0, sizeof a);
  a.profile = g_strdup (profile);
  start (&a, bootstrap);
  WAIT_FOR (a.is_online);
  start (&copy, bootstrap);
  WAIT_FOR (a.warned && copy.warned);
  g_assert_false (b.warned);

  stop (&copy);
  stop (&a);
  stop (&b);
  stop (&node);
  g_source_remove (tick);
}

/* Moved to a new computer by a backup from the moment they became contacts. The old one is switched
 * on again, alone and beside the new one: it reaches nobody, is told why, and takes nothing from
 * the new one. */
static void
test_move (void)
{
  Side node = {0}, a = {0}, b = {0}, moved = {0};
  g_autofree char *bootstrap = NULL;
  g_autofree char *path = g_build_filename (folder, "move.age", NULL);
  g_autofree char *old = NULL;
  char *words = NULL;
  HarkRestored found;
  guint tick = g_timeout_add (20, on_tick, NULL);

  start (&node, NULL);
  bootstrap = g_strdup_printf ("127.0.0.1:%u", node.port);
  make (&a, "Erin", &words);
  make (&b, "Frank", NULL);
  start (&a, bootstrap);
  start (&b, bootstrap);
  become_contacts (&a, &b);
  back_up (&a, path);
  old = g_strdup (a.profile);
  stop (&a);
  moved.profile = g_build_filename (folder, "Erin moved", NULL);
  g_assert_true (hark_profile_restore (moved.profile, path, words, NULL, NULL, &found, NULL));
  b.is_online = false;
  start (&moved, bootstrap);
  WAIT_FOR (moved.is_online && b.is_online);

  /* what Frank knows outlives his program, and holds while the new computer is away */
  stop (&moved);
  stop (&b);
  memset (&b, 0, sizeof b);
  b.profile = g_build_filename (folder, "Frank", NULL);
  start (&b, bootstrap);
  memset (&a, 0, sizeof a);
  a.profile = g_strdup (old);
  start (&a, bootstrap);
  write_to (&a, &b, "from the old computer");
  WAIT_FOR (a.moved_on);
  g_assert_false (b.is_online || a.is_online);

  memset (&moved, 0, sizeof moved);
  moved.profile = g_build_filename (folder, "Erin moved", NULL);
  start (&moved, bootstrap);
  WAIT_FOR (moved.is_online && b.is_online);
  write_to (&moved, &b, "from the new computer");
  WAIT_FOR (b.received == 1 && moved.delivered == 1);
  g_assert_cmpuint (a.delivered, ==, 0);
  g_assert_false (b.warned || b.moved_on || moved.warned || moved.moved_on);

  /* nobody has to tell the old one: the new one's own record does, even now that he is away */
  stop (&moved);
  stop (&b);
  stop (&a);
  memset (&a, 0, sizeof a);
  a.profile = g_strdup (old);
  start (&a, bootstrap);
  WAIT_FOR (a.moved_on);

  stop (&a);
  stop (&node);
  hark_words_free (words);
  g_source_remove (tick);
}

static void
test_refusals (void)
{
  g_autofree char *profile = g_build_filename (folder, "refused", NULL);
  g_autofree char *path = g_build_filename (folder, "no.age", NULL);
  HarkRestored found;
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (path, "age-encryption.org/v1\n", -1, NULL));
  g_assert_false (hark_profile_restore (profile, path, NULL, "passphrase", NULL, &found, &error));
  g_assert_nonnull (error);
  g_clear_error (&error);
  g_assert_false (hark_profile_restore (profile, path, "no words", NULL, NULL, &found, &error));
  g_assert_nonnull (error);
  g_assert_false (hark_profile_exists (profile));
  g_assert_null (hark_backup_key ("no words", NULL));
}

int
main (int argc, char **argv)
{
  int code;

  g_test_init (&argc, &argv, NULL);
  folder = g_dir_make_tmp ("hark-restore-XXXXXX", NULL);
  g_test_add_func ("/restore/chat-goes-on-after-a-backup-is-restored", test_chat_goes_on);
  g_test_add_func ("/restore/copy-in-use-at-the-same-time-is-noticed", test_copy_is_noticed);
  g_test_add_func ("/restore/old-computer-steps-back", test_move);
  g_test_add_func ("/restore/nothing-is-made-of-what-does-not-open", test_refusals);
  code = g_test_run ();
  remove_tree (folder);
  g_free (folder);
  return code;
}
