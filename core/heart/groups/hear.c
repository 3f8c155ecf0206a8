/* What other members say: entries; and which file hears the rest. */
#define G_LOG_DOMAIN "hark-core"

#include "core/heart/groups/groups.h"

#include <string.h>

#define RETRY_TIME (2 * HARK_SECOND) /* between tries of a disk that takes nothing */
#define FORWARD_TIME HARK_SECOND     /* in which the author reaches most by itself */

static size_t
cost_of (const HarkStoreGroupEntry *entry)
{
  return sizeof (HarkPending) + 2 * sizeof *entry + sizeof (HarkStoreMessage)
         + 3 * g_bytes_get_size (entry->content) + 2 * g_bytes_get_size (entry->tags)
         + (entry->body != NULL ? 3 * g_bytes_get_size (entry->body) : 0);
}

static void
warn_once (HarkCore *core, HarkCoreGroup *group, bool *told, const char *code, const char *format)
{
  g_autofree char *text = NULL;
  char name[HARK_GROUP_NAME_LEN_MAX + 1];

  if (*told)
    return;
  *told = true;
  hark_contact_clean_name (*group->log->name != '\0' ? group->log->name : group->row.name, name);
  text = g_strdup_printf (strcmp (format, "forked") == 0
                            ? "In the group %s somebody, or a copy of somebody's profile, told "
                              "different members different things. What came second is not shown."
                            : "In the group %s something was passed on in the name of somebody who "
                              "did not write it. It is not shown.",
                          name);
  hark_core_warn (core, code, text);
}

/* All that the question is made of. */
static HarkPending *
again (HarkPending *pending)
{
  HarkPending *copy = hark_pending_new (pending->then, NULL);

  memcpy (copy->group, pending->group, sizeof copy->group);
  copy->contact = pending->contact;
  copy->session = pending->session;
  copy->group_entry = g_steal_pointer (&pending->group_entry);
  copy->message = g_steal_pointer (&pending->message);
  copy->has_mail = pending->has_mail;
  copy->mail = pending->mail;
  return copy;
}

/* Its keeper may let it go, and who left it there is told. */
static void
note_mail (HarkCore *core, const HarkPending *pending)
{
  HarkCoreMailStored stored
    = {.mail = pending->mail, .from = pending->contact, .in_group = true, .ok = true};

  memcpy (stored.entry, pending->group, sizeof stored.entry);
  g_array_append_val (core->mail_stored, stored);
}

static void
after_received (HarkCore *core, HarkPending *pending, HarkStoreReply *reply)
{
  HarkCoreGroup *group = hark_core_group_find (core, pending->group);
  HarkCoreContact *contact = hark_core_find (core, &pending->contact);
  const HarkStoreGroupEntry *kept = pending->group_entry;
  HarkCoreGroupPeer *peer;

  if (!reply->ok && group != NULL) { /* kept in memory, and tried again */
    if (core->group_refused_at == HARK_TIME_NEVER) {
      hark_core_refuse_store (core, pending, reply);
      core->group_refused_at = hark_time_add (core->now, RETRY_TIME);
    }
    g_queue_push_tail (&core->group_refused, again (pending));
    return;
  }
  if (pending->has_mail)
    note_mail (core, pending);
  if (contact != NULL)
    hark_core_stored (contact, cost_of (kept));
  if (group == NULL)
    return;
  hark_group_stored (group->log, &kept->author, kept->chain, kept->seq);
  hark_core_group_wanted (core, group, kept);
  if (pending->message != NULL && pending->message->kind == HARK_MESSAGE_DELETE
      && reply->changed != NULL && reply->changed->deleted)
    hark_core_group_unwanted (group, pending->message->target);
  hark_core_group_say_row (core, pending, reply);
  if (pending->message != NULL && pending->message->file != NULL && !reply->duplicate)
    hark_core_file_heard (core, pending->message->file);
  group->grew++;
  if (pending->message != NULL && pending->message->outgoing && !reply->duplicate) {
    hark_core_group_track (group, pending->message, kept->chain);
    hark_core_group_update_states (core, group);
  }
  hark_core_group_due (core, group);
  if (core->now >= group->forward_at)
    group->forward_at = hark_time_add (core->now, FORWARD_TIME);
  core->groups_at = hark_time_min (core->groups_at, group->forward_at);
  for (guint i = 0; i < group->log->members->len; i++) {
    const HarkGroupMember *member = &g_array_index (group->log->members, HarkGroupMember, i);

    peer = g_hash_table_lookup (group->peers, &member->account);
    if (peer != NULL)
      peer->have_due = true;
  }
  peer = hark_core_group_peer (group, &pending->contact);
  peer->have_due = true;
  if (contact != NULL && !pending->has_mail && peer->session == pending->session
      && peer->pending > 0)
    peer->pending--;
}

