#include "core/backup/age-private.h"

#include "net/base/writer.h"

#include <stdio.h>
#include <string.h>

#define SCRYPT_LABEL "age-encryption.org/v1/scrypt"
#define X25519_LABEL "age-encryption.org/v1/X25519"
#define SALT 16

/* ---- keys ------------------------------------------------------------------------ */

/* HKDF-SHA-256 (RFC 5869) for 32 bytes. */
static void
derive (const void *key,
        size_t key_len,
        const void *salt,
        size_t salt_len,
        const char *label,
        HarkSecret *ret)
{
  static const uint8_t one = 1;
  static const uint8_t no_salt[32];
  crypto_auth_hmacsha256_state state;
  uint8_t extracted[32];

  if (salt_len == 0) {
    salt = no_salt;
    salt_len = sizeof no_salt;
  }
  crypto_auth_hmacsha256_init (&state, salt, salt_len);
  crypto_auth_hmacsha256_update (&state, key, key_len);
  crypto_auth_hmacsha256_final (&state, extracted);

  crypto_auth_hmacsha256_init (&state, extracted, sizeof extracted);
  crypto_auth_hmacsha256_update (&state, (const uint8_t *) label, strlen (label));
  crypto_auth_hmacsha256_update (&state, &one, 1);
  crypto_auth_hmacsha256_final (&state, ret->bytes);
  sodium_memzero (extracted, sizeof extracted);
  sodium_memzero (&state, sizeof state);
}

static bool
stretch (const char *passphrase, const uint8_t salt[SALT], unsigned work, HarkSecret *ret)
{
  uint8_t labelled[sizeof SCRYPT_LABEL - 1 + SALT];

  memcpy (labelled, SCRYPT_LABEL, sizeof SCRYPT_LABEL - 1);
  memcpy (labelled + sizeof SCRYPT_LABEL - 1, salt, SALT);
  return crypto_pwhash_scryptsalsa208sha256_ll ((const uint8_t *) passphrase, strlen (passphrase),
                                                labelled, sizeof labelled, UINT64_C (1) << work, 8,
                                                1, ret->bytes, sizeof ret->bytes)
         == 0;
}

/* What wraps the file key for one X25519 key; false for a share that makes no secret. */
static bool
agree (const HarkSecret *own,
       const uint8_t other[32],
       const uint8_t share[32],
       const uint8_t recipient[32],
       HarkSecret *ret)
{
  uint8_t shared[32], salt[64];
  bool ok = crypto_scalarmult (shared, own->bytes, other) == 0;

  memcpy (salt, share, 32);
  memcpy (salt + 32, recipient, 32);
  if (ok)
    derive (shared, sizeof shared, salt, sizeof salt, X25519_LABEL, ret);
  sodium_memzero (shared, sizeof shared);
  return ok;
}

static const uint8_t no_nonce[12];

static void
wrap (const HarkSecret *key,
      const uint8_t file_key[HARK_AGE_FILE_KEY],
      uint8_t ret[HARK_AGE_WRAPPED])
{
  crypto_aead_chacha20poly1305_ietf_encrypt (ret, NULL, file_key, HARK_AGE_FILE_KEY, NULL, 0, NULL,
                                             no_nonce, key->bytes);
}

static bool
unwrap (const HarkSecret *key, const HarkAgeStanza *stanza, uint8_t ret[HARK_AGE_FILE_KEY])
{
  return crypto_aead_chacha20poly1305_ietf_decrypt (ret, NULL, NULL, stanza->body, HARK_AGE_WRAPPED,
                                                    NULL, 0, no_nonce, key->bytes)
         == 0;
}

static void
authenticate (const uint8_t file_key[HARK_AGE_FILE_KEY],
              const uint8_t *header,
              size_t len,
              uint8_t ret[32])
{
  crypto_auth_hmacsha256_state state;
  g_auto (HarkSecret) key;

  derive (file_key, HARK_AGE_FILE_KEY, NULL, 0, "header", &key);
  crypto_auth_hmacsha256_init (&state, key.bytes, sizeof key.bytes);
  crypto_auth_hmacsha256_update (&state, header, len);
  crypto_auth_hmacsha256_final (&state, ret);
  sodium_memzero (&state, sizeof state);
}

static void
start_stream (const uint8_t file_key[HARK_AGE_FILE_KEY],
              const uint8_t nonce[HARK_AGE_NONCE],
              HarkAgeStream *ret)
{
  ret->chunk = 0;
  derive (file_key, HARK_AGE_FILE_KEY, nonce, HARK_AGE_NONCE, "payload", &ret->key);
}

void
hark_age_stream_clear (HarkAgeStream *stream)
{
  sodium_memzero (stream, sizeof *stream);
}

/* ---- writing --------------------------------------------------------------------- */

