/* Calls of groups: who is in it hears everybody else in it, whatever happens to others. */
#include "tests/sim/party.h"

#include <string.h>

static guint since[PARTY_MAX]; /* events of each that are of the process that runs */

static const HarkGroupCall *
call_of (const Party *party, unsigned who)
{
  const HarkEvent *event
    = hark_sim_core_node_find (party->people[who], HARK_EVENT_GROUP_CALL, since[who]);

  return event != NULL ? event->group_call : NULL;
}

/* So many are heard by @who. */
static unsigned
heard_by (const Party *party, unsigned who)
{
  const HarkGroupCall *call = call_of (party, who);
  unsigned n = 0;

  for (guint i = 0; call != NULL && i < call->people->len; i++) {
    const HarkGroupCallPerson *person = call->people->pdata[i];

    n += person->hearing == HARK_GROUP_HEARD && !person->held;
  }
  return n;
}

typedef struct {
  const Party *party;
  const bool *in; /* of each person */
} Wanted;

static bool
is_as_wanted (void *data)
{
  const Wanted *wanted = data;
  unsigned n = 0;

  for (unsigned i = 0; i < wanted->party->n; i++)
    n += wanted->in[i];
  for (unsigned i = 0; i < wanted->party->n; i++) {
    const HarkGroupCall *call = call_of (wanted->party, i);
    const HarkGroupCallPhase phase = wanted->in[i] ? HARK_GROUP_CALL_JOINED
                                     : n > 0       ? HARK_GROUP_CALL_ON
                                                   : HARK_GROUP_CALL_OVER;

    if (wanted->party->people[i]->core == NULL)
      continue;
    if (wanted->party->people[i]->voice != wanted->in[i]
        || (call == NULL ? n > 0 : call->phase != phase)
        || heard_by (wanted->party, i) != n - wanted->in[i])
      return false;
  }
  return true;
}

static void
wait_for (Party *party, const bool *in)
{
  g_assert_true (hark_sim_network_run_until (party->world.network, PARTY_PATIENCE, is_as_wanted,
                                             &(Wanted){party, in}));
}

/* They become a group of whom each knows each. */
static void
meet (Party *party)
{
  const unsigned n = party->n;

  memset (since, 0, sizeof since);
  for (unsigned i = 0; i < n; i++)
    for (unsigned j = i + 1; j < n; j++)
      party_befriend (party, i, j);
  party_create (party);
  for (unsigned i = 1; i < n; i++)
    party_bring_in (party, 0, i);
  for (unsigned i = 0; i < n; i++)
    for (unsigned j = 0; j < n; j++)
      if (i != j)
        party_wait_member (party, i, j, true);
}

static void
begin (Party *party, uint64_t seed, unsigned n)
{
  party_init (party, seed, n);
  meet (party);
}

/* Everybody in it speaks for a second, and comes to everybody else in it. */
static void
check_voices (Party *party, const bool *in)
{
  static const uint8_t payload[47] = {0x20};
  unsigned before[PARTY_MAX], n = 0;

  for (unsigned i = 0; i < party->n; i++) {
    before[i] = party->people[i]->voice_packets;
    n += in[i];
  }
  for (unsigned k = 0; k < 50; k++) {
    for (unsigned i = 0; i < party->n; i++) {
      HarkSimCoreNode *node = party->people[i];

      for (unsigned p = 0; in[i] && p < HARK_GROUP_CALL_OTHERS_MAX; p++)
        hark_core_handle_group_packet (node->core, p, payload, sizeof payload,
                                       hark_sim_network_now (party->world.network));
      hark_sim_node_flush (node->node);
    }
    hark_sim_network_run (party->world.network, 20 * HARK_MS);
  }
  hark_sim_network_run (party->world.network, HARK_SECOND);
  for (unsigned i = 0; i < party->n; i++)
    g_assert_cmpuint (party->people[i]->voice_packets - before[i], ==, in[i] ? 50 * (n - 1) : 0);
}

/* The second was removed: it is over for them, and the first is alone. */
static bool
is_out (void *data)
{
  const Party *party = data;

  return !party->people[1]->voice && call_of (party, 1)->phase == HARK_GROUP_CALL_OVER
         && heard_by (party, 0) == 0;
}

