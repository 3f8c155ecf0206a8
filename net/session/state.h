/* net/session/state.h - inside of a session, shared by protect.c, quic.c, tell.c, batch.c and
 * session.c; nobody else includes it.
 *
 * session.c (doors) > batch.c (what to send) > quic.c (ngtcp2 and its callbacks) > protect.c
 * (its packet protection), tell.c (streams and events)
 */
#pragma once

#include "net/session/compat.h"
#include "net/session/governor.h"
#include "net/session/guard.h"
#include "net/session/keys.h"
#include "net/session/life.h"
#include "net/session/media.h"
#include "net/session/mtu.h"
#include "net/session/pace.h"
#include "net/session/stream.h"

#define HARK_SESSION_HELLO_MAX 514 /* two bytes of length and the transport parameters */
#define HARK_SESSION_MEDIA_QUEUE 64
#define HARK_SESSION_PACKET_MAX 1472 /* Ethernet less IPv4 and UDP */
#define HARK_SESSION_LARGE_MAX 16000 /* what is tried where Ethernet's limit does not hold */
#define HARK_SESSION_SEGMENTS_MAX 64 /* of one GSO message */

typedef enum {
  HARK_SESSION_STATE_HANDSHAKE,
  HARK_SESSION_STATE_CONFIRMED,
  HARK_SESSION_STATE_CLOSED,
} HarkSessionState;

/* Media packets or payloads that wait; allocated with the first. */
typedef struct {
  uint8_t (*items)[HARK_MEDIA_PACKET_MAX]; /* HARK_SESSION_MEDIA_QUEUE of them, or NULL */
  size_t lens[HARK_SESSION_MEDIA_QUEUE];
  HarkTime times[HARK_SESSION_MEDIA_QUEUE]; /* when each was added */
  unsigned head;                            /* oldest */
  unsigned count;
} HarkMediaQueue;

struct HarkSession {
  bool initiator;
  bool aes;
  bool cubic;
  bool begun;  /* ngtcp2 has sent or read something */
  bool usable; /* there is a path */
  HarkSessionState state;
  HarkRng rng;
  HarkTime now;     /* latest time handed in */
  HarkTime skew;    /* ngtcp2's clock is ahead by this, see hark_session_quic_now() */
  HarkTime hurried; /* when that grew last; 0: never */

  ngtcp2_conn *conn;
  ngtcp2_path_storage path; /* a constant: ICE owns the real one */
  HarkGuard guard;
  HarkPace pace;
  HarkGovernor governor;
  HarkMtu mtu;
  HarkMedia media;
  HarkMedia relay;
  uint8_t relay_secret[32]; /* of tags */
  double rate_max;          /* of streams, bytes a nanosecond; 0: none */
  size_t packet_max;        /* bytes of a packet on this path; 0: no other limit */

  /* keys: [0] what we send under, [1] what we receive under */
  HarkPacketSecret secrets[HARK_SPACES][2];
  uint8_t finished[2][HARK_FINISHED_LEN];
  uint8_t original_dcid[HARK_ORIGINAL_DCID_LEN];
  HarkTime keys_since;
  uint64_t keys_bytes; /* sent under the current ones */

  /* the handshake's two messages, as they come in */
  uint8_t hello[HARK_SESSION_HELLO_MAX];
  size_t hello_len;
  uint8_t proof[HARK_FINISHED_LEN];
  size_t proof_len;

  GHashTable *streams;           /* int64_t -> HarkStream, owned */
  GQueue ready[HARK_PRIORITIES]; /* streams that have something to send and may */
  GQueue telling;                /* streams with something to tell */
  HarkReadChunk *lent;           /* DATA handed out last */
  HarkReadSpares spares;
  HarkMediaQueue media_out; /* sealed */
  HarkMediaQueue media_in;  /* opened */
  bool moved;               /* to another path, since CONFIRMED */
  HarkTime least_rtt;  /* of the path there is then; HARK_TIME_NEVER: nothing was measured yet */
  HarkTime rtt_before; /* last measured on the path before */
  bool tell_confirmed;
  bool tell_silent, tell_alive; /* at most one of them */
  bool tell_closed;
  uint64_t close_code;
  const char *close_reason; /* static */

  uint8_t farewell[256]; /* CONNECTION_CLOSE that waits to be sent */
  size_t farewell_len;
  uint8_t *batch;
  size_t batch_size; /* bytes allocated */
  HarkTime batch_used;
  HarkTime send_due; /* there may be something to send from then on */
  HarkTime deadline; /* hark_session_get_deadline()'s answer, if */
  bool has_deadline; /* nothing has been done since */
  bool wrote;        /* a packet since CONFIRMED */

