#include "core/backup/age-key.h"
#include "core/backup/age.h"
#include "tests/vectors.h"

#include <gio/gio.h>
#include <glib/gstdio.h>

#define WORK 4 /* log2 of scrypt's rounds: cheap */

static HarkRng
new_rng (uint8_t fill)
{
  uint8_t seed[32];
  HarkRng rng;

  memset (seed, fill, sizeof seed);
  hark_rng_init (&rng, seed);
  return rng;
}

/* ---- published files ------------------------------------------------------------- */

static GBytes *
inflate (const guchar *bytes, gsize len)
{
  g_autoptr (GZlibDecompressor) zlib = g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_ZLIB);
  g_autoptr (GInputStream) from = g_memory_input_stream_new_from_data (bytes, (gssize) len, NULL);
  g_autoptr (GInputStream) in = g_converter_input_stream_new (from, G_CONVERTER (zlib));
  g_autoptr (GOutputStream) out = g_memory_output_stream_new_resizable ();
  g_autoptr (GError) error = NULL;

  g_output_stream_splice (out, in, G_OUTPUT_STREAM_SPLICE_CLOSE_TARGET, NULL, &error);
  g_assert_no_error (error);
  return g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (out));
}

static GBytes *
file_of (JsonObject *vector)
{
  const char *plain = vectors_text (vector, "file_base64");
  const char *packed = vectors_text (vector, "file_zlib_base64");
  gsize len = 0;
  g_autofree guchar *bytes = g_base64_decode (packed != NULL ? packed : plain, &len);

  return packed != NULL ? inflate (bytes, len) : g_bytes_new (bytes, len);
}

/* Each vector's keys one after another, as a person with several would try them. The best result
 * counts. */
static HarkAgeResult
read_header (JsonObject *vector, GBytes *file, HarkAgeStream *stream, size_t *used)
{
  static const char *const members[] = {"identity", "passphrase"};
  HarkAgeResult result = HARK_AGE_BAD;
  bool tried = false;

  for (unsigned kind = 0; kind < 2; kind++) {
    JsonArray *array = json_object_has_member (vector, members[kind])
                         ? json_object_get_array_member (vector, members[kind])
                         : NULL;

    for (guint i = 0; array != NULL && i < json_array_get_length (array); i++) {
      const char *text = json_array_get_string_element (array, i);
      HarkSecret identity;
      HarkAgeKeys keys = {.passphrase = kind == 1 ? text : NULL};
      HarkAgeResult one;

      if (kind == 0) {
        g_assert_true (hark_age_key_parse (text, &identity));
        keys.identity = &identity;
      }
      one = hark_age_read_header (g_bytes_get_data (file, NULL), g_bytes_get_size (file), &keys,
                                  stream, used);
      if (one == HARK_AGE_OK)
        return one;
      if (!tried || one != HARK_AGE_NO_MATCH)
        result = one;
      tried = true;
    }
  }
  return result;
}

/* Returns whether all of it opened; hashes what did. */
static bool
read_payload (GBytes *file, HarkAgeStream *stream, size_t at, GChecksum *hash)
{
  gsize len;
  const uint8_t *bytes = g_bytes_get_data (file, &len);
  g_autofree uint8_t *plain = g_malloc (HARK_AGE_CHUNK);

  do {
    const size_t n = MIN (len - at, HARK_AGE_SEALED);

    if (!hark_age_open (stream, bytes + at, n, at + n == len, plain))
      return false;
    g_checksum_update (hash, plain, (gssize) (n - HARK_AGE_TAG));
    at += n;
  } while (at < len);
  return true;
}

static void
try_vector (JsonObject *vector)
{
  const char *expect = vectors_text (vector, "expect");
  const char *payload = vectors_text (vector, "payload");
  g_autoptr (GBytes) file = file_of (vector);
  g_autoptr (GChecksum) hash = g_checksum_new (G_CHECKSUM_SHA256);
  HarkAgeStream stream = {0};
  size_t used = 0;
  HarkAgeResult result = read_header (vector, file, &stream, &used);
  const char *got = "header failure";

  if (result == HARK_AGE_NO_MATCH)
    got = "no match";
  else if (result == HARK_AGE_CHANGED)
    got = "HMAC failure";
  else if (result == HARK_AGE_OK)
    got = read_payload (file, &stream, used, hash) ? "success" : "payload failure";

  if (strcmp (got, expect) != 0)
    g_error ("%s: %s instead of %s", vectors_text (vector, "name"), got, expect);
  /* of a broken payload we show less than others may: nothing of the chunk in which it breaks */
  if (payload != NULL && strcmp (expect, "success") == 0)
    g_assert_cmpstr (g_checksum_get_string (hash), ==, payload);
}

