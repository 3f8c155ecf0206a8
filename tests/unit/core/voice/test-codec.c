#include "core/voice/codec.h"
#include "core/voice/packet.h"
#include "core/voice/quality.h"
#include "core/voice/ring.h"
#include "core/voice/stretch.h"
#include "core/voice/wait.h"
#include "net/base/rng.h"

#include <math.h>
#include <string.h>

static void
make_tone (int16_t *samples, size_t n, double amplitude, size_t from)
{
  for (size_t i = 0; i < n; i++) {
    double t = (double) (from + i) / HARK_VOICE_RATE;

    samples[i]
      = (int16_t) (amplitude * (sin (2 * G_PI * 150 * t) + 0.5 * sin (2 * G_PI * 450 * t)) / 1.5);
  }
}

/* Frames are written between guard bytes: the length must be exact for any sound. */
static void
check_constant (unsigned blocks, unsigned bitrate, bool robust)
{
  static const uint8_t seed[32] = {7};
  g_auto (HarkRng) rng;
  g_autoptr (HarkEncoder) encoder = hark_encoder_new (blocks, bitrate);
  size_t len = hark_encoder_frame_len (encoder), n = blocks * HARK_VOICE_BLOCK;
  int16_t samples[HARK_VOICE_BLOCK * HARK_VOICE_FRAME_BLOCKS_MAX];
  uint8_t frame[HARK_VOICE_FRAME_MAX + 1];

  hark_rng_init (&rng, seed);
  hark_encoder_set (encoder, blocks, bitrate, robust);
  g_assert_cmpuint (len, ==, bitrate * blocks / 800);
  for (unsigned i = 0; i < 60; i++) {
    memset (samples, 0, sizeof samples);
    if (i >= 15 && i < 30)
      make_tone (samples, n, 20000, i * n);
    else if (i >= 30 && i < 45)
      hark_rng_bytes (&rng, samples, n * sizeof *samples);
    memset (frame, 0xa5, sizeof frame);
    hark_encoder_encode (encoder, samples, frame);
    g_assert_cmpuint (frame[len], ==, 0xa5);
    g_assert_true (hark_frame_check (frame, len, blocks));
    g_assert_false (hark_frame_check (frame, len, 3 - blocks));
  }
}

static void
test_frames_have_one_size (void)
{
  for (int robust = 0; robust <= 1; robust++) {
    check_constant (1, 32000, robust);
    check_constant (2, 32000, robust);
    check_constant (1, 16000, robust);
    check_constant (2, 8000, robust);
    check_constant (1, 64000, robust);
  }
}

static void
test_hostile_frames_are_refused (void)
{
  static const uint8_t seed[32] = {8};
  g_auto (HarkRng) rng;
  uint8_t frame[HARK_VOICE_FRAME_MAX + 64] = {0};

  hark_rng_init (&rng, seed);
  g_assert_false (hark_frame_check (frame, 0, 1));
  g_assert_false (hark_frame_check (frame, 1, 1));
  frame[0] = 0x78 + 2; /* hybrid 20 ms, two frames of different size */
  g_assert_false (hark_frame_check (frame, 40, 2));
  frame[0] = 0x78 + 3; /* any number of frames: 48 of them */
  frame[1] = 48;
  g_assert_false (hark_frame_check (frame, 100, 2));
  frame[0] = 0x18; /* SILK 60 ms */
  g_assert_false (hark_frame_check (frame, 40, 1));
  frame[0] = 0x70;
  g_assert_false (hark_frame_check (frame, sizeof frame, 1)); /* too long */

  /* whatever passes must decode, or be replaced, without harm */
  g_autoptr (HarkDecoder) decoder = hark_decoder_new ();
  for (unsigned i = 0; i < 20000; i++) {
    int16_t out[HARK_VOICE_BLOCK * 2];
    size_t len = 2 + hark_rng_below (&rng, 60);
    unsigned blocks = 1 + (unsigned) hark_rng_below (&rng, 2);

    hark_rng_bytes (&rng, frame, len);
    if (hark_frame_check (frame, len, blocks) && i % 8 == 0)
      hark_decoder_decode (decoder, frame, len, blocks, out);
  }
}

