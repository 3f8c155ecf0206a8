#include "net/noise/knock.h"

#include "net/base/domain.h"
#include "net/base/hash.h"
#include "net/base/reader.h"
#include "net/base/writer.h"

#include <string.h>

#define PAYLOAD_1_LEN 512
#define PAYLOAD_2_LEN 600
#define NOISE_MESSAGE_1_LEN (32 + 48 + PAYLOAD_1_LEN + 16)
#define NOISE_MESSAGE_2_LEN (32 + PAYLOAD_2_LEN + 16)
#define ANSWER_AT_NOISE 8
#define SHORT_CERTIFICATE_LEN (HARK_CERTIFICATE_LEN - HARK_KEY_LEN) /* the account is known */
#define PROLOGUE_LEN (sizeof HARK_DOMAIN_PROLOGUE - 1 + 32 + HARK_KEY_LEN + 3)

G_STATIC_ASSERT (NOISE_MESSAGE_1_LEN == HARK_KNOCK_NOISE_LEN);
G_STATIC_ASSERT (ANSWER_AT_NOISE + NOISE_MESSAGE_2_LEN == HARK_KNOCK_LEN);

void
hark_knock_keys_clear (HarkKnockKeys *keys)
{
  sodium_memzero (keys, sizeof *keys);
}

void
hark_knock_clear (HarkKnock *knock)
{
  sodium_memzero (knock, sizeof *knock);
  hark_noise_handshake_clear (&knock->handshake);
}

void
hark_knock_received_clear (HarkKnockReceived *received)
{
  sodium_memzero (received, sizeof *received);
  hark_noise_handshake_clear (&received->handshake);
}

/* Both sides must mean the same network, responder, version and offer. */
static void
write_prologue (const HarkKnockSelf *self,
                const HarkKey *responder,
                const uint8_t packet[HARK_KNOCK_LEN],
                uint8_t ret[PROLOGUE_LEN])
{
  HarkWriter writer;

  hark_writer_init (&writer, ret, PROLOGUE_LEN);
  hark_writer_bytes (&writer, HARK_DOMAIN_PROLOGUE, sizeof HARK_DOMAIN_PROLOGUE - 1);
  hark_writer_bytes (&writer, self->network, sizeof self->network);
  hark_writer_bytes (&writer, responder->bytes, HARK_KEY_LEN);
  hark_writer_bytes (&writer, packet + 1, 3); /* version, features */
  g_assert (hark_writer_is_ok (&writer) && writer.len == PROLOGUE_LEN);
}

/* @responder and @remote: NULL and NULL on the responder's side. */
static void
init_handshake (HarkNoiseHandshake *handshake,
                const HarkKnockSelf *self,
                const HarkKey *responder,
                const HarkKey *remote,
                const void *secret,
                size_t secret_len,
                const uint8_t packet[HARK_KNOCK_LEN])
{
  uint8_t prologue[PROLOGUE_LEN];
  g_auto (HarkSecret) psk = {0};

  HARK_HASH (psk.bytes, sizeof psk.bytes, NULL, 0, HARK_DOMAIN_PSK,
             HARK_PART_BYTES (secret, secret_len));
  write_prologue (self, responder ? responder : &self->account, packet, prologue);
  hark_noise_handshake_init (handshake, &(HarkNoiseConfig){
                                          .pattern = HARK_NOISE_IK,
                                          .initiator = responder != NULL,
                                          .prologue = prologue,
                                          .prologue_len = sizeof prologue,
                                          .static_secret = &self->device_secret,
                                          .static_public = &self->device,
                                          .remote_static = remote,
                                          .psks = {[1] = &psk},
                                        });
}

static void
take_keys (const HarkNoiseHandshake *handshake, HarkKnockKeys *ret)
{
  hark_noise_handshake_split (handshake, ret->initiator_to_responder, ret->responder_to_initiator);
  memcpy (ret->handshake_hash, handshake->symmetric.hash, sizeof ret->handshake_hash);
}

/* ---- payload 1 ---- */

