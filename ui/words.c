#include "ui/words.h"

#include "ui/core-words.h"
#include "ui/language.h"

#include <gio/gio.h>
#include <glib/gi18n.h>
#include <string.h>

#define LINE_CHARS 120
#define ZONE_KEPT_US (60 * G_USEC_PER_SEC)
#define MARKS_MAX 6 /* combining ones on one character */

/* ---- times ---- */

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

static bool
is_yesterday (int64_t ms, int64_t now_ms)
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
  if (is_yesterday (ms, now_ms))
    return g_strdup (_ ("Yesterday"));
  if (g_date_time_get_year (at) == g_date_time_get_year (now))
    /* Translators: a day of this year, as g_date_time_format() takes it */
    return g_date_time_format (at, _ ("%A, %-d %B"));
  /* Translators: a day of another year */
  return g_date_time_format (at, _ ("%A, %-d %B %Y"));
}

static char *
clock_text (uint64_t seconds)
{
  unsigned s = (unsigned) (seconds % 60);
  unsigned m = (unsigned) (seconds / 60 % 60);
  unsigned h = (unsigned) (seconds / 3600);

  return h > 0 ? g_strdup_printf ("%u:%02u:%02u", h, m, s) : g_strdup_printf ("%u:%02u", m, s);
}

/* ---- people ---- */

static char *
last_seen (const HarkPerson *person, int64_t now_ms)
{
  g_autofree char *day = NULL;
  g_autofree char *time = NULL;

  if (person->last_seen_ms <= 0)
    return g_strdup (person->reason ? person->reason : _ ("Offline"));
  time = hark_words_time (person->last_seen_ms);
  if (hark_words_same_day (person->last_seen_ms, now_ms))
    return g_strdup_printf (_ ("Last seen at %s"), time);
  if (is_yesterday (person->last_seen_ms, now_ms))
    return g_strdup_printf (_ ("Last seen yesterday at %s"), time);
  day = hark_words_day (person->last_seen_ms, now_ms);
  return g_strdup_printf (_ ("Last seen on %s"), day);
}

static char *
path_words (const HarkPerson *person)
{
  g_autofree char *relay = person->relay ? hark_language_apart (person->relay) : NULL;

  switch (person->path) {
  case HARK_PATH_LAN:
    return g_strdup (_ ("Online, same network"));
  case HARK_PATH_DIRECT:
    return g_strdup (_ ("Online, direct connection"));
  case HARK_PATH_RELAY:
    return person->relay ? g_strdup_printf (_ ("Online, relayed by %s"), relay)
                         : g_strdup (_ ("Online, relayed by a contact"));
  default:
    return g_strdup (_ ("Online"));
  }
}

char *
hark_words_group (const HarkGroupInfo *group)
{
  if (group->reason) /* who asks, or why nothing is said */
    return g_strdup (group->reason);
  switch (group->state) {
  case HARK_GROUP_IS_OFFERED:
    return g_strdup (_ ("Somebody invites you to this group"));
  case HARK_GROUP_IS_LEFT:
    return g_strdup (_ ("You are no longer in this group"));
  default:
    return group->joined == 1
             ? g_strdup (group->had_others ? _ ("Everybody else has left")
                                           : _ ("Nobody but you is in it yet"))
             : g_strdup_printf (ngettext ("%u member", "%u members", group->joined), group->joined);
  }
}

char *
hark_words_presence (const HarkPerson *person, int64_t now_ms)
{
  switch (person->status) {
  case HARK_PERSON_REQUEST:
    return g_strdup (_ ("Wants to become your contact"));
  case HARK_PERSON_BLOCKED:
    return g_strdup (_ ("Blocked"));
  case HARK_PERSON_ASKED:
    if (person->presence == HARK_PRESENCE_ONLINE)
      break;
    return g_strdup (_ ("Has not accepted yet"));
  default:
    break;
  }
  switch (person->presence) {
  case HARK_PRESENCE_ONLINE:
    return path_words (person);
  case HARK_PRESENCE_CONNECTING:
    return g_strdup (_ ("Connecting…"));
  case HARK_PRESENCE_SEARCHING:
    if (person->last_seen_ms <= 0)
      return g_strdup (_ ("Looking for them…"));
    return last_seen (person, now_ms);
  default:
    return last_seen (person, now_ms);
  }
}

/* ---- messages ---- */

char *
hark_words_one_line (const char *text)
{
  char *line = hark_words_shown (text, LINE_CHARS);

  return g_strdelimit (line, "\n\r\t", ' ');
}

