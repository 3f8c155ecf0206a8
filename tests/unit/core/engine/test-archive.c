/* One engine, no network: notes to oneself are found, listed, kept over a restart, exported and
 * cleared. */
#include "core/hark.h"

#include <glib/gstdio.h>
#include <string.h>

#define PATIENCE (30 * G_USEC_PER_SEC)

typedef struct {
  HarkEngine *engine;
  uint8_t account[HARK_ACCOUNT_LEN];
  bool is_ready, answered, ok;
  char *code;
  unsigned messages, cleared, changed; /* events */
  GPtrArray *found;                    /* HarkMessage of the last result */
  GPtrArray *chats;                    /* HarkChat likewise */
  bool older, newer;
  uint64_t position;
  bool on;
  uint8_t whose[HARK_ACCOUNT_LEN];
} Side;

static char *folder;

static void
take_result (Side *side, const HarkEvent *event)
{
  g_clear_pointer (&side->code, g_free);
  g_clear_pointer (&side->found, g_ptr_array_unref);
  g_clear_pointer (&side->chats, g_ptr_array_unref);
  side->answered = true;
  side->ok = event->ok;
  side->code = g_strdup (event->code);
  side->older = event->older;
  side->newer = event->newer;
  side->position = event->position;
  side->on = event->on;
  memcpy (side->whose, event->account, sizeof side->whose);
  side->found = g_ptr_array_new_with_free_func ((GDestroyNotify) hark_message_free);
  side->chats = g_ptr_array_new_with_free_func ((GDestroyNotify) hark_chat_free);
  for (guint i = 0; event->messages != NULL && i < event->messages->len; i++)
    g_ptr_array_add (side->found, hark_message_copy (event->messages->pdata[i]));
  for (guint i = 0; event->chats != NULL && i < event->chats->len; i++)
    g_ptr_array_add (side->chats, hark_chat_copy (event->chats->pdata[i]));
}

