/* One microphone for several lines: each gets what it carries. */
#include "core/voice/outgoing.h"

#include "net/base/rng.h"

#include <math.h>
#include <string.h>

#define PEOPLE HARK_VOICE_PEOPLE_MAX
#define HEADERS 55 /* IPv4, UDP and the sealed packet's */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HarkOutgoing, hark_outgoing_free)

/* Three periods: one block goes on where the one before it ended. */
static void
make_tone (int16_t ret[HARK_VOICE_BLOCK])
{
  for (unsigned i = 0; i < HARK_VOICE_BLOCK; i++)
    ret[i] = (int16_t) (8000 * sin (2 * G_PI * 300 * i / 48000));
}

static HarkTime
time_of (unsigned block)
{
  return HARK_SECOND + block * 10 * HARK_MS;
}

/* Five listen for 18 seconds; the third on a line of 64 kbit/s that loses every twentieth
 * packet. */
static void
test_narrow_line_lowers_nobody_else (void)
{
  g_autoptr (HarkOutgoing) outgoing = hark_outgoing_new (7);
  HarkOutgoingLine lines[PEOPLE]
    = {{.on = true}, {.on = true}, {.on = true}, {.on = true}, {.on = true}};
  double queued = 0; /* bytes that wait in the narrow line */
  unsigned narrow_bytes = 0;
  int16_t tone[HARK_VOICE_BLOCK];

  make_tone (tone);
  for (unsigned block = 0; block < 1800; block++) {
    uint8_t packet[HARK_VOICE_PACKET_MAX];
    size_t len;

    hark_outgoing_capture (outgoing, lines, tone, false, time_of (block));
    for (unsigned i = 0; i < PEOPLE; i++) {
      len = hark_outgoing_packet (outgoing, i, HARK_VOICE_VERSION, 0, 0, packet);
      if (i == 2 && len > 0)
        queued += (double) len + HEADERS;
      if (i == 2 && block >= 1200)
        narrow_bytes += len > 0 ? (unsigned) len + HEADERS : 0;
      if (i != 2)
        g_assert_cmpuint (len, >=, HARK_VOICE_HEADER_LEN + 40); /* 32 kbit/s, and never less */
    }
    queued = MAX (0, queued - 80);
    lines[2].loss_there = 13;
    lines[2].wait_there = (uint8_t) MIN (255, queued / 8 / 4);
  }
  g_assert_cmpuint (narrow_bytes, <=, 80 * 600); /* it fits, */
  g_assert_cmpuint (hark_outgoing_rate (outgoing, 2), >=, 16000);
  g_assert_cmpuint (lines[2].wait_there * 4, <, 100); /* and nothing waits */
  for (unsigned i = 0; i < PEOPLE; i++)
    if (i != 2)
      g_assert_cmpuint (hark_outgoing_rate (outgoing, i), >=, 48000); /* clear lines rise */
  g_assert_cmpuint (hark_outgoing_quality (outgoing).step, >, HARK_QUALITY_STEP_FIRST);
}

/* Ticks of what one person gets follow each other, whoever's encoder it comes from. */
static void
check_packet (const uint8_t *data, size_t len, bool *has_next, uint32_t *next)
{
  HarkVoicePacket packet;

  g_assert_true (hark_voice_packet_parse (data, len, &packet));
  if (*has_next)
    g_assert_cmpuint (packet.tick, ==, *next);
  *has_next = true;
  *next = packet.tick + packet.blocks;
}

