#include "net/io/ice-check.h"
#include "tests/unit/net/io/pair.h"

#include <netinet/in.h>
#include <string.h>
#include <stun/usages/ice.h>
#include <sys/socket.h>
#include <unistd.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Pair, pair_free)

static uint8_t bytes[65507];
static size_t expected; /* packets, at either end */

static bool
all_arrived (Pair *pair)
{
  return pair->ends[0].n_packets >= expected && pair->ends[1].n_packets >= expected;
}

/* A batch each way arrives as packets in order. */
static void
exchange (Pair *pair, size_t len, size_t segment)
{
  size_t n = (len + segment - 1) / segment;

  memset (bytes, 0xc0, len);
  for (uint32_t i = 0; i < n; i++)
    bytes[i * segment + 1] = (uint8_t) i;
  expected = n;
  for (int i = 0; i < 2; i++)
    pair->ends[i].n_packets = 0;
  for (int i = 0; i < 2; i++)
    g_assert_true (hark_ice_path_send (pair->ends[i].path, bytes, len, segment));
  pair_run (pair, all_arrived);
  for (int i = 0; i < 2; i++) {
    PairEnd *end = &pair->ends[i];

    g_assert_cmpuint (end->n_packets, ==, n);
    for (size_t at = 0; at < n; at++) {
      g_assert_cmpuint (end->lens[at], ==, MIN (segment, len - at * segment));
      g_assert_cmpuint (((uint8_t *) &end->firsts[at])[1], ==, (uint8_t) at);
    }
  }
}

static void
test_both (void)
{
  static const size_t cuts[][2] = {
    {1200,          1200 },
    {65340,         1452 },
    {64 * 1000 - 7, 1000 },
    {64000,         16000},
    {65507,         65507},
  };
  g_autoptr (Pair) pair = pair_new ("127.0.0.1");

  pair_run_until_taken (pair);
  for (size_t i = 0; i < G_N_ELEMENTS (cuts); i++)
    exchange (pair, cuts[i][0], cuts[i][1]);
  for (int i = 0; i < 2; i++) {
    g_assert_true (hark_endpoint_equal (&pair->ends[i].from, &pair->ends[!i].info.local));
    g_assert_cmpuint (pair->ends[i].ready_count, ==, 1);
    g_assert_cmpuint (pair->ends[i].unflushed_max, <=, HARK_ICE_FLUSH_EVERY);
  }
}

/* The end that still has libnice goes on sending and receiving. */
static void
one_side (int taken)
{
  g_autoptr (Pair) pair = pair_new (NULL);

  pair->ends[taken].undecided = true;
  pair_run_until_taken (pair);
  g_assert_false (hark_ice_path_is_taken (pair->ends[!taken].path));
  exchange (pair, 30 * 1200, 1200);
  g_assert_cmpint (pair->ends[!taken].state, ==, HARK_PATH_READY);
}

static void
test_controlling_only (void)
{
  one_side (0);
}

static void
test_controlled_only (void)
{
  one_side (1);
}

static bool
untold_is_taken (Pair *pair)
{
  return hark_ice_path_is_taken (pair->ends[0].path);
}

/* Who is never told that there are no more candidates does not keep libnice for all of the 10 s
 * that pair_run() allows. */
static void
test_untold (void)
{
  g_autoptr (Pair) pair = pair_new ("127.0.0.1");

  pair->ends[1].undecided = true;
  pair_run (pair, untold_is_taken);
  exchange (pair, 30 * 1200, 1200);
}

static bool
second_is_closed (Pair *pair)
{
  return !pair->ends[1].path;
}

static void
test_close_from_handler (void)
{
  g_autoptr (Pair) pair = pair_new ("127.0.0.1");

  pair_run_until_taken (pair);
  pair->ends[1].close_on_packet = true;
  memset (bytes, 0xc0, 1000);
  hark_ice_path_send (pair->ends[0].path, bytes, 1000, 100);
  pair_run (pair, second_is_closed);
  pair_settle (pair, 20);
  g_assert_cmpuint (pair->ends[1].n_packets, ==, 1);
}

static void
test_leaks_no_descriptors (void)
{
  g_autoptr (Pair) pair = pair_new (NULL);
  unsigned before;

  pair_close_path (pair);
  pair_settle (pair, 100);
  before = pair_count_fds ();
  pair_open_path (pair);
  pair_run_until_taken (pair);
  exchange (pair, 1000, 1000);
  pair_close_path (pair);
  pair_settle (pair, 100);
  g_assert_cmpuint (pair_count_fds (), ==, before);
}

/* ---- somebody else --------------------------------------------------------------- */

/* A socket that is no part of the pair. */
typedef struct {
  int fd;
  HarkEndpoint endpoint;
  HarkIceCheck check;
} Other;

