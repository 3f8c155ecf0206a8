#include "core/backup/backup.h"
#include "core/backup/record.h"
#include "tests/unit/core/store/helper.h"

#include <glib/gstdio.h>
#include <string.h>

#define MESSAGES 1200 /* more than are read at a time, and than a chunk holds */

/* ---- a full profile -------------------------------------------------------------- */

static HarkStoreContact
contact (void)
{
  HarkStoreContact row = {.account = helper_key (1),
                          .status = HARK_CONTACT_ACCEPTED,
                          .name = "Bertha",
                          .petname = "Bert",
                          .request_text = "hello",
                          .has_reach = true,
                          .has_pairwise = true,
                          .has_pairwise_previous = true,
                          .pairwise_ms = 77,
                          .list_version = 9,
                          .verified = 2,
                          .added_ms = 5,
                          .last_seen_ms = 6};

  memset (row.reach.bytes, 2, sizeof row.reach.bytes);
  memset (row.pairwise.bytes, 3, sizeof row.pairwise.bytes);
  memset (row.pairwise_previous.bytes, 4, sizeof row.pairwise_previous.bytes);
  memset (row.via.bytes, 5, sizeof row.via.bytes);
  return row;
}

static bool
fill (HarkStoreFiller *filler, void *data, GError **error)
{
  HarkStoreRequest *request = hark_store_request_new (HARK_STORE_PUT_CONTACT, 0);
  const HarkStoreContact row = contact ();
  bool ok;

  (void) data;
  request->contact = g_memdup2 (&row, sizeof row);
  ok = hark_store_filler_put (filler, request, error);
  request = hark_store_request_new (HARK_STORE_PUT_ADDRESS, 0);
  memset (request->address.token.bytes, 8, sizeof request->address.token.bytes);
  g_strlcpy (request->address.label, "web page", sizeof request->address.label);
  ok = ok && hark_store_filler_put (filler, request, error);
  request = hark_store_request_new (HARK_STORE_PUT_TRANSFER, 0);
  request->transfer = g_new0 (HarkStoreTransfer, 1);
  request->transfer->id = 4711;
  request->transfer->contact = helper_key (1);
  request->transfer->state = HARK_STORE_TRANSFER_FINISHED;
  request->transfer->name = g_strdup ("photo.jpg");
  ok = ok && hark_store_filler_put (filler, request, error);
  request = hark_store_request_new (HARK_STORE_PUT_CHAT, 0);
  request->chat = g_new0 (HarkStoreChat, 1);
  request->chat->contact = helper_key (1);
  request->chat->draft = g_strdup ("not finished");
  request->chat->has_draft_reply = request->chat->archived = request->chat->marked = true;
  request->chat->draft_ms = 3;
  request->chat->pinned_ms = 4;
  request->chat->keep_days = -1;
  request->fields = UINT_MAX;
  ok = ok && hark_store_filler_put (filler, request, error);
  request = hark_store_request_new (HARK_STORE_PUT_PERSON, 0);
  request->person = g_memdup2 (&(HarkStorePerson){.account = helper_key (1),
                                                  .version = 12,
                                                  .status_text = "out",
                                                  .notes = "knows the way",
                                                  .verified_ms = 13,
                                                  .favourite = true,
                                                  .has_told = true},
                               sizeof (HarkStorePerson));
  ok = ok && hark_store_filler_put (filler, request, error);
  request = hark_store_request_new (HARK_STORE_PUT_KEEP, 0);
  request->keep = g_bytes_new_static ("\0\0\1\0", 4);
  ok = ok && hark_store_filler_put (filler, request, error);
  for (unsigned i = 1; ok && i <= MESSAGES; i++)
    ok = hark_store_filler_put (
      filler, helper_put_message (1, i, "Grüße aus dem Store, mit Text von einiger Länge."), error);
  return ok;
}

static void
on_replies (void *data)
{
  (void) data;
}

