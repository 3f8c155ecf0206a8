/* Whole nodes against those who mean them harm. */
#include "net/dht/item.h"
#include "net/dht/krpc.h"
#include "net/dht/operation-private.h"
#include "net/dht/state.h"
#include "tests/unit/net/dht/swarm.h"

#include <string.h>

#define HONEST 90
#define HIDERS 48

static HarkDhtOperation
start_get (HarkDht *dht, const HarkDhtItem *item, HarkTime now)
{
  return hark_dht_get_mutable (dht, item->key, NULL, 0, -1, true, now);
}

/* Without an estimate of the size there is no rule. */
static void
forget_size (HarkDht *dht)
{
  memset (dht->sizes, 0, sizeof dht->sizes);
}

/* Somebody who knows the target has his nodes around it before the item is stored: how many of ten
 * readers find it? */
static unsigned
surround (uint32_t seed, bool with_rule)
{
  Swarm *swarm = swarm_new (seed, HONEST + HIDERS, false, 0);
  uint8_t value[SWARM_VALUE_MAX];
  HarkItemView view = {0};
  HarkNodeId target, id;
  HarkDhtItem item;
  unsigned found = 0;

  swarm_item (1, 1, 297, value, &item);
  view.key = item.key;
  hark_item_target (&view, &target);
  for (unsigned i = HONEST; i < HONEST + HIDERS; i++) {
    hark_node_id_random (swarm_rng (swarm), &id);
    memcpy (id.bytes, target.bytes, 4);
    swarm_set_id (swarm, i, id.bytes);
  }
  swarm_join (swarm, 6 * HARK_MINUTE);
  for (unsigned i = HONEST; i < HONEST + HIDERS; i++)
    swarm_set_conduct (swarm, i, SWARM_HIDER);

  if (!with_rule)
    forget_size (swarm_dht (swarm, 3));
  swarm_wait (swarm, 3,
              hark_dht_put_mutable (swarm_dht (swarm, 3), &item, NULL, swarm_now (swarm)));
  for (unsigned i = 0; i < 10; i++) {
    unsigned reader = 10 + 7 * i;

    if (!with_rule)
      forget_size (swarm_dht (swarm, reader));
    found
      += swarm_wait (swarm, reader, start_get (swarm_dht (swarm, reader), &item, swarm_now (swarm)))
           .found;
  }
  swarm_free (swarm);
  return found;
}

static void
test_surrounded (void)
{
  unsigned with = surround (1, true), without = surround (1, false);

  g_test_message ("found %u of 10 with the rule, %u without", with, without);
  g_assert_cmpuint (with, ==, 10);
  g_assert_cmpuint (without, <=, 5);
}

/* Whether an operation of @dht walks two paths; nobody may be asked by both. */
static bool
has_two_paths (HarkDht *dht)
{
  bool two = false;
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, dht->operations);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    HarkDhtOp *op = value;
    HarkLookup *first = op->first[0];

    two |= first != NULL;
    for (size_t i = 0; first && i < first->n; i++) {
      const HarkLookupCandidate *asked = &first->candidates[i];
      const HarkLookupCandidate *again = hark_lookup_find (op->lookups[0], &asked->endpoint);

      g_assert_true (asked->state == HARK_CANDIDATE_NEW || !again);
    }
  }
  return two;
}

static bool
watch_paths (Swarm *swarm, unsigned i)
{
  bool two = false;

  for (unsigned steps = 0; steps < 400; steps++) {
    two |= has_two_paths (swarm_dht (swarm, i));
    swarm_run (swarm, 5 * HARK_MS);
  }
  return two;
}

static unsigned
count_copies (Swarm *swarm, unsigned honest, const HarkDhtItem *item)
{
  HarkItemView view = {.key = item->key}, found;
  HarkNodeId target;
  unsigned copies = 0;

  hark_item_target (&view, &target);
  for (unsigned i = 0; i < honest; i++)
    copies += hark_items_get (swarm_dht (swarm, i)->items, &target, swarm_now (swarm), &found)
              && found.seq == item->seq;
  return copies;
}

/* Nobody lies: one path is enough. Somebody shows what nobody signed: a second one is walked that
 * asks nobody who was asked before, and a put writes at the end of both. */
