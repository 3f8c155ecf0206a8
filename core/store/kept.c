/* core/store/kept.c - what we keep for others: sealed mail. */
#include "core/store/database.h"

int
hark_kept_put (HarkDatabase *database, const HarkStoreKept *kept, GBytes *sealed)
{
  sqlite3_stmt *put = hark_database_begin (database, HARK_SQL_PUT_KEPT);
  gsize len = 0;
  const void *bytes = g_bytes_get_data (sealed, &len);

  hark_bind_u64 (put, 1, kept->number);
  hark_bind_bytes (put, 2, kept->id, sizeof kept->id);
  hark_bind_bytes (put, 3, kept->tag, sizeof kept->tag);
  hark_bind_bytes (put, 4, kept->lock, sizeof kept->lock);
  hark_bind_bytes (put, 5, kept->depositor.bytes, sizeof kept->depositor.bytes);
  hark_bind_i64 (put, 6, kept->made_ms);
  hark_bind_bytes (put, 7, bytes, len);
  return hark_database_end (put, sqlite3_step (put));
}

int
hark_kept_get (HarkDatabase *database, const uint8_t id[16], GBytes **ret)
{
  sqlite3_stmt *get = hark_database_begin (database, HARK_SQL_GET_KEPT);
  int rc;

  hark_bind_bytes (get, 1, id, 16);
  rc = sqlite3_step (get);
  if (rc == SQLITE_ROW)
    *ret = g_bytes_new (sqlite3_column_blob (get, 0), (gsize) sqlite3_column_bytes (get, 0));
  return hark_database_end (get, rc);
}

int
hark_kept_delete (HarkDatabase *database, const uint8_t id[16])
{
  sqlite3_stmt *delete = hark_database_begin (database, HARK_SQL_DELETE_KEPT);

  hark_bind_bytes (delete, 1, id, 16);
  return hark_database_end (delete, sqlite3_step (delete));
}

int
hark_kept_get_all (HarkDatabase *database, GArray *ret)
{
  sqlite3_stmt *get = hark_database_begin (database, HARK_SQL_GET_ALL_KEPT);
  int rc;

  while ((rc = sqlite3_step (get)) == SQLITE_ROW) {
    HarkStoreKept kept = {.number = hark_column_u64 (get, 0),
                          .made_ms = sqlite3_column_int64 (get, 5),
                          .len = (uint32_t) sqlite3_column_int (get, 6)};

    hark_column_bytes (get, 1, kept.id, sizeof kept.id);
    hark_column_bytes (get, 2, kept.tag, sizeof kept.tag);
    hark_column_bytes (get, 3, kept.lock, sizeof kept.lock);
    hark_column_bytes (get, 4, kept.depositor.bytes, sizeof kept.depositor.bytes);
    g_array_append_val (ret, kept);
  }
  return hark_database_end (get, rc);
}
