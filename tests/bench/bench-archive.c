/* tests/bench/bench-archive.c - what the sealed store costs beside plain SQLite with the same
 * schema, settings and statements, and how fast 100,000 messages are at hand: JSON lines.
 * Directory: TMPDIR. The two take turns, so that a busy machine slows both.
 *
 *   bench-archive [MESSAGES]    101,000 unless told, at least 4,000
 */
#include "core/store/files.h"
#include "core/store/profile.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define N_CONTACTS 101 /* the first has nearly all messages */
#define START_MS INT64_C (1700000000000)
#define MINUTE_MS INT64_C (60000)
#define ROUND 5000
#define GROUP 256

static unsigned n_messages = 101000;

/* As core/store/database.c sets them. */
static const char pragmas[] = "PRAGMA locking_mode = EXCLUSIVE; PRAGMA page_size = 4096;"
                              "PRAGMA temp_store = MEMORY; PRAGMA mmap_size = 0;"
                              "PRAGMA cache_spill = OFF; PRAGMA cache_size = -16000;"
                              "PRAGMA trusted_schema = OFF; PRAGMA secure_delete = ON;"
                              "PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 2000;"
                              "PRAGMA journal_mode = WAL;";

static HarkDatabase *
open_plain (const char *path)
{
  HarkDatabase *database = g_new0 (HarkDatabase, 1);
  g_autoptr (GError) error = NULL;

  database->path = g_strdup (path);
  database->conversations
    = g_hash_table_new_full (hark_key_hash, hark_key_hash_equal, g_free, g_free);
  if (sqlite3_open (path, &database->handle) != SQLITE_OK
      || sqlite3_exec (database->handle, pragmas, NULL, NULL, NULL) != SQLITE_OK
      || hark_tokenizer_register (database->handle) != SQLITE_OK
      || !hark_schema_migrate (database, true, &error)
      || hark_terms_register (database->handle) != SQLITE_OK
      || hark_statements_prepare (database) != SQLITE_OK)
    g_error ("plain SQLite: %s", sqlite3_errmsg (database->handle));
  return database;
}

static void
close_plain (HarkDatabase *database)
{
  hark_statements_finalize (database);
  sqlite3_close (database->handle);
  g_hash_table_unref (database->conversations);
  g_free (database->path);
  g_free (database);
}

static HarkStoreRequest *
put_message (unsigned i)
{
  static const char *const words[]
    = {"boat",    "tomorrow", "seven",  "letter", "window",   "coffee", "train",   "answer",
       "music",   "garden",   "winter", "street", "the",      "and",    "Grüße",   "été",
       "вечером", "привет",   "今日は", "東京に", "行きます", "학교에", "สวัสดีครับ", "🎉"};
  HarkStoreRequest *request = hark_store_request_new (HARK_STORE_PUT_MESSAGE, i);
  GString *text = g_string_new (NULL);
  GRand *rand = g_rand_new_with_seed (i);

  request->message = g_new0 (HarkStoreMessage, 1);
  for (size_t k = 0; k < sizeof request->message->id; k++)
    request->message->id[k] = (uint8_t) g_rand_int (rand);
  request->message->contact.bytes[0] = (uint8_t) (i % 101 == 0 ? 1 + i / 101 % 100 : 0);
  request->message->kind = HARK_MESSAGE_TEXT;
  request->message->state
    = i % 2 == 0 || i > n_messages - 1000 ? HARK_MESSAGE_DELIVERED : HARK_MESSAGE_READ;
  request->message->seq = i;
  request->message->sent_ms = request->message->received_ms = START_MS + i * MINUTE_MS;
  request->message->outgoing = i % 2 == 0;
  for (unsigned k = 0; k < 10; k++)
    g_string_append_printf (text, "%s ",
                            words[g_rand_int_range (rand, 0, (gint32) G_N_ELEMENTS (words))]);
  g_string_append_printf (text, "%u", i);
  request->message->text = g_string_free (text, FALSE);
  g_rand_free (rand);
  return request;
}

typedef struct {
  double wall, cpu; /* seconds */
} Spent;

static double
read_clock (clockid_t id)
{
  struct timespec t;

  clock_gettime (id, &t);
  return (double) t.tv_sec + (double) t.tv_nsec / 1e9;
}

