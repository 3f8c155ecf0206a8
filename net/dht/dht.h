/* net/dht/dht.h - a node of BitTorrent's Mainline DHT that also forwards knocks.
 *
 * Pure, sans-IO; one thread at a time. Datagrams, commands and `now` go in; datagrams, events and a
 * deadline come out. After every input drain hark_dht_poll_packet() and hark_dht_poll_event(), and
 * come back at hark_dht_get_deadline() with hark_dht_handle_time(). Same seed and inputs, same run.
 *
 * IPv4 and IPv6 in one object: two routing tables, every lookup walks both (BEP 32).
 * Source: BEP 5, 32, 42, 43, 44; hk_keep, hk_knock and hk_ring are ours: net/PROTOCOL.md "DHT".
 */
#pragma once

#include "net/base/endpoint.h"
#include "net/base/rng.h"
#include "net/base/time.h"

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HARK_DHT_ID_LEN 20
#define HARK_DHT_HANDLE_LEN 8
#define HARK_DHT_PACKET_LEN_MAX 1500 /* bytes of a datagram, both ways; longer ones are dropped */
#define HARK_DHT_VALUE_LEN_MAX 1000  /* BEP 44: bytes of a value, bencoded */
#define HARK_DHT_SALT_LEN_MAX 64     /* BEP 44 */
#define HARK_DHT_KNOCK_LEN_MIN 64    /* bytes of x in hk_knock */
#define HARK_DHT_KNOCK_LEN_MAX 900
#define HARK_DHT_OPERATIONS_MAX 256 /* gets, puts and peer searches running at once */
#define HARK_DHT_KEEPS_MAX 16       /* points that we are registered at */
#define HARK_DHT_HANDLES_MAX 4      /* handles of ours at one point */
#define HARK_DHT_KNOCKS_MAX 128     /* our knocks waiting for an answer */
#define HARK_DHT_BOOTSTRAPS_MAX 512 /* endpoints to start from */
#define HARK_DHT_PEERS_MAX 100      /* peers in one event */
#define HARK_DHT_HELPERS_MAX 32     /* of our own kind, whom we name to others */

typedef struct HarkDht HarkDht;

/* 0 is never the number of an operation or ring. */
typedef uint32_t HarkDhtOperation;

typedef struct {
  bool allow_loopback; /* 127/8 and ::1 are places like any other, every port a host of its own */
  bool serve;          /* be a contact point for others (hk_keep, hk_knock) */
  bool read_only;      /* say `ro` (BEP 43): nobody keeps us in his table, we answer nothing but
                          hk_ring and knocks at our own handle */
  bool tcp;            /* endpoints with `tcp` can be sent to: when UDP is blocked, nodes of our own
                          kind are asked over TCP (net/PROTOCOL.md "TCP") */
  bool local;     /* the DHT of a local network: sends to private and link-local addresses only */
  bool any_scope; /* with `local`: to all addresses; somebody else sees to what is local */
  HarkDhtOperation first_operation; /* numbers count from here, so that two nodes' never meet */
  bool has_id;                      /* false: a random id, later one that follows BEP 42 */
  uint8_t id[HARK_DHT_ID_LEN];
} HarkDhtConfig;

/* ---- life ---------------------------------------------------------------------------------- */

/* hark_dht_new: @config is copied, @rng forked. (transfer full), never NULL; sends nothing before
 * a command or packet. */
HarkDht *hark_dht_new (const HarkDhtConfig *config, HarkRng *rng, HarkTime now);

/* hark_dht_free: NULL is fine; undrained packets and events are lost. */
void hark_dht_free (HarkDht *dht);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HarkDht, hark_dht_free)

/* ---- doors --------------------------------------------------------------------------------- */

/* hark_dht_handle_packet: a datagram that begins with 'd', from @from. Not trusted; what is no
 * valid message is dropped without an answer. */
void hark_dht_handle_packet (
  HarkDht *dht, const HarkEndpoint *from, const uint8_t *data, size_t len, HarkTime now);

/* hark_dht_handle_unreachable: the system says that what we sent to @to does not arrive (ICMP). */
void hark_dht_handle_unreachable (HarkDht *dht, const HarkEndpoint *to, HarkTime now);

/* hark_dht_handle_time: does what is due. */
void hark_dht_handle_time (HarkDht *dht, HarkTime now);

/* hark_dht_get_deadline: when to call hark_dht_handle_time() next; HARK_TIME_NEVER: nothing is due.
 */
