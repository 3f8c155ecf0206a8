/* A node whose UDP is blocked, and nodes that take TCP: what it notices, and what it gets done. */
#include "net/dht/dht.h"
#include "net/dht/far-server.h"
#include "net/dht/far.h"
#include "tests/bytes.h"

#include <sodium.h>
#include <string.h>

#define NODES 6 /* 0: behind the firewall; 1 to 3: take TCP; 4, 5: do not */
#define DELAY (20 * HARK_MS)

static const uint8_t handle[8] = {1, 2, 3, 4, 5, 6, 7, 8};

typedef struct {
  HarkTime at;
  HarkEndpoint from, to;
  size_t len;
  uint8_t data[HARK_DHT_PACKET_LEN_MAX];
} Flight;

typedef struct {
  HarkDht *dht[NODES];
  HarkEndpoint endpoints[NODES];
  HarkRng rng;
  HarkTime now;
  GQueue flights;
  bool blocked; /* the UDP of node 0 */
  bool lies;    /* values that come to node 0 are bent */
  HarkDhtEvent last[NODES];
  uint8_t value[HARK_DHT_VALUE_LEN_MAX];
  unsigned values, kept, lost, rings, tcp_packets;
} World;

static void
note (World *world, unsigned i, const HarkDhtEvent *event)
{
  switch (event->kind) {
  case HARK_DHT_EVENT_VALUE:
  case HARK_DHT_EVENT_GET_DONE:
    world->values += event->kind == HARK_DHT_EVENT_VALUE;
    if (event->data)
      memcpy (world->value, event->data, event->len);
    break;
  case HARK_DHT_EVENT_KEPT:
    world->kept++;
    break;
  case HARK_DHT_EVENT_KEEP_LOST:
    world->lost++;
    break;
  case HARK_DHT_EVENT_RING: {
    uint8_t answer[HARK_DHT_KNOCK_LEN_MIN] = {7};

    world->rings++;
    hark_dht_ring_answer (world->dht[i], event->operation, answer, sizeof answer, world->now);
    break;
  }
  default:
    break;
  }
  if (event->operation)
    world->last[i] = *event;
}

/* Bends what looks like a value on its way. */
static void
bend (Flight *flight)
{
  uint8_t *at = memmem (flight->data, flight->len, "hello", 5);

  if (at)
    at[0] = 'H';
}

static void
drain (World *world, unsigned i)
{
  HarkDhtPacket packet;
  HarkDhtEvent event;

  while (hark_dht_poll_event (world->dht[i], &event))
    note (world, i, &event);
  while (hark_dht_poll_packet (world->dht[i], &packet)) {
    Flight *flight = g_new0 (Flight, 1);

    flight->at = world->now + DELAY;
    flight->from = world->endpoints[i];
    flight->from.tcp = packet.to.tcp;
    flight->to = packet.to;
    flight->len = packet.len;
    memcpy (flight->data, packet.data, packet.len);
    if (world->lies)
      bend (flight);
    world->tcp_packets += packet.to.tcp;
    g_queue_push_tail (&world->flights, flight);
  }
}

static void
arrive (World *world, const Flight *flight)
{
  for (unsigned i = 0; i < NODES; i++) {
    bool from_0 = hark_endpoint_same_ip (&flight->from, &world->endpoints[0]);

    if (!hark_endpoint_same_ip (&flight->to, &world->endpoints[i])
        || (world->blocked && (from_0 || i == 0) && !flight->to.tcp) || (i > 3 && flight->to.tcp))
      continue;
    hark_dht_handle_packet (world->dht[i], &flight->from, flight->data, flight->len, world->now);
    drain (world, i);
  }
}

static void
run (World *world, HarkTime span)
{
  HarkTime end = world->now + span;

  while (true) {
    Flight *flight = g_queue_peek_head (&world->flights);
    HarkTime next = flight ? flight->at : HARK_TIME_NEVER;

    for (unsigned i = 0; i < NODES; i++)
      next = hark_time_min (next, hark_dht_get_deadline (world->dht[i]));
    if (next > end)
      break;
    world->now = MAX (world->now, next);
    if (flight && flight->at <= world->now) {
      arrive (world, g_queue_pop_head (&world->flights));
      g_free (flight);
    }
    for (unsigned i = 0; i < NODES; i++)
      if (hark_dht_get_deadline (world->dht[i]) <= world->now) {
        hark_dht_handle_time (world->dht[i], world->now);
        drain (world, i);
      }
  }
  world->now = end;
}

