#include "core/mailbox/slot.h"

#include "net/base/domain.h"
#include "net/base/hash.h"
#include "net/base/reader.h"
#include "net/base/writer.h"

#include <sodium.h>
#include <string.h>

#define AD_LEN (HARK_MAIL_TAG_LEN + HARK_MAIL_ID_LEN)
#define HEAD 4 /* length of the frame */

G_STATIC_ASSERT (HARK_MAIL_NONCE_LEN == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES);
G_STATIC_ASSERT (HARK_MAIL_OVERHEAD
                 == HARK_MAIL_NONCE_LEN + crypto_aead_xchacha20poly1305_ietf_ABYTES);

uint32_t
hark_mail_epoch (int64_t wall_ms)
{
  return wall_ms < 0 ? 0 : (uint32_t) (wall_ms / HARK_MAIL_EPOCH_MS);
}

void
hark_mail_slot (const HarkSecret *pairwise,
                const HarkKey *recipient,
                uint32_t epoch,
                HarkMailSlot *ret)
{
  uint8_t number[4];
  HarkWriter writer;

  hark_writer_init (&writer, number, sizeof number);
  hark_writer_u32 (&writer, epoch);
  HARK_HASH (ret->secret, sizeof ret->secret, pairwise->bytes, sizeof pairwise->bytes,
             HARK_DOMAIN_KEPT_SLOT, HARK_PART (recipient), HARK_PART (&number));
  HARK_HASH (ret->key.bytes, sizeof ret->key.bytes, pairwise->bytes, sizeof pairwise->bytes,
             HARK_DOMAIN_KEPT_KEY, HARK_PART (recipient), HARK_PART (&number));
  hark_mail_tag (ret->secret, ret->tag);
}

void
hark_mail_slot_clear (HarkMailSlot *slot)
{
  sodium_memzero (slot, sizeof *slot);
}

void
hark_mail_tag (const uint8_t secret[HARK_MAIL_SECRET_LEN], uint8_t ret[HARK_MAIL_TAG_LEN])
{
  HARK_HASH (ret, HARK_MAIL_TAG_LEN, NULL, 0, HARK_DOMAIN_KEPT_TAG,
             HARK_PART_BYTES (secret, HARK_MAIL_SECRET_LEN));
}

void
hark_mail_deposit_id (const HarkSecret *pairwise,
                      const HarkKey *recipient,
                      const uint8_t entry[16],
                      uint8_t ret[HARK_MAIL_ID_LEN])
{
  HARK_HASH (ret, HARK_MAIL_ID_LEN, pairwise->bytes, sizeof pairwise->bytes, HARK_DOMAIN_KEPT_ID,
             HARK_PART (recipient), HARK_PART_BYTES (entry, 16));
}

void
hark_mail_receipt (const HarkMailSlot *slot,
                   const uint8_t id[HARK_MAIL_ID_LEN],
                   uint8_t ret[HARK_MAIL_RECEIPT_LEN])
{
  HARK_HASH (ret, HARK_MAIL_RECEIPT_LEN, slot->key.bytes, sizeof slot->key.bytes,
             HARK_DOMAIN_KEPT_RECEIPT, HARK_PART_BYTES (id, HARK_MAIL_ID_LEN));
}

void
hark_mail_lock (const uint8_t receipt[HARK_MAIL_RECEIPT_LEN], uint8_t ret[HARK_MAIL_LOCK_LEN])
{
  HARK_HASH (ret, HARK_MAIL_LOCK_LEN, NULL, 0, HARK_DOMAIN_KEPT_LOCK,
             HARK_PART_BYTES (receipt, HARK_MAIL_RECEIPT_LEN));
}

void
hark_mail_hint (const HarkSecret *pairwise, const HarkKey *keeper, uint8_t ret[HARK_MAIL_HINT_LEN])
{
  HARK_HASH (ret, HARK_MAIL_HINT_LEN, pairwise->bytes, sizeof pairwise->bytes,
             HARK_DOMAIN_KEPT_HINT, HARK_PART (keeper));
}

/* Powers of two up to 64 KiB, then the largest: eight sizes tell little about a text. */
static size_t
padded_size (size_t len)
{
  size_t size = HARK_MAIL_PLAIN_MIN;

  while (size < len && size < 65536)
    size *= 2;
  return size < len ? HARK_MAIL_PLAIN_MAX : size;
}

static void
make_ad (const HarkMailSlot *slot, const uint8_t id[HARK_MAIL_ID_LEN], uint8_t ret[AD_LEN])
{
  memcpy (ret, slot->tag, HARK_MAIL_TAG_LEN);
  memcpy (ret + HARK_MAIL_TAG_LEN, id, HARK_MAIL_ID_LEN);
}

GBytes *
hark_mail_seal (const HarkMailSlot *slot,
                const uint8_t id[HARK_MAIL_ID_LEN],
                const uint8_t nonce[HARK_MAIL_NONCE_LEN],
                const uint8_t *frame,
                size_t len)
{
  g_autofree uint8_t *plain = NULL;
  uint8_t ad[AD_LEN];
  uint8_t *sealed;
  size_t size;
  HarkWriter writer;

  if (len > HARK_MAIL_PLAIN_MAX - HEAD)
    return NULL;
  size = padded_size (HEAD + len);
  plain = g_malloc0 (size);
  hark_writer_init (&writer, plain, size);
  hark_writer_u32 (&writer, (uint32_t) len);
  hark_writer_bytes (&writer, frame, len);
  make_ad (slot, id, ad);
  sealed = g_malloc (size + HARK_MAIL_OVERHEAD);
  memcpy (sealed, nonce, HARK_MAIL_NONCE_LEN);
  crypto_aead_xchacha20poly1305_ietf_encrypt (sealed + HARK_MAIL_NONCE_LEN, NULL, plain, size, ad,
                                              sizeof ad, NULL, nonce, slot->key.bytes);
  sodium_memzero (plain, size);
  return g_bytes_new_take (sealed, size + HARK_MAIL_OVERHEAD);
}

GBytes *
hark_mail_open (const HarkMailSlot *slot,
                const uint8_t id[HARK_MAIL_ID_LEN],
                const uint8_t *sealed,
                size_t len)
{
  g_autofree uint8_t *plain = NULL;
  uint8_t ad[AD_LEN];
  GBytes *frame = NULL;
  size_t size, inner;
  HarkReader reader;

  if (len < HARK_MAIL_PLAIN_MIN + HARK_MAIL_OVERHEAD || len > HARK_MAIL_SEALED_MAX)
    return NULL;
  size = len - HARK_MAIL_OVERHEAD;
  plain = g_malloc (size);
  make_ad (slot, id, ad);
  if (crypto_aead_xchacha20poly1305_ietf_decrypt (plain, NULL, NULL, sealed + HARK_MAIL_NONCE_LEN,
                                                  len - HARK_MAIL_NONCE_LEN, ad, sizeof ad, sealed,
                                                  slot->key.bytes)
      != 0)
    return NULL;
  hark_reader_init (&reader, plain, size);
  inner = hark_reader_u32 (&reader);
  if (inner <= hark_reader_left (&reader))
    frame = g_bytes_new (hark_reader_borrow (&reader, inner), inner);
  sodium_memzero (plain, size);
  return frame;
}
