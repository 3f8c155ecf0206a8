/* core/store/keys.h - the two keys of an open store, in one piece of locked memory.
 *
 * Shell (memory locking); one owner. Source: core/store/README.md.
 */
#pragma once

#include "net/base/key.h"

typedef struct {
  HarkSecret data; /* the data key: random, wrapped in the key file */
  HarkSecret page; /* seals pages: subkey 1 of it */
  HarkSecret wrap; /* scratch: the key a slot is wrapped under; wiped after each use */
} HarkStoreKeys;

/* hark_store_keys_new: zeros, in guarded memory that neither swap nor core dumps see. Aborts when
 * the system has no memory left, like every allocation of ours. */
HarkStoreKeys *hark_store_keys_new (void);

/* hark_store_keys_derive: fills the page key from the data key. */
void hark_store_keys_derive (HarkStoreKeys *keys);

/* hark_store_keys_free: wipes. */
void hark_store_keys_free (HarkStoreKeys *keys);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HarkStoreKeys, hark_store_keys_free)
