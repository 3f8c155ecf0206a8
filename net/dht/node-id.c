#include "net/dht/node-id.h"

#include <string.h>

int
hark_node_id_closer (const HarkNodeId *target, const HarkNodeId *a, const HarkNodeId *b)
{
  for (size_t i = 0; i < HARK_NODE_ID_LEN; i++) {
    uint8_t from_a = a->bytes[i] ^ target->bytes[i];
    uint8_t from_b = b->bytes[i] ^ target->bytes[i];

    if (from_a != from_b)
      return from_a < from_b ? -1 : 1;
  }
  return 0;
}

unsigned
hark_node_id_common_bits (const HarkNodeId *a, const HarkNodeId *b)
{
  for (unsigned i = 0; i < HARK_NODE_ID_LEN; i++) {
    uint8_t differs = a->bytes[i] ^ b->bytes[i];

    if (differs)
      return 8 * i + (unsigned) __builtin_clz (differs) - 24;
  }
  return 8 * HARK_NODE_ID_LEN;
}

bool
hark_node_id_equal (const HarkNodeId *a, const HarkNodeId *b)
{
  return memcmp (a->bytes, b->bytes, HARK_NODE_ID_LEN) == 0;
}

guint
hark_node_id_hash (gconstpointer id)
{
  guint hash;

  /* Mostly SHA-1 sums; the middle is as good as any part and not shared by neighbours. */
  memcpy (&hash, ((const HarkNodeId *) id)->bytes + 8, sizeof hash);
  return hash;
}

gboolean
hark_node_id_hash_equal (gconstpointer a, gconstpointer b)
{
  return hark_node_id_equal (a, b);
}

void
hark_node_id_random (HarkRng *rng, HarkNodeId *ret)
{
  hark_rng_bytes (rng, ret->bytes, sizeof ret->bytes);
}

/* CRC-32C (Castagnoli), as BEP 42 wants it. */
static uint32_t
crc32c (const uint8_t *data, size_t len)
{
  uint32_t crc = 0xffffffff;

  for (size_t i = 0; i < len; i++) {
    crc ^= data[i];
    for (int bit = 0; bit < 8; bit++)
      crc = crc >> 1 ^ (crc & 1 ? 0x82f63b78 : 0);
  }
  return ~crc;
}

/* The 21 bits that BEP 42 binds to the address, as the top of the result. */
static uint32_t
bound_bits (const HarkEndpoint *endpoint, uint8_t seed)
{
  static const uint8_t mask4[4] = {0x03, 0x0f, 0x3f, 0xff};
  static const uint8_t mask6[8] = {0x01, 0x03, 0x07, 0x0f, 0x1f, 0x3f, 0x7f, 0xff};
  const uint8_t *mask = endpoint->family == 6 ? mask6 : mask4;
  size_t len = endpoint->family == 6 ? sizeof mask6 : sizeof mask4;
  uint8_t masked[8];

  for (size_t i = 0; i < len; i++)
    masked[i] = endpoint->ip[i] & mask[i];
  masked[0] |= (uint8_t) ((seed & 7) << 5);
  return crc32c (masked, len) & 0xfffff800;
}

void
hark_node_id_for (const HarkEndpoint *external, uint8_t seed, HarkRng *rng, HarkNodeId *ret)
{
  uint32_t bound = bound_bits (external, seed);

  hark_node_id_random (rng, ret);
  ret->bytes[0] = (uint8_t) (bound >> 24);
  ret->bytes[1] = (uint8_t) (bound >> 16);
  ret->bytes[2] = (uint8_t) ((bound >> 8 & 0xf8) | (ret->bytes[2] & 7));
  ret->bytes[19] = seed;
}

bool
hark_node_id_check (const HarkNodeId *id, const HarkEndpoint *endpoint)
{
  uint32_t bound;

  if (hark_endpoint_scope (endpoint) != HARK_SCOPE_PUBLIC)
    return true;
  bound = bound_bits (endpoint, id->bytes[19]);
  return id->bytes[0] == (uint8_t) (bound >> 24) && id->bytes[1] == (uint8_t) (bound >> 16)
         && (id->bytes[2] & 0xf8) == (uint8_t) (bound >> 8 & 0xf8);
}
