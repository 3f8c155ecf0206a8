/* The languages of the window: what the engine says in them, counting, and names that run the other
 * way. The language is chosen by the environment, once for each process. */
#include "ui/core-words.h"
#include "ui/language.h"
#include "ui/words/people.h"
#include "ui/words/times.h"

#include <gtk/gtk.h>
#include <locale.h>

static void
check (char *words, const char *expected)
{
  g_assert_cmpstr (words, ==, expected);
  g_free (words);
}

static void
test_engine (void)
{
  check (hark_core_words (NULL), NULL);
  check (hark_core_words (""), "");
  check (hark_core_words ("No answer"), "Keine Antwort");
  check (hark_core_words ("Bob's Hark is not online."), "Das Hark von Bob ist nicht online.");
  check (hark_core_words ("Of no use to anybody."), "Of no use to anybody.");
  check (hark_core_words ("Bob has closed Hark. Last seen: 3 days ago."),
         "Bob hat Hark geschlossen. Zuletzt gesehen: vor 3 Tagen.");
  check (hark_core_words ("Waiting at Bob's node for Carol to come online."),
         "Wartet bei dem Knoten von Bob, bis Carol online ist.");
}

/* What peers are called must not take a sentence apart, nor a long one hold the window up. */
static void
test_hostile (void)
{
  g_autofree char *braces = hark_core_words ("{1} {2} %s's Hark is not online.");
  g_autofree char *name = g_strnfill (100000, '{');
  g_autofree char *line = g_strconcat (name, "'s Hark is not online.", NULL);

  g_assert_cmpstr (braces, ==, "Das Hark von {1} {2} %s ist nicht online.");
  check (hark_core_words (line), line);
}

static void
test_counts (void)
{
  check (hark_words_duration (1), "1 Sekunde");
  check (hark_words_duration (300), "5 Minuten");
  check (hark_words_duration (86400), "1 Tag");
  check (hark_words_duration (28 * 86400), "4 Wochen");
}

/* A verb and a name beside each other are a sentence in English alone. */
static void
test_questions (void)
{
  const HarkPerson bob = {.name = (char *) "Bob"};

  check (hark_words_parting (&bob, true), "Bob blockieren?");
  check (hark_words_parting (&bob, false), "Bob entfernen?");
}

static void
test_directions (void)
{
  gtk_widget_set_default_direction (GTK_TEXT_DIR_LTR);
  check (hark_language_apart (NULL), "");
  check (hark_language_apart ("Bob, 12:30"), "Bob, 12:30");
  check (hark_language_apart ("ليلى"), "\u200e\u2068ليلى\u2069");
  check (hark_language_apart ("\u2069ליאור\u2068"), "\u200e\u2068ליאור\u2069");
  gtk_widget_set_default_direction (GTK_TEXT_DIR_RTL);
  check (hark_language_apart ("Bob"), "\u200f\u2068Bob\u2069");
  check (hark_language_apart ("ليلى 12"), "ليلى 12");
}

int
main (int argc, char **argv)
{
  g_setenv ("LC_ALL", "C.UTF-8", TRUE);
  g_setenv ("LANGUAGE", "de", TRUE);
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
  hark_language_start (HARK_PO);
  g_test_add_func ("/language/engine-speaks-it", test_engine);
  g_test_add_func ("/language/names-take-no-sentence-apart", test_hostile);
  g_test_add_func ("/language/counts-in-it", test_counts);
  g_test_add_func ("/language/questions-are-whole", test_questions);
  g_test_add_func ("/language/other-directions-are-isolated", test_directions);
  return g_test_run ();
}
