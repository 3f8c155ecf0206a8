#include "tests/unit/net/dht/swarm.h"

#include "net/dht/krpc.h"

#include <sodium.h>
#include <string.h>

typedef struct {
  HarkDht *dht;
  HarkEndpoint endpoint;  /* family 0: none */
  HarkEndpoint endpoint6; /* likewise */
  SwarmConduct conduct;
} Node;

typedef struct {
  HarkTime at;
  uint64_t order;
  HarkEndpoint from, to;
  size_t len;
  uint8_t data[];
} Flight;

struct Swarm {
  HarkRng rng;
  HarkTime now;
  SwarmPlace place;
  double loss;
  unsigned n;
  Node *nodes;
  GHashTable *by_endpoint; /* endpoint -> index + 1 */
  GSequence *flights;
  uint64_t order;
  GHashTable *results; /* node, operation -> SwarmResult */
  SwarmEvent on_event;
  gpointer data;
};

static guint
hash_endpoint (gconstpointer key)
{
  const HarkEndpoint *endpoint = key;
  guint ip;

  memcpy (&ip, endpoint->ip, sizeof ip);
  return ip * 31 + endpoint->port;
}

static gboolean
equal_endpoint (gconstpointer a, gconstpointer b)
{
  return hark_endpoint_equal (a, b);
}

static gint
compare_flights (gconstpointer a, gconstpointer b, gpointer data)
{
  const Flight *x = a, *y = b;

  (void) data;
  if (x->at != y->at)
    return x->at < y->at ? -1 : 1;
  return x->order < y->order ? -1 : x->order > y->order;
}

static HarkEndpoint
new_endpoint (Swarm *swarm, unsigned i)
{
  HarkEndpoint endpoint = {
    .family = 4, .port = (uint16_t) (20000 + i), .ip = {127, 0, 0, 1}
  };

  if (swarm->place == SWARM_MIXED && i % 3 == 1)
    return (HarkEndpoint){0};
  if (swarm->place != SWARM_LOOPBACK) {
    do
      hark_rng_bytes (&swarm->rng, endpoint.ip, 4);
    while (hark_endpoint_scope (&endpoint) != HARK_SCOPE_PUBLIC
           || g_hash_table_contains (swarm->by_endpoint, &endpoint));
    endpoint.port = 6881;
  }
  return endpoint;
}

static HarkEndpoint
new_endpoint6 (Swarm *swarm, unsigned i)
{
  HarkEndpoint endpoint = {.family = 6, .port = 6881};

  if (swarm->place < SWARM_IPV6 || (swarm->place == SWARM_MIXED && i % 3 == 0))
    return (HarkEndpoint){0};
  hark_rng_bytes (&swarm->rng, endpoint.ip, sizeof endpoint.ip);
  endpoint.ip[0] = 0x20; /* 2000::/8 */
  return endpoint;
}

static void
start_node (Swarm *swarm, unsigned i, const uint8_t *id)
{
  HarkDhtConfig config = {.allow_loopback = true, .serve = true};
  Node *node = &swarm->nodes[i];

  node->endpoint = swarm->place == SWARM_IPV6 ? (HarkEndpoint){0} : new_endpoint (swarm, i);
  node->endpoint6 = new_endpoint6 (swarm, i);
  node->dht = NULL;
  if (id) {
    config.has_id = true;
    memcpy (config.id, id, sizeof config.id);
  } else if (swarm->place == SWARM_IPV4) {
    HarkNodeId own;

    hark_node_id_for (&node->endpoint, (uint8_t) i, &swarm->rng, &own);
    config.has_id = true;
    memcpy (config.id, own.bytes, sizeof config.id);
  }
  node->dht = hark_dht_new (&config, &swarm->rng, swarm->now);
  node->conduct = SWARM_HONEST;
  if (node->endpoint.family)
    g_hash_table_insert (swarm->by_endpoint, &node->endpoint, GUINT_TO_POINTER (i + 1));
  if (node->endpoint6.family)
    g_hash_table_insert (swarm->by_endpoint, &node->endpoint6, GUINT_TO_POINTER (i + 1));
}

Swarm *
swarm_new (uint32_t seed, unsigned n, bool public, double loss)
{
  return swarm_new_at (seed, n, public ? SWARM_IPV4 : SWARM_LOOPBACK, loss);
}

