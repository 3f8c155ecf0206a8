/* How many nodes there are, and what a crowded target looks like. */
#include "net/dht/lookup.h"
#include "net/dht/size.h"

#include <string.h>

static int
compare (const void *a, const void *b)
{
  uint64_t x = *(const uint64_t *) a, y = *(const uint64_t *) b;

  return (x > y) - (x < y);
}

/* The eight closest of @n random nodes. */
static void
closest (HarkRng *rng, unsigned n, uint64_t ret[8])
{
  g_autofree uint64_t *all = g_new (uint64_t, n);

  for (unsigned i = 0; i < n; i++)
    all[i] = (uint64_t) hark_rng_u32 (rng) << 32 | hark_rng_u32 (rng);
  qsort (all, n, sizeof *all, compare);
  memcpy (ret, all, 8 * sizeof *ret);
}

static void
add_samples (HarkSize *size, HarkRng *rng, unsigned n, unsigned samples)
{
  for (unsigned i = 0; i < samples; i++) {
    uint64_t distances[8];
    HarkNodeId target;

    hark_node_id_random (rng, &target);
    closest (rng, n, distances);
    hark_size_add (size, &target, distances, 8);
  }
}

static void
test_estimates (void)
{
  static const unsigned sizes[] = {50, 1000, 20000};
  uint8_t seed[32] = {1};
  HarkRng rng;

  hark_rng_init (&rng, seed);
  for (size_t i = 0; i < G_N_ELEMENTS (sizes); i++) {
    HarkSize size = {0};
    double nodes;

    add_samples (&size, &rng, sizes[i], HARK_SIZE_SAMPLES);
    nodes = hark_size_get (&size);
    g_test_message ("%u nodes: %.0f", sizes[i], nodes);
    g_assert_cmpfloat (nodes, >, 0.7 * sizes[i]);
    g_assert_cmpfloat (nodes, <, 1.4 * sizes[i]);
    g_assert_cmpuint (hark_size_reach (&size, 8), >, 0);
  }
}

static void
test_needs_samples (void)
{
  HarkSize size = {0};
  uint64_t distances[8] = {1, 2, 3, 4, 5, 6, 7, 8};
  HarkNodeId target = {{1}};

  for (unsigned i = 0; i < 10; i++) /* one target is one sample */
    hark_size_add (&size, &target, distances, 8);
  g_assert_false (hark_size_is_sure (&size));
  for (uint8_t i = 2; i <= HARK_SIZE_SAMPLES_SURE; i++)
    hark_size_add (&size, &(HarkNodeId){{i}}, distances, 8);
  g_assert_true (hark_size_is_sure (&size));
}

/* One lookup is enough to see what is crowded, but then it has to be very. */
static void
test_cautious_at_first (void)
{
  uint64_t distances[8];
  HarkSize one = {0}, many = {0};

  g_assert_cmpuint (hark_size_reach (&one, 8), ==, 0);
  for (uint8_t i = 0; i < 8; i++)
    distances[i] = (i + UINT64_C (1)) << 50;
  hark_size_add (&one, &(HarkNodeId){{1}}, distances, 8);
  for (uint8_t i = 0; i < HARK_SIZE_SAMPLES; i++)
    hark_size_add (&many, &(HarkNodeId){{i}}, distances, 8);
  g_assert_cmpuint (hark_size_reach (&one, 8), >, 0);
  g_assert_cmpuint (hark_size_reach (&one, 8), <, hark_size_reach (&many, 8));
}

/* Some lookups end among liars, far from their target. */
static void
test_led_astray (void)
{
  uint8_t seed[32] = {3};
  HarkSize size = {0};
  HarkRng rng;

  hark_rng_init (&rng, seed);
  add_samples (&size, &rng, 40, 7);
  add_samples (&size, &rng, 1000, 9);
  g_assert_cmpfloat (hark_size_get (&size), >, 500);
  g_assert_cmpfloat (hark_size_get (&size), <, 1600);
}