/* @args: behind the arrow. Adds the stanza's body, the authenticator and the nonce. */
static size_t
write_header (const char *args,
              const HarkSecret *key,
              const uint8_t file_key[HARK_AGE_FILE_KEY],
              HarkRng *rng,
              uint8_t ret[HARK_AGE_HEADER_LEN],
              HarkAgeStream *ret_stream)
{
  uint8_t wrapped[HARK_AGE_WRAPPED], mac[32], nonce[HARK_AGE_NONCE];
  char text[64];
  HarkWriter writer;

  hark_writer_init (&writer, ret, HARK_AGE_HEADER_LEN);
  wrap (key, file_key, wrapped);
  hark_writer_bytes (&writer, "age-encryption.org/v1\n-> ", 25);
  hark_writer_bytes (&writer, args, strlen (args));
  hark_writer_u8 (&writer, '\n');
  hark_writer_bytes (&writer, text, hark_age_encode (wrapped, sizeof wrapped, text));
  hark_writer_bytes (&writer, "\n---", 4);
  authenticate (file_key, ret, writer.len, mac);
  hark_writer_u8 (&writer, ' ');
  hark_writer_bytes (&writer, text, hark_age_encode (mac, sizeof mac, text));
  hark_writer_u8 (&writer, '\n');
  hark_rng_bytes (rng, nonce, sizeof nonce);
  hark_writer_bytes (&writer, nonce, sizeof nonce);
  g_assert (hark_writer_is_ok (&writer));
  start_stream (file_key, nonce, ret_stream);
  return writer.len;
}

size_t
hark_age_begin_passphrase (const char *passphrase,
                           unsigned work,
                           HarkRng *rng,
                           uint8_t ret[HARK_AGE_HEADER_LEN],
                           HarkAgeStream *ret_stream)
{
  uint8_t file_key[HARK_AGE_FILE_KEY], salt[SALT];
  char encoded[32] = "", args[64];
  g_auto (HarkSecret) key;
  size_t len;

  g_assert (work >= 1 && work <= HARK_AGE_WORK_MAX);
  hark_rng_bytes (rng, salt, sizeof salt);
  if (!stretch (passphrase, salt, work, &key))
    return 0;
  hark_age_encode (salt, sizeof salt, encoded);
  snprintf (args, sizeof args, "scrypt %s %u", encoded, work);
  hark_rng_bytes (rng, file_key, sizeof file_key);
  len = write_header (args, &key, file_key, rng, ret, ret_stream);
  sodium_memzero (file_key, sizeof file_key);
  return len;
}

size_t
hark_age_begin_key (const HarkKey *recipient,
                    HarkRng *rng,
                    uint8_t ret[HARK_AGE_HEADER_LEN],
                    HarkAgeStream *ret_stream)
{
  uint8_t file_key[HARK_AGE_FILE_KEY], share[32];
  char encoded[64] = "", args[80];
  g_auto (HarkSecret) own;
  g_auto (HarkSecret) key;
  size_t len;

  hark_rng_bytes (rng, own.bytes, sizeof own.bytes);
  crypto_scalarmult_base (share, own.bytes);
  if (!agree (&own, recipient->bytes, share, recipient->bytes, &key))
    return 0;
  hark_age_encode (share, sizeof share, encoded);
  snprintf (args, sizeof args, "X25519 %s", encoded);
  hark_rng_bytes (rng, file_key, sizeof file_key);
  len = write_header (args, &key, file_key, rng, ret, ret_stream);
  sodium_memzero (file_key, sizeof file_key);
  return len;
}

/* ---- reading --------------------------------------------------------------------- */

static bool
is_type (const HarkAgeStanza *stanza, const char *type)
{
  return stanza->lens[0] == strlen (type) && memcmp (stanza->args[0], type, stanza->lens[0]) == 0;
}

/* A number without sign or leading zero, from 1 to the most we do. */
static bool
read_work (const char *text, size_t len, unsigned *ret)
{
  unsigned work = 0;

  if (len < 1 || len > 2 || text[0] == '0')
    return false;
  for (size_t i = 0; i < len; i++) {
    if (!g_ascii_isdigit (text[i]))
      return false;
    work = work * 10 + (unsigned) (text[i] - '0');
  }
  *ret = work;
  return work <= HARK_AGE_WORK_MAX;
}

/* A passphrase is the only recipient of its file, so that nobody else can have made it. */
static HarkAgeResult
open_scrypt (const HarkAgeHeader *header,
             const HarkAgeStanza *stanza,
             const char *passphrase,
             uint8_t ret[HARK_AGE_FILE_KEY])
{
  uint8_t salt[SALT];
  unsigned work;
  g_auto (HarkSecret) key = {0};

  if (header->n_stanzas != 1 || stanza->n_args != 3 || stanza->body_len != HARK_AGE_WRAPPED
      || !hark_age_decode (stanza->args[1], stanza->lens[1], salt, sizeof salt)
      || !read_work (stanza->args[2], stanza->lens[2], &work))
    return HARK_AGE_BAD;
  if (passphrase == NULL)
    return HARK_AGE_NO_MATCH;
  if (!stretch (passphrase, salt, work, &key))
    return HARK_AGE_NO_MEMORY;
  return unwrap (&key, stanza, ret) ? HARK_AGE_OK : HARK_AGE_NO_MATCH;
}

