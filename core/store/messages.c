#include "core/store/database.h"

#include <string.h>

#define TIES_MAX 500 /* rows of one position beyond a window */

/* ---- conversations ----------------------------------------------------------------------------
 */

static int
find_conversation (HarkDatabase *database, const HarkKey *account, sqlite3_int64 *ret)
{
  sqlite3_stmt *find = hark_database_begin (database, HARK_SQL_FIND_CONVERSATION);
  int rc;

  hark_bind_bytes (find, 1, account->bytes, sizeof account->bytes);
  rc = sqlite3_step (find);
  *ret = rc == SQLITE_ROW ? sqlite3_column_int64 (find, 0) : 0;
  return hark_database_end (find, rc);
}

int
hark_conversation_find (HarkDatabase *database,
                        const HarkKey *account,
                        bool make,
                        sqlite3_int64 *ret)
{
  const sqlite3_int64 *known = g_hash_table_lookup (database->conversations, account);
  sqlite3_int64 number = 0;
  int rc = SQLITE_OK;

  if (known != NULL)
    number = *known;
  else
    rc = find_conversation (database, account, &number);

  if (rc == SQLITE_OK && number == 0 && make) {
    sqlite3_stmt *add = hark_database_begin (database, HARK_SQL_ADD_CONVERSATION);

    hark_bind_bytes (add, 1, account->bytes, sizeof account->bytes);
    rc = hark_database_end (add, sqlite3_step (add));
    number = sqlite3_last_insert_rowid (database->handle);
  }

  if (rc == SQLITE_OK && number != 0 && known == NULL)
    g_hash_table_insert (database->conversations, g_memdup2 (account, sizeof *account),
                         g_memdup2 (&number, sizeof number));

  *ret = number;
  return rc;
}

static int
raise_sequence (HarkDatabase *database, sqlite3_int64 conversation, uint64_t seq)
{
  sqlite3_stmt *raise = hark_database_begin (database, HARK_SQL_RAISE_SEQUENCE);

  hark_bind_i64 (raise, 1, conversation);
  hark_bind_u64 (raise, 2, seq);
  return hark_database_end (raise, sqlite3_step (raise));
}

/* One above everything there is. In groups with it: members give the one above, to what is written
 * next, and do not know of what only we have. */
static int
next_clock (HarkDatabase *database, sqlite3_int64 conversation, bool is_group, int64_t *ret)
{
  const int64_t step = is_group ? 0 : 1;
  sqlite3_stmt *get = hark_database_begin (database, HARK_SQL_GET_CLOCK);
  int rc;

  hark_bind_i64 (get, 1, conversation);
  rc = sqlite3_step (get);
  *ret = (rc == SQLITE_ROW ? sqlite3_column_int64 (get, 0) : 0) + step;
  return hark_database_end (get, rc);
}

int
hark_clock_raise (HarkDatabase *database, sqlite3_int64 conversation, int64_t clock)
{
  sqlite3_stmt *raise = hark_database_begin (database, HARK_SQL_RAISE_CLOCK);

  hark_bind_i64 (raise, 1, conversation);
  hark_bind_i64 (raise, 2, clock);
  return hark_database_end (raise, sqlite3_step (raise));
}

/* ---- writing ------------------------------------------------------------------------------------
 */

int
hark_message_find (HarkDatabase *database,
                   sqlite3_int64 conversation,
                   const uint8_t id[16],
                   bool *ret_found,
                   uint64_t *ret_position)
{
  sqlite3_stmt *find = hark_database_begin (database, HARK_SQL_FIND_MESSAGE);
  int rc;

  hark_bind_i64 (find, 1, conversation);
  hark_bind_bytes (find, 2, id, 16);
  rc = sqlite3_step (find);
  *ret_found = rc == SQLITE_ROW;
  if (*ret_found)
    *ret_position = hark_column_u64 (find, 0);
  return hark_database_end (find, rc);
}

/* Bits that tell apart most of one clock; the id decides between the rest. */
static sqlite3_int64
place_of (const uint8_t id[16], int64_t clock)
{
  return clock * 4096 + (id[0] << 4) + (id[1] >> 4);
}

