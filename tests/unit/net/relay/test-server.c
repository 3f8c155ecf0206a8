/* What a relay does for its contacts, and what it does not. */
#include "net/relay/server.h"

#include <string.h>

#define START (100 * HARK_SECOND)

static HarkKey
person (unsigned number)
{
  HarkKey key = {{0}};

  key.bytes[0] = (uint8_t) number;
  key.bytes[1] = (uint8_t) (number >> 8);
  return key;
}

static HarkRelayServer *
make_server (void)
{
  static const uint8_t seed[32] = {5};
  HarkRng rng;
  HarkRelayServer *server;

  hark_rng_init (&rng, seed);
  server = hark_relay_server_new (&rng);
  hark_relay_server_set (server, true, 0, START);
  return server;
}

static void
ask (HarkRelayServer *server, unsigned from, unsigned tag, HarkTime now)
{
  HarkRelayFrame frame = {.kind = HARK_RELAY_ASK};
  HarkKey key = person (from);

  memcpy (frame.tag, &tag, sizeof tag);
  hark_relay_server_handle (server, &key, true, 10 * from, &frame, now);
}

static void
leave (HarkRelayServer *server, unsigned from, unsigned tag, HarkTime now)
{
  HarkRelayFrame frame = {.kind = HARK_RELAY_LEAVE};
  HarkKey key = person (from);

  memcpy (frame.tag, &tag, sizeof tag);
  hark_relay_server_handle (server, &key, true, 10 * from, &frame, now);
}

/* The next frame, which must be for @to. */
static HarkRelayFrame
expect (HarkRelayServer *server, unsigned to, HarkRelayKind kind)
{
  HarkRelayOutput output;
  HarkRelayFrame frame = {0};
  HarkKey key = person (to);

  g_assert_true (hark_relay_server_poll (server, &output));
  g_assert_true (hark_key_equal (&output.to, &key));
  g_assert_true (hark_relay_frame_read (output.bytes, output.len, &frame));
  g_assert_cmpint (frame.kind, ==, kind);
  return frame;
}

static void
expect_silence (HarkRelayServer *server)
{
  HarkRelayOutput output;

  g_assert_false (hark_relay_server_poll (server, &output));
}

static uint32_t
match (HarkRelayServer *server, unsigned a, unsigned b, unsigned tag, HarkTime now)
{
  uint32_t channel;

  ask (server, a, tag, now);
  expect (server, a, HARK_RELAY_WAIT);
  ask (server, b, tag, now);
  channel = expect (server, a, HARK_RELAY_MATCHED).channel;
  g_assert_cmpuint (expect (server, b, HARK_RELAY_MATCHED).channel, ==, channel);
  return channel;
}

static bool
forward (HarkRelayServer *server, unsigned from, uint32_t channel, size_t len, HarkTime now)
{
  HarkKey key = person (from), to;

  return hark_relay_server_forward (server, &key, channel, len, now, &to);
}

static void
test_match (void)
{
  HarkRelayServer *server = make_server ();
  HarkKey one = person (1), two = person (2), to;
  HarkRelayFrame frame;
  uint32_t channel;

  ask (server, 1, 77, START);
  expect (server, 1, HARK_RELAY_WAIT);
  ask (server, 2, 78, START); /* somebody else's tag */
  expect (server, 2, HARK_RELAY_WAIT);
  ask (server, 1, 77, START); /* one alone is no match */
  expect (server, 1, HARK_RELAY_WAIT);
  ask (server, 2, 77, START + HARK_SECOND);
  frame = expect (server, 1, HARK_RELAY_MATCHED);
  g_assert_cmpuint (frame.rtt_ms, ==, 30);
  g_assert_cmpuint (frame.rate, ==, HARK_RELAY_RATE);
  channel = frame.channel;
  g_assert_cmpuint (expect (server, 2, HARK_RELAY_MATCHED).channel, ==, channel);
  ask (server, 1, 77, START + HARK_SECOND); /* the answer was lost */
  g_assert_cmpuint (expect (server, 1, HARK_RELAY_MATCHED).channel, ==, channel);

  g_assert_true (hark_relay_server_forward (server, &one, channel, 100, START + HARK_SECOND, &to));
  g_assert_true (hark_key_equal (&to, &two));
  g_assert_true (hark_relay_server_forward (server, &two, channel, 100, START + HARK_SECOND, &to));
  g_assert_true (hark_key_equal (&to, &one));
  g_assert_false (forward (server, 3, channel, 100, START + HARK_SECOND)); /* a third one */
  expect (server, 3, HARK_RELAY_GONE);
  leave (server, 1, 77, START + HARK_SECOND);
  g_assert_cmpuint (expect (server, 2, HARK_RELAY_GONE).channel, ==, channel);
  g_assert_false (forward (server, 2, channel, 100, START + HARK_SECOND));
  expect (server, 2, HARK_RELAY_GONE);
  expect_silence (server);
  hark_relay_server_free (server);
}

