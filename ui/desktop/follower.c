#include "ui/desktop/follower.h"

#include "ui/model/calls.h"

struct _HarkFollower {
  HarkClient *client;
  HarkCallItem *call; /* the client's newest */
  GSourceOnceFunc changed;
  void *data;
  guint idle;
};

static gboolean
on_idle (void *data)
{
  HarkFollower *follower = data;

  follower->idle = 0;
  follower->changed (follower->data);
  return G_SOURCE_REMOVE;
}

void
hark_follower_look (HarkFollower *follower)
{
  if (follower->idle == 0)
    follower->idle = g_idle_add (on_idle, follower);
}

static void
on_call (HarkFollower *follower)
{
  HarkCallItem *call = hark_client_get_call (follower->client);

  if (follower->call)
    g_signal_handlers_disconnect_by_data (follower->call, follower);
  g_set_object (&follower->call, call);
  if (call)
    g_signal_connect_swapped (call, "changed", G_CALLBACK (hark_follower_look), follower);
  hark_follower_look (follower);
}

HarkFollower *
hark_follower_new (HarkClient *client, GSourceOnceFunc changed, void *data)
{
  static const char *const signals[] = {"message", "read", "told", "ready"};
  HarkFollower *follower = g_new0 (HarkFollower, 1);

  follower->client = g_object_ref (client);
  follower->changed = changed;
  follower->data = data;
  for (size_t i = 0; i < G_N_ELEMENTS (signals); i++)
    g_signal_connect_swapped (client, signals[i], G_CALLBACK (hark_follower_look), follower);
  g_signal_connect_swapped (client, "call", G_CALLBACK (on_call), follower);
  return follower;
}

void
hark_follower_free (HarkFollower *follower)
{
  if (!follower)
    return;
  g_clear_handle_id (&follower->idle, g_source_remove);
  if (follower->call)
    g_signal_handlers_disconnect_by_data (follower->call, follower);
  g_clear_object (&follower->call);
  g_signal_handlers_disconnect_by_data (follower->client, follower);
  g_object_unref (follower->client);
  g_free (follower);
}
