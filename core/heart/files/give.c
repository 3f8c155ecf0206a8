/* What the user gives: looked at on the disk, then offered. */
#define G_LOG_DOMAIN "hark-core"

#include "core/files/offer.h"
#include "core/heart/files/files.h"
#include "core/heart/files/shares.h"
#include "core/heart/groups/groups.h"

#include <string.h>

G_STATIC_ASSERT (HARK_FILE_PREVIEW_WIDTH_MAX == HARK_PREVIEW_WIDTH_MAX);
G_STATIC_ASSERT (HARK_FILE_PREVIEW_HEIGHT_MAX == HARK_PREVIEW_HEIGHT_MAX);

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

static void
after_give (HarkCore *core, HarkPending *pending, HarkStoreReply *reply)
{
  HarkEvent *event;

  if (hark_core_refuse_store (core, pending, reply))
    return;
  if (pending->command->how != NULL) /* a contact's wish */
    return;
  event = hark_core_result (pending->command);
  event->numbers = g_array_ref (pending->numbers);
  hark_core_emit (core, event);
}

static HarkFileTransfer *
make_outgoing (HarkCore *core, const HarkKey *contact, const HarkDiskReply *reply, GBytes *preview)
{
  HarkFileTransfer *transfer = hark_file_transfer_new (hark_core_number (core), contact, true);

  hark_rng_bytes (&core->rng, transfer->offer, sizeof transfer->offer);
  transfer->name = g_utf8_make_valid (reply->name, -1);
  transfer->path = g_strdup (reply->path);
  transfer->size = reply->size;
  transfer->mtime_ms = reply->mtime_ms;
  transfer->folder = reply->folder;
  memcpy (transfer->sample, reply->sample, sizeof transfer->sample);
  transfer->skipped = reply->skipped;
  if (preview != NULL && transfer->folder.manifest_len == 0)
    transfer->preview = g_bytes_ref (preview);
  transfer->made_ms = hark_core_wall (core);
  return transfer;
}

static void
offer_all (HarkCore *core, const HarkKey *account, HarkCoreGroup *group, HarkCoreGift *gift)
{
  HarkPending *pending = hark_pending_new (after_give, g_steal_pointer (&gift->command));

  pending->numbers = g_array_new (FALSE, FALSE, sizeof (uint64_t));
  for (guint i = 0; i < gift->replies->len; i++) {
    bool last = i + 1 == gift->replies->len;
    const GPtrArray *previews = pending->command->previews; /* replies come in the paths' order */
    HarkFileTransfer *transfer = make_outgoing (core, account, gift->replies->pdata[i],
                                                previews != NULL ? previews->pdata[i] : NULL);

    transfer->has_fetch = pending->command->how != NULL;
    memcpy (transfer->fetch, pending->command->id, sizeof transfer->fetch);
    g_array_append_val (pending->numbers, transfer->id);
    if (group != NULL)
      transfer->holders = hark_core_file_holders (core, group);
    hark_core_file_add (core, transfer);
    hark_core_file_keep (core, transfer, last ? pending : NULL); /* the last one durable: all are */
    if (group == NULL)
      hark_core_log (core, account, HARK_MESSAGE_FILE, true, transfer->name, transfer->id, false);
    hark_core_file_changed (core, transfer, HARK_EVENT_FILE_STATE);
    if (group != NULL)
      hark_file_transfer_read_through (transfer, core->now);
    else
      hark_file_transfer_session (transfer, transfer->online, core->now);
    hark_core_file_drain (core, transfer);
  }
}

