/* core/files/disk-work.h - does one disk request at once, in the calling thread.
 *
 * Shell: files, no thread. Used by the worker (disk.c), the simulator and tests.
 */
#pragma once

#include "core/files/disk-request.h"

typedef struct HarkDiskWork HarkDiskWork;

/* hark_disk_work_new: (transfer full): no file open; hark_disk_work_free: closes every file. */
HarkDiskWork *hark_disk_work_new (void);
void hark_disk_work_free (HarkDiskWork *work);

/* hark_disk_work_do: (transfer full) (nullable): NULL for CLOSE, DISCARD and TIDY, which are
 * not answered. */
HarkDiskReply *hark_disk_work_do (HarkDiskWork *work, const HarkDiskRequest *request);
