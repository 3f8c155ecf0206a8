/* core/voice/device-pipewire.c - microphone and speaker by PipeWire's own protocol.
 *
 * Shell: a loop for what the server says and PipeWire's data thread, in which blocks are handed
 * over, once in a cycle of the server (128 samples with low delay, else 256, as far as it grants
 * that). The session manager follows the default, takes another device for one that is unplugged
 * and comes back to it. When the server goes, it is tried again every second. Cycles that were
 * missed, several in ten seconds, make them twice as long.
 */
#include "core/voice/device-parts.h"
#include "core/voice/realtime.h"

#ifdef HARK_HAVE_PIPEWIRE

#include <pipewire/pipewire.h>
#include <sched.h>
#include <spa/param/audio/format-utils.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#define CYCLE 256 /* samples */
#define CYCLE_LOW 128
#define CYCLE_MAX 1024
#define WAIT_NS (300 * 1000 * 1000) /* for the server's first answer, on a busy machine, too */
#define MONITOR ".monitor"          /* how PulseAudio's protocol names what a speaker plays */

typedef struct {
  HarkDevice device;
  bool is_mic;
  char *target;    /* NULL: the default */
  bool of_speaker; /* what target plays is the microphone */
  HarkDeviceParts *parts;

  struct pw_thread_loop *loop;
  struct pw_context *context;
  struct pw_core *core;
  struct pw_stream *stream;
  struct spa_hook core_listener, stream_listener;
  struct spa_source *retry, *longer;
  uint32_t cookie;
  bool is_known;   /* the server told its cookie */
  bool is_leaving; /* the stream is being taken down: its states say nothing new */

  /* the data thread */
  atomic_uint cycle; /* samples that are asked for; written there */
  bool is_raised;
  HarkDeviceDry dry;
  uint64_t ticks, step; /* the server's clock at the last cycle, and what that had added */
} PipewireDevice;

/* ---- the data thread -------------------------------------------------------------------- */

/* The server does not wait: who is late misses a cycle. */
static void
note_cycle (PipewireDevice *device, HarkTime now)
{
  struct pw_time time;
  uint64_t step;

  if (pw_stream_get_time_n (device->stream, &time, sizeof time) < 0)
    return;
  step = device->ticks == 0 || time.ticks < device->ticks ? 0 : time.ticks - device->ticks;
  if (device->step > 0 && step > device->step + device->step / 2
      && hark_device_ran_dry (&device->dry, now) && atomic_load (&device->cycle) < CYCLE_MAX) {
    atomic_store (&device->cycle, 2 * atomic_load (&device->cycle));
    pw_loop_signal_event (pw_thread_loop_get_loop (device->loop), device->longer);
  }
  device->ticks = time.ticks;
  device->step = step;
}

static void
take_heard (PipewireDevice *device, const struct spa_data *data, HarkTime now)
{
  const uint8_t *piece = data->data;

  if (piece == NULL || data->chunk->offset > data->maxsize
      || data->chunk->size > data->maxsize - data->chunk->offset)
    return;
  hark_device_parts_take (device->parts, (const void *) (piece + data->chunk->offset),
                          data->chunk->size / sizeof (int16_t), now);
}

static void
fill_wanted (PipewireDevice *device, const struct spa_data *data, uint64_t wanted, HarkTime now)
{
  size_t n = data->maxsize / sizeof (int16_t);

  if (data->data == NULL)
    return;
  if (wanted > 0 && wanted < n)
    n = (size_t) wanted;
  hark_device_parts_fill (device->parts, data->data, n, now);
  data->chunk->offset = 0;
  data->chunk->stride = sizeof (int16_t);
  data->chunk->size = (uint32_t) (n * sizeof (int16_t));
}

static void
on_process (void *data)
{
  PipewireDevice *device = data;
  HarkTime now = hark_device_now ();
  struct pw_buffer *buffer;

  if (!device->is_raised) {
    device->is_raised = true;
    if (sched_getscheduler (0) == SCHED_OTHER) /* else PipeWire's library did that, and better */
      hark_realtime_device ();
  }
  note_cycle (device, now);
  while ((buffer = pw_stream_dequeue_buffer (device->stream)) != NULL) {
    if (device->is_mic)
      take_heard (device, &buffer->buffer->datas[0], now);
    else
      fill_wanted (device, &buffer->buffer->datas[0], buffer->requested, now);
    pw_stream_queue_buffer (device->stream, buffer);
    if (!device->is_mic)
      break; /* the others of its buffers would only be delay */
  }
}

