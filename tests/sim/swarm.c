#include "tests/sim/swarm.h"

#include "net/dht/node-id.h"
#include "net/path/stun.h"
#include "tests/sim/hostile.h"
#include "tests/sim/seats.h"

#include <math.h>
#include <string.h>

#define START_WITHIN HARK_MINUTE
#define STARTER_KNOWS 12 /* nodes, at the beginning */
#define NEWCOMER_KNOWS 6 /* later, when he has no list: as many as there are well-known hosts */
#define PICK_TRIES 100000
#define BESIEGERS_SETTLE (20 * HARK_SECOND) /* then they visit those nearest to their target */

struct HarkSimSwarm {
  HarkSimSwarmConfig config;
  HarkSimNetwork *network;
  uint64_t draw;
  GPtrArray *nodes;  /* HarkSimSwarmNode */
  GHashTable *by_ip; /* external address: HarkSimSwarmNode */
  GArray *gang;      /* of HarkHostilePeer: liars alive */
  bool churn;
  bool divided;
};

/* ---- chance ---------------------------------------------------------------------- */

static double
unit (HarkSimSwarm *swarm)
{
  return hark_sim_draw_unit (&swarm->draw);
}

static unsigned
below (HarkSimSwarm *swarm, unsigned bound)
{
  return (unsigned) (hark_sim_draw (&swarm->draw) % bound);
}

static double
stay_scale (const HarkSimSwarmConfig *config)
{
  return (double) config->stay_median / pow (log (2), 1 / config->stay_shape);
}

/* Marsaglia and Tsang, for shapes above 1. */
static double
draw_gamma (HarkSimSwarm *swarm, double shape)
{
  double d = shape - 1.0 / 3, c = 1 / sqrt (9 * d);

  for (;;) {
    double normal = sqrt (-2 * log (unit (swarm))) * cos (2 * G_PI * unit (swarm));
    double v = pow (1 + c * normal, 3);

    if (v > 0 && log (unit (swarm)) < normal * normal / 2 + d - d * v + d * log (v))
      return d * v;
  }
}

/* How long a newcomer stays; @ret_age: (nullable): of somebody met at a random moment, who is
 * likely to be one who stays long: how long he has been there. */
static HarkTime
draw_stay (HarkSimSwarm *swarm, HarkTime *ret_age)
{
  const HarkSimSwarmConfig *config = &swarm->config;
  double stay;

  if (config->stay_median == 0) {
    if (ret_age)
      *ret_age = HARK_TIME_NEVER;
    return HARK_TIME_NEVER;
  }
  if (!ret_age) {
    stay = stay_scale (config) * pow (-log (unit (swarm)), 1 / config->stay_shape);
    return (HarkTime) MIN (stay, 1e18);
  }
  stay = stay_scale (config)
         * pow (draw_gamma (swarm, 1 + 1 / config->stay_shape), 1 / config->stay_shape);
  stay = MIN (stay, 1e18);
  *ret_age = (HarkTime) (stay * unit (swarm));
  return (HarkTime) stay - *ret_age;
}

HarkSimSwarmConfig
hark_sim_swarm_config_mainline (unsigned nodes, uint64_t seed)
{
  return (HarkSimSwarmConfig){
    .nodes = nodes,
    .hark = 0.1,
    .restricted = 0.3,
    .symmetric = 0.1,
    .without_items = 0.3,
    .stay_median = HARK_HOUR,
    .stay_shape = 0.6,
    .area
    = {.rtt_median = 80 * HARK_MS, .rtt_sigma = 0.5, .jitter = 0.1, .loss = 0.01, .seed = seed},
    .saved = 100,
    .saved_alive = 0.05,
    .limits = true,
    .seed = seed,
  };
}

/* ---- a node's life --------------------------------------------------------------- */

static void
end_probe (HarkSimSwarmProbe *probe, HarkTime now)
{
  HarkSimSwarmNode *node = probe->node;

  if (!node)
    return;
  probe->done_at = now;
  probe->queries = node->traffic.queries - probe->queries;
  probe->node = NULL;
  g_ptr_array_remove_fast (node->probes, probe);
}

