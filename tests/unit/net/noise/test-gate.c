/* What the gate lets in, what it does not, and that it says nothing about it. */
#include "net/noise/gate.h"
#include "tests/bytes.h"

#include <string.h>

#define DAY 20410
#define START (1000 * HARK_SECOND)
#define ENTRY 42

typedef struct {
  HarkRng rng;
  HarkKey account;
  HarkToken token;
  HarkGateKey key;
  HarkGate *gate;
  HarkEndpoint from;
  HarkGateResult result;
} Fixture;

static void
set_up (Fixture *fixture, const void *data)
{
  const uint8_t seed[32] = {3};

  (void) data;
  hark_rng_init (&fixture->rng, seed);
  hark_rng_bytes (&fixture->rng, fixture->account.bytes, 32);
  hark_rng_bytes (&fixture->rng, fixture->token.bytes, 16);
  g_assert_true (hark_endpoint_parse ("192.0.2.1:4000", &fixture->from));
  fixture->gate = hark_gate_new (&fixture->account, &fixture->rng, DAY, START);
  g_assert_true (hark_gate_add (fixture->gate, fixture->token.bytes, 16, ENTRY));
  hark_gate_key_derive (fixture->token.bytes, 16, &fixture->account, &fixture->key);
}

static void
tear_down (Fixture *fixture, const void *data)
{
  (void) data;
  hark_gate_free (fixture->gate);
}

/* A knock with a fresh ephemeral key and nothing real behind it; the gate cannot tell. */
static void
make_knock (Fixture *fixture, uint64_t day, uint8_t ret[HARK_KNOCK_LEN])
{
  hark_rng_bytes (&fixture->rng, ret, HARK_KNOCK_LEN);
  ret[0] = HARK_PACKET_KNOCK;
  ret[1] = HARK_PACKET_VERSION;
  hark_gate_key_tag (&fixture->key, day, ret + HARK_KNOCK_AT_TAG);
  hark_gate_key_seal (&fixture->key, ret);
}

static HarkGateVerdict
check (Fixture *fixture, const uint8_t *packet, HarkTime now)
{
  return hark_gate_check (fixture->gate, packet, HARK_KNOCK_LEN, &fixture->from, now,
                          &fixture->result);
}

/* A caller from another network each time. */
static void
move_caller (Fixture *fixture, unsigned n)
{
  fixture->from.ip[0] = (uint8_t) (1 + n / 65536);
  fixture->from.ip[1] = (uint8_t) (n / 256);
  fixture->from.ip[2] = (uint8_t) n;
}

static const HarkGateCounters *
counters (Fixture *fixture)
{
  return hark_gate_get_counters (fixture->gate);
}

static void
test_lets_in_who_has_the_secret (Fixture *fixture, const void *data)
{
  uint8_t knock[HARK_KNOCK_LEN];

  (void) data;
  for (int offset = -HARK_GATE_DAYS; offset <= HARK_GATE_DAYS; offset++) {
    make_knock (fixture, (uint64_t) (DAY + offset), knock);
    g_assert_cmpint (check (fixture, knock, START), ==, HARK_GATE_PASS);
    g_assert_cmpuint (fixture->result.id, ==, ENTRY);
    hark_gate_release (fixture->gate, fixture->result.ticket);
  }
  g_assert_cmpuint (counters (fixture)->passed, ==, 2 * HARK_GATE_DAYS + 1);
}

static void
test_other_days_and_secrets_meet_silence (Fixture *fixture, const void *data)
{
  uint8_t knock[HARK_KNOCK_LEN];

  (void) data;
  make_knock (fixture, DAY + HARK_GATE_DAYS + 1, knock);
  g_assert_cmpint (check (fixture, knock, START), ==, HARK_GATE_DROP);
  make_knock (fixture, DAY - HARK_GATE_DAYS - 1, knock);
  g_assert_cmpint (check (fixture, knock, START), ==, HARK_GATE_DROP);
  fixture->key.bytes[0] ^= 1;
  make_knock (fixture, DAY, knock);
  g_assert_cmpint (check (fixture, knock, START), ==, HARK_GATE_DROP);
  g_assert_cmpuint (counters (fixture)->unknown_tag, ==, 3);
  g_assert_cmpuint (counters (fixture)->passed, ==, 0);
}

