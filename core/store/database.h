/* core/store/database.h - the open database: its connection, its statements, and what they do.
 *
 * Shell: blocks on the disk; one thread at a time. Functions that change something return an SQLite
 * result code; hark_database_set_error() turns the last one into words.
 */
#pragma once

#include "core/store/poison.h"
#include "core/store/store.h"
#include "core/store/vfs.h"

#include <sqlite3.h>

#define HARK_SCHEMA_VERSION 5

/* Statements are compiled once, when they are first needed; their SQL is in statements.c. */
typedef enum {
  HARK_SQL_BEGIN,
  HARK_SQL_COMMIT,
  HARK_SQL_ROLLBACK,
  HARK_SQL_GET_ACCOUNT,
  HARK_SQL_PUT_ACCOUNT,
  HARK_SQL_GET_ADDRESSES,
  HARK_SQL_PUT_ADDRESS,
  HARK_SQL_DELETE_ADDRESS,
  HARK_SQL_GET_SETTING,
  HARK_SQL_PUT_SETTING,
  HARK_SQL_GET_CONTACTS,
  HARK_SQL_PUT_CONTACT,
  HARK_SQL_DELETE_CONTACT,
  HARK_SQL_GET_PEOPLE,
  HARK_SQL_PUT_PERSON,
  HARK_SQL_DELETE_PERSON,
  HARK_SQL_GET_PICTURE,
  HARK_SQL_PUT_PICTURE,
  HARK_SQL_DELETE_PICTURE,
  HARK_SQL_FIND_CONVERSATION,
  HARK_SQL_ADD_CONVERSATION,
  HARK_SQL_RAISE_SEQUENCE,
  HARK_SQL_RAISE_CLOCK,
  HARK_SQL_GET_CLOCK,
  HARK_SQL_GET_CONVERSATIONS,
  HARK_SQL_GET_HEAD,
  HARK_SQL_GET_CHATS,
  HARK_SQL_PUT_CHAT,
  HARK_SQL_SEE_MESSAGES,
  HARK_SQL_UNMARK,
  HARK_SQL_GET_KEEP,
  HARK_SQL_DELETE_CONVERSATION,
  HARK_SQL_PUT_MESSAGE,
  HARK_SQL_PUT_WORDS,
  HARK_SQL_DROP_WORDS,
  HARK_SQL_FIND_MESSAGE,
  HARK_SQL_GET_MESSAGE,
  HARK_SQL_GET_BY_ID,
  HARK_SQL_GET_REACTIONS,
  HARK_SQL_FORGET_REACTIONS,
  HARK_SQL_GET_EDITS,
  HARK_SQL_GET_NEWEST_EDIT,
  HARK_SQL_SET_CURRENT,
  HARK_SQL_COUNT_PENDING,
  HARK_SQL_GET_PENDING,
  HARK_SQL_MARK_PENDING,
  HARK_SQL_SET_PENDING,
  HARK_SQL_CLEAR_MESSAGE,
  HARK_SQL_CLEAR_ABOUT,
  HARK_SQL_SET_TIMER,
  HARK_SQL_GET_EXPIRED,
  HARK_SQL_NEXT_EXPIRY,
  HARK_SQL_SHORTEN_TIMERS,
  HARK_SQL_PUT_QUARANTINE,
  HARK_SQL_TRIM_QUARANTINE_OF,
  HARK_SQL_TRIM_QUARANTINE,
  HARK_SQL_GET_QUARANTINE,
  HARK_SQL_DELETE_QUARANTINE_OF,
  HARK_SQL_PRUNE_QUARANTINE,
  HARK_SQL_NOTE_CLIP,
  HARK_SQL_FIND_PART,
  HARK_SQL_COUNT_WAITING_PARTS,
  HARK_SQL_SET_PART,
  HARK_SQL_FIND_BARE_FIRST,
  HARK_SQL_GET_BARE_PARTS,
  HARK_SQL_HIDE_BARE_PART,
  HARK_SQL_RELEASE_PARTS,
  HARK_SQL_FORGET_PEAKS,
  HARK_SQL_GET_PARTS,
  HARK_SQL_GET_FIRST_PART,
  HARK_SQL_COUNT_DOWN,
  HARK_SQL_SET_STATE,
  HARK_SQL_WERE_READ,
  HARK_SQL_GET_OUTBOX,
  HARK_SQL_GET_HISTORY,
  HARK_SQL_GET_TIES,
  HARK_SQL_GET_NEWER,
  HARK_SQL_GET_TIES_ABOVE,
  HARK_SQL_FIND_OLDER,
  HARK_SQL_FIND_NEWER,
  HARK_SQL_FIND_UNREAD,
  HARK_SQL_PROBE,
  HARK_SQL_GET_LAST,
  HARK_SQL_GET_FROM,
  HARK_SQL_GET_CALLS,
  HARK_SQL_SEARCH,
  HARK_SQL_FIND_WORD,
  HARK_SQL_DELETE_WORDS,
  HARK_SQL_GET_DUE,
  HARK_SQL_GET_LAST_ROW,
  HARK_SQL_WIPE_MESSAGE,
  HARK_SQL_DELETE_MESSAGE,
  HARK_SQL_DELETE_MESSAGES,
  HARK_SQL_MERGE_WORDS, /* asks for it; tidy.c */
  HARK_SQL_MERGE_PIECE,
  HARK_SQL_GO_ON_MERGING,
  HARK_SQL_WORDS_MERGED,
  HARK_SQL_PUT_GROUP,
  HARK_SQL_GET_GROUPS,
  HARK_SQL_DELETE_GROUP,
  HARK_SQL_PUT_GROUP_ENTRY,
  HARK_SQL_WIPE_GROUP_ENTRIES,
  HARK_SQL_CUT_GROUP_CHAIN,
  HARK_SQL_GET_GROUP_ENTRIES,
  HARK_SQL_GET_GROUP_OPS,
  HARK_SQL_GET_GROUP_HEADS,
  HARK_SQL_DELETE_GROUP_ENTRIES,
  HARK_SQL_GET_GROUP_ENTRY,
  HARK_SQL_GET_GROUP_WANTED,
  HARK_SQL_PUT_GROUP_BODY,
  HARK_SQL_IS_GROUP_BODY_WANTED,
  HARK_SQL_PUT_GROUP_READ,
  HARK_SQL_GET_GROUP_READS,
  HARK_SQL_DELETE_GROUP_READS,
  HARK_SQL_PUT_KEPT,
  HARK_SQL_GET_KEPT,
  HARK_SQL_DELETE_KEPT,
  HARK_SQL_GET_ALL_KEPT,
  HARK_SQL_GET_TRANSFERS,
  HARK_SQL_GET_TRANSFER,
  HARK_SQL_GET_FINISHED,
  HARK_SQL_GET_ALIKE,
  HARK_SQL_PUT_TRANSFER,
  HARK_SQL_PUT_TRANSFER_LIST,
  HARK_SQL_DELETE_TRANSFER,
  HARK_SQL_DELETE_FINISHED,
  HARK_SQL_DELETE_TRANSFERS_OF,
  HARK_N_SQL,
} HarkSql;

