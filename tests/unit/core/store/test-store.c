#include "tests/unit/core/store/helper.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

static HarkStoreReply *
execute (HarkStore *store, HarkStoreRequest *request)
{
  HarkStoreReply *reply = hark_store_execute (store, request);

  g_assert_no_error (reply->error);
  g_assert_true (reply->ok);
  return reply;
}

static void
run (HarkStore *store, HarkStoreRequest *request)
{
  hark_store_reply_free (execute (store, request));
}

static HarkStore *
open_store (const char *dir)
{
  g_autoptr (GError) error = NULL;
  HarkStore *store = hark_store_open (dir, &(HarkStoreUnlock){NULL}, &error);

  g_assert_no_error (error);
  return store;
}

static void
load (HarkStore *store, HarkStoreSnapshot *ret)
{
  g_autoptr (GError) error = NULL;

  hark_store_load (store, ret, &error);
  g_assert_no_error (error);
}

/* Every field another value than 0. */
static HarkStoreContact
full_contact (void)
{
  HarkStoreContact contact = {
    .account = helper_key (3),
    .status = HARK_CONTACT_ASKED,
    .name = "Bertha",
    .petname = "Tante Bertha",
    .request_text = "It is me, from the boat",
    .has_reach = true,
    .has_first = true,
    .has_answer = true,
    .has_pairwise = true,
    .has_pairwise_previous = true,
    .list_version = UINT32_MAX,
    .verified = 2,
    .added_ms = 1234567890123,
    .last_seen_ms = 1234567890124,
  };

  memset (contact.reach.bytes, 1, 16);
  memset (contact.first.bytes, 2, 16);
  memset (contact.answer.bytes, 3, 16);
  memset (contact.pairwise.bytes, 4, 32);
  memset (contact.pairwise_previous.bytes, 5, 32);
  memset (contact.via.bytes, 6, 16);
  return contact;
}

static HarkStoreTransfer
full_transfer (uint64_t id, uint8_t state)
{
  HarkStoreTransfer transfer = {
    .id = id,
    .contact = helper_key (3),
    .outgoing = true,
    .state = state,
    .name = (char *) (uintptr_t) "holiday.tar",
    .path = (char *) (uintptr_t) "/home/anna/holiday.tar",
    .size = UINT64_C (1) << 45,
    .mtime_ms = 99,
    .done = 4096,
    .reason = (char *) (uintptr_t) "the disk is full",
    .made_ms = 100,
  };

  memset (transfer.offer, 7, sizeof transfer.offer);
  memset (transfer.root, 8, sizeof transfer.root);
  return transfer;
}

static void
put_everything (HarkStore *store)
{
  const HarkStoreContact contact = full_contact ();
  HarkStoreRequest *request = hark_store_request_new (HARK_STORE_PUT_CONTACT, 1);

  request->contact = g_memdup2 (&contact, sizeof contact);
  run (store, request);

  for (uint8_t state = 1; state <= 8; state++) {
    const HarkStoreTransfer transfer = full_transfer (state, state);

    request = hark_store_request_new (HARK_STORE_PUT_TRANSFER, 2);
    request->transfer = hark_store_transfer_copy (&transfer);
    run (store, request);
  }

  request = hark_store_request_new (HARK_STORE_PUT_ADDRESS, 3);
  request->address = (HarkStoreAddress){HARK_STORE_ADDRESS_INVITE, {{9}}, "for Bertha", 55};
  run (store, request);

  request = hark_store_request_new (HARK_STORE_PUT_NODES, 4);
  request->nodes = g_bytes_new_static ("nodes!", 6);
  run (store, request);

  request = helper_put_message (3, 41, "first");
  request->message->has_reply_to = true;
  memset (request->message->reply_to, 0xee, 16);
  request->message->ref = UINT64_MAX;
  request->message->sent_ms = -5;
  request->message->received_ms = 6;
  run (store, request);
}