static void
other_open (Other *other)
{
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl (INADDR_LOOPBACK)};
  socklen_t len = sizeof address;

  other->fd = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  g_assert_cmpint (bind (other->fd, (struct sockaddr *) &address, sizeof address), ==, 0);
  g_assert_cmpint (getsockname (other->fd, (struct sockaddr *) &address, &len), ==, 0);
  g_assert_true (hark_endpoint_from_sockaddr ((struct sockaddr *) &address, &other->endpoint));
}

/* What the peer of @end knows. */
static void
other_learn (Other *other, const PairEnd *end)
{
  HarkIceCredentials local = {0}, remote = {0};

  memcpy (local.ufrag, end->other->local.ufrag, sizeof local.ufrag);
  memcpy (local.password, end->other->local.password, sizeof local.password);
  memcpy (remote.ufrag, end->local.ufrag, sizeof remote.ufrag);
  memcpy (remote.password, end->local.password, sizeof remote.password);
  hark_ice_check_init (&other->check, &local, &remote, end->other + 1 == end, 0);
}

static void
other_close (Other *other)
{
  hark_ice_check_clear (&other->check);
  close (other->fd);
}

static void
other_send (const Other *other, const HarkEndpoint *to, const uint8_t *data, size_t len)
{
  struct sockaddr_storage address;
  socklen_t address_len = (socklen_t) hark_endpoint_to_sockaddr (to, false, &address);

  g_assert_cmpint (sendto (other->fd, data, len, 0, (struct sockaddr *) &address, address_len), ==,
                   (ssize_t) len);
}

static void
other_ask (Other *other, const PairEnd *end)
{
  uint8_t packet[HARK_ICE_CHECK_LEN_MAX];

  other_send (other, &end->info.local, packet, hark_ice_check_ask (&other->check, packet));
}

/* How many answers to its own checks it hears within @ms. */
static unsigned
other_count_answers (Other *other, Pair *pair, unsigned ms)
{
  uint8_t packet[1500], reply[HARK_ICE_CHECK_LEN_MAX];
  size_t reply_len;
  unsigned n = 0;
  ssize_t len;

  pair_settle (pair, ms);
  while ((len = recv (other->fd, packet, sizeof packet, 0)) > 0)
    n += hark_ice_check_handle (&other->check, &pair->ends[0].info.local, packet, (size_t) len, 0,
                                reply, &reply_len)
         == HARK_ICE_CHECK_ANSWERED;
  return n;
}

static void
test_answers_checks (void)
{
  g_autoptr (Pair) pair = pair_new ("127.0.0.1");
  PairEnd *end = &pair->ends[0];
  Other other;

  other_open (&other);
  pair_run_until_taken (pair);
  other_learn (&other, end);
  other_ask (&other, end);
  g_assert_cmpuint (other_count_answers (&other, pair, 20), ==, 1);
  other.check.password_out[3] ^= 1;
  other_ask (&other, end);
  g_assert_cmpuint (other_count_answers (&other, pair, 20), ==, 0);
  other.check.password_out[3] ^= 1;
  other.check.username_out[3] ^= 1;
  other_ask (&other, end);
  g_assert_cmpuint (other_count_answers (&other, pair, 20), ==, 0);
  g_assert_cmpuint (end->n_packets, ==, 0); /* none of it is a packet of the session */
  other_close (&other);
}

static void
test_answers_no_flood (void)
{
  g_autoptr (Pair) pair = pair_new ("127.0.0.1");
  uint8_t packet[1500];
  unsigned n = 0;
  Other other;

  other_open (&other);
  pair_run_until_taken (pair);
  other_learn (&other, &pair->ends[0]);
  for (unsigned i = 0; i < 3 * HARK_ICE_CHECK_BURST; i++) {
    other_ask (&other, &pair->ends[0]);
    if (i % 20 == 0)
      pair_settle (pair, 1);
    while (recv (other.fd, packet, sizeof packet, 0) > 0)
      n++;
  }
  pair_settle (pair, 5);
  while (recv (other.fd, packet, sizeof packet, 0) > 0)
    n++;
  g_assert_cmpuint (n, >=, HARK_ICE_CHECK_BURST);
  g_assert_cmpuint (n, <, 2 * HARK_ICE_CHECK_BURST);
  other_close (&other);
}

static bool
first_heard (Pair *pair)
{
  return pair->ends[0].n_packets > 0;
}