/* ---- packets ---------------------------------------------------------------------------- */

static size_t
make_packet (uint8_t ret[HARK_VOICE_PACKET_MAX], unsigned copies, uint32_t tick)
{
  g_autoptr (HarkEncoder) encoder = hark_encoder_new (1, 32000);
  int16_t samples[HARK_VOICE_BLOCK] = {0};
  uint8_t frame[HARK_VOICE_FRAME_MAX];
  HarkVoicePacket packet = {.version = HARK_VOICE_VERSION,
                            .loss = 9,
                            .wait = 7,
                            .tick = tick,
                            .blocks = 1,
                            .copies = copies};

  hark_encoder_encode (encoder, samples, frame);
  packet.frame_len = hark_encoder_frame_len (encoder);
  for (unsigned i = 0; i <= copies; i++)
    packet.frames[i] = frame;
  return hark_voice_packet_write (&packet, ret);
}

static void
test_packet_round_trip (void)
{
  for (unsigned copies = 0; copies <= HARK_VOICE_COPIES_MAX; copies++) {
    uint8_t bytes[HARK_VOICE_PACKET_MAX];
    size_t len = make_packet (bytes, copies, 0xfffffffe);
    HarkVoicePacket packet;

    g_assert_cmpuint (len, ==, HARK_VOICE_HEADER_LEN + 40 * (1 + copies));
    g_assert_true (hark_voice_packet_parse (bytes, len, &packet));
    g_assert_cmpuint (packet.tick, ==, 0xfffffffe);
    g_assert_cmpuint (packet.loss, ==, 9);
    g_assert_cmpuint (packet.wait, ==, 7);
    g_assert_cmpuint (packet.copies, ==, copies);
    g_assert_cmpuint (packet.frame_len, ==, 40);
    g_assert_true (packet.frames[copies] == bytes + HARK_VOICE_HEADER_LEN + 40 * copies);
  }
}

static void
test_packet_refuses_what_is_not_whole (void)
{
  uint8_t bytes[HARK_VOICE_PACKET_MAX + 1] = {0}, changed[HARK_VOICE_PACKET_MAX];
  size_t len = make_packet (bytes, 1, 5);
  HarkVoicePacket packet = {.tick = 77};

  for (size_t cut = 0; cut < HARK_VOICE_HEADER_LEN + 2; cut++)
    g_assert_false (hark_voice_packet_parse (bytes, cut, &packet));
  g_assert_false (hark_voice_packet_parse (bytes, len - 1, &packet)); /* copies of unequal length */
  g_assert_false (hark_voice_packet_parse (bytes, sizeof bytes, &packet));
  for (unsigned flags = 0; flags < 256; flags++) {
    memcpy (changed, bytes, len);
    changed[0] = (uint8_t) flags;
    if (flags != bytes[0] && flags != 0x20 /* one frame of twice the length */
        && flags >> 4 != 1)                /* its header is shorter, so all frames are others */
      g_assert_false (hark_voice_packet_parse (changed, len, &packet));
  }
  g_assert_cmpuint (packet.tick, ==, 77);
}

/* ---- parts ------------------------------------------------------------------------------ */

static void
test_quality_holds_for_five_seconds (void)
{
  HarkQuality quality;
  unsigned changes = 0, held = HARK_QUALITY_HOLD;

  hark_quality_init (&quality);
  for (unsigned i = 0; i < HARK_QUALITY_TRIAL; i++)
    hark_quality_step (&quality, 0, 0);
  for (unsigned i = 0; i < 6000; i++) { /* a minute of wildly changing reports */
    bool changed = hark_quality_step (&quality, (uint8_t) (i % 3 * 40), (uint8_t) (i % 7 * 20));

    g_assert_true (!changed || held >= HARK_QUALITY_HOLD);
    held = changed ? 0 : held + 1;
    changes += changed;
    g_assert_cmpuint (hark_quality_plan (&quality).copies, <=, HARK_VOICE_COPIES_MAX);
  }
  g_assert_cmpuint (changes, >, 0);
  g_assert_cmpuint (changes, <=, 12);

  for (unsigned i = 0; i < 2000; i++)
    hark_quality_step (&quality, 0, 0);
  g_assert_cmpuint (hark_quality_plan (&quality).copies, ==, 0);
}

