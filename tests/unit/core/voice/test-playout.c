#include "core/voice/playout.h"
#include "net/base/rng.h"

#include <math.h>
#include <string.h>

#define FRAMES 200 /* of sound, encoded once and sent in a circle */
#define START (10 * HARK_SECOND)
#define PENDING 256
#define TORN 800 /* the hum itself rises by 275 a sample */

/* One frame of a hum, then packets of it. */
static uint8_t hum[FRAMES][HARK_VOICE_FRAME_MAX], hush[HARK_VOICE_FRAME_MAX];
static uint8_t pair[HARK_VOICE_FRAME_MAX]; /* two blocks of nothing */
static size_t frame_len, pair_len;

static void
encode_hum (void)
{
  g_autoptr (HarkEncoder) encoder = hark_encoder_new (1, 32000);
  g_autoptr (HarkEncoder) longer = hark_encoder_new (2, 24000);

  frame_len = hark_encoder_frame_len (encoder);
  for (size_t f = 0; f < FRAMES; f++) {
    int16_t samples[HARK_VOICE_BLOCK];

    for (size_t i = 0; i < HARK_VOICE_BLOCK; i++) {
      double t = (double) (f * HARK_VOICE_BLOCK + i) / HARK_VOICE_RATE;

      samples[i] = (int16_t) (6000 * sin (2 * G_PI * 150 * t) + 2000 * sin (2 * G_PI * 600 * t));
    }
    hark_encoder_encode (encoder, samples, hum[f]);
  }
  for (size_t f = 0; f < 10; f++)
    hark_encoder_encode (encoder, (int16_t[HARK_VOICE_BLOCK]){0}, hush);
  pair_len = hark_encoder_frame_len (longer);
  hark_encoder_encode (longer, (int16_t[2 * HARK_VOICE_BLOCK]){0}, pair);
}

/* A sender, a link and a listener in virtual time. */
typedef struct {
  HarkPlayout *playout;
  HarkRng rng;
  uint32_t tick0;
  uint64_t sent, pulled;
  int16_t last; /* sample heard */
  double drift; /* the sender's clock runs faster by this share */
  double loss, jitter_ms;
  unsigned copies;
  HarkTime extra; /* delay added to what is sent now */
  bool hold;      /* the link is blocked: all comes at once when it ends */
  bool twice;     /* every packet comes two times */
  bool pairs;     /* packets hold two blocks */
  bool silent;    /* the hum pauses */
  size_t part;    /* samples that the speaker asks for at once */
  HarkTime phase; /* of its requests against the microphone's blocks */
  struct {
    HarkTime due;
    uint64_t n;
    unsigned copies;
  } pending[PENDING];
  unsigned count;
} Link;

static void
link_init (Link *link)
{
  static const uint8_t seed[32] = {3};

  memset (link, 0, sizeof *link);
  link->playout = hark_playout_new ();
  link->part = HARK_VOICE_BLOCK;
  link->phase = 5 * HARK_MS;
  hark_rng_init (&link->rng, seed);
}

static void
link_clear (Link *link)
{
  hark_playout_free (link->playout);
  hark_rng_clear (&link->rng);
}

static void
put_frame (Link *link, uint64_t n, unsigned copies, HarkTime now)
{
  HarkVoicePacket packet
    = {.tick = link->tick0 + (uint32_t) n, .blocks = 1, .frame_len = frame_len};

  if (link->pairs && n % 2 == 0)
    return;
  if (link->pairs) {
    packet.tick--;
    packet.blocks = 2;
    packet.frame_len = pair_len;
    packet.frames[0] = pair;
    hark_playout_put (link->playout, &packet, now);
    return;
  }

  packet.copies = (unsigned) MIN (copies, n);
  for (unsigned i = 0; i <= packet.copies; i++)
    packet.frames[i] = link->silent ? hush : hum[(n - i) % FRAMES];
  hark_playout_put (link->playout, &packet, now);
}

static void
send_one (Link *link, HarkTime now)
{
  uint64_t n = link->sent++;

  if (hark_rng_unit (&link->rng) < link->loss)
    return;
  g_assert_cmpuint (link->count, <, PENDING);
  link->pending[link->count].due
    = now + link->extra + (HarkTime) (hark_rng_unit (&link->rng) * link->jitter_ms * 1e6);
  link->pending[link->count].copies = link->copies;
  link->pending[link->count++].n = n;
}

