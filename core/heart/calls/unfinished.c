/* What the conversations would have to say if the program ended now, kept on the disk while there
 * is a call: the next process writes it down where this one is killed. Kept as: format u8 (1), then
 * rows of contact[32], id[16], flags u8, author[32], time u64 (Unix ms), length u64 (ms), text u16
 * and its bytes. A row has the id that it gets when the call ends as it should, so it is there once
 * whenever the program dies. */
#define G_LOG_DOMAIN "hark-core"

#include "core/heart/calls/group-calls.h"
#include "net/base/reader.h"
#include "net/base/writer.h"

#include <string.h>

#define FORMAT 1
#define KEEP_TIME (10 * HARK_SECOND) /* of a call's length is lost at most */
#define ROWS_MAX 16                  /* two calls, and groups */
#define ROW_LEN (2 * HARK_KEY_LEN + HARK_CHAT_ID_LEN + 1 + 8 + 8 + 2) /* and the text */

enum { OUTGOING = 1, SEEN = 2, HAS_AUTHOR = 4 };

/* ---- as it is kept ---- */

static void
write_row (HarkWriter *writer, const HarkStoreMessage *row)
{
  const size_t len = strlen (row->text);

  hark_writer_bytes (writer, row->contact.bytes, HARK_KEY_LEN);
  hark_writer_bytes (writer, row->id, sizeof row->id);
  hark_writer_u8 (writer, (uint8_t) ((row->outgoing ? OUTGOING : 0)
                                     | (row->state == HARK_MESSAGE_READ ? SEEN : 0)
                                     | (row->has_author ? HAS_AUTHOR : 0)));
  hark_writer_bytes (writer, row->author.bytes, HARK_KEY_LEN);
  hark_writer_u64 (writer, (uint64_t) row->sent_ms);
  hark_writer_u64 (writer, row->ref);
  hark_writer_u16 (writer, (uint16_t) len);
  hark_writer_bytes (writer, row->text, len);
}

static GBytes *
write_rows (const GPtrArray *rows)
{
  size_t size = 1;
  HarkWriter writer;
  uint8_t *bytes;

  for (guint i = 0; i < rows->len; i++)
    size += ROW_LEN + strlen (((const HarkStoreMessage *) rows->pdata[i])->text);
  bytes = g_malloc (size);
  hark_writer_init (&writer, bytes, size);
  hark_writer_u8 (&writer, FORMAT);
  for (guint i = 0; i < rows->len; i++)
    write_row (&writer, rows->pdata[i]);
  g_assert (hark_writer_is_ok (&writer));
  return g_bytes_new_take (bytes, size);
}

/* (transfer full) (nullable) */
static HarkStoreMessage *
read_row (HarkReader *reader)
{
  g_autoptr (HarkStoreMessage) row = g_new0 (HarkStoreMessage, 1);
  uint8_t flags;
  const char *text;
  size_t len;

  row->kind = HARK_MESSAGE_CALL;
  hark_reader_copy (reader, row->contact.bytes, HARK_KEY_LEN);
  hark_reader_copy (reader, row->id, sizeof row->id);
  flags = hark_reader_u8 (reader);
  hark_reader_copy (reader, row->author.bytes, HARK_KEY_LEN);
  row->sent_ms = row->received_ms = (int64_t) hark_reader_u64 (reader);
  row->ref = hark_reader_u64 (reader);
  len = hark_reader_u16 (reader);
  text = (const char *) hark_reader_borrow (reader, len);
  if (!hark_reader_is_ok (reader) || !g_utf8_validate_len (text, len, NULL))
    return NULL;
  row->outgoing = (flags & OUTGOING) != 0;
  row->state = (flags & SEEN) != 0 ? HARK_MESSAGE_READ : HARK_MESSAGE_DELIVERED;
  row->has_author = (flags & HAS_AUTHOR) != 0;
  row->has_group = hark_store_group_of (&row->contact, row->group);
  row->text = g_strndup (text, len);
  return g_steal_pointer (&row);
}

/* ---- what there is to say ---- */

/* (transfer full) */
static GPtrArray *
rows_now (HarkCore *core)
{
  GPtrArray *rows = g_ptr_array_new_with_free_func ((GDestroyNotify) hark_store_message_free);
  GHashTableIter iter;
  void *group;

  for (unsigned i = 0; i < HARK_CALL_LINES; i++)
    if (core->lines[i].call != NULL)
      g_ptr_array_add (rows, hark_core_call_row (core, &core->lines[i]));
  g_hash_table_iter_init (&iter, core->groups);
  while (rows->len < ROWS_MAX && g_hash_table_iter_next (&iter, NULL, &group)) {
    HarkStoreMessage *row = hark_core_group_call_row (core, group);

    if (row != NULL)
      g_ptr_array_add (rows, row);
  }
  return rows;
}

/* (transfer full) @calls (nullable) */
static void
keep (HarkCore *core, GBytes *calls)
{
  HarkStoreRequest *request = hark_core_request (HARK_STORE_PUT_CALLS);

  request->calls = calls;
  hark_core_ask_store (core, request, NULL);
}

void
hark_core_unfinished_settle (HarkCore *core)
{
  g_autoptr (GPtrArray) rows = NULL;

  if (!core->calls_changed && core->now < core->calls_at)
    return;
  rows = rows_now (core);
  core->calls_changed = false;
  core->calls_at = rows->len > 0 ? hark_time_add (core->now, KEEP_TIME) : HARK_TIME_NEVER;
  if (rows->len > 0)
    keep (core, write_rows (rows));
  else if (core->calls_kept)
    keep (core, NULL);
  core->calls_kept = rows->len > 0;
}

/* ---- start and end ---- */

void
hark_core_unfinished_load (HarkCore *core, GBytes *kept)
{
  if (kept != NULL)
    core->calls_left = g_bytes_ref (kept);
}

static bool
is_known (HarkCore *core, const HarkStoreMessage *row)
{
  return row->has_group ? hark_core_group_find (core, row->group) != NULL
                        : hark_core_find (core, &row->contact) != NULL;
}

void
hark_core_unfinished_start (HarkCore *core)
{
  g_autoptr (GBytes) left = g_steal_pointer (&core->calls_left);
  HarkReader reader;

  if (left == NULL)
    return;
  hark_reader_init (&reader, g_bytes_get_data (left, NULL), g_bytes_get_size (left));
  if (hark_reader_u8 (&reader) == FORMAT)
    while (hark_reader_left (&reader) > 0) {
      HarkStoreMessage *row = read_row (&reader);

      if (row != NULL && is_known (core, row))
        hark_core_put_log (core, row);
      else
        hark_store_message_free (row);
    }
  keep (core, NULL);
}
