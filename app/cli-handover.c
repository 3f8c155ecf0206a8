/* Two engines that live as long as it takes, with accounts nobody sees again: one meets the other
 * by the words (core/hark.h, MEET), they become contacts by the address that is told there, and
 * files go as between any two. */
#include "app/cli-handover.h"

#include "app/cli-pipe.h"
#include "app/cli-progress.h"
#include "app/cli.h"
#include "app/json.h"
#include "core/hark.h"

#include <glib-unix.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define CONNECT_S 90      /* from the words to the connection */
#define LAST_WORD_MS 3000 /* what we said last shall be read */

typedef struct {
  GMainLoop *loop;
  HarkEngine *engine;
  bool gives, json;
  char **paths;       /* give: whole, NULL-terminated; owned */
  char *words;        /* take: as typed */
  const char *to;     /* take: directory */
  char *profile;      /* of this handover */
  guint wanted, over; /* files to come, and so many are there or will not be */
  bool failed, ended; /* ended: the exit code stands */
  bool met;
  guint timeout;
  GHashTable *transfers; /* numbers of those that go on */
  GPtrArray *arrived;    /* take: paths */
  int code;
} Handover;

static void say (const char *format, ...) G_GNUC_PRINTF (1, 2);

static void
say (const char *format, ...)
{
  va_list list;

  va_start (list, format);
  vfprintf (stderr, format, list);
  va_end (list);
  fputc ('\n', stderr);
}

static gboolean
on_quit (gpointer data)
{
  Handover *handover = data;

  g_main_loop_quit (handover->loop);
  return G_SOURCE_REMOVE;
}

/* The last packets are on their way. */
static void
finish_soon (Handover *handover, int code)
{
  if (handover->ended)
    return;
  handover->ended = true;
  handover->code = code;
  g_timeout_add (LAST_WORD_MS, on_quit, handover);
}

static void
finish (Handover *handover, int code)
{
  if (!handover->ended)
    handover->code = code;
  handover->ended = true;
  g_main_loop_quit (handover->loop);
}

static gboolean
on_no_connection (gpointer data)
{
  Handover *handover = data;

  handover->timeout = 0;
  finish (handover, hark_cli_complain (1, "you found each other, but no way between the two "
                                          "networks works. Is UDP blocked? hark-cli doctor may "
                                          "know more"));
  return G_SOURCE_REMOVE;
}

/* ---- commands -------------------------------------------------------------------- */

static void
meet (Handover *handover, const char *address)
{
  HarkCommand *command = hark_command_new (HARK_COMMAND_MEET);

  command->how = g_strdup (handover->gives ? "give" : "take");
  command->address = g_strdup (address);
  command->text = g_strdup (handover->words);
  command->limit = handover->gives ? g_strv_length (handover->paths) : 0;
  hark_engine_send (handover->engine, command);
}

static void
begin (Handover *handover)
{
  HarkCommand *command;

  if (!handover->gives) {
    meet (handover, NULL);
    return;
  }
  command = hark_command_new (HARK_COMMAND_ADDRESS);
  command->one_time = true;
  hark_engine_send (handover->engine, command);
}

static void
give (Handover *handover, const HarkPerson *person)
{
  HarkCommand *command = hark_command_new (HARK_COMMAND_GIVE);

  command->has_contact = true;
  memcpy (command->contact, person->account, sizeof command->contact);
  command->paths = g_strdupv (handover->paths);
  hark_engine_send (handover->engine, command);
}

/* ---- what comes back ------------------------------------------------------------- */

static void
show_words (Handover *handover, const char *words)
{
  if (!handover->json) {
    say ("Say these words to whoever shall have it. They type: hark-cli take %s", words);
    printf ("%s\n", words);
    fflush (stdout);
  }
}

