/* core/files/disk.h - the thread that reads, hashes, writes and names files, so that the engine
 * never waits for one.
 *
 * Shell: files and a thread. Files from others are made beneath a directory handle with O_EXCL and
 * O_NOFOLLOW, mode 0600, and get their name by a rename that replaces nothing (core/PROTOCOL.md,
 * "Files"; ).
 */
#pragma once

#include "core/files/disk-request.h"

typedef struct HarkDisk HarkDisk;

/* hark_disk_new: starts the thread. @on_replies is called in it whenever replies wait, at most once
 * until hark_disk_take_reply() has emptied the queue: wake the engine there, do nothing else. */
HarkDisk *hark_disk_new (void (*on_replies) (void *data), void *data);

/* hark_disk_free: finishes what was handed in, closes every file, joins the thread. */
void hark_disk_free (HarkDisk *disk);

/* hark_disk_send: (transfer full) @request; any thread; never blocks. */
void hark_disk_send (HarkDisk *disk, HarkDiskRequest *request);

/* hark_disk_take_reply: (transfer full) (nullable): the next reply, in order; any thread. */
HarkDiskReply *hark_disk_take_reply (HarkDisk *disk);
