#include "tests/unit/core/store/helper.h"

#include "core/store/keyfile.h"

#include <glib/gstdio.h>
#include <string.h>

#define N_MESSAGES 60
#define WORD "quisquilian"

/* A profile as a crash leaves it: some messages in the database, the rest in the log. */
static char *
new_crashed_profile (void)
{
  char *dir = helper_new_profile (), *copy;
  HarkProfile *profile = helper_open (dir, NULL);

  for (unsigned i = 1; i <= N_MESSAGES; i++) {
    hark_store_reply_free (
      helper_execute (profile, helper_put_message (1, i, "a " WORD " thing to say")));
    if (i == N_MESSAGES / 2)
      sqlite3_wal_checkpoint_v2 (profile->database->handle, NULL, SQLITE_CHECKPOINT_RESTART, NULL,
                                 NULL);
  }

  copy = helper_copy (dir);
  hark_profile_close (profile);
  helper_remove (dir);
  return copy;
}

typedef struct {
  char *path;
  uint8_t *bytes;
  gsize len;
} File;

static File
read_file (const char *dir, const char *name)
{
  File file = {.path = helper_path (dir, name)};
  char *bytes = NULL;

  g_assert_true (g_file_get_contents (file.path, &bytes, &file.len, NULL));
  file.bytes = (uint8_t *) bytes;
  return file;
}

static void
write_file (const File *file)
{
  g_unlink (file->path); /* an existing file would keep its length */
  g_assert_true (g_file_set_contents_full (file->path, (const char *) file->bytes,
                                           (gssize) file->len, G_FILE_SET_CONTENTS_NONE, 0600,
                                           NULL));
}

static void
file_clear (File *file)
{
  g_free (file->path);
  g_free (file->bytes);
}

/* Reads everything there is; returns how many messages, or -1 when the damage was noticed. Other
 * content than what was written fails the test. */
