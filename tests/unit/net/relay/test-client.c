/* Two who cannot reach each other, and those who might carry their packets. */
#include "net/relay/client.h"

#include <string.h>

#define START (100 * HARK_SECOND)
#define RELAYS 4
#define WANT 42

/* Relays 0 to 3 between two people: the initiator 10 and the responder 11. Frames take 10 ms. */
typedef struct {
  HarkRelayServer *servers[RELAYS];
  bool deaf[RELAYS]; /* its frames are lost */
  HarkRelayClient *clients[2];
  bool uses[2];
  HarkKey used[2];
  unsigned changes[2];
  HarkTime now;
} World;

static HarkKey
person (unsigned number)
{
  HarkKey key = {{(uint8_t) number}};

  return key;
}

static void
tag (void *data, uint32_t want, const HarkKey *relay, uint8_t ret[HARK_RELAY_TAG_LEN])
{
  (void) data;
  memset (ret, 0, HARK_RELAY_TAG_LEN);
  ret[0] = (uint8_t) want;
  ret[1] = relay->bytes[0];
}

static void
world_init (World *world)
{
  static const uint8_t seed[32] = {5};
  HarkRng rng;

  *world = (World){.now = START};
  hark_rng_init (&rng, seed);
  for (unsigned i = 0; i < RELAYS; i++) {
    world->servers[i] = hark_relay_server_new (&rng);
    hark_relay_server_set (world->servers[i], true, 0, world->now);
  }
  for (unsigned i = 0; i < 2; i++)
    world->clients[i] = hark_relay_client_new (tag, NULL);
}

static void
world_clear (World *world)
{
  for (unsigned i = 0; i < RELAYS; i++)
    hark_relay_server_free (world->servers[i]);
  for (unsigned i = 0; i < 2; i++)
    hark_relay_client_free (world->clients[i]);
}

/* @relay is online with @client, @rtt_ms away. */
static void
know (World *world, unsigned client, unsigned relay, unsigned rtt_ms)
{
  HarkKey key = person (relay);

  hark_relay_client_set_relay (world->clients[client], &key, rtt_ms, world->now);
}

static void
want (World *world, unsigned client)
{
  HarkKey peer = person (11 - client);

  hark_relay_client_want (world->clients[client], WANT, &peer, client == 0, world->now);
}

static void
exchange (World *world)
{
  HarkRelayOutput output;
  HarkRelayEvent event;
  HarkRelayFrame frame;

  for (unsigned i = 0; i < 2; i++) {
    HarkKey own = person (10 + i);

    hark_relay_client_handle_time (world->clients[i], world->now);
    while (hark_relay_client_poll (world->clients[i], &output)) {
      unsigned relay = output.to.bytes[0];

      g_assert_cmpuint (relay, <, RELAYS);
      g_assert_true (hark_relay_frame_read (output.bytes, output.len, &frame));
      if (!world->deaf[relay])
        hark_relay_server_handle (world->servers[relay], &own, true, 10 * (relay + 1), &frame,
                                  world->now);
    }
    while (hark_relay_client_poll_event (world->clients[i], &event)) {
      world->uses[i] = event.kind == HARK_RELAY_USE;
      world->used[i] = event.relay;
      world->changes[i]++;
    }
  }
  for (unsigned relay = 0; relay < RELAYS; relay++) {
    HarkKey key = person (relay);

    hark_relay_server_handle_time (world->servers[relay], world->now);
    while (hark_relay_server_poll (world->servers[relay], &output))
      if (!world->deaf[relay] && hark_relay_frame_read (output.bytes, output.len, &frame))
        hark_relay_client_handle (world->clients[output.to.bytes[0] - 10], &key, &frame,
                                  world->now);
  }
}

static void
run (World *world, HarkTime span)
{
  HarkTime end = world->now + span;

  for (; world->now < end; world->now += 10 * HARK_MS)
    exchange (world);
}

static bool
both_use (const World *world, unsigned relay)
{
  HarkKey key = person (relay);

  return world->uses[0] && world->uses[1] && hark_key_equal (&world->used[0], &key)
         && hark_key_equal (&world->used[1], &key);
}

