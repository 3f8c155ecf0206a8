/* Mail kept by others: leaving it for those who are not there, and fetching our own. Stands on
 * chat/chat.c and mail/keeper.c; who keeps for whom is mail/places.c's.
 *
 * The queue at the sender stays the truth: what was left with a keeper is still in it, until the
 * recipient's own acknowledgement comes, by a session or through a keeper. So a keeper can lose,
 * repeat, hold back and mix up what it likes: nothing gets lost, arrives twice or is forged. */
#define G_LOG_DOMAIN "hark-core"

#include "core/chat/parcel.h"
#include "core/heart/groups/groups.h"
#include "core/heart/mail/mail.h"
#include "core/heart/people/presence.h"

#include <string.h>

#define EPOCHS (HARK_MAIL_EPOCHS_BACK + 1 + HARK_MAIL_EPOCHS_AHEAD)
#define STALE_MS \
  (INT64_C (21) * 24 * 3600 * 1000) /* nothing is kept under a secret replaced then */
#define AGAIN_TIME (10 * HARK_MINUTE)
#define ASK_TIME (6 * HARK_HOUR)

void
hark_core_mail_keep (HarkCore *core, HarkPending *pending)
{
  HarkStoreRequest *request = hark_core_request (HARK_STORE_PUT_MAILBOX);

  request->mailbox = hark_mail_peers_keep (&core->mail);
  hark_core_ask_store (core, request, pending);
}

/* ---- leaving --------------------------------------------------------------------- */

/* The user hears where it waits. */
static void
say_kept (HarkCore *core, const HarkCoreContact *keeper, const HarkCoreOffer *offer)
{
  HarkCoreContact *recipient = hark_core_find (core, &offer->recipient);
  const HarkMailPeer *peer = hark_mail_peers_find (&core->mail, &keeper->row.account);
  g_autofree char *name = NULL, *reason = NULL, *whose = NULL;

  if (recipient == NULL
      || !g_hash_table_contains (recipient->conversation.outbox.by_id, offer->entry))
    return;
  name
    = hark_contact_name (recipient->row.petname, recipient->row.name, recipient->row.account.bytes);
  if (peer != NULL && (peer->is & HARK_MAIL_OWN))
    whose = g_strdup ("your node");
  else if (peer != NULL && (peer->is & HARK_MAIL_NODE))
    whose = g_strconcat (name, "'s node", NULL);
  else {
    g_autofree char *of
      = hark_contact_name (keeper->row.petname, keeper->row.name, keeper->row.account.bytes);

    whose = g_strconcat (of, "'s", NULL);
  }
  reason = g_strdup_printf ("Waiting at %s for %s to come online.", whose, name);
  hark_core_say_waiting (core, recipient, offer->entry, reason);
}

static void
offer_entry (HarkCore *core,
             HarkCoreContact *keeper,
             HarkCoreContact *recipient,
             const HarkChatEntry *entry)
{
  HarkCoreMailbox *box = keeper->mailbox;
  g_autoptr (GBytes) frame = hark_chat_write_entry (entry);
  HarkCoreOffer *offer;
  uint8_t id[HARK_MAIL_ID_LEN];
  size_t len;

  hark_mail_deposit_id (&recipient->row.pairwise, &recipient->row.account, entry->id, id);
  len = hark_core_mail_leave (core, keeper, recipient, id, frame);
  if (len == 0)
    return; /* too large for a slot, or the session has ended: the queue has it */
  offer = g_new0 (HarkCoreOffer, 1);
  offer->recipient = recipient->row.account;
  memcpy (offer->entry, entry->id, sizeof offer->entry);
  offer->seq = entry->seq;
  offer->len = len;
  box->offered_bytes += len;
  g_hash_table_replace (box->offered, g_memdup2 (id, sizeof id), offer);
}

static uint64_t *
cursor_of (HarkCoreMailbox *box, const HarkKey *recipient)
{
  uint64_t *cursor = g_hash_table_lookup (box->cursors, recipient);

  if (cursor == NULL) {
    cursor = g_new0 (uint64_t, 1);
    g_hash_table_insert (box->cursors, g_memdup2 (recipient, sizeof *recipient), cursor);
  }
  return cursor;
}

