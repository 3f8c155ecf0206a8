#include "core/chat/clip.h"
#include "core/store/parts.h"
#include "core/voice/clip-sound.h"
#include "core/voice/player.h"
#include "core/voice/recorder.h"

#include <math.h>
#include <string.h>

static const uint8_t set[HARK_OGG_SET_LEN] = {1, 2, 3, 4, 5, 6, 7, 0xab};

/* A tone of @hz that swells and fades twice a second, as speech does. */
static void
tone (int16_t block[HARK_VOICE_BLOCK], unsigned n, double hz, double loud)
{
  for (unsigned i = 0; i < HARK_VOICE_BLOCK; i++) {
    const double at = ((double) n * HARK_VOICE_BLOCK + i) / HARK_VOICE_RATE;

    block[i]
      = (int16_t) (loud * 32000 * (0.55 + 0.45 * sin (4 * G_PI * at)) * sin (2 * G_PI * hz * at));
  }
}

static GPtrArray *
record (unsigned blocks, double hz, double loud)
{
  g_autoptr (HarkRecorder) recorder = hark_recorder_new (set);
  int16_t block[HARK_VOICE_BLOCK];

  for (unsigned i = 0; i < blocks; i++) {
    tone (block, i, hz, loud);
    g_assert_true (hark_recorder_take (recorder, block));
  }
  return hark_recorder_finish (recorder);
}

static uint32_t
length_of (GBytes *file)
{
  gsize len;
  const uint8_t *bytes = g_bytes_get_data (file, &len);
  HarkClip clip = {0};

  g_assert_true (hark_clip_read (bytes, len, &clip));
  g_assert_cmpuint (clip.channels, ==, 1);
  return clip.length_ms;
}

static void
test_short (void)
{
  for (unsigned blocks = 1; blocks < 120; blocks += 7) {
    g_autoptr (GPtrArray) files = record (blocks, 300, 0.3);

    g_assert_cmpuint (files->len, ==, 1);
    g_assert_cmpuint (length_of (files->pdata[0]), ==, 10 * blocks);
  }
}

static void
test_nothing (void)
{
  g_autoptr (GPtrArray) files = record (0, 300, 0.3);

  g_assert_cmpuint (files->len, ==, 0);
}

/* A minute: several files that say so, and no sample between them is lost. */
static void
test_parts (void)
{
  g_autoptr (GPtrArray) files = record (6000, 180, 0.8);
  uint64_t total = 0;

  g_assert_cmpuint (files->len, >, 1);
  for (guint i = 0; i < files->len; i++) {
    const gsize len = g_bytes_get_size (files->pdata[i]);
    HarkStorePart part;

    total += length_of (files->pdata[i]);
    g_assert_cmpuint (len, <=, HARK_CLIP_LEN_MAX);
    if (i + 1 < files->len)
      g_assert_cmpuint (len, >, HARK_CLIP_LEN_MAX - 10000);
    g_assert_true (hark_store_part_read (files->pdata[i], &part));
    g_assert_cmpuint (part.part, ==, i + 1);
    g_assert_cmpuint (part.parts, ==, files->len);
    g_assert_cmpuint (part.length_ms, ==, length_of (files->pdata[i]));
    g_assert_true (memcmp (part.set, set, sizeof part.set) == 0);
  }
  g_assert_cmpuint (total, ==, 60000);
}

/* One file, as strict as a clip must be; between two parts lies next to nothing. */
static void
test_join (void)
{
  g_autoptr (GPtrArray) long_ones = record (6000, 180, 0.8);
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autoptr (GBytes) whole = NULL;
  g_autoptr (GBytes) long_one = hark_ogg_join (long_ones);
  g_autoptr (HarkOggIndex) index = NULL;

  for (unsigned i = 1; i <= 3; i++) {
    g_autoptr (GPtrArray) one = record (100 * i + 1, 300, 0.3);
    gsize len;
    const void *bytes = g_bytes_get_data (one->pdata[0], &len);
    uint8_t *copy = g_memdup2 (bytes, len);

    hark_ogg_set_part (copy, set, i, 3);
    g_ptr_array_add (files, g_bytes_new_take (copy, len));
  }
  whole = hark_ogg_join (files);
  g_assert_cmpuint (length_of (whole), >=, 6030);
  g_assert_cmpuint (length_of (whole), <=, 6030 + 2 * 27);
  g_assert_false (hark_store_part_read (whole, &(HarkStorePart){{0}}));
  index = hark_ogg_index_new (g_bytes_get_data (long_one, NULL), g_bytes_get_size (long_one));
  g_assert_nonnull (index);
  g_assert_cmpuint (g_bytes_get_size (long_one), >, HARK_CLIP_LEN_MAX);
  g_assert_cmpuint (index->until - index->from, >=, 60000 * 48);
  g_assert_cmpuint (index->until - index->from, <=, (60000 + 27 * long_ones->len) * 48);
}

