/* tests/bench/bench-archive.c - what the sealed store costs beside plain SQLite with the same
 * schema, settings and statements, and how fast 100,000 messages are at hand: JSON lines.
 * Directory: TMPDIR. The two take turns, so that a busy machine slows both.
 */
#include "core/store/files.h"
#include "core/store/profile.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define N_CONTACTS 50
#define N_MESSAGES 100000
#define ROUND 5000
#define GROUP 256

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
  static const char *const words[] = {"boat",  "tomorrow", "seven", "letter", "window", "coffee",
                                      "train", "answer",   "music", "garden", "winter", "street"};
  HarkStoreRequest *request = hark_store_request_new (HARK_STORE_PUT_MESSAGE, i);
  GString *text = g_string_new (NULL);
  GRand *rand = g_rand_new_with_seed (i);

  request->message = g_new0 (HarkStoreMessage, 1);
  for (size_t k = 0; k < sizeof request->message->id; k++)
    request->message->id[k] = (uint8_t) g_rand_int (rand);
  request->message->contact.bytes[0] = (uint8_t) (i % N_CONTACTS);
  request->message->kind = HARK_MESSAGE_TEXT;
  request->message->outgoing = i % 2 == 0;
  request->message->state = HARK_MESSAGE_DELIVERED;
  request->message->seq = i;
  request->message->sent_ms = request->message->received_ms = 1700000000000 + i * 60000LL;
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

  for (; at < N_MESSAGES - 2000; at += ROUND) {
    const unsigned n = MIN (ROUND, N_MESSAGES - 2000 - at);

    fill (sealed, at, n, GROUP, &of_sealed);
    fill (plain, at, n, GROUP, &of_plain);
  }
  print_inserts ("insert_grouped", N_MESSAGES - 2000, &of_sealed, &of_plain);
  for (at = N_MESSAGES - 2000; at < N_MESSAGES; at += 500) {
    fill (sealed, at, 500, 1, &one_sealed);
    fill (plain, at, 500, 1, &one_plain);
  }
  print_inserts ("insert_each_durable", 2000, &one_sealed, &one_plain);
}

int
main (void)
{
  const HarkStoreAccount account = {.name = "Bench"};
  const HarkStoreOptions options = {.passes = 1, .kib = 8};
  g_autofree char *dir = g_dir_make_tmp ("hark-bench-XXXXXX", NULL);
  g_autofree char *inner = g_build_filename (dir, "store", NULL);
  g_autofree char *path = g_build_filename (dir, "plain.db", NULL);
  g_autoptr (GError) error = NULL;
  HarkProfile *profile;
  HarkDatabase *plain = open_plain (path);

  if (!hark_profile_make (dir, &account, &(HarkStoreUnlock){NULL}, &options, &error)
      || !(profile = hark_profile_open (dir, &(HarkStoreUnlock){NULL}, &options, &error)))
    g_error ("%s", error->message);
  measure_inserts (profile->database, plain);
  close_plain (plain);
  hark_profile_close (profile);
  g_unlink (path);
  hark_files_remove_dir (inner, NULL);
  hark_files_remove_dir (dir, NULL);
  return 0;
}
