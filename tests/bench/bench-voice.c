/* tests/bench/bench-voice.c - what Hark adds to a voice on its way, and what it costs.
 *
 * Speech goes through two pipelines and a link in virtual time: one capture block of 10 ms,
 * encoder, packet, playout, decoder. The delay is found by correlating what the speaker played with
 * what the microphone heard, and the link's own delay is taken off. Codec times are real ones.
 *
 * A line a case, from the half seconds of speech after the third second: {"bench":"voice","case":
 * NAME, "delay_ms_median","delay_ms_min","delay_ms_max": mouth to ear without the link,
 * "playout_ms": the buffer's part of it at the end, "concealed","loss_in": shares in the last
 * second or two, "pieces": half seconds compared}. A line a frame length:
 * {"bench":"voice-codec","robust", "frame_ms","bytes": of a frame, "encode_us","decode_us":
 * processor time a frame}.
 *
 *   bench-voice [SPEECH.wav [DIRECTORY [SEED [CASE]]]]   leaves reference and recordings in
 *     DIRECTORY, unless that is ""; SEED: 1 to 255, of what the link does; CASE: how the names of
 * those to run begin
 *
 * Without arguments it looks for tests/lab/speech.wav from the root or from a build directory in
 * it.
 */
#include "core/voice/pipeline.h"
#include "core/voice/wav.h"
#include "net/base/rng.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define BLOCK HARK_VOICE_BLOCK
#define LINK_DELAY (20 * HARK_MS)
#define PHASE (4 * HARK_MS) /* of the speaker's requests against the microphone's blocks */
#define IN_FLIGHT 256
#define HEADERS 55    /* bytes of IP, UDP and the sealed packet */
#define BITRATE 32000 /* what a call begins with */
#define LAG_MAX 24000 /* samples: 500 ms */

typedef struct {
  const char *name;
  double loss;      /* share */
  double jitter_ms; /* each packet is late by up to this, evenly spread */
  double stall_ms;  /* once a second nothing passes for up to this, then all at once */
  double line_bps;  /* 0: any; else a line that is no faster, headers included */
  bool again;       /* begins with what the case before learned */
} Case;

typedef struct {
  HarkTime due; /* 0: free */
  size_t len;
  uint8_t data[HARK_VOICE_PACKET_MAX];
} Flying;

static int16_t *
read_speech (const char *path, size_t *ret_blocks)
{
  g_autoptr (GError) error = NULL;
  HarkWavFormat format;
  FILE *file = hark_wav_open (path, &format, &error);
  int16_t *samples;

  if (file == NULL)
    g_error ("%s", error->message);
  g_assert (format.channels == 1);
  *ret_blocks = (size_t) format.frames / BLOCK;
  samples = g_new0 (int16_t, *ret_blocks * BLOCK);
  g_assert (fread (samples, sizeof *samples, *ret_blocks * BLOCK, file) == *ret_blocks * BLOCK);
  fclose (file);
  return samples;
}

static void
write_speech (const char *directory, const char *name, const int16_t *samples, size_t n)
{
  g_autofree char *base = g_strconcat (name, ".wav", NULL);
  g_autofree char *path = g_build_filename (directory, base, NULL);
  FILE *file = hark_wav_create (path, NULL);

  g_assert (file != NULL);
  g_assert (fwrite (samples, sizeof *samples, n, file) == n);
  g_assert (hark_wav_update (file, n));
  fclose (file);
}

static void
send_off (Flying flying[IN_FLIGHT],
          const uint8_t *data,
          size_t len,
          HarkTime now,
          HarkTime *open_at,
          const Case *c,
          HarkRng *rng)
{
  if (hark_rng_unit (rng) < c->loss)
    return;
  if (c->line_bps > 0)
    *open_at = MAX (now, *open_at) + (HarkTime) ((double) (len + HEADERS) * 8e9 / c->line_bps);
  for (unsigned i = 0; i < IN_FLIGHT; i++) {
    if (flying[i].due != 0)
      continue;
    flying[i].due
      = MAX (now, *open_at) + LINK_DELAY + (HarkTime) (hark_rng_unit (rng) * c->jitter_ms * 1e6);
    flying[i].len = len;
    memcpy (flying[i].data, data, len);
    return;
  }
}

