/* core/mailbox/keeper.h - what we keep for others: which deposits there are, and what more is
 * taken.
 *
 * Pure; one thread at a time. What is sealed lies in the store; here is all that decides about it.
 * Depositors are authenticated by their session and not trusted. A keeper learns who left how much
 * and when under which tag, and who asked for which tags; what is in it, and to whom an unasked tag
 * belongs, it cannot know.
 *
 * Limits: HarkKeeperLimits; at most HARK_KEEPER_WATCH_MAX tags are asked for at once.
 */
#pragma once

#include "core/mailbox/slot.h"
#include "net/base/time.h"

#define HARK_KEEPER_LIFE_MS (INT64_C (14) * 24 * 3600 * 1000) /* a deposit is kept that long */
#define HARK_KEEPER_WATCH_MAX 4096 /* slots that one person asks for at once */
#define HARK_KEEPER_ROUND 64       /* deposits handed out for one question */
#define HARK_KEEPER_ROUND_BYTES ((size_t) 512 * 1024)

typedef struct {
  unsigned deposits_of_one, deposits; /* of one depositor; of all */
  uint64_t bytes_of_one, bytes;       /* sealed, likewise */
  double rate, burst;                 /* deposits a second of one depositor, and at once */
} HarkKeeperLimits;

/* For somebody who keeps for a friend, and for a node that is there for it. */
extern const HarkKeeperLimits hark_keeper_of_friend, hark_keeper_of_node;

typedef struct {
  uint64_t number; /* ours: order of arrival, from 1 */
  uint8_t id[HARK_MAIL_ID_LEN];
  uint8_t tag[HARK_MAIL_TAG_LEN];
  uint8_t lock[HARK_MAIL_LOCK_LEN];
  HarkKey depositor;
  int64_t made_ms; /* Unix, by our clock */
  uint32_t len;    /* bytes of what is sealed */
} HarkKeptDeposit;

/* The numbers are on the wire: core/PROTOCOL.md "Mailbox". */
typedef enum {
  HARK_KEEPER_HELD = 1,   /* on our disk, now or before */
  HARK_KEEPER_FULL = 2,   /* nothing more of anybody */
  HARK_KEEPER_SHARE = 3,  /* nothing more of this depositor */
  HARK_KEEPER_RATE = 4,   /* later */
  HARK_KEEPER_SIZE = 5,   /* such a thing never */
  HARK_KEEPER_TICKET = 6, /* for nobody whom we keep for */
  HARK_KEEPER_DISK = 7,   /* our disk does not take it */
} HarkKeeperAnswer;

/* hark_keeper_explain: a clause for the depositor's user, about the keeper: "has no more room".
 * Static. */
const char *hark_keeper_explain (HarkKeeperAnswer answer);

typedef struct HarkKeeper HarkKeeper;

HarkKeeper *hark_keeper_new (const HarkKeeperLimits *limits);
void hark_keeper_free (HarkKeeper *keeper);

/* hark_keeper_load: a deposit that is on our disk, at the start; whatever the limits. */
void hark_keeper_load (HarkKeeper *keeper, const HarkKeptDeposit *deposit);

/**
 * hark_keeper_take:
 * @deposit: everything but its number; copied
 * @ret_fresh: (out): it is new and counts from now on: put it on the disk under @ret_number, and
 *   hark_keeper_drop() it when that fails
 *
 * Returns: HELD, or why it is refused
 */
HarkKeeperAnswer hark_keeper_take (HarkKeeper *keeper,
                                   const HarkKeptDeposit *deposit,
                                   HarkTime now,
                                   bool *ret_fresh,
                                   uint64_t *ret_number);

/* hark_keeper_find: deposits under any of @n tags, with numbers above @after, in order: at most
 * HARK_KEEPER_ROUND and HARK_KEEPER_ROUND_BYTES (but one at least). Borrowed until the next change.
 * @ret_more: (out): there are others behind them. Returns how many. */
size_t hark_keeper_find (const HarkKeeper *keeper,
                         const uint8_t (*tags)[HARK_MAIL_TAG_LEN],
                         size_t n,
                         uint64_t after,
                         const HarkKeptDeposit *ret[HARK_KEEPER_ROUND],
                         bool *ret_more);

/* hark_keeper_remove: who shows @receipt wants @id gone; false when it is not there or the receipt
 * is wrong. */
bool hark_keeper_remove (HarkKeeper *keeper,
                         const uint8_t id[HARK_MAIL_ID_LEN],
                         const uint8_t receipt[HARK_MAIL_RECEIPT_LEN]);

/* hark_keeper_drop: @id is gone from our disk, or never got there. */
void hark_keeper_drop (HarkKeeper *keeper, const uint8_t id[HARK_MAIL_ID_LEN]);

/* hark_keeper_expire: forgets one deposit that is too old by @wall_ms (Unix), its id in @ret;
 * false: none is. What came while the clock was far ahead counts from now on. */
bool hark_keeper_expire (HarkKeeper *keeper, int64_t wall_ms, uint8_t ret[HARK_MAIL_ID_LEN]);

/* hark_keeper_count: deposits of all, and their bytes (nullable). */
unsigned hark_keeper_count (const HarkKeeper *keeper, uint64_t *ret_bytes);
