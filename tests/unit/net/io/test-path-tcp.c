/* Paths over TCP on loopback, with an ICE that is told what to say. */
#include "net/io/path-tcp.h"

#include "net/io/path-proof.h"
#include "tests/bytes.h"

#include <sodium.h>
#include <string.h>

typedef struct {
  HarkTcp *tcp;
  HarkPathTcps *tcps;
  HarkPathTcp *path;
  HarkPathDescription local;
  HarkPathState state;
  HarkPathInfo info;
  bool closes; /* the path, when it is told that it is READY */
  unsigned readies, losses, failures, packets, hellos;
  size_t last_len;
  uint8_t last[2000];
  uint8_t hello[HARK_PATH_PROOF_LEN]; /* the last that came */
} End;

static void
on_state (void *user_data, uint32_t path, HarkPathState state, const HarkPathInfo *info)
{
  End *end = user_data;

  g_assert_cmpuint (path, ==, 7);
  end->state = state;
  end->readies += state == HARK_PATH_READY;
  end->losses += state == HARK_PATH_LOST;
  end->failures += state == HARK_PATH_FAILED;
  g_assert_true ((state == HARK_PATH_READY) == (info != NULL));
  if (info)
    end->info = *info;
  if (info && end->closes)
    hark_path_tcp_close (g_steal_pointer (&end->path));
}

static void
on_packet (void *user_data, uint32_t path, const uint8_t *data, size_t len)
{
  End *end = user_data;

  g_assert_cmpuint (path, ==, 7);
  end->packets++;
  end->last_len = len;
  memcpy (end->last, data, len);
}

static void
on_flush (void *user_data G_GNUC_UNUSED)
{
}

static const HarkPathTcpHandlers path_handlers
  = {.on_state = on_state, .on_packet = on_packet, .on_flush = on_flush};

static void
on_datagram (void *user_data G_GNUC_UNUSED,
             const HarkEndpoint *from G_GNUC_UNUSED,
             const uint8_t *data G_GNUC_UNUSED,
             size_t len G_GNUC_UNUSED)
{
  g_assert_not_reached ();
}

static void
on_unreachable (void *user_data G_GNUC_UNUSED, const HarkEndpoint *to G_GNUC_UNUSED)
{
}

static void
on_path (void *user_data, HarkTcpConnection *connection, const uint8_t *data, size_t len)
{
  End *end = user_data;

  end->hellos++;
  if (len == sizeof end->hello)
    memcpy (end->hello, data, len);
  hark_path_tcps_accept (end->tcps, connection, data, len);
}

static const HarkTcpHandlers tcp_handlers = {.on_datagram = on_datagram,
                                             .on_unreachable = on_unreachable,
                                             .on_batch_end = on_flush,
                                             .on_path = on_path};

static void
open_end (End *end, bool listens, bool controlling, const char *name)
{
  uint16_t port = listens ? (uint16_t) g_random_int_range (20000, 32000) : 0;

  memset (end, 0, sizeof *end);
  end->tcp = hark_tcp_new (port, "127.0.0.1", NULL, &tcp_handlers, end);
  for (int attempt = 0; listens && attempt < 20 && !hark_tcp_get_port (end->tcp); attempt++) {
    hark_tcp_free (end->tcp);
    end->tcp = hark_tcp_new (++port, "127.0.0.1", NULL, &tcp_handlers, end);
  }
  end->tcps = hark_path_tcps_new (end->tcp, "127.0.0.1", true, NULL, &path_handlers, end);
  hark_path_tcps_set_urgent (end->tcps, true);
  end->path = hark_path_tcp_open (end->tcps, 7, controlling, false);
  g_strlcpy (end->local.ufrag, name, sizeof end->local.ufrag);
  g_snprintf (end->local.password, sizeof end->local.password, "%sPassword12345678", name);
  end->local.n_candidates = 1;
  end->local.candidates[0].kind = HARK_CANDIDATE_HOST;
  hark_path_tcp_add_local (end->path, &end->local);
  g_assert_cmpuint (end->local.n_candidates, ==, listens ? 2 : 1);
}

static void
close_end (End *end)
{
  hark_path_tcp_close (end->path);
  hark_path_tcps_free (end->tcps);
  hark_tcp_free (end->tcp);
}

