/* core/files/shared.h - a folder that others may look into, and nothing outside of it.
 *
 * Pure but for hark_shared_open() and hark_shared_list(), which read folders: for the disk worker.
 * What lies in a shared folder is named by the folder's path, HARK_SHARED_MARK and the way on from
 * there. Of such a path everything behind the mark is opened component by component, beneath the
 * folder and following no link, also when somebody exchanges parts of it meanwhile. Names that
 * begin with a dot are not there for others. Paths of the user's own are canonical and never hold
 * the mark.
 */
#pragma once

#include "core/files/disk-request.h"

#include <stdbool.h>
#include <stdint.h>

#define HARK_SHARED_MARK "/./"
#define HARK_SHARED_PATH_MAX 4096    /* bytes of a way */
#define HARK_SHARED_DEPTH_MAX 64     /* components of it */
#define HARK_SHARED_PAGE 200         /* entries at a time */
#define HARK_SHARED_NAMES_MAX 100000 /* of one folder; the rest is not shown */

/* hark_shared_is_way: @way leads to something that may be shared: UTF-8, components of 1 to 255
 * bytes without controls and no leading dot, one "/" between two; "" is the folder itself. */
bool hark_shared_is_way (const char *way);

/* hark_shared_join: (transfer full): the path of what @way leads to in the shared folder @root. */
char *hark_shared_join (const char *root, const char *way);

/* hark_shared_is: @path is such a path. _is_under: in the shared folder @root. */
bool hark_shared_is (const char *path);
bool hark_shared_is_under (const char *path, const char *root);

/* hark_shared_name: (transfer full): what lies at @path, ordinary or shared, is called. */
char *hark_shared_name (const char *path);

/* hark_shared_open: @path, ordinary or shared, with @flags; -1 with errno. */
int hark_shared_open (const char *path, int flags);

/* One thing in a shared folder. */
typedef struct {
  char *name; /* owned */
  bool folder;
  uint64_t size;    /* of a file */
  int64_t mtime_ms; /* Unix */
} HarkSharedEntry;

void hark_shared_entry_free (HarkSharedEntry *entry);

/* hark_shared_list: for @path, a shared one: entries from number @from on, at most
 * HARK_SHARED_PAGE; folders first, then by name. Sets entries and size (how many there are) of
 * @reply, or refuses it. */
void hark_shared_list (const char *path, uint64_t from, HarkDiskReply *reply);
