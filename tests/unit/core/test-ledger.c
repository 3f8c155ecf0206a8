/* What left this machine, by days and by people, survives a restart and hostile bytes. */
#include "core/heart/ledger-days.h"

static HarkKey
somebody (uint8_t number)
{
  return (HarkKey){
    .bytes = {number, 9}
  };
}

static uint64_t
bytes_from (const HarkLedger *ledger, uint32_t day, HarkSentKind kind)
{
  HarkSentCount counts[HARK_SENT_KINDS];

  hark_ledger_sum (ledger, day, counts);
  return counts[kind].bytes;
}

static HarkLedger *
again (HarkLedger *ledger)
{
  g_autoptr (GBytes) kept = hark_ledger_keep (ledger);

  hark_ledger_free (ledger);
  return hark_ledger_new (kept);
}

static void
test_days (void)
{
  HarkLedger *ledger = hark_ledger_new (NULL);
  HarkSentCount more = {.packets = 1, .bytes = 10}, counts[HARK_SENT_KINDS];

  g_assert_cmpuint (hark_ledger_sum (ledger, 0, counts), ==, 0);
  for (uint32_t day = 1000; day < 1000 + HARK_LEDGER_DAYS + 5; day++)
    hark_ledger_sent (ledger, day, HARK_SENT_INTERNET, &more);
  hark_ledger_sent (ledger, 1005 + HARK_LEDGER_DAYS - 1, HARK_SENT_PEOPLE, &more);
  hark_ledger_sent (ledger, 3, HARK_SENT_PEOPLE, &more); /* a clock that is wrong: no place */
  ledger = again (ledger);
  g_assert_cmpuint (hark_ledger_sum (ledger, 0, counts), ==, 1005);
  g_assert_cmpuint (counts[HARK_SENT_INTERNET].packets, ==, HARK_LEDGER_DAYS);
  g_assert_cmpuint (counts[HARK_SENT_LOCAL].packets, ==, 0);
  g_assert_cmpuint (bytes_from (ledger, 1005 + HARK_LEDGER_DAYS - 1, HARK_SENT_INTERNET), ==, 10);
  g_assert_cmpuint (bytes_from (ledger, 1005 + HARK_LEDGER_DAYS - 1, HARK_SENT_PEOPLE), ==, 10);
  g_assert_cmpuint (bytes_from (ledger, 0, HARK_SENT_PEOPLE), ==, 10);
  hark_ledger_free (ledger);
}

static void
test_people (void)
{
  HarkLedger *ledger = hark_ledger_new (NULL);
  HarkKey anna = somebody (1), bob = somebody (2);
  uint64_t deeds[HARK_DEEDS];

  hark_ledger_deed (ledger, &anna, HARK_DEED_RELAYED_FOR_US, 1000);
  hark_ledger_deed (ledger, &anna, HARK_DEED_RELAYED_FOR_US, UINT64_MAX); /* stays at its end */
  hark_ledger_deed (ledger, &bob, HARK_DEED_KEPT_FOR_THEM, 2);
  hark_ledger_deed (ledger, &bob, HARK_DEED_KEPT_FOR_US, 0);
  ledger = again (ledger);
  hark_ledger_deeds (ledger, &anna, deeds);
  g_assert_cmpuint (deeds[HARK_DEED_RELAYED_FOR_US], ==, UINT64_MAX);
  hark_ledger_forget (ledger, &anna);
  hark_ledger_deeds (ledger, &anna, deeds);
  g_assert_cmpuint (deeds[HARK_DEED_RELAYED_FOR_US], ==, 0);
  hark_ledger_deeds (ledger, &bob, deeds);
  g_assert_cmpuint (deeds[HARK_DEED_KEPT_FOR_THEM], ==, 2);
  hark_ledger_forget (ledger, NULL);
  hark_ledger_deeds (ledger, &bob, deeds);
  g_assert_cmpuint (deeds[HARK_DEED_KEPT_FOR_THEM], ==, 0);
  hark_ledger_free (ledger);
}

static void
test_nonsense (void)
{
  HarkLedger *ledger = hark_ledger_new (NULL);
  HarkKey anna = somebody (1);
  HarkSentCount more = {.packets = 3, .bytes = 4}, counts[HARK_SENT_KINDS];
  g_autoptr (GBytes) kept = NULL;
  gsize len;

  hark_ledger_sent (ledger, 7, HARK_SENT_LOCAL, &more);
  hark_ledger_deed (ledger, &anna, HARK_DEED_KEPT_FOR_US, 1);
  kept = hark_ledger_keep (ledger);
  hark_ledger_free (ledger);
  len = g_bytes_get_size (kept);
  for (gsize cut = 0; cut <= len; cut++) {
    g_autoptr (GBytes) part = g_bytes_new_from_bytes (kept, 0, cut);

    ledger = hark_ledger_new (part);
    g_assert_cmpuint (hark_ledger_sum (ledger, 0, counts), ==,
                      cut >= 2 + 4 + HARK_SENT_KINDS * 16 ? 7 : 0);
    hark_ledger_free (ledger);
  }
  for (unsigned i = 0; i < 1000; i++) {
    uint8_t bytes[300];
    g_autoptr (GBytes) noise = NULL;

    for (size_t j = 0; j < sizeof bytes; j++)
      bytes[j] = (uint8_t) g_test_rand_int ();
    bytes[0] = 1;
    noise = g_bytes_new (bytes, sizeof bytes);
    ledger = hark_ledger_new (noise);
    g_bytes_unref (hark_ledger_keep (ledger));
    hark_ledger_free (ledger);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ledger/days", test_days);
  g_test_add_func ("/ledger/people", test_people);
  g_test_add_func ("/ledger/nonsense", test_nonsense);
  return g_test_run ();
}
