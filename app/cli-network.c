/* app/cli-network.c - hark-cli network: closed networks made, looked at, joined and left. A profile
 * keeps the one it joined in its encrypted store. */

#include "app/cli-verbs.h"
#include "app/cli.h"
#include "app/options.h"

#include <stdio.h>
#include <string.h>

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

/* A new secret, with @places to start from behind it. */
static int
create (char **places)
{
  char *secret = hark_network_create ();
  g_autofree char *list = g_strjoinv (",", places);
  g_autofree char *link = *list ? g_strdup_printf ("%s@%s", secret, list) : g_strdup (secret);
  const char *wrong = hark_network_check (link, NULL);
  int code = wrong ? hark_cli_complain (1, "%s", wrong) : 0;

  if (!wrong)
    printf ("%s\n", link);
  hark_words_free (secret);
  return code;
}

/* Those that change the profile are verbs like others: through an engine. @argv: with the word at
 * @at. */
static int
change (int argc, char **argv, int at)
{
  char *verb = argv[at];
  bool joins = strcmp (verb, "join") == 0;
  int code;

  memmove (argv + 1, argv, (size_t) at * sizeof *argv); /* options may stand before it */
  argv[1] = verb;
  code = hark_cli_verb (argc - 1, argv + 1);
  if (code == 0 && joins)
    printf (
      "This profile belongs to the network from its next start on. \"network leave\" ends it.\n");
  return code;
}

int
hark_cli_network (int argc, char **argv)
{
  const char *wrong;
  bool sealed = false;

  for (int at = 1; at < argc; at++) {
    if (strcmp (argv[at], "create") == 0)
      return create (argv + at + 1);
    if (strcmp (argv[at], "join") == 0 || strcmp (argv[at], "leave") == 0)
      return change (argc, argv, at);
    if (strcmp (argv[at], "show") != 0 || at + 1 == argc)
      continue;
    wrong = hark_network_check (argv[at + 1], &sealed);
    return wrong ? hark_cli_complain (1, "%s", wrong) : show (argv[at + 1], sealed);
  }
  return hark_cli_complain (
    2, "say what: network create [HOST:PORT ...], show NETWORK, join NETWORK or leave");
}
