#include "ui/desktop/sounds.h"

#include "ui/desktop/quiet.h"
#include "ui/settings/settings.h"

#ifdef HARK_CANBERRA
#include <canberra.h>
#endif
#include <string.h>

#define PAUSE_US (2 * G_USEC_PER_SEC) /* between two of the same kind: a burst is one event */

static GThreadPool *players; /* NULL: nobody follows; one thread */

/* ---- the other thread ---- */

#ifdef HARK_CANBERRA
/* @sink (nullable): NULL: the usual one */
static bool
play (const char *event, const char *sink)
{
  static ca_context *context; /* of this thread alone */

  if (!context && ca_context_create (&context) == CA_SUCCESS) {
    ca_context_set_driver (context, "pulse"); /* as calls are heard; else it tries everything */
    ca_context_change_props (context, CA_PROP_APPLICATION_ID, "org.hark.Hark",
                             CA_PROP_APPLICATION_NAME, "Hark", CA_PROP_APPLICATION_ICON_NAME,
                             "org.hark.Hark", NULL);
  }
  return context && ca_context_change_device (context, sink) == CA_SUCCESS
         && ca_context_play (context, 0, CA_PROP_EVENT_ID, event, CA_PROP_MEDIA_ROLE, "event", NULL)
              == CA_SUCCESS;
}
#else
static bool
play (const char *event, const char *sink)
{
  (void) event;
  (void) sink;
  return false;
}
#endif

static gboolean
on_beep (void *display)
{
  gdk_display_beep (display);
  return G_SOURCE_REMOVE;
}

typedef struct {
  const char *event;   /* of the sound naming specification */
  char *sink;          /* owned; NULL: the usual one */
  GdkDisplay *display; /* owned; beeps when there is no sound; NULL: nothing does */
} Wish;

static void
run (void *data, void *unused)
{
  Wish *wish = data;

  (void) unused;
  if (!play (wish->event, wish->sink) && wish->display)
    g_idle_add_full (G_PRIORITY_DEFAULT, on_beep, g_object_ref (wish->display), g_object_unref);
  g_clear_object (&wish->display);
  g_free (wish->sink);
  g_free (wish);
}

/* ---- what is heard ---- */

static bool
is_wanted (void)
{
  return hark_settings_get_flag (hark_settings_get (), HARK_SET_SOUNDS) && !hark_quiet_is_wanted ();
}

/* Takes @sink. */
static void
wish (const char *event, char *sink, GdkDisplay *display)
{
  Wish *value = g_new (Wish, 1);

  *value = (Wish){event, sink, display ? g_object_ref (display) : NULL};
  g_thread_pool_push (players, value, NULL);
}

static void
on_message (HarkClient *client, HarkPersonItem *person, HarkMessageItem *item)
{
  static gint64 last[2];
  const HarkMessage *message = hark_message_item_get (item);
  gint64 now = g_get_monotonic_time ();

  (void) client;
  if (!is_wanted () || message->type == HARK_MESSAGE_IS_CALL
      || message->type == HARK_MESSAGE_IS_GROUP || now - last[message->outgoing] < PAUSE_US
      || (!message->outgoing
          && !hark_person_item_wants_notice (person, message, g_get_real_time () / 1000)))
    return;
  last[message->outgoing] = now;
  wish (message->outgoing ? "message-sent-instant" : "message-new-instant", NULL, NULL);
}

void
hark_sounds_follow (HarkClient *client)
{
  g_return_if_fail (!players);

  players = g_thread_pool_new (run, NULL, 1, FALSE, NULL);
  g_signal_connect (client, "message", G_CALLBACK (on_message), NULL);
}

/* (transfer full): as HarkEngineConfig names devices */
static char *
ring_device (void)
{
  g_autofree char *ring = hark_settings_get_text (hark_settings_get (), HARK_SET_RING);

  return *ring ? g_steal_pointer (&ring)
               : hark_settings_get_text (hark_settings_get (), HARK_SET_SPEAKER);
}

void
hark_sounds_ring (GdkDisplay *display)
{
  g_autofree char *device = ring_device ();
  const char *sink = strchr (device, ':');

  if (strcmp (device, "none") == 0)
    return;
  if (players && is_wanted ())
    wish ("phone-incoming-call", g_strdup (sink ? sink + 1 : NULL), display);
  else if (is_wanted ())
    gdk_display_beep (display);
}