static void
handle_result (Handover *handover, const HarkEvent *event)
{
  if (!event->ok) {
    finish (handover,
            hark_cli_complain (event->command == HARK_COMMAND_MEET ? 2 : 1, "%s", event->text));
    return;
  }
  if (event->command == HARK_COMMAND_ADDRESS)
    meet (handover, event->address);
  else if (event->command == HARK_COMMAND_MEET && handover->gives)
    show_words (handover, event->text);
  else if (event->command == HARK_COMMAND_GIVE)
    for (guint i = 0; event->numbers && i < event->numbers->len; i++)
      g_hash_table_add (
        handover->transfers,
        g_memdup2 (&g_array_index (event->numbers, uint64_t, i), sizeof (uint64_t)));
}

static void
handle_meeting (Handover *handover, const HarkEvent *event)
{
  HarkCommand *command;

  switch (event->meeting_step) {
  case HARK_MEETING_STEP_THERE:
    say ("Somebody gives with these words.");
    break;
  case HARK_MEETING_STEP_MET:
    say ("The words are right; connecting.");
    handover->met = true;
    handover->timeout = g_timeout_add_seconds (CONNECT_S, on_no_connection, handover);
    if (handover->gives)
      break;
    handover->wanted = (guint) MAX (event->number, 1);
    command = hark_command_new (HARK_COMMAND_ADD);
    command->address = g_strdup (event->address);
    hark_engine_send (handover->engine, command);
    break;
  case HARK_MEETING_STEP_OVER:
    hark_cli_complain (1, "%s", event->reason);
    if (handover->gives && g_strcmp0 (event->code, "wrong-words") == 0)
      finish_soon (handover, 1); /* who tried is told, too */
    else
      finish (handover, 1);
    break;
  }
}

static void
handle_contact (Handover *handover, const HarkPerson *person)
{
  if (person->status != HARK_PERSON_ACCEPTED || !handover->met)
    return;
  if (person->presence == HARK_PRESENCE_ONLINE && handover->timeout) {
    g_source_remove (handover->timeout);
    handover->timeout = 0;
    if (handover->gives)
      give (handover, person);
  }
  /* whoever has everything may go first */
  if (person->presence != HARK_PRESENCE_ONLINE && handover->over > 0
      && handover->over >= handover->wanted)
    finish (handover, handover->failed ? 1 : 0);
}

static void
handle_over (Handover *handover, const HarkTransfer *transfer)
{
  hark_cli_progress_end ();
  handover->over++;
  if (transfer->state == HARK_FILE_DONE) {
    if (!handover->gives)
      g_ptr_array_add (handover->arrived, g_strdup (transfer->path));
    if (transfer->skipped > 0)
      say ("%s: %u left out: links, devices, or not readable.", transfer->name, transfer->skipped);
  } else {
    handover->failed = true;
    hark_cli_complain (1, "%s: %s", transfer->name,
                       transfer->reason ? transfer->reason : "refused by the other side");
  }
  if (handover->over < handover->wanted)
    return;
  if (handover->gives)
    finish (handover, handover->failed ? 1 : 0);
  else
    finish_soon (handover, handover->failed ? 1 : 0); /* they hear that we have it */
}

static void
handle_transfer (Handover *handover, const HarkTransfer *transfer)
{
  const bool over = transfer->state == HARK_FILE_DONE || transfer->state == HARK_FILE_REFUSED
                    || transfer->state == HARK_FILE_FAILED;

  if (!handover->gives && !transfer->outgoing && !over)
    g_hash_table_add (handover->transfers, g_memdup2 (&transfer->id, sizeof transfer->id));
  if (!g_hash_table_contains (handover->transfers, &transfer->id))
    return;
  if (transfer->state == HARK_FILE_MOVING || over)
    hark_cli_progress (transfer->name, transfer->bytes, transfer->size, transfer->rate);
  if (transfer->state == HARK_FILE_PAUSED && transfer->reason)
    say ("%s: %s", transfer->name, transfer->reason);
  if (!over)
    return;
  g_hash_table_remove (handover->transfers, &transfer->id);
  handle_over (handover, transfer);
}

