/* core/files/schedule.h - who is asked for which blocks of a file that several people have.
 *
 * Pure; one thread at a time. A source works on one run of blocks at a time. Runs are long at first
 * and shorter towards the end. When every missing block has been asked for, an idle source takes
 * the tail of the run that would take longest; the very last block of a slow source is asked for
 * twice, and the first answer wins. A source that fails gives its run back.
 *
 * Memory: one byte a block. Source: core/PROTOCOL.md "Files".
 */
#pragma once

#include "net/base/time.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define HARK_SCHEDULE_SOURCES_MAX 4
#define HARK_SCHEDULE_RUN_MIN 2   /* blocks */
#define HARK_SCHEDULE_RUN_MAX 256 /* blocks */

typedef struct HarkSchedule HarkSchedule;

/* hark_schedule_new: (transfer full): over @blocks blocks, all there; hark_schedule_free: NULL is
 * fine. */
HarkSchedule *hark_schedule_new (uint64_t blocks);
void hark_schedule_free (HarkSchedule *schedule);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HarkSchedule, hark_schedule_free)

/* hark_schedule_need: @block is missing (again), and nobody works on it. */
void hark_schedule_need (HarkSchedule *schedule, uint64_t block);

/* hark_schedule_missing: how many blocks nobody has delivered yet. */
uint64_t hark_schedule_missing (const HarkSchedule *schedule);

/* hark_schedule_ask: a run for @source, which has none, as one of @active sources; false when there
 * is nothing that it could do sooner than those who are at it. Blocks @ret_from up to, not
 * including, @ret_to. */
bool hark_schedule_ask (HarkSchedule *schedule,
                        unsigned source,
                        unsigned active,
                        HarkTime now,
                        uint64_t *ret_from,
                        uint64_t *ret_to);

/* hark_schedule_got: @source delivered @block. True when it was missing, and is there now; false:
 * another was first. */
bool hark_schedule_got (HarkSchedule *schedule, unsigned source, uint64_t block, HarkTime now);

/* hark_schedule_is_working: whether there is still something to wait for in the run of @source; it
 * loses what others took over or delivered. */
bool hark_schedule_is_working (HarkSchedule *schedule, unsigned source);

/* hark_schedule_drop: @source has no run any more; what it did not deliver, others may. */
void hark_schedule_drop (HarkSchedule *schedule, unsigned source);
