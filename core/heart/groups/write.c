/* What we do and write in groups: onto the disk, then into the log; and who has it. */
#define G_LOG_DOMAIN "hark-core"

#include "core/heart/groups/groups.h"

#include <string.h>

#define BACK_ROOM 2 /* operations: to leave, and to join again */

/* ---- what we wrote, and who has it ---- */

static const HarkMessageKind kinds[] = {
  [HARK_GROUP_TEXT] = HARK_MESSAGE_TEXT,     [HARK_GROUP_EDIT] = HARK_MESSAGE_EDIT,
  [HARK_GROUP_DELETE] = HARK_MESSAGE_DELETE, [HARK_GROUP_REACTION] = HARK_MESSAGE_REACTION,
  [HARK_GROUP_CLIP] = HARK_MESSAGE_CLIP,     [HARK_GROUP_FILE] = HARK_MESSAGE_FILE,
};

static bool
is_mentioned (const HarkGroupEntry *entry, const HarkKey *account)
{
  for (unsigned i = 0; i < entry->n_mentions; i++)
    if (hark_key_equal (&entry->mentions[i], account))
      return true;
  return false;
}

/* (transfer full) (nullable): the entry as a line of the conversation; NULL: it is none. */
HarkStoreMessage *
hark_core_group_row (HarkCore *core, const HarkGroupEntry *entry)
{
  const bool is_file = entry->kind == HARK_GROUP_FILE;
  const bool is_line = entry->kind == HARK_GROUP_TEXT || entry->kind == HARK_GROUP_CLIP || is_file;
  const bool bare = entry->apart && !entry->has_body;
  HarkStoreMessage *row;

  if ((size_t) entry->kind >= G_N_ELEMENTS (kinds) || kinds[entry->kind] == 0
      || (bare && (!is_line || is_file || entry->expires_s > 0))) /* gone before it came here */
    return NULL;
  row = g_new0 (HarkStoreMessage, 1);
  memcpy (row->id, entry->id, sizeof row->id);
  hark_store_group_key (entry->group, &row->contact);
  row->kind = kinds[entry->kind];
  row->outgoing = hark_key_equal (&entry->author, &core->own);
  row->state = row->outgoing ? HARK_MESSAGE_QUEUED : HARK_MESSAGE_DELIVERED;
  row->seq = entry->seq;
  row->sent_ms = entry->sent_ms;
  row->received_ms = row->outgoing ? 0 : hark_core_wall (core);
  row->clock = entry->clock;
  row->has_reply_to = entry->has_reply_to;
  row->has_target = entry->has_target;
  row->has_group = row->has_author = true;
  memcpy (row->reply_to, entry->reply_to, sizeof row->reply_to);
  memcpy (row->target, entry->target, sizeof row->target);
  memcpy (row->group, entry->group, sizeof row->group);
  row->author = entry->author;
  row->hidden = !is_line;
  row->deleted = row->missing = bare;
  row->expires_s = entry->expires_s;
  row->text = g_strdup (entry->text != NULL ? entry->text : "");
  row->body = entry->sound != NULL ? g_bytes_ref (entry->sound) : NULL;
  row->ref = is_mentioned (entry, &core->own);
  if (is_file) {
    row->file = hark_core_file_of_entry (core, entry);
    row->ref = row->file != NULL ? row->file->id : 0;
  }
  return row;
}

static void
say_message (HarkCore *core, const HarkStoreMessage *row)
{
  HarkEvent *event = hark_event_new (HARK_EVENT_MESSAGE);

  event->message = hark_core_message (core, row);
  hark_core_emit (core, event);
}

static void
say_changed (HarkCore *core, const HarkStoreMessage *row)
{
  HarkEvent *event = hark_event_new (HARK_EVENT_MESSAGE_CHANGED);

  event->message = hark_core_message (core, row);
  hark_core_emit (core, event);
}

/* A line, or what it changed of one. */
void
hark_core_group_say_row (HarkCore *core, HarkPending *pending, HarkStoreReply *reply)
{
  if (pending->message == NULL || reply->duplicate)
    return;
  pending->message->position = reply->position;
  if (reply->is_part && reply->changed != NULL)
    say_changed (core, reply->changed);
  else if (reply->changed != NULL)
    say_message (core, reply->changed);
  else if (!pending->message->hidden && !reply->is_part)
    say_message (core, pending->message);
}

