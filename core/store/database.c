#include "core/store/database.h"

#include <glib/gstdio.h>
#include <malloc.h>

#define KEPT_AT_REST (1 << 20) /* bytes of pages */

/* Exclusive before anything reads the file, so that the log needs no shared memory; the page size
 * before the first page; no file but ours at any time. */
static const char pragmas[] = "PRAGMA locking_mode = EXCLUSIVE;"
                              "PRAGMA page_size = 4096;"
                              "PRAGMA temp_store = MEMORY;"
                              "PRAGMA mmap_size = 0;"
                              "PRAGMA cache_spill = OFF;"
                              "PRAGMA cache_size = -16000;"
                              "PRAGMA trusted_schema = OFF;"
                              "PRAGMA secure_delete = ON;"
                              "PRAGMA synchronous = FULL;"
                              "PRAGMA wal_autocheckpoint = 2000;";

static int
compare_mode (void *data, int n, char **values, char **names)
{
  (void) names;
  *(bool *) data = n == 1 && g_str_equal (values[0], "wal");
  return 0;
}

/* The way from a new, empty file to one with a log leads over a write to page 1, which must not
 * open a journal; there is nothing yet that could be lost. */
static int
choose_log (HarkDatabase *database, bool create)
{
  bool is_wal = false;
  int rc = SQLITE_OK;

  if (create)
    rc = sqlite3_exec (database->handle, "PRAGMA journal_mode = MEMORY", NULL, NULL, NULL);
  if (rc == SQLITE_OK)
    rc = sqlite3_exec (database->handle, "PRAGMA journal_mode = WAL", compare_mode, &is_wal, NULL);

  return rc == SQLITE_OK && !is_wal ? SQLITE_CANTOPEN : rc;
}

static int
configure (HarkDatabase *database, bool create)
{
  int reserved = HARK_PAGE_RESERVED, rc;

  sqlite3_extended_result_codes (database->handle, 1);
  rc = sqlite3_db_config (database->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
  if (rc == SQLITE_OK)
    rc = sqlite3_file_control (database->handle, "main", SQLITE_FCNTL_RESERVE_BYTES, &reserved);
  if (rc == SQLITE_OK)
    rc = sqlite3_exec (database->handle, pragmas, NULL, NULL, NULL);
  if (rc == SQLITE_OK)
    rc = choose_log (database, create);

  return rc;
}

int
hark_terms_register (sqlite3 *handle)
{
  return sqlite3_exec (
    handle, "CREATE VIRTUAL TABLE temp.terms USING fts5vocab ('main', 'words', 'instance')", NULL,
    NULL, NULL);
}

HarkDatabase *
hark_database_open (const char *path,
                    const char *below,
                    const HarkStoreKeys *keys,
                    const uint8_t file_id[HARK_FILE_ID_LEN],
                    bool create,
                    GError **error)
{
  g_autoptr (HarkDatabase) database = g_new0 (HarkDatabase, 1);
  g_autofree char *log = g_strconcat (path, "-wal", NULL);
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW
                    | (create ? SQLITE_OPEN_CREATE : 0);
  GStatBuf status;
  int rc;

  database->path = g_strdup (path);
  database->conversations
    = g_hash_table_new_full (hark_key_hash, hark_key_hash_equal, g_free, g_free);
  database->vfs = hark_vfs_new (below, keys, file_id);

  /* SQLite would fill an empty file with a new database */
  if (!create && g_stat (path, &status) == 0 && status.st_size == 0) {
    g_set_error (error, HARK_STORE_ERROR, HARK_STORE_ERROR_CORRUPT, "“%s” is empty.", path);
    return NULL;
  }

  rc = hark_vfs_check_wal (database->vfs, log);
  if (rc == SQLITE_OK)
    rc = sqlite3_open_v2 (path, &database->handle, flags, hark_vfs_get_name (database->vfs));
  if (rc == SQLITE_OK)
    rc = configure (database, create);
  if (rc == SQLITE_OK)
    rc = hark_tokenizer_register (database->handle);
  if (rc != SQLITE_OK) {
    hark_database_set_error (database, rc, error);
    return NULL;
  }

  if (!hark_schema_migrate (database, create, error))
    return NULL;

  rc = hark_terms_register (database->handle);
  if (rc != SQLITE_OK) {
    hark_database_set_error (database, rc, error);
    return NULL;
  }

  return g_steal_pointer (&database);
}

void
hark_database_rest (HarkDatabase *database)
{
  int used = 0, most;

  sqlite3_db_status (database->handle, SQLITE_DBSTATUS_CACHE_USED, &used, &most, 0);
  if (used < KEPT_AT_REST)
    return;
  sqlite3_db_release_memory (database->handle);
#ifdef __GLIBC__
  malloc_trim (0); /* what lies between pieces in use is not given back by itself */
#endif
}

void
hark_database_close (HarkDatabase *database)
{
  if (database == NULL)
    return;

  hark_poison_close (database->poison);
  hark_statements_finalize (database);
  sqlite3_close (database->handle);
  hark_vfs_free (database->vfs);
  g_hash_table_unref (database->conversations);
  g_free (database->path);
  g_free (database);
}
