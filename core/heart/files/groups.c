/* Files for a group: one entry tells all members, and whoever has the file gives it to the others
 * it is for. Stands on files/view.c and groups/groups.c.
 *
 * The transfer that the user sees has the group's key for a contact and never a session. What is
 * served goes through transfers of their own, one for each who asks, which end with the session. */
#define G_LOG_DOMAIN "hark-core"

#include "core/heart/groups/groups.h"
#include "core/files/name.h"
#include "core/files/swarm.h"
#include "core/heart/files/files.h"

#include <string.h>

G_STATIC_ASSERT (HARK_FILE_HOLDERS_MAX == HARK_GROUP_ACTIVE_MAX);
G_STATIC_ASSERT (HARK_FILE_OFFER_LEN == sizeof ((HarkGroupEntry *) 0)->id);

#define OFFERED_MAX 64 /* files of one group that wait for the user */

/* ---- which, and for whom ---- */

static HarkFileTransfer *
find (HarkCore *core, const uint8_t offer[HARK_FILE_OFFER_LEN])
{
  GHashTableIter iter;
  void *value;

  g_hash_table_iter_init (&iter, core->transfers);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    HarkFileTransfer *transfer = value;

    if (transfer->holders != NULL && memcmp (transfer->offer, offer, HARK_FILE_OFFER_LEN) == 0)
      return transfer;
  }
  return NULL;
}

/* ---- the entry as a transfer ---- */

static unsigned
count_offered (HarkCore *core, const HarkKey *key)
{
  static const uint8_t none[HARK_FILE_OFFER_LEN];
  unsigned offered;

  hark_core_file_offered (core, key, none, &offered);
  return offered;
}

static HarkStoreTransfer *
incoming_row (HarkCore *core, const HarkGroupEntry *entry)
{
  HarkStoreTransfer *row = g_new0 (HarkStoreTransfer, 1);
  HarkFileHolders holders = {.n = entry->file->n_people};

  row->id = hark_core_number (core);
  memcpy (row->offer, entry->id, sizeof row->offer);
  hark_store_group_key (entry->group, &row->contact);
  row->state = HARK_TRANSFER_OFFERED;
  if (count_offered (core, &row->contact) >= OFFERED_MAX) {
    row->state = HARK_TRANSFER_FAILED;
    row->reason = g_strdup ("Too many files of this group wait for an answer already.");
  }
  row->name = hark_file_name_clean (entry->text);
  row->path = g_strdup ("");
  row->size = entry->file->size;
  row->mtime_ms = entry->file->mtime_ms;
  memcpy (row->sample, entry->file->sample, sizeof row->sample);
  memcpy (row->root, entry->file->root, sizeof row->root);
  row->files = entry->file->folder.files;
  row->manifest_len = entry->file->folder.manifest_len;
  memcpy (row->manifest, entry->file->folder.manifest, sizeof row->manifest);
  if (entry->file->preview != NULL)
    row->preview = g_bytes_ref (entry->file->preview);
  row->made_ms = hark_core_wall (core);
  memcpy (holders.group, entry->group, sizeof holders.group);
  memcpy (holders.people, entry->file->people, sizeof holders.people);
  holders.people[0] = entry->author;
  holders.has[0] = true;
  row->people = hark_file_holders_write (&holders);
  return row;
}

HarkStoreTransfer *
hark_core_file_of_entry (HarkCore *core, const HarkGroupEntry *entry)
{
  const HarkFileTransfer *given = find (core, entry->id);
  HarkStoreTransfer *row;

  if (!hark_key_equal (&entry->author, &core->own))
    return given == NULL ? incoming_row (core, entry) : NULL;
  if (given == NULL || !given->outgoing)
    return NULL;
  row = hark_core_file_row (given);
  row->state = HARK_TRANSFER_DONE;
  row->done = row->size;
  return row;
}

/* ---- what each has ---- */

static void
say_hold_to_all (HarkCore *core, HarkFileTransfer *transfer, bool answer)
{
  for (unsigned i = 0; i < transfer->holders->n; i++) {
    HarkCoreContact *contact = hark_core_find (core, &transfer->holders->people[i]);

    if (contact != NULL && hark_core_file_is_for (core, transfer, contact))
      hark_core_file_say_hold (core, contact, transfer, answer);
  }
}

