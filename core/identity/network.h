/* core/identity/network.h - a closed network's secret as text: hn1...
 *
 * Pure; any thread. Source: core/PROTOCOL.md "Networks". Base32 (RFC 4648, lower case) of the
 * secret and a checksum; whoever has it is a member.
 */
#pragma once

#include "net/base/key.h"

#define HARK_NETWORK_PREFIX "hn1"
#define HARK_NETWORK_TEXT_LEN 59 /* characters */
#define HARK_NETWORK_PLACES_MAX 16

/* hark_network_format: NUL-terminated; @ret holds a secret. */
void hark_network_format (const HarkSecret *secret, char ret[HARK_NETWORK_TEXT_LEN + 1]);

/* hark_network_looks_secret: @text begins as a secret does; otherwise it is a name. */
bool hark_network_looks_secret (const char *text);

/**
 * hark_network_split:
 * @text: a name, a secret, or a link: a secret, "@", and places to start from with commas between
 * @ret_places: (out) (transfer full) (nullable): "host:port", NULL-terminated; NULL: none
 *
 * Returns: (transfer full): the name or secret alone
 */
char *hark_network_split (const char *text, char ***ret_places);

/* hark_network_parse: false, with @ret untouched, when a character is missing, wrong or too many.
 * Either case. */
bool hark_network_parse (const char *text, HarkSecret *ret);