static void
handle_event (HarkSimSwarmNode *node, const HarkDhtEvent *event)
{
  HarkTime now = hark_sim_swarm_now (node->swarm);
  HarkSimSwarmProbe *probe = NULL;

  for (guint i = 0; i < node->probes->len && !probe; i++)
    if (((HarkSimSwarmProbe *) node->probes->pdata[i])->operation == event->operation)
      probe = node->probes->pdata[i];
  if (!probe)
    return;
  switch (event->kind) {
  case HARK_DHT_EVENT_VALUE:
    probe->value_at = now;
    break;
  case HARK_DHT_EVENT_STORED:
    probe->stored_at = now;
    break;
  case HARK_DHT_EVENT_GET_DONE:
    probe->found = event->found;
    probe->seq = event->seq;
    end_probe (probe, now);
    break;
  case HARK_DHT_EVENT_PUT_DONE:
    probe->acks = event->acks;
    end_probe (probe, now);
    break;
  default:
    break;
  }
}

static bool
is_query (const uint8_t *bytes, size_t len)
{
  return len > 7 && memcmp (bytes + len - 7, "1:y1:qe", 7) == 0;
}

static void
send_packet (HarkSimSwarmNode *node, const HarkEndpoint *to, const uint8_t *bytes, size_t len)
{
  HarkSimSwarm *swarm = node->swarm;

  if (node->role == HARK_SIM_SWARM_FOREIGN && swarm->config.limits
      && !hark_foreign_send (&node->foreign, len, hark_sim_swarm_now (swarm)))
    return;
  node->traffic.packets++;
  node->traffic.bytes += len;
  node->traffic.queries += is_query (bytes, len);
  hark_sim_network_send (swarm->network, node->host, HARK_SIM_SWARM_PORT, to, bytes, len);
}

void
hark_sim_swarm_flush (HarkSimSwarmNode *node)
{
  HarkTime now = hark_sim_swarm_now (node->swarm);
  HarkDhtPacket packet;
  HarkDhtEvent event;
  HarkTime due;
  bool more;

  do {
    while (hark_dht_poll_packet (node->dht, &packet))
      send_packet (node, &packet.to, packet.data, packet.len);
    more = hark_dht_poll_event (node->dht, &event);
    if (more && !(node->helpers && hark_helpers_handle_dht (node->helpers, &event, now)))
      handle_event (node, &event);
  } while (more);
  due = hark_time_min (hark_dht_get_deadline (node->dht), node->leaves);
  if (node->helpers)
    due = hark_time_min (due, hark_helpers_get_deadline (node->helpers));
  if (due < node->armed) {
    node->armed = due;
    hark_sim_timer_set (node->timer, due);
  }
}

static void
on_datagram (void *data, const HarkEndpoint *from, const uint8_t *bytes, size_t len)
{
  HarkSimSwarmNode *node = data;
  HarkTime now = hark_sim_swarm_now (node->swarm);
  HarkForeignVerdict verdict = HARK_FOREIGN_TAKE;
  uint8_t answer[HARK_DHT_PACKET_LEN_MAX];
  size_t answer_len = 0;

  node->traffic.packets++;
  node->traffic.bytes += len;
  if (node->role == HARK_SIM_SWARM_FOREIGN && node->swarm->config.limits)
    verdict = hark_foreign_receive (&node->foreign, from, bytes, len, now);
  if (verdict == HARK_FOREIGN_DROP)
    return;
  if (node->role == HARK_SIM_SWARM_HARK && !node->read_only && hark_stun_is_request (bytes, len))
    answer_len = hark_stun_respond (bytes, len, from, answer);
  else if (verdict == HARK_FOREIGN_REFUSE)
    answer_len = hark_foreign_refusal (bytes, len, answer);
  else if (node->liar)
    answer_len
      = hark_hostile_answer (node->liar, from, hark_dht_get_id (node->dht, 4), bytes, len, answer);
  if (answer_len) {
    send_packet (node, from, answer, answer_len);
    return;
  }
  if (node->role == HARK_SIM_SWARM_FOREIGN)
    hark_foreign_trust (node->dht, from, now);
  hark_dht_handle_packet (node->dht, from, bytes, len, now);
  hark_sim_swarm_flush (node);
}

static void replace (HarkSimSwarm *swarm, HarkSimSwarmNode *node);

