/* What a member who passed an entry on left out: its body is asked for, one at a time, from members
 * who have the entry, until one gives it. Who deleted or never had it says the entry without. */
#define G_LOG_DOMAIN "hark-core"

#include "core/heart/groups/groups.h"

#include <string.h>

#define WANTED_MS (INT64_C (30) * 24 * 3600 * 1000)
#define WAIT_TIME HARK_SECOND          /* the deletion may be on its way */
#define ANSWER_TIME (20 * HARK_SECOND) /* after which another is asked */

static ProtobufCBinaryData
view (const void *data, size_t len)
{
  return (ProtobufCBinaryData){len, (uint8_t *) data};
}

static void
look_at (HarkCore *core, HarkCoreGroup *group, HarkTime at)
{
  group->ask_at = at;
  core->groups_at = hark_time_min (core->groups_at, at);
}

/* ---- what is wanted ---- */

/* What was to disappear is not looked for longer than it would have stayed. */
int64_t
hark_core_group_want (HarkCore *core, const HarkGroupEntry *entry)
{
  const int64_t life_ms
    = entry->expires_s > 0 ? MIN (WANTED_MS, (int64_t) entry->expires_s * 1000) : WANTED_MS;

  return entry->apart && !entry->has_body ? hark_core_wall (core) + life_ms : 0;
}

static HarkCoreGroupWanted *
find (const HarkCoreGroup *group, const HarkStoreGroupEntry *entry, guint *ret_at)
{
  for (guint i = 0; i < group->wanted->len; i++) {
    HarkCoreGroupWanted *wanted = &g_array_index (group->wanted, HarkCoreGroupWanted, i);

    if (wanted->seq == entry->seq && hark_key_equal (&wanted->author, &entry->author)
        && memcmp (wanted->chain, entry->chain, sizeof wanted->chain) == 0) {
      *ret_at = i;
      return wanted;
    }
  }
  return NULL;
}

bool
hark_core_group_wants (const HarkCoreGroup *group, const HarkStoreGroupEntry *entry)
{
  guint at;

  return find (group, entry, &at) != NULL;
}

static void
add (HarkCoreGroup *group, const HarkStoreGroupEntry *entry)
{
  const uint8_t *line = entry->has_about ? entry->about : entry->message;
  HarkCoreGroupWanted wanted = {.author = entry->author, .seq = entry->seq};

  if (hark_core_group_wants (group, entry))
    return;
  if (group->wanted->len >= HARK_CORE_GROUP_WANTED_MAX) {
    group->wanted_more = true;
    return;
  }
  memcpy (wanted.chain, entry->chain, sizeof wanted.chain);
  memcpy (wanted.line, line, sizeof wanted.line);
  wanted.asked = g_array_new (FALSE, FALSE, sizeof (HarkCoreGroupAsked));
  g_array_append_val (group->wanted, wanted);
}

void
hark_core_group_wanted (HarkCore *core, HarkCoreGroup *group, const HarkStoreGroupEntry *entry)
{
  if (entry->wanted_until == 0)
    return;
  add (group, entry);
  look_at (core, group, hark_time_add (core->now, WAIT_TIME));
}

void
hark_core_group_unwanted (HarkCoreGroup *group, const uint8_t line[16])
{
  for (guint i = group->wanted->len; i > 0; i--)
    if (memcmp (g_array_index (group->wanted, HarkCoreGroupWanted, i - 1).line, line, 16) == 0)
      g_array_remove_index (group->wanted, i - 1);
}

void
hark_core_group_want_anew (HarkCoreGroup *group)
{
  g_array_set_size (group->wanted, 0);
  group->wanted_read = group->wanted_more = false;
}

static void
after_wanted (HarkCore *core, HarkPending *pending, HarkStoreReply *reply)
{
  HarkCoreGroup *group = hark_core_group_find (core, pending->group);

  if (group == NULL || !reply->ok)
    return;
  group->wanted_more = reply->group_entries->len == HARK_CORE_GROUP_WANTED_MAX;
  for (guint i = 0; i < reply->group_entries->len; i++)
    add (group, reply->group_entries->pdata[i]);
  if (group->wanted->len > 0)
    hark_core_group_due (core, group);
}

static void
read_wanted (HarkCore *core, HarkCoreGroup *group)
{
  HarkStoreRequest *request = hark_core_request (HARK_STORE_GET_GROUP_WANTED);
  HarkPending *pending = hark_pending_new (after_wanted, NULL);

  group->wanted_read = true;
  group->wanted_more = false;
  memcpy (request->group.id, group->row.id, sizeof request->group.id);
  request->at_ms = hark_core_wall (core);
  request->limit = HARK_CORE_GROUP_WANTED_MAX;
  memcpy (pending->group, group->row.id, sizeof pending->group);
  hark_core_ask_store (core, request, pending);
}

