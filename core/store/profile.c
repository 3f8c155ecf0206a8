#define G_LOG_DOMAIN "hark-store"

#include "core/store/profile.h"

#include "core/store/files.h"
#include "core/store/slots.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FINAL_NAME "store"   /* there: the profile exists */
#define NEW_NAME "store.new" /* one that is being made, or was when the power went */
#define LOCK_NAME "lock"
#define DATABASE_NAME "messages.db"
#define INSTANCE_NAME "instance"
#define NETWORK_NAME "network" /* the closed network that the profile joined; the app's */
#define FILL_GROUP 256

static const HarkStoreOptions defaults;

/* ---- the lock -------------------------------------------------------------------- */

static void
say_who_holds (int fd, const char *dir, GError **error)
{
  char text[32] = "";
  const ssize_t n = pread (fd, text, sizeof text - 1, 0);
  const long pid = n > 0 ? strtol (text, NULL, 10) : 0;

  if (pid > 0)
    g_set_error (error, HARK_STORE_ERROR, HARK_STORE_ERROR_LOCKED,
                 "Another Hark (process %ld) has the profile “%s” open.", pid, dir);
  else
    g_set_error (error, HARK_STORE_ERROR, HARK_STORE_ERROR_LOCKED,
                 "Another Hark has the profile “%s” open.", dir);
}

/* A lock of the open file, not of the process: it also keeps out a second store in this process,
 * and goes with the last descriptor, however the process ends. */
static int
take_lock (const char *dir, GError **error)
{
  g_autofree char *path = g_build_filename (dir, LOCK_NAME, NULL);
  struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
  char text[32];
  const int fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  int len;

  if (fd < 0) {
    hark_files_set_error (error, "Cannot open “", path);
    return -1;
  }

  if (fcntl (fd, F_OFD_SETLK, &lock) != 0) {
    if (errno == EAGAIN || errno == EACCES)
      say_who_holds (fd, dir, error);
    else
      hark_files_set_error (error, "Cannot lock “", path);
    close (fd);
    return -1;
  }

  /* the number is only for the sentence above: it may be missing when the disk is full */
  len = snprintf (text, sizeof text, "%ld\n", (long) getpid ());
  if (ftruncate (fd, 0) != 0 || pwrite (fd, text, (size_t) len, 0) != len)
    g_debug ("the lock file does not say who holds it");

  return fd;
}

/* ---- making ---------------------------------------------------------------------- */

static bool
make_dir (const char *path, GError **error)
{
  if (g_mkdir_with_parents (path, 0700) != 0) {
    hark_files_set_error (error, "Cannot make the directory “", path);
    return false;
  }

  return true;
}

static bool
make_instance (const char *dir, uint8_t ret[16], GError **error)
{
  randombytes_buf (ret, 16);
  return hark_files_write (dir, INSTANCE_NAME, ret, 16, error);
}

/* ---- filling --------------------------------------------------------------------- */

struct HarkStoreFiller {
  HarkDatabase *database;
  HarkStoreRequest *waiting[FILL_GROUP];
  size_t n_waiting;
};

static bool
flush (HarkStoreFiller *filler, GError **error)
{
  bool ok = true;

  for (size_t done = 0; done < filler->n_waiting;) {
    HarkStoreReply *replies[FILL_GROUP];
    const size_t n = hark_database_execute (filler->database, filler->waiting + done, replies,
                                            filler->n_waiting - done);

    for (size_t i = 0; i < n; i++) {
      if (ok && !replies[i]->ok) {
        ok = false;
        g_propagate_error (error, g_steal_pointer (&replies[i]->error));
      }
      hark_store_reply_free (replies[i]);
    }
    done += n;
  }
  for (size_t i = 0; i < filler->n_waiting; i++)
    hark_store_request_free (filler->waiting[i]);
  filler->n_waiting = 0;
  return ok;
}

bool
hark_store_filler_put (HarkStoreFiller *filler, HarkStoreRequest *request, GError **error)
{
  filler->waiting[filler->n_waiting++] = request;
  return filler->n_waiting < FILL_GROUP || flush (filler, error);
}

static bool
fill (HarkDatabase *database, const HarkStoreOptions *options, GError **error)
{
  HarkStoreFiller filler = {.database = database};

  database->filling = true;
  if (options->fill (&filler, options->fill_data, error))
    return flush (&filler, error);
  for (size_t i = 0; i < filler.n_waiting; i++)
    hark_store_request_free (filler.waiting[i]);
  return false;
}

