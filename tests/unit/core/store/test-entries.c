/* What entries do to each other, in whatever order they come. */
#include "core/chat/conversation.h"
#include "tests/unit/core/store/disk.h"
#include "tests/unit/core/store/helper.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define WALL INT64_C (1700000000000)
#define DAY_MS INT64_C (86400000)
#define YEAR_MS INT64_C (31536000000)

typedef struct {
  char *dir;
  HarkProfile *profile;
  uint8_t last; /* id */
} Fixture;

static void
set_up (Fixture *fixture)
{
  *fixture = (Fixture){.dir = helper_new_profile ()};
  fixture->profile = helper_open (fixture->dir, NULL);
}

static void
tear_down (Fixture *fixture)
{
  hark_profile_close (fixture->profile);
  helper_remove (fixture->dir);
}

static HarkStoreMessage *
make (HarkMessageKind kind, bool outgoing, uint8_t id, uint8_t target, const char *text)
{
  HarkStoreMessage *message = g_new0 (HarkStoreMessage, 1);

  message->contact = helper_key (1);
  message->kind = kind;
  message->outgoing = outgoing;
  message->state = outgoing ? HARK_MESSAGE_QUEUED : HARK_MESSAGE_DELIVERED;
  message->id[0] = id;
  message->seq = id;
  message->clock = 1000 + id;
  message->sent_ms = WALL;
  message->text = g_strdup (text);
  message->has_target = target != 0;
  message->target[0] = target;
  message->hidden
    = kind != HARK_MESSAGE_TEXT && kind != HARK_MESSAGE_CLIP && kind != HARK_MESSAGE_TIMER;
  return message;
}

static void
put_and_forget (Fixture *fixture, HarkStoreMessage *message)
{
  hark_store_reply_free (helper_put (fixture->profile, message));
}

static HarkStoreReply *
ask (Fixture *fixture, HarkStoreRequestKind kind, uint8_t contact, uint8_t id)
{
  HarkStoreRequest *request = hark_store_request_new (kind, 1);
  HarkStoreReply *reply;

  request->account_key = helper_key (contact);
  request->message = g_new0 (HarkStoreMessage, 1);
  request->message->id[0] = id;
  request->message->contact = helper_key (contact);
  request->limit = 500;
  reply = helper_execute (fixture->profile, request);
  g_assert_true (reply->ok);
  return reply;
}

static guint
found (Fixture *fixture, const char *word)
{
  HarkStoreRequest *request = hark_store_request_new (HARK_STORE_SEARCH, 1);
  HarkStoreReply *reply;
  guint n;

  request->text = g_strdup (word);
  request->limit = 10;
  reply = helper_execute (fixture->profile, request);
  n = reply->messages->len;
  hark_store_reply_free (reply);
  return n;
}

static void
test_edit (void)
{
  Fixture fixture;
  HarkStoreReply *reply;
  HarkStoreMessage *row;

  set_up (&fixture);
  put_and_forget (&fixture, make (HARK_MESSAGE_TEXT, false, 1, 0, "first"));
  reply = helper_put (fixture.profile, make (HARK_MESSAGE_EDIT, false, 2, 1, "second"));
  g_assert_cmpstr (reply->changed->current, ==, "second");
  hark_store_reply_free (reply);
  put_and_forget (&fixture, make (HARK_MESSAGE_EDIT, false, 4, 1, "fourth"));
  /* one that was overtaken counts as a version, and is not the newest */
  put_and_forget (&fixture, make (HARK_MESSAGE_EDIT, false, 3, 1, "third"));
  reply = ask (&fixture, HARK_STORE_GET_VERSIONS, 1, 1);
  g_assert_cmpuint (reply->messages->len, ==, 4);
  row = reply->messages->pdata[0];
  g_assert_cmpstr (row->text, ==, "first");
  g_assert_cmpstr (row->current, ==, "fourth");
  g_assert_cmpuint (row->edits, ==, 3);
  for (guint i = 1; i < 4; i++)
    g_assert_cmpstr (((HarkStoreMessage *) reply->messages->pdata[i])->text, ==,
                     ((const char *[]){"second", "third", "fourth"})[i - 1]);
  hark_store_reply_free (reply);
  g_assert_cmpuint (found (&fixture, "fourth"), ==, 1);
  g_assert_cmpuint (found (&fixture, "first"), ==, 0);
  g_assert_cmpuint (found (&fixture, "third"), ==, 0);
  tear_down (&fixture);
}

