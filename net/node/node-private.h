/* net/node/node-private.h - what a node is made of; seen by the files beside it only
 * (net/node/node.h). */
#pragma once

#include "net/base/token-bucket.h"
#include "net/dht/dht.h"
#include "net/lan/lan.h"
#include "net/lan/seal.h"
#include "net/net.h"
#include "net/node/link.h"
#include "net/node/queue.h"
#include "net/noise/gate.h"
#include "net/path/stun.h"
#include "net/relay/client.h"
#include "net/relay/guest.h"
#include "net/relay/host.h"
#include "net/relay/server.h"
#include "net/rendezvous/reach.h"
#include "net/rendezvous/rendezvous.h"

#define HARK_NODE_OUT_TIME (30 * HARK_SECOND) /* without a node: then we are in no DHT */
#define HARK_NET_CONTACTS_MAX 1000
#define HARK_NET_ROUNDS_MAX 256                  /* knocks on their way to several points */
#define HARK_NET_RINGS_MAX 64                    /* rings that wait for an answer of ours */
#define HARK_NET_REQUEST_FIRST (3 * HARK_SECOND) /* likewise, of contact requests */
#define HARK_NET_INTERVAL_FIRST (250 * HARK_MS)  /* between the first two tries */

/* Which of the mailboxes with somebody: each secret has another one each day. */
typedef struct {
  uint64_t day;
  bool previous; /* of the pairwise secret before */
} HarkMailBox;

/* The mailboxes between us and somebody (node/mailbox.c). */
typedef struct {
  HarkMailBox box;      /* written to while something is expected */
  HarkMailBox read_box; /* that `get` reads */
  unsigned reads;       /* begun: they take turns */
  HarkTime next_read;   /* theirs to us */
  HarkTime fast_until;  /* something of theirs is expected */
  HarkTime last_wanted; /* an attempt of ours began to use mailboxes */
  HarkTime interval;    /* until the next one may */
  HarkDhtOperation get; /* running read; 0: none */
  int64_t seq_read;
  HarkDhtOperation put; /* running write */
  int64_t seq_written;
  bool queued; /* `packet` is to be written after that */
  uint8_t packet[HARK_KNOCK_LEN];
} HarkPeerMail;

/* What a gate entry stands for. */
typedef struct {
  uint64_t id;
  uint8_t secret[32];
  size_t secret_len; /* 16 or 32 */
  bool is_contact;   /* a pairwise secret of `account`; else one of our audiences */
  bool pairwise;     /* the newest of `account` */
  HarkKey account;
  HarkAudienceKind audience;
  bool has_only;
  HarkDhtOperation mail_get; /* of the mailbox that its holders share; 0: none */
  int64_t mail_seq;          /* last read there */
} HarkGateEntry;

/* When a peer's path is made anew: node/restarts.c. */
typedef struct {
  bool interrupted;
  HarkTime next;    /* when the next generation begins; HARK_TIME_NEVER: none does */
  HarkTime begun;   /* when the last did; 0: none has */
  HarkTime working; /* since when there is a path and nobody is silent; 0: it is interrupted */
  HarkTime guard;   /* span before another one may; 0: it may at once */
  bool news;        /* there is a reason for the next that the last did not know of */
  HarkTime improve; /* when a relayed link looks for something better; HARK_TIME_NEVER: it is not */
  HarkTime improve_after;
  HarkTime find; /* when his record is looked up anew, if nobody answers; HARK_TIME_NEVER: not */
  HarkEndpoint remote; /* where his packets came from last, not by a relay; family 0: not known */
  bool stale;          /* he may be elsewhere since his record was found */
} HarkPeerRestart;

/* Somebody we talk to, want to talk to, or ask to become a contact. */
typedef struct {
  HarkKey account;
  bool is_contact;
  HarkNetContact contact;
  bool asked_anew;   /* contact.first is of a request since the last session */
  uint64_t gates[2]; /* ids of the entries of pairwise and pairwise_previous, or first; 0: none */

  bool requesting;
  HarkToken request_token; /* of their address */
  HarkNetRequest request;
  HarkTime next_request;
  HarkTime request_interval;

  uint32_t find; /* running search; 0: none */
  bool find_for_request;
  bool has_record;
  HarkRecord record;
  HarkTime record_found; /* 0: it was saved before we started */
  HarkRendezvousKnown record_known;
  HarkToken record_token; /* it was found under */
  HarkTime looked;        /* when it was last looked for; 0: never */
  HarkPeerMail mail;
  uint32_t rank; /* contacts: in which order core told of them; 0: not yet */

  HarkTime next_try;
  HarkTime interval;  /* to the try after that */
  HarkTime row_began; /* the first knock since interval was the first, or since a session */
  unsigned attempts;
  bool blind; /* we knocked where he was last, and look for his record next */

  HarkPeerRestart restart;
  bool in_call;

  HarkNetFailure last_failure; /* since the last session */
  HarkPeerState state;         /* as core was told */
  const char *reason;
  bool kept; /* as core was told */
  HarkTime
    tell; /* when core hears of an interruption, or of one that lasts; HARK_TIME_NEVER: not */
  uint32_t session;   /* number of the last one; 0: none yet */
  HarkTime came_up;   /* when current did, or the one before it */
  HarkLink *current;  /* UP; borrowed from HarkNet.links, like the others */
  HarkLink *outgoing; /* on its way */
  HarkLink *incoming;
  HarkNetCarried carried;
} HarkPeer;

