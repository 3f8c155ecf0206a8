#include "tests/sim/hostile.h"

#include "net/dht/item.h"
#include "net/dht/krpc.h"
#include "tests/sim/wide-area.h"

#include <string.h>

#define NODES 8
#define KEPT_MAX 64 /* values it remembers for lying with them */

/* The first put of a key, as a message. */
typedef struct {
  uint8_t key[32];
  GBytes *packet;
} Kept;

struct HarkHostile {
  const GArray *gang;
  bool besieging;
  uint64_t draw;
  GArray *kept; /* of Kept */
};

static void
kept_clear (gpointer kept)
{
  g_bytes_unref (((Kept *) kept)->packet);
}

HarkHostile *
hark_hostile_new (const GArray *gang, uint64_t seed)
{
  HarkHostile *hostile = g_new0 (HarkHostile, 1);

  hostile->gang = gang;
  hostile->draw = seed;
  hostile->kept = g_array_new (FALSE, FALSE, sizeof (Kept));
  g_array_set_clear_func (hostile->kept, kept_clear);
  return hostile;
}

void
hark_hostile_free (HarkHostile *hostile)
{
  if (!hostile)
    return;
  g_array_unref (hostile->kept);
  g_free (hostile);
}

void
hark_hostile_besiege (HarkHostile *hostile)
{
  hostile->besieging = true;
}

/* An id that shares most bits with @target, at an address that means nothing. */
static void
make_up (HarkHostile *hostile, const uint8_t *target, HarkNodeId *ret_id, HarkEndpoint *ret)
{
  uint32_t address = hark_sim_wide_area_address (&hostile->draw);

  memcpy (ret_id->bytes, target, sizeof ret_id->bytes);
  for (unsigned i = 3; i < sizeof ret_id->bytes; i++)
    ret_id->bytes[i] = (uint8_t) hark_sim_draw (&hostile->draw);
  *ret = (HarkEndpoint){
    .family = 4,
    .port = 6881,
    .ip = {(uint8_t) (address >> 24), (uint8_t) (address >> 16), (uint8_t) (address >> 8),
           (uint8_t) address}
  };
}

/* The eight of the gang that are nearest to @target: whoever asks for it is told of nobody else. */
static size_t
write_besiegers (HarkHostile *hostile, const uint8_t *target, uint8_t *ret)
{
  const HarkHostilePeer *nearest[NODES] = {NULL};
  HarkNodeId wanted;
  size_t len = 0;

  memcpy (wanted.bytes, target, sizeof wanted.bytes);
  for (guint i = 0; i < hostile->gang->len; i++) {
    const HarkHostilePeer *peer = &g_array_index (hostile->gang, HarkHostilePeer, i);

    for (unsigned at = 0; at < NODES && peer; at++)
      if (!nearest[at]
          || hark_node_id_closer (&wanted, (const HarkNodeId *) peer->id,
                                  (const HarkNodeId *) nearest[at]->id)
               < 0) {
        const HarkHostilePeer *farther = nearest[at];

        nearest[at] = peer;
        peer = farther;
      }
  }
  for (unsigned i = 0; i < NODES && nearest[i]; i++)
    len += hark_krpc_node_write ((const HarkNodeId *) nearest[i]->id, &nearest[i]->endpoint,
                                 ret + len);
  return len;
}

static size_t
write_nodes (HarkHostile *hostile, const uint8_t *target, uint8_t *ret)
{
  size_t len = 0;

  if (hostile->besieging)
    return write_besiegers (hostile, target, ret);
  for (unsigned i = 0; i < NODES; i++) {
    HarkNodeId id;
    HarkEndpoint endpoint;

    if (i % 2 || hostile->gang->len == 0) {
      make_up (hostile, target, &id, &endpoint);
    } else {
      guint at = (guint) (hark_sim_draw (&hostile->draw) % hostile->gang->len);
      const HarkHostilePeer *peer = &g_array_index (hostile->gang, HarkHostilePeer, at);

      memcpy (id.bytes, peer->id, sizeof id.bytes);
      endpoint = peer->endpoint;
    }
    len += hark_krpc_node_write (&id, &endpoint, ret + len);
  }
  return len;
}

