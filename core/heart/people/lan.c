/* People here: who on the local network chose to be seen, and whether we do. */
#include "core/heart/people/before.h"
#include "core/identity/address.h"

#include <string.h>

#define PATIENCE (10 * HARK_SECOND) /* before a closed network without anybody is worth a word */

static void
neighbour_free (void *data)
{
  HarkNeighbour *neighbour = data;

  if (neighbour == NULL)
    return;
  g_free (neighbour->name);
  hark_words_free (neighbour->address);
  g_free (neighbour);
}

static GPtrArray *
list_neighbours (HarkCore *core)
{
  GPtrArray *list = g_ptr_array_new_with_free_func (neighbour_free);
  g_autofree HarkBeaconPerson *people = g_new0 (HarkBeaconPerson, HARK_LAN_PEOPLE_MAX);
  size_t n = hark_net_people (core->net, people, HARK_LAN_PEOPLE_MAX);

  for (size_t i = 0; i < n; i++) {
    HarkAddress address = {.account = people[i].account, .token = people[i].token};
    HarkNeighbour *neighbour = g_new0 (HarkNeighbour, 1);

    memcpy (neighbour->account, people[i].account.bytes, sizeof neighbour->account);
    neighbour->name = g_strdup (people[i].name);
    neighbour->address = g_malloc (HARK_ADDRESS_LEN + 1);
    hark_address_format (&address, neighbour->address);
    hark_address_clear (&address);
    g_ptr_array_add (list, neighbour);
  }
  sodium_memzero (people, n * sizeof *people);
  return list;
}

void
hark_core_say_neighbours (HarkCore *core)
{
  HarkEvent *event = hark_event_new (HARK_EVENT_PEOPLE_HERE);

  event->neighbours = list_neighbours (core);
  event->on = core->visible;
  hark_core_emit (core, event);
}

void
hark_core_set_visible (HarkCore *core, bool visible)
{
  core->visible = visible;
  hark_net_set_visible (
    core->net, visible && !hark_core_is_invisible (core) ? core->account.name : NULL, core->now);
}

void
hark_core_command_people_here (HarkCore *core, HarkCommand *command)
{
  HarkEvent *event = hark_core_result (command);

  event->neighbours = list_neighbours (core);
  event->on = core->visible;
  hark_core_emit (core, event);
  hark_command_free (command);
}

/* ---- what is kept -------------------------------------------------------------------------- */

static void
after_keep (HarkCore *core, HarkPending *pending, HarkStoreReply *reply)
{
  const HarkCommand *command = pending->command;
  HarkEndpoint peer;
  GBytes *kept;

  if (hark_core_refuse_store (core, pending, reply)) {
    kept = hark_core_put_back_kept (core, pending);
    if (kept != NULL) {
      hark_lan_settings_clear (&core->lan);
      hark_lan_settings_read (kept, &core->lan);
    }
    return;
  }
  if (command->kind == HARK_COMMAND_VISIBLE)
    hark_core_set_visible (core, command->on);
  else if (command->kind == HARK_COMMAND_ADD_PEER
           && hark_endpoint_parse (command->name, &peer)) /* names: at the next start */
    hark_net_add_peer (core->net, &peer, core->now);
  hark_core_succeed (core, command);
}

/* (transfer full) @before: hark_lan_settings_write() of what was. Takes @command. */
static void
keep (HarkCore *core, HarkCommand *command, GBytes *before)
{
  HarkStoreRequest *request = hark_core_request (HARK_STORE_PUT_LAN);
  HarkPending *pending
    = hark_core_remember_kept (hark_pending_new (after_keep, command), HARK_STORE_PUT_LAN, before);

  request->lan = hark_lan_settings_write (&core->lan);
  hark_core_ask_store (core, request, pending);
}

void
hark_core_command_visible (HarkCore *core, HarkCommand *command)
{
  GBytes *before = hark_lan_settings_write (&core->lan);

  core->lan.visible = command->on;
  keep (core, command, before);
}

void
hark_core_command_network (HarkCore *core, HarkCommand *command)
{
  const char *wrong = command->name != NULL ? hark_network_check (command->name, NULL) : NULL;
  GBytes *before;

  if (wrong == NULL && command->name != NULL && strlen (command->name) > HARK_LAN_SETTINGS_TEXT_MAX)
    wrong = "That is too long for a network.";
  if (wrong != NULL) {
    hark_core_refuse (core, command, "bad-network", wrong);
    hark_command_free (command);
    return;
  }
  before = hark_lan_settings_write (&core->lan);
  hark_lan_settings_set_network (&core->lan, command->name);
  keep (core, command, before);
}

void
hark_core_command_peer (HarkCore *core, HarkCommand *command)
{
  bool add = command->kind == HARK_COMMAND_ADD_PEER;
  GBytes *before = hark_lan_settings_write (&core->lan);
  const char *wrong = NULL;

  if (*command->name == '\0' || strlen (command->name) > 255)
    wrong = "That is no computer: HOST or HOST:PORT.";
  else if (add && !hark_lan_settings_add_peer (&core->lan, command->name))
    wrong = "There are 64 of them, and that is enough.";
  else if (!add && !hark_lan_settings_remove_peer (&core->lan, command->name))
    wrong = "No such computer was added.";
  if (wrong != NULL) {
    g_bytes_unref (before);
    hark_core_refuse (core, command, "bad-peer", wrong);
    hark_command_free (command);
    return;
  }
  keep (core, command, before);
}

void
hark_core_lan_start (HarkCore *core)
{
  if ((core->config.visible || core->lan.visible) && core->has_account)
    hark_core_set_visible (core, true);
  if (core->config.closed_network)
    core->alone_at = hark_time_add (core->now, PATIENCE);
}

void
hark_core_lan_handle_time (HarkCore *core)
{
  HarkNetStatus status = {0};

  if (core->now < core->alone_at)
    return;
  core->alone_at = HARK_TIME_NEVER;
  hark_net_get_status (core->net, &status);
  if (status.dht_nodes > 0 || status.lan_peers > 0)
    return;
  hark_core_warn (core, "network-silent",
                  status.other_networks > 0
                    ? "There are Harks here, but of another network: is the network's name or "
                      "secret right?"
                    : "Nobody of this network answers: is its name or secret right, and does one "
                      "of its computers run?");
}
