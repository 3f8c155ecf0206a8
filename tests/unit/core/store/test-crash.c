#include "tests/unit/core/store/disk.h"
#include "tests/unit/core/store/helper.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define TEXT "some words that people write to each other"

/* ---- kill -9 --------------------------------------------------------------------- */

static void
write_until_killed (const char *dir, unsigned next, int out)
{
  HarkProfile *profile = helper_open (dir, NULL);

  for (;; next++) {
    g_autoptr (HarkStoreReply) reply = helper_execute (profile, helper_put_message (1, next, TEXT));

    if (!reply->ok || write (out, &next, sizeof next) != sizeof next)
      _exit (1);
  }
}

static unsigned
run_and_kill (const char *dir, unsigned next, unsigned lifetime_us)
{
  int ends[2];
  unsigned last = next - 1, got;
  pid_t child;

  g_assert_cmpint (pipe (ends), ==, 0);
  child = fork ();
  g_assert_cmpint (child, >=, 0);
  if (child == 0) {
    close (ends[0]);
    write_until_killed (dir, next, ends[1]);
  }

  close (ends[1]);
  g_usleep (lifetime_us);
  kill (child, SIGKILL);
  waitpid (child, NULL, 0);
  while (read (ends[0], &got, sizeof got) == sizeof got)
    last = got;
  close (ends[0]);
  return last;
}

static void
test_kill (void)
{
  char *dir = helper_new_profile ();
  unsigned n = 0;

  for (unsigned i = 0; i < 20; i++) {
    const unsigned acknowledged
      = run_and_kill (dir, n + 1, (unsigned) g_test_rand_int_range (2000, 25000));
    HarkProfile *profile = helper_open (dir, NULL);

    /* what was not acknowledged may be there, once */
    n = helper_count (profile, 1, acknowledged);
    g_assert_cmpuint (n, <=, acknowledged + 1);
    hark_profile_close (profile);
  }

  helper_remove (dir);
}

/* ---- an interrupted create ------------------------------------------------------- */

static void
count_down (void *data)
{
  int *left = data;

  if ((*left)-- == 0)
    _exit (7);
}

static void
check_after_create (const char *dir, bool finished)
{
  HarkStoreOptions options = helper_options (NULL);
  const HarkStoreAccount account = helper_account ();
  g_autoptr (GError) error = NULL;
  HarkProfile *profile = hark_profile_open (dir, &(HarkStoreUnlock){NULL}, &options, &error);

  if (profile == NULL) {
    g_assert_false (finished);
    g_assert_error (error, HARK_STORE_ERROR, HARK_STORE_ERROR_NO_PROFILE);
    g_clear_error (&error);
    hark_profile_make (dir, &account, &(HarkStoreUnlock){NULL}, &options, &error);
    g_assert_no_error (error);
    profile = hark_profile_open (dir, &(HarkStoreUnlock){NULL}, &options, &error);
    g_assert_no_error (error);
  }

  hark_profile_close (profile);
}

static void
test_create_interrupted (void)
{
  const HarkStoreAccount account = helper_account ();
  bool finished = false;

  for (int k = 0; !finished; k++) {
    char *dir = helper_new_dir ();
    int left = k, status = 0;
    const pid_t child = fork ();

    g_assert_cmpint (child, >=, 0);
    if (child == 0) {
      HarkStoreOptions options = helper_options (NULL);

      options.on_step = count_down;
      options.data = &left;
      _exit (hark_profile_make (dir, &account, &(HarkStoreUnlock){NULL}, &options, NULL) ? 0 : 1);
    }

    waitpid (child, &status, 0);
    g_assert_true (WIFEXITED (status));
    g_assert_cmpint (WEXITSTATUS (status), !=, 1);
    finished = WEXITSTATUS (status) == 0;
    check_after_create (dir, finished);
    helper_remove (dir);
    g_assert_cmpint (k, <, 50);
  }
}

static void
test_create_fails_clean (void)
{
  const HarkStoreAccount account = helper_account ();
  bool finished = false;

  for (unsigned k = 1; !finished; k++) {
    HarkStoreOptions options = helper_options (DISK_NAME);
    char *dir = helper_new_dir ();
    g_autofree char *half = g_build_filename (dir, "store.new", NULL);
    g_autoptr (GError) error = NULL;

    disk_reset ();
    disk_fail (k, SQLITE_FULL, true);
    finished = hark_profile_make (dir, &account, &(HarkStoreUnlock){NULL}, &options, &error);
    if (!finished)
      g_assert_error (error, HARK_STORE_ERROR, HARK_STORE_ERROR_DISK);
    g_assert_false (g_file_test (half, G_FILE_TEST_EXISTS));
    disk_reset ();
    check_after_create (dir, finished);
    helper_remove (dir);
    k += k / 4; /* every point at first, then ever fewer */
    g_assert_cmpuint (k, <, 2000);
  }
}

