/* Media packets beside QUIC. */
#include "tests/unit/net/session/link.h"

#include "net/session/media.h"

#include <string.h>

static void
make_pair (HarkMedia *a, HarkMedia *b)
{
  HarkSessionSecrets secrets;

  memset (&secrets, 7, sizeof secrets);
  secrets.responder_to_initiator[0] = 8;
  hark_media_init (a, HARK_MEDIA_VOICE, &secrets, true);
  hark_media_init (b, HARK_MEDIA_VOICE, &secrets, false);
}

static void
test_replay (void)
{
  static uint8_t packets[3000][HARK_MEDIA_PACKET_MAX];
  uint8_t ret[HARK_SESSION_MEDIA_MAX], data[80] = {1};
  HarkMedia a, b;

  make_pair (&a, &b);
  for (unsigned i = 0; i < 3000; i++)
    g_assert_cmpuint (hark_media_seal (&a, data, sizeof data, packets[i]), ==, 103);
  g_assert_cmpuint (hark_media_open (&b, packets[1500], 103, ret), ==, 80);
  g_assert_cmpuint (hark_media_open (&b, packets[1500], 103, ret), ==, 0);
  g_assert_cmpuint (hark_media_open (&b, packets[1500 - 1023], 103, ret), ==, 80);
  g_assert_cmpuint (hark_media_open (&b, packets[1500 - 1023], 103, ret), ==, 0);
  g_assert_cmpuint (hark_media_open (&b, packets[1500 - 1024], 103, ret), ==, 0);
  g_assert_cmpuint (hark_media_open (&b, packets[1502], 103, ret), ==, 80);
  g_assert_cmpuint (hark_media_open (&b, packets[1501], 103, ret), ==, 80);
  g_assert_cmpuint (hark_media_open (&b, packets[2999], 103, ret), ==, 80);
  g_assert_cmpuint (hark_media_open (&b, packets[1600], 103, ret), ==, 0);
  g_assert_cmpuint (hark_media_open (&b, packets[2500], 103, ret), ==, 80);
  g_assert_cmpuint (hark_media_open (&b, packets[2500], 103, ret), ==, 0);
}

static void
test_refused (void)
{
  uint8_t packet[HARK_MEDIA_PACKET_MAX], ret[HARK_SESSION_MEDIA_MAX], data[1001] = {1};
  HarkMedia a, b;
  size_t len;

  make_pair (&a, &b);
  g_assert_cmpuint (hark_media_seal (&a, data, 0, packet), ==, 0);
  g_assert_cmpuint (hark_media_seal (&a, data, 1001, packet), ==, 0);
  len = hark_media_seal (&a, data, 1000, packet);
  g_assert_cmpuint (len, ==, HARK_MEDIA_PACKET_MAX);
  g_assert_cmpuint (hark_media_open (&a, packet, len, ret), ==, 0); /* the other direction */
  for (size_t i = 0; i < 40; i++) {
    packet[i] ^= 1;
    g_assert_cmpuint (hark_media_open (&b, packet, len, ret), ==, 0);
    packet[i] ^= 1;
    g_assert_cmpuint (hark_media_open (&b, packet, i, ret), ==, 0);
  }
  g_assert_cmpuint (hark_media_open (&b, packet, len, ret), ==, 1000);
  a.tx_next = HARK_MEDIA_SEQUENCE_MAX;
  len = hark_media_seal (&a, data, 1, packet);
  g_assert_cmpuint (hark_media_open (&b, packet, len, ret), ==, 1);
  g_assert_cmpuint (hark_media_seal (&a, data, 1, packet), ==, 0);
}

static void
test_bad_line (void)
{
  Link *link = link_new (1, NULL);
  uint8_t frame[80] = {5};

  g_assert_false (hark_session_send_media (link->ends[0].session, frame, sizeof frame, link->now));
  g_assert_true (link_run (link, HARK_SECOND, link_is_confirmed));
  g_assert_false (hark_session_send_media (link->ends[0].session, frame, 1001, link->now));
  link_set (link, (LinkQuality){.delay = 10 * HARK_MS,
                                .jitter = 30 * HARK_MS,
                                .loss = 0.1,
                                .duplicate = 0.2,
                                .corrupt = 0.05});
  for (unsigned i = 0; i < 1000; i++) {
    g_assert_true (hark_session_send_media (link->ends[0].session, frame, sizeof frame, link->now));
    link_run (link, 10 * HARK_MS, NULL);
  }
  g_assert_cmpuint (link->ends[1].media, >, 780);
  g_assert_cmpuint (link->ends[1].media, <, 920);
  g_assert_cmpuint (link->ends[1].media_bytes, ==, 80 * link->ends[1].media);
  link_free (link);
}

