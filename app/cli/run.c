/* app/cli/run.c - hark-cli run and node: the engine until it is told to end. */

#include "app/cli/cli.h"
#include "app/cli/owner.h"
#include "app/cli/verbs.h"
#include "app/command-lines.h"
#include "app/control.h"
#include "app/json/json.h"

#include <gio/gio.h>
#include <gio/gunixinputstream.h>
#include <glib-unix.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define READ_LEN (64u << 10)   /* bytes */
#define MAILBOX_NAME "Mailbox" /* of a node that keeps mail */

typedef struct {
  GMainLoop *loop;
  HarkEngine *engine;
  HarkControl *control;
  HarkCliOwner *owner; /* of a mailbox node; NULL: it is none, or its events are printed as JSON */
  GInputStream *input; /* standard input; NULL: it is not read */
  HarkCommandLines *lines;
  bool json;
} Run;

static void
print_line (const char *line)
{
  fputs (line, stdout);
  fputc ('\n', stdout);
  fflush (stdout);
}

/* For a person at the terminal: what is worth a line. */
static void
print_for_people (const Run *run, const HarkEvent *event)
{
  switch (event->kind) {
  case HARK_EVENT_READY:
    if (event->address && run->owner)
      ; /* it says more */
    else if (event->address && *event->name)
      printf ("%s is ready on UDP port %u. Address: %s\n", event->name, event->port,
              event->address);
    else if (event->address)
      printf ("The relay node is ready on UDP port %u. Link: %s\n", event->port, event->address);
    else
      printf ("%s is ready on UDP port %u.\n", *event->name ? event->name : "The node",
              event->port);
    if (event->text)
      printf ("It is a relay node, too. Link: %s\n", event->text);
    break;
  case HARK_EVENT_REQUEST:
    printf ("%s asks to become a contact: %s\n", event->person->name, event->person->request_text);
    break;
  case HARK_EVENT_CONTACT:
    if (event->person->presence == HARK_PRESENCE_ONLINE)
      printf ("%s is online.\n", event->person->name);
    break;
  case HARK_EVENT_GROUP:
    if (event->group->state == HARK_GROUP_IS_OFFERED)
      printf ("%s: %s\n", event->group->name, event->group->reason);
    break;
  case HARK_EVENT_WARNING:
    printf ("Warning: %s\n", event->text);
    break;
  default:
    break;
  }
  fflush (stdout);
}

static void
on_event (const HarkEvent *event, void *data)
{
  Run *run = data;

  if (run->control && hark_control_handle_event (run->control, event))
    return;
  if (run->json) {
    g_autofree char *line = hark_json_format_event (event);

    print_line (line);
  } else {
    if (run->owner)
      hark_cli_owner_handle (run->owner, event);
    print_for_people (run, event);
  }

  if (event->kind == HARK_EVENT_RESULT && event->command == HARK_COMMAND_LEAVE_QUIETLY)
    g_main_loop_quit (run->loop);
}

static void
handle_line (const Run *run, const char *line)
{
  g_autofree char *tag = NULL;
  g_autofree char *name = NULL;
  g_autofree char *refusal = NULL;
  g_autoptr (GError) error = NULL;
  HarkCommand *command;

  if (line[strspn (line, " \t\r")] == '\0')
    return;
  command = hark_json_parse_command (line, &tag, &name, &error);
  if (command) {
    hark_engine_send (run->engine, command);
    return;
  }
  refusal = hark_json_format_refusal (tag, name, "bad-command", error->message);
  print_line (refusal);
}

/* After one that is too long it goes on: the engine is everybody's, and ends with its input. */
static void
handle_lines (const Run *run)
{
  HarkCommandLinesResult result;
  char *line;

  while ((result = hark_command_lines_take (run->lines, &line)) != HARK_COMMAND_LINES_NONE) {
    if (result == HARK_COMMAND_LINES_ONE) {
      handle_line (run, line);
      g_free (line);
    } else {
      g_autofree char *sentence = hark_command_lines_sentence ();
      g_autofree char *refusal = hark_json_format_refusal (NULL, NULL, "bad-command", sentence);

      print_line (refusal);
    }
  }
}

static void on_read (GObject *source, GAsyncResult *result, gpointer data);

