/* Being seen, or by nobody. Away and busy are words for contacts; invisible is more: our records
 * are withdrawn, nobody's knock is answered, and sessions end, so that we look as if our Hark did
 * not run. Nothing is asked of the other side, whose program might show it all the same. What
 * remains to be seen is what a node of the DHT shows to everybody, which leads to no person.
 * Messages to us wait where they are. Whom we write to, call or ask sees us from then on.
 *
 * The same towards one contact alone: the others go on finding us, under a token that this one does
 * not hear of; and whom we write to sees us only for as long as that takes, and a little longer. */
#define G_LOG_DOMAIN "hark-core"

#include "core/heart/people/presence.h"
#include "core/heart/calls/group-calls.h"
#include "core/heart/people/before.h"

#include <string.h>

#define HIDE_LOOK HARK_MINUTE
#define HIDE_AFTER (3 * HARK_MINUTE) /* what was said last has arrived: an answer may come back */

static const char *const words[] = {
  [HARK_AVAILABLE] = "online",
  [HARK_AWAY] = "away",
  [HARK_BUSY] = "busy",
  [HARK_INVISIBLE] = "invisible",
};

static void
stay_a_while (HarkCore *core, HarkCoreContact *contact)
{
  contact->sought_at = core->now;
  core->hide_at = hark_time_min (core->hide_at, hark_time_add (core->now, HIDE_LOOK));
}

static bool
is_in_group_call (HarkCoreGroup *group, const HarkKey *account)
{
  return group != NULL && hark_round_slot (&group->call->round, account) != NULL;
}

/* One of two or of a group, which may be held. */
static bool
is_in_call (HarkCore *core, const HarkKey *account)
{
  return hark_core_line_of (core, account) != NULL
         || is_in_group_call (core->group_talking, account)
         || is_in_group_call (core->group_held, account);
}

static void
hide_from (HarkCore *core, HarkCoreContact *contact)
{
  contact->sought = is_in_call (core, &contact->row.account);
  if (contact->sought) { /* nobody vanishes out of a call */
    stay_a_while (core, contact);
    return;
  }
  hark_net_cancel_request (core->net, &contact->row.account);
  if (contact->row.has_answer)
    hark_net_close_audience (core->net, &contact->row.answer, core->now);
  hark_core_end_session (core, contact);
  hark_core_reach_close (core, contact);
  hark_net_remove_contact (core->net, &contact->row.account, core->now);
  contact->presence = HARK_PRESENCE_OFFLINE;
  contact->path = HARK_PATH_NONE;
  contact->reason = NULL;
  hark_core_contact_changed (core, contact);
}

static void
hide (HarkCore *core)
{
  GHashTableIter iter;
  void *value;

  g_hash_table_iter_init (&iter, core->contacts);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (((HarkCoreContact *) value)->row.status == HARK_CONTACT_ACCEPTED
        || ((HarkCoreContact *) value)->row.status == HARK_CONTACT_ASKED)
      hide_from (core, value);
  hark_core_open_addresses (core, false);
  hark_net_close_audience (core->net, &core->account.contacts_token, core->now);
  hark_net_set_visible (core->net, NULL, core->now);
}

static void
show (HarkCore *core)
{
  hark_core_start_contacts (core);
  if (core->visible)
    hark_net_set_visible (core->net, core->account.name, core->now);
}

/* Theirs, where mail is left for them. */
static void
show_nodes (HarkCore *core, const HarkCoreContact *contact)
{
  const HarkMailPeer *peer = hark_mail_peers_find (&core->mail, &contact->row.account);

  for (size_t i = 0; peer != NULL && i < peer->n_places; i++) {
    HarkCoreContact *node
      = peer->places[i].is_node ? hark_core_find (core, &peer->places[i].keeper) : NULL;

    if (node == NULL || hark_mail_peers_is (&core->mail, &node->row.account, HARK_MAIL_OWN))
      continue;
    if (hark_core_hides_from (core, node))
      hide_from (core, node);
    else
      hark_core_tell_net (core, node);
  }
}

void
hark_core_show_one (HarkCore *core, HarkCoreContact *contact)
{
  core->guests_changed = true; /* keepers are asked for their mail, or not */
  if (contact->row.status != HARK_CONTACT_ACCEPTED)
    return;
  if (contact->about->may & HARK_MAY_NOT_SEE_ONLINE) {
    hide_from (core, contact);
    hark_core_reach_change (core, contact);
  } else if (contact->row.has_answer && !hark_core_hides_from (core, contact)) {
    hark_net_open_audience (core->net, HARK_AUDIENCE_REQUEST, &contact->row.answer,
                            &contact->row.account, core->now);
  }
  hark_core_reach_open (core, contact); /* also for who is in a call with us still */
  hark_core_reach_say (core, contact);
  hark_core_tell_net (core, contact);
  show_nodes (core, contact);
}

