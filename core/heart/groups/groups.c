/* Groups as the heart keeps them: found, loaded, shown; entries made and checked. */
#define G_LOG_DOMAIN "hark-core"

#include "core/heart/calls/group-calls.h"
#include "core/store/parts.h"
#include "net/base/locked.h"

#include <string.h>

#define INVITE_LIFE_MS (INT64_C (30) * 24 * 3600 * 1000)
#define POSITIONS_OF_CLOCK 4096 /* of one clock: core/store/store.h */

/* ---- memory ---- */

static guint
hash_id (const void *key)
{
  guint hash;

  memcpy (&hash, key, sizeof hash);
  return hash;
}

static gboolean
equal_id (const void *a, const void *b)
{
  return memcmp (a, b, HARK_GROUP_ID_LEN) == 0;
}

static void
peer_free (void *data)
{
  HarkCoreGroupPeer *peer = data;

  g_hash_table_unref (peer->heads);
  g_free (peer);
}

static void
wanted_clear (void *data)
{
  HarkCoreGroupWanted *wanted = data;

  g_array_unref (wanted->asked);
}

void
hark_core_group_write_free (void *data)
{
  HarkCoreGroupWrite *write = data;

  hark_group_entry_free (write->entry);
  g_clear_pointer (&write->parts, g_ptr_array_unref);
  hark_command_free (write->command);
  g_free (write);
}

static void
group_free (void *data)
{
  HarkCoreGroup *group = data;

  if (group->call != NULL)
    g_array_unref (group->call->told);
  g_free (group->call);
  hark_group_free (group->log);
  g_hash_table_unref (group->peers);
  g_hash_table_unref (group->left);
  g_array_unref (group->under_way);
  g_array_unref (group->wanted);
  g_queue_clear_full (&group->waiting, hark_core_group_write_free);
  g_free (group);
}

void
hark_core_groups_init (HarkCore *core)
{
  core->groups = g_hash_table_new_full (hash_id, equal_id, NULL, group_free);
  core->group_secrets
    = g_hash_table_new_full (hark_key_hash, hark_key_hash_equal, g_free, hark_locked_free);
  g_queue_init (&core->group_refused);
}

void
hark_core_groups_clear (HarkCore *core)
{
  g_queue_clear_full (&core->group_refused, hark_pending_free);
  g_hash_table_unref (core->group_secrets);
  g_hash_table_unref (core->groups);
}

HarkCoreGroup *
hark_core_group_find (HarkCore *core, const uint8_t id[HARK_GROUP_ID_LEN])
{
  return g_hash_table_lookup (core->groups, id);
}

static void
name_chains (HarkCore *core, HarkCoreGroup *group)
{
  for (unsigned log = 0; log < 2; log++)
    hark_group_chain (core->instance, group->row.id, (HarkGroupLog) log, group->row.epoch,
                      group->chains[log]);
}

HarkCoreGroup *
hark_core_group_add (HarkCore *core, const HarkStoreGroup *row)
{
  HarkCoreGroup *group = g_new0 (HarkCoreGroup, 1);

  group->row = *row;
  group->log = hark_group_new (row->id, &row->founder, &core->own, &row->sponsor);
  group->peers = g_hash_table_new_full (hark_key_hash, hark_key_hash_equal, NULL, peer_free);
  group->left = g_hash_table_new_full (hash_id, equal_id, g_free, NULL);
  group->under_way = g_array_new (FALSE, TRUE, sizeof (HarkCoreGroupSent));
  group->wanted = g_array_new (FALSE, TRUE, sizeof (HarkCoreGroupWanted));
  g_array_set_clear_func (group->wanted, wanted_clear);
  group->grew = 1; /* 0 is for who was never given anything */
  g_queue_init (&group->waiting);
  name_chains (core, group);
  g_hash_table_replace (core->groups, group->row.id, group);
  return group;
}

