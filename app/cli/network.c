/* app/cli/network.c - hark-cli network: closed networks made, looked at, joined and left. A profile
 * keeps the one it joined in its encrypted store. */

#include "app/cli/cli.h"
#include "app/cli/verbs.h"
#include "app/options.h"
#include "core/hark-network.h"

#include <stdio.h>
#include <string.h>

static bool
is_file (const char *text)
{
  return g_str_has_suffix (text, HARK_NETWORK_FILE_SUFFIX)
         && g_file_test (text, G_FILE_TEST_EXISTS);
}

/* The file at @path into @ret; false: it is none, which was said. */
static bool
read_file (const char *path, HarkNetworkFile *ret)
{
  g_autoptr (GError) error = NULL;

  if (hark_network_file_load (path, ret, &error))
    return true;
  hark_cli_complain (1, "%s: %s", path, error->message);
  return false;
}

/* What @text, a file, name, secret or link, stands for. */
static int
show (const char *text)
{
  HarkNetworkFile file = {0};
  const char *wrong;
  bool sealed = false;

  if (is_file (text)) {
    if (!read_file (text, &file))
      return 1;
    if (file.title)
      printf ("It calls itself “%s”.\n", file.title);
  } else {
    file.network = g_strdup (text);
  }
  wrong = hark_network_check (file.network, &sealed);
  if (wrong)
    hark_cli_complain (1, "%s", wrong);
  else if (sealed)
    printf (
      "A network of those who have this secret. Everything is sealed with it: nobody else even "
      "notices that Hark runs.\n");
  else
    printf (
      "A network of those who know the name “%s”. Others may guess it, and see that Hark runs.\n",
      file.network);
  for (char **peer = file.peers; peer && *peer; peer++)
    printf ("Hark runs at %s.\n", *peer);
  hark_network_file_clear (&file);
  return wrong ? 1 : 0;
}

/* (transfer full): a new secret, with @places to start from behind it; hark_words_free(). */
static char *
make (char **places)
{
  char *secret = hark_network_create ();
  g_autofree char *list = g_strjoinv (",", places);
  char *link = *list ? g_strdup_printf ("%s@%s", secret, list) : g_strdup (secret);

  hark_words_free (secret);
  return link;
}

static int
create (char **places)
{
  char *link = make (places);
  const char *wrong = hark_network_check (link, NULL);
  int code = wrong ? hark_cli_complain (1, "%s", wrong) : 0;

  if (!wrong)
    printf ("%s\n", link);
  hark_words_free (link);
  return code;
}

/* Never over another one: its secret would be gone. */
static int
write_file (const char *path, const HarkNetworkFile *file)
{
  g_autoptr (GError) error = NULL;

  if (g_file_test (path, G_FILE_TEST_EXISTS))
    return hark_cli_complain (1, "%s is there already", path);
  if (!hark_network_file_save (file, path, &error))
    return hark_cli_complain (1, "%s", error->message);
  return 0;
}

/* "export FILE.hark [HOST:PORT ...]": of --network, or of a new one. */
static int export(int argc, char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;
  HarkOptions options;
  HarkNetworkFile file = {0};
  const GOptionEntry entries[] = {
    {"title", 0, 0, G_OPTION_ARG_STRING, &file.title, "What people call the network", "TEXT"},
    G_OPTION_ENTRY_NULL,
  };
  int code;

  hark_options_init (&options);
  hark_options_add (&options, context);
  g_option_group_add_entries (g_option_context_get_main_group (context), entries);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    code = hark_cli_complain (2, "%s", error->message);
  else if (argc < 3 || !g_str_has_suffix (argv[2], HARK_NETWORK_FILE_SUFFIX)
           || (options.network && argc > 3))
    code = hark_cli_complain (2,
                              "network export FILE%s [--title TEXT] [--peer HOST] "
                              "[--network NETWORK | HOST:PORT ...]",
                              HARK_NETWORK_FILE_SUFFIX);
  else {
    file.network = options.network ? g_strdup (options.network) : make (argv + 3);
    file.peers = g_strdupv (options.peers);
    code = write_file (argv[2], &file);
    if (code == 0 && !options.network) /* who forgot the option would hand out an empty one */
      hark_cli_complain (0,
                         "%s is of a new network, in which nobody is yet; of one that there is: "
                         "--network NETWORK",
                         argv[2]);
  }
  hark_network_file_clear (&file);
  hark_options_clear (&options);
  return code;
}

/* Those that change the profile are verbs like others: through an engine. @argv: with the word at
 * @at. */
static int
change (int argc, char **argv, int at)
{
  g_autofree char **moved = g_new0 (char *, (gsize) argc + 1);
  char *verb = argv[at];
  int n = 0;

  moved[n++] = verb; /* options may stand before it */
  for (int i = 1; i < argc; i++)
    if (i != at)
      moved[n++] = argv[i];
  return hark_cli_verb (n, moved);
}

/* The same with what a file says: @argv[@at + 1] is one. */
static int
join_file (int argc, char **argv, int at)
{
  HarkNetworkFile file = {0};
  int code;

  if (!read_file (argv[at + 1], &file))
    return 1;
  argv[at + 1] = file.network;
  code = change (argc, argv, at);
  argv[at] = (char *) "add-peer";
  for (char **peer = file.peers; code == 0 && peer && *peer; peer++) {
    argv[at + 1] = *peer;
    code = change (argc, argv, at);
  }
  hark_network_file_clear (&file);
  return code;
}

static int
join (int argc, char **argv, int at)
{
  int code = at + 1 < argc && is_file (argv[at + 1]) ? join_file (argc, argv, at)
                                                     : change (argc, argv, at);

  if (code == 0)
    printf (
      "This profile belongs to the network from its next start on. \"network leave\" ends it.\n");
  return code;
}

int
hark_cli_network (int argc, char **argv)
{
  for (int at = 1; at < argc; at++) {
    if (strcmp (argv[at], "create") == 0)
      return create (argv + at + 1);
    if (strcmp (argv[at], "export") == 0)
      return export(argc, argv);
    if (strcmp (argv[at], "join") == 0)
      return join (argc, argv, at);
    if (strcmp (argv[at], "leave") == 0)
      return change (argc, argv, at);
    if (strcmp (argv[at], "show") == 0 && at + 1 < argc)
      return show (argv[at + 1]);
  }
  return hark_cli_complain (2, "say what: network create [HOST:PORT ...], export FILE.hark, show "
                               "NETWORK|FILE.hark, join NETWORK|FILE.hark or leave");
}
