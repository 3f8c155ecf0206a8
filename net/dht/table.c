#include "net/dht/table.h"

#include <string.h>

#define FAILURES_QUESTIONABLE 2
#define FAILURES_GONE 6 /* without a spare to replace it */
#define PING_AGAIN (5 * HARK_SECOND)
#define PER_24 2
#define PER_16 4

bool
hark_same_host (const HarkEndpoint *a, const HarkEndpoint *b)
{
  return hark_endpoint_scope (a) == HARK_SCOPE_PUBLIC ? hark_endpoint_same_ip (a, b)
                                                      : hark_endpoint_equal (a, b);
}

static HarkBucket *
bucket_at (const HarkTable *table, size_t i)
{
  return &g_array_index (table->buckets, HarkBucket, i);
}

/* How many nodes @bucket may hold. */
static unsigned
capacity (const HarkTable *table, const HarkBucket *bucket)
{
  size_t i = (size_t) (bucket - bucket_at (table, 0));

  return i < 2 ? (unsigned) HARK_TABLE_K_MAX >> i : HARK_TABLE_K;
}

static HarkBucket *
bucket_of (const HarkTable *table, const HarkNodeId *id)
{
  unsigned bits = hark_node_id_common_bits (&table->own_id, id);

  return bucket_at (table, MIN (bits, table->buckets->len - 1));
}

static void
add_bucket (HarkTable *table, HarkTime now)
{
  HarkBucket bucket = {.refreshed = now};

  g_array_append_val (table->buckets, bucket);
}

void
hark_table_init (HarkTable *table, const HarkNodeId *own_id, HarkTime now)
{
  table->own_id = *own_id;
  table->n_good = table->n_verified = 0;
  table->buckets = g_array_new (FALSE, TRUE, sizeof (HarkBucket));
  add_bucket (table, now);
}

void
hark_table_clear (HarkTable *table)
{
  g_clear_pointer (&table->buckets, g_array_unref);
}

static bool
same_net (const HarkEndpoint *a, const HarkEndpoint *b, size_t bytes)
{
  return a->family == b->family && memcmp (a->ip, b->ip, bytes) == 0;
}

/* @endpoint beside the others of @bucket would crowd one network. @self: (nullable): not counted.
 */
static bool
is_crowded (const HarkBucket *bucket, const HarkEndpoint *endpoint, const HarkTableNode *self)
{
  unsigned in24 = 0, in16 = 0;

  if (hark_endpoint_scope (endpoint) != HARK_SCOPE_PUBLIC)
    return false;
  for (unsigned i = 0; i < bucket->n_nodes; i++) {
    const HarkEndpoint *other = &bucket->nodes[i].endpoint;

    if (&bucket->nodes[i] == self)
      continue;
    if (endpoint->family == 6 && same_net (other, endpoint, 8))
      return true;
    in24 += endpoint->family == 4 && same_net (other, endpoint, 3);
    in16 += endpoint->family == 4 && same_net (other, endpoint, 2);
  }
  return in24 >= PER_24 || in16 >= PER_16;
}

static HarkTableNode *
find_in (HarkTableNode *nodes, unsigned n, const HarkEndpoint *endpoint, bool any_port)
{
  bool whole_host = any_port && hark_endpoint_scope (endpoint) == HARK_SCOPE_PUBLIC;

  for (unsigned i = 0; i < n; i++)
    if (whole_host ? hark_endpoint_same_ip (&nodes[i].endpoint, endpoint)
                   : hark_endpoint_equal (&nodes[i].endpoint, endpoint))
      return &nodes[i];
  return NULL;
}

HarkTableNode *
hark_table_find (const HarkTable *table, const HarkEndpoint *endpoint)
{
  for (unsigned i = 0; i < table->buckets->len; i++) {
    HarkBucket *bucket = bucket_at (table, i);
    HarkTableNode *node = find_in (bucket->nodes, bucket->n_nodes, endpoint, false);

    if (node)
      return node;
  }
  return NULL;
}

/* Whoever sits in the table at the address of @endpoint. */
static HarkTableNode *
find_host (const HarkTable *table, const HarkEndpoint *endpoint, HarkBucket **ret_bucket)
{
  for (unsigned i = 0; i < table->buckets->len; i++) {
    HarkBucket *bucket = bucket_at (table, i);
    HarkTableNode *node = find_in (bucket->nodes, bucket->n_nodes, endpoint, true);

    if (node) {
      *ret_bucket = bucket;
      return node;
    }
  }
  return NULL;
}

