#include "net/io/ice-check.h"

#include <glib.h>
#include <string.h>
#include <stun/usages/ice.h>

static const HarkIceCredentials ours = {"AAAAAAAA", "aaaaaaaaaaaaaaaaaaaaaaaa"};
static const HarkIceCredentials theirs = {"BBBBBBBB", "bbbbbbbbbbbbbbbbbbbbbbbb"};
static const HarkEndpoint place = {
  .family = 4, .port = 4000, .ip = {192, 0, 2, 1}
};

typedef struct {
  HarkIceCheck us, them;
  uint8_t reply[HARK_ICE_CHECK_LEN_MAX];
  size_t reply_len;
} Two;

static void
set_up (Two *two)
{
  hark_ice_check_init (&two->us, &ours, &theirs, true, 0);
  hark_ice_check_init (&two->them, &theirs, &ours, false, 0);
}

static void
tear_down (Two *two)
{
  hark_ice_check_clear (&two->us);
  hark_ice_check_clear (&two->them);
}

/* Handed over in a block of its exact size, so that a read behind it is noticed. */
static HarkIceCheckResult
hand_over (Two *two, HarkIceCheck *check, const uint8_t *packet, size_t len)
{
  g_autofree uint8_t *exact = g_memdup2 (packet, len);

  return hark_ice_check_handle (check, &place, exact, len, 0, two->reply, &two->reply_len);
}

static void
test_answer_counts_once (void)
{
  uint8_t packet[HARK_ICE_CHECK_LEN_MAX], answer[HARK_ICE_CHECK_LEN_MAX];
  Two two;
  size_t len;

  set_up (&two);
  len = hark_ice_check_ask (&two.us, packet);
  g_assert_cmpuint (len, >, 0);
  g_assert_cmpint (hand_over (&two, &two.them, packet, len), ==, HARK_ICE_CHECK_ANSWER);
  len = two.reply_len;
  memcpy (answer, two.reply, len);
  g_assert_cmpint (hand_over (&two, &two.us, answer, len), ==, HARK_ICE_CHECK_ANSWERED);
  g_assert_cmpint (hand_over (&two, &two.us, answer, len), ==, HARK_ICE_CHECK_DROPPED);
  tear_down (&two);
}

static void
test_only_the_last_counts (void)
{
  uint8_t first[HARK_ICE_CHECK_LEN_MAX], second[HARK_ICE_CHECK_LEN_MAX];
  Two two;
  size_t len;

  set_up (&two);
  len = hark_ice_check_ask (&two.us, first);
  hark_ice_check_ask (&two.us, second);
  g_assert_cmpint (hand_over (&two, &two.them, first, len), ==, HARK_ICE_CHECK_ANSWER);
  memcpy (first, two.reply, two.reply_len);
  g_assert_cmpint (hand_over (&two, &two.us, first, two.reply_len), ==, HARK_ICE_CHECK_DROPPED);
  tear_down (&two);
}

/* Every packet with one byte or its end changed. */
static void
test_damaged (void)
{
  uint8_t packet[HARK_ICE_CHECK_LEN_MAX], answer[HARK_ICE_CHECK_LEN_MAX];
  size_t len, answer_len;
  Two two;

  set_up (&two);
  len = hark_ice_check_ask (&two.us, packet);
  g_assert_cmpint (hand_over (&two, &two.them, packet, len), ==, HARK_ICE_CHECK_ANSWER);
  answer_len = two.reply_len;
  memcpy (answer, two.reply, answer_len);
  for (size_t i = 0; i < len; i++) {
    packet[i] ^= 0x41;
    g_assert_cmpint (hand_over (&two, &two.them, packet, len), ==, HARK_ICE_CHECK_DROPPED);
    packet[i] ^= 0x41;
    g_assert_cmpint (hand_over (&two, &two.them, packet, i), ==, HARK_ICE_CHECK_DROPPED);
  }
  for (size_t i = 0; i < answer_len; i++) {
    answer[i] ^= 0x41;
    g_assert_cmpint (hand_over (&two, &two.us, answer, answer_len), ==, HARK_ICE_CHECK_DROPPED);
    answer[i] ^= 0x41;
    g_assert_cmpint (hand_over (&two, &two.us, answer, i), ==, HARK_ICE_CHECK_DROPPED);
  }
  g_assert_cmpint (hand_over (&two, &two.us, answer, answer_len), ==, HARK_ICE_CHECK_ANSWERED);
  tear_down (&two);
}

