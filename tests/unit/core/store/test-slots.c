/* What opens a profile: made, changed and destroyed, with every system call on the way failing or
 * being the last one. */
#include "core/store/files.h"
#include "core/store/slots.h"
#include "tests/unit/core/store/helper.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- system calls that fail ------------------------------------------------------ */

/* The calls that change a disk stand before the C library's in this program. */
static unsigned count, fail_at, end_at;
static unsigned unsynced;  /* writes that a power cut may lose */
static unsigned renamed;   /* names likewise */
static unsigned too_early; /* names given to what may be lost, or to nothing */

static bool
fails (void)
{
  count++;
  if (count == end_at)
    _exit (0);
  if (count != fail_at)
    return false;
  errno = EIO;
  return true;
}

ssize_t
write (int fd, const void *bytes, size_t len)
{
  unsynced += fd > 2;
  return fd > 2 && fails () ? -1 : syscall (SYS_write, fd, bytes, len);
}

ssize_t
pwrite (int fd, const void *bytes, size_t len, off_t at)
{
  unsynced++;
  return fails () ? -1 : syscall (SYS_pwrite64, fd, bytes, len, at);
}

int
fsync (int fd)
{
  unsynced = renamed = 0; /* one file is written at a time; then its folder is synced */
  return fails () ? -1 : (int) syscall (SYS_fsync, fd);
}

int
fchmod (int fd, mode_t mode)
{
  return fails () ? -1 : (int) syscall (SYS_fchmod, fd, mode);
}

int
rename (const char *from, const char *to)
{
  too_early += unsynced > 0;
  renamed++;
  return fails () ? -1 : (int) syscall (SYS_rename, from, to);
}

int
unlink (const char *path)
{
  too_early += unsynced > 0 || renamed > 0; /* what is to replace it might be lost */
  return fails () ? -1 : (int) syscall (SYS_unlink, path);
}

static void
disarm (void)
{
  fail_at = end_at = 0;
}

/* ---- ways in --------------------------------------------------------------------- */

static HarkSecret
seed (void)
{
  return helper_account ().account_seed;
}