static void
test_come_and_go (void)
{
  Party party;
  bool in[PARTY_MAX] = {false};
  const HarkEvent *result;

  begin (&party, 1, 4);
  g_assert_false (party_ask (&party, 1, HARK_COMMAND_GROUP_CALL_JOIN, -1)->ok); /* there is none */
  for (unsigned i = 0; i < 4; i++) {
    party_do_well (&party, i, HARK_COMMAND_GROUP_CALL, -1);
    in[i] = true;
    wait_for (&party, in);
  }
  check_voices (&party, in);
  g_assert_cmpstr (party_ask (&party, 1, HARK_COMMAND_GROUP_CALL, -1)->code, ==, "in-call");
  in[0] = false;
  party_do_well (&party, 0, HARK_COMMAND_GROUP_CALL_LEAVE, -1);
  wait_for (&party, in);
  check_voices (&party, in);
  party_do_well (&party, 0, HARK_COMMAND_GROUP_CALL_JOIN, -1);
  in[0] = true;
  wait_for (&party, in);
  in[2] = false;
  hark_sim_core_node_stop (party.people[2]); /* the program ends */
  wait_for (&party, in);
  hark_sim_core_node_kill (party.people[3]); /* another one without a word */
  in[3] = false;
  wait_for (&party, in);
  party_do_well (&party, 0, HARK_COMMAND_GROUP_REMOVE, 1); /* and one is a member no more */
  g_assert_true (hark_sim_network_run_until (party.world.network, PARTY_PATIENCE, is_out, &party));
  g_assert_true (party.people[0]->voice);
  result = party_ask (&party, 1, HARK_COMMAND_GROUP_CALL, -1);
  g_assert_cmpstr (result->code, ==, "not-in-group");
  party_clear (&party);
}

/* What the conversation of the group keeps of the call, with @who. */
static void
check_entry (Party *party, unsigned who, bool outgoing, bool missed, const char *text)
{
  g_autoptr (GPtrArray) history = party_history (party, who);
  const HarkEvent *event = hark_sim_core_node_find (party->people[who], HARK_EVENT_MESSAGE, 0);
  const HarkStoreMessage *last;

  g_assert_cmpuint (history->len, >, 0);
  last = history->pdata[history->len - 1];
  g_assert_cmpint (last->kind, ==, HARK_MESSAGE_CALL);
  g_assert_cmpstr (last->text, ==, text);
  g_assert_true (last->outgoing == outgoing && last->has_group && last->has_author);
  g_assert_true (hark_key_equal (&last->author, &party->people[0]->account));
  if (missed)
    g_assert_cmpuint (last->ref, ==, 0);
  else
    g_assert_cmpuint (last->ref, >=, 5000); /* ms */
  g_assert_nonnull (event);
  g_assert_cmpint (event->message->type, ==, HARK_MESSAGE_IS_CALL);
  g_assert_true (event->message->has_group);
}

/* The list of all calls has that one, and not what was written. */
static void
check_list (Party *party, unsigned who)
{
  const HarkEvent *result
    = hark_sim_core_node_ask (party->people[who], hark_sim_command (HARK_COMMAND_CALLS, NULL));

  g_assert_true (result->ok);
  g_assert_cmpuint (result->position, ==, 0);
  g_assert_cmpuint (result->messages->len, ==, 1);
  g_assert_cmpint (((HarkMessage *) result->messages->pdata[0])->type, ==, HARK_MESSAGE_IS_CALL);
  g_assert_true (((HarkMessage *) result->messages->pdata[0])->has_group);
}

/* Who quits has left for the others, at once; whose program is killed is told of the call at the
 * next start. */
static void
test_programs_end (void)
{
  g_autoptr (GPtrArray) history = NULL;
  bool in[PARTY_MAX] = {true, true};
  const HarkStoreMessage *last;
  Party party;

  begin (&party, 19, 3);
  party_do_well (&party, 0, HARK_COMMAND_GROUP_CALL, -1);
  hark_sim_network_run (party.world.network, HARK_SECOND);
  party_do_well (&party, 1, HARK_COMMAND_GROUP_CALL_JOIN, -1);
  wait_for (&party, in);
  hark_sim_network_run (party.world.network, 25 * HARK_SECOND);
  hark_sim_core_node_stop (party.people[1]);
  hark_sim_network_run (party.world.network, HARK_SECOND);
  g_assert_cmpuint (call_of (&party, 0)->people->len, ==, 0);
  hark_sim_core_node_kill (party.people[0]);
  hark_sim_core_node_start (party.people[0]);
  hark_sim_network_run (party.world.network, HARK_SECOND);
  check_entry (&party, 0, true, false, "Took part: Bob.");
  history = party_history (&party, 0);
  last = history->pdata[history->len - 1];
  g_assert_cmpuint (last->ref, >=, 15000);
  g_assert_cmpuint (last->ref, <=, 30000);
  check_list (&party, 0);
  party_clear (&party);
}

