#include "ui/desktop/costs.h"

#include <gio/gio.h>

static void
tell (HarkClient *client)
{
  HarkCommand *command;

  if (!hark_client_get_engine (client))
    return;
  command = hark_command_new (HARK_COMMAND_COSTLY);
  command->on = g_network_monitor_get_network_metered (g_network_monitor_get_default ());
  hark_client_send (client, command);
}

void
hark_costs_follow (HarkClient *client)
{
  g_signal_connect (client, "ready", G_CALLBACK (tell), NULL);
  g_signal_connect_object (g_network_monitor_get_default (), "notify::network-metered",
                           G_CALLBACK (tell), client, G_CONNECT_SWAPPED);
}
