/* core/engine/group-call.h - voice and core of a call of a group, for core/engine/engine.c alone.
 */
#pragma once

#include "core/heart/core.h"
#include "core/voice/voice.h"

/* hark_engine_take_packets: what @voice made goes to whom it is for. */
void hark_engine_take_packets (HarkCore *core, HarkVoice *voice, HarkTime now);

/* hark_engine_report_group: how loud everybody is, and how good each line. */
void hark_engine_report_group (HarkCore *core, HarkVoice *voice, HarkTime now);

/* hark_engine_call_stats: what @voice knows of a call. */
HarkCallStats hark_engine_call_stats (const HarkVoiceStats *voice);
