#include "net/lan/beacon.h"

#include "net/base/domain.h"
#include "net/base/hash.h"
#include "net/base/reader.h"
#include "net/base/writer.h"

#include <glib.h>
#include <string.h>

#define SIGNED_LEN (HARK_BEACON_PERSON_LEN - crypto_sign_BYTES)
#define DOMAIN_LEN (sizeof HARK_DOMAIN_LAN_PERSON - 1)

static const uint8_t plain_magic[4] = {'H', 'K', 'B', '1'};
static const uint8_t person_magic[4] = {'H', 'K', 'P', '1'};

void
hark_beacon_tag (const uint8_t network[32], uint8_t ret[HARK_BEACON_TAG_LEN])
{
  HARK_HASH (ret, HARK_BEACON_TAG_LEN, NULL, 0, HARK_DOMAIN_LAN_TAG, HARK_PART_BYTES (network, 32));
}

/* What the account signs: domain, then the packet up to the signature. */
static void
signed_bytes (const uint8_t *packet, uint8_t ret[DOMAIN_LEN + SIGNED_LEN])
{
  memcpy (ret, HARK_DOMAIN_LAN_PERSON, DOMAIN_LEN);
  memcpy (ret + DOMAIN_LEN, packet, SIGNED_LEN);
}

static void
sign (uint8_t packet[HARK_BEACON_PERSON_LEN], const HarkSecret *seed)
{
  uint8_t key[crypto_sign_PUBLICKEYBYTES], secret[crypto_sign_SECRETKEYBYTES];
  uint8_t bytes[DOMAIN_LEN + SIGNED_LEN];

  crypto_sign_seed_keypair (key, secret, seed->bytes);
  signed_bytes (packet, bytes);
  crypto_sign_detached (packet + SIGNED_LEN, NULL, bytes, sizeof bytes, secret);
  sodium_memzero (secret, sizeof secret);
}

size_t
hark_beacon_write (const HarkBeacon *beacon,
                   const HarkSecret *seed,
                   uint8_t ret[HARK_BEACON_LEN_MAX])
{
  HarkWriter writer;

  hark_writer_init (&writer, ret, HARK_BEACON_LEN_MAX);
  hark_writer_bytes (&writer, beacon->has_person ? person_magic : plain_magic, 4);
  hark_writer_bytes (&writer, beacon->tag, sizeof beacon->tag);
  hark_writer_u16 (&writer, beacon->port);
  hark_writer_bytes (&writer, beacon->cookie, sizeof beacon->cookie);
  if (beacon->has_person) {
    const HarkBeaconPerson *person = &beacon->person;
    size_t len = strlen (person->name);

    hark_writer_bytes (&writer, person->account.bytes, sizeof person->account.bytes);
    hark_writer_bytes (&writer, person->token.bytes, sizeof person->token.bytes);
    hark_writer_u8 (&writer, (uint8_t) len);
    hark_writer_bytes (&writer, person->name, len);
    hark_writer_zeros (&writer, HARK_BEACON_NAME_MAX - len);
    hark_writer_zeros (&writer, crypto_sign_BYTES);
    sign (ret, seed);
  }
  g_assert (hark_writer_is_ok (&writer));
  return writer.len;
}

/* A name that may be shown: valid UTF-8 of one line. */
static bool
read_name (HarkReader *reader, char ret[HARK_BEACON_NAME_MAX + 1])
{
  uint8_t len = hark_reader_u8 (reader);
  char name[HARK_BEACON_NAME_MAX + 1] = {0};

  hark_reader_copy (reader, name, HARK_BEACON_NAME_MAX);
  if (len == 0 || len > HARK_BEACON_NAME_MAX || !g_utf8_validate (name, len, NULL))
    return false;
  for (size_t i = len; i < HARK_BEACON_NAME_MAX; i++)
    if (name[i])
      return false;
  for (const char *at = name; *at; at = g_utf8_next_char (at))
    if (!g_unichar_isprint (g_utf8_get_char (at)))
      return false;
  memcpy (ret, name, sizeof name);
  return true;
}

bool
hark_beacon_read (const uint8_t *data, size_t len, HarkBeacon *ret)
{
  HarkBeacon beacon = {0};
  HarkReader reader;

  if (len != HARK_BEACON_LEN && len != HARK_BEACON_PERSON_LEN)
    return false;
  beacon.has_person = len == HARK_BEACON_PERSON_LEN;
  if (memcmp (data, beacon.has_person ? person_magic : plain_magic, 4) != 0)
    return false;
  hark_reader_init (&reader, data + 4, len - 4);
  hark_reader_copy (&reader, beacon.tag, sizeof beacon.tag);
  beacon.port = hark_reader_u16 (&reader);
  hark_reader_copy (&reader, beacon.cookie, sizeof beacon.cookie);
  if (beacon.has_person) {
    hark_reader_copy (&reader, beacon.person.account.bytes, sizeof beacon.person.account.bytes);
    hark_reader_copy (&reader, beacon.person.token.bytes, sizeof beacon.person.token.bytes);
    if (!read_name (&reader, beacon.person.name))
      return false;
  }
  if (beacon.port < 1024)
    return false; /* nobody's signalling socket */
  *ret = beacon;
  return true;
}

bool
hark_beacon_verify (const uint8_t data[HARK_BEACON_PERSON_LEN])
{
  uint8_t bytes[DOMAIN_LEN + SIGNED_LEN];

  signed_bytes (data, bytes);
  return crypto_sign_verify_detached (data + SIGNED_LEN, bytes, sizeof bytes,
                                      data + HARK_BEACON_LEN)
         == 0;
}