static bool
may_any (void *data, const HarkKey *account)
{
  (void) account;
  return *(const bool *) data;
}

/* Who was refused hears of it when he would not be any more, once. */
static void
test_invites_refused (void)
{
  HarkRelayServer *server = make_server ();
  bool may = true;

  hark_relay_server_set (server, false, 0, START);
  ask (server, 1, 5, START);
  expect (server, 1, HARK_RELAY_REFUSED);
  hark_relay_server_review (server, may_any, &may);
  expect_silence (server);
  hark_relay_server_set (server, true, 0, START + HARK_MINUTE);
  may = false;
  hark_relay_server_review (server, may_any, &may);
  expect_silence (server);
  may = true;
  hark_relay_server_review (server, may_any, &may);
  expect (server, 1, HARK_RELAY_AGAIN);
  hark_relay_server_review (server, may_any, &may);
  expect_silence (server);
  hark_relay_server_free (server);
}

/* Who has not used a channel is told again; then it is taken as heard. */
static void
test_tells_again (void)
{
  HarkRelayServer *server = make_server ();
  uint32_t channel = match (server, 1, 2, 5, START);
  HarkTime now = START;

  g_assert_true (forward (server, 1, channel, 10, START));
  for (int i = 0; i < 2; i++) {
    now = hark_relay_server_get_deadline (server);
    g_assert_cmpuint (now, <, START + HARK_SECOND);
    hark_relay_server_handle_time (server, now);
    expect (server, 2, HARK_RELAY_MATCHED);
    expect_silence (server);
  }
  g_assert_cmpuint (hark_relay_server_get_deadline (server), ==, START + HARK_RELAY_IDLE_MAX);
  hark_relay_server_handle_time (server, START + HARK_RELAY_IDLE_MAX);
  expect (server, 1, HARK_RELAY_GONE);
  expect (server, 2, HARK_RELAY_GONE);
  g_assert_cmpuint (hark_relay_server_get_deadline (server), ==, HARK_TIME_NEVER);
  hark_relay_server_free (server);
}

static void
test_refuses (void)
{
  HarkRelayServer *server = make_server ();
  HarkRelayFrame frame = {.kind = HARK_RELAY_ASK, .tag = {9}};
  HarkKey stranger = person (4);
  uint32_t channel = match (server, 1, 2, 5, START);

  hark_relay_server_handle (server, &stranger, false, 1, &frame, START);
  g_assert_cmpuint (expect (server, 4, HARK_RELAY_REFUSED).reason, ==, HARK_RELAY_OFF);
  hark_relay_server_set (server, false, 0, START);
  g_assert_cmpuint (expect (server, 1, HARK_RELAY_GONE).channel, ==, channel);
  expect (server, 2, HARK_RELAY_GONE);
  ask (server, 1, 6, START);
  g_assert_cmpuint (expect (server, 1, HARK_RELAY_REFUSED).reason, ==, HARK_RELAY_OFF);
  hark_relay_server_free (server);
}

static void
test_asks_end (void)
{
  HarkRelayServer *server = make_server ();

  ask (server, 1, 5, START);
  expect (server, 1, HARK_RELAY_WAIT);
  ask (server, 2, 5, START + HARK_RELAY_ASK_LIFE);
  expect (server, 2, HARK_RELAY_WAIT);
  leave (server, 2, 5, START + HARK_RELAY_ASK_LIFE);
  ask (server, 1, 5, START + HARK_RELAY_ASK_LIFE);
  expect (server, 1, HARK_RELAY_WAIT);
  expect_silence (server);
  hark_relay_server_free (server);
}

/* A contact who asks and asks gets no more than his share, and no room of others. */
static void
test_floods (void)
{
  HarkRelayServer *server = make_server ();
  HarkRelayServerStats stats;
  HarkRelayOutput output;
  unsigned answers = 0;

  for (unsigned i = 0; i < 100000; i++)
    ask (server, 1, i, START);
  while (hark_relay_server_poll (server, &output))
    answers++;
  g_assert_cmpuint (answers, <=, 40);
  hark_relay_server_get_stats (server, &stats);
  g_assert_cmpuint (stats.asks, <=, HARK_RELAY_ASKS_OF_ONE);
  for (unsigned minute = 1; minute < 10; minute++) /* and never more than 16 at a time */
    for (unsigned i = 0; i < 40; i++)
      ask (server, 1, 1000 * minute + i, START + minute * 10 * HARK_SECOND);
  hark_relay_server_get_stats (server, &stats);
  g_assert_cmpuint (stats.asks, <=, HARK_RELAY_ASKS_OF_ONE);
  while (hark_relay_server_poll (server, &output))
    ;
  match (server, 2, 3, 7, START + HARK_MINUTE);
  for (unsigned i = 0; i < 100000; i++) /* packets for a channel that is not theirs */
    g_assert_false (forward (server, 9, 12345, 1000, START));
  answers = 0;
  while (hark_relay_server_poll (server, &output))
    answers++;
  g_assert_cmpuint (answers, <=, 40);
  hark_relay_server_free (server);
}

