/* Long voice messages: several rows, one message, in whatever order and from whomever they come. */
#include "core/store/parts.h"
#include "core/voice/recorder.h"
#include "tests/unit/core/store/helper.h"

#include <string.h>

typedef struct {
  HarkProfile *profile;
  char *dir;
  GBytes *sound; /* one second */
} Fixture;

static void
set_up (Fixture *fixture)
{
  const uint8_t set[HARK_OGG_SET_LEN] = {0};
  const int16_t block[HARK_VOICE_BLOCK] = {0};
  g_autoptr (HarkRecorder) recorder = hark_recorder_new (set);
  g_autoptr (GPtrArray) files = NULL;

  fixture->dir = helper_new_profile ();
  fixture->profile = helper_open (fixture->dir, NULL);
  for (unsigned i = 0; i < 100; i++)
    hark_recorder_take (recorder, block);
  files = hark_recorder_finish (recorder);
  fixture->sound = g_bytes_ref (files->pdata[0]);
}

static void
tear_down (Fixture *fixture)
{
  g_bytes_unref (fixture->sound);
  hark_profile_close (fixture->profile);
  helper_remove (fixture->dir);
}

static GBytes *
part_of (const Fixture *fixture, uint8_t set, unsigned part, unsigned parts)
{
  const uint8_t name[HARK_OGG_SET_LEN] = {set};
  gsize len;
  const void *bytes = g_bytes_get_data (fixture->sound, &len);
  uint8_t *copy = g_memdup2 (bytes, len);

  hark_ogg_set_part (copy, name, MIN (part, parts), parts);
  if (part > parts) /* no writer of ours does that */
    copy[110] = (uint8_t) ((unsigned) '0' + part);
  return g_bytes_new_take (copy, len);
}

static HarkStoreMessage *
make (const Fixture *fixture, bool outgoing, uint8_t set, unsigned part, unsigned parts)
{
  HarkStoreMessage *message = g_new0 (HarkStoreMessage, 1);

  message->contact = helper_key (1);
  message->kind = HARK_MESSAGE_CLIP;
  message->outgoing = outgoing;
  message->state = outgoing ? HARK_MESSAGE_QUEUED : HARK_MESSAGE_DELIVERED;
  message->id[0] = set;
  message->id[1] = (uint8_t) part;
  message->id[2] = outgoing;
  message->seq = (uint64_t) set * 100 + part;
  message->clock = 1000 + (int64_t) (set * 100u + part);
  message->text = g_strdup ("");
  message->body = part_of (fixture, set, part, parts);
  return message;
}

static void
add (Fixture *fixture, uint8_t set, unsigned part, unsigned parts)
{
  hark_store_reply_free (helper_put (fixture->profile, make (fixture, false, set, part, parts)));
}

static HarkStoreReply *
ask (Fixture *fixture, HarkStoreRequestKind kind, uint8_t set, unsigned part)
{
  HarkStoreRequest *request = hark_store_request_new (kind, 1);

  request->message = g_new0 (HarkStoreMessage, 1);
  request->account_key = request->message->contact = helper_key (1);
  request->message->id[0] = set;
  request->message->id[1] = (uint8_t) part;
  request->limit = 500;
  return helper_execute (fixture->profile, request);
}

static guint
lines (Fixture *fixture)
{
  g_autoptr (HarkStoreReply) reply = ask (fixture, HARK_STORE_GET_HISTORY, 0, 0);

  return reply->messages->len;
}

static guint
rows_of (Fixture *fixture, uint8_t set)
{
  g_autoptr (HarkStoreReply) reply = ask (fixture, HARK_STORE_GET_CLIP, set, 1);

  return reply->messages->len;
}

static HarkStoreMessage *
first_of (const HarkStoreReply *reply, unsigned here)
{
  HarkStoreMessage *first = reply->changed;

  g_assert_nonnull (first);
  g_assert_cmpuint (first->part, ==, 1);
  g_assert_cmpuint (first->parts_here, ==, here);
  g_assert_cmpuint (first->length_ms, ==, 1000 * here);
  return first;
}

