#include "core/store/database.h"

#define VERSION_OF_WHOLE_CLIPS 5

/* Step i leads from version i to i + 1. A step that was ever released is never changed again. */
static const char *const steps[HARK_SCHEMA_VERSION] = {
  "CREATE TABLE account ("
  "  one INTEGER PRIMARY KEY CHECK (one = 1),"
  "  name TEXT NOT NULL,"
  "  account_seed BLOB NOT NULL,"
  "  device_secret BLOB NOT NULL,"
  "  device_id BLOB NOT NULL,"
  "  certificate BLOB NOT NULL,"
  "  contacts_token BLOB NOT NULL) STRICT;"

  "CREATE TABLE addresses ("
  "  token BLOB PRIMARY KEY,"
  "  kind INTEGER NOT NULL,"
  "  label TEXT NOT NULL,"
  "  made_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID;"

  "CREATE TABLE settings ("
  "  name TEXT PRIMARY KEY,"
  "  value BLOB) STRICT, WITHOUT ROWID;"

  "CREATE TABLE contacts ("
  "  account BLOB PRIMARY KEY,"
  "  status INTEGER NOT NULL,"
  "  name TEXT NOT NULL,"
  "  petname TEXT NOT NULL,"
  "  request_text TEXT NOT NULL,"
  "  reach BLOB,"
  "  first BLOB,"
  "  answer BLOB,"
  "  pairwise BLOB,"
  "  pairwise_previous BLOB,"
  "  pairwise_ms INTEGER NOT NULL,"
  "  via BLOB NOT NULL,"
  "  list_version INTEGER NOT NULL,"
  "  verified INTEGER NOT NULL,"
  "  added_ms INTEGER NOT NULL,"
  "  last_seen_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID;"

  /* a short number in place of 32 bytes in every message; seq: our highest */
  "CREATE TABLE conversations ("
  "  number INTEGER PRIMARY KEY,"
  "  account BLOB NOT NULL UNIQUE,"
  "  seq INTEGER NOT NULL DEFAULT 0) STRICT;"

  "CREATE TABLE messages ("
  "  position INTEGER PRIMARY KEY,"
  "  conversation INTEGER NOT NULL,"
  "  id BLOB NOT NULL,"
  "  kind INTEGER NOT NULL,"
  "  outgoing INTEGER NOT NULL,"
  "  state INTEGER NOT NULL,"
  "  seq INTEGER NOT NULL,"
  "  sent_ms INTEGER NOT NULL,"
  "  received_ms INTEGER NOT NULL,"
  "  reply_to BLOB,"
  "  ref INTEGER NOT NULL,"
  "  text TEXT NOT NULL) STRICT;"
  "CREATE UNIQUE INDEX messages_by_id ON messages (conversation, id);"
  /* an index ends with the row's number, which is the position */
  "CREATE INDEX messages_by_conversation ON messages (conversation);"
  "CREATE INDEX messages_outbox ON messages (outgoing) WHERE outgoing = 1 AND state < 3;"

  "CREATE VIRTUAL TABLE words USING fts5 (text, content = 'messages',"
  "  content_rowid = 'position', columnsize = 0,"
  "  tokenize = 'unicode61 remove_diacritics 2');"

  "CREATE TABLE transfers ("
  "  id INTEGER PRIMARY KEY,"
  "  offer BLOB NOT NULL,"
  "  contact BLOB NOT NULL,"
  "  outgoing INTEGER NOT NULL,"
  "  state INTEGER NOT NULL,"
  "  name TEXT NOT NULL,"
  "  path TEXT NOT NULL,"
  "  size INTEGER NOT NULL,"
  "  mtime_ms INTEGER NOT NULL,"
  "  root BLOB NOT NULL,"
  "  done INTEGER NOT NULL,"
  "  reason TEXT,"
  "  made_ms INTEGER NOT NULL) STRICT;",

  /* entries: place = clock * 4096 + 12 bits of the id; what was there keeps its order, before all
   * that comes */
  "ALTER TABLE conversations ADD COLUMN clock INTEGER NOT NULL DEFAULT 0;"
  "ALTER TABLE conversations ADD COLUMN expires_s INTEGER NOT NULL DEFAULT 0;"
  "ALTER TABLE conversations ADD COLUMN timer INTEGER NOT NULL DEFAULT 0;" /* its place */
  "ALTER TABLE messages ADD COLUMN place INTEGER NOT NULL DEFAULT 0;"
  "ALTER TABLE messages ADD COLUMN shown INTEGER NOT NULL DEFAULT 1;"
  "ALTER TABLE messages ADD COLUMN target BLOB;"
  "ALTER TABLE messages ADD COLUMN parents BLOB;"
  "ALTER TABLE messages ADD COLUMN grp BLOB;"
  "ALTER TABLE messages ADD COLUMN author BLOB;"
  "ALTER TABLE messages ADD COLUMN body BLOB;"
  "ALTER TABLE messages ADD COLUMN expires_s INTEGER NOT NULL DEFAULT 0;"
  "ALTER TABLE messages ADD COLUMN expires_at INTEGER NOT NULL DEFAULT 0;"
  "ALTER TABLE messages ADD COLUMN current TEXT;" /* text of the newest edit */
  "ALTER TABLE messages ADD COLUMN edits INTEGER NOT NULL DEFAULT 0;"
  "ALTER TABLE messages ADD COLUMN deleted INTEGER NOT NULL DEFAULT 0;"
  "UPDATE messages SET place = position * 4096;"
  "UPDATE conversations SET clock = (SELECT coalesce(max(position), 0) FROM messages "
  "  WHERE conversation = number);"
  "DROP INDEX messages_by_conversation;"
  "CREATE INDEX messages_by_place ON messages (conversation, place) WHERE shown = 1;"
  "CREATE INDEX messages_by_target ON messages (conversation, target, kind, place) "
  "  WHERE target IS NOT NULL;"
  "CREATE INDEX messages_pending ON messages (conversation) WHERE kind IN (4, 5, 6) AND ref = 1;"
  "CREATE INDEX messages_expiring ON messages (expires_at) WHERE expires_at > 0;"

  /* folders: what their offer says */
  "ALTER TABLE transfers ADD COLUMN files INTEGER NOT NULL DEFAULT 0;"
  "ALTER TABLE transfers ADD COLUMN manifest_len INTEGER NOT NULL DEFAULT 0;"
  "ALTER TABLE transfers ADD COLUMN manifest BLOB;"

  "CREATE TABLE quarantine ("
  "  number INTEGER PRIMARY KEY,"
  "  account BLOB NOT NULL,"
  "  id BLOB NOT NULL,"
  "  kind INTEGER NOT NULL,"
  "  seq INTEGER NOT NULL,"
  "  text TEXT NOT NULL,"
  "  reason TEXT NOT NULL,"
  "  received_ms INTEGER NOT NULL) STRICT;"
  "CREATE UNIQUE INDEX quarantine_by_id ON quarantine (account, id);"

  "CREATE TABLE people ("
  "  account BLOB PRIMARY KEY,"
  "  version INTEGER NOT NULL,"
  "  status_text TEXT NOT NULL,"
  "  picture BLOB,"
  "  availability INTEGER NOT NULL,"
  "  notes TEXT NOT NULL,"
  "  verified_ms INTEGER NOT NULL,"
  "  silent_until_ms INTEGER NOT NULL,"
  "  favourite INTEGER NOT NULL,"
  "  may INTEGER NOT NULL,"
  "  via TEXT NOT NULL,"
  "  told BLOB) STRICT, WITHOUT ROWID;"

  "CREATE TABLE pictures ("
  "  number INTEGER PRIMARY KEY,"
  "  account BLOB NOT NULL UNIQUE,"
  "  pixels BLOB NOT NULL) STRICT;"

  /* sealed mail that we keep for others; in order of arrival */
  "CREATE TABLE kept ("
  "  number INTEGER PRIMARY KEY,"
  "  id BLOB NOT NULL UNIQUE,"
  "  tag BLOB NOT NULL,"
  "  lock BLOB NOT NULL,"
  "  depositor BLOB NOT NULL,"
  "  made_ms INTEGER NOT NULL,"
  "  sealed BLOB NOT NULL) STRICT;"

  "CREATE TABLE groups ("
  "  id BLOB PRIMARY KEY,"
  "  state INTEGER NOT NULL,"
  "  founder BLOB NOT NULL,"
  "  nonce BLOB NOT NULL,"
  "  sponsor BLOB NOT NULL,"
  "  name TEXT NOT NULL,"
  "  invite BLOB NOT NULL,"
  "  clock INTEGER NOT NULL,"
  "  members INTEGER NOT NULL,"
  "  epoch INTEGER NOT NULL,"
  "  notices INTEGER NOT NULL,"
  "  made_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID;"

  /* as they are passed on; in order of arrival, so that nothing goes before what its author had
   * seen. The first byte of a chain says which log it is of */
  "CREATE TABLE group_entries ("
  "  position INTEGER PRIMARY KEY,"
  "  grp BLOB NOT NULL,"
  "  author BLOB NOT NULL,"
  "  chain BLOB NOT NULL,"
  "  seq INTEGER NOT NULL,"
  "  proof INTEGER NOT NULL,"
  "  content BLOB NOT NULL,"
  "  tags BLOB NOT NULL) STRICT;"
  "CREATE UNIQUE INDEX group_entries_by_chain ON group_entries (grp, author, chain, seq);"
  "CREATE INDEX group_entries_by_group ON group_entries (grp);"

  /* conversations as a list; what was read is read up to there */
  "ALTER TABLE conversations ADD COLUMN marked INTEGER NOT NULL DEFAULT 0;"
  "ALTER TABLE conversations ADD COLUMN draft TEXT NOT NULL DEFAULT '';"
  "ALTER TABLE conversations ADD COLUMN draft_reply BLOB;"
  "ALTER TABLE conversations ADD COLUMN draft_ms INTEGER NOT NULL DEFAULT 0;"
  "ALTER TABLE conversations ADD COLUMN pinned_ms INTEGER NOT NULL DEFAULT 0;"
  "ALTER TABLE conversations ADD COLUMN archived INTEGER NOT NULL DEFAULT 0;"
  "ALTER TABLE conversations ADD COLUMN keep_days INTEGER NOT NULL DEFAULT 0;"
  "UPDATE messages SET state = 4 FROM (SELECT conversation AS number, max(position) AS top "
  "  FROM messages WHERE outgoing = 0 AND state = 4 GROUP BY conversation) AS seen "
  "  WHERE messages.conversation = seen.number AND messages.outgoing = 0 "
  "  AND messages.state < 4 AND messages.position < seen.top;"
  "CREATE INDEX messages_unread ON messages (conversation, place) "
  "  WHERE outgoing = 0 AND state < 4 AND shown = 1;"

  /* the conversation is a word, too: a search in one meets only its own messages */
  "DROP TABLE words;"
  "CREATE VIEW findable AS SELECT position, coalesce(current, text) AS text, 'c' || conversation "
  "  AS chat FROM messages WHERE kind IN (1, 2) AND deleted = 0;"
  "CREATE VIRTUAL TABLE words USING fts5 (text, chat, content = 'findable',"
  "  content_rowid = 'position', columnsize = 0, tokenize = 'hark');"
  "INSERT INTO words (words) VALUES ('rebuild');",

  /* how loud the parts of a voice message are, as this side found */
  "ALTER TABLE messages ADD COLUMN peaks BLOB;"

  /* a guess at what is in a file; what we have of that size */
  "ALTER TABLE transfers ADD COLUMN sample BLOB;"
  "CREATE INDEX transfers_by_size ON transfers (size);"
  "ALTER TABLE transfers ADD COLUMN preview BLOB;"

  /* what a member says, apart from its place in the chain, so that it can be deleted */
  "ALTER TABLE group_entries ADD COLUMN body BLOB;"
  "ALTER TABLE group_entries ADD COLUMN message BLOB;"
  "ALTER TABLE group_entries ADD COLUMN about BLOB;"
  "ALTER TABLE groups ADD COLUMN read_clock INTEGER NOT NULL DEFAULT 0;"
  "CREATE INDEX group_entries_by_message ON group_entries (message) WHERE message IS NOT NULL;"
  "CREATE INDEX group_entries_by_about ON group_entries (about) WHERE about IS NOT NULL;",

  /* a body that whoever passed the entry on left out is asked for until then; how far members have
   * read, by their word */
  "ALTER TABLE group_entries ADD COLUMN wanted_until INTEGER NOT NULL DEFAULT 0;"
  "CREATE INDEX group_entries_wanted ON group_entries (grp) WHERE wanted_until > 0;"
  "CREATE TABLE group_reads ("
  "  grp BLOB NOT NULL,"
  "  account BLOB NOT NULL,"
  "  clock INTEGER NOT NULL,"
  "  PRIMARY KEY (grp, account)) STRICT, WITHOUT ROWID;"
  /* files for a group: for whom, and who has them */
  "ALTER TABLE transfers ADD COLUMN people BLOB;",

  /* parts of a long voice message; part_set is all that is equal in them */
  "ALTER TABLE messages ADD COLUMN part_set BLOB;"
  "ALTER TABLE messages ADD COLUMN part INTEGER;"
  "ALTER TABLE messages ADD COLUMN parts INTEGER;"
  "ALTER TABLE messages ADD COLUMN length_ms INTEGER NOT NULL DEFAULT 0;"
  "CREATE UNIQUE INDEX messages_by_part ON messages (conversation, part_set, part) "
  "  WHERE part_set IS NOT NULL;"
  /* hashes of all blocks of a file for a group, while it comes */
  "CREATE TABLE transfer_lists (id INTEGER PRIMARY KEY, list BLOB NOT NULL) STRICT;"
  "CREATE TRIGGER transfer_gone AFTER DELETE ON transfers BEGIN"
  "  DELETE FROM transfer_lists WHERE id = old.id; END;"
  "CREATE TRIGGER transfer_over AFTER INSERT ON transfers WHEN new.state >= 6 BEGIN"
  "  DELETE FROM transfer_lists WHERE id = new.id; END;",
};

