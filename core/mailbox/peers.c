#include "core/mailbox/peers.h"

#include "net/base/locked.h"
#include "net/base/reader.h"
#include "net/base/writer.h"

#include <sodium.h>
#include <string.h>

#define FORMAT 1
#define HEAD_LEN (1 + 1 + HARK_MAIL_TICKET_LEN)
#define PLACE_LEN (HARK_KEY_LEN + HARK_MAIL_TICKET_LEN + 1 + 16 + 32)
#define PEER_LEN (HARK_KEY_LEN + 2 + HARK_MAIL_TICKET_LEN + 1 + 32 + 16 + 1)
#define PEER_LEN_MAX (PEER_LEN + HARK_MAIL_PLACES_MAX * PLACE_LEN)

static void
peer_free (void *peer)
{
  hark_locked_free (peer);
}

HarkMailPeer *
hark_mail_peers_find (const HarkMailPeers *peers, const HarkKey *account)
{
  return g_hash_table_lookup (peers->all, account);
}

HarkMailPeer *
hark_mail_peers_get (HarkMailPeers *peers, const HarkKey *account)
{
  HarkMailPeer *peer = hark_mail_peers_find (peers, account);

  if (peer != NULL || g_hash_table_size (peers->all) >= HARK_MAIL_PEERS_MAX)
    return peer;
  peer = hark_locked_new0 (HarkMailPeer);
  peer->account = *account;
  g_hash_table_insert (peers->all, &peer->account, peer);
  return peer;
}

void
hark_mail_peers_forget (HarkMailPeers *peers, const HarkKey *account)
{
  g_hash_table_remove (peers->all, account);
}

/* ---- on the disk ---- */

/* How a place is reached. */
enum { BY_CONTACT, BY_NODE, BY_HINT };

static void
read_place (HarkReader *reader, HarkMailPlace *ret)
{
  uint8_t by;

  hark_reader_copy (reader, ret->keeper.bytes, sizeof ret->keeper.bytes);
  hark_reader_copy (reader, ret->ticket, sizeof ret->ticket);
  by = hark_reader_u8 (reader);
  ret->is_node = by == BY_NODE;
  ret->is_hint = by == BY_HINT;
  if (ret->is_hint)
    hark_reader_copy (reader, ret->hint, sizeof ret->hint);
  if (!ret->is_node)
    return;
  hark_reader_copy (reader, ret->reach.bytes, sizeof ret->reach.bytes);
  hark_reader_copy (reader, ret->pairwise.bytes, sizeof ret->pairwise.bytes);
}

static bool
read_peer (HarkReader *reader, HarkMailPeer *ret)
{
  hark_reader_copy (reader, ret->account.bytes, sizeof ret->account.bytes);
  ret->is = hark_reader_u16 (reader);
  hark_reader_copy (reader, ret->ticket, sizeof ret->ticket);
  ret->has_guest = hark_reader_u8 (reader) != 0;
  if (ret->has_guest) {
    hark_reader_copy (reader, ret->guest.bytes, sizeof ret->guest.bytes);
    hark_reader_copy (reader, ret->reach.bytes, sizeof ret->reach.bytes);
  }
  ret->n_places = hark_reader_u8 (reader);
  if (ret->n_places > HARK_MAIL_PLACES_MAX)
    return false;
  for (size_t i = 0; i < ret->n_places; i++)
    read_place (reader, &ret->places[i]);
  return hark_reader_is_ok (reader);
}

void
hark_mail_peers_init (HarkMailPeers *peers, GBytes *kept)
{
  size_t len = 0;
  const void *bytes = kept != NULL ? g_bytes_get_data (kept, &len) : NULL;
  HarkMailPeer read = {0};
  HarkReader reader;

  *peers = (HarkMailPeers){
    .all = g_hash_table_new_full (hark_key_hash, hark_key_hash_equal, NULL, peer_free)};
  hark_reader_init (&reader, bytes, len);
  if (len < HEAD_LEN || hark_reader_u8 (&reader) != FORMAT)
    return;
  peers->has_own = hark_reader_u8 (&reader) != 0;
  hark_reader_copy (&reader, peers->own, sizeof peers->own);
  while (hark_reader_left (&reader) > 0 && read_peer (&reader, &read)) {
    HarkMailPeer *peer = hark_mail_peers_get (peers, &read.account);

    if (peer != NULL)
      *peer = read;
    sodium_memzero (&read, sizeof read);
  }
  sodium_memzero (&read, sizeof read);
}

void
hark_mail_peers_clear (HarkMailPeers *peers)
{
  g_clear_pointer (&peers->all, g_hash_table_unref);
  sodium_memzero (peers->own, sizeof peers->own);
}

static void
write_place (HarkWriter *writer, const HarkMailPlace *place)
{
  hark_writer_bytes (writer, place->keeper.bytes, sizeof place->keeper.bytes);
  hark_writer_bytes (writer, place->ticket, sizeof place->ticket);
  hark_writer_u8 (writer, place->is_node ? BY_NODE : place->is_hint ? BY_HINT : BY_CONTACT);
  if (place->is_hint)
    hark_writer_bytes (writer, place->hint, sizeof place->hint);
  if (!place->is_node)
    return;
  hark_writer_bytes (writer, place->reach.bytes, sizeof place->reach.bytes);
  hark_writer_bytes (writer, place->pairwise.bytes, sizeof place->pairwise.bytes);
}

