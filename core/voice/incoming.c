#include "core/voice/incoming.h"

#include "core/voice/level.h"
#include "core/voice/playout.h"
#include "core/voice/wait.h"

#include <stdatomic.h>

#define MILLI 1000.0 /* figures cross threads as integers */

typedef _Atomic int64_t Shared;

struct HarkIncoming {
  HarkWait wait; /* of their packets */
  HarkPlayout *playout;
  HarkPlayoutStats before; /* at the start of this second */
  size_t played;           /* samples of this second */

  atomic_bool restart;
  atomic_uchar loss_here;  /* what we report */
  atomic_uchar loss_there; /* what they report */
  atomic_uchar wait_here, wait_there;
  atomic_uchar version;
  HarkLevel level;
  Shared jitter, playout_delay, loss_in, concealed, packets, refused;
};

HarkIncoming *
hark_incoming_new (void)
{
  HarkIncoming *incoming = g_new0 (HarkIncoming, 1);

  incoming->playout = hark_playout_new ();
  hark_wait_init (&incoming->wait);
  atomic_store (&incoming->version, HARK_VOICE_VERSION);
  hark_level_init (&incoming->level);
  return incoming;
}

void
hark_incoming_free (HarkIncoming *incoming)
{
  if (incoming == NULL)
    return;
  hark_playout_free (incoming->playout);
  g_free (incoming);
}

void
hark_incoming_restart (HarkIncoming *incoming)
{
  atomic_store (&incoming->loss_there, 0);
  atomic_store (&incoming->wait_there, 0);
  atomic_store (&incoming->restart, true);
}

/* In the thread that plays. */
static void
follow_restart (HarkIncoming *incoming)
{
  if (!atomic_exchange (&incoming->restart, false))
    return;
  hark_playout_restart (incoming->playout);
  hark_wait_init (&incoming->wait);
  hark_playout_get_stats (incoming->playout, &incoming->before);
}

bool
hark_incoming_receive (HarkIncoming *incoming, const uint8_t *data, size_t len, HarkTime now)
{
  HarkVoicePacket packet;

  follow_restart (incoming);
  if (!hark_voice_packet_parse (data, len, &packet)) {
    atomic_fetch_add (&incoming->refused, 1);
    return false;
  }
  atomic_fetch_add (&incoming->packets, 1);
  atomic_store (&incoming->loss_there, packet.loss);
  atomic_store (&incoming->wait_there, packet.wait);
  atomic_store (&incoming->version, (unsigned char) packet.version);
  atomic_store (&incoming->wait_here,
                hark_wait_add (&incoming->wait, packet.tick + packet.blocks, now));
  hark_playout_put (incoming->playout, &packet, now);
  return true;
}

static void
publish (HarkIncoming *incoming, size_t n)
{
  HarkPlayoutStats now;
  uint64_t blocks, concealed;

  hark_playout_get_stats (incoming->playout, &now);
  atomic_store (&incoming->jitter, (int64_t) (now.jitter_ms * MILLI));
  atomic_store (&incoming->playout_delay, (int64_t) (now.playout_ms * MILLI));
  atomic_store (&incoming->loss_in, (int64_t) (now.loss * 1e6));
  atomic_store (&incoming->loss_here, (uint8_t) (now.loss * 255 + 0.5));
  incoming->played += n;
  if (incoming->played < HARK_VOICE_RATE)
    return;

  incoming->played = 0;
  blocks = now.blocks - incoming->before.blocks;
  concealed = now.concealed - incoming->before.concealed;
  atomic_store (&incoming->concealed, blocks > 0 ? (int64_t) (concealed * 1000000 / blocks) : 0);
  incoming->before = now;
}

void
hark_incoming_play (HarkIncoming *incoming, HarkTime now, int16_t *ret, size_t n)
{
  follow_restart (incoming);
  hark_playout_take (incoming->playout, now, ret, n);
  hark_level_meter (&incoming->level, ret, n);
  publish (incoming, n);
}

void
hark_incoming_get_stats (const HarkIncoming *incoming, HarkIncomingStats *ret)
{
  *ret = (HarkIncomingStats){
    .jitter_ms = (double) atomic_load (&incoming->jitter) / MILLI,
    .playout_ms = (double) atomic_load (&incoming->playout_delay) / MILLI,
    .concealed = (double) atomic_load (&incoming->concealed) / 1e6,
    .loss_in = (double) atomic_load (&incoming->loss_in) / 1e6,
    .level = hark_level_get (&incoming->level),
    .loss_here = atomic_load (&incoming->loss_here),
    .wait_here = atomic_load (&incoming->wait_here),
    .loss_there = atomic_load (&incoming->loss_there),
    .wait_there = atomic_load (&incoming->wait_there),
    .version = atomic_load (&incoming->version),
    .packets = (uint64_t) atomic_load (&incoming->packets),
    .refused = (uint64_t) atomic_load (&incoming->refused),
  };
}
