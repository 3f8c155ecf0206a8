#include "core/store/database.h"

#include <string.h>

/* Parts of the voice message m. */
#define OF_WHOLE \
  "FROM messages p WHERE p.conversation = m.conversation AND p.part_set = m.part_set "

/* e, and b so much before it in its chain of a group. */
#define BEFORE_IN_CHAIN                                                            \
  "group_entries e JOIN group_entries b ON b.grp = e.grp AND b.author = e.author " \
  "AND b.chain = e.chain AND b.seq = e.seq "

#define MESSAGE_COLUMNS                                                                           \
  "c.account, m.id, m.kind, m.outgoing, m.state, m.seq, m.sent_ms, "                              \
  "m.received_ms, m.reply_to, m.ref, m.place, m.text, m.position, m.shown, m.target, m.parents, " \
  "m.grp, m.author, m.body, m.expires_s, m.expires_at, m.current, m.edits, m.deleted, m.peaks, "  \
  "CASE WHEN m.deleted = 1 AND m.grp IS NOT NULL THEN EXISTS (SELECT 1 FROM group_entries b "     \
  "WHERE b.message = m.id AND b.grp = m.grp AND b.wanted_until > 0) ELSE 0 END, "                 \
  "m.part, m.parts, "                                                                             \
  "CASE m.part WHEN 1 THEN (SELECT count(*) " OF_WHOLE ") END, "                                  \
  "CASE m.part WHEN 1 THEN (SELECT sum(p.length_ms) " OF_WHOLE ") END, "                          \
  "CASE m.part WHEN 1 THEN (SELECT min(p.state) " OF_WHOLE ") END, "                              \
  "CASE WHEN m.part > 1 THEN (SELECT p.id " OF_WHOLE "AND p.part = 1) END "

#define GROUP_ENTRY_COLUMNS \
  "grp, author, chain, seq, proof, content, tags, position, body, message, about, wanted_until "

/* When a message was written or came, by our clock. */
#define OWN_MS(m) "CASE " m "outgoing WHEN 1 THEN " m "sent_ms ELSE " m "received_ms END "

#define IS_UNREAD "outgoing = 0 AND state < 4 AND shown = 1 "

/* Days that messages of conversation c are kept; ?2: of those that do not say. */
#define KEEP_DAYS                                                    \
  "CASE WHEN c.keep_days > 0 THEN c.keep_days WHEN c.keep_days < 0 " \
  "THEN 0 ELSE ?2 END "

#define TRANSFER_COLUMNS                                                    \
  "id, offer, contact, outgoing, state, name, path, size, mtime_ms, root, " \
  "done, reason, made_ms, files, manifest_len, manifest, sample, preview, people "

#define PERSON_COLUMNS                                                                 \
  "version, status_text, picture, availability, notes, verified_ms, silent_until_ms, " \
  "favourite, may, via, told"

