/* app/json/json.h - commands and events of core/hark.h as JSON objects, one a line (hark-cli run
 * --json).
 *
 * Pure; any thread. The field names are a promise to scripts: fields may be added, never renamed or
 * removed.
 */
#pragma once

#include "core/hark.h"

/**
 * hark_json_parse_command:
 * @line: one JSON object, not trusted
 * @ret_tag: (out) (transfer full) (nullable): its "tag", also when it is refused
 * @ret_name: (out) (transfer full) (nullable): its "command", likewise
 * @error: G_IO_ERROR_INVALID_ARGUMENT with a sentence: not JSON, unknown command, a field missing
 * or malformed
 *
 * Returns: (transfer full) (nullable): NULL when refused
 */
HarkCommand *
hark_json_parse_command (const char *line, char **ret_tag, char **ret_name, GError **error);

/* hark_json_format_event: (transfer full): one line without its newline; invalid UTF-8 cannot occur
 * in events. */
char *hark_json_format_event (const HarkEvent *event);

/* hark_json_format_refusal: (transfer full): the "result" of a line that never became a command. */
char *hark_json_format_refusal (const char *tag,
                                const char *name,
                                const char *code,
                                const char *sentence);

/* hark_json_command_name: the word for @kind, as in "send"; static. */
const char *hark_json_command_name (HarkCommandKind kind);
