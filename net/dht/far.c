#define G_LOG_DOMAIN "hark-dht"

#include "net/dht/far.h"
#include "net/dht/item-answer.h"

#include <string.h>

#define DIALS_AT_ONCE 4              /* nodes asked over TCP to find out */
#define DIAL_AGAIN (2 * HARK_SECOND) /* while nobody answers, doubling */
#define DIAL_AGAIN_MAX (2 * HARK_MINUTE)
/* for a node that answered over TCP to answer over UDP: three times as long, within */
#define PROOF_MIN (1200 * HARK_MS)
#define PROOF_MAX (5 * HARK_SECOND)
#define PROOF_EVERY (400 * HARK_MS)
#define PINGS 3                    /* over UDP, before anybody is dialled where UDP worked */
#define PINGS_TIME HARK_SECOND     /* for their answers */
#define CHECK_TIME (400 * HARK_MS) /* likewise, in another network */
#define FRESH (5 * HARK_MINUTE)    /* then a node is asked whether it is still there */
#define NODES_WANTED 8
#define OPERATIONS_MAX HARK_DHT_OPERATIONS_MAX

typedef struct {
  HarkEndpoint endpoint; /* tcp set */
  bool alive;            /* it answered */
  unsigned failures;     /* in a row */
  HarkTime next_try;
} Node;

typedef struct {
  HarkDhtOperation number;
  bool is_put;
  uint8_t key[32];
  uint8_t salt[HARK_ITEM_SALT_LEN_MAX];
  size_t salt_len;
  int64_t seq_known; /* gets: -1: none */
  bool unchanged;
  GBytes *value; /* gets: best one, NULL until found; puts: what to store */
  int64_t seq;
  uint8_t sig[64];
  bool has_cas, conflict, reported;
  int64_t cas;
  unsigned acks;
  unsigned waiting; /* answers still to come */
  HarkEndpoint asked[HARK_FAR_ASKED_MAX];
  unsigned n_asked;
  unsigned limit; /* how many may be asked: no more once somebody answered */
} Op;

struct HarkFar {
  HarkDhtUdp udp;
  HarkTime next_dial; /* NEVER: when UDP is silent for long enough */
  bool pinged;        /* since then: those who should answer over UDP */
  HarkTime dial_interval;
  HarkEndpoint witness; /* answered over TCP: does it over UDP? family 0: none */
  HarkTime verdict;     /* when that counts as no */
  HarkTime next_proof;
  GArray *nodes;  /* Node */
  GPtrArray *ops; /* Op */
};

static void
op_free (gpointer data)
{
  Op *op = data;

  g_clear_pointer (&op->value, g_bytes_unref);
  g_free (op);
}

HarkFar *
hark_far_new (void)
{
  HarkFar *far = g_new0 (HarkFar, 1);

  far->next_dial = far->verdict = far->next_proof = HARK_TIME_NEVER;
  far->dial_interval = DIAL_AGAIN;
  far->nodes = g_array_new (FALSE, TRUE, sizeof (Node));
  far->ops = g_ptr_array_new_with_free_func (op_free);
  return far;
}

void
hark_far_free (HarkFar *far)
{
  if (!far)
    return;
  g_ptr_array_unref (far->ops);
  g_array_unref (far->nodes);
  g_free (far);
}

bool
hark_far_is_on (const HarkDht *dht)
{
  return dht->far->udp == HARK_DHT_UDP_BLOCKED;
}

HarkDhtUdp
hark_far_get_udp (const HarkDht *dht)
{
  return dht->far->udp;
}

HarkEndpoint
hark_far_route (const HarkDht *dht, const HarkEndpoint *node)
{
  HarkEndpoint to = *node;

  to.tcp |= hark_far_is_on (dht);
  return to;
}

/* ---- nodes --------------------------------------------------------------------------------- */

static Node *
find_node (HarkFar *far, const HarkEndpoint *endpoint)
{
  for (guint i = 0; i < far->nodes->len; i++) {
    Node *node = &g_array_index (far->nodes, Node, i);

    if (hark_endpoint_equal (&node->endpoint, endpoint))
      return node;
  }
  return NULL;
}

