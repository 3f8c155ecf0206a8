/* net/session/keys.h - every key of a session, from what the handshake left.
 *
 * Pure; any thread. Source: net/PROTOCOL.md "Session"; packet protection as in RFC 9001 section 5,
 * with ChaCha20 header protection (5.4.4) for either AEAD, since libsodium offers no bare AES.
 * Both AEADs are libgcrypt's: its code takes four fifths (AES) of the time of GnuTLS's 3.7.9 and
 * two fifths (ChaCha20) of that of libsodium's 1.0.18. Where ghash.h has the instructions for it
 * the tag of AES is made there, for packets of files.
 */
#pragma once

#include "net/session/ghash.h"
#include "net/session/session.h"

#include <gcrypt.h>
#include <sodium.h>

#define HARK_TAG_LEN 16
#define HARK_NONCE_LEN 12
#define HARK_FINISHED_LEN 32
#define HARK_SAMPLE_LEN 16 /* of ciphertext that header protection looks at */
#define HARK_MASK_LEN 5
#define HARK_ORIGINAL_DCID_LEN 8

/* Packet number spaces, which are also encryption levels (RFC 9001 section 2.1). */
typedef enum {
  HARK_SPACE_INITIAL,
  HARK_SPACE_HANDSHAKE,
  HARK_SPACE_APPLICATION,
  HARK_SPACES
} HarkSpace;

/* 32 secret bytes from which the keys of one space and direction come; wiped by its holder. */
typedef struct {
  uint8_t bytes[32];
} HarkPacketSecret;

/* One AEAD key with its nonce base; for AES with the key schedule expanded once. One thread at a
 * time. */
typedef struct {
  HarkSpace space;
  uint8_t key[32];
  uint8_t iv[HARK_NONCE_LEN];
  gcry_cipher_hd_t cipher; /* NULL: ChaCha20-Poly1305 by libsodium: libgcrypt may not */
  HarkGhash *ghash;        /* for tags of AES, of which the cipher has the bytes only; or NULL */
} HarkPacketKey;

/* hark_keys_secret: the first secret of @space, for packets of the initiator or of the responder.
 */
void hark_keys_secret (const HarkSessionSecrets *secrets,
                       HarkSpace space,
                       bool from_initiator,
                       HarkPacketSecret *ret);

/* hark_keys_update: replaces @secret by the next generation; there is no way back. */
void hark_keys_update (HarkPacketSecret *secret);

/* hark_keys_header: the header protection key; key updates leave it alone (RFC 9001 section 6). */
void hark_keys_header (const HarkPacketSecret *secret, uint8_t ret[32]);

/* hark_keys_finished: proof of having the handshake keys of the direction @secret is for. */
void hark_keys_finished (const HarkPacketSecret *secret,
                         const uint8_t handshake_hash[64],
                         uint8_t ret[HARK_FINISHED_LEN]);

/* hark_keys_original_dcid: the connection id the initiator's first packets go to; no secret. */
void hark_keys_original_dcid (const uint8_t handshake_hash[64],
                              uint8_t ret[HARK_ORIGINAL_DCID_LEN]);

/* hark_keys_media: key and nonce base of packets beside QUIC, one set for each @domain; they are
 * sealed with ChaCha20-Poly1305 always. */
void hark_keys_media (const HarkSessionSecrets *secrets,
                      const char *domain,
                      bool from_initiator,
                      uint8_t ret_key[32],
                      uint8_t ret_iv[HARK_NONCE_LEN]);

/* hark_keys_relay: the secret from which relay tags of the session come; the same at both ends. */
void hark_keys_relay (const HarkSessionSecrets *secrets, uint8_t ret[32]);

/* hark_keys_have_aes: this processor does AES-256-GCM in constant time. After sodium_init(). */
bool hark_keys_have_aes (void);

/* hark_packet_key_new: (transfer full): AES-256-GCM if @aes, which the caller checked with
 * hark_keys_have_aes(). */
HarkPacketKey *hark_packet_key_new (const HarkPacketSecret *secret, HarkSpace space, bool aes);

/* hark_packet_key_free: wipes. NULL is fine. */
void hark_packet_key_free (HarkPacketKey *key);

/* hark_packet_key_seal: writes @len + HARK_TAG_LEN bytes to @ret, which may be @plain itself. */
void hark_packet_key_seal (const HarkPacketKey *key,
                           uint8_t *ret,
                           const uint8_t *plain,
                           size_t len,
                           const uint8_t nonce[HARK_NONCE_LEN],
                           const uint8_t *head,
                           size_t head_len);

/* hark_packet_key_open: writes @len - HARK_TAG_LEN bytes to @ret; false when too short or not
 * sealed with @key. */
bool hark_packet_key_open (const HarkPacketKey *key,
                           uint8_t *ret,
                           const uint8_t *sealed,
                           size_t len,
                           const uint8_t nonce[HARK_NONCE_LEN],
                           const uint8_t *head,
                           size_t head_len);

/* hark_packet_key_nonce: iv xor packet number (RFC 9001 section 5.3); hark_packet_key_number: and
 * back. */
void hark_packet_key_nonce (const uint8_t iv[HARK_NONCE_LEN],
                            uint64_t number,
                            uint8_t ret[HARK_NONCE_LEN]);
int64_t hark_packet_key_number (const HarkPacketKey *key, const uint8_t nonce[HARK_NONCE_LEN]);

/* hark_header_mask: RFC 9001 section 5.4.4. */
void hark_header_mask (const uint8_t key[32],
                       const uint8_t sample[HARK_SAMPLE_LEN],
                       uint8_t ret[HARK_MASK_LEN]);
