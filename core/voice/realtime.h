/* core/voice/realtime.h - lets threads that carry sound run before others on a busy machine.
 *
 * Shell: scheduling of the operating system. Where it is not allowed nothing happens: sound goes on
 * at the usual priority, and playout.h makes up for what comes late.
 */
#pragma once

#include <stdbool.h>

/* hark_realtime_device: for the thread of a device, called in it: SCHED_RR, not inherited. */
void hark_realtime_device (void);

/* hark_realtime_engine: for the thread that carries packets between network and devices, called in
 * it: a better nice value while a call is on (@on), the usual one after it. */
void hark_realtime_engine (bool on);
