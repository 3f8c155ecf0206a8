/* Conversations as parts and as a list, and what is not kept. */
#include "tests/unit/core/store/helper.h"

#include <string.h>

#define DAY_MS INT64_C (86400000)
#define NOW_MS (INT64_C (20000) * DAY_MS)

static HarkProfile *profile;

static void
run (HarkStoreRequest *request)
{
  g_autoptr (HarkStoreReply) reply = helper_execute (profile, request);

  g_assert_no_error (reply->error);
  g_assert_true (reply->ok);
}

/* Message @i of @contact, theirs, that came at @ms. */
static void
receive (uint8_t contact, unsigned i, int64_t ms, const char *text)
{
  HarkStoreRequest *request = helper_put_message (contact, i, text);

  request->message->outgoing = false;
  request->message->state = HARK_MESSAGE_DELIVERED;
  request->message->received_ms = ms;
  run (request);
}

static HarkStoreReply *
read_window (uint8_t contact, HarkStoreWindow window, uint64_t place, int64_t at_ms, unsigned limit)
{
  HarkStoreRequest *request = hark_store_request_new (HARK_STORE_GET_HISTORY, 0);
  HarkStoreReply *reply;

  request->account_key = helper_key (contact);
  request->window = window;
  request->before = place;
  request->at_ms = at_ms;
  request->limit = limit;
  memset (request->id, 0, sizeof request->id);
  request->id[0] = contact;
  memcpy (request->id + 8, &place, sizeof (unsigned));
  reply = helper_execute (profile, request);
  g_assert_no_error (reply->error);
  return reply;
}

static const HarkStoreMessage *
message_at (const HarkStoreReply *reply, guint i)
{
  return g_ptr_array_index (reply->messages, i);
}

/* The window has messages @newest down to @oldest. */
static void
check_window (HarkStoreReply *reply, unsigned newest, unsigned oldest, bool newer, bool older)
{
  g_autoptr (HarkStoreReply) owned = reply;

  g_assert_cmpuint (reply->messages->len, ==, newest - oldest + 1);
  for (guint i = 0; i < reply->messages->len; i++)
    g_assert_cmpuint (message_at (reply, i)->seq, ==, newest - i);
  g_assert_true (reply->newer == newer);
  g_assert_true (reply->older == older);
}

static uint64_t
place_of (uint8_t contact, unsigned i)
{
  g_autoptr (HarkStoreReply) reply = read_window (contact, HARK_WINDOW_AROUND_ID, i, 0, 1);

  g_assert_cmpuint (reply->messages->len, ==, 1);
  g_assert_cmpuint (message_at (reply, 0)->seq, ==, i);
  g_assert_cmpuint (message_at (reply, 0)->position, ==, reply->focus);
  return reply->focus;
}

static void
test_windows (void)
{
  char *dir = helper_new_profile ();

  profile = helper_open (dir, NULL);
  for (unsigned i = 1; i <= 100; i++) {
    receive (1, i, NOW_MS + i * 1000, "to be found");
    receive (2, i, NOW_MS, "others");
  }
  check_window (read_window (1, HARK_WINDOW_BEFORE, 0, 0, 10), 100, 91, false, true);
  check_window (read_window (1, HARK_WINDOW_BEFORE, place_of (1, 11), 0, 10), 10, 1, true, false);
  check_window (read_window (1, HARK_WINDOW_AFTER, place_of (1, 20), 0, 10), 30, 21, true, true);
  check_window (read_window (1, HARK_WINDOW_AFTER, place_of (1, 90), 0, 50), 100, 91, false, true);
  check_window (read_window (1, HARK_WINDOW_AFTER, 0, 0, 3), 3, 1, true, false);
  check_window (read_window (1, HARK_WINDOW_AROUND, place_of (1, 50), 0, 10), 55, 46, true, true);
  check_window (read_window (1, HARK_WINDOW_AROUND_ID, 3, 0, 11), 8, 1, true, false);
  check_window (read_window (1, HARK_WINDOW_AROUND_ID, 100, 0, 4), 100, 99, false, true);
  /* an id that is not there: the newest */
  check_window (read_window (1, HARK_WINDOW_AROUND_ID, 999, 0, 2), 100, 99, false, true);
  hark_store_reply_free (read_window (77, HARK_WINDOW_UNREAD, 0, 0, 10));
  hark_profile_close (profile);
  helper_remove (dir);
}

