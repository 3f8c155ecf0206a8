/* Which files come first, so that a letter never waits for a disk image; and which wait for a
 * network that costs nothing. */
#include "core/heart/files/files.h"

/* What is left of a file that may come at any time, bytes. */
#define SMALL ((uint64_t) 4 * 1024 * 1024)
#define LARGE_AT_ONCE 2 /* of one contact */

static uint64_t
left (const HarkFileTransfer *transfer)
{
  return transfer->size - MIN (transfer->size, transfer->done);
}

static bool
comes_before (const HarkCore *core, const HarkFileTransfer *a, const HarkFileTransfer *b)
{
  int64_t first = hark_file_settings_order (&core->files, a->id);
  int64_t second = hark_file_settings_order (&core->files, b->id);

  return first != second ? first < second : left (a) < left (b);
}

/* Another large one from the same contact. */
static bool
is_rival (const HarkFileTransfer *other, const HarkFileTransfer *transfer)
{
  return other != transfer && !other->outgoing && left (other) > SMALL
         && hark_key_equal (&other->contact, &transfer->contact);
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

    if (!is_rival (other, transfer))
      continue;
    moving += other->state == HARK_TRANSFER_MOVING;
    before += other->state == HARK_TRANSFER_WAITING && comes_before (core, other, transfer);
  }
  return moving == 0 || (moving < LARGE_AT_ONCE && before == 0);
}

HarkFileTransfer *
hark_core_files_last (HarkCore *core, const HarkFileTransfer *transfer)
{
  HarkFileTransfer *last = NULL;
  unsigned moving = 0;
  GHashTableIter iter;
  void *value;

  g_hash_table_iter_init (&iter, core->transfers);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    HarkFileTransfer *other = value;

    if (!is_rival (other, transfer) || other->state != HARK_TRANSFER_MOVING)
      continue;
    moving++;
    if (last == NULL || comes_before (core, last, other))
      last = other;
  }
  return moving >= LARGE_AT_ONCE && comes_before (core, transfer, last) ? last : NULL;
}

void
hark_core_file_weigh (HarkCore *core, HarkFileTransfer *transfer)
{
  HarkMetered metered = core->files.metered;
  bool reads = transfer->outgoing && transfer->holders != NULL; /* nothing travels */
  bool hold = core->costly && !reads && metered != HARK_METERED_ALLOW && left (transfer) > SMALL
              && (metered == HARK_METERED_HOLD || !transfer->costly_ok);
  const char *words = metered == HARK_METERED_HOLD ? HARK_FILE_HELD : HARK_FILE_HELD_ASK;

  if (!hold)
    hark_file_transfer_unhold (transfer, core->now);
  else if (transfer->state == HARK_TRANSFER_WAITING || transfer->state == HARK_TRANSFER_MOVING
           || (transfer->on_hold && g_strcmp0 (transfer->reason, words) != 0))
    hark_file_transfer_hold (transfer, words, core->now);
}
