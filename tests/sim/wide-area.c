#include "tests/sim/wide-area.h"

#include <glib.h>
#include <math.h>

uint64_t
hark_sim_draw (uint64_t *state)
{
  uint64_t z = *state += 0x9e3779b97f4a7c15U;

  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9U;
  z = (z ^ z >> 27) * 0x94d049bb133111ebU;
  return z ^ z >> 31;
}

double
hark_sim_draw_unit (uint64_t *state)
{
  return ((double) (hark_sim_draw (state) >> 12) + 0.5) * 0x1.0p-52;
}

HarkTime
hark_sim_wide_area_rtt (const HarkSimWideArea *area, uint32_t a, uint32_t b)
{
  uint64_t state = area->seed ^ ((uint64_t) MIN (a, b) << 32 | MAX (a, b));
  double u, v, normal;

  hark_sim_draw (&state);
  u = hark_sim_draw_unit (&state);
  v = hark_sim_draw_unit (&state);
  normal = sqrt (-2 * log (u)) * cos (2 * G_PI * v); /* Box and Muller */
  return MAX (HARK_SIM_RTT_MIN,
              (HarkTime) ((double) area->rtt_median * exp (area->rtt_sigma * normal)));
}

bool
hark_sim_wide_area_carry (
  const HarkSimWideArea *area, uint32_t a, uint32_t b, uint64_t *draw, HarkTime *ret)
{
  double delay;

  if (area->loss > 0 && hark_sim_draw_unit (draw) < area->loss)
    return false;
  delay = (double) hark_sim_wide_area_rtt (area, a, b) / 2;
  *ret = (HarkTime) (delay * (1 + area->jitter * (2 * hark_sim_draw_unit (draw) - 1)));
  return true;
}

uint32_t
hark_sim_wide_area_address (uint64_t *draw)
{
  for (;;) {
    uint32_t address = (uint32_t) hark_sim_draw (draw);
    unsigned first = address >> 24, second = address >> 16 & 255, last = address & 255;

    if (first >= 11 && first < 224 && first != 100 && first != 127 && first != 169 && first != 172
        && !(first == 192 && (second == 168 || second == 0)) && first != 198 && first != 203
        && last > 0 && last < 255)
      return address;
  }
}