HarkTime hark_dht_get_deadline (const HarkDht *dht);

typedef struct {
  HarkEndpoint to;
  const uint8_t *data; /* borrowed until the next call with this dht */
  size_t len;          /* bytes, at most HARK_DHT_PACKET_LEN_MAX */
} HarkDhtPacket;

/* hark_dht_poll_packet: the next datagram to send; false when there is none for now. */
bool hark_dht_poll_packet (HarkDht *dht, HarkDhtPacket *ret);

typedef enum {
  HARK_DHT_EVENT_STATUS,     /* hark_dht_get_status() has news */
  HARK_DHT_EVENT_VALUE,      /* get: first valid value; a better one may follow with GET_DONE */
  HARK_DHT_EVENT_GET_DONE,   /* get is over: `found` with the newest value, or not */
  HARK_DHT_EVENT_STORED,     /* put: enough copies, see `acks`; more may follow */
  HARK_DHT_EVENT_PUT_DONE,   /* put is over: `acks` other nodes hold it */
  HARK_DHT_EVENT_PEERS,      /* get_peers: some more peers */
  HARK_DHT_EVENT_PEERS_DONE, /* get_peers or announce is over; `acks` nodes took the announcement */
  HARK_DHT_EVENT_KEPT,       /* the registration at `endpoint` stands; again for changed handles */
  HARK_DHT_EVENT_KEEP_LOST,  /* it could not be made, or is gone; the keep is forgotten */
  HARK_DHT_EVENT_KNOCK_ANSWER, /* `data` from the callee; the operation is over */
  HARK_DHT_EVENT_KNOCK_FAILED, /* no answer: `code`; the operation is over */
  HARK_DHT_EVENT_RING,         /* somebody knocks: `data`; see hark_dht_ring_answer() */
  HARK_DHT_EVENT_CLOCK,        /* `endpoint`, a point of ours, told its `clock_s` */
  HARK_DHT_EVENT_VISITOR, /* a query came from `endpoint`, to whose address we sent nothing of late
                           */
  HARK_DHT_EVENT_MORE,    /* of hark_dht_ask_more(): `found`: it is one of us and names `peers` */
} HarkDhtEventKind;

/* `code` of KNOCK_FAILED and KEEP_LOST: the point's KRPC error, or one of these */
#define HARK_DHT_CODE_TIMEOUT 0         /* silence */
#define HARK_DHT_CODE_UNREACHABLE 1     /* the network said so */
#define HARK_DHT_CODE_UNKNOWN_QUERY 204 /* not a Hark node, or it does not serve */
#define HARK_DHT_CODE_UNKNOWN_HANDLE 210
#define HARK_DHT_CODE_BUSY 211

typedef struct {
  HarkDhtEventKind kind;
  HarkDhtOperation operation; /* all but STATUS, KEPT, KEEP_LOST; RING: its ring number */

  bool found;          /* GET_DONE */
  bool unchanged;      /* GET_DONE, not found: somebody still holds the very seq we know */
  int64_t seq;         /* VALUE, GET_DONE with found: of a mutable item */
  const uint8_t *data; /* VALUE, GET_DONE: the value, bencoded; KNOCK_ANSWER, RING: x. Borrowed
                          until the next hark_dht_poll_event() */
  size_t len;
  uint8_t signature[64]; /* VALUE, GET_DONE with found: of a mutable item, verified */

  unsigned acks; /* STORED, PUT_DONE, PEERS_DONE: other nodes that accepted */
  bool own_copy; /* PUT_DONE: we are among the closest ourselves and hold a copy */
  bool conflict; /* PUT_DONE: somebody holds a newer seq, or another one than `cas` said */

  const HarkEndpoint *peers; /* PEERS; borrowed likewise */
  size_t n_peers;

  HarkEndpoint endpoint; /* KEPT, KEEP_LOST: the point; KNOCK_...: where we knocked; RING: the
                            point, or the caller himself when he knocked at our own handle */
  HarkEndpoint caller;   /* RING: the caller, as the point saw (or claims to have seen) it */
  uint8_t handle[HARK_DHT_HANDLE_LEN]; /* KEPT, KEEP_LOST, KNOCK_..., RING */
  unsigned load;   /* KEPT: registrations that the point said to hold beside ours */
  bool quiet;      /* RING: at our quiet handle: any answer tells the caller where we are */
  int code;        /* KEEP_LOST, KNOCK_FAILED */
  int64_t clock_s; /* CLOCK: Unix seconds */
  HarkTime rtt;    /* MORE with found */
} HarkDhtEvent;

