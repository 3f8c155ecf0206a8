/* One thing left with a keeper. Stands on mail/keeper.c. */
#define G_LOG_DOMAIN "hark-core"

#include "core/heart/mail/mail.h"
#include "core/heart/people/presence.h"

bool
hark_core_mail_may_leave (const HarkCore *core,
                          const HarkCoreContact *keeper,
                          const HarkCoreContact *recipient)
{
  const HarkCoreMailbox *box = keeper->mailbox;

  return box != NULL && box->asked && !box->full && hark_core_is_ready (keeper)
         && !recipient->has_session && recipient->row.has_pairwise
         && !hark_core_hides_from (core, recipient)
         && recipient->row.status == HARK_CONTACT_ACCEPTED
         && g_hash_table_size (box->offered) < HARK_CORE_OFFERS_OUT_MAX
         && box->offered_bytes < HARK_CORE_OFFERS_OUT_BYTES;
}

size_t
hark_core_mail_leave (HarkCore *core,
                      HarkCoreContact *keeper,
                      const HarkCoreContact *recipient,
                      const uint8_t id[HARK_MAIL_ID_LEN],
                      GBytes *frame)
{
  const uint8_t *ticket
    = hark_mail_peers_ticket (&core->mail, &keeper->row.account, &recipient->row.account);
  Hark__Mailbox__Deposit body = HARK__MAILBOX__DEPOSIT__INIT;
  Hark__Mailbox mail = HARK__MAILBOX__INIT;
  uint8_t nonce[HARK_MAIL_NONCE_LEN], receipt[HARK_MAIL_RECEIPT_LEN], lock[HARK_MAIL_LOCK_LEN];
  g_autoptr (GBytes) sealed = NULL;
  HarkMailSlot slot;
  const uint8_t *bytes;
  size_t len;

  if (ticket == NULL || hark_core_hides_from (core, recipient))
    return 0;
  hark_mail_slot (&recipient->row.pairwise, &recipient->row.account,
                  hark_mail_epoch (hark_core_wall (core)), &slot);
  hark_rng_bytes (&core->rng, nonce, sizeof nonce);
  bytes = g_bytes_get_data (frame, &len);
  sealed = hark_mail_seal (&slot, id, nonce, bytes, len);
  hark_mail_receipt (&slot, id, receipt);
  hark_mail_lock (receipt, lock);
  if (sealed != NULL) {
    bytes = g_bytes_get_data (sealed, &len);
    body.ticket = (ProtobufCBinaryData){HARK_MAIL_TICKET_LEN, (uint8_t *) ticket};
    body.tag = (ProtobufCBinaryData){sizeof slot.tag, slot.tag};
    body.id = (ProtobufCBinaryData){HARK_MAIL_ID_LEN, (uint8_t *) id};
    body.lock = (ProtobufCBinaryData){sizeof lock, lock};
    body.sealed = (ProtobufCBinaryData){len, (uint8_t *) bytes};
    mail.what_case = HARK__MAILBOX__WHAT_DEPOSIT;
    mail.deposit = &body;
    if (!hark_core_say_mail (core, keeper, &mail))
      len = 0;
  }
  hark_mail_slot_clear (&slot);
  sodium_memzero (receipt, sizeof receipt);
  return sealed != NULL ? len : 0;
}