/* The nearest relay that both know, though neither knows whom the other knows. */
static void
test_match (void)
{
  World world;
  HarkRelayServerStats stats;

  world_init (&world);
  know (&world, 0, 0, 5);
  know (&world, 0, 2, 40);
  know (&world, 0, 1, 30);
  know (&world, 1, 1, 30);
  know (&world, 1, 2, 40);
  know (&world, 1, 3, 1);
  want (&world, 0);
  run (&world, HARK_SECOND);
  g_assert_false (world.uses[0]);
  want (&world, 1);
  run (&world, 6 * HARK_SECOND); /* asks are repeated every 5 s by now */
  g_assert_true (both_use (&world, 1));
  for (unsigned i = 0; i < RELAYS; i++) {
    hark_relay_server_get_stats (world.servers[i], &stats);
    g_assert_cmpuint (stats.channels, ==, i == 1 ? 1 : 0); /* others were left */
    g_assert_cmpuint (stats.asks, ==, 0);
  }
  world_clear (&world);
}

static void
test_end (void)
{
  World world;
  HarkRelayServerStats stats;

  world_init (&world);
  for (unsigned i = 0; i < 2; i++) {
    know (&world, i, 1, 30);
    want (&world, i);
  }
  run (&world, 2 * HARK_SECOND);
  g_assert_true (both_use (&world, 1));
  hark_relay_client_unwant (world.clients[0], WANT, world.now); /* a direct path came about */
  hark_relay_client_unwant (world.clients[1], WANT, world.now);
  run (&world, HARK_SECOND);
  hark_relay_server_get_stats (world.servers[1], &stats);
  g_assert_cmpuint (stats.channels + stats.asks, ==, 0);
  g_assert_cmpuint (hark_relay_client_get_deadline (world.clients[0]), ==, HARK_TIME_NEVER);
  world_clear (&world);
}

static void
test_relay_dies (void)
{
  World world;
  HarkKey first = person (1);

  world_init (&world);
  for (unsigned i = 0; i < 2; i++) {
    know (&world, i, 1, 10);
    know (&world, i, 2, 100);
    want (&world, i);
  }
  run (&world, 2 * HARK_SECOND);
  g_assert_true (both_use (&world, 1));
  for (unsigned i = 0; i < 2; i++)
    hark_relay_client_remove_relay (world.clients[i], &first, world.now);
  world.deaf[1] = true;
  run (&world, HARK_SECOND);
  g_assert_true (both_use (&world, 2));
  world_clear (&world);
}

/* A relay that says it relays, and then nothing comes: the other one, and not this one for a while.
 */
static void
test_distrust (void)
{
  World world;

  world_init (&world);
  for (unsigned i = 0; i < 2; i++) {
    know (&world, i, 1, 10);
    know (&world, i, 2, 100);
    want (&world, i);
  }
  run (&world, 2 * HARK_SECOND);
  for (unsigned i = 0; i < 2; i++)
    hark_relay_client_distrust (world.clients[i], WANT, world.now);
  run (&world, HARK_SECOND);
  g_assert_true (both_use (&world, 2));
  for (unsigned i = 0; i < 2; i++)
    hark_relay_client_distrust (world.clients[i], WANT, world.now);
  run (&world, 5 * HARK_SECOND);
  g_assert_false (world.uses[0] || world.uses[1]);
  run (&world, 10 * HARK_SECOND); /* there is nobody else: they get another chance */
  g_assert_true (world.uses[0] && world.uses[1]);
  world_clear (&world);
}

static void
test_refused (void)
{
  World world;
  HarkRelayServerStats stats;

  world_init (&world);
  hark_relay_server_set (world.servers[1], false, 0, world.now);
  for (unsigned i = 0; i < 2; i++) {
    know (&world, i, 1, 10);
    want (&world, i);
  }
  run (&world, 5 * HARK_MINUTE);
  g_assert_false (world.uses[0]);
  hark_relay_server_get_stats (world.servers[1], &stats);
  g_assert_cmpuint (stats.dropped, ==, 0); /* it was not asked again and again */
  hark_relay_server_set (world.servers[1], true, 0, world.now);
  run (&world, 40 * HARK_SECOND);
  g_assert_true (both_use (&world, 1));
  world_clear (&world);
}

