/* Backups as files: automatic ones while the clock jumps, the disk is full, the process is killed;
 * and profiles restored from them likewise. */
#include "core/backup/backup.h"
#include "tests/unit/core/store/helper.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define MESSAGES 400
#define DAY_MS INT64_C (86400000)
#define START_MS INT64_C (1790000000000)
#define KILLS 20

/* ---- a profile and a folder ------------------------------------------------------ */

static bool
fill (HarkStoreFiller *filler, void *data, GError **error)
{
  g_autofree char *text = g_strnfill (500, 'x');
  bool ok = true;

  (void) data;
  for (unsigned i = 1; ok && i <= MESSAGES; i++)
    ok = hark_store_filler_put (filler, helper_put_message (1, i, text), error);
  return ok;
}

static void
on_replies (void *data)
{
  (void) data;
}

/* An automatic backup of the profile in @dir, by a clock that says @made_ms. */
static bool
back_up (const char *dir, const char *folder, int64_t made_ms, GError **error)
{
  HarkBackupPlan plan = {.folder = (char *) folder, .keep = 3, .hours = 24};
  HarkBackupJob job = {.messages = true, .made_ms = made_ms, .plan = &plan};
  HarkStore *store = hark_store_open (dir, &(HarkStoreUnlock){NULL}, NULL);
  bool ok;

  g_assert_nonnull (store);
  hark_store_start (store, on_replies, NULL);
  ok = hark_backup_write (store, &job, NULL, error);
  hark_store_close (store);
  return ok;
}

typedef struct {
  char *path;
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

/* Every file in @folder that is called a backup is one; their number. Other files: @ret_others. */
static unsigned
count_whole (const char *folder, unsigned *ret_others)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;
  unsigned n = 0;

  *ret_others = 0;
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    Source source = {.path = g_build_filename (folder, name, NULL)};
    g_autoptr (GError) error = NULL;

    if (g_str_has_suffix (name, ".age")) {
      restore (NULL, &source, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (source.found.messages, ==, MESSAGES);
      n++;
    } else {
      ++*ret_others;
    }
    g_free (source.path);
  }
  return n;
}

static bool
has_backup_of (const char *folder, int64_t made_ms)
{
  g_autoptr (GDateTime) when = g_date_time_new_from_unix_utc (made_ms / 1000);
  g_autofree char *date = g_date_time_format (when, "%Y%m%d-%H%M%S.age");
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    if (g_str_has_suffix (name, date))
      return true;
  return false;
}

static void
remove_folder (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path = g_build_filename (folder, name, NULL);

    g_unlink (path);
  }
  g_rmdir (folder);
}

/* ---- tests ----------------------------------------------------------------------- */

/* The one just made is kept whatever its date, and what has a later date goes first. */
static void
test_clock (void)
{
  static const int64_t days[] = {0, 1, 2, 3, 3650, 3651, 3652, 4, 5, -20000, 6, 7, 8};
  char *dir = helper_full_profile (fill);
  g_autofree char *folder = g_build_filename (dir, "backups", NULL);
  unsigned others;

  for (size_t i = 0; i < G_N_ELEMENTS (days); i++) {
    g_autoptr (GError) error = NULL;

    back_up (dir, folder, START_MS + days[i] * DAY_MS, &error);
    g_assert_no_error (error);
    g_assert_cmpuint (count_whole (folder, &others), ==, MIN (i + 1, 3));
    g_assert_cmpuint (others, ==, 0);
    g_assert_true (has_backup_of (folder, START_MS + days[i] * DAY_MS));
  }
  for (int64_t day = 6; day <= 8; day++)
    g_assert_true (has_backup_of (folder, START_MS + day * DAY_MS));
  remove_folder (folder);
  helper_remove (dir);
}