/* Adds messages @from to @from + @n - 1, in transactions of @group. */
static void
fill (HarkDatabase *database, unsigned from, unsigned n, unsigned group, Spent *spent)
{
  HarkStoreRequest *requests[GROUP];
  HarkStoreReply *replies[GROUP];

  for (unsigned at = 0; at < n; at += group) {
    const unsigned count = MIN (group, n - at);
    double wall, cpu;

    for (unsigned i = 0; i < count; i++)
      requests[i] = put_message (from + at + i);
    wall = read_clock (CLOCK_MONOTONIC);
    cpu = read_clock (CLOCK_THREAD_CPUTIME_ID);
    for (size_t done = 0; done < count;)
      done += hark_database_execute (database, requests + done, replies + done, count - done);
    spent->wall += read_clock (CLOCK_MONOTONIC) - wall;
    spent->cpu += read_clock (CLOCK_THREAD_CPUTIME_ID) - cpu;
    for (unsigned i = 0; i < count; i++) {
      if (!replies[i]->ok)
        g_error ("%s", replies[i]->error->message);
      hark_store_reply_free (replies[i]);
      hark_store_request_free (requests[i]);
    }
  }
}

static void
print_inserts (const char *what, unsigned n, const Spent *sealed, const Spent *plain)
{
  printf ("{\"bench\":\"archive\",\"what\":\"%s\",\"us_sealed\":%.1f,\"us_plain\":%.1f,"
          "\"overhead\":%.3f,\"cpu_us_sealed\":%.1f,\"cpu_us_plain\":%.1f,"
          "\"cpu_overhead\":%.3f}\n",
          what, sealed->wall / n * 1e6, plain->wall / n * 1e6, sealed->wall / plain->wall - 1,
          sealed->cpu / n * 1e6, plain->cpu / n * 1e6, sealed->cpu / plain->cpu - 1);
}

static void
measure_inserts (HarkDatabase *sealed, HarkDatabase *plain)
{
  Spent of_sealed = {0}, of_plain = {0}, one_sealed = {0}, one_plain = {0};
  unsigned at = 0;

  for (; at < n_messages - 2000; at += ROUND) {
    const unsigned n = MIN (ROUND, n_messages - 2000 - at);

    fill (sealed, at, n, GROUP, &of_sealed);
    fill (plain, at, n, GROUP, &of_plain);
  }
  print_inserts ("insert_grouped", n_messages - 2000, &of_sealed, &of_plain);
  for (at = n_messages - 2000; at < n_messages; at += 500) {
    fill (sealed, at, 500, 1, &one_sealed);
    fill (plain, at, 500, 1, &one_plain);
  }
  print_inserts ("insert_each_durable", 2000, &one_sealed, &one_plain);
}

/* ---- at hand ----------------------------------------------------------------------------------
 */

static void
print_ms (const char *what, double seconds, guint n)
{
  printf ("{\"bench\":\"archive\",\"what\":\"%s\",\"ms\":%.2f,\"n\":%u}\n", what, seconds * 1000,
          n);
}

/* From nothing to a list of conversations with their newest lines and what waits to be sent. */
static HarkProfile *
start (const char *dir)
{
  const HarkStoreOptions options = {.passes = 1, .kib = 8};
  const double from = read_clock (CLOCK_MONOTONIC);
  HarkProfile *profile = hark_profile_open (dir, &(HarkStoreUnlock){NULL}, &options, NULL);
  g_autoptr (GPtrArray) chats
    = g_ptr_array_new_with_free_func ((GDestroyNotify) hark_store_chat_free);
  HarkStoreSnapshot all;

  if (profile == NULL || hark_snapshot_read (profile->database, &all) != SQLITE_OK
      || hark_chats_get (profile->database, chats) != SQLITE_OK)
    g_error ("the profile does not open");
  print_ms ("start", read_clock (CLOCK_MONOTONIC) - from, chats->len);
  hark_store_snapshot_clear (&all);
  return profile;
}

static void
measure (HarkProfile *profile, const char *what, HarkStoreRequest *request)
{
  const double from = read_clock (CLOCK_MONOTONIC);
  HarkStoreReply *reply = NULL;

  hark_database_execute (profile->database, &request, &reply, 1);
  if (!reply->ok)
    g_error ("%s", reply->error->message);
  print_ms (what, read_clock (CLOCK_MONOTONIC) - from,
            reply->messages != NULL ? reply->messages->len : 0);
  hark_store_reply_free (reply);
  hark_store_request_free (request);
}

