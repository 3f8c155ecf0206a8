/* Attacks on what others may learn, and on what a node can be made to send to third parties. */
#include "net/dht/krpc.h"
#include "tests/sim/attack.h"

#include <string.h>

#define LINK (&(HarkSimLinkConfig){.delay = 10 * HARK_MS})
#define SETTLED (20 * HARK_SECOND)

static HarkTime
now_of (const HarkAttack *attack)
{
  return hark_sim_network_now (attack->network);
}

static HarkEndpoint
endpoint_of (const HarkSimPerson *person)
{
  return hark_sim_node_get_endpoint (person->node);
}

/* ---- a stranger ------------------------------------------------------------------ */

static bool
count_to_alice (
  HarkAttack *attack, unsigned host, const HarkEndpoint *to, uint8_t *bytes, size_t len)
{
  HarkEndpoint alice = endpoint_of (attack->alice);

  (void) bytes;
  (void) len;
  attack->count += host == attack->bob->host && hark_endpoint_same_ip (to, &alice);
  return true;
}

/* A knock of Alice's for a session, at Bob's door, under @secret. */
static void
knock_for_session (HarkAttack *attack, const HarkToken *secret)
{
  HarkEndpoint caller = endpoint_of (attack->alice);
  HarkKnockTarget target = {.account = attack->bob->config.account,
                            .device = attack->bob->config.device,
                            .secret = secret->bytes,
                            .secret_len = sizeof secret->bytes,
                            .day = attack->bob->net->day,
                            .index = 7,
                            .purpose = HARK_KNOCK_SESSION};
  HarkKnock knock;

  g_assert_true (hark_knock_init (&knock, &attack->alice->net->link_context.self, &target,
                                  hark_sim_network_rng (attack->network)));
  hark_attack_ring (attack, attack->bob, &caller, knock.packet, sizeof knock.packet,
                    ++attack->rings);
  hark_knock_clear (&knock);
}

/* Straight to Bob's socket, from Alice's own. */
static void
send_to_bob (HarkAttack *attack, const HarkKrpc *query)
{
  HarkEndpoint bob = endpoint_of (attack->bob), alice = endpoint_of (attack->alice);
  uint8_t packet[HARK_KRPC_LEN_MAX];

  hark_sim_network_forge (attack->network, &alice, &bob, packet,
                          hark_krpc_write (query, NULL, 0, packet, sizeof packet));
}

static void
poke (HarkAttack *attack)
{
  static const uint8_t id[20] = "stranger stranger..", hash[20] = "something to ask for";
  static const uint8_t stun[20] = {0, 1, 0, 0, 0x21, 0x12, 0xA4, 0x42, 1, 2, 3};
  HarkEndpoint bob = endpoint_of (attack->bob), alice = endpoint_of (attack->alice);
  uint8_t x[HARK_KNOCK_LEN] = {HARK_PACKET_KNOCK, HARK_PACKET_VERSION};
  HarkKrpc query = {
    .kind = HARK_KRPC_QUERY,
    .transaction = {hash, 2 },
    .id = id,
    .target = {hash, 20},
    .info_hash = {hash, 20}
  };

  for (HarkKrpcMethod method = HARK_KRPC_PING; method <= HARK_KRPC_HK_RING; method++) {
    query.method = method;
    if (method == HARK_KRPC_HK_KNOCK || method == HARK_KRPC_HK_RING) {
      query.handle = (HarkBytes){attack->points[attack->bob->host].handle, 8};
      query.x = (HarkBytes){x, sizeof x};
    }
    send_to_bob (attack, &query);
  }
  hark_sim_network_forge (attack->network, &alice, &bob, stun, sizeof stun);
  hark_sim_network_forge (attack->network, &alice, &bob, x, sizeof x);
}

