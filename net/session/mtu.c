/* net/session/mtu.c - a cap on packet sizes for narrow paths. */
#include "net/session/mtu.h"

#include <glib.h>

#define FIRST_TRIAL (HARK_SECOND / 4) /* of a path that nothing was tried on */
#define INTERVAL_MIN (2 * HARK_SECOND)
#define INTERVAL_MAX (10 * HARK_MINUTE)
/* Bytes; a trial of more that vanished may have met a full queue and is made once more. */
#define ETHERNET_MAX 1472

/* Tried from the top: all, jumbo frames, Ethernet less IPv4 and less IPv6, PPPoE less IPv6,
 * tunnels, and the 1,280 of IPv6 (RFC 8200) less its headers.
 */
static const size_t sizes[] = {SIZE_MAX, 8900, 1472, 1452, 1444, 1400, 1340, 1280, 1232};

void
hark_mtu_init (HarkMtu *mtu, size_t max)
{
  *mtu = (HarkMtu){.max = max, .interval = INTERVAL_MIN};
}

void
hark_mtu_start_small (HarkMtu *mtu)
{
  mtu->cap = HARK_MTU_MIN;
  mtu->next = 0;
}

/* The next smaller size; false when there is none above the cap. */
static bool
step_down (HarkMtu *mtu)
{
  mtu->again = false;
  do
    mtu->step++;
  while (mtu->step < G_N_ELEMENTS (sizes) && sizes[mtu->step] >= mtu->max);
  return mtu->step < G_N_ELEMENTS (sizes) && sizes[mtu->step] > mtu->cap;
}

void
hark_mtu_shrink (HarkMtu *mtu, HarkTime now)
{
  /* it was the trial that was too large: the next one is smaller, or the kernel would refuse the
   * same for ever */
  bool trial_failed = mtu->trial != 0;

  mtu->cap = HARK_MTU_MIN;
  mtu->trial = 0;
  if (!trial_failed || !step_down (mtu))
    mtu->step = 0;
  mtu->interval = INTERVAL_MIN;
  mtu->next = hark_time_add (now, FIRST_TRIAL);
}

size_t
hark_mtu_limit (const HarkMtu *mtu)
{
  return mtu->cap != 0 ? mtu->cap : mtu->max;
}

size_t
hark_mtu_try (const HarkMtu *mtu, HarkTime now)
{
  size_t size;

  if (mtu->cap == 0 || mtu->trial != 0 || now < mtu->next)
    return 0;
  size = MIN (sizes[mtu->step], mtu->max);
  return size > mtu->cap ? size : 0;
}

void
hark_mtu_tried (HarkMtu *mtu, size_t size, HarkTime patience, HarkTime now)
{
  mtu->trial = size;
  mtu->decision = hark_time_add (now, patience);
}

bool
hark_mtu_decide (HarkMtu *mtu, bool acked, HarkTime now)
{
  if (mtu->trial == 0)
    return false;
  if (acked) {
    mtu->cap = mtu->trial >= mtu->max ? 0 : mtu->trial;
    mtu->step = 0;
    mtu->interval = INTERVAL_MAX;
    mtu->again = false;
  } else if (now < mtu->decision) {
    return false;
  } else if (mtu->trial > ETHERNET_MAX && !mtu->again) {
    mtu->again = true;
    mtu->trial = 0;
    mtu->next = now;
    return true;
  } else if (!step_down (mtu)) {
    mtu->step = 0;
    mtu->interval = MIN (2 * mtu->interval, INTERVAL_MAX);
  }
  mtu->trial = 0;
  mtu->next = hark_time_add (now, acked || mtu->step == 0 ? mtu->interval : HARK_SECOND);
  return true;
}
