#include "net/base/hash.h"

#include <sodium.h>
#include <string.h>

void
hark_hash (uint8_t *ret,
           size_t ret_len,
           const uint8_t *key,
           size_t key_len,
           const char *domain,
           const HarkHashPart *parts,
           size_t n_parts)
{
  crypto_generichash_state state;
  uint8_t hash[crypto_generichash_BYTES_MAX];
  size_t hash_len = ret_len < crypto_generichash_BYTES_MIN ? crypto_generichash_BYTES_MIN : ret_len;

  crypto_generichash_init (&state, key, key ? key_len : 0, hash_len);
  crypto_generichash_update (&state, (const uint8_t *) domain, strlen (domain));
  for (size_t i = 0; i < n_parts; i++)
    if (parts[i].len)
      crypto_generichash_update (&state, parts[i].data, parts[i].len);
  crypto_generichash_final (&state, hash, hash_len);

  memcpy (ret, hash, ret_len);
  sodium_memzero (&state, sizeof state);
  sodium_memzero (hash, sizeof hash);
}
