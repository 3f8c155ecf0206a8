/* net/session/session.h - one secure connection to a peer: QUIC streams and, beside them, sealed
 * media packets.
 *
 * Pure: packets, commands and `now` in; packets, events and the next deadline out. One thread at a
 * time. Source: RFC 9000, 9001 (keys from a Noise handshake instead of TLS), ngtcp2; media layout
 * and key schedule: net/PROTOCOL.md "Session". ngtcp2's names stay inside this folder; compat.h
 * hides its versions.
 *
 * No byte reaches ngtcp2 before the Noise handshake is over: Initial, Handshake and 1-RTT keys all
 * derive from it.
 */
#pragma once

#include "net/base/rng.h"
#include "net/base/time.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct HarkSession HarkSession;

/* What Noise Split() and the handshake hash give (noise/handshake.h); wiped by whoever holds one.
 */
typedef struct {
  uint8_t initiator_to_responder[32];
  uint8_t responder_to_initiator[32];
  uint8_t handshake_hash[64];
} HarkSessionSecrets;

typedef struct {
  bool initiator;             /* QUIC client */
  HarkSessionSecrets secrets; /* copied; the caller wipes its own */
  bool aes;   /* AES-256-GCM, as negotiated inside the handshake; else ChaCha20-Poly1305 */
  bool cubic; /* else BBR2 */
  bool jumbo; /* packets up to jumbo_size without discovery: loopback, explicit choice on a LAN */
  size_t jumbo_size; /* bytes, up to 16,000 */
} HarkSessionConfig;

#define HARK_SESSION_STREAM_BUFFER (1u << 20) /* bytes unsent at which a stream is full */
#define HARK_SESSION_MEDIA_MAX 1000           /* bytes of one media payload */
#define HARK_SESSION_BATCH_MAX 65000          /* bytes of one batch */
#define HARK_SESSION_RELAY_FIRST 0x81         /* first byte of a relay packet */
#define HARK_SESSION_RELAY_MAX 1205           /* bytes of what one carries */
#define HARK_SESSION_RELAY_OVERHEAD 23        /* bytes around that; 1,228 pass any IPv6 path */

/* hark_session_new: @rng is forked, not kept. Never NULL. The initiator has a packet to send at
 * once. */
HarkSession *hark_session_new (const HarkSessionConfig *config, HarkRng *rng, HarkTime now);

/* hark_session_free: wipes; says nothing to the peer (hark_session_close() first). NULL is fine. */
void hark_session_free (HarkSession *session);

/* hark_session_allow_large: packets up to @size bytes (16,000 at most) may be tried on the way
 * there is; they are used once one was acknowledged. For a path that stays within this machine.
 * Without effect once anything was sent or arrived. */
void hark_session_allow_large (HarkSession *session, size_t size);

/* hark_session_handle_packet: a packet from the path: QUIC, media, or anything; hostile ones are
 * counted and dropped. Send (hark_session_poll_batch) at the latest after 32 of them. Returns true
 * when the peer sealed it later than all that came before (by packet number, or by sequence number
 * of media): where it came from the peer was last. A replayed or forged one never is. */
bool
hark_session_handle_packet (HarkSession *session, const uint8_t *packet, size_t len, HarkTime now);

/* hark_session_handle_time: a deadline passed; earlier does no harm. */
void hark_session_handle_time (HarkSession *session, HarkTime now);

/* hark_session_get_deadline: when time or something to send is due; HARK_TIME_NEVER: nothing. Ask
 * again after every call. */
HarkTime hark_session_get_deadline (HarkSession *session);

/* hark_session_ask: the path may have died: asks the peer for a sign of life now. */
void hark_session_ask (HarkSession *session, HarkTime now);

/* hark_session_handle_path: the path is another one now (new pair), or the kernel said EMSGSIZE:
 * packets shrink to 1,200 bytes until discovery finds more. @usable: false while there is none:
 * nothing is sent. */
void hark_session_handle_path (HarkSession *session, bool usable, HarkTime now);

/* Packets of one size but for the last, which may be shorter: one GSO message. */
typedef struct {
  const uint8_t *data; /* borrowed until the next call into the session */
  size_t len;          /* bytes, at most HARK_SESSION_BATCH_MAX */
  size_t segment;      /* bytes of each packet but the last; at most 64 of them */
} HarkSessionBatch;

/* hark_session_poll_batch: what to send now; false when nothing may go before the deadline. */
bool hark_session_poll_batch (HarkSession *session, HarkTime now, HarkSessionBatch *ret);

typedef enum {
  HARK_SESSION_CONFIRMED,     /* both sides proved the keys; streams may be opened */
  HARK_SESSION_STREAM_OPENED, /* by the peer */
  HARK_SESSION_STREAM_DATA,
  HARK_SESSION_STREAM_WRITABLE, /* room again after hark_session_stream_room() said 0 */
  HARK_SESSION_STREAM_ACKED,    /* everything queued, with the finish, is acknowledged */
  HARK_SESSION_STREAM_CLOSED,   /* both directions over, or reset with `code` */
  HARK_SESSION_MEDIA,
  HARK_SESSION_SILENT, /* the peer should have answered and did not (net/session/life.h) */
  HARK_SESSION_ALIVE,  /* it is heard again */
  HARK_SESSION_CLOSED, /* by the peer, a time-out or an error; nothing follows */
} HarkSessionEventKind;

