/* core/files/folder.h - a folder on the disk as the one file that it travels as (manifest.h).
 *
 * Shell: files, no thread; for the disk worker. What is not an ordinary file or folder is left out,
 * links are never followed. The receiver builds "NAME.part/" with the manifest in it as
 * ".manifest", a name that no cleaned entry can have; as long as it is there, the bytes can be read
 * back from what was written; then it goes. It is never part of what is given. Folders are made
 * with mode 0700 and files with 0600; the executable bit is not applied. @reply is refused, in
 * words, by everything that fails.
 */
#pragma once

#include "core/files/disk-request.h"
#include "core/files/manifest.h"

typedef struct HarkFolder HarkFolder;

void hark_folder_free (HarkFolder *folder);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HarkFolder, hark_folder_free)

/* hark_folder_scan: (transfer full) (nullable): the folder at @path, open for reading; sets size,
 * facts and skipped of @reply: entries left out, because they are links, devices or not ours to
 * read. */
HarkFolder *hark_folder_scan (const char *path, HarkDiskReply *reply);

/* hark_folder_rest: of a scanned folder only the list is kept, and nothing open; false where that
 * would take too much memory. hark_folder_wake: open for reading again, at the same @path; false
 * when it has other names in it than its list. Whether a file is what it was shows when it is read.
 */
bool hark_folder_rest (HarkFolder *folder);
bool hark_folder_wake (HarkFolder *folder, const char *path);

/* hark_folder_is: it has the list with @facts. */
bool hark_folder_is (const HarkFolder *folder, const HarkFolderFacts *facts);

/* hark_folder_source: (transfer full) (nullable): the same, unless it is not what was offered; also
 * of a folder that came for a group, by @list (nullable), as hark_folder_list() gave it, or by the
 * one that lies in it still. */
HarkFolder *hark_folder_source (const char *path,
                                const HarkFolderFacts *facts,
                                GBytes *list,
                                HarkDiskReply *reply);

/* hark_folder_list: (transfer full) (nullable): the list of @folder, which is finished and lies at
 * @path: names there may be cleaned ones, and no file is executable. NULL when that gives the same
 * without a list. */
GBytes *hark_folder_list (const HarkFolder *folder, const char *path);

/* hark_folder_part: (transfer full) (nullable): over @top (owned), which still fills: reads what is
 * there of it. */
HarkFolder *hark_folder_part (int top, const HarkFolderFacts *facts, HarkDiskReply *reply);

/* hark_folder_target: (transfer full) (nullable): over @top (owned), the descriptor of a folder of
 * ours for the @size bytes; sets size of @reply: bytes in it that a transfer can go on from.
 * @seed: (owned) of a folder beside it that may have the same in it, and is only read; -1: none. */
HarkFolder *hark_folder_target (
  int top, int seed, uint64_t size, const HarkFolderFacts *facts, HarkDiskReply *reply);

/* hark_folder_is_in_place: at the end: all of it is in the seed, and nothing was made. */
bool hark_folder_is_in_place (const HarkFolder *folder);

/* hark_folder_is_ours: the manifest with these facts lies in it. */
bool hark_folder_is_ours (int top, const HarkFolderFacts *facts);

/* Any range of the bytes; a file that is not as the manifest says is CHANGED. */
bool hark_folder_read (
  HarkFolder *folder, uint64_t offset, uint8_t *data, size_t len, HarkDiskReply *reply);

/* hark_folder_find_twin: whether the @len bytes of @data, read at @offset, lie whole before that,
 * too;
 * @ret: where. Looks at a few likely places only. */
bool hark_folder_find_twin (
  HarkFolder *folder, uint64_t offset, const uint8_t *data, size_t len, uint64_t *ret);

/* hark_folder_write: the manifest's bytes have to come before others. */
bool hark_folder_write (
  HarkFolder *folder, uint64_t offset, const uint8_t *data, size_t len, HarkDiskReply *reply);

/* hark_folder_finish: makes what has no bytes and syncs it all; the manifest stays. */
bool hark_folder_finish (HarkFolder *folder, HarkDiskReply *reply);

/* hark_folder_remove: deletes @name in @directory with all that is in it. */
void hark_folder_remove (int directory, const char *name);

/* hark_folder_tidy: deletes the list with @facts in the finished folder at @path; where others will
 * have it from here (@serve) only if it gives the same without. */
void hark_folder_tidy (const char *path, const HarkFolderFacts *facts, bool serve);