void
hark_far_add (HarkDht *dht, const HarkEndpoint *endpoint)
{
  HarkFar *far = dht->far;
  Node node = {.endpoint = *endpoint};

  node.endpoint.tcp = true;
  if (!hark_dht_may_send (dht, &node.endpoint) || find_node (far, &node.endpoint))
    return;
  for (guint i = 0; i < far->nodes->len && far->nodes->len >= HARK_FAR_NODES_MAX; i++)
    if (g_array_index (far->nodes, Node, i).failures > 0)
      g_array_remove_index_fast (far->nodes, i);
  if (far->nodes->len < HARK_FAR_NODES_MAX)
    g_array_append_val (far->nodes, node);
}

/* Whoever might take TCP: where we started, and whom we know as one of our own kind. */
static void
gather_nodes (HarkDht *dht)
{
  for (size_t i = 0; i < dht->n_helpers; i++)
    hark_far_add (dht, &dht->helpers[i]);
  for (guint i = 0; i < dht->known->len; i++) {
    const HarkDhtKnown *known = &g_array_index (dht->known, HarkDhtKnown, i);

    if (known->was_point)
      hark_far_add (dht, &known->endpoint);
  }
  for (guint i = 0; i < dht->bootstraps->len; i++)
    hark_far_add (dht, &g_array_index (dht->bootstraps, HarkDhtBootstrap, i).endpoint);
}

size_t
hark_far_nodes (HarkDht *dht, HarkEndpoint *ret, size_t max)
{
  GArray *nodes = dht->far->nodes;
  guint start = nodes->len ? (guint) hark_rng_below (&dht->rng, nodes->len) : 0;
  size_t n = 0;

  for (guint i = 0; i < nodes->len && n < max; i++) {
    const Node *node = &g_array_index (nodes, Node, (start + i) % nodes->len);

    if (node->alive)
      ret[n++] = node->endpoint;
  }
  return n;
}

static unsigned
count_alive (const HarkFar *far, uint8_t family)
{
  unsigned n = 0;

  for (guint i = 0; i < far->nodes->len; i++) {
    const Node *node = &g_array_index (far->nodes, Node, i);

    n += node->alive && (!family || node->endpoint.family == family);
  }
  return n;
}

unsigned
hark_far_count (const HarkDht *dht, uint8_t family)
{
  return hark_far_is_on (dht) ? count_alive (dht->far, family) : 0;
}

static void
note_node (HarkDht *dht, const HarkEndpoint *endpoint, bool alive)
{
  Node *node = find_node (dht->far, endpoint);

  if (!node)
    return;
  if (node->alive != alive)
    g_debug ("a node %s over TCP", alive ? "answers" : "is silent");
  dht->status_changed |= node->alive != alive;
  node->alive = alive;
  node->failures = alive ? 0 : node->failures + 1;
  node->next_try
    = dht->now + (alive ? FRESH : MIN (DIAL_AGAIN << MIN (node->failures - 1, 8), DIAL_AGAIN_MAX));
}

/* ---- verdict ------------------------------------------------------------------------------- */

static void
set_udp (HarkDht *dht, HarkDhtUdp udp)
{
  static const char *const words[] = {"unknown", "works", "blocked"};
  HarkFar *far = dht->far;

  if (far->udp == udp)
    return;
  g_debug ("UDP: %s -> %s", words[far->udp], words[udp]);
  far->udp = udp;
  dht->status_changed = true;
}

/* Somebody answered over UDP. */
static void
calm_down (HarkDht *dht)
{
  HarkFar *far = dht->far;

  dht->silence.since = HARK_TIME_NEVER;
  dht->silence.n = 0;
  far->witness = (HarkEndpoint){0};
  far->verdict = far->next_proof = HARK_TIME_NEVER;
  far->dial_interval = DIAL_AGAIN;
  far->next_dial = HARK_TIME_NEVER;
  far->pinged = false;
}

void
hark_far_note_answer (HarkDht *dht, const HarkEndpoint *from)
{
  if (from->tcp) {
    hark_far_add (dht, from);
    note_node (dht, from, true);
  }
  if (from->tcp || (dht->silence.has_public && hark_endpoint_scope (from) != HARK_SCOPE_PUBLIC))
    return;
  set_udp (dht, HARK_DHT_UDP_WORKS);
  calm_down (dht);
}

