/* net/base/key.h - public keys and secrets as types of their own.
 *
 * Pure; any thread.
 */
#pragma once

#include <glib.h>
#include <sodium.h>
#include <stdbool.h>
#include <stdint.h>

#define HARK_KEY_LEN 32
#define HARK_HEX_LEN(bytes) (2 * (bytes) + 1) /* text buffer for that many bytes, with its NUL */

/* A public key: an account (Ed25519) or a device (X25519). Not secret. */
typedef struct {
  uint8_t bytes[HARK_KEY_LEN];
} HarkKey;

/* 32 secret bytes: a private key, a psk, a pairwise secret. Wiped by hark_secret_clear(). */
typedef struct {
  uint8_t bytes[32];
} HarkSecret;

/* 16 secret bytes that travel inside addresses, invites and contact requests. */
typedef struct {
  uint8_t bytes[16];
} HarkToken;

/* hark_key_equal: compares public keys (not in constant time; never for secrets). */
bool hark_key_equal (const HarkKey *a, const HarkKey *b);

/* For GHashTable with HarkKey pointers as keys. */
guint hark_key_hash (gconstpointer key);
gboolean hark_key_hash_equal (gconstpointer a, gconstpointer b);

/* hark_key_find: (nullable): the first element of @array that begins with @key, as each of them
 * begins with a HarkKey; borrowed, until the array changes. */
void *hark_key_find (const GArray *array, const HarkKey *key);

/* hark_hex_parse: exactly 2 * @len hex digits of either case; @ret is untouched on failure. */
bool hark_hex_parse (const char *hex, uint8_t *ret, size_t len);

/* hark_hex_format: @len bytes as lower-case hex; @ret holds HARK_HEX_LEN(@len) bytes; returns @ret.
 */
char *hark_hex_format (const uint8_t *bytes, size_t len, char *ret);

/* hark_secret_clear, hark_token_clear: wipe. */
void hark_secret_clear (HarkSecret *secret);
void hark_token_clear (HarkToken *token);

/* hark_secret_equal, hark_token_equal: in constant time. */
bool hark_secret_equal (const HarkSecret *a, const HarkSecret *b);
bool hark_token_equal (const HarkToken *a, const HarkToken *b);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (HarkSecret, hark_secret_clear)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (HarkToken, hark_token_clear)
