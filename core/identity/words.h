/* core/identity/words.h - a secret as words that can be written on paper and said aloud.
 *
 * Pure; any thread. Source: BIP-39 with the English list; 24 words are 32 bytes and a checksum of 8
 * bits. What comes out is the entropy itself; BIP-39's passphrase and seed derivation are not used.
 */
#pragma once

#include "net/base/key.h"

#define HARK_WORD_LIST_LEN 2048
#define HARK_WORD_LEN_MAX 8
#define HARK_WORDS_ENTROPY_MAX 32
#define HARK_WORDS_MAX 24
#define HARK_WORDS_TEXT_LEN (HARK_WORDS_MAX * (HARK_WORD_LEN_MAX + 1)) /* with the NUL */

extern const char hark_word_list[HARK_WORD_LIST_LEN][HARK_WORD_LEN_MAX + 1];

typedef enum {
  HARK_WORDS_OK,
  HARK_WORDS_WRONG_COUNT,  /* not 24 words */
  HARK_WORDS_UNKNOWN_WORD, /* `*ret_word` says which, from 0 */
  HARK_WORDS_CHECKSUM,     /* all words are known, but one is not the right one, or they are out of
                              order */
} HarkWordsResult;

/* hark_words_find: index of @word (@len bytes, either case) in the list, or of the only word that
 * starts with its four or more letters; -1 when there is none. Not in constant time: the words of a
 * secret are typed by their owner on his own computer. */
int hark_words_find (const char *word, size_t len);

/* hark_words_encode: @entropy of 16, 20, 24, 28 or 32 bytes as words in lower case, one space
 * between two. @ret is a secret: wipe it. */
void hark_words_encode (const uint8_t *entropy, size_t entropy_len, char ret[HARK_WORDS_TEXT_LEN]);

/**
 * hark_words_decode:
 * @text: words of either case between blanks; each may be cut to its first four letters
 * @ret: (out) (array length=entropy_len): set only on %HARK_WORDS_OK
 * @entropy_len: 16, 20, 24, 28 or 32: how much the words must hold
 * @ret_word: (out) (nullable): set only on %HARK_WORDS_UNKNOWN_WORD
 */
HarkWordsResult
hark_words_decode (const char *text, uint8_t *ret, size_t entropy_len, unsigned *ret_word);

/* hark_words_from_seed, hark_words_to_seed: the same for an account seed: 24 words. */
void hark_words_from_seed (const HarkSecret *seed, char ret[HARK_WORDS_TEXT_LEN]);
HarkWordsResult hark_words_to_seed (const char *text, HarkSecret *ret, unsigned *ret_word);
