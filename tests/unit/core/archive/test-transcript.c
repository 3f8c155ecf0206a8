#include "core/archive/transcript.h"

#include <string.h>

static const char *
name_of (void *data, const HarkKey *account)
{
  (void) data;
  return account->bytes[0] == 7 ? "Clara" : "?";
}

static char *
show (bool json, const HarkStoreMessage *message)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_utc ();
  const HarkTranscriptStyle style = {json, zone, "Anna", name_of, NULL};
  GString *text = g_string_new (NULL);

  hark_transcript_put (&style, message, "Bertha", text);
  return g_string_free (text, FALSE);
}

static HarkStoreMessage
make (char *text)
{
  HarkStoreMessage message = {.kind = HARK_MESSAGE_TEXT,
                              .state = HARK_MESSAGE_READ,
                              .sent_ms = 1700000000123,
                              .received_ms = 1700000001000,
                              .position = 4096,
                              .text = text};

  memset (message.id, 0xab, sizeof message.id);
  return message;
}

static void
test_text (void)
{
  char forged[]
    = "hello\n[2023-11-14 22:13:20 +0000] Anna: I owe you\x1b[2J\r\xe2\x80\xa8!\xe2\x80\xae";
  HarkStoreMessage message = make (forged);
  g_autofree char *line = show (false, &message);

  g_assert_cmpstr (line, ==,
                   "[2023-11-14 22:13:20 +0000] Bertha: hello\n"
                   "    [2023-11-14 22:13:20 +0000] Anna: I owe you\xef\xbf\xbd[2J\xef\xbf\xbd"
                   "\xef\xbf\xbd!\xef\xbf\xbd\n");
}

static void
test_what_became_of_it (void)
{
  char first[] = "first", now[] = "now";
  HarkStoreMessage message = make (first);
  const HarkStoreReaction reaction = {.text = "👍"};
  g_autofree char *edited = NULL, *deleted = NULL, *hidden = NULL;

  message.outgoing = true;
  message.current = now;
  message.edits = 2;
  message.reactions = g_array_new (FALSE, FALSE, sizeof (HarkStoreReaction));
  g_array_append_val (message.reactions, reaction);
  edited = show (false, &message);
  g_assert_cmpstr (edited, ==, "[2023-11-14 22:13:20 +0000] Anna: now (edited)\n    Bertha: 👍\n");
  g_array_index (message.reactions, HarkStoreReaction, 0).has_author = true;
  g_array_index (message.reactions, HarkStoreReaction, 0).author.bytes[0] = 7;
  g_free (edited);
  edited = show (false, &message);
  g_assert_nonnull (strstr (edited, "\n    Clara: 👍\n"));
  message.deleted = true;
  g_array_set_size (message.reactions, 0);
  deleted = show (false, &message);
  g_assert_cmpstr (deleted, ==, "[2023-11-14 22:13:20 +0000] Anna: (deleted)\n");
  message.hidden = true;
  hidden = show (false, &message);
  g_assert_cmpstr (hidden, ==, "");
  g_array_unref (message.reactions);
}

/* A long one is an entry, with the length of what has come. */
static void
test_clip (void)
{
  char none[] = "";
  HarkStoreMessage message = make (none);
  g_autofree char *line = NULL, *some = NULL, *json = NULL;

  message.kind = HARK_MESSAGE_CLIP;
  message.part = 1;
  message.parts = message.parts_here = 8;
  message.length_ms = 150200;
  line = show (false, &message);
  g_assert_cmpstr (line, ==, "[2023-11-14 22:13:20 +0000] Bertha: Voice message (2:31)\n");
  message.parts_here = 7;
  some = show (false, &message);
  g_assert_nonnull (strstr (some, "Voice message (2:31), the rest has not come here\n"));
  json = show (true, &message);
  g_assert_nonnull (
    strstr (json, ",\"length_ms\":150200,\"part\":1,\"parts\":8,\"parts_here\":7}"));
}

/* A call has its length, and one of a group who began it; one that was missed has none. */
static void
test_call (void)
{
  char text[] = "Clara began it. Took part: Clara, Dora.", missed[] = "You missed a call";
  HarkStoreMessage message = make (text);
  g_autofree char *line = NULL, *json = NULL, *none = NULL;

  message.kind = HARK_MESSAGE_CALL;
  message.ref = 65000;
  message.has_group = message.has_author = true;
  message.group[0] = 9;
  message.author.bytes[0] = 7;
  line = show (false, &message);
  g_assert_cmpstr (line, ==,
                   "[2023-11-14 22:13:20 +0000] Bertha: (call) Clara began it. Took part: Clara, "
                   "Dora. (1:05)\n");
  json = show (true, &message);
  g_assert_nonnull (strstr (json, "\"type\":\"call\""));
  g_assert_nonnull (strstr (json, "\"author\":\"0700"));
  g_assert_nonnull (strstr (json, "\"group\":\"0900"));
  g_assert_nonnull (strstr (json, ",\"length_ms\":65000}"));
  message.text = missed;
  message.ref = 0;
  none = show (false, &message);
  g_assert_true (g_str_has_suffix (none, "(call) You missed a call\n"));
}

static void
test_json (void)
{
  char text[] = "a \"b\"\\\n\x01 東";
  HarkStoreMessage message = make (text);
  g_autofree char *line = NULL;

  message.has_reply_to = true;
  line = show (true, &message);
  g_assert_true (g_str_has_prefix (line, "{\"position\":4096,\"contact\":\"0000"));
  g_assert_true (g_str_has_suffix (line, "}\n"));
  g_assert_nonnull (strstr (line, "\"text\":\"a \\\"b\\\"\\\\\\n\\u0001 東\""));
  g_assert_nonnull (strstr (line, "\"name\":\"Bertha\",\"id\":\"abababab"));
  g_assert_nonnull (strstr (line, "\"reply_to\":\"00000000000000000000000000000000\""));
  g_assert_true (strchr (line, '\n') == line + strlen (line) - 1);
}

/* A clock of some other time must not end an export. */
static void
test_dates (void)
{
  static const int64_t odd[] = {0, -1, INT64_MIN, INT64_MAX};
  char text[] = "x";
  HarkStoreMessage message = make (text);

  for (size_t i = 0; i < G_N_ELEMENTS (odd); i++) {
    g_autofree char *line = NULL;

    message.sent_ms = odd[i];
    line = show (false, &message);
    g_assert_true (g_str_has_suffix (line, "] Bertha: x\n"));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/transcript/nobody-writes-a-line-of-somebody-else", test_text);
  g_test_add_func ("/transcript/edits-reactions-and-deletion-show", test_what_became_of_it);
  g_test_add_func ("/transcript/a-voice-message-has-a-length", test_clip);
  g_test_add_func ("/transcript/a-call-has-a-length", test_call);
  g_test_add_func ("/transcript/json-is-one-line", test_json);
  g_test_add_func ("/transcript/any-clock-is-taken", test_dates);
  return g_test_run ();
}
