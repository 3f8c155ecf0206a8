/* core/files/disk-work-private.h - the open files of the disk worker, and who does which request.
 *
 * disk-files.c keeps them, disk-source.c reads what is sent, disk-target.c makes and opens what is
 * received, disk-move.c takes it to another folder, disk-write.c fills it. Each do_*() answers one
 * request (disk-request.h) in @reply.
 */
#pragma once

#include "core/files/disk-private.h"
#include "core/files/disk-work.h"
#include "core/files/folder.h"

#define HARK_DISK_MARK "user.hark.transfer" /* attribute of a file: which transfer made it */
#define HARK_DISK_NAMES_TRIED_MAX 1000      /* numbers behind a name that is taken */

typedef struct HarkDiskRest HarkDiskRest; /* disk-files.c */

/* An open file of one transfer. */
typedef struct {
  int fd;        /* the source, or the part file */
  int directory; /* incoming: the folder it is in; else -1 */
  int seed;      /* incoming: what HASH copies from; -1: none */
  char *old;     /* incoming: path of what is left in the folder that it went on from; or NULL */
  char *part;    /* incoming: its name in that folder */
  uint64_t size; /* outgoing: as it was offered */
  int64_t changed_ms; /* outgoing: likewise, of its last change */
  bool claimed;       /* incoming: the disk keeps room for what is still to come */
  HarkFolder *folder; /* in place of fd, which is -1 then; or NULL */
  HarkDiskWork *work; /* that has it */
  GList link;         /* in `awake`, while it is */
  HarkDiskRest *rest; /* closed for a while: fd and directory are -1; or NULL */
} HarkDiskFile;

struct HarkDiskWork {
  GHashTable *files; /* transfer -> HarkDiskFile */
  GQueue awake;      /* HarkDiskFile: parts of single files that have descriptors, and the one that
                        was used last at the end: of many that wait most are closed */
  GByteArray *scratch; /* for hashing */
  HarkFolder *offered; /* what STAT scanned last, at rest: it is mostly the next to be opened */
  char *offered_path;
};

/* Takes over @fd and @directory, -1 where there is none; what was open for @transfer is closed. */
HarkDiskFile *
hark_disk_add_file (HarkDiskWork *work, uint64_t transfer, int fd, int directory, const char *part);

/* hark_disk_find_file: NULL: not open; hark_disk_need_file: with @reply refused then. What was
 * closed for a while is open again, unless it is another one by now: _find_file: without its
 * descriptors then. */
HarkDiskFile *hark_disk_find_file (HarkDiskWork *work, uint64_t transfer);
HarkDiskFile *
hark_disk_need_file (HarkDiskWork *work, const HarkDiskRequest *request, HarkDiskReply *reply);

/* Opens @name when its mark says that this very transfer made it; -1 otherwise, also where the file
 * system keeps no attributes. _folder: the same of one by its list, which it has until its end is
 * stored. */
int hark_disk_open_own (int directory, const char *name, uint64_t transfer, int flags);
int hark_disk_open_own_folder (int directory, const char *name, const HarkFolderFacts *facts);

/* hark_disk_sync_folder: names in it survive a power cut. */
void hark_disk_sync_folder (int directory);

/* disk-move.c, for a CREATE with the `path` so far: _move_part: into @directory by its name alone;
 * its descriptor, its final name in @ret (transfer full); -1: not there, or not on one file system.
 * In the old place there is a link to the new one then. _copy_part: what is there into the new part
 * @fd; false with errno. Of a file @ret_seed is opened instead, or -1. */
int
hark_disk_move_part (int directory, const HarkDiskRequest *request, const char *wanted, char **ret);
bool hark_disk_copy_part (const HarkDiskRequest *request, int fd, int *ret_seed);

/* hark_disk_find_moved: (transfer full) (nullable): where the part of @path went, as its path will
 * be; the program ended before the store knew. Anybody may have made such a link: open there only
 * what hark_disk_open_own() opens. */
char *hark_disk_find_moved (const char *path);

/* hark_disk_find_old: (transfer full) (nullable): path of the link or the part that is left where
 * the part @fd went on from; of a part also its descriptor in @ret_left, or -1. */
char *hark_disk_find_old (int fd, const HarkDiskRequest *request, int *ret_left);

/* hark_disk_drop_old: deletes what is left there, and forgets it. */
void hark_disk_drop_old (HarkDiskFile *file);

/* hark_disk_check_regular: false with @reply refused for anything but an ordinary file. */
bool hark_disk_check_regular (const struct stat *info, HarkDiskReply *reply);

/* hark_disk_open_source: a file of the user's own for reading; -1 with @reply refused. */
int hark_disk_open_source (const char *path, struct stat *info, HarkDiskReply *reply);

/* hark_disk_read_piece: for hark_file_sample(); @data: int *, a descriptor. */
bool hark_disk_read_piece (void *data, uint64_t offset, uint8_t *ret, size_t len);

/* hark_disk_read_open: all of the range, of a file or a folder; false with @reply refused. */
bool hark_disk_read_open (
  HarkDiskFile *file, uint8_t *data, size_t len, uint64_t offset, HarkDiskReply *reply);

void hark_disk_do_stat (HarkDiskWork *work, const HarkDiskRequest *request, HarkDiskReply *reply);
void hark_disk_do_source (HarkDiskWork *work, const HarkDiskRequest *request, HarkDiskReply *reply);
void hark_disk_do_read (HarkDiskWork *work, const HarkDiskRequest *request, HarkDiskReply *reply);
void hark_disk_do_hash (HarkDiskWork *work, const HarkDiskRequest *request, HarkDiskReply *reply);
void hark_disk_do_seed (HarkDiskWork *work, const HarkDiskRequest *request, HarkDiskReply *reply);
void hark_disk_do_create (HarkDiskWork *work, const HarkDiskRequest *request, HarkDiskReply *reply);
void hark_disk_do_room (const HarkDiskRequest *request, HarkDiskReply *reply);
void hark_disk_do_reopen (HarkDiskWork *work, const HarkDiskRequest *request, HarkDiskReply *reply);
void hark_disk_do_copy (HarkDiskWork *work, const HarkDiskRequest *request, HarkDiskReply *reply);
void hark_disk_do_write (HarkDiskWork *work, const HarkDiskRequest *request, HarkDiskReply *reply);
void hark_disk_do_moved (HarkDiskWork *work, const HarkDiskRequest *request);
void hark_disk_do_finish (HarkDiskWork *work, const HarkDiskRequest *request, HarkDiskReply *reply);
void hark_disk_do_discard (HarkDiskWork *work, const HarkDiskRequest *request);
