/* net/session/keys.c - every key of a session, from what the handshake left. */
#include "net/session/keys.h"

#include "net/base/domain.h"
#include "net/base/hash.h"
#include "net/base/locked.h"

#include <string.h>

#define LOCKED_LEN ((size_t) 256 * 1024) /* bytes; a key takes 1.2 or 2.5 kB */

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

/* Locked for as long as the pool lasts, else ordinary memory, which libgcrypt wipes as well. NULL
 * where it may not do that (FIPS). */
static gcry_cipher_hd_t
new_cipher (int algorithm, int mode, const uint8_t key[32])
{
  gcry_cipher_hd_t cipher;

  if (gcry_cipher_open (&cipher, algorithm, mode, GCRY_CIPHER_SECURE) != 0
      && gcry_cipher_open (&cipher, algorithm, mode, 0) != 0)
    return NULL;
  if (gcry_cipher_setkey (cipher, key, 32) == 0)
    return cipher;
  gcry_cipher_close (cipher);
  return NULL;
}

static gcry_cipher_hd_t
new_aead (bool aes, const uint8_t key[32])
{
  return aes ? new_cipher (GCRY_CIPHER_AES256, GCRY_CIPHER_MODE_GCM, key)
             : new_cipher (GCRY_CIPHER_CHACHA20, GCRY_CIPHER_MODE_POLY1305, key);
}

static bool
begin_packet (gcry_cipher_hd_t cipher, const uint8_t *nonce, const uint8_t *head, size_t head_len)
{
  return gcry_cipher_setiv (cipher, nonce, HARK_NONCE_LEN) == 0
         && gcry_cipher_authenticate (cipher, head, head_len) == 0;
}

static bool
seal (gcry_cipher_hd_t cipher,
      uint8_t *ret,
      const uint8_t *plain,
      size_t len,
      const uint8_t nonce[HARK_NONCE_LEN],
      const uint8_t *head,
      size_t head_len)
{
  return begin_packet (cipher, nonce, head, head_len)
         && gcry_cipher_encrypt (cipher, ret, len, plain, len) == 0
         && gcry_cipher_gettag (cipher, ret + len, HARK_TAG_LEN) == 0;
}

/* Another library of this process may have begun with it already. */
static void
start_libgcrypt (void)
{
  if (gcry_control (GCRYCTL_INITIALIZATION_FINISHED_P) || gcry_check_version (NULL) == NULL)
    return;
  gcry_control (GCRYCTL_DISABLE_SECMEM_WARN);
  gcry_control (GCRYCTL_INIT_SECMEM, LOCKED_LEN, 0);
  gcry_control (GCRYCTL_INITIALIZATION_FINISHED, 0);
}

/* @ret: what libgcrypt may be used for here, by whether it is AES. */
static void
find_ciphers (bool ret[2])
{
  static const uint8_t nothing[32];

  start_libgcrypt ();
  for (unsigned aes = 0; aes < 2; aes++) {
    gcry_cipher_hd_t cipher = new_aead (aes != 0, nothing);
    uint8_t packet[1 + HARK_TAG_LEN];

    ret[aes] = cipher != NULL && seal (cipher, packet, nothing, 1, nothing, nothing, 1);
    gcry_cipher_close (cipher);
  }
  ret[true] &= crypto_aead_aes256gcm_is_available () != 0;
}

static bool
has_cipher (bool aes)
{
  static bool found[2];
  static gsize once;

  if (g_once_init_enter (&once)) {
    find_ciphers (found);
    g_once_init_leave (&once, 1);
  }
  return found[aes];
}

bool
hark_keys_have_aes (void)
{
  return has_cipher (true);
}

/* NIST SP 800-38D section 7.1, steps 2 and 3: from here on @cipher has the stream for the bytes of
 * a packet. @ret_mask: of its tag. */
static bool
begin_counting (gcry_cipher_hd_t cipher,
                const uint8_t nonce[HARK_NONCE_LEN],
                uint8_t ret_mask[HARK_TAG_LEN])
{
  uint8_t counter[HARK_NONCE_LEN + 4] = {[HARK_NONCE_LEN + 3] = 1};

  memcpy (counter, nonce, HARK_NONCE_LEN);
  memset (ret_mask, 0, HARK_TAG_LEN);
  return gcry_cipher_setctr (cipher, counter, sizeof counter) == 0
         && gcry_cipher_encrypt (cipher, ret_mask, HARK_TAG_LEN, NULL, 0) == 0;
}

