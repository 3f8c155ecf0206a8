/* core/voice/device-pulse.c - microphone and speaker through PulseAudio, or PipeWire speaking its
 * protocol, where it is not to be had by its own (device-pipewire.c).
 *
 * Shell: one pa_threaded_mainloop per device; blocks are handed over in its thread. Fragments of 10
 * ms and 20 ms of playback buffer, or half of both, no prebuffering, PA_STREAM_ADJUST_LATENCY on
 * both (without it microphones deliver 50 ms at a time). When the server or the device goes, it is
 * tried again every second; a device chosen by name is replaced by the server's default until it is
 * plugged in again. A speaker asks for nothing meanwhile, so packets pile up to the ring's size and
 * playout joins the stream anew.
 */
#include "core/voice/device-parts.h"
#include "core/voice/realtime.h"

#include <pulse/pulseaudio.h>
#include <stdatomic.h>
#include <string.h>

#define BLOCK_BYTES (HARK_VOICE_BLOCK * sizeof (int16_t))
#define FRAGMENT_BYTES BLOCK_BYTES
#define BUFFER_BYTES (2 * BLOCK_BYTES)
#define ANY ((uint32_t) -1)

typedef struct {
  HarkDevice device;
  bool is_mic;
  bool low_delay;
  HarkDeviceParts parts;
  HarkDeviceDry dry;
  char *name;  /* NULL: the server's default, which the server lets us follow */
  bool absent; /* the one of that name, when last tried */
  atomic_bool is_closing;

  pa_threaded_mainloop *loop;
  pa_mainloop_api *api;
  pa_context *context;
  pa_stream *stream;
  pa_time_event *retry;
  HarkDevice *native; /* where the server is PipeWire, instead of a stream; else NULL */
} PulseDevice;

static void connect_context (PulseDevice *pulse);
static void connect_stream (PulseDevice *pulse);

/* ---- blocks ----------------------------------------------------------------------------- */

/* A loop that is behind with its blocks hardly lets go of its lock: whoever closes the device would
 * wait for it while the microphone stays open. From then on blocks are only passed over. */
static bool
is_closing (const PulseDevice *pulse)
{
  return atomic_load_explicit (&pulse->is_closing, memory_order_relaxed);
}

static void
on_readable (pa_stream *stream, size_t bytes, void *data)
{
  PulseDevice *pulse = data;
  HarkTime now = hark_device_now ();
  const void *piece;
  size_t len;

  (void) bytes;
  while (pa_stream_readable_size (stream) > 0) {
    if (pa_stream_peek (stream, &piece, &len) < 0 || len == 0)
      break;
    if (!is_closing (pulse))
      hark_device_parts_take (&pulse->parts, piece, len / sizeof (int16_t), now);
    pa_stream_drop (stream);
  }
}

static void
on_writable (pa_stream *stream, size_t bytes, void *data)
{
  PulseDevice *pulse = data;
  HarkTime now = hark_device_now ();

  while (bytes >= sizeof (int16_t) && !is_closing (pulse)) {
    size_t len = bytes;
    void *piece;

    if (pa_stream_begin_write (stream, &piece, &len) < 0 || piece == NULL)
      break;
    len = MIN (len, bytes) / sizeof (int16_t) * sizeof (int16_t);
    if (len == 0) {
      pa_stream_cancel_write (stream);
      break;
    }
    hark_device_parts_fill (&pulse->parts, piece, len / sizeof (int16_t), now);
    if (pa_stream_write (stream, piece, len, NULL, 0, PA_SEEK_RELATIVE) < 0)
      break;
    bytes -= len;
  }
}

static size_t
ahead (const PulseDevice *pulse)
{
  size_t usual = pulse->is_mic ? FRAGMENT_BYTES : BUFFER_BYTES;

  return pulse->low_delay ? usual / 2 : usual;
}

/* The speaker ran dry. Where that happens often, delay is the lesser evil. */
static void
on_underflow (pa_stream *stream, void *data)
{
  PulseDevice *pulse = data;
  pa_buffer_attr attr = {ANY, ANY, 0, ANY, ANY};
  pa_operation *setting;

  if (!pulse->low_delay || !hark_device_ran_dry (&pulse->dry, hark_device_now ()))
    return;
  pulse->low_delay = false;
  attr.tlength = (uint32_t) ahead (pulse);
  setting = pa_stream_set_buffer_attr (stream, &attr, NULL, NULL);
  if (setting != NULL)
    pa_operation_unref (setting);
}

/* ---- connection ------------------------------------------------------------------------- */

static void
drop_stream (PulseDevice *pulse)
{
  if (pulse->stream == NULL)
    return;
  pa_stream_set_state_callback (pulse->stream, NULL, NULL);
  pa_stream_set_moved_callback (pulse->stream, NULL, NULL);
  pa_stream_set_read_callback (pulse->stream, NULL, NULL);
  pa_stream_set_write_callback (pulse->stream, NULL, NULL);
  pa_stream_set_underflow_callback (pulse->stream, NULL, NULL);
  pa_stream_disconnect (pulse->stream);
  g_clear_pointer (&pulse->stream, pa_stream_unref);
}

