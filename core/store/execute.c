/* core/store/execute.c - requests in, replies out, as few transactions as possible. */
#include "core/store/database.h"

#define GROUP_US_MAX (20 * G_TIME_SPAN_MILLISECOND) /* from a transaction's begin to its commit */

static unsigned
clamp_limit (unsigned limit)
{
  return CLAMP (limit, 1, 500);
}

static bool
is_about_group (const HarkStoreRequest *request)
{
  return request->kind == HARK_STORE_GET_GROUP_LOG || request->kind == HARK_STORE_GET_GROUP_ENTRY
         || request->kind == HARK_STORE_GET_GROUP_WANTED;
}

bool
hark_store_request_is_reading (const HarkStoreRequest *request)
{
  return request->kind == HARK_STORE_GET_HISTORY || request->kind == HARK_STORE_SEARCH
         || request->kind == HARK_STORE_GET_CALLS || request->kind == HARK_STORE_GET_CHATS
         || request->kind == HARK_STORE_GET_ALL || request->kind == HARK_STORE_GET_FINISHED
         || request->kind == HARK_STORE_GET_FROM || request->kind == HARK_STORE_GET_PICTURE
         || is_about_group (request) || request->kind == HARK_STORE_GET_KEPT
         || request->kind == HARK_STORE_GET_MESSAGE || request->kind == HARK_STORE_GET_VERSIONS
         || request->kind == HARK_STORE_GET_CLIP || request->kind == HARK_STORE_GET_QUARANTINE
         || request->kind == HARK_STORE_GET_BY_ID || request->kind == HARK_STORE_GET_ALIKE;
}

/* The rows, and what has become of the files among them. */
static int
read_history (HarkDatabase *database, const HarkStoreRequest *request, HarkStoreReply *reply)
{
  int rc = hark_window_read (database, request, reply);

  if (rc == SQLITE_OK)
    rc = hark_reactions_read (database, reply->messages);
  if (rc != SQLITE_OK)
    return rc;
  reply->transfers = g_ptr_array_new_with_free_func ((GDestroyNotify) hark_store_transfer_free);
  return hark_transfers_get_of (database, reply->messages, reply->transfers);
}

static int
read_one (HarkDatabase *database,
          const HarkStoreRequest *request,
          unsigned limit,
          HarkStoreReply *reply)
{
  const HarkKey *contact = &request->account_key;
  const uint8_t *id = request->message->id;
  int rc = request->kind == HARK_STORE_GET_VERSIONS
             ? hark_versions_get (database, contact, id, limit, reply->messages)
             : hark_message_get (database, contact, id, reply->messages);

  if (rc == SQLITE_OK && request->kind == HARK_STORE_GET_CLIP && reply->messages->len > 0)
    rc = hark_parts_get (database, reply->messages->pdata[0], reply->messages);
  return rc == SQLITE_OK ? hark_reactions_read (database, reply->messages) : rc;
}

static int
read_quarantine (HarkDatabase *database, HarkStoreReply *reply)
{
  reply->quarantine = g_ptr_array_new_with_free_func ((GDestroyNotify) hark_store_quarantined_free);
  return hark_quarantine_get (database, reply->quarantine);
}

static int
read_all (HarkDatabase *database, HarkStoreReply *reply)
{
  reply->snapshot = g_new0 (HarkStoreSnapshot, 1);
  return hark_snapshot_read (database, reply->snapshot);
}

static int
read_transfers (HarkDatabase *database,
                const HarkStoreRequest *request,
                unsigned limit,
                HarkStoreReply *reply)
{
  reply->transfers = g_ptr_array_new_with_free_func ((GDestroyNotify) hark_store_transfer_free);
  return request->kind == HARK_STORE_GET_ALIKE
           ? hark_transfers_get_alike (database, request->transfer, reply->transfers)
           : hark_transfers_get_finished (database, request->before, limit, reply->transfers);
}

static int
read_group (HarkDatabase *database,
            const HarkStoreRequest *request,
            unsigned limit,
            HarkStoreReply *reply)
{
  reply->group_entries
    = g_ptr_array_new_with_free_func ((GDestroyNotify) hark_store_group_entry_free);
  if (request->kind == HARK_STORE_GET_GROUP_ENTRY)
    return hark_group_entry_get (database, request->group_entry, reply->group_entries);
  if (request->kind == HARK_STORE_GET_GROUP_WANTED)
    return hark_group_wanted_get (database, request->group.id, request->at_ms, limit,
                                  reply->group_entries);
  return hark_group_entries_get (database, request->group.id, request->before, limit,
                                 reply->group_entries);
}

