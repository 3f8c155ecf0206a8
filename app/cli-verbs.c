/* app/cli-verbs.c - the verbs that act through an engine: the running one, or one started for it.
 *
 * Either way a verb sends JSON commands and reads JSON events: first "status" (to know the contacts
 * by name), then its own command, then, for messages and files, the events until the other side has
 * it.
 */

#include "app/cli-verbs.h"
#include "app/cli-archive.h"
#include "app/cli-clips.h"
#include "app/cli-groups.h"
#include "app/cli-lines.h"
#include "app/cli-people.h"
#include "app/cli.h"
#include "app/control.h"
#include "app/json.h"

#include <glib-unix.h>
#include <json-glib/json-glib.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define WORDS_TRY_MS 1000
#define WORDS_TRIES 30 /* of an engine of our own */
#define LOOK_MS 9000   /* what a node needs to know where it is (core/doctor.c) */

typedef enum {
  WAIT_RESULT,    /* done with the result */
  WAIT_DELIVERED, /* until the message is on the other side's disk */
  WAIT_MOVED,     /* until every transfer is over */
  WAIT_LOOK,      /* an engine of our own looks around for a while before it is asked */
  WAIT_WORDS,     /* until there are words to compare, and how they compare */
} Wait;

static const struct {
  const char *verb;
  const char *command;
  bool contact;         /* the first argument is one */
  const char *argument; /* NULL, or the field of the next one; "paths" takes all the rest, "on" is
                           on or off; several with commas between */
  Wait wait;
} verbs[] = {
  {"address",        "address",       false, NULL,        WAIT_RESULT   },
  {"add",            "add",           false, "address",   WAIT_RESULT   },
  {"contacts",       "status",        false, NULL,        WAIT_RESULT   },
  {"requests",       "status",        false, NULL,        WAIT_RESULT   },
  {"about",          "status",        true,  NULL,        WAIT_RESULT   },
  {"profile",        "profile",       false, NULL,        WAIT_RESULT   },
  {"status-text",    "profile",       false, "text",      WAIT_RESULT   },
  {"presence",       "presence",      false, "how",       WAIT_RESULT   },
  {"notes",          "notes",         true,  "text",      WAIT_RESULT   },
  {"favourite",      "favourite",     true,  "on",        WAIT_RESULT   },
  {"silence",        "silence",       true,  "on",        WAIT_RESULT   },
  {"may-give-files", "may",           true,  "on",        WAIT_RESULT   },
  {"see-typing",     "may",           true,  "on",        WAIT_RESULT   },
  {"see-read",       "may",           true,  "on",        WAIT_RESULT   },
  {"compare",        "compare",       false, "text",      WAIT_RESULT   },
  {"words",          "words",         true,  NULL,        WAIT_WORDS    },
  {"words-match",    "words",         true,  NULL,        WAIT_RESULT   },
  {"words-differ",   "words",         true,  NULL,        WAIT_RESULT   },
  {"status",         "status",        false, NULL,        WAIT_RESULT   },
  {"doctor",         "doctor",        true,  NULL,        WAIT_LOOK     },
  {"people-here",    "people-here",   false, NULL,        WAIT_RESULT   },
  {"accept",         "accept",        true,  NULL,        WAIT_RESULT   },
  {"decline",        "decline",       true,  NULL,        WAIT_RESULT   },
  {"block",          "block",         true,  NULL,        WAIT_RESULT   },
  {"remove",         "remove",        true,  NULL,        WAIT_RESULT   },
  {"rename",         "rename",        true,  "name",      WAIT_RESULT   },
  {"verify",         "verify",        true,  NULL,        WAIT_RESULT   },
  {"history",        "history",       true,  NULL,        WAIT_RESULT   },
  {"search",         "search",        false, "text",      WAIT_RESULT   },
  {"chats",          "chats",         false, NULL,        WAIT_RESULT   },
  {"draft",          "draft",         true,  "text",      WAIT_RESULT   },
  {"note",           "send",          false, "text",      WAIT_RESULT   },
  {"unread",         "unread",        true,  "on",        WAIT_RESULT   },
  {"pin",            "pin",           true,  "on",        WAIT_RESULT   },
  {"archive",        "archive",       true,  "on",        WAIT_RESULT   },
  {"keep",           "keep",          true,  "days",      WAIT_RESULT   },
  {"clear",          "clear",         true,  NULL,        WAIT_RESULT   },
  {"export",         "export",        true,  "path",      WAIT_RESULT   },
  {"send",           "send",          true,  "text",      WAIT_DELIVERED},
  {"edit",           "edit",          true,  "id,text",   WAIT_DELIVERED},
  {"delete",         "delete",        true,  "id",        WAIT_DELIVERED},
  {"react",          "react",         true,  "id,text",   WAIT_DELIVERED},
  {"timer",          "timer",         true,  "seconds",   WAIT_DELIVERED},
  {"clip",           "clip",          true,  "sound",     WAIT_DELIVERED},
  {"sound",          "sound",         true,  "id,file",   WAIT_RESULT   },
  {"edits",          "edits",         true,  "id",        WAIT_RESULT   },
  {"quarantine",     "quarantine",    false, NULL,        WAIT_RESULT   },
  {"give",           "give",          true,  "paths",     WAIT_MOVED    },
  {"join",           "network",       false, "name",      WAIT_RESULT   },
  {"leave",          "network",       false, NULL,        WAIT_RESULT   },
  {"add-peer",       "add-peer",      false, "name",      WAIT_RESULT   },
  {"remove-peer",    "remove-peer",   false, "name",      WAIT_RESULT   },
  {"relay",          "relay",         false, "on",        WAIT_RESULT   },
  {"backup",         "backup",        false, "path",      WAIT_RESULT   },
  {"auto-backup",    "auto-backup",   false, "directory", WAIT_RESULT   },
  {"relay-for",      "relay",         true,  "on",        WAIT_RESULT   },
  {"mailbox-list",   "mailbox",       false, NULL,        WAIT_RESULT   },
  {"mailbox-add",    "mailbox-add",   false, "keeper",    WAIT_RESULT   },
  {"mailbox-remove", "mailbox-drop",  false, "keeper",    WAIT_RESULT   },
  {"mailbox-for",    "mailbox-for",   true,  "on",        WAIT_RESULT   },
  {"relay-add",      "relay-add",     false, "address",   WAIT_RESULT   },
  {"relay-remove",   "relay-remove",  false, "name",      WAIT_RESULT   },
  {"relay-list",     "status",        false, NULL,        WAIT_RESULT   },
  {"group-create",   "group-create",  false, "name",      WAIT_RESULT   },
  {"group-list",     "groups",        false, NULL,        WAIT_RESULT   },
  {"group-add",      "group-add",     false, NULL,        WAIT_RESULT   },
  {"group-remove",   "group-remove",  false, NULL,        WAIT_RESULT   },
  {"group-admin",    "group-role",    false, NULL,        WAIT_RESULT   },
  {"group-member",   "group-role",    false, NULL,        WAIT_RESULT   },
  {"group-accept",   "group-accept",  false, NULL,        WAIT_RESULT   },
  {"group-leave",    "group-leave",   false, NULL,        WAIT_RESULT   },
  {"group-forget",   "group-forget",  false, NULL,        WAIT_RESULT   },
  {"group-rename",   "group-rename",  false, "name",      WAIT_RESULT   },
  {"group-notices",  "group-notices", false, "how",       WAIT_RESULT   },
  {"group-send",     "send",          false, "text",      WAIT_DELIVERED},
  {"group-history",  "history",       false, NULL,        WAIT_RESULT   },
};

