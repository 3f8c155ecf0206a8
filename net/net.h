/* net/net.h - the only door of the floor "net": how bytes reach a key.
 *
 * HarkNet is a whole node without sockets or clock: DHT, rendezvous, handshakes and sessions. It
 * knows people by their account key and nothing of contacts, messages or calls. Packets, path news,
 * commands and `now` go in; outputs (for a shell), events (for core) and a deadline come out. Same
 * seed and same inputs, same run.
 *
 *   shell: hark_net_handle_datagram(), hark_net_path_*(), hark_net_handle_time()  -> then drain
 *          hark_net_poll_output() until false, and come back at hark_net_get_deadline()
 *   core:  the commands below; hark_net_poll_event() until false
 *
 * HarkNetRunner (net/io/runner.h, included at the end) is the shell on real sockets and libnice.
 * Pure; one thread at a time. Every byte on the wire: net/PROTOCOL.md.
 */
#pragma once

#include "net/base/certificate.h"
#include "net/base/endpoint.h"
#include "net/base/key.h"
#include "net/base/rng.h"
#include "net/base/time.h"
#include "net/lan/lan.h"
#include "net/lan/seal.h"
#include "net/path/path.h"
#include "net/sent.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct HarkNet HarkNet;

/* ---- who we are and how we behave ------------------------------------------------ */

typedef enum { HARK_CONGESTION_BBR2, HARK_CONGESTION_CUBIC } HarkCongestion;

typedef struct {
  bool has_account;        /* false: a DHT node and contact point only ("hark-cli node") */
  HarkSecret account_seed; /* Ed25519 seed; signs records under blinded keys */
  HarkKey account;
  HarkKey device; /* X25519, the Noise static */
  HarkSecret device_secret;
  uint8_t certificate[HARK_CERTIFICATE_LEN]; /* account signs device; net/base/certificate.h */
  uint8_t instance[16];                      /* this copy of the profile */

  bool closed_network; /* with @network: a network of its own */
  uint8_t network[32]; /* network id; zeros on the public one */
  bool sealed;         /* with closed_network: datagrams are sealed under @network_secret */
  HarkSecret network_secret;
  bool dht;      /* false: no DHT of the internet */
  bool lan;      /* look for others on the local network: beacons, and a DHT of its own */
  bool lan_only; /* nothing else: no other scope than the local one. The shell sees to the rest */
  bool allow_loopback; /* tests, demo: 127/8 and ::1 are places like any other */
  bool tcp;        /* the shell has TCP: endpoints with `tcp` may be sent to; they are when UDP is
                      blocked */
  bool serve;      /* be a DHT node, contact point and STUN server for others, once known to be
                      reachable; without an account: until it is known not to be */
  bool relay_node; /* carry packets for whoever holds: */
  HarkSecret relay_secret;
  HarkCongestion congestion;
  bool no_aes; /* never offer AES-256-GCM (benchmarks, CPUs without it) */
} HarkNetConfig;

/**
 * hark_net_new:
 * @config: copied; the caller wipes its own
 * @seed: 32 bytes; from randombytes_buf() outside the simulator
 * @wall_ms: Unix time in ms at @now; correct it with hark_net_set_wall()
 *
 * Returns: (transfer full): never NULL; nothing is sent before hark_net_bootstrap() or a contact is
 * set
 */
HarkNet *
hark_net_new (const HarkNetConfig *config, const uint8_t seed[32], int64_t wall_ms, HarkTime now);

/* hark_net_free: wipes every secret; sends nothing (see hark_net_leave). NULL is fine. */
void hark_net_free (HarkNet *net);

/* hark_net_set_wall: the system's clock was set, or the machine woke up. */
void hark_net_set_wall (HarkNet *net, int64_t wall_ms, HarkTime now);

/* hark_net_set_hosts: the addresses of this machine, each with the port of the signalling socket
 * (at most 16 are looked at). When others see us under one of them there is no translation between:
 * we can be reached, and serve if we may. */
void hark_net_set_hosts (HarkNet *net, const HarkEndpoint *hosts, size_t n_hosts, HarkTime now);