static void
say_state (HarkCore *core, HarkCoreGroup *group, const HarkCoreGroupSent *sent, const char *reason)
{
  HarkEvent *event = hark_event_new (HARK_EVENT_MESSAGE_STATE);
  HarkKey key;

  hark_store_group_key (group->row.id, &key);
  event->message = g_new0 (HarkMessage, 1);
  memcpy (event->message->id, sent->id, sizeof event->message->id);
  memcpy (event->message->contact, key.bytes, sizeof event->message->contact);
  event->message->has_group = true;
  memcpy (event->message->group, group->row.id, sizeof event->message->group);
  event->message->type = HARK_MESSAGE_IS_TEXT;
  event->message->outgoing = true;
  event->message->state = sent->state;
  event->message->reached = sent->reached;
  event->reason = g_strdup (reason);
  hark_core_emit (core, event);
}

static void
keep_state (HarkCore *core, HarkCoreGroup *group, const HarkCoreGroupSent *sent)
{
  HarkStoreRequest *request = hark_core_request (HARK_STORE_SET_STATE);

  request->message = g_new0 (HarkStoreMessage, 1);
  memcpy (request->message->id, sent->id, sizeof request->message->id);
  hark_store_group_key (group->row.id, &request->message->contact);
  request->message->outgoing = true;
  request->message->state = (HarkMessageState) sent->state;
  if (sent->state == HARK_STATE_DELIVERED)
    request->message->received_ms = hark_core_wall (core);
  hark_core_ask_store (core, request, NULL);
}

/* How many of the members have it, by what they said; @ret_all: of how many. */
static unsigned
count_reached (HarkCoreGroup *group, const HarkCoreGroupSent *sent, unsigned *ret_all)
{
  const GArray *members = group->log->members;
  unsigned reached = 0;

  *ret_all = 0;
  for (guint i = 0; i < members->len; i++) {
    const HarkGroupMember *member = &g_array_index (members, HarkGroupMember, i);
    HarkCoreGroupPeer *peer = g_hash_table_lookup (group->peers, &member->account);
    const HarkCoreGroupHead *head
      = peer != NULL ? hark_core_group_head (peer, &group->log->own, sent->chain, false) : NULL;

    if (member->status != HARK_GROUP_STATUS_JOINED
        || hark_key_equal (&member->account, &group->log->own))
      continue;
    ++*ret_all;
    reached += head != NULL && head->seq >= sent->seq;
  }
  return reached;
}

void
hark_core_group_update_states (HarkCore *core, HarkCoreGroup *group)
{
  hark_group_update (group->log);
  for (guint i = 0; i < group->under_way->len;) {
    HarkCoreGroupSent *sent = &g_array_index (group->under_way, HarkCoreGroupSent, i);
    unsigned all;
    const unsigned reached = count_reached (group, sent, &all);
    const bool news = reached > sent->reached;

    sent->reached = reached;
    if (reached > 0 && news) {
      sent->state = reached == all ? HARK_STATE_DELIVERED : HARK_STATE_SENT;
      keep_state (core, group, sent);
      say_state (core, group, sent, NULL);
    }
    if (sent->state == HARK_STATE_DELIVERED && group->log->expires_s > 0)
      hark_core_expire (core); /* its timer may have begun */
    if (sent->state == HARK_STATE_DELIVERED)
      g_array_remove_index (group->under_way, i);
    else
      i++;
  }
}

void
hark_core_group_say_kept (HarkCore *core, HarkCoreGroup *group, const uint8_t id[16])
{
  for (guint i = 0; i < group->under_way->len; i++) {
    const HarkCoreGroupSent *sent = &g_array_index (group->under_way, HarkCoreGroupSent, i);

    if (memcmp (sent->id, id, sizeof sent->id) == 0 && sent->state == HARK_STATE_QUEUED)
      say_state (core, group, sent, "Waiting in mailboxes for members to come online.");
  }
}

/* ---- writing ---- */

static void next_write (HarkCore *core, HarkCoreGroup *group);