/* ---- asking ---- */

/* Once in a session of theirs. */
static bool
is_to_be_asked (HarkCoreGroupPeer *peer, HarkCoreGroupWanted *wanted)
{
  const HarkCoreGroupHead *head
    = hark_core_group_head (peer, &wanted->author, wanted->chain, false);
  const HarkCoreGroupAsked now = {.account = peer->account, .session = peer->session};

  if (head == NULL || head->seq < wanted->seq)
    return false;
  for (guint i = 0; i < wanted->asked->len; i++) {
    HarkCoreGroupAsked *asked = &g_array_index (wanted->asked, HarkCoreGroupAsked, i);

    if (!hark_key_equal (&asked->account, &peer->account))
      continue;
    if (asked->session == peer->session)
      return false;
    asked->session = peer->session;
    return true;
  }
  g_array_append_val (wanted->asked, now);
  return true;
}

void
hark_core_group_ask_body (HarkCore *core, HarkCoreGroup *group, HarkCoreContact *contact)
{
  HarkCoreGroupPeer *peer = hark_core_group_peer (group, &contact->row.account);
  Hark__Frame frame = HARK__FRAME__INIT;
  Hark__GroupAsk body = HARK__GROUP_ASK__INIT;
  Hark__GroupHead place = HARK__GROUP_HEAD__INIT;

  if (!group->wanted_read || (group->wanted_more && group->wanted->len == 0))
    read_wanted (core, group);
  if (core->now < group->ask_at || !peer->have_heard)
    return;
  for (guint i = 0; i < group->wanted->len; i++) {
    HarkCoreGroupWanted *wanted = &g_array_index (group->wanted, HarkCoreGroupWanted, i);

    if (!is_to_be_asked (peer, wanted))
      continue;
    body.group = view (group->row.id, sizeof group->row.id);
    place.author = view (wanted->author.bytes, sizeof wanted->author.bytes);
    place.chain = view (wanted->chain, sizeof wanted->chain);
    place.seq = wanted->seq;
    body.entry = &place;
    frame.what_case = HARK__FRAME__WHAT_GROUP_ASK;
    frame.group_ask = &body;
    hark_core_say (core, contact, hark_frame_pack (&frame, HARK_FRAME_STEP_CONTROL));
    look_at (core, group, hark_time_add (core->now, ANSWER_TIME));
    return;
  }
}

void
hark_core_group_answered (HarkCore *core, HarkCoreGroup *group)
{
  group->ask_at = core->now;
  hark_core_group_due (core, group);
}

/* ---- it has come ---- */

static void
after_fill (HarkCore *core, HarkPending *pending, HarkStoreReply *reply)
{
  HarkCoreGroup *group = hark_core_group_find (core, pending->group);
  HarkEvent *event;
  guint at;

  if (group == NULL)
    return;
  if (!reply->ok) { /* the next who is asked gives it again */
    hark_core_refuse_store (core, pending, reply);
    return;
  }
  if (find (group, pending->group_entry, &at) != NULL)
    g_array_remove_index (group->wanted, at);
  hark_core_group_due (core, group);
  if (reply->is_part && reply->known) /* it stood there as a line that has not come */
    hark_core_say_gone (core, pending->message);
  if (reply->duplicate || reply->changed == NULL || reply->changed->hidden)
    return;
  event = hark_event_new (reply->known || reply->is_part ? HARK_EVENT_MESSAGE_CHANGED
                                                         : HARK_EVENT_MESSAGE);
  event->message = hark_core_message (core, reply->changed);
  hark_core_emit (core, event);
  if (pending->message != NULL && pending->message->file != NULL)
    hark_core_file_heard (core, pending->message->file);
}

void
hark_core_group_fill (HarkCore *core,
                      HarkCoreGroup *group,
                      HarkStoreGroupEntry *entry,
                      HarkStoreMessage *message)
{
  HarkStoreRequest *request = hark_core_request (HARK_STORE_PUT_GROUP_BODY);
  HarkPending *pending = hark_pending_new (after_fill, NULL);

  memcpy (pending->group, group->row.id, sizeof pending->group);
  pending->group_entry = hark_core_group_kept_copy (entry);
  if (message != NULL)
    pending->message = hark_store_message_copy (message);
  request->group_entry = entry;
  request->message = message;
  hark_core_ask_store (core, request, pending);
}
