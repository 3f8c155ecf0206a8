#include "core/store/database.h"

#include <string.h>

static void
bind_token (sqlite3_stmt *statement, int at, bool has, const HarkToken *token)
{
  hark_bind_optional (statement, at, has, token->bytes, sizeof token->bytes);
}

static void
bind_secret (sqlite3_stmt *statement, int at, bool has, const HarkSecret *secret)
{
  hark_bind_optional (statement, at, has, secret->bytes, sizeof secret->bytes);
}

int
hark_contact_put (HarkDatabase *database, const HarkStoreContact *contact)
{
  sqlite3_stmt *put = hark_database_begin (database, HARK_SQL_PUT_CONTACT);

  hark_bind_bytes (put, 1, contact->account.bytes, sizeof contact->account.bytes);
  hark_bind_i64 (put, 2, contact->status);
  hark_bind_text (put, 3, contact->name);
  hark_bind_text (put, 4, contact->petname);
  hark_bind_text (put, 5, contact->request_text);
  bind_token (put, 6, contact->has_reach, &contact->reach);
  bind_token (put, 7, contact->has_first, &contact->first);
  bind_token (put, 8, contact->has_answer, &contact->answer);
  bind_secret (put, 9, contact->has_pairwise, &contact->pairwise);
  bind_secret (put, 10, contact->has_pairwise_previous, &contact->pairwise_previous);
  bind_token (put, 11, true, &contact->via);
  hark_bind_i64 (put, 12, contact->list_version);
  hark_bind_i64 (put, 13, contact->verified);
  hark_bind_i64 (put, 14, contact->added_ms);
  hark_bind_i64 (put, 15, contact->last_seen_ms);
  hark_bind_i64 (put, 16, contact->pairwise_ms);
  return hark_database_end (put, sqlite3_step (put));
}

static void
read_contact (sqlite3_stmt *row, HarkStoreContact *ret)
{
  hark_column_bytes (row, 0, ret->account.bytes, sizeof ret->account.bytes);
  ret->status = (HarkContactStatus) sqlite3_column_int (row, 1);
  hark_column_text (row, 2, ret->name, sizeof ret->name);
  hark_column_text (row, 3, ret->petname, sizeof ret->petname);
  hark_column_text (row, 4, ret->request_text, sizeof ret->request_text);
  ret->has_reach = hark_column_bytes (row, 5, ret->reach.bytes, sizeof ret->reach.bytes);
  ret->has_first = hark_column_bytes (row, 6, ret->first.bytes, sizeof ret->first.bytes);
  ret->has_answer = hark_column_bytes (row, 7, ret->answer.bytes, sizeof ret->answer.bytes);
  ret->has_pairwise = hark_column_bytes (row, 8, ret->pairwise.bytes, sizeof ret->pairwise.bytes);
  ret->has_pairwise_previous
    = hark_column_bytes (row, 9, ret->pairwise_previous.bytes, sizeof ret->pairwise_previous.bytes);
  hark_column_bytes (row, 10, ret->via.bytes, sizeof ret->via.bytes);
  ret->list_version = (uint32_t) sqlite3_column_int64 (row, 11);
  ret->verified = (uint8_t) sqlite3_column_int (row, 12);
  ret->added_ms = sqlite3_column_int64 (row, 13);
  ret->last_seen_ms = sqlite3_column_int64 (row, 14);
  ret->pairwise_ms = sqlite3_column_int64 (row, 15);
}

int
hark_contacts_get (HarkDatabase *database, GArray *ret)
{
  sqlite3_stmt *get = hark_database_begin (database, HARK_SQL_GET_CONTACTS);
  HarkStoreContact contact;
  int rc;

  while ((rc = sqlite3_step (get)) == SQLITE_ROW) {
    memset (&contact, 0, sizeof contact);
    read_contact (get, &contact);
    g_array_append_val (ret, contact);
  }

  sodium_memzero (&contact, sizeof contact);
  return hark_database_end (get, rc);
}

int
hark_contact_delete (HarkDatabase *database, const HarkKey *account)
{
  sqlite3_stmt *delete = hark_database_begin (database, HARK_SQL_DELETE_CONTACT);
  int rc;

  hark_bind_bytes (delete, 1, account->bytes, sizeof account->bytes);
  rc = hark_database_end (delete, sqlite3_step (delete));
  if (rc == SQLITE_OK)
    rc = hark_messages_delete_of (database, account);
  if (rc == SQLITE_OK)
    rc = hark_transfers_delete_of (database, account);
  if (rc == SQLITE_OK)
    rc = hark_people_delete_of (database, account);

  return rc;
}
