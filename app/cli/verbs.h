/* app/cli/verbs.h - the verbs of hark-cli.
 *
 * Each returns the exit code: 0 done, 1 failed (a sentence went to stderr), 2 wrong use. @argc and
 * @argv begin with the verb itself.
 */
#pragma once

int hark_cli_run (int argc, char **argv);     /* run and node: cli/run.c */
int hark_cli_network (int argc, char **argv); /* network: cli/network.c */
/* hark_cli_restore, _passphrase, _erase, _backup_key: what is done to a profile as a whole. */
int hark_cli_restore (int argc, char **argv);
int hark_cli_passphrase (int argc, char **argv);
int hark_cli_erase (int argc, char **argv);
int hark_cli_backup_key (int argc, char **argv);

int hark_cli_init (int argc, char **argv); /* init: cli/init.c */
int hark_cli_verb (int argc, char **argv); /* everything that acts through an engine: cli/verbs.c */
