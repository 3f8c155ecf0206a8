/* core/voice/pacer.h - a thread that does something every 10 ms, for devices that have no clock.
 *
 * Shell. Keeps to its schedule: a late round is followed by shorter waits, of 2 ms at least, until
 * the series is on time again, as a sound server hands over what it kept. More than 500 ms behind,
 * which pipeline.h takes for a pause of the microphone, it starts a new schedule.
 */
#pragma once

#include "net/base/time.h"

typedef struct HarkPacer HarkPacer;

/* hark_pacer_start: @on_tick runs in the pacer's thread. Never NULL. */
HarkPacer *hark_pacer_start (const char *name, void (*on_tick) (void *data), void *data);

/* hark_pacer_stop: joins the thread (within 10 ms and one round) and frees; NULL is fine. */
void hark_pacer_stop (HarkPacer *pacer);
