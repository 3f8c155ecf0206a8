#include "core/store/parts.h"

#include "core/store/database.h"

#include <string.h>

#define PAGE_HEAD 27u /* bytes before the table of segments (RFC 3533, section 6) */
#define PRE_SKIP_AT (PAGE_HEAD + 1 + 10)             /* in OpusHead (RFC 7845, section 5.1) */
#define TAGS_AT (PAGE_HEAD + 1 + 19 + PAGE_HEAD + 1) /* behind one page with OpusHead */
#define COMMENT_AT (TAGS_AT + 24)                    /* the only one, of vendor "Hark" */
#define DIGITS_AT (COMMENT_AT + sizeof COMMENT - 1)  /* 02/05/0123456789abcdef */
#define COMMENT_END (DIGITS_AT + 6 + 2 * HARK_STORE_PART_SET_LEN)
#define KEY_LEN (HARK_STORE_PART_SET_LEN + 2 + 32)

static const char COMMENT[] = "HARK_PART=";

/* ---- what a clip says ---- */

static bool
read_number (const uint8_t *text, bool hex, unsigned *ret)
{
  unsigned value = 0;

  for (unsigned i = 0; i < 2; i++) {
    const int digit
      = hex ? g_ascii_xdigit_value ((char) text[i]) : g_ascii_digit_value ((char) text[i]);

    if (digit < 0)
      return false;
    value = value * (hex ? 16 : 10) + (unsigned) digit;
  }
  *ret = value;
  return true;
}

/* From the position on its last page, which whoever let it in has checked. */
uint32_t
hark_store_clip_length_ms (GBytes *body)
{
  gsize len = 0;
  const uint8_t *bytes = body != NULL ? g_bytes_get_data (body, &len) : NULL;
  uint64_t from, until = 0;

  if (len < TAGS_AT)
    return 0;
  from = bytes[PRE_SKIP_AT] | (uint64_t) bytes[PRE_SKIP_AT + 1] << 8;

  for (size_t at = 0; at + PAGE_HEAD <= len && at + PAGE_HEAD + bytes[at + 26] <= len;) {
    const uint8_t *page = bytes + at;
    uint64_t position = 0;

    for (unsigned i = 8; i-- > 0;)
      position = position << 8 | page[6 + i];
    if (position != UINT64_MAX)
      until = position;
    at += PAGE_HEAD + (size_t) page[26];
    for (unsigned i = 0; i < page[26]; i++)
      at += page[PAGE_HEAD + i];
  }
  return until > from ? (uint32_t) MIN ((until - from + 47) / 48, (uint64_t) UINT32_MAX / 64) : 0;
}

bool
hark_store_part_read (GBytes *body, HarkStorePart *ret)
{
  const uint8_t *bytes;
  gsize len;
  HarkStorePart part;
  unsigned byte;

  if (body == NULL)
    return false;
  bytes = g_bytes_get_data (body, &len);
  if (len < COMMENT_END || memcmp (bytes + TAGS_AT, "OpusTags", 8) != 0
      || memcmp (bytes + COMMENT_AT, COMMENT, sizeof COMMENT - 1) != 0
      || !read_number (bytes + DIGITS_AT, false, &part.part)
      || !read_number (bytes + DIGITS_AT + 3, false, &part.parts) || part.part == 0
      || part.parts < 2 || part.part > part.parts || part.parts > HARK_STORE_PARTS_MAX)
    return false;
  for (unsigned i = 0; i < sizeof part.set; i++) {
    if (!read_number (bytes + DIGITS_AT + 6 + 2 * (size_t) i, true, &byte))
      return false;
    part.set[i] = (uint8_t) byte;
  }
  part.length_ms = hark_store_clip_length_ms (body);
  *ret = part;
  return true;
}

/* ---- on the disk ---- */

