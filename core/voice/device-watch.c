#include "core/voice/device-watch.h"

#include <pulse/pulseaudio.h>

#define RETRY_USEC (2 * PA_USEC_PER_SEC)

struct HarkDeviceWatch {
  void (*on_change) (void *data);
  void *data;
  pa_threaded_mainloop *loop;
  pa_mainloop_api *api;
  pa_context *context;
  pa_time_event *retry;

  /* the loop's thread: the list that is being asked for */
  GPtrArray *growing;
  char *mic, *speaker; /* the defaults */
  bool asking, again;  /* a change came meanwhile */
  unsigned mics, speakers;

  GMutex mutex;
  GPtrArray *news; /* not taken yet; NULL: none */
  bool is_there;
};

static void connect_server (HarkDeviceWatch *watch);
static void ask (HarkDeviceWatch *watch);

void
hark_device_found_free (HarkDeviceFound *found)
{
  if (found == NULL)
    return;
  g_free (found->name);
  g_free (found->text);
  g_free (found);
}

static GPtrArray *
new_list (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) hark_device_found_free);
}

static void
tell (HarkDeviceWatch *watch, GPtrArray *list, bool there)
{
  g_mutex_lock (&watch->mutex);
  g_clear_pointer (&watch->news, g_ptr_array_unref);
  watch->news = list;
  watch->is_there = there;
  g_mutex_unlock (&watch->mutex);
  watch->on_change (watch->data);
}

/* ---- the list --------------------------------------------------------------------------- */

static void
add (HarkDeviceWatch *watch, const char *name, const char *text, bool is_mic)
{
  unsigned *n = is_mic ? &watch->mics : &watch->speakers;
  HarkDeviceFound *found;

  if (*n == HARK_DEVICE_WATCH_MAX)
    return;
  (*n)++;
  found = g_new0 (HarkDeviceFound, 1);
  found->name = g_strdup (name);
  found->text = g_utf8_make_valid (text != NULL ? text : name, -1);
  found->is_mic = is_mic;
  found->is_default = g_strcmp0 (name, is_mic ? watch->mic : watch->speaker) == 0;
  g_ptr_array_add (watch->growing, found);
}

static void
on_sink (pa_context *context, const pa_sink_info *info, int end, void *data)
{
  HarkDeviceWatch *watch = data;

  (void) context;
  if (end == 0) {
    add (watch, info->name, info->description, false);
    return;
  }
  watch->asking = false;
  tell (watch, g_steal_pointer (&watch->growing), true);
  if (watch->again)
    ask (watch);
}

static void
on_source (pa_context *context, const pa_source_info *info, int end, void *data)
{
  HarkDeviceWatch *watch = data;
  pa_operation *next;

  if (end == 0) {
    if (info->monitor_of_sink == PA_INVALID_INDEX)
      add (watch, info->name, info->description, true);
    return;
  }
  next = pa_context_get_sink_info_list (context, on_sink, watch);
  if (next != NULL)
    pa_operation_unref (next);
  watch->asking = next != NULL;
}

static void
on_server (pa_context *context, const pa_server_info *info, void *data)
{
  HarkDeviceWatch *watch = data;
  pa_operation *next;

  g_free (watch->mic);
  g_free (watch->speaker);
  watch->mic = g_strdup (info != NULL ? info->default_source_name : NULL);
  watch->speaker = g_strdup (info != NULL ? info->default_sink_name : NULL);
  next = pa_context_get_source_info_list (context, on_source, watch);
  if (next != NULL)
    pa_operation_unref (next);
  watch->asking = next != NULL;
}

/* One question at a time: what changes meanwhile makes one more. */
static void
ask (HarkDeviceWatch *watch)
{
  pa_operation *first;

  watch->again = watch->asking;
  if (watch->asking)
    return;
  g_clear_pointer (&watch->growing, g_ptr_array_unref);
  watch->growing = new_list ();
  watch->mics = watch->speakers = 0;
  first = pa_context_get_server_info (watch->context, on_server, watch);
  if (first != NULL)
    pa_operation_unref (first);
  watch->asking = first != NULL;
}

static void
on_event (pa_context *context, pa_subscription_event_type_t type, uint32_t index, void *data)
{
  (void) context, (void) index;
  /* volumes and states change all the time */
  if ((type & PA_SUBSCRIPTION_EVENT_TYPE_MASK) != PA_SUBSCRIPTION_EVENT_CHANGE
      || (type & PA_SUBSCRIPTION_EVENT_FACILITY_MASK) == PA_SUBSCRIPTION_EVENT_SERVER)
    ask (data);
}

