/* How far members have all that we would leave for them with keepers. Stands on groups/sync.c.
 *
 * What we wrote is left for every contact in the group, what others wrote for those to whom it is
 * ours to pass on (hark_group_passes()), so that nothing is left by everybody. Up to where they
 * have all of it is kept on the disk, so that nothing is left again after a start; what is lost of
 * that costs mail which is known already. */
#define G_LOG_DOMAIN "hark-core"

#include "core/heart/groups/groups.h"
#include "net/base/reader.h"
#include "net/base/writer.h"

#include <string.h>

#define PAGE 64 /* entries read at a time */
#define RECORD_LEN (HARK_GROUP_ID_LEN + HARK_KEY_LEN + 8)
#define RECORDS_MAX (HARK_CORE_GROUPS_MAX * 2 * HARK_GROUP_ACTIVE_MAX)

bool
hark_core_group_leaves (HarkCoreGroup *group,
                        HarkCoreGroupPeer *peer,
                        const HarkStoreGroupEntry *row)
{
  const HarkKey *own = &group->log->own;

  return hark_core_group_is_for (group, peer, row) && !hark_key_equal (&row->author, &peer->account)
         && (hark_key_equal (&row->author, own)
             || hark_group_passes (group->log, own, &row->author, &peer->account));
}

static void
after_had (HarkCore *core, HarkPending *pending, HarkStoreReply *reply)
{
  HarkCoreGroup *group;
  HarkCoreGroupPeer *peer = hark_core_group_asked_for (core, pending, &group);

  if (peer == NULL)
    return;
  peer->had_busy = false;
  if (!reply->ok)
    return; /* at the next time that something is heard */
  for (guint i = 0; i < reply->group_entries->len; i++) {
    const HarkStoreGroupEntry *row = reply->group_entries->pdata[i];

    if (hark_core_group_leaves (group, peer, row))
      return;
    peer->had = row->position;
    core->group_mail_changed = true;
  }
  if (reply->group_entries->len == PAGE)
    hark_core_group_had (core, group, &pending->contact);
}

void
hark_core_group_had (HarkCore *core, HarkCoreGroup *group, const HarkKey *account)
{
  HarkCoreGroupPeer *peer = g_hash_table_lookup (group->peers, account);
  HarkStoreRequest *request;
  HarkPending *pending;

  if (peer == NULL || peer->had_busy || peer->haves == 0)
    return;
  peer->had_busy = true;
  peer->had_haves = peer->haves;
  request = hark_core_request (HARK_STORE_GET_GROUP_LOG);
  memcpy (request->group.id, group->row.id, sizeof request->group.id);
  request->before = peer->had;
  request->limit = PAGE;
  pending = hark_pending_new (after_had, NULL);
  memcpy (pending->group, group->row.id, sizeof pending->group);
  pending->contact = *account;
  hark_core_ask_store (core, request, pending);
}

void
hark_core_groups_had (HarkCore *core, const HarkKey *account)
{
  GHashTableIter iter, peers;
  void *value;

  g_hash_table_iter_init (&iter, core->groups);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    HarkCoreGroup *group = value;

    g_hash_table_iter_init (&peers, group->peers);
    while (g_hash_table_iter_next (&peers, NULL, &value)) {
      const HarkCoreGroupPeer *peer = value;

      if (peer->haves != peer->had_haves
          && (account == NULL || hark_key_equal (account, &peer->account)))
        hark_core_group_had (core, group, &peer->account);
    }
  }
}

/* ---- the disk -------------------------------------------------------------------- */

void
hark_core_groups_had_load (HarkCore *core, GBytes *kept)
{
  gsize len = 0;
  const void *bytes = kept != NULL ? g_bytes_get_data (kept, &len) : NULL;
  HarkReader reader;

  hark_reader_init (&reader, bytes, len);
  while (hark_reader_left (&reader) >= RECORD_LEN) {
    HarkCoreGroup *group;
    HarkKey account;

    group = hark_core_group_find (core, hark_reader_borrow (&reader, HARK_GROUP_ID_LEN));
    hark_reader_copy (&reader, account.bytes, sizeof account.bytes);
    if (group != NULL)
      hark_core_group_peer (group, &account)->had = hark_reader_u64 (&reader);
    else
      hark_reader_u64 (&reader);
  }
}

static void
write_group (HarkWriter *writer, const HarkCoreGroup *group)
{
  GHashTableIter iter;
  void *value;

  g_hash_table_iter_init (&iter, group->peers);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    const HarkCoreGroupPeer *peer = value;

    if (peer->had == 0 || writer->len + RECORD_LEN > RECORDS_MAX * RECORD_LEN)
      continue;
    hark_writer_bytes (writer, group->row.id, sizeof group->row.id);
    hark_writer_bytes (writer, peer->account.bytes, sizeof peer->account.bytes);
    hark_writer_u64 (writer, peer->had);
  }
}

void
hark_core_groups_had_keep (HarkCore *core)
{
  HarkStoreRequest *request = hark_core_request (HARK_STORE_PUT_GROUP_MAIL);
  const size_t size = RECORDS_MAX * RECORD_LEN;
  uint8_t *bytes = g_malloc (size);
  GHashTableIter iter;
  HarkWriter writer;
  void *value;

  hark_writer_init (&writer, bytes, size);
  g_hash_table_iter_init (&iter, core->groups);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    write_group (&writer, value);
  request->group_mail = g_bytes_new (bytes, writer.len);
  g_free (bytes);
  hark_core_ask_store (core, request, NULL);
}
