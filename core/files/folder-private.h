/* core/files/folder-private.h - between folder.c and the other folder-*.c. */
#pragma once

#include "core/files/disk-private.h"
#include "core/files/folder.h"

#include <fcntl.h>

#define HARK_OPEN_FOLDER (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

typedef struct HarkTwins HarkTwins; /* folder-twins.c; freed with g_free() */

struct HarkFolder {
  int top;                /* the folder; owned; -1 while it rests */
  HarkManifest *manifest; /* target: NULL until it has arrived */
  HarkFolderFacts facts;
  uint64_t size;    /* target: all bytes, with the manifest's */
  bool target;      /* the receiver's */
  bool part;        /* somebody else fills it; never with target */
  uint64_t end;     /* target: of what was written last */
  int seed;         /* target: a folder of the same name beside it; -1: none */
  bool in_place;    /* target: everything is in that already, and read there */
  bool scattered;   /* target: not everything was written in order */
  int manifest_fd;  /* target, part; else -1 */
  int fd;           /* of `current`; -1: none */
  unsigned current; /* entry */
  GString *path;    /* of the entry at hand */
  HarkTwins *twins; /* source: of each entry; NULL until it looks */
  uint64_t back;    /* where it found the last twin: so far before the block; 0: none yet */
};

/* (transfer full): the names in a folder in an order of their own, so that it gives the same
 * manifest again. */
GPtrArray *hark_folder_names (int folder);

#define HARK_FOLDER_MANIFEST ".manifest" /* the list's name in the receiver's folder */

/* folder-older.c: hark_folder_has_older: something of another list is in the folder. _make_older:
 * the list there becomes the older one; false with errno. _has_contents: there is more than lists.
 */
bool hark_folder_has_older (int top);
bool hark_folder_make_older (int top);
bool hark_folder_has_contents (int top);

/* hark_folder_sort_out: (transfer full): what lies in the folder and is not in @manifest makes
 * room; which files that was, for hark_folder_fill(). That one brings back what was only renamed,
 * gives every file its length and deletes the rest; false with errno. */
GHashTable *hark_folder_sort_out (HarkFolder *folder, const HarkManifest *manifest);
bool hark_folder_fill (HarkFolder *folder, GHashTable *left);

/* folder-seed.c: hark_folder_is_all_there: the seed seems to have everything in @manifest. _plant:
 * what it seems to have is copied to where it belongs, and all else is a hole; nothing is done when
 * it has nothing of it. False with errno. */
bool hark_folder_is_all_there (HarkFolder *folder, const HarkManifest *manifest);
bool hark_folder_plant (HarkFolder *folder);

/* folder-list.c: (transfer full) (nullable): the list in @data, if it has @facts (NULL: any);
 * hark_folder_load_manifest: the one in @fd; _load_list: the one that lies in @top.
 * _ignores_capitals: names in @top that differ in these alone are one. */
HarkManifest *hark_folder_read_list (const uint8_t *data, size_t len, const HarkFolderFacts *facts);
HarkManifest *hark_folder_load_manifest (int fd, const HarkFolderFacts *facts);
HarkManifest *hark_folder_load_list (int top, const HarkFolderFacts *facts);
bool hark_folder_ignores_capitals (int top);

/* hark_folder_same_facts: both are of the same list. */
bool hark_folder_same_facts (const HarkFolderFacts *a, const HarkFolderFacts *b);

/* Deletes all that is in it; links are not followed. */
void hark_folder_empty (int folder);

/* (transfer full) over @top and @manifest, both owned. */
HarkFolder *hark_folder_new (int top, HarkManifest *manifest, const HarkFolderFacts *facts);
