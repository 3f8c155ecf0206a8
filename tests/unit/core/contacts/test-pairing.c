#include "core/contacts/pairing.h"

#include <string.h>

/* One side: what its disk holds, and what is in memory during a session. */
typedef struct {
  HarkPairSecrets disk;
  HarkPairSecrets memory;
  HarkPairing pairing;
} Side;

static HarkRng rng;

/* Secrets that @side knocks with and those it lets in. */
static bool
lets_in (const HarkPairSecrets *there, const HarkSecret *secret)
{
  return (there->has_current && hark_secret_equal (&there->current, secret))
         || (there->has_other && hark_secret_equal (&there->other, secret));
}

static bool
reaches (const HarkPairSecrets *here, const HarkPairSecrets *there)
{
  return here->has_current && lets_in (there, &here->current);
}

static void
hello (Side *to, const Side *from)
{
  hark_pairing_handle_hello (&to->pairing, &to->memory, from->pairing.random,
                             from->pairing.has_tag ? from->pairing.tag : NULL,
                             from->pairing.wanted);
}

/* Runs a session in which only the first @steps things happen before both sides lose their memory;
 * returns whether all of it happened. `by` is the side whose secret in use keys it; NULL: an invite
 * does. */
static bool
run_session (Side *a, Side *b, const Side *by, int steps, int64_t wall_ms)
{
  uint8_t hash[64];
  bool done;

  hark_rng_bytes (&rng, hash, sizeof hash);
  for (int i = 0; i < 2; i++) {
    Side *side = i == 0 ? a : b;
    bool by_current = by != NULL && side->disk.has_current
                      && hark_secret_equal (&side->disk.current, &by->disk.current);

    side->memory = side->disk;
    hark_pairing_begin (&side->pairing, &side->memory, i == 0, by_current, hash, &rng, wall_ms);
  }
  hello (a, b);
  hello (b, a);
  if (steps-- > 0)
    a->disk = a->memory;
  if (steps-- > 0)
    b->disk = b->memory;
  done = steps >= 2;
  if (steps-- > 0) { /* both said and heard PairStored at b */
    hark_pairing_handle_stored (&a->pairing);
    hark_pairing_handle_stored (&b->pairing);
    if (hark_pairing_advance (&b->pairing, &b->memory, true, wall_ms))
      b->disk = b->memory;
  }
  if (steps-- > 0 && hark_pairing_advance (&a->pairing, &a->memory, true, wall_ms))
    a->disk = a->memory;
  return done;
}

static void
test_first (void)
{
  Side a = {0}, b = {0};

  run_session (&a, &b, NULL, 9, 1000);
  g_assert_true (a.disk.has_current);
  g_assert_true (hark_secret_equal (&a.disk.current, &b.disk.current));
  g_assert_cmpint (a.disk.made_ms, ==, 1000);
}

static void
test_no_needless_renewal (void)
{
  Side a = {0}, b = {0};
  HarkSecret first;

  run_session (&a, &b, NULL, 9, 1000);
  first = a.disk.current;
  run_session (&a, &b, &a, 9, 2000);
  g_assert_true (hark_secret_equal (&a.disk.current, &first));
  g_assert_false (a.disk.has_other);
  run_session (&a, &b, &a, 9, 2000 + HARK_PAIR_AGE_MAX_MS);
  g_assert_false (hark_secret_equal (&a.disk.current, &first));
  g_assert_true (hark_secret_equal (&a.disk.current, &b.disk.current));
}

/* However often both crash at whatever moment of a renewal, one can always reach the other. */
static void
test_crashes (void)
{
  for (uint64_t seed = 0; seed < 2000; seed++) {
    Side a = {0}, b = {0};
    int64_t wall_ms = 1000;

    run_session (&a, &b, NULL, 9, wall_ms);
    for (int i = 0; i < 8; i++) {
      bool from_a = reaches (&a.disk, &b.disk), from_b = reaches (&b.disk, &a.disk);
      const Side *by = from_a && (!from_b || hark_rng_below (&rng, 2)) ? &a : &b;

      g_assert_true (from_a || from_b);
      wall_ms += HARK_PAIR_AGE_MAX_MS + 1;
      run_session (&a, &b, by, (int) hark_rng_below (&rng, 5), wall_ms);
    }
    g_assert_true (reaches (&a.disk, &b.disk) || reaches (&b.disk, &a.disk));
  }
}

