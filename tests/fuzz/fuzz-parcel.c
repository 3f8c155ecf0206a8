/* Mail as a keeper hands it out. The first byte chooses: 0, the sealed bytes; 1, what the other one
 * of the pair sealed; else a frame that they sealed, with its length. */
#include "core/chat/message.h"
#include "core/chat/parcel.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
open_one (const HarkMailSlot *slot, uint8_t *id, const uint8_t *sealed, size_t len)
{
  Hark__Mailbox__Parcel parcel = HARK__MAILBOX__PARCEL__INIT;
  g_auto (HarkChatEntry) entry = {0};
  Hark__Frame *frame;

  parcel.id = (ProtobufCBinaryData){HARK_MAIL_ID_LEN, id};
  parcel.sealed = (ProtobufCBinaryData){len, (uint8_t *) sealed};
  frame = hark_chat_open_parcel (slot, &parcel);
  if (frame == NULL)
    return;
  if (frame->what_case == HARK__FRAME__WHAT_ENTRY)
    hark_chat_read_entry (frame->entry, &entry);
  else
    g_assert (hark_chat_read_acks (frame->ack) <= HARK_CHAT_ACKS_MAX);
  hark_frame_free (frame);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static const uint8_t nonce[HARK_MAIL_NONCE_LEN] = {3};
  const HarkSecret pairwise = {{1}};
  const HarkKey recipient = {{2}};
  uint8_t id[HARK_MAIL_ID_LEN] = {4};
  g_autoptr (GByteArray) frame = g_byte_array_new ();
  g_autoptr (GBytes) sealed = NULL;
  HarkMailSlot slot;

  if (size == 0 || sodium_init () < 0)
    return 0;
  hark_mail_slot (&pairwise, &recipient, 2900, &slot);
  if (data[0] == 0) {
    open_one (&slot, id, data + 1, size - 1);
    return 0;
  }
  if (data[0] > 1) {
    const uint32_t len = GUINT32_TO_BE ((uint32_t) (size - 1));

    g_byte_array_append (frame, (const uint8_t *) &len, sizeof len);
  }
  g_byte_array_append (frame, data + 1, (guint) (size - 1));
  sealed = hark_mail_seal (&slot, id, nonce, frame->data, frame->len);
  if (sealed != NULL)
    open_one (&slot, id, g_bytes_get_data (sealed, NULL), g_bytes_get_size (sealed));
  hark_mail_slot_clear (&slot);
  return 0;
}
