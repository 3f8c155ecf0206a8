#include "tests/sim/link.h"

/* When the packet has left the queue, or never when the queue is full. */
static HarkTime
serialize (HarkSimLink *link, size_t len, HarkTime now)
{
  uint64_t rate = link->config.rate;
  uint64_t queue_max = link->config.queue_max ? link->config.queue_max : MAX (rate / 80, 3000);
  HarkTime start = MAX (link->busy_until, now);
  uint64_t bits = 8 * ((uint64_t) len + HARK_SIM_HEADER_LEN);

  if (rate == 0)
    return now;
  if ((double) (start - now) * (double) rate / (8.0 * (double) HARK_SECOND) > (double) queue_max)
    return HARK_TIME_NEVER;
  link->busy_until = start + (HarkTime) ((double) bits / (double) rate * (double) HARK_SECOND);
  return link->busy_until;
}

static bool
happens (HarkRng *rng, double share)
{
  return share > 0 && hark_rng_unit (rng) < share;
}

unsigned
hark_sim_link_carry (
  HarkSimLink *link, HarkRng *rng, size_t len, HarkTime now, HarkTime ret[HARK_SIM_COPIES_MAX])
{
  const HarkSimLinkConfig *config = &link->config;
  HarkTime left = HARK_TIME_NEVER;
  HarkTime arrival;
  unsigned copies = 1;

  if (!link->cut && (config->mtu == 0 || len <= config->mtu))
    left = serialize (link, len, now);
  if (left == HARK_TIME_NEVER || happens (rng, config->loss)) {
    link->dropped++;
    return 0;
  }

  link->carried++;
  arrival = left + config->delay;
  if (happens (rng, config->reorder)) {
    arrival += 1 + hark_rng_below (rng, config->delay + 10 * HARK_MS);
  } else {
    if (config->jitter)
      arrival += hark_rng_below (rng, config->jitter + 1);
    arrival = MAX (arrival, link->last_arrival);
    link->last_arrival = arrival;
  }
  ret[0] = arrival;
  if (happens (rng, config->duplicate))
    ret[copies++] = arrival + hark_rng_below (rng, HARK_MS);
  return copies;
}
