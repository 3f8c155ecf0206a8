/* A folder whose list became another one while it came. What had arrived stays where it is, and is
 * compared block by block as the part of a file is (PROTOCOL.md "Files"); so nothing here has to be
 * right about what is the same. The older list lies beside the new one until everything has its
 * place: whenever the program ends, the next start does the rest. */
#define G_LOG_DOMAIN "hark-files"

#include "core/files/folder-private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define OLDER ".older" /* no cleaned entry can have these names */
#define LEFT ".left-"

/* What is in the folder, sorted into what the new list names and what it does not. */
typedef struct {
  HarkFolder *folder;
  GHashTable *named; /* path -> entry + 1 */
  GHashTable *left;  /* key_of () -> GPtrArray of names in the folder's top */
  const HarkManifest *manifest;
  GString *path; /* of the folder at hand, with a "/" at its end */
  unsigned depth;
  unsigned number; /* of what was moved aside last */
} Sorting;

bool
hark_folder_has_older (int top)
{
  return faccessat (top, OLDER, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

bool
hark_folder_make_older (int top)
{
  return renameat (top, HARK_FOLDER_MANIFEST, top, OLDER) == 0;
}

static bool
is_own_name (const char *name)
{
  return strcmp (name, HARK_FOLDER_MANIFEST) == 0 || strcmp (name, OLDER) == 0;
}

bool
hark_folder_has_contents (int top)
{
  g_autoptr (GPtrArray) names = hark_folder_names (top);

  for (guint i = 0; i < names->len; i++)
    if (!is_own_name (names->pdata[i]))
      return true;
  return false;
}

/* A file that was renamed has its size and time still. */
static char *
key_of (uint64_t size, int64_t mtime_ms)
{
  return g_strdup_printf ("%" G_GUINT64_FORMAT " %" G_GINT64_FORMAT, size, mtime_ms);
}

/* ---- sorting ---- */

static void
add_left (GHashTable *left, const char *name, const struct stat *info)
{
  char *key = key_of ((uint64_t) info->st_size, hark_disk_mtime_ms (info));
  GPtrArray *names = g_hash_table_lookup (left, key);

  if (names == NULL) {
    names = g_ptr_array_new_with_free_func (g_free);
    g_hash_table_insert (left, g_steal_pointer (&key), names);
  }
  g_ptr_array_add (names, g_strdup (name));
  g_free (key);
}

/* Puts a file that the list does not name aside, under a name in the top. */
static void
put_aside (Sorting *sorting, int folder, const char *name, const struct stat *info)
{
  const bool is_aside = sorting->depth == 0 && g_str_has_prefix (name, LEFT);
  char aside[32];

  g_strlcpy (aside, name, sizeof aside);
  while (!is_aside) {
    g_snprintf (aside, sizeof aside, LEFT "%u", sorting->number++);
    if (renameat2 (folder, name, sorting->folder->top, aside, RENAME_NOREPLACE) == 0)
      break;
    if (errno != EEXIST) {
      g_debug ("what is in the list no more stays: %s", g_strerror (errno));
      return;
    }
  }
  add_left (sorting->left, aside, info);
}

static void sort_folder (Sorting *sorting, int folder);

static void
sort_entry (Sorting *sorting, int folder, const char *name)
{
  const size_t len = sorting->path->len;
  const HarkManifestEntry *entry = NULL;
  struct stat info;
  unsigned number;
  int fd;

  g_string_append (sorting->path, name);
  number = GPOINTER_TO_UINT (g_hash_table_lookup (sorting->named, sorting->path->str));
  if (number > 0)
    entry = hark_manifest_entry (sorting->manifest, number - 1);
  if (fstatat (folder, name, &info, AT_SYMLINK_NOFOLLOW) != 0) {
    g_debug ("gone meanwhile: %s", g_strerror (errno));
  } else if (S_ISDIR (info.st_mode)) {
    fd = sorting->depth < HARK_MANIFEST_DEPTH_MAX ? openat (folder, name, HARK_OPEN_FOLDER) : -1;
    if (fd >= 0) {
      g_string_append_c (sorting->path, '/');
      sort_folder (sorting, fd);
      close (fd);
    }
    if (entry == NULL || !entry->folder)
      hark_folder_remove (folder, name);
  } else if (!S_ISREG (info.st_mode)) {
    unlinkat (folder, name, 0);
  } else if (entry == NULL || entry->folder) {
    put_aside (sorting, folder, name, &info);
  }
  g_string_truncate (sorting->path, len);
}

static void
sort_folder (Sorting *sorting, int folder)
{
  g_autoptr (GPtrArray) names = hark_folder_names (folder);
  const bool top = sorting->path->len == 0;

  sorting->depth += !top;
  for (guint i = 0; i < names->len; i++)
    if (!top || !is_own_name (names->pdata[i]))
      sort_entry (sorting, folder, names->pdata[i]);
  sorting->depth -= !top;
}

GHashTable *
hark_folder_sort_out (HarkFolder *folder, const HarkManifest *manifest)
{
  g_autoptr (GHashTable) named = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GString) path = g_string_new (NULL);
  Sorting sorting = {.folder = folder, .named = named, .manifest = manifest, .path = path};

  for (unsigned i = 0; i < hark_manifest_count (manifest); i++) {
    hark_manifest_path (manifest, i, path);
    g_hash_table_insert (named, g_strdup (path->str), GUINT_TO_POINTER (i + 1));
  }
  g_string_truncate (path, 0);
  sorting.left
    = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_ptr_array_unref);
  sort_folder (&sorting, folder->top);
  return sorting.left;
}

