/* net/session/media.h - sealed packets beside QUIC: they never wait for a window and outlive any
 * outage.
 *
 * Pure; one thread at a time. Source: net/PROTOCOL.md "Session": type u8 (0x80), sequence number
 * u48, then the payload under ChaCha20-Poly1305 with the first seven bytes as associated data.
 */
#pragma once

#include "net/session/keys.h"

#define HARK_MEDIA_TYPE 0x80
#define HARK_MEDIA_HEAD 7
#define HARK_MEDIA_OVERHEAD (HARK_MEDIA_HEAD + HARK_TAG_LEN)
#define HARK_MEDIA_PACKET_MAX (HARK_SESSION_MEDIA_MAX + HARK_MEDIA_OVERHEAD)
#define HARK_MEDIA_WINDOW 1024 /* packets; what is older than the newest by so many is refused */
#define HARK_MEDIA_SEQUENCE_MAX ((UINT64_C (1) << 48) - 1)

typedef struct {
  uint8_t tx_key[32];
  uint8_t rx_key[32];
  uint8_t tx_iv[HARK_NONCE_LEN];
  uint8_t rx_iv[HARK_NONCE_LEN];
  uint64_t tx_next; /* sequence number */
  uint64_t rx_next; /* one above the newest seen */
  uint64_t rx_seen[HARK_MEDIA_WINDOW / 64];
} HarkMedia;

/* hark_media_init: keys of both directions; @secrets is not kept. */
void hark_media_init (HarkMedia *media, const HarkSessionSecrets *secrets, bool initiator);

/* hark_media_clear: wipes. */
void hark_media_clear (HarkMedia *media);

/* hark_media_seal: @len is 1 to HARK_SESSION_MEDIA_MAX; returns @len + HARK_MEDIA_OVERHEAD, or 0
 * when @len is out of range or the sequence numbers are used up. */
size_t hark_media_seal (HarkMedia *media,
                        const uint8_t *data,
                        size_t len,
                        uint8_t ret[HARK_MEDIA_PACKET_MAX]);

/* hark_media_open: returns the payload's length, or 0 for what is too short, too long, old, seen
 * before or not sealed by the peer; nothing changes then. */
size_t hark_media_open (HarkMedia *media,
                        const uint8_t *packet,
                        size_t len,
                        uint8_t ret[HARK_SESSION_MEDIA_MAX]);