static void
report (HarkQuality *quality, unsigned seconds, uint8_t loss, uint8_t wait)
{
  for (unsigned i = 0; i < seconds * 100; i++)
    hark_quality_step (quality, loss, wait);
}

static void
test_quality_follows_the_line (void)
{
  HarkQuality quality;
  HarkQualityPlan plan;

  hark_quality_init (&quality);
  plan = hark_quality_plan (&quality);
  g_assert_cmpuint (plan.bitrate, ==, 32000);
  g_assert_cmpuint (plan.blocks, ==, 1);
  report (&quality, 120, 0, 1); /* nothing wrong: more, in the end */
  plan = hark_quality_plan (&quality);
  g_assert_cmpuint (plan.bitrate, ==, 64000);

  report (&quality, 60, 0, 60); /* a queue that stays: all the way down, two blocks a packet */
  plan = hark_quality_plan (&quality);
  g_assert_cmpuint (plan.bitrate, ==, 8000);
  g_assert_cmpuint (plan.blocks, ==, 2);
  report (&quality, 30, 0, 0);
  g_assert_cmpuint (hark_quality_plan (&quality).bitrate, ==, 8000); /* no hurry after that */
  report (&quality, 200, 0, 0);
  g_assert_cmpuint (hark_quality_plan (&quality).bitrate, >, 8000);
}

/* Loss without delay costs no rate beyond what repeating takes, loss with delay does. */
static void
test_quality_tells_loss_from_queues (void)
{
  HarkQuality quality;
  HarkQualityPlan plan;

  hark_quality_init (&quality);
  report (&quality, 30, 30, 2);
  plan = hark_quality_plan (&quality);
  g_assert_cmpuint (plan.copies, ==, 2);
  g_assert_cmpuint (plan.bitrate, ==, 32000);

  hark_quality_init (&quality);
  report (&quality, 30, 30, 50);
  plan = hark_quality_plan (&quality);
  g_assert_cmpuint (plan.copies, <=, 1);
  g_assert_cmpuint (plan.bitrate, <=, 12000);
}

/* Blocks from the beginning until the plan changed, while every block adds @growth steps of wait.
 */
static unsigned
blocks_until_change (HarkQuality *quality, double growth)
{
  for (unsigned i = 1; i < 1000; i++)
    if (hark_quality_step (quality, 0, (uint8_t) MIN (255, growth * i)))
      return i;
  return 1000;
}

static void
test_quality_begins_with_a_trial (void)
{
  HarkQuality quality, next;
  unsigned rate;

  hark_quality_init (&quality); /* 64 kbit/s: 2.75 ms more a block */
  g_assert_cmpuint (blocks_until_change (&quality, 2.75 / 4), <, 30);
  g_assert_cmpuint (hark_quality_plan (&quality).bitrate, ==, 24000);
  rate = hark_quality_plan (&quality).bitrate;
  report (&quality, 2, 0, 20); /* it stands, but no longer grows: enough */
  g_assert_cmpuint (hark_quality_plan (&quality).bitrate, ==, rate);
  hark_quality_begin (&next, &quality);
  g_assert_cmpuint (hark_quality_plan (&next).bitrate, ==, rate);

  hark_quality_init (&quality); /* half of what a call begins with: two steps at once */
  g_assert_cmpuint (blocks_until_change (&quality, 2.5), <, 20);
  g_assert_cmpuint (hark_quality_plan (&quality).bitrate, <=, 12000);

  hark_quality_init (&quality); /* loss: copies, and more of them when they are too few */
  report (&quality, 1, 15, 0);
  g_assert_cmpuint (hark_quality_plan (&quality).copies, ==, 1);
  report (&quality, 1, 50, 0);
  g_assert_cmpuint (hark_quality_plan (&quality).copies, ==, 2);
  hark_quality_begin (&next, &quality);
  report (&next, 1, 0, 0); /* not known yet rather than none */
  g_assert_cmpuint (hark_quality_plan (&next).copies, ==, 2);
  report (&next, 10, 0, 0);
  g_assert_cmpuint (hark_quality_plan (&next).copies, ==, 0);
}

