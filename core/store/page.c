#include "core/store/page.h"

#include "net/base/writer.h"

#include <string.h>

static HarkPagePlace
make_place (const uint8_t *file_id, uint8_t kind, uint64_t where, const uint8_t *bound)
{
  HarkPagePlace place = {{0}};
  HarkWriter writer;

  hark_writer_init (&writer, place.bytes, sizeof place.bytes);
  hark_writer_bytes (&writer, file_id, HARK_FILE_ID_LEN);
  hark_writer_u8 (&writer, kind);
  hark_writer_u64 (&writer, where);
  if (bound != NULL)
    hark_writer_bytes (&writer, bound, HARK_WAL_BOUND_LEN);

  return place;
}

HarkPagePlace
hark_page_place_in_database (const uint8_t file_id[HARK_FILE_ID_LEN], uint32_t number)
{
  return make_place (file_id, 'D', number, NULL);
}

HarkPagePlace
hark_page_place_in_wal (const uint8_t file_id[HARK_FILE_ID_LEN],
                        uint64_t offset,
                        const uint8_t bound[HARK_WAL_BOUND_LEN])
{
  return make_place (file_id, 'W', offset, bound);
}

void
hark_page_seal (const HarkStoreKeys *keys,
                const HarkPagePlace *place,
                const uint8_t nonce[HARK_PAGE_NONCE_LEN],
                const uint8_t plain[HARK_PAGE_LEN],
                uint8_t ret[HARK_PAGE_LEN])
{
  uint8_t *tail = ret + HARK_PAGE_USED;

  memcpy (tail, nonce, HARK_PAGE_NONCE_LEN);
  crypto_aead_xchacha20poly1305_ietf_encrypt_detached (
    ret, tail + HARK_PAGE_NONCE_LEN, NULL, plain, HARK_PAGE_USED, place->bytes, sizeof place->bytes,
    NULL, nonce, keys->page.bytes);
}

bool
hark_page_open (const HarkStoreKeys *keys,
                const HarkPagePlace *place,
                const uint8_t sealed[HARK_PAGE_LEN],
                uint8_t ret[HARK_PAGE_LEN])
{
  const uint8_t *tail = sealed + HARK_PAGE_USED;

  memset (ret + HARK_PAGE_USED, 0, HARK_PAGE_RESERVED);
  if (crypto_aead_xchacha20poly1305_ietf_decrypt_detached (
        ret, NULL, sealed, HARK_PAGE_USED, tail + HARK_PAGE_NONCE_LEN, place->bytes,
        sizeof place->bytes, tail, keys->page.bytes)
      == 0)
    return true;

  memset (ret, 0, HARK_PAGE_USED);
  return false;
}
