/* What a node answers, byte for byte: amplification, limits, codes. */
#include "net/dht/dht.h"
#include "net/dht/item.h"
#include "net/dht/krpc.h"
#include "tests/unit/net/dht/swarm.h"

#include <string.h>

static const HarkEndpoint stranger = {
  .family = 4, .port = 7000, .ip = {198, 51, 100, 7}
};
static const HarkEndpoint stranger6 = {
  .family = 6, .port = 7000, .ip = {0x20, 1, 0xd, 0xb8, 1}
};

/* A node that knows many others, stores an item and peers. */
static Swarm *
setup (void)
{
  Swarm *swarm = swarm_new (1, 30, true, 0);

  swarm_join (swarm, 5 * HARK_SECOND);
  return swarm;
}

static size_t
ask (HarkDht *dht,
     const HarkEndpoint *from,
     const HarkKrpc *query,
     HarkTime now,
     uint8_t answer[HARK_DHT_PACKET_LEN_MAX],
     double *ret_factor)
{
  uint8_t packet[HARK_DHT_PACKET_LEN_MAX];
  size_t len = hark_krpc_write (query, NULL, 0, packet, sizeof packet);
  size_t total = 0, answer_len = 0;
  HarkDhtPacket out;

  g_assert_cmpuint (len, >, 0);
  while (hark_dht_poll_packet (dht, &out)) {
  }
  hark_dht_handle_packet (dht, from, packet, len, now);
  while (hark_dht_poll_packet (dht, &out)) {
    HarkKrpc message;

    total += out.len;
    if (hark_krpc_parse (out.data, out.len, &message) && message.kind != HARK_KRPC_QUERY) {
      answer_len = out.len;
      memcpy (answer, out.data, out.len);
    }
  }
  if (ret_factor)
    *ret_factor = (double) total / (double) len;
  return answer_len;
}

static HarkKrpc
query_for (HarkKrpcMethod method, const uint8_t *bytes)
{
  HarkKrpc query = {.kind = HARK_KRPC_QUERY, .method = method, .id = bytes};

  query.transaction = (HarkBytes){bytes, 2};
  if (method == HARK_KRPC_FIND_NODE || method == HARK_KRPC_GET)
    query.target = (HarkBytes){bytes, 20};
  if (method == HARK_KRPC_GET_PEERS || method == HARK_KRPC_ANNOUNCE_PEER)
    query.info_hash = (HarkBytes){bytes, 20};
  if (method >= HARK_KRPC_HK_KEEP)
    query.handle = (HarkBytes){bytes, 8};
  if (method == HARK_KRPC_HK_KNOCK || method == HARK_KRPC_HK_RING) {
    query.x = (HarkBytes){bytes, 64};
    query.padding = (HarkBytes){bytes, 18};
  }
  if (method == HARK_KRPC_HK_RING)
    query.c = (HarkBytes){bytes, 6};
  if (method == HARK_KRPC_HK_KEEP)
    query.token = (HarkBytes){bytes, 8};
  return query;
}

static void
test_amplification (void)
{
  Swarm *swarm = setup ();
  HarkDht *dht = swarm_dht (swarm, 0);
  uint8_t bytes[64] = {1, 2, 3}, answer[HARK_DHT_PACKET_LEN_MAX];
  static const double most[] = {
    [HARK_KRPC_PING] = 3,    [HARK_KRPC_FIND_NODE] = 3,     [HARK_KRPC_GET_PEERS] = 3,
    [HARK_KRPC_GET] = 3,     [HARK_KRPC_ANNOUNCE_PEER] = 3, [HARK_KRPC_PUT] = 3,
    [HARK_KRPC_HK_KEEP] = 1, [HARK_KRPC_HK_KNOCK] = 1,      [HARK_KRPC_HK_RING] = 0,
  };

  for (HarkKrpcMethod i = HARK_KRPC_PING; i < G_N_ELEMENTS (most); i++) {
    for (int variant = 0; variant < 2; variant++) {
      HarkKrpc query = query_for (i, bytes);
      double factor;

      query.want4 = query.want6 = variant;
      query.read_only = i >= HARK_KRPC_HK_KEEP;
      ask (dht, variant ? &stranger6 : &stranger, &query, swarm_now (swarm), answer, &factor);
      g_test_message ("method %d: %.2f", (int) i, factor);
      g_assert_cmpfloat (factor, <=, most[i]);
    }
  }
  swarm_free (swarm);
}

