#include "core/store/query.h"

#include "core/store/words.h"

#include <string.h>

typedef struct {
  char *text;       /* as typed */
  GPtrArray *words; /* char*: folded */
  bool prefix;      /* the last word may go on */
  bool pair;        /* the last word is two characters of a script without spaces */
} Phrase;

struct HarkQuery {
  GPtrArray *phrases; /* Phrase */
};

/* A word of a text that is looked through. */
typedef struct {
  char *word;
  size_t start, end;
} Place;

/* ---- reading ------------------------------------------------------------------------------------
 */

static void
phrase_free (void *data)
{
  Phrase *phrase = data;

  g_free (phrase->text);
  g_ptr_array_unref (phrase->words);
  g_free (phrase);
}

static int
take_word (const HarkWord *word, void *data)
{
  Phrase *phrase = data;

  g_ptr_array_add (phrase->words, g_strndup (word->word, word->len));
  phrase->pair = word->pair;
  phrase->prefix |= word->dense; /* a lone character begins a pair */
  return phrase->words->len == HARK_QUERY_WORDS_MAX ? 1 : 0;
}

static void
add_phrase (HarkQuery *query, const char *text, size_t len, bool prefix)
{
  Phrase *phrase = g_new0 (Phrase, 1);

  phrase->text = g_strndup (text, len);
  phrase->words = g_ptr_array_new_with_free_func (g_free);
  hark_words_split (text, len, HARK_WORDS_OF_QUESTION, take_word, phrase);
  phrase->prefix |= prefix;
  if (phrase->words->len > 0 && query->phrases->len < HARK_QUERY_PHRASES_MAX)
    g_ptr_array_add (query->phrases, phrase);
  else
    phrase_free (phrase);
}

static bool
is_quote (gunichar c)
{
  return c == '"' || c == 0x201c || c == 0x201d || c == 0x201e || c == 0xab || c == 0xbb;
}

HarkQuery *
hark_query_parse (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  g_autoptr (HarkQuery) query = g_new0 (HarkQuery, 1);
  const char *start = valid;
  bool quoted = false;

  query->phrases = g_ptr_array_new_with_free_func (phrase_free);
  for (const char *at = valid;; at = g_utf8_next_char (at)) {
    const gunichar c = g_utf8_get_char (at);
    const bool quote = is_quote (c);

    if (c != '\0' && !quote && (quoted || !g_unichar_isspace (c)))
      continue;
    /* a quotation that is still being typed may go on */
    add_phrase (query, start, (size_t) (at - start), !(quoted && quote));
    if (c == '\0')
      break;
    quoted ^= quote;
    start = g_utf8_next_char (at);
  }
  return query->phrases->len > 0 ? g_steal_pointer (&query) : NULL;
}

void
hark_query_free (HarkQuery *query)
{
  if (query == NULL)
    return;
  g_ptr_array_unref (query->phrases);
  g_free (query);
}

/* @text in quotes: FTS5 hands it to the tokenizer, which makes of it what take_word() saw. */
static void
append_quoted (GString *fts, const char *text)
{
  g_string_append_c (fts, '"');
  for (const char *at = text; *at != '\0'; at++) {
    if (*at == '"')
      g_string_append_c (fts, '"');
    g_string_append_c (fts, *at);
  }
  g_string_append_c (fts, '"');
}

/* A word of the index is one word to a question, too. */
static bool
is_one_word (const char *word)
{
  Phrase phrase = {.words = g_ptr_array_new_with_free_func (g_free)};
  bool is;

  hark_words_split (word, strlen (word), HARK_WORDS_OF_QUESTION, take_word, &phrase);
  is = phrase.words->len == 1 && strcmp (phrase.words->pdata[0], word) == 0;
  g_ptr_array_unref (phrase.words);
  return is;
}

/* Each of the words that begin so by itself; false: there are too many, or it is more than one word
 * that was typed. */
static bool
append_words (GString *fts, const Phrase *phrase, HarkQueryExpand expand, void *data)
{
  g_autoptr (GPtrArray) words = NULL;

  if (expand == NULL || !phrase->prefix || phrase->words->len != 1)
    return false;
  words = expand (phrase->words->pdata[0], data);
  if (words == NULL || words->len == 0)
    return false;
  for (guint i = 0; i < words->len; i++)
    if (!is_one_word (words->pdata[i]))
      return false;
  for (guint i = 0; i < words->len; i++) {
    g_string_append (fts, i > 0 ? " OR " : "(");
    append_quoted (fts, words->pdata[i]);
  }
  g_string_append_c (fts, ')');
  return true;
}

char *
hark_query_to_fts (const HarkQuery *query, const char *column, HarkQueryExpand expand, void *data)
{
  GString *fts = g_string_new (NULL);

  g_string_append_printf (fts, "%s : (", column);
  for (guint i = 0; i < query->phrases->len; i++) {
    const Phrase *phrase = query->phrases->pdata[i];

    if (i > 0)
      g_string_append (fts, " AND ");
    if (append_words (fts, phrase, expand, data))
      continue;
    append_quoted (fts, phrase->text);
    if (phrase->prefix)
      g_string_append (fts, " *");
  }
  return g_string_free (g_string_append_c (fts, ')'), FALSE);
}

/* ---- finding ------------------------------------------------------------------------------------
 */

static void
place_clear (void *data)
{
  g_free (((Place *) data)->word);
}

static int
take_place (const HarkWord *word, void *data)
{
  const Place place = {g_strndup (word->word, word->len), word->start, word->end};

  g_array_append_val ((GArray *) data, place);
  return 0;
}

/* The phrase stands at word @at of @places. */
static bool
stands_at (const Phrase *phrase, const GArray *places, guint at)
{
  const guint n = phrase->words->len;

  if (at + n > places->len)
    return false;
  for (guint i = 0; i < n; i++) {
    const char *wanted = phrase->words->pdata[i];
    const char *word = g_array_index (places, Place, at + i).word;

    if (i + 1 == n && phrase->prefix ? !g_str_has_prefix (word, wanted)
                                     : strcmp (word, wanted) != 0)
      return false;
  }
  return true;
}

/* The end of the longest phrase that stands at @at; 0: none does. */
static size_t
end_of_match (const HarkQuery *query, const GArray *places, guint at)
{
  size_t end = 0;

  for (guint i = 0; i < query->phrases->len; i++) {
    const Phrase *phrase = query->phrases->pdata[i];
    guint last = at + phrase->words->len - 1;

    if (!stands_at (phrase, places, at))
      continue;
    if (phrase->pair && last + 1 < places->len)
      last++;
    end = MAX (end, g_array_index (places, Place, last).end);
  }
  return end;
}

size_t
hark_query_find (const HarkQuery *query, const char *text, HarkQueryMatch *ret, size_t max)
{
  g_autoptr (GArray) places = g_array_new (FALSE, FALSE, sizeof (Place));
  size_t n = 0, free_from = 0;

  g_array_set_clear_func (places, place_clear);
  hark_words_split (text, strlen (text), HARK_WORDS_OF_TEXT, take_place, places);
  for (guint at = 0; at < places->len && n < max; at++) {
    const size_t start = g_array_index (places, Place, at).start;
    const size_t end = start < free_from ? 0 : end_of_match (query, places, at);

    if (end == 0)
      continue;
    ret[n++] = (HarkQueryMatch){(uint32_t) start, (uint32_t) (end - start)};
    free_from = end;
  }
  return n;
}
