#include "core/voice/echo/bins.h"
#include "net/base/rng.h"

#include <math.h>
#include <string.h>

#define SAME 1e-5f /* of the largest value that goes in or comes out */

/* What all loops take and give. */
typedef struct {
  HarkSpectrum x, w[HARK_BINS_AT_ONCE], error, sum;
  _Alignas(HARK_SPECTRUM_ALIGN) float doubt[HARK_BINS_AT_ONCE][HARK_SPECTRUM_STRIDE],
    weight[HARK_SPECTRUM_STRIDE], unsure[HARK_SPECTRUM_STRIDE], powers[HARK_SPECTRUM_STRIDE];
  HarkBinsTurns turns;
  float pairs[2][2 * HARK_BINS_QUARTER], row[HARK_SPECTRUM_LEN], samples[HARK_SPECTRUM_LEN];
  float between, energy;
} State;

static float
unit (HarkRng *rng)
{
  return (float) (2 * hark_rng_unit (rng) - 1);
}

static void
fill (HarkRng *rng, HarkSpectrum *spectrum, float scale)
{
  for (unsigned k = 0; k < HARK_SPECTRUM_BINS; k++) {
    spectrum->re[k] = scale * unit (rng);
    spectrum->im[k] = scale * unit (rng);
  }
}

static void
state_init (State *state, uint8_t seed)
{
  g_auto (HarkRng) rng;

  hark_rng_init (&rng, (const uint8_t[32]){seed});
  memset (state, 0, sizeof *state);
  fill (&rng, &state->x, 1e6f); /* loud speech in a transform of 960 */
  fill (&rng, &state->error, 1e5f);
  for (unsigned k = 0; k < HARK_SPECTRUM_STRIDE; k++)
    state->weight[k] = 1e-12f * fabsf (unit (&rng));
  for (unsigned p = 0; p < HARK_BINS_AT_ONCE; p++) {
    fill (&rng, &state->w[p], 0.1f);
    for (unsigned k = 0; k < HARK_SPECTRUM_STRIDE; k++)
      state->doubt[p][k] = fabsf (unit (&rng)) * 1e-3f;
  }
  for (unsigned i = 0; i < 2 * HARK_BINS_QUARTER; i++) {
    state->pairs[0][i] = unit (&rng);
    state->pairs[1][i] = unit (&rng);
  }
  for (unsigned k = 0; k < HARK_BINS_QUARTER; k++)
    for (unsigned t = 0; t < 3; t++) {
      state->turns.re[t][k] = unit (&rng);
      state->turns.im[t][k] = unit (&rng);
    }
  for (unsigned i = 0; i < HARK_SPECTRUM_LEN; i++)
    state->row[i] = unit (&rng);
}

/* Each loop once, each on what others left where it may. */
static void
run (const HarkBins *bins, State *state)
{
  const HarkBinsManner manner = {.track = 0.9997f, .shrink = 0.2f, .doubt_min = 1e-10f};
  const HarkSpectrum *x[HARK_BINS_AT_ONCE] = {&state->x, &state->error, &state->x, &state->error};
  float row[HARK_SPECTRUM_LEN];

  state->between = bins->between (state->row, state->row + 40, state->row + 90, 0.3f);
  bins->foresee (&state->sum, state->unsure, x, state->w,
                 (const float (*)[HARK_SPECTRUM_STRIDE]) state->doubt);
  bins->multiply_add (&state->sum, state->x.re, state->x.im, &state->w[0], 160);
  bins->correct (&manner, &state->x, &state->error, state->weight, &state->w[0], state->doubt[0]);
  bins->powers (&state->error, state->powers);
  state->energy = bins->energy (state->row, 100); /* four of them behind the last eight */
  bins->fold (&state->error, 0.001f, row);
  memcpy (state->row, row, sizeof row);
  bins->join (&state->turns, state->pairs[0], state->pairs[1], &state->error);
  bins->unfold (&state->error, state->samples);
}

static void
assert_same (const float *a, const float *b, size_t n)
{
  float most = 0, apart = 0;

  for (size_t i = 0; i < n; i++) {
    most = MAX (most, fabsf (a[i]));
    apart = MAX (apart, fabsf (a[i] - b[i]));
  }
  g_assert_cmpfloat (most, >, 0);
  g_assert_cmpfloat (apart, <=, SAME * most);
}

static void
assert_same_spectrum (const HarkSpectrum *a, const HarkSpectrum *b)
{
  assert_same (a->re, b->re, HARK_SPECTRUM_STRIDE);
  assert_same (a->im, b->im, HARK_SPECTRUM_STRIDE);
}

