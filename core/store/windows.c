/* core/store/windows.c - parts of a conversation, by the place they are at. Never by counting from
 * its beginning or end: each takes as long as what it gives.
 */
#include "core/store/database.h"

typedef struct {
  HarkDatabase *database;
  const HarkKey *contact;
  sqlite3_int64 conversation;
  unsigned limit;
  HarkStoreReply *reply;
} Window;

/* ---- where ------------------------------------------------------------------------------------
 */

/* @sql gives a place of the conversation, or none: 0. */
static int
find_place (const Window *window, HarkSql sql, const uint8_t *id, uint64_t *ret)
{
  sqlite3_stmt *find = hark_database_begin (window->database, sql);
  int rc;

  hark_bind_i64 (find, 1, window->conversation);
  if (id != NULL)
    hark_bind_bytes (find, 2, id, 16);
  rc = sqlite3_step (find);
  *ret = rc == SQLITE_ROW ? hark_column_u64 (find, 0) : 0;
  return hark_database_end (find, rc);
}

/* The first entry at or behind @place: where it is and when that was by our clock. */
static int
probe (const Window *window, int64_t place, int64_t *ret_place, int64_t *ret_ms, bool *ret_found)
{
  sqlite3_stmt *get = hark_database_begin (window->database, HARK_SQL_PROBE);
  int rc;

  hark_bind_i64 (get, 1, window->conversation);
  hark_bind_i64 (get, 2, place);
  rc = sqlite3_step (get);
  *ret_found = rc == SQLITE_ROW;
  if (*ret_found) {
    *ret_place = sqlite3_column_int64 (get, 0);
    *ret_ms = sqlite3_column_int64 (get, 1);
  }
  return hark_database_end (get, rc);
}

/* The place of the first entry that is not before @at_ms, by halving: there is no index by time,
 * which every message would pay for, and times do not have to be in order. None: 0. */
static int
find_time (const Window *window, int64_t at_ms, uint64_t *ret)
{
  int64_t low = 0, high = INT64_MAX, place = 0, ms = 0;
  bool found = false;
  int rc = SQLITE_OK;

  while (rc == SQLITE_OK && low < high) {
    const int64_t middle = low + (high - low) / 2;

    rc = probe (window, middle, &place, &ms, &found);
    if (found && ms < at_ms)
      low = place + 1;
    else
      high = middle;
  }
  if (rc == SQLITE_OK)
    rc = probe (window, low, &place, &ms, &found);
  *ret = found ? (uint64_t) place : 0;
  return rc;
}

static int
find_focus (const Window *window, const HarkStoreRequest *request, uint64_t *ret)
{
  switch (request->window) {
  case HARK_WINDOW_AROUND_ID:
    return find_place (window, HARK_SQL_FIND_MESSAGE, request->id, ret);
  case HARK_WINDOW_AROUND_TIME:
    return find_time (window, request->at_ms, ret);
  case HARK_WINDOW_UNREAD:
    return find_place (window, HARK_SQL_FIND_UNREAD, NULL, ret);
  case HARK_WINDOW_BEFORE:
  case HARK_WINDOW_AFTER:
  case HARK_WINDOW_AROUND:
  default:
    *ret = request->before;
    return SQLITE_OK;
  }
}

/* ---- what -------------------------------------------------------------------------------------
 */

static int
read_older (const Window *window, uint64_t below, unsigned limit)
{
  return limit == 0 ? SQLITE_OK
                    : hark_messages_get_history (window->database, window->contact, below, limit,
                                                 window->reply->messages);
}

/* Those behind @above, the newest first. */
static int
read_newer (const Window *window, uint64_t above, unsigned limit)
{
  GPtrArray *messages = window->reply->messages;
  const int rc
    = hark_messages_get_newer (window->database, window->contact, above, limit, messages);

  for (guint i = 0; rc == SQLITE_OK && i < messages->len / 2; i++) {
    void *other = messages->pdata[messages->len - 1 - i];

    messages->pdata[messages->len - 1 - i] = messages->pdata[i];
    messages->pdata[i] = other;
  }
  return rc;
}

static int
find_beyond (const Window *window, HarkSql sql, uint64_t place, bool *ret)
{
  sqlite3_stmt *find = hark_database_begin (window->database, sql);
  int rc;

  hark_bind_i64 (find, 1, window->conversation);
  hark_bind_u64 (find, 2, place);
  rc = sqlite3_step (find);
  *ret = rc == SQLITE_ROW;
  return hark_database_end (find, rc);
}

/* Whether there is more on either side. */
static int
look_beyond (const Window *window)
{
  HarkStoreReply *reply = window->reply;
  const GPtrArray *messages = reply->messages;
  const HarkStoreMessage *newest, *oldest;
  int rc;

  if (messages->len == 0)
    return SQLITE_OK;
  newest = messages->pdata[0];
  oldest = messages->pdata[messages->len - 1];
  rc = find_beyond (window, HARK_SQL_FIND_OLDER, oldest->position, &reply->older);
  return rc == SQLITE_OK
           ? find_beyond (window, HARK_SQL_FIND_NEWER, newest->position, &reply->newer)
           : rc;
}

int
hark_window_read (HarkDatabase *database, const HarkStoreRequest *request, HarkStoreReply *reply)
{
  Window window = {.database = database,
                   .contact = &request->account_key,
                   .limit = CLAMP (request->limit, 1, 500),
                   .reply = reply};
  uint64_t focus = 0;
  int rc = hark_conversation_find (database, &request->account_key, false, &window.conversation);

  if (rc != SQLITE_OK || window.conversation == 0)
    return rc;
  rc = find_focus (&window, request, &focus);
  if (rc != SQLITE_OK)
    return rc;
  if (request->window == HARK_WINDOW_AFTER) {
    rc = read_newer (&window, focus, window.limit);
  } else if (request->window == HARK_WINDOW_BEFORE || focus == 0) {
    rc = read_older (&window, focus, window.limit);
  } else { /* what it is about counts as older, so that it is in the window */
    reply->focus = focus;
    if (window.limit > 1)
      rc = read_newer (&window, focus, window.limit / 2);
    if (rc == SQLITE_OK)
      rc = read_older (&window, focus + 1, window.limit - window.limit / 2);
  }
  return rc == SQLITE_OK ? look_beyond (&window) : rc;
}
