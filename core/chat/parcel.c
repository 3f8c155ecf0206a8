#include "core/chat/parcel.h"

#include "net/base/reader.h"

Hark__Frame *
hark_chat_open_parcel (const HarkMailSlot *slot, const Hark__Mailbox__Parcel *parcel)
{
  g_autoptr (GBytes) opened = NULL;
  HarkReader reader;
  Hark__Frame *frame;
  const void *bytes;
  size_t len;

  if (parcel->id.len != HARK_MAIL_ID_LEN)
    return NULL;
  opened = hark_mail_open (slot, parcel->id.data, parcel->sealed.data, parcel->sealed.len);
  if (opened == NULL)
    return NULL;
  bytes = g_bytes_get_data (opened, &len);
  hark_reader_init (&reader, bytes, len);
  len = hark_reader_u32 (&reader);
  if (len == 0 || len != hark_reader_left (&reader))
    return NULL;
  frame = hark_frame_unpack (hark_reader_borrow (&reader, len), len);
  if (frame == NULL || frame->what_case == HARK__FRAME__WHAT_ENTRY
      || frame->what_case == HARK__FRAME__WHAT_ACK
      || frame->what_case == HARK__FRAME__WHAT_GROUP_ENTRY
      || frame->what_case == HARK__FRAME__WHAT_GROUP_HAVE)
    return frame;
  hark_frame_free (frame);
  return NULL;
}