static void
drop_connection (PulseDevice *pulse)
{
  if (pulse->native != NULL)
    pulse->native->close (g_steal_pointer (&pulse->native));
  drop_stream (pulse);
  if (pulse->context != NULL) {
    pa_context_set_subscribe_callback (pulse->context, NULL, NULL);
    pa_context_set_state_callback (pulse->context, NULL, NULL);
    pa_context_disconnect (pulse->context);
    g_clear_pointer (&pulse->context, pa_context_unref);
  }
}

static void
on_retry (pa_mainloop_api *api, pa_time_event *event, const struct timeval *due, void *data)
{
  PulseDevice *pulse = data;

  (void) due;
  api->time_free (event);
  pulse->retry = NULL;
  drop_connection (pulse);
  connect_context (pulse);
}

static void
retry_later (PulseDevice *pulse)
{
  struct timeval due;

  if (pulse->retry != NULL)
    return;
  pa_gettimeofday (&due);
  pa_timeval_add (&due, PA_USEC_PER_SEC);
  pulse->retry = pulse->api->time_new (pulse->api, &due, on_retry, pulse);
}

static void
on_stream_state (pa_stream *stream, void *data)
{
  PulseDevice *pulse = data;
  pa_stream_state_t state = pa_stream_get_state (stream);

  if (state == PA_STREAM_READY && pulse->name != NULL)
    pulse->absent = g_strcmp0 (pa_stream_get_device_name (stream), pulse->name) != 0;
  if (state != PA_STREAM_FAILED && state != PA_STREAM_TERMINATED)
    return;
  pulse->absent = pulse->name != NULL;
  retry_later (pulse);
}

/* ---- the chosen device comes and goes --------------------------------------------------- */

/* The server moves a stream whose device is unplugged to another one. */
static void
on_moved (pa_stream *stream, void *data)
{
  PulseDevice *pulse = data;

  if (pulse->name != NULL)
    pulse->absent = g_strcmp0 (pa_stream_get_device_name (stream), pulse->name) != 0;
}

static void
come_back (PulseDevice *pulse)
{
  bool was_absent = pulse->absent;

  pulse->absent = false;
  if (pulse->native != NULL)
    retry_later (pulse); /* the session manager needs a moment to know it; ours to return to it */
  if (pulse->native != NULL || !was_absent)
    return;
  drop_stream (pulse);
  connect_stream (pulse);
}

static void
on_source (pa_context *context, const pa_source_info *info, int end, void *data)
{
  PulseDevice *pulse = data;

  (void) context;
  if (end == 0 && strcmp (info->name, pulse->name) == 0)
    come_back (pulse);
}

static void
on_sink (pa_context *context, const pa_sink_info *info, int end, void *data)
{
  PulseDevice *pulse = data;

  (void) context;
  if (end == 0 && strcmp (info->name, pulse->name) == 0)
    come_back (pulse);
}

static void
on_new_device (pa_context *context, pa_subscription_event_type_t type, uint32_t index, void *data)
{
  PulseDevice *pulse = data;
  pa_operation *asking;

  if ((type & PA_SUBSCRIPTION_EVENT_TYPE_MASK) != PA_SUBSCRIPTION_EVENT_NEW)
    return;
  asking = pulse->is_mic ? pa_context_get_source_info_by_index (context, index, on_source, pulse)
                         : pa_context_get_sink_info_by_index (context, index, on_sink, pulse);
  if (asking != NULL)
    pa_operation_unref (asking);
}

static void
watch_for_device (PulseDevice *pulse)
{
  pa_operation *subscribing, *asking;

  if (pulse->name == NULL)
    return;
  pa_context_set_subscribe_callback (pulse->context, on_new_device, pulse);
  subscribing = pa_context_subscribe (
    pulse->context, pulse->is_mic ? PA_SUBSCRIPTION_MASK_SOURCE : PA_SUBSCRIPTION_MASK_SINK, NULL,
    NULL);
  if (subscribing != NULL)
    pa_operation_unref (subscribing);
  if (!pulse->absent)
    return;
  asking = pulse->is_mic
             ? pa_context_get_source_info_by_name (pulse->context, pulse->name, on_source, pulse)
             : pa_context_get_sink_info_by_name (pulse->context, pulse->name, on_sink, pulse);
  if (asking != NULL)
    pa_operation_unref (asking);
}

