#include "net/path/stun.h"

#include "net/base/reader.h"
#include "net/base/writer.h"

#include <sodium.h>
#include <string.h>

#define HEADER_LEN 20
#define COOKIE 0x2112a442u
#define BINDING_REQUEST 0x0001
#define BINDING_RESPONSE 0x0101
#define MAPPED_ADDRESS 0x0001
/* RFC 3489: "answer from elsewhere"; only all zeros can be served */
#define CHANGE_REQUEST 0x0003
#define XOR_MAPPED_ADDRESS 0x0020
#define OPTIONAL 0x8000 /* attributes from here may be ignored */

typedef struct {
  uint16_t type;
  uint16_t len;
  uint32_t cookie;   /* RFC 3489: the first part of the transaction id */
  const uint8_t *id; /* 16 bytes: cookie and transaction id */
  HarkReader attributes;
} Message;

static bool
read_header (const uint8_t *packet, size_t len, Message *ret)
{
  HarkReader reader;

  hark_reader_init (&reader, packet, len);
  ret->type = hark_reader_u16 (&reader);
  ret->len = hark_reader_u16 (&reader);
  ret->attributes = reader;
  ret->cookie = hark_reader_u32 (&reader);
  ret->id = hark_reader_borrow (&ret->attributes, 16);
  return len >= HEADER_LEN && ret->type < 0x0400 && ret->len % 4 == 0
         && ret->len + (size_t) HEADER_LEN == len;
}

/* The next attribute; false at the end or when it does not fit. */
static bool
next_attribute (HarkReader *reader, uint16_t *ret_type, const uint8_t **ret_data, size_t *ret_len)
{
  if (hark_reader_left (reader) < 4)
    return false;
  *ret_type = hark_reader_u16 (reader);
  *ret_len = hark_reader_u16 (reader);
  *ret_data = hark_reader_borrow (reader, *ret_len);
  hark_reader_borrow (reader, (4 - *ret_len % 4) % 4);
  return hark_reader_is_ok (reader);
}

bool
hark_stun_is_request (const uint8_t *packet, size_t len)
{
  static const uint8_t zeros[4];
  Message message;
  uint16_t type;
  const uint8_t *data;
  size_t data_len;

  if (len > HARK_STUN_REQUEST_LEN_MAX || !read_header (packet, len, &message)
      || message.type != BINDING_REQUEST)
    return false;
  while (next_attribute (&message.attributes, &type, &data, &data_len)) {
    if (type == CHANGE_REQUEST && data_len == sizeof zeros
        && memcmp (data, zeros, sizeof zeros) == 0)
      continue;
    if (type < OPTIONAL)
      return false;
  }
  return hark_reader_is_done (&message.attributes);
}

size_t
hark_stun_respond (const uint8_t *packet,
                   size_t len,
                   const HarkEndpoint *from,
                   uint8_t ret[HARK_STUN_RESPONSE_LEN_MAX])
{
  size_t ip_len = hark_endpoint_ip_len (from);
  HarkWriter writer;
  Message message;
  bool modern;
  uint16_t port = from->port;
  uint8_t ip[16];

  if (!hark_stun_is_request (packet, len) || ip_len == 0 || !read_header (packet, len, &message))
    return 0;
  modern = message.cookie == COOKIE;
  memcpy (ip, from->ip, sizeof ip);
  if (modern) {
    port ^= COOKIE >> 16;
    for (size_t i = 0; i < ip_len; i++)
      ip[i] ^= message.id[i];
  }

  hark_writer_init (&writer, ret, HARK_STUN_RESPONSE_LEN_MAX);
  hark_writer_u16 (&writer, BINDING_RESPONSE);
  hark_writer_u16 (&writer, (uint16_t) (8 + ip_len));
  hark_writer_bytes (&writer, message.id, 16);
  hark_writer_u16 (&writer, modern ? XOR_MAPPED_ADDRESS : MAPPED_ADDRESS);
  hark_writer_u16 (&writer, (uint16_t) (4 + ip_len));
  hark_writer_u16 (&writer, from->family == 6 ? 2 : 1);
  hark_writer_u16 (&writer, port);
  hark_writer_bytes (&writer, ip, ip_len);
  g_assert (hark_writer_is_ok (&writer));
  return writer.len;
}

static bool
read_address (const uint8_t *data, size_t len, const uint8_t *mask, HarkEndpoint *ret)
{
  HarkEndpoint endpoint = {0};

  if (len != 8 && len != 20)
    return false;
  endpoint.family = data[1] == 1 ? 4 : data[1] == 2 ? 6 : 0;
  if (hark_endpoint_ip_len (&endpoint) != len - 4)
    return false;
  endpoint.port = (uint16_t) (data[2] << 8 | data[3]);
  memcpy (endpoint.ip, data + 4, len - 4);
  if (mask) {
    endpoint.port ^= (uint16_t) (mask[0] << 8 | mask[1]);
    for (size_t i = 0; i < len - 4; i++)
      endpoint.ip[i] ^= mask[i];
  }
  *ret = endpoint;
  return true;
}

bool
hark_stun_parse_mapped (const uint8_t *packet, size_t len, HarkEndpoint *ret)
{
  Message message;
  HarkEndpoint plain = {0}, masked = {0};
  uint16_t type;
  const uint8_t *data;
  size_t data_len;

  if (!read_header (packet, len, &message) || message.type != BINDING_RESPONSE)
    return false;
  while (next_attribute (&message.attributes, &type, &data, &data_len)) {
    if (type == XOR_MAPPED_ADDRESS && message.cookie == COOKIE)
      read_address (data, data_len, message.id, &masked);
    else if (type == MAPPED_ADDRESS)
      read_address (data, data_len, NULL, &plain);
  }
  if (!hark_reader_is_done (&message.attributes) || (!masked.family && !plain.family))
    return false;
  *ret = masked.family ? masked : plain;
  return true;
}

void
hark_stun_limits_init (HarkStunLimits *limits, HarkRng *rng, HarkTime now)
{
  memset (limits, 0, sizeof *limits);
  hark_rng_bytes (rng, limits->key, sizeof limits->key);
  hark_token_bucket_init (&limits->total, HARK_STUN_TOTAL_RATE, HARK_STUN_TOTAL_RATE, now);
}

bool
hark_stun_limits_take (HarkStunLimits *limits, const HarkEndpoint *from, HarkTime now)
{
  uint8_t hash[crypto_shorthash_BYTES];
  HarkStunSource *set, *chosen;

  crypto_shorthash (hash, from->ip, sizeof from->ip, limits->key);
  set = &limits->sources[(size_t) hash[0] % HARK_STUN_SETS * HARK_STUN_WAYS];
  chosen = set;
  for (size_t i = 0; i < HARK_STUN_WAYS; i++) {
    if (hark_endpoint_same_ip (&set[i].source, from)) {
      chosen = &set[i];
      break;
    }
    if (chosen->source.family && (!set[i].source.family || set[i].used < chosen->used))
      chosen = &set[i];
  }
  if (!hark_endpoint_same_ip (&chosen->source, from)) {
    *chosen = (HarkStunSource){.source = *from};
    hark_token_bucket_init (&chosen->bucket, HARK_STUN_SOURCE_RATE, HARK_STUN_SOURCE_BURST, now);
  }
  chosen->used = now;
  return hark_token_bucket_take (&chosen->bucket, 1, now)
         && hark_token_bucket_take (&limits->total, 1, now);
}
