/* net/relay/frame.h - what a relay and those who go through it say to each other.
 *
 * Pure; any thread. Source: our layout, net/PROTOCOL.md "Relay". Frames travel sealed in the
 * session of the relay with the other one, each in a packet of its own; a lost one is not repeated
 * by itself.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HARK_RELAY_TAG_LEN 16
#define HARK_RELAY_DATA_HEAD 5        /* bytes in front of a carried packet */
#define HARK_RELAY_PACKET_MAX 1200    /* bytes of a carried packet */
#define HARK_RELAY_CONTROL_LEN_MAX 27 /* bytes of every frame but SEND and DATA */

typedef enum {
  HARK_RELAY_ASK = 1, /* tag: to the relay: I want to reach the other one who has this tag */
  HARK_RELAY_WAIT,    /* tag: by the relay: the other one has not asked yet */
  HARK_RELAY_MATCHED, /* tag, channel, rtt_ms, rate: by the relay: both asked */
  HARK_RELAY_REFUSED, /* tag, reason: by the relay */
  HARK_RELAY_LEAVE,   /* tag: to the relay: not wanted any more, asked or matched */
  HARK_RELAY_GONE,    /* channel, reason: by the relay: it is over */
  HARK_RELAY_SEND,    /* channel, data: to the relay: pass it on */
  HARK_RELAY_DATA,    /* channel, data: by the relay: this was passed on */
  HARK_RELAY_AGAIN,   /* by the relay: whom I refused I serve now, or have room for */
} HarkRelayKind;

/* Why, in REFUSED and GONE. Others may come and mean no more than "no". */
typedef enum {
  HARK_RELAY_OFF = 1, /* does not relay, or not for you */
  HARK_RELAY_FULL,    /* too many channels or asks at the moment */
  HARK_RELAY_LEFT,    /* the other one left, or is not there any more */
  HARK_RELAY_UNKNOWN, /* no such channel, or nothing was sent for too long */
} HarkRelayReason;

typedef struct {
  HarkRelayKind kind;
  uint8_t tag[HARK_RELAY_TAG_LEN];
  uint32_t channel;
  uint16_t rtt_ms; /* MATCHED: from one end over the relay to the other and back */
  uint32_t rate;   /* MATCHED: bytes a second that may pass each way */
  uint8_t reason;
  const uint8_t *data; /* SEND, DATA: borrowed from what was read */
  size_t len;          /* SEND, DATA: 1 to HARK_RELAY_PACKET_MAX */
} HarkRelayFrame;

/* hark_relay_frame_write: any kind but SEND and DATA; returns the bytes written. */
size_t hark_relay_frame_write (const HarkRelayFrame *frame,
                               uint8_t ret[HARK_RELAY_CONTROL_LEN_MAX]);

/* hark_relay_frame_write_head: of SEND or DATA on @channel; the packet is to follow. */
void hark_relay_frame_write_head (HarkRelayKind kind,
                                  uint32_t channel,
                                  uint8_t ret[HARK_RELAY_DATA_HEAD]);

/* hark_relay_frame_read: @data is from an authenticated peer, not trusted. False, with @ret
 * untouched, for unknown kinds, other lengths and channel 0. */
bool hark_relay_frame_read (const uint8_t *data, size_t len, HarkRelayFrame *ret);