static void
test_second_path (void)
{
  Swarm *swarm = swarm_new (8, HONEST + 20, false, 0);
  uint8_t value[SWARM_VALUE_MAX];
  HarkDhtItem item;
  unsigned before, after;

  swarm_join (swarm, 2 * HARK_MINUTE);
  swarm_item (1, 1, 297, value, &item);
  hark_dht_put_mutable (swarm_dht (swarm, 3), &item, NULL, swarm_now (swarm));
  g_assert_false (watch_paths (swarm, 3));
  start_get (swarm_dht (swarm, 4), &item, swarm_now (swarm));
  g_assert_false (watch_paths (swarm, 4));
  before = count_copies (swarm, HONEST + 20, &item);

  for (unsigned i = HONEST; i < HONEST + 20; i++)
    swarm_set_conduct (swarm, i, SWARM_LIAR);
  swarm_item (1, 2, 297, value, &item);
  hark_dht_put_mutable (swarm_dht (swarm, 5), &item, NULL, swarm_now (swarm));
  g_assert_true (watch_paths (swarm, 5));
  after = count_copies (swarm, HONEST, &item);
  g_test_message ("%u copies before, %u after", before, after);
  g_assert_cmpuint (after, >=, before);
  start_get (swarm_dht (swarm, 6), &item, swarm_now (swarm));
  g_assert_true (watch_paths (swarm, 6));
  for (unsigned reader = 7; reader < 17; reader++)
    g_assert_cmpint (
      swarm_wait (swarm, reader, start_get (swarm_dht (swarm, reader), &item, swarm_now (swarm)))
        .seq,
      ==, 2);
  swarm_free (swarm);
}

/* A node that knows @n others. */
static HarkDht *
new_node (Swarm *swarm, bool serve)
{
  HarkDhtConfig config = {.allow_loopback = true, .serve = serve};

  return hark_dht_new (&config, swarm_rng (swarm), swarm_now (swarm));
}

static size_t
drain (HarkDht *dht)
{
  HarkDhtPacket packet;
  size_t bytes = 0;

  while (hark_dht_poll_packet (dht, &packet))
    bytes += packet.len;
  return bytes;
}

static HarkEndpoint
forged (uint32_t n)
{
  return (HarkEndpoint){
    .family = 4, .port = 6881, .ip = {20, (uint8_t) (n >> 16), (uint8_t) (n >> 8), (uint8_t) n}
  };
}

static size_t
send (HarkDht *dht, const HarkEndpoint *from, const HarkKrpc *message, HarkTime now)
{
  uint8_t packet[HARK_DHT_PACKET_LEN_MAX];
  size_t len = hark_krpc_write (message, NULL, 0, packet, sizeof packet);

  g_assert_cmpuint (len, >, 0);
  hark_dht_handle_packet (dht, from, packet, len, now);
  return len;
}

static HarkKrpc
get_for (const uint8_t *id, const uint8_t *target)
{
  HarkKrpc query = {.kind = HARK_KRPC_QUERY, .method = HARK_KRPC_GET, .id = id};

  query.transaction = (HarkBytes){id, 4};
  query.target = (HarkBytes){target, 20};
  return query;
}

/* Stores an item at @dht itself. */
static void
keep_item (HarkDht *dht, HarkNodeId *ret_target, HarkTime now)
{
  uint8_t value[SWARM_VALUE_MAX];
  HarkDhtItem item;
  HarkItemView view;
  HarkEndpoint nobody = {0};

  swarm_item (1, 1, 900, value, &item);
  view = (HarkItemView){
    .key = item.key, .seq = 1, .sig = item.signature, .value = {item.value, item.value_len}
  };
  hark_item_target (&view, ret_target);
  g_assert_cmpint (hark_items_put (dht->items, &view, NULL, &nobody, &dht->tables[0].own_id, now),
                   ==, 0);
}

