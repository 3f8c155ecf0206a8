/* Endpoints in each of their forms, and what kind of place they are. */
#include "net/base/endpoint.h"
#include "tests/bytes.h"

#include <netinet/in.h>
#include <sys/socket.h>

static const char *const texts[]
  = {"192.0.2.1:6881", "0.0.0.0:1", "255.255.255.255:65535", "[2001:db8::1]:6881", "[::]:1"};

static void
test_every_form_comes_back (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (texts); i++) {
    HarkEndpoint endpoint, again;
    char text[HARK_ENDPOINT_TEXT_LEN];
    uint8_t compact[18];
    struct sockaddr_storage address;

    g_assert_true (hark_endpoint_parse (texts[i], &endpoint));
    g_assert_cmpstr (hark_endpoint_format (&endpoint, text), ==, texts[i]);
    g_assert_true (
      hark_endpoint_from_compact (compact, hark_endpoint_to_compact (&endpoint, compact), &again));
    g_assert_true (hark_endpoint_equal (&endpoint, &again));
    for (int mapped = 0; mapped < 2; mapped++) {
      hark_endpoint_to_sockaddr (&endpoint, mapped, &address);
      g_assert_true (hark_endpoint_from_sockaddr ((struct sockaddr *) &address, &again));
      g_assert_true (hark_endpoint_equal (&endpoint, &again));
    }
  }
}

static void
test_nonsense_is_refused (void)
{
  static const char *const bad[]
    = {"",           "192.0.2.1",       "192.0.2.1:",    "192.0.2.1:0",
       "192.0.2:1",  "192.0.2.1:70000", "example.org:1", "[::1:1",
       "::1:1",      "[::1]",           "[192.0.2.1]:1", "192.0.2.1:-1",
       "1.2.3.4:1x", "[::1]:1 ",        "192.0.2.1: 1"};
  HarkEndpoint endpoint = {.port = 7};
  uint8_t compact[18] = {0};

  for (size_t i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_false (hark_endpoint_parse (bad[i], &endpoint));
  for (size_t len = 0; len <= sizeof compact; len++)
    if (len != 6 && len != 18)
      g_assert_false (hark_endpoint_from_compact (compact, len, &endpoint));
  g_assert_cmpuint (endpoint.port, ==, 7);
  endpoint.family = 0;
  g_assert_cmpuint (hark_endpoint_to_compact (&endpoint, compact), ==, 0);
}

/* A TCP port is another place than the UDP port of its number, on the same host. */
static void
test_tcp_is_another_place (void)
{
  static const char *const pairs[][2] = {
    {"192.0.2.1:6881",     "tcp:192.0.2.1:6881"    },
    {"[2001:db8::1]:6881", "tcp:[2001:db8::1]:6881"}
  };
  HarkEndpoint udp, tcp, again;
  char text[HARK_ENDPOINT_TEXT_LEN];
  uint8_t compact[18];

  for (size_t i = 0; i < G_N_ELEMENTS (pairs); i++) {
    g_assert_true (hark_endpoint_parse (pairs[i][0], &udp));
    g_assert_true (hark_endpoint_parse (pairs[i][1], &tcp));
    g_assert_cmpstr (hark_endpoint_format (&tcp, text), ==, pairs[i][1]);
    g_assert_true (tcp.tcp && !udp.tcp);
    g_assert_false (hark_endpoint_equal (&udp, &tcp));
    g_assert_true (hark_endpoint_same_ip (&udp, &tcp));
    g_assert_true (
      hark_endpoint_from_compact (compact, hark_endpoint_to_compact (&tcp, compact), &again));
    g_assert_true (hark_endpoint_equal (&again, &udp));
  }
  g_assert_false (hark_endpoint_parse ("tcp:", &again));
  g_assert_false (hark_endpoint_parse ("tcp:tcp:192.0.2.1:1", &again));
  g_assert_true (hark_endpoint_equal (&again, &udp));
}

/* One host must not look like two, or limits per address would not hold. */
static void
test_mapped_addresses_are_ip4 (void)
{
  static const uint8_t compact[18]
    = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 0, 2, 1, 0x1a, 0xe1};
  HarkEndpoint expected, endpoint;

  g_assert_true (hark_endpoint_parse ("192.0.2.1:6881", &expected));
  g_assert_true (hark_endpoint_from_compact (compact, sizeof compact, &endpoint));
  assert_bytes (&endpoint, sizeof endpoint, &expected, sizeof expected);
  g_assert_true (hark_endpoint_parse ("[::ffff:192.0.2.1]:6881", &endpoint));
  assert_bytes (&endpoint, sizeof endpoint, &expected, sizeof expected);
}

