#include "ui/chat/shortcodes.h"

#include <gtk/gtk.h>
#include <stdbool.h>
#include <string.h>

#define FORMAT "a(ausasu)" /* code points (0: where a skin tone may go), name, keywords, group */
#define ENGLISH "/org/gtk/libgtk/emoji/en.data"

typedef struct {
  char *text;
  char *name;
  char *folded; /* the name, in small letters */
  char **words; /* keywords, likewise */
} Emoji;

static GArray *known; /* Emoji; NULL: not read yet */

/* ---- reading ---- */

static char *
text_of (GVariant *points)
{
  GString *text = g_string_new (NULL);
  gsize n;
  const guint32 *point = g_variant_get_fixed_array (points, &n, sizeof *point);

  for (gsize i = 0; i < n; i++)
    if (point[i] != 0 && g_unichar_validate (point[i]))
      g_string_append_unichar (text, point[i]);
  if (n == 1 && point[0] < 0x1F000) /* what is a plain sign elsewhere comes in colour */
    g_string_append_unichar (text, 0xFE0F);
  return g_string_free (text, FALSE);
}

static void
add (GVariant *child)
{
  g_autoptr (GVariant) points = g_variant_get_child_value (child, 0);
  g_autoptr (GVariant) words = g_variant_get_child_value (child, 2);
  Emoji emoji = {.text = text_of (points)};

  g_variant_get_child (child, 1, "s", &emoji.name);
  emoji.folded = g_utf8_strdown (emoji.name, -1);
  emoji.words = g_variant_dup_strv (words, NULL);
  for (char **word = emoji.words; *word; word++) {
    char *small = g_utf8_strdown (*word, -1);

    g_free (*word);
    *word = small;
  }
  g_array_append_val (known, emoji);
}

/* @bytes: (nullable): of another format in another GTK: then there are none. */
static void
add_all (GBytes *bytes)
{
  g_autoptr (GVariant) list
    = bytes ? g_variant_ref_sink (g_variant_new_from_bytes (G_VARIANT_TYPE (FORMAT), bytes, FALSE))
            : NULL;

  if (!list || !g_variant_is_normal_form (list))
    return;
  for (gsize i = 0; i < g_variant_n_children (list); i++) {
    g_autoptr (GVariant) child = g_variant_get_child_value (list, i);

    add (child);
  }
}

/* (transfer full) (nullable): what GTK has in @language beside its library. */
static GBytes *
read_language (const char *language)
{
  g_autofree char *file = g_strdup_printf ("gtk-3.0/emoji/%s.gresource", language);
  g_autofree char *inside = g_strdup_printf ("/org/gtk/libgtk/emoji/%s.data", language);

  for (const char *const *dir = g_get_system_data_dirs (); *dir; dir++) {
    g_autofree char *path = g_build_filename (*dir, file, NULL);
    GResource *resource = g_resource_load (path, NULL);
    GBytes *bytes = resource ? g_resource_lookup_data (resource, inside, 0, NULL) : NULL;

    g_clear_pointer (&resource, g_resource_unref);
    if (bytes)
      return bytes;
  }
  return NULL;
}

static void
need (void)
{
  const char *locale = pango_language_to_string (pango_language_get_default ());
  g_autofree char *language = g_strndup (locale, strcspn (locale, "-_."));
  g_autoptr (GBytes) own = NULL;
  g_autoptr (GBytes) english = NULL;

  if (known)
    return;
  known = g_array_new (FALSE, FALSE, sizeof (Emoji));
  if (strcmp (language, "en") != 0)
    own = read_language (language);
  add_all (own);
  english = g_resources_lookup_data (ENGLISH, 0, NULL);
  add_all (english);
}

/* ---- finding ---- */

/* 0: the name begins so; 1: a keyword; 2: a word within the name; 3: nothing. */
static unsigned
rank (const Emoji *emoji, const char *wanted)
{
  if (g_str_has_prefix (emoji->folded, wanted))
    return 0;
  for (char **word = emoji->words; *word; word++)
    if (g_str_has_prefix (*word, wanted))
      return 1;
  for (const char *at = strchr (emoji->folded, ' '); at; at = strchr (at + 1, ' '))
    if (g_str_has_prefix (at + 1, wanted))
      return 2;
  return 3;
}

/* (transfer full) */
static char *
wanted_of (const char *typed)
{
  return g_strdelimit (g_utf8_strdown (typed, -1), "_", ' ');
}

static bool
is_in (const GArray *found, const char *text)
{
  for (guint i = 0; i < found->len; i++)
    if (strcmp (g_array_index (found, HarkShortcode, i).text, text) == 0)
      return true;
  return false; /* else it is there in the other language */
}

GArray *
hark_shortcodes_find (const char *typed, guint max)
{
  g_autofree char *wanted = wanted_of (typed);
  GArray *found = g_array_new (FALSE, FALSE, sizeof (HarkShortcode));

  need ();
  for (unsigned wave = 0; wave < 3; wave++)
    for (guint i = 0; i < known->len && found->len < max; i++) {
      const Emoji *emoji = &g_array_index (known, Emoji, i);
      const HarkShortcode code = {emoji->text, emoji->name};

      if (rank (emoji, wanted) == wave && !is_in (found, emoji->text))
        g_array_append_val (found, code);
    }
  return found;
}

const char *
hark_shortcodes_exact (const char *typed)
{
  g_autofree char *wanted = wanted_of (typed);
  const char *found = NULL;

  need ();
  for (guint i = 0; i < known->len; i++) {
    const Emoji *emoji = &g_array_index (known, Emoji, i);

    if (strcmp (emoji->folded, wanted) == 0)
      return emoji->text;
    if (!found && g_strv_contains ((const char *const *) emoji->words, wanted))
      found = emoji->text;
  }
  return found;
}
