/* Folders of ours that contacts look into: which, for whom, and what they are answered. */
#define G_LOG_DOMAIN "hark-core"

#include "core/heart/files/shares.h"
#include "core/files/share-list.h"
#include "core/files/shared.h"
#include "core/heart/people/before.h"

#include <string.h>

#define AT_DISK_MAX 2 /* questions of one contact that our disk looks into at a time */
#define DISK_TIME HARK_MINUTE

static void
ask_free (void *data)
{
  HarkCoreAsk *ask = data;

  hark_command_free (ask->command);
  g_free (ask->directory);
  g_free (ask);
}

static bool
is_at (const GPtrArray *shares, guint index, const HarkShare *share)
{
  return index < shares->len && shares->pdata[index] == share;
}

/* The disk may have lost who was removed, and kept what they looked into. */
static void
drop_strangers (HarkCore *core)
{
  for (guint i = core->shares->len; i > 0; i--) {
    HarkShare *share = core->shares->pdata[i - 1];
    g_autoptr (GArray) accounts = g_array_copy (share->accounts);

    for (guint at = 0; at < accounts->len && is_at (core->shares, i - 1, share); at++) {
      const HarkKey *account = &g_array_index (accounts, HarkKey, at);

      if (hark_core_find (core, account) == NULL)
        hark_share_list_remove (core->shares, share, account);
    }
  }
}

void
hark_core_shares_load (HarkCore *core, GBytes *kept)
{
  core->shares = hark_share_list_read (kept);
  drop_strangers (core);
  core->asks = g_ptr_array_new_with_free_func (ask_free);
}

void
hark_core_shares_clear (HarkCore *core)
{
  g_clear_pointer (&core->shares, g_ptr_array_unref);
  g_clear_pointer (&core->asks, g_ptr_array_unref);
}

static void
keep (HarkCore *core, HarkPending *pending)
{
  HarkStoreRequest *request = hark_core_request (HARK_STORE_PUT_SHARES);

  request->shares = hark_share_list_write (core->shares);
  hark_core_ask_store (core, request, pending);
}

/* What is on its way out of @share to @account (nullable: to all) ends. */
static void
cancel_transfers (HarkCore *core, const HarkShare *share, const HarkKey *account)
{
  g_autoptr (GList) ids = g_hash_table_get_keys (core->transfers);
  g_autoptr (GArray) doomed = g_array_new (FALSE, FALSE, sizeof (uint64_t));

  for (GList *at = ids; at != NULL; at = at->next) {
    const HarkFileTransfer *transfer = g_hash_table_lookup (core->transfers, at->data);

    if (transfer->outgoing && transfer->path != NULL
        && hark_shared_is_under (transfer->path, share->path)
        && (account == NULL || hark_key_equal (&transfer->contact, account)))
      g_array_append_val (doomed, transfer->id);
  }
  for (guint i = 0; i < doomed->len; i++)
    hark_core_files_cancel (core, g_array_index (doomed, uint64_t, i));
}

void
hark_core_shares_forget (HarkCore *core, const HarkKey *account)
{
  bool changed = false;

  for (guint i = core->shares->len; i > 0; i--)
    changed |= hark_share_list_remove (core->shares, core->shares->pdata[i - 1], account);
  if (changed)
    keep (core, NULL);
}

/* ---- the user's ---- */

static bool
share (HarkCore *core, HarkCommand *command)
{
  HarkCoreContact *contact = hark_core_need (core, command);

  if (contact == NULL)
    return false;
  if (contact->row.status != HARK_CONTACT_ACCEPTED || command->path == NULL
      || !g_path_is_absolute (command->path)) {
    hark_core_refuse (core, command, "bad-value", "Name a folder, and a contact of yours.");
    return false;
  }
  if (hark_share_list_add (core->shares, command->path, &contact->row.account) == NULL) {
    hark_core_refuse (core, command, "too-many", "At most 64 folders can be shared.");
    return false;
  }
  return true;
}

static HarkShare *
find_meant (const GPtrArray *shares, const HarkCommand *command)
{
  const char *wanted = command->path != NULL ? command->path : command->name;

  return wanted != NULL ? hark_share_list_find ((GPtrArray *) shares, wanted) : NULL;
}

static const HarkKey *
account_of (const HarkCommand *command, HarkKey *key)
{
  memcpy (key->bytes, command->contact, sizeof key->bytes);
  return command->has_contact ? key : NULL;
}

