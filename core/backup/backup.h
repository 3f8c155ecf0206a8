/* core/backup/backup.h - backups of a profile: written while it is in use, read into a new one.
 *
 * Shell: files; blocks. Source: core/PROTOCOL.md "Backup": an age file (core/backup/age.h) of
 * records (core/backup/record.h). Errors are sentences for the user: HARK_STORE_ERROR_PASSPHRASE
 * when the key does not fit, _CORRUPT when the file is damaged, _VERSION when it is of a newer
 * Hark, _DISK otherwise.
 */
#pragma once

#include "core/backup/plan.h"
#include "core/store/store.h"

typedef struct {
  char *path;           /* of the file; NULL with a plan; owned */
  char *passphrase;     /* NULL: sealed to the account's words; owned, wiped */
  bool messages;        /* and finished transfers */
  HarkBackupPlan *plan; /* (nullable): an automatic one: into its folder, old ones go; owned */
  int64_t made_ms;      /* Unix, now */
  unsigned left_out;    /* what no reader would take, when it is written */
} HarkBackupJob;

void hark_backup_job_free (HarkBackupJob *job);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HarkBackupJob, hark_backup_job_free)

/* hark_backup_write: reads the store with hark_store_ask(), piece by piece, and puts the file in
 * place when it is whole and synced; what breaks a rule of the format is left out, and counted, for
 * all of the file would be refused over it. Scrypt's time and memory with a passphrase. Breaks off
 * when
 * @stop (nullable, atomic) becomes other than 0. */
bool hark_backup_write (HarkStore *store, HarkBackupJob *job, const gint *stop, GError **error);

/* What opens a backup: NULL for what is not there. */
typedef struct {
  const char *passphrase;
  const HarkSecret *seed;
} HarkBackupOpen;

typedef struct {
  HarkStoreAccount account; /* name, account_seed, contacts_token; wipe it */
  uint32_t list_version;    /* of the device that made the backup; 0: not told */
  int64_t made_ms;
  unsigned contacts;
  uint64_t messages;
} HarkBackupFound;

/* hark_backup_read: goes through all of the file: @ret says what is in it. With @filler it is put
 * there as well. Nothing is to be kept when it fails: its end proves it whole. */
bool hark_backup_read (const char *path,
                       const HarkBackupOpen *open,
                       HarkStoreFiller *filler,
                       HarkBackupFound *ret,
                       GError **error);
