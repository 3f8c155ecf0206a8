#include "core/store/database.h"

static const char *
or_empty (const char *text)
{
  return text != NULL ? text : "";
}

static int
put_list (HarkDatabase *database, const HarkStoreTransfer *transfer)
{
  sqlite3_stmt *put = hark_database_begin (database, HARK_SQL_PUT_TRANSFER_LIST);

  hark_bind_u64 (put, 1, transfer->id);
  hark_bind_bytes (put, 2, g_bytes_get_data (transfer->list, NULL),
                   g_bytes_get_size (transfer->list));
  hark_bind_i64 (put, 3, HARK_STORE_TRANSFER_FINISHED);
  return hark_database_end (put, sqlite3_step (put));
}

int
hark_transfer_put (HarkDatabase *database, const HarkStoreTransfer *transfer)
{
  sqlite3_stmt *put = hark_database_begin (database, HARK_SQL_PUT_TRANSFER);
  int rc;

  hark_bind_u64 (put, 1, transfer->id);
  hark_bind_bytes (put, 2, transfer->offer, sizeof transfer->offer);
  hark_bind_bytes (put, 3, transfer->contact.bytes, sizeof transfer->contact.bytes);
  hark_bind_i64 (put, 4, transfer->outgoing);
  hark_bind_i64 (put, 5, transfer->state);
  hark_bind_text (put, 6, or_empty (transfer->name));
  hark_bind_text (put, 7, or_empty (transfer->path));
  hark_bind_u64 (put, 8, transfer->size);
  hark_bind_i64 (put, 9, transfer->mtime_ms);
  hark_bind_bytes (put, 10, transfer->root, sizeof transfer->root);
  hark_bind_u64 (put, 11, transfer->done);
  if (transfer->reason != NULL)
    hark_bind_text (put, 12, transfer->reason);
  hark_bind_i64 (put, 13, transfer->made_ms);
  hark_bind_i64 (put, 14, transfer->files);
  hark_bind_i64 (put, 15, transfer->manifest_len);
  if (transfer->manifest_len > 0)
    hark_bind_bytes (put, 16, transfer->manifest, sizeof transfer->manifest);
  hark_bind_bytes (put, 17, transfer->sample, sizeof transfer->sample);
  if (transfer->preview != NULL)
    hark_bind_bytes (put, 18, g_bytes_get_data (transfer->preview, NULL),
                     g_bytes_get_size (transfer->preview));
  if (transfer->people != NULL)
    hark_bind_bytes (put, 19, g_bytes_get_data (transfer->people, NULL),
                     g_bytes_get_size (transfer->people));
  rc = hark_database_end (put, sqlite3_step (put));
  return rc == SQLITE_OK && transfer->list != NULL ? put_list (database, transfer) : rc;
}

int
hark_transfer_delete (HarkDatabase *database, uint64_t id)
{
  sqlite3_stmt *delete = hark_database_begin (database, HARK_SQL_DELETE_TRANSFER);

  hark_bind_u64 (delete, 1, id);
  return hark_database_end (delete, sqlite3_step (delete));
}

int
hark_transfers_delete_of (HarkDatabase *database, const HarkKey *contact)
{
  sqlite3_stmt *delete = hark_database_begin (database, HARK_SQL_DELETE_TRANSFERS_OF);

  hark_bind_bytes (delete, 1, contact->bytes, sizeof contact->bytes);
  return hark_database_end (delete, sqlite3_step (delete));
}

