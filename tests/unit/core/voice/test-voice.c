#include "core/voice/device.h"
#include "core/voice/pipeline.h"
#include "core/voice/voice.h"
#include "core/voice/wav.h"

#include <glib/gstdio.h>
#include <math.h>
#include <stdatomic.h>
#include <string.h>

static const uint8_t seed[32] = {1};

static HarkPipeline *
new_pipeline (void)
{
  g_auto (HarkRng) rng;

  hark_rng_init (&rng, seed);
  return hark_pipeline_new (&rng);
}

static void
make_tone (int16_t samples[HARK_VOICE_BLOCK], size_t block)
{
  for (size_t i = 0; i < HARK_VOICE_BLOCK; i++)
    samples[i] = (int16_t) (9000
                            * sin (2 * G_PI * 300 * (double) (block * HARK_VOICE_BLOCK + i)
                                   / HARK_VOICE_RATE));
}

/* ---- pipeline --------------------------------------------------------------------------- */

/* dBFS of a tone that came from the first person, who is heard at @volume. */
static double
heard_at (unsigned volume)
{
  g_autoptr (HarkPipeline) mouth = new_pipeline (), ear = new_pipeline ();
  HarkVoiceStats stats;

  hark_pipeline_set_person (ear, 0, true, false, volume);
  for (size_t i = 0; i < 200; i++) {
    HarkTime now = HARK_SECOND + i * 10 * HARK_MS;
    int16_t samples[HARK_VOICE_BLOCK];
    uint8_t packet[HARK_VOICE_PACKET_MAX];
    size_t len;

    make_tone (samples, i);
    len = hark_pipeline_capture (mouth, samples, now, packet);
    g_assert_true (len == 0 || hark_pipeline_receive (ear, packet, len, now));
    hark_pipeline_play (ear, now + 3 * HARK_MS, samples, HARK_VOICE_BLOCK);
  }
  hark_pipeline_get_stats (ear, &stats);
  return stats.level_out;
}

/* Half as much is 6 dB less; more than 200 per cent there is not. */
static void
test_volume (void)
{
  const double usual = heard_at (100);

  g_assert_cmpfloat_with_epsilon (heard_at (50), usual - 6, 0.5);
  g_assert_cmpfloat_with_epsilon (heard_at (200), usual + 6, 0.5);
  g_assert_cmpfloat_with_epsilon (heard_at (1000), heard_at (200), 0.5);
  g_assert_cmpfloat (heard_at (0), <, -70);
}

static void
test_sound_passes_and_mute_stops_it (void)
{
  g_autoptr (HarkPipeline) mouth = new_pipeline (), ear = new_pipeline ();
  size_t size = 0;
  HarkVoiceStats stats;

  for (size_t i = 0; i < 600; i++) {
    HarkTime now = HARK_SECOND + i * 10 * HARK_MS;
    int16_t samples[HARK_VOICE_BLOCK];
    uint8_t packet[HARK_VOICE_PACKET_MAX];
    size_t len;

    if (i == 300) {
      hark_pipeline_get_stats (ear, &stats);
      g_assert_cmpfloat (stats.level_out, >, -20);
      hark_pipeline_set_muted (mouth, true);
    }
    make_tone (samples, i);
    len = hark_pipeline_capture (mouth, samples, now, packet);
    g_assert_true (size == 0 || len == size); /* muted or not */
    size = len;
    g_assert_true (hark_pipeline_receive (ear, packet, len, now));
    hark_pipeline_play (ear, now + 3 * HARK_MS, samples, HARK_VOICE_BLOCK);
  }
  hark_pipeline_get_stats (ear, &stats);
  g_assert_cmpfloat (stats.level_out, <, -70);
  g_assert_cmpuint (stats.packets_in, ==, 600);
  hark_pipeline_get_stats (mouth, &stats);
  g_assert_cmpuint (stats.packets_out, ==, 600);
  g_assert_cmpfloat (stats.rate_out, ==, (double) size * 800);
  g_assert_cmpfloat (stats.level_in, >, -20); /* the meter shows the microphone all the same */
}

/* Loss on the way there is reported on the way back and answered by repeats; sizes change rarely.
 */