static void
test_follows_the_day (Fixture *fixture, const void *data)
{
  uint8_t knock[HARK_KNOCK_LEN];

  (void) data;
  hark_gate_set_day (fixture->gate, DAY + 100);
  make_knock (fixture, DAY, knock);
  g_assert_cmpint (check (fixture, knock, START), ==, HARK_GATE_DROP);
  make_knock (fixture, DAY + 101, knock);
  g_assert_cmpint (check (fixture, knock, START), ==, HARK_GATE_PASS);
}

/* Both directions of a pairwise secret are different gates, so a knock cannot be sent back.
 */
static void
test_reflected_knock_is_unknown (Fixture *fixture, const void *data)
{
  HarkKey other = {{5}};
  g_autoptr (HarkGate) gate = hark_gate_new (&other, &fixture->rng, DAY, START);
  uint8_t knock[HARK_KNOCK_LEN];

  (void) data;
  g_assert_true (hark_gate_add (gate, fixture->token.bytes, 16, ENTRY));
  make_knock (fixture, DAY, knock);
  g_assert_cmpint (
    hark_gate_check (gate, knock, sizeof knock, &fixture->from, START, &fixture->result), ==,
    HARK_GATE_DROP);
}

static void
test_every_flipped_byte_is_dropped (Fixture *fixture, const void *data)
{
  uint8_t knock[HARK_KNOCK_LEN];

  (void) data;
  make_knock (fixture, DAY, knock);
  for (size_t at = 0; at < HARK_KNOCK_AT_MAC2; at++) {
    knock[at] ^= 0x10;
    g_assert_cmpint (check (fixture, knock, START), ==, HARK_GATE_DROP);
    knock[at] ^= 0x10;
  }
  for (size_t len = 0; len < HARK_KNOCK_LEN; len++)
    g_assert_cmpint (
      hark_gate_check (fixture->gate, knock, len, &fixture->from, START, &fixture->result), ==,
      HARK_GATE_DROP);
  g_assert_cmpint (check (fixture, knock, START), ==, HARK_GATE_PASS);
}

static void
test_removed_secret_meets_silence (Fixture *fixture, const void *data)
{
  uint8_t knock[HARK_KNOCK_LEN];

  (void) data;
  make_knock (fixture, DAY, knock);
  hark_gate_remove (fixture->gate, ENTRY);
  hark_gate_remove (fixture->gate, ENTRY);
  g_assert_cmpint (check (fixture, knock, START), ==, HARK_GATE_DROP);
  g_assert_true (hark_gate_add (fixture->gate, fixture->token.bytes, 16, 7));
  g_assert_cmpint (check (fixture, knock, START), ==, HARK_GATE_PASS);
  g_assert_cmpuint (fixture->result.id, ==, 7);
}

static void
test_one_secret_has_one_name (Fixture *fixture, const void *data)
{
  uint8_t pairwise[32] = {1};

  (void) data;
  g_assert_false (hark_gate_add (fixture->gate, fixture->token.bytes, 16, 7));
  g_assert_true (hark_gate_add (fixture->gate, fixture->token.bytes, 16, ENTRY));
  g_assert_true (hark_gate_add (fixture->gate, pairwise, sizeof pairwise, 7));
}

static void
test_holds_a_bounded_number_of_secrets (Fixture *fixture, const void *data)
{
  uint8_t secret[32] = {0};

  (void) data;
  for (unsigned i = 1; i < HARK_GATE_ENTRIES_MAX; i++) {
    memcpy (secret, &i, sizeof i);
    g_assert_true (hark_gate_add (fixture->gate, secret, sizeof secret, 1000 + i));
  }
  secret[31] = 1;
  g_assert_false (hark_gate_add (fixture->gate, secret, sizeof secret, 1));
}

static void
test_wrong_clock_goes_the_slow_way (Fixture *fixture, const void *data)
{
  uint8_t knock[HARK_KNOCK_LEN];
  unsigned n_passed = 0;

  (void) data;
  for (unsigned i = 0; i < 100; i++) {
    make_knock (fixture, HARK_GATE_DAY_UNKNOWN, knock);
    move_caller (fixture, i);
    if (check (fixture, knock, START) == HARK_GATE_PASS) {
      hark_gate_release (fixture->gate, fixture->result.ticket);
      n_passed++;
    }
  }
  g_assert_cmpuint (n_passed, ==, HARK_GATE_SLOW_RATE);
  g_assert_cmpuint (counters (fixture)->slow_limited, ==, 100 - HARK_GATE_SLOW_RATE);

  fixture->key.bytes[0] ^= 1;
  make_knock (fixture, HARK_GATE_DAY_UNKNOWN, knock);
  g_assert_cmpint (check (fixture, knock, START + HARK_SECOND), ==, HARK_GATE_DROP);
  g_assert_cmpuint (counters (fixture)->bad_mac1, ==, 1);
}

