/* core/groups/introduction.h - how a member who is no contact of another tells them an invite that
 * nobody else in the group can read.
 *
 * Pure; any thread. Source: core/PROTOCOL.md "Groups"; XChaCha20-Poly1305 of libsodium, keyed from
 * the X25519 of both accounts (RFC 7748), as their tags are.
 */
#pragma once

#include "core/groups/group-entry.h"

#define HARK_GROUP_ADDRESS_LEN_MAX 127 /* bytes of an address in text */
#define HARK_GROUP_NONCE_SEAL_LEN 24
#define HARK_GROUP_SEALED_LEN (HARK_GROUP_NONCE_SEAL_LEN + HARK_GROUP_ADDRESS_LEN_MAX + 1 + 16)

/* hark_group_introduction_seal: (transfer full): @address, from @from to @to; @secret: of
 * hark_group_secret(); @nonce: random. */
GBytes *hark_group_introduction_seal (const HarkSecret *secret,
                                      const uint8_t group[HARK_GROUP_ID_LEN],
                                      const HarkKey *from,
                                      const HarkKey *to,
                                      const uint8_t nonce[HARK_GROUP_NONCE_SEAL_LEN],
                                      const char *address);

/* hark_group_introduction_open: (transfer full) (nullable): the address; NULL when @sealed was not
 * made by @from for @to in @group. */
char *hark_group_introduction_open (const HarkSecret *secret,
                                    const uint8_t group[HARK_GROUP_ID_LEN],
                                    const HarkKey *from,
                                    const HarkKey *to,
                                    GBytes *sealed);
