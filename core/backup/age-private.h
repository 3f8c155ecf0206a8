/* core/backup/age-private.h - what age.c and age-header.c share.
 */
#pragma once

#include "core/backup/age.h"

#define HARK_AGE_FILE_KEY 16
#define HARK_AGE_NONCE 16 /* behind the header */
#define HARK_AGE_WRAPPED (HARK_AGE_FILE_KEY + HARK_AGE_TAG)
#define HARK_AGE_ARGS_MAX 3

/* A recipient's entry: its type, arguments and body, borrowed from the file. */
typedef struct {
  const char *args[HARK_AGE_ARGS_MAX];
  size_t lens[HARK_AGE_ARGS_MAX];
  size_t n_args; /* may be more than there is room for */
  uint8_t body[HARK_AGE_WRAPPED];
  size_t body_len; /* may be more than there is room for */
} HarkAgeStanza;

typedef struct {
  HarkAgeStanza stanzas[HARK_AGE_STANZAS_MAX];
  size_t n_stanzas;
  size_t mac_at; /* bytes in front of the authenticator: what it covers */
  uint8_t mac[32];
  size_t len; /* of the header */
} HarkAgeHeader;

/* hark_age_parse_header: HARK_AGE_OK, _SHORT or _BAD. @ret borrows from @bytes. */
HarkAgeResult hark_age_parse_header (const uint8_t *bytes, size_t len, HarkAgeHeader *ret);

/* hark_age_decode: canonical unpadded base64 of exactly @len bytes. */
bool hark_age_decode (const char *text, size_t text_len, uint8_t *ret, size_t len);

/* hark_age_encode: the same back, appended to @text, which is long enough. Returns the length. */
size_t hark_age_encode (const uint8_t *bytes, size_t len, char *ret);
