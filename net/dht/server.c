#include "net/dht/server.h"

#include "net/dht/far-server.h"
#include "net/dht/keep.h"
#include "net/dht/probe.h"
#include "net/dht/rpc.h"

#include <string.h>

#define UNPROVEN_FACTOR 3 /* times its query, until an address is proven */
#define PING_LEN 60       /* bytes of our ping, a little more than it has */
#define POINT_TTL_S 60
#define PEERS_IN_ANSWER_4 100
#define PEERS_IN_ANSWER_6 40

/* One query being answered. */
typedef struct {
  HarkDht *dht;
  const HarkEndpoint *from;
  const HarkKrpc *query;
  size_t len; /* bytes of the query */
  HarkLimit *limit;
  bool proven;
  bool pings;     /* we ping him beside the answer */
  size_t len_max; /* of the answer */
} Call;

static bool
send_answer (Call *call, HarkKrpc *answer, const HarkEndpoint *values, size_t n_values)
{
  HarkDht *dht = call->dht;
  uint8_t packet[HARK_KRPC_LEN_MAX];
  uint8_t compact[18];
  size_t len;

  answer->transaction = call->query->transaction;
  if (answer->kind == HARK_KRPC_RESPONSE)
    answer->id = hark_dht_own_id (dht, call->from);
  answer->read_only = dht->read_only[call->from->family == 6];
  answer->ip = (HarkBytes){compact, hark_endpoint_to_compact (call->from, compact)};
  len = hark_krpc_write (answer, values, n_values, packet, sizeof packet);
  /* Too much for a stranger: fewer nodes first, farthest first; then without his endpoint. */
  while ((len == 0 || len > call->len_max) && (answer->nodes.len || answer->nodes6.len)) {
    if (answer->nodes6.len / 38 >= MAX (answer->nodes.len / 26, 1))
      answer->nodes6.len -= 38;
    else
      answer->nodes.len -= 26;
    len = hark_krpc_write (answer, values, n_values, packet, sizeof packet);
  }
  if (len > call->len_max) {
    answer->ip.data = NULL;
    len = hark_krpc_write (answer, values, n_values, packet, sizeof packet);
  }
  if (len == 0 || len > call->len_max
      || !hark_limits_take_answer (&dht->limits, call->limit, len, dht->now))
    return false;
  hark_dht_send (dht, call->from, packet, len);
  return true;
}

static void
send_error (Call *call, int code, const char *text)
{
  HarkKrpc answer = {
    .kind = HARK_KRPC_ERROR, .code = code, .message = {(const uint8_t *) text, strlen (text)}
  };

  send_answer (call, &answer, NULL, 0);
}

/* The nodes nearest to @target into @buffers, and into @answer what the query wants of them. */
static void
add_nodes (Call *call, HarkKrpc *answer, const uint8_t target[20], uint8_t buffers[2][8 * 38])
{
  const HarkTableNode *nodes[HARK_TABLE_K];
  HarkNodeId id;

  memcpy (id.bytes, target, sizeof id.bytes);
  for (int i = 0; i < HARK_DHT_FAMILIES; i++) {
    bool wanted = i ? call->query->want6 : call->query->want4;
    size_t n, len = 0;

    if (!call->query->want4 && !call->query->want6)
      wanted = (call->from->family == 6) == i;
    if (!wanted)
      continue;
    n = hark_table_closest_settled (&call->dht->tables[i], &id, nodes, HARK_TABLE_K);
    if (n < HARK_TABLE_K)
      n = hark_table_closest (&call->dht->tables[i], &id, nodes, HARK_TABLE_K);
    for (size_t j = 0; j < n; j++)
      /* Nobody is told of places that mean something else, or nothing, where he is. */
      if (hark_endpoint_scope (&nodes[j]->endpoint) >= hark_endpoint_scope (call->from)
          || hark_endpoint_scope (call->from) != HARK_SCOPE_PUBLIC)
        len += hark_krpc_node_write (&nodes[j]->id, &nodes[j]->endpoint, buffers[i] + len);
    *(i ? &answer->nodes6 : &answer->nodes) = (HarkBytes){buffers[i], len};
  }
}

static void
add_token (Call *call, HarkKrpc *answer, HarkBytes subject, uint8_t buffer[HARK_TOKEN_LEN_WIRE])
{
  hark_tokens_make (&call->dht->tokens, &call->dht->rng, call->from, subject.data, subject.len,
                    call->dht->now, buffer);
  answer->token = (HarkBytes){buffer, HARK_TOKEN_LEN_WIRE};
}

