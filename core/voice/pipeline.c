#include "core/voice/pipeline.h"

#include "core/voice/quality.h"
#include "core/voice/wait.h"

#include <math.h>
#include <stdatomic.h>
#include <string.h>

#define FLOOR_DBFS -96.0
#define PAUSE (500 * HARK_MS) /* longer than any scheduling delay: the microphone was away */
#define LOW_DELAY_FROM 24000  /* bit/s: below it frames sound better the other way */
#define MILLI 1000.0          /* figures cross threads as integers */

typedef _Atomic int64_t Shared;

typedef struct {
  HarkEncoder *encoder;
  HarkQuality quality;
  int16_t samples[HARK_VOICE_BLOCK * HARK_VOICE_FRAME_BLOCKS_MAX];
  unsigned filled; /* blocks */
  bool was_muted, replan;
  HarkQualityPlan plan;
  uint32_t tick;
  HarkTime last; /* when the block before came; 0: none did */
  uint8_t frames[1 + HARK_VOICE_COPIES_MAX][HARK_VOICE_FRAME_MAX]; /* newest first */
  unsigned sent;                                                   /* up to what is in frames */
} Capture;

struct HarkPipeline {
  Capture capture;
  HarkWait wait; /* of the peer's packets */
  HarkPlayout *playout;
  HarkPlayoutStats before; /* at the start of this second */
  unsigned block;          /* of this second */

  atomic_bool muted;
  atomic_uchar loss_here;  /* what we report */
  atomic_uchar loss_there; /* what the peer reports */
  atomic_uchar wait_here, wait_there;
  atomic_uchar version; /* of the peer's packets, so that it reads ours */
  Shared level_in, level_out, jitter, playout_delay, loss_in, concealed, rate;
  Shared packets_in, packets_out, refused;
};

/* From the next frame on. Frames of another length cannot be repeated beside it. */
static void
follow_plan (Capture *capture)
{
  HarkQualityPlan plan = hark_quality_plan (&capture->quality);
  size_t len = hark_encoder_frame_len (capture->encoder);

  hark_encoder_set (capture->encoder, plan.blocks, plan.bitrate,
                    plan.copies > 0 || plan.blocks > 1 || plan.bitrate < LOW_DELAY_FROM);
  if (plan.blocks != capture->plan.blocks || hark_encoder_frame_len (capture->encoder) != len)
    capture->sent = 0;
  capture->plan = plan;
}

HarkPipeline *
hark_pipeline_new (HarkRng *rng)
{
  HarkPipeline *pipeline = g_new0 (HarkPipeline, 1);
  Capture *capture = &pipeline->capture;

  hark_quality_init (&capture->quality);
  capture->plan = hark_quality_plan (&capture->quality);
  capture->encoder = hark_encoder_new (capture->plan.blocks, capture->plan.bitrate);
  follow_plan (capture);
  capture->tick = hark_rng_u32 (rng);
  hark_wait_init (&pipeline->wait);
  atomic_store (&pipeline->version, HARK_VOICE_VERSION);
  pipeline->playout = hark_playout_new ();
  atomic_store (&pipeline->level_in, (int64_t) (FLOOR_DBFS * MILLI));
  atomic_store (&pipeline->level_out, (int64_t) (FLOOR_DBFS * MILLI));
  return pipeline;
}

void
hark_pipeline_free (HarkPipeline *pipeline)
{
  if (pipeline == NULL)
    return;
  hark_encoder_free (pipeline->capture.encoder);
  hark_playout_free (pipeline->playout);
  g_free (pipeline);
}

/* A meter that follows rises at once and falls by 60 dB a second. */
static void
meter (Shared *level, const int16_t samples[HARK_VOICE_BLOCK])
{
  double sum = 0, db, old = (double) atomic_load_explicit (level, memory_order_relaxed) / MILLI;

  for (int i = 0; i < HARK_VOICE_BLOCK; i++)
    sum += (double) samples[i] * samples[i];
  db = sum > 0 ? 10 * log10 (sum / HARK_VOICE_BLOCK / (32768.0 * 32768.0)) : FLOOR_DBFS;
  db = MAX (MAX (db, FLOOR_DBFS), old - 0.6);
  atomic_store_explicit (level, (int64_t) (db * MILLI), memory_order_relaxed);
}

static void
fill (Capture *capture, const int16_t samples[HARK_VOICE_BLOCK], bool muted)
{
  int16_t *to = capture->samples + capture->filled * HARK_VOICE_BLOCK;

  for (int i = 0; i < HARK_VOICE_BLOCK; i++) {
    int gain = muted == capture->was_muted ? HARK_VOICE_BLOCK : i;

    if (muted)
      gain = HARK_VOICE_BLOCK - gain;
    to[i] = (int16_t) (samples[i] * gain / HARK_VOICE_BLOCK);
  }
  capture->was_muted = muted;
  capture->filled++;
}

