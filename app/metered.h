/* app/metered.h - tells the engine whether the network costs by the byte.
 *
 * Source: GNetworkMonitor, which asks NetworkManager or, in a sandbox, the network-monitor portal;
 * where there is neither, no network costs. Main context of the caller.
 */
#pragma once

#include "core/hark.h"

typedef struct HarkMeteredWatch HarkMeteredWatch;

/* hark_metered_watch: tells it now if it does, and whenever that changes; @engine must outlive it.
 */
HarkMeteredWatch *hark_metered_watch (HarkEngine *engine);
void hark_metered_watch_free (HarkMeteredWatch *watch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HarkMeteredWatch, hark_metered_watch_free)