static void
test_delete (void)
{
  Fixture fixture;
  HarkStoreReply *reply;
  HarkStoreMessage *row;

  set_up (&fixture);
  put_and_forget (&fixture, make (HARK_MESSAGE_TEXT, true, 1, 0, "secretword"));
  put_and_forget (&fixture, make (HARK_MESSAGE_EDIT, true, 2, 1, "otherword"));
  put_and_forget (&fixture, make (HARK_MESSAGE_REACTION, false, 3, 1, "x"));
  reply = helper_put (fixture.profile, make (HARK_MESSAGE_DELETE, true, 4, 1, ""));
  row = reply->changed;
  g_assert_true (row->deleted && !row->hidden && row->edits == 0);
  g_assert_cmpstr (row->text, ==, "");
  g_assert_null (row->current);
  g_assert_null (row->reactions);
  hark_store_reply_free (reply);
  reply = ask (&fixture, HARK_STORE_GET_VERSIONS, 1, 1);
  for (guint i = 0; i < reply->messages->len; i++)
    g_assert_cmpstr (((HarkStoreMessage *) reply->messages->pdata[i])->text, ==, "");
  hark_store_reply_free (reply);
  g_assert_cmpuint (found (&fixture, "secretword"), ==, 0);
  g_assert_cmpuint (found (&fixture, "otherword"), ==, 0);
  /* an edit that was on its way leaves nothing, either */
  put_and_forget (&fixture, make (HARK_MESSAGE_EDIT, false, 5, 1, "lateword"));
  g_assert_cmpuint (found (&fixture, "lateword"), ==, 0);
  tear_down (&fixture);
}

static void
test_reactions (void)
{
  Fixture fixture;
  HarkStoreReply *reply;
  HarkStoreMessage *row;

  set_up (&fixture);
  put_and_forget (&fixture, make (HARK_MESSAGE_TEXT, true, 1, 0, "hi"));
  put_and_forget (&fixture, make (HARK_MESSAGE_REACTION, false, 2, 1, "👍"));
  put_and_forget (&fixture, make (HARK_MESSAGE_REACTION, true, 3, 1, "🎉"));
  put_and_forget (&fixture, make (HARK_MESSAGE_REACTION, false, 5, 1, "👎"));
  put_and_forget (&fixture, make (HARK_MESSAGE_REACTION, false, 4, 1, "🦆")); /* overtaken */
  reply = ask (&fixture, HARK_STORE_GET_MESSAGE, 1, 1);
  row = reply->messages->pdata[0];
  g_assert_cmpuint (row->reactions->len, ==, 2);
  g_assert_cmpstr (g_array_index (row->reactions, HarkStoreReaction, 0).text, ==, "🎉");
  g_assert_true (g_array_index (row->reactions, HarkStoreReaction, 0).outgoing);
  g_assert_cmpstr (g_array_index (row->reactions, HarkStoreReaction, 1).text, ==, "👎");
  hark_store_reply_free (reply);
  reply = helper_put (fixture.profile, make (HARK_MESSAGE_REACTION, false, 6, 1, ""));
  g_assert_cmpuint (reply->changed->reactions->len, ==, 1);
  hark_store_reply_free (reply);
  tear_down (&fixture);
}

static void
test_wrong_author (void)
{
  const HarkMessageKind kinds[] = {HARK_MESSAGE_EDIT, HARK_MESSAGE_DELETE};
  Fixture fixture;

  set_up (&fixture);
  put_and_forget (&fixture, make (HARK_MESSAGE_TEXT, true, 1, 0, "mine"));
  for (uint8_t i = 0; i < 2; i++) {
    HarkStoreReply *reply
      = helper_put (fixture.profile, make (kinds[i], false, (uint8_t) (2 + i), 1, ""));

    g_assert_nonnull (reply->refused);
    g_assert_null (reply->changed);
    hark_store_reply_free (reply);
    /* the same comes before what it is about */
    put_and_forget (&fixture, make (kinds[i], false, (uint8_t) (10 + i), 9, ""));
  }
  put_and_forget (&fixture, make (HARK_MESSAGE_TEXT, true, 9, 0, "mine, too"));
  for (uint8_t id = 1; id <= 9; id += 8) {
    HarkStoreReply *reply = ask (&fixture, HARK_STORE_GET_MESSAGE, 1, id);
    const HarkStoreMessage *row = reply->messages->pdata[0];

    g_assert_true (!row->deleted && row->edits == 0 && row->text[0] == 'm');
    hark_store_reply_free (reply);
  }
  {
    HarkStoreReply *reply = ask (&fixture, HARK_STORE_GET_QUARANTINE, 1, 0);

    g_assert_cmpuint (reply->quarantine->len, ==, 4);
    hark_store_reply_free (reply);
  }
  tear_down (&fixture);
}

