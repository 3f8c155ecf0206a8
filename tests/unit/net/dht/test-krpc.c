#include "net/dht/krpc.h"

#include <glib.h>
#include <string.h>

static bool
parse (const char *text, HarkKrpc *ret)
{
  return hark_krpc_parse ((const uint8_t *) text, strlen (text), ret);
}

/* the examples of BEP 5 */
static void
test_bep5 (void)
{
  HarkKrpc message;
  uint8_t buffer[200];
  static const char *const queries[] = {
    "d1:ad2:id20:abcdefghij0123456789e1:q4:ping1:t2:aa1:y1:qe",
    "d1:ad2:id20:abcdefghij01234567896:target20:mnopqrstuvwxyz123456e1:q9:find_node1:t2:aa1:y1:qe",
    "d1:ad2:id20:abcdefghij01234567899:info_hash20:mnopqrstuvwxyz123456e1:q9:get_peers1:t2:aa1:y1:"
    "qe",
    "d1:ad2:id20:abcdefghij012345678912:implied_porti1e9:info_hash20:mnopqrstuvwxyz1234564:"
    "porti6881e"
    "5:token8:aoeusnthe1:q13:announce_peer1:t2:aa1:y1:qe",
    "d1:rd2:id20:abcdefghij01234567895:token8:aoeusnth6:valuesl6:axje.u6:idhtnmee1:t2:aa1:y1:re",
    "d1:eli201e23:A Generic Error Ocurrede1:t2:aa1:y1:ee",
  };

  for (size_t i = 0; i < G_N_ELEMENTS (queries); i++) {
    size_t len;

    g_assert_true (parse (queries[i], &message));
    len = hark_krpc_write (&message, NULL, 0, buffer, sizeof buffer);
    g_assert_cmpuint (len, ==, strlen (queries[i]));
    g_assert_cmpint (memcmp (buffer, queries[i], len), ==, 0);
    g_assert_cmpuint (hark_krpc_write (&message, NULL, 0, buffer, len - 1), ==, 0);
  }
}

static void
test_refuses (void)
{
  static const char *const bad[] = {
    "de",
    "d1:ad2:id19:abcdefghij012345678e1:q4:ping1:t2:aa1:y1:qe",
    "d1:ade1:q4:ping1:t2:aa1:y1:qe",
    "d1:ad2:id20:abcdefghij0123456789e1:q4:ping1:y1:qe",
    "d1:ad2:id20:abcdefghij0123456789e1:qi1e1:t2:aa1:y1:qe",
    "d1:ad2:id20:abcdefghij0123456789e1:q4:ping1:t2:aa1:y1:xe",
    "d1:ad2:id20:abcdefghij01234567894:porti65536ee1:q4:ping1:t2:aa1:y1:qe",
    "d1:ad2:id20:abcdefghij01234567896:target2:mne1:q9:find_node1:t2:aa1:y1:qe",
    "d1:eli201ee1:t2:aa1:y1:ee",
    "d1:rle1:t2:aa1:y1:re",
  };
  HarkKrpc message;

  for (size_t i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_false (parse (bad[i], &message));
}

static void
test_skips_unknown (void)
{
  HarkKrpc message;

  g_assert_true (
    parse ("d1:ad1:Z1:a2:bb1:x2:id20:abcdefghij01234567892:zzlee1:q5:hello2:roi1e1:t2:aa"
           "1:v4:LT01"
           "1:y1:qe",
           &message));
  g_assert_cmpint (message.method, ==, HARK_KRPC_UNKNOWN);
  g_assert_true (message.read_only);
  /* as libtorrent answers */
  g_assert_true (parse (
    "d2:ip6:aaaaaa1:rd2:id20:abcdefghij01234567891:pi26900ee1:t4:aaaa1:v4:LT011:y1:re", &message));
}

static void
test_nodes (void)
{
  uint8_t buffer[38];
  HarkNodeId id = {{1}}, found_id;
  HarkEndpoint endpoint = {.family = 6, .port = 99, .ip = {0x20, 1, 2}}, found;
  size_t len = hark_krpc_node_write (&id, &endpoint, buffer);

  g_assert_cmpuint (len, ==, 38);
  g_assert_true (hark_krpc_node_read ((HarkBytes){buffer, len}, 6, 0, &found_id, &found));
  g_assert_true (hark_node_id_equal (&id, &found_id));
  g_assert_true (hark_endpoint_equal (&endpoint, &found));
  g_assert_false (hark_krpc_node_read ((HarkBytes){buffer, len}, 6, 1, &found_id, &found));
  g_assert_false (hark_krpc_node_read ((HarkBytes){buffer, 25}, 4, 0, &found_id, &found));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/krpc/bep5-examples-both-ways", test_bep5);
  g_test_add_func ("/krpc/refuses", test_refuses);
  g_test_add_func ("/krpc/skips-unknown-keys", test_skips_unknown);
  g_test_add_func ("/krpc/compact-nodes", test_nodes);
  return g_test_run ();
}
