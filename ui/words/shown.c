#include "ui/words/shown.h"

#include <glib.h>
#include <stdbool.h>
#include <string.h>

#define LINE_CHARS 120
#define MARKS_MAX 6 /* combining ones on one character */

static bool
is_isolate (gunichar c)
{
  return c >= 0x2066 && c <= 0x2069;
}

/* What changes the look of text around it (UAX #9: embeddings, overrides, isolates), or shows as
 * nothing. */
static bool
is_deceptive (gunichar c)
{
  if (c == '\n' || c == '\t')
    return false;
  return (c >= 0x202A && c <= 0x202E) || is_isolate (c) || g_unichar_type (c) == G_UNICODE_CONTROL;
}

/* @apart: isolates stay: the text is put together here, from parts that were set apart. */
static char *
fit (const char *text, size_t chars_max, bool apart)
{
  g_autofree char *valid = g_utf8_make_valid (text ? text : "", -1);
  GString *shown = g_string_sized_new (MIN (strlen (valid), 4 * chars_max) + 8);
  unsigned marks = 0;
  size_t n = 0;

  for (const char *at = valid; *at; at = g_utf8_next_char (at), n++) {
    gunichar c = g_utf8_get_char (at);

    if (n >= chars_max) {
      g_string_append (shown, "…");
      break;
    }
    marks = g_unichar_ismark (c) ? marks + 1 : 0;
    if (marks <= MARKS_MAX)
      g_string_append_unichar (shown, is_deceptive (c) && !(apart && is_isolate (c)) ? 0xFFFD : c);
  }
  return g_string_free (shown, FALSE);
}

char *
hark_words_shown (const char *text, size_t chars_max)
{
  return fit (text, chars_max, false);
}

char *
hark_words_one_line (const char *text)
{
  char *line = hark_words_shown (text, LINE_CHARS);

  return g_strdelimit (line, "\n\r\t", ' ');
}

char *
hark_words_notice (const char *text)
{
  g_autofree char *shown = fit (text, LINE_CHARS, true);
  GString *safe = g_string_new (shown);

  g_string_replace (safe, "&", "＆", 0);
  g_string_replace (safe, "<", "‹", 0);
  g_string_replace (safe, ">", "›", 0);
  return g_string_free (safe, FALSE);
}
