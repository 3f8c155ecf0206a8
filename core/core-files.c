#define G_LOG_DOMAIN "hark-core"

#include "core/core-private.h"
#include "core/files/name.h"
#include "core/files/risk.h"

#include <string.h>

/* One GIVE: every path is looked at before any is offered. */
typedef struct {
  int refs;
  HarkCommand *command; /* owned; NULL once answered */
  unsigned waiting;     /* for the disk */
  GPtrArray *replies;   /* HarkDiskReply, good ones */
  char *words;          /* what was wrong with one; owned */
} HarkCoreGift;

void
hark_core_gift_unref (void *data)
{
  HarkCoreGift *gift = data;

  if (--gift->refs > 0)
    return;
  hark_command_free (gift->command);
  g_ptr_array_unref (gift->replies);
  g_free (gift->words);
  g_free (gift);
}

/* ---- what the user sees ---- */

static HarkFileState
state_of (HarkTransferState state)
{
  switch (state) {
  case HARK_TRANSFER_OFFERED:
    return HARK_FILE_OFFERED;
  case HARK_TRANSFER_WAITING:
    return HARK_FILE_WAITING;
  case HARK_TRANSFER_MOVING:
    return HARK_FILE_MOVING;
  case HARK_TRANSFER_PAUSED:
    return HARK_FILE_PAUSED;
  case HARK_TRANSFER_SETTLING:
  case HARK_TRANSFER_DONE:
    return HARK_FILE_DONE;
  case HARK_TRANSFER_REFUSED:
    return HARK_FILE_REFUSED;
  case HARK_TRANSFER_FAILED:
    break;
  }
  return HARK_FILE_FAILED;
}

HarkTransfer *
hark_core_transfer (HarkCore *core, const HarkFileTransfer *from)
{
  HarkCoreContact *contact = hark_core_find (core, &from->contact);
  HarkTransfer *transfer = g_new0 (HarkTransfer, 1);

  transfer->id = from->id;
  memcpy (transfer->contact, from->contact.bytes, sizeof transfer->contact);
  transfer->outgoing = from->outgoing;
  transfer->name = g_strdup (from->name);
  transfer->path = g_strdup (from->path);
  transfer->state = state_of (from->state);
  transfer->size = from->size - MIN (from->size, from->folder.manifest_len);
  transfer->bytes = hark_file_transfer_bytes (from);
  transfer->bytes -= MIN (transfer->bytes, from->folder.manifest_len);
  transfer->rate = from->state == HARK_TRANSFER_MOVING ? from->rate : 0;
  transfer->folder = from->folder.manifest_len > 0;
  transfer->files = transfer->folder ? from->folder.files : 1;
  transfer->skipped = from->skipped;
  transfer->risky = !from->outgoing && !transfer->folder && hark_file_name_is_risky (from->name);
  transfer->paused_here = from->paused_here;
  transfer->paused_there = from->paused_there;
  transfer->reason = g_strdup (from->reason);
  if (transfer->reason == NULL && from->state == HARK_TRANSFER_WAITING && !from->online
      && contact != NULL) {
    g_autofree char *name
      = hark_contact_name (contact->row.petname, contact->row.name, contact->row.account.bytes);

    transfer->reason
      = g_strdup_printf ("%s's Hark is not online; the file will move when it is.", name);
  }
  return transfer;
}

/* ---- what the machine wants ---- */

static void
keep (HarkCore *core, const HarkFileTransfer *transfer, HarkPending *pending)
{
  HarkStoreRequest *request = hark_core_request (HARK_STORE_PUT_TRANSFER);
  HarkStoreTransfer *row = g_new0 (HarkStoreTransfer, 1);

  row->id = transfer->id;
  memcpy (row->offer, transfer->offer, sizeof row->offer);
  row->contact = transfer->contact;
  row->outgoing = transfer->outgoing;
  row->state = (uint8_t) transfer->state;
  row->name = g_strdup (transfer->name);
  row->path = g_strdup (transfer->path != NULL ? transfer->path : "");
  row->size = transfer->size;
  row->mtime_ms = transfer->mtime_ms;
  row->files = transfer->folder.files;
  row->manifest_len = transfer->folder.manifest_len;
  memcpy (row->manifest, transfer->folder.manifest, sizeof row->manifest);
  memcpy (row->root, transfer->root, sizeof row->root);
  row->done = transfer->done;
  row->reason = g_strdup (transfer->reason);
  row->made_ms = transfer->made_ms;
  request->transfer = row;
  hark_core_ask_store (core, request, pending);
}