/* hark_net_set_tunnel: the default route of this machine is a VPN's: for the doctor. */
void hark_net_set_tunnel (HarkNet *net, bool tunnel);

/* How a port was opened in the router. */
typedef enum {
  HARK_MAPPING_NONE,
  HARK_MAPPING_NAT_PMP,
  HARK_MAPPING_PCP,
  HARK_MAPPING_UPNP,
} HarkMappingKind;

/* hark_net_router_restarted: it says so: it has forgotten the flows of every path, which shows by
 * itself only at the next sign of life. Peers and contact points are asked now. */
void hark_net_router_restarted (HarkNet *net, HarkTime now);

/* hark_net_set_mapping: whoever sends to @external reaches our signalling socket; NONE: nobody does
 * any more, and @external may be NULL. */
void hark_net_set_mapping (HarkNet *net,
                           HarkMappingKind kind,
                           const HarkEndpoint *external,
                           HarkTime now);

/* hark_net_leave: closes sessions and withdraws records; drain the outputs, then free. */
void hark_net_leave (HarkNet *net, HarkTime now);

/* ---- for the shell --------------------------------------------------------------- */

/* Paths are numbered by the node, from 1, never twice. */
typedef enum {
  HARK_NET_OUTPUT_DATAGRAM,    /* send data to `to` from the signalling socket */
  HARK_NET_OUTPUT_GROUP,       /* send data to everybody on every local network (net/lan) */
  HARK_NET_OUTPUT_PATH_OPEN,   /* make path `path`: gather, then say hark_net_path_gathered() */
  HARK_NET_OUTPUT_PATH_REMOTE, /* the other end of `path`; said again when it has more candidates */
  HARK_NET_OUTPUT_PATH_PACKETS, /* send over `path`: data is cut into packets of `segment` bytes,
                                   last one shorter */
  HARK_NET_OUTPUT_PATH_FOLLOW,  /* the peer of `path` now sends from `to`: once `to` answers a check
                                   of the path, send there and say hark_net_path_changed() */
  HARK_NET_OUTPUT_PATH_CLOSE,   /* forget `path` */
} HarkNetOutputKind;

typedef struct {
  HarkNetOutputKind kind;
  HarkEndpoint to;      /* DATAGRAM, PATH_FOLLOW */
  uint32_t path;        /* PATH_... */
  const uint8_t *data;  /* DATAGRAM, PATH_PACKETS: borrowed until the next call into the node */
  size_t len;           /* bytes; PATH_PACKETS: at most 65,507 and at most 64 segments */
  size_t segment;       /* PATH_PACKETS: bytes of each packet but the last */
  bool controlling;     /* PATH_OPEN: the ICE role */
  bool fresh;           /* PATH_OPEN: the network may be another one than when paths were opened
                           before: what was gathered ahead is out of date */
  HarkEndpoint stun[2]; /* PATH_OPEN: peers that answer STUN; family 0 where there is none */
  const HarkPathDescription *remote; /* PATH_REMOTE: borrowed likewise */
} HarkNetOutput;

/* hark_net_handle_datagram: @data arrived from @from on the signalling socket; anything may be in
 * it. */
void hark_net_handle_datagram (
  HarkNet *net, const HarkEndpoint *from, const uint8_t *data, size_t len, HarkTime now);

/* hark_net_is_signal: @data begins a conversation with our signalling socket, and with a sealed
 * network whoever sent it has the secret. Changes nothing. */
bool hark_net_is_signal (HarkNet *net, const uint8_t *data, size_t len);

/* hark_net_handle_group: the same, but sent to everybody on a local network, or to the port of
 * beacons, by a machine there. */
void hark_net_handle_group (
  HarkNet *net, const HarkEndpoint *from, const uint8_t *data, size_t len, HarkTime now);

/* hark_net_handle_unreachable: an ICMP error said that @to cannot be reached from the signalling
 * socket. */
void hark_net_handle_unreachable (HarkNet *net, const HarkEndpoint *to, HarkTime now);