/* ---- the stream ------------------------------------------------------------------------- */

static void
retry_later (PipewireDevice *device)
{
  struct timespec second = {.tv_sec = 1};

  pw_loop_update_timer (pw_thread_loop_get_loop (device->loop), device->retry, &second, NULL,
                        false);
}

static void
on_stream_state (void *data, enum pw_stream_state old, enum pw_stream_state state, const char *why)
{
  PipewireDevice *device = data;

  (void) old;
  (void) why;
  if (!device->is_leaving
      && (state == PW_STREAM_STATE_ERROR || state == PW_STREAM_STATE_UNCONNECTED))
    retry_later (device);
}

static const struct pw_stream_events stream_events = {
  PW_VERSION_STREAM_EVENTS,
  .state_changed = on_stream_state,
  .process = on_process,
};

static void
write_latency (const PipewireDevice *device, char ret[32])
{
  snprintf (ret, 32, "%u/%d", atomic_load (&device->cycle), HARK_VOICE_RATE);
}

static void
on_longer (void *data, uint64_t times)
{
  PipewireDevice *device = data;
  char latency[32];
  struct spa_dict_item items[] = {SPA_DICT_ITEM_INIT (PW_KEY_NODE_LATENCY, latency)};

  (void) times;
  write_latency (device, latency);
  if (device->stream != NULL)
    pw_stream_update_properties (device->stream, &SPA_DICT_INIT_ARRAY (items));
}

static struct pw_properties *
properties_of (const PipewireDevice *device)
{
  char latency[32];
  struct pw_properties *properties;

  write_latency (device, latency);
  properties = pw_properties_new (PW_KEY_MEDIA_TYPE, "Audio", PW_KEY_MEDIA_CATEGORY,
                                  device->is_mic ? "Capture" : "Playback", PW_KEY_MEDIA_ROLE,
                                  "Communication", PW_KEY_APP_NAME, "Hark", PW_KEY_NODE_NAME,
                                  "Hark", PW_KEY_NODE_LATENCY, latency, NULL);
  if (device->target != NULL)
    pw_properties_set (properties, PW_KEY_TARGET_OBJECT, device->target);
  if (device->of_speaker)
    pw_properties_set (properties, PW_KEY_STREAM_CAPTURE_SINK, "true");
  return properties;
}

static bool
connect_stream (PipewireDevice *device)
{
  uint8_t space[1024];
  struct spa_pod_builder builder = SPA_POD_BUILDER_INIT (space, sizeof space);
  struct spa_audio_info_raw format = {.format = SPA_AUDIO_FORMAT_S16,
                                      .rate = HARK_VOICE_RATE,
                                      .channels = 1,
                                      .position = {SPA_AUDIO_CHANNEL_MONO}};
  const struct spa_pod *params[1];

  device->stream
    = pw_stream_new (device->core, device->is_mic ? "Microphone" : "Call", properties_of (device));
  if (device->stream == NULL)
    return false;
  hark_device_parts_clear (device->parts, device->is_mic);
  device->ticks = device->step = 0;
  params[0] = spa_format_audio_raw_build (&builder, SPA_PARAM_EnumFormat, &format);
  pw_stream_add_listener (device->stream, &device->stream_listener, &stream_events, device);
  return pw_stream_connect (
           device->stream, device->is_mic ? PW_DIRECTION_INPUT : PW_DIRECTION_OUTPUT, PW_ID_ANY,
           PW_STREAM_FLAG_AUTOCONNECT | PW_STREAM_FLAG_MAP_BUFFERS | PW_STREAM_FLAG_RT_PROCESS,
           params, 1)
         >= 0;
}

/* ---- the server ------------------------------------------------------------------------- */

static void
on_core_info (void *data, const struct pw_core_info *info)
{
  PipewireDevice *device = data;

  device->cookie = info->cookie;
  device->is_known = true;
  pw_thread_loop_signal (device->loop, false);
}

static void
on_core_error (void *data, uint32_t id, int seq, int error, const char *why)
{
  PipewireDevice *device = data;

  (void) seq;
  (void) why;
  if (id == PW_ID_CORE && error == -EPIPE)
    retry_later (device);
}