/* What is said after a call stands behind it, whatever their ids are. */
static void
test_place (void)
{
  g_autoptr (GPtrArray) history = NULL;
  Party party;

  begin (&party, 41, 2);
  party_say (&party, 1, "before all of them");
  for (unsigned i = 0; i < 8; i++) {
    for (unsigned k = 0; k < 2; k++) { /* two calls one after the other */
      party_do_well (&party, 0, HARK_COMMAND_GROUP_CALL, -1);
      hark_sim_network_run (party.world.network, HARK_SECOND * (k + 1));
      party_do_well (&party, 0, HARK_COMMAND_GROUP_CALL_LEAVE, -1);
      hark_sim_network_run (party.world.network, HARK_SECOND);
    }
    party_say (&party, 1, "after it");
    hark_sim_network_run (party.world.network, HARK_SECOND);
  }
  history = party_history (&party, 0);
  g_assert_cmpuint (history->len, ==, 25);
  for (guint i = 0; i < history->len; i++) {
    const HarkStoreMessage *row = history->pdata[i];

    g_assert_cmpint (row->kind, ==, i % 3 == 0 ? HARK_MESSAGE_TEXT : HARK_MESSAGE_CALL);
    g_assert_true (i == 0 || row->sent_ms > ((HarkStoreMessage *) history->pdata[i - 1])->sent_ms);
  }
  party_clear (&party);
}

/* The first hears of the line to the second what their voice says of it. */
static void
check_lines (Party *party)
{
  HarkCallStats others[HARK_GROUP_CALL_OTHERS_MAX] = {{0}};
  HarkSimCoreNode *node = party->people[0];
  const HarkEvent *event = NULL;

  for (unsigned i = 0; i < HARK_GROUP_CALL_OTHERS_MAX; i++)
    others[i] = (HarkCallStats){.loss_in = 0.06, .rate_out = 32000, .level_out = -20};
  for (unsigned i = 0; i < 16; i++) { /* four seconds */
    hark_core_handle_group_voice (node->core, -30, others,
                                  hark_sim_network_now (party->world.network));
    hark_sim_node_flush (node->node);
    hark_sim_network_run (party->world.network, 250 * HARK_MS);
    event = hark_sim_core_node_find (node, HARK_EVENT_GROUP_STATS, 0);
    g_assert_nonnull (event);
    g_assert_cmpuint (event->lines->len, ==, 1);
    if (i == 0)
      g_assert_null (((HarkGroupLine *) event->lines->pdata[0])->advice); /* it may pass */
  }
  {
    const HarkGroupLine *line = event->lines->pdata[0];

    g_assert_true (memcmp (line->account, party->people[1]->account.bytes, sizeof line->account)
                   == 0);
    g_assert_cmpstr (line->advice, ==, "6 % of their voice is lost on the way to you.");
    g_assert_cmpfloat (line->stats.rtt_ms, >, 0);
    g_assert_cmpint (line->stats.path, !=, HARK_PATH_NONE);
    g_assert_true (line->stats.speaking);
  }
}

/* It rings once, everywhere but with whoever began it; who does not come has missed it. */
static const char *
told_of_sound (Party *party, const char *mic, const char *speaker)
{
  static const HarkCallStats others[HARK_GROUP_CALL_OTHERS_MAX];
  HarkSimCoreNode *node = party->people[0];
  GPtrArray *devices = g_ptr_array_new_with_free_func ((GDestroyNotify) hark_sound_device_free);
  const char *names[] = {mic, speaker};

  for (unsigned i = 0; i < G_N_ELEMENTS (names); i++) {
    HarkSoundDevice *device = g_new0 (HarkSoundDevice, 1);

    device->name = g_strdup (names[i]);
    device->text = g_strdup (names[i]);
    device->is_mic = names[i] == mic;
    g_ptr_array_add (devices, device);
  }
  hark_core_handle_devices (node->core, devices, true, hark_sim_network_now (party->world.network));
  hark_sim_network_run (party->world.network, HARK_SECOND);
  hark_core_handle_group_voice (node->core, -96, others,
                                hark_sim_network_now (party->world.network));
  hark_sim_node_flush (node->node);
  return call_of (party, 0)->reason;
}

