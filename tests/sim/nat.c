#include "tests/sim/nat.h"

#include <glib.h>
#include <string.h>

#define KEY_LEN 19 /* family, then the compact form, zero-padded */

typedef struct {
  uint8_t bytes[2 * KEY_LEN];
} Key;

typedef struct {
  HarkEndpoint inside;
  uint16_t port;
  HarkTime used; /* last packet out; an incoming one does not keep it alive (RFC 4787 REQ-6) */
  GHashTable *allowed; /* Key of a remote: HarkTime of the last packet to it */
} Mapping;

struct HarkSimNat {
  HarkSimNatKind kind;
  HarkEndpoint external;
  HarkTime timeout;
  HarkRng *rng;
  bool random_ports;
  GHashTable *by_flow; /* Key: Mapping, owned */
  Mapping *by_port[65536];
};

static guint
key_hash (gconstpointer pointer)
{
  const Key *key = pointer;
  guint hash = 2166136261U; /* FNV-1a */

  for (size_t i = 0; i < sizeof key->bytes; i++)
    hash = (hash ^ key->bytes[i]) * 16777619U;
  return hash;
}

static gboolean
key_equal (gconstpointer a, gconstpointer b)
{
  return memcmp (a, b, sizeof (Key)) == 0;
}

static Key *
key_new (const HarkEndpoint *a, const HarkEndpoint *b)
{
  Key *key = g_new0 (Key, 1);

  key->bytes[0] = a->family;
  hark_endpoint_to_compact (a, key->bytes + 1);
  if (b) {
    key->bytes[KEY_LEN] = b->family;
    hark_endpoint_to_compact (b, key->bytes + KEY_LEN + 1);
  }
  return key;
}

static void
mapping_free (void *pointer)
{
  Mapping *mapping = pointer;

  g_hash_table_unref (mapping->allowed);
  g_free (mapping);
}

HarkSimNat *
hark_sim_nat_new (HarkSimNatKind kind, const HarkEndpoint *external, HarkTime timeout, HarkRng *rng)
{
  HarkSimNat *nat = g_new0 (HarkSimNat, 1);

  nat->kind = kind;
  nat->external = *external;
  nat->timeout = timeout;
  nat->rng = rng;
  nat->by_flow = g_hash_table_new_full (key_hash, key_equal, g_free, mapping_free);
  return nat;
}

void
hark_sim_nat_free (HarkSimNat *nat)
{
  if (!nat)
    return;
  g_hash_table_unref (nat->by_flow);
  g_free (nat);
}

void
hark_sim_nat_rebind (HarkSimNat *nat)
{
  g_hash_table_remove_all (nat->by_flow);
  memset (nat->by_port, 0, sizeof nat->by_port);
  nat->random_ports = true;
}

static uint16_t
choose_port (HarkSimNat *nat, uint16_t wanted)
{
  bool random = nat->random_ports || nat->kind == HARK_SIM_NAT_SYMMETRIC;
  uint16_t port = random ? 0 : wanted;

  while (port == 0 || nat->by_port[port])
    port = (uint16_t) (1024 + hark_rng_below (nat->rng, 65536 - 1024));
  return port;
}

/* What a remote must match to be let in: address and port, or the address alone. */
static Key *
permission (const HarkSimNat *nat, const HarkEndpoint *remote)
{
  HarkEndpoint who = *remote;

  if (nat->kind == HARK_SIM_NAT_RESTRICTED)
    who.port = 0;
  return key_new (&who, NULL);
}

bool
hark_sim_nat_out (HarkSimNat *nat,
                  const HarkEndpoint *inside,
                  const HarkEndpoint *remote,
                  HarkTime now,
                  HarkEndpoint *ret)
{
  Key *flow;
  Mapping *mapping;
  HarkTime *last;

  if (nat->kind == HARK_SIM_NAT_BLOCKED)
    return false;
  flow = key_new (inside, nat->kind == HARK_SIM_NAT_SYMMETRIC ? remote : NULL);
  mapping = g_hash_table_lookup (nat->by_flow, flow);
  if (mapping && hark_time_since (now, mapping->used) > nat->timeout) {
    nat->by_port[mapping->port] = NULL;
    g_hash_table_remove (nat->by_flow, flow);
    mapping = NULL;
  }
  if (mapping) {
    g_free (flow);
  } else {
    mapping = g_new0 (Mapping, 1);
    mapping->inside = *inside;
    mapping->port = choose_port (nat, inside->port);
    mapping->allowed = g_hash_table_new_full (key_hash, key_equal, g_free, g_free);
    nat->by_port[mapping->port] = mapping;
    g_hash_table_insert (nat->by_flow, flow, mapping);
  }

  mapping->used = now;
  last = g_new (HarkTime, 1);
  *last = now;
  g_hash_table_replace (mapping->allowed, permission (nat, remote), last);
  *ret = nat->external;
  ret->port = mapping->port;
  return true;
}

bool
hark_sim_nat_in (
  HarkSimNat *nat, uint16_t port, const HarkEndpoint *remote, HarkTime now, HarkEndpoint *ret)
{
  Mapping *mapping = nat->by_port[port];

  if (!mapping || hark_time_since (now, mapping->used) > nat->timeout)
    return false;
  if (nat->kind != HARK_SIM_NAT_FULL_CONE) {
    g_autofree Key *who = permission (nat, remote);
    const HarkTime *last = g_hash_table_lookup (mapping->allowed, who);

    if (!last || hark_time_since (now, *last) > nat->timeout)
      return false;
  }
  *ret = mapping->inside;
  return true;
}
