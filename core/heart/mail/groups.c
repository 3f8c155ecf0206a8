/* Mail of groups: what members lack who are not there is left where they can be left mail, and what
 * was left for us is taken. Who takes something says what they have by the same way. Stands on
 * groups/... and mail/leave.c; mail/mailbox.c calls it. */
#define G_LOG_DOMAIN "hark-core"

#include "core/heart/groups/groups.h"
#include "core/heart/mail/mail.h"

#include <string.h>

#define PAGE 64 /* entries read at a time */

static HarkCoreRound *
round_of (HarkCoreMailbox *box, const HarkCoreGroup *group, const HarkKey *account)
{
  HarkCoreRoute route = {.account = *account};
  HarkCoreRound *found;

  memcpy (route.group, group->row.id, sizeof route.group);
  found = g_hash_table_lookup (box->rounds, &route);
  if (found == NULL) {
    found = g_new0 (HarkCoreRound, 1);
    g_hash_table_insert (box->rounds, g_memdup2 (&route, sizeof route), found);
  }
  return found;
}

static void
offer_row (HarkCore *core,
           HarkCoreContact *keeper,
           const HarkCoreContact *recipient,
           const HarkStoreGroupEntry *row)
{
  HarkCoreMailbox *box = keeper->mailbox;
  g_autoptr (HarkGroupEntry) entry = hark_group_entry_read (row->content);
  g_autoptr (GBytes) frame = hark_core_group_write_entry (row);
  HarkCoreOffer *offer;
  uint8_t id[HARK_MAIL_ID_LEN];
  size_t len;

  if (entry == NULL)
    return;
  hark_mail_deposit_id (&recipient->row.pairwise, &recipient->row.account, entry->hash, id);
  len = hark_core_mail_leave (core, keeper, recipient, id, frame);
  if (len == 0)
    return; /* too large for a slot, or the session has ended */
  offer = g_new0 (HarkCoreOffer, 1);
  offer->recipient = recipient->row.account;
  offer->in_group = true;
  memcpy (offer->group, row->group, sizeof offer->group);
  memcpy (offer->entry, row->message, sizeof offer->entry);
  offer->seq = row->position;
  offer->len = len;
  box->offered_bytes += len;
  g_hash_table_replace (box->offered, g_memdup2 (id, sizeof id), offer);
}

static void
look_at (HarkCore *core,
         HarkCoreGroup *group,
         HarkCoreContact *keeper,
         HarkCoreContact *recipient,
         HarkCoreRound *at,
         const GPtrArray *rows)
{
  HarkCoreGroupPeer *peer = hark_core_group_peer (group, &recipient->row.account);

  for (guint i = 0; i < rows->len; i++) {
    const HarkStoreGroupEntry *row = rows->pdata[i];

    if (row->position > at->left && hark_core_group_leaves (group, peer, row)) {
      if (!hark_core_mail_may_leave (core, keeper, recipient))
        return; /* goes on from here when there is room */
      offer_row (core, keeper, recipient, row);
      at->left = row->position;
    }
    at->cursor = row->position;
  }
}

static void leave_group (HarkCore *core,
                         HarkCoreGroup *group,
                         HarkCoreContact *keeper,
                         HarkCoreContact *recipient);

static void
after_page (HarkCore *core, HarkPending *pending, HarkStoreReply *reply)
{
  HarkCoreGroup *group = hark_core_group_find (core, pending->group);
  HarkCoreContact *recipient = hark_core_find (core, &pending->contact);
  HarkCoreContact *keeper = hark_core_find (core, &pending->mail.keeper);
  HarkCoreRound *at;

  if (group == NULL || recipient == NULL || keeper == NULL || keeper->mailbox == NULL
      || !keeper->has_session || keeper->session != pending->mail.session)
    return;
  at = round_of (keeper->mailbox, group, &pending->contact);
  at->busy = false;
  if (!reply->ok)
    return; /* the next time that something is left there */
  look_at (core, group, keeper, recipient, at, reply->group_entries);
  if (reply->group_entries->len < PAGE
      && (reply->group_entries->len == 0
          || at->cursor
               == ((const HarkStoreGroupEntry *)
                     reply->group_entries->pdata[reply->group_entries->len - 1])
                    ->position))
    at->seen = pending->grew;
  leave_group (core, group, keeper, recipient);
}

static void
leave_group (HarkCore *core,
             HarkCoreGroup *group,
             HarkCoreContact *keeper,
             HarkCoreContact *recipient)
{
  HarkCoreGroupPeer *peer = hark_core_group_peer (group, &recipient->row.account);
  HarkCoreRound *at = round_of (keeper->mailbox, group, &recipient->row.account);
  HarkStoreRequest *request;
  HarkPending *pending;

  if (at->haves != peer->haves) { /* what they have now is looked at from where that may begin */
    at->haves = peer->haves;
    at->cursor = peer->had;
    at->seen = 0;
  }
  if (at->busy || at->seen == group->grew || !hark_core_mail_may_leave (core, keeper, recipient))
    return;
  if (!hark_core_group_may_lack (group, peer)) {
    at->seen = group->grew;
    return;
  }
  at->busy = true;
  at->cursor = MAX (at->cursor, peer->had);
  request = hark_core_request (HARK_STORE_GET_GROUP_LOG);
  memcpy (request->group.id, group->row.id, sizeof request->group.id);
  request->before = at->cursor;
  request->limit = PAGE;
  pending = hark_pending_new (after_page, NULL);
  memcpy (pending->group, group->row.id, sizeof pending->group);
  pending->contact = recipient->row.account;
  pending->mail.keeper = keeper->row.account;
  pending->mail.session = keeper->session;
  pending->grew = group->grew;
  hark_core_ask_store (core, request, pending);
}