/* @file with @n pages more behind its head, each as full as a page can be of packets of one byte.
 */
static GBytes *
crowd (GBytes *file, unsigned n)
{
  GByteArray *bytes = g_byte_array_new ();
  uint8_t page[27 + 255 + 255];

  memset (page, 0, 27);
  memcpy (page, "OggS", 4);
  memset (page + 6, 0x7f, 8); /* it goes on to the end, wherever that is */
  page[26] = 255;
  memset (page + 27, 1, 255);
  memset (page + 27 + 255, 15 << 3, 255); /* 20 ms of nothing (RFC 6716, section 3.1) */
  g_byte_array_append (bytes, g_bytes_get_data (file, NULL), 131);
  while (n-- > 0)
    g_byte_array_append (bytes, page, sizeof page);
  return g_byte_array_free_to_bytes (bytes);
}

/* What others write need not be laid out as ours: nothing is lost for want of room. */
static void
test_join_crowded (void)
{
  g_autoptr (GPtrArray) files = record (100, 300, 0.3);
  g_autoptr (HarkOggIndex) index = NULL;
  g_autoptr (GBytes) whole = NULL;
  GBytes *short_one = files->pdata[0];

  files->pdata[0] = crowd (short_one, 100);
  g_ptr_array_add (files, crowd (short_one, 100));
  g_bytes_unref (short_one);
  whole = hark_ogg_join (files);
  index = hark_ogg_index_new (g_bytes_get_data (whole, NULL), g_bytes_get_size (whole));
  g_assert_nonnull (index);
  g_assert_cmpuint (index->packets->len, ==, 2 * 100 * 255);
}

/* A part that comes alone is no part any more, and says the same. */
static void
test_join_one (void)
{
  g_autoptr (GPtrArray) files = record (6000, 180, 0.8);
  g_autoptr (GBytes) alone = NULL;
  g_autoptr (GBytes) junk = g_bytes_new_static ("OggS", 4);
  g_autoptr (GBytes) same = NULL;

  g_ptr_array_set_size (files, 1);
  alone = hark_ogg_join (files);
  g_assert_cmpuint (length_of (alone), ==, length_of (files->pdata[0]));
  g_assert_false (hark_store_part_read (alone, &(HarkStorePart){{0}}));
  g_bytes_unref (files->pdata[0]);
  files->pdata[0] = g_bytes_ref (junk);
  same = hark_ogg_join (files);
  g_assert_true (g_bytes_equal (same, junk));
}

static void
test_alone (void)
{
  g_autoptr (GPtrArray) files = record (100, 300, 0.3);
  gsize len;
  const uint8_t *bytes = g_bytes_get_data (files->pdata[0], &len);
  uint8_t *changed = g_memdup2 (bytes, len);
  g_autoptr (GBytes) second = NULL;
  HarkStorePart part;

  g_assert_false (hark_store_part_read (files->pdata[0], &part));
  g_assert_false (hark_store_part_read (NULL, &part));
  hark_ogg_set_part (changed, set, 2, 3);
  second = g_bytes_new_take (changed, len);
  g_assert_true (hark_store_part_read (second, &part));
  for (gsize shorter = 0; shorter < 131; shorter++) {
    g_autoptr (GBytes) cut = g_bytes_new_from_bytes (second, 0, shorter);

    g_assert_false (hark_store_part_read (cut, &part));
  }
}

