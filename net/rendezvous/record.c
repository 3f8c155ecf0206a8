#include "net/rendezvous/record.h"

#include "net/base/domain.h"
#include "net/base/hash.h"
#include "net/base/reader.h"
#include "net/base/writer.h"

#include <string.h>

#define VERSION 1
#define AT_NONCE 1
#define AT_SEALED (AT_NONCE + 24)
#define TAG_LEN 16
#define SHORT_PLAIN_LEN 256
#define LONG_PLAIN_LEN HARK_RECORD_KEPT_LEN
#define AD_LEN (32 + 8)
#define HANDLE_LEN 8
#define AT_LIST_VERSION (32 + 32 + 16 + 8) /* net/base/certificate.h */

static void
derive_key (const HarkToken *token, const uint8_t slot[32], HarkSecret *ret)
{
  HARK_HASH (ret->bytes, sizeof ret->bytes, token->bytes, sizeof token->bytes, HARK_DOMAIN_RECORD,
             HARK_PART_BYTES (slot, 32));
}

static void
write_ad (const uint8_t slot[32], int64_t seq, uint8_t ret[AD_LEN])
{
  HarkWriter writer;

  hark_writer_init (&writer, ret, AD_LEN);
  hark_writer_bytes (&writer, slot, 32);
  hark_writer_u64 (&writer, (uint64_t) seq);
}

/* Kind and family share a byte. */
static void
write_point (HarkWriter *writer, const HarkRecordPoint *point)
{
  uint8_t compact[18] = {0};
  size_t len
    = point->kind == HARK_POINT_AROUND ? 6 : hark_endpoint_to_compact (&point->endpoint, compact);

  g_assert (len > 0);
  hark_writer_u8 (writer, (uint8_t) ((unsigned) point->kind << 1 | (len == sizeof compact)));
  hark_writer_bytes (writer, compact, len);
  hark_writer_bytes (writer, point->handle, HANDLE_LEN);
}

/* Returns the padded length. */
static size_t
write_plain (const HarkRecord *record, uint8_t ret[LONG_PLAIN_LEN])
{
  HarkWriter writer;
  size_t len;

  g_assert (record->n_points <= HARK_RECORD_POINTS_MAX);
  hark_writer_init (&writer, ret, LONG_PLAIN_LEN);
  hark_writer_u16 (&writer, record->flags);
  hark_writer_u32 (&writer, record->made);
  hark_writer_bytes (&writer, record->run, sizeof record->run);
  hark_writer_bytes (&writer, record->certificate + HARK_KEY_LEN,
                     HARK_CERTIFICATE_LEN - HARK_KEY_LEN);
  hark_writer_u8 (&writer, record->n_points);
  for (unsigned i = 0; i < record->n_points; i++)
    write_point (&writer, &record->points[i]);

  len = writer.len <= SHORT_PLAIN_LEN ? SHORT_PLAIN_LEN : LONG_PLAIN_LEN;
  hark_writer_zeros (&writer, len - writer.len);
  g_assert (hark_writer_is_ok (&writer));
  return len;
}

size_t
hark_record_seal (const HarkRecord *record,
                  const HarkToken *token,
                  const uint8_t slot[32],
                  int64_t seq,
                  HarkRng *rng,
                  uint8_t ret[HARK_RECORD_VALUE_LEN_MAX])
{
  g_auto (HarkSecret) key = {0};
  uint8_t plain[LONG_PLAIN_LEN];
  uint8_t ad[AD_LEN];
  size_t len = write_plain (record, plain);

  derive_key (token, slot, &key);
  write_ad (slot, seq, ad);
  ret[0] = VERSION;
  hark_rng_bytes (rng, ret + AT_NONCE, AT_SEALED - AT_NONCE);
  crypto_aead_xchacha20poly1305_ietf_encrypt (ret + AT_SEALED, NULL, plain, len, ad, sizeof ad,
                                              NULL, ret + AT_NONCE, key.bytes);
  sodium_memzero (plain, sizeof plain);
  return AT_SEALED + len + TAG_LEN;
}

