#include "net/noise/signal.h"

#include "net/base/domain.h"
#include "net/base/hash.h"
#include "net/base/reader.h"
#include "net/base/writer.h"

#include <string.h>

#define HEAD_LEN 8
#define AT_SEALED (HEAD_LEN + 24)
#define SEALED_LEN (HARK_KNOCK_LEN - AT_SEALED)
#define PLAIN_LEN (SEALED_LEN - 16)
#define WINDOW 64

G_STATIC_ASSERT (PLAIN_LEN == 12 + HARK_SIGNAL_BODY_MAX);

void
hark_signal_init (HarkSignal *signal,
                  const HarkKnockKeys *keys,
                  bool initiator,
                  uint32_t peer_index)
{
  const uint8_t *ours = initiator ? keys->initiator_to_responder : keys->responder_to_initiator;
  const uint8_t *theirs = initiator ? keys->responder_to_initiator : keys->initiator_to_responder;

  memset (signal, 0, sizeof *signal);
  signal->peer_index = peer_index;
  hark_hash (signal->send_key, 32, ours, 32, HARK_DOMAIN_SIGNAL, NULL, 0);
  hark_hash (signal->receive_key, 32, theirs, 32, HARK_DOMAIN_SIGNAL, NULL, 0);
}

void
hark_signal_clear (HarkSignal *signal)
{
  sodium_memzero (signal, sizeof *signal);
}

uint64_t
hark_signal_write (HarkSignal *signal,
                   HarkRng *rng,
                   HarkSignalKind kind,
                   const uint8_t *body,
                   size_t body_len,
                   uint8_t ret[HARK_KNOCK_LEN])
{
  uint8_t plain[PLAIN_LEN];
  HarkWriter writer;

  g_assert (body_len <= HARK_SIGNAL_BODY_MAX);
  hark_writer_init (&writer, plain, sizeof plain);
  hark_writer_u64 (&writer, ++signal->sent);
  hark_writer_u8 (&writer, (uint8_t) kind);
  hark_writer_u8 (&writer, 0);
  hark_writer_u16 (&writer, (uint16_t) body_len);
  hark_writer_bytes (&writer, body, body_len);
  hark_writer_zeros (&writer, HARK_SIGNAL_BODY_MAX - body_len);
  g_assert (hark_writer_is_ok (&writer) && writer.len == sizeof plain);

  hark_writer_init (&writer, ret, AT_SEALED);
  hark_writer_u8 (&writer, HARK_PACKET_SIGNAL);
  hark_writer_u8 (&writer, HARK_PACKET_VERSION);
  hark_writer_u16 (&writer, 0);
  hark_writer_u32 (&writer, signal->peer_index);
  hark_rng_bytes (rng, ret + HEAD_LEN, AT_SEALED - HEAD_LEN);
  crypto_aead_xchacha20poly1305_ietf_encrypt (ret + AT_SEALED, NULL, plain, sizeof plain, ret,
                                              HEAD_LEN, NULL, ret + HEAD_LEN, signal->send_key);
  sodium_memzero (plain, sizeof plain);
  return signal->sent;
}

static bool
parse (const uint8_t plain[PLAIN_LEN], HarkSignalMessage *message)
{
  HarkReader reader;
  unsigned reserved;

  hark_reader_init (&reader, plain, PLAIN_LEN);
  message->counter = hark_reader_u64 (&reader);
  message->kind = (HarkSignalKind) hark_reader_u8 (&reader);
  reserved = hark_reader_u8 (&reader);
  message->body_len = hark_reader_u16 (&reader);
  hark_reader_copy (&reader, message->body, sizeof message->body);
  if (!hark_reader_is_done (&reader) || message->counter == 0 || reserved != 0
      || message->body_len > sizeof message->body
      || !sodium_is_zero (message->body + message->body_len,
                          sizeof message->body - message->body_len))
    return false;
  return message->kind >= HARK_SIGNAL_CONFIRM && message->kind <= HARK_SIGNAL_RESTARTED_FULLY;
}

/* Moves the window for @counter. */
static HarkSignalResult
note_counter (HarkSignal *signal, uint64_t counter)
{
  uint64_t behind;

  if (counter > signal->received) {
    uint64_t ahead = counter - signal->received;

    signal->received_window = ahead < WINDOW ? signal->received_window << ahead : 0;
    signal->received_window |= 1;
    signal->received = counter;
    return HARK_SIGNAL_FRESH;
  }

  behind = signal->received - counter;
  if (behind >= WINDOW)
    return HARK_SIGNAL_REFUSED;
  if (signal->received_window & (UINT64_C (1) << behind))
    return HARK_SIGNAL_REPEATED;
  signal->received_window |= UINT64_C (1) << behind;
  return HARK_SIGNAL_FRESH;
}

HarkSignalResult
hark_signal_read (HarkSignal *signal, const uint8_t *packet, size_t len, HarkSignalMessage *ret)
{
  HarkSignalMessage message = {0};
  HarkSignalResult result = HARK_SIGNAL_REFUSED;
  uint8_t plain[PLAIN_LEN];
  uint32_t index;

  if (!hark_packet_index (packet, len, &index) || packet[0] != HARK_PACKET_SIGNAL
      || crypto_aead_xchacha20poly1305_ietf_decrypt (plain, NULL, NULL, packet + AT_SEALED,
                                                     SEALED_LEN, packet, HEAD_LEN,
                                                     packet + HEAD_LEN, signal->receive_key)
           != 0)
    return HARK_SIGNAL_REFUSED;

  if (parse (plain, &message))
    result = note_counter (signal, message.counter);
  if (result != HARK_SIGNAL_REFUSED)
    *ret = message;
  sodium_memzero (plain, sizeof plain);
  sodium_memzero (&message, sizeof message);
  return result;
}