/* hark_dht_poll_event: the next event; false when there is none for now. */
bool hark_dht_poll_event (HarkDht *dht, HarkDhtEvent *ret);

/* hark_dht_has_events: whether the next hark_dht_poll_event() has one: what is asked of an empty
 * DHT ends at once. */
bool hark_dht_has_events (const HarkDht *dht);

/* ---- joining ------------------------------------------------------------------------------- */

/* hark_dht_bootstrap: somewhere to start from, the best first: twenty are asked at once, the next
 * twenty half a second later, until eight nodes are known. Silent ones are asked again after 0.5,
 * 1, 2, 4 ... 30 s while few nodes are known; all when every node is lost later. */
void hark_dht_bootstrap (HarkDht *dht, const HarkEndpoint *endpoint, HarkTime now);

/* Does this network let UDP through? */
typedef enum {
  HARK_DHT_UDP_UNKNOWN, /* nothing was answered, over TCP neither */
  HARK_DHT_UDP_WORKS,
  HARK_DHT_UDP_BLOCKED, /* silent, while TCP passes */
} HarkDhtUdp;

/* hark_dht_check_udp: the network changed: looks anew whether it lets UDP through. */
void hark_dht_check_udp (HarkDht *dht, HarkTime now);

/* hark_dht_greet: somebody is said to listen there: asked once, not remembered. */
void hark_dht_greet (HarkDht *dht, const HarkEndpoint *endpoint, HarkTime now);

typedef struct {
  unsigned nodes[2];        /* good nodes in the table: IPv4, IPv6 */
  HarkEndpoint external[2]; /* our address as most others see it; family 0: unknown; port 0: they
                               see different ports */
  HarkDhtUdp udp;           /* BLOCKED: everything goes over TCP, `nodes` are those that take it */
  double size[2];           /* nodes of the whole network, estimated; 0: unknown */
  bool bootstrapping;       /* no good node yet, or the table is being filled */
  unsigned operations;      /* running */
  unsigned items;           /* stored for others */
  unsigned registrations;   /* at us, when we serve */
} HarkDhtStatus;

/* hark_dht_get_status: see HarkDhtStatus. */
void hark_dht_get_status (const HarkDht *dht, HarkDhtStatus *ret);

/* hark_dht_get_id: our id in the table of @family (4 or 6). */
const uint8_t *hark_dht_get_id (const HarkDht *dht, uint8_t family);

/* hark_dht_good_nodes: up to @max endpoints to bootstrap from after a restart, the longest known
 * first: who stayed long stays longer. Returns how many. */
size_t hark_dht_good_nodes (const HarkDht *dht, HarkEndpoint *ret, size_t max);

/* hark_dht_handle_network_change: we may have another address, or none: what others said of the old
 * one is forgotten, failures of nodes are forgiven, the way into the DHT is tried again. A node id
 * for the new address follows by itself. */
void hark_dht_handle_network_change (HarkDht *dht, HarkTime now);

/* hark_dht_renew_keeps: routers may have forgotten the way from contact points to us: every
 * registration is renewed now. */
void hark_dht_renew_keeps (HarkDht *dht, HarkTime now);

/* hark_dht_set_read_only: whether we can be reached became known. */
void hark_dht_set_read_only (HarkDht *dht, bool read_only);

/* hark_dht_set_family_read_only: the same of IPv4 (4) or IPv6 (6) alone. */
void hark_dht_set_family_read_only (HarkDht *dht, uint8_t family, bool read_only);

/* ---- items (BEP 44) ------------------------------------------------------------------------ */

/**
 * hark_dht_get_mutable:
 * @salt: (nullable): @salt_len at most HARK_DHT_SALT_LEN_MAX
 * @seq_known: the highest seq ever seen here, -1 for none; only higher ones count as found
 * @urgent: somebody waits: 8 queries in flight instead of 6
 *
 * Events: VALUE at the first valid value, then GET_DONE. Never from inside this call.
 *
 * Returns: its number; 0 when HARK_DHT_OPERATIONS_MAX run already
 */
HarkDhtOperation hark_dht_get_mutable (HarkDht *dht,
                                       const uint8_t key[32],
                                       const uint8_t *salt,
                                       size_t salt_len,
                                       int64_t seq_known,
                                       bool urgent,
                                       HarkTime now);