static int
read_transfers (sqlite3_stmt *get, GPtrArray *ret)
{
  int rc;

  while ((rc = sqlite3_step (get)) == SQLITE_ROW) {
    HarkStoreTransfer *transfer = g_new0 (HarkStoreTransfer, 1);

    transfer->id = hark_column_u64 (get, 0);
    hark_column_bytes (get, 1, transfer->offer, sizeof transfer->offer);
    hark_column_bytes (get, 2, transfer->contact.bytes, sizeof transfer->contact.bytes);
    transfer->outgoing = sqlite3_column_int (get, 3) != 0;
    transfer->state = (uint8_t) sqlite3_column_int (get, 4);
    transfer->name = hark_column_dup (get, 5);
    transfer->path = hark_column_dup (get, 6);
    transfer->size = hark_column_u64 (get, 7);
    transfer->mtime_ms = sqlite3_column_int64 (get, 8);
    hark_column_bytes (get, 9, transfer->root, sizeof transfer->root);
    transfer->done = hark_column_u64 (get, 10);
    transfer->reason = hark_column_dup (get, 11);
    transfer->made_ms = sqlite3_column_int64 (get, 12);
    transfer->files = (uint32_t) sqlite3_column_int64 (get, 13);
    transfer->manifest_len = (uint32_t) sqlite3_column_int64 (get, 14);
    if (transfer->manifest_len > 0)
      hark_column_bytes (get, 15, transfer->manifest, sizeof transfer->manifest);
    if (sqlite3_column_type (get, 16) == SQLITE_BLOB)
      hark_column_bytes (get, 16, transfer->sample, sizeof transfer->sample);
    if (sqlite3_column_type (get, 17) == SQLITE_BLOB)
      transfer->preview
        = g_bytes_new (sqlite3_column_blob (get, 17), (gsize) sqlite3_column_bytes (get, 17));
    if (sqlite3_column_type (get, 18) == SQLITE_BLOB)
      transfer->people
        = g_bytes_new (sqlite3_column_blob (get, 18), (gsize) sqlite3_column_bytes (get, 18));
    if (sqlite3_column_count (get) > 19 && sqlite3_column_type (get, 19) == SQLITE_BLOB)
      transfer->list
        = g_bytes_new (sqlite3_column_blob (get, 19), (gsize) sqlite3_column_bytes (get, 19));
    g_ptr_array_add (ret, transfer);
  }

  return hark_database_end (get, rc);
}

int
hark_transfers_get (HarkDatabase *database, GPtrArray *ret)
{
  sqlite3_stmt *get = hark_database_begin (database, HARK_SQL_GET_TRANSFERS);

  hark_bind_i64 (get, 1, HARK_STORE_TRANSFER_FINISHED);
  return read_transfers (get, ret);
}

int
hark_transfers_get_finished (HarkDatabase *database, uint64_t after, unsigned limit, GPtrArray *ret)
{
  sqlite3_stmt *get = hark_database_begin (database, HARK_SQL_GET_FINISHED);

  hark_bind_i64 (get, 1, HARK_STORE_TRANSFER_FINISHED);
  hark_bind_u64 (get, 2, after);
  hark_bind_i64 (get, 3, limit);
  return read_transfers (get, ret);
}

int
hark_transfers_get_alike (HarkDatabase *database, const HarkStoreTransfer *to, GPtrArray *ret)
{
  sqlite3_stmt *get = hark_database_begin (database, HARK_SQL_GET_ALIKE);

  hark_bind_u64 (get, 1, to->size);
  hark_bind_u64 (get, 2, to->id);
  hark_bind_i64 (get, 3, HARK_STORE_ALIKE_MAX);
  return read_transfers (get, ret);
}

int
hark_transfers_get_of (HarkDatabase *database, const GPtrArray *messages, GPtrArray *ret)
{
  int rc = SQLITE_OK;

  for (guint i = 0; rc == SQLITE_OK && i < messages->len; i++) {
    const HarkStoreMessage *message = messages->pdata[i];
    sqlite3_stmt *get;

    if (message->kind != HARK_MESSAGE_FILE)
      continue;
    get = hark_database_begin (database, HARK_SQL_GET_TRANSFER);
    hark_bind_u64 (get, 1, message->ref);
    rc = read_transfers (get, ret);
  }
  return rc;
}
