#include "core/store/vfs-private.h"

#include <string.h>

/* ---- the database file ------------------------------------------------------------------------
 */

/* SQLite reads whole pages, and twice a part of page 1: the header before it knows the page size,
 * and bytes 24 to 40 to see whether the file changed. Both come before it looks into the log, and a
 * crash may leave page 1 torn with its good copy in the log. So a part that cannot be opened is
 * "not known" (a short read); the read of the whole page decides. */
static int
read_database (sqlite3_file *base, void *buffer, int amount, sqlite3_int64 offset)
{
  HarkVfsFile *file = (HarkVfsFile *) base;
  const sqlite3_int64 in_page = offset % HARK_PAGE_LEN;
  const bool whole = in_page == 0 && amount == HARK_PAGE_LEN;
  const sqlite3_int64 number = offset / HARK_PAGE_LEN + 1;
  uint8_t *plain = whole ? buffer : file->plain;
  HarkPagePlace place;
  int rc;

  if (amount < 0 || in_page + amount > HARK_PAGE_LEN || number > UINT32_MAX)
    return SQLITE_IOERR_READ;

  rc = file->below->pMethods->xRead (file->below, file->sealed, HARK_PAGE_LEN, offset - in_page);
  if (rc == SQLITE_OK) {
    place = hark_page_place_in_database (file->vfs->file_id, (uint32_t) number);
    if (!hark_page_open (file->vfs->keys, &place, file->sealed, plain))
      rc = SQLITE_IOERR_DATA;
  }

  if (whole) {
    /* the pager never asks for a whole page behind the end: the file was cut */
    return rc == SQLITE_IOERR_SHORT_READ ? SQLITE_IOERR_DATA : rc;
  }

  if (rc == SQLITE_OK) {
    memcpy (buffer, plain + in_page, (size_t) amount);
    sodium_memzero (file->plain, sizeof file->plain);
  } else if (rc == SQLITE_IOERR_DATA || rc == SQLITE_IOERR_SHORT_READ) {
    memset (buffer, 0, (size_t) amount);
    rc = SQLITE_IOERR_SHORT_READ;
  }

  return rc;
}

static int
write_database (sqlite3_file *base, const void *data, int amount, sqlite3_int64 offset)
{
  HarkVfsFile *file = (HarkVfsFile *) base;
  const sqlite3_int64 number = offset / HARK_PAGE_LEN + 1;
  uint8_t nonce[HARK_PAGE_NONCE_LEN];
  HarkPagePlace place;

  if (offset % HARK_PAGE_LEN != 0 || amount != HARK_PAGE_LEN || number > UINT32_MAX)
    return SQLITE_IOERR_WRITE;

  randombytes_buf (nonce, sizeof nonce);
  place = hark_page_place_in_database (file->vfs->file_id, (uint32_t) number);
  hark_page_seal (file->vfs->keys, &place, nonce, data, file->sealed);
  return file->below->pMethods->xWrite (file->below, file->sealed, HARK_PAGE_LEN, offset);
}

/* ---- both files ----------------------------------------------------------------------------- */

static int
close_file (sqlite3_file *base)
{
  HarkVfsFile *file = (HarkVfsFile *) base;
  int rc = SQLITE_OK;

  sodium_memzero (file->plain, sizeof file->plain);
  if (file->below->pMethods != NULL)
    rc = file->below->pMethods->xClose (file->below);

  return rc;
}

static int
truncate_file (sqlite3_file *base, sqlite3_int64 size)
{
  HarkVfsFile *file = (HarkVfsFile *) base;

  return file->below->pMethods->xTruncate (file->below, size);
}

static int
sync_file (sqlite3_file *base, int flags)
{
  HarkVfsFile *file = (HarkVfsFile *) base;

  return file->below->pMethods->xSync (file->below, flags);
}

static int
get_size (sqlite3_file *base, sqlite3_int64 *ret)
{
  HarkVfsFile *file = (HarkVfsFile *) base;

  return file->below->pMethods->xFileSize (file->below, ret);
}

static int
lock_file (sqlite3_file *base, int level)
{
  HarkVfsFile *file = (HarkVfsFile *) base;

  return file->below->pMethods->xLock (file->below, level);
}

static int
unlock_file (sqlite3_file *base, int level)
{
  HarkVfsFile *file = (HarkVfsFile *) base;

  return file->below->pMethods->xUnlock (file->below, level);
}

static int
check_reserved_lock (sqlite3_file *base, int *ret)
{
  HarkVfsFile *file = (HarkVfsFile *) base;

  return file->below->pMethods->xCheckReservedLock (file->below, ret);
}

static int
control_file (sqlite3_file *base, int op, void *argument)
{
  HarkVfsFile *file = (HarkVfsFile *) base;

  /* growing the file ahead would leave pages that were never sealed */
  if (op == SQLITE_FCNTL_SIZE_HINT || op == SQLITE_FCNTL_CHUNK_SIZE)
    return SQLITE_OK;

  return file->below->pMethods->xFileControl (file->below, op, argument);
}

static int
get_sector_size (sqlite3_file *base)
{
  (void) base;
  return HARK_PAGE_LEN;
}

/* A write leaves the bytes beside it alone, so the log needs no padding. Nothing else is promised
 * for the VFS below: atomic batches, say, would go past the sealing. */