typedef struct {
  GMainLoop *loop;
  GSocketConnection *connection; /* to a running engine, or */
  GDataInputStream *input;
  HarkEngine *engine; /* our own */
  size_t verb;        /* index into verbs */
  char **arguments;   /* borrowed */
  gboolean one_time;
  char *label;
  char *text;   /* of a request */
  char *secret; /* passphrase of a backup */
  gboolean no_messages;
  int keep, hours;      /* of automatic backups; 0: the usual */
  HarkCliWindow window; /* of history and search */
  bool json;            /* print and export objects, one a line */
  JsonObject *status;   /* as it was before the verb's own command */
  HarkPeopleOptions people;
  unsigned tries;        /* of words while they are not online yet */
  bool to_self;          /* notes: nobody has to get them */
  char *message;         /* id we wait for */
  GHashTable *transfers; /* numbers not yet over */
  bool failed_transfer;
  bool looked;
  int code;
} Verb;

static void
finish (Verb *verb, int code)
{
  verb->code = code;
  g_main_loop_quit (verb->loop);
}

static char *
to_line (JsonObject *object)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);

  json_node_set_object (node, object);
  return json_to_string (node, FALSE);
}

static void
send_command (Verb *verb, JsonObject *object)
{
  g_autofree char *line = to_line (object);

  if (verb->connection) {
    g_autofree char *whole = g_strconcat (line, "\n", NULL);
    GOutputStream *output = g_io_stream_get_output_stream (G_IO_STREAM (verb->connection));

    if (!g_output_stream_write_all (output, whole, strlen (whole), NULL, NULL, NULL))
      finish (verb, hark_cli_complain (1, "the running engine does not listen any more"));
  } else {
    g_autofree char *tag = NULL;
    g_autofree char *name = NULL;
    g_autoptr (GError) error = NULL;
    HarkCommand *command = hark_json_parse_command (line, &tag, &name, &error);

    if (command)
      hark_engine_send (verb->engine, command);
    else
      finish (verb, hark_cli_complain (2, "%s", error->message));
  }
}