/* What begin_counting() left in @mask becomes the tag. */
static void
finish_tag (const HarkPacketKey *key,
            const uint8_t *head,
            size_t head_len,
            const uint8_t *sealed,
            size_t len,
            uint8_t mask[HARK_TAG_LEN])
{
  uint8_t sum[HARK_GHASH_LEN];

  hark_ghash (key->ghash, head, head_len, sealed, len, sum);
  for (unsigned i = 0; i < HARK_TAG_LEN; i++)
    mask[i] ^= sum[i];
}

static bool
seal_counting (const HarkPacketKey *key,
               uint8_t *ret,
               const uint8_t *plain,
               size_t len,
               const uint8_t nonce[HARK_NONCE_LEN],
               const uint8_t *head,
               size_t head_len)
{
  uint8_t tag[HARK_TAG_LEN];

  if (!begin_counting (key->cipher, nonce, tag)
      || gcry_cipher_encrypt (key->cipher, ret, len, plain, len) != 0)
    return false;
  finish_tag (key, head, head_len, ret, len, tag);
  memcpy (ret + len, tag, sizeof tag);
  return true;
}

static bool
open_counting (const HarkPacketKey *key,
               uint8_t *ret,
               const uint8_t *sealed,
               size_t len,
               const uint8_t nonce[HARK_NONCE_LEN],
               const uint8_t *head,
               size_t head_len)
{
  uint8_t tag[HARK_TAG_LEN];
  bool genuine = begin_counting (key->cipher, nonce, tag);

  if (genuine) {
    finish_tag (key, head, head_len, sealed, len, tag);
    genuine = sodium_memcmp (tag, sealed + len, sizeof tag) == 0;
  }
  sodium_memzero (tag, sizeof tag); /* of a forged packet: what would have made it pass */
  return genuine && gcry_cipher_decrypt (key->cipher, ret, len, sealed, len) == 0;
}

/* Few bytes are sealed with the handshake's keys. */
static void
prepare_counting (HarkPacketKey *key)
{
  uint8_t nothing[HARK_GHASH_LEN] = {0};

  if (key->space != HARK_SPACE_APPLICATION || !hark_ghash_is_there ())
    return;
  key->cipher = new_cipher (GCRY_CIPHER_AES256, GCRY_CIPHER_MODE_CTR, key->key);
  if (key->cipher == NULL)
    return;
  key->ghash = hark_locked_new0 (HarkGhash);
  if (gcry_cipher_setctr (key->cipher, nothing, sizeof nothing) == 0
      && gcry_cipher_encrypt (key->cipher, nothing, sizeof nothing, NULL, 0) == 0) {
    hark_ghash_init (key->ghash, nothing);
  } else {
    g_clear_pointer (&key->cipher, gcry_cipher_close);
    g_clear_pointer (&key->ghash, hark_locked_free);
  }
  sodium_memzero (nothing, sizeof nothing);
}

HarkPacketKey *
hark_packet_key_new (const HarkPacketSecret *secret, HarkSpace space, bool aes)
{
  HarkPacketKey *key = hark_locked_new0 (HarkPacketKey);

  key->space = space;
  expand (secret->bytes, HARK_DOMAIN_QUIC_KEY, NULL, 0, key->key, key->iv);
  if (aes && has_cipher (aes))
    prepare_counting (key);
  if (key->cipher == NULL && has_cipher (aes))
    key->cipher = new_aead (aes, key->key);
  g_assert (key->cipher != NULL || !aes);
  return key;
}

void
hark_packet_key_free (HarkPacketKey *key)
{
  if (key == NULL)
    return;
  gcry_cipher_close (key->cipher); /* wipes; takes NULL */
  hark_locked_free (key->ghash);
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
  if (key->cipher != NULL) {
    const bool sealed = key->ghash != NULL
                          ? seal_counting (key, ret, plain, len, nonce, head, head_len)
                          : seal (key->cipher, ret, plain, len, nonce, head, head_len);

    g_assert (sealed);
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
  const size_t plain_len = len - HARK_TAG_LEN;
  uint8_t tag[HARK_TAG_LEN];

  if (len < HARK_TAG_LEN)
    return false;
  if (key->cipher == NULL)
    return crypto_aead_chacha20poly1305_ietf_decrypt (ret, NULL, NULL, sealed, len, head, head_len,
                                                      nonce, key->key)
           == 0;
  if (key->ghash != NULL)
    return open_counting (key, ret, sealed, plain_len, nonce, head, head_len);
  memcpy (tag, sealed + plain_len, sizeof tag);
  return begin_packet (key->cipher, nonce, head, head_len)
         && gcry_cipher_decrypt (key->cipher, ret, plain_len, sealed, plain_len) == 0
         && gcry_cipher_checktag (key->cipher, tag, sizeof tag) == 0;
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
