/* core/store/entries.c - what entries do to each other: edits, deletions, reactions, timers.
 *
 * The same entries give the same conversation, in whatever order they come: an entry that comes
 * before what it is about waits, and of several the one that stands last counts.
 */
#include "core/store/database.h"

#include <string.h>

#define REACTIONS_MAX 500 /* rows looked at for one message */

static const char reason_author[] = "It changes a message that somebody else wrote.";
static const char reason_kind[] = "It changes something that cannot be changed in this way.";
static const char reason_pending[] = "Too many changes wait for messages that are not here.";
static const char reason_order[] = "It claims to stand before what its writer had seen.";
static const char reason_poison[] = "Hark ended twice while writing it down.";
static const char reason_gone[] = "The message is not here.";

static bool
is_change (HarkMessageKind kind)
{
  return kind == HARK_MESSAGE_EDIT || kind == HARK_MESSAGE_DELETE || kind == HARK_MESSAGE_REACTION;
}

static bool
same_author (const HarkStoreMessage *a, const HarkStoreMessage *b)
{
  return a->outgoing == b->outgoing && a->has_author == b->has_author
         && (!a->has_author || hark_key_equal (&a->author, &b->author));
}

static bool
same_group (const HarkStoreMessage *a, const HarkStoreMessage *b)
{
  return a->has_group == b->has_group
         && (!a->has_group || memcmp (a->group, b->group, sizeof a->group) == 0);
}

/* ---- rows ---- */

GPtrArray *
hark_messages_new (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) hark_store_message_free);
}

/* What is needed to change a row. */
static int
run_on (HarkDatabase *database, HarkSql sql, sqlite3_int64 first, sqlite3_int64 second)
{
  sqlite3_stmt *run = hark_database_begin (database, sql);

  hark_bind_i64 (run, 1, first);
  hark_bind_i64 (run, 2, second);
  return hark_database_end (run, sqlite3_step (run));
}

/* Rows about @target, of the conversation; @sql says which. */
static int
read_about (HarkDatabase *database,
            HarkSql sql,
            sqlite3_int64 conversation,
            const uint8_t target[16],
            unsigned limit,
            GPtrArray *ret)
{
  sqlite3_stmt *get = hark_database_begin (database, sql);

  hark_bind_i64 (get, 1, conversation);
  hark_bind_bytes (get, 2, target, 16);
  hark_bind_i64 (get, 3, limit);
  return hark_messages_read (get, ret);
}

static int
find (HarkDatabase *database,
      sqlite3_int64 conversation,
      const uint8_t id[16],
      HarkStoreMessage **ret)
{
  g_autoptr (GPtrArray) rows = hark_messages_new ();
  const int rc = read_about (database, HARK_SQL_GET_MESSAGE, conversation, id, 1, rows);

  *ret = rc == SQLITE_OK && rows->len > 0 ? g_ptr_array_steal_index (rows, 0) : NULL;
  return rc;
}

int
hark_message_get (HarkDatabase *database,
                  const HarkKey *contact,
                  const uint8_t id[16],
                  GPtrArray *ret)
{
  HarkStoreMessage *row = NULL;
  sqlite3_int64 conversation;
  int rc = hark_conversation_find (database, contact, false, &conversation);

  if (rc == SQLITE_OK && conversation != 0)
    rc = find (database, conversation, id, &row);
  if (row != NULL)
    g_ptr_array_add (ret, row);
  return rc;
}

int
hark_messages_get_by_id (HarkDatabase *database,
                         const uint8_t id[16],
                         unsigned limit,
                         GPtrArray *ret)
{
  sqlite3_stmt *get = hark_database_begin (database, HARK_SQL_GET_BY_ID);

  hark_bind_bytes (get, 1, id, 16);
  hark_bind_i64 (get, 2, limit);
  return hark_messages_read (get, ret);
}

/* ---- reactions ---- */

