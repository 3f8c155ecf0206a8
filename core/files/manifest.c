#include "core/files/manifest.h"

#include "core/files/name.h"
#include "core/files/tree-hash.h"
#include "net/base/domain.h"
#include "net/base/hash.h"
#include "net/base/reader.h"
#include "net/base/writer.h"

#include <string.h>

#define FLAG_FOLDER 1u
#define FLAG_EXECUTABLE 2u
#define HEAD_LEN 4
#define FILE_LEN 16
#define PARENT_LEN 8   /* letters of an entry's number */
#define NEAR_ENTRIES 4 /* the next file is mostly among them */

struct HarkManifest {
  GByteArray *bytes;
  GArray *entries;     /* HarkManifestEntry */
  GHashTable *renamed; /* entry -> its safe name, where that is another; NULL: nowhere */
  uint64_t total;
  uint32_t files;
  unsigned depth; /* of the folder that was added last, or that the last entry lies in */
  struct {
    uint32_t folder;                   /* entry, plus 1 */
    uint32_t path_len;                 /* bytes, with a slash at the end */
  } open[HARK_MANIFEST_DEPTH_MAX + 1]; /* by depth; 0: the given folder itself */
};

HarkManifest *
hark_manifest_new (void)
{
  HarkManifest *manifest = g_new0 (HarkManifest, 1);

  manifest->bytes = g_byte_array_new ();
  manifest->entries = g_array_new (FALSE, FALSE, sizeof (HarkManifestEntry));
  return manifest;
}

void
hark_manifest_free (HarkManifest *manifest)
{
  if (manifest == NULL)
    return;
  g_byte_array_unref (manifest->bytes);
  g_array_unref (manifest->entries);
  g_clear_pointer (&manifest->renamed, g_hash_table_unref);
  g_free (manifest);
}

static bool
may_add (const HarkManifest *manifest, const HarkManifestEntry *entry)
{
  return entry->name_len > 0 && entry->name_len <= HARK_MANIFEST_NAME_MAX && entry->depth > 0
         && entry->depth <= HARK_MANIFEST_DEPTH_MAX && entry->depth <= manifest->depth + 1
         && manifest->open[entry->depth - 1].path_len + entry->name_len <= HARK_MANIFEST_PATH_MAX
         && manifest->entries->len < HARK_MANIFEST_ENTRIES_MAX
         && entry->size <= HARK_FILE_SIZE_MAX - HARK_MANIFEST_LEN_MAX - manifest->total;
}

/* @name_at: where its name is in the bytes, which have it already. */
static void
note_entry (HarkManifest *manifest, const HarkManifestEntry *entry, uint32_t name_at)
{
  HarkManifestEntry added = *entry;

  added.name_at = name_at;
  added.start = manifest->total;
  added.parent = manifest->open[entry->depth - 1].folder;
  if (entry->folder) {
    added.size = 0;
    manifest->depth = entry->depth;
    manifest->open[entry->depth].folder = manifest->entries->len + 1;
    manifest->open[entry->depth].path_len
      = manifest->open[entry->depth - 1].path_len + entry->name_len + 1;
  } else {
    manifest->depth = entry->depth - 1u;
    manifest->total += entry->size;
    manifest->files++;
  }
  g_array_append_val (manifest->entries, added);
}

bool
hark_manifest_add (HarkManifest *manifest, const HarkManifestEntry *entry, const uint8_t *name)
{
  const size_t len = HEAD_LEN + (size_t) entry->name_len + (entry->folder ? 0 : FILE_LEN);
  uint8_t head[HEAD_LEN], file[FILE_LEN];
  HarkWriter writer;

  if (!may_add (manifest, entry) || manifest->bytes->len + len > HARK_MANIFEST_LEN_MAX)
    return false;
  hark_writer_init (&writer, head, sizeof head);
  hark_writer_u8 (&writer, (uint8_t) ((entry->folder ? FLAG_FOLDER : 0)
                                      | (entry->executable ? FLAG_EXECUTABLE : 0)));
  hark_writer_u8 (&writer, entry->depth);
  hark_writer_u16 (&writer, entry->name_len);
  g_byte_array_append (manifest->bytes, head, sizeof head);
  note_entry (manifest, entry, manifest->bytes->len);
  g_byte_array_append (manifest->bytes, name, entry->name_len);
  if (!entry->folder) {
    hark_writer_init (&writer, file, sizeof file);
    hark_writer_u64 (&writer, entry->size);
    hark_writer_u64 (&writer, (uint64_t) entry->mtime_ms);
    g_byte_array_append (manifest->bytes, file, sizeof file);
  }
  return true;
}

