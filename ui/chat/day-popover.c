#include "ui/chat/day-popover.h"

#include "ui/widgets.h"

#include <glib/gi18n.h>
#include <stdbool.h>

struct _HarkDayPopover {
  GtkPopover parent_instance;
  GtkWidget *calendar;
  guint year, month; /* that it shows */
};

G_DEFINE_TYPE (HarkDayPopover, hark_day_popover, GTK_TYPE_POPOVER)

static guint signal_chosen;

/* GTK says so as well when another month or year comes into view. */
static void
on_day (HarkDayPopover *popover)
{
  g_autoptr (GDateTime) day = NULL;
  guint year, month, date;
  bool leafed;

  gtk_calendar_get_date (GTK_CALENDAR (popover->calendar), &year, &month, &date);
  leafed = year != popover->year || month != popover->month;
  popover->year = year;
  popover->month = month;
  if (leafed)
    return;
  day = g_date_time_new_local ((int) year, (int) month + 1, (int) date, 0, 0, 0);
  if (day)
    g_signal_emit (popover, signal_chosen, 0, (gint64) g_date_time_to_unix (day) * 1000);
  gtk_popover_popdown (GTK_POPOVER (popover));
}

static void
hark_day_popover_class_init (HarkDayPopoverClass *klass)
{
  (void) klass;
  signal_chosen = g_signal_new ("chosen", HARK_TYPE_DAY_POPOVER, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                NULL, G_TYPE_NONE, 1, G_TYPE_INT64);
}

static void
hark_day_popover_init (HarkDayPopover *popover)
{
  popover->calendar = gtk_calendar_new ();
  gtk_calendar_get_date (GTK_CALENDAR (popover->calendar), &popover->year, &popover->month, NULL);
  hark_widget_spoken (popover->calendar, _ ("Day to go to"));
  g_object_set (popover->calendar, "margin", 8, NULL);
  gtk_container_add (GTK_CONTAINER (popover), popover->calendar);
  gtk_widget_show (popover->calendar);
  g_signal_connect_swapped (popover->calendar, "day-selected", G_CALLBACK (on_day), popover);
}

GtkWidget *
hark_day_popover_open (GtkWidget *at)
{
  GtkWidget *popover = g_object_new (HARK_TYPE_DAY_POPOVER, "relative-to", at, NULL);

  hark_widget_popup_once (popover);
  return popover;
}