static void
refuse_one (Fixture *fixture, int64_t received_ms)
{
  HarkStoreMessage *change = make (HARK_MESSAGE_EDIT, false, ++fixture->last, 1, "not theirs");

  change->received_ms = received_ms;
  hark_store_reply_free (helper_put (fixture->profile, change));
}

static void
execute_for (Fixture *fixture, HarkStoreRequestKind kind)
{
  HarkStoreRequest *request = hark_store_request_new (kind, 1);

  request->account_key = helper_key (1);
  request->contact = g_new0 (HarkStoreContact, 1);
  request->contact->account = helper_key (1);
  request->limit = 10; /* days */
  request->at_ms = WALL;
  hark_store_reply_free (helper_execute (fixture->profile, request));
}

static void
test_refused_goes_along (void)
{
  Fixture fixture;

  set_up (&fixture);
  fixture.last = 10;
  put_and_forget (&fixture, make (HARK_MESSAGE_TEXT, true, 1, 0, "mine"));
  refuse_one (&fixture, WALL - 11 * DAY_MS);
  refuse_one (&fixture, WALL - 9 * DAY_MS);
  execute_for (&fixture, HARK_STORE_PRUNE);
  g_assert_cmpuint (helper_rows (fixture.profile, "quarantine"), ==, 1);
  execute_for (&fixture, HARK_STORE_CLEAR);
  g_assert_cmpuint (helper_rows (fixture.profile, "quarantine"), ==, 0);
  put_and_forget (&fixture, make (HARK_MESSAGE_TEXT, true, 1, 0, "mine"));
  refuse_one (&fixture, WALL);
  g_assert_cmpuint (helper_rows (fixture.profile, "quarantine"), ==, 1);
  execute_for (&fixture, HARK_STORE_DELETE_CONTACT);
  g_assert_cmpuint (helper_rows (fixture.profile, "quarantine"), ==, 0);
  tear_down (&fixture);
}

static void
test_not_here (void)
{
  Fixture fixture;
  HarkStoreReply *reply;

  set_up (&fixture);
  put_and_forget (&fixture, make (HARK_MESSAGE_CALL, true, 1, 0, "ended"));
  reply = helper_put (fixture.profile, make (HARK_MESSAGE_EDIT, true, 2, 77, "of nothing"));
  g_assert_nonnull (reply->refused);
  hark_store_reply_free (reply);
  reply = helper_put (fixture.profile, make (HARK_MESSAGE_DELETE, true, 3, 1, ""));
  g_assert_nonnull (reply->refused);
  hark_store_reply_free (reply);
  /* of our own, nothing is put aside */
  reply = ask (&fixture, HARK_STORE_GET_QUARANTINE, 1, 0);
  g_assert_cmpuint (reply->quarantine->len, ==, 0);
  hark_store_reply_free (reply);
  tear_down (&fixture);
}

static void
test_order_claims (void)
{
  Fixture fixture;
  HarkStoreMessage *early = make (HARK_MESSAGE_TEXT, false, 2, 0, "before its parent");
  HarkStoreReply *reply;

  set_up (&fixture);
  put_and_forget (&fixture, make (HARK_MESSAGE_TEXT, true, 1, 0, "question"));
  early->n_parents = 1;
  early->parents[0][0] = 1;
  early->clock = 5;
  reply = helper_put (fixture.profile, early);
  g_assert_nonnull (reply->refused);
  hark_store_reply_free (reply);
  tear_down (&fixture);
}

static void
test_bounds (void)
{
  Fixture fixture;
  HarkStoreReply *reply;

  set_up (&fixture);
  for (unsigned i = 0; i < HARK_STORE_PENDING_MAX + 150; i++) {
    HarkStoreMessage *edit = make (HARK_MESSAGE_EDIT, false, 1, 99, "of nothing");

    memcpy (edit->id + 1, &i, sizeof i);
    put_and_forget (&fixture, edit);
  }
  reply = ask (&fixture, HARK_STORE_GET_QUARANTINE, 1, 0);
  g_assert_cmpuint (reply->quarantine->len, ==, HARK_STORE_QUARANTINE_MAX_OF);
  hark_store_reply_free (reply);
  tear_down (&fixture);
}

