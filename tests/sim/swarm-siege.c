#include "tests/sim/swarm-siege.h"

#include "net/dht/item.h"

#define SPACING (50 * HARK_MS)
#define FRESH_SHARE 5               /* newcomers among readers: one in */
#define KNOWN_TO (5 * HARK_MINUTE)  /* until everybody around knows the liars */
#define LEARNT (2 * HARK_MINUTE)    /* then those who were made naive are so no longer */
#define FRESH_AGE (3 * HARK_SECOND) /* just through its first walk */
#define FRESH_KNOWS 8

static HarkSwarmNode *
fresh_asker (HarkSwarm *swarm)
{
  HarkSwarmNode *node = hark_swarm_add (swarm, HARK_SWARM_HARK, HARK_SIM_NAT_NONE);

  hark_swarm_join (swarm, node, FRESH_KNOWS);
  hark_swarm_run (swarm, FRESH_AGE);
  return node;
}

static HarkSwarmNode *
naive_asker (HarkSwarm *swarm)
{
  HarkSwarmNode *node = hark_swarm_pick (swarm, 5 * HARK_MINUTE, false);

  hark_swarm_make_naive (node);
  return node;
}

static void
remove_liars (HarkSwarm *swarm)
{
  for (unsigned i = hark_swarm_count (swarm); i > 0; i--)
    if (hark_swarm_node (swarm, i - 1)->role == HARK_SWARM_HOSTILE)
      hark_swarm_kill (swarm, hark_swarm_node (swarm, i - 1));
}

/* One value more, and who finds it. */
static void
run_round (
  HarkSwarm *swarm, GArray *items, unsigned gets, HarkSwarmAsker asker, HarkSwarmSieged *sum)
{
  HarkSwarmResult put, got;
  unsigned asked = sum->asked;

  g_array_index (items, HarkSwarmItem, 0).seq++;
  put = hark_swarm_measure_puts (swarm, items, SPACING, asker);
  got = hark_swarm_measure_gets (swarm, items, gets, SPACING, true, asker);
  sum->asked += got.asked;
  sum->found += got.found;
  sum->queries = (sum->queries * asked + got.queries * got.asked) / MAX (1, sum->asked);
  sum->done_p50 = MAX (sum->done_p50, hark_swarm_percentile (got.done, 0.5));
  hark_swarm_result_clear (&put);
  hark_swarm_result_clear (&got);
}

void
hark_swarm_measure_siege (HarkSwarm *swarm,
                          const HarkSwarmSiege *siege,
                          HarkSwarmSieged *ret_settled,
                          HarkSwarmSieged *ret_fresh,
                          HarkSwarmSieged *ret_naive)
{
  *ret_settled = *ret_fresh = *ret_naive = (HarkSwarmSieged){0};
  for (unsigned i = 0; i < siege->targets; i++) {
    g_autoptr (GArray) items = hark_swarm_items_new (swarm, 1);
    const HarkSwarmItem *item = &g_array_index (items, HarkSwarmItem, 0);
    uint8_t target[HARK_DHT_ID_LEN];

    hark_sha1 (item->key, sizeof item->key, NULL, 0, target);
    hark_swarm_surround (swarm, target, siege->nodes, siege->within);
    hark_swarm_run (swarm, KNOWN_TO);
    /* first, because what others put before would be replaced wherever it is met */
    run_round (swarm, items, siege->gets, naive_asker, ret_naive);
    hark_swarm_run (swarm, LEARNT);
    for (unsigned round = 0; round < siege->rounds; round++) {
      run_round (swarm, items, siege->gets, NULL, ret_settled);
      run_round (swarm, items, siege->gets / FRESH_SHARE, fresh_asker, ret_fresh);
    }
    remove_liars (swarm);
  }
}
