/* Words against the published vectors, and as people type them. */
#include "core/identity/words.h"
#include "tests/vectors.h"

static void
test_vectors (void)
{
  g_autoptr (JsonParser) parser = vectors_load ("bip39-en.json");
  JsonArray *vectors = json_object_get_array_member (vectors_root (parser), "vectors");

  g_assert_cmpuint (json_array_get_length (vectors), ==, 24);
  for (guint i = 0; i < json_array_get_length (vectors); i++) {
    JsonObject *vector = json_array_get_object_element (vectors, i);
    g_autoptr (GByteArray) entropy = vectors_bytes (vector, "entropy");
    char words[HARK_WORDS_TEXT_LEN];
    uint8_t decoded[HARK_WORDS_ENTROPY_MAX];

    hark_words_encode (entropy->data, entropy->len, words);
    g_assert_cmpstr (words, ==, vectors_text (vector, "words"));
    g_assert_cmpint (hark_words_decode (words, decoded, entropy->len, NULL), ==, HARK_WORDS_OK);
    assert_bytes (decoded, entropy->len, entropy->data, entropy->len);
  }
}

static void
test_list_is_the_published_one (void)
{
  g_autoptr (GString) text = g_string_new (NULL);
  uint8_t hash[32];
  char hex[HARK_HEX_LEN (32)];

  for (size_t i = 0; i < HARK_WORD_LIST_LEN; i++)
    g_string_append_printf (text, "%s\n", hark_word_list[i]);
  crypto_hash_sha256 (hash, (const uint8_t *) text->str, text->len);
  g_assert_cmpstr (hark_hex_format (hash, sizeof hash, hex), ==,
                   "2f5eed53a4727b4bf8880d8f3f199efc90e58503646d9ff8eff3a2ed3b24dbda");
}

static void
test_every_word_is_found (void)
{
  for (int i = 0; i < HARK_WORD_LIST_LEN; i++) {
    const char *word = hark_word_list[i];

    g_assert_cmpint (hark_words_find (word, strlen (word)), ==, i);
    g_assert_cmpint (hark_words_find (word, MIN (strlen (word), 4)), ==, i);
  }
  g_assert_cmpint (hark_words_find ("ZOO", 3), ==, HARK_WORD_LIST_LEN - 1);
  g_assert_cmpint (hark_words_find ("zooo", 4), ==, -1);
  g_assert_cmpint (hark_words_find ("aba", 3), ==, -1);
  g_assert_cmpint (hark_words_find ("abandonment", 11), ==, -1);
  g_assert_cmpint (hark_words_find ("", 0), ==, -1);
  g_assert_cmpint (hark_words_find ("\xff\xff\xff\xff", 4), ==, -1);
}

static void
test_typed_words_are_understood (void)
{
  HarkSecret seed = {
    {1, 2, 3, 4, 5}
  };
  HarkSecret typed;
  char words[HARK_WORDS_TEXT_LEN];
  g_autofree char *upper = NULL;
  g_autoptr (GString) untidy = g_string_new ("  ");
  g_auto (GStrv) split = NULL;

  hark_words_from_seed (&seed, words);
  split = g_strsplit (words, " ", -1);
  g_assert_cmpuint (g_strv_length (split), ==, HARK_WORDS_MAX);
  for (char **word = split; *word; word++)
    g_string_append_printf (untidy, "%.4s\t\n ", *word);
  upper = g_ascii_strup (words, -1);
  g_assert_cmpint (hark_words_to_seed (untidy->str, &typed, NULL), ==, HARK_WORDS_OK);
  g_assert_true (hark_secret_equal (&seed, &typed));
  g_assert_cmpint (hark_words_to_seed (upper, &typed, NULL), ==, HARK_WORDS_OK);
  g_assert_true (hark_secret_equal (&seed, &typed));
}

static void
test_says_what_is_wrong (void)
{
  HarkSecret seed = {{0}};
  HarkSecret typed = {{9}};
  char words[HARK_WORDS_TEXT_LEN];
  g_auto (GStrv) split = NULL;
  g_autofree char *other = NULL;
  g_autofree char *swapped = NULL;
  g_autofree char *more = NULL;
  unsigned word = 99;

  hark_words_from_seed (&seed, words); /* 23 times abandon, art */
  g_assert_cmpint (hark_words_to_seed ("", &typed, &word), ==, HARK_WORDS_WRONG_COUNT);
  g_assert_cmpint (hark_words_to_seed ("abandon", &typed, &word), ==, HARK_WORDS_WRONG_COUNT);
  more = g_strconcat (words, " abandon", NULL);
  g_assert_cmpint (hark_words_to_seed (more, &typed, &word), ==, HARK_WORDS_WRONG_COUNT);
  g_assert_cmpuint (word, ==, 99);

  split = g_strsplit (words, " ", -1);
  g_free (split[7]);
  split[7] = g_strdup ("harkk");
  other = g_strjoinv (" ", split);
  g_assert_cmpint (hark_words_to_seed (other, &typed, &word), ==, HARK_WORDS_UNKNOWN_WORD);
  g_assert_cmpuint (word, ==, 7);

  g_free (split[7]);
  split[7] = g_strdup ("ability");
  swapped = g_strjoinv (" ", split);
  g_assert_cmpint (hark_words_to_seed (swapped, &typed, NULL), ==, HARK_WORDS_CHECKSUM);
  g_assert_cmpuint (typed.bytes[0], ==, 9);
}

int
main (int argc, char *argv[])
{
  g_assert_cmpint (sodium_init (), >=, 0);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/words/published-vectors", test_vectors);
  g_test_add_func ("/words/list-is-the-published-one", test_list_is_the_published_one);
  g_test_add_func ("/words/every-word-is-found", test_every_word_is_found);
  g_test_add_func ("/words/typed-words-are-understood", test_typed_words_are_understood);
  g_test_add_func ("/words/says-what-is-wrong", test_says_what_is_wrong);
  return g_test_run ();
}