static bool
somebody_is_here (HarkCore *core, HarkCoreGroup *group)
{
  for (guint i = 0; i < group->log->members->len; i++) {
    const HarkGroupMember *member = &g_array_index (group->log->members, HarkGroupMember, i);
    const HarkCoreContact *contact = hark_core_find (core, &member->account);

    if (member->status == HARK_GROUP_STATUS_JOINED && contact != NULL
        && hark_core_is_ready (contact))
      return true;
  }
  return false;
}

static void
wrote_message (HarkCore *core, HarkCoreGroup *group, const HarkGroupEntry *entry)
{
  HarkCoreGroupSent sent = {.seq = entry->seq, .state = HARK_STATE_QUEUED};

  if (!hark_core_group_last_part (entry->sound, &sent.seq))
    return;
  memcpy (sent.id, entry->id, sizeof sent.id);
  memcpy (sent.chain, entry->chain, sizeof sent.chain);
  g_array_append_val (group->under_way, sent);
  if (!somebody_is_here (core, group))
    say_state (core, group, &sent, "Waits until a member of the group is online.");
}

/* What is on the disk goes into the log. */
static void
take (HarkCore *core, HarkCoreGroup *group, HarkPending *pending)
{
  const HarkStoreGroupEntry *kept = pending->group_entry;
  HarkGroupChain *chain;
  uint64_t cut;

  group->grew++;
  group->own_grew++;
  if (pending->group_written->kind >= HARK_GROUP_TEXT)
    wrote_message (core, group, pending->group_written);
  if (hark_group_take (group->log, &pending->group_written, HARK_GROUP_PROVED, true, &cut)
      != HARK_GROUP_TAKEN)
    return;
  hark_group_stored (group->log, &core->own, kept->chain, kept->seq);
  chain = hark_group_chain_of (group->log, &core->own, kept->chain);
  g_clear_pointer (&chain->tags, g_bytes_unref);
  chain->tags = g_bytes_ref (kept->tags);
}

/* The user was told so: then it is as it was before. */
static void
not_written (HarkCore *core, HarkCoreGroup *group, HarkGroupKind kind)
{
  if (kind == HARK_GROUP_JOIN && group->row.state == HARK_STORE_GROUP_JOINED)
    group->row.state = HARK_STORE_GROUP_OFFERED;
  else if (kind == HARK_GROUP_LEAVE && group->row.state == HARK_STORE_GROUP_LEFT)
    group->row.state = HARK_STORE_GROUP_JOINED;
  else
    return;
  hark_core_group_keep (core, group, NULL);
  hark_core_group_changed (core, group);
}

static void
after_write (HarkCore *core, HarkPending *pending, HarkStoreReply *reply)
{
  HarkCoreGroup *group = hark_core_group_find (core, pending->group);
  const HarkGroupEntry *entry = pending->group_written;
  const bool is_message = entry->kind >= HARK_GROUP_TEXT;
  HarkEvent *event;

  if (group != NULL)
    group->writing = false;
  if (hark_core_refuse_store (core, pending, reply) || group == NULL) {
    if (group != NULL && pending->command != NULL)
      not_written (core, group, entry->kind);
    if (group != NULL)
      next_write (core, group);
    return;
  }
  if (pending->command != NULL) {
    event = hark_core_result (pending->command);
    memcpy (event->id, is_message ? entry->id : group->row.id, sizeof event->id);
    hark_core_emit (core, event);
  }
  hark_core_group_say_row (core, pending, reply);
  if (pending->message != NULL && pending->message->file != NULL)
    hark_core_file_heard (core, pending->message->file);
  take (core, group, pending);
  for (guint i = 0; pending->follow != NULL && i < pending->follow->len; i++)
    take (core, group, pending->follow->pdata[i]);
  if (!is_message) {
    hark_core_group_look_who_left (core, group);
    hark_core_group_changed (core, group);
  }
  hark_core_group_due (core, group);
  next_write (core, group);
}

HarkStoreGroupEntry *
hark_core_group_kept (
  const HarkGroupEntry *entry, GBytes *content, GBytes *body, GBytes *tags, HarkGroupProof proof)
{
  HarkStoreGroupEntry *row = g_new0 (HarkStoreGroupEntry, 1);

  memcpy (row->group, entry->group, sizeof row->group);
  row->author = entry->author;
  memcpy (row->chain, entry->chain, sizeof row->chain);
  row->seq = entry->seq;
  row->proof = (uint8_t) proof;
  row->content = g_bytes_ref (content);
  row->tags = g_bytes_ref (tags);
  row->body = body != NULL ? g_bytes_ref (body) : NULL;
  row->has_message = entry->kind >= HARK_GROUP_TEXT;
  row->has_about = entry->has_target;
  memcpy (row->message, entry->id, sizeof row->message);
  memcpy (row->about, entry->target, sizeof row->about);
  return row;
}