static void
set_state (Fixture *fixture, uint8_t id, bool outgoing, HarkMessageState state, int64_t now_ms)
{
  HarkStoreRequest *request = hark_store_request_new (HARK_STORE_SET_STATE, 1);

  request->message = make (HARK_MESSAGE_TEXT, outgoing, id, 0, "");
  request->message->state = state;
  request->message->received_ms = request->message->expires_at = now_ms;
  hark_store_reply_free (helper_execute (fixture->profile, request));
}

/* ---- what ends us ---- */

static void
die (void *data, int how, const char *database, const char *table, sqlite3_int64 row)
{
  (void) data, (void) how, (void) database, (void) row;
  if (strcmp (table, "messages") == 0)
    kill (getpid (), SIGKILL);
}

/* Another process is killed while it writes @id down. */
static void
die_over (Fixture *fixture, uint8_t id)
{
  pid_t child;
  int status = 0;

  hark_profile_close (fixture->profile);
  child = fork ();
  if (child == 0) {
    fixture->profile = helper_open (fixture->dir, NULL);
    sqlite3_update_hook (fixture->profile->database->handle, die, NULL);
    put_and_forget (fixture, make (HARK_MESSAGE_TEXT, false, id, 0, "poison"));
    _exit (0);
  }
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_true (WIFSIGNALED (status));
  fixture->profile = helper_open (fixture->dir, NULL);
}

static bool
is_refused (Fixture *fixture, uint8_t id)
{
  g_autoptr (HarkStoreReply) reply
    = helper_put (fixture->profile, make (HARK_MESSAGE_TEXT, false, id, 0, "poison"));

  return reply->refused != NULL;
}

static void
test_poison (void)
{
  g_autoptr (HarkStoreReply) reply = NULL;
  Fixture fixture;

  set_up (&fixture);
  die_over (&fixture, 1);
  g_assert_false (is_refused (&fixture, 1)); /* once can be anything */
  die_over (&fixture, 2);
  die_over (&fixture, 3);
  die_over (&fixture, 2);
  g_assert_true (is_refused (&fixture, 2)); /* although they took turns */
  g_assert_false (is_refused (&fixture, 3));
  die_over (&fixture, 4);
  g_assert_false (is_refused (&fixture, 5));
  die_over (&fixture, 4);
  g_assert_false (is_refused (&fixture, 6));
  g_assert_true (is_refused (&fixture, 4));
  g_assert_true (is_refused (&fixture, 4)); /* however often it comes */
  reply = ask (&fixture, HARK_STORE_GET_QUARANTINE, 1, 0);
  g_assert_cmpuint (reply->quarantine->len, ==, 2);
  tear_down (&fixture);
}

static HarkMessageState
state_of (Fixture *fixture, uint8_t id)
{
  g_autoptr (HarkStoreReply) reply = ask (fixture, HARK_STORE_GET_MESSAGE, 1, id);

  return ((HarkStoreMessage *) reply->messages->pdata[0])->state;
}

/* They say that they read @id; how many were news. */
static guint
were_read (Fixture *fixture, uint8_t id)
{
  HarkStoreRequest *request = hark_store_request_new (HARK_STORE_SET_STATE, 1);
  g_autoptr (HarkStoreReply) reply = NULL;

  request->message = make (HARK_MESSAGE_TEXT, true, id, 0, "");
  request->message->state = HARK_MESSAGE_READ;
  request->message->expires_at = WALL;
  reply = helper_execute (fixture->profile, request);
  g_assert_true (reply->ok);
  return reply->messages->len;
}

static void
test_read_up_to (void)
{
  Fixture fixture;

  set_up (&fixture);
  for (uint8_t id = 1; id <= 9; id++)
    put_and_forget (&fixture, make (HARK_MESSAGE_TEXT, id != 3, id, 0, "x"));
  set_state (&fixture, 1, true, HARK_MESSAGE_DELIVERED, WALL);
  g_assert_cmpuint (were_read (&fixture, 5), ==, 4); /* 3 is theirs */
  for (uint8_t id = 1; id <= 9; id++)
    g_assert_cmpint (state_of (&fixture, id), ==,
                     id == 3   ? HARK_MESSAGE_DELIVERED
                     : id <= 5 ? HARK_MESSAGE_READ
                               : HARK_MESSAGE_QUEUED);
  g_assert_cmpuint (were_read (&fixture, 5), ==, 0);
  g_assert_cmpuint (were_read (&fixture, 2), ==, 0);
  g_assert_cmpuint (were_read (&fixture, 3), ==, 0); /* not ours to be read by them */
  g_assert_cmpuint (were_read (&fixture, 99), ==, 0);
  g_assert_cmpuint (were_read (&fixture, 8), ==, 3);
  g_assert_cmpint (state_of (&fixture, 9), ==, HARK_MESSAGE_QUEUED);
  tear_down (&fixture);
}