static int
read_version (sqlite3 *handle, int *ret)
{
  sqlite3_stmt *statement = NULL;
  int rc = sqlite3_prepare_v2 (handle, "PRAGMA user_version", -1, &statement, NULL);

  if (rc == SQLITE_OK)
    rc = sqlite3_step (statement);
  if (rc == SQLITE_ROW) {
    *ret = sqlite3_column_int (statement, 0);
    rc = SQLITE_OK;
  }

  sqlite3_finalize (statement);
  return rc;
}

/* From @version to the next, in a transaction. */
static int
step (HarkDatabase *database, int version)
{
  g_autofree char *begin = g_strconcat ("BEGIN; ", steps[version], NULL);
  g_autofree char *end = g_strdup_printf ("PRAGMA user_version = %d; COMMIT;", version + 1);
  int rc = sqlite3_exec (database->handle, begin, NULL, NULL, NULL);

  if (rc == SQLITE_OK && version == VERSION_OF_WHOLE_CLIPS - 1)
    rc = hark_parts_migrate (database);
  return rc == SQLITE_OK ? sqlite3_exec (database->handle, end, NULL, NULL, NULL) : rc;
}

bool
hark_schema_migrate (HarkDatabase *database, bool create, GError **error)
{
  int version = 0;
  int rc = read_version (database->handle, &version);

  if (rc == SQLITE_OK && version == 0 && !create)
    rc = SQLITE_CORRUPT;

  if (rc == SQLITE_OK && (version > HARK_SCHEMA_VERSION || version < 0)) {
    g_set_error (error, HARK_STORE_ERROR, HARK_STORE_ERROR_VERSION,
                 "This profile was written by a newer Hark (store version %d; this one knows %d).",
                 version, HARK_SCHEMA_VERSION);
    return false;
  }

  while (rc == SQLITE_OK && version < HARK_SCHEMA_VERSION) {
    rc = step (database, version);
    version++;
  }

  if (rc != SQLITE_OK) {
    hark_database_set_error (database, rc, error);
    sqlite3_exec (database->handle, "ROLLBACK", NULL, NULL, NULL);
  }

  return rc == SQLITE_OK;
}