static void
test_scopes (void)
{
  static const struct {
    const char *text;
    HarkScope scope;
  } rows[] = {
    {"0.0.0.0:1",         HARK_SCOPE_NONE      },
    {"0.1.2.3:1",         HARK_SCOPE_NONE      },
    {"224.0.0.1:1",       HARK_SCOPE_NONE      },
    {"255.255.255.255:1", HARK_SCOPE_NONE      },
    {"240.0.0.1:1",       HARK_SCOPE_NONE      },
    {"127.0.0.1:1",       HARK_SCOPE_LOOPBACK  },
    {"127.255.0.1:1",     HARK_SCOPE_LOOPBACK  },
    {"169.254.1.1:1",     HARK_SCOPE_LINK_LOCAL},
    {"10.0.0.1:1",        HARK_SCOPE_PRIVATE   },
    {"172.16.0.1:1",      HARK_SCOPE_PRIVATE   },
    {"172.31.255.1:1",    HARK_SCOPE_PRIVATE   },
    {"172.32.0.1:1",      HARK_SCOPE_PUBLIC    },
    {"192.168.0.1:1",     HARK_SCOPE_PRIVATE   },
    {"100.64.0.1:1",      HARK_SCOPE_PRIVATE   },
    {"100.127.0.1:1",     HARK_SCOPE_PRIVATE   },
    {"100.128.0.1:1",     HARK_SCOPE_PUBLIC    },
    {"8.8.8.8:1",         HARK_SCOPE_PUBLIC    },
    {"[::]:1",            HARK_SCOPE_NONE      },
    {"[::1]:1",           HARK_SCOPE_LOOPBACK  },
    {"[ff02::1]:1",       HARK_SCOPE_NONE      },
    {"[fe80::1]:1",       HARK_SCOPE_LINK_LOCAL},
    {"[febf::1]:1",       HARK_SCOPE_LINK_LOCAL},
    {"[fc00::1]:1",       HARK_SCOPE_PRIVATE   },
    {"[fdff::1]:1",       HARK_SCOPE_PRIVATE   },
    {"[2001:db8::1]:1",   HARK_SCOPE_PUBLIC    },
  };
  HarkEndpoint none = {0};

  for (size_t i = 0; i < G_N_ELEMENTS (rows); i++) {
    HarkEndpoint endpoint;

    g_assert_true (hark_endpoint_parse (rows[i].text, &endpoint));
    g_assert_cmpint (hark_endpoint_scope (&endpoint), ==, rows[i].scope);
  }
  g_assert_cmpint (hark_endpoint_scope (&none), ==, HARK_SCOPE_NONE);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/endpoint/every-form-comes-back", test_every_form_comes_back);
  g_test_add_func ("/endpoint/nonsense-is-refused", test_nonsense_is_refused);
  g_test_add_func ("/endpoint/tcp-is-another-place", test_tcp_is_another_place);
  g_test_add_func ("/endpoint/mapped-addresses-are-ip4", test_mapped_addresses_are_ip4);
  g_test_add_func ("/endpoint/scopes", test_scopes);
  return g_test_run ();
}
