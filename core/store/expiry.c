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

/* What began to count under a clock that was ahead, and was set back since, begins anew: else it
 * would stay for as long as the clock was wrong. */
static int
shorten_timers (HarkDatabase *database, int64_t now_ms)
{
  sqlite3_stmt *set;
  int rc;

  if (database->expired_ms > 0 && now_ms >= database->expired_ms)
    return SQLITE_OK;
  set = hark_database_begin (database, HARK_SQL_SHORTEN_TIMERS);
  hark_bind_i64 (set, 1, now_ms);
  rc = sqlite3_step (set);
  return hark_database_end (set, rc);
}

int
hark_messages_expire (HarkDatabase *database, int64_t now_ms, GPtrArray *ret, int64_t *ret_next)
{
  sqlite3_stmt *get;
  int rc = shorten_timers (database, now_ms);

  if (rc != SQLITE_OK)
    return rc;
  database->expired_ms = now_ms;
  get = hark_database_begin (database, HARK_SQL_GET_EXPIRED);
  hark_bind_i64 (get, 1, now_ms);
  hark_bind_i64 (get, 2, EXPIRE_MAX);
  rc = hark_messages_read (get, ret);
  for (guint i = 0; i < ret->len && rc == SQLITE_OK; i++)
    rc = hark_message_wipe (database, ret->pdata[i], false);
  return rc == SQLITE_OK ? next_expiry (database, ret_next) : rc;
}