static unsigned
first_at (int64_t ms)
{
  g_autoptr (HarkStoreReply) reply = read_window (1, HARK_WINDOW_AROUND_TIME, 0, ms, 1);

  return reply->focus == 0 ? 0 : (unsigned) message_at (reply, 0)->seq;
}

static void
test_dates (void)
{
  char *dir = helper_new_profile ();

  profile = helper_open (dir, NULL);
  for (unsigned i = 1; i <= 64; i++)
    receive (1, i, NOW_MS + i * DAY_MS, "");
  for (unsigned i = 0; i < 64; i++)
    g_assert_cmpuint (first_at (NOW_MS + i * DAY_MS + 1), ==, i + 1);
  g_assert_cmpuint (first_at (NOW_MS + 64 * DAY_MS), ==, 64);
  g_assert_cmpuint (first_at (0), ==, 1);
  g_assert_cmpuint (first_at (INT64_MIN), ==, 1);
  g_assert_cmpuint (first_at (INT64_MAX), ==, 0); /* nothing was so late: the newest, no focus */
  hark_profile_close (profile);
  helper_remove (dir);
}

/* ---- the list ----------------------------------------------------------------------------------
 */

static HarkStoreReply *
get_chats (void)
{
  HarkStoreReply *reply
    = helper_execute (profile, hark_store_request_new (HARK_STORE_GET_CHATS, 0));

  g_assert_no_error (reply->error);
  return reply;
}

static const HarkStoreChat *
chat_at (const HarkStoreReply *reply, guint i)
{
  return g_ptr_array_index (reply->chats, i);
}

static HarkStoreRequest *
put_chat (uint8_t contact, unsigned fields)
{
  HarkStoreRequest *request = hark_store_request_new (HARK_STORE_PUT_CHAT, 0);

  request->chat = g_new0 (HarkStoreChat, 1);
  request->chat->contact = helper_key (contact);
  request->fields = fields;
  return request;
}

static void
see (uint8_t contact, unsigned i)
{
  HarkStoreRequest *request = helper_put_message (contact, i, NULL);

  request->kind = HARK_STORE_SET_STATE;
  request->message->state = HARK_MESSAGE_READ;
  request->message->outgoing = false;
  run (request);
}

static void
test_unread (void)
{
  char *dir = helper_new_profile ();
  HarkStoreRequest *request;

  profile = helper_open (dir, NULL);
  for (unsigned i = 1; i <= 9; i++)
    receive (1, i, NOW_MS, "");
  run (helper_put_message (1, 10, "ours"));
  run (helper_put_message (2, 1, "ours"));
  {
    g_autoptr (HarkStoreReply) list = get_chats ();

    g_assert_cmpuint (list->chats->len, ==, 2);
    g_assert_cmpuint (chat_at (list, 0)->unread, ==, 0);
    g_assert_cmpuint (chat_at (list, 1)->unread, ==, 9);
    g_assert_cmpuint (chat_at (list, 1)->first_unread, ==, place_of (1, 1));
    g_assert_cmpstr (chat_at (list, 1)->last->text, ==, "ours");
  }
  request = put_chat (1, HARK_STORE_CHAT_MARKED);
  request->chat->marked = true;
  run (request);
  see (1, 10); /* the other side saw ours: nothing of theirs is seen by that */
  {
    g_autoptr (HarkStoreReply) list = get_chats ();

    g_assert_cmpuint (chat_at (list, 1)->unread, ==, 9);
    g_assert_true (chat_at (list, 1)->marked);
  }
  see (1, 6); /* and all before it */
  {
    g_autoptr (HarkStoreReply) list = get_chats ();
    g_autoptr (HarkStoreReply) unread = read_window (1, HARK_WINDOW_UNREAD, 0, 0, 4);

    g_assert_cmpuint (chat_at (list, 1)->unread, ==, 3);
    g_assert_false (chat_at (list, 1)->marked);
    g_assert_cmpuint (unread->focus, ==, place_of (1, 7));
    g_assert_cmpuint (message_at (unread, 0)->seq, ==, 9);
    g_assert_cmpuint (unread->messages->len, ==, 4);
  }
  hark_profile_close (profile);
  helper_remove (dir);
}