  HarkTime heard; /* last authenticated packet */
  unsigned burst; /* stream frames since the last burst */
  HarkLife life;  /* from CONFIRMED on */
  HarkTime created;
  uint64_t bytes_in;
  uint64_t bytes_out;
  uint64_t packets_refused;
};

/* hark_session_quic_now: the time ngtcp2 is told. It may run ahead of ours: after an outage its
 * probe timer lies as far in the future as the outage was long, and there is no way to bring that
 * forward but to let time pass. */
static inline HarkTime
hark_session_quic_now (const HarkSession *session)
{
  return session->now + session->skew;
}

/* hark_session_is_awake: ngtcp2 may write and has timers. A responder sleeps until the first
 * authentic packet: it must not answer a stranger, and ngtcp2 asserts that it has keys before it
 * writes. */
static inline bool
hark_session_is_awake (const HarkSession *session)
{
  return session->initiator || session->hello_len > 0;
}

/* hark_session_touch: the deadline may be another one from here on: first thing in every door that
 * changes something. */
static inline void
hark_session_touch (HarkSession *session)
{
  session->has_deadline = false;
}

/* ---- tell.c: streams and events ---- */

/* hark_session_find: a stream the user still knows, or NULL. */
HarkStream *hark_session_find (HarkSession *session, int64_t id);
HarkStream *
hark_session_add_stream (HarkSession *session, int64_t id, unsigned priority, bool ours);

/* hark_session_tell: @stream has @what to tell. */
void hark_session_tell (HarkSession *session, HarkStream *stream, HarkStreamTells what);

/* hark_session_make_ready: puts @stream where the batch writer looks, if it has something to send
 * and may. */
void hark_session_make_ready (HarkSession *session, HarkStream *stream);
void hark_session_make_unready (HarkSession *session, HarkStream *stream);

/* hark_session_leave_stream: the user is through with it: drops what waits, returns all credit;
 * frees it once ngtcp2 is through as well. */
void hark_session_leave_stream (HarkSession *session, HarkStream *stream);
void hark_session_forget_if_over (HarkSession *session, HarkStream *stream);

/* hark_session_end: the session is over; with @tell an event says so. */
void hark_session_end (HarkSession *session, uint64_t code, const char *reason, bool tell);

/* hark_media_queue_add: the place for one more item of @len bytes, of the time @now; drops the
 * oldest if @drop and full, else NULL. */
uint8_t *hark_media_queue_add (HarkMediaQueue *queue, size_t len, bool drop, HarkTime now);
const uint8_t *hark_media_queue_peek (const HarkMediaQueue *queue, size_t *ret_len);
void hark_media_queue_pop (HarkMediaQueue *queue);

/* hark_media_queue_expire: drops what was added before @time. */
void hark_media_queue_expire (HarkMediaQueue *queue, HarkTime time);
void hark_media_queue_clear (HarkMediaQueue *queue);

/* ---- protect.c: packet protection ---- */

/* hark_session_protect: fills in the callbacks that seal, open and roll the keys over. */
void hark_session_protect (ngtcp2_callbacks *ret);

/* hark_session_install_initial_keys, _handshake_keys, _application_keys: gives ngtcp2 handles of
 * the keys of that space (RFC 9001 section 5). 0, or an error of ngtcp2. */
int hark_session_install_initial_keys (HarkSession *session);
int hark_session_install_handshake_keys (HarkSession *session);
int hark_session_install_application_keys (HarkSession *session);

/* ---- quic.c: ngtcp2 ---- */

/* hark_session_quic_start: @packet_max: bytes of the largest packet; which of them pass is for
 * mtu.c to find out. Called again before anything has begun: begins anew. */
void hark_session_quic_start (HarkSession *session, size_t packet_max);

/* hark_session_quic_read: an admitted QUIC packet. True when the peer sealed something in it that
 * did not come before. */
bool hark_session_quic_read (HarkSession *session, const uint8_t *packet, size_t len);

/* hark_session_quic_expire: lets ngtcp2 handle its timers. */
void hark_session_quic_expire (HarkSession *session);

/* hark_session_quic_fail: ngtcp2 reported @error, which ends the session; the peer is told if it
 * can be. */
void hark_session_quic_fail (HarkSession *session, int error);

/* hark_session_quic_close: has a CONNECTION_CLOSE with the application's @code sent. */
void hark_session_quic_close (HarkSession *session, uint64_t code);

/* hark_session_quic_hurry: makes ngtcp2's probe timer due now, if it lies far ahead. */
void hark_session_quic_hurry (HarkSession *session);

/* ---- batch.c: what to send ---- */

bool hark_session_batch_next (HarkSession *session, HarkSessionBatch *ret);

/* hark_session_expire_media: drops what has waited for a path for too long. */
void hark_session_expire_media (HarkSession *session);

/* hark_session_batch_free: gives back the buffer. */
void hark_session_batch_free (HarkSession *session);
