/* Streams whose bytes arrive in memory of the reader's choice. */
#include "tests/unit/net/session/link.h"

#include <string.h>

#define FILE_LEN 1000000

/* What the reader has kept of a stream. */
typedef struct {
  GPtrArray *pieces; /* GBytes, one reference for each event */
  GArray *kept;      /* Kept */
} Reader;

typedef struct {
  const uint8_t *data;
  size_t len;
  uint64_t offset; /* in the stream */
} Kept;

static size_t piece_len;

static GBytes *
make_piece (void)
{
  return g_bytes_new_take (g_malloc (piece_len), piece_len);
}

static void
on_event (Link *link, unsigned end, const HarkSessionEvent *event)
{
  Reader *reader = link->user;
  const Kept *last
    = reader->kept->len > 0 ? &g_array_index (reader->kept, Kept, reader->kept->len - 1) : NULL;
  Kept kept = {.data = event->data, .len = event->len};
  const uint8_t *start;
  size_t size;

  if (end != 0 || event->kind != HARK_SESSION_STREAM_DATA || event->len == 0)
    return;
  g_assert_nonnull (event->piece);
  start = g_bytes_get_data (event->piece, &size);
  g_assert_cmpuint (size, ==, piece_len);
  g_assert_true (event->data >= start && event->data + event->len <= start + size);
  if (last != NULL)
    kept.offset = last->offset + last->len;
  /* one after the other to the last byte of each */
  g_assert_cmpuint ((size_t) (event->data - start), ==, kept.offset % piece_len);
  g_ptr_array_add (reader->pieces, g_bytes_ref (event->piece));
  g_array_append_val (reader->kept, kept);
}

static void
check (size_t len)
{
  Link *link = link_new (len, NULL);
  Reader reader = {.pieces = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref),
                   .kept = g_array_new (FALSE, FALSE, sizeof (Kept))};
  g_autoptr (GBytes) ask = g_bytes_new ("?", 1);
  g_autoptr (GBytes) file = NULL;
  int64_t stream;

  piece_len = len;
  g_assert_true (link_run (link, 2 * HARK_SECOND, link_is_confirmed));
  link_set (link, (LinkQuality){.delay = 10 * HARK_MS, .jitter = 5 * HARK_MS, .loss = 0.02});
  link->user = &reader;
  link->ends[0].on_event = on_event;
  stream = hark_session_stream_open (link->ends[0].session, 2);
  hark_session_stream_use_pieces (link->ends[0].session, stream, make_piece);
  hark_session_stream_send (link->ends[0].session, stream, ask, true);
  link_run (link, HARK_SECOND, NULL);
  file = link_make_bytes (stream, 0, FILE_LEN);
  hark_session_stream_send (link->ends[1].session, stream, file, true);
  link_run (link, 60 * HARK_SECOND, NULL);
  g_assert_cmpuint (link->ends[0].bytes, ==, FILE_LEN);
  g_assert_cmpuint (link->ends[0].bad_bytes, ==, 0);
  g_assert_cmpuint (link->ends[0].ended, ==, 1);
  link_free (link);
  for (guint i = 0; i < reader.kept->len; i++) {
    const Kept *kept = &g_array_index (reader.kept, Kept, i);

    for (size_t at = 0; at < kept->len; at++)
      g_assert_cmpuint (kept->data[at], ==, link_pattern (stream, kept->offset + at));
  }
  g_ptr_array_unref (reader.pieces);
  g_array_unref (reader.kept);
}

static void
test_filled (void)
{
  check (1);
  check (700);
  check (70001);
  check (FILE_LEN / 4);
  check (FILE_LEN + 1);
}

/* What has arrived of a piece goes with the stream. */
static void
test_reset (void)
{
  Link *link = link_new (3, NULL);
  g_autoptr (GBytes) ask = g_bytes_new ("?", 1);
  g_autoptr (GBytes) file = NULL;
  int64_t stream;

  piece_len = FILE_LEN;
  g_assert_true (link_run (link, 2 * HARK_SECOND, link_is_confirmed));
  stream = hark_session_stream_open (link->ends[0].session, 2);
  hark_session_stream_use_pieces (link->ends[0].session, stream, make_piece);
  hark_session_stream_send (link->ends[0].session, stream, ask, false);
  link_run (link, HARK_SECOND, NULL);
  file = link_make_bytes (stream, 0, FILE_LEN / 2);
  hark_session_stream_send (link->ends[1].session, stream, file, false);
  link_run (link, 5 * HARK_SECOND, NULL);
  g_assert_cmpuint (link->ends[0].bytes, ==, FILE_LEN / 2);
  hark_session_stream_reset (link->ends[1].session, stream, 4);
  link_run (link, 5 * HARK_SECOND, NULL);
  g_assert_cmpuint (link->ends[0].reset, ==, 1);
  hark_session_stream_use_pieces (link->ends[0].session, stream, make_piece); /* it is gone */
  link_free (link);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  if (sodium_init () < 0)
    return 1;
  g_test_add_func ("/session/pieces/are-filled-and-stay", test_filled);
  g_test_add_func ("/session/pieces/go-with-the-stream", test_reset);
  return g_test_run ();
}
