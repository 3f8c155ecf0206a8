/* Playout under the delays and losses that were recorded in tests/vectors/traces. */
#include "core/voice/playout.h"

#include <stdlib.h>
#include <string.h>

#define PACKETS_MAX 4000
#define START (10 * HARK_SECOND)

typedef struct {
  HarkTime at;
  unsigned n;
} Arrival;

typedef struct {
  const char *file;
  unsigned copies;
  double concealed_max; /* share */
  double mean_max;      /* ms in the buffer */
} Case;

static Arrival arrivals[PACKETS_MAX];
static unsigned sent, came;
static uint8_t frame[HARK_VOICE_FRAME_MAX];
static size_t frame_len;

static int
compare (const void *a, const void *b)
{
  const Arrival *x = a, *y = b;

  return x->at < y->at ? -1 : x->at > y->at;
}

static void
read_trace (const char *file)
{
  g_autofree char *path = g_build_filename (g_getenv ("HARK_VECTORS"), "traces", file, NULL);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) words = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  words = g_strsplit_set (text, " \n", -1);
  sent = came = 0;
  for (char **word = words; *word != NULL; word++) {
    if (**word == '\0')
      continue;
    g_assert_cmpuint (sent, <, PACKETS_MAX);
    if (strcmp (*word, "x") != 0)
      arrivals[came++] = (Arrival){
        .at = START + sent * 10 * HARK_MS + (HarkTime) atoi (*word) * HARK_MS / 10, .n = sent};
    sent++;
  }
  qsort (arrivals, came, sizeof *arrivals, compare);
}

static void
put (HarkPlayout *playout, const Arrival *arrival, unsigned copies)
{
  HarkVoicePacket packet
    = {.tick = arrival->n, .blocks = 1, .copies = MIN (copies, arrival->n), .frame_len = frame_len};

  for (unsigned i = 0; i <= packet.copies; i++)
    packet.frames[i] = frame;
  hark_playout_put (playout, &packet, arrival->at);
}

static void
play (const Case *c, size_t part)
{
  g_autoptr (HarkPlayout) playout = hark_playout_new ();
  HarkPlayoutStats stats;
  int16_t out[HARK_VOICE_BLOCK];
  unsigned next = 0, blocks = 0;
  double sum = 0, concealed;

  for (HarkTime at = 0; at < sent * 10 * HARK_MS; at += part * 10 * HARK_MS / HARK_VOICE_BLOCK) {
    while (next < came && arrivals[next].at <= START + at)
      put (playout, &arrivals[next++], c->copies);
    hark_playout_take (playout, START + at, out, part);
    hark_playout_get_stats (playout, &stats);
    sum += stats.playout_ms;
    blocks++;
  }
  concealed = (double) stats.concealed / (double) stats.blocks;
  g_test_message ("%s, %u at once: %.2f %% concealed, %.1f ms on average, %" G_GUINT64_FORMAT
                  " late",
                  c->file, (unsigned) part, 100 * concealed, sum / blocks, stats.late);
  g_assert_cmpfloat (concealed, <, c->concealed_max);
  g_assert_cmpfloat (sum / blocks, <, c->mean_max);
  g_assert_cmpuint (stats.resyncs, ==, 0);
}

static void
test_trace (gconstpointer data)
{
  const Case *c = data;

  read_trace (c->file);
  play (c, HARK_VOICE_BLOCK);
  play (c, HARK_PLAYOUT_PART);
}

int
main (int argc, char **argv)
{
  static const Case busy = {"busy-machine.txt", 0, 0.01, 80};
  static const Case shared = {"shared-line.txt", 0, 0.04, 120};
  static const Case lte = {"mobile-lte.txt", 0, 0.012, 90};
  static const Case umts = {"mobile-umts.txt", 0, 0.025, 90};
  g_autoptr (HarkEncoder) encoder = hark_encoder_new (1, 32000);

  g_test_init (&argc, &argv, NULL);
  frame_len = hark_encoder_frame_len (encoder);
  hark_encoder_encode (encoder, (int16_t[HARK_VOICE_BLOCK]){0}, frame);
  g_test_add_data_func ("/playout/traces/busy-machine", &busy, test_trace);
  g_test_add_data_func ("/playout/traces/shared-line", &shared, test_trace);
  g_test_add_data_func ("/playout/traces/mobile-lte", &lte, test_trace);
  g_test_add_data_func ("/playout/traces/mobile-umts", &umts, test_trace);
  return g_test_run ();
}
