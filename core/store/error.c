/* core/store/error.c - what SQLite says, in words for the user. */
#include "core/store/database.h"

void
hark_database_set_error (const HarkDatabase *database, int rc, GError **error)
{
  /* before there is a connection, the log is looked at */
  const char *said
    = database->handle != NULL ? sqlite3_errmsg (database->handle) : sqlite3_errstr (rc);

  switch (rc & 0xff) {
  case SQLITE_FULL:
    g_set_error_literal (error, HARK_STORE_ERROR, HARK_STORE_ERROR_DISK,
                         "The disk is full. Nothing was saved; free some space and try again.");
    return;
  case SQLITE_CORRUPT:
  case SQLITE_NOTADB:
    g_set_error (error, HARK_STORE_ERROR, HARK_STORE_ERROR_CORRUPT, "“%s” is damaged (%s).",
                 database->path, said);
    return;
  case SQLITE_IOERR:
    if (rc == SQLITE_IOERR_DATA
        || (database->handle != NULL
            && sqlite3_extended_errcode (database->handle) == SQLITE_IOERR_DATA)) {
      g_set_error (error, HARK_STORE_ERROR, HARK_STORE_ERROR_CORRUPT,
                   "“%s” is damaged: a page was changed outside Hark.", database->path);
      return;
    }
    break;
  case SQLITE_NOMEM:
    g_set_error_literal (error, HARK_STORE_ERROR, HARK_STORE_ERROR_DISK,
                         "There is no memory left. Nothing was saved; close something and try "
                         "again.");
    return;
  default:
    break;
  }

  g_set_error (error, HARK_STORE_ERROR, HARK_STORE_ERROR_DISK,
               "The disk does not let Hark read or write “%s” (%s, code %d).", database->path, said,
               rc);
}