/* The file that the new line is about; @rc: of the line. */
static int
put_file_of (HarkDatabase *database,
             const HarkStoreRequest *request,
             const HarkStoreReply *reply,
             int rc)
{
  if (rc != SQLITE_OK || reply->duplicate || request->message->file == NULL)
    return rc;
  return hark_transfer_put (database, request->message->file);
}

/* An entry together with what it is in the conversation. */
static int
write_group_entry (HarkDatabase *database, const HarkStoreRequest *request, HarkStoreReply *reply)
{
  int rc = hark_group_entry_put (database, request->group_entry);

  for (guint i = 0;
       rc == SQLITE_OK && request->group_parts != NULL && i < request->group_parts->len; i++)
    rc = hark_group_entry_put (database, request->group_parts->pdata[i]);
  if (rc != SQLITE_OK || request->message == NULL)
    return rc;
  return put_file_of (database, request, reply,
                      hark_entries_put (database, request->message, request->parts, reply));
}

/* What an entry says, and with that what it is in the conversation. */
static int
write_group_body (HarkDatabase *database, const HarkStoreRequest *request, HarkStoreReply *reply)
{
  bool put;
  const int rc = hark_group_body_put (database, request->group_entry, &put);

  reply->duplicate = !put;
  if (rc != SQLITE_OK || !put || request->message == NULL)
    return rc;
  return put_file_of (database, request, reply,
                      hark_entry_fill (database, request->message, reply));
}

static int
read_for (HarkDatabase *database, const HarkStoreRequest *request, HarkStoreReply *reply)
{
  const unsigned limit = clamp_limit (request->limit);

  if (request->kind == HARK_STORE_GET_ALL)
    return read_all (database, reply);
  if (is_about_group (request))
    return read_group (database, request, limit, reply);
  if (request->kind == HARK_STORE_GET_CHATS) {
    reply->chats = g_ptr_array_new_with_free_func ((GDestroyNotify) hark_store_chat_free);
    return hark_chats_get (database, reply->chats);
  }
  if (request->kind == HARK_STORE_GET_ALIKE || request->kind == HARK_STORE_GET_FINISHED)
    return read_transfers (database, request, limit, reply);
  if (request->kind == HARK_STORE_GET_QUARANTINE)
    return read_quarantine (database, reply);
  if (request->kind == HARK_STORE_GET_KEPT)
    return hark_kept_get (database, request->kept.id, &reply->sealed);
  if (request->kind == HARK_STORE_GET_PICTURE)
    return hark_picture_get (database, &request->account_key, &reply->picture);
  reply->messages = g_ptr_array_new_with_free_func ((GDestroyNotify) hark_store_message_free);
  if (request->kind == HARK_STORE_GET_MESSAGE || request->kind == HARK_STORE_GET_VERSIONS
      || request->kind == HARK_STORE_GET_CLIP)
    return read_one (database, request, limit, reply);
  if (request->kind == HARK_STORE_GET_BY_ID)
    return hark_messages_get_by_id (database, request->message->id, limit, reply->messages);
  if (request->kind == HARK_STORE_GET_HISTORY)
    return read_history (database, request, reply);
  if (request->kind == HARK_STORE_SEARCH)
    return hark_messages_search (database, request->text != NULL ? request->text : "",
                                 request->has_contact ? &request->account_key : NULL,
                                 request->before, limit, reply->messages);
  if (request->kind == HARK_STORE_GET_CALLS)
    return hark_messages_get_calls (database, request, reply);
  if (request->kind == HARK_STORE_GET_FROM)
    return hark_messages_get_from (database, request->before, limit, reply->messages);

  g_assert_not_reached ();
}

static int
put_chat (HarkDatabase *database, const HarkStoreRequest *request, HarkStoreReply *reply)
{
  const int rc = hark_chat_put (database, request->chat, request->fields);

  reply->chats = g_ptr_array_new_with_free_func ((GDestroyNotify) hark_store_chat_free);
  return rc == SQLITE_OK ? hark_chat_get (database, &request->chat->contact, reply->chats) : rc;
}

static int
set_state (HarkDatabase *database, const HarkStoreMessage *message, HarkStoreReply *reply)
{
  int rc;

  if (!message->outgoing || message->state != HARK_MESSAGE_READ) {
    rc = hark_message_set_state (database, message);
    return rc == SQLITE_OK && message->part > 0
             ? hark_part_delivered (database, message, &reply->changed)
             : rc;
  }
  reply->messages = hark_messages_new ();
  return hark_messages_were_read (database, message, reply->messages);
}