typedef struct {
  sqlite3 *handle;
  HarkVfs *vfs;
  char *path;
  sqlite3_stmt *statements[HARK_N_SQL];
  HarkPoison *poison;        /* owned; NULL: nothing is counted */
  GHashTable *conversations; /* HarkKey* -> sqlite3_int64*: numbers known; emptied by a rollback */
  bool filling;              /* what comes was written before, and is in a backup */
  int64_t expired_ms; /* until when (Unix) it was last looked for what disappears; 0: not yet */
} HarkDatabase;

/**
 * hark_database_open:
 * @path: of the database file
 * @keys: borrowed until hark_database_close()
 * @create: there is no file yet; else there must be one
 *
 * Checks the log for damage, opens, brings the schema up to date.
 */
HarkDatabase *hark_database_open (const char *path,
                                  const char *below,
                                  const HarkStoreKeys *keys,
                                  const uint8_t file_id[HARK_FILE_ID_LEN],
                                  bool create,
                                  GError **error);

/* hark_database_close: folds the log into the database. */
void hark_database_close (HarkDatabase *database);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HarkDatabase, hark_database_close)

/* hark_database_set_error: @rc and the connection's last message as a HARK_STORE_ERROR. */
void hark_database_set_error (const HarkDatabase *database, int rc, GError **error);

/* hark_tokenizer_register: "hark", which makes words.h out of text. */
int hark_tokenizer_register (sqlite3 *handle);

/* hark_terms_register: the words of the index as temp.terms, once there is one; of this connection,
 * nothing on the disk. */
int hark_terms_register (sqlite3 *handle);

/* hark_schema_migrate: from whatever version the file has to HARK_SCHEMA_VERSION, each step in a
 * transaction of its own. Only with @create may it have none. */
