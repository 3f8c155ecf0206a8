/* Several voices as one. */
#include "core/voice/mixer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void
tone (int16_t ret[HARK_VOICE_BLOCK], double hertz, double peak, unsigned block)
{
  for (unsigned i = 0; i < HARK_VOICE_BLOCK; i++)
    ret[i] = (int16_t) (peak * sin (2 * G_PI * hertz * (i + block * HARK_VOICE_BLOCK) / 48000));
}

static void
test_one_unchanged (void)
{
  HarkMixer mixer;
  int16_t in[HARK_VOICE_BLOCK], out[HARK_VOICE_BLOCK];

  hark_mixer_init (&mixer);
  for (unsigned n = 0; n < 20; n++) {
    tone (in, 440, HARK_MIXER_CEILING, n);
    hark_mixer_begin (&mixer);
    hark_mixer_add (&mixer, in, HARK_VOICE_BLOCK, HARK_MIXER_VOLUME);
    hark_mixer_finish (&mixer, out, HARK_VOICE_BLOCK);
    g_assert_true (memcmp (in, out, sizeof in) == 0);
  }
}

static void
test_volume (void)
{
  HarkMixer mixer;
  int16_t in[HARK_VOICE_BLOCK], out[HARK_VOICE_BLOCK];

  hark_mixer_init (&mixer);
  tone (in, 440, 1000, 0);
  hark_mixer_add (&mixer, in, HARK_VOICE_BLOCK, 200);
  hark_mixer_finish (&mixer, out, HARK_VOICE_BLOCK);
  for (unsigned i = 0; i < HARK_VOICE_BLOCK; i++)
    g_assert_cmpint (out[i], ==, 2 * in[i]);
  hark_mixer_begin (&mixer);
  hark_mixer_add (&mixer, in, HARK_VOICE_BLOCK, 0);
  hark_mixer_finish (&mixer, out, HARK_VOICE_BLOCK);
  for (unsigned i = 0; i < HARK_VOICE_BLOCK; i++)
    g_assert_cmpint (out[i], ==, 0);
}

/* Five who shout are turned down together, without a wave cut off once it has settled, and one who
 * speaks softly afterwards is as loud as before. */
static void
test_loud_together (void)
{
  HarkMixer mixer;
  int16_t in[HARK_VOICE_BLOCK], out[HARK_VOICE_BLOCK];
  unsigned cut = 0;

  hark_mixer_init (&mixer);
  for (unsigned n = 0; n < 100; n++) {
    hark_mixer_begin (&mixer);
    for (unsigned i = 0; i < 5; i++) {
      tone (in, 200 + 100 * i, 25000, n);
      hark_mixer_add (&mixer, in, HARK_VOICE_BLOCK, 200);
    }
    hark_mixer_finish (&mixer, out, HARK_VOICE_BLOCK);
    for (unsigned i = 0; i < HARK_VOICE_BLOCK; i++) {
      g_assert_cmpint (abs (out[i]), <=, HARK_MIXER_CEILING);
      cut += n > 2 && i > 0 && abs (out[i]) == HARK_MIXER_CEILING && out[i] == out[i - 1];
    }
  }
  g_assert_cmpuint (cut, <=, 4);
  for (unsigned n = 0; n < 50; n++) {
    tone (in, 440, 3000, n);
    hark_mixer_begin (&mixer);
    hark_mixer_add (&mixer, in, HARK_VOICE_BLOCK, HARK_MIXER_VOLUME);
    hark_mixer_finish (&mixer, out, HARK_VOICE_BLOCK);
  }
  g_assert_true (memcmp (in, out, sizeof in) == 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mixer/one-voice-is-unchanged", test_one_unchanged);
  g_test_add_func ("/mixer/volume", test_volume);
  g_test_add_func ("/mixer/loud-together", test_loud_together);
  return g_test_run ();
}