/* ---- filling ---- */

/* The file that was put aside and may be this one, under its new name. */
static void
bring_back (HarkFolder *folder, GHashTable *left, const HarkManifestEntry *entry)
{
  g_autofree char *key = key_of (entry->size, entry->mtime_ms);
  GPtrArray *names = g_hash_table_lookup (left, key);
  const char *path = folder->path->str, *slash = strrchr (path, '/');
  g_autofree char *above = slash != NULL ? g_strndup (path, (gsize) (slash - path)) : NULL;
  int parent;

  if (names == NULL || names->len == 0)
    return;
  parent = above != NULL ? hark_disk_open_beneath (folder->top, above, O_RDONLY | O_DIRECTORY)
                         : folder->top;
  if (parent < 0)
    return;
  if (renameat2 (folder->top, names->pdata[0], parent, slash != NULL ? slash + 1 : path,
                 RENAME_NOREPLACE)
      == 0)
    g_ptr_array_remove_index (names, 0);
  if (parent != folder->top)
    close (parent);
}

/* Has the file as many bytes as it will have; those that are missing are holes. */
static bool
make_long_enough (HarkFolder *folder, const HarkManifestEntry *entry)
{
  struct stat info;
  bool good;
  int fd;

  if (fstatat (folder->top, folder->path->str, &info, AT_SYMLINK_NOFOLLOW) == 0
      && S_ISREG (info.st_mode) && (uint64_t) info.st_size == entry->size)
    return true;
  fd = hark_disk_open_beneath (folder->top, folder->path->str, O_RDWR | O_CREAT | O_NONBLOCK);
  if (fd < 0)
    return false;
  good
    = fstat (fd, &info) == 0 && S_ISREG (info.st_mode) && ftruncate (fd, (off_t) entry->size) == 0;
  close (fd);
  return good;
}

bool
hark_folder_fill (HarkFolder *folder, GHashTable *left)
{
  GHashTableIter iter;
  struct stat info;
  void *names;

  for (unsigned i = 0; i < hark_manifest_count (folder->manifest); i++) {
    const HarkManifestEntry *entry = hark_manifest_entry (folder->manifest, i);

    if (entry->folder || entry->size == 0)
      continue;
    hark_manifest_path (folder->manifest, i, folder->path);
    if (fstatat (folder->top, folder->path->str, &info, AT_SYMLINK_NOFOLLOW) != 0)
      bring_back (folder, left, entry);
    if (!make_long_enough (folder, entry))
      return false;
  }
  g_hash_table_iter_init (&iter, left);
  while (g_hash_table_iter_next (&iter, NULL, &names))
    for (guint i = 0; i < ((GPtrArray *) names)->len; i++)
      unlinkat (folder->top, ((GPtrArray *) names)->pdata[i], 0);
  return unlinkat (folder->top, OLDER, 0) == 0;
}