static void
add_reaction (GArray *reactions, const HarkStoreMessage *row)
{
  HarkStoreReaction reaction
    = {.outgoing = row->outgoing, .has_author = row->has_author, .sent_ms = row->sent_ms};

  reaction.author = row->has_author ? row->author : (HarkKey){{0}};
  g_strlcpy (reaction.text, row->text, sizeof reaction.text);
  for (guint i = 0; i < reactions->len; i++) {
    const HarkStoreReaction *other = &g_array_index (reactions, HarkStoreReaction, i);

    if (other->outgoing == reaction.outgoing && hark_key_equal (&other->author, &reaction.author)) {
      g_array_remove_index (reactions, i);
      break;
    }
  }
  if (reaction.text[0] != '\0')
    g_array_append_val (reactions, reaction);
}

static int
read_reactions (HarkDatabase *database, sqlite3_int64 conversation, HarkStoreMessage *message)
{
  g_autoptr (GPtrArray) rows = hark_messages_new ();
  const int rc
    = read_about (database, HARK_SQL_GET_REACTIONS, conversation, message->id, REACTIONS_MAX, rows);

  if (rc != SQLITE_OK || rows->len == 0)
    return rc;
  message->reactions = g_array_new (FALSE, TRUE, sizeof (HarkStoreReaction));
  for (guint i = 0; i < rows->len; i++)
    add_reaction (message->reactions, rows->pdata[i]);
  if (message->reactions->len == 0)
    g_clear_pointer (&message->reactions, g_array_unref);
  return rc;
}

int
hark_reactions_read (HarkDatabase *database, GPtrArray *messages)
{
  int rc = SQLITE_OK;

  for (guint i = 0; i < messages->len && rc == SQLITE_OK; i++) {
    HarkStoreMessage *message = messages->pdata[i];
    sqlite3_int64 conversation;

    if (message->deleted || message->hidden)
      continue;
    rc = hark_conversation_find (database, &message->contact, false, &conversation);
    if (rc == SQLITE_OK)
      rc = read_reactions (database, conversation, message);
  }
  return rc;
}

/* ---- rules ---- */

static int
check_pending (HarkDatabase *database, sqlite3_int64 conversation, const char **ret)
{
  sqlite3_stmt *count = hark_database_begin (database, HARK_SQL_COUNT_PENDING);
  int rc;

  hark_bind_i64 (count, 1, conversation);
  rc = sqlite3_step (count);
  if (rc == SQLITE_ROW && sqlite3_column_int (count, 0) >= HARK_STORE_PENDING_MAX)
    *ret = reason_pending;
  return hark_database_end (count, rc);
}

/* Written now by the user of this profile, who shall hear that it does not work. In notes to
 * oneself everything is READ from the start. */
static bool
is_new_and_ours (const HarkDatabase *database, const HarkStoreMessage *change)
{
  return change->outgoing && !database->filling
         && (change->state == HARK_MESSAGE_QUEUED || change->state == HARK_MESSAGE_READ);
}

/* Whether @change may be done to @target: NULL, or why not. */
static const char *
why_not (const HarkDatabase *database,
         const HarkStoreMessage *change,
         const HarkStoreMessage *target)
{
  const bool local = target->kind == HARK_MESSAGE_FILE || target->kind == HARK_MESSAGE_CALL;
  const bool line = target->kind == HARK_MESSAGE_TEXT || target->kind == HARK_MESSAGE_CLIP;

  if (local || !line || (change->kind == HARK_MESSAGE_EDIT && target->kind != HARK_MESSAGE_TEXT)
      || !same_group (change, target))
    return reason_kind;
  if (change->kind != HARK_MESSAGE_REACTION && !same_author (change, target))
    return reason_author;
  if (is_new_and_ours (database, change) && target->deleted)
    return reason_gone;
  return NULL;
}

static int
check_parents (HarkDatabase *database,
               sqlite3_int64 conversation,
               const HarkStoreMessage *message,
               const char **ret)
{
  int rc = SQLITE_OK;

  for (unsigned i = 0; i < message->n_parents && rc == SQLITE_OK && *ret == NULL; i++) {
    sqlite3_stmt *get = hark_database_begin (database, HARK_SQL_FIND_MESSAGE);

    hark_bind_i64 (get, 1, conversation);
    hark_bind_bytes (get, 2, message->parents[i], sizeof message->parents[i]);
    rc = sqlite3_step (get);
    if (rc == SQLITE_ROW && sqlite3_column_int64 (get, 0) / 4096 >= message->clock)
      *ret = reason_order;
    rc = hark_database_end (get, rc);
  }
  return rc;
}

