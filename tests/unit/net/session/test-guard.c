/* What the guard keeps from ngtcp2, and what a hostile peer gets for it. */
#include "tests/unit/net/session/link.h"

#include "net/base/key.h"
#include "net/session/guard.h"
#include "net/session/state.h"

#include <string.h>

static const uint8_t dcid[HARK_ORIGINAL_DCID_LEN] = {1, 2, 3, 4, 5, 6, 7, 8};

/* A long header packet with @len bytes of payload. */
static size_t
make_long (uint8_t *ret, uint8_t first, uint32_t version, uint8_t scid_len, size_t len)
{
  size_t at = 0;

  ret[at++] = first;
  for (int shift = 24; shift >= 0; shift -= 8)
    ret[at++] = (uint8_t) (version >> shift);
  ret[at++] = sizeof dcid;
  memcpy (ret + at, dcid, sizeof dcid);
  at += sizeof dcid;
  ret[at++] = scid_len;
  memset (ret + at, 9, scid_len);
  at += scid_len;
  if ((first >> 4 & 3) == 0)
    ret[at++] = 0; /* token */
  ret[at++] = (uint8_t) (0x40 | len >> 8);
  ret[at++] = (uint8_t) len;
  memset (ret + at, 0x55, len);
  return at + len;
}

static void
test_admit (void)
{
  uint8_t packet[2000];
  size_t len = make_long (packet, 0xc3, 1, 0, 1100);

  g_assert_true (hark_guard_admit (packet, len, dcid));
  g_assert_false (hark_guard_admit (packet, len, NULL));
  g_assert_false (hark_guard_admit (packet, len - 1, dcid));
  g_assert_false (hark_guard_admit (packet, 0, dcid));
  for (size_t cut = 1; cut < 40; cut++)
    g_assert_false (hark_guard_admit (packet, cut, dcid));
  /* a second packet in the datagram is looked at as well */
  g_assert_true (hark_guard_admit (packet, len + make_long (packet + len, 0xe3, 1, 0, 100), dcid));
  g_assert_false (hark_guard_admit (packet, len + make_long (packet + len, 0xf3, 1, 0, 100), dcid));
  g_assert_false (hark_guard_admit (packet, make_long (packet, 0xc3, 0, 0, 1100), dcid));
  g_assert_false (hark_guard_admit (packet, make_long (packet, 0xc3, 2, 0, 1100), dcid));
  g_assert_false (
    hark_guard_admit (packet, make_long (packet, 0xd3, 1, 0, 1100), dcid)); /* 0-RTT */
  g_assert_false (
    hark_guard_admit (packet, make_long (packet, 0xf3, 1, 0, 1100), dcid)); /* Retry */
  g_assert_false (hark_guard_admit (packet, make_long (packet, 0xc3, 1, 4, 1100), dcid));
  g_assert_false (hark_guard_admit (packet, make_long (packet, 0x83, 1, 0, 1100), dcid));
  memset (packet, 0x41, sizeof packet);
  g_assert_true (hark_guard_admit (packet, 21, dcid));
  g_assert_false (hark_guard_admit (packet, 20, dcid));
  packet[0] = 0x01; /* STUN's */
  g_assert_false (hark_guard_admit (packet, 100, dcid));
}

static bool
check (HarkGuard *guard, int64_t number, const char *hex)
{
  uint8_t frames[64];
  size_t len = strlen (hex) / 2;

  g_assert_true (hark_hex_parse (hex, frames, len));
  return hark_guard_check (guard, HARK_SPACE_APPLICATION, number, frames, len, HARK_SECOND);
}

static void
test_frames (void)
{
  HarkGuard guard;

  hark_guard_init (&guard);
  g_assert_true (check (&guard, 1, "00000001"));
  g_assert_true (check (&guard, 2, "0801ffffff"));
  g_assert_true (check (&guard, 3, "0a0102ffff0e0005026162"));
  g_assert_false (check (&guard, 4, "0a0103ffff")); /* longer than the packet */
  g_assert_false (check (&guard, 5, "18000000"));   /* NEW_CONNECTION_ID */
  g_assert_false (check (&guard, 6, "1a0102030405060708"));
  g_assert_false (check (&guard, 7, "1b0102030405060708"));
  g_assert_false (check (&guard, 8, "0700"));
  g_assert_false (check (&guard, 9, "3000"));
  g_assert_false (check (&guard, 10, "060000"));
  g_assert_false (check (&guard, 11, "4001")); /* PING, not in its shortest form */
  g_assert_false (check (&guard, 12, "10"));
  g_assert_false (check (&guard, 13, "0200000000")); /* acknowledges what was never sent */
  g_assert_true (check (&guard, 14, "1c000000"));
  g_assert_true (check (&guard, 15, "1d0502abcd"));
  g_assert_true (check (&guard, 16, "1e"));
  g_assert_false (check (&guard, 17, "020500010600")); /* range below zero */
  g_assert_false (check (&guard, 18, ""));
}

