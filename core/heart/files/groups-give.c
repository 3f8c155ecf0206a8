/* A file for a group is read through first, so that its entry can name its root: then any member
 * can serve it, and nobody can serve another. Stands on files/groups.c and
 * groups/write.c. */
#define G_LOG_DOMAIN "hark-core"

#include "core/files/swarm.h"
#include "core/heart/files/files.h"
#include "core/heart/groups/groups.h"

#include <string.h>

HarkFileHolders *
hark_core_file_holders (HarkCore *core, HarkCoreGroup *group)
{
  HarkFileHolders *holders = g_new0 (HarkFileHolders, 1);

  hark_group_update (group->log);
  memcpy (holders->group, group->row.id, sizeof holders->group);
  holders->people[0] = core->own;
  holders->has[0] = true;
  holders->n = 1;
  for (guint i = 0; i < group->log->members->len && holders->n < HARK_FILE_HOLDERS_MAX; i++) {
    const HarkGroupMember *member = &g_array_index (group->log->members, HarkGroupMember, i);

    if (member->status == HARK_GROUP_STATUS_JOINED
        && !hark_key_equal (&member->account, &core->own))
      holders->people[holders->n++] = member->account;
  }
  return holders;
}

const char *
hark_core_file_unfit (const HarkDiskReply *reply)
{
  return reply->size > HARK_SWARM_SIZE_MAX ? "What is for a group has at most 256 GiB." : NULL;
}

/* The root is known: the group hears of it. */
static void
tell_group (HarkCore *core, HarkFileTransfer *transfer)
{
  HarkCoreGroup *group = hark_core_group_find (core, transfer->holders->group);
  HarkFileHolders *holders;
  HarkGroupEntry *entry;

  if (group == NULL || group->row.state != HARK_STORE_GROUP_JOINED
      || !hark_group_has_joined (group->log, &core->own)) {
    hark_file_transfer_cancel (transfer, core->now);
    return;
  }
  holders = hark_core_file_holders (core, group); /* others may have joined meanwhile */
  g_free (transfer->holders);
  transfer->holders = holders;
  entry = g_new0 (HarkGroupEntry, 1);
  entry->kind = HARK_GROUP_FILE;
  memcpy (entry->id, transfer->offer, sizeof entry->id);
  entry->text = g_strndup (transfer->name, HARK_GROUP_FILE_NAME_LEN_MAX);
  entry->file = g_new0 (HarkGroupFile, 1);
  entry->file->size = transfer->size;
  entry->file->mtime_ms = MAX (transfer->mtime_ms, 0);
  memcpy (entry->file->sample, transfer->sample, sizeof entry->file->sample);
  memcpy (entry->file->root, transfer->root, sizeof entry->file->root);
  entry->file->folder = transfer->folder;
  if (transfer->preview != NULL)
    entry->file->preview = g_bytes_ref (transfer->preview);
  entry->file->n_people = holders->n;
  memcpy (entry->file->people, holders->people, sizeof entry->file->people);
  hark_core_group_write (core, group, entry, NULL);
}

void
hark_core_file_after_disk (HarkCore *core, HarkFileTransfer *transfer)
{
  if (transfer->serves != 0 && transfer->lost)
    hark_core_file_lose (core, transfer->serves);
  if (transfer->holders == NULL)
    return;
  if (transfer->hashed)
    tell_group (core, transfer);
  transfer->hashed = false;
  hark_core_file_ended (core, transfer);
}

void
hark_core_files_give_on (HarkCore *core)
{
  g_autoptr (GList) all = g_hash_table_get_values (core->transfers);

  for (GList *at = all; at != NULL; at = at->next) {
    HarkFileTransfer *transfer = at->data;

    if (transfer->holders == NULL || !transfer->outgoing
        || transfer->state != HARK_TRANSFER_WAITING)
      continue;
    hark_file_transfer_read_through (transfer, core->now);
    hark_core_file_drain (core, transfer); /* cannot end it */
  }
}