/* Through one side's sluggish relay first, then where the initiator is. */
static void
test_follow (void)
{
  World world;
  HarkKey nearer = person (0), farther = person (3), used;
  HarkRelayFrame frame = {.kind = HARK_RELAY_MATCHED, .channel = 1, .rtt_ms = 300, .rate = 1};
  uint32_t channel;

  world_init (&world);
  for (unsigned i = 0; i < 2; i++) {
    know (&world, i, 0, 10);
    know (&world, i, 3, 150);
    want (&world, i);
    hark_relay_client_handle_time (world.clients[i], world.now);
    tag (NULL, WANT, &farther, frame.tag);
    hark_relay_client_handle (world.clients[i], &farther, &frame, world.now);
  }
  frame = (HarkRelayFrame){.kind = HARK_RELAY_MATCHED, .channel = 2, .rtt_ms = 20, .rate = 1};
  tag (NULL, WANT, &nearer, frame.tag);
  for (unsigned i = 0; i < 2; i++)
    hark_relay_client_handle (world.clients[i], &nearer, &frame, world.now);
  g_assert_true (hark_relay_client_get_used (world.clients[0], WANT, &used, &channel));
  g_assert_true (hark_key_equal (&used, &nearer));
  g_assert_true (hark_relay_client_get_used (world.clients[1], WANT, &used, &channel));
  g_assert_true (hark_key_equal (&used, &farther));
  g_assert_cmpuint (hark_relay_client_handle_data (world.clients[1], &nearer, 2, world.now), ==,
                    WANT);
  g_assert_true (hark_relay_client_get_used (world.clients[1], WANT, &used, &channel));
  g_assert_true (hark_key_equal (&used, &nearer) && channel == 2);
  g_assert_cmpuint (hark_relay_client_handle_data (world.clients[0], &farther, 1, world.now), ==,
                    WANT); /* still under way */
  world_clear (&world);
}

/* Frames nobody asked for change nothing, whoever sends them. */
static void
test_nonsense (void)
{
  World world;
  HarkKey relay = person (1), other = person (2);
  HarkRelayFrame frame = {.channel = 99, .rate = 1};
  HarkRelayEvent event;

  world_init (&world);
  know (&world, 0, 1, 10);
  want (&world, 0);
  hark_relay_client_handle_time (world.clients[0], world.now);
  tag (NULL, WANT, &relay, frame.tag);
  for (frame.kind = HARK_RELAY_ASK; frame.kind <= HARK_RELAY_GONE; frame.kind++)
    hark_relay_client_handle (world.clients[0], &other, &frame, world.now); /* of another relay */
  frame.tag[5] ^= 1;
  for (frame.kind = HARK_RELAY_ASK; frame.kind <= HARK_RELAY_GONE; frame.kind++)
    hark_relay_client_handle (world.clients[0], &relay, &frame, world.now);
  g_assert_cmpuint (hark_relay_client_handle_data (world.clients[0], &relay, 99, world.now), ==, 0);
  g_assert_cmpuint (hark_relay_client_handle_data (world.clients[0], &relay, 0, world.now), ==, 0);
  g_assert_false (hark_relay_client_poll_event (world.clients[0], &event));
  g_assert_true (hark_relay_client_has (world.clients[0], WANT));
  world_clear (&world);
}

/* With nobody to ask nothing is sent, and 100 contacts are asked a few at a time. */
static void
test_rounds (void)
{
  HarkRelayClient *client = hark_relay_client_new (tag, NULL);
  HarkKey peer = person (200);
  HarkRelayOutput output;
  unsigned asked = 0;

  hark_relay_client_want (client, WANT, &peer, true, START);
  hark_relay_client_handle_time (client, START);
  g_assert_false (hark_relay_client_poll (client, &output));
  for (unsigned i = 0; i < 100; i++) {
    HarkKey relay = person (i);

    hark_relay_client_set_relay (client, &relay, 200 - i, START);
  }
  hark_relay_client_set_relay (client, &peer, 1, START); /* is nobody to ask */
  hark_relay_client_handle_time (client, START);
  for (; hark_relay_client_poll (client, &output); asked++)
    g_assert_cmpuint (output.to.bytes[0], >=, 92);
  g_assert_cmpuint (asked, ==, 8);
  for (HarkTime now = START; now < START + HARK_MINUTE; now += 100 * HARK_MS)
    hark_relay_client_handle_time (client, now);
  for (asked = 0; hark_relay_client_poll (client, &output);)
    asked += output.to.bytes[0] == 99;
  g_assert_cmpuint (asked, <, 20);
  hark_relay_client_free (client);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (sodium_init () >= 0);
  g_test_add_func ("/relay/client/both-take-the-nearest-they-share", test_match);
  g_test_add_func ("/relay/client/leaves-what-it-needs-no-more", test_end);
  g_test_add_func ("/relay/client/another-takes-over", test_relay_dies);
  g_test_add_func ("/relay/client/leaves-alone-who-carries-nothing", test_distrust);
  g_test_add_func ("/relay/client/takes-no-for-an-answer", test_refused);
  g_test_add_func ("/relay/client/responder-follows-initiator", test_follow);
  g_test_add_func ("/relay/client/nonsense-changes-nothing", test_nonsense);
  g_test_add_func ("/relay/client/asks-the-nearest-first", test_rounds);
  return g_test_run ();
}