char *
hark_words_readers (const HarkMessage *message, const HarkGroupInfo *group)
{
  unsigned readers = 0;

  for (guint i = 0; i < group->people->len; i++) {
    const HarkGroupPerson *person = group->people->pdata[i];

    readers += person->joined && person->read > 0 && person->read >= message->position;
  }
  if (message->state == HARK_STATE_QUEUED || readers == 0 || group->joined < 2)
    return NULL;
  return g_strdup_printf (_ ("read by %u of %u"), MIN (readers, group->joined - 1),
                          group->joined - 1);
}

char *
hark_words_state (const HarkMessage *message, const HarkPerson *person)
{
  g_autofree char *name = hark_language_apart (person->name);

  switch (message->state) {
  case HARK_STATE_QUEUED:
    if (person->status == HARK_PERSON_ASKED)
      return g_strdup_printf (_ ("waiting: goes out when %s accepts"), name);
    if (person->presence == HARK_PRESENCE_ONLINE)
      return g_strdup (_ ("sending"));
    if (message->has_group)
      return g_strdup (_ ("waiting: goes out when somebody in the group is online"));
    return g_strdup_printf (_ ("waiting: goes out when %s is online"), name);
  case HARK_STATE_SENT:
    return g_strdup (_ ("sent"));
  case HARK_STATE_DELIVERED:
    return g_strdup (_ ("delivered"));
  case HARK_STATE_READ:
    return g_strdup (_ ("read"));
  }
  return g_strdup ("");
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

static char *
timer_words (const HarkMessage *message, const char *name)
{
  g_autofree char *time = hark_words_duration (message->expires_s);

  if (message->expires_s == 0)
    return message->outgoing ? g_strdup (_ ("You let new messages stay."))
                             : g_strdup_printf (_ ("%s let new messages stay."), name);
  return message->outgoing
           ? g_strdup_printf (_ ("You let new messages disappear %s after they are read."), time)
           : g_strdup_printf (_ ("%s let new messages disappear %s after they are read."), name,
                              time);
}

char *
hark_words_note (const HarkMessage *message, const HarkPerson *person)
{
  g_autofree char *name = hark_language_apart (person->name);
  g_autofree char *length = NULL;

  if (message->missing)
    return g_strdup (_ ("This message has not come yet. Members who have it are asked for it."));
  if (message->deleted)
    return message->outgoing ? g_strdup (_ ("You deleted this message."))
                             : g_strdup_printf (_ ("%s asked to delete this message."), name);
  switch (message->type) {
  case HARK_MESSAGE_IS_TIMER:
    return timer_words (message, name);
  case HARK_MESSAGE_IS_GROUP:
    return hark_core_words (message->text);
  case HARK_MESSAGE_IS_CLIP:
    length = clock_text (((uint64_t) message->length_ms + 999) / 1000); /* as its row says */
    return g_strdup_printf (_ ("Voice message, %s"), length);
  default:
    return NULL;
  }
}

static char *
disappears (const HarkMessage *message, int64_t now_ms)
{
  if (message->expires_ms > 0) {
    g_autofree char *at = hark_words_time (message->expires_ms);
    g_autofree char *day = hark_words_day (message->expires_ms, now_ms);

    if (hark_words_same_day (message->expires_ms, now_ms))
      return g_strdup_printf (_ ("disappears at %s"), at);
    /* Translators: a day, then a time */
    return g_strdup_printf (_ ("disappears on %s at %s"), day, at);
  }
  if (message->expires_s > 0 && message->type != HARK_MESSAGE_IS_TIMER) {
    g_autofree char *left = hark_words_duration (message->expires_s);

    return g_strdup_printf (_ ("disappears %s after it is read"), left);
  }
  return NULL;
}

char *
hark_words_foot (const HarkMessage *message, const char *state, int64_t now_ms)
{
  GString *foot = g_string_new (NULL);
  g_autofree char *time = hark_words_time (message->sent_ms);
  g_autofree char *ends = disappears (message, now_ms);

  g_string_append (foot, time);
  if (ends)
    g_string_append_printf (foot, " · %s", ends);
  if (state && *state)
    g_string_append_printf (foot, " · %s", state);
  return g_string_free (foot, FALSE);
}

static char *
apart_line (const char *text)
{
  g_autofree char *line = hark_words_one_line (text);

  return hark_language_apart (line);
}

char *
hark_words_line (const HarkMessage *message)
{
  const HarkPerson nobody = {.name = (char *) _ ("Other side")};
  g_autofree char *text = NULL;

  if (message->missing)
    return g_strdup (_ ("Message not here yet"));
  if (message->deleted)
    return g_strdup (_ ("Message deleted"));
  switch (message->type) {
  case HARK_MESSAGE_IS_CALL:
    return hark_words_call_row (message);
  case HARK_MESSAGE_IS_GROUP:
    return hark_core_words (message->text);
  case HARK_MESSAGE_IS_TIMER:
    text = hark_words_duration (message->expires_s);
    return message->expires_s > 0 ? g_strdup_printf (_ ("Messages disappear after %s"), text)
                                  : g_strdup (_ ("Messages stay"));
  case HARK_MESSAGE_IS_CLIP:
    return hark_words_note (message, &nobody);
  case HARK_MESSAGE_IS_FILE:
    text = apart_line (message->text);
    return g_strdup_printf (_ ("File: %s"), text);
  default:
    text = message->outgoing ? apart_line (message->text) : hark_words_one_line (message->text);
    return message->outgoing ? g_strdup_printf (_ ("You: %s"), text) : g_steal_pointer (&text);
  }
}

/* ---- files ---- */

static char *
size_words (uint64_t bytes)
{
  g_autofree char *size = g_format_size (bytes);

  return hark_language_apart (size);
}

/* What stands still because they are away goes on by itself. */
static char *
stall_words (const HarkTransfer *transfer, const HarkPerson *person, char *moved)
{
  g_autofree char *own = moved;
  g_autofree char *name = hark_language_apart (person->name);

  if (transfer->rate >= 1.0 || transfer->has_group || transfer->sources > 1
      || person->presence == HARK_PRESENCE_ONLINE)
    return g_steal_pointer (&own);
  return g_strdup_printf (_ ("%s, waiting for %s"), own, name);
}

static char *
progress_words (const HarkTransfer *transfer, const HarkPerson *person, const char *size)
{
  g_autofree char *bytes = size_words (transfer->bytes);
  g_autofree char *rate = NULL;
  double left_s;

  if (transfer->rate < 1.0 || transfer->bytes > transfer->size)
    return stall_words (transfer, person, g_strdup_printf (_ ("%s of %s"), bytes, size));
  rate = size_words ((uint64_t) transfer->rate);
  left_s = (double) (transfer->size - transfer->bytes) / transfer->rate;
  if (left_s < 60.0)
    return g_strdup_printf (_ ("%s of %s, %s/s, %u s left"), bytes, size, rate,
                            (unsigned) (left_s + 0.99));
  if (left_s < 3600.0)
    return g_strdup_printf (_ ("%s of %s, %s/s, %u min left"), bytes, size, rate,
                            (unsigned) (left_s / 60.0 + 0.99));
  if (left_s < 100.0 * 3600.0)
    return g_strdup_printf (_ ("%s of %s, %s/s, %u h left"), bytes, size, rate,
                            (unsigned) (left_s / 3600.0 + 0.99));
  return g_strdup_printf (_ ("%s of %s, %s/s"), bytes, size, rate);
}

/* Who has to go on with it, and what for it waits. */
static char *
pause_words (const HarkTransfer *transfer, const char *size, const char *name)
{
  g_autofree char *bytes = size_words (transfer->bytes);
  g_autofree char *moved = g_strdup_printf (_ ("%s of %s"), bytes, size);

  if (transfer->lost && transfer->reason)
    return g_strdup_printf (_ ("%s, paused. %s"), moved, transfer->reason);
  if (transfer->paused_here && transfer->paused_there)
    return g_strdup_printf (_ ("%s, paused by you and by %s"), moved, name);
  if (transfer->paused_there)
    return g_strdup_printf (_ ("%s, paused by %s"), moved, name);
  if (transfer->reason)
    return g_strdup_printf (_ ("%s, paused. %s"), moved, transfer->reason);
  return transfer->paused_here ? g_strdup_printf (_ ("%s, paused by you"), moved)
                               : g_strdup_printf (_ ("%s, paused"), moved);
}

static char *
wait_words (const HarkTransfer *transfer, const HarkPerson *person, const char *size)
{
  g_autofree char *name = hark_language_apart (person->name);

  if (transfer->reason)
    return g_strdup_printf ("%s. %s", size, transfer->reason);
  if (transfer->outgoing)
    return g_strdup_printf (_ ("%s, waiting for %s to accept"), size, name);
  return hark_words_file_queues (transfer, person)
           ? g_strdup_printf (_ ("%s, comes when others have arrived"), size)
           : g_strdup_printf (_ ("%s, waiting for %s"), size, name);
}

bool
hark_words_file_queues (const HarkTransfer *transfer, const HarkPerson *person)
{
  return transfer->state == HARK_FILE_WAITING && !transfer->outgoing && !transfer->reason
         && person->presence == HARK_PRESENCE_ONLINE;
}

char *
hark_words_file_more (const HarkTransfer *transfer, const HarkPerson *person)
{
  g_autoptr (GString) more = g_string_new (NULL);
  g_autofree char *path = NULL;

  if (transfer->folder)
    g_string_append_printf (
      more, ngettext ("Folder with %u file", "Folder with %u files", transfer->files),
      transfer->files);
  if (transfer->has_group) {
    g_string_append (more, more->len ? "\n" : "");
    g_string_append_printf (more,
                            ngettext ("%u of %u has it", "%u of %u have it", transfer->people_have),
                            transfer->people_have, transfer->people);
  }
  if (transfer->sources > 1) {
    g_string_append (more, more->len ? "\n" : "");
    g_string_append_printf (
      more, ngettext ("Comes from %u contact", "Comes from %u contacts at once", transfer->sources),
      transfer->sources);
  }
  path = transfer->state == HARK_FILE_MOVING && !transfer->has_group && transfer->sources <= 1
           ? hark_words_call_path (person->path, person->relay)
           : NULL;
  if (path) {
    g_string_append (more, more->len ? "\n" : "");
    g_string_append (more, path);
  }
  if (transfer->skipped > 0) {
    g_string_append (more, more->len ? "\n" : "");
    g_string_append_printf (more,
                            ngettext ("%u left out: it is a link, a device or not readable",
                                      "%u left out: they are links, devices or not readable",
                                      transfer->skipped),
                            transfer->skipped);
  }
  if (transfer->risky) {
    g_string_append (more, more->len ? "\n" : "");
    g_string_append (more, _ ("Careful: opening it may run a program"));
  }
  return more->len ? g_strdup (more->str) : NULL;
}

char *
hark_words_file (const HarkTransfer *transfer, const HarkPerson *person)
{
  g_autofree char *size = size_words (transfer->size);
  g_autofree char *name = hark_language_apart (person->name);

  switch (transfer->state) {
  case HARK_FILE_OFFERED:
    return g_strdup_printf (_ ("%s, offered by %s"), size, name);
  case HARK_FILE_WAITING:
    return wait_words (transfer, person, size);
  case HARK_FILE_MOVING:
    return progress_words (transfer, person, size);
  case HARK_FILE_PAUSED:
    return pause_words (transfer, size, name);
  case HARK_FILE_DONE:
    if (transfer->has_group && transfer->outgoing)
      return transfer->reason ? g_strdup_printf ("%s. %s", size, transfer->reason)
                              : g_strdup (size);
    return transfer->outgoing ? g_strdup_printf (_ ("%s, on %s's disk"), size, name)
                              : g_strdup_printf (_ ("%s, saved and verified"), size);
  case HARK_FILE_REFUSED:
    return transfer->outgoing ? g_strdup_printf (_ ("%s, not wanted"), size)
                              : g_strdup_printf (_ ("%s, you refused it"), size);
  case HARK_FILE_FAILED:
    return g_strdup_printf (_ ("%s, failed. %s"), size, transfer->reason ? transfer->reason : "");
  }
  return g_strdup (size);
}

/* ---- calls ---- */

char *
hark_words_call_row (const HarkMessage *message)
{
  g_autofree char *length = NULL;

  if (message->ref > 0 && message->has_group) {
    g_autofree char *who = hark_core_words (message->text);

    length = clock_text (message->ref / 1000);
    return g_strdup_printf (message->outgoing ? _ ("You called, %s. %s") : _ ("Call, %s. %s"),
                            length, who);
  }
  if (message->ref > 0) {
    length = clock_text (message->ref / 1000);
    return g_strdup_printf (message->outgoing ? _ ("You called, %s") : _ ("Call, %s"), length);
  }
  if (message->text && *message->text) {
    g_autofree char *why = hark_core_words (message->text);

    return message->outgoing ? g_strdup_printf (_ ("You called. %s"), why) : g_steal_pointer (&why);
  }
  return g_strdup (message->outgoing ? _ ("You called") : _ ("Missed call"));
}

bool
hark_words_call_is_missed (const HarkMessage *message)
{
  return message->type == HARK_MESSAGE_IS_CALL && !message->outgoing && message->ref == 0
         && g_strcmp0 (message->text, "You declined the call") != 0; /* the engine's sentence */
}

char *
hark_words_call (const HarkCall *call, const char *who, unsigned seconds)
{
  g_autofree char *name = hark_language_apart (who);
  g_autofree char *length = clock_text (seconds);

  switch (call->phase) {
  case HARK_CALLING:
    return g_strdup_printf (_ ("Reaching %s…"), name);
  case HARK_RINGING:
    return call->outgoing ? g_strdup_printf (_ ("Ringing at %s…"), name)
                          : g_strdup_printf (_ ("%s is calling"), name);
  case HARK_ACTIVE:
    return g_strdup_printf (_ ("%s, %s"), name, length);
  case HARK_HELD:
    return g_strdup_printf ("%s, %s. %s", name, length,
                            call->reason ? call->reason : _ ("Trying to reconnect…"));
  case HARK_ENDED:
    if (!call->outgoing && g_strcmp0 (call->reason, _ ("Missed call")) == 0) /* the engine's */
      return g_strdup_printf (_ ("Missed call from %s"), name);
    return g_strdup_printf (_ ("Call with %s has ended. %s"), name,
                            call->reason ? call->reason : "");
  }
  return g_steal_pointer (&name);
}

char *
hark_words_call_path (HarkPathKind path, const char *relay)
{
  g_autofree char *name = relay ? hark_language_apart (relay) : NULL;

  switch (path) {
  case HARK_PATH_LAN:
    return g_strdup (_ ("Within your network"));
  case HARK_PATH_DIRECT:
    return g_strdup (_ ("Straight between you"));
  case HARK_PATH_RELAY:
    return name ? g_strdup_printf (_ ("Relayed by %s"), name) : g_strdup (_ ("Relayed"));
  default:
    return NULL;
  }
}

HarkQuality
hark_words_quality_of (const HarkCallStats *stats)
{
  double loss = MAX (stats->loss_in, stats->loss_out);

  if (loss >= 0.1 || stats->rtt_ms >= 600.0)
    return HARK_QUALITY_BAD;
  return loss >= 0.03 || stats->rtt_ms >= 300.0 ? HARK_QUALITY_FAIR : HARK_QUALITY_GOOD;
}

char *
hark_words_quality (const HarkCallStats *stats)
{
  const char *const words[] = {_ ("Good connection"), _ ("Fair connection"), _ ("Bad connection")};
  double loss = MAX (stats->loss_in, stats->loss_out) * 100.0;
  g_autofree char *figures
    = stats->delay_ms > 0
        ? g_strdup_printf (_ ("about %.0f ms from mouth to ear, %.0f ms round trip, %.1f %% lost"),
                           stats->delay_ms, stats->rtt_ms, loss)
        : g_strdup_printf (_ ("%.0f ms round trip, %.1f %% lost"), stats->rtt_ms, loss);

  return g_strdup_printf ("%s: %s", words[hark_words_quality_of (stats)], figures);
}

/* ---- peers' text ---- */

static bool
is_isolate (gunichar c)
{
  return c >= 0x2066 && c <= 0x2069;
}

/* What changes the look of text around it (UAX #9: embeddings, overrides, isolates), or shows as
 * nothing. */
static bool
is_deceptive (gunichar c)
{
  if (c == '\n' || c == '\t')
    return false;
  return (c >= 0x202A && c <= 0x202E) || is_isolate (c) || g_unichar_type (c) == G_UNICODE_CONTROL;
}

/* @apart: isolates stay: the text is put together here, from parts that were set apart. */
static char *
fit (const char *text, size_t chars_max, bool apart)
{
  g_autofree char *valid = g_utf8_make_valid (text ? text : "", -1);
  GString *shown = g_string_sized_new (MIN (strlen (valid), 4 * chars_max) + 8);
  unsigned marks = 0;
  size_t n = 0;

  for (const char *at = valid; *at; at = g_utf8_next_char (at), n++) {
    gunichar c = g_utf8_get_char (at);

    if (n >= chars_max) {
      g_string_append (shown, "…");
      break;
    }
    marks = g_unichar_ismark (c) ? marks + 1 : 0;
    if (marks <= MARKS_MAX)
      g_string_append_unichar (shown, is_deceptive (c) && !(apart && is_isolate (c)) ? 0xFFFD : c);
  }
  return g_string_free (shown, FALSE);
}

char *
hark_words_shown (const char *text, size_t chars_max)
{
  return fit (text, chars_max, false);
}

char *
hark_words_notice (const char *text)
{
  g_autofree char *shown = fit (text, LINE_CHARS, true);
  GString *safe = g_string_new (shown);

  g_string_replace (safe, "&", "＆", 0);
  g_string_replace (safe, "<", "‹", 0);
  g_string_replace (safe, ">", "›", 0);
  return g_string_free (safe, FALSE);
}