void
hark_core_group_keep (HarkCore *core, const HarkCoreGroup *group, HarkPending *pending)
{
  HarkStoreRequest *request = hark_core_request (HARK_STORE_PUT_GROUP);

  request->group = group->row;
  if (pending != NULL)
    memcpy (pending->group, group->row.id, sizeof pending->group);
  hark_core_ask_store (core, request, pending);
}

void
hark_core_group_next_epoch (HarkCore *core, HarkCoreGroup *group)
{
  group->row.epoch++;
  name_chains (core, group);
  hark_core_group_keep (core, group, NULL);
}

bool
hark_core_group_last_part (GBytes *sound, uint64_t *seq)
{
  HarkStorePart part;

  if (!hark_store_part_read (sound, &part))
    return true;
  *seq += part.parts - 1;
  return part.part == 1;
}

void
hark_core_group_track (HarkCoreGroup *group,
                       const HarkStoreMessage *row,
                       const uint8_t chain[HARK_GROUP_CHAIN_LEN])
{
  HarkCoreGroupSent sent = {.seq = row->seq, .state = (HarkSendState) row->state};

  if (!hark_core_group_last_part (row->body, &sent.seq))
    return;
  memcpy (sent.id, row->id, sizeof sent.id);
  memcpy (sent.chain, chain, sizeof sent.chain);
  g_array_append_val (group->under_way, sent);
}

/* The newest entry of one of our chains of messages. */
typedef struct {
  const HarkCoreGroup *group;
  uint8_t chain[HARK_GROUP_CHAIN_LEN];
  uint64_t seq;
  int64_t clock;
} OwnHead;

/* Chains of ours follow each other in clock: the message is in the first that does not end before
 * it. */
static const uint8_t *
chain_of (const GArray *heads, const HarkCoreGroup *group, const HarkStoreMessage *row)
{
  const OwnHead *found = NULL;

  for (guint i = 0; i < heads->len; i++) {
    const OwnHead *head = &g_array_index (heads, OwnHead, i);

    if (head->group == group && head->seq >= row->seq && head->clock >= row->clock
        && (found == NULL || head->clock < found->clock))
      found = head;
  }
  return found != NULL ? found->chain : group->chains[HARK_GROUP_LOG_MESSAGES];
}

static void
note_head (HarkCore *core, GArray *heads, const HarkCoreGroup *group, const HarkGroupEntry *entry)
{
  OwnHead head = {.group = group, .seq = entry->seq, .clock = entry->clock};

  if (entry->chain[0] != HARK_GROUP_LOG_MESSAGES || !hark_key_equal (&entry->author, &core->own))
    return;
  memcpy (head.chain, entry->chain, sizeof head.chain);
  g_array_append_val (heads, head);
}

/* How far others have read. */
static void
load_reads (HarkCore *core, const GArray *reads)
{
  for (guint i = 0; i < reads->len; i++) {
    const HarkStoreGroupRead *row = &g_array_index (reads, HarkStoreGroupRead, i);
    HarkCoreGroup *group = hark_core_group_find (core, row->group);
    HarkCoreGroupPeer *peer = group != NULL ? hark_core_group_peer (group, &row->account) : NULL;

    if (peer != NULL)
      peer->read = peer->read_kept = row->clock;
  }
}