/* An answer that is right but for the integrity it should have, or has too short. */
static void
test_unsigned (void)
{
  uint8_t packet[HARK_ICE_CHECK_LEN_MAX], forged[HARK_ICE_CHECK_LEN_MAX];
  StunMessage request, answer;
  StunAgent stun, plain;
  Two two;
  size_t len;

  set_up (&two);
  stun_agent_init (&stun, STUN_ALL_KNOWN_ATTRIBUTES, STUN_COMPATIBILITY_RFC5389,
                   STUN_AGENT_USAGE_IGNORE_CREDENTIALS);
  stun_agent_init (&plain, STUN_ALL_KNOWN_ATTRIBUTES, STUN_COMPATIBILITY_RFC5389,
                   STUN_AGENT_USAGE_USE_FINGERPRINT);
  len = hark_ice_check_ask (&two.us, packet);
  for (size_t integrity = 0; integrity <= 20; integrity += 4) {
    g_assert_cmpint (stun_agent_validate (&stun, &request, packet, len, NULL, NULL), ==,
                     STUN_VALIDATION_SUCCESS);
    g_assert_true (stun_agent_init_response (&plain, &answer, forged, sizeof forged, &request));
    if (integrity > 0)
      g_assert_nonnull (
        memset (stun_message_append (&answer, STUN_ATTRIBUTE_MESSAGE_INTEGRITY, integrity - 4), 0,
                integrity - 4));
    g_assert_cmpint (
      hand_over (&two, &two.us, forged, stun_agent_finish_message (&plain, &answer, NULL, 0)), ==,
      HARK_ICE_CHECK_DROPPED);
  }
  tear_down (&two);
}

static void
test_other_stun (void)
{
  static const uint8_t heads[][2] = {
    {0x00, 0x11}, /* indication */
    {0x01, 0x11}, /* error response */
    {0x00, 0x03}, /* Allocate */
    {0x03, 0xff},
  };
  uint8_t packet[HARK_ICE_CHECK_LEN_MAX];
  Two two;
  size_t len;

  set_up (&two);
  len = hark_ice_check_ask (&two.us, packet);
  for (size_t i = 0; i < G_N_ELEMENTS (heads); i++) {
    memcpy (packet, heads[i], 2);
    g_assert_cmpint (hand_over (&two, &two.them, packet, len), ==, HARK_ICE_CHECK_DROPPED);
    g_assert_cmpint (hand_over (&two, &two.us, packet, len), ==, HARK_ICE_CHECK_DROPPED);
  }
  tear_down (&two);
}

/* Names nobody told them cost no hash, and those who know them get no more than their rate. */
static void
test_rate (void)
{
  uint8_t packet[HARK_ICE_CHECK_LEN_MAX];
  unsigned n = 0;
  Two two;
  size_t len;

  set_up (&two);
  for (unsigned i = 0; i < 2 * HARK_ICE_CHECK_BURST; i++) {
    len = hark_ice_check_ask (&two.us, packet);
    n += hand_over (&two, &two.them, packet, len) == HARK_ICE_CHECK_ANSWER;
  }
  g_assert_cmpuint (n, ==, HARK_ICE_CHECK_BURST);
  len = hark_ice_check_ask (&two.us, packet);
  g_assert_cmpint (
    hark_ice_check_handle (&two.them, &place, packet, len, HARK_SECOND, two.reply, &two.reply_len),
    ==, HARK_ICE_CHECK_ANSWER);
  tear_down (&two);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ice-check/an-answer-counts-once", test_answer_counts_once);
  g_test_add_func ("/ice-check/only-the-last-question-counts", test_only_the_last_counts);
  g_test_add_func ("/ice-check/damaged-ones-are-dropped", test_damaged);
  g_test_add_func ("/ice-check/answers-without-integrity-are-dropped", test_unsigned);
  g_test_add_func ("/ice-check/other-stun-is-dropped", test_other_stun);
  g_test_add_func ("/ice-check/no-more-than-the-rate", test_rate);
  return g_test_run ();
}
