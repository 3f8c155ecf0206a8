#include "core/identity/cpace.h"

#include <glib.h>
#include <sodium.h>
#include <string.h>

#define BLOCK_LEN 128 /* s_in_bytes of SHA-512 */

static const char dsi[] = "CPaceRistretto255";
static const char dsi_isk[] = "CPaceRistretto255_ISK";
static const char mac_domain[] = "CPaceMac";

/* prepend_len() of the draft: the length as LEB128. Returns its bytes. */
static size_t
write_len (size_t len, uint8_t ret[10])
{
  size_t n = 0;

  do {
    ret[n++] = (uint8_t) ((len & 0x7f) | (len > 0x7f ? 0x80 : 0));
    len >>= 7;
  } while (len > 0);
  return n;
}

static void
add (crypto_hash_sha512_state *state, const void *data, size_t len)
{
  uint8_t head[10];

  crypto_hash_sha512_update (state, head, write_len (len, head));
  if (len > 0)
    crypto_hash_sha512_update (state, data, len);
}

static void
add_said (crypto_hash_sha512_state *state, const HarkCpaceSaid *said)
{
  add (state, said->share, sizeof said->share);
  add (state, said->data.data, said->data.len);
}

void
hark_cpace_scalar (HarkRng *rng, uint8_t ret[32])
{
  uint8_t wide[64];

  do {
    hark_rng_bytes (rng, wide, sizeof wide);
    crypto_core_ristretto255_scalar_reduce (ret, wide);
  } while (sodium_is_zero (ret, 32));
  sodium_memzero (wide, sizeof wide);
}

void
hark_cpace_generator (const HarkCpaceContext *context, uint8_t ret[HARK_CPACE_SHARE_LEN])
{
  static const uint8_t zeros[BLOCK_LEN];
  crypto_hash_sha512_state state;
  uint8_t head[10], hash[64];
  /* so that the block with the password in it is always a whole one */
  size_t used = 1 + sizeof dsi + write_len (context->password.len, head) + context->password.len;

  crypto_hash_sha512_init (&state);
  add (&state, dsi, sizeof dsi - 1);
  add (&state, context->password.data, context->password.len);
  add (&state, zeros, used < BLOCK_LEN ? BLOCK_LEN - used : 0);
  add (&state, context->channel.data, context->channel.len);
  add (&state, context->sid, sizeof context->sid);
  crypto_hash_sha512_final (&state, hash);
  crypto_core_ristretto255_from_hash (ret, hash);
  sodium_memzero (&state, sizeof state);
  sodium_memzero (hash, sizeof hash);
}

void
hark_cpace_share (const HarkCpaceContext *context,
                  const uint8_t scalar[32],
                  uint8_t ret[HARK_CPACE_SHARE_LEN])
{
  uint8_t generator[HARK_CPACE_SHARE_LEN];
  int refused;

  hark_cpace_generator (context, generator);
  /* the group has a prime order, and neither is zero */
  refused = crypto_scalarmult_ristretto255 (ret, scalar, generator);
  g_assert (refused == 0);
  sodium_memzero (generator, sizeof generator);
}

bool
hark_cpace_key (const uint8_t sid[HARK_CPACE_SID_LEN],
                const uint8_t scalar[32],
                bool initiates,
                const HarkCpaceSaid *initiator,
                const HarkCpaceSaid *responder,
                uint8_t ret[HARK_CPACE_KEY_LEN])
{
  crypto_hash_sha512_state state;
  uint8_t point[HARK_CPACE_SHARE_LEN];
  const uint8_t *theirs = initiates ? responder->share : initiator->share;

  if (crypto_scalarmult_ristretto255 (point, scalar, theirs) != 0) {
    sodium_memzero (ret, HARK_CPACE_KEY_LEN);
    return false;
  }
  crypto_hash_sha512_init (&state);
  add (&state, dsi_isk, sizeof dsi_isk - 1);
  add (&state, sid, HARK_CPACE_SID_LEN);
  add (&state, point, sizeof point);
  add_said (&state, initiator);
  add_said (&state, responder);
  crypto_hash_sha512_final (&state, ret);
  sodium_memzero (&state, sizeof state);
  sodium_memzero (point, sizeof point);
  return true;
}

void
hark_cpace_tag (const uint8_t sid[HARK_CPACE_SID_LEN],
                const uint8_t key[HARK_CPACE_KEY_LEN],
                const HarkCpaceSaid *said,
                uint8_t ret[HARK_CPACE_TAG_LEN])
{
  crypto_hash_sha512_state state;
  crypto_auth_hmacsha512_state mac;
  uint8_t mac_key[64], head[10];

  crypto_hash_sha512_init (&state);
  crypto_hash_sha512_update (&state, (const uint8_t *) mac_domain, sizeof mac_domain - 1);
  crypto_hash_sha512_update (&state, sid, HARK_CPACE_SID_LEN);
  crypto_hash_sha512_update (&state, key, HARK_CPACE_KEY_LEN);
  crypto_hash_sha512_final (&state, mac_key);

  crypto_auth_hmacsha512_init (&mac, mac_key, sizeof mac_key);
  crypto_auth_hmacsha512_update (&mac, head, write_len (sizeof said->share, head));
  crypto_auth_hmacsha512_update (&mac, said->share, sizeof said->share);
  crypto_auth_hmacsha512_update (&mac, head, write_len (said->data.len, head));
  if (said->data.len > 0)
    crypto_auth_hmacsha512_update (&mac, said->data.data, said->data.len);
  crypto_auth_hmacsha512_final (&mac, ret);
  sodium_memzero (&state, sizeof state);
  sodium_memzero (&mac, sizeof mac);
  sodium_memzero (mac_key, sizeof mac_key);
}
