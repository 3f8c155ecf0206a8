/* app/cli/files.h - the verbs about files: from and to pipes, and taking what is offered. */
#pragma once

#include "app/cli/verb.h"

typedef struct {
  char *to;
  char *with;
  char *from;
  gboolean all;
  gboolean to_stdout;
  gboolean picture;
  char *output;   /* of -o */
  char *folder;   /* of our own, for pipes; NULL: none needed */
  char **spooled; /* arguments with paths in place of "-" */
} HarkFilesOptions;

/* hark_cli_files_add: @options must outlive @context. */
void hark_cli_files_add (HarkFilesOptions *options, GOptionContext *context);

/* hark_cli_files_take_all: "take" is to need no argument. */
bool hark_cli_files_take_all (const HarkFilesOptions *options);

/* hark_cli_files_begin: reads standard input, where a verb's arguments name it: it is called @name
 * (nullable) then; says where files go. */
bool
hark_cli_files_begin (HarkFilesOptions *options, HarkVerb *verb, const char *name, GError **error);

/* hark_cli_files_end: the verb is over with @code: what came goes to standard output, where that
 * was wanted. Returns the exit code. */
int hark_cli_files_end (HarkFilesOptions *options, int code);

/* hark_cli_files_fill: completes @command of @verb, one of those about shared folders, or a "give"
 * that shows pictures; of others nothing. False: it could not be understood, which was said, and
 * the verb is finished. */
bool hark_cli_files_fill (HarkVerb *verb, JsonObject *command, JsonObject *status);

/* hark_cli_files_print: @result of one of those; false: it is none of these verbs. _more: there is
 * more to be asked for. */
bool hark_cli_files_print (HarkVerb *verb, JsonObject *result);
bool hark_cli_files_more (const HarkVerb *verb, JsonObject *result);

/* hark_cli_files_takes: (transfer full): the commands that take everything the verb's contact or
 * group, or anybody offers, or what lies in a folder they share; NULL: there is nothing, or no such
 * contact, which was said. _take_later: (transfer full) (nullable): the one that takes what is
 * offered by @event while the verb runs; NULL: it is not to be taken. */
GPtrArray *hark_cli_files_takes (HarkVerb *verb, JsonObject *status);
JsonObject *hark_cli_files_take_later (HarkVerb *verb, JsonObject *event);
