/* core/store/groups.c - groups, and what their members wrote, byte for byte as it is passed on. */
#include "core/store/database.h"

#include <string.h>

void
hark_store_group_entry_free (HarkStoreGroupEntry *entry)
{
  if (entry == NULL)
    return;
  g_clear_pointer (&entry->content, g_bytes_unref);
  g_clear_pointer (&entry->tags, g_bytes_unref);
  g_clear_pointer (&entry->body, g_bytes_unref);
  g_free (entry);
}

void
hark_store_group_key (const uint8_t id[16], HarkKey *ret)
{
  *ret = (HarkKey){{0}};
  memcpy (ret->bytes, id, 16);
}

bool
hark_store_group_of (const HarkKey *key, uint8_t ret[16])
{
  static const uint8_t zeros[16];

  if (memcmp (key->bytes + 16, zeros, sizeof zeros) != 0)
    return false;
  memcpy (ret, key->bytes, 16);
  return true;
}

static void
bind_blob (sqlite3_stmt *statement, int at, GBytes *bytes)
{
  gsize len = 0;
  const void *data = g_bytes_get_data (bytes, &len);

  hark_bind_bytes (statement, at, len > 0 ? data : "", len);
}

int
hark_group_put (HarkDatabase *database, const HarkStoreGroup *group)
{
  sqlite3_stmt *put = hark_database_begin (database, HARK_SQL_PUT_GROUP);

  hark_bind_bytes (put, 1, group->id, sizeof group->id);
  hark_bind_i64 (put, 2, group->state);
  hark_bind_bytes (put, 3, group->founder.bytes, sizeof group->founder.bytes);
  hark_bind_bytes (put, 4, group->nonce, sizeof group->nonce);
  hark_bind_bytes (put, 5, group->sponsor.bytes, sizeof group->sponsor.bytes);
  hark_bind_text (put, 6, group->name);
  hark_bind_bytes (put, 7, group->invite, sizeof group->invite);
  hark_bind_i64 (put, 8, group->clock);
  hark_bind_i64 (put, 9, group->members);
  hark_bind_i64 (put, 10, group->epoch);
  hark_bind_i64 (put, 11, group->notices);
  hark_bind_i64 (put, 12, group->made_ms);
  hark_bind_i64 (put, 13, group->read_clock);
  return hark_database_end (put, sqlite3_step (put));
}

int
hark_groups_get (HarkDatabase *database, GArray *ret)
{
  sqlite3_stmt *get = hark_database_begin (database, HARK_SQL_GET_GROUPS);
  int rc;

  while ((rc = sqlite3_step (get)) == SQLITE_ROW) {
    HarkStoreGroup group = {.state = (HarkStoreGroupState) sqlite3_column_int (get, 1),
                            .clock = sqlite3_column_int64 (get, 7),
                            .members = (uint32_t) sqlite3_column_int64 (get, 8),
                            .epoch = (uint32_t) sqlite3_column_int64 (get, 9),
                            .notices = (uint8_t) sqlite3_column_int (get, 10),
                            .made_ms = sqlite3_column_int64 (get, 11),
                            .read_clock = sqlite3_column_int64 (get, 12)};

    hark_column_bytes (get, 0, group.id, sizeof group.id);
    hark_column_bytes (get, 2, group.founder.bytes, sizeof group.founder.bytes);
    hark_column_bytes (get, 3, group.nonce, sizeof group.nonce);
    hark_column_bytes (get, 4, group.sponsor.bytes, sizeof group.sponsor.bytes);
    hark_column_text (get, 5, group.name, sizeof group.name);
    hark_column_bytes (get, 6, group.invite, sizeof group.invite);
    g_array_append_val (ret, group);
  }
  return hark_database_end (get, rc);
}

static int
delete_by_id (HarkDatabase *database, HarkSql sql, const uint8_t id[16])
{
  sqlite3_stmt *statement = hark_database_begin (database, sql);

  hark_bind_bytes (statement, 1, id, 16);
  return hark_database_end (statement, sqlite3_step (statement));
}

