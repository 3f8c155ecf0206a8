/* People on one local network, without the internet: they meet, and whoever may only ask somebody
 * does not learn which machine is theirs. */
#include "net/dht/krpc.h"
#include "net/node/node-private.h"
#include "tests/sim/people.h"

#include <string.h>

#define NEIGHBOURS 6 /* besides Alice and Bob */

typedef struct {
  HarkSimNetwork *network;
  HarkSimPerson *alice, *bob;
  HarkSimPerson *others[NEIGHBOURS];
  HarkToken token;              /* of Bob's public address */
  bool knocked[NEIGHBOURS + 2]; /* by host: Alice knocked there */
  unsigned answers;             /* to her knocks */
  unsigned errors;              /* that reached her */
} Lan;

static HarkTime
now_of (const Lan *lan)
{
  return hark_sim_network_now (lan->network);
}

static bool
holds (const uint8_t *bytes, size_t len, const char *text)
{
  return memmem (bytes, len, text, strlen (text)) != NULL;
}

static bool
note_knocks (
  void *data, unsigned host, uint16_t port, const HarkEndpoint *to, uint8_t *bytes, size_t len)
{
  Lan *lan = data;

  (void) port;
  for (unsigned other = 0; other < G_N_ELEMENTS (lan->knocked); other++) {
    HarkEndpoint address = hark_sim_network_get_address (lan->network, other);

    if (host == lan->alice->host && hark_endpoint_same_ip (to, &address))
      lan->knocked[other] |= holds (bytes, len, "8:hk_knock");
  }
  return true;
}

static void
note_answers (void *data,
              unsigned host,
              uint16_t port,
              const HarkEndpoint *from,
              const uint8_t *bytes,
              size_t len)
{
  Lan *lan = data;

  (void) port;
  (void) from;
  if (host != lan->alice->host)
    return;
  lan->answers += holds (bytes, len, "1:x656:") && holds (bytes, len, "1:y1:r");
  lan->errors += holds (bytes, len, "1:y1:e");
}

static void
lan_init (Lan *lan, uint64_t seed)
{
  unsigned site;

  memset (lan, 0, sizeof *lan);
  lan->network = hark_sim_network_new (seed);
  site = hark_sim_network_add_site (lan->network, HARK_SIM_NAT_PORT_RESTRICTED);
  for (unsigned i = 0; i < NEIGHBOURS + 2; i++) {
    unsigned host = hark_sim_network_add_host (lan->network, site);
    HarkSimPerson *person = hark_sim_person_new_local (lan->network, host);

    if (i < NEIGHBOURS)
      lan->others[i] = person;
    else
      *(i == NEIGHBOURS ? &lan->alice : &lan->bob) = person;
  }
  hark_rng_bytes (hark_sim_network_rng (lan->network), lan->token.bytes, sizeof lan->token.bytes);
  hark_net_open_audience (lan->bob->net, HARK_AUDIENCE_ADDRESS, &lan->token, NULL, now_of (lan));
  hark_sim_node_flush (lan->bob->node);
  hark_sim_network_set_tap (lan->network, note_knocks, lan);
  hark_sim_network_set_watch (lan->network, note_answers, lan);
}

static void
lan_clear (Lan *lan)
{
  for (unsigned i = 0; i < NEIGHBOURS; i++)
    hark_sim_person_free (lan->others[i]);
  hark_sim_person_free (lan->alice);
  hark_sim_person_free (lan->bob);
  hark_sim_network_free (lan->network);
}

static bool
was_asked (void *data)
{
  return ((Lan *) data)->bob->has_request;
}

static bool
have_met (void *data)
{
  Lan *lan = data;

  return lan->alice->state == HARK_PEER_ONLINE && lan->bob->state == HARK_PEER_ONLINE;
}

static void
test_neighbours (void)
{
  HarkNetStatus status;
  Lan lan;

  lan_init (&lan, 1);
  hark_sim_network_run (lan.network, 10 * HARK_SECOND);
  hark_net_get_status (lan.alice->net, &status);
  g_assert_cmpuint (status.lan_peers, ==, NEIGHBOURS + 1);
  g_assert_cmpuint (status.dht_nodes, ==, NEIGHBOURS + 1);
  lan_clear (&lan);
}

static void
test_meet (void)
{
  HarkTime before;
  Lan lan;

  lan_init (&lan, 2);
  hark_sim_network_run (lan.network, 10 * HARK_SECOND);
  before = now_of (&lan);
  hark_sim_people_ask (lan.alice, lan.bob, &lan.token);
  g_assert_true (hark_sim_network_run_until (lan.network, 5 * HARK_SECOND, was_asked, &lan));
  g_test_message ("asked after %u ms", (unsigned) ((now_of (&lan) - before) / HARK_MS));
  g_assert_cmpuint (now_of (&lan) - before, <, 300 * HARK_MS);
  before = now_of (&lan);
  hark_sim_people_accept (lan.bob);
  g_assert_true (hark_sim_network_run_until (lan.network, 5 * HARK_SECOND, have_met, &lan));
  g_test_message ("met after %u ms", (unsigned) ((now_of (&lan) - before) / HARK_MS));
  lan_clear (&lan);
}

