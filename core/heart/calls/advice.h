/* core/heart/calls/advice.h - what a bad connection does to a call, in a sentence.
 *
 * Pure; embedded. From the figures of each second; says what was measured, in which direction, and
 * no more: whose Wi-Fi it is cannot be seen from here.
 */
#pragma once

#include "core/hark.h"

#define HARK_ADVICE_BAD 3  /* seconds, in a row, before a sentence comes, */
#define HARK_ADVICE_GOOD 5 /* and before it goes */

typedef struct {
  unsigned bad, good; /* seconds in a row */
  bool shown;
} HarkAdvice;

/* hark_advice_delay_ms: how long their voice takes from mouth to ear, about: half the round trip,
 * what the packets wait for here, and what there is everywhere: the 10 ms of a packet, which are
 * what a microphone hands over at once, 2.5 of Opus and 15 of a speaker behind a sound server
 * (core/voice/device-pulse.c). What the devices themselves add is not known. 0: the round trip is
 * not. tests/bench/bench-call.py compares it with what is heard. */
double hark_advice_delay_ms (const HarkCallStats *stats);

/* hark_advice_init: nothing was seen. */
void hark_advice_init (HarkAdvice *advice);

/* hark_advice_step: one second more. Returns: (transfer full) (nullable): NULL while there is
 * nothing to say. */
char *hark_advice_step (HarkAdvice *advice, const HarkCallStats *stats);
