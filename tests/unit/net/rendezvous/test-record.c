/* Presence records: what goes in comes out, for those who hold the token and nobody else. */
#include "net/rendezvous/record.h"
#include "tests/bytes.h"
#include "tests/person.h"

#define SEQ 1700000000123

typedef struct {
  Person person;
  HarkToken token;
  uint8_t slot[32];
  HarkRecord record;
  HarkRecord opened;
  uint8_t value[HARK_RECORD_VALUE_LEN_MAX];
  size_t len;
} Fixture;

static void
add_point (Fixture *fixture, const char *endpoint)
{
  HarkRecordPoint *point = &fixture->record.points[fixture->record.n_points++];

  g_assert_true (hark_endpoint_parse (endpoint, &point->endpoint));
  memset (point->handle, fixture->record.n_points, sizeof point->handle);
}

static void
set_up (Fixture *fixture, const void *data)
{
  (void) data;
  person_init (&fixture->person, 1);
  hark_rng_bytes (&fixture->person.rng, fixture->token.bytes, 16);
  hark_rng_bytes (&fixture->person.rng, fixture->slot, 32);
  fixture->record
    = (HarkRecord){.flags = HARK_RECORD_ONLINE | HARK_RECORD_REQUESTS, .made = 1700000000};
  memset (fixture->record.run, 0x33, sizeof fixture->record.run);
  memcpy (fixture->record.certificate, fixture->person.self.certificate, HARK_CERTIFICATE_LEN);
}

static void
tear_down (Fixture *fixture, const void *data)
{
  (void) fixture;
  (void) data;
}

static void
seal (Fixture *fixture)
{
  fixture->len = hark_record_seal (&fixture->record, &fixture->token, fixture->slot, SEQ,
                                   &fixture->person.rng, fixture->value);
}

static bool
open_record (Fixture *fixture)
{
  return hark_record_open (fixture->value, fixture->len, &fixture->person.self.account,
                           &fixture->token, fixture->slot, SEQ, &fixture->opened);
}

static void
assert_same (Fixture *fixture)
{
  const HarkRecord *a = &fixture->record;
  const HarkRecord *b = &fixture->opened;

  g_assert_cmpuint (a->flags, ==, b->flags);
  g_assert_cmpuint (a->made, ==, b->made);
  assert_bytes (a->run, sizeof a->run, b->run, sizeof b->run);
  assert_bytes (a->certificate, HARK_CERTIFICATE_LEN, b->certificate, HARK_CERTIFICATE_LEN);
  g_assert_cmpuint (a->n_points, ==, b->n_points);
  for (unsigned i = 0; i < a->n_points; i++) {
    g_assert_cmpint (a->points[i].kind, ==, b->points[i].kind);
    g_assert_true (hark_endpoint_equal (&a->points[i].endpoint, &b->points[i].endpoint));
    assert_bytes (a->points[i].handle, 8, b->points[i].handle, 8);
  }
}

static void
test_comes_out_as_it_went_in (Fixture *fixture, const void *data)
{
  HarkKey device;

  (void) data;
  seal (fixture);
  g_assert_cmpuint (fixture->len, ==, 297);
  g_assert_true (open_record (fixture));
  assert_same (fixture);

  add_point (fixture, "192.0.2.1:6881");
  add_point (fixture, "198.51.100.7:1");
  fixture->record.points[1].kind = HARK_POINT_DIRECT;
  add_point (fixture, "203.0.113.9:65535");
  add_point (fixture, "[2001:db8::1]:6881");
  seal (fixture);
  g_assert_cmpuint (fixture->len, ==, 297);
  g_assert_true (open_record (fixture));
  assert_same (fixture);

  device = hark_record_device (&fixture->opened);
  g_assert_true (hark_key_equal (&fixture->person.self.device, &device));
}

static void
test_many_points_take_the_longer_form (Fixture *fixture, const void *data)
{
  (void) data;
  for (unsigned i = 0; i < HARK_RECORD_POINTS_MAX; i++)
    add_point (fixture, "[2001:db8::1]:6881");
  seal (fixture);
  g_assert_cmpuint (fixture->len, ==, HARK_RECORD_VALUE_LEN_MAX);
  g_assert_true (open_record (fixture));
  assert_same (fixture);
}

static void
test_points_that_lead_nowhere_are_left_out (Fixture *fixture, const void *data)
{
  (void) data;
  add_point (fixture, "224.0.0.1:6881");
  add_point (fixture, "192.0.2.1:6881");
  add_point (fixture, "192.0.2.1:1");
  fixture->record.points[2].endpoint.port = 0;
  add_point (fixture, "192.0.2.2:6881");
  fixture->record.points[3].kind = (HarkPointKind) 9;
  seal (fixture);
  g_assert_true (open_record (fixture));
  g_assert_cmpuint (fixture->opened.n_points, ==, 1);
  g_assert_true (
    hark_endpoint_equal (&fixture->opened.points[0].endpoint, &fixture->record.points[1].endpoint));
}

static void
test_every_flipped_byte_is_refused (Fixture *fixture, const void *data)
{
  (void) data;
  add_point (fixture, "192.0.2.1:6881");
  seal (fixture);
  for (size_t at = 0; at < fixture->len; at++) {
    fixture->value[at] ^= 0x20;
    g_assert_false (open_record (fixture));
    fixture->value[at] ^= 0x20;
  }
  for (size_t len = 0; len < fixture->len; len++)
    g_assert_false (hark_record_open (fixture->value, len, &fixture->person.self.account,
                                      &fixture->token, fixture->slot, SEQ, &fixture->opened));
  g_assert_true (open_record (fixture));
}