static const char *
member (JsonObject *object, const char *field)
{
  return json_object_get_string_member_with_default (object, field, "");
}

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
    g_autofree char *name = g_utf8_casefold (member (contact, "name"), -1);

    if (strcmp (name, folded) == 0 || g_str_has_prefix (member (contact, "contact"), folded)) {
      found = member (contact, "contact");
      (*ret_matches)++;
    }
  }
  if (*ret_matches == 0 && strcmp (wanted, "me") == 0)
    return member (status, "account");
  return *ret_matches == 1 ? found : NULL;
}

/* Who keeps mail: a contact, or else a node by its link or its name. */
static void
add_keeper (JsonObject *command, JsonObject *status, const char *argument)
{
  bool adds = strcmp (member (command, "command"), "mailbox-add") == 0;
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
add_backup (const Verb *verb, JsonObject *command)
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
static bool
add_contact (Verb *verb, JsonObject *command, JsonObject *status, const char *wanted)
{
  guint matches;
  const char *account = find_contact (status, wanted, &matches);
  const char *group = matches == 0 && !account ? hark_cli_group_find (status, wanted) : NULL;

  if (group) {
    json_object_set_string_member (command, "group", group);
    return true;
  }
  if (!account) {
    finish (verb, hark_cli_complain (1,
                                     matches ? "\"%s\" could be several contacts"
                                             : "there is no contact or group \"%s\"",
                                     wanted));
    return false;
  }
  json_object_set_string_member (command, "contact", account);
  verb->to_self = strcmp (account, member (status, "account")) == 0;
  return true;
}

/* What the verbs about conversations say beside it; false: said why. */
static bool
add_archive (Verb *verb, JsonObject *command, JsonObject *status, const char *argument)
{
  const char *name = verbs[verb->verb].verb;
  g_autoptr (GError) error = NULL;

  if (verb->window.in && !add_contact (verb, command, status, verb->window.in))
    return false;
  if (strcmp (name, "note") == 0)
    json_object_set_string_member (command, "contact", member (status, "account"));
  if (strcmp (name, "export") == 0)
    json_object_set_boolean_member (command, "json", verb->json);
  if (hark_cli_window_fill (&verb->window, command, &error)
      && (g_strcmp0 (verbs[verb->verb].argument, "days") != 0
          || hark_cli_days_fill (argument, command, &error))
      && (g_strcmp0 (verbs[verb->verb].argument, "seconds") != 0
          || hark_cli_seconds_fill (argument, command, &error)))
    return true;
  finish (verb, hark_cli_complain (2, "%s", error->message));
  return false;
}

/* All conversations, where one may be named. */
static bool
means_all (const Verb *verb)
{
  const char *name = verbs[verb->verb].verb;

  return (strcmp (name, "export") == 0 || strcmp (name, "keep") == 0
          || g_str_has_prefix (name, "see-"))
         && strcmp (*verb->arguments, "all") == 0;
}

/* @fields: NULL, or names with commas between; as many @arguments. */
static void
add_arguments (JsonObject *command, JsonObject *status, const char *fields, char **arguments)
{
  g_auto (GStrv) names = g_strsplit (fields ? fields : "", ",", -1);

  for (size_t i = 0; names[i]; i++) {
    if (strcmp (names[i], "path") == 0 || strcmp (names[i], "directory") == 0)
      add_place (command, names[i], arguments[i]);
    else if (strcmp (names[i], "paths") == 0)
      add_paths (command, arguments + i);
    else if (strcmp (names[i], "on") == 0)
      json_object_set_boolean_member (command, "on", strcmp (arguments[i], "on") == 0);
    else if (strcmp (names[i], "keeper") == 0)
      add_keeper (command, status, arguments[i]);
    else if (strcmp (names[i], "days") != 0 && strcmp (names[i], "seconds") != 0)
      json_object_set_string_member (command, names[i], arguments[i]);
  }
}

/* The verb's own command, now that contacts are known. */
static void
send_own_command (Verb *verb, JsonObject *status)
{
  char **arguments = verb->arguments;
  g_autoptr (JsonObject) command = json_object_new ();
  g_autoptr (GError) error = NULL;

  json_object_set_string_member (command, "command", verbs[verb->verb].command);
  json_object_set_string_member (command, "tag", "own");
  if (verbs[verb->verb].contact && *arguments) {
    if (!means_all (verb) && !add_contact (verb, command, status, *arguments))
      return;
    arguments++;
  }
  if (!hark_cli_group_fill (verbs[verb->verb].verb, &arguments, command, status, &error)) {
    finish (verb, hark_cli_complain (1, "%s", error->message));
    return;
  }
  if (!add_archive (verb, command, status, *arguments))
    return;
  if (!hark_people_fill (&verb->people, verbs[verb->verb].verb, command, &error)) {
    finish (verb, hark_cli_complain (1, "%s", error->message));
    return;
  }

  if (verb->one_time)
    json_object_set_boolean_member (command, "one_time", TRUE);
  if (verb->label)
    json_object_set_string_member (command, "label", verb->label);
  if (verb->text)
    json_object_set_string_member (command, "text", verb->text);
  add_backup (verb, command);
  add_arguments (command, status, verbs[verb->verb].argument, arguments);
  if (!hark_cli_clip_fill (verbs[verb->verb].verb, command, &error)) {
    finish (verb, hark_cli_complain (1, "%s", error->message));
    return;
  }
  send_command (verb, command);
}

/* ---- what comes back ------------------------------------------------------------- */

static void
print_people (JsonObject *result)
{
  JsonArray *people = json_object_get_array_member (result, "people");

  for (guint i = 0; i < json_array_get_length (people); i++) {
    JsonObject *person = json_array_get_object_element (people, i);

    printf ("%s  %s\n", member (person, "address"), member (person, "name"));
  }
}

static void
print_mailboxes (JsonObject *result)
{
  JsonArray *list = json_object_get_array_member (result, "mailboxes");

  for (guint i = 0; list && i < json_array_get_length (list); i++) {
    JsonObject *one = json_array_get_object_element (list, i);
    bool keeps = json_object_get_boolean_member_with_default (one, "keeps", FALSE);

    if (json_object_get_boolean_member_with_default (one, "asked", FALSE))
      printf ("%s%s %s\n", member (one, "name"),
              json_object_get_boolean_member_with_default (one, "node", FALSE) ? " (your node)"
                                                                               : "",
              keeps ? "keeps mail for you" : "has not agreed to keep mail for you yet");
    if (json_object_get_boolean_member_with_default (one, "kept", FALSE))
      printf ("You keep mail for %s\n", member (one, "name"));
    else if (json_object_get_boolean_member_with_default (one, "wants", FALSE))
      printf ("%s would like you to keep mail: mailbox-for %s on\n", member (one, "name"),
              member (one, "name"));
  }
}

static void
print_relay_nodes (JsonObject *result)
{
  JsonObject *network = json_object_get_object_member (result, "network");
  JsonArray *nodes = json_object_get_array_member (network, "relay_nodes");

  for (guint i = 0; nodes && i < json_array_get_length (nodes); i++)
    printf ("%s\n", json_array_get_string_element (nodes, i));
}

static void
remember_transfers (Verb *verb, JsonObject *result)
{
  JsonArray *transfers = json_object_get_array_member (result, "transfers");

  for (guint i = 0; transfers && i < json_array_get_length (transfers); i++) {
    int64_t number = json_array_get_int_element (transfers, i);

    g_hash_table_add (verb->transfers, g_memdup2 (&number, sizeof number));
  }
}

static void
ask_status (Verb *verb)
{
  g_autoptr (JsonObject) status = json_object_new ();

  json_object_set_string_member (status, "command", "status");
  json_object_set_string_member (status, "tag", "status");
  send_command (verb, status);
}

/* True when nothing is a problem. */
static bool
print_findings (JsonObject *result)
{
  JsonArray *findings = json_object_get_array_member (result, "findings");
  bool well = true;

  for (guint i = 0; findings && i < json_array_get_length (findings); i++) {
    JsonObject *finding = json_array_get_object_element (findings, i);
    const char *level = member (finding, "level");

    well &= strcmp (level, "problem") != 0;
    printf ("%-8s %s\n", level, member (finding, "text"));
    if (*member (finding, "step"))
      printf ("         %s\n", member (finding, "step"));
  }
  return well;
}

/* Contacts may have come online meanwhile: their names are asked for again. */
static gboolean
on_looked (gpointer data)
{
  ask_status (data);
  return G_SOURCE_REMOVE;
}

/* False: it could not be written; said. */
static bool
save_sound (const Verb *verb, JsonObject *result)
{
  g_autoptr (GError) error = NULL;

  if (hark_cli_clip_save (result, verb->arguments[2], &error))
    return true;
  hark_cli_complain (1, "%s", error->message);
  return false;
}

static void
handle_own_result (Verb *verb, JsonObject *result)
{
  const char *name = verbs[verb->verb].verb;

  if (!json_object_get_boolean_member_with_default (result, "ok", FALSE)) {
    if (verbs[verb->verb].wait == WAIT_WORDS && verb->engine && verb->tries++ < WORDS_TRIES
        && strcmp (member (result, "code"), "offline") == 0)
      g_timeout_add (WORDS_TRY_MS, on_looked, verb);
    else
      finish (verb, hark_cli_complain (1, "%s", member (result, "error")));
    return;
  }
  if (hark_people_print (&verb->people, name, result) || hark_cli_group_print (name, result))
    ;
  else if (strcmp (name, "add") == 0)
    printf ("%s\n", member (result, "contact"));
  else if (strcmp (name, "people-here") == 0)
    print_people (result);
  else if (strcmp (name, "mailbox-list") == 0)
    print_mailboxes (result);
  else if (strcmp (verbs[verb->verb].command, "history") == 0)
    hark_cli_print_messages (verb->status, result, verb->window.ids, verb->json);
  else if (strcmp (name, "search") == 0)
    hark_cli_print_found (verb->status, result, verb->json);
  else if (strcmp (name, "chats") == 0)
    hark_cli_print_chats (verb->status, result, verb->json);
  else if (strcmp (name, "edits") == 0)
    hark_cli_print_versions (result);
  else if (strcmp (name, "quarantine") == 0)
    hark_cli_print_refused (verb->status, result);
  else if ((strcmp (name, "doctor") == 0 && !print_findings (result))
           || (strcmp (name, "sound") == 0 && !save_sound (verb, result))) {
    finish (verb, 1);
    return;
  }

  if (verbs[verb->verb].wait == WAIT_DELIVERED && !verb->to_self)
    verb->message = g_strdup (member (result, "id"));
  else if (verbs[verb->verb].wait == WAIT_MOVED)
    remember_transfers (verb, result);
  else if (verbs[verb->verb].wait != WAIT_WORDS)
    finish (verb, 0);
}

static void
print_about (Verb *verb, JsonObject *status)
{
  g_autoptr (JsonObject) command = json_object_new ();

  if (!add_contact (verb, command, status, *verb->arguments))
    return;
  hark_people_print_status ("about", status, member (command, "contact"));
  finish (verb, 0);
}

static void
handle_status (Verb *verb, JsonObject *result)
{
  const char *name = verbs[verb->verb].verb;

  if (strcmp (name, "about") == 0) {
    print_about (verb, result);
  } else if (hark_people_print_status (name, result, NULL)) {
    finish (verb, 0);
  } else if (strcmp (name, "relay-list") == 0) {
    print_relay_nodes (result);
    finish (verb, 0);
  } else if (strcmp (name, "status") == 0) {
    g_autofree char *line = to_line (result);

    printf ("%s\n", line);
    finish (verb, 0);
  } else if (verbs[verb->verb].wait == WAIT_LOOK && verb->engine && !verb->looked) {
    verb->looked = true;
    g_timeout_add (LOOK_MS, on_looked, verb);
  } else {
    g_clear_pointer (&verb->status, json_object_unref);
    verb->status = json_object_ref (result);
    send_own_command (verb, result);
  }
}

static void
handle_message_state (Verb *verb, JsonObject *event)
{
  if (!verb->message || strcmp (member (event, "id"), verb->message) != 0)
    return;
  if (strcmp (member (event, "state"), "delivered") == 0
      || (json_object_has_member (event, "group")
          && strcmp (member (event, "state"), "sent") == 0) /* a member has it */
      || strcmp (member (event, "state"), "read") == 0)
    finish (verb, 0);
  else if (*member (event, "reason"))
    fprintf (stderr, "%s\n", member (event, "reason"));
}

static void
show_progress (JsonObject *event)
{
  double size = (double) json_object_get_int_member_with_default (event, "size", 0);
  double bytes = (double) json_object_get_int_member_with_default (event, "bytes", 0);
  double rate = json_object_get_double_member_with_default (event, "rate", 0);
  int filled = size > 0 ? (int) (30 * bytes / size) : 30;

  if (!isatty (STDERR_FILENO))
    return;
  fprintf (stderr, "\r%-24.24s [%.*s%*s] %5.1f %% %8.1f MB/s ", member (event, "name"), filled,
           "##############################", 30 - filled, "", size > 0 ? 100 * bytes / size : 100,
           rate / 1e6);
}

static void
handle_file_state (Verb *verb, JsonObject *event)
{
  int64_t number = json_object_get_int_member_with_default (event, "transfer", 0);
  const char *state = member (event, "state");
  bool done = strcmp (state, "done") == 0;

  if (!g_hash_table_contains (verb->transfers, &number))
    return;
  show_progress (event);
  if (done && json_object_has_member (event, "skipped"))
    fprintf (stderr, "\n%s: %d left out: links, devices, or not readable.\n",
             member (event, "name"), (int) json_object_get_int_member (event, "skipped"));
  if (!done && strcmp (state, "refused") != 0 && strcmp (state, "failed") != 0)
    return;

  if (isatty (STDERR_FILENO))
    fputc ('\n', stderr);
  if (!done) {
    verb->failed_transfer = true;
    hark_cli_complain (1, "%s: %s %s", member (event, "name"), state, member (event, "reason"));
  }
  g_hash_table_remove (verb->transfers, &number);
  if (g_hash_table_size (verb->transfers) == 0)
    finish (verb, verb->failed_transfer ? 1 : 0);
}

/* Words on the terminal, and what the user says to them; in a script, words-match and words-differ
 * say it. */
static void
handle_words (Verb *verb, JsonObject *event)
{
  const char *state = member (event, "state");
  g_autoptr (JsonObject) command = json_object_new ();
  char answer[16] = "";

  if (strcmp (state, "over") == 0)
    finish (verb, hark_cli_complain (1, "%s", member (event, "reason")));
  else if (strcmp (state, "confirmed") == 0)
    finish (verb, 0);
  if (strcmp (state, "shown") != 0)
    return;
  printf ("%s\n", member (event, "words"));
  fflush (stdout);
  if (!isatty (STDIN_FILENO) || !isatty (STDOUT_FILENO)) {
    finish (verb, 0);
    return;
  }
  printf ("Do you hear the same words from them? [yes/no] ");
  fflush (stdout);
  if (!fgets (answer, sizeof answer, stdin)) {
    finish (verb, 1);
    return;
  }
  json_object_set_string_member (command, "command", "words");
  json_object_set_string_member (command, "contact", member (event, "contact"));
  json_object_set_string_member (command, "how",
                                 g_ascii_tolower (answer[0]) == 'y' ? "match" : "differ");
  send_command (verb, command);
}

static void
handle_line (Verb *verb, const char *line)
{
  g_autoptr (JsonNode) root = json_from_string (line, NULL);
  JsonObject *event;
  const char *kind;

  if (!root || !JSON_NODE_HOLDS_OBJECT (root))
    return;
  event = json_node_get_object (root);
  kind = member (event, "event");
  if (strcmp (kind, "result") == 0) {
    if (strcmp (member (event, "tag"), "status") == 0)
      handle_status (verb, event);
    else if (strcmp (member (event, "tag"), "own") == 0)
      handle_own_result (verb, event);
  } else if (strcmp (kind, "message-state") == 0) {
    handle_message_state (verb, event);
  } else if (strcmp (kind, "file-state") == 0) {
    handle_file_state (verb, event);
  } else if (strcmp (kind, "words") == 0 && verbs[verb->verb].wait == WAIT_WORDS) {
    handle_words (verb, event);
  }
}

static void
on_event (const HarkEvent *event, void *data)
{
  g_autofree char *line = hark_json_format_event (event);

  handle_line (data, line);
}

static void
on_line (GObject *source, GAsyncResult *result, gpointer data)
{
  Verb *verb = data;
  g_autofree char *line
    = g_data_input_stream_read_line_finish (G_DATA_INPUT_STREAM (source), result, NULL, NULL);

  if (!line) {
    finish (verb, hark_cli_complain (1, "the running engine ended"));
    return;
  }
  handle_line (verb, line);
  if (g_main_loop_is_running (verb->loop))
    g_data_input_stream_read_line_async (verb->input, G_PRIORITY_DEFAULT, NULL, on_line, verb);
}

static gboolean
on_signal (gpointer data)
{
  finish (data, 1);
  return G_SOURCE_CONTINUE;
}

/* The running engine, or one of our own. */
static bool
reach_engine (Verb *verb, const HarkOptions *options, const char *passphrase, GError **error)
{
  HarkEngineConfig config;

  verb->connection = hark_control_connect (options->profile);
  if (verb->connection) {
    verb->input
      = g_data_input_stream_new (g_io_stream_get_input_stream (G_IO_STREAM (verb->connection)));
    g_data_input_stream_read_line_async (verb->input, G_PRIORITY_DEFAULT, NULL, on_line, verb);
    return true;
  }
  hark_options_to_config (options, passphrase, &config);
  verb->engine = hark_engine_new (&config, NULL, on_event, verb, error);
  return verb->engine != NULL;
}

static int
run_verb (Verb *verb, const HarkOptions *options, const char *passphrase)
{
  g_autoptr (GError) error = NULL;

  verb->loop = g_main_loop_new (NULL, FALSE);
  verb->transfers = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  if (reach_engine (verb, options, passphrase, &error)) {
    g_unix_signal_add (SIGTERM, on_signal, verb);
    g_unix_signal_add (SIGINT, on_signal, verb);
    ask_status (verb);
    g_main_loop_run (verb->loop);
  } else {
    verb->code = hark_cli_complain (1, "%s", error->message);
  }

  g_clear_pointer (&verb->engine, hark_engine_free);
  g_clear_object (&verb->input);
  g_clear_object (&verb->connection);
  g_hash_table_unref (verb->transfers);
  g_main_loop_unref (verb->loop);
  g_free (verb->message);
  g_clear_pointer (&verb->status, json_object_unref);
  return verb->code;
}

static bool
find_verb (const char *name, size_t *ret)
{
  for (size_t i = 0; i < G_N_ELEMENTS (verbs); i++)
    if (strcmp (verbs[i].verb, name) == 0) {
      *ret = i;
      return true;
    }
  return false;
}

/* "relay add" is relay-add, and so on; options may stand between. NULL: it is one word. */
static char *
join_words (int *argc, char **argv)
{
  g_autofree char *longer = NULL;
  size_t verb;
  int at = 1;

  if (strcmp (argv[0], "relay") != 0 && strcmp (argv[0], "group") != 0
      && strcmp (argv[0], "mailbox") != 0)
    return NULL;
  while (at < *argc && argv[at][0] == '-')
    at += strcmp (argv[at], "--profile") == 0 ? 2 : 1;
  if (at >= *argc)
    return NULL;
  longer = g_strdup_printf ("%s-%s", argv[0], argv[at]);
  if (!find_verb (longer, &verb))
    return NULL;
  memmove (argv + at, argv + at + 1, (size_t) (*argc - at) * sizeof *argv); /* with its NULL */
  --*argc;
  return g_steal_pointer (&longer);
}

/* What may stand behind "group", "mailbox" or "relay". */
static int
complain_unknown (const char *name)
{
  g_autoptr (GString) list = g_string_new (NULL);
  const size_t len = strlen (name);

  for (size_t i = 0; i < G_N_ELEMENTS (verbs); i++)
    if (strncmp (verbs[i].verb, name, len) == 0 && verbs[i].verb[len] == '-')
      g_string_append_printf (list, "%s%s", list->len > 0 ? ", " : "", verbs[i].verb + len + 1);
  return list->len > 0
           ? hark_cli_complain (2, "%s wants one of these behind it: %s", name, list->str)
           : hark_cli_complain (2, "there is no verb \"%s\"; try hark-cli --help", name);
}

static int
count_arguments (const Verb *verb)
{
  const char *fields = verbs[verb->verb].argument;
  int n = verbs[verb->verb].contact + (fields != NULL);

  for (; fields && *fields; fields++)
    n += *fields == ',';
  return n;
}

int
hark_cli_verb (int argc, char **argv)
{
  Verb verb = {0};
  int backup_fd = -1;
  HarkOptions options;
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  const GOptionEntry entries[] = {
    {"one-time",             0, 0, G_OPTION_ARG_NONE,   &verb.one_time,    "An invite for one person",      NULL  },
    {"label",                0, 0, G_OPTION_ARG_STRING, &verb.label,       "A name for the address",        "TEXT"},
    {"text",                 0, 0, G_OPTION_ARG_STRING, &verb.text,        "A few words with the request",  "TEXT"},
    {"backup-passphrase-fd", 0, 0, G_OPTION_ARG_INT,    &backup_fd,
     "Seal a backup with the passphrase from this descriptor",                                              "N"   },
    {"no-messages",          0, 0, G_OPTION_ARG_NONE,   &verb.no_messages, "A backup without messages",     NULL  },
    {"keep",                 0, 0, G_OPTION_ARG_INT,    &verb.keep,        "Automatic backups to keep (7)", "N"   },
    {"hours",                0, 0, G_OPTION_ARG_INT,    &verb.hours,       "Hours between two (24)",        "N"   },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GError) error = NULL;
  g_autofree char *longer = NULL;
  char *passphrase = NULL;
  int wanted, code;

  longer = join_words (&argc, argv);
  if (longer)
    argv[0] = longer;
  if (!find_verb (argv[0], &verb.verb))
    return complain_unknown (argv[0]);

  hark_options_init (&options);
  hark_options_add (&options, context);
  g_option_group_add_entries (g_option_context_get_main_group (context), entries);
  hark_cli_window_add (&verb.window, context);
  hark_people_options_add (&verb.people, context);
  wanted = count_arguments (&verb) + hark_cli_group_arguments (verbs[verb.verb].verb);
  if (!g_option_context_parse (context, &argc, &argv, &error)
      || !hark_options_finish (&options, &error)
      || !hark_people_options_scan (&verb.people, &argc, argv, &error))
    code = hark_cli_complain (2, "%s", error->message);
  else if (argc - 1 < wanted - (verbs[verb.verb].wait == WAIT_LOOK)
           || (argc - 1 > wanted && g_strcmp0 (verbs[verb.verb].argument, "paths") != 0))
    code = hark_cli_complain (2, "%s wants %d argument%s; see hark-cli --help",
                              verbs[verb.verb].verb, wanted, wanted == 1 ? "" : "s");
  else if (g_strcmp0 (verbs[verb.verb].argument, "on") == 0 && strcmp (argv[argc - 1], "on") != 0
           && strcmp (argv[argc - 1], "off") != 0)
    code = hark_cli_complain (2, "%s wants \"on\" or \"off\"", verbs[verb.verb].verb);
  else if (options.passphrase_fd >= 0
           && !(passphrase = hark_options_read_passphrase (options.passphrase_fd, &error)))
    code = hark_cli_complain (1, "%s", error->message);
  else if (backup_fd >= 0 && !(verb.secret = hark_options_read_passphrase (backup_fd, &error)))
    code = hark_cli_complain (1, "%s", error->message);
  else {
    verb.arguments = argv + 1;
    verb.json = options.json;
    code = run_verb (&verb, &options, passphrase);
  }
  hark_words_free (passphrase);
  hark_words_free (verb.secret);
  hark_cli_window_clear (&verb.window);
  hark_people_options_clear (&verb.people);
  g_free (verb.label);
  g_free (verb.text);
  hark_options_clear (&options);
  return code;
}