void
hark_core_groups_load (HarkCore *core, const HarkStoreSnapshot *snapshot)
{
  g_autoptr (GArray) heads = g_array_new (FALSE, FALSE, sizeof (OwnHead));

  memcpy (core->instance, snapshot->instance, sizeof core->instance);
  for (guint i = 0; i < snapshot->groups->len; i++)
    hark_core_group_add (core, &g_array_index (snapshot->groups, HarkStoreGroup, i));
  for (guint i = 0; i < snapshot->group_entries->len; i++) {
    const HarkStoreGroupEntry *row = snapshot->group_entries->pdata[i];
    HarkCoreGroup *group = hark_core_group_find (core, row->group);
    HarkGroupEntry *entry = hark_group_entry_read (row->content);

    if (group == NULL || entry == NULL) {
      hark_group_entry_free (entry);
      continue;
    }
    note_head (core, heads, group, entry);
    hark_group_load (group->log, entry, (HarkGroupProof) row->proof, row->tags);
  }
  load_reads (core, snapshot->group_reads);
  for (guint i = 0; i < snapshot->people->len; i++) {
    const HarkStorePerson *person = &g_array_index (snapshot->people, HarkStorePerson, i);
    uint8_t id[HARK_GROUP_ID_LEN];
    HarkCoreGroup *group
      = hark_store_group_of (&person->account, id) ? hark_core_group_find (core, id) : NULL;

    if (group == NULL)
      continue;
    group->has_pixels = person->has_picture;
    memcpy (group->pixels, person->picture, sizeof group->pixels);
  }
  for (guint i = 0; i < snapshot->outbox->len; i++) {
    const HarkStoreMessage *row = snapshot->outbox->pdata[i];
    HarkCoreGroup *group = row->has_group ? hark_core_group_find (core, row->group) : NULL;

    if (group != NULL)
      hark_core_group_track (group, row, chain_of (heads, group, row));
  }
  hark_core_groups_left_known (core);
}

/* ---- peers ---- */

HarkCoreGroupPeer *
hark_core_group_peer (HarkCoreGroup *group, const HarkKey *account)
{
  HarkCoreGroupPeer *peer = g_hash_table_lookup (group->peers, account);

  if (peer != NULL)
    return peer;
  peer = g_new0 (HarkCoreGroupPeer, 1);
  peer->account = *account;
  peer->heads = g_hash_table_new_full (hark_group_chain_hash, hark_group_chain_equal, NULL, g_free);
  g_hash_table_replace (group->peers, &peer->account, peer);
  return peer;
}

HarkCoreGroupPeer *
hark_core_group_asked_for (HarkCore *core, const HarkPending *pending, HarkCoreGroup **ret_group)
{
  HarkCoreGroup *group = hark_core_group_find (core, pending->group);
  HarkCoreGroupPeer *peer
    = group != NULL ? g_hash_table_lookup (group->peers, &pending->contact) : NULL;

  *ret_group = peer != NULL ? group : NULL;
  return peer;
}

HarkCoreGroupHead *
hark_core_group_head (HarkCoreGroupPeer *peer,
                      const HarkKey *author,
                      const uint8_t chain[HARK_GROUP_CHAIN_LEN],
                      bool make)
{
  HarkCoreGroupHead head = {.author = *author};
  HarkCoreGroupHead *known;

  memcpy (head.chain, chain, sizeof head.chain);
  known = g_hash_table_lookup (peer->heads, &head);
  if (known != NULL || !make || g_hash_table_size (peer->heads) >= HARK_CORE_GROUP_HEADS_MAX)
    return known;
  known = g_memdup2 (&head, sizeof head);
  g_hash_table_add (peer->heads, known);
  return known;
}

/* Who was asked in again since, and took that up, waits to hear of it. */
const HarkGroupEntry *
hark_core_group_is_out (const HarkCoreGroup *group)
{
  const HarkGroupMember *own = hark_group_member (group->log, &group->log->own);

  if (group->row.state != HARK_STORE_GROUP_JOINED || own == NULL
      || own->status != HARK_GROUP_STATUS_GONE || own->end == NULL
      || own->end->kind != HARK_GROUP_REMOVE || own->end->clock < group->row.clock)
    return NULL;
  return own->end;
}

bool
hark_core_group_is_peer (const HarkCoreGroup *group, const HarkKey *account)
{
  const HarkGroupMember *member = hark_group_member (group->log, account);

  const HarkCoreGroupPeer *peer = g_hash_table_lookup (group->peers, account);

  if (group->row.state == HARK_STORE_GROUP_OFFERED
      || (group->row.state == HARK_STORE_GROUP_LEFT && peer != NULL && peer->says_gone))
    return false; /* who left has one thing to say still, to each who does not know */
  if (member != NULL && member->status != HARK_GROUP_STATUS_GONE)
    return true;
  return member == NULL && hark_key_equal (account, &group->row.sponsor)
         && !hark_group_has_joined (group->log, &group->log->own);
}

