/* What the machine of one transfer wants, done. */
#define G_LOG_DOMAIN "hark-core"

#include "core/files/block.h"
#include "core/files/swarm.h"
#include "core/heart/files/files.h"

#include <string.h>

/* ---- offers in turn ---- */

/* They refuse what comes above these numbers (offers.c). */
static bool
has_room (HarkCore *core, const HarkFileTransfer *transfer)
{
  unsigned undecided = 0, going = 0;
  GHashTableIter iter;
  void *value;

  g_hash_table_iter_init (&iter, core->transfers);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    const HarkFileTransfer *other = value;

    if (!other->told || hark_file_transfer_is_over (other)
        || !hark_key_equal (&other->contact, &transfer->contact))
      continue;
    going++;
    undecided += !other->answered;
  }
  return undecided < HARK_CORE_OFFERS_MAX && going < HARK_CORE_COMING_MAX;
}

static HarkFileTransfer *
find_queued (HarkCore *core, const HarkKey *account)
{
  HarkFileTransfer *first = NULL;
  GHashTableIter iter;
  void *value;

  g_hash_table_iter_init (&iter, core->transfers);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    HarkFileTransfer *transfer = value;

    if (transfer->queued && !hark_file_transfer_is_over (transfer)
        && hark_key_equal (&transfer->contact, account)
        && (first == NULL || transfer->id < first->id))
      first = transfer;
  }
  return first;
}

static void
say_offer (HarkCore *core, HarkCoreContact *contact, HarkFileTransfer *transfer)
{
  HarkFileOffer offer = {.name = transfer->name,
                         .size = transfer->size,
                         .mtime_ms = transfer->mtime_ms,
                         .folder = transfer->folder};

  /* what they know, or asked for, is no news */
  transfer->queued = !transfer->told && !transfer->heard && !transfer->has_fetch
                     && (contact->offers_wait || !has_room (core, transfer));
  contact->offers_wait |= transfer->queued;
  if (transfer->queued)
    return;
  transfer->told = true;
  memcpy (offer.id, transfer->offer, sizeof offer.id);
  memcpy (offer.sample, transfer->sample, sizeof offer.sample);
  offer.fetch = transfer->has_fetch ? transfer->fetch : NULL;
  if (transfer->preview != NULL && !transfer->heard)
    offer.preview = g_bytes_get_data (transfer->preview, &offer.preview_len);
  hark_core_say (core, contact, hark_file_offer_write (&offer));
}

static void
say_next (HarkCore *core, HarkCoreContact *contact)
{
  HarkFileTransfer *next;

  do {
    contact->offers_wait = false;
    next = find_queued (core, &contact->row.account);
    if (next != NULL)
      say_offer (core, contact, next);
  } while (next != NULL && !contact->offers_wait);
}

static void
after_end (HarkCore *core, HarkPending *pending, HarkStoreReply *reply)
{
  HarkCoreContact *contact = hark_core_find (core, &pending->contact);

  if (hark_core_refuse_store (core, pending, reply))
    return;
  if (contact != NULL)
    hark_core_say (core, contact, hark_file_signal_write (pending->offer, pending->signal, NULL));
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
  hark_core_file_keep (core, transfer, pending);
}

/* ---- the list that a folder was resumed by ---- */

/* A folder that is there, whether the other side has heard it or not. */
static bool
is_settled_folder (const HarkFileTransfer *transfer)
{
  return !transfer->outgoing && transfer->serves == 0 && transfer->folder.manifest_len > 0
         && (transfer->state == HARK_TRANSFER_SETTLING || transfer->state == HARK_TRANSFER_DONE);
}

/* @serve: others will have it from here, and it is not known whether they need the list. */
static HarkDiskRequest *
make_tidy (const HarkFileTransfer *transfer, bool serve)
{
  HarkDiskRequest *request = hark_disk_request_new (HARK_DISK_TIDY, transfer->id, 0);

  request->path = g_strdup (transfer->path);
  request->folder = transfer->folder;
  request->serve = serve;
  return request;
}