static void
measure (HarkTableNode *node, HarkTime rtt)
{
  HarkTime error;

  if (rtt == 0)
    return;
  if (node->rtt == 0) {
    node->rtt = rtt;
    node->rtt_var = rtt / 2;
    return;
  }
  /* RFC 6298 */
  error = node->rtt > rtt ? node->rtt - rtt : rtt - node->rtt;
  node->rtt_var = (3 * node->rtt_var + error) / 4;
  node->rtt = (7 * node->rtt + rtt) / 8;
}

static void
drop (HarkTableNode *nodes, unsigned *n, HarkTableNode *node)
{
  size_t i = (size_t) (node - nodes);

  memmove (node, node + 1, (*n - i - 1) * sizeof *node);
  (*n)--;
}

/* The youngest spare that fits takes a free place. */
static void
promote (const HarkTable *table, HarkBucket *bucket)
{
  for (unsigned i = bucket->n_spares; i-- > 0 && bucket->n_nodes < capacity (table, bucket);) {
    HarkTableNode spare = bucket->spares[i];

    if (is_crowded (bucket, &spare.endpoint, NULL))
      continue;
    drop (bucket->spares, &bucket->n_spares, &bucket->spares[i]);
    bucket->nodes[bucket->n_nodes++] = spare;
  }
}

static void
add_spare (HarkBucket *bucket, const HarkTableNode *node)
{
  HarkTableNode *known = find_in (bucket->spares, bucket->n_spares, &node->endpoint, true);

  if (known)
    drop (bucket->spares, &bucket->n_spares, known);
  else if (bucket->n_spares == HARK_TABLE_SPARES)
    drop (bucket->spares, &bucket->n_spares, &bucket->spares[0]);
  bucket->spares[bucket->n_spares++] = *node;
}

static void
split_last (HarkTable *table, HarkTime now)
{
  unsigned bits = table->buckets->len - 1;
  HarkBucket old = *bucket_at (table, bits);

  bucket_at (table, bits)->n_nodes = 0;
  bucket_at (table, bits)->n_spares = 0;
  add_bucket (table, now);
  for (unsigned i = 0; i < old.n_nodes; i++) {
    HarkBucket *bucket = bucket_of (table, &old.nodes[i].id);

    if (bucket->n_nodes < capacity (table, bucket))
      bucket->nodes[bucket->n_nodes++] = old.nodes[i];
    else
      add_spare (bucket, &old.nodes[i]);
  }
  for (unsigned i = 0; i < old.n_spares; i++)
    add_spare (bucket_of (table, &old.spares[i].id), &old.spares[i]);
  promote (table, bucket_at (table, bits));
  promote (table, bucket_at (table, bits + 1));
}

/* After every change; asked after every packet. */
static void
recount (HarkTable *table)
{
  table->n_good = table->n_verified = 0;
  for (unsigned i = 0; i < table->buckets->len; i++) {
    const HarkBucket *bucket = bucket_at (table, i);

    for (unsigned j = 0; j < bucket->n_nodes; j++) {
      bool good = bucket->nodes[j].failures < FAILURES_QUESTIONABLE;

      table->n_good += good;
      table->n_verified += good && bucket->nodes[j].verified;
    }
  }
}

bool
hark_table_is_strict (const HarkTable *table)
{
  return table->n_verified >= HARK_TABLE_STRICT;
}

void
hark_table_purge (HarkTable *table)
{
  if (!hark_table_is_strict (table))
    return;
  for (unsigned i = 0; i < table->buckets->len; i++) {
    HarkBucket *bucket = bucket_at (table, i);

    for (unsigned j = bucket->n_spares; j-- > 0;)
      if (!bucket->spares[j].verified)
        drop (bucket->spares, &bucket->n_spares, &bucket->spares[j]);
    for (unsigned j = bucket->n_nodes; j-- > 0;)
      if (!bucket->nodes[j].verified)
        drop (bucket->nodes, &bucket->n_nodes, &bucket->nodes[j]);
    promote (table, bucket);
  }
  recount (table);
}

/* Who gives way to @node in a full bucket: a failing one, else an unverified one to a verified, or
 * one that may not be there for others to one that is. */
