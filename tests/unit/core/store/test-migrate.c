/* Profiles as each version of the schema left them, opened by this one. A fixture is made once, by
 * the version that it is of, and never changed: HARK_NEW_FIXTURE=DIR test-core-store-migrate. */
#include "core/voice/recorder.h"
#include "tests/unit/core/store/helper.h"

#include <glib/gstdio.h>
#include <string.h>

static void
must (HarkProfile *profile, HarkStoreRequest *request)
{
  g_autoptr (HarkStoreReply) reply = helper_execute (profile, request);

  g_assert_no_error (reply->error);
}

/* What version 2 has beside contacts and messages. */
static void
put_second_version (HarkProfile *profile)
{
  HarkStoreRequest *request = hark_store_request_new (HARK_STORE_PUT_PERSON, 0);

  request->person = g_new0 (HarkStorePerson, 1);
  request->person->account = helper_key (1);
  request->person->version = 5;
  request->person->favourite = true;
  g_strlcpy (request->person->status_text, "at sea", sizeof request->person->status_text);
  g_strlcpy (request->person->notes, "met in Oslo", sizeof request->person->notes);
  must (profile, request);

  request = hark_store_request_new (HARK_STORE_PUT_CHAT, 0);
  request->chat = g_new0 (HarkStoreChat, 1);
  request->chat->contact = helper_key (1);
  request->chat->draft = g_strdup ("half a sentence");
  request->chat->pinned_ms = 7;
  request->fields = HARK_STORE_CHAT_DRAFT | HARK_STORE_CHAT_PINNED;
  must (profile, request);

  request = hark_store_request_new (HARK_STORE_PUT_GROUP, 0);
  memset (request->group.id, 9, sizeof request->group.id);
  request->group.state = HARK_STORE_GROUP_JOINED;
  g_strlcpy (request->group.name, "Rowing", sizeof request->group.name);
  must (profile, request);
}

/* And version 3 beside that. */
static void
put_third_version (HarkProfile *profile)
{
  static const uint8_t preview[2 + 3] = {1, 1, 10, 20, 30};
  HarkStoreRequest *request = hark_store_request_new (HARK_STORE_PUT_TRANSFER, 0);

  request->transfer = g_new0 (HarkStoreTransfer, 1);
  request->transfer->id = 4;
  request->transfer->contact = helper_key (1);
  request->transfer->state = HARK_STORE_TRANSFER_FINISHED - 1;
  request->transfer->name = g_strdup ("boat.png");
  request->transfer->path = g_strdup ("/tmp/boat.png");
  request->transfer->size = 12345;
  memset (request->transfer->sample, 8, sizeof request->transfer->sample);
  request->transfer->preview = g_bytes_new_static (preview, sizeof preview);
  must (profile, request);
}

/* And version 4. */
static void
put_fourth_version (HarkProfile *profile)
{
  HarkStoreRequest *request = hark_store_request_new (HARK_STORE_PUT_GROUP_READ, 0);

  memset (request->group.id, 9, sizeof request->group.id);
  request->account_key = helper_key (1);
  request->before = 77;
  must (profile, request);

  request = hark_store_request_new (HARK_STORE_PUT_TRANSFER, 0);
  request->transfer = g_new0 (HarkStoreTransfer, 1);
  request->transfer->id = 5;
  request->transfer->contact = helper_key (1);
  request->transfer->state = HARK_STORE_TRANSFER_FINISHED - 1;
  request->transfer->name = g_strdup ("plan.pdf");
  request->transfer->path = g_strdup ("/tmp/plan.pdf");
  request->transfer->people = g_bytes_new_static ("people", 6);
  must (profile, request);
}