/* A good token also proves that the address is real. */
static bool
check_token (Call *call, HarkBytes subject)
{
  HarkDht *dht = call->dht;

  if (!call->query->token.data
      || !hark_tokens_check (&dht->tokens, &dht->rng, call->from, subject.data, subject.len,
                             call->query->token.data, call->query->token.len, dht->now))
    return false;
  call->limit->proven_until = dht->now + HARK_LIMIT_PROVEN;
  return true;
}

static void
serve_find_node (Call *call, HarkBytes target)
{
  HarkKrpc answer = {.kind = HARK_KRPC_RESPONSE};
  uint8_t buffers[2][8 * 38];

  add_nodes (call, &answer, target.data, buffers);
  send_answer (call, &answer, NULL, 0);
}

static void
serve_get_peers (Call *call)
{
  HarkKrpc answer = {.kind = HARK_KRPC_RESPONSE};
  uint8_t buffers[2][8 * 38], token[HARK_TOKEN_LEN_WIRE];
  HarkEndpoint peers[PEERS_IN_ANSWER_4];
  HarkNodeId info_hash;
  bool is6 = call->from->family == 6;
  size_t room = call->len_max > 140 ? (call->len_max - 140) / (is6 ? 21 : 8) : 0;
  size_t n;

  memcpy (info_hash.bytes, call->query->info_hash.data, sizeof info_hash.bytes);
  add_token (call, &answer, call->query->info_hash, token);
  add_nodes (call, &answer, info_hash.bytes, buffers);
  if (call->proven)
    room -= MIN (room, (answer.nodes.len + answer.nodes6.len) / (is6 ? 21 : 8) + 2);
  n = hark_peers_get (call->dht->peers, &info_hash, call->from->family, &call->dht->rng,
                      call->dht->now, peers,
                      MIN (room, is6 ? PEERS_IN_ANSWER_6 : PEERS_IN_ANSWER_4));
  send_answer (call, &answer, peers, n);
}

static void
serve_announce (Call *call)
{
  HarkEndpoint peer = *call->from;
  HarkNodeId info_hash;

  if (!check_token (call, call->query->info_hash)) {
    send_error (call, HARK_KRPC_ERROR_PROTOCOL, "bad token");
    return;
  }
  if (!call->query->implied_port)
    peer.port = call->query->port;
  if (peer.port == 0) {
    send_error (call, HARK_KRPC_ERROR_PROTOCOL, "bad port");
    return;
  }
  memcpy (info_hash.bytes, call->query->info_hash.data, sizeof info_hash.bytes);
  hark_peers_announce (call->dht->peers, &info_hash, &peer, call->dht->now);
  send_answer (call, &(HarkKrpc){.kind = HARK_KRPC_RESPONSE}, NULL, 0);
}

/* ---- items --------------------------------------------------------------------------------- */

/* He does not have it yet. */
static bool
is_news (const Call *call, const HarkItemView *item)
{
  return !item->key || !call->query->has_seq || item->seq > call->query->seq;
}

/* Everything stored goes along, or as much as a stranger may have: then without the value. */
static void
answer_get (Call *call, const HarkItemView *item)
{
  HarkKrpc answer = {.kind = HARK_KRPC_RESPONSE};
  uint8_t buffers[2][8 * 38], token[HARK_TOKEN_LEN_WIRE];

  add_token (call, &answer, call->query->target, token);
  add_nodes (call, &answer, call->query->target.data, buffers);
  if (item) {
    answer.has_seq = item->key != NULL;
    answer.seq = item->seq;
  }
  if (item && is_news (call, item) && call->proven) {
    answer.v = item->value;
    if (item->key) {
      answer.k = (HarkBytes){item->key, 32};
      answer.sig = (HarkBytes){item->sig, 64};
    }
  }
  send_answer (call, &answer, NULL, 0);
}

