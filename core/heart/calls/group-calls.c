/* Calls of groups: every member tells the others with whom there is a session whether they are in
 * it; those who are send each other their voice. */
#define G_LOG_DOMAIN "hark-core"

#include "core/heart/calls/group-calls.h"

#include <string.h>

static HarkCoreGroupCall *
make (HarkCore *core, HarkCoreGroup *group)
{
  HarkCoreGroupCall *call = group->call;

  if (call != NULL)
    return call;
  call = g_new0 (HarkCoreGroupCall, 1);
  hark_round_init (&call->round, &core->own);
  call->told = g_array_new (FALSE, TRUE, sizeof (HarkCoreGroupTold));
  group->call = call;
  core->n_group_calls++;
  return call;
}

static bool
is_member (const HarkCoreGroup *group, const HarkKey *account)
{
  return group->row.state == HARK_STORE_GROUP_JOINED && hark_group_has_joined (group->log, account);
}

static void
due (HarkCore *core, HarkCoreGroupCall *call, bool changed)
{
  call->changed |= changed;
  core->group_calls_due = true;
}

/* ---- as the user sees it ---- */

/* (transfer full) (nullable): who carries what is said between us and @contact, where there is no
 * direct path; in a call of a group that is often somebody in it. */
static char *
carried_by (HarkCore *core, const HarkCoreContact *contact, const char *name)
{
  g_autofree char *carrier = contact != NULL && contact->path == HARK_PATH_RELAY
                               ? hark_core_relay_name (core, contact, &contact->relay)
                               : NULL;

  return carrier != NULL
           ? g_strdup_printf ("What you and %s say to each other goes through %s.", name, carrier)
           : NULL;
}

static HarkGroupCallPerson *
show_person (HarkCore *core, HarkCoreGroup *group, const HarkKey *account)
{
  const HarkRoundPeer *peer = hark_round_peer (&group->call->round, account);
  const HarkRoundSlot *slot = hark_round_slot (&group->call->round, account);
  const HarkCoreContact *contact = hark_core_find (core, account);
  HarkGroupCallPerson *person = g_new0 (HarkGroupCallPerson, 1);

  memcpy (person->account, account->bytes, sizeof person->account);
  person->name = hark_core_group_call_name (core, group, account);
  person->volume = slot != NULL ? slot->volume : HARK_ROUND_VOLUME;
  if (peer != NULL) {
    person->hearing = peer->away ? HARK_GROUP_RECONNECTING : HARK_GROUP_HEARD;
    person->muted = peer->word.muted;
    person->held = peer->word.held;
    if (!peer->away)
      person->reason = carried_by (core, contact, person->name);
    return person;
  }
  person->hearing = HARK_GROUP_NOT_CONNECTED;
  if (contact == NULL || contact->row.status != HARK_CONTACT_ACCEPTED)
    person->reason
      = g_strdup_printf ("You and %s are no contacts: you do not hear each other.", person->name);
  else
    person->reason = g_strdup_printf ("There is no connection to %s at the moment.", person->name);
  return person;
}

static HarkGroupCallPhase
phase_of (const HarkRound *round)
{
  if (round->state == HARK_ROUND_IN)
    return HARK_GROUP_CALL_JOINED;
  if (round->state == HARK_ROUND_HELD)
    return HARK_GROUP_CALL_HELD;
  return round->n > 0 ? HARK_GROUP_CALL_ON : HARK_GROUP_CALL_OVER;
}

static void
say_call (HarkCore *core, HarkCoreGroup *group)
{
  HarkCoreGroupCall *call = group->call;
  HarkEvent *event = hark_event_new (HARK_EVENT_GROUP_CALL);
  HarkKey others[HARK_ROUND_PEOPLE_MAX * HARK_ROUND_PEOPLE_MAX];
  unsigned n = hark_round_others (&call->round, others, G_N_ELEMENTS (others));

  event->group_call = g_new0 (HarkGroupCall, 1);
  memcpy (event->group_call->group, group->row.id, sizeof event->group_call->group);
  event->group_call->id = call->round.last_id;
  event->group_call->phase = phase_of (&call->round);
  event->group_call->rings = call->rings && call->round.state == HARK_ROUND_OUT
                             && group->row.notices != (int) HARK_GROUP_NOTICES_NONE
                             && core->self.availability != HARK_BUSY;
  event->group_call->muted = call->round.muted;
  event->group_call->people = hark_group_call_people_new ();
  for (unsigned i = 0; i < n; i++)
    g_ptr_array_add (event->group_call->people, show_person (core, group, &others[i]));
  if (call->round.state == HARK_ROUND_HELD)
    event->group_call->reason = g_strdup ("You are in another call.");
  else if (call->round.state == HARK_ROUND_IN)
    event->group_call->reason = g_strdup (call->lack = hark_core_sound_lack (core));
  else
    event->group_call->reason = g_strdup (call->reason);
  call->rings = call->changed = false;
  call->reason = NULL;
  hark_core_emit (core, event);
}