static bool
read_entry (HarkManifest *manifest, HarkReader *reader)
{
  uint8_t flags = hark_reader_u8 (reader);
  HarkManifestEntry entry
    = {.folder = (flags & FLAG_FOLDER) != 0, .executable = (flags & FLAG_EXECUTABLE) != 0};
  uint32_t name_at;

  entry.depth = hark_reader_u8 (reader);
  entry.name_len = hark_reader_u16 (reader);
  name_at = (uint32_t) (manifest->bytes->len - hark_reader_left (reader));
  hark_reader_borrow (reader, entry.name_len);
  if (!entry.folder) {
    entry.size = hark_reader_u64 (reader);
    entry.mtime_ms = (int64_t) hark_reader_u64 (reader);
  }
  if (!hark_reader_is_ok (reader) || (flags & ~(FLAG_FOLDER | FLAG_EXECUTABLE)) != 0
      || entry.size > HARK_FILE_SIZE_MAX || !may_add (manifest, &entry))
    return false;
  note_entry (manifest, &entry, name_at);
  return true;
}

HarkManifest *
hark_manifest_read (const uint8_t *data, size_t len)
{
  g_autoptr (HarkManifest) manifest = hark_manifest_new ();
  HarkReader reader;

  if (len == 0 || len > HARK_MANIFEST_LEN_MAX)
    return NULL;
  if (len == 1 && data[0] == 0)
    return g_steal_pointer (&manifest);
  g_byte_array_append (manifest->bytes, data, (guint) len);
  hark_reader_init (&reader, manifest->bytes->data, len);
  while (hark_reader_left (&reader) > 0)
    if (!read_entry (manifest, &reader))
      return NULL;
  return g_steal_pointer (&manifest);
}

const uint8_t *
hark_manifest_data (const HarkManifest *manifest, size_t *ret_len)
{
  static const uint8_t empty = 0;

  *ret_len = MAX (manifest->bytes->len, 1);
  return manifest->bytes->len > 0 ? manifest->bytes->data : &empty;
}

void
hark_manifest_facts (const HarkManifest *manifest, HarkFolderFacts *ret)
{
  size_t len;
  const uint8_t *data = hark_manifest_data (manifest, &len);

  ret->files = manifest->files;
  ret->manifest_len = (uint32_t) len;
  HARK_HASH (ret->manifest, sizeof ret->manifest, NULL, 0, HARK_DOMAIN_MANIFEST,
             HARK_PART_BYTES (data, len));
}

uint64_t
hark_manifest_total (const HarkManifest *manifest)
{
  return manifest->total;
}

unsigned
hark_manifest_count (const HarkManifest *manifest)
{
  return manifest->entries->len;
}

const HarkManifestEntry *
hark_manifest_entry (const HarkManifest *manifest, unsigned index)
{
  return &g_array_index (manifest->entries, HarkManifestEntry, index);
}

/* Of entries with the same start only the last has bytes. */
unsigned
hark_manifest_find (const HarkManifest *manifest, uint64_t offset, unsigned near)
{
  unsigned low = 0, high = manifest->entries->len;

  for (unsigned i = near; i < MIN (near + NEAR_ENTRIES, high); i++) {
    const HarkManifestEntry *entry = hark_manifest_entry (manifest, i);

    if (offset >= entry->start && offset - entry->start < entry->size)
      return i;
  }
  while (high - low > 1) {
    unsigned middle = low + (high - low) / 2;

    if (hark_manifest_entry (manifest, middle)->start <= offset)
      low = middle;
    else
      high = middle;
  }
  return low;
}