/* A backup that keeps the program from ending ends itself, with messages in it or without. */
static void
test_stop (void)
{
  for (unsigned messages = 0; messages <= 1; messages++) {
    char *dir = helper_full_profile (fill);
    HarkBackupJob job = {.messages = messages != 0, .made_ms = 1234567};
    HarkStore *store = hark_store_open (dir, &(HarkStoreUnlock){NULL}, NULL);
    g_autoptr (GError) error = NULL;
    const gint stop = 1;

    job.path = g_build_filename (dir, "b.age", NULL);
    hark_store_start (store, on_replies, NULL);
    g_assert_false (hark_backup_write (store, &job, &stop, &error));
    g_assert_nonnull (strstr (error->message, "broken off"));
    g_assert_false (g_file_test (job.path, G_FILE_TEST_EXISTS));
    hark_store_close (store);
    g_free (job.path);
    helper_remove (dir);
  }
}

static char *
back_up (const char *dir, bool messages)
{
  HarkBackupJob job = {.messages = messages, .made_ms = 1234567};
  HarkStore *store = hark_store_open (dir, &(HarkStoreUnlock){NULL}, NULL);
  g_autoptr (GError) error = NULL;

  job.path = g_build_filename (dir, "b.age", NULL);
  hark_store_start (store, on_replies, NULL);
  hark_backup_write (store, &job, NULL, &error);
  g_assert_no_error (error);
  hark_store_close (store);
  return job.path;
}

typedef struct {
  const char *path;
  HarkBackupFound found;
} Source;

static bool
restore (HarkStoreFiller *filler, void *data, GError **error)
{
  Source *source = data;
  const HarkStoreAccount account = helper_account ();

  return hark_backup_read (source->path, &(HarkBackupOpen){.seed = &account.account_seed}, filler,
                           &source->found, error);
}

static char *
restored_profile (const char *path)
{
  HarkStoreOptions options = helper_options (NULL);
  const HarkStoreAccount account = helper_account ();
  Source source = {.path = path};
  g_autoptr (GError) error = NULL;
  char *dir = helper_new_dir ();

  options.fill = restore;
  options.fill_data = &source;
  hark_profile_make (dir, &account, &(HarkStoreUnlock){NULL}, &options, &error);
  g_assert_no_error (error);
  return dir;
}

static void
assert_same_chat (HarkStore *store, bool draft)
{
  g_autoptr (HarkStoreReply) reply
    = hark_store_execute (store, hark_store_request_new (HARK_STORE_GET_CHATS, 0));
  const HarkStoreChat *chat;

  g_assert_true (reply->ok);
  g_assert_cmpuint (reply->chats->len, ==, 1);
  chat = reply->chats->pdata[0];
  g_assert_cmpstr (chat->draft, ==, draft ? "not finished" : "");
  g_assert_true (chat->has_draft_reply && chat->archived && chat->marked);
  g_assert_cmpint (chat->draft_ms, ==, 3);
  g_assert_cmpint (chat->pinned_ms, ==, 4);
  g_assert_cmpint (chat->keep_days, ==, -1);
}

static void
assert_same_person (const HarkStoreSnapshot *all)
{
  const HarkStorePerson *person = &g_array_index (all->people, HarkStorePerson, 0);

  g_assert_cmpuint (all->people->len, ==, 1);
  g_assert_cmpuint (person->version, ==, 12);
  g_assert_cmpstr (person->status_text, ==, "out");
  g_assert_cmpstr (person->notes, ==, "knows the way");
  g_assert_cmpint (person->verified_ms, ==, 13);
  g_assert_true (person->favourite);
  g_assert_false (person->has_told); /* they may have been told another token since */
}

