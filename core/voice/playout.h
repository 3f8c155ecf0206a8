/* core/voice/playout.h - turns packets that come when they like into sound that never stops.
 *
 * Pure: `now` comes in with packets and with blocks; allocates in _new only; one thread. Holds at
 * most HARK_PLAYOUT_SLOTS blocks of 10 ms. Frames are put in order by their tick, gaps
 * are filled from copies in later packets, else concealed by the decoder; a frame that comes after
 * its gap was concealed and later ones were played is dropped. As long as nothing newer has come,
 * playout waits where it stopped: a burst that was held up is played, not lost, and the delay is
 * won back afterwards. The delay follows arrival.h's target by stretching and shrinking speech,
 * which also takes up the drift between the two sound cards. It is shrunk in pauses unless it is
 * far too long. A stream that jumps
 * by more than the buffer holds is followed after three packets that agree with each other.
 *
 * Two clocks meet here. The device asks in bursts of its own, so its schedule is taken from the
 * earliest of its requests for the last HARK_PLAYOUT_PULLS blocks: the buffer is deep enough for
 * the most eager one. It may ask for parts of a block: the less at once, the shorter a frame lies
 * here until it is asked for.
 */
#pragma once

#include "core/voice/packet.h"
#include "net/base/time.h"

#define HARK_PLAYOUT_SLOTS 64
#define HARK_PLAYOUT_PULLS 64 /* blocks */
#define HARK_PLAYOUT_PART 120 /* samples asked for at once, at least: 2.5 ms */

typedef struct HarkPlayout HarkPlayout;

typedef struct {
  double jitter_ms;  /* RFC 3550 */
  double target_ms;  /* what the buffer aims at */
  double playout_ms; /* how long the latest block waited beyond the fastest packet's way */
  double loss;       /* share of packets that did not come, last seconds */
  uint64_t blocks;   /* played while the stream ran */
  uint64_t concealed, late, duplicate, repaired, resyncs; /* blocks, packets, packets, frames */
  uint64_t stretched, shrunk;                             /* steps */
} HarkPlayoutStats;

HarkPlayout *hark_playout_new (void);
void hark_playout_free (HarkPlayout *playout);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HarkPlayout, hark_playout_free)

/* hark_playout_restart: as fresh, but for the counts of packets and blocks. */
void hark_playout_restart (HarkPlayout *playout);

/* hark_playout_put: a packet that hark_voice_packet_parse() took, arrived at @now. */
void hark_playout_put (HarkPlayout *playout, const HarkVoicePacket *packet, HarkTime now);

/* hark_playout_take: the next @n samples for the speaker, asked for at @now; silence before the
 * first packet. @n: HARK_VOICE_BLOCK or what goes into it without rest, HARK_PLAYOUT_PART or more.
 * Never above -1 dBFS, whatever a damaged stream decodes to. */
void hark_playout_take (HarkPlayout *playout, HarkTime now, int16_t *ret, size_t n);

void hark_playout_get_stats (const HarkPlayout *playout, HarkPlayoutStats *ret);
