#include "core/store/query.h"
#include "core/store/words.h"

#include <glib.h>
#include <string.h>

static int
join (const HarkWord *word, void *data)
{
  GString *all = data;

  g_assert_cmpuint (word->len, >, 0);
  g_assert_cmpuint (word->len, <=, HARK_WORD_MAX);
  g_assert_cmpuint (word->start, <, word->end);
  if (all->len > 0)
    g_string_append_c (all, '|');
  g_string_append_len (all, word->word, (gssize) word->len);
  return 0;
}

static void
check (const char *text, HarkWordsUse use, const char *expected)
{
  g_autoptr (GString) all = g_string_new (NULL);

  g_assert_cmpint (hark_words_split (text, strlen (text), use, join, all), ==, 0);
  g_assert_cmpstr (all->str, ==, expected);
}

static void
test_words (void)
{
  check ("", HARK_WORDS_OF_TEXT, "");
  check ("Meet at 7, don't be late!", HARK_WORDS_OF_TEXT, "meet|at|7|don|t|be|late");
  check ("Café CAFE\xcc\x81 naïve Straße Łódź", HARK_WORDS_OF_TEXT, "cafe|cafe|naive|strasse|lodz");
  check ("İstanbul ışık ΌΔΟΣ όδος Ёлка", HARK_WORDS_OF_TEXT, "istanbul|isik|οδοσ|οδοσ|елка");
  check ("ﬁne ＡＢＣ１２", HARK_WORDS_OF_TEXT, "fine|abc12");
  check ("שָׁלוֹם السَّلامُ أهلا", HARK_WORDS_OF_TEXT, "שלום|السلام|اهلا");
  check ("हिन्दी में", HARK_WORDS_OF_TEXT, "हिन्दी|में");
  check ("party 🎉👍🏽!", HARK_WORDS_OF_TEXT, "party|🎉|👍");
}

static void
test_dense (void)
{
  check ("東京都", HARK_WORDS_OF_TEXT, "東京|京都|都");
  check ("東京都", HARK_WORDS_OF_QUESTION, "東京|京都");
  check ("東", HARK_WORDS_OF_QUESTION, "東");
  check ("東京 都", HARK_WORDS_OF_QUESTION, "東京|京|都");
  check ("東京2024年", HARK_WORDS_OF_TEXT, "東京|京|2024|年");
  check ("ラーメン ﾗｰﾒﾝ", HARK_WORDS_OF_TEXT, "ラー|ーメ|メン|ン|ラー|ーメ|メン|ン");
  check ("학교에", HARK_WORDS_OF_TEXT, "학교|교에|에");
  check ("ที่นี่", HARK_WORDS_OF_TEXT, "ที่นี่|นี่");
  /* kana stay what they are, however their voice is written */
  check ("が か\xe3\x82\x99", HARK_WORDS_OF_TEXT, "か\xe3\x82\x99|か\xe3\x82\x99");
}

static void
test_nonsense (void)
{
  g_autofree char *longest = g_strnfill (70000, 'x');
  g_autofree char *cut = g_strnfill (HARK_WORD_MAX, 'x');
  g_autoptr (GString) marks = g_string_new ("a");
  char kept[HARK_WORD_MAX] = ""; /* whole characters only */

  check ("\xff\xfe"
         "ab\xc3 \xe6\x9d",
         HARK_WORDS_OF_TEXT, "ab");
  check ("\xcc\x81 \xcc\x81", HARK_WORDS_OF_TEXT, "");
  check (longest, HARK_WORDS_OF_TEXT, cut);
  for (unsigned i = 0; i < 1000; i++)
    g_string_append (marks, "\xe0\xb8\xb4");
  memcpy (kept, marks->str, 94);
  check (marks->str, HARK_WORDS_OF_TEXT, kept);
}

/* ---- questions ----------------------------------------------------------------------------------
 */

static void
check_matches (const char *typed, const char *text, const char *expected)
{
  g_autoptr (HarkQuery) query = hark_query_parse (typed);
  g_autoptr (GString) all = g_string_new (NULL);
  HarkQueryMatch matches[4];
  size_t n;

  g_assert_nonnull (query);
  n = hark_query_find (query, text, matches, G_N_ELEMENTS (matches));
  for (size_t i = 0; i < n; i++) {
    if (i > 0)
      g_string_append_c (all, '|');
    g_string_append_len (all, text + matches[i].start, (gssize) matches[i].len);
  }
  g_assert_cmpstr (all->str, ==, expected);
}

static void
test_matches (void)
{
  check_matches ("boat", "The Boat, the boats; a lifeboat", "Boat|boats");
  check_matches ("\"boat\"", "The Boat, the boats", "Boat");
  check_matches ("\"the boat\"", "The Boat, the boats", "The Boat");
  check_matches ("\"the boa", "The Boat, the boats", "The Boat|the boats");
  check_matches ("cafe", "im Café", "Café");
  check_matches ("京都", "東京都に京都", "京都|京都");
  check_matches ("都", "東京都に京都", "都|都");
  check_matches ("„京都に“", "東京都に", "京都に");
  check_matches ("東京2024", "東京2024年", "東京2024");
  check_matches ("don't", "they don't", "don't");
  check_matches ("🎉", "now 🎉🎉", "🎉|🎉");
  check_matches ("a", "a a a a a a", "a|a|a|a");
}

static void
test_query (void)
{
  static const char *const none[] = {"", "  ", "\"\"", "!?", "\" \" -"};
  g_autoptr (HarkQuery) query = hark_query_parse ("two wo\"rds\" OR NEAR( text:* 東");
  g_autofree char *fts = hark_query_to_fts (query, "text", NULL, NULL);
  g_autoptr (GString) many = g_string_new (NULL);

  g_assert_cmpstr (fts, ==,
                   "text : (\"two\" * AND \"wo\" * AND \"rds\" AND \"OR\" * AND \"NEAR(\" * AND "
                   "\"text:*\" * AND \"東\" *)");
  for (size_t i = 0; i < G_N_ELEMENTS (none); i++)
    g_assert_null (hark_query_parse (none[i]));
  for (unsigned i = 0; i < 10000; i++)
    g_string_append (many, "word \"");
  hark_query_free (hark_query_parse (many->str));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/words/are-folded-in-every-script", test_words);
  g_test_add_func ("/words/scripts-without-spaces-give-pairs", test_dense);
  g_test_add_func ("/words/nonsense-is-between-words-and-length-bounded", test_nonsense);
  g_test_add_func ("/query/matches-are-where-the-words-stand", test_matches);
  g_test_add_func ("/query/nothing-typed-is-an-operator", test_query);
  return g_test_run ();
}