/* @ret_target: (transfer full) (nullable): what it is about, when it is here. @ret_reason: NULL, or
 * why it is refused. */
static int
check (HarkDatabase *database,
       sqlite3_int64 conversation,
       const HarkStoreMessage *message,
       HarkStoreMessage **ret_target,
       const char **ret_reason)
{
  int rc = SQLITE_OK;

  *ret_target = NULL;
  *ret_reason = NULL;
  if (is_change (message->kind) && message->has_target) {
    rc = find (database, conversation, message->target, ret_target);
    if (rc == SQLITE_OK && *ret_target != NULL)
      *ret_reason = why_not (database, message, *ret_target);
    else if (rc == SQLITE_OK && is_new_and_ours (database, message))
      *ret_reason = reason_gone;
    else if (rc == SQLITE_OK)
      rc = check_pending (database, conversation, ret_reason);
  }
  /* at the end of time the clock stands still */
  if (rc == SQLITE_OK && *ret_reason == NULL && !message->outgoing && message->clock > 0
      && message->clock < HARK_STORE_CLOCK_MAX)
    rc = check_parents (database, conversation, message, ret_reason);
  return rc;
}

/* ---- doing ---- */

static const char *
shown_text (const HarkStoreMessage *row)
{
  return row->current != NULL ? row->current : row->text;
}

static int
apply_edit (HarkDatabase *database,
            sqlite3_int64 conversation,
            const HarkStoreMessage *edit,
            const HarkStoreMessage *target)
{
  g_autoptr (GPtrArray) newest = hark_messages_new ();
  sqlite3_stmt *set;
  int rc = read_about (database, HARK_SQL_GET_NEWEST_EDIT, conversation, target->id, 1, newest);
  const bool counts
    = newest->len == 0 || memcmp (((HarkStoreMessage *) newest->pdata[0])->id, edit->id, 16) == 0;

  if (rc == SQLITE_OK && counts)
    rc = hark_words_drop (database, conversation, target->row, shown_text (target));
  if (rc == SQLITE_OK && counts)
    rc = hark_words_put (database, conversation, target->row, edit->text);
  if (rc != SQLITE_OK)
    return rc;
  set = hark_database_begin (database, HARK_SQL_SET_CURRENT);
  hark_bind_u64 (set, 1, target->row);
  hark_bind_text (set, 2, counts ? edit->text : shown_text (target));
  return hark_database_end (set, sqlite3_step (set));
}

/* A part has none itself. */
static int
wipe_parts (HarkDatabase *database, const HarkStoreMessage *row)
{
  g_autoptr (GPtrArray) parts = hark_messages_new ();
  int rc = hark_parts_get (database, row, parts);

  if (rc == SQLITE_OK)
    rc = hark_parts_get_bare (database, row, parts);
  for (guint i = 0; i < parts->len && rc == SQLITE_OK; i++)
    rc = hark_message_wipe (database, parts->pdata[i], false);
  return rc;
}

int
hark_message_wipe (HarkDatabase *database, const HarkStoreMessage *row, bool keep_line)
{
  sqlite3_int64 conversation;
  sqlite3_stmt *wipe;
  int rc = hark_conversation_find (database, &row->contact, false, &conversation);

  if (rc == SQLITE_OK && !row->deleted
      && (row->kind == HARK_MESSAGE_TEXT || row->kind == HARK_MESSAGE_FILE))
    rc = hark_words_drop (database, conversation, row->row, shown_text (row));
  if (rc == SQLITE_OK)
    rc = run_on (database, HARK_SQL_CLEAR_MESSAGE, (sqlite3_int64) row->row, keep_line);
  if (rc != SQLITE_OK)
    return rc;
  if (row->has_group)
    rc = hark_group_entries_wipe (database, row->group, row->id);
  if (rc == SQLITE_OK)
    rc = wipe_parts (database, row);
  if (rc != SQLITE_OK)
    return rc;
  wipe = hark_database_begin (database, HARK_SQL_CLEAR_ABOUT);
  hark_bind_i64 (wipe, 1, conversation);
  hark_bind_bytes (wipe, 2, row->id, sizeof row->id);
  rc = hark_database_end (wipe, sqlite3_step (wipe));
  return rc == SQLITE_OK ? hark_database_run (database, HARK_SQL_MERGE_WORDS) : rc;
}