static void
test_settings (void)
{
  char *dir = helper_new_profile ();
  HarkStoreRequest *request;

  profile = helper_open (dir, NULL);
  for (uint8_t contact = 1; contact <= 3; contact++)
    receive (contact, 1, NOW_MS, "");
  request = put_chat (1, HARK_STORE_CHAT_DRAFT | HARK_STORE_CHAT_PINNED);
  request->chat->draft = g_strdup ("half a");
  request->chat->has_draft_reply = true;
  request->chat->draft_reply[3] = 7;
  request->chat->draft_ms = 5;
  request->chat->pinned_ms = 9;
  run (request);
  request = put_chat (2, HARK_STORE_CHAT_ARCHIVED | HARK_STORE_CHAT_KEEP);
  request->chat->archived = true;
  request->chat->keep_days = -1;
  request->chat->draft = g_strdup ("not set");
  {
    g_autoptr (HarkStoreReply) reply = helper_execute (profile, request);

    g_assert_cmpuint (reply->chats->len, ==, 1);
    g_assert_cmpstr (chat_at (reply, 0)->draft, ==, "");
    g_assert_cmpuint (chat_at (reply, 0)->unread, ==, 1);
  }
  hark_profile_close (profile);
  profile = helper_open (dir, NULL);
  {
    g_autoptr (HarkStoreReply) list = get_chats ();

    g_assert_cmpuint (list->chats->len, ==, 3);
    g_assert_cmpuint (chat_at (list, 0)->contact.bytes[0], ==, 1); /* pinned */
    g_assert_cmpuint (chat_at (list, 1)->contact.bytes[0], ==, 3); /* newest */
    g_assert_cmpstr (chat_at (list, 0)->draft, ==, "half a");
    g_assert_true (chat_at (list, 0)->has_draft_reply);
    g_assert_cmpuint (chat_at (list, 0)->draft_reply[3], ==, 7);
    g_assert_true (chat_at (list, 2)->archived);
    g_assert_cmpint (chat_at (list, 2)->keep_days, ==, -1);
  }
  hark_profile_close (profile);
  helper_remove (dir);
}

/* ---- what is not kept --------------------------------------------------------------------------
 */

/* Until nothing is left to do; the number of rounds. */
static unsigned
prune (HarkStoreRequestKind kind, uint8_t contact, unsigned days, int64_t now_ms)
{
  uint64_t row = 0;
  unsigned rounds = 0;
  bool more;

  do {
    HarkStoreRequest *request = hark_store_request_new (kind, 0);
    g_autoptr (HarkStoreReply) reply = NULL;

    request->account_key = helper_key (contact);
    request->limit = days;
    request->at_ms = now_ms;
    request->before = row;
    reply = helper_execute (profile, request);
    g_assert_no_error (reply->error);
    row = reply->position;
    more = reply->more;
    rounds++;
  } while (more);
  return rounds;
}

static guint
count_found (const char *text)
{
  HarkStoreRequest *request = hark_store_request_new (HARK_STORE_SEARCH, 0);
  g_autoptr (HarkStoreReply) reply = NULL;

  request->text = g_strdup (text);
  request->limit = 500;
  reply = helper_execute (profile, request);
  g_assert_no_error (reply->error);
  return reply->messages->len;
}

