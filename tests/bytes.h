/* tests/bytes.h - g_assert_cmpmem() for lengths of any integer type. */
#pragma once

#include <glib.h>
#include <string.h>

static inline void
assert_bytes_at (const char *where, const void *a, size_t a_len, const void *b, size_t b_len)
{
  if (a_len != b_len || (a_len > 0 && memcmp (a, b, a_len) != 0))
    g_error ("%s: bytes differ (%zu and %zu of them)", where, a_len, b_len);
}

#define assert_bytes(a, a_len, b, b_len) assert_bytes_at (G_STRLOC, a, a_len, b, b_len)
