/* core/store/prune.c - what is not to be kept goes: messages of a certain age, or all of a
 * conversation. A few hundred at a time, and of so many rows, so that nobody waits for it.
 *
 * What is still on its way to the other side stays, a voice message whole. Of what came lately only
 * the id is kept: if our acknowledgement got lost, they send it again, and it must not come back.
 * An entry of a group stays as a link of its chain, without the body that says something: who asks
 * for that gets it without.
 */
#include "core/store/database.h"

#define BATCH 500
#define SLICE 20000 /* rows looked at: some ten milliseconds */
#define REMEMBER_MS (30 * INT64_C (86400000))

typedef struct {
  uint64_t row;
  uint64_t transfer; /* 0: none */
  sqlite3_int64 conversation;
  HarkKey contact;
  char *text;    /* as search knows it; NULL: it does not */
  bool remember; /* its id */
  bool has_group;
  uint8_t group[16], id[16];
} Due;

static void
due_clear (void *data)
{
  g_free (((Due *) data)->text);
}

static int
read_due (HarkDatabase *database,
          const HarkStoreRequest *request,
          sqlite3_int64 conversation,
          uint64_t last,
          GArray *ret)
{
  sqlite3_stmt *get = hark_database_begin (database, HARK_SQL_GET_DUE);
  int rc;

  hark_bind_i64 (get, 1, request->at_ms);
  hark_bind_i64 (get, 2, request->limit);
  hark_bind_i64 (get, 3, request->at_ms - REMEMBER_MS);
  hark_bind_i64 (get, 4, conversation);
  hark_bind_u64 (get, 5, request->before);
  hark_bind_i64 (get, 6, BATCH);
  hark_bind_u64 (get, 7, last);
  while ((rc = sqlite3_step (get)) == SQLITE_ROW) {
    Due due = {.row = hark_column_u64 (get, 0),
               .transfer = hark_column_u64 (get, 1),
               .conversation = sqlite3_column_int64 (get, 2),
               .text = hark_column_dup (get, 4),
               .remember = sqlite3_column_int (get, 5) != 0};

    hark_column_bytes (get, 3, due.contact.bytes, sizeof due.contact.bytes);
    due.has_group = hark_column_bytes (get, 6, due.group, sizeof due.group)
                    && hark_column_bytes (get, 7, due.id, sizeof due.id);
    g_array_append_val (ret, due);
  }
  return hark_database_end (get, rc);
}

/* How far this round looks, and whether that is not all. */
static int
find_end (HarkDatabase *database, uint64_t before, uint64_t *ret_last, bool *ret_more)
{
  sqlite3_stmt *get = hark_database_begin (database, HARK_SQL_GET_LAST_ROW);
  int rc = sqlite3_step (get);
  const uint64_t end = rc == SQLITE_ROW ? hark_column_u64 (get, 0) : 0;

  *ret_more = before < end && end - before > SLICE;
  *ret_last = *ret_more ? before + SLICE : end;
  return hark_database_end (get, rc);
}

static int
run_with (HarkDatabase *database, HarkSql sql, uint64_t number)
{
  sqlite3_stmt *statement = hark_database_begin (database, sql);

  hark_bind_u64 (statement, 1, number);
  return hark_database_end (statement, sqlite3_step (statement));
}

static int
remove_due (HarkDatabase *database, const Due *due)
{
  int rc = SQLITE_OK;

  if (due->text != NULL)
    rc = hark_words_drop (database, due->conversation, due->row, due->text);
  if (rc == SQLITE_OK)
    rc = run_with (database, due->remember ? HARK_SQL_WIPE_MESSAGE : HARK_SQL_DELETE_MESSAGE,
                   due->row);
  if (rc == SQLITE_OK && due->has_group)
    rc = hark_group_entries_wipe (database, due->group, due->id);
  if (rc == SQLITE_OK && due->transfer != 0)
    rc = run_with (database, HARK_SQL_DELETE_FINISHED, due->transfer);
  return rc;
}

/* Whose conversations lost something, each once. */
static void
add_contact (GPtrArray *chats, const HarkKey *contact)
{
  HarkStoreChat *chat;

  for (guint i = 0; i < chats->len; i++)
    if (hark_key_equal (&((HarkStoreChat *) chats->pdata[i])->contact, contact))
      return;
  chat = g_new0 (HarkStoreChat, 1);
  chat->contact = *contact;
  g_ptr_array_add (chats, chat);
}

/* Nobody wants anything to go. */
static int
keeps_all (HarkDatabase *database, const HarkStoreRequest *request, bool *ret)
{
  sqlite3_stmt *get;
  int rc;

  *ret = false;
  if (request->limit > 0)
    return SQLITE_OK;
  get = hark_database_begin (database, HARK_SQL_GET_KEEP);
  rc = sqlite3_step (get);
  *ret = rc != SQLITE_ROW || sqlite3_column_int (get, 0) <= 0;
  return hark_database_end (get, rc);
}

/* What goes with the first round; @ret_conversation: of CLEAR; @ret_nothing: that was all. */
static int
begin (HarkDatabase *database,
       const HarkStoreRequest *request,
       sqlite3_int64 *ret_conversation,
       bool *ret_nothing)
{
  int rc = SQLITE_OK;

  *ret_conversation = 0;
  if (request->kind == HARK_STORE_CLEAR) {
    rc = hark_conversation_find (database, &request->account_key, false, ret_conversation);
    *ret_nothing = *ret_conversation == 0;
    return rc == SQLITE_OK && request->before == 0
             ? hark_quarantine_delete_of (database, &request->account_key)
             : rc;
  }
  if (request->before == 0)
    rc = hark_parts_release (database, request->at_ms);
  if (rc == SQLITE_OK)
    rc = keeps_all (database, request, ret_nothing);
  return rc == SQLITE_OK && !*ret_nothing && request->before == 0
           ? hark_quarantine_prune (database, request)
           : rc;
}

int
hark_messages_prune (HarkDatabase *database, const HarkStoreRequest *request, HarkStoreReply *reply)
{
  g_autoptr (GArray) due = g_array_new (FALSE, FALSE, sizeof (Due));
  sqlite3_int64 conversation = 0;
  bool nothing = false;
  int rc = begin (database, request, &conversation, &nothing);

  g_array_set_clear_func (due, due_clear);
  reply->chats = g_ptr_array_new_with_free_func ((GDestroyNotify) hark_store_chat_free);
  if (rc == SQLITE_OK && !nothing)
    rc = find_end (database, request->before, &reply->position, &reply->more);
  if (rc != SQLITE_OK || nothing)
    return rc;

  rc = read_due (database, request, conversation, reply->position, due);
  for (guint i = 0; rc == SQLITE_OK && i < due->len; i++) {
    const Due *one = &g_array_index (due, Due, i);

    rc = remove_due (database, one);
    add_contact (reply->chats, &one->contact);
    if (i + 1 == BATCH) {
      reply->position = one->row;
      reply->more = true;
    }
  }

  /* the words leave the index soon */
  return rc == SQLITE_OK && due->len > 0 ? hark_database_run (database, HARK_SQL_MERGE_WORDS) : rc;
}
