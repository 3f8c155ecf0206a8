/* A handover of core/hark-handover.h, in a terminal. */
#include "app/cli/handover.h"

#include "app/cli/cli.h"
#include "app/cli/pipe.h"
#include "app/cli/progress.h"
#include "app/json/json.h"
#include "core/hark-handover.h"

#include <glib-unix.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

typedef struct {
  GMainLoop *loop;
  HarkHandover *handover;
  bool gives, json;
  char **paths;       /* give: whole, NULL-terminated; owned */
  char *words;        /* take: as typed */
  const char *to;     /* take: directory */
  GPtrArray *arrived; /* take: paths */
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

static void
on_event (const HarkEvent *event, void *data)
{
  g_autofree char *line = hark_json_format_event (event);

  (void) data;
  printf ("%s\n", line);
  fflush (stdout);
}

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
handle_over (Handover *handover, const HarkTransfer *transfer)
{
  hark_cli_progress_end ();
  if (transfer->state == HARK_FILE_DONE) {
    if (!handover->gives)
      g_ptr_array_add (handover->arrived, g_strdup (transfer->path));
    if (transfer->skipped > 0)
      say ("%s: %u left out: links, devices, or not readable.", transfer->name, transfer->skipped);
    return;
  }
  hark_cli_complain (1, "%s: %s", transfer->name,
                     transfer->reason ? transfer->reason : "refused by the other side");
}

static void
handle_transfer (Handover *handover, const HarkTransfer *transfer)
{
  const bool over = transfer->state == HARK_FILE_DONE || transfer->state == HARK_FILE_REFUSED
                    || transfer->state == HARK_FILE_FAILED;

  if (transfer->state == HARK_FILE_MOVING || over)
    hark_cli_progress (transfer->name, transfer->bytes, transfer->size, transfer->rate);
  if (transfer->state == HARK_FILE_PAUSED && transfer->reason)
    say ("%s: %s", transfer->name, transfer->reason);
  if (over)
    handle_over (handover, transfer);
}

static void
on_step (const HarkHandoverStep *step, void *data)
{
  Handover *handover = data;

  switch (step->kind) {
  case HARK_HANDOVER_WORDS:
    show_words (handover, step->words);
    break;
  case HARK_HANDOVER_THERE:
    say ("Somebody gives with these words.");
    break;
  case HARK_HANDOVER_MET:
    say ("The words are right; connecting.");
    break;
  case HARK_HANDOVER_FILE:
    handle_transfer (handover, step->transfer);
    break;
  case HARK_HANDOVER_OVER:
    if (step->text)
      hark_cli_complain (1, "%s", step->text);
    handover->code = step->ok ? 0 : step->refused ? 2 : 1;
    g_main_loop_quit (handover->loop);
    break;
  }
}

static gboolean
on_signal (gpointer data)
{
  Handover *handover = data;

  handover->code = 1;
  g_main_loop_quit (handover->loop);
  return G_SOURCE_CONTINUE;
}

/* ---- from beginning to end ------------------------------------------------------- */

static bool
run_engine (Handover *handover, const HarkOptions *options, GError **error)
{
  HarkEngineConfig config;

  hark_options_to_config (options, NULL, &config);
  handover->handover = hark_handover_new (
    &config, handover->gives ? (const char *const *) handover->paths : NULL, handover->words,
    handover->to, on_step, handover->json ? on_event : NULL, handover, error);
  if (!handover->handover)
    return false;
  g_unix_signal_add (SIGTERM, on_signal, handover);
  g_unix_signal_add (SIGINT, on_signal, handover);
  g_main_loop_run (handover->loop);
  hark_handover_free (handover->handover);
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
    handover->loop = g_main_loop_new (NULL, FALSE);
    handover->arrived = g_ptr_array_new_with_free_func (g_free);
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
  if (hark_cli_is_empty (paths))
    return false;
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
  g_clear_pointer (&handover.arrived, g_ptr_array_unref);
  g_clear_pointer (&handover.loop, g_main_loop_unref);
  hark_options_clear (&options);
  return code;
}
