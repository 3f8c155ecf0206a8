/* Two who share four words: they meet, one guess is all that anybody gets, and whoever stands
 * between learns and changes nothing. */
#include "core/identity/meeting.h"
#include "tests/bytes.h"

#include <glib.h>
#include <string.h>

typedef struct {
  HarkRng rng;
  HarkMeetingWords words;
  uint8_t payload[HARK_MEETING_PAYLOAD_LEN];
  HarkMeeting giver, taker;
} Two;

static void
two_init (Two *two)
{
  const uint8_t seed[32] = {42};

  memset (two, 0, sizeof *two);
  hark_rng_init (&two->rng, seed);
  hark_meeting_words_draw (&two->rng, &two->words);
  memset (two->payload, 0x5a, sizeof two->payload);
  hark_meeting_give (&two->giver, &two->words, two->payload, &two->rng, HARK_SECOND);
  hark_meeting_take (&two->taker, &two->words, &two->rng, HARK_SECOND);
}

/* What @from says now comes to @to. */
static bool
pass (const HarkMeeting *from, HarkMeeting *to)
{
  g_assert_true (from->has_packet);
  return hark_meeting_handle_packet (to, from->packet, 2 * HARK_SECOND);
}

static void
test_meet (void)
{
  Two two;

  two_init (&two);
  g_assert_true (pass (&two.giver, &two.taker));
  g_assert_cmpint (two.taker.state, ==, HARK_MEETING_ANSWERED);
  g_assert_false (pass (&two.giver, &two.taker)); /* the same once more */
  g_assert_true (pass (&two.taker, &two.giver));
  g_assert_cmpint (two.giver.state, ==, HARK_MEETING_MET);
  pass (&two.giver, &two.taker);
  g_assert_cmpint (two.taker.state, ==, HARK_MEETING_MET);
  assert_bytes (two.taker.payload, sizeof two.taker.payload, two.payload, sizeof two.payload);
  g_assert_true (sodium_is_zero (two.giver.scalar, sizeof two.giver.scalar));
}

static void
test_wrong_words_burn_the_words (void)
{
  HarkMeeting second;
  Two two;

  two_init (&two);
  two.words.words[3] ^= 1;
  hark_meeting_take (&two.taker, &two.words, &two.rng, HARK_SECOND);
  pass (&two.giver, &two.taker);
  g_assert_true (pass (&two.taker, &two.giver));
  g_assert_cmpint (two.giver.state, ==, HARK_MEETING_OVER);
  g_assert_cmpint (two.giver.why, ==, HARK_MEETING_WRONG_WORDS);
  pass (&two.giver, &two.taker);
  g_assert_cmpint (two.taker.state, ==, HARK_MEETING_OVER);
  g_assert_cmpint (two.taker.why, ==, HARK_MEETING_WRONG_WORDS);
  g_assert_true (sodium_is_zero (two.taker.payload, sizeof two.taker.payload));
  /* the right words come too late */
  two.words.words[3] ^= 1;
  hark_meeting_take (&second, &two.words, &two.rng, HARK_SECOND);
  pass (&two.giver, &second);
  g_assert_cmpint (second.state, ==, HARK_MEETING_OVER);
  g_assert_cmpint (second.why, ==, HARK_MEETING_USED);
}

static void
test_second_taker_is_told (void)
{
  HarkMeeting second;
  Two two;

  two_init (&two);
  hark_meeting_take (&second, &two.words, &two.rng, HARK_SECOND);
  pass (&two.giver, &two.taker);
  pass (&two.giver, &second);
  pass (&two.taker, &two.giver);
  g_assert_false (pass (&second, &two.giver));
  g_assert_cmpint (two.giver.state, ==, HARK_MEETING_MET);
  pass (&two.giver, &second);
  g_assert_cmpint (second.why, ==, HARK_MEETING_USED);
}

/* Mallory knows the place, but not the last two words; she runs CPace with each side. */
static void
test_somebody_between_learns_nothing (void)
{
  HarkMeetingWords guess;
  HarkMeeting to_taker, to_giver;
  Two two;

  two_init (&two);
  guess = two.words;
  guess.words[2] ^= 5;
  hark_meeting_give (&to_taker, &guess, two.payload, &two.rng, HARK_SECOND);
  hark_meeting_take (&to_giver, &guess, &two.rng, HARK_SECOND);
  pass (&to_taker, &two.taker);
  pass (&two.giver, &to_giver);
  pass (&two.taker, &to_taker);
  pass (&to_giver, &two.giver);
  g_assert_cmpint (to_taker.state, ==, HARK_MEETING_OVER);
  g_assert_cmpint (two.giver.why, ==, HARK_MEETING_WRONG_WORDS);
  pass (&two.giver, &to_giver);
  g_assert_cmpint (to_giver.state, ==, HARK_MEETING_OVER);
  pass (&two.giver, &two.taker);
  g_assert_cmpint (two.taker.state, ==, HARK_MEETING_OVER);
  g_assert_true (sodium_is_zero (two.taker.payload, sizeof two.taker.payload));
}

