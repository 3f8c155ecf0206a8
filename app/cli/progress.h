/* app/cli/progress.h - how far files are, on a terminal. */
#pragma once

#include <stdint.h>

/* hark_cli_progress: one line on stderr that replaces the one before: name, bar, share, rate
 * (bytes/s) and time left. Nothing where stderr is no terminal. */
void hark_cli_progress (const char *name, uint64_t bytes, uint64_t size, double rate);

/* hark_cli_progress_end: the line stays, the next begins below it. */
void hark_cli_progress_end (void);
