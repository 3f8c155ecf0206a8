/* Presence records. The first byte chooses: 0, the bytes as they are; 1 or 2, as plaintext of 256
 * or 384 bytes behind a right certificate, sealed by somebody who holds the token. */
#include "net/base/domain.h"
#include "net/base/hash.h"
#include "net/rendezvous/record.h"
#include "tests/person.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static const uint8_t slot[32] = {3};
  HarkToken token = {
    {1, 2, 3}
  };
  uint8_t value[HARK_RECORD_VALUE_LEN_MAX] = {1};
  uint8_t plain[384] = {0};
  uint8_t ad[40] = {3};
  size_t len = size > 0 && data[0] == 1 ? 256 : 384;
  HarkRecord record;
  Person person;
  uint8_t key[32];

  if (size == 0 || sodium_init () < 0)
    return 0;
  person_init (&person, 1);
  if (data[0] == 0) {
    hark_record_open (data + 1, size - 1, &person.self.account, &token, slot, 0, &record);
    return 0;
  }

  memcpy (plain, data + 1, MIN (size - 1, 14));
  memcpy (plain + 14, person.self.certificate + 32, 128);
  if (size > 15)
    memcpy (plain + 142, data + 15, MIN (size - 15, sizeof plain - 142));
  HARK_HASH (key, sizeof key, token.bytes, sizeof token, HARK_DOMAIN_RECORD,
             HARK_PART_BYTES (slot, sizeof slot));
  crypto_aead_xchacha20poly1305_ietf_encrypt (value + 25, NULL, plain, len, ad, sizeof ad, NULL,
                                              value + 1, key);
  if (hark_record_open (value, 25 + len + 16, &person.self.account, &token, slot, 0, &record)) {
    g_assert_cmpuint (record.n_points, <=, HARK_RECORD_POINTS_MAX);
    for (unsigned i = 0; i < record.n_points; i++)
      g_assert_cmpint (hark_endpoint_scope (&record.points[i].endpoint), !=, HARK_SCOPE_NONE);
  }
  return 0;
}
