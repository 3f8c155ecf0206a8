/* A relay node and both ends of its channels. */
#include "net/relay/guest.h"
#include "net/relay/host.h"

#include <glib.h>
#include <string.h>

#define START (100 * HARK_SECOND)

typedef struct {
  HarkRng rng;
  HarkSecret secret;
  HarkRelayHost *host;
  HarkRelayGuest *ends[2];
  HarkEndpoint at[2]; /* where the ends are */
  HarkEndpoint place; /* where the node is */
  HarkKey relay[2];
  HarkRelayFrame last[2];
  unsigned sent[2], answers;
  HarkTime now;
} World;

static HarkEndpoint
endpoint (const char *text)
{
  HarkEndpoint ret;

  g_assert_true (hark_endpoint_parse (text, &ret));
  return ret;
}

static void
world_init (World *world)
{
  static const uint8_t seed[32] = {5};
  static const uint8_t channel[HARK_RELAY_HOST_CHANNEL_LEN] = {1, 2, 3};
  HarkKey shown = {{9}};

  *world = (World){.now = START, .secret = {{7}}};
  hark_rng_init (&world->rng, seed);
  world->host = hark_relay_host_new (&world->secret, &world->rng, START);
  world->place = endpoint ("198.51.100.4:6881");
  world->at[0] = endpoint ("192.0.2.1:1000");
  world->at[1] = endpoint ("192.0.2.2:2000");
  for (unsigned i = 0; i < 2; i++) {
    uint8_t key[HARK_RELAY_HOST_KEY_LEN];

    hark_relay_host_key (&world->secret, channel, (HarkRelayHostEnd) i, key);
    world->ends[i] = hark_relay_guest_new ();
    g_assert_true (hark_relay_guest_offer (world->ends[i], 5, (HarkRelayHostEnd) i, channel, key,
                                           &shown, &world->place, &world->relay[i]));
  }
}

static void
world_clear (World *world)
{
  hark_relay_host_free (world->host);
  for (unsigned i = 0; i < 2; i++)
    hark_relay_guest_free (world->ends[i]);
}

static void
run (World *world)
{
  HarkRelayGuestOutput asked;
  HarkRelayHostOutput said;
  HarkEndpoint to;
  bool moved = true;

  while (moved) {
    moved = false;
    for (unsigned i = 0; i < 2; i++) {
      hark_relay_guest_handle_time (world->ends[i], world->now);
      while (hark_relay_guest_poll (world->ends[i], &asked)) {
        g_assert_true (hark_endpoint_same_ip (&asked.to, &world->place));
        g_assert_false (hark_relay_host_handle (world->host, &world->at[i], asked.bytes,
                                                sizeof asked.bytes, world->now, &to));
        world->sent[i]++;
        moved = true;
      }
    }
    hark_relay_host_handle_time (world->host, world->now);
    while (hark_relay_host_poll (world->host, &said)) {
      HarkKey relay;

      world->answers++;
      for (unsigned i = 0; i < 2; i++)
        if (hark_endpoint_equal (&said.to, &world->at[i])
            && hark_relay_guest_handle (world->ends[i], &world->place, said.bytes,
                                        sizeof said.bytes, world->now, &relay, &world->last[i]))
          g_assert_true (hark_key_equal (&relay, &world->relay[i]));
      moved = true;
    }
  }
}

static void
ask (World *world, unsigned end)
{
  HarkRelayFrame frame = {.kind = HARK_RELAY_ASK, .tag = "sixteen bytes.."};

  hark_relay_guest_say (world->ends[end], &world->relay[end], &frame, world->now);
  run (world);
}

static void
match (World *world)
{
  ask (world, 0);
  ask (world, 1);
  for (unsigned i = 0; i < 2; i++) {
    g_assert_cmpint (world->last[i].kind, ==, HARK_RELAY_MATCHED);
    g_assert_true (memcmp (world->last[i].tag, "sixteen bytes..", 16) == 0);
    g_assert_cmpuint (world->last[i].channel, ==, world->last[0].channel);
    g_assert_cmpuint (world->last[i].rate, ==, HARK_RELAY_HOST_RATE);
  }
}

