/* core/voice/device-list.c - which microphones and speakers the sound server has.
 *
 * Shell: one connection of its own, in the caller's thread, for at most TRIES turns of TURN_US.
 */
#include "core/voice/device-list.h"

#include <glib.h>
#include <pulse/pulseaudio.h>

#define TURN_US 20000
#define TRIES 150 /* three seconds */

typedef struct {
  bool mics;
  HarkDeviceOnFound on_found;
  void *data;
  bool asked, done;
} List;

static void
add (List *list, const char *name, const char *shown)
{
  g_autofree char *whole = g_strconcat ("pulse:", name, NULL);
  g_autofree char *safe = g_utf8_make_valid (shown != NULL ? shown : name, -1);

  list->on_found (whole, safe, list->data);
}

/* What a speaker plays can be recorded too; nobody means that by a microphone. */
static void
on_source (pa_context *context, const pa_source_info *info, int end, void *data)
{
  List *list = data;

  (void) context;
  if (end != 0)
    list->done = true;
  else if (info->monitor_of_sink == PA_INVALID_INDEX)
    add (list, info->name, info->description);
}

static void
on_sink (pa_context *context, const pa_sink_info *info, int end, void *data)
{
  List *list = data;

  (void) context;
  if (end != 0)
    list->done = true;
  else
    add (list, info->name, info->description);
}

static void
on_state (pa_context *context, void *data)
{
  List *list = data;
  pa_context_state_t state = pa_context_get_state (context);
  pa_operation *operation;

  if (!PA_CONTEXT_IS_GOOD (state)) {
    list->done = true;
    return;
  }
  if (state != PA_CONTEXT_READY || list->asked)
    return;
  list->asked = true;
  operation = list->mics ? pa_context_get_source_info_list (context, on_source, list)
                         : pa_context_get_sink_info_list (context, on_sink, list);
  if (operation != NULL)
    pa_operation_unref (operation);
  else
    list->done = true;
}

void
hark_device_list (bool mics, HarkDeviceOnFound on_found, void *data)
{
  List list = {.mics = mics, .on_found = on_found, .data = data};
  pa_mainloop *loop = pa_mainloop_new ();
  pa_context *context = pa_context_new (pa_mainloop_get_api (loop), "Hark");

  pa_context_set_state_callback (context, on_state, &list);
  if (pa_context_connect (context, NULL, PA_CONTEXT_NOAUTOSPAWN, NULL) < 0)
    list.done = true;
  for (int i = 0; i < TRIES && !list.done; i++)
    if (pa_mainloop_prepare (loop, TURN_US) < 0 || pa_mainloop_poll (loop) < 0
        || pa_mainloop_dispatch (loop) < 0)
      break;
  pa_context_set_state_callback (context, NULL, NULL);
  pa_context_disconnect (context);
  pa_context_unref (context);
  pa_mainloop_free (loop);
}