static void
say_changed (HarkCore *core, const HarkFileTransfer *transfer, HarkEventKind kind)
{
  HarkEvent *event = hark_event_new (kind);

  event->transfer = hark_core_transfer (core, transfer);
  hark_core_emit (core, event);
}

static void
say_offer (HarkCore *core, HarkCoreContact *contact, const HarkFileTransfer *transfer)
{
  HarkFileOffer offer = {.name = transfer->name,
                         .size = transfer->size,
                         .mtime_ms = transfer->mtime_ms,
                         .folder = transfer->folder};

  memcpy (offer.id, transfer->offer, sizeof offer.id);
  hark_core_say (core, contact, hark_file_offer_write (&offer));
}

static void
after_end (HarkCore *core, HarkPending *pending, HarkStoreReply *reply)
{
  HarkCoreContact *contact = hark_core_find (core, &pending->contact);

  if (hark_core_refuse_store (core, pending, reply))
    return;
  if (contact != NULL)
    hark_core_say (core, contact, hark_file_signal_write (pending->offer, pending->signal, NULL));
  if (pending->disk != NULL)
    hark_effects_push (&core->effects, (HarkEffect){.kind = HARK_EFFECT_DISK,
                                                    .disk = g_steal_pointer (&pending->disk)});
}

/* Who hears DONE or SETTLED forgets the transfer, so it has to be on our disk by then. */
static void
say_signal (HarkCore *core,
            HarkCoreContact *contact,
            const HarkFileTransfer *transfer,
            const HarkFileOutput *output)
{
  HarkPending *pending;

  if (output->signal != HARK_FILE_SIGNAL_DONE && output->signal != HARK_FILE_SIGNAL_SETTLED) {
    hark_core_say (core, contact,
                   hark_file_signal_write (transfer->offer, output->signal, output->reason));
    return;
  }
  pending = hark_pending_new (after_end, NULL);
  pending->contact = transfer->contact;
  pending->signal = output->signal;
  memcpy (pending->offer, transfer->offer, sizeof pending->offer);
  if (!transfer->outgoing && transfer->folder.manifest_len > 0) {
    pending->disk = hark_disk_request_new (HARK_DISK_TIDY, transfer->id, 0);
    pending->disk->path = g_strdup (transfer->path);
  }
  keep (core, transfer, pending);
}

static void
pull (HarkCore *core,
      HarkCoreContact *contact,
      HarkFileTransfer *transfer,
      const HarkFileRange *range)
{
  const HarkKey *account = &transfer->contact;
  uint8_t head[HARK_FILE_PULL_LEN];
  g_autoptr (GBytes) bytes = NULL;
  HarkCoreStream *stream;
  int64_t id = -1;

  if (contact->has_session && hark_core_files_turn (core, transfer))
    id = hark_net_stream_open (core->net, account, HARK_STREAM_BULK);
  if (id >= 0) {
    stream = hark_core_add_stream (contact, id);
    stream->kind = HARK_CORE_STREAM_FILE_IN;
    stream->transfer = transfer->id;
    hark_file_pull_write (HARK_STREAM_IS_FILE, transfer->offer, range, head);
    bytes = g_bytes_new (head, sizeof head);
    hark_net_stream_send (core->net, account, id, bytes, true, core->now);
  }
  hark_file_transfer_pulling (transfer, id, core->now);
}

