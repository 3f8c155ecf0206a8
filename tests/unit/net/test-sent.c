/* What left: by whom it was for, and to about how many machines. */
#include "net/sent.h"

#include <glib.h>

static const uint8_t seed[32] = {7};

static HarkEndpoint
host (unsigned number)
{
  return (HarkEndpoint){
    .family = 4,
    .ip = {81, (uint8_t) (number >> 16), (uint8_t) (number >> 8), (uint8_t) number},
    .port = 6881
  };
}

static void
test_by_kind (void)
{
  HarkEndpoint near = {
    .family = 4, .ip = {192, 168, 1, 7},
         .port = 6881
  };
  HarkEndpoint far = host (1);
  HarkSent sent;

  hark_sent_init (&sent, seed);
  hark_sent_datagram (&sent, &far, 100);
  hark_sent_datagram (&sent, &far, 20);
  hark_sent_datagram (&sent, &near, 30);
  hark_sent_datagram (&sent, NULL, 60); /* a beacon */
  hark_sent_packets (&sent, 2500, 1200);
  hark_sent_packets (&sent, 80, 0);
  g_assert_cmpuint (sent.counts[HARK_SENT_INTERNET].packets, ==, 2);
  g_assert_cmpuint (sent.counts[HARK_SENT_INTERNET].bytes, ==, 120);
  g_assert_cmpuint (sent.counts[HARK_SENT_LOCAL].packets, ==, 2);
  g_assert_cmpuint (sent.counts[HARK_SENT_LOCAL].bytes, ==, 90);
  g_assert_cmpuint (sent.counts[HARK_SENT_PEOPLE].packets, ==, 4);
  g_assert_cmpuint (sent.counts[HARK_SENT_PEOPLE].bytes, ==, 2580);
}

/* What was not let out, or had no way, has not left. */
static void
test_taken_back (void)
{
  HarkEndpoint near = {
    .family = 4, .ip = {192, 168, 1, 7},
         .port = 6881
  };
  HarkEndpoint first = host (1), second = host (2);
  HarkSent sent;

  hark_sent_init (&sent, seed);
  hark_sent_datagram (&sent, &first, 100);
  hark_sent_datagram (&sent, &second, 20);
  hark_sent_take_back (&sent, &second, 20);
  g_assert_cmpuint (hark_sent_hosts (&sent), ==, 1);
  hark_sent_datagram (&sent, &first, 30); /* was there before: stays */
  hark_sent_take_back (&sent, &first, 30);
  hark_sent_datagram (&sent, &near, 7);
  hark_sent_take_back (&sent, &near, 7);
  g_assert_cmpuint (hark_sent_hosts (&sent), ==, 1);
  g_assert_cmpuint (sent.counts[HARK_SENT_INTERNET].packets, ==, 1);
  g_assert_cmpuint (sent.counts[HARK_SENT_INTERNET].bytes, ==, 100);
  g_assert_cmpuint (sent.counts[HARK_SENT_LOCAL].packets, ==, 0);
  g_assert_cmpuint (sent.counts[HARK_SENT_LOCAL].bytes, ==, 0);
}

static void
test_hosts (void)
{
  static const unsigned numbers[] = {1, 10, 1000, 20000};
  HarkSent sent;

  for (size_t i = 0; i < G_N_ELEMENTS (numbers); i++) {
    unsigned n = numbers[i];

    hark_sent_init (&sent, seed);
    g_assert_cmpuint (hark_sent_hosts (&sent), ==, 0);
    for (unsigned again = 0; again < 2; again++)
      for (unsigned j = 0; j < n; j++) {
        HarkEndpoint to = host (j);

        to.port = (uint16_t) (6881 + again); /* one machine whatever the port */
        hark_sent_datagram (&sent, &to, 1);
      }
    g_assert_cmpuint (hark_sent_hosts (&sent), >=, n - n / 10);
    g_assert_cmpuint (hark_sent_hosts (&sent), <=, n + n / 10 + 1);
  }
  for (unsigned j = 0; j < 1000000; j++) { /* and is defined where every bit is set */
    HarkEndpoint to = host (j);

    hark_sent_datagram (&sent, &to, 1);
  }
  g_assert_cmpuint (hark_sent_hosts (&sent), >, 50000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sent/by-kind", test_by_kind);
  g_test_add_func ("/sent/not-sent-is-taken-back", test_taken_back);
  g_test_add_func ("/sent/hosts", test_hosts);
  return g_test_run ();
}
