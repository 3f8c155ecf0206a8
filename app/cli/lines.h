/* app/cli/lines.h - what people wrote, as lines on a terminal.
 *
 * Their words are data: signs that move the cursor, colour or turn the writing are replaced, lines
 * after the first are set in, so that nobody writes a line that looks like somebody else's.
 */
#pragma once

#include <json-glib/json-glib.h>
#include <stdbool.h>

/* hark_cli_clean: (transfer full): @text as it may be printed; @indent: in front of every line
 * after the first; NULL: all in one line. What is no UTF-8 is replaced, too. */
char *hark_cli_clean (const char *text, const char *indent);

/* hark_cli_clean_all: every string in @root, in place; texts and notes keep their lines. */
void hark_cli_clean_all (JsonNode *root);

/* hark_cli_name: what @account is called, which may be the user, a contact, or a member of @group
 * (32 hexadecimal digits, nullable), by @status; borrowed from one of these. */
const char *hark_cli_name (JsonObject *status, const char *group, const char *account);

/* hark_cli_title: the conversation of a message or chat, likewise. */
const char *hark_cli_title (JsonObject *status, JsonObject *of);

/* hark_cli_print_messages: the messages of @result, oldest first, with what became of them; @ids:
 * with what edit, delete, react and history --around take; @json: one object a line instead. */
void hark_cli_print_messages (JsonObject *status, JsonObject *result, bool ids, bool json);

/* hark_cli_print_time: of a message, and whether it went out or came in. */
void hark_cli_print_time (JsonObject *message);

void hark_cli_print_json (JsonObject *object);
