/* Sealed signals: one direction each, one size, no second time. */
#include "net/noise/signal.h"
#include "tests/bytes.h"

#include <string.h>

typedef struct {
  HarkRng rng;
  HarkSignal alice; /* initiator */
  HarkSignal bob;
  HarkSignalMessage message;
  uint8_t packet[HARK_KNOCK_LEN];
} Fixture;

static void
set_up (Fixture *fixture, const void *data)
{
  const uint8_t seed[32] = {8};
  HarkKnockKeys keys;

  (void) data;
  hark_rng_init (&fixture->rng, seed);
  hark_rng_bytes (&fixture->rng, &keys, sizeof keys);
  hark_signal_init (&fixture->alice, &keys, true, 0xb0b);
  hark_signal_init (&fixture->bob, &keys, false, 0xa11ce);
}

static void
tear_down (Fixture *fixture, const void *data)
{
  (void) data;
  hark_signal_clear (&fixture->alice);
  hark_signal_clear (&fixture->bob);
}

static HarkSignalResult
hear (Fixture *fixture)
{
  return hark_signal_read (&fixture->bob, fixture->packet, HARK_KNOCK_LEN, &fixture->message);
}

static uint64_t
say (Fixture *fixture, HarkSignalKind kind, const void *body, size_t len)
{
  return hark_signal_write (&fixture->alice, &fixture->rng, kind, body, len, fixture->packet);
}

static void
test_says_what_was_written (Fixture *fixture, const void *data)
{
  uint8_t body[HARK_SIGNAL_BODY_MAX];
  uint64_t counter;
  uint32_t index = 0;

  (void) data;
  hark_rng_bytes (&fixture->rng, body, sizeof body);
  counter = say (fixture, HARK_SIGNAL_CONFIRM, body, sizeof body);
  g_assert_true (hark_packet_index (fixture->packet, HARK_KNOCK_LEN, &index));
  g_assert_cmpuint (index, ==, 0xb0b);
  g_assert_cmpint (hear (fixture), ==, HARK_SIGNAL_FRESH);
  g_assert_cmpint (fixture->message.kind, ==, HARK_SIGNAL_CONFIRM);
  g_assert_cmpuint (fixture->message.counter, ==, counter);
  assert_bytes (fixture->message.body, fixture->message.body_len, body, sizeof body);

  hark_signal_write (&fixture->bob, &fixture->rng, HARK_SIGNAL_TRICKLE, (const uint8_t *) "back", 4,
                     fixture->packet);
  g_assert_cmpint (
    hark_signal_read (&fixture->alice, fixture->packet, HARK_KNOCK_LEN, &fixture->message), ==,
    HARK_SIGNAL_FRESH);
  g_assert_cmpint (fixture->message.kind, ==, HARK_SIGNAL_TRICKLE);
  assert_bytes (fixture->message.body, fixture->message.body_len, "back", 4);
}

static void
test_empty_body_passes (Fixture *fixture, const void *data)
{
  (void) data;
  say (fixture, HARK_SIGNAL_TRICKLE, NULL, 0);
  g_assert_cmpint (hear (fixture), ==, HARK_SIGNAL_FRESH);
  g_assert_cmpuint (fixture->message.body_len, ==, 0);
}

static void
test_every_flipped_byte_is_refused (Fixture *fixture, const void *data)
{
  (void) data;
  say (fixture, HARK_SIGNAL_TRICKLE, "body", 4);
  for (size_t at = 0; at < HARK_KNOCK_LEN; at++) {
    fixture->packet[at] ^= 4;
    g_assert_cmpint (hear (fixture), ==, HARK_SIGNAL_REFUSED);
    fixture->packet[at] ^= 4;
  }
  for (size_t len = 0; len < HARK_KNOCK_LEN; len++)
    g_assert_cmpint (hark_signal_read (&fixture->bob, fixture->packet, len, &fixture->message), ==,
                     HARK_SIGNAL_REFUSED);
  g_assert_cmpint (hear (fixture), ==, HARK_SIGNAL_FRESH);
}

/* */
static void
test_own_packets_coming_back_are_refused (Fixture *fixture, const void *data)
{
  (void) data;
  say (fixture, HARK_SIGNAL_CONFIRM, "x", 1);
  g_assert_cmpint (
    hark_signal_read (&fixture->alice, fixture->packet, HARK_KNOCK_LEN, &fixture->message), ==,
    HARK_SIGNAL_REFUSED);
}

static void
test_second_time_is_told (Fixture *fixture, const void *data)
{
  uint8_t packets[100][HARK_KNOCK_LEN];

  (void) data;
  for (size_t i = 0; i < G_N_ELEMENTS (packets); i++) {
    say (fixture, HARK_SIGNAL_TRICKLE, &i, sizeof i);
    memcpy (packets[i], fixture->packet, HARK_KNOCK_LEN);
  }

  /* out of order, then all again */
  for (size_t i = 0; i < 60; i++)
    g_assert_cmpint (
      hark_signal_read (&fixture->bob, packets[i ^ 1], HARK_KNOCK_LEN, &fixture->message), ==,
      HARK_SIGNAL_FRESH);
  for (size_t i = 0; i < 60; i++)
    g_assert_cmpint (
      hark_signal_read (&fixture->bob, packets[i], HARK_KNOCK_LEN, &fixture->message), ==,
      HARK_SIGNAL_REPEATED);

  /* a jump leaves old ones behind the window */
  g_assert_cmpint (hark_signal_read (&fixture->bob, packets[99], HARK_KNOCK_LEN, &fixture->message),
                   ==, HARK_SIGNAL_FRESH);
  g_assert_cmpint (hark_signal_read (&fixture->bob, packets[20], HARK_KNOCK_LEN, &fixture->message),
                   ==, HARK_SIGNAL_REFUSED);
  g_assert_cmpint (hark_signal_read (&fixture->bob, packets[70], HARK_KNOCK_LEN, &fixture->message),
                   ==, HARK_SIGNAL_FRESH);
  g_assert_cmpint (hark_signal_read (&fixture->bob, packets[40], HARK_KNOCK_LEN, &fixture->message),
                   ==, HARK_SIGNAL_REPEATED);
}

static void
test_unknown_kinds_are_refused (Fixture *fixture, const void *data)
{
  (void) data;
  for (unsigned kind = HARK_SIGNAL_RESTARTED_FULLY + 1; kind <= 256; kind++) {
    say (fixture, (HarkSignalKind) kind, NULL, 0);
    g_assert_cmpint (hear (fixture), ==, HARK_SIGNAL_REFUSED);
  }
  g_assert_cmpuint (fixture->bob.received, ==, 0);
}

#define ADD(path, test) g_test_add ("/signal/" path, Fixture, NULL, set_up, test, tear_down)

int
main (int argc, char *argv[])
{
  g_assert_cmpint (sodium_init (), >=, 0);
  g_test_init (&argc, &argv, NULL);
  ADD ("says-what-was-written", test_says_what_was_written);
  ADD ("empty-body-passes", test_empty_body_passes);
  ADD ("every-flipped-byte-is-refused", test_every_flipped_byte_is_refused);
  ADD ("own-packets-coming-back-are-refused", test_own_packets_coming_back_are_refused);
  ADD ("second-time-is-told", test_second_time_is_told);
  ADD ("unknown-kinds-are-refused", test_unknown_kinds_are_refused);
  return g_test_run ();
}