/* ---- a disk that fails ----------------------------------------------------------- */

/* Runs a few groups with operation @at failing; returns whether one was reached. Whatever was
 * acknowledged must be there afterwards, whatever was refused must not. */
static bool
run_with_failure (const char *dir, unsigned at, int code, bool forever)
{
  HarkStoreRequest *requests[4];
  HarkStoreReply *replies[4];
  HarkProfile *profile;
  unsigned good = 0, next = 1;
  bool reached;

  disk_reset ();
  profile = helper_open (dir, DISK_NAME);
  disk_fail (at, code, forever);
  for (unsigned group = 0; group < 6; group++) {
    for (unsigned i = 0; i < 4; i++)
      requests[i] = helper_put_message (1, next + i, TEXT);
    for (size_t done = 0; done < 4;)
      done += hark_database_execute (profile->database, requests + done, replies + done, 4 - done);
    for (unsigned i = 0; i < 4; i++) {
      good += replies[i]->ok;
      if (!replies[i]->ok)
        g_assert_error (replies[i]->error, HARK_STORE_ERROR, HARK_STORE_ERROR_DISK);
      hark_store_reply_free (replies[i]);
      hark_store_request_free (requests[i]);
    }
    next += 4;
    if (group == 3)
      sqlite3_wal_checkpoint_v2 (profile->database->handle, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL,
                                 NULL);
  }

  reached = disk_get_count () >= at;
  disk_fail (0, 0, false);

  /* the disk works again, and so does the store */
  hark_store_reply_free (helper_execute (profile, helper_put_message (1, next, TEXT)));
  g_assert_cmpuint (helper_count (profile, 1, 0), ==, good + 1);
  hark_profile_close (profile);

  profile = helper_open (dir, NULL);
  g_assert_cmpuint (helper_count (profile, 1, 0), ==, good + 1);
  hark_profile_close (profile);
  return reached;
}

static void
test_failing_disk (void)
{
  static const int codes[] = {SQLITE_FULL, SQLITE_IOERR_WRITE, SQLITE_IOERR_FSYNC};
  char *dir = helper_new_profile ();
  bool reached = true;

  for (unsigned at = 1; reached; at += 1 + at / 8) {
    char *copy = helper_copy (dir);

    reached = run_with_failure (copy, at, codes[at % G_N_ELEMENTS (codes)], at % 2 == 0);
    helper_remove (copy);
  }

  helper_remove (dir);
}

/* ---- the power goes -------------------------------------------------------------- */

static GByteArray *
file_of (GHashTable *files, const char *name)
{
  GByteArray *bytes = g_hash_table_lookup (files, name);

  if (bytes == NULL) {
    bytes = g_byte_array_new ();
    g_hash_table_insert (files, g_strdup (name), bytes);
  }

  return bytes;
}

static void
apply_write (GByteArray *bytes, int64_t offset, const uint8_t *data, size_t len)
{
  if (bytes->len < (size_t) offset + len) {
    const guint old = bytes->len;

    g_byte_array_set_size (bytes, (guint) offset + (guint) len);
    memset (bytes->data + old, 0, bytes->len - old);
  }
  memcpy (bytes->data + offset, data, len);
}

/* An unsynced write: lost, done, or done in some of its sectors. */
static void
apply_unsynced (GByteArray *bytes, const DiskOp *op)
{
  const uint8_t *data = g_bytes_get_data (op->bytes, NULL);
  const size_t len = g_bytes_get_size (op->bytes);
  const int fate = g_test_rand_int_range (0, 3);

  if (fate == 0)
    return;

  for (size_t at = 0; at < len;) {
    const size_t in_sector = 512 - ((size_t) op->offset + at) % 512;
    const size_t part = MIN (in_sector, len - at);

    if (fate == 1 || g_test_rand_int_range (0, 2) == 0)
      apply_write (bytes, op->offset + (int64_t) at, data + at, part);
    at += part;
  }
}