static void
tell (End *end, const End *other)
{
  HarkPathDescription udp;

  hark_path_tcp_set_remote (end->path, &other->local, &udp);
  g_assert_cmpuint (udp.n_candidates, ==, 1);
  g_assert_cmpint (udp.candidates[0].kind, ==, HARK_CANDIDATE_HOST);
}

static void
run_until (const unsigned *counter, unsigned value)
{
  while (*counter < value)
    g_main_context_iteration (NULL, TRUE);
}

static void
run_dry (void)
{
  for (int quiet = 0; quiet < 5; quiet++) {
    while (g_main_context_iteration (NULL, FALSE))
      quiet = 0;
    g_usleep (1000);
  }
}

static void
pass (End *from, End *to)
{
  uint8_t packet[1200];
  unsigned before = to->packets;

  randombytes_buf (packet, sizeof packet);
  g_assert_true (hark_path_tcp_is_active (from->path));
  g_assert_true (hark_path_tcp_send (from->path, packet, sizeof packet, sizeof packet));
  run_until (&to->packets, before + 1);
  assert_bytes (to->last, to->last_len, packet, sizeof packet);
}

static void
test_one_side_dials (void)
{
  End a, b;

  open_end (&a, false, true, "AAAAAAAA");
  open_end (&b, true, false, "BBBBBBBB");
  g_assert_true (b.local.candidates[1].endpoint.tcp);
  tell (&b, &a);
  tell (&a, &b);
  run_until (&a.readies, 1);
  run_until (&b.readies, 1);
  g_assert_true (a.info.remote.tcp && a.info.local.tcp);
  g_assert_true (hark_endpoint_equal (&a.info.remote, &b.local.candidates[1].endpoint));
  g_assert_cmpint (a.info.route, ==, HARK_ROUTE_LAN);
  pass (&a, &b);
  pass (&b, &a);
  close_end (&a);
  run_until (&b.losses, 1);
  close_end (&b);
}

static void
test_both_dial_and_agree (void)
{
  End a, b;

  open_end (&a, true, true, "AAAAAAAA");
  open_end (&b, true, false, "BBBBBBBB");
  tell (&b, &a);
  tell (&a, &b);
  run_until (&a.readies, 1);
  run_until (&b.readies, 1);
  run_dry ();
  g_assert_cmpuint (hark_tcp_count (a.tcp), ==, 1);
  g_assert_cmpuint (hark_tcp_count (b.tcp), ==, 1);
  pass (&a, &b);
  pass (&b, &a);
  g_assert_cmpuint (a.losses + b.losses, ==, 0);
  close_end (&a);
  close_end (&b);
}

/* The connection may be faster than the description of who makes it. */
static void
test_an_early_proof_waits (void)
{
  End a, b;

  open_end (&a, false, true, "AAAAAAAA");
  open_end (&b, true, false, "BBBBBBBB");
  tell (&a, &b);
  run_until (&b.hellos, 1);
  run_dry ();
  g_assert_cmpuint (a.readies + b.readies, ==, 0);
  tell (&b, &a);
  run_until (&a.readies, 1);
  pass (&a, &b);
  close_end (&a);
  close_end (&b);
}

static void
test_a_wrong_password_opens_nothing (void)
{
  End a, b;

  open_end (&a, false, true, "AAAAAAAA");
  open_end (&b, true, false, "BBBBBBBB");
  tell (&b, &a);
  b.local.password[0] ^= 1;
  tell (&a, &b);
  run_until (&b.hellos, 1);
  run_dry ();
  g_assert_cmpuint (a.readies + b.readies, ==, 0);
  g_assert_cmpuint (hark_tcp_count (b.tcp), ==, 0);
  close_end (&a);
  close_end (&b);
}

/* A copy of a proof, and one for nobody here, are closed without a word. */
static void
test_a_copied_proof_opens_nothing (void)
{
  static const HarkTcpPathHandlers ignore
    = {.on_packet = NULL, .on_batch_end = NULL, .on_closed = NULL};
  End a, b, mallory;

  open_end (&a, false, true, "AAAAAAAA");
  open_end (&b, true, false, "BBBBBBBB");
  open_end (&mallory, false, true, "MMMMMMMM");
  tell (&b, &a);
  tell (&a, &b);
  run_until (&a.readies, 1);
  for (unsigned i = 0; i < 2; i++) {
    HarkTcpConnection *connection = hark_tcp_dial (mallory.tcp, &b.local.candidates[1].endpoint,
                                                   b.hello, sizeof b.hello, &ignore, NULL);

    g_assert_nonnull (connection);
    run_until (&b.hellos, i + 2);
    g_assert_cmpuint (hark_tcp_count (b.tcp), ==, 1);
    hark_tcp_connection_close (connection);
    b.hello[4] ^= 1; /* the ufrag */
  }
  g_assert_cmpuint (b.readies, ==, 1);
  pass (&a, &b);
  close_end (&a);
  close_end (&b);
  close_end (&mallory);
}