static void
test_outliers (void)
{
  uint8_t seed[32] = {2};
  uint64_t crowded[8] = {1, 2, 3, 4, 5, 6, 7, 8};
  HarkSize size = {0};
  HarkRng rng;

  hark_rng_init (&rng, seed);
  add_samples (&size, &rng, 1000, 12);
  for (uint8_t i = 0; i < 4; i++)
    hark_size_add (&size, &(HarkNodeId){{i}}, crowded, 8);
  g_assert_cmpfloat (hark_size_get (&size), <, 1600);
}

static void
answer_all (HarkLookup *lookup)
{
  HarkLookupCandidate *candidate;

  while ((candidate = hark_lookup_next (lookup))) {
    HarkNodeId id = candidate->id;

    hark_lookup_answered (lookup, candidate, id.bytes, (HarkBytes){(const uint8_t *) "tk", 2});
  }
}

static void
add_at (HarkLookup *lookup, uint64_t distance, uint16_t port)
{
  HarkEndpoint endpoint = {
    .family = 4, .port = port, .ip = {127, 0, 0, 1}
  };
  HarkNodeId id = {{0}};

  for (unsigned i = 0; i < 8; i++)
    id.bytes[i] = (uint8_t) (distance >> (56 - 8 * i));
  hark_lookup_add (lookup, &id, &endpoint);
}

/* 64 nodes beside the target, nine where they belong, five farther out and one too far. */
static void
test_crowded (void)
{
  static const HarkNodeId target;
  const uint64_t reach = (uint64_t) 1 << 60;
  HarkLookupCandidate *write;
  HarkLookup lookup;
  unsigned n = 0, far = 0;

  hark_lookup_init (&lookup, &target, 8, true);
  hark_lookup_set_reach (&lookup, false, reach, true);
  for (uint16_t i = 0; i < 64; i++)
    add_at (&lookup, 1000 + i, (uint16_t) (1000 + i));
  answer_all (&lookup);
  g_assert_true (hark_lookup_is_done (&lookup));
  g_assert_true (hark_lookup_is_crowded (&lookup));

  lookup.wide = true;
  for (uint16_t i = 0; i < 9; i++)
    add_at (&lookup, reach / 10 * (i + 1u), (uint16_t) (2000 + i));
  for (uint16_t i = 0; i < 6; i++)
    add_at (&lookup, reach / 2 * (i + 3u), (uint16_t) (3000 + i));
  g_assert_false (hark_lookup_is_done (&lookup));
  answer_all (&lookup);
  g_assert_true (hark_lookup_is_done (&lookup));
  while ((write = hark_lookup_next_write (&lookup))) {
    write->write = HARK_WRITE_DONE;
    far += write->endpoint.port >= 2000;
    n++;
  }
  g_assert_cmpuint (far, ==, 8 + 5); /* one sits in the crowded shell */
  g_assert_cmpuint (n, <=, HARK_LOOKUP_SHELLS * HARK_LOOKUP_PER_SHELL);
}

static void
test_not_crowded (void)
{
  static const HarkNodeId target;
  const uint64_t reach = (uint64_t) 1 << 60;
  HarkLookup lookup;

  hark_lookup_init (&lookup, &target, 8, true);
  hark_lookup_set_reach (&lookup, false, reach, true);
  for (uint16_t i = 1; i <= 12; i++)
    add_at (&lookup, reach / 16 * i, (uint16_t) (1000 + i));
  answer_all (&lookup);
  g_assert_true (hark_lookup_is_done (&lookup));
  g_assert_false (hark_lookup_is_crowded (&lookup));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/size/estimates", test_estimates);
  g_test_add_func ("/size/needs-different-targets", test_needs_samples);
  g_test_add_func ("/size/is-cautious-at-first", test_cautious_at_first);
  g_test_add_func ("/size/survives-lookups-led-astray", test_led_astray);
  g_test_add_func ("/size/survives-crowded-targets", test_outliers);
  g_test_add_func ("/size/crowded-target-is-read-widely", test_crowded);
  g_test_add_func ("/size/by-chance-is-not-crowded", test_not_crowded);
  return g_test_run ();
}