/* ---- the server ------------------------------------------------------------------------- */

static void
drop_server (HarkDeviceWatch *watch)
{
  watch->asking = watch->again = false;
  if (watch->context == NULL)
    return;
  pa_context_set_state_callback (watch->context, NULL, NULL);
  pa_context_set_subscribe_callback (watch->context, NULL, NULL);
  pa_context_disconnect (watch->context);
  g_clear_pointer (&watch->context, pa_context_unref);
}

static void
on_retry (pa_mainloop_api *api, pa_time_event *event, const struct timeval *due, void *data)
{
  HarkDeviceWatch *watch = data;

  (void) due;
  api->time_free (event);
  watch->retry = NULL;
  drop_server (watch);
  connect_server (watch);
}

static void
give_up_for_now (HarkDeviceWatch *watch)
{
  struct timeval due;

  if (watch->retry != NULL)
    return;
  tell (watch, new_list (), false);
  pa_gettimeofday (&due);
  pa_timeval_add (&due, RETRY_USEC);
  watch->retry = watch->api->time_new (watch->api, &due, on_retry, watch);
}

static void
on_state (pa_context *context, void *data)
{
  HarkDeviceWatch *watch = data;
  pa_context_state_t state = pa_context_get_state (context);
  pa_operation *subscribing;

  if (state == PA_CONTEXT_READY) {
    pa_context_set_subscribe_callback (context, on_event, watch);
    subscribing = pa_context_subscribe (context,
                                        PA_SUBSCRIPTION_MASK_SINK | PA_SUBSCRIPTION_MASK_SOURCE
                                          | PA_SUBSCRIPTION_MASK_SERVER,
                                        NULL, NULL);
    if (subscribing != NULL)
      pa_operation_unref (subscribing);
    ask (watch);
  } else if (!PA_CONTEXT_IS_GOOD (state)) {
    give_up_for_now (watch);
  }
}

static void
connect_server (HarkDeviceWatch *watch)
{
  watch->context = pa_context_new (watch->api, "Hark");
  if (watch->context == NULL) {
    give_up_for_now (watch);
    return;
  }
  pa_context_set_state_callback (watch->context, on_state, watch);
  if (pa_context_connect (watch->context, NULL, PA_CONTEXT_NOFLAGS, NULL) < 0)
    give_up_for_now (watch);
}

/* ---- life ------------------------------------------------------------------------------- */

HarkDeviceWatch *
hark_device_watch_new (void (*on_change) (void *data), void *data)
{
  HarkDeviceWatch *watch = g_new0 (HarkDeviceWatch, 1);

  watch->on_change = on_change;
  watch->data = data;
  g_mutex_init (&watch->mutex);
  watch->loop = pa_threaded_mainloop_new ();
  watch->api = pa_threaded_mainloop_get_api (watch->loop);
  pa_threaded_mainloop_set_name (watch->loop, "hark-devices");
  connect_server (watch); /* its callbacks run in the loop's thread, which starts now */
  if (pa_threaded_mainloop_start (watch->loop) < 0)
    tell (watch, new_list (), false);
  return watch;
}

void
hark_device_watch_free (HarkDeviceWatch *watch)
{
  if (watch == NULL)
    return;
  pa_threaded_mainloop_lock (watch->loop);
  if (watch->retry != NULL)
    watch->api->time_free (watch->retry);
  drop_server (watch);
  pa_threaded_mainloop_unlock (watch->loop);
  pa_threaded_mainloop_stop (watch->loop);
  pa_threaded_mainloop_free (watch->loop);
  g_clear_pointer (&watch->growing, g_ptr_array_unref);
  g_clear_pointer (&watch->news, g_ptr_array_unref);
  g_mutex_clear (&watch->mutex);
  g_free (watch->mic);
  g_free (watch->speaker);
  g_free (watch);
}

GPtrArray *
hark_device_watch_take (HarkDeviceWatch *watch, bool *ret_there)
{
  GPtrArray *news;

  g_mutex_lock (&watch->mutex);
  news = g_steal_pointer (&watch->news);
  if (news != NULL)
    *ret_there = watch->is_there;
  g_mutex_unlock (&watch->mutex);
  return news;
}
