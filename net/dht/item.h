/* net/dht/item.h - stored items (BEP 44): what we accept, keep and give out.
 *
 * Pure; one thread at a time. Limits: HARK_ITEMS_MAX items, HARK_ITEMS_BYTES_MAX bytes of values,
 * HARK_ITEMS_PER_HOST per writer's address, HARK_ITEM_LIFETIME after the last put. When full, the
 * item farthest from our id goes first.
 */
#pragma once

#include "net/base/time.h"
#include "net/dht/krpc.h"

#define HARK_ITEMS_MAX 2000
#define HARK_ITEMS_BYTES_MAX 2000000
/* In a network of a few nodes each keeps everything: a request holds a record for two hours, and
 * a household has one address. */
#define HARK_ITEMS_PER_HOST 128
#define HARK_ITEM_LIFETIME (2 * HARK_HOUR)
#define HARK_ITEM_VALUE_LEN_MAX 1000
#define HARK_ITEM_SALT_LEN_MAX 64

/* hark_sha1: of two parts one after another (the second may be empty). */
void hark_sha1 (const uint8_t *a, size_t a_len, const uint8_t *b, size_t b_len, uint8_t ret[20]);

/* An item somebody claims, borrowed from where it came from. */
typedef struct {
  const uint8_t *key; /* 32 bytes; NULL: immutable */
  HarkBytes salt;     /* mutable */
  int64_t seq;        /* mutable */
  const uint8_t *sig; /* 64 bytes, mutable */
  HarkBencode value;
} HarkItemView;

/* hark_item_target: SHA-1 of key and salt, or of the value. */
void hark_item_target (const HarkItemView *item, HarkNodeId *ret);

#define HARK_ITEM_SIGNED_LEN_MAX (HARK_ITEM_VALUE_LEN_MAX + HARK_ITEM_SALT_LEN_MAX + 48)

/* hark_item_signed_bytes: what the signature is over; salt and value within their limits. */
size_t hark_item_signed_bytes (const HarkItemView *item, uint8_t ret[HARK_ITEM_SIGNED_LEN_MAX]);

/* hark_item_check: limits, then the signature: 0, or the error code of BEP 44. */
int hark_item_check (const HarkItemView *item);

typedef struct HarkItems HarkItems;

/* hark_items_new: (transfer full): empty; hark_items_free: NULL is fine. */
HarkItems *hark_items_new (void);
void hark_items_free (HarkItems *items);

/**
 * hark_items_put:
 * @cas: (nullable): seq that must be the stored one; ignored when nothing is stored
 * @host: who writes; family 0: ourselves, without the limit per host
 * @own_id: distance to it decides who goes when full
 *
 * Checks and stores. An equal seq keeps the old value and renews its lifetime.
 *
 * Returns: 0, or the error code of BEP 44
 */
int hark_items_put (HarkItems *items,
                    const HarkItemView *item,
                    const int64_t *cas,
                    const HarkEndpoint *host,
                    const HarkNodeId *own_id,
                    HarkTime now);

/* hark_items_get: @ret borrows until the next put or expiry; false when nothing is stored. */
bool hark_items_get (HarkItems *items, const HarkNodeId *target, HarkTime now, HarkItemView *ret);

/* hark_items_expire: drops what is too old; call now and then. */
void hark_items_expire (HarkItems *items, HarkTime now);

/* hark_items_count: stored now. */
size_t hark_items_count (const HarkItems *items);