/* 20,000 queries under forged addresses for an item of 900 bytes: what all of the victims get. */
static void
test_forged_gets (void)
{
  Swarm *swarm = swarm_new (2, 1, false, 0);
  HarkDht *dht = new_node (swarm, true);
  HarkTime now = swarm_now (swarm);
  HarkNodeId target;
  uint8_t id[20] = {9};
  size_t in = 0, out = 0;
  HarkKrpc query;

  keep_item (dht, &target, now);
  for (uint32_t i = 0; i < 20000; i++) {
    HarkEndpoint from = forged (i);

    hark_rng_bytes (swarm_rng (swarm), id, sizeof id);
    query = get_for (id, target.bytes);
    in += send (dht, &from, &query, now);
    out += drain (dht);
    if (i % 100 == 0) {
      now += 100 * HARK_MS;
      hark_dht_handle_time (dht, now);
      out += drain (dht);
    }
  }
  now += 10 * HARK_SECOND;
  hark_dht_handle_time (dht, now);
  out += drain (dht);
  g_test_message ("%zu bytes in, %zu out", in, out);
  g_assert_cmpuint (out, <=, 3 * in);
  /* 64 kB a second to all, and pings */
  g_assert_cmpuint (out, <=, 128000 + 30 * 64000 + 30 * 20 * 60);
  g_assert_cmpuint (dht->held->len, ==, 0);
  hark_dht_free (dht);
  swarm_free (swarm);
}

static bool
has_value (HarkDht *dht, bool *ret_asked)
{
  HarkDhtPacket packet;
  HarkKrpc message;
  bool found = false;

  *ret_asked = false;
  while (hark_dht_poll_packet (dht, &packet)) {
    g_assert_true (hark_krpc_parse (packet.data, packet.len, &message));
    found |= message.kind == HARK_KRPC_RESPONSE && message.v.len > 0;
    *ret_asked |= message.kind == HARK_KRPC_QUERY && message.method == HARK_KRPC_PING;
  }
  return found;
}

/* A stranger gets the value after he answered a ping; one that does not, gets all but the value. */
static void
test_reader_is_proved (void)
{
  Swarm *swarm = swarm_new (3, 1, false, 0);
  HarkDht *dht = new_node (swarm, true);
  HarkTime now = swarm_now (swarm);
  HarkEndpoint from = forged (1), silent = forged (2);
  uint8_t id[20] = {9}, packet[1500], transaction[4];
  HarkNodeId target;
  HarkKrpc query, answer = {.kind = HARK_KRPC_RESPONSE, .id = id}, ping;
  HarkDhtPacket out;
  bool asked;

  keep_item (dht, &target, now);
  query = get_for (id, target.bytes);
  send (dht, &from, &query, now);
  g_assert_true (hark_dht_poll_packet (dht, &out));
  g_assert_true (hark_krpc_parse (out.data, out.len, &ping));
  g_assert_cmpint (ping.method, ==, HARK_KRPC_PING);
  memcpy (transaction, ping.transaction.data, sizeof transaction);
  g_assert_false (hark_dht_poll_packet (dht, &out));
  answer.transaction = (HarkBytes){transaction, sizeof transaction};
  hark_dht_handle_packet (dht, &from, packet,
                          hark_krpc_write (&answer, NULL, 0, packet, sizeof packet),
                          now + 80 * HARK_MS);
  g_assert_true (has_value (dht, &asked));
  g_assert_false (asked);
  /* known from now on */
  send (dht, &from, &query, now + HARK_SECOND);
  g_assert_true (has_value (dht, &asked));

  send (dht, &silent, &query, now + HARK_SECOND);
  g_assert_false (has_value (dht, &asked));
  g_assert_true (asked);
  hark_dht_handle_time (dht, now + HARK_SECOND + HARK_DHT_HELD_TIME);
  do {
    g_assert_true (hark_dht_poll_packet (dht, &out));
    g_assert_true (hark_krpc_parse (out.data, out.len, &answer));
  } while (answer.kind != HARK_KRPC_RESPONSE);
  g_assert_true (hark_endpoint_equal (&out.to, &silent));
  g_assert_true (answer.has_seq && answer.token.len > 0 && answer.v.len == 0);
  hark_dht_free (dht);
  swarm_free (swarm);
}

