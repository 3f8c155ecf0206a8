#include "ui/model/transfer-item.h"

#include "ui/core-words.h"

struct _HarkTransferItem {
  GObject parent_instance;
  HarkTransfer *transfer;
};

G_DEFINE_TYPE (HarkTransferItem, hark_transfer_item, G_TYPE_OBJECT)

static guint signal_changed;

static void
hark_transfer_item_finalize (GObject *object)
{
  hark_transfer_free (HARK_TRANSFER_ITEM (object)->transfer);
  G_OBJECT_CLASS (hark_transfer_item_parent_class)->finalize (object);
}

static void
hark_transfer_item_class_init (HarkTransferItemClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = hark_transfer_item_finalize;
  signal_changed = g_signal_new ("changed", HARK_TYPE_TRANSFER_ITEM, G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 0);
}

static void
hark_transfer_item_init (HarkTransferItem *item)
{
  (void) item;
}

HarkTransferItem *
hark_transfer_item_new (const HarkTransfer *transfer)
{
  HarkTransferItem *item = g_object_new (HARK_TYPE_TRANSFER_ITEM, NULL);

  item->transfer = hark_transfer_copy (transfer);
  hark_core_words_translate (&item->transfer->reason);
  return item;
}

void
hark_transfer_item_update (HarkTransferItem *item, const HarkTransfer *transfer)
{
  g_return_if_fail (HARK_IS_TRANSFER_ITEM (item));

  hark_transfer_free (item->transfer);
  item->transfer = hark_transfer_copy (transfer);
  hark_core_words_translate (&item->transfer->reason);
  g_signal_emit (item, signal_changed, 0);
}

const HarkTransfer *
hark_transfer_item_get (HarkTransferItem *item)
{
  g_return_val_if_fail (HARK_IS_TRANSFER_ITEM (item), NULL);

  return item->transfer;
}