static void
test_vectors (void)
{
  g_autoptr (JsonParser) parser = vectors_load ("age.json");
  JsonArray *vectors = json_object_get_array_member (vectors_root (parser), "vectors");

  g_assert_cmpuint (json_array_get_length (vectors), >, 90);
  for (guint i = 0; i < json_array_get_length (vectors); i++)
    try_vector (json_array_get_object_element (vectors, i));
}

/* ---- our own files --------------------------------------------------------------- */

/* A file of @len bytes, each its place's low byte. */
static GByteArray *
seal (size_t len, const char *passphrase, const HarkKey *recipient)
{
  HarkRng rng = new_rng (7);
  HarkAgeStream stream;
  uint8_t header[HARK_AGE_HEADER_LEN];
  GByteArray *file = g_byte_array_new ();
  g_autofree uint8_t *chunk = g_malloc (HARK_AGE_SEALED);
  size_t at = 0;

  g_byte_array_append (
    file, header,
    (guint) (passphrase != NULL
               ? hark_age_begin_passphrase (passphrase, WORK, &rng, header, &stream)
               : hark_age_begin_key (recipient, &rng, header, &stream)));
  do {
    const size_t n = MIN (len - at, HARK_AGE_CHUNK);

    for (size_t i = 0; i < n; i++)
      chunk[i] = (uint8_t) (at + i);
    hark_age_seal (&stream, chunk, n, at + n == len, chunk);
    g_byte_array_append (file, chunk, (guint) (n + HARK_AGE_TAG));
    at += n;
  } while (at < len);
  return file;
}

static bool
opens (const GByteArray *file, const HarkAgeKeys *keys, size_t len)
{
  HarkAgeStream stream;
  size_t at = 0;
  g_autoptr (GBytes) bytes = g_bytes_new (file->data, file->len);
  g_autoptr (GChecksum) hash = g_checksum_new (G_CHECKSUM_SHA256);
  g_autoptr (GChecksum) expected = g_checksum_new (G_CHECKSUM_SHA256);

  if (hark_age_read_header (file->data, file->len, keys, &stream, &at) != HARK_AGE_OK
      || !read_payload (bytes, &stream, at, hash))
    return false;
  for (size_t i = 0; i < len; i++)
    g_checksum_update (expected, &(uint8_t){(uint8_t) i}, 1);
  g_assert_cmpstr (g_checksum_get_string (hash), ==, g_checksum_get_string (expected));
  return true;
}

static void
test_round_trip (void)
{
  static const size_t lens[]
    = {0, 1, HARK_AGE_CHUNK - 1, HARK_AGE_CHUNK, HARK_AGE_CHUNK + 1, 2 * HARK_AGE_CHUNK};
  const HarkSecret seed = {
    {1, 2, 3}
  };
  const HarkSecret other = {{4}};
  HarkSecret identity, wrong;
  HarkKey recipient, unused;

  hark_age_key (&seed, &identity, &recipient);
  hark_age_key (&other, &wrong, &unused);
  for (size_t i = 0; i < G_N_ELEMENTS (lens); i++) {
    g_autoptr (GByteArray) by_key = seal (lens[i], NULL, &recipient);
    g_autoptr (GByteArray) by_words = seal (lens[i], "correct horse", NULL);

    g_assert_true (opens (by_key, &(HarkAgeKeys){.identity = &identity}, lens[i]));
    g_assert_false (opens (by_key, &(HarkAgeKeys){.identity = &wrong}, lens[i]));
    g_assert_false (opens (by_key, &(HarkAgeKeys){.passphrase = "correct horse"}, lens[i]));
    g_assert_true (opens (by_words, &(HarkAgeKeys){.passphrase = "correct horse"}, lens[i]));
    g_assert_false (opens (by_words, &(HarkAgeKeys){.passphrase = "battery staple"}, lens[i]));
    g_assert_false (opens (by_words, &(HarkAgeKeys){.identity = &identity}, lens[i]));
  }
}

