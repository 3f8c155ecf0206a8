/* tests/sim/swarm-measure.h - what is asked of a swarm, and what came of it.
 *
 * Pure; one thread at a time. Each function lets virtual time pass in the swarm. Those who ask are
 * Hark nodes picked at random among the ones that are there for a while, behind NATs or not; an
 * answer that an asker does not live to see is not counted. Times are in ms.
 */
#pragma once

#include "tests/sim/swarm.h"

/* Items with keys of their own, which the measurements put and get. */
typedef struct {
  uint8_t seed[32];
  uint8_t key[32];
  int64_t seq;
} HarkSimSwarmItem;

/* hark_sim_swarm_items_new: (transfer full): @n items, not stored anywhere yet; g_array_unref(). */
GArray *hark_sim_swarm_items_new (HarkSimSwarm *swarm, unsigned n);

typedef struct {
  GArray *first;  /* of double: get: first valid value; put: four acknowledgements */
  GArray *done;   /* of double: get: complete; put: the end, with eight acknowledgements */
  unsigned asked; /* operations that ended while their asker was there */
  unsigned found; /* get: with the newest value; put: with at least four acknowledgements */
  unsigned full;  /* put: with eight */
  double queries; /* mean per operation */
  double queries_p50;
  uint64_t messages; /* sent and received by the whole swarm meanwhile */
} HarkSimSwarmResult;

/* hark_sim_swarm_result_clear: frees its arrays. */
void hark_sim_swarm_result_clear (HarkSimSwarmResult *result);

/* hark_sim_swarm_result_percentile: of @values, 0 when there are none. */
double hark_sim_swarm_percentile (GArray *values, double share);

/* Who asks: NULL: a Hark node picked for each operation. */
typedef HarkSimSwarmNode *(*HarkSimSwarmAsker) (HarkSimSwarm *swarm);

/* hark_sim_swarm_measure_puts: every item of @items once, one every @spacing, with a value of 297
 * bytes, as records of people have it. */
HarkSimSwarmResult hark_sim_swarm_measure_puts (HarkSimSwarm *swarm,
                                                GArray *items,
                                                HarkTime spacing,
                                                HarkSimSwarmAsker asker);

/* hark_sim_swarm_measure_gets: @n times a random one of @items. @urgent: as somebody who waits. */
HarkSimSwarmResult hark_sim_swarm_measure_gets (HarkSimSwarm *swarm,
                                                const GArray *items,
                                                unsigned n,
                                                HarkTime spacing,
                                                bool urgent,
                                                HarkSimSwarmAsker asker);

/* hark_sim_swarm_measure_joins: @n newcomers, one every @spacing, each asking for one of @items
 * from the start, again whenever the answer is "not found": `first`: until the value is there.
 * @saved: they have a list of yesterday, else one address that works. They leave afterwards. */
HarkSimSwarmResult hark_sim_swarm_measure_joins (
  HarkSimSwarm *swarm, const GArray *items, unsigned n, HarkTime spacing, bool saved);

typedef struct {
  double entries; /* mean in a table */
  double gone;    /* share that left */
  double hidden;  /* share that is there, behind a NAT that lets nobody else in */
} HarkSimSwarmTables;

/* hark_sim_swarm_measure_tables: of the Hark nodes that are there for @age. */
HarkSimSwarmTables hark_sim_swarm_measure_tables (HarkSimSwarm *swarm, HarkTime age);

typedef struct {
  double client, server; /* bytes a second, both ways, with headers of IP and UDP; mean */
  double client_max, server_max;
} HarkSimSwarmIdle;

/* hark_sim_swarm_measure_idle: what Hark nodes that are asked nothing send and receive within
 * @span. */
HarkSimSwarmIdle hark_sim_swarm_measure_idle (HarkSimSwarm *swarm, HarkTime span);