static void
assert_same (const char *dir, unsigned n_messages)
{
  HarkStore *store = hark_store_open (dir, &(HarkStoreUnlock){NULL}, NULL);
  HarkStoreSnapshot all;
  g_autoptr (HarkStoreReply) reply = NULL;
  const HarkStoreContact expected = contact ();
  const HarkStoreContact *row;
  const HarkStoreConversation *sequence;

  g_assert_true (hark_store_load (store, &all, NULL));
  g_assert_cmpuint (all.contacts->len, ==, 1);
  row = &g_array_index (all.contacts, HarkStoreContact, 0);
  g_assert_cmpstr (row->name, ==, expected.name);
  g_assert_cmpstr (row->petname, ==, expected.petname);
  g_assert_cmpstr (row->request_text, ==, expected.request_text);
  g_assert_true (hark_token_equal (&row->reach, &expected.reach));
  g_assert_true (hark_secret_equal (&row->pairwise, &expected.pairwise));
  g_assert_true (hark_secret_equal (&row->pairwise_previous, &expected.pairwise_previous));
  g_assert_true (row->has_reach && row->has_pairwise && row->has_pairwise_previous);
  g_assert_false (row->has_first || row->has_answer);
  g_assert_true (hark_token_equal (&row->via, &expected.via));
  g_assert_cmpint (row->pairwise_ms, ==, 77);
  g_assert_cmpuint (row->list_version, ==, 9);
  g_assert_cmpuint (row->verified, ==, 2);
  g_assert_cmpuint (all.addresses->len, ==, 1);
  g_assert_cmpstr (g_array_index (all.addresses, HarkStoreAddress, 0).label, ==, "web page");

  /* numbers go on far behind those that were used */
  sequence = g_hash_table_lookup (all.conversations, &row->account);
  g_assert_cmpuint (sequence->seq, ==, MESSAGES + HARK_BACKUP_SEQUENCE_STEP);
  g_assert_cmpuint (all.outbox->len, ==, n_messages);
  g_assert_cmpuint (g_bytes_get_size (all.keep), ==, 4);
  assert_same_person (&all);
  hark_store_snapshot_clear (&all);
  reply = hark_store_execute (store, hark_store_request_new (HARK_STORE_GET_FINISHED, 0));
  g_assert_true (reply->ok);
  g_assert_cmpuint (reply->transfers->len, ==, n_messages > 0);
  assert_same_chat (store, n_messages > 0);
  hark_store_close (store);
}

static void
test_round_trip (void)
{
  char *dir = helper_full_profile (fill);

  for (unsigned messages = 0; messages < 2; messages++) {
    g_autofree char *path = back_up (dir, messages);
    char *again = restored_profile (path);

    assert_same (again, messages ? MESSAGES : 0);
    g_unlink (path);
    helper_remove (again);
  }
  helper_remove (dir);
}

/* ---- damage ---------------------------------------------------------------------- */

static void
assert_refused (const char *path, const HarkBackupOpen *open, int code)
{
  HarkBackupFound found;
  g_autoptr (GError) error = NULL;

  g_assert_false (hark_backup_read (path, open, NULL, &found, &error));
  g_assert_error (error, HARK_STORE_ERROR, code);
}

static void
test_damage (void)
{
  const HarkStoreAccount account = helper_account ();
  const HarkSecret other = {{1}};
  const HarkBackupOpen open = {.seed = &account.account_seed};
  char *dir = helper_full_profile (fill);
  g_autofree char *path = back_up (dir, true);
  g_autofree char *bytes = NULL;
  gsize len;

  assert_refused (path, &(HarkBackupOpen){.seed = &other}, HARK_STORE_ERROR_PASSPHRASE);
  assert_refused (path, &(HarkBackupOpen){.passphrase = "x"}, HARK_STORE_ERROR_PASSPHRASE);
  g_assert_true (g_file_get_contents (path, &bytes, &len, NULL));
  for (unsigned i = 0; i < 40; i++) {
    const gsize at = (gsize) g_test_rand_int_range (150, (gint32) len);

    bytes[at] ^= 4;
    g_assert_true (g_file_set_contents (path, bytes, (gssize) len, NULL));
    assert_refused (path, &open, HARK_STORE_ERROR_CORRUPT);
    bytes[at] ^= 4;
    g_assert_true (g_file_set_contents (path, bytes, (gssize) at, NULL));
    assert_refused (path, &open, HARK_STORE_ERROR_CORRUPT);
  }
  g_unlink (path);
  helper_remove (dir);
}

/* ---- records --------------------------------------------------------------------- */