void
hark_core_mail_offer (HarkCore *core, HarkCoreContact *keeper, HarkCoreContact *recipient)
{
  HarkCoreMailbox *box = keeper->mailbox;
  uint64_t *cursor;

  if (!hark_core_mail_may_leave (core, keeper, recipient))
    return;
  cursor = cursor_of (box, &recipient->row.account);
  for (const GList *at = recipient->conversation.outbox.items.head; at != NULL; at = at->next) {
    const HarkOutboxItem *item = at->data;

    if (item->entry.seq <= *cursor)
      continue;
    if (!hark_core_mail_may_leave (core, keeper, recipient))
      return;
    offer_entry (core, keeper, recipient, &item->entry);
    *cursor = item->entry.seq;
  }
}

/* @keeper may take something for @recipient: it is a place of theirs, or our own node. */
static bool
keeps_for (HarkCore *core, const HarkKey *keeper, const HarkKey *recipient)
{
  const HarkMailPeer *peer = hark_mail_peers_find (&core->mail, recipient);

  return (peer != NULL
          && (hark_mail_peers_place (peer, keeper) != NULL
              || ((peer->is & HARK_MAIL_TOLD)
                  && hark_mail_peers_is (&core->mail, keeper, HARK_MAIL_OWN | HARK_MAIL_KEEPS))));
}

void
hark_core_mail_offer_all (HarkCore *core, HarkCoreContact *recipient)
{
  GHashTableIter iter;
  void *value;

  if (recipient->has_session || hark_mail_peers_find (&core->mail, &recipient->row.account) == NULL)
    return;
  g_hash_table_iter_init (&iter, core->contacts);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    HarkCoreContact *keeper = value;

    if (keeper->mailbox != NULL && keeper != recipient
        && keeps_for (core, &keeper->row.account, &recipient->row.account)) {
      hark_core_mail_offer (core, keeper, recipient);
      hark_core_mail_leave_groups (core, keeper, recipient);
    }
  }
}

/* Everything for everybody that @keeper may take. */
static void
offer_everything (HarkCore *core, HarkCoreContact *keeper)
{
  GHashTableIter iter;
  void *value;

  g_hash_table_iter_init (&iter, core->contacts);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    HarkCoreContact *recipient = value;

    if (recipient != keeper && !recipient->has_session
        && keeps_for (core, &keeper->row.account, &recipient->row.account)) {
      hark_core_mail_offer (core, keeper, recipient);
      hark_core_mail_leave_groups (core, keeper, recipient);
    }
  }
}

static void
say_refused (HarkCore *core,
             const HarkCoreContact *keeper,
             const HarkCoreOffer *offer,
             HarkKeeperAnswer answer)
{
  HarkCoreContact *recipient = hark_core_find (core, &offer->recipient);
  g_autofree char *name = NULL, *reason = NULL;

  if (recipient == NULL)
    return;
  name = hark_core_is_node (core, &keeper->row.account)
           ? g_strdup ("The node")
           : hark_contact_name (keeper->row.petname, keeper->row.name, keeper->row.account.bytes);
  reason = g_strdup_printf ("%s %s; it goes out when you are both online.", name,
                            hark_keeper_explain (answer));
  hark_core_say_waiting (core, recipient, offer->entry, reason);
}

static bool
handle_answer (HarkCore *core, HarkCoreContact *keeper, const Hark__Mailbox__Answer *body)
{
  HarkCoreMailbox *box = keeper->mailbox;
  HarkCoreOffer *offer;

  if (box == NULL || body->id.len != HARK_MAIL_ID_LEN)
    return false;
  offer = g_hash_table_lookup (box->offered, body->id.data);
  if (offer == NULL)
    return true; /* of an acknowledgement that was left */
  box->offered_bytes -= offer->len;
  if (offer->in_group) {
    hark_core_mail_group_answer (core, keeper, offer, (HarkKeeperAnswer) body->answer);
  } else if (body->answer == HARK_KEEPER_HELD) {
    say_kept (core, keeper, offer);
    hark_core_ledger_deed (core, &keeper->row.account, HARK_DEED_KEPT_FOR_US);
  } else {
    say_refused (core, keeper, offer, (HarkKeeperAnswer) body->answer);
    if (body->answer != HARK_KEEPER_SIZE) { /* tried again later, in order */
      uint64_t *cursor = cursor_of (box, &offer->recipient);

      *cursor = MIN (*cursor, offer->seq - 1);
      box->full = true;
    }
  }
  g_hash_table_remove (box->offered, body->id.data);
  offer_everything (core, keeper);
  return true;
}

