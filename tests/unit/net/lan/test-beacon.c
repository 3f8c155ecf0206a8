/* What is said to a whole local network, and sealed datagrams. */
#include "net/lan/beacon.h"
#include "net/lan/seal.h"

#include <string.h>

static HarkBeacon
make (HarkSecret *ret_seed)
{
  HarkBeacon beacon = {.port = 40000, .has_person = true};
  uint8_t secret[crypto_sign_SECRETKEYBYTES];

  memset (ret_seed->bytes, 7, sizeof ret_seed->bytes);
  crypto_sign_seed_keypair (beacon.person.account.bytes, secret, ret_seed->bytes);
  memset (beacon.tag, 1, sizeof beacon.tag);
  memset (beacon.cookie, 2, sizeof beacon.cookie);
  memset (beacon.person.token.bytes, 3, sizeof beacon.person.token.bytes);
  strcpy (beacon.person.name, "Zoë");
  return beacon;
}

static void
test_round_trip (void)
{
  HarkSecret seed;
  HarkBeacon beacon = make (&seed), got = {0};
  uint8_t packet[HARK_BEACON_LEN_MAX];

  g_assert_cmpuint (hark_beacon_write (&beacon, &seed, packet), ==, HARK_BEACON_PERSON_LEN);
  g_assert_true (hark_beacon_read (packet, HARK_BEACON_PERSON_LEN, &got));
  g_assert_true (hark_beacon_verify (packet));
  g_assert_cmpstr (got.person.name, ==, "Zoë");
  g_assert_cmpuint (got.port, ==, 40000);
  beacon.has_person = false;
  g_assert_cmpuint (hark_beacon_write (&beacon, NULL, packet), ==, HARK_BEACON_LEN);
  g_assert_true (hark_beacon_read (packet, HARK_BEACON_LEN, &got));
  g_assert_false (got.has_person);
}

static void
test_plain_shows_nobody (void)
{
  HarkSecret seed;
  HarkBeacon beacon = make (&seed);
  uint8_t packet[HARK_BEACON_LEN_MAX], others[HARK_BEACON_LEN_MAX];

  beacon.has_person = false;
  hark_beacon_write (&beacon, NULL, packet);
  memset (&beacon.person, 0, sizeof beacon.person);
  hark_beacon_write (&beacon, NULL, others);
  g_assert_cmpint (memcmp (packet, others, HARK_BEACON_LEN), ==, 0);
}

static void
test_changed_bytes_are_refused (void)
{
  HarkSecret seed;
  HarkBeacon beacon = make (&seed), got;
  uint8_t packet[HARK_BEACON_LEN_MAX];

  hark_beacon_write (&beacon, &seed, packet);
  for (size_t i = 0; i < sizeof packet; i++) {
    packet[i] ^= 0x20;
    g_assert_false (hark_beacon_read (packet, sizeof packet, &got) && hark_beacon_verify (packet));
    packet[i] ^= 0x20;
  }
  for (size_t len = 0; len < sizeof packet; len++)
    if (len != HARK_BEACON_LEN)
      g_assert_false (hark_beacon_read (packet, len, &got));
}

static void
test_names_of_several_lines_are_refused (void)
{
  HarkSecret seed;
  HarkBeacon beacon = make (&seed), got;
  uint8_t packet[HARK_BEACON_LEN_MAX];

  strcpy (beacon.person.name, "a\nb");
  hark_beacon_write (&beacon, &seed, packet);
  g_assert_false (hark_beacon_read (packet, sizeof packet, &got));
}

static void
test_networks_have_tags_of_their_own (void)
{
  uint8_t id[32] = {0}, one[HARK_BEACON_TAG_LEN], other[HARK_BEACON_TAG_LEN];

  hark_beacon_tag (id, one);
  id[31] = 1;
  hark_beacon_tag (id, other);
  g_assert_cmpint (memcmp (one, other, sizeof one), !=, 0);
}

static void
test_seal_opens_for_members_only (void)
{
  HarkSecret secret = {{1}}, wrong = {{2}}, key, other;
  uint8_t sealed[64 + HARK_SEAL_OVERHEAD], again[sizeof sealed], opened[64], text[64] = "hello";
  HarkRng rng;

  hark_rng_init (&rng, secret.bytes);
  hark_seal_key (&secret, &key);
  hark_seal_key (&wrong, &other);
  hark_seal (&key, &rng, text, sizeof text, sealed);
  hark_seal (&key, &rng, text, sizeof text, again);
  g_assert_cmpint (memcmp (sealed, again, sizeof sealed), !=, 0);
  g_assert_true (hark_seal_open (&key, sealed, sizeof sealed, opened));
  g_assert_cmpint (memcmp (opened, text, sizeof text), ==, 0);
  g_assert_false (hark_seal_open (&other, sealed, sizeof sealed, opened));
  for (size_t len = 0; len < sizeof sealed; len++)
    g_assert_false (hark_seal_open (&key, sealed, len, opened));
  sealed[30] ^= 1;
  g_assert_false (hark_seal_open (&key, sealed, sizeof sealed, opened));
}

int
main (int argc, char **argv)
{
  g_assert_cmpint (sodium_init (), >=, 0);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/beacon/round-trip", test_round_trip);
  g_test_add_func ("/beacon/plain-one-shows-nobody", test_plain_shows_nobody);
  g_test_add_func ("/beacon/changed-bytes-are-refused", test_changed_bytes_are_refused);
  g_test_add_func ("/beacon/names-of-several-lines-are-refused",
                   test_names_of_several_lines_are_refused);
  g_test_add_func ("/beacon/networks-have-tags-of-their-own", test_networks_have_tags_of_their_own);
  g_test_add_func ("/seal/opens-for-members-only", test_seal_opens_for_members_only);
  return g_test_run ();
}
