/* Beacons out and in: schedule, answers, limits. */
#include "net/lan/lan.h"

#include <string.h>

typedef struct {
  HarkLan *lan;
  HarkRng rng;
  HarkTime now;
  uint8_t tag[HARK_BEACON_TAG_LEN];
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  uint8_t seed[32] = {5};

  (void) data;
  f->now = HARK_HOUR;
  hark_rng_init (&f->rng, seed);
  f->lan = hark_lan_new (f->tag, &f->rng, f->now);
  hark_lan_set_port (f->lan, 5000, f->now);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  (void) data;
  hark_lan_free (f->lan);
}

static unsigned
drain (HarkLan *lan, bool group)
{
  HarkLanPacket packet;
  unsigned n = 0;

  while (hark_lan_poll_packet (lan, &packet))
    n += packet.group == group;
  return n;
}

static void
hear (Fixture *f, uint32_t host, uint32_t cookie, bool group)
{
  HarkBeacon beacon = {.port = 6000};
  HarkEndpoint from = {
    .family = 4, .port = HARK_BEACON_PORT, .ip = {10, 0}
  };
  uint8_t packet[HARK_BEACON_LEN_MAX];

  memcpy (beacon.tag, f->tag, sizeof beacon.tag);
  memcpy (beacon.cookie, &cookie, sizeof cookie);
  from.ip[2] = (uint8_t) (host >> 8);
  from.ip[3] = (uint8_t) host;
  hark_lan_handle_packet (f->lan, &from, packet, hark_beacon_write (&beacon, NULL, packet), group,
                          f->now);
}

static void
test_schedule (Fixture *f, gconstpointer data)
{
  static const HarkTime due[] = {0, HARK_SECOND, 3 * HARK_SECOND};

  (void) data;
  for (size_t i = 0; i < G_N_ELEMENTS (due); i++) {
    g_assert_cmpuint (hark_lan_get_deadline (f->lan), ==, f->now + due[i]);
    hark_lan_handle_time (f->lan, f->now + due[i]);
    g_assert_cmpuint (drain (f->lan, true), ==, 1);
  }
  for (int i = 0; i < 50; i++) {
    HarkTime before = i ? f->now : f->now + 3 * HARK_SECOND;

    f->now = hark_lan_get_deadline (f->lan);
    g_assert_cmpuint (f->now - before, >=, 40 * HARK_SECOND);
    g_assert_cmpuint (f->now - before, <=, 80 * HARK_SECOND);
    hark_lan_handle_time (f->lan, f->now);
    g_assert_cmpuint (drain (f->lan, true), ==, 1);
  }
}

static void
test_new_cookies_are_answered_once (Fixture *f, gconstpointer data)
{
  HarkLanNeighbour neighbour;

  (void) data;
  hear (f, 1, 9, true);
  g_assert_cmpuint (drain (f->lan, false), ==, 1);
  g_assert_true (hark_lan_poll_neighbour (f->lan, &neighbour) && neighbour.fresh);
  g_assert_cmpuint (neighbour.endpoint.port, ==, 6000);
  hear (f, 1, 9, true);
  g_assert_cmpuint (drain (f->lan, false), ==, 0);
  hear (f, 1, 10, true);
  g_assert_cmpuint (drain (f->lan, false), ==, 1);
  hear (f, 2, 11, false); /* an answer is not answered */
  g_assert_cmpuint (drain (f->lan, false), ==, 0);
  g_assert_cmpuint (hark_lan_count (f->lan, f->now), ==, 2);
  g_assert_cmpuint (hark_lan_count (f->lan, f->now + HARK_LAN_FRESH), ==, 0);
}

static void
test_floods_are_bounded (Fixture *f, gconstpointer data)
{
  (void) data;
  for (uint32_t i = 0; i < 5000; i++)
    hear (f, i % 3000, i, true);
  g_assert_cmpuint (hark_lan_count (f->lan, f->now), <=, HARK_LAN_NEIGHBOURS_MAX);
  g_assert_cmpuint (drain (f->lan, false), <=, 64);
  for (uint32_t i = 0; i < 100; i++)
    hear (f, 4000, i, true);
  f->now += HARK_LAN_FRESH;
  hear (f, 1, 1, true);
  g_assert_cmpuint (hark_lan_count (f->lan, f->now), ==, 1);
}

static void
test_other_networks_are_counted_only (Fixture *f, gconstpointer data)
{
  HarkLanNeighbour neighbour;

  (void) data;
  f->tag[0] ^= 1;
  hear (f, 1, 1, true);
  g_assert_cmpuint (hark_lan_count (f->lan, f->now), ==, 0);
  g_assert_cmpuint (hark_lan_count_others (f->lan, f->now), ==, 1);
  g_assert_cmpuint (drain (f->lan, false), ==, 0);
  g_assert_false (hark_lan_poll_neighbour (f->lan, &neighbour));
}

static void
test_static_peers_are_told (Fixture *f, gconstpointer data)
{
  HarkEndpoint peer = {
    .family = 4, .port = HARK_BEACON_PORT, .ip = {10, 9, 9, 9}
  };

  (void) data;
  hark_lan_handle_time (f->lan, f->now);
  drain (f->lan, true);
  g_assert_true (hark_lan_add_peer (f->lan, &peer, f->now));
  g_assert_cmpuint (drain (f->lan, false), ==, 1);
  for (uint8_t i = 0; i < HARK_LAN_PEERS_MAX - 1; i++) {
    peer.ip[2] = i;
    peer.ip[3] = 1;
    g_assert_true (hark_lan_add_peer (f->lan, &peer, f->now));
  }
  peer.ip[3] = 2;
  g_assert_false (hark_lan_add_peer (f->lan, &peer, f->now));
}

int
main (int argc, char **argv)
{
  g_assert_cmpint (sodium_init (), >=, 0);
  g_test_init (&argc, &argv, NULL);
#define ADD(name, test) g_test_add (name, Fixture, NULL, set_up, test, tear_down)
  ADD ("/lan/beacons-come-fast-then-slowly", test_schedule);
  ADD ("/lan/new-cookies-are-answered-once", test_new_cookies_are_answered_once);
  ADD ("/lan/floods-are-bounded", test_floods_are_bounded);
  ADD ("/lan/other-networks-are-counted-only", test_other_networks_are_counted_only);
  ADD ("/lan/static-peers-are-told", test_static_peers_are_told);
  return g_test_run ();
}