/* ---- fetching -------------------------------------------------------------------- */

static void
add_slots (HarkCore *core,
           HarkCoreMailbox *box,
           const HarkCoreContact *contact,
           GByteArray *secrets)
{
  const HarkStoreContact *row = &contact->row;
  uint32_t epoch = hark_mail_epoch (hark_core_wall (core));
  bool fresh = hark_core_wall (core) - row->pairwise_ms < STALE_MS;

  for (unsigned i = 0; i < 2 * EPOCHS; i++) {
    const HarkSecret *pairwise = i < EPOCHS ? &row->pairwise : &row->pairwise_previous;
    uint32_t back = HARK_MAIL_EPOCHS_BACK - i % EPOCHS;
    HarkCoreSlot *slot;

    if (i >= EPOCHS && (!row->has_pairwise_previous || !fresh))
      return;
    if (secrets->len >= HARK_KEEPER_WATCH_MAX * HARK_MAIL_SECRET_LEN)
      return;
    slot = g_new0 (HarkCoreSlot, 1);
    slot->from = row->account;
    hark_mail_slot (pairwise, &core->own, epoch - back, &slot->slot);
    g_byte_array_append (secrets, slot->slot.secret, sizeof slot->slot.secret);
    g_hash_table_replace (box->slots, slot->slot.tag, slot);
  }
}

/* Their mail may lie at @keeper's: everybody's may, if @keeper keeps for us. */
static bool
may_lie_there (HarkCore *core, const HarkCoreContact *keeper, const HarkCoreContact *contact)
{
  return contact != keeper && contact->row.status == HARK_CONTACT_ACCEPTED
         && contact->row.has_pairwise && !hark_core_is_node (core, &contact->row.account)
         && !hark_core_hides_from (core, contact) /* our receipt would tell them */
         && (hark_mail_peers_is (&core->mail, &keeper->row.account, HARK_MAIL_KEEPS)
             || keeps_for (core, &keeper->row.account, &contact->row.account));
}

/* A sum over the tags of one slot of each secret: others when any of them is another. */
static void
sum_slots (HarkCore *core, const HarkCoreContact *keeper, uint8_t ret[HARK_MAIL_TAG_LEN])
{
  const uint32_t epoch = hark_mail_epoch (hark_core_wall (core));
  GHashTableIter iter;
  void *value;

  memset (ret, 0, HARK_MAIL_TAG_LEN);
  g_hash_table_iter_init (&iter, core->contacts);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    const HarkStoreContact *row = &((HarkCoreContact *) value)->row;
    HarkMailSlot slot;

    if (!may_lie_there (core, keeper, value))
      continue;
    hark_mail_slot (&row->pairwise, &core->own, epoch, &slot);
    for (size_t i = 0; i < HARK_MAIL_TAG_LEN; i++)
      ret[i] ^= slot.tag[i];
    sodium_memzero (&slot, sizeof slot);
  }
}

bool
hark_core_mail_asks_anew (HarkCore *core, HarkCoreContact *keeper)
{
  uint8_t sum[HARK_MAIL_TAG_LEN];

  sum_slots (core, keeper, sum);
  return memcmp (sum, hark_core_mailbox (keeper)->asked_for, sizeof sum) != 0;
}