void
hark_core_file_ended (HarkCore *core, HarkFileTransfer *transfer)
{
  bool *own = hark_file_holders_find (transfer->holders, &core->own);

  if (own == NULL || transfer->told_end || !hark_core_file_is_whole (transfer))
    return;
  transfer->told_end = *own = true;
  hark_core_file_keep (core, transfer, NULL);
  hark_core_file_changed (core, transfer, HARK_EVENT_FILE_STATE);
  say_hold_to_all (core, transfer, false);
}

void
hark_core_file_lose (HarkCore *core, uint64_t id)
{
  HarkFileTransfer *transfer = hark_core_file_find (core, id);
  bool *own;

  if (transfer == NULL || transfer->lost || transfer->holders == NULL)
    return;
  transfer->lost = true;
  own = hark_file_holders_find (transfer->holders, &core->own);
  if (own != NULL)
    *own = false;
  hark_file_transfer_note (transfer,
                           "It was moved, changed or deleted here: members cannot have it from you "
                           "any more.",
                           core->now);
  hark_core_file_drain (core, transfer);
  say_hold_to_all (core, transfer, false);
}

/* Who has it, by @frame: whether more have than were ever told on. */
static bool
note_people (HarkFileTransfer *transfer, const HarkKey *from, const Hark__FileHold *frame)
{
  bool *has = hark_file_holders_find (transfer->holders, from);
  unsigned before = hark_file_holders_count (transfer->holders);
  HarkKey account;

  for (size_t i = 0; i < frame->n_people; i++) {
    memcpy (account.bytes, frame->people[i].data, sizeof account.bytes);
    if (hark_file_holders_find (transfer->holders, &account) != NULL)
      *hark_file_holders_find (transfer->holders, &account) = true;
  }
  *has = frame->whole;
  return hark_file_holders_count (transfer->holders) != before;
}

static bool
is_hold_sane (const Hark__FileHold *frame)
{
  if (frame->id.len != HARK_FILE_OFFER_LEN || frame->n_people > HARK_FILE_HOLDERS_MAX)
    return false;
  for (size_t i = 0; i < frame->n_people; i++)
    if (frame->people[i].len != HARK_KEY_LEN)
      return false;
  return true;
}

/* They have all: what they were served may end. */
static void
stop_serving (HarkCore *core, const HarkKey *account, const uint8_t *offer)
{
  g_autoptr (GList) all = g_hash_table_get_values (core->transfers);

  for (GList *at = all; at != NULL; at = at->next) {
    HarkFileTransfer *transfer = at->data;

    if (transfer->serves == 0 || !hark_key_equal (&transfer->contact, account)
        || (offer != NULL && memcmp (transfer->offer, offer, HARK_FILE_OFFER_LEN) != 0))
      continue;
    hark_file_transfer_session (transfer, false, core->now);
    hark_core_file_drain (core, transfer); /* cannot end it: nothing of it is over */
    g_hash_table_remove (core->transfers, &transfer->id);
  }
}

bool
hark_core_files_hold (HarkCore *core, HarkCoreContact *contact, const Hark__FileHold *frame)
{
  const HarkKey *account = &contact->row.account;
  HarkFileTransfer *transfer;

  if (!is_hold_sane (frame))
    return false;
  transfer = find (core, frame->id.data);
  if (transfer == NULL || !hark_core_file_is_for (core, transfer, contact))
    return true;
  if (note_people (transfer, account, frame)) {
    const unsigned have = hark_file_holders_count (transfer->holders);

    hark_core_file_keep (core, transfer, NULL);
    hark_core_file_changed (core, transfer, HARK_EVENT_FILE_STATE);
    if (have > transfer->told_have) /* never more often than there are members */
      say_hold_to_all (core, transfer, false);
    transfer->told_have = MAX (transfer->told_have, have);
  }
  if (frame->whole)
    stop_serving (core, account, transfer->offer);
  if (frame->answer)
    hark_core_file_say_hold (core, contact, transfer, false);
  if (!transfer->outgoing && transfer->state < HARK_TRANSFER_SETTLING) {
    if (!hark_core_file_heard_part (core, transfer, account, frame))
      hark_file_transfer_source (transfer, account, transfer->offer, frame->whole, core->now);
    hark_core_file_drain (core, transfer);
  }
  return true;
}

/* ---- sessions ---- */

