/* core/store/chats.c - conversations as a list, and what the user set in each. */
#include "core/store/database.h"

/* ---- reading ----------------------------------------------------------------------------------
 */

static HarkStoreChat *
read_chat (sqlite3_stmt *row)
{
  HarkStoreChat *chat = g_new0 (HarkStoreChat, 1);

  hark_column_bytes (row, 0, chat->contact.bytes, sizeof chat->contact.bytes);
  chat->marked = sqlite3_column_int (row, 1) != 0;
  chat->draft = hark_column_dup (row, 2);
  chat->has_draft_reply = hark_column_bytes (row, 3, chat->draft_reply, sizeof chat->draft_reply);
  chat->draft_ms = sqlite3_column_int64 (row, 4);
  chat->pinned_ms = sqlite3_column_int64 (row, 5);
  chat->archived = sqlite3_column_int (row, 6) != 0;
  chat->keep_days = sqlite3_column_int (row, 7);
  chat->unread = (uint32_t) sqlite3_column_int64 (row, 8);
  chat->first_unread = hark_column_u64 (row, 9);
  return chat;
}

/* Pinned ones first, the latest pinned above; then by what came last, in order of arrival: no
 * clock is asked. */
static int
compare_chats (const void *a, const void *b)
{
  const HarkStoreChat *one = *(const HarkStoreChat *const *) a;
  const HarkStoreChat *two = *(const HarkStoreChat *const *) b;
  const uint64_t row_one = one->last != NULL ? one->last->row : 0;
  const uint64_t row_two = two->last != NULL ? two->last->row : 0;

  if (one->pinned_ms != two->pinned_ms)
    return one->pinned_ms > two->pinned_ms ? -1 : 1;
  if (row_one != row_two)
    return row_one > row_two ? -1 : 1;
  return (one->draft_ms < two->draft_ms) - (one->draft_ms > two->draft_ms);
}

/* The newest line of each conversation goes to its chat. */
static int
add_last (HarkDatabase *database, GHashTable *by_contact)
{
  g_autoptr (GPtrArray) last
    = g_ptr_array_new_with_free_func ((GDestroyNotify) hark_store_message_free);
  const int rc = hark_messages_get_last (database, last);

  for (guint i = 0; i < last->len; i++) {
    HarkStoreMessage *message = last->pdata[i];
    HarkStoreChat *chat = g_hash_table_lookup (by_contact, &message->contact);

    if (chat != NULL && chat->last == NULL)
      chat->last = hark_store_message_copy (message);
  }
  return rc;
}

/* @conversation: 0: all. */
static int
read_chats (HarkDatabase *database, sqlite3_int64 conversation, GPtrArray *ret)
{
  sqlite3_stmt *get = hark_database_begin (database, HARK_SQL_GET_CHATS);
  int rc;

  hark_bind_i64 (get, 1, conversation);
  while ((rc = sqlite3_step (get)) == SQLITE_ROW)
    g_ptr_array_add (ret, read_chat (get));
  return hark_database_end (get, rc);
}

int
hark_chat_get (HarkDatabase *database, const HarkKey *contact, GPtrArray *ret)
{
  sqlite3_int64 conversation;
  const int rc = hark_conversation_find (database, contact, false, &conversation);

  return rc == SQLITE_OK && conversation != 0 ? read_chats (database, conversation, ret) : rc;
}

int
hark_chats_get (HarkDatabase *database, GPtrArray *ret)
{
  g_autoptr (GHashTable) by_contact = g_hash_table_new (hark_key_hash, hark_key_hash_equal);
  int rc = read_chats (database, 0, ret);

  for (guint i = 0; i < ret->len; i++)
    g_hash_table_insert (by_contact, &((HarkStoreChat *) ret->pdata[i])->contact, ret->pdata[i]);
  if (rc == SQLITE_OK)
    rc = add_last (database, by_contact);
  g_ptr_array_sort (ret, compare_chats);
  return rc;
}

/* ---- writing ----------------------------------------------------------------------------------
 */

static int
put_clock (HarkDatabase *database, sqlite3_int64 conversation, const HarkStoreChat *chat)
{
  const int rc = hark_clock_raise (database, conversation, chat->clock);

  return rc == SQLITE_OK && chat->timer_position > 0
           ? hark_timer_set (database, conversation, chat->expires_s, chat->timer_position)
           : rc;
}

int
hark_chat_put (HarkDatabase *database, const HarkStoreChat *chat, unsigned fields)
{
  sqlite3_stmt *put;
  sqlite3_int64 conversation;
  int rc = hark_conversation_find (database, &chat->contact, true, &conversation);

  if (rc != SQLITE_OK)
    return rc;
  put = hark_database_begin (database, HARK_SQL_PUT_CHAT);
  hark_bind_i64 (put, 1, conversation);
  hark_bind_i64 (put, 2, fields);
  hark_bind_i64 (put, 3, chat->marked);
  hark_bind_text (put, 4, chat->draft != NULL ? chat->draft : "");
  hark_bind_optional (put, 5, chat->has_draft_reply, chat->draft_reply, sizeof chat->draft_reply);
  hark_bind_i64 (put, 6, chat->draft_ms);
  hark_bind_i64 (put, 7, chat->pinned_ms);
  hark_bind_i64 (put, 8, chat->archived);
  hark_bind_i64 (put, 9, chat->keep_days);
  rc = hark_database_end (put, sqlite3_step (put));
  return rc == SQLITE_OK && (fields & HARK_STORE_CHAT_CLOCK)
           ? put_clock (database, conversation, chat)
           : rc;
}