HarkStoreGroupEntry *
hark_core_group_kept_copy (const HarkStoreGroupEntry *entry)
{
  HarkStoreGroupEntry *copy = g_memdup2 (entry, sizeof *entry);

  g_bytes_ref (copy->content);
  if (copy->body != NULL)
    g_bytes_ref (copy->body);
  g_bytes_ref (copy->tags);
  return copy;
}

HarkStoreRequest *
hark_core_group_put (const HarkPending *pending)
{
  HarkStoreRequest *request = hark_core_request (HARK_STORE_PUT_GROUP_ENTRY);

  request->group_entry = hark_core_group_kept_copy (pending->group_entry);
  if (pending->message != NULL)
    request->message = hark_store_message_copy (pending->message);
  return request;
}

/* (transfer full) @entry, which has its place in the chain, as it is on the disk. */
static HarkPending *
make_whole (HarkCore *core, HarkCoreGroup *group, HarkGroupEntry *entry, HarkCommand *command)
{
  HarkPending *pending = hark_pending_new (after_write, command);
  g_autoptr (GBytes) content = NULL;
  g_autoptr (GBytes) body = NULL;
  g_autoptr (GBytes) tags = NULL;

  if (entry->kind == HARK_GROUP_TEXT || entry->kind == HARK_GROUP_CLIP)
    entry->expires_s = group->log->expires_s;
  if (hark_group_kind_has_body (entry->kind)) {
    hark_rng_bytes (&core->rng, entry->salt, sizeof entry->salt);
    body = hark_group_body_write (entry);
  }
  content = hark_group_entry_write (entry);
  tags = hark_core_group_tags (core, group, entry);
  memcpy (pending->group, group->row.id, sizeof pending->group);
  pending->group_written = entry;
  pending->group_entry = hark_core_group_kept (entry, content, body, tags, HARK_GROUP_PROVED);
  pending->message = hark_core_group_row (core, entry);
  return pending;
}

/* The rest of a long voice message is on the disk with @first, or nothing of it. */
static void
add_parts (HarkCore *core,
           HarkCoreGroup *group,
           const GPtrArray *parts,
           HarkPending *first,
           HarkStoreRequest *request)
{
  const HarkGroupEntry *last = first->group_written;

  first->follow = g_ptr_array_new_with_free_func (hark_pending_free);
  request->parts = g_ptr_array_new_with_free_func ((GDestroyNotify) hark_store_message_free);
  request->group_parts
    = g_ptr_array_new_with_free_func ((GDestroyNotify) hark_store_group_entry_free);
  for (guint i = 0; i < parts->len; i++) {
    HarkGroupEntry *entry = g_new0 (HarkGroupEntry, 1);
    HarkPending *pending;

    entry->kind = HARK_GROUP_CLIP;
    entry->sound = g_bytes_ref (parts->pdata[i]);
    entry->sent_ms = last->sent_ms;
    hark_rng_bytes (&core->rng, entry->id, sizeof entry->id);
    hark_group_compose_next (last, entry);
    pending = make_whole (core, group, entry, NULL);
    g_ptr_array_add (first->follow, pending);
    g_ptr_array_add (request->parts, hark_store_message_copy (pending->message));
    g_ptr_array_add (request->group_parts, hark_core_group_kept_copy (pending->group_entry));
    last = entry;
  }
}

bool
hark_core_group_may_volunteer (const HarkCoreGroup *group)
{
  return hark_group_room (group->log, &group->log->own, group->chains[HARK_GROUP_LOG_MEMBERS])
         > HARK_GROUP_OPS_AUTHOR_MAX - HARK_CORE_GROUP_OWN_OPS_MAX;
}

static HarkGroupLog
log_of (const HarkGroupEntry *entry)
{
  return entry->kind < HARK_GROUP_TEXT ? HARK_GROUP_LOG_MEMBERS : HARK_GROUP_LOG_MESSAGES;
}