/* Read without having been acknowledged: its time begins all the same. */
static void
test_read_begins_timer (void)
{
  Fixture fixture;
  HarkStoreMessage *message = make (HARK_MESSAGE_TEXT, true, 1, 0, "x");
  g_autoptr (HarkStoreReply) reply = NULL;

  set_up (&fixture);
  message->expires_s = 60;
  put_and_forget (&fixture, message);
  g_assert_cmpuint (were_read (&fixture, 1), ==, 1);
  reply = ask (&fixture, HARK_STORE_GET_MESSAGE, 1, 1);
  g_assert_cmpint (((HarkStoreMessage *) reply->messages->pdata[0])->expires_at, ==, WALL + 60000);
  tear_down (&fixture);
}

static HarkStoreReply *
expire (Fixture *fixture, int64_t now_ms)
{
  HarkStoreRequest *request = hark_store_request_new (HARK_STORE_EXPIRE, 1);

  request->before = (uint64_t) now_ms;
  return helper_execute (fixture->profile, request);
}

/* A message that disappears after ten seconds, read while the clock was ten years ahead. */
static void
read_ten_years_ahead (Fixture *fixture)
{
  HarkStoreMessage *message = make (HARK_MESSAGE_TEXT, false, 1, 0, "fleetingword");

  message->expires_s = 10;
  put_and_forget (fixture, message);
  set_state (fixture, 1, false, HARK_MESSAGE_READ, WALL + 10 * YEAR_MS);
}

/* It does not stay for ten years. */
static void
test_timers_outlive_no_wrong_clock (void)
{
  Fixture fixture;
  HarkStoreReply *reply;

  set_up (&fixture);
  read_ten_years_ahead (&fixture);
  hark_store_reply_free (expire (&fixture, WALL + 10 * YEAR_MS));
  reply = expire (&fixture, WALL);
  g_assert_cmpuint (reply->messages->len, ==, 0);
  g_assert_cmpint (reply->next_ms, ==, WALL + 10000);
  hark_store_reply_free (reply);
  reply = expire (&fixture, WALL + 10000);
  g_assert_cmpuint (reply->messages->len, ==, 1);
  hark_store_reply_free (reply);
  tear_down (&fixture);
}

/* The same when the disk took nothing the first time. */
static void
test_timers_are_looked_at_until_the_disk_takes_it (void)
{
  Fixture fixture;
  HarkStoreReply *reply;

  set_up (&fixture);
  read_ten_years_ahead (&fixture);
  hark_profile_close (fixture.profile);
  disk_reset ();
  fixture.profile = helper_open (fixture.dir, DISK_NAME);
  disk_fail (1, SQLITE_FULL, true);
  reply = expire (&fixture, WALL);
  g_assert_false (reply->ok);
  g_assert_error (reply->error, HARK_STORE_ERROR, HARK_STORE_ERROR_DISK);
  g_assert_null (reply->messages);
  g_assert_cmpint (reply->next_ms, ==, 0);
  hark_store_reply_free (reply);
  disk_fail (0, 0, false);
  reply = expire (&fixture, WALL + 1);
  g_assert_true (reply->ok);
  g_assert_cmpint (reply->next_ms, ==, WALL + 1 + 10000);
  hark_store_reply_free (reply);
  tear_down (&fixture);
}

static void
test_disappears (void)
{
  Fixture fixture;
  HarkStoreReply *reply;

  set_up (&fixture);
  for (uint8_t id = 1; id <= 4; id++) {
    HarkStoreMessage *message = make (HARK_MESSAGE_TEXT, id % 2, id, 0, "fleetingword");

    message->expires_s = 10;
    put_and_forget (&fixture, message);
  }
  put_and_forget (&fixture, make (HARK_MESSAGE_TEXT, false, 5, 0, "stays"));
  reply = expire (&fixture, WALL + YEAR_MS);
  g_assert_cmpuint (reply->messages->len, ==, 0); /* nothing was read or delivered */
  g_assert_cmpint (reply->next_ms, ==, 0);
  hark_store_reply_free (reply);
  set_state (&fixture, 1, true, HARK_MESSAGE_DELIVERED, WALL);
  set_state (&fixture, 4, false, HARK_MESSAGE_READ, WALL + 5000); /* 2 stands before it */
  reply = expire (&fixture, WALL + 9999);
  g_assert_cmpuint (reply->messages->len, ==, 0);
  g_assert_cmpint (reply->next_ms, ==, WALL + 10000);
  hark_store_reply_free (reply);
  hark_profile_close (fixture.profile);
  fixture.profile = helper_open (fixture.dir, NULL);
  reply = expire (&fixture, WALL + 10000);
  g_assert_cmpuint (reply->messages->len, ==, 1);
  g_assert_cmpint (reply->next_ms, ==, WALL + 15000);
  hark_store_reply_free (reply);
  reply = expire (&fixture, WALL + 15000);
  g_assert_cmpuint (reply->messages->len, ==, 2);
  g_assert_cmpint (reply->next_ms, ==, 0);
  hark_store_reply_free (reply);
  g_assert_cmpuint (found (&fixture, "fleetingword"), ==, 1);
  reply = ask (&fixture, HARK_STORE_GET_HISTORY, 1, 0);
  g_assert_cmpuint (reply->messages->len, ==, 2);
  hark_store_reply_free (reply);
  /* one that is gone does not come back */
  reply = helper_put (fixture.profile, make (HARK_MESSAGE_TEXT, false, 2, 0, "fleetingword"));
  g_assert_true (reply->duplicate);
  hark_store_reply_free (reply);
  tear_down (&fixture);
}

