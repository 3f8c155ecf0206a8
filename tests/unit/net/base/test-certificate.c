/* Device certificates: signed by their account, whole, and for usable keys. */
#include "tests/bytes.h"
#include "tests/person.h"
#include "tests/vectors.h"

static void
test_fields_come_back (void)
{
  Person person;
  HarkCertificate certificate;

  person_init (&person, 1);
  g_assert_true (hark_certificate_verify (person.self.certificate, &certificate));
  g_assert_true (hark_key_equal (&certificate.account, &person.self.account));
  g_assert_true (hark_key_equal (&certificate.device, &person.self.device));
  g_assert_cmpuint (certificate.not_before, ==, 1700000000);
  g_assert_cmpuint (certificate.list_version, ==, 1);
}

static void
test_every_flipped_bit_is_refused (void)
{
  Person person;
  HarkCertificate certificate = {.flags = 77};

  person_init (&person, 1);
  for (size_t bit = 0; bit < 8 * HARK_CERTIFICATE_LEN; bit += 3) {
    person.self.certificate[bit / 8] ^= (uint8_t) (1 << bit % 8);
    g_assert_false (hark_certificate_verify (person.self.certificate, &certificate));
    person.self.certificate[bit / 8] ^= (uint8_t) (1 << bit % 8);
  }
  g_assert_cmpuint (certificate.flags, ==, 77);
}

/* well signed, but for a device key that agrees on nothing. */
static void
test_low_order_device_is_refused (void)
{
  g_autoptr (JsonParser) parser = vectors_load ("x25519-wycheproof.json");
  JsonArray *vectors = json_object_get_array_member (vectors_root (parser), "vectors");
  HarkCertificate certificate;
  Person person;

  person_init (&person, 1);
  for (guint i = 0; i < json_array_get_length (vectors); i++) {
    JsonObject *vector = json_array_get_object_element (vectors, i);

    if (!json_object_get_boolean_member (vector, "must_reject"))
      continue;
    g_assert_true (vectors_fixed (vector, "public", person.self.device.bytes, 32));
    person_certify (&person);
    g_assert_false (hark_certificate_verify (person.self.certificate, &certificate));
  }
}

/* a small-order account verifies a signature that nobody made. */
static void
test_small_order_account_is_refused (void)
{
  uint8_t bytes[HARK_CERTIFICATE_LEN] = {0};
  HarkCertificate certificate;
  Person person;

  person_init (&person, 1);
  memcpy (bytes, person.self.certificate, sizeof bytes);
  memset (bytes, 0, 32);
  bytes[0] = 1; /* the neutral element */
  memset (bytes + 96, 0, 64);
  bytes[96] = 1; /* R: the neutral element; s: 0 */
  g_assert_false (hark_certificate_verify (bytes, &certificate));
}

int
main (int argc, char *argv[])
{
  g_assert_cmpint (sodium_init (), >=, 0);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/certificate/fields-come-back", test_fields_come_back);
  g_test_add_func ("/certificate/every-flipped-bit-is-refused", test_every_flipped_bit_is_refused);
  g_test_add_func ("/certificate/low-order-device-is-refused", test_low_order_device_is_refused);
  g_test_add_func ("/certificate/small-order-account-is-refused",
                   test_small_order_account_is_refused);
  return g_test_run ();
}