static World *
setup (bool blocked)
{
  static const uint8_t seed[32] = {5};
  World *world = g_new0 (World, 1);

  hark_rng_init (&world->rng, seed);
  world->now = HARK_HOUR;
  world->blocked = blocked;
  for (unsigned i = 0; i < NODES; i++) {
    HarkDhtConfig config = {.serve = i > 0, .read_only = i == 0, .tcp = true};
    g_autofree char *text = g_strdup_printf ("20.%u.0.1:6881", i + 1);

    g_assert_true (hark_endpoint_parse (text, &world->endpoints[i]));
    world->dht[i] = hark_dht_new (&config, &world->rng, world->now);
  }
  for (unsigned i = 1; i < NODES; i++) {
    hark_dht_bootstrap (world->dht[i], &world->endpoints[i == 1 ? 2 : 1], world->now);
    drain (world, i);
  }
  run (world, 10 * HARK_SECOND);
  for (unsigned i = 1; i < NODES; i++) {
    hark_dht_bootstrap (world->dht[0], &world->endpoints[i], world->now);
    drain (world, 0);
  }
  return world;
}

static void
world_free (World *world)
{
  for (unsigned i = 0; i < NODES; i++)
    hark_dht_free (world->dht[i]);
  g_queue_clear_full (&world->flights, g_free);
  g_free (world);
}

static HarkDhtStatus
status_of (World *world)
{
  HarkDhtStatus status;

  hark_dht_get_status (world->dht[0], &status);
  return status;
}

static void
sign (uint8_t secret[64], int64_t seq, HarkDhtItem *ret)
{
  static const uint8_t seed[32] = {9};
  uint8_t bytes[HARK_DHT_SIGNED_LEN_MAX];
  size_t len;

  *ret = (HarkDhtItem){.seq = seq, .value = (const uint8_t *) "5:hello", .value_len = 7};
  crypto_sign_seed_keypair (ret->key, secret, seed);
  len = hark_dht_item_signed_bytes (ret, bytes);
  crypto_sign_detached (ret->signature, NULL, bytes, len, secret);
}

static void
test_notices_blocked_udp (void)
{
  World *world = setup (true);

  run (world, HARK_FAR_SILENCE - 100 * HARK_MS);
  g_assert_cmpint (status_of (world).udp, ==, HARK_DHT_UDP_UNKNOWN);
  run (world, HARK_SECOND);
  g_assert_cmpint (status_of (world).udp, ==, HARK_DHT_UDP_BLOCKED);
  g_assert_cmpuint (status_of (world).nodes[0], ==, 3);
  g_assert_cmpuint (status_of (world).nodes[1], ==, 0);

  /* and that it is open again */
  world->blocked = false;
  run (world, 31 * HARK_SECOND);
  g_assert_cmpint (status_of (world).udp, ==, HARK_DHT_UDP_WORKS);
  world_free (world);
}

static void
test_works_without_tcp_where_udp_does (void)
{
  World *world = setup (false);

  run (world, HARK_MINUTE);
  g_assert_cmpint (status_of (world).udp, ==, HARK_DHT_UDP_WORKS);
  g_assert_cmpuint (world->tcp_packets, ==, 0);

  /* then it comes into a network that blocks it */
  world->blocked = true;
  hark_dht_check_udp (world->dht[0], world->now);
  drain (world, 0);
  run (world, 2 * HARK_SECOND);
  g_assert_cmpint (status_of (world).udp, ==, HARK_DHT_UDP_BLOCKED);
  world_free (world);
}

/* No verdict without a witness: nobody at all may be there. */
static void
test_without_any_network_it_says_nothing (void)
{
  World *world = setup (true);

  for (unsigned i = 1; i <= 3; i++)
    world->endpoints[i].ip[3] = 99;
  run (world, HARK_MINUTE);
  g_assert_cmpint (status_of (world).udp, ==, HARK_DHT_UDP_UNKNOWN);
  world_free (world);
}