static void
connect_stream (PulseDevice *pulse)
{
  static const pa_sample_spec spec = {PA_SAMPLE_S16NE, HARK_VOICE_RATE, 1};
  pa_buffer_attr attr = {ANY, ANY, ANY, ANY, ANY};
  pa_stream_flags_t flags = PA_STREAM_ADJUST_LATENCY;
  pa_proplist *properties = pa_proplist_new ();
  const char *name = pulse->absent ? NULL : pulse->name;
  int status;

  pa_proplist_sets (properties, PA_PROP_MEDIA_ROLE, "phone");
  pulse->stream = pa_stream_new_with_proplist (
    pulse->context, pulse->is_mic ? "Microphone" : "Call", &spec, NULL, properties);
  pa_proplist_free (properties);
  if (pulse->stream == NULL) {
    retry_later (pulse);
    return;
  }

  pa_stream_set_state_callback (pulse->stream, on_stream_state, pulse);
  pa_stream_set_moved_callback (pulse->stream, on_moved, pulse);
  hark_device_parts_clear (&pulse->parts, pulse->is_mic);
  if (pulse->is_mic) {
    attr.fragsize = (uint32_t) ahead (pulse);
    pa_stream_set_read_callback (pulse->stream, on_readable, pulse);
    status = pa_stream_connect_record (pulse->stream, name, &attr, flags);
  } else {
    attr.tlength = (uint32_t) ahead (pulse);
    attr.prebuf = 0;
    pa_stream_set_write_callback (pulse->stream, on_writable, pulse);
    pa_stream_set_underflow_callback (pulse->stream, on_underflow, pulse);
    status = pa_stream_connect_playback (pulse->stream, name, &attr, flags, NULL, NULL);
  }
  if (status < 0)
    retry_later (pulse);
}

/* PipeWire answers here, too. By its own protocol it is faster. */
static void
on_server (pa_context *context, const pa_server_info *info, void *data)
{
  PulseDevice *pulse = data;

  (void) context;
  if (info != NULL && info->server_name != NULL && strstr (info->server_name, "PipeWire") != NULL)
    pulse->native = hark_device_pipewire_open (pulse->name, pulse->is_mic, pulse->low_delay,
                                               info->cookie, &pulse->parts);
  watch_for_device (pulse);
  if (pulse->native == NULL)
    connect_stream (pulse);
}

static void
on_context_state (pa_context *context, void *data)
{
  PulseDevice *pulse = data;
  pa_context_state_t state = pa_context_get_state (context);

  if (state == PA_CONTEXT_READY) {
    pa_operation *asking = pa_context_get_server_info (context, on_server, pulse);

    hark_realtime_device (); /* a server answers in the loop's own thread only */
    if (asking != NULL)
      pa_operation_unref (asking);
    else
      retry_later (pulse);
  } else if (!PA_CONTEXT_IS_GOOD (state))
    retry_later (pulse);
}

static void
connect_context (PulseDevice *pulse)
{
  pulse->context = pa_context_new (pulse->api, "Hark");
  if (pulse->context == NULL) {
    retry_later (pulse);
    return;
  }
  pa_context_set_state_callback (pulse->context, on_context_state, pulse);
  if (pa_context_connect (pulse->context, NULL, PA_CONTEXT_NOFLAGS, NULL) < 0)
    retry_later (pulse);
}

/* ---- life ------------------------------------------------------------------------------- */

static void
close_pulse (HarkDevice *device)
{
  PulseDevice *pulse = (PulseDevice *) device;

  atomic_store (&pulse->is_closing, true);
  pa_threaded_mainloop_lock (pulse->loop);
  if (pulse->retry != NULL)
    pulse->api->time_free (pulse->retry);
  drop_connection (pulse);
  pa_threaded_mainloop_unlock (pulse->loop);

  pa_threaded_mainloop_stop (pulse->loop);
  pa_threaded_mainloop_free (pulse->loop);
  g_free (pulse->name);
  g_free (pulse);
}

HarkDevice *
hark_device_pulse_open (const char *name,
                        bool is_mic,
                        bool low_delay,
                        size_t part,
                        HarkDeviceOnBlock on_block,
                        void *data,
                        GError **error)
{
  PulseDevice *pulse = g_new0 (PulseDevice, 1);

  pulse->device.close = close_pulse;
  pulse->is_mic = is_mic;
  pulse->low_delay = low_delay;
  pulse->parts = (HarkDeviceParts){.part = part, .on_block = on_block, .data = data};
  pulse->name = g_strdup (name);
  pulse->loop = pa_threaded_mainloop_new ();
  pulse->api = pa_threaded_mainloop_get_api (pulse->loop);
  pa_threaded_mainloop_set_name (pulse->loop, is_mic ? "hark-mic" : "hark-speaker");

  connect_context (pulse); /* its callbacks run in the loop's thread, which starts now */
  if (pa_threaded_mainloop_start (pulse->loop) < 0) {
    g_set_error (error, HARK_VOICE_ERROR, HARK_VOICE_ERROR_DEVICE,
                 "no thread for the sound server");
    drop_connection (pulse);
    if (pulse->retry != NULL)
      pulse->api->time_free (pulse->retry);
    pa_threaded_mainloop_free (pulse->loop);
    g_free (pulse->name);
    g_free (pulse);
    return NULL;
  }
  return &pulse->device;
}