static void
test_round_trip (void)
{
  char *dir = helper_new_profile ();
  HarkStore *store = open_store (dir);
  HarkStoreSnapshot snapshot;
  const HarkStoreContact contact = full_contact ();
  const HarkStoreAccount account = helper_account ();
  const HarkStoreTransfer *transfer;
  const HarkStoreMessage *message;
  const HarkKey key = helper_key (3);

  put_everything (store);
  hark_store_close (store);
  store = open_store (dir);
  load (store, &snapshot);

  g_assert_true (memcmp (&snapshot.account, &account, sizeof account) == 0);
  g_assert_cmpuint (snapshot.contacts->len, ==, 1);
  g_assert_true (memcmp (snapshot.contacts->data, &contact, sizeof contact) == 0);
  g_assert_cmpuint (snapshot.addresses->len, ==, 1);
  g_assert_cmpstr (g_array_index (snapshot.addresses, HarkStoreAddress, 0).label, ==, "for Bertha");
  g_assert_cmpuint (g_bytes_get_size (snapshot.nodes), ==, 6);

  g_assert_cmpuint (snapshot.transfers->len, ==, 5); /* those below HARK_STORE_TRANSFER_FINISHED */
  transfer = g_ptr_array_index (snapshot.transfers, 2);
  g_assert_cmpuint (transfer->id, ==, 3);
  g_assert_cmpuint (transfer->size, ==, UINT64_C (1) << 45);
  g_assert_cmpstr (transfer->reason, ==, "the disk is full");
  g_assert_true (memcmp (transfer->root, full_transfer (3, 3).root, 32) == 0);

  g_assert_cmpuint (snapshot.outbox->len, ==, 1);
  message = g_ptr_array_index (snapshot.outbox, 0);
  g_assert_cmpstr (message->text, ==, "first");
  g_assert_true (message->has_reply_to && message->reply_to[15] == 0xee);
  g_assert_cmpuint (message->ref, ==, UINT64_MAX);
  g_assert_cmpint (message->sent_ms, ==, -5);
  g_assert_cmpuint (
    ((HarkStoreConversation *) g_hash_table_lookup (snapshot.conversations, &key))->seq, ==, 41);

  hark_store_snapshot_clear (&snapshot);
  hark_store_close (store);
  helper_remove (dir);
}

/* What is over comes a page at a time, by id, and only that. */
static void
test_finished (void)
{
  char *dir = helper_new_profile ();
  HarkStore *store = open_store (dir);
  uint64_t last = 0;
  guint n = 0;

  for (uint64_t id = 1; id <= 25; id++) {
    const HarkStoreTransfer transfer = full_transfer (
      id, id % 5 == 0 ? HARK_STORE_TRANSFER_FINISHED - 1 : HARK_STORE_TRANSFER_FINISHED);
    HarkStoreRequest *request = hark_store_request_new (HARK_STORE_PUT_TRANSFER, 0);

    request->transfer = hark_store_transfer_copy (&transfer);
    run (store, request);
  }
  for (unsigned page = 0; page < 4; page++) {
    HarkStoreRequest *request = hark_store_request_new (HARK_STORE_GET_FINISHED, 0);
    g_autoptr (HarkStoreReply) reply = NULL;

    request->before = last;
    request->limit = 7;
    reply = hark_store_execute (store, request);
    g_assert_true (reply->ok);
    g_assert_cmpuint (reply->transfers->len, ==, page < 2 ? 7 : page == 2 ? 6 : 0);
    for (guint i = 0; i < reply->transfers->len; i++, n++) {
      const HarkStoreTransfer *transfer = reply->transfers->pdata[i];

      g_assert_cmpuint (transfer->id, >, last);
      g_assert_cmpuint (transfer->id % 5, !=, 0);
      last = transfer->id;
    }
  }
  g_assert_cmpuint (n, ==, 20);
  hark_store_close (store);
  helper_remove (dir);
}

static void
test_duplicate (void)
{
  char *dir = helper_new_profile ();
  HarkStore *store = open_store (dir);
  g_autoptr (HarkStoreReply) first = execute (store, helper_put_message (1, 1, "one"));
  g_autoptr (HarkStoreReply) again = execute (store, helper_put_message (1, 1, "other"));
  g_autoptr (HarkStoreReply) elsewhere = NULL;
  HarkStoreRequest *request = helper_put_message (1, 1, "one");

  request->message->contact = helper_key (2);
  elsewhere = execute (store, request);
  g_assert_false (first->duplicate);
  g_assert_true (again->duplicate);
  g_assert_cmpuint (again->position, ==, first->position);
  g_assert_false (elsewhere->duplicate);
  hark_store_close (store);
  helper_remove (dir);
}

