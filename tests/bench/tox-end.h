/* tests/bench/tox-end.h - what both programs beside toxcore (bench-tox.c, bench-toxav.c) begin
 * with.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <tox/tox.h>

/* tox_end_new: one that keeps nothing on a disk and asks nobody on the LAN. Never NULL. */
Tox *tox_end_new (void);

/* tox_end_accept: whoever asks to be a friend is one. */
void tox_end_accept (Tox *tox);

/* tox_end_print_hex, _read_hex: upper case. Ends the program when @text is not @len bytes. */
void tox_end_print_hex (const uint8_t *bytes, size_t len);
void tox_end_read_hex (const char *text, uint8_t *ret, size_t len);
