/* The list of a folder that comes, which lies in it as long as it fills. */
#include "core/files/folder-private.h"

#include <fcntl.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

/* Names that differ in capitals only are one on these. */
bool
hark_folder_ignores_capitals (int top)
{
  static const unsigned long types[]
    = {0x4d44, 0x2011bab0, 0x5346544e, 0x7366746e, 0xff534d42, 0xfe534d42, 0x65735546};
  struct statfs info;

  if (fstatfs (top, &info) != 0)
    return false;
  for (size_t i = 0; i < G_N_ELEMENTS (types); i++)
    if (((unsigned long) info.f_type & 0xffffffff) == types[i])
      return true;
  return false;
}

bool
hark_folder_same_facts (const HarkFolderFacts *a, const HarkFolderFacts *b)
{
  return a->files == b->files && a->manifest_len == b->manifest_len
         && memcmp (a->manifest, b->manifest, sizeof a->manifest) == 0;
}

bool
hark_folder_is (const HarkFolder *folder, const HarkFolderFacts *facts)
{
  return hark_folder_same_facts (&folder->facts, facts);
}

HarkManifest *
hark_folder_read_list (const uint8_t *data, size_t len, const HarkFolderFacts *facts)
{
  g_autoptr (HarkManifest) manifest = hark_manifest_read (data, len);
  HarkFolderFacts found;

  if (manifest == NULL || facts == NULL)
    return g_steal_pointer (&manifest);
  hark_manifest_facts (manifest, &found);
  return hark_folder_same_facts (&found, facts) ? g_steal_pointer (&manifest) : NULL;
}

HarkManifest *
hark_folder_load_manifest (int fd, const HarkFolderFacts *facts)
{
  g_autoptr (HarkDiskReply) unheard = g_new0 (HarkDiskReply, 1);
  g_autofree uint8_t *data = NULL;
  struct stat info;
  size_t len;

  if (fstat (fd, &info) != 0 || !S_ISREG (info.st_mode) || info.st_size <= 0
      || (uint64_t) info.st_size > HARK_MANIFEST_LEN_MAX)
    return NULL;
  len = facts != NULL ? facts->manifest_len : (size_t) info.st_size;
  data = g_malloc (len);
  return hark_disk_read (fd, data, len, 0, unheard) ? hark_folder_read_list (data, len, facts)
                                                    : NULL;
}

HarkManifest *
hark_folder_load_list (int top, const HarkFolderFacts *facts)
{
  int fd = hark_disk_open_beneath (top, HARK_FOLDER_MANIFEST, O_RDONLY | O_NONBLOCK);
  HarkManifest *manifest;

  if (fd < 0)
    return NULL;
  manifest = hark_folder_load_manifest (fd, facts);
  close (fd);
  return manifest;
}

bool
hark_folder_is_ours (int top, const HarkFolderFacts *facts)
{
  g_autoptr (HarkManifest) manifest = hark_folder_load_list (top, facts);

  return manifest != NULL;
}
