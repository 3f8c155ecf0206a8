/* What people, chats, files, groups and mail of others leave in the store, while operation k of the
 * disk fails: what was acknowledged is there afterwards, what was refused is not. */
#include "tests/unit/core/store/disk.h"
#include "tests/unit/core/store/helper.h"

#include <string.h>

static HarkStoreRequest *
make_person (void)
{
  HarkStoreRequest *request = hark_store_request_new (HARK_STORE_PUT_PICTURE, 0);

  request->person = g_new0 (HarkStorePerson, 1);
  request->person->account = helper_key (1);
  request->person->version = 5;
  request->person->has_picture = true;
  request->picture = g_bytes_new_take (g_strnfill (27648, 'p'), 27648);
  return request;
}

static HarkStoreRequest *
make_chat (void)
{
  HarkStoreRequest *request = hark_store_request_new (HARK_STORE_PUT_CHAT, 0);

  request->chat = g_new0 (HarkStoreChat, 1);
  request->chat->contact = helper_key (2);
  request->chat->draft = g_strdup ("half a sentence");
  request->chat->clock = 7;
  request->fields = HARK_STORE_CHAT_DRAFT | HARK_STORE_CHAT_CLOCK;
  return request;
}

static HarkStoreRequest *
make_transfer (void)
{
  HarkStoreRequest *request = hark_store_request_new (HARK_STORE_PUT_TRANSFER, 0);

  request->transfer = g_new0 (HarkStoreTransfer, 1);
  request->transfer->id = 4;
  request->transfer->contact = helper_key (1);
  request->transfer->preview = g_bytes_new_take (g_strnfill (50000, 'q'), 50000);
  memset (request->transfer->sample, 8, sizeof request->transfer->sample);
  return request;
}

static HarkStoreRequest *
make_group (void)
{
  HarkStoreRequest *request = hark_store_request_new (HARK_STORE_PUT_GROUP, 0);

  request->group.id[0] = 9;
  request->group.state = HARK_STORE_GROUP_JOINED;
  request->group.read_clock = 3;
  return request;
}

/* An entry of a group and the line that it is: both or none. */
static HarkStoreRequest *
make_group_entry (void)
{
  HarkStoreRequest *request = helper_put_message (3, 1, "in the group");
  HarkStoreGroupEntry *entry = request->group_entry = g_new0 (HarkStoreGroupEntry, 1);

  request->kind = HARK_STORE_PUT_GROUP_ENTRY;
  request->message->outgoing = false;
  entry->group[0] = 9;
  entry->seq = 1;
  entry->content = g_bytes_new_static ("content", 7);
  entry->tags = g_bytes_new_static ("tags", 4);
  entry->body = g_bytes_new_take (g_strnfill (9000, 'b'), 9000);
  entry->has_message = entry->has_about = true;
  return request;
}

/* It goes to the quarantine: nothing may be before what its writer had seen. */
static HarkStoreRequest *
make_refused (void)
{
  HarkStoreRequest *request = helper_put_message (1, 2, "not before");

  request->message->outgoing = false;
  request->message->clock = 1;
  request->message->n_parents = 1;
  memcpy (request->message->parents[0], "\1\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0", 16);
  return request;
}

static HarkStoreRequest *
make_kept (void)
{
  HarkStoreRequest *request = hark_store_request_new (HARK_STORE_PUT_KEPT, 0);

  request->kept.number = 1;
  request->sealed = g_bytes_new_take (g_strnfill (9000, 's'), 9000);
  return request;
}

static HarkStoreRequest *
make_shares (void)
{
  HarkStoreRequest *request = hark_store_request_new (HARK_STORE_PUT_SHARES, 0);

  request->shares = g_bytes_new_take (g_strnfill (9000, 'h'), 9000);
  return request;
}

static HarkStoreRequest *
make_peaks (void)
{
  HarkStoreRequest *request = helper_put_message (1, 1, "");

  request->kind = HARK_STORE_NOTE_CLIP;
  request->message->has_peaks = true;
  memset (request->message->peaks, 9, sizeof request->message->peaks);
  return request;
}