/* Few words that begin so are asked for one by one, many are not; what is found is the same. */
static void
test_beginnings (void)
{
  char *dir = helper_new_profile ();

  profile = helper_open (dir, NULL);
  for (unsigned i = 1; i <= 120; i++) {
    g_autofree char *text
      = g_strdup_printf ("haus%c%c Haus mitten 京都%u", 'a' + (int) i / 26, 'a' + (int) i % 26, i);

    receive ((uint8_t) (1 + i % 2), i, NOW_MS, text);
    g_assert_cmpuint (count_found ("haus"), ==, i);
    g_assert_cmpuint (count_found ("hau mitt"), ==, i);
    g_assert_cmpuint (count_found ("京"), ==, i);
    g_assert_cmpuint (count_found (text), ==, 1);
    g_assert_cmpuint (count_found ("\"haus\" hausx"), ==, 0);
  }
  g_assert_cmpuint (count_found ("hausb"), ==, 26);
  g_assert_cmpuint (count_found ("hause"), ==, 120 - 4 * 26 + 1);
  hark_profile_close (profile);
  helper_remove (dir);
}

static guint
count_lines (uint8_t contact)
{
  g_autoptr (HarkStoreReply) reply = read_window (contact, HARK_WINDOW_BEFORE, 0, 0, 500);

  return reply->messages->len;
}

static void
test_prune (void)
{
  char *dir = helper_new_profile ();
  HarkStoreRequest *request;

  profile = helper_open (dir, NULL);
  for (unsigned i = 1; i <= 40; i++) {
    receive (1, i, NOW_MS - i * DAY_MS, "aged");
    receive (2, i, NOW_MS - i * DAY_MS, "precious");
  }
  run (helper_put_message (1, 41, "aged and queued")); /* written in 1970, not sent yet */
  prune (HARK_STORE_PRUNE, 0, 0, NOW_MS);
  g_assert_cmpuint (count_lines (1), ==, 41);

  request = put_chat (2, HARK_STORE_CHAT_KEEP);
  request->chat->keep_days = -1;
  run (request);
  prune (HARK_STORE_PRUNE, 0, 10, NOW_MS);
  g_assert_cmpuint (count_lines (1), ==, 11);
  g_assert_cmpuint (count_lines (2), ==, 40);
  g_assert_cmpuint (count_found ("aged"), ==, 11);
  g_assert_cmpuint (count_found ("precious"), ==, 40);

  request = put_chat (2, HARK_STORE_CHAT_KEEP);
  request->chat->keep_days = 35;
  run (request);
  prune (HARK_STORE_PRUNE, 0, 0, NOW_MS);
  g_assert_cmpuint (count_lines (2), ==, 35);

  /* what came lately does not come back when it is sent again */
  {
    g_autoptr (HarkStoreReply) again = NULL;

    request = helper_put_message (1, 20, "aged");
    request->message->outgoing = false;
    again = helper_execute (profile, request);
    g_assert_true (again->duplicate);
    g_assert_cmpuint (count_lines (1), ==, 11);
  }
  hark_profile_close (profile);
  helper_remove (dir);
}

static void
test_clear (void)
{
  char *dir = helper_new_profile ();

  profile = helper_open (dir, NULL);
  for (unsigned i = 1; i <= 1200; i++)
    receive (1, i, NOW_MS - 90 * DAY_MS, "gone");
  for (unsigned i = 1201; i <= 1300; i++)
    receive (1, i, NOW_MS, "gone too");
  run (helper_put_message (1, 1301, "on its way"));
  receive (2, 1, NOW_MS, "stays");
  g_assert_cmpuint (prune (HARK_STORE_CLEAR, 1, 0, NOW_MS), ==, 3);
  g_assert_cmpuint (count_lines (1), ==, 1);
  g_assert_cmpuint (count_lines (2), ==, 1);
  g_assert_cmpuint (count_found ("gone"), ==, 0);
  g_assert_cmpuint (count_found ("stays"), ==, 1);
  {
    g_autoptr (HarkStoreReply) list = get_chats ();

    for (guint i = 0; i < list->chats->len; i++)
      g_assert_cmpuint (chat_at (list, i)->unread, ==, chat_at (list, i)->contact.bytes[0] == 2);
  }
  prune (HARK_STORE_CLEAR, 77, 0, NOW_MS);
  hark_profile_close (profile);
  helper_remove (dir);
}

