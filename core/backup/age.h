/* core/backup/age.h - files that the age tool reads and writes.
 *
 * Pure; any thread; randomness is handed in. Source: the age v1 format (C2SP, age.md): a text
 * header that wraps a file key for its recipients, then the payload in chunks of 64 KiB, each
 * sealed with ChaCha20-Poly1305 (RFC 8439). Written: one recipient, either a passphrase (scrypt,
 * RFC 7914) or an X25519 key. Read: the same, beside recipients of others. Not read: armoured
 * files.
 */
#pragma once

#include "net/base/key.h"
#include "net/base/rng.h"

#define HARK_AGE_CHUNK 65536 /* bytes of plaintext in every chunk but the last */
#define HARK_AGE_TAG 16      /* bytes that sealing adds to each */
#define HARK_AGE_SEALED (HARK_AGE_CHUNK + HARK_AGE_TAG)
#define HARK_AGE_HEADER_LEN 256   /* more than a header that we write, with its nonce */
#define HARK_AGE_HEADER_MAX 16384 /* longer ones are refused */
#define HARK_AGE_STANZAS_MAX 32   /* and those with more recipients */

/* 2^18 rounds take about 0.6 s and 256 MiB. A file may ask for four times as much. */
#define HARK_AGE_WORK 18
#define HARK_AGE_WORK_MAX 20

typedef enum {
  HARK_AGE_OK,
  HARK_AGE_SHORT,     /* the header does not end in the bytes given: hand in more */
  HARK_AGE_BAD,       /* no age file, or its header is against the rules or above our limits */
  HARK_AGE_NO_MATCH,  /* made for another passphrase or key */
  HARK_AGE_CHANGED,   /* the header was changed */
  HARK_AGE_NO_MEMORY, /* scrypt did not get its memory */
} HarkAgeResult;

/* Where sealing or opening stands. */
typedef struct {
  HarkSecret key;
  uint64_t chunk; /* number of the next one */
} HarkAgeStream;

/* What may open a file; NULL for what is not there. */
typedef struct {
  const char *passphrase;
  const HarkSecret *identity; /* X25519 secret key */
} HarkAgeKeys;

/* hark_age_begin_passphrase, hark_age_begin_key: write a header with its nonce to @ret and return
 * its length; seal the payload with @ret_stream. @work: log2 of scrypt's rounds. 0: no memory for
 * scrypt, which takes its time. */
size_t hark_age_begin_passphrase (const char *passphrase,
                                  unsigned work,
                                  HarkRng *rng,
                                  uint8_t ret[HARK_AGE_HEADER_LEN],
                                  HarkAgeStream *ret_stream);
size_t hark_age_begin_key (const HarkKey *recipient,
                           HarkRng *rng,
                           uint8_t ret[HARK_AGE_HEADER_LEN],
                           HarkAgeStream *ret_stream);

/**
 * hark_age_seal:
 * @len: HARK_AGE_CHUNK, or less for the @last one, which may be empty only when it is the first
 * @ret: (out) (array length=len+HARK_AGE_TAG): may be @plain
 */
void
hark_age_seal (HarkAgeStream *stream, const uint8_t *plain, size_t len, bool last, uint8_t *ret);

/**
 * hark_age_read_header:
 * @bytes: the file's beginning
 * @keys: borrowed; a passphrase takes scrypt's time and memory, only when the file asks for one
 * @ret_stream, @ret_len: (out): set only on %HARK_AGE_OK; length of header and nonce
 */
HarkAgeResult hark_age_read_header (const uint8_t *bytes,
                                    size_t len,
                                    const HarkAgeKeys *keys,
                                    HarkAgeStream *ret_stream,
                                    size_t *ret_len);

/* hark_age_open: one chunk of @len bytes with its tag; false when it was changed, cut, moved or is
 * against the rules: then nothing more of the file is to be trusted. @last: no byte follows. @ret
 * holds @len - HARK_AGE_TAG bytes and may be @sealed. */
bool
hark_age_open (HarkAgeStream *stream, const uint8_t *sealed, size_t len, bool last, uint8_t *ret);

/* hark_age_stream_clear: wipes. */
void hark_age_stream_clear (HarkAgeStream *stream);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (HarkAgeStream, hark_age_stream_clear)