G_STATIC_ASSERT (G_STRUCT_OFFSET (HarkCoreGroupHead, author) == 0
                 && G_STRUCT_OFFSET (HarkCoreGroupHead, chain) == HARK_KEY_LEN);

/* The first about this session makes everything of the last void. */
void
hark_core_group_begin (HarkCoreGroupPeer *peer, const HarkCoreContact *contact)
{
  GHashTableIter iter;
  void *value;

  if (peer->in_session && peer->session == contact->session)
    return;
  peer->in_session = true;
  peer->session = contact->session;
  peer->picture_asked = peer->told_typing = false;
  peer->told_read = 0;
  peer->have_heard = peer->busy = peer->awaiting = peer->gone_said = false;
  peer->rejoined = 0;
  memset (peer->offered, 0, sizeof peer->offered);
  memset (peer->consented, 0, sizeof peer->consented);
  peer->have_due = true;
  peer->cursor = 0;
  peer->seen = 0;
  peer->pending = peer->given = 0;
  peer->progress = 0;
  g_hash_table_iter_init (&iter, peer->heads);
  while (g_hash_table_iter_next (&iter, &value, NULL)) {
    HarkCoreGroupHead *head = value;

    head->said = head->seq = 0; /* they may be an older copy */
  }
}

/* Also something that was never meant for them may count as lacking: then it is looked for in
 * vain. */
bool
hark_core_group_may_lack (HarkCoreGroup *group, HarkCoreGroupPeer *peer)
{
  GHashTableIter iter;
  void *value;

  g_hash_table_iter_init (&iter, group->log->chains);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    const HarkGroupChain *chain = value;
    const HarkCoreGroupHead *head = hark_core_group_head (peer, &chain->author, chain->name, false);

    if (chain->durable > (head != NULL ? head->seq : 0))
      return true;
  }
  return false;
}

/* ---- when to look ---- */

void
hark_core_group_due (HarkCore *core, HarkCoreGroup *group)
{
  group->due = true;
  core->groups_due = core->group_calls_due = true;
}

void
hark_core_groups_session (HarkCore *core)
{
  GHashTableIter iter;
  void *value;

  if (core->groups == NULL)
    return;
  g_hash_table_iter_init (&iter, core->groups);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    hark_core_group_due (core, value);
}

/* ---- tags ---- */

const HarkSecret *
hark_core_group_secret (HarkCore *core, const HarkKey *account)
{
  HarkSecret *secret = g_hash_table_lookup (core->group_secrets, account);

  if (secret != NULL)
    return secret;
  if (g_hash_table_size (core->group_secrets) >= HARK_CORE_GROUP_SECRETS_MAX)
    g_hash_table_remove_all (core->group_secrets);
  secret = hark_locked_new0 (HarkSecret);
  if (!hark_group_secret (&core->account.account_seed, account, secret)) {
    hark_locked_free (secret);
    return NULL;
  }
  g_hash_table_insert (core->group_secrets, g_memdup2 (account, sizeof *account), secret);
  return secret;
}

HarkGroupTagResult
hark_core_group_check (HarkCore *core, GBytes *tags, const HarkGroupEntry *entry, bool *ret_first)
{
  const HarkSecret *secret = hark_core_group_secret (core, &entry->author);

  *ret_first = false;
  return secret != NULL ? hark_group_tags_check (tags, secret, entry, &core->own, ret_first)
                        : HARK_GROUP_TAG_BAD;
}

static void
add_tag (HarkCore *core,
         const HarkCoreGroup *group,
         const HarkGroupEntry *entry,
         const HarkKey *to,
         GByteArray *tags)
{
  const HarkGroupChain *chain = hark_group_chain_of (group->log, &core->own, entry->chain);
  const HarkSecret *secret = hark_core_group_secret (core, to);
  uint8_t tag[HARK_GROUP_TAG_LEN];
  bool first = chain == NULL || chain->tags == NULL || !hark_group_tags_are_for (chain->tags, to);

  if (secret == NULL)
    return;
  hark_group_tag (secret, group->row.id, &core->own, to, entry->hash, first, tag);
  g_byte_array_append (tags, tag, sizeof tag);
}