/* However many rows others have, each round looks at some of them only. */
static void
test_clear_in_slices (void)
{
  static const char fill[]
    = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30000) "
      "INSERT INTO messages (conversation, id, kind, outgoing, state, seq, sent_ms, received_ms, "
      "ref, text) SELECT 9999, randomblob(16), 5, 0, 3, 0, 0, 0, 0, '' FROM n";
  char *dir = helper_new_profile ();

  profile = helper_open (dir, NULL);
  receive (1, 1, NOW_MS - 90 * DAY_MS, "gone");
  g_assert_cmpint (sqlite3_exec (profile->database->handle, fill, NULL, NULL, NULL), ==, SQLITE_OK);
  receive (1, 2, NOW_MS - 90 * DAY_MS, "gone");
  g_assert_cmpuint (prune (HARK_STORE_CLEAR, 1, 0, NOW_MS), ==, 2);
  g_assert_cmpuint (count_lines (1), ==, 0);
  hark_profile_close (profile);
  helper_remove (dir);
}

/* Pages of the index that have @word. */
static int
count_pages (const char *word)
{
  sqlite3_stmt *count;
  int n;

  g_assert_cmpint (sqlite3_prepare_v2 (profile->database->handle,
                                       "SELECT count(*) FROM words_data WHERE instr(block, ?1) > 0",
                                       -1, &count, NULL),
                   ==, SQLITE_OK);
  sqlite3_bind_blob (count, 1, word, (int) strlen (word), SQLITE_STATIC);
  g_assert_cmpint (sqlite3_step (count), ==, SQLITE_ROW);
  n = sqlite3_column_int (count, 0);
  sqlite3_finalize (count);
  return n;
}

static void
test_tidy (void)
{
  char *dir = helper_new_profile ();
  unsigned pieces = 0;

  profile = helper_open (dir, NULL);
  g_assert_false (hark_database_tidy (profile->database));
  for (unsigned i = 1; i <= 300; i++) {
    receive (1, i, NOW_MS, "zebra");
    receive (2, i, NOW_MS, "yak");
  }
  g_assert_cmpint (count_pages ("zebra"), >, 0);
  prune (HARK_STORE_CLEAR, 1, 0, NOW_MS);
  hark_profile_close (profile); /* with the work before it */
  profile = helper_open (dir, NULL);
  while (hark_database_tidy (profile->database))
    g_assert_cmpuint (pieces++, <, 1000);
  g_assert_cmpuint (pieces, >, 0);
  g_assert_cmpint (count_pages ("zebra"), ==, 0);
  g_assert_cmpuint (count_found ("yak"), ==, 300);
  g_assert_cmpuint (count_found ("zebra"), ==, 0);
  g_assert_cmpint (sqlite3_exec (profile->database->handle,
                                 "INSERT INTO words (words, rank) VALUES ('integrity-check', 1)",
                                 NULL, NULL, NULL),
                   ==, SQLITE_OK);
  hark_profile_close (profile);
  helper_remove (dir);
}

static int
count_kept (void)
{
  int bytes, most;

  g_assert_cmpint (
    sqlite3_db_status (profile->database->handle, SQLITE_DBSTATUS_CACHE_USED, &bytes, &most, 0), ==,
    SQLITE_OK);
  return bytes;
}

/* Pages in memory go when nobody wants them, and come again; a few may stay. */
static void
test_rest (void)
{
  char *dir = helper_new_profile ();
  g_autofree char *text = g_strnfill (2000, 'y');
  int before;

  profile = helper_open (dir, NULL);
  receive (1, 1, NOW_MS, "one");
  before = count_kept ();
  g_assert_cmpint (before, >, 0);
  hark_database_rest (profile->database);
  g_assert_cmpint (count_kept (), ==, before);
  for (unsigned i = 2; i <= 1000; i++)
    receive (1, i, NOW_MS, text);
  before = count_kept ();
  g_assert_cmpint (before, >, 2 << 20);
  hark_database_rest (profile->database);
  g_assert_cmpint (count_kept (), <, before / 8);
  g_assert_cmpuint (count_found ("one"), ==, 1);
  g_assert_cmpuint (helper_count (profile, 1, 1000), ==, 1000);
  hark_profile_close (profile);
  helper_remove (dir);
}

