#include "net/io/pcp.h"

#include "net/base/endpoint.h"

#include <glib.h>
#include <string.h>

static HarkPcpMapping
mapping_new (void)
{
  HarkPcpMapping mapping = {.port = 6881, .lifetime = 7200};

  memset (mapping.nonce, 7, sizeof mapping.nonce);
  return mapping;
}

/* What a gateway answers: the request turned around, section 7.2. */
static size_t
answer (const uint8_t request[HARK_PCP_REQUEST_LEN], uint8_t result, uint8_t ret[60])
{
  static const uint8_t external[16] = {[10] = 0xff, [11] = 0xff, 198, 51, 100, 7};

  memcpy (ret, request, HARK_PCP_REQUEST_LEN);
  ret[1] |= 0x80;
  ret[3] = result;
  memset (ret + 8, 0, 16);
  ret[42] = 0x30; /* external port 12,345 */
  ret[43] = 0x39;
  memcpy (ret + 44, external, sizeof external);
  return HARK_PCP_REQUEST_LEN;
}

static void
make (HarkPcpMapping *mapping, uint8_t result, uint8_t ret[60])
{
  uint8_t request[HARK_PCP_REQUEST_LEN];
  HarkEndpoint client;

  *mapping = mapping_new ();
  g_assert_true (hark_endpoint_parse ("192.168.1.10:1", &client));
  hark_pcp_write (mapping, &client, request);
  answer (request, result, ret);
}

static void
test_request (void)
{
  /* version, opcode MAP, lifetime 7,200, our address; nonce, UDP, 6881, nothing suggested */
  static const uint8_t expected[HARK_PCP_REQUEST_LEN]
    = {2,    1,    0, 0,  0, 0, 0x1c, 0x20, 0, 0, 0, 0, 0, 0, 0,    0,    0,  0, 0xff, 0xff,
       192,  168,  1, 10, 7, 7, 7,    7,    7, 7, 7, 7, 7, 7, 7,    7,    17, 0, 0,    0,
       0x1a, 0xe1, 0, 0,  0, 0, 0,    0,    0, 0, 0, 0, 0, 0, 0xff, 0xff, 0,  0, 0,    0};
  HarkPcpMapping mapping = mapping_new ();
  uint8_t request[HARK_PCP_REQUEST_LEN];
  HarkEndpoint client;

  g_assert_true (hark_endpoint_parse ("192.168.1.10:1", &client));
  hark_pcp_write (&mapping, &client, request);
  g_assert_true (memcmp (request, expected, sizeof expected) == 0);
}

static void
test_granted (void)
{
  HarkPcpMapping mapping;
  HarkEndpoint external, expected;
  uint32_t lifetime;
  uint8_t data[60];

  make (&mapping, 0, data);
  g_assert_true (hark_endpoint_parse ("198.51.100.7:12345", &expected));
  g_assert_cmpint (hark_pcp_read (data, sizeof data, &mapping, &external, &lifetime), ==,
                   HARK_PCP_GRANTED);
  g_assert_true (hark_endpoint_equal (&external, &expected));
  g_assert_cmpuint (lifetime, ==, 7200);
}

static void
test_refused (void)
{
  HarkPcpMapping mapping;
  HarkEndpoint external;
  uint32_t lifetime;
  uint8_t data[60];

  make (&mapping, 8, data); /* NO_RESOURCES */
  g_assert_cmpint (hark_pcp_read (data, sizeof data, &mapping, &external, &lifetime), ==,
                   HARK_PCP_REFUSED);
}

/* A NAT-PMP gateway: version 0, result 1 (RFC 6886 section 3.5). */
static void
test_version (void)
{
  static const uint8_t old[] = {0, 0x80 | 1, 0, 1, 0, 0, 0, 9};
  HarkPcpMapping mapping = mapping_new ();
  HarkEndpoint external;
  uint32_t lifetime;

  g_assert_cmpint (hark_pcp_read (old, sizeof old, &mapping, &external, &lifetime), ==,
                   HARK_PCP_VERSION);
}

static void
test_foreign (void)
{
  static const size_t places[] = {1, 24, 35, 36, 40, 41}; /* no answer, nonce, protocol, port */
  HarkPcpMapping mapping;
  HarkEndpoint external;
  uint32_t lifetime;
  uint8_t data[60];

  for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
    make (&mapping, 0, data);
    data[places[i]] ^= places[i] == 1 ? 0x80 : 1;
    g_assert_cmpint (hark_pcp_read (data, sizeof data, &mapping, &external, &lifetime), ==,
                     HARK_PCP_OTHER);
  }
  make (&mapping, 0, data);
  for (size_t len = 0; len < sizeof data; len++)
    g_assert_cmpint (hark_pcp_read (data, len, &mapping, &external, &lifetime), ==, HARK_PCP_OTHER);
}

/* An IPv6 address is none that we asked for. */
static void
test_no_ipv4 (void)
{
  HarkPcpMapping mapping;
  HarkEndpoint external;
  uint32_t lifetime;
  uint8_t data[60];

  make (&mapping, 0, data);
  data[44] = 0x20;
  g_assert_cmpint (hark_pcp_read (data, sizeof data, &mapping, &external, &lifetime), ==,
                   HARK_PCP_GRANTED);
  g_assert_cmpint (hark_endpoint_scope (&external), ==, HARK_SCOPE_NONE);
}

/* Section 8.3: longer than any answer may be. */
static void
test_too_long (void)
{
  uint8_t packet[HARK_PCP_ANSWER_LEN_MAX + 1] = {0};
  HarkPcpMapping mapping;
  HarkEndpoint external;
  uint32_t lifetime;

  make (&mapping, 0, packet);
  g_assert_cmpint (hark_pcp_read (packet, HARK_PCP_ANSWER_LEN_MAX, &mapping, &external, &lifetime),
                   ==, HARK_PCP_GRANTED);
  g_assert_cmpint (hark_pcp_read (packet, sizeof packet, &mapping, &external, &lifetime), ==,
                   HARK_PCP_OTHER);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pcp/writes-a-request-of-rfc-6887", test_request);
  g_test_add_func ("/pcp/reads-what-was-granted", test_granted);
  g_test_add_func ("/pcp/reads-a-refusal", test_refused);
  g_test_add_func ("/pcp/knows-an-older-gateway", test_version);
  g_test_add_func ("/pcp/ignores-answers-to-others", test_foreign);
  g_test_add_func ("/pcp/takes-no-ipv6-address", test_no_ipv4);
  g_test_add_func ("/pcp/ignores-overlong-answers", test_too_long);
  return g_test_run ();
}
