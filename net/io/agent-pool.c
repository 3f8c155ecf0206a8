#include "net/io/agent-pool.h"

/* NAT mappings of silent sockets may be gone after 30 s */
#define SPARE_AGE_US (25 * G_USEC_PER_SEC)
#define RENEW_AGE_US G_USEC_PER_SEC
#define SPARE_DELAY_US (200 * G_TIME_SPAN_MILLISECOND)
/* lets libnice's pending callbacks run out */
#define GRAVE_TIME_US (50 * G_TIME_SPAN_MILLISECOND)

struct HarkIceAgentPool {
  const HarkIceConfig *config;
  GMainContext *context;
  GSource *source;
  HarkEndpoint stun;       /* the last one asked for: spares use it */
  HarkIceAgent *spares[2]; /* by role; [1] is controlling */
  GPtrArray *graves;       /* agents to be freed when no callback of theirs can be on the stack */
  gint64 graves_at;
  gint64 spares_at; /* not earlier */
};

typedef struct {
  GSource source;
  HarkIceAgentPool *pool;
} PoolSource;

/* Has it what a path opened now would gather itself, be it nothing? A reflexive address is the same
 * whoever was asked. */
static bool
is_fresh (const HarkIceAgentPool *pool, const HarkIceAgent *spare)
{
  HarkEndpoint hosts[HARK_HOSTS_MAX];
  size_t n;

  if (g_get_monotonic_time () - spare->made_at > SPARE_AGE_US)
    return false;
  if (!spare->reflexive && !hark_endpoint_equal (&spare->stun, &pool->stun))
    return false;
  n = hark_hosts_list (pool->config->bind, pool->config->allow_loopback, hosts);
  if (n != spare->n_hosts)
    return false;
  for (size_t i = 0; i < n; i++)
    if (!hark_endpoint_same_ip (&hosts[i], &spare->hosts[i]))
      return false;
  return true;
}

static void
arm (HarkIceAgentPool *pool)
{
  gint64 at = pool->graves->len > 0 ? pool->graves_at : G_MAXINT64;

  for (int role = 0; role < 2; role++) {
    const HarkIceAgent *spare = pool->spares[role];

    if (spare && pool->stun.family)
      at = MIN (at, spare->made_at + SPARE_AGE_US);
    else if (spare || pool->stun.family)
      at = MIN (at, pool->spares_at);
  }
  g_source_set_ready_time (pool->source, at == G_MAXINT64 ? -1 : at);
}

static gboolean
dispatch (GSource *source, GSourceFunc callback G_GNUC_UNUSED, gpointer data G_GNUC_UNUSED)
{
  HarkIceAgentPool *pool = ((PoolSource *) source)->pool;

  if (pool->graves->len > 0 && g_get_monotonic_time () >= pool->graves_at)
    g_ptr_array_set_size (pool->graves, 0);
  for (int role = 0; role < 2 && g_get_monotonic_time () >= pool->spares_at; role++) {
    HarkIceAgent **spare = &pool->spares[role];

    if (*spare && pool->stun.family && is_fresh (pool, *spare))
      continue;
    if (*spare)
      hark_ice_agent_pool_bury (pool, g_steal_pointer (spare));
    if (pool->stun.family)
      *spare = hark_ice_agent_new (pool->config, pool->context, role == 1, &pool->stun);
  }
  arm (pool);
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs funcs = {.dispatch = dispatch};

HarkIceAgentPool *
hark_ice_agent_pool_new (const HarkIceConfig *config, GMainContext *context)
{
  HarkIceAgentPool *pool = g_new0 (HarkIceAgentPool, 1);

  pool->config = config;
  pool->context = g_main_context_ref (context);
  pool->graves = g_ptr_array_new_with_free_func ((GDestroyNotify) hark_ice_agent_free);
  pool->source = g_source_new (&funcs, sizeof (PoolSource));
  ((PoolSource *) pool->source)->pool = pool;
  g_source_set_static_name (pool->source, "hark-ice-agents");
  g_source_attach (pool->source, context);
  return pool;
}

void
hark_ice_agent_pool_free (HarkIceAgentPool *pool)
{
  if (!pool)
    return;
  g_source_destroy (pool->source);
  g_source_unref (pool->source);
  for (int role = 0; role < 2; role++)
    hark_ice_agent_free (pool->spares[role]);
  g_ptr_array_unref (pool->graves);
  g_main_context_unref (pool->context);
  g_free (pool);
}

void
hark_ice_agent_pool_set_stun (HarkIceAgentPool *pool, const HarkEndpoint *stun)
{
  pool->stun = *stun;
  if (stun->family && !hark_egress_allows (pool->config->egress, stun))
    pool->stun = (HarkEndpoint){0}; /* no agent would ask there */
  arm (pool);
}

void
hark_ice_agent_pool_renew (HarkIceAgentPool *pool)
{
  for (int role = 0; role < 2; role++)
    if (pool->spares[role] && g_get_monotonic_time () - pool->spares[role]->made_at > RENEW_AGE_US)
      hark_ice_agent_pool_bury (pool, g_steal_pointer (&pool->spares[role]));
}

HarkIceAgent *
hark_ice_agent_pool_take (HarkIceAgentPool *pool, bool controlling)
{
  HarkIceAgent **spare = &pool->spares[controlling];

  pool->spares_at = g_get_monotonic_time () + SPARE_DELAY_US;
  arm (pool);
  if (*spare && !(*spare)->failed && pool->stun.family && is_fresh (pool, *spare))
    return g_steal_pointer (spare);
  if (*spare) /* the next one asks who is named now */
    hark_ice_agent_pool_bury (pool, g_steal_pointer (spare));
  return hark_ice_agent_new (pool->config, pool->context, controlling, &pool->stun);
}

void
hark_ice_agent_pool_bury (HarkIceAgentPool *pool, HarkIceAgent *agent)
{
  agent->on_news = NULL;
  agent->on_packet = NULL;
  g_ptr_array_add (pool->graves, agent);
  pool->graves_at = g_get_monotonic_time () + GRAVE_TIME_US;
  arm (pool);
}