static void
release (HarkDht *dht, const HarkDhtHeld *held, bool proven)
{
  HarkKrpc query = {
    .kind = HARK_KRPC_QUERY,
    .method = HARK_KRPC_GET,
    .transaction = {held->transaction,  held->transaction_len    },
    .target = {held->target.bytes, sizeof held->target.bytes},
    .has_seq = held->has_seq,
    .seq = held->seq,
    .want4 = held->want4,
    .want6 = held->want6
  };
  Call call = {.dht = dht, .from = &held->from, .query = &query, .len = held->len};
  HarkItemView item;

  call.limit = hark_limits_source (&dht->limits, &held->from, dht->now);
  call.proven = proven;
  call.len_max = proven ? HARK_KRPC_LEN_MAX : UNPROVEN_FACTOR * held->len - PING_LEN;
  answer_get (&call, hark_items_get (dht->items, &held->target, dht->now, &item) ? &item : NULL);
}

void
hark_dht_release_held (HarkDht *dht, const HarkEndpoint *proven)
{
  for (unsigned i = 0; i < dht->held->len;) {
    HarkDhtHeld held = g_array_index (dht->held, HarkDhtHeld, i);
    bool is_proven = proven && hark_same_host (&held.from, proven);

    if (!is_proven && held.expires > dht->now) {
      i++;
      continue;
    }
    g_array_remove_index (dht->held, i);
    release (dht, &held, is_proven);
  }
}

static void
on_proof (HarkDht *dht, const HarkRpc *rpc, HarkRpcOutcome outcome, const HarkKrpc *answer)
{
  (void) answer;
  if (outcome == HARK_RPC_ANSWERED || outcome == HARK_RPC_REFUSED)
    hark_dht_release_held (dht, &rpc->to);
}

/* A reader asks each node once, and an item is longer than three times his question. So a
 * stranger's question is held while we ask whether he is there, and answered in full when he is: a
 * round trip more for him, and no packet that is worth forging. */
static bool
hold_get (Call *call)
{
  HarkDht *dht = call->dht;
  HarkDhtHeld held = {.from = *call->from, .expires = dht->now + HARK_DHT_HELD_TIME};
  const HarkKrpc *query = call->query;
  unsigned same = 0;

  for (unsigned i = 0; i < dht->held->len; i++)
    same += hark_same_host (&g_array_index (dht->held, HarkDhtHeld, i).from, call->from);
  if (dht->held->len >= HARK_DHT_HELD_MAX || same >= HARK_DHT_HELD_PER_HOST
      || call->len < PING_LEN + 20)
    return false;
  if (!call->pings && same == 0
      && (!hark_token_bucket_take (&dht->stranger_pings, 1, dht->now)
          || !hark_rpc_prove (dht, call->from, on_proof)))
    return false;
  held.len = call->len;
  held.transaction_len = query->transaction.len;
  memcpy (held.transaction, query->transaction.data, query->transaction.len);
  memcpy (held.target.bytes, query->target.data, sizeof held.target.bytes);
  held.has_seq = query->has_seq;
  held.seq = query->seq;
  held.want4 = query->want4;
  held.want6 = query->want6;
  g_array_append_val (dht->held, held);
  return true;
}

static void
serve_get (Call *call)
{
  HarkItemView item;
  HarkNodeId target;
  bool found;

  memcpy (target.bytes, call->query->target.data, sizeof target.bytes);
  found = hark_items_get (call->dht->items, &target, call->dht->now, &item);
  if (found && !call->proven && is_news (call, &item) && hold_get (call))
    return;
  answer_get (call, found ? &item : NULL);
}

static const char *
describe (int code)
{
  switch (code) {
  case HARK_KRPC_ERROR_TOO_BIG:
    return "value too big";
  case HARK_KRPC_ERROR_SIGNATURE:
    return "invalid signature";
  case HARK_KRPC_ERROR_SALT:
    return "salt too big";
  case HARK_KRPC_ERROR_CAS:
    return "cas mismatch";
  case HARK_KRPC_ERROR_SEQ:
    return "seq too old";
  case HARK_KRPC_ERROR_UNKNOWN_HANDLE:
    return "unknown";
  case HARK_KRPC_ERROR_BUSY:
    return "busy";
  default:
    return "refused";
  }
}

