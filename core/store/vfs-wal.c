#include "core/store/vfs-private.h"

#include <string.h>

#define SECTOR_LEN 512 /* the smallest of any disk */

/* Byte in the frame that @offset falls on; 0 to 23 is its header. */
static sqlite3_int64
get_offset_in_frame (sqlite3_int64 offset)
{
  return (offset - HARK_WAL_HEADER_LEN) % HARK_WAL_FRAME_LEN;
}

/* Reads the frame at @start and opens its page into @ret. Its header is left in file->sealed. */
static int
read_frame (HarkVfsFile *file, sqlite3_int64 start, uint8_t ret[HARK_PAGE_LEN])
{
  HarkPagePlace place;
  int rc;

  rc = file->below->pMethods->xRead (file->below, file->sealed, HARK_WAL_FRAME_LEN, start);
  if (rc != SQLITE_OK)
    return rc;

  place = hark_page_place_in_wal (file->vfs->file_id, (uint64_t) start, file->sealed);
  if (!hark_page_open (file->vfs->keys, &place, file->sealed + HARK_WAL_FRAME_HEADER_LEN, ret))
    return SQLITE_IOERR_DATA;

  return SQLITE_OK;
}

/* Recovery reads frames whole, header and page at once. One that does not open is the end of the
 * log there: handed on as zeros, and page number 0 ends it. hark_vfs_check_wal() has made sure
 * before that only a crash can be the reason. */
static int
read_whole_frame (HarkVfsFile *file, uint8_t *buffer, sqlite3_int64 offset)
{
  int rc = read_frame (file, offset, buffer + HARK_WAL_FRAME_HEADER_LEN);

  if (rc == SQLITE_OK) {
    memcpy (buffer, file->sealed, HARK_WAL_FRAME_HEADER_LEN);
  } else if (rc == SQLITE_IOERR_DATA && !file->wal_was_written) {
    memset (buffer, 0, HARK_WAL_FRAME_LEN);
    rc = SQLITE_OK;
  } else if (rc == SQLITE_IOERR_SHORT_READ) {
    memset (buffer, 0, HARK_WAL_FRAME_LEN);
  }

  return rc;
}

int
hark_vfs_wal_read (sqlite3_file *base, void *buffer, int amount, sqlite3_int64 offset)
{
  HarkVfsFile *file = (HarkVfsFile *) base;
  sqlite3_int64 in_frame;
  int rc;

  if (offset + amount <= HARK_WAL_HEADER_LEN)
    return file->below->pMethods->xRead (file->below, buffer, amount, offset);

  in_frame = get_offset_in_frame (offset);
  if (offset < HARK_WAL_HEADER_LEN || amount < 0 || in_frame + amount > HARK_WAL_FRAME_LEN)
    return SQLITE_IOERR_READ;

  if (in_frame + amount <= HARK_WAL_FRAME_HEADER_LEN)
    return file->below->pMethods->xRead (file->below, buffer, amount, offset);

  if (in_frame == 0 && amount == HARK_WAL_FRAME_LEN)
    return read_whole_frame (file, buffer, offset);

  if (in_frame < HARK_WAL_FRAME_HEADER_LEN)
    return SQLITE_IOERR_READ;

  rc = read_frame (file, offset - in_frame, file->plain);
  if (rc == SQLITE_OK)
    memcpy (buffer, file->plain + in_frame - HARK_WAL_FRAME_HEADER_LEN, (size_t) amount);
  sodium_memzero (file->plain, sizeof file->plain);

  /* SQLite asks only for frames that it knows to be there */
  return rc == SQLITE_IOERR_SHORT_READ ? SQLITE_IOERR_DATA : rc;
}

/* Page number, commit mark and salts of the frame whose page is about to be written: from the
 * header written just before, or, when SQLite overwrites a page of the same transaction in place
 * and leaves its header, from the file. */
static int
find_bound (HarkVfsFile *file, sqlite3_int64 start, uint8_t ret[HARK_WAL_BOUND_LEN])
{
  if (file->header_offset != start)
    return file->below->pMethods->xRead (file->below, ret, HARK_WAL_BOUND_LEN, start);

  memcpy (ret, file->header_bound, HARK_WAL_BOUND_LEN);
  return SQLITE_OK;
}

