/* A remembered slot is the slot: of this account, token and epoch and no other's. */
#include "net/rendezvous/slot-cache.h"
#include "tests/bytes.h"

static const HarkSlotNetwork PUBLIC = {false, NULL};

/* Accounts 0 and 1 share their places. */
static void
make_account (unsigned who, HarkKey *ret)
{
  uint8_t seed[crypto_core_ed25519_BYTES] = {0};
  uint8_t wanted = 0;

  for (unsigned i = 0; i <= who; i++)
    do {
      uint8_t hash[32];

      crypto_generichash (hash, sizeof hash, seed, sizeof seed, NULL, 0);
      sodium_increment (seed, sizeof seed);
      crypto_core_ed25519_from_uniform (ret->bytes, hash);
      if (i == 0)
        wanted = ret->bytes[0];
    } while (ret->bytes[0] != wanted);
}

static void
check (HarkSlotCache *cache, const HarkKey *account, uint8_t token_byte, uint64_t epoch)
{
  uint8_t expected[32], got[32] = {0};
  HarkToken token;

  memset (token.bytes, token_byte, sizeof token.bytes);
  g_assert_true (hark_slot_public (account, &token, epoch, &PUBLIC, expected));
  g_assert_true (hark_slot_cache_get (cache, account, &token, epoch, &PUBLIC, got));
  assert_bytes (got, 32, expected, 32);
}

static void
test_the_same (void)
{
  g_autoptr (HarkSlotCache) cache = hark_slot_cache_new ();
  HarkKey accounts[2];

  for (unsigned i = 0; i < 2; i++)
    make_account (i, &accounts[i]);
  g_assert_cmpint (accounts[0].bytes[0], ==, accounts[1].bytes[0]);
  for (unsigned round = 0; round < 2; round++)
    for (unsigned i = 0; i < 8; i++) {
      check (cache, &accounts[i % 2], (uint8_t) (1 + i / 4), 20000 + i / 2 % 2);
      check (cache, &accounts[i % 2], (uint8_t) (1 + i / 4), 20000 + i / 2 % 2);
    }
}

static void
test_no_account (void)
{
  g_autoptr (HarkSlotCache) cache = hark_slot_cache_new ();
  const HarkKey none = {{0}};
  const HarkToken token = {{0}};
  uint8_t slot[32];

  for (unsigned i = 0; i < 2; i++)
    g_assert_false (hark_slot_cache_get (cache, &none, &token, 0, &PUBLIC, slot));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  if (sodium_init () < 0)
    return 1;
  g_test_add_func ("/slot-cache/a-remembered-slot-is-the-slot", test_the_same);
  g_test_add_func ("/slot-cache/who-is-no-account-stays-none", test_no_account);
  return g_test_run ();
}
