/* net/lan/seal.h - sealed datagrams of a closed network.
 *
 * Pure; any thread. nonce (24) | secretbox (XSalsa20-Poly1305) of the whole datagram under a key
 * that only members have. What does not open is dropped, so that outsiders do not even learn that
 * something listens. Source: net/PROTOCOL.md "Closed networks"; libsodium crypto_secretbox.
 */
#pragma once

#include "net/base/key.h"
#include "net/base/rng.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HARK_SEAL_OVERHEAD (24 + 16) /* bytes */

/* hark_seal_network: the id of the network with @secret. */
void hark_seal_network (const HarkSecret *secret, uint8_t ret[32]);

/* hark_seal_key: the key of its datagrams; wipe it. */
void hark_seal_key (const HarkSecret *secret, HarkSecret *ret);

/* hark_seal: @ret: @len + HARK_SEAL_OVERHEAD bytes, apart from @data. */
void hark_seal (const HarkSecret *key, HarkRng *rng, const uint8_t *data, size_t len, uint8_t *ret);

/* hark_seal_open: @ret: @len - HARK_SEAL_OVERHEAD bytes, apart from @data. False when it is too
 * short or was not sealed under @key; @ret then holds nothing of use. */
bool hark_seal_open (const HarkSecret *key, const uint8_t *data, size_t len, uint8_t *ret);