/* hark_net_path_gathered: our end of @path; may be said again with more candidates until
 * `complete`. */
void hark_net_path_gathered (HarkNet *net,
                             uint32_t path,
                             const HarkPathDescription *local,
                             HarkTime now);

/* hark_net_path_changed: @path is in @state; @info is valid with READY only. Unknown paths are
 * ignored. */
void hark_net_path_changed (
  HarkNet *net, uint32_t path, HarkPathState state, const HarkPathInfo *info, HarkTime now);

/* hark_net_path_packet: a packet came over @path (never a STUN one). @from: where from, if that may
 * be anywhere; NULL: from the remote end of the pair. Call hark_net_poll_output() at the latest
 * after 32 of them, so that acknowledgements go out. */
void hark_net_path_packet (HarkNet *net,
                           uint32_t path,
                           const HarkEndpoint *from,
                           const uint8_t *data,
                           size_t len,
                           HarkTime now);

/* hark_net_path_too_big: the kernel refused a packet on @path as larger than the path carries
 * (EMSGSIZE). */
void hark_net_path_too_big (HarkNet *net, uint32_t path, HarkTime now);

/* hark_net_handle_time: call when hark_net_get_deadline() has come; earlier does no harm. */
void hark_net_handle_time (HarkNet *net, HarkTime now);

/* hark_net_get_deadline: when something is due next; HARK_TIME_NEVER: nothing is. It may lie in the
 * past. Ask again after every input and after the outputs were drained. */
HarkTime hark_net_get_deadline (const HarkNet *net);

/* hark_net_poll_output: the next thing for the shell to do; false when there is none for now.
 * Packets are made when asked for, paced: @now should be fresh. */
bool hark_net_poll_output (HarkNet *net, HarkTime now, HarkNetOutput *ret);

/* ---- commands of core ------------------------------------------------------------ */

/* hark_net_bootstrap: asks @endpoint into the DHT; remembered and asked again while the table is
 * empty. At most 512 are kept. */
void hark_net_bootstrap (HarkNet *net, const HarkEndpoint *endpoint, HarkTime now);

/* hark_net_add_peer: somebody who runs Hark at a known place, for networks without multicast; port
 * HARK_BEACON_PORT when that is not known. At most HARK_LAN_PEERS_MAX. */
void hark_net_add_peer (HarkNet *net, const HarkEndpoint *peer, HarkTime now);

/* hark_net_set_visible: be seen by everybody on the local network under @name (1 to 48 bytes), who
 * may send contact requests from then on. NULL: by nobody, and requests that way go nowhere. */
void hark_net_set_visible (HarkNet *net, const char *name, HarkTime now);

/* hark_net_people: up to @max of those on the local network who chose to be seen; returns how many.
 * Names are claims; accounts are proved. */
size_t hark_net_people (const HarkNet *net, HarkBeaconPerson *ret, size_t max);

/* hark_net_set_refused: the shell has refused to send so many packets, for HarkNetStatus. */
void hark_net_set_refused (HarkNet *net, uint64_t refused);

/* Whom a record of ours is for (net/rendezvous). */
typedef enum {
  HARK_AUDIENCE_ADDRESS,  /* holders of our public address: may send a contact request */
  HARK_AUDIENCE_INVITE,   /* one person: may send one contact request */
  HARK_AUDIENCE_REQUEST,  /* the person we sent a request to: may open a session, and nobody else */
  HARK_AUDIENCE_CONTACTS, /* accepted contacts: find us; let in by their own pairwise secrets */
} HarkAudienceKind;

/* hark_net_open_audience: publishes our record under @token and lets its holders knock. @only: for
 * REQUEST the account that may answer, else NULL. Opening one twice changes nothing. */
void hark_net_open_audience (
  HarkNet *net, HarkAudienceKind kind, const HarkToken *token, const HarkKey *only, HarkTime now);

/* hark_net_close_audience: withdraws the record; who knocks with @token meets silence. */
void hark_net_close_audience (HarkNet *net, const HarkToken *token, HarkTime now);