static void
serve_put (Call *call)
{
  const HarkKrpc *query = call->query;
  HarkItemView item = {.value = query->v};
  HarkNodeId target;
  int code;

  if (query->k.data) {
    if (query->k.len != 32 || query->sig.len != 64 || !query->has_seq) {
      send_error (call, HARK_KRPC_ERROR_PROTOCOL, "bad key");
      return;
    }
    item.key = query->k.data;
    item.sig = query->sig.data;
    item.seq = query->seq;
    item.salt = query->salt;
  }
  hark_item_target (&item, &target);
  if (!check_token (call, (HarkBytes){target.bytes, sizeof target.bytes})) {
    send_error (call, HARK_KRPC_ERROR_PROTOCOL, "bad token");
    return;
  }
  code = hark_items_put (call->dht->items, &item, query->has_cas ? &query->cas : NULL, call->from,
                         &call->dht->tables[0].own_id, call->dht->now);
  if (code)
    send_error (call, code, describe (code));
  else
    send_answer (call, &(HarkKrpc){.kind = HARK_KRPC_RESPONSE}, NULL, 0);
}

/* ---- contact point ------------------------------------------------------------------------- */

/* All of them, or none new: 0 or an error. */
static int
keep_handles (Call *call, HarkBytes handles)
{
  int code = 0;

  for (size_t at = 0; code == 0 && at < handles.len; at += HARK_POINT_HANDLE_LEN)
    code
      = hark_contact_point_keep (&call->dht->point, handles.data + at, call->from, call->dht->now);
  return code;
}

static void
serve_keep (Call *call)
{
  HarkDht *dht = call->dht;
  HarkKrpc answer = {.kind = HARK_KRPC_RESPONSE, .has_ttl = true, .has_clock = dht->has_wall};
  uint8_t token[HARK_TOKEN_LEN_WIRE];
  HarkBytes handle = call->query->handle;

  call->len_max = call->len - (call->pings ? PING_LEN : 0);
  if (!handle.data || handle.len % HARK_POINT_HANDLE_LEN) {
    send_error (call, HARK_KRPC_ERROR_PROTOCOL, "no handle");
    return;
  }
  if (check_token (call, handle)) {
    int code = keep_handles (call, handle);

    if (code) {
      send_error (call, code, describe (code));
      return;
    }
    answer.ttl = POINT_TTL_S;
  }
  if (handle.len > HARK_POINT_HANDLE_LEN) { /* people have two, which makes room for it */
    answer.has_count = true;
    answer.count = hark_contact_point_load (&dht->point, dht->now);
  }
  if (dht->has_wall)
    answer.clock
      = (dht->wall_ms + (int64_t) (hark_time_since (dht->now, dht->wall_at) / HARK_MS)) / 1000;
  add_token (call, &answer, handle, token);
  send_answer (call, &answer, NULL, 0);
}

static void
forward (Call *call, const HarkForward *to)
{
  HarkDht *dht = call->dht;
  uint8_t packet[HARK_KRPC_LEN_MAX];
  uint8_t compact[18];
  HarkKrpc ring = {
    .kind = HARK_KRPC_QUERY,
    .method = HARK_KRPC_HK_RING,
    .transaction = {to->ring,                              sizeof to->ring},
    .id = hark_dht_own_id (dht, &to->callee),
    .handle = call->query->handle,
    .x = call->query->x,
    .c = { compact, hark_endpoint_to_compact (call->from,        compact)}
  };
  size_t len = hark_krpc_write (&ring, NULL, 0, packet, sizeof packet);

  /* Never more bytes than came in: a knock without its padding goes nowhere. */
  if (len && len <= call->len
      && hark_token_bucket_take (&dht->limits.total, (double) len, dht->now))
    hark_dht_send (dht, &to->callee, packet, len);
}

/* A knock that everybody gets. Whoever does not hold the handle says nothing, and neither does who
 * holds it, unless he wants to be found. */
static void
serve_knock_around (Call *call)
{
  HarkDht *dht = call->dht;
  const HarkKrpc *query = call->query;

  if (query->handle.len == HARK_DHT_HANDLE_LEN && hark_dht_is_quiet_handle (dht, query->handle.data)
      && query->x.len >= HARK_DHT_KNOCK_LEN_MIN && query->x.len <= HARK_DHT_KNOCK_LEN_MAX
      && !hark_dht_ring_repeat (dht, call->from, query->transaction)
      && hark_token_bucket_take (&call->limit->knocks, 1, dht->now))
    hark_dht_ring (dht, call->from, query, call->from);
}