static GByteArray *
collect_slots (HarkCore *core, HarkCoreContact *keeper)
{
  GByteArray *secrets = g_byte_array_new ();
  GHashTableIter iter;
  void *value;

  g_hash_table_remove_all (keeper->mailbox->slots);
  g_hash_table_iter_init (&iter, core->contacts);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    const HarkCoreContact *contact = value;

    if (may_lie_there (core, keeper, contact))
      add_slots (core, keeper->mailbox, contact, secrets);
  }
  return secrets;
}

static void
say_fetch (HarkCore *core, HarkCoreContact *keeper, const GByteArray *secrets)
{
  HarkCoreMailbox *box = keeper->mailbox;
  Hark__Mailbox__Fetch body = HARK__MAILBOX__FETCH__INIT;
  Hark__Mailbox mail = HARK__MAILBOX__INIT;

  if (secrets != NULL)
    body.secrets = (ProtobufCBinaryData){secrets->len, secrets->data};
  body.after = box->after;
  mail.what_case = HARK__MAILBOX__WHAT_FETCH;
  mail.fetch = &body;
  box->asking = true;
  box->ended = false;
  box->parcels = 0;
  hark_core_say_mail (core, keeper, &mail);
}

void
hark_core_mail_ask (HarkCore *core, HarkCoreContact *keeper)
{
  HarkCoreMailbox *box = hark_core_mailbox (keeper);
  g_autoptr (GByteArray) secrets = NULL;

  if (!hark_core_is_ready (keeper) || box->asking) {
    box->again = box->asking;
    return;
  }
  secrets = collect_slots (core, keeper);
  sum_slots (core, keeper, box->asked_for);
  box->again = false;
  box->after = 0;
  if (secrets->len > 0)
    say_fetch (core, keeper, secrets);
  else
    box->asked = true;
  sodium_memzero (secrets->data, secrets->len);
}

static bool
handle_parcel (HarkCore *core, HarkCoreContact *keeper, const Hark__Mailbox__Parcel *body)
{
  HarkCoreMailbox *box = keeper->mailbox;
  HarkCoreMail mail = {.keeper = keeper->row.account, .session = keeper->session};
  const HarkCoreSlot *slot;
  HarkCoreContact *from;
  Hark__Frame *frame;

  if (box == NULL || !box->asking || box->ended || body->id.len != HARK_MAIL_ID_LEN
      || body->tag.len != HARK_MAIL_TAG_LEN || body->number <= box->after
      || ++box->parcels > HARK_KEEPER_ROUND)
    return false;
  box->after = body->number;
  slot = g_hash_table_lookup (box->slots, body->tag.data);
  from = slot != NULL ? hark_core_find (core, &slot->from) : NULL;
  if (from != NULL && hark_core_hides_from (core, from))
    return true; /* it was asked for before */
  frame = from != NULL ? hark_chat_open_parcel (&slot->slot, body) : NULL;
  if (frame == NULL)
    return slot
           != NULL; /* the keeper's doing, or the sender's: it stays there until it is too old */
  memcpy (mail.id, body->id.data, sizeof mail.id);
  hark_mail_receipt (&slot->slot, mail.id, mail.receipt);
  hark_core_ledger_deed (core, &keeper->row.account, HARK_DEED_KEPT_FOR_US);
  if (frame->what_case == HARK__FRAME__WHAT_ENTRY
      || frame->what_case == HARK__FRAME__WHAT_GROUP_ENTRY) {
    HarkCoreParcel *parcel = g_new0 (HarkCoreParcel, 1);

    *parcel = (HarkCoreParcel){.mail = mail, .from = slot->from, .frame = frame};
    g_ptr_array_add (
      frame->what_case == HARK__FRAME__WHAT_ENTRY ? box->parcels_in : box->group_parcels, parcel);
    return true;
  }
  if (frame->what_case == HARK__FRAME__WHAT_GROUP_HAVE)
    hark_core_group_mail_have (core, from, frame->group_have);
  else
    hark_core_chat_settle (core, from, frame->ack);
  g_array_append_val (box->done, mail);
  hark_frame_free (frame);
  return true;
}

static int
compare_parcels (const void *a, const void *b)
{
  const HarkCoreParcel *x = *(HarkCoreParcel *const *) a, *y = *(HarkCoreParcel *const *) b;

  return (x->frame->entry->seq > y->frame->entry->seq)
         - (x->frame->entry->seq < y->frame->entry->seq);
}

