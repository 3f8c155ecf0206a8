/* net/session/tell.c - the table of streams, and the door by which the session tells what happened.
 */
#include "net/session/state.h"

HarkStream *
hark_session_find (HarkSession *session, int64_t id)
{
  HarkStream *stream = g_hash_table_lookup (session->streams, &id);

  return stream != NULL && !stream->left ? stream : NULL;
}

HarkStream *
hark_session_add_stream (HarkSession *session, int64_t id, unsigned priority, bool ours)
{
  HarkStream *stream = hark_stream_new (id, priority, ours);

  g_hash_table_insert (session->streams, &stream->id, stream);
  return stream;
}

void
hark_session_tell (HarkSession *session, HarkStream *stream, HarkStreamTells what)
{
  if (stream->left)
    return;
  stream->tells |= what;
  if (!stream->telling) {
    stream->telling = true;
    g_queue_push_tail_link (&session->telling, &stream->tell_link);
  }
}

void
hark_session_make_ready (HarkSession *session, HarkStream *stream)
{
  if (stream->ready || stream->blocked || stream->closed || !hark_stream_wants (stream))
    return;
  stream->ready = true;
  g_queue_push_tail_link (&session->ready[stream->priority], &stream->ready_link);
}

void
hark_session_make_unready (HarkSession *session, HarkStream *stream)
{
  if (!stream->ready)
    return;
  stream->ready = false;
  g_queue_unlink (&session->ready[stream->priority], &stream->ready_link);
}

void
hark_session_leave_stream (HarkSession *session, HarkStream *stream)
{
  hark_session_make_unready (session, stream);
  if (stream->telling) {
    stream->telling = false;
    g_queue_unlink (&session->telling, &stream->tell_link);
  }
  stream->left = true;
  hark_stream_drop_read (stream);
  hark_stream_drop_unsent (stream);
  if (!stream->apart)
    ngtcp2_conn_extend_max_offset (session->conn, stream->unconsumed);
  stream->unconsumed = 0;
  hark_session_forget_if_over (session, stream);
}

void
hark_session_forget_if_over (HarkSession *session, HarkStream *stream)
{
  if (!stream->left || !stream->closed)
    return;
  /* a place for the next one is given only now, so that streams nobody looks at cannot pile up */
  if (!stream->ours)
    ngtcp2_conn_extend_max_streams_bidi (session->conn, 1);
  g_hash_table_remove (session->streams, &stream->id);
}

void
hark_session_end (HarkSession *session, uint64_t code, const char *reason, bool tell)
{
  if (session->state == HARK_SESSION_STATE_CLOSED)
    return;
  session->state = HARK_SESSION_STATE_CLOSED;
  session->send_due = HARK_TIME_NEVER;
  session->tell_confirmed = false;
  session->tell_closed = tell;
  session->close_code = code;
  session->close_reason = reason;
  hark_media_queue_clear (&session->media_out);
}

uint8_t *
hark_media_queue_add (HarkMediaQueue *queue, size_t len, bool drop, HarkTime now)
{
  unsigned at;

  g_assert (len <= HARK_MEDIA_PACKET_MAX);
  if (queue->count == HARK_SESSION_MEDIA_QUEUE) {
    if (!drop)
      return NULL;
    hark_media_queue_pop (queue);
  }
  if (queue->items == NULL)
    queue->items = g_malloc (HARK_SESSION_MEDIA_QUEUE * sizeof *queue->items);
  at = (queue->head + queue->count++) % HARK_SESSION_MEDIA_QUEUE;
  queue->lens[at] = len;
  queue->times[at] = now;
  return queue->items[at];
}

const uint8_t *
hark_media_queue_peek (const HarkMediaQueue *queue, size_t *ret_len)
{
  if (queue->count == 0)
    return NULL;
  *ret_len = queue->lens[queue->head];
  return queue->items[queue->head];
}

void
hark_media_queue_pop (HarkMediaQueue *queue)
{
  queue->head = (queue->head + 1) % HARK_SESSION_MEDIA_QUEUE;
  queue->count--;
}

void
hark_media_queue_expire (HarkMediaQueue *queue, HarkTime time)
{
  while (queue->count > 0 && queue->times[queue->head] < time)
    hark_media_queue_pop (queue);
}