static void
serve_knock (Call *call)
{
  HarkDht *dht = call->dht;
  const HarkKrpc *query = call->query;
  bool own;
  HarkForward *known;
  int code = HARK_KRPC_ERROR_BUSY;

  if (query->has_count) {
    serve_knock_around (call);
    return;
  }
  call->len_max = call->len;
  own
    = query->handle.len == HARK_DHT_HANDLE_LEN && hark_dht_is_own_handle (dht, query->handle.data);
  if (dht->read_only[call->from->family == 6] && !own)
    return; /* whoever serves nobody is not to be noticed */
  if (query->handle.len != HARK_DHT_HANDLE_LEN || query->x.len < HARK_DHT_KNOCK_LEN_MIN
      || query->x.len > HARK_DHT_KNOCK_LEN_MAX) {
    send_error (call, HARK_KRPC_ERROR_PROTOCOL, "bad knock");
    return;
  }
  known = hark_contact_point_repeat (&dht->point, call->from, query->transaction, dht->now);
  if (known) {
    if (known->repeats++ < HARK_POINT_REPEATS_MAX)
      forward (call, known);
    return;
  }
  if (!own && !dht->config.serve)
    code = HARK_KRPC_ERROR_UNKNOWN_METHOD;
  else if (!own && !hark_contact_point_has (&dht->point, query->handle.data, dht->now))
    code = HARK_KRPC_ERROR_UNKNOWN_HANDLE;
  else if (own && hark_dht_ring_repeat (dht, call->from, query->transaction))
    return;
  else if (hark_token_bucket_take (&call->limit->knocks, 1, dht->now)) {
    if (own) {
      hark_dht_ring (dht, call->from, query, call->from);
      return;
    }
    known
      = hark_contact_point_forward (&dht->point, query->handle.data, call->from, query->transaction,
                                    query->x.len, &dht->rng, dht->now, &code);
    if (known) {
      forward (call, known);
      return;
    }
  }
  send_error (call, code, describe (code));
}

void
hark_dht_forward_answer (HarkDht *dht, const HarkEndpoint *from, const HarkKrpc *message)
{
  const HarkForward *ring;
  HarkKrpc answer = {.kind = HARK_KRPC_RESPONSE, .x = message->x};
  uint8_t packet[HARK_KRPC_LEN_MAX];

  if (message->kind != HARK_KRPC_RESPONSE || !message->x.data)
    return;
  ring = hark_contact_point_answered (&dht->point, from, message->transaction, message->x.len,
                                      dht->now);
  if (!ring)
    return;
  answer.id = hark_dht_own_id (dht, &ring->caller);
  answer.transaction = (HarkBytes){ring->transaction, ring->transaction_len};
  hark_dht_send (dht, &ring->caller, packet,
                 hark_krpc_write (&answer, NULL, 0, packet, sizeof packet));
}

static void
serve_ring (Call *call)
{
  const HarkKrpc *query = call->query;
  HarkEndpoint caller;

  /* Only from where we registered that very handle; everybody else gets silence. */
  if (query->handle.len != HARK_DHT_HANDLE_LEN
      || !hark_dht_holds (call->dht, call->from, query->handle.data)
      || query->x.len < HARK_DHT_KNOCK_LEN_MIN || query->x.len > HARK_DHT_KNOCK_LEN_MAX
      || !query->c.data || !hark_endpoint_from_compact (query->c.data, query->c.len, &caller))
    return;
  hark_dht_ring (call->dht, call->from, query, &caller);
}

/* ---- our own kind -------------------------------------------------------------------------- */

/* Its answer may not be longer than it; nor what it makes us send to others. */
static void
serve_probe (Call *call)
{
  HarkDht *dht = call->dht;

  call->len_max = call->len;
  if (call->query->via.data == NULL) {
    hark_dht_probe_back (dht, call->from, call->query, call->limit);
    return;
  }
  if (hark_dht_probe_pass_on (dht, call->from, call->query, call->len, call->limit))
    send_answer (call, &(HarkKrpc){.kind = HARK_KRPC_RESPONSE}, NULL, 0);
  else
    send_error (call, HARK_KRPC_ERROR_BUSY, "busy");
}

static void
serve_more (Call *call)
{
  HarkEndpoint helpers[HARK_DHT_MORE_MAX];
  HarkKrpc answer = {.kind = HARK_KRPC_RESPONSE, .has_count = true};
  size_t n = hark_dht_choose_helpers (call->dht, call->from, call->query, helpers);

  answer.count = (int64_t) n;
  send_answer (call, &answer, helpers, n);
}

static void
serve_far (Call *call)
{
  int code = hark_far_server_start (call->dht, call->from, call->query);

  if (code)
    send_error (call, code, describe (code));
}

/* ---- all ----------------------------------------------------------------------------------- */

