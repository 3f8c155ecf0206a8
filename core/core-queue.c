/* Which files come first: so that a letter never waits for a disk image. */
#include "core/core-private.h"

/* What is left of a file that may come at any time, bytes. */
#define SMALL ((uint64_t) 4 * 1024 * 1024)
#define LARGE_AT_ONCE 2 /* of one contact */

static uint64_t
left (const HarkFileTransfer *transfer)
{
  return transfer->size - MIN (transfer->size, transfer->done);
}

bool
hark_core_files_turn (HarkCore *core, const HarkFileTransfer *transfer)
{
  unsigned moving = 0, before = 0;
  GHashTableIter iter;
  void *value;

  if (left (transfer) <= SMALL)
    return true;
  g_hash_table_iter_init (&iter, core->transfers);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    const HarkFileTransfer *other = value;

    if (other == transfer || other->outgoing || left (other) <= SMALL
        || !hark_key_equal (&other->contact, &transfer->contact))
      continue;
    moving += other->state == HARK_TRANSFER_MOVING;
    before += other->state == HARK_TRANSFER_WAITING && left (other) < left (transfer);
  }
  return moving == 0 || (moving < LARGE_AT_ONCE && before == 0);
}
