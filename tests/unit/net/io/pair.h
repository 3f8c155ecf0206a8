/* tests/unit/net/io/pair.h - two ends of a path in one process, on loopback. */
#pragma once

#include "net/io/ice.h"

#define PAIR_PACKETS_MAX 20000

typedef struct PairEnd PairEnd;

struct PairEnd {
  HarkIce *ice;
  HarkIcePath *path;
  PairEnd *other;
  HarkPathState state;
  HarkPathInfo info;
  unsigned ready_count;
  unsigned local_count;
  unsigned too_big_count;
  unsigned flush_count;
  unsigned unflushed, unflushed_max; /* packets between two flushes */
  bool mute;                         /* our descriptions do not reach the other end */
  bool undecided;    /* the other end never hears that we have no more candidates: it stays with
                        libnice for seconds */
  HarkEndpoint from; /* of the last packet; family 0: the end was not taken over */
  bool close_on_packet;
  HarkPathDescription local;

  size_t n_packets;
  size_t lens[PAIR_PACKETS_MAX];
  uint32_t firsts[PAIR_PACKETS_MAX]; /* first four bytes */
};

typedef struct {
  GMainContext *context;
  PairEnd ends[2];               /* the first one is controlling */
  HarkEndpoint stun[2];          /* for the next path */
  void (*before_open) (int end); /* NULL, or called before each end of the next path is opened */
} Pair;

/* pair_new: both ends opened; @bind may be NULL. */
Pair *pair_new (const char *bind);
void pair_free (Pair *pair);

/* pair_open_path, pair_close_path: one more path between the same two. */
void pair_open_path (Pair *pair);
void pair_close_path (Pair *pair);

/* pair_run: until @done says so; fails the test after 10 s. */
void pair_run (Pair *pair, bool (*done) (Pair *pair));
bool pair_is_ready (Pair *pair);

/* pair_settle: whatever is due within @ms. */
void pair_settle (Pair *pair, unsigned ms);

/* pair_count_fds: open file descriptors of this process. */
unsigned pair_count_fds (void);

/* pair_run_until_taken: both ends ready, and without libnice but for the one whose other end is
 * undecided. */
void pair_run_until_taken (Pair *pair);
