#include "tests/sim/swarm-siege.h"

#include "net/dht/item.h"

#define SPACING (50 * HARK_MS)
#define FRESH_SHARE 5               /* newcomers among readers: one in */
#define KNOWN_TO (5 * HARK_MINUTE)  /* until everybody around knows the liars */
#define LEARNT (2 * HARK_MINUTE)    /* then those who were made naive are so no longer */
#define FRESH_AGE (3 * HARK_SECOND) /* just through its first walk */
#define FRESH_KNOWS 8

static HarkSimSwarmNode *
fresh_asker (HarkSimSwarm *swarm)
{
  HarkSimSwarmNode *node = hark_sim_swarm_add (swarm, HARK_SIM_SWARM_HARK, HARK_SIM_NAT_NONE);

  hark_sim_swarm_join (swarm, node, FRESH_KNOWS);
  hark_sim_swarm_run (swarm, FRESH_AGE);
  return node;
}

static HarkSimSwarmNode *
naive_asker (HarkSimSwarm *swarm)
{
  HarkSimSwarmNode *node = hark_sim_swarm_pick (swarm, 5 * HARK_MINUTE, false);

  hark_sim_swarm_make_naive (node);
  return node;
}

static void
remove_liars (HarkSimSwarm *swarm)
{
  for (unsigned i = hark_sim_swarm_count (swarm); i > 0; i--)
    if (hark_sim_swarm_node (swarm, i - 1)->role == HARK_SIM_SWARM_HOSTILE)
      hark_sim_swarm_kill (swarm, hark_sim_swarm_node (swarm, i - 1));
}

/* One value more, and who finds it. */
static void
run_round (HarkSimSwarm *swarm,
           GArray *items,
           unsigned gets,
           HarkSimSwarmAsker asker,
           HarkSimSwarmSieged *sum)
{
  HarkSimSwarmResult put, got;
  unsigned asked = sum->asked;

  g_array_index (items, HarkSimSwarmItem, 0).seq++;
  put = hark_sim_swarm_measure_puts (swarm, items, SPACING, asker);
  got = hark_sim_swarm_measure_gets (swarm, items, gets, SPACING, true, asker);
  sum->asked += got.asked;
  sum->found += got.found;
  sum->queries = (sum->queries * asked + got.queries * got.asked) / MAX (1, sum->asked);
  sum->done_p50 = MAX (sum->done_p50, hark_sim_swarm_percentile (got.done, 0.5));
  hark_sim_swarm_result_clear (&put);
  hark_sim_swarm_result_clear (&got);
}

void
hark_sim_swarm_measure_siege (HarkSimSwarm *swarm,
                              const HarkSimSwarmSiege *siege,
                              HarkSimSwarmSieged *ret_settled,
                              HarkSimSwarmSieged *ret_fresh,
                              HarkSimSwarmSieged *ret_naive)
{
  *ret_settled = *ret_fresh = *ret_naive = (HarkSimSwarmSieged){0};
  for (unsigned i = 0; i < siege->targets; i++) {
    g_autoptr (GArray) items = hark_sim_swarm_items_new (swarm, 1);
    const HarkSimSwarmItem *item = &g_array_index (items, HarkSimSwarmItem, 0);
    uint8_t target[HARK_DHT_ID_LEN];

    hark_sha1 (item->key, sizeof item->key, NULL, 0, target);
    hark_sim_swarm_surround (swarm, target, siege->nodes, siege->within);
    hark_sim_swarm_run (swarm, KNOWN_TO);
    /* first, because what others put before would be replaced wherever it is met */
    run_round (swarm, items, siege->gets, naive_asker, ret_naive);
    hark_sim_swarm_run (swarm, LEARNT);
    for (unsigned round = 0; round < siege->rounds; round++) {
      run_round (swarm, items, siege->gets, NULL, ret_settled);
      run_round (swarm, items, siege->gets / FRESH_SHARE, fresh_asker, ret_fresh);
    }
    remove_liars (swarm);
  }
}