static int
put_row (HarkDatabase *database,
         sqlite3_int64 conversation,
         const HarkStoreMessage *message,
         int64_t clock)
{
  sqlite3_stmt *put = hark_database_begin (database, HARK_SQL_PUT_MESSAGE);
  gsize body_len = 0;
  const void *body = message->body != NULL ? g_bytes_get_data (message->body, &body_len) : NULL;

  hark_bind_i64 (put, 1, conversation);
  hark_bind_bytes (put, 2, message->id, sizeof message->id);
  hark_bind_i64 (put, 3, message->kind);
  hark_bind_i64 (put, 4, message->outgoing);
  hark_bind_i64 (put, 5, message->state);
  hark_bind_u64 (put, 6, message->seq);
  hark_bind_i64 (put, 7, message->sent_ms);
  hark_bind_i64 (put, 8, message->received_ms);
  hark_bind_optional (put, 9, message->has_reply_to, message->reply_to, sizeof message->reply_to);
  hark_bind_u64 (put, 10, message->ref);
  hark_bind_text (put, 11, message->text != NULL ? message->text : "");
  hark_bind_i64 (put, 12, place_of (message->id, clock));
  hark_bind_i64 (put, 13, !message->hidden);
  hark_bind_optional (put, 14, message->has_target, message->target, sizeof message->target);
  hark_bind_optional (put, 15, message->n_parents > 0, message->parents,
                      message->n_parents * sizeof message->parents[0]);
  hark_bind_optional (put, 16, message->has_group, message->group, sizeof message->group);
  hark_bind_optional (put, 17, message->has_author, message->author.bytes,
                      sizeof message->author.bytes);
  hark_bind_optional (put, 18, message->body != NULL, body, body_len);
  hark_bind_i64 (put, 19, message->expires_s);
  hark_bind_i64 (put, 20, message->expires_at);
  hark_bind_i64 (put, 21, message->deleted);
  return hark_database_end (put, sqlite3_step (put));
}

int
hark_message_put (HarkDatabase *database,
                  const HarkStoreMessage *message,
                  bool *ret_duplicate,
                  uint64_t *ret_position)
{
  sqlite3_int64 conversation, row;
  int64_t clock = message->clock;
  int rc = hark_conversation_find (database, &message->contact, true, &conversation);

  if (rc == SQLITE_OK && clock == 0)
    rc = next_clock (database, conversation, message->has_group, &clock);
  if (rc == SQLITE_OK)
    rc = put_row (database, conversation, message, clock);
  if (rc != SQLITE_OK)
    return rc;

  *ret_duplicate = sqlite3_changes (database->handle) == 0;
  if (*ret_duplicate)
    return hark_message_find (database, conversation, message->id, ret_duplicate, ret_position);

  row = sqlite3_last_insert_rowid (database->handle);
  *ret_position = (uint64_t) place_of (message->id, clock);
  if (message->kind == HARK_MESSAGE_TEXT || message->kind == HARK_MESSAGE_FILE)
    rc = hark_words_put (database, conversation, (uint64_t) row,
                         message->text != NULL ? message->text : "");
  if (rc == SQLITE_OK)
    rc = hark_clock_raise (database, conversation, clock);
  if (rc == SQLITE_OK && message->outgoing)
    rc = raise_sequence (database, conversation, message->seq);

  return rc;
}

int
hark_sequence_put (HarkDatabase *database, const HarkKey *contact, uint64_t seq)
{
  sqlite3_int64 conversation;
  const int rc = hark_conversation_find (database, contact, true, &conversation);

  return rc == SQLITE_OK ? raise_sequence (database, conversation, seq) : rc;
}

/* All of theirs up to @id is seen, and nothing is marked by hand any more. */
static int
see_up_to (HarkDatabase *database, sqlite3_int64 conversation, const uint8_t id[16], int64_t now_ms)
{
  static const HarkSql changes[] = {HARK_SQL_SEE_MESSAGES, HARK_SQL_UNMARK};
  int rc = SQLITE_OK;

  for (size_t i = 0; rc == SQLITE_OK && i < G_N_ELEMENTS (changes); i++) {
    sqlite3_stmt *see = hark_database_begin (database, changes[i]);

    hark_bind_i64 (see, 1, conversation);
    hark_bind_bytes (see, 2, id, 16);
    if (changes[i] == HARK_SQL_SEE_MESSAGES)
      hark_bind_i64 (see, 3, now_ms);
    rc = hark_database_end (see, sqlite3_step (see));
  }
  return rc;
}