static void
assert_kind (GByteArray *record, HarkBackupKind kind)
{
  g_auto (HarkBackupItem) item;

  hark_backup_parse (record->data + 4, record->len - 4, &item);
  g_assert_cmpint (item.kind, ==, kind);
  g_byte_array_set_size (record, 0);
}

static void
test_bad_records (void)
{
  g_autoptr (GByteArray) record = g_byte_array_new ();
  HarkStoreContact row = contact ();
  HarkStoreMessage message = {.kind = HARK_MESSAGE_TEXT, .state = HARK_MESSAGE_SENT};
  g_autofree char *too_long = g_strnfill (65537, 'x');

  row.status = (HarkContactStatus) 6;
  hark_backup_put_contact (record, &row, 0);
  assert_kind (record, HARK_BACKUP_BAD);
  row = contact ();
  hark_backup_put_contact (record, &row, UINT64_MAX);
  assert_kind (record, HARK_BACKUP_BAD);
  hark_backup_put_contact (record, &row, 1);
  assert_kind (record, HARK_BACKUP_PUT);
  message.text = (char *) "\xff";
  hark_backup_put_message (record, &message);
  assert_kind (record, HARK_BACKUP_BAD);
  message.text = too_long;
  hark_backup_put_message (record, &message);
  assert_kind (record, HARK_BACKUP_BAD);
  message.text = (char *) "right";
  hark_backup_put_message (record, &message);
  assert_kind (record, HARK_BACKUP_PUT);
  message.kind = (HarkMessageKind) 10;
  hark_backup_put_message (record, &message);
  assert_kind (record, HARK_BACKUP_BAD);
  hark_backup_put_head (record, 0, true);
  record->data[record->len - 1] = 0; /* some other field */
  g_byte_array_set_size (record, 4);
  assert_kind (record, HARK_BACKUP_SKIP);
}

/* ---- automatic ones -------------------------------------------------------------- */

/* Our own picture is in the record of our own account. */
static void
test_picture (void)
{
  g_autofree uint8_t *pixels = g_malloc0 (96 * 96 * 3 + 1);
  HarkStorePerson person = {.account = helper_key (1), .version = 3, .has_picture = true};

  for (gsize len = 96 * 96 * 3 - 1; len <= 96 * 96 * 3 + 1; len++) {
    g_autoptr (GByteArray) record = g_byte_array_new ();
    g_autoptr (GBytes) picture = g_bytes_new_static (pixels, len);
    g_auto (HarkBackupItem) item;

    hark_backup_put_person (record, &person, picture);
    hark_backup_parse (record->data + 4, record->len - 4, &item);
    if (len != 96 * 96 * 3) {
      g_assert_cmpint (item.kind, ==, HARK_BACKUP_BAD);
      continue;
    }
    g_assert_cmpint (item.kind, ==, HARK_BACKUP_PUT);
    g_assert_cmpint (item.request->kind, ==, HARK_STORE_PUT_PICTURE);
    g_assert_true (g_bytes_equal (item.request->picture, picture));
    g_assert_true (item.request->person->has_picture);
  }
}

