#include "core/voice/voice.h"

#include "core/voice/device.h"
#include "core/voice/echo/echo.h"
#include "core/voice/echo/gain.h"
#include "core/voice/level.h"
#include "core/voice/pipeline.h"
#include "core/voice/realtime.h"
#include "core/voice/ring.h"

#include <stdatomic.h>
#include <string.h>

#define WAITING_MAX 256 /* packets in either direction: half a second of five people */
#define LEARNED_FOR (10 * 60 * G_USEC_PER_SEC) /* the next call begins as this one ended */
#define PART (HARK_VOICE_BLOCK / 2)            /* what a sound server asks for at once, usually */
#define PART_LOW (HARK_VOICE_BLOCK / 4)        /* and with low delay */
#define PLAYED_MAX 32 /* blocks from the speaker's thread to the microphone's: 320 ms */

typedef struct {
  HarkTime arrived;
  uint8_t person;
  uint16_t len;
  uint8_t data[HARK_VOICE_PACKET_MAX];
} Packet;

struct HarkVoice {
  char *mic_name, *speaker_name;
  bool low_delay;
  void (*on_packets) (void *data);
  void *data;

  atomic_bool echo_out, noise_out, gain_on; /* what is done to what the microphone hears */
  HarkRing *in, *out; /* engine to speaker's thread; microphone's thread to engine */
  HarkRing *played;   /* blocks: speaker's thread to microphone's */
  size_t part;        /* samples that the speaker asks for at once */
  size_t gathered;    /* samples in block, of the speaker's thread */
  int16_t block[HARK_VOICE_BLOCK];
  HarkEcho *echo;         /* microphone's thread; NULL: it hears a file */
  HarkGain gain;          /* likewise */
  HarkPipeline *pipeline; /* NULL when no call is on */
  HarkDevice *mic, *speaker;
  atomic_bool muted;
  HarkQuality learned; /* by the call before */
  int64_t learned_at;  /* monotonic microseconds; 0: no call was before */

  GMutex stats_lock;   /* only against starting and stopping; never taken in a device's thread */
  HarkVoiceStats last; /* of the call before */
};

const char *
hark_voice_check (const HarkVoiceConfig *config)
{
  const char *wrong = hark_device_check (config->mic, true);

  return wrong != NULL ? wrong : hark_device_check (config->speaker, false);
}

static void
set_clean (HarkVoice *voice, const HarkVoiceConfig *config)
{
  atomic_store (&voice->echo_out, !config->keep_echo);
  atomic_store (&voice->noise_out, !config->keep_noise);
  atomic_store (&voice->gain_on, !config->keep_gain);
}

HarkVoice *
hark_voice_new (const HarkVoiceConfig *config, void (*on_packets) (void *data), void *data)
{
  HarkVoice *voice = g_new0 (HarkVoice, 1);

  voice->mic_name = g_strdup (config->mic);
  voice->speaker_name = g_strdup (config->speaker);
  voice->low_delay = config->low_delay;
  voice->on_packets = on_packets;
  voice->data = data;
  voice->in = hark_ring_new (WAITING_MAX, sizeof (Packet));
  voice->out = hark_ring_new (WAITING_MAX, sizeof (Packet));
  voice->played = hark_ring_new (PLAYED_MAX, HARK_VOICE_BLOCK * sizeof (int16_t));
  set_clean (voice, config);
  g_mutex_init (&voice->stats_lock);
  return voice;
}

void
hark_voice_free (HarkVoice *voice)
{
  if (voice == NULL)
    return;
  hark_voice_stop (voice);
  hark_ring_free (voice->in);
  hark_ring_free (voice->out);
  hark_ring_free (voice->played);
  g_mutex_clear (&voice->stats_lock);
  g_free (voice->mic_name);
  g_free (voice->speaker_name);
  g_free (voice);
}

/* ---- device threads --------------------------------------------------------------------- */

static void
clean (HarkVoice *voice, int16_t block[HARK_VOICE_BLOCK])
{
  const HarkEchoConfig config
    = {.echo = atomic_load (&voice->echo_out), .noise = atomic_load (&voice->noise_out)};
  int16_t played[HARK_VOICE_BLOCK];

  while (hark_ring_pop (voice->played, played))
    hark_echo_played (voice->echo, played);
  hark_echo_heard (voice->echo, &config, block, block);
  hark_gain_step (&voice->gain, atomic_load (&voice->gain_on), block, block);
}

