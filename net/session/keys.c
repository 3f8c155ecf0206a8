/* net/session/keys.c - every key of a session, from what the handshake left. */
#include "net/session/keys.h"

#include "net/base/domain.h"
#include "net/base/hash.h"
#include "net/base/locked.h"

#include <string.h>

static const char *const space_domains[HARK_SPACES] = {
  [HARK_SPACE_INITIAL] = HARK_DOMAIN_QUIC_INITIAL,
  [HARK_SPACE_HANDSHAKE] = HARK_DOMAIN_QUIC_HANDSHAKE,
  [HARK_SPACE_APPLICATION] = HARK_DOMAIN_QUIC_APPLICATION,
};

static const uint8_t *
get_direction (const HarkSessionSecrets *secrets, bool from_initiator)
{
  return from_initiator ? secrets->initiator_to_responder : secrets->responder_to_initiator;
}

void
hark_keys_secret (const HarkSessionSecrets *secrets,
                  HarkSpace space,
                  bool from_initiator,
                  HarkPacketSecret *ret)
{
  HARK_HASH (ret->bytes, sizeof ret->bytes, get_direction (secrets, from_initiator), 32,
             space_domains[space], HARK_PART (&secrets->handshake_hash));
}

void
hark_keys_update (HarkPacketSecret *secret)
{
  hark_hash (secret->bytes, sizeof secret->bytes, secret->bytes, sizeof secret->bytes,
             HARK_DOMAIN_KEY_UPDATE, NULL, 0);
}

void
hark_keys_header (const HarkPacketSecret *secret, uint8_t ret[32])
{
  hark_hash (ret, 32, secret->bytes, sizeof secret->bytes, HARK_DOMAIN_QUIC_HEADER, NULL, 0);
}

void
hark_keys_finished (const HarkPacketSecret *secret,
                    const uint8_t handshake_hash[64],
                    uint8_t ret[HARK_FINISHED_LEN])
{
  HARK_HASH (ret, HARK_FINISHED_LEN, secret->bytes, sizeof secret->bytes, HARK_DOMAIN_QUIC_FINISHED,
             HARK_PART_BYTES (handshake_hash, 64));
}

void
hark_keys_original_dcid (const uint8_t handshake_hash[64], uint8_t ret[HARK_ORIGINAL_DCID_LEN])
{
  HARK_HASH (ret, HARK_ORIGINAL_DCID_LEN, NULL, 0, HARK_DOMAIN_QUIC_DCID,
             HARK_PART_BYTES (handshake_hash, 64));
}

/* The AEAD key and the nonce base: one hash, cut in two. */
static void
expand (const uint8_t secret[32],
        const char *domain,
        const HarkHashPart *parts,
        size_t n_parts,
        uint8_t ret_key[32],
        uint8_t ret_iv[HARK_NONCE_LEN])
{
  uint8_t both[32 + HARK_NONCE_LEN];

  hark_hash (both, sizeof both, secret, 32, domain, parts, n_parts);
  memcpy (ret_key, both, 32);
  memcpy (ret_iv, both + 32, HARK_NONCE_LEN);
  sodium_memzero (both, sizeof both);
}

void
hark_keys_media (const HarkSessionSecrets *secrets,
                 const char *domain,
                 bool from_initiator,
                 uint8_t ret_key[32],
                 uint8_t ret_iv[HARK_NONCE_LEN])
{
  expand (get_direction (secrets, from_initiator), domain, &HARK_PART (&secrets->handshake_hash), 1,
          ret_key, ret_iv);
}

void
hark_keys_relay (const HarkSessionSecrets *secrets, uint8_t ret[32])
{
  HARK_HASH (ret, 32, secrets->initiator_to_responder, 32, HARK_DOMAIN_RELAY_SECRET,
             HARK_PART (&secrets->handshake_hash));
}

static gnutls_aead_cipher_hd_t
new_aes (const uint8_t key[32])
{
  gnutls_datum_t datum = {.data = (uint8_t *) key, .size = 32};
  gnutls_aead_cipher_hd_t aes;

  return gnutls_aead_cipher_init (&aes, GNUTLS_CIPHER_AES_256_GCM, &datum) == 0 ? aes : NULL;
}