/* Of one person only the newest reaction is needed; a flood of them leaves nothing to read. What of
 * ours waits to be sent is left alone. */
static int
forget_older_reactions (HarkDatabase *database,
                        sqlite3_int64 conversation,
                        const HarkStoreMessage *reaction)
{
  sqlite3_stmt *forget;

  if (reaction->outgoing)
    return SQLITE_OK;
  forget = hark_database_begin (database, HARK_SQL_FORGET_REACTIONS);
  hark_bind_i64 (forget, 1, conversation);
  hark_bind_bytes (forget, 2, reaction->target, sizeof reaction->target);
  hark_bind_optional (forget, 3, reaction->has_author, reaction->author.bytes,
                      sizeof reaction->author.bytes);
  return hark_database_end (forget, sqlite3_step (forget));
}

static int
apply (HarkDatabase *database,
       sqlite3_int64 conversation,
       const HarkStoreMessage *change,
       const HarkStoreMessage *target)
{
  switch (change->kind) {
  case HARK_MESSAGE_EDIT:
    return target->deleted ? hark_message_wipe (database, change, false)
                           : apply_edit (database, conversation, change, target);
  case HARK_MESSAGE_DELETE:
    return hark_message_wipe (database, target, true);
  case HARK_MESSAGE_REACTION:
    return forget_older_reactions (database, conversation, change);
  default:
    return SQLITE_OK;
  }
}

/* What came before the message that it is about. */
static int
apply_pending (HarkDatabase *database, sqlite3_int64 conversation, const HarkStoreMessage *message)
{
  g_autoptr (GPtrArray) rows = hark_messages_new ();
  int rc = read_about (database, HARK_SQL_GET_PENDING, conversation, message->id,
                       HARK_STORE_PENDING_MAX, rows);

  for (guint i = 0; i < rows->len && rc == SQLITE_OK; i++) {
    const HarkStoreMessage *change = rows->pdata[i];
    HarkStoreMessage *target = NULL;
    const char *reason;

    rc = find (database, conversation, message->id, &target); /* as the last one left it */
    if (rc != SQLITE_OK || target == NULL)
      break;
    reason = why_not (database, change, target);
    rc = run_on (database, HARK_SQL_SET_PENDING, (sqlite3_int64) change->row, reason != NULL);
    if (rc == SQLITE_OK && reason != NULL)
      rc = hark_quarantine_put (database, change, reason);
    else if (rc == SQLITE_OK)
      rc = apply (database, conversation, change, target);
    hark_store_message_free (target);
  }
  return rc;
}

int
hark_timer_set (HarkDatabase *database,
                sqlite3_int64 conversation,
                uint32_t expires_s,
                uint64_t position)
{
  sqlite3_stmt *set = hark_database_begin (database, HARK_SQL_SET_TIMER);

  hark_bind_i64 (set, 1, conversation);
  hark_bind_i64 (set, 2, expires_s);
  hark_bind_u64 (set, 3, position);
  return hark_database_end (set, sqlite3_step (set));
}

/* An edit waits while what it changes has not come itself. */
static int
is_missing (HarkDatabase *database,
            const HarkStoreMessage *change,
            const HarkStoreMessage *target,
            bool *ret)
{
  *ret = target == NULL;
  if (target == NULL || change->kind != HARK_MESSAGE_EDIT || !target->deleted || !target->has_group)
    return SQLITE_OK;
  return hark_group_body_is_wanted (database, target->group, target->id, ret);
}

