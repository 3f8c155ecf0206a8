#include "core/voice/echo/gain.h"

#include <math.h>
#include <string.h>

/* Syllables: 200 ms of a tone at @level (full scale 1), 100 ms of room at @room. */
static void
make (int16_t block[HARK_VOICE_BLOCK], unsigned n, float level, float room)
{
  float peak = (n % 30 < 20 ? level : room) * (float) M_SQRT2 * 32767.0f;

  for (unsigned i = 0; i < HARK_VOICE_BLOCK; i++)
    block[i] = (int16_t) (peak * sinf ((float) (2 * M_PI * 5 * i) / HARK_VOICE_BLOCK));
}

static float
dbfs (const int16_t block[HARK_VOICE_BLOCK])
{
  float sum = 0;

  for (unsigned i = 0; i < HARK_VOICE_BLOCK; i++)
    sum += (float) block[i] * (float) block[i];
  return 10 * log10f (sum / HARK_VOICE_BLOCK / (32768.0f * 32768.0f));
}

static float
of_db (float db)
{
  return powf (10, db / 20);
}

/* The level of the last syllable after @seconds of speech at @db. */
static float
speak (HarkGain *gain, bool on, float db, unsigned seconds)
{
  int16_t block[HARK_VOICE_BLOCK];
  float last = 0;

  for (unsigned n = 0; n < seconds * 100; n++) {
    make (block, n, of_db (db), of_db (-70));
    hark_gain_step (gain, on, block, block);
    if (n % 30 == 10)
      last = dbfs (block);
  }
  return last;
}

static void
test_soft_and_loud_voices_meet (void)
{
  HarkGain gain;

  hark_gain_init (&gain);
  g_assert_cmpfloat_with_epsilon (speak (&gain, true, -33, 20), HARK_GAIN_TARGET_DBFS, 1.0);
  hark_gain_init (&gain);
  g_assert_cmpfloat_with_epsilon (speak (&gain, true, -13, 20), HARK_GAIN_TARGET_DBFS, 1.0);
  hark_gain_init (&gain); /* no more than so much */
  g_assert_cmpfloat_with_epsilon (speak (&gain, true, -45, 20), -45 + HARK_GAIN_UP_DB, 1.0);
}

/* Not a sample changes, loud words and soft ones. */
static void
test_usual_voices_stay_as_they_are (void)
{
  static const float levels[] = {-29, -26, -24, -20};
  int16_t block[HARK_VOICE_BLOCK], same[HARK_VOICE_BLOCK];

  for (unsigned l = 0; l < G_N_ELEMENTS (levels); l++) {
    HarkGain gain;

    hark_gain_init (&gain);
    for (unsigned n = 0; n < 1000; n++) {
      make (block, n, of_db (levels[l]), of_db (-70));
      memcpy (same, block, sizeof same);
      hark_gain_step (&gain, true, block, block);
      g_assert_cmpint (memcmp (block, same, sizeof same), ==, 0);
    }
  }
}

/* While somebody speaks the factor stands still; it moves between words. */
static void
test_words_are_left_alone (void)
{
  int16_t block[HARK_VOICE_BLOCK];
  HarkGain gain;
  float before;

  hark_gain_init (&gain);
  for (unsigned n = 0; n < 1000; n++) {
    make (block, n, of_db (-38), of_db (-70));
    before = gain.applied;
    hark_gain_step (&gain, true, block, block);
    if (n % 30 < 20)
      g_assert_cmpfloat (gain.applied, ==, before);
  }
  g_assert_cmpfloat (gain.gain_db, >, 10);
}

static void
test_is_slow (void)
{
  HarkGain gain;

  hark_gain_init (&gain);
  g_assert_cmpfloat (speak (&gain, true, -35, 1), <, -31.5);
}

static void
test_room_is_not_lifted (void)
{
  int16_t block[HARK_VOICE_BLOCK];
  HarkGain gain;

  hark_gain_init (&gain);
  for (unsigned n = 0; n < 3000; n++) {
    make (block, n, of_db (-55), of_db (-55));
    hark_gain_step (&gain, true, block, block);
  }
  g_assert_cmpfloat_with_epsilon (dbfs (block), -55, 0.5);
}

static void
test_switched_off_nothing_changes (void)
{
  int16_t block[HARK_VOICE_BLOCK], same[HARK_VOICE_BLOCK];
  HarkGain gain;

  hark_gain_init (&gain);
  for (unsigned n = 0; n < 500; n++) {
    make (block, n, 0.7f, 0.001f);
    memcpy (same, block, sizeof same);
    hark_gain_step (&gain, false, block, block);
    g_assert_cmpint (memcmp (block, same, sizeof same), ==, 0);
  }
}

/* Who speaks softly and then shouts: nothing is cut off at full scale. */
static void
test_peaks_are_limited (void)
{
  int16_t block[HARK_VOICE_BLOCK];
  HarkGain gain;

  hark_gain_init (&gain);
  speak (&gain, true, -40, 20);
  for (unsigned n = 0; n < 20; n++) {
    make (block, n, 0.6f, 0);
    hark_gain_step (&gain, true, block, block);
    for (unsigned i = 0; i < HARK_VOICE_BLOCK; i++)
      g_assert_cmpint (ABS (block[i]), <=, (int) (HARK_GAIN_PEAK * 32768) + 1);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gain/soft-and-loud-voices-meet", test_soft_and_loud_voices_meet);
  g_test_add_func ("/gain/usual-voices-stay-as-they-are", test_usual_voices_stay_as_they_are);
  g_test_add_func ("/gain/words-are-left-alone", test_words_are_left_alone);
  g_test_add_func ("/gain/is-slow", test_is_slow);
  g_test_add_func ("/gain/room-is-not-lifted", test_room_is_not_lifted);
  g_test_add_func ("/gain/switched-off-nothing-changes", test_switched_off_nothing_changes);
  g_test_add_func ("/gain/peaks-are-limited", test_peaks_are_limited);
  return g_test_run ();
}
