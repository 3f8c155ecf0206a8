/* core/files/manifest.h - what is in a folder that is given: names, sizes and times.
 *
 * Pure; one thread at a time. A folder travels as one file: its manifest, then the contents of all
 * its files in the manifest's order with nothing in between, so that many small files cost no more
 * than a large one and every rule for blocks holds for both. The manifest is a list of entries,
 * each folder before what is in it:
 *
 *   u8 flags: 1 folder, 2 executable | u8 depth, 1 for what lies in the given folder itself
 *   u16 length of the name | name | files only: u64 size | i64 time of change, ms since 1970
 *
 * Memory: about 40 bytes an entry beside its bytes. Source: core/PROTOCOL.md "Files". Bytes come
 * from an authenticated peer and are not trusted.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define HARK_MANIFEST_HASH_LEN 32
#define HARK_MANIFEST_LEN_MAX ((size_t) 64 * 1024 * 1024) /* bytes */
#define HARK_MANIFEST_ENTRIES_MAX 1000000
#define HARK_MANIFEST_DEPTH_MAX 64
#define HARK_MANIFEST_NAME_MAX 1024 /* bytes of one name */
#define HARK_MANIFEST_PATH_MAX 2048 /* bytes of all names down to an entry, with their slashes */

/* What an offer says about a folder; all zero for a single file. */
typedef struct {
  uint32_t files;        /* in the folder, at any depth */
  uint32_t manifest_len; /* bytes; never 0 for a folder: one without entries has a 0 byte */
  uint8_t manifest[HARK_MANIFEST_HASH_LEN]; /* BLAKE2b-256(HARK_DOMAIN_MANIFEST || bytes) */
} HarkFolderFacts;

typedef struct {
  uint64_t start; /* of its bytes, behind the manifest */
  uint64_t size;  /* bytes; 0 for folders */
  int64_t mtime_ms;
  uint32_t parent;  /* entry that it lies in, plus 1; 0: the given folder itself */
  uint32_t name_at; /* in the manifest's bytes */
  uint16_t name_len;
  uint8_t depth;
  bool folder, executable;
} HarkManifestEntry;

typedef struct HarkManifest HarkManifest;

/* hark_manifest_new: (transfer full): with no entries; hark_manifest_free: NULL is fine. */
HarkManifest *hark_manifest_new (void);
void hark_manifest_free (HarkManifest *manifest);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HarkManifest, hark_manifest_free)

/**
 * hark_manifest_add:
 * @entry: what is to be added; start, parent and name_at are found out here
 * @name: (array length=name_len) bytes, not 0-terminated; any but an empty one
 *
 * Returns: false, with nothing added, when a limit above would be passed, the sizes come to more
 * than HARK_FILE_SIZE_MAX, or no folder one step up came before
 */
bool
hark_manifest_add (HarkManifest *manifest, const HarkManifestEntry *entry, const uint8_t *name);

/* hark_manifest_read: (transfer full) (nullable): NULL for bytes that are no manifest. */
HarkManifest *hark_manifest_read (const uint8_t *data, size_t len);

/* hark_manifest_facts: for the offer; hark_manifest_data: its bytes, until the next addition. */
void hark_manifest_facts (const HarkManifest *manifest, HarkFolderFacts *ret);
const uint8_t *hark_manifest_data (const HarkManifest *manifest, size_t *ret_len);

/* hark_manifest_total: bytes of all files together. */
uint64_t hark_manifest_total (const HarkManifest *manifest);

unsigned hark_manifest_count (const HarkManifest *manifest);
const HarkManifestEntry *hark_manifest_entry (const HarkManifest *manifest, unsigned index);

/* hark_manifest_find: the file that holds byte @offset behind the manifest; @offset is less than
 * hark_manifest_total(). @near: an entry that it is likely to be, or to come soon after; any. */
unsigned hark_manifest_find (const HarkManifest *manifest, uint64_t offset, unsigned near);

/* hark_manifest_clean: makes every name safe (name.h) and unlike its neighbours', with @fold also
 * in small and capital letters; the same bytes give the same names. hark_manifest_path() gives
 * these then. */
void hark_manifest_clean (HarkManifest *manifest, bool fold);

/* hark_manifest_path: puts the path below the given folder into @ret, replacing what it holds. */
void hark_manifest_path (const HarkManifest *manifest, unsigned index, GString *ret);
