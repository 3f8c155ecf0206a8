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

/* Puts messages @next to @next + 3 in one group; how many were taken. */
static unsigned
put_group (HarkProfile *profile, unsigned next)
{
  HarkStoreRequest *requests[4];
  HarkStoreReply *replies[4];
  unsigned good = 0;

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

  return good;
}

/* A few groups while operation @at fails. Whatever was acknowledged must be there afterwards,
 * whatever was refused must not; and the store works again as soon as the disk does. */
static bool
fail_while_writing (unsigned at, int code, bool forever)
{
  char *dir = helper_new_profile ();
  HarkProfile *profile;
  unsigned good = 0, next = 1;
  bool reached;

  disk_reset ();
  profile = helper_open (dir, DISK_NAME);
  disk_fail_reads ();
  disk_fail (at, code, forever);
  for (unsigned group = 0; group < 6; group++, next += 4) {
    good += put_group (profile, next);
    if (group == 3)
      sqlite3_wal_checkpoint_v2 (profile->database->handle, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL,
                                 NULL);
  }

  reached = disk_get_count () >= at;
  disk_fail (0, 0, false);
  hark_store_reply_free (helper_execute (profile, helper_put_message (1, next, TEXT)));
  g_assert_cmpuint (helper_count (profile, 1, 0), ==, good + 1);
  hark_profile_close (profile);

  profile = helper_open (dir, NULL);
  g_assert_cmpuint (helper_count (profile, 1, 0), ==, good + 1);
  hark_profile_close (profile);
  helper_remove (dir);
  return reached;
}

/* The same while a profile is opened whose process was killed, so that its log has to be read. A
 * disk that fails is never called damage. */
static bool
fail_while_opening (unsigned at, int code, bool forever)
{
  const HarkStoreOptions options = helper_options (DISK_NAME);
  char *whole = helper_new_profile ();
  HarkProfile *profile = helper_open (whole, NULL);
  g_autoptr (GError) error = NULL;
  char *dir;
  bool reached;

  g_assert_cmpuint (put_group (profile, 1) + put_group (profile, 5), ==, 8);
  dir = helper_copy (whole); /* with its log, as a kill would leave it */
  hark_profile_close (profile);
  helper_remove (whole);

  disk_reset ();
  disk_fail_reads ();
  disk_fail (at, code, forever);
  profile = hark_profile_open (dir, &(HarkStoreUnlock){NULL}, &options, &error);
  reached = disk_get_count () >= at;
  if (profile == NULL) {
    g_assert_error (error, HARK_STORE_ERROR, HARK_STORE_ERROR_DISK);
    g_assert_null (strstr (error->message, "out of memory"));
  }
  hark_profile_close (profile);
  disk_fail (0, 0, false);

  profile = helper_open (dir, NULL);
  g_assert_cmpuint (helper_count (profile, 1, 8), ==, 8);
  hark_profile_close (profile);
  helper_remove (dir);
  return reached;
}

static void
test_failing_disk (void)
{
  disk_fail_everywhere (fail_while_writing, 1);
}

static void
test_failing_start (void)
{
  disk_fail_everywhere (fail_while_opening, 1);
}

/* ---- no memory ------------------------------------------------------------------- */

static sqlite3_mem_methods memory;          /* SQLite's own */
static unsigned allocations, allocation_at; /* 0: none fails */

static bool
memory_ends (void)
{
  return allocation_at != 0 && ++allocations >= allocation_at;
}

static void *
allocate (int size)
{
  return memory_ends () ? NULL : memory.xMalloc (size);
}

static void *
reallocate (void *piece, int size)
{
  return memory_ends () ? NULL : memory.xRealloc (piece, size);
}

/* Before SQLite does anything: its memory can end. GLib's cannot: no peer chooses its sizes. */
static void
watch_memory (void)
{
  sqlite3_mem_methods watched;

  sqlite3_config (SQLITE_CONFIG_GETMALLOC, &memory);
  watched = memory;
  watched.xMalloc = allocate;
  watched.xRealloc = reallocate;
  sqlite3_config (SQLITE_CONFIG_MALLOC, &watched);
}

/* Allocation @at of opening and of a group fails, and all after it: like a disk that fails. */
static bool
fail_for_memory (unsigned at, int code, bool forever)
{
  const HarkStoreOptions options = helper_options (NULL);
  char *dir = helper_new_profile ();
  g_autoptr (GError) error = NULL;
  HarkProfile *profile;
  unsigned good = 0;
  bool reached;

  (void) code;
  (void) forever;
  allocations = 0;
  allocation_at = at;
  profile = hark_profile_open (dir, &(HarkStoreUnlock){NULL}, &options, &error);
  if (profile != NULL)
    good = put_group (profile, 1);
  else
    g_assert_error (error, HARK_STORE_ERROR, HARK_STORE_ERROR_DISK);
  reached = allocations >= at;
  allocation_at = 0;
  if (profile != NULL)
    g_assert_cmpuint (put_group (profile, 5), ==, 4);
  hark_profile_close (profile);

  profile = helper_open (dir, NULL);
  g_assert_cmpuint (helper_count (profile, 1, 0), ==, error == NULL ? good + 4 : 0);
  hark_profile_close (profile);
  helper_remove (dir);
  return reached;
}

static void
test_no_memory (void)
{
  disk_fail_everywhere (fail_for_memory, 53);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  watch_memory ();
  g_test_add_func ("/store/kill-9-loses-nothing-acknowledged", test_kill);
  g_test_add_func ("/store/create-interrupted-leaves-all-or-none", test_create_interrupted);
  g_test_add_func ("/store/create-on-a-full-disk-leaves-none", test_create_fails_clean);
  g_test_add_func ("/store/failing-disk-is-reported-and-survived", test_failing_disk);
  g_test_add_func ("/store/disk-that-fails-at-the-start-is-not-called-damaged", test_failing_start);
  g_test_add_func ("/store/no-memory-for-a-moment-is-survived", test_no_memory);
  return g_test_run ();
}