static void
test_stranger (void)
{
  HarkAttack attack;
  HarkToken guessed = {"no secret of his"};
  uint8_t signal[HARK_KNOCK_LEN] = {HARK_PACKET_SIGNAL, HARK_PACKET_VERSION};
  HarkEndpoint caller;

  hark_attack_init (&attack, 1, LINK);
  hark_sim_network_run (attack.network, SETTLED);
  caller = endpoint_of (attack.alice);
  attack.tap = count_to_alice;
  hark_sim_people_ask (attack.alice, attack.bob, &attack.token);
  for (unsigned i = 0; i < 20; i++) {
    knock_for_session (&attack, &attack.token);
    knock_for_session (&attack, &guessed);
    hark_attack_ring (&attack, attack.bob, &caller, signal, sizeof signal, ++attack.rings);
    poke (&attack);
    hark_sim_network_run (attack.network, 3 * HARK_SECOND);
  }
  hark_sim_network_run (attack.network, 5 * HARK_MINUTE);
  g_assert_true (attack.bob->has_request);
  g_assert_cmpuint (attack.count, ==, 0);
  g_assert_cmpuint (attack.replies, ==, 0);
  g_assert_cmpuint (attack.bob->net->last_path, ==, 0); /* not even gathered */
  g_assert_cmpuint (hark_attack_links (attack.bob), ==, 0);

  hark_sim_people_accept (attack.bob);
  g_assert_true (hark_attack_run_until_met (&attack, HARK_MINUTE));
  g_assert_cmpuint (attack.count, >, 0);
  hark_attack_clear (&attack);
}

/* ---- who is reached directly ----------------------------------------------------- */

/* Everything that reaches a stranger's machine: does it name Bob's address? */
static bool
look_for_bob (HarkAttack *attack, unsigned host, const HarkEndpoint *to, uint8_t *bytes, size_t len)
{
  HarkEndpoint alice = endpoint_of (attack->alice);
  uint8_t compact[18];
  size_t compact_len = hark_endpoint_to_compact (&attack->marked, compact);

  (void) host;
  if (hark_endpoint_same_ip (to, &alice))
    attack->count += memmem (bytes, len, compact, compact_len) != NULL;
  return true;
}

/* The record of Bob under @token, as whoever has that finds it. */
static HarkRecord
find_record (HarkAttack *attack, const HarkToken *token)
{
  HarkNet *net = attack->alice->net;
  HarkNetContact bob = {.account = attack->bob->config.account, .reach = *token};
  const HarkPeer *peer;
  HarkRecord record;

  hark_net_set_contact (net, &bob, now_of (attack));
  hark_sim_node_flush (attack->alice->node);
  hark_sim_network_run (attack->network, 10 * HARK_SECOND);
  peer = g_hash_table_lookup (net->peers, &attack->bob->config.account);
  g_assert_true (peer->has_record);
  record = peer->record;
  hark_net_remove_contact (net, &attack->bob->config.account, now_of (attack));
  return record;
}

static bool
names_bob (const HarkAttack *attack, const HarkRecord *record)
{
  for (unsigned i = 0; i < record->n_points; i++)
    if (record->points[i].kind != HARK_POINT_CONTACT
        || hark_endpoint_same_ip (&record->points[i].endpoint, &attack->marked))
      return true;
  return false;
}

/* Bob's router forwards a port of his to him. Contacts are told; whoever has his address is not,
 * and the handle that strangers see does not work there. */
static void
test_own_endpoint (void)
{
  HarkAttack attack;
  HarkRecord strangers, contacts;

  hark_attack_init (&attack, 5, LINK);
  attack.marked = endpoint_of (attack.bob);
  attack.tap = look_for_bob;
  hark_attack_open (&attack, attack.bob);
  hark_net_set_mapping (attack.bob->net, HARK_MAPPING_PCP, &attack.marked, now_of (&attack));
  hark_sim_node_flush (attack.bob->node);
  hark_sim_network_run (attack.network, SETTLED);

  strangers = find_record (&attack, &attack.token);
  g_assert_cmpuint (strangers.n_points, ==, 3);
  g_assert_false (names_bob (&attack, &strangers));
  contacts = find_record (&attack, &attack.reach[1]);
  g_assert_cmpuint (contacts.n_points, ==, 4);
  g_assert_true (names_bob (&attack, &contacts));
  g_assert_true (memcmp (strangers.points[0].handle, contacts.points[0].handle, 8) != 0);
  g_assert_cmpuint (attack.count, ==, 0); /* sealed, and in nobody's list of nodes */
  hark_attack_clear (&attack);
}

/* ---- amplification --------------------------------------------------------------- */

static uint8_t stored[20]; /* target of an item that the DHT holds */

