/* tests/sim/swarm.h - a Mainline DHT of thousands of nodes that come and go, in virtual time.
 *
 * Every node is a HarkDht on the wide area of tests/sim/network.h: most behave like other people's
 * software (tests/sim/foreign.h), some are Hark's own, some lie (tests/sim/hostile.h). Some sit
 * behind NATs whose bindings end after 60 s; half of these say `ro` (BEP 43), half do not and are
 * the dead weight in everybody's table. Stays are Weibull distributed; at the start the population
 * is as old as one that has lived like this forever; whoever goes is replaced by a newcomer of the
 * same kind at another address, who knows a few nodes or a list from yesterday, most of it gone.
 *
 * Pure; one thread at a time; same configuration, same run.
 */
#pragma once

#include "net/dht/dht.h"
#include "net/rendezvous/helpers.h"
#include "tests/sim/foreign.h"
#include "tests/sim/network.h"

#include <glib.h>

typedef struct {
  unsigned nodes;
  double hark;          /* share that is Hark */
  double restricted;    /* share behind port-restricted NATs */
  double symmetric;     /* share behind symmetric NATs */
  double without_items; /* share of the foreign ones that lack BEP 44; a third of them says so */
  double hostile;       /* share that lies */
  HarkTime stay_median; /* 0: nobody goes */
  double stay_shape;    /* of the Weibull distribution */
  HarkSimWideArea area; /* its seed is taken from `seed` */
  unsigned saved;       /* nodes that newcomers with a list from yesterday know */
  double saved_alive;   /* share of them that is still there */
  bool limits;          /* foreign nodes keep the limits of foreign.h */
  uint64_t seed;
} HarkSimSwarmConfig;

#define HARK_SIM_SWARM_PORT 6881
#define HARK_SIM_SWARM_BINDING (60 * HARK_SECOND) /* life of a NAT binding */

typedef struct HarkSimSwarm HarkSimSwarm;

typedef struct {
  uint64_t packets, bytes; /* sent and received, without headers */
  uint64_t queries;        /* sent */
} HarkSimSwarmTraffic;

typedef enum {
  HARK_SIM_SWARM_FOREIGN,
  HARK_SIM_SWARM_HARK,
  HARK_SIM_SWARM_HOSTILE
} HarkSimSwarmRole;

typedef struct {
  HarkSimSwarm *swarm;
  unsigned place; /* among the swarm's nodes */
  HarkSimSwarmRole role;
  HarkSimNatKind nat;
  bool read_only;
  bool stays;    /* never leaves by itself */
  unsigned part; /* of a divided internet */
  unsigned site, host;
  HarkEndpoint endpoint; /* for others, unless it is behind a NAT */
  HarkTime born;         /* may lie before the beginning */
  HarkTime leaves;
  HarkDht *dht;
  HarkHelpers *helpers; /* of a Hark node that serves: announces it; else NULL */
  HarkForeign foreign;  /* when FOREIGN */
  HarkSimSwarmTraffic traffic;
  HarkSimTimer *timer;
  HarkTime armed;
  bool draining;
  GPtrArray *probes;        /* HarkSimSwarmProbe that run */
  struct HarkHostile *liar; /* when HOSTILE; tests/sim/hostile.h */
} HarkSimSwarmNode;

/* A get or put under way, and what became of it. */
typedef struct {
  HarkSimSwarmNode *node; /* NULL when it is over, or its node left */
  HarkDhtOperation operation;
  HarkTime started;
  HarkTime value_at;  /* get: first valid value; 0: none */
  HarkTime stored_at; /* put: enough copies; 0: never */
  HarkTime done_at;   /* 0: not yet */
  bool found;
  int64_t seq;
  unsigned acks;
  uint64_t queries; /* sent by the node meanwhile */
} HarkSimSwarmProbe;

/* hark_sim_swarm_config_mainline: as Mainline is believed to be: 30 % and 10 % behind NATs, 10 %
 * Hark, 30 % without items, one hour median stay, 80 ms median round trip, 1 % loss. */
HarkSimSwarmConfig hark_sim_swarm_config_mainline (unsigned nodes, uint64_t seed);

/* hark_sim_swarm_new: everybody starts within the first minute of virtual time, and once more
 * within the second. (transfer full). */
HarkSimSwarm *hark_sim_swarm_new (const HarkSimSwarmConfig *config);
void hark_sim_swarm_free (HarkSimSwarm *swarm);

/* hark_sim_swarm_network: (transfer none): to run it, and for others to live in. */
HarkSimNetwork *hark_sim_swarm_network (HarkSimSwarm *swarm);
HarkTime hark_sim_swarm_now (const HarkSimSwarm *swarm);

