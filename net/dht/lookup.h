/* net/dht/lookup.h - walks towards a target: whom to ask next, and when that is enough.
 *
 * Pure, without time of its own: the caller sends queries and says what became of them. Late
 * queries give up their slot at once, a late answer still counts. A lookup is done when the wanted
 * number of closest candidates that are not late have answered and have what it is for (gets and
 * puts: a token, the sign of a node that keeps items); of twice as many it is content with half.
 *
 * Public nodes whose id BEP 42 does not allow are asked but not counted, so that liars cannot fill
 * the neighbourhood of a target with made-up ids. Only while the table knows too few others
 * (@strict is false: a network that does not follow BEP 42) they serve as well.
 *
 * Crowded: the closest lie much closer than a network of this size lets them, so somebody may have
 * put them there. The caller then widens the lookup to four times @reach, the distance within which
 * eight nodes are to be expected. It is cut into shells, eight of an eighth of the reach each, and
 * eight farther out of three eighths each; the closest four of each shell are wanted. Whoever sits
 * in one shell cannot keep the others out.
 *
 * Sparse: the closest lie much farther than in a network of this size (surely known). Liars name
 * only each other, so that a lookup may end among them before it met anybody who knows better; it
 * goes on outwards until HARK_LOOKUP_SPARSE_MAX have answered, and back inwards with what those
 * know.
 *
 *   NEW ──> ASKED ──> ANSWERED
 *            │  └───> LATE ──> ANSWERED, FAILED, or ASKED once more when nobody else is left
 *            └──────> FAILED
 */
#pragma once

#include "net/dht/krpc.h"
#include "net/dht/size.h"
#include "net/dht/trail.h"

#define HARK_LOOKUP_WANTED 8
#define HARK_LOOKUP_WANTED_MAX 16 /* when storing nodes refuse */
#define HARK_LOOKUP_CANDIDATES_MAX 128
#define HARK_LOOKUP_UNVERIFIED_FACTOR 3 /* times the wanted answers, of any kind, are enough */
#define HARK_LOOKUP_UNVERIFIED_MAX 24   /* candidates of a strict lookup */
#define HARK_LOOKUP_TOKEN_LEN_MAX 32
#define HARK_LOOKUP_AGREED 5    /* copies of one version: a newer one is on five of eight, too */
#define HARK_LOOKUP_STALE_MAX 8 /* older copies that are replaced besides the wanted ones */
#define HARK_LOOKUP_SHELLS 16   /* eight of them within the reach */
#define HARK_LOOKUP_WIDE 4      /* times the reach is wanted when wide */
#define HARK_LOOKUP_PER_SHELL 4 /* wanted when wide */
#define HARK_LOOKUP_PER_SHELL_MAX 10 /* candidates */
#define HARK_LOOKUP_CROWDED 0.31     /* of the reach: by chance 8 nodes lie in it 4 times in 1000 */
#define HARK_LOOKUP_SPARSE 2.5    /* times the reach: by chance fewer than 8 do 2 times in 1000 */
#define HARK_LOOKUP_SPARSE_MAX 32 /* answers, then it is sparse after all */

typedef enum {
  HARK_CANDIDATE_NEW,
  HARK_CANDIDATE_ASKED,
  HARK_CANDIDATE_LATE,
  HARK_CANDIDATE_ANSWERED,
  HARK_CANDIDATE_FAILED,
} HarkLookupState;

/* What became of the write to a candidate. */
typedef enum {
  HARK_WRITE_NONE,
  HARK_WRITE_SENT,
  HARK_WRITE_LATE, /* sent twice; an acknowledgement still counts */
  HARK_WRITE_DONE,
  HARK_WRITE_REFUSED,
} HarkLookupWrite;

typedef struct {
  HarkNodeId id;
  bool has_id;   /* false: a bootstrap node; counts as farthest */
  bool verified; /* the id is one that BEP 42 allows there; others may claim any place */
  HarkEndpoint endpoint;
  HarkLookupState state;
  unsigned tries;
  uint8_t token[HARK_LOOKUP_TOKEN_LEN_MAX];
  size_t token_len; /* 0: it gave none */
  bool lied;        /* it showed an item that nobody signed */
  bool stale;       /* it showed an older version of what is to be written */
  bool has_copy;    /* it showed a valid version of what is looked for, with this number: */
  int64_t seq;
  HarkLookupWrite write;
  unsigned tries_write; /* writes under way */
} HarkLookupCandidate;

