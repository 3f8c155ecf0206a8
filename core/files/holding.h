/* core/files/holding.h - what somebody has of a file while it still comes to them.
 *
 * Pure; one thread at a time. A bit for each block, or for each run of so many that
 * HARK_HOLDING_BITS_MAX bits do: it is set when all of them are there, verified. Beside it the few
 * blocks that are on their way to them now, so that nobody asks whoever is the only one to have
 * them for the same once more. Source: core/PROTOCOL.md "Files for a group".
 */
#pragma once

#include "net/base/time.h"

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HARK_HOLDING_BITS_MAX 8192u
#define HARK_HOLDING_COMING_MAX 64u

typedef struct {
  uint64_t blocks; /* of the file */
  uint64_t step;   /* blocks of one bit */
  unsigned n_coming;
  uint32_t coming[HARK_HOLDING_COMING_MAX];
  uint8_t bits[HARK_HOLDING_BITS_MAX / 8]; /* the first block in the lowest bit of the first byte */
  HarkTime grew_at;                        /* of whoever keeps it: when there last was more in it */
  bool earlier; /* of whoever keeps it: where both ask for the same, the other has it */
} HarkHolding;

/* hark_holding_len: bytes of bits that go over the wire for a file of @blocks blocks. */
size_t hark_holding_len (uint64_t blocks);

/* hark_holding_compare: (transfer full): of @blocks blocks those are there whose 32 bytes in @have,
 * @have_len bytes, are those in @list. */
HarkHolding *
hark_holding_compare (const uint8_t *have, size_t have_len, const uint8_t *list, uint64_t blocks);

/* hark_holding_read: (transfer full) (nullable): as it came; NULL for another length than
 * hark_holding_len(), bits behind the last, blocks that there are not, too many on their way. */
HarkHolding *hark_holding_read (
  uint64_t blocks, const uint8_t *bits, size_t len, const uint32_t *coming, size_t n_coming);
void hark_holding_free (HarkHolding *holding); /* NULL is fine */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HarkHolding, hark_holding_free)

bool hark_holding_has (const HarkHolding *holding, uint64_t block);
bool hark_holding_is_coming (const HarkHolding *holding, uint64_t block);

/* hark_holding_count: bits that are set. _equal: also in what comes. */
unsigned hark_holding_count (const HarkHolding *holding);
bool hark_holding_equal (const HarkHolding *a, const HarkHolding *b);