/* ten thousand copies, while half-open, after release, and after ten minutes less a second.
 */
static void
test_replays_are_silent (Fixture *fixture, const void *data)
{
  uint8_t knock[HARK_KNOCK_LEN];
  uint32_t ticket;

  (void) data;
  make_knock (fixture, DAY, knock);
  g_assert_cmpint (check (fixture, knock, START), ==, HARK_GATE_PASS);
  ticket = fixture->result.ticket;
  for (unsigned i = 0; i < 10000; i++) {
    HarkGateVerdict verdict = check (fixture, knock, START);

    g_assert_cmpint (verdict, ==, i < HARK_GATE_REPEATS_MAX ? HARK_GATE_REPEAT : HARK_GATE_DROP);
    g_assert_cmpuint (fixture->result.ticket, ==, ticket);
  }

  hark_gate_release (fixture->gate, ticket);
  g_assert_cmpint (check (fixture, knock, START), ==, HARK_GATE_DROP);
  g_assert_cmpint (check (fixture, knock, START + HARK_GATE_REPLAY_LIFE - HARK_SECOND), ==,
                   HARK_GATE_DROP);
  g_assert_cmpint (check (fixture, knock, START + HARK_GATE_REPLAY_LIFE), ==, HARK_GATE_PASS);
}

static void
test_half_open_knock_runs_out (Fixture *fixture, const void *data)
{
  uint8_t knock[HARK_KNOCK_LEN];
  uint32_t ticket;

  (void) data;
  make_knock (fixture, DAY, knock);
  g_assert_cmpint (check (fixture, knock, START), ==, HARK_GATE_PASS);
  ticket = fixture->result.ticket;
  g_assert_true (hark_gate_is_half_open (fixture->gate, ticket, START + HARK_SECOND));
  g_assert_false (hark_gate_is_half_open (fixture->gate, ticket, START + HARK_GATE_HALF_OPEN_LIFE));
  g_assert_cmpint (check (fixture, knock, START + HARK_GATE_HALF_OPEN_LIFE), ==, HARK_GATE_DROP);
}

static void
test_one_network_holds_few_places (Fixture *fixture, const void *data)
{
  uint8_t knock[HARK_KNOCK_LEN];

  (void) data;
  for (unsigned i = 0; i < HARK_GATE_HALF_OPEN_PREFIX_MAX; i++) {
    make_knock (fixture, DAY, knock);
    fixture->from.ip[3] = (uint8_t) i;
    g_assert_cmpint (check (fixture, knock, START), ==, HARK_GATE_PASS);
  }
  make_knock (fixture, DAY, knock);
  fixture->from.ip[3] = 99;
  g_assert_cmpint (check (fixture, knock, START), ==, HARK_GATE_DROP);
  g_assert_cmpuint (counters (fixture)->half_open_full, ==, 1);

  /* what was refused for want of a place is no replay later */
  g_assert_cmpint (check (fixture, knock, START + HARK_GATE_HALF_OPEN_LIFE), ==, HARK_GATE_PASS);

  g_assert_true (hark_endpoint_parse ("[2001:db8:0:100::1]:1", &fixture->from));
  for (unsigned i = 0; i <= HARK_GATE_HALF_OPEN_PREFIX_MAX; i++) {
    make_knock (fixture, DAY, knock);
    fixture->from.ip[7] = (uint8_t) i;
    g_assert_cmpint (check (fixture, knock, START + HARK_MINUTE), ==,
                     i < HARK_GATE_HALF_OPEN_PREFIX_MAX ? HARK_GATE_PASS : HARK_GATE_DROP);
  }
}

/* Sends a knock; answers a cookie reply as an initiator does. */
static HarkGateVerdict
knock_with_cookie (Fixture *fixture, uint8_t knock[HARK_KNOCK_LEN], HarkTime now)
{
  make_knock (fixture, DAY, knock);
  if (check (fixture, knock, now) != HARK_GATE_COOKIE)
    return HARK_GATE_DROP;
  g_assert_true (
    hark_gate_key_use_cookie (&fixture->key, fixture->result.cookie, HARK_COOKIE_LEN, knock));
  return check (fixture, knock, now);
}