/* A backup of either side from between the steps of the first secret, however often sessions end
 * there. */
static void
test_first_of_backup (void)
{
  for (int sessions = 1; sessions < 5; sessions++) {
    Side a = {0}, b = {0}, early;

    run_session (&a, &b, NULL, 2, 1000);
    early = a;
    for (int i = 0; i < sessions; i++)
      run_session (&a, &b, NULL, 2, 2000);
    run_session (&a, &b, NULL, 9, 3000);
    g_assert_true (hark_secret_equal (&a.disk.current, &b.disk.current));
    g_assert_true (lets_in (&b.disk, &early.disk.other));
    run_session (&early, &b, NULL, 9, 4000);
    g_assert_true (hark_secret_equal (&early.disk.current, &b.disk.current));
  }
}

/* One side's profile is put back from before a renewal: they still meet, and agree again. */
static void
test_old_copy (void)
{
  Side a = {0}, b = {0}, old;
  int64_t wall_ms = 1000;

  run_session (&a, &b, NULL, 9, wall_ms);
  old = b;
  run_session (&a, &b, &a, 9, wall_ms += HARK_PAIR_AGE_MAX_MS + 1);
  b = old;
  g_assert_true (reaches (&b.disk, &a.disk));
  run_session (&a, &b, &b, 9, wall_ms + 1);
  g_assert_true (hark_secret_equal (&a.disk.current, &b.disk.current));
}

/* A backup is put back after the others have met often since: as long as it is not older than the
 * time between two renewals, it opens the door. The secret that it knows is not used for long. */
static void
test_old_backup (void)
{
  for (unsigned sessions = 0; sessions < 10; sessions++) {
    Side a = {0}, b = {0}, backup;
    int64_t wall_ms = 1000;
    HarkSecret known;

    run_session (&a, &b, NULL, 9, wall_ms);
    wall_ms += HARK_PAIR_AGE_MAX_MS - 1;
    backup = b;
    known = backup.disk.current;
    for (unsigned i = 0; i < sessions; i++)
      run_session (&a, &b, &a, 9, wall_ms += HARK_PAIR_AGE_MAX_MS / 11);
    b = backup;
    g_assert_true (reaches (&b.disk, &a.disk));
    run_session (&a, &b, &b, 9, wall_ms + 1);
    g_assert_true (hark_secret_equal (&a.disk.current, &b.disk.current));
    g_assert_true (sessions < 2 || !hark_secret_equal (&a.disk.current, &known));
    g_assert_true (reaches (&a.disk, &b.disk) && reaches (&b.disk, &a.disk));
  }
}

static void
test_early_stored (void)
{
  HarkPairSecrets secrets = {0};
  HarkPairing pairing;
  uint8_t hash[64] = {0};

  hark_pairing_begin (&pairing, &secrets, true, false, hash, &rng, 0);
  g_assert_true (pairing.wanted);
  g_assert_false (hark_pairing_advance (&pairing, &secrets, true, 0));
  g_assert_false (hark_pairing_handle_stored (&pairing));
  g_assert_false (secrets.has_current);
}

int
main (int argc, char **argv)
{
  uint8_t seed[32] = {5};

  g_test_init (&argc, &argv, NULL);
  hark_rng_init (&rng, seed);
  g_test_add_func ("/pairing/first-session-makes-one-secret", test_first);
  g_test_add_func ("/pairing/renewed-only-when-old", test_no_needless_renewal);
  g_test_add_func ("/pairing/no-crash-locks-out", test_crashes);
  g_test_add_func ("/pairing/first-secret-of-a-backup-stays-known", test_first_of_backup);
  g_test_add_func ("/pairing/old-copy-is-mended", test_old_copy);
  g_test_add_func ("/pairing/old-backup-is-let-in-and-mended", test_old_backup);
  g_test_add_func ("/pairing/stored-before-hello-means-nothing", test_early_stored);
  return g_test_run ();
}