typedef struct {
  HarkNodeId target;
  bool wants_tokens; /* only candidates with a token count as wanted */
  bool strict;       /* nodes that break BEP 42 are never counted or written to */
  uint64_t reach;    /* distance within which eight nodes are expected; 0: unknown */
  bool sure;         /* of the reach: that others lie farther is no chance */
  bool wary;         /* nothing was found before: twice HARK_LOOKUP_CROWDED is crowded, too */
  bool wide;         /* all the shells are wanted */
  unsigned parallel; /* queries in flight */
  unsigned wanted;   /* closest that must answer */
  unsigned n_asked;  /* in state ASKED */
  unsigned n_answered;
  size_t n; /* candidates, closest first */
  HarkLookupCandidate candidates[HARK_LOOKUP_CANDIDATES_MAX];
} HarkLookup;

/* hark_lookup_init: no candidates; @parallel: queries in flight; @wants_tokens: something will be
 * written to the closest. Embedded: nothing to free. */
void hark_lookup_init (HarkLookup *lookup,
                       const HarkNodeId *target,
                       unsigned parallel,
                       bool wants_tokens);

/* hark_lookup_set_reach: before the first candidate. @strict, @reach and @sure: see above. */
void hark_lookup_set_reach (HarkLookup *lookup, bool strict, uint64_t reach, bool sure);

/* hark_lookup_add: @id: (nullable): unknown. Duplicates (same host or id), what lies behind a full
 * list, and what a shell or the share of unverified ids has no room for are left out. */
void hark_lookup_add (HarkLookup *lookup, const HarkNodeId *id, const HarkEndpoint *endpoint);

/* hark_lookup_next: the next one to ask, now ASKED; NULL when nobody should be asked now. Borrowed
 * until the next hark_lookup_add(). */
HarkLookupCandidate *hark_lookup_next (HarkLookup *lookup);

/* hark_lookup_find: the candidate at @endpoint; NULL: not in the list. */
HarkLookupCandidate *hark_lookup_find (HarkLookup *lookup, const HarkEndpoint *endpoint);

/* What became of a query. @id: 20 bytes, of the answer; @token: may be absent. */
void hark_lookup_answered (HarkLookup *lookup,
                           HarkLookupCandidate *candidate,
                           const uint8_t *id,
                           HarkBytes token);
void hark_lookup_late (HarkLookup *lookup, HarkLookupCandidate *candidate);
void hark_lookup_failed (HarkLookup *lookup, HarkLookupCandidate *candidate);

/* hark_lookup_lied: @candidate showed an item that nobody signed: it counts no more than one that
 * keeps no items, and is not written to. */
void hark_lookup_lied (HarkLookupCandidate *candidate);

/* hark_lookup_is_done: see above; with nobody left to ask also with fewer answers, but never
 * without any while a late one may still answer. */
bool hark_lookup_is_done (const HarkLookup *lookup);

/* hark_lookup_has_late: somebody may still answer late. */
bool hark_lookup_has_late (const HarkLookup *lookup);

/* hark_lookup_next_write: the closest candidate that surely belongs to the wanted ones (everybody
 * closer has answered, failed or is late), has a token and was not written to; when that is done,
 * those who hold an older version, up to HARK_LOOKUP_STALE_MAX; NULL: none for now. */
HarkLookupCandidate *hark_lookup_next_write (HarkLookup *lookup);

/* hark_lookup_want_more: a storing node refused or is silent: one more is wanted, up to
 * HARK_LOOKUP_WANTED_MAX. */
void hark_lookup_want_more (HarkLookup *lookup);

/* hark_lookup_is_crowded: see above; false before eight have answered. */
bool hark_lookup_is_crowded (const HarkLookup *lookup);

/* hark_lookup_is_agreed: HARK_LOOKUP_AGREED nodes that count have shown version @seq, and they lie
 * no closer together than chance has it. False while the reach is unknown. */
bool hark_lookup_is_agreed (const HarkLookup *lookup, int64_t seq);

/* hark_lookup_closest: distances of the closest that answered and count, nearest first; returns how
 * many, at most @max. */
unsigned hark_lookup_closest (const HarkLookup *lookup, uint64_t *ret, unsigned max);

/* hark_lookup_trail: the same nodes themselves; those that keep items alone, when that is what it
 * is for. */
unsigned hark_lookup_trail (const HarkLookup *lookup, HarkTrailNode *ret, unsigned max);

/* hark_lookup_is_idle: nobody is being asked, and nobody new is left. */
bool hark_lookup_is_idle (const HarkLookup *lookup);

/* hark_lookup_own_rank: how many that answered are closer to the target than @own_id. */
unsigned hark_lookup_own_rank (const HarkLookup *lookup, const HarkNodeId *own_id);