static void
test_bounded (void)
{
  Link *link = link_new (2, NULL);
  uint8_t frame[80] = {5};
  unsigned sent = 0;

  g_assert_true (link_run (link, HARK_SECOND, link_is_confirmed));
  hark_session_handle_path (link->ends[0].session, false, link->now);
  while (hark_session_send_media (link->ends[0].session, frame, sizeof frame, link->now))
    sent++;
  g_assert_cmpuint (sent, ==, 64);
  hark_session_handle_path (link->ends[0].session, true, link->now);
  link_run (link, HARK_SECOND, NULL);
  g_assert_cmpuint (link->ends[1].media, ==, 64);
  link_free (link);
}

/* What was said while there was no path is not played when there is one; what is said then is. */
static void
test_old_is_dropped (void)
{
  Link *link = link_new (4, NULL);
  HarkSession *session = link->ends[0].session;
  uint8_t frame[80] = {5};

  g_assert_true (link_run (link, HARK_SECOND, link_is_confirmed));
  hark_session_handle_path (session, false, link->now);
  for (unsigned i = 0; i < 500; i++) {
    g_assert_true (hark_session_send_media (session, frame, sizeof frame, link->now));
    link_run (link, 10 * HARK_MS, NULL);
  }
  hark_session_handle_path (session, true, link->now);
  link_run (link, HARK_SECOND, NULL);
  g_assert_cmpuint (link->ends[1].media, ==, 20);

  hark_session_handle_path (session, false, link->now);
  for (unsigned i = 0; i < 10; i++)
    g_assert_true (hark_session_send_media (session, frame, sizeof frame, link->now));
  link_run (link, HARK_SECOND, NULL);
  hark_session_handle_path (session, true, link->now);
  link_run (link, HARK_SECOND, NULL);
  g_assert_cmpuint (link->ends[1].media, ==, 20);
  link_free (link);
}

/* What one end seals for a relay the other opens once; voice and relay packets are no substitute
 * for each other. */
static void
test_relay (void)
{
  uint8_t packet[HARK_SESSION_RELAY_MAX + HARK_SESSION_RELAY_OVERHEAD];
  uint8_t ret[HARK_SESSION_RELAY_MAX], data[HARK_SESSION_RELAY_MAX + 1] = {7}, account[32] = {1};
  uint8_t tags[3][HARK_SESSION_RELAY_TAG_LEN];
  Link *link = link_new (3, NULL);
  HarkSession *a = link->ends[0].session, *b = link->ends[1].session;
  size_t len;

  g_assert_cmpuint (hark_session_seal_relay (a, data, 10, packet), ==, 0); /* not confirmed */
  g_assert_true (link_run (link, HARK_SECOND, link_is_confirmed));
  g_assert_cmpuint (hark_session_seal_relay (a, data, 0, packet), ==, 0);
  g_assert_cmpuint (hark_session_seal_relay (a, data, sizeof data, packet), ==, 0);
  len = hark_session_seal_relay (a, data, HARK_SESSION_RELAY_MAX, packet);
  g_assert_cmpuint (len, ==, 1228);
  g_assert_cmpuint (packet[0], ==, HARK_SESSION_RELAY_FIRST);
  g_assert_cmpuint (hark_session_open_relay (a, packet, len, ret, link->now), ==, 0);
  link_inject (link, 1, packet, len); /* as a media packet */
  g_assert_cmpuint (link->ends[1].media, ==, 0);
  packet[20] ^= 1;
  g_assert_cmpuint (hark_session_open_relay (b, packet, len, ret, link->now), ==, 0);
  packet[20] ^= 1;
  g_assert_cmpuint (hark_session_open_relay (b, packet, len, ret, link->now), ==, 1205);
  g_assert_true (memcmp (ret, data, 1205) == 0);
  g_assert_cmpuint (hark_session_open_relay (b, packet, len, ret, link->now), ==, 0);

  hark_session_relay_tag (a, account, tags[0]);
  hark_session_relay_tag (b, account, tags[1]);
  g_assert_true (memcmp (tags[0], tags[1], sizeof tags[0]) == 0);
  account[0]++;
  hark_session_relay_tag (b, account, tags[2]);
  g_assert_false (memcmp (tags[0], tags[2], sizeof tags[0]) == 0);

  hark_session_handle_path (a, false, link->now);
  g_assert_cmpuint (hark_session_seal_relay (a, data, 10, packet), ==, 0);
  link_free (link);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (sodium_init () >= 0);
  g_test_add_func ("/session/media/replays-are-refused", test_replay);
  g_test_add_func ("/session/media/changes-are-refused", test_refused);
  g_test_add_func ("/session/media/passes-a-bad-line", test_bad_line);
  g_test_add_func ("/session/media/waits-for-a-path-within-bounds", test_bounded);
  g_test_add_func ("/session/media/old-is-dropped-when-a-path-comes-back", test_old_is_dropped);
  g_test_add_func ("/session/media/relay-packets-have-keys-of-their-own", test_relay);
  return g_test_run ();
}
