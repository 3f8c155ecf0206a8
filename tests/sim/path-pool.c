#include "tests/sim/path-pool.h"

#include <glib.h>
#include <string.h>

#define SPARE_AGE (25 * HARK_SECOND)
#define SPARE_DELAY (200 * HARK_MS)
#define RENEW_AGE HARK_SECOND

typedef struct {
  HarkSimPath *path;    /* NULL: none */
  HarkEndpoint stun[2]; /* it asked */
  HarkTime made;
} Spare;

struct HarkSimPathPool {
  HarkSimNetwork *network;
  unsigned host;
  const HarkSimPathEvents *events;
  void *data;
  HarkEndpoint stun[2];
  Spare spares[2]; /* by role; [1] is controlling */
  HarkTime next;   /* not earlier */
  HarkSimTimer *timer;
};

static bool
has_stun (const HarkSimPathPool *pool)
{
  return pool->stun[0].family || pool->stun[1].family;
}

static bool
has_same_stun (const HarkSimPathPool *pool, const Spare *spare)
{
  return hark_endpoint_equal (&spare->stun[0], &pool->stun[0])
         && hark_endpoint_equal (&spare->stun[1], &pool->stun[1]);
}

/* Where its host still is, young enough for its binding to stand, and with what a path made now
 * would find: a server that has died since may have told it nothing. */
static bool
is_fresh (const HarkSimPathPool *pool, const Spare *spare)
{
  return spare->path
         && hark_time_since (hark_sim_network_now (pool->network), spare->made) < SPARE_AGE
         && hark_sim_path_is_at_home (spare->path)
         && (hark_sim_path_is_seen (spare->path) || has_same_stun (pool, spare));
}

static void
arm (HarkSimPathPool *pool)
{
  HarkTime at = HARK_TIME_NEVER;

  for (int role = 0; role < 2 && has_stun (pool); role++) {
    const Spare *spare = &pool->spares[role];

    at = hark_time_min (at, spare->path ? MAX (spare->made + SPARE_AGE, pool->next) : pool->next);
  }
  hark_sim_timer_set (pool->timer, at);
}

static void
on_time (void *data)
{
  HarkSimPathPool *pool = data;

  for (int role = 0; role < 2; role++) {
    Spare *spare = &pool->spares[role];

    if (is_fresh (pool, spare))
      continue;
    hark_sim_path_free (spare->path);
    spare->made = hark_sim_network_now (pool->network);
    memcpy (spare->stun, pool->stun, sizeof spare->stun);
    spare->path
      = hark_sim_path_new (pool->network, pool->host, 0, pool->stun, pool->events, pool->data);
    hark_sim_path_start (spare->path);
  }
  arm (pool);
}

HarkSimPathPool *
hark_sim_path_pool_new (HarkSimNetwork *network,
                        unsigned host,
                        const HarkSimPathEvents *events,
                        void *data)
{
  HarkSimPathPool *pool = g_new0 (HarkSimPathPool, 1);

  pool->network = network;
  pool->host = host;
  pool->events = events;
  pool->data = data;
  pool->timer = hark_sim_timer_new (network, on_time, pool);
  return pool;
}

void
hark_sim_path_pool_free (HarkSimPathPool *pool)
{
  for (int role = 0; role < 2; role++)
    hark_sim_path_free (pool->spares[role].path);
  hark_sim_timer_free (pool->timer);
  g_free (pool);
}

void
hark_sim_path_pool_renew (HarkSimPathPool *pool)
{
  HarkTime now = hark_sim_network_now (pool->network);

  for (int role = 0; role < 2; role++)
    if (hark_time_since (now, pool->spares[role].made) > RENEW_AGE)
      g_clear_pointer (&pool->spares[role].path, hark_sim_path_free);
}

HarkSimPath *
hark_sim_path_pool_take (HarkSimPathPool *pool,
                         uint32_t number,
                         bool controlling,
                         const HarkEndpoint stun[2])
{
  Spare *spare = &pool->spares[controlling];
  HarkSimPath *path;

  memcpy (pool->stun, stun, sizeof pool->stun);
  pool->next = hark_sim_network_now (pool->network) + SPARE_DELAY;
  if (has_stun (pool) && is_fresh (pool, spare)) {
    path = g_steal_pointer (&spare->path);
    hark_sim_path_use (path, number);
  } else {
    g_clear_pointer (&spare->path, hark_sim_path_free); /* the next one asks who is named now */
    path = hark_sim_path_new (pool->network, pool->host, number, stun, pool->events, pool->data);
    hark_sim_path_start (path);
  }
  arm (pool);
  return path;
}