/* A step up that is too much is taken back long before the 5 s are over. */
static void
test_quality_withdraws_a_step_up (void)
{
  HarkQuality quality;

  hark_quality_init (&quality);
  while (!hark_quality_step (&quality, 0, 0))
    ;
  g_assert_cmpuint (hark_quality_plan (&quality).bitrate, ==, 48000);
  g_assert_cmpuint (blocks_until_change (&quality, 0.7), <, 30);
  g_assert_cmpuint (hark_quality_plan (&quality).bitrate, <=, 32000);
}

static void
test_wait_sees_a_standing_queue (void)
{
  HarkTime now = HARK_SECOND;
  uint8_t steps = 0;
  HarkWait wait;

  hark_wait_init (&wait);
  for (unsigned i = 0; i < 6000;
       i++, now += 10 * HARK_MS) { /* a minute, of which ten seconds free */
    HarkTime queue = i < 1000 ? 0 : 120 * HARK_MS;

    steps = hark_wait_add (&wait, 0xfffffff0 + i, now + queue);
    if (i == 990)
      g_assert_cmpuint (steps, ==, 0);
  }
  g_assert_cmpuint (steps, >=, 110 / HARK_WAIT_STEP_MS);
  g_assert_cmpuint (steps, <=, 120 / HARK_WAIT_STEP_MS);
  for (unsigned i = 0; i < 2000; i++, now += 10 * HARK_MS - 1000) /* clocks 100 ppm apart */
    steps = hark_wait_add (&wait, 0xfffffff0 + 6000 + i, now);
  g_assert_cmpuint (steps, <=, 2);
  steps = hark_wait_add (&wait, 7, now); /* another stream */
  g_assert_cmpuint (steps, ==, 0);
  for (unsigned i = 0; i < 1000; i++) /* ticks of somebody who means harm */
    steps = hark_wait_add (&wait, i * 0x7ffffff1U, now);
  g_assert_cmpuint (steps, ==, 0);
}

/* For how many of 3,000 packets a wait of 20 ms or more is told, each late by up to @jitter_us, of
 * every hundred fifteen at once. */
static unsigned
told_to_wait (HarkRng *rng, double jitter_us)
{
  HarkTime now = HARK_SECOND;
  HarkWait wait;
  unsigned told = 0;

  hark_wait_init (&wait);
  for (unsigned i = 0; i < 3000; i++, now += 10 * HARK_MS) {
    HarkTime stall = i % 100 > 84 ? (99 - i % 100) * 10 * HARK_MS : 0;
    HarkTime late = (HarkTime) (hark_rng_unit (rng) * jitter_us) * HARK_US;

    told += hark_wait_add (&wait, i, now + MAX (stall, late)) >= 20 / HARK_WAIT_STEP_MS;
  }
  return told;
}

static void
test_wait_is_no_jitter (void)
{
  static const uint8_t seed[32] = {7};
  g_auto (HarkRng) rng;

  hark_rng_init (&rng, seed);
  g_assert_cmpuint (told_to_wait (&rng, 0), ==, 0);
  g_assert_cmpuint (told_to_wait (&rng, 40000), <, 30);
}

static void
test_wait_sees_a_queue_grow (void)
{
  HarkTime now = HARK_SECOND;
  HarkWait wait;
  uint8_t steps = 0;

  hark_wait_init (&wait);
  for (unsigned i = 0; i < 14; i++, now += 10 * HARK_MS) /* 64 kbit/s: 2.75 ms more each */
    steps = hark_wait_add (&wait, i, now + i * 2750 * HARK_US);
  g_assert_cmpuint (steps, ==, 13 * 11 / 16);
}

/* A tone cut short or drawn out stays a tone: no sample differs from its neighbour by more than the
 * tone's own steepest slope and a little. */
