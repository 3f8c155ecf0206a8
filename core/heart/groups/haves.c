/* What other members say that they have, or that we are out. */
#define G_LOG_DOMAIN "hark-core"

#include "core/heart/groups/groups.h"
#include "core/proto/take.h"

#include <string.h>

bool
hark_core_group_doubt_gone (HarkCoreGroup *group)
{
  GHashTableIter iter;
  void *value;

  if (!group->told_gone || group->row.state != HARK_STORE_GROUP_JOINED)
    return false;
  g_hash_table_iter_init (&iter, group->peers);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    const HarkCoreGroupPeer *peer = value;

    if (peer->says_gone && hark_core_group_is_peer (group, &peer->account))
      return false;
  }
  group->told_gone = false;
  return true;
}

static bool
read_heads (HarkCoreGroupPeer *peer, Hark__GroupHead **heads, size_t n)
{
  for (size_t i = 0; i < n; i++) {
    HarkCoreGroupHead *head;
    HarkKey author;
    uint8_t chain[HARK_GROUP_CHAIN_LEN];

    if (!take (&heads[i]->author, author.bytes, sizeof author.bytes)
        || !take (&heads[i]->chain, chain, sizeof chain))
      return false;
    head = hark_core_group_head (peer, &author, chain, true);
    if (head != NULL)
      head->seq = MAX (head->seq, heads[i]->seq);
  }
  return true;
}

/* What third ones have of ours: a hint by who says it, @heeded when they are a member. */
static bool
read_known (HarkCoreGroup *group, Hark__GroupHead **known, size_t n, bool heeded)
{
  for (size_t i = 0; i < n; i++) {
    HarkCoreGroupHead *head;
    HarkKey account;
    uint8_t chain[HARK_GROUP_CHAIN_LEN];

    if (!take (&known[i]->author, account.bytes, sizeof account.bytes)
        || !take (&known[i]->chain, chain, sizeof chain))
      return false;
    if (!heeded || !hark_group_has_joined (group->log, &account))
      continue;
    head = hark_core_group_head (hark_core_group_peer (group, &account), &group->log->own, chain,
                                 true);
    if (head != NULL)
      head->seq = MAX (head->seq, known[i]->seq);
  }
  return true;
}

/* The authors of what they have now know more by us. */
static void
tell_authors (HarkCoreGroup *group, const HarkCoreGroupPeer *from)
{
  GHashTableIter iter;
  void *value;

  g_hash_table_iter_init (&iter, from->heads);
  while (g_hash_table_iter_next (&iter, &value, NULL)) {
    const HarkCoreGroupHead *head = value;
    HarkCoreGroupPeer *author = g_hash_table_lookup (group->peers, &head->author);

    if (author != NULL && author != from && author->in_session
        && hark_group_chain_log (head->chain) == HARK_GROUP_LOG_MESSAGES && head->seq > head->told)
      author->have_due = true;
  }
}

/* They are right, or did not hear that we came back: what they may not know of the members goes to
 * them, which they take if it is proved. */
static void
hear_gone (HarkCore *core, HarkCoreGroup *group, const HarkCoreContact *contact)
{
  const HarkKey *from = &contact->row.account;
  HarkCoreGroupPeer *peer = g_hash_table_lookup (group->peers, from);

  if (peer != NULL)
    peer->awaiting = false;
  if (!hark_core_group_is_peer (group, from))
    return;
  peer = hark_core_group_peer (group, from);
  hark_core_group_begin (peer, contact);
  peer->says_gone = true;
  if (group->row.state == HARK_STORE_GROUP_JOINED) {
    peer->have_heard = true;
    peer->seen = peer->cursor = 0;
    hark_core_group_due (core, group);
  }
  if (group->told_gone)
    return;
  group->told_gone = true;
  hark_core_group_changed (core, group);
}

/* Whoever said that we are out may not have heard yet that we came back. */
static void
hear_in (HarkCore *core, HarkCoreGroup *group, HarkCoreGroupPeer *from)
{
  if (!from->says_gone)
    return;
  from->says_gone = false;
  from->seen = from->cursor = 0;
  if (hark_core_group_doubt_gone (group))
    hark_core_group_changed (core, group);
}

bool
hark_core_group_have (HarkCore *core, HarkCoreContact *contact, const Hark__GroupHave *frame)
{
  const HarkKey *account = &contact->row.account;
  uint8_t id[HARK_GROUP_ID_LEN], seen[HARK_GROUP_VIEW_LEN];
  const HarkGroupMember *member;
  HarkCoreGroup *group;
  HarkCoreGroupPeer *peer;
  bool before, other, first;

  if (!take (&frame->group, id, sizeof id) || frame->n_heads > HARK_CORE_GROUP_HEADS_MAX
      || frame->n_known > HARK_CORE_GROUP_HEADS_MAX)
    return false;
  group = hark_core_group_find (core, id);
  if (group == NULL || (group->row.state == HARK_STORE_GROUP_OFFERED && frame->gone))
    return true;
  if (frame->gone) {
    hear_gone (core, group, contact);
    return true;
  }
  peer = hark_core_group_peer (group, account);
  hark_core_group_begin (peer, contact);
  if (!take (&frame->view, seen, sizeof seen) || !read_heads (peer, frame->heads, frame->n_heads)
      || !read_known (group, frame->known, frame->n_known,
                      hark_core_group_is_peer (group, account)))
    return false;
  first = !peer->have_heard;
  peer->have_heard = true; /* also of who comes back later: it is said once in a session */
  member = hark_group_member (group->log, account);
  if (group->row.state == HARK_STORE_GROUP_OFFERED)
    return true;
  if (member != NULL && member->status == HARK_GROUP_STATUS_GONE) {
    if (group->row.state == HARK_STORE_GROUP_JOINED)
      hark_core_group_say_gone (core, group, contact);
    return true;
  }
  if (member != NULL && member->invite != NULL)
    memcpy (peer->consented, member->invite->hash, sizeof peer->consented);
  hear_in (core, group, peer);
  hark_group_update (group->log);
  before = peer->has_view && memcmp (peer->view, group->log->view, sizeof seen) != 0;
  other = memcmp (seen, group->log->view, sizeof seen) != 0;
  memcpy (peer->view, seen, sizeof seen);
  peer->haves++;
  if (first)
    hark_core_group_had (core, group, account);
  peer->has_view = true;
  peer->awaiting = false;
  tell_authors (group, peer);
  hark_core_group_update_states (core, group);
  hark_core_group_due (core, group);
  if (before != other)
    hark_core_group_changed (core, group);
  return true;
}

/* It may be days old: what a session says goes before it. */
void
hark_core_group_mail_have (HarkCore *core, HarkCoreContact *contact, const Hark__GroupHave *frame)
{
  HarkCoreGroup *group = NULL;
  HarkCoreGroupPeer *peer;
  uint8_t id[HARK_GROUP_ID_LEN];

  if (take (&frame->group, id, sizeof id))
    group = hark_core_group_find (core, id);
  if (group == NULL || group->row.state != HARK_STORE_GROUP_JOINED || contact->has_session
      || frame->n_heads > HARK_CORE_GROUP_HEADS_MAX
      || !hark_core_group_is_peer (group, &contact->row.account))
    return;
  peer = hark_core_group_peer (group, &contact->row.account);
  if (!read_heads (peer, frame->heads, frame->n_heads))
    return;
  peer->haves++;
  hark_core_group_had (core, group, &contact->row.account);
  tell_authors (group, peer);
  hark_core_group_update_states (core, group);
  hark_core_group_due (core, group);
}