static void
tell_of (HarkCore *core, HarkCoreContact *contact, HarkFileTransfer *transfer, bool up)
{
  if (!up && !transfer->outgoing && transfer->state < HARK_TRANSFER_SETTLING) {
    hark_file_transfer_source (transfer, &contact->row.account, transfer->offer, false, core->now);
    hark_core_file_drain (core, transfer);
  } else if (up && hark_core_file_is_for (core, transfer, contact)
             && (hark_core_file_is_whole (transfer) || hark_core_file_is_coming (transfer)
                 || transfer->state == HARK_TRANSFER_OFFERED)) {
    hark_core_file_say_hold (core, contact, transfer,
                             !transfer->outgoing && !hark_core_file_is_whole (transfer));
  }
}

void
hark_core_files_holders_session (HarkCore *core, const HarkKey *account, bool up)
{
  g_autoptr (GList) all = NULL;
  HarkCoreContact *contact = hark_core_find (core, account);

  stop_serving (core, account, NULL);
  all = g_hash_table_get_values (core->transfers);
  for (GList *at = all; contact != NULL && at != NULL; at = at->next) {
    HarkFileTransfer *transfer = at->data;

    if (transfer->holders != NULL)
      tell_of (core, contact, transfer, up);
  }
}

/* ---- serving ---- */

/* One for each who asks, whatever they ask for. */
static HarkFileTransfer *
new_serving (HarkCore *core, const HarkKey *account, const HarkFileTransfer *from)
{
  HarkFileTransfer *transfer = hark_file_transfer_new (hark_core_number (core), account, true);

  memcpy (transfer->offer, from->offer, sizeof transfer->offer);
  transfer->name = g_strdup (from->name);
  transfer->serves = from->id;
  transfer->heard = transfer->online = true;
  g_hash_table_insert (core->transfers, &transfer->id, transfer);
  return transfer;
}

HarkFileTransfer *
hark_core_file_serve (HarkCore *core,
                      const HarkCoreContact *contact,
                      const uint8_t offer[HARK_FILE_OFFER_LEN],
                      const HarkFileRange *range)
{
  const HarkFileTransfer *from = find (core, offer);
  HarkFileTransfer *transfer;
  unsigned offered;

  if (from == NULL || !hark_core_file_is_for (core, from, contact) || from->path == NULL)
    return NULL;
  transfer = hark_core_file_offered (core, &contact->row.account, offer, &offered);
  if (transfer == NULL)
    transfer = new_serving (core, &contact->row.account, from);
  transfer->part = false;
  if (!hark_core_file_is_whole (from) && !hark_core_file_prepare_part (from, transfer, range))
    return NULL; /* what was opened for them ends with the session, or when they have all */
  g_free (transfer->path);
  transfer->path = g_strdup (from->path);
  transfer->size = from->size;
  transfer->mtime_ms = from->outgoing ? from->mtime_ms : 0; /* when it came here is not known */
  transfer->folder = from->folder;
  g_clear_pointer (&transfer->manifest, g_bytes_unref);
  if (from->manifest != NULL)
    transfer->manifest = g_bytes_ref (from->manifest);
  memcpy (transfer->sample, from->sample, sizeof transfer->sample);
  if (transfer->hashes->len == 0
      && from->hashes->len == hark_tree_block_count (from->size) * HARK_TREE_HASH_LEN)
    g_byte_array_append (transfer->hashes, from->hashes->data, from->hashes->len);
  return transfer;
}

/* ---- the entry is on our disk ---- */

void
hark_core_file_heard (HarkCore *core, const HarkStoreTransfer *row)
{
  HarkFileTransfer *transfer = hark_core_file_find (core, row->id);

  if (transfer != NULL) { /* our own */
    if (transfer->state < HARK_TRANSFER_SETTLING)
      hark_file_transfer_given (transfer, core->now);
    hark_core_file_drain (core, transfer);
    return;
  }
  hark_core_load_transfer (core, row);
  transfer = hark_core_file_find (core, row->id);
  if (transfer == NULL)
    return;
  hark_core_file_changed (core, transfer, HARK_EVENT_FILE_OFFER);
  hark_core_file_take_unasked (core, transfer);
  transfer = hark_core_file_find (core, row->id);
  if (transfer != NULL)
    say_hold_to_all (core, transfer, true);
  hark_core_files_sources (core);
}
