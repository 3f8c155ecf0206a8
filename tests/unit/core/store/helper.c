#include "tests/unit/core/store/helper.h"

#include "core/store/files.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

HarkStoreOptions
helper_options (const char *below)
{
  return (HarkStoreOptions){.below = below, .passes = 1, .kib = 8};
}

/* In memory where there is such a place: these tests sync thousands of times. */
char *
helper_new_dir (void)
{
  const char *base = g_access ("/dev/shm", W_OK) == 0 ? "/dev/shm" : g_get_tmp_dir ();
  char *dir = g_build_filename (base, "hark-store-XXXXXX", NULL);

  g_assert_nonnull (g_mkdtemp (dir));
  return dir;
}

char *
helper_new_profile (void)
{
  const HarkStoreOptions options = helper_options (NULL);
  const HarkStoreAccount account = helper_account ();
  g_autoptr (GError) error = NULL;
  char *dir = helper_new_dir ();

  hark_profile_make (dir, &account, &(HarkStoreUnlock){NULL}, &options, &error);
  g_assert_no_error (error);
  return dir;
}

void
helper_remove (char *dir)
{
  g_autofree char *store = g_build_filename (dir, "store", NULL);
  g_autofree char *half = g_build_filename (dir, "store.new", NULL);

  g_assert_true (hark_files_remove_dir (store, NULL));
  g_assert_true (hark_files_remove_dir (half, NULL));
  g_assert_true (hark_files_remove_dir (dir, NULL));
  g_free (dir);
}

char *
helper_path (const char *dir, const char *name)
{
  return g_build_filename (dir, "store", name, NULL);
}

HarkStoreAccount
helper_account (void)
{
  HarkStoreAccount account = {.name = "Anna Plainname"};

  memset (account.account_seed.bytes, 0xa1, sizeof account.account_seed.bytes);
  memset (account.device_secret.bytes, 0xa2, sizeof account.device_secret.bytes);
  memset (account.device_id, 0xa3, sizeof account.device_id);
  memset (account.certificate, 0xa4, sizeof account.certificate);
  memset (account.contacts_token.bytes, 0xa5, sizeof account.contacts_token.bytes);
  return account;
}

HarkKey
helper_key (uint8_t fill)
{
  HarkKey key;

  memset (key.bytes, fill, sizeof key.bytes);
  return key;
}

HarkProfile *
helper_open (const char *dir, const char *below)
{
  const HarkStoreOptions options = helper_options (below);
  g_autoptr (GError) error = NULL;
  HarkProfile *profile = hark_profile_open (dir, &(HarkStoreUnlock){NULL}, &options, &error);

  g_assert_no_error (error);
  return profile;
}

HarkStoreRequest *
helper_put_message (uint8_t contact, unsigned i, const char *text)
{
  HarkStoreRequest *request = hark_store_request_new (HARK_STORE_PUT_MESSAGE, i);
  HarkStoreMessage *message = g_new0 (HarkStoreMessage, 1);

  message->id[0] = contact;
  memcpy (message->id + 8, &i, sizeof i);
  message->contact = helper_key (contact);
  message->kind = HARK_MESSAGE_TEXT;
  message->outgoing = true;
  message->state = HARK_MESSAGE_QUEUED;
  message->seq = i;
  message->text = g_strdup (text);
  request->message = message;
  return request;
}

HarkStoreReply *
helper_execute (HarkProfile *profile, HarkStoreRequest *request)
{
  HarkStoreReply *reply = NULL;

  g_assert_cmpuint (hark_database_execute (profile->database, &request, &reply, 1), ==, 1);
  hark_store_request_free (request);
  return reply;
}

HarkStoreReply *
helper_put (HarkProfile *profile, HarkStoreMessage *message)
{
  HarkStoreRequest *request = hark_store_request_new (HARK_STORE_PUT_MESSAGE, 1);
  HarkStoreReply *reply;

  request->message = message;
  reply = helper_execute (profile, request);
  g_assert_no_error (reply->error);
  return reply;
}

