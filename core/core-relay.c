/* Carrying packets for contacts who cannot reach each other directly: whether, for whom, how fast.
 * The node does it (net/relay/); here is what the user decided. Stands on core-query.c. */
#include "core/core-private.h"
#include "net/base/reader.h"
#include "net/base/writer.h"

#include <string.h>

#define FORMAT 1
#define HEAD 6 /* format, on, rate */

/* Kept as: format u8, on u8, rate u32, then the accounts for whom we do not. */
void
hark_core_relay_load (HarkCore *core, GBytes *kept)
{
  HarkReader reader;
  size_t len = 0;
  const void *bytes = kept ? g_bytes_get_data (kept, &len) : NULL;
  bool on;
  uint32_t rate;

  core->relays = true;
  if (!bytes)
    return;
  hark_reader_init (&reader, bytes, len);
  if (hark_reader_u8 (&reader) != FORMAT)
    return;
  on = hark_reader_u8 (&reader) != 0;
  rate = hark_reader_u32 (&reader);
  if (!hark_reader_is_ok (&reader))
    return;
  core->relays = on;
  core->relay_rate = rate;
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
keep (HarkCore *core, HarkPending *pending)
{
  HarkStoreRequest *request = hark_core_request (HARK_STORE_PUT_RELAY);
  GByteArray *bytes = g_byte_array_new ();
  uint8_t head[HEAD];
  HarkWriter writer;
  GHashTableIter iter;
  void *value;

  hark_writer_init (&writer, head, sizeof head);
  hark_writer_u8 (&writer, FORMAT);
  hark_writer_u8 (&writer, core->relays);
  hark_writer_u32 (&writer, core->relay_rate);
  g_byte_array_append (bytes, head, sizeof head);
  g_hash_table_iter_init (&iter, core->contacts);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    const HarkCoreContact *contact = value;

    if (contact->no_relay)
      g_byte_array_append (bytes, contact->row.account.bytes, HARK_KEY_LEN);
  }
  request->relay = g_byte_array_free_to_bytes (bytes);
  hark_core_ask_store (core, request, pending);
}

void
hark_core_relay_start (HarkCore *core)
{
  hark_net_set_relaying (core->net, core->relays && !core->config.no_relay, core->relay_rate,
                         core->now);
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

static void
after_keep (HarkCore *core, HarkPending *pending, HarkStoreReply *reply)
{
  if (!hark_core_refuse_store (core, pending, reply))
    hark_core_succeed (core, pending->command);
}

void
hark_core_command_relay (HarkCore *core, HarkCommand *command)
{
  HarkCoreContact *contact = command->has_contact ? hark_core_need (core, command) : NULL;

  if (command->has_contact && contact == NULL) {
    hark_command_free (command);
    return;
  }
  if (command->rate > UINT32_MAX) {
    hark_core_refuse (core, command, "bad-rate", "Nothing is that fast.");
    hark_command_free (command);
    return;
  }
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
  keep (core, hark_pending_new (after_keep, command));
}