/* And version 5: one spoken message in two parts, and the hashes of a file that still comes. */
static void
put_fifth_version (HarkProfile *profile)
{
  static const uint8_t hashes[64] = {6};
  HarkStoreRequest *still = hark_store_request_new (HARK_STORE_PUT_TRANSFER, 0);
  const uint8_t set[HARK_OGG_SET_LEN] = {5};
  const int16_t block[HARK_VOICE_BLOCK] = {0};
  g_autoptr (HarkRecorder) recorder = hark_recorder_new (set);
  g_autoptr (GPtrArray) files = NULL;
  gsize len;

  still->transfer = g_new0 (HarkStoreTransfer, 1);
  still->transfer->id = 6;
  still->transfer->contact = helper_key (1);
  still->transfer->name = g_strdup ("song.flac");
  still->transfer->list = g_bytes_new_static (hashes, sizeof hashes);
  must (profile, still);
  for (unsigned i = 0; i < 10; i++)
    hark_recorder_take (recorder, block);
  files = hark_recorder_finish (recorder);
  for (unsigned part = 1; part <= 2; part++) {
    HarkStoreRequest *request = hark_store_request_new (HARK_STORE_PUT_MESSAGE, 0);
    const void *bytes = g_bytes_get_data (files->pdata[0], &len);
    uint8_t *copy = g_memdup2 (bytes, len);

    hark_ogg_set_part (copy, set, part, 2);
    request->message = g_new0 (HarkStoreMessage, 1);
    request->message->contact = helper_key (1);
    request->message->kind = HARK_MESSAGE_CLIP;
    request->message->state = HARK_MESSAGE_DELIVERED;
    request->message->id[0] = 5;
    request->message->id[1] = (uint8_t) part;
    request->message->seq = 500 + part;
    request->message->clock = 5000 + (int64_t) part;
    request->message->text = g_strdup ("");
    request->message->body = g_bytes_new_take (copy, len);
    must (profile, request);
  }
}

static void
make_fixture (const char *target)
{
  char *dir = helper_new_profile ();
  HarkProfile *profile = helper_open (dir, NULL);
  HarkStoreRequest *request = hark_store_request_new (HARK_STORE_PUT_CONTACT, 0);

  request->contact = g_new0 (HarkStoreContact, 1);
  request->contact->account = helper_key (1);
  request->contact->status = HARK_CONTACT_ACCEPTED;
  g_strlcpy (request->contact->name, "Bertha", sizeof request->contact->name);
  request->contact->has_pairwise = true;
  memset (request->contact->pairwise.bytes, 7, sizeof request->contact->pairwise.bytes);
  hark_store_reply_free (helper_execute (profile, request));
  for (unsigned i = 1; i <= HELPER_FIXTURE_MESSAGES; i++)
    hark_store_reply_free (helper_execute (profile, helper_put_message (1, i, "kept from then")));
  put_second_version (profile);
  put_third_version (profile);
  put_fourth_version (profile);
  put_fifth_version (profile);
  hark_profile_close (profile);
  for (size_t i = 0; i < HELPER_FIXTURE_FILES; i++) {
    g_autofree char *from = helper_path (dir, helper_fixture_files[i]);
    g_autofree char *to = g_build_filename (target, helper_fixture_files[i], NULL);
    g_autofree char *bytes = NULL;
    gsize len;

    g_assert_true (g_file_get_contents (from, &bytes, &len, NULL));
    g_assert_true (g_file_set_contents (to, bytes, (gssize) len, NULL));
  }
  helper_remove (dir);
}

/* What was written before is found with the words of now. */
static unsigned
search (HarkProfile *profile, const char *text)
{
  HarkStoreRequest *request = hark_store_request_new (HARK_STORE_SEARCH, 0);
  g_autoptr (HarkStoreReply) reply = NULL;

  request->text = g_strdup (text);
  request->has_contact = true;
  request->account_key = helper_key (1);
  request->limit = 500;
  reply = helper_execute (profile, request);
  g_assert_no_error (reply->error);
  return reply->messages->len;
}

