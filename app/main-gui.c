/* app/main-gui.c - hark: options, the engine behind the window, the socket for hark-cli. */
#include "app/control.h"
#include "app/harden.h"
#include "app/metered.h"
#include "app/options.h"
#include "ui/application.h"
#include "ui/language.h"

#include <glib-unix.h>
#include <locale.h>
#include <stdio.h>

typedef struct {
  HarkOptions options;
  HarkEngineConfig config;
  HarkApplication *application;
  HarkControl *control;
  HarkMeteredWatch *metered;
  gboolean hidden;
  gboolean service; /* started by the session bus, for what comes over it */
} Program;

static bool
on_event (const HarkEvent *event, void *data)
{
  Program *program = data;

  return program->control && hark_control_handle_event (program->control, event);
}

static void
on_engine_started (HarkApplication *application, void *data)
{
  Program *program = data;
  HarkEngine *engine = hark_client_get_engine (hark_application_get_client (application));
  g_autoptr (GError) error = NULL;

  program->control = hark_control_new (program->config.profile, engine, &error);
  if (!program->control)
    g_warning ("hark-cli cannot reach this window: %s", error->message);
  program->metered = hark_metered_watch (engine);
}

static void
on_engine_stopping (HarkApplication *application, void *data)
{
  Program *program = data;

  (void) application;
  g_clear_pointer (&program->metered, hark_metered_watch_free);
  g_clear_pointer (&program->control, hark_control_free);
}

/* The engine says goodbye and makes everything durable before the program ends. */
static gboolean
on_signal (void *data)
{
  hark_application_quit (data);
  return G_SOURCE_CONTINUE;
}

static int
run (Program *program, const char *passphrase, bool unique, int argc, char **argv)
{
  HarkClient *client;
  int code;

  hark_options_to_config (&program->options, passphrase, &program->config);
  /* a person has a microphone and a speaker; which, the window's settings say */
  if (program->config.mic == NULL)
    program->config.mic = "pulse";
  if (program->config.speaker == NULL)
    program->config.speaker = "pulse";
  program->application = hark_application_new (&program->config, unique);
  if (program->hidden) {
    hark_application_start_hidden (program->application);
    /* a second start with the desktop shows nothing either */
    if (argc <= 1 && g_application_register (G_APPLICATION (program->application), NULL, NULL)
        && g_application_get_is_remote (G_APPLICATION (program->application))) {
      g_object_unref (program->application);
      return 0;
    }
  }
  if (program->service)
    g_application_set_flags (G_APPLICATION (program->application),
                             g_application_get_flags (G_APPLICATION (program->application))
                               | G_APPLICATION_IS_SERVICE);
  client = hark_application_get_client (program->application);
  hark_client_set_filter (client, on_event, program);
  g_signal_connect (program->application, "engine-started", G_CALLBACK (on_engine_started),
                    program);
  g_signal_connect (program->application, "engine-stopping", G_CALLBACK (on_engine_stopping),
                    program);
  g_unix_signal_add (SIGTERM, on_signal, program->application);
  g_unix_signal_add (SIGINT, on_signal, program->application);
  code = g_application_run (G_APPLICATION (program->application), argc, argv);
  g_object_unref (program->application);
  return code;
}

int
main (int argc, char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new ("[hark:LINK | FILE.hark]");
  g_autoptr (GError) error = NULL;
  Program program = {0};
  gboolean version = FALSE;
  const GOptionEntry entries[] = {
    {"hidden",               0, 0,                    G_OPTION_ARG_NONE, &program.hidden,  "Start without showing the window", NULL},
    {"background",           0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_NONE, &program.hidden,  NULL,                               NULL},
    {"version",              0, 0,                    G_OPTION_ARG_NONE, &version,         "Print the version, and end",       NULL},
    {"gapplication-service", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_NONE, &program.service, NULL,
     NULL                                                                                                                          },
    G_OPTION_ENTRY_NULL
  };
  char *passphrase = NULL;
  bool unique;
  int code = 2;

  hark_harden ();
  hark_be_helper (argc, argv);
  setlocale (LC_ALL, "");
  hark_language_start (NULL);
  hark_options_init (&program.options);
  hark_options_add (&program.options, context);
  g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_add_group (context, gtk_get_option_group (FALSE));
  if (!g_option_context_parse (context, &argc, &argv, &error)) {
    g_printerr ("hark: %s\n", error->message);
    hark_options_clear (&program.options);
    return 2;
  }
  if (version) {
    printf ("hark %s\n", HARK_VERSION);
    hark_options_clear (&program.options);
    return 0;
  }
  unique = program.options.profile == NULL; /* other profiles have windows of their own */
  if (!hark_options_finish (&program.options, &error)
      || (program.options.passphrase_fd != HARK_OPTIONS_NO_FD
          && !(passphrase
               = hark_options_read_passphrase (program.options.passphrase_fd, &error)))) {
    g_printerr ("hark: %s\n", error->message);
  } else {
    code = run (&program, passphrase, unique, argc, argv);
  }
  hark_words_free (passphrase);
  hark_options_clear (&program.options);
  return code;
}