static int
read_all (const char *dir)
{
  const HarkStoreOptions options = helper_options (NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (HarkProfile) profile
    = hark_profile_open (dir, &(HarkStoreUnlock){NULL}, &options, &error);
  HarkStoreRequest *request = hark_store_request_new (HARK_STORE_GET_HISTORY, 0);
  g_autoptr (HarkStoreReply) history = NULL;
  g_autoptr (HarkStoreReply) search = NULL;

  if (profile == NULL) {
    g_assert_error (error, HARK_STORE_ERROR, HARK_STORE_ERROR_CORRUPT);
    hark_store_request_free (request);
    return -1;
  }

  request->account_key = helper_key (1);
  request->limit = 500;
  history = helper_execute (profile, request);
  request = hark_store_request_new (HARK_STORE_SEARCH, 0);
  request->text = g_strdup (WORD);
  request->limit = 500;
  search = helper_execute (profile, request);
  if (!history->ok || !search->ok) {
    const GError *said = history->ok ? search->error : history->error;

    g_assert_error (said, HARK_STORE_ERROR, HARK_STORE_ERROR_CORRUPT);
    return -1;
  }

  g_assert_cmpuint (history->messages->len, ==, search->messages->len);
  for (size_t i = 0; i < history->messages->len; i++) {
    const HarkStoreMessage *message = g_ptr_array_index (history->messages, i);

    g_assert_cmpuint (message->seq, ==, history->messages->len - i);
    g_assert_cmpstr (message->text, ==, "a " WORD " thing to say");
  }

  return (int) history->messages->len;
}

/* Flips bits all over @name, one at a time; each is noticed, or at least @n messages are read. */
static void
flip_all_over (const char *name, size_t n_flips, int n)
{
  char *dir = new_crashed_profile ();
  File file = read_file (dir, name);

  for (size_t i = 0; i < n_flips; i++) {
    const gsize at = i < 100 ? i * 7919 % MIN (file.len, 4200)
                             : (gsize) g_test_rand_int_range (0, (gint32) file.len);
    const uint8_t bit = (uint8_t) (1 << g_test_rand_int_range (0, 8));
    char *copy = helper_copy (dir);
    File changed = {.path = helper_path (copy, name), .bytes = file.bytes, .len = file.len};
    int read;

    file.bytes[at] ^= bit;
    write_file (&changed);
    file.bytes[at] ^= bit;
    read = read_all (copy);
    if (read >= 0)
      g_assert_cmpint (read, >=, n);
    g_free (changed.path);
    helper_remove (copy);
  }

  file_clear (&file);
  helper_remove (dir);
}

static void
test_flips_in_database (void)
{
  flip_all_over ("messages.db", 120, N_MESSAGES);
}

/* In the log the last transaction cannot be told from one the power cut short. */
static void
test_flips_in_log (void)
{
  flip_all_over ("messages.db-wal", 150, N_MESSAGES - 1);
}

static void
test_swapped_pages (void)
{
  char *dir = helper_new_profile ();
  HarkProfile *profile = helper_open (dir, NULL);
  File file;
  unsigned n, read = 0;

  for (unsigned i = 1; i <= N_MESSAGES; i++)
    hark_store_reply_free (
      helper_execute (profile, helper_put_message (1, i, "a " WORD " thing to say")));
  hark_profile_close (profile);

  file = read_file (dir, "messages.db");
  n = (unsigned) (file.len / HARK_PAGE_LEN);
  for (unsigned i = 0; i < n; i++) {
    const unsigned other = (i + 1 + (unsigned) g_test_rand_int_range (0, (gint32) n - 1)) % n;
    uint8_t *a = file.bytes + (size_t) i * HARK_PAGE_LEN;
    uint8_t *b = file.bytes + (size_t) other * HARK_PAGE_LEN;
    uint8_t kept_a[HARK_PAGE_LEN], kept_b[HARK_PAGE_LEN];
    int got;

    memcpy (kept_a, a, HARK_PAGE_LEN);
    memcpy (kept_b, b, HARK_PAGE_LEN);
    memcpy (a, kept_b, HARK_PAGE_LEN);
    memcpy (b, kept_a, HARK_PAGE_LEN);
    write_file (&file);
    got = read_all (dir);
    g_assert_true (got == -1 || got == N_MESSAGES); /* pages that are not read do no harm */
    read += got == N_MESSAGES;
    memcpy (a, kept_a, HARK_PAGE_LEN);
    memcpy (b, kept_b, HARK_PAGE_LEN);
    write_file (&file);
  }

  g_assert_cmpuint (read, <, n);
  g_assert_cmpint (read_all (dir), ==, N_MESSAGES);
  file_clear (&file);
  helper_remove (dir);
}

static void
test_truncated (void)
{
  char *dir = helper_new_profile ();
  HarkProfile *profile = helper_open (dir, NULL);
  File file;
  gsize whole;

  for (unsigned i = 1; i <= N_MESSAGES; i++)
    hark_store_reply_free (
      helper_execute (profile, helper_put_message (1, i, "a " WORD " thing to say")));
  hark_profile_close (profile);

  file = read_file (dir, "messages.db");
  whole = file.len;
  for (gsize len = 0; len < whole; len += 1700) {
    char *copy = helper_copy (dir);
    File cut = {.path = helper_path (copy, "messages.db"), .bytes = file.bytes, .len = len};
    int got;

    write_file (&cut);
    got = read_all (copy);
    /* only of the last page it may not matter that it is incomplete */
    g_assert_true (got == -1 || (got == N_MESSAGES && len + HARK_PAGE_LEN > whole));
    g_free (cut.path);
    helper_remove (copy);
  }

  g_assert_cmpint (read_all (dir), ==, N_MESSAGES);
  file_clear (&file);
  helper_remove (dir);
}

/* Each frame is whole, but not in its place. */
static void
test_frames_moved_in_log (void)
{
  char *dir = new_crashed_profile ();
  File file = read_file (dir, "messages.db-wal");
  const gsize first = HARK_WAL_HEADER_LEN, second = first + HARK_WAL_FRAME_LEN;
  uint8_t frame[HARK_WAL_FRAME_LEN];
  int got;

  memcpy (frame, file.bytes + first, sizeof frame);
  memcpy (file.bytes + first, file.bytes + second, sizeof frame);
  memcpy (file.bytes + second, frame, sizeof frame);
  write_file (&file);
  got = read_all (dir);
  g_assert_cmpint (got, ==, -1);
  file_clear (&file);
  helper_remove (dir);
}

/* ---- nothing to read ------------------------------------------------------------- */

static void
assert_absent (const char *dir, const char *name, const void *word, size_t len)
{
  g_autofree char *path = helper_path (dir, name);
  g_autofree char *bytes = NULL;
  gsize size = 0;

  if (g_file_get_contents (path, &bytes, &size, NULL))
    g_assert_null (memmem (bytes, size, word, len));
}

static void
test_no_plaintext (void)
{
  static const char *const names[]
    = {"messages.db", "messages.db-wal", "key", "unlock", "instance"};
  char *dir = new_crashed_profile ();

  for (unsigned pass = 0; pass < 2; pass++) {
    const HarkStoreAccount account = helper_account ();
    HarkProfile *profile;

    for (size_t i = 0; i < G_N_ELEMENTS (names); i++) {
      assert_absent (dir, names[i], WORD, strlen (WORD));
      assert_absent (dir, names[i], "Plainname", 9);
      assert_absent (dir, names[i], "SQLite", 6);
      assert_absent (dir, names[i], account.account_seed.bytes, 8);
    }

    profile = helper_open (dir, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS (names); i++)
      assert_absent (dir, names[i], profile->keys->data.bytes, 16);
    hark_profile_close (profile);
  }

  helper_remove (dir);
}

static void
test_no_other_files (void)
{
  char *dir = helper_new_profile ();
  HarkProfile *profile = helper_open (dir, NULL);
  g_autofree char *store = g_build_filename (dir, "store", NULL);
  g_autoptr (GDir) names = NULL;
  const char *name;

  for (unsigned i = 1; i <= 300; i++)
    hark_store_reply_free (helper_execute (profile, helper_put_message (1, i, WORD)));

  names = g_dir_open (store, 0, NULL);
  while ((name = g_dir_read_name (names)) != NULL)
    g_assert_true (g_str_equal (name, "key") || g_str_equal (name, "unlock")
                   || g_str_equal (name, "instance") || g_str_equal (name, "under-way")
                   || g_str_equal (name, "messages.db") || g_str_equal (name, "messages.db-wal"));

  hark_profile_close (profile);
  helper_remove (dir);
}

/* ---- the key file ---------------------------------------------------------------- */

static HarkKeyfile
new_keyfile (HarkStoreKeys *keys)
{
  HarkKeyfile keyfile = {
    .file_id = {1, 2, 3}
  };

  memset (keys->data.bytes, 0x5a, sizeof keys->data.bytes);
  g_assert_true (hark_keyfile_add_passphrase (&keyfile, keys, "open", 1, 8));
  hark_keyfile_add_random (&keyfile, keys, HARK_SLOT_FILE);
  return keyfile;
}

static void
test_keyfile (void)
{
  g_autoptr (HarkStoreKeys) keys = hark_store_keys_new ();
  g_autoptr (HarkStoreKeys) other = hark_store_keys_new ();
  const HarkKeyfile keyfile = new_keyfile (keys);
  uint8_t bytes[HARK_KEYFILE_LEN_MAX];
  const size_t len = hark_keyfile_format (&keyfile, bytes);
  HarkKeyfile parsed;

  g_assert_cmpint (hark_keyfile_parse (bytes, len, &parsed), ==, HARK_KEYFILE_OK);
  g_assert_cmpint (hark_keyfile_open_passphrase (&parsed, other, "close"), ==,
                   HARK_KEYFILE_WRONG_KEY);
  g_assert_cmpint (hark_keyfile_open_passphrase (&parsed, other, "open"), ==, HARK_KEYFILE_OK);
  g_assert_true (hark_secret_equal (&other->data, &keys->data));

  hark_secret_clear (&other->data);
  other->wrap = keys->wrap;
  g_assert_cmpint (hark_keyfile_open_random (&parsed, other, HARK_SLOT_FILE), ==, HARK_KEYFILE_OK);
  g_assert_true (hark_secret_equal (&other->data, &keys->data));

  other->wrap = keys->wrap;
  parsed.file_id[0]++; /* of another database */
  g_assert_cmpint (hark_keyfile_open_random (&parsed, other, HARK_SLOT_FILE), ==,
                   HARK_KEYFILE_DAMAGED);
}

static void
test_keyfile_damaged (void)
{
  g_autoptr (HarkStoreKeys) keys = hark_store_keys_new ();
  const HarkKeyfile keyfile = new_keyfile (keys);
  uint8_t bytes[HARK_KEYFILE_LEN_MAX];
  const size_t len = hark_keyfile_format (&keyfile, bytes);
  HarkKeyfile parsed;

  for (size_t i = 0; i < 8 * len; i++) {
    bytes[i / 8] ^= (uint8_t) (1 << i % 8);
    g_assert_cmpint (hark_keyfile_parse (bytes, len, &parsed), !=, HARK_KEYFILE_OK);
    bytes[i / 8] ^= (uint8_t) (1 << i % 8);
  }

  for (size_t i = 0; i < len; i++)
    g_assert_cmpint (hark_keyfile_parse (bytes, i, &parsed), ==, HARK_KEYFILE_DAMAGED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store/flipped-bit-in-database-is-noticed", test_flips_in_database);
  g_test_add_func ("/store/flipped-bit-in-log-is-noticed", test_flips_in_log);
  g_test_add_func ("/store/swapped-pages-are-noticed", test_swapped_pages);
  g_test_add_func ("/store/cut-database-is-noticed", test_truncated);
  g_test_add_func ("/store/moved-frames-are-noticed", test_frames_moved_in_log);
  g_test_add_func ("/store/no-file-shows-a-word", test_no_plaintext);
  g_test_add_func ("/store/no-other-file-is-made", test_no_other_files);
  g_test_add_func ("/keyfile/opens-with-its-keys-only", test_keyfile);
  g_test_add_func ("/keyfile/damage-is-noticed", test_keyfile_damaged);
  return g_test_run ();
}
