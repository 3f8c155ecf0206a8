#include "tests/unit/net/io/pair.h"

#include "net/io/udp.h"
#include "net/path/stun.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <stun/stunagent.h>
#include <stun/usages/ice.h>
#include <sys/socket.h>
#include <unistd.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Pair, pair_free)

static uint8_t bytes[65507];

static size_t expected; /* packets at the second end */

static bool
all_arrived (Pair *pair)
{
  return pair->ends[1].n_packets >= expected;
}

static void
send_one (PairEnd *end, uint32_t mark, size_t len)
{
  memcpy (bytes, &mark, sizeof mark);
  bytes[0] |= 0x80; /* not STUN */
  g_assert_true (hark_ice_path_send (end->path, bytes, len, len));
}

static bool
has_ipv6_loopback (void)
{
  struct sockaddr_in6 address = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
  int fd = socket (AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  bool works = fd >= 0 && bind (fd, (struct sockaddr *) &address, sizeof address) == 0;

  if (fd >= 0)
    close (fd);
  return works;
}

static bool
one_each (Pair *pair)
{
  return pair->ends[0].n_packets >= 1 && pair->ends[1].n_packets >= 1;
}

static void
exchange (const char *bind_text, uint8_t family)
{
  g_autoptr (Pair) pair = pair_new (bind_text);

  pair_run (pair, pair_is_ready);
  for (int i = 0; i < 2; i++) {
    g_assert_cmpint (pair->ends[i].info.route, ==, HARK_ROUTE_LAN);
    g_assert_cmpuint (pair->ends[i].info.local.family, ==, family);
    g_assert_cmpuint (pair->ends[i].local_count, >=, 1);
    g_assert_true (pair->ends[i].local.complete);
    send_one (&pair->ends[i], 0, 1000u + (unsigned) i);
  }
  pair_run (pair, one_each);
  g_assert_cmpuint (pair->ends[1].lens[0], ==, 1000);
  g_assert_cmpuint (pair->ends[0].lens[0], ==, 1001);
  g_assert_true (hark_endpoint_equal (&pair->ends[0].info.local, &pair->ends[1].info.remote));
}

static void
test_both_ways (void)
{
  exchange ("127.0.0.1", 4);
}

static void
test_ipv6 (void)
{
  if (!has_ipv6_loopback ()) {
    g_test_skip ("no IPv6 here");
    return;
  }
  exchange ("::1", 6);
}

static void
test_nothing_before_ready (void)
{
  g_autoptr (Pair) pair = pair_new ("127.0.0.1");

  g_assert_false (hark_ice_path_send (pair->ends[0].path, bytes, 100, 100));
}

/* A batch is cut where it should be, and keeps its order. */
static void
check_cut (Pair *pair, size_t len, size_t segment)
{
  PairEnd *to = &pair->ends[1];
  size_t n = (len + segment - 1) / segment;

  for (uint32_t i = 0; i < n; i++) {
    memcpy (bytes + i * segment, &i, MIN (sizeof i, len - i * segment));
    bytes[i * segment + MIN (3, len - i * segment - 1)] |= 0x80;
    bytes[i * segment] |= 0x80;
  }
  to->n_packets = 0;
  expected = n;
  g_assert_true (hark_ice_path_send (pair->ends[0].path, bytes, len, segment));
  pair_run (pair, all_arrived);
  g_assert_cmpuint (to->n_packets, ==, n);
  for (size_t i = 0; i < n; i++) {
    uint32_t mark;

    g_assert_cmpuint (to->lens[i], ==, MIN (segment, len - i * segment));
    if (to->lens[i] < sizeof mark)
      continue;
    memcpy (&mark, bytes + i * segment, sizeof mark);
    g_assert_cmpuint (to->firsts[i], ==, mark);
  }
}

static void
test_batches (void)
{
  g_autoptr (Pair) pair = pair_new ("127.0.0.1");
  static const size_t cuts[][2] = {
    {1200,          1200 },
    {1202,          1200 },
    {64 * 1000,     1000 },
    {64 * 1000 - 7, 1000 },
    {65507,         1452 },
    {64000,         16000},
    {5,             1200 },
    {100 * 500,     500  },
    {65507,         65507},
    {6,             3    }
  };

  pair_run (pair, pair_is_ready);
  for (size_t i = 0; i < G_N_ELEMENTS (cuts); i++)
    check_cut (pair, cuts[i][0], cuts[i][1]);
}

static void
test_ten_thousand_packets (void)
{
  g_autoptr (Pair) pair = pair_new ("127.0.0.1");
  PairEnd *to = &pair->ends[1];

  pair_run (pair, pair_is_ready);
  for (uint32_t i = 0; i < 10000; i++) {
    send_one (&pair->ends[0], i << 8, 200);
    if (i % 50 == 49) { /* never more than the smallest socket buffer holds */
      expected = i + 1;
      pair_run (pair, all_arrived);
    }
  }
  g_assert_cmpuint (to->n_packets, ==, 10000);
  for (uint32_t i = 0; i < 10000; i++)
    g_assert_cmpuint (to->firsts[i], ==, i << 8 | 0x80);
  g_assert_cmpuint (to->unflushed_max, <=, HARK_ICE_FLUSH_EVERY);
  g_assert_cmpuint (to->flush_count, >=, 10000 / HARK_ICE_FLUSH_EVERY);
}

/* Nothing happens to one end when the other one goes. */
static void
test_survives_close_of_the_other (void)
{
  g_autoptr (Pair) pair = pair_new ("127.0.0.1");

  pair_run (pair, pair_is_ready);
  g_clear_pointer (&pair->ends[1].path, hark_ice_path_close);
  pair_settle (pair, 100);
  for (uint32_t i = 0; i < 100; i++)
    send_one (&pair->ends[0], i << 8, 500);
  pair_settle (pair, 20);
  g_assert_cmpint (pair->ends[0].state, ==, HARK_PATH_READY);
}

static bool
is_closed (Pair *pair)
{
  return !pair->ends[1].path;
}

static void
test_close_from_the_packet_handler (void)
{
  g_autoptr (Pair) pair = pair_new ("127.0.0.1");

  pair_run (pair, pair_is_ready);
  pair->ends[1].close_on_packet = true;
  for (uint32_t i = 0; i < 50; i++)
    send_one (&pair->ends[0], i << 8, 500);
  pair_run (pair, is_closed);
  pair_settle (pair, 80);
  g_assert_cmpuint (pair->ends[1].n_packets, ==, 1);
}

static bool
was_told_too_big (Pair *pair)
{
  return pair->ends[0].too_big_count > 0;
}

/* 65,507 bytes do not fit into the 65,536 of the loopback device when the header is IPv6's. */
static void
test_too_big_is_told (void)
{
  g_autoptr (Pair) pair = NULL;

  if (!has_ipv6_loopback ()) {
    g_test_skip ("no IPv6 here");
    return;
  }
  pair = pair_new ("::1");
  pair_run (pair, pair_is_ready);
  g_assert_false (hark_ice_path_send (pair->ends[0].path, bytes, 65507, 65507));
  pair_run (pair, was_told_too_big);
  g_assert_cmpuint (pair->ends[0].too_big_count, ==, 1);
  check_cut (pair, 10000, 1000);
}

static void
test_many_paths_leak_no_descriptors (void)
{
  g_autoptr (Pair) pair = pair_new ("127.0.0.1");
  unsigned before;

  pair_close_path (pair);
  pair_settle (pair, 100);
  before = pair_count_fds ();
  for (unsigned i = 0; i < 40; i++) {
    pair_open_path (pair);
    if (i % 4 == 0) /* the others are closed while gathering or checking */
      pair_run (pair, pair_is_ready);
    else
      for (unsigned steps = 0; steps < i; steps++)
        g_main_context_iteration (pair->context, FALSE);
    pair_close_path (pair);
  }
  pair_settle (pair, 100);
  g_assert_cmpuint (pair_count_fds (), ==, before);
}

/* Descriptions that are well formed and of no use: our own end, closed ports, other credentials,
 * again and again. */
static void
test_hostile_descriptions (void)
{
  g_autoptr (Pair) pair = pair_new ("127.0.0.1");
  PairEnd *end = &pair->ends[0];
  HarkPathDescription hostile
    = {.ufrag = "AAAAAAAA", .password = "AAAAAAAAAAAAAAAAAAAAAAAA", .complete = true};

  end->mute = pair->ends[1].mute = true;
  pair_settle (pair, 20);
  g_assert_cmpuint (end->local.n_candidates, >=, 1);
  hostile.n_candidates = HARK_CANDIDATES_MAX;
  for (uint8_t i = 0; i < HARK_CANDIDATES_MAX; i++) {
    hostile.candidates[i] = end->local.candidates[0];
    hostile.candidates[i].priority = i % 2 ? 0x7fffffff : 1;
    if (i > 0)
      hostile.candidates[i].endpoint.port = (uint16_t) (1024 + i);
  }
  for (unsigned round = 0; round < 20; round++) {
    for (uint8_t i = 1; i < HARK_CANDIDATES_MAX; i++)
      hostile.candidates[i].endpoint.port = (uint16_t) (1024 + i + 16 * round);
    hostile.ufrag[0] = (char) ('A' + round % 2);
    hark_ice_path_set_remote (end->path, &hostile);
    pair_settle (pair, 5);
  }
  pair_settle (pair, 200);
  g_assert_cmpint (end->state, !=, HARK_PATH_READY);
  g_assert_cmpuint (end->ready_count, ==, 0);
}

/* ---- a peer that answers every check with an authenticated 403 ------------------- */

typedef struct {
  int fd;
  StunAgent stun;
  unsigned answered;
  const char *password;
} Forbidder;

static bool
give_password (StunAgent *agent G_GNUC_UNUSED,
               StunMessage *message G_GNUC_UNUSED,
               uint8_t *username G_GNUC_UNUSED,
               uint16_t username_len G_GNUC_UNUSED,
               uint8_t **password,
               size_t *password_len,
               void *user_data)
{
  const Forbidder *forbidder = user_data;

  *password = (uint8_t *) forbidder->password;
  *password_len = strlen (forbidder->password);
  return true;
}

static void
forbid (Forbidder *forbidder)
{
  struct sockaddr_in from;
  socklen_t from_len = sizeof from;
  uint8_t request_bytes[1500], answer_bytes[1500];
  StunMessage request, answer;
  ssize_t len = recvfrom (forbidder->fd, request_bytes, sizeof request_bytes, MSG_DONTWAIT,
                          (struct sockaddr *) &from, &from_len);

  if (len <= 0)
    return;
  if (stun_agent_validate (&forbidder->stun, &request, request_bytes, (size_t) len, give_password,
                           forbidder)
        != STUN_VALIDATION_SUCCESS
      || !stun_agent_init_error (&forbidder->stun, &answer, answer_bytes, sizeof answer_bytes,
                                 &request, STUN_ERROR_FORBIDDEN))
    return;
  len = (ssize_t) stun_agent_finish_message (
    &forbidder->stun, &answer, (const uint8_t *) forbidder->password, strlen (forbidder->password));
  g_assert_cmpint (
    sendto (forbidder->fd, answer_bytes, (size_t) len, 0, (struct sockaddr *) &from, from_len), ==,
    len);
  forbidder->answered++;
}

static void
test_forbidding_peer_does_no_harm (void)
{
  g_autoptr (Pair) pair = pair_new ("127.0.0.1");
  HarkPathDescription hostile
    = {.ufrag = "BBBBBBBB", .password = "BBBBBBBBBBBBBBBBBBBBBBBB", .n_candidates = 1};
  Forbidder forbidder = {.password = hostile.password};
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl (INADDR_LOOPBACK)};
  socklen_t len = sizeof address;

  stun_agent_init (&forbidder.stun, STUN_ALL_KNOWN_ATTRIBUTES, STUN_COMPATIBILITY_RFC5389,
                   STUN_AGENT_USAGE_SHORT_TERM_CREDENTIALS | STUN_AGENT_USAGE_USE_FINGERPRINT);
  forbidder.fd = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  g_assert_cmpint (bind (forbidder.fd, (struct sockaddr *) &address, sizeof address), ==, 0);
  g_assert_cmpint (getsockname (forbidder.fd, (struct sockaddr *) &address, &len), ==, 0);
  hostile.candidates[0] = (HarkCandidate){.kind = HARK_CANDIDATE_HOST, .priority = 1000};
  g_assert_true (
    hark_endpoint_from_sockaddr ((struct sockaddr *) &address, &hostile.candidates[0].endpoint));

  pair->ends[0].mute = pair->ends[1].mute = true;
  hark_ice_path_set_remote (pair->ends[0].path, &hostile);
  for (unsigned i = 0; i < 100 && forbidder.answered == 0; i++) {
    pair_settle (pair, 5);
    forbid (&forbidder);
  }
  g_assert_cmpuint (forbidder.answered, >, 0);
  pair_settle (pair, 30);
  g_assert_cmpint (pair->ends[0].state, !=, HARK_PATH_READY);
  close (forbidder.fd);
}