/* Asks over UDP those of whom an answer is to be expected; false when nobody is. */
static bool
ping_some (HarkDht *dht)
{
  unsigned n = 0;

  for (size_t i = 0; i < dht->n_helpers && n < PINGS; i++, n++)
    hark_rpc_ping (dht, &dht->helpers[i]);
  for (int i = 0; i < HARK_DHT_FAMILIES && n < PINGS; i++) {
    const HarkTableNode *nodes[PINGS];
    size_t found = hark_table_closest (&dht->tables[i], &dht->tables[i].own_id, nodes, PINGS);

    for (size_t j = 0; j < found && n < PINGS; j++, n++)
      hark_rpc_ping (dht, &nodes[j]->endpoint);
  }
  dht->far->pinged = true;
  return n > 0;
}

void
hark_far_check (HarkDht *dht)
{
  HarkFar *far = dht->far;

  for (guint i = 0; i < far->nodes->len; i++) {
    g_array_index (far->nodes, Node, i).failures = 0;
    g_array_index (far->nodes, Node, i).next_try = 0;
  }
  far->dial_interval = DIAL_AGAIN;
  if (far->udp == HARK_DHT_UDP_BLOCKED)
    far->next_dial = dht->now;
  else if (dht->config.tcp && ping_some (dht))
    far->next_dial = dht->now + CHECK_TIME;
}

static void
on_more (HarkDht *dht, const HarkRpc *rpc, HarkRpcOutcome outcome, const HarkKrpc *answer)
{
  HarkDhtEvent event = {.kind = HARK_DHT_EVENT_MORE, .endpoint = rpc->to, .found = true};
  HarkFar *far = dht->far;
  HarkBencodeIter iter;
  HarkBencode entry;

  if (outcome == HARK_RPC_LATE)
    return;
  note_node (dht, &rpc->to, outcome == HARK_RPC_ANSWERED);
  if (outcome != HARK_RPC_ANSWERED)
    return;
  event.endpoint.tcp = false; /* one of our own kind: the owner may register there */
  event.rtt = hark_time_since (dht->now, rpc->sent);
  hark_dht_emit (dht, &event, NULL, NULL);
  hark_bencode_iter_init (&iter, hark_bencode_is_list (answer->values) ? answer->values
                                                                       : (HarkBencode){0});
  for (int i = 0; i < 8 && hark_bencode_iter_next (&iter, NULL, &entry); i++) {
    HarkEndpoint endpoint;
    size_t len = 0;
    const uint8_t *compact = hark_bencode_get_bytes (entry, &len);

    if (compact && hark_endpoint_from_compact (compact, len, &endpoint)
        && hark_endpoint_scope (&endpoint) >= hark_endpoint_scope (&rpc->to))
      hark_far_add (dht, &endpoint);
  }
  if (far->udp != HARK_DHT_UDP_BLOCKED && dht->silence.since != HARK_TIME_NEVER
      && !far->witness.family) {
    far->witness = rpc->to;
    far->verdict = MAX (dht->now + CLAMP (3 * event.rtt, PROOF_MIN, PROOF_MAX),
                        dht->silence.since + HARK_FAR_SILENCE);
    far->next_proof = dht->now;
  }
}

/* Asks some over TCP whether they are there, and for others. */
static void
dial (HarkDht *dht)
{
  HarkFar *far = dht->far;
  unsigned n = 0;

  gather_nodes (dht);
  for (guint i = 0; i < far->nodes->len && n < DIALS_AT_ONCE; i++) {
    Node *node = &g_array_index (far->nodes, Node, i);
    HarkKrpc query = {.method = HARK_KRPC_HK_MORE, .has_count = true, .count = 8};

    if (node->next_try > dht->now)
      continue;
    node->next_try = dht->now + DIAL_AGAIN_MAX;
    n += hark_rpc_send (dht, &node->endpoint, &query, on_more, 0);
  }
  far->next_dial = dht->now + far->dial_interval;
  far->dial_interval
    = count_alive (far, 0) >= NODES_WANTED ? FRESH : MIN (2 * far->dial_interval, DIAL_AGAIN_MAX);
}

