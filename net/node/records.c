#define G_LOG_DOMAIN "hark-net"

#include "net/node/records.h"

#include "net/base/reader.h"
#include "net/base/writer.h"
#include "net/node/links.h"
#include "net/node/scopes.h"

#define DAY_MS INT64_C (86400000)
#define DAYS_OFF 2    /* one less than gates allow for (net/noise/gate.h) */
#define BOOTSTRAPS 32 /* places of contacts that are asked into the DHT at a start */
#define ENTRY_LEN (HARK_KEY_LEN + sizeof (HarkToken) + 8 + 8 + HARK_RECORD_KEPT_LEN)

/* ---- their clock --------------------------------------------------------------------------- */

int64_t
hark_node_records_theirs_ms (const HarkNet *net, const HarkPeer *peer, HarkTime now)
{
  int64_t ours = hark_node_scopes_wall_ms (net, now), theirs;

  if (!peer->has_record || !peer->record_found)
    return ours;
  theirs = peer->record.made * INT64_C (1000)
           + (int64_t) (hark_time_since (now, peer->record_found) / HARK_MS);
  return ABS (theirs - ours) > DAYS_OFF * DAY_MS ? theirs : ours;
}

uint64_t
hark_node_records_theirs_day (const HarkNet *net, const HarkPeer *peer, HarkTime now)
{
  int64_t theirs = hark_node_records_theirs_ms (net, peer, now);

  return theirs > 0 ? (uint64_t) (theirs / DAY_MS) : 0;
}

/* What is in force tells of their clock and ours. */
static void
hear (HarkNet *net, HarkPeer *peer, HarkTime now)
{
  peer->record_found = MAX (now, 1);
  if (net->rendezvous && peer->is_contact
      && hark_token_equal (&peer->record_token, &peer->contact.reach))
    hark_rendezvous_hear_record (net->rendezvous, &peer->account, &peer->record, now);
}

void
hark_node_records_confirmed (HarkNet *net, HarkPeer *peer, HarkTime now)
{
  if (peer->record_found == 0)
    hear (net, peer, now);
}

void
hark_node_records_found (HarkNet *net,
                         HarkPeer *peer,
                         const HarkRecord *record,
                         const HarkRendezvousKnown *known,
                         const HarkToken *token,
                         HarkTime now)
{
  peer->record = *record;
  peer->record_known = *known;
  peer->record_token = *token;
  peer->has_record = true;
  hear (net, peer, now);
}

/* ---- after a restart ----------------------------------------------------------------------- */

static gint
by_rank (gconstpointer a, gconstpointer b)
{
  const HarkPeer *const *first = a, *const *second = b;

  return (*first)->rank < (*second)->rank ? -1 : (*first)->rank > (*second)->rank;
}

static void
write_entry (const HarkPeer *peer, uint8_t ret[ENTRY_LEN])
{
  HarkWriter writer;
  uint8_t *kept;

  hark_writer_init (&writer, ret, ENTRY_LEN);
  hark_writer_bytes (&writer, peer->account.bytes, HARK_KEY_LEN);
  hark_writer_bytes (&writer, peer->record_token.bytes, sizeof peer->record_token.bytes);
  hark_writer_u64 (&writer, (uint64_t) peer->record_known.seq);
  hark_writer_u64 (&writer, peer->record_known.epoch);
  kept = hark_writer_reserve (&writer, HARK_RECORD_KEPT_LEN);
  g_assert (kept);
  hark_record_keep (&peer->record, kept);
}

GBytes *
hark_node_records_save (const HarkNet *net)
{
  g_autoptr (GPtrArray) peers = g_ptr_array_new ();
  GByteArray *bytes = g_byte_array_new ();
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, net->peers);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    const HarkPeer *peer = value;

    if (peer->is_contact && peer->has_record
        && hark_token_equal (&peer->record_token, &peer->contact.reach))
      g_ptr_array_add (peers, value);
  }
  g_ptr_array_sort (peers, by_rank);
  for (guint i = 0; i < MIN (peers->len, HARK_NET_RECORDS_MAX); i++) {
    uint8_t entry[ENTRY_LEN];

    write_entry (g_ptr_array_index (peers, i), entry);
    g_byte_array_append (bytes, entry, sizeof entry);
    sodium_memzero (entry, sizeof entry);
  }
  return g_byte_array_free_to_bytes (bytes);
}

/* Where contacts can be knocked at there are nodes: a DHT to start from that needs nobody else's.
 */
static void
bootstrap_from (HarkNet *net, const HarkRecord *record, unsigned *left)
{
  for (unsigned i = 0; i < record->n_points; i++) {
    const HarkEndpoint *endpoint = &record->points[i].endpoint;
    HarkDht *dht = endpoint->family ? hark_node_scopes_dht_for (net, endpoint) : NULL;

    if (!dht || *left == 0)
      continue;
    hark_dht_bootstrap (dht, endpoint, net->now);
    (*left)--;
  }
}

static void
restore_entry (HarkNet *net, const uint8_t *entry, unsigned *bootstraps)
{
  HarkReader reader;
  HarkKey account;
  g_auto (HarkToken) token = {0};
  HarkRendezvousKnown known;
  HarkPeer *peer;

  hark_reader_init (&reader, entry, ENTRY_LEN);
  hark_reader_copy (&reader, account.bytes, sizeof account.bytes);
  hark_reader_copy (&reader, token.bytes, sizeof token.bytes);
  known.seq = (int64_t) hark_reader_u64 (&reader);
  known.epoch = hark_reader_u64 (&reader);
  peer = hark_node_links_get_peer (net, &account);
  if (!peer || !peer->is_contact || peer->has_record
      || !hark_token_equal (&token, &peer->contact.reach)
      || !hark_record_restore (hark_reader_borrow (&reader, HARK_RECORD_KEPT_LEN), &account,
                               &peer->record)
      || hark_record_list_version (&peer->record) < peer->contact.list_version)
    return;
  peer->record_known = known;
  peer->record_token = token;
  peer->has_record = true;
  peer->record_found = 0;
  bootstrap_from (net, &peer->record, bootstraps);
}

void
hark_node_records_restore (HarkNet *net, GBytes *bytes)
{
  gsize len;
  const uint8_t *data = g_bytes_get_data (bytes, &len);
  unsigned bootstraps = BOOTSTRAPS;

  for (gsize i = 0; i < MIN (len / ENTRY_LEN, HARK_NET_RECORDS_MAX); i++)
    restore_entry (net, data + i * ENTRY_LEN, &bootstraps);
}
