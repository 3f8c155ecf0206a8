#include "tests/sim/swarm.h"

#define PICK_TRIES 100000

HarkEndpoint
hark_sim_swarm_random_open (HarkSimSwarm *swarm, unsigned part)
{
  for (unsigned i = 0; i < PICK_TRIES; i++) {
    const HarkSimSwarmNode *node
      = hark_sim_swarm_node (swarm, (unsigned) (hark_sim_draw (hark_sim_swarm_draw (swarm))
                                                % hark_sim_swarm_count (swarm)));

    if (node->nat == HARK_SIM_NAT_NONE && node->part == part)
      return node->endpoint;
  }
  g_assert_not_reached ();
}

void
hark_sim_swarm_join (HarkSimSwarm *swarm, HarkSimSwarmNode *node, unsigned n)
{
  for (unsigned i = 0; i < n; i++) {
    HarkEndpoint known = hark_sim_swarm_random_open (swarm, node->part);

    if (!hark_endpoint_equal (&known, &node->endpoint))
      hark_dht_bootstrap (node->dht, &known, hark_sim_swarm_now (swarm));
  }
  hark_sim_swarm_flush (node);
}

void
hark_sim_swarm_join_saved (HarkSimSwarm *swarm, HarkSimSwarmNode *node)
{
  const HarkSimSwarmConfig *config = hark_sim_swarm_config (swarm);
  bool alive = false;

  for (unsigned i = 0; i < config->saved; i++) {
    uint32_t address = hark_sim_wide_area_address (hark_sim_swarm_draw (swarm));
    HarkEndpoint known = {
      .family = 4,
      .port = HARK_SIM_SWARM_PORT,
      .ip = {(uint8_t) (address >> 24), (uint8_t) (address >> 16), (uint8_t) (address >> 8),
             (uint8_t) address}
    };

    if (hark_sim_draw_unit (hark_sim_swarm_draw (swarm)) < config->saved_alive) {
      known = hark_sim_swarm_random_open (swarm, node->part);
      alive = true;
    }
    hark_dht_bootstrap (node->dht, &known, hark_sim_swarm_now (swarm));
  }
  if (!alive)
    hark_sim_swarm_join (swarm, node, 1);
  hark_sim_swarm_flush (node);
}
