#include "ui/language.h"

#include <glib/gi18n.h>
#include <gtk/gtk.h>
#include <stdbool.h>

#define DOMAIN "hark"
#define LRM "\u200e"
#define RLM "\u200f"
#define FSI "\u2068" /* first strong isolate: what follows has a direction of its own, */
#define PDI "\u2069" /* until here (UAX #9) */

/* (transfer full) (nullable) */
static char *
find_beside (void)
{
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *folder = self ? g_path_get_dirname (self) : NULL;
  g_autofree char *po = folder ? g_build_filename (folder, "..", "ui", "po", NULL) : NULL;

  return po && g_file_test (po, G_FILE_TEST_IS_DIR) ? g_steal_pointer (&po) : NULL;
}

void
hark_language_start (const char *folder)
{
  g_autofree char *beside = folder ? NULL : find_beside ();

  bindtextdomain (DOMAIN, folder ? folder : beside ? beside : HARK_LOCALEDIR);
  bind_textdomain_codeset (DOMAIN, "UTF-8");
  textdomain (DOMAIN);
}

void
hark_language_turn (void)
{
  /* Translators: default:RTL where the language is written from right to left */
  if (g_strcmp0 (_ ("default:LTR"), "default:RTL") == 0)
    gtk_widget_set_default_direction (GTK_TEXT_DIR_RTL);
}

/* Of the scripts that people write today from right to left. */
static bool
is_from_right (gunichar c)
{
  static const GUnicodeScript scripts[]
    = {G_UNICODE_SCRIPT_HEBREW, G_UNICODE_SCRIPT_ARABIC, G_UNICODE_SCRIPT_SYRIAC,
       G_UNICODE_SCRIPT_THAANA, G_UNICODE_SCRIPT_NKO,    G_UNICODE_SCRIPT_SAMARITAN,
       G_UNICODE_SCRIPT_ADLAM,  G_UNICODE_SCRIPT_MANDAIC};

  for (gsize i = 0; i < G_N_ELEMENTS (scripts); i++)
    if (g_unichar_get_script (c) == scripts[i])
      return true;
  return false;
}

/* Whether a letter of @text runs against the direction of the sentences here. */
static bool
runs_against (const char *text)
{
  bool rtl = gtk_widget_get_default_direction () == GTK_TEXT_DIR_RTL;

  for (; *text; text = g_utf8_next_char (text)) {
    gunichar c = g_utf8_get_char (text);

    if (g_unichar_isalpha (c) && is_from_right (c) != rtl)
      return true;
  }
  return false;
}

char *
hark_language_apart (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text ? text : "", -1);
  GString *apart;

  if (!runs_against (valid))
    return g_steal_pointer (&valid);
  /* a line that begins with it still takes the language's direction: GTK goes by the first letter
   */
  apart
    = g_string_new (gtk_widget_get_default_direction () == GTK_TEXT_DIR_RTL ? RLM FSI : LRM FSI);
  for (const char *at = valid; *at; at = g_utf8_next_char (at)) {
    gunichar c = g_utf8_get_char (at);

    if (c < 0x2066 || c > 0x2069) /* nothing in it can end the isolation */
      g_string_append_unichar (apart, c);
  }
  return g_string_free (g_string_append (apart, PDI), FALSE);
}