/* Lets it answer the checks that came to it; returns how many packets of a session came. */
static unsigned
other_answer (Other *other, Pair *pair, unsigned ms)
{
  uint8_t packet[1500], reply[HARK_ICE_CHECK_LEN_MAX];
  size_t reply_len;
  unsigned n = 0;
  ssize_t len;

  pair_settle (pair, ms);
  while ((len = recv (other->fd, packet, sizeof packet, 0)) > 0) {
    if (!hark_ice_is_stun (packet, (size_t) len))
      n++;
    else if (hark_ice_check_handle (&other->check, &pair->ends[0].info.local, packet, (size_t) len,
                                    0, reply, &reply_len)
             == HARK_ICE_CHECK_ANSWER)
      other_send (other, &pair->ends[0].info.local, reply, reply_len);
  }
  return n;
}

/* The peer turns up elsewhere; we go there when that place knows the password, and not before. */
static void
test_follows_who_answers (void)
{
  g_autoptr (Pair) pair = pair_new ("127.0.0.1");
  PairEnd *end = &pair->ends[0];
  Other other;

  other_open (&other);
  pair_run_until_taken (pair);
  other_learn (&other, end);
  memset (bytes, 0xc0, 100);
  other_send (&other, &end->info.local, bytes, 100);
  pair_run (pair, first_heard);
  g_assert_true (hark_endpoint_equal (&end->from, &other.endpoint));

  hark_ice_path_follow (end->path, &end->from);
  g_assert_cmpuint (other_answer (&other, pair, 10), ==, 0);
  pair_settle (pair, 10);
  g_assert_cmpuint (end->ready_count, ==, 2);
  g_assert_true (hark_endpoint_equal (&end->info.remote, &other.endpoint));
  g_assert_true (hark_ice_path_send (end->path, bytes, 400, 100));
  g_assert_cmpuint (other_answer (&other, pair, 10), ==, 4);
  other_close (&other);
}

static void
test_follows_nobody_who_is_silent (void)
{
  g_autoptr (Pair) pair = pair_new ("127.0.0.1");
  PairEnd *end = &pair->ends[0];
  HarkEndpoint before;
  Other other, wrong;

  other_open (&other);
  other_open (&wrong);
  pair_run_until_taken (pair);
  before = end->info.remote;
  other_learn (&other, end);
  other_learn (&wrong, end);
  other.check.password_in[0] ^= 1; /* answers with the wrong password */
  hark_ice_path_follow (end->path, &other.endpoint);
  g_assert_cmpuint (other_answer (&other, pair, 10), ==, 0);
  hark_ice_path_follow (end->path, &wrong.endpoint); /* and does not answer at all */
  pair_settle (pair, 10);
  g_assert_cmpuint (end->ready_count, ==, 1);
  g_assert_true (hark_endpoint_equal (&end->info.remote, &before));
  exchange (pair, 5000, 1000);
  other_close (&other);
  other_close (&wrong);
}

/* One that answers in place of another gains nothing: it has to be where we asked. */
static void
test_follows_only_the_place_asked (void)
{
  g_autoptr (Pair) pair = pair_new ("127.0.0.1");
  PairEnd *end = &pair->ends[0];
  uint8_t packet[1500], reply[HARK_ICE_CHECK_LEN_MAX];
  size_t reply_len = 0;
  Other asked, liar;
  ssize_t len;

  other_open (&asked);
  other_open (&liar);
  pair_run_until_taken (pair);
  other_learn (&asked, end);
  other_learn (&liar, end);
  hark_ice_path_follow (end->path, &asked.endpoint);
  pair_settle (pair, 10);
  len = recv (asked.fd, packet, sizeof packet, 0);
  g_assert_cmpint (len, >, 0);
  g_assert_cmpint (hark_ice_check_handle (&liar.check, &end->info.local, packet, (size_t) len, 0,
                                          reply, &reply_len),
                   ==, HARK_ICE_CHECK_ANSWER);
  other_send (&liar, &end->info.local, reply, reply_len);
  pair_settle (pair, 10);
  g_assert_cmpuint (end->ready_count, ==, 1);
  other_close (&asked);
  other_close (&liar);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/taken/both-ends-carry-packets", test_both);
  g_test_add_func ("/taken/controlling-end-only", test_controlling_only);
  g_test_add_func ("/taken/controlled-end-only", test_controlled_only);
  g_test_add_func ("/taken/soon-by-who-is-not-told-all", test_untold);
  g_test_add_func ("/taken/may-be-closed-from-the-packet-handler", test_close_from_handler);
  g_test_add_func ("/taken/leaks-no-descriptors", test_leaks_no_descriptors);
  g_test_add_func ("/taken/answers-checks-with-the-right-credentials", test_answers_checks);
  g_test_add_func ("/taken/answers-no-flood", test_answers_no_flood);
  g_test_add_func ("/taken/follows-who-answers", test_follows_who_answers);
  g_test_add_func ("/taken/follows-nobody-who-is-silent-or-wrong",
                   test_follows_nobody_who_is_silent);
  g_test_add_func ("/taken/follows-only-the-place-asked", test_follows_only_the_place_asked);
  return g_test_run ();
}