static void
test_version_1 (void)
{
  char *dir = helper_fixture ("v1");
  const HarkSecret seed = helper_account ().account_seed;
  HarkProfile *profile = helper_open (dir, NULL);
  HarkStoreSnapshot all;
  const HarkStoreContact *row;
  const HarkStoreOptions options = helper_options (NULL);

  g_assert_cmpint (hark_snapshot_read (profile->database, &all), ==, SQLITE_OK);
  g_assert_cmpstr (all.account.name, ==, "Anna Plainname");
  g_assert_cmpuint (all.contacts->len, ==, 1);
  row = &g_array_index (all.contacts, HarkStoreContact, 0);
  g_assert_cmpstr (row->name, ==, "Bertha");
  g_assert_true (row->has_pairwise);
  g_assert_cmpuint (row->pairwise.bytes[31], ==, 7);
  hark_store_snapshot_clear (&all);
  g_assert_cmpuint (helper_count (profile, 1, HELPER_FIXTURE_MESSAGES), ==,
                    HELPER_FIXTURE_MESSAGES);
  g_assert_cmpuint (search (profile, "\"kept from\" the"), ==, HELPER_FIXTURE_MESSAGES);
  hark_store_reply_free (helper_execute (profile, helper_put_message (1, 21, "new")));
  g_assert_cmpuint (search (profile, "NEW"), ==, 1);
  hark_profile_close (profile);

  profile = hark_profile_open (dir, &(HarkStoreUnlock){.seed = &seed}, &options, NULL);
  g_assert_nonnull (profile);
  g_assert_cmpuint (helper_count (profile, 1, 21), ==, 21);
  hark_profile_close (profile);
  helper_remove (dir);
}

static void
check_chat (HarkProfile *profile)
{
  g_autoptr (HarkStoreReply) reply
    = helper_execute (profile, hark_store_request_new (HARK_STORE_GET_CHATS, 0));
  bool found = false;

  g_assert_no_error (reply->error);
  for (guint i = 0; i < reply->chats->len; i++) {
    const HarkStoreChat *chat = reply->chats->pdata[i];
    const HarkKey key = helper_key (1);

    if (!hark_key_equal (&chat->contact, &key))
      continue;
    found = true;
    g_assert_cmpstr (chat->draft, ==, "half a sentence");
    g_assert_cmpint (chat->pinned_ms, ==, 7);
  }
  g_assert_true (found);
}

static void
test_version_2 (void)
{
  char *dir = helper_fixture ("v2");
  HarkProfile *profile = helper_open (dir, NULL);
  HarkStoreSnapshot all;
  const HarkStorePerson *person;

  g_assert_cmpint (hark_snapshot_read (profile->database, &all), ==, SQLITE_OK);
  g_assert_cmpuint (all.contacts->len, ==, 1);
  g_assert_cmpuint (all.people->len, ==, 1);
  person = &g_array_index (all.people, HarkStorePerson, 0);
  g_assert_cmpuint (person->version, ==, 5);
  g_assert_true (person->favourite);
  g_assert_cmpstr (person->status_text, ==, "at sea");
  g_assert_cmpstr (person->notes, ==, "met in Oslo");
  g_assert_cmpuint (all.groups->len, ==, 1);
  hark_store_snapshot_clear (&all);
  check_chat (profile);
  g_assert_cmpuint (helper_count (profile, 1, HELPER_FIXTURE_MESSAGES), ==,
                    HELPER_FIXTURE_MESSAGES);
  g_assert_cmpuint (search (profile, "\"kept from\" the"), ==, HELPER_FIXTURE_MESSAGES);
  must (profile, helper_put_message (1, 21, "new"));
  g_assert_cmpuint (search (profile, "NEW"), ==, 1);
  hark_profile_close (profile);
  helper_remove (dir);
}

