/* The call of a group as one member knows it. */
#include "core/calls/round.h"
#include "net/base/rng.h"

#include <string.h>

static const HarkKey us = {{100}};

static HarkKey
person (unsigned i)
{
  return (HarkKey){{(uint8_t) (i + 1)}};
}

static unsigned
says (HarkRound *round, unsigned who, uint64_t id, HarkTime now)
{
  const HarkKey key = person (who);

  return hark_round_hear (round, &key, 1, &(HarkRoundWord){.id = id}, now);
}

static void
test_others_open_nothing (void)
{
  HarkRound round;
  HarkRoundWord word;

  hark_round_init (&round, &us);
  g_assert_cmpuint (says (&round, 0, 7, 1), ==, HARK_ROUND_CHANGED | HARK_ROUND_BEGAN);
  g_assert_cmpuint (says (&round, 1, 7, 2), ==, HARK_ROUND_CHANGED);
  g_assert_cmpint (round.state, ==, HARK_ROUND_OUT);
  hark_round_word (&round, &word);
  g_assert_cmpuint (word.id, ==, 0);
  g_assert_false (hark_round_talks (&round, &round.peers[0].peer));
}

static void
test_join_hold_leave (void)
{
  HarkRound round;
  HarkRoundWord word;
  const HarkKey alice = person (0);

  hark_round_init (&round, &us);
  says (&round, 0, 7, 1);
  g_assert_true (hark_round_join (&round, 99, 2));
  g_assert_false (hark_round_join (&round, 99, 2));
  hark_round_word (&round, &word);
  g_assert_cmpuint (word.id, ==, 7); /* theirs, which is on already */
  g_assert_cmpuint (word.n, ==, 1);
  g_assert_true (hark_round_talks (&round, &alice));
  g_assert_true (hark_round_hold (&round));
  g_assert_false (hark_round_talks (&round, &alice));
  g_assert_true (hark_round_join (&round, 98, 3));
  g_assert_true (hark_round_talks (&round, &alice));
  g_assert_true (hark_round_leave (&round));
  g_assert_false (hark_round_leave (&round));
  g_assert_null (hark_round_slot (&round, &alice));
  g_assert_cmpuint (says (&round, 0, 0, 4), ==, HARK_ROUND_CHANGED);
  g_assert_cmpuint (round.id, ==, 0);
  g_assert_cmpuint (says (&round, 0, 7, 5), ==, HARK_ROUND_CHANGED); /* it rings once */
  says (&round, 0, 0, 6);
  g_assert_true (says (&round, 0, 8, 7) & HARK_ROUND_BEGAN);
}

static void
test_two_that_began_at_once (void)
{
  HarkRound round;

  hark_round_init (&round, &us);
  hark_round_join (&round, 50, 1);
  says (&round, 0, 20, 2);
  g_assert_cmpuint (round.id, ==, 20);
  says (&round, 1, 60, 3);
  g_assert_cmpuint (round.id, ==, 20);
}

static void
test_seventh_is_told (void)
{
  HarkRound round;
  HarkRoundWord word = {.id = 7, .n = 5};

  hark_round_init (&round, &us);
  for (unsigned i = 0; i < 5; i++)
    word.others[i] = person (i + 1);
  hark_round_hear (&round, &(HarkKey){{1}}, 1, &word, 1); /* one tells of five others */
  g_assert_false (hark_round_join (&round, 9, 2));        /* we are the seventh */
  word.n = 4;
  hark_round_hear (&round, &(HarkKey){{1}}, 1, &word, 3);
  g_assert_true (hark_round_join (&round, 9, 4));
  g_assert_cmpuint (says (&round, 3, 7, 5), ==, HARK_ROUND_CHANGED); /* who was told of is in it */
  g_assert_cmpuint (says (&round, 9, 7, 6), ==, HARK_ROUND_REFUSED); /* another is not */
  for (unsigned i = 1; i < 5; i++)
    says (&round, i, 7, 7);
  g_assert_cmpuint (round.n, ==, HARK_ROUND_OTHERS_MAX);
  for (unsigned i = 0; i < HARK_ROUND_OTHERS_MAX; i++)
    g_assert_nonnull (hark_round_slot (&round, &round.peers[i].peer));
}

static void
test_full_counts_at_the_beginning (void)
{
  HarkRound round;
  const HarkRoundWord full = {.full = true};

  hark_round_init (&round, &us);
  hark_round_join (&round, 5, HARK_SECOND);
  says (&round, 0, 5, HARK_SECOND);
  g_assert_cmpuint (hark_round_hear (&round, &round.peers[0].peer, 1, &full, HARK_MINUTE), ==, 0);
  g_assert_cmpint (round.state, ==, HARK_ROUND_IN);
  g_assert_cmpuint (hark_round_hear (&round, &round.peers[0].peer, 1, &full, 2 * HARK_SECOND), ==,
                    HARK_ROUND_CHANGED | HARK_ROUND_PUT_OUT);
  g_assert_cmpint (round.state, ==, HARK_ROUND_OUT);
}