Swarm *
swarm_new_at (uint32_t seed, unsigned n, SwarmPlace place, double loss)
{
  Swarm *swarm = g_new0 (Swarm, 1);
  uint8_t bytes[32] = {0};

  memcpy (bytes, &seed, sizeof seed);
  hark_rng_init (&swarm->rng, bytes);
  swarm->now = HARK_HOUR;
  swarm->place = place;
  swarm->loss = loss;
  swarm->n = n;
  swarm->nodes = g_new0 (Node, n);
  swarm->by_endpoint = g_hash_table_new (hash_endpoint, equal_endpoint);
  swarm->flights = g_sequence_new (g_free);
  swarm->results = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  for (unsigned i = 0; i < n; i++)
    start_node (swarm, i, NULL);
  return swarm;
}

void
swarm_free (Swarm *swarm)
{
  for (unsigned i = 0; i < swarm->n; i++)
    hark_dht_free (swarm->nodes[i].dht);
  g_hash_table_unref (swarm->results);
  g_sequence_free (swarm->flights);
  g_hash_table_unref (swarm->by_endpoint);
  g_free (swarm->nodes);
  g_free (swarm);
}

HarkDht *
swarm_dht (Swarm *swarm, unsigned i)
{
  return swarm->nodes[i].dht;
}

HarkEndpoint
swarm_endpoint (Swarm *swarm, unsigned i)
{
  return swarm->nodes[i].endpoint;
}

HarkEndpoint
swarm_endpoint6 (Swarm *swarm, unsigned i)
{
  return swarm->nodes[i].endpoint6;
}

HarkTime
swarm_now (Swarm *swarm)
{
  return swarm->now;
}

HarkRng *
swarm_rng (Swarm *swarm)
{
  return &swarm->rng;
}

void
swarm_set_conduct (Swarm *swarm, unsigned i, SwarmConduct conduct)
{
  swarm->nodes[i].conduct = conduct;
}

void
swarm_set_on_event (Swarm *swarm, SwarmEvent on_event, gpointer data)
{
  swarm->on_event = on_event;
  swarm->data = data;
}

uint64_t
swarm_packets (Swarm *swarm)
{
  return swarm->order;
}

static SwarmResult *
result_of (Swarm *swarm, unsigned i, HarkDhtOperation op)
{
  gint64 key = (gint64) i << 32 | op;
  SwarmResult *result = g_hash_table_lookup (swarm->results, &key);

  if (!result) {
    result = g_new0 (SwarmResult, 1);
    g_hash_table_insert (swarm->results, g_memdup2 (&key, sizeof key), result);
  }
  return result;
}

static void
note_event (Swarm *swarm, unsigned i, const HarkDhtEvent *event)
{
  SwarmResult *result;

  if (swarm->on_event)
    swarm->on_event (swarm, i, event, swarm->data);
  if (!event->operation)
    return;
  result = result_of (swarm, i, event->operation);
  switch (event->kind) {
  case HARK_DHT_EVENT_VALUE:
  case HARK_DHT_EVENT_STORED:
    result->first = swarm->now;
    break;
  case HARK_DHT_EVENT_PEERS:
    result->n_peers += (unsigned) event->n_peers;
    break;
  case HARK_DHT_EVENT_RING:
    break;
  default:
    result->done = true;
    result->end = swarm->now;
    result->code = event->code;
  }
  result->found |= event->found || event->kind == HARK_DHT_EVENT_KNOCK_ANSWER;
  result->unchanged = event->unchanged;
  result->conflict = event->conflict;
  result->own_copy = event->own_copy;
  result->acks = event->acks;
  if (event->data) {
    result->seq = event->seq;
    result->len = event->len;
    memcpy (result->value, event->data, event->len);
  }
}

static void
fly (
  Swarm *swarm, const HarkEndpoint *from, const HarkEndpoint *to, const uint8_t *data, size_t len)
{
  Flight *flight;
  HarkTime delay = 5 * HARK_MS + hark_rng_below (&swarm->rng, 70 * HARK_MS);

  swarm->order++;
  if (hark_rng_unit (&swarm->rng) < swarm->loss)
    return;
  flight = g_malloc (sizeof *flight + len);
  flight->at = swarm->now + delay;
  flight->order = swarm->order;
  flight->from = *from;
  flight->to = *to;
  flight->len = len;
  memcpy (flight->data, data, len);
  g_sequence_insert_sorted (swarm->flights, flight, compare_flights, NULL);
}

static void
drain (Swarm *swarm, unsigned i)
{
  HarkDhtPacket packet;
  HarkDhtEvent event;
  Node *node = &swarm->nodes[i];
  const HarkEndpoint *from;

  /* Events first: they may be answered on the spot. */
  while (hark_dht_poll_event (node->dht, &event))
    note_event (swarm, i, &event);
  while (hark_dht_poll_packet (node->dht, &packet)) {
    from = packet.to.family == 6 ? &node->endpoint6 : &node->endpoint;
    if (node->conduct != SWARM_SILENT && from->family)
      fly (swarm, from, &packet.to, packet.data, packet.len);
  }
}