static void
write_payload_1 (const HarkKnockSelf *self,
                 const HarkKnockTarget *target,
                 uint8_t ret[PAYLOAD_1_LEN])
{
  static const HarkKnockRequest none;
  const HarkKnockRequest *request = target->request ? target->request : &none;
  size_t name_len = strlen (request->name);
  size_t text_len = strlen (request->text);
  HarkWriter writer;

  g_assert ((target->purpose == HARK_KNOCK_REQUEST) == (target->request != NULL));
  g_assert (name_len <= HARK_KNOCK_NAME_MAX && text_len <= HARK_KNOCK_TEXT_MAX);
  hark_writer_init (&writer, ret, PAYLOAD_1_LEN);
  hark_writer_bytes (&writer, self->certificate, HARK_CERTIFICATE_LEN);
  hark_writer_bytes (&writer, self->instance, sizeof self->instance);
  hark_writer_u8 (&writer, (uint8_t) target->purpose);
  hark_writer_u8 (&writer, (uint8_t) name_len);
  hark_writer_u16 (&writer, (uint16_t) text_len);
  hark_writer_bytes (&writer, request->name, name_len);
  hark_writer_zeros (&writer, HARK_KNOCK_NAME_MAX - name_len);
  hark_writer_bytes (&writer, request->text, text_len);
  hark_writer_zeros (&writer, HARK_KNOCK_TEXT_MAX - text_len);
  hark_writer_bytes (&writer, request->answer.bytes, sizeof request->answer);
  hark_writer_u64 (&writer, (uint64_t) request->made_ms);
  hark_writer_zeros (&writer, PAYLOAD_1_LEN - writer.len);
  g_assert (hark_writer_is_ok (&writer));
}

/* @len bytes of text in a field of @field bytes whose rest is zero. */
static bool
read_text (HarkReader *reader, size_t len, size_t field, char *ret)
{
  const uint8_t *bytes = hark_reader_borrow (reader, field);

  if (!bytes || len > field || !g_utf8_validate_len ((const char *) bytes, len, NULL)
      || !sodium_is_zero (bytes + len, field - len))
    return false;
  memcpy (ret, bytes, len);
  ret[len] = '\0';
  return true;
}

static bool
read_request (HarkReader *reader, HarkKnockPayload *payload)
{
  size_t name_len = hark_reader_u8 (reader);
  size_t text_len = hark_reader_u16 (reader);
  HarkKnockRequest *request = &payload->request;

  if (!read_text (reader, name_len, HARK_KNOCK_NAME_MAX, request->name)
      || !read_text (reader, text_len, HARK_KNOCK_TEXT_MAX, request->text))
    return false;
  hark_reader_copy (reader, request->answer.bytes, sizeof request->answer);
  request->made_ms = (int64_t) hark_reader_u64 (reader);

  switch ((unsigned) payload->purpose) {
  case HARK_KNOCK_REQUEST:
    return true;
  case HARK_KNOCK_SESSION:
  case HARK_KNOCK_RENEWAL:
    return name_len == 0 && text_len == 0 && request->made_ms == 0
           && sodium_is_zero (request->answer.bytes, sizeof request->answer);
  default:
    return false;
  }
}

/* @initiator: the Noise static that was proved. */
static bool
read_payload_1 (const HarkKnockSelf *self,
                const HarkKey *initiator,
                const uint8_t bytes[PAYLOAD_1_LEN],
                HarkKnockPayload *payload)
{
  const uint8_t *certificate;
  const uint8_t *rest;
  size_t rest_len;
  HarkReader reader;

  hark_reader_init (&reader, bytes, PAYLOAD_1_LEN);
  certificate = hark_reader_borrow (&reader, HARK_CERTIFICATE_LEN);
  hark_reader_copy (&reader, payload->instance, sizeof payload->instance);
  payload->purpose = (HarkKnockPurpose) hark_reader_u8 (&reader);
  if (!read_request (&reader, payload))
    return false;
  rest_len = hark_reader_left (&reader);
  rest = hark_reader_borrow (&reader, rest_len);
  if (!hark_reader_is_done (&reader) || !sodium_is_zero (rest, rest_len))
    return false;

  return hark_certificate_verify (certificate, &payload->certificate)
         && hark_key_equal (&payload->certificate.device, initiator)
         && !hark_key_equal (&payload->certificate.account, &self->account);
}

/* ---- payload 2 ---- */

