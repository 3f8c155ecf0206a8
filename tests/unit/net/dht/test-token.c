#include "net/dht/token.h"

#include <glib.h>

static void
test_binding (void)
{
  HarkEndpoint from = {.family = 4, .port = 5, .ip = {192, 0, 2, 1}}, other = from;
  const uint8_t subject[20] = {1}, another[20] = {2};
  uint8_t token[HARK_TOKEN_LEN_WIRE];
  HarkTokens tokens;
  HarkRng rng;

  hark_rng_init (&rng, (const uint8_t[32]){1});
  hark_tokens_init (&tokens, &rng, 0);
  hark_tokens_make (&tokens, &rng, &from, subject, 20, 0, token);
  other.port = 6;
  g_assert_true (hark_tokens_check (&tokens, &rng, &other, subject, 20, token, 8, 0));
  g_assert_false (hark_tokens_check (&tokens, &rng, &from, another, 20, token, 8, 0));
  g_assert_false (hark_tokens_check (&tokens, &rng, &from, subject, 20, token, 7, 0));
  other.ip[3] = 2;
  g_assert_false (hark_tokens_check (&tokens, &rng, &other, subject, 20, token, 8, 0));
  from.ip[0] = other.ip[0] = 127;
  other = from;
  other.port = 6;
  hark_tokens_make (&tokens, &rng, &from, subject, 20, 0, token);
  g_assert_false (hark_tokens_check (&tokens, &rng, &other, subject, 20, token, 8, 0));
  hark_tokens_clear (&tokens);
}

static void
test_lifetime (void)
{
  HarkEndpoint from = {
    .family = 6, .port = 5, .ip = {0x20, 1}
  };
  const uint8_t subject[8] = {1};
  uint8_t token[HARK_TOKEN_LEN_WIRE];
  HarkTokens tokens;
  HarkRng rng;

  hark_rng_init (&rng, (const uint8_t[32]){1});
  hark_tokens_init (&tokens, &rng, 0);
  hark_tokens_make (&tokens, &rng, &from, subject, 8, 0, token);
  g_assert_true (hark_tokens_check (&tokens, &rng, &from, subject, 8, token, 8, HARK_TOKEN_PERIOD));
  g_assert_true (
    hark_tokens_check (&tokens, &rng, &from, subject, 8, token, 8, 2 * HARK_TOKEN_PERIOD - 1));
  g_assert_false (
    hark_tokens_check (&tokens, &rng, &from, subject, 8, token, 8, 2 * HARK_TOKEN_PERIOD));
  hark_tokens_init (&tokens, &rng, 0);
  hark_tokens_make (&tokens, &rng, &from, subject, 8, 0, token);
  g_assert_false (hark_tokens_check (&tokens, &rng, &from, subject, 8, token, 8, HARK_HOUR));
  hark_tokens_clear (&tokens);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/token/bound-to-address-and-subject", test_binding);
  g_test_add_func ("/token/five-to-ten-minutes", test_lifetime);
  return g_test_run ();
}
