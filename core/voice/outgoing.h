/* core/voice/outgoing.h - what the microphone hears, as every line of a call carries it.
 *
 * Pure: allocates in _new only; one thread at a time. Whoever listens has a line with a rate and
 * repeats of its own (quality.h). Those whose rates are equal share one encoder; there are at most
 * three, so more than three rates are brought together downwards (hark_quality_share()): a narrow
 * line lowers nobody who has a better one, and what it costs to encode stays bounded.
 */
#pragma once

#include "core/voice/packet.h"
#include "core/voice/quality.h"
#include "net/base/time.h"

#define HARK_OUTGOING_STREAMS 3

typedef struct HarkOutgoing HarkOutgoing;

/* What is known of one listener's line. */
typedef struct {
  bool on;
  bool fresh;                     /* somebody else than before */
  uint8_t loss_there, wait_there; /* as they report, as in a packet */
} HarkOutgoingLine;

/* hark_outgoing_new: @tick: of the first block. Never NULL. _free: NULL is fine. */
HarkOutgoing *hark_outgoing_new (uint32_t tick);
void hark_outgoing_free (HarkOutgoing *outgoing);

/* hark_outgoing_learn: everybody's line begins as @before ended (hark_quality_begin()). */
void hark_outgoing_learn (HarkOutgoing *outgoing, const HarkQuality *before);

/* hark_outgoing_quality: of the best line that is on, or was last: what all have in common, our own
 * line, is at least as good. */
HarkQuality hark_outgoing_quality (const HarkOutgoing *outgoing);

/* hark_outgoing_capture: 10 ms from the microphone, handed over at @now; after a pause of half a
 * second or more the tick moves on by its length. */
void hark_outgoing_capture (HarkOutgoing *outgoing,
                            const HarkOutgoingLine lines[HARK_VOICE_PEOPLE_MAX],
                            const int16_t samples[HARK_VOICE_BLOCK],
                            bool muted,
                            HarkTime now);

/* hark_outgoing_reopened: the microphone was closed and is about to be opened again: the tick moves
 * on by whatever length that pause has. */
void hark_outgoing_reopened (HarkOutgoing *outgoing);

/* hark_outgoing_packet: what became ready for @person by that block, in the packet of @version with
 * the report @loss_here, @wait_here; returns its length, 0 when no frame is full. */
size_t hark_outgoing_packet (const HarkOutgoing *outgoing,
                             unsigned person,
                             unsigned version,
                             uint8_t loss_here,
                             uint8_t wait_here,
                             uint8_t ret[HARK_VOICE_PACKET_MAX]);

/* hark_outgoing_rate: bit/s of the payloads that @person gets; 0: they are not on. */
unsigned hark_outgoing_rate (const HarkOutgoing *outgoing, unsigned person);