/* All there is, silent: five minutes, then nothing more. */
static void
test_full (void)
{
  g_autoptr (HarkRecorder) recorder = hark_recorder_new (set);
  const int16_t silence[HARK_VOICE_BLOCK] = {0};
  g_autoptr (GPtrArray) files = NULL;
  unsigned taken = 0;
  uint64_t total = 0;

  if (g_getenv ("HARK_LONG") == NULL) {
    g_test_skip ("HARK_LONG is not set");
    return;
  }
  while (hark_recorder_take (recorder, silence))
    taken++;
  g_assert_cmpuint (taken, ==, HARK_RECORDER_MS_MAX / 10);
  files = hark_recorder_finish (recorder);
  for (guint i = 0; i < files->len; i++)
    total += length_of (files->pdata[i]);
  g_assert_cmpuint (total, ==, HARK_RECORDER_MS_MAX);
}

/* ---- hearing it ---- */

/* Zero crossings a second: of a tone, twice its pitch. */
static double
play_all (HarkPlayer *player, unsigned *ret_blocks, double *ret_loud)
{
  int16_t block[HARK_VOICE_BLOCK], last = 0;
  unsigned blocks = 0, crossings = 0;
  double energy = 0;

  while (hark_player_play (player, block)) {
    for (unsigned i = 0; i < HARK_VOICE_BLOCK; i++) {
      crossings += (last < 0) != (block[i] < 0);
      last = block[i];
      energy += (double) block[i] * block[i];
    }
    blocks++;
    g_assert_cmpuint (blocks, <, 100000);
  }
  *ret_blocks = blocks;
  *ret_loud = sqrt (energy / HARK_VOICE_BLOCK / MAX (blocks, 1));
  return crossings * 100.0 / MAX (blocks, 1);
}

static void
test_heard_again (void)
{
  g_autoptr (GPtrArray) files = record (300, 220, 0.4);
  g_autoptr (HarkPlayer) player = hark_player_new (files->pdata[0]);
  unsigned blocks;
  double pitch, loud;

  pitch = play_all (player, &blocks, &loud);
  g_assert_cmpuint (blocks, ==, 300);
  g_assert_cmpfloat_with_epsilon (pitch, 440, 20);
  g_assert_cmpfloat (loud, >, 3000);
  g_assert_true (hark_player_is_over (player));
  g_assert_cmpuint (hark_player_get_at_ms (player), ==, 3000);
}

static void
test_faster (void)
{
  static const unsigned speeds[] = {150, 200};
  g_autoptr (GPtrArray) files = record (600, 220, 0.4);

  for (size_t i = 0; i < G_N_ELEMENTS (speeds); i++) {
    g_autoptr (HarkPlayer) player = hark_player_new (files->pdata[0]);
    unsigned blocks;
    double pitch, loud;

    hark_player_set_speed (player, speeds[i]);
    pitch = play_all (player, &blocks, &loud);
    g_assert_cmpfloat_with_epsilon (blocks, 60000.0 / speeds[i], 15);
    g_assert_cmpfloat_with_epsilon (pitch, 440, 30);
    g_assert_cmpfloat (loud, >, 3000);
  }
}

static void
test_jump (void)
{
  g_autoptr (GPtrArray) files = record (300, 220, 0.4);
  g_autoptr (HarkPlayer) player = hark_player_new (files->pdata[0]);
  int16_t block[HARK_VOICE_BLOCK];
  unsigned blocks;
  double loud;

  hark_player_seek (player, 2500);
  play_all (player, &blocks, &loud);
  g_assert_cmpuint (blocks, ==, 50);
  hark_player_seek (player, 0);
  g_assert_true (hark_player_play (player, block));
  g_assert_cmpuint (hark_player_get_at_ms (player), ==, 10);
  hark_player_seek (player, 3000000);
  g_assert_false (hark_player_play (player, block));
  g_assert_true (hark_player_is_over (player));
  hark_player_seek (player, 1000);
  hark_player_set_paused (player, true);
  for (unsigned i = 0; i < 10; i++)
    g_assert_true (hark_player_play (player, block));
  g_assert_cmpuint (hark_player_get_at_ms (player), ==, 1000);
  hark_player_set_paused (player, false);
  play_all (player, &blocks, &loud);
  g_assert_cmpuint (blocks, ==, 200);
}