bool hark_schema_migrate (HarkDatabase *database, bool create, GError **error);

/* hark_statements_prepare: compiles those that are not yet; _finalize: all are gone. */
int hark_statements_prepare (HarkDatabase *database);
void hark_statements_finalize (HarkDatabase *database);

/* ---- running statements ---------------------------------------------------------- */

/* hark_database_run: steps a statement without rows to its end and resets it. Returns SQLITE_OK or
 * an error. */
int hark_database_run (HarkDatabase *database, HarkSql sql);

/* hark_database_transact: begins a transaction. One that could not be ended, as memory was out, is
 * rolled back first; _undo: rolls back what is open, if anything is. */
int hark_database_transact (HarkDatabase *database);
void hark_database_undo (HarkDatabase *database);

/* hark_database_begin: the statement, its old values cleared; finish with hark_database_end(). NULL
 * when it cannot be compiled, because the disk does not give the schema: the functions here and
 * sqlite3_step() take that, and hark_database_end() says SQLITE_IOERR. */
sqlite3_stmt *hark_database_begin (HarkDatabase *database, HarkSql sql);

/* hark_database_end: resets. @rc is what the last step said; returns SQLITE_OK for a finished or
 * abandoned statement, else the error. */
int hark_database_end (sqlite3_stmt *statement, int rc);

/* Values by position, from 1. Bytes and text are borrowed until hark_database_end(). */
void hark_bind_bytes (sqlite3_stmt *statement, int at, const void *bytes, size_t len);
void hark_bind_optional (sqlite3_stmt *statement, int at, bool has, const void *bytes, size_t len);
void hark_bind_text (sqlite3_stmt *statement, int at, const char *text);
void hark_bind_u64 (sqlite3_stmt *statement, int at, uint64_t value);
void hark_bind_i64 (sqlite3_stmt *statement, int at, int64_t value);

/* hark_column_bytes: false, with zeros in @ret, for NULL or another size. */
bool hark_column_bytes (sqlite3_stmt *statement, int at, void *ret, size_t len);

/* hark_column_text: cut to @size with its NUL; "" for NULL. */
void hark_column_text (sqlite3_stmt *statement, int at, char *ret, size_t size);

/* hark_column_dup: (transfer full) (nullable): NULL for NULL. */
char *hark_column_dup (sqlite3_stmt *statement, int at);
uint64_t hark_column_u64 (sqlite3_stmt *statement, int at);

/* ---- what is kept ---------------------------------------------------------------- */

/* Each returns an SQLite code. Arrays hold what hark_store_load() promises. */
int hark_account_put (HarkDatabase *database, const HarkStoreAccount *account);
int hark_account_get (HarkDatabase *database, HarkStoreAccount *ret, bool *ret_found);
int hark_address_put (HarkDatabase *database, const HarkStoreAddress *address);
int hark_address_delete (HarkDatabase *database, const HarkToken *token);
int hark_addresses_get (HarkDatabase *database, GArray *ret);

/* hark_setting_put, hark_setting_get: bytes under a @name; NULL for none. */
int hark_setting_put (HarkDatabase *database, const char *name, GBytes *value);
int hark_setting_get (HarkDatabase *database, const char *name, GBytes **ret);

int hark_contact_put (HarkDatabase *database, const HarkStoreContact *contact);
int hark_contact_delete (HarkDatabase *database, const HarkKey *account);
int hark_contacts_get (HarkDatabase *database, GArray *ret);

/* hark_picture_put: @person too; @picture: (nullable): NULL takes it away. hark_picture_get:
 * (transfer full) @ret: left as it is when there is none. hark_people_delete_of: both. */
int hark_person_put (HarkDatabase *database, const HarkStorePerson *person);
int hark_people_get (HarkDatabase *database, GArray *ret);
int hark_picture_put (HarkDatabase *database, const HarkStorePerson *person, GBytes *picture);
int hark_picture_get (HarkDatabase *database, const HarkKey *account, GBytes **ret);
int hark_people_delete_of (HarkDatabase *database, const HarkKey *account);

/* hark_conversation_find: its number; 0 when there is none and none is to be made (@make). */
int hark_conversation_find (HarkDatabase *database,
                            const HarkKey *account,
                            bool make,
                            sqlite3_int64 *ret);

/* hark_messages_read: steps @get, whose columns are a message's, to its end; appends
 * HarkStoreMessage to @ret. */
int hark_messages_read (sqlite3_stmt *get, GPtrArray *ret);

