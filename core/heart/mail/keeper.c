/* Mail that we keep for others: taking it, handing it out, letting it go. Stands on
 * people/people.c; core/mailbox/keeper.h decides, the store keeps. */
#define G_LOG_DOMAIN "hark-core"

#include "core/heart/mail/mail.h"

#include <string.h>

/* What a deposit that waits for the disk costs us beside its bytes. */
#define DEPOSIT_COST (sizeof (HarkPending) + sizeof (HarkStoreRequest))

bool
hark_core_say_mail (HarkCore *core, HarkCoreContact *contact, Hark__Mailbox *mail)
{
  Hark__Frame frame = HARK__FRAME__INIT;

  frame.what_case = HARK__FRAME__WHAT_MAILBOX;
  frame.mailbox = mail;
  return hark_core_say (core, contact, hark_frame_pack (&frame, HARK_FRAME_STEP_CONTROL));
}

void
hark_core_keeper_load (HarkCore *core, const GArray *kept)
{
  HarkKeeperLimits limits = core->config.mailbox ? hark_keeper_of_node : hark_keeper_of_friend;

  if (core->config.mailbox_mib > 0)
    limits.bytes = (uint64_t) core->config.mailbox_mib * 1024 * 1024;
  core->keeper = hark_keeper_new (&limits);
  for (guint i = 0; i < kept->len; i++) {
    const HarkStoreKept *row = &g_array_index (kept, HarkStoreKept, i);
    HarkKeptDeposit deposit = {
      .number = row->number, .depositor = row->depositor, .made_ms = row->made_ms, .len = row->len};

    memcpy (deposit.id, row->id, sizeof deposit.id);
    memcpy (deposit.tag, row->tag, sizeof deposit.tag);
    memcpy (deposit.lock, row->lock, sizeof deposit.lock);
    hark_keeper_load (core->keeper, &deposit);
  }
}

static void
delete_kept (HarkCore *core, const uint8_t id[HARK_MAIL_ID_LEN])
{
  HarkStoreRequest *request = hark_core_request (HARK_STORE_DELETE_KEPT);

  memcpy (request->kept.id, id, HARK_MAIL_ID_LEN);
  hark_core_ask_store (core, request, NULL);
}

void
hark_core_keeper_expire (HarkCore *core)
{
  uint8_t id[HARK_MAIL_ID_LEN];

  while (core->keeper != NULL && hark_keeper_expire (core->keeper, hark_core_wall (core), id))
    delete_kept (core, id);
}

/* ---- taking ---- */

static void
say_answer (HarkCore *core,
            HarkCoreContact *contact,
            const uint8_t id[HARK_MAIL_ID_LEN],
            HarkKeeperAnswer answer)
{
  Hark__Mailbox__Answer body = HARK__MAILBOX__ANSWER__INIT;
  Hark__Mailbox mail = HARK__MAILBOX__INIT;

  body.id = (ProtobufCBinaryData){HARK_MAIL_ID_LEN, (uint8_t *) id};
  body.answer = answer;
  mail.what_case = HARK__MAILBOX__WHAT_ANSWER;
  mail.answer = &body;
  hark_core_say_mail (core, contact, &mail);
}

/* Whoever waits for it asks once more. */
static void
say_news (HarkCore *core, const uint8_t tag[HARK_MAIL_TAG_LEN])
{
  Hark__Mailbox__News body = HARK__MAILBOX__NEWS__INIT;
  Hark__Mailbox mail = HARK__MAILBOX__INIT;
  GHashTableIter iter;
  void *value;

  mail.what_case = HARK__MAILBOX__WHAT_NEWS;
  mail.news = &body;
  g_hash_table_iter_init (&iter, core->contacts);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    HarkCoreContact *contact = value;
    HarkCoreMailbox *box = contact->mailbox;

    if (box == NULL || box->watched == NULL || box->news_said || !hark_core_is_ready (contact))
      continue;
    for (size_t i = 0; !box->news_said && i < box->n_watched; i++)
      box->news_said = memcmp (box->watched[i], tag, HARK_MAIL_TAG_LEN) == 0;
    if (box->news_said)
      hark_core_say_mail (core, contact, &mail);
  }
}

