/* tests/unit/net/io/places.h - several computers in one process: a network namespace for each. */
#pragma once

#include <stdbool.h>

#define PLACES_MAX 4

/* places_open: @n of them, without any network but loopback, which is down; the last one is where
 * this thread is then. False where that is not allowed. */
bool places_open (unsigned n);

/* places_go_to: sockets and threads made from now on are in @place; what was made stays where it
 * is.
 */
bool places_go_to (unsigned place);

/* places_run: a command of the shell, here; true when it succeeds. */
bool places_run (const char *command);

/* places_lay_cable: from @place_a, with the interface @a, to @place_b, with @b; both are down. This
 * thread is in @place_b then. */
bool places_lay_cable (unsigned place_a, const char *a, unsigned place_b, const char *b);

/* places_have_joined: a socket here is a member of @group on the interface @device; @group: its
 * IPv4 address as /proc/net/igmp writes it, eight capital hexadecimal digits of a 32-bit word.
 */
bool places_have_joined (const char *device, const char *group);