static bool
make_database (const char *dir,
               const HarkKeyfile *keyfile,
               const HarkStoreKeys *keys,
               const HarkStoreAccount *account,
               const HarkStoreOptions *options,
               GError **error)
{
  g_autofree char *path = g_build_filename (dir, DATABASE_NAME, NULL);
  g_autoptr (HarkDatabase) database = NULL;
  int rc;

  /* SQLite gives its log the database's mode */
  hark_store_step (options);
  if (!hark_files_write (dir, DATABASE_NAME, (const uint8_t *) "", 0, error))
    return false;

  hark_store_step (options);
  database = hark_database_open (path, options->below, keys, keyfile->file_id, true, error);
  if (database == NULL)
    return false;

  hark_store_step (options);
  rc = hark_account_put (database, account);
  if (rc == SQLITE_OK && options->fill != NULL && !fill (database, options, error))
    return false;
  if (rc == SQLITE_OK)
    rc = sqlite3_wal_checkpoint_v2 (database->handle, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
  if (rc != SQLITE_OK)
    hark_database_set_error (database, rc, error);

  return rc == SQLITE_OK;
}

/* Everything in a directory of its own, durable before its name is. */
static bool
make_contents (const char *dir,
               const HarkStoreAccount *account,
               const HarkStoreUnlock *unlock,
               const HarkStoreOptions *options,
               GError **error)
{
  g_autoptr (HarkStoreKeys) keys = hark_store_keys_new ();
  HarkKeyfile keyfile = {0};
  uint8_t instance[16];

  randombytes_buf (keys->data.bytes, sizeof keys->data.bytes);
  hark_store_keys_derive (keys);
  randombytes_buf (keyfile.file_id, sizeof keyfile.file_id);

  hark_store_step (options);
  if (!make_dir (dir, error)
      || !hark_slots_make (dir, &keyfile, keys, unlock, &account->account_seed, options, error))
    return false;

  hark_store_step (options);
  if (!make_instance (dir, instance, error))
    return false;

  if (!make_database (dir, &keyfile, keys, account, options, error))
    return false;

  hark_store_step (options);
  return hark_files_sync_dir (dir, error);
}

/* The one step that makes it a profile. When it cannot be made durable, it is taken back. */
static bool
put_in_place (const char *dir,
              const char *from,
              const char *to,
              const HarkStoreOptions *options,
              GError **error)
{
  g_autofree char *parent = g_path_get_dirname (dir);

  hark_store_step (options);
  if (!hark_files_sync_dir (parent, error))
    return false;

  hark_store_step (options);
  if (rename (from, to) != 0) {
    hark_files_set_error (error, "Cannot make “", to);
    return false;
  }

  hark_store_step (options);
  if (hark_files_sync_dir (dir, error))
    return true;

  if (rename (to, from) != 0)
    g_debug ("the half-made profile stays");
  return false;
}

bool
hark_profile_make (const char *dir,
                   const HarkStoreAccount *account,
                   const HarkStoreUnlock *unlock,
                   const HarkStoreOptions *options,
                   GError **error)
{
  g_autofree char *from = g_build_filename (dir, NEW_NAME, NULL);
  g_autofree char *to = g_build_filename (dir, FINAL_NAME, NULL);
  bool ok;
  int lock;

  options = options != NULL ? options : &defaults;
  hark_store_step (options);
  if (!make_dir (dir, error))
    return false;

  hark_store_step (options);
  lock = take_lock (dir, error);
  if (lock < 0)
    return false;

  if (g_file_test (to, G_FILE_TEST_EXISTS)) {
    g_set_error (error, HARK_STORE_ERROR, HARK_STORE_ERROR_EXISTS,
                 "There is a Hark profile in “%s” already.", dir);
    ok = false;
  } else {
    hark_store_step (options);
    ok = hark_files_remove_dir (from, error)
         && make_contents (from, account, unlock, options, error)
         && put_in_place (dir, from, to, options, error);
    if (!ok)
      hark_files_remove_dir (from, NULL);
  }

  close (lock);
  return ok;
}

/* ---- opening --------------------------------------------------------------------- */

static bool
read_instance (const char *dir, uint8_t ret[16], GError **error)
{
  uint8_t bytes[17];
  size_t len = 0;
  g_autoptr (GError) failed = NULL;

  if (hark_files_read (dir, INSTANCE_NAME, bytes, sizeof bytes, &len, &failed) && len == 16) {
    memcpy (ret, bytes, 16);
    return true;
  }

  if (failed != NULL) {
    g_propagate_error (error, g_steal_pointer (&failed));
    return false;
  }

  /* a restored copy has none, and is a new instance */
  return make_instance (dir, ret, error);
}

/* Profiles of Hark's first days are not opened by the words yet. */
static void
add_words (const char *store, HarkProfile *profile)
{
  HarkStoreAccount account = {0};
  bool found = false;

  if (hark_account_get (profile->database, &account, &found) != SQLITE_OK || !found
      || !hark_slots_add_words (store, profile->keys, &account.account_seed))
    g_debug ("the words do not open this profile yet");
  sodium_memzero (&account, sizeof account);
}

HarkProfile *
hark_profile_open (const char *dir,
                   const HarkStoreUnlock *unlock,
                   const HarkStoreOptions *options,
                   GError **error)
{
  g_autofree char *store = g_build_filename (dir, FINAL_NAME, NULL);
  g_autofree char *path = g_build_filename (store, DATABASE_NAME, NULL);
  g_autoptr (HarkProfile) profile = g_new0 (HarkProfile, 1);
  HarkKeyfile keyfile;

  options = options != NULL ? options : &defaults;
  profile->lock_fd = -1;
  if (!g_file_test (store, G_FILE_TEST_IS_DIR)) {
    g_set_error (error, HARK_STORE_ERROR, HARK_STORE_ERROR_NO_PROFILE,
                 "There is no Hark profile in “%s” yet.", dir);
    return NULL;
  }

  profile->lock_fd = take_lock (dir, error);
  if (profile->lock_fd < 0)
    return NULL;

  profile->keys = hark_store_keys_new ();
  if (!hark_slots_read (store, &keyfile, error)
      || !hark_slots_open (store, &keyfile, unlock, profile->keys, error)
      || !read_instance (store, profile->instance, error))
    return NULL;

  hark_slots_tidy (store, &keyfile);
  profile->database
    = hark_database_open (path, options->below, profile->keys, keyfile.file_id, false, error);
  if (profile->database == NULL)
    return NULL;

  profile->database->poison = hark_poison_open (store);
  if (hark_keyfile_find (&keyfile, HARK_SLOT_WORDS) == NULL)
    add_words (store, profile);
  return g_steal_pointer (&profile);
}

void
hark_profile_close (HarkProfile *profile)
{
  if (profile == NULL)
    return;

  hark_database_close (profile->database);
  hark_store_keys_free (profile->keys);
  if (profile->lock_fd >= 0)
    close (profile->lock_fd);
  g_free (profile);
}

/* ---- the end --------------------------------------------------------------------- */

static bool
remove_file (const char *dir, const char *name, GError **error)
{
  g_autofree char *path = g_build_filename (dir, name, NULL);

  if (unlink (path) == 0 || errno == ENOENT)
    return true;
  hark_files_set_error (error, "Cannot remove “", path);
  return false;
}

bool
hark_profile_destroy (const char *dir, const HarkStoreOptions *options, GError **error)
{
  g_autofree char *store = g_build_filename (dir, FINAL_NAME, NULL);
  g_autofree char *half = g_build_filename (dir, NEW_NAME, NULL);
  int lock;
  bool ok;

  options = options != NULL ? options : &defaults;
  if (!g_file_test (dir, G_FILE_TEST_IS_DIR)) {
    g_set_error (error, HARK_STORE_ERROR, HARK_STORE_ERROR_NO_PROFILE,
                 "There is no Hark profile in “%s”.", dir);
    return false;
  }
  lock = take_lock (dir, error);
  if (lock < 0)
    return false;

  ok = !g_file_test (store, G_FILE_TEST_IS_DIR) || hark_slots_destroy (store, options, error);
  hark_store_step (options);
  ok = ok && hark_files_remove_dir (store, error) && hark_files_remove_dir (half, error);
  hark_store_step (options);
  ok = ok && remove_file (dir, NETWORK_NAME, error) && remove_file (dir, LOCK_NAME, error);
  close (lock);
  /* what else somebody keeps there is not ours */
  if (ok && rmdir (dir) != 0)
    g_debug ("the profile's directory is not empty");
  return ok;
}

bool
hark_store_needs_passphrase (const char *dir)
{
  g_autofree char *store = g_build_filename (dir, FINAL_NAME, NULL);
  HarkKeyfile keyfile;

  return hark_slots_read (store, &keyfile, NULL)
         && hark_keyfile_find (&keyfile, HARK_SLOT_FILE) == NULL
         && hark_keyfile_find (&keyfile, HARK_SLOT_KEYRING) == NULL;
}
