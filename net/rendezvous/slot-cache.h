/* net/rendezvous/slot-cache.h - the slots of those who are looked for, computed once an epoch.
 *
 * Pure; one thread at a time. Who is away is looked for every few minutes, in the same slots, and
 * blinding is dear: with a hundred absent contacts it was nearly all that a resting Hark computed.
 */
#pragma once

#include "net/rendezvous/blind.h"

#define HARK_SLOT_CACHE_LEN 256 /* slots remembered: two epochs for each of a hundred contacts */

typedef struct HarkSlotCache HarkSlotCache;

/* hark_slot_cache_new: for one network; 24 KiB. */
HarkSlotCache *hark_slot_cache_new (void);

/* hark_slot_cache_free: wipes; NULL is fine. */
void hark_slot_cache_free (HarkSlotCache *cache);

/* hark_slot_cache_get: as hark_slot_public(); a slot that shares its place with another one is
 * computed anew. @network has to be the same every time. */
bool hark_slot_cache_get (HarkSlotCache *cache,
                          const HarkKey *account,
                          const HarkToken *token,
                          uint64_t epoch,
                          const HarkSlotNetwork *network,
                          uint8_t ret[32]);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HarkSlotCache, hark_slot_cache_free)
