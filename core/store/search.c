/* core/store/search.c - words in the index, and messages by them. */
#include "core/store/database.h"
#include "core/store/query.h"

static int
change_words (
  HarkDatabase *database, HarkSql sql, sqlite3_int64 conversation, uint64_t row, const char *text)
{
  sqlite3_stmt *change = hark_database_begin (database, sql);

  hark_bind_u64 (change, 1, row);
  hark_bind_text (change, 2, text);
  hark_bind_i64 (change, 3, conversation);
  return hark_database_end (change, sqlite3_step (change));
}

int
hark_words_put (HarkDatabase *database, sqlite3_int64 conversation, uint64_t row, const char *text)
{
  return change_words (database, HARK_SQL_PUT_WORDS, conversation, row, text);
}

int
hark_words_drop (HarkDatabase *database, sqlite3_int64 conversation, uint64_t row, const char *text)
{
  return change_words (database, HARK_SQL_DROP_WORDS, conversation, row, text);
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

  words = hark_query_to_fts (query, "text");
  all = contact != NULL ? g_strdup_printf ("chat : c%lld AND %s", conversation, words)
                        : g_steal_pointer (&words);
  search = hark_database_begin (database, HARK_SQL_SEARCH);
  hark_bind_text (search, 1, all);
  hark_bind_i64 (search, 2, before == 0 || before > INT64_MAX ? INT64_MAX : (int64_t) before);
  hark_bind_i64 (search, 3, limit);
  return hark_messages_read (search, ret);
}
