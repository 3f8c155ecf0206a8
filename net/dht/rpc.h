/* net/dht/rpc.h - questions of ours and what becomes of them.
 *
 * Internal to net/dht. A query is late after the round trip that is to be expected of its node
 * (lookups stop waiting then), and given up 2 s after that. An answer must match transaction,
 * address and port. Queries to one address keep the pace of net/dht/limits.h: one that came too
 * early waits, and its times count from when it is sent.
 */
#pragma once

#include "net/dht/state.h"

#define HARK_RPC_LATE_MIN (100 * HARK_MS)
#define HARK_RPC_LATE_MAX (1000 * HARK_MS)
#define HARK_RPC_LATE_FIRST (250 * HARK_MS) /* while nothing was measured */
#define HARK_RPC_GIVE_UP (2 * HARK_SECOND)  /* after late */
#define HARK_RPCS_MAX 1024

typedef enum {
  HARK_RPC_ANSWERED,
  HARK_RPC_REFUSED,     /* by an error message */
  HARK_RPC_LATE,        /* not final: may still be answered */
  HARK_RPC_SILENT,      /* given up */
  HARK_RPC_UNREACHABLE, /* says the system */
} HarkRpcOutcome;

/* @answer: the message with ANSWERED and REFUSED, else NULL. May send and start anything. */
typedef void (*HarkRpcCallback) (HarkDht *dht,
                                 const HarkRpc *rpc,
                                 HarkRpcOutcome outcome,
                                 const HarkKrpc *answer);

struct HarkRpc {
  uint8_t transaction[4];
  HarkKrpcMethod method;
  HarkEndpoint to;
  bool unlisted;  /* the answer does not bring its sender into the table */
  GBytes *packet; /* while it waits to be sent, else NULL */
  HarkTime sent;  /* or when it will be */
  HarkTime late;  /* NEVER once it was said */
  HarkTime give_up;
  HarkRpcCallback on_outcome; /* nullable */
  uint32_t owner;             /* for the callback */
};

/* hark_rpc_free: for the table of queries. */
void hark_rpc_free (gpointer rpc);

/* hark_rpc_send: completes @query (transaction, our id, ro) and sends it. False, without a
 * callback, when the address is refused, HARK_RPCS_MAX wait, or too many queries to that address
 * do. */
bool hark_rpc_send (HarkDht *dht,
                    const HarkEndpoint *to,
                    HarkKrpc *query,
                    HarkRpcCallback on_outcome,
                    uint32_t owner);

/* hark_rpc_send_slow: the same for a query that a person's client answers: it is never late, and
 * given up after @patience. @ret_packet: (transfer full): the datagram, to be repeated by the
 * caller. */
bool hark_rpc_send_slow (HarkDht *dht,
                         const HarkEndpoint *to,
                         HarkKrpc *query,
                         HarkTime patience,
                         HarkRpcCallback on_outcome,
                         uint32_t owner,
                         GBytes **ret_packet);

/* hark_rpc_handle_answer: @message is a response or error from @from. False: nobody asked. */
bool hark_rpc_handle_answer (HarkDht *dht, const HarkEndpoint *from, const HarkKrpc *message);

/* hark_rpc_handle_unreachable: ends every query to @to; _handle_time: says what is late or silent
 * by now; _get_deadline: when the next is. */
void hark_rpc_handle_unreachable (HarkDht *dht, const HarkEndpoint *to);
void hark_rpc_handle_time (HarkDht *dht);
HarkTime hark_rpc_get_deadline (const HarkDht *dht);

/* hark_rpc_ping: asks whether somebody is there; the table learns of it. */
void hark_rpc_ping (HarkDht *dht, const HarkEndpoint *to);

/* hark_rpc_prove: asks @to whether it is there, as hark_rpc_ping() does; the table learns nothing.
 */
bool hark_rpc_prove (HarkDht *dht, const HarkEndpoint *to, HarkRpcCallback on_outcome);

/* hark_rpc_is_asking: something sent to @to is not answered yet. */
bool hark_rpc_is_asking (const HarkDht *dht, const HarkEndpoint *to);
