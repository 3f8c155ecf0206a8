#include "app/cli/calls.h"
#include "app/cli/cli.h"

#include <stdio.h>
#include <string.h>

/* ---- commands -------------------------------------------------------------------- */

static bool
flag (JsonObject *object, const char *field)
{
  return json_object_get_boolean_member_with_default (object, field, FALSE);
}

/* Whether @call is the kind that @verb is about. */
static bool
fits (const char *verb, JsonObject *call)
{
  const char *state = hark_cli_member (call, "state");

  if (strcmp (verb, "answer") == 0)
    return strcmp (state, "ringing") == 0 && !flag (call, "outgoing");
  if (strcmp (verb, "unhold") == 0 || strcmp (verb, "swap") == 0)
    return strcmp (state, "held") == 0 && flag (call, "held_here");
  return strcmp (state, "active") == 0;
}

/* Of several calls the one that fits; a single one is meant in any case. False: it is not clear. */
static bool
add_call (const char *verb, JsonObject *command, JsonObject *status)
{
  JsonArray *calls = json_object_has_member (status, "calls")
                       ? json_object_get_array_member (status, "calls")
                       : NULL;
  JsonObject *meant = NULL;
  guint n = calls ? json_array_get_length (calls) : 0, found = 0;

  for (guint i = 0; i < n; i++) {
    JsonObject *call = json_array_get_object_element (calls, i);

    if (n == 1 || fits (verb, call)) {
      meant = call;
      found++;
    }
  }
  if (found != 1)
    return false;
  json_object_set_int_member (command, "call", json_object_get_int_member (meant, "call"));
  if (strcmp (verb, "swap") == 0 && !fits (verb, meant)) /* one call alone: from and to a pause */
    json_object_set_string_member (command, "command", "hold");
  return true;
}

/* "mic", "speaker", "ring" and a device; "echo", "noise", "gain", "low_delay" and on or off. */
static bool
add_device (JsonObject *command, const char *part, const char *value, GError **error)
{
  static const char *const devices[] = {"mic", "speaker", "ring", NULL};
  static const char *const switches[] = {"echo", "noise", "gain", "low_delay", NULL};
  g_autofree char *name = NULL;

  if (g_strv_contains (switches, part)) {
    if (strcmp (value, "on") != 0 && strcmp (value, "off") != 0) {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s is on or off", part);
      return false;
    }
    json_object_set_boolean_member (command, part, strcmp (value, "on") == 0);
    return true;
  }
  if (!g_strv_contains (devices, part)) {
    g_set_error (
      error, G_IO_ERROR, G_IO_ERROR_FAILED,
      "device wants mic, speaker, ring, echo, noise, gain or low_delay, and what it shall be");
    return false;
  }
  if (strcmp (value, "default") == 0)
    name = g_strdup ("pulse");
  else if (strcmp (value, "none") == 0 || g_str_has_prefix (value, "pulse"))
    name = g_strdup (value);
  else
    name = g_strconcat ("pulse:", value, NULL);
  json_object_set_string_member (command, part, name);
  return true;
}

/* A key that is held: the engine knows which call is talked in. */
static bool
add_talk (JsonObject *command, const char *key, GError **error)
{
  if (strcmp (key, "down") != 0 && strcmp (key, "up") != 0) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "ptt wants down or up");
    return false;
  }
  json_object_set_string_member (command, "command", strcmp (key, "down") == 0 ? "unmute" : "mute");
  return true;
}

bool
hark_cli_call_fill (const HarkVerb *verb, JsonObject *command, JsonObject *status, GError **error)
{
  static const char *const about_calls[]
    = {"answer", "hangup", "hold", "unhold", "swap", "mute", "unmute", "volume", NULL};
  const char *name = verb->row->verb;

  if (strcmp (name, "device") == 0)
    return add_device (command, verb->arguments[0], verb->arguments[1], error);
  if (strcmp (name, "ptt") == 0)
    return add_talk (command, verb->arguments[0], error);
  if (!g_strv_contains (about_calls, name) || add_call (name, command, status))
    return true;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "there is no call to %s", name);
  return false;
}

/* ---- results and events ---------------------------------------------------------- */

