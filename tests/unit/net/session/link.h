/* tests/unit/net/session/link.h - two sessions and a bad line between them, in virtual time. */
#pragma once

#include "net/session/keys.h"
#include "net/session/session.h"

typedef struct {
  HarkTime delay;  /* one way */
  HarkTime jitter; /* at most so much more, per packet: reorders */
  double loss;     /* chances, per packet */
  double duplicate;
  double corrupt;
  size_t mtu;   /* larger packets vanish; 0: none does */
  double rate;  /* bytes a second; 0: infinite */
  size_t queue; /* bytes waiting at the bottleneck; more are dropped */
  bool cut;     /* nothing passes */
} LinkQuality;

typedef struct Link Link;

/* What one end has seen. */
typedef struct {
  HarkSession *session;
  bool confirmed;
  bool closed;
  bool silent; /* the peer is */
  unsigned silences;
  uint64_t close_code;
  unsigned opened;
  unsigned ended; /* streams that closed in order */
  unsigned acked;
  unsigned reset;
  unsigned writable;
  unsigned media;
  uint64_t media_bytes;
  uint64_t bytes;     /* of streams */
  uint64_t bad_bytes; /* of streams, other than link_pattern() */
  bool echo_finish;   /* finish our side of streams that the peer opened and finished */
  bool hold;          /* consume nothing */
  uint64_t held;
  GHashTable *offsets; /* stream -> bytes so far */
  void (*on_event) (Link *link, unsigned end, const HarkSessionEvent *event);
} LinkEnd;

struct Link {
  LinkEnd ends[2];        /* initiator, responder */
  LinkQuality quality[2]; /* of what end 0 and end 1 send */
  HarkSessionSecrets secrets;
  HarkTime now;
  HarkRng rng;
  HarkTime free_at[2]; /* when the bottleneck is idle */
  GSequence *flying;
  uint64_t order;
  uint64_t packets[2];
  uint64_t bytes[2];     /* of packets */
  uint64_t digest;       /* of every packet sent */
  uint64_t queue_max[2]; /* bytes */
  void *user;
};

/* link_new: @change (nullable) may alter the two configurations. */
Link *link_new (uint64_t seed, void (*change) (HarkSessionConfig configs[2]));
void link_free (Link *link);
void link_set (Link *link, LinkQuality quality);

/* link_run: until @until holds (nullable) or @span has passed; true when it held. */
bool link_run (Link *link, HarkTime span, bool (*until) (Link *link));
bool link_is_confirmed (Link *link);

/* link_inject: @packet arrives at @end now. */
void link_inject (Link *link, unsigned end, const uint8_t *packet, size_t len);

/* link_pattern: byte at @offset of @stream. */
uint8_t link_pattern (int64_t stream, uint64_t offset);
GBytes *link_make_bytes (int64_t stream, uint64_t offset, size_t len);

/* link_forge: a 1-RTT packet with @frames as @end would seal it, number @number. Returns its
 * length. */
size_t link_forge (const HarkSessionSecrets *secrets,
                   bool from_initiator,
                   bool aes,
                   uint32_t number,
                   const uint8_t *frames,
                   size_t len,
                   uint8_t *ret);
