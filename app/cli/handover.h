/* app/cli/handover.h - handing files over by four words, to somebody who is no contact. */
#pragma once

#include <stdbool.h>

/* hark_cli_is_handover: these arguments of "give" or "take" mean four words. */
bool hark_cli_is_handover (int argc, char **argv);

/* hark_cli_handover: "give --words PATH...", "take WORDS"; as the verbs of cli/verbs.h. */
int hark_cli_handover (int argc, char **argv);