static void
deliver (Link *link, HarkTime now)
{
  while (!link->hold) {
    unsigned first = PENDING;

    for (unsigned i = 0; i < link->count; i++)
      if (link->pending[i].due <= now
          && (first == PENDING || link->pending[i].due < link->pending[first].due))
        first = i;
    if (first == PENDING)
      return;
    put_frame (link, link->pending[first].n, link->pending[first].copies, link->pending[first].due);
    if (link->twice)
      put_frame (link, link->pending[first].n, link->pending[first].copies,
                 link->pending[first].due);
    link->pending[first] = link->pending[--link->count];
  }
}

/* Sends and hands over what is due by @now. */
static void
pass_time (Link *link, HarkTime now)
{
  HarkTime due = START + (HarkTime) ((double) (link->sent * 10 * HARK_MS) / (1 + link->drift));

  while (due <= now) {
    send_one (link, due);
    due = START + (HarkTime) ((double) (link->sent * 10 * HARK_MS) / (1 + link->drift));
  }
  deliver (link, now);
}

/* @blocks of listening; returns how many of them are torn: neighbouring samples far more apart than
 * those of the hum. */
static unsigned
run (Link *link, uint64_t blocks)
{
  int16_t out[HARK_VOICE_BLOCK];
  unsigned torn = 0;

  for (uint64_t end = link->pulled + blocks; link->pulled < end; link->pulled++) {
    HarkTime now = START + link->pulled * 10 * HARK_MS + link->phase;
    int step = 0;

    for (size_t i = 0; i < HARK_VOICE_BLOCK; i += link->part) {
      HarkTime at = now + i * 10 * HARK_MS / HARK_VOICE_BLOCK;

      pass_time (link, at);
      hark_playout_take (link->playout, at, out + i, link->part);
    }
    for (size_t i = 0; i < HARK_VOICE_BLOCK; i++) {
      step = MAX (step, ABS (out[i] - link->last));
      link->last = out[i];
    }
    torn += step > TORN;
  }
  return torn;
}

static HarkPlayoutStats
stats_of (Link *link)
{
  HarkPlayoutStats stats;

  hark_playout_get_stats (link->playout, &stats);
  return stats;
}

static void
test_clean_path_adds_at_most_a_frame (void)
{
  Link link;

  link_init (&link);
  run (&link, 1000);
  g_assert_cmpuint (stats_of (&link).concealed, ==, 0);
  g_assert_cmpfloat (stats_of (&link).playout_ms, <=, 12);
  g_assert_cmpuint (stats_of (&link).blocks, >, 990);
  link_clear (&link);
}

/* Wherever the requests lie between two packets: no frame waits for most of a block until the next
 * request. */
static void
test_parts_are_asked_for_later (void)
{
  for (HarkTime phase = 0; phase < 10; phase++) {
    Link link;

    link_init (&link);
    link.part = HARK_PLAYOUT_PART;
    link.phase = phase * HARK_MS;
    run (&link, 800);
    link.silent = true; /* a pause, in which it is shortened */
    run (&link, 50);
    link.silent = false;
    run (&link, 200);
    g_assert_cmpuint (run (&link, 150), ==, 0);
    g_assert_cmpuint (stats_of (&link).concealed, ==, 0);
    g_test_message ("%u ms: %.1f ms", (unsigned) phase, stats_of (&link).playout_ms);
    g_assert_cmpfloat (stats_of (&link).playout_ms, <, 6);
    g_assert_cmpuint (stats_of (&link).blocks, >, 1190);
    g_assert_cmpuint (stats_of (&link).shrunk, <, 10);
    g_assert_cmpuint (stats_of (&link).stretched, <, 10);
    link_clear (&link);
  }
}

