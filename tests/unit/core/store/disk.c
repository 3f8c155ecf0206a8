#include "tests/unit/core/store/disk.h"

#include <sqlite3.h>
#include <string.h>

typedef struct {
  sqlite3_file base;
  sqlite3_file *below;
  char *name;
} DiskFile;

static struct {
  sqlite3_vfs vfs;
  sqlite3_vfs *below;
  unsigned count, fail_at;
  int code;
  bool forever, reads;
  GPtrArray *log;
} disk;

static void
free_op (gpointer data)
{
  DiskOp *op = data;

  g_free (op->name);
  g_clear_pointer (&op->bytes, g_bytes_unref);
  g_free (op);
}

static void
note (DiskOpKind kind, const char *name, int64_t offset, const void *bytes, size_t len)
{
  DiskOp *op;

  if (disk.log == NULL)
    return;

  op = g_new0 (DiskOp, 1);
  op->kind = kind;
  op->name = g_strdup (name);
  op->offset = offset;
  op->bytes = bytes != NULL ? g_bytes_new (bytes, len) : NULL;
  g_ptr_array_add (disk.log, op);
}

static bool
must_fail (void)
{
  disk.count++;
  return disk.fail_at != 0
         && (disk.count == disk.fail_at || (disk.forever && disk.count > disk.fail_at));
}

static int
disk_close (sqlite3_file *base)
{
  DiskFile *file = (DiskFile *) base;
  const int rc = file->below->pMethods != NULL ? file->below->pMethods->xClose (file->below) : 0;

  g_clear_pointer (&file->name, g_free);
  return rc;
}

static int
disk_read (sqlite3_file *base, void *buffer, int amount, sqlite3_int64 offset)
{
  DiskFile *file = (DiskFile *) base;

  if (disk.reads && must_fail ())
    return SQLITE_IOERR_READ;

  return file->below->pMethods->xRead (file->below, buffer, amount, offset);
}

static int
disk_write (sqlite3_file *base, const void *data, int amount, sqlite3_int64 offset)
{
  DiskFile *file = (DiskFile *) base;

  if (must_fail ()) {
    file->below->pMethods->xWrite (file->below, data, amount / 2, offset);
    return disk.code;
  }

  note (DISK_WRITE, file->name, offset, data, (size_t) amount);
  return file->below->pMethods->xWrite (file->below, data, amount, offset);
}

static int
disk_truncate (sqlite3_file *base, sqlite3_int64 size)
{
  DiskFile *file = (DiskFile *) base;

  if (must_fail ())
    return disk.code;

  note (DISK_TRUNCATE, file->name, size, NULL, 0);
  return file->below->pMethods->xTruncate (file->below, size);
}

/* The data stays in the system's cache: no test here cuts the real power. */
static int
disk_sync (sqlite3_file *base, int flags)
{
  DiskFile *file = (DiskFile *) base;

  (void) flags;
  if (must_fail ())
    return disk.code;

  note (DISK_SYNC, file->name, 0, NULL, 0);
  return SQLITE_OK;
}

static int
disk_size (sqlite3_file *base, sqlite3_int64 *ret)
{
  DiskFile *file = (DiskFile *) base;

  return file->below->pMethods->xFileSize (file->below, ret);
}

static int
disk_lock (sqlite3_file *base, int level)
{
  DiskFile *file = (DiskFile *) base;

  return file->below->pMethods->xLock (file->below, level);
}

static int
disk_unlock (sqlite3_file *base, int level)
{
  DiskFile *file = (DiskFile *) base;

  return file->below->pMethods->xUnlock (file->below, level);
}

static int
disk_check_lock (sqlite3_file *base, int *ret)
{
  DiskFile *file = (DiskFile *) base;

  return file->below->pMethods->xCheckReservedLock (file->below, ret);
}

static int
disk_control (sqlite3_file *base, int op, void *argument)
{
  DiskFile *file = (DiskFile *) base;

  return file->below->pMethods->xFileControl (file->below, op, argument);
}

static int
disk_zero (sqlite3_file *base)
{
  (void) base;
  return 0;
}