static void
dispatch (Call *call)
{
  const HarkKrpc *query = call->query;
  HarkBytes target = query->target.data ? query->target : query->info_hash;
  HarkKrpcMethod method = query->method;

  if (method == HARK_KRPC_HK_KNOCK) {
    serve_knock (call);
    return;
  }
  if (call->dht->read_only[call->from->family == 6]) {
    /* Whom we ask may make sure that it is us. */
    if (method == HARK_KRPC_PING && hark_rpc_is_asking (call->dht, call->from))
      send_answer (call, &(HarkKrpc){.kind = HARK_KRPC_RESPONSE}, NULL, 0);
    return;
  }
  if ((method == HARK_KRPC_HK_GET || method == HARK_KRPC_HK_PUT) && call->from->tcp
      && call->dht->config.serve) {
    serve_far (call);
    return;
  }
  if (method == HARK_KRPC_HK_GET || method == HARK_KRPC_HK_PUT)
    method = HARK_KRPC_UNKNOWN;
  if ((method == HARK_KRPC_HK_KEEP || method == HARK_KRPC_HK_PROBE || method == HARK_KRPC_HK_MORE)
      && !call->dht->config.serve)
    method = HARK_KRPC_UNKNOWN;

  if (method == HARK_KRPC_PING)
    send_answer (call, &(HarkKrpc){.kind = HARK_KRPC_RESPONSE}, NULL, 0);
  else if (method == HARK_KRPC_HK_KEEP)
    serve_keep (call);
  else if (method == HARK_KRPC_HK_PROBE)
    serve_probe (call);
  else if (method == HARK_KRPC_HK_MORE)
    serve_more (call);
  else if (method == HARK_KRPC_PUT && query->v.len)
    serve_put (call);
  else if (method == HARK_KRPC_GET && query->target.data)
    serve_get (call);
  else if (method == HARK_KRPC_GET_PEERS && query->info_hash.data)
    serve_get_peers (call);
  else if (method == HARK_KRPC_ANNOUNCE_PEER && query->info_hash.data)
    serve_announce (call);
  else if ((method == HARK_KRPC_FIND_NODE || method == HARK_KRPC_UNKNOWN) && target.data)
    serve_find_node (call, target); /* new methods with a target work like find_node: BEP 5 */
  else if (method == HARK_KRPC_UNKNOWN)
    send_error (call, HARK_KRPC_ERROR_UNKNOWN_METHOD, "unknown method");
  else
    send_error (call, HARK_KRPC_ERROR_PROTOCOL, "argument missing");
}

/* He may become one of our nodes, if he is there when we ask: never with more bytes than he sent.
 */
static bool
wants_ping (Call *call)
{
  HarkDht *dht = call->dht;
  HarkNodeId id;

  if (call->from->tcp || dht->read_only[call->from->family == 6] || call->query->read_only
      || call->len < PING_LEN + 20 || !hark_dht_may_send (dht, call->from))
    return false;
  memcpy (id.bytes, call->query->id, sizeof id.bytes);
  return hark_table_has_room (hark_dht_table (dht, call->from), &id, call->from)
         && !hark_rpc_is_asking (dht, call->from)
         && hark_token_bucket_take (&dht->stranger_pings, 1, dht->now);
}

void
hark_dht_serve (HarkDht *dht, const HarkEndpoint *from, const HarkKrpc *query, size_t len)
{
  Call call = {.dht = dht, .from = from, .query = query, .len = len};

  if (query->method == HARK_KRPC_HK_RING) {
    serve_ring (&call);
    return;
  }
  call.limit = hark_limits_source (&dht->limits, from, dht->now);
  call.limit->heard = dht->now;
  /* knocks have limits of their own: somebody may start again whom this point serves with many */
  if (query->method != HARK_KRPC_HK_KNOCK
      && !hark_token_bucket_take (&call.limit->queries, 1, dht->now))
    return;
  call.proven = from->tcp || call.limit->proven_until > dht->now;
  call.pings = wants_ping (&call);
  call.len_max = call.proven
                   ? HARK_KRPC_LEN_MAX
                   : MIN (HARK_KRPC_LEN_MAX, UNPROVEN_FACTOR * len - (call.pings ? PING_LEN : 0));
  dispatch (&call);
  if (call.pings)
    hark_rpc_send (dht, from, &(HarkKrpc){.method = HARK_KRPC_PING}, on_proof, 0);
}