static bool
end_share (HarkCore *core, HarkCommand *command)
{
  HarkShare *found = find_meant (core->shares, command);
  HarkKey key;
  const HarkKey *account = account_of (command, &key);

  if (found == NULL || (account != NULL && !hark_share_has (found, account))) {
    hark_core_refuse (core, command, "no-share", "This folder is not shared.");
    return false;
  }
  hark_share_list_remove (core->shares, found, account);
  return true;
}

static void
after_share (HarkCore *core, HarkPending *pending, HarkStoreReply *reply)
{
  const bool refused = hark_core_refuse_store (core, pending, reply);
  g_autoptr (GPtrArray) before = hark_share_list_read (pending->before->kept);
  const HarkShare *ended;
  HarkKey key;

  if (refused && hark_core_put_back_kept (core, pending) != NULL) {
    g_ptr_array_unref (core->shares);
    core->shares = g_steal_pointer (&before);
    drop_strangers (core);
  }
  if (refused)
    return;
  ended
    = pending->command->kind == HARK_COMMAND_SHARE ? NULL : find_meant (before, pending->command);
  if (ended != NULL)
    cancel_transfers (core, ended, account_of (pending->command, &key));
  hark_core_succeed (core, pending->command);
}

void
hark_core_command_share (HarkCore *core, HarkCommand *command)
{
  HarkPending *pending
    = hark_core_remember_kept (hark_pending_new (after_share, command), HARK_STORE_PUT_SHARES,
                               hark_share_list_write (core->shares));

  if (command->kind == HARK_COMMAND_SHARE ? share (core, command) : end_share (core, command))
    keep (core, pending);
  else
    hark_pending_free (pending);
}

void
hark_core_command_shares (HarkCore *core, HarkCommand *command)
{
  HarkEvent *event = hark_core_result (command);

  event->shares = g_ptr_array_new_with_free_func ((GDestroyNotify) hark_share_info_free);
  for (guint i = 0; i < core->shares->len; i++) {
    const HarkShare *share = core->shares->pdata[i];
    HarkShareInfo *info = g_new0 (HarkShareInfo, 1);

    info->name = g_strdup (share->name);
    info->path = g_strdup (share->path);
    info->accounts = g_array_new (FALSE, FALSE, HARK_ACCOUNT_LEN);
    g_array_append_vals (info->accounts, share->accounts->data, share->accounts->len);
    g_ptr_array_add (event->shares, info);
  }
  hark_core_emit (core, event);
  hark_command_free (command);
}

/* ---- answers ---- */

static void
say_entries (HarkCore *core,
             HarkCoreContact *contact,
             const uint8_t id[8],
             const GPtrArray *entries,
             uint32_t total)
{
  g_autofree Hark__Listing__Entry *bodies = g_new (Hark__Listing__Entry, entries->len + 1);
  g_autofree Hark__Listing__Entry **list = g_new (Hark__Listing__Entry *, entries->len + 1);
  Hark__Listing listing = HARK__LISTING__INIT;

  for (guint i = 0; i < entries->len; i++) {
    const HarkSharedEntry *entry = entries->pdata[i];

    hark__listing__entry__init (&bodies[i]);
    bodies[i].name = entry->name;
    bodies[i].folder = entry->folder;
    bodies[i].size = entry->size;
    bodies[i].mtime_ms = entry->mtime_ms;
    list[i] = &bodies[i];
  }
  listing.entries = list;
  listing.n_entries = entries->len;
  listing.total = total;
  hark_core_shares_say (core, contact, id, &listing);
}

/* Which folders there are for them. */
static void
say_shares (HarkCore *core, HarkCoreContact *contact, const uint8_t id[8])
{
  g_autoptr (GPtrArray) entries
    = g_ptr_array_new_with_free_func ((GDestroyNotify) hark_shared_entry_free);

  for (guint i = 0; i < core->shares->len; i++) {
    const HarkShare *share = core->shares->pdata[i];
    HarkSharedEntry *entry;

    if (!hark_share_has (share, &contact->row.account))
      continue;
    entry = g_new0 (HarkSharedEntry, 1);
    entry->name = g_strdup (share->name);
    entry->folder = true;
    g_ptr_array_add (entries, entry);
  }
  say_entries (core, contact, id, entries, entries->len);
}

