/* app/cli/queue.h - the verbs about all files: queue, limit, metered, accept-files, and those about
 * one that is under way. */
#pragma once

#include <json-glib/json-glib.h>
#include <stdbool.h>
#include <stdint.h>

/* hark_cli_queue_fill: puts what @arguments say into @command; what stands there of them in the
 * table of verbs is left out. False with @error when they say nothing sensible. True for other
 * verbs. */
bool hark_cli_queue_fill (const char *verb, char **arguments, JsonObject *command, GError **error);

/* hark_cli_queue_print: prints the result of such a verb; false for other verbs. */
bool hark_cli_queue_print (const char *verb, JsonObject *result);

/* hark_cli_size_read: bytes of "12", "500k", "1.5M", "2G" (of 1000), with "iB" behind the letter of
 * 1024, and with or without "/s" or "B/s"; false when it is none. _write: (transfer full): for
 * people. */
bool hark_cli_size_read (const char *text, uint64_t *ret);
char *hark_cli_size_write (uint64_t bytes);