static void
test_loss_is_answered_by_repeats (void)
{
  g_autoptr (HarkPipeline) mouth = new_pipeline (), ear = new_pipeline ();
  size_t size = 0;
  unsigned changes = 0;
  HarkVoiceStats stats;

  for (size_t i = 0; i < 1200; i++) {
    HarkTime now = HARK_SECOND + i * 10 * HARK_MS;
    int16_t samples[HARK_VOICE_BLOCK];
    uint8_t packet[HARK_VOICE_PACKET_MAX];
    size_t len;

    make_tone (samples, i);
    len = hark_pipeline_capture (mouth, samples, now, packet);
    changes += len != size;
    size = len;
    if (i % 12 != 5)
      hark_pipeline_receive (ear, packet, len, now);
    hark_pipeline_play (ear, now + 3 * HARK_MS, samples, HARK_VOICE_BLOCK);
    memset (samples, 0, sizeof samples);
    len = hark_pipeline_capture (ear, samples, now, packet);
    hark_pipeline_receive (mouth, packet, len, now);
    hark_pipeline_play (mouth, now + 3 * HARK_MS, samples, HARK_VOICE_BLOCK);
  }
  g_assert_cmpuint (size, >, HARK_VOICE_HEADER_LEN + 40);
  g_assert_cmpuint (changes, <=, 5);
  hark_pipeline_get_stats (ear, &stats);
  g_assert_cmpfloat (stats.loss_in, >, 0.05);
  g_assert_cmpfloat (stats.concealed, <, 0.011);
  hark_pipeline_get_stats (mouth, &stats);
  g_assert_cmpfloat (stats.loss_out, >, 0.05);
}

/* A line of 64 kbit/s, headers of 55 bytes included, which less than what a call begins with fits
 * into. */
typedef struct {
  HarkPipeline *mouth, *ear;
  HarkTime free_at; /* the line has sent all that was handed to it */
  HarkTime wait;    /* of the newest packet */
  HarkTime changed; /* when packets had another size last */
  size_t size;
  struct {
    HarkTime due;
    size_t len;
    uint8_t data[HARK_VOICE_PACKET_MAX];
  } flying[256];
  unsigned first, count;
} Narrow;

#define NARROW_HEADERS 55
#define NARROW_NS_PER_BYTE (HARK_SECOND / 8000)

static void
narrow_send (Narrow *line, const uint8_t *packet, size_t len, HarkTime now)
{
  unsigned at = (line->first + line->count) % G_N_ELEMENTS (line->flying);

  if (len != line->size) {
    g_assert_true (line->changed <= HARK_SECOND || now - line->changed >= 4990 * HARK_MS);
    line->changed = now;
    line->size = len;
  }
  if (line->count == G_N_ELEMENTS (line->flying))
    return;
  line->free_at = MAX (line->free_at, now) + (len + NARROW_HEADERS) * NARROW_NS_PER_BYTE;
  line->wait = line->free_at - now;
  line->flying[at].due = line->free_at + 20 * HARK_MS;
  line->flying[at].len = len;
  memcpy (line->flying[at].data, packet, len);
  line->count++;
}

static void
narrow_run (Narrow *line, size_t from, size_t to)
{
  for (size_t i = from; i < to; i++) {
    HarkTime now = HARK_SECOND + i * 10 * HARK_MS;
    int16_t samples[HARK_VOICE_BLOCK];
    uint8_t packet[HARK_VOICE_PACKET_MAX];
    size_t len;

    make_tone (samples, i);
    len = hark_pipeline_capture (line->mouth, samples, now, packet);
    if (len > 0)
      narrow_send (line, packet, len, now);
    for (; line->count > 0 && line->flying[line->first].due <= now; line->count--) {
      g_assert_true (hark_pipeline_receive (line->ear, line->flying[line->first].data,
                                            line->flying[line->first].len, now));
      line->first = (line->first + 1) % G_N_ELEMENTS (line->flying);
    }
    hark_pipeline_play (line->ear, now + 3 * HARK_MS, samples, HARK_VOICE_BLOCK);
    memset (samples, 0, sizeof samples);
    len = hark_pipeline_capture (line->ear, samples, now, packet);
    if (len > 0)
      hark_pipeline_receive (line->mouth, packet, len, now);
    hark_pipeline_play (line->mouth, now + 3 * HARK_MS, samples, HARK_VOICE_BLOCK);
  }
}

