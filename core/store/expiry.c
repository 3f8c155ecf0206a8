/* core/store/expiry.c - messages that disappear. */
#include "core/store/database.h"

#define EXPIRE_MAX 500 /* in one request */

static int
next_expiry (HarkDatabase *database, int64_t *ret)
{
  sqlite3_stmt *get = hark_database_begin (database, HARK_SQL_NEXT_EXPIRY);
  const int rc = sqlite3_step (get);

  *ret = rc == SQLITE_ROW ? sqlite3_column_int64 (get, 0) : 0;
  return hark_database_end (get, rc);
}

int
hark_messages_expire (HarkDatabase *database, int64_t now_ms, GPtrArray *ret, int64_t *ret_next)
{
  sqlite3_stmt *get = hark_database_begin (database, HARK_SQL_GET_EXPIRED);
  int rc;

  hark_bind_i64 (get, 1, now_ms);
  hark_bind_i64 (get, 2, EXPIRE_MAX);
  rc = hark_messages_read (get, ret);
  for (guint i = 0; i < ret->len && rc == SQLITE_OK; i++)
    rc = hark_message_wipe (database, ret->pdata[i], false);
  return rc == SQLITE_OK ? next_expiry (database, ret_next) : rc;
}