HarkTime
hark_core_groups_deadline (const HarkCore *core)
{
  return hark_time_min (core->groups_at, core->group_refused_at);
}

/* What a group waits for later than now has its turn then. */
static HarkTime
next_look (HarkCore *core)
{
  HarkTime next = HARK_TIME_NEVER;
  GHashTableIter iter;
  void *value;

  g_hash_table_iter_init (&iter, core->groups);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    const HarkCoreGroup *group = value;

    if (group->forward_at > core->now)
      next = hark_time_min (next, group->forward_at);
    if (group->ask_at > core->now)
      next = hark_time_min (next, group->ask_at);
  }
  return next;
}

void
hark_core_groups_time (HarkCore *core)
{
  HarkPending *pending;
  guint n = g_queue_get_length (&core->group_refused);

  if (core->now >= core->groups_at) {
    core->groups_at = next_look (core);
    hark_core_groups_session (core);
  }
  if (core->now < core->group_refused_at)
    return;
  core->group_refused_at = HARK_TIME_NEVER;
  for (; n > 0 && (pending = g_queue_pop_head (&core->group_refused)) != NULL; n--)
    hark_core_ask_store (core, hark_core_group_put (pending), pending);
}

static HarkGroupProof
proof_of (HarkCoreGroup *group,
          const HarkCoreContact *from,
          const HarkGroupEntry *entry,
          HarkGroupTagResult tag)
{
  const HarkKey *account = &from->row.account;

  if (tag == HARK_GROUP_TAG_GOOD)
    return HARK_GROUP_PROVED;
  if (hark_group_chain_log (entry->chain) == HARK_GROUP_LOG_MEMBERS
      && hark_key_equal (account, &entry->author))
    return HARK_GROUP_PROVED; /* said by its author, in a session of their own */
  if (hark_key_equal (account, &group->row.sponsor)
      || hark_key_equal (account, &group->row.founder))
    return HARK_GROUP_VOUCHED;
  return HARK_GROUP_UNPROVED;
}

static void
cut_on_disk (HarkCore *core, const HarkStoreGroupEntry *entry, uint64_t seq)
{
  HarkStoreRequest *request = hark_core_request (HARK_STORE_CUT_GROUP_CHAIN);

  request->group_entry = hark_core_group_kept_copy (entry);
  request->group_entry->seq = seq;
  hark_core_ask_store (core, request, NULL);
}

static void
keep_received (HarkCore *core,
               HarkCoreGroup *group,
               HarkCoreContact *contact,
               HarkStoreGroupEntry *kept,
               HarkStoreMessage *message,
               const HarkCoreMail *mail)
{
  HarkPending *pending = hark_pending_new (after_received, NULL);

  memcpy (pending->group, group->row.id, sizeof pending->group);
  pending->contact = contact->row.account;
  pending->session = contact->session;
  pending->group_entry = kept;
  pending->message = message;
  contact->unstored += cost_of (kept);
  pending->has_mail = mail != NULL;
  if (mail != NULL)
    pending->mail = *mail;
  else
    hark_core_group_peer (group, &contact->row.account)->pending++;
  hark_core_ask_store (core, hark_core_group_put (pending), pending);
}

/* An entry of ours that we did not know, in the chain that we write: we are an old copy that was
 * put back. What we write from here on goes into another chain. */
static void
check_own_chain (HarkCore *core, HarkCoreGroup *group, const HarkStoreGroupEntry *kept)
{
  if (hark_key_equal (&kept->author, &core->own)
      && memcmp (kept->chain, group->chains[hark_group_chain_log (kept->chain)], sizeof kept->chain)
           == 0)
    hark_core_group_next_epoch (core, group);
}