/* ---- sound ---- */

/* There is a call of two with them, which is heard or may be at any time. */
static bool
is_called (HarkCore *core, const HarkKey *peer)
{
  return hark_core_line_of (core, peer) != NULL;
}

/* Tells the shell whose each stream is, and the node whom we talk with. */
static void
set_streams (HarkCore *core, HarkCoreGroupCall *call)
{
  for (unsigned i = 0; i < HARK_ROUND_OTHERS_MAX; i++) {
    const HarkRoundSlot *slot = &call->round.slots[i];
    HarkCoreGroupStream *was = &call->streams[i];
    const bool on = slot->used && hark_round_talks (&call->round, &slot->peer);
    const bool same = was->on && on && hark_key_equal (&was->peer, &slot->peer);

    if (was->on && !same && !is_called (core, &was->peer))
      hark_net_set_call (core->net, &was->peer, false);
    if (on && !same)
      hark_net_set_call (core->net, &slot->peer, true);
    if ((was->on != on || (on && !same) || (same && was->volume != slot->volume))
        && call->round.state == HARK_ROUND_IN)
      hark_effects_push (&core->effects, (HarkEffect){.kind = HARK_EFFECT_VOICE_PERSON,
                                                      .person = i,
                                                      .on = on,
                                                      .jump = on && !same,
                                                      .volume = slot->volume});
    was->on = on;
    was->peer = slot->peer;
    was->volume = slot->volume;
    if (!same)
      hark_advice_init (&was->advice);
  }
}

static void
silence (HarkCore *core, HarkCoreGroup *group)
{
  if (core->group_talking != group)
    return;
  core->group_talking = NULL;
  set_streams (core, group->call);
  hark_core_close_microphone (core);
}

bool
hark_core_group_is_talking (const HarkCore *core)
{
  return core->group_talking != NULL;
}

/* A call of two took the microphone. */
static void
follow_hold (HarkCore *core)
{
  HarkCoreGroup *group = core->group_held;

  core->group_held = NULL;
  if (group == NULL || !hark_round_hold (&group->call->round))
    return;
  set_streams (core, group->call);
  due (core, group->call, true);
}

void
hark_core_group_call_media (HarkCore *core, const HarkNetEvent *event)
{
  HarkRound *round = core->group_talking != NULL ? &core->group_talking->call->round : NULL;
  const HarkRoundSlot *slot;

  if (round == NULL || !hark_round_talks (round, &event->account))
    return;
  slot = hark_round_slot (round, &event->account);
  hark_effects_push (&core->effects, (HarkEffect){.kind = HARK_EFFECT_VOICE_PACKET,
                                                  .person = (unsigned) (slot - round->slots),
                                                  .packet = g_bytes_new (event->data, event->len)});
}

bool
hark_core_group_hears (const HarkCore *core, unsigned person)
{
  const HarkRound *round = core->group_talking != NULL ? &core->group_talking->call->round : NULL;

  return round != NULL && person < HARK_ROUND_OTHERS_MAX && round->slots[person].used
         && hark_round_talks (round, &round->slots[person].peer);
}

void
hark_core_handle_group_packet (
  HarkCore *core, unsigned person, const uint8_t *data, size_t len, HarkTime now)
{
  core->now = now;
  if (hark_core_group_hears (core, person))
    hark_net_media_send (core->net, &core->group_talking->call->round.slots[person].peer, data, len,
                         now);
}

void
hark_core_group_call_drop (HarkCore *core, HarkCoreGroup *group)
{
  if (group->call == NULL)
    return;
  if (core->group_held == group)
    core->group_held = NULL;
  hark_round_leave (&group->call->round);
  silence (core, group);
  core->n_group_calls--;
}

/* ---- what is said ---- */