/* The first value for a key stays: later it is the oldest there is. */
static void
keep_first (HarkHostile *hostile, const HarkKrpc *put, const uint8_t *bytes, size_t len)
{
  Kept kept;

  if (put->k.len != sizeof kept.key || hostile->kept->len >= KEPT_MAX)
    return;
  for (guint i = 0; i < hostile->kept->len; i++)
    if (memcmp (g_array_index (hostile->kept, Kept, i).key, put->k.data, sizeof kept.key) == 0)
      return;
  memcpy (kept.key, put->k.data, sizeof kept.key);
  kept.packet = g_bytes_new (bytes, len);
  g_array_append_val (hostile->kept, kept);
}

/* A value for @target, stale or corrupt; @spoilt is where its changed signature lives. */
static void
add_lie (HarkHostile *hostile, const HarkKrpc *get, HarkKrpc *answer, uint8_t spoilt[64])
{
  for (guint i = 0; i < hostile->kept->len; i++) {
    const Kept *kept = &g_array_index (hostile->kept, Kept, i);
    HarkNodeId target;
    HarkKrpc put;
    size_t len;
    const uint8_t *packet = g_bytes_get_data (kept->packet, &len);

    if (!hark_krpc_parse (packet, len, &put) || put.sig.len != 64 || !put.has_seq)
      continue;
    hark_sha1 (kept->key, sizeof kept->key, put.salt.data, put.salt.len, target.bytes);
    if (memcmp (target.bytes, get->target.data, sizeof target.bytes) != 0)
      continue;
    memcpy (spoilt, put.sig.data, 64);
    answer->v = put.v;
    answer->k = (HarkBytes){kept->key, sizeof kept->key};
    answer->sig = (HarkBytes){spoilt, 64};
    answer->has_seq = true;
    answer->seq = put.seq;
    if (hark_sim_draw (&hostile->draw) % 2) {
      spoilt[0] ^= 1;
      answer->seq += 1000;
    }
    return;
  }
}

size_t
hark_hostile_answer (HarkHostile *hostile,
                     const HarkEndpoint *from,
                     const uint8_t own_id[HARK_DHT_ID_LEN],
                     const uint8_t *bytes,
                     size_t len,
                     uint8_t ret[HARK_DHT_PACKET_LEN_MAX])
{
  static const uint8_t token[4] = {1, 2, 3, 4};
  HarkKrpc query, answer = {.kind = HARK_KRPC_RESPONSE, .id = own_id};
  uint8_t nodes[NODES * 26], compact[18], spoilt[64];
  const uint8_t *target;

  if (!hark_krpc_parse (bytes, len, &query) || query.kind != HARK_KRPC_QUERY)
    return 0;
  target = query.target.data ? query.target.data : query.info_hash.data;
  answer.transaction = query.transaction;
  answer.ip = (HarkBytes){compact, hark_endpoint_to_compact (from, compact)};
  if (query.method == HARK_KRPC_PUT) {
    keep_first (hostile, &query, bytes, len);
  } else if (query.method != HARK_KRPC_PING && query.method != HARK_KRPC_ANNOUNCE_PEER && target) {
    answer.nodes = (HarkBytes){nodes, write_nodes (hostile, target, nodes)};
    if (query.method != HARK_KRPC_FIND_NODE)
      answer.token = (HarkBytes){token, sizeof token};
    if (query.method == HARK_KRPC_GET && !hostile->besieging)
      add_lie (hostile, &query, &answer, spoilt);
  }
  return hark_krpc_write (&answer, NULL, 0, ret, HARK_DHT_PACKET_LEN_MAX);
}