static void
run_output (HarkCore *core,
            HarkCoreContact *contact,
            HarkFileTransfer *transfer,
            HarkFileOutput *output)
{
  const HarkKey *account = &transfer->contact;

  switch (output->kind) {
  case HARK_FILE_OUTPUT_OFFER:
    say_offer (core, contact, transfer);
    break;
  case HARK_FILE_OUTPUT_SIGNAL:
    say_signal (core, contact, transfer, output);
    break;
  case HARK_FILE_OUTPUT_PULL:
    pull (core, contact, transfer, &output->range);
    break;
  case HARK_FILE_OUTPUT_DATA:
    hark_net_stream_send (core->net, account, output->stream, output->bytes, output->finish,
                          core->now);
    g_clear_pointer (&output->bytes, g_bytes_unref);
    break;
  case HARK_FILE_OUTPUT_CONSUME:
    hark_net_stream_consume (core->net, account, output->stream, output->len);
    break;
  case HARK_FILE_OUTPUT_RESET:
    g_hash_table_remove (contact->streams, &output->stream);
    hark_net_stream_reset (core->net, account, output->stream, 1);
    break;
  case HARK_FILE_OUTPUT_DISK:
    hark_effects_push (&core->effects, (HarkEffect){.kind = HARK_EFFECT_DISK,
                                                    .disk = g_steal_pointer (&output->disk)});
    break;
  case HARK_FILE_OUTPUT_STORE:
    keep (core, transfer, NULL);
    break;
  case HARK_FILE_OUTPUT_CHANGED:
    say_changed (core, transfer, HARK_EVENT_FILE_STATE);
    break;
  }
}

/* Does everything the machine wants, and as much sending as the stream has room for. */
static void
drain (HarkCore *core, HarkFileTransfer *transfer)
{
  HarkCoreContact *contact = hark_core_find (core, &transfer->contact);
  HarkFileOutput output;

  for (;;) {
    while (hark_file_transfer_poll (transfer, &output)) {
      if (contact != NULL)
        run_output (core, contact, transfer, &output);
      g_clear_pointer (&output.bytes, g_bytes_unref);
      g_clear_pointer (&output.disk, hark_disk_request_free);
    }
    if (!hark_file_transfer_wants_room (transfer)
        || hark_net_stream_room (core->net, &transfer->contact, transfer->stream) == 0)
      break;
    hark_file_transfer_send (transfer, core->now);
  }
  if (hark_file_transfer_is_over (transfer) && transfer->online)
    g_hash_table_remove (core->transfers, &transfer->id);
}

static HarkFileTransfer *
find (HarkCore *core, uint64_t id)
{
  return g_hash_table_lookup (core->transfers, &id);
}

static void
add (HarkCore *core, HarkFileTransfer *transfer)
{
  HarkCoreContact *contact = hark_core_find (core, &transfer->contact);

  transfer->online = contact != NULL && hark_core_is_ready (contact);
  g_hash_table_insert (core->transfers, &transfer->id, transfer);
}

static HarkFileTransfer *
from_row (HarkCore *core, const HarkStoreTransfer *row)
{
  HarkFileTransfer *transfer = hark_file_transfer_new (row->id, &row->contact, row->outgoing);

  memcpy (transfer->offer, row->offer, sizeof transfer->offer);
  transfer->state = (HarkTransferState) row->state;
  if (transfer->state == HARK_TRANSFER_MOVING)
    transfer->state = HARK_TRANSFER_WAITING;
  if (transfer->state == HARK_TRANSFER_PAUSED
      && g_strcmp0 (row->reason, HARK_FILE_PAUSED_THERE) == 0)
    transfer->state = HARK_TRANSFER_WAITING; /* they will say whether they still do */
  transfer->paused_here = transfer->state == HARK_TRANSFER_PAUSED;
  transfer->disk_full = transfer->paused_here && !row->outgoing && row->reason != NULL;
  transfer->name = g_strdup (row->name);
  transfer->path = row->path != NULL && *row->path != '\0' ? g_strdup (row->path) : NULL;
  transfer->directory = g_strdup (core->config.downloads);
  transfer->reason = g_strdup (row->reason);
  transfer->size = row->size;
  transfer->mtime_ms = row->mtime_ms;
  transfer->folder.files = row->files;
  transfer->folder.manifest_len = row->manifest_len;
  memcpy (transfer->folder.manifest, row->manifest, sizeof row->manifest);
  transfer->done = row->outgoing ? 0 : row->done;
  transfer->made_ms = row->made_ms;
  return transfer;
}

