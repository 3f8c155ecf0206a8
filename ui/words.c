#include "ui/words.h"

#include <gio/gio.h>
#include <string.h>

#define LINE_CHARS 120
#define MARKS_MAX 6 /* combining ones on one character */

/* ---- times ---- */

static GDateTime *
local (int64_t ms)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (ms / 1000);

  /* beyond year 9999 a peer's clock is not worth a crash */
  return utc ? g_date_time_to_local (utc) : g_date_time_new_now_local ();
}

char *
hark_words_time (int64_t ms)
{
  g_autoptr (GDateTime) at = local (ms);

  return g_date_time_format (at, "%H:%M");
}

bool
hark_words_same_day (int64_t a_ms, int64_t b_ms)
{
  g_autoptr (GDateTime) a = local (a_ms);
  g_autoptr (GDateTime) b = local (b_ms);

  return g_date_time_get_year (a) == g_date_time_get_year (b)
         && g_date_time_get_day_of_year (a) == g_date_time_get_day_of_year (b);
}

char *
hark_words_day (int64_t ms, int64_t now_ms)
{
  g_autoptr (GDateTime) at = local (ms);
  g_autoptr (GDateTime) now = local (now_ms);
  g_autoptr (GDateTime) yesterday = g_date_time_add_days (now, -1);

  if (hark_words_same_day (ms, now_ms))
    return g_strdup ("Today");
  if (hark_words_same_day (ms, g_date_time_to_unix (yesterday) * 1000))
    return g_strdup ("Yesterday");
  if (g_date_time_get_year (at) == g_date_time_get_year (now))
    return g_date_time_format (at, "%A, %-d %B");
  return g_date_time_format (at, "%A, %-d %B %Y");
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
    return g_strdup (person->reason ? person->reason : "Offline");
  time = hark_words_time (person->last_seen_ms);
  if (hark_words_same_day (person->last_seen_ms, now_ms))
    return g_strdup_printf ("Last seen at %s", time);
  day = hark_words_day (person->last_seen_ms, now_ms);
  if (strcmp (day, "Yesterday") == 0)
    return g_strdup_printf ("Last seen yesterday at %s", time);
  return g_strdup_printf ("Last seen on %s", day);
}

static char *
path_words (const HarkPerson *person)
{
  switch (person->path) {
  case HARK_PATH_LAN:
    return g_strdup ("Online, same network");
  case HARK_PATH_DIRECT:
    return g_strdup ("Online, direct connection");
  case HARK_PATH_RELAY:
    return person->relay ? g_strdup_printf ("Online, relayed by %s", person->relay)
                         : g_strdup ("Online, relayed by a contact");
  default:
    return g_strdup ("Online");
  }
}

char *
hark_words_group (const HarkGroupInfo *group)
{
  switch (group->state) {
  case HARK_GROUP_IS_OFFERED:
    return g_strdup ("Somebody asks you into this group");
  case HARK_GROUP_IS_LEFT:
    return g_strdup (group->reason ? group->reason : "You are no longer in this group");
  default:
    return group->joined == 1 ? g_strdup ("Nobody but you is in it yet")
                              : g_strdup_printf ("%u members", group->joined);
  }
}

