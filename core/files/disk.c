#include "core/files/disk.h"

#include "core/files/disk-work.h"

#include <stdbool.h>

struct HarkDisk {
  GThread *thread;
  GAsyncQueue *requests; /* HarkDiskRequest; `stop` ends the thread */
  GMutex mutex;
  GQueue replies; /* HarkDiskReply; under mutex */
  bool woken;     /* on_replies was called and the queue not emptied since; under mutex */
  HarkDiskRequest stop;
  void (*on_replies) (void *data);
  void *data;
};

static void
add_reply (HarkDisk *disk, HarkDiskReply *reply)
{
  bool wake;

  g_mutex_lock (&disk->mutex);
  g_queue_push_tail (&disk->replies, reply);
  wake = !disk->woken;
  disk->woken = true;
  g_mutex_unlock (&disk->mutex);
  if (wake)
    disk->on_replies (disk->data);
}

static void *
run (void *data)
{
  HarkDisk *disk = data;
  HarkDiskWork *work = hark_disk_work_new ();
  HarkDiskRequest *request;

  while ((request = g_async_queue_pop (disk->requests)) != &disk->stop) {
    HarkDiskReply *reply = hark_disk_work_do (work, request);

    hark_disk_request_free (request);
    if (reply != NULL)
      add_reply (disk, reply);
  }
  hark_disk_work_free (work);
  return NULL;
}

HarkDisk *
hark_disk_new (void (*on_replies) (void *data), void *data)
{
  HarkDisk *disk = g_new0 (HarkDisk, 1);

  disk->requests = g_async_queue_new ();
  g_mutex_init (&disk->mutex);
  g_queue_init (&disk->replies);
  disk->on_replies = on_replies;
  disk->data = data;
  disk->thread = g_thread_new ("hark-disk", run, disk);
  return disk;
}

void
hark_disk_free (HarkDisk *disk)
{
  if (disk == NULL)
    return;
  g_async_queue_push (disk->requests, &disk->stop);
  g_thread_join (disk->thread);
  g_async_queue_unref (disk->requests);
  g_queue_clear_full (&disk->replies, (GDestroyNotify) hark_disk_reply_free);
  g_mutex_clear (&disk->mutex);
  g_free (disk);
}

void
hark_disk_send (HarkDisk *disk, HarkDiskRequest *request)
{
  g_async_queue_push (disk->requests, request);
}

HarkDiskReply *
hark_disk_take_reply (HarkDisk *disk)
{
  HarkDiskReply *reply;

  g_mutex_lock (&disk->mutex);
  reply = g_queue_pop_head (&disk->replies);
  if (reply == NULL)
    disk->woken = false;
  g_mutex_unlock (&disk->mutex);
  return reply;
}
