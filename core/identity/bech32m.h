/* core/identity/bech32m.h - symbols of five bits with a checksum, as text.
 *
 * Pure; any thread. Source: BIP-350 (BIP-173 for the character set).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HARK_BECH32M_CHECKSUM_LEN 6 /* symbols */

extern const char hark_bech32m_charset[33];

/* hark_bech32m_seal: writes the checksum of @human and @n symbols behind them. */
void hark_bech32m_seal (const char *human, uint8_t *symbols, size_t n);

/* hark_bech32m_check: are the last of @n symbols the checksum of those before? */
bool hark_bech32m_check (const char *human, const uint8_t *symbols, size_t n);

/* hark_bech32m_read: @n characters, of either case, to symbols; false: one is none of the set. */
bool hark_bech32m_read (const char *text, size_t n, uint8_t *ret);
