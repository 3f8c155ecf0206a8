/* tests/unit/core/store/disk.h - a disk that fails or loses power: a VFS for below ours. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define DISK_NAME "hark-test-disk"

typedef enum { DISK_WRITE, DISK_SYNC, DISK_TRUNCATE, DISK_DELETE, DISK_MARK } DiskOpKind;

/* One thing that happened, in order. */
typedef struct {
  DiskOpKind kind;
  char *name;     /* base name of the file */
  int64_t offset; /* TRUNCATE: the size; MARK: the number given */
  GBytes *bytes;
} DiskOp;

/* Registers once; starts counting from zero, with no failure set and no log. */
void disk_reset (void);

/* Writes, syncs, truncations and deletions since disk_reset(). */
unsigned disk_get_count (void);

/* Number @at (from 1) of them fails with @code, an SQLite one; with @forever also all after it.
 * A failing write has written half of its bytes. @at 0: none. */
void disk_fail (unsigned at, int code, bool forever);

/* Runs @trial with its operations failing in turn, every @step-th or, with HARK_LONG, each; @trial
 * says whether there was such an operation. */
void disk_fail_everywhere (bool (*trial) (unsigned at, int code, bool forever), unsigned step);

/* From now on reads are counted and fail as well, with SQLITE_IOERR_READ. */
void disk_fail_reads (void);

/* Keeps what happens from now on; disk_get_log() has DiskOp elements, owned by the disk. */
void disk_record (void);
GPtrArray *disk_get_log (void);
void disk_mark (int64_t number);