/* Other liars, at ids beside the target. */
static void
lie (Swarm *swarm, unsigned i, const Flight *flight, const HarkKrpc *query)
{
  HarkKrpc answer = {.kind = HARK_KRPC_RESPONSE, .transaction = query->transaction};
  uint8_t nodes[8 * 38], packet[1500], sig[64] = {1}, id[20];
  HarkBytes target = query->target.data ? query->target : query->info_hash;
  size_t len = 0;

  for (unsigned j = 0; target.data && j < 8; j++) {
    unsigned other;
    HarkNodeId near;

    memcpy (near.bytes, target.data, 20);
    hark_rng_bytes (&swarm->rng, near.bytes + 12, 8);
    do
      other = (unsigned) hark_rng_below (&swarm->rng, swarm->n);
    while (swarm->nodes[other].conduct != SWARM_LIAR);
    len += hark_krpc_node_write (&near, &swarm->nodes[other].endpoint, nodes + len);
  }
  answer.nodes = (HarkBytes){nodes, len};
  answer.token = (HarkBytes){sig, 8};
  memcpy (id, hark_dht_get_id (swarm->nodes[i].dht, 4), 20);
  if (target.data) {
    memcpy (id, target.data, 12);
    answer.has_seq = query->method == HARK_KRPC_GET;
    answer.seq = INT64_MAX;
    answer.k = (HarkBytes){id, 0};
    answer.sig = (HarkBytes){sig, 64};
    answer.v = (HarkBencode){(const uint8_t *) "3:lie", 5};
  }
  answer.id = id;
  fly (swarm, &flight->to, &flight->from, packet,
       hark_krpc_write (&answer, NULL, 0, packet, sizeof packet));
}

/* The others of its kind that are closest to the target. */
static void
hide (Swarm *swarm, unsigned i, const Flight *flight, const HarkKrpc *query)
{
  HarkKrpc answer = {.kind = HARK_KRPC_RESPONSE, .transaction = query->transaction};
  uint8_t nodes[8 * 38], packet[1500], token[8] = {1};
  HarkBytes bytes = query->target.data ? query->target : query->info_hash;
  unsigned closest[8], n = 0;
  HarkNodeId target;
  size_t len = 0;

  if (bytes.data)
    memcpy (target.bytes, bytes.data, sizeof target.bytes);
  for (unsigned j = 0; bytes.data && j < swarm->n; j++) {
    HarkNodeId id, other;
    unsigned at = n;

    if (swarm->nodes[j].conduct != SWARM_HIDER)
      continue;
    memcpy (id.bytes, hark_dht_get_id (swarm->nodes[j].dht, 4), sizeof id.bytes);
    for (; at > 0; at--) {
      memcpy (other.bytes, hark_dht_get_id (swarm->nodes[closest[at - 1]].dht, 4),
              sizeof other.bytes);
      if (hark_node_id_closer (&target, &id, &other) > 0)
        break;
      if (at < 8)
        closest[at] = closest[at - 1];
    }
    if (at < 8)
      closest[at] = j;
    n = MIN (n + 1, 8);
  }
  for (unsigned j = 0; j < n; j++) {
    HarkNodeId id;

    memcpy (id.bytes, hark_dht_get_id (swarm->nodes[closest[j]].dht, 4), sizeof id.bytes);
    len += hark_krpc_node_write (&id, &swarm->nodes[closest[j]].endpoint, nodes + len);
  }
  answer.id = hark_dht_get_id (swarm->nodes[i].dht, 4);
  answer.nodes = (HarkBytes){nodes, len};
  answer.token = (HarkBytes){token, sizeof token};
  fly (swarm, &flight->to, &flight->from, packet,
       hark_krpc_write (&answer, NULL, 0, packet, sizeof packet));
}

static void
arrive (Swarm *swarm, const Flight *flight)
{
  unsigned i = GPOINTER_TO_UINT (g_hash_table_lookup (swarm->by_endpoint, &flight->to));
  HarkKrpc query;

  if (i == 0)
    return;
  i--;
  if (swarm->nodes[i].conduct >= SWARM_LIAR && hark_krpc_parse (flight->data, flight->len, &query)
      && query.kind == HARK_KRPC_QUERY) {
    if (swarm->nodes[i].conduct == SWARM_LIAR)
      lie (swarm, i, flight, &query);
    else
      hide (swarm, i, flight, &query);
    return;
  }
  hark_dht_handle_packet (swarm->nodes[i].dht, &flight->from, flight->data, flight->len,
                          swarm->now);
  drain (swarm, i);
}

