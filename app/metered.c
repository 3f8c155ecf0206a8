#include "app/metered.h"

#include <gio/gio.h>

struct HarkMeteredWatch {
  HarkEngine *engine;
  GNetworkMonitor *monitor; /* the process's */
  gulong handler;
  gboolean told;
};

static void
on_changed (HarkMeteredWatch *watch)
{
  gboolean costly = g_network_monitor_get_network_metered (watch->monitor);
  HarkCommand *command;

  if (costly == watch->told)
    return;
  watch->told = costly;
  command = hark_command_new (HARK_COMMAND_COSTLY);
  command->on = costly;
  hark_engine_send (watch->engine, command);
}

HarkMeteredWatch *
hark_metered_watch (HarkEngine *engine)
{
  HarkMeteredWatch *watch = g_new0 (HarkMeteredWatch, 1);

  watch->engine = engine;
  watch->monitor = g_network_monitor_get_default ();
  watch->handler = g_signal_connect_swapped (watch->monitor, "notify::network-metered",
                                             G_CALLBACK (on_changed), watch);
  on_changed (watch);
  return watch;
}

void
hark_metered_watch_free (HarkMeteredWatch *watch)
{
  if (!watch)
    return;
  g_signal_handler_disconnect (watch->monitor, watch->handler);
  g_free (watch);
}
