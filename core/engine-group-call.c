#include "core/engine-group-call.h"

#include <string.h>

G_STATIC_ASSERT (HARK_VOICE_PEOPLE_MAX == HARK_GROUP_CALL_OTHERS_MAX);

void
hark_engine_send_packet (
  HarkCore *core, HarkVoice *voice, const uint8_t *packet, size_t len, HarkTime now)
{
  uint8_t copy[HARK_VOICE_PACKET_MAX];

  if (!hark_core_group_is_talking (core)) {
    hark_core_handle_voice_packet (core, packet, len, now);
    return;
  }
  for (unsigned i = 0; i < HARK_VOICE_PEOPLE_MAX; i++) {
    if (!hark_core_group_hears (core, i))
      continue;
    memcpy (copy, packet, len);
    hark_voice_address (voice, i, copy, len);
    hark_core_handle_group_packet (core, i, copy, len, now);
  }
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
