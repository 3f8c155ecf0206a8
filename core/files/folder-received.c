/* A folder that came, for others to have from here, whole or while it still fills. The list that it
 * was resumed by does not stay in it: where the folder alone does not give the same again, its list
 * is kept elsewhere. */
#define G_LOG_DOMAIN "hark-files"

#include "core/files/folder-private.h"
#include "core/files/shared.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

/* ---- of a finished one ---- */

/* Whether what lies at @path now gives the list with @facts. */
static bool
gives (const char *path, const HarkFolderFacts *facts)
{
  g_autoptr (HarkDiskReply) unheard = g_new0 (HarkDiskReply, 1);
  g_autoptr (HarkFolder) folder = hark_folder_scan (path, unheard);

  return folder != NULL && hark_folder_same_facts (&folder->facts, facts);
}

GBytes *
hark_folder_list (const HarkFolder *folder, const char *path)
{
  const uint8_t *data;
  size_t len;

  if (gives (path, &folder->facts))
    return NULL;
  data = hark_manifest_data (folder->manifest, &len);
  return g_bytes_new (data, len);
}

void
hark_folder_tidy (const char *path, const HarkFolderFacts *facts, bool serve)
{
  int top = open (path, HARK_OPEN_FOLDER);

  if (top < 0)
    return;
  if (hark_folder_is_ours (top, facts) && (!serve || gives (path, facts))
      && unlinkat (top, HARK_FOLDER_MANIFEST, 0) != 0)
    g_debug ("list stays: %s", g_strerror (errno));
  close (top);
}

/* ---- read by others ---- */

/* (transfer full) (nullable): the folder at @path as it came with @facts. */
static HarkFolder *
open_received (const char *path, const HarkFolderFacts *facts, GBytes *list)
{
  int top = hark_shared_is (path) ? -1 : open (path, HARK_OPEN_FOLDER);
  HarkManifest *manifest = NULL;

  if (top >= 0 && list != NULL)
    manifest
      = hark_folder_read_list (g_bytes_get_data (list, NULL), g_bytes_get_size (list), facts);
  if (top >= 0 && manifest == NULL)
    manifest = hark_folder_load_list (top, facts);
  if (manifest != NULL) {
    hark_manifest_clean (manifest, hark_folder_ignores_capitals (top));
    return hark_folder_new (top, manifest, facts);
  }
  if (top >= 0)
    close (top);
  return NULL;
}

HarkFolder *
hark_folder_source (const char *path,
                    const HarkFolderFacts *facts,
                    GBytes *list,
                    HarkDiskReply *reply)
{
  g_autoptr (HarkFolder) folder = hark_folder_scan (path, reply);
  HarkFolder *received;

  if (folder == NULL)
    return NULL;
  if (hark_folder_same_facts (&folder->facts, facts))
    return g_steal_pointer (&folder);
  received = open_received (path, facts, list);
  if (received != NULL)
    return received;
  hark_disk_refuse (reply, HARK_DISK_CHANGED,
                    "Something in the folder was changed after it was offered. Give it again.");
  return NULL;
}

HarkFolder *
hark_folder_part (int top, const HarkFolderFacts *facts, HarkDiskReply *reply)
{
  g_autoptr (HarkFolder) folder = hark_folder_new (top, NULL, facts);

  folder->part = true;
  folder->manifest_fd = hark_disk_open_beneath (top, HARK_FOLDER_MANIFEST, O_RDONLY | O_NONBLOCK);
  if (folder->manifest_fd < 0) {
    hark_disk_refuse_errno (reply, errno, "The folder's list cannot be opened");
    return NULL;
  }
  folder->manifest = hark_folder_load_manifest (folder->manifest_fd, facts); /* if it is whole */
  if (folder->manifest != NULL)
    hark_manifest_clean (folder->manifest, hark_folder_ignores_capitals (top));
  return g_steal_pointer (&folder);
}
