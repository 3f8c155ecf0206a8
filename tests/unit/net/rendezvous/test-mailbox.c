/* Mailboxes: who finds which, and what they hold. */
#include "net/rendezvous/mailbox.h"

#include <string.h>

#define DAY 20000

static const HarkKey alice = {{1}}, bob = {{2}};
static const uint8_t pairwise[32] = {3};

static void
derive (const HarkKey *writer, const HarkKey *reader, uint64_t day, HarkMailbox *ret)
{
  hark_mailbox_derive (pairwise, sizeof pairwise, writer, reader, day, NULL, ret);
}

static void
test_passes_on (void)
{
  uint8_t key[32] = {9}, packet[HARK_MAILBOX_PACKET_LEN], read[HARK_MAILBOX_PACKET_LEN];
  uint8_t value[HARK_MAILBOX_VALUE_LEN], signature[64];
  HarkMailbox writer, reader;
  HarkRng rng;

  hark_rng_init (&rng, key);
  hark_rng_bytes (&rng, packet, sizeof packet);
  derive (&alice, &bob, DAY, &writer);
  derive (&alice, &bob, DAY, &reader);
  hark_mailbox_seal (&writer, 7, packet, &rng, value);
  g_assert_true (hark_mailbox_open (&reader, 7, value, sizeof value, read));
  g_assert_cmpint (memcmp (packet, read, sizeof packet), ==, 0);

  g_assert_false (hark_mailbox_open (&reader, 8, value, sizeof value, read));
  g_assert_false (hark_mailbox_open (&reader, 7, value, sizeof value - 1, read));
  for (size_t i = 0; i < sizeof value; i += 13) {
    value[i] ^= 1;
    g_assert_false (hark_mailbox_open (&reader, 7, value, sizeof value, read));
    value[i] ^= 1;
  }

  hark_mailbox_sign (&writer, value, sizeof value, signature);
  g_assert_cmpint (crypto_sign_verify_detached (signature, value, sizeof value, reader.key), ==, 0);
}

static void
test_each_its_own (void)
{
  uint8_t network[32] = {5}, other[32] = {6};
  HarkMailbox boxes[7];

  derive (&alice, &bob, DAY, &boxes[0]);
  derive (&bob, &alice, DAY, &boxes[1]);
  derive (&alice, &bob, DAY + 1, &boxes[2]);
  derive (NULL, &bob, DAY, &boxes[3]);
  hark_mailbox_derive (pairwise, 32, &alice, &bob, DAY, network, &boxes[4]);
  hark_mailbox_derive (other, 32, &alice, &bob, DAY, NULL, &boxes[5]);
  hark_mailbox_derive (pairwise, 16, &alice, &bob, DAY, NULL, &boxes[6]);
  for (size_t i = 0; i < G_N_ELEMENTS (boxes); i++)
    for (size_t j = 0; j < i; j++) {
      g_assert_cmpint (memcmp (boxes[i].key, boxes[j].key, 32), !=, 0);
      g_assert_cmpint (memcmp (&boxes[i].seal, &boxes[j].seal, 32), !=, 0);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (sodium_init (), >=, 0);
  g_test_add_func ("/mailbox/passes-a-packet-on", test_passes_on);
  g_test_add_func ("/mailbox/is-one-for-each-pair-day-and-network", test_each_its_own);
  return g_test_run ();
}
