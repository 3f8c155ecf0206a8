/* core/store/files.h - small files that are either there whole or not at all.
 *
 * Shell: POSIX files; any thread. Errors are HARK_STORE_ERROR_DISK with a sentence for the user.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* hark_files_set_error: HARK_STORE_ERROR_DISK from errno: @what, which ends with a quotation mark,
 * then @path”: reason. False, for who ends with it. */
bool hark_files_set_error (GError **error, const char *what, const char *path);

/* hark_files_write: a new version of @dir/@name with mode 0600: temporary file, fsync, rename,
 * fsync of @dir. */
bool hark_files_write (
  const char *dir, const char *name, const uint8_t *bytes, size_t len, GError **error);

/* hark_files_read: at most @size bytes; their number in @ret_len. False without @error when there
 * is no such file; a longer file fills @size. */
bool hark_files_read (
  const char *dir, const char *name, uint8_t *ret, size_t size, size_t *ret_len, GError **error);

/* hark_files_sync_dir: makes names in @dir durable. */
bool hark_files_sync_dir (const char *dir, GError **error);

/* hark_files_rename: @from becomes @to, durably; both in one directory. */
bool hark_files_rename (const char *from, const char *to, GError **error);

/* hark_files_remove_dir: a directory and the plain files in it; one that is not there is fine. */
bool hark_files_remove_dir (const char *dir, GError **error);
