/* tests/sim/swarm-siege.h - somebody puts his nodes around a target that he knows: who gets
 * through?
 *
 * Pure; one thread at a time. Source: tests/ATTACKS.md A-35.
 */
#pragma once

#include "tests/sim/swarm-measure.h"

typedef struct {
  unsigned nodes;   /* liars around each target */
  double within;    /* as in hark_sim_swarm_surround() */
  unsigned targets; /* one after the other */
  unsigned rounds;  /* for each: a newer value is put, then looked for */
  unsigned gets;    /* in each round, and as many puts as rounds */
} HarkSimSwarmSiege;

typedef struct {
  unsigned asked;
  unsigned found; /* the newest value */
  double queries; /* mean per get */
  double done_p50;
} HarkSimSwarmSieged;

/* hark_sim_swarm_measure_siege: puts and gets by Hark nodes that are there for a while
 * (@ret_settled); by such as joined 3 s ago (@ret_fresh, a fifth as many gets); and by nodes that
 * know nothing of the network's size and so have no rule against it (@ret_naive, one round). */
void hark_sim_swarm_measure_siege (HarkSimSwarm *swarm,
                                   const HarkSimSwarmSiege *siege,
                                   HarkSimSwarmSieged *ret_settled,
                                   HarkSimSwarmSieged *ret_fresh,
                                   HarkSimSwarmSieged *ret_naive);
