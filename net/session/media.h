/* net/session/media.h - sealed packets beside QUIC: they never wait for a window and outlive any
 * outage.
 *
 * Pure; one thread at a time. Source: net/PROTOCOL.md "Media", "Relay": type u8, sequence number
 * u48, then the payload under ChaCha20-Poly1305 with the first seven bytes as associated data. Each
 * type has keys, numbers and a replay window of its own.
 */
#pragma once

#include "net/session/keys.h"
#include "net/session/window.h"

/* What a packet carries: its first byte. */
typedef enum {
  HARK_MEDIA_VOICE = 0x80, /* payloads of 1 to HARK_SESSION_MEDIA_MAX bytes */
  HARK_MEDIA_RELAY = 0x81, /* 1 to HARK_SESSION_RELAY_MAX bytes */
} HarkMediaType;

#define HARK_MEDIA_HEAD 7
#define HARK_MEDIA_OVERHEAD (HARK_MEDIA_HEAD + HARK_TAG_LEN)
#define HARK_MEDIA_PACKET_MAX (HARK_SESSION_MEDIA_MAX + HARK_MEDIA_OVERHEAD)
#define HARK_MEDIA_SEQUENCE_MAX ((UINT64_C (1) << 48) - 1)

typedef struct {
  HarkMediaType type;
  size_t len_max; /* bytes of a payload */
  uint8_t tx_key[32];
  uint8_t rx_key[32];
  uint8_t tx_iv[HARK_NONCE_LEN];
  uint8_t rx_iv[HARK_NONCE_LEN];
  uint64_t tx_next; /* sequence number */
  HarkWindow rx;
} HarkMedia;

/* hark_media_init: keys of both directions for packets of @type; @secrets is not kept. */
void hark_media_init (HarkMedia *media,
                      HarkMediaType type,
                      const HarkSessionSecrets *secrets,
                      bool initiator);

/* hark_media_clear: wipes. */
void hark_media_clear (HarkMedia *media);

/* hark_media_seal: @len is 1 to what the type allows; writes @len + HARK_MEDIA_OVERHEAD bytes and
 * returns so many, or 0 when @len is out of range or the sequence numbers are used up. */
size_t hark_media_seal (HarkMedia *media, const uint8_t *data, size_t len, uint8_t *ret);

/* hark_media_open: @ret has room for the longest payload of the type. Returns the payload's length,
 * or 0 for what is of another type, too short, too long, old, seen before or not sealed by the
 * peer; nothing changes then. */
size_t hark_media_open (HarkMedia *media, const uint8_t *packet, size_t len, uint8_t *ret);