unsigned
helper_rows (HarkProfile *profile, const char *table)
{
  g_autofree char *sql = g_strdup_printf ("SELECT count(*) FROM %s", table);
  sqlite3_stmt *count = NULL;
  unsigned n;

  g_assert_cmpint (sqlite3_prepare_v2 (profile->database->handle, sql, -1, &count, NULL), ==,
                   SQLITE_OK);
  g_assert_cmpint (sqlite3_step (count), ==, SQLITE_ROW);
  n = (unsigned) sqlite3_column_int (count, 0);
  sqlite3_finalize (count);
  return n;
}

unsigned
helper_count (HarkProfile *profile, uint8_t contact, unsigned n_known)
{
  g_autofree uint8_t *seen = g_malloc0 (n_known + 1);
  uint64_t before = 0;
  unsigned n = 0;

  for (;;) {
    HarkStoreRequest *request = hark_store_request_new (HARK_STORE_GET_HISTORY, 0);
    g_autoptr (HarkStoreReply) reply = NULL;

    request->account_key = helper_key (contact);
    request->before = before;
    request->limit = 500;
    reply = helper_execute (profile, request);
    g_assert_no_error (reply->error);
    for (size_t i = 0; i < reply->messages->len; i++) {
      const HarkStoreMessage *message = g_ptr_array_index (reply->messages, i);

      g_assert_true (before == 0 || message->position < before);
      before = message->position;
      n++;
      if (message->seq <= n_known)
        g_assert_cmpuint (seen[message->seq]++, ==, 0);
    }

    if (reply->messages->len < 500)
      break;
  }

  for (unsigned i = 1; i <= n_known; i++)
    g_assert_cmpuint (seen[i], ==, 1);

  return n;
}

char *
helper_copy (const char *dir)
{
  static const char *const names[]
    = {"key", "unlock", "instance", "messages.db", "messages.db-wal"};
  char *copy = helper_new_dir ();
  g_autofree char *store = g_build_filename (copy, "store", NULL);

  g_assert_cmpint (g_mkdir (store, 0700), ==, 0);
  for (size_t i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *from = helper_path (dir, names[i]);
    g_autofree char *to = helper_path (copy, names[i]);
    g_autofree char *bytes = NULL;
    gsize len;

    if (g_file_get_contents (from, &bytes, &len, NULL))
      g_assert_true (
        g_file_set_contents_full (to, bytes, (gssize) len, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
  }

  return copy;
}

char *
helper_full_profile (HarkStoreFill fill)
{
  HarkStoreOptions options = helper_options (NULL);
  const HarkStoreAccount account = helper_account ();
  g_autoptr (GError) error = NULL;
  char *dir = helper_new_dir ();

  options.fill = fill;
  hark_profile_make (dir, &account, &(HarkStoreUnlock){NULL}, &options, &error);
  g_assert_no_error (error);
  return dir;
}

const char *const helper_fixture_files[HELPER_FIXTURE_FILES]
  = {"key", "unlock", "instance", "messages.db"};

char *
helper_fixture (const char *version)
{
  char *dir = helper_new_dir ();
  g_autofree char *store = g_build_filename (dir, "store", NULL);

  g_assert_cmpint (g_mkdir (store, 0700), ==, 0);
  for (size_t i = 0; i < HELPER_FIXTURE_FILES; i++) {
    g_autofree char *from
      = g_build_filename (g_getenv ("HARK_STORE_FIXTURES"), version, helper_fixture_files[i], NULL);
    g_autofree char *to = helper_path (dir, helper_fixture_files[i]);
    g_autofree char *bytes = NULL;
    gsize len;

    g_assert_true (g_file_get_contents (from, &bytes, &len, NULL));
    g_assert_true (g_file_set_contents (to, bytes, (gssize) len, NULL));
  }
  return dir;
}