static const sqlite3_io_methods methods = {
  .iVersion = 1,
  .xClose = disk_close,
  .xRead = disk_read,
  .xWrite = disk_write,
  .xTruncate = disk_truncate,
  .xSync = disk_sync,
  .xFileSize = disk_size,
  .xLock = disk_lock,
  .xUnlock = disk_unlock,
  .xCheckReservedLock = disk_check_lock,
  .xFileControl = disk_control,
  .xSectorSize = disk_zero,
  .xDeviceCharacteristics = disk_zero,
};

static int
disk_open (sqlite3_vfs *vfs, const char *name, sqlite3_file *ret, int flags, int *ret_flags)
{
  DiskFile *file = (DiskFile *) ret;
  int rc;

  (void) vfs;
  file->below = (sqlite3_file *) (file + 1);
  file->name = g_path_get_basename (name);
  rc = disk.below->xOpen (disk.below, name, file->below, flags, ret_flags);
  ret->pMethods = rc == SQLITE_OK ? &methods : NULL;
  if (rc != SQLITE_OK)
    g_clear_pointer (&file->name, g_free);

  return rc;
}

static int
disk_delete (sqlite3_vfs *vfs, const char *name, int sync_directory)
{
  g_autofree char *base = g_path_get_basename (name);

  (void) vfs;
  if (must_fail ())
    return disk.code;

  note (DISK_DELETE, base, 0, NULL, 0);
  return disk.below->xDelete (disk.below, name, sync_directory);
}

static int
disk_access (sqlite3_vfs *vfs, const char *name, int flags, int *ret)
{
  (void) vfs;
  return disk.below->xAccess (disk.below, name, flags, ret);
}

static int
disk_full_path (sqlite3_vfs *vfs, const char *name, int size, char *ret)
{
  (void) vfs;
  return disk.below->xFullPathname (disk.below, name, size, ret);
}

static int
disk_sleep (sqlite3_vfs *vfs, int us)
{
  (void) vfs;
  return us;
}

static int
disk_time (sqlite3_vfs *vfs, double *ret)
{
  (void) vfs;
  return disk.below->xCurrentTime (disk.below, ret);
}

static int
disk_error (sqlite3_vfs *vfs, int size, char *ret)
{
  (void) vfs;
  return disk.below->xGetLastError (disk.below, size, ret);
}

void
disk_reset (void)
{
  if (disk.below == NULL) {
    sqlite3_initialize ();
    disk.below = sqlite3_vfs_find (NULL);
    disk.vfs = (sqlite3_vfs){
      .iVersion = 1,
      .szOsFile = (int) sizeof (DiskFile) + disk.below->szOsFile,
      .mxPathname = disk.below->mxPathname,
      .zName = DISK_NAME,
      .xOpen = disk_open,
      .xDelete = disk_delete,
      .xAccess = disk_access,
      .xFullPathname = disk_full_path,
      .xSleep = disk_sleep,
      .xCurrentTime = disk_time,
      .xGetLastError = disk_error,
    };
    sqlite3_vfs_register (&disk.vfs, 0);
  }

  disk.count = 0;
  disk.fail_at = 0;
  disk.reads = false;
  g_clear_pointer (&disk.log, g_ptr_array_unref);
}

unsigned
disk_get_count (void)
{
  return disk.count;
}

void
disk_fail (unsigned at, int code, bool forever)
{
  disk.count = 0;
  disk.fail_at = at;
  disk.code = code;
  disk.forever = forever;
}

void
disk_fail_everywhere (bool (*trial) (unsigned at, int code, bool forever), unsigned step)
{
  static const int codes[] = {SQLITE_FULL, SQLITE_IOERR_WRITE, SQLITE_IOERR_FSYNC};
  unsigned at = 1, tried = 0;

  if (g_getenv ("HARK_LONG") != NULL)
    step = 1;
  for (; trial (at, codes[at % G_N_ELEMENTS (codes)], at % 2 == 0); at += step)
    tried++;
  g_test_message ("%u points of failure", tried);
}

void
disk_fail_reads (void)
{
  disk.reads = true;
}

void
disk_record (void)
{
  disk.log = g_ptr_array_new_with_free_func (free_op);
}

GPtrArray *
disk_get_log (void)
{
  return disk.log;
}

void
disk_mark (int64_t number)
{
  note (DISK_MARK, NULL, number, NULL, 0);
}