static bool
measure (HarkAttack *attack, unsigned host, const HarkEndpoint *to, uint8_t *bytes, size_t len)
{
  uint8_t *target = hark_attack_find (bytes, len, "6:target20:");

  if (target && host == attack->bob->host && hark_attack_find (bytes, len, "1:q3:get"))
    memcpy (stored, target, sizeof stored);
  if (hark_endpoint_same_ip (to, &attack->marked))
    attack->count += len;
  return true;
}

/* What a source that nobody has heard of gets for one packet, in bytes out for bytes in. */
static double
ask (HarkAttack *attack, const uint8_t *packet, size_t len)
{
  HarkEndpoint server = endpoint_of (attack->dht[1]);
  unsigned host = hark_sim_network_add_host (attack->network, 0);

  attack->marked = hark_sim_network_get_address (attack->network, host);
  attack->marked.port = 5000;
  attack->count = 0;
  hark_sim_network_forge (attack->network, &attack->marked, &server, packet, len);
  hark_sim_network_run (attack->network, 5 * HARK_SECOND);
  return (double) attack->count / (double) len;
}

static double
ask_krpc (HarkAttack *attack, const HarkKrpc *query)
{
  uint8_t packet[HARK_KRPC_LEN_MAX];

  return ask (attack, packet, hark_krpc_write (query, NULL, 0, packet, sizeof packet));
}

static void
test_amplification (void)
{
  static const uint8_t id[20] = "a forged node id....", hash[20] = "something to ask for";
  static const uint8_t stun[20] = {0, 1, 0, 0, 0x21, 0x12, 0xA4, 0x42, 1, 2, 3};
  static const uint8_t zeros[18], value[] = "5:hello";
  static const struct {
    const char *name;
    HarkKrpcMethod method;
    double max;
  } queries[] = {
    {"ping",          HARK_KRPC_PING,          3},
    {"find_node",     HARK_KRPC_FIND_NODE,     3},
    {"get_peers",     HARK_KRPC_GET_PEERS,     3},
    {"announce_peer", HARK_KRPC_ANNOUNCE_PEER, 3},
    {"get, not held", HARK_KRPC_GET,           3},
    {"put",           HARK_KRPC_PUT,           3},
    {"hk_keep",       HARK_KRPC_HK_KEEP,       1},
    {"hk_knock",      HARK_KRPC_HK_KNOCK,      1},
    {"hk_probe",      HARK_KRPC_HK_PROBE,      1},
    {"hk_more",       HARK_KRPC_HK_MORE,       3},
    {"unknown",       HARK_KRPC_UNKNOWN,       3},
  };
  uint8_t x[HARK_KNOCK_LEN] = {HARK_PACKET_KNOCK, HARK_PACKET_VERSION};
  HarkAttack attack;
  double ratio;

  hark_attack_init (&attack, 2, LINK);
  attack.tap = measure;
  hark_sim_network_run (attack.network, SETTLED);
  for (size_t i = 0; i < G_N_ELEMENTS (queries); i++) {
    HarkKrpc query = {
      .kind = HARK_KRPC_QUERY,
      .method = queries[i].method,
      .transaction = {hash,  2 },
      .id = id,
      .target = {hash,  20},
      .info_hash = {hash,  20},
      .token = {zeros, 8 }
    };

    if (query.method >= HARK_KRPC_HK_KEEP || query.method == HARK_KRPC_UNKNOWN)
      query.handle = (HarkBytes){attack.points[attack.bob->host].handle, 8};
    if (query.method == HARK_KRPC_HK_KNOCK)
      query.x = (HarkBytes){x, sizeof x};
    if (query.method == HARK_KRPC_PUT)
      g_assert_true (hark_bencode_parse (value, sizeof value - 1, &query.v));
    if (query.method == HARK_KRPC_UNKNOWN) {
      static const char unknown[] = "d1:ad2:id20:a forged node id....e1:q4:what1:t2:xx1:y1:qe";

      ratio = ask (&attack, (const uint8_t *) unknown, sizeof unknown - 1);
    } else {
      ratio = ask_krpc (&attack, &query);
    }
    g_test_message ("%s: %.2f", queries[i].name, ratio);
    g_assert_cmpfloat (ratio, <=, queries[i].max);
  }

  ratio = ask (&attack, stun, sizeof stun);
  g_test_message ("STUN: %.2f", ratio);
  g_assert_cmpfloat (ratio, <=, 3);

  /* the exception: readers ask each node once, so a stored value is let through at once */
  ratio = ask_krpc (&attack, &(HarkKrpc){
                               .kind = HARK_KRPC_QUERY,
                               .method = HARK_KRPC_GET,
                               .transaction = {hash,   2 },
                               .id = id,
                               .target = {stored, 20}
  });
  g_test_message ("get of a held item: %.2f", ratio);
  g_assert_cmpfloat (ratio, >, 0);
  g_assert_cmpfloat (ratio, <=, 12);
  hark_attack_clear (&attack);
}

