#include "core/voice/pipeline.h"

#include "core/voice/incoming.h"
#include "core/voice/level.h"
#include "core/voice/mixer.h"

#include <stdatomic.h>
#include <string.h>

#define PAUSE (500 * HARK_MS) /* longer than any scheduling delay: the microphone was away */
#define LOW_DELAY_FROM 24000  /* bit/s: below it frames sound better the other way */

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

/* Somebody in the call. */
typedef struct {
  HarkIncoming *incoming;
  atomic_bool on;
  atomic_uint volume; /* per cent */
} Person;

struct HarkPipeline {
  Capture capture;
  Person people[HARK_VOICE_PEOPLE_MAX];
  HarkMixer mixer;

  atomic_bool muted;
  HarkLevel level_in, level_out;
  Shared rate, packets_out;
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
  for (unsigned i = 0; i < HARK_VOICE_PEOPLE_MAX; i++) {
    pipeline->people[i].incoming = hark_incoming_new ();
    atomic_store (&pipeline->people[i].volume, HARK_MIXER_VOLUME);
  }
  atomic_store (&pipeline->people[0].on, true);
  hark_mixer_init (&pipeline->mixer);
  hark_level_init (&pipeline->level_in);
  hark_level_init (&pipeline->level_out);
  return pipeline;
}

void
hark_pipeline_free (HarkPipeline *pipeline)
{
  if (pipeline == NULL)
    return;
  hark_encoder_free (pipeline->capture.encoder);
  for (unsigned i = 0; i < HARK_VOICE_PEOPLE_MAX; i++)
    hark_incoming_free (pipeline->people[i].incoming);
  g_free (pipeline);
}

void
hark_pipeline_learn (HarkPipeline *pipeline, const HarkQuality *before)
{
  hark_quality_begin (&pipeline->capture.quality, before);
  follow_plan (&pipeline->capture);
}

