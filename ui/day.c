#include "ui/day.h"

#include "ui/words/times.h"

#define LOOK_S 60 /* a timer until midnight would stand still while the computer sleeps */

#define HARK_TYPE_DAY (hark_day_get_type ())
G_DECLARE_FINAL_TYPE (HarkDay, hark_day, HARK, DAY, GObject)

struct _HarkDay {
  GObject parent_instance;
  int64_t looked_ms;
  GTimeSpan offset; /* then, of the time here from UTC: us */
};

G_DEFINE_TYPE (HarkDay, hark_day, G_TYPE_OBJECT)

static guint signal_turned;

static gboolean
on_minute (void *data)
{
  (void) data;
  hark_day_look ();
  return G_SOURCE_CONTINUE;
}

static void
hark_day_class_init (HarkDayClass *klass)
{
  signal_turned = g_signal_new ("turned", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                NULL, NULL, G_TYPE_NONE, 0);
}

static GTimeSpan
offset_now (void)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();

  return g_date_time_get_utc_offset (now);
}

static void
hark_day_init (HarkDay *day)
{
  day->looked_ms = g_get_real_time () / 1000;
  day->offset = offset_now ();
}

/* Borrowed: there is one, for as long as the program runs. */
static HarkDay *
the_day (void)
{
  static HarkDay *day;

  if (!day) {
    day = g_object_new (HARK_TYPE_DAY, NULL);
    g_timeout_add_seconds_full (G_PRIORITY_LOW, LOOK_S, on_minute, NULL, NULL);
  }
  return day;
}

void
hark_day_follow (GObject *object, void (*on_turned) (void *object))
{
  g_signal_connect_object (the_day (), "turned", G_CALLBACK (on_turned), object, G_CONNECT_SWAPPED);
}

void
hark_day_look (void)
{
  HarkDay *day = the_day ();
  const int64_t now_ms = g_get_real_time () / 1000;
  const GTimeSpan offset = offset_now ();
  const bool same = offset == day->offset && hark_words_same_day (day->looked_ms, now_ms);

  day->looked_ms = now_ms;
  day->offset = offset;
  if (same)
    return;
  hark_words_look_up_zone ();
  g_signal_emit (day, signal_turned, 0);
}