static HarkTime
next_dial (const HarkDht *dht)
{
  const HarkDhtSilence *silence = &dht->silence;

  if (!dht->config.tcp)
    return HARK_TIME_NEVER;
  if (dht->far->next_dial != HARK_TIME_NEVER || silence->since == HARK_TIME_NEVER)
    return dht->far->next_dial;
  if (silence->n < HARK_FAR_QUERIES_MIN)
    return silence->since + HARK_FAR_SUSPICION_FEW;
  return silence->since
         + (dht->far->udp == HARK_DHT_UDP_WORKS ? HARK_FAR_SUSPICION_LATER : HARK_FAR_SUSPICION);
}

static void
ask_witness (HarkDht *dht)
{
  HarkEndpoint over_udp = dht->far->witness;

  over_udp.tcp = false;
  hark_rpc_ping (dht, &over_udp);
  dht->far->next_proof = dht->now + PROOF_EVERY;
}

void
hark_far_handle_time (HarkDht *dht)
{
  HarkFar *far = dht->far;

  if (far->verdict <= dht->now) {
    far->witness = (HarkEndpoint){0};
    far->verdict = far->next_proof = HARK_TIME_NEVER;
    far->dial_interval = DIAL_AGAIN;
    far->next_dial = dht->now;
    set_udp (dht, HARK_DHT_UDP_BLOCKED);
  }
  if (far->next_proof <= dht->now)
    ask_witness (dht);
  if (next_dial (dht) > dht->now)
    return;
  /* a few silent nodes are no news: ask others before anybody is dialled */
  if (far->udp == HARK_DHT_UDP_WORKS && !far->pinged && ping_some (dht))
    far->next_dial = dht->now + PINGS_TIME;
  else
    dial (dht);
}

HarkTime
hark_far_get_deadline (const HarkDht *dht)
{
  const HarkFar *far = dht->far;

  return hark_time_min (next_dial (dht), hark_time_min (far->verdict, far->next_proof));
}

/* ---- gets and puts ------------------------------------------------------------------------- */

static Op *
find_op (HarkFar *far, HarkDhtOperation number)
{
  for (guint i = 0; i < far->ops->len; i++)
    if (((Op *) far->ops->pdata[i])->number == number)
      return far->ops->pdata[i];
  return NULL;
}

static void
emit (HarkDht *dht, const Op *op, HarkDhtEventKind kind)
{
  HarkDhtEvent event = {.kind = kind,
                        .operation = op->number,
                        .unchanged = op->unchanged,
                        .acks = op->acks,
                        .conflict = op->conflict,
                        .found = !op->is_put && op->value};

  if (event.found) {
    event.seq = op->seq;
    memcpy (event.signature, op->sig, sizeof event.signature);
  }
  hark_dht_emit (dht, &event, event.found ? g_bytes_ref (op->value) : NULL, NULL);
}

/* What somebody claims to have found: only the owner's signature counts. */
static void
handle_value (HarkDht *dht, Op *op, const HarkKrpc *answer)
{
  const int64_t above = op->value != NULL ? MAX (op->seq, op->seq_known) : op->seq_known;
  const bool first = op->value == NULL;
  HarkItemView item;

  op->unchanged |= answer->has_seq && answer->seq == op->seq_known;
  if (hark_item_answer_read (answer, op->key, (HarkBytes){op->salt, op->salt_len}, above, &item)
      != HARK_ITEM_ANSWER_NEWER)
    return;
  hark_item_hold (&item, &op->value, &op->seq, op->sig);
  if (first)
    emit (dht, op, HARK_DHT_EVENT_VALUE);
}

static void
handle_stored (HarkDht *dht, Op *op, const HarkKrpc *answer)
{
  if (answer->has_count && answer->count > 0)
    op->acks = MAX (op->acks, (unsigned) MIN (answer->count, 64));
  if (op->acks && !op->reported) {
    op->reported = true;
    emit (dht, op, HARK_DHT_EVENT_STORED);
  }
}

static bool
was_asked (const Op *op, const HarkEndpoint *node)
{
  for (unsigned i = 0; i < op->n_asked; i++)
    if (hark_endpoint_equal (&op->asked[i], node))
      return true;
  return false;
}

static void
on_answer (HarkDht *dht, const HarkRpc *rpc, HarkRpcOutcome outcome, const HarkKrpc *answer);

