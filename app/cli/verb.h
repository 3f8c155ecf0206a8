/* app/cli/verb.h - one verb while it acts through an engine; shared by the files of verbs alone. */
#pragma once

#include "app/cli/archive.h"
#include "app/cli/people.h"
#include "core/hark.h"

#include <gio/gio.h>
#include <json-glib/json-glib.h>
#include <stdbool.h>

typedef enum {
  WAIT_RESULT,    /* done with the result */
  WAIT_DELIVERED, /* until the message is on the other side's disk */
  WAIT_MOVED,     /* until every transfer is over */
  WAIT_LOOK,      /* an engine of our own looks around for a while before it is asked */
  WAIT_CALL,      /* until the call is over */
  WAIT_SPOKEN,    /* until the user has spoken, then as WAIT_DELIVERED */
  WAIT_HEARD,     /* until a voice message is played to its end */
  WAIT_ONLINE,    /* with an engine of our own the contact is waited for */
  WAIT_WORDS,     /* until there are words to compare, and how they compare */
} HarkVerbWait;

typedef struct {
  const char *verb;
  const char *command;
  bool contact;         /* the first argument is one */
  const char *argument; /* NULL, or the field of the next one; "paths" takes all the rest, "on" is
                           on or off, "rest" what the verb's own file makes of them (at most two);
                           several with commas between */
  HarkVerbWait wait;
} HarkVerbRow;

typedef struct {
  GMainLoop *loop;
  GSocketConnection *connection; /* to a running engine, or */
  GDataInputStream *input;
  HarkEngine *engine; /* our own */
  const HarkVerbRow *row;
  char **arguments; /* borrowed */
  gboolean one_time;
  char *label;
  char *text;   /* of a request */
  char *secret; /* passphrase of a backup */
  gboolean no_messages;
  int keep, hours;      /* of automatic backups; 0: the usual */
  HarkCliWindow window; /* of history and search */
  bool json;            /* print and export objects, one a line */
  JsonObject *status;   /* as it was before the verb's own command */
  HarkPeopleOptions people;
  unsigned tries;        /* of words while they are not online yet */
  bool speaks;           /* into the microphone: that much was begun */
  bool to_self;          /* notes: nobody has to get them */
  char *message;         /* id we wait for */
  char *to;              /* take: directory */
  char *paused;          /* why a transfer does not go on, as it was told last */
  int64_t call;          /* likewise, for its end; 0: none yet */
  char *said;            /* about it, last */
  bool talked, leaving;  /* it was answered; the user ended it */
  char *with;            /* share, take: a contact */
  bool takes_all;        /* take: what is offered later, too; */
  JsonObject *whose;     /* of this contact or group; NULL: of anybody */
  bool shows;            /* give: previews of what are pictures */
  int64_t from;          /* browse: entries printed so far */
  GHashTable *transfers; /* numbers not yet over */
  bool failed_transfer;
  bool looked;
  int code;
} HarkVerb;

/* hark_cli_finish: ends the verb with an exit code. */
void hark_cli_finish (HarkVerb *verb, int code);

/* hark_cli_member: a string of @object, "" if it has none. */
const char *hark_cli_member (JsonObject *object, const char *field);

/* hark_cli_add_contact: the contact or group that @wanted means goes into @command. False: it could
 * not be understood, which was said, and the verb is finished. */
bool
hark_cli_add_contact (HarkVerb *verb, JsonObject *command, JsonObject *status, const char *wanted);

/* hark_cli_write_own: (transfer full) (nullable): the verb's own command, now that contacts are
 * known; NULL: it could not be written, which was said, and the verb is finished. */
JsonObject *hark_cli_write_own (HarkVerb *verb, JsonObject *status);

/* What results look like on a terminal, or with @json as an object; hark_cli_print_findings: true
 * when nothing is a problem. */
void hark_cli_print_people (JsonObject *result);
void hark_cli_print_mailboxes (JsonObject *result);
void hark_cli_print_relay_nodes (JsonObject *result, bool json);
bool hark_cli_print_findings (JsonObject *result, bool json);
void hark_cli_print_ledger (JsonObject *result);
void hark_cli_show_progress (JsonObject *event);
