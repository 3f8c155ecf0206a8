/* core/store/vfs.h - SQLite's files, sealed page by page.
 *
 * Shell. A VFS over another one (the system's own; in tests one that fails or records): the
 * database and its write-ahead log, and no other file. The caller's thread; a VFS serves one
 * connection.
 * Source: core/store/README.md "Pages" and "Write-ahead log"; https://sqlite.org/vfs.html,
 * https://sqlite.org/fileformat2.html#the_write_ahead_log.
 */
#pragma once

#include "core/store/page.h"

#include <sqlite3.h>

typedef struct HarkVfs HarkVfs;

/**
 * hark_vfs_new:
 * @below: (nullable): name of the VFS that does the work; NULL: the system's own
 * @keys: borrowed until hark_vfs_free()
 *
 * Registers a VFS under a name of its own, see hark_vfs_get_name(). A page whose tag does not fit
 * is SQLITE_IOERR_DATA to SQLite, never an empty page.
 */
HarkVfs *hark_vfs_new (const char *below,
                       const HarkStoreKeys *keys,
                       const uint8_t file_id[HARK_FILE_ID_LEN]);

/* hark_vfs_get_name: for sqlite3_open_v2(). */
const char *hark_vfs_get_name (const HarkVfs *vfs);

/* hark_vfs_free: after the connection was closed. */
void hark_vfs_free (HarkVfs *vfs);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HarkVfs, hark_vfs_free)

/**
 * hark_vfs_check_wal:
 * @path: of the log; it need not exist
 *
 * Tells damage from what a crash leaves. SQLite takes the first frame that does not fit for the
 * end of the log and forgets the rest without a word. That is right for the transaction that was
 * being written when the power went, and only for that one: a frame that is broken in front of a
 * later transaction was synced once, so something changed it since.
 *
 * Returns: SQLITE_OK; SQLITE_IOERR_DATA: damaged; another SQLite error: it could not be read
 */
int hark_vfs_check_wal (const HarkVfs *vfs, const char *path);