/* What could be on the disk when the power goes after @n operations. Returns the last mark. */
static int64_t
build_image (GPtrArray *log, size_t n, GHashTable *files)
{
  int64_t mark = 0;

  for (size_t i = 0; i < n; i++) {
    const DiskOp *op = g_ptr_array_index (log, i);
    bool synced = false;

    if (op->kind == DISK_MARK) {
      mark = op->offset;
      continue;
    }

    for (size_t later = i + 1; later < n && !synced; later++) {
      const DiskOp *sync = g_ptr_array_index (log, later);

      synced = sync->kind == DISK_SYNC && g_str_equal (sync->name, op->name);
    }

    if (op->kind == DISK_WRITE && synced)
      apply_write (file_of (files, op->name), op->offset, g_bytes_get_data (op->bytes, NULL),
                   g_bytes_get_size (op->bytes));
    else if (op->kind == DISK_WRITE)
      apply_unsynced (file_of (files, op->name), op);
    else if (op->kind == DISK_TRUNCATE && (synced || g_test_rand_int_range (0, 2) == 0))
      g_byte_array_set_size (file_of (files, op->name),
                             MIN ((guint) op->offset, file_of (files, op->name)->len));
    else if (op->kind == DISK_DELETE)
      g_hash_table_remove (files, op->name);
  }

  return mark;
}

static void
load_file (const char *dir, const char *name, GHashTable *files)
{
  g_autofree char *path = helper_path (dir, name);
  char *bytes = NULL;
  gsize len = 0;

  if (g_file_get_contents (path, &bytes, &len, NULL))
    g_hash_table_insert (files, g_strdup (name), g_byte_array_new_take ((guint8 *) bytes, len));
}

static void
save_files (const char *dir, GHashTable *files)
{
  GHashTableIter iter;
  gpointer name, bytes;

  g_hash_table_iter_init (&iter, files);
  while (g_hash_table_iter_next (&iter, &name, &bytes)) {
    g_autofree char *path = helper_path (dir, name);
    const GByteArray *array = bytes;

    g_unlink (path); /* an existing file would keep its length */
    g_assert_true (g_file_set_contents_full (path, (const char *) array->data, array->len,
                                             G_FILE_SET_CONTENTS_NONE, 0600, NULL));
  }
}

static void
assert_intact (HarkProfile *profile)
{
  sqlite3_stmt *check = NULL;

  g_assert_cmpint (
    sqlite3_prepare_v2 (profile->database->handle, "PRAGMA quick_check", -1, &check, NULL), ==,
    SQLITE_OK);
  g_assert_cmpint (sqlite3_step (check), ==, SQLITE_ROW);
  g_assert_cmpstr ((const char *) sqlite3_column_text (check, 0), ==, "ok");
  sqlite3_finalize (check);
}

static void
try_image (const char *base, GPtrArray *log, size_t n)
{
  g_autoptr (GHashTable) files
    = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_byte_array_unref);
  char *dir = helper_copy (base);
  HarkProfile *profile;
  int64_t acknowledged;

  load_file (base, "messages.db", files);
  acknowledged = build_image (log, n, files);
  save_files (dir, files);

  profile = helper_open (dir, NULL);
  g_assert_cmpuint (helper_count (profile, 1, (unsigned) acknowledged), <=,
                    (unsigned) acknowledged + 1);
  assert_intact (profile);
  hark_profile_close (profile);
  helper_remove (dir);
}

static void
test_power_cut (void)
{
  char *base = helper_new_profile ();
  char *dir = helper_copy (base);
  HarkProfile *profile;

  disk_reset ();
  disk_record ();
  profile = helper_open (dir, DISK_NAME);
  for (unsigned i = 1; i <= 24; i++) {
    g_autoptr (HarkStoreReply) reply = helper_execute (profile, helper_put_message (1, i, TEXT));

    g_assert_true (reply->ok);
    disk_mark (i);
    if (i % 8 == 0) /* passive: the log is started again from its beginning */
      sqlite3_wal_checkpoint_v2 (profile->database->handle, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL,
                                 NULL);
  }
  hark_profile_close (profile);

  for (unsigned i = 0; i < 60; i++)
    try_image (base, disk_get_log (),
               (size_t) g_test_rand_int_range (0, (gint32) disk_get_log ()->len + 1));

  disk_reset ();
  helper_remove (dir);
  helper_remove (base);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store/kill-9-loses-nothing-acknowledged", test_kill);
  g_test_add_func ("/store/create-interrupted-leaves-all-or-none", test_create_interrupted);
  g_test_add_func ("/store/create-on-a-full-disk-leaves-none", test_create_fails_clean);
  g_test_add_func ("/store/failing-disk-is-reported-and-survived", test_failing_disk);
  g_test_add_func ("/store/power-cut-loses-nothing-acknowledged", test_power_cut);
  return g_test_run ();
}