/* 100,000 ids out of one /16: what they take of the table, of memory and of our line. */
static void
test_many_ids (void)
{
  Swarm *swarm = swarm_new (4, 40, true, 0);
  HarkDht *dht = swarm_dht (swarm, 0);
  HarkDhtStatus before, after;
  HarkTime now;
  uint8_t id[20];
  HarkKrpc query = {.kind = HARK_KRPC_QUERY, .method = HARK_KRPC_FIND_NODE, .id = id};
  size_t in = 0, out = 0;

  swarm_join (swarm, 10 * HARK_SECOND);
  now = swarm_now (swarm);
  hark_dht_get_status (dht, &before);
  drain (dht);
  query.transaction = (HarkBytes){id, 4};
  query.target = (HarkBytes){id, 20};
  for (uint32_t i = 0; i < 100000; i++) {
    HarkEndpoint from = forged (i & 0xffff);
    HarkKrpc answer = {.kind = HARK_KRPC_RESPONSE, .id = id};
    uint8_t packet[1500];
    HarkDhtPacket ping;
    HarkKrpc message;

    hark_node_id_for (&from, (uint8_t) i, swarm_rng (swarm), (HarkNodeId *) id);
    from.port = (uint16_t) (7000 + i / 0x10000);
    in += send (dht, &from, &query, now);
    while (hark_dht_poll_packet (dht, &ping)) {
      out += ping.len;
      /* He answers every ping. */
      if (!hark_krpc_parse (ping.data, ping.len, &message) || message.kind != HARK_KRPC_QUERY)
        continue;
      answer.transaction = message.transaction;
      hark_dht_handle_packet (dht, &from, packet,
                              hark_krpc_write (&answer, NULL, 0, packet, sizeof packet), now);
    }
    if (i % 1000 == 0)
      now += HARK_SECOND;
  }
  hark_dht_get_status (dht, &after);
  g_test_message ("%u nodes before, %u after; %zu bytes in, %zu out; %u queries open",
                  before.nodes[0], after.nodes[0], in, out, dht->rpcs->len);
  g_assert_cmpuint (after.nodes[0], <=, before.nodes[0] + 4 * dht->tables[0].buckets->len);
  g_assert_cmpuint (out, <=, 3 * in);
  g_assert_cmpuint (dht->rpcs->len, <=, 1024);
  g_assert_cmpuint (dht->known->len, <=, HARK_DHT_KNOWN_MAX);
  swarm_free (swarm);
}

/* A list of nodes that are victims: asked once each, and few of them. */
static void
test_victims (void)
{
  Swarm *swarm = swarm_new (5, 1, false, 0);
  HarkDht *dht = new_node (swarm, true);
  HarkTime now = swarm_now (swarm);
  HarkEndpoint from = forged (1);
  uint8_t nodes[16 * 26], packet[1500], id[20] = {1}, transaction[4];
  HarkKrpc answer = {.kind = HARK_KRPC_RESPONSE, .id = id}, query;
  HarkDhtPacket out;
  size_t len = 0;
  unsigned to_one = 0;

  for (unsigned i = 0; i < 16; i++) { /* one victim under many ids, places that no one asks, */
    HarkEndpoint victim = {
      .family = 4, .port = i < 13 ? 80 : 53, .ip = {33, 3, 3, 3}
    };
    HarkNodeId near = {
      {1, (uint8_t) i}
    };

    if (i == 14)
      victim = (HarkEndpoint){
        .family = 4, .port = 6881, .ip = {192, 168, 1, 1}
      };
    if (i == 15)
      victim = (HarkEndpoint){
        .family = 4, .port = 6881, .ip = {224, 0, 0, 1}
      };
    len += hark_krpc_node_write (&near, &victim, nodes + len);
  }
  hark_dht_bootstrap (dht, &from, now);
  g_assert_true (hark_dht_poll_packet (dht, &out));
  g_assert_true (hark_krpc_parse (out.data, out.len, &query));
  memcpy (transaction, query.transaction.data, 4);
  answer.transaction = (HarkBytes){transaction, 4};
  answer.nodes = (HarkBytes){nodes, len};
  hark_dht_handle_packet (dht, &from, packet,
                          hark_krpc_write (&answer, NULL, 0, packet, sizeof packet), now);
  /* The walk that follows asks him again, and hears the same. */
  for (unsigned i = 0; i < 100; i++) {
    now += 100 * HARK_MS;
    hark_dht_handle_time (dht, now);
    while (hark_dht_poll_packet (dht, &out)) {
      g_assert_cmpuint (out.to.port, !=, 53);
      g_assert_cmpuint (out.to.ip[0], !=, 192);
      g_assert_cmpuint (out.to.ip[0], !=, 224);
      to_one += out.to.ip[0] == 33;
      if (!hark_endpoint_equal (&out.to, &from) || !hark_krpc_parse (out.data, out.len, &query))
        continue;
      memcpy (transaction, query.transaction.data, 4);
      hark_dht_handle_packet (dht, &from, packet,
                              hark_krpc_write (&answer, NULL, 0, packet, sizeof packet), now);
    }
  }
  g_test_message ("%u packets to the victim in 10 s", to_one);
  g_assert_cmpuint (to_one, <=, 4);
  hark_dht_free (dht);
  swarm_free (swarm);
}

