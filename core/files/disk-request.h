/* core/files/disk-request.h - what the disk worker can be asked, and what it answers.
 *
 * Pure: types and their memory; values travel between the engine's thread and the worker's
 * (disk.h). The worker keeps at most one open file (or folder, which then
 * takes the file's place in all of them) for each transfer. Requests are answered in order, each
 * once.
 */
#pragma once

#include "core/files/manifest.h"
#include "core/files/sample.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef enum {
  HARK_DISK_STAT,   /* path -> size, mtime_ms, name, folder, skipped, sample; a regular file that we
                       may   read, or a folder */
  HARK_DISK_BROWSE, /* path of a shared folder (shared.h), offset: the first entry -> entries, size:
                       how many there are */
  HARK_DISK_SOURCE, /* transfer, path, size, mtime_ms (0: any), sample: opens it for READ; fails
                       when it is another file by now; -> path: if it has another name in its folder
                       now. With `part`: "PATH.part" as it comes, or PATH when it has its name; what
                       is in it the caller compares. bytes: the list of a folder that came, as
                       FINISH gave it; or NULL */
  HARK_DISK_READ, /* transfer, offset, len, repeats -> bytes: a record head with its hash, then the
                     data, or a repeat (stream.h) */
  HARK_DISK_HASH, /* transfer, offset, len: -> hashes: of the blocks in that range of the open file
                   */
  HARK_DISK_CREATE, /* transfer, directory, name, size -> path, size: makes "NAME.part" in it;
                       checks and claims the space. Where a file of that name and an earlier
                       transfer, or of that  size, lies in the folder already, so many bytes of it
                       are worth a try: HASH  copies them over. With path: it was to
                       become that, and goes on from its part there, if there is one, in this
                       folder: what cannot be renamed is copied, a file by HASH. -> old: what is
                       left there until MOVED or FINISH */
  HARK_DISK_ROOM,   /* path or directory, size: can so many bytes be written there? */
  HARK_DISK_REOPEN, /* transfer, path, size: -> size: opens the existing "PATH.part" for WRITE and
                       HASH; or PATH, for HASH and FINISH, if this transfer gave it its name. ->
                       path: it went on in another folder, and is opened there. -> old, too */
  HARK_DISK_MOVED,  /* transfer, path: what CREATE or REOPEN told as `old` goes: the store knows the
                       new place; not answered */
  HARK_DISK_SEED,   /* transfer, seeds, sample, size -> size: the new file may be the same as the
                       first of   those that still has this size and sample: HASH copies it over. 0:
                       none has */
  HARK_DISK_WRITE,  /* transfer, offset, bytes, hash: verified, then written */
  HARK_DISK_COPY, /* transfer, offset, len, at, hash: WRITE of what lies at `at` in the same file */
  HARK_DISK_FINISH,  /* transfer, path -> path: synced, given its name; closed. With `serve`, of a
                        folder: -> bytes: its list, if what lies there does not give the same */
  HARK_DISK_CLOSE,   /* transfer: no error if it is not open; not answered */
  HARK_DISK_DISCARD, /* transfer, path: closes and deletes "PATH.part"; not answered */
  HARK_DISK_TIDY,    /* path, folder: of a folder that is kept as done; removes the list that it was
                        resumed by; with `serve` only if the folder gives the same without it; not
                        answered */
} HarkDiskRequestKind;

typedef struct {
  HarkDiskRequestKind kind;
  uint64_t transfer;
  uint64_t ticket; /* the caller's; comes back */
  char *path;      /* owned */
  char *directory; /* owned */
  char *name;      /* owned; cleaned (name.h) */
  uint64_t size;
  HarkFolderFacts folder; /* for all that name a path */
  int64_t mtime_ms;
  uint64_t offset;
  uint64_t len;
  uint64_t at;   /* COPY */
  bool part;     /* SOURCE */
  bool serve;    /* FINISH, TIDY: others will have it from here */
  bool repeats;  /* READ: of a folder: a repeat will do */
  GBytes *bytes; /* owned */
  uint8_t hash[32];
  GStrv seeds;                          /* SEED: paths; owned */
  uint8_t sample[HARK_FILE_SAMPLE_LEN]; /* SEED, SOURCE */
} HarkDiskRequest;

/* hark_disk_request_new: (transfer full): every other field zero; _free: NULL is fine. */
HarkDiskRequest *
hark_disk_request_new (HarkDiskRequestKind kind, uint64_t transfer, uint64_t ticket);
void hark_disk_request_free (HarkDiskRequest *request);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HarkDiskRequest, hark_disk_request_free)

typedef enum {
  HARK_DISK_OK,
  HARK_DISK_MISSING,  /* no such file */
  HARK_DISK_KIND,     /* a folder, a device, ... */
  HARK_DISK_CHANGED,  /* the source is not the file that was offered */
  HARK_DISK_MISMATCH, /* the bytes do not have the hash that came with them */
  HARK_DISK_FULL,     /* no space; may pass */
  HARK_DISK_ERROR,    /* anything else */
} HarkDiskResult;

typedef struct {
  HarkDiskRequestKind kind;
  uint64_t transfer;
  uint64_t ticket;
  HarkDiskResult result;
  char *words; /* when not OK: what is wrong, for the user; owned */
  int error;   /* errno behind that; 0: something else */
  char *path;  /* owned */
  char *name;  /* owned */
  char *old;   /* CREATE, REOPEN: path of what MOVED removes; NULL for none; owned */
  uint64_t size;
  bool had;   /* FINISH: all of it lay at that path already */
  bool older; /* CREATE, REOPEN: of a folder: with its list whole, REOPEN finds more in it */
  HarkFolderFacts folder;
  uint8_t sample[HARK_FILE_SAMPLE_LEN]; /* STAT: of a file */
  unsigned skipped;                     /* STAT: entries of a folder that are left out */
  int64_t mtime_ms;
  uint64_t offset;
  uint64_t len;
  GBytes *bytes;      /* owned */
  uint8_t hash[32];   /* READ: of the block */
  GPtrArray *entries; /* BROWSE: HarkSharedEntry; owned */
  GByteArray *hashes; /* HASH: 32 bytes for each block; owned */
} HarkDiskReply;

/* hark_disk_reply_new: (transfer full): OK, with the numbers of @request; _free: NULL is fine. */
HarkDiskReply *hark_disk_reply_new (const HarkDiskRequest *request);
void hark_disk_reply_free (HarkDiskReply *reply);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HarkDiskReply, hark_disk_reply_free)
