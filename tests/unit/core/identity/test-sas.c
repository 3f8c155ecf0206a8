/* Words to compare by voice: the same at both ends of one session, others with somebody between. */
#include "core/identity/sas.h"

#include <glib.h>
#include <string.h>

typedef struct {
  HarkSasPair pair;
  HarkSas sas;
  HarkRng rng;
} End;

static void
end_init (End *end, uint8_t own, uint8_t peer, uint8_t session, uint8_t seed)
{
  const uint8_t bytes[32] = {seed};

  memset (end, 0, sizeof *end);
  end->pair.own = (HarkKey){{own}};
  end->pair.peer = (HarkKey){{peer}};
  memset (end->pair.handshake_hash, session, sizeof end->pair.handshake_hash);
  hark_rng_init (&end->rng, bytes);
}

/* From the commitment on. */
static bool
go_on (End *asker, End *other, const uint8_t commitment[HARK_SAS_VALUE_LEN])
{
  uint8_t nonce[HARK_SAS_VALUE_LEN], reveal[HARK_SAS_VALUE_LEN];

  return hark_sas_handle_commitment (&other->sas, &other->pair, commitment, &other->rng, nonce)
         && hark_sas_handle_nonce (&asker->sas, nonce, reveal)
         && hark_sas_handle_reveal (&other->sas, reveal);
}

static void
test_same (void)
{
  uint8_t commitment[HARK_SAS_VALUE_LEN];
  g_auto (GStrv) words = NULL;
  End a, b;

  end_init (&a, 1, 2, 9, 3);
  end_init (&b, 2, 1, 9, 4);
  hark_sas_start (&a.sas, &a.pair, &a.rng, commitment);
  g_assert_true (go_on (&a, &b, commitment));
  g_assert_cmpint (a.sas.state, ==, HARK_SAS_SHOWN);
  g_assert_cmpint (b.sas.state, ==, HARK_SAS_SHOWN);
  g_assert_cmpstr (a.sas.words, ==, b.sas.words);
  words = g_strsplit (a.sas.words, " ", -1);
  g_assert_cmpuint (g_strv_length (words), ==, HARK_SAS_WORDS);
  for (unsigned i = 0; i < HARK_SAS_WORDS; i++)
    g_assert_cmpint (hark_words_find (words[i], strlen (words[i])), >=, 0);
}

/* Mallory has a session with each and passes everything on: two hashes, two sets of words. */
static void
test_between (void)
{
  unsigned same = 0;

  for (uint8_t seed = 1; seed < 200; seed++) {
    uint8_t commitment[HARK_SAS_VALUE_LEN], nonce[HARK_SAS_VALUE_LEN], reveal[HARK_SAS_VALUE_LEN];
    End a, b;

    end_init (&a, 1, 2, 8, seed);
    end_init (&b, 2, 1, 9, (uint8_t) (seed + 1));
    hark_sas_start (&a.sas, &a.pair, &a.rng, commitment);
    g_assert_true (hark_sas_handle_commitment (&b.sas, &b.pair, commitment, &b.rng, nonce));
    g_assert_true (hark_sas_handle_nonce (&a.sas, nonce, reveal));
    same += hark_sas_handle_reveal (&b.sas, reveal); /* committed to under another hash */
    g_assert_cmpint (b.sas.state, ==, HARK_SAS_NONE);
  }
  g_assert_cmpuint (same, ==, 0);
}

static void
test_reveal (void)
{
  uint8_t commitment[HARK_SAS_VALUE_LEN], nonce[HARK_SAS_VALUE_LEN], reveal[HARK_SAS_VALUE_LEN];

  for (unsigned bit = 0; bit < 8 * HARK_SAS_VALUE_LEN; bit++) {
    End a, b;

    end_init (&a, 1, 2, 9, 3);
    end_init (&b, 2, 1, 9, 4);
    hark_sas_start (&a.sas, &a.pair, &a.rng, commitment);
    g_assert_true (hark_sas_handle_commitment (&b.sas, &b.pair, commitment, &b.rng, nonce));
    g_assert_true (hark_sas_handle_nonce (&a.sas, nonce, reveal));
    reveal[bit / 8] ^= (uint8_t) (1 << bit % 8);
    g_assert_false (hark_sas_handle_reveal (&b.sas, reveal));
    g_assert_cmpint (b.sas.state, ==, HARK_SAS_NONE);
    g_assert_false (hark_sas_handle_reveal (&b.sas, reveal));
  }
}

/* Whatever comes when it is not asked for shows nothing. */
static void
test_order (void)
{
  const uint8_t zeros[HARK_SAS_VALUE_LEN] = {0};
  uint8_t value[HARK_SAS_VALUE_LEN];
  End a;

  end_init (&a, 1, 2, 9, 3);
  g_assert_false (hark_sas_handle_nonce (&a.sas, zeros, value));
  g_assert_false (hark_sas_handle_reveal (&a.sas, zeros));
  hark_sas_start (&a.sas, &a.pair, &a.rng, value);
  g_assert_false (hark_sas_handle_reveal (&a.sas, zeros));
  g_assert_cmpint (a.sas.state, ==, HARK_SAS_COMMITTED);
  g_assert_true (hark_sas_handle_nonce (&a.sas, zeros, value));
  g_assert_false (hark_sas_handle_nonce (&a.sas, zeros, value)); /* one nonce for each commitment */
}

static void
test_both_ask (void)
{
  uint8_t of_a[HARK_SAS_VALUE_LEN], of_b[HARK_SAS_VALUE_LEN], value[HARK_SAS_VALUE_LEN];
  End a, b;

  end_init (&a, 1, 2, 9, 3);
  end_init (&b, 2, 1, 9, 4);
  hark_sas_start (&a.sas, &a.pair, &a.rng, of_a);
  hark_sas_start (&b.sas, &b.pair, &b.rng, of_b);
  g_assert_false (hark_sas_handle_commitment (&a.sas, &a.pair, of_b, &a.rng, value));
  g_assert_true (go_on (&a, &b, of_a));
  g_assert_cmpstr (a.sas.words, ==, b.sas.words);
}

static void
test_tries (void)
{
  HarkSasTries tries = {0};

  for (int i = 0; i < HARK_SAS_TRIES_MAX; i++)
    g_assert_true (hark_sas_take_try (&tries, 7, 1000));
  g_assert_false (hark_sas_take_try (&tries, 7, 1000));
  g_assert_false (
    hark_sas_take_try (&tries, 7, 1000 + 100 * HARK_SAS_TRIES_MS)); /* one long call */
  for (int i = 0; i < HARK_SAS_TRIES_MAX; i++)
    g_assert_true (hark_sas_take_try (&tries, 0, 2000));
  g_assert_false (hark_sas_take_try (&tries, 0, 2000 + HARK_SAS_TRIES_MS - 1));
  g_assert_true (hark_sas_take_try (&tries, 0, 2000 + HARK_SAS_TRIES_MS));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sas/both-see-the-same", test_same);
  g_test_add_func ("/sas/nobody-stands-between", test_between);
  g_test_add_func ("/sas/only-what-was-committed-to", test_reveal);
  g_test_add_func ("/sas/nothing-out-of-order", test_order);
  g_test_add_func ("/sas/both-ask-at-once", test_both_ask);
  g_test_add_func ("/sas/three-tries", test_tries);
  return g_test_run ();
}