/* Everything the node must know to reach an accepted contact, or to be reached. */
typedef struct {
  HarkKey account;
  HarkToken reach; /* their record is published under it: their contacts token, or the one a request
                      came with */
  bool has_pairwise;
  HarkSecret pairwise; /* psk of sessions */
  bool has_pairwise_previous;
  HarkSecret pairwise_previous; /* still accepted from them */
  bool has_first;
  HarkToken first;       /* psk while there is no pairwise secret: the token of the request that was
                            answered; then tried now and then, and let in without a previous one */
  bool no_relay;         /* never carry packets for them */
  uint32_t list_version; /* highest of their certificates: while such a session is up, who knocks
                            with a lower one meets silence */
} HarkNetContact;

/* hark_net_set_contact: adds or updates one; from then on the node connects to them whenever both
 * are online. An open session stays. At most 1,000 contacts. Tell of those first that matter most:
 * twenty are looked for a second, in this order. */
void hark_net_set_contact (HarkNet *net, const HarkNetContact *contact, HarkTime now);

#define HARK_NET_RECORDS_MAX 256 /* contacts, those told of first */

/* hark_net_save_records: (transfer full): where contacts were found, for hark_net_restore_records()
 * of a later run; to be kept as secret as their addresses. */
GBytes *hark_net_save_records (const HarkNet *net);

/* hark_net_restore_records: after every contact was set: they are knocked at where they were last,
 * without a look into the DHT. Nonsense in @bytes is left out. The places where they
 * can be knocked at are asked into the DHT, 32 at most. */
void hark_net_restore_records (HarkNet *net, GBytes *bytes);

/* hark_net_set_relaying: with @on, packets of contacts who cannot reach each other directly go
 * through us (net/relay/server.h), at most @rate bytes a second each way of each such pair; 0: the
 * default. Off until then. Whether we go through others is not asked: nothing else works then. */
void hark_net_set_relaying (HarkNet *net, bool on, uint32_t rate, HarkTime now);

#define HARK_NET_RELAY_NODES_MAX 4
#define HARK_NET_RELAY_PLACES_MAX 2

/* A relay node of ours (net/relay/host.h). */
typedef struct {
  HarkSecret secret;
  HarkEndpoint places[HARK_NET_RELAY_PLACES_MAX]; /* of its signalling socket */
  size_t n_places;
} HarkNetRelayNode;

/* hark_net_set_relay_nodes: when no path to a contact works packets may go through these as well;
 * contacts learn their addresses, and a key for that connection. At most HARK_NET_RELAY_NODES_MAX.
 * HarkPathInfo.relay is hark_net_relay_node_id() then; through a node of the contact it is the
 * contact's account. */
void hark_net_set_relay_nodes (HarkNet *net, const HarkNetRelayNode *nodes, size_t n_nodes);
void hark_net_relay_node_id (const HarkSecret *secret, HarkKey *ret);

/* hark_net_remove_contact: closes the session and forgets them. */
void hark_net_remove_contact (HarkNet *net, const HarkKey *account, HarkTime now);

/* hark_net_try_now: the user waits for this contact: looks and knocks at once instead of when next
 * due. */
void hark_net_try_now (HarkNet *net, const HarkKey *account, HarkTime now);

/* hark_net_get_next_try: when this contact is looked for again; in the past: it goes on now;
 * HARK_TIME_NEVER: online, or not at all. */
HarkTime hark_net_get_next_try (HarkNet *net, const HarkKey *account);

#define HARK_REQUEST_NAME_MAX 48  /* bytes of UTF-8 */
#define HARK_REQUEST_TEXT_MAX 256 /* bytes of UTF-8 */

/* What a contact request says: payload 1 of a knock, net/PROTOCOL.md "First packet". */
typedef struct {
  char name[HARK_REQUEST_NAME_MAX + 1];
  char text[HARK_REQUEST_TEXT_MAX + 1];
  HarkToken answer; /* fresh token of the requester: opens his HARK_AUDIENCE_REQUEST record */
  int64_t made_ms;  /* REQUEST events: Unix time by the requester's clock; later than in every one
                       of his before. Set by the node when it sends */
} HarkNetRequest;

