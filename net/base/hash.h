/* net/base/hash.h - BLAKE2b over parts, with a domain string in front.
 *
 * Pure; any thread. Every hash and derived key of ours goes through here, so none lacks its domain.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

typedef struct {
  const void *data; /* borrowed */
  size_t len;       /* bytes */
} HarkHashPart;

#define HARK_PART(object) ((HarkHashPart){(object), sizeof *(object)})
#define HARK_PART_BYTES(pointer, size) ((HarkHashPart){(pointer), (size)})

/**
 * hark_hash:
 * @ret: (out) (array length=ret_len): 16 to 64 bytes; 8 is allowed for tags
 * @key: (nullable): 16 to 64 secret bytes
 * @domain: from net/base/domain.h, hashed without its NUL
 * @parts: hashed one after another behind @domain; fixed sizes or self-delimiting, or the caller's
 *   concatenation is ambiguous
 *
 * BLAKE2b (RFC 7693), keyed when @key is given. @ret may be any of the inputs. For lengths under 16
 * the first bytes of the 16-byte hash are taken.
 */
void hark_hash (uint8_t *ret,
                size_t ret_len,
                const uint8_t *key,
                size_t key_len,
                const char *domain,
                const HarkHashPart *parts,
                size_t n_parts);

#define HARK_HASH(ret, ret_len, key, key_len, domain, ...)                            \
  hark_hash (ret, ret_len, key, key_len, domain, (const HarkHashPart[]){__VA_ARGS__}, \
             sizeof ((const HarkHashPart[]){__VA_ARGS__}) / sizeof (HarkHashPart))
