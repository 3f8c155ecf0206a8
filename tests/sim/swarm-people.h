/* tests/sim/swarm-people.h - whole Hark nodes among a swarm: they publish, are found, and ring.
 *
 * Pure; one thread at a time. Everybody is a HarkNet behind a port-restricted NAT with bindings of
 * 60 s, publishes a record for contacts, and meets the others only when they are told to call. The
 * contact points they find are the swarm's open Hark nodes.
 */
#pragma once

#include "tests/sim/people.h"
#include "tests/sim/swarm-measure.h"

typedef struct HarkSimSwarmPeople HarkSimSwarmPeople;

/* hark_sim_swarm_people_new: @n of them, within a minute of virtual time. Takes the network's tap
 * and watch. */
HarkSimSwarmPeople *hark_sim_swarm_people_new (HarkSimSwarm *swarm, unsigned n);
void hark_sim_swarm_people_free (HarkSimSwarmPeople *people);

/* hark_sim_swarm_people_published: share of them whose record is stored with contact points in it;
 * @ret_points: mean registrations that stand. */
double hark_sim_swarm_people_published (HarkSimSwarmPeople *people, double *ret_points);

/* hark_sim_swarm_measure_finding: @n gets of the present record of somebody who is online, by Hark
 * nodes of the swarm. */
HarkSimSwarmResult
hark_sim_swarm_measure_finding (HarkSimSwarmPeople *people, unsigned n, HarkTime spacing);

typedef struct {
  GArray *knock;   /* of double, ms: click to the first knock at the callee */
  GArray *ring;    /* of double, ms: click to the handshake's third packet read by the callee, who
                      may ring from then on */
  GArray *connect; /* of double, ms: click to the session confirmed at the callee */
  unsigned calls;  /* tried */
  unsigned delivered; /* first knock within 10 s */
  unsigned rang;      /* likewise */
  unsigned connected; /* likewise */
} HarkSimSwarmCalls;

/* hark_sim_swarm_calls_clear: frees its arrays. */
void hark_sim_swarm_calls_clear (HarkSimSwarmCalls *calls);

/* hark_sim_swarm_measure_calls: @rounds times the first half of the people calls the other half,
 * all within a few seconds. @cached: the caller read the record before and knows that it still
 * holds, else he has only the address. */
HarkSimSwarmCalls
hark_sim_swarm_measure_calls (HarkSimSwarmPeople *people, unsigned rounds, bool cached);

/* hark_sim_swarm_measure_lost_points: the contact points of @n callees vanish at one moment, each
 * being called at this very moment by somebody who has the old record: `ring` as above, within 60
 * s. */
HarkSimSwarmCalls hark_sim_swarm_measure_lost_points (HarkSimSwarmPeople *people, unsigned n);

typedef struct {
  double bytes; /* a second and person, both ways, with headers; mean */
  double bytes_max;
  double points_mean; /* registrations at one open Hark node */
  double points_p99;
} HarkSimSwarmLoad;

/* hark_sim_swarm_measure_people: what people who call nobody send and receive within @span, and how
 * their registrations lie over the contact points at its end. */
HarkSimSwarmLoad hark_sim_swarm_measure_people (HarkSimSwarmPeople *people, HarkTime span);
