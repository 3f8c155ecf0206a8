/* core/backup/age-header.c - an age file's header, taken apart by the letter. */
#include "core/backup/age-private.h"

#include <string.h>

#define MAGIC "age-encryption.org/v1\n"
#define COLUMNS 64
#define MAC_TEXT 43

static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

size_t
hark_age_encode (const uint8_t *bytes, size_t len, char *ret)
{
  unsigned bits = 0, n_bits = 0;
  size_t n = 0;

  for (size_t i = 0; i < len; i++) {
    bits = (bits << 8 | bytes[i]) & 0xffff;
    for (n_bits += 8; n_bits >= 6; n_bits -= 6)
      ret[n++] = letters[bits >> (n_bits - 6) & 63];
  }
  if (n_bits > 0)
    ret[n++] = letters[bits << (6 - n_bits) & 63];
  return n;
}

/* @ret takes at most @size bytes; the rest is only counted. False for other letters, a length that
 * no bytes have, and bits behind the last byte that are not zero. */
static bool
decode (const char *text, size_t text_len, uint8_t *ret, size_t size, size_t *ret_len)
{
  unsigned bits = 0, n_bits = 0;
  size_t n = 0;

  for (size_t i = 0; i < text_len; i++) {
    const char *letter = text[i] != '\0' ? strchr (letters, text[i]) : NULL;

    if (letter == NULL)
      return false;
    bits = (bits << 6 | (unsigned) (letter - letters)) & 0xffff;
    n_bits += 6;
    if (n_bits < 8)
      continue;
    n_bits -= 8;
    if (n < size)
      ret[n] = (uint8_t) (bits >> n_bits);
    n++;
  }
  *ret_len = n;
  return n_bits < 6 && (bits & ((1U << n_bits) - 1)) == 0;
}

bool
hark_age_decode (const char *text, size_t text_len, uint8_t *ret, size_t len)
{
  size_t n;

  return decode (text, text_len, ret, len, &n) && n == len;
}

/* The next line without its end; NULL when there is no end yet. */
static const char *
next_line (const uint8_t *bytes, size_t len, size_t *at, size_t *ret_len)
{
  const char *line = (const char *) bytes + *at;
  const char *end = *at < len ? memchr (line, '\n', len - *at) : NULL;

  if (end == NULL)
    return NULL;
  *ret_len = (size_t) (end - line);
  *at += *ret_len + 1;
  return line;
}

/* Arguments are visible letters with one space between two. */
static bool
read_args (const char *text, size_t len, HarkAgeStanza *stanza)
{
  size_t start = 0;

  for (size_t i = 0; i <= len; i++) {
    if (i < len && text[i] > ' ' && text[i] <= '~')
      continue;
    if ((i < len && text[i] != ' ') || i == start)
      return false;
    if (stanza->n_args < HARK_AGE_ARGS_MAX) {
      stanza->args[stanza->n_args] = text + start;
      stanza->lens[stanza->n_args] = i - start;
    }
    stanza->n_args++;
    start = i + 1;
  }
  return true;
}

/* Lines of 64 letters, then a shorter one, which may be empty. */
static HarkAgeResult
read_body (const uint8_t *bytes, size_t len, size_t *at, HarkAgeStanza *stanza)
{
  const char *line;
  size_t line_len = COLUMNS;

  while (line_len == COLUMNS) {
    size_t kept = MIN (stanza->body_len, sizeof stanza->body);
    size_t n = 0;

    line = next_line (bytes, len, at, &line_len);
    if (line == NULL)
      return HARK_AGE_SHORT;
    if (line_len > COLUMNS
        || !decode (line, line_len, stanza->body + kept, sizeof stanza->body - kept, &n))
      return HARK_AGE_BAD;
    stanza->body_len += n;
  }
  return HARK_AGE_OK;
}

static HarkAgeResult
read_stanza (const uint8_t *bytes,
             size_t len,
             size_t *at,
             const char *line,
             size_t line_len,
             HarkAgeHeader *header)
{
  HarkAgeStanza *stanza = &header->stanzas[header->n_stanzas];

  if (header->n_stanzas == HARK_AGE_STANZAS_MAX || line_len < 4 || memcmp (line, "-> ", 3) != 0
      || !read_args (line + 3, line_len - 3, stanza))
    return HARK_AGE_BAD;
  header->n_stanzas++;
  return read_body (bytes, len, at, stanza);
}

static HarkAgeResult
parse (const uint8_t *bytes, size_t len, HarkAgeHeader *ret)
{
  const char *line;
  size_t at = strlen (MAGIC), start, line_len;

  if (len < at)
    return memcmp (bytes, MAGIC, len) == 0 ? HARK_AGE_SHORT : HARK_AGE_BAD;
  if (memcmp (bytes, MAGIC, at) != 0)
    return HARK_AGE_BAD;

  for (;;) {
    HarkAgeResult result;

    start = at;
    line = next_line (bytes, len, &at, &line_len);
    if (line == NULL)
      return HARK_AGE_SHORT;
    if (line_len >= 3 && memcmp (line, "---", 3) == 0)
      break;
    result = read_stanza (bytes, len, &at, line, line_len, ret);
    if (result != HARK_AGE_OK)
      return result;
  }

  if (ret->n_stanzas == 0 || line_len != 4 + MAC_TEXT || line[3] != ' '
      || !hark_age_decode (line + 4, MAC_TEXT, ret->mac, sizeof ret->mac))
    return HARK_AGE_BAD;
  ret->mac_at = start + 3;
  ret->len = at;
  return HARK_AGE_OK;
}

HarkAgeResult
hark_age_parse_header (const uint8_t *bytes, size_t len, HarkAgeHeader *ret)
{
  HarkAgeResult result;

  *ret = (HarkAgeHeader){0};
  result = parse (bytes, MIN (len, HARK_AGE_HEADER_MAX), ret);
  return result == HARK_AGE_SHORT && len >= HARK_AGE_HEADER_MAX ? HARK_AGE_BAD : result;
}