/* (transfer full) (nullable): the path of what @way means to them: NULL when it is not for them. */
static char *
find_path (HarkCore *core, const HarkCoreContact *contact, const char *way)
{
  g_autofree char *name = g_strndup (way, strcspn (way, "/"));
  const char *rest = way[strlen (name)] == '/' ? way + strlen (name) + 1 : "";
  HarkShare *share = NULL;

  for (guint i = 0; i < core->shares->len; i++)
    if (strcmp (((HarkShare *) core->shares->pdata[i])->name, name) == 0)
      share = core->shares->pdata[i];
  return share != NULL && hark_share_has (share, &contact->row.account) && hark_shared_is_way (rest)
           ? hark_shared_join (share->path, rest)
           : NULL;
}

static void
look (HarkCore *core, HarkCoreContact *contact, const Hark__Browse *browse, const char *path)
{
  HarkDiskRequest *request;
  HarkCoreAsk *ask;
  unsigned n = 0;

  for (guint i = 0; i < core->asks->len; i++) {
    ask = core->asks->pdata[i];
    n += ask->command == NULL && ask->directory == NULL
         && hark_key_equal (&ask->contact, &contact->row.account);
  }
  if (n >= AT_DISK_MAX) {
    hark_core_shares_refuse (core, &contact->row.account, browse->id.data);
    return;
  }
  ask = g_new0 (HarkCoreAsk, 1);
  memcpy (ask->id, browse->id.data, sizeof ask->id);
  ask->contact = contact->row.account;
  ask->number = hark_core_number (core);
  ask->deadline = core->now + DISK_TIME;
  g_ptr_array_add (core->asks, ask);
  request = hark_disk_request_new (HARK_DISK_BROWSE, ask->number, 0);
  request->path = g_strdup (path);
  request->offset = browse->from;
  hark_effects_push (&core->effects, (HarkEffect){.kind = HARK_EFFECT_DISK, .disk = request});
}

/* How much they asked for that is not over: each is kept, also by our disk, until they take it. */
static unsigned
count_fetches (HarkCore *core, const HarkCoreContact *contact)
{
  GHashTableIter iter;
  unsigned n = 0;
  void *value;

  g_hash_table_iter_init (&iter, core->transfers);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    const HarkFileTransfer *transfer = value;

    n += transfer->outgoing && transfer->path != NULL
         && hark_key_equal (&transfer->contact, &contact->row.account)
         && hark_shared_is (transfer->path);
  }
  return n;
}

static bool
handle_browse (HarkCore *core, HarkCoreContact *contact, const Hark__Browse *browse)
{
  g_autofree char *path = NULL;

  if (browse->id.len != 8 || strlen (browse->path) > HARK_SHARED_PATH_MAX)
    return false;
  if (contact->row.status != HARK_CONTACT_ACCEPTED)
    return true;
  if (*browse->path == '\0' && !browse->fetch) {
    say_shares (core, contact, browse->id.data);
    return true;
  }
  path = find_path (core, contact, browse->path);
  if (path == NULL)
    hark_core_shares_refuse (core, &contact->row.account, browse->id.data);
  else if (!browse->fetch)
    look (core, contact, browse, path);
  else if (g_hash_table_size (core->gifts) < HARK_CORE_OFFERS_MAX
           && count_fetches (core, contact) < HARK_CORE_FETCHES_MAX)
    hark_core_files_give_shared (core, &contact->row.account, path, browse->id.data);
  else
    hark_core_shares_refuse (core, &contact->row.account, browse->id.data);
  return true;
}

void
hark_core_shares_disk (HarkCore *core, HarkDiskReply *reply)
{
  g_autoptr (HarkDiskReply) owned = reply;

  for (guint i = 0; i < core->asks->len; i++) {
    HarkCoreAsk *ask = core->asks->pdata[i];
    HarkCoreContact *contact = hark_core_find (core, &ask->contact);

    if (ask->command != NULL || ask->directory != NULL || ask->number != reply->transfer)
      continue;
    if (reply->result != HARK_DISK_OK)
      hark_core_shares_refuse (core, &ask->contact, ask->id);
    else if (contact != NULL)
      say_entries (core, contact, ask->id, reply->entries, (uint32_t) reply->size);
    g_ptr_array_remove_index (core->asks, i);
    return;
  }
}

bool
hark_core_shares_frame (HarkCore *core, HarkCoreContact *contact, const Hark__Frame *frame)
{
  return frame->what_case == HARK__FRAME__WHAT_BROWSE
           ? handle_browse (core, contact, frame->browse)
           : hark_core_shares_listing (core, contact, frame->listing);
}
