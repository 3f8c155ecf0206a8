/* tests/sim/core-world.h - a small internet with DHT nodes and people who run a whole Hark on it.
 *
 * As core-node.h: not pure, one thread; same seed, same run.
 */
#pragma once

#include "tests/sim/core-node.h"
#include "tests/sim/people.h"

#define HARK_SIM_WORLD_PEOPLE_MAX 50
#define HARK_SIM_WORLD_DHT 3

typedef struct {
  HarkSimNetwork *network;
  HarkSimPerson *dht[HARK_SIM_WORLD_DHT];
  HarkEndpoint bootstrap;
  unsigned n;
  HarkSimCoreNode *people[HARK_SIM_WORLD_PEOPLE_MAX];
  unsigned sites[HARK_SIM_WORLD_PEOPLE_MAX]; /* of people; 0: on the internet itself */
} HarkSimWorld;

/* hark_sim_world_init: three DHT nodes that know each other. */
void hark_sim_world_init (HarkSimWorld *world, uint64_t seed);
void hark_sim_world_clear (HarkSimWorld *world);

/* hark_sim_world_add: somebody in a home of their own behind @nat, with @link both ways. */
HarkSimCoreNode *hark_sim_world_add (HarkSimWorld *world,
                                     HarkSimNatKind nat,
                                     const HarkSimLinkConfig *link,
                                     const char *name);

/* hark_sim_address: the public address of @node, or an invite; free it. */
char *hark_sim_address (HarkSimCoreNode *node, bool invite);

/* hark_sim_add: @node adds @address; the code of the refusal, or NULL when it went well. */
const char *hark_sim_add (HarkSimCoreNode *node, const char *address);

/* hark_sim_wait_...: run the network for at most @span; whether it came to it. */
bool hark_sim_wait_request (HarkSimCoreNode *node, const HarkSimCoreNode *from, HarkTime span);
bool hark_sim_wait_online (HarkSimCoreNode *a, HarkSimCoreNode *b, HarkTime span);
bool hark_sim_wait_apart (HarkSimCoreNode *a, HarkSimCoreNode *b, HarkTime span);

/* hark_sim_befriend: @a asks, @b accepts, until both see each other online; false when a step
 * takes longer than @span. */
bool hark_sim_befriend (HarkSimCoreNode *a, HarkSimCoreNode *b, HarkTime span);

/* hark_sim_lossy_link: on each of the two links of a way, so that @loss of it is lost in all. */
HarkSimLinkConfig hark_sim_lossy_link (double loss);

/* hark_sim_runs: @quick, or ten times as many when HARK_LONG is set or --long was given. */
unsigned hark_sim_runs (unsigned quick);

/* hark_sim_test_init: g_test_init() that knows --long. */
void hark_sim_test_init (int *argc, char ***argv);

/* hark_sim_listed: (nullable): @other as the running process of @node lists it, which need not have
 * made an event; until the next command. */
const HarkPerson *hark_sim_listed (HarkSimCoreNode *node, const HarkSimCoreNode *other);