/* A write token does not work for another address or target, nor after ten minutes. */
static void
test_stolen_token (void)
{
  Swarm *swarm = swarm_new (6, 1, false, 0);
  HarkTime now = swarm_now (swarm);
  HarkTokens tokens;
  HarkEndpoint owner = forged (1), thief = forged (2), other_port = forged (1);
  uint8_t target[20] = {1}, other[20] = {2}, token[HARK_TOKEN_LEN_WIRE];
  HarkRng *rng = swarm_rng (swarm);

  hark_tokens_init (&tokens, rng, now);
  hark_tokens_make (&tokens, rng, &owner, target, 20, now, token);
  other_port.port++;
  g_assert_true (hark_tokens_check (&tokens, rng, &owner, target, 20, token, 8, now));
  g_assert_true (hark_tokens_check (&tokens, rng, &other_port, target, 20, token, 8, now));
  g_assert_false (hark_tokens_check (&tokens, rng, &thief, target, 20, token, 8, now));
  g_assert_false (hark_tokens_check (&tokens, rng, &owner, other, 20, token, 8, now));
  g_assert_false (hark_tokens_check (&tokens, rng, &owner, target, 20, token, 7, now));
  now += 10 * HARK_MINUTE + 1;
  g_assert_false (hark_tokens_check (&tokens, rng, &owner, target, 20, token, 8, now));
  hark_tokens_clear (&tokens);
  swarm_free (swarm);
}

/* One host cannot fill what is kept for all. */
static void
test_greedy_writer (void)
{
  HarkItems *items = hark_items_new ();
  HarkPeers *peers = hark_peers_new ();
  HarkNodeId own = {{0}};
  HarkEndpoint greedy = forged (1);
  unsigned stored = 0, announced = 0;

  for (uint32_t i = 0; i < 1000; i++) {
    char text[16];
    HarkItemView item = {0};
    HarkNodeId info_hash = {
      {(uint8_t) i, (uint8_t) (i >> 8)}
    };

    g_snprintf (text, sizeof text, "i%ue", i + 1);
    item.value = (HarkBencode){(const uint8_t *) text, strlen (text)};
    stored += hark_items_put (items, &item, NULL, &greedy, &own, 0) == 0;
    greedy.port = (uint16_t) (1000 + i);
    announced += hark_peers_announce (peers, &info_hash, &greedy, 0);
  }
  g_assert_cmpuint (stored, ==, HARK_ITEMS_PER_HOST);
  g_assert_cmpuint (announced, ==, HARK_PEERS_PER_HOST);
  hark_peers_free (peers);
  hark_items_free (items);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/hostile/surrounded-item-is-found", test_surrounded);
  g_test_add_func ("/hostile/lie-leads-to-a-second-path", test_second_path);
  g_test_add_func ("/hostile/forged-gets-gain-nothing", test_forged_gets);
  g_test_add_func ("/hostile/reader-proves-himself", test_reader_is_proved);
  g_test_add_func ("/hostile/many-ids-from-one-network", test_many_ids);
  g_test_add_func ("/hostile/node-lists-with-victims", test_victims);
  g_test_add_func ("/hostile/stolen-token", test_stolen_token);
  g_test_add_func ("/hostile/greedy-writer", test_greedy_writer);
  return g_test_run ();
}