static void
test_version_3 (void)
{
  char *dir = helper_fixture ("v3");
  HarkProfile *profile = helper_open (dir, NULL);
  const HarkStoreTransfer *transfer;
  HarkStoreSnapshot all;

  g_assert_cmpint (hark_snapshot_read (profile->database, &all), ==, SQLITE_OK);
  g_assert_cmpuint (all.contacts->len, ==, 1);
  g_assert_cmpuint (all.people->len, ==, 1);
  g_assert_cmpuint (all.groups->len, ==, 1);
  g_assert_cmpuint (all.transfers->len, ==, 1);
  transfer = all.transfers->pdata[0];
  g_assert_cmpstr (transfer->name, ==, "boat.png");
  g_assert_cmpuint (transfer->sample[31], ==, 8);
  g_assert_cmpuint (g_bytes_get_size (transfer->preview), ==, 5);
  hark_store_snapshot_clear (&all);
  check_chat (profile);
  g_assert_cmpuint (helper_count (profile, 1, HELPER_FIXTURE_MESSAGES), ==,
                    HELPER_FIXTURE_MESSAGES);
  g_assert_cmpuint (search (profile, "\"kept from\" the"), ==, HELPER_FIXTURE_MESSAGES);
  hark_profile_close (profile);
  helper_remove (dir);
}

static void
test_version_4 (void)
{
  char *dir = helper_fixture ("v4");
  HarkProfile *profile = helper_open (dir, NULL);
  const HarkStoreGroupRead *read;
  HarkStoreSnapshot all;

  g_assert_cmpint (hark_snapshot_read (profile->database, &all), ==, SQLITE_OK);
  g_assert_cmpuint (all.groups->len, ==, 1);
  g_assert_cmpuint (all.group_reads->len, ==, 1);
  read = &g_array_index (all.group_reads, HarkStoreGroupRead, 0);
  g_assert_cmpint (read->clock, ==, 77);
  g_assert_cmpuint (all.transfers->len, ==, 2);
  for (guint i = 0; i < all.transfers->len; i++) {
    const HarkStoreTransfer *transfer = all.transfers->pdata[i];

    g_assert_true ((transfer->people != NULL) == (transfer->id == 5));
  }
  hark_store_snapshot_clear (&all);
  check_chat (profile);
  g_assert_cmpuint (search (profile, "\"kept from\" the"), ==, HELPER_FIXTURE_MESSAGES);
  hark_profile_close (profile);
  helper_remove (dir);
}

static void
test_version_5 (void)
{
  char *dir = helper_fixture ("v5");
  HarkProfile *profile = helper_open (dir, NULL);
  HarkStoreRequest *request = hark_store_request_new (HARK_STORE_GET_CLIP, 0);
  g_autoptr (HarkStoreReply) reply = NULL;
  HarkStoreSnapshot all;
  unsigned lists = 0;

  g_assert_cmpint (hark_snapshot_read (profile->database, &all), ==, SQLITE_OK);
  for (guint i = 0; i < all.transfers->len; i++)
    lists += ((const HarkStoreTransfer *) all.transfers->pdata[i])->list != NULL;
  g_assert_cmpuint (lists, ==, 1);
  hark_store_snapshot_clear (&all);
  request->account_key = helper_key (1);
  request->message = g_new0 (HarkStoreMessage, 1);
  request->message->contact = helper_key (1);
  request->message->id[0] = 5;
  request->message->id[1] = 1;
  reply = helper_execute (profile, request);
  g_assert_no_error (reply->error);
  g_assert_cmpuint (reply->messages->len, ==, 2);
  g_assert_cmpuint (((const HarkStoreMessage *) reply->messages->pdata[1])->id[1], ==, 2);
  check_chat (profile);
  g_assert_cmpuint (search (profile, "\"kept from\" the"), ==, HELPER_FIXTURE_MESSAGES);
  hark_profile_close (profile);
  helper_remove (dir);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  if (g_getenv ("HARK_NEW_FIXTURE") != NULL) {
    make_fixture (g_getenv ("HARK_NEW_FIXTURE"));
    return 0;
  }
  g_test_add_func ("/store/version-1-opens-with-all-that-was-in-it", test_version_1);
  g_test_add_func ("/store/version-2-opens-with-all-that-was-in-it", test_version_2);
  g_test_add_func ("/store/version-3-opens-with-all-that-was-in-it", test_version_3);
  g_test_add_func ("/store/version-4-opens-with-all-that-was-in-it", test_version_4);
  g_test_add_func ("/store/version-5-opens-with-all-that-was-in-it", test_version_5);
  return g_test_run ();
}