static void
on_time (void *data)
{
  HarkSimSwarmNode *node = data;
  HarkTime now = hark_sim_swarm_now (node->swarm);

  node->armed = HARK_TIME_NEVER;
  if (node->leaves <= now && node->swarm->churn) {
    replace (node->swarm, node);
    return;
  }
  if (node->leaves <= now)
    node->leaves = HARK_TIME_NEVER;
  if (hark_dht_get_deadline (node->dht) <= now)
    hark_dht_handle_time (node->dht, now);
  if (node->helpers && hark_helpers_get_deadline (node->helpers) <= now)
    hark_helpers_handle_time (node->helpers, now);
  hark_sim_swarm_flush (node);
}

static gpointer
ip_key (const HarkEndpoint *endpoint)
{
  uint32_t ip;

  memcpy (&ip, endpoint->ip, sizeof ip);
  return GUINT_TO_POINTER (ip);
}

/* With an id that BEP 42 allows where it lives. @wanted: (nullable): one of them. */
static void
start_dht (HarkSimSwarm *swarm,
           HarkSimSwarmNode *node,
           const HarkEndpoint *external,
           const HarkNodeId *wanted)
{
  HarkDhtConfig config = {.serve = node->role == HARK_SIM_SWARM_HARK && !node->read_only,
                          .read_only = node->read_only,
                          .has_id = node->role != HARK_SIM_SWARM_HARK};
  HarkRng rng;
  HarkNodeId id;
  uint8_t seed[32] = {0};

  for (size_t i = 0; i < sizeof seed; i += 8) {
    uint64_t bits = hark_sim_draw (&swarm->draw);

    memcpy (seed + i, &bits, sizeof bits);
  }
  hark_rng_init (&rng, seed);
  hark_node_id_for (external, seed[0], &rng, &id);
  memcpy (config.id, wanted ? wanted->bytes : id.bytes, sizeof config.id);
  node->dht = hark_dht_new (&config, &rng, hark_sim_swarm_now (swarm));
  if (!config.serve)
    return;
  node->helpers = hark_helpers_new (node->dht, &rng, NULL, hark_sim_swarm_now (swarm));
  hark_helpers_set_serving (node->helpers, HARK_SIM_SWARM_PORT, hark_sim_swarm_now (swarm));
}

static void
join_gang (HarkSimSwarm *swarm, HarkSimSwarmNode *node)
{
  HarkHostilePeer peer = {.endpoint = node->endpoint};

  memcpy (peer.id, hark_dht_get_id (node->dht, 4), sizeof peer.id);
  node->liar = hark_hostile_new (swarm->gang, hark_sim_draw (&swarm->draw));
  g_array_append_val (swarm->gang, peer);
}

static void
move (HarkSimSwarmNode *node, unsigned to)
{
  node->part = to;
  if (node->site)
    hark_sim_network_set_part_of_site (node->swarm->network, node->site, to);
  else
    hark_sim_network_set_part_of_host (node->swarm->network, node->host, to);
}

static HarkSimSwarmNode *
node_new (HarkSimSwarm *swarm,
          HarkSimSwarmRole role,
          HarkSimNatKind nat,
          HarkForeignKind kind,
          const HarkNodeId *id)
{
  HarkSimSwarmNode *node = g_new0 (HarkSimSwarmNode, 1);
  HarkTime now = hark_sim_swarm_now (swarm);
  HarkEndpoint external;

  node->swarm = swarm;
  node->site = hark_sim_network_add_site (swarm->network, nat);
  node->role = role;
  node->nat = nat;
  node->read_only
    = nat != HARK_SIM_NAT_NONE && (role == HARK_SIM_SWARM_HARK || hark_sim_draw (&swarm->draw) % 2);
  node->born = now;
  node->leaves = HARK_TIME_NEVER;
  node->armed = HARK_TIME_NEVER;
  node->probes = g_ptr_array_new ();
  node->host = hark_sim_network_add_host (swarm->network, node->site);
  if (node->site)
    hark_sim_network_set_nat_timeout (swarm->network, node->site, HARK_SIM_SWARM_BINDING);
  if (swarm->divided)
    move (node, hark_sim_draw (&swarm->draw) % 2);
  hark_sim_network_bind (swarm->network, node->host, HARK_SIM_SWARM_PORT, on_datagram, node);
  external = hark_sim_network_get_external (swarm->network, node->host);
  node->endpoint = external;
  node->endpoint.port = HARK_SIM_SWARM_PORT;
  hark_foreign_init (&node->foreign, kind, now);
  node->timer = hark_sim_timer_new (swarm->network, on_time, node);
  start_dht (swarm, node, &external, id);
  if (role == HARK_SIM_SWARM_HOSTILE)
    join_gang (swarm, node);
  node->place = swarm->nodes->len;
  g_ptr_array_add (swarm->nodes, node);
  g_hash_table_insert (swarm->by_ip, ip_key (&external), node);
  return node;
}