static int
write_page (HarkVfsFile *file, const uint8_t *page, sqlite3_int64 start)
{
  static const uint8_t zeros[HARK_PAGE_RESERVED];
  uint8_t nonce[HARK_PAGE_NONCE_LEN], bound[HARK_WAL_BOUND_LEN];
  HarkPagePlace place;
  int rc;

  /* the frame's checksum covers these bytes, and they come back as zeros */
  if (memcmp (page + HARK_PAGE_USED, zeros, sizeof zeros) != 0)
    return SQLITE_IOERR_WRITE;

  rc = find_bound (file, start, bound);
  file->header_offset = -1;
  if (rc != SQLITE_OK)
    return rc;

  randombytes_buf (nonce, sizeof nonce);
  place = hark_page_place_in_wal (file->vfs->file_id, (uint64_t) start, bound);
  hark_page_seal (file->vfs->keys, &place, nonce, page, file->sealed);
  return file->below->pMethods->xWrite (file->below, file->sealed, HARK_PAGE_LEN,
                                        start + HARK_WAL_FRAME_HEADER_LEN);
}

int
hark_vfs_wal_write (sqlite3_file *base, const void *data, int amount, sqlite3_int64 offset)
{
  HarkVfsFile *file = (HarkVfsFile *) base;
  sqlite3_int64 in_frame;

  file->wal_was_written = true;
  if (offset == 0 && amount == HARK_WAL_HEADER_LEN) {
    file->header_offset = -1;
    return file->below->pMethods->xWrite (file->below, data, amount, offset);
  }

  in_frame = get_offset_in_frame (offset);
  if (offset >= HARK_WAL_HEADER_LEN && in_frame == 0 && amount == HARK_WAL_FRAME_HEADER_LEN) {
    file->header_offset = offset;
    memcpy (file->header_bound, data, sizeof file->header_bound);
    return file->below->pMethods->xWrite (file->below, data, amount, offset);
  }

  if (offset < HARK_WAL_HEADER_LEN || in_frame != HARK_WAL_FRAME_HEADER_LEN
      || amount != HARK_PAGE_LEN)
    return SQLITE_IOERR_WRITE; /* a shape SQLite never writes with our page size */

  return write_page (file, data, offset - in_frame);
}

/* ---- telling damage from a crash --------------------------------------------------------------
 */

/* The log's checksum, over 32-bit words in the order the header's magic number names. */
typedef struct {
  uint32_t a, b;
} Checksum;

static uint32_t
load32 (const uint8_t *bytes, bool big_endian)
{
  if (big_endian)
    return (uint32_t) bytes[0] << 24 | (uint32_t) bytes[1] << 16 | (uint32_t) bytes[2] << 8
           | bytes[3];

  return (uint32_t) bytes[3] << 24 | (uint32_t) bytes[2] << 16 | (uint32_t) bytes[1] << 8
         | bytes[0];
}

static Checksum
add_to_checksum (Checksum sum, const uint8_t *bytes, size_t len, bool big_endian)
{
  for (size_t i = 0; i < len; i += 8) {
    sum.a += load32 (bytes + i, big_endian) + sum.b;
    sum.b += load32 (bytes + i + 4, big_endian) + sum.a;
  }

  return sum;
}

static Checksum
read_checksum (const uint8_t *bytes)
{
  return (Checksum){load32 (bytes, true), load32 (bytes + 4, true)};
}

static bool
checksums_equal (Checksum a, Checksum b)
{
  return a.a == b.a && a.b == b.b;
}

/* What one pass over the frames has seen. */
typedef struct {
  bool big_endian;
  uint8_t salts[8];
  Checksum stored;       /* of the frame before, as its header says; of the log's header at first */
  Checksum computed;     /* the same, from what the frame holds; as stored when it did not open */
  bool previous_commits; /* the frame before ends a transaction */
  bool broken;           /* a frame did not fit */
  bool damaged;          /* and a later transaction follows */
} Scan;

static Checksum
continue_checksum (const Scan *scan, Checksum sum, const uint8_t *header, const uint8_t *plain)
{
  sum = add_to_checksum (sum, header, 8, scan->big_endian);
  return add_to_checksum (sum, plain, HARK_PAGE_LEN, scan->big_endian);
}

