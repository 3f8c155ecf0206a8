/* Who of a group read how far, and who writes: hints, said to each contact as they may know. */
#define G_LOG_DOMAIN "hark-core"

#include "core/heart/groups/groups.h"

#include <string.h>

#define CLOCK_MAX (INT64_C (1) << 50)

/* ---- ours ---- */

void
hark_core_group_say_hint (HarkCore *core, HarkCoreGroup *group, HarkCoreContact *contact)
{
  HarkCoreGroupPeer *peer = hark_core_group_peer (group, &contact->row.account);
  const bool joined = group->row.state == HARK_STORE_GROUP_JOINED;
  const int64_t read = joined && hark_core_lets (core, contact, HARK_MAY_NOT_SEE_READ)
                         ? group->row.read_clock
                         : peer->told_read;
  const bool typing
    = joined && group->typing && hark_core_lets (core, contact, HARK_MAY_NOT_SEE_TYPING);
  Hark__Frame frame = HARK__FRAME__INIT;
  Hark__GroupHint body = HARK__GROUP_HINT__INIT;

  if (read == peer->told_read && typing == peer->told_typing)
    return;
  body.group = (ProtobufCBinaryData){sizeof group->row.id, group->row.id};
  body.read = read;
  body.typing = typing;
  frame.what_case = HARK__FRAME__WHAT_GROUP_HINT;
  frame.group_hint = &body;
  if (!hark_core_say (core, contact, hark_frame_pack (&frame, HARK_FRAME_STEP_CONTROL)))
    return;
  peer->told_read = read;
  peer->told_typing = typing;
}

void
hark_core_group_read (HarkCore *core, HarkCoreGroup *group, int64_t clock)
{
  if (clock <= group->row.read_clock)
    return;
  group->row.read_clock = clock;
  hark_core_group_keep (core, group, NULL);
  hark_core_group_due (core, group);
}

void
hark_core_group_type (HarkCore *core, HarkCoreGroup *group, bool on)
{
  if (group->typing == on)
    return;
  group->typing = on;
  hark_core_group_due (core, group);
}

/* ---- theirs ---- */

static void
tell_typing (HarkCore *core, const HarkCoreGroup *group, HarkCoreGroupPeer *peer, bool on)
{
  HarkEvent *event;

  if (peer->typing == on)
    return;
  peer->typing = on;
  event = hark_event_new (HARK_EVENT_TYPING);
  memcpy (event->account, peer->account.bytes, sizeof event->account);
  event->has_group = true;
  memcpy (event->of_group, group->row.id, sizeof event->of_group);
  event->on = on;
  hark_core_emit (core, event);
}

static void keep_read (HarkCore *core, HarkCoreGroup *group, HarkCoreGroupPeer *peer);

static void
after_read_kept (HarkCore *core, HarkPending *pending, HarkStoreReply *reply)
{
  HarkCoreGroup *group;
  HarkCoreGroupPeer *peer = hark_core_group_asked_for (core, pending, &group);

  if (peer == NULL)
    return;
  peer->read_keeping = false;
  if (reply->ok) /* else with their next word */
    keep_read (core, group, peer);
}

/* One at a time, so that nobody makes more of them than the disk is up to. */
static void
keep_read (HarkCore *core, HarkCoreGroup *group, HarkCoreGroupPeer *peer)
{
  HarkStoreRequest *request;
  HarkPending *pending;

  if (peer->read_keeping || peer->read <= peer->read_kept)
    return;
  peer->read_keeping = true;
  peer->read_kept = peer->read;
  request = hark_core_request (HARK_STORE_PUT_GROUP_READ);
  memcpy (request->group.id, group->row.id, sizeof request->group.id);
  request->account_key = peer->account;
  request->before = (uint64_t) peer->read;
  pending = hark_pending_new (after_read_kept, NULL);
  memcpy (pending->group, group->row.id, sizeof pending->group);
  pending->contact = peer->account;
  hark_core_ask_store (core, request, pending);
}

bool
hark_core_group_hint (HarkCore *core, HarkCoreContact *contact, const Hark__GroupHint *frame)
{
  HarkCoreGroup *group;
  HarkCoreGroupPeer *peer;
  int64_t read;

  if (frame->group.len != HARK_GROUP_ID_LEN || frame->read < 0 || frame->read > CLOCK_MAX)
    return false;
  group = hark_core_group_find (core, frame->group.data);
  if (group == NULL || group->row.state != HARK_STORE_GROUP_JOINED
      || !hark_group_has_joined (group->log, &contact->row.account))
    return true;
  peer = hark_core_group_peer (group, &contact->row.account);
  hark_core_group_begin (peer, contact);
  tell_typing (core, group, peer, frame->typing);
  read = MIN (frame->read, group->log->clock); /* nobody reads what is not written */
  if (read > peer->read) {
    peer->read = read;
    keep_read (core, group, peer);
    hark_core_group_changed (core, group);
  }
  return true;
}

void
hark_core_groups_gone (HarkCore *core, const HarkCoreContact *contact)
{
  GHashTableIter iter;
  void *value;

  if (core->groups == NULL)
    return;
  g_hash_table_iter_init (&iter, core->groups);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    const HarkCoreGroup *group = value;
    HarkCoreGroupPeer *peer = g_hash_table_lookup (group->peers, &contact->row.account);

    if (peer != NULL)
      tell_typing (core, group, peer, false);
  }
}
