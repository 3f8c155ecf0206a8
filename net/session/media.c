/* net/session/media.c - sealed packets beside QUIC. */
#include "net/session/media.h"

#include "net/base/domain.h"
#include "net/base/reader.h"
#include "net/base/writer.h"

#include <string.h>

void
hark_media_init (HarkMedia *media,
                 HarkMediaType type,
                 const HarkSessionSecrets *secrets,
                 bool initiator)
{
  const char *domain = type == HARK_MEDIA_RELAY ? HARK_DOMAIN_RELAY : HARK_DOMAIN_MEDIA;

  *media = (HarkMedia){
    .type = type,
    .len_max = type == HARK_MEDIA_RELAY ? HARK_SESSION_RELAY_MAX : HARK_SESSION_MEDIA_MAX,
  };
  hark_keys_media (secrets, domain, initiator, media->tx_key, media->tx_iv);
  hark_keys_media (secrets, domain, !initiator, media->rx_key, media->rx_iv);
}

void
hark_media_clear (HarkMedia *media)
{
  sodium_memzero (media, sizeof *media);
}

size_t
hark_media_seal (HarkMedia *media, const uint8_t *data, size_t len, uint8_t *ret)
{
  uint8_t nonce[HARK_NONCE_LEN];
  HarkWriter writer;

  if (len == 0 || len > media->len_max || media->tx_next > HARK_MEDIA_SEQUENCE_MAX)
    return 0;
  hark_writer_init (&writer, ret, HARK_MEDIA_HEAD);
  hark_writer_u8 (&writer, (uint8_t) media->type);
  hark_writer_u16 (&writer, (uint16_t) (media->tx_next >> 32));
  hark_writer_u32 (&writer, (uint32_t) media->tx_next);
  hark_packet_key_nonce (media->tx_iv, media->tx_next, nonce);
  crypto_aead_chacha20poly1305_ietf_encrypt (ret + HARK_MEDIA_HEAD, NULL, data, len, ret,
                                             HARK_MEDIA_HEAD, NULL, nonce, media->tx_key);
  media->tx_next++;
  return len + HARK_MEDIA_OVERHEAD;
}

size_t
hark_media_open (HarkMedia *media, const uint8_t *packet, size_t len, uint8_t *ret)
{
  uint8_t nonce[HARK_NONCE_LEN];
  HarkReader reader;
  uint64_t sequence;

  if (len <= HARK_MEDIA_OVERHEAD || len > media->len_max + HARK_MEDIA_OVERHEAD)
    return 0;
  hark_reader_init (&reader, packet, len);
  if (hark_reader_u8 (&reader) != media->type)
    return 0;
  sequence = (uint64_t) hark_reader_u16 (&reader) << 32;
  sequence |= hark_reader_u32 (&reader);
  if (!hark_window_is_fresh (&media->rx, sequence))
    return 0;
  hark_packet_key_nonce (media->rx_iv, sequence, nonce);
  if (crypto_aead_chacha20poly1305_ietf_decrypt (ret, NULL, NULL, packet + HARK_MEDIA_HEAD,
                                                 len - HARK_MEDIA_HEAD, packet, HARK_MEDIA_HEAD,
                                                 nonce, media->rx_key)
      != 0)
    return 0;
  hark_window_mark (&media->rx, sequence);
  return len - HARK_MEDIA_OVERHEAD;
}