HarkQuality
hark_pipeline_get_quality (const HarkPipeline *pipeline)
{
  return pipeline->capture.quality;
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

/* What the first one hears of us and is told; when there are several, the worst that any of them
 * reports: one stream goes to all. */
static HarkIncomingStats
reports (const HarkPipeline *pipeline)
{
  HarkIncomingStats all = {.version = HARK_VOICE_VERSION};
  bool first = true;

  for (unsigned i = 0; i < HARK_VOICE_PEOPLE_MAX; i++) {
    HarkIncomingStats stats;

    if (!atomic_load (&pipeline->people[i].on))
      continue;
    hark_incoming_get_stats (pipeline->people[i].incoming, &stats);
    if (first)
      all = stats;
    all.loss_there = MAX (all.loss_there, stats.loss_there);
    all.wait_there = MAX (all.wait_there, stats.wait_there);
    all.version = first ? stats.version : HARK_VOICE_VERSION;
    first = false;
  }
  return all;
}

size_t
hark_pipeline_capture (HarkPipeline *pipeline,
                       const int16_t samples[HARK_VOICE_BLOCK],
                       HarkTime now,
                       uint8_t ret[HARK_VOICE_PACKET_MAX])
{
  Capture *capture = &pipeline->capture;
  const HarkIncomingStats told = reports (pipeline);
  HarkVoicePacket packet = {0};
  size_t len;

  capture->replan |= hark_quality_step (&capture->quality, told.loss_there, told.wait_there);
  if (capture->replan && capture->filled == 0) {
    follow_plan (capture);
    capture->replan = false;
  }

  if (capture->last != 0 && hark_time_since (now, capture->last) >= PAUSE)
    capture->tick += (uint32_t) (hark_time_since (now, capture->last) / (10 * HARK_MS));
  capture->last = now;
  hark_level_meter (&pipeline->level_in, samples);
  fill (capture, samples, atomic_load (&pipeline->muted));
  if (capture->filled < capture->plan.blocks)
    return 0;
  capture->filled = 0;

  memmove (capture->frames[1], capture->frames[0],
           sizeof capture->frames - sizeof capture->frames[0]);
  hark_encoder_encode (capture->encoder, capture->samples, capture->frames[0]);
  packet.version = told.version;
  packet.blocks = capture->plan.blocks;
  packet.loss = told.loss_here;
  packet.wait = told.wait_here;
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

void
hark_pipeline_address (const HarkPipeline *pipeline, unsigned person, uint8_t *packet, size_t len)
{
  HarkIncomingStats stats;

  g_assert (person < HARK_VOICE_PEOPLE_MAX && len >= HARK_VOICE_HEADER_LEN);
  hark_incoming_get_stats (pipeline->people[person].incoming, &stats);
  hark_voice_packet_set_report (packet, stats.loss_here, stats.wait_here);
}

bool
hark_pipeline_receive (HarkPipeline *pipeline, const uint8_t *data, size_t len, HarkTime now)
{
  return hark_pipeline_receive_from (pipeline, 0, data, len, now);
}

bool
hark_pipeline_receive_from (
  HarkPipeline *pipeline, unsigned person, const uint8_t *data, size_t len, HarkTime now)
{
  g_assert (person < HARK_VOICE_PEOPLE_MAX);
  return atomic_load (&pipeline->people[person].on)
         && hark_incoming_receive (pipeline->people[person].incoming, data, len, now);
}

void
hark_pipeline_play (HarkPipeline *pipeline, HarkTime now, int16_t ret[HARK_VOICE_BLOCK])
{
  hark_mixer_begin (&pipeline->mixer);
  for (unsigned i = 0; i < HARK_VOICE_PEOPLE_MAX; i++) {
    int16_t block[HARK_VOICE_BLOCK];

    if (!atomic_load (&pipeline->people[i].on))
      continue;
    hark_incoming_play (pipeline->people[i].incoming, now, block);
    hark_mixer_add (&pipeline->mixer, block, atomic_load (&pipeline->people[i].volume));
  }
  hark_mixer_finish (&pipeline->mixer, ret);
  hark_level_meter (&pipeline->level_out, ret);
}

void
hark_pipeline_set_person (
  HarkPipeline *pipeline, unsigned person, bool on, bool other, unsigned volume)
{
  Person *who = &pipeline->people[person];

  g_assert (person < HARK_VOICE_PEOPLE_MAX);
  if (other)
    hark_incoming_restart (who->incoming);
  atomic_store (&who->volume, MIN (volume, 2 * HARK_MIXER_VOLUME));
  atomic_store (&who->on, on);
}

double
hark_pipeline_get_level (const HarkPipeline *pipeline, unsigned person)
{
  HarkIncomingStats stats;

  g_assert (person < HARK_VOICE_PEOPLE_MAX);
  if (!atomic_load (&pipeline->people[person].on))
    return HARK_LEVEL_FLOOR;
  hark_incoming_get_stats (pipeline->people[person].incoming, &stats);
  return stats.level;
}

void
hark_pipeline_set_muted (HarkPipeline *pipeline, bool muted)
{
  atomic_store (&pipeline->muted, muted);
}

void
hark_pipeline_get_stats (const HarkPipeline *pipeline, HarkVoiceStats *ret)
{
  const HarkIncomingStats told = reports (pipeline);

  *ret = (HarkVoiceStats){
    .jitter_ms = told.jitter_ms,
    .playout_ms = told.playout_ms,
    .loss_in = told.loss_in,
    .loss_out = (double) told.loss_there / 255,
    .concealed = told.concealed,
    .rate_out = (double) atomic_load (&pipeline->rate),
    .level_in = hark_level_get (&pipeline->level_in),
    .level_out = hark_level_get (&pipeline->level_out),
    .packets_in = told.packets,
    .packets_out = (uint64_t) atomic_load (&pipeline->packets_out),
    .packets_refused = told.refused,
  };
}
