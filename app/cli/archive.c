#include "app/cli/archive.h"

#include "app/cli/lines.h"

#include <gio/gio.h>
#include <stdio.h>
#include <string.h>

#define SNIPPET_BEFORE 30 /* characters of a long text before the first match */
#define SNIPPET_LEN 120

/* ---- options ---- */

void
hark_cli_window_add (HarkCliWindow *window, GOptionContext *context)
{
  const GOptionEntry entries[] = {
    {"before", 0, 0, G_OPTION_ARG_INT64,  &window->before,
     "history, search, calls: what comes before",                                                            "POSITION"},
    {"after",  0, 0, G_OPTION_ARG_INT64,  &window->after,  "history: what comes behind",                     "POSITION"},
    {"around", 0, 0, G_OPTION_ARG_STRING, &window->around, "history: what is around",
     "POSITION|ID"                                                                                                     },
    {"date",   0, 0, G_OPTION_ARG_STRING, &window->date,   "history: what is around this time",
     "YYYY-MM-DD[THH:MM]"                                                                                              },
    {"unread", 0, 0, G_OPTION_ARG_NONE,   &window->unread, "history: around the first unread",               NULL      },
    {"ids",    0, 0, G_OPTION_ARG_NONE,   &window->ids,    "history: with what edit, delete and react take",
     NULL                                                                                                              },
    {"limit",  0, 0, G_OPTION_ARG_INT,    &window->limit,
     "history, search, calls: so many, at most 500",                                                         "N"       },
    {"in",     0, 0, G_OPTION_ARG_STRING, &window->in,     "search: with this contact only",                 "CONTACT" },
    G_OPTION_ENTRY_NULL,
  };

  g_option_group_add_entries (g_option_context_get_main_group (context), entries);
}

void
hark_cli_window_clear (HarkCliWindow *window)
{
  g_free (window->around);
  g_free (window->date);
  g_free (window->in);
}

static bool
refuse (GError **error, const char *text, const char *what)
{
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "\"%s\" is not %s", text, what);
  return false;
}

static bool
fill_date (const char *text, JsonObject *command, GError **error)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_local ();
  g_autofree char *whole
    = strchr (text, 'T') ? g_strdup (text) : g_strconcat (text, "T00:00", NULL);
  g_autofree char *padded = strlen (whole) == 16 ? g_strconcat (whole, ":00", NULL) : NULL;
  g_autoptr (GDateTime) when = g_date_time_new_from_iso8601 (padded ? padded : whole, zone);

  if (!when || g_date_time_to_unix (when) < 0)
    return refuse (error, text, "a date like 2026-03-01 or 2026-03-01T18:30");
  json_object_set_int_member (command, "date", g_date_time_to_unix (when) * 1000);
  return true;
}

static bool
fill_around (const char *text, JsonObject *command, GError **error)
{
  guint64 position;

  if (strlen (text) == 32) {
    json_object_set_string_member (command, "id", text);
    return true;
  }
  if (!g_ascii_string_to_unsigned (text, 10, 1, G_MAXINT64, &position, NULL))
    return refuse (error, text, "a position or a message's id");
  json_object_set_int_member (command, "around", (gint64) position);
  return true;
}

bool
hark_cli_window_fill (const HarkCliWindow *window, JsonObject *command, GError **error)
{
  if (window->limit < 0 || window->before < 0 || window->after < 0)
    return refuse (error,
                   window->limit < 0    ? "--limit"
                   : window->before < 0 ? "--before"
                                        : "--after",
                   "for numbers below zero");
  if (window->limit > 0)
    json_object_set_int_member (command, "limit", window->limit);
  if (window->before > 0)
    json_object_set_int_member (command, "before", window->before);
  if (window->after > 0)
    json_object_set_int_member (command, "after", window->after);
  if (window->unread)
    json_object_set_boolean_member (command, "unread", TRUE);
  return (!window->around || fill_around (window->around, command, error))
         && (!window->date || fill_date (window->date, command, error));
}

bool
hark_cli_days_fill (const char *days, JsonObject *command, GError **error)
{
  guint64 number;

  if (strcmp (days, "default") == 0)
    json_object_set_string_member (command, "how", "default");
  else if (strcmp (days, "forever") == 0)
    json_object_set_int_member (command, "days", 0);
  else if (g_ascii_string_to_unsigned (days, 10, 1, 36500, &number, NULL))
    json_object_set_int_member (command, "days", (gint64) number);
  else
    return refuse (error, days, "a number of days, \"forever\" or \"default\"");
  return true;
}

bool
hark_cli_seconds_fill (const char *time, JsonObject *command, GError **error)
{
  static const char letters[] = "smhdw";
  static const gint64 units[] = {1, 60, 3600, 86400, 604800};
  const size_t len = strlen (time);
  const char *letter = len > 1 ? strchr (letters, time[len - 1]) : NULL;
  g_autofree char *digits = g_strndup (time, letter ? len - 1 : len);
  guint64 number;

  if (strcmp (time, "off") == 0)
    number = 0;
  else if (!g_ascii_string_to_unsigned (digits, 10, 0, G_MAXINT32, &number, NULL))
    return refuse (error, time, "a time like 30s, 5m, 1h, 7d, or \"off\"");
  json_object_set_int_member (command, "seconds",
                              (gint64) number * (letter ? units[letter - letters] : 1));
  return true;
}

/* ---- output ---- */

static const char *
member (JsonObject *object, const char *field)
{
  return json_object_get_string_member_with_default (object, field, "");
}

