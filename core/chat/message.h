/* core/chat/message.h - what is said about entries: frames.
 *
 * Pure; any thread. Frames read come from an authenticated peer and are not trusted.
 * Source: core/proto/hark.proto, core/PROTOCOL.md "Messages"; padding: core/PROTOCOL.md "Control
 * stream".
 */
#pragma once

#include "core/chat/entry.h"

#define HARK_CHAT_ACKS_MAX 256 /* ids in one frame */

/* All writers: (transfer full): whole frames, padded. */
GBytes *hark_chat_write_acks (const uint8_t (*ids)[HARK_CHAT_ID_LEN], size_t n);
GBytes *hark_chat_write_read (const uint8_t id[HARK_CHAT_ID_LEN]);
GBytes *hark_chat_write_typing (bool on);

/* hark_chat_read_id: false unless @id has HARK_CHAT_ID_LEN bytes. */
bool hark_chat_read_id (const ProtobufCBinaryData *id, uint8_t ret[HARK_CHAT_ID_LEN]);

/* hark_chat_read_acks: how many ids: 0 when there are none, too many, or one has another length.
 * Then read them with hark_chat_read_id(). */
size_t hark_chat_read_acks (const Hark__Ack *frame);
