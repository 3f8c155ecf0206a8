/* net/io/agent-pool.h - one gathered agent ready for either ICE role, and a grave for those that
 * are over.
 *
 * Shell; in the thread of the GMainContext. A path opened with a spare costs no round trip to a
 * STUN server. There are spares once a STUN server is known; their NAT mappings are kept fresh by
 * replacing them.
 */
#pragma once

#include "net/io/agent.h"

typedef struct HarkIceAgentPool HarkIceAgentPool;

/* hark_ice_agent_pool_new: @config and what it borrows must outlive it. Never NULL. */
HarkIceAgentPool *hark_ice_agent_pool_new (const HarkIceConfig *config, GMainContext *context);

/* hark_ice_agent_pool_free: frees every agent it has, in graves as well; not from a callback of
 * libnice. NULL is fine. */
void hark_ice_agent_pool_free (HarkIceAgentPool *pool);

/* hark_ice_agent_pool_set_stun: whom new agents ask for their reflexive address; family 0: nobody.
 */
void hark_ice_agent_pool_set_stun (HarkIceAgentPool *pool, const HarkEndpoint *stun);

/* hark_ice_agent_pool_renew: the network may be another one than a second ago: spares from before
 * that are not used any more. */
void hark_ice_agent_pool_renew (HarkIceAgentPool *pool);

/* hark_ice_agent_pool_take: (transfer full): a spare, or a new one. Never NULL. The next spare is
 * made a moment later: the path that is being made comes first. */
HarkIceAgent *hark_ice_agent_pool_take (HarkIceAgentPool *pool, bool controlling);

/* hark_ice_agent_pool_bury: (transfer full): says nothing any more, is freed when no callback of
 * its can be on the stack. */
void hark_ice_agent_pool_bury (HarkIceAgentPool *pool, HarkIceAgent *agent);