static bool
opens (const char *dir, const HarkStoreUnlock *unlock)
{
  const HarkStoreOptions options = helper_options (NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (HarkProfile) profile = hark_profile_open (dir, unlock, &options, &error);

  if (profile == NULL)
    g_assert_error (error, HARK_STORE_ERROR, HARK_STORE_ERROR_PASSPHRASE);
  return profile != NULL;
}

static bool
opens_with_words (const char *dir)
{
  const HarkSecret own = seed ();

  return opens (dir, &(HarkStoreUnlock){.seed = &own});
}

static bool
change (const char *dir, const HarkStoreUnlock *now, const HarkStoreUnlock *wanted, GError **error)
{
  const HarkStoreOptions options = helper_options (NULL);
  g_autofree char *store = g_build_filename (dir, "store", NULL);

  return hark_slots_change (store, now, wanted, &options, error);
}

static const HarkStoreUnlock none = {0};
static const HarkStoreUnlock first = {.passphrase = "first"};
static const HarkStoreUnlock second = {.passphrase = "second"};

static void
test_ways (void)
{
  char *dir = helper_new_profile ();
  const HarkSecret own = seed ();
  const HarkSecret other = {{1}};
  const HarkStoreUnlock words = {.seed = &own};
  const HarkStoreUnlock wrong_words = {.seed = &other};
  g_autofree char *unlock = helper_path (dir, "unlock");
  g_autoptr (GError) error = NULL;

  g_assert_true (opens (dir, &none) && opens_with_words (dir));
  g_assert_false (hark_store_needs_passphrase (dir));

  /* a passphrase is added: the key beside the store goes */
  g_assert_true (change (dir, &none, &first, &error));
  g_assert_false (g_file_test (unlock, G_FILE_TEST_EXISTS));
  g_assert_true (opens (dir, &first) && opens_with_words (dir));
  g_assert_false (opens (dir, &none) || opens (dir, &second));
  g_assert_true (hark_store_needs_passphrase (dir));

  /* it is changed, with what is known only */
  g_assert_false (change (dir, &second, &first, NULL));
  g_assert_false (change (dir, &none, &second, NULL));
  g_assert_false (change (dir, &wrong_words, &second, NULL));
  g_assert_true (change (dir, &first, &second, &error));
  g_assert_true (opens (dir, &second));
  g_assert_false (opens (dir, &first));

  /* it was forgotten: the words open */
  g_assert_true (change (dir, &words, &first, &error));
  g_assert_true (opens (dir, &first));
  g_assert_false (opens (dir, &second));

  /* it is taken away */
  g_assert_true (change (dir, &first, &none, &error));
  g_assert_true (opens (dir, &none) && opens_with_words (dir));
  g_assert_false (hark_store_needs_passphrase (dir));
  helper_remove (dir);
}

/* Whatever a power cut leaves opens: bytes are on the disk before they get a name, and the name is
 * before what it replaces goes. */
static void
test_order (void)
{
  char *dir = helper_new_profile ();

  unsynced = renamed = too_early = 0;
  for (unsigned i = 0; i < 4; i++) {
    g_assert_true (change (dir, i % 2 == 0 ? &none : &first, i % 2 == 0 ? &first : &none, NULL));
    g_assert_cmpuint (too_early, ==, 0);
    g_assert_cmpuint (unsynced + renamed, ==, 0);
  }
  helper_remove (dir);
}

/* Made before the words opened a profile: they do once it was opened. */
static void
test_older_profile (void)
{
  char *dir = helper_new_profile ();
  g_autofree char *store = g_build_filename (dir, "store", NULL);
  uint8_t bytes[HARK_KEYFILE_LEN_MAX];
  HarkKeyfile keyfile;

  g_assert_true (hark_slots_read (store, &keyfile, NULL));
  hark_keyfile_remove (&keyfile, HARK_SLOT_WORDS);
  g_assert_true (
    hark_files_write (store, HARK_SLOTS_FILE, bytes, hark_keyfile_format (&keyfile, bytes), NULL));
  g_assert_false (opens_with_words (dir));
  g_assert_true (opens (dir, &none));
  g_assert_true (opens_with_words (dir));
  g_assert_true (opens (dir, &none));
  helper_remove (dir);
}

static void
test_while_open (void)
{
  char *dir = helper_new_profile ();
  HarkProfile *profile = helper_open (dir, NULL);

  hark_store_reply_free (helper_execute (profile, helper_put_message (1, 1, "before")));
  g_assert_true (change (dir, &none, &first, NULL));
  hark_store_reply_free (helper_execute (profile, helper_put_message (1, 2, "after")));
  hark_profile_close (profile);
  g_assert_true (opens (dir, &first));
  helper_remove (dir);
}

/* ---- interrupted ----------------------------------------------------------------- */

static const struct {
  const HarkStoreUnlock *from, *to;
} steps[] = {
  {&none,  &first },
  {&first, &second},
  {&first, &none  }
};

/* One of the two opens it, and the words do. */
static void
assert_usable (const char *dir, const HarkStoreUnlock *from, const HarkStoreUnlock *to)
{
  g_assert_true (opens_with_words (dir));
  g_assert_true (opens (dir, from) || opens (dir, to));
}

static void
test_failing_call (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (steps); i++) {
    bool reached = true;

    for (unsigned at = 1; reached; at++) {
      char *dir = helper_new_profile ();
      g_autoptr (GError) error = NULL;
      bool ok;

      if (steps[i].from == &first)
        g_assert_true (change (dir, &none, &first, NULL));
      count = 0;
      fail_at = at;
      ok = change (dir, steps[i].from, steps[i].to, &error);
      reached = count >= at;
      disarm ();
      if (!ok)
        g_assert_error (error, HARK_STORE_ERROR, HARK_STORE_ERROR_DISK);
      assert_usable (dir, steps[i].from, steps[i].to);
      if (ok)
        g_assert_true (opens (dir, steps[i].to));

      /* once the disk is well, the change goes through and leaves nothing behind */
      if (!ok && opens (dir, steps[i].from))
        g_assert_true (change (dir, steps[i].from, steps[i].to, NULL));
      g_assert_true (opens (dir, steps[i].to));
      helper_remove (dir);
      g_assert_cmpuint (at, <, 100);
    }
  }
}