static int
get_characteristics (sqlite3_file *base)
{
  (void) base;
  return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

/* Version 1: no shared memory and no memory mapping, so neither file can come into being. */
static const sqlite3_io_methods database_methods = {
  .iVersion = 1,
  .xClose = close_file,
  .xRead = read_database,
  .xWrite = write_database,
  .xTruncate = truncate_file,
  .xSync = sync_file,
  .xFileSize = get_size,
  .xLock = lock_file,
  .xUnlock = unlock_file,
  .xCheckReservedLock = check_reserved_lock,
  .xFileControl = control_file,
  .xSectorSize = get_sector_size,
  .xDeviceCharacteristics = get_characteristics,
};

static const sqlite3_io_methods wal_methods = {
  .iVersion = 1,
  .xClose = close_file,
  .xRead = hark_vfs_wal_read,
  .xWrite = hark_vfs_wal_write,
  .xTruncate = truncate_file,
  .xSync = sync_file,
  .xFileSize = get_size,
  .xLock = lock_file,
  .xUnlock = unlock_file,
  .xCheckReservedLock = check_reserved_lock,
  .xFileControl = control_file,
  .xSectorSize = get_sector_size,
  .xDeviceCharacteristics = get_characteristics,
};

/* ---- the VFS ----------------------------------------------------------------------------------
 */

#define BELOW_OFFSET ((sizeof (HarkVfsFile) + 15) / 16 * 16)

static int
open_file (sqlite3_vfs *base, const char *name, sqlite3_file *ret, int flags, int *ret_flags)
{
  HarkVfs *vfs = (HarkVfs *) base;
  HarkVfsFile *file = (HarkVfsFile *) ret;
  int rc;

  ret->pMethods = NULL;
  if ((flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL)) == 0 || name == NULL)
    return SQLITE_CANTOPEN;

  memset (file, 0, BELOW_OFFSET);
  file->vfs = vfs;
  file->below = (sqlite3_file *) (void *) ((uint8_t *) ret + BELOW_OFFSET);
  file->header_offset = -1;
  memset (file->below, 0, (size_t) vfs->below->szOsFile);

  rc = vfs->below->xOpen (vfs->below, name, file->below, flags, ret_flags);
  if (file->below->pMethods != NULL)
    ret->pMethods = (flags & SQLITE_OPEN_WAL) != 0 ? &wal_methods : &database_methods;

  return rc;
}

static int
delete_file (sqlite3_vfs *base, const char *name, int sync_directory)
{
  HarkVfs *vfs = (HarkVfs *) base;

  return vfs->below->xDelete (vfs->below, name, sync_directory);
}

static int
access_file (sqlite3_vfs *base, const char *name, int flags, int *ret)
{
  HarkVfs *vfs = (HarkVfs *) base;

  /* nobody may slip a rollback journal in, which SQLite would play back */
  if (g_str_has_suffix (name, "-journal")) {
    *ret = 0;
    return SQLITE_OK;
  }

  return vfs->below->xAccess (vfs->below, name, flags, ret);
}

static int
get_full_path (sqlite3_vfs *base, const char *name, int size, char *ret)
{
  HarkVfs *vfs = (HarkVfs *) base;

  return vfs->below->xFullPathname (vfs->below, name, size, ret);
}

static int
get_randomness (sqlite3_vfs *base, int size, char *ret)
{
  (void) base;
  randombytes_buf (ret, (size_t) size);
  return size;
}

static int
sleep_us (sqlite3_vfs *base, int us)
{
  HarkVfs *vfs = (HarkVfs *) base;

  return vfs->below->xSleep (vfs->below, us);
}

static int
get_time (sqlite3_vfs *base, double *ret)
{
  HarkVfs *vfs = (HarkVfs *) base;

  return vfs->below->xCurrentTime (vfs->below, ret);
}

static int
get_last_error (sqlite3_vfs *base, int size, char *ret)
{
  HarkVfs *vfs = (HarkVfs *) base;

  return vfs->below->xGetLastError (vfs->below, size, ret);
}

HarkVfs *
hark_vfs_new (const char *below, const HarkStoreKeys *keys, const uint8_t file_id[HARK_FILE_ID_LEN])
{
  static gint counter;
  HarkVfs *vfs = g_new0 (HarkVfs, 1);

  sqlite3_initialize ();
  vfs->below = sqlite3_vfs_find (below);
  g_assert (vfs->below != NULL);
  vfs->keys = keys;
  memcpy (vfs->file_id, file_id, sizeof vfs->file_id);
  vfs->name = g_strdup_printf ("hark-%d", g_atomic_int_add (&counter, 1));

  vfs->base = (sqlite3_vfs){
    .iVersion = 1,
    .szOsFile = (int) BELOW_OFFSET + vfs->below->szOsFile,
    .mxPathname = vfs->below->mxPathname,
    .zName = vfs->name,
    .xOpen = open_file,
    .xDelete = delete_file,
    .xAccess = access_file,
    .xFullPathname = get_full_path,
    .xRandomness = get_randomness,
    .xSleep = sleep_us,
    .xCurrentTime = get_time,
    .xGetLastError = get_last_error,
  };
  sqlite3_vfs_register (&vfs->base, 0);
  return vfs;
}

const char *
hark_vfs_get_name (const HarkVfs *vfs)
{
  return vfs->name;
}

void
hark_vfs_free (HarkVfs *vfs)
{
  if (vfs == NULL)
    return;

  sqlite3_vfs_unregister (&vfs->base);
  g_free (vfs->name);
  g_free (vfs);
}