static void
test_ice_takes_over_and_back (void)
{
  End a, b;

  open_end (&a, true, true, "AAAAAAAA");
  open_end (&b, false, false, "BBBBBBBB");
  tell (&b, &a);
  tell (&a, &b);
  g_assert_true (hark_path_tcp_handle_ice (a.path, HARK_PATH_CONNECTING));
  run_until (&a.readies, 1);
  run_until (&b.readies, 1);

  /* the checks that fail are nobody's business now */
  g_assert_false (hark_path_tcp_handle_ice (a.path, HARK_PATH_LOST));
  g_assert_true (hark_path_tcp_is_active (a.path));
  g_assert_true (hark_path_tcp_handle_ice (a.path, HARK_PATH_READY));
  g_assert_false (hark_path_tcp_is_active (a.path));
  pass (&b, &a); /* from who has no pair yet */
  g_assert_false (hark_path_tcp_handle_ice (a.path, HARK_PATH_LOST));
  g_assert_cmpuint (a.readies, ==, 2);
  pass (&a, &b);

  /* over on both ways: then the path is */
  g_assert_false (hark_path_tcp_handle_ice (a.path, HARK_PATH_FAILED));
  close_end (&b);
  run_until (&a.losses, 1);
  g_assert_false (hark_path_tcp_is_active (a.path));
  close_end (&a);
}

/* There may be a better path by then, or nobody who wants one. */
static void
test_may_be_closed_when_it_is_ready (void)
{
  End a, b;

  open_end (&a, true, true, "AAAAAAAA");
  open_end (&b, false, false, "BBBBBBBB");
  tell (&b, &a);
  tell (&a, &b);
  run_until (&a.readies, 1);
  g_assert_true (hark_path_tcp_handle_ice (a.path, HARK_PATH_READY));
  a.closes = true;
  g_assert_false (hark_path_tcp_handle_ice (a.path, HARK_PATH_LOST));
  g_assert_null (a.path);
  close_end (&a);

  open_end (&a, true, true, "AAAAAAAA");
  a.closes = true;
  close_end (&b);
  open_end (&b, false, false, "BBBBBBBB");
  tell (&b, &a);
  tell (&a, &b);
  run_until (&a.readies, 1);
  g_assert_null (a.path);
  close_end (&a);
  close_end (&b);
}

static void
test_without_candidates_ice_decides (void)
{
  End a, b;

  open_end (&a, false, true, "AAAAAAAA");
  open_end (&b, false, false, "BBBBBBBB");
  tell (&a, &b);
  g_assert_true (hark_path_tcp_handle_ice (a.path, HARK_PATH_CONNECTING));
  g_assert_true (hark_path_tcp_handle_ice (a.path, HARK_PATH_LOST));
  g_assert_true (hark_path_tcp_handle_ice (a.path, HARK_PATH_FAILED));
  g_assert_false (hark_path_tcp_send (a.path, (const uint8_t *) "x", 1, 1));
  close_end (&a);
  close_end (&b);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (sodium_init (), >=, 0);
  g_test_add_func ("/path-tcp/one-side-dials", test_one_side_dials);
  g_test_add_func ("/path-tcp/both-dial-and-agree", test_both_dial_and_agree);
  g_test_add_func ("/path-tcp/an-early-proof-waits", test_an_early_proof_waits);
  g_test_add_func ("/path-tcp/a-wrong-password-opens-nothing", test_a_wrong_password_opens_nothing);
  g_test_add_func ("/path-tcp/a-copied-proof-opens-nothing", test_a_copied_proof_opens_nothing);
  g_test_add_func ("/path-tcp/ice-takes-over-and-back", test_ice_takes_over_and_back);
  g_test_add_func ("/path-tcp/may-be-closed-when-it-is-ready", test_may_be_closed_when_it_is_ready);
  g_test_add_func ("/path-tcp/without-candidates-ice-decides", test_without_candidates_ice_decides);
  return g_test_run ();
}