/* Every statement there is. Values are always bound. */
static const char *const texts[HARK_N_SQL] = {
  [HARK_SQL_BEGIN] = "BEGIN",
  [HARK_SQL_COMMIT] = "COMMIT",
  [HARK_SQL_ROLLBACK] = "ROLLBACK",

  [HARK_SQL_GET_ACCOUNT] = "SELECT name, account_seed, device_secret, device_id, certificate, "
                           "contacts_token FROM account",
  [HARK_SQL_PUT_ACCOUNT] = "INSERT OR REPLACE INTO account (one, name, account_seed, "
                           "device_secret, device_id, certificate, contacts_token) "
                           "VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6)",
  [HARK_SQL_GET_ADDRESSES] = "SELECT token, kind, label, made_ms FROM addresses ORDER BY made_ms",
  [HARK_SQL_PUT_ADDRESS] = "INSERT OR REPLACE INTO addresses (token, kind, label, made_ms) "
                           "VALUES (?1, ?2, ?3, ?4)",
  [HARK_SQL_DELETE_ADDRESS] = "DELETE FROM addresses WHERE token = ?1",
  [HARK_SQL_GET_SETTING] = "SELECT value FROM settings WHERE name = ?1",
  [HARK_SQL_PUT_SETTING] = "INSERT OR REPLACE INTO settings (name, value) VALUES (?1, ?2)",

  [HARK_SQL_GET_CONTACTS]
  = "SELECT account, status, name, petname, request_text, reach, first, answer, pairwise, "
    "pairwise_previous, via, list_version, verified, added_ms, last_seen_ms, "
    "pairwise_ms FROM contacts ORDER BY added_ms, account",
  [HARK_SQL_PUT_CONTACT]
  = "INSERT OR REPLACE INTO contacts (account, status, name, petname, request_text, reach, first, "
    "answer, pairwise, pairwise_previous, via, list_version, verified, added_ms, last_seen_ms, "
    "pairwise_ms) "
    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)",
  [HARK_SQL_DELETE_CONTACT] = "DELETE FROM contacts WHERE account = ?1",

  [HARK_SQL_GET_PEOPLE] = "SELECT account, " PERSON_COLUMNS " FROM people",
  [HARK_SQL_PUT_PERSON] = "INSERT OR REPLACE INTO people (account, " PERSON_COLUMNS
                          ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
  [HARK_SQL_DELETE_PERSON] = "DELETE FROM people WHERE account = ?1",
  [HARK_SQL_GET_PICTURE] = "SELECT pixels FROM pictures WHERE account = ?1",
  [HARK_SQL_PUT_PICTURE] = "INSERT OR REPLACE INTO pictures (account, pixels) VALUES (?1, ?2)",
  [HARK_SQL_DELETE_PICTURE] = "DELETE FROM pictures WHERE account = ?1",

  [HARK_SQL_FIND_CONVERSATION] = "SELECT number FROM conversations WHERE account = ?1",
  [HARK_SQL_ADD_CONVERSATION] = "INSERT INTO conversations (account) VALUES (?1)",
  [HARK_SQL_RAISE_SEQUENCE] = "UPDATE conversations SET seq = ?2 WHERE number = ?1 AND seq < ?2",
  [HARK_SQL_RAISE_CLOCK] = "UPDATE conversations SET clock = ?2 WHERE number = ?1 AND clock < ?2",
  [HARK_SQL_GET_CLOCK] = "SELECT clock FROM conversations WHERE number = ?1",
  [HARK_SQL_GET_CONVERSATIONS]
  = "SELECT account, seq, clock, expires_s, number, timer FROM conversations",
  [HARK_SQL_GET_HEAD]
  = "SELECT id FROM messages WHERE conversation = ?1 AND shown = 1 AND kind != 2 "
    "AND kind != 3 ORDER BY place DESC, id DESC LIMIT 1",
  [HARK_SQL_GET_CHATS]
  = "SELECT c.account, c.marked, c.draft, c.draft_reply, c.draft_ms, c.pinned_ms, c.archived, "
    "c.keep_days, "
    "(SELECT count(*) FROM messages WHERE conversation = c.number AND " IS_UNREAD "), "
    "(SELECT min(place) FROM messages WHERE conversation = c.number AND " IS_UNREAD ") "
    "FROM conversations c WHERE ?1 = 0 OR c.number = ?1",
  [HARK_SQL_PUT_CHAT]
  = "UPDATE conversations SET draft = CASE WHEN ?2 & 1 THEN ?4 ELSE draft END, "
    "draft_reply = CASE WHEN ?2 & 1 THEN ?5 ELSE draft_reply END, "
    "draft_ms = CASE WHEN ?2 & 1 THEN ?6 ELSE draft_ms END, "
    "marked = CASE WHEN ?2 & 2 THEN ?3 ELSE marked END, "
    "pinned_ms = CASE WHEN ?2 & 4 THEN ?7 ELSE pinned_ms END, "
    "archived = CASE WHEN ?2 & 8 THEN ?8 ELSE archived END, "
    "keep_days = CASE WHEN ?2 & 16 THEN ?9 ELSE keep_days END WHERE number = ?1",
  [HARK_SQL_SEE_MESSAGES]
  = "UPDATE messages SET state = 4, "
    "expires_at = CASE expires_s WHEN 0 THEN 0 ELSE ?3 + expires_s * 1000 END "
    "WHERE conversation = ?1 AND " IS_UNREAD
    "AND place <= (SELECT place FROM messages WHERE conversation = ?1 AND id = ?2 "
    "AND outgoing = 0)",
  [HARK_SQL_UNMARK]
  = "UPDATE conversations SET marked = 0 WHERE number = ?1 AND marked = 1 AND EXISTS "
    "(SELECT 1 FROM messages WHERE conversation = ?1 AND id = ?2 AND outgoing = 0)",
  [HARK_SQL_GET_KEEP] = "SELECT max(keep_days) FROM conversations",
  [HARK_SQL_DELETE_CONVERSATION] = "DELETE FROM conversations WHERE number = ?1",

  [HARK_SQL_PUT_MESSAGE]
  = "INSERT INTO messages (conversation, id, kind, outgoing, state, seq, sent_ms, received_ms, "
    "reply_to, ref, text, place, shown, target, parents, grp, author, body, expires_s, expires_at, "
    "deleted) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, "
    "?18, ?19, ?20, ?21) "
    "ON CONFLICT (conversation, id) DO NOTHING",
  [HARK_SQL_PUT_WORDS] = "INSERT INTO words (rowid, text, chat) VALUES (?1, ?2, 'c' || ?3)",
  [HARK_SQL_DROP_WORDS]
  = "INSERT INTO words (words, rowid, text, chat) VALUES ('delete', ?1, ?2, 'c' || ?3)",
  [HARK_SQL_FIND_MESSAGE] = "SELECT place FROM messages WHERE conversation = ?1 AND id = ?2",
  [HARK_SQL_GET_MESSAGE]
  = "SELECT " MESSAGE_COLUMNS "FROM messages m JOIN conversations c ON c.number = m.conversation "
    "WHERE m.conversation = ?1 AND m.id = ?2 LIMIT ?3",
  [HARK_SQL_GET_BY_ID] /* each conversation in turn, as the index begins with it */
  = "SELECT " MESSAGE_COLUMNS "FROM conversations c CROSS JOIN messages m "
    "WHERE m.conversation = c.number AND m.id = ?1 LIMIT ?2",
  [HARK_SQL_GET_REACTIONS]
  = "SELECT " MESSAGE_COLUMNS "FROM messages m JOIN conversations c ON c.number = m.conversation "
    "WHERE m.conversation = ?1 AND m.target = ?2 AND m.kind = 6 AND m.ref = 0 "
    "ORDER BY m.place, m.id LIMIT ?3",
  [HARK_SQL_FORGET_REACTIONS]
  = "UPDATE messages SET target = NULL, text = '' WHERE conversation = ?1 AND target = ?2 "
    "AND kind = 6 AND ref = 0 AND outgoing = 0 AND author IS ?3 AND position != (SELECT position "
    "FROM messages WHERE conversation = ?1 AND target = ?2 AND kind = 6 AND ref = 0 AND outgoing = "
    "0 "
    "AND author IS ?3 ORDER BY place DESC, id DESC LIMIT 1)",
  [HARK_SQL_GET_EDITS]
  = "SELECT " MESSAGE_COLUMNS "FROM messages m JOIN conversations c ON c.number = m.conversation "
    "WHERE m.conversation = ?1 AND m.target = ?2 AND m.kind = 4 ORDER BY m.place, m.id LIMIT ?3",
  [HARK_SQL_GET_NEWEST_EDIT]
  = "SELECT " MESSAGE_COLUMNS "FROM messages m JOIN conversations c ON c.number = m.conversation "
    "WHERE m.conversation = ?1 AND m.target = ?2 AND m.kind = 4 AND m.ref = 0 "
    "ORDER BY m.place DESC, m.id DESC LIMIT ?3",
  [HARK_SQL_SET_CURRENT] = "UPDATE messages SET current = ?2, edits = edits + 1 "
                           "WHERE position = ?1",
  [HARK_SQL_COUNT_PENDING] = "SELECT count(*) FROM messages WHERE conversation = ?1 "
                             "AND kind IN (4, 5, 6) AND ref = 1",
  [HARK_SQL_GET_PENDING]
  = "SELECT " MESSAGE_COLUMNS "FROM messages m JOIN conversations c ON c.number = m.conversation "
    "WHERE m.conversation = ?1 AND m.target = ?2 AND m.kind IN (4, 5, 6) AND m.ref = 1 "
    "ORDER BY m.place, m.id LIMIT ?3",
  [HARK_SQL_MARK_PENDING] = "UPDATE messages SET ref = 1 WHERE position = ?1 AND ?2 = 0",
  [HARK_SQL_SET_PENDING] = "UPDATE messages SET ref = 0, target = CASE ?2 WHEN 0 THEN target END, "
                           "text = CASE ?2 WHEN 0 THEN text ELSE '' END WHERE position = ?1",
  [HARK_SQL_CLEAR_MESSAGE] = "UPDATE messages SET text = '', current = NULL, body = NULL, peaks = "
                             "NULL, deleted = 1, edits = 0, length_ms = 0, "
                             "expires_at = 0, shown = shown * ?2 WHERE position = ?1",
  [HARK_SQL_CLEAR_ABOUT] = "UPDATE messages SET text = '', body = NULL, peaks = NULL, deleted = 1 "
                           "WHERE conversation = ?1 AND target = ?2 AND ref = 0",
  [HARK_SQL_SET_TIMER] = "UPDATE conversations SET expires_s = ?2, timer = ?3 "
                         "WHERE number = ?1 AND timer <= ?3",
  [HARK_SQL_GET_EXPIRED]
  = "SELECT " MESSAGE_COLUMNS "FROM messages m JOIN conversations c ON c.number = m.conversation "
    "WHERE m.expires_at > 0 AND m.expires_at <= ?1 ORDER BY m.expires_at LIMIT ?2",
  [HARK_SQL_NEXT_EXPIRY] = "SELECT expires_at FROM messages WHERE expires_at > 0 "
                           "ORDER BY expires_at LIMIT 1",
  [HARK_SQL_SHORTEN_TIMERS] = "UPDATE messages SET expires_at = ?1 + expires_s * 1000 "
                              "WHERE expires_at > 0 AND expires_at > ?1 "
                              "AND expires_at > ?1 + expires_s * 1000",
  [HARK_SQL_PUT_QUARANTINE]
  = "INSERT OR IGNORE INTO quarantine (account, id, kind, seq, text, reason, received_ms) "
    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
  [HARK_SQL_TRIM_QUARANTINE_OF]
  = "DELETE FROM quarantine WHERE account = ?1 AND number <= (SELECT number FROM quarantine "
    "WHERE account = ?1 ORDER BY number DESC LIMIT 1 OFFSET ?2)",
  [HARK_SQL_TRIM_QUARANTINE]
  = "DELETE FROM quarantine WHERE ?1 IS NOT NULL AND number <= (SELECT number FROM quarantine "
    "ORDER BY number DESC LIMIT 1 OFFSET ?2)",
  [HARK_SQL_GET_QUARANTINE] = "SELECT account, id, kind, seq, text, reason, received_ms "
                              "FROM quarantine ORDER BY number DESC",
  [HARK_SQL_DELETE_QUARANTINE_OF] = "DELETE FROM quarantine WHERE account = ?1",
  [HARK_SQL_PRUNE_QUARANTINE]
  = "DELETE FROM quarantine AS q WHERE EXISTS (SELECT 1 FROM conversations c "
    "WHERE c.account = q.account AND " KEEP_DAYS "> 0 "
    "AND q.received_ms < ?1 - 86400000 * " KEEP_DAYS ")",
  [HARK_SQL_NOTE_CLIP] = "UPDATE messages SET ref = max(ref, ?3), peaks = coalesce(?4, peaks) "
                         "WHERE conversation = ?1 AND id = ?2 AND kind = 8 AND deleted = 0",
  [HARK_SQL_FIND_PART] = "SELECT id, deleted FROM messages WHERE conversation = ?1 "
                         "AND part_set = ?2 AND part = ?3",
  [HARK_SQL_COUNT_WAITING_PARTS]
  = "SELECT count(*) FROM messages m WHERE m.conversation = ?1 AND m.part_set IS NOT NULL "
    "AND m.part > 1 AND NOT EXISTS (SELECT 1 " OF_WHOLE "AND p.part = 1)",
  /* of one in a group the first tells for all who has it (core/heart/groups/write.c) */
  [HARK_SQL_SET_PART]
  = "UPDATE messages SET part_set = ?3, part = ?4, parts = ?5, length_ms = ?6, "
    "shown = CASE WHEN ?4 > 1 THEN 0 ELSE shown END, "
    "state = CASE WHEN ?4 > 1 AND outgoing = 1 AND grp IS NOT NULL THEN max(state, 3) "
    "ELSE state END WHERE conversation = ?1 AND id = ?2",
  [HARK_SQL_FIND_BARE_FIRST]
  = "SELECT p.deleted = 1 AND b.wanted_until = 0 FROM " BEFORE_IN_CHAIN "- (?3 - 1) "
    "JOIN messages p ON p.conversation = ?1 AND p.id = b.message AND p.kind = 8 "
    "WHERE e.message = ?2",
  [HARK_SQL_GET_BARE_PARTS]
  = "SELECT " MESSAGE_COLUMNS "FROM messages f JOIN group_entries b ON b.message = f.id "
    "AND b.grp = f.grp JOIN group_entries e ON e.grp = b.grp AND e.author = b.author "
    "AND e.chain = b.chain AND e.seq > b.seq AND e.seq < b.seq + 32 "
    "JOIN messages m ON m.conversation = f.conversation AND m.id = e.message AND m.kind = 8 "
    "AND m.part = e.seq - b.seq + 1 JOIN conversations c ON c.number = m.conversation "
    "WHERE f.position = ?1",
  [HARK_SQL_HIDE_BARE_PART]
  = "UPDATE messages SET shown = 0 WHERE conversation = ?1 AND id = ?2 AND EXISTS "
    "(SELECT 1 FROM " BEFORE_IN_CHAIN "- 1 "
    "JOIN messages p ON p.conversation = ?1 AND p.id = b.message AND p.kind = 8 "
    "AND (p.deleted = 1 OR p.part < p.parts) WHERE e.message = ?2)",
  [HARK_SQL_RELEASE_PARTS]
  = "UPDATE messages AS m SET part_set = NULL, part = NULL, parts = NULL, length_ms = 0, shown = 1 "
    "WHERE m.part_set IS NOT NULL AND m.part > 1 AND m.body IS NOT NULL AND m.received_ms < ?1 "
    "AND NOT EXISTS (SELECT 1 " OF_WHOLE "AND p.part = 1)",
  [HARK_SQL_FORGET_PEAKS] = "UPDATE messages SET peaks = NULL WHERE conversation = ?1 AND id = ?2",
  [HARK_SQL_GET_PARTS]
  = "SELECT " MESSAGE_COLUMNS "FROM messages f JOIN messages m ON m.conversation = f.conversation "
    "AND m.part_set = f.part_set JOIN conversations c ON c.number = m.conversation "
    "WHERE f.position = ?1 AND m.part > 1 ORDER BY m.part",
  [HARK_SQL_GET_FIRST_PART]
  = "SELECT " MESSAGE_COLUMNS "FROM messages f JOIN messages m ON m.conversation = f.conversation "
    "AND m.part_set = f.part_set JOIN conversations c ON c.number = m.conversation "
    "WHERE f.conversation = ?1 AND f.id = ?2 AND m.part = 1",
  [HARK_SQL_COUNT_DOWN]
  = "UPDATE messages SET expires_at = CASE WHEN ?2 = 0 THEN 0 WHEN expires_at > 0 THEN expires_at "
    "ELSE ?3 + expires_s * 1000 END WHERE position = ?1 AND expires_s > 0 AND deleted = 0",
  [HARK_SQL_SET_STATE]
  = "UPDATE messages SET state = ?3, "
    "received_ms = CASE ?4 WHEN 0 THEN received_ms ELSE ?4 END, "
    "expires_at = CASE WHEN part > 1 THEN 0 WHEN ?3 = 3 AND outgoing = 1 AND expires_s > 0 "
    "THEN ?4 + expires_s * 1000 "
    "WHEN ?3 = 4 AND outgoing = 0 AND expires_s > 0 THEN ?6 + expires_s * 1000 "
    "ELSE expires_at END "
    "WHERE conversation = ?1 AND id = ?2 AND state < ?3 AND outgoing = ?5",
  /* only down to the newest that is known to be read: what is before it is read as well */
  [HARK_SQL_WERE_READ]
  = "UPDATE messages SET state = 4, "
    "received_ms = CASE WHEN state < 3 THEN ?3 ELSE received_ms END, "
    "expires_at = CASE WHEN expires_s > 0 AND expires_at = 0 THEN ?3 + expires_s * 1000 "
    "ELSE expires_at END "
    "WHERE conversation = ?1 AND outgoing = 1 AND state < 4 AND shown = 1 AND kind NOT IN (2, 3) "
    "AND place <= (SELECT place FROM messages WHERE conversation = ?1 AND id = ?2 "
    "AND outgoing = 1 AND state < 4) "
    "AND place >= coalesce ((SELECT place FROM messages WHERE conversation = ?1 AND shown = 1 "
    "AND outgoing = 1 AND state = 4 AND place < (SELECT place FROM messages "
    "WHERE conversation = ?1 AND id = ?2) ORDER BY place DESC LIMIT 1), 0) "
    "RETURNING id, kind",
  [HARK_SQL_GET_OUTBOX]
  = "SELECT " MESSAGE_COLUMNS "FROM messages m JOIN conversations c ON c.number = m.conversation "
    "WHERE m.outgoing = 1 AND m.state < 3 ORDER BY m.position",
  [HARK_SQL_GET_HISTORY]
  = "SELECT " MESSAGE_COLUMNS "FROM messages m JOIN conversations c ON c.number = m.conversation "
    "WHERE m.conversation = ?1 AND m.shown = 1 AND m.place < ?2 "
    "ORDER BY m.place DESC, m.id DESC LIMIT ?3",
  /* not by id, as SQLite would choose: all of the conversation would be looked through */
  [HARK_SQL_GET_TIES]
  = "SELECT " MESSAGE_COLUMNS "FROM messages m INDEXED BY messages_by_place JOIN conversations c "
    "ON c.number = m.conversation "
    "WHERE m.conversation = ?1 AND m.shown = 1 AND m.place = ?2 AND m.id < ?4 "
    "ORDER BY m.id DESC LIMIT ?3",
  [HARK_SQL_GET_NEWER]
  = "SELECT " MESSAGE_COLUMNS "FROM messages m JOIN conversations c ON c.number = m.conversation "
    "WHERE m.conversation = ?1 AND m.shown = 1 AND m.place > ?2 "
    "ORDER BY m.place, m.id LIMIT ?3",
  [HARK_SQL_GET_TIES_ABOVE]
  = "SELECT " MESSAGE_COLUMNS "FROM messages m INDEXED BY messages_by_place JOIN conversations c "
    "ON c.number = m.conversation "
    "WHERE m.conversation = ?1 AND m.shown = 1 AND m.place = ?2 AND m.id > ?4 "
    "ORDER BY m.id LIMIT ?3",
  [HARK_SQL_FIND_OLDER] = "SELECT 1 FROM messages WHERE conversation = ?1 AND shown = 1 "
                          "AND place < ?2 LIMIT 1",
  [HARK_SQL_FIND_NEWER] = "SELECT 1 FROM messages WHERE conversation = ?1 AND shown = 1 "
                          "AND place > ?2 LIMIT 1",
  [HARK_SQL_FIND_UNREAD] = "SELECT min(place) FROM messages WHERE conversation = ?1 AND " IS_UNREAD,
  [HARK_SQL_PROBE]
  = "SELECT place, " OWN_MS ("") "FROM messages WHERE conversation = ?1 "
                                 "AND shown = 1 AND place >= ?2 ORDER BY place LIMIT 1",
  [HARK_SQL_GET_LAST]
  = "SELECT " MESSAGE_COLUMNS
    "FROM conversations c JOIN messages m ON m.position = (SELECT n.position FROM messages n "
    "WHERE n.conversation = c.number AND n.shown = 1 ORDER BY n.place DESC, n.id DESC LIMIT 1) "
    "ORDER BY m.place DESC",
  [HARK_SQL_GET_FROM]
  = "SELECT " MESSAGE_COLUMNS "FROM messages m JOIN conversations c ON c.number = m.conversation "
    "WHERE m.position > ?1 ORDER BY m.position LIMIT ?2",
  /* from the newest row down: there is no index of kinds */
  [HARK_SQL_GET_CALLS]
  = "SELECT " MESSAGE_COLUMNS
    "FROM messages m CROSS JOIN conversations c ON c.number = m.conversation "
    "WHERE m.position < ?1 AND m.position >= ?2 AND m.kind = 3 AND m.shown = 1 AND m.deleted = 0 "
    "ORDER BY m.position DESC LIMIT ?3",
  [HARK_SQL_SEARCH]
  = "SELECT " MESSAGE_COLUMNS "FROM words w JOIN messages m ON m.position = w.rowid "
    "JOIN conversations c ON c.number = m.conversation "
    "WHERE words MATCH ?1 AND w.rowid < ?2 ORDER BY w.rowid DESC LIMIT ?3",
  [HARK_SQL_FIND_WORD] = "SELECT term FROM temp.terms WHERE term >= ?1 LIMIT 1",
  [HARK_SQL_DELETE_WORDS]
  = "INSERT INTO words (words, rowid, text, chat) "
    "SELECT 'delete', position, coalesce(current, text), 'c' || conversation FROM messages "
    "WHERE conversation = ?1 AND kind IN (1, 2) AND deleted = 0",
  [HARK_SQL_GET_DUE]
  = "SELECT m.position, CASE m.kind WHEN 2 THEN m.ref ELSE 0 END, m.conversation, c.account, "
    "CASE WHEN m.kind IN (1, 2) AND m.deleted = 0 THEN coalesce(m.current, m.text) END, "
    "m.outgoing = 0 AND m.received_ms >= ?3, m.grp, m.id "
    "FROM messages m CROSS JOIN conversations c ON c.number = m.conversation "
    "WHERE m.position > ?5 AND m.position <= ?7 AND (m.conversation = ?4 OR (?4 = 0 AND " KEEP_DAYS
    "> 0 AND " OWN_MS (
      "m.") "< ?1 - 86400000 * " KEEP_DAYS ")) "
            "AND NOT (m.outgoing = 1 AND (m.state < 3 OR (m.part_set IS NOT NULL "
            "AND EXISTS (SELECT 1 " OF_WHOLE "AND p.state < 3)))) "
            "AND NOT (m.deleted = 1 AND m.shown = 0 AND m.outgoing = 0 AND m.received_ms >= ?3) "
            "ORDER BY m.position LIMIT ?6",
  [HARK_SQL_GET_LAST_ROW] = "SELECT coalesce(max(position), 0) FROM messages",
  [HARK_SQL_WIPE_MESSAGE]
  = "UPDATE messages SET shown = 0, deleted = 1, text = '', current = NULL, body = NULL, peaks = "
    "NULL, "
    "reply_to = NULL, target = NULL, edits = 0, length_ms = 0, expires_at = 0 WHERE position = ?1",
  [HARK_SQL_DELETE_MESSAGE] = "DELETE FROM messages WHERE position = ?1",
  [HARK_SQL_DELETE_MESSAGES] = "DELETE FROM messages WHERE conversation = ?1",
  [HARK_SQL_MERGE_WORDS] = "INSERT OR REPLACE INTO settings (name, value) VALUES ('loose', x'00')",
  [HARK_SQL_MERGE_PIECE] = "INSERT INTO words (words, rank) VALUES ('merge', ?1)",
  [HARK_SQL_GO_ON_MERGING] = "UPDATE settings SET value = x'01' WHERE name = 'loose'",
  [HARK_SQL_WORDS_MERGED] = "DELETE FROM settings WHERE name = 'loose'",

  [HARK_SQL_PUT_GROUP]
  = "INSERT OR REPLACE INTO groups (id, state, founder, nonce, sponsor, name, invite, clock, "
    "members, epoch, notices, made_ms, read_clock) "
    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
  [HARK_SQL_GET_GROUPS]
  = "SELECT id, state, founder, nonce, sponsor, name, invite, clock, members, "
    "epoch, notices, made_ms, read_clock FROM groups ORDER BY made_ms, id",
  [HARK_SQL_DELETE_GROUP] = "DELETE FROM groups WHERE id = ?1",
  [HARK_SQL_PUT_GROUP_ENTRY]
  = "INSERT INTO group_entries (grp, author, chain, seq, proof, content, tags, body, message, "
    "about, wanted_until) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, "
    /* what is about something deleted is gone for good */
    "CASE WHEN EXISTS (SELECT 1 FROM group_entries t WHERE t.grp = ?1 AND t.message = ?10 "
    "AND t.body IS NULL AND t.wanted_until = 0) THEN 0 ELSE ?11 END) "
    "ON CONFLICT (grp, author, chain, seq) "
    /* with tags it goes to those, too, who have all that is here since it came without */
    "DO UPDATE SET proof = max(proof, excluded.proof), "
    "position = CASE WHEN tags = x'' AND excluded.tags <> x'' "
    "THEN (SELECT max(position) + 1 FROM group_entries) ELSE position END, "
    "tags = CASE WHEN tags = x'' THEN excluded.tags ELSE tags END "
    "WHERE content = excluded.content",
  /* the rest of the entry stays, so that chains and tags hold */
  [HARK_SQL_WIPE_GROUP_ENTRIES]
  = "UPDATE group_entries SET body = NULL, wanted_until = 0 WHERE grp = ?1 "
    "AND (body IS NOT NULL OR wanted_until > 0) AND (message = ?2 OR about = ?2)",
  [HARK_SQL_CUT_GROUP_CHAIN]
  = "DELETE FROM group_entries WHERE grp = ?1 AND author = ?2 AND chain = ?3 AND seq >= ?4",
  [HARK_SQL_GET_GROUP_ENTRIES]
  = "SELECT " GROUP_ENTRY_COLUMNS "FROM group_entries WHERE grp = ?1 AND position > ?2 "
    "ORDER BY position LIMIT ?3",
  [HARK_SQL_GET_GROUP_OPS] = "SELECT " GROUP_ENTRY_COLUMNS "FROM group_entries "
                             "WHERE substr(chain, 1, 1) = x'00' ORDER BY grp, author, chain, seq",
  [HARK_SQL_GET_GROUP_HEADS]
  = "SELECT " GROUP_ENTRY_COLUMNS "FROM group_entries e WHERE substr(chain, 1, 1) = x'01' "
    "AND seq = (SELECT max(o.seq) FROM group_entries o WHERE o.grp = e.grp "
    "AND o.author = e.author AND o.chain = e.chain) ORDER BY position",
  [HARK_SQL_GET_GROUP_ENTRY]
  = "SELECT " GROUP_ENTRY_COLUMNS "FROM group_entries WHERE grp = ?1 AND author = ?2 "
    "AND chain = ?3 AND seq = ?4",
  [HARK_SQL_GET_GROUP_WANTED]
  = "SELECT " GROUP_ENTRY_COLUMNS "FROM group_entries WHERE grp = ?1 AND wanted_until > 0 "
    "AND wanted_until > ?2 ORDER BY position DESC LIMIT ?3",
  /* only of this very entry */
  [HARK_SQL_PUT_GROUP_BODY]
  = "UPDATE group_entries SET body = ?6, wanted_until = 0 WHERE grp = ?1 AND author = ?2 "
    "AND chain = ?3 AND seq = ?4 AND content = ?5 AND body IS NULL AND wanted_until > 0",
  [HARK_SQL_IS_GROUP_BODY_WANTED] = "SELECT 1 FROM group_entries WHERE grp = ?1 AND message = ?2 "
                                    "AND wanted_until > 0",
  [HARK_SQL_PUT_GROUP_READ]
  = "INSERT INTO group_reads (grp, account, clock) VALUES (?1, ?2, ?3) "
    "ON CONFLICT (grp, account) DO UPDATE SET clock = max(clock, excluded.clock)",
  [HARK_SQL_GET_GROUP_READS] = "SELECT grp, account, clock FROM group_reads",
  [HARK_SQL_DELETE_GROUP_READS] = "DELETE FROM group_reads WHERE grp = ?1",
  [HARK_SQL_DELETE_GROUP_ENTRIES] = "DELETE FROM group_entries WHERE grp = ?1",
  [HARK_SQL_PUT_KEPT] = "INSERT INTO kept (number, id, tag, lock, depositor, made_ms, sealed) "
                        "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
  [HARK_SQL_GET_KEPT] = "SELECT sealed FROM kept WHERE id = ?1",
  [HARK_SQL_DELETE_KEPT] = "DELETE FROM kept WHERE id = ?1",
  [HARK_SQL_GET_ALL_KEPT] = "SELECT number, id, tag, lock, depositor, made_ms, length(sealed) "
                            "FROM kept ORDER BY number",

  [HARK_SQL_GET_TRANSFERS]
  = "SELECT " TRANSFER_COLUMNS
    ", (SELECT list FROM transfer_lists WHERE transfer_lists.id = transfers.id) "
    "FROM transfers WHERE state < ?1 "
    "OR id IN (SELECT id FROM transfers WHERE people IS NOT NULL AND state = ?1 "
    "ORDER BY made_ms DESC LIMIT " G_STRINGIFY (HARK_STORE_HOLDINGS_MAX) ") ORDER BY made_ms, id",
  [HARK_SQL_GET_TRANSFER] = "SELECT " TRANSFER_COLUMNS "FROM transfers WHERE id = ?1",
  [HARK_SQL_GET_FINISHED]
  = "SELECT " TRANSFER_COLUMNS "FROM transfers WHERE id > ?2 AND state >= ?1 ORDER BY id LIMIT ?3",
  [HARK_SQL_PUT_TRANSFER] = "INSERT OR REPLACE INTO transfers (" TRANSFER_COLUMNS
                            ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, "
                            "?14, ?15, ?16, ?17, ?18, ?19)",
  [HARK_SQL_GET_ALIKE]
  = "SELECT " TRANSFER_COLUMNS "FROM transfers WHERE size = ?1 AND manifest_len = 0 AND path != '' "
    "AND id != ?2 AND (outgoing = 1 OR state IN (5, 6)) ORDER BY made_ms DESC LIMIT ?3",
  [HARK_SQL_PUT_TRANSFER_LIST] = "INSERT OR REPLACE INTO transfer_lists (id, list) "
                                 "SELECT ?1, ?2 FROM transfers WHERE id = ?1 AND state <= ?3",
  [HARK_SQL_DELETE_TRANSFER] = "DELETE FROM transfers WHERE id = ?1",
  [HARK_SQL_DELETE_FINISHED] = "DELETE FROM transfers WHERE id = ?1 AND state >= 6",
  [HARK_SQL_DELETE_TRANSFERS_OF] = "DELETE FROM transfers WHERE contact = ?1",
};

