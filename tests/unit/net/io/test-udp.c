#include "net/io/udp.h"

#include <gio/gio.h>
#include <string.h>
#include <sys/socket.h>

typedef struct {
  HarkUdp *udp;
  unsigned n, batches, unreachable;
  size_t last_len;
  uint8_t last[HARK_UDP_DATAGRAM_MAX];
  HarkEndpoint from, to;
  bool free_on_datagram;
} End;

static void
on_datagram (void *user_data, const HarkEndpoint *from, const uint8_t *data, size_t len)
{
  End *end = user_data;

  end->n++;
  end->from = *from;
  end->last_len = len;
  memcpy (end->last, data, len);
  if (end->free_on_datagram)
    g_clear_pointer (&end->udp, hark_udp_free);
}

static void
on_unreachable (void *user_data, const HarkEndpoint *to)
{
  End *end = user_data;

  end->unreachable++;
  end->to = *to;
}

static void
on_batch_end (void *user_data)
{
  End *end = user_data;

  end->batches++;
}

static const HarkUdpHandlers handlers
  = {.on_datagram = on_datagram, .on_unreachable = on_unreachable, .on_batch_end = on_batch_end};

static void
open_end (End *end, const char *bind)
{
  g_autoptr (GError) error = NULL;

  end->udp = hark_udp_new (0, bind, NULL, &handlers, end, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (hark_udp_get_port (end->udp), >, 0);
}

static HarkEndpoint
endpoint_of (const char *ip, const End *end)
{
  g_autofree char *text = g_strdup_printf ("%s:%u", ip, hark_udp_get_port (end->udp));
  HarkEndpoint endpoint;

  g_assert_true (hark_endpoint_parse (text, &endpoint));
  return endpoint;
}

static void
run_until (const unsigned *counter, unsigned value)
{
  gint64 patience = g_get_monotonic_time () + 10 * G_USEC_PER_SEC;

  while (*counter < value) {
    g_assert_cmpint (g_get_monotonic_time (), <, patience);
    if (!g_main_context_iteration (NULL, FALSE))
      g_usleep (200);
  }
}

/* Dual-stack: IPv4 peers look like IPv4 peers. */
static void
test_ipv4_on_dual_stack (void)
{
  End a = {0}, b = {0};
  HarkEndpoint to;

  open_end (&a, NULL);
  open_end (&b, "127.0.0.1");
  to = endpoint_of ("127.0.0.1", &b);
  g_assert_true (hark_udp_send (a.udp, &to, (const uint8_t *) "hark", 4));
  run_until (&b.n, 1);
  g_assert_cmpuint (b.last_len, ==, 4);
  g_assert_cmpint (memcmp (b.last, "hark", 4), ==, 0);
  g_assert_cmpuint (b.from.port, ==, hark_udp_get_port (a.udp));
  g_assert_true (hark_udp_send (b.udp, &b.from, (const uint8_t *) "listen", 6));
  run_until (&a.n, 1);
  g_assert_true (hark_endpoint_equal (&a.from, &to));
  hark_udp_free (a.udp);
  hark_udp_free (b.udp);
}

/* A machine with several addresses: who asked one of them hears from that one. */
static void
test_answers_from_where_it_was_asked (void)
{
  End a = {0}, b = {0};
  HarkEndpoint to;

  open_end (&a, NULL);
  open_end (&b, "127.0.0.1");
  to = endpoint_of ("127.1.2.3", &a);
  g_assert_true (hark_udp_send (b.udp, &to, (const uint8_t *) "ask", 3));
  run_until (&a.n, 1);
  g_assert_true (hark_udp_send (a.udp, &a.from, (const uint8_t *) "answer", 6));
  run_until (&b.n, 1);
  g_assert_true (hark_endpoint_equal (&b.from, &to));
  hark_udp_free (a.udp);
  hark_udp_free (b.udp);
}

/* Also when an ICMP error of what was sent elsewhere is waiting. */
static void
test_others_errors_move_nothing (void)
{
  End a = {0}, b = {0}, gone = {0};
  HarkEndpoint to, nowhere;

  open_end (&a, NULL);
  open_end (&b, "127.0.0.1");
  open_end (&gone, "127.0.0.1");
  to = endpoint_of ("127.1.2.3", &a);
  nowhere = endpoint_of ("127.0.0.1", &gone);
  hark_udp_free (gone.udp);
  g_assert_true (hark_udp_send (b.udp, &to, (const uint8_t *) "ask", 3));
  run_until (&a.n, 1);
  g_assert_true (hark_udp_send (a.udp, &nowhere, (const uint8_t *) "x", 1));
  g_assert_true (hark_udp_send (a.udp, &a.from, (const uint8_t *) "answer", 6));
  run_until (&b.n, 1);
  g_assert_true (hark_endpoint_equal (&b.from, &to));
  hark_udp_free (a.udp);
  hark_udp_free (b.udp);
}

static void
test_bursts_come_in_batches (void)
{
  End a = {0}, b = {0};
  HarkEndpoint to;

  open_end (&a, "127.0.0.1");
  open_end (&b, "127.0.0.1");
  to = endpoint_of ("127.0.0.1", &b);
  for (uint8_t i = 0; i < 100; i++)
    g_assert_true (hark_udp_send (a.udp, &to, &i, 1));
  run_until (&b.n, 100);
  g_assert_cmpuint (b.batches, <=, 10);
  g_assert_cmpuint (b.last[0], ==, 99);
  hark_udp_free (a.udp);
  hark_udp_free (b.udp);
}

static void
test_too_long_is_dropped (void)
{
  static const uint8_t zeros[HARK_UDP_DATAGRAM_MAX + 1];
  End a = {0}, b = {0};
  HarkEndpoint to;

  open_end (&a, "127.0.0.1");
  open_end (&b, "127.0.0.1");
  to = endpoint_of ("127.0.0.1", &b);
  g_assert_true (hark_udp_send (a.udp, &to, zeros, sizeof zeros));
  g_assert_true (hark_udp_send (a.udp, &to, zeros, sizeof zeros - 1));
  g_assert_true (hark_udp_send (a.udp, &to, zeros, 0));
  run_until (&b.n, 2);
  g_assert_cmpuint (b.last_len, ==, 0);
  hark_udp_free (a.udp);
  hark_udp_free (b.udp);
}

/* Nobody listens: ICMP says so, and sending goes on. */
static void
check_unreachable (const char *bind)
{
  End a = {0}, gone = {0};
  HarkEndpoint to;

  open_end (&a, bind);
  open_end (&gone, "127.0.0.1");
  to = endpoint_of ("127.0.0.1", &gone);
  hark_udp_free (gone.udp);
  g_assert_true (hark_udp_send (a.udp, &to, (const uint8_t *) "x", 1));
  run_until (&a.unreachable, 1);
  g_assert_true (hark_endpoint_equal (&a.to, &to));
  g_assert_cmpuint (a.batches, >=, 1);
  for (unsigned i = 0; i < 5; i++)
    g_assert_true (hark_udp_send (a.udp, &to, (const uint8_t *) "x", 1));
  run_until (&a.unreachable, 2);
  hark_udp_free (a.udp);
}

static void
test_unreachable_is_told (void)
{
  check_unreachable ("127.0.0.1");
  check_unreachable (NULL);
}

/* Asks again as soon as it hears that nobody is there. */
static void
on_unreachable_again (void *user_data, const HarkEndpoint *to)
{
  on_unreachable (user_data, to);
  hark_udp_send (((End *) user_data)->udp, to, (const uint8_t *) "x", 1);
}

/* What has come is read although there always is an error that came before it. */
static void
test_read_between_errors (void)
{
  static const HarkUdpHandlers again = {.on_datagram = on_datagram,
                                        .on_unreachable = on_unreachable_again,
                                        .on_batch_end = on_batch_end};
  g_autoptr (GError) error = NULL;
  End a = {0}, b = {0}, gone = {0};
  HarkEndpoint to, nowhere;

  a.udp = hark_udp_new (0, "127.0.0.1", NULL, &again, &a, &error);
  g_assert_no_error (error);
  open_end (&b, "127.0.0.1");
  open_end (&gone, "127.0.0.1");
  to = endpoint_of ("127.0.0.1", &a);
  nowhere = endpoint_of ("127.0.0.1", &gone);
  hark_udp_free (gone.udp);
  g_assert_true (hark_udp_send (a.udp, &nowhere, (const uint8_t *) "x", 1));
  run_until (&a.unreachable, 20);
  g_assert_true (hark_udp_send (b.udp, &to, (const uint8_t *) "y", 1));
  run_until (&a.unreachable, a.unreachable + 20);
  g_assert_cmpuint (a.n, ==, 1);
  hark_udp_free (a.udp);
  hark_udp_free (b.udp);
}

static void
test_may_be_freed_from_a_handler (void)
{
  End a = {0}, b = {.free_on_datagram = true};
  HarkEndpoint to;

  open_end (&a, "127.0.0.1");
  open_end (&b, "127.0.0.1");
  to = endpoint_of ("127.0.0.1", &b);
  for (uint8_t i = 0; i < 40; i++)
    hark_udp_send (a.udp, &to, &i, 1);
  run_until (&b.n, 1);
  g_assert_null (b.udp);
  g_assert_cmpuint (b.n, ==, 1);
  hark_udp_free (a.udp);
}

static void
test_errors (void)
{
  g_autoptr (GError) error = NULL;
  End a = {0};

  open_end (&a, "127.0.0.1");
  g_assert_null (
    hark_udp_new (hark_udp_get_port (a.udp), "127.0.0.1", NULL, &handlers, &a, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE);
  g_clear_error (&error);
  g_assert_null (hark_udp_new (0, "192.0.2.1", NULL, &handlers, &a, &error));
  g_assert_nonnull (error);
  g_clear_error (&error);
  g_assert_null (hark_udp_new (0, "192.0.2", NULL, &handlers, &a, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
  hark_udp_free (a.udp);
}

static void
test_unknown_family_is_refused (void)
{
  End a = {0};
  HarkEndpoint none = {0}, ip6;

  open_end (&a, "127.0.0.1");
  g_assert_true (hark_endpoint_parse ("[::1]:2000", &ip6));
  g_assert_false (hark_udp_send (a.udp, &none, (const uint8_t *) "x", 1));
  g_assert_false (hark_udp_send (a.udp, &ip6, (const uint8_t *) "x", 1));
  hark_udp_free (a.udp);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/udp/ipv4-on-dual-stack", test_ipv4_on_dual_stack);
  g_test_add_func ("/udp/answers-from-where-it-was-asked", test_answers_from_where_it_was_asked);
  g_test_add_func ("/udp/others-errors-move-nothing", test_others_errors_move_nothing);
  g_test_add_func ("/udp/bursts-come-in-batches", test_bursts_come_in_batches);
  g_test_add_func ("/udp/too-long-is-dropped", test_too_long_is_dropped);
  g_test_add_func ("/udp/unreachable-is-told", test_unreachable_is_told);
  g_test_add_func ("/udp/reads-between-errors", test_read_between_errors);
  g_test_add_func ("/udp/may-be-freed-from-a-handler", test_may_be_freed_from_a_handler);
  g_test_add_func ("/udp/errors", test_errors);
  g_test_add_func ("/udp/unknown-family-is-refused", test_unknown_family_is_refused);
  return g_test_run ();
}
