/* net/session/window.h - which numbered packets came already: each counts once.
 *
 * Pure; one thread at a time. A sliding window as of RFC 6479. Mark a number only when the packet
 * was found to be authentic.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define HARK_WINDOW_LEN 1024 /* packets; what is older than the newest by so many is refused */

/* Zeros: nothing came. */
typedef struct {
  uint64_t next; /* one above the newest */
  uint64_t seen[HARK_WINDOW_LEN / 64];
} HarkWindow;

/* hark_window_is_fresh: @number was not marked, and is not too old to tell. */
bool hark_window_is_fresh (const HarkWindow *window, uint64_t number);

/* hark_window_mark: the packet @number, which is fresh, came; below 2^62. */
void hark_window_mark (HarkWindow *window, uint64_t number);
