#include "core/files/disk-work-private.h"
#include "core/files/shared.h"

HarkDiskReply *
hark_disk_work_do (HarkDiskWork *work, const HarkDiskRequest *request)
{
  g_autoptr (HarkDiskReply) reply = hark_disk_reply_new (request);

  switch (request->kind) {
  case HARK_DISK_STAT:
    hark_disk_do_stat (work, request, reply);
    break;
  case HARK_DISK_BROWSE:
    hark_shared_list (request->path, request->offset, reply);
    break;
  case HARK_DISK_SOURCE:
    hark_disk_do_source (work, request, reply);
    break;
  case HARK_DISK_READ:
    hark_disk_do_read (work, request, reply);
    break;
  case HARK_DISK_HASH:
    hark_disk_do_hash (work, request, reply);
    break;
  case HARK_DISK_CREATE:
    hark_disk_do_create (work, request, reply);
    break;
  case HARK_DISK_ROOM:
    hark_disk_do_room (request, reply);
    break;
  case HARK_DISK_REOPEN:
    hark_disk_do_reopen (work, request, reply);
    break;
  case HARK_DISK_SEED:
    hark_disk_do_seed (work, request, reply);
    break;
  case HARK_DISK_MOVED:
    hark_disk_do_moved (work, request);
    return NULL;
  case HARK_DISK_WRITE:
    hark_disk_do_write (work, request, reply);
    break;
  case HARK_DISK_COPY:
    hark_disk_do_copy (work, request, reply);
    break;
  case HARK_DISK_FINISH:
    hark_disk_do_finish (work, request, reply);
    break;
  case HARK_DISK_CLOSE:
    g_hash_table_remove (work->files, &request->transfer);
    return NULL;
  case HARK_DISK_DISCARD:
    hark_disk_do_discard (work, request);
    return NULL;
  case HARK_DISK_TIDY:
    hark_folder_tidy (request->path, &request->folder, request->serve);
    return NULL;
  }
  return g_steal_pointer (&reply);
}
