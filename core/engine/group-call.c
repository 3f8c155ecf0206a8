#include "core/engine/group-call.h"

G_STATIC_ASSERT (HARK_VOICE_PEOPLE_MAX == HARK_GROUP_CALL_OTHERS_MAX);

void
hark_engine_take_packets (HarkCore *core, HarkVoice *voice, HarkTime now)
{
  uint8_t packet[HARK_VOICE_PACKET_MAX];
  unsigned person;
  size_t len;

  while ((len = hark_voice_take_packet (voice, &person, packet)) > 0)
    if (hark_core_group_is_talking (core))
      hark_core_handle_group_packet (core, person, packet, len, now);
    else
      hark_core_handle_voice_packet (core, packet, len, now);
}

HarkCallStats
hark_engine_call_stats (const HarkVoiceStats *voice)
{
  return (HarkCallStats){.jitter_ms = voice->jitter_ms,
                         .playout_ms = voice->playout_ms,
                         .loss_in = voice->loss_in,
                         .loss_out = voice->loss_out,
                         .concealed = voice->concealed,
                         .rate_out = voice->rate_out,
                         .level_in = voice->level_in,
                         .level_out = voice->level_out};
}

void
hark_engine_report_group (HarkCore *core, HarkVoice *voice, HarkTime now)
{
  HarkCallStats others[HARK_GROUP_CALL_OTHERS_MAX];
  HarkVoiceStats stats;

  for (unsigned i = 0; i < HARK_GROUP_CALL_OTHERS_MAX; i++) {
    hark_voice_get_person (voice, i, &stats);
    others[i] = hark_engine_call_stats (&stats);
    others[i].level_out = hark_voice_get_level (voice, i);
  }
  hark_voice_get_stats (voice, &stats);
  hark_core_handle_group_voice (core, stats.level_in, others, now);
}
