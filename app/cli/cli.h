/* app/cli/cli.h - what the verbs of hark-cli share.
 */
#pragma once

#include "app/options.h"

/* hark_cli_complain: "hark-cli: sentence" on stderr; returns @code. */
int hark_cli_complain (int code, const char *format, ...) G_GNUC_PRINTF (2, 3);
