/* net/dht/state.h - what the parts of one DHT node share; included by net/dht's .c files only.
 *
 * Order of the parts: state < rpc < far < keep, operation < far-server < server < dht.
 */
#pragma once

#include "net/dht/contact-point.h"
#include "net/dht/contacted.h"
#include "net/dht/dht.h"
#include "net/dht/item.h"
#include "net/dht/krpc.h"
#include "net/dht/limits.h"
#include "net/dht/lookup.h"
#include "net/dht/peers.h"
#include "net/dht/size.h"
#include "net/dht/table.h"
#include "net/dht/token.h"
#include "net/dht/trail.h"

#define HARK_DHT_FAMILIES 2
#define HARK_DHT_RINGS_MAX 64       /* knocks at us waiting for our answer */
#define HARK_DHT_RINGS_PER_POINT 24 /* of them by one sender, so that none can take every place */
#define HARK_DHT_OWN_HANDLES_MAX 8  /* handles at which we are our own point */
#define HARK_DHT_KNOWN_MAX 1024     /* endpoints whose abilities we remember */
#define HARK_DHT_HELD_MAX 64        /* questions that wait for their asker to prove his address */
#define HARK_DHT_HELD_PER_HOST 4
#define HARK_DHT_HELD_TIME (700 * HARK_MS)
#define HARK_DHT_UNHEARD_MAX 24 /* queries without any answer, until a family counts as closed */

typedef struct HarkRpc HarkRpc; /* net/dht/rpc.h */
typedef struct HarkFar HarkFar; /* net/dht/far.h */

/* What we learned about the software at an endpoint. */
typedef struct {
  HarkEndpoint endpoint;
  bool has_items;          /* answered a get (BEP 44): its silence is loss */
  unsigned mute_gets;      /* gets without an answer while it answered pings, in a row */
  HarkTime no_items_until; /* it seems not to know get: asked for nodes only until then */
  bool was_point;          /* answered hk_keep */
  unsigned silences;       /* to hk_keep, in a row */
  HarkTime not_before;     /* as a point: do not offer it again before */
} HarkDhtKnown;

typedef struct {
  HarkEndpoint voter;
  HarkEndpoint seen;
} HarkDhtVote;

#define HARK_DHT_VOTES_MAX 16

/* Our address in one family, as others see it (BEP 42 `ip`). */
typedef struct {
  HarkDhtVote votes[HARK_DHT_VOTES_MAX]; /* ring, one per voting host */
  unsigned n_votes;
  unsigned next;
  HarkEndpoint external;
} HarkDhtVotes;

typedef struct {
  HarkEndpoint endpoint;
  HarkTime next;    /* when to ask (again) */
  HarkTime backoff; /* 0: not asked yet */
  bool answered;    /* once at least */
} HarkDhtBootstrap;

/* A `get` of a stranger for an item that we have: while he is asked whether he is there. */
typedef struct {
  HarkEndpoint from;
  uint8_t transaction[HARK_KRPC_TRANSACTION_LEN_MAX];
  size_t transaction_len;
  HarkNodeId target;
  bool has_seq, want4, want6;
  int64_t seq;
  size_t len; /* bytes of the query */
  HarkTime expires;
} HarkDhtHeld;

/* Queries over UDP since anybody answered one; when somebody public was asked only those count. */
typedef struct {
  bool has_public;
  HarkTime since; /* the first of them; NEVER: none */
  unsigned n;
} HarkDhtSilence;

/* Somebody knocks at us, and may be answered. */
typedef struct {
  HarkDhtOperation number;
  HarkEndpoint reply_to; /* the point, or the caller himself */
  uint8_t transaction[HARK_KRPC_TRANSACTION_LEN_MAX];
  size_t transaction_len;
  size_t x_len_max;
  HarkTime expires;
  GBytes *answer; /* the packet, once given */
} HarkDhtRing;

struct HarkDht {
  HarkDhtConfig config;
  bool read_only[HARK_DHT_FAMILIES]; /* IPv4, IPv6 */
  HarkRng rng;
  HarkTime now;

  HarkTable tables[HARK_DHT_FAMILIES];
  HarkDhtVotes votes[HARK_DHT_FAMILIES];
  unsigned counts[HARK_DHT_FAMILIES];  /* good nodes, as last reported */
  unsigned unheard[HARK_DHT_FAMILIES]; /* queries since something of that family came in */
  bool heard[HARK_DHT_FAMILIES];       /* something came in since the network last changed */
  HarkSize sizes[HARK_DHT_FAMILIES];
  bool status_changed;

