/* What members in reach have not goes to them: what there is, who is asked in, the entries. */
#define G_LOG_DOMAIN "hark-core"

#include "core/heart/groups/groups.h"

#include <string.h>

#define PAGE 64 /* entries read at a time */

static ProtobufCBinaryData
view (const void *data, size_t len)
{
  return (ProtobufCBinaryData){len, (uint8_t *) data};
}

/* ---- saying ---- */

static void
say (HarkCore *core, HarkCoreContact *contact, Hark__Frame *frame)
{
  hark_core_say (core, contact, hark_frame_pack (frame, HARK_FRAME_STEP_CONTROL));
}

static void
add_head (GPtrArray *list, const HarkKey *author, const uint8_t *chain, uint64_t seq)
{
  Hark__GroupHead *head = g_new (Hark__GroupHead, 1);

  hark__group_head__init (head);
  head->author = view (author->bytes, sizeof author->bytes);
  head->chain = view (chain, HARK_GROUP_CHAIN_LEN);
  head->seq = seq;
  g_ptr_array_add (list, head);
}

/* Who else has what the reader wrote. */
static void
add_known (HarkCoreGroup *group, const HarkKey *reader, GPtrArray *list)
{
  GHashTableIter iter, heads;
  void *value, *known;

  g_hash_table_iter_init (&iter, group->peers);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    const HarkCoreGroupPeer *peer = value;

    if (hark_key_equal (&peer->account, reader))
      continue;
    g_hash_table_iter_init (&heads, peer->heads);
    while (list->len < HARK_CORE_GROUP_HEADS_MAX && g_hash_table_iter_next (&heads, &known, NULL)) {
      HarkCoreGroupHead *head = known;

      if (hark_key_equal (&head->author, reader) && head->seq > head->told
          && hark_group_chain_log (head->chain) == HARK_GROUP_LOG_MESSAGES)
        add_head (list, &peer->account, head->chain, head->told = head->seq);
    }
  }
}

/* What is new since the last of this session. */
static void
say_have (HarkCore *core, HarkCoreGroup *group, HarkCoreContact *contact, bool gone)
{
  g_autoptr (GPtrArray) heads = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) known = g_ptr_array_new_with_free_func (g_free);
  Hark__Frame frame = HARK__FRAME__INIT;
  Hark__GroupHave body = HARK__GROUP_HAVE__INIT;
  HarkCoreGroupPeer *peer = hark_core_group_peer (group, &contact->row.account);
  HarkCoreGroupHead *head;
  GHashTableIter iter;
  void *value;

  hark_group_update (group->log);
  body.group = view (group->row.id, sizeof group->row.id);
  body.gone = gone;
  if (!gone) {
    g_hash_table_iter_init (&iter, group->log->chains);
    while (g_hash_table_iter_next (&iter, NULL, &value)) {
      const HarkGroupChain *chain = value;

      head = hark_core_group_head (peer, &chain->author, chain->name, true);
      if (head == NULL || hark_group_has (chain) <= head->said)
        continue;
      head->said = hark_group_has (chain);
      add_head (heads, &chain->author, chain->name, head->said);
    }
    add_known (group, &contact->row.account, known);
    body.view = view (group->log->view, sizeof group->log->view);
  }
  body.n_heads = heads->len;
  body.heads = (Hark__GroupHead **) heads->pdata;
  body.n_known = known->len;
  body.known = (Hark__GroupHead **) known->pdata;
  frame.what_case = HARK__FRAME__WHAT_GROUP_HAVE;
  frame.group_have = &body;
  say (core, contact, &frame);
}

GBytes *
hark_core_group_write_have (HarkCoreGroup *group)
{
  g_autoptr (GPtrArray) heads = g_ptr_array_new_with_free_func (g_free);
  Hark__Frame frame = HARK__FRAME__INIT;
  Hark__GroupHave body = HARK__GROUP_HAVE__INIT;
  GHashTableIter iter;
  void *value;

  hark_group_update (group->log);
  g_hash_table_iter_init (&iter, group->log->chains);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    const HarkGroupChain *chain = value;

    if (heads->len < HARK_CORE_GROUP_HEADS_MAX && hark_group_has (chain) > 0)
      add_head (heads, &chain->author, chain->name, hark_group_has (chain));
  }
  body.group = view (group->row.id, sizeof group->row.id);
  body.view = view (group->log->view, sizeof group->log->view);
  body.n_heads = heads->len;
  body.heads = (Hark__GroupHead **) heads->pdata;
  frame.what_case = HARK__FRAME__WHAT_GROUP_HAVE;
  frame.group_have = &body;
  return hark_frame_pack (&frame, HARK_FRAME_STEP_CONTROL);
}

