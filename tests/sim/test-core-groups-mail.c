/* A group whose members are never there at the same time, and somebody outside of it who keeps
 * mail for each of them. */
#include "core/core-private.h"
#include "tests/sim/party.h"

#include <string.h>

#define MEMBERS 3 /* Alice, who asked Bob and Carol in; these two do not know each other */
#define KEEPER 3
#define TURN (90 * HARK_SECOND)

typedef struct {
  Party party;
  char *told[MEMBERS]; /* at the end of their last turn, as lines */
  unsigned delivered[MEMBERS];
} Apart;

static bool
is_kept (const HarkSimCoreNode *node)
{
  const HarkEvent *event = hark_sim_core_node_find (node, HARK_EVENT_MAILBOX, 0);

  for (guint i = 0; event != NULL && i < event->mailboxes->len; i++)
    if (((const HarkMailboxInfo *) event->mailboxes->pdata[i])->keeps)
      return true;
  return false;
}

static bool
all_are_kept (void *data)
{
  const Party *party = data;

  for (unsigned i = 0; i < MEMBERS; i++)
    if (!is_kept (party->people[i]))
      return false;
  return true;
}

static void
do_well (HarkSimCoreNode *node, HarkCommand *command)
{
  const HarkEvent *result = hark_sim_core_node_ask (node, command);

  g_assert_nonnull (result);
  g_assert_true (result->ok);
}

static void
gather (Party *party, uint64_t seed)
{
  party_init (party, seed, MEMBERS + 1);
  party_befriend (party, 0, 1);
  party_befriend (party, 0, 2);
  for (unsigned i = 0; i < MEMBERS; i++)
    party_befriend (party, i, KEEPER);
  for (unsigned i = 0; i < MEMBERS; i++) {
    HarkCommand *command = hark_sim_command (HARK_COMMAND_MAILBOX_FOR, party->people[i]);

    command->on = true;
    do_well (party->people[i], hark_sim_command (HARK_COMMAND_MAILBOX_ADD, party->people[KEEPER]));
    hark_sim_network_run (party->world.network, 5 * HARK_SECOND);
    do_well (party->people[KEEPER], command);
  }
  g_assert_true (
    hark_sim_network_run_until (party->world.network, PARTY_PATIENCE, all_are_kept, party));
  party_create (party);
  party_bring_in (party, 0, 1);
  party_bring_in (party, 0, 2);
  party_wait_member (party, 1, 2, true);
  party_wait_member (party, 2, 1, true);
  hark_sim_network_run (party->world.network, 10 * HARK_SECOND);
  for (unsigned i = 0; i < MEMBERS; i++)
    hark_sim_core_node_stop (party->people[i]);
}

/* @who is there alone, and writes @text (NULL: nothing). */
static void
take_turn (Apart *apart, unsigned who, const char *text)
{
  Party *party = &apart->party;
  g_autoptr (GPtrArray) history = NULL;
  HarkKey key = {{0}};

  hark_sim_core_node_start (party->people[who]);
  if (text != NULL)
    party_say (party, who, text);
  hark_sim_network_run (party->world.network, TURN);
  g_free (apart->told[who]);
  apart->told[who] = party_told (party, who);
  apart->delivered[who] = 0;
  memcpy (key.bytes, party->group, sizeof party->group);
  history = hark_sim_core_node_history (party->people[who], &key);
  for (guint i = 0; i < history->len; i++) {
    const HarkStoreMessage *row = history->pdata[i];

    apart->delivered[who] += row->outgoing && row->state == HARK_MESSAGE_DELIVERED;
  }
  hark_sim_core_node_stop (party->people[who]);
}

static void
apart_clear (Apart *apart)
{
  for (unsigned i = 0; i <= KEEPER; i++)
    g_assert_cmpuint (apart->party.people[i]->warnings, ==, 0);
  for (unsigned i = 0; i < MEMBERS; i++)
    g_free (apart->told[i]);
  party_clear (&apart->party);
}

static void
run_apart (uint64_t seed)
{
  Apart apart = {0};

  gather (&apart.party, seed);
  take_turn (&apart, 1, "Bob, alone");
  take_turn (&apart, 2, "Carol, alone");
  g_assert_cmpuint (party_count_lines (apart.told[2]), ==, 1); /* Bob could not reach her */
  take_turn (&apart, 0, "Alice, alone");
  g_assert_cmpuint (party_count_lines (apart.told[0]), ==, 3);
  g_assert_cmpuint (apart.delivered[0], ==, 0);
  take_turn (&apart, 1, NULL);
  take_turn (&apart, 2, NULL); /* by Alice she has what Bob wrote, and he what she wrote */
  for (unsigned i = 1; i < MEMBERS; i++)
    g_assert_cmpstr (apart.told[i], ==, apart.told[0]);
  take_turn (&apart, 0, NULL); /* and hears of it */
  g_assert_cmpuint (apart.delivered[0], ==, 1);
  apart_clear (&apart);
}

static void
test_apart (void)
{
  for (unsigned seed = 1; seed <= hark_sim_runs (3); seed++)
    run_apart (seed);
}

/* Nothing lies with the keeper when all have everything, however often they start. */
static void
test_not_again (void)
{
  Apart apart = {0};
  const HarkSimCoreNode *keeper;

  gather (&apart.party, 20);
  keeper = apart.party.people[KEEPER];
  for (unsigned turn = 0; turn < 9; turn++)
    take_turn (&apart, turn % MEMBERS, turn % MEMBERS == 0 ? "Alice, alone" : NULL);
  take_turn (&apart, 0, NULL);
  g_assert_cmpuint (apart.delivered[0], ==, 3);
  g_assert_cmpuint (hark_keeper_count (keeper->core->keeper, NULL), ==, 0);
  for (unsigned turn = 0; turn < 2 * MEMBERS; turn++) {
    take_turn (&apart, turn % MEMBERS, NULL);
    g_assert_cmpuint (hark_keeper_count (keeper->core->keeper, NULL), ==, 0);
  }
  apart_clear (&apart);
}

int
main (int argc, char **argv)
{
  hark_sim_test_init (&argc, &argv);
  g_test_add_func ("/core-groups-mail/never-online-in-pairs", test_apart);
  g_test_add_func ("/core-groups-mail/what-was-taken-is-not-left-again", test_not_again);
  return g_test_run ();
}