/* One moment: the next arrival or deadline before @end; false when there is none. */
static bool
advance (Swarm *swarm, HarkTime end)
{
  GSequenceIter *first = g_sequence_get_begin_iter (swarm->flights);
  HarkTime next = HARK_TIME_NEVER;
  unsigned who = 0;

  for (unsigned i = 0; i < swarm->n; i++) {
    HarkTime deadline = hark_dht_get_deadline (swarm->nodes[i].dht);

    if (deadline < next) {
      next = deadline;
      who = i;
    }
  }
  if (!g_sequence_iter_is_end (first)) {
    const Flight *flight = g_sequence_get (first);

    if (flight->at <= next && flight->at <= end) {
      swarm->now = flight->at;
      arrive (swarm, flight);
      g_sequence_remove (first);
      return true;
    }
  }
  if (next > end)
    return false;
  swarm->now = MAX (swarm->now, next);
  hark_dht_handle_time (swarm->nodes[who].dht, swarm->now);
  drain (swarm, who);
  return true;
}

void
swarm_run (Swarm *swarm, HarkTime span)
{
  HarkTime end = swarm->now + span;

  for (unsigned i = 0; i < swarm->n; i++)
    drain (swarm, i);
  while (advance (swarm, end)) {
  }
  swarm->now = end;
}

SwarmResult
swarm_wait (Swarm *swarm, unsigned i, HarkDhtOperation op)
{
  HarkTime end = swarm->now + 30 * HARK_SECOND;
  SwarmResult result;
  gint64 key = (gint64) i << 32 | op;

  g_assert_cmpuint (op, !=, 0);
  drain (swarm, i);
  while (!result_of (swarm, i, op)->done && advance (swarm, end)) {
  }
  result = *result_of (swarm, i, op);
  g_hash_table_remove (swarm->results, &key);
  return result;
}

static void
stop_node (Swarm *swarm, unsigned i)
{
  g_hash_table_remove (swarm->by_endpoint, &swarm->nodes[i].endpoint);
  g_hash_table_remove (swarm->by_endpoint, &swarm->nodes[i].endpoint6);
  hark_dht_free (swarm->nodes[i].dht);
}

void
swarm_set_id (Swarm *swarm, unsigned i, const uint8_t id[20])
{
  stop_node (swarm, i);
  start_node (swarm, i, id);
}

void
swarm_replace (Swarm *swarm, unsigned i)
{
  HarkEndpoint start = swarm->nodes[i ? 0 : 1].endpoint;

  stop_node (swarm, i);
  start_node (swarm, i, NULL);
  hark_dht_bootstrap (swarm->nodes[i].dht, &start, swarm->now);
  drain (swarm, i);
}

void
swarm_join (Swarm *swarm, HarkTime span)
{
  for (unsigned i = 0; i < swarm->n; i++) {
    unsigned start = i ? (unsigned) hark_rng_below (&swarm->rng, MIN (i, 8)) : 1;

    /* In a mixed world node 2 has both. */
    if (swarm->place == SWARM_MIXED)
      start = i == 2 ? 5 : 2;
    if (swarm->n > 1 && swarm->nodes[i].endpoint.family && swarm->nodes[start].endpoint.family)
      hark_dht_bootstrap (swarm->nodes[i].dht, &swarm->nodes[start].endpoint, swarm->now);
    else if (swarm->n > 1)
      hark_dht_bootstrap (swarm->nodes[i].dht, &swarm->nodes[start].endpoint6, swarm->now);
    swarm_run (swarm, 20 * HARK_MS);
  }
  swarm_run (swarm, span);
}

void
swarm_item (uint8_t seed, int64_t seq, size_t len, uint8_t *value, HarkDhtItem *ret)
{
  uint8_t seeds[32] = {seed}, secret[64], bytes[HARK_DHT_SIGNED_LEN_MAX];
  char head[16];
  size_t n = (size_t) g_snprintf (head, sizeof head, "%zu:", len);

  memset (ret, 0, sizeof *ret);
  crypto_sign_seed_keypair (ret->key, secret, seeds);
  memcpy (value, head, n);
  memset (value + n, (int) seq, len);
  ret->seq = seq;
  ret->value = value;
  ret->value_len = n + len;
  n = hark_dht_item_signed_bytes (ret, bytes);
  crypto_sign_detached (ret->signature, NULL, bytes, n, secret);
}
