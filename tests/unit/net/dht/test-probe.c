/* Being asked to have somebody sent a packet, and for others of our kind: who gets what, how often.
 */
#include "net/dht/dht.h"
#include "net/dht/krpc.h"

#include <string.h>

static const HarkEndpoint asker = {
  .family = 4, .port = 7000, .ip = {198, 51, 100, 7}
};
static const HarkEndpoint other = {
  .family = 4, .port = 7001, .ip = {203, 0, 113, 9}
};
static const uint8_t bytes[64] = {1, 2, 3};

static HarkDht *
make_node (void)
{
  HarkDhtConfig config = {.serve = true};
  uint8_t seed[32] = {1};
  HarkRng rng;

  hark_rng_init (&rng, seed);
  return hark_dht_new (&config, &rng, HARK_SECOND);
}

/* What the node sends to @to because of @query: how many datagrams; the last one's method. */
static unsigned
ask (HarkDht *dht,
     const HarkEndpoint *from,
     const HarkKrpc *query,
     HarkTime now,
     const HarkEndpoint *to,
     HarkKrpcMethod *ret_method)
{
  uint8_t packet[HARK_DHT_PACKET_LEN_MAX];
  size_t len = hark_krpc_write (query, NULL, 0, packet, sizeof packet);
  HarkDhtPacket out;
  unsigned n = 0;

  g_assert_cmpuint (len, >, 0);
  while (hark_dht_poll_packet (dht, &out)) {
  }
  hark_dht_handle_packet (dht, from, packet, len, now);
  while (hark_dht_poll_packet (dht, &out)) {
    HarkKrpc message;

    g_assert_cmpuint (out.len, <=, len);
    if (!hark_endpoint_equal (&out.to, to) || !hark_krpc_parse (out.data, out.len, &message)
        || message.kind != HARK_KRPC_QUERY)
      continue;
    *ret_method = message.method;
    n++;
  }
  return n;
}

static HarkKrpc
probe_by (const HarkEndpoint *via, uint8_t compact[18])
{
  return (HarkKrpc){
    .kind = HARK_KRPC_QUERY,
    .method = HARK_KRPC_HK_PROBE,
    .id = bytes,
    .transaction = {bytes,     2},
    .padding = {       bytes + 32,       18 },
    .via = { compact, hark_endpoint_to_compact (via,  compact)}
  };
}

/* What a node gets to which a probe was passed on for @whom. */
static HarkKrpc
probe_for (const HarkEndpoint *whom, uint8_t compact[18])
{
  return (HarkKrpc){
    .kind = HARK_KRPC_QUERY,
    .method = HARK_KRPC_HK_PROBE,
    .id = bytes,
    .transaction = {bytes,                           4       },
    .c = { compact, hark_endpoint_to_compact (whom, compact)}
  };
}

static void
test_passed_on (void)
{
  HarkDht *dht = make_node ();
  HarkKrpcMethod method = HARK_KRPC_PING;
  uint8_t compact[18];
  HarkKrpc query = probe_by (&other, compact);

  g_assert_cmpuint (ask (dht, &asker, &query, HARK_SECOND, &other, &method), ==, 1);
  g_assert_cmpint (method, ==, HARK_KRPC_HK_PROBE);
  g_assert_cmpuint (ask (dht, &asker, &query, 2 * HARK_SECOND, &other, &method), ==, 0);
  g_assert_cmpuint (ask (dht, &asker, &query, 3 * HARK_MINUTE, &other, &method), ==, 1);
  hark_dht_free (dht);
}

static void
test_pinged (void)
{
  HarkDht *dht = make_node ();
  HarkKrpcMethod method = HARK_KRPC_HK_PROBE;
  uint8_t compact[18];
  HarkKrpc query = probe_for (&other, compact);

  g_assert_cmpuint (ask (dht, &asker, &query, HARK_SECOND, &other, &method), ==, 1);
  g_assert_cmpint (method, ==, HARK_KRPC_PING);
  g_assert_cmpuint (ask (dht, &asker, &query, 2 * HARK_SECOND, &other, &method), ==, 0);
  hark_dht_free (dht);
}

/* Many who ask for one victim get no more than one ping to it in a minute. */
static void
test_victim (void)
{
  HarkDht *dht = make_node ();
  HarkKrpcMethod method;
  uint8_t compact[18];
  HarkKrpc query = probe_for (&other, compact);
  unsigned pings = 0;

  for (uint8_t i = 0; i < 50; i++) {
    HarkEndpoint from = {
      .family = 4, .port = 7000, .ip = {198, 51, i, 1}
    };

    pings += ask (dht, &from, &query, HARK_SECOND + i * HARK_SECOND, &other, &method);
  }
  g_assert_cmpuint (pings, ==, 1);
  hark_dht_free (dht);
}

/* Neither to the asker's own machine, nor from the internet into a home. */
static void
test_refused (void)
{
  static const HarkEndpoint refused[] = {
    {.family = 4, .port = 7001, .ip = {198, 51, 100, 7}},
    {.family = 4, .port = 7001, .ip = {192, 168, 1, 1} },
    {.family = 4, .port = 7001, .ip = {169, 254, 1, 1} },
    {.family = 4, .port = 7001, .ip = {127, 0, 0, 1}   },
    {.family = 4, .port = 7001, .ip = {224, 0, 0, 1}   },
    {.family = 4, .port = 7001, .ip = {0}              },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (refused); i++) {
    HarkDht *dht = make_node ();
    HarkKrpcMethod method;
    uint8_t compact[18];
    HarkKrpc by = probe_by (&refused[i], compact);

    g_assert_cmpuint (ask (dht, &asker, &by, HARK_SECOND, &refused[i], &method), ==, 0);
    by = probe_for (&refused[i], compact);
    g_assert_cmpuint (ask (dht, &asker, &by, 2 * HARK_SECOND, &refused[i], &method), ==, 0);
    hark_dht_free (dht);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/probe/passed-on-once-a-minute", test_passed_on);
  g_test_add_func ("/probe/pings-whom-it-names", test_pinged);
  g_test_add_func ("/probe/victim-gets-one-ping-a-minute", test_victim);
  g_test_add_func ("/probe/refused-for-own-and-local-addresses", test_refused);
  return g_test_run ();
}