/* ---- any order ---- */

#define SIDES 2
#define ENTRIES 60

/* Two people who write to each other, with clocks years apart, what they say on its way for a while
 * or lost until later. */
static void
write_together (GRand *rand, HarkStoreMessage *ret[ENTRIES], unsigned *ret_n)
{
  HarkConversation sides[SIDES];
  HarkChatEntry entries[ENTRIES] = {0};
  unsigned writer[ENTRIES], seen[SIDES] = {0}, n = 0;
  int64_t wall[SIDES];

  for (unsigned i = 0; i < SIDES; i++) {
    hark_conversation_init (&sides[i], HARK_SECOND);
    wall[i] = WALL + g_rand_int_range (rand, -20, 20) * YEAR_MS;
  }
  while (n < ENTRIES) {
    const unsigned side = g_rand_int_range (rand, 0, SIDES) & 1;
    HarkChatEntry *entry = &entries[n];

    if (seen[side] < n && g_rand_int_range (rand, 0, 3) > 0) { /* hears the next */
      if (writer[seen[side]] != side)
        hark_conversation_saw (&sides[side], &entries[seen[side]]);
      seen[side]++;
      continue;
    }
    for (unsigned k = 0; k < 16; k++)
      entry->id[k] = (uint8_t) g_rand_int (rand);
    wall[side] += g_rand_int_range (rand, 0, 2000);
    hark_conversation_stamp (&sides[side], entry, wall[side]);
    writer[n++] = side;
  }
  for (unsigned i = 0; i < n; i++) {
    const int kind = i == 0 ? 0 : g_rand_int_range (rand, 0, 8);
    const HarkMessageKind kinds[]
      = {HARK_MESSAGE_TEXT, HARK_MESSAGE_TEXT,   HARK_MESSAGE_TEXT,     HARK_MESSAGE_EDIT,
         HARK_MESSAGE_EDIT, HARK_MESSAGE_DELETE, HARK_MESSAGE_REACTION, HARK_MESSAGE_TIMER};
    g_autofree char *text = g_strdup_printf ("%u", i);
    const bool has_text = kinds[kind] != HARK_MESSAGE_DELETE && kinds[kind] != HARK_MESSAGE_TIMER;
    HarkStoreMessage *row = make (kinds[kind], writer[i] == 0, 0, 0, has_text ? text : "");

    memcpy (row->id, entries[i].id, 16);
    row->clock = entries[i].clock;
    row->seq = entries[i].seq;
    row->n_parents = entries[i].n_parents;
    memcpy (row->parents, entries[i].parents, sizeof row->parents);
    row->state = HARK_MESSAGE_DELIVERED;
    row->expires_s = kinds[kind] == HARK_MESSAGE_TIMER ? i : 0;
    if (row->hidden) {
      row->has_target = true;
      memcpy (row->target, entries[g_rand_int_range (rand, 0, (int) i)].id, 16);
    }
    ret[i] = row;
  }
  for (unsigned i = 0; i < SIDES; i++)
    hark_conversation_clear (&sides[i]);
  *ret_n = n;
}

