/* core/store/words.h - text as a search sees it: words, folded, of any script.
 *
 * Pure; any thread. Both the index (tokenizer.c) and a question (query.h) are made of these words.
 *
 * - Letters, digits and the marks on them make words; everything else lies between words.
 * - Folding: compatibility decomposition, lower case; accents, Hebrew points and Arabic vowel signs
 *   go. Marks that make another letter (Devanagari, Thai, voiced kana) stay.
 * - Scripts that put no space between words (Han, kana, Hangul, Thai, Lao, Khmer, Burmese, ...)
 * give overlapping pairs of characters, so that any part of a sentence is found; the last character
 * of a stretch stands alone.
 * - A pictograph is a word.
 *
 * Source: Unicode as GLib knows it; core/store/README.md "Search" has the reasons.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#define HARK_WORD_MAX 96 /* bytes, folded; of longer ones the rest is not looked at */

typedef enum {
  HARK_WORDS_OF_TEXT,
  HARK_WORDS_OF_QUESTION, /* without the lone character behind the pairs at the very end: the text
                             may go on there */
} HarkWordsUse;

typedef struct {
  const char *word; /* folded, not terminated; borrowed for the call */
  size_t len;       /* bytes, 1 to HARK_WORD_MAX */
  size_t start;     /* where it stands in the text, bytes */
  size_t end;       /* of its first character when `dense` */
  bool dense;       /* of a script without spaces */
  bool pair;        /* two characters; the second is the first of the next word */
} HarkWord;

/**
 * hark_words_split:
 * @text: (array length=len): UTF-8; bytes that are not lie between words
 * @found: called for each word in order; anything but 0 ends it
 *
 * Returns: 0, or what @found returned
 */
int hark_words_split (const char *text,
                      size_t len,
                      HarkWordsUse use,
                      int (*found) (const HarkWord *word, void *data),
                      void *data);
