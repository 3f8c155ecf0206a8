/* net/noise/mac.h - what gate.c and gate-key.c share: macs of a knock, layout of a cookie reply.
 *
 * Pure; any thread. Only for net/noise. Source: net/PROTOCOL.md "First packet", "Cookie".
 */
#pragma once

#include "net/noise/gate.h"

#include <string.h>

#define HARK_MAC_LEN 16
#define HARK_COOKIE_AT_NONCE 8
#define HARK_COOKIE_AT_SEALED (HARK_COOKIE_AT_NONCE + 24)

/* hark_mac1: over everything before it. */
void
hark_mac1 (const HarkGateKey *key, const uint8_t knock[HARK_KNOCK_LEN], uint8_t ret[HARK_MAC_LEN]);

/* hark_mac2: over everything before it, mac1 included. */
void hark_mac2 (const uint8_t cookie[HARK_MAC_LEN],
                const uint8_t knock[HARK_KNOCK_LEN],
                uint8_t ret[HARK_MAC_LEN]);

/* hark_cookie_key: under which cookie replies to holders of @key are sealed. */
void hark_cookie_key (const HarkGateKey *key, HarkSecret *ret);

/* hark_cookie_head: what a cookie reply to @knock starts with: type, version, zeros, its index. */
static inline void
hark_cookie_head (const uint8_t knock[HARK_KNOCK_LEN], uint8_t ret[HARK_COOKIE_AT_NONCE])
{
  ret[0] = HARK_PACKET_COOKIE;
  ret[1] = HARK_PACKET_VERSION;
  ret[2] = ret[3] = 0;
  memcpy (ret + 4, knock + HARK_KNOCK_AT_INDEX, 4);
}
