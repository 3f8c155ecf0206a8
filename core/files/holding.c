#include "core/files/holding.h"

#include "core/files/tree-hash.h"

#include <string.h>

static uint64_t
step_of (uint64_t blocks)
{
  uint64_t step = 1;

  while (blocks / step >= HARK_HOLDING_BITS_MAX && blocks > step * HARK_HOLDING_BITS_MAX)
    step *= 2;
  return step;
}

static uint64_t
bits_of (uint64_t blocks)
{
  const uint64_t step = step_of (blocks);

  return blocks / step + (blocks % step != 0);
}

size_t
hark_holding_len (uint64_t blocks)
{
  return (size_t) ((bits_of (blocks) + 7) / 8);
}

static HarkHolding *
holding_new (uint64_t blocks)
{
  HarkHolding *holding = g_new0 (HarkHolding, 1);

  holding->blocks = blocks;
  holding->step = step_of (blocks);
  return holding;
}

void
hark_holding_free (HarkHolding *holding)
{
  g_free (holding);
}

static bool
get (const HarkHolding *holding, uint64_t bit)
{
  return (holding->bits[bit / 8] >> (bit % 8) & 1) != 0;
}

HarkHolding *
hark_holding_compare (const uint8_t *have, size_t have_len, const uint8_t *list, uint64_t blocks)
{
  HarkHolding *holding = holding_new (blocks);
  const uint64_t known = MIN (blocks, have_len / HARK_TREE_HASH_LEN);

  for (uint64_t bit = 0; bit < bits_of (blocks); bit++) {
    const uint64_t from = bit * holding->step, to = MIN (from + holding->step, blocks);

    if (to <= known
        && memcmp (have + from * HARK_TREE_HASH_LEN, list + from * HARK_TREE_HASH_LEN,
                   (size_t) (to - from) * HARK_TREE_HASH_LEN)
             == 0)
      holding->bits[bit / 8] |= (uint8_t) (1u << (bit % 8));
  }
  return holding;
}

HarkHolding *
hark_holding_read (
  uint64_t blocks, const uint8_t *bits, size_t len, const uint32_t *coming, size_t n_coming)
{
  const uint64_t n = bits_of (blocks);
  HarkHolding *holding;

  if (blocks == 0 || len != hark_holding_len (blocks) || n_coming > HARK_HOLDING_COMING_MAX
      || (n % 8 != 0 && bits[len - 1] >> (n % 8) != 0))
    return NULL;
  for (size_t i = 0; i < n_coming; i++)
    if (coming[i] >= blocks)
      return NULL;
  holding = holding_new (blocks);
  memcpy (holding->bits, bits, len);
  holding->n_coming = (unsigned) n_coming;
  for (size_t i = 0; i < n_coming; i++)
    holding->coming[i] = coming[i];
  return holding;
}

bool
hark_holding_has (const HarkHolding *holding, uint64_t block)
{
  return block < holding->blocks && get (holding, block / holding->step);
}

bool
hark_holding_is_coming (const HarkHolding *holding, uint64_t block)
{
  for (unsigned i = 0; i < holding->n_coming; i++)
    if (holding->coming[i] == block)
      return true;
  return false;
}

unsigned
hark_holding_count (const HarkHolding *holding)
{
  unsigned n = 0;

  for (uint64_t bit = 0; bit < bits_of (holding->blocks); bit++)
    n += get (holding, bit);
  return n;
}

bool
hark_holding_equal (const HarkHolding *a, const HarkHolding *b)
{
  return a->blocks == b->blocks && a->n_coming == b->n_coming
         && memcmp (a->coming, b->coming, a->n_coming * sizeof a->coming[0]) == 0
         && memcmp (a->bits, b->bits, sizeof a->bits) == 0;
}