/* It is a row now: what follows for others. */
static int
settle (HarkDatabase *database,
        sqlite3_int64 conversation,
        const HarkStoreMessage *row,
        const HarkStoreMessage *target,
        bool *ret_changed)
{
  bool missing;
  int rc = is_missing (database, row, target, &missing);

  if (rc != SQLITE_OK)
    return rc;
  if (is_change (row->kind) && row->has_target && !missing) {
    *ret_changed = true;
    rc = apply (database, conversation, row, target);
    if (rc == SQLITE_OK && row->kind == HARK_MESSAGE_DELETE) /* edits that waited for it */
      rc = apply_pending (database, conversation, target);
  } else if (is_change (row->kind) && row->has_target) {
    rc = run_on (database, HARK_SQL_MARK_PENDING, (sqlite3_int64) row->row, 0);
  } else {
    *ret_changed = true;
    rc = row->kind == HARK_MESSAGE_TIMER && !row->has_group
           ? hark_timer_set (database, conversation, row->expires_s, row->position)
           : SQLITE_OK;
  }
  return rc == SQLITE_OK ? apply_pending (database, conversation, row) : rc;
}

/* @reply->changed: the row of @id as it is now. */
static int
tell_changed (HarkDatabase *database,
              sqlite3_int64 conversation,
              const uint8_t id[16],
              HarkStoreReply *reply)
{
  int rc = find (database, conversation, id, &reply->changed);

  if (rc == SQLITE_OK && reply->changed != NULL && !reply->changed->deleted)
    rc = read_reactions (database, conversation, reply->changed);
  return rc;
}

/* A new line or something unknown, and nothing was waiting for it: most of all entries. */
static bool
stands_alone (HarkDatabase *database,
              sqlite3_int64 conversation,
              const HarkStoreMessage *message,
              int *ret_rc)
{
  g_autoptr (GPtrArray) waiting = hark_messages_new ();

  if (is_change (message->kind) || message->kind == HARK_MESSAGE_TIMER)
    return false;
  *ret_rc = read_about (database, HARK_SQL_GET_PENDING, conversation, message->id, 1, waiting);
  return *ret_rc == SQLITE_OK && waiting->len == 0;
}

/* More of a voice message; without its first it waits, and behind a deleted one nothing is left. */
static int
join (HarkDatabase *database,
      sqlite3_int64 conversation,
      const HarkStoreMessage *message,
      const HarkPartNote *note,
      HarkStoreReply *reply)
{
  HarkStoreMessage *row = NULL;
  int rc = find (database, conversation, message->id, &row);

  reply->is_part = true;
  if (rc == SQLITE_OK && row != NULL)
    rc = note->is_gone ? hark_message_wipe (database, row, false)
                       : apply_pending (database, conversation, row);
  hark_store_message_free (row);
  return rc == SQLITE_OK && note->has_first && !note->is_gone
           ? tell_changed (database, conversation, note->first, reply)
           : rc;
}

static int
insert (HarkDatabase *database,
        sqlite3_int64 conversation,
        const HarkStoreMessage *message,
        const HarkStoreMessage *target,
        HarkStoreReply *reply)
{
  HarkStoreMessage *row = NULL;
  HarkPartNote note;
  bool changed = false;
  int rc = hark_message_put (database, message, &reply->duplicate, &reply->position);

  if (rc != SQLITE_OK || reply->duplicate || message->kind == HARK_MESSAGE_FILE
      || message->kind == HARK_MESSAGE_CALL)
    return rc;
  rc = hark_part_note (database, conversation, message, &note);
  reply->is_part = note.is_bare;
  if (rc != SQLITE_OK || note.part > 1)
    return rc == SQLITE_OK ? join (database, conversation, message, &note, reply) : rc;
  if (stands_alone (database, conversation, message, &rc))
    return note.part == 1 ? tell_changed (database, conversation, message->id, reply) : rc;
  if (rc == SQLITE_OK)
    rc = find (database, conversation, message->id, &row);
  if (rc == SQLITE_OK && row != NULL)
    rc = settle (database, conversation, row, target, &changed);
  if (rc == SQLITE_OK && changed)
    rc = tell_changed (database, conversation, target != NULL ? target->id : message->id, reply);
  hark_store_message_free (row);
  return rc;
}