/* A storing node cannot show an old record under a new number, or one slot's record in another. */
static void
test_opens_only_where_it_belongs (Fixture *fixture, const void *data)
{
  HarkToken other_token = {{1}};
  uint8_t other_slot[32] = {1};
  const HarkKey *account = &fixture->person.self.account;

  (void) data;
  seal (fixture);
  g_assert_false (hark_record_open (fixture->value, fixture->len, account, &other_token,
                                    fixture->slot, SEQ, &fixture->opened));
  g_assert_false (hark_record_open (fixture->value, fixture->len, account, &fixture->token,
                                    other_slot, SEQ, &fixture->opened));
  g_assert_false (hark_record_open (fixture->value, fixture->len, account, &fixture->token,
                                    fixture->slot, SEQ + 1, &fixture->opened));
  g_assert_cmpuint (fixture->opened.made, ==, 0);
}

/* Somebody else who holds the token cannot put his device into the record. */
static void
test_certificate_of_another_account_is_refused (Fixture *fixture, const void *data)
{
  Person other;

  (void) data;
  person_init (&other, 2);
  memcpy (fixture->record.certificate, other.self.certificate, HARK_CERTIFICATE_LEN);
  seal (fixture);
  g_assert_false (open_record (fixture));
}

/* Seals @plain as a holder of the token could. */
static void
seal_plain (Fixture *fixture, const uint8_t *plain, size_t len)
{
  static const char domain[] = "hark/rdv-rec/1";
  uint8_t input[sizeof domain - 1 + 32];
  uint8_t ad[40];
  uint8_t key[32];

  memcpy (input, domain, sizeof domain - 1);
  memcpy (input + sizeof domain - 1, fixture->slot, 32);
  crypto_generichash (key, sizeof key, input, sizeof input, fixture->token.bytes, 16);
  memcpy (ad, fixture->slot, 32);
  for (unsigned i = 0; i < 8; i++)
    ad[32 + i] = (uint8_t) ((uint64_t) SEQ >> (56 - 8 * i));
  fixture->value[0] = 1;
  crypto_aead_xchacha20poly1305_ietf_encrypt (fixture->value + 25, NULL, plain, len, ad, sizeof ad,
                                              NULL, fixture->value + 1, key);
  fixture->len = 25 + len + 16;
}

static void
test_bad_forms_are_refused (Fixture *fixture, const void *data)
{
  uint8_t plain[384] = {0};

  (void) data;
  memcpy (plain + 14, fixture->person.self.certificate + 32, 128);
  seal_plain (fixture, plain, 256);
  g_assert_true (open_record (fixture));

  plain[142] = HARK_RECORD_POINTS_MAX + 1;
  seal_plain (fixture, plain, 384);
  g_assert_false (open_record (fixture));

  /* six points of IPv6 end behind 256 bytes */
  plain[142] = HARK_RECORD_POINTS_MAX;
  for (size_t i = 143; i < 384; i++)
    plain[i] = 1;
  seal_plain (fixture, plain, 256);
  g_assert_false (open_record (fixture));

  /* something behind the points */
  plain[142] = 0;
  seal_plain (fixture, plain, 256);
  g_assert_false (open_record (fixture));
}

/* It has no endpoint; one that has is nothing we know. */
static void
test_somebody_around (Fixture *fixture, gconstpointer data)
{
  uint8_t plain[384] = {0};

  (void) data;
  memcpy (plain + 14, fixture->person.self.certificate + 32, 128);
  plain[142] = 1;
  plain[143] = HARK_POINT_AROUND << 1;
  plain[150] = 7; /* of its handle */
  seal_plain (fixture, plain, 256);
  g_assert_true (open_record (fixture));
  g_assert_cmpuint (fixture->opened.n_points, ==, 1);
  g_assert_cmpint (fixture->opened.points[0].kind, ==, HARK_POINT_AROUND);
  g_assert_cmpuint (fixture->opened.points[0].endpoint.family, ==, 0);
  g_assert_cmpuint (fixture->opened.points[0].handle[0], ==, 7);

  plain[144] = 192;
  seal_plain (fixture, plain, 256);
  g_assert_true (open_record (fixture));
  g_assert_cmpuint (fixture->opened.n_points, ==, 0);
}

#define ADD(path, test) g_test_add ("/record/" path, Fixture, NULL, set_up, test, tear_down)

int
main (int argc, char *argv[])
{
  g_assert_cmpint (sodium_init (), >=, 0);
  g_test_init (&argc, &argv, NULL);
  ADD ("comes-out-as-it-went-in", test_comes_out_as_it_went_in);
  ADD ("many-points-take-the-longer-form", test_many_points_take_the_longer_form);
  ADD ("points-that-lead-nowhere-are-left-out", test_points_that_lead_nowhere_are_left_out);
  ADD ("every-flipped-byte-is-refused", test_every_flipped_byte_is_refused);
  ADD ("opens-only-where-it-belongs", test_opens_only_where_it_belongs);
  ADD ("certificate-of-another-account-is-refused", test_certificate_of_another_account_is_refused);
  ADD ("somebody-around-has-no-endpoint", test_somebody_around);
  ADD ("bad-forms-are-refused", test_bad_forms_are_refused);
  return g_test_run ();
}
