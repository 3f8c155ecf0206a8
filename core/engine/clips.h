/* core/engine/clips.h - what the engine does for spoken messages: microphone, speaker, and a thread
 * that draws them. The engine's thread alone calls it.
 */
#pragma once

#include "core/heart/core.h"
#include "core/voice/voice.h"

typedef struct HarkEngineClips HarkEngineClips;

/* hark_engine_clips_new: @on_drawn is called in another thread when hark_engine_clips_take() has
 * something to hand on: wake the engine there, do nothing else. */
HarkEngineClips *hark_engine_clips_new (void (*on_drawn) (void *data), void *data);

/* hark_engine_clips_free: closes the devices. NULL is fine. */
void hark_engine_clips_free (HarkEngineClips *clips);

/* hark_engine_clips_execute: RECORD_START to PEAKS; tells @core at once what became of it. */
void hark_engine_clips_execute (HarkEngineClips *clips,
                                const HarkVoiceConfig *config,
                                const HarkEffect *effect,
                                HarkCore *core,
                                HarkTime now);

/* hark_engine_clips_take: hands on what was drawn. */
void hark_engine_clips_take (HarkEngineClips *clips, HarkCore *core, HarkTime now);

/* hark_engine_clips_tick: at hark_engine_clips_deadline(), ten times a second while something is
 * recorded or played: tells @core how far it is. */
void hark_engine_clips_tick (HarkEngineClips *clips, HarkCore *core, HarkTime now);
HarkTime hark_engine_clips_deadline (const HarkEngineClips *clips);