void
hark_core_mail_leave_groups (HarkCore *core, HarkCoreContact *keeper, HarkCoreContact *recipient)
{
  GHashTableIter iter;
  void *value;

  if (!hark_core_mail_may_leave (core, keeper, recipient))
    return;
  g_hash_table_iter_init (&iter, core->groups);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    HarkCoreGroup *group = value;

    if (hark_core_group_is_peer (group, &recipient->row.account)
        && hark_group_has_joined (group->log, &recipient->row.account))
      leave_group (core, group, keeper, recipient);
  }
}

void
hark_core_mail_group_answer (HarkCore *core,
                             HarkCoreContact *keeper,
                             const HarkCoreOffer *offer,
                             HarkKeeperAnswer answer)
{
  HarkCoreGroup *group = hark_core_group_find (core, offer->group);
  HarkCoreRound *at;

  if (group == NULL)
    return;
  if (answer == HARK_KEEPER_HELD) {
    hark_core_group_say_kept (core, group, offer->entry);
  } else if (answer != HARK_KEEPER_SIZE) { /* tried again later, in order */
    at = round_of (keeper->mailbox, group, &offer->recipient);
    at->left = MIN (at->left, offer->seq - 1);
    at->cursor = MIN (at->cursor, offer->seq - 1);
    at->seen = 0;
    keeper->mailbox->full = true;
  }
}

/* ---- taking ---------------------------------------------------------------------- */

void
hark_core_mail_have_due (HarkCoreMailbox *box,
                         const HarkKey *account,
                         const uint8_t group[HARK_GROUP_ID_LEN])
{
  HarkCoreRoute route = {.account = *account};

  memcpy (route.group, group, sizeof route.group);
  g_hash_table_add (box->haves, g_memdup2 (&route, sizeof route));
}

/* False: not yet. */
static bool
take_parcel (HarkCore *core, HarkCoreMailbox *box, const HarkCoreParcel *parcel)
{
  HarkCoreContact *from = hark_core_find (core, &parcel->from);
  const Hark__GroupEntry *frame = parcel->frame->group_entry;
  g_autoptr (GBytes) content = g_bytes_new (frame->content.data, frame->content.len);
  g_autoptr (HarkGroupEntry) entry = NULL;

  if (from == NULL)
    return true;
  switch (hark_core_group_mail (core, from, frame, &parcel->mail)) {
  case HARK_CORE_GROUP_MAIL_STORING:
    box->unstored++;
    box->group_took = true;
    return true;
  case HARK_CORE_GROUP_MAIL_LATER:
    return false;
  case HARK_CORE_GROUP_MAIL_KNOWN:
    entry = hark_group_entry_read (content);
    hark_core_mail_have_due (box, &parcel->from, entry->group);
    break;
  case HARK_CORE_GROUP_MAIL_VOID:
  default:
    break;
  }
  g_array_append_val (box->done, parcel->mail);
  return true;
}

void
hark_core_mail_take_groups (HarkCore *core, HarkCoreContact *keeper)
{
  HarkCoreMailbox *box = keeper->mailbox;
  bool more = true;

  while (more) { /* what came before what it stands on; at most HARK_KEEPER_ROUND */
    more = false;
    for (guint i = 0; i < box->group_parcels->len;)
      if (take_parcel (core, box, box->group_parcels->pdata[i])) {
        g_ptr_array_remove_index (box->group_parcels, i);
        more = true;
      } else {
        i++;
      }
  }
  box->group_late |= box->group_parcels->len > 0;
  g_ptr_array_set_size (box->group_parcels, 0);
}

bool
hark_core_mail_groups_again (HarkCoreMailbox *box)
{
  const bool again = box->group_late && box->group_took;

  box->group_late = box->group_took = false;
  return again;
}

void
hark_core_mail_leave_haves (HarkCore *core, HarkCoreContact *keeper)
{
  GHashTableIter iter;
  void *key;

  g_hash_table_iter_init (&iter, keeper->mailbox->haves);
  while (g_hash_table_iter_next (&iter, &key, NULL)) {
    const HarkCoreRoute *route = key;
    const HarkCoreContact *sender = hark_core_find (core, &route->account);
    HarkCoreGroup *group = hark_core_group_find (core, route->group);
    g_autoptr (GBytes) frame = NULL;
    uint8_t id[HARK_MAIL_ID_LEN];

    if (sender == NULL || !sender->row.has_pairwise || group == NULL
        || group->row.state != HARK_STORE_GROUP_JOINED)
      continue;
    frame = hark_core_group_write_have (group);
    hark_rng_bytes (&core->rng, id, sizeof id);
    hark_core_mail_leave (core, keeper, sender, id, frame);
  }
  g_hash_table_remove_all (keeper->mailbox->haves);
}
