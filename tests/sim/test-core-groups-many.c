/* The largest group: thirty-two real Harks who join, write, leave, are removed and are cut off from
 * each other; whoever is still in it ends with the same. */
#include "core/core-groups.h"
#include "tests/sim/party.h"

#include <string.h>

#define MEMBERS 32
#define HUBS 3 /* who are contacts of everybody; the others know nobody else */

typedef struct {
  Party party;
  bool in[MEMBERS];
} Crowd;

/* Those who are in it and run read the same and see the same members. */
static bool
all_same (void *data)
{
  Crowd *crowd = data;
  const HarkCoreGroup *first
    = hark_core_group_find (crowd->party.people[0]->core, crowd->party.group);
  g_autofree char *wanted = NULL;

  hark_group_update (first->log);
  for (unsigned i = 1; i < crowd->party.n; i++) {
    const HarkCoreGroup *other;

    if (!crowd->in[i])
      continue;
    other = hark_core_group_find (crowd->party.people[i]->core, crowd->party.group);
    if (other == NULL)
      return false;
    hark_group_update (other->log);
    if (memcmp (first->log->view, other->log->view, HARK_GROUP_VIEW_LEN) != 0)
      return false;
  }
  wanted = party_told (&crowd->party, 0);
  for (unsigned i = 1; i < crowd->party.n; i++) {
    g_autofree char *text = crowd->in[i] ? party_told (&crowd->party, i) : NULL;

    if (text != NULL && strcmp (text, wanted) != 0)
      return false;
  }
  return true;
}

static void
wait_same (Crowd *crowd, const char *when)
{
  if (!hark_sim_network_run_until (crowd->party.world.network, PARTY_PATIENCE, all_same, crowd))
    g_error ("%s: they do not know the same", when);
}

static bool
all_joined (void *data)
{
  const Crowd *crowd = data;

  for (unsigned i = 0; i < crowd->party.n; i++) {
    const HarkGroupInfo *info = party_seen_by (&crowd->party, i);

    if (info == NULL || info->state != HARK_GROUP_IS_JOINED || info->joined != crowd->party.n)
      return false;
  }
  return true;
}

static bool
all_offered (void *data)
{
  const Crowd *crowd = data;

  for (unsigned i = 1; i < crowd->party.n; i++)
    if (party_seen_by (&crowd->party, i) == NULL)
      return false;
  return true;
}

static void
gather (Crowd *crowd, uint64_t seed)
{
  Party *party = &crowd->party;

  party_init (party, seed, MEMBERS);
  for (unsigned hub = 0; hub < HUBS; hub++)
    for (unsigned i = hub + 1; i < party->n; i++)
      party_befriend (party, hub, i);
  party_create (party);
  for (unsigned i = 1; i < party->n; i++)
    party_do_well (party, 0, HARK_COMMAND_GROUP_ADD, (int) i);
  g_assert_true (
    hark_sim_network_run_until (party->world.network, PARTY_PATIENCE, all_offered, crowd));
  for (unsigned i = 1; i < party->n; i++) {
    party_do_well (party, i, HARK_COMMAND_GROUP_ACCEPT, -1);
    crowd->in[i] = true;
  }
  crowd->in[0] = true;
  g_assert_true (
    hark_sim_network_run_until (party->world.network, PARTY_PATIENCE, all_joined, crowd));
}

static void
test_full (void)
{
  static Crowd crowd;
  Party *party = &crowd.party;

  gather (&crowd, 32);
  for (unsigned i = 0; i < party->n; i += 3)
    party_say (party, i, party_names[i]);
  wait_same (&crowd, "all there");
  for (unsigned i = HUBS; i < party->n; i += 2) /* half of them go, and one hub */
    hark_sim_core_node_stop (party->people[i]);
  hark_sim_core_node_stop (party->people[2]);
  party_say (party, 4, "half of us are here");
  party_do_well (party, 6, HARK_COMMAND_GROUP_LEAVE, -1);
  crowd.in[6] = false;
  party_do_well (party, 0, HARK_COMMAND_GROUP_REMOVE, 8);
  party_do_well (party, 0, HARK_COMMAND_GROUP_REMOVE, 9); /* who is away */
  crowd.in[8] = crowd.in[9] = false;
  hark_sim_network_run (party->world.network, 20 * HARK_SECOND);
  hark_sim_core_node_stop (party->people[0]); /* the other half meets at another hub */
  hark_sim_core_node_start (party->people[2]);
  for (unsigned i = HUBS; i < party->n; i += 2)
    hark_sim_core_node_start (party->people[i]);
  hark_sim_network_run (party->world.network, 20 * HARK_SECOND);
  party_say (party, 5, "and so are we");
  hark_sim_network_run (party->world.network, 20 * HARK_SECOND);
  hark_sim_core_node_start (party->people[0]);
  wait_same (&crowd, "after the parting");
  g_assert_cmpuint (party_seen_by (party, MEMBERS - 1)->joined, ==, MEMBERS - 3);
  for (unsigned i = 0; i < party->n; i++)
    g_assert_cmpuint (party->people[i]->warnings, ==, 0);
  party_clear (party);
}

int
main (int argc, char **argv)
{
  hark_sim_test_init (&argc, &argv);
  g_test_add_func ("/core-groups-many/thirty-two-who-part-and-meet", test_full);
  return g_test_run ();
}
