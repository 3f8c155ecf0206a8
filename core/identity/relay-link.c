#include "core/identity/relay-link.h"

#include "core/identity/bech32m.h"
#include "net/base/reader.h"
#include "net/base/writer.h"

#include <string.h>

#define HUMAN "hr"
#define PREFIX_LEN (sizeof HARK_RELAY_LINK_PREFIX - 1)
#define VERSION 1
#define PAYLOAD_MAX (2 + 32 + HARK_NET_RELAY_PLACES_MAX * 19)
#define SYMBOLS_MAX ((PAYLOAD_MAX * 8 + 4) / 5 + HARK_BECH32M_CHECKSUM_LEN)

G_STATIC_ASSERT (HARK_RELAY_LINK_TEXT_MAX >= PREFIX_LEN + SYMBOLS_MAX);

static size_t
write_payload (const HarkNetRelayNode *node, uint8_t ret[PAYLOAD_MAX])
{
  HarkWriter writer;

  hark_writer_init (&writer, ret, PAYLOAD_MAX);
  hark_writer_u8 (&writer, VERSION);
  hark_writer_bytes (&writer, node->secret.bytes, sizeof node->secret.bytes);
  hark_writer_u8 (&writer, (uint8_t) node->n_places);
  for (size_t i = 0; i < node->n_places; i++) {
    uint8_t compact[18];
    size_t len = hark_endpoint_to_compact (&node->places[i], compact);

    hark_writer_u8 (&writer, node->places[i].family);
    hark_writer_bytes (&writer, compact, len);
  }
  g_assert (hark_writer_is_ok (&writer));
  return writer.len;
}

char *
hark_relay_link_format (const HarkNetRelayNode *node)
{
  uint8_t payload[PAYLOAD_MAX], symbols[SYMBOLS_MAX] = {0};
  size_t len, n;
  char *text;

  g_assert (node->n_places >= 1 && node->n_places <= HARK_NET_RELAY_PLACES_MAX);
  len = write_payload (node, payload);
  n = (len * 8 + 4) / 5;
  for (size_t bit = 0; bit < len * 8; bit++)
    if (payload[bit / 8] >> (7 - bit % 8) & 1)
      symbols[bit / 5] |= (uint8_t) (0x10 >> bit % 5);
  hark_bech32m_seal (HUMAN, symbols, n);
  n += HARK_BECH32M_CHECKSUM_LEN;
  text = g_malloc0 (PREFIX_LEN + n + 1);
  memcpy (text, HARK_RELAY_LINK_PREFIX, PREFIX_LEN);
  for (size_t i = 0; i < n; i++)
    text[PREFIX_LEN + i] = hark_bech32m_charset[symbols[i]];
  sodium_memzero (payload, sizeof payload);
  sodium_memzero (symbols, sizeof symbols);
  return text;
}

static bool
read_payload (const uint8_t *payload, size_t len, HarkNetRelayNode *ret)
{
  HarkNetRelayNode node = {0};
  HarkReader reader;
  uint8_t version;

  hark_reader_init (&reader, payload, len);
  version = hark_reader_u8 (&reader);
  hark_reader_copy (&reader, node.secret.bytes, sizeof node.secret.bytes);
  node.n_places = hark_reader_u8 (&reader);
  if (version != VERSION || node.n_places < 1 || node.n_places > HARK_NET_RELAY_PLACES_MAX)
    return false;
  for (size_t i = 0; i < node.n_places; i++) {
    uint8_t family = hark_reader_u8 (&reader);
    size_t n = family == 4 ? 6 : 18;
    const uint8_t *compact = hark_reader_borrow (&reader, n);

    if (!compact || (family != 4 && family != 6)
        || !hark_endpoint_from_compact (compact, n, &node.places[i])
        || hark_endpoint_scope (&node.places[i]) == HARK_SCOPE_NONE || node.places[i].port == 0)
      return false;
  }
  if (!hark_reader_is_done (&reader))
    return false;
  *ret = node;
  sodium_memzero (&node, sizeof node);
  return true;
}

bool
hark_relay_link_parse (const char *text, HarkNetRelayNode *ret)
{
  uint8_t payload[SYMBOLS_MAX] = {0}, symbols[SYMBOLS_MAX];
  g_autofree char *bare = g_strndup (text, HARK_RELAY_LINK_TEXT_MAX + 16);
  size_t n, bits;
  bool ok;

  g_strstrip (bare);
  n = strlen (bare);
  if (g_ascii_strncasecmp (bare, HARK_RELAY_LINK_PREFIX, PREFIX_LEN) != 0
      || n <= PREFIX_LEN + HARK_BECH32M_CHECKSUM_LEN || n - PREFIX_LEN > SYMBOLS_MAX)
    return false;
  n -= PREFIX_LEN;
  ok = hark_bech32m_read (bare + PREFIX_LEN, n, symbols) && hark_bech32m_check (HUMAN, symbols, n);
  bits = (n - HARK_BECH32M_CHECKSUM_LEN) * 5;
  for (size_t bit = 0; ok && bit < bits; bit++)
    if (symbols[bit / 5] & 0x10 >> bit % 5)
      payload[bit / 8] |= (uint8_t) (0x80 >> bit % 8);
  /* Bits that fill the last symbol hold nothing, or two texts would be one link. */
  ok = ok && bits % 8 < 5 && (bits % 8 == 0 || payload[bits / 8] == 0)
       && read_payload (payload, bits / 8, ret);
  sodium_memzero (payload, sizeof payload);
  sodium_memzero (symbols, sizeof symbols);
  sodium_memzero (bare, strlen (bare));
  return ok;
}
