/* app/cli/archive.h - what hark-cli's verbs about kept conversations take and print: history,
 * search, calls, chats, draft, note, keep, export.
 */
#pragma once

#include <glib.h>
#include <json-glib/json-glib.h>
#include <stdbool.h>

/* Options of history, search and calls. */
typedef struct {
  gint64 before, after; /* positions; 0: not given */
  char *around;         /* position or id */
  char *date;           /* local */
  char *in;             /* search: contact */
  gboolean unread, ids;
  int limit;
} HarkCliWindow;

/* hark_cli_window_add: the options; hark_cli_window_clear: frees what they hold. */
void hark_cli_window_add (HarkCliWindow *window, GOptionContext *context);
void hark_cli_window_clear (HarkCliWindow *window);

/* hark_cli_window_fill: into the command of "history" or "search"; false with @error when a date
 * or a place makes no sense. */
bool hark_cli_window_fill (const HarkCliWindow *window, JsonObject *command, GError **error);

/* hark_cli_days_fill: @days ("90", "forever", "default") into the command "keep". */
bool hark_cli_days_fill (const char *days, JsonObject *command, GError **error);

/* hark_cli_seconds_fill: @time ("off", or a number with s, m, h, d or w) into the command "timer".
 */
bool hark_cli_seconds_fill (const char *time, JsonObject *command, GError **error);

/* Each prints what is in @result; names come from @status. @json: the same, one object a line. */
void hark_cli_print_chats (JsonObject *status, JsonObject *result, bool json);
/* hark_cli_print_versions: of a message, the first one first; hark_cli_print_refused: what was put
 * aside. */
void hark_cli_print_versions (JsonObject *result);
void hark_cli_print_refused (JsonObject *status, JsonObject *result);
void hark_cli_print_found (JsonObject *status, JsonObject *result, bool json);
void hark_cli_print_calls (JsonObject *status, JsonObject *result, bool json);
