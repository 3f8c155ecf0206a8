/* What a keeper takes, hands out and lets go. */
#include "core/mailbox/keeper.h"

#include <sodium.h>
#include <string.h>

#define LEN 552 /* the smallest */
#define NOW_MS INT64_C (1790000000000)

static const HarkKeeperLimits limits = {
  .deposits_of_one = 4,
  .deposits = 6,
  .bytes_of_one = 4 * LEN,
  .bytes = 1000 * LEN,
  .rate = 1,
  .burst = 5,
};

static HarkKeptDeposit
deposit (uint8_t depositor, uint8_t slot, uint8_t n)
{
  HarkKeptDeposit made = {
    .id = {n, depositor},
      .tag = {slot},
      .depositor = {{depositor}},
      .made_ms = NOW_MS, .len = LEN
  };
  uint8_t receipt[16] = {n};

  hark_mail_lock (receipt, made.lock);
  return made;
}

static HarkKeeperAnswer
take (HarkKeeper *keeper, HarkKeptDeposit made, bool *ret_fresh)
{
  uint64_t number;
  bool fresh;
  HarkKeeperAnswer answer
    = hark_keeper_take (keeper, &made, HARK_SECOND, ret_fresh ? ret_fresh : &fresh, &number);

  return answer;
}

static void
test_share_of_one (void)
{
  HarkKeeper *keeper = hark_keeper_new (&limits);

  for (uint8_t n = 0; n < 4; n++)
    g_assert_cmpuint (take (keeper, deposit (1, 1, n), NULL), ==, HARK_KEEPER_HELD);
  g_assert_cmpuint (take (keeper, deposit (1, 1, 9), NULL), ==, HARK_KEEPER_SHARE);
  g_assert_cmpuint (take (keeper, deposit (2, 1, 0), NULL), ==, HARK_KEEPER_HELD);
  g_assert_cmpuint (take (keeper, deposit (2, 1, 1), NULL), ==, HARK_KEEPER_HELD);
  g_assert_cmpuint (take (keeper, deposit (3, 1, 0), NULL), ==, HARK_KEEPER_FULL);
  g_assert_cmpuint (hark_keeper_count (keeper, NULL), ==, 6);
  hark_keeper_free (keeper);
}

static void
test_rate (void)
{
  HarkKeeper *keeper = hark_keeper_new (&limits);
  HarkKeptDeposit made;
  unsigned taken = 0;

  for (uint8_t n = 0; n < 50; n++) {
    made = deposit (1, 1, n);
    taken += take (keeper, made, NULL) == HARK_KEEPER_HELD;
    hark_keeper_drop (keeper, made.id);
  }
  g_assert_cmpuint (taken, ==, 5);
  g_assert_cmpuint (take (keeper, deposit (1, 1, 60), NULL), ==, HARK_KEEPER_RATE);
  hark_keeper_free (keeper);
}

static void
test_twice_is_once (void)
{
  HarkKeeper *keeper = hark_keeper_new (&limits);
  bool fresh;

  g_assert_cmpuint (take (keeper, deposit (1, 1, 1), &fresh), ==, HARK_KEEPER_HELD);
  g_assert_true (fresh);
  g_assert_cmpuint (take (keeper, deposit (1, 1, 1), &fresh), ==, HARK_KEEPER_HELD);
  g_assert_false (fresh);
  g_assert_cmpuint (hark_keeper_count (keeper, NULL), ==, 1);
  hark_keeper_free (keeper);
}

static void
test_sizes (void)
{
  HarkKeeper *keeper = hark_keeper_new (&limits);
  HarkKeptDeposit made = deposit (1, 1, 1);

  made.len = LEN - 1;
  g_assert_cmpuint (take (keeper, made, NULL), ==, HARK_KEEPER_SIZE);
  made.len = (uint32_t) HARK_MAIL_SEALED_MAX + 1;
  g_assert_cmpuint (take (keeper, made, NULL), ==, HARK_KEEPER_SIZE);
  g_assert_cmpuint (hark_keeper_count (keeper, NULL), ==, 0);
  hark_keeper_free (keeper);
}

static void
test_finds_by_slot_in_order (void)
{
  HarkKeeper *keeper = hark_keeper_new (&hark_keeper_of_node);
  const HarkKeptDeposit *found[HARK_KEEPER_ROUND];
  uint8_t tags[3][16] = {{1}, {2}, {1}};
  uint64_t after = 0;
  unsigned seen = 0;
  size_t n;
  bool more = true;

  for (uint8_t i = 0; i < 200; i++)
    g_assert_cmpuint (take (keeper, deposit (1, i % 3, i), NULL), ==, HARK_KEEPER_HELD);
  while (more) {
    n = hark_keeper_find (keeper, (const uint8_t (*)[16]) tags, 3, after, found, &more);
    g_assert_cmpuint (n, >, 0);
    for (size_t i = 0; i < n; i++) {
      g_assert_cmpuint (found[i]->number, >, after);
      g_assert_cmpuint (found[i]->tag[0], !=, 0);
      after = found[i]->number;
      seen++;
    }
  }
  g_assert_cmpuint (seen, ==, 133);
  g_assert_cmpuint (hark_keeper_find (keeper, (const uint8_t (*)[16]) tags, 3, after, found, &more),
                    ==, 0);
  g_assert_false (more);
  hark_keeper_free (keeper);
}