/* The same source forged over and over: what goes to it in ten seconds. */
static void
test_amplification_is_bounded (void)
{
  static const uint8_t id[20] = "a forged node id....", hash[20] = "something to ask for";
  HarkKrpc query = {
    .kind = HARK_KRPC_QUERY, .method = HARK_KRPC_GET, .transaction = {hash, 2},
            .id = id
  };
  uint8_t packet[HARK_KRPC_LEN_MAX];
  HarkEndpoint server;
  HarkAttack attack;
  size_t len;

  hark_attack_init (&attack, 3, LINK);
  attack.tap = measure;
  hark_sim_network_run (attack.network, SETTLED);
  server = endpoint_of (attack.dht[1]);
  attack.marked
    = hark_sim_network_get_address (attack.network, hark_sim_network_add_host (attack.network, 0));
  attack.marked.port = 5000;
  query.target = (HarkBytes){stored, 20};
  len = hark_krpc_write (&query, NULL, 0, packet, sizeof packet);
  attack.count = 0;
  for (unsigned i = 0; i < 10000; i++) {
    attack.marked.port = (uint16_t) (1024 + i);
    hark_sim_network_forge (attack.network, &attack.marked, &server, packet, len);
    hark_sim_network_run (attack.network, HARK_MS);
  }
  hark_sim_network_run (attack.network, 5 * HARK_SECOND);
  g_test_message ("%" G_GUINT64_FORMAT " bytes out for %zu in", attack.count, 10000 * len);
  g_assert_cmpuint (attack.count, <, 10000 * len / 10);
  hark_attack_clear (&attack);
}

/* ---- candidates ------------------------------------------------------------------ */

static const struct {
  uint8_t ip[4];
  uint16_t port;
} hostile[HARK_CANDIDATES_MAX] = {
  {{127, 0, 0, 1},       5000},
  {{224, 0, 0, 251},     5353},
  {{255, 255, 255, 255}, 5000},
  {{0, 0, 0, 0},         5000},
  {{240, 0, 0, 1},       5000},
  {{198, 51, 100, 7},    53  },
  {{198, 51, 100, 7},    22  },
  {{198, 51, 100, 7},    0   },
  {{198, 51, 100, 8},    5001},
  {{198, 51, 100, 8},    5002},
  {{198, 51, 100, 8},    5003},
  {{198, 51, 100, 8},    5004},
  {{198, 51, 100, 8},    5005},
  {{198, 51, 100, 8},    5006},
  {{198, 51, 100, 8},    5007},
  {{198, 51, 100, 8},    5008},
};

static uint64_t sent_to[HARK_CANDIDATES_MAX]; /* packets of Bob's */

static bool
count_hostile (
  HarkAttack *attack, unsigned host, const HarkEndpoint *to, uint8_t *bytes, size_t len)
{
  (void) bytes;
  (void) len;
  for (size_t i = 0; host == attack->bob->host && i < HARK_CANDIDATES_MAX; i++)
    sent_to[i]
      += to->family == 4 && to->port == hostile[i].port && memcmp (to->ip, hostile[i].ip, 4) == 0;
  return true;
}

/* Alice, an accepted contact, describes her end of every path as she likes. */
static void
describe_hostile (HarkAttack *attack)
{
  HarkPathDescription description = {.ufrag = "mallorys",
                                     .password = "mallorysmallorysmallorys",
                                     .complete = true,
                                     .n_candidates = HARK_CANDIDATES_MAX};
  const GPtrArray *links = attack->alice->net->links;

  for (size_t i = 0; i < HARK_CANDIDATES_MAX; i++) {
    HarkCandidate *candidate = &description.candidates[i];

    *candidate = (HarkCandidate){.kind = HARK_CANDIDATE_HOST, .priority = 1000};
    candidate->endpoint = (HarkEndpoint){.family = 4, .port = hostile[i].port};
    memcpy (candidate->endpoint.ip, hostile[i].ip, 4);
  }
  for (guint i = 0; i < links->len; i++)
    hark_net_path_gathered (attack->alice->net, hark_link_get_path (links->pdata[i]), &description,
                            now_of (attack));
}

