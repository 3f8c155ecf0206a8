#include "app/cli/queue.h"

#include <gio/gio.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

bool
hark_cli_size_read (const char *text, uint64_t *ret)
{
  static const char letters[] = "kMGT";
  char *end;
  double value = g_ascii_strtod (text, &end);
  const char *letter;
  double unit = 1000;
  double factor = 1;

  if (end == text || !isfinite (value) || value < 0)
    return false;
  letter = *end != '\0' ? strchr (letters, *end == 'K' ? 'k' : *end) : NULL;
  if (letter != NULL) {
    end++;
    if (*end == 'i') {
      unit = 1024;
      end++;
    }
    factor = pow (unit, (double) (letter - letters + 1));
  }
  if (*end == 'B')
    end++;
  if (strcmp (end, "/s") == 0)
    end += 2;
  if (*end != '\0' || value * factor > 1e18)
    return false;
  *ret = (uint64_t) (value * factor);
  return true;
}

char *
hark_cli_size_write (uint64_t bytes)
{
  return g_format_size (bytes);
}

static bool
complain (GError **error, const char *words)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, words);
  return false;
}

/* The number of a transfer, as "queue" prints it. */
static bool
fill_transfer (const char *argument, JsonObject *command, GError **error)
{
  guint64 number;

  if (argument == NULL || !g_ascii_string_to_unsigned (argument, 10, 0, G_MAXINT64, &number, NULL))
    return complain (error, "say which transfer, by the number that \"queue\" prints");
  json_object_set_int_member (command, "transfer", (gint64) number);
  return true;
}

static bool
fill_queue (char **arguments, JsonObject *command, GError **error)
{
  if (arguments[0] == NULL)
    return true;
  json_object_set_string_member (command, "how", arguments[0]);
  return fill_transfer (arguments[1], command, error);
}

static bool
fill_limit (char **arguments, JsonObject *command, GError **error)
{
  uint64_t rate = 0;

  if (arguments[0] == NULL)
    return true;
  if (arguments[1] == NULL
      || (strcmp (arguments[1], "off") != 0 && !hark_cli_size_read (arguments[1], &rate)))
    return complain (error, "say how much a second: \"limit up 500k\", \"limit down off\"");
  json_object_set_string_member (command, "how", arguments[0]);
  json_object_set_int_member (command, "rate", (gint64) rate);
  return true;
}

/* "on", "off", or the size up to which; then a folder. */
static bool
fill_accept (char **arguments, JsonObject *command, GError **error)
{
  uint64_t size = 0;

  if (arguments[0] == NULL
      || (strcmp (arguments[0], "on") != 0 && strcmp (arguments[0], "off") != 0
          && !hark_cli_size_read (arguments[0], &size)))
    return complain (error, "say \"on\", \"off\", or a size: \"accept-files Bob 100M ~/Bob\"");
  json_object_set_boolean_member (command, "on", strcmp (arguments[0], "off") != 0);
  json_object_set_int_member (command, "size", (gint64) size);
  if (arguments[1] != NULL) {
    g_autofree char *folder = g_canonicalize_filename (arguments[1], NULL);

    json_object_set_string_member (command, "directory", folder);
  }
  return true;
}

/* Where it lies now, or is to go. */
static void
fill_path (const char *argument, JsonObject *command)
{
  g_autofree char *path = argument != NULL ? g_canonicalize_filename (argument, NULL) : NULL;

  if (path != NULL)
    json_object_set_string_member (command, "path", path);
}

bool
hark_cli_queue_fill (const char *verb, char **arguments, JsonObject *command, GError **error)
{
  static const char *const about_one[] = {"pause", "resume", "cancel", "refuse"};

  for (size_t i = 0; i < G_N_ELEMENTS (about_one); i++)
    if (strcmp (verb, about_one[i]) == 0) {
      if (strcmp (verb, "resume") == 0 && arguments[0] != NULL)
        fill_path (arguments[1], command);
      return fill_transfer (arguments[0], command, error);
    }
  if (strcmp (verb, "queue") == 0)
    return fill_queue (arguments, command, error);
  if (strcmp (verb, "limit") == 0)
    return fill_limit (arguments, command, error);
  if (strcmp (verb, "accept-files") == 0)
    return fill_accept (arguments, command, error);
  if (strcmp (verb, "metered") == 0 && arguments[0] != NULL)
    json_object_set_string_member (command, "how", arguments[0]);
  return true;
}

static int64_t
number (JsonObject *object, const char *field)
{
  return json_object_get_int_member_with_default (object, field, 0);
}

static void
print_limit (const char *way, int64_t rate)
{
  g_autofree char *text = hark_cli_size_write ((uint64_t) rate);

  printf ("%-5s %s%s\n", way, rate > 0 ? text : "no limit", rate > 0 ? "/s" : "");
}

static void
print_settings (JsonObject *settings)
{
  print_limit ("up", number (settings, "limit_up"));
  print_limit ("down", number (settings, "limit_down"));
  printf ("metered networks: %s%s\n",
          json_object_get_string_member_with_default (settings, "metered", ""),
          json_object_get_boolean_member_with_default (settings, "costly", FALSE)
            ? " (this one is metered)"
            : "");
}

static void
print_transfer (JsonObject *transfer)
{
  g_autofree char *size = hark_cli_size_write ((uint64_t) number (transfer, "size"));
  const char *reason = json_object_get_string_member_with_default (transfer, "reason", "");
  double whole = (double) MAX (number (transfer, "size"), 1);

  printf ("%8" G_GINT64_FORMAT "  %-4s %-8s %3.0f %%  %9s  %s%s%s\n", number (transfer, "transfer"),
          json_object_get_boolean_member_with_default (transfer, "outgoing", FALSE) ? "out" : "in",
          json_object_get_string_member_with_default (transfer, "state", ""),
          100 * (double) number (transfer, "bytes") / whole, size,
          json_object_get_string_member_with_default (transfer, "name", ""),
          *reason != '\0' ? ": " : "", reason);
}

bool
hark_cli_queue_print (const char *verb, JsonObject *result)
{
  if (strcmp (verb, "queue") == 0) {
    JsonArray *list = json_object_get_array_member (result, "transfers");

    for (guint i = 0; list != NULL && i < json_array_get_length (list); i++)
      print_transfer (json_array_get_object_element (list, i));
    return true;
  }
  if (strcmp (verb, "limit") == 0 || strcmp (verb, "metered") == 0) {
    print_settings (json_object_get_object_member (result, "settings"));
    return true;
  }
  return false;
}
