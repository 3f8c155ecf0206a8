/* core/store/people.c - what people tell of themselves and the user notes about them; pictures. */
#include "core/store/database.h"

#include <string.h>

int
hark_person_put (HarkDatabase *database, const HarkStorePerson *person)
{
  sqlite3_stmt *put = hark_database_begin (database, HARK_SQL_PUT_PERSON);

  hark_bind_bytes (put, 1, person->account.bytes, sizeof person->account.bytes);
  hark_bind_u64 (put, 2, person->version);
  hark_bind_text (put, 3, person->status_text);
  hark_bind_optional (put, 4, person->has_picture, person->picture, sizeof person->picture);
  hark_bind_i64 (put, 5, person->availability);
  hark_bind_text (put, 6, person->notes);
  hark_bind_i64 (put, 7, person->verified_ms);
  hark_bind_i64 (put, 8, person->silent_until_ms);
  hark_bind_i64 (put, 9, person->favourite);
  hark_bind_i64 (put, 10, person->may);
  hark_bind_text (put, 11, person->via);
  hark_bind_optional (put, 12, person->has_told, person->told.bytes, sizeof person->told.bytes);
  return hark_database_end (put, sqlite3_step (put));
}

static void
read_person (sqlite3_stmt *row, HarkStorePerson *ret)
{
  hark_column_bytes (row, 0, ret->account.bytes, sizeof ret->account.bytes);
  ret->version = hark_column_u64 (row, 1);
  hark_column_text (row, 2, ret->status_text, sizeof ret->status_text);
  ret->has_picture = hark_column_bytes (row, 3, ret->picture, sizeof ret->picture);
  ret->availability = (uint8_t) sqlite3_column_int (row, 4);
  hark_column_text (row, 5, ret->notes, sizeof ret->notes);
  ret->verified_ms = sqlite3_column_int64 (row, 6);
  ret->silent_until_ms = sqlite3_column_int64 (row, 7);
  ret->favourite = sqlite3_column_int (row, 8) != 0;
  ret->may = (uint32_t) sqlite3_column_int64 (row, 9);
  hark_column_text (row, 10, ret->via, sizeof ret->via);
  ret->has_told = hark_column_bytes (row, 11, ret->told.bytes, sizeof ret->told.bytes);
}

int
hark_people_get (HarkDatabase *database, GArray *ret)
{
  sqlite3_stmt *get = hark_database_begin (database, HARK_SQL_GET_PEOPLE);
  int rc;

  while ((rc = sqlite3_step (get)) == SQLITE_ROW) {
    HarkStorePerson person = {0};

    read_person (get, &person);
    g_array_append_val (ret, person);
    hark_token_clear (&person.told);
  }

  return hark_database_end (get, rc);
}

static int
delete_picture (HarkDatabase *database, const HarkKey *account)
{
  sqlite3_stmt *delete = hark_database_begin (database, HARK_SQL_DELETE_PICTURE);

  hark_bind_bytes (delete, 1, account->bytes, sizeof account->bytes);
  return hark_database_end (delete, sqlite3_step (delete));
}

int
hark_picture_put (HarkDatabase *database, const HarkStorePerson *person, GBytes *picture)
{
  sqlite3_stmt *put;
  const void *pixels;
  int rc = hark_person_put (database, person);
  gsize len;

  if (rc != SQLITE_OK)
    return rc;
  if (picture == NULL)
    return delete_picture (database, &person->account);
  pixels = g_bytes_get_data (picture, &len);
  put = hark_database_begin (database, HARK_SQL_PUT_PICTURE);
  hark_bind_bytes (put, 1, person->account.bytes, sizeof person->account.bytes);
  hark_bind_bytes (put, 2, pixels, len);
  return hark_database_end (put, sqlite3_step (put));
}

int
hark_picture_get (HarkDatabase *database, const HarkKey *account, GBytes **ret)
{
  sqlite3_stmt *get = hark_database_begin (database, HARK_SQL_GET_PICTURE);
  int rc;

  hark_bind_bytes (get, 1, account->bytes, sizeof account->bytes);
  rc = sqlite3_step (get);
  if (rc == SQLITE_ROW && sqlite3_column_blob (get, 0) != NULL)
    *ret = g_bytes_new (sqlite3_column_blob (get, 0), (gsize) sqlite3_column_bytes (get, 0));
  return hark_database_end (get, rc);
}

int
hark_people_delete_of (HarkDatabase *database, const HarkKey *account)
{
  sqlite3_stmt *delete = hark_database_begin (database, HARK_SQL_DELETE_PERSON);
  int rc;

  hark_bind_bytes (delete, 1, account->bytes, sizeof account->bytes);
  rc = hark_database_end (delete, sqlite3_step (delete));
  return rc == SQLITE_OK ? delete_picture (database, account) : rc;
}