static const struct pw_core_events core_events = {
  PW_VERSION_CORE_EVENTS,
  .info = on_core_info,
  .error = on_core_error,
};

static bool
connect_server (PipewireDevice *device)
{
  device->core = pw_context_connect (device->context, NULL, 0);
  if (device->core == NULL)
    return false;
  pw_core_add_listener (device->core, &device->core_listener, &core_events, device);
  return true;
}

static void
drop_connection (PipewireDevice *device)
{
  if (device->stream != NULL) {
    /* its thread may be in on_process() until it is destroyed, and the listener's removal does not
     * wait for that (0.3.65): nothing that on_process() uses may go before */
    device->is_leaving = true;
    pw_stream_destroy (device->stream);
    device->stream = NULL;
    device->is_leaving = false;
  }
  if (device->core != NULL) {
    spa_hook_remove (&device->core_listener);
    pw_core_disconnect (g_steal_pointer (&device->core));
  }
}

static void
on_retry (void *data, uint64_t times)
{
  PipewireDevice *device = data;

  (void) times;
  drop_connection (device);
  if (!connect_server (device) || !connect_stream (device))
    retry_later (device);
}

/* ---- life ------------------------------------------------------------------------------- */

static void
close_pipewire (HarkDevice *base)
{
  PipewireDevice *device = (PipewireDevice *) base;
  struct pw_loop *loop = pw_thread_loop_get_loop (device->loop);

  pw_thread_loop_stop (device->loop);
  drop_connection (device);
  pw_loop_destroy_source (loop, device->retry);
  pw_loop_destroy_source (loop, device->longer);
  if (device->context != NULL)
    pw_context_destroy (device->context);
  pw_thread_loop_destroy (device->loop);
  g_free (device->target);
  g_free (device);
}

/* Whether the server with @cookie is who answers. The loop is locked. */
static bool
meet_server (PipewireDevice *device, uint32_t cookie)
{
  struct timespec end;

  if (!connect_server (device))
    return false;
  pw_thread_loop_get_time (device->loop, &end, WAIT_NS);
  while (!device->is_known)
    if (pw_thread_loop_timed_wait_full (device->loop, &end) < 0)
      return false;
  return device->cookie == cookie;
}

static bool
start (PipewireDevice *device, uint32_t cookie)
{
  struct pw_loop *loop = pw_thread_loop_get_loop (device->loop);
  bool ok;

  device->retry = pw_loop_add_timer (loop, on_retry, device);
  device->longer = pw_loop_add_event (loop, on_longer, device);
  device->context
    = pw_context_new (loop, pw_properties_new (PW_KEY_CONFIG_NAME, "client-rt.conf", NULL), 0);
  if (device->context == NULL || pw_thread_loop_start (device->loop) < 0)
    return false;
  pw_thread_loop_lock (device->loop);
  ok = meet_server (device, cookie) && connect_stream (device);
  pw_thread_loop_unlock (device->loop);
  return ok;
}

HarkDevice *
hark_device_pipewire_open (
  const char *name, bool is_mic, bool low_delay, uint32_t cookie, HarkDeviceParts *parts)
{
  static gsize once;
  PipewireDevice *device;

  if (g_once_init_enter (&once)) {
    pw_init (NULL, NULL);
    g_once_init_leave (&once, 1);
  }
  device = g_new0 (PipewireDevice, 1);
  device->device.close = close_pipewire;
  device->is_mic = is_mic;
  device->of_speaker = is_mic && name != NULL && g_str_has_suffix (name, MONITOR);
  device->target
    = g_strndup (name, name == NULL ? 0 : strlen (name) - device->of_speaker * strlen (MONITOR));
  device->parts = parts;
  atomic_init (&device->cycle, low_delay ? CYCLE_LOW : CYCLE);
  device->loop = pw_thread_loop_new (is_mic ? "hark-mic" : "hark-speaker", NULL);
  if (device->loop == NULL) {
    g_free (device->target);
    g_free (device);
    return NULL;
  }
  if (!start (device, cookie)) {
    close_pipewire (&device->device);
    return NULL;
  }
  return &device->device;
}

#else

HarkDevice *
hark_device_pipewire_open (
  const char *name, bool is_mic, bool low_delay, uint32_t cookie, HarkDeviceParts *parts)
{
  (void) name;
  (void) is_mic;
  (void) low_delay;
  (void) cookie;
  (void) parts;
  return NULL;
}

#endif