static HarkStoreRequest *
window (HarkStoreWindow kind, int64_t at_ms)
{
  HarkStoreRequest *request = hark_store_request_new (HARK_STORE_GET_HISTORY, 0);

  request->window = kind;
  request->at_ms = at_ms;
  request->limit = 50;
  return request;
}

static HarkStoreRequest *
search (const char *text, int contact)
{
  HarkStoreRequest *request = hark_store_request_new (HARK_STORE_SEARCH, 0);

  request->text = g_strdup (text);
  request->has_contact = contact >= 0;
  request->account_key.bytes[0] = (uint8_t) MAX (contact, 0);
  request->limit = 50;
  return request;
}

/* Each on a profile that was just opened, so that nothing of it is in SQLite's memory. */
static void
measure_at_hand (const char *dir)
{
  const int64_t middle_ms = START_MS + n_messages / 2 * MINUTE_MS;
  struct {
    const char *what;
    HarkStoreRequest *request;
  } asked[] = {
    {"open_newest",        window (HARK_WINDOW_BEFORE,                   0)        },
    {"open_unread",        window (HARK_WINDOW_UNREAD,                   0)        },
    {"open_date",          window (HARK_WINDOW_AROUND_TIME,              middle_ms)},
    {"search_common",      search ("boat winter",                        -1)       },
    {"search_three",       search ("the and coffee",                     -1)       },
    {"search_rare",        search ("50505",                              -1)       },
    {"search_beginning",   search ("w",                                  -1)       },
    {"search_digits",      search ("5",                                  -1)       },
    {"search_quoted",      search ("\"garden winter\"",                  -1)       },
    {"search_japanese",    search ("東京",                             -1)       },
    {"search_character",   search ("京",                                -1)       },
    {"search_in_large",    search ("music",                              0)        },
    {"search_in_small",    search ("music",                              9)        },
    {"search_three_small", search ("the and coffee",                     9)        },
    {"search_none",        search ("boat xylophone",                     -1)       },
    {"calls_none",         hark_store_request_new (HARK_STORE_GET_CALLS, 0)        },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (asked); i++) {
    HarkProfile *profile = start (dir);

    measure (profile, asked[i].what, asked[i].request);
    hark_profile_close (profile);
  }
}

static void
measure_letting_go (const char *dir)
{
  HarkProfile *profile = start (dir);
  HarkStoreRequest *see = put_message (n_messages - 2);
  HarkStoreRequest *clear = hark_store_request_new (HARK_STORE_CLEAR, 0);

  see->kind = HARK_STORE_SET_STATE;
  see->message->state = HARK_MESSAGE_READ;
  measure (profile, "read_500", see);
  clear->account_key.bytes[0] = 9;
  clear->at_ms = START_MS + INT64_C (100) * 365 * 86400000;
  measure (profile, "clear_10", clear);
  hark_profile_close (profile);
}

int
main (int argc, char **argv)
{
  const HarkStoreAccount account = {.name = "Bench"};
  const HarkStoreOptions options = {.passes = 1, .kib = 8};
  g_autofree char *dir = g_dir_make_tmp ("hark-bench-XXXXXX", NULL);
  g_autofree char *inner = g_build_filename (dir, "store", NULL);
  g_autofree char *path = g_build_filename (dir, "plain.db", NULL);
  g_autoptr (GError) error = NULL;
  HarkProfile *profile;
  HarkDatabase *plain = open_plain (path);

  if (argc > 1)
    n_messages = (unsigned) MAX (atoi (argv[1]), 4000);
  if (!hark_profile_make (dir, &account, &(HarkStoreUnlock){NULL}, &options, &error)
      || !(profile = hark_profile_open (dir, &(HarkStoreUnlock){NULL}, &options, &error)))
    g_error ("%s", error->message);
  measure_inserts (profile->database, plain);
  close_plain (plain);
  hark_profile_close (profile);
  measure_at_hand (dir);
  measure_letting_go (dir);
  g_unlink (path);
  hark_files_remove_dir (inner, NULL);
  hark_files_remove_dir (dir, NULL);
  return 0;
}
