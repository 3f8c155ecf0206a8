#include "ui/model/call-item.h"

#include "ui/core-words.h"

struct _HarkCallItem {
  GObject parent_instance;
  HarkCall *call;
  HarkCallStats *stats;
  gint64 active_us; /* monotonic; 0 before the call is active */
};

G_DEFINE_TYPE (HarkCallItem, hark_call_item, G_TYPE_OBJECT)

static guint signal_changed;

static void
hark_call_item_finalize (GObject *object)
{
  HarkCallItem *item = HARK_CALL_ITEM (object);

  hark_call_free (item->call);
  g_free (item->stats);
  G_OBJECT_CLASS (hark_call_item_parent_class)->finalize (object);
}

static void
hark_call_item_class_init (HarkCallItemClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = hark_call_item_finalize;
  signal_changed = g_signal_new ("changed", HARK_TYPE_CALL_ITEM, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                 NULL, G_TYPE_NONE, 0);
}

static void
hark_call_item_init (HarkCallItem *item)
{
  (void) item;
}

HarkCallItem *
hark_call_item_new (const HarkCall *call)
{
  HarkCallItem *item = g_object_new (HARK_TYPE_CALL_ITEM, NULL);

  hark_call_item_update (item, call);
  return item;
}

void
hark_call_item_update (HarkCallItem *item, const HarkCall *call)
{
  g_return_if_fail (HARK_IS_CALL_ITEM (item));

  hark_call_free (item->call);
  item->call = hark_call_copy (call);
  hark_core_words_translate (&item->call->reason);
  if (call->phase == HARK_ACTIVE && item->active_us == 0)
    item->active_us = g_get_monotonic_time ();
  g_signal_emit (item, signal_changed, 0);
}

void
hark_call_item_set_stats (HarkCallItem *item, const HarkCallStats *stats)
{
  g_return_if_fail (HARK_IS_CALL_ITEM (item));

  g_free (item->stats);
  item->stats = g_memdup2 (stats, sizeof *stats);
  g_signal_emit (item, signal_changed, 0);
}

const HarkCall *
hark_call_item_get (HarkCallItem *item)
{
  g_return_val_if_fail (HARK_IS_CALL_ITEM (item), NULL);

  return item->call;
}

const HarkCallStats *
hark_call_item_get_stats (HarkCallItem *item)
{
  g_return_val_if_fail (HARK_IS_CALL_ITEM (item), NULL);

  return item->stats;
}

unsigned
hark_call_item_get_seconds (HarkCallItem *item)
{
  g_return_val_if_fail (HARK_IS_CALL_ITEM (item), 0);

  if (item->active_us == 0)
    return 0;
  return (unsigned) ((g_get_monotonic_time () - item->active_us) / G_USEC_PER_SEC);
}
