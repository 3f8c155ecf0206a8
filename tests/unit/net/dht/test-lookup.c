#include "net/dht/lookup.h"

#include <glib.h>
#include <string.h>

static const HarkNodeId target;

static void
add (HarkLookup *lookup, uint8_t i)
{
  HarkNodeId id = {{i}};
  HarkEndpoint endpoint = {
    .family = 4, .port = (uint16_t) (1000 + i), .ip = {127, 0, 0, 1}
  };

  hark_lookup_add (lookup, &id, &endpoint);
}

static void
answer (HarkLookup *lookup, HarkLookupCandidate *candidate, bool token)
{
  HarkNodeId id = candidate->id;

  hark_lookup_answered (lookup, candidate, id.bytes,
                        token ? (HarkBytes){(const uint8_t *) "tk", 2} : (HarkBytes){0});
}

static void
test_closest_first (void)
{
  HarkLookup lookup;
  uint8_t last = 0;

  hark_lookup_init (&lookup, &target, 6, false);
  for (uint8_t i = 40; i > 0; i--)
    add (&lookup, i);
  for (unsigned i = 0; i < 6; i++) {
    HarkLookupCandidate *next = hark_lookup_next (&lookup);

    g_assert_cmpuint (next->id.bytes[0], ==, last + 1);
    last = next->id.bytes[0];
  }
  g_assert_null (hark_lookup_next (&lookup));
  while (!hark_lookup_is_done (&lookup)) {
    answer (&lookup, &lookup.candidates[lookup.n_answered], false);
    hark_lookup_next (&lookup);
  }
  g_assert_cmpuint (lookup.n_answered, ==, 8);
}

static void
test_late (void)
{
  HarkLookup lookup;
  HarkLookupCandidate *first;

  hark_lookup_init (&lookup, &target, 1, false);
  for (uint8_t i = 1; i <= 9; i++)
    add (&lookup, i);
  first = hark_lookup_next (&lookup);
  g_assert_null (hark_lookup_next (&lookup));
  hark_lookup_late (&lookup, first);
  for (unsigned i = 0; i < 8; i++)
    answer (&lookup, hark_lookup_next (&lookup), false);
  g_assert_true (hark_lookup_is_done (&lookup));
  answer (&lookup, &lookup.candidates[0], false); /* still counts */
  g_assert_cmpuint (lookup.n_answered, ==, 9);
}

static void
test_few (void)
{
  HarkLookup lookup;
  HarkLookupCandidate *only;

  hark_lookup_init (&lookup, &target, 6, false);
  g_assert_true (hark_lookup_is_done (&lookup));
  add (&lookup, 1);
  only = hark_lookup_next (&lookup);
  hark_lookup_late (&lookup, only);
  g_assert_true (hark_lookup_next (&lookup) == only); /* nobody else: once more */
  hark_lookup_late (&lookup, only);
  g_assert_null (hark_lookup_next (&lookup));
  g_assert_false (hark_lookup_is_done (&lookup)); /* its answer may still come */
  hark_lookup_failed (&lookup, only);
  g_assert_true (hark_lookup_is_done (&lookup));
}

static void
test_writes (void)
{
  HarkLookup lookup;
  HarkLookupCandidate *candidate;
  unsigned written = 0;

  hark_lookup_init (&lookup, &target, 6, true);
  for (uint8_t i = 1; i <= 20; i++)
    add (&lookup, i);
  g_assert_null (hark_lookup_next_write (&lookup));
  for (unsigned i = 0; i < 3; i++)
    hark_lookup_next (&lookup);
  answer (&lookup, &lookup.candidates[1], true);
  g_assert_null (hark_lookup_next_write (&lookup)); /* the first may still be closer */
  answer (&lookup, &lookup.candidates[0], false);
  candidate = hark_lookup_next_write (&lookup);
  g_assert_cmpuint (candidate->id.bytes[0], ==, 2);
  candidate->write = HARK_WRITE_SENT;
  answer (&lookup, &lookup.candidates[2], true);
  while (hark_lookup_next (&lookup))
    answer (&lookup, &lookup.candidates[lookup.n_answered], true);
  while ((candidate = hark_lookup_next_write (&lookup))) {
    candidate->write = HARK_WRITE_DONE;
    written++;
  }
  g_assert_cmpuint (written, ==, 7);
  hark_lookup_want_more (&lookup);
  g_assert_false (hark_lookup_is_done (&lookup));
  g_assert_nonnull (hark_lookup_next (&lookup));
}

static void
test_unverified (void)
{
  HarkLookup lookup;
  HarkLookupCandidate *candidate;
  HarkRng rng;

  hark_rng_init (&rng, (const uint8_t[32]){3});
  hark_lookup_init (&lookup, &target, 6, false);
  for (uint8_t i = 1; i <= 8; i++) {
    HarkNodeId made_up = {
      {0, 0, 0, 0, i}
    };
    HarkEndpoint liar = {
      .family = 4, .port = 1, .ip = {50, i, 0, 1}
    };
    HarkEndpoint honest = {
      .family = 4, .port = 1, .ip = {60, i, 0, 1}
    };
    HarkNodeId id;

    hark_lookup_add (&lookup, &made_up, &liar);
    hark_node_id_for (&honest, i, &rng, &id);
    hark_lookup_add (&lookup, &id, &honest);
  }
  while (!hark_lookup_is_done (&lookup)) {
    candidate = hark_lookup_next (&lookup);
    answer (&lookup, candidate, false);
  }
  g_assert_cmpuint (lookup.n_answered, ==, 16); /* the made-up ids did not crowd the others out */
}

