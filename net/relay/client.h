/* net/relay/client.h - finds somebody who carries our packets where no direct path can be made.
 *
 * Pure; one thread at a time. A *want* is one link that has no path; it asks contacts who are
 * online whether they relay between its two ends. The other end does the same, and both use what
 * matches.
 *
 *   want:  ASKING --matched--> USING --gone, left alone, its relay went--> ASKING (or the next)
 *
 * The initiator of the link's session chooses: the first that matches, a clearly nearer one within
 * a second; then it leaves the others. The responder takes the first, and whatever packets come
 * through after that. Source: net/PROTOCOL.md "Relay".
 *
 * Limits: 16 wants (more are not begun), 64 relays asked by each, 1,000 relays known.
 */
#pragma once

#include "net/base/key.h"
#include "net/base/time.h"
#include "net/relay/frame.h"
#include "net/relay/server.h"

#define HARK_RELAY_WANTS_MAX 16
#define HARK_RELAY_TRIES_MAX 64 /* relays asked for one want */

typedef struct HarkRelayClient HarkRelayClient;

/* HarkRelayTagger: writes the tag of @want at the relay with the account @relay. */
typedef void (*HarkRelayTagger) (void *data,
                                 uint32_t want,
                                 const HarkKey *relay,
                                 uint8_t ret[HARK_RELAY_TAG_LEN]);

/* hark_relay_client_new: @tagger is called for wants only, from within the doors below. */
HarkRelayClient *hark_relay_client_new (HarkRelayTagger tagger, void *data);
void hark_relay_client_free (HarkRelayClient *client);

/* ---- who could relay ------------------------------------------------------------- */

/* hark_relay_client_set_relay: @account is online, @rtt_ms away, on a path that is not relayed. */
void hark_relay_client_set_relay (HarkRelayClient *client,
                                  const HarkKey *account,
                                  unsigned rtt_ms,
                                  HarkTime now);

/* hark_relay_client_offer_relay: @relay is there for @want alone, which need not be one yet: a
 * channel through a relay node (net/relay/guest.h). */
void hark_relay_client_offer_relay (HarkRelayClient *client,
                                    const HarkKey *relay,
                                    uint32_t want,
                                    HarkTime now);

/* hark_relay_client_remove_relay: not any more; what went through him goes another way. */
void hark_relay_client_remove_relay (HarkRelayClient *client, const HarkKey *account, HarkTime now);

/* ---- who wants to be relayed ----------------------------------------------------- */

/* hark_relay_client_want: @want (not 0) to @peer has no path: asks until
 * hark_relay_client_unwant().
 * @chooses: we are the initiator. Saying it again changes nothing. */
void hark_relay_client_want (
  HarkRelayClient *client, uint32_t want, const HarkKey *peer, bool chooses, HarkTime now);

/* hark_relay_client_unwant: has a better path, or is over: leaves what was asked and used. */
void hark_relay_client_unwant (HarkRelayClient *client, uint32_t want, HarkTime now);

/* hark_relay_client_distrust: nothing comes through the relay that @want uses: takes another one,
 * and leaves this one alone for ten seconds, or for one when there is no other. */
void hark_relay_client_distrust (HarkRelayClient *client, uint32_t want, HarkTime now);

/* hark_relay_client_has: there is such a want; _has_wants: there is any. */
bool hark_relay_client_has (const HarkRelayClient *client, uint32_t want);
bool hark_relay_client_has_wants (const HarkRelayClient *client);

/* hark_relay_client_get_used: through whom packets of @want go, and on which channel; false:
 * through nobody now. */
bool hark_relay_client_get_used (const HarkRelayClient *client,
                                 uint32_t want,
                                 HarkKey *ret_relay,
                                 uint32_t *ret_channel);

/* ---- what happens ---------------------------------------------------------------- */

/* hark_relay_client_handle: WAIT, MATCHED, REFUSED, GONE or AGAIN by a relay. */
void hark_relay_client_handle (HarkRelayClient *client,
                               const HarkKey *from,
                               const HarkRelayFrame *frame,
                               HarkTime now);

/* hark_relay_client_handle_data: a packet came from @from on @channel: of which want it is, or 0:
 * drop it. */
uint32_t hark_relay_client_handle_data (HarkRelayClient *client,
                                        const HarkKey *from,
                                        uint32_t channel,
                                        HarkTime now);

typedef enum {
  HARK_RELAY_USE,  /* the want goes through `relay` from now on; also when its figures changed */
  HARK_RELAY_LOST, /* it goes through nobody */
} HarkRelayEventKind;

typedef struct {
  HarkRelayEventKind kind;
  uint32_t want;
  HarkKey relay;   /* USE */
  unsigned rtt_ms; /* USE: to the peer and back */
  uint32_t rate;   /* USE: bytes a second that pass each way */
} HarkRelayEvent;

/* hark_relay_client_poll_event, _poll: the next event, the next frame to send; false when there is
 * none. */
bool hark_relay_client_poll_event (HarkRelayClient *client, HarkRelayEvent *ret);
bool hark_relay_client_poll (HarkRelayClient *client, HarkRelayOutput *ret);

/* hark_relay_client_handle_time: asks what is due; _get_deadline: when to come back. */
void hark_relay_client_handle_time (HarkRelayClient *client, HarkTime now);
HarkTime hark_relay_client_get_deadline (const HarkRelayClient *client);