static JsonArray *
list_of (JsonObject *object, const char *field)
{
  return json_object_has_member (object, field) ? json_object_get_array_member (object, field)
                                                : NULL;
}

static guint
length_of (JsonArray *list)
{
  return list ? json_array_get_length (list) : 0;
}

static void
print_version (JsonObject *message)
{
  g_autofree char *text = hark_cli_clean (member (message, "text"), "    ");

  hark_cli_print_time (message);
  printf ("%s\n", text);
}

void
hark_cli_print_versions (JsonObject *result)
{
  JsonArray *messages = list_of (result, "messages");

  for (guint i = 0; i < length_of (messages); i++)
    print_version (json_array_get_object_element (messages, i));
}

void
hark_cli_print_refused (JsonObject *status, JsonObject *result)
{
  JsonArray *refused = list_of (result, "refused");

  for (guint i = 0; i < length_of (refused); i++) {
    JsonObject *one = json_array_get_object_element (refused, i);

    g_autofree char *text = hark_cli_clean (member (one, "text"), NULL);

    printf ("%s: %s  %s\n", hark_cli_name (status, NULL, member (one, "contact")),
            member (one, "reason"), text);
  }
}

/* A line of @text around byte @at. */
static char *
snippet (const char *text, gint64 at)
{
  const char *start = text + MIN ((size_t) MAX (at, 0), strlen (text));
  g_autofree char *part = NULL;
  g_autofree char *clean = NULL;

  for (unsigned i = 0; i < SNIPPET_BEFORE && start > text; i++)
    start = g_utf8_prev_char (start);
  part = g_utf8_strlen (start, -1) > SNIPPET_LEN ? g_utf8_substring (start, 0, SNIPPET_LEN)
                                                 : g_strdup (start);
  clean = hark_cli_clean (part, NULL);
  return g_strconcat (start > text ? "…" : "", clean, strlen (start) > strlen (part) ? "…" : "",
                      NULL);
}

static gint64
first_match (JsonObject *message)
{
  JsonArray *matches = list_of (message, "matches");

  return length_of (matches) == 0
           ? 0
           : json_array_get_int_element (json_array_get_array_element (matches, 0), 0);
}

static void
print_next (JsonObject *result)
{
  if (json_object_has_member (result, "next"))
    fprintf (stderr, "There is more: --before %" G_GINT64_FORMAT "\n",
             json_object_get_int_member (result, "next"));
}

void
hark_cli_print_found (JsonObject *status, JsonObject *result, bool json)
{
  JsonArray *messages = list_of (result, "messages");

  for (guint i = 0; i < length_of (messages); i++) {
    JsonObject *message = json_array_get_object_element (messages, i);
    g_autofree char *line = NULL;

    if (json) {
      hark_cli_print_json (message);
      continue;
    }
    line = snippet (member (message, "text"), first_match (message));
    hark_cli_print_time (message);
    printf ("%s: %s\n", hark_cli_title (status, message), line);
  }
  print_next (result);
}

void
hark_cli_print_calls (JsonObject *status, JsonObject *result, bool json)
{
  JsonArray *calls = list_of (result, "messages");

  for (guint i = 0; i < length_of (calls); i++) {
    JsonObject *call = json_array_get_object_element (calls, i);
    const gint64 seconds = json_object_get_int_member_with_default (call, "ref", 0) / 1000;
    g_autofree char *text = hark_cli_clean (member (call, "text"), NULL);

    if (json) {
      hark_cli_print_json (call);
      continue;
    }
    hark_cli_print_time (call);
    printf ("%s: ", hark_cli_title (status, call));
    if (seconds > 0)
      printf ("%" G_GINT64_FORMAT ":%02" G_GINT64_FORMAT " ", seconds / 60, seconds % 60);
    printf ("%s\n", text);
  }
  print_next (result);
}

static const char *
last_words (JsonObject *last)
{
  const char *type = last ? member (last, "type") : "";

  if (!last)
    return "";
  if (json_object_get_boolean_member_with_default (last, "missing", FALSE))
    return "(has not come here yet)";
  if (json_object_get_boolean_member_with_default (last, "deleted", FALSE))
    return "(deleted)";
  return strcmp (type, "timer") == 0  ? "(disappearing messages)"
         : strcmp (type, "clip") == 0 ? "(voice message)"
         : strcmp (type, "call") == 0 ? "(call)"
                                      : member (last, "text");
}

void
hark_cli_print_chats (JsonObject *status, JsonObject *result, bool json)
{
  JsonArray *chats = list_of (result, "chats");

  for (guint i = 0; i < length_of (chats); i++) {
    JsonObject *chat = json_array_get_object_element (chats, i);
    JsonObject *last
      = json_object_has_member (chat, "last") ? json_object_get_object_member (chat, "last") : NULL;
    const gint64 unread = json_object_get_int_member_with_default (chat, "unread", 0);
    const bool marked = json_object_get_boolean_member_with_default (chat, "marked", FALSE);
    const bool pinned = json_object_get_boolean_member_with_default (chat, "pinned", FALSE);
    const bool archived = json_object_get_boolean_member_with_default (chat, "archived", FALSE);
    const bool drafted = *member (chat, "draft") != '\0';
    g_autofree char *line = snippet (drafted ? member (chat, "draft") : last_words (last), 0);

    if (json) {
      hark_cli_print_json (chat);
      continue;
    }
    printf ("%-8s %4" G_GINT64_FORMAT "%s %s: %s%s\n",
            archived ? "archived"
            : pinned ? "pinned"
                     : "",
            unread, marked ? "*" : " ", hark_cli_title (status, chat), drafted ? "(draft) " : "",
            line);
  }
}
