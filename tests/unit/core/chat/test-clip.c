#include "core/chat/clip.h"

#include <glib.h>
#include <string.h>

#define SERIAL 0x12345678
#define PRE_SKIP 312

/* Made by hand from RFC 3533 and RFC 7845. */
typedef struct {
  uint8_t bytes[80000];
  size_t len;
  unsigned pages;
} File;

static uint32_t
sum_of (const uint8_t *page, size_t len)
{
  uint32_t table[256], sum = 0;

  for (uint32_t i = 0; i < 256; i++) {
    table[i] = i << 24;
    for (int bit = 0; bit < 8; bit++)
      table[i] = (table[i] << 1) ^ (table[i] >> 31 ? 0x04c11db7 : 0);
  }
  for (size_t i = 0; i < len; i++)
    sum = sum << 8 ^ table[(sum >> 24) ^ page[i]];
  return sum;
}

static void
put (uint8_t *at, uint64_t value, unsigned n)
{
  for (unsigned i = 0; i < n; i++)
    at[i] = (uint8_t) (value >> 8 * i);
}

/* A page of @n packets of @len bytes, the same all of them. */
static void
add_page (File *file, uint8_t flags, uint64_t position, const void *packet, size_t len, unsigned n)
{
  uint8_t *page = file->bytes + file->len, *lacing = page + 27, *body;
  const unsigned each = (unsigned) (len / 255 + 1);

  memcpy (page, "OggS", 5);
  page[5] = flags;
  put (page + 6, position, 8);
  put (page + 14, SERIAL, 4);
  put (page + 18, file->pages++, 4);
  put (page + 22, 0, 4);
  page[26] = (uint8_t) (each * n);
  body = lacing + page[26];
  for (unsigned i = 0; i < n; i++, body += len, lacing += each) {
    memset (lacing, 255, each);
    lacing[each - 1] = (uint8_t) (len % 255);
    memcpy (body, packet, len);
  }
  put (page + 22, sum_of (page, (size_t) (body - page)), 4);
  file->len = (size_t) (body - file->bytes);
}

static void
start (File *file)
{
  static const uint8_t head[19]
    = {'O', 'p', 'u', 's', 'H', 'e', 'a', 'd', 1, 1, PRE_SKIP & 0xff, PRE_SKIP >> 8, 0x80, 0xbb};
  static const uint8_t tags[16] = "OpusTags";

  *file = (File){0};
  add_page (file, 2, 0, head, sizeof head, 1);
  add_page (file, 0, 0, tags, sizeof tags, 1);
}

/* One second in packets of 20 ms: CELT, one frame. */
static void
make (File *file)
{
  const uint8_t packet[60] = {31 << 3};

  start (file);
  add_page (file, 0, 25 * 960, packet, sizeof packet, 25);
  add_page (file, 4, 50 * 960 - 24, packet, sizeof packet, 25);
}

static void
test_whole (void)
{
  HarkClip clip;
  File file;

  make (&file);
  g_assert_true (hark_clip_read (file.bytes, file.len, &clip));
  g_assert_cmpuint (clip.length_ms, ==, 993); /* (48000 - 24 - 312) / 48 */
  g_assert_cmpuint (clip.channels, ==, 1);
  g_assert_cmpuint (clip.packets, ==, 50);
}

/* Two seconds of speech, by opusenc (libopus 1.3.1). */
static void
test_encoder (void)
{
  g_autofree char *path = g_build_filename (g_getenv ("HARK_VECTORS"), "clip.opus", NULL);
  g_autofree char *bytes = NULL;
  HarkClip clip;
  gsize len;

  g_assert_true (g_file_get_contents (path, &bytes, &len, NULL));
  g_assert_true (hark_clip_read ((const uint8_t *) bytes, len, &clip));
  g_assert_cmpuint (clip.length_ms, ==, 2000);
  g_assert_cmpuint (clip.channels, ==, 1);
}

static void
test_changed (void)
{
  HarkClip clip;
  File file;

  make (&file);
  for (size_t len = 0; len < file.len; len++)
    g_assert_false (hark_clip_read (file.bytes, len, &clip));
  g_assert_false (hark_clip_read (file.bytes, file.len + 1, &clip));
  for (size_t i = 0; i < file.len; i++) {
    file.bytes[i] ^= 0x10;
    g_assert_false (hark_clip_read (file.bytes, file.len, &clip));
    file.bytes[i] ^= 0x10;
  }
  g_assert_true (hark_clip_read (file.bytes, file.len, &clip));
}

static bool
reads_with (const void *packet, size_t len, unsigned n, uint64_t position, uint8_t flags)
{
  HarkClip clip;
  File file;

  start (&file);
  add_page (&file, flags, position, packet, len, n);
  return hark_clip_read (file.bytes, file.len, &clip);
}

static void
test_claims (void)
{
  const uint8_t celt[300] = {31 << 3}, three[4] = {31 << 3 | 3, 3}, none[4] = {31 << 3 | 3, 0};
  const uint8_t long_frames[4] = {3 << 3 | 3, 3};

  g_assert_true (reads_with (celt, sizeof celt, 10, 9600, 4)); /* over two segments */
  g_assert_true (reads_with (three, sizeof three, 1, 2880, 4));
  g_assert_false (reads_with (celt, 40, 10, 9601, 4));     /* longer than its packets */
  g_assert_false (reads_with (celt, 40, 10, PRE_SKIP, 4)); /* nothing is left to hear */
  g_assert_false (reads_with (celt, 40, 10, PRE_SKIP - 1, 4));
  g_assert_false (reads_with (celt, 40, 10, 9600, 0));     /* no end */
  g_assert_false (reads_with (celt, 40, 10, 9600, 2 | 4)); /* begins twice */
  g_assert_false (reads_with (celt, 40, 10, 9600, 1 | 4)); /* goes on with nothing */
  g_assert_false (reads_with (none, sizeof none, 1, 960, 4));
  g_assert_false (reads_with (long_frames, sizeof long_frames, 1, 5760, 4)); /* 180 ms */
}

static void
test_size (void)
{
  const uint8_t packet[1000] = {31 << 3};
  HarkClip clip;
  File file;

  start (&file);
  for (unsigned i = 0; i < 70; i++)
    add_page (&file, i == 69 ? 4 : 0, (i + 1) * 960, packet, sizeof packet, 1);
  g_assert_cmpuint (file.len, >, HARK_CLIP_LEN_MAX);
  g_assert_false (hark_clip_read (file.bytes, file.len, &clip));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/clip/says-how-long-it-is", test_whole);
  g_test_add_func ("/clip/of-another-encoder-is-read", test_encoder);
  g_test_add_func ("/clip/no-byte-can-be-changed-or-missing", test_changed);
  g_test_add_func ("/clip/claims-are-borne-out-by-packets", test_claims);
  g_test_add_func ("/clip/is-small", test_size);
  return g_test_run ();
}