/* The disk takes so many bytes: the backup fails with a sentence, and those before stay. */
static void
test_full_disk (void)
{
  char *dir = helper_full_profile (fill);
  g_autofree char *folder = g_build_filename (dir, "backups", NULL);
  struct rlimit usual, small;
  unsigned others;

  g_assert_true (back_up (dir, folder, START_MS, NULL));
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &usual), ==, 0);
  signal (SIGXFSZ, SIG_IGN);
  for (rlim_t size = 0; size < 150000; size = size * 3 + 100) {
    HarkBackupPlan plan = {.folder = folder, .keep = 3, .hours = 24};
    HarkBackupJob job = {.messages = true, .made_ms = START_MS + DAY_MS, .plan = &plan};
    HarkStore *store = hark_store_open (dir, &(HarkStoreUnlock){NULL}, NULL);
    g_autoptr (GError) error = NULL;

    hark_store_start (store, on_replies, NULL);
    small = (struct rlimit){.rlim_cur = size, .rlim_max = usual.rlim_max};
    g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &small), ==, 0);
    g_assert_false (hark_backup_write (store, &job, NULL, &error));
    g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &usual), ==, 0);
    g_assert_error (error, HARK_STORE_ERROR, HARK_STORE_ERROR_DISK);
    hark_store_close (store);
    g_assert_cmpuint (count_whole (folder, &others), ==, 1);
    g_assert_cmpuint (others, ==, 0);
  }
  g_assert_true (back_up (dir, folder, START_MS + DAY_MS, NULL));
  g_assert_cmpuint (count_whole (folder, &others), ==, 2);
  remove_folder (folder);
  helper_remove (dir);
}

/* Runs @work in a process that is killed within @us. */
static void
kill_during (void (*work) (const char *dir, const char *folder),
             const char *dir,
             const char *folder,
             gint32 us)
{
  const pid_t child = fork ();

  g_assert_cmpint (child, >=, 0);
  if (child == 0) {
    work (dir, folder);
    _exit (0);
  }
  g_usleep ((gulong) g_test_rand_int_range (500, us));
  kill (child, SIGKILL);
  waitpid (child, NULL, 0);
}

static void
back_up_for_ever (const char *dir, const char *folder)
{
  for (int64_t day = 1;; day++)
    back_up (dir, folder, START_MS + day * DAY_MS, NULL);
}

static void
test_killed (void)
{
  char *dir = helper_full_profile (fill);
  g_autofree char *folder = g_build_filename (dir, "backups", NULL);
  unsigned others;

  g_assert_true (back_up (dir, folder, START_MS, NULL));
  for (unsigned i = 0; i < KILLS; i++) {
    kill_during (back_up_for_ever, dir, folder, 40000);
    g_assert_cmpuint (count_whole (folder, &others), >=, 1);
  }
  g_assert_true (back_up (dir, folder, START_MS, NULL)); /* sweeps up */
  g_assert_cmpuint (count_whole (folder, &others), <=, 3);
  g_assert_cmpuint (others, ==, 0);
  remove_folder (folder);
  helper_remove (dir);
}

static void
restore_to (const char *dir, const char *path)
{
  HarkStoreOptions options = helper_options (NULL);
  const HarkStoreAccount account = helper_account ();
  Source source = {.path = (char *) path};

  options.fill = restore;
  options.fill_data = &source;
  hark_profile_make (dir, &account, &(HarkStoreUnlock){NULL}, &options, NULL);
}

/* A profile whose restoring was cut short is none; what is there is all of it. */
static void
test_restore_killed (void)
{
  const HarkStoreOptions options = helper_options (NULL);
  char *dir = helper_full_profile (fill);
  g_autofree char *folder = g_build_filename (dir, "backups", NULL);
  g_autofree char *path = NULL;
  g_autoptr (GDir) entries = NULL;
  unsigned finished = 0;

  g_assert_true (back_up (dir, folder, START_MS, NULL));
  entries = g_dir_open (folder, 0, NULL);
  path = g_build_filename (folder, g_dir_read_name (entries), NULL);
  for (unsigned i = 0; i < KILLS; i++) {
    char *target = helper_new_dir ();
    g_autoptr (GError) error = NULL;
    HarkProfile *profile;

    kill_during (restore_to, target, path, 120000);
    profile = hark_profile_open (target, &(HarkStoreUnlock){NULL}, &options, &error);
    if (profile == NULL) {
      g_assert_error (error, HARK_STORE_ERROR, HARK_STORE_ERROR_NO_PROFILE);
      restore_to (target, path); /* begins anew over what is left */
      profile = helper_open (target, NULL);
    } else {
      finished++;
    }
    g_assert_cmpuint (helper_count (profile, 1, MESSAGES), ==, MESSAGES);
    hark_profile_close (profile);
    helper_remove (target);
  }
  g_test_message ("%u of %u were through already", finished, KILLS);
  remove_folder (folder);
  helper_remove (dir);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/backup/clock-that-jumps-costs-no-backup", test_clock);
  g_test_add_func ("/backup/full-disk-leaves-those-before", test_full_disk);
  g_test_add_func ("/backup/killed-leaves-no-half", test_killed);
  g_test_add_func ("/backup/restore-killed-leaves-all-or-none", test_restore_killed);
  return g_test_run ();
}