/* hark_dht_get_again: the same, without salt, for what is asked for every few seconds in a place
 * that few know: begins with the nodes that answered last, for up to five minutes, and does not
 * look around a second time when they have nothing. */
HarkDhtOperation hark_dht_get_again (
  HarkDht *dht, const uint8_t key[32], int64_t seq_known, bool urgent, HarkTime now);

/* hark_dht_get_immutable: @target is the SHA-1 of the bencoded value. Events and return as above.
 */
HarkDhtOperation
hark_dht_get_immutable (HarkDht *dht, const uint8_t target[20], bool urgent, HarkTime now);

/* An item as its owner signed it; hark_dht_item_signed_bytes() says what is signed. */
typedef struct {
  uint8_t key[32]; /* Ed25519, may be a blinded one */
  uint8_t salt[HARK_DHT_SALT_LEN_MAX];
  size_t salt_len;
  int64_t seq;          /* not negative */
  const uint8_t *value; /* borrowed during the call; one canonical bencoded value */
  size_t value_len;     /* 1 .. HARK_DHT_VALUE_LEN_MAX */
  uint8_t signature[64];
} HarkDhtItem;

#define HARK_DHT_SIGNED_LEN_MAX (HARK_DHT_VALUE_LEN_MAX + HARK_DHT_SALT_LEN_MAX + 48)

/* hark_dht_item_signed_bytes: the bytes @item->signature is over (BEP 44); returns how many, 0 when
 * the item breaks a limit above. */
size_t hark_dht_item_signed_bytes (const HarkDhtItem *item, uint8_t ret[HARK_DHT_SIGNED_LEN_MAX]);

/* hark_dht_put_mutable: finds the closest nodes and stores @item (copied) on eight of them, and
 * here if we are one. @cas: (nullable): the seq that must be the stored one. Events: STORED at four
 * copies, or as many as there are nodes; PUT_DONE at the end.
 *
 * Returns: its number; 0 when the item is invalid (limits, bencoding, signature) or
 * HARK_DHT_OPERATIONS_MAX run already
 */
HarkDhtOperation
hark_dht_put_mutable (HarkDht *dht, const HarkDhtItem *item, const int64_t *cas, HarkTime now);

/* hark_dht_put_again: the same, without @cas, into a place that hark_dht_get_again() or this was
 * used for lately, and with the nodes that answered then. */
HarkDhtOperation hark_dht_put_again (HarkDht *dht, const HarkDhtItem *item, HarkTime now);

/* hark_dht_repair_mutable: the same, but only where the seq of @item is missing: for the time
 * between two puts, when nodes may have come and gone. `acks` counts those who hold it already;
 * nothing is renewed there, so an item that is to live needs a put within every two hours. */
HarkDhtOperation hark_dht_repair_mutable (HarkDht *dht, const HarkDhtItem *item, HarkTime now);

/* hark_dht_put_immutable: likewise; @ret_target: (out) (nullable): where it can be found. */
HarkDhtOperation hark_dht_put_immutable (
  HarkDht *dht, const uint8_t *value, size_t value_len, uint8_t ret_target[20], HarkTime now);

/* ---- peers (BEP 5) ------------------------------------------------------------------------- */

/* hark_dht_get_peers: events PEERS as they come in, each peer once, then PEERS_DONE. Returns as
 * above. */
HarkDhtOperation hark_dht_get_peers (HarkDht *dht, const uint8_t info_hash[20], HarkTime now);

/* hark_dht_announce: the same, and announces our own @port (and implied_port) on the closest eight.
 */
HarkDhtOperation
hark_dht_announce (HarkDht *dht, const uint8_t info_hash[20], uint16_t port, HarkTime now);

/* hark_dht_cancel: no more events of this get, put, peer search or knock. Unknown numbers are fine.
 */
void hark_dht_cancel (HarkDht *dht, HarkDhtOperation operation);

/* ---- contact points (net/PROTOCOL.md "DHT") ------------------------------------------------ */

/* hark_dht_pick_points: up to @n nodes to try as contact points, in random order, from different
 * /16s (IPv6: /32): those that were points before first, then untried ones. Leaves out the ones we
 * keep now and those that refused within the last hour or were silent of late. Returns how many. */
size_t hark_dht_pick_points (HarkDht *dht, size_t n, HarkEndpoint *ret, HarkTime now);