/* With the least delay: what is heard is whole, under jitter, loss and drift as well. */
static void
test_parts_bear_what_blocks_bear (void)
{
  Link link;
  HarkPlayoutStats before;

  link_init (&link);
  link.part = HARK_PLAYOUT_PART;
  link.jitter_ms = 30;
  link.drift = 200e-6;
  run (&link, 1000);
  before = stats_of (&link);
  run (&link, 2000);
  g_assert_cmpuint (stats_of (&link).concealed - before.concealed, <, 30);
  g_assert_cmpfloat (stats_of (&link).playout_ms, <, 46);
  g_assert_cmpuint (stats_of (&link).resyncs, ==, 0);
  link.jitter_ms = 0;
  link.loss = 0.1;
  link.copies = 2;
  run (&link, 1000);
  before = stats_of (&link);
  run (&link, 2000);
  g_assert_cmpuint (stats_of (&link).concealed - before.concealed, <, 20);
  link_clear (&link);
}

static void
test_jitter_settles_near_its_spread (void)
{
  Link link;

  link_init (&link);
  link.jitter_ms = 30;
  run (&link, 1000);
  HarkPlayoutStats before = stats_of (&link);
  run (&link, 2000);
  HarkPlayoutStats after = stats_of (&link);
  g_assert_cmpuint (after.concealed - before.concealed, <, 30);
  g_assert_cmpfloat (after.playout_ms, >, 24);
  g_assert_cmpfloat (after.playout_ms, <, 46);
  g_assert_cmpuint (after.stretched + after.shrunk, <, 100);
  link_clear (&link);
}

static void
test_loss_is_concealed_or_repaired (void)
{
  static const double losses[] = {0.05, 0.10, 0.20};

  for (size_t i = 0; i < G_N_ELEMENTS (losses); i++) {
    Link link;
    double share;

    link_init (&link);
    link.loss = losses[i];
    run (&link, 2000);
    g_assert_cmpfloat (fabs (stats_of (&link).loss - losses[i]), <, 0.08);
    share = (double) stats_of (&link).concealed / (double) stats_of (&link).blocks;
    g_assert_cmpfloat (fabs (share - losses[i]), <, 0.03);

    link.copies = 2;
    run (&link, 600); /* the delay grows by the two frames it needs */
    HarkPlayoutStats before = stats_of (&link);
    run (&link, 2000);
    HarkPlayoutStats after = stats_of (&link);
    share = (double) (after.concealed - before.concealed) / 2000;
    g_assert_cmpfloat (share, <, losses[i] * losses[i]);
    g_assert_cmpuint (after.repaired, >, 0);
    link_clear (&link);
  }
}

/* Two blocks a packet, then one, then two again: nothing is missing. */
static void
test_longer_frames_are_no_loss (void)
{
  Link link;

  link_init (&link);
  for (unsigned i = 0; i < 12; i++) {
    link.pairs = i % 2 == 0;
    run (&link, 130);
    g_assert_cmpfloat (stats_of (&link).loss, <, 0.015);
  }
  link_clear (&link);
}

static void
test_reordered_and_doubled_packets_do_no_harm (void)
{
  Link link;

  link_init (&link);
  link.jitter_ms = 25; /* more than two frames: half of the packets overtake others */
  link.twice = true;
  run (&link, 1000);
  HarkPlayoutStats before = stats_of (&link);
  run (&link, 1000);
  g_assert_cmpuint (stats_of (&link).concealed - before.concealed, <, 15);
  g_assert_cmpuint (stats_of (&link).duplicate, >, 1500);
  g_assert_cmpfloat (stats_of (&link).loss, <, 0.01);
  link_clear (&link);
}

static void
test_spike_is_soon_forgotten (void)
{
  Link link;

  link_init (&link);
  run (&link, 1000);
  double before = stats_of (&link).playout_ms;
  link.hold = true;
  run (&link, 20);
  link.hold = false;
  run (&link, 600);
  g_assert_cmpfloat (stats_of (&link).playout_ms, <, before + 25);
  run (&link, 200);
  g_assert_cmpfloat (stats_of (&link).playout_ms, <, before + 5);
  link_clear (&link);
}

/* The link stands still for @blocks and hands over everything at once. */
static void
stall (Link *link, uint64_t blocks)
{
  link->hold = true;
  run (link, blocks);
  link->hold = false;
  for (unsigned i = 0; i < link->count; i++)
    link->pending[i].due = START + link->pulled * 10 * HARK_MS;
}