static HarkStoreReply *
get_history (HarkStore *store, uint8_t contact, uint64_t before, unsigned limit)
{
  HarkStoreRequest *request = hark_store_request_new (HARK_STORE_GET_HISTORY, 0);

  request->account_key = helper_key (contact);
  request->before = before;
  request->limit = limit;
  return execute (store, request);
}

/* A row of a file comes with what became of it, finished or not; one that is gone is left out. */
static void
test_history_files (void)
{
  char *dir = helper_new_profile ();
  HarkStore *store = open_store (dir);
  g_autoptr (HarkStoreReply) reply = NULL;

  put_everything (store);
  for (uint64_t id = 1; id <= 3; id++) {
    const uint64_t refs[] = {2, HARK_STORE_TRANSFER_FINISHED, 99};
    HarkStoreRequest *request = helper_put_message (5, (unsigned) id, "holiday.tar");

    request->message->kind = HARK_MESSAGE_FILE;
    request->message->ref = refs[id - 1];
    run (store, request);
  }
  reply = get_history (store, 5, 0, 10);

  g_assert_cmpuint (reply->messages->len, ==, 3);
  g_assert_cmpuint (reply->transfers->len, ==, 2);
  g_assert_cmpuint (((HarkStoreTransfer *) reply->transfers->pdata[0])->state, ==,
                    HARK_STORE_TRANSFER_FINISHED);
  g_assert_cmpuint (((HarkStoreTransfer *) reply->transfers->pdata[1])->id, ==, 2);

  hark_store_close (store);
  helper_remove (dir);
}

static void
test_history (void)
{
  char *dir = helper_new_profile ();
  HarkStore *store = open_store (dir);
  uint64_t before = 0;
  unsigned left = 25;

  for (unsigned i = 1; i <= 25; i++) {
    run (store, helper_put_message (1, i, "mine"));
    run (store, helper_put_message (2, i, "theirs"));
  }

  while (left > 0) {
    g_autoptr (HarkStoreReply) reply = get_history (store, 1, before, 10);

    g_assert_cmpuint (reply->messages->len, ==, MIN (left, 10));
    for (size_t i = 0; i < reply->messages->len; i++) {
      const HarkStoreMessage *message = g_ptr_array_index (reply->messages, i);

      g_assert_cmpuint (message->seq, ==, left--);
      g_assert_cmpstr (message->text, ==, "mine");
      before = message->position;
    }
  }

  {
    g_autoptr (HarkStoreReply) end = get_history (store, 1, before, 10);
    g_autoptr (HarkStoreReply) nobody = get_history (store, 77, 0, 10);
    g_autoptr (HarkStoreReply) list
      = execute (store, hark_store_request_new (HARK_STORE_GET_CHATS, 0));

    g_assert_cmpuint (end->messages->len, ==, 0);
    g_assert_cmpuint (nobody->messages->len, ==, 0);
    g_assert_cmpuint (list->chats->len, ==, 2);
    g_assert_cmpuint (((HarkStoreChat *) list->chats->pdata[0])->last->seq, ==, 25);
  }

  hark_store_close (store);
  helper_remove (dir);
}

static HarkMessageState
set_state (HarkStore *store, HarkMessageState state, int64_t received_ms)
{
  HarkStoreRequest *request = helper_put_message (1, 1, NULL);
  g_autoptr (HarkStoreReply) reply = NULL;

  request->kind = HARK_STORE_SET_STATE;
  request->message->state = state;
  request->message->received_ms = received_ms;
  run (store, request);
  reply = get_history (store, 1, 0, 1);
  if (received_ms != 0)
    g_assert_cmpint (((HarkStoreMessage *) reply->messages->pdata[0])->received_ms, ==, 70);
  return ((HarkStoreMessage *) reply->messages->pdata[0])->state;
}

static void
test_state (void)
{
  char *dir = helper_new_profile ();
  HarkStore *store = open_store (dir);
  HarkStoreSnapshot snapshot;

  run (store, helper_put_message (1, 1, "x"));
  g_assert_cmpint (set_state (store, HARK_MESSAGE_DELIVERED, 70), ==, HARK_MESSAGE_DELIVERED);
  g_assert_cmpint (set_state (store, HARK_MESSAGE_SENT, 71), ==, HARK_MESSAGE_DELIVERED);
  g_assert_cmpint (set_state (store, HARK_MESSAGE_READ, 0), ==, HARK_MESSAGE_READ);
  load (store, &snapshot);
  g_assert_cmpuint (snapshot.outbox->len, ==, 0);
  hark_store_snapshot_clear (&snapshot);
  hark_store_close (store);
  helper_remove (dir);
}