static int
compile (HarkDatabase *database, HarkSql sql)
{
  return sqlite3_prepare_v3 (database->handle, texts[sql], -1, SQLITE_PREPARE_PERSISTENT,
                             &database->statements[sql], NULL);
}

int
hark_statements_prepare (HarkDatabase *database)
{
  int rc = SQLITE_OK;

  for (HarkSql sql = 0; sql < HARK_N_SQL && rc == SQLITE_OK; sql++)
    if (database->statements[sql] == NULL)
      rc = compile (database, sql);
  return rc;
}

void
hark_statements_finalize (HarkDatabase *database)
{
  for (size_t i = 0; i < HARK_N_SQL; i++) {
    sqlite3_finalize (database->statements[i]);
    database->statements[i] = NULL;
  }
}

/* ---- running --------------------------------------------------------------------- */

sqlite3_stmt *
hark_database_begin (HarkDatabase *database, HarkSql sql)
{
  if (database->statements[sql] == NULL)
    compile (database, sql);
  return database->statements[sql];
}

int
hark_database_end (sqlite3_stmt *statement, int rc)
{
  if (statement == NULL) /* the schema could not be read when it was compiled */
    return SQLITE_IOERR;
  sqlite3_reset (statement);
  sqlite3_clear_bindings (statement);
  return rc == SQLITE_DONE || rc == SQLITE_ROW ? SQLITE_OK : rc;
}