/* hark_database_tidy: a piece of what can wait until nobody does, in a transaction of its own; true
 * when more is left. */
bool hark_database_tidy (HarkDatabase *database);

/* hark_database_rest: nobody has wanted anything for a while: pages that are kept in memory, which
 * after a start are as many as may be, go back to the system, and are read again when they are
 * wanted. Few are kept. Nothing must be going on. */
void hark_database_rest (HarkDatabase *database);

/* hark_words_put: lets a search find @text in message @row; hark_words_drop: no longer. @text must
 * be what was put. The words themselves stay in the index until it is merged. */
int
hark_words_put (HarkDatabase *database, sqlite3_int64 conversation, uint64_t row, const char *text);
int hark_words_drop (HarkDatabase *database,
                     sqlite3_int64 conversation,
                     uint64_t row,
                     const char *text);

/* hark_messages_new: (transfer full): an array that owns HarkStoreMessage. */
GPtrArray *hark_messages_new (void);

/* hark_entry_put: PUT_MESSAGE: adds @message, with what it does to others, or puts it in
 * quarantine; fills in @reply. */
int hark_entry_put (HarkDatabase *database, const HarkStoreMessage *message, HarkStoreReply *reply);

/* hark_entries_put: the same with other parts (nullable) of the one message. */
int hark_entries_put (HarkDatabase *database,
                      const HarkStoreMessage *message,
                      const GPtrArray *parts,
                      HarkStoreReply *reply);

/* hark_entry_fill: the same for what may stand there already, without what it says. */
int
hark_entry_fill (HarkDatabase *database, const HarkStoreMessage *message, HarkStoreReply *reply);

/* hark_message_get: appends the row of @id to @ret, if there is one; hark_messages_get_by_id: those
 * of every conversation; hark_versions_get: and, in order, the edits of it. hark_reactions_read:
 * adds to each of @messages what people put to it. */
int hark_message_get (HarkDatabase *database,
                      const HarkKey *contact,
                      const uint8_t id[16],
                      GPtrArray *ret);
int hark_messages_get_by_id (HarkDatabase *database,
                             const uint8_t id[16],
                             unsigned limit,
                             GPtrArray *ret);
int hark_versions_get (HarkDatabase *database,
                       const HarkKey *contact,
                       const uint8_t id[16],
                       unsigned limit,
                       GPtrArray *ret);
int hark_reactions_read (HarkDatabase *database, GPtrArray *messages);

/* hark_message_wipe: of @row and what is about it only ids stay; @keep_line: it is still shown, as
 * deleted. */
int hark_message_wipe (HarkDatabase *database, const HarkStoreMessage *row, bool keep_line);

/* hark_messages_expire: wipes what was to disappear until @now_ms, appends it to @ret as it was;
 * @ret_next: when there is more to do, Unix ms; 0: nothing is counting. */
int
hark_messages_expire (HarkDatabase *database, int64_t now_ms, GPtrArray *ret, int64_t *ret_next);

/* hark_quarantine_put, hark_quarantine_get: HarkStoreQuarantined, the newest first. */
int
hark_quarantine_put (HarkDatabase *database, const HarkStoreMessage *message, const char *reason);
int hark_quarantine_get (HarkDatabase *database, GPtrArray *ret);

/* hark_quarantine_delete_of: all of @account's; _prune: what is not to be kept so long, as in PRUNE
 * (store.h). */
int hark_quarantine_delete_of (HarkDatabase *database, const HarkKey *account);
int hark_quarantine_prune (HarkDatabase *database, const HarkStoreRequest *request);

/* hark_message_find: whether @id is in the conversation; then @ret_position is set. */
int hark_message_find (HarkDatabase *database,
                       sqlite3_int64 conversation,
                       const uint8_t id[16],
                       bool *ret_found,
                       uint64_t *ret_position);

/* hark_message_put: the row alone; @ret_position is set in either case. */
int hark_message_put (HarkDatabase *database,
                      const HarkStoreMessage *message,
                      bool *ret_duplicate,
                      uint64_t *ret_position);
int hark_message_set_state (HarkDatabase *database, const HarkStoreMessage *message);
int hark_message_note_clip (HarkDatabase *database, const HarkStoreMessage *message);

/* What a row that was just put is of a long voice message. */
typedef struct {
  unsigned part; /* 0: it stands for itself */
  bool is_bare;  /* its body has not come, and it has no line till then */
  bool has_first, is_gone;
  uint8_t first[16]; /* of part > 1: the message that it is of, */
} HarkPartNote;      /* which may be deleted */