void
hark_core_load_transfer (HarkCore *core, const HarkStoreTransfer *row)
{
  if (hark_core_find (core, &row->contact) != NULL)
    add (core, from_row (core, row));
}

HarkTransfer *
hark_core_stored_transfer (HarkCore *core, const HarkStoreTransfer *row)
{
  HarkFileTransfer *alive = find (core, row->id);
  HarkFileTransfer *kept;
  HarkTransfer *transfer;

  if (alive != NULL)
    return hark_core_transfer (core, alive);
  kept = from_row (core, row);
  transfer = hark_core_transfer (core, kept);
  hark_file_transfer_free (kept);
  return transfer;
}

/* ---- giving ---- */

static void
after_give (HarkCore *core, HarkPending *pending, HarkStoreReply *reply)
{
  HarkEvent *event;

  if (hark_core_refuse_store (core, pending, reply))
    return;
  event = hark_core_result (pending->command);
  event->numbers = g_array_ref (pending->numbers);
  hark_core_emit (core, event);
}

static HarkFileTransfer *
make_outgoing (HarkCore *core, const HarkKey *contact, const HarkDiskReply *reply)
{
  HarkFileTransfer *transfer = hark_file_transfer_new (hark_core_number (core), contact, true);

  hark_rng_bytes (&core->rng, transfer->offer, sizeof transfer->offer);
  transfer->name = g_utf8_make_valid (reply->name, -1);
  transfer->path = g_strdup (reply->path);
  transfer->size = reply->size;
  transfer->mtime_ms = reply->mtime_ms;
  transfer->folder = reply->folder;
  transfer->skipped = reply->skipped;
  transfer->made_ms = hark_core_wall (core);
  return transfer;
}

static void
offer_all (HarkCore *core, HarkCoreContact *contact, HarkCoreGift *gift)
{
  HarkPending *pending = hark_pending_new (after_give, g_steal_pointer (&gift->command));

  pending->numbers = g_array_new (FALSE, FALSE, sizeof (uint64_t));
  for (guint i = 0; i < gift->replies->len; i++) {
    bool last = i + 1 == gift->replies->len;
    HarkFileTransfer *transfer
      = make_outgoing (core, &contact->row.account, gift->replies->pdata[i]);

    g_array_append_val (pending->numbers, transfer->id);
    add (core, transfer);
    keep (core, transfer, last ? pending : NULL); /* the last one durable: all are */
    hark_core_log (core, &contact->row.account, HARK_MESSAGE_FILE, true, transfer->name,
                   transfer->id);
    say_changed (core, transfer, HARK_EVENT_FILE_STATE);
    hark_file_transfer_session (transfer, transfer->online, core->now);
    drain (core, transfer);
  }
}

static void
handle_stat (HarkCore *core, HarkDiskReply *reply)
{
  g_autoptr (HarkDiskReply) owned = reply;
  HarkCoreGift *gift = g_hash_table_lookup (core->gifts, &reply->transfer);
  HarkCoreContact *contact;
  HarkKey account;

  if (gift == NULL)
    return;
  if (reply->result != HARK_DISK_OK && gift->words == NULL)
    gift->words = g_strdup (reply->words);
  else if (reply->result == HARK_DISK_OK && reply->size > HARK_FILE_SIZE_MAX)
    gift->words = g_strdup ("The file is larger than 64 TiB.");
  else if (reply->result == HARK_DISK_OK)
    g_ptr_array_add (gift->replies, g_steal_pointer (&owned));
  if (--gift->waiting == 0) {
    memcpy (account.bytes, gift->command->contact, sizeof account.bytes);
    contact = hark_core_find (core, &account);
    if (gift->words != NULL || contact == NULL)
      hark_core_refuse (core, gift->command, "bad-file",
                        gift->words != NULL ? gift->words : "The contact is gone.");
    else
      offer_all (core, contact, gift);
  }
  g_hash_table_remove (core->gifts, &reply->transfer);
}