static void
push_disk (HarkCore *core, HarkDiskRequest *request)
{
  hark_effects_push (&core->effects, (HarkEffect){.kind = HARK_EFFECT_DISK, .disk = request});
}

/* Takes @request. Anything but a READ ends the reading, and begins it anew. */
static void
ask_disk (HarkCore *core, const HarkFileTransfer *transfer, HarkDiskRequest *request)
{
  if (request->kind == HARK_DISK_READ) {
    hark_core_ahead_read (core, transfer, request);
    return;
  }
  hark_core_ahead_drop (core, transfer);
  push_disk (core, request);
}

static void
after_kept (HarkCore *core, HarkPending *pending, HarkStoreReply *reply)
{
  if (!hark_core_refuse_store (core, pending, reply))
    push_disk (core, g_steal_pointer (&pending->disk));
}

/* @then: (transfer full) (nullable): what the disk is to do when it is kept. */
static void
keep (HarkCore *core, const HarkFileTransfer *transfer, HarkDiskRequest *then)
{
  HarkPending *pending = NULL;

  if (then == NULL && is_settled_folder (transfer))
    then = make_tidy (transfer, false); /* what they need is kept by then */
  if (then != NULL) {
    pending = hark_pending_new (after_kept, NULL);
    pending->disk = then;
  }
  hark_core_file_keep (core, transfer, pending);
}

void
hark_core_files_tidy (HarkCore *core)
{
  GHashTableIter iter;
  void *value;

  g_hash_table_iter_init (&iter, core->transfers);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    const HarkFileTransfer *transfer = value;

    if (is_settled_folder (transfer) && transfer->path != NULL)
      push_disk (core,
                 make_tidy (transfer, transfer->holders != NULL && transfer->manifest == NULL));
  }
}

static void
pull (HarkCore *core,
      HarkCoreContact *contact,
      HarkFileTransfer *transfer,
      const HarkFileOutput *output)
{
  const uint8_t *offer;
  const HarkKey *account = hark_file_transfer_find_source (transfer, output->source, &offer);
  uint8_t head[HARK_FILE_PULL_LEN];
  g_autoptr (GBytes) bytes = NULL;
  HarkCoreStream *stream;
  int64_t id = -1;

  if (!hark_core_files_leads (core, transfer)) {
    hark_file_transfer_stand_back (transfer, core->now);
    return;
  }
  if (contact->has_session && (output->source > 0 || hark_core_files_turn (core, transfer)))
    id = hark_net_stream_open (core->net, account, HARK_STREAM_BULK);
  if (id >= 0) {
    stream = hark_core_add_stream (contact, id);
    stream->kind = HARK_CORE_STREAM_FILE_IN;
    stream->transfer = transfer->id;
    stream->source = output->source;
    if (output->range.to - output->range.from >= HARK_TREE_BLOCK_LEN)
      hark_net_stream_use_pieces (core->net, account, id, hark_block_new_bytes);
    hark_file_pull_write (HARK_STREAM_IS_FILE, offer, &output->range, head);
    bytes = g_bytes_new (head, sizeof head);
    hark_net_stream_send (core->net, account, id, bytes, true, core->now);
  }
  if (output->source > 0 && id >= 0)
    hark_core_pace_pulled (core, contact, transfer, offer);
  if (output->source > 0)
    hark_file_transfer_source_pulling (transfer, output->source, id, core->now);
  else
    hark_file_transfer_pulling (transfer, id, core->now);
}