static void
test_puts_and_gets_through_others (void)
{
  World *world = setup (true);
  uint8_t secret[64];
  HarkDhtItem item;
  HarkDhtOperation op;

  run (world, 5 * HARK_SECOND);
  sign (secret, 7, &item);
  op = hark_dht_put_mutable (world->dht[0], &item, NULL, world->now);
  drain (world, 0);
  run (world, 5 * HARK_SECOND);
  g_assert_cmpuint (world->last[0].operation, ==, op);
  g_assert_cmpint (world->last[0].kind, ==, HARK_DHT_EVENT_PUT_DONE);
  g_assert_cmpuint (world->last[0].acks, >=, 3);

  /* somebody with UDP finds it */
  op = hark_dht_get_mutable (world->dht[5], item.key, NULL, 0, -1, true, world->now);
  drain (world, 5);
  run (world, 5 * HARK_SECOND);
  g_assert_cmpuint (world->last[5].operation, ==, op);
  g_assert_true (world->last[5].found && world->last[5].seq == 7);

  /* and so do we */
  world->values = 0;
  op = hark_dht_get_mutable (world->dht[0], item.key, NULL, 0, -1, true, world->now);
  drain (world, 0);
  run (world, 5 * HARK_SECOND);
  g_assert_cmpuint (world->last[0].operation, ==, op);
  g_assert_true (world->last[0].found && world->last[0].seq == 7);
  g_assert_cmpuint (world->values, ==, 1);
  assert_bytes (world->value, 7u, "5:hello", 7u);

  /* what we know already is not news, and what is not there is not found */
  hark_dht_get_mutable (world->dht[0], item.key, NULL, 0, 7, true, world->now);
  drain (world, 0);
  run (world, 5 * HARK_SECOND);
  g_assert_false (world->last[0].found);
  item.key[0] ^= 1;
  hark_dht_get_mutable (world->dht[0], item.key, NULL, 0, -1, true, world->now);
  drain (world, 0);
  run (world, 10 * HARK_SECOND);
  g_assert_cmpint (world->last[0].kind, ==, HARK_DHT_EVENT_GET_DONE);
  g_assert_false (world->last[0].found);
  world_free (world);
}

static void
test_bent_values_are_not_believed (void)
{
  World *world = setup (true);
  uint8_t secret[64];
  HarkDhtItem item;

  run (world, 5 * HARK_SECOND);
  sign (secret, 7, &item);
  hark_dht_put_mutable (world->dht[0], &item, NULL, world->now);
  drain (world, 0);
  run (world, 5 * HARK_SECOND);
  world->lies = true;
  hark_dht_get_mutable (world->dht[0], item.key, NULL, 0, -1, true, world->now);
  drain (world, 0);
  run (world, 10 * HARK_SECOND);
  g_assert_cmpint (world->last[0].kind, ==, HARK_DHT_EVENT_GET_DONE);
  g_assert_false (world->last[0].found);
  g_assert_cmpuint (world->values, ==, 0);
  world_free (world);
}

static void
test_is_rung_over_tcp (void)
{
  World *world = setup (true);
  uint8_t x[HARK_DHT_KNOCK_LEN_MIN] = {3};
  HarkEndpoint points[4];
  HarkDhtOperation op;

  run (world, 5 * HARK_SECOND);
  g_assert_cmpuint (hark_dht_pick_points (world->dht[0], 4, points, world->now), ==, 3);
  g_assert_false (points[0].tcp);
  g_assert_true (hark_dht_keep (world->dht[0], &points[0], handle, 1, world->now));
  drain (world, 0);
  run (world, 2 * HARK_SECOND);
  g_assert_cmpuint (world->kept, ==, 1);
  op = hark_dht_knock (world->dht[5], &points[0], handle, x, sizeof x, world->now);
  drain (world, 5);
  run (world, HARK_SECOND);
  g_assert_cmpuint (world->rings, ==, 1);
  g_assert_cmpuint (world->last[5].operation, ==, op);
  g_assert_cmpint (world->last[5].kind, ==, HARK_DHT_EVENT_KNOCK_ANSWER);

  /* the registration goes on when UDP passes again */
  world->blocked = false;
  run (world, 2 * HARK_MINUTE);
  g_assert_cmpuint (world->lost, ==, 0);
  g_assert_cmpint (status_of (world).udp, ==, HARK_DHT_UDP_WORKS);
  hark_dht_knock (world->dht[5], &points[0], handle, x, sizeof x, world->now);
  drain (world, 5);
  run (world, HARK_SECOND);
  g_assert_cmpuint (world->rings, ==, 2);
  world_free (world);
}

