/* app/harden.h - what a process gives up before it holds a secret. */
#pragma once

/* hark_harden: no core dumps, no looking in by other processes of the same user (ptrace, /proc), no
 * new privileges through programs that are started; and no file takes the number of a standard
 * stream that was closed (`hark-cli >&-`), as everything printed would go into it. Also asks for
 * more descriptors than the usual 1,024. Call it first in main(). What the system refuses is left,
 * with a debug line: it protects against accidents, and nothing depends on it.
 *
 * With AddressSanitizer the process stays open to its own leak checker. */
void hark_harden (void);