static void
on_heard (int16_t block[HARK_VOICE_BLOCK], HarkTime now, void *data)
{
  HarkVoice *voice = data;
  Packet packet = {.arrived = now};
  bool waiting = false;

  if (voice->echo != NULL)
    clean (voice, block);
  hark_pipeline_hear (voice->pipeline, block, now);
  for (unsigned i = 0; i < HARK_VOICE_PEOPLE_MAX; i++) {
    packet.person = (uint8_t) i;
    packet.len = (uint16_t) hark_pipeline_packet (voice->pipeline, i, packet.data);
    waiting |= packet.len > 0 && hark_ring_push (voice->out, &packet);
  }
  if (waiting)
    voice->on_packets (voice->data);
}

/* The canceller wants whole blocks of what is played. */
static void
gather (HarkVoice *voice, const int16_t *part)
{
  memcpy (voice->block + voice->gathered, part, voice->part * sizeof *part);
  voice->gathered += voice->part;
  if (voice->gathered < HARK_VOICE_BLOCK)
    return;
  voice->gathered = 0;
  hark_ring_push (voice->played,
                  voice->block); /* full: no microphone takes them; nothing is lost */
}

static void
on_needed (int16_t *part, HarkTime now, void *data)
{
  HarkVoice *voice = data;
  Packet packet;

  while (hark_ring_pop (voice->in, &packet))
    hark_pipeline_receive_from (voice->pipeline, packet.person, packet.data, packet.len,
                                packet.arrived);
  hark_pipeline_play (voice->pipeline, now, part, voice->part);
  if (voice->echo != NULL)
    gather (voice, part);
}

/* ---- engine thread ---------------------------------------------------------------------- */

/* A device that fails is replaced by one that hears and plays nothing; the sentences of both add
 * up. */
static void
complain (GString *wrong, const GError *error)
{
  if (wrong->len > 0)
    g_string_append (wrong, "; ");
  g_string_append (wrong, error->message);
}

static void
open_speaker (HarkVoice *voice, GString *wrong)
{
  g_autoptr (GError) error = NULL;

  voice->gathered = 0;
  voice->part = HARK_VOICE_BLOCK;
  if (hark_device_takes_parts (voice->speaker_name))
    voice->part = voice->low_delay ? PART_LOW : PART;
  voice->speaker = hark_device_open_speaker (voice->speaker_name, voice->low_delay, voice->part,
                                             on_needed, voice, &error);
  if (voice->speaker != NULL)
    return;
  complain (wrong, error);
  voice->part = HARK_VOICE_BLOCK;
  voice->speaker = hark_device_open ("none", false, false, on_needed, voice, NULL);
}

static void
open_mic (HarkVoice *voice, GString *wrong)
{
  g_autoptr (GError) error = NULL;

  voice->mic = hark_device_open (voice->mic_name, true, voice->low_delay, on_heard, voice, &error);
  if (voice->mic != NULL)
    return;
  complain (wrong, error);
  voice->mic = hark_device_open ("none", true, false, on_heard, voice, NULL);
}

/* What a microphone hears is cleaned of what this speaker plays: both are opened together. */
static void
open_devices (HarkVoice *voice, GError **error)
{
  g_autoptr (GString) wrong = g_string_new (NULL);

  hark_ring_clear (voice->played);
  hark_gain_init (&voice->gain);
  if (g_str_has_prefix (voice->mic_name, "pulse"))
    voice->echo = hark_echo_new ();
  open_speaker (voice, wrong);
  open_mic (voice, wrong);
  if (wrong->len > 0)
    g_set_error_literal (error, HARK_VOICE_ERROR, HARK_VOICE_ERROR_DEVICE, wrong->str);
}

static void
close_devices (HarkVoice *voice)
{
  g_clear_pointer (&voice->mic, hark_device_close);
  g_clear_pointer (&voice->speaker, hark_device_close);
  g_clear_pointer (&voice->echo, hark_echo_free);
}