static void
test_late_ack (void)
{
  HarkGuard guard;

  hark_guard_init (&guard);
  hark_guard_sent (&guard, HARK_SPACE_APPLICATION, 5, 0);
  g_assert_true (check (&guard, 10, "0205000000"));
  hark_guard_sent (&guard, HARK_SPACE_APPLICATION, 6, 0);
  /* older than the newest, yet it acknowledges what went out after that one came */
  g_assert_false (check (&guard, 9, "0206000000"));
  g_assert_true (check (&guard, 8, "0205000000"));
  g_assert_true (check (&guard, 11, "0206000000"));
}

static void
test_lost (void)
{
  HarkGuard guard;

  hark_guard_init (&guard);
  for (int64_t i = 0; i < 400; i++)
    hark_guard_sent (&guard, HARK_SPACE_APPLICATION, i, 0);
  g_assert_true (check (&guard, 1, "0204000004"));     /* 0 to 4 */
  g_assert_true (check (&guard, 2, "020a0001010101")); /* 9, 10 and 5, 6: 7 and 8 are missing */
  g_assert_cmpuint (guard.lost, ==, 0);
  g_assert_true (check (&guard, 3, "02405000004045")); /* 11 to 80 */
  g_assert_cmpuint (guard.lost, ==, 2);
  g_assert_true (check (&guard, 4, "02412c0001403140314031")); /* 251 to 300, 151 to 200 */
  g_assert_cmpuint (guard.lost, ==, 2 + 70 + 36);
}

static Link *
new_confirmed (uint64_t seed)
{
  Link *link = link_new (seed, NULL);

  g_assert_true (link_run (link, 2 * HARK_SECOND, link_is_confirmed));
  link_run (link, HARK_SECOND, NULL);
  return link;
}

/* Sends packets with @frames to @end until it closes; at most @max. */
static unsigned
flood (Link *link, unsigned end, const uint8_t *frames, size_t len, unsigned max)
{
  uint8_t packet[2000];
  unsigned i;

  for (i = 0; i < max && !link->ends[end].closed; i++) {
    size_t sealed = link_forge (&link->secrets, end == 1, false, 1000 + i, frames, len, packet);

    link_inject (link, end, packet, sealed);
    link_run (link, 0, NULL);
  }
  return i;
}

static void
test_floods (void)
{
  static const char *const frames[] = {
    "010101010101010101010101010101010101010101010101", /* PING */
    "180000000000000000",                               /* NEW_CONNECTION_ID */
    "1a0102030405060708",                               /* PATH_CHALLENGE */
    "04200000042000000420000004200000",                 /* RESET_STREAM of streams that are not */
    "16001600160016001600160016001600160016001600",     /* STREAMS_BLOCKED */
  };

  for (unsigned i = 0; i < G_N_ELEMENTS (frames); i++)
    for (unsigned end = 0; end < 2; end++) {
      Link *link = new_confirmed (i + 1);
      uint8_t bytes[64];
      size_t len = strlen (frames[i]) / 2;

      g_assert_true (hark_hex_parse (frames[i], bytes, len));
      g_test_message ("flood %u at end %u", i, end);
      g_assert_cmpuint (flood (link, end, bytes, len, 9000), <, 9000);
      g_assert_true (link->ends[end].closed);
      link_free (link);
    }
}

static void
test_ack_storm (void)
{
  static const uint8_t ack[] = {0x02, 0x00, 0x00, 0x00, 0x00};
  Link *link = new_confirmed (3);

  g_assert_cmpuint (flood (link, 1, ack, sizeof ack, 5000), <, 5000);
  link_free (link);
}

static void
test_forged_outside (void)
{
  Link *link = link_new (4, NULL);
  HarkSessionBatch batch;
  HarkSessionStats stats;
  uint8_t packet[1300] = {0xf0, 0, 0, 0, 1, 0, 0}; /* Retry */

  g_assert_true (hark_session_poll_batch (link->ends[0].session, link->now, &batch));
  link_inject (link, 0, packet, 100);
  packet[0] = 0xd0; /* 0-RTT */
  link_inject (link, 0, packet, 100);
  link_inject (link, 1, packet, 1300);
  memset (packet, 0, sizeof packet); /* Version Negotiation */
  packet[0] = 0xc0;
  packet[10] = 1;
  link_inject (link, 0, packet, 11);
  link_inject (link, 1, packet, 11);
  for (unsigned i = 0; i < 2000; i++) {
    size_t len = 1 + hark_rng_below (&link->rng, sizeof packet);

    hark_rng_bytes (&link->rng, packet, len);
    link_inject (link, i % 2, packet, len);
  }
  hark_session_get_stats (link->ends[0].session, &stats);
  g_assert_cmpuint (stats.packets_refused, >, 500);
  g_assert_true (link_run (link, 2 * HARK_SECOND, link_is_confirmed));
  link_free (link);
}

/* Whoever can read and send on the way, a guest of the same wireless network, has no key, but
 * copies of what was sealed with it. */