void
hark_core_command_give (HarkCore *core, HarkCommand *command)
{
  HarkCoreContact *contact = hark_core_need (core, command);
  unsigned n = command->paths != NULL ? g_strv_length (command->paths) : 0;
  HarkCoreGift *gift;

  if (contact == NULL || n == 0 || n > HARK_CORE_OFFERS_MAX) {
    if (contact != NULL)
      hark_core_refuse (core, command, "bad-file",
                        "Between 1 and 32 files and folders can be given at a time.");
    hark_command_free (command);
    return;
  }
  gift = g_new0 (HarkCoreGift, 1);
  gift->command = command;
  gift->waiting = n;
  gift->replies = g_ptr_array_new_with_free_func ((GDestroyNotify) hark_disk_reply_free);
  for (unsigned i = 0; i < n; i++) {
    uint64_t id = hark_core_number (core);
    HarkDiskRequest *request = hark_disk_request_new (HARK_DISK_STAT, id, 0);

    request->path = g_canonicalize_filename (command->paths[i], NULL);
    gift->refs++;
    g_hash_table_insert (core->gifts, g_memdup2 (&id, sizeof id), gift);
    hark_effects_push (&core->effects, (HarkEffect){.kind = HARK_EFFECT_DISK, .disk = request});
  }
}

/* ---- clicks ---- */

static const char *
click (HarkCore *core, HarkFileTransfer *transfer, const HarkCommand *command)
{
  switch (command->kind) {
  case HARK_COMMAND_TAKE:
    return hark_file_transfer_take (
      transfer, command->directory != NULL ? command->directory : core->config.downloads,
      core->now);
  case HARK_COMMAND_REFUSE:
    return hark_file_transfer_refuse (transfer, core->now);
  case HARK_COMMAND_PAUSE:
    return hark_file_transfer_pause (transfer, core->now);
  case HARK_COMMAND_RESUME:
    return hark_file_transfer_resume (transfer, core->now);
  default:
    return hark_file_transfer_cancel (transfer, core->now);
  }
}

void
hark_core_command_transfer (HarkCore *core, HarkCommand *command)
{
  HarkFileTransfer *transfer = find (core, command->transfer);
  const char *refusal = NULL;

  if (transfer == NULL) {
    hark_core_refuse (core, command, "no-transfer", "There is no such transfer under way.");
  } else {
    refusal = click (core, transfer, command);
    if (refusal != NULL)
      hark_core_refuse (core, command, "not-now", refusal);
    else
      hark_core_succeed (core, command);
    drain (core, transfer);
  }
  hark_command_free (command);
}

/* ---- the other side ---- */

/* Calls @visit for every transfer with @contact; it may end them. */
static void
each_of (HarkCore *core,
         const HarkKey *contact,
         void (*visit) (HarkCore *, HarkFileTransfer *, bool),
         bool flag)
{
  g_autoptr (GList) ids = g_hash_table_get_keys (core->transfers);
  g_autoptr (GArray) list = g_array_new (FALSE, FALSE, sizeof (uint64_t));

  for (GList *at = ids; at != NULL; at = at->next)
    g_array_append_vals (list, at->data, 1);
  for (guint i = 0; i < list->len; i++) {
    HarkFileTransfer *transfer = find (core, g_array_index (list, uint64_t, i));

    if (transfer != NULL && hark_key_equal (&transfer->contact, contact))
      visit (core, transfer, flag);
  }
}