bool
hark_keys_have_aes (void)
{
  static gsize once; /* 1: no, 2: yes */

  if (g_once_init_enter (&once)) {
    static const uint8_t nothing[32];
    gnutls_aead_cipher_hd_t aes = crypto_aead_aes256gcm_is_available () ? new_aes (nothing) : NULL;

    if (aes != NULL)
      gnutls_aead_cipher_deinit (aes);
    g_once_init_leave (&once, aes != NULL ? 2 : 1);
  }
  return once == 2;
}

HarkPacketKey *
hark_packet_key_new (const HarkPacketSecret *secret, HarkSpace space, bool aes)
{
  HarkPacketKey *key = hark_locked_new0 (HarkPacketKey);

  key->space = space;
  expand (secret->bytes, HARK_DOMAIN_QUIC_KEY, NULL, 0, key->key, key->iv);
  if (aes) {
    key->aes = new_aes (key->key);
    g_assert (key->aes != NULL);
  }
  return key;
}

void
hark_packet_key_free (HarkPacketKey *key)
{
  if (key == NULL)
    return;
  if (key->aes != NULL)
    gnutls_aead_cipher_deinit (key->aes); /* wipes */
  hark_locked_free (key);
}

void
hark_packet_key_seal (const HarkPacketKey *key,
                      uint8_t *ret,
                      const uint8_t *plain,
                      size_t len,
                      const uint8_t nonce[HARK_NONCE_LEN],
                      const uint8_t *head,
                      size_t head_len)
{
  if (key->aes != NULL) {
    size_t sealed_len = len + HARK_TAG_LEN;
    int error = gnutls_aead_cipher_encrypt (key->aes, nonce, HARK_NONCE_LEN, head, head_len,
                                            HARK_TAG_LEN, plain, len, ret, &sealed_len);

    g_assert (error == 0 && sealed_len == len + HARK_TAG_LEN);
  } else {
    crypto_aead_chacha20poly1305_ietf_encrypt (ret, NULL, plain, len, head, head_len, NULL, nonce,
                                               key->key);
  }
}

bool
hark_packet_key_open (const HarkPacketKey *key,
                      uint8_t *ret,
                      const uint8_t *sealed,
                      size_t len,
                      const uint8_t nonce[HARK_NONCE_LEN],
                      const uint8_t *head,
                      size_t head_len)
{
  if (len < HARK_TAG_LEN)
    return false;
  if (key->aes != NULL) {
    size_t plain_len = len - HARK_TAG_LEN;

    return gnutls_aead_cipher_decrypt (key->aes, nonce, HARK_NONCE_LEN, head, head_len,
                                       HARK_TAG_LEN, sealed, len, ret, &plain_len)
           == 0;
  }
  return crypto_aead_chacha20poly1305_ietf_decrypt (ret, NULL, NULL, sealed, len, head, head_len,
                                                    nonce, key->key)
         == 0;
}

void
hark_packet_key_nonce (const uint8_t iv[HARK_NONCE_LEN],
                       uint64_t number,
                       uint8_t ret[HARK_NONCE_LEN])
{
  memcpy (ret, iv, HARK_NONCE_LEN);
  for (unsigned i = 0; i < 8; i++)
    ret[HARK_NONCE_LEN - 1 - i] ^= (uint8_t) (number >> (8 * i));
}

int64_t
hark_packet_key_number (const HarkPacketKey *key, const uint8_t nonce[HARK_NONCE_LEN])
{
  uint64_t number = 0;

  for (unsigned i = 4; i < HARK_NONCE_LEN; i++)
    number = number << 8 | (uint8_t) (nonce[i] ^ key->iv[i]);
  return (int64_t) (number & INT64_MAX);
}

void
hark_header_mask (const uint8_t key[32],
                  const uint8_t sample[HARK_SAMPLE_LEN],
                  uint8_t ret[HARK_MASK_LEN])
{
  static const uint8_t zeros[HARK_MASK_LEN];
  uint32_t counter = (uint32_t) sample[0] | (uint32_t) sample[1] << 8 | (uint32_t) sample[2] << 16
                     | (uint32_t) sample[3] << 24;

  crypto_stream_chacha20_ietf_xor_ic (ret, zeros, sizeof zeros, sample + 4, counter, key);
}
