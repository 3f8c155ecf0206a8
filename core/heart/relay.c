/* Carrying packets for contacts who cannot reach each other directly: whether, for whom, how fast;
 * and which relay nodes are ours. The node does it (net/relay/); here is what the user decided.
 * Stands on query.c. */
#include "core/heart/people/before.h"
#include "core/identity/relay-link.h"
#include "net/base/locked.h"
#include "net/base/reader.h"
#include "net/base/writer.h"

#include <string.h>

#define FORMAT 2
#define FORMAT_WITHOUT_NODES 1
#define HEAD 7 /* format, on, rate, relay nodes */

static void
load_node (HarkCore *core, HarkReader *reader)
{
  HarkCoreRelayNode *node = &core->relay_nodes[core->n_relay_nodes];
  HarkCoreRelayNode read = {0};
  size_t len = hark_reader_u8 (reader);

  hark_reader_copy (reader, read.name, MIN (len, HARK_RELAY_NAME_MAX));
  hark_reader_copy (reader, read.node.secret.bytes, sizeof read.node.secret.bytes);
  read.node.n_places = hark_reader_u8 (reader);
  for (size_t i = 0; i < MIN (read.node.n_places, HARK_NET_RELAY_PLACES_MAX); i++) {
    size_t n = hark_reader_u8 (reader);
    const uint8_t *compact = hark_reader_borrow (reader, n);

    if (!compact || !hark_endpoint_from_compact (compact, n, &read.node.places[i]))
      return;
  }
  if (!hark_reader_is_ok (reader) || len > HARK_RELAY_NAME_MAX
      || read.node.n_places > HARK_NET_RELAY_PLACES_MAX
      || core->n_relay_nodes == HARK_NET_RELAY_NODES_MAX)
    return;
  *node = read;
  core->n_relay_nodes++;
}

static void
forget_all (HarkCore *core)
{
  GHashTableIter iter;
  void *value;

  core->relays = true;
  core->relay_rate = 0;
  core->n_relay_nodes = 0;
  sodium_memzero (core->relay_nodes, sizeof core->relay_nodes);
  g_hash_table_iter_init (&iter, core->contacts);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    ((HarkCoreContact *) value)->no_relay = false;
}

/* Kept as: format u8, on u8, rate u32, number of relay nodes u8, they (name length u8, name,
 * secret, number of places u8, each with its length u8), then the accounts for whom we do not
 * relay. */
void
hark_core_relay_load (HarkCore *core, GBytes *kept)
{
  HarkReader reader;
  size_t len = 0;
  const void *bytes = kept ? g_bytes_get_data (kept, &len) : NULL;
  uint8_t format, n;
  bool on;
  uint32_t rate;

  forget_all (core);
  if (!bytes)
    return;
  hark_reader_init (&reader, bytes, len);
  format = hark_reader_u8 (&reader);
  if (format != FORMAT && format != FORMAT_WITHOUT_NODES)
    return;
  on = hark_reader_u8 (&reader) != 0;
  rate = hark_reader_u32 (&reader);
  n = format == FORMAT ? hark_reader_u8 (&reader) : 0;
  if (!hark_reader_is_ok (&reader))
    return;
  core->relays = on;
  core->relay_rate = rate;
  for (uint8_t i = 0; i < n; i++)
    load_node (core, &reader);
  while (hark_reader_left (&reader) >= HARK_KEY_LEN) {
    HarkCoreContact *contact;
    HarkKey account;

    hark_reader_copy (&reader, account.bytes, sizeof account.bytes);
    contact = hark_core_find (core, &account);
    if (contact)
      contact->no_relay = true;
  }
}

static void
keep_node (const HarkCoreRelayNode *node, GByteArray *bytes)
{
  uint8_t len = (uint8_t) strlen (node->name), n = (uint8_t) node->node.n_places;

  g_byte_array_append (bytes, &len, 1);
  g_byte_array_append (bytes, (const uint8_t *) node->name, len);
  g_byte_array_append (bytes, node->node.secret.bytes, sizeof node->node.secret.bytes);
  g_byte_array_append (bytes, &n, 1);
  for (uint8_t i = 0; i < n; i++) {
    uint8_t compact[18];

    len = (uint8_t) hark_endpoint_to_compact (&node->node.places[i], compact);
    g_byte_array_append (bytes, &len, 1);
    g_byte_array_append (bytes, compact, len);
  }
}

/* (transfer full): all of it as it is kept. */
static GBytes *
write_all (const HarkCore *core)
{
  GByteArray *bytes = g_byte_array_new ();
  uint8_t head[HEAD];
  HarkWriter writer;
  GHashTableIter iter;
  void *value;

  hark_writer_init (&writer, head, sizeof head);
  hark_writer_u8 (&writer, FORMAT);
  hark_writer_u8 (&writer, core->relays);
  hark_writer_u32 (&writer, core->relay_rate);
  hark_writer_u8 (&writer, (uint8_t) core->n_relay_nodes);
  g_byte_array_append (bytes, head, sizeof head);
  for (size_t i = 0; i < core->n_relay_nodes; i++)
    keep_node (&core->relay_nodes[i], bytes);
  g_hash_table_iter_init (&iter, core->contacts);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    const HarkCoreContact *contact = value;

    if (contact->no_relay)
      g_byte_array_append (bytes, contact->row.account.bytes, HARK_KEY_LEN);
  }
  return hark_locked_bytes (bytes);
}

static void
tell_nodes (HarkCore *core)
{
  HarkNetRelayNode nodes[HARK_NET_RELAY_NODES_MAX];

  for (size_t i = 0; i < core->n_relay_nodes; i++)
    nodes[i] = core->relay_nodes[i].node;
  hark_net_set_relay_nodes (core->net, nodes, core->n_relay_nodes);
  sodium_memzero (nodes, sizeof nodes);
}

