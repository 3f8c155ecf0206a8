#include "core/store/database.h"

int
hark_account_put (HarkDatabase *database, const HarkStoreAccount *account)
{
  sqlite3_stmt *put = hark_database_begin (database, HARK_SQL_PUT_ACCOUNT);

  hark_bind_text (put, 1, account->name);
  hark_bind_bytes (put, 2, account->account_seed.bytes, sizeof account->account_seed.bytes);
  hark_bind_bytes (put, 3, account->device_secret.bytes, sizeof account->device_secret.bytes);
  hark_bind_bytes (put, 4, account->device_id, sizeof account->device_id);
  hark_bind_bytes (put, 5, account->certificate, sizeof account->certificate);
  hark_bind_bytes (put, 6, account->contacts_token.bytes, sizeof account->contacts_token.bytes);
  return hark_database_end (put, sqlite3_step (put));
}

int
hark_account_get (HarkDatabase *database, HarkStoreAccount *ret, bool *ret_found)
{
  sqlite3_stmt *get = hark_database_begin (database, HARK_SQL_GET_ACCOUNT);
  const int rc = sqlite3_step (get);

  *ret_found = false;
  if (rc == SQLITE_ROW) {
    hark_column_text (get, 0, ret->name, sizeof ret->name);
    *ret_found
      = hark_column_bytes (get, 1, ret->account_seed.bytes, sizeof ret->account_seed.bytes)
        && hark_column_bytes (get, 2, ret->device_secret.bytes, sizeof ret->device_secret.bytes)
        && hark_column_bytes (get, 3, ret->device_id, sizeof ret->device_id)
        && hark_column_bytes (get, 4, ret->certificate, sizeof ret->certificate)
        && hark_column_bytes (get, 5, ret->contacts_token.bytes, sizeof ret->contacts_token.bytes);
  }

  return hark_database_end (get, rc);
}

int
hark_address_put (HarkDatabase *database, const HarkStoreAddress *address)
{
  sqlite3_stmt *put = hark_database_begin (database, HARK_SQL_PUT_ADDRESS);

  hark_bind_bytes (put, 1, address->token.bytes, sizeof address->token.bytes);
  hark_bind_i64 (put, 2, address->kind);
  hark_bind_text (put, 3, address->label);
  hark_bind_i64 (put, 4, address->made_ms);
  return hark_database_end (put, sqlite3_step (put));
}

int
hark_address_delete (HarkDatabase *database, const HarkToken *token)
{
  sqlite3_stmt *delete = hark_database_begin (database, HARK_SQL_DELETE_ADDRESS);

  hark_bind_bytes (delete, 1, token->bytes, sizeof token->bytes);
  return hark_database_end (delete, sqlite3_step (delete));
}

int
hark_addresses_get (HarkDatabase *database, GArray *ret)
{
  sqlite3_stmt *get = hark_database_begin (database, HARK_SQL_GET_ADDRESSES);
  int rc;

  while ((rc = sqlite3_step (get)) == SQLITE_ROW) {
    HarkStoreAddress address = {0};

    hark_column_bytes (get, 0, address.token.bytes, sizeof address.token.bytes);
    address.kind = (HarkStoreAddressKind) sqlite3_column_int (get, 1);
    hark_column_text (get, 2, address.label, sizeof address.label);
    address.made_ms = sqlite3_column_int64 (get, 3);
    g_array_append_val (ret, address);
    hark_token_clear (&address.token);
  }

  return hark_database_end (get, rc);
}

int
hark_setting_put (HarkDatabase *database, const char *name, GBytes *value)
{
  sqlite3_stmt *put = hark_database_begin (database, HARK_SQL_PUT_SETTING);
  gsize len = 0;
  const void *bytes = value != NULL ? g_bytes_get_data (value, &len) : NULL;

  hark_bind_text (put, 1, name);
  hark_bind_optional (put, 2, bytes != NULL, bytes, len);
  return hark_database_end (put, sqlite3_step (put));
}

int
hark_setting_get (HarkDatabase *database, const char *name, GBytes **ret)
{
  sqlite3_stmt *get = hark_database_begin (database, HARK_SQL_GET_SETTING);
  const void *bytes;
  int rc;

  hark_bind_text (get, 1, name);
  rc = sqlite3_step (get);
  if (rc == SQLITE_ROW) {
    bytes = sqlite3_column_blob (get, 0);
    if (bytes != NULL)
      *ret = g_bytes_new (bytes, (gsize) sqlite3_column_bytes (get, 0));
  }

  return hark_database_end (get, rc);
}
