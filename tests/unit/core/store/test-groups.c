/* What groups leave in the store: bodies that are wanted, and gone; how far members have read. */
#include "core/store/database.h"
#include "tests/unit/core/store/helper.h"

#include <string.h>

#define NOW_MS (INT64_C (20000) * 86400000)
#define DAY_MS INT64_C (86400000)
#define GROUP 9

static HarkProfile *profile;
static char *dir;

static void
set_up (void)
{
  dir = helper_new_profile ();
  profile = helper_open (dir, NULL);
}

static void
tear_down (void)
{
  hark_profile_close (profile);
  helper_remove (dir);
}

static HarkStoreReply *
must (HarkStoreRequest *request)
{
  HarkStoreReply *reply = helper_execute (profile, request);

  g_assert_no_error (reply->error);
  g_assert_true (reply->ok);
  return reply;
}

static HarkStoreGroupEntry *
make_entry (uint64_t seq, const char *body)
{
  HarkStoreGroupEntry *entry = g_new0 (HarkStoreGroupEntry, 1);

  entry->group[0] = GROUP;
  entry->author = helper_key (4);
  entry->chain[0] = 1;
  entry->seq = seq;
  entry->content = g_bytes_new (&seq, sizeof seq);
  entry->tags = g_bytes_new_static ("tags", 4);
  entry->body = body != NULL ? g_bytes_new (body, strlen (body)) : NULL;
  entry->has_message = true;
  entry->message[0] = (uint8_t) seq;
  return entry;
}

/* With the line that it is, of @sent_ms; @wanted_until: 0 but where @body is NULL. */
static void
put_entry (uint64_t seq, const char *body, int64_t wanted_until, int64_t sent_ms)
{
  HarkStoreRequest *request = helper_put_message (1, (unsigned) seq, body != NULL ? body : "");
  uint8_t group[16] = {GROUP};

  request->kind = HARK_STORE_PUT_GROUP_ENTRY;
  request->group_entry = make_entry (seq, body);
  request->group_entry->wanted_until = wanted_until;
  hark_store_group_key (group, &request->message->contact);
  request->message->has_group = request->message->has_author = true;
  memcpy (request->message->group, group, sizeof group);
  request->message->author = helper_key (4);
  memcpy (request->message->id, request->group_entry->message, sizeof request->message->id);
  request->message->outgoing = false;
  request->message->sent_ms = request->message->received_ms = sent_ms;
  hark_store_reply_free (must (request));
}

static HarkStoreReply *
get_wanted (int64_t now_ms, unsigned limit)
{
  HarkStoreRequest *request = hark_store_request_new (HARK_STORE_GET_GROUP_WANTED, 0);

  request->group.id[0] = GROUP;
  request->at_ms = now_ms;
  request->limit = limit;
  return must (request);
}

static guint
count_wanted (int64_t now_ms)
{
  g_autoptr (HarkStoreReply) reply = get_wanted (now_ms, 100);

  return reply->group_entries->len;
}

/* @content: of the entry. */
static bool
fill (uint64_t seq, uint64_t content, const char *body)
{
  HarkStoreRequest *request = hark_store_request_new (HARK_STORE_PUT_GROUP_BODY, 0);
  g_autoptr (HarkStoreReply) reply = NULL;

  request->group_entry = make_entry (seq, body);
  g_bytes_unref (request->group_entry->content);
  request->group_entry->content = g_bytes_new (&content, sizeof content);
  reply = must (request);
  return !reply->duplicate;
}

static HarkStoreReply *
get_log (void)
{
  HarkStoreRequest *request = hark_store_request_new (HARK_STORE_GET_GROUP_LOG, 0);

  request->group.id[0] = GROUP;
  request->limit = 100;
  return must (request);
}