static bool
say_word (HarkCore *core,
          const HarkCoreGroup *group,
          HarkCoreContact *contact,
          const HarkRoundWord *word)
{
  Hark__Frame frame = HARK__FRAME__INIT;
  Hark__GroupCall body = HARK__GROUP_CALL__INIT;
  ProtobufCBinaryData people[HARK_ROUND_OTHERS_MAX];

  body.group = (ProtobufCBinaryData){sizeof group->row.id, (uint8_t *) (uintptr_t) group->row.id};
  body.id = word->id;
  body.held = word->held;
  body.muted = word->muted;
  body.full = word->full;
  for (unsigned i = 0; i < word->n; i++)
    people[i] = (ProtobufCBinaryData){HARK_KEY_LEN, (uint8_t *) (uintptr_t) word->others[i].bytes};
  body.n_people = word->n;
  body.people = people;
  frame.what_case = HARK__FRAME__WHAT_GROUP_CALL;
  frame.group_call = &body;
  return hark_core_say (core, contact, hark_frame_pack (&frame, HARK_FRAME_STEP_CONTROL));
}

static HarkCoreGroupTold *
told_of (HarkCoreGroupCall *call, const HarkKey *peer)
{
  HarkCoreGroupTold fresh = {.peer = *peer};
  HarkCoreGroupTold *told = hark_key_find (call->told, peer);

  if (told != NULL)
    return told;
  g_array_append_val (call->told, fresh);
  return &g_array_index (call->told, HarkCoreGroupTold, call->told->len - 1);
}

/* Who is no member any more hears last that we are not in a call with them. */
static void
tell_gone (HarkCore *core, HarkCoreGroup *group)
{
  GArray *told = group->call->told;

  for (guint i = told->len; i-- > 0;) {
    const HarkKey peer = g_array_index (told, HarkCoreGroupTold, i).peer;
    HarkCoreContact *contact = hark_core_find (core, &peer);

    if (is_member (group, &peer))
      continue;
    if (contact != NULL && contact->row.status == HARK_CONTACT_ACCEPTED
        && hark_core_is_ready (contact))
      say_word (core, group, contact, &(HarkRoundWord){0});
    g_array_remove_index_fast (told, i);
  }
}

/* Every member within reach has our word as it is now, once a session. */
static void
tell (HarkCore *core, HarkCoreGroup *group)
{
  HarkCoreGroupCall *call = group->call;
  const GArray *members = group->log->members;
  HarkRoundWord word;

  hark_round_word (&call->round, &word);
  if (memcmp (&word, &call->said, sizeof word) != 0) {
    call->said = word;
    call->version++;
  }
  for (guint i = 0; call->version > 0 && i < members->len; i++) {
    const HarkGroupMember *member = &g_array_index (members, HarkGroupMember, i);
    HarkCoreContact *contact = hark_core_find (core, &member->account);
    HarkCoreGroupTold *told;

    if (contact == NULL || member->status != HARK_GROUP_STATUS_JOINED
        || contact->row.status != HARK_CONTACT_ACCEPTED || !hark_core_is_ready (contact))
      continue;
    told = told_of (call, &member->account);
    if ((told->session == contact->session && told->version == call->version)
        || (told->version == 0 && word.id == 0))
      continue; /* they know, or never heard that we were in it */
    if (say_word (core, group, contact, &word))
      *told = (HarkCoreGroupTold){
        .peer = member->account, .session = contact->session, .version = call->version};
  }
}

/* ---- what is heard ---- */

static bool
read_word (HarkCoreGroup *group, const Hark__GroupCall *frame, HarkRoundWord *ret)
{
  *ret = (HarkRoundWord){
    .id = frame->id, .held = frame->held, .muted = frame->muted, .full = frame->full};
  if (frame->n_people > HARK_ROUND_OTHERS_MAX)
    return false;
  for (size_t i = 0; i < frame->n_people; i++) {
    HarkKey account;

    if (frame->people[i].len != sizeof account.bytes)
      return false;
    memcpy (account.bytes, frame->people[i].data, sizeof account.bytes);
    if (hark_group_has_joined (group->log, &account))
      ret->others[ret->n++] = account;
  }
  return true;
}