  HarkTokens tokens;
  HarkItems *items;
  HarkPeers *peers;
  HarkLimits limits;
  HarkContactPoint point;
  HarkTokenBucket stranger_pings; /* to those who asked us first */

  GArray *bootstraps;       /* of HarkDhtBootstrap */
  GArray *known;            /* of HarkDhtKnown, oldest first */
  GHashTable *operations;   /* number -> HarkDhtOp, see operation.c */
  unsigned user_operations; /* of them: those somebody asked for */
  GPtrArray *trails;        /* of HarkTrail */
  HarkDhtOperation last_number;
  GPtrArray *keeps;  /* of HarkDhtKeep, see keep.c */
  GPtrArray *knocks; /* of HarkDhtKnock, see keep.c */
  GArray *rings;     /* of HarkDhtRing */
  GArray *held;      /* of HarkDhtHeld */
  uint8_t own_handles[HARK_DHT_OWN_HANDLES_MAX][HARK_DHT_HANDLE_LEN];
  unsigned n_own_handles;
  bool has_quiet_handle;
  uint8_t quiet_handle[HARK_DHT_HANDLE_LEN];

  HarkContacted contacted; /* to whom something was sent of late */
  bool has_wall;
  int64_t wall_ms; /* at wall_at */
  HarkTime wall_at;
  HarkEndpoint helpers[HARK_DHT_HELPERS_MAX];
  size_t n_helpers;

  HarkDhtSilence silence;
  HarkFar *far;      /* what is done over TCP */
  GArray *far_calls; /* of HarkFarCall: what others asked us for over TCP */

  GPtrArray *rpcs;   /* of HarkRpc, oldest first */
  HarkTime rtts[64]; /* ring of recent round trips */
  unsigned n_rtts;
  HarkTime rtt_p90; /* of them; 0: too few */

  HarkTime maintenance; /* next */
  HarkTime reunion;     /* when a beginning is asked again; 0: not set yet */
  HarkTime reopen;      /* when a closed family is tried again */
  GQueue packets;       /* of Packet, state.c */
  GQueue events;        /* of Event, state.c */
  gpointer packet_out;  /* the one lent out */
  gpointer event_out;
};

/* hark_dht_table: the table for @endpoint's family; must be 4 or 6. */
HarkTable *hark_dht_table (HarkDht *dht, const HarkEndpoint *endpoint);

/* hark_dht_own_id: our id towards @endpoint. */
const uint8_t *hark_dht_own_id (HarkDht *dht, const HarkEndpoint *endpoint);

/* hark_dht_may_send: an address and port that a DHT node may be at, as others say.
 * hark_dht_may_answer: one that somebody asks from: also a port that a router gave him by chance.
 */
bool hark_dht_may_send (const HarkDht *dht, const HarkEndpoint *to);
bool hark_dht_may_answer (const HarkDht *dht, const HarkEndpoint *to);

/* hark_dht_is_open: queries to addresses of @family (4 or 6) are answered now and then, or were not
 * tried yet; or none of the other family ever were, so that nothing is to be learned from it. */
bool hark_dht_is_open (const HarkDht *dht, uint8_t family);

/* hark_dht_send: queues a datagram; drops it silently when too many wait. */
void hark_dht_send (HarkDht *dht, const HarkEndpoint *to, const uint8_t *data, size_t len);

/* hark_dht_note_query: a query goes out to @to: one more for dht->silence. */
void hark_dht_note_query (HarkDht *dht, const HarkEndpoint *to);

/* hark_dht_number: a fresh operation number. */
HarkDhtOperation hark_dht_number (HarkDht *dht);

/* hark_dht_emit: queues @event; @data and @peers: (nullable) (transfer full): what it points into.
 */
void hark_dht_emit (HarkDht *dht, const HarkDhtEvent *event, GBytes *data, GArray *peers);

/* hark_dht_take_events: removes the queued events that @take returns true for. */
void hark_dht_take_events (HarkDht *dht, bool (*take) (HarkDht *dht, const HarkDhtEvent *event));

/* hark_dht_known: what is known of @endpoint; NULL: nothing, unless @make. Borrowed until the next
 * call. */
HarkDhtKnown *hark_dht_known (HarkDht *dht, const HarkEndpoint *endpoint, bool make);

/* hark_dht_queues_clear: for hark_dht_free(). */
void hark_dht_queues_clear (HarkDht *dht);
