/* core/store/vfs-private.h - what vfs.c and vfs-wal.c share. */
#pragma once

#include "core/store/vfs.h"

struct HarkVfs {
  sqlite3_vfs base;
  sqlite3_vfs *below;
  const HarkStoreKeys *keys;
  uint8_t file_id[HARK_FILE_ID_LEN];
  char *name;
};

/* An open file; the file of the VFS below lies behind it. */
typedef struct {
  sqlite3_file base;
  const HarkVfs *vfs;
  sqlite3_file *below;
  bool wal_was_written;  /* the log is past recovery: from now on a bad frame is an error */
  int64_t header_offset; /* WAL: of the frame header written last; -1 for none */
  uint8_t header_bound[HARK_WAL_BOUND_LEN];
  uint8_t sealed[HARK_WAL_FRAME_LEN]; /* a page or frame as on disk */
  uint8_t plain[HARK_PAGE_LEN];       /* a page of which only a part was asked; wiped after use */
} HarkVfsFile;

/* Reading and writing the log; the signatures are those of sqlite3_io_methods. */
int hark_vfs_wal_read (sqlite3_file *file, void *buffer, int amount, sqlite3_int64 offset);
int hark_vfs_wal_write (sqlite3_file *file, const void *data, int amount, sqlite3_int64 offset);