static void
test_rate (void)
{
  Swarm *swarm = setup ();
  HarkDht *dht = swarm_dht (swarm, 0);
  uint8_t bytes[64] = {1, 2, 3}, answer[HARK_DHT_PACKET_LEN_MAX];
  HarkKrpc query = query_for (HARK_KRPC_PING, bytes);
  unsigned answered = 0;

  for (unsigned i = 0; i < 200; i++)
    answered += ask (dht, &stranger, &query, swarm_now (swarm), answer, NULL) > 0;
  g_assert_cmpuint (answered, ==, 50);
  answered = 0;
  for (unsigned i = 0; i < 200; i++)
    answered += ask (dht, &stranger, &query, swarm_now (swarm) + HARK_SECOND, answer, NULL) > 0;
  g_assert_cmpuint (answered, ==, 10);
  swarm_free (swarm);
}

static int
code_of (const uint8_t *answer, size_t len)
{
  HarkKrpc message;

  g_assert_true (hark_krpc_parse (answer, len, &message));
  return message.kind == HARK_KRPC_ERROR ? (int) message.code : 0;
}

static int
put (HarkDht *dht,
     const HarkDhtItem *item,
     const HarkBytes *salt,
     const int64_t *cas,
     bool token,
     HarkTime now)
{
  HarkItemView view = {.key = item->key, .salt = salt ? *salt : (HarkBytes){0}};
  uint8_t bytes[64] = {1, 2, 3}, answer[HARK_DHT_PACKET_LEN_MAX];
  uint8_t asked[HARK_DHT_PACKET_LEN_MAX];
  HarkKrpc query = query_for (HARK_KRPC_GET, bytes), message;
  HarkNodeId target;
  size_t len;

  hark_item_target (&view, &target);
  query.target.data = target.bytes;
  len = ask (dht, &stranger, &query, now, asked, NULL);
  g_assert_true (hark_krpc_parse (asked, len, &message));
  query = query_for (HARK_KRPC_PUT, bytes);
  query.token = token ? message.token : (HarkBytes){bytes, 8};
  query.k = (HarkBytes){item->key, 32};
  query.sig = (HarkBytes){item->signature, 64};
  query.salt = view.salt;
  query.has_seq = true;
  query.seq = item->seq;
  query.v = (HarkBencode){item->value, item->value_len};
  query.has_cas = cas != NULL;
  query.cas = cas ? *cas : 0;
  len = ask (dht, &stranger, &query, now, answer, NULL);
  return code_of (answer, len);
}

static void
test_codes (void)
{
  Swarm *swarm = setup ();
  HarkDht *dht = swarm_dht (swarm, 0);
  HarkTime now = swarm_now (swarm);
  uint8_t value[1100], long_salt[65] = {1};
  HarkBytes salt = {long_salt, 65};
  HarkDhtItem item;
  int64_t cas = 3;

  swarm_item (1, 5, 300, value, &item);
  g_assert_cmpint (put (dht, &item, NULL, NULL, false, now), ==, 203);
  g_assert_cmpint (put (dht, &item, NULL, &cas, true, now), ==, 0); /* cas without an item */
  g_assert_cmpint (put (dht, &item, NULL, &cas, true, now), ==, 301);
  g_assert_cmpint (put (dht, &item, &salt, NULL, true, now), ==, 207);
  swarm_item (1, 4, 300, value, &item);
  g_assert_cmpint (put (dht, &item, NULL, NULL, true, now), ==, 302);
  item.seq = 6;
  g_assert_cmpint (put (dht, &item, NULL, NULL, true, now), ==, 206);
  item.seq = -1;
  g_assert_cmpint (put (dht, &item, NULL, NULL, true, now), ==, 203);
  memset (value, 0, sizeof value);
  memcpy (value, "997:", 4);
  item.seq = 7;
  item.value_len = 1001;
  g_assert_cmpint (put (dht, &item, NULL, NULL, true, now), ==, 205);
  swarm_free (swarm);
}