static void
test_stretch_does_not_click (void)
{
  int16_t samples[4096];
  double like;
  size_t lag, len;
  int slope = 0;

  make_tone (samples, 2048, 10000, 0);
  for (size_t i = 1; i < 2048; i++)
    slope = MAX (slope, ABS (samples[i] - samples[i - 1]));

  lag = hark_stretch_find (samples + 480, 1, HARK_STRETCH_LAG_MAX, &like);
  g_assert_cmpfloat (like, >, 0.99);
  len = hark_stretch_shrink (samples + 480, 1024, lag);
  g_assert_cmpuint (len, ==, 1024 - lag);
  for (size_t i = 1; i < 480 + len; i++)
    g_assert_cmpint (ABS (samples[i] - samples[i - 1]), <=, slope + slope / 4 + 2);

  make_tone (samples, 2048, 10000, 0);
  lag = hark_stretch_find (samples + 480, -1, HARK_STRETCH_LAG_MAX, &like);
  g_assert_cmpfloat (like, >, 0.99);
  len = hark_stretch_grow (samples + 480, 1024, lag);
  g_assert_cmpuint (len, ==, 1024 + lag);
  for (size_t i = 1; i < 480 + len; i++)
    g_assert_cmpint (ABS (samples[i] - samples[i - 1]), <=, slope + slope / 4 + 2);
}

static void *
push_many (void *data)
{
  for (uint64_t i = 0; i < 100000;)
    if (hark_ring_push (data, &i))
      i++;
    else
      g_thread_yield ();
  return NULL;
}

static void
test_ring_keeps_order_between_threads (void)
{
  HarkRing *ring = hark_ring_new (64, sizeof (uint64_t));
  GThread *thread = g_thread_new ("push", push_many, ring);

  for (uint64_t i = 0, got; i < 100000;) {
    if (!hark_ring_pop (ring, &got)) {
      g_thread_yield ();
      continue;
    }
    g_assert_cmpuint (got, ==, i++);
  }
  g_thread_join (thread);
  hark_ring_free (ring);
}

static void
test_ring_refuses_when_full (void)
{
  HarkRing *ring = hark_ring_new (4, 1);
  uint8_t byte = 0;

  for (byte = 0; byte < 4; byte++)
    g_assert_true (hark_ring_push (ring, &byte));
  g_assert_false (hark_ring_push (ring, &byte));
  g_assert_true (hark_ring_pop (ring, &byte));
  g_assert_cmpuint (byte, ==, 0);
  g_assert_true (hark_ring_push (ring, &byte));
  hark_ring_clear (ring);
  g_assert_false (hark_ring_pop (ring, &byte));
  hark_ring_free (ring);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/codec/frames-have-one-size", test_frames_have_one_size);
  g_test_add_func ("/codec/hostile-frames-are-refused", test_hostile_frames_are_refused);
  g_test_add_func ("/packet/round-trip", test_packet_round_trip);
  g_test_add_func ("/packet/refuses-what-is-not-whole", test_packet_refuses_what_is_not_whole);
  g_test_add_func ("/quality/holds-for-five-seconds", test_quality_holds_for_five_seconds);
  g_test_add_func ("/quality/begins-with-a-trial", test_quality_begins_with_a_trial);
  g_test_add_func ("/quality/withdraws-a-step-up", test_quality_withdraws_a_step_up);
  g_test_add_func ("/quality/follows-the-line", test_quality_follows_the_line);
  g_test_add_func ("/quality/tells-loss-from-queues", test_quality_tells_loss_from_queues);
  g_test_add_func ("/wait/sees-a-standing-queue", test_wait_sees_a_standing_queue);
  g_test_add_func ("/wait/is-no-jitter", test_wait_is_no_jitter);
  g_test_add_func ("/wait/sees-a-queue-grow", test_wait_sees_a_queue_grow);
  g_test_add_func ("/stretch/does-not-click", test_stretch_does_not_click);
  g_test_add_func ("/ring/keeps-order-between-threads", test_ring_keeps_order_between_threads);
  g_test_add_func ("/ring/refuses-when-full", test_ring_refuses_when_full);
  return g_test_run ();
}