static void
test_copies_flood_nobody (void)
{
  static const char *const frames[]
    = {"0200000000", "01010101010101010101010101010101", "0800ffffff"};

  for (unsigned i = 0; i < G_N_ELEMENTS (frames); i++) {
    Link *link = new_confirmed (10 + i);
    uint8_t bytes[64], packet[200];
    size_t len = strlen (frames[i]) / 2;

    g_assert_true (hark_hex_parse (frames[i], bytes, len));
    len = link_forge (&link->secrets, true, false, 1000, bytes, len, packet);
    for (unsigned copy = 0; copy < 70000; copy++)
      link_inject (link, 1, packet, len);
    link_run (link, HARK_SECOND, NULL);
    g_assert_false (link->ends[1].closed);
    link_free (link);
  }
}

/* Nor do copies make somebody look alive who is gone. */
static void
test_copies_are_no_life (void)
{
  static const uint8_t ping[] = {0x01, 0, 0, 0};
  Link *link = new_confirmed (20);
  uint8_t packet[200];
  size_t len = link_forge (&link->secrets, true, false, 1000, ping, sizeof ping, packet);

  link_set (link, (LinkQuality){.cut = true});
  for (unsigned i = 0; i < 300; i++) {
    link_inject (link, 1, packet, len);
    link_run (link, 100 * HARK_MS, NULL);
  }
  g_assert_true (link->ends[1].silent);
  link_free (link);
}

/* While the line is cut anybody who knows the port may send what looks like a packet: that brings
 * no timer forward, for by so much round trips would look longer afterwards. */
static void
test_junk_moves_no_clock (void)
{
  Link *link = new_confirmed (21);
  HarkSession *session = link->ends[0].session;
  uint8_t junk[40];
  g_autoptr (GBytes) words = NULL;
  int64_t stream = hark_session_stream_open (session, 1);

  link_set (link, (LinkQuality){.cut = true});
  words = link_make_bytes (stream, 0, 100);
  g_assert_true (hark_session_stream_send (session, stream, words, true));
  for (unsigned i = 0; i < 20; i++) {
    link_run (link, HARK_SECOND, NULL);
    hark_rng_bytes (&link->rng, junk, sizeof junk);
    junk[0] = 0x41;
    link_inject (link, 0, junk, sizeof junk);
    g_assert_cmpuint (session->skew, ==, 0);
  }
  link_set (link, (LinkQuality){.delay = 20 * HARK_MS});
  link_run (link, 30 * HARK_SECOND, NULL);
  g_assert_cmpuint (link->ends[1].bytes, ==, 100);
  link_free (link);
}

/* Late ones are taken, once each, until they are very late; a copy never is. */
static void
test_window (void)
{
  HarkGuard guard;

  hark_guard_init (&guard);
  g_assert_true (check (&guard, 0, "01"));
  g_assert_false (check (&guard, 0, "01"));
  g_assert_true (check (&guard, HARK_WINDOW_LEN, "01"));
  g_assert_false (check (&guard, 0, "01"));
  for (int64_t i = 1; i < HARK_WINDOW_LEN; i++) {
    g_assert_true (check (&guard, i, "00"));
    g_assert_false (check (&guard, i, "00"));
  }
  g_assert_true (check (&guard, 10 * HARK_WINDOW_LEN, "01"));
  g_assert_false (check (&guard, 9 * HARK_WINDOW_LEN, "01"));
  g_assert_true (check (&guard, 9 * HARK_WINDOW_LEN + 1, "01"));
  g_assert_false (guard.flooded);
  g_assert_cmpuint (guard.refused, ==, 0);
}

static void
test_vanish (void)
{
  for (unsigned cut = 0; cut < 8; cut++)
    for (unsigned end = 0; end < 2; end++) {
      Link *link = link_new (cut + 1, NULL);

      /* the line dies while packet number `cut` is under way */
      link_run (link, cut * 10 * HARK_MS, NULL);
      link->quality[end].cut = true;
      link_run (link, 11 * HARK_MINUTE, NULL);
      g_assert_true (link->ends[1 - end].closed);
      link_free (link);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (sodium_init () >= 0);
  g_test_add_func ("/session/guard/admits-version-one-only", test_admit);
  g_test_add_func ("/session/guard/knows-its-frames", test_frames);
  g_test_add_func ("/session/guard/refuses-late-acks-of-new-packets", test_late_ack);
  g_test_add_func ("/session/guard/counts-what-was-lost", test_lost);
  g_test_add_func ("/session/guard/floods-end-the-session", test_floods);
  g_test_add_func ("/session/guard/ack-storms-end-the-session", test_ack_storm);
  g_test_add_func ("/session/guard/strangers-disturb-nothing", test_forged_outside);
  g_test_add_func ("/session/guard/copies-flood-nobody", test_copies_flood_nobody);
  g_test_add_func ("/session/guard/copies-are-no-life", test_copies_are_no_life);
  g_test_add_func ("/session/guard/junk-moves-no-clock", test_junk_moves_no_clock);
  g_test_add_func ("/session/guard/each-packet-counts-once", test_window);
  g_test_add_func ("/session/guard/vanished-peers-leave-no-state", test_vanish);
  return g_test_run ();
}
