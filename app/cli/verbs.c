/* app/cli/verbs.c - the verbs that act through an engine: the running one, or one started for it.
 *
 * Either way a verb sends JSON commands and reads JSON events: first "status" (to know the contacts
 * by name), then its own command, then, for messages and files, the events until the other side has
 * it.
 */

#include "app/cli/verbs.h"
#include "app/cli/archive.h"
#include "app/cli/calls.h"
#include "app/cli/cli.h"
#include "app/cli/clips.h"
#include "app/cli/files.h"
#include "app/cli/groups.h"
#include "app/cli/lines.h"
#include "app/cli/people.h"
#include "app/cli/queue.h"
#include "app/cli/verb-table.h"
#include "app/cli/verb.h"
#include "app/control.h"
#include "app/json/json.h"

#include <glib-unix.h>
#include <json-glib/json-glib.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define WORDS_TRY_MS 1000
#define WORDS_TRIES 30 /* of an engine of our own */
#define LOOK_MS 9000   /* what a node needs to know where it is (core/heart/people/doctor.c) */

static char *
to_line (JsonObject *object)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);

  json_node_set_object (node, object);
  return json_to_string (node, FALSE);
}

static void
send_command (HarkVerb *verb, JsonObject *object)
{
  g_autofree char *line = to_line (object);

  if (verb->connection) {
    g_autofree char *whole = g_strconcat (line, "\n", NULL);
    GOutputStream *output = g_io_stream_get_output_stream (G_IO_STREAM (verb->connection));

    if (!g_output_stream_write_all (output, whole, strlen (whole), NULL, NULL, NULL))
      hark_cli_finish (verb, hark_cli_complain (1, "the running engine does not listen any more"));
  } else {
    g_autofree char *tag = NULL;
    g_autofree char *name = NULL;
    g_autoptr (GError) error = NULL;
    HarkCommand *command = hark_json_parse_command (line, &tag, &name, &error);

    if (command)
      hark_engine_send (verb->engine, command);
    else
      hark_cli_finish (verb, hark_cli_complain (2, "%s", error->message));
  }
}

static void
send_own_command (HarkVerb *verb)
{
  g_autoptr (JsonObject) command = hark_cli_write_own (verb, verb->status);

  if (command && hark_cli_files_fill (verb, command, verb->status))
    send_command (verb, command);
}

/* ---- what comes back ------------------------------------------------------------- */

static void
remember_transfers (HarkVerb *verb, JsonObject *result)
{
  JsonArray *transfers = json_object_get_array_member (result, "transfers");

  for (guint i = 0; transfers && i < json_array_get_length (transfers); i++) {
    int64_t number = json_array_get_int_element (transfers, i);

    g_hash_table_add (verb->transfers, g_memdup2 (&number, sizeof number));
  }
}

