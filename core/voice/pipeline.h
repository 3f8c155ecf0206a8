/* core/voice/pipeline.h - blocks of the microphone to packets, packets to blocks for the speaker.
 *
 * Pure: allocates in _new only; neither locks nor waits. Two halves that may run in two threads:
 * "capture" (hark_pipeline_capture) and "play" (hark_pipeline_receive, hark_pipeline_play). The few
 * values between them, the mute switch and the figures are atomic; those functions may be called
 * from any thread. In a call of a group everybody gets what their line carries (outgoing.h), and
 * has a playout of their own; what they say is mixed (mixer.h).
 */
#pragma once

#include "core/voice/packet.h"
#include "core/voice/playout.h"
#include "core/voice/quality.h"
#include "net/base/rng.h"

typedef struct HarkPipeline HarkPipeline;

/* hark_pipeline_new: @rng: for the first tick. Begins with frames of 10 ms and 40 bytes, then
 * follows what the peer reports (quality.h). Never NULL. */
HarkPipeline *hark_pipeline_new (HarkRng *rng);
void hark_pipeline_free (HarkPipeline *pipeline);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HarkPipeline, hark_pipeline_free)

/* hark_pipeline_learn: begins as the call of @before ended (hark_quality_begin()); before the first
 * block. No other thread may use either. */
void hark_pipeline_learn (HarkPipeline *pipeline, const HarkQuality *before);

/* hark_pipeline_get_quality: what this call learned of the line; when no other thread uses it. */
HarkQuality hark_pipeline_get_quality (const HarkPipeline *pipeline);

/* hark_pipeline_hear: 10 ms from the microphone, handed over at @now; after a pause of half a
 * second or more the tick moves on by its length. _packet: what became ready for @person by it,
 * with what we hear of them; returns its length, 0 when no frame is full or they are not heard.
 * _capture: both, for the first person. */
void
hark_pipeline_hear (HarkPipeline *pipeline, const int16_t samples[HARK_VOICE_BLOCK], HarkTime now);
size_t
hark_pipeline_packet (HarkPipeline *pipeline, unsigned person, uint8_t ret[HARK_VOICE_PACKET_MAX]);
size_t hark_pipeline_capture (HarkPipeline *pipeline,
                              const int16_t samples[HARK_VOICE_BLOCK],
                              HarkTime now,
                              uint8_t ret[HARK_VOICE_PACKET_MAX]);

/* hark_pipeline_receive: a payload that arrived at @now; bytes from the network. False when it was
 * refused. */
bool hark_pipeline_receive (HarkPipeline *pipeline, const uint8_t *data, size_t len, HarkTime now);

/* hark_pipeline_receive: of the first person, hark_pipeline_receive_from: of any; nothing of whom
 * is not heard. */
bool hark_pipeline_receive_from (
  HarkPipeline *pipeline, unsigned person, const uint8_t *data, size_t len, HarkTime now);

/* hark_pipeline_play: the @n samples that the speaker asks for at @now, as hark_playout_take() has
 * it. */
void hark_pipeline_play (HarkPipeline *pipeline, HarkTime now, int16_t *ret, size_t n);

/* hark_pipeline_reopened: microphone and speaker were closed and are about to be opened again,
 * maybe others. The time that takes is no delay: what the microphone hears next goes on by its
 * length, and of what waited for the speaker only the newest is played. While neither half runs. */
void hark_pipeline_reopened (HarkPipeline *pipeline);

/* hark_pipeline_set_person: @person (below HARK_VOICE_PEOPLE_MAX) is heard, or not; @other: they
 * are somebody else than before; @volume: per cent, at most 200. The first one is heard from the
 * start. _get_level: dBFS, before the volume. Any thread. */
void hark_pipeline_set_person (
  HarkPipeline *pipeline, unsigned person, bool on, bool other, unsigned volume);
double hark_pipeline_get_level (const HarkPipeline *pipeline, unsigned person);

/* hark_pipeline_set_muted: from the next block on silence is sent, faded in over that block. */
void hark_pipeline_set_muted (HarkPipeline *pipeline, bool muted);

/* hark_pipeline_get_stats: of the first who is heard, _get_person: of @person; loss_in, loss_out,
 * concealed and rate_out cover the last second or two. Any thread. */
void hark_pipeline_get_stats (const HarkPipeline *pipeline, HarkVoiceStats *ret);
void hark_pipeline_get_person (const HarkPipeline *pipeline, unsigned person, HarkVoiceStats *ret);
