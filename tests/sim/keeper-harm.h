/* tests/sim/keeper-harm.h - a keeper who lies about the mail that it holds. */
#pragma once

#include "tests/sim/core-node.h"

/* hark_sim_do_harm: what @keeper has on its disk goes into reverse order, and of each five one is
 * as it was, one is changed, one is another's in its place, one is gone, and one is there twice,
 * once under another id. It starts anew. Returns how many are whole. */
unsigned hark_sim_do_harm (HarkSimCoreNode *keeper);