static void
test_late_burst_is_played (void)
{
  static const uint64_t blocks[] = {5, 15, 30};

  for (size_t i = 0; i < G_N_ELEMENTS (blocks); i++) {
    Link link;

    link_init (&link);
    run (&link, 300);
    stall (&link, blocks[i]);
    run (&link, 1000);
    g_assert_cmpuint (stats_of (&link).late, ==, 0);
    g_assert_cmpuint (stats_of (&link).resyncs, ==, 0);
    g_assert_cmpuint (stats_of (&link).concealed, <=, blocks[i]);
    g_assert_cmpfloat (stats_of (&link).playout_ms, <, 30);
    link_clear (&link);
  }
}

/* What was lost while nothing came had its time: the delay stays as it was. */
static void
test_outage_without_packets_adds_no_delay (void)
{
  Link link;

  link_init (&link);
  run (&link, 300);
  double before = stats_of (&link).playout_ms;
  link.loss = 1;
  run (&link, 20);
  link.loss = 0;
  run (&link, 100);
  g_assert_cmpfloat (stats_of (&link).playout_ms, <, before + 5);
  g_assert_cmpuint (stats_of (&link).concealed, <=, 21);
  link_clear (&link);
}

static void
test_stalls_that_recur_are_waited_for (void)
{
  Link link;

  link_init (&link);
  run (&link, 300);
  for (unsigned i = 0; i < 5; i++) {
    stall (&link, 12);
    run (&link, 88);
  }
  HarkPlayoutStats before = stats_of (&link);
  for (unsigned i = 0; i < 5; i++) {
    stall (&link, 12);
    run (&link, 88);
  }
  g_assert_cmpuint (stats_of (&link).concealed, ==, before.concealed);
  g_assert_cmpfloat (stats_of (&link).playout_ms, <, 140);
  link_clear (&link);
}

/* A short one is waited for after the first: a second within seconds is likely, and costs little.
 */
static void
test_short_stall_is_waited_for_at_once (void)
{
  Link link;

  link_init (&link);
  run (&link, 300);
  stall (&link, 7);
  run (&link, 93);
  HarkPlayoutStats before = stats_of (&link);
  stall (&link, 7);
  run (&link, 93);
  g_assert_cmpuint (stats_of (&link).concealed, <=, before.concealed + 3);
  run (&link, 800);
  link.silent = true; /* a pause, in which it is shortened */
  run (&link, 100);
  g_assert_cmpfloat (stats_of (&link).playout_ms, <, 30);
  link_clear (&link);
}

static void
test_shortens_in_a_pause (void)
{
  Link link;

  link_init (&link);
  run (&link, 300);
  stall (&link, 4);
  run (&link, 100);
  g_assert_cmpfloat (stats_of (&link).playout_ms, >, 15);
  uint64_t before = stats_of (&link).shrunk;
  run (&link, 30);
  g_assert_cmpuint (stats_of (&link).shrunk, ==, before);
  link.silent = true;
  run (&link, 40);
  g_assert_cmpuint (stats_of (&link).shrunk, >, before);
  link_clear (&link);
}

/* The sender stood still and goes on where it stopped: all it sends is late for good. */
static void
test_paused_sender_is_followed (void)
{
  static const unsigned pauses[] = {30, 50, 90, 300};

  for (size_t i = 0; i < G_N_ELEMENTS (pauses); i++) {
    Link link;

    link_init (&link);
    run (&link, 300);
    link.drift = -0.9999999;
    run (&link, pauses[i]);
    link.tick0 = link.tick0 + (uint32_t) link.sent - 300 - pauses[i];
    link.sent = 300 + pauses[i];
    link.drift = 0;
    run (&link, 100);
    HarkPlayoutStats before = stats_of (&link);
    run (&link, 200);
    g_assert_cmpuint (stats_of (&link).concealed, ==, before.concealed);
    g_assert_cmpuint (stats_of (&link).blocks, ==, before.blocks + 200);
    link_clear (&link);
  }
}

