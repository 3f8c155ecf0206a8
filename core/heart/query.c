/* Questions, and the values that events carry. */
#include "core/store/query.h"
#include "core/heart/core-private.h"
#include "core/heart/people/doctor.h"
#include "core/heart/people/presence.h"
#include "core/identity/safety-number.h"

#include <string.h>

#define HISTORY_DEFAULT 50
#define SEARCH_DEFAULT 100
#define MATCHES_MAX 32           /* of one message that are shown */
#define NETWORK_TIME HARK_SECOND /* between two events about the network */

/* ---- network ---- */

static const char *const mapping_words[] = {
  [HARK_MAPPING_NONE] = "none",
  [HARK_MAPPING_NAT_PMP] = "nat-pmp",
  [HARK_MAPPING_PCP] = "pcp",
  [HARK_MAPPING_UPNP] = "upnp",
};

static const char *const udp_words[] = {
  [HARK_NET_UDP_UNKNOWN] = "unknown",
  [HARK_NET_UDP_WORKS] = "works",
  [HARK_NET_UDP_BLOCKED] = "blocked",
};

static HarkNetworkState *
network_state (HarkCore *core)
{
  HarkNetworkState *state = g_new0 (HarkNetworkState, 1);
  g_autoptr (GStrvBuilder) addresses = g_strv_builder_new ();
  HarkNetStatus status = {0};

  hark_net_get_status (core->net, &status);
  state->dht_nodes = status.dht_nodes;
  state->lan_peers = status.lan_peers;
  state->other_networks = status.other_networks;
  state->lan_only = status.lan_only;
  state->refused = status.refused;
  state->contact_points = status.contact_points;
  state->published = status.published;
  state->relay = status.relay;
  state->relay_rate = status.relay_rate;
  state->relay_nodes = hark_core_relay_list (core);
  state->relayed_now = status.relayed_now;
  state->relayed_bytes = status.relayed_bytes;
  state->mapping = mapping_words[status.mapping];
  state->udp = udp_words[status.udp];
  for (size_t i = 0; i < G_N_ELEMENTS (status.external); i++) {
    char text[HARK_ENDPOINT_TEXT_LEN];

    if (status.external[i].family != 0)
      g_strv_builder_add (addresses, hark_endpoint_format (&status.external[i], text));
  }
  state->public_addresses = g_strv_builder_end (addresses);
  return state;
}

void
hark_core_say_network (HarkCore *core)
{
  HarkEvent *event = hark_event_new (HARK_EVENT_NETWORK);

  core->network_said = core->now;
  event->network = network_state (core);
  hark_core_emit (core, event);
}

void
hark_core_network_changed (HarkCore *core)
{
  HarkTime due = hark_time_add (core->network_said, NETWORK_TIME);

  if (core->network_said == 0 || core->now >= due)
    hark_core_say_network (core);
  else
    core->network_at = due;
}

/* ---- commands ---- */

static HarkEvent *
result_with_messages (HarkCore *core, const HarkPending *pending, const HarkStoreReply *reply)
{
  HarkEvent *event = hark_core_result (pending->command);

  event->messages = g_ptr_array_new_with_free_func ((GDestroyNotify) hark_message_free);
  for (guint i = 0; reply->messages != NULL && i < reply->messages->len; i++)
    g_ptr_array_add (event->messages, hark_core_message (core, reply->messages->pdata[i]));
  if (reply->transfers != NULL)
    event->transfers = g_ptr_array_new_with_free_func ((GDestroyNotify) hark_transfer_free);
  for (guint i = 0; reply->transfers != NULL && i < reply->transfers->len; i++)
    g_ptr_array_add (event->transfers,
                     hark_core_stored_transfer (core, reply->transfers->pdata[i]));
  return event;
}

static void
after_history (HarkCore *core, HarkPending *pending, HarkStoreReply *reply)
{
  HarkEvent *event;

  if (hark_core_refuse_store (core, pending, reply))
    return;
  event = result_with_messages (core, pending, reply);
  event->older = reply->older;
  event->newer = reply->newer;
  event->position = reply->focus;
  hark_core_emit (core, event);
}

