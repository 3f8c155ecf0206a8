/* core/store/search.c - messages by their words. */
#include "core/store/database.h"
#include "core/store/query.h"

#define WORDS_MAX 24 /* that begin as was typed and are asked for one by one */

/* The first word of the index that is not before @from. (transfer full) @ret: NULL: none. */
static int
find_word (HarkDatabase *database, const char *from, char **ret)
{
  sqlite3_stmt *find = hark_database_begin (database, HARK_SQL_FIND_WORD);
  int rc;

  hark_bind_text (find, 1, from);
  rc = sqlite3_step (find);
  *ret = rc == SQLITE_ROW ? hark_column_dup (find, 0) : NULL;
  return hark_database_end (find, rc);
}

/* FTS5 makes one list of all messages with a word that begins so before it gives the newest of
 * them; of whole words it takes what is asked for from each list's end. So the words are looked up
 * first, by one step each, however many messages have them. */
static GPtrArray *
expand (const char *beginning, void *data)
{
  g_autoptr (GPtrArray) words = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *from = g_strdup (beginning);

  while (words->len <= WORDS_MAX) {
    g_autofree char *word = NULL;

    if (find_word (data, from, &word) != SQLITE_OK)
      return NULL;
    if (word == NULL || !g_str_has_prefix (word, beginning))
      return g_steal_pointer (&words);
    g_free (from);
    from = g_strconcat (word, "\x01", NULL); /* what comes next: no word has such a character */
    g_ptr_array_add (words, g_steal_pointer (&word));
  }
  return NULL;
}

int
hark_messages_search (HarkDatabase *database,
                      const char *text,
                      const HarkKey *contact,
                      uint64_t before,
                      unsigned limit,
                      GPtrArray *ret)
{
  g_autoptr (HarkQuery) query = hark_query_parse (text);
  g_autofree char *words = NULL, *all = NULL;
  sqlite3_int64 conversation = 0;
  sqlite3_stmt *search;
  int rc = SQLITE_OK;

  if (contact != NULL)
    rc = hark_conversation_find (database, contact, false, &conversation);
  if (rc != SQLITE_OK || query == NULL || (contact != NULL && conversation == 0))
    return rc;

  words = hark_query_to_fts (query, "text", expand, database);
  all = contact != NULL ? g_strdup_printf ("chat : c%lld AND %s", conversation, words)
                        : g_steal_pointer (&words);
  search = hark_database_begin (database, HARK_SQL_SEARCH);
  hark_bind_text (search, 1, all);
  hark_bind_i64 (search, 2, before == 0 || before > INT64_MAX ? INT64_MAX : (int64_t) before);
  hark_bind_i64 (search, 3, limit);
  return hark_messages_read (search, ret);
}