static int
put_new (HarkDatabase *database,
         sqlite3_int64 conversation,
         const HarkStoreMessage *message,
         HarkStoreReply *reply)
{
  HarkStoreMessage *target = NULL;
  int rc = check (database, conversation, message, &target, &reply->refused);

  if (rc == SQLITE_OK && reply->refused != NULL && message->outgoing)
    rc = hark_sequence_put (database, &message->contact, message->seq);
  else if (rc == SQLITE_OK && reply->refused != NULL)
    rc = hark_quarantine_put (database, message, reply->refused);
  else if (rc == SQLITE_OK)
    rc = insert (database, conversation, message, target, reply);
  hark_store_message_free (target);
  return rc;
}

/* Of theirs; it may be what ended us before. */
static int
put_theirs (HarkDatabase *database,
            sqlite3_int64 conversation,
            const HarkStoreMessage *message,
            HarkStoreReply *reply)
{
  int rc;

  if (!hark_poison_begin (database->poison, HARK_POISON_STORING, &message->contact, message->id,
                          sizeof message->id)) {
    HarkStoreMessage bare = *message;

    bare.text = (char *) "";
    reply->refused = reason_poison;
    return hark_quarantine_put (database, &bare, reason_poison);
  }
  rc = put_new (database, conversation, message, reply);
  hark_poison_end (database->poison, HARK_POISON_STORING);
  return rc;
}

int
hark_entry_put (HarkDatabase *database, const HarkStoreMessage *message, HarkStoreReply *reply)
{
  sqlite3_int64 conversation;
  int rc = hark_conversation_find (database, &message->contact, true, &conversation);

  if (rc == SQLITE_OK)
    rc = hark_message_find (database, conversation, message->id, &reply->duplicate,
                            &reply->position);
  if (rc != SQLITE_OK || reply->duplicate)
    return rc;
  return message->outgoing ? put_new (database, conversation, message, reply)
                           : put_theirs (database, conversation, message, reply);
}

int
hark_entries_put (HarkDatabase *database,
                  const HarkStoreMessage *message,
                  const GPtrArray *parts,
                  HarkStoreReply *reply)
{
  int rc = hark_entry_put (database, message, reply);

  if (parts == NULL || reply->duplicate || reply->refused != NULL)
    return rc;
  for (guint i = 0; i < parts->len && rc == SQLITE_OK; i++) {
    HarkStoreReply of_part = {0};

    rc = hark_entry_put (database, parts->pdata[i], &of_part);
    if (of_part.changed != NULL) {
      hark_store_message_free (reply->changed);
      reply->changed = of_part.changed;
    }
  }
  return rc;
}

int
hark_entry_fill (HarkDatabase *database, const HarkStoreMessage *message, HarkStoreReply *reply)
{
  HarkStoreMessage *bare = NULL;
  sqlite3_int64 conversation;
  int rc = hark_conversation_find (database, &message->contact, true, &conversation);

  if (rc == SQLITE_OK)
    rc = find (database, conversation, message->id, &bare);
  reply->known = bare != NULL && !bare->hidden;
  if (rc == SQLITE_OK && bare != NULL && bare->deleted) {
    sqlite3_stmt *delete = hark_database_begin (database, HARK_SQL_DELETE_MESSAGE);

    hark_bind_u64 (delete, 1, bare->row);
    rc = hark_database_end (delete, sqlite3_step (delete));
  }
  hark_store_message_free (bare);
  if (rc == SQLITE_OK)
    rc = hark_entry_put (database, message, reply);
  if (rc == SQLITE_OK && reply->changed == NULL && reply->refused == NULL && !reply->is_part)
    rc = tell_changed (database, conversation, message->id, reply);
  return rc;
}

int
hark_versions_get (HarkDatabase *database,
                   const HarkKey *contact,
                   const uint8_t id[16],
                   unsigned limit,
                   GPtrArray *ret)
{
  sqlite3_int64 conversation;
  int rc = hark_conversation_find (database, contact, false, &conversation);

  if (rc != SQLITE_OK || conversation == 0)
    return rc;
  rc = hark_message_get (database, contact, id, ret);
  if (rc == SQLITE_OK)
    rc = read_about (database, HARK_SQL_GET_EDITS, conversation, id, limit, ret);
  return rc;
}
