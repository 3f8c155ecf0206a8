/* core/voice/incoming.h - what one person in a call says: packets to blocks for the speaker.
 *
 * Pure: allocates in _new only; neither locks nor waits. _receive and _play belong to one thread;
 * the others may be called from any.
 */
#pragma once

#include "core/voice/packet.h"
#include "net/base/time.h"

#include <stdbool.h>

typedef struct HarkIncoming HarkIncoming;

/* What is heard of them, and of what they hear of us. */
typedef struct {
  double jitter_ms, playout_ms, concealed; /* as in HarkVoiceStats */
  double loss_in;
  double level;                   /* dBFS, before their volume */
  uint8_t loss_here, wait_here;   /* to be told to them: as in a packet */
  uint8_t loss_there, wait_there; /* as they told us */
  unsigned version;               /* of their packets */
  uint64_t packets, refused;
} HarkIncomingStats;

HarkIncoming *hark_incoming_new (void);
void hark_incoming_free (HarkIncoming *incoming);

/* hark_incoming_restart: what comes next is somebody else's. */
void hark_incoming_restart (HarkIncoming *incoming);

/* hark_incoming_receive: bytes from the network that arrived at @now; false: refused. */
bool hark_incoming_receive (HarkIncoming *incoming, const uint8_t *data, size_t len, HarkTime now);

/* hark_incoming_play: the @n samples that the speaker asks for at @now, as hark_playout_take() has
 * it. */
void hark_incoming_play (HarkIncoming *incoming, HarkTime now, int16_t *ret, size_t n);

void hark_incoming_get_stats (const HarkIncoming *incoming, HarkIncomingStats *ret);