int
hark_message_set_state (HarkDatabase *database, const HarkStoreMessage *message)
{
  sqlite3_stmt *set;
  sqlite3_int64 conversation;
  int rc = hark_conversation_find (database, &message->contact, false, &conversation);

  if (rc != SQLITE_OK || conversation == 0)
    return rc;

  set = hark_database_begin (database, HARK_SQL_SET_STATE);
  hark_bind_i64 (set, 1, conversation);
  hark_bind_bytes (set, 2, message->id, sizeof message->id);
  hark_bind_i64 (set, 3, message->state);
  hark_bind_i64 (set, 4, message->received_ms);
  hark_bind_i64 (set, 5, message->outgoing);
  hark_bind_i64 (set, 6, message->expires_at);
  rc = hark_database_end (set, sqlite3_step (set));
  return rc == SQLITE_OK && message->state == HARK_MESSAGE_READ && !message->outgoing
           ? see_up_to (database, conversation, message->id, message->expires_at)
           : rc;
}

int
hark_message_note_clip (HarkDatabase *database, const HarkStoreMessage *message)
{
  sqlite3_stmt *note;
  sqlite3_int64 conversation;
  int rc = hark_conversation_find (database, &message->contact, false, &conversation);

  if (rc != SQLITE_OK || conversation == 0)
    return rc;
  note = hark_database_begin (database, HARK_SQL_NOTE_CLIP);
  hark_bind_i64 (note, 1, conversation);
  hark_bind_bytes (note, 2, message->id, sizeof message->id);
  hark_bind_u64 (note, 3, message->ref);
  hark_bind_optional (note, 4, message->has_peaks, message->peaks, sizeof message->peaks);
  return hark_database_end (note, sqlite3_step (note));
}

int
hark_messages_were_read (HarkDatabase *database, const HarkStoreMessage *message, GPtrArray *ret)
{
  sqlite3_stmt *set;
  sqlite3_int64 conversation;
  int rc = hark_conversation_find (database, &message->contact, false, &conversation);

  if (rc != SQLITE_OK || conversation == 0)
    return rc;
  set = hark_database_begin (database, HARK_SQL_WERE_READ);
  hark_bind_i64 (set, 1, conversation);
  hark_bind_bytes (set, 2, message->id, sizeof message->id);
  hark_bind_i64 (set, 3, message->expires_at);
  while ((rc = sqlite3_step (set)) == SQLITE_ROW) {
    HarkStoreMessage *row = g_new0 (HarkStoreMessage, 1);

    hark_column_bytes (set, 0, row->id, sizeof row->id);
    row->kind = (HarkMessageKind) sqlite3_column_int (set, 1);
    row->contact = message->contact;
    row->outgoing = true;
    row->state = HARK_MESSAGE_READ;
    g_ptr_array_add (ret, row);
  }
  return hark_database_end (set, rc);
}

static int
run_for (HarkDatabase *database, HarkSql sql, sqlite3_int64 conversation)
{
  sqlite3_stmt *statement = hark_database_begin (database, sql);

  hark_bind_i64 (statement, 1, conversation);
  return hark_database_end (statement, sqlite3_step (statement));
}

int
hark_messages_delete_of (HarkDatabase *database, const HarkKey *contact)
{
  sqlite3_int64 conversation;
  int rc = hark_conversation_find (database, contact, false, &conversation);

  if (rc != SQLITE_OK || conversation == 0)
    return rc;

  g_hash_table_remove (database->conversations, contact);
  rc = run_for (database, HARK_SQL_DELETE_WORDS, conversation);
  if (rc == SQLITE_OK)
    rc = run_for (database, HARK_SQL_DELETE_MESSAGES, conversation);
  if (rc == SQLITE_OK)
    rc = run_for (database, HARK_SQL_DELETE_CONVERSATION, conversation);
  if (rc == SQLITE_OK)
    rc = hark_quarantine_delete_of (database, contact);

  /* the words leave the index soon */
  if (rc == SQLITE_OK)
    rc = hark_database_run (database, HARK_SQL_MERGE_WORDS);

  return rc;
}

/* ---- reading ------------------------------------------------------------------------------------
 */

static void
read_parents (sqlite3_stmt *row, int at, HarkStoreMessage *message)
{
  const void *bytes = sqlite3_column_blob (row, at);
  const size_t len = (size_t) sqlite3_column_bytes (row, at);

  if (bytes == NULL || len > sizeof message->parents || len % sizeof message->parents[0] != 0)
    return;
  memcpy (message->parents, bytes, len);
  message->n_parents = (unsigned) (len / sizeof message->parents[0]);
}

