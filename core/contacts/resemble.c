#include "core/contacts/resemble.h"

#include <glib.h>
#include <string.h>

/* What passes for which Latin letter. Capitals stand here where they look like another letter than
 * their small ones do; the rest is looked up in lower case. */
static const struct {
  gunichar from;
  char to;
} alike[] = {
  {'0',    'o'},
  {'1',    'l'},
  {'i',    'l'},
  {'|',    'l'},
  {0x00DF, 'b'}, /* sharp s */
  {0x00F0, 'o'}, /* eth */
  {0x00F8, 'o'}, /* o with stroke */
  {0x0111, 'd'}, /* d with stroke */
  {0x0127, 'h'}, /* h with stroke */
  {0x0131, 'l'}, /* dotless i */
  {0x0142, 'l'}, /* l with stroke */
  {0x0251, 'a'}, /* alpha */
  {0x0261, 'g'}, /* script g */
  {0x026A, 'l'}, /* small capital i */
  {0x0397, 'h'}, /* Greek */
  {0x039D, 'n'},
  {0x03A5, 'y'},
  {0x03B1, 'a'},
  {0x03B2, 'b'},
  {0x03B3, 'y'},
  {0x03B5, 'e'},
  {0x03B6, 'z'},
  {0x03B7, 'n'},
  {0x03B9, 'l'},
  {0x03BA, 'k'},
  {0x03BC, 'm'},
  {0x03BD, 'v'},
  {0x03BF, 'o'},
  {0x03C1, 'p'},
  {0x03C3, 'o'},
  {0x03C4, 't'},
  {0x03C5, 'u'},
  {0x03C7, 'x'},
  {0x03C9, 'w'},
  {0x03F2, 'c'},
  {0x03F3, 'j'},
  {0x0430, 'a'}, /* Cyrillic */
  {0x0432, 'b'},
  {0x0433, 'r'},
  {0x0435, 'e'},
  {0x043A, 'k'},
  {0x043C, 'm'},
  {0x043D, 'h'},
  {0x043E, 'o'},
  {0x043F, 'n'},
  {0x0440, 'p'},
  {0x0441, 'c'},
  {0x0442, 't'},
  {0x0443, 'y'},
  {0x0445, 'x'},
  {0x044C, 'b'},
  {0x0455, 's'},
  {0x0456, 'l'},
  {0x0458, 'j'},
  {0x0475, 'v'},
  {0x04AF, 'y'},
  {0x04BB, 'h'},
  {0x04C0, 'l'},
  {0x04CF, 'l'},
  {0x04D5, 'a'},
  {0x0501, 'd'},
  {0x051B, 'q'},
  {0x051D, 'w'},
  {0x0566, 'q'}, /* Armenian */
  {0x0570, 'h'},
  {0x0578, 'n'},
  {0x057D, 'u'},
  {0x0585, 'o'},
};

static gunichar
look_up (gunichar c)
{
  for (size_t i = 0; i < G_N_ELEMENTS (alike); i++)
    if (alike[i].from == c)
      return (gunichar) (unsigned char) alike[i].to;
  return c;
}

/* False for what is not seen, or separates only. */
static bool
is_letter (gunichar c)
{
  return c == '|' || g_unichar_isalnum (c) || g_unichar_type (c) == G_UNICODE_OTHER_SYMBOL;
}

static void
join (GString *skeleton, const char *pair, char one)
{
  char *at;

  while ((at = strstr (skeleton->str, pair)) != NULL) {
    *at = one;
    g_string_erase (skeleton, at + 1 - skeleton->str, 1);
  }
}

char *
hark_name_skeleton (const char *name)
{
  g_autofree char *plain = g_utf8_normalize (name, -1, G_NORMALIZE_ALL);
  GString *skeleton = g_string_new (NULL);

  for (const char *at = plain != NULL ? plain : ""; *at != '\0'; at = g_utf8_next_char (at)) {
    gunichar c = g_utf8_get_char (at);
    gunichar seen = look_up (c);

    if (is_letter (c))
      g_string_append_unichar (skeleton, seen != c ? seen : look_up (g_unichar_tolower (c)));
  }
  join (skeleton, "rn", 'm');
  join (skeleton, "vv", 'w');
  return g_string_free (skeleton, FALSE);
}