/* Every bit of what is said counts, or leads to nothing. */
static void
test_changed_packets_lead_to_nothing (void)
{
  for (size_t at = 0; at < 200; at++)
    for (int step = 0; step < 3; step++) {
      HarkMeeting *from, *to;
      Two two;

      two_init (&two);
      if (step > 0)
        pass (&two.giver, &two.taker);
      if (step > 1)
        pass (&two.taker, &two.giver);
      from = step == 1 ? &two.taker : &two.giver;
      to = step == 1 ? &two.giver : &two.taker;
      from->packet[at] ^= 0x10;
      pass (from, to);
      if (step == 0 && at < 49) /* an answer to another offer */
        g_assert_true (!to->has_packet || !pass (to, from) || from->state == HARK_MEETING_OVER);
      if (step == 1 && at < 145)
        g_assert_cmpint (to->state, !=, HARK_MEETING_MET);
      if (step == 2)
        g_assert_cmpint (to->state, !=, HARK_MEETING_MET);
    }
}

static void
test_two_givers_are_one_too_many (void)
{
  HarkMeeting other;
  Two two;

  two_init (&two);
  hark_meeting_give (&other, &two.words, two.payload, &two.rng, HARK_SECOND);
  pass (&two.giver, &two.taker);
  g_assert_false (pass (&other, &two.taker));
  g_assert_cmpint (two.taker.why, ==, HARK_MEETING_DISTURBED);
}

static void
test_bad_points_burn_the_words (void)
{
  Two two;

  two_init (&two);
  pass (&two.giver, &two.taker);
  memset (two.taker.packet + 1 + 16 + 32, 0, 32); /* the neutral element */
  g_assert_true (pass (&two.taker, &two.giver));
  g_assert_cmpint (two.giver.why, ==, HARK_MEETING_WRONG_WORDS);
}

static void
test_time_ends (void)
{
  Two two;

  two_init (&two);
  hark_meeting_handle_time (&two.giver, two.giver.deadline - 1);
  g_assert_cmpint (two.giver.state, ==, HARK_MEETING_WAITS);
  hark_meeting_handle_time (&two.giver, two.giver.deadline);
  g_assert_cmpint (two.giver.why, ==, HARK_MEETING_LATE);
  pass (&two.giver, &two.taker);
  g_assert_false (pass (&two.taker, &two.giver)); /* not any more */
  hark_meeting_handle_time (&two.taker, two.taker.deadline);
  g_assert_cmpint (two.taker.why, ==, HARK_MEETING_SILENT);
}

static void
test_words_as_typed (void)
{
  HarkMeetingWords words = {
    {0, 1, 2047, 1000}
  };
  HarkMeetingWords typed = {{0}};
  char text[HARK_MEETING_TEXT_LEN];
  HarkSecret place, other;

  hark_meeting_words_format (&words, text);
  g_assert_cmpint (strchr (text, '-') - text, ==, 7);
  g_assert_true (hark_meeting_words_parse (text, &typed));
  assert_bytes ((const uint8_t *) &typed, sizeof typed, (const uint8_t *) &words, sizeof words);
  g_assert_true (hark_meeting_words_parse (" ABANDON abil\tzoo--lens ", &typed));
  g_assert_true (typed.words[0] == 0 && typed.words[1] == 1 && typed.words[2] == 2047);
  g_assert_false (hark_meeting_words_parse ("abandon-ability-zoo", &typed));
  g_assert_false (hark_meeting_words_parse ("abandon-ability-zoo-lens-lens", &typed));
  g_assert_false (hark_meeting_words_parse ("abandon-ability-zoo-hark", &typed));
  g_assert_false (hark_meeting_words_parse ("", &typed));
  hark_meeting_place (&words, &place);
  words.words[2] = 3; /* says nothing of where */
  hark_meeting_place (&words, &other);
  g_assert_true (hark_secret_equal (&place, &other));
  words.words[1] = 3;
  hark_meeting_place (&words, &other);
  g_assert_false (hark_secret_equal (&place, &other));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (sodium_init (), >=, 0);
  g_test_add_func ("/meeting/meet", test_meet);
  g_test_add_func ("/meeting/wrong-words-burn-the-words", test_wrong_words_burn_the_words);
  g_test_add_func ("/meeting/second-taker-is-told", test_second_taker_is_told);
  g_test_add_func ("/meeting/somebody-between-learns-nothing",
                   test_somebody_between_learns_nothing);
  g_test_add_func ("/meeting/changed-packets-lead-to-nothing",
                   test_changed_packets_lead_to_nothing);
  g_test_add_func ("/meeting/two-givers-are-one-too-many", test_two_givers_are_one_too_many);
  g_test_add_func ("/meeting/bad-points-burn-the-words", test_bad_points_burn_the_words);
  g_test_add_func ("/meeting/time-ends", test_time_ends);
  g_test_add_func ("/meeting/words-as-typed", test_words_as_typed);
  return g_test_run ();
}
