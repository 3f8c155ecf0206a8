#include "tests/sim/nat.h"

#include <glib.h>

#define PURGE_FIRST 64 /* remembered remotes or flows before the first look for old ones */

typedef struct {
  HarkEndpoint inside;
  HarkEndpoint remote; /* symmetric: the only one it is for */
  uint16_t port;
  HarkTime used; /* last packet out; an incoming one does not keep it alive (RFC 4787 REQ-6) */
  GHashTable *allowed; /* key of a remote: time of the last packet to it; NULL: symmetric */
  guint purge_at;      /* size of `allowed` at which the old ones go */
} Mapping;

typedef struct {
  uint64_t inside, remote; /* keys; remote 0: any */
} Flow;

struct HarkSimNat {
  HarkSimNatKind kind;
  HarkEndpoint external;
  HarkTime timeout;
  HarkRng *rng;
  bool random_ports;
  GHashTable *by_flow; /* Flow: Mapping, owned */
  GHashTable *by_port; /* external port: Mapping */
  guint purge_at;      /* size of `by_flow` at which the old ones go */
};

G_STATIC_ASSERT (sizeof (gpointer) >= sizeof (HarkTime)); /* keys and times are kept as pointers */

/* An IPv4 endpoint, never 0. */
static uint64_t
key_of (const HarkEndpoint *endpoint)
{
  const uint8_t *ip = endpoint->ip;

  return UINT64_C (1) << 48 | (uint64_t) ip[0] << 40 | (uint64_t) ip[1] << 32
         | (uint64_t) ip[2] << 24 | (uint64_t) ip[3] << 16 | endpoint->port;
}

static guint
key_hash (gconstpointer key)
{
  uint64_t bits = (uint64_t) (uintptr_t) key;

  return (guint) (bits * UINT64_C (0x9e3779b97f4a7c15) >> 32);
}

static guint
flow_hash (gconstpointer pointer)
{
  const Flow *flow = pointer;

  return (guint) ((flow->inside * 31 + flow->remote) * UINT64_C (0x9e3779b97f4a7c15) >> 32);
}

static gboolean
flow_equal (gconstpointer a, gconstpointer b)
{
  const Flow *left = a, *right = b;

  return left->inside == right->inside && left->remote == right->remote;
}

static gpointer
to_pointer (uint64_t bits)
{
  return (gpointer) (uintptr_t) bits;
}

static void
mapping_free (void *pointer)
{
  Mapping *mapping = pointer;

  g_clear_pointer (&mapping->allowed, g_hash_table_unref);
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
  nat->by_flow = g_hash_table_new_full (flow_hash, flow_equal, g_free, mapping_free);
  nat->by_port = g_hash_table_new (NULL, NULL);
  nat->purge_at = PURGE_FIRST;
  return nat;
}

void
hark_sim_nat_free (HarkSimNat *nat)
{
  if (!nat)
    return;
  g_hash_table_unref (nat->by_port);
  g_hash_table_unref (nat->by_flow);
  g_free (nat);
}

void
hark_sim_nat_rebind (HarkSimNat *nat)
{
  g_hash_table_remove_all (nat->by_port);
  g_hash_table_remove_all (nat->by_flow);
  nat->random_ports = true;
}

static uint16_t
choose_port (HarkSimNat *nat, uint16_t wanted)
{
  bool random = nat->random_ports || nat->kind == HARK_SIM_NAT_SYMMETRIC;
  uint16_t port = random ? 0 : wanted;

  while (port == 0 || g_hash_table_contains (nat->by_port, GUINT_TO_POINTER (port)))
    port = (uint16_t) (1024 + hark_rng_below (nat->rng, 65536 - 1024));
  return port;
}

/* What a remote must match to be let in: address and port, or the address alone. */
static gpointer
permission (const HarkSimNat *nat, const HarkEndpoint *remote)
{
  HarkEndpoint who = *remote;

  if (nat->kind == HARK_SIM_NAT_RESTRICTED)
    who.port = 0;
  return to_pointer (key_of (&who));
}

static bool
is_over (const HarkSimNat *nat, HarkTime used, HarkTime now)
{
  return hark_time_since (now, used) > nat->timeout;
}

