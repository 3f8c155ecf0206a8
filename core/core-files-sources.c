/* Who else offers what is being taken: then it comes from all of them, and only once. */
#define G_LOG_DOMAIN "hark-core"

#include "core/core-files.h"
#include "core/files/swarm.h"

#include <string.h>

static void
visit_gone (HarkFileTransfer *transfer, const HarkKey *contact, const uint8_t *offer, void *data)
{
  HarkCore *core = data;
  unsigned offered;
  const HarkFileTransfer *other = hark_core_file_offered (core, contact, offer, &offered);

  if (other == NULL || !hark_core_file_resembles (transfer, other) || !other->online
      || other->paused_there || other->state >= HARK_TRANSFER_SETTLING)
    hark_file_transfer_source (transfer, contact, offer, false, core->now);
}

static void
find_sources (HarkCore *core, HarkFileTransfer *transfer)
{
  GHashTableIter iter;
  void *value;

  hark_file_transfer_each_source (transfer, visit_gone, core);
  g_hash_table_iter_init (&iter, core->transfers);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    const HarkFileTransfer *other = value;

    if (hark_core_file_resembles (transfer, other) && other->online && !other->paused_there
        && other->state < HARK_TRANSFER_SETTLING
        && !hark_key_equal (&other->contact, &transfer->contact))
      hark_file_transfer_source (transfer, &other->contact, other->offer, true, core->now);
  }
}

void
hark_core_files_sources (HarkCore *core)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (uint64_t));
  GHashTableIter iter;
  void *value;

  g_hash_table_iter_init (&iter, core->transfers);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    const HarkFileTransfer *transfer = value;

    if (hark_core_file_is_coming (transfer) && transfer->size >= HARK_SWARM_LEFT_MIN)
      g_array_append_val (ids, transfer->id);
  }
  for (guint i = 0; i < ids->len; i++) {
    HarkFileTransfer *transfer = hark_core_file_find (core, g_array_index (ids, uint64_t, i));

    if (transfer == NULL || !hark_core_file_is_coming (transfer)
        || !hark_core_files_leads (core, transfer))
      continue;
    find_sources (core, transfer);
    hark_core_file_drain (core, transfer);
  }
}