static void
fill_half (Fixture *fixture, HarkTime now)
{
  uint8_t knock[HARK_KNOCK_LEN];

  for (unsigned i = 0; i < HARK_GATE_HALF_OPEN_BUSY; i++) {
    make_knock (fixture, DAY, knock);
    move_caller (fixture, i);
    g_assert_cmpint (check (fixture, knock, now), ==, HARK_GATE_PASS);
  }
  move_caller (fixture, 10000);
}

static void
test_busy_gate_asks_for_a_cookie (Fixture *fixture, const void *data)
{
  uint8_t knock[HARK_KNOCK_LEN];

  (void) data;
  fill_half (fixture, START);
  g_assert_cmpint (knock_with_cookie (fixture, knock, START), ==, HARK_GATE_PASS);
  g_assert_cmpuint (counters (fixture)->cookies, ==, 1);

  /* the cookie is for this endpoint */
  make_knock (fixture, DAY, knock);
  g_assert_cmpint (check (fixture, knock, START), ==, HARK_GATE_COOKIE);
  g_assert_true (
    hark_gate_key_use_cookie (&fixture->key, fixture->result.cookie, HARK_COOKIE_LEN, knock));
  fixture->from.port++;
  g_assert_cmpint (check (fixture, knock, START), ==, HARK_GATE_COOKIE);
}

static void
test_places_are_bounded (Fixture *fixture, const void *data)
{
  uint8_t knock[HARK_KNOCK_LEN];
  unsigned i;

  (void) data;
  fill_half (fixture, START);
  for (i = HARK_GATE_HALF_OPEN_BUSY; i < HARK_GATE_HALF_OPEN_MAX; i++) {
    move_caller (fixture, 10000 + i);
    g_assert_cmpint (knock_with_cookie (fixture, knock, START), ==, HARK_GATE_PASS);
  }
  move_caller (fixture, 10000 + i);
  g_assert_cmpint (knock_with_cookie (fixture, knock, START), ==, HARK_GATE_DROP);
  g_assert_cmpuint (counters (fixture)->half_open_full, ==, 1);
}

static void
test_rate_of_diffie_hellman_is_bounded (Fixture *fixture, const void *data)
{
  uint8_t knock[HARK_KNOCK_LEN];
  unsigned n_passed = 0;
  unsigned n_cookies = 0;

  (void) data;
  for (unsigned i = 0; i < 1000; i++) {
    HarkGateVerdict verdict;

    make_knock (fixture, DAY, knock);
    move_caller (fixture, i);
    verdict = check (fixture, knock, START);
    if (verdict == HARK_GATE_COOKIE) {
      n_cookies++;
      g_assert_true (
        hark_gate_key_use_cookie (&fixture->key, fixture->result.cookie, HARK_COOKIE_LEN, knock));
      verdict = check (fixture, knock, START);
    }
    if (verdict == HARK_GATE_PASS) {
      hark_gate_release (fixture->gate, fixture->result.ticket);
      n_passed++;
    }
  }
  g_assert_cmpuint (n_passed, ==, 2 * HARK_GATE_DH_RATE);
  g_assert_cmpuint (n_cookies, ==, 1000 - HARK_GATE_DH_RATE);
  g_assert_cmpuint (counters (fixture)->load_limited, ==, 1000 - 2 * HARK_GATE_DH_RATE);
}

static void
test_cookies_grow_stale (Fixture *fixture, const void *data)
{
  uint8_t knock[HARK_KNOCK_LEN];
  HarkTime now = START;
  static const HarkTime waits[] = {HARK_GATE_COOKIE_LIFE + HARK_SECOND, 3 * HARK_GATE_COOKIE_LIFE};

  (void) data;
  for (size_t i = 0; i < G_N_ELEMENTS (waits); i++) {
    fill_half (fixture, now);
    make_knock (fixture, DAY, knock);
    g_assert_cmpint (check (fixture, knock, now), ==, HARK_GATE_COOKIE);
    g_assert_true (
      hark_gate_key_use_cookie (&fixture->key, fixture->result.cookie, HARK_COOKIE_LEN, knock));
    now += waits[i];
    fill_half (fixture, now);
    g_assert_cmpint (check (fixture, knock, now), ==, i == 0 ? HARK_GATE_PASS : HARK_GATE_COOKIE);
    now += HARK_MINUTE;
  }
}