static void
test_wanted (void)
{
  set_up ();
  for (uint64_t seq = 1; seq <= 5; seq++)
    put_entry (seq, seq == 3 ? "here" : NULL, seq == 3 ? 0 : NOW_MS + (int64_t) seq * 1000, NOW_MS);
  {
    g_autoptr (HarkStoreReply) two = get_wanted (NOW_MS, 2);

    g_assert_cmpuint (two->group_entries->len, ==, 2);
    g_assert_cmpuint (((HarkStoreGroupEntry *) two->group_entries->pdata[0])->seq, ==, 5);
    g_assert_cmpuint (((HarkStoreGroupEntry *) two->group_entries->pdata[1])->seq, ==, 4);
  }
  g_assert_cmpuint (count_wanted (NOW_MS), ==, 4);
  g_assert_cmpuint (count_wanted (NOW_MS + 2000), ==, 2); /* the time of two has passed */
  g_assert_cmpuint (count_wanted (NOW_MS + 5000), ==, 0);
  tear_down ();
}

static void
test_fill (void)
{
  set_up ();
  put_entry (1, NULL, NOW_MS + 1000, NOW_MS);
  put_entry (2, NULL, 0, NOW_MS); /* deleted by its author: not wanted */
  g_assert_false (fill (1, 7, "of another entry"));
  g_assert_false (fill (2, 2, "of what is gone"));
  g_assert_false (fill (3, 3, "of what is not here"));
  g_assert_true (fill (1, 1, "it has come"));
  g_assert_false (fill (1, 1, "and comes again"));
  g_assert_cmpuint (count_wanted (NOW_MS), ==, 0);
  {
    g_autoptr (HarkStoreReply) log = get_log ();
    g_autoptr (GBytes) body = g_bytes_new_static ("it has come", 11);

    g_assert_cmpuint (log->group_entries->len, ==, 2);
    g_assert_true (
      g_bytes_equal (((HarkStoreGroupEntry *) log->group_entries->pdata[0])->body, body));
    g_assert_null (((HarkStoreGroupEntry *) log->group_entries->pdata[1])->body);
  }
  tear_down ();
}

/* The shape of the log stays, what it says goes, and does not come back. */
static void
check_emptied (guint n)
{
  g_autoptr (HarkStoreReply) log = get_log ();

  g_assert_cmpuint (log->group_entries->len, ==, n);
  for (guint i = 0; i < n; i++) {
    const HarkStoreGroupEntry *entry = log->group_entries->pdata[i];

    g_assert_null (entry->body);
    g_assert_cmpint (entry->wanted_until, ==, 0);
    g_assert_cmpuint (g_bytes_get_size (entry->content), ==, sizeof (uint64_t));
  }
  g_assert_cmpuint (count_wanted (0), ==, 0);
  for (uint64_t seq = 1; seq <= n; seq++)
    g_assert_false (fill (seq, seq, "late"));
}

static void
test_prune (void)
{
  HarkStoreRequest *request;

  set_up ();
  put_entry (1, "long ago", 0, NOW_MS - 40 * DAY_MS);
  put_entry (2, "lately", 0, NOW_MS - 20 * DAY_MS);
  put_entry (3, NULL, NOW_MS + DAY_MS, NOW_MS - 15 * DAY_MS);
  request = hark_store_request_new (HARK_STORE_PRUNE, 0);
  request->limit = 10;
  request->at_ms = NOW_MS;
  hark_store_reply_free (must (request));
  check_emptied (3);
  tear_down ();
}

static void
test_clear (void)
{
  HarkStoreRequest *request = hark_store_request_new (HARK_STORE_CLEAR, 0);
  const uint8_t group[16] = {GROUP};

  set_up ();
  put_entry (1, "now", 0, NOW_MS);
  put_entry (2, NULL, NOW_MS + DAY_MS, NOW_MS);
  hark_store_group_key (group, &request->account_key);
  request->at_ms = NOW_MS;
  hark_store_reply_free (must (request));
  check_emptied (2);
  tear_down ();
}

static void
put_read (uint8_t account, uint64_t clock)
{
  HarkStoreRequest *request = hark_store_request_new (HARK_STORE_PUT_GROUP_READ, 0);

  request->group.id[0] = GROUP;
  request->account_key = helper_key (account);
  request->before = clock;
  hark_store_reply_free (must (request));
}

