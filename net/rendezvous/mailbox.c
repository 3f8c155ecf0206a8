#include "net/rendezvous/mailbox.h"

#include "net/base/domain.h"
#include "net/base/hash.h"
#include "net/base/writer.h"

#include <string.h>

#define VERSION 1
#define AT_NONCE 1
#define AT_SEALED 25
#define PLAIN_LEN 700
#define AD_LEN (32 + 8)

static void
write_u64 (uint64_t value, uint8_t ret[8])
{
  HarkWriter writer;

  hark_writer_init (&writer, ret, 8);
  hark_writer_u64 (&writer, value);
}

void
hark_mailbox_derive (const void *secret,
                     size_t secret_len,
                     const HarkKey *writer,
                     const HarkKey *reader,
                     uint64_t day,
                     const uint8_t *network,
                     HarkMailbox *ret)
{
  static const HarkKey anybody;
  uint8_t number[8], secret_key[crypto_sign_SECRETKEYBYTES];

  write_u64 (day, number);
  HARK_HASH (ret->seed.bytes, sizeof ret->seed.bytes, secret, secret_len, HARK_DOMAIN_MAILBOX,
             HARK_PART (writer ? writer : &anybody), HARK_PART (reader), HARK_PART (&number),
             HARK_PART_BYTES (network, network ? 32 : 0));
  crypto_sign_seed_keypair (ret->key, secret_key, ret->seed.bytes);
  sodium_memzero (secret_key, sizeof secret_key);
  HARK_HASH (ret->seal.bytes, sizeof ret->seal.bytes, secret, secret_len, HARK_DOMAIN_MAILBOX_KEY,
             HARK_PART (&ret->key));
}

void
hark_mailbox_clear (HarkMailbox *mailbox)
{
  sodium_memzero (mailbox, sizeof *mailbox);
}

static void
write_ad (const HarkMailbox *mailbox, int64_t seq, uint8_t ret[AD_LEN])
{
  memcpy (ret, mailbox->key, sizeof mailbox->key);
  write_u64 ((uint64_t) seq, ret + sizeof mailbox->key);
}

void
hark_mailbox_seal (const HarkMailbox *mailbox,
                   int64_t seq,
                   const uint8_t packet[HARK_MAILBOX_PACKET_LEN],
                   HarkRng *rng,
                   uint8_t ret[HARK_MAILBOX_VALUE_LEN])
{
  uint8_t plain[PLAIN_LEN] = {0};
  uint8_t ad[AD_LEN];

  memcpy (plain, packet, HARK_MAILBOX_PACKET_LEN);
  write_ad (mailbox, seq, ad);
  ret[0] = VERSION;
  hark_rng_bytes (rng, ret + AT_NONCE, AT_SEALED - AT_NONCE);
  crypto_aead_xchacha20poly1305_ietf_encrypt (ret + AT_SEALED, NULL, plain, sizeof plain, ad,
                                              sizeof ad, NULL, ret + AT_NONCE, mailbox->seal.bytes);
  sodium_memzero (plain, sizeof plain);
}

bool
hark_mailbox_open (const HarkMailbox *mailbox,
                   int64_t seq,
                   const uint8_t *data,
                   size_t len,
                   uint8_t ret[HARK_MAILBOX_PACKET_LEN])
{
  uint8_t plain[PLAIN_LEN];
  uint8_t ad[AD_LEN];
  bool right;

  if (len != HARK_MAILBOX_VALUE_LEN || data[0] != VERSION)
    return false;
  write_ad (mailbox, seq, ad);
  right = crypto_aead_xchacha20poly1305_ietf_decrypt (plain, NULL, NULL, data + AT_SEALED,
                                                      len - AT_SEALED, ad, sizeof ad,
                                                      data + AT_NONCE, mailbox->seal.bytes)
            == 0
          && sodium_is_zero (plain + HARK_MAILBOX_PACKET_LEN, PLAIN_LEN - HARK_MAILBOX_PACKET_LEN);
  if (right)
    memcpy (ret, plain, HARK_MAILBOX_PACKET_LEN);
  sodium_memzero (plain, sizeof plain);
  return right;
}

void
hark_mailbox_sign (const HarkMailbox *mailbox, const void *message, size_t len, uint8_t ret[64])
{
  uint8_t public_key[crypto_sign_PUBLICKEYBYTES], secret_key[crypto_sign_SECRETKEYBYTES];

  crypto_sign_seed_keypair (public_key, secret_key, mailbox->seed.bytes);
  crypto_sign_detached (ret, NULL, message, len, secret_key);
  sodium_memzero (secret_key, sizeof secret_key);
}
