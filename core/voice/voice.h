/* core/voice/voice.h - the sound of one call: microphone to packets, packets of one person or
 * several to the speaker.
 *
 * Shell with its own threads (the device's real-time callback; never locks, never allocates there).
 * The engine hands in packets and takes packets out through lock-free rings (ring.h); what lies
 * between is pure: codec.c, playout.c, pipeline.c (driven by the device's blocks, or by the
 * simulator in virtual time). Media payload layout: core/PROTOCOL.md "Voice".
 */
#pragma once

#include "core/voice/types.h"
#include "net/base/time.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct HarkVoice HarkVoice;

typedef struct {
  const char *mic;     /* "pulse", "pulse:DEVICE", "wav:FILE", "wav-loop:FILE", "none" */
  const char *speaker; /* "pulse", "pulse:DEVICE", "wav:FILE", "none" */
  bool keep_echo;      /* leave what the loudspeaker plays in what a microphone hears */
  bool keep_noise;     /* leave the room's noise in it; files are never changed */
  bool keep_gain;      /* leave voices as loud as they are */
  bool low_delay;      /* as hark_device_open() has it */
} HarkVoiceConfig;

/* hark_voice_check: NULL when @config names sources that can exist, else what is wrong (static or
 * interned). */
const char *hark_voice_check (const HarkVoiceConfig *config);

/**
 * hark_voice_new:
 * @on_packets: called in a voice thread when packets wait to be taken: wake the engine there, do
 * nothing else
 *
 * Opens no device. Never NULL.
 */
HarkVoice *
hark_voice_new (const HarkVoiceConfig *config, void (*on_packets) (void *data), void *data);

/* hark_voice_free: stops the call there is. NULL is fine. */
void hark_voice_free (HarkVoice *voice);

/* hark_voice_start: a call became active: opens microphone and speaker. When a device fails the
 * call goes on without it (listen only, or deaf) and @error says which; true then as well. One call
 * at a time. @seed: 32 random bytes. */
bool hark_voice_start (HarkVoice *voice, const uint8_t seed[32], GError **error);

/* hark_voice_stop: closes both devices before it returns (within 100 ms); waits until a WAV file is
 * whole. */
void hark_voice_stop (HarkVoice *voice);

/* hark_voice_set: other devices, other cleaning, from now on; in mid-call as well: both devices are
 * opened anew when one changes. A device that fails is replaced as by hark_voice_start(). Engine
 * thread. */
bool hark_voice_set (HarkVoice *voice, const HarkVoiceConfig *config, GError **error);

/* hark_voice_set_muted: packets go on, of silence, same size and interval. */
void hark_voice_set_muted (HarkVoice *voice, bool muted);

/* hark_voice_receive: a media payload of @person (0 in a call of two) arrived at @now; engine
 * thread. Copied; hostile until checked. */
void hark_voice_receive (
  HarkVoice *voice, unsigned person, const uint8_t *data, size_t len, HarkTime now);

/* hark_voice_set_person, _get_level, _get_person: in a call of a group, as in pipeline.h; engine
 * thread. */
void
hark_voice_set_person (HarkVoice *voice, unsigned person, bool on, bool other, unsigned volume);
double hark_voice_get_level (HarkVoice *voice, unsigned person);
void hark_voice_get_person (HarkVoice *voice, unsigned person, HarkVoiceStats *ret);

/* hark_voice_take_packet: the next payload to send, to @person (0 in a call of two); returns its
 * length or 0 when none waits; engine thread. */
size_t
hark_voice_take_packet (HarkVoice *voice, unsigned *person, uint8_t ret[HARK_VOICE_PACKET_MAX]);

/* hark_voice_get_stats: any thread. */
void hark_voice_get_stats (HarkVoice *voice, HarkVoiceStats *ret);
