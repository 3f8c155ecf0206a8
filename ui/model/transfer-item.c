#include "ui/model/transfer-item.h"

#include "ui/core-words.h"
#include "ui/model/clean.h"

#define REASON_CHARS 400

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

/* Some of the reason may be the other side's. */
static void
set (HarkTransferItem *item, const HarkTransfer *transfer)
{
  item->transfer = hark_transfer_copy (transfer);
  hark_clean_line (&item->transfer->reason, REASON_CHARS);
  hark_core_words_translate (&item->transfer->reason);
}

HarkTransferItem *
hark_transfer_item_new (const HarkTransfer *transfer)
{
  HarkTransferItem *item = g_object_new (HARK_TYPE_TRANSFER_ITEM, NULL);

  set (item, transfer);
  return item;
}

void
hark_transfer_item_update (HarkTransferItem *item, const HarkTransfer *transfer)
{
  g_return_if_fail (HARK_IS_TRANSFER_ITEM (item));

  hark_transfer_free (item->transfer);
  set (item, transfer);
  g_signal_emit (item, signal_changed, 0);
}

const HarkTransfer *
hark_transfer_item_get (HarkTransferItem *item)
{
  g_return_val_if_fail (HARK_IS_TRANSFER_ITEM (item), NULL);

  return item->transfer;
}