/* hark_net_send_request: knocks at @account with the @token of their address or invite, now and at
 * growing intervals, until hark_net_cancel_request() or an accepted session with them. The audience
 * of the token in @request must be open already. Whether it arrived cannot be known: a request is
 * never answered. */
void hark_net_send_request (HarkNet *net,
                            const HarkKey *account,
                            const HarkToken *token,
                            const HarkNetRequest *request,
                            HarkTime now);

/* hark_net_cancel_request: knocks no more; without a request nothing happens. */
void hark_net_cancel_request (HarkNet *net, const HarkKey *account);

#define HARK_NET_MEETING_LEN 656 /* bytes of a packet at a meeting */

/* hark_net_meet: meets somebody, not known yet, who has the same few words: @secret comes from
 * those that are no secret to whoever guesses. @first: of the two sides, the one who chose the
 * words. From now on MEETING events tell what the other side says; each may come more than once,
 * out of order, and from anybody. A meeting before is over. */
void hark_net_meet (HarkNet *net, const HarkSecret *secret, bool first, HarkTime now);

/* hark_net_meeting_say: says @packet there in place of what was said before, until the end. */
void hark_net_meeting_say (HarkNet *net, const uint8_t packet[HARK_NET_MEETING_LEN], HarkTime now);

/* hark_net_meeting_end: nothing is read or written any more; what was said lasts for two hours. */
void hark_net_meeting_end (HarkNet *net);

/* Streams: bidirectional, ordered bytes; numbered by QUIC; alive until both directions are finished
 * or either side resets. Order of service when the line is short: lower class first. */
typedef enum { HARK_STREAM_CONTROL, HARK_STREAM_CHAT, HARK_STREAM_BULK } HarkStreamClass;

/* hark_net_stream_open: a new stream to @account; -1 when there is no session or the peer allows no
 * more now. */
int64_t hark_net_stream_open (HarkNet *net, const HarkKey *account, HarkStreamClass class);

/* hark_net_stream_set_class: for a stream that the peer opened (bulk until told otherwise). */
void hark_net_stream_set_class (HarkNet *net,
                                const HarkKey *account,
                                int64_t stream,
                                HarkStreamClass class);

/* hark_net_stream_room: bytes that may be queued on @stream now; 0 when full or gone. WRITABLE
 * follows a 0. */
size_t hark_net_stream_room (HarkNet *net, const HarkKey *account, int64_t stream);

/* hark_net_stream_send: queues @bytes (a reference is taken, nothing is copied); may exceed the
 * room, so that one message is never cut. @finish ends our direction. False when session or stream
 * are gone. */
bool hark_net_stream_send (
  HarkNet *net, const HarkKey *account, int64_t stream, GBytes *bytes, bool finish, HarkTime now);

/* hark_net_stream_consume: @len bytes of DATA events were dealt with; gives the sender credit for
 * as many. */
void hark_net_stream_consume (HarkNet *net, const HarkKey *account, int64_t stream, size_t len);

/* hark_net_stream_use_pieces: what arrives from now on is copied into pieces, each filled from its
 * first byte to its last before the next is begun. @make: (transfer full): a new one, of any length
 * but 0; written to although it is GBytes. What DATA told of is not written to any more, so whoever
 * takes a reference on the piece may keep it. */
void hark_net_stream_use_pieces (HarkNet *net,
                                 const HarkKey *account,
                                 int64_t stream,
                                 GBytes *(*make) (void) );

/* hark_net_stream_reset: gives up both directions with an application error @code. */
void hark_net_stream_reset (HarkNet *net, const HarkKey *account, int64_t stream, uint64_t code);

#define HARK_MEDIA_LEN_MAX 1000 /* bytes of one media payload */

/* hark_net_media_send: seals @data (1 to HARK_MEDIA_LEN_MAX bytes) and sends it at once, beside
 * QUIC; nobody repeats it. False when it cannot be sent: other lengths, no confirmed session, too
 * many wait. */