/* Values that core codes itself, each under its name. */
static int
put_value (HarkDatabase *database, const HarkStoreRequest *request)
{
  const struct {
    HarkStoreRequestKind kind;
    const char *name;
    GBytes *value;
  } values[] = {
    {HARK_STORE_PUT_CALLS,      "calls",      request->calls     },
    {HARK_STORE_PUT_NODES,      "nodes",      request->nodes     },
    {HARK_STORE_PUT_SOUND,      "sound",      request->sound     },
    {HARK_STORE_PUT_SHARES,     "shares",     request->shares    },
    {HARK_STORE_PUT_RELAY,      "relay",      request->relay     },
    {HARK_STORE_PUT_RECORDS,    "records",    request->records   },
    {HARK_STORE_PUT_HEARD,      "heard",      request->heard     },
    {HARK_STORE_PUT_LEDGER,     "ledger",     request->ledger    },
    {HARK_STORE_PUT_LAN,        "lan",        request->lan       },
    {HARK_STORE_PUT_PLACE,      "place",      request->place     },
    {HARK_STORE_PUT_FILES,      "files",      request->files     },
    {HARK_STORE_PUT_KEEP,       "keep",       request->keep      },
    {HARK_STORE_PUT_BACKUP,     "backup",     request->backup    },
    {HARK_STORE_PUT_MAILBOX,    "mailbox",    request->mailbox   },
    {HARK_STORE_PUT_GROUP_MAIL, "group-mail", request->group_mail},
  };

  for (size_t i = 0; i < G_N_ELEMENTS (values); i++)
    if (values[i].kind == request->kind)
      return hark_setting_put (database, values[i].name, values[i].value);
  g_assert_not_reached ();
}

static int
write_for (HarkDatabase *database, const HarkStoreRequest *request, HarkStoreReply *reply)
{
  switch (request->kind) {
  case HARK_STORE_PUT_ACCOUNT:
    return hark_account_put (database, request->account);
  case HARK_STORE_PUT_ADDRESS:
    return hark_address_put (database, &request->address);
  case HARK_STORE_DELETE_ADDRESS:
    return hark_address_delete (database, &request->address.token);
  case HARK_STORE_PUT_CONTACT:
    return hark_contact_put (database, request->contact);
  case HARK_STORE_DELETE_CONTACT:
    return hark_contact_delete (database, &request->contact->account);
  case HARK_STORE_PUT_PERSON:
    return hark_person_put (database, request->person);
  case HARK_STORE_PUT_PICTURE:
    return hark_picture_put (database, request->person, request->picture);
  case HARK_STORE_PUT_MESSAGE:
    return hark_entries_put (database, request->message, request->parts, reply);
  case HARK_STORE_EXPIRE:
    reply->messages = hark_messages_new ();
    return hark_messages_expire (database, (int64_t) request->before, reply->messages,
                                 &reply->next_ms);
  case HARK_STORE_SET_STATE:
    return set_state (database, request->message, reply);
  case HARK_STORE_NOTE_CLIP:
    return hark_message_note_clip (database, request->message);
  case HARK_STORE_PUT_TRANSFER:
    return hark_transfer_put (database, request->transfer);
  case HARK_STORE_DELETE_TRANSFER:
    return hark_transfer_delete (database, request->transfer->id);
  case HARK_STORE_PUT_CALLS:
  case HARK_STORE_PUT_NODES:
  case HARK_STORE_PUT_SOUND:
  case HARK_STORE_PUT_SHARES:
  case HARK_STORE_PUT_RELAY:
  case HARK_STORE_PUT_RECORDS:
  case HARK_STORE_PUT_HEARD:
  case HARK_STORE_PUT_LEDGER:
  case HARK_STORE_PUT_LAN:
  case HARK_STORE_PUT_PLACE:
  case HARK_STORE_PUT_FILES:
  case HARK_STORE_PUT_KEEP:
  case HARK_STORE_PUT_BACKUP:
  case HARK_STORE_PUT_MAILBOX:
  case HARK_STORE_PUT_GROUP_MAIL:
    return put_value (database, request);
  case HARK_STORE_PUT_CHAT:
    return put_chat (database, request, reply);
  case HARK_STORE_PRUNE:
  case HARK_STORE_CLEAR:
    return hark_messages_prune (database, request, reply);
  case HARK_STORE_PUT_GROUP:
    return hark_group_put (database, &request->group);
  case HARK_STORE_DELETE_GROUP:
    return hark_group_delete (database, request->group.id);
  case HARK_STORE_PUT_GROUP_ENTRY:
    return write_group_entry (database, request, reply);
  case HARK_STORE_PUT_GROUP_BODY:
    return write_group_body (database, request, reply);
  case HARK_STORE_PUT_GROUP_READ:
    return hark_group_read_put (database, request->group.id, &request->account_key,
                                request->before);
  case HARK_STORE_CUT_GROUP_CHAIN:
    return hark_group_entries_cut (database, request->group_entry);
  case HARK_STORE_PUT_KEPT:
    return hark_kept_put (database, &request->kept, request->sealed);
  case HARK_STORE_DELETE_KEPT:
    return hark_kept_delete (database, request->kept.id);
  case HARK_STORE_PUT_SEQUENCE:
    return hark_sequence_put (database, &request->account_key, request->before);
  case HARK_STORE_GET_HISTORY:
  case HARK_STORE_SEARCH:
  case HARK_STORE_GET_CALLS:
  case HARK_STORE_GET_CHATS:
  case HARK_STORE_GET_ALL:
  case HARK_STORE_GET_FINISHED:
  case HARK_STORE_GET_FROM:
  case HARK_STORE_GET_PICTURE:
  case HARK_STORE_GET_GROUP_LOG:
  case HARK_STORE_GET_GROUP_ENTRY:
  case HARK_STORE_GET_GROUP_WANTED:
  case HARK_STORE_GET_MESSAGE:
  case HARK_STORE_GET_BY_ID:
  case HARK_STORE_GET_CLIP:
  case HARK_STORE_GET_VERSIONS:
  case HARK_STORE_GET_QUARANTINE:
  case HARK_STORE_GET_ALIKE:
  case HARK_STORE_GET_KEPT:
  default:
    g_assert_not_reached ();
  }
}