static void
on_event (const HarkEvent *event, void *data)
{
  Side *side = data;

  switch (event->kind) {
  case HARK_EVENT_READY:
    side->is_ready = true;
    memcpy (side->account, event->account, sizeof side->account);
    break;
  case HARK_EVENT_RESULT:
    take_result (side, event);
    break;
  case HARK_EVENT_MESSAGE:
    side->messages++;
    break;
  case HARK_EVENT_CHAT:
    side->changed++;
    break;
  case HARK_EVENT_CLEARED:
    side->cleared++;
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
start (Side *side)
{
  const HarkEngineConfig config = {.profile = folder,
                                   .bind = "127.0.0.1",
                                   .no_dht = true,
                                   .no_lan = true,
                                   .no_mapping = true,
                                   .mic = "none",
                                   .speaker = "none"};
  g_autoptr (GError) error = NULL;

  *side = (Side){0};
  side->engine = hark_engine_new (&config, NULL, on_event, side, &error);
  g_assert_no_error (error);
  WAIT_FOR (side->is_ready);
}

static void
stop (Side *side)
{
  hark_engine_free (side->engine);
  g_clear_pointer (&side->code, g_free);
  g_clear_pointer (&side->found, g_ptr_array_unref);
  g_clear_pointer (&side->chats, g_ptr_array_unref);
}

/* Of the own conversation. */
static HarkCommand *
command_for (const Side *side, HarkCommandKind kind)
{
  HarkCommand *command = hark_command_new (kind);

  command->has_contact = true;
  memcpy (command->contact, side->account, sizeof command->contact);
  return command;
}

static void
ask (Side *side, HarkCommand *command)
{
  side->answered = false;
  hark_engine_send (side->engine, command);
  WAIT_FOR (side->answered);
}

static void
succeed (Side *side, HarkCommand *command)
{
  ask (side, command);
  g_assert_cmpstr (side->code, ==, NULL);
  g_assert_true (side->ok);
}

static void
note (Side *side, const char *text)
{
  HarkCommand *command = command_for (side, HARK_COMMAND_SEND);

  command->text = g_strdup (text);
  succeed (side, command);
}

static void
search (Side *side, const char *text, uint64_t before)
{
  HarkCommand *command = hark_command_new (HARK_COMMAND_SEARCH);

  command->text = g_strdup (text);
  command->before = before;
  command->limit = 2;
  succeed (side, command);
}

static const HarkMessage *
found_at (const Side *side, guint i)
{
  g_assert_cmpuint (side->found->len, >, i);
  return side->found->pdata[i];
}

static void
test_notes (void)
{
  Side side;
  HarkCommand *command;

  start (&side);
  note (&side, "milk and bread");
  note (&side, "bread, again");
  note (&side, "東京都の bread");
  WAIT_FOR (side.messages == 3);

  search (&side, "brea", 0);
  g_assert_cmpuint (side.found->len, ==, 2);
  g_assert_cmpstr (found_at (&side, 0)->text, ==, "東京都の bread");
  g_assert_cmpuint (found_at (&side, 1)->matches->len, ==, 1);
  g_assert_cmpuint (g_array_index (found_at (&side, 1)->matches, HarkMatch, 0).len, ==, 5);
  g_assert_cmpint (found_at (&side, 0)->state, ==, HARK_STATE_READ);
  search (&side, "brea", side.position);
  g_assert_cmpuint (side.found->len, ==, 1);
  g_assert_cmpstr (found_at (&side, 0)->text, ==, "milk and bread");
  g_assert_cmpuint (side.position, ==, 0);

  command = command_for (&side, HARK_COMMAND_HISTORY);
  command->window = HARK_HISTORY_AROUND_ID;
  memcpy (command->id, found_at (&side, 0)->id, sizeof command->id);
  command->limit = 2;
  succeed (&side, command);
  g_assert_cmpuint (side.found->len, ==, 2);
  g_assert_true (side.newer);
  g_assert_false (side.older);
  g_assert_cmpuint (side.position, ==, found_at (&side, 1)->position);
  stop (&side);
}

static void
test_settings (void)
{
  Side side;
  HarkCommand *command;

  start (&side);
  command = command_for (&side, HARK_COMMAND_DRAFT);
  command->text = g_strdup ("half a");
  succeed (&side, command);
  command = command_for (&side, HARK_COMMAND_PIN);
  command->on = true;
  succeed (&side, command);
  command = command_for (&side, HARK_COMMAND_KEEP);
  command->limit = 400;
  succeed (&side, command);
  command = hark_command_new (HARK_COMMAND_KEEP);
  command->limit = 40000;
  ask (&side, command);
  g_assert_cmpstr (side.code, ==, "bad-value");
  command = command_for (&side, HARK_COMMAND_DRAFT);
  command->contact[0] ^= 1;
  command->text = g_strdup ("for nobody");
  ask (&side, command);
  g_assert_cmpstr (side.code, ==, "no-contact");
  WAIT_FOR (side.changed == 3);
  stop (&side);

  start (&side);
  succeed (&side, hark_command_new (HARK_COMMAND_CHATS));
  g_assert_cmpuint (side.chats->len, ==, 1);
  {
    const HarkChat *chat = side.chats->pdata[0];

    g_assert_cmpstr (chat->draft, ==, "half a");
    g_assert_true (chat->pinned);
    g_assert_cmpint (chat->keep_days, ==, 400);
    g_assert_cmpuint (chat->unread, ==, 0);
    g_assert_cmpstr (chat->last->text, ==, "東京都の bread");
  }
  stop (&side);
}

static void
place (Side *side, bool is_known, uint64_t position)
{
  succeed (side, hark_command_new (HARK_COMMAND_PLACE));
  g_assert_true (side->on == is_known);
  g_assert_cmpuint (side->position, ==, position);
}

static void
test_place (void)
{
  Side side;
  HarkCommand *command;

  start (&side);
  place (&side, false, 0);
  command = command_for (&side, HARK_COMMAND_PLACE);
  command->before = 77;
  succeed (&side, command);
  stop (&side);

  start (&side);
  place (&side, true, 77);
  g_assert_true (memcmp (side.whose, side.account, sizeof side.whose) == 0);
  command = hark_command_new (HARK_COMMAND_PLACE);
  command->how = g_strdup ("forget");
  succeed (&side, command);
  stop (&side);

  start (&side);
  place (&side, false, 0);
  stop (&side);
}

static void
test_export (void)
{
  Side side;
  g_autofree char *path = g_build_filename (folder, "notes.json", NULL);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  HarkCommand *command = hark_command_new (HARK_COMMAND_EXPORT);
  GStatBuf status;

  start (&side);
  command->path = g_strdup (path);
  command->json = true;
  succeed (&side, command);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  lines = g_strsplit (text, "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, 4); /* and nothing behind the last */
  g_assert_nonnull (strstr (lines[0], "\"text\":\"milk and bread\""));
  g_assert_nonnull (strstr (lines[2], "\"name\":\"Anna\""));
  g_assert_cmpint (g_stat (path, &status), ==, 0);
  g_assert_cmpuint (status.st_mode & 0777, ==, 0600);

  command = command_for (&side, HARK_COMMAND_EXPORT);
  command->path = g_build_filename (folder, "nowhere", "notes", NULL);
  ask (&side, command);
  g_assert_cmpstr (side.code, ==, "export");
  command = hark_command_new (HARK_COMMAND_EXPORT);
  command->path = g_strdup ("notes");
  ask (&side, command);
  g_assert_cmpstr (side.code, ==, "bad-path");
  g_assert_cmpint (g_unlink (path), ==, 0);
  stop (&side);
}

static void
test_clear (void)
{
  Side side;

  start (&side);
  succeed (&side, command_for (&side, HARK_COMMAND_CLEAR));
  WAIT_FOR (side.cleared == 1);
  search (&side, "bread", 0);
  g_assert_cmpuint (side.found->len, ==, 0);
  succeed (&side, command_for (&side, HARK_COMMAND_HISTORY));
  g_assert_cmpuint (side.found->len, ==, 0);
  note (&side, "a fresh start");
  succeed (&side, command_for (&side, HARK_COMMAND_HISTORY));
  g_assert_cmpuint (side.found->len, ==, 1);
  stop (&side);
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  char *words = NULL;
  int code;

  g_test_init (&argc, &argv, NULL);
  folder = g_dir_make_tmp ("hark-archive-XXXXXX", NULL);
  hark_profile_create (folder, "Anna", NULL, NULL, &words, &error);
  g_assert_no_error (error);
  hark_words_free (words);
  g_timeout_add (200, on_tick, NULL);
  g_test_add_func ("/engine/notes-are-kept-and-found", test_notes);
  g_test_add_func ("/engine/drafts-and-pins-outlive-a-restart", test_settings);
  g_test_add_func ("/engine/last-place-outlives-a-restart", test_place);
  g_test_add_func ("/engine/exports-are-whole-and-private", test_export);
  g_test_add_func ("/engine/cleared-is-cleared", test_clear);
  code = g_test_run ();
  hark_profile_erase (folder, NULL);
  g_rmdir (folder);
  g_free (folder);
  return code;
}
