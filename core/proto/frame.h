/* core/proto/frame.h - frames of the control stream: length, protobuf message, padding.
 *
 * Pure; one thread at a time. A stream starts with one byte that says what it carries; on a control
 * stream a u32 of the frame's length in network byte order and the frame follow again and again.
 * Bytes come from an authenticated peer and are not trusted.
 * Source: core/PROTOCOL.md "Control stream", core/proto/hark.proto.
 */
#pragma once

#include "core/proto/hark.pb-c.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define HARK_STREAM_IS_CONTROL 1 /* first byte of a stream */
#define HARK_STREAM_IS_FILE 2

#define HARK_FRAME_LEN_MAX (128 * 1024) /* bytes behind the length */
#define HARK_FRAME_STEP_CONTROL 64 /* padded to multiples of that many bytes, length included */
#define HARK_FRAME_STEP_TEXT 256

/* hark_frame_pack: (transfer full): length and frame, padded. @frame is completed with padding and
 * restored. It must fit HARK_FRAME_LEN_MAX. */
GBytes *hark_frame_pack (Hark__Frame *frame, size_t step);

/* hark_frame_unpack: (transfer full) (nullable): NULL when @data is no frame; free with
 * hark_frame_free(). */
Hark__Frame *hark_frame_unpack (const uint8_t *data, size_t len);
void hark_frame_free (Hark__Frame *frame);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Hark__Frame, hark_frame_free)

typedef enum {
  HARK_FRAME_NONE, /* needs more bytes */
  HARK_FRAME_OK,
  HARK_FRAME_MALFORMED, /* skipped */
  HARK_FRAME_TOO_LONG,  /* the stream cannot be followed any further */
} HarkFrameResult;

/* Takes frames out of a stream. Holds at most one frame and what was handed in behind it. */
typedef struct {
  GByteArray *buffer;
  size_t at; /* bytes of it already dealt with */
} HarkFrameReader;

/* hark_frame_reader_init: empty; hark_frame_reader_clear: frees its buffer. */
void hark_frame_reader_init (HarkFrameReader *reader);
void hark_frame_reader_clear (HarkFrameReader *reader);

/* hark_frame_reader_push: @len bytes that came behind the stream's first byte; copied. */
void hark_frame_reader_push (HarkFrameReader *reader, const uint8_t *data, size_t len);

/* hark_frame_reader_peek: the bytes that the next frame will be made of, borrowed until the next
 * call; false when there is no whole one. _skip: goes on behind them. */
bool hark_frame_reader_peek (const HarkFrameReader *reader, const uint8_t **ret, size_t *ret_len);
void hark_frame_reader_skip (HarkFrameReader *reader);

/* hark_frame_reader_next: the next frame in @ret (transfer full), set with HARK_FRAME_OK only. */
HarkFrameResult hark_frame_reader_next (HarkFrameReader *reader, Hark__Frame **ret);