static void
ask_status (HarkVerb *verb)
{
  g_autoptr (JsonObject) status = json_object_new ();

  json_object_set_string_member (status, "command", "status");
  json_object_set_string_member (status, "tag", "status");
  send_command (verb, status);
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
save_sound (const HarkVerb *verb, JsonObject *result)
{
  g_autoptr (GError) error = NULL;

  if (hark_cli_clip_save (result, verb->arguments[2], &error))
    return true;
  hark_cli_complain (1, "%s", error->message);
  return false;
}

/* What "clip record" and "clip play" say afterwards. */
static void
send_clip_command (const char *how, void *data)
{
  HarkVerb *verb = data;
  g_autoptr (JsonObject) command = json_object_new ();

  json_object_set_string_member (command, "command", verb->row->command);
  json_object_set_string_member (command, "how", how);
  json_object_set_string_member (command, "tag", "own");
  send_command (verb, command);
}

/* Whom an engine of our own has to find first. */
static bool
waits_for_contact (const HarkVerb *verb)
{
  return verb->row->wait == WAIT_WORDS || verb->row->wait == WAIT_ONLINE
         || strcmp (verb->row->verb, "take") == 0;
}

/* With --json the result as it is, but for those that print what is in it, one object a line.
 * False: not what was asked for, and said. */
static bool
print_result (HarkVerb *verb, JsonObject *result)
{
  const char *name = verb->row->verb;

  if (strcmp (verb->row->command, "history") == 0)
    hark_cli_print_messages (verb->status, result, verb->window.ids, verb->json);
  else if (strcmp (name, "search") == 0)
    hark_cli_print_found (verb->status, result, verb->json);
  else if (strcmp (name, "calls") == 0)
    hark_cli_print_calls (verb->status, result, verb->json);
  else if (strcmp (name, "chats") == 0)
    hark_cli_print_chats (verb->status, result, verb->json);
  else if (strcmp (verb->row->command, "sound") == 0)
    return save_sound (verb, result);
  else if (strcmp (name, "doctor") == 0)
    return hark_cli_print_findings (result, verb->json);
  else if (strcmp (name, "browse") == 0 || strcmp (name, "share-list") == 0)
    ; /* as they came: cli/files.c */
  else if (verb->json)
    hark_cli_print_json (result);
  else if (hark_people_print (&verb->people, name, result) || hark_cli_group_print (name, result)
           || hark_cli_queue_print (name, result))
    ;
  else if (strcmp (name, "add") == 0)
    printf ("%s\n", hark_cli_member (result, "contact"));
  else if (strcmp (name, "people-here") == 0)
    hark_cli_print_people (result);
  else if (strcmp (name, "mailbox-list") == 0)
    hark_cli_print_mailboxes (result);
  else if (strcmp (name, "edits") == 0)
    hark_cli_print_versions (result);
  else if (strcmp (name, "quarantine") == 0)
    hark_cli_print_refused (verb->status, result);
  else if (strcmp (name, "ledger") == 0)
    hark_cli_print_ledger (result);
  return true;
}

static void
handle_own_result (HarkVerb *verb, JsonObject *result)
{
  if (!json_object_get_boolean_member_with_default (result, "ok", FALSE)) {
    if (waits_for_contact (verb) && verb->engine && verb->tries++ < WORDS_TRIES
        && strcmp (hark_cli_member (result, "code"), "offline") == 0)
      g_timeout_add (WORDS_TRY_MS, on_looked, verb);
    else
      hark_cli_finish (verb, hark_cli_complain (1, "%s", hark_cli_member (result, "error")));
    return;
  }
  if (hark_cli_files_print (verb, result) && hark_cli_files_more (verb, result)) {
    send_own_command (verb);
    return;
  }
  if (!print_result (verb, result)) {
    hark_cli_finish (verb, 1);
    return;
  }

  if (verb->row->wait == WAIT_HEARD)
    return;
  if (verb->row->wait == WAIT_SPOKEN && !verb->speaks) {
    verb->speaks = true;
    hark_cli_clip_listen (send_clip_command, verb);
    return;
  }
  if ((verb->row->wait == WAIT_DELIVERED || verb->row->wait == WAIT_SPOKEN) && !verb->to_self
      && hark_cli_group_find (verb->status, hark_cli_member (result, "id")) == NULL)
    verb->message = g_strdup (hark_cli_member (result, "id"));
  else if (verb->row->wait == WAIT_MOVED && json_object_has_member (result, "transfers"))
    remember_transfers (verb, result);
  else if (hark_cli_call_result (verb, result) && verb->row->wait != WAIT_WORDS
           && verb->row->wait != WAIT_MOVED)
    hark_cli_finish (verb, 0);
}

static void
print_about (HarkVerb *verb, JsonObject *status)
{
  g_autoptr (JsonObject) command = json_object_new ();

  if (!hark_cli_add_contact (verb, command, status, *verb->arguments))
    return;
  hark_people_print_status ("about", status, hark_cli_member (command, "contact"), verb->json);
  hark_cli_finish (verb, 0);
}

static void
take_offered (HarkVerb *verb, JsonObject *status)
{
  g_autoptr (GPtrArray) commands = hark_cli_files_takes (verb, status);

  for (guint i = 0; commands && i < commands->len; i++)
    send_command (verb, commands->pdata[i]);
}

static void
handle_status (HarkVerb *verb, JsonObject *result)
{
  const char *name = verb->row->verb;

  if (strcmp (name, "about") == 0) {
    print_about (verb, result);
  } else if (strcmp (name, "take") == 0) {
    take_offered (verb, result);
  } else if (hark_people_print_status (name, result, NULL, verb->json)) {
    hark_cli_finish (verb, 0);
  } else if (strcmp (name, "relay-list") == 0) {
    hark_cli_print_relay_nodes (result, verb->json);
    hark_cli_finish (verb, 0);
  } else if (strcmp (name, "status") == 0) {
    hark_cli_print_json (result);
    hark_cli_finish (verb, 0);
  } else if (verb->row->wait == WAIT_LOOK && verb->engine && !verb->looked) {
    verb->looked = true;
    g_timeout_add (LOOK_MS, on_looked, verb);
  } else {
    g_clear_pointer (&verb->status, json_object_unref);
    verb->status = json_object_ref (result);
    send_own_command (verb);
  }
}

static void
handle_message_state (HarkVerb *verb, JsonObject *event)
{
  if (!verb->message || strcmp (hark_cli_member (event, "id"), verb->message) != 0)
    return;
  if (strcmp (hark_cli_member (event, "state"), "delivered") == 0
      || (json_object_has_member (event, "group")
          && strcmp (hark_cli_member (event, "state"), "sent") == 0) /* a member has it */
      || strcmp (hark_cli_member (event, "state"), "read") == 0)
    hark_cli_finish (verb, 0);
  else if (*hark_cli_member (event, "reason"))
    fprintf (stderr, "%s\n", hark_cli_member (event, "reason"));
}

/* Why it does not go on, once for each reason: the verb waits all the same. */
static void
tell_pause (HarkVerb *verb, JsonObject *event)
{
  const char *reason = hark_cli_member (event, "reason");
  g_autofree char *name = NULL;
  g_autofree char *words = NULL;

  if (strcmp (hark_cli_member (event, "state"), "paused") != 0) {
    g_clear_pointer (&verb->paused, g_free);
    return;
  }
  if (*reason == '\0' || g_strcmp0 (verb->paused, reason) == 0)
    return;
  g_free (verb->paused);
  verb->paused = g_strdup (reason);
  name = hark_cli_clean (hark_cli_member (event, "name"), NULL);
  words = hark_cli_clean (reason, NULL);
  fprintf (stderr, "%s%s: %s\n", isatty (STDERR_FILENO) ? "\n" : "", name, words);
}

static void
handle_file_state (HarkVerb *verb, JsonObject *event)
{
  int64_t number = json_object_get_int_member_with_default (event, "transfer", 0);
  const char *state = hark_cli_member (event, "state");
  bool done = strcmp (state, "done") == 0;

  if (!g_hash_table_contains (verb->transfers, &number))
    return;
  hark_cli_show_progress (event);
  tell_pause (verb, event);
  if (done && json_object_has_member (event, "skipped"))
    fprintf (stderr, "\n%s: %d left out: links, devices, or not readable.\n",
             hark_cli_member (event, "name"), (int) json_object_get_int_member (event, "skipped"));
  if (done && *hark_cli_member (event, "reason")) /* whose copy was damaged */
    fprintf (stderr, "\n%s: %s\n", hark_cli_member (event, "name"),
             hark_cli_member (event, "reason"));
  if (!done && strcmp (state, "refused") != 0 && strcmp (state, "failed") != 0)
    return;

  if (isatty (STDERR_FILENO))
    fputc ('\n', stderr);
  if (!done) {
    verb->failed_transfer = true;
    hark_cli_complain (1, "%s: %s %s", hark_cli_member (event, "name"), state,
                       hark_cli_member (event, "reason"));
  }
  g_hash_table_remove (verb->transfers, &number);
  if (g_hash_table_size (verb->transfers) == 0)
    hark_cli_finish (verb, verb->failed_transfer ? 1 : 0);
}

/* Words on the terminal, and what the user says to them; in a script, words-match and words-differ
 * say it. */
static void
handle_words (HarkVerb *verb, JsonObject *event)
{
  const char *state = hark_cli_member (event, "state");
  g_autoptr (JsonObject) command = json_object_new ();
  char answer[16] = "";

  if (strcmp (state, "over") == 0)
    hark_cli_finish (verb, hark_cli_complain (1, "%s", hark_cli_member (event, "reason")));
  else if (strcmp (state, "confirmed") == 0)
    hark_cli_finish (verb, 0);
  if (strcmp (state, "shown") != 0)
    return;
  if (verb->json)
    hark_cli_print_json (event);
  else
    printf ("%s\n", hark_cli_member (event, "words"));
  fflush (stdout);
  if (verb->json || !isatty (STDIN_FILENO) || !isatty (STDOUT_FILENO)) {
    hark_cli_finish (verb, 0);
    return;
  }
  printf ("Do you hear the same words from them? [yes/no] ");
  fflush (stdout);
  if (!fgets (answer, sizeof answer, stdin)) {
    hark_cli_finish (verb, 1);
    return;
  }
  json_object_set_string_member (command, "command", "words");
  json_object_set_string_member (command, "contact", hark_cli_member (event, "contact"));
  json_object_set_string_member (command, "how",
                                 g_ascii_tolower (answer[0]) == 'y' ? "match" : "differ");
  send_command (verb, command);
}

static void
handle_line (HarkVerb *verb, const char *line)
{
  g_autoptr (JsonNode) root = json_from_string (line, NULL);
  JsonObject *event;
  const char *kind;

  if (!root || !JSON_NODE_HOLDS_OBJECT (root))
    return;
  if (!verb->json) /* for a terminal */
    hark_cli_clean_all (root);
  event = json_node_get_object (root);
  kind = hark_cli_member (event, "event");
  if (strcmp (kind, "result") == 0) {
    if (strcmp (hark_cli_member (event, "tag"), "status") == 0)
      handle_status (verb, event);
    else if (strcmp (hark_cli_member (event, "tag"), "own") == 0)
      handle_own_result (verb, event);
  } else if (strcmp (kind, "message-state") == 0) {
    handle_message_state (verb, event);
  } else if ((strcmp (kind, "recording") == 0 && verb->row->wait == WAIT_SPOKEN && verb->speaks)
             || (strcmp (kind, "playing") == 0 && verb->row->wait == WAIT_HEARD)) {
    HarkCliClipEnd end = hark_cli_clip_show (event);

    if (end != HARK_CLI_CLIP_GOES_ON)
      hark_cli_finish (verb, end == HARK_CLI_CLIP_FAILED);
  } else if (strcmp (kind, "file-state") == 0) {
    handle_file_state (verb, event);
  } else if (strcmp (kind, "file-offer") == 0) {
    g_autoptr (JsonObject) command = hark_cli_files_take_later (verb, event);

    if (command)
      send_command (verb, command);
  } else if (strcmp (kind, "words") == 0 && verb->row->wait == WAIT_WORDS) {
    handle_words (verb, event);
  } else {
    hark_cli_call_event (verb, kind, event);
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
  HarkVerb *verb = data;
  g_autofree char *line
    = g_data_input_stream_read_line_finish (G_DATA_INPUT_STREAM (source), result, NULL, NULL);

  if (!line) {
    hark_cli_finish (verb, hark_cli_complain (1, "the running engine ended"));
    return;
  }
  handle_line (verb, line);
  if (g_main_loop_is_running (verb->loop))
    g_data_input_stream_read_line_async (verb->input, G_PRIORITY_DEFAULT, NULL, on_line, verb);
}

static gboolean
on_signal (gpointer data)
{
  g_autoptr (JsonObject) leave = hark_cli_call_leave (data);
  HarkVerb *verb = data;

  if (verb->speaks && !verb->message) /* no microphone stays open behind us */
    send_clip_command ("cancel", verb);
  if (verb->row->wait == WAIT_HEARD)
    send_clip_command ("stop", verb);
  if (leave)
    send_command (data, leave); /* its end ends the verb */
  else
    hark_cli_finish (data, 1);
  return G_SOURCE_CONTINUE;
}

/* The running engine, or one of our own. */
static bool
reach_engine (HarkVerb *verb, const HarkOptions *options, const char *passphrase, GError **error)
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
run_verb (HarkVerb *verb, const HarkOptions *options, const char *passphrase)
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
  g_free (verb->said);
  g_clear_pointer (&verb->status, json_object_unref);
  return verb->code;
}

/* "relay add" is relay-add, and so on; options may stand between. NULL: it is one word. */
static char *
join_words (int *argc, char **argv)
{
  g_autofree char *longer = NULL;
  int at = 1;

  if (strcmp (argv[0], "share") != 0 && strcmp (argv[0], "relay") != 0
      && strcmp (argv[0], "group") != 0 && strcmp (argv[0], "clip") != 0
      && strcmp (argv[0], "mailbox") != 0)
    return NULL;
  while (at < *argc && argv[at][0] == '-')
    at += strcmp (argv[at], "--profile") == 0 ? 2 : 1;
  if (at >= *argc)
    return NULL;
  longer = g_strdup_printf ("%s-%s", argv[0], argv[at]);
  if (!hark_verb_find (longer))
    return NULL;
  memmove (argv + at, argv + at + 1, (size_t) (*argc - at) * sizeof *argv); /* with its NULL */
  --*argc;
  return g_steal_pointer (&longer);
}

static int
complain_unknown (const char *name)
{
  g_autofree char *list = hark_verb_list_behind (name);

  return list ? hark_cli_complain (2, "%s wants one of these behind it: %s", name, list)
              : hark_cli_complain (2, "there is no verb \"%s\"; try hark-cli --help", name);
}

/* Behind other arguments GLib leaves the "--" which says that no options follow. */
static void
drop_separator (int *argc, char **argv)
{
  for (int i = 1; i < *argc; i++)
    if (strcmp (argv[i], "--") == 0) {
      memmove (argv + i, argv + i + 1, (size_t) (*argc - i) * sizeof *argv); /* with its NULL */
      --*argc;
      return;
    }
}

int
hark_cli_verb (int argc, char **argv)
{
  HarkVerb verb = {0};
  int backup_fd = HARK_OPTIONS_NO_FD;
  HarkFilesOptions files = {0};
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
  bool parsed;

  longer = join_words (&argc, argv);
  if (longer)
    argv[0] = longer;
  verb.row = hark_verb_find (argv[0]);
  if (!verb.row)
    return complain_unknown (argv[0]);

  hark_options_init (&options);
  hark_options_add (&options, context);
  hark_options_add_headless (&options, context);
  g_option_group_add_entries (g_option_context_get_main_group (context), entries);
  hark_cli_window_add (&verb.window, context);
  hark_people_options_add (&verb.people, context);
  hark_cli_files_add (&files, context);
  wanted = hark_verb_count_arguments (verb.row) + hark_cli_group_arguments (verb.row->verb);
  parsed = g_option_context_parse (context, &argc, &argv, &error);
  drop_separator (&argc, argv);
  wanted -= strcmp (verb.row->verb, "take") == 0 && hark_cli_files_take_all (&files);
  if (!parsed || !hark_options_finish (&options, &error)
      || !hark_people_options_scan (&verb.people, &argc, argv, &error))
    code = hark_cli_complain (2, "%s", error->message);
  else if (argc - 1 < wanted - (verb.row->wait == WAIT_LOOK || verb.row->wait == WAIT_ONLINE)
           || (argc - 1 > wanted + (g_strcmp0 (verb.row->argument, "rest") == 0 ? 2 : 0)
               && g_strcmp0 (verb.row->argument, "paths") != 0))
    code = hark_cli_complain (2, "%s wants %d argument%s; see hark-cli --help", verb.row->verb,
                              wanted, wanted == 1 ? "" : "s");
  else if (hark_verb_wants_paths (verb.row) && hark_cli_is_empty (argv + 1))
    code = 2;
  else if (g_strcmp0 (verb.row->argument, "on") == 0 && strcmp (argv[argc - 1], "on") != 0
           && strcmp (argv[argc - 1], "off") != 0)
    code = hark_cli_complain (2, "%s wants \"on\" or \"off\"", verb.row->verb);
  else if (options.passphrase_fd != HARK_OPTIONS_NO_FD
           && !(passphrase = hark_options_read_passphrase (options.passphrase_fd, &error)))
    code = hark_cli_complain (1, "%s", error->message);
  else if (backup_fd != HARK_OPTIONS_NO_FD
           && !(verb.secret = hark_options_read_passphrase (backup_fd, &error)))
    code = hark_cli_complain (1, "%s", error->message);
  else {
    verb.arguments = argv + 1;
    verb.json = options.json;
    code = hark_cli_files_begin (&files, &verb, verb.people.name, &error)
             ? run_verb (&verb, &options, passphrase)
             : hark_cli_complain (1, "%s", error->message);
  }
  code = hark_cli_files_end (&files, code);
  hark_words_free (passphrase);
  hark_words_free (verb.secret);
  g_free (verb.to);
  g_free (verb.paused);
  g_clear_pointer (&verb.whose, json_object_unref);
  hark_cli_window_clear (&verb.window);
  hark_people_options_clear (&verb.people);
  g_free (verb.label);
  g_free (verb.text);
  hark_options_clear (&options);
  return code;
}
