#include "net/base/key.h"

#include <string.h>

bool
hark_key_equal (const HarkKey *a, const HarkKey *b)
{
  return memcmp (a->bytes, b->bytes, sizeof a->bytes) == 0;
}

guint
hark_key_hash (gconstpointer key)
{
  const HarkKey *k = key;
  guint hash;

  /* Keys are curve points or hashes: any four bytes spread well. */
  memcpy (&hash, k->bytes, sizeof hash);
  return hash;
}

gboolean
hark_key_hash_equal (gconstpointer a, gconstpointer b)
{
  return hark_key_equal (a, b);
}

void *
hark_key_find (const GArray *array, const HarkKey *key)
{
  const guint size = g_array_get_element_size ((GArray *) array);

  for (guint i = 0; i < array->len; i++) {
    char *element = array->data + (gsize) i * size;

    if (memcmp (element, key->bytes, sizeof key->bytes) == 0)
      return element;
  }
  return NULL;
}

bool
hark_hex_parse (const char *hex, uint8_t *ret, size_t len)
{
  g_autofree uint8_t *bytes = g_malloc (len + 1);
  size_t written;
  const char *end;

  if (strlen (hex) != 2 * len
      || sodium_hex2bin (bytes, len, hex, 2 * len, NULL, &written, &end) != 0 || written != len)
    return false;

  memcpy (ret, bytes, len);
  sodium_memzero (bytes, len);
  return true;
}

char *
hark_hex_format (const uint8_t *bytes, size_t len, char *ret)
{
  return sodium_bin2hex (ret, HARK_HEX_LEN (len), bytes, len);
}

void
hark_secret_clear (HarkSecret *secret)
{
  sodium_memzero (secret->bytes, sizeof secret->bytes);
}

void
hark_token_clear (HarkToken *token)
{
  sodium_memzero (token->bytes, sizeof token->bytes);
}

bool
hark_secret_equal (const HarkSecret *a, const HarkSecret *b)
{
  return sodium_memcmp (a->bytes, b->bytes, sizeof a->bytes) == 0;
}

bool
hark_token_equal (const HarkToken *a, const HarkToken *b)
{
  return sodium_memcmp (a->bytes, b->bytes, sizeof a->bytes) == 0;
}