static void
test_candidates (void)
{
  HarkAttack attack;
  unsigned ports = 0;

  hark_attack_init (&attack, 4, LINK);
  hark_attack_open (&attack, attack.bob);
  hark_attack_know (&attack, attack.bob);
  hark_sim_network_run (attack.network, SETTLED);
  attack.tap = count_hostile;
  memset (sent_to, 0, sizeof sent_to);
  hark_attack_know (&attack, attack.alice);
  for (unsigned i = 0; i < 60000; i++) {
    describe_hostile (&attack);
    hark_sim_network_run (attack.network, HARK_MS);
  }
  for (size_t i = 0; i < 8; i++)
    g_assert_cmpuint (sent_to[i], ==, 0);
  for (size_t i = 8; i < HARK_CANDIDATES_MAX; i++)
    ports += sent_to[i] > 0;
  g_assert_cmpuint (ports, >, 0); /* the list has come through */
  g_assert_cmpuint (ports, <=, HARK_CANDIDATES_SAME_IP_MAX);
  hark_attack_clear (&attack);
}

/* ---- link-local addresses --------------------------------------------------------- */

static bool
count_link_local (
  HarkAttack *attack, unsigned host, const HarkEndpoint *to, uint8_t *bytes, size_t len)
{
  (void) bytes;
  (void) len;
  attack->count += host == attack->bob->host && hark_endpoint_scope (to) == HARK_SCOPE_LINK_LOCAL;
  return true;
}

/* Alice's computer has link-local addresses, one of them made of its network card's number. Bob,
 * whom she meets through the internet, is not told, for he tries all that he is told. */
static void
test_link_local (void)
{
  static const uint8_t ip6[16] = {0xfe, 0x80, [8] = 0x02, [11] = 0xff, [12] = 0xfe, [15] = 7};
  HarkPathDescription description = {.ufrag = "alicelan",
                                     .password = "alicelanalicelanalicelan",
                                     .complete = true,
                                     .n_candidates = 3};
  HarkCandidate *candidates = description.candidates;
  HarkAttack attack;
  uint64_t wide = 0;

  for (int i = 0; i < 3; i++)
    candidates[i] = (HarkCandidate){.kind = HARK_CANDIDATE_HOST, .priority = 1000};
  candidates[0].endpoint = (HarkEndpoint){.family = 6, .port = 5000};
  memcpy (candidates[0].endpoint.ip, ip6, sizeof ip6);
  candidates[1].endpoint = (HarkEndpoint){
    .family = 4, .port = 5000, .ip = {169, 254, 7, 7}
  };
  candidates[2].endpoint = (HarkEndpoint){
    .family = 4, .port = 5000, .ip = {198, 51, 100, 7}
  };
  hark_attack_init (&attack, 5, LINK);
  hark_attack_open (&attack, attack.bob);
  hark_attack_know (&attack, attack.bob);
  hark_sim_network_run (attack.network, SETTLED);
  attack.tap = count_link_local;
  hark_attack_know (&attack, attack.alice);
  for (unsigned i = 0; i < 10000; i++) {
    const GPtrArray *alice = attack.alice->net->links, *bob = attack.bob->net->links;

    for (guint at = 0; at < alice->len; at++)
      hark_net_path_gathered (attack.alice->net, hark_link_get_path (alice->pdata[at]),
                              &description, now_of (&attack));
    wide += bob->len;
    hark_sim_network_run (attack.network, HARK_MS);
  }
  g_assert_cmpuint (wide, >, 0);
  g_assert_cmpuint (attack.count, ==, 0);
  hark_attack_clear (&attack);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/attacks/stranger/gets-silence", test_stranger);
  g_test_add_func ("/attacks/stranger/sees-no-endpoint", test_own_endpoint);
  g_test_add_func ("/attacks/amplification/stays-small", test_amplification);
  g_test_add_func ("/attacks/amplification/is-bounded", test_amplification_is_bounded);
  g_test_add_func ("/attacks/candidates/aim-at-nobody", test_candidates);
  g_test_add_func ("/attacks/candidates/link-local-ones-stay-on-the-link", test_link_local);
  return g_test_run ();
}