/* Old ones mean nothing any more; without this a busy router would remember everybody. */
static void
purge_flows (HarkSimNat *nat, HarkTime now)
{
  GHashTableIter iter;
  gpointer value;

  if (g_hash_table_size (nat->by_flow) < nat->purge_at)
    return;
  g_hash_table_iter_init (&iter, nat->by_flow);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    const Mapping *mapping = value;

    if (!is_over (nat, mapping->used, now))
      continue;
    g_hash_table_remove (nat->by_port, GUINT_TO_POINTER (mapping->port));
    g_hash_table_iter_remove (&iter);
  }
  nat->purge_at = MAX (PURGE_FIRST, 2 * g_hash_table_size (nat->by_flow));
}

static void
allow (HarkSimNat *nat, Mapping *mapping, const HarkEndpoint *remote, HarkTime now)
{
  GHashTableIter iter;
  gpointer value;

  if (!mapping->allowed)
    return;
  g_hash_table_insert (mapping->allowed, permission (nat, remote), to_pointer (now));
  if (g_hash_table_size (mapping->allowed) < mapping->purge_at)
    return;
  g_hash_table_iter_init (&iter, mapping->allowed);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (is_over (nat, (HarkTime) (uintptr_t) value, now))
      g_hash_table_iter_remove (&iter);
  mapping->purge_at = MAX (PURGE_FIRST, 2 * g_hash_table_size (mapping->allowed));
}

static Mapping *
add_mapping (HarkSimNat *nat,
             const Flow *flow,
             const HarkEndpoint *inside,
             const HarkEndpoint *remote,
             HarkTime now)
{
  Mapping *mapping = g_new0 (Mapping, 1);

  purge_flows (nat, now);
  mapping->inside = *inside;
  mapping->remote = *remote;
  mapping->port = choose_port (nat, inside->port);
  mapping->purge_at = PURGE_FIRST;
  if (nat->kind != HARK_SIM_NAT_SYMMETRIC)
    mapping->allowed = g_hash_table_new (key_hash, NULL);
  g_hash_table_insert (nat->by_port, GUINT_TO_POINTER (mapping->port), mapping);
  g_hash_table_insert (nat->by_flow, g_memdup2 (flow, sizeof *flow), mapping);
  return mapping;
}

bool
hark_sim_nat_out (HarkSimNat *nat,
                  const HarkEndpoint *inside,
                  const HarkEndpoint *remote,
                  HarkTime now,
                  HarkEndpoint *ret)
{
  Flow flow = {key_of (inside), nat->kind == HARK_SIM_NAT_SYMMETRIC ? key_of (remote) : 0};
  Mapping *mapping;

  if (nat->kind == HARK_SIM_NAT_BLOCKED)
    return false;
  mapping = g_hash_table_lookup (nat->by_flow, &flow);
  if (mapping && is_over (nat, mapping->used, now)) {
    g_hash_table_remove (nat->by_port, GUINT_TO_POINTER (mapping->port));
    g_hash_table_remove (nat->by_flow, &flow);
    mapping = NULL;
  }
  if (!mapping)
    mapping = add_mapping (nat, &flow, inside, remote, now);
  mapping->used = now;
  allow (nat, mapping, remote, now);
  *ret = nat->external;
  ret->port = mapping->port;
  return true;
}

static bool
is_allowed (const HarkSimNat *nat, const Mapping *mapping, const HarkEndpoint *remote, HarkTime now)
{
  gpointer last;

  if (nat->kind == HARK_SIM_NAT_FULL_CONE)
    return true;
  if (!mapping->allowed)
    return hark_endpoint_equal (&mapping->remote, remote);
  return g_hash_table_lookup_extended (mapping->allowed, permission (nat, remote), NULL, &last)
         && !is_over (nat, (HarkTime) (uintptr_t) last, now);
}

bool
hark_sim_nat_in (
  HarkSimNat *nat, uint16_t port, const HarkEndpoint *remote, HarkTime now, HarkEndpoint *ret)
{
  const Mapping *mapping = g_hash_table_lookup (nat->by_port, GUINT_TO_POINTER (port));

  if (!mapping || is_over (nat, mapping->used, now) || !is_allowed (nat, mapping, remote, now))
    return false;
  *ret = mapping->inside;
  return true;
}