static void
on_event (const HarkEvent *event, void *data)
{
  Handover *handover = data;

  if (handover->json) {
    g_autofree char *line = hark_json_format_event (event);

    printf ("%s\n", line);
    fflush (stdout);
  }
  if (handover->ended && event->kind != HARK_EVENT_CONTACT)
    return;
  if (event->kind == HARK_EVENT_READY)
    begin (handover);
  else if (event->kind == HARK_EVENT_RESULT)
    handle_result (handover, event);
  else if (event->kind == HARK_EVENT_MEETING)
    handle_meeting (handover, event);
  else if (event->kind == HARK_EVENT_CONTACT)
    handle_contact (handover, event->person);
  else if (event->kind == HARK_EVENT_FILE_OFFER || event->kind == HARK_EVENT_FILE_STATE)
    handle_transfer (handover, event->transfer);
}

static gboolean
on_signal (gpointer data)
{
  finish (data, 1);
  return G_SOURCE_CONTINUE;
}

/* ---- from beginning to end ------------------------------------------------------- */

static bool
run_engine (Handover *handover, const HarkOptions *options, GError **error)
{
  HarkEngineConfig config;
  char *account = NULL;

  if (!hark_profile_create (handover->profile, "Hark", NULL, NULL, &account, error))
    return false;
  hark_words_free (account);
  hark_options_to_config (options, NULL, &config);
  config.profile = handover->profile;
  config.auto_accept_requests = handover->gives;
  config.auto_accept_files = handover->gives ? NULL : handover->to;
  config.no_relay = true;
  handover->engine = hark_engine_new (&config, NULL, on_event, handover, error);
  if (!handover->engine)
    return false;
  g_unix_signal_add (SIGTERM, on_signal, handover);
  g_unix_signal_add (SIGINT, on_signal, handover);
  g_main_loop_run (handover->loop);
  hark_engine_free (handover->engine);
  return true;
}

static int
run (Handover *handover, const HarkOptions *options, const char *name, bool to_stdout)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("hark-handover-XXXXXX", &error);
  g_autofree char *spool = folder ? g_build_filename (folder, "file", NULL) : NULL;
  bool ready = folder != NULL;

  if (ready && handover->gives)
    ready = hark_pipe_spool (handover->paths, folder, name, &error);
  if (ready && to_stdout) {
    handover->to = spool;
    g_mkdir_with_parents (spool, 0700);
  }
  if (ready) {
    handover->profile = g_build_filename (folder, "profile", NULL);
    handover->loop = g_main_loop_new (NULL, FALSE);
    handover->transfers = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
    handover->arrived = g_ptr_array_new_with_free_func (g_free);
    handover->wanted = handover->gives ? g_strv_length (handover->paths) : 0;
    ready = run_engine (handover, options, &error);
  }
  if (ready && handover->code == 0 && to_stdout)
    for (guint i = 0; ready && i < handover->arrived->len; i++)
      ready = hark_pipe_pour (handover->arrived->pdata[i], &error);
  if (ready && handover->code == 0 && !handover->gives && !to_stdout && !handover->json)
    for (guint i = 0; i < handover->arrived->len; i++)
      printf ("%s\n", (const char *) handover->arrived->pdata[i]);
  if (!ready)
    handover->code = hark_cli_complain (1, "%s", error->message);
  if (handover->profile)
    hark_profile_erase (handover->profile, NULL);
  if (folder)
    hark_pipe_remove (folder);
  return handover->code;
}

static bool
has_option (int argc, char **argv, const char *option)
{
  for (int i = 1; i < argc; i++)
    if (strcmp (argv[i], option) == 0)
      return true;
  return false;
}

/* Four words with dashes or blanks between. */
static bool
is_words (const char *text)
{
  int dashes = 0;

  for (const char *at = text; *at; at++) {
    if (!g_ascii_isalpha (*at) && *at != '-' && *at != ' ')
      return false;
    dashes += *at == '-' || *at == ' ';
  }
  return dashes == 3 && *text != '-';
}

