/* app/cli.h - the verbs of hark-cli.
 */
#pragma once

#include "app/options.h"

/* Each returns the exit code: 0 done, 1 failed (a sentence went to stderr), 2 wrong use. @argc and
 * @argv begin with the verb itself. */
int hark_cli_run (int argc, char **argv);  /* run and node: cli-run.c */
int hark_cli_init (int argc, char **argv); /* init: cli-init.c */
int hark_cli_verb (int argc, char **argv); /* everything that acts through an engine: cli-verbs.c */

/* hark_cli_complain: "hark-cli: sentence" on stderr; returns @code. */
int hark_cli_complain (int code, const char *format, ...) G_GNUC_PRINTF (2, 3);