int
hark_database_run (HarkDatabase *database, HarkSql sql)
{
  sqlite3_stmt *statement = hark_database_begin (database, sql);

  return hark_database_end (statement, sqlite3_step (statement));
}

void
hark_database_undo (HarkDatabase *database)
{
  if (sqlite3_get_autocommit (database->handle) == 0)
    hark_database_run (database, HARK_SQL_ROLLBACK);
}

int
hark_database_transact (HarkDatabase *database)
{
  hark_database_undo (database);
  return hark_database_run (database, HARK_SQL_BEGIN);
}

/* A bind can only fail for a wrong position or for memory: ours, or the end. What could not be
 * compiled takes everything, and fails when it is run. */
void
hark_bind_bytes (sqlite3_stmt *statement, int at, const void *bytes, size_t len)
{
  if (statement != NULL
      && sqlite3_bind_blob64 (statement, at, bytes, len, SQLITE_STATIC) != SQLITE_OK)
    g_assert_not_reached ();
}

void
hark_bind_optional (sqlite3_stmt *statement, int at, bool has, const void *bytes, size_t len)
{
  if (has)
    hark_bind_bytes (statement, at, bytes, len);
  else if (statement != NULL)
    sqlite3_bind_null (statement, at);
}

void
hark_bind_text (sqlite3_stmt *statement, int at, const char *text)
{
  if (statement != NULL && sqlite3_bind_text (statement, at, text, -1, SQLITE_STATIC) != SQLITE_OK)
    g_assert_not_reached ();
}

