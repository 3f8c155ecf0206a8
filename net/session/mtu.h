/* net/session/mtu.h - what a path carries: a cap on packet sizes.
 *
 * Pure; one thread at a time. ngtcp2 discovers once, never above 1,444 bytes, and has no black-hole
 * detection. This cap falls to 1,200 bytes when a path is new, the kernel says EMSGSIZE or three
 * probe time-outs follow each other; then single larger packets are tried at growing intervals, and
 * the first acknowledged one lifts the cap to its size.
 */
#pragma once

#include "net/base/time.h"

#include <stdbool.h>
#include <stddef.h>

#define HARK_MTU_MIN 1200 /* bytes every path must carry (RFC 9000 section 14.1) */

typedef struct {
  size_t max;        /* what the session may send without a cap, bytes */
  size_t cap;        /* 0: none */
  size_t trial;      /* size under trial, 0: none */
  unsigned step;     /* which size to try next */
  bool again;        /* a large trial failed once */
  HarkTime decision; /* a trial not acknowledged by then failed */
  HarkTime next;     /* when to try again */
  HarkTime interval; /* between tries; doubles */
} HarkMtu;

/* hark_mtu_init: no cap; @max: bytes of the largest packet. */
void hark_mtu_init (HarkMtu *mtu, size_t max);

/* hark_mtu_start_small: the largest is not known to pass: 1,200 bytes until a trial was
 * acknowledged, the first as soon as there is something to fill it with. */
void hark_mtu_start_small (HarkMtu *mtu);

/* hark_mtu_shrink: packets of at most 1,200 bytes from now on. */
void hark_mtu_shrink (HarkMtu *mtu, HarkTime now);

/* hark_mtu_limit: bytes of the largest packet to write now. */
size_t hark_mtu_limit (const HarkMtu *mtu);

/* hark_mtu_try: bytes of a trial packet to write now, or 0 when none is due. */
size_t hark_mtu_try (const HarkMtu *mtu, HarkTime now);

/* hark_mtu_tried: a trial packet of @size went; its verdict is due within @patience. */
void hark_mtu_tried (HarkMtu *mtu, size_t size, HarkTime patience, HarkTime now);

/* hark_mtu_decide: @acked: the trial packet was acknowledged; else failed if its time is over. True
 * when the trial is over either way. */
bool hark_mtu_decide (HarkMtu *mtu, bool acked, HarkTime now);
