/* net/noise/signal.h - sealed packets beside the path, between two sides that share final keys.
 *
 * Pure; one thread at a time. Source: our layout, net/PROTOCOL.md "Signals". They go through the
 * signalling socket and contact points, as knocks and their answers do, while a path is made.
 */
#pragma once

#include "net/noise/knock.h"

#define HARK_SIGNAL_BODY_MAX 596 /* bytes */

typedef enum {
  HARK_SIGNAL_CONFIRM = 1,   /* by the initiator: proves it has the keys; body: its candidates */
  HARK_SIGNAL_TRICKLE = 2,   /* by the responder, to each CONFIRM; body: its candidates by now */
  HARK_SIGNAL_RESTART = 3,   /* by either: a new path; body: generation and candidates */
  HARK_SIGNAL_RESTARTED = 4, /* the answer to each RESTART; body likewise */
  HARK_SIGNAL_RESTARTED_FULLY = 5, /* the same, by who knows all of the asker's end */
} HarkSignalKind;

/* One side of the channel. */
typedef struct {
  uint8_t send_key[32];
  uint8_t receive_key[32];
  uint32_t peer_index;      /* the peer's name for the session, in every packet to it */
  uint64_t sent;            /* counter of the last one sent; the first is 1 */
  uint64_t received;        /* highest counter received */
  uint64_t received_window; /* bit n: received - n has come */
} HarkSignal;

/* A signal that was read. */
typedef struct {
  HarkSignalKind kind;
  uint64_t counter;
  uint8_t body[HARK_SIGNAL_BODY_MAX];
  size_t body_len;
} HarkSignalMessage;

typedef enum {
  HARK_SIGNAL_REFUSED, /* not by the peer, or older than the window */
  HARK_SIGNAL_FRESH,
  HARK_SIGNAL_REPEATED, /* came before: answer it again, do nothing else */
} HarkSignalResult;

/* hark_signal_init: @keys of the handshake, @initiator: we started it; @peer_index from payload 1
 * or 2. */
void hark_signal_init (HarkSignal *signal,
                       const HarkKnockKeys *keys,
                       bool initiator,
                       uint32_t peer_index);

/* hark_signal_clear: wipes. */
void hark_signal_clear (HarkSignal *signal);

/* hark_signal_write: seals @body_len <= HARK_SIGNAL_BODY_MAX bytes of
 * hark_path_description_write(). Each call makes a new signal; returns its counter. */
uint64_t hark_signal_write (HarkSignal *signal,
                            HarkRng *rng,
                            HarkSignalKind kind,
                            const uint8_t *body,
                            size_t body_len,
                            uint8_t ret[HARK_KNOCK_LEN]);

/* hark_signal_read: @packet names our index (hark_packet_index()) and is not trusted. @ret is set
 * unless REFUSED; only FRESH moves the window. */
HarkSignalResult
hark_signal_read (HarkSignal *signal, const uint8_t *packet, size_t len, HarkSignalMessage *ret);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (HarkSignal, hark_signal_clear)
