/* core/engine-group-call.h - voice and core of a call of a group, for core/engine.c alone. */
#pragma once

#include "core/core.h"
#include "core/voice/voice.h"

/* hark_engine_send_packet: what @voice made goes to whoever is heard, with a report for each. */
void hark_engine_send_packet (
  HarkCore *core, HarkVoice *voice, const uint8_t *packet, size_t len, HarkTime now);

/* hark_engine_report_levels: how loud everybody is. */
void hark_engine_report_levels (HarkCore *core, HarkVoice *voice, HarkTime now);
