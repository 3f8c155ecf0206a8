#include "core/files/name.h"

#include <glib.h>
#include <stdbool.h>
#include <string.h>

#define REPLACED "/\\:*?\"<>|"
#define EXTENSION_LEN_MAX 20 /* bytes with its dot; a longer one is no extension */

static bool
is_hidden (gunichar c)
{
  GUnicodeType type = g_unichar_type (c);

  return type == G_UNICODE_CONTROL || type == G_UNICODE_FORMAT || type == G_UNICODE_LINE_SEPARATOR
         || type == G_UNICODE_PARAGRAPH_SEPARATOR || type == G_UNICODE_SURROGATE
         || type == G_UNICODE_PRIVATE_USE || type == G_UNICODE_UNASSIGNED || c == 0x115F
         || c == 0x1160 || c == 0x3164 || c == 0xFFA0;
}

/* What a character becomes; 0: nothing. */
static gunichar
clean_char (gunichar c)
{
  if (is_hidden (c))
    return 0;
  if (c < 128 && strchr (REPLACED, (int) c) != NULL)
    return '_';
  if (g_unichar_isspace (c))
    return ' ';
  return c;
}

static bool
is_trimmed (char c)
{
  return c == '.' || c == ' ';
}

static void
trim (GString *name)
{
  size_t lead = 0;

  while (name->len > 0 && is_trimmed (name->str[name->len - 1]))
    g_string_truncate (name, name->len - 1);
  while (lead < name->len && is_trimmed (name->str[lead]))
    lead++;
  g_string_erase (name, 0, (gssize) lead);
}

/* Where the extension starts, with its dot; the end when there is none worth the name. */
static size_t
extension_at (const char *name)
{
  const char *dot = strrchr (name, '.');
  size_t len = strlen (name);

  if (dot == NULL || dot == name || dot[1] == '\0'
      || len - (size_t) (dot - name) > EXTENSION_LEN_MAX)
    return len;
  return (size_t) (dot - name);
}

/* Cuts the stem at a character's start, so that @name has at most @len_max bytes. */
static void
shorten (GString *name, size_t len_max)
{
  size_t extension = extension_at (name->str);
  size_t extension_len = name->len - extension;
  size_t cut = len_max - extension_len;

  if (name->len <= len_max)
    return;
  while (cut > 0 && ((guchar) name->str[cut] & 0xC0) == 0x80)
    cut--;
  while (cut > 0 && is_trimmed (name->str[cut - 1]))
    cut--;
  g_string_erase (name, (gssize) cut, (gssize) (extension - cut));
}

/* Names that are devices on other systems, with or without an extension. */
static bool
is_device (const char *name)
{
  static const char *const devices[] = {"con", "prn", "aux", "nul", "clock$", "conin$", "conout$"};
  size_t stem = strcspn (name, ".");

  while (stem > 0 && name[stem - 1] == ' ')
    stem--;
  for (size_t i = 0; i < G_N_ELEMENTS (devices); i++)
    if (stem == strlen (devices[i]) && g_ascii_strncasecmp (name, devices[i], stem) == 0)
      return true;
  return stem == 4 && g_ascii_isdigit (name[3])
         && (g_ascii_strncasecmp (name, "com", 3) == 0
             || g_ascii_strncasecmp (name, "lpt", 3) == 0);
}

/* Nothing below would change it: as most names are, and folders may have a million. */
static bool
is_plain (const char *name)
{
  const size_t len = strlen (name);

  if (len == 0 || len > HARK_FILE_NAME_LEN_MAX || name[0] == '-' || is_trimmed (name[0])
      || is_trimmed (name[len - 1]) || strpbrk (name, REPLACED) != NULL)
    return false;
  for (size_t i = 0; i < len; i++)
    if (!g_ascii_isprint (name[i]))
      return false;
  return !is_device (name);
}

char *
hark_file_name_clean (const char *offered)
{
  g_autofree char *valid = NULL;
  g_autofree char *composed = NULL;
  GString *name;

  if (offered != NULL && is_plain (offered))
    return g_strdup (offered);
  valid = g_utf8_make_valid (offered != NULL ? offered : "", -1);
  composed = g_utf8_normalize (valid, -1, G_NORMALIZE_NFC);
  name = g_string_new (NULL);
  for (const char *at = composed; at != NULL && *at != '\0'; at = g_utf8_next_char (at)) {
    gunichar c = clean_char (g_utf8_get_char (at));

    if (c != 0)
      g_string_append_unichar (name, c == 0xFFFD ? '_' : c);
  }
  trim (name);
  if (name->len > 0 && name->str[0] == '-')
    name->str[0] = '_';
  if (is_device (name->str))
    g_string_prepend_c (name, '_');
  shorten (name, HARK_FILE_NAME_LEN_MAX);
  if (name->len == 0)
    g_string_append (name, "file");
  return g_string_free (name, FALSE);
}

char *
hark_file_name_numbered (const char *name, unsigned number)
{
  size_t extension = extension_at (name);

  if (number <= 1)
    return g_strdup (name);
  return g_strdup_printf ("%.*s (%u)%s", (int) extension, name, number, name + extension);
}

char *
hark_file_name_fit (const char *name, size_t len_max)
{
  GString *fit = g_string_new (name);

  shorten (fit, MAX (len_max, HARK_FILE_NAME_LEN_LEAST));
  return g_string_free (fit, FALSE);
}
