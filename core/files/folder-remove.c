/* The names in a folder, and deleting all that they name. */
#define G_LOG_DOMAIN "hark-files"

#include "core/files/folder-private.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

static int
by_name (const void *a, const void *b)
{
  return strcmp (*(char *const *) a, *(char *const *) b);
}

/* The names in a folder in an order of their own, so that it gives the same manifest again. */
GPtrArray *
hark_folder_names (int folder)
{
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  int fd = openat (folder, ".", HARK_OPEN_FOLDER);
  DIR *stream = fd >= 0 ? fdopendir (fd) : NULL;
  struct dirent *entry;

  if (stream == NULL) {
    if (fd >= 0)
      close (fd);
    return names;
  }
  while ((entry = readdir (stream)) != NULL)
    if (strcmp (entry->d_name, ".") != 0 && strcmp (entry->d_name, "..") != 0)
      g_ptr_array_add (names, g_strdup (entry->d_name));
  closedir (stream);
  g_ptr_array_sort (names, by_name);
  return names;
}

void
hark_folder_empty (int folder)
{
  g_autoptr (GPtrArray) names = hark_folder_names (folder);

  for (guint i = 0; i < names->len; i++)
    if (unlinkat (folder, names->pdata[i], 0) != 0)
      hark_folder_remove (folder, names->pdata[i]);
}

void
hark_folder_remove (int directory, const char *name)
{
  int fd = openat (directory, name, HARK_OPEN_FOLDER);

  if (fd >= 0) {
    hark_folder_empty (fd);
    close (fd);
  }
  if (unlinkat (directory, name, AT_REMOVEDIR) != 0 && errno != ENOENT)
    g_debug ("folder stays: %s", g_strerror (errno));
}
