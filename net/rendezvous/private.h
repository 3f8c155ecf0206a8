/* net/rendezvous/private.h - what a HarkRendezvous is made of; seen by its own files only.
 */
#pragma once

#include "net/rendezvous/clock.h"
#include "net/rendezvous/points.h"
#include "net/rendezvous/rendezvous.h"
#include "net/rendezvous/slot-cache.h"

#include <glib.h>

#define HARK_FIND_EPOCHS 4 /* ours, a neighbour, and both by others' clocks */

/* One of our records. */
typedef struct {
  HarkToken token;
  bool contacts; /* for accepted contacts; else for strangers */
  bool requests;
  HarkTime next_put; /* when due */
  HarkTime last_put; /* 0: never */
  HarkTime retry;    /* spacing after a put that reached nobody */
  HarkDhtOperation
    puts[3];             /* running: this epoch's, the next one's, one by others' clocks; 0: none */
  HarkDhtOperation look; /* running get of our own slot, after a conflict */
  int64_t seq_floor;     /* highest seq met in our slot */
  uint64_t epoch_ahead;  /* what the epoch is an hour later, as last seen */
  bool stored;           /* the last put is held by somebody, with a point in it */
  bool with_points;      /* the put that runs or ran last */
  bool adrift;           /* no point that it named stands */
  HarkDhtItem kept;      /* as put last into this epoch's slot; its value is below */
  uint8_t kept_value[HARK_RECORD_VALUE_LEN_MAX + 4];
  HarkDhtOperation repair; /* running, of that */
  HarkTime next_repair;
} HarkAudience;

typedef struct {
  uint32_t number;
  HarkKey account;
  HarkToken token;
  bool urgent;
  HarkDhtOperation get;
  int64_t seq_known; /* in the slot of epoch_known; -1: none */
  uint64_t epoch_known;
  bool unchanged;
  uint8_t slot[32];
  uint64_t epochs[HARK_FIND_EPOCHS]; /* to look in, in this order */
  unsigned n_epochs, at;
  bool found;
  int64_t seq;
} HarkRendezvousFind;

/* A look at our own record (net/rendezvous/watch.h). */
typedef struct {
  uint32_t find; /* running; 0: none */
  bool found;    /* with the next three */
  HarkToken token;
  HarkRecord record;
  int64_t seq;
} HarkRendezvousWatch;

struct HarkRendezvous {
  HarkRendezvousConfig config;
  HarkDht *dht; /* borrowed */
  HarkRng rng;
  int64_t wall_ms; /* at wall_at */
  HarkTime wall_at;
  HarkTime started;
  uint8_t run[8];
  HarkToken day_token; /* random: when a day of ours begins */
  HarkClock clock;
  int64_t correction_s; /* of our clock: it is certainly wrong */
  int64_t other_s;      /* others say that it is off by so much; 0: they do not */
  HarkTime leapt;       /* when either changed last and was told */
  HarkPoints *points;
  HarkEndpoint direct[2]; /* where contacts reach us without a point: IPv4, IPv6 */
  HarkEndpoint own[HARK_RECORD_POINTS_MAX]; /* local: of ours, that can be knocked at */
  unsigned n_own;
  uint8_t own_handle[HARK_DHT_HANDLE_LEN];   /* with this */
  uint8_t quiet_handle[HARK_DHT_HANDLE_LEN]; /* local: strangers knock at everybody with this */
  unsigned nodes;                            /* of the local network, when last looked */
  GPtrArray *audiences;                      /* HarkAudience */
  HarkTime next_epoch_check;
  bool leaving;
  GPtrArray *finds;     /* HarkRendezvousFind */
  HarkSlotCache *slots; /* of others; NULL until somebody is looked for */
  uint32_t last_find;
  HarkRendezvousWatch watch;
  bool retired;  /* another computer of ours came after this one: nothing is published any more */
  GQueue events; /* HarkRendezvousEvent */
};
