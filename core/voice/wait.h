/* core/voice/wait.h - how long packets wait in queues on their way, by what they carry and when
 * they come.
 *
 * Pure; embedded. The fastest way so far is taken for one without queues; it is forgotten slowly,
 * as fast as two sound cards' clocks may drift apart, so a queue that stands for minutes is still
 * seen. What is told is the least that any of the last HARK_WAIT_PACKETS waited, since jitter and a
 * stall spare some of them and a queue spares none. While each comes later than the one before, as
 * when a queue is being filled, the latest alone is told, 150 ms earlier.
 */
#pragma once

#include "net/base/time.h"

#include <stdbool.h>
#include <stdint.h>

#define HARK_WAIT_STEP_MS 4
#define HARK_WAIT_PACKETS 16

typedef struct {
  bool known;
  uint32_t tick;   /* of the newest packet */
  int64_t sent_us; /* when it was sent, by the sender's clock, from some start */
  double least_us; /* the shortest way of all */
  int64_t transit_us[HARK_WAIT_PACKETS]; /* of the last ones */
  unsigned at;                           /* where the next goes */
  unsigned rises; /* bit 0: the newest took longer than the one before it; and so on */
} HarkWait;

void hark_wait_init (HarkWait *wait);

/* hark_wait_add: a packet that ends with @tick (blocks of 10 ms; wraps) came at @now. Returns how
 * long packets wait lately, in steps of HARK_WAIT_STEP_MS, at most 255. */
uint8_t hark_wait_add (HarkWait *wait, uint32_t tick, HarkTime now);