static void
visit_session (HarkCore *core, HarkFileTransfer *transfer, bool up)
{
  hark_file_transfer_session (transfer, up, core->now);
  if (!hark_file_transfer_is_over (transfer)) /* what it waits for is another thing now */
    say_changed (core, transfer, HARK_EVENT_FILE_STATE);
  drain (core, transfer);
}

void
hark_core_files_session (HarkCore *core, const HarkKey *contact, bool up)
{
  each_of (core, contact, visit_session, up);
}

static void
visit_forget (HarkCore *core, HarkFileTransfer *transfer, bool flag)
{
  uint64_t id = transfer->id;

  (void) flag;
  hark_file_transfer_cancel (transfer, core->now);
  drain (core, transfer); /* may free it */
  g_hash_table_remove (core->transfers, &id);
}

void
hark_core_files_forget (HarkCore *core, const HarkKey *contact)
{
  each_of (core, contact, visit_forget, false);
}

static HarkFileTransfer *
find_offer (HarkCore *core,
            const HarkKey *contact,
            const uint8_t offer[HARK_FILE_OFFER_LEN],
            unsigned *ret_offered)
{
  HarkFileTransfer *found = NULL;
  GHashTableIter iter;
  void *value;

  *ret_offered = 0;
  g_hash_table_iter_init (&iter, core->transfers);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    HarkFileTransfer *transfer = value;

    if (!hark_key_equal (&transfer->contact, contact))
      continue;
    *ret_offered += !transfer->outgoing && transfer->state == HARK_TRANSFER_OFFERED;
    if (memcmp (transfer->offer, offer, HARK_FILE_OFFER_LEN) == 0)
      found = transfer;
  }
  return found;
}

/* Also when the offer is repeated: the program may have ended before it took the file. */
static void
take_unasked (HarkCore *core, HarkFileTransfer *transfer)
{
  const HarkCoreContact *contact = hark_core_find (core, &transfer->contact);

  if (core->config.auto_accept_files != NULL)
    hark_file_transfer_take (transfer, core->config.auto_accept_files, core->now);
  else if (contact != NULL && (contact->about->may & HARK_MAY_GIVE_FILES) != 0)
    hark_file_transfer_take (transfer, core->config.downloads, core->now);
  drain (core, transfer);
}

static void
after_offer (HarkCore *core, HarkPending *pending, HarkStoreReply *reply)
{
  HarkFileTransfer *transfer = find (core, g_array_index (pending->numbers, uint64_t, 0));

  if (hark_core_refuse_store (core, pending, reply) || transfer == NULL)
    return;
  say_changed (core, transfer, HARK_EVENT_FILE_OFFER);
  take_unasked (core, transfer);
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
  transfer->made_ms = hark_core_wall (core);
  pending->numbers = g_array_new (FALSE, FALSE, sizeof (uint64_t));
  g_array_append_val (pending->numbers, transfer->id);
  add (core, transfer);
  hark_core_log (core, account, HARK_MESSAGE_FILE, false, transfer->name, transfer->id);
  keep (core, transfer, pending);
}

