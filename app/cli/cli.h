/* app/cli/cli.h - what the verbs of hark-cli share.
 */
#pragma once

#include "app/options.h"

#include <stdbool.h>

/* hark_cli_complain: "hark-cli: sentence" on stderr; returns @code. */
int hark_cli_complain (int code, const char *format, ...) G_GNUC_PRINTF (2, 3);

/* hark_cli_print_qr: @text as a QR code; nothing when it is too long for one. @terminal: only where
 * stdout is one, for a log makes nothing of it. */
void hark_cli_print_qr (const char *text, bool terminal);

/* hark_cli_is_empty: one of @paths is "", as of an unset variable in a script: taken as a path it
 * would mean the folder that one is in, and all of it. Said on stderr. */
bool hark_cli_is_empty (char **paths);
