/* app/cli-network.c - hark-cli network: closed networks made, looked at, joined and left. */

#include "app/cli-verbs.h"
#include "app/cli.h"
#include "app/options.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

static int
join (const char *profile, const char *text)
{
  g_autofree char *path = hark_options_network_file (profile);
  g_autoptr (GError) error = NULL;

  if (g_mkdir_with_parents (profile, 0700) < 0
      || !g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, &error))
    return hark_cli_complain (1, "%s", error ? error->message : "the profile cannot be made");
  printf (
    "This profile belongs to the network from its next start on. \"network leave\" ends it.\n");
  return 0;
}

static int
leave (const char *profile)
{
  g_autofree char *path = hark_options_network_file (profile);

  if (g_unlink (path) < 0)
    return hark_cli_complain (1, "this profile belongs to no closed network");
  return 0;
}

static int
show (const char *text, bool sealed)
{
  if (sealed)
    printf (
      "A network of those who have this secret. Everything is sealed with it: nobody else even "
      "notices that Hark runs.\n");
  else
    printf (
      "A network of those who know the name “%s”. Others may guess it, and see that Hark runs.\n",
      text);
  return 0;
}

int
hark_cli_network (int argc, char **argv)
{
  g_autoptr (GOptionContext) context
    = g_option_context_new ("create | show NETWORK | join NETWORK | leave");
  g_autofree char *profile = NULL;
  const GOptionEntry entries[] = {
    {"profile", 0, 0, G_OPTION_ARG_FILENAME, &profile, "Profile directory", "DIR"},
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GError) error = NULL;
  const char *verb, *text, *wrong;
  bool sealed = false;

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    return hark_cli_complain (2, "%s", error->message);
  if (!profile)
    profile = g_build_filename (g_get_user_data_dir (), "hark", "default", NULL);
  verb = argc > 1 ? argv[1] : "";
  text = argc > 2 ? argv[2] : "";
  if (strcmp (verb, "create") == 0) {
    char *secret = hark_network_create ();

    printf ("%s\n", secret);
    hark_words_free (secret);
    return 0;
  }
  if (strcmp (verb, "leave") == 0)
    return leave (profile);
  if (strcmp (verb, "show") != 0 && strcmp (verb, "join") != 0)
    return hark_cli_complain (2, "say what: network create, show, join or leave");
  wrong = hark_network_check (text, &sealed);
  if (wrong)
    return hark_cli_complain (1, "%s", wrong);
  return strcmp (verb, "join") == 0 ? join (profile, text) : show (text, sealed);
}