static void
write_payload_2 (const HarkKnockSelf *self,
                 uint32_t index,
                 uint16_t features,
                 const uint8_t *path,
                 size_t path_len,
                 uint8_t ret[PAYLOAD_2_LEN])
{
  HarkWriter writer;

  g_assert (path_len <= HARK_ANSWER_PATH_MAX);
  hark_writer_init (&writer, ret, PAYLOAD_2_LEN);
  hark_writer_bytes (&writer, self->certificate + HARK_KEY_LEN, SHORT_CERTIFICATE_LEN);
  hark_writer_bytes (&writer, self->instance, sizeof self->instance);
  hark_writer_u32 (&writer, index);
  hark_writer_u16 (&writer, features);
  hark_writer_u16 (&writer, (uint16_t) path_len);
  hark_writer_bytes (&writer, path, path_len);
  hark_writer_zeros (&writer, HARK_ANSWER_PATH_MAX - path_len);
  g_assert (hark_writer_is_ok (&writer) && writer.len == PAYLOAD_2_LEN);
}

static bool
read_payload_2 (const HarkKnock *knock, const uint8_t bytes[PAYLOAD_2_LEN], HarkKnockAnswer *answer)
{
  uint8_t certificate[HARK_CERTIFICATE_LEN];
  HarkReader reader;

  memcpy (certificate, knock->account.bytes, HARK_KEY_LEN);
  hark_reader_init (&reader, bytes, PAYLOAD_2_LEN);
  hark_reader_copy (&reader, certificate + HARK_KEY_LEN, SHORT_CERTIFICATE_LEN);
  hark_reader_copy (&reader, answer->instance, sizeof answer->instance);
  answer->index = hark_reader_u32 (&reader);
  answer->features = hark_reader_u16 (&reader);
  answer->path_len = hark_reader_u16 (&reader);
  hark_reader_copy (&reader, answer->path, sizeof answer->path);
  if (!hark_reader_is_done (&reader) || answer->path_len > sizeof answer->path
      || !sodium_is_zero (answer->path + answer->path_len, sizeof answer->path - answer->path_len)
      || (answer->features & ~knock->features) != 0)
    return false;

  return hark_certificate_verify (certificate, &answer->certificate)
         && hark_key_equal (&answer->certificate.device, &knock->device);
}

/* ---- the initiator ---- */

bool
hark_knock_init (HarkKnock *ret,
                 const HarkKnockSelf *self,
                 const HarkKnockTarget *target,
                 HarkRng *rng)
{
  uint8_t payload[PAYLOAD_1_LEN];
  HarkWriter writer;
  size_t len = 0;
  bool written;

  hark_knock_clear (ret);
  if (hark_key_equal (&target->account, &self->account)
      || hark_key_equal (&target->device, &self->device))
    return false;

  ret->index = target->index;
  ret->features = target->features;
  ret->account = target->account;
  ret->device = target->device;
  hark_gate_key_derive (target->secret, target->secret_len, &target->account, &ret->gate_key);

  hark_writer_init (&writer, ret->packet, HARK_KNOCK_AT_NOISE);
  hark_writer_u8 (&writer, HARK_PACKET_KNOCK);
  hark_writer_u8 (&writer, HARK_PACKET_VERSION);
  hark_writer_u16 (&writer, target->features);
  hark_gate_key_tag (&ret->gate_key, target->day, hark_writer_reserve (&writer, 8));
  hark_writer_u32 (&writer, target->index);

  write_payload_1 (self, target, payload);
  init_handshake (&ret->handshake, self, &target->account, &target->device, target->secret,
                  target->secret_len, ret->packet);
  written
    = hark_noise_handshake_write (&ret->handshake, rng, payload, sizeof payload,
                                  ret->packet + HARK_KNOCK_AT_NOISE, HARK_KNOCK_NOISE_LEN, &len);
  sodium_memzero (payload, sizeof payload);
  if (!written) {
    hark_knock_clear (ret);
    return false;
  }
  g_assert (len == HARK_KNOCK_NOISE_LEN);
  hark_gate_key_seal (&ret->gate_key, ret->packet);
  return true;
}

bool
hark_knock_use_cookie (HarkKnock *knock, const uint8_t *packet, size_t len)
{
  return hark_gate_key_use_cookie (&knock->gate_key, packet, len, knock->packet);
}