/* Hands over what arrived by @now, in the order of arrival. */
static void
deliver (HarkPipeline *ear, Flying flying[IN_FLIGHT], HarkTime now)
{
  for (;;) {
    Flying *first = NULL;

    for (unsigned i = 0; i < IN_FLIGHT; i++)
      if (flying[i].due != 0 && flying[i].due <= now
          && (first == NULL || flying[i].due < first->due))
        first = &flying[i];
    if (first == NULL)
      return;
    hark_pipeline_receive (ear, first->data, first->len, first->due);
    first->due = 0;
  }
}

static void
run_call (const Case *c,
          const uint8_t seed[32],
          const int16_t *speech,
          int16_t *heard,
          size_t blocks,
          HarkQuality *learned,
          HarkVoiceStats *ret)
{
  g_auto (HarkRng) rng;
  g_autoptr (HarkPipeline) mouth = NULL, ear = NULL;
  g_autofree Flying *flying = g_new0 (Flying, IN_FLIGHT);
  int16_t silence[BLOCK] = {0};
  uint8_t packet[HARK_VOICE_PACKET_MAX];
  HarkTime start = HARK_SECOND, open_at = 0;

  hark_rng_init (&rng, seed);
  mouth = hark_pipeline_new (&rng);
  ear = hark_pipeline_new (&rng);
  if (c->again)
    hark_pipeline_learn (mouth, learned);

  /* a block is whole 10 ms after its first sample; heard[0] is played PHASE after speech[0] was
   * spoken */
  for (size_t i = 0; i < blocks; i++) {
    HarkTime spoken = start + (i + 1) * 10 * HARK_MS, play = start + i * 10 * HARK_MS + PHASE;
    size_t len;

    deliver (ear, flying, play);
    hark_pipeline_play (ear, play, heard + i * BLOCK, HARK_VOICE_BLOCK);
    len = hark_pipeline_capture (mouth, speech + i * BLOCK, spoken, packet);
    if (i % 100 == 50 && c->stall_ms > 0)
      open_at = spoken + (HarkTime) (hark_rng_unit (&rng) * c->stall_ms * 1e6);
    if (len > 0)
      send_off (flying, packet, len, spoken, &open_at, c, &rng);
    /* the way back carries the loss reports */
    len = hark_pipeline_capture (ear, silence, spoken, packet);
    if (len > 0)
      hark_pipeline_receive (mouth, packet, len, spoken);
    hark_pipeline_play (mouth, spoken, silence, HARK_VOICE_BLOCK);
    memset (silence, 0, sizeof silence);
  }
  hark_pipeline_get_stats (ear, ret);
  *learned = hark_pipeline_get_quality (mouth);
}

/* The lag in samples at which @n samples of @heard are most like @speech. */
static size_t
lag_of (const int16_t *speech, const int16_t *heard, size_t n)
{
  double top = -1;
  size_t best = 0;

  for (size_t lag = 0; lag < LAG_MAX; lag += 4) {
    double sum = 0, power = 1;

    for (size_t i = 0; i < n; i += 8) {
      sum += (double) speech[i] * heard[i + lag];
      power += (double) heard[i + lag] * heard[i + lag];
    }
    if (sum / sqrt (power) > top) {
      top = sum / sqrt (power);
      best = lag;
    }
  }
  return best;
}

static int
compare (const void *a, const void *b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return x < y ? -1 : x > y;
}

/* Half-second pieces from the third second on, so that the buffer has settled; loud ones only. */
static void
report_delay (
  const Case *c, const int16_t *speech, const int16_t *heard, size_t n, const HarkVoiceStats *stats)
{
  double found[64];
  size_t count = 0;

  for (size_t at = 3 * HARK_VOICE_RATE; at + LAG_MAX + 24000 < n && count < 64; at += 24000) {
    double power = 0;

    for (size_t i = 0; i < 24000; i++)
      power += (double) speech[at + i] * speech[at + i];
    if (power < 24000.0 * 800 * 800)
      continue;
    found[count++] = (double) lag_of (speech + at, heard + at, 24000) * 1000 / HARK_VOICE_RATE
                     + (double) PHASE / 1e6 - (double) LINK_DELAY / 1e6;
  }
  g_assert (count > 0);
  qsort (found, count, sizeof *found, compare);
  printf ("{\"bench\":\"voice\",\"case\":\"%s\",\"delay_ms_median\":%.1f,\"delay_ms_min\":%.1f,"
          "\"delay_ms_max\":%.1f,\"playout_ms\":%.1f,\"concealed\":%.4f,\"loss_in\":%.3f,"
          "\"pieces\":%zu}\n",
          c->name, found[count / 2], found[0], found[count - 1], stats->playout_ms,
          stats->concealed, stats->loss_in, count);
}

