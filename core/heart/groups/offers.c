/* Contacts who ask us into a group. */
#define G_LOG_DOMAIN "hark-core"

#include "core/heart/groups/groups.h"
#include "core/proto/take.h"

#include <string.h>

static bool
read_offer (const Hark__GroupOffer *frame, HarkStoreGroup *ret)
{
  uint8_t id[HARK_GROUP_ID_LEN];

  if (!take (&frame->group, ret->id, sizeof ret->id)
      || !take (&frame->founder, ret->founder.bytes, sizeof ret->founder.bytes)
      || !take (&frame->nonce, ret->nonce, sizeof ret->nonce)
      || !take (&frame->invite, ret->invite, sizeof ret->invite) || frame->clock <= 0
      || frame->clock > INT64_C (1) << 50 || !g_utf8_validate (frame->name, -1, NULL)
      || strlen (frame->name) > HARK_GROUP_NAME_LEN_MAX)
    return false;
  hark_group_id (&ret->founder, ret->nonce, id);
  g_strlcpy (ret->name, frame->name, sizeof ret->name);
  ret->clock = frame->clock;
  ret->members = MIN (frame->members, (uint32_t) HARK_GROUP_ACTIVE_MAX);
  return memcmp (id, ret->id, sizeof id) == 0;
}

/* It waits for the user, or was answered; but what a start lost of our answer is given again. */
static bool
is_known_offer (HarkCoreGroup *group, const HarkStoreGroup *offer)
{
  return memcmp (group->row.invite, offer->invite, sizeof offer->invite) == 0
         && (group->row.state != HARK_STORE_GROUP_JOINED || group->writing
             || !g_queue_is_empty (&group->waiting)
             || hark_group_took_up (group->log, offer->invite));
}

/* One person shall not fill the place there is for groups. */
static bool
has_offered_enough (HarkCore *core, const HarkKey *sponsor)
{
  unsigned open = 0;
  GHashTableIter iter;
  void *value;

  g_hash_table_iter_init (&iter, core->groups);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    const HarkCoreGroup *group = value;

    open += group->row.state == HARK_STORE_GROUP_OFFERED
            && hark_key_equal (&group->row.sponsor, sponsor);
  }
  return open >= HARK_CORE_GROUP_OFFERS_MAX
         || g_hash_table_size (core->groups) >= HARK_CORE_GROUPS_MAX;
}

/* Who offers waits for it. */
static void
say_again (HarkCore *core, HarkCoreGroup *group, const HarkCoreContact *contact)
{
  HarkCoreGroupPeer *peer = hark_core_group_peer (group, &contact->row.account);

  hark_core_group_begin (peer, contact);
  peer->have_due = true;
  hark_core_group_due (core, group);
}

/* Who is in and was removed and asked again consents still. */
static void
rejoin (HarkCore *core,
        HarkCoreGroup *group,
        const HarkCoreContact *contact,
        const HarkStoreGroup *offer)
{
  HarkCoreGroupPeer *peer = hark_core_group_peer (group, &contact->row.account);

  hark_core_group_begin (peer, contact);
  if (peer->rejoined >= HARK_CORE_GROUP_REJOINS_MAX || !hark_core_group_may_volunteer (group)
      || !hark_core_group_is_peer (group, &contact->row.account))
    return;
  peer->rejoined++;
  group->told_gone = false;
  memcpy (group->row.invite, offer->invite, sizeof group->row.invite);
  group->row.clock = offer->clock;
  hark_core_group_keep (core, group, NULL);
  hark_core_group_join (core, group, NULL);
}

static void
after_offer (HarkCore *core, HarkPending *pending, HarkStoreReply *reply)
{
  HarkCoreGroup *group = hark_core_group_find (core, pending->group);

  if (!hark_core_refuse_store (core, pending, reply) && group != NULL)
    hark_core_group_changed (core, group);
}

bool
hark_core_group_offered (HarkCore *core, HarkCoreContact *contact, const Hark__GroupOffer *frame)
{
  HarkStoreGroup offer = {.state = HARK_STORE_GROUP_OFFERED, .made_ms = hark_core_wall (core)};
  HarkCoreGroup *group;

  if (!read_offer (frame, &offer))
    return false;
  offer.sponsor = contact->row.account;
  group = hark_core_group_find (core, offer.id);
  if (group != NULL && group->row.state == HARK_STORE_GROUP_JOINED)
    say_again (core, group, contact);
  if (group != NULL && is_known_offer (group, &offer))
    return true;
  if (group != NULL && group->row.state == HARK_STORE_GROUP_JOINED) {
    rejoin (core, group, contact, &offer);
    return true;
  }
  if (group == NULL && has_offered_enough (core, &offer.sponsor))
    return true;
  if (group == NULL) {
    group = hark_core_group_add (core, &offer);
  } else { /* left, or offered before */
    offer.epoch = group->row.epoch;
    offer.notices = group->row.notices;
    group->row = offer;
    group->log->sponsor = offer.sponsor;
    group->told_gone = false;
  }
  hark_core_group_keep (core, group, hark_pending_new (after_offer, NULL));
  return true;
}
