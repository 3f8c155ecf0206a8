#include "core/store/words.h"

#include <glib.h>
#include <stdint.h>
#include <string.h>

#define DECOMPOSED_MAX G_UNICHAR_MAX_DECOMPOSITION_LENGTH

typedef enum { BETWEEN, LETTER, MARK, DENSE, PICTURE } Class;

/* A character with the marks on it, folded. */
typedef struct {
  char bytes[HARK_WORD_MAX];
  size_t len, start, end;
} Unit;

typedef struct {
  int (*found) (const HarkWord *word, void *data);
  void *data;
  HarkWordsUse use;
  Unit word; /* being read: a whole word, or a character when `dense` */
  Unit previous;
  bool has_word, dense, has_previous;
} Splitter;

/* ---- characters ---------------------------------------------------------------------------------
 */

static bool
is_dense_script (GUnicodeScript script)
{
  switch (script) {
  case G_UNICODE_SCRIPT_HAN:
  case G_UNICODE_SCRIPT_HIRAGANA:
  case G_UNICODE_SCRIPT_KATAKANA:
  case G_UNICODE_SCRIPT_HANGUL:
  case G_UNICODE_SCRIPT_BOPOMOFO:
  case G_UNICODE_SCRIPT_YI:
  case G_UNICODE_SCRIPT_THAI:
  case G_UNICODE_SCRIPT_LAO:
  case G_UNICODE_SCRIPT_KHMER:
  case G_UNICODE_SCRIPT_MYANMAR:
  case G_UNICODE_SCRIPT_TIBETAN:
  case G_UNICODE_SCRIPT_JAVANESE:
  case G_UNICODE_SCRIPT_BALINESE:
  case G_UNICODE_SCRIPT_NEW_TAI_LUE:
  case G_UNICODE_SCRIPT_TAI_LE:
  case G_UNICODE_SCRIPT_TAI_THAM:
  case G_UNICODE_SCRIPT_TAI_VIET:
    return true;
  default:
    return false;
  }
}

static Class
classify (gunichar c)
{
  if (c < 0x80)
    return g_ascii_isalnum ((char) c) ? LETTER : BETWEEN;
  if (c == 0x30fc || c == 0xff70) /* the sign of a long vowel belongs to both kana */
    return DENSE;
  if (g_unichar_ismark (c))
    return MARK;
  if (g_unichar_isalnum (c))
    return c >= 0xe00 && is_dense_script (g_unichar_get_script (c)) ? DENSE : LETTER;
  if (c >= 0x1f3fb && c <= 0x1f3ff) /* the skin of the one before */
    return BETWEEN;
  return g_unichar_type (c) == G_UNICODE_OTHER_SYMBOL ? PICTURE : BETWEEN;
}

/* Marks that people leave out, or type as they like. */
static bool
is_dropped (gunichar c)
{
  return (c >= 0x300 && c <= 0x36f) || (c >= 0x483 && c <= 0x487) || (c >= 0x591 && c <= 0x5c7)
         || (c >= 0x610 && c <= 0x61a) || c == 0x640 || (c >= 0x64b && c <= 0x65f) || c == 0x670
         || (c >= 0xfe00 && c <= 0xfe0f);
}

/* Letters that Unicode does not take apart, but a keyboard without them does; and forms of one. */
static const char *
spell (gunichar c)
{
  static const struct {
    gunichar letter;
    const char *spelled;
  } letters[] = {
    {0xdf,  "ss"},
    {0xe6,  "ae"},
    {0xf0,  "d" },
    {0xf8,  "o" },
    {0xfe,  "th"},
    {0x111, "d" },
    {0x127, "h" },
    {0x131, "i" },
    {0x142, "l" },
    {0x153, "oe"},
    {0x3c2, "σ"},
  };

  for (size_t i = 0; i < G_N_ELEMENTS (letters); i++)
    if (letters[i].letter == c)
      return letters[i].spelled;
  return NULL;
}

static void
append_bytes (Unit *unit, const char *bytes, size_t len)
{
  if (unit->len + len > sizeof unit->bytes)
    return;
  memcpy (unit->bytes + unit->len, bytes, len);
  unit->len += len;
}

