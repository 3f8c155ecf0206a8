/* tests/sim/path-pool.h - one virtual path ready for either role, as net/io/agent-pool.h keeps one
 * libnice agent.
 *
 * Pure; one thread at a time. There are spares once a STUN server was named, each for 25 s; the
 * next one is made 200 ms after one was taken. A path opened with a spare knows its reflexive
 * address at once: one that found none is of use only where the servers to ask are still the same.
 */
#pragma once

#include "tests/sim/path.h"

typedef struct HarkSimPathPool HarkSimPathPool;

/* hark_sim_path_pool_new: @events are borrowed; for the paths that are taken. */
HarkSimPathPool *hark_sim_path_pool_new (HarkSimNetwork *network,
                                         unsigned host,
                                         const HarkSimPathEvents *events,
                                         void *data);
void hark_sim_path_pool_free (HarkSimPathPool *pool);

/* hark_sim_path_pool_renew: spares older than a second are not used any more: the network may be
 * another one. */
void hark_sim_path_pool_renew (HarkSimPathPool *pool);

/* hark_sim_path_pool_take: (transfer full): a spare or a new one; its candidates have been told
 * when it returns. @stun: as for hark_sim_path_new(); spares ask the same from now on. */
HarkSimPath *hark_sim_path_pool_take (HarkSimPathPool *pool,
                                      uint32_t number,
                                      bool controlling,
                                      const HarkEndpoint stun[2]);
