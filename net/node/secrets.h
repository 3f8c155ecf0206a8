/* net/node/secrets.h - which secret shared with a peer the next knock is made with.
 *
 * Internal to net; pure. They are tried in turn: a crash on either side may have left them one
 * behind.
 */
#pragma once

#include "net/node/node-private.h"

/* hark_node_secrets_choose: for the next attempt; borrowed from @peer. Its secret is NULL when they
 * share none. */
HarkLinkSecret hark_node_secrets_choose (const HarkPeer *peer);

/* hark_node_secrets_is_hasty: whoever does not know @secret says nothing, so the first time it is
 * waited for no longer than an answer takes; later for a slow one, too. */
bool hark_node_secrets_is_hasty (const HarkPeer *peer, const HarkLinkSecret *secret);

/* hark_node_secrets_is_first_round: not all were tried, of several that are tried in turn. */
bool hark_node_secrets_is_first_round (const HarkPeer *peer);
