#include "core/store/query.h"
#include "core/store/words.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

typedef struct {
  size_t len, last;
} Text;

/* Words come in order, from within the text. */
static int
check_word (const HarkWord *word, void *data)
{
  Text *text = data;

  if (word->len == 0 || word->len > HARK_WORD_MAX || word->start < text->last
      || word->end <= word->start || word->end > text->len)
    abort ();
  text->last = word->start;
  return 0;
}

static void
check_matches (const HarkQuery *query, const char *text)
{
  HarkQueryMatch matches[8];
  const size_t n = hark_query_find (query, text, matches, G_N_ELEMENTS (matches));
  size_t at = 0;

  for (size_t i = 0; i < n; i++) {
    if (matches[i].len == 0 || matches[i].start < at
        || matches[i].start + matches[i].len > strlen (text))
      abort ();
    at = matches[i].start + matches[i].len;
  }
}

/* A line that was typed, and the text that is looked through for it. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *whole = g_strndup ((const char *) data, size);
  char *text = strchr (whole, '\n');
  Text bytes = {.len = size};
  g_autoptr (HarkQuery) query = NULL;

  hark_words_split ((const char *) data, size, HARK_WORDS_OF_TEXT, check_word, &bytes);
  if (text == NULL)
    return 0;
  *text++ = '\0';
  query = hark_query_parse (whole);
  if (query != NULL) {
    g_autofree char *fts = hark_query_to_fts (query, "text", NULL, NULL);

    check_matches (query, text);
  }
  return 0;
}