/* hark_dht_keep: registers @n_handles handles (1 to HARK_DHT_HANDLES_MAX, one behind the other in
 * @handles) at @point and keeps that alive: KEPT once, or KEEP_LOST. For a point that is kept
 * already the handles are replaced, with another KEPT; the same ones change nothing. Rings with
 * handles that were replaced are heard no more. False when HARK_DHT_KEEPS_MAX are held, or when
 * @point was lost a moment ago: after 2 s it may be asked again, after another silence 4 s ... an
 * hour; at once after hark_dht_keeps_renew(). */
bool hark_dht_keep (
  HarkDht *dht, const HarkEndpoint *point, const uint8_t *handles, size_t n_handles, HarkTime now);

/* hark_dht_unkeep: lets the registration at @point run out; no event. */
void hark_dht_unkeep (HarkDht *dht, const HarkEndpoint *point);

/* hark_dht_set_own_handle: knocks that come straight to us with @handle ring here (a node that is
 * its own contact point). At most 8 handles, the oldest is dropped; NULL forgets all. Works without
 * `serve`. */
void hark_dht_set_own_handle (HarkDht *dht, const uint8_t handle[HARK_DHT_HANDLE_LEN]);

/* hark_dht_knock: sends @x (HARK_DHT_KNOCK_LEN_MIN .. _MAX bytes, copied) through @point to whoever
 * holds @handle: at once, after 400 ms and 1 s; KNOCK_ANSWER or, after 5 s at most, KNOCK_FAILED.
 *
 * Returns: its number; 0 when the length is wrong, @point may not be sent to, or
 * HARK_DHT_KNOCKS_MAX are waiting
 */
HarkDhtOperation hark_dht_knock (HarkDht *dht,
                                 const HarkEndpoint *point,
                                 const uint8_t handle[HARK_DHT_HANDLE_LEN],
                                 const uint8_t *x,
                                 size_t len,
                                 HarkTime now);

/* hark_dht_set_quiet_handle: knocks with @handle that are meant for everybody ring here
 * (hark_dht_knock_around); to other knocks with it we behave like those who do not hold it. One at
 * a time; NULL: none. Works without `serve`. */
void hark_dht_set_quiet_handle (HarkDht *dht, const uint8_t handle[HARK_DHT_HANDLE_LEN]);

/* hark_dht_knock_around: as hark_dht_knock(), at one of many nodes of which one may hold @handle as
 * its quiet one. The others say nothing, so silence does not tell which it is. */
HarkDhtOperation hark_dht_knock_around (HarkDht *dht,
                                        const HarkEndpoint *node,
                                        const uint8_t handle[HARK_DHT_HANDLE_LEN],
                                        const uint8_t *x,
                                        size_t len,
                                        HarkTime now);

/* hark_dht_ring_answer: answers RING number @ring with @x, at most as long as the knock's. A ring
 * can be answered for 5 s, once (repeats of the knock get the same answer). False: too late or too
 * long. */
bool hark_dht_ring_answer (
  HarkDht *dht, HarkDhtOperation ring, const uint8_t *x, size_t len, HarkTime now);

/* ---- nodes of our own kind (net/PROTOCOL.md "DHT") ----------------------------------------- */

/* hark_dht_set_wall: Unix time in ms at @now, told (in seconds) to those who register here. Nothing
 * is told before. */
void hark_dht_set_wall (HarkDht *dht, int64_t wall_ms, HarkTime now);

/* hark_dht_ask_more: asks @node whether it is a contact point, and for @n (at most 8) others: MORE.
 * False when it may not be sent to. */
bool hark_dht_ask_more (HarkDht *dht, const HarkEndpoint *node, unsigned n, HarkTime now);

/* hark_dht_set_helpers: whom we name when asked so: at most HARK_DHT_HELPERS_MAX, copied. */
void hark_dht_set_helpers (HarkDht *dht, const HarkEndpoint *helpers, size_t n);

/* hark_dht_probe: asks @first to have @via send us a packet, which is a VISITOR when it arrives.
 * Nothing tells that it will not. False when one may not be sent to. */
bool
hark_dht_probe (HarkDht *dht, const HarkEndpoint *first, const HarkEndpoint *via, HarkTime now);

/* hark_dht_has_contacted: something was sent to this address (on loopback: and port) within the
 * last 10 minutes, or, rarely, an address that looks like it; nothing within 20 when false. */
bool hark_dht_has_contacted (const HarkDht *dht, const HarkEndpoint *endpoint);