bool
hark_cli_is_handover (int argc, char **argv)
{
  int plain = 0;

  if (strcmp (argv[0], "give") == 0)
    return has_option (argc, argv, "--words");
  if (strcmp (argv[0], "take") != 0)
    return false;
  for (int i = 1; i < argc; i++) {
    if (is_words (argv[i]))
      return true;
    plain += argv[i][0] != '-' && strchr (argv[i], '/') == NULL && strchr (argv[i], ':') == NULL;
  }
  return plain >= 4;
}

/* Paths as they are from anywhere; false, and said, when one is not there. */
static bool
find_paths (Handover *handover, char **paths)
{
  handover->paths = g_strdupv (paths);
  for (char **at = handover->paths; *at; at++) {
    char *whole;

    if (strcmp (*at, "-") == 0)
      continue;
    whole = g_canonicalize_filename (*at, NULL);
    g_free (*at);
    *at = whole;
    if (access (whole, R_OK) != 0) {
      hark_cli_complain (1, "%s is not there, or not yours to read", whole);
      return false;
    }
  }
  return true;
}

int
hark_cli_handover (int argc, char **argv)
{
  Handover handover = {.gives = strcmp (argv[0], "give") == 0};
  g_autoptr (GOptionContext) context = g_option_context_new (
    handover.gives ? "PATH... - to whoever gets to know the words (\"-\": standard input)"
                   : "WORDS - what somebody gives with these words");
  g_autofree char *to = NULL, *name = NULL, *output = NULL, *directory = NULL;
  gboolean words = FALSE, to_stdout = FALSE;
  const GOptionEntry entries[] = {
    {"words",  0,   0, G_OPTION_ARG_NONE,     &words,     "Four words to say, for somebody who is no contact",
     NULL                                                                                                            },
    {"name",   0,   0, G_OPTION_ARG_STRING,   &name,      "What standard input is to be called",               "NAME"},
    {"to",     0,   0, G_OPTION_ARG_FILENAME, &to,        "Where it goes (this directory)",                    "DIR" },
    {"stdout", 0,   0, G_OPTION_ARG_NONE,     &to_stdout,
     "To standard output, once it is there and verified",                                                      NULL  },
    {"output", 'o', 0, G_OPTION_ARG_STRING,   &output,    "\"-\": as --stdout",                                "-"   },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GError) error = NULL;
  HarkOptions options;
  int code;

  hark_options_init (&options);
  hark_options_add (&options, context);
  g_option_group_add_entries (g_option_context_get_main_group (context), entries);
  if (!g_option_context_parse (context, &argc, &argv, &error)
      || !hark_options_finish (&options, &error))
    code = hark_cli_complain (2, "%s", error->message);
  else if (argc < 2)
    code = hark_cli_complain (2, handover.gives ? "what shall be given?" : "which words?");
  else if (output && strcmp (output, "-") != 0)
    code = hark_cli_complain (2, "-o takes \"-\" only; see --to");
  else if (handover.gives && argc > 33)
    code = hark_cli_complain (2, "32 files and folders at a time");
  else if (handover.gives && !find_paths (&handover, argv + 1))
    code = 1;
  else {
    handover.words = handover.gives ? NULL : g_strjoinv ("-", argv + 1);
    handover.json = options.json;
    directory = g_canonicalize_filename (to ? to : ".", NULL);
    handover.to = directory;
    code = run (&handover, &options, name, to_stdout || output);
  }
  g_strfreev (handover.paths);
  hark_words_free (handover.words);
  g_clear_pointer (&handover.transfers, g_hash_table_unref);
  g_clear_pointer (&handover.arrived, g_ptr_array_unref);
  g_clear_pointer (&handover.loop, g_main_loop_unref);
  hark_options_clear (&options);
  return code;
}