/* Without its tags, which tell who is in the group. */
static void
give_removal (HarkCore *core, HarkCoreContact *contact, const HarkStoreGroupEntry *row)
{
  HarkStoreGroupEntry *bare = hark_core_group_kept_copy (row);

  g_bytes_unref (bare->tags);
  bare->tags = g_bytes_new_static ("", 0);
  hark_core_say (core, contact, hark_core_group_write_entry (bare));
  hark_store_group_entry_free (bare);
}

static void
after_removal (HarkCore *core, HarkPending *pending, HarkStoreReply *reply)
{
  HarkCoreGroup *group = hark_core_group_find (core, pending->group);
  HarkCoreContact *contact = hark_core_find (core, &pending->contact);
  const HarkCoreGroupPeer *peer;

  if (group == NULL || contact == NULL || !hark_core_is_ready (contact))
    return;
  peer = hark_core_group_peer (group, &pending->contact);
  if (!peer->gone_said || peer->session != pending->session)
    return; /* back in it, or told anew in another session */
  if (reply->ok && reply->group_entries->len > 0)
    give_removal (core, contact, reply->group_entries->pdata[0]);
  say_have (core, group, contact, true);
}

/* Who removes says that themselves: from anybody else it would be their word only. */
void
hark_core_group_say_gone (HarkCore *core, HarkCoreGroup *group, HarkCoreContact *contact)
{
  const HarkGroupMember *member = hark_group_member (group->log, &contact->row.account);
  HarkCoreGroupPeer *peer = hark_core_group_peer (group, &contact->row.account);
  HarkStoreRequest *request;
  HarkPending *pending;

  hark_core_group_begin (peer, contact);
  if (peer->gone_said)
    return;
  peer->gone_said = true;
  if (member == NULL || member->status != HARK_GROUP_STATUS_GONE || member->end == NULL
      || member->end->kind != HARK_GROUP_REMOVE
      || !hark_key_equal (&member->end->author, &core->own)) {
    say_have (core, group, contact, true);
    return;
  }
  request = hark_core_request (HARK_STORE_GET_GROUP_ENTRY);
  request->group_entry = g_new0 (HarkStoreGroupEntry, 1);
  memcpy (request->group_entry->group, group->row.id, sizeof request->group_entry->group);
  request->group_entry->author = core->own;
  memcpy (request->group_entry->chain, member->end->chain, sizeof request->group_entry->chain);
  request->group_entry->seq = member->end->seq;
  pending = hark_pending_new (after_removal, NULL);
  memcpy (pending->group, group->row.id, sizeof pending->group);
  pending->contact = contact->row.account;
  pending->session = contact->session;
  hark_core_ask_store (core, request, pending);
}

static void
say_offer (HarkCore *core,
           HarkCoreGroup *group,
           HarkCoreContact *contact,
           const HarkGroupEntry *invite)
{
  Hark__Frame frame = HARK__FRAME__INIT;
  Hark__GroupOffer body = HARK__GROUP_OFFER__INIT;

  body.group = view (group->row.id, sizeof group->row.id);
  body.founder = view (group->row.founder.bytes, sizeof group->row.founder.bytes);
  body.nonce = view (group->row.nonce, sizeof group->row.nonce);
  body.name = group->log->name;
  body.invite = view (invite->hash, sizeof invite->hash);
  body.clock = invite->clock;
  body.members = hark_group_active (group->log);
  frame.what_case = HARK__FRAME__WHAT_GROUP_OFFER;
  frame.group_offer = &body;
  say (core, contact, &frame);
}

/* ---- giving what they lack ---- */

bool
hark_core_group_is_for (HarkCoreGroup *group,
                        HarkCoreGroupPeer *peer,
                        const HarkStoreGroupEntry *row)
{
  const HarkCoreGroupHead *head = hark_core_group_head (peer, &row->author, row->chain, false);

  return (head == NULL || head->seq < row->seq)
         && hark_core_group_is_theirs (group, &peer->account, row);
}

bool
hark_core_group_is_theirs (HarkCoreGroup *group,
                           const HarkKey *account,
                           const HarkStoreGroupEntry *row)
{
  const HarkGroupChain *chain = hark_group_chain_of (group->log, &row->author, row->chain);
  const bool own = hark_key_equal (&row->author, &group->log->own);

  if (chain == NULL || (group->row.state == HARK_STORE_GROUP_LEFT && !own))
    return false;
  if (hark_group_chain_log (row->chain) == HARK_GROUP_LOG_MEMBERS)
    return g_bytes_get_size (row->tags) > 0
           && (own || row->seq <= chain->effective || hark_group_tags_are_for (row->tags, account));
  return hark_group_tags_are_for (row->tags, account)
         && (own || hark_group_may_write (group->log, &row->author, row->chain, row->seq));
}