/* All that must be equal, but for the conversation. */
static void
make_key (const HarkStorePart *part, const HarkStoreMessage *message, uint8_t ret[KEY_LEN])
{
  memcpy (ret, part->set, sizeof part->set);
  ret[sizeof part->set] = (uint8_t) part->parts;
  ret[sizeof part->set + 1] = (uint8_t) (message->outgoing | message->has_author << 1);
  memset (ret + sizeof part->set + 2, 0, 32);
  if (message->has_author)
    memcpy (ret + sizeof part->set + 2, message->author.bytes, 32);
}

static int
find_part (HarkDatabase *database,
           sqlite3_int64 conversation,
           const uint8_t key[KEY_LEN],
           unsigned part,
           bool *ret_found,
           HarkPartNote *ret)
{
  sqlite3_stmt *get = hark_database_begin (database, HARK_SQL_FIND_PART);
  int rc;

  hark_bind_i64 (get, 1, conversation);
  hark_bind_bytes (get, 2, key, KEY_LEN);
  hark_bind_i64 (get, 3, part);
  rc = sqlite3_step (get);
  *ret_found = rc == SQLITE_ROW;
  if (rc == SQLITE_ROW && part == 1) {
    hark_column_bytes (get, 0, ret->first, sizeof ret->first);
    ret->is_gone = sqlite3_column_int (get, 1) != 0;
  }
  return hark_database_end (get, rc);
}

static int
too_many_wait (HarkDatabase *database, sqlite3_int64 conversation, bool *ret)
{
  sqlite3_stmt *count = hark_database_begin (database, HARK_SQL_COUNT_WAITING_PARTS);
  int rc;

  hark_bind_i64 (count, 1, conversation);
  rc = sqlite3_step (count);
  *ret = rc == SQLITE_ROW && sqlite3_column_int (count, 0) >= HARK_STORE_PARTS_WAIT_MAX;
  return hark_database_end (count, rc);
}

/* Whether it has a place of its own in what it says it is of; @ret->first is looked for as well. */
static int
has_place (HarkDatabase *database,
           sqlite3_int64 conversation,
           const uint8_t key[KEY_LEN],
           unsigned part,
           bool *ret_has,
           HarkPartNote *ret)
{
  bool is_taken, is_full = false;
  int rc = find_part (database, conversation, key, part, &is_taken, ret);

  if (rc == SQLITE_OK && part > 1)
    rc = find_part (database, conversation, key, 1, &ret->has_first, ret);
  if (rc == SQLITE_OK && part > 1 && !ret->has_first)
    rc = too_many_wait (database, conversation, &is_full);
  *ret_has = !is_taken && !is_full;
  return rc;
}

static int
set_part (HarkDatabase *database,
          sqlite3_int64 conversation,
          const uint8_t id[16],
          const uint8_t key[KEY_LEN],
          const HarkStorePart *part)
{
  sqlite3_stmt *set = hark_database_begin (database, HARK_SQL_SET_PART);

  hark_bind_i64 (set, 1, conversation);
  hark_bind_bytes (set, 2, id, 16);
  hark_bind_bytes (set, 3, key, KEY_LEN);
  hark_bind_i64 (set, 4, part->part);
  hark_bind_i64 (set, 5, part->parts);
  hark_bind_i64 (set, 6, part->length_ms);
  return hark_database_end (set, sqlite3_step (set));
}

/* How it looks as a whole is not known any more. A backup that is read has that of the whole. */
static int
forget_peaks (HarkDatabase *database, sqlite3_int64 conversation, const uint8_t id[16])
{
  sqlite3_stmt *forget;

  if (database->filling)
    return SQLITE_OK;
  forget = hark_database_begin (database, HARK_SQL_FORGET_PEAKS);
  hark_bind_i64 (forget, 1, conversation);
  hark_bind_bytes (forget, 2, id, 16);
  return hark_database_end (forget, sqlite3_step (forget));
}

/* In a group its first may be here without what it says: it comes, or was deleted before it came.
 */
