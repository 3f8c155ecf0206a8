/* core/files/name.h - a file name from somebody else becomes one safe name here.
 *
 * Pure; any thread. Rules: core/PROTOCOL.md "Files".
 */
#pragma once

#include <stddef.h>

#define HARK_FILE_NAME_LEN_MAX 200  /* bytes of a cleaned name */
#define HARK_FILE_NAME_LEN_LEAST 40 /* that one is never shortened below */
#define HARK_FILE_NAME_GROWS 17     /* bytes at most: a number behind it, and ".part" */

/**
 * hark_file_name_clean:
 * @offered: (nullable): anything; what is not UTF-8 becomes "_"
 *
 * One path component: NFC; no controls, no bidi or zero-width characters; / \ : * ? " < > | and a
 * leading - become _; leading and trailing dots and spaces go; at most HARK_FILE_NAME_LEN_MAX bytes
 * with the extension kept; names that are devices elsewhere (CON, NUL, COM1, ...) get a _ in front;
 * nothing left: "file". Cleaning twice changes nothing.
 *
 * Returns: (transfer full)
 */
char *hark_file_name_clean (const char *offered);

/* hark_file_name_fit: (transfer full): a cleaned @name with at most @len_max bytes (or
 * HARK_FILE_NAME_LEN_LEAST), the extension kept. */
char *hark_file_name_fit (const char *name, size_t len_max);

/* hark_file_name_numbered: (transfer full): "photo.jpg", 2 -> "photo (2).jpg"; @number 1 or less: a
 * copy. The result may be 12 bytes longer than @name. */
char *hark_file_name_numbered (const char *name, unsigned number);
