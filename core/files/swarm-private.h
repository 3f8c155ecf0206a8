/* core/files/swarm-private.h - between swarm.c, which knows nothing of the rest of the receiver,
 * and swarm-doors.c, which stands above it. */
#pragma once

#include "core/files/schedule.h"
#include "core/files/swarm.h"
#include "core/files/transfer-private.h"

typedef enum {
  HARK_SOURCE_NEW,     /* its list is to be asked for */
  HARK_SOURCE_LISTING, /* its list is on its way */
  HARK_SOURCE_LISTED,  /* its root is known, that of the own contact is not */
  HARK_SOURCE_FITS,    /* has the same */
  HARK_SOURCE_OTHER,   /* has something else */
  HARK_SOURCE_DAMAGED, /* did not send what it said that it has */
} HarkSwarmState;

typedef struct {
  HarkKey contact;
  uint8_t offer[HARK_FILE_OFFER_LEN];
  bool up;
  HarkSwarmState state;
  uint8_t root[HARK_TREE_HASH_LEN]; /* from LISTED on */
  int64_t stream;                   /* -1: none */
  bool asking;                      /* PULL is an output */
  bool told;                        /* the list: so it is alive */
  HarkFileRange range;
  HarkFileReader reader; /* in use while there is a stream */
  size_t held;           /* bytes without credit */
  unsigned failures;
  HarkHolding *holding; /* owned; NULL: has all of it */
  HarkTime retry_at;
} HarkSwarmSource;

struct HarkFileSwarm {
  unsigned n;
  HarkSwarmSource sources[HARK_SCHEDULE_SOURCES_MAX]; /* the first: the own contact */
  GByteArray *list;                                   /* hashes of all blocks; NULL: not known */
  HarkSchedule *schedule;                             /* NULL: not fetching */
  bool early;                                         /* fetching a folder's manifest */
  GQueue writing;                                     /* whose blocks the disk has, in order */
  HarkTime look_at; /* something may have to be asked for that was to come to others */
};

#define HARK_SWARM_FAILURES_MAX 5 /* streams of one source that ended early, without a block */

bool hark_swarm_is_usable (const HarkSwarmSource *source);
void hark_swarm_know_sources (HarkFileSwarm *swarm); /* the schedule hears who has what */
unsigned hark_swarm_number (const HarkFileSwarm *swarm, const HarkSwarmSource *source);
void hark_swarm_stop_stream (HarkFileTransfer *transfer, HarkSwarmSource *source);

/* Whether more than one is worth the list. */
bool hark_swarm_is_worth_it (const HarkFileTransfer *transfer);

/* Not what it said that it has. The user hears whose it was. */
void hark_swarm_expose (HarkFileTransfer *transfer, HarkSwarmSource *source);
void hark_swarm_give_credit (HarkFileTransfer *transfer);