static void
read_more (Run *run)
{
  g_input_stream_read_bytes_async (run->input, READ_LEN, G_PRIORITY_DEFAULT, NULL, on_read, run);
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer data)
{
  Run *run = data;
  g_autoptr (GBytes) bytes
    = g_input_stream_read_bytes_finish (G_INPUT_STREAM (source), result, NULL);

  if (bytes && g_bytes_get_size (bytes) > 0) {
    hark_command_lines_add (run->lines, bytes);
    handle_lines (run);
    read_more (run);
    return;
  }
  if (hark_command_lines_end (run->lines))
    handle_lines (run);
  g_main_loop_quit (run->loop); /* whoever drives us is gone */
}

static gboolean
on_signal (gpointer data)
{
  Run *run = data;

  g_main_loop_quit (run->loop);
  return G_SOURCE_CONTINUE;
}

static int
run_engine (const HarkOptions *options, const HarkEngineConfig *config)
{
  Run run = {.json = options->json};
  g_autoptr (GError) error = NULL;

  run.loop = g_main_loop_new (NULL, FALSE);
  run.engine = hark_engine_new (config, NULL, on_event, &run, &error);
  if (!run.engine) {
    g_main_loop_unref (run.loop);
    return hark_cli_complain (1, "%s", error->message);
  }
  if (config->mailbox && !run.json)
    run.owner = hark_cli_owner_new (run.engine);
  if (config->profile) {
    run.control = hark_control_new (config->profile, run.engine, &error);
    if (!run.control)
      g_warning ("other hark-cli processes cannot reach this engine: %s", error->message);
  }
  if (run.json) {
    run.input = g_unix_input_stream_new (STDIN_FILENO, FALSE);
    run.lines = hark_command_lines_new ();
    read_more (&run);
  }
  g_unix_signal_add (SIGTERM, on_signal, &run);
  g_unix_signal_add (SIGINT, on_signal, &run);

  g_main_loop_run (run.loop);

  hark_control_free (run.control);
  hark_engine_free (run.engine);
  hark_cli_owner_free (run.owner);
  g_clear_object (&run.input);
  hark_command_lines_free (run.lines);
  g_main_loop_unref (run.loop);
  return 0;
}

/* The node's own account, at the first start. */
static bool
make_mailbox (const char *profile, const char *passphrase, GError **error)
{
  g_autofree char *store = g_build_filename (profile, "store", NULL);
  char *words = NULL;
  bool made;

  if (g_file_test (store, G_FILE_TEST_IS_DIR))
    return true;
  g_mkdir_with_parents (profile, 0700);
  made = hark_profile_create (profile, MAILBOX_NAME, passphrase, NULL, &words, error);
  hark_words_free (words);
  return made;
}

int
hark_cli_run (int argc, char **argv)
{
  bool node = strcmp (argv[0], "node") == 0;
  g_autoptr (GOptionContext) context
    = g_option_context_new (node ? "- a DHT node and contact point; with --mailbox it keeps mail"
                                 : "- the engine, until SIGTERM or the end of its input");
  g_autoptr (GError) error = NULL;
  HarkOptions options;
  HarkEngineConfig config;
  g_autofree char *relay_file = NULL;
  g_autofree char *mailbox = NULL;
  char *passphrase = NULL;
  int code = 1;

  hark_options_init (&options);
  hark_options_add (&options, context);
  hark_options_add_headless (&options, context);
  if (!g_option_context_parse (context, &argc, &argv, &error)
      || !hark_options_finish (&options, &error)) {
    code = hark_cli_complain (2, "%s", error->message);
  } else if (argc > 1) {
    code = hark_cli_complain (2, "what is \"%s\"?", argv[1]);
  } else if (options.passphrase_fd != HARK_OPTIONS_NO_FD
             && !(passphrase = hark_options_read_passphrase (options.passphrase_fd, &error))) {
    code = hark_cli_complain (1, "%s", error->message);
  } else {
    hark_options_to_config (&options, passphrase, &config);
    if (node) {
      relay_file = g_build_filename (options.profile, "relay-node", NULL);
      mailbox = g_build_filename (options.profile, "mailbox-node", NULL);
      config.profile = options.mailbox ? mailbox : NULL;
      config.mailbox = options.mailbox;
      config.mailbox_mib = (uint32_t) options.mailbox_size;
      config.relay_file = options.relay ? relay_file : NULL;
      config.relay_hosts = (const char *const *) options.relay_hosts;
    }
    if (config.relay_file)
      g_mkdir_with_parents (options.profile, 0700);
    if (config.mailbox && !make_mailbox (mailbox, passphrase, &error))
      code = hark_cli_complain (1, "%s", error->message);
    else
      code = run_engine (&options, &config);
  }
  hark_words_free (passphrase);
  hark_options_clear (&options);
  return code;
}