static HarkTableNode *
weakest (HarkBucket *bucket, const HarkTableNode *node)
{
  HarkTableNode *found = NULL;

  for (unsigned i = 0; i < bucket->n_nodes; i++) {
    HarkTableNode *old = &bucket->nodes[i];

    if (old->failures >= FAILURES_QUESTIONABLE)
      return old;
    if ((node->verified && !old->verified) || (node->settled && !old->settled && !found))
      found = old;
  }
  return found;
}

static bool
insert (HarkTable *table, const HarkTableNode *node, HarkTime now)
{
  HarkBucket *bucket = bucket_of (table, &node->id);
  HarkTableNode *old;

  while (bucket->n_nodes == capacity (table, bucket)
         && bucket == bucket_at (table, table->buckets->len - 1)
         && table->buckets->len < 8 * HARK_NODE_ID_LEN) {
    split_last (table, now);
    bucket = bucket_of (table, &node->id);
  }
  old = bucket->n_nodes == capacity (table, bucket) ? weakest (bucket, node) : NULL;
  if (is_crowded (bucket, &node->endpoint, old)) {
    add_spare (bucket, node);
    return false;
  }
  if (bucket->n_nodes < capacity (table, bucket)) {
    bucket->nodes[bucket->n_nodes++] = *node;
    return true;
  }
  if (old) {
    *old = *node;
    return true;
  }
  add_spare (bucket, node);
  return false;
}

bool
hark_table_heard (HarkTable *table,
                  const HarkNodeId *id,
                  const HarkEndpoint *endpoint,
                  HarkTime rtt,
                  bool cold,
                  HarkTime now)
{
  HarkTableNode node
    = {.id = *id, .endpoint = *endpoint, .met = now, .heard = now, .settled = cold};
  HarkBucket *bucket = NULL;
  HarkTableNode *known = find_host (table, endpoint, &bucket);
  bool entered = false;

  if (hark_node_id_equal (id, &table->own_id))
    return false;
  if (known && hark_endpoint_equal (&known->endpoint, endpoint)
      && hark_node_id_equal (&known->id, id)) {
    bool forgiven = known->failures >= FAILURES_QUESTIONABLE;

    known->heard = now;
    known->failures = 0;
    known->settled |= cold;
    measure (known, rtt);
    if (forgiven)
      recount (table);
    return true;
  }
  if (known) {
    /* A second node behind one address waits until the first one is gone. */
    if (!hark_endpoint_equal (&known->endpoint, endpoint)
        && known->failures < FAILURES_QUESTIONABLE)
      return false;
    drop (bucket->nodes, &bucket->n_nodes, known);
    recount (table);
  }
  node.verified = hark_node_id_check (id, endpoint);
  if (node.verified || !hark_table_is_strict (table)) {
    measure (&node, rtt);
    entered = insert (table, &node, now);
  }
  recount (table);
  return entered;
}

bool
hark_table_has_room (const HarkTable *table, const HarkNodeId *id, const HarkEndpoint *endpoint)
{
  HarkBucket *bucket = bucket_of (table, id);
  HarkBucket *host = NULL;
  HarkTableNode node = {.verified = hark_node_id_check (id, endpoint)};

  if (hark_node_id_equal (id, &table->own_id) || find_host (table, endpoint, &host)
      || (!node.verified && hark_table_is_strict (table)))
    return false;
  return (bucket->n_nodes < capacity (table, bucket)
          || bucket == bucket_at (table, table->buckets->len - 1) || weakest (bucket, &node)
          || bucket->n_spares < HARK_TABLE_SPARES)
         && !is_crowded (bucket, endpoint, NULL);
}

void
hark_table_failed (HarkTable *table, const HarkEndpoint *endpoint, HarkTime asked, bool for_sure)
{
  for (unsigned i = 0; i < table->buckets->len; i++) {
    HarkBucket *bucket = bucket_at (table, i);
    HarkTableNode *node = find_in (bucket->nodes, bucket->n_nodes, endpoint, false);

    if (!node)
      continue;
    if (!for_sure && node->heard > asked)
      return;
    node->failures += for_sure ? FAILURES_QUESTIONABLE : 1;
    if (node->failures >= FAILURES_GONE
        || (node->failures >= FAILURES_QUESTIONABLE && !node->settled)
        || (node->failures >= FAILURES_QUESTIONABLE && bucket->n_spares > 0)) {
      drop (bucket->nodes, &bucket->n_nodes, node);
      promote (table, bucket);
    }
    recount (table);
    return;
  }
}