bool hark_net_media_send (
  HarkNet *net, const HarkKey *account, const uint8_t *data, size_t len, HarkTime now);

/* hark_net_set_call: a call with @account is up: bulk data yields to voice
 * (net/session/governor.h). */
void hark_net_set_call (HarkNet *net, const HarkKey *account, bool active);

/* Figures of one session; zeros without one. */
typedef struct {
  HarkTime rtt; /* smoothed, ns */
  HarkTime rtt_min;
  uint64_t bytes_in;  /* stream bytes delivered */
  uint64_t bytes_out; /* stream bytes acknowledged */
  uint64_t in_flight; /* bytes sent, and neither acknowledged nor lost */
  uint64_t packets_lost;
  size_t mtu; /* bytes of a packet, now */
  bool aes;   /* AES-256-GCM, else ChaCha20-Poly1305 */
} HarkNetStats;

/* hark_net_get_stats: of the session with @account, now. */
void hark_net_get_stats (HarkNet *net, const HarkKey *account, HarkNetStats *ret);

/* Does this network let UDP through? */
typedef enum {
  HARK_NET_UDP_UNKNOWN, /* nothing was heard, over TCP neither */
  HARK_NET_UDP_WORKS,
  HARK_NET_UDP_BLOCKED, /* silent, while TCP passes: everything goes over TCP */
} HarkNetUdp;

/* How far the last try to connect came, when it failed. */
typedef enum {
  HARK_NET_FAILURE_NONE,
  HARK_NET_FAILURE_ANSWER, /* knocked, and nobody answered */
  HARK_NET_FAILURE_PATH,   /* they answered, but no path works */
} HarkNetFailure;

/* What somebody last told of himself in the DHT. */
typedef struct {
  HarkTime looked; /* when we looked last; 0: never */
  bool found;      /* the rest is set */
  int64_t made_s;  /* Unix seconds, by their clock */
  bool old;        /* made more than 45 minutes ago: they are not online, or cut off */
  bool online;     /* they said where to knock, and did not say goodbye */
  bool mailbox;    /* they had no contact point: reaching them takes up to 20 s */
  unsigned points; /* places where to knock */
  HarkNetFailure last_failure;
} HarkNetPeerRecord;

/* hark_net_get_peer_record: of @account; zeros when nothing is known. */
void hark_net_get_peer_record (HarkNet *net, const HarkKey *account, HarkNetPeerRecord *ret);

/* The state of the network as a whole. */
typedef struct {
  unsigned dht_nodes;      /* in the routing table */
  unsigned contact_points; /* registered with */
  unsigned lan_peers;      /* nodes of our network that sent a beacon in the last three minutes */
  unsigned other_networks; /* whose beacons came in that time */
  uint64_t refused;        /* packets not sent because they would have left the local network */
  HarkSentCount sent[HARK_SENT_KINDS]; /* since the start */
  unsigned sent_hosts;                 /* public addresses that INTERNET went to, about */
  HarkEndpoint external[2]; /* our address as others see it: IPv4, IPv6; family 0 when unknown */
  bool published;           /* every open record is stored in the DHT */
  bool reachable;           /* strangers reach us, and we serve them */
  bool has_clock_skew;      /* two or more others agree on the time */
  int64_t clock_skew_s;     /* seconds that our clock is behind theirs; negative: ahead */
  HarkNetUdp udp;           /* BLOCKED: `dht_nodes` are those that take TCP */
  bool relay;               /* we relay for contacts */
  uint32_t relay_rate;      /* bytes a second each way of two of them */
  unsigned relayed_now;     /* pairs of them who go through us */
  uint64_t relayed_bytes;   /* carried for them since the start */
  bool no_address;          /* this machine has none but loopback */
  bool symmetric;           /* the NAT gives each destination another port */
  bool tunnel;              /* the default route is a VPN's */
  bool dht_off, closed_network, lan_only;
  HarkMappingKind mapping; /* of the signalling port in the router */
  HarkEndpoint mapped;     /* where it is reached then; family 0 with NONE */
} HarkNetStatus;