void
hark_bind_u64 (sqlite3_stmt *statement, int at, uint64_t value)
{
  hark_bind_i64 (statement, at, (int64_t) value);
}

void
hark_bind_i64 (sqlite3_stmt *statement, int at, int64_t value)
{
  if (statement != NULL && sqlite3_bind_int64 (statement, at, value) != SQLITE_OK)
    g_assert_not_reached ();
}

bool
hark_column_bytes (sqlite3_stmt *statement, int at, void *ret, size_t len)
{
  const void *bytes = sqlite3_column_blob (statement, at);

  memset (ret, 0, len);
  if (bytes == NULL || (size_t) sqlite3_column_bytes (statement, at) != len)
    return false;

  memcpy (ret, bytes, len);
  return true;
}

void
hark_column_text (sqlite3_stmt *statement, int at, char *ret, size_t size)
{
  const char *text = (const char *) sqlite3_column_text (statement, at);

  g_strlcpy (ret, text != NULL ? text : "", size);
}

char *
hark_column_dup (sqlite3_stmt *statement, int at)
{
  return g_strdup ((const char *) sqlite3_column_text (statement, at));
}

uint64_t
hark_column_u64 (sqlite3_stmt *statement, int at)
{
  return (uint64_t) sqlite3_column_int64 (statement, at);
}
