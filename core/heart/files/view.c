/* The table of transfers, what the user sees of one and what the store keeps of it. */
#define G_LOG_DOMAIN "hark-core"

#include "core/files/risk.h"
#include "core/files/swarm.h"
#include "core/heart/files/files.h"

#include <string.h>

HarkFileTransfer *
hark_core_file_find (HarkCore *core, uint64_t id)
{
  return g_hash_table_lookup (core->transfers, &id);
}

void
hark_core_file_add (HarkCore *core, HarkFileTransfer *transfer)
{
  HarkCoreContact *contact = hark_core_find (core, &transfer->contact);

  transfer->online = contact != NULL && hark_core_is_ready (contact);
  g_hash_table_insert (core->transfers, &transfer->id, transfer);
}

HarkFileTransfer *
hark_core_file_offered (HarkCore *core,
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

/* Of a file for a group. */
static void
show_group (const HarkFileTransfer *from, HarkTransfer *ret)
{
  ret->has_group = true;
  memcpy (ret->group, from->holders->group, sizeof ret->group);
  memcpy (ret->contact, from->holders->people[0].bytes, sizeof ret->contact);
  ret->people = from->holders->n;
  ret->people_have = hark_file_holders_count (from->holders);
}

static const char *
why_group_waits (const HarkFileTransfer *from)
{
  if (from->outgoing)
    return "It is being read; then the group hears of it.";
  return hark_file_transfer_people (from) > 0
           ? "Nobody who is online has what is missing; it goes on when somebody does."
           : "Nobody who has it is online; it comes when somebody is.";
}

HarkTransfer *
hark_core_transfer (HarkCore *core, const HarkFileTransfer *from)
{
  HarkCoreContact *contact = hark_core_find (core, &from->contact);
  HarkTransfer *transfer = g_new0 (HarkTransfer, 1);

  transfer->id = from->id;
  if (from->holders != NULL)
    show_group (from, transfer);
  else
    memcpy (transfer->contact, from->contact.bytes, sizeof transfer->contact);
  transfer->outgoing = from->outgoing;
  transfer->name = g_strdup (from->name);
  transfer->path = g_strdup (from->path);
  transfer->state = state_of (from->state);
  transfer->size = from->size - MIN (from->size, from->folder.manifest_len);
  transfer->bytes = hark_file_transfer_bytes (from);
  transfer->bytes -= MIN (transfer->bytes, from->folder.manifest_len);
  transfer->rate = from->state == HARK_TRANSFER_MOVING ? from->rate : 0;
  transfer->sources = from->outgoing ? 0 : hark_file_transfer_sources (from);
  transfer->folder = from->folder.manifest_len > 0;
  transfer->files = transfer->folder ? from->folder.files : 1;
  transfer->skipped = from->skipped;
  transfer->risky = !from->outgoing && !transfer->folder && hark_file_name_is_risky (from->name);
  transfer->paused_here = from->paused_here;
  transfer->held = from->on_hold;
  transfer->blocked = from->disk_full && from->paused_here && from->state == HARK_TRANSFER_PAUSED;
  transfer->lost = from->lost && from->state == HARK_TRANSFER_PAUSED;
  transfer->paused_there = from->paused_there;
  transfer->preview = from->preview != NULL ? g_bytes_ref (from->preview) : NULL;
  transfer->reason = g_strdup (from->reason);
  if (transfer->reason == NULL && from->state == HARK_TRANSFER_WAITING && from->holders != NULL)
    transfer->reason = g_strdup (why_group_waits (from));
  if (transfer->reason == NULL && from->state == HARK_TRANSFER_WAITING && !from->online
      && contact != NULL) {
    g_autofree char *name
      = hark_contact_name (contact->row.petname, contact->row.name, contact->row.account.bytes);

    transfer->reason
      = g_strdup_printf ("%s's Hark is not online; the file will move when it is.", name);
  }
  return transfer;
}

HarkStoreTransfer *
hark_core_file_row (const HarkFileTransfer *transfer)
{
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
  memcpy (row->sample, transfer->sample, sizeof row->sample);
  row->done = transfer->done;
  row->reason = g_strdup (transfer->reason);
  row->preview = transfer->preview != NULL ? g_bytes_ref (transfer->preview) : NULL;
  row->made_ms = transfer->made_ms;
  row->people = transfer->holders != NULL ? hark_file_holders_write (transfer->holders) : NULL;
  row->list = transfer->manifest != NULL ? g_bytes_ref (transfer->manifest) : NULL;
  return row;
}

void
hark_core_file_keep (HarkCore *core, const HarkFileTransfer *transfer, HarkPending *pending)
{
  HarkStoreRequest *request = hark_core_request (HARK_STORE_PUT_TRANSFER);

  request->transfer = hark_core_file_row (transfer);
  hark_core_ask_store (core, request, pending);
}

void
hark_core_file_changed (HarkCore *core, const HarkFileTransfer *transfer, HarkEventKind kind)
{
  HarkEvent *event;

  if (transfer->serves != 0) /* the user sees the one that it is for */
    return;
  event = hark_event_new (kind);
  event->transfer = hark_core_transfer (core, transfer);
  hark_core_emit (core, event);
}

/* Whether it is still so is told anew: by the other side, or by the desktop about the network. */
static bool
may_have_passed (const char *reason)
{
  return g_strcmp0 (reason, HARK_FILE_PAUSED_THERE) == 0
         || g_strcmp0 (reason, HARK_FILE_LOST_THERE) == 0 || g_strcmp0 (reason, HARK_FILE_HELD) == 0
         || g_strcmp0 (reason, HARK_FILE_HELD_ASK) == 0;
}

static HarkFileTransfer *
from_row (HarkCore *core, const HarkStoreTransfer *row)
{
  const char *reason = row->reason;
  HarkFileTransfer *transfer = hark_file_transfer_new (row->id, &row->contact, row->outgoing);

  memcpy (transfer->offer, row->offer, sizeof transfer->offer);
  transfer->state = (HarkTransferState) row->state;
  if (transfer->state == HARK_TRANSFER_MOVING)
    transfer->state = HARK_TRANSFER_WAITING;
  if (transfer->state == HARK_TRANSFER_PAUSED && may_have_passed (row->reason)) {
    transfer->state = HARK_TRANSFER_WAITING;
    reason = NULL;
  }
  transfer->paused_here = transfer->state == HARK_TRANSFER_PAUSED;
  transfer->lost = transfer->paused_here && g_strcmp0 (reason, HARK_FILE_LOST) == 0;
  transfer->disk_full = transfer->paused_here && !row->outgoing && reason != NULL;
  if (transfer->disk_full && row->people != NULL) /* there will be no session to look at it */
    transfer->retry_at = core->now;
  transfer->name = g_strdup (row->name);
  transfer->path = row->path != NULL && *row->path != '\0' ? g_strdup (row->path) : NULL;
  transfer->directory = g_strdup (core->config.downloads);
  transfer->reason = g_strdup (reason);
  transfer->preview = row->preview != NULL ? g_bytes_ref (row->preview) : NULL;
  transfer->size = transfer->agreed = row->size;
  transfer->mtime_ms = row->mtime_ms;
  memcpy (transfer->sample, row->sample, sizeof transfer->sample);
  transfer->folder.files = row->files;
  transfer->folder.manifest_len = row->manifest_len;
  memcpy (transfer->folder.manifest, row->manifest, sizeof row->manifest);
  transfer->done = row->outgoing ? 0 : row->done;
  transfer->made_ms = row->made_ms;
  transfer->holders = hark_file_holders_read (row->people);
  if (transfer->holders != NULL) {
    const bool *own = hark_file_holders_find (transfer->holders, &core->own);

    memcpy (transfer->root, row->root, sizeof transfer->root);
    transfer->place = own != NULL ? (unsigned) (own - transfer->holders->has) : 0;
    transfer->lost = transfer->state == HARK_TRANSFER_DONE && own != NULL && !*own;
    if (row->list != NULL && hark_core_file_is_coming (transfer))
      hark_file_transfer_know_list (transfer, row->list);
    else if (row->list != NULL && transfer->folder.manifest_len > 0)
      transfer->manifest = g_bytes_ref (row->list);
  }
  return transfer;
}

void
hark_core_load_transfer (HarkCore *core, const HarkStoreTransfer *row)
{
  HarkFileTransfer *transfer = from_row (core, row);

  if (transfer->holders != NULL || hark_core_find (core, &row->contact) != NULL)
    hark_core_file_add (core, transfer);
  else
    hark_file_transfer_free (transfer);
}

HarkTransfer *
hark_core_stored_transfer (HarkCore *core, const HarkStoreTransfer *row)
{
  HarkFileTransfer *alive = hark_core_file_find (core, row->id);
  HarkFileTransfer *kept;
  HarkTransfer *transfer;

  if (alive != NULL)
    return hark_core_transfer (core, alive);
  kept = from_row (core, row);
  transfer = hark_core_transfer (core, kept);
  hark_file_transfer_free (kept);
  return transfer;
}