/* Inside a transaction, which is of no use any more when a change fails. It may be gone even:
 * SQLite ends it by itself on some errors, a full disk among them. */
static int
run_request (HarkDatabase *database, const HarkStoreRequest *request, HarkStoreReply *reply)
{
  const int rc = hark_store_request_is_reading (request) ? read_for (database, request, reply)
                                                         : write_for (database, request, reply);

  if (rc != SQLITE_OK)
    hark_database_set_error (database, rc, &reply->error);
  return rc;
}

static HarkStoreReply *
new_reply (const HarkStoreRequest *request)
{
  HarkStoreReply *reply = g_new0 (HarkStoreReply, 1);

  reply->kind = request->kind;
  reply->ticket = request->ticket;
  return reply;
}

/* A reply to a request that failed promises that nothing changed, and shows nothing. */
static void
fail_reply (const HarkDatabase *database, HarkStoreReply *reply, int rc)
{
  HarkStoreReply bare = {.kind = reply->kind, .ticket = reply->ticket};

  bare.error = g_steal_pointer (&reply->error);
  if (bare.error == NULL)
    hark_database_set_error (database, rc, &bare.error);
  hark_store_reply_clear (reply);
  *reply = bare;
}

/* What is remembered of the disk may be of changes that are taken back. */
static void
roll_back (HarkDatabase *database)
{
  g_hash_table_remove_all (database->conversations);
  database->expired_ms = 0;
  hark_database_undo (database);
}

/* One transaction of the first @n requests, or of as many as fit into its time, or up to a change
 * that fails; their number in @ret_n. Returns SQLITE_OK when it was committed: then every change
 * was made. A savepoint for each would save what came before one that fails, which hardly ever
 * happens; but FTS5 writes what it has gathered at each savepoint, which makes a message half as
 * dear again. */
static int
execute_together (HarkDatabase *database,
                  HarkStoreRequest *const *requests,
                  HarkStoreReply **replies,
                  size_t n,
                  size_t *ret_n)
{
  const gint64 end_us = g_get_monotonic_time () + GROUP_US_MAX;
  int rc = hark_database_transact (database);
  size_t done = 0;

  while (done == 0 || (done < n && rc == SQLITE_OK && g_get_monotonic_time () < end_us)) {
    HarkStoreReply *reply = replies[done] = new_reply (requests[done]);
    int own = rc;

    if (rc == SQLITE_OK)
      own = run_request (database, requests[done], reply);
    done++;
    reply->ok = own == SQLITE_OK;
    if (own != SQLITE_OK)
      fail_reply (database, reply, own);
    if (sqlite3_get_autocommit (database->handle) != 0)
      rc = own != SQLITE_OK ? own : SQLITE_IOERR;
    else if (!hark_store_request_is_reading (requests[done - 1]))
      rc = own;
  }

  if (rc == SQLITE_OK)
    rc = hark_database_run (database, HARK_SQL_COMMIT);

  if (rc != SQLITE_OK) {
    for (size_t i = 0; i < done; i++)
      fail_reply (database, replies[i], rc);
    roll_back (database);
  }

  *ret_n = done;
  return rc;
}

size_t
hark_database_execute (HarkDatabase *database,
                       HarkStoreRequest *const *requests,
                       HarkStoreReply **replies,
                       size_t n)
{
  size_t done, one;

  if (execute_together (database, requests, replies, n, &done) == SQLITE_OK || done == 1)
    return done;

  for (size_t i = 0; i < done; i++) {
    hark_store_reply_free (replies[i]);
    execute_together (database, &requests[i], &replies[i], 1, &one);
  }

  return done;
}
