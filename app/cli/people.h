/* app/cli/people.h - what the verbs about people and ourselves have of their own: options, fields
 * of their commands, and how results look on a terminal. For app/cli/verbs.c.
 */
#pragma once

#include <glib.h>
#include <json-glib/json-glib.h>
#include <stdbool.h>

typedef struct {
  gboolean list, qr, invite_text, no_avatar;
  char *revoke, *relabel, *name, *status, *avatar;
  char *scan; /* --scan: a picture with a code, in place of the argument */
  char *scanned;
} HarkPeopleOptions;

/* hark_people_options_add: @options must outlive @context. */
void hark_people_options_add (HarkPeopleOptions *options, GOptionContext *context);
void hark_people_options_clear (HarkPeopleOptions *options);

/* hark_people_options_scan: reads the picture, if there is one, and puts what is in it behind the
 * arguments: @argv must have room. */
bool hark_people_options_scan (HarkPeopleOptions *options, int *argc, char **argv, GError **error);

/* hark_people_fill: completes @command of @verb. */
bool hark_people_fill (const HarkPeopleOptions *options,
                       const char *verb,
                       JsonObject *command,
                       GError **error);

/* hark_people_print: the result of @verb; false: it is none of these verbs. */
bool hark_people_print (const HarkPeopleOptions *options, const char *verb, JsonObject *result);

/* hark_people_print_status: the verbs that show what STATUS tells; @wanted: (nullable): the contact
 * that "about" is about, as an account; @json: objects, one a line. False: it is none of these
 * verbs. */
bool hark_people_print_status (const char *verb, JsonObject *status, const char *wanted, bool json);