/* Everything but the epoch of our chains. */
static void
test_groups (void)
{
  const HarkStoreGroup group = {.id = {1},
                                .state = HARK_STORE_GROUP_JOINED,
                                .founder = {{2}},
                                .nonce = {3},
                                .sponsor = {{4}},
                                .name = "Friends",
                                .invite = {5},
                                .clock = 6,
                                .members = 7,
                                .epoch = 8,
                                .notices = 1,
                                .made_ms = 9};
  const HarkStoreGroupEntry entry = {
    .group = {1},
    .author = { {2}},
    .chain = { 0, 3},
    .seq = 4,
    .proof = 2,
    .content = g_bytes_new_static ("content", 7),
    .tags = g_bytes_new_static ("tags", 4)
  };
  g_autoptr (GByteArray) first = g_byte_array_new ();
  g_autoptr (GByteArray) second = g_byte_array_new ();
  g_auto (HarkBackupItem) item = {0};
  g_auto (HarkBackupItem) other = {0};

  hark_backup_put_group (first, &group);
  hark_backup_parse (first->data + 4, first->len - 4, &item);
  g_assert_cmpint (item.kind, ==, HARK_BACKUP_PUT);
  g_assert_cmpint (item.request->kind, ==, HARK_STORE_PUT_GROUP);
  g_assert_cmpstr (item.request->group.name, ==, "Friends");
  g_assert_cmpuint (item.request->group.epoch, ==, 0);
  g_assert_true (hark_key_equal (&item.request->group.sponsor, &group.sponsor));

  hark_backup_put_group_entry (second, &entry);
  hark_backup_parse (second->data + 4, second->len - 4, &other);
  g_assert_cmpint (other.kind, ==, HARK_BACKUP_PUT);
  g_assert_cmpuint (other.request->group_entry->seq, ==, 4);
  g_assert_true (g_bytes_equal (other.request->group_entry->content, entry.content));
  g_assert_true (g_bytes_equal (other.request->group_entry->tags, entry.tags));
  g_bytes_unref (entry.content);
  g_bytes_unref (entry.tags);
}

static void
test_plan (void)
{
  g_autoptr (HarkBackupPlan) plan = g_new0 (HarkBackupPlan, 1);
  g_autoptr (HarkBackupPlan) back = NULL;
  g_autoptr (HarkBackupPlan) none = hark_backup_plan_parse (NULL);
  g_autoptr (GBytes) kept = NULL;

  g_assert_cmpint (hark_backup_plan_wait (none, 1000), ==, -1);
  plan->folder = g_strdup ("/home/anna/backups");
  plan->keep = 3;
  plan->hours = 24;
  g_assert_cmpint (hark_backup_plan_wait (plan, 1000), ==, 0);
  plan->last_ms = 1000;
  g_assert_cmpint (hark_backup_plan_wait (plan, 1000 + 3600000), ==, 23 * 3600000);
  g_assert_cmpint (hark_backup_plan_wait (plan, INT64_C (1000) + 25 * 3600000), ==, 0);
  g_assert_cmpint (hark_backup_plan_wait (plan, 500), ==, 0);
  kept = hark_backup_plan_format (plan);
  back = hark_backup_plan_parse (kept);
  g_assert_cmpstr (back->folder, ==, plan->folder);
  g_assert_cmpuint (back->keep, ==, 3);
  g_assert_cmpuint (back->hours, ==, 24);
  g_assert_cmpint (back->last_ms, ==, 1000);
}

static void
test_surplus (void)
{
  const uint8_t account[32] = {0xab, 1, 2, 3};
  const char *const names[]
    = {"hark-ab010203-20260101-000000.age",     "letter.age",
       "hark-ab010203-20260301-000000.age",     "hark-ab010203-20260201-000000.age",
       "hark-ff010203-20250101-000000.age",     "hark-ab010203-summer.age",
       "hark-ab010203-20260115-000000.age.tmp", NULL};
  g_autofree char *name = hark_backup_name (account, 1767225600000);
  g_auto (GStrv) surplus = hark_backup_surplus (account, names, names[2], 2);

  g_assert_cmpstr (name, ==, names[0]);
  g_assert_cmpuint (g_strv_length (surplus), ==, 2);
  g_assert_cmpstr (surplus[0], ==, names[6]);
  g_assert_cmpstr (surplus[1], ==, names[0]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/backup/holds-everything-with-and-without-messages", test_round_trip);
  g_test_add_func ("/backup/breaks-off-when-told", test_stop);
  g_test_add_func ("/backup/damaged-or-others-is-refused", test_damage);
  g_test_add_func ("/backup/bad-records-are-refused", test_bad_records);
  g_test_add_func ("/backup/own-picture-is-in-it", test_picture);
  g_test_add_func ("/backup/groups-are-in-it", test_groups);
  g_test_add_func ("/backup/next-one-is-due-when-planned", test_plan);
  g_test_add_func ("/backup/only-old-ones-of-ours-go", test_surplus);
  return g_test_run ();
}
