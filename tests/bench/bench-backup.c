/* tests/bench/bench-backup.c - how long backups of 100,000 messages take, and opening a profile
 * with a passphrase: JSON lines. Directory: TMPDIR.
 *
 *   bench-backup [MESSAGES]    100,000 unless told
 */
#include "core/backup/backup.h"
#include "core/store/files.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static unsigned n_messages = 100000;

static double
seconds_since (gint64 start_us)
{
  return (double) (g_get_monotonic_time () - start_us) / G_USEC_PER_SEC;
}

static void
say (const char *what, double seconds)
{
  printf ("{\"bench\":\"backup\",\"what\":\"%s\",\"ms\":%.0f}\n", what, seconds * 1000);
}

static bool
fill (HarkStoreFiller *filler, void *data, GError **error)
{
  (void) data;
  for (unsigned i = 0; i < n_messages; i++) {
    HarkStoreRequest *request = hark_store_request_new (HARK_STORE_PUT_MESSAGE, i);
    HarkStoreMessage *message = request->message = g_new0 (HarkStoreMessage, 1);

    memcpy (message->id, &i, sizeof i);
    message->contact.bytes[0] = (uint8_t) (i % 100);
    message->kind = HARK_MESSAGE_TEXT;
    message->outgoing = i % 2 == 0;
    message->state = HARK_MESSAGE_DELIVERED;
    message->seq = i;
    message->text
      = g_strdup_printf ("letter %u came by train, the answer by boat tomorrow at seven", i);
    if (!hark_store_filler_put (filler, request, error))
      return false;
  }
  return true;
}

typedef struct {
  const char *path;
  HarkBackupOpen open;
} Source;

static bool
restore (HarkStoreFiller *filler, void *data, GError **error)
{
  Source *source = data;
  HarkBackupFound found;

  return hark_backup_read (source->path, &source->open, filler, &found, error);
}

static void
on_replies (void *data)
{
  (void) data;
}

static void
remove_profile (const char *dir)
{
  g_autofree char *inner = g_build_filename (dir, "store", NULL);

  hark_files_remove_dir (inner, NULL);
  hark_files_remove_dir (dir, NULL);
}

static void
measure_passphrase (const char *dir)
{
  const HarkStoreUnlock none = {0};
  const HarkStoreUnlock passphrase = {.passphrase = "correct horse battery staple"};
  gint64 start = g_get_monotonic_time ();
  g_autoptr (GError) error = NULL;

  if (!hark_store_change_unlock (dir, &none, &passphrase, &error))
    g_error ("%s", error->message);
  say ("passphrase_set", seconds_since (start));
  start = g_get_monotonic_time ();
  hark_store_close (hark_store_open (dir, &passphrase, &error));
  say ("passphrase_open", seconds_since (start));
}

int
main (int argc, char **argv)
{
  const HarkStoreAccount account = {.name = "Bench"};
  const HarkStoreUnlock none = {0};
  g_autofree char *base = g_dir_make_tmp ("hark-bench-XXXXXX", NULL);
  g_autofree char *dir = g_build_filename (base, "from", NULL);
  g_autofree char *again = g_build_filename (base, "to", NULL);
  g_autofree char *path = g_build_filename (base, "backup.age", NULL);
  HarkBackupJob job = {.path = path, .messages = true};
  Source source = {.path = path, .open = {.seed = &account.account_seed}};
  HarkBackupFound found;
  g_autoptr (GError) error = NULL;
  GStatBuf status;
  HarkStore *store;
  gint64 start;

  if (argc > 1)
    n_messages = (unsigned) MAX (atoi (argv[1]), 1);
  start = g_get_monotonic_time ();
  if (!hark_store_create_filled (dir, &account, &none, fill, NULL, &error))
    g_error ("%s", error->message);
  say ("fill_100k", seconds_since (start));

  store = hark_store_open (dir, &none, &error);
  hark_store_start (store, on_replies, NULL);
  start = g_get_monotonic_time ();
  if (!hark_backup_write (store, &job, NULL, &error))
    g_error ("%s", error->message);
  say ("backup_100k", seconds_since (start));
  hark_store_close (store);
  if (g_stat (path, &status) == 0)
    printf ("{\"bench\":\"backup\",\"what\":\"size_100k\",\"bytes\":%lld}\n",
            (long long) status.st_size);

  start = g_get_monotonic_time ();
  if (!hark_backup_read (path, &source.open, NULL, &found, &error))
    g_error ("%s", error->message);
  say ("check_100k", seconds_since (start));
  start = g_get_monotonic_time ();
  if (!hark_store_create_filled (again, &account, &none, restore, &source, &error))
    g_error ("%s", error->message);
  say ("restore_100k", seconds_since (start));

  measure_passphrase (dir);
  remove_profile (dir);
  remove_profile (again);
  g_unlink (path);
  g_rmdir (base);
  return 0;
}