static void
test_one (void)
{
  Fixture fixture;
  g_autoptr (HarkStoreReply) chats = NULL;

  set_up (&fixture);
  for (unsigned i = 1; i <= 4; i++) {
    g_autoptr (HarkStoreReply) reply
      = helper_put (fixture.profile, make (&fixture, false, 7, i, 4));

    g_assert_cmpuint (first_of (reply, i)->parts, ==, 4);
    g_assert_cmpint (reply->is_part, ==, i > 1);
    g_assert_cmpuint (lines (&fixture), ==, 1);
  }
  g_assert_cmpuint (rows_of (&fixture, 7), ==, 4);
  chats = helper_execute (fixture.profile, hark_store_request_new (HARK_STORE_GET_CHATS, 1));
  g_assert_cmpuint (((HarkStoreChat *) chats->chats->pdata[0])->unread, ==, 1);
  tear_down (&fixture);
}

static void
test_order (void)
{
  static const unsigned order[] = {3, 4, 1, 2};
  Fixture fixture;

  set_up (&fixture);
  for (unsigned i = 0; i < G_N_ELEMENTS (order); i++) {
    g_autoptr (HarkStoreReply) reply
      = helper_put (fixture.profile, make (&fixture, false, 7, order[i], 4));

    g_assert_cmpuint (lines (&fixture), ==, i >= 2);
    if (i >= 2)
      first_of (reply, i + 1);
    else
      g_assert_null (reply->changed);
  }
  tear_down (&fixture);
}

/* It comes back with all of it, in order, or what there is. */
static void
test_again (void)
{
  Fixture fixture;
  g_autoptr (HarkStoreReply) rows = NULL;

  set_up (&fixture);
  add (&fixture, 7, 1, 3);
  hark_profile_close (fixture.profile); /* between two parts */
  fixture.profile = helper_open (fixture.dir, NULL);
  add (&fixture, 7, 3, 3);
  add (&fixture, 7, 3, 3); /* twice the same: their acknowledgement got lost */
  rows = ask (&fixture, HARK_STORE_GET_CLIP, 7, 1);
  g_assert_cmpuint (rows->messages->len, ==, 2);
  g_assert_cmpuint (((HarkStoreMessage *) rows->messages->pdata[0])->parts_here, ==, 2);
  g_assert_cmpuint (((HarkStoreMessage *) rows->messages->pdata[1])->part, ==, 3);
  g_assert_cmpuint (lines (&fixture), ==, 1);
  tear_down (&fixture);
}

static void
about (Fixture *fixture, HarkMessageKind kind, uint8_t target)
{
  HarkStoreMessage *change = make (fixture, false, 200, 1, 2);

  g_clear_pointer (&change->body, g_bytes_unref);
  change->kind = kind;
  change->has_target = change->hidden = true;
  change->target[0] = target;
  change->target[1] = 1;
  hark_store_reply_free (helper_put (fixture->profile, change));
}

static void
test_delete (void)
{
  Fixture fixture;
  g_autoptr (HarkStoreReply) rows = NULL;
  g_autoptr (HarkStoreReply) late = NULL;

  set_up (&fixture);
  add (&fixture, 7, 1, 3);
  add (&fixture, 7, 2, 3);
  about (&fixture, HARK_MESSAGE_DELETE, 7);
  late = helper_put (fixture.profile, make (&fixture, false, 7, 3, 3)); /* was on its way */
  g_assert_null (late->changed);
  g_assert_cmpuint (lines (&fixture), ==, 1);
  rows = ask (&fixture, HARK_STORE_GET_CLIP, 7, 1);
  g_assert_cmpuint (rows->messages->len, ==, 3);
  for (guint i = 0; i < rows->messages->len; i++) {
    const HarkStoreMessage *row = rows->messages->pdata[i];

    g_assert_true (row->deleted);
    g_assert_null (row->body);
    g_assert_cmpuint (row->length_ms, ==, 0);
  }
  tear_down (&fixture);
}

