/* core/store/index.c - words in the index. */
#include "core/store/database.h"

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