static void
after_kept (HarkCore *core, HarkPending *pending, HarkStoreReply *reply)
{
  HarkCoreContact *contact = hark_core_find (core, &pending->contact);
  const HarkCoreMail *mail = &pending->mail;

  if (contact != NULL)
    hark_core_stored (contact, mail->cost);
  if (contact != NULL && reply->ok)
    hark_core_ledger_deed (core, &contact->row.account, HARK_DEED_KEPT_FOR_THEM);
  if (!reply->ok)
    hark_keeper_drop (core->keeper, mail->id);
  if (contact != NULL && contact->has_session && contact->session == mail->session)
    say_answer (core, contact, mail->id, reply->ok ? HARK_KEEPER_HELD : HARK_KEEPER_DISK);
  if (!hark_core_refuse_store (core, pending, reply))
    say_news (core, mail->tag);
}

/* Only what is for somebody whom we keep for, which the ticket says; for whom, it does not. */
static bool
has_ticket (const HarkCore *core, const Hark__Mailbox__Deposit *body)
{
  return core->mail.has_own && body->ticket.len == HARK_MAIL_TICKET_LEN
         && sodium_memcmp (body->ticket.data, core->mail.own, HARK_MAIL_TICKET_LEN) == 0;
}

bool
hark_core_keeper_deposit (HarkCore *core,
                          HarkCoreContact *contact,
                          const Hark__Mailbox__Deposit *body)
{
  HarkKeptDeposit deposit = {.depositor = contact->row.account,
                             .made_ms = hark_core_wall (core),
                             .len = (uint32_t) body->sealed.len};
  HarkKeeperAnswer answer;
  HarkStoreRequest *request;
  HarkPending *pending;
  bool fresh = false;

  if (body->id.len != sizeof deposit.id || body->tag.len != sizeof deposit.tag
      || body->lock.len != sizeof deposit.lock)
    return false;
  memcpy (deposit.id, body->id.data, sizeof deposit.id);
  memcpy (deposit.tag, body->tag.data, sizeof deposit.tag);
  memcpy (deposit.lock, body->lock.data, sizeof deposit.lock);
  answer = has_ticket (core, body)
             ? hark_keeper_take (core->keeper, &deposit, core->now, &fresh, &deposit.number)
             : HARK_KEEPER_TICKET;
  if (!fresh) {
    say_answer (core, contact, deposit.id, answer);
    return true;
  }
  request = hark_core_request (HARK_STORE_PUT_KEPT);
  request->kept = (HarkStoreKept){
    .number = deposit.number, .depositor = deposit.depositor, .made_ms = deposit.made_ms};
  memcpy (request->kept.id, deposit.id, sizeof deposit.id);
  memcpy (request->kept.tag, deposit.tag, sizeof deposit.tag);
  memcpy (request->kept.lock, deposit.lock, sizeof deposit.lock);
  request->sealed = g_bytes_new (body->sealed.data, body->sealed.len);
  pending = hark_pending_new (after_kept, NULL);
  pending->contact = contact->row.account;
  pending->mail
    = (HarkCoreMail){.session = contact->session, .cost = DEPOSIT_COST + body->sealed.len};
  memcpy (pending->mail.id, deposit.id, sizeof deposit.id);
  memcpy (pending->mail.tag, deposit.tag, sizeof deposit.tag);
  contact->unstored += pending->mail.cost;
  hark_core_ask_store (core, request, pending);
  return true;
}

/* ---- handing out ---- */

static void
say_end (HarkCore *core, HarkCoreContact *contact, bool more)
{
  Hark__Mailbox__End body = HARK__MAILBOX__END__INIT;
  Hark__Mailbox mail = HARK__MAILBOX__INIT;

  body.more = more;
  mail.what_case = HARK__MAILBOX__WHAT_END;
  mail.end = &body;
  contact->mailbox->handing = false;
  hark_core_say_mail (core, contact, &mail);
}

