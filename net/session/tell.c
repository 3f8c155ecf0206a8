/* net/session/tell.c - the table of streams and what the session has to tell. */
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
hark_media_queue_add (HarkMediaQueue *queue, size_t len, bool drop)
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
hark_media_queue_clear (HarkMediaQueue *queue)
{
  if (queue->items != NULL)
    sodium_memzero (queue->items, HARK_SESSION_MEDIA_QUEUE * sizeof *queue->items);
  g_clear_pointer (&queue->items, g_free);
  queue->head = queue->count = 0;
}
