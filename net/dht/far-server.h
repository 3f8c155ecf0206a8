/* net/dht/far-server.h - gets and puts on behalf of those whose UDP is blocked (hk_get, hk_put).
 *
 * Internal to net/dht. Asked over TCP only. Answered when our own lookup is over: whoever asked
 * checks signatures himself. Source: net/PROTOCOL.md "TCP".
 */
#pragma once

#include "net/dht/state.h"

#define HARK_FAR_CALLS_MAX 64      /* under way for others */
#define HARK_FAR_CALLS_PER_HOST 16 /* of them for one address */

/* One of them. */
typedef struct {
  HarkDhtOperation operation;
  HarkEndpoint from;
  uint8_t transaction[HARK_KRPC_TRANSACTION_LEN_MAX];
  size_t transaction_len;
} HarkFarCall;

/* hark_far_server_start: begins what @query, an hk_get or hk_put from @from, asks for: 0, or the
 * error code to answer with. */
int hark_far_server_start (HarkDht *dht, const HarkEndpoint *from, const HarkKrpc *query);

/* hark_far_server_settle: answers what is over; before the owner sees any events. */
void hark_far_server_settle (HarkDht *dht);
