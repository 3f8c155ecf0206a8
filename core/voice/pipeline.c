#include "core/voice/pipeline.h"

#include "core/voice/incoming.h"
#include "core/voice/level.h"
#include "core/voice/mixer.h"
#include "core/voice/outgoing.h"

#include <stdatomic.h>
#include <string.h>

typedef _Atomic int64_t Shared;

/* Somebody in the call. */
typedef struct {
  HarkIncoming *incoming;
  atomic_bool on, fresh; /* fresh: somebody else, of which the microphone's thread does not know */
  atomic_uint volume;    /* per cent */
  Shared rate;           /* bit/s to them */
} Person;

struct HarkPipeline {
  HarkOutgoing *outgoing;
  Person people[HARK_VOICE_PEOPLE_MAX];
  HarkMixer mixer;

  atomic_bool muted;
  HarkLevel level_in, level_out;
  Shared packets_out;
};

HarkPipeline *
hark_pipeline_new (HarkRng *rng)
{
  HarkPipeline *pipeline = g_new0 (HarkPipeline, 1);

  pipeline->outgoing = hark_outgoing_new (hark_rng_u32 (rng));
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
  hark_outgoing_free (pipeline->outgoing);
  for (unsigned i = 0; i < HARK_VOICE_PEOPLE_MAX; i++)
    hark_incoming_free (pipeline->people[i].incoming);
  g_free (pipeline);
}

void
hark_pipeline_learn (HarkPipeline *pipeline, const HarkQuality *before)
{
  hark_outgoing_learn (pipeline->outgoing, before);
}

HarkQuality
hark_pipeline_get_quality (const HarkPipeline *pipeline)
{
  return hark_outgoing_quality (pipeline->outgoing);
}

void
hark_pipeline_hear (HarkPipeline *pipeline, const int16_t samples[HARK_VOICE_BLOCK], HarkTime now)
{
  HarkOutgoingLine lines[HARK_VOICE_PEOPLE_MAX] = {{0}};

  for (unsigned i = 0; i < HARK_VOICE_PEOPLE_MAX; i++) {
    Person *person = &pipeline->people[i];
    HarkIncomingStats told;

    lines[i].on = atomic_load (&person->on);
    if (!lines[i].on)
      continue;
    lines[i].fresh = atomic_exchange (&person->fresh, false);
    hark_incoming_get_stats (person->incoming, &told);
    lines[i].loss_there = told.loss_there;
    lines[i].wait_there = told.wait_there;
  }
  hark_level_meter (&pipeline->level_in, samples, HARK_VOICE_BLOCK);
  hark_outgoing_capture (pipeline->outgoing, lines, samples, atomic_load (&pipeline->muted), now);
  for (unsigned i = 0; i < HARK_VOICE_PEOPLE_MAX; i++)
    atomic_store (&pipeline->people[i].rate, hark_outgoing_rate (pipeline->outgoing, i));
}

size_t
hark_pipeline_packet (HarkPipeline *pipeline, unsigned person, uint8_t ret[HARK_VOICE_PACKET_MAX])
{
  HarkIncomingStats told;
  size_t len;

  g_assert (person < HARK_VOICE_PEOPLE_MAX);
  hark_incoming_get_stats (pipeline->people[person].incoming, &told);
  len = hark_outgoing_packet (pipeline->outgoing, person, told.version, told.loss_here,
                              told.wait_here, ret);
  if (len > 0)
    atomic_fetch_add (&pipeline->packets_out, 1);
  return len;
}

size_t
hark_pipeline_capture (HarkPipeline *pipeline,
                       const int16_t samples[HARK_VOICE_BLOCK],
                       HarkTime now,
                       uint8_t ret[HARK_VOICE_PACKET_MAX])
{
  hark_pipeline_hear (pipeline, samples, now);
  return hark_pipeline_packet (pipeline, 0, ret);
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
hark_pipeline_play (HarkPipeline *pipeline, HarkTime now, int16_t *ret, size_t n)
{
  hark_mixer_begin (&pipeline->mixer);
  for (unsigned i = 0; i < HARK_VOICE_PEOPLE_MAX; i++) {
    int16_t block[HARK_VOICE_BLOCK];

    if (!atomic_load (&pipeline->people[i].on))
      continue;
    hark_incoming_play (pipeline->people[i].incoming, now, block, n);
    hark_mixer_add (&pipeline->mixer, block, n, atomic_load (&pipeline->people[i].volume));
  }
  hark_mixer_finish (&pipeline->mixer, ret, n);
  hark_level_meter (&pipeline->level_out, ret, n);
}

void
hark_pipeline_reopened (HarkPipeline *pipeline)
{
  hark_outgoing_reopened (pipeline->outgoing);
  for (unsigned i = 0; i < HARK_VOICE_PEOPLE_MAX; i++)
    hark_incoming_restart (pipeline->people[i].incoming);
}

void
hark_pipeline_set_person (
  HarkPipeline *pipeline, unsigned person, bool on, bool other, unsigned volume)
{
  Person *who = &pipeline->people[person];

  g_assert (person < HARK_VOICE_PEOPLE_MAX);
  if (other) {
    hark_incoming_restart (who->incoming);
    atomic_store (&who->fresh, true);
  }
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
hark_pipeline_get_person (const HarkPipeline *pipeline, unsigned person, HarkVoiceStats *ret)
{
  const Person *who = &pipeline->people[person];
  HarkIncomingStats told;

  g_assert (person < HARK_VOICE_PEOPLE_MAX);
  hark_incoming_get_stats (who->incoming, &told);
  *ret = (HarkVoiceStats){
    .jitter_ms = told.jitter_ms,
    .playout_ms = told.playout_ms,
    .loss_in = told.loss_in,
    .loss_out = (double) told.loss_there / 255,
    .concealed = told.concealed,
    .rate_out = (double) atomic_load (&who->rate),
    .level_in = hark_level_get (&pipeline->level_in),
    .level_out = hark_level_get (&pipeline->level_out),
    .packets_in = told.packets,
    .packets_out = (uint64_t) atomic_load (&pipeline->packets_out),
    .packets_refused = told.refused,
  };
}

void
hark_pipeline_get_stats (const HarkPipeline *pipeline, HarkVoiceStats *ret)
{
  unsigned first = 0;

  while (first < HARK_VOICE_PEOPLE_MAX - 1 && !atomic_load (&pipeline->people[first].on))
    first++;
  hark_pipeline_get_person (pipeline, first, ret);
}