/* hark_sim_swarm_run: lets @span pass; returns the number of steps it took. */
uint64_t hark_sim_swarm_run (HarkSimSwarm *swarm, HarkTime span);

/* hark_sim_swarm_config: (transfer none): as it was made. */
const HarkSimSwarmConfig *hark_sim_swarm_config (const HarkSimSwarm *swarm);

/* hark_sim_swarm_draw: (transfer none): the generator of choices made by measurements. */
uint64_t *hark_sim_swarm_draw (HarkSimSwarm *swarm);

/* hark_sim_swarm_count, hark_sim_swarm_node: everybody alive; pointers are good until the node
 * leaves. */
unsigned hark_sim_swarm_count (const HarkSimSwarm *swarm);
HarkSimSwarmNode *hark_sim_swarm_node (HarkSimSwarm *swarm, unsigned place);

/* hark_sim_swarm_find: the node at @endpoint; NULL: nobody, or he is behind a NAT. */
HarkSimSwarmNode *hark_sim_swarm_find (HarkSimSwarm *swarm, const HarkEndpoint *endpoint);

/* hark_sim_swarm_pick: a random Hark node that has been there for @age; with @open one without a
 * NAT.
 */
HarkSimSwarmNode *hark_sim_swarm_pick (HarkSimSwarm *swarm, HarkTime age, bool open);

/* hark_sim_swarm_add: another node, which does not leave by itself and knows nobody yet. */
HarkSimSwarmNode *
hark_sim_swarm_add (HarkSimSwarm *swarm, HarkSimSwarmRole role, HarkSimNatKind nat);

/* hark_sim_swarm_join: tells @node of @n nodes that can be reached now. */
void hark_sim_swarm_join (HarkSimSwarm *swarm, HarkSimSwarmNode *node, unsigned n);

/* hark_sim_swarm_join_saved: tells it of a list of yesterday; when all of that is gone, of one node
 * as well that is there: a well-known host. */
void hark_sim_swarm_join_saved (HarkSimSwarm *swarm, HarkSimSwarmNode *node);

/* hark_sim_swarm_random_open: the endpoint of a random node that can be reached from @part. */
HarkEndpoint hark_sim_swarm_random_open (HarkSimSwarm *swarm, unsigned part);

/* hark_sim_swarm_kill: @node is gone at once and replaced by nobody. */
void hark_sim_swarm_kill (HarkSimSwarm *swarm, HarkSimSwarmNode *node);

/* hark_sim_swarm_divide: cuts the internet in two halves that cannot reach each other, or heals it.
 * Newcomers fall to either half and know nodes of their own. */
void hark_sim_swarm_divide (HarkSimSwarm *swarm, bool divided);

/* hark_sim_swarm_surround: @n liars join next to @target, on ids that BEP 42 allows somebody on the
 * internet. @within: 0: the nearest ones there are, about @n of 8 million choices, so nearer than
 * any honest node; else spread evenly over this share of all ids. They know each other, name nobody
 * else, and make themselves known to whoever is near. */
void hark_sim_swarm_surround (HarkSimSwarm *swarm,
                              const uint8_t target[HARK_DHT_ID_LEN],
                              unsigned n,
                              double within);

/* hark_sim_swarm_set_churn: whether nodes leave and newcomers come from now on. */
void hark_sim_swarm_set_churn (HarkSimSwarm *swarm, bool churn);

/* hark_sim_swarm_flush: sends what @node has to say after a command from outside. */
void hark_sim_swarm_flush (HarkSimSwarmNode *node);

/* hark_sim_swarm_make_naive: @node forgets how large the network is, and so takes the closest nodes
 * as they come in whatever it begins next: no target looks crowded to it, and no way wrong. */
void hark_sim_swarm_make_naive (HarkSimSwarmNode *node);

/* hark_sim_swarm_get, hark_sim_swarm_put: start one; (transfer full): free it with
 * hark_sim_swarm_probe_free() after or before it is over. @key: a public key of 32 bytes; @seed: of
 * the item's key. */
HarkSimSwarmProbe *hark_sim_swarm_get (HarkSimSwarmNode *node, const uint8_t key[32], bool urgent);
HarkSimSwarmProbe *
hark_sim_swarm_put (HarkSimSwarmNode *node, const uint8_t seed[32], int64_t seq, size_t value_len);
void hark_sim_swarm_probe_free (HarkSimSwarmProbe *probe);

/* hark_sim_swarm_dead_share: entries of @node's table that lead to nobody: @ret_gone: who left;
 * @ret_hidden: who is there but behind a NAT that lets no stranger in. Returns the entries looked
 * at. */
unsigned
hark_sim_swarm_dead_share (HarkSimSwarmNode *node, unsigned *ret_gone, unsigned *ret_hidden);
