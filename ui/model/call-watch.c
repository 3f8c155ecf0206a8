#include "ui/model/call-watch.h"

#define KEY "hark-call-watch"

typedef struct {
  HarkClient *client;
  HarkCallItem *call; /* NULL: none */
  GCallback on_change;
  GObject *owner; /* owns us */
  gulong of_client, of_call;
} Watch;

static void
leave_call (Watch *watch)
{
  if (watch->call)
    g_clear_signal_handler (&watch->of_call, watch->call);
  g_clear_object (&watch->call);
}

static void
watch_free (void *data)
{
  Watch *watch = data;

  leave_call (watch);
  g_clear_signal_handler (&watch->of_client, watch->client);
  g_object_unref (watch->client);
  g_free (watch);
}

static void
on_changed (Watch *watch)
{
  ((void (*) (GObject *)) watch->on_change) (watch->owner);
}

static void
on_call (Watch *watch)
{
  HarkCallItem *call = hark_client_get_call (watch->client);

  if (call != watch->call) {
    leave_call (watch);
    watch->call = call ? g_object_ref (call) : NULL;
    if (call)
      watch->of_call = g_signal_connect_swapped (call, "changed", G_CALLBACK (on_changed), watch);
  }
  on_changed (watch);
}

void
hark_call_watch (HarkClient *client, GCallback on_change, GObject *owner)
{
  Watch *watch;

  g_return_if_fail (HARK_IS_CLIENT (client) && on_change && G_IS_OBJECT (owner));

  watch = g_new0 (Watch, 1);
  watch->client = g_object_ref (client);
  watch->on_change = on_change;
  watch->owner = owner;
  watch->of_client = g_signal_connect_swapped (client, "call", G_CALLBACK (on_call), watch);
  g_object_set_data_full (owner, KEY, watch, watch_free);
}

void
hark_call_watch_end (GObject *owner)
{
  g_object_set_data (owner, KEY, NULL);
}
