/* app/cli/verb-write.c - arguments and options of a verb into its command. */
#include "app/cli/calls.h"
#include "app/cli/cli.h"
#include "app/cli/clips.h"
#include "app/cli/groups.h"
#include "app/cli/queue.h"
#include "app/cli/verb.h"

#include <string.h>

/* The contact that @wanted means: a name, or the first letters of an account; "me" is the user, who
 * writes notes there; NULL unless there is exactly one. */
static const char *
find_contact (JsonObject *status, const char *wanted, guint *ret_matches)
{
  JsonArray *contacts = json_object_has_member (status, "contacts")
                          ? json_object_get_array_member (status, "contacts")
                          : NULL;
  g_autofree char *folded = g_utf8_casefold (wanted, -1);
  const char *found = NULL;

  *ret_matches = 0;
  for (guint i = 0; contacts && i < json_array_get_length (contacts); i++) {
    JsonObject *contact = json_array_get_object_element (contacts, i);
    g_autofree char *name = g_utf8_casefold (hark_cli_member (contact, "name"), -1);

    if (strcmp (name, folded) == 0
        || g_str_has_prefix (hark_cli_member (contact, "contact"), folded)) {
      found = hark_cli_member (contact, "contact");
      (*ret_matches)++;
    }
  }
  if (*ret_matches == 0 && strcmp (wanted, "me") == 0)
    return hark_cli_member (status, "account");
  return *ret_matches == 1 ? found : NULL;
}

/* Who keeps mail: a contact, or else a node by its link or its name. */
static void
add_keeper (JsonObject *command, JsonObject *status, const char *argument)
{
  bool adds = strcmp (hark_cli_member (command, "command"), "mailbox-add") == 0;
  guint matches;
  const char *account = find_contact (status, argument, &matches);

  if (account)
    json_object_set_string_member (command, "contact", account);
  else
    json_object_set_string_member (command, adds ? "address" : "name", argument);
}

static void
add_paths (JsonObject *command, char **paths)
{
  JsonArray *array = json_array_new ();

  for (; *paths; paths++) {
    g_autofree char *absolute = g_canonicalize_filename (*paths, NULL);

    json_array_add_string_element (array, absolute);
  }
  json_object_set_array_member (command, "paths", array);
}

/* Where a backup goes, or backups; "off": nowhere. */
static void
add_place (JsonObject *command, const char *field, const char *argument)
{
  g_autofree char *absolute = strcmp (field, "directory") == 0 && strcmp (argument, "off") == 0
                                ? g_strdup ("")
                                : g_canonicalize_filename (argument, NULL);

  json_object_set_string_member (command, field, absolute);
}

static void
add_backup (const HarkVerb *verb, JsonObject *command)
{
  if (verb->secret)
    json_object_set_string_member (command, "passphrase", verb->secret);
  if (verb->no_messages)
    json_object_set_boolean_member (command, "no_messages", TRUE);
  if (verb->keep > 0)
    json_object_set_int_member (command, "keep", verb->keep);
  if (verb->hours > 0)
    json_object_set_int_member (command, "hours", verb->hours);
}

/* Or a group, which is a conversation like others. False: it could not be understood; said. */
bool
hark_cli_add_contact (HarkVerb *verb, JsonObject *command, JsonObject *status, const char *wanted)
{
  guint matches;
  const char *account = find_contact (status, wanted, &matches);
  const char *group = matches == 0 && !account ? hark_cli_group_find (status, wanted) : NULL;

  if (group) {
    json_object_set_string_member (command, "group", group);
    return true;
  }
  if (!account) {
    hark_cli_finish (verb, hark_cli_complain (1,
                                              matches ? "\"%s\" could be several contacts"
                                                      : "there is no contact or group \"%s\"",
                                              wanted));
    return false;
  }
  json_object_set_string_member (command, "contact", account);
  verb->to_self = strcmp (account, hark_cli_member (status, "account")) == 0;
  return true;
}