static void
leave_gang (HarkSimSwarm *swarm, const HarkSimSwarmNode *node)
{
  for (guint i = 0; i < swarm->gang->len; i++)
    if (hark_endpoint_equal (&g_array_index (swarm->gang, HarkHostilePeer, i).endpoint,
                             &node->endpoint)) {
      g_array_remove_index_fast (swarm->gang, i);
      return;
    }
}

static void
node_free (HarkSimSwarmNode *node)
{
  while (node->probes->len) {
    HarkSimSwarmProbe *probe = node->probes->pdata[0];

    probe->node = NULL;
    g_ptr_array_remove_index_fast (node->probes, 0);
  }
  g_ptr_array_unref (node->probes);
  hark_sim_timer_free (node->timer);
  hark_helpers_free (node->helpers);
  hark_dht_free (node->dht);
  hark_hostile_free (node->liar);
  g_free (node);
}

void
hark_sim_swarm_kill (HarkSimSwarm *swarm, HarkSimSwarmNode *node)
{
  HarkSimSwarmNode *last = swarm->nodes->pdata[swarm->nodes->len - 1];

  if (node->liar)
    leave_gang (swarm, node);
  g_hash_table_remove (swarm->by_ip, ip_key (&node->endpoint));
  last->place = node->place;
  g_ptr_array_remove_index_fast (swarm->nodes, node->place);
  hark_sim_network_unbind (swarm->network, node->host, HARK_SIM_SWARM_PORT);
  hark_sim_network_remove_host (swarm->network, node->host);
  node_free (node);
}

/* One leaves, another of the same kind comes. */
static void
replace (HarkSimSwarm *swarm, HarkSimSwarmNode *node)
{
  HarkSimSwarmNode *fresh = node_new (swarm, node->role, node->nat, node->foreign.kind, NULL);

  fresh->read_only = node->read_only;
  hark_dht_set_read_only (fresh->dht, fresh->read_only);
  fresh->leaves = hark_time_add (fresh->born, draw_stay (swarm, NULL));
  hark_sim_swarm_kill (swarm, node);
  if (hark_sim_draw (&swarm->draw) % 2)
    hark_sim_swarm_join_saved (swarm, fresh);
  else
    hark_sim_swarm_join (swarm, fresh, NEWCOMER_KNOWS);
}

/* ---- the whole ------------------------------------------------------------------- */

static HarkSimNatKind
draw_nat (HarkSimSwarm *swarm)
{
  double draw = unit (swarm);

  if (draw < swarm->config.restricted)
    return HARK_SIM_NAT_PORT_RESTRICTED;
  if (draw < swarm->config.restricted + swarm->config.symmetric)
    return HARK_SIM_NAT_SYMMETRIC;
  return HARK_SIM_NAT_NONE;
}

static void
add_starter (HarkSimSwarm *swarm, unsigned i)
{
  const HarkSimSwarmConfig *config = &swarm->config;
  HarkForeignKind kind = HARK_FOREIGN_MODERN;
  HarkSimSwarmRole role = HARK_SIM_SWARM_FOREIGN;
  /* liars serve on the internet itself; the first nodes are there for everybody to start from */
  HarkSimNatKind nat = i < STARTER_KNOWS ? HARK_SIM_NAT_NONE : draw_nat (swarm);
  double draw = unit (swarm);
  HarkSimSwarmNode *node;
  HarkTime age = 0;

  if (draw < config->hark)
    role = HARK_SIM_SWARM_HARK;
  else if (draw < config->hark + config->hostile)
    role = HARK_SIM_SWARM_HOSTILE;
  if (role == HARK_SIM_SWARM_HOSTILE)
    nat = HARK_SIM_NAT_NONE;
  if (unit (swarm) < config->without_items)
    kind = unit (swarm) < 1.0 / 3 ? HARK_FOREIGN_OLD : HARK_FOREIGN_SILENT;
  node = node_new (swarm, role, nat, kind, NULL);
  node->leaves = hark_time_add (node->born, draw_stay (swarm, &age));
  node->born -= MIN (age, node->born);
  if (i > 0)
    hark_sim_swarm_join (swarm, node, STARTER_KNOWS);
}