static void
add_matches (HarkMessage *message, const HarkQuery *query)
{
  HarkQueryMatch found[MATCHES_MAX];
  const size_t n
    = query != NULL ? hark_query_find (query, message->text, found, G_N_ELEMENTS (found)) : 0;

  message->matches = g_array_new (FALSE, FALSE, sizeof (HarkMatch));
  for (size_t i = 0; i < n; i++) {
    const HarkMatch match = {found[i].start, found[i].len};

    g_array_append_val (message->matches, match);
  }
}

/* What processes have ended over is found, and shown without the words marked in it. */
static void
find_words (HarkCore *core, HarkMessage *message, const HarkQuery *query)
{
  HarkPoison *poison = core->config.poison;
  HarkKey contact;

  memcpy (contact.bytes, message->contact, sizeof contact.bytes);
  if (!hark_poison_begin (poison, HARK_POISON_SEARCHING, &contact, message->id,
                          sizeof message->id)) {
    add_matches (message, NULL);
    return;
  }
  add_matches (message, query);
  hark_poison_end (poison, HARK_POISON_SEARCHING);
}

static void
after_search (HarkCore *core, HarkPending *pending, HarkStoreReply *reply)
{
  g_autoptr (HarkQuery) query = hark_query_parse (pending->command->text);
  HarkEvent *event;
  guint n;

  if (hark_core_refuse_store (core, pending, reply))
    return;
  event = result_with_messages (core, pending, reply);
  n = event->messages->len;
  for (guint i = 0; i < n; i++)
    find_words (core, event->messages->pdata[i], query);
  if (n >= pending->command->limit) /* as asked of the store */
    event->position = ((HarkStoreMessage *) reply->messages->pdata[n - 1])->row;
  hark_core_emit (core, event);
}

static void after_calls (HarkCore *core, HarkPending *pending, HarkStoreReply *reply);

/* (transfer full) @command, @found (nullable): HarkStoreMessage so far. */
static void
ask_for_calls (HarkCore *core, HarkCommand *command, GPtrArray *found, uint64_t before)
{
  HarkStoreRequest *request = hark_core_request (HARK_STORE_GET_CALLS);
  HarkPending *pending = hark_pending_new (after_calls, command);

  request->before = before;
  request->limit = command->limit - (found != NULL ? found->len : 0);
  pending->parts = found;
  hark_core_ask_store (core, request, pending);
}

/* The store looks at some thousand rows at once and lets others in between. */
static void
after_calls (HarkCore *core, HarkPending *pending, HarkStoreReply *reply)
{
  HarkEvent *event;

  if (hark_core_refuse_store (core, pending, reply))
    return;
  if (pending->parts != NULL) {
    g_ptr_array_extend_and_steal (pending->parts, g_steal_pointer (&reply->messages));
    reply->messages = g_steal_pointer (&pending->parts);
  }
  if (reply->messages->len < pending->command->limit && reply->position != 0) {
    ask_for_calls (core, g_steal_pointer (&pending->command), g_steal_pointer (&reply->messages),
                   reply->position);
    return;
  }
  event = result_with_messages (core, pending, reply);
  event->position = reply->position;
  hark_core_emit (core, event);
}

static unsigned
limit_of (const HarkCommand *command, unsigned otherwise)
{
  return command->limit == 0 ? otherwise : MIN (command->limit, 500u);
}

void
hark_core_command_history (HarkCore *core, HarkCommand *command)
{
  HarkStoreRequest *request;

  if (!command->has_contact) {
    hark_core_refuse (core, command, "no-contact", "Say whose history.");
    hark_command_free (command);
    return;
  }
  request = hark_core_request (HARK_STORE_GET_HISTORY);
  request->has_contact = true;
  memcpy (request->account_key.bytes, command->contact, sizeof request->account_key.bytes);
  request->window = (HarkStoreWindow) command->window;
  request->before = command->before;
  memcpy (request->id, command->id, sizeof request->id);
  request->at_ms = command->at_ms;
  request->limit = limit_of (command, HISTORY_DEFAULT);
  hark_core_ask_store (core, request, hark_pending_new (after_history, command));
}