GBytes *
hark_core_group_write_entry (const HarkStoreGroupEntry *row)
{
  Hark__Frame frame = HARK__FRAME__INIT;
  Hark__GroupEntry body = HARK__GROUP_ENTRY__INIT;
  gsize len = 0;
  const void *data = g_bytes_get_data (row->content, &len);

  body.content = view (data, len);
  data = g_bytes_get_data (row->tags, &len);
  body.tags = view (data, len);
  if (row->body != NULL) {
    data = g_bytes_get_data (row->body, &len);
    body.body = view (data, len);
  }
  frame.what_case = HARK__FRAME__WHAT_GROUP_ENTRY;
  frame.group_entry = &body;
  return hark_frame_pack (&frame, HARK_FRAME_STEP_TEXT);
}

static void
after_page (HarkCore *core, HarkPending *pending, HarkStoreReply *reply)
{
  HarkCoreGroup *group = hark_core_group_find (core, pending->group);
  HarkCoreContact *contact = hark_core_find (core, &pending->contact);
  const bool refused = hark_core_refuse_store (core, pending, reply);
  HarkCoreGroupPeer *peer;

  if (group == NULL || contact == NULL)
    return;
  peer = hark_core_group_peer (group, &pending->contact);
  if (peer->session != pending->session || !hark_core_is_ready (contact))
    return;
  peer->busy = false;
  if (refused)
    return; /* read again at the next occasion */
  hark_core_group_due (core, group);
  for (guint i = 0; i < reply->group_entries->len; i++) {
    const HarkStoreGroupEntry *row = reply->group_entries->pdata[i];

    if (hark_net_stream_room (core->net, &contact->row.account, contact->control) == 0)
      return; /* goes on from there when there is room */
    if (hark_core_group_is_peer (group, &peer->account)
        && (!peer->says_gone || hark_group_chain_log (row->chain) == HARK_GROUP_LOG_MEMBERS)
        && hark_core_group_is_for (group, peer, row)) {
      hark_core_say (core, contact, hark_core_group_write_entry (row));
      peer->awaiting = !peer->says_gone; /* who has no more to say to us says nothing */
    }
    peer->cursor = row->position;
  }
  if (reply->group_entries->len < PAGE)
    peer->seen = pending->grew;
}

/* How far they are with the operations, and how far we see those proved: what they could not take,
 * or we not give, may go when that grows. */
static uint64_t
progress_with (const HarkCoreGroup *group, const HarkCoreGroupPeer *peer)
{
  uint64_t sum = 0;
  GHashTableIter iter;
  void *value;

  g_hash_table_iter_init (&iter, peer->heads);
  while (g_hash_table_iter_next (&iter, &value, NULL)) {
    const HarkCoreGroupHead *head = value;

    if (hark_group_chain_log (head->chain) == HARK_GROUP_LOG_MEMBERS)
      sum += head->seq;
  }
  g_hash_table_iter_init (&iter, group->log->chains);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    sum += ((const HarkGroupChain *) value)->effective;
  return sum;
}

/* Page by page; after each that held something the other says how far that brought it. What others
 * wrote is passed on a moment later: most have it from its author by then, and say so. At the end
 * it begins anew when progress was made meanwhile, by whatever: an entry is taken only by who knows
 * its author, and that may be what came after it. */
static void
pump (HarkCore *core, HarkCoreGroup *group, HarkCoreContact *contact, HarkCoreGroupPeer *peer)
{
  bool lacks, news;
  HarkStoreRequest *request;
  HarkPending *pending;

  if (!peer->have_heard || peer->busy || peer->awaiting
      || hark_net_stream_room (core->net, &contact->row.account, contact->control) == 0)
    return;
  lacks = hark_core_group_may_lack (group, peer);
  if (peer->seen == group->grew && lacks && peer->progress != progress_with (group, peer))
    peer->seen = peer->cursor = 0;
  news = peer->seen == 0 || peer->own_seen != group->own_grew;
  if (peer->seen == group->grew || (!news && core->now < group->forward_at))
    return;
  if (!lacks) {
    peer->seen = group->grew;
    return;
  }
  if (peer->cursor == 0)
    peer->progress = progress_with (group, peer);
  peer->busy = true;
  peer->own_seen = group->own_grew;
  request = hark_core_request (HARK_STORE_GET_GROUP_LOG);
  memcpy (request->group.id, group->row.id, sizeof request->group.id);
  request->before = peer->cursor;
  request->limit = PAGE;
  pending = hark_pending_new (after_page, NULL);
  memcpy (pending->group, group->row.id, sizeof pending->group);
  pending->contact = contact->row.account;
  pending->session = contact->session;
  pending->grew = group->grew;
  hark_core_ask_store (core, request, pending);
}