/* Places that one packet goes to: its record's points, and everybody on the local network. */
#define HARK_NET_KNOCK_AROUND_MAX 64
#define HARK_NET_KNOCK_POINTS_MAX (HARK_RECORD_POINTS_MAX + HARK_NET_KNOCK_AROUND_MAX)

/* One packet on its way to the contact points of a peer. */
typedef struct {
  uint32_t index; /* of the link; 0: a contact request */
  uint8_t packet[HARK_KNOCK_LEN];
  HarkRecordPoint points[HARK_NET_KNOCK_POINTS_MAX]; /* AROUND: one neighbour each */
  unsigned n_points, next_point;
  HarkTime next; /* when the next point is knocked at */
  HarkDhtOperation operations[HARK_NET_KNOCK_POINTS_MAX];
} HarkKnockRound;

/* A ring that will be answered when its link can. */
typedef struct {
  HarkDhtOperation ring;
  uint32_t index;
  bool restart; /* a RESTART signal, else a knock */
} HarkWaitingRing;

typedef struct HarkNodeFind HarkNodeFind;       /* net/node/scopes.c */
typedef struct HarkNodeMeeting HarkNodeMeeting; /* net/node/meeting.c */

struct HarkNet {
  HarkNetConfig config;
  HarkRng rng;
  HarkNodeQueue queue;
  HarkDht *dht;               /* NULL when the DHT is off */
  HarkHelpers *helpers;       /* NULL when the DHT is off */
  HarkReach *reach[2];        /* by IPv4, by IPv6; NULL unless we would serve */
  HarkRendezvous *rendezvous; /* NULL without an account or DHT */
  HarkDht *local_dht;         /* of the local network; NULL when that is off */
  HarkRendezvous *local_rendezvous;
  HarkLan *lan;        /* NULL when off */
  GPtrArray *searches; /* HarkNodeFind */
  uint32_t last_find;
  unsigned local_nodes; /* of local_dht, as last seen */
  HarkTime last_grew, grew_at;
  bool visible; /* to everybody on the local network, by a record under visible_token */
  HarkToken visible_token;
  uint64_t refused;    /* packets that the shell did not send */
  HarkSent sent;       /* what it was given to send */
  HarkGate *gate;      /* NULL without an account */
  HarkStunLimits stun; /* when serving */
  HarkLinkContext link_context;
  uint64_t day;
  HarkTime next_day_check;
  HarkNodeMeeting *meeting;  /* NULL: none */
  HarkTime next_shared_read; /* of the mailboxes of addresses and invites */
  HarkTime no_points_since;  /* HARK_TIME_NEVER while a contact point stands */
  HarkTime old_points_until; /* somebody may still knock at points that are gone */
  uint32_t last_rank;
  HarkTokenBucket finds; /* searches for contacts */
  HarkTime next_find;    /* none before */
  HarkTokenBucket blind; /* knocks where contacts were last */
  HarkTime next_blind;   /* none before */

  GHashTable *gate_entries; /* id -> HarkGateEntry */
  uint64_t last_gate_id;
  GHashTable *peers;        /* HarkKey -> HarkPeer */
  GPtrArray *links;         /* HarkLink, owned */
  guint next_batch;         /* round robin over links */
  GPtrArray *rounds;        /* HarkKnockRound */
  GArray *rings;            /* HarkWaitingRing */
  HarkTokenBucket requests; /* contact requests told to core */
  uint32_t last_path;
  HarkNetUdp udp;                /* as last noticed */
  bool in_dht;                   /* likewise: there was a node */
  HarkTime left_dht;             /* since when there is none; 0: never was one */
  HarkRelayClient *relay_client; /* NULL without an account, like the next two */
  HarkRelayServer *relay_server;
  HarkRelayGuest *relay_guest;                            /* NULL without an account */
  HarkRelayHost *relay_host;                              /* NULL unless we are a relay node */
  HarkNetRelayNode relay_nodes[HARK_NET_RELAY_NODES_MAX]; /* ours */
  size_t n_relay_nodes;
  GArray *relayed;          /* links that need a relay: net/node/relays.c */
  uint32_t last_relayed;    /* number of a path */
  HarkTime relays_reviewed; /* when we last looked who could relay, and */
  HarkTime relays_review;   /* are to look again */
  HarkEndpoint hosts[16];   /* addresses of this machine */
  size_t n_hosts;
  bool hosts_told;
  HarkEndpoint external[2]; /* our addresses as others saw us last; family 0: nobody did yet */
  HarkTime renewed;         /* registrations, because a peer fell silent; 0: never */
  bool keep_lost;           /* a contact point did not answer, and none has since */
  bool tunnel;              /* as the shell told */
  HarkMappingKind mapping;
  HarkEndpoint mapped; /* where the router's mapping of the signalling port is; family 0: none */
  bool reached[2];     /* by IPv4, by IPv6, and willing to serve */
  bool serving;        /* either */
  bool leaving;
  HarkTime now; /* of the last door that told it */

  HarkSecret datagram_key; /* of a sealed network */
  uint8_t unsealed[2048];  /* the datagram being handled, and the one handed out */
  uint8_t sealed[2048];
  uint8_t stun_answer[HARK_STUN_RESPONSE_LEN_MAX];
};