/* Asks node 1 with @query from @from; the error it answers with, 0: none. */
static int64_t
ask_raw (World *world, HarkEndpoint from, HarkKrpc *query)
{
  static const uint8_t id[20] = {4};
  uint8_t packet[HARK_KRPC_LEN_MAX];
  HarkDhtPacket out;
  HarkKrpc answer;
  int64_t code = 0;
  size_t len;

  query->id = id;
  query->transaction = (HarkBytes){id, 2};
  len = hark_krpc_write (query, NULL, 0, packet, sizeof packet);
  hark_dht_handle_packet (world->dht[1], &from, packet, len, world->now);
  while (hark_dht_poll_packet (world->dht[1], &out))
    if (hark_endpoint_equal (&out.to, &from) && hark_krpc_parse (out.data, out.len, &answer)
        && answer.kind == HARK_KRPC_ERROR)
      code = answer.code;
  return code;
}

static void
test_serves_a_bounded_number_over_tcp_alone (void)
{
  World *world = setup (true);
  uint8_t key[32] = {0}, secret[64];
  HarkKrpc query = {
    .method = HARK_KRPC_HK_GET, .k = {key, sizeof key}
  };
  HarkDhtStatus status;
  HarkEndpoint from;
  HarkDhtItem item;

  g_assert_true (hark_endpoint_parse ("21.1.1.1:5000", &from));
  g_assert_cmpint (ask_raw (world, from, &query), ==, HARK_KRPC_ERROR_UNKNOWN_METHOD);
  from.tcp = true;
  for (unsigned i = 0; i < HARK_FAR_CALLS_PER_HOST; i++)
    g_assert_cmpint (ask_raw (world, from, &query), ==, 0);
  g_assert_cmpint (ask_raw (world, from, &query), ==, HARK_KRPC_ERROR_BUSY);
  for (unsigned i = 0; i < 2 * HARK_FAR_CALLS_MAX; i++) {
    from.ip[3] = (uint8_t) (i + 2);
    ask_raw (world, from, &query);
    hark_dht_get_status (world->dht[1], &status);
    g_assert_cmpuint (status.operations, <=, HARK_FAR_CALLS_MAX);
  }
  run (world, 20 * HARK_SECOND);

  from.ip[3] = 201;
  query.k.len = 31;
  g_assert_cmpint (ask_raw (world, from, &query), ==, HARK_KRPC_ERROR_PROTOCOL);
  sign (secret, 3, &item);
  query = (HarkKrpc){
    .method = HARK_KRPC_HK_PUT,
    .k = {item.key,       32},
    .has_seq = true,
    .seq = 4,
    .sig = {item.signature, 64},
    .v = {item.value,     7 }
  };
  g_assert_cmpint (ask_raw (world, from, &query), ==, HARK_KRPC_ERROR_SIGNATURE);
  query.sig.len = 3;
  g_assert_cmpint (ask_raw (world, from, &query), ==, HARK_KRPC_ERROR_PROTOCOL);
  world_free (world);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (sodium_init (), >=, 0);
  g_test_add_func ("/far/notices-blocked-udp", test_notices_blocked_udp);
  g_test_add_func ("/far/works-without-tcp-where-udp-does", test_works_without_tcp_where_udp_does);
  g_test_add_func ("/far/without-any-network-it-says-nothing",
                   test_without_any_network_it_says_nothing);
  g_test_add_func ("/far/puts-and-gets-through-others", test_puts_and_gets_through_others);
  g_test_add_func ("/far/bent-values-are-not-believed", test_bent_values_are_not_believed);
  g_test_add_func ("/far/is-rung-over-tcp", test_is_rung_over_tcp);
  g_test_add_func ("/far/serves-a-bounded-number-over-tcp-alone",
                   test_serves_a_bounded_number_over_tcp_alone);
  return g_test_run ();
}