/* The timer of all begins when all have come; then all goes. */
static void
test_expiry (void)
{
  Fixture fixture;
  HarkStoreRequest *request;

  set_up (&fixture);
  for (unsigned i = 1; i <= 2; i++) {
    HarkStoreMessage *message = make (&fixture, true, 7, i, 2);

    message->id[2] = 0;
    message->expires_s = 10;
    hark_store_reply_free (helper_put (fixture.profile, message));
  }
  for (unsigned i = 1; i <= 2; i++) {
    g_autoptr (HarkStoreReply) reply = NULL;

    request = hark_store_request_new (HARK_STORE_SET_STATE, 1);
    request->message = make (&fixture, true, 7, i, 2);
    request->message->id[2] = 0;
    request->message->part = 1;
    request->message->state = HARK_MESSAGE_DELIVERED;
    request->message->received_ms = request->message->expires_at = 5000;
    reply = helper_execute (fixture.profile, request);
    g_assert_nonnull (reply->changed);
    g_assert_cmpint (reply->changed->least, ==,
                     i == 2 ? HARK_MESSAGE_DELIVERED : HARK_MESSAGE_QUEUED);
  }
  for (uint64_t at = 14999; at <= 15000; at++) {
    g_autoptr (HarkStoreReply) reply = NULL;

    request = hark_store_request_new (HARK_STORE_EXPIRE, 1);
    request->before = at;
    reply = helper_execute (fixture.profile, request);
    g_assert_cmpuint (reply->messages->len, ==, at == 15000);
  }
  g_assert_cmpuint (lines (&fixture), ==, 0);
  tear_down (&fixture);
}

/* What claims more than its place is a message of its own, and takes nothing from others. */
static void
test_lies (void)
{
  Fixture fixture;
  HarkStoreMessage *message;

  set_up (&fixture);
  add (&fixture, 7, 1, 3);
  add (&fixture, 7, 2, 3);
  message = make (&fixture, false, 7, 2, 3); /* a second second part */
  message->id[3] = 1;
  hark_store_reply_free (helper_put (fixture.profile, message));
  g_assert_cmpuint (lines (&fixture), ==, 2);
  message = make (&fixture, false, 7, 1, 3); /* and first part */
  message->id[3] = 2;
  hark_store_reply_free (helper_put (fixture.profile, message));
  g_assert_cmpuint (lines (&fixture), ==, 3);
  add (&fixture, 8, 2, 1);  /* 2 of 1 */
  add (&fixture, 9, 1, 99); /* too many */
  g_assert_cmpuint (lines (&fixture), ==, 5);
  add (&fixture, 7, 3, 4); /* of another count: it waits for a first of its own */
  hark_store_reply_free (
    helper_put (fixture.profile, make (&fixture, true, 7, 3, 3))); /* ours, likewise */
  message = make (&fixture, false, 7, 3, 3);
  message->has_author = true; /* of somebody else */
  message->id[3] = 3;
  hark_store_reply_free (helper_put (fixture.profile, message));
  g_assert_cmpuint (lines (&fixture), ==, 5);
  g_assert_cmpuint (rows_of (&fixture, 7), ==, 2);
  tear_down (&fixture);
}

static void
test_endless (void)
{
  Fixture fixture;

  set_up (&fixture);
  for (unsigned i = 1; i <= HARK_STORE_PARTS_WAIT_MAX + 5; i++)
    add (&fixture, (uint8_t) i, 2, 2);
  g_assert_cmpuint (lines (&fixture), ==, 5);
  for (unsigned i = 1; i <= HARK_STORE_PARTS_WAIT_MAX; i++)
    add (&fixture, (uint8_t) i, 1, 2);
  g_assert_cmpuint (lines (&fixture), ==, 5 + HARK_STORE_PARTS_WAIT_MAX);
  g_assert_cmpuint (rows_of (&fixture, 1), ==, 2);
  tear_down (&fixture);
}