bool
hark_core_group_call_frame (HarkCore *core, HarkCoreContact *contact, const Hark__GroupCall *frame)
{
  HarkCoreGroup *group;
  HarkRoundWord word;
  unsigned result;

  if (frame->group.len != HARK_GROUP_ID_LEN)
    return false;
  group = hark_core_group_find (core, frame->group.data);
  if (contact->row.status != HARK_CONTACT_ACCEPTED || group == NULL
      || !is_member (group, &core->own) || group->told_gone
      || !is_member (group, &contact->row.account))
    return true;
  if (!read_word (group, frame, &word))
    return false;
  if (group->call == NULL && (word.id == 0 || word.full))
    return true;
  result = hark_round_hear (&make (core, group)->round, &contact->row.account, contact->session,
                            &word, core->now);
  group->call->rings |= (result & HARK_ROUND_BEGAN) != 0;
  if (result & HARK_ROUND_REFUSED)
    say_word (core, group, contact, &(HarkRoundWord){.full = true});
  if (result & HARK_ROUND_PUT_OUT) {
    group->call->reason = "Six people are in this call already.";
    silence (core, group);
  }
  if (result != 0)
    due (core, group->call, (result & HARK_ROUND_CHANGED) != 0);
  return true;
}

/* ---- sessions, time, members ---- */

/* Of the groups that had a call in this run; NULL: that was the last. */
static HarkCoreGroupCall *
next_call (GHashTableIter *iter)
{
  HarkCoreGroupCall *call = NULL;
  void *group;

  while (call == NULL && g_hash_table_iter_next (iter, NULL, &group))
    call = ((HarkCoreGroup *) group)->call;
  return call;
}

void
hark_core_group_calls_session (HarkCore *core, const HarkKey *account, bool up)
{
  const HarkCoreContact *contact = hark_core_find (core, account);
  HarkCoreGroupCall *call;
  GHashTableIter iter;

  if (core->n_group_calls == 0)
    return;
  g_hash_table_iter_init (&iter, core->groups);
  while ((call = next_call (&iter)) != NULL) {
    due (core, call,
         hark_round_session (&call->round, account, contact != NULL ? contact->session : 0, up,
                             core->now));
    call->changed |= up && hark_round_peer (&call->round, account) != NULL; /* another path */
  }
}

void
hark_core_group_calls_time (HarkCore *core)
{
  HarkCoreGroupCall *call;
  GHashTableIter iter;

  if (core->n_group_calls == 0)
    return;
  g_hash_table_iter_init (&iter, core->groups);
  while ((call = next_call (&iter)) != NULL)
    if (hark_round_handle_time (&call->round, core->now))
      due (core, call, true);
}

HarkTime
hark_core_group_calls_deadline (const HarkCore *core)
{
  HarkTime deadline = HARK_TIME_NEVER;
  const HarkCoreGroupCall *call;
  GHashTableIter iter;

  if (core->n_group_calls == 0)
    return deadline;
  g_hash_table_iter_init (&iter, core->groups);
  while ((call = next_call (&iter)) != NULL)
    deadline = hark_time_min (deadline, hark_round_get_deadline (&call->round));
  return deadline;
}

/* Who is in it and no member or contact any more is out of it; so are we. */
static void
check_members (HarkCore *core, HarkCoreGroup *group)
{
  HarkCoreGroupCall *call = group->call;
  const bool member = is_member (group, &core->own) && !group->told_gone;

  if (!member && hark_round_leave (&call->round)) {
    call->reason = "You are not in this group any more.";
    silence (core, group);
    call->changed = true;
  }
  for (unsigned i = call->round.n; i-- > 0;) {
    const HarkKey peer = call->round.peers[i].peer;
    const HarkCoreContact *contact = hark_core_find (core, &peer);

    if (member && contact != NULL && contact->row.status == HARK_CONTACT_ACCEPTED
        && is_member (group, &peer))
      continue;
    call->changed |= hark_round_forget (&call->round, &peer);
  }
}

void
hark_core_group_calls_settle (HarkCore *core)
{
  GHashTableIter iter;
  void *value;

  follow_hold (core);
  if (!core->group_calls_due || core->n_group_calls == 0)
    return;
  core->group_calls_due = false;
  g_hash_table_iter_init (&iter, core->groups);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    HarkCoreGroup *group = value;

    if (group->call == NULL)
      continue;
    check_members (core, group);
    set_streams (core, group->call);
    tell_gone (core, group);
    tell (core, group);
    hark_core_group_call_note (core, group);
    if (group->call->changed)
      say_call (core, group);
  }
}

/* ---- clicks ---- */

/* Those who are in it by others' word only are looked for. */
static void
seek_others (HarkCore *core, const HarkRound *round)
{
  HarkKey others[HARK_ROUND_PEOPLE_MAX * HARK_ROUND_PEOPLE_MAX];
  const unsigned n = hark_round_others (round, others, G_N_ELEMENTS (others));

  for (unsigned i = 0; i < n; i++) {
    const HarkCoreContact *contact = hark_core_find (core, &others[i]);

    if (contact != NULL && !contact->has_session)
      hark_net_try_now (core->net, &others[i], core->now);
  }
}

