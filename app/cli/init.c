/* app/cli/init.c - hark-cli init: makes an account. */

#include "app/cli/cli.h"
#include "app/cli/verbs.h"

#include <stdio.h>

int
hark_cli_init (int argc, char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new ("- make an account");
  g_autofree char *profile = NULL;
  g_autofree char *name = NULL;
  gboolean no_passphrase = FALSE;
  gboolean quiet_words = FALSE;
  int passphrase_fd = HARK_OPTIONS_NO_FD;
  const GOptionEntry entries[] = {
    {"profile",       0, 0, G_OPTION_ARG_FILENAME, &profile,       "Profile directory",          "DIR" },
    {"name",          0, 0, G_OPTION_ARG_STRING,   &name,          "Your name as others see it", "NAME"},
    {"passphrase-fd", 0, 0, G_OPTION_ARG_INT,      &passphrase_fd,
     "Read a passphrase from this file descriptor",                                              "N"   },
    {"no-passphrase", 0, 0, G_OPTION_ARG_NONE,     &no_passphrase,
     "Keep the key in a file that only this user can read",                                      NULL  },
    {"quiet-words",   0, 0, G_OPTION_ARG_NONE,     &quiet_words,   "Do not print the 24 words",  NULL  },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GError) error = NULL;
  char *passphrase = NULL;
  char *words = NULL;
  bool made;

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    return hark_cli_complain (2, "%s", error->message);
  if (!name)
    return hark_cli_complain (2, "say who you are: init --name NAME");
  if (no_passphrase == (passphrase_fd != HARK_OPTIONS_NO_FD))
    return hark_cli_complain (2, "choose --passphrase-fd N or --no-passphrase");
  if (passphrase_fd != HARK_OPTIONS_NO_FD
      && !(passphrase = hark_options_read_passphrase (passphrase_fd, &error)))
    return hark_cli_complain (1, "%s", error->message);
  if (!profile)
    profile = g_build_filename (g_get_user_data_dir (), "hark", "default", NULL);

  made = hark_profile_create (profile, name, passphrase, NULL, &words, &error);
  hark_words_free (passphrase);
  if (!made)
    return hark_cli_complain (1, "%s", error->message);

  if (no_passphrase)
    fprintf (stderr,
             "Without a passphrase the key lies in %s beside your messages: whoever can read\n"
             "your files can read them.\n",
             profile);
  if (!quiet_words) {
    fprintf (stderr, "These words are your account. Write them down; they are not shown again:\n");
    printf ("%s\n", words);
  }
  hark_words_free (words);
  return 0;
}