/* What the verbs about conversations say beside it; false: said why. */
static bool
add_archive (HarkVerb *verb, JsonObject *command, JsonObject *status, const char *argument)
{
  const char *name = verb->row->verb;
  g_autoptr (GError) error = NULL;

  if (verb->window.in && !hark_cli_add_contact (verb, command, status, verb->window.in))
    return false;
  if (strcmp (name, "note") == 0)
    json_object_set_string_member (command, "contact", hark_cli_member (status, "account"));
  if (strcmp (name, "export") == 0)
    json_object_set_boolean_member (command, "json", verb->json);
  if (hark_cli_window_fill (&verb->window, command, &error)
      && (g_strcmp0 (verb->row->argument, "days") != 0
          || hark_cli_days_fill (argument, command, &error))
      && (g_strcmp0 (verb->row->argument, "seconds") != 0
          || hark_cli_seconds_fill (argument, command, &error)))
    return true;
  hark_cli_finish (verb, hark_cli_complain (2, "%s", error->message));
  return false;
}

/* All conversations, where one may be named. */
static bool
means_all (const HarkVerb *verb)
{
  const char *name = verb->row->verb;

  return (strcmp (name, "export") == 0 || strcmp (name, "keep") == 0
          || g_str_has_prefix (name, "see-"))
         && strcmp (*verb->arguments, "all") == 0;
}

static void
add_volume (JsonObject *command, const char *argument)
{
  guint64 volume;

  if (g_ascii_string_to_unsigned (argument, 10, 0, G_MAXINT, &volume, NULL))
    json_object_set_int_member (command, "volume", (gint64) volume);
  else
    json_object_set_string_member (command, "volume", argument); /* is refused */
}

/* @fields: NULL, or names with commas between; as many @arguments. */
static void
add_arguments (JsonObject *command, JsonObject *status, const char *fields, char **arguments)
{
  static const char *const elsewhere[]
    = {"rest", "days", "seconds", "part", "as", "folder", "way", NULL};
  g_auto (GStrv) names = g_strsplit (fields ? fields : "", ",", -1);

  for (size_t i = 0; names[i]; i++) {
    if (strcmp (names[i], "path") == 0 || strcmp (names[i], "directory") == 0)
      add_place (command, names[i], arguments[i]);
    else if (strcmp (names[i], "paths") == 0)
      add_paths (command, arguments + i);
    else if (strcmp (names[i], "on") == 0)
      json_object_set_boolean_member (command, "on", strcmp (arguments[i], "on") == 0);
    else if (strcmp (names[i], "volume") == 0)
      add_volume (command, arguments[i]);
    else if (strcmp (names[i], "keeper") == 0)
      add_keeper (command, status, arguments[i]);
    else if (!g_strv_contains (elsewhere, names[i]))
      json_object_set_string_member (command, names[i], arguments[i]);
  }
}

JsonObject *
hark_cli_write_own (HarkVerb *verb, JsonObject *status)
{
  char **arguments = verb->arguments;
  g_autoptr (JsonObject) command = json_object_new ();
  g_autoptr (GError) error = NULL;

  json_object_set_string_member (command, "command", verb->row->command);
  json_object_set_string_member (command, "tag", "own");
  if (verb->row->contact && *arguments) {
    if (!means_all (verb) && !hark_cli_add_contact (verb, command, status, *arguments))
      return NULL;
    arguments++;
  }
  if (!hark_cli_group_fill (verb->row->verb, &arguments, command, status, &error)) {
    hark_cli_finish (verb, hark_cli_complain (1, "%s", error->message));
    return NULL;
  }
  if (!add_archive (verb, command, status, *arguments))
    return NULL;
  if (!hark_cli_queue_fill (verb->row->verb, arguments, command, &error)) {
    hark_cli_finish (verb, hark_cli_complain (2, "%s", error->message));
    return NULL;
  }
  if (!hark_people_fill (&verb->people, verb->row->verb, command, &error)) {
    hark_cli_finish (verb, hark_cli_complain (1, "%s", error->message));
    return NULL;
  }

  if (verb->one_time)
    json_object_set_boolean_member (command, "one_time", TRUE);
  if (verb->label)
    json_object_set_string_member (command, "label", verb->label);
  if (verb->text)
    json_object_set_string_member (command, "text", verb->text);
  add_backup (verb, command);
  add_arguments (command, status, verb->row->argument, arguments);
  if (!hark_cli_clip_fill (verb->row->verb, command, &error)
      || !hark_cli_call_fill (verb, command, status, &error)
      || !hark_cli_group_picture (verb->row->verb, command, &error)) {
    hark_cli_finish (verb, hark_cli_complain (1, "%s", error->message));
    return NULL;
  }
  return g_steal_pointer (&command);
}
