/* net/session/stream.c - one stream: bytes waiting to be sent or acknowledged, bytes waiting to be
 * read. */
#include "net/session/stream.h"

#include <string.h>

#define CHUNK_MIN 2048  /* bytes with the head; the first of a stream */
#define CHUNK_MAX 65536 /* once it has shown that it carries much */
#define SPARES_MAX 16

HarkStream *
hark_stream_new (int64_t id, unsigned priority, bool ours)
{
  HarkStream *stream = g_new0 (HarkStream, 1);

  stream->id = id;
  stream->priority = MIN (priority, HARK_PRIORITIES - 1);
  stream->ours = ours;
  stream->ready_link.data = stream;
  stream->tell_link.data = stream;
  return stream;
}

static void
free_chunk (HarkSendChunk *chunk)
{
  g_bytes_unref (chunk->bytes);
  g_free (chunk);
}

void
hark_stream_free (HarkStream *stream)
{
  while (stream->first != NULL) {
    HarkSendChunk *chunk = stream->first;

    stream->first = chunk->next;
    free_chunk (chunk);
  }
  hark_stream_drop_read (stream);
  g_free (stream);
}

void
hark_stream_queue (HarkStream *stream, GBytes *bytes, bool finish)
{
  size_t len = bytes != NULL ? g_bytes_get_size (bytes) : 0;

  stream->finish_queued = stream->finish_queued || finish;
  if (len > 0) {
    HarkSendChunk *chunk = g_new0 (HarkSendChunk, 1);

    chunk->bytes = g_bytes_ref (bytes);
    chunk->data = g_bytes_get_data (bytes, &chunk->len);
    chunk->start = stream->queued;
    stream->queued += len;
    if (stream->last != NULL)
      stream->last->next = chunk;
    else
      stream->first = chunk;
    stream->last = chunk;
    if (stream->unsent == NULL)
      stream->unsent = chunk;
  }
}

uint64_t
hark_stream_unsent_len (const HarkStream *stream)
{
  return stream->queued - stream->sent;
}

bool
hark_stream_wants (const HarkStream *stream)
{
  return !stream->send_over
         && (stream->queued > stream->sent || (stream->finish_queued && !stream->finish_sent));
}

size_t
hark_stream_peek (
  const HarkStream *stream, HarkPiece *ret, size_t max, size_t len_max, bool *ret_finish)
{
  const HarkSendChunk *chunk = stream->unsent;
  uint64_t at = stream->sent;
  size_t n = 0;

  while (chunk != NULL && n < max && at - stream->sent < len_max) {
    size_t skipped = (size_t) (at - chunk->start);
    size_t len = MIN (chunk->len - skipped, len_max);

    ret[n++] = (HarkPiece){chunk->data + skipped, len};
    at += len;
    chunk = chunk->next;
  }
  *ret_finish = stream->finish_queued && at == stream->queued;
  return n;
}

void
hark_stream_sent (HarkStream *stream, size_t len, bool finish)
{
  stream->sent += len;
  while (stream->unsent != NULL && stream->sent >= stream->unsent->start + stream->unsent->len)
    stream->unsent = stream->unsent->next;
  if (finish) {
    stream->finish_sent = stream->send_over = true;
    stream->finish_bare = len == 0;
  }
}

bool
hark_stream_acked (HarkStream *stream, uint64_t end, bool bare_end)
{
  bool before = stream->finish_acked && stream->acked == stream->queued;

  stream->acked = MAX (stream->acked, MIN (end, stream->sent));
  while (stream->first != NULL && stream->first->start + stream->first->len <= stream->acked) {
    HarkSendChunk *chunk = stream->first;

    stream->first = chunk->next;
    if (stream->first == NULL)
      stream->last = NULL;
    free_chunk (chunk);
  }
  /* a finish that went with bytes is acknowledged with the last of them */
  if (stream->finish_sent
      && (bare_end || (!stream->finish_bare && stream->acked == stream->queued)))
    stream->finish_acked = true;
  return !before && stream->finish_acked && stream->acked == stream->queued;
}

void
hark_stream_drop_unsent (HarkStream *stream)
{
  HarkSendChunk *chunk = stream->unsent;

  stream->send_over = true;
  /* the chunk at the border stays: part of it may be under way */
  if (chunk != NULL && stream->sent > chunk->start) {
    HarkSendChunk *border = chunk;

    chunk = border->next;
    border->next = NULL;
    stream->last = border;
  } else if (chunk != NULL) {
    HarkSendChunk **link = &stream->first;

    stream->last = NULL;
    while (*link != chunk) {
      stream->last = *link;
      link = &(*link)->next;
    }
    *link = NULL;
  }
  while (chunk != NULL) {
    HarkSendChunk *next = chunk->next;

    free_chunk (chunk);
    chunk = next;
  }
  stream->unsent = NULL;
  stream->queued = stream->sent;
}