/* ---- names ---- */

static char *
name_as_given (const HarkManifest *manifest, const HarkManifestEntry *entry)
{
  return g_strndup ((const char *) manifest->bytes->data + entry->name_at, entry->name_len);
}

/* The folder's number, always as long, then the name. */
static char *
key_of (uint32_t parent, const char *name, bool fold)
{
  g_autofree char *folded = fold ? g_utf8_casefold (name, -1) : NULL;
  const char *end = folded != NULL ? folded : name;
  const size_t len = strlen (end);
  char *key = g_malloc (PARENT_LEN + len + 1);

  for (unsigned i = 0; i < PARENT_LEN; i++)
    key[i] = (char) ('a' + (parent >> 4 * i & 15));
  memcpy (key + PARENT_LEN, end, len + 1);
  return key;
}

/* Takes the first numbered form of @owned (transfer full) that nothing in the same folder has.
 * @taken remembers for each name how far its numbers are used, so that a million equal names cost
 * no more than others. */
static char *
claim (GHashTable *taken, uint32_t parent, char *owned, bool fold)
{
  g_autofree char *name = owned;
  g_autofree char *base = key_of (parent, name, fold);
  unsigned number = GPOINTER_TO_UINT (g_hash_table_lookup (taken, base)) + 1;

  if (number == 1) {
    g_hash_table_insert (taken, g_steal_pointer (&base), GUINT_TO_POINTER (1));
    return g_steal_pointer (&name);
  }
  for (;; number++) {
    g_autofree char *numbered = hark_file_name_numbered (name, number);
    g_autofree char *key = key_of (parent, numbered, fold);

    if (g_hash_table_contains (taken, key))
      continue;
    g_hash_table_insert (taken, g_steal_pointer (&key), GUINT_TO_POINTER (1));
    g_hash_table_insert (taken, g_steal_pointer (&base), GUINT_TO_POINTER (number));
    return g_steal_pointer (&numbered);
  }
}

void
hark_manifest_clean (HarkManifest *manifest, bool fold)
{
  g_autoptr (GHashTable) taken = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  g_clear_pointer (&manifest->renamed, g_hash_table_unref);
  for (unsigned i = 0; i < manifest->entries->len; i++) {
    const HarkManifestEntry *entry = hark_manifest_entry (manifest, i);
    g_autofree char *given = name_as_given (manifest, entry);
    g_autofree char *name = claim (taken, entry->parent, hark_file_name_clean (given), fold);

    if (strlen (name) == entry->name_len && strcmp (name, given) == 0)
      continue;
    if (manifest->renamed == NULL)
      manifest->renamed = g_hash_table_new_full (NULL, NULL, NULL, g_free);
    g_hash_table_insert (manifest->renamed, GUINT_TO_POINTER (i + 1), g_steal_pointer (&name));
  }
}

static void
prepend_name (const HarkManifest *manifest, unsigned index, GString *path)
{
  const HarkManifestEntry *entry = hark_manifest_entry (manifest, index);
  const char *renamed = NULL;

  if (manifest->renamed != NULL)
    renamed = g_hash_table_lookup (manifest->renamed, GUINT_TO_POINTER (index + 1));
  if (path->len > 0)
    g_string_prepend_c (path, '/');
  if (renamed != NULL)
    g_string_prepend (path, renamed);
  else
    g_string_prepend_len (path, (const char *) manifest->bytes->data + entry->name_at,
                          entry->name_len);
}

void
hark_manifest_path (const HarkManifest *manifest, unsigned index, GString *ret)
{
  g_string_truncate (ret, 0);
  for (unsigned at = index + 1; at > 0; at = hark_manifest_entry (manifest, at - 1)->parent)
    prepend_name (manifest, at - 1, ret);
}