/* Everybody begins once more, now that the network is there: what is learned while it comes about
 * (tables, its size) is nothing that anybody would learn who joins it. */
static void
begin_again (HarkSimSwarm *swarm, HarkSimSwarmNode *node)
{
  HarkNodeId id;
  HarkEndpoint external = hark_sim_network_get_external (swarm->network, node->host);

  memcpy (id.bytes, hark_dht_get_id (node->dht, 4), sizeof id.bytes);
  hark_helpers_free (node->helpers);
  node->helpers = NULL;
  hark_dht_free (node->dht);
  start_dht (swarm, node, &external, &id);
  hark_sim_swarm_join (swarm, node, STARTER_KNOWS);
}

HarkSimSwarm *
hark_sim_swarm_new (const HarkSimSwarmConfig *config)
{
  HarkSimSwarm *swarm = g_new0 (HarkSimSwarm, 1);
  HarkSimWideArea area = config->area;

  swarm->config = *config;
  swarm->draw = config->seed;
  swarm->network = hark_sim_network_new (config->seed);
  area.seed = hark_sim_draw (&swarm->draw);
  hark_sim_network_set_wide_area (swarm->network, &area);
  swarm->nodes = g_ptr_array_new ();
  swarm->by_ip = g_hash_table_new (NULL, NULL);
  swarm->gang = g_array_new (FALSE, FALSE, sizeof (HarkHostilePeer));
  swarm->churn = true;
  for (unsigned i = 0; i < config->nodes; i++) {
    add_starter (swarm, i);
    hark_sim_network_run (swarm->network, START_WITHIN / config->nodes);
  }
  for (unsigned i = 0; i < config->nodes; i++) {
    begin_again (swarm, swarm->nodes->pdata[i]);
    hark_sim_network_run (swarm->network, START_WITHIN / config->nodes);
  }
  return swarm;
}

void
hark_sim_swarm_free (HarkSimSwarm *swarm)
{
  if (!swarm)
    return;
  for (guint i = 0; i < swarm->nodes->len; i++)
    node_free (swarm->nodes->pdata[i]);
  g_ptr_array_unref (swarm->nodes);
  g_hash_table_unref (swarm->by_ip);
  g_array_unref (swarm->gang);
  hark_sim_network_free (swarm->network);
  g_free (swarm);
}

HarkSimNetwork *
hark_sim_swarm_network (HarkSimSwarm *swarm)
{
  return swarm->network;
}

HarkTime
hark_sim_swarm_now (const HarkSimSwarm *swarm)
{
  return hark_sim_network_now (swarm->network);
}

uint64_t
hark_sim_swarm_run (HarkSimSwarm *swarm, HarkTime span)
{
  HarkTime until = hark_sim_swarm_now (swarm) + span;
  uint64_t steps = 0;

  while (hark_sim_network_step (swarm->network, until))
    steps++;
  return steps;
}

const HarkSimSwarmConfig *
hark_sim_swarm_config (const HarkSimSwarm *swarm)
{
  return &swarm->config;
}

uint64_t *
hark_sim_swarm_draw (HarkSimSwarm *swarm)
{
  return &swarm->draw;
}

void
hark_sim_swarm_set_churn (HarkSimSwarm *swarm, bool churn)
{
  swarm->churn = churn;
}

void
hark_sim_swarm_divide (HarkSimSwarm *swarm, bool divided)
{
  swarm->divided = divided;
  for (guint i = 0; i < swarm->nodes->len; i++)
    move (swarm->nodes->pdata[i], divided ? i % 2 : 0);
}

unsigned
hark_sim_swarm_count (const HarkSimSwarm *swarm)
{
  return swarm->nodes->len;
}

HarkSimSwarmNode *
hark_sim_swarm_node (HarkSimSwarm *swarm, unsigned place)
{
  return swarm->nodes->pdata[place];
}

HarkSimSwarmNode *
hark_sim_swarm_find (HarkSimSwarm *swarm, const HarkEndpoint *endpoint)
{
  HarkSimSwarmNode *node = g_hash_table_lookup (swarm->by_ip, ip_key (endpoint));

  return node && node->nat == HARK_SIM_NAT_NONE ? node : NULL;
}

