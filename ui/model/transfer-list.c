#include "ui/model/transfer-list.h"

#include <string.h>

GHashTable *
hark_transfers_new (void)
{
  return g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_object_unref);
}

HarkTransferItem *
hark_transfers_find (GHashTable *transfers, uint64_t id)
{
  return g_hash_table_lookup (transfers, &id);
}

HarkTransferItem *
hark_transfers_take (GHashTable *transfers, const HarkTransfer *value)
{
  HarkTransferItem *transfer = hark_transfers_find (transfers, value->id);

  if (transfer) {
    hark_transfer_item_update (transfer, value);
    return transfer;
  }
  transfer = hark_transfer_item_new (value);
  g_hash_table_insert (transfers, g_memdup2 (&value->id, sizeof value->id), transfer);
  return transfer;
}

static bool
is_of (const HarkTransfer *transfer, HarkPersonItem *person)
{
  const HarkGroupInfo *group = hark_person_item_get_group (person);

  if (group || transfer->has_group)
    return group && transfer->has_group
           && memcmp (transfer->group, group->id, sizeof transfer->group) == 0;
  return memcmp (transfer->contact, hark_person_item_get (person)->account, HARK_ACCOUNT_LEN) == 0;
}

GPtrArray *
hark_transfers_offered (GHashTable *transfers, HarkPersonItem *person)
{
  GPtrArray *offered = g_ptr_array_new_with_free_func (g_object_unref);
  GHashTableIter iter;
  void *item;

  g_hash_table_iter_init (&iter, transfers);
  while (g_hash_table_iter_next (&iter, NULL, &item)) {
    const HarkTransfer *transfer = hark_transfer_item_get (item);

    if (!transfer->outgoing && transfer->state == HARK_FILE_OFFERED && is_of (transfer, person))
      g_ptr_array_add (offered, g_object_ref (item));
  }
  return offered;
}

void
hark_transfers_link (HarkPersonItem *person, HarkTransferItem *transfer)
{
  GListModel *messages = hark_person_item_get_messages (person);
  const uint64_t id = hark_transfer_item_get (transfer)->id;

  for (guint i = g_list_model_get_n_items (messages); i > 0; i--) {
    g_autoptr (HarkMessageItem) row = g_list_model_get_item (messages, i - 1);
    const HarkMessage *message = hark_message_item_get (row);

    if (message->type == HARK_MESSAGE_IS_FILE && message->ref == id) {
      hark_message_item_set_transfer (row, transfer);
      return;
    }
  }
}