static void
run_output (HarkCore *core,
            HarkCoreContact *contact,
            HarkFileTransfer *transfer,
            HarkFileOutput *output)
{
  const uint8_t *offer;
  const HarkKey *account = hark_file_transfer_find_source (transfer, output->source, &offer);

  if (output->source > 0)
    contact = hark_core_find (core, account);
  if (contact == NULL && (transfer->holders == NULL || output->source > 0))
    return;

  switch (output->kind) {
  case HARK_FILE_OUTPUT_OFFER:
    say_offer (core, contact, transfer);
    break;
  case HARK_FILE_OUTPUT_SIGNAL:
    say_signal (core, contact, transfer, output);
    break;
  case HARK_FILE_OUTPUT_PULL:
    pull (core, contact, transfer, output);
    break;
  case HARK_FILE_OUTPUT_DATA:
    hark_core_pace_send (core, transfer, output->stream, output->bytes, output->finish);
    g_clear_pointer (&output->bytes, g_bytes_unref);
    break;
  case HARK_FILE_OUTPUT_CONSUME:
    hark_net_stream_consume (core->net, account, output->stream, output->len);
    break;
  case HARK_FILE_OUTPUT_RESET:
    hark_core_pace_drop (core, transfer->id);
    g_hash_table_remove (contact->streams, &output->stream);
    hark_net_stream_reset (core->net, account, output->stream, 1);
    break;
  case HARK_FILE_OUTPUT_DISK:
    ask_disk (core, transfer, g_steal_pointer (&output->disk));
    break;
  case HARK_FILE_OUTPUT_STORE:
    if (transfer->serves == 0)
      keep (core, transfer, g_steal_pointer (&output->disk));
    break;
  case HARK_FILE_OUTPUT_LIST:
    hark_core_file_keep_list (core, transfer);
    break;
  case HARK_FILE_OUTPUT_CHANGED:
    hark_core_file_changed (core, transfer, HARK_EVENT_FILE_STATE);
    break;
  case HARK_FILE_OUTPUT_DAMAGED:
    hark_core_file_damaged (core, contact, transfer);
    break;
  case HARK_FILE_OUTPUT_WITHHELD:
    hark_core_file_withheld (core, contact, transfer);
    break;
  }
}

void
hark_core_file_drain (HarkCore *core, HarkFileTransfer *transfer)
{
  HarkCoreContact *contact = hark_core_find (core, &transfer->contact);
  HarkFileOutput output;
  bool makes_room;

  hark_core_file_weigh (core, transfer);
  for (;;) {
    while (hark_file_transfer_poll (transfer, &output)) {
      run_output (core, contact, transfer, &output);
      g_clear_pointer (&output.bytes, g_bytes_unref);
      g_clear_pointer (&output.disk, hark_disk_request_free);
    }
    if (!hark_file_transfer_wants_room (transfer) || hark_core_pace_holds (core, transfer)
        || hark_net_stream_room (core->net, &transfer->contact, transfer->stream) == 0)
      break;
    hark_file_transfer_send (transfer, core->now);
  }
  hark_core_pace_count (core, transfer);
  hark_core_file_tell_part (core, transfer);
  makes_room
    = transfer->told
      && (hark_file_transfer_is_over (transfer) || (transfer->heard && !transfer->answered));
  transfer->answered = transfer->heard;
  if (hark_file_transfer_is_over (transfer) && transfer->online)
    g_hash_table_remove (core->transfers, &transfer->id);
  if (makes_room && contact != NULL && contact->offers_wait)
    say_next (core, contact);
}

static int
compare_numbers (const void *a, const void *b)
{
  const uint64_t *one = a, *other = b;

  return *one < *other ? -1 : *one > *other;
}

void
hark_core_file_each (HarkCore *core,
                     const HarkKey *contact,
                     void (*visit) (HarkCore *core, HarkFileTransfer *transfer, bool flag),
                     bool flag)
{
  g_autoptr (GList) ids = g_hash_table_get_keys (core->transfers);
  g_autoptr (GArray) list = g_array_new (FALSE, FALSE, sizeof (uint64_t));

  for (GList *at = ids; at != NULL; at = at->next)
    g_array_append_vals (list, at->data, 1);
  g_array_sort (list, compare_numbers); /* as they were given */
  for (guint i = 0; i < list->len; i++) {
    HarkFileTransfer *transfer = hark_core_file_find (core, g_array_index (list, uint64_t, i));

    if (transfer == NULL || (contact != NULL && !hark_key_equal (&transfer->contact, contact)))
      continue;
    if (visit != NULL)
      visit (core, transfer, flag);
    hark_core_file_drain (core, transfer);
  }
}