/* What disappears is asked for at every start. */
static void
test_nothing_that_stays_is_read (void)
{
  char *dir = helper_new_profile ();
  g_autofree char *text = g_strnfill (2000, 'y');
  HarkStoreRequest *request;
  int missed, most;

  profile = helper_open (dir, NULL);
  for (unsigned i = 1; i <= 300; i++)
    receive (1, i, NOW_MS, text);
  hark_profile_close (profile);
  profile = helper_open (dir, NULL);
  request = hark_store_request_new (HARK_STORE_EXPIRE, 1);
  request->before = NOW_MS;
  hark_store_reply_free (helper_execute (profile, request));
  g_assert_cmpint (
    sqlite3_db_status (profile->database->handle, SQLITE_DBSTATUS_CACHE_MISS, &missed, &most, 0),
    ==, SQLITE_OK);
  g_assert_cmpint (missed, <, 50);
  hark_profile_close (profile);
  helper_remove (dir);
}

static HarkStoreReply *
read_calls (uint64_t before, unsigned limit)
{
  HarkStoreRequest *request = hark_store_request_new (HARK_STORE_GET_CALLS, 0);
  HarkStoreReply *reply;

  request->before = before;
  request->limit = limit;
  reply = helper_execute (profile, request);
  g_assert_no_error (reply->error);
  return reply;
}

static void
check_calls (uint64_t before, unsigned limit, guint n, uint64_t position)
{
  g_autoptr (HarkStoreReply) reply = read_calls (before, limit);

  g_assert_cmpuint (reply->messages->len, ==, n);
  g_assert_cmpuint (reply->position, ==, position);
  for (guint i = 0; i < n; i++)
    g_assert_cmpint (message_at (reply, i)->kind, ==, HARK_MESSAGE_CALL);
}

/* Every third row is one, of two people: 3, 6, 9. */
static void
test_calls (void)
{
  char *dir = helper_new_profile ();
  const uint64_t far = HARK_STORE_CALLS_ROWS + 5;

  profile = helper_open (dir, NULL);
  check_calls (0, 10, 0, 0);
  for (unsigned i = 1; i <= 10; i++) {
    HarkStoreRequest *request = helper_put_message ((uint8_t) (1 + i % 2), i, "No answer");

    request->message->kind = i % 3 == 0 ? HARK_MESSAGE_CALL : HARK_MESSAGE_TEXT;
    run (request);
  }
  check_calls (0, 10, 3, 0);
  check_calls (0, 2, 2, 6);
  check_calls (6, 2, 1, 0);
  check_calls (far, 10, 2, 5); /* no more rows at once */
  check_calls (5, 10, 1, 0);
  check_calls (UINT64_MAX, 10, 0, INT64_MAX - HARK_STORE_CALLS_ROWS);
  hark_profile_close (profile);
  helper_remove (dir);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store/windows-open-anywhere", test_windows);
  g_test_add_func ("/store/dates-are-found-by-halving", test_dates);
  g_test_add_func ("/store/read-is-read-up-to-there", test_unread);
  g_test_add_func ("/store/calls-come-page-by-page", test_calls);
  g_test_add_func ("/store/settings-of-chats-order-the-list", test_settings);
  g_test_add_func ("/store/pruning-spares-what-is-queued-or-kept-longer", test_prune);
  g_test_add_func ("/store/clearing-takes-words-and-unread-along", test_clear);
  g_test_add_func ("/store/beginnings-of-words-find-them-all", test_beginnings);
  g_test_add_func ("/store/clearing-looks-at-some-rows-at-a-time", test_clear_in_slices);
  g_test_add_func ("/store/deleted-words-leave-the-index-soon", test_tidy);
  g_test_add_func ("/store/rest-gives-pages-back", test_rest);
  g_test_add_func ("/store/start-reads-nothing-that-stays", test_nothing_that_stays_is_read);
  return g_test_run ();
}