static unsigned
search (HarkStore *store, const char *text, int contact)
{
  HarkStoreRequest *request = hark_store_request_new (HARK_STORE_SEARCH, 0);
  g_autoptr (HarkStoreReply) reply = NULL;

  request->text = g_strdup (text);
  request->limit = 100;
  request->has_contact = contact != 0;
  request->account_key = helper_key ((uint8_t) contact);
  reply = execute (store, request);
  return reply->messages->len;
}

static void
test_search (void)
{
  static const char *const odd[] = {
    "",
    " ",
    "\"",
    "\"\"",
    "*",
    "-",
    "!!!",
    "NEAR(",
    "a AND",
    "text:",
    "(",
    "{a} : b",
    "^",
    "\xff\xfe",
    "a\"b OR \"",
    "'; DROP TABLE messages; --",
    "\xf0\x9f\x90\x99",
    "AND OR NOT",
    "+",
    "a + b",
    "\x01",
  };
  char *dir = helper_new_profile ();
  HarkStore *store = open_store (dir);
  g_autofree char *many = g_strnfill (60000, '(');
  g_autoptr (GString) words = g_string_new (NULL);

  run (store, helper_put_message (1, 1, "The quick brown fox"));
  run (store, helper_put_message (1, 2, "A Brown Bear, très âgé"));
  run (store, helper_put_message (2, 1, "brown AND \"quoted\" (things)"));
  g_assert_cmpuint (search (store, "brown", 0), ==, 3);
  g_assert_cmpuint (search (store, "brown", 1), ==, 2);
  g_assert_cmpuint (search (store, "FOX  the", 0), ==, 1);
  g_assert_cmpuint (search (store, "fox bear", 0), ==, 0);
  g_assert_cmpuint (search (store, "age", 0), ==, 1);
  g_assert_cmpuint (search (store, "and", 0), ==, 1);
  g_assert_cmpuint (search (store, "\"quoted\" !!!", 0), ==, 1);
  g_assert_cmpuint (search (store, "!!! brown", 2), ==, 1);
  g_assert_cmpuint (search (store, "brown", 9), ==, 0);

  for (size_t i = 0; i < G_N_ELEMENTS (odd); i++)
    g_assert_cmpuint (search (store, odd[i], 0), <=, 3);
  for (unsigned i = 0; i < 5000; i++)
    g_string_append (words, "brown ");
  g_assert_cmpuint (search (store, words->str, 0), ==, 3);
  g_assert_cmpuint (search (store, many, 0), ==, 0);

  hark_store_close (store);
  helper_remove (dir);
}

static void
test_delete_contact (void)
{
  char *dir = helper_new_profile ();
  HarkStore *store = open_store (dir);
  HarkStoreSnapshot snapshot;
  HarkStoreRequest *request = hark_store_request_new (HARK_STORE_DELETE_CONTACT, 0), *call;
  g_autoptr (HarkStoreReply) again = NULL;
  const HarkKey key = helper_key (3);

  put_everything (store);
  run (store, helper_put_message (3, 42, NULL));
  call = helper_put_message (3, 43, "missed");
  call->message->kind = HARK_MESSAGE_CALL;
  run (store, call);
  run (store, helper_put_message (4, 1, "first of another"));
  request->contact = g_new0 (HarkStoreContact, 1);
  request->contact->account = helper_key (3);
  run (store, request);

  load (store, &snapshot);
  g_assert_cmpuint (snapshot.contacts->len, ==, 0);
  g_assert_cmpuint (snapshot.transfers->len, ==, 0);
  g_assert_cmpuint (snapshot.outbox->len, ==, 1);
  g_assert_null (g_hash_table_lookup (snapshot.conversations, &key));
  hark_store_snapshot_clear (&snapshot);
  g_assert_cmpuint (search (store, "first", 0), ==, 1);

  again = execute (store, helper_put_message (3, 41, "first"));
  g_assert_false (again->duplicate);
  hark_store_close (store);
  helper_remove (dir);
}