void
hark_core_relay_start (HarkCore *core)
{
  hark_net_set_relaying (core->net, core->relays && !core->config.no_relay, core->relay_rate,
                         core->now);
  tell_nodes (core);
}

/* What we do for each of them has changed. */
static void
tell_all (HarkCore *core)
{
  GHashTableIter iter;
  void *value;

  g_hash_table_iter_init (&iter, core->contacts);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (((const HarkCoreContact *) value)->row.status == HARK_CONTACT_ACCEPTED)
      hark_core_contact_changed (core, value);
}

/* ---- what is kept ---------------------------------------------------------------- */

static void
put_back (HarkCore *core, GBytes *kept)
{
  GHashTableIter iter;
  void *value;

  hark_core_relay_load (core, kept);
  hark_core_relay_start (core);
  hark_core_network_changed (core);
  g_hash_table_iter_init (&iter, core->contacts);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    hark_core_tell_net (core, value);
  tell_all (core);
}

static void
after_keep (HarkCore *core, HarkPending *pending, HarkStoreReply *reply)
{
  GBytes *kept;

  if (!hark_core_refuse_store (core, pending, reply))
    hark_core_succeed (core, pending->command);
  else if ((kept = hark_core_put_back_kept (core, pending)) != NULL)
    put_back (core, kept);
}

/* (transfer full) @command: (transfer full): for keep(), before what it changes. */
static HarkPending *
remember (const HarkCore *core, HarkCommand *command)
{
  return hark_core_remember_kept (hark_pending_new (after_keep, command), HARK_STORE_PUT_RELAY,
                                  write_all (core));
}

static void
keep (HarkCore *core, HarkPending *pending)
{
  HarkStoreRequest *request = hark_core_request (HARK_STORE_PUT_RELAY);

  request->relay = write_all (core);
  hark_core_ask_store (core, request, pending);
}

/* ---- for whom -------------------------------------------------------------------- */

void
hark_core_command_relay (HarkCore *core, HarkCommand *command)
{
  HarkCoreContact *contact = command->has_contact ? hark_core_need (core, command) : NULL;
  HarkPending *pending;

  if (command->has_contact && contact == NULL) {
    hark_command_free (command);
    return;
  }
  if (command->rate > UINT32_MAX) {
    hark_core_refuse (core, command, "bad-rate", "Nothing is that fast.");
    hark_command_free (command);
    return;
  }
  pending = remember (core, command);
  if (contact != NULL) {
    contact->no_relay = !command->on;
    hark_core_tell_net (core, contact);
    hark_core_contact_changed (core, contact);
  } else {
    core->relays = command->on;
    if (command->rate > 0)
      core->relay_rate = (uint32_t) command->rate;
    hark_core_relay_start (core);
    hark_core_network_changed (core);
    tell_all (core);
  }
  keep (core, pending);
}

/* ---- relay nodes ----------------------------------------------------------------- */

/* The index of the node called @name; n_relay_nodes: there is none. */
static size_t
find_node (const HarkCore *core, const char *name)
{
  size_t i = 0;

  while (i < core->n_relay_nodes && strcmp (core->relay_nodes[i].name, name) != 0)
    i++;
  return i;
}

static bool
check_node (HarkCore *core, HarkCommand *command, HarkCoreRelayNode *node)
{
  char text[HARK_ENDPOINT_TEXT_LEN];

  if (!command->address || !hark_relay_link_parse (command->address, &node->node)) {
    hark_core_refuse (core, command, "bad-address",
                      "This is no link of a relay node. Copy all of it; it starts with hr1.");
    return false;
  }
  if (!command->name)
    g_strlcpy (node->name, hark_endpoint_format (&node->node.places[0], text), sizeof node->name);
  else if (*command->name && strlen (command->name) <= HARK_RELAY_NAME_MAX
           && g_utf8_validate (command->name, -1, NULL))
    g_strlcpy (node->name, command->name, sizeof node->name);
  else
    hark_core_refuse (core, command, "bad-name",
                      "A name has 1 to 48 letters; fewer with accents, and in other scripts.");
  return node->name[0] != '\0';
}

void
hark_core_command_relay_add (HarkCore *core, HarkCommand *command)
{
  HarkCoreRelayNode node = {0};
  HarkPending *pending;
  size_t at;

  if (!check_node (core, command, &node)) {
    hark_command_free (command);
    return;
  }
  at = find_node (core, node.name);
  if (at == HARK_NET_RELAY_NODES_MAX) {
    hark_core_refuse (core, command, "too-many", "There are four already. Remove one first.");
    hark_command_free (command);
  } else {
    pending = remember (core, command);
    core->relay_nodes[at] = node;
    core->n_relay_nodes = MAX (core->n_relay_nodes, at + 1);
    tell_nodes (core);
    hark_core_network_changed (core);
    keep (core, pending);
  }
  sodium_memzero (&node, sizeof node);
}

void
hark_core_command_relay_remove (HarkCore *core, HarkCommand *command)
{
  size_t at = find_node (core, command->name);
  HarkPending *pending;

  if (at == core->n_relay_nodes) {
    hark_core_refuse (core, command, "no-such-relay", "There is no relay node of that name.");
    hark_command_free (command);
    return;
  }
  pending = remember (core, command);
  memmove (&core->relay_nodes[at], &core->relay_nodes[at + 1],
           (core->n_relay_nodes - at - 1) * sizeof core->relay_nodes[0]);
  core->n_relay_nodes--;
  sodium_memzero (&core->relay_nodes[core->n_relay_nodes], sizeof core->relay_nodes[0]);
  tell_nodes (core);
  hark_core_network_changed (core);
  keep (core, pending);
}
