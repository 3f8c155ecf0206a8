#define G_LOG_DOMAIN "hark-rendezvous"

#include "net/rendezvous/days.h"

#define LEAP_SPACING HARK_MINUTE /* between two differences that are told: liars may make many */

int64_t
hark_days_own_ms (const HarkRendezvous *rendezvous, HarkTime now)
{
  return rendezvous->wall_ms + (int64_t) (hark_time_since (now, rendezvous->wall_at) / HARK_MS);
}

int64_t
hark_rendezvous_wall_ms (const HarkRendezvous *rendezvous, HarkTime now)
{
  return hark_days_own_ms (rendezvous, now) + rendezvous->correction_s * 1000;
}

bool
hark_rendezvous_get_skew (const HarkRendezvous *rendezvous, int64_t *ret_s)
{
  return hark_clock_get_skew (&rendezvous->clock, ret_s);
}

HarkSlotNetwork
hark_days_network (const HarkRendezvous *rendezvous)
{
  return (HarkSlotNetwork){.closed = rendezvous->config.closed_network,
                           .id = rendezvous->config.network};
}

uint64_t
hark_days_now_s (const HarkRendezvous *rendezvous, HarkTime now)
{
  int64_t ms = hark_rendezvous_wall_ms (rendezvous, now);

  return ms > 0 ? (uint64_t) ms / 1000 : 0;
}

bool
hark_days_near (const HarkToken *token, uint64_t now_s, uint64_t epoch, uint64_t *ret)
{
  if (hark_slot_epoch (token, now_s + HARK_DAYS_EDGE_S) != epoch) {
    *ret = epoch + 1;
    return true;
  }
  if (now_s > HARK_DAYS_EDGE_S && hark_slot_epoch (token, now_s - HARK_DAYS_EDGE_S) != epoch
      && epoch > 0) {
    *ret = epoch - 1;
    return true;
  }
  return false;
}

bool
hark_days_other_s (const HarkRendezvous *rendezvous, HarkTime now, uint64_t *ret)
{
  int64_t other_s = (hark_rendezvous_wall_ms (rendezvous, now) / 1000) + rendezvous->other_s;

  if (rendezvous->other_s == 0 || other_s <= 0)
    return false;
  *ret = (uint64_t) other_s;
  return true;
}

bool
hark_days_update (HarkRendezvous *rendezvous, HarkTime now)
{
  int64_t own_s = hark_days_own_ms (rendezvous, now) / 1000;
  int64_t correction_s = hark_clock_get_correction (&rendezvous->clock, own_s);
  int64_t other_s = hark_clock_get_doubt (&rendezvous->clock, own_s);
  bool corrected = ABS (correction_s - rendezvous->correction_s) > HARK_CLOCK_AGREE_S;
  bool doubted = other_s != 0 && ABS (other_s - rendezvous->other_s) > HARK_CLOCK_AGREE_S;

  if (corrected)
    rendezvous->correction_s = correction_s;
  if (doubted || other_s == 0)
    rendezvous->other_s = other_s;
  if (!corrected
      && (!doubted
          || (rendezvous->leapt && hark_time_since (now, rendezvous->leapt) < LEAP_SPACING)))
    return false;
  g_debug ("our clock is off by %" G_GINT64_FORMAT " s, perhaps by %" G_GINT64_FORMAT,
           rendezvous->correction_s, rendezvous->other_s);
  rendezvous->leapt = MAX (now, 1);
  return true;
}
