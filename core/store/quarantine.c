/* core/store/quarantine.c - what came in and was refused, kept apart to be looked at. */
#include "core/store/database.h"

#include <string.h>

void
hark_store_quarantined_free (HarkStoreQuarantined *refused)
{
  if (refused == NULL)
    return;
  g_free (refused->text);
  g_free (refused->reason);
  g_free (refused);
}

static char *
cut (const char *text)
{
  g_autofree char *start = g_strndup (text, HARK_STORE_QUARANTINE_TEXT_MAX);

  return g_utf8_make_valid (start, -1);
}

static int
trim (HarkDatabase *database, HarkSql sql, const HarkKey *account, unsigned keep)
{
  sqlite3_stmt *run = hark_database_begin (database, sql);

  hark_bind_bytes (run, 1, account->bytes, sizeof account->bytes);
  hark_bind_i64 (run, 2, keep);
  return hark_database_end (run, sqlite3_step (run));
}

int
hark_quarantine_put (HarkDatabase *database, const HarkStoreMessage *message, const char *reason)
{
  g_autofree char *text = cut (message->text != NULL ? message->text : "");
  sqlite3_stmt *put = hark_database_begin (database, HARK_SQL_PUT_QUARANTINE);
  int rc;

  hark_bind_bytes (put, 1, message->contact.bytes, sizeof message->contact.bytes);
  hark_bind_bytes (put, 2, message->id, sizeof message->id);
  hark_bind_i64 (put, 3, message->kind);
  hark_bind_u64 (put, 4, message->seq);
  hark_bind_text (put, 5, text);
  hark_bind_text (put, 6, reason);
  hark_bind_i64 (put, 7, message->received_ms);
  rc = hark_database_end (put, sqlite3_step (put));
  if (rc == SQLITE_OK)
    rc = trim (database, HARK_SQL_TRIM_QUARANTINE_OF, &message->contact,
               HARK_STORE_QUARANTINE_MAX_OF);
  if (rc == SQLITE_OK)
    rc = trim (database, HARK_SQL_TRIM_QUARANTINE, &message->contact, HARK_STORE_QUARANTINE_MAX);
  return rc;
}

int
hark_quarantine_delete_of (HarkDatabase *database, const HarkKey *account)
{
  sqlite3_stmt *delete = hark_database_begin (database, HARK_SQL_DELETE_QUARANTINE_OF);

  hark_bind_bytes (delete, 1, account->bytes, sizeof account->bytes);
  return hark_database_end (delete, sqlite3_step (delete));
}

int
hark_quarantine_prune (HarkDatabase *database, const HarkStoreRequest *request)
{
  sqlite3_stmt *prune = hark_database_begin (database, HARK_SQL_PRUNE_QUARANTINE);

  hark_bind_i64 (prune, 1, request->at_ms);
  hark_bind_i64 (prune, 2, request->limit);
  return hark_database_end (prune, sqlite3_step (prune));
}

int
hark_quarantine_get (HarkDatabase *database, GPtrArray *ret)
{
  sqlite3_stmt *get = hark_database_begin (database, HARK_SQL_GET_QUARANTINE);
  int rc;

  while ((rc = sqlite3_step (get)) == SQLITE_ROW) {
    HarkStoreQuarantined *refused = g_new0 (HarkStoreQuarantined, 1);

    hark_column_bytes (get, 0, refused->contact.bytes, sizeof refused->contact.bytes);
    hark_column_bytes (get, 1, refused->id, sizeof refused->id);
    refused->kind = (HarkMessageKind) sqlite3_column_int (get, 2);
    refused->seq = hark_column_u64 (get, 3);
    refused->text = hark_column_dup (get, 4);
    refused->reason = hark_column_dup (get, 5);
    refused->received_ms = sqlite3_column_int64 (get, 6);
    g_ptr_array_add (ret, refused);
  }
  return hark_database_end (get, rc);
}