/* As one side shows it. */
static char *
render (Fixture *fixture, uint8_t contact, bool flip)
{
  HarkStoreReply *reply = ask (fixture, HARK_STORE_GET_HISTORY, contact, 0);
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < reply->messages->len; i++) {
    const HarkStoreMessage *row = reply->messages->pdata[i];

    g_string_append_printf (
      text, "%02x%02x %d %s %s %u %d %u:", row->id[0], row->id[1], row->outgoing != flip, row->text,
      row->current != NULL ? row->current : "-", row->edits, row->deleted, row->expires_s);
    for (guint k = 0; row->reactions != NULL && k < row->reactions->len; k++) {
      const HarkStoreReaction *reaction = &g_array_index (row->reactions, HarkStoreReaction, k);

      g_string_append_printf (text, " %d%s", reaction->outgoing != flip, reaction->text);
    }
    g_string_append_c (text, '\n');
  }
  hark_store_reply_free (reply);
  return g_string_free (text, FALSE);
}

static void
shuffle (GRand *rand, unsigned *order, unsigned n)
{
  for (unsigned i = n - 1; i > 0; i--) {
    const unsigned k = (unsigned) g_rand_int_range (rand, 0, (int) i + 1), swap = order[i];

    order[i] = order[k];
    order[k] = swap;
  }
}

static void
test_any_order (void)
{
  Fixture fixture;
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);
  uint8_t contact = 1;

  set_up (&fixture);
  for (unsigned round = 0; round < 12; round++) {
    HarkStoreMessage *rows[ENTRIES];
    g_autofree char *expected = NULL;
    unsigned n, order[ENTRIES];

    write_together (rand, rows, &n);
    for (unsigned i = 0; i < n; i++)
      order[i] = i;
    for (unsigned way = 0; way < 6; way++, contact++) {
      const bool flip = way % 2;
      g_autofree char *shown = NULL;

      for (unsigned i = 0; i < n; i++) {
        HarkStoreMessage *row = hark_store_message_copy (rows[order[i]]);

        row->contact = helper_key (contact);
        row->outgoing ^= flip;
        put_and_forget (&fixture, row);
      }
      shown = render (&fixture, contact, flip);
      if (expected == NULL)
        expected = g_steal_pointer (&shown);
      else
        g_assert_cmpstr (shown, ==, expected);
      shuffle (rand, order, n);
    }
    for (unsigned i = 0; i < n; i++)
      hark_store_message_free (rows[i]);
  }
  tear_down (&fixture);
}

/* Two rows of one position are both found, wherever a window ends. */
static void
test_ties (void)
{
  Fixture fixture;
  unsigned total = 0;
  uint64_t before = 0;

  set_up (&fixture);
  for (uint8_t id = 1; id <= 9; id++) {
    HarkStoreMessage *row = make (HARK_MESSAGE_TEXT, false, 3, 0, "tie");

    row->id[5] = id;
    row->clock = 1000 + id / 5;
    put_and_forget (&fixture, row);
  }
  for (;;) {
    HarkStoreRequest *request = hark_store_request_new (HARK_STORE_GET_HISTORY, 1);
    HarkStoreReply *reply;

    request->account_key = helper_key (1);
    request->before = before;
    request->limit = 2;
    reply = helper_execute (fixture.profile, request);
    if (reply->messages->len > 0)
      before = ((HarkStoreMessage *) reply->messages->pdata[reply->messages->len - 1])->position;
    total += reply->messages->len;
    if (reply->messages->len == 0) {
      hark_store_reply_free (reply);
      break;
    }
    hark_store_reply_free (reply);
  }
  g_assert_cmpuint (total, ==, 9);
  tear_down (&fixture);
}

/* ---- wherever it is ---- */

static void
test_by_id (void)
{
  Fixture fixture;
  HarkStoreMessage *other;
  HarkStoreReply *reply;

  set_up (&fixture);
  put_and_forget (&fixture, make (HARK_MESSAGE_TEXT, true, 1, 0, "mine"));
  put_and_forget (&fixture, make (HARK_MESSAGE_TEXT, true, 2, 0, "another"));
  other = make (HARK_MESSAGE_TEXT, false, 1, 0, "of somebody who gave it the same id");
  other->contact = helper_key (2);
  put_and_forget (&fixture, other);
  reply = ask (&fixture, HARK_STORE_GET_BY_ID, 1, 1);
  g_assert_cmpuint (reply->messages->len, ==, 2);
  for (guint i = 0; i < 2; i++) {
    const HarkStoreMessage *row = reply->messages->pdata[i];
    const HarkKey contact = helper_key (row->outgoing ? 1 : 2);

    g_assert_cmpuint (row->id[0], ==, 1);
    g_assert_true (hark_key_equal (&row->contact, &contact));
    g_assert_cmpstr (row->text, ==, row->outgoing ? "mine" : "of somebody who gave it the same id");
  }
  hark_store_reply_free (reply);
  reply = ask (&fixture, HARK_STORE_GET_BY_ID, 1, 9);
  g_assert_cmpuint (reply->messages->len, ==, 0);
  hark_store_reply_free (reply);
  tear_down (&fixture);
}