void
hark_table_forgive (HarkTable *table)
{
  for (unsigned i = 0; i < table->buckets->len; i++) {
    HarkBucket *bucket = bucket_at (table, i);

    for (unsigned j = 0; j < bucket->n_nodes; j++)
      bucket->nodes[j].failures = 0;
  }
  recount (table);
}

void
hark_table_set_own_id (HarkTable *table, const HarkNodeId *own_id, HarkTime now)
{
  GArray *old = table->buckets;

  hark_table_init (table, own_id, now);
  for (unsigned i = 0; i < old->len; i++) {
    const HarkBucket *bucket = &g_array_index (old, HarkBucket, i);

    for (unsigned j = 0; j < bucket->n_nodes; j++)
      insert (table, &bucket->nodes[j], now);
    for (unsigned j = 0; j < bucket->n_spares; j++)
      insert (table, &bucket->spares[j], now);
  }
  g_array_unref (old);
  recount (table);
}

static size_t
find_closest (const HarkTable *table,
              const HarkNodeId *target,
              bool settled,
              const HarkTableNode **ret,
              size_t max)
{
  size_t n = 0;

  for (unsigned i = 0; i < table->buckets->len; i++) {
    const HarkBucket *bucket = bucket_at (table, i);

    for (unsigned j = 0; j < bucket->n_nodes; j++) {
      const HarkTableNode *node = &bucket->nodes[j];
      size_t at = n;

      if (node->failures >= FAILURES_QUESTIONABLE || (settled && !node->settled))
        continue;
      while (at > 0 && hark_node_id_closer (target, &node->id, &ret[at - 1]->id) < 0)
        at--;
      if (at == max)
        continue;
      if (n < max)
        n++;
      memmove (&ret[at + 1], &ret[at], (n - at - 1) * sizeof ret[0]);
      ret[at] = node;
    }
  }
  return n;
}

size_t
hark_table_closest (const HarkTable *table,
                    const HarkNodeId *target,
                    const HarkTableNode **ret,
                    size_t max)
{
  return find_closest (table, target, false, ret, max);
}

size_t
hark_table_closest_settled (const HarkTable *table,
                            const HarkNodeId *target,
                            const HarkTableNode **ret,
                            size_t max)
{
  return find_closest (table, target, true, ret, max);
}

unsigned
hark_table_count (const HarkTable *table)
{
  return table->n_good;
}

/* How long @node may be silent before it is pinged. */
static HarkTime
trust (const HarkTableNode *node, HarkTime now)
{
  if (node->failures > 0)
    return 0;
  if (!node->settled)
    return HARK_TABLE_SETTLED_AFTER;
  return CLAMP (hark_time_since (now, node->met) / 4, HARK_TABLE_PING_MIN, HARK_TABLE_PING_MAX);
}

HarkTableNode *
hark_table_next_ping (HarkTable *table, HarkTime now)
{
  HarkTableNode *found = NULL;

  for (unsigned i = 0; i < table->buckets->len; i++) {
    HarkBucket *bucket = bucket_at (table, i);

    for (unsigned j = 0; j < bucket->n_nodes; j++) {
      HarkTableNode *node = &bucket->nodes[j];

      if (hark_time_since (now, node->heard) < trust (node, now)
          || (node->pinged && hark_time_since (now, node->pinged) < PING_AGAIN))
        continue;
      if (!found || node->heard < found->heard)
        found = node;
    }
  }
  return found;
}

bool
hark_table_next_refresh (HarkTable *table, HarkRng *rng, HarkTime now, HarkNodeId *ret)
{
  for (unsigned i = 0; i < table->buckets->len; i++) {
    HarkBucket *bucket = bucket_at (table, i);

    bool last = i + 1 == table->buckets->len;

    if (hark_time_since (now, bucket->refreshed) < HARK_TABLE_REFRESH
        || (!last && bucket->n_nodes == capacity (table, bucket)))
      continue;
    bucket->refreshed = now;
    if (last) {
      *ret = table->own_id;
      return true;
    }
    hark_node_id_random (rng, ret);
    /* i bits as ours, the next one different */
    for (unsigned bit = 0; bit <= i && bit < 8 * HARK_NODE_ID_LEN; bit++) {
      uint8_t mask = (uint8_t) (0x80 >> bit % 8);
      bool ours = table->own_id.bytes[bit / 8] & mask;
      bool set = bit == i ? !ours : ours;

      ret->bytes[bit / 8]
        = (uint8_t) (set ? ret->bytes[bit / 8] | mask : ret->bytes[bit / 8] & ~mask);
    }
    return true;
  }
  return false;
}
