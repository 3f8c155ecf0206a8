/* Gives members single entries that they ask for. Stands on groups/sync.c. */
#define G_LOG_DOMAIN "hark-core"

#include "core/heart/groups/groups.h"

#include <string.h>

static void
after_asked (HarkCore *core, HarkPending *pending, HarkStoreReply *reply)
{
  HarkCoreGroup *group = hark_core_group_find (core, pending->group);
  HarkCoreContact *contact = hark_core_find (core, &pending->contact);
  const HarkStoreGroupEntry *row;

  if (!reply->ok || group == NULL || contact == NULL || reply->group_entries->len == 0
      || !hark_core_group_is_peer (group, &pending->contact)
      || hark_net_stream_room (core->net, &contact->row.account, contact->control) == 0)
    return; /* they ask somebody else */
  row = reply->group_entries->pdata[0];
  if (hark_core_group_is_theirs (group, &pending->contact, row))
    hark_core_say (core, contact, hark_core_group_write_entry (row));
}

bool
hark_core_group_asked (HarkCore *core, HarkCoreContact *contact, const Hark__GroupAsk *frame)
{
  HarkStoreRequest *request;
  HarkPending *pending;
  HarkCoreGroup *group;
  HarkCoreGroupPeer *peer;

  if (frame->group.len != HARK_GROUP_ID_LEN || frame->entry == NULL
      || frame->entry->author.len != sizeof (HarkKey)
      || frame->entry->chain.len != HARK_GROUP_CHAIN_LEN || frame->entry->seq > INT64_MAX)
    return false;
  group = hark_core_group_find (core, frame->group.data);
  if (group == NULL || group->row.state != HARK_STORE_GROUP_JOINED
      || !hark_core_group_is_peer (group, &contact->row.account))
    return true;
  peer = hark_core_group_peer (group, &contact->row.account);
  hark_core_group_begin (peer, contact);
  if (peer->given >= HARK_CORE_GROUP_GIVEN_MAX)
    return true;
  peer->given++;
  request = hark_core_request (HARK_STORE_GET_GROUP_ENTRY);
  request->group_entry = g_new0 (HarkStoreGroupEntry, 1);
  memcpy (request->group_entry->group, group->row.id, sizeof request->group_entry->group);
  memcpy (request->group_entry->author.bytes, frame->entry->author.data, sizeof (HarkKey));
  memcpy (request->group_entry->chain, frame->entry->chain.data, HARK_GROUP_CHAIN_LEN);
  request->group_entry->seq = frame->entry->seq;
  pending = hark_pending_new (after_asked, NULL);
  memcpy (pending->group, group->row.id, sizeof pending->group);
  pending->contact = contact->row.account;
  hark_core_ask_store (core, request, pending);
  return true;
}