/* The only way into a call of a group. */
static void
join (HarkCore *core, HarkCoreGroup *group, HarkCommand *command)
{
  HarkRound *round = &make (core, group)->round;
  HarkEvent *event;

  if (command->kind == HARK_COMMAND_GROUP_CALL_JOIN && round->id == 0) {
    hark_core_refuse (core, command, "no-call", "Nobody is in a call in this group.");
    return;
  }
  if (!hark_round_join (round, hark_core_number (core), core->now)) {
    if (round->state == HARK_ROUND_IN)
      hark_core_refuse (core, command, "in-call", "You are in this call already.");
    else
      hark_core_refuse (core, command, "full", "Six people are in this call already.");
    return;
  }
  if (core->group_talking != NULL) {
    HarkCoreGroup *other = core->group_talking;

    hark_round_leave (&other->call->round);
    silence (core, other);
    due (core, other->call, true);
  }
  hark_call_lines_hold_all (core->calls, core->now);
  hark_core_calls_drain (core);
  core->group_talking = group;
  hark_core_open_microphone (core, HARK_EFFECT_VOICE_START, round->muted);
  hark_effects_push (&core->effects,
                     (HarkEffect){.kind = HARK_EFFECT_VOICE_PERSON}); /* the one of calls of two */
  memset (group->call->streams, 0, sizeof group->call->streams);
  hark_core_sound_look (core);
  seek_others (core, round);
  due (core, group->call, true);
  event = hark_core_result (command);
  event->number = round->id;
  hark_core_emit (core, event);
}

static void
leave (HarkCore *core, HarkCoreGroup *group, const HarkCommand *command)
{
  if (group->call == NULL || !hark_round_leave (&group->call->round)) {
    hark_core_refuse (core, command, "no-call", "You are in no call in this group.");
    return;
  }
  silence (core, group);
  due (core, group->call, true);
  hark_core_succeed (core, command);
}

void
hark_core_group_calls_leave (HarkCore *core)
{
  GHashTableIter iter;
  void *value;

  g_hash_table_iter_init (&iter, core->groups);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    HarkCoreGroup *group = value;

    if (group->call == NULL || !hark_round_leave (&group->call->round))
      continue;
    silence (core, group);
    due (core, group->call, true);
  }
}

static void
mute (HarkCore *core, HarkCoreGroup *group, const HarkCommand *command)
{
  if (group->call == NULL || group->call->round.state == HARK_ROUND_OUT) {
    hark_core_refuse (core, command, "no-call", "You are in no call in this group.");
    return;
  }
  group->call->round.muted = command->on;
  if (core->group_talking == group)
    hark_effects_push (&core->effects,
                       (HarkEffect){.kind = HARK_EFFECT_VOICE_MUTE, .on = command->on});
  due (core, group->call, true);
  hark_core_succeed (core, command);
}

static void
set_volume (HarkCore *core, HarkCoreGroup *group, const HarkCommand *command)
{
  HarkRoundSlot *slot = NULL;
  HarkKey peer;

  memcpy (peer.bytes, command->contact, sizeof peer.bytes);
  if (group->call != NULL)
    slot = hark_round_slot (&group->call->round, &peer);
  if (slot == NULL || command->limit > HARK_CALL_VOLUME_MAX) {
    hark_core_refuse (core, command, slot == NULL ? "no-call" : "bad-value",
                      slot == NULL ? "They are not in a call with you."
                                   : "A volume has 0 to 200 per cent.");
    return;
  }
  slot->volume = command->limit;
  due (core, group->call, true);
  hark_core_succeed (core, command);
}

void
hark_core_command_group_call (HarkCore *core, HarkCommand *command)
{
  HarkCoreGroup *group = command->has_group ? hark_core_group_find (core, command->group) : NULL;

  follow_hold (core);
  if (group == NULL)
    hark_core_refuse (core, command, "no-group", "There is no such group.");
  else if (!is_member (group, &core->own) || group->told_gone)
    hark_core_refuse (core, command, "not-in-group", "You are not in this group.");
  else if (command->kind == HARK_COMMAND_GROUP_CALL_LEAVE)
    leave (core, group, command);
  else if (command->kind == HARK_COMMAND_GROUP_CALL_MUTE)
    mute (core, group, command);
  else if (command->kind == HARK_COMMAND_GROUP_CALL_VOLUME)
    set_volume (core, group, command);
  else
    join (core, group, command);
  hark_command_free (command);
}