static void
test_narrow_line_is_not_overfilled (void)
{
  g_autoptr (HarkPipeline) mouth = new_pipeline (), ear = new_pipeline ();
  g_autofree Narrow *line = g_new0 (Narrow, 1);
  HarkVoiceStats stats;

  line->mouth = mouth;
  line->ear = ear;
  narrow_run (line, 0, 3000);
  g_assert_cmpuint (line->wait, <, 40 * HARK_MS);
  hark_pipeline_get_stats (ear, &stats);
  g_assert_cmpfloat (stats.concealed, ==, 0);
  g_assert_cmpfloat (stats.level_out, >, -20);
  hark_pipeline_get_stats (mouth, &stats);
  g_assert_cmpfloat (stats.rate_out, <=, 64000 - NARROW_HEADERS * 400);
  g_assert_cmpfloat (stats.rate_out, >=, 16000);
}

/* Who speaks version 1 of packets is answered in it, from his first one on. */
static void
test_old_peer_is_understood (void)
{
  g_autoptr (HarkPipeline) here = new_pipeline (), there = new_pipeline ();
  uint8_t packet[HARK_VOICE_PACKET_MAX], old[HARK_VOICE_PACKET_MAX];
  int16_t samples[HARK_VOICE_BLOCK] = {0};
  HarkVoicePacket parsed;
  size_t len;

  len = hark_pipeline_capture (there, samples, HARK_SECOND, packet);
  g_assert_cmpuint (packet[0] >> 4, ==, HARK_VOICE_VERSION);
  g_assert_true (hark_voice_packet_parse (packet, len, &parsed));
  parsed.version = 1;
  g_assert_cmpuint (hark_voice_packet_write (&parsed, old), ==, len - 1);
  g_assert_true (hark_pipeline_receive (here, old, len - 1, HARK_SECOND));
  g_assert_cmpuint (hark_pipeline_capture (here, samples, HARK_SECOND, packet), ==,
                    HARK_VOICE_HEADER_1_LEN + 40);
  g_assert_cmpuint (packet[0] >> 4, ==, 1);
}

/* The microphone was away for two seconds: what it hears then is not two seconds late. */
static void
test_pause_of_the_microphone (void)
{
  g_autoptr (HarkPipeline) mouth = new_pipeline (), ear = new_pipeline ();
  HarkVoiceStats stats;

  for (size_t i = 0; i < 800; i++) {
    HarkTime now = HARK_SECOND + i * 10 * HARK_MS;
    int16_t samples[HARK_VOICE_BLOCK];
    uint8_t packet[HARK_VOICE_PACKET_MAX];

    make_tone (samples, i);
    if (i < 300 || i >= 500)
      hark_pipeline_receive (ear, packet, hark_pipeline_capture (mouth, samples, now, packet), now);
    hark_pipeline_play (ear, now + 3 * HARK_MS, samples, HARK_VOICE_BLOCK);
    if (i == 505) {
      hark_pipeline_get_stats (ear, &stats);
      g_assert_cmpfloat (stats.level_out, >, -20);
    }
  }
  hark_pipeline_get_stats (ear, &stats);
  g_assert_cmpfloat (stats.concealed, ==, 0);
  g_assert_cmpfloat (stats.playout_ms, <, 25);
}

/* Another device in mid-call: neither the time for which the microphone was closed nor that for
 * which the speaker was is delay afterwards. */
static void
test_other_devices_add_no_delay (void)
{
  g_autoptr (HarkPipeline) mouth = new_pipeline (), ear = new_pipeline ();
  HarkVoiceStats stats;

  for (size_t i = 0; i < 900; i++) {
    HarkTime now = HARK_SECOND + i * 10 * HARK_MS;
    int16_t samples[HARK_VOICE_BLOCK];
    uint8_t packet[HARK_VOICE_PACKET_MAX];

    make_tone (samples, i);
    if (i == 300)
      hark_pipeline_reopened (mouth);
    if (i < 300 || i >= 327)
      hark_pipeline_receive (ear, packet, hark_pipeline_capture (mouth, samples, now, packet), now);
    if (i == 600)
      hark_pipeline_reopened (ear);
    if (i < 600 || i >= 623)
      hark_pipeline_play (ear, now + 3 * HARK_MS, samples, HARK_VOICE_BLOCK);
    hark_pipeline_get_stats (ear, &stats);
    if ((i >= 400 && i < 600) || i >= 660)
      g_assert_cmpfloat (stats.playout_ms, <, 16);
    if (i == 899)
      g_assert_cmpfloat (stats.concealed, ==, 0);
  }
}

