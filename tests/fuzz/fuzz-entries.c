/* tests/fuzz/fuzz-entries.c - entries of a contact, in any order and with any claims, into the
 * reader and the store.
 *
 * Input: records of a byte (odd: ours, as a backup would bring it back), a length of two bytes
 * (high one first) and an Entry of core/proto/hark.proto. What is taken is written and read again
 * the same, and leaves a conversation that can be shown.
 */
#include "core/chat/conversation.h"
#include "core/store/database.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static const HarkKey contact = {{1}};

/* In memory, for all inputs: each is rolled back. */
static HarkDatabase *
open_once (void)
{
  static HarkDatabase *database;

  if (database != NULL)
    return database;
  database = g_new0 (HarkDatabase, 1);
  database->path = g_strdup (":memory:");
  database->conversations
    = g_hash_table_new_full (hark_key_hash, hark_key_hash_equal, g_free, g_free);
  if (sqlite3_open (database->path, &database->handle) != SQLITE_OK
      || hark_tokenizer_register (database->handle) != SQLITE_OK
      || !hark_schema_migrate (database, true, NULL))
    abort ();
  return database;
}

/* The frame, without its length, says the same. */
static void
check_written (const HarkChatEntry *entry)
{
  g_autoptr (GBytes) written = hark_chat_write_entry (entry);
  HarkFrameReader reader;
  g_auto (HarkChatEntry) again = {0};
  Hark__Frame *frame = NULL;
  gsize len;
  const uint8_t *bytes = g_bytes_get_data (written, &len);

  hark_frame_reader_init (&reader);
  hark_frame_reader_push (&reader, bytes, len);
  if (hark_frame_reader_next (&reader, &frame) != HARK_FRAME_OK
      || frame->what_case != HARK__FRAME__WHAT_ENTRY || !hark_chat_read_entry (frame->entry, &again)
      || again.seq != entry->seq || again.clock != entry->clock
      || strcmp (again.text, entry->text) != 0 || memcmp (again.id, entry->id, sizeof again.id) != 0
      || again.n_parents != entry->n_parents)
    abort ();
  hark_frame_free (frame);
  hark_frame_reader_clear (&reader);
}

static void
put (HarkDatabase *database, const HarkChatEntry *entry, bool outgoing)
{
  static const HarkMessageKind kinds[]
    = {HARK_MESSAGE_TEXT,  HARK_MESSAGE_EDIT, HARK_MESSAGE_DELETE, HARK_MESSAGE_REACTION,
       HARK_MESSAGE_TIMER, HARK_MESSAGE_CLIP, HARK_MESSAGE_GROUP};
  const bool known = entry->kind < G_N_ELEMENTS (kinds);
  HarkStoreReply reply = {0};
  HarkStoreMessage row = {.contact = contact,
                          .kind = known ? kinds[entry->kind] : HARK_MESSAGE_UNKNOWN,
                          .outgoing = outgoing,
                          .state = HARK_MESSAGE_DELIVERED,
                          .seq = entry->seq,
                          .sent_ms = entry->sent_ms,
                          .clock = entry->clock,
                          .has_target = entry->has_target,
                          .n_parents = entry->n_parents,
                          .expires_s = entry->expires_s,
                          .text = entry->text,
                          .body = entry->body};

  row.hidden = entry->kind != HARK_CHAT_TEXT && entry->kind != HARK_CHAT_CLIP
               && entry->kind != HARK_CHAT_TIMER;
  memcpy (row.id, entry->id, sizeof row.id);
  memcpy (row.target, entry->target, sizeof row.target);
  memcpy (row.parents, entry->parents, sizeof row.parents);
  if (hark_entry_put (database, &row, &reply) != SQLITE_OK)
    abort ();
  hark_store_message_free (reply.changed);
}

static void
check_conversation (HarkDatabase *database)
{
  g_autoptr (GPtrArray) rows = hark_messages_new ();
  uint64_t last = UINT64_MAX;

  if (hark_messages_get_history (database, &contact, 0, 500, rows) != SQLITE_OK
      || hark_reactions_read (database, rows) != SQLITE_OK)
    abort ();
  for (guint i = 0; i < rows->len; i++) {
    const HarkStoreMessage *row = rows->pdata[i];

    if (row->position > last || row->hidden
        || (row->deleted && (row->text[0] != '\0' || row->current != NULL || row->body != NULL)))
      abort ();
    last = row->position;
  }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  HarkDatabase *database = open_once ();
  HarkConversation conversation;

  hark_conversation_init (&conversation, 0);
  hark_database_run (database, HARK_SQL_BEGIN);
  for (size_t at = 0; size - at > 3;) {
    const bool outgoing = data[at] & 1;
    const size_t len = MIN ((size_t) data[at + 1] << 8 | data[at + 2], size - at - 3);
    Hark__Entry *frame = hark__entry__unpack (NULL, len, data + at + 3);
    g_auto (HarkChatEntry) entry = {0};

    at += 3 + len;
    if (frame != NULL && hark_chat_read_entry (frame, &entry)) {
      check_written (&entry);
      hark_conversation_saw (&conversation, &entry);
      if (conversation.n_heads > HARK_CHAT_PARENTS_MAX || conversation.clock < entry.clock)
        abort ();
      put (database, &entry, outgoing);
    }
    if (frame != NULL)
      hark__entry__free_unpacked (frame, NULL);
  }
  check_conversation (database);
  hark_database_run (database, HARK_SQL_ROLLBACK);
  g_hash_table_remove_all (database->conversations);
  hark_conversation_clear (&conversation);
  return 0;
}