size_t
hark_pipeline_capture (HarkPipeline *pipeline,
                       const int16_t samples[HARK_VOICE_BLOCK],
                       HarkTime now,
                       uint8_t ret[HARK_VOICE_PACKET_MAX])
{
  Capture *capture = &pipeline->capture;
  HarkVoicePacket packet = {0};
  size_t len;

  capture->replan |= hark_quality_step (&capture->quality, atomic_load (&pipeline->loss_there),
                                        atomic_load (&pipeline->wait_there));
  if (capture->replan && capture->filled == 0) {
    follow_plan (capture);
    capture->replan = false;
  }

  if (capture->last != 0 && hark_time_since (now, capture->last) >= PAUSE)
    capture->tick += (uint32_t) (hark_time_since (now, capture->last) / (10 * HARK_MS));
  capture->last = now;
  meter (&pipeline->level_in, samples);
  fill (capture, samples, atomic_load (&pipeline->muted));
  if (capture->filled < capture->plan.blocks)
    return 0;
  capture->filled = 0;

  memmove (capture->frames[1], capture->frames[0],
           sizeof capture->frames - sizeof capture->frames[0]);
  hark_encoder_encode (capture->encoder, capture->samples, capture->frames[0]);
  packet.version = atomic_load (&pipeline->version);
  packet.blocks = capture->plan.blocks;
  packet.loss = atomic_load (&pipeline->loss_here);
  packet.wait = atomic_load (&pipeline->wait_here);
  packet.tick = capture->tick;
  packet.copies = MIN (capture->plan.copies, capture->sent);
  packet.frame_len = hark_encoder_frame_len (capture->encoder);
  for (unsigned i = 0; i <= packet.copies; i++)
    packet.frames[i] = capture->frames[i];
  len = hark_voice_packet_write (&packet, ret);

  capture->tick += packet.blocks;
  capture->sent = MIN (capture->sent + 1, HARK_VOICE_COPIES_MAX);
  atomic_fetch_add (&pipeline->packets_out, 1);
  atomic_store (&pipeline->rate, (int64_t) len * 800 / packet.blocks);
  return len;
}

bool
hark_pipeline_receive (HarkPipeline *pipeline, const uint8_t *data, size_t len, HarkTime now)
{
  HarkVoicePacket packet;

  if (!hark_voice_packet_parse (data, len, &packet)) {
    atomic_fetch_add (&pipeline->refused, 1);
    return false;
  }
  atomic_fetch_add (&pipeline->packets_in, 1);
  atomic_store (&pipeline->loss_there, packet.loss);
  atomic_store (&pipeline->wait_there, packet.wait);
  atomic_store (&pipeline->version, (unsigned char) packet.version);
  atomic_store (&pipeline->wait_here,
                hark_wait_add (&pipeline->wait, packet.tick + packet.blocks, now));
  hark_playout_put (pipeline->playout, &packet, now);
  return true;
}

static void
publish (HarkPipeline *pipeline)
{
  HarkPlayoutStats now;
  uint64_t blocks, concealed;

  hark_playout_get_stats (pipeline->playout, &now);
  atomic_store (&pipeline->jitter, (int64_t) (now.jitter_ms * MILLI));
  atomic_store (&pipeline->playout_delay, (int64_t) (now.playout_ms * MILLI));
  atomic_store (&pipeline->loss_in, (int64_t) (now.loss * 1e6));
  atomic_store (&pipeline->loss_here, (uint8_t) (now.loss * 255 + 0.5));
  if (++pipeline->block < 100)
    return;

  pipeline->block = 0;
  blocks = now.blocks - pipeline->before.blocks;
  concealed = now.concealed - pipeline->before.concealed;
  atomic_store (&pipeline->concealed, blocks > 0 ? (int64_t) (concealed * 1000000 / blocks) : 0);
  pipeline->before = now;
}

void
hark_pipeline_play (HarkPipeline *pipeline, HarkTime now, int16_t ret[HARK_VOICE_BLOCK])
{
  hark_playout_take (pipeline->playout, now, ret);
  meter (&pipeline->level_out, ret);
  publish (pipeline);
}

void
hark_pipeline_set_muted (HarkPipeline *pipeline, bool muted)
{
  atomic_store (&pipeline->muted, muted);
}

void
hark_pipeline_get_stats (const HarkPipeline *pipeline, HarkVoiceStats *ret)
{
  *ret = (HarkVoiceStats){
    .jitter_ms = (double) atomic_load (&pipeline->jitter) / MILLI,
    .playout_ms = (double) atomic_load (&pipeline->playout_delay) / MILLI,
    .loss_in = (double) atomic_load (&pipeline->loss_in) / 1e6,
    .loss_out = (double) atomic_load (&pipeline->loss_there) / 255,
    .concealed = (double) atomic_load (&pipeline->concealed) / 1e6,
    .rate_out = (double) atomic_load (&pipeline->rate),
    .level_in = (double) atomic_load (&pipeline->level_in) / MILLI,
    .level_out = (double) atomic_load (&pipeline->level_out) / MILLI,
    .packets_in = (uint64_t) atomic_load (&pipeline->packets_in),
    .packets_out = (uint64_t) atomic_load (&pipeline->packets_out),
    .packets_refused = (uint64_t) atomic_load (&pipeline->refused),
  };
}