/* Its first does not come any more: what is here is heard by itself. */
static void
test_released (void)
{
  Fixture fixture;

  set_up (&fixture);
  add (&fixture, 7, 2, 3);
  for (int64_t at = HARK_STORE_PARTS_WAIT_MS; at <= HARK_STORE_PARTS_WAIT_MS + 1; at++) {
    HarkStoreRequest *request = hark_store_request_new (HARK_STORE_PRUNE, 1);

    g_assert_cmpuint (lines (&fixture), ==, 0);
    request->at_ms = at;
    hark_store_reply_free (helper_execute (fixture.profile, request));
  }
  g_assert_cmpuint (lines (&fixture), ==, 1);
  add (&fixture, 7, 1, 3); /* late, and with what is still to come */
  add (&fixture, 7, 3, 3);
  g_assert_cmpuint (lines (&fixture), ==, 2);
  g_assert_cmpuint (rows_of (&fixture, 7), ==, 2);
  tear_down (&fixture);
}

static void
clear (Fixture *fixture)
{
  HarkStoreRequest *request = hark_store_request_new (HARK_STORE_CLEAR, 1);

  request->account_key = helper_key (1);
  request->at_ms = HARK_STORE_PARTS_WAIT_MS;
  hark_store_reply_free (helper_execute (fixture->profile, request));
}

/* What is on its way stays whole: the rest would come to light by itself one day. */
static void
test_cleared_when_all_of_it_has_come (void)
{
  Fixture fixture;

  set_up (&fixture);
  for (unsigned part = 1; part <= 3; part++)
    hark_store_reply_free (helper_put (fixture.profile, make (&fixture, true, 7, part, 3)));
  for (unsigned part = 1; part <= 3; part++) {
    HarkStoreRequest *request = hark_store_request_new (HARK_STORE_SET_STATE, 1);

    clear (&fixture);
    g_assert_cmpuint (lines (&fixture), ==, 1);
    request->message = make (&fixture, true, 7, part, 3);
    request->message->state = HARK_MESSAGE_DELIVERED;
    request->message->received_ms = 1000;
    hark_store_reply_free (helper_execute (fixture.profile, request));
  }
  clear (&fixture);
  g_assert_cmpuint (lines (&fixture), ==, 0);
  g_assert_cmpuint (helper_rows (fixture.profile, "messages"), ==, 0);
  tear_down (&fixture);
}

/* Of a group, by place @seq in a chain; @bare: without what it says. */
static void
add_in_chain (Fixture *fixture, unsigned part, bool bare)
{
  HarkStoreRequest *request = hark_store_request_new (HARK_STORE_PUT_GROUP_ENTRY, 1);
  HarkStoreMessage *message = make (fixture, false, 7, part, 4);
  HarkStoreGroupEntry *entry = g_new0 (HarkStoreGroupEntry, 1);

  message->has_group = message->has_author = true;
  entry->seq = 10 + part;
  entry->has_message = true;
  memcpy (entry->message, message->id, sizeof entry->message);
  entry->content = g_bytes_new_static ("content", 7);
  entry->tags = g_bytes_new_static ("tags", 4);
  if (bare) {
    g_clear_pointer (&message->body, g_bytes_unref);
    message->deleted = message->missing = true;
    entry->wanted_until = 1000000;
  }
  request->group_entry = entry;
  request->message = message;
  hark_store_reply_free (helper_execute (fixture->profile, request));
}

static bool
says_something (Fixture *fixture, unsigned part)
{
  g_autoptr (HarkStoreReply) reply = ask (fixture, HARK_STORE_GET_MESSAGE, 7, part);

  return ((HarkStoreMessage *) reply->messages->pdata[0])->body != NULL;
}