static void
print_devices (JsonObject *result)
{
  JsonArray *devices = json_object_has_member (result, "devices")
                         ? json_object_get_array_member (result, "devices")
                         : NULL;

  for (guint i = 0; devices && i < json_array_get_length (devices); i++) {
    JsonObject *device = json_array_get_object_element (devices, i);
    const char *kind = hark_cli_member (device, "kind"), *name = hark_cli_member (device, "device");
    bool chosen = strcmp (hark_cli_member (result, kind), name) == 0;

    printf ("%-7s  %s  %s%s%s\n", kind, name, hark_cli_member (device, "text"),
            flag (device, "default") ? " (default)" : "", chosen ? " (chosen)" : "");
  }
  if (*hark_cli_member (result, "reason"))
    printf ("%s\n", hark_cli_member (result, "reason"));
}

static void
print_chosen (JsonObject *result)
{
  static const char *const parts[] = {"mic", "speaker", "ring"};
  static const char *const switches[] = {"echo", "noise", "gain", "low_delay"};

  for (size_t i = 0; i < G_N_ELEMENTS (parts); i++)
    if (*hark_cli_member (result, parts[i]))
      printf ("%-9s  %s\n", parts[i], hark_cli_member (result, parts[i]));
  for (size_t i = 0; i < G_N_ELEMENTS (switches); i++)
    printf ("%-9s  %s\n", switches[i], flag (result, switches[i]) ? "on" : "off");
}

bool
hark_cli_call_result (HarkVerb *verb, JsonObject *result)
{
  const char *name = verb->row->verb;

  if (strcmp (name, "devices") == 0 && !verb->json)
    print_devices (result);
  if ((strcmp (name, "devices") == 0 || strcmp (name, "device") == 0) && !verb->json)
    print_chosen (result);
  if (verb->row->wait != WAIT_CALL)
    return true;
  verb->call = json_object_get_int_member_with_default (result, "call", 0);
  return false;
}

static void
say (HarkVerb *verb, const char *sentence)
{
  if (g_strcmp0 (verb->said, sentence) == 0)
    return;
  g_free (verb->said);
  verb->said = g_strdup (sentence);
  fprintf (stderr, "%s\n", sentence);
}

static void
say_state (HarkVerb *verb, JsonObject *event)
{
  const char *state = hark_cli_member (event, "state"), *reason = hark_cli_member (event, "reason");

  if (strcmp (state, "calling") == 0) {
    say (verb, "Calling...");
  } else if (strcmp (state, "ringing") == 0) {
    say (verb, "It rings.");
  } else if (strcmp (state, "held") == 0) {
    say (verb, *reason ? reason : "On hold.");
  } else if (strcmp (state, "active") == 0) {
    const char *words = hark_cli_member (event, "words");
    g_autofree char *text = g_strconcat (
      "You talk. Ctrl-C hangs up.",
      *words ? " Say these words to each other, to know that nobody listens: " : "", words, NULL);

    verb->talked = true;
    say (verb, text);
  } else if (strcmp (state, "ended") == 0) {
    say (verb, *reason ? reason : "The call is over.");
    hark_cli_finish (verb, verb->talked || verb->leaving ? 0 : 1);
  }
}

void
hark_cli_call_event (HarkVerb *verb, const char *kind, JsonObject *event)
{
  if (verb->row->wait != WAIT_CALL || verb->call == 0
      || json_object_get_int_member_with_default (event, "call", 0) != verb->call)
    return;
  if (strcmp (kind, "call") == 0)
    say_state (verb, event);
  else if (strcmp (kind, "call-stats") == 0 && *hark_cli_member (event, "advice"))
    say (verb, hark_cli_member (event, "advice"));
  else if (strcmp (kind, "call-stats") == 0 && strcmp (verb->row->verb, "echo-test") == 0)
    say (verb, "Speak: you hear yourself two seconds later. Ctrl-C ends it.");
  else if (strcmp (kind, "echo-test") == 0 && !flag (event, "on"))
    hark_cli_finish (verb, 0);
}

JsonObject *
hark_cli_call_leave (HarkVerb *verb)
{
  JsonObject *command;

  if (verb->row->wait != WAIT_CALL || verb->call == 0 || verb->leaving)
    return NULL;
  verb->leaving = true;
  command = json_object_new ();
  json_object_set_string_member (command, "tag", "leave");
  if (strcmp (verb->row->verb, "echo-test") == 0) {
    json_object_set_string_member (command, "command", "echo-test");
    json_object_set_boolean_member (command, "on", FALSE);
  } else {
    json_object_set_string_member (command, "command", "hangup");
    json_object_set_int_member (command, "call", verb->call);
  }
  return command;
}