static double
cpu_us (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return (double) now.tv_sec * 1e6 + (double) now.tv_nsec / 1e3;
}

static void
report_codec (unsigned frame_blocks, bool robust, const int16_t *speech, size_t blocks)
{
  g_autoptr (HarkEncoder) encoder = hark_encoder_new (frame_blocks, BITRATE);
  g_autoptr (HarkDecoder) decoder = hark_decoder_new ();
  size_t len = hark_encoder_frame_len (encoder), frames = blocks / frame_blocks;
  uint8_t frame[HARK_VOICE_FRAME_MAX];
  int16_t out[BLOCK * HARK_VOICE_FRAME_BLOCKS_MAX];
  double encode = 0, decode = 0;

  hark_encoder_set (encoder, frame_blocks, BITRATE, robust);
  for (size_t i = 0; i < frames; i++) {
    double before = cpu_us ();

    hark_encoder_encode (encoder, speech + i * frame_blocks * BLOCK, frame);
    encode += cpu_us () - before;
    before = cpu_us ();
    hark_decoder_decode (decoder, frame, len, frame_blocks, out);
    decode += cpu_us () - before;
  }
  printf ("{\"bench\":\"voice-codec\",\"robust\":%s,\"frame_ms\":%u,\"bytes\":%zu,\"encode_us\":%."
          "1f,\"decode_"
          "us\":%.1f}\n",
          robust ? "true" : "false", frame_blocks * 10, len, encode / (double) frames,
          decode / (double) frames);
}

static const char *
default_speech (void)
{
  const char *path = "tests/lab/speech.wav";

  return g_file_test (path, G_FILE_TEST_EXISTS) ? path : "../tests/lab/speech.wav";
}

int
main (int argc, char **argv)
{
  static const Case cases[] = {
    {"clean",               0,    0,  0,   0,     false},
    {"jitter-30ms",         0,    30, 0,   0,     false},
    {"loss-5",              0.05, 0,  0,   0,     false},
    {"loss-10",             0.10, 0,  0,   0,     false},
    {"loss-20",             0.20, 0,  0,   0,     false},
    {"loss-20-again",       0.20, 0,  0,   0,     true },
    {"loss-10-jitter-30ms", 0.10, 30, 0,   0,     false},
    {"jitter-80ms",         0,    80, 0,   0,     false},
    {"stalls-80ms",         0,    0,  80,  0,     false},
    {"stalls-200ms",        0,    0,  200, 0,     false},
    {"line-64k",            0,    0,  0,   64000, false},
    {"line-64k-again",      0,    0,  0,   64000, true },
  };
  g_autofree int16_t *speech = NULL, *heard = NULL;
  uint8_t seed[32] = {1};
  HarkQuality learned;
  size_t blocks;

  if (argc > 3)
    seed[0] = (uint8_t) atoi (argv[3]);

  speech = read_speech (argc > 1 ? argv[1] : default_speech (), &blocks);
  heard = g_new0 (int16_t, blocks * BLOCK);
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    HarkVoiceStats stats;

    if (argc > 4 && !g_str_has_prefix (cases[i].name, argv[4]))
      continue;
    run_call (&cases[i], seed, speech, heard, blocks, &learned, &stats);
    report_delay (&cases[i], speech, heard, blocks * BLOCK, &stats);
    if (argc > 2 && *argv[2] != '\0')
      write_speech (argv[2], cases[i].name, heard, blocks * BLOCK);
  }
  if (argc > 2 && *argv[2] != '\0')
    write_speech (argv[2], "reference", speech, blocks * BLOCK);
  report_codec (1, false, speech, blocks);
  report_codec (1, true, speech, blocks);
  report_codec (2, true, speech, blocks);
  return 0;
}
