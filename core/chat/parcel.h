/* core/chat/parcel.h - what a keeper hands out, opened.
 *
 * Pure; one thread at a time. The keeper is not trusted, nor is who sealed it: they have no more
 * rights than in a session (core/PROTOCOL.md "Mailbox").
 */
#pragma once

#include "core/mailbox/slot.h"
#include "core/proto/frame.h"

/* hark_chat_open_parcel: (transfer full) (nullable): the Entry, GroupEntry, GroupHave or Ack that
 * lies in @parcel, to be freed with hark_frame_free(); NULL when it is not from the other one of
 * @slot's pair, holds more or less than one whole frame, or another one. */
Hark__Frame *hark_chat_open_parcel (const HarkMailSlot *slot, const Hark__Mailbox__Parcel *parcel);
