/* core/voice/quality.h - how speech is sent: its rate, the length of frames, and how often each is
 * repeated; from what the peer reports.
 *
 * Pure; embedded. Loss without delay is answered by repeating frames in later packets, which beats
 * Opus' in-band FEC at equal rate, also in bursts. Delay that grows means that the line is full:
 * the rate falls to what passed while it grew, and at the lower steps two blocks share a packet,
 * since headers cost more than speech there. A line that stays clear is tried with the next step
 * after a while, which doubles each time that it was too much. Changes from the network's feedback
 * only, since every change of the packet size can be seen from outside, and at most every 5 s; but
 * the first seconds of a call and those after a step up are a trial: a queue that grows is answered
 * at once there, again half a second later if it goes on growing, and so is loss by more copies.
 * Else a line that is too narrow would have a second of delay before the call could react.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define HARK_QUALITY_HOLD 500       /* blocks of 10 ms between two changes */
#define HARK_QUALITY_TRIAL 300      /* that a beginning and a step up are watched closely */
#define HARK_QUALITY_PATIENCE 12000 /* and before a step up, at most: two minutes */
#define HARK_QUALITY_STEPS 7
#define HARK_QUALITY_STEP_FIRST 4 /* 32 kbit/s */
#define HARK_QUALITY_WAITS 8

typedef struct {
  unsigned bitrate; /* of one copy of the frames, bit/s: 8,000 to 64,000 */
  unsigned blocks;  /* of a frame: 1 or 2 */
  unsigned copies;  /* 0 to HARK_VOICE_COPIES_MAX */
} HarkQualityPlan;

typedef struct {
  unsigned step; /* 0 to HARK_QUALITY_STEPS - 1 */
  unsigned copies;
  unsigned held;                     /* blocks since the last change */
  unsigned trial;                    /* blocks that are left of it */
  bool changed;                      /* in this trial */
  unsigned queued;                   /* blocks in a row in which packets waited in a queue */
  unsigned clear;                    /* blocks in a row in which the line was clear */
  unsigned patience;                 /* of them before a step up */
  uint8_t waits[HARK_QUALITY_WAITS]; /* last reported, by block */
  unsigned at;                       /* of the oldest */
} HarkQuality;

/* hark_quality_init: 32 kbit/s, no copies. */
void hark_quality_init (HarkQuality *quality);

/* hark_quality_begin: likewise, with the step and as many copies as @before ended with, when these
 * were for worse: what a call learned of the line counts for the next. */
void hark_quality_begin (HarkQuality *quality, const HarkQuality *before);

/* hark_quality_step: one block passed; what the peer last reported: @loss: share of packets, in
 * 1/255; @wait: how long packets wait on their way, in steps of 4 ms. Returns whether the plan
 * changed. */
bool hark_quality_step (HarkQuality *quality, uint8_t loss, uint8_t wait);

/* hark_quality_plan: how to send now. */
HarkQualityPlan hark_quality_plan (const HarkQuality *quality);

/* hark_quality_share: brings @n @plans (bitrate 0: nobody's) to at most @max different rates:
 * nobody gets a higher one than their own, the lowest stays, and the sum of all is the highest that
 * this leaves. Frames follow the rate, copies stay. @n at most 32, @max 1 to 3. */
void hark_quality_share (HarkQualityPlan *plans, unsigned n, unsigned max);