/* Its first was deleted before it came: of the others nothing is left either. */
static void
test_deleted_in_chain (void)
{
  HarkStoreMessage *delete;
  Fixture fixture;

  set_up (&fixture);
  add_in_chain (&fixture, 1, true);
  g_assert_cmpuint (lines (&fixture), ==, 1);
  add_in_chain (&fixture, 2, true);
  add_in_chain (&fixture, 3, false);
  g_assert_cmpuint (lines (&fixture), ==, 1);
  g_assert_true (says_something (&fixture, 3));
  delete = make (&fixture, false, 200, 1, 2);
  g_clear_pointer (&delete->body, g_bytes_unref);
  delete->kind = HARK_MESSAGE_DELETE;
  delete->has_group = delete->has_author = delete->has_target = delete->hidden = true;
  delete->target[0] = 7;
  delete->target[1] = 1;
  hark_store_reply_free (helper_put (fixture.profile, delete));
  g_assert_false (says_something (&fixture, 3));
  add_in_chain (&fixture, 4, false); /* was on its way */
  g_assert_false (says_something (&fixture, 4));
  g_assert_cmpuint (lines (&fixture), ==, 1);
  tear_down (&fixture);
}

/* With those of ours all go to the disk, or none. */
static void
test_at_once (void)
{
  Fixture fixture;
  HarkStoreRequest *request = hark_store_request_new (HARK_STORE_PUT_MESSAGE, 1);
  g_autoptr (HarkStoreReply) reply = NULL;

  set_up (&fixture);
  request->message = make (&fixture, true, 7, 1, 3);
  request->parts = g_ptr_array_new_with_free_func ((GDestroyNotify) hark_store_message_free);
  for (unsigned i = 2; i <= 3; i++)
    g_ptr_array_add (request->parts, make (&fixture, true, 7, i, 3));
  reply = helper_execute (fixture.profile, request);
  g_assert_cmpint (first_of (reply, 3)->least, ==, HARK_MESSAGE_QUEUED);
  g_assert_false (reply->is_part);
  g_assert_cmpuint (lines (&fixture), ==, 1);
  tear_down (&fixture);
}

/* A profile of the version before: one message where there were as many lines as parts; a part
 * whose first was not kept stays a line. */
static void
test_migrate (void)
{
  Fixture fixture;
  int rc;

  set_up (&fixture);
  add (&fixture, 7, 1, 3);
  add (&fixture, 7, 2, 3);
  add (&fixture, 7, 3, 3);
  add (&fixture, 8, 1, 2);
  add (&fixture, 8, 2, 2);
  hark_statements_finalize (fixture.profile->database);
  rc = sqlite3_exec (fixture.profile->database->handle,
                     "UPDATE messages SET part_set = NULL, part = NULL, parts = NULL, "
                     "length_ms = 0, shown = 1; DELETE FROM messages WHERE id = "
                     "x'08010000000000000000000000000000';",
                     NULL, NULL, NULL);
  g_assert_cmpint (rc, ==, SQLITE_OK);
  g_assert_cmpint (hark_statements_prepare (fixture.profile->database), ==, SQLITE_OK);
  g_assert_cmpuint (lines (&fixture), ==, 4);
  g_assert_cmpint (hark_parts_migrate (fixture.profile->database), ==, SQLITE_OK);
  g_assert_cmpuint (lines (&fixture), ==, 2);
  g_assert_cmpuint (rows_of (&fixture, 7), ==, 3);
  tear_down (&fixture);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/parts/are-one-message", test_one);
  g_test_add_func ("/parts/in-any-order", test_order);
  g_test_add_func ("/parts/come-after-a-restart-and-once", test_again);
  g_test_add_func ("/parts/go-with-the-first", test_delete);
  g_test_add_func ("/parts/disappear-together", test_expiry);
  g_test_add_func ("/parts/that-lie-are-messages-of-their-own", test_lies);
  g_test_add_func ("/parts/without-a-first-are-bounded", test_endless);
  g_test_add_func ("/parts/whose-first-does-not-come-are-heard", test_released);
  g_test_add_func ("/parts/what-is-on-its-way-is-not-cleared",
                   test_cleared_when_all_of_it_has_come);
  g_test_add_func ("/parts/go-with-a-first-that-never-came", test_deleted_in_chain);
  g_test_add_func ("/parts/of-ours-are-written-at-once", test_at_once);
  g_test_add_func ("/parts/from-before-become-one", test_migrate);
  return g_test_run ();
}