static void
test_refused_packets_are_counted (void)
{
  g_autoptr (HarkPipeline) ear = new_pipeline ();
  HarkVoiceStats stats;
  uint8_t bytes[500] = {0x10};

  g_assert_false (hark_pipeline_receive (ear, bytes, 3, HARK_SECOND));
  g_assert_false (hark_pipeline_receive (ear, bytes, sizeof bytes, HARK_SECOND));
  hark_pipeline_get_stats (ear, &stats);
  g_assert_cmpuint (stats.packets_refused, ==, 2);
  g_assert_cmpuint (stats.packets_in, ==, 0);
}

/* ---- WAV files -------------------------------------------------------------------------- */

typedef struct {
  char *dir;
  char *path;
} Scratch;

static void
scratch_init (Scratch *scratch, const char *name)
{
  scratch->dir = g_dir_make_tmp ("hark-voice-XXXXXX", NULL);
  scratch->path = g_build_filename (scratch->dir, name, NULL);
}

static void
scratch_clear (Scratch *scratch)
{
  g_unlink (scratch->path);
  g_rmdir (scratch->dir);
  g_free (scratch->path);
  g_free (scratch->dir);
}

static void
write_wav (const char *path, const char *header, size_t header_len, size_t zeros)
{
  g_autofree char *bytes = g_malloc0 (header_len + zeros);

  memcpy (bytes, header, header_len);
  g_assert_true (g_file_set_contents (path, bytes, (gssize) (header_len + zeros), NULL));
}

static void
expect_refused (const char *path, const char *why)
{
  g_autoptr (GError) error = NULL;
  HarkWavFormat format;

  g_assert_null (hark_wav_open (path, &format, &error));
  g_assert_nonnull (strstr (error->message, why));
}

#define HEAD(channels, rate, bits)                                                  \
  "RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0" channels "\0" rate "\0\0\0\0\0\0\0\0" bits \
  "\0data\xff\xff\xff\xff"
#define RATE_48 "\x80\xbb"
#define RATE_44 "\x44\xac"

static void
test_wav_says_what_is_wrong (void)
{
  Scratch scratch;
  HarkWavFormat format;
  FILE *file;

  scratch_init (&scratch, "a.wav");
  expect_refused (scratch.path, "No such file");
  write_wav (scratch.path, "nothing", 7, 100);
  expect_refused (scratch.path, "no WAV file");
  write_wav (scratch.path, HEAD ("\x01", RATE_44, "\x10"), 44, 100);
  expect_refused (scratch.path, "48000 Hz");
  write_wav (scratch.path, HEAD ("\x01", RATE_48, "\x18"), 44, 100);
  expect_refused (scratch.path, "16-bit");
  write_wav (scratch.path, HEAD ("\x06", RATE_48, "\x10"), 44, 100);
  expect_refused (scratch.path, "mono or stereo");
  write_wav (scratch.path, HEAD ("\x01", RATE_48, "\x10"), 44, 0);
  expect_refused (scratch.path, "no samples");
  write_wav (scratch.path, HEAD ("\x01", RATE_48, "\x10"), 30, 0);
  expect_refused (scratch.path, "ends early");

  /* cut off while it was written: what is there counts */
  write_wav (scratch.path, HEAD ("\x02", RATE_48, "\x10"), 44, 4000);
  file = hark_wav_open (scratch.path, &format, NULL);
  g_assert_nonnull (file);
  g_assert_cmpuint (format.channels, ==, 2);
  g_assert_cmpuint (format.frames, ==, 1000);
  fclose (file);
  scratch_clear (&scratch);
}

static void
test_device_names (void)
{
  g_assert_null (hark_device_check ("none", true));
  g_assert_null (hark_device_check ("pulse", false));
  g_assert_null (hark_device_check ("pulse:headset", true));
  g_assert_null (hark_device_check ("wav:/nowhere/yet.wav", false));
  g_assert_nonnull (hark_device_check ("wav-loop:a.wav", false));
  g_assert_nonnull (hark_device_check ("wav:", false));
  g_assert_nonnull (hark_device_check ("pulse:", true));
  g_assert_nonnull (hark_device_check ("alsa", true));
  g_assert_nonnull (hark_device_check ("wav:/nowhere/at/all.wav", true));
}

/* ---- the shell -------------------------------------------------------------------------- */

static atomic_uint packets_waiting;

static void
on_packets (void *data)
{
  (void) data;
  atomic_fetch_add (&packets_waiting, 1);
}

/* Its own packets come back: from a file, through everything, into a file that is whole all the
 * time. */