static bool
first_failed (Pair *pair)
{
  return pair->ends[0].state == HARK_PATH_FAILED;
}

/* An address that is not ours: over at once, and closing is all that is left. */
static void
test_no_address_fails (void)
{
  g_autoptr (Pair) pair = pair_new ("192.0.2.1");

  pair_run (pair, first_failed);
  hark_ice_path_set_remote (pair->ends[0].path, &pair->ends[0].local);
  g_assert_false (hark_ice_path_send (pair->ends[0].path, bytes, 10, 10));
}

/* ---- reflexive candidates -------------------------------------------------------- */

/* A STUN server that sees everybody behind 127.0.0.77. */
typedef struct {
  HarkUdp *udp;
  unsigned asked;
} Server;

static void
on_question (void *user_data, const HarkEndpoint *from, const uint8_t *data, size_t len)
{
  Server *server = user_data;
  HarkEndpoint mapped = *from;
  uint8_t answer[HARK_STUN_RESPONSE_LEN_MAX];
  size_t answer_len;

  server->asked++;
  mapped.ip[3] = 77;
  answer_len = hark_stun_respond (data, len, &mapped, answer);
  if (answer_len > 0)
    hark_udp_send (server->udp, from, answer, answer_len);
}

static void
ignore (void *user_data G_GNUC_UNUSED)
{
}