/* From one end to the other; false: it is dropped. */
static bool
carry (World *world, unsigned from, const char *text)
{
  uint8_t bytes[HARK_RELAY_HOST_DATA_HEAD + 100];
  size_t len = HARK_RELAY_HOST_DATA_HEAD + strlen (text);
  HarkRelayFrame frame;
  HarkEndpoint to;
  HarkKey relay;

  if (!hark_relay_guest_wrap (world->ends[from], &world->relay[from], &to, bytes))
    return false;
  memcpy (bytes + HARK_RELAY_HOST_DATA_HEAD, text, strlen (text));
  if (!hark_relay_host_handle (world->host, &world->at[from], bytes, len, world->now, &to))
    return false;
  g_assert_true (hark_endpoint_equal (&to, &world->at[1 - from]));
  g_assert_true (hark_relay_guest_handle (world->ends[1 - from], &world->place, bytes, len,
                                          world->now, &relay, &frame));
  g_assert_cmpint (frame.kind, ==, HARK_RELAY_DATA);
  g_assert_true (frame.len == strlen (text) && memcmp (frame.data, text, frame.len) == 0);
  return true;
}

static void
test_carries (void)
{
  World world;
  HarkRelayHostStats stats;

  world_init (&world);
  match (&world);
  g_assert_true (carry (&world, 0, "there"));
  g_assert_true (carry (&world, 1, "and back"));
  hark_relay_host_get_stats (world.host, &stats);
  g_assert_cmpuint (stats.channels, ==, 1);
  g_assert_cmpuint (stats.bytes, ==, 13);
  world_clear (&world);
}

/* A channel is there as long as its holder says so; the other end is told when somebody goes. */
static void
test_ends (void)
{
  World world;
  HarkRelayFrame leave = {.kind = HARK_RELAY_LEAVE};
  HarkRelayHostStats stats;

  world_init (&world);
  ask (&world, 1);                         /* nobody opened it */
  g_assert_cmpuint (world.answers, ==, 1); /* a cookie */
  match (&world);
  for (unsigned i = 0; i < 300; i++) {
    world.now += HARK_SECOND;
    run (&world);
  }
  g_assert_true (carry (&world, 1, "still there"));
  hark_relay_guest_say (world.ends[1], &world.relay[1], &leave, world.now);
  run (&world);
  g_assert_cmpint (world.last[0].kind, ==, HARK_RELAY_GONE);
  g_assert_false (carry (&world, 0, "nobody"));
  ask (&world, 1);
  g_assert_cmpint (world.last[0].kind, ==, HARK_RELAY_MATCHED);
  world.at[0] = endpoint ("192.0.2.9:1"); /* the holder's mapping changes: packets are lost, */
  g_assert_false (carry (&world, 0, "from elsewhere"));
  world.now += HARK_RELAY_HOST_REFRESH; /* until it says where it is */
  run (&world);
  g_assert_true (carry (&world, 0, "from elsewhere"));
  hark_relay_host_handle_time (world.host, world.now + HARK_RELAY_HOST_LIFE);
  hark_relay_host_get_stats (world.host, &stats);
  g_assert_cmpuint (stats.channels, ==, 0);
  world_clear (&world);
}

/* Strangers, copies from elsewhere, and those who know the guest's key alone. */
static void
test_strangers (void)
{
  World world;
  HarkRelayHostOutput said;
  HarkRelayHostPacket packet = {.kind = HARK_RELAY_HOST_OPEN, .channel = {4}};
  uint8_t bytes[HARK_RELAY_HOST_CONTROL_LEN], key[HARK_RELAY_HOST_KEY_LEN] = {1};
  HarkEndpoint elsewhere = endpoint ("203.0.113.1:5"), to;

  world_init (&world);
  match (&world);
  for (unsigned kind = 0; kind < 256; kind++)
    for (size_t len = 0; len <= 60; len++) {
      uint8_t noise[60] = {HARK_RELAY_HOST_FIRST, (uint8_t) kind, 0, 0, 9};

      g_assert_false (hark_relay_host_handle (world.host, &elsewhere, noise, len, world.now, &to));
    }
  hark_relay_host_packet_write (&packet, key, bytes);
  g_assert_false (
    hark_relay_host_handle (world.host, &elsewhere, bytes, sizeof bytes, world.now, &to));
  g_assert_false (hark_relay_host_poll (world.host, &said));

  /* the guest's key opens nothing by itself */
  world.now += HARK_SECOND;
  hark_relay_host_key (&world.secret, packet.channel, HARK_RELAY_HOST_GUEST, key);
  hark_relay_host_packet_write (&packet, key, bytes);
  g_assert_false (
    hark_relay_host_handle (world.host, &elsewhere, bytes, sizeof bytes, world.now, &to));
  g_assert_false (hark_relay_host_poll (world.host, &said));

  /* a copy of what the holder said moves nothing: the answer, not longer, is a cookie */
  hark_relay_host_key (&world.secret, (const uint8_t[16]){1, 2, 3}, HARK_RELAY_HOST_HOLDER, key);
  memset (packet.channel, 0, sizeof packet.channel);
  memcpy (packet.channel, (const uint8_t[]){1, 2, 3}, 3);
  hark_relay_host_packet_write (&packet, key, bytes);
  g_assert_false (
    hark_relay_host_handle (world.host, &elsewhere, bytes, sizeof bytes, world.now, &to));
  g_assert_true (hark_relay_host_poll (world.host, &said));
  g_assert_cmpuint (said.bytes[1], ==, HARK_RELAY_HOST_COOKIE);
  g_assert_true (carry (&world, 0, "as before"));
  g_assert_true (carry (&world, 1, "as before"));
  world_clear (&world);
}