/* Appends the next point to @record, unless it leads nowhere. */
static void
read_point (HarkReader *reader, HarkRecord *record)
{
  HarkRecordPoint point = {0};
  unsigned head = hark_reader_u8 (reader);
  size_t len = head & 1 ? 18 : 6;
  const uint8_t *compact = hark_reader_borrow (reader, len);

  point.kind = (HarkPointKind) (head >> 1);
  hark_reader_copy (reader, point.handle, sizeof point.handle);
  if (compact && head == HARK_POINT_AROUND << 1 && sodium_is_zero (compact, len)) {
    record->points[record->n_points++] = point;
    return;
  }
  if (!compact || !hark_endpoint_from_compact (compact, len, &point.endpoint))
    return;
  if (head >> 1 > HARK_POINT_DIRECT || point.endpoint.port == 0
      || hark_endpoint_scope (&point.endpoint) == HARK_SCOPE_NONE)
    return;
  record->points[record->n_points++] = point;
}

static bool
read_plain (const uint8_t *plain, size_t len, const HarkKey *account, HarkRecord *record)
{
  HarkCertificate certificate;
  HarkReader reader;
  unsigned n_points;
  const uint8_t *rest;
  size_t rest_len;

  hark_reader_init (&reader, plain, len);
  record->flags = hark_reader_u16 (&reader);
  record->made = hark_reader_u32 (&reader);
  hark_reader_copy (&reader, record->run, sizeof record->run);
  memcpy (record->certificate, account->bytes, HARK_KEY_LEN);
  hark_reader_copy (&reader, record->certificate + HARK_KEY_LEN,
                    HARK_CERTIFICATE_LEN - HARK_KEY_LEN);
  n_points = hark_reader_u8 (&reader);
  if (n_points > HARK_RECORD_POINTS_MAX)
    return false;
  for (unsigned i = 0; i < n_points; i++)
    read_point (&reader, record);

  rest_len = hark_reader_left (&reader);
  rest = hark_reader_borrow (&reader, rest_len);
  return hark_reader_is_done (&reader) && (rest_len == 0 || sodium_is_zero (rest, rest_len))
         && hark_certificate_verify (record->certificate, &certificate);
}

bool
hark_record_open (const uint8_t *data,
                  size_t len,
                  const HarkKey *account,
                  const HarkToken *token,
                  const uint8_t slot[32],
                  int64_t seq,
                  HarkRecord *ret)
{
  g_auto (HarkSecret) key = {0};
  uint8_t plain[LONG_PLAIN_LEN];
  uint8_t ad[AD_LEN];
  HarkRecord record = {0};
  bool right;

  if ((len != AT_SEALED + SHORT_PLAIN_LEN + TAG_LEN && len != AT_SEALED + LONG_PLAIN_LEN + TAG_LEN)
      || data[0] != VERSION)
    return false;

  derive_key (token, slot, &key);
  write_ad (slot, seq, ad);
  right = crypto_aead_xchacha20poly1305_ietf_decrypt (plain, NULL, NULL, data + AT_SEALED,
                                                      len - AT_SEALED, ad, sizeof ad,
                                                      data + AT_NONCE, key.bytes)
            == 0
          && read_plain (plain, len - AT_SEALED - TAG_LEN, account, &record);
  if (right)
    *ret = record;
  sodium_memzero (plain, sizeof plain);
  return right;
}

void
hark_record_keep (const HarkRecord *record, uint8_t ret[HARK_RECORD_KEPT_LEN])
{
  size_t len = write_plain (record, ret);

  memset (ret + len, 0, HARK_RECORD_KEPT_LEN - len);
}

bool
hark_record_restore (const uint8_t kept[HARK_RECORD_KEPT_LEN],
                     const HarkKey *account,
                     HarkRecord *ret)
{
  HarkRecord record = {0};

  if (!read_plain (kept, HARK_RECORD_KEPT_LEN, account, &record))
    return false;
  *ret = record;
  return true;
}

bool
hark_record_leads_somewhere (const HarkRecord *record)
{
  return (record->flags & HARK_RECORD_ONLINE) && !(record->flags & HARK_RECORD_LEAVING)
         && (record->n_points > 0 || (record->flags & HARK_RECORD_MAILBOX));
}

bool
hark_record_is_local (const HarkRecord *record)
{
  for (unsigned i = 0; i < record->n_points; i++)
    if (hark_endpoint_scope (&record->points[i].endpoint) == HARK_SCOPE_PUBLIC)
      return false;
  return record->n_points > 0;
}

HarkKey
hark_record_device (const HarkRecord *record)
{
  HarkKey device;

  memcpy (device.bytes, record->certificate + HARK_KEY_LEN, HARK_KEY_LEN);
  return device;
}

uint32_t
hark_record_list_version (const HarkRecord *record)
{
  HarkReader reader;

  hark_reader_init (&reader, record->certificate + AT_LIST_VERSION, 4);
  return hark_reader_u32 (&reader);
}
