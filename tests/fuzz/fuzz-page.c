/* tests/fuzz/fuzz-page.c - a database file and its log as somebody else may have left them.
 *
 * The first byte says whether the rest is the log (odd) or the database, and whether its pages are
 * sealed before SQLite sees them (bit 1), as if their author held the key: then SQLite itself reads
 * hostile pages, in the settings we run it with.
 */
#include "core/store/database.h"
#include "core/store/files.h"

#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static const uint8_t file_id[HARK_FILE_ID_LEN] = {1};

static void
seal_pages (const HarkStoreKeys *keys, uint8_t *bytes, size_t len)
{
  static const uint8_t nonce[HARK_PAGE_NONCE_LEN];
  uint8_t plain[HARK_PAGE_LEN];

  for (size_t i = 0; i < len / HARK_PAGE_LEN; i++) {
    const HarkPagePlace place = hark_page_place_in_database (file_id, (uint32_t) i + 1);

    memcpy (plain, bytes + i * HARK_PAGE_LEN, sizeof plain);
    hark_page_seal (keys, &place, nonce, plain, bytes + i * HARK_PAGE_LEN);
  }
}

static void
open_and_read (const char *path, const HarkStoreKeys *keys)
{
  g_autoptr (GPtrArray) messages
    = g_ptr_array_new_with_free_func ((GDestroyNotify) hark_store_message_free);
  g_autoptr (HarkDatabase) database = hark_database_open (path, NULL, keys, file_id, false, NULL);

  if (database != NULL) {
    hark_messages_get_last (database, messages);
    hark_messages_get_outbox (database, messages);
  }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (HarkStoreKeys) keys = NULL;
  char dir[] = "/dev/shm/hark-fuzz-XXXXXX";
  g_autofree char *path = NULL, *log = NULL;
  g_autofree uint8_t *bytes = NULL;
  bool is_log;

  if (size < 1 || size > 1024 * 1024 || g_mkdtemp (dir) == NULL)
    return 0;

  keys = hark_store_keys_new ();
  hark_store_keys_derive (keys);
  path = g_build_filename (dir, "messages.db", NULL);
  log = g_strconcat (path, "-wal", NULL);
  bytes = g_memdup2 (data + 1, size - 1);
  is_log = (data[0] & 1) != 0;
  if (!is_log && (data[0] & 2) != 0)
    seal_pages (keys, bytes, size - 1);

  if (is_log)
    hark_database_close (hark_database_open (path, NULL, keys, file_id, true, NULL));
  if (g_file_set_contents_full (is_log ? log : path, (const char *) bytes, (gssize) (size - 1),
                                G_FILE_SET_CONTENTS_NONE, 0600, NULL))
    open_and_read (path, keys);

  hark_files_remove_dir (dir, NULL);
  return 0;
}