/* Eight that answer lie five times as far as a network of this size lets them: there are others,
 * and whoever knows them is farther still. */
static void
test_sparse (void)
{
  HarkLookup lookup;

  hark_lookup_init (&lookup, &target, 8, false);
  hark_lookup_set_reach (&lookup, false, UINT64_C (8) << 56, true);
  for (uint8_t i = 40; i < 50; i++)
    add (&lookup, i);
  for (unsigned i = 0; i < 9; i++)
    answer (&lookup, hark_lookup_next (&lookup), false);
  g_assert_false (hark_lookup_is_done (&lookup));
  for (uint8_t i = 1; i <= 8; i++) /* named by the ninth */
    add (&lookup, i);
  for (unsigned i = 0; i < 8; i++)
    answer (&lookup, hark_lookup_next (&lookup), false);
  g_assert_true (hark_lookup_is_done (&lookup));
  g_assert_cmpuint (lookup.n_answered, ==, 17);
}

/* Whoever shows what nobody signed is neither counted nor written to. */
static void
test_lied (void)
{
  HarkLookup lookup;
  HarkLookupCandidate *candidate;
  unsigned written = 0;

  hark_lookup_init (&lookup, &target, 8, true);
  for (uint8_t i = 1; i <= 12; i++)
    add (&lookup, i);
  for (unsigned i = 0; i < 8; i++)
    answer (&lookup, hark_lookup_next (&lookup), true);
  g_assert_true (hark_lookup_is_done (&lookup));
  hark_lookup_lied (&lookup.candidates[2]);
  lookup.candidates[2].stale = true;
  g_assert_false (hark_lookup_is_done (&lookup));
  answer (&lookup, hark_lookup_next (&lookup), true);
  g_assert_true (hark_lookup_is_done (&lookup));
  while ((candidate = hark_lookup_next_write (&lookup))) {
    candidate->write = HARK_WRITE_DONE;
    g_assert_false (candidate->lied);
    written++;
  }
  g_assert_cmpuint (written, ==, HARK_LOOKUP_WANTED);
}

/* Nobody is asked for ever: the estimate may be wrong. */
static void
test_sparse_after_all (void)
{
  HarkLookup lookup;

  hark_lookup_init (&lookup, &target, 8, false);
  hark_lookup_set_reach (&lookup, false, UINT64_C (8) << 56, true);
  for (uint8_t i = 40; i < 100; i++)
    add (&lookup, i);
  while (!hark_lookup_is_done (&lookup))
    answer (&lookup, hark_lookup_next (&lookup), false);
  g_assert_cmpuint (lookup.n_answered, ==, HARK_LOOKUP_SPARSE_MAX);
}

/* Five copies end a get; but not five beside each other, nor of different versions. */
static void
test_agreed (void)
{
  HarkLookup lookup;

  hark_lookup_init (&lookup, &target, 8, true);
  hark_lookup_set_reach (&lookup, false, UINT64_C (8) << 56, true);
  for (uint8_t i = 1; i <= 8; i++)
    add (&lookup, i);
  for (size_t i = 0; i < 8; i++) {
    answer (&lookup, &lookup.candidates[i], true);
    lookup.candidates[i].has_copy = i < 5;
    lookup.candidates[i].seq = 7;
    g_assert_true (hark_lookup_is_agreed (&lookup, 7) == (i >= 4));
  }
  g_assert_false (hark_lookup_is_agreed (&lookup, 8));
  lookup.reach *= 4;
  g_assert_false (hark_lookup_is_agreed (&lookup, 7));
  lookup.reach = 0;
  g_assert_false (hark_lookup_is_agreed (&lookup, 7));
}

/* Readers stop where the first eight have answered, but not all in the same places. */
static void
test_stale (void)
{
  HarkLookupCandidate *write;
  HarkLookup lookup;
  unsigned n = 0;

  hark_lookup_init (&lookup, &target, 8, true);
  for (uint8_t i = 1; i <= 40; i++)
    add (&lookup, i);
  for (unsigned i = 0; i < 30; i++) {
    HarkLookupCandidate *candidate = &lookup.candidates[i];
    HarkNodeId id = candidate->id;

    hark_lookup_answered (&lookup, candidate, id.bytes, (HarkBytes){(const uint8_t *) "tk", 2});
    lookup.candidates[i].stale = i >= 10;
  }
  while ((write = hark_lookup_next_write (&lookup))) {
    write->write = HARK_WRITE_DONE;
    n++;
  }
  g_assert_cmpuint (n, ==, HARK_LOOKUP_WANTED + HARK_LOOKUP_STALE_MAX);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/lookup/asks-the-closest-first", test_closest_first);
  g_test_add_func ("/lookup/late-ones-give-up-their-slot", test_late);
  g_test_add_func ("/lookup/few-candidates", test_few);
  g_test_add_func ("/lookup/writes-as-soon-as-sure", test_writes);
  g_test_add_func ("/lookup/five-copies-are-enough", test_agreed);
  g_test_add_func ("/lookup/replaces-older-versions", test_stale);
  g_test_add_func ("/lookup/made-up-ids-do-not-crowd", test_unverified);
  g_test_add_func ("/lookup/goes-on-when-led-astray", test_sparse);
  g_test_add_func ("/lookup/liar-is-neither-counted-nor-written-to", test_lied);
  g_test_add_func ("/lookup/a-sparse-network-is-enough-in-the-end", test_sparse_after_all);
  return g_test_run ();
}
