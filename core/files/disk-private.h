/* core/files/disk-private.h - between disk-work.c and the folders it reads and writes. */
#pragma once

#include "core/files/disk-request.h"

#include <sys/stat.h>

/* What went wrong, into @reply and in words; refuse_errno() knows a full disk from the rest. */
void hark_disk_refuse (HarkDiskReply *reply, HarkDiskResult result, const char *words);
void hark_disk_clear (HarkDiskReply *reply); /* all is well again */
void hark_disk_refuse_errno (HarkDiskReply *reply, int error, const char *what);

int64_t hark_disk_mtime_ms (const struct stat *info);

/* Opens @name in @directory, never through a link and never outside; -1 with errno. */
int hark_disk_open_beneath (int directory, const char *name, int flags);

/* All of @len bytes; false with @reply refused when that cannot be done. */
bool hark_disk_read (int fd, uint8_t *data, size_t len, uint64_t offset, HarkDiskReply *reply);
/* hark_disk_copy_bytes: @len bytes of @from from where it is at, to where @to is; false with errno,
 * also when there are fewer. */
bool hark_disk_copy_bytes (int from, int to, uint64_t len);

bool
hark_disk_write (int fd, const uint8_t *data, size_t len, uint64_t offset, HarkDiskReply *reply);
