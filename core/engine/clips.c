#include "core/engine/clips.h"

#include "core/voice/clip-sound.h"

#include <sodium.h>

#define TICK (100 * HARK_MS)

struct HarkEngineClips {
  HarkClipSound *sound;
  bool recording;
  HarkTime tick_at; /* NEVER: nothing is on */
  GThreadPool *pool;
  GAsyncQueue *drawn; /* GBytes: peaks, or nothing in it: there is no sound */
  void (*on_drawn) (void *data);
  void *data;
};

/* In the pool's only thread, so that answers keep the order of questions. */
static void
draw (void *item, void *data)
{
  HarkEngineClips *clips = data;
  GBytes *clip = item;
  uint8_t peaks[HARK_PLAYER_PEAKS];
  const bool ok = hark_player_peaks (clip, peaks);

  G_STATIC_ASSERT (HARK_PLAYER_PEAKS == HARK_PEAKS);
  g_bytes_unref (clip);
  g_async_queue_push (clips->drawn, g_bytes_new (peaks, ok ? sizeof peaks : 0));
  clips->on_drawn (clips->data);
}

HarkEngineClips *
hark_engine_clips_new (void (*on_drawn) (void *data), void *data)
{
  HarkEngineClips *clips = g_new0 (HarkEngineClips, 1);

  clips->sound = hark_clip_sound_new ();
  clips->tick_at = HARK_TIME_NEVER;
  clips->drawn = g_async_queue_new_full ((GDestroyNotify) g_bytes_unref);
  clips->on_drawn = on_drawn;
  clips->data = data;
  return clips;
}

void
hark_engine_clips_free (HarkEngineClips *clips)
{
  if (clips == NULL)
    return;
  if (clips->pool != NULL)
    g_thread_pool_free (clips->pool, FALSE, TRUE); /* 256 are seconds at worst; usually none is */
  hark_clip_sound_free (clips->sound);
  g_async_queue_unref (clips->drawn);
  g_free (clips);
}

static void
record (HarkEngineClips *clips, const HarkVoiceConfig *config, HarkCore *core, HarkTime now)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *reason = NULL;
  uint8_t set[HARK_OGG_SET_LEN];

  randombytes_buf (set, sizeof set);
  clips->recording = hark_clip_sound_record (clips->sound, config, set, &error);
  if (clips->recording) {
    clips->tick_at = hark_time_add (now, TICK);
    return;
  }
  reason = g_strdup_printf ("Nothing can be recorded: %s.", error->message);
  hark_core_handle_recorded (core, NULL, 0, reason, now);
}

static void
finish (HarkEngineClips *clips, HarkCore *core, HarkTime now)
{
  HarkClipMeter meter;
  GPtrArray *parts;

  if (!clips->recording)
    return;
  clips->recording = false;
  parts = hark_clip_sound_finish (clips->sound);
  hark_clip_sound_get_meter (clips->sound, &meter);
  hark_core_handle_recorded (core, parts, meter.length_ms, NULL, now);
}

static void
play (HarkEngineClips *clips,
      const HarkVoiceConfig *config,
      const HarkEffect *effect,
      HarkCore *core,
      HarkTime now)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *reason = NULL;

  if (effect->packet == NULL) {
    hark_clip_sound_silence (clips->sound);
    return;
  }
  if (hark_clip_sound_play (clips->sound, config, effect->packet, effect->at_ms, effect->speed,
                            &error)) {
    clips->tick_at = hark_time_add (now, TICK);
    return;
  }
  reason = g_strdup_printf ("It cannot be played: %s.", error->message);
  hark_core_handle_play_failed (core, reason, now);
}

static void
steer (HarkEngineClips *clips, const HarkEffect *effect)
{
  HarkPlayer *player = hark_clip_sound_player (clips->sound);

  if (player == NULL)
    return;
  hark_player_set_paused (player, effect->on);
  hark_player_set_speed (player, effect->speed);
  if (effect->jump)
    hark_player_seek (player, effect->at_ms);
}

void
hark_engine_clips_execute (HarkEngineClips *clips,
                           const HarkVoiceConfig *config,
                           const HarkEffect *effect,
                           HarkCore *core,
                           HarkTime now)
{
  switch (effect->kind) {
  case HARK_EFFECT_RECORD_START:
    record (clips, config, core, now);
    break;
  case HARK_EFFECT_RECORD_STOP:
    finish (clips, core, now);
    break;
  case HARK_EFFECT_PLAY:
    play (clips, config, effect, core, now);
    break;
  case HARK_EFFECT_PLAY_SET:
    steer (clips, effect);
    break;
  default: /* PEAKS */
    if (clips->pool == NULL)
      clips->pool = g_thread_pool_new (draw, clips, 1, FALSE, NULL);
    g_thread_pool_push (clips->pool, g_bytes_ref (effect->packet), NULL);
  }
}

void
hark_engine_clips_take (HarkEngineClips *clips, HarkCore *core, HarkTime now)
{
  GBytes *peaks;

  while ((peaks = g_async_queue_try_pop (clips->drawn)) != NULL) {
    hark_core_handle_peaks (
      core, g_bytes_get_size (peaks) > 0 ? g_bytes_get_data (peaks, NULL) : NULL, now);
    g_bytes_unref (peaks);
  }
}

void
hark_engine_clips_tick (HarkEngineClips *clips, HarkCore *core, HarkTime now)
{
  HarkPlayer *player = hark_clip_sound_player (clips->sound);
  HarkClipMeter meter;

  if (now < clips->tick_at)
    return;
  clips->tick_at = clips->recording || player != NULL ? hark_time_add (now, TICK) : HARK_TIME_NEVER;
  if (clips->recording) {
    hark_clip_sound_get_meter (clips->sound, &meter);
    hark_core_handle_meter (core, meter.length_ms, meter.level_dbfs, meter.full, now);
  }
  if (player != NULL)
    hark_core_handle_playing (core, hark_player_get_at_ms (player), hark_player_is_over (player),
                              now);
}

HarkTime
hark_engine_clips_deadline (const HarkEngineClips *clips)
{
  return clips != NULL ? clips->tick_at : HARK_TIME_NEVER;
}