static HarkAgeResult
open_x25519 (const HarkAgeStanza *stanza,
             const HarkSecret *identity,
             uint8_t ret[HARK_AGE_FILE_KEY])
{
  uint8_t share[32], recipient[32];
  g_auto (HarkSecret) key = {0};

  if (stanza->n_args != 2 || stanza->body_len != HARK_AGE_WRAPPED
      || !hark_age_decode (stanza->args[1], stanza->lens[1], share, sizeof share))
    return HARK_AGE_BAD;
  if (identity == NULL)
    return HARK_AGE_NO_MATCH;
  crypto_scalarmult_base (recipient, identity->bytes);
  if (!agree (identity, share, share, recipient, &key))
    return HARK_AGE_BAD;
  return unwrap (&key, stanza, ret) ? HARK_AGE_OK : HARK_AGE_NO_MATCH;
}

/* Looks at every stanza, so that one against the rules spoils the file wherever it stands. */
static HarkAgeResult
find_file_key (const HarkAgeHeader *header, const HarkAgeKeys *keys, uint8_t ret[HARK_AGE_FILE_KEY])
{
  HarkAgeResult found = HARK_AGE_NO_MATCH;

  for (size_t i = 0; i < header->n_stanzas; i++) {
    const HarkAgeStanza *stanza = &header->stanzas[i];
    uint8_t file_key[HARK_AGE_FILE_KEY];
    HarkAgeResult result = HARK_AGE_NO_MATCH;

    if (is_type (stanza, "scrypt"))
      result = open_scrypt (header, stanza, keys->passphrase, file_key);
    else if (is_type (stanza, "X25519"))
      result = open_x25519 (stanza, keys->identity, file_key);
    if (result == HARK_AGE_OK && found != HARK_AGE_OK) {
      memcpy (ret, file_key, sizeof file_key);
      found = HARK_AGE_OK;
    }
    sodium_memzero (file_key, sizeof file_key);
    if (result != HARK_AGE_OK && result != HARK_AGE_NO_MATCH)
      return result;
  }
  return found;
}

HarkAgeResult
hark_age_read_header (const uint8_t *bytes,
                      size_t len,
                      const HarkAgeKeys *keys,
                      HarkAgeStream *ret_stream,
                      size_t *ret_len)
{
  HarkAgeHeader header;
  uint8_t file_key[HARK_AGE_FILE_KEY] = {0}, mac[32];
  HarkAgeResult result = hark_age_parse_header (bytes, len, &header);

  if (result == HARK_AGE_OK)
    result = find_file_key (&header, keys, file_key);
  if (result == HARK_AGE_OK) {
    authenticate (file_key, bytes, header.mac_at, mac);
    if (sodium_memcmp (mac, header.mac, sizeof mac) != 0)
      result = HARK_AGE_CHANGED;
  }
  if (result == HARK_AGE_OK && len < header.len + HARK_AGE_NONCE)
    result = HARK_AGE_BAD;
  if (result == HARK_AGE_OK) {
    start_stream (file_key, bytes + header.len, ret_stream);
    *ret_len = header.len + HARK_AGE_NONCE;
  }
  sodium_memzero (file_key, sizeof file_key);
  return result;
}

/* ---- payload --------------------------------------------------------------------- */

static void
make_nonce (const HarkAgeStream *stream, bool last, uint8_t ret[12])
{
  HarkWriter writer;

  hark_writer_init (&writer, ret, 12);
  hark_writer_zeros (&writer, 3);
  hark_writer_u64 (&writer, stream->chunk);
  hark_writer_u8 (&writer, last);
}

void
hark_age_seal (HarkAgeStream *stream, const uint8_t *plain, size_t len, bool last, uint8_t *ret)
{
  uint8_t nonce[12];

  g_assert (last ? len <= HARK_AGE_CHUNK && (len > 0 || stream->chunk == 0)
                 : len == HARK_AGE_CHUNK);
  make_nonce (stream, last, nonce);
  crypto_aead_chacha20poly1305_ietf_encrypt (ret, NULL, plain, len, NULL, 0, NULL, nonce,
                                             stream->key.bytes);
  stream->chunk++;
}

bool
hark_age_open (HarkAgeStream *stream, const uint8_t *sealed, size_t len, bool last, uint8_t *ret)
{
  uint8_t nonce[12];

  if (len < HARK_AGE_TAG || len > HARK_AGE_SEALED || (!last && len != HARK_AGE_SEALED)
      || (len == HARK_AGE_TAG && stream->chunk > 0))
    return false;
  make_nonce (stream, last, nonce);
  stream->chunk++;
  return crypto_aead_chacha20poly1305_ietf_decrypt (ret, NULL, NULL, sealed, len, NULL, 0, nonce,
                                                    stream->key.bytes)
         == 0;
}
