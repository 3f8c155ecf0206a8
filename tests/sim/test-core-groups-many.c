/* The largest group: thirty-two real Harks who join, write, leave, are removed and are cut off from
 * each other; whoever is still in it ends with the same. */
#include "tests/sim/party.h"

#define MEMBERS 32
#define HUBS 3 /* who are contacts of everybody; the others know nobody else */

static bool
all_joined (void *data)
{
  const Party *party = data;

  for (unsigned i = 0; i < party->n; i++) {
    const HarkGroupInfo *info = party_seen_by (party, i);

    if (info == NULL || info->state != HARK_GROUP_IS_JOINED || info->joined != party->n)
      return false;
  }
  return true;
}

static bool
all_offered (void *data)
{
  const Party *party = data;

  for (unsigned i = 1; i < party->n; i++)
    if (party_seen_by (party, i) == NULL)
      return false;
  return true;
}

static void
gather (Party *party, uint64_t seed)
{
  party_init (party, seed, MEMBERS);
  for (unsigned hub = 0; hub < HUBS; hub++)
    for (unsigned i = hub + 1; i < party->n; i++)
      party_befriend (party, hub, i);
  party_create (party);
  for (unsigned i = 1; i < party->n; i++)
    party_do_well (party, 0, HARK_COMMAND_GROUP_ADD, (int) i);
  g_assert_true (
    hark_sim_network_run_until (party->world.network, PARTY_PATIENCE, all_offered, party));
  for (unsigned i = 1; i < party->n; i++)
    party_do_well (party, i, HARK_COMMAND_GROUP_ACCEPT, -1);
  g_assert_true (
    hark_sim_network_run_until (party->world.network, PARTY_PATIENCE, all_joined, party));
}

static void
test_full (void)
{
  static Party crowd;
  Party *party = &crowd;

  gather (party, 32);
  for (unsigned i = 0; i < party->n; i += 3)
    party_say (party, i, party_names[i]);
  party_wait_all_same (party, "all there");
  for (unsigned i = HUBS; i < party->n; i += 2) /* half of them go, and one hub */
    hark_sim_core_node_stop (party->people[i]);
  hark_sim_core_node_stop (party->people[2]);
  party_say (party, 4, "half of us are here");
  party_do_well (party, 6, HARK_COMMAND_GROUP_LEAVE, -1);
  party->out[6] = true;
  party_do_well (party, 0, HARK_COMMAND_GROUP_REMOVE, 8);
  party_do_well (party, 0, HARK_COMMAND_GROUP_REMOVE, 9); /* who is away */
  party->out[8] = party->out[9] = true;
  hark_sim_network_run (party->world.network, 20 * HARK_SECOND);
  hark_sim_core_node_stop (party->people[0]); /* the other half meets at another hub */
  hark_sim_core_node_start (party->people[2]);
  for (unsigned i = HUBS; i < party->n; i += 2)
    hark_sim_core_node_start (party->people[i]);
  hark_sim_network_run (party->world.network, 20 * HARK_SECOND);
  party_say (party, 5, "and so are we");
  hark_sim_network_run (party->world.network, 20 * HARK_SECOND);
  hark_sim_core_node_start (party->people[0]);
  party_wait_all_same (party, "after the parting");
  g_assert_cmpuint (party_seen_by (party, MEMBERS - 1)->joined, ==, MEMBERS - 3);
  party_check_calm (party);
  party_clear (party);
}

/* What they say of all of them together decides, not what was on the disk when each was asked in.
 */
static void
test_all_at_once (void)
{
  static Party crowd;
  Party *party = &crowd;
  HarkSimCoreNode *founder;
  guint since, refused = 0;

  party_init (party, 33, MEMBERS + 1);
  founder = party->people[0];
  for (unsigned i = 1; i < party->n; i++)
    party_befriend (party, 0, i);
  party_create (party);
  since = founder->events->len;
  for (unsigned i = 1; i < party->n; i++)
    hark_sim_core_node_do (founder, party_group_command (party, HARK_COMMAND_GROUP_ADD, (int) i));
  hark_sim_network_run (party->world.network, HARK_MINUTE);
  for (guint i = since; i < founder->events->len; i++) {
    const HarkEvent *event = founder->events->pdata[i];

    if (event->kind != HARK_EVENT_RESULT || event->ok)
      continue;
    g_assert_cmpstr (event->text, ==, "A group has at most 32 members.");
    refused++;
  }
  g_assert_cmpuint (refused, ==, 1);
  g_assert_cmpuint (party_seen_by (party, 0)->people->len, ==, MEMBERS);
  g_assert_null (party_seen_by (party, MEMBERS));
  g_assert_nonnull (party_seen_by (party, MEMBERS - 1));
  party_clear (party);
}

int
main (int argc, char **argv)
{
  hark_sim_test_init (&argc, &argv);
  g_test_add_func ("/core-groups-many/thirty-two-who-part-and-meet", test_full);
  g_test_add_func ("/core-groups-many/asked-in-all-at-once", test_all_at_once);
  return g_test_run ();
}
