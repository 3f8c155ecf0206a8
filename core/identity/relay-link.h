/* core/identity/relay-link.h - a relay node as text: hr1...
 *
 * Pure; any thread. Source: bech32m (BIP-350) with the human part "hr"; our payload,
 * core/PROTOCOL.md "Relay link". Whoever has it may have packets carried.
 */
#pragma once

#include "net/net.h"

#define HARK_RELAY_LINK_PREFIX "hr1"
#define HARK_RELAY_LINK_TEXT_MAX 130 /* characters */

/* hark_relay_link_format: (transfer full): NUL-terminated, lower case; holds a secret. @node has 1
 * to HARK_NET_RELAY_PLACES_MAX places. */
char *hark_relay_link_format (const HarkNetRelayNode *node);

/* hark_relay_link_parse: of either case, blanks around it. False, with @ret untouched, when a
 * character is missing, wrong or too many, or it names no place. */
bool hark_relay_link_parse (const char *text, HarkNetRelayNode *ret);
