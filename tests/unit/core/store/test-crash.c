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

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store/kill-9-loses-nothing-acknowledged", test_kill);
  g_test_add_func ("/store/create-interrupted-leaves-all-or-none", test_create_interrupted);
  g_test_add_func ("/store/create-on-a-full-disk-leaves-none", test_create_fails_clean);
  g_test_add_func ("/store/failing-disk-is-reported-and-survived", test_failing_disk);
  return g_test_run ();
}