static bool
handle_offer (HarkCore *core, HarkCoreContact *contact, const Hark__FileOffer *frame)
{
  HarkFileTransfer *transfer;
  HarkFileOffer offer;
  unsigned offered;

  if (!hark_file_offer_read (frame, &offer))
    return false;
  transfer = find_offer (core, &contact->row.account, offer.id, &offered);
  if (transfer != NULL) {
    hark_file_transfer_offered_again (transfer, offer.size, offer.mtime_ms, &offer.folder,
                                      core->now);
    take_unasked (core, transfer);
  } else if (offered >= HARK_CORE_OFFERS_MAX) {
    hark_core_say (core, contact,
                   hark_file_signal_write (offer.id, HARK_FILE_SIGNAL_FAIL,
                                           "too many files wait for an answer already."));
  } else {
    handle_new_offer (core, contact, &offer);
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
  transfer = find_offer (core, &contact->row.account, id, &offered);
  if (transfer == NULL) {
    answer_unknown (core, contact, frame);
    return true;
  }
  hark_file_transfer_signal (transfer, (unsigned) frame->kind, frame->reason, core->now);
  drain (core, transfer);
  return true;
}

bool
hark_core_files_frame (HarkCore *core, HarkCoreContact *contact, const Hark__Frame *frame)
{
  if (contact->row.status != HARK_CONTACT_ACCEPTED)
    return true;
  if (frame->what_case == HARK__FRAME__WHAT_FILE_OFFER)
    return handle_offer (core, contact, frame->file_offer);
  return handle_signal (core, contact, frame->file_signal);
}

/* ---- streams ---- */

void
hark_core_files_pulled (HarkCore *core, HarkCoreContact *contact, HarkCoreStream *stream)
{
  uint8_t offer[HARK_FILE_OFFER_LEN];
  HarkFileTransfer *transfer = NULL;
  HarkFileRange range;
  unsigned offered;

  if (hark_file_pull_read (stream->head + 1, sizeof stream->head - 1, offer, &range))
    transfer = find_offer (core, &contact->row.account, offer, &offered);
  if (transfer == NULL) {
    hark_net_stream_reset (core->net, &contact->row.account, stream->id, 1);
    g_hash_table_remove (contact->streams, &stream->id);
    return;
  }
  stream->transfer = transfer->id;
  hark_net_stream_set_class (core->net, &contact->row.account, stream->id, HARK_STREAM_BULK);
  hark_file_transfer_pulled (transfer, stream->id, &range, core->now);
  drain (core, transfer);
}

void
hark_core_files_data (
  HarkCore *core, HarkCoreContact *contact, HarkCoreStream *stream, const uint8_t *data, size_t len)
{
  HarkFileTransfer *transfer = find (core, stream->transfer);

  if (transfer == NULL || transfer->stream != stream->id) {
    hark_net_stream_consume (core->net, &contact->row.account, stream->id, len);
    return;
  }
  hark_file_transfer_data (transfer, data, len, core->now);
  drain (core, transfer);
}

void
hark_core_files_writable (HarkCore *core, HarkCoreStream *stream)
{
  HarkFileTransfer *transfer = find (core, stream->transfer);

  if (transfer != NULL && transfer->stream == stream->id)
    drain (core, transfer);
}

void
hark_core_files_closed (HarkCore *core, HarkCoreStream *stream)
{
  HarkFileTransfer *transfer = find (core, stream->transfer);

  if (transfer == NULL || transfer->stream != stream->id)
    return;
  hark_file_transfer_stream_closed (transfer, core->now);
  drain (core, transfer);
}

void
hark_core_files_disk (HarkCore *core, HarkDiskReply *reply)
{
  HarkFileTransfer *transfer;

  transfer = find (core, reply->transfer);
  if (reply->kind == HARK_DISK_STAT && transfer == NULL) {
    handle_stat (core, reply);
    return;
  }
  if (transfer == NULL) {
    hark_disk_reply_free (reply);
    return;
  }
  hark_file_transfer_disk (transfer, reply, core->now);
  drain (core, transfer);
}

/* ---- time ---- */

void
hark_core_files_time (HarkCore *core)
{
  GHashTableIter iter;
  void *value;

  g_hash_table_iter_init (&iter, core->transfers);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    HarkFileTransfer *transfer = value;

    if (hark_file_transfer_get_deadline (transfer) > core->now)
      continue;
    hark_file_transfer_handle_time (transfer, core->now);
    drain (core, transfer); /* cannot end it: time alone ends no transfer */
  }
}

HarkTime
hark_core_files_deadline (const HarkCore *core)
{
  HarkTime deadline = HARK_TIME_NEVER;
  GHashTableIter iter;
  void *value;

  g_hash_table_iter_init (&iter, core->transfers);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    deadline = hark_time_min (deadline, hark_file_transfer_get_deadline (value));
  return deadline;
}