/* However large: one at least. */
static void
test_rounds_are_small (void)
{
  HarkKeeper *keeper = hark_keeper_new (&hark_keeper_of_node);
  const HarkKeptDeposit *found[HARK_KEEPER_ROUND];
  uint8_t tags[1][16] = {{1}};
  bool more;

  for (uint8_t i = 0; i < 20; i++) {
    HarkKeptDeposit made = deposit (1, 1, i);

    made.len = (uint32_t) HARK_MAIL_SEALED_MAX;
    g_assert_cmpuint (take (keeper, made, NULL), ==, HARK_KEEPER_HELD);
  }
  g_assert_cmpuint (hark_keeper_find (keeper, (const uint8_t (*)[16]) tags, 1, 0, found, &more), ==,
                    5);
  g_assert_true (more);
  hark_keeper_free (keeper);
}

static void
test_receipt_removes (void)
{
  HarkKeeper *keeper = hark_keeper_new (&limits);
  HarkKeptDeposit made = deposit (1, 1, 1);
  uint8_t right[16] = {1}, wrong[16] = {2};
  uint64_t bytes;

  take (keeper, made, NULL);
  g_assert_false (hark_keeper_remove (keeper, made.id, wrong));
  g_assert_cmpuint (hark_keeper_count (keeper, NULL), ==, 1);
  g_assert_true (hark_keeper_remove (keeper, made.id, right));
  g_assert_false (hark_keeper_remove (keeper, made.id, right));
  g_assert_cmpuint (hark_keeper_count (keeper, &bytes), ==, 0);
  g_assert_cmpuint (bytes, ==, 0);
  hark_keeper_free (keeper);
}

/* Two came while the clock was ten years ahead. */
static void
test_a_wrong_clock_blocks_nothing (void)
{
  HarkKeeper *keeper = hark_keeper_new (&limits);
  HarkKeptDeposit made = deposit (1, 1, 1);
  const int64_t ahead = NOW_MS + 10 * INT64_C (365) * 24 * 3600 * 1000;
  uint8_t id[16];

  made.made_ms = ahead;
  take (keeper, made, NULL);
  made = deposit (2, 1, 1);
  made.made_ms = ahead;
  take (keeper, made, NULL);
  take (keeper, deposit (3, 1, 1), NULL);
  g_assert_false (hark_keeper_expire (keeper, NOW_MS, id));
  for (int i = 0; i < 3; i++)
    g_assert_true (hark_keeper_expire (keeper, NOW_MS + HARK_KEEPER_LIFE_MS, id));
  g_assert_cmpuint (hark_keeper_count (keeper, NULL), ==, 0);
  hark_keeper_free (keeper);
}

static void
test_expiry (void)
{
  HarkKeeper *keeper = hark_keeper_new (&limits);
  HarkKeptDeposit made = deposit (1, 1, 1);
  uint8_t id[16];

  take (keeper, made, NULL);
  g_assert_false (hark_keeper_expire (keeper, NOW_MS + HARK_KEEPER_LIFE_MS - 1, id));
  g_assert_true (hark_keeper_expire (keeper, NOW_MS + HARK_KEEPER_LIFE_MS, id));
  g_assert_cmpint (memcmp (id, made.id, 16), ==, 0);
  g_assert_false (hark_keeper_expire (keeper, NOW_MS + HARK_KEEPER_LIFE_MS, id));
  g_assert_cmpuint (hark_keeper_count (keeper, NULL), ==, 0);
  hark_keeper_free (keeper);
}

static void
test_restart (void)
{
  HarkKeeper *keeper = hark_keeper_new (&limits);
  HarkKeptDeposit made = deposit (1, 1, 1);
  uint64_t number;
  bool fresh;

  made.number = 41;
  hark_keeper_load (keeper, &made);
  made = deposit (1, 1, 2);
  g_assert_cmpuint (hark_keeper_take (keeper, &made, 0, &fresh, &number), ==, HARK_KEEPER_HELD);
  g_assert_cmpuint (number, ==, 42);
  hark_keeper_free (keeper);
}

int
main (int argc, char **argv)
{
  g_assert_cmpint (sodium_init (), >=, 0);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mailbox/keeper/share-of-one", test_share_of_one);
  g_test_add_func ("/mailbox/keeper/rate", test_rate);
  g_test_add_func ("/mailbox/keeper/twice-is-once", test_twice_is_once);
  g_test_add_func ("/mailbox/keeper/sizes", test_sizes);
  g_test_add_func ("/mailbox/keeper/finds-by-slot-in-order", test_finds_by_slot_in_order);
  g_test_add_func ("/mailbox/keeper/rounds-are-small", test_rounds_are_small);
  g_test_add_func ("/mailbox/keeper/receipt-removes", test_receipt_removes);
  g_test_add_func ("/mailbox/keeper/expiry", test_expiry);
  g_test_add_func ("/mailbox/keeper/a-wrong-clock-blocks-nothing",
                   test_a_wrong_clock_blocks_nothing);
  g_test_add_func ("/mailbox/keeper/restart", test_restart);
  return g_test_run ();
}