static bool
ask (HarkDht *dht, Op *op, const HarkEndpoint *node)
{
  HarkKrpc query = {
    .method = op->is_put ? HARK_KRPC_HK_PUT : HARK_KRPC_HK_GET, .k = {op->key, sizeof op->key}
  };
  GBytes *packet;

  if (op->salt_len)
    query.salt = (HarkBytes){op->salt, op->salt_len};
  query.has_seq = op->is_put || op->seq_known >= 0;
  query.seq = op->is_put ? op->seq : op->seq_known;
  if (op->is_put) {
    query.sig = (HarkBytes){op->sig, sizeof op->sig};
    query.v.data = g_bytes_get_data (op->value, &query.v.len);
    query.has_cas = op->has_cas;
    query.cas = op->cas;
  }
  op->asked[op->n_asked++] = *node;
  if (!hark_rpc_send_slow (dht, node, &query, HARK_FAR_PATIENCE, on_answer, op->number, &packet))
    return false;
  g_bytes_unref (packet); /* TCP repeats by itself */
  op->waiting++;
  return true;
}

/* Asks as many as should be asked; ends @op when no answer is to come any more. */
static void
step (HarkDht *dht, Op *op)
{
  HarkEndpoint nodes[HARK_FAR_NODES_MAX];
  size_t n = hark_far_nodes (dht, nodes, G_N_ELEMENTS (nodes));

  for (size_t i = 0; i < n && op->waiting < HARK_FAR_PARALLEL && op->n_asked < op->limit; i++)
    if (!was_asked (op, &nodes[i]))
      ask (dht, op, &nodes[i]);
  if (op->waiting > 0)
    return;
  emit (dht, op, op->is_put ? HARK_DHT_EVENT_PUT_DONE : HARK_DHT_EVENT_GET_DONE);
  g_ptr_array_remove_fast (dht->far->ops, op);
}

static void
on_answer (HarkDht *dht, const HarkRpc *rpc, HarkRpcOutcome outcome, const HarkKrpc *answer)
{
  Op *op = find_op (dht->far, rpc->owner);
  bool there = outcome == HARK_RPC_ANSWERED || outcome == HARK_RPC_REFUSED;

  note_node (dht, &rpc->to, there);
  if (!op)
    return;
  op->waiting--;
  if (outcome == HARK_RPC_REFUSED) {
    op->conflict |= answer->code == HARK_KRPC_ERROR_SEQ || answer->code == HARK_KRPC_ERROR_CAS;
  } else if (outcome == HARK_RPC_ANSWERED) {
    op->limit = MIN (op->limit, op->n_asked);
    if (op->is_put)
      handle_stored (dht, op, answer);
    else
      handle_value (dht, op, answer);
  }
  step (dht, op);
}

static Op *
op_new (HarkDht *dht, const uint8_t key[32], const uint8_t *salt, size_t salt_len)
{
  Op *op;

  if (dht->far->ops->len >= OPERATIONS_MAX)
    return NULL;
  op = g_new0 (Op, 1);
  op->number = hark_dht_number (dht);
  op->limit = HARK_FAR_ASKED_MAX;
  memcpy (op->key, key, sizeof op->key);
  if (salt_len)
    memcpy (op->salt, salt, salt_len);
  op->salt_len = salt_len;
  g_ptr_array_add (dht->far->ops, op);
  return op;
}

HarkDhtOperation
hark_far_get (
  HarkDht *dht, const uint8_t key[32], const uint8_t *salt, size_t salt_len, int64_t seq_known)
{
  Op *op = op_new (dht, key, salt, salt_len);
  HarkDhtOperation number;

  if (!op)
    return 0;
  number = op->number;
  op->seq_known = MAX (seq_known, -1);
  step (dht, op);
  return number;
}

HarkDhtOperation
hark_far_put (HarkDht *dht, const HarkDhtItem *item, const int64_t *cas)
{
  Op *op = op_new (dht, item->key, item->salt, item->salt_len);
  HarkDhtOperation number;

  if (!op)
    return 0;
  number = op->number;
  op->is_put = true;
  op->seq = item->seq;
  memcpy (op->sig, item->signature, sizeof op->sig);
  op->value = g_bytes_new (item->value, item->value_len);
  op->has_cas = cas != NULL;
  op->cas = cas ? *cas : 0;
  step (dht, op);
  return number;
}

void
hark_far_cancel (HarkDht *dht, HarkDhtOperation number)
{
  Op *op = find_op (dht->far, number);

  if (op)
    g_ptr_array_remove_fast (dht->far->ops, op);
}