static HarkStoreMessage *
read_message (sqlite3_stmt *row)
{
  HarkStoreMessage *message = g_new0 (HarkStoreMessage, 1);

  hark_column_bytes (row, 0, message->contact.bytes, sizeof message->contact.bytes);
  hark_column_bytes (row, 1, message->id, sizeof message->id);
  message->kind = (HarkMessageKind) sqlite3_column_int (row, 2);
  message->outgoing = sqlite3_column_int (row, 3) != 0;
  message->state = (HarkMessageState) sqlite3_column_int (row, 4);
  message->seq = hark_column_u64 (row, 5);
  message->sent_ms = sqlite3_column_int64 (row, 6);
  message->received_ms = sqlite3_column_int64 (row, 7);
  message->has_reply_to = hark_column_bytes (row, 8, message->reply_to, sizeof message->reply_to);
  message->ref = hark_column_u64 (row, 9);
  message->position = hark_column_u64 (row, 10);
  message->clock = (int64_t) (message->position / 4096);
  message->text = hark_column_dup (row, 11);
  message->row = hark_column_u64 (row, 12);
  message->hidden = sqlite3_column_int (row, 13) == 0;
  message->has_target = hark_column_bytes (row, 14, message->target, sizeof message->target);
  read_parents (row, 15, message);
  message->has_group = hark_column_bytes (row, 16, message->group, sizeof message->group);
  message->has_author
    = hark_column_bytes (row, 17, message->author.bytes, sizeof message->author.bytes);
  if (sqlite3_column_type (row, 18) != SQLITE_NULL)
    message->body
      = g_bytes_new (sqlite3_column_blob (row, 18), (gsize) sqlite3_column_bytes (row, 18));
  message->expires_s = (uint32_t) sqlite3_column_int64 (row, 19);
  message->expires_at = sqlite3_column_int64 (row, 20);
  message->current = hark_column_dup (row, 21);
  message->edits = (unsigned) sqlite3_column_int (row, 22);
  message->deleted = sqlite3_column_int (row, 23) != 0;
  message->has_peaks = hark_column_bytes (row, 24, message->peaks, sizeof message->peaks);
  message->missing = sqlite3_column_int (row, 25) != 0;
  message->part = (unsigned) sqlite3_column_int (row, 26);
  message->parts = (unsigned) sqlite3_column_int (row, 27);
  message->parts_here = (unsigned) sqlite3_column_int (row, 28);
  message->length_ms = (uint32_t) MIN (sqlite3_column_int64 (row, 29), (sqlite3_int64) UINT32_MAX);
  message->least = (HarkMessageState) sqlite3_column_int (row, 30);
  message->has_whole = hark_column_bytes (row, 31, message->whole, sizeof message->whole);
  return message;
}

int
hark_messages_read (sqlite3_stmt *get, GPtrArray *ret)
{
  int rc;

  while ((rc = sqlite3_step (get)) == SQLITE_ROW)
    g_ptr_array_add (ret, read_message (get));

  return hark_database_end (get, rc);
}

/* The rest of the position that a window would end in: the next one begins beyond it. */
static int
read_ties (HarkDatabase *database, HarkSql sql, sqlite3_int64 conversation, GPtrArray *ret)
{
  const HarkStoreMessage *last = ret->pdata[ret->len - 1];
  sqlite3_stmt *get = hark_database_begin (database, sql);
  uint8_t id[16];

  memcpy (id, last->id, sizeof id);
  hark_bind_i64 (get, 1, conversation);
  hark_bind_u64 (get, 2, last->position);
  hark_bind_i64 (get, 3, TIES_MAX);
  hark_bind_bytes (get, 4, id, sizeof id);
  return hark_messages_read (get, ret);
}

/* @limit beyond @place, and those of the same place as the last. */
static int
read_part (HarkDatabase *database,
           const HarkKey *contact,
           bool newer,
           sqlite3_int64 place,
           unsigned limit,
           GPtrArray *ret)
{
  const guint before = ret->len;
  sqlite3_stmt *get;
  sqlite3_int64 conversation;
  int rc = hark_conversation_find (database, contact, false, &conversation);

  if (rc != SQLITE_OK || conversation == 0)
    return rc;

  get = hark_database_begin (database, newer ? HARK_SQL_GET_NEWER : HARK_SQL_GET_HISTORY);
  hark_bind_i64 (get, 1, conversation);
  hark_bind_i64 (get, 2, place);
  hark_bind_i64 (get, 3, limit);
  rc = hark_messages_read (get, ret);
  if (rc == SQLITE_OK && ret->len > before && ret->len - before >= limit)
    rc = read_ties (database, newer ? HARK_SQL_GET_TIES_ABOVE : HARK_SQL_GET_TIES, conversation,
                    ret);
  return rc;
}