/* That they could only get, or hear the end of, while they see us. */
static bool
is_under_way (HarkCore *core, HarkCoreContact *contact)
{
  return hark_outbox_count (&contact->conversation.outbox) > 0
         || is_in_call (core, &contact->row.account)
         || hark_core_files_go_on (core, &contact->row.account);
}

void
hark_core_hide_time (HarkCore *core)
{
  GHashTableIter iter;
  void *value;

  if (core->now < core->hide_at)
    return;
  core->hide_at = HARK_TIME_NEVER;
  g_hash_table_iter_init (&iter, core->contacts);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    HarkCoreContact *contact = value;

    if (!contact->sought || !(contact->about->may & HARK_MAY_NOT_SEE_ONLINE)
        || contact->row.status != HARK_CONTACT_ACCEPTED)
      continue;
    if (is_under_way (core, contact))
      stay_a_while (core, contact);
    else if (core->now < hark_time_add (contact->sought_at, HIDE_AFTER))
      core->hide_at = hark_time_min (core->hide_at, hark_time_add (core->now, HIDE_LOOK));
    else {
      hide_from (core, contact);
      core->guests_changed = true; /* their mail waits, too */
      show_nodes (core, contact);
    }
  }
}

static void
after_presence (HarkCore *core, HarkPending *pending, HarkStoreReply *reply)
{
  const bool was_invisible = pending->before->about.availability == HARK_INVISIBLE;
  HarkEvent *event;

  if (hark_core_refuse_store (core, pending, reply)) {
    hark_core_put_back_own (core, pending);
    return;
  }
  if (hark_core_is_invisible (core) && !was_invisible)
    hide (core);
  else if (!hark_core_is_invisible (core) && was_invisible)
    show (core);
  hark_core_tell_available (core);
  hark_core_succeed (core, pending->command);
  event = hark_event_new (HARK_EVENT_PROFILE);
  event->profile = hark_core_profile (core);
  hark_core_emit (core, event);
}

/* Kept nowhere: it is no choice of the user's, and a new start finds somebody there. */
static void
set_idle (HarkCore *core, HarkCommand *command)
{
  const HarkAvailability before = hark_core_told_available (core);

  core->idle = command->on;
  if (hark_core_told_available (core) != before)
    hark_core_tell_available (core);
  hark_core_succeed (core, command);
  hark_command_free (command);
}

void
hark_core_command_presence (HarkCore *core, HarkCommand *command)
{
  if (command->kind == HARK_COMMAND_IDLE) {
    set_idle (core, command);
    return;
  }
  for (uint8_t now = 0; now < G_N_ELEMENTS (words); now++) {
    HarkStoreRequest *request;
    HarkPending *pending;

    if (g_strcmp0 (command->how, words[now]) != 0)
      continue;
    pending = hark_core_remember_own (hark_pending_new (after_presence, command), core,
                                      HARK_CORE_BEFORE_SEEN);
    core->self.availability = now;
    request = hark_core_request (HARK_STORE_PUT_PERSON);
    request->person = g_memdup2 (&core->self, sizeof core->self);
    hark_core_ask_store (core, request, pending);
    return;
  }
  hark_core_refuse (core, command, "bad-value",
                    "Say \"online\", \"away\", \"busy\" or \"invisible\".");
  hark_command_free (command);
}

void
hark_core_seek (HarkCore *core, const HarkCommand *command)
{
  HarkCoreContact *contact;

  if (command->kind != HARK_COMMAND_SEND && command->kind != HARK_COMMAND_GIVE
      && command->kind != HARK_COMMAND_CALL)
    return;
  contact = hark_core_find_of (core, command);
  if (contact == NULL || contact->row.status != HARK_CONTACT_ACCEPTED)
    return;
  if (contact->about->may & HARK_MAY_NOT_SEE_ONLINE)
    stay_a_while (core, contact);
  if (!hark_core_hides_from (core, contact))
    return;
  contact->sought = true;
  core->guests_changed = true; /* keepers are asked for their mail, too */
  hark_core_reach_open (core, contact);
  hark_core_tell_net (core, contact);
  show_nodes (core, contact);
  hark_net_try_now (core->net, &contact->row.account, core->now);
}
