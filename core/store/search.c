/* core/store/search.c - messages by their words. */
#include "core/store/database.h"
#include "core/store/query.h"

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