/* ---- the thread ------------------------------------------------------------------ */

typedef struct {
  GMutex lock;
  GCond wakeup;
  bool rung;
} Bell;

static void
ring (void *data)
{
  Bell *bell = data;

  g_mutex_lock (&bell->lock);
  bell->rung = true;
  g_cond_signal (&bell->wakeup);
  g_mutex_unlock (&bell->lock);
}

static void
wait_for_bell (Bell *bell)
{
  g_mutex_lock (&bell->lock);
  while (!bell->rung)
    g_cond_wait (&bell->wakeup, &bell->lock);
  bell->rung = false;
  g_mutex_unlock (&bell->lock);
}

/* A bell that is not rung after its queue was emptied would leave this waiting for ever. */
static void
test_thread (void)
{
  enum { N = 2000 };
  char *dir = helper_new_profile ();
  HarkStore *store = open_store (dir);
  HarkStoreReply *reply;
  Bell bell = {0};
  unsigned got = 0;

  hark_store_start (store, ring, &bell);
  for (unsigned i = 0; i < N; i++)
    hark_store_send (store, helper_put_message (1, i + 1, "in order"));

  while (got < N) {
    wait_for_bell (&bell);
    while ((reply = hark_store_take_reply (store)) != NULL) {
      g_assert_true (reply->ok);
      g_assert_cmpuint (reply->ticket, ==, ++got);
      hark_store_reply_free (reply);
    }
  }
  hark_store_send (store, helper_put_message (1, N + 1, "still written"));
  hark_store_close (store);

  store = open_store (dir);
  {
    g_autoptr (HarkStoreReply) last = get_history (store, 1, 0, 1);

    g_assert_cmpuint (((HarkStoreMessage *) last->messages->pdata[0])->seq, ==, N + 1);
  }
  hark_store_close (store);
  helper_remove (dir);
}

/* ---- opening --------------------------------------------------------------------- */

static void
test_second_instance (void)
{
  char *dir = helper_new_profile ();
  HarkStore *store = open_store (dir);
  const HarkStoreAccount account = helper_account ();
  g_autofree char *pid = g_strdup_printf ("process %d", (int) getpid ());
  g_autoptr (GError) error = NULL;

  g_assert_null (hark_store_open (dir, &(HarkStoreUnlock){NULL}, &error));
  g_assert_error (error, HARK_STORE_ERROR, HARK_STORE_ERROR_LOCKED);
  g_assert_nonnull (strstr (error->message, pid));
  hark_store_close (store);

  g_clear_error (&error);
  g_assert_false (hark_store_create (dir, &account, &(HarkStoreUnlock){NULL}, &error));
  g_assert_error (error, HARK_STORE_ERROR, HARK_STORE_ERROR_EXISTS);
  hark_store_close (open_store (dir));
  helper_remove (dir);
}

static void
test_passphrase (void)
{
  HarkStoreOptions options = helper_options (NULL);
  const HarkStoreAccount account = helper_account ();
  char *dir = helper_new_dir ();
  g_autoptr (GError) error = NULL;

  g_assert_null (hark_store_open (dir, &(HarkStoreUnlock){NULL}, &error));
  g_assert_error (error, HARK_STORE_ERROR, HARK_STORE_ERROR_NO_PROFILE);
  g_clear_error (&error);
  g_assert_false (hark_store_needs_passphrase (dir));

  hark_profile_make (dir, &account, &(HarkStoreUnlock){"correct horse"}, &options, &error);
  g_assert_no_error (error);
  g_assert_true (hark_store_needs_passphrase (dir));

  g_assert_null (hark_store_open (dir, &(HarkStoreUnlock){"correct horsf"}, &error));
  g_assert_error (error, HARK_STORE_ERROR, HARK_STORE_ERROR_PASSPHRASE);
  g_clear_error (&error);
  g_assert_null (hark_store_open (dir, &(HarkStoreUnlock){NULL}, &error));
  g_assert_error (error, HARK_STORE_ERROR, HARK_STORE_ERROR_PASSPHRASE);
  g_clear_error (&error);

  hark_store_close (hark_store_open (dir, &(HarkStoreUnlock){"correct horse"}, &error));
  g_assert_no_error (error);
  helper_remove (dir);
}