void
hark_core_command_search (HarkCore *core, HarkCommand *command)
{
  HarkStoreRequest *request;

  if (command->text == NULL || *command->text == '\0'
      || !g_utf8_validate (command->text, -1, NULL)) {
    hark_core_refuse (core, command, "bad-text", "Say what to look for.");
    hark_command_free (command);
    return;
  }
  request = hark_core_request (HARK_STORE_SEARCH);
  request->text = g_strdup (command->text);
  request->has_contact = command->has_contact;
  memcpy (request->account_key.bytes, command->contact, sizeof request->account_key.bytes);
  request->before = command->before;
  request->limit = command->limit = limit_of (command, SEARCH_DEFAULT);
  hark_core_ask_store (core, request, hark_pending_new (after_search, command));
}

void
hark_core_command_calls (HarkCore *core, HarkCommand *command)
{
  command->limit = limit_of (command, SEARCH_DEFAULT);
  ask_for_calls (core, command, NULL, command->before);
}

void
hark_core_command_verify (HarkCore *core, HarkCommand *command)
{
  HarkCoreContact *contact = hark_core_need (core, command);

  if (contact != NULL) {
    char digits[HARK_SAFETY_NUMBER_LEN + 1], code[HARK_SAFETY_CODE_LEN + 1];
    HarkEvent *event = hark_core_result (command);

    hark_safety_number (&core->own, &contact->row.account, digits);
    event->text = g_strdup (digits);
    hark_safety_code_format (&core->own, &contact->row.account, code);
    event->qr = g_strdup (code);
    hark_core_emit (core, event);
  }
  hark_command_free (command);
}

void
hark_core_command_status (HarkCore *core, HarkCommand *command)
{
  HarkEvent *event = hark_core_result (command);
  GHashTableIter iter;
  void *value;

  memcpy (event->account, core->own.bytes, sizeof event->account);
  event->name = g_strdup (core->has_account ? core->account.name : "");
  event->profile = hark_core_profile (core);
  event->groups = hark_core_groups_info (core);
  event->people = g_ptr_array_new_with_free_func ((GDestroyNotify) hark_person_free);
  event->transfers = g_ptr_array_new_with_free_func ((GDestroyNotify) hark_transfer_free);
  event->calls = g_ptr_array_new_with_free_func ((GDestroyNotify) hark_call_free);
  event->network = network_state (core);
  g_hash_table_iter_init (&iter, core->contacts);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (((HarkCoreContact *) value)->row.status != HARK_CONTACT_DECLINED
        && !hark_core_is_node (core, &((HarkCoreContact *) value)->row.account))
      g_ptr_array_add (event->people, hark_core_person (core, value));
  g_hash_table_iter_init (&iter, core->transfers);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    g_ptr_array_add (event->transfers, hark_core_transfer (core, value));
  for (unsigned i = 0; i < HARK_CALL_LINES; i++)
    if (core->lines[i].call != NULL)
      g_ptr_array_add (event->calls, hark_call_copy (core->lines[i].call));
  hark_core_emit (core, event);
  hark_command_free (command);
}

void
hark_core_command_doctor (HarkCore *core, HarkCommand *command)
{
  HarkDoctorNetwork network = {.invisible = hark_core_is_invisible (core),
                               .running_ms = hark_time_since (core->now, core->started) / HARK_MS};
  HarkDoctorContact facts = {0};
  HarkPerson *person = NULL;
  HarkCoreContact *contact = NULL;
  HarkEvent *event;

  if (command->has_contact && (contact = hark_core_need (core, command)) == NULL) {
    hark_command_free (command);
    return;
  }
  hark_net_get_status (core->net, &network.net);
  if (contact != NULL) {
    person = hark_core_person (core, contact);
    facts
      = (HarkDoctorContact){.name = person->name,
                            .status = person->status,
                            .hidden = !network.invisible && hark_core_hides_from (core, contact),
                            .presence = person->presence,
                            .path = person->path,
                            .relay = person->relay,
                            .last_seen_ms = person->last_seen_ms};
    hark_net_get_peer_record (core->net, &contact->row.account, &facts.record);
  }
  event = hark_core_result (command);
  event->findings
    = hark_doctor_examine (&network, contact != NULL ? &facts : NULL, hark_core_wall (core));
  event->network = network_state (core);
  hark_core_emit (core, event);
  hark_person_free (person);
  hark_command_free (command);
}
