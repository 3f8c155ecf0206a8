/* bench-noise - what a handshake costs, and what a packet costs that is not let in.
 *
 *   bench-noise [HANDSHAKES]    1,000 unless told; of all else likewise more or less
 */
#include "net/rendezvous/blind.h"
#include "tests/person.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define DAY 20410

static const uint8_t token[16] = {1, 2, 3};
static unsigned n_handshakes = 1000; /* and slots */
static unsigned n_checks = 200000;

static double
seconds (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);
  return (double) now.tv_sec + (double) now.tv_nsec / 1e9;
}

static void
report (const char *name, double value, const char *unit)
{
  printf ("{\"bench\": \"noise\", \"what\": \"%s\", \"value\": %.2f, \"unit\": \"%s\"}\n", name,
          value, unit);
}

static void
knock_at (Person *alice, const Person *bob, HarkKnock *ret)
{
  HarkKnockTarget target = {.account = bob->self.account,
                            .device = bob->self.device,
                            .secret = token,
                            .secret_len = sizeof token,
                            .day = DAY,
                            .purpose = HARK_KNOCK_SESSION};

  g_assert_true (hark_knock_init (ret, &alice->self, &target, &alice->rng));
}

static void
bench_handshakes (Person *alice, Person *bob)
{
  double initiator = 0;
  double responder = 0;

  for (unsigned i = 0; i < n_handshakes; i++) {
    g_auto (HarkKnock) knock = {0};
    g_auto (HarkKnockReceived) received = {0};
    HarkKnockAnswer answer;
    HarkKnockKeys keys;
    uint8_t packet[HARK_KNOCK_LEN];
    double start = seconds ();
    double knocked, answered;

    knock_at (alice, bob, &knock);
    knocked = seconds ();
    g_assert_true (
      hark_knock_read (&bob->self, token, sizeof token, knock.packet, &received)
      && hark_knock_answer (&received, &bob->self, &bob->rng, 1, 0, NULL, 0, packet, &keys));
    answered = seconds ();
    g_assert_true (hark_knock_read_answer (&knock, packet, sizeof packet, &answer));
    initiator += knocked - start + seconds () - answered;
    responder += answered - knocked;
  }
  report ("noise-initiator", initiator / n_handshakes * 1e6, "us");
  report ("noise-responder", responder / n_handshakes * 1e6, "us");
  report ("noise-handshakes", n_handshakes / (initiator + responder), "1/s both sides");
}

static double
time_checks (HarkGate *gate, const uint8_t *packet)
{
  HarkEndpoint from = {.family = 4, .port = 1};
  HarkGateResult result;
  double start = seconds ();

  for (unsigned i = 0; i < n_checks; i++)
    hark_gate_check (gate, packet, HARK_KNOCK_LEN, &from, HARK_SECOND, &result);
  return (seconds () - start) / n_checks * 1e9;
}

/* A gate with 500 contacts, as most strangers will find it. */
static void
bench_gate (Person *alice, Person *bob)
{
  g_autoptr (HarkGate) gate = hark_gate_new (&bob->self.account, &bob->rng, DAY, 0);
  g_auto (HarkKnock) knock = {0};
  uint8_t pairwise[32];
  double start = seconds ();

  for (uint64_t i = 1; i <= 500; i++) {
    hark_rng_bytes (&bob->rng, pairwise, sizeof pairwise);
    g_assert_true (hark_gate_add (gate, pairwise, sizeof pairwise, i));
  }
  report ("gate-add", (seconds () - start) / 500 * 1e6, "us");
  start = seconds ();
  hark_gate_set_day (gate, DAY + 1);
  report ("gate-new-day-500", (seconds () - start) * 1e6, "us");

  g_assert_true (hark_gate_add (gate, token, sizeof token, 0));
  knock_at (alice, bob, &knock);
  report ("gate-replay", time_checks (gate, knock.packet), "ns");
  knock.packet[HARK_KNOCK_AT_MAC1] ^= 1;
  report ("gate-bad-mac1", time_checks (gate, knock.packet), "ns");
  knock.packet[HARK_KNOCK_AT_TAG] ^= 1;
  report ("gate-unknown-tag", time_checks (gate, knock.packet), "ns");
}

static void
bench_slots (const Person *person)
{
  HarkSlotNetwork network = {0};
  HarkToken secret = {{1}};
  HarkSlot slot;
  uint8_t key[32];
  uint8_t signature[64];
  double start = seconds ();

  for (uint64_t i = 0; i < n_handshakes; i++)
    g_assert_true (hark_slot_public (&person->self.account, &secret, i, &network, key));
  report ("slot-public", (seconds () - start) / n_handshakes * 1e6, "us");
  start = seconds ();
  for (uint64_t i = 0; i < n_handshakes; i++)
    hark_slot_own (&person->account_seed, &secret, i, &network, &slot);
  report ("slot-own", (seconds () - start) / n_handshakes * 1e6, "us");
  start = seconds ();
  for (uint64_t i = 0; i < n_handshakes; i++)
    hark_slot_sign (&slot, key, sizeof key, signature);
  report ("slot-sign", (seconds () - start) / n_handshakes * 1e6, "us");
}

int
main (int argc, char **argv)
{
  Person alice, bob;

  if (sodium_init () < 0)
    return 1;
  if (argc > 1) {
    n_handshakes = (unsigned) MAX (atoi (argv[1]), 1);
    n_checks = 200 * n_handshakes;
  }
  person_init (&alice, 1);
  person_init (&bob, 2);
  bench_handshakes (&alice, &bob);
  bench_gate (&alice, &bob);
  bench_slots (&alice);
  return 0;
}