int
hark_group_delete (HarkDatabase *database, const uint8_t id[16])
{
  HarkKey conversation;
  int rc;

  hark_store_group_key (id, &conversation);
  rc = hark_messages_delete_of (database, &conversation);
  if (rc == SQLITE_OK)
    rc = hark_people_delete_of (database, &conversation); /* its picture */
  if (rc == SQLITE_OK)
    rc = hark_transfers_delete_of (database, &conversation);
  if (rc == SQLITE_OK)
    rc = delete_by_id (database, HARK_SQL_DELETE_GROUP_ENTRIES, id);
  if (rc == SQLITE_OK)
    rc = delete_by_id (database, HARK_SQL_DELETE_GROUP_READS, id);
  if (rc == SQLITE_OK)
    rc = delete_by_id (database, HARK_SQL_DELETE_GROUP, id);
  return rc;
}

/* ---- entries ---- */

static void
bind_place (sqlite3_stmt *statement, const HarkStoreGroupEntry *entry)
{
  hark_bind_bytes (statement, 1, entry->group, sizeof entry->group);
  hark_bind_bytes (statement, 2, entry->author.bytes, sizeof entry->author.bytes);
  hark_bind_bytes (statement, 3, entry->chain, sizeof entry->chain);
  hark_bind_u64 (statement, 4, entry->seq);
}

int
hark_group_entry_put (HarkDatabase *database, const HarkStoreGroupEntry *entry)
{
  sqlite3_stmt *put = hark_database_begin (database, HARK_SQL_PUT_GROUP_ENTRY);

  bind_place (put, entry);
  hark_bind_i64 (put, 5, entry->proof);
  bind_blob (put, 6, entry->content);
  bind_blob (put, 7, entry->tags);
  if (entry->body != NULL)
    bind_blob (put, 8, entry->body);
  else
    hark_bind_optional (put, 8, false, NULL, 0);
  hark_bind_optional (put, 9, entry->has_message, entry->message, sizeof entry->message);
  hark_bind_optional (put, 10, entry->has_about, entry->about, sizeof entry->about);
  hark_bind_i64 (put, 11, entry->wanted_until);
  return hark_database_end (put, sqlite3_step (put));
}

int
hark_group_entries_wipe (HarkDatabase *database, const uint8_t group[16], const uint8_t message[16])
{
  sqlite3_stmt *wipe = hark_database_begin (database, HARK_SQL_WIPE_GROUP_ENTRIES);

  hark_bind_bytes (wipe, 1, group, 16);
  hark_bind_bytes (wipe, 2, message, 16);
  return hark_database_end (wipe, sqlite3_step (wipe));
}

int
hark_group_entries_cut (HarkDatabase *database, const HarkStoreGroupEntry *from)
{
  sqlite3_stmt *cut = hark_database_begin (database, HARK_SQL_CUT_GROUP_CHAIN);

  bind_place (cut, from);
  return hark_database_end (cut, sqlite3_step (cut));
}

static int
read_entries (sqlite3_stmt *get, GPtrArray *ret)
{
  int rc;

  while ((rc = sqlite3_step (get)) == SQLITE_ROW) {
    HarkStoreGroupEntry *entry = g_new0 (HarkStoreGroupEntry, 1);

    hark_column_bytes (get, 0, entry->group, sizeof entry->group);
    hark_column_bytes (get, 1, entry->author.bytes, sizeof entry->author.bytes);
    hark_column_bytes (get, 2, entry->chain, sizeof entry->chain);
    entry->seq = hark_column_u64 (get, 3);
    entry->proof = (uint8_t) sqlite3_column_int (get, 4);
    entry->content
      = g_bytes_new (sqlite3_column_blob (get, 5), (gsize) sqlite3_column_bytes (get, 5));
    entry->tags = g_bytes_new (sqlite3_column_blob (get, 6), (gsize) sqlite3_column_bytes (get, 6));
    entry->position = hark_column_u64 (get, 7);
    if (sqlite3_column_type (get, 8) != SQLITE_NULL)
      entry->body
        = g_bytes_new (sqlite3_column_blob (get, 8), (gsize) sqlite3_column_bytes (get, 8));
    entry->has_message = hark_column_bytes (get, 9, entry->message, sizeof entry->message);
    entry->has_about = hark_column_bytes (get, 10, entry->about, sizeof entry->about);
    entry->wanted_until = sqlite3_column_int64 (get, 11);
    g_ptr_array_add (ret, entry);
  }
  return hark_database_end (get, rc);
}