HarkSimSwarmNode *
hark_sim_swarm_pick (HarkSimSwarm *swarm, HarkTime age, bool open)
{
  HarkTime now = hark_sim_swarm_now (swarm);

  for (unsigned i = 0; i < PICK_TRIES; i++) {
    HarkSimSwarmNode *node = swarm->nodes->pdata[below (swarm, swarm->nodes->len)];

    if (node->role == HARK_SIM_SWARM_HARK && hark_time_since (now, node->born) >= age
        && (!open || node->nat == HARK_SIM_NAT_NONE))
      return node;
  }
  g_assert_not_reached ();
}

HarkSimSwarmNode *
hark_sim_swarm_add (HarkSimSwarm *swarm, HarkSimSwarmRole role, HarkSimNatKind nat)
{
  HarkSimSwarmNode *node = node_new (swarm, role, nat, HARK_FOREIGN_MODERN, NULL);

  node->stays = true;
  return node;
}

/* ---- an attacker who may choose his addresses ------------------------------------- */

/* Goes and asks those who are nearest to @target, so that they know it. */
static void
introduce (HarkSimSwarm *swarm, unsigned place, const uint8_t target[HARK_DHT_ID_LEN])
{
  HarkSimSwarmNode *node = hark_sim_swarm_node (swarm, place);

  if (!node->liar)
    return; /* places move when somebody leaves */
  hark_dht_get_peers (node->dht, target, hark_sim_swarm_now (swarm));
  hark_sim_swarm_flush (node);
}

void
hark_sim_swarm_surround (HarkSimSwarm *swarm,
                         const uint8_t target[HARK_DHT_ID_LEN],
                         unsigned n,
                         double within)
{
  /* 8 million seats over 16 million distances */
  uint32_t distance_max = MAX (8 * n, (uint32_t) (within * (1 << 24)));
  g_autoptr (GArray) seats
    = hark_sim_seats_near (target, distance_max, hark_sim_network_rng (swarm->network));
  g_autoptr (GArray) besiegers = g_array_new (FALSE, FALSE, sizeof (unsigned)); /* places */
  guint stride = within > 0 ? MAX (1, seats->len / n) : 1;

  for (guint i = 0; i < seats->len && n > 0; i += stride) {
    const HarkSimSeat *seat = &g_array_index (seats, HarkSimSeat, i);
    HarkEndpoint there = {.family = 4};
    HarkSimSwarmNode *node;
    HarkNodeId id;

    for (int j = 0; j < 4; j++)
      there.ip[j] = (uint8_t) (seat->address >> (24 - 8 * j));
    if (g_hash_table_contains (swarm->by_ip, ip_key (&there)))
      continue;
    memcpy (id.bytes, target, sizeof id.bytes);
    for (int j = 0; j < 3; j++)
      id.bytes[j] = (uint8_t) ((((uint32_t) target[0] << 16 | (uint32_t) target[1] << 8 | target[2])
                                ^ seat->distance)
                               >> (16 - 8 * j));
    id.bytes[18] = (uint8_t) i;
    id.bytes[19] = seat->seed;
    hark_sim_network_set_next_address (swarm->network, seat->address);
    node = node_new (swarm, HARK_SIM_SWARM_HOSTILE, HARK_SIM_NAT_NONE, HARK_FOREIGN_MODERN, &id);
    hark_hostile_besiege (node->liar);
    hark_sim_swarm_join (swarm, node, STARTER_KNOWS);
    g_array_append_val (besiegers, node->place);
    n--;
  }
  hark_sim_swarm_run (swarm, BESIEGERS_SETTLE);
  for (guint i = 0; i < besiegers->len; i++)
    introduce (swarm, g_array_index (besiegers, unsigned, i), target);
}

/* ---- looking --------------------------------------------------------------------- */

unsigned
hark_sim_swarm_dead_share (HarkSimSwarmNode *node, unsigned *ret_gone, unsigned *ret_hidden)
{
  HarkEndpoint entries[512];
  size_t n = hark_dht_good_nodes (node->dht, entries, G_N_ELEMENTS (entries));

  *ret_gone = *ret_hidden = 0;
  for (size_t i = 0; i < n; i++) {
    const HarkSimSwarmNode *there = g_hash_table_lookup (node->swarm->by_ip, ip_key (&entries[i]));

    *ret_gone += there == NULL;
    *ret_hidden += there && there->nat != HARK_SIM_NAT_NONE;
  }
  return (unsigned) n;
}