/* That our disk has them, for the senders, by the same way. */
static void
leave_acks (HarkCore *core, HarkCoreContact *keeper)
{
  GHashTableIter iter;
  void *key, *value;

  g_hash_table_iter_init (&iter, keeper->mailbox->acks);
  while (g_hash_table_iter_next (&iter, &key, &value)) {
    const HarkCoreContact *sender = hark_core_find (core, key);
    const GArray *ids = value;
    uint8_t id[HARK_MAIL_ID_LEN];
    g_autoptr (GBytes) frame = NULL;

    g_assert (ids->len <= HARK_CHAT_ACKS_MAX); /* of one round */
    if (sender == NULL || !sender->row.has_pairwise)
      continue;
    frame = hark_chat_write_acks ((const uint8_t (*)[HARK_CHAT_ID_LEN]) ids->data, ids->len);
    hark_rng_bytes (&core->rng, id, sizeof id);
    hark_core_mail_leave (core, keeper, sender, id, frame);
  }
  g_hash_table_remove_all (keeper->mailbox->acks);
}

static void
let_go (HarkCore *core, HarkCoreContact *keeper)
{
  HarkCoreMailbox *box = keeper->mailbox;
  Hark__Mailbox__Remove body = HARK__MAILBOX__REMOVE__INIT;
  Hark__Mailbox mail = HARK__MAILBOX__INIT;
  g_autoptr (GByteArray) ids = g_byte_array_new ();
  g_autoptr (GByteArray) receipts = g_byte_array_new ();

  for (guint i = 0; i < box->done->len; i++) {
    const HarkCoreMail *done = &g_array_index (box->done, HarkCoreMail, i);

    g_byte_array_append (ids, done->id, sizeof done->id);
    g_byte_array_append (receipts, done->receipt, sizeof done->receipt);
  }
  if (box->done->len > 0) {
    body.ids = (ProtobufCBinaryData){ids->len, ids->data};
    body.receipts = (ProtobufCBinaryData){receipts->len, receipts->data};
    mail.what_case = HARK__MAILBOX__WHAT_REMOVE;
    mail.remove = &body;
    hark_core_say_mail (core, keeper, &mail);
  }
  g_array_set_size (box->done, 0);
}

/* Everything of a round is on our disk, or will be asked for again. The acknowledgements go before
 * the receipts: if the keeper dies between them, they are made once more. */
static void
end_round (HarkCore *core, HarkCoreContact *keeper)
{
  HarkCoreMailbox *box = keeper->mailbox;

  if (!box->ended || box->unstored > 0)
    return;
  leave_acks (core, keeper);
  hark_core_mail_leave_haves (core, keeper);
  let_go (core, keeper);
  if (box->more) {
    say_fetch (core, keeper, NULL);
    return;
  }
  box->asking = false;
  box->asked = true;
  if (box->again || hark_core_mail_groups_again (box))
    hark_core_mail_ask (core, keeper);
  else
    offer_everything (core, keeper);
}

static bool
handle_end (HarkCore *core, HarkCoreContact *keeper, const Hark__Mailbox__End *body)
{
  HarkCoreMailbox *box = keeper->mailbox;

  if (box == NULL || !box->asking || box->ended)
    return false;
  box->ended = true;
  box->more = body->more && box->parcels > 0;
  g_ptr_array_sort (box->parcels_in, compare_parcels);
  for (guint i = 0; i < box->parcels_in->len; i++) {
    const HarkCoreParcel *parcel = box->parcels_in->pdata[i];
    HarkCoreContact *from = hark_core_find (core, &parcel->from);

    if (from != NULL && hark_core_entry_mail (core, from, parcel->frame->entry, &parcel->mail))
      box->unstored++;
  }
  g_ptr_array_set_size (box->parcels_in, 0);
  hark_core_mail_take_groups (core, keeper);
  end_round (core, keeper);
  return true;
}

