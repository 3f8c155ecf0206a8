/* net/relay/server.h - carries packets between two contacts who cannot reach each other directly.
 *
 * Pure; one thread at a time. Both ask with the same tag; who asked alone is not told of anybody,
 * and the relay learns that two of its contacts want to talk when both have asked, not before. Then
 * they share a channel, and what one sends on it the other gets, sealed as it is. Source:
 * net/PROTOCOL.md "Relay".
 *
 * Limits: 16 channels, 2 for the same two people, 8 for one person; 128 asks, 16 of one person,
 * each kept 20 s; 30 new tags a minute and 20 frames but SEND a second from one person; a channel
 * passes `rate` bytes a second each way with half a second's worth at once, all channels together
 * four times that; it ends after 60 s without a packet. What exceeds a limit is dropped and
 * counted.
 */
#pragma once

#include "net/base/key.h"
#include "net/base/rng.h"
#include "net/base/time.h"
#include "net/relay/frame.h"

#define HARK_RELAY_CHANNELS_MAX 16
#define HARK_RELAY_CHANNELS_OF_TWO 2
#define HARK_RELAY_CHANNELS_OF_ONE 8
#define HARK_RELAY_ASKS_MAX 128
#define HARK_RELAY_ASKS_OF_ONE 16
#define HARK_RELAY_ASK_LIFE (20 * HARK_SECOND)
#define HARK_RELAY_IDLE_MAX (60 * HARK_SECOND)
#define HARK_RELAY_RATE 125000   /* bytes a second each way of a channel, unless told otherwise */
#define HARK_RELAY_RATE_MIN 8000 /* a call needs about 6,000 */
#define HARK_RELAY_TOTAL 4       /* times the rate of one channel pass in all */

typedef struct HarkRelayServer HarkRelayServer;

/* hark_relay_server_new: does not relay until told to; @rng is forked. */
HarkRelayServer *hark_relay_server_new (HarkRng *rng);
void hark_relay_server_free (HarkRelayServer *server);

/* hark_relay_server_set: relays if @on, @rate bytes a second each way of a channel (0: the default;
 * at least HARK_RELAY_RATE_MIN). Switched off, all channels end. */
void hark_relay_server_set (HarkRelayServer *server, bool on, uint32_t rate, HarkTime now);

/* hark_relay_server_handle: ASK or LEAVE of @from, with whom there is a session of @rtt_ms.
 * @allowed: a confirmed contact for whom we relay, on a path that is not relayed itself. */
void hark_relay_server_handle (HarkRelayServer *server,
                               const HarkKey *from,
                               bool allowed,
                               unsigned rtt_ms,
                               const HarkRelayFrame *frame,
                               HarkTime now);

/* hark_relay_server_forward: @from sends @len bytes on @channel. True: they go to @ret_to as DATA
 * of that channel; false: they are dropped, and he is told when there is no such channel. */
bool hark_relay_server_forward (HarkRelayServer *server,
                                const HarkKey *from,
                                uint32_t channel,
                                size_t len,
                                HarkTime now,
                                HarkKey *ret_to);

/* hark_relay_server_review: sessions or contacts have changed: what those asked and had for whom
 * @may says false is gone; the others are told. Who was refused before and would not be now is
 * told, too. */
void hark_relay_server_review (HarkRelayServer *server,
                               bool (*may) (void *data, const HarkKey *account),
                               void *data);

/* A frame that the relay, or one who goes through a relay, wants sent. */
typedef struct {
  HarkKey to;
  uint8_t bytes[HARK_RELAY_CONTROL_LEN_MAX];
  size_t len;
} HarkRelayOutput;

/* hark_relay_server_poll: the next frame to send; false when there is none. */
bool hark_relay_server_poll (HarkRelayServer *server, HarkRelayOutput *ret);

/* hark_relay_server_handle_time: what is over; _get_deadline: when to come back. */
void hark_relay_server_handle_time (HarkRelayServer *server, HarkTime now);
HarkTime hark_relay_server_get_deadline (const HarkRelayServer *server);

typedef struct {
  bool on;
  uint32_t rate;     /* bytes a second each way of a channel */
  unsigned channels; /* now */
  unsigned asks;     /* now */
  uint64_t bytes;    /* carried since the start */
  uint64_t dropped;  /* packets above the rates or on no channel, and frames above the limits */
} HarkRelayServerStats;

void hark_relay_server_get_stats (const HarkRelayServer *server, HarkRelayServerStats *ret);
