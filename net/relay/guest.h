/* net/relay/guest.h - our end of channels through relay nodes: those of our own, and those that
 * somebody we talk to has offered.
 *
 * Pure; one thread at a time. An *offer* is a channel that may be opened for one link: it stands in
 * net/relay/client.h as a relay of that link alone, under a key made from its number; what the
 * client wants said to that relay is handed to hark_relay_guest_say(), and what the relay node
 * answers comes back as frames for the client. Source: net/PROTOCOL.md "Relay nodes".
 *
 * Limits: 64 offers, 4 for one link, 4 places for each; what is more is left out. A place is sent
 * 44 bytes at a time, as often as the client asks and every 15 s while the channel is used.
 */
#pragma once

#include "net/base/time.h"
#include "net/relay/host-packet.h"

#define HARK_RELAY_GUEST_OFFERS_MAX 64
#define HARK_RELAY_GUEST_OFFERS_OF_ONE 4
#define HARK_RELAY_GUEST_PLACES_MAX 4

typedef struct HarkRelayGuest HarkRelayGuest;

HarkRelayGuest *hark_relay_guest_new (void);
void hark_relay_guest_free (HarkRelayGuest *guest);

/* Which ways lead anywhere. */
typedef enum {
  HARK_RELAY_GUEST_UDP,
  HARK_RELAY_GUEST_TCP,
  HARK_RELAY_GUEST_EITHER, /* UDP, and TCP when nothing answers */
} HarkRelayGuestWay;

void hark_relay_guest_set_way (HarkRelayGuest *guest, HarkRelayGuestWay way);

/**
 * hark_relay_guest_offer:
 * @want: the link, as in net/relay/client.h
 * @shown: who carries the packets, for users: hark_relay_host_id() of a node of ours, else the
 *   account of who offers
 * @place: one UDP endpoint of the relay node; TCP is tried at the same one
 * @ret: (out): the relay by which the client knows it
 *
 * Adds the offer, or a place to one that is known by its channel.
 *
 * Returns: false, with @ret untouched, when there are too many
 */
bool hark_relay_guest_offer (HarkRelayGuest *guest,
                             uint32_t want,
                             HarkRelayHostEnd end,
                             const uint8_t channel[HARK_RELAY_HOST_CHANNEL_LEN],
                             const uint8_t key[HARK_RELAY_HOST_KEY_LEN],
                             const HarkKey *shown,
                             const HarkEndpoint *place,
                             HarkKey *ret);

/* hark_relay_guest_find_want: of which link @relay is an offer; 0: of none. */
uint32_t hark_relay_guest_find_want (const HarkRelayGuest *guest, const HarkKey *relay);

/* hark_relay_guest_get_offers: relays offered for @want; returns how many. */
size_t hark_relay_guest_get_offers (const HarkRelayGuest *guest,
                                    uint32_t want,
                                    HarkKey ret[HARK_RELAY_GUEST_OFFERS_OF_ONE]);

/* hark_relay_guest_get_shown: @shown of @relay; NULL: it is no offer. */
const HarkKey *hark_relay_guest_get_shown (const HarkRelayGuest *guest, const HarkKey *relay);

/* hark_relay_guest_review: forgets the offers of links for which @is_there says false. */
void hark_relay_guest_review (HarkRelayGuest *guest,
                              bool (*is_there) (void *data, uint32_t want),
                              void *data);

/* hark_relay_guest_say: ASK or LEAVE that the client wants said to @relay. */
void hark_relay_guest_say (HarkRelayGuest *guest,
                           const HarkKey *relay,
                           const HarkRelayFrame *frame,
                           HarkTime now);

/* hark_relay_guest_handle: @data, which starts with HARK_RELAY_HOST_FIRST, came from @from; not
 * trusted. True: @ret is MATCHED, GONE or DATA (borrows from @data) by @ret_relay. */
bool hark_relay_guest_handle (HarkRelayGuest *guest,
                              const HarkEndpoint *from,
                              const uint8_t *data,
                              size_t len,
                              HarkTime now,
                              HarkKey *ret_relay,
                              HarkRelayFrame *ret);

/* hark_relay_guest_wrap: where packets through @relay go, and what stands in front of each. False:
 * it is not open. */
bool hark_relay_guest_wrap (const HarkRelayGuest *guest,
                            const HarkKey *relay,
                            HarkEndpoint *ret_to,
                            uint8_t ret_head[HARK_RELAY_HOST_DATA_HEAD]);

typedef struct {
  HarkEndpoint to;
  uint8_t bytes[HARK_RELAY_HOST_CONTROL_LEN];
} HarkRelayGuestOutput;

/* hark_relay_guest_poll: the next packet to send; false when there is none. */
bool hark_relay_guest_poll (HarkRelayGuest *guest, HarkRelayGuestOutput *ret);

/* hark_relay_guest_handle_time: what is due; _get_deadline: when to come back. */
void hark_relay_guest_handle_time (HarkRelayGuest *guest, HarkTime now);
HarkTime hark_relay_guest_get_deadline (const HarkRelayGuest *guest);
