/* Registrations, knocks and rings, through whole nodes. */
#include "net/dht/contact-point.h"
#include "tests/unit/net/dht/swarm.h"

#include <string.h>

static const uint8_t handle[8] = {1, 2, 3, 4, 5, 6, 7, 8};

typedef struct {
  unsigned kept, lost, rings;
  int code;
  bool answers;
  size_t answer_len;
  HarkTime rang;
  HarkEndpoint caller;
  uint8_t x[HARK_DHT_KNOCK_LEN_MAX];
} Seen;

static void
on_event (Swarm *swarm, unsigned i, const HarkDhtEvent *event, gpointer data)
{
  Seen *seen = data;

  seen->kept += event->kind == HARK_DHT_EVENT_KEPT;
  if (event->kind == HARK_DHT_EVENT_KEEP_LOST) {
    seen->lost++;
    seen->code = event->code;
  }
  if (event->kind == HARK_DHT_EVENT_RING) {
    uint8_t answer[HARK_DHT_KNOCK_LEN_MAX + 1];

    memset (answer, 9, sizeof answer);
    g_assert_cmpint (memcmp (event->handle, handle, 8), ==, 0);
    seen->rings++;
    seen->rang = swarm_now (swarm);
    seen->caller = event->caller;
    memcpy (seen->x, event->data, event->len);
    if (seen->answers) {
      g_assert_false (hark_dht_ring_answer (swarm_dht (swarm, i), event->operation, answer,
                                            event->len + 1, swarm_now (swarm)));
      g_assert_true (hark_dht_ring_answer (swarm_dht (swarm, i), event->operation, answer,
                                           seen->answer_len, swarm_now (swarm)));
      g_assert_false (hark_dht_ring_answer (swarm_dht (swarm, i), event->operation, answer, 1,
                                            swarm_now (swarm)));
    }
  }
}

/* 0: point, 1: callee, 2: caller */
static Swarm *
setup (Seen *seen, uint32_t seed, double loss)
{
  Swarm *swarm = swarm_new (seed, 3, true, loss);
  HarkEndpoint point = swarm_endpoint (swarm, 0);

  *seen = (Seen){.answers = true, .answer_len = 656};
  swarm_set_on_event (swarm, on_event, seen);
  g_assert_true (hark_dht_keep (swarm_dht (swarm, 1), &point, handle, 1, swarm_now (swarm)));
  swarm_run (swarm, 3 * HARK_SECOND);
  g_assert_cmpuint (seen->kept, ==, 1);
  return swarm;
}

static SwarmResult
knock (Swarm *swarm, unsigned at, const uint8_t key[8], size_t len)
{
  uint8_t x[HARK_DHT_KNOCK_LEN_MAX];
  HarkEndpoint point = swarm_endpoint (swarm, at);

  memset (x, 7, sizeof x);
  return swarm_wait (swarm, 2,
                     hark_dht_knock (swarm_dht (swarm, 2), &point, key, x, len, swarm_now (swarm)));
}

static void
test_knock (void)
{
  static const size_t lens[] = {64, 656, 900};
  Seen seen;
  Swarm *swarm = setup (&seen, 1, 0);
  HarkEndpoint caller = swarm_endpoint (swarm, 2);

  for (size_t i = 0; i < G_N_ELEMENTS (lens); i++) {
    SwarmResult result;

    seen.answer_len = lens[i];
    result = knock (swarm, 0, handle, lens[i]);
    g_assert_true (result.found);
    g_assert_cmpuint (result.len, ==, lens[i]);
    g_assert_cmpuint (result.value[0], ==, 9);
    g_assert_cmpuint (seen.rings, ==, i + 1);
    g_assert_cmpuint (seen.x[0], ==, 7);
    g_assert_true (hark_endpoint_equal (&seen.caller, &caller));
  }
  swarm_free (swarm);
}

static void
test_unanswered (void)
{
  Seen seen;
  Swarm *swarm = setup (&seen, 2, 0);
  HarkTime start = swarm_now (swarm);
  SwarmResult result;

  seen.answers = false;
  result = knock (swarm, 0, handle, 656);
  g_assert_true (result.done);
  g_assert_false (result.found);
  g_assert_cmpint (result.code, ==, HARK_DHT_CODE_TIMEOUT);
  g_assert_cmpuint (result.end - start, ==, 5 * HARK_SECOND);
  g_assert_cmpuint (seen.rings, ==, 1); /* repeats do not ring again */
  swarm_free (swarm);
}

