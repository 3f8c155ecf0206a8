/* Slots: who can find, read and remove what is left in one. */
#include "core/mailbox/slot.h"

#include <sodium.h>
#include <string.h>

static const HarkSecret pairwise = {{1, 2, 3}}, other = {{4, 5, 6}};
static const HarkKey alice = {{7}}, bob = {{8}};
static const uint8_t entry[16] = {9}, nonce[HARK_MAIL_NONCE_LEN] = {10};

static GBytes *
seal (const HarkMailSlot *slot, const uint8_t id[16], size_t len)
{
  g_autofree uint8_t *frame = g_malloc (len);

  memset (frame, 'x', len);
  return hark_mail_seal (slot, id, nonce, frame, len);
}

static GBytes *
open_as (const HarkMailSlot *slot, const uint8_t id[16], GBytes *sealed)
{
  size_t len;
  const uint8_t *bytes = g_bytes_get_data (sealed, &len);

  return hark_mail_open (slot, id, bytes, len);
}

static void
test_both_find_it (void)
{
  static const size_t sizes[] = {1, 508, 509, 65532, 65533, HARK_MAIL_PLAIN_MAX - 4};
  HarkMailSlot left, looked;
  uint8_t id[16];

  hark_mail_slot (&pairwise, &bob, 7, &left);
  hark_mail_slot (&pairwise, &bob, 7, &looked);
  g_assert_cmpint (memcmp (left.tag, looked.tag, 16), ==, 0);
  hark_mail_deposit_id (&pairwise, &bob, entry, id);
  for (size_t i = 0; i < G_N_ELEMENTS (sizes); i++) {
    g_autoptr (GBytes) sealed = seal (&left, id, sizes[i]);
    g_autoptr (GBytes) frame = open_as (&looked, id, sealed);

    g_assert_nonnull (frame);
    g_assert_cmpuint (g_bytes_get_size (frame), ==, sizes[i]);
  }
  g_assert_null (seal (&left, id, HARK_MAIL_PLAIN_MAX - 3));
}

static void
test_sizes_are_few (void)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);
  HarkMailSlot slot;

  hark_mail_slot (&pairwise, &bob, 7, &slot);
  for (size_t len = 1; len < HARK_MAIL_PLAIN_MAX - 4; len += 499) {
    g_autoptr (GBytes) sealed = seal (&slot, entry, len);

    g_assert_cmpuint (g_bytes_get_size (sealed), <=, HARK_MAIL_SEALED_MAX);
    g_hash_table_add (seen, GSIZE_TO_POINTER (g_bytes_get_size (sealed)));
  }
  g_assert_cmpuint (g_hash_table_size (seen), ==, 9);
}

/* Another pair, direction or epoch: another slot, and nothing of it opens what lies here. */
static void
test_slots_are_apart (void)
{
  HarkMailSlot slots[4];
  g_autoptr (GBytes) sealed = NULL;

  hark_mail_slot (&pairwise, &bob, 7, &slots[0]);
  hark_mail_slot (&pairwise, &bob, 8, &slots[1]);
  hark_mail_slot (&pairwise, &alice, 7, &slots[2]);
  hark_mail_slot (&other, &bob, 7, &slots[3]);
  sealed = seal (&slots[0], entry, 100);
  for (size_t i = 1; i < 4; i++) {
    g_assert_cmpint (memcmp (slots[0].tag, slots[i].tag, 16), !=, 0);
    g_assert_cmpint (memcmp (slots[0].secret, slots[i].secret, 16), !=, 0);
    g_assert_null (open_as (&slots[i], entry, sealed));
  }
}

/* A keeper turns bits, cuts, and gives one deposit out as another. */
static void
test_keeper_forges_nothing (void)
{
  static const uint8_t another[16] = {11};
  g_autoptr (GBytes) sealed = NULL;
  const uint8_t *bytes;
  HarkMailSlot slot;
  size_t len;

  hark_mail_slot (&pairwise, &bob, 7, &slot);
  sealed = seal (&slot, entry, 100);
  bytes = g_bytes_get_data (sealed, &len);
  g_assert_null (hark_mail_open (&slot, another, bytes, len));
  for (size_t i = 0; i < len; i++) {
    g_autofree uint8_t *copy = g_memdup2 (bytes, len);

    copy[i] ^= 1;
    g_assert_null (hark_mail_open (&slot, entry, copy, len));
    g_assert_null (hark_mail_open (&slot, entry, bytes, i));
  }
}

static void
test_receipt (void)
{
  uint8_t receipt[16], again[16], lock[16], wrong[16], tag[16];
  HarkMailSlot slot, next;

  hark_mail_slot (&pairwise, &bob, 7, &slot);
  hark_mail_slot (&pairwise, &bob, 8, &next);
  hark_mail_receipt (&slot, entry, receipt);
  hark_mail_receipt (&slot, entry, again);
  g_assert_cmpint (memcmp (receipt, again, 16), ==, 0);
  hark_mail_receipt (&next, entry, wrong);
  g_assert_cmpint (memcmp (receipt, wrong, 16), !=, 0);
  hark_mail_lock (receipt, lock);
  g_assert_cmpint (memcmp (receipt, lock, 16), !=, 0);
  hark_mail_tag (slot.secret, tag);
  g_assert_cmpint (memcmp (tag, slot.tag, 16), ==, 0);
  hark_mail_slot_clear (&slot);
  g_assert_true (sodium_is_zero (slot.key.bytes, sizeof slot.key.bytes));
}

static void
test_epochs (void)
{
  g_assert_cmpuint (hark_mail_epoch (-1), ==, 0);
  g_assert_cmpuint (hark_mail_epoch (HARK_MAIL_EPOCH_MS - 1), ==, 0);
  g_assert_cmpuint (hark_mail_epoch (HARK_MAIL_EPOCH_MS), ==, 1);
}

/* The number of the protocol document: nobody may change it unnoticed. */
static void
test_known_slot (void)
{
  static const char hex[] = "0a700af452fbc3e96f12b57a9d39f76a";
  char text[33];
  HarkMailSlot slot;

  hark_mail_slot (&pairwise, &bob, 7, &slot);
  sodium_bin2hex (text, sizeof text, slot.tag, sizeof slot.tag);
  g_assert_cmpstr (text, ==, hex);
}

int
main (int argc, char **argv)
{
  g_assert_cmpint (sodium_init (), >=, 0);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mailbox/slot/both-find-it", test_both_find_it);
  g_test_add_func ("/mailbox/slot/sizes-are-few", test_sizes_are_few);
  g_test_add_func ("/mailbox/slot/slots-are-apart", test_slots_are_apart);
  g_test_add_func ("/mailbox/slot/keeper-forges-nothing", test_keeper_forges_nothing);
  g_test_add_func ("/mailbox/slot/receipt", test_receipt);
  g_test_add_func ("/mailbox/slot/epochs", test_epochs);
  g_test_add_func ("/mailbox/slot/known-slot", test_known_slot);
  return g_test_run ();
}
