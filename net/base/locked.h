/* net/base/locked.h - memory for secrets that outlive the call that needs them: never in the swap
 * area, never in a core dump.
 *
 * Any thread. Small pieces share locked pages, because the system lets a user lock few of them.
 * What cannot be locked (the limit, usually 8 MiB; more than HARK_LOCKED_MAX) is ordinary memory,
 * said once in a debug line. With AddressSanitizer all of it is, so that overruns are seen.
 */
#pragma once

#include <glib.h>
#include <stddef.h>

#define HARK_LOCKED_MAX ((size_t) 4 * 1024 * 1024) /* bytes of locked pages */

/* hark_locked_new: (transfer full): @len zero bytes, aligned for anything. Never NULL. */
void *hark_locked_new (size_t len);

/* hark_locked_free: wipes; takes NULL. */
void hark_locked_free (void *memory);

#define hark_locked_new0(type) ((type *) hark_locked_new (sizeof (type)))

/* hark_locked_bytes: (transfer full): what is in @array (transfer full), which is wiped. */
GBytes *hark_locked_bytes (GByteArray *array);