static void
know (Lan *lan, HarkSimPerson *person, const HarkSimPerson *other, uint8_t pairwise, uint8_t before)
{
  HarkNetContact contact = {.account = other->config.account, .has_pairwise = true};
  HarkToken own = {{1}};

  contact.reach = own;
  contact.has_pairwise_previous = before != 0;
  memset (contact.pairwise.bytes, pairwise, sizeof contact.pairwise.bytes);
  memset (contact.pairwise_previous.bytes, before, sizeof contact.pairwise_previous.bytes);
  hark_net_open_audience (person->net, HARK_AUDIENCE_CONTACTS, &own, NULL, now_of (lan));
  hark_net_set_contact (person->net, &contact, now_of (lan));
  hark_sim_node_flush (person->node);
}

/* Alice has a new secret on her disk, Bob's computer ended before: the one before is tried soon. */
static void
test_old_secret (void)
{
  HarkTime before;
  Lan lan;

  lan_init (&lan, 5);
  hark_sim_network_run (lan.network, 10 * HARK_SECOND);
  know (&lan, lan.alice, lan.bob, 7, 0);
  know (&lan, lan.bob, lan.alice, 9, 8);
  hark_sim_network_run (lan.network, 10 * HARK_SECOND);
  g_assert_false (have_met (&lan));
  know (&lan, lan.alice, lan.bob, 8, 6);
  before = now_of (&lan);
  hark_sim_person_restart (lan.bob, NULL);
  know (&lan, lan.bob, lan.alice, 9, 8);
  g_assert_true (hark_sim_network_run_until (lan.network, HARK_MINUTE, have_met, &lan));
  g_test_message ("met after %u ms", (unsigned) ((now_of (&lan) - before) / HARK_MS));
  g_assert_cmpuint (now_of (&lan) - before, <, 300 * HARK_MS);
  lan_clear (&lan);
}

/* Everybody is treated alike, and answers alike: not at all. */
static void
test_stranger (void)
{
  const HarkPeer *peer;
  Lan lan;

  lan_init (&lan, 3);
  hark_sim_network_run (lan.network, 10 * HARK_SECOND);
  hark_sim_people_ask (lan.alice, lan.bob, &lan.token);
  hark_sim_network_run (lan.network, HARK_MINUTE);
  g_assert_true (lan.bob->has_request);

  peer = g_hash_table_lookup (lan.alice->net->peers, &lan.bob->config.account);
  g_assert_true (peer->has_record);
  g_assert_cmpuint (peer->record.n_points, >, 0);
  for (unsigned i = 0; i < peer->record.n_points; i++)
    g_assert_cmpuint (peer->record.points[i].endpoint.family, ==, 0);
  for (unsigned host = 0; host < G_N_ELEMENTS (lan.knocked); host++)
    g_assert_true (lan.knocked[host] == (host != lan.alice->host));
  g_assert_cmpuint (lan.answers, ==, 0);
  g_assert_cmpuint (lan.errors, ==, 0);
  lan_clear (&lan);
}

/* With the handle of the record he knocks at each machine by itself: Bob's says what the others
 * say. */
static void
test_handle_tells_nothing (void)
{
  static const uint8_t id[20] = "stranger stranger..", x[HARK_KNOCK_LEN] = {0x21, 1};
  const HarkPeer *peer;
  uint8_t packet[HARK_KRPC_LEN_MAX];
  HarkKrpc query = {
    .kind = HARK_KRPC_QUERY,
    .method = HARK_KRPC_HK_KNOCK,
    .transaction = {id, 2       },
    .id = id,
    .x = {x,  sizeof x},
  };
  Lan lan;

  lan_init (&lan, 4);
  hark_sim_network_run (lan.network, 10 * HARK_SECOND);
  hark_sim_people_ask (lan.alice, lan.bob, &lan.token);
  hark_sim_network_run (lan.network, HARK_MINUTE);
  peer = g_hash_table_lookup (lan.alice->net->peers, &lan.bob->config.account);
  query.handle = (HarkBytes){peer->record.points[0].handle, 8};
  for (unsigned host = 0; host < G_N_ELEMENTS (lan.knocked); host++) {
    HarkEndpoint to = hark_sim_network_get_address (lan.network, host);

    if (host == lan.alice->host)
      continue;
    to.port = hark_sim_node_get_endpoint (lan.alice->node).port;
    lan.errors = 0;
    hark_sim_network_send (lan.network, lan.alice->host, to.port, &to, packet,
                           hark_krpc_write (&query, NULL, 0, packet, sizeof packet));
    hark_sim_network_run (lan.network, HARK_SECOND);
    g_assert_cmpuint (lan.errors, ==, 1);
    g_assert_cmpuint (lan.answers, ==, 0);
  }
  lan_clear (&lan);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/lan/neighbours-hear-each-other", test_neighbours);
  g_test_add_func ("/lan/strangers-ask-and-meet", test_meet);
  g_test_add_func ("/lan/old-secret-is-tried-soon", test_old_secret);
  g_test_add_func ("/lan/stranger/learns-no-endpoint", test_stranger);
  g_test_add_func ("/lan/stranger/handle-tells-nothing", test_handle_tells_nothing);
  return g_test_run ();
}