/* Nobody would take it. Whatever it is leaves room to go and to come back. */
static bool
is_too_much (const HarkCoreGroup *group, const HarkGroupEntry *entry)
{
  const unsigned room
    = hark_group_room (group->log, &group->log->own, group->chains[log_of (entry)]);

  if (entry->kind == HARK_GROUP_LEAVE)
    return false;
  return room <= (entry->kind == HARK_GROUP_JOIN ? 0 : BACK_ROOM);
}

/* Those who were asked in right before are in the log by now. */
static bool
is_one_too_many (const HarkCoreGroup *group, const HarkGroupEntry *entry)
{
  return entry->kind == HARK_GROUP_INVITE
         && hark_group_active (group->log) >= HARK_GROUP_MEMBERS_MAX;
}

static void
refuse_write (HarkCore *core,
              HarkCoreGroup *group,
              HarkCoreGroupWrite *write,
              const char *code,
              const char *reason)
{
  if (write->command != NULL) {
    hark_core_refuse (core, write->command, code, reason);
    not_written (core, group, write->entry->kind);
  }
  hark_core_group_write_free (write);
}

/* (transfer full) (nullable): the next that has room. */
static HarkCoreGroupWrite *
take_waiting (HarkCore *core, HarkCoreGroup *group)
{
  HarkCoreGroupWrite *write;

  while ((write = g_queue_pop_head (&group->waiting)) != NULL)
    if (is_too_much (group, write->entry))
      refuse_write (core, group, write, "group-full",
                    "You changed so much in this group that it takes no more from you.");
    else if (is_one_too_many (group, write->entry))
      refuse_write (core, group, write, "not-allowed", "A group has at most 32 members.");
    else
      return write;
  return NULL;
}

/* One at a time: what is not on the disk has no place in the chain yet. */
static void
next_write (HarkCore *core, HarkCoreGroup *group)
{
  HarkCoreGroupWrite *write = group->writing ? NULL : take_waiting (core, group);
  HarkStoreRequest *request;
  HarkGroupEntry *entry;
  HarkPending *pending;

  if (write == NULL)
    return;
  group->writing = true;
  entry = write->entry;
  entry->sent_ms = hark_core_wall (core);
  if (entry->kind != HARK_GROUP_FILE) /* by that it is known before */
    hark_rng_bytes (&core->rng, entry->id, sizeof entry->id);
  if (entry->kind == HARK_GROUP_LEAVE)
    hark_group_set_cuts (group->log, &core->own, entry);
  else if (entry->kind == HARK_GROUP_REMOVE || entry->kind == HARK_GROUP_ROLE)
    hark_group_set_cuts (group->log, &entry->account, entry);
  hark_group_compose (group->log, group->chains[log_of (entry)], entry);
  pending = make_whole (core, group, entry, write->command);
  request = hark_core_group_put (pending);
  if (write->parts != NULL)
    add_parts (core, group, write->parts, pending, request);
  g_clear_pointer (&write->parts, g_ptr_array_unref);
  g_free (write);
  hark_core_ask_store (core, request, pending);
}

void
hark_core_group_write (HarkCore *core,
                       HarkCoreGroup *group,
                       HarkGroupEntry *entry,
                       HarkCommand *command)
{
  HarkCoreGroupWrite *write = g_new0 (HarkCoreGroupWrite, 1);

  write->entry = entry;
  write->command = command;
  if (entry->kind == HARK_GROUP_CLIP && command != NULL)
    write->parts = g_steal_pointer (&command->parts);
  g_queue_push_tail (&group->waiting, write);
  next_write (core, group);
}

void
hark_core_group_join (HarkCore *core, HarkCoreGroup *group, HarkCommand *command)
{
  HarkGroupEntry *entry = g_new0 (HarkGroupEntry, 1);
  GHashTableIter iter;
  void *peer;

  g_hash_table_iter_init (&iter, group->peers);
  while (g_hash_table_iter_next (&iter, NULL, &peer))
    ((HarkCoreGroupPeer *) peer)->have_due = true; /* by that they know that we are here */
  hark_core_group_due (core, group);
  entry->kind = HARK_GROUP_JOIN;
  entry->clock = group->row.clock;
  entry->text = g_strdup (core->account.name);
  memcpy (entry->invite, group->row.invite, sizeof entry->invite);
  hark_core_group_write (core, group, entry, command);
}
