/* core/chat/message.h - what people write, as frames.
 *
 * Pure; any thread. Frames read come from an authenticated peer and are not trusted.
 * Source: core/proto/hark.proto, core/PROTOCOL.md "Messages"; padding: core/PROTOCOL.md "Control
 * stream".
 */
#pragma once

#include "core/proto/frame.h"

#define HARK_CHAT_ID_LEN 16
#define HARK_CHAT_TEXT_LEN_MAX 65536 /* bytes of UTF-8 */
#define HARK_CHAT_ACKS_MAX 256       /* ids in one frame */

typedef struct {
  uint8_t id[HARK_CHAT_ID_LEN];
  uint64_t seq;     /* the sender's count, from 1 */
  int64_t sent_ms;  /* Unix, by the sender's clock */
  const char *text; /* borrowed */
  bool has_reply_to;
  uint8_t reply_to[HARK_CHAT_ID_LEN];
} HarkChatText;

/* hark_chat_text_is_fit: 1 to HARK_CHAT_TEXT_LEN_MAX bytes of UTF-8. */
bool hark_chat_text_is_fit (const char *text);

/* All writers: (transfer full): whole frames, padded. */
GBytes *hark_chat_write_text (const HarkChatText *text);
GBytes *hark_chat_write_acks (const uint8_t (*ids)[HARK_CHAT_ID_LEN], size_t n);
GBytes *hark_chat_write_read (const uint8_t id[HARK_CHAT_ID_LEN]);
GBytes *hark_chat_write_typing (bool on);

/* hark_chat_read_text: false, with @ret untouched, when ids have other lengths, the text is empty,
 * too long or not UTF-8, seq is 0 or above 2^63 - 1, or the time lies outside the years 1970 to
 * 9999. @ret borrows from @frame. */
bool hark_chat_read_text (const Hark__Text *frame, HarkChatText *ret);

/* hark_chat_read_id: false unless @id has HARK_CHAT_ID_LEN bytes. */
bool hark_chat_read_id (const ProtobufCBinaryData *id, uint8_t ret[HARK_CHAT_ID_LEN]);

/* hark_chat_read_acks: how many ids: 0 when there are none, too many, or one has another length.
 * Then read them with hark_chat_read_id(). */
size_t hark_chat_read_acks (const Hark__Ack *frame);