/* A transaction is written only after the one before was synced. So a frame that opens and whose
 * checksum continues that of a commit proves that everything in front of it was on the disk once.
 * Frames of an attempt that was rolled back do not continue what overwrote their beginning. The
 * commit may be the broken frame itself, in its page or in its checksum. @torn: the header may be
 * half of what was there before, so only a checksum that holds vouches for its commit mark. */
static void
scan_frame (Scan *scan, const uint8_t *header, const uint8_t *plain, bool opened, bool torn)
{
  const Checksum stored = read_checksum (header + 16);
  Checksum computed = stored;
  bool fits = false, continues = false;

  if (opened && memcmp (header + 8, scan->salts, sizeof scan->salts) == 0) {
    computed = continue_checksum (scan, scan->stored, header, plain);
    fits = checksums_equal (computed, stored);
    if (!fits)
      computed = continue_checksum (scan, scan->computed, header, plain);
    continues = checksums_equal (computed, stored);
  }

  if (!fits)
    scan->broken = true;
  if (continues && scan->broken && scan->previous_commits)
    scan->damaged = true;

  scan->stored = stored;
  scan->computed = computed;
  scan->previous_commits = load32 (header + 4, true) != 0 && (continues || !torn);
}

/* A disk writes sectors whole, so of a header that lies in two a crash can leave one half new and
 * the other as it was. */
static bool
lies_in_two_sectors (sqlite3_int64 offset)
{
  return offset / SECTOR_LEN != (offset + HARK_WAL_FRAME_HEADER_LEN - 1) / SECTOR_LEN;
}

/* The header was synced before the first frame; a header that is not one, in front of frames that
 * open, was changed since. */
static int
scan_wal (HarkVfsFile *file, sqlite3_int64 size)
{
  uint8_t header[HARK_WAL_HEADER_LEN];
  Scan scan = {0};
  bool header_ok;
  uint32_t magic;
  int rc = file->below->pMethods->xRead (file->below, header, sizeof header, 0);

  if (rc != SQLITE_OK)
    return rc;

  magic = load32 (header, true);
  scan.big_endian = (magic & 1) != 0;
  scan.stored = scan.computed = read_checksum (header + 24);
  memcpy (scan.salts, header + 16, sizeof scan.salts);
  header_ok = (magic & ~1u) == 0x377f0682 && load32 (header + 8, true) == HARK_PAGE_LEN
              && checksums_equal (scan.stored,
                                  add_to_checksum ((Checksum){0}, header, 24, scan.big_endian));

  for (sqlite3_int64 at = HARK_WAL_HEADER_LEN; at + HARK_WAL_FRAME_LEN <= size;
       at += HARK_WAL_FRAME_LEN) {
    rc = read_frame (file, at, file->plain);
    if (rc != SQLITE_OK && rc != SQLITE_IOERR_DATA)
      return rc;
    if (!header_ok && rc == SQLITE_OK)
      return SQLITE_IOERR_DATA;

    scan_frame (&scan, file->sealed, file->plain, rc == SQLITE_OK, lies_in_two_sectors (at));
  }

  return scan.damaged ? SQLITE_IOERR_DATA : SQLITE_OK;
}

int
hark_vfs_check_wal (const HarkVfs *vfs, const char *path)
{
  sqlite3_vfs *base = (sqlite3_vfs *) (uintptr_t) &vfs->base;
  /* SQLite's VFSs expect names that were made this way: they look for parameters behind them */
  sqlite3_filename name = sqlite3_create_filename (path, "", path, 0, NULL);
  g_autofree HarkVfsFile *file = g_malloc0 ((size_t) base->szOsFile);
  sqlite3_int64 size = 0;
  int exists = 0, rc;

  rc = vfs->below->xAccess (vfs->below, path, SQLITE_ACCESS_EXISTS, &exists);
  if (rc == SQLITE_OK && exists) {
    rc = base->xOpen (base, sqlite3_filename_wal (name), &file->base,
                      SQLITE_OPEN_WAL | SQLITE_OPEN_READWRITE, NULL);
    if (rc == SQLITE_OK)
      rc = file->below->pMethods->xFileSize (file->below, &size);
    if (rc == SQLITE_OK && size > HARK_WAL_HEADER_LEN)
      rc = scan_wal (file, size);
    if (file->base.pMethods != NULL)
      file->base.pMethods->xClose (&file->base);
  }

  sqlite3_free_filename (name);
  return rc;
}