/* Nobody else knows the piece yet: of what is told of it nothing is written to any more. */
static HarkReadChunk *
new_piece (const HarkStream *stream)
{
  HarkReadChunk *chunk = g_new0 (HarkReadChunk, 1);

  chunk->piece = stream->make_piece ();
  chunk->data = (uint8_t *) g_bytes_get_data (chunk->piece, &chunk->size);
  return chunk;
}

static HarkReadChunk *
new_chunk (const HarkStream *stream, HarkReadSpares *spares, size_t len)
{
  size_t size = stream->arrived > CHUNK_MAX ? CHUNK_MAX : CHUNK_MIN;
  HarkReadChunk *chunk = spares->first;

  size = MAX (size, len + sizeof *chunk);
  if (chunk != NULL && size == CHUNK_MAX) {
    spares->first = chunk->next;
    spares->count--;
  } else {
    chunk = g_malloc (size);
  }
  *chunk = (HarkReadChunk){.size = size - sizeof *chunk, .data = (uint8_t *) (chunk + 1)};
  return chunk;
}

static HarkReadChunk *
add_chunk (HarkStream *stream, HarkReadSpares *spares, size_t len)
{
  HarkReadChunk *chunk
    = stream->make_piece != NULL ? new_piece (stream) : new_chunk (stream, spares, len);

  if (stream->read_last != NULL)
    stream->read_last->next = chunk;
  else
    stream->read_first = chunk;
  stream->read_last = chunk;
  return chunk;
}

void
hark_stream_arrived (HarkStream *stream, HarkReadSpares *spares, const uint8_t *data, size_t len)
{
  while (len > 0) {
    HarkReadChunk *chunk = stream->read_last;
    size_t room = chunk != NULL ? chunk->size - chunk->len : 0;

    if (room == 0 || (chunk->piece == NULL && room < len)) {
      chunk = add_chunk (stream, spares, len);
      room = chunk->size;
    }
    room = MIN (room, len);
    memcpy (chunk->data + chunk->len, data, room);
    chunk->len += room;
    stream->arrived += room;
    data += room;
    len -= room;
  }
}

static HarkReadChunk *
pop_chunk (HarkStream *stream)
{
  HarkReadChunk *chunk = stream->read_first;

  if (chunk != NULL) {
    stream->read_first = chunk->next;
    if (stream->read_first == NULL)
      stream->read_last = NULL;
  }
  return chunk;
}

/* A piece that is told of and not full is the last one. */
bool
hark_stream_has_more (const HarkStream *stream)
{
  return stream->read_first != NULL && stream->read_first->told < stream->read_first->len;
}

void
hark_stream_take (HarkStream *stream, HarkReadBytes *ret)
{
  HarkReadChunk *chunk = stream->read_first;

  *ret = (HarkReadBytes){0};
  if (!hark_stream_has_more (stream))
    return;
  ret->data = chunk->data + chunk->told;
  ret->len = chunk->len - chunk->told;
  ret->piece = chunk->piece;
  chunk->told = chunk->len;
  if (chunk->piece == NULL || chunk->len == chunk->size)
    ret->chunk = pop_chunk (stream);
}

void
hark_read_chunk_free (HarkReadChunk *chunk, HarkReadSpares *spares)
{
  if (chunk == NULL)
    return;
  if (chunk->piece != NULL || chunk->size + sizeof *chunk != CHUNK_MAX
      || spares->count >= SPARES_MAX) {
    g_clear_pointer (&chunk->piece, g_bytes_unref);
    g_free (chunk);
    return;
  }
  chunk->next = spares->first;
  spares->first = chunk;
  spares->count++;
}

void
hark_read_spares_clear (HarkReadSpares *spares)
{
  while (spares->first != NULL) {
    HarkReadChunk *chunk = spares->first;

    spares->first = chunk->next;
    g_free (chunk);
  }
  spares->count = 0;
}

void
hark_stream_drop_read (HarkStream *stream)
{
  HarkReadChunk *chunk;

  while ((chunk = pop_chunk (stream)) != NULL) {
    g_clear_pointer (&chunk->piece, g_bytes_unref);
    g_free (chunk);
  }
}
