/* What --bind names, and that nothing else is heard or sent from; on loopback. */
#include "net/io/bound.h"
#include "net/io/hosts.h"
#include "net/io/udp.h"

#include <string.h>

static HarkEndpoint
at (const char *text)
{
  HarkEndpoint endpoint = {0};

  g_assert_true (hark_endpoint_parse (text, &endpoint));
  return endpoint;
}

static void
test_words (void)
{
  static const char *const good[] = {
    "192.0.2.7",      "2001:db8::7",     "eth0", "wlp3s0.100, 192.0.2.7",
    "fe80::1,br-lan", "a,b,c,d,e,f,g,h",
  };
  static const char *const bad[] = {
    "",
    ",",
    "192.0.2.7,",
    "192.0.2",
    "192.0.2.256",
    "2001:db8::7::",
    "eth 0",
    "a/b",
    "..",
    "an-interface-too-long",
    "a,b,c,d,e,f,g,h,i",
  };
  HarkEndpoint only;

  for (size_t i = 0; i < G_N_ELEMENTS (good); i++) {
    g_autoptr (HarkBound) bound = hark_bound_new (good[i], NULL);

    g_assert_nonnull (bound);
    g_assert_cmpint (hark_bound_is_single (bound, &only), ==, i < 2);
  }
  for (size_t i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (HarkBound) bound = hark_bound_new (bad[i], &error);

    if (bound)
      g_error ("was taken: %s", bad[i]);
    g_assert_nonnull (error);
  }
}

static void
test_places (void)
{
  g_autoptr (HarkBound) bound = hark_bound_new ("127.0.0.2,127.0.0.1,nowhere0", NULL);
  g_autoptr (HarkBound) device = hark_bound_new ("lo", NULL);
  const HarkEndpoint one = at ("127.0.0.1:9"), far = at ("192.0.2.1:9");
  HarkEndpoint hosts[HARK_HOSTS_MAX], from;

  g_assert_true (hark_bound_names (device, "lo", &one));
  g_assert_false (hark_bound_names (device, "eth0", &one));
  g_assert_true (hark_bound_has (device, &one));
  g_assert_false (hark_bound_has (device, &far));
  g_assert_true (hark_bound_source (bound, &one, &from)); /* 127.0.0.1, the kernel's choice */
  g_assert_cmpint (from.ip[3], ==, 1);
  g_assert_cmpint (from.interface, !=, 0);
  g_assert_false (hark_bound_source (bound, &far, &from)); /* nothing leaves by a guess */
  g_assert_cmpuint (hark_hosts_list ("lo", true, hosts), >=, 1);
  g_assert_cmpuint (hark_hosts_list ("lo", false, hosts), ==, 0);
  g_assert_cmpuint (hark_hosts_list ("nowhere0", true, hosts), ==, 0);
}

static GPtrArray *came;

static void
on_datagram (void *data, const HarkEndpoint *from, const uint8_t *bytes, size_t len)
{
  (void) data;
  g_assert_cmpint (from->ip[0], ==, 127);
  g_ptr_array_add (came, g_strndup ((const char *) bytes, len));
}

static void
on_nothing (void *data)
{
  (void) data;
}

static void
on_unreachable (void *data, const HarkEndpoint *to)
{
  (void) data;
  (void) to;
}

static void
say (HarkUdp *from, const char *to, uint16_t port, const char *words)
{
  HarkEndpoint endpoint = at (to);

  endpoint.port = port;
  g_assert_true (hark_udp_send (from, &endpoint, (const uint8_t *) words, strlen (words)));
}

/* Only loopback's own address is one of the interface: what came to 127.0.0.3 did not come there.
 */
static void
test_hears_there_alone (void)
{
  const HarkUdpHandlers handlers
    = {.on_datagram = on_datagram, .on_unreachable = on_unreachable, .on_batch_end = on_nothing};
  HarkUdp *bound = hark_udp_new (0, "lo,nowhere0", NULL, &handlers, NULL, NULL);
  HarkUdp *other = hark_udp_new (0, "127.0.0.9", NULL, &handlers, NULL, NULL);
  const HarkEndpoint far = at ("192.0.2.1:9");
  uint16_t port = hark_udp_get_port (bound);

  came = g_ptr_array_new_with_free_func (g_free);
  say (other, "127.0.0.3:1", port, "not for us");
  say (other, "127.0.0.1:1", port, "for us");
  while (came->len == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpstr (came->pdata[0], ==, "for us");
  say (bound, "127.0.0.9:1", hark_udp_get_port (other), "back");
  while (came->len == 1)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpstr (came->pdata[1], ==, "back");
  g_assert_false (hark_udp_send (bound, &far, (const uint8_t *) "x", 1));
  hark_udp_update (bound);
  say (other, "127.0.0.1:1", port, "still");
  while (came->len == 2)
    g_main_context_iteration (NULL, TRUE);
  g_ptr_array_unref (came);
  hark_udp_free (bound);
  hark_udp_free (other);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/bound/addresses-and-interfaces", test_words);
  g_test_add_func ("/bound/nothing-leaves-by-a-guess", test_places);
  g_test_add_func ("/bound/hears-and-sends-there-alone", test_hears_there_alone);
  return g_test_run ();
}
