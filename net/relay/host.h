/* net/relay/host.h - a relay node: carries packets for whoever holds its secret, and for those
 * whom they talk to.
 *
 * Pure; one thread at a time. A holder opens channels; the other end joins with a key that the
 * holder made for it from the secret, so the node knows nobody, and keeps nothing but who is at the
 * two ends of a channel now. An end proves with a cookie that it is where it says; what one sends
 * then the other gets, sealed as it is. Without a right mac there is no answer. Source:
 * net/PROTOCOL.md "Relay nodes".
 *
 * Limits: 64 channels; 500 macs of packets that open or close are checked a second; a channel
 * passes `rate` bytes a second each way with half a second's worth at once, all channels together
 * eight times that, and HARK_RELAY_HOST_QUOTA bytes a day; an end is gone 45 s after it last said
 * that it is there, a channel without its holder is over. What exceeds a limit is dropped and
 * counted.
 */
#pragma once

#include "net/base/rng.h"
#include "net/base/time.h"
#include "net/relay/host-packet.h"

#define HARK_RELAY_HOST_CHANNELS_MAX 64
#define HARK_RELAY_HOST_RATE 250000 /* bytes a second each way of a channel */
#define HARK_RELAY_HOST_TOTAL 8     /* times that pass in all */
#define HARK_RELAY_HOST_QUOTA 50e9  /* bytes a day; unused ones of one day may go the next */
#define HARK_RELAY_HOST_LIFE (45 * HARK_SECOND)
#define HARK_RELAY_HOST_REFRESH (15 * HARK_SECOND) /* how often an end says that it is there */

typedef struct HarkRelayHost HarkRelayHost;

/* hark_relay_host_new: @secret is copied, @rng forked. */
HarkRelayHost *hark_relay_host_new (const HarkSecret *secret, HarkRng *rng, HarkTime now);
void hark_relay_host_free (HarkRelayHost *host);

/* hark_relay_host_handle: @data, which starts with HARK_RELAY_HOST_FIRST, came from @from. True: it
 * is to be sent to @ret_to as it is; false: it was not DATA, or is dropped. */
bool hark_relay_host_handle (HarkRelayHost *host,
                             const HarkEndpoint *from,
                             const uint8_t *data,
                             size_t len,
                             HarkTime now,
                             HarkEndpoint *ret_to);

typedef struct {
  HarkEndpoint to;
  uint8_t bytes[HARK_RELAY_HOST_CONTROL_LEN];
} HarkRelayHostOutput;

/* hark_relay_host_poll: the next packet to send; false when there is none. */
bool hark_relay_host_poll (HarkRelayHost *host, HarkRelayHostOutput *ret);

/* hark_relay_host_handle_time: what is over; _get_deadline: when to come back. */
void hark_relay_host_handle_time (HarkRelayHost *host, HarkTime now);
HarkTime hark_relay_host_get_deadline (const HarkRelayHost *host);

typedef struct {
  unsigned channels; /* with both ends there */
  uint64_t bytes;    /* carried since the start */
  uint64_t dropped;  /* packets above a limit, on no channel or with a wrong mac */
} HarkRelayHostStats;

void hark_relay_host_get_stats (const HarkRelayHost *host, HarkRelayHostStats *ret);