/* What one of two carried for the other: bytes of sealed packets, both ways. */
typedef struct {
  uint64_t for_us;   /* they relayed what we exchanged with somebody */
  uint64_t for_them; /* we did */
} HarkNetCarried;

/* hark_net_take_carried: with @account, a contact, since the last time that this was asked. */
void hark_net_take_carried (HarkNet *net, const HarkKey *account, HarkNetCarried *ret);

/* hark_net_get_status: see HarkNetStatus. */
void hark_net_get_status (const HarkNet *net, HarkNetStatus *ret);

/* hark_net_good_nodes: up to @max endpoints of nodes worth asking after a restart; returns how
 * many. */
size_t hark_net_good_nodes (const HarkNet *net, HarkEndpoint *ret, size_t max);

/* ---- events for core ------------------------------------------------------------- */

typedef enum {
  HARK_PEER_OFFLINE,    /* not found, or gone */
  HARK_PEER_SEARCHING,  /* looking up their record */
  HARK_PEER_CONNECTING, /* knocking, checking paths, or interrupted for more than a second */
  HARK_PEER_ONLINE,     /* session confirmed under the final keys */
} HarkPeerState;

typedef enum {
  HARK_NET_EVENT_REQUEST,       /* somebody asks to become a contact: a claim, nothing is proved */
  HARK_NET_EVENT_PEER,          /* state of a contact changed; a new session has a new number */
  HARK_NET_EVENT_STREAM_OPENED, /* by the peer */
  HARK_NET_EVENT_STREAM_DATA,   /* consume it with hark_net_stream_consume() */
  HARK_NET_EVENT_STREAM_WRITABLE, /* there is room again */
  HARK_NET_EVENT_STREAM_ACKED,    /* everything queued, with the finish, has reached the peer */
  HARK_NET_EVENT_STREAM_CLOSED,   /* gone; `code` when the peer reset it */
  HARK_NET_EVENT_MEDIA,
  HARK_NET_EVENT_STATUS,     /* hark_net_get_status() has news */
  HARK_NET_EVENT_SUPERSEDED, /* the account was moved to another computer, which says so where only
                                it can: nothing of ours is published any more */
  HARK_NET_EVENT_PEOPLE,     /* hark_net_people() has news */
  HARK_NET_EVENT_MEETING,    /* somebody said `data` at the meeting: anybody may */
} HarkNetEventKind;

typedef struct {
  HarkNetEventKind kind;
  HarkKey account; /* every kind but STATUS, PEOPLE and MEETING */

  HarkToken token;               /* REQUEST: the address or invite it came through */
  const HarkNetRequest *request; /* REQUEST: borrowed until the next call into the node */

  HarkPeerState state; /* PEER */
  uint32_t session; /* PEER when ONLINE: number of the session; streams of an older one are gone */
  bool initiator;   /* PEER when ONLINE: we started it (and open the control stream) */
  bool kept;        /* PEER but ONLINE: the session is interrupted and goes on when they are back */
  bool by_pairwise; /* PEER when ONLINE: keyed by HarkNetContact.pairwise, so that older secrets may
                       go */
  uint32_t list_version;      /* PEER when ONLINE: of their certificate */
  uint8_t handshake_hash[64]; /* PEER when ONLINE */
  HarkPathInfo path;          /* PEER when ONLINE */
  const char *reason;         /* PEER: static words for the user, or NULL */

  int64_t stream;      /* STREAM_... */
  const uint8_t *data; /* STREAM_DATA, MEDIA, MEETING: borrowed likewise */
  size_t len;
  GBytes *piece; /* STREAM_DATA: where @data is, of a stream that uses pieces; borrowed likewise */
  bool finished; /* STREAM_DATA: the peer's direction ends behind these bytes */
  uint64_t code; /* STREAM_CLOSED; 0: in order */
} HarkNetEvent;

/* hark_net_poll_event: the next event; false when there is none for now. */
bool hark_net_poll_event (HarkNet *net, HarkNetEvent *ret);

#include "net/io/runner.h"