void
hark_core_file_looked_at (HarkCore *core, HarkDiskReply *reply)
{
  g_autoptr (HarkDiskReply) owned = reply;
  HarkCoreGift *gift = g_hash_table_lookup (core->gifts, &reply->transfer);
  HarkCoreGroup *group;
  HarkKey account;

  if (gift == NULL)
    return;
  if (reply->result != HARK_DISK_OK && gift->words == NULL)
    gift->words = g_strdup (reply->words);
  else if (reply->result == HARK_DISK_OK && reply->size > HARK_FILE_SIZE_MAX)
    gift->words = g_strdup ("The file is larger than 64 TiB.");
  else if (reply->result == HARK_DISK_OK && gift->command->has_group
           && hark_core_file_unfit (reply) != NULL)
    gift->words = g_strdup (hark_core_file_unfit (reply));
  else if (reply->result == HARK_DISK_OK)
    g_ptr_array_add (gift->replies, g_steal_pointer (&owned));
  if (--gift->waiting == 0) {
    memcpy (account.bytes, gift->command->contact, sizeof account.bytes);
    group = gift->command->has_group ? hark_core_group_find (core, gift->command->group) : NULL;
    if (gift->words != NULL && gift->command->how != NULL)
      hark_core_shares_refuse (core, &account, gift->command->id);
    else if (gift->words != NULL || (group == NULL && hark_core_find (core, &account) == NULL))
      hark_core_refuse (core, gift->command, "bad-file",
                        gift->words != NULL ? gift->words : "The contact is gone.");
    else
      offer_all (core, &account, group, gift);
  }
  g_hash_table_remove (core->gifts, &reply->transfer);
}

static HarkCoreGift *
gift_new (HarkCommand *command, unsigned n)
{
  HarkCoreGift *gift = g_new0 (HarkCoreGift, 1);

  gift->command = command;
  gift->waiting = n;
  gift->replies = g_ptr_array_new_with_free_func ((GDestroyNotify) hark_disk_reply_free);
  return gift;
}

/* @path: (transfer full) */
static void
look_at (HarkCore *core, HarkCoreGift *gift, char *path)
{
  uint64_t id = hark_core_number (core);
  HarkDiskRequest *request = hark_disk_request_new (HARK_DISK_STAT, id, 0);

  request->path = path;
  gift->refs++;
  g_hash_table_insert (core->gifts, g_memdup2 (&id, sizeof id), gift);
  hark_effects_push (&core->effects, (HarkEffect){.kind = HARK_EFFECT_DISK, .disk = request});
}

static bool
are_previews_sane (const HarkCommand *command, unsigned paths)
{
  if (command->previews == NULL)
    return true;
  for (guint i = 0; i < command->previews->len; i++) {
    GBytes *preview = command->previews->pdata[i];

    if (preview != NULL
        && !hark_file_preview_is_sane (g_bytes_get_data (preview, NULL),
                                       g_bytes_get_size (preview)))
      return false;
  }
  return command->previews->len == paths;
}

void
hark_core_command_give (HarkCore *core, HarkCommand *command)
{
  const bool known = command->has_group || hark_core_need (core, command) != NULL;
  unsigned n = command->paths != NULL ? g_strv_length (command->paths) : 0;
  HarkCoreGift *gift;

  if (!known || n == 0 || n > HARK_CORE_PATHS_MAX) {
    if (known)
      hark_core_refuse (core, command, "bad-file",
                        "Between 1 and 1,000 files and folders can be given at a time.");
    hark_command_free (command);
    return;
  }
  if (!are_previews_sane (command, n)) {
    hark_core_refuse (
      core, command, "bad-preview",
      "A preview has at most 160 × 120 pixels; there is one for each path, or none.");
    hark_command_free (command);
    return;
  }
  gift = gift_new (command, n);
  for (unsigned i = 0; i < n; i++)
    look_at (core, gift, g_canonicalize_filename (command->paths[i], NULL));
}

void
hark_core_files_give_shared (HarkCore *core,
                             const HarkKey *contact,
                             const char *path,
                             const uint8_t fetch[8])
{
  HarkCommand *command = hark_command_new (HARK_COMMAND_GIVE);

  command->how = g_strdup ("fetch");
  memcpy (command->contact, contact->bytes, sizeof command->contact);
  memcpy (command->id, fetch, 8);
  look_at (core, gift_new (command, 1), g_strdup (path));
}