static void
say_parcel (HarkCore *core, HarkCoreContact *contact, const HarkCoreMail *kept, GBytes *sealed)
{
  Hark__Mailbox__Parcel body = HARK__MAILBOX__PARCEL__INIT;
  Hark__Mailbox mail = HARK__MAILBOX__INIT;
  size_t len;
  const void *bytes = g_bytes_get_data (sealed, &len);

  body.id = (ProtobufCBinaryData){sizeof kept->id, (uint8_t *) kept->id};
  body.tag = (ProtobufCBinaryData){sizeof kept->tag, (uint8_t *) kept->tag};
  body.number = kept->number;
  body.sealed = (ProtobufCBinaryData){len, (uint8_t *) bytes};
  mail.what_case = HARK__MAILBOX__WHAT_PARCEL;
  mail.parcel = &body;
  if (hark_core_say_mail (core, contact, &mail))
    hark_core_ledger_deed (core, &contact->row.account, HARK_DEED_KEPT_FOR_THEM);
}

static void
after_read (HarkCore *core, HarkPending *pending, HarkStoreReply *reply)
{
  HarkCoreContact *contact = hark_core_find (core, &pending->contact);
  const HarkCoreMail *mail = &pending->mail;

  hark_core_refuse_store (core, pending, reply);
  if (contact == NULL || !contact->has_session || contact->session != mail->session)
    return;
  if (reply->ok && reply->sealed != NULL) /* else it was let go meanwhile */
    say_parcel (core, contact, mail, reply->sealed);
  if (mail->last)
    say_end (core, contact, mail->more);
}

static void
hand_out (
  HarkCore *core, HarkCoreContact *contact, const HarkKeptDeposit *deposit, bool last, bool more)
{
  HarkStoreRequest *request = hark_core_request (HARK_STORE_GET_KEPT);
  HarkPending *pending = hark_pending_new (after_read, NULL);

  memcpy (request->kept.id, deposit->id, sizeof deposit->id);
  pending->contact = contact->row.account;
  pending->mail = (HarkCoreMail){
    .session = contact->session, .number = deposit->number, .last = last, .more = more};
  memcpy (pending->mail.id, deposit->id, sizeof deposit->id);
  memcpy (pending->mail.tag, deposit->tag, sizeof deposit->tag);
  hark_core_ask_store (core, request, pending);
}

/* Takes the secrets of a question; false when they make no sense. */
static bool
take_secrets (HarkCoreMailbox *box, const ProtobufCBinaryData *secrets)
{
  if (secrets->len == 0)
    return true; /* the same as before */
  if (secrets->len % HARK_MAIL_SECRET_LEN != 0
      || secrets->len / HARK_MAIL_SECRET_LEN > HARK_KEEPER_WATCH_MAX)
    return false;
  box->n_watched = secrets->len / HARK_MAIL_SECRET_LEN;
  box->watched = g_realloc_n (box->watched, box->n_watched, HARK_MAIL_TAG_LEN);
  for (size_t i = 0; i < box->n_watched; i++)
    hark_mail_tag (secrets->data + i * HARK_MAIL_SECRET_LEN, box->watched[i]);
  return true;
}

bool
hark_core_keeper_fetch (HarkCore *core, HarkCoreContact *contact, const Hark__Mailbox__Fetch *body)
{
  HarkCoreMailbox *box = hark_core_mailbox (contact);
  const HarkKeptDeposit *found[HARK_KEEPER_ROUND];
  bool more;
  size_t n;

  if (box->handing || !take_secrets (box, &body->secrets))
    return false;
  box->handing = true;
  box->news_said = false;
  n = hark_keeper_find (core->keeper, (const uint8_t (*)[HARK_MAIL_TAG_LEN]) box->watched,
                        box->n_watched, body->after, found, &more);
  for (size_t i = 0; i < n; i++)
    hand_out (core, contact, found[i], i == n - 1, more);
  if (n == 0)
    say_end (core, contact, false);
  return true;
}

bool
hark_core_keeper_remove (HarkCore *core, const Hark__Mailbox__Remove *body)
{
  size_t n = body->ids.len / HARK_MAIL_ID_LEN;

  if (body->ids.len % HARK_MAIL_ID_LEN != 0 || n == 0 || n > HARK_CORE_REMOVE_MAX
      || body->receipts.len != n * HARK_MAIL_RECEIPT_LEN)
    return false;
  for (size_t i = 0; i < n; i++) {
    const uint8_t *id = body->ids.data + i * HARK_MAIL_ID_LEN;

    if (hark_keeper_remove (core->keeper, id, body->receipts.data + i * HARK_MAIL_RECEIPT_LEN))
      delete_kept (core, id);
  }
  return true;
}
