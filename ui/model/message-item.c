#include "ui/model/message-item.h"

#include <stdbool.h>

struct _HarkMessageItem {
  GObject parent_instance;
  HarkMessage *message;
  char *reason;
  HarkTransferItem *transfer;
};

G_DEFINE_TYPE (HarkMessageItem, hark_message_item, G_TYPE_OBJECT)

static guint signal_changed;

static void
hark_message_item_finalize (GObject *object)
{
  HarkMessageItem *item = HARK_MESSAGE_ITEM (object);

  hark_message_free (item->message);
  g_free (item->reason);
  g_clear_object (&item->transfer);
  G_OBJECT_CLASS (hark_message_item_parent_class)->finalize (object);
}

static void
hark_message_item_class_init (HarkMessageItemClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = hark_message_item_finalize;
  signal_changed = g_signal_new ("changed", HARK_TYPE_MESSAGE_ITEM, G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 0);
}

static void
hark_message_item_init (HarkMessageItem *item)
{
  (void) item;
}

HarkMessageItem *
hark_message_item_new (const HarkMessage *message)
{
  HarkMessageItem *item = g_object_new (HARK_TYPE_MESSAGE_ITEM, NULL);

  item->message = hark_message_copy (message);
  return item;
}

const HarkMessage *
hark_message_item_get (HarkMessageItem *item)
{
  g_return_val_if_fail (HARK_IS_MESSAGE_ITEM (item), NULL);

  return item->message;
}

void
hark_message_item_update (HarkMessageItem *item, const HarkMessage *message)
{
  HarkMessage *old;

  g_return_if_fail (HARK_IS_MESSAGE_ITEM (item));

  old = item->message;
  item->message = hark_message_copy (message);
  hark_message_free (old);
  g_signal_emit (item, signal_changed, 0);
}

/* False: it does not disappear, or counts already. */
static bool
begin (HarkMessageItem *item)
{
  HarkMessage *message = item->message;

  if (message->expires_s == 0 || message->expires_ms > 0 || message->type == HARK_MESSAGE_IS_TIMER)
    return false;
  message->expires_ms = g_get_real_time () / 1000 + (int64_t) message->expires_s * 1000;
  return true;
}

void
hark_message_item_count_down (HarkMessageItem *item)
{
  g_return_if_fail (HARK_IS_MESSAGE_ITEM (item));

  if (begin (item))
    g_signal_emit (item, signal_changed, 0);
}

void
hark_message_item_set_state (HarkMessageItem *item, HarkSendState state, const char *reason)
{
  g_return_if_fail (HARK_IS_MESSAGE_ITEM (item));

  if (state < item->message->state)
    return; /* states only go forward */
  item->message->state = state;
  if (item->message->outgoing && state >= HARK_STATE_DELIVERED)
    begin (item);
  g_free (item->reason);
  item->reason = g_strdup (reason);
  g_signal_emit (item, signal_changed, 0);
}

void
hark_message_item_forget_reason (HarkMessageItem *item)
{
  g_return_if_fail (HARK_IS_MESSAGE_ITEM (item));

  if (!item->reason)
    return;
  g_clear_pointer (&item->reason, g_free);
  g_signal_emit (item, signal_changed, 0);
}

const char *
hark_message_item_get_reason (HarkMessageItem *item)
{
  g_return_val_if_fail (HARK_IS_MESSAGE_ITEM (item), NULL);

  return item->reason;
}

void
hark_message_item_set_transfer (HarkMessageItem *item, HarkTransferItem *transfer)
{
  g_return_if_fail (HARK_IS_MESSAGE_ITEM (item));

  if (g_set_object (&item->transfer, transfer))
    g_signal_emit (item, signal_changed, 0);
}

HarkTransferItem *
hark_message_item_get_transfer (HarkMessageItem *item)
{
  g_return_val_if_fail (HARK_IS_MESSAGE_ITEM (item), NULL);

  return item->transfer;
}