static void
check_reads (guint n, int64_t first)
{
  HarkStoreSnapshot all;

  g_assert_cmpint (hark_snapshot_read (profile->database, &all), ==, SQLITE_OK);
  g_assert_cmpuint (all.group_reads->len, ==, n);
  for (guint i = 0; i < n; i++) {
    const HarkStoreGroupRead *read = &g_array_index (all.group_reads, HarkStoreGroupRead, i);
    const HarkKey account = helper_key (1);

    g_assert_cmpuint (read->group[0], ==, GROUP);
    if (hark_key_equal (&read->account, &account))
      g_assert_cmpint (read->clock, ==, first);
  }
  hark_store_snapshot_clear (&all);
}

static void
test_reads (void)
{
  HarkStoreRequest *request = hark_store_request_new (HARK_STORE_DELETE_GROUP, 0);

  set_up ();
  put_read (1, 5);
  put_read (2, 9);
  put_read (1, 8);
  put_read (1, 7); /* only upwards */
  check_reads (2, 8);
  hark_profile_close (profile);
  profile = helper_open (dir, NULL);
  check_reads (2, 8);
  request->group.id[0] = GROUP;
  hark_store_reply_free (must (request));
  check_reads (0, 0);
  tear_down ();
}

/* An operation at @seq; @tags: "" for none. */
static void
put_op (uint64_t seq, const char *tags)
{
  HarkStoreRequest *request = hark_store_request_new (HARK_STORE_PUT_GROUP_ENTRY, 0);
  HarkStoreGroupEntry *op = make_entry (seq, NULL);

  op->chain[0] = 0;
  op->has_message = false;
  g_bytes_unref (op->tags);
  op->tags = g_bytes_new (tags, strlen (tags));
  request->group_entry = op;
  hark_store_reply_free (must (request));
}

static void
check_op (const HarkStoreGroupEntry *op, uint64_t seq, const char *tags)
{
  g_autoptr (GBytes) wanted = g_bytes_new (tags, strlen (tags));

  g_assert_cmpuint (op->seq, ==, seq);
  g_assert_true (g_bytes_equal (op->tags, wanted));
}

/* What gets its tags late goes behind all that is here, for those who were given that; what has
 * some keeps them; and a start reads each chain in its own order. */
static void
test_late_tags (void)
{
  HarkStoreSnapshot all;

  set_up ();
  put_op (1, "first");
  put_op (2, "");
  put_op (3, "third");
  put_op (2, ""); /* again, with nothing new */
  {
    g_autoptr (HarkStoreReply) log = get_log ();

    check_op (log->group_entries->pdata[1], 2, "");
  }
  put_op (2, "second");
  put_op (2, "others");
  put_op (2, "");
  put_op (1, "others");
  {
    g_autoptr (HarkStoreReply) log = get_log ();

    g_assert_cmpuint (log->group_entries->len, ==, 3);
    check_op (log->group_entries->pdata[0], 1, "first");
    check_op (log->group_entries->pdata[1], 3, "third");
    check_op (log->group_entries->pdata[2], 2, "second");
  }
  put_op (4, "fourth"); /* behind that again */
  g_assert_cmpint (hark_snapshot_read (profile->database, &all), ==, SQLITE_OK);
  g_assert_cmpuint (all.group_entries->len, ==, 4);
  for (guint i = 0; i < 4; i++)
    g_assert_cmpuint (((HarkStoreGroupEntry *) all.group_entries->pdata[i])->seq, ==, i + 1);
  hark_store_snapshot_clear (&all);
  tear_down ();
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store/groups/what-is-wanted-is-told-newest-first-until-its-time", test_wanted);
  g_test_add_func ("/store/groups/only-the-wanted-body-of-that-entry-is-taken", test_fill);
  g_test_add_func ("/store/groups/what-is-not-kept-leaves-the-log", test_prune);
  g_test_add_func ("/store/groups/what-is-cleared-leaves-the-log", test_clear);
  g_test_add_func ("/store/groups/late-tags-go-behind-all-that-is-here", test_late_tags);
  g_test_add_func ("/store/groups/read-positions-only-grow-and-go-with-the-group", test_reads);
  return g_test_run ();
}