static void
test_read_only (void)
{
  Swarm *swarm = setup ();
  HarkDht *dht = swarm_dht (swarm, 0);
  uint8_t bytes[64] = {1, 2, 3}, answer[HARK_DHT_PACKET_LEN_MAX];
  HarkKrpc query = query_for (HARK_KRPC_FIND_NODE, bytes);
  double factor;

  query.read_only = true; /* answered, but never contacted */
  g_assert_cmpuint (ask (dht, &stranger, &query, swarm_now (swarm), answer, &factor), >, 0);
  hark_dht_set_read_only (dht, true);
  g_assert_cmpuint (ask (dht, &stranger, &query, swarm_now (swarm), answer, &factor), ==, 0);
  swarm_free (swarm);
}

/* A router gave somebody the port of a service that others must not make us knock at. */
static void
test_unlucky_port (void)
{
  static const struct {
    uint16_t port;
    bool answered;
  } cases[] = {
    {19,    false},
    {53,    false},
    {389,   false},
    {1900,  true },
    {5353,  true },
    {11211, true },
  };
  Swarm *swarm = setup ();
  HarkDht *dht = swarm_dht (swarm, 0);
  uint8_t bytes[64] = {1, 2, 3}, handle[HARK_DHT_HANDLE_LEN] = {1};
  uint8_t answer[HARK_DHT_PACKET_LEN_MAX];
  HarkKrpc query = query_for (HARK_KRPC_FIND_NODE, bytes);

  query.read_only = true;
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    HarkEndpoint from = stranger;
    HarkDhtPacket packet;

    from.port = cases[i].port;
    g_assert_true ((ask (dht, &from, &query, swarm_now (swarm), answer, NULL) > 0)
                   == cases[i].answered);
    hark_dht_greet (dht, &from, swarm_now (swarm));
    g_assert_cmpuint (hark_dht_knock (dht, &from, handle, bytes, sizeof bytes, swarm_now (swarm)),
                      ==, 0);
    g_assert_false (hark_dht_keep (dht, &from, handle, 1, swarm_now (swarm)));
    g_assert_false (hark_dht_poll_packet (dht, &packet));
  }
  swarm_free (swarm);
}

static void
test_garbage (void)
{
  static const char *const bad[] = {"",
                                    "d",
                                    "de",
                                    "d1:y1:qe",
                                    "d1:ad2:id3:abce1:q4:ping1:t2:aa1:y1:qe",
                                    "d1:t2:aa1:y1:r1:rd2:id20:abcdefghij0123456789ee",
                                    "li1ee",
                                    "d1:t20:aaaaaaaaaaaaaaaaaaaa1:y1:qe"};
  Swarm *swarm = setup ();
  HarkDht *dht = swarm_dht (swarm, 0);
  HarkDhtPacket packet;

  while (hark_dht_poll_packet (dht, &packet)) {
  }
  for (size_t i = 0; i < G_N_ELEMENTS (bad); i++) {
    hark_dht_handle_packet (dht, &stranger, (const uint8_t *) bad[i], strlen (bad[i]),
                            swarm_now (swarm));
    g_assert_false (hark_dht_poll_packet (dht, &packet));
  }
  swarm_free (swarm);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/server/does-not-amplify", test_amplification);
  g_test_add_func ("/server/limits-a-source", test_rate);
  g_test_add_func ("/server/codes-of-bep44", test_codes);
  g_test_add_func ("/server/read-only", test_read_only);
  g_test_add_func ("/server/serves-who-got-an-unlucky-port", test_unlucky_port);
  g_test_add_func ("/server/silent-on-garbage", test_garbage);
  return g_test_run ();
}