bool
hark_voice_set (HarkVoice *voice, const HarkVoiceConfig *config, GError **error)
{
  bool same = g_str_equal (voice->mic_name, config->mic)
              && g_str_equal (voice->speaker_name, config->speaker)
              && voice->low_delay == config->low_delay;

  set_clean (voice, config);
  if (same)
    return true;
  if (voice->pipeline != NULL)
    close_devices (voice);
  g_free (voice->mic_name);
  g_free (voice->speaker_name);
  voice->mic_name = g_strdup (config->mic);
  voice->speaker_name = g_strdup (config->speaker);
  voice->low_delay = config->low_delay;
  if (voice->pipeline != NULL) {
    hark_pipeline_reopened (voice->pipeline);
    open_devices (voice, error);
  }
  return true;
}

bool
hark_voice_start (HarkVoice *voice, const uint8_t seed[32], GError **error)
{
  g_auto (HarkRng) rng;

  g_assert (voice->pipeline == NULL);
  hark_rng_init (&rng, seed);
  hark_ring_clear (voice->in);
  hark_ring_clear (voice->out);

  g_mutex_lock (&voice->stats_lock);
  voice->pipeline = hark_pipeline_new (&rng);
  if (voice->learned_at != 0 && g_get_monotonic_time () - voice->learned_at < LEARNED_FOR)
    hark_pipeline_learn (voice->pipeline, &voice->learned);
  hark_pipeline_set_muted (voice->pipeline, atomic_load (&voice->muted));
  g_mutex_unlock (&voice->stats_lock);

  hark_realtime_engine (true);
  open_devices (voice, error);
  return true;
}

void
hark_voice_stop (HarkVoice *voice)
{
  if (voice->pipeline == NULL)
    return;
  close_devices (voice);
  hark_realtime_engine (false);

  g_mutex_lock (&voice->stats_lock);
  hark_pipeline_get_stats (voice->pipeline, &voice->last);
  voice->learned = hark_pipeline_get_quality (voice->pipeline);
  voice->learned_at = g_get_monotonic_time ();
  g_clear_pointer (&voice->pipeline, hark_pipeline_free);
  atomic_store (&voice->muted, false);
  g_mutex_unlock (&voice->stats_lock);
}

void
hark_voice_set_muted (HarkVoice *voice, bool muted)
{
  atomic_store (&voice->muted, muted);
  if (voice->pipeline != NULL)
    hark_pipeline_set_muted (voice->pipeline, muted);
}

void
hark_voice_receive (
  HarkVoice *voice, unsigned person, const uint8_t *data, size_t len, HarkTime now)
{
  Packet packet = {.arrived = now, .person = (uint8_t) person};

  g_assert (person < HARK_VOICE_PEOPLE_MAX);
  if (voice->pipeline == NULL || len == 0 || len > sizeof packet.data)
    return;
  packet.len = (uint16_t) len;
  memcpy (packet.data, data, len);
  hark_ring_push (voice->in, &packet);
}

size_t
hark_voice_take_packet (HarkVoice *voice, unsigned *person, uint8_t ret[HARK_VOICE_PACKET_MAX])
{
  Packet packet;

  if (!hark_ring_pop (voice->out, &packet))
    return 0;
  *person = packet.person;
  memcpy (ret, packet.data, packet.len);
  return packet.len;
}

void
hark_voice_set_person (HarkVoice *voice, unsigned person, bool on, bool other, unsigned volume)
{
  if (voice->pipeline != NULL)
    hark_pipeline_set_person (voice->pipeline, person, on, other, volume);
}

double
hark_voice_get_level (HarkVoice *voice, unsigned person)
{
  return voice->pipeline != NULL ? hark_pipeline_get_level (voice->pipeline, person)
                                 : HARK_LEVEL_FLOOR;
}

void
hark_voice_get_person (HarkVoice *voice, unsigned person, HarkVoiceStats *ret)
{
  *ret = (HarkVoiceStats){0};
  if (voice->pipeline != NULL)
    hark_pipeline_get_person (voice->pipeline, person, ret);
}

void
hark_voice_get_stats (HarkVoice *voice, HarkVoiceStats *ret)
{
  g_mutex_lock (&voice->stats_lock);
  if (voice->pipeline != NULL)
    hark_pipeline_get_stats (voice->pipeline, ret);
  else
    *ret = voice->last;
  g_mutex_unlock (&voice->stats_lock);
}