GBytes *
hark_core_group_tags (HarkCore *core, const HarkCoreGroup *group, const HarkGroupEntry *entry)
{
  const bool is_op = hark_group_chain_log (entry->chain) == HARK_GROUP_LOG_MEMBERS;
  const GArray *members = group->log->members;
  GByteArray *tags = g_byte_array_new ();

  hark_group_update (group->log);
  add_tag (core, group, entry, &core->own, tags);
  for (guint i = 0; i < members->len; i++) {
    const HarkGroupMember *member = &g_array_index (members, HarkGroupMember, i);

    if (hark_key_equal (&member->account, &core->own))
      continue;
    if (member->status == HARK_GROUP_STATUS_JOINED
        || (is_op && member->status == HARK_GROUP_STATUS_INVITED))
      add_tag (core, group, entry, &member->account, tags);
  }
  if (entry->kind == HARK_GROUP_JOIN && hark_group_member (group->log, &group->row.sponsor) == NULL)
    add_tag (core, group, entry, &group->row.sponsor, tags);
  return g_byte_array_free_to_bytes (tags);
}

/* ---- members who become contacts ---- */

int64_t
hark_core_group_since (HarkCore *core)
{
  return hark_core_wall (core) - INVITE_LIFE_MS;
}

bool
hark_core_groups_asked (HarkCore *core, const HarkKey *account)
{
  GHashTableIter iter;
  void *value;

  g_hash_table_iter_init (&iter, core->groups);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    const HarkCoreGroup *group = value;

    if (hark_group_asking (group->log, &core->own, account, hark_core_group_since (core)) != NULL)
      return true;
  }
  return false;
}

/* ---- as the user sees it ---- */

static char *
member_name (HarkCore *core, const HarkGroupMember *member)
{
  const HarkCoreContact *contact = hark_core_find (core, &member->account);
  char claimed[HARK_GROUP_NAME_LEN_MAX + 1];

  if (hark_key_equal (&member->account, &core->own))
    return g_strdup (core->account.name);
  hark_contact_clean_name (member->claimed, claimed);
  if (contact != NULL)
    return hark_contact_name (contact->row.petname,
                              *contact->row.name != '\0' ? contact->row.name : claimed,
                              member->account.bytes);
  return hark_contact_name ("", claimed, member->account.bytes);
}

static void
show_members (HarkCore *core, const HarkCoreGroup *group, HarkGroupInfo *info)
{
  const GArray *members = group->log->members;

  for (guint i = 0; i < members->len; i++) {
    const HarkGroupMember *member = &g_array_index (members, HarkGroupMember, i);
    const HarkCoreGroupPeer *peer = g_hash_table_lookup (group->peers, &member->account);
    const HarkCoreContact *contact = hark_core_find (core, &member->account);
    HarkGroupPerson *person;

    if (member->status == HARK_GROUP_STATUS_GONE)
      continue;
    person = g_new0 (HarkGroupPerson, 1);
    memcpy (person->account, member->account.bytes, sizeof person->account);
    person->name = member_name (core, member);
    person->joined = member->status == HARK_GROUP_STATUS_JOINED;
    person->role = (HarkGroupPersonRole) member->role;
    person->read = group->row.state == HARK_STORE_GROUP_JOINED && peer != NULL && peer->read > 0
                     ? (uint64_t) peer->read * POSITIONS_OF_CLOCK + POSITIONS_OF_CLOCK - 1
                     : 0;
    person->asks = contact == NULL
                   && hark_group_asking (group->log, &member->account, &core->own,
                                         hark_core_group_since (core))
                        != NULL;
    person->asked = contact == NULL
                    && hark_group_asking (group->log, &core->own, &member->account,
                                          hark_core_group_since (core))
                         != NULL;
    person->is_contact = contact != NULL;
    person->other_view = group->row.state == HARK_STORE_GROUP_JOINED && peer != NULL
                         && peer->has_view
                         && memcmp (peer->view, group->log->view, sizeof peer->view) != 0;
    g_ptr_array_add (info->people, person);
    info->joined += person->joined;
  }
}