/* 360 ms of slip in either direction. */
static void
test_clock_drift_is_taken_up (void)
{
  const double ppm = 2000;
  const uint64_t blocks = 18000;

  for (int sign = -1; sign <= 1; sign += 2) {
    Link link;
    HarkPlayoutStats stats;

    link_init (&link);
    run (&link, 300);
    link.drift = sign * ppm / 1e6;
    link.sent = (uint64_t) ((double) link.sent * (1 + link.drift));
    run (&link, blocks);
    stats = stats_of (&link);
    g_assert_cmpuint (stats.concealed, <, blocks / 1000);
    g_assert_cmpfloat (stats.playout_ms, >, -1);
    g_assert_cmpfloat (stats.playout_ms, <, 25);
    g_assert_cmpuint (sign < 0 ? stats.stretched : stats.shrunk, >, 20);
    g_assert_cmpuint (stats.resyncs, ==, 0);
    link_clear (&link);
  }
}

/* A call of 24 hours with the sound cards' clocks 100 ppm apart, 8.6 s in the end: looked at every
 * minute. @data: the sender's drift in ppm. */
static void
test_day_of_drift_is_taken_up (gconstpointer data)
{
  const int ppm = GPOINTER_TO_INT (data);
  Link link;
  HarkPlayoutStats stats;
  double least = INFINITY, most = 0;

  link_init (&link);
  run (&link, 300);
  link.drift = ppm * 1e-6;
  for (unsigned minute = 0; minute < 24 * 60; minute++) {
    run (&link, 6000);
    least = MIN (least, stats_of (&link).playout_ms);
    most = MAX (most, stats_of (&link).playout_ms);
  }
  stats = stats_of (&link);
  g_test_message ("%+d ppm: buffer %.1f to %.1f ms, %" G_GUINT64_FORMAT " blocks concealed, "
                  "%" G_GUINT64_FORMAT " stretched, %" G_GUINT64_FORMAT " shrunk, "
                  "%" G_GUINT64_FORMAT " late",
                  ppm, least, most, stats.concealed, stats.stretched, stats.shrunk, stats.late);
  g_assert_cmpuint (stats.concealed, <, 24 * 60);
  g_assert_cmpfloat (most, <, 25);
  g_assert_cmpuint (stats.resyncs, ==, 0);
  link_clear (&link);
}

static void
test_ticks_wrap (void)
{
  Link link;

  link_init (&link);
  link.tick0 = UINT32_MAX - 500;
  run (&link, 1000);
  g_assert_cmpuint (stats_of (&link).concealed, ==, 0);
  g_assert_cmpuint (stats_of (&link).resyncs, ==, 0);
  link_clear (&link);
}

static void
test_jumps_are_followed (void)
{
  static const uint32_t jumps[] = {150, 100000, 0x80000000u, 0x7fffffffu, 0u - 5000u};

  for (size_t i = 0; i < G_N_ELEMENTS (jumps); i++) {
    Link link;

    link_init (&link);
    run (&link, 300);
    link.tick0 += jumps[i];
    run (&link, 300);
    HarkPlayoutStats before = stats_of (&link);
    run (&link, 200);
    g_assert_cmpuint (before.resyncs, ==, 1);
    g_assert_cmpuint (stats_of (&link).concealed, ==, before.concealed);
    g_assert_cmpfloat (stats_of (&link).playout_ms, <, 25);
    link_clear (&link);
  }
}

/* One stray packet, wherever it claims to belong, moves nothing. */
static void
test_stray_packets_move_nothing (void)
{
  Link link;

  link_init (&link);
  for (unsigned i = 0; i < 300; i++) {
    run (&link, 3);
    put_frame (&link, hark_rng_u32 (&link.rng) | 0x10000, 0, START + link.pulled * 10 * HARK_MS);
  }
  g_assert_cmpuint (stats_of (&link).concealed, ==, 0);
  g_assert_cmpuint (stats_of (&link).resyncs, ==, 0);
  link_clear (&link);
}

static void
test_flood_is_bounded (void)
{
  Link link;
  int16_t out[HARK_VOICE_BLOCK];

  link_init (&link);
  for (unsigned i = 0; i < 1000000;
       i++) /* a million future packets: memory is fixed, time is short */
    put_frame (&link, i, 2, START);
  for (unsigned i = 0; i < 200; i++)
    hark_playout_take (link.playout, START + i * 10 * HARK_MS, out, HARK_VOICE_BLOCK);
  g_assert_cmpuint (stats_of (&link).blocks, <=, 200);
  link_clear (&link);
}