static void
test_rate (void)
{
  World world;
  uint8_t bytes[HARK_RELAY_HOST_DATA_HEAD + HARK_RELAY_PACKET_MAX] = {0};
  uint64_t passed = 0;
  HarkEndpoint to;

  world_init (&world);
  match (&world);
  g_assert_true (hark_relay_guest_wrap (world.ends[0], &world.relay[0], &to, bytes));
  for (unsigned i = 0; i < 10000; i++, world.now += HARK_MS)
    if (hark_relay_host_handle (world.host, &world.at[0], bytes, sizeof bytes, world.now, &to))
      passed += HARK_RELAY_PACKET_MAX;
  g_assert_cmpuint (passed, <=, 21 * HARK_RELAY_HOST_RATE / 2);
  g_assert_cmpuint (passed, >, 9 * HARK_RELAY_HOST_RATE);
  g_assert_true (carry (&world, 1, "the other way"));
  world_clear (&world);
}

static void
test_many (void)
{
  World world;
  HarkRelayHostOutput said;
  unsigned ready = 0;
  HarkEndpoint to;

  world_init (&world);
  for (unsigned i = 0; i < 2000; i++, world.now += 10 * HARK_MS) {
    HarkRelayHostPacket packet = {.kind = HARK_RELAY_HOST_OPEN, .channel = {5}}, read;
    uint8_t bytes[HARK_RELAY_HOST_CONTROL_LEN], key[HARK_RELAY_HOST_KEY_LEN];

    memcpy (packet.channel + 1, &i, sizeof i);
    hark_relay_host_key (&world.secret, packet.channel, HARK_RELAY_HOST_HOLDER, key);
    hark_relay_host_packet_write (&packet, key, bytes);
    hark_relay_host_handle (world.host, &world.at[0], bytes, sizeof bytes, world.now, &to);
    g_assert_true (hark_relay_host_poll (world.host, &said));
    g_assert_true (hark_relay_host_packet_read (said.bytes, sizeof said.bytes, &read));
    memcpy (packet.cookie, read.cookie, sizeof packet.cookie);
    hark_relay_host_packet_write (&packet, key, bytes);
    hark_relay_host_handle (world.host, &world.at[0], bytes, sizeof bytes, world.now, &to);
    ready += hark_relay_host_poll (world.host, &said);
  }
  g_assert_cmpuint (ready, ==, HARK_RELAY_HOST_CHANNELS_MAX);
  world_clear (&world);
}

/* Where UDP is silent the same place is tried over TCP. */
static void
test_ways (void)
{
  World world;
  HarkRelayGuestOutput asked;
  HarkRelayFrame frame = {.kind = HARK_RELAY_ASK};

  world_init (&world);
  for (HarkRelayGuestWay way = HARK_RELAY_GUEST_UDP; way <= HARK_RELAY_GUEST_EITHER; way++) {
    unsigned tcp = 0;

    hark_relay_guest_set_way (world.ends[0], way);
    for (unsigned i = 0; i < 4; i++) {
      hark_relay_guest_say (world.ends[0], &world.relay[0], &frame, world.now);
      g_assert_true (hark_relay_guest_poll (world.ends[0], &asked));
      tcp += asked.to.tcp;
    }
    g_assert_cmpuint (tcp, ==,
                      way == HARK_RELAY_GUEST_UDP   ? 0
                      : way == HARK_RELAY_GUEST_TCP ? 4
                                                    : 2);
  }
  world_clear (&world);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/relay/host/carries-both-ways", test_carries);
  g_test_add_func ("/relay/host/ends-come-move-and-go", test_ends);
  g_test_add_func ("/relay/host/strangers-meet-silence", test_strangers);
  g_test_add_func ("/relay/host/keeps-to-its-rate", test_rate);
  g_test_add_func ("/relay/host/opens-so-many-channels", test_many);
  g_test_add_func ("/relay/guest/takes-tcp-where-udp-is-silent", test_ways);
  return g_test_run ();
}