bool
hark_packet_index (const uint8_t *packet, size_t len, uint32_t *ret)
{
  HarkReader reader;
  unsigned type;
  bool head_right;
  uint32_t index;

  hark_reader_init (&reader, packet, len);
  type = hark_reader_u8 (&reader);
  head_right = hark_reader_u8 (&reader) == HARK_PACKET_VERSION;
  head_right &= hark_reader_u16 (&reader) == 0;
  index = hark_reader_u32 (&reader);
  if (!hark_reader_is_ok (&reader) || !head_right)
    return false;

  switch (type) {
  case HARK_PACKET_ANSWER:
  case HARK_PACKET_SIGNAL:
    if (len != HARK_KNOCK_LEN)
      return false;
    break;
  case HARK_PACKET_COOKIE:
    if (len != HARK_COOKIE_LEN)
      return false;
    break;
  default:
    return false;
  }
  *ret = index;
  return true;
}

bool
hark_knock_read_answer (const HarkKnock *knock,
                        const uint8_t *packet,
                        size_t len,
                        HarkKnockAnswer *ret)
{
  g_auto (HarkNoiseHandshake) handshake = knock->handshake;
  HarkKnockAnswer answer = {0};
  uint8_t payload[PAYLOAD_2_LEN];
  size_t payload_len = 0;
  uint32_t index;
  bool right;

  if (!hark_packet_index (packet, len, &index) || packet[0] != HARK_PACKET_ANSWER
      || index != knock->index)
    return false;

  right = hark_noise_handshake_read (&handshake, packet + ANSWER_AT_NOISE, NOISE_MESSAGE_2_LEN,
                                     payload, sizeof payload, &payload_len)
          && read_payload_2 (knock, payload, &answer);
  if (right) {
    take_keys (&handshake, &answer.keys);
    *ret = answer;
  }
  sodium_memzero (payload, sizeof payload);
  sodium_memzero (&answer, sizeof answer);
  return right;
}

/* ---- the responder ---- */

bool
hark_knock_read (const HarkKnockSelf *self,
                 const void *secret,
                 size_t secret_len,
                 const uint8_t packet[HARK_KNOCK_LEN],
                 HarkKnockReceived *ret)
{
  uint8_t payload[PAYLOAD_1_LEN];
  size_t len = 0;
  HarkReader reader;
  bool right;

  hark_knock_received_clear (ret);
  hark_reader_init (&reader, packet, HARK_KNOCK_LEN);
  hark_reader_borrow (&reader, HARK_KNOCK_AT_FEATURES);
  ret->payload.features = hark_reader_u16 (&reader);
  hark_reader_borrow (&reader, HARK_KNOCK_AT_INDEX - HARK_KNOCK_AT_TAG);
  ret->payload.index = hark_reader_u32 (&reader);

  init_handshake (&ret->handshake, self, NULL, NULL, secret, secret_len, packet);
  right = hark_noise_handshake_read (&ret->handshake, packet + HARK_KNOCK_AT_NOISE,
                                     HARK_KNOCK_NOISE_LEN, payload, sizeof payload, &len)
          && read_payload_1 (self, &ret->handshake.remote_static, payload, &ret->payload);
  sodium_memzero (payload, sizeof payload);
  if (!right)
    hark_knock_received_clear (ret);
  return right;
}

bool
hark_knock_answer (HarkKnockReceived *received,
                   const HarkKnockSelf *self,
                   HarkRng *rng,
                   uint32_t index,
                   uint16_t features,
                   const uint8_t *path,
                   size_t path_len,
                   uint8_t ret_packet[HARK_KNOCK_LEN],
                   HarkKnockKeys *ret_keys)
{
  uint8_t packet[HARK_KNOCK_LEN];
  uint8_t payload[PAYLOAD_2_LEN];
  HarkWriter writer;
  size_t len = 0;
  bool written;

  g_assert ((features & ~received->payload.features) == 0);
  hark_writer_init (&writer, packet, ANSWER_AT_NOISE);
  hark_writer_u8 (&writer, HARK_PACKET_ANSWER);
  hark_writer_u8 (&writer, HARK_PACKET_VERSION);
  hark_writer_u16 (&writer, 0);
  hark_writer_u32 (&writer, received->payload.index);

  write_payload_2 (self, index, features, path, path_len, payload);
  written = hark_noise_handshake_write (&received->handshake, rng, payload, sizeof payload,
                                        packet + ANSWER_AT_NOISE, NOISE_MESSAGE_2_LEN, &len);
  sodium_memzero (payload, sizeof payload);
  if (written) {
    take_keys (&received->handshake, ret_keys);
    memcpy (ret_packet, packet, sizeof packet);
  }
  hark_noise_handshake_clear (&received->handshake);
  return written;
}