int
hark_messages_get_history (
  HarkDatabase *database, const HarkKey *contact, uint64_t before, unsigned limit, GPtrArray *ret)
{
  const sqlite3_int64 place
    = before == 0 || before > INT64_MAX ? INT64_MAX : (sqlite3_int64) before;

  return read_part (database, contact, false, place, limit, ret);
}

int
hark_messages_get_newer (
  HarkDatabase *database, const HarkKey *contact, uint64_t after, unsigned limit, GPtrArray *ret)
{
  return read_part (database, contact, true, (sqlite3_int64) MIN (after, (uint64_t) INT64_MAX),
                    limit, ret);
}

int
hark_messages_get_last (HarkDatabase *database, GPtrArray *ret)
{
  return hark_messages_read (hark_database_begin (database, HARK_SQL_GET_LAST), ret);
}

int
hark_messages_get_from (HarkDatabase *database, uint64_t after, unsigned limit, GPtrArray *ret)
{
  sqlite3_stmt *get = hark_database_begin (database, HARK_SQL_GET_FROM);

  hark_bind_u64 (get, 1, after);
  hark_bind_i64 (get, 2, limit);
  return hark_messages_read (get, ret);
}

int
hark_messages_get_calls (HarkDatabase *database,
                         const HarkStoreRequest *request,
                         HarkStoreReply *reply)
{
  const unsigned limit = CLAMP (request->limit, 1, 500);
  sqlite3_int64 end = (sqlite3_int64) MIN (request->before, (uint64_t) INT64_MAX), start;
  sqlite3_stmt *get;
  int rc;

  if (end == 0) {
    get = hark_database_begin (database, HARK_SQL_GET_LAST_ROW);
    rc = sqlite3_step (get);
    end = rc == SQLITE_ROW ? sqlite3_column_int64 (get, 0) + 1 : 0;
    rc = hark_database_end (get, rc);
    if (rc != SQLITE_OK)
      return rc;
  }
  start = MAX (end - HARK_STORE_CALLS_ROWS, 1);
  get = hark_database_begin (database, HARK_SQL_GET_CALLS);
  hark_bind_i64 (get, 1, end);
  hark_bind_i64 (get, 2, start);
  hark_bind_i64 (get, 3, limit);
  rc = hark_messages_read (get, reply->messages);
  if (reply->messages->len >= limit)
    reply->position = ((HarkStoreMessage *) reply->messages->pdata[reply->messages->len - 1])->row;
  else
    reply->position = start > 1 ? (uint64_t) start : 0;
  return rc;
}

int
hark_messages_get_outbox (HarkDatabase *database, GPtrArray *ret)
{
  return hark_messages_read (hark_database_begin (database, HARK_SQL_GET_OUTBOX), ret);
}

static int
read_head (HarkDatabase *database, sqlite3_int64 conversation, HarkStoreConversation *ret)
{
  sqlite3_stmt *get = hark_database_begin (database, HARK_SQL_GET_HEAD);
  int rc;

  hark_bind_i64 (get, 1, conversation);
  rc = sqlite3_step (get);
  if (rc == SQLITE_ROW)
    ret->has_head = hark_column_bytes (get, 0, ret->head, sizeof ret->head);
  return hark_database_end (get, rc);
}

int
hark_conversations_get (HarkDatabase *database, GHashTable *ret)
{
  sqlite3_stmt *get = hark_database_begin (database, HARK_SQL_GET_CONVERSATIONS);
  int rc;

  while ((rc = sqlite3_step (get)) == SQLITE_ROW) {
    HarkKey account;
    HarkStoreConversation known = {.seq = hark_column_u64 (get, 1),
                                   .clock = sqlite3_column_int64 (get, 2),
                                   .expires_s = (uint32_t) sqlite3_column_int64 (get, 3),
                                   .timer_position = hark_column_u64 (get, 5)};

    rc = read_head (database, sqlite3_column_int64 (get, 4), &known);
    if (rc != SQLITE_OK)
      break;
    if (hark_column_bytes (get, 0, account.bytes, sizeof account.bytes))
      g_hash_table_insert (ret, g_memdup2 (&account, sizeof account),
                           g_memdup2 (&known, sizeof known));
  }

  return hark_database_end (get, rc);
}
