/* core/files/schedule.h - who is asked for which blocks of a file that several people have.
 *
 * Pure; one thread at a time. A source works on one run of blocks at a time. Runs are long at first
 * and shorter towards the end. When every missing block has been asked for, an idle source takes
 * the tail of the run that would take longest; the very last block of a slow source is asked for
 * twice, and the first answer wins. A source that fails gives its run back.
 *
 * Where others fetch it side by side, and have some of it (holding.h), each is asked only for what
 * they have, and for what the fewest have first; of equally rare ones those from a place of our own
 * on, so that those who fetch it side by side fetch different blocks, and have something for each
 * other. Whoever has all of it is spared: he is asked only for what nobody else has, and is not on
 * its way to somebody who gets on; or where others are far slower. Runs are then as long as 2 s
 * bring.
 *
 * Memory: one byte a block. Source: core/PROTOCOL.md "Files".
 */
#pragma once

#include "core/files/holding.h"
#include "net/base/time.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define HARK_SCHEDULE_SOURCES_MAX 4
#define HARK_SCHEDULE_RUN_MIN 2   /* blocks */
#define HARK_SCHEDULE_RUN_MAX 256 /* blocks */
#define HARK_SCHEDULE_RUN_SHARED (HARK_HOLDING_COMING_MAX / HARK_SCHEDULE_SOURCES_MAX)
#define HARK_SCHEDULE_PATIENCE (30 * HARK_SECOND) /* with somebody to whom a block comes */

typedef struct HarkSchedule HarkSchedule;

/* hark_schedule_new: (transfer full): over @blocks blocks, all there; hark_schedule_free: NULL is
 * fine. */
HarkSchedule *hark_schedule_new (uint64_t blocks);
void hark_schedule_free (HarkSchedule *schedule);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HarkSchedule, hark_schedule_free)

/* hark_schedule_need: @block is missing (again), and nobody works on it. */
void hark_schedule_need (HarkSchedule *schedule, uint64_t block);

/* hark_schedule_know: @source is one to be asked (@here), and has what @holding says, borrowed;
 * NULL: all of it. _share: others fetch it side by side; @start is the place of our own. */
void
hark_schedule_know (HarkSchedule *schedule, unsigned source, bool here, const HarkHolding *holding);
void hark_schedule_share (HarkSchedule *schedule, uint64_t start);

/* hark_schedule_yield: of the run of @source, who has all of it, what comes to somebody who is
 * earlier (holding.h) as well, and all behind that, is given up: two asked at the same time. */
void hark_schedule_yield (HarkSchedule *schedule, unsigned source, HarkTime now);

/* hark_schedule_hopes: something that nobody works on is on its way to somebody who gets on. */
bool hark_schedule_hopes (const HarkSchedule *schedule, HarkTime now);

/* hark_schedule_list_asked: the first HARK_HOLDING_COMING_MAX blocks in anybody's run; their
 * number. */
unsigned hark_schedule_list_asked (const HarkSchedule *schedule,
                                   uint32_t ret[HARK_HOLDING_COMING_MAX]);

/* hark_schedule_is_stalled: nothing has come from @source for so long that it may be gone without a
 * word: others are asked for its run, however it was before. */
bool hark_schedule_is_stalled (const HarkSchedule *schedule, unsigned source, HarkTime now);

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