static void
test_ended_at_any_call (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (steps); i++) {
    int status = 0;

    for (unsigned at = 1; status == 0; at++) {
      char *dir = helper_new_profile ();
      pid_t child;

      if (steps[i].from == &first)
        g_assert_true (change (dir, &none, &first, NULL));
      child = fork ();
      if (child == 0) {
        count = 0;
        end_at = at;
        _exit (change (dir, steps[i].from, steps[i].to, NULL) ? 1 : 2);
      }
      g_assert_cmpint (waitpid (child, &status, 0), ==, child);
      g_assert_true (WIFEXITED (status) && WEXITSTATUS (status) != 2);
      assert_usable (dir, steps[i].from, steps[i].to);
      helper_remove (dir);
      g_assert_cmpuint (at, <, 100);
    }
  }
}

/* ---- the end --------------------------------------------------------------------- */

static void
test_erase (void)
{
  const HarkStoreOptions options = helper_options (NULL);
  int status = 0;

  for (unsigned at = 1; status == 0; at++) {
    char *dir = helper_new_profile ();
    g_autofree char *key = helper_path (dir, "key");
    g_autoptr (GError) error = NULL;
    pid_t child = fork ();

    if (child == 0) {
      count = 0;
      end_at = at;
      _exit (hark_profile_destroy (dir, &options, NULL) ? 1 : 2);
    }
    g_assert_cmpint (waitpid (child, &status, 0), ==, child);
    g_assert_true (WIFEXITED (status) && WEXITSTATUS (status) != 2);

    /* however far it came, the next one ends it */
    if (status == 0)
      g_assert_true (hark_profile_destroy (dir, &options, &error));
    g_assert_no_error (error);
    g_assert_false (g_file_test (dir, G_FILE_TEST_EXISTS));
    g_free (dir);
    g_assert_cmpuint (at, <, 100);
  }
}

static void
test_erase_refused (void)
{
  char *dir = helper_new_profile ();
  g_autofree char *other = g_build_filename (dir, "letter.txt", NULL);
  HarkProfile *profile = helper_open (dir, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_false (hark_profile_destroy (dir, NULL, &error));
  g_assert_error (error, HARK_STORE_ERROR, HARK_STORE_ERROR_LOCKED);
  hark_profile_close (profile);
  g_assert_true (opens (dir, &none));

  /* what is not ours stays */
  g_assert_true (g_file_set_contents (other, "mine", -1, NULL));
  g_assert_true (hark_profile_destroy (dir, NULL, NULL));
  g_assert_true (g_file_test (other, G_FILE_TEST_EXISTS));
  helper_remove (dir);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/slots/each-way-in-can-be-changed-into-each-other", test_ways);
  g_test_add_func ("/slots/power-cut-finds-one-that-opens", test_order);
  g_test_add_func ("/slots/older-profile-gains-the-words", test_older_profile);
  g_test_add_func ("/slots/change-while-the-store-is-open", test_while_open);
  g_test_add_func ("/slots/failing-system-call-locks-nobody-out", test_failing_call);
  g_test_add_func ("/slots/change-cut-short-locks-nobody-out", test_ended_at_any_call);
  g_test_add_func ("/slots/erasing-cut-short-is-ended-by-the-next", test_erase);
  g_test_add_func ("/slots/erase-refuses-an-open-profile-and-spares-others-files",
                   test_erase_refused);
  return g_test_run ();
}