/* As in a call of two: whoever is in it hears that nobody hears them, while it is so. */
static void
test_no_sound (void)
{
  HarkCommand *command = hark_command_new (HARK_COMMAND_DEVICE);
  const bool both[PARTY_MAX] = {true, true};
  Party party;

  begin (&party, 8, 2);
  command->mic = g_strdup ("pulse");
  command->speaker = g_strdup ("pulse");
  g_assert_true (hark_sim_core_node_ask (party.people[0], command)->ok);
  party_do_well (&party, 0, HARK_COMMAND_GROUP_CALL, -1);
  hark_sim_network_run (party.world.network, 5 * HARK_SECOND);
  party_do_well (&party, 1, HARK_COMMAND_GROUP_CALL_JOIN, -1);
  wait_for (&party, both);
  g_assert_null (told_of_sound (&party, "pulse:headset_mic", "pulse:headset"));
  g_assert_cmpstr (told_of_sound (&party, "pulse:auto_null", "pulse:headset"), ==,
                   "This computer has no microphone now: they do not hear you.");
  g_assert_cmpstr (told_of_sound (&party, "pulse:headset_mic", "pulse:auto_null"), ==,
                   "This computer has no speaker now: you do not hear them.");
  g_assert_null (told_of_sound (&party, "pulse:headset_mic", "pulse:headset"));
  party_clear (&party);
}

static void
test_rings_once (void)
{
  Party party;
  bool in[PARTY_MAX] = {false};
  unsigned rings = 0;

  begin (&party, 2, 3);
  party_do_well (&party, 0, HARK_COMMAND_GROUP_CALL, -1);
  in[0] = true;
  wait_for (&party, in);
  party_do_well (&party, 1, HARK_COMMAND_GROUP_CALL_JOIN, -1);
  in[1] = true;
  wait_for (&party, in);
  for (unsigned i = 0; i < 3; i++)
    for (guint j = 0; j < party.people[i]->events->len; j++) {
      const HarkEvent *event = party.people[i]->events->pdata[j];

      rings += event->kind == HARK_EVENT_GROUP_CALL && event->group_call->rings;
    }
  g_assert_cmpuint (rings, ==, 2);
  check_lines (&party);
  hark_sim_network_run (party.world.network, 5 * HARK_SECOND);
  for (unsigned i = 0; i < 2; i++) {
    party_do_well (&party, i, HARK_COMMAND_GROUP_CALL_LEAVE, -1);
    in[i] = false;
  }
  wait_for (&party, in);
  hark_sim_network_run (party.world.network, 5 * HARK_SECOND);
  check_entry (&party, 0, true, false, "Took part: Bob.");
  check_entry (&party, 1, false, false, "Alice began it. Took part: Alice.");
  check_entry (&party, 2, false, true, "Missed call. Alice began it. Took part: Alice, Bob.");
  check_list (&party, 2);
  party_clear (&party);
}