/* hark_part_note: gives the row of @message its place (core/store/parts.h). */
int hark_part_note (HarkDatabase *database,
                    sqlite3_int64 conversation,
                    const HarkStoreMessage *message,
                    HarkPartNote *ret);

/* hark_parts_release: what has waited for its first for HARK_STORE_PARTS_WAIT_MS is a message of
 * its own. @now_ms: Unix. */
int hark_parts_release (HarkDatabase *database, int64_t now_ms);

/* hark_parts_get: appends the others of @first that are here, in order; none of what is no first.
 */
int hark_parts_get (HarkDatabase *database, const HarkStoreMessage *first, GPtrArray *ret);

/* hark_parts_get_bare: the same of @first of a group, whose body never came here: by their places
 * in the author's chain. */
int hark_parts_get_bare (HarkDatabase *database, const HarkStoreMessage *first, GPtrArray *ret);

/* hark_part_delivered: @message, ours and a part, has come to their disk: @ret_first: (transfer
 * full) (nullable): the message that it is of, as it is now. Its timer counts when all have. */
int hark_part_delivered (HarkDatabase *database,
                         const HarkStoreMessage *message,
                         HarkStoreMessage **ret_first);

/* hark_parts_migrate: of rows from before there were such columns; in a transaction. */
int hark_parts_migrate (HarkDatabase *database);

/* hark_messages_were_read: @message, ours, and those of ours before it: @ret: what of each is news
 * to the user (id, kind, contact and state alone). */
int
hark_messages_were_read (HarkDatabase *database, const HarkStoreMessage *message, GPtrArray *ret);
int hark_sequence_put (HarkDatabase *database, const HarkKey *contact, uint64_t seq);

/* hark_clock_raise: the conversation's highest, when it is lower. hark_timer_set: what is written
 * there now disappears after @expires_s, unless a timer behind @position says otherwise. */
int hark_clock_raise (HarkDatabase *database, sqlite3_int64 conversation, int64_t clock);
int hark_timer_set (HarkDatabase *database,
                    sqlite3_int64 conversation,
                    uint32_t expires_s,
                    uint64_t position);
int hark_messages_get_history (
  HarkDatabase *database, const HarkKey *contact, uint64_t before, unsigned limit, GPtrArray *ret);

/* hark_messages_get_newer: those behind place @after, the oldest first. */
int hark_messages_get_newer (
  HarkDatabase *database, const HarkKey *contact, uint64_t after, unsigned limit, GPtrArray *ret);
int hark_messages_get_last (HarkDatabase *database, GPtrArray *ret);
int hark_messages_get_from (HarkDatabase *database, uint64_t after, unsigned limit, GPtrArray *ret);
int hark_messages_get_calls (HarkDatabase *database,
                             const HarkStoreRequest *request,
                             HarkStoreReply *reply); /* GET_CALLS */
int hark_messages_get_outbox (HarkDatabase *database, GPtrArray *ret);

/* hark_conversations_get: HarkKey* -> HarkStoreConversation* into @ret. */
int hark_conversations_get (HarkDatabase *database, GHashTable *ret);

/* hark_window_read: GET_HISTORY. */
int
hark_window_read (HarkDatabase *database, const HarkStoreRequest *request, HarkStoreReply *reply);

/* hark_chats_get: GET_CHATS; appends HarkStoreChat. hark_chat_get: one, without its last message.
 * hark_chat_put: @fields of it. */
int hark_chats_get (HarkDatabase *database, GPtrArray *ret);
int hark_chat_get (HarkDatabase *database, const HarkKey *contact, GPtrArray *ret);
int hark_chat_put (HarkDatabase *database, const HarkStoreChat *chat, unsigned fields);

/* hark_messages_prune: PRUNE and CLEAR. */
int hark_messages_prune (HarkDatabase *database,
                         const HarkStoreRequest *request,
                         HarkStoreReply *reply);

/* hark_messages_search: newest first, those before message number @before (0: all). @contact: NULL
 * for all conversations. */
int hark_messages_search (HarkDatabase *database,
                          const char *text,
                          const HarkKey *contact,
                          uint64_t before,
                          unsigned limit,
                          GPtrArray *ret);

/* hark_messages_delete_of: a conversation with everything in it, found by search or not. */
int hark_messages_delete_of (HarkDatabase *database, const HarkKey *contact);