void
hark_core_mail_stored (HarkCore *core)
{
  g_autoptr (GArray) stored = core->mail_stored;

  core->mail_stored = g_array_new (FALSE, FALSE, sizeof (HarkCoreMailStored));
  for (guint i = 0; i < stored->len; i++) {
    const HarkCoreMailStored *one = &g_array_index (stored, HarkCoreMailStored, i);
    HarkCoreContact *keeper = hark_core_find (core, &one->mail.keeper);
    HarkCoreMailbox *box = keeper != NULL ? keeper->mailbox : NULL;
    GArray *ids;

    if (box == NULL || !keeper->has_session || keeper->session != one->mail.session
        || box->unstored == 0)
      continue;
    box->unstored--;
    if (one->ok) {
      g_array_append_val (box->done, one->mail);
      if (one->in_group) {
        hark_core_mail_have_due (box, &one->from, one->entry);
        end_round (core, keeper);
        continue;
      }
      ids = g_hash_table_lookup (box->acks, &one->from);
      if (ids == NULL) {
        ids = g_array_new (FALSE, FALSE, HARK_CHAT_ID_LEN);
        g_hash_table_insert (box->acks, g_memdup2 (&one->from, sizeof one->from), ids);
      }
      g_array_append_vals (ids, one->entry, 1);
    }
    end_round (core, keeper);
  }
}

/* ---- frames, sessions, time ------------------------------------------------------ */

bool
hark_core_mail_frame (HarkCore *core, HarkCoreContact *contact, const Hark__Mailbox *mail)
{
  if (contact->row.status != HARK_CONTACT_ACCEPTED)
    return true;
  switch (mail->what_case) {
  case HARK__MAILBOX__WHAT_ASK:
  case HARK__MAILBOX__WHAT_GRANT:
  case HARK__MAILBOX__WHAT_PLACES:
  case HARK__MAILBOX__WHAT_GUESTS:
    return hark_core_agreement_frame (core, contact, mail);
  case HARK__MAILBOX__WHAT_DEPOSIT:
    return hark_core_keeper_deposit (core, contact, mail->deposit);
  case HARK__MAILBOX__WHAT_FETCH:
    return hark_core_keeper_fetch (core, contact, mail->fetch);
  case HARK__MAILBOX__WHAT_REMOVE:
    return hark_core_keeper_remove (core, mail->remove);
  case HARK__MAILBOX__WHAT_ANSWER:
    return handle_answer (core, contact, mail->answer);
  case HARK__MAILBOX__WHAT_PARCEL:
    return handle_parcel (core, contact, mail->parcel);
  case HARK__MAILBOX__WHAT_END:
    return handle_end (core, contact, mail->end);
  case HARK__MAILBOX__WHAT_NEWS:
    if (contact->mailbox != NULL)
      hark_core_mail_ask (core, contact);
    return true;
  case HARK__MAILBOX__WHAT__NOT_SET:
  default:
    return true; /* of a newer Hark */
  }
}

void
hark_core_mail_session (HarkCore *core, HarkCoreContact *contact, bool up)
{
  hark_core_mailbox_clear (contact);
  if (up)
    hark_core_mailbox (contact);
  else
    hark_core_mail_due (core, contact);
  if (!up && core->groups != NULL)
    hark_core_groups_had (core, &contact->row.account);
}

void
hark_core_mail_time (HarkCore *core)
{
  GHashTableIter iter;
  void *value;
  bool ask = core->now >= core->mail_ask_at;

  if (core->now < core->mail_at)
    return;
  core->mail_at = hark_time_add (core->now, AGAIN_TIME);
  if (ask)
    core->mail_ask_at = hark_time_add (core->now, ASK_TIME);
  hark_core_keeper_expire (core);
  hark_core_groups_had (core, NULL);
  g_hash_table_iter_init (&iter, core->contacts);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    HarkCoreContact *keeper = value;
    HarkCoreMailbox *box = keeper->mailbox;

    if (box == NULL || !box->asked)
      continue;
    box->full = false;
    if (ask)
      hark_core_mail_ask (core, keeper);
    else
      offer_everything (core, keeper);
  }
}
