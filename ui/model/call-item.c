#include "ui/model/call-item.h"

#include "ui/core-words.h"
#include "ui/model/clean.h"

#define WORDS_CHARS 64
#define SPOKE_US (3 * G_USEC_PER_SEC) /* the hint stays so long after a word */

struct _HarkCallItem {
  GObject parent_instance;
  HarkCall *call;
  HarkCallStats *stats;
  char *advice;
  gint64 active_us; /* monotonic; 0 before the call is active */
  gint64 spoke_us;  /* monotonic; the last time while muted; 0: never */
  bool refused;
};

G_DEFINE_TYPE (HarkCallItem, hark_call_item, G_TYPE_OBJECT)

static guint signal_changed;

static void
hark_call_item_finalize (GObject *object)
{
  HarkCallItem *item = HARK_CALL_ITEM (object);

  hark_call_free (item->call);
  g_free (item->stats);
  g_free (item->advice);
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
  hark_clean_line (&item->call->words, WORDS_CHARS);
  if (call->phase == HARK_HELD)
    g_clear_pointer (&item->advice, g_free); /* nothing is measured */
  if (call->phase == HARK_ACTIVE && item->active_us == 0)
    item->active_us = g_get_monotonic_time ();
  g_signal_emit (item, signal_changed, 0);
}

void
hark_call_item_set_stats (HarkCallItem *item, const HarkCallStats *stats, const char *advice)
{
  g_return_if_fail (HARK_IS_CALL_ITEM (item));

  g_free (item->stats);
  item->stats = g_memdup2 (stats, sizeof *stats);
  g_free (item->advice);
  item->advice = g_strdup (item->call->phase == HARK_HELD ? NULL : advice);
  if (stats->speaking && item->call->muted)
    item->spoke_us = g_get_monotonic_time ();
  g_signal_emit (item, signal_changed, 0);
}

void
hark_call_item_refuse (HarkCallItem *item)
{
  g_return_if_fail (HARK_IS_CALL_ITEM (item));

  item->refused = true;
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

const char *
hark_call_item_get_advice (HarkCallItem *item)
{
  g_return_val_if_fail (HARK_IS_CALL_ITEM (item), NULL);

  return item->advice;
}

bool
hark_call_item_is_ringing (HarkCallItem *item)
{
  g_return_val_if_fail (HARK_IS_CALL_ITEM (item), false);

  return item->call->phase == HARK_RINGING && !item->call->outgoing;
}

bool
hark_call_item_is_over (HarkCallItem *item)
{
  g_return_val_if_fail (HARK_IS_CALL_ITEM (item), false);

  return item->call->phase == HARK_ENDED;
}

bool
hark_call_item_is_missed (HarkCallItem *item)
{
  g_return_val_if_fail (HARK_IS_CALL_ITEM (item), false);

  return item->call->phase == HARK_ENDED && !item->call->outgoing && item->active_us == 0
         && !item->refused;
}

bool
hark_call_item_is_on (HarkCallItem *item)
{
  g_return_val_if_fail (HARK_IS_CALL_ITEM (item), false);

  return item->call->phase == HARK_ACTIVE || item->call->phase == HARK_HELD;
}

bool
hark_call_item_talks_muted (HarkCallItem *item)
{
  g_return_val_if_fail (HARK_IS_CALL_ITEM (item), false);

  return item->call->muted && item->call->phase == HARK_ACTIVE && item->spoke_us != 0
         && g_get_monotonic_time () - item->spoke_us < SPOKE_US;
}
