#include "core/engine-group-call.h"

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

void
hark_engine_report_levels (HarkCore *core, HarkVoice *voice, HarkTime now)
{
  HarkVoiceStats stats;
  double levels[HARK_GROUP_CALL_OTHERS_MAX];

  hark_voice_get_stats (voice, &stats);
  for (unsigned i = 0; i < HARK_GROUP_CALL_OTHERS_MAX; i++)
    levels[i] = hark_voice_get_level (voice, i);
  hark_core_handle_group_levels (core, stats.level_in, levels, now);
}