static void
flush_peer (HarkCore *core, HarkCoreGroup *group, const HarkKey *account)
{
  HarkCoreContact *contact = hark_core_find (core, account);
  const HarkGroupMember *member = hark_group_member (group->log, account);
  HarkCoreGroupPeer *peer;
  bool invited;

  if (contact == NULL || contact->row.status != HARK_CONTACT_ACCEPTED
      || !hark_core_is_ready (contact)) {
    if (contact != NULL && contact->row.status == HARK_CONTACT_ACCEPTED)
      hark_core_mail_due (core, contact);
    return;
  }
  if (!hark_core_group_is_peer (group, account)) {
    peer = g_hash_table_lookup (group->peers, account);
    if (peer != NULL && peer->in_session && peer->session == contact->session
        && group->row.state == HARK_STORE_GROUP_JOINED)
      hark_core_group_say_gone (core, group, contact); /* was one just now */
    return;
  }
  peer = hark_core_group_peer (group, account);
  hark_core_group_begin (peer, contact);
  invited = member != NULL && member->status == HARK_GROUP_STATUS_INVITED;
  if (invited && member->invite != NULL && group->row.state == HARK_STORE_GROUP_JOINED
      && memcmp (peer->offered, member->invite->hash, sizeof peer->offered) != 0) {
    memcpy (peer->offered, member->invite->hash, sizeof peer->offered);
    say_offer (core, group, contact, member->invite);
  }
  if (invited
      && (member->invite == NULL
          || memcmp (peer->consented, member->invite->hash, sizeof peer->consented) != 0))
    return; /* who is in it is for those who want to be */
  if (peer->have_due && peer->pending == 0) {
    peer->have_due = peer->gone_said = false;
    say_have (core, group, contact, false);
  }
  if (!invited) {
    hark_core_group_ask_picture (core, group, contact);
    hark_core_group_say_hint (core, group, contact);
    hark_core_group_ask_body (core, group, contact);
  }
  if (!invited)
    pump (core, group, contact, peer);
}

/* A newcomer knows nothing of ours until an operation of ours is tagged for them. */
static bool
wants_view (HarkCore *core, HarkCoreGroup *group)
{
  const HarkGroupChain *chain
    = hark_group_chain_of (group->log, &core->own, group->chains[HARK_GROUP_LOG_MEMBERS]);

  if (group->writing || !g_queue_is_empty (&group->waiting)
      || !hark_group_has_joined (group->log, &core->own) || !hark_core_group_may_volunteer (group))
    return false;
  for (guint i = 0; i < group->log->members->len; i++) {
    const HarkGroupMember *member = &g_array_index (group->log->members, HarkGroupMember, i);

    if (member->status == HARK_GROUP_STATUS_JOINED && !hark_key_equal (&member->account, &core->own)
        && (chain == NULL || chain->tags == NULL
            || !hark_group_tags_are_for (chain->tags, &member->account)))
      return true;
  }
  return false;
}

static void
flush_group (HarkCore *core, HarkCoreGroup *group)
{
  g_autoptr (GArray) accounts = g_array_new (FALSE, FALSE, sizeof (HarkKey));

  group->due = false;
  if (group->row.state == HARK_STORE_GROUP_OFFERED)
    return;
  hark_group_update (group->log);
  for (guint i = 0; i < group->log->members->len; i++)
    g_array_append_val (accounts, g_array_index (group->log->members, HarkGroupMember, i).account);
  if (hark_group_member (group->log, &group->row.sponsor) == NULL)
    g_array_append_val (accounts, group->row.sponsor);
  for (guint i = 0; i < accounts->len; i++)
    if (!hark_key_equal (&g_array_index (accounts, HarkKey, i), &core->own))
      flush_peer (core, group, &g_array_index (accounts, HarkKey, i));
  if (group->row.state == HARK_STORE_GROUP_JOINED && wants_view (core, group)) {
    HarkGroupEntry *entry = g_new0 (HarkGroupEntry, 1);

    entry->kind = HARK_GROUP_VIEW;
    entry->text = g_strdup (core->account.name);
    hark_core_group_write (core, group, entry, NULL);
  }
}

void
hark_core_flush_groups (HarkCore *core)
{
  GHashTableIter iter;
  void *value;

  if (!core->groups_due)
    return;
  core->groups_due = false;
  g_hash_table_iter_init (&iter, core->groups);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    HarkCoreGroup *group = value;

    if (group->due)
      flush_group (core, group);
  }
}