/* Steps may bend the hum but must not tear it. */
static void
test_adjusting_does_not_click (void)
{
  Link link;
  unsigned torn;

  link_init (&link);
  run (&link, 300);
  link.drift = -0.005;
  link.sent = (uint64_t) ((double) link.sent * (1 + link.drift));
  run (&link, 200); /* the step that this was for the sender */
  uint64_t before = stats_of (&link).stretched;
  torn = run (&link, 5 * FRAMES);
  g_assert_cmpuint (stats_of (&link).stretched - before, >, 5);
  g_assert_cmpuint (torn, ==, 0);
  link_clear (&link);
}

static void
test_silence_before_and_after (void)
{
  Link link;
  int16_t out[HARK_VOICE_BLOCK];

  link_init (&link);
  hark_playout_take (link.playout, START, out, HARK_VOICE_BLOCK);
  for (size_t i = 0; i < HARK_VOICE_BLOCK; i++)
    g_assert_cmpint (out[i], ==, 0);
  link.pulled = 1;
  run (&link, 200);
  link.hold = true;
  run (&link, 120);
  for (unsigned i = 0; i < 100; i++) {
    hark_playout_take (link.playout, START + link.pulled++ * 10 * HARK_MS, out, HARK_VOICE_BLOCK);
    for (size_t k = 0; k < HARK_VOICE_BLOCK; k++)
      g_assert_cmpint (out[k], ==, 0);
  }
  g_assert_cmpuint (stats_of (&link).blocks, <, 320); /* the stream counts as over */
  link_clear (&link);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  encode_hum ();
  g_test_add_func ("/playout/clean-path-adds-at-most-a-frame",
                   test_clean_path_adds_at_most_a_frame);
  g_test_add_func ("/playout/parts-are-asked-for-later", test_parts_are_asked_for_later);
  g_test_add_func ("/playout/parts-bear-what-blocks-bear", test_parts_bear_what_blocks_bear);
  g_test_add_func ("/playout/jitter-settles-near-its-spread", test_jitter_settles_near_its_spread);
  g_test_add_func ("/playout/loss-is-concealed-or-repaired", test_loss_is_concealed_or_repaired);
  g_test_add_func ("/playout/longer-frames-are-no-loss", test_longer_frames_are_no_loss);
  g_test_add_func ("/playout/reordered-and-doubled-packets-do-no-harm",
                   test_reordered_and_doubled_packets_do_no_harm);
  g_test_add_func ("/playout/spike-is-soon-forgotten", test_spike_is_soon_forgotten);
  g_test_add_func ("/playout/late-burst-is-played", test_late_burst_is_played);
  g_test_add_func ("/playout/outage-without-packets-adds-no-delay",
                   test_outage_without_packets_adds_no_delay);
  g_test_add_func ("/playout/stalls-that-recur-are-waited-for",
                   test_stalls_that_recur_are_waited_for);
  g_test_add_func ("/playout/short-stall-is-waited-for-at-once",
                   test_short_stall_is_waited_for_at_once);
  g_test_add_func ("/playout/shortens-in-a-pause", test_shortens_in_a_pause);
  g_test_add_func ("/playout/paused-sender-is-followed", test_paused_sender_is_followed);
  g_test_add_func ("/playout/clock-drift-is-taken-up", test_clock_drift_is_taken_up);
  if (g_test_slow ()) { /* minutes of processor time */
    g_test_add_data_func ("/playout/day-of-drift-is-taken-up/slower-sender", GINT_TO_POINTER (-100),
                          test_day_of_drift_is_taken_up);
    g_test_add_data_func ("/playout/day-of-drift-is-taken-up/faster-sender", GINT_TO_POINTER (100),
                          test_day_of_drift_is_taken_up);
  }
  g_test_add_func ("/playout/ticks-wrap", test_ticks_wrap);
  g_test_add_func ("/playout/jumps-are-followed", test_jumps_are_followed);
  g_test_add_func ("/playout/stray-packets-move-nothing", test_stray_packets_move_nothing);
  g_test_add_func ("/playout/flood-is-bounded", test_flood_is_bounded);
  g_test_add_func ("/playout/adjusting-does-not-click", test_adjusting_does_not_click);
  g_test_add_func ("/playout/silence-before-and-after", test_silence_before_and_after);
  return g_test_run ();
}