static void
write_peer (HarkWriter *writer, const HarkMailPeer *peer)
{
  hark_writer_bytes (writer, peer->account.bytes, sizeof peer->account.bytes);
  hark_writer_u16 (writer, (uint16_t) peer->is);
  hark_writer_bytes (writer, peer->ticket, sizeof peer->ticket);
  hark_writer_u8 (writer, peer->has_guest);
  if (peer->has_guest) {
    hark_writer_bytes (writer, peer->guest.bytes, sizeof peer->guest.bytes);
    hark_writer_bytes (writer, peer->reach.bytes, sizeof peer->reach.bytes);
  }
  hark_writer_u8 (writer, (uint8_t) peer->n_places);
  for (size_t i = 0; i < peer->n_places; i++)
    write_place (writer, &peer->places[i]);
}

static int
compare_peers (const void *a, const void *b)
{
  const HarkMailPeer *x = *(HarkMailPeer *const *) a, *y = *(HarkMailPeer *const *) b;

  return memcmp (x->account.bytes, y->account.bytes, sizeof x->account.bytes);
}

/* In order of their accounts: the same people give the same bytes. */
GBytes *
hark_mail_peers_keep (const HarkMailPeers *peers)
{
  g_autoptr (GPtrArray) all = g_ptr_array_new ();
  size_t size = HEAD_LEN + (size_t) g_hash_table_size (peers->all) * PEER_LEN_MAX;
  uint8_t *bytes = g_malloc (size);
  GHashTableIter iter;
  HarkWriter writer;
  void *value;

  hark_writer_init (&writer, bytes, size);
  hark_writer_u8 (&writer, FORMAT);
  hark_writer_u8 (&writer, peers->has_own);
  hark_writer_bytes (&writer, peers->own, sizeof peers->own);
  g_hash_table_iter_init (&iter, peers->all);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    g_ptr_array_add (all, value);
  g_ptr_array_sort (all, compare_peers);
  for (guint i = 0; i < all->len; i++)
    write_peer (&writer, all->pdata[i]);
  return g_bytes_new_take (bytes, writer.len);
}

GBytes *
hark_mail_peers_for_backup (GBytes *kept)
{
  HarkMailPeers peers;
  GHashTableIter iter;
  GBytes *bytes;
  void *value;

  hark_mail_peers_init (&peers, kept);
  g_hash_table_iter_init (&iter, peers.all);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    HarkMailPeer *peer = value;

    peer->is &= ~(unsigned) HARK_MAIL_TOLD;
    peer->has_guest = false;
    peer->n_places = 0;
    if (peer->is == 0)
      g_hash_table_iter_remove (&iter);
  }
  bytes = hark_mail_peers_keep (&peers);
  hark_mail_peers_clear (&peers);
  return bytes;
}

/* ---- questions ---- */

bool
hark_mail_peers_is (const HarkMailPeers *peers, const HarkKey *account, unsigned is)
{
  const HarkMailPeer *peer = hark_mail_peers_find (peers, account);

  return peer != NULL && (peer->is & is) == is;
}

unsigned
hark_mail_peers_count (const HarkMailPeers *peers, unsigned is)
{
  GHashTableIter iter;
  unsigned n = 0;
  void *value;

  g_hash_table_iter_init (&iter, peers->all);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    n += (((const HarkMailPeer *) value)->is & is) == is;
  return n;
}

const HarkMailPlace *
hark_mail_peers_place (const HarkMailPeer *peer, const HarkKey *keeper)
{
  for (size_t i = 0; i < peer->n_places; i++)
    if (hark_key_equal (&peer->places[i].keeper, keeper))
      return &peer->places[i];
  return NULL;
}

static const HarkMailPlace *
find_any_place (const HarkMailPeers *peers, const HarkKey *keeper)
{
  const HarkMailPlace *place = NULL;
  GHashTableIter iter;
  void *value;

  g_hash_table_iter_init (&iter, peers->all);
  while (place == NULL && g_hash_table_iter_next (&iter, NULL, &value))
    place = hark_mail_peers_place (value, keeper);
  return place;
}

bool
hark_mail_peers_is_place (const HarkMailPeers *peers, const HarkKey *keeper)
{
  return find_any_place (peers, keeper) != NULL;
}

const uint8_t *
hark_mail_peers_ticket (const HarkMailPeers *peers, const HarkKey *keeper, const HarkKey *recipient)
{
  const HarkMailPeer *theirs = recipient != NULL ? hark_mail_peers_find (peers, recipient) : NULL;
  const HarkMailPeer *ours = hark_mail_peers_find (peers, keeper);
  const HarkMailPlace *place = theirs != NULL ? hark_mail_peers_place (theirs, keeper) : NULL;

  if (place == NULL && ours != NULL && (ours->is & HARK_MAIL_KEEPS))
    return ours->ticket;
  if (place == NULL)
    place = find_any_place (peers, keeper);
  return place != NULL ? place->ticket : NULL;
}
