/* app/cli/groups.h - the verbs about groups: "group create", "group add", ... */
#pragma once

#include <json-glib/json-glib.h>
#include <stdbool.h>

/* hark_cli_group_arguments: how many arguments name the group and a person, before what the table
 * of verbs tells; 0 for other verbs. */
int hark_cli_group_arguments (const char *verb);

/* hark_cli_group_fill: puts who and which group @arguments name into @command and moves behind
 * them.
 * @status: the result of "status". False with @error when they name nobody, or several. True for
 * other verbs. */
bool hark_cli_group_fill (
  const char *verb, char ***arguments, JsonObject *command, JsonObject *status, GError **error);

/* hark_cli_group_picture: in @command of "group picture" the file gives way to its pixels. False
 * with @error when it is no picture; true for other verbs. */
bool hark_cli_group_picture (const char *verb, JsonObject *command, GError **error);

/* hark_cli_group_find: (nullable): id of the one group that is called @wanted, or begins so (four
 * digits at least); borrowed from @status. */
const char *hark_cli_group_find (JsonObject *status, const char *wanted);

/* hark_cli_group_print: prints the result of a verb about groups; false for other verbs. */
bool hark_cli_group_print (const char *verb, JsonObject *result);
