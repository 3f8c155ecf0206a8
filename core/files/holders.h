/* core/files/holders.h - for whom a file is that was given to a group, and who of them has it.
 *
 * Pure; one thread at a time. Source: core/PROTOCOL.md "Files for a group".
 */
#pragma once

#include "net/base/key.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define HARK_FILE_HOLDERS_MAX 64

typedef struct {
  uint8_t group[16];
  unsigned n;
  HarkKey people[HARK_FILE_HOLDERS_MAX]; /* the author first */
  bool has[HARK_FILE_HOLDERS_MAX];       /* the whole of it, by what they or others said */
} HarkFileHolders;

/* hark_file_holders_find: NULL when the file is not for @account; else whether they have it. */
bool *hark_file_holders_find (HarkFileHolders *holders, const HarkKey *account);

/* hark_file_holders_count: so many have it, the author among them. */
unsigned hark_file_holders_count (const HarkFileHolders *holders);

/* hark_file_holders_write: (transfer full): as they are kept: the group, then for each 32 bytes and
 * one more, 1 when they have it. _read: (transfer full) (nullable): NULL for none and for what
 * _are_sane says no to. */
GBytes *hark_file_holders_write (const HarkFileHolders *holders);
HarkFileHolders *hark_file_holders_read (GBytes *bytes);
bool hark_file_holders_are_sane (const uint8_t *data, size_t len);
