/* net/base/hex.h - bytes as people and scripts write them down.
 *
 * Pure. Not for secrets: neither its time nor its memory is guarded.
 */
#pragma once

#include <glib.h>
#include <stddef.h>
#include <stdint.h>

/* hark_hex: @len bytes as 2 @len lowercase hexadecimal digits. (transfer full): g_free() */
char *hark_hex (const uint8_t *bytes, size_t len);