static void
test_every_change_is_noticed (void)
{
  const HarkSecret seed = {{9}};
  HarkSecret identity;
  HarkKey recipient;
  g_autoptr (GByteArray) file = NULL;

  hark_age_key (&seed, &identity, &recipient);
  file = seal (100, NULL, &recipient);
  for (guint i = 0; i < file->len; i++) {
    file->data[i] ^= 1;
    g_assert_false (opens (file, &(HarkAgeKeys){.identity = &identity}, 100));
    file->data[i] ^= 1;
  }
  for (guint len = file->len; len > 0; len--) {
    g_byte_array_set_size (file, len - 1);
    g_assert_false (opens (file, &(HarkAgeKeys){.identity = &identity}, 100));
  }
}

static void
test_key_text (void)
{
  const HarkSecret seed = {
    {5, 6}
  };
  HarkSecret identity, back;
  HarkKey recipient;
  char text[HARK_AGE_KEY_TEXT_LEN + 1];

  hark_age_key (&seed, &identity, &recipient);
  hark_age_key_format (&identity, text);
  g_assert_cmpuint (strlen (text), ==, HARK_AGE_KEY_TEXT_LEN);
  g_assert_true (g_str_has_prefix (text, "AGE-SECRET-KEY-1"));
  g_assert_true (hark_age_key_parse (text, &back));
  g_assert_true (hark_secret_equal (&identity, &back));
  for (size_t i = 0; i < HARK_AGE_KEY_TEXT_LEN; i++) {
    const char was = text[i];

    text[i] = was == 'Q' ? 'P' : 'Q';
    g_assert_false (hark_age_key_parse (text, &back));
    text[i] = was;
  }
}

/* ---- the age tool ---------------------------------------------------------------- */

/* Where it is installed it opens what we write. */
static void
test_age_tool (void)
{
  g_autofree char *tool = g_find_program_in_path ("age");
  g_autofree char *dir = g_dir_make_tmp ("hark-age-XXXXXX", NULL);
  g_autofree char *key = g_build_filename (dir, "key", NULL);
  g_autofree char *path = g_build_filename (dir, "file", NULL);
  const HarkSecret seed = {{11}};
  HarkSecret identity;
  HarkKey recipient;
  char text[HARK_AGE_KEY_TEXT_LEN + 1];
  g_autoptr (GByteArray) file = NULL;
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GBytes) plain = NULL;
  g_autoptr (GError) error = NULL;

  if (tool == NULL) {
    g_test_skip ("age is not installed");
    g_rmdir (dir);
    return;
  }
  hark_age_key (&seed, &identity, &recipient);
  hark_age_key_format (&identity, text);
  file = seal (3 * HARK_AGE_CHUNK / 2, NULL, &recipient);
  g_assert_true (g_file_set_contents (key, text, -1, NULL));
  g_assert_true (g_file_set_contents (path, (const char *) file->data, file->len, NULL));
  process
    = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, tool, "-d", "-i", key, path, NULL);
  g_assert_no_error (error);
  g_subprocess_communicate (process, NULL, NULL, &plain, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_get_successful (process));
  g_assert_cmpuint (g_bytes_get_size (plain), ==, 3 * HARK_AGE_CHUNK / 2);
  for (size_t i = 0; i < g_bytes_get_size (plain); i++)
    g_assert_cmpuint (((const uint8_t *) g_bytes_get_data (plain, NULL))[i], ==, (uint8_t) i);
  g_unlink (key);
  g_unlink (path);
  g_rmdir (dir);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/age/published-files-are-read-as-they-should", test_vectors);
  g_test_add_func ("/age/what-is-sealed-opens-with-its-key-alone", test_round_trip);
  g_test_add_func ("/age/every-change-is-noticed", test_every_change_is_noticed);
  g_test_add_func ("/age/key-survives-being-text", test_key_text);
  g_test_add_func ("/age/the-age-tool-opens-our-files", test_age_tool);
  return g_test_run ();
}