static int
find_bare_first (HarkDatabase *database,
                 sqlite3_int64 conversation,
                 const uint8_t id[16],
                 unsigned part,
                 bool *ret_gone)
{
  sqlite3_stmt *get = hark_database_begin (database, HARK_SQL_FIND_BARE_FIRST);
  int rc;

  hark_bind_i64 (get, 1, conversation);
  hark_bind_bytes (get, 2, id, 16);
  hark_bind_i64 (get, 3, part);
  rc = sqlite3_step (get);
  *ret_gone = rc == SQLITE_ROW && sqlite3_column_int (get, 0) != 0;
  return hark_database_end (get, rc);
}

/* Whether it is more of a long one is in its body: what follows another without has no line. */
static int
hide_bare (HarkDatabase *database,
           sqlite3_int64 conversation,
           const HarkStoreMessage *message,
           HarkPartNote *ret)
{
  sqlite3_stmt *hide = hark_database_begin (database, HARK_SQL_HIDE_BARE_PART);
  int rc;

  hark_bind_i64 (hide, 1, conversation);
  hark_bind_bytes (hide, 2, message->id, sizeof message->id);
  rc = hark_database_end (hide, sqlite3_step (hide));
  ret->is_bare = rc == SQLITE_OK && sqlite3_changes (database->handle) > 0;
  return rc;
}

int
hark_part_note (HarkDatabase *database,
                sqlite3_int64 conversation,
                const HarkStoreMessage *message,
                HarkPartNote *ret)
{
  uint8_t key[KEY_LEN];
  HarkStorePart part;
  bool has = false;
  int rc;

  memset (ret, 0, sizeof *ret);
  if (message->kind == HARK_MESSAGE_CLIP && message->missing)
    return hide_bare (database, conversation, message, ret);
  if (message->kind != HARK_MESSAGE_CLIP || !hark_store_part_read (message->body, &part))
    return SQLITE_OK;
  make_key (&part, message, key);
  rc = has_place (database, conversation, key, part.part, &has, ret);
  if (rc != SQLITE_OK || !has)
    return rc;
  ret->part = part.part;
  rc = set_part (database, conversation, message->id, key, &part);
  if (rc == SQLITE_OK && message->has_group && part.part > 1 && !ret->has_first)
    rc = find_bare_first (database, conversation, message->id, part.part, &ret->is_gone);
  return rc == SQLITE_OK && ret->has_first && !ret->is_gone
           ? forget_peaks (database, conversation, ret->first)
           : rc;
}

int
hark_parts_get (HarkDatabase *database, const HarkStoreMessage *first, GPtrArray *ret)
{
  sqlite3_stmt *get;

  if (first->part != 1)
    return SQLITE_OK;
  get = hark_database_begin (database, HARK_SQL_GET_PARTS);
  hark_bind_u64 (get, 1, first->row);
  return hark_messages_read (get, ret);
}

int
hark_parts_get_bare (HarkDatabase *database, const HarkStoreMessage *first, GPtrArray *ret)
{
  sqlite3_stmt *get;

  if (first->kind != HARK_MESSAGE_CLIP || !first->has_group || first->part != 0)
    return SQLITE_OK;
  get = hark_database_begin (database, HARK_SQL_GET_BARE_PARTS);
  hark_bind_u64 (get, 1, first->row);
  return hark_messages_read (get, ret);
}

int
hark_parts_release (HarkDatabase *database, int64_t now_ms)
{
  sqlite3_stmt *release = hark_database_begin (database, HARK_SQL_RELEASE_PARTS);

  hark_bind_i64 (release, 1, now_ms - HARK_STORE_PARTS_WAIT_MS);
  return hark_database_end (release, sqlite3_step (release));
}

