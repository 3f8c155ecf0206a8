/* core/store/tidy.c - words that were taken out of the index leave it when nobody waits.
 *
 * FTS5 only notes what was deleted, until the parts of its index are merged; all at once that takes
 * as long as the index is large. So the setting "loose" says that it is to be done (0: from the
 * beginning, 1: it goes on), in the transaction that deleted; a piece is done whenever the thread
 * would sleep, also after the next start. Source: SQLite's FTS5, "The 'merge' Command".
 */
#include "core/store/database.h"

#define PIECE 64 /* pages written at a time: milliseconds */
#define STILL 2  /* fewer changes: there was nothing to merge */

/* -1: nothing is to be done. */
static int
get_stage (HarkDatabase *database)
{
  sqlite3_stmt *get = hark_database_begin (database, HARK_SQL_GET_SETTING);
  uint8_t stage = 0;
  bool found;

  hark_bind_text (get, 1, "loose");
  found = sqlite3_step (get) == SQLITE_ROW && hark_column_bytes (get, 0, &stage, 1);
  hark_database_end (get, SQLITE_DONE);
  return found ? stage : -1;
}

/* @ret_over: nothing is left to merge. */
static int
merge (HarkDatabase *database, int stage, bool *ret_over)
{
  sqlite3_stmt *merge = hark_database_begin (database, HARK_SQL_MERGE_PIECE);
  const sqlite3_int64 before = sqlite3_total_changes64 (database->handle);
  int rc;

  hark_bind_i64 (merge, 1, stage == 0 ? -PIECE : PIECE);
  rc = hark_database_end (merge, sqlite3_step (merge));
  *ret_over = sqlite3_total_changes64 (database->handle) - before < STILL;
  return rc;
}

bool
hark_database_tidy (HarkDatabase *database)
{
  const int stage = get_stage (database);
  bool over = false;
  int rc;

  if (stage < 0)
    return false;
  rc = hark_database_transact (database);
  if (rc == SQLITE_OK)
    rc = merge (database, stage, &over);
  if (rc == SQLITE_OK)
    rc = hark_database_run (database, over ? HARK_SQL_WORDS_MERGED : HARK_SQL_GO_ON_MERGING);
  if (rc == SQLITE_OK)
    rc = hark_database_run (database, HARK_SQL_COMMIT);
  if (rc != SQLITE_OK)
    hark_database_undo (database);
  return rc == SQLITE_OK && !over; /* a disk that takes nothing is asked again later */
}