static void
ignore_endpoint (void *user_data G_GNUC_UNUSED, const HarkEndpoint *to G_GNUC_UNUSED)
{
}

static const HarkUdpHandlers server_handlers
  = {.on_datagram = on_question, .on_unreachable = ignore_endpoint, .on_batch_end = ignore};

static bool
is_gathered (Pair *pair)
{
  return pair->ends[0].local.complete && pair->ends[1].local.complete;
}

static void
check_reflexive (const HarkPathDescription *local)
{
  unsigned n = 0;

  for (uint8_t i = 0; i < local->n_candidates; i++) {
    const HarkCandidate *candidate = &local->candidates[i];

    if (candidate->kind != HARK_CANDIDATE_SERVER_REFLEXIVE)
      continue;
    g_assert_cmpuint (candidate->endpoint.ip[3], ==, 77);
    n++;
  }
  g_assert_cmpuint (n, ==, 1);
}

/* The first path is told of at once and again with what STUN found; the next one has a spare agent
 * that knows it. */
static void
test_spare_costs_no_gathering (void)
{
  g_autoptr (Pair) pair = pair_new ("127.0.0.1");
  Server server = {0};

  server.udp = hark_udp_new (0, "127.0.0.1", pair->context, &server_handlers, &server, NULL);
  g_assert_nonnull (server.udp);
  g_assert_true (hark_endpoint_parse ("127.0.0.1:9", &pair->stun[1]));
  pair->stun[1].port = hark_udp_get_port (server.udp);
  pair_close_path (pair);
  for (int round = 0; round < 2; round++) {
    for (int i = 0; i < 2; i++)
      memset (&pair->ends[i].local, 0, sizeof pair->ends[i].local);
    pair_open_path (pair);
    pair_run (pair, is_gathered);
    for (int i = 0; i < 2; i++) {
      check_reflexive (&pair->ends[i].local);
      if (round == 0)
        g_assert_cmpuint (pair->ends[i].local_count, >, 1);
      else
        g_assert_cmpuint (pair->ends[i].local_count, ==, 1);
    }
    pair_run (pair, pair_is_ready);
    pair_close_path (pair);
    pair_settle (pair, 300);
  }
  g_assert_cmpuint (server.asked, >=, 4);
  hark_udp_free (server.udp);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ice/both-ways", test_both_ways);
  g_test_add_func ("/ice/ipv6", test_ipv6);
  g_test_add_func ("/ice/nothing-before-ready", test_nothing_before_ready);
  g_test_add_func ("/ice/batches-arrive-as-packets-in-order", test_batches);
  g_test_add_func ("/ice/ten-thousand-packets", test_ten_thousand_packets);
  g_test_add_func ("/ice/survives-close-of-the-other-end", test_survives_close_of_the_other);
  g_test_add_func ("/ice/may-be-closed-from-the-packet-handler",
                   test_close_from_the_packet_handler);
  g_test_add_func ("/ice/too-big-is-told", test_too_big_is_told);
  g_test_add_func ("/ice/many-paths-leak-no-descriptors", test_many_paths_leak_no_descriptors);
  g_test_add_func ("/ice/hostile-descriptions-do-no-harm", test_hostile_descriptions);
  g_test_add_func ("/ice/forbidding-peer-does-no-harm", test_forbidding_peer_does_no_harm);
  g_test_add_func ("/ice/spare-costs-no-gathering", test_spare_costs_no_gathering);
  g_test_add_func ("/ice/no-address-fails-at-once", test_no_address_fails);
  return g_test_run ();
}
