/* core/voice/recorder.h - what a microphone hears, as spoken messages: Ogg files with Opus, made
 * while it is spoken.
 *
 * Pure; one thread at a time; allocates in _new and _finish only, so that blocks may be handed in
 * where the microphone's thread hears them. A message has at most 64 KiB: what is longer becomes
 * several, one after the other, which say that they belong together (ogg.h); they meet in a pause
 * where there is one, and sample by sample elsewhere.
 */
#pragma once

#include "core/voice/codec.h"
#include "core/voice/ogg.h"

#define HARK_RECORDER_BITRATE 24000 /* bit/s; less while nothing is said */
#define HARK_RECORDER_MS_MAX 300000
#define HARK_RECORDER_FILE_MAX 65536 /* bytes of each */
#define HARK_RECORDER_PARTS_MAX 20

typedef struct HarkRecorder HarkRecorder;

/* hark_recorder_new: @set: random; names what belongs together. Never NULL. */
HarkRecorder *hark_recorder_new (const uint8_t set[HARK_OGG_SET_LEN]);
void hark_recorder_free (HarkRecorder *recorder);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HarkRecorder, hark_recorder_free)

/* hark_recorder_take: 10 ms from the microphone; false when it is full: nothing more is taken. */
bool hark_recorder_take (HarkRecorder *recorder, const int16_t block[HARK_VOICE_BLOCK]);

/* hark_recorder_length_ms: what was taken. */
uint32_t hark_recorder_length_ms (const HarkRecorder *recorder);

/* hark_recorder_finish: (transfer full): GBytes, in order; none when nothing was taken. Nothing can
 * be taken any more. */
GPtrArray *hark_recorder_finish (HarkRecorder *recorder);
