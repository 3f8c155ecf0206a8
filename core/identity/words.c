#include "core/identity/words.h"

#include <string.h>

#define UNIQUE_LETTERS 4 /* no two words share these */

static unsigned
count_words (size_t entropy_len)
{
  return (unsigned) (entropy_len * 8 + entropy_len / 4) / 11;
}

/* Compares @word with @entry: letter by letter, and both must end together unless @word has enough
 * letters to be the only one. */
static int
compare_word (const char *word, size_t len, const char *entry)
{
  size_t i = 0;

  for (; i < len && entry[i]; i++) {
    int difference = g_ascii_tolower (word[i]) - entry[i];

    if (difference != 0)
      return difference;
  }
  if (i < len)
    return 1;
  return entry[i] == '\0' || len >= UNIQUE_LETTERS ? 0 : -1;
}

int
hark_words_find (const char *word, size_t len)
{
  int low = 0;
  int high = HARK_WORD_LIST_LEN - 1;

  while (len > 0 && low <= high) {
    int middle = (low + high) / 2;
    int order = compare_word (word, len, hark_word_list[middle]);

    if (order == 0)
      return middle;
    if (order < 0)
      high = middle - 1;
    else
      low = middle + 1;
  }
  return -1;
}

/* The entropy and its checksum, as many bits of SHA-256 as it has four-byte groups. */
static void
append_checksum (const uint8_t *entropy, size_t len, uint8_t ret[HARK_WORDS_ENTROPY_MAX + 1])
{
  uint8_t hash[crypto_hash_sha256_BYTES];

  crypto_hash_sha256 (hash, entropy, len);
  memcpy (ret, entropy, len);
  ret[len] = (uint8_t) (hash[0] & (0xff << (8 - len / 4)));
  sodium_memzero (hash, sizeof hash);
}

void
hark_words_encode (const uint8_t *entropy, size_t entropy_len, char ret[HARK_WORDS_TEXT_LEN])
{
  uint8_t bits[HARK_WORDS_ENTROPY_MAX + 1];
  unsigned n_words = count_words (entropy_len);
  size_t at = 0;

  g_assert (entropy_len >= 16 && entropy_len <= HARK_WORDS_ENTROPY_MAX && entropy_len % 4 == 0);
  append_checksum (entropy, entropy_len, bits);
  for (unsigned i = 0; i < n_words; i++) {
    unsigned index = 0;
    size_t len;

    for (unsigned bit = i * 11; bit < (i + 1) * 11; bit++)
      index = index << 1 | (bits[bit / 8] >> (7 - bit % 8) & 1);
    len = strlen (hark_word_list[index]);
    memcpy (ret + at, hark_word_list[index], len);
    at += len;
    ret[at++] = ' ';
  }
  ret[at - 1] = '\0';
  sodium_memzero (bits, sizeof bits);
}

/* Puts the words' indices into @bits, 11 bits each. */
static HarkWordsResult
read_words (const char *text,
            unsigned n_words,
            uint8_t bits[HARK_WORDS_ENTROPY_MAX + 1],
            unsigned *ret_word)
{
  HarkWordsResult result = HARK_WORDS_OK;
  unsigned unknown = 0;
  unsigned n = 0;

  for (text += strspn (text, " \t\r\n"); *text; text += strspn (text, " \t\r\n")) {
    size_t len = strcspn (text, " \t\r\n");
    int index = hark_words_find (text, len);

    text += len;
    if (n == n_words)
      return HARK_WORDS_WRONG_COUNT;
    if (index < 0 && result == HARK_WORDS_OK) {
      result = HARK_WORDS_UNKNOWN_WORD;
      unknown = n;
    }
    for (unsigned bit = 0; index >= 0 && bit < 11; bit++)
      if (index >> (10 - bit) & 1)
        bits[(n * 11 + bit) / 8] |= (uint8_t) (0x80 >> ((n * 11 + bit) % 8));
    n++;
  }

  if (n != n_words)
    return HARK_WORDS_WRONG_COUNT;
  if (result == HARK_WORDS_UNKNOWN_WORD && ret_word)
    *ret_word = unknown;
  return result;
}

HarkWordsResult
hark_words_decode (const char *text, uint8_t *ret, size_t entropy_len, unsigned *ret_word)
{
  uint8_t bits[HARK_WORDS_ENTROPY_MAX + 1] = {0};
  uint8_t expected[HARK_WORDS_ENTROPY_MAX + 1];
  HarkWordsResult result;

  g_assert (entropy_len >= 16 && entropy_len <= HARK_WORDS_ENTROPY_MAX && entropy_len % 4 == 0);
  result = read_words (text, count_words (entropy_len), bits, ret_word);
  if (result == HARK_WORDS_OK) {
    append_checksum (bits, entropy_len, expected);
    if (sodium_memcmp (bits, expected, entropy_len + 1) != 0)
      result = HARK_WORDS_CHECKSUM;
    else
      memcpy (ret, bits, entropy_len);
  }
  sodium_memzero (bits, sizeof bits);
  sodium_memzero (expected, sizeof expected);
  return result;
}

void
hark_words_from_seed (const HarkSecret *seed, char ret[HARK_WORDS_TEXT_LEN])
{
  hark_words_encode (seed->bytes, sizeof seed->bytes, ret);
}

HarkWordsResult
hark_words_to_seed (const char *text, HarkSecret *ret, unsigned *ret_word)
{
  return hark_words_decode (text, ret->bytes, sizeof ret->bytes, ret_word);
}
