#include "core/files/manifest.h"
#include "core/files/tree-hash.h"
#include "net/base/rng.h"

#include <string.h>

static bool
add (HarkManifest *manifest, unsigned depth, bool folder, const char *name, uint64_t size)
{
  HarkManifestEntry entry = {.depth = (uint8_t) depth,
                             .folder = folder,
                             .size = size,
                             .mtime_ms = 1700000000123,
                             .name_len = (uint16_t) strlen (name)};

  return hark_manifest_add (manifest, &entry, (const uint8_t *) name);
}

static void
assert_path (const HarkManifest *manifest, unsigned index, const char *expected)
{
  g_autoptr (GString) path = g_string_new ("old");

  hark_manifest_path (manifest, index, path);
  g_assert_cmpstr (path->str, ==, expected);
}

static HarkManifest *
read_back (const HarkManifest *manifest)
{
  size_t len;
  const uint8_t *data = hark_manifest_data (manifest, &len);

  return hark_manifest_read (data, len);
}

static void
test_round_trip (void)
{
  g_autoptr (HarkManifest) manifest = hark_manifest_new ();
  g_autoptr (HarkManifest) copy = NULL;
  HarkFolderFacts facts, again;

  g_assert_true (add (manifest, 1, false, "a", 10));
  g_assert_true (add (manifest, 1, true, "deep", 0));
  g_assert_true (add (manifest, 2, false, "nothing", 0));
  g_assert_true (add (manifest, 2, true, "deeper", 0));
  g_assert_true (add (manifest, 3, false, "b", 5));
  g_assert_true (add (manifest, 2, false, "c", 7));
  g_assert_true (add (manifest, 1, true, "last", 0));
  copy = read_back (manifest);
  g_assert_nonnull (copy);
  hark_manifest_facts (manifest, &facts);
  hark_manifest_facts (copy, &again);
  g_assert_true (memcmp (&facts, &again, sizeof facts) == 0);
  g_assert_cmpuint (facts.files, ==, 4);
  g_assert_cmpuint (hark_manifest_total (copy), ==, 22);
  g_assert_cmpuint (hark_manifest_count (copy), ==, 7);
  assert_path (copy, 2, "deep/nothing");
  assert_path (copy, 4, "deep/deeper/b");
  assert_path (copy, 5, "deep/c");
  assert_path (copy, 6, "last");
  g_assert_cmpint (hark_manifest_entry (copy, 4)->mtime_ms, ==, 1700000000123);
}

static void
test_find (void)
{
  g_autoptr (HarkManifest) manifest = hark_manifest_new ();

  add (manifest, 1, false, "empty", 0);
  add (manifest, 1, false, "a", 3);
  add (manifest, 1, true, "folder", 0);
  add (manifest, 2, false, "b", 1);
  add (manifest, 1, false, "also empty", 0);
  add (manifest, 1, false, "c", 2);
  add (manifest, 1, true, "end", 0);
  for (uint64_t at = 0; at < 6; at++)
    for (unsigned near = 0; near < 9; near++)
      g_assert_cmpuint (hark_manifest_find (manifest, at, near), ==, at < 3 ? 1 : at < 4 ? 3 : 5);
}

static void
test_empty (void)
{
  g_autoptr (HarkManifest) manifest = hark_manifest_new ();
  g_autoptr (HarkManifest) copy = read_back (manifest);
  HarkFolderFacts facts;

  g_assert_nonnull (copy);
  hark_manifest_facts (copy, &facts);
  g_assert_cmpuint (facts.files, ==, 0);
  g_assert_cmpuint (facts.manifest_len, ==, 1);
}

static void
test_clean (void)
{
  g_autoptr (HarkManifest) manifest = hark_manifest_new ();

  add (manifest, 1, true, "..", 0);
  add (manifest, 2, false, "../../etc/passwd", 1);
  add (manifest, 1, false, "photo.jpg", 1);
  add (manifest, 1, false, "photo?.jpg", 1);
  add (manifest, 1, false, "photo*.jpg", 1);
  add (manifest, 1, false, "PHOTO.jpg", 1);
  add (manifest, 1, false, ".manifest", 1);
  hark_manifest_clean (manifest, false);
  assert_path (manifest, 0, "file");
  assert_path (manifest, 1, "file/_.._etc_passwd");
  assert_path (manifest, 2, "photo.jpg");
  assert_path (manifest, 3, "photo_.jpg");
  assert_path (manifest, 4, "photo_ (2).jpg");
  assert_path (manifest, 5, "PHOTO.jpg");
  assert_path (manifest, 6, "manifest");
  hark_manifest_clean (manifest, true);
  assert_path (manifest, 5, "PHOTO (2).jpg");
}