static void
append_folded (Unit *unit, gunichar c)
{
  gunichar parts[DECOMPOSED_MAX];
  gsize n = 1;

  if (c < 0x80) {
    const char lower = g_ascii_tolower ((char) c);

    append_bytes (unit, &lower, 1);
    return;
  }
  if (c >= 0xac00 && c <= 0xd7a3) /* a syllable of Hangul stays one */
    parts[0] = c;
  else
    n = g_unichar_fully_decompose (c, TRUE, parts, G_N_ELEMENTS (parts));
  for (gsize i = 0; i < n; i++) {
    const gunichar lower = g_unichar_tolower (parts[i]);
    const char *spelled = lower < 0x80 ? NULL : spell (lower);
    char utf8[6];

    if (is_dropped (lower) || (n > 1 && classify (lower) == BETWEEN))
      continue;
    if (spelled != NULL)
      append_bytes (unit, spelled, strlen (spelled));
    else
      append_bytes (unit, utf8, (size_t) g_unichar_to_utf8 (lower, utf8));
  }
}

/* ---- words --------------------------------------------------------------------------------------
 */

static int
say (Splitter *splitter, const Unit *unit, const Unit *second, bool dense)
{
  char both[2 * HARK_WORD_MAX];
  HarkWord word
    = {unit->bytes, unit->len, unit->start, unit->end, .dense = dense, .pair = second != NULL};

  if (unit->len == 0)
    return 0;
  if (second != NULL) {
    memcpy (both, unit->bytes, unit->len);
    memcpy (both + unit->len, second->bytes, second->len);
    word.word = both;
    word.len = MIN (unit->len + second->len, HARK_WORD_MAX);
  }
  return splitter->found (&word, splitter->data);
}

/* The character of a stretch that was being read is whole. */
static int
end_character (Splitter *splitter)
{
  int result = 0;

  if (splitter->has_previous)
    result = say (splitter, &splitter->previous, &splitter->word, true);
  splitter->previous = splitter->word;
  splitter->has_previous = true;
  splitter->has_word = false;
  return result;
}

/* What was being read ends here. @last: with the text. */
static int
end_word (Splitter *splitter, bool last)
{
  int result = 0;
  bool had_pair;

  if (splitter->has_word && !splitter->dense) {
    splitter->has_word = false;
    return say (splitter, &splitter->word, NULL, false);
  }
  had_pair = splitter->has_previous && splitter->has_word;
  if (splitter->has_word)
    result = end_character (splitter);
  if (result == 0 && splitter->has_previous
      && !(last && had_pair && splitter->use == HARK_WORDS_OF_QUESTION))
    result = say (splitter, &splitter->previous, NULL, true);
  splitter->has_previous = false;
  return result;
}

static int
read_letter (Splitter *splitter, gunichar c, bool dense, size_t start, size_t end)
{
  int result = 0;

  if (splitter->has_word && splitter->dense != dense)
    result = end_word (splitter, false);
  else if (splitter->has_word && dense)
    result = end_character (splitter);
  if (!splitter->has_word) {
    splitter->has_word = true;
    splitter->dense = dense;
    splitter->word.len = 0;
    splitter->word.start = start;
  }
  splitter->word.end = end;
  append_folded (&splitter->word, c);
  return result;
}

static int
read_picture (Splitter *splitter, gunichar c, size_t start, size_t end)
{
  Unit unit = {.len = 0, .start = start, .end = end};
  const int result = end_word (splitter, false);

  append_folded (&unit, c);
  return result != 0 ? result : say (splitter, &unit, NULL, false);
}

static int
read_character (Splitter *splitter, gunichar c, size_t start, size_t end)
{
  switch (classify (c)) {
  case LETTER:
    return read_letter (splitter, c, false, start, end);
  case DENSE:
    return read_letter (splitter, c, true, start, end);
  case PICTURE:
    return read_picture (splitter, c, start, end);
  case MARK: /* on nothing, it is nothing */
    if (splitter->has_word) {
      append_folded (&splitter->word, c);
      splitter->word.end = end;
    }
    return 0;
  case BETWEEN:
  default:
    return end_word (splitter, false);
  }
}

int
hark_words_split (const char *text,
                  size_t len,
                  HarkWordsUse use,
                  int (*found) (const HarkWord *word, void *data),
                  void *data)
{
  Splitter splitter = {.found = found, .data = data, .use = use};
  int result = 0;

  for (size_t at = 0; at < len && result == 0;) {
    gunichar c = (unsigned char) text[at];
    size_t next = at + 1;

    if (c >= 0x80) {
      c = g_utf8_get_char_validated (text + at, (gssize) (len - at));
      if (c == (gunichar) -1 || c == (gunichar) -2)
        c = ' ';
      else
        next = at + (size_t) g_utf8_skip[(unsigned char) text[at]];
    }
    result = read_character (&splitter, c, at, next);
    at = next;
  }
  return result != 0 ? result : end_word (&splitter, true);
}