/* As it came in: parsed and not judged. */
typedef struct {
  HarkGroupEntry *entry;
  GBytes *content, *body, *tags; /* body: NULL for none */
} Arrived;

static void
arrived_clear (Arrived *arrived)
{
  g_clear_pointer (&arrived->entry, hark_group_entry_free);
  g_clear_pointer (&arrived->content, g_bytes_unref);
  g_clear_pointer (&arrived->body, g_bytes_unref);
  g_clear_pointer (&arrived->tags, g_bytes_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Arrived, arrived_clear)

/* Without tags nobody but its author says it, and in a session alone: from anybody else it would be
 * their word, which is not to be passed on as more than that. */
static bool
is_hearsay (const Arrived *arrived, const HarkCoreContact *from, const HarkCoreMail *mail)
{
  return arrived->entry->tagless
         && (mail != NULL || !hark_key_equal (&from->row.account, &arrived->entry->author));
}

/* @mail: NULL: it came in a session. */
static HarkGroupTaken
take_entry (HarkCore *core,
            HarkCoreGroup *group,
            HarkCoreContact *contact,
            Arrived *arrived,
            const HarkCoreMail *mail)
{
  bool first;
  const HarkGroupTagResult tag
    = hark_core_group_check (core, arrived->tags, arrived->entry, &first);
  const HarkGroupProof proof = proof_of (group, contact, arrived->entry, tag);
  HarkStoreGroupEntry *kept
    = hark_core_group_kept (arrived->entry, arrived->content, arrived->body, arrived->tags, proof);
  HarkStoreMessage *message = hark_core_group_row (core, arrived->entry);
  const bool is_op = hark_group_chain_log (kept->chain) == HARK_GROUP_LOG_MEMBERS;
  HarkGroupTaken taken;
  uint64_t cut = 0;

  if (arrived->body == NULL)
    kept->wanted_until = hark_core_group_want (core, arrived->entry);

  if (tag == HARK_GROUP_TAG_BAD) {
    warn_once (core, group, &group->told_forged, "group-forged", "forged");
    taken = HARK_GROUP_REFUSED;
  } else if (is_hearsay (arrived, contact, mail)) {
    taken = HARK_GROUP_REFUSED;
  } else {
    taken = hark_group_take (group->log, &arrived->entry, proof, first, &cut);
  }
  if (cut > 0)
    cut_on_disk (core, kept, cut);
  if (taken == HARK_GROUP_FORKED)
    warn_once (core, group, &group->told_forked, "group-forked", "forked");
  if (taken == HARK_GROUP_FORKED || taken == HARK_GROUP_TAKEN)
    check_own_chain (core, group, kept);
  if (message != NULL && message->outgoing)
    message->state = HARK_MESSAGE_SENT; /* ours, come back: somebody has it */
  if (taken == HARK_GROUP_TAKEN || taken == HARK_GROUP_BETTER) {
    keep_received (core, group, contact, g_steal_pointer (&kept), g_steal_pointer (&message), mail);
    if (is_op) {
      hark_core_group_doubt_gone (group); /* who said so may be out now */
      hark_core_group_look_who_left (core, group);
      hark_core_group_changed (core, group);
    }
  } else if (mail == NULL && hark_core_group_wants (group, kept)) {
    hark_core_group_answered (core, group);
  }
  if (taken == HARK_GROUP_KNOWN && arrived->body != NULL && hark_core_group_wants (group, kept))
    hark_core_group_fill (core, group, g_steal_pointer (&kept), g_steal_pointer (&message));
  hark_store_group_entry_free (kept);
  hark_store_message_free (message);
  return taken;
}

static bool
read_entry (const Hark__GroupEntry *frame, Arrived *ret)
{
  if (frame->tags.len > HARK_GROUP_TAGS_LEN_MAX || frame->tags.len % HARK_GROUP_TAG_LEN != 0)
    return false;
  ret->content = g_bytes_new (frame->content.data, frame->content.len);
  ret->tags = g_bytes_new (frame->tags.data, frame->tags.len);
  if (frame->body.len > 0)
    ret->body = g_bytes_new (frame->body.data, frame->body.len);
  ret->entry = hark_group_entry_read (ret->content);
  if (ret->entry != NULL)
    ret->entry->tagless = ret->entry->kind < HARK_GROUP_TEXT && frame->tags.len == 0;
  return ret->entry != NULL && (ret->body == NULL || hark_group_body_read (ret->entry, ret->body));
}

/* Good from whoever says it: who was a member may have come back, which nobody else told us. */
static bool
is_proved_op (HarkCore *core, const Arrived *arrived)
{
  bool first;

  return hark_group_chain_log (arrived->entry->chain) == HARK_GROUP_LOG_MEMBERS
         && hark_core_group_check (core, arrived->tags, arrived->entry, &first)
              == HARK_GROUP_TAG_GOOD;
}

static bool
handle_entry (HarkCore *core, HarkCoreContact *contact, const Hark__GroupEntry *frame)
{
  g_auto (Arrived) arrived = {0};
  HarkCoreGroup *group;
  HarkCoreGroupPeer *peer;

  if (!read_entry (frame, &arrived))
    return false;
  group = hark_core_group_find (core, arrived.entry->group);
  if (group == NULL || group->row.state != HARK_STORE_GROUP_JOINED)
    return true;
  if (!hark_core_group_is_peer (group, &contact->row.account)) {
    if (hark_group_member (group->log, &contact->row.account) == NULL)
      return true;
    hark_core_group_say_gone (core, group, contact);
    if (!is_proved_op (core, &arrived))
      return true;
  }
  peer = hark_core_group_peer (group, &contact->row.account);
  hark_core_group_begin (peer, contact);
  peer->have_due = true;
  hark_core_group_due (core, group);
  take_entry (core, group, contact, &arrived, NULL);
  return true;
}

HarkCoreGroupMailed
hark_core_group_mail (HarkCore *core,
                      HarkCoreContact *contact,
                      const Hark__GroupEntry *frame,
                      const HarkCoreMail *mail)
{
  g_auto (Arrived) arrived = {0};
  HarkCoreGroup *group;

  if (!read_entry (frame, &arrived))
    return HARK_CORE_GROUP_MAIL_VOID;
  group = hark_core_group_find (core, arrived.entry->group);
  if (group == NULL || group->row.state == HARK_STORE_GROUP_LEFT)
    return HARK_CORE_GROUP_MAIL_VOID;
  if (group->row.state != HARK_STORE_GROUP_JOINED
      || !hark_core_group_is_peer (group, &contact->row.account))
    return HARK_CORE_GROUP_MAIL_LATER; /* that they are in may come with this */
  switch (take_entry (core, group, contact, &arrived, mail)) {
  case HARK_GROUP_TAKEN:
  case HARK_GROUP_BETTER:
    return HARK_CORE_GROUP_MAIL_STORING;
  case HARK_GROUP_KNOWN:
    return HARK_CORE_GROUP_MAIL_KNOWN;
  case HARK_GROUP_LATER:
    return HARK_CORE_GROUP_MAIL_LATER;
  case HARK_GROUP_REFUSED:
  case HARK_GROUP_FORKED:
  default:
    return HARK_CORE_GROUP_MAIL_VOID;
  }
}

/* ---- which of all ---- */

bool
hark_core_groups_frame (HarkCore *core, HarkCoreContact *contact, const Hark__Frame *frame)
{
  if (contact->row.status != HARK_CONTACT_ACCEPTED)
    return true;
  switch (frame->what_case) {
  case HARK__FRAME__WHAT_GROUP_ENTRY:
    return handle_entry (core, contact, frame->group_entry);
  case HARK__FRAME__WHAT_GROUP_HAVE:
    return hark_core_group_have (core, contact, frame->group_have);
  case HARK__FRAME__WHAT_GROUP_HINT:
    return hark_core_group_hint (core, contact, frame->group_hint);
  case HARK__FRAME__WHAT_GROUP_ASK:
    return hark_core_group_asked (core, contact, frame->group_ask);
  default:
    return hark_core_group_offered (core, contact, frame->group_offer);
  }
}