/* @sql: 1 when it is there, 0 when nothing of it is. */
static const struct {
  HarkStoreRequest *(*make) (void);
  const char *sql;
} rows[] = {
  {make_person,      "SELECT (SELECT count(*) FROM people WHERE version = 5 AND picture IS NOT NULL) + "
                "(SELECT count(*) FROM pictures WHERE length(pixels) = 27648)"},
  {make_chat,
   "SELECT 2 * count(*) FROM conversations WHERE draft = 'half a sentence' AND clock = 7"    },
  {make_transfer,
   "SELECT 2 * count(*) FROM transfers WHERE length(preview) = 50000 AND sample IS NOT NULL" },
  {make_group,       "SELECT 2 * count(*) FROM groups WHERE read_clock = 3"                  },
  {make_group_entry,
   "SELECT (SELECT count(*) FROM group_entries WHERE length(body) = 9000 AND about IS NOT NULL) "
   "+ (SELECT count(*) FROM messages WHERE text = 'in the group')"                           },
  {make_refused,     "SELECT 2 * count(*) FROM quarantine WHERE text = 'not before'"         },
  {make_kept,        "SELECT 2 * count(*) FROM kept WHERE length(sealed) = 9000"             },
  {make_shares,      "SELECT 2 * count(*) FROM settings WHERE name = 'shares' AND "
                "length(value) = 9000"                                        },
  {make_peaks,       "SELECT 2 * count(*) FROM messages WHERE peaks IS NOT NULL"             },
};

static int
ask_number (HarkProfile *profile, const char *sql)
{
  sqlite3_stmt *get = NULL;
  int number;

  g_assert_cmpint (sqlite3_prepare_v2 (profile->database->handle, sql, -1, &get, NULL), ==,
                   SQLITE_OK);
  g_assert_cmpint (sqlite3_step (get), ==, SQLITE_ROW);
  number = sqlite3_column_int (get, 0);
  sqlite3_finalize (get);
  return number;
}

/* All rows in one group; @ret: which were taken; @failing: the disk may fail. */
static void
put_rows (HarkProfile *profile, bool ret[G_N_ELEMENTS (rows)], bool failing)
{
  HarkStoreRequest *requests[G_N_ELEMENTS (rows)];
  HarkStoreReply *replies[G_N_ELEMENTS (rows)];

  for (size_t i = 0; i < G_N_ELEMENTS (rows); i++)
    requests[i] = rows[i].make ();
  for (size_t done = 0; done < G_N_ELEMENTS (rows);)
    done += hark_database_execute (profile->database, requests + done, replies + done,
                                   G_N_ELEMENTS (rows) - done);
  for (size_t i = 0; i < G_N_ELEMENTS (rows); i++) {
    ret[i] = replies[i]->ok;
    if (!ret[i] && failing)
      g_assert_error (replies[i]->error, HARK_STORE_ERROR, HARK_STORE_ERROR_DISK);
    hark_store_reply_free (replies[i]);
    hark_store_request_free (requests[i]);
  }
}

static bool
fail_while_writing (unsigned at, int code, bool forever)
{
  char *dir = helper_new_profile ();
  bool taken[G_N_ELEMENTS (rows)], again[G_N_ELEMENTS (rows)];
  HarkStoreRequest *request;
  HarkProfile *profile;
  bool reached;

  disk_reset ();
  profile = helper_open (dir, DISK_NAME);
  request = helper_put_message (1, 1, "before");
  request->message->kind = HARK_MESSAGE_CLIP;
  hark_store_reply_free (helper_execute (profile, request));
  disk_fail_reads ();
  disk_fail (at, code, forever);
  put_rows (profile, taken, true);
  reached = disk_get_count () >= at;
  hark_profile_close (profile);
  disk_fail (0, 0, false);

  profile = helper_open (dir, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS (rows); i++)
    if (ask_number (profile, rows[i].sql) != (taken[i] ? 2 : 0))
      g_error ("operation %u: %s: taken %d", at, rows[i].sql, taken[i]);
  put_rows (profile, again, false); /* and twice is once */
  for (size_t i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_true ((again[i] || taken[i]) && ask_number (profile, rows[i].sql) == 2);
  hark_profile_close (profile);
  helper_remove (dir);
  return reached;
}

static void
test_failing_disk (void)
{
  disk_fail_everywhere (fail_while_writing, 4);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store/failing-disk-leaves-all-or-none-in-every-table", test_failing_disk);
  return g_test_run ();
}
