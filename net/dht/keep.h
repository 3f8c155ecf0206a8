/* net/dht/keep.h - the client's side of contact points: registrations, knocks, rings.
 *
 * Internal to net/dht. Source: net/PROTOCOL.md "DHT", contact points. keep-choice.c picks nodes
 * that may become points.
 */
#pragma once

#include "net/dht/rpc.h"

/* hark_dht_keep_free, hark_dht_knock_free: for the tables of the DHT. */
void hark_dht_keep_free (gpointer keep);
void hark_dht_knock_free (gpointer knock);

/* hark_dht_keeps_handle_time: renewals, repeats and silences that are due; _get_deadline: when the
 * next is. */
void hark_dht_keeps_handle_time (HarkDht *dht);
HarkTime hark_dht_keeps_get_deadline (const HarkDht *dht);

/* hark_dht_keeps_renew: the registration at @point (NULL: every one) is renewed now: the way to it
 * changed. With NULL points that were silent may be tried again. */
void hark_dht_keeps_renew (HarkDht *dht, const HarkEndpoint *point);

/* hark_dht_is_kept: we are registered, or about to be, at @point. */
bool hark_dht_is_kept (const HarkDht *dht, const HarkEndpoint *point);

/* hark_dht_holds: we are registered, or about to be, at @point with @handle. */
bool hark_dht_holds (const HarkDht *dht,
                     const HarkEndpoint *point,
                     const uint8_t handle[HARK_DHT_HANDLE_LEN]);

/* hark_dht_is_own_handle: knocks with @handle that reach us directly are for us. */
bool hark_dht_is_own_handle (const HarkDht *dht, const uint8_t handle[HARK_DHT_HANDLE_LEN]);

/* hark_dht_is_quiet_handle: knocks with @handle that go to everybody are for us. */
bool hark_dht_is_quiet_handle (const HarkDht *dht, const uint8_t handle[HARK_DHT_HANDLE_LEN]);

/* hark_dht_ring: @message is an hk_ring of a point of ours, or an hk_knock at our own handle;
 * @caller as it says. Rings once; a repeat gets the same answer again. */
void hark_dht_ring (HarkDht *dht,
                    const HarkEndpoint *from,
                    const HarkKrpc *message,
                    const HarkEndpoint *caller);

/* hark_dht_ring_repeat: the knock @transaction of @from rang before; its answer is sent again when
 * there is one. */
bool hark_dht_ring_repeat (HarkDht *dht, const HarkEndpoint *from, HarkBytes transaction);

/* hark_dht_cancel_knock: forgets it; unknown numbers are fine. */
void hark_dht_cancel_knock (HarkDht *dht, HarkDhtOperation number);