static void
test_unknown (void)
{
  static const uint8_t other[8] = {9};
  Seen seen;
  Swarm *swarm = setup (&seen, 3, 0);

  g_assert_cmpint (knock (swarm, 0, other, 656).code, ==, HARK_DHT_CODE_UNKNOWN_HANDLE);
  g_assert_cmpuint (hark_dht_knock (swarm_dht (swarm, 2), &(HarkEndpoint){.family = 4}, other,
                                    seen.x, 63, swarm_now (swarm)),
                    ==, 0);
  swarm_free (swarm);
}

static void
test_loss (void)
{
  Seen seen;
  Swarm *swarm = setup (&seen, 4, 0);
  unsigned answered = 0;

  swarm_free (swarm);
  for (uint32_t i = 0; i < 10; i++) {
    swarm = setup (&seen, 10 + i, 0.1);
    swarm_run (swarm, HARK_MINUTE);
    g_assert_cmpuint (seen.lost, ==, 0);
    answered += knock (swarm, 0, handle, 656).found;
    swarm_free (swarm);
  }
  g_assert_cmpuint (answered, >=, 9);
}

/* @n at once; nobody waits for them. */
static void
start_knocks (Swarm *swarm, unsigned n)
{
  HarkEndpoint point = swarm_endpoint (swarm, 0);
  uint8_t x[64] = {7};

  for (unsigned i = 0; i < n; i++)
    g_assert_cmpuint (
      hark_dht_knock (swarm_dht (swarm, 2), &point, handle, x, sizeof x, swarm_now (swarm)), !=, 0);
  swarm_run (swarm, 400 * HARK_MS);
}

static void
test_busy (void)
{
  Seen seen;
  Swarm *swarm = setup (&seen, 5, 0);

  seen.answers = false;
  start_knocks (swarm, HARK_POINT_PER_CALLER);
  g_assert_cmpint (knock (swarm, 0, handle, 64).code, ==, HARK_DHT_CODE_BUSY);
  g_assert_cmpuint (seen.rings, ==, HARK_POINT_PER_CALLER);
  swarm_run (swarm, HARK_POINT_PENDING);
  seen.answers = true;
  seen.answer_len = 64;
  g_assert_true (knock (swarm, 0, handle, 64).found);
  swarm_free (swarm);
}

/* Whoever comes back again and again is let in, as long as he is answered. */
static void
test_answered (void)
{
  Seen seen;
  Swarm *swarm = setup (&seen, 5, 0);

  seen.answer_len = 64;
  for (unsigned i = 0; i < HARK_POINT_PER_CALLER_ANSWERED; i += 4)
    start_knocks (swarm, 4);
  g_assert_cmpuint (seen.rings, ==, HARK_POINT_PER_CALLER_ANSWERED);
  g_assert_cmpint (knock (swarm, 0, handle, 64).code, ==, HARK_DHT_CODE_BUSY);
  swarm_free (swarm);
}

static void
test_lost (void)
{
  Seen seen;
  Swarm *swarm = setup (&seen, 6, 0);
  HarkEndpoint picked;

  swarm_run (swarm, 2 * HARK_MINUTE);
  g_assert_cmpuint (seen.lost, ==, 0);
  swarm_set_conduct (swarm, 0, SWARM_SILENT);
  swarm_run (swarm, 24 * HARK_SECOND);
  g_assert_cmpuint (seen.lost, ==, 1);
  g_assert_cmpint (seen.code, ==, HARK_DHT_CODE_TIMEOUT);
  g_assert_cmpuint (hark_dht_pick_points (swarm_dht (swarm, 1), 1, &picked, swarm_now (swarm)), ==,
                    0);
  swarm_free (swarm);
}

static void
test_own_handle (void)
{
  Seen seen;
  Swarm *swarm = setup (&seen, 7, 0);

  hark_dht_set_own_handle (swarm_dht (swarm, 1), handle);
  g_assert_true (knock (swarm, 1, handle, 656).found);
  g_assert_cmpuint (seen.rings, ==, 1);
  hark_dht_set_own_handle (swarm_dht (swarm, 1), NULL);
  g_assert_cmpint (knock (swarm, 1, handle, 656).code, ==, HARK_DHT_CODE_UNKNOWN_HANDLE);
  swarm_free (swarm);
}