static void
test_newer (void)
{
  char *dir = helper_new_profile ();
  HarkProfile *profile = helper_open (dir, NULL);
  g_autoptr (GError) error = NULL;

  sqlite3_exec (profile->database->handle, "PRAGMA user_version = 99", NULL, NULL, NULL);
  hark_profile_close (profile);
  g_assert_null (hark_store_open (dir, &(HarkStoreUnlock){NULL}, &error));
  g_assert_error (error, HARK_STORE_ERROR, HARK_STORE_ERROR_VERSION);
  helper_remove (dir);
}

static void
test_instance (void)
{
  char *dir = helper_new_profile ();
  g_autofree char *path = helper_path (dir, "instance");
  HarkProfile *first = helper_open (dir, NULL);
  uint8_t known[16];
  HarkProfile *again;

  memcpy (known, first->instance, 16);
  hark_profile_close (first);
  again = helper_open (dir, NULL);
  g_assert_true (memcmp (known, again->instance, 16) == 0);
  hark_profile_close (again);

  g_assert_cmpint (g_unlink (path), ==, 0);
  again = helper_open (dir, NULL);
  g_assert_cmpint (memcmp (known, again->instance, 16), !=, 0);
  hark_profile_close (again);
  helper_remove (dir);
}

/* One request of a group that fails takes only itself back. */
static void
test_group_with_failure (void)
{
  char *dir = helper_new_profile ();
  HarkProfile *profile = helper_open (dir, NULL);
  HarkStoreRequest *requests[3]
    = {helper_put_message (1, 1, "one"), helper_put_message (2, 1, "two"),
       helper_put_message (1, 2, "three")};
  HarkStoreReply *replies[3];
  size_t done = 0;

  g_assert_cmpint (sqlite3_exec (profile->database->handle,
                                 "CREATE TEMP TRIGGER fail BEFORE INSERT ON main.messages "
                                 "WHEN new.text = 'two' BEGIN SELECT RAISE (ABORT, 'no'); END",
                                 NULL, NULL, NULL),
                   ==, SQLITE_OK);
  while (done < 3)
    done += hark_database_execute (profile->database, requests + done, replies + done, 3 - done);

  g_assert_true (replies[0]->ok);
  g_assert_false (replies[1]->ok);
  g_assert_nonnull (replies[1]->error);
  g_assert_true (replies[2]->ok);
  g_assert_cmpuint (helper_count (profile, 1, 2), ==, 2);
  g_assert_cmpuint (helper_count (profile, 2, 0), ==, 0);
  for (unsigned i = 0; i < 3; i++) {
    hark_store_reply_free (replies[i]);
    hark_store_request_free (requests[i]);
  }
  hark_profile_close (profile);
  helper_remove (dir);
}

/* They are compiled when they are first needed; a wrong one shall not wait for that. */
static void
test_statements (void)
{
  char *dir = helper_new_profile ();
  HarkProfile *profile = helper_open (dir, NULL);

  g_assert_cmpint (hark_statements_prepare (profile->database), ==, SQLITE_OK);
  hark_profile_close (profile);
  helper_remove (dir);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store/every-statement-compiles", test_statements);
  g_test_add_func ("/store/keeps-every-field", test_round_trip);
  g_test_add_func ("/store/finished-transfers-come-in-pages", test_finished);
  g_test_add_func ("/store/message-is-kept-once", test_duplicate);
  g_test_add_func ("/store/history-comes-in-windows", test_history);
  g_test_add_func ("/store/history-tells-of-its-files", test_history_files);
  g_test_add_func ("/store/state-only-moves-forward", test_state);
  g_test_add_func ("/store/search-takes-any-text", test_search);
  g_test_add_func ("/store/deleted-contact-leaves-nothing", test_delete_contact);
  g_test_add_func ("/store/thread-answers-in-order", test_thread);
  g_test_add_func ("/store/second-instance-is-told-who-holds-it", test_second_instance);
  g_test_add_func ("/store/passphrase-opens-and-only-the-right-one", test_passphrase);
  g_test_add_func ("/store/newer-schema-is-refused", test_newer);
  g_test_add_func ("/store/instance-belongs-to-the-copy", test_instance);
  g_test_add_func ("/store/failed-request-takes-only-itself-back", test_group_with_failure);
  return g_test_run ();
}
