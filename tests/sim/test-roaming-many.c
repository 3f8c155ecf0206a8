/* Staying connected with a hundred contacts: when all paths die at once, all are made anew within
 * moments of each other, and nobody's limits hold back the last. */
#include "net/node/node-private.h"
#include "tests/sim/people.h"

#include <string.h>

#define CONTACTS 100
#define DHT_NODES 16

typedef struct {
  HarkSimNetwork *network;
  HarkSimPerson *dht[DHT_NODES];
  HarkSimPerson *hub, *leaves[CONTACTS];
  unsigned home, spare; /* of the hub */
  unsigned n_dht;
} Crowd;

static HarkTime
now_of (const Crowd *crowd)
{
  return hark_sim_network_now (crowd->network);
}

static HarkSimPerson *
add_person (Crowd *crowd, unsigned site, bool with_account)
{
  HarkSimLinkConfig link = {.delay = 3 * HARK_MS};
  unsigned host = hark_sim_network_add_host (crowd->network, site);
  HarkEndpoint bootstrap = {0};

  if (crowd->n_dht)
    bootstrap = hark_sim_node_get_endpoint (
      crowd->dht[hark_rng_below (hark_sim_network_rng (crowd->network), crowd->n_dht)]->node);
  hark_sim_network_set_host_link (crowd->network, host, &link, &link);
  return hark_sim_person_new (crowd->network, host, with_account, crowd->n_dht ? &bootstrap : NULL);
}

/* @person knows @other, with what both made out when they became contacts. */
static void
know (Crowd *crowd, HarkSimPerson *person, const HarkSimPerson *other, unsigned number)
{
  HarkNetContact contact = {.account = other->config.account, .has_pairwise = true};

  memset (contact.pairwise.bytes, 0x40, sizeof contact.pairwise.bytes);
  contact.pairwise.bytes[0] = (uint8_t) number;
  memcpy (contact.reach.bytes, other->config.account.bytes, sizeof contact.reach.bytes);
  hark_net_set_contact (person->net, &contact, now_of (crowd));
  hark_sim_node_flush (person->node);
}

static void
open_to_contacts (Crowd *crowd, HarkSimPerson *person)
{
  HarkToken token;

  memcpy (token.bytes, person->config.account.bytes, sizeof token.bytes);
  hark_net_open_audience (person->net, HARK_AUDIENCE_CONTACTS, &token, NULL, now_of (crowd));
  hark_sim_node_tell_hosts (person->node);
}

static const HarkPeer *
peer_of (const HarkSimPerson *person, const HarkSimPerson *other)
{
  return g_hash_table_lookup (person->net->peers, &other->config.account);
}

/* Both ends of the link hear each other. */
static bool
is_whole (const Crowd *crowd, unsigned i)
{
  const HarkPeer *ours = peer_of (crowd->hub, crowd->leaves[i]);
  const HarkPeer *theirs = peer_of (crowd->leaves[i], crowd->hub);

  return ours->current && theirs->current && hark_link_get_lost (ours->current) == HARK_TIME_NEVER
         && hark_link_get_lost (theirs->current) == HARK_TIME_NEVER;
}

static bool
all_whole (void *data)
{
  const Crowd *crowd = data;

  for (unsigned i = 0; i < CONTACTS; i++)
    if (!is_whole (crowd, i))
      return false;
  return true;
}

/* All paths are from where the hub is now. */
static bool
all_moved (void *data)
{
  const Crowd *crowd = data;
  HarkEndpoint here = hark_sim_network_get_address (crowd->network, crowd->hub->host);

  for (unsigned i = 0; i < CONTACTS; i++) {
    const HarkLink *link = peer_of (crowd->hub, crowd->leaves[i])->current;

    if (!link || !hark_endpoint_same_ip (&hark_link_get_path_info (link)->local, &here))
      return false;
  }
  return all_whole (data);
}