static char *
show_reason (HarkCore *core, const HarkCoreGroup *group)
{
  const HarkGroupEntry *removal = hark_core_group_is_out (group);
  const HarkCoreContact *sponsor = hark_core_find (core, &group->row.sponsor);
  g_autofree char *name
    = sponsor != NULL
        ? hark_contact_name (sponsor->row.petname, sponsor->row.name, sponsor->row.account.bytes)
        : g_strdup ("Whoever asked you in");

  if (group->row.state == HARK_STORE_GROUP_OFFERED)
    return g_strdup_printf ("%s asks you in.", name);
  if (group->row.state == HARK_STORE_GROUP_LEFT)
    return g_strdup ("You are not in this group any more.");
  if (removal != NULL) {
    g_autofree char *remover = hark_core_group_call_name (core, group, &removal->author);

    return g_strdup_printf ("%s removed you from the group.", remover);
  }
  if (group->told_gone)
    return g_strdup ("A member says that you were removed from this group.");
  if (!hark_group_has_joined (group->log, &core->own))
    return g_strdup_printf ("Waits for %s, to learn who is in the group.", name);
  return NULL;
}

HarkGroupInfo *
hark_core_group_info (HarkCore *core, const HarkCoreGroup *group)
{
  static const HarkGroupState states[] = {[HARK_STORE_GROUP_OFFERED] = HARK_GROUP_IS_OFFERED,
                                          [HARK_STORE_GROUP_JOINED] = HARK_GROUP_IS_JOINED,
                                          [HARK_STORE_GROUP_LEFT] = HARK_GROUP_IS_LEFT};
  HarkGroupInfo *info = g_new0 (HarkGroupInfo, 1);
  const HarkGroupMember *own;
  char name[HARK_GROUP_NAME_LEN_MAX + 1];

  hark_group_update (group->log);
  own = hark_group_member (group->log, &core->own);
  memcpy (info->id, group->row.id, sizeof info->id);
  hark_contact_clean_name (*group->log->name != '\0' ? group->log->name : group->row.name, name);
  info->name = g_strdup (name);
  info->state
    = hark_core_group_is_out (group) != NULL ? HARK_GROUP_IS_LEFT : states[group->row.state];
  info->notices = (HarkGroupNotices) group->row.notices;
  info->role = own != NULL ? (HarkGroupPersonRole) own->role : HARK_GROUP_PERSON_MEMBER;
  memcpy (info->sponsor, group->row.sponsor.bytes, sizeof info->sponsor);
  info->people = g_ptr_array_new_with_free_func ((GDestroyNotify) hark_group_person_free);
  if (group->row.state != HARK_STORE_GROUP_OFFERED)
    show_members (core, group, info);
  else
    info->joined = group->row.members;
  info->reason = show_reason (core, group);
  info->had_others = hark_core_group_had_others (core, group);
  info->made_ms = group->row.made_ms;
  info->expires_s = group->log->expires_s;
  info->has_picture = group->log->has_picture && group->has_pixels
                      && memcmp (group->pixels, group->log->picture, sizeof group->pixels) == 0;
  memcpy (info->picture, group->log->picture, sizeof info->picture);
  return info;
}

void
hark_core_group_changed (HarkCore *core, const HarkCoreGroup *group)
{
  HarkEvent *event = hark_event_new (HARK_EVENT_GROUP);

  event->group = hark_core_group_info (core, group);
  hark_core_emit (core, event);
}

GPtrArray *
hark_core_groups_info (HarkCore *core)
{
  GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify) hark_group_info_free);
  GHashTableIter iter;
  void *value;

  if (core->groups == NULL)
    return list;
  g_hash_table_iter_init (&iter, core->groups);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    g_ptr_array_add (list, hark_core_group_info (core, value));
  return list;
}