int
hark_part_delivered (HarkDatabase *database,
                     const HarkStoreMessage *message,
                     HarkStoreMessage **ret_first)
{
  g_autoptr (GPtrArray) rows
    = g_ptr_array_new_with_free_func ((GDestroyNotify) hark_store_message_free);
  const HarkStoreMessage *first;
  sqlite3_stmt *statement;
  sqlite3_int64 conversation;
  int rc = hark_conversation_find (database, &message->contact, false, &conversation);

  if (rc != SQLITE_OK || conversation == 0)
    return rc;
  statement = hark_database_begin (database, HARK_SQL_GET_FIRST_PART);
  hark_bind_i64 (statement, 1, conversation);
  hark_bind_bytes (statement, 2, message->id, sizeof message->id);
  rc = hark_messages_read (statement, rows);
  if (rc != SQLITE_OK || rows->len == 0)
    return rc;
  first = rows->pdata[0];
  statement = hark_database_begin (database, HARK_SQL_COUNT_DOWN);
  hark_bind_u64 (statement, 1, first->row);
  hark_bind_i64 (statement, 2, first->least >= HARK_MESSAGE_DELIVERED);
  hark_bind_i64 (statement, 3, message->expires_at);
  rc = hark_database_end (statement, sqlite3_step (statement));
  *ret_first = g_ptr_array_steal_index (rows, 0);
  return rc;
}

/* ---- from before ---- */

/* (transfer full): the columns that a key is made of, and the body. */
static HarkStoreMessage *
read_old (sqlite3_stmt *row)
{
  HarkStoreMessage *message = g_new0 (HarkStoreMessage, 1);

  message->kind = HARK_MESSAGE_CLIP;
  hark_column_bytes (row, 1, message->id, sizeof message->id);
  message->outgoing = sqlite3_column_int (row, 2) != 0;
  message->has_author
    = hark_column_bytes (row, 3, message->author.bytes, sizeof message->author.bytes);
  message->body = g_bytes_new (sqlite3_column_blob (row, 4), (gsize) sqlite3_column_bytes (row, 4));
  return message;
}

/* A part whose first is gone stays a message of its own. */
int
hark_parts_migrate (HarkDatabase *database)
{
  static const char all[] = "SELECT conversation, id, outgoing, author, body FROM messages "
                            "WHERE kind = 8 AND body IS NOT NULL ORDER BY position";
  static const char one[] = "UPDATE OR IGNORE messages SET part_set = ?3, part = ?4, parts = ?5, "
                            "length_ms = ?6 WHERE conversation = ?1 AND id = ?2";
  static const char rest[]
    = "UPDATE messages SET part_set = NULL, part = NULL, parts = NULL, length_ms = 0 "
      "WHERE part > 1 AND NOT EXISTS (SELECT 1 FROM messages h WHERE h.conversation = "
      "messages.conversation AND h.part_set = messages.part_set AND h.part = 1);"
      "UPDATE messages SET shown = 0 WHERE part > 1;"
      "UPDATE messages SET state = 3 WHERE part > 1 AND outgoing = 1 AND state < 3 "
      "AND grp IS NOT NULL;"
      "UPDATE messages SET peaks = NULL WHERE part = 1;";
  sqlite3_stmt *get = NULL, *set = NULL;
  int rc = sqlite3_prepare_v2 (database->handle, all, -1, &get, NULL);

  if (rc == SQLITE_OK)
    rc = sqlite3_prepare_v2 (database->handle, one, -1, &set, NULL);
  while (rc == SQLITE_OK && (rc = sqlite3_step (get)) == SQLITE_ROW) {
    g_autoptr (HarkStoreMessage) message = read_old (get);
    uint8_t key[KEY_LEN];
    HarkStorePart part;

    rc = SQLITE_OK;
    if (!hark_store_part_read (message->body, &part))
      continue;
    make_key (&part, message, key);
    hark_bind_i64 (set, 1, sqlite3_column_int64 (get, 0));
    hark_bind_bytes (set, 2, message->id, sizeof message->id);
    hark_bind_bytes (set, 3, key, sizeof key);
    hark_bind_i64 (set, 4, part.part);
    hark_bind_i64 (set, 5, part.parts);
    hark_bind_i64 (set, 6, part.length_ms);
    sqlite3_step (set);
    rc = sqlite3_reset (set);
  }
  sqlite3_finalize (get);
  sqlite3_finalize (set);
  return rc == SQLITE_DONE ? sqlite3_exec (database->handle, rest, NULL, NULL, NULL) : rc;
}