/* A call of two holds that of the group, and the other way round; one microphone at a time. */
static void
test_call_of_two_beside (void)
{
  Party party;
  bool in[PARTY_MAX] = {true, true, true};

  begin (&party, 3, 3);
  for (unsigned i = 0; i < 3; i++)
    party_do_well (&party, i, HARK_COMMAND_GROUP_CALL, -1);
  wait_for (&party, in);
  g_assert_true (
    hark_sim_core_node_ask (party.people[0], hark_sim_command (HARK_COMMAND_MUTE, NULL))->ok);
  hark_sim_network_run (party.world.network, HARK_SECOND);
  g_assert_true (call_of (&party, 0)->muted); /* of no other call can this be said */
  g_assert_true (
    hark_sim_core_node_ask (party.people[0], hark_sim_command (HARK_COMMAND_UNMUTE, NULL))->ok);
  g_assert_true (
    hark_sim_core_node_ask (party.people[0], hark_sim_command (HARK_COMMAND_CALL, party.people[1]))
      ->ok);
  hark_sim_network_run (party.world.network, 5 * HARK_SECOND);
  g_assert_cmpint (call_of (&party, 0)->phase, ==, HARK_GROUP_CALL_JOINED); /* it only rings */
  g_assert_true (
    hark_sim_core_node_ask (party.people[1], hark_sim_command (HARK_COMMAND_ANSWER, NULL))->ok);
  hark_sim_network_run (party.world.network, 5 * HARK_SECOND);
  for (unsigned i = 0; i < 2; i++) {
    g_assert_cmpint (call_of (&party, i)->phase, ==, HARK_GROUP_CALL_HELD);
    g_assert_true (party.people[i]->voice);
  }
  party_do_well (&party, 0, HARK_COMMAND_GROUP_CALL_JOIN, -1);
  hark_sim_network_run (party.world.network, 5 * HARK_SECOND);
  g_assert_cmpint (hark_sim_core_node_find (party.people[0], HARK_EVENT_CALL, 0)->call->phase, ==,
                   HARK_HELD);
  g_assert_true (party.people[0]->voice);
  g_assert_false (party.people[1]->voice); /* held there, and by a call of two here */
  party_do_well (&party, 1, HARK_COMMAND_GROUP_CALL_JOIN, -1);
  wait_for (&party, in);
  check_voices (&party, in);
  party_clear (&party);
}

/* Who hides from one of them in mid-call stays in it with them, and is gone for them after it. */
static void
test_hides (void)
{
  Party party;
  bool in[PARTY_MAX] = {true, true, true};
  HarkCommand *hide;

  begin (&party, 5, 3);
  for (unsigned i = 0; i < 3; i++)
    party_do_well (&party, i, HARK_COMMAND_GROUP_CALL, -1);
  wait_for (&party, in);
  hide = hark_sim_command (HARK_COMMAND_MAY, party.people[1]);
  hide->how = g_strdup ("see-online");
  hide->on = false;
  g_assert_true (hark_sim_core_node_ask (party.people[0], hide)->ok);
  hark_sim_network_run (party.world.network, 10 * HARK_MINUTE);
  wait_for (&party, in);
  check_voices (&party, in);
  g_assert_true (hark_sim_core_node_sees_online (party.people[1], party.people[0]));
  party_do_well (&party, 0, HARK_COMMAND_GROUP_CALL_LEAVE, -1);
  hark_sim_network_run (party.world.network, 10 * HARK_MINUTE);
  g_assert_false (hark_sim_core_node_sees_online (party.people[1], party.people[0]));
  party_clear (&party);
}

/* What @who is told of @other in the call; NULL: nothing. */
static const char *
told_of (const Party *party, unsigned who, unsigned other)
{
  const HarkGroupCall *call = call_of (party, who);

  for (guint i = 0; i < call->people->len; i++) {
    const HarkGroupCallPerson *person = call->people->pdata[i];

    if (memcmp (person->account, party->people[other]->account.bytes, sizeof person->account) == 0)
      return person->reason;
  }
  g_assert_not_reached ();
}

/* No hole can be punched between Bob and Carol; Alice, who is in the call as well, carries what
 * they say to each other, and both are told. */
static void
test_one_carries (void)
{
  const HarkSimLinkConfig link = {.delay = 10 * HARK_MS};
  Party party = {.n = 3};
  bool in[PARTY_MAX] = {true, true, true};
  HarkNetStatus status;

  hark_sim_world_init (&party.world, 6);
  for (unsigned i = 0; i < 3; i++)
    party.people[i] = hark_sim_world_add (
      &party.world, i == 0 ? HARK_SIM_NAT_NONE : HARK_SIM_NAT_SYMMETRIC, &link, party_names[i]);
  meet (&party);
  for (unsigned i = 0; i < 3; i++)
    party_do_well (&party, i, HARK_COMMAND_GROUP_CALL, -1);
  wait_for (&party, in);
  check_voices (&party, in);
  hark_net_get_status (party.people[0]->net, &status);
  g_assert_cmpuint (status.relayed_now, ==, 1);
  g_assert_cmpstr (told_of (&party, 1, 2), ==,
                   "What you and Carol say to each other goes through Alice.");
  g_assert_cmpstr (told_of (&party, 2, 1), ==,
                   "What you and Bob say to each other goes through Alice.");
  g_assert_null (told_of (&party, 1, 0));
  g_assert_null (told_of (&party, 0, 1));
  party_clear (&party);
}