/* Groups and their entries (store.h). hark_group_entries_wipe: nothing is left of what @message and
 * its edits and reactions say but their places in the chains. hark_group_entries_get_heads: all of
 * the membership logs in order, then the newest of each chain of messages. */
int hark_group_put (HarkDatabase *database, const HarkStoreGroup *group);
int hark_groups_get (HarkDatabase *database, GArray *ret);
int hark_group_delete (HarkDatabase *database, const uint8_t id[16]);
int hark_group_entry_put (HarkDatabase *database, const HarkStoreGroupEntry *entry);
int hark_group_entries_wipe (HarkDatabase *database,
                             const uint8_t group[16],
                             const uint8_t message[16]);
int hark_group_entries_cut (HarkDatabase *database, const HarkStoreGroupEntry *from);
int hark_group_entries_get (
  HarkDatabase *database, const uint8_t id[16], uint64_t after, unsigned limit, GPtrArray *ret);
int hark_group_entries_get_heads (HarkDatabase *database, GPtrArray *ret);
int hark_group_entry_get (HarkDatabase *database, const HarkStoreGroupEntry *place, GPtrArray *ret);

/* hark_group_wanted_get: entries whose body is missing and asked for at @now_ms still, newest
 * first; hark_group_body_put: one has come: @ret_put: it was wanted. hark_group_body_is_wanted: of
 * the message @id. */
int hark_group_wanted_get (
  HarkDatabase *database, const uint8_t id[16], int64_t now_ms, unsigned limit, GPtrArray *ret);
int hark_group_body_put (HarkDatabase *database, const HarkStoreGroupEntry *entry, bool *ret_put);
int hark_group_body_is_wanted (HarkDatabase *database,
                               const uint8_t group[16],
                               const uint8_t id[16],
                               bool *ret);

/* hark_group_read_put: @account has read up to @clock; only grows; _reads_get: HarkStoreGroupRead
 * of all groups. */
int hark_group_read_put (HarkDatabase *database,
                         const uint8_t id[16],
                         const HarkKey *account,
                         uint64_t clock);
int hark_group_reads_get (HarkDatabase *database, GArray *ret);

/* hark_kept_get: (transfer full) @ret: left as it is when there is none. hark_kept_get_all:
 * HarkStoreKept, in order of their numbers. */
int hark_kept_put (HarkDatabase *database, const HarkStoreKept *kept, GBytes *sealed);
int hark_kept_get (HarkDatabase *database, const uint8_t id[16], GBytes **ret);
int hark_kept_delete (HarkDatabase *database, const uint8_t id[16]);
int hark_kept_get_all (HarkDatabase *database, GArray *ret);

int hark_transfer_put (HarkDatabase *database, const HarkStoreTransfer *transfer);
int hark_transfer_delete (HarkDatabase *database, uint64_t id);
int hark_transfers_delete_of (HarkDatabase *database, const HarkKey *contact);
int hark_transfers_get (HarkDatabase *database, GPtrArray *ret);

/* hark_transfers_get_finished: the rest of them, by id, behind @after. */
int hark_transfers_get_finished (HarkDatabase *database,
                                 uint64_t after,
                                 unsigned limit,
                                 GPtrArray *ret);

/* hark_transfers_get_alike: GET_ALIKE. */
int hark_transfers_get_alike (HarkDatabase *database, const HarkStoreTransfer *to, GPtrArray *ret);

/* hark_transfers_get_of: appends to @ret the HarkStoreTransfer, finished or not, of each row of a
 * file among @messages (HarkStoreMessage). Returns: SQLITE_OK, or the error. */
int hark_transfers_get_of (HarkDatabase *database, const GPtrArray *messages, GPtrArray *ret);

/* hark_snapshot_read: everything but the instance; @ret is untouched on failure. */
int hark_snapshot_read (HarkDatabase *database, HarkStoreSnapshot *ret);

/* ---- requests -------------------------------------------------------------------- */

/* hark_store_request_is_reading: it changes nothing. */
bool hark_store_request_is_reading (const HarkStoreRequest *request);

/**
 * hark_database_execute:
 * @n: 1 or more
 * @replies: (out) (array length=n): gets a reply for each request that was executed; the caller's
 *
 * Executes the first requests in one transaction that takes 20 ms at most (but for the last one of
 * them); when it cannot be committed, each in one of its own. The requests are kept.
 *
 * Returns: how many of them, 1 or more
 */
size_t hark_database_execute (HarkDatabase *database,
                              HarkStoreRequest *const *requests,
                              HarkStoreReply **replies,
                              size_t n);