/* ---- voice messages ---- */

static void
note_clip (Fixture *fixture, uint8_t id, uint64_t heard, const char *peaks)
{
  HarkStoreRequest *request = hark_store_request_new (HARK_STORE_NOTE_CLIP, 1);

  request->message = make (HARK_MESSAGE_CLIP, false, id, 0, "");
  request->message->ref = heard;
  request->message->has_peaks = peaks != NULL;
  if (peaks != NULL)
    memset (request->message->peaks, peaks[0], sizeof request->message->peaks);
  hark_store_reply_free (helper_execute (fixture->profile, request));
}

static void
check_clip (Fixture *fixture, uint8_t id, uint64_t heard, bool has_peaks)
{
  HarkStoreRequest *request = hark_store_request_new (HARK_STORE_GET_MESSAGE, 1);
  g_autoptr (HarkStoreReply) reply = NULL;
  const HarkStoreMessage *row;

  request->account_key = helper_key (1);
  request->message = make (HARK_MESSAGE_CLIP, false, id, 0, "");
  reply = helper_execute (fixture->profile, request);
  g_assert_cmpuint (reply->messages->len, ==, 1);
  row = reply->messages->pdata[0];
  g_assert_cmpuint (row->ref, ==, heard);
  g_assert_true (row->has_peaks == has_peaks);
  if (has_peaks)
    g_assert_cmpuint (row->peaks[63], ==, 'x');
}

static void
test_clip_notes (void)
{
  Fixture fixture;
  HarkStoreMessage *clip;

  set_up (&fixture);
  clip = make (HARK_MESSAGE_CLIP, false, 1, 0, "");
  clip->body = g_bytes_new ("Ogg", 3);
  put_and_forget (&fixture, clip);
  put_and_forget (&fixture, make (HARK_MESSAGE_TEXT, false, 2, 0, "no clip"));
  check_clip (&fixture, 1, 0, false);
  note_clip (&fixture, 1, 0, "x");
  check_clip (&fixture, 1, 0, true);
  note_clip (&fixture, 1, 1, NULL);
  check_clip (&fixture, 1, 1, true);
  note_clip (&fixture, 1, 0, NULL); /* it stays heard */
  check_clip (&fixture, 1, 1, true);
  note_clip (&fixture, 2, 1, "x");
  check_clip (&fixture, 2, 0, false);
  put_and_forget (&fixture, make (HARK_MESSAGE_DELETE, false, 3, 1, ""));
  check_clip (&fixture, 1, 1, false);
  tear_down (&fixture);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/entries/edit-keeps-every-version", test_edit);
  g_test_add_func ("/entries/delete-leaves-no-word", test_delete);
  g_test_add_func ("/entries/one-reaction-of-each", test_reactions);
  g_test_add_func ("/entries/only-the-author-changes", test_wrong_author);
  g_test_add_func ("/entries/of-ours-only-what-is-here-is-changed", test_not_here);
  g_test_add_func ("/entries/what-was-refused-goes-with-the-conversation", test_refused_goes_along);
  g_test_add_func ("/entries/nothing-stands-before-what-it-answers", test_order_claims);
  g_test_add_func ("/entries/what-waits-and-what-is-refused-is-bounded", test_bounds);
  g_test_add_func ("/entries/disappear-when-their-time-is-over", test_disappears);
  g_test_add_func ("/entries/no-timer-outlives-a-wrong-clock", test_timers_outlive_no_wrong_clock);
  g_test_add_func ("/entries/timers-are-looked-at-until-the-disk-takes-it",
                   test_timers_are_looked_at_until_the_disk_takes_it);
  g_test_add_func ("/entries/what-ends-us-twice-is-put-aside", test_poison);
  g_test_add_func ("/entries/what-is-before-one-that-was-read-was-read", test_read_up_to);
  g_test_add_func ("/entries/read-begins-a-timer", test_read_begins_timer);
  g_test_add_func ("/entries/any-order-gives-the-same-conversation", test_any_order);
  g_test_add_func ("/entries/windows-lose-nothing-at-ties", test_ties);
  g_test_add_func ("/entries/found-by-id-alone", test_by_id);
  g_test_add_func ("/entries/a-clip-keeps-peaks-and-that-it-was-heard", test_clip_notes);
  return g_test_run ();
}
