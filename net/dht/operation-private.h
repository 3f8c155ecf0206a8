/* net/dht/operation-private.h - one running get, put, search or walk; included by
 * net/dht/operation*.c only.
 *
 * operation-commands.c makes them of what is wanted; operation.c starts and ends them and asks;
 * operation-values.c takes items and peers out of answers; operation-writes.c stores and announces.
 */
#pragma once

#include "net/dht/operation.h"

typedef enum {
  HARK_OP_WALK,   /* fills the tables */
  HARK_OP_FEELER, /* finds nodes around one place of its parent's wide reach */
  HARK_OP_GET_MUTABLE,
  HARK_OP_GET_IMMUTABLE,
  HARK_OP_PUT,
  HARK_OP_GET_PEERS,
  HARK_OP_ANNOUNCE,
} HarkDhtOpKind;

typedef struct HarkDhtOp HarkDhtOp;

struct HarkDhtOp {
  HarkDhtOperation number;
  HarkDhtOpKind kind;
  /* Asks and writes what is due, and ends the operation when it is over: invalid after that. */
  void (*step) (HarkDht *dht, HarkDhtOp *op);
  HarkNodeId target;
  bool urgent;
  bool again;    /* the same is going to be wanted again: a trail is kept, and followed */
  bool by_trail; /* it began with one */
  HarkLookup *lookups[HARK_DHT_FAMILIES];
  HarkLookup *first[HARK_DHT_FAMILIES]; /* the first path, once a second one is walked; else NULL */
  bool contested;                       /* somebody was caught lying */
  HarkDhtOperation parent;              /* FEELER */
  unsigned feelers;                     /* running for us */

  /* gets and puts */
  uint8_t key[32];
  uint8_t salt[HARK_ITEM_SALT_LEN_MAX];
  size_t salt_len;
  int64_t seq_known; /* -1: none */
  bool unchanged;
  GBytes *value; /* get: best one, NULL until found; put: what to store */
  int64_t seq;
  uint8_t sig[64];

  /* puts */
  bool is_mutable;
  bool repair; /* only where the seq is missing */
  bool has_cas;
  int64_t cas;
  bool conflict;

  /* puts and announcements */
  unsigned acks;
  bool reported; /* STORED */
  uint16_t port;

  GArray *peers; /* of HarkEndpoint: reported */
};

/* ---- operation.c --------------------------------------------------------------------------- */

/* hark_op_new: to be filled in and started; NULL: too many run. */
HarkDhtOp *hark_op_new (HarkDht *dht, HarkDhtOpKind kind, const HarkNodeId *target, bool urgent);

/* hark_op_start: returns its number; @op may be over by then. */
HarkDhtOperation hark_op_start (HarkDht *dht, HarkDhtOp *op);

/* hark_op_leave_trail: keeps the closest that answered, when @op is one of many. */
void hark_op_leave_trail (HarkDht *dht, const HarkDhtOp *op);

/* hark_op_remove: without a word. */
void hark_op_remove (HarkDht *dht, HarkDhtOp *op);

/* ---- operation-values.c -------------------------------------------------------------------- */

/* hark_op_find: NULL: it is over. */
HarkDhtOp *hark_op_find (HarkDht *dht, HarkDhtOperation number);

/* hark_op_asked: the candidate at @node, of whichever path (NULL: none), and its lookup. */
HarkLookupCandidate *
hark_op_asked (HarkDhtOp *op, const HarkEndpoint *node, HarkLookup **ret_lookup);

/* hark_op_emit_value: VALUE or GET_DONE with what was found so far. */
void hark_op_emit_value (HarkDht *dht, const HarkDhtOp *op, HarkDhtEventKind kind);

/* hark_op_ask_ourselves: what we store counts as an answer to a get. */
void hark_op_ask_ourselves (HarkDht *dht, HarkDhtOp *op);

/* hark_op_take: the item or the peers in @answer, after every check; false: nobody signed it. */
bool hark_op_take (HarkDht *dht, HarkDhtOp *op, const HarkKrpc *answer);

/* ---- operation-writes.c -------------------------------------------------------------------- */

/* hark_op_note_copy: @candidate answered a put's get: whether it needs the item at all; or a get,
 * after hark_op_take(): whether it has the best version so far. */
void hark_op_note_copy (HarkDhtOp *op, HarkLookupCandidate *candidate, const HarkKrpc *answer);

/* hark_op_write: sends every write that is due. */
void hark_op_write (HarkDht *dht, HarkDhtOp *op);

/* hark_op_open_writes: writes under way that are worth waiting for. */
unsigned hark_op_open_writes (const HarkDhtOp *op);

/* hark_op_store_here: keeps a copy when we are among the closest ourselves; returns whether. */
bool hark_op_store_here (HarkDht *dht, const HarkDhtOp *op);

/* hark_op_emit_stored: once for every put. */
void hark_op_emit_stored (HarkDht *dht, HarkDhtOp *op);
