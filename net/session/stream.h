/* net/session/stream.h - one stream: bytes waiting to be sent or acknowledged, bytes waiting to be
 * read.
 *
 * Pure, knows nothing of ngtcp2; one thread at a time. What was handed in for sending is kept by
 * reference until acknowledged, because ngtcp2 copies nothing. What arrives is copied once, into
 * chunks; of a stream that uses pieces into those.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define HARK_PRIORITIES 3

/* One stretch of bytes to be sent. */
typedef struct HarkSendChunk HarkSendChunk;
struct HarkSendChunk {
  HarkSendChunk *next;
  GBytes *bytes;
  const uint8_t *data; /* of bytes */
  size_t len;
  uint64_t start; /* offset of its first byte in the stream */
};

/* Bytes that arrived. */
typedef struct HarkReadChunk HarkReadChunk;
struct HarkReadChunk {
  HarkReadChunk *next;
  size_t len;
  size_t told;   /* of them */
  size_t size;   /* of data */
  GBytes *piece; /* where data is; or NULL: behind this */
  uint8_t *data;
};

/* What was taken from a stream. */
typedef struct {
  const uint8_t *data;
  size_t len;
  GBytes *piece;        /* where data is, if that is a piece */
  HarkReadChunk *chunk; /* (transfer full): hark_read_chunk_free() it when data is done with; NULL
                           when the stream still fills it */
} HarkReadBytes;

/* Chunks kept for the next use: the kernel would have to clear their pages again. */
typedef struct {
  HarkReadChunk *first;
  unsigned count;
} HarkReadSpares;

/* What a stream has to tell; served in this order. */
typedef enum {
  HARK_STREAM_TELLS_OPENED = 1 << 0,
  HARK_STREAM_TELLS_DATA = 1 << 1, /* also the bare end */
  HARK_STREAM_TELLS_WRITABLE = 1 << 2,
  HARK_STREAM_TELLS_ACKED = 1 << 3,
  HARK_STREAM_TELLS_CLOSED = 1 << 4,
} HarkStreamTells;

typedef struct {
  int64_t id;
  unsigned priority; /* below HARK_PRIORITIES */
  bool ours;         /* opened by us */

  HarkSendChunk *first; /* not yet acknowledged */
  HarkSendChunk *last;
  HarkSendChunk *unsent; /* holds the next byte to send; NULL when all is sent */
  uint64_t queued;       /* offsets: end of what was handed in, */
  uint64_t sent;         /* of what was sent once, */
  uint64_t acked;        /* of what was acknowledged */
  bool finish_queued;
  bool finish_sent;
  bool finish_bare; /* went without bytes */
  bool finish_acked;
  bool send_over;  /* nothing more may be sent: finished and sent, reset, or closed */
  bool blocked;    /* by the peer's window for this stream */
  bool asked_room; /* and was told there is none */

  HarkReadChunk *read_first;
  HarkReadChunk *read_last;
  GBytes *(*make_piece) (void); /* NULL: chunks have the size that seems right */
  uint64_t arrived;             /* bytes */
  uint64_t unconsumed;          /* bytes for which the peer has no credit yet */
  bool apart;                   /* they hold back credit of this stream only */
  bool end_arrived;

  unsigned tells; /* HarkStreamTells */
  uint64_t code;  /* of the reset */
  bool left;      /* the user is through with it: CLOSED was told, or he reset it */
  bool closed;    /* ngtcp2 is through with it */

  GList ready_link; /* in the session's list of its priority */
  bool ready;
  GList tell_link; /* in the session's list of streams with something to tell */
  bool telling;
} HarkStream;

/* hark_stream_new: (transfer full): nothing queued or arrived; hark_stream_free: drops what waits.
 */
HarkStream *hark_stream_new (int64_t id, unsigned priority, bool ours);
void hark_stream_free (HarkStream *stream);

/* hark_stream_queue: takes a reference on @bytes, which may be NULL. */
void hark_stream_queue (HarkStream *stream, GBytes *bytes, bool finish);

/* hark_stream_unsent_len: bytes queued and never sent. */
uint64_t hark_stream_unsent_len (const HarkStream *stream);

/* hark_stream_wants: there are bytes, or a finish, that were never sent. */
bool hark_stream_wants (const HarkStream *stream);

/* A piece to be sent; same layout as struct iovec. */
typedef struct {
  const uint8_t *data;
  size_t len;
} HarkPiece;

/* hark_stream_peek: up to @max pieces of what to send next, together at most about @len_max bytes;
 * @ret_finish: they are the end. Returns how many pieces. */
size_t hark_stream_peek (
  const HarkStream *stream, HarkPiece *ret, size_t max, size_t len_max, bool *ret_finish);

/* hark_stream_sent: @len bytes of the pieces went, and with @finish the end. */
void hark_stream_sent (HarkStream *stream, size_t len, bool finish);

/* hark_stream_acked: bytes up to offset @end are acknowledged; releases them. @bare_end: the finish
 * alone was. True when that was everything, with the finish. */
bool hark_stream_acked (HarkStream *stream, uint64_t end, bool bare_end);

/* hark_stream_drop_unsent: forgets what was never sent. */
void hark_stream_drop_unsent (HarkStream *stream);

/* hark_stream_arrived: copies @len bytes, into pieces, or a spare chunk if there is one. */
void
hark_stream_arrived (HarkStream *stream, HarkReadSpares *spares, const uint8_t *data, size_t len);

/* hark_stream_has_more: there are bytes to take. */
bool hark_stream_has_more (const HarkStream *stream);

/* hark_stream_take: the oldest bytes; none: zeros in @ret. */
void hark_stream_take (HarkStream *stream, HarkReadBytes *ret);

/* hark_read_chunk_free: keeps @chunk (nullable) if it is a full one and few are kept. */
void hark_read_chunk_free (HarkReadChunk *chunk, HarkReadSpares *spares);
void hark_read_spares_clear (HarkReadSpares *spares);

/* hark_stream_drop_read: forgets what was not taken. */
void hark_stream_drop_read (HarkStream *stream);
