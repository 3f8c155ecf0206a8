/* net/relay/host-packet.h - what a relay node and those who go through it say to each other.
 *
 * Pure; any thread. Source: our layout, net/PROTOCOL.md "Relay nodes". Packets are datagrams of the
 * signalling socket. All but DATA are sealed with a mac under a key that the relay node derives
 * from its secret, so it need not know anybody.
 */
#pragma once

#include "net/base/endpoint.h"
#include "net/base/key.h"
#include "net/relay/frame.h"

#define HARK_RELAY_HOST_FIRST 0x52 /* first byte of every packet */
#define HARK_RELAY_HOST_CHANNEL_LEN 16
#define HARK_RELAY_HOST_KEY_LEN 16
#define HARK_RELAY_HOST_COOKIE_LEN 8
#define HARK_RELAY_HOST_MAC_LEN 16
#define HARK_RELAY_HOST_CONTROL_LEN 44 /* bytes of all kinds but DATA: no answer is longer */
#define HARK_RELAY_HOST_DATA_HEAD 6

typedef enum {
  HARK_RELAY_HOST_OPEN
  = 1,                    /* cookie: to the relay: I am this end of the channel, from now on here */
  HARK_RELAY_HOST_COOKIE, /* cookie: by the relay: say it again with this one */
  HARK_RELAY_HOST_READY,  /* number, rate, other: by the relay: so you are */
  HARK_RELAY_HOST_CLOSE,  /* cookie: to the relay: not any more */
  HARK_RELAY_HOST_DATA,   /* number, data: both ways */
} HarkRelayHostKind;

/* The two ends of a channel: whoever holds the secret of the relay node, and the other one, who
 * has nothing but the key of this end of this channel. */
typedef enum { HARK_RELAY_HOST_HOLDER, HARK_RELAY_HOST_GUEST } HarkRelayHostEnd;

typedef struct {
  HarkRelayHostKind kind;
  HarkRelayHostEnd end;
  uint8_t channel[HARK_RELAY_HOST_CHANNEL_LEN];
  uint8_t cookie[HARK_RELAY_HOST_COOKIE_LEN]; /* OPEN, CLOSE: zeros at first; COOKIE */
  uint32_t number;                            /* READY, DATA: of the channel, short; not 0 */
  uint32_t rate;                              /* READY: bytes a second each way */
  bool other;                                 /* READY: the other end is there */
  const uint8_t *data;                        /* DATA: borrowed */
  size_t len;                                 /* DATA: 1 to HARK_RELAY_PACKET_MAX */
} HarkRelayHostPacket;

/* hark_relay_host_key: of one end of @channel, from the secret of the relay node. */
void hark_relay_host_key (const HarkSecret *secret,
                          const uint8_t channel[HARK_RELAY_HOST_CHANNEL_LEN],
                          HarkRelayHostEnd end,
                          uint8_t ret[HARK_RELAY_HOST_KEY_LEN]);

/* hark_relay_host_id: by which its holders call a relay node; says nothing about its secret. */
void hark_relay_host_id (const HarkSecret *secret, HarkKey *ret);

/* hark_relay_host_packet_write: any kind but DATA, with its mac under @key. */
void hark_relay_host_packet_write (const HarkRelayHostPacket *packet,
                                   const uint8_t key[HARK_RELAY_HOST_KEY_LEN],
                                   uint8_t ret[HARK_RELAY_HOST_CONTROL_LEN]);

/* hark_relay_host_packet_write_head: of DATA; what is carried is to follow. */
void hark_relay_host_packet_write_head (uint32_t number, uint8_t ret[HARK_RELAY_HOST_DATA_HEAD]);

/* hark_relay_host_packet_read: @data is not trusted, and nothing proves where it comes from. False,
 * with @ret untouched, for unknown kinds and ends, other lengths, and number 0 in DATA. */
bool hark_relay_host_packet_read (const uint8_t *data, size_t len, HarkRelayHostPacket *ret);

/* hark_relay_host_packet_check: is the mac of @data, which was read as any kind but DATA, by @key?
 * In constant time. */
bool hark_relay_host_packet_check (const uint8_t data[HARK_RELAY_HOST_CONTROL_LEN],
                                   const uint8_t key[HARK_RELAY_HOST_KEY_LEN]);
