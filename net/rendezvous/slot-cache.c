#include "net/rendezvous/slot-cache.h"

#include <string.h>

typedef struct {
  bool used;
  HarkKey account;
  HarkToken token;
  uint64_t epoch;
  uint8_t slot[32];
} Place;

struct HarkSlotCache {
  Place places[HARK_SLOT_CACHE_LEN];
};

HarkSlotCache *
hark_slot_cache_new (void)
{
  return g_new0 (HarkSlotCache, 1);
}

void
hark_slot_cache_free (HarkSlotCache *cache)
{
  if (cache == NULL)
    return;
  sodium_memzero (cache, sizeof *cache); /* the tokens */
  g_free (cache);
}

bool
hark_slot_cache_get (HarkSlotCache *cache,
                     const HarkKey *account,
                     const HarkToken *token,
                     uint64_t epoch,
                     const HarkSlotNetwork *network,
                     uint8_t ret[32])
{
  Place *place = &cache->places[(account->bytes[0] + 2 * (epoch & 0x7f)) % HARK_SLOT_CACHE_LEN];

  if (!place->used || place->epoch != epoch || !hark_key_equal (&place->account, account)
      || !hark_token_equal (&place->token, token)) {
    if (!hark_slot_public (account, token, epoch, network, ret))
      return false;
    place->used = true;
    place->account = *account;
    place->token = *token;
    place->epoch = epoch;
    memcpy (place->slot, ret, sizeof place->slot);
  }
  memcpy (ret, place->slot, sizeof place->slot);
  return true;
}