/* Only who sent the knock, and knows the secret, can use the reply. */
static void
test_forged_cookies_change_nothing (Fixture *fixture, const void *data)
{
  uint8_t knock[HARK_KNOCK_LEN];
  uint8_t before[HARK_KNOCK_LEN];
  uint8_t *cookie = fixture->result.cookie;
  HarkGateKey other = fixture->key;

  (void) data;
  g_assert_cmpuint (HARK_COOKIE_LEN, <, HARK_KNOCK_LEN);
  fill_half (fixture, START);
  make_knock (fixture, DAY, knock);
  g_assert_cmpint (check (fixture, knock, START), ==, HARK_GATE_COOKIE);
  memcpy (before, knock, sizeof before);
  for (size_t at = 0; at < HARK_COOKIE_LEN; at++) {
    cookie[at] ^= 1;
    g_assert_false (hark_gate_key_use_cookie (&fixture->key, cookie, HARK_COOKIE_LEN, knock));
    cookie[at] ^= 1;
  }
  g_assert_false (hark_gate_key_use_cookie (&fixture->key, cookie, HARK_COOKIE_LEN - 1, knock));
  other.bytes[5] ^= 1;
  g_assert_false (hark_gate_key_use_cookie (&other, cookie, HARK_COOKIE_LEN, knock));
  assert_bytes (knock, sizeof knock, before, sizeof before);
  g_assert_true (hark_gate_key_use_cookie (&fixture->key, cookie, HARK_COOKIE_LEN, knock));
}

static void
test_replay_memory_is_bounded (Fixture *fixture, const void *data)
{
  uint8_t first[HARK_KNOCK_LEN];
  uint8_t knock[HARK_KNOCK_LEN];
  HarkTime now = START;

  (void) data;
  make_knock (fixture, DAY, first);
  g_assert_cmpint (check (fixture, first, now), ==, HARK_GATE_PASS);
  hark_gate_release (fixture->gate, fixture->result.ticket);
  for (unsigned i = 0; i < HARK_GATE_REPLAYS_MAX; i++) {
    make_knock (fixture, DAY, knock);
    now += HARK_SECOND / 150;
    g_assert_cmpint (check (fixture, knock, now), ==, HARK_GATE_PASS);
    hark_gate_release (fixture->gate, fixture->result.ticket);
  }
  g_assert_cmpint (check (fixture, knock, now), ==, HARK_GATE_DROP);
  g_assert_cmpint (check (fixture, first, now), ==, HARK_GATE_PASS);
}

#define ADD(path, test) g_test_add (path, Fixture, NULL, set_up, test, tear_down)

int
main (int argc, char *argv[])
{
  g_assert_cmpint (sodium_init (), >=, 0);
  g_test_init (&argc, &argv, NULL);
  ADD ("/gate/lets-in-who-has-the-secret", test_lets_in_who_has_the_secret);
  ADD ("/gate/other-days-and-secrets-meet-silence", test_other_days_and_secrets_meet_silence);
  ADD ("/gate/follows-the-day", test_follows_the_day);
  ADD ("/gate/reflected-knock-is-unknown", test_reflected_knock_is_unknown);
  ADD ("/gate/every-flipped-byte-is-dropped", test_every_flipped_byte_is_dropped);
  ADD ("/gate/removed-secret-meets-silence", test_removed_secret_meets_silence);
  ADD ("/gate/one-secret-has-one-name", test_one_secret_has_one_name);
  ADD ("/gate/holds-a-bounded-number-of-secrets", test_holds_a_bounded_number_of_secrets);
  ADD ("/gate/wrong-clock-goes-the-slow-way", test_wrong_clock_goes_the_slow_way);
  ADD ("/gate/replays-are-silent", test_replays_are_silent);
  ADD ("/gate/half-open-knock-runs-out", test_half_open_knock_runs_out);
  ADD ("/gate/one-network-holds-few-places", test_one_network_holds_few_places);
  ADD ("/gate/busy-gate-asks-for-a-cookie", test_busy_gate_asks_for_a_cookie);
  ADD ("/gate/places-are-bounded", test_places_are_bounded);
  ADD ("/gate/rate-of-diffie-hellman-is-bounded", test_rate_of_diffie_hellman_is_bounded);
  ADD ("/gate/cookies-grow-stale", test_cookies_grow_stale);
  ADD ("/gate/forged-cookies-change-nothing", test_forged_cookies_change_nothing);
  ADD ("/gate/replay-memory-is-bounded", test_replay_memory_is_bounded);
  return g_test_run ();
}