int
hark_group_entries_get (
  HarkDatabase *database, const uint8_t id[16], uint64_t after, unsigned limit, GPtrArray *ret)
{
  sqlite3_stmt *get = hark_database_begin (database, HARK_SQL_GET_GROUP_ENTRIES);

  hark_bind_bytes (get, 1, id, 16);
  hark_bind_u64 (get, 2, after);
  hark_bind_i64 (get, 3, limit);
  return read_entries (get, ret);
}

int
hark_group_entries_get_heads (HarkDatabase *database, GPtrArray *ret)
{
  int rc = read_entries (hark_database_begin (database, HARK_SQL_GET_GROUP_OPS), ret);

  if (rc == SQLITE_OK)
    rc = read_entries (hark_database_begin (database, HARK_SQL_GET_GROUP_HEADS), ret);
  return rc;
}

int
hark_group_entry_get (HarkDatabase *database, const HarkStoreGroupEntry *place, GPtrArray *ret)
{
  sqlite3_stmt *get = hark_database_begin (database, HARK_SQL_GET_GROUP_ENTRY);

  bind_place (get, place);
  return read_entries (get, ret);
}

/* ---- bodies that were left out ---- */

int
hark_group_wanted_get (
  HarkDatabase *database, const uint8_t id[16], int64_t now_ms, unsigned limit, GPtrArray *ret)
{
  sqlite3_stmt *get = hark_database_begin (database, HARK_SQL_GET_GROUP_WANTED);

  hark_bind_bytes (get, 1, id, 16);
  hark_bind_i64 (get, 2, now_ms);
  hark_bind_i64 (get, 3, limit);
  return read_entries (get, ret);
}

int
hark_group_body_put (HarkDatabase *database, const HarkStoreGroupEntry *entry, bool *ret_put)
{
  sqlite3_stmt *put = hark_database_begin (database, HARK_SQL_PUT_GROUP_BODY);
  int rc;

  bind_place (put, entry);
  bind_blob (put, 5, entry->content);
  bind_blob (put, 6, entry->body);
  rc = hark_database_end (put, sqlite3_step (put));
  *ret_put = rc == SQLITE_OK && sqlite3_changes (database->handle) > 0;
  return rc;
}

int
hark_group_body_is_wanted (HarkDatabase *database,
                           const uint8_t group[16],
                           const uint8_t id[16],
                           bool *ret)
{
  sqlite3_stmt *get = hark_database_begin (database, HARK_SQL_IS_GROUP_BODY_WANTED);
  int rc;

  hark_bind_bytes (get, 1, group, 16);
  hark_bind_bytes (get, 2, id, 16);
  rc = sqlite3_step (get);
  *ret = rc == SQLITE_ROW;
  return hark_database_end (get, rc);
}

/* ---- how far members have read ---- */

int
hark_group_read_put (HarkDatabase *database,
                     const uint8_t id[16],
                     const HarkKey *account,
                     uint64_t clock)
{
  sqlite3_stmt *put = hark_database_begin (database, HARK_SQL_PUT_GROUP_READ);

  hark_bind_bytes (put, 1, id, 16);
  hark_bind_bytes (put, 2, account->bytes, sizeof account->bytes);
  hark_bind_u64 (put, 3, clock);
  return hark_database_end (put, sqlite3_step (put));
}

int
hark_group_reads_get (HarkDatabase *database, GArray *ret)
{
  sqlite3_stmt *get = hark_database_begin (database, HARK_SQL_GET_GROUP_READS);
  int rc;

  while ((rc = sqlite3_step (get)) == SQLITE_ROW) {
    HarkStoreGroupRead read = {.clock = sqlite3_column_int64 (get, 2)};

    hark_column_bytes (get, 0, read.group, sizeof read.group);
    hark_column_bytes (get, 1, read.account.bytes, sizeof read.account.bytes);
    g_array_append_val (ret, read);
  }
  return hark_database_end (get, rc);
}