static void
test_wav_to_wav (void)
{
  Scratch in, out;
  g_autofree char *mic = NULL, *speaker = NULL;
  int16_t tone[HARK_VOICE_BLOCK];
  HarkWavFormat format;
  HarkVoice *voice;
  HarkVoiceStats stats;
  FILE *file;

  scratch_init (&in, "in.wav");
  scratch_init (&out, "out.wav");
  file = hark_wav_create (in.path, NULL);
  for (size_t i = 0; i < 10; i++) {
    make_tone (tone, i);
    g_assert_cmpuint (fwrite (tone, sizeof *tone, HARK_VOICE_BLOCK, file), ==, HARK_VOICE_BLOCK);
  }
  g_assert_true (hark_wav_update (file, 10 * HARK_VOICE_BLOCK));
  fclose (file);

  mic = g_strconcat ("wav-loop:", in.path, NULL);
  speaker = g_strconcat ("wav:", out.path, NULL);
  HarkVoiceConfig config = {mic, speaker};
  g_assert_null (hark_voice_check (&config));
  voice = hark_voice_new (&config, on_packets, NULL);
  g_assert_true (hark_voice_start (voice, seed, NULL));
  for (unsigned rounds = 0, taken = 0; taken < 40 && rounds < 20000; rounds++) {
    uint8_t packet[HARK_VOICE_PACKET_MAX];
    unsigned person;
    size_t len;

    while ((len = hark_voice_take_packet (voice, &person, packet)) > 0) {
      g_assert_cmpuint (person, ==, 0);
      hark_voice_receive (voice, 0, packet, len, hark_device_now ());
      taken++;
    }
    g_usleep (1000);
  }
  file = hark_wav_open (out.path, &format, NULL); /* as if we were killed now */
  g_assert_nonnull (file);
  fclose (file);
  hark_voice_stop (voice);
  hark_voice_get_stats (voice, &stats);
  g_assert_cmpuint (stats.packets_out, >=, 40);
  g_assert_cmpuint (stats.packets_in, >, 0);
  g_assert_cmpuint (stats.packets_refused, ==, 0);
  g_assert_cmpuint (atomic_load (&packets_waiting), >=, 40);
  hark_voice_free (voice);

  file = hark_wav_open (out.path, &format, NULL);
  g_assert_nonnull (file);
  g_assert_cmpuint (format.frames % HARK_VOICE_BLOCK, ==, 0);
  fclose (file);
  scratch_clear (&in);
  scratch_clear (&out);
}

static void
test_call_goes_on_without_a_device (void)
{
  g_autoptr (GError) error = NULL;
  HarkVoiceConfig config = {"wav:/nowhere/in.wav", "wav:/nowhere/out.wav"};
  HarkVoice *voice = hark_voice_new (&config, on_packets, NULL);
  uint8_t packet[HARK_VOICE_PACKET_MAX];
  unsigned person;

  hark_voice_receive (voice, 0, packet, sizeof packet, HARK_SECOND); /* no call: dropped */
  g_assert_cmpuint (hark_voice_take_packet (voice, &person, packet), ==, 0);
  g_assert_true (hark_voice_start (voice, seed, &error));
  g_assert_nonnull (strstr (error->message, "in.wav"));
  g_assert_nonnull (strstr (error->message, "out.wav"));
  while (hark_voice_take_packet (voice, &person, packet) == 0)
    g_usleep (1000);
  hark_voice_free (voice); /* ends the call too */
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pipeline/sound-passes-and-mute-stops-it", test_sound_passes_and_mute_stops_it);
  g_test_add_func ("/pipeline/as-loud-as-the-user-wants-them", test_volume);
  g_test_add_func ("/pipeline/loss-is-answered-by-repeats", test_loss_is_answered_by_repeats);
  g_test_add_func ("/pipeline/narrow-line-is-not-overfilled", test_narrow_line_is_not_overfilled);
  g_test_add_func ("/pipeline/old-peer-is-understood", test_old_peer_is_understood);
  g_test_add_func ("/pipeline/pause-of-the-microphone", test_pause_of_the_microphone);
  g_test_add_func ("/pipeline/other-devices-add-no-delay", test_other_devices_add_no_delay);
  g_test_add_func ("/pipeline/refused-packets-are-counted", test_refused_packets_are_counted);
  g_test_add_func ("/wav/says-what-is-wrong", test_wav_says_what_is_wrong);
  g_test_add_func ("/device/names", test_device_names);
  g_test_add_func ("/voice/wav-to-wav", test_wav_to_wav);
  g_test_add_func ("/voice/call-goes-on-without-a-device", test_call_goes_on_without_a_device);
  return g_test_run ();
}