static void
crowd_init (Crowd *crowd)
{
  HarkSimWideArea area = {.rtt_median = 40 * HARK_MS, .rtt_sigma = 0.5, .jitter = 0.1, .seed = 7};

  *crowd = (Crowd){.network = hark_sim_network_new (70)};
  hark_sim_network_set_wide_area (crowd->network, &area);
  while (crowd->n_dht < DHT_NODES) {
    HarkSimPerson *node = add_person (crowd, 0, false);

    crowd->dht[crowd->n_dht++] = node;
  }
  hark_sim_network_run (crowd->network, 30 * HARK_SECOND);
  crowd->home = hark_sim_network_add_site (crowd->network, HARK_SIM_NAT_PORT_RESTRICTED);
  crowd->spare = hark_sim_network_add_site (crowd->network, HARK_SIM_NAT_PORT_RESTRICTED);
  crowd->hub = add_person (crowd, crowd->home, true);
  open_to_contacts (crowd, crowd->hub);
  for (unsigned i = 0; i < CONTACTS; i++) {
    unsigned site = hark_sim_network_add_site (crowd->network, HARK_SIM_NAT_PORT_RESTRICTED);

    crowd->leaves[i] = add_person (crowd, site, true);
    open_to_contacts (crowd, crowd->leaves[i]);
    know (crowd, crowd->hub, crowd->leaves[i], i);
    know (crowd, crowd->leaves[i], crowd->hub, i);
  }
  g_assert_true (hark_sim_network_run_until (crowd->network, 3 * HARK_MINUTE, all_whole, crowd));
  hark_sim_network_run (crowd->network, HARK_MINUTE);
  g_assert_true (all_whole (crowd));
}

static void
crowd_clear (Crowd *crowd)
{
  for (unsigned i = 0; i < CONTACTS; i++)
    hark_sim_person_free (crowd->leaves[i]);
  hark_sim_person_free (crowd->hub);
  for (unsigned i = 0; i < DHT_NODES; i++)
    hark_sim_person_free (crowd->dht[i]);
  hark_sim_network_free (crowd->network);
}

static void
move_hub (Crowd *crowd, unsigned site)
{
  hark_sim_network_move_host (crowd->network, crowd->hub->host, site);
  hark_sim_node_tell_hosts (crowd->hub->node);
}

/* Until @done, and every session is still the first. */
static void
check_back (Crowd *crowd, const char *what, bool (*done) (void *data), HarkTime most)
{
  HarkTime start = now_of (crowd);

  g_assert_true (hark_sim_network_run_until (crowd->network, HARK_MINUTE, done, crowd));
  g_test_message ("%s: the last of %u is back after %.2f s", what, CONTACTS,
                  (double) (now_of (crowd) - start) / HARK_SECOND);
  g_assert_cmpuint (now_of (crowd) - start, <=, most);
  for (unsigned i = 0; i < CONTACTS; i++)
    g_assert_cmpuint (peer_of (crowd->hub, crowd->leaves[i])->session, ==, 1);
}

static void
test_all_at_once (void)
{
  Crowd crowd;

  crowd_init (&crowd);
  move_hub (&crowd, crowd.spare);
  check_back (&crowd, "roam", all_moved, 2 * HARK_SECOND);
  hark_sim_network_run (crowd.network, 20 * HARK_SECOND);
  g_assert_true (all_whole (&crowd));
  move_hub (&crowd, crowd.spare); /* another address in the same home */
  check_back (&crowd, "renumber", all_moved, 2 * HARK_SECOND);
  hark_sim_network_run (crowd.network, HARK_MINUTE);
  g_assert_true (all_whole (&crowd));

  hark_sim_network_rebind_site (crowd.network, crowd.spare);
  hark_sim_network_run (crowd.network, 10 * HARK_SECOND); /* a period, and all restarts */
  check_back (&crowd, "rebind, after 10 s", all_whole, 2 * HARK_SECOND);
  crowd_clear (&crowd);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/roaming/a-hundred-restart-at-once", test_all_at_once);
  return g_test_run ();
}