/* Alice and Carol are no contacts: both hear Bob, and are told why not each other. */
static void
test_no_contacts (void)
{
  Party party;
  const HarkGroupCall *call;
  unsigned apart = 0;

  memset (since, 0, sizeof since);
  party_init (&party, 4, 3);
  party_befriend (&party, 1, 0);
  party_befriend (&party, 1, 2);
  {
    HarkSimCoreNode *alice = party.people[0]; /* Bob founds it */

    party.people[0] = party.people[1];
    party.people[1] = alice;
  }
  party_create (&party);
  party_bring_in (&party, 0, 1);
  party_bring_in (&party, 0, 2);
  party_wait_member (&party, 1, 2, true);
  party_wait_member (&party, 2, 1, true);
  for (unsigned i = 0; i < 3; i++)
    party_do_well (&party, i, HARK_COMMAND_GROUP_CALL, -1);
  hark_sim_network_run (party.world.network, 10 * HARK_SECOND);
  g_assert_cmpuint (heard_by (&party, 0), ==, 2);
  call = call_of (&party, 1);
  g_assert_cmpuint (call->people->len, ==, 2);
  g_assert_cmpuint (heard_by (&party, 1), ==, 1);
  for (guint i = 0; i < 2; i++) {
    const HarkGroupCallPerson *person = call->people->pdata[i];

    apart += person->hearing == HARK_GROUP_NOT_CONNECTED
             && g_str_has_suffix (person->reason, "are no contacts: you do not hear each other.");
  }
  g_assert_cmpuint (apart, ==, 1);
  party_clear (&party);
}

/* People come, go and die as they like; in the end everybody hears exactly those who are in it. */
static void
walk (Party *party, HarkRng *rng)
{
  bool in[PARTY_MAX] = {false};

  for (unsigned step = 0; step < 12; step++) {
    const unsigned who = (unsigned) hark_rng_below (rng, party->n);

    if (hark_rng_below (rng, 4) == 0) {
      hark_sim_core_node_kill (party->people[who]);
      in[who] = party->people[who]->voice = false;
      since[who] = party->people[who]->events->len;
      hark_sim_core_node_start (party->people[who]);
    } else {
      party_do_well (party, who, in[who] ? HARK_COMMAND_GROUP_CALL_LEAVE : HARK_COMMAND_GROUP_CALL,
                     -1);
      in[who] = !in[who];
    }
    hark_sim_network_run (party->world.network, hark_rng_below (rng, 3 * HARK_SECOND));
  }
  wait_for (party, in);
  check_voices (party, in);
  for (unsigned i = 0; i < party->n; i++)
    if (in[i])
      party_do_well (party, i, HARK_COMMAND_GROUP_CALL_LEAVE, -1);
  memset (in, 0, sizeof in);
  wait_for (party, in);
}

static void
test_random (void)
{
  Party party;

  begin (&party, 5, 6);
  for (unsigned seed = 0; seed < hark_sim_runs (30); seed++) {
    const uint8_t bytes[32] = {(uint8_t) seed, (uint8_t) (seed >> 8)};
    g_auto (HarkRng) rng;

    hark_rng_init (&rng, bytes);
    walk (&party, &rng);
  }
  party_clear (&party);
}

int
main (int argc, char **argv)
{
  hark_sim_test_init (&argc, &argv);
  g_test_add_func ("/core-group-calls/come-and-go", test_come_and_go);
  g_test_add_func ("/core-group-calls/rings-once", test_rings_once);
  g_test_add_func ("/core-group-calls/says-that-there-is-no-microphone", test_no_sound);
  g_test_add_func ("/core-group-calls/programs-end", test_programs_end);
  g_test_add_func ("/core-group-calls/call-of-two-beside", test_call_of_two_beside);
  g_test_add_func ("/core-group-calls/who-hides-stays-in-it", test_hides);
  g_test_add_func ("/core-group-calls/no-contacts-hear-one-in-between", test_no_contacts);
  g_test_add_func ("/core-group-calls/one-carries-what-two-say", test_one_carries);
  g_test_add_func ("/core-group-calls/what-is-said-after-a-call-is-behind-it", test_place);
  g_test_add_func ("/core-group-calls/random", test_random);
  return g_test_run ();
}