/* As many equal names as fit: each gets one of its own, and it takes no longer than others. */
static void
test_equal_names (void)
{
  g_autoptr (HarkManifest) manifest = hark_manifest_new ();

  for (unsigned i = 0; i < 20000; i++)
    g_assert_true (add (manifest, 1, false, "same", 0));
  hark_manifest_clean (manifest, false);
  assert_path (manifest, 0, "same");
  assert_path (manifest, 19999, "same (20000)");
}

static void
test_limits (void)
{
  g_autoptr (HarkManifest) manifest = hark_manifest_new ();
  g_autofree char *name = g_strnfill (HARK_MANIFEST_NAME_MAX + 1, 'x');

  g_assert_false (add (manifest, 0, false, "a", 1));
  g_assert_false (add (manifest, 2, false, "a", 1));
  g_assert_false (add (manifest, 1, false, "", 1));
  g_assert_false (add (manifest, 1, false, name, 1));
  g_assert_false (add (manifest, 1, false, "a", HARK_FILE_SIZE_MAX));
  g_assert_true (add (manifest, 1, false, "a", HARK_FILE_SIZE_MAX / 2));
  g_assert_false (add (manifest, 1, false, "b", HARK_FILE_SIZE_MAX / 2));
  g_assert_false (add (manifest, 2, false, "in a file", 1));
  for (unsigned depth = 1; depth <= HARK_MANIFEST_DEPTH_MAX; depth++)
    g_assert_true (add (manifest, depth, true, "d", 0));
  g_assert_false (add (manifest, HARK_MANIFEST_DEPTH_MAX + 1, true, "d", 0));
  name[HARK_MANIFEST_NAME_MAX] = '\0';
  g_assert_true (add (manifest, 1, true, name, 0));
  g_assert_false (add (manifest, 2, true, name, 0)); /* a path of more than 2048 bytes */
}

/* Whatever was changed: refused, or a manifest that gives its own bytes back. */
static void
test_hostile (void)
{
  g_autoptr (HarkManifest) manifest = hark_manifest_new ();
  g_autofree uint8_t *changed = NULL;
  HarkRng rng;
  uint8_t seed[32] = {5};
  const uint8_t *data;
  size_t len;

  for (unsigned i = 0; i < 20; i++)
    add (manifest, 1 + i % 3, i % 3 < 2, "some name", i);
  data = hark_manifest_data (manifest, &len);
  changed = g_malloc (len);
  hark_rng_init (&rng, seed);
  for (unsigned i = 0; i < 20000; i++) {
    size_t cut = i % 4 == 0 ? (size_t) (hark_rng_u64 (&rng) % (len + 1)) : len;
    g_autoptr (HarkManifest) read = NULL;

    memcpy (changed, data, len);
    changed[hark_rng_u64 (&rng) % len] = (uint8_t) hark_rng_u64 (&rng);
    changed[hark_rng_u64 (&rng) % len] ^= (uint8_t) (1 << (hark_rng_u64 (&rng) % 8));
    read = hark_manifest_read (changed, cut);
    if (read != NULL) {
      size_t same_len;
      const uint8_t *same = hark_manifest_data (read, &same_len);

      g_assert_cmpuint (same_len, ==, cut);
      g_assert_true (memcmp (same, changed, cut) == 0);
      hark_manifest_clean (read, true);
    }
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/manifest/gives-back-what-was-added", test_round_trip);
  g_test_add_func ("/manifest/finds-the-file-of-a-byte", test_find);
  g_test_add_func ("/manifest/may-be-empty", test_empty);
  g_test_add_func ("/manifest/names-are-safe-and-differ", test_clean);
  g_test_add_func ("/manifest/equal-names-cost-no-more", test_equal_names);
  g_test_add_func ("/manifest/limits-hold", test_limits);
  g_test_add_func ("/manifest/hostile-bytes-are-refused", test_hostile);
  return g_test_run ();
}