static void
test_channels_are_few (void)
{
  HarkRelayServer *server = make_server ();
  HarkRelayServerStats stats;
  HarkRelayOutput output;

  for (unsigned i = 0; i < 60; i++) { /* many pairs, and the same two again and again */
    unsigned a = i < 30 ? 1 : 2 * i, b = i < 30 ? 2 : 2 * i + 1;
    HarkTime now = START + i * 10 * HARK_MS;

    ask (server, a, i, now);
    ask (server, b, i, now);
    while (hark_relay_server_poll (server, &output))
      ;
    hark_relay_server_get_stats (server, &stats);
    g_assert_cmpuint (stats.channels, <=,
                      i < 30 ? HARK_RELAY_CHANNELS_OF_TWO : HARK_RELAY_CHANNELS_MAX);
  }
  g_assert_cmpuint (stats.channels, ==, HARK_RELAY_CHANNELS_MAX);
  hark_relay_server_free (server);
}

/* 1 Mbit/s each way and no more, however much is thrown at it; the total is bounded as well. */
static void
test_rate (void)
{
  HarkRelayServer *server = make_server ();
  uint32_t channels[HARK_RELAY_CHANNELS_OF_ONE];
  HarkRelayServerStats stats;
  uint64_t passed = 0;

  for (unsigned i = 0; i < G_N_ELEMENTS (channels); i++)
    channels[i] = match (server, 10 + i, 20 + i, i, START);
  for (unsigned ms = 0; ms < 10000; ms++)
    for (int i = 0; i < 2; i++)
      passed += forward (server, 10, channels[0], 1200, START + ms * HARK_MS) ? 1200u : 0;
  g_assert_cmpuint (passed, >, 9 * HARK_RELAY_RATE);
  g_assert_cmpuint (passed, <, 11 * HARK_RELAY_RATE);
  g_assert_true (forward (server, 20, channels[0], 1200, START + 10 * HARK_SECOND)); /* back */
  hark_relay_server_get_stats (server, &stats);
  passed = stats.bytes;
  for (unsigned ms = 10000; ms < 20000; ms++)
    for (unsigned i = 0; i < G_N_ELEMENTS (channels); i++)
      forward (server, 10 + i, channels[i], 1200, START + ms * HARK_MS);
  hark_relay_server_get_stats (server, &stats);
  g_assert_cmpuint (stats.bytes - passed, >, 36 * HARK_RELAY_RATE);
  g_assert_cmpuint (stats.bytes - passed, <, 43 * HARK_RELAY_RATE);
  hark_relay_server_free (server);
}

static bool
is_not_one (void *data, const HarkKey *account)
{
  (void) data;
  return account->bytes[0] != 1;
}

static void
test_review (void)
{
  HarkRelayServer *server = make_server ();
  HarkRelayServerStats stats;
  uint32_t channel = match (server, 1, 2, 5, START), other = match (server, 2, 3, 6, START);

  ask (server, 1, 7, START);
  expect (server, 1, HARK_RELAY_WAIT);
  hark_relay_server_review (server, is_not_one, NULL);
  g_assert_cmpuint (expect (server, 1, HARK_RELAY_GONE).channel, ==, channel);
  g_assert_cmpuint (expect (server, 2, HARK_RELAY_GONE).channel, ==, channel);
  expect_silence (server);
  hark_relay_server_get_stats (server, &stats);
  g_assert_cmpuint (stats.asks, ==, 0);
  g_assert_cmpuint (stats.channels, ==, 1);
  g_assert_true (forward (server, 3, other, 10, START));
  hark_relay_server_free (server);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (sodium_init () >= 0);
  g_test_add_func ("/relay/server/invites-whom-it-refused", test_invites_refused);
  g_test_add_func ("/relay/server/matches-two-who-asked", test_match);
  g_test_add_func ("/relay/server/tells-again-who-may-not-have-heard", test_tells_again);
  g_test_add_func ("/relay/server/refuses-strangers-and-when-off", test_refuses);
  g_test_add_func ("/relay/server/asks-end", test_asks_end);
  g_test_add_func ("/relay/server/floods-are-bounded", test_floods);
  g_test_add_func ("/relay/server/channels-are-few", test_channels_are_few);
  g_test_add_func ("/relay/server/keeps-to-its-rates", test_rate);
  g_test_add_func ("/relay/server/forgets-who-left", test_review);
  return g_test_run ();
}