static void
test_same_on_all_processors (void)
{
  const HarkBins *best = hark_bins ();

  for (uint8_t seed = 1; seed <= 20; seed++) {
    static State plain, here;

    state_init (&plain, seed);
    state_init (&here, seed);
    run (&hark_bins_plain, &plain);
    run (best, &here);
    assert_same_spectrum (&plain.sum, &here.sum);
    assert_same_spectrum (&plain.w[0], &here.w[0]);
    assert_same_spectrum (&plain.error, &here.error);
    assert_same (plain.doubt[0], here.doubt[0], HARK_SPECTRUM_STRIDE);
    assert_same (plain.unsure, here.unsure, HARK_SPECTRUM_STRIDE);
    assert_same (plain.powers, here.powers, HARK_SPECTRUM_STRIDE);
    assert_same (plain.row, here.row, HARK_SPECTRUM_LEN);
    assert_same (plain.samples, here.samples, HARK_SPECTRUM_LEN);
    assert_same (&plain.between, &here.between, 1);
    assert_same (&plain.energy, &here.energy, 1);
  }
}

/* One bin's worth of arithmetic, done by hand: (2 + 3i) times (0.5 - 1i) is 4 - 0.5i. */
static void
test_by_hand (void)
{
  static HarkSpectrum x, nothing, w[HARK_BINS_AT_ONCE], sum, error;
  static float doubt[HARK_BINS_AT_ONCE][HARK_SPECTRUM_STRIDE], unsure[HARK_SPECTRUM_STRIDE],
    weight[HARK_SPECTRUM_STRIDE];
  const HarkSpectrum *rows[HARK_BINS_AT_ONCE] = {&nothing, &nothing, &x, &nothing};
  const HarkBinsManner manner = {.track = 1, .shrink = 0.5f, .doubt_min = 1e-10f};
  const HarkBins *bins = hark_bins ();

  x.re[7] = 2;
  x.im[7] = 3;
  w[2].re[7] = 0.5f;
  w[2].im[7] = -1;
  doubt[2][7] = 0.1f;
  bins->foresee (&sum, unsure, rows, w, (const float (*)[HARK_SPECTRUM_STRIDE]) doubt);
  g_assert_cmpfloat_with_epsilon (sum.re[7], 4, 1e-6);
  g_assert_cmpfloat_with_epsilon (sum.im[7], -0.5f, 1e-6);
  g_assert_cmpfloat_with_epsilon (unsure[7], 0.65f, 1e-6);

  error.re[7] = 1;
  weight[7] = 0.1f; /* a step of 0.01 (2 - 3i) */
  bins->correct (&manner, &x, &error, weight, &w[2], doubt[2]);
  g_assert_cmpfloat_with_epsilon (w[2].re[7], 0.52f, 1e-6);
  g_assert_cmpfloat_with_epsilon (w[2].im[7], -1.03f, 1e-6);
  g_assert_cmpfloat_with_epsilon (doubt[2][7], 0.1f * (1 - 0.5f * 0.01f * 13), 1e-6);
  g_assert_cmpfloat_with_epsilon (doubt[2][8], 1e-10f, 1e-16);

  g_assert_cmpfloat_with_epsilon (bins->energy ((const float[]){1, 2, 0, 0, 0, 0, 0, 0, 3, 4}, 9),
                                  14, 1e-6); /* the tenth is not asked for */
}

/* Forward is the transform of the textbook, and back again are the samples. */
static void
test_transform (void)
{
  static HarkSpectrum spectrum;
  _Alignas(HARK_SPECTRUM_ALIGN) static float samples[HARK_SPECTRUM_LEN], back[HARK_SPECTRUM_LEN];
  g_auto (HarkRng) rng;

  hark_spectrum_prepare ();
  hark_rng_init (&rng, (const uint8_t[32]){4});
  for (unsigned i = 0; i < HARK_SPECTRUM_LEN; i++)
    samples[i] = unit (&rng);
  hark_spectrum_forward (samples, &spectrum);
  for (unsigned k = 0; k < HARK_SPECTRUM_BINS; k += 5) {
    double re = 0, im = 0;

    for (unsigned i = 0; i < HARK_SPECTRUM_LEN; i++) {
      double turn = 2 * G_PI * k * i / HARK_SPECTRUM_LEN;

      re += (double) samples[i] * cos (turn);
      im -= (double) samples[i] * sin (turn);
    }
    g_assert_cmpfloat_with_epsilon (spectrum.re[k], re, 1e-3);
    g_assert_cmpfloat_with_epsilon (spectrum.im[k], im, 1e-3);
  }
  for (unsigned k = HARK_SPECTRUM_BINS; k < HARK_SPECTRUM_STRIDE; k++)
    g_assert_true (spectrum.re[k] == 0 && spectrum.im[k] == 0);
  hark_spectrum_inverse (&spectrum, back);
  assert_same (samples, back, HARK_SPECTRUM_LEN);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/echo/bins-same-on-all-processors", test_same_on_all_processors);
  g_test_add_func ("/echo/bins-by-hand", test_by_hand);
  g_test_add_func ("/echo/transform-there-and-back", test_transform);
  return g_test_run ();
}
