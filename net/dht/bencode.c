#include "net/dht/bencode.h"

#include <glib.h>
#include <stdio.h>
#include <string.h>

/* Digits of a length or integer, in canonical form; returns past the last one, NULL on nonsense. */
static const uint8_t *
read_digits (const uint8_t *at, const uint8_t *end, uint64_t max, uint64_t *ret)
{
  uint64_t value = 0;
  const uint8_t *start = at;

  while (at < end && *at >= '0' && *at <= '9') {
    uint64_t digit = (uint64_t) (*at - '0');

    if (value > (max - digit) / 10)
      return NULL;
    value = value * 10 + digit;
    at++;
  }
  if (at == start || (*start == '0' && at - start > 1))
    return NULL;
  *ret = value;
  return at;
}

/* A byte string at @at; returns past it, NULL on nonsense. */
static const uint8_t *
read_string (const uint8_t *at, const uint8_t *end, const uint8_t **ret, size_t *ret_len)
{
  uint64_t len;

  at = read_digits (at, end, INT32_MAX, &len);
  if (!at || at == end || *at++ != ':' || (uint64_t) (end - at) < len)
    return NULL;
  *ret = at;
  *ret_len = (size_t) len;
  return at + len;
}

/* The inside of i...e. */
static const uint8_t *
read_int (const uint8_t *at, const uint8_t *end, int64_t *ret)
{
  bool negative = at < end && *at == '-';
  uint64_t value;

  at = read_digits (at + negative, end, (uint64_t) INT64_MAX + negative, &value);
  if (!at || at == end || *at != 'e' || (negative && value == 0))
    return NULL;
  *ret = negative ? (int64_t) (0 - value) : (int64_t) value;
  return at + 1;
}

typedef struct {
  bool is_dict;
  bool wants_value;    /* a key was read */
  const uint8_t *last; /* previous key */
  size_t last_len;
} Level;

static int
compare_keys (const uint8_t *a, size_t a_len, const uint8_t *b, size_t b_len)
{
  int order = memcmp (a, b, MIN (a_len, b_len));

  return order ? order : (a_len > b_len) - (a_len < b_len);
}

/* Takes a dictionary key. */
static const uint8_t *
check_key (Level *level, const uint8_t *at, const uint8_t *end)
{
  const uint8_t *key;
  size_t len;

  at = read_string (at, end, &key, &len);
  if (!at || (level->last && compare_keys (level->last, level->last_len, key, len) >= 0))
    return NULL;
  level->last = key;
  level->last_len = len;
  level->wants_value = true;
  return at;
}

/* Past the value at @at, checking it; NULL on nonsense. */
static const uint8_t *
check_value (const uint8_t *at, const uint8_t *end)
{
  Level levels[HARK_BENCODE_DEPTH_MAX];
  size_t depth = 0;
  const uint8_t *text;
  size_t len;
  int64_t number;

  do {
    Level *level = depth ? &levels[depth - 1] : NULL;

    if (at == end)
      return NULL;
    if (level && *at == 'e') {
      if (level->wants_value)
        return NULL;
      depth--;
      at++;
      continue;
    }
    if (level && level->is_dict && !level->wants_value) {
      at = check_key (level, at, end);
      if (!at)
        return NULL;
      continue;
    }
    if (level)
      level->wants_value = false;

    if (*at == 'd' || *at == 'l') {
      if (depth == HARK_BENCODE_DEPTH_MAX)
        return NULL;
      levels[depth++] = (Level){.is_dict = *at == 'd'};
      at++;
    } else if (*at == 'i') {
      at = read_int (at + 1, end, &number);
    } else {
      at = read_string (at, end, &text, &len);
    }
  } while (at && depth);
  return at;
}

bool
hark_bencode_parse (const uint8_t *data, size_t len, HarkBencode *ret)
{
  if (len == 0 || check_value (data, data + len) != data + len)
    return false;
  *ret = (HarkBencode){data, len};
  return true;
}

bool
hark_bencode_is_dict (HarkBencode value)
{
  return value.len && value.data[0] == 'd';
}

bool
hark_bencode_is_list (HarkBencode value)
{
  return value.len && value.data[0] == 'l';
}

const uint8_t *
hark_bencode_get_bytes (HarkBencode value, size_t *ret_len)
{
  const uint8_t *bytes;
  size_t len;

  if (!value.len || !read_string (value.data, value.data + value.len, &bytes, &len))
    return NULL;
  *ret_len = len;
  return bytes;
}

bool
hark_bencode_get_int (HarkBencode value, int64_t *ret)
{
  return value.len && value.data[0] == 'i'
         && read_int (value.data + 1, value.data + value.len, ret) != NULL;
}

/* Past a value that was checked before: only brackets need counting. */
static const uint8_t *
skip_value (const uint8_t *at, const uint8_t *end)
{
  size_t depth = 0;
  const uint8_t *text;
  size_t len;

  do {
    if (*at == 'd' || *at == 'l') {
      depth++;
      at++;
    } else if (*at == 'e') {
      depth--;
      at++;
    } else if (*at == 'i') {
      const uint8_t *stop = memchr (at, 'e', (size_t) (end - at));

      g_assert (stop);
      at = stop + 1;
    } else {
      at = read_string (at, end, &text, &len);
      g_assert (at);
    }
  } while (depth);
  return at;
}

void
hark_bencode_iter_init (HarkBencodeIter *iter, HarkBencode container)
{
  bool is_dict = hark_bencode_is_dict (container);

  *iter = (HarkBencodeIter){.is_dict = is_dict};
  if (is_dict || hark_bencode_is_list (container))
    iter->left = (HarkBencode){container.data + 1, container.len - 2};
}

static HarkBencode
take (HarkBencode *left)
{
  const uint8_t *past = skip_value (left->data, left->data + left->len);
  HarkBencode value = {left->data, (size_t) (past - left->data)};

  left->data = past;
  left->len -= value.len;
  return value;
}

bool
hark_bencode_iter_next (HarkBencodeIter *iter, HarkBencode *ret_key, HarkBencode *ret_value)
{
  HarkBencode key = {0};

  if (!iter->left.len)
    return false;
  if (iter->is_dict)
    key = take (&iter->left);
  if (ret_key)
    *ret_key = key;
  *ret_value = take (&iter->left);
  return true;
}

void
hark_bencode_write_mark (HarkWriter *writer, char mark)
{
  hark_writer_u8 (writer, (uint8_t) mark);
}

void
hark_bencode_write_bytes (HarkWriter *writer, const void *data, size_t len)
{
  char head[24];
  int n = snprintf (head, sizeof head, "%zu:", len);

  hark_writer_bytes (writer, head, (size_t) n);
  hark_writer_bytes (writer, data, len);
}

void
hark_bencode_write_text (HarkWriter *writer, const char *text)
{
  hark_bencode_write_bytes (writer, text, strlen (text));
}

void
hark_bencode_write_int (HarkWriter *writer, int64_t value)
{
  char text[32];
  int n = snprintf (text, sizeof text, "i%" G_GINT64_FORMAT "e", value);

  hark_writer_bytes (writer, text, (size_t) n);
}