static void
test_lost_path_concerns_one (void)
{
  HarkRound round;
  const HarkKey alice = person (0), bob = person (1);

  hark_round_init (&round, &us);
  says (&round, 0, 7, 1);
  says (&round, 1, 7, 1);
  hark_round_join (&round, 9, 2);
  g_assert_true (hark_round_session (&round, &alice, 1, false, HARK_SECOND));
  g_assert_false (hark_round_talks (&round, &alice));
  g_assert_true (hark_round_talks (&round, &bob));
  g_assert_true (hark_round_session (&round, &alice, 1, true, 2 * HARK_SECOND)); /* the path is */
  g_assert_true (hark_round_talks (&round, &alice));                             /* back */
  hark_round_session (&round, &alice, 1, false, 3 * HARK_SECOND);
  g_assert_false (hark_round_session (&round, &alice, 2, true, 4 * HARK_SECOND)); /* they say so */
  g_assert_false (hark_round_talks (&round, &alice));
  hark_round_hear (&round, &alice, 2, &(HarkRoundWord){.id = 7}, 5 * HARK_SECOND);
  g_assert_true (hark_round_talks (&round, &alice));
  g_assert_true (hark_round_session (&round, &alice, 3, true, 6 * HARK_SECOND)); /* another again */
  g_assert_cmpuint (hark_round_get_deadline (&round), ==, 26 * HARK_SECOND);
  g_assert_true (hark_round_handle_time (&round, 26 * HARK_SECOND));
  g_assert_null (hark_round_peer (&round, &alice));
  g_assert_true (hark_round_talks (&round, &bob));
}

/* Whatever is said in whatever order, the microphone opens by a click alone, everybody who talks
 * has a stream of their own, and nobody is in it twice. */
static void
walk (uint8_t seed)
{
  const uint8_t bytes[32] = {seed};
  g_auto (HarkRng) rng;
  HarkRound round;

  hark_rng_init (&rng, bytes);
  hark_round_init (&round, &us);
  for (HarkTime now = 1; now < 20000; now++) {
    const HarkKey peer = person ((unsigned) hark_rng_below (&rng, 9));
    const HarkRoundState before = round.state;
    const unsigned input = (unsigned) hark_rng_below (&rng, 12);
    HarkRoundWord word = {.id = hark_rng_below (&rng, 4), .full = hark_rng_below (&rng, 50) == 0};

    word.n = (unsigned) hark_rng_below (&rng, 6);
    for (unsigned i = 0; i < word.n; i++)
      word.others[i] = person ((unsigned) hark_rng_below (&rng, 9));
    if (input == 0)
      hark_round_join (&round, 1 + hark_rng_below (&rng, 3), now * HARK_SECOND);
    else if (input == 1)
      hark_round_leave (&round);
    else if (input == 2)
      hark_round_hold (&round);
    else if (input == 3)
      hark_round_session (&round, &peer, 1, false, now * HARK_SECOND);
    else if (input == 4)
      hark_round_session (&round, &peer, 1, true, now * HARK_SECOND);
    else if (input == 5)
      hark_round_forget (&round, &peer);
    else
      hark_round_hear (&round, &peer, 1, &word, now * HARK_SECOND);
    hark_round_handle_time (&round, now * HARK_SECOND);
    g_assert_true (round.state != HARK_ROUND_IN || before == HARK_ROUND_IN || input == 0);
    g_assert_cmpuint (round.n, <=, HARK_ROUND_PEOPLE_MAX);
    for (unsigned i = 0; i < round.n; i++) {
      g_assert_true (i == 0
                     || memcmp (&round.peers[i - 1].peer, &round.peers[i].peer, HARK_KEY_LEN) < 0);
      g_assert_true ((round.state == HARK_ROUND_OUT)
                     == (hark_round_slot (&round, &round.peers[i].peer) == NULL));
    }
  }
}

static void
test_walk (void)
{
  for (unsigned seed = 0; seed < 30; seed++)
    walk ((uint8_t) seed);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/round/others-open-nothing", test_others_open_nothing);
  g_test_add_func ("/round/join-hold-leave", test_join_hold_leave);
  g_test_add_func ("/round/two-that-began-at-once-are-one", test_two_that_began_at_once);
  g_test_add_func ("/round/seventh-is-told", test_seventh_is_told);
  g_test_add_func ("/round/full-counts-at-the-beginning", test_full_counts_at_the_beginning);
  g_test_add_func ("/round/lost-path-concerns-one", test_lost_path_concerns_one);
  g_test_add_func ("/round/walk", test_walk);
  return g_test_run ();
}