void
hark_media_queue_clear (HarkMediaQueue *queue)
{
  if (queue->items != NULL)
    sodium_memzero (queue->items, HARK_SESSION_MEDIA_QUEUE * sizeof *queue->items);
  g_clear_pointer (&queue->items, g_free);
  queue->head = queue->count = 0;
}

/* ---- events ---------------------------------------------------------------------------------- */

/* The next thing @stream has to tell; false when nothing is left. */
static bool
tell_one (HarkSession *session, HarkStream *stream, HarkSessionEvent *ret)
{
  *ret = (HarkSessionEvent){.stream = stream->id};
  if (stream->tells & HARK_STREAM_TELLS_OPENED) {
    stream->tells &= ~(unsigned) HARK_STREAM_TELLS_OPENED;
    ret->kind = HARK_SESSION_STREAM_OPENED;
    return true;
  }
  if (stream->tells & HARK_STREAM_TELLS_DATA) {
    HarkReadBytes bytes;

    hark_stream_take (stream, &bytes);
    session->lent = bytes.chunk;
    if (!hark_stream_has_more (stream))
      stream->tells &= ~(unsigned) HARK_STREAM_TELLS_DATA;
    ret->kind = HARK_SESSION_STREAM_DATA;
    ret->data = bytes.data;
    ret->len = bytes.len;
    ret->piece = bytes.piece;
    ret->finished = stream->end_arrived && !hark_stream_has_more (stream);
    return true;
  }
  if (stream->tells & HARK_STREAM_TELLS_WRITABLE) {
    stream->tells &= ~(unsigned) HARK_STREAM_TELLS_WRITABLE;
    ret->kind = HARK_SESSION_STREAM_WRITABLE;
    return true;
  }
  if (stream->tells & HARK_STREAM_TELLS_ACKED) {
    stream->tells &= ~(unsigned) HARK_STREAM_TELLS_ACKED;
    ret->kind = HARK_SESSION_STREAM_ACKED;
    return true;
  }
  if (stream->tells & HARK_STREAM_TELLS_CLOSED) {
    stream->tells &= ~(unsigned) HARK_STREAM_TELLS_CLOSED;
    ret->kind = HARK_SESSION_STREAM_CLOSED;
    ret->code = stream->code;
    return true;
  }
  return false;
}

static bool
poll_streams (HarkSession *session, HarkSessionEvent *ret)
{
  while (session->telling.head != NULL) {
    HarkStream *stream = session->telling.head->data;

    if (tell_one (session, stream, ret)) {
      if (ret->kind == HARK_SESSION_STREAM_CLOSED)
        hark_session_leave_stream (session, stream);
      return true;
    }
    stream->telling = false;
    g_queue_unlink (&session->telling, &stream->tell_link);
  }
  return false;
}

bool
hark_session_poll_event (HarkSession *session, HarkSessionEvent *ret)
{
  size_t len;
  const uint8_t *media;

  hark_read_chunk_free (g_steal_pointer (&session->lent), &session->spares);
  if (session->tell_confirmed) {
    session->tell_confirmed = false;
    *ret = (HarkSessionEvent){.kind = HARK_SESSION_CONFIRMED};
    return true;
  }
  if (session->tell_silent || session->tell_alive) {
    *ret = (HarkSessionEvent){
      .kind = session->tell_silent ? HARK_SESSION_SILENT : HARK_SESSION_ALIVE,
    };
    session->tell_silent = session->tell_alive = false;
    return true;
  }
  media = hark_media_queue_peek (&session->media_in, &len);
  if (media != NULL) {
    /* its place is not used again before 63 more have come */
    hark_media_queue_pop (&session->media_in);
    *ret = (HarkSessionEvent){.kind = HARK_SESSION_MEDIA, .data = media, .len = len};
    return true;
  }
  if (poll_streams (session, ret)) {
    hark_session_touch (session);
    return true;
  }
  if (session->tell_closed) {
    session->tell_closed = false;
    *ret = (HarkSessionEvent){
      .kind = HARK_SESSION_CLOSED, .code = session->close_code, .reason = session->close_reason};
    return true;
  }
  return false;
}
