#include "ui/words/times.h"

#include <gio/gio.h>
#include <glib/gi18n.h>

#define ZONE_KEPT_US (60 * G_USEC_PER_SEC)

/* GLib asks the file system which zone is meant each time; a list of people asks some hundred times
 * at once. Somebody who travels sees the new time within a minute. */
static GTimeZone *kept;

static GTimeZone *
zone (void)
{
  static gint64 kept_us;
  gint64 now_us = g_get_monotonic_time ();

  if (!kept || now_us - kept_us > ZONE_KEPT_US) {
    g_clear_pointer (&kept, g_time_zone_unref);
    kept = g_time_zone_new_local ();
    kept_us = now_us;
  }
  return kept;
}

void
hark_words_look_up_zone (void)
{
  g_clear_pointer (&kept, g_time_zone_unref);
}

static GDateTime *
local (int64_t ms)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (ms / 1000);
  GDateTime *here = utc ? g_date_time_to_timezone (utc, zone ()) : NULL;

  /* beyond year 9999, there or only here, a peer's clock is not worth a crash */
  return here ? here : g_date_time_new_now (zone ());
}

char *
hark_words_time (int64_t ms)
{
  g_autoptr (GDateTime) at = local (ms);

  /* Translators: a time of day, as g_date_time_format() takes it */
  return g_date_time_format (at, _ ("%H:%M"));
}

bool
hark_words_same_day (int64_t a_ms, int64_t b_ms)
{
  g_autoptr (GDateTime) a = local (a_ms);
  g_autoptr (GDateTime) b = local (b_ms);

  return g_date_time_get_year (a) == g_date_time_get_year (b)
         && g_date_time_get_day_of_year (a) == g_date_time_get_day_of_year (b);
}

bool
hark_words_is_yesterday (int64_t ms, int64_t now_ms)
{
  g_autoptr (GDateTime) now = local (now_ms);
  g_autoptr (GDateTime) yesterday = g_date_time_add_days (now, -1);

  return hark_words_same_day (ms, g_date_time_to_unix (yesterday) * 1000);
}

char *
hark_words_day (int64_t ms, int64_t now_ms)
{
  g_autoptr (GDateTime) at = local (ms);
  g_autoptr (GDateTime) now = local (now_ms);

  if (hark_words_same_day (ms, now_ms))
    return g_strdup (_ ("Today"));
  if (hark_words_is_yesterday (ms, now_ms))
    return g_strdup (_ ("Yesterday"));
  if (g_date_time_get_year (at) == g_date_time_get_year (now))
    /* Translators: a day of this year, as g_date_time_format() takes it */
    return g_date_time_format (at, _ ("%A, %-d %B"));
  /* Translators: a day of another year */
  return g_date_time_format (at, _ ("%A, %-d %B %Y"));
}

char *
hark_words_clock (uint64_t seconds)
{
  unsigned s = (unsigned) (seconds % 60);
  unsigned m = (unsigned) (seconds / 60 % 60);
  unsigned h = (unsigned) (seconds / 3600);

  return h > 0 ? g_strdup_printf ("%u:%02u:%02u", h, m, s) : g_strdup_printf ("%u:%02u", m, s);
}

char *
hark_words_duration (uint64_t seconds)
{
  static const uint64_t units[] = {7 * 86400, 86400, 3600, 60, 1};
  unsigned n;
  gsize i = 0;

  while (units[i] > 1 && (seconds < units[i] || seconds % units[i] != 0))
    i++;
  n = (unsigned) (seconds / units[i]);
  switch (i) {
  case 0:
    return g_strdup_printf (ngettext ("%u week", "%u weeks", n), n);
  case 1:
    return g_strdup_printf (ngettext ("%u day", "%u days", n), n);
  case 2:
    return g_strdup_printf (ngettext ("%u hour", "%u hours", n), n);
  case 3:
    return g_strdup_printf (ngettext ("%u minute", "%u minutes", n), n);
  default:
    return g_strdup_printf (ngettext ("%u second", "%u seconds", n), n);
  }
}
