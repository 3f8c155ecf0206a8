/* net/lan/lan.h - who else is on the local network: beacons out, beacons in.
 *
 * Pure, sans-IO; one thread at a time. The node hands in what arrives and takes out packets (for
 * one neighbour, or for everybody on every interface) and neighbours (for its local DHT). Shows no
 * identity unless a person is set. Source: net/PROTOCOL.md "Local networks".
 *
 * Bad input: beacons that are none, or of other networks, change nothing but a counter; at most
 * HARK_LAN_NEIGHBOURS_MAX neighbours, HARK_LAN_SAME_IP_MAX under one address, are remembered for
 * three minutes each; at most 20 answers a second (burst 64) and 20 signatures a second (burst 40).
 */
#pragma once

#include "net/base/endpoint.h"
#include "net/base/rng.h"
#include "net/base/time.h"
#include "net/lan/beacon.h"

#include <glib.h>

#define HARK_LAN_NEIGHBOURS_MAX 1024
#define HARK_LAN_SAME_IP_MAX 32 /* Harks on one machine */
#define HARK_LAN_PEOPLE_MAX 256
#define HARK_LAN_PEERS_MAX 64            /* static peers */
#define HARK_LAN_FRESH (3 * HARK_MINUTE) /* a neighbour counts for so long after its beacon */
#define HARK_LAN_OTHERS_MAX 16           /* other networks counted */

typedef struct HarkLan HarkLan;

/* hark_lan_new: (transfer full): for the network that calls itself @tag; @rng is forked. Says
 * nothing before hark_lan_set_port(). */
HarkLan *hark_lan_new (const uint8_t tag[HARK_BEACON_TAG_LEN], HarkRng *rng, HarkTime now);

/* hark_lan_free: NULL is fine. */
void hark_lan_free (HarkLan *lan);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HarkLan, hark_lan_free)

/* hark_lan_set_port: where our signalling socket listens. From here on there are beacons: at once,
 * after 1 and 3 s, then every 60 s, give or take 20. */
void hark_lan_set_port (HarkLan *lan, uint16_t port, HarkTime now);

/* hark_lan_restart: interfaces changed: begins again, with a new cookie, so that everybody answers.
 */
void hark_lan_restart (HarkLan *lan, HarkTime now);

/* hark_lan_add_peer: a static peer, for networks without multicast: it gets every beacon by unicast
 * and is a neighbour by itself. False when there are HARK_LAN_PEERS_MAX. */
bool hark_lan_add_peer (HarkLan *lan, const HarkEndpoint *peer, HarkTime now);

/* hark_lan_is_peer: @endpoint's address is that of a static peer. */
bool hark_lan_is_peer (const HarkLan *lan, const HarkEndpoint *endpoint);

/* hark_lan_set_person: be seen by everybody as @person (copied), signed with @seed; NULL: be seen
 * by nobody, which everybody forgets within three minutes. */
void hark_lan_set_person (HarkLan *lan,
                          const HarkBeaconPerson *person,
                          const HarkSecret *seed,
                          HarkTime now);

/* hark_lan_handle_packet: what may be a beacon came from @from, an address on a local network or of
 * a static peer. @group: it was sent to everybody, and is answered when its cookie is new. */
void hark_lan_handle_packet (HarkLan *lan,
                             const HarkEndpoint *from,
                             const uint8_t *data,
                             size_t len,
                             bool group,
                             HarkTime now);

/* hark_lan_handle_time: does what is due; _get_deadline: when to come back. */
void hark_lan_handle_time (HarkLan *lan, HarkTime now);
HarkTime hark_lan_get_deadline (const HarkLan *lan);

typedef struct {
  bool group;      /* for everybody, on every interface; else for `to` */
  HarkEndpoint to; /* not for a group */
  uint8_t data[HARK_BEACON_LEN_MAX];
  size_t len;
} HarkLanPacket;

/* hark_lan_poll_packet: the next packet to send; false when there is none for now. */
bool hark_lan_poll_packet (HarkLan *lan, HarkLanPacket *ret);

typedef struct {
  HarkEndpoint endpoint; /* its signalling socket */
  bool fresh;            /* not heard of before, or started anew */
} HarkLanNeighbour;

/* hark_lan_poll_neighbour: somebody was heard; false when there is no news. */
bool hark_lan_poll_neighbour (HarkLan *lan, HarkLanNeighbour *ret);

/* hark_lan_neighbours: up to @max neighbours heard within HARK_LAN_FRESH, one address of each
 * before the second of any; when there are more, @turn says with which to begin. Returns how many.
 */
size_t hark_lan_neighbours (
  const HarkLan *lan, HarkEndpoint *ret, size_t max, unsigned turn, HarkTime now);

/* hark_lan_count: neighbours heard within HARK_LAN_FRESH; _count_others: networks with another tag.
 */
unsigned hark_lan_count (const HarkLan *lan, HarkTime now);
unsigned hark_lan_count_others (const HarkLan *lan, HarkTime now);

/* hark_lan_note_stranger: somebody here sends beacons that cannot be opened: of another network. */
void hark_lan_note_stranger (HarkLan *lan, HarkTime now);

/* hark_lan_people: up to @max people who chose to be seen; returns how many. */
size_t hark_lan_people (const HarkLan *lan, HarkBeaconPerson *ret, size_t max, HarkTime now);

/* hark_lan_people_version: grows whenever hark_lan_people() may say something else. */
unsigned hark_lan_people_version (const HarkLan *lan);

/* hark_lan_find_interface: on which interface a neighbour with this link-local address was heard; 0
 * when none was. */
uint32_t hark_lan_find_interface (const HarkLan *lan, const HarkEndpoint *endpoint);