typedef struct {
  HarkSessionEventKind kind;
  int64_t stream;
  const uint8_t *data; /* STREAM_DATA, MEDIA: borrowed until the next call into the session */
  size_t len;          /* bytes */
  GBytes *piece;       /* STREAM_DATA: where @data is, of a stream that uses pieces; borrowed */
  bool finished;       /* STREAM_DATA: the peer's direction ends behind these bytes */
  uint64_t code;       /* STREAM_CLOSED, CLOSED; 0: in order */
  const char *reason;  /* CLOSED: static, for the log */
} HarkSessionEvent;

/* hark_session_poll_event: the next one; false when there is none. DATA is queued inside until
 * polled, bounded by the flow control windows. */
bool hark_session_poll_event (HarkSession *session, HarkSessionEvent *ret);

/* hark_session_stream_open: streams are bidirectional only. @priority: 0 control, 1 chat, 2 bulk;
 * lower is served first. Returns its number, or -1 before CONFIRMED, once closed, and when the peer
 * allows no more for now. */
int64_t hark_session_stream_open (HarkSession *session, unsigned priority);

/* hark_session_stream_set_priority: from the next batch on; of an unknown stream: nothing. */
void hark_session_stream_set_priority (HarkSession *session, int64_t stream, unsigned priority);

/* hark_session_stream_room: bytes that may be queued; 0: full (STREAM_WRITABLE follows) or gone. */
size_t hark_session_stream_room (HarkSession *session, int64_t stream);

/* hark_session_stream_send: takes a reference on @bytes, copies nothing; NULL or empty with @finish
 * is fine. False when the stream is unknown or its sending side is over. */
bool hark_session_stream_send (HarkSession *session, int64_t stream, GBytes *bytes, bool finish);

/* hark_session_stream_consume: @len bytes of STREAM_DATA were dealt with; returns stream and
 * connection credit; of a bulk stream that we opened the latter was returned as they came, so that
 * who stops reading it holds back nothing else. */
void hark_session_stream_consume (HarkSession *session, int64_t stream, size_t len);

/* hark_session_stream_use_pieces: what arrives from now on is copied into pieces, each filled from
 * its first byte to its last before the next is begun. @make: (transfer full): a new one, of any
 * length but 0; written to although it is GBytes. What STREAM_DATA told of is not written to any
 * more, so whoever takes a reference on the piece may keep it. */
void hark_session_stream_use_pieces (HarkSession *session, int64_t stream, GBytes *(*make) (void) );

/* hark_session_stream_reset: gives up both directions with @code; no event of it follows. */
void hark_session_stream_reset (HarkSession *session, int64_t stream, uint64_t code);

/* hark_session_send_media: seals @data (1 to HARK_SESSION_MEDIA_MAX bytes) into a packet of its own
 * that hark_session_poll_batch() hands out first, or drops when there was no path for 200 ms:
 * nobody would play it. False before CONFIRMED or with 64 waiting. */
bool hark_session_send_media (HarkSession *session, const uint8_t *data, size_t len, HarkTime now);

/**
 * hark_session_seal_relay:
 * @data: (array length=len): 1 to HARK_SESSION_RELAY_MAX bytes
 * @ret: (out): @len + HARK_SESSION_RELAY_OVERHEAD bytes
 *
 * Seals @data into a packet that the caller sends over the session's path, beside QUIC and at once;
 * nobody repeats it (net/PROTOCOL.md "Relay").
 *
 * Returns: bytes written, or 0: other lengths, not confirmed, closed, no path
 */
size_t
hark_session_seal_relay (HarkSession *session, const uint8_t *data, size_t len, uint8_t *ret);

/* hark_session_open_relay: a packet from the path that starts with HARK_SESSION_RELAY_FIRST. @ret
 * has room for HARK_SESSION_RELAY_MAX bytes. Returns the length of what it carries; 0, counted,
 * when it is none of the peer's, came before or the session is not confirmed. */
size_t hark_session_open_relay (
  HarkSession *session, const uint8_t *packet, size_t len, uint8_t *ret, HarkTime now);

#define HARK_SESSION_RELAY_TAG_LEN 16

/* hark_session_relay_tag: by which a relay with the account @relay finds out that the two ends of
 * this session want to reach each other; both ends compute the same, nobody else can, and tags for
 * two relays cannot be linked. */
void hark_session_relay_tag (const HarkSession *session,
                             const uint8_t relay[32],
                             uint8_t ret[HARK_SESSION_RELAY_TAG_LEN]);

/* hark_session_set_limits: what is known of the path there is: streams send at most @rate bytes a
 * second (0: as much as passes; media are not counted), packets have at most @packet bytes (0: what
 * discovery finds; else 1,200 or more). One with a @rate goes through somebody's computer: its end
 * is noticed sooner. */
void hark_session_set_limits (HarkSession *session, uint64_t rate, size_t packet);

/* hark_session_set_call: bulk yields to voice by the delay governor; acknowledgements every 4
 * packets, not 10. */
void hark_session_set_call (HarkSession *session, bool active);

/* hark_session_close: sends CONNECTION_CLOSE with @code in the next batch; no event follows. */
void hark_session_close (HarkSession *session, uint64_t code, HarkTime now);

typedef struct {
  HarkTime rtt;       /* smoothed */
  HarkTime rtt_min;   /* of the path there is */
  uint64_t bytes_in;  /* stream bytes that arrived */
  uint64_t bytes_out; /* stream bytes that were acknowledged */
  uint64_t packets_lost;
  uint64_t packets_refused; /* by guard, replay window or a bad tag */
  uint64_t cwnd;            /* bytes */
  uint64_t in_flight;       /* bytes */
  size_t mtu;               /* bytes of a packet now */
  bool confirmed;
} HarkSessionStats;

/* hark_session_get_stats: since it was made, or now. */
void hark_session_get_stats (HarkSession *session, HarkSessionStats *ret);