static void
test_no_gap_whatever_changes (void)
{
  const uint8_t seed[32] = {3};
  g_auto (HarkRng) rng;
  g_autoptr (HarkOutgoing) outgoing = hark_outgoing_new (UINT32_MAX - 1000);
  HarkOutgoingLine lines[PEOPLE] = {{.on = true}};
  bool has_next[PEOPLE] = {false};
  uint32_t next[PEOPLE];

  hark_rng_init (&rng, seed);
  for (unsigned block = 0; block < 1600; block++) {
    int16_t tone[HARK_VOICE_BLOCK] = {0};
    size_t sizes[PEOPLE];
    unsigned different = 0;

    for (unsigned i = 0; i < PEOPLE; i++) {
      lines[i].fresh = false;
      if (hark_rng_below (&rng, 150) == 0) {
        lines[i].on = !lines[i].on;
        lines[i].fresh = lines[i].on;
        has_next[i] = false;
      }
      if (hark_rng_below (&rng, 100) == 0) {
        lines[i].loss_there = (uint8_t) (hark_rng_below (&rng, 2) * hark_rng_below (&rng, 90));
        lines[i].wait_there = (uint8_t) (hark_rng_below (&rng, 2) * hark_rng_below (&rng, 90));
      }
    }
    hark_outgoing_capture (outgoing, lines, tone, false, time_of (block));
    for (unsigned i = 0; i < PEOPLE; i++) {
      uint8_t packet[HARK_VOICE_PACKET_MAX];
      bool seen = false;

      sizes[i] = hark_outgoing_packet (outgoing, i, HARK_VOICE_VERSION, 1, 2, packet);
      if (!lines[i].on)
        g_assert_cmpuint (sizes[i], ==, 0);
      if (sizes[i] == 0)
        continue;
      check_packet (packet, sizes[i], &has_next[i], &next[i]);
      for (unsigned j = 0; j < i; j++)
        seen |= sizes[j] == sizes[i];
      different += !seen;
    }
    g_assert_cmpuint (different, <=, HARK_OUTGOING_STREAMS * (1 + HARK_VOICE_COPIES_MAX));
  }
}

/* Every five of the seven rates. */
static void
test_rates_are_shared_downwards (void)
{
  static const unsigned rates[HARK_QUALITY_STEPS]
    = {8000, 12000, 16000, 24000, 32000, 48000, 64000};

  for (unsigned n = 0; n < 7 * 7 * 7 * 7 * 7; n++) {
    HarkQualityPlan before[PEOPLE], after[PEOPLE];
    unsigned had = 0, has = 0, lowest = UINT_MAX;

    for (unsigned i = 0, left = n; i < PEOPLE; i++, left /= 7) {
      before[i] = (HarkQualityPlan){.bitrate = rates[left % 7], .copies = i % 3};
      before[i].blocks = before[i].bitrate > 24000 ? 1 : 2;
      lowest = MIN (lowest, before[i].bitrate);
    }
    memcpy (after, before, sizeof after);
    hark_quality_share (after, PEOPLE, 3);
    for (unsigned i = 0; i < PEOPLE; i++) {
      bool new_before = true, new_after = true;

      g_assert_cmpuint (after[i].bitrate, <=, before[i].bitrate);
      g_assert_cmpuint (after[i].bitrate, >=, lowest);
      g_assert_cmpuint (after[i].blocks, ==, after[i].bitrate > 24000 ? 1 : 2);
      g_assert_cmpuint (after[i].copies, ==, before[i].copies);
      for (unsigned j = 0; j < i; j++) {
        new_before &= before[j].bitrate != before[i].bitrate;
        new_after &= after[j].bitrate != after[i].bitrate;
      }
      had += new_before;
      has += new_after;
    }
    g_assert_cmpuint (has, ==, MIN (had, 3));
    if (had <= 3)
      g_assert_true (memcmp (before, after, sizeof after) == 0);
  }
}

static void
test_nobody_is_left_out_of_sharing (void)
{
  HarkQualityPlan plans[4] = {
    {64000, 1, 0},
    {0   },
    {8000,     2, 2},
    {0 }
  };

  hark_quality_share (plans, 4, 1);
  g_assert_cmpuint (plans[0].bitrate, ==, 8000);
  g_assert_cmpuint (plans[2].bitrate, ==, 8000);
  g_assert_cmpuint (plans[1].bitrate, ==, 0);
  hark_quality_share (plans + 1, 1, 1); /* nobody at all */
  g_assert_cmpuint (plans[1].bitrate, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/outgoing/narrow-line-lowers-nobody-else", test_narrow_line_lowers_nobody_else);
  g_test_add_func ("/outgoing/no-gap-whatever-changes", test_no_gap_whatever_changes);
  g_test_add_func ("/outgoing/rates-are-shared-downwards", test_rates_are_shared_downwards);
  g_test_add_func ("/outgoing/nobody-is-left-out-of-sharing", test_nobody_is_left_out_of_sharing);
  return g_test_run ();
}