static void
test_peaks (void)
{
  g_autoptr (HarkRecorder) recorder = hark_recorder_new (set);
  g_autoptr (GPtrArray) files = NULL;
  int16_t block[HARK_VOICE_BLOCK];
  uint8_t peaks[HARK_PLAYER_PEAKS];

  for (unsigned i = 0; i < 400; i++) {
    tone (block, i, 300, i < 200 ? 0.5 : 0);
    hark_recorder_take (recorder, block);
  }
  files = hark_recorder_finish (recorder);
  g_assert_true (hark_player_peaks (files->pdata[0], peaks));
  for (unsigned i = 2; i < 30; i++)
    g_assert_cmpuint (peaks[i], >, 8);
  for (unsigned i = 34; i < 64; i++)
    g_assert_cmpuint (peaks[i], <, 8);
}

static void
test_no_sound (void)
{
  g_autoptr (GBytes) nothing = g_bytes_new_static ("", 0);
  g_autoptr (GBytes) text = g_bytes_new_static ("OggS and then something else, which is long enough"
                                                " to be taken for two pages of a file",
                                                80);
  uint8_t peaks[HARK_PLAYER_PEAKS];

  g_assert_null (hark_player_new (nothing));
  g_assert_null (hark_player_new (text));
  g_assert_false (hark_player_peaks (nothing, peaks));
}

static void
test_opusenc (void)
{
  g_autofree char *path = g_build_filename (g_getenv ("HARK_VECTORS"), "clip.opus", NULL);
  g_autoptr (GBytes) file = NULL;
  g_autoptr (HarkPlayer) player = NULL;
  char *bytes;
  gsize len;
  unsigned blocks;
  double loud;

  g_assert_true (g_file_get_contents (path, &bytes, &len, NULL));
  file = g_bytes_new_take (bytes, len);
  player = hark_player_new (file);
  play_all (player, &blocks, &loud);
  g_assert_cmpuint (blocks, ==, 200);
  g_assert_cmpfloat (loud, >, 300);
}

/* ---- the shell ---- */

static void
test_no_microphone (void)
{
  HarkClipSound *sound = hark_clip_sound_new ();
  const HarkVoiceConfig config = {.mic = "none", .speaker = "none"};
  const HarkVoiceConfig missing = {.mic = "wav:/nowhere/at-all.wav", .speaker = "none"};
  g_autoptr (GError) none = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_false (hark_clip_sound_record (sound, &config, set, &none));
  g_assert_nonnull (none);
  g_assert_false (hark_clip_sound_record (sound, &missing, set, &error));
  g_assert_nonnull (error);
  hark_clip_sound_free (sound);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/recorder/short-ones-are-one-file-of-their-length", test_short);
  g_test_add_func ("/recorder/nothing-makes-no-file", test_nothing);
  g_test_add_func ("/recorder/long-ones-are-parts-without-a-gap", test_parts);
  g_test_add_func ("/recorder/one-alone-is-no-part", test_alone);
  g_test_add_func ("/ogg/parts-become-one-file", test_join);
  g_test_add_func ("/ogg/a-part-alone-is-a-message-of-its-own", test_join_one);
  g_test_add_func ("/ogg/parts-laid-out-otherwise-lose-nothing", test_join_crowded);
  g_test_add_func ("/recorder/ends-after-five-minutes", test_full);
  g_test_add_func ("/player/plays-what-was-recorded", test_heard_again);
  g_test_add_func ("/player/faster-keeps-the-pitch", test_faster);
  g_test_add_func ("/player/jumps-and-pauses", test_jump);
  g_test_add_func ("/player/peaks-follow-the-loudness", test_peaks);
  g_test_add_func ("/player/nothing-is-no-sound", test_no_sound);
  g_test_add_func ("/player/plays-what-opusenc-wrote", test_opusenc);
  g_test_add_func ("/clip-sound/says-why-nothing-is-recorded", test_no_microphone);
  return g_test_run ();
}