static void
test_pick (void)
{
  Swarm *swarm = swarm_new (8, 10, true, 0);
  HarkEndpoint picked[5], kept;
  size_t n;

  swarm_join (swarm, 5 * HARK_SECOND);
  n = hark_dht_pick_points (swarm_dht (swarm, 3), 5, picked, swarm_now (swarm));
  g_assert_cmpuint (n, ==, 5);
  kept = picked[2];
  g_assert_true (hark_dht_keep (swarm_dht (swarm, 3), &kept, handle, 1, swarm_now (swarm)));
  swarm_run (swarm, HARK_SECOND);
  n = hark_dht_pick_points (swarm_dht (swarm, 3), 5, picked, swarm_now (swarm));
  for (size_t i = 0; i < n; i++)
    g_assert_false (hark_endpoint_equal (&picked[i], &kept));
  hark_dht_unkeep (swarm_dht (swarm, 3), &kept);
  hark_dht_pick_points (swarm_dht (swarm, 3), 1, picked, swarm_now (swarm));
  g_assert_true (hark_endpoint_equal (&picked[0], &kept)); /* a known point comes first */
  swarm_free (swarm);
}

/* Where nobody listens is not asked at once again: a refusal comes as fast as we ask. */
static void
test_unreachable (void)
{
  Seen seen;
  Swarm *swarm = setup (&seen, 9, 0);
  HarkDht *dht = swarm_dht (swarm, 1);
  HarkEndpoint point = swarm_endpoint (swarm, 0);
  static const uint8_t other[8] = {8, 7, 6, 5, 4, 3, 2, 1};

  g_assert_true (hark_dht_keep (dht, &point, other, 1, swarm_now (swarm)));
  hark_dht_handle_unreachable (dht, &point, swarm_now (swarm));
  swarm_run (swarm, HARK_MS);
  g_assert_cmpuint (seen.lost, ==, 1);
  g_assert_cmpint (seen.code, ==, HARK_DHT_CODE_UNREACHABLE);
  g_assert_false (hark_dht_keep (dht, &point, handle, 1, swarm_now (swarm)));
  swarm_run (swarm, 2 * HARK_SECOND);
  g_assert_true (hark_dht_keep (dht, &point, handle, 1, swarm_now (swarm)));
  swarm_run (swarm, HARK_SECOND);
  g_assert_cmpuint (seen.kept, ==, 2);
  swarm_free (swarm);
}

static void
test_module_limits (void)
{
  HarkContactPoint point;
  HarkEndpoint callee = {
    .family = 4, .port = 5, .ip = {192, 0, 2, 1}
  };
  HarkEndpoint thief = {
    .family = 4, .port = 5, .ip = {192, 0, 2, 2}
  };
  uint8_t key[8] = {0};

  hark_contact_point_init (&point);
  for (uint8_t i = 0; i < HARK_POINT_PER_HOST; i++) {
    key[0] = i;
    g_assert_cmpint (hark_contact_point_keep (&point, key, &callee, 0), ==, 0);
  }
  key[0] = 100;
  g_assert_cmpint (hark_contact_point_keep (&point, key, &callee, 0), ==, HARK_KRPC_ERROR_BUSY);
  key[0] = 0;
  g_assert_cmpint (hark_contact_point_keep (&point, key, &thief, 0), ==, HARK_KRPC_ERROR_BUSY);
  callee.port = 6; /* a NAT moved it */
  g_assert_cmpint (hark_contact_point_keep (&point, key, &callee, 0), ==, 0);
  g_assert_true (hark_contact_point_has (&point, key, HARK_POINT_TTL - 1));
  g_assert_false (hark_contact_point_has (&point, key, HARK_POINT_TTL));
  g_assert_cmpint (hark_contact_point_keep (&point, key, &thief, HARK_POINT_TTL), ==, 0);
  hark_contact_point_clear (&point);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/contact-point/forwards-knock-and-answer", test_knock);
  g_test_add_func ("/contact-point/unanswered-knock-fails", test_unanswered);
  g_test_add_func ("/contact-point/unknown-handle", test_unknown);
  g_test_add_func ("/contact-point/survives-loss", test_loss);
  g_test_add_func ("/contact-point/limits-knocks", test_busy);
  g_test_add_func ("/contact-point/answered-knocks-may-be-more", test_answered);
  g_test_add_func ("/contact-point/silent-point-is-lost", test_lost);
  g_test_add_func ("/contact-point/own-handle-rings-directly", test_own_handle);
  g_test_add_func ("/contact-point/picks-known-points-first", test_pick);
  g_test_add_func ("/contact-point/unreachable-is-left-alone-a-while", test_unreachable);
  g_test_add_func ("/contact-point/limits-registrations", test_module_limits);
  return g_test_run ();
}