char *
hark_words_presence (const HarkPerson *person, int64_t now_ms)
{
  switch (person->status) {
  case HARK_PERSON_REQUEST:
    return g_strdup ("Wants to become your contact");
  case HARK_PERSON_BLOCKED:
    return g_strdup ("Blocked");
  case HARK_PERSON_ASKED:
    if (person->presence == HARK_PRESENCE_ONLINE)
      break;
    return g_strdup ("Has not accepted your request yet");
  default:
    break;
  }
  switch (person->presence) {
  case HARK_PRESENCE_ONLINE:
    return path_words (person);
  case HARK_PRESENCE_CONNECTING:
    return g_strdup ("Connecting…");
  case HARK_PRESENCE_SEARCHING:
    if (person->last_seen_ms <= 0)
      return g_strdup ("Looking for them…");
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
hark_words_state (const HarkMessage *message, const HarkPerson *person)
{
  switch (message->state) {
  case HARK_STATE_QUEUED:
    if (person->status == HARK_PERSON_ASKED)
      return g_strdup_printf ("waiting: goes out when %s accepts", person->name);
    if (person->presence == HARK_PRESENCE_ONLINE)
      return g_strdup ("sending");
    return g_strdup_printf ("waiting: goes out when %s is online", person->name);
  case HARK_STATE_SENT:
    return g_strdup ("sent");
  case HARK_STATE_DELIVERED:
    return g_strdup ("delivered");
  case HARK_STATE_READ:
    return g_strdup ("read");
  }
  return g_strdup ("");
}

char *
hark_words_duration (uint64_t seconds)
{
  static const struct {
    uint64_t seconds;
    const char *name;
  } units[] = {
    {7 * 86400, "week"  },
    {86400,     "day"   },
    {3600,      "hour"  },
    {60,        "minute"},
    {1,         "second"},
  };
  gsize i = 0;

  while (i < G_N_ELEMENTS (units) - 1
         && (seconds < units[i].seconds || seconds % units[i].seconds != 0))
    i++;
  return g_strdup_printf ("%" G_GUINT64_FORMAT " %s%s", seconds / units[i].seconds, units[i].name,
                          seconds == units[i].seconds ? "" : "s");
}

static char *
timer_words (const HarkMessage *message, const HarkPerson *person)
{
  const char *who = message->outgoing ? "You" : person->name;
  g_autofree char *time = hark_words_duration (message->expires_s);

  if (message->expires_s == 0)
    return g_strdup_printf ("%s let new messages stay.", who);
  return g_strdup_printf ("%s let new messages disappear %s after they are read.", who, time);
}

char *
hark_words_note (const HarkMessage *message, const HarkPerson *person)
{
  g_autofree char *length = NULL;

  if (message->deleted)
    return message->outgoing ? g_strdup ("You deleted this message.")
                             : g_strdup_printf ("%s asked to delete this message.", person->name);
  switch (message->type) {
  case HARK_MESSAGE_IS_TIMER:
    return timer_words (message, person);
  case HARK_MESSAGE_IS_CLIP:
    length = clock_text (message->length_ms / 1000);
    return g_strdup_printf ("Voice message, %s", length);
  default:
    return NULL;
  }
}

char *
hark_words_foot (const HarkMessage *message, const char *state, int64_t now_ms)
{
  GString *foot = g_string_new (NULL);
  g_autofree char *time = hark_words_time (message->sent_ms);

  g_string_append (foot, time);
  if (message->expires_ms > 0) {
    g_autofree char *at = hark_words_time (message->expires_ms);
    g_autofree char *day = hark_words_day (message->expires_ms, now_ms);

    if (hark_words_same_day (message->expires_ms, now_ms))
      g_string_append_printf (foot, " · disappears at %s", at);
    else
      g_string_append_printf (foot, " · disappears on %s at %s", day, at);
  } else if (message->expires_s > 0 && message->type != HARK_MESSAGE_IS_TIMER) {
    g_autofree char *left = hark_words_duration (message->expires_s);

    g_string_append_printf (foot, " · disappears %s after it is read", left);
  }
  if (state && *state)
    g_string_append_printf (foot, " · %s", state);
  return g_string_free (foot, FALSE);
}

char *
hark_words_line (const HarkMessage *message)
{
  const HarkPerson nobody = {.name = "Other side"};
  g_autofree char *text = NULL;

  if (message->deleted)
    return g_strdup ("Message deleted");
  switch (message->type) {
  case HARK_MESSAGE_IS_CALL:
    return hark_words_call_row (message);
  case HARK_MESSAGE_IS_TIMER:
    text = hark_words_duration (message->expires_s);
    return message->expires_s > 0 ? g_strdup_printf ("Messages disappear after %s", text)
                                  : g_strdup ("Messages stay");
  case HARK_MESSAGE_IS_CLIP:
    return hark_words_note (message, &nobody);
  case HARK_MESSAGE_IS_FILE:
    text = hark_words_one_line (message->text);
    return g_strdup_printf ("File: %s", text);
  default:
    text = hark_words_one_line (message->text);
    return message->outgoing ? g_strdup_printf ("You: %s", text) : g_steal_pointer (&text);
  }
}

/* ---- files ---- */

static char *
progress_words (const HarkTransfer *transfer, const char *size)
{
  g_autofree char *bytes = g_format_size (transfer->bytes);
  g_autofree char *rate = NULL;
  double left_s;

  if (transfer->rate < 1.0 || transfer->bytes > transfer->size)
    return g_strdup_printf ("%s of %s", bytes, size);
  rate = g_format_size ((guint64) transfer->rate);
  left_s = (double) (transfer->size - transfer->bytes) / transfer->rate;
  if (left_s < 60.0)
    return g_strdup_printf ("%s of %s, %s/s, %u s left", bytes, size, rate,
                            (unsigned) (left_s + 0.99));
  if (left_s < 3600.0)
    return g_strdup_printf ("%s of %s, %s/s, %u min left", bytes, size, rate,
                            (unsigned) (left_s / 60.0 + 0.99));
  return g_strdup_printf ("%s of %s, %s/s", bytes, size, rate);
}

char *
hark_words_file (const HarkTransfer *transfer, const HarkPerson *person)
{
  g_autofree char *size = g_format_size (transfer->size);

  switch (transfer->state) {
  case HARK_FILE_OFFERED:
    return g_strdup_printf ("%s, offered by %s", size, person->name);
  case HARK_FILE_WAITING:
    if (transfer->reason)
      return g_strdup_printf ("%s. %s", size, transfer->reason);
    return transfer->outgoing ? g_strdup_printf ("%s, waiting for %s to accept", size, person->name)
                              : g_strdup_printf ("%s, waiting for %s", size, person->name);
  case HARK_FILE_MOVING:
    return progress_words (transfer, size);
  case HARK_FILE_PAUSED:
    return g_strdup_printf ("%s, paused", size);
  case HARK_FILE_DONE:
    return transfer->outgoing ? g_strdup_printf ("%s, on %s's disk", size, person->name)
                              : g_strdup_printf ("%s, saved and verified", size);
  case HARK_FILE_REFUSED:
    return transfer->outgoing ? g_strdup_printf ("%s, not wanted", size)
                              : g_strdup_printf ("%s, you refused it", size);
  case HARK_FILE_FAILED:
    return g_strdup_printf ("%s, failed. %s", size, transfer->reason ? transfer->reason : "");
  }
  return g_strdup (size);
}

/* ---- calls ---- */

char *
hark_words_call_row (const HarkMessage *message)
{
  g_autofree char *length = NULL;

  if (message->ref > 0) {
    length = clock_text (message->ref / 1000);
    return g_strdup_printf (message->outgoing ? "You called, %s" : "Call, %s", length);
  }
  if (message->text && *message->text)
    return message->outgoing ? g_strdup_printf ("You called. %s", message->text)
                             : g_strdup (message->text);
  return g_strdup (message->outgoing ? "You called" : "Missed call");
}

char *
hark_words_call (const HarkCall *call, const char *name, unsigned seconds)
{
  g_autofree char *length = clock_text (seconds);

  switch (call->phase) {
  case HARK_CALLING:
    return g_strdup_printf ("Reaching %s…", name);
  case HARK_RINGING:
    return call->outgoing ? g_strdup_printf ("Ringing at %s…", name)
                          : g_strdup_printf ("%s is calling", name);
  case HARK_ACTIVE:
    return g_strdup_printf ("%s, %s", name, length);
  case HARK_HELD:
    return g_strdup_printf ("%s, %s. %s", name, length,
                            call->reason ? call->reason : "Trying to reconnect…");
  case HARK_ENDED:
    return g_strdup_printf ("Call with %s has ended. %s", name, call->reason ? call->reason : "");
  }
  return g_strdup (name);
}

char *
hark_words_quality (const HarkCallStats *stats)
{
  double loss = MAX (stats->loss_in, stats->loss_out) * 100.0;
  const char *word = "Good";

  if (loss >= 10.0 || stats->rtt_ms >= 600.0)
    word = "Bad";
  else if (loss >= 3.0 || stats->rtt_ms >= 300.0)
    word = "Fair";
  return g_strdup_printf ("%s connection: %.0f ms round trip, %.1f %% lost", word, stats->rtt_ms,
                          loss);
}

/* ---- peers' text ---- */

/* What changes the look of text around it (UAX #9: embeddings, overrides), or shows as nothing. */
static bool
is_deceptive (gunichar c)
{
  if (c == '\n' || c == '\t')
    return false;
  return (c >= 0x202A && c <= 0x202E) || g_unichar_type (c) == G_UNICODE_CONTROL;
}

char *
hark_words_shown (const char *text, size_t chars_max)
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
      g_string_append_unichar (shown, is_deceptive (c) ? 0xFFFD : c);
  }
  return g_string_free (shown, FALSE);
}

char *
hark_words_notice (const char *text)
{
  g_autofree char *shown = hark_words_shown (text, LINE_CHARS);
  GString *safe = g_string_new (shown);

  g_string_replace (safe, "&", "＆", 0);
  g_string_replace (safe, "<", "‹", 0);
  g_string_replace (safe, ">", "›", 0);
  return g_string_free (safe, FALSE);
}
