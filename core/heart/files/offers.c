/* What the other side offers and says about offers. */
#define G_LOG_DOMAIN "hark-core"

#include "core/files/name.h"
#include "core/heart/files/files.h"
#include "core/heart/files/shares.h"

#include <string.h>

static void
after_offer (HarkCore *core, HarkPending *pending, HarkStoreReply *reply)
{
  HarkFileTransfer *transfer
    = hark_core_file_find (core, g_array_index (pending->numbers, uint64_t, 0));

  if (hark_core_refuse_store (core, pending, reply) || transfer == NULL)
    return;
  hark_core_file_changed (core, transfer, HARK_EVENT_FILE_OFFER);
  hark_core_file_take_unasked (core, transfer);
  hark_core_files_sources (core);
}

static void
take_preview (HarkFileTransfer *transfer, const HarkFileOffer *offer)
{
  const bool other = offer->size != transfer->size || offer->mtime_ms != transfer->mtime_ms;

  if (offer->preview == NULL && !other) /* said before */
    return;
  g_clear_pointer (&transfer->preview, g_bytes_unref);
  if (offer->preview != NULL)
    transfer->preview = g_bytes_new (offer->preview, offer->preview_len);
}

static void
handle_new_offer (HarkCore *core, HarkCoreContact *contact, const HarkFileOffer *offer)
{
  const HarkKey *account = &contact->row.account;
  HarkFileTransfer *transfer = hark_file_transfer_new (hark_core_number (core), account, false);
  HarkPending *pending = hark_pending_new (after_offer, NULL);

  memcpy (transfer->offer, offer->id, sizeof transfer->offer);
  transfer->name = hark_file_name_clean (offer->name);
  transfer->size = offer->size;
  transfer->mtime_ms = offer->mtime_ms;
  transfer->folder = offer->folder;
  memcpy (transfer->sample, offer->sample, sizeof transfer->sample);
  take_preview (transfer, offer);
  transfer->made_ms = hark_core_wall (core);
  pending->numbers = g_array_new (FALSE, FALSE, sizeof (uint64_t));
  g_array_append_val (pending->numbers, transfer->id);
  hark_core_file_add (core, transfer);
  hark_core_log (core, account, HARK_MESSAGE_FILE, false, transfer->name, transfer->id, false);
  hark_core_file_keep (core, transfer, pending);
}

/* It was taken at another size, and what the rule says about this contact's files would not have
 * let it be taken at this one, or nobody would expect it. */
static bool
is_too_much (HarkCore *core, const HarkFileTransfer *transfer, uint64_t size)
{
  const HarkFileRule *rule = hark_file_settings_rule (&core->files, &transfer->contact);

  return hark_file_transfer_outgrows (transfer, size)
         || (rule != NULL && rule->size_max > 0 && transfer->agreed <= rule->size_max
             && size > rule->size_max);
}

static void
handle_known_offer (HarkCore *core, HarkFileTransfer *transfer, const HarkFileOffer *offer)
{
  const bool again = transfer->state > HARK_TRANSFER_OFFERED
                     && transfer->state < HARK_TRANSFER_SETTLING
                     && is_too_much (core, transfer, offer->size);

  if (transfer->outgoing) /* ours, which they say back: what it is we know */
    return;
  if (hark_file_sample_is_known (offer->sample) || offer->size != transfer->size)
    memcpy (transfer->sample, offer->sample, sizeof transfer->sample);
  take_preview (transfer, offer);
  if (again)
    hark_file_transfer_ask_again (transfer, core->now);
  hark_file_transfer_offered_again (transfer, offer->size, offer->mtime_ms, &offer->folder,
                                    core->now);
  if (again) {
    hark_core_file_drain (core, transfer);
    hark_core_file_changed (core, transfer, HARK_EVENT_FILE_OFFER);
  }
  hark_core_file_take_unasked (core, transfer);
}

/* Each has a part on the disk, open as long as the giver is there. */
static unsigned
count_coming (HarkCore *core, const HarkKey *account)
{
  GHashTableIter iter;
  unsigned n = 0;
  void *value;

  g_hash_table_iter_init (&iter, core->transfers);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    const HarkFileTransfer *transfer = value;

    n += !transfer->outgoing && transfer->state < HARK_TRANSFER_SETTLING
         && hark_key_equal (&transfer->contact, account);
  }
  return n;
}

static bool
handle_offer (HarkCore *core, HarkCoreContact *contact, const Hark__FileOffer *frame)
{
  HarkFileTransfer *transfer;
  HarkFileOffer offer;
  unsigned offered;

  if (!hark_file_offer_read (frame, &offer))
    return false;
  transfer = hark_core_file_offered (core, &contact->row.account, offer.id, &offered);
  if (transfer != NULL) {
    handle_known_offer (core, transfer, &offer);
  } else if (offered >= HARK_CORE_OFFERS_MAX
             || count_coming (core, &contact->row.account) >= HARK_CORE_COMING_MAX) {
    hark_core_say (core, contact,
                   hark_file_signal_write (offer.id, HARK_FILE_SIGNAL_FAIL,
                                           "too many files wait for an answer already."));
  } else {
    handle_new_offer (core, contact, &offer);
    hark_core_shares_offered (
      core, contact, &frame->fetch,
      hark_core_file_offered (core, &contact->row.account, offer.id, &offered));
  }
  return true;
}

/* About an offer nobody here remembers: so that the other side can forget it too. */
static void
answer_unknown (HarkCore *core, HarkCoreContact *contact, const Hark__FileSignal *frame)
{
  unsigned kind = (unsigned) frame->kind;

  if (kind == HARK_FILE_SIGNAL_DONE)
    hark_core_say (core, contact,
                   hark_file_signal_write (frame->id.data, HARK_FILE_SIGNAL_SETTLED, NULL));
  else if (kind == HARK_FILE_SIGNAL_ACCEPT)
    hark_core_say (core, contact,
                   hark_file_signal_write (frame->id.data, HARK_FILE_SIGNAL_CANCEL, NULL));
}

static bool
handle_signal (HarkCore *core, HarkCoreContact *contact, const Hark__FileSignal *frame)
{
  uint8_t id[HARK_FILE_OFFER_LEN];
  HarkFileTransfer *transfer;
  unsigned offered;

  if (!hark_file_signal_read (frame, id))
    return false;
  transfer = hark_core_file_offered (core, &contact->row.account, id, &offered);
  if (transfer == NULL) {
    answer_unknown (core, contact, frame);
    return true;
  }
  transfer->heard = true;
  if (frame->kind == HARK__FILE_SIGNAL__KIND__RATE && transfer->outgoing)
    hark_core_pace_asked (core, transfer, frame->rate);
  hark_file_transfer_signal (transfer, (unsigned) frame->kind, frame->reason, core->now);
  hark_core_file_drain (core, transfer);
  return true;
}

bool
hark_core_files_frame (HarkCore *core, HarkCoreContact *contact, const Hark__Frame *frame)
{
  bool good;

  if (contact->row.status != HARK_CONTACT_ACCEPTED)
    return true;
  if (frame->what_case == HARK__FRAME__WHAT_FILE_OFFER)
    good = handle_offer (core, contact, frame->file_offer);
  else
    good = handle_signal (core, contact, frame->file_signal);
  hark_core_files_sources (core);
  return good;
}
