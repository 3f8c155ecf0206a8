/* Finding and being found by whole nodes: when contact points die, when there is none, when many
 * knock at once, when the clock is wrong; and whether a node knows that it can be reached. */
#include "tests/sim/attack.h"

#include <string.h>

#define LINK (&(HarkSimLinkConfig){.delay = 15 * HARK_MS})
#define SETTLED (20 * HARK_SECOND)
#define DAY (24 * HARK_HOUR)

static HarkTime
now_of (const HarkAttack *attack)
{
  return hark_sim_network_now (attack->network);
}

static unsigned
count_points (const HarkSimPerson *person)
{
  HarkNetStatus status;

  hark_net_get_status (person->net, &status);
  return status.contact_points;
}

static void
meet (HarkAttack *attack)
{
  hark_attack_open (attack, attack->alice);
  hark_attack_open (attack, attack->bob);
  hark_attack_know (attack, attack->alice);
  hark_attack_know (attack, attack->bob);
}

/* Both know each other, and have points. */
static void
init_friends (HarkAttack *attack, uint64_t seed)
{
  hark_attack_init (attack, seed, LINK);
  meet (attack);
  g_assert_true (hark_attack_run_until_met (attack, HARK_MINUTE));
  hark_sim_network_run (attack->network, SETTLED);
  g_assert_cmpuint (count_points (attack->alice), ==, 3);
  g_assert_cmpuint (count_points (attack->bob), ==, 3);
}

static HarkNetStatus
status_of (const HarkSimPerson *person)
{
  HarkNetStatus status;

  hark_net_get_status (person->net, &status);
  return status;
}

/* ---- contact points die ---------------------------------------------------------- */

/* One after the other is cut off: the others take over, and there are always some. */
static void
test_points_die (void)
{
  HarkAttack attack;

  init_friends (&attack, 1);
  for (int i = 1; i < HARK_ATTACK_DHT - 1; i++) {
    hark_sim_network_cut_host (attack.network, attack.dht[i]->host, true);
    hark_sim_network_run (attack.network, 40 * HARK_SECOND);
    g_assert_cmpuint (count_points (attack.bob), >=, (unsigned) MIN (3, HARK_ATTACK_DHT - 1 - i));
    hark_sim_person_restart (attack.alice, &attack.bootstrap);
    hark_attack_open (&attack, attack.alice);
    hark_attack_know (&attack, attack.alice);
    g_assert_true (hark_attack_run_until_met (&attack, 20 * HARK_SECOND));
  }
  hark_attack_clear (&attack);
}

/* Nobody passes knocks on any more: what goes to or comes from a point is lost. */
static bool
lose_points (HarkAttack *attack, unsigned host, const HarkEndpoint *to, uint8_t *bytes, size_t len)
{
  (void) attack;
  (void) host;
  (void) to;
  return !hark_attack_find (bytes, len, "7:hk_keep")
         && !hark_attack_find (bytes, len, "8:hk_knock");
}

static void
test_no_points (void)
{
  HarkNetPeerRecord record;
  HarkAttack attack;
  HarkTime start;

  hark_attack_init (&attack, 2, LINK);
  attack.tap = lose_points;
  meet (&attack);
  start = now_of (&attack);
  g_assert_true (hark_attack_run_until_met (&attack, HARK_MINUTE));
  g_test_message ("by mailbox after %.1f s", (double) (now_of (&attack) - start) / HARK_SECOND);
  g_assert_cmpuint (count_points (attack.alice), ==, 0);
  g_assert_cmpuint (count_points (attack.bob), ==, 0);
  hark_net_get_peer_record (attack.alice->net, &attack.bob->config.account, &record);
  g_assert_true (record.found);
  g_assert_true (record.mailbox);
  hark_attack_clear (&attack);
}

/* All points fall silent at once, and one of the two starts again. */
static void
test_all_points_die (void)
{
  HarkAttack attack;
  HarkTime start;

  init_friends (&attack, 3);
  attack.tap = lose_points;
  hark_sim_person_restart (attack.alice, &attack.bootstrap);
  hark_attack_open (&attack, attack.alice);
  hark_attack_know (&attack, attack.alice);
  start = now_of (&attack);
  g_assert_true (hark_attack_run_until_met (&attack, 2 * HARK_MINUTE));
  g_test_message ("by mailbox after %.1f s", (double) (now_of (&attack) - start) / HARK_SECOND);
  hark_attack_clear (&attack);
}

static void
start_again (HarkAttack *attack, HarkSimPerson *person)
{
  hark_sim_person_restart (person, &attack->bootstrap);
  hark_attack_open (attack, person);
  hark_attack_know (attack, person);
}

/* Bob tells of the token that his contacts find him by, while Alice still looks under the one he
 * asked her with, where he has said goodbye since. She believes that of the old one only. */
static void
change_token (uint8_t first)
{
  HarkToken asked = {.bytes = {first}};
  HarkNetContact contact = {.has_pairwise = true};
  HarkAttack attack;

  hark_attack_init (&attack, 12, LINK);
  hark_attack_open (&attack, attack.bob);
  hark_sim_network_run (attack.network, SETTLED);
  hark_net_open_audience (attack.bob->net, HARK_AUDIENCE_REQUEST, &asked,
                          &attack.alice->config.account, now_of (&attack));
  hark_sim_node_flush (attack.bob->node);
  hark_sim_network_run (attack.network, 5 * HARK_SECOND);
  hark_net_close_audience (attack.bob->net, &asked, now_of (&attack));
  hark_sim_node_flush (attack.bob->node);
  hark_sim_network_run (attack.network, 5 * HARK_SECOND);
  hark_attack_know (&attack, attack.bob);

  contact.account = attack.bob->config.account;
  contact.reach = asked;
  contact.pairwise = attack.pairwise;
  hark_net_set_contact (attack.alice->net, &contact, now_of (&attack));
  hark_sim_node_flush (attack.alice->node);
  hark_sim_network_run (attack.network, 20 * HARK_MS);
  hark_attack_know (&attack, attack.alice);
  g_assert_true (hark_attack_run_until_met (&attack, 3 * HARK_SECOND));
  hark_attack_clear (&attack);
}

/* Epochs of two tokens begin at different times: only some pairs are in the same one now. */
static void
test_token_changes (void)
{
  for (uint8_t first = 1; first <= 4; first++)
    change_token (first);
}

/* The power comes back for both: what the one finds of the other is of before, at first. */
static void
test_both_at_once (void)
{
  static const HarkTime apart[] = {0, 30 * HARK_MS, 100 * HARK_MS, 300 * HARK_MS, HARK_SECOND};

  for (uint64_t i = 0; i < G_N_ELEMENTS (apart); i++) {
    HarkAttack attack;
    HarkTime start;

    init_friends (&attack, 4 + i);
    start_again (&attack, attack.bob);
    hark_sim_network_run (attack.network, apart[i]);
    start_again (&attack, attack.alice);
    start = now_of (&attack);
    g_assert_true (hark_attack_run_until_met (&attack, 1500 * HARK_MS));
    g_test_message ("%.2f s apart: met after %.2f s", (double) apart[i] / HARK_SECOND,
                    (double) (now_of (&attack) - start) / HARK_SECOND);
    hark_attack_clear (&attack);
  }
}

/* Bob's clock is ten minutes behind, and it is a few minutes past midnight for Alice only. */
static void
test_mailbox_at_midnight (void)
{
  int64_t day_ms = INT64_C (86400000), wall_ms, ahead_ms;
  HarkAttack attack;

  hark_attack_init (&attack, 10, LINK);
  attack.tap = lose_points;
  wall_ms = HARK_SIM_PERSON_WALL_MS + (int64_t) (now_of (&attack) / HARK_MS);
  ahead_ms = day_ms - wall_ms % day_ms;
  hark_net_set_wall (attack.alice->net, wall_ms + ahead_ms + 300000, now_of (&attack));
  hark_net_set_wall (attack.bob->net, wall_ms + ahead_ms - 300000, now_of (&attack));
  hark_sim_node_flush (attack.alice->node);
  hark_sim_node_flush (attack.bob->node);
  meet (&attack);
  g_assert_true (hark_attack_run_until_met (&attack, 90 * HARK_SECOND));
  hark_attack_clear (&attack);
}

/* Alice has a new pairwise secret of which Bob, who crashed, knows nothing. */
static void
test_mailbox_of_previous (void)
{
  HarkNetContact contact;
  HarkAttack attack;

  hark_attack_init (&attack, 11, LINK);
  attack.tap = lose_points;
  meet (&attack);
  contact = (HarkNetContact){.account = attack.bob->config.account,
                             .reach = attack.reach[1],
                             .has_pairwise = true,
                             .pairwise = {{9, 9, 9}},
                             .has_pairwise_previous = true,
                             .pairwise_previous = attack.pairwise};
  hark_net_set_contact (attack.alice->net, &contact, now_of (&attack));
  hark_sim_node_flush (attack.alice->node);
  g_assert_true (hark_attack_run_until_met (&attack, 2 * HARK_MINUTE));
  hark_attack_clear (&attack);
}

/* A contact request finds its way as well. */
static bool
was_asked (void *data)
{
  return ((HarkAttack *) data)->bob->has_request;
}

static void
test_request_by_mailbox (void)
{
  HarkAttack attack;

  hark_attack_init (&attack, 4, LINK);
  attack.tap = lose_points;
  hark_sim_network_run (attack.network, SETTLED);
  hark_sim_people_ask (attack.alice, attack.bob, &attack.token);
  g_assert_true (hark_sim_network_run_until (attack.network, 10 * HARK_MINUTE, was_asked, &attack));
  hark_sim_people_accept (attack.bob);
  g_assert_true (hark_attack_run_until_met (&attack, 2 * HARK_MINUTE));
  hark_attack_clear (&attack);
}

/* ---- a crowd --------------------------------------------------------------------- */

#define CROWD 100
#define TOWN 60 /* nodes: nobody has to answer too much */

typedef struct {
  HarkAttack attack;
  HarkSimPerson *town[TOWN];
  HarkSimPerson *people[CROWD];
  HarkToken reach[CROWD];
} Crowd;

static void
know (HarkSimPerson *person, const HarkSimPerson *other, const HarkToken *reach, uint8_t number)
{
  HarkNetContact contact = {.account = other->config.account,
                            .reach = *reach,
                            .has_pairwise = true,
                            .pairwise = {{number, 1, 2, 3}}};

  hark_net_set_contact (person->net, &contact, hark_sim_network_now (person->network));
  hark_sim_node_flush (person->node);
}

static void
bob_knows_all (Crowd *crowd)
{
  hark_attack_open (&crowd->attack, crowd->attack.bob);
  for (uint8_t i = 0; i < CROWD; i++)
    know (crowd->attack.bob, crowd->people[i], &crowd->reach[i], i);
}

static bool
all_meet (void *data)
{
  const Crowd *crowd = data;

  for (unsigned i = 0; i < CROWD; i++)
    if (crowd->people[i]->state != HARK_PEER_ONLINE)
      return false;
  return true;
}

/* How many are back. */
static unsigned
count_met (const Crowd *crowd)
{
  unsigned n = 0;

  for (unsigned i = 0; i < CROWD; i++)
    n += crowd->people[i]->state == HARK_PEER_ONLINE;
  return n;
}

static bool
one_meets (void *data)
{
  return count_met (data) > 0;
}

/* Bob starts again, with what he has kept of where his contacts are, or without: within @first the
 * first of them is there, within @all everybody. */
static void
check_restart (Crowd *crowd, bool kept, HarkTime first, HarkTime all)
{
  HarkAttack *attack = &crowd->attack;
  g_autoptr (GBytes) records = hark_net_save_records (attack->bob->net);
  HarkTime start;

  hark_sim_person_restart (attack->bob, &attack->bootstrap);
  hark_sim_network_run (attack->network, 0);
  for (unsigned i = 0; i < CROWD; i++)
    crowd->people[i]->state = HARK_PEER_OFFLINE;
  bob_knows_all (crowd);
  if (kept)
    hark_net_restore_records (attack->bob->net, records);
  hark_sim_node_flush (attack->bob->node);
  start = now_of (attack);
  g_assert_true (hark_sim_network_run_until (attack->network, first, one_meets, crowd));
  g_test_message ("the first of %u contacts is back after %.2f s", CROWD,
                  (double) (now_of (attack) - start) / HARK_SECOND);
  g_assert_true (
    hark_sim_network_run_until (attack->network, start + all - now_of (attack), all_meet, crowd));
  g_test_message ("the last after %.2f s", (double) (now_of (attack) - start) / HARK_SECOND);
  hark_sim_network_run (attack->network, SETTLED);
}

/* Somebody with a hundred contacts starts again while all of them are there. */
static void
test_crowd (void)
{
  g_autofree Crowd *crowd = g_new0 (Crowd, 1);
  HarkAttack *attack = &crowd->attack;

  hark_attack_init (attack, 5, &(HarkSimLinkConfig){.delay = 12500 * HARK_MS / 1000});
  for (unsigned i = 0; i < TOWN; i++)
    crowd->town[i] = hark_attack_add (attack, false);
  hark_sim_network_run (attack->network, HARK_MINUTE);
  for (uint8_t i = 0; i < CROWD; i++) {
    crowd->people[i] = hark_attack_add (attack, true);
    crowd->reach[i] = (HarkToken){
      {i, 7, 7}
    };
    hark_net_open_audience (crowd->people[i]->net, HARK_AUDIENCE_CONTACTS, &crowd->reach[i], NULL,
                            now_of (attack));
    know (crowd->people[i], attack->bob, &attack->reach[1], i);
  }
  bob_knows_all (crowd);
  g_assert_true (hark_sim_network_run_until (attack->network, 5 * HARK_MINUTE, all_meet, crowd));
  hark_sim_network_run (attack->network, SETTLED);

  check_restart (crowd, true, 1500 * HARK_MS, 3 * HARK_SECOND);
  check_restart (crowd, false, 1500 * HARK_MS, 10 * HARK_SECOND);
  for (unsigned i = 0; i < CROWD; i++)
    hark_sim_person_free (crowd->people[i]);
  for (unsigned i = 0; i < TOWN; i++)
    hark_sim_person_free (crowd->town[i]);
  hark_attack_clear (attack);
}

static bool
has_nodes (void *data)
{
  const HarkAttack *attack = data;

  return status_of (attack->bob).dht_nodes >= 4;
}

/* Every node that Bob could start from is dead: those at which his contacts keep registrations lead
 * him back. */
static void
test_contacts_lead_back (void)
{
  HarkAttack attack;
  HarkEndpoint nobody = {
    .family = 4, .port = 6881, .ip = {198, 18, 255, 1}
  };
  g_autoptr (GBytes) records = NULL;

  init_friends (&attack, 9);
  records = hark_net_save_records (attack.bob->net);
  for (int kept = 0; kept < 2; kept++) {
    hark_sim_person_restart (attack.bob, &nobody);
    hark_attack_open (&attack, attack.bob);
    hark_attack_know (&attack, attack.bob);
    if (kept)
      hark_net_restore_records (attack.bob->net, records);
    hark_sim_node_flush (attack.bob->node);
    g_assert_true (hark_sim_network_run_until (attack.network, 5 * HARK_SECOND, has_nodes, &attack)
                   == (kept == 1));
  }
  hark_attack_clear (&attack);
}

/* ---- days ------------------------------------------------------------------------ */

/* Handles and slots change every day, and nobody is ever lost. */
static void
test_days (void)
{
  uint8_t before[8];
  HarkAttack attack;

  init_friends (&attack, 6);
  memcpy (before, attack.points[attack.bob->host].handle, sizeof before);
  for (int i = 0; i < 26; i++) {
    hark_sim_network_run (attack.network, HARK_HOUR);
    hark_sim_person_restart (attack.alice, &attack.bootstrap);
    hark_attack_open (&attack, attack.alice);
    hark_attack_know (&attack, attack.alice);
    g_assert_true (hark_attack_run_until_met (&attack, 15 * HARK_SECOND));
  }
  g_assert_true (memcmp (before, attack.points[attack.bob->host].handle, sizeof before) != 0);
  hark_attack_clear (&attack);
}

/* ---- the clock ------------------------------------------------------------------- */

static void
check_clock (int64_t years)
{
  int64_t off_ms = years * 365 * 86400 * 1000;
  HarkNetStatus status;
  HarkAttack attack;

  init_friends (&attack, 7);
  hark_sim_person_restart (attack.alice, &attack.bootstrap);
  hark_net_set_wall (attack.alice->net,
                     HARK_SIM_PERSON_WALL_MS + (int64_t) (now_of (&attack) / HARK_MS) + off_ms,
                     now_of (&attack));
  hark_attack_open (&attack, attack.alice);
  hark_attack_know (&attack, attack.alice);
  g_assert_true (hark_attack_run_until_met (&attack, 20 * HARK_SECOND));
  status = status_of (attack.alice);
  g_assert_true (status.has_clock_skew);
  g_assert_cmpint (ABS (status.clock_skew_s + off_ms / 1000), <, 10);
  status = status_of (attack.bob);
  g_assert_true (status.has_clock_skew);
  g_assert_cmpint (ABS (status.clock_skew_s), <, 10);
  hark_attack_clear (&attack);
}

static void
test_clock (void)
{
  check_clock (10);
  check_clock (-10);
}

static void
restart_bob (HarkAttack *attack, int64_t off_ms)
{
  hark_sim_person_restart (attack->bob, &attack->bootstrap);
  hark_net_set_wall (attack->bob->net,
                     HARK_SIM_PERSON_WALL_MS + (int64_t) (now_of (attack) / HARK_MS) + off_ms,
                     now_of (attack));
  hark_attack_open (attack, attack->bob);
  hark_attack_know (attack, attack->bob);
  hark_sim_network_run (attack->network, SETTLED);
}

/* Bob's clock was ten years ahead, and is set right: most nodes hold a record of his whose number
 * is higher than what he counts now, and one takes the new one. Readers go by the highest number,
 * so he counts on from there. */
static void
test_clock_set_right (void)
{
  const int64_t decade_ms = INT64_C (10) * 365 * 86400 * 1000;
  const HarkPeer *peer;
  HarkAttack attack;
  int64_t age_s;

  init_friends (&attack, 11);
  hark_sim_network_cut_host (attack.network, attack.alice->host, true);
  hark_sim_network_cut_host (attack.network, attack.dht[HARK_ATTACK_DHT - 1]->host, true);
  restart_bob (&attack, decade_ms);
  hark_sim_network_cut_host (attack.network, attack.dht[HARK_ATTACK_DHT - 1]->host, false);
  restart_bob (&attack, 0);

  hark_sim_network_cut_host (attack.network, attack.alice->host, false);
  hark_sim_person_restart (attack.alice, &attack.bootstrap);
  hark_attack_open (&attack, attack.alice);
  hark_attack_know (&attack, attack.alice);
  g_assert_true (hark_attack_run_until_met (&attack, 20 * HARK_SECOND));
  peer = g_hash_table_lookup (attack.alice->net->peers, &attack.bob->config.account);
  age_s = (HARK_SIM_PERSON_WALL_MS + (int64_t) (now_of (&attack) / HARK_MS)) / 1000
          - (int64_t) peer->record.made;
  g_assert_cmpint (ABS (age_s), <, 3600);
  hark_attack_clear (&attack);
}

/* What points say of their time is years off. */
static bool
lie_about_time (
  HarkAttack *attack, unsigned host, const HarkEndpoint *to, uint8_t *bytes, size_t len)
{
  uint8_t *time = hark_attack_find (bytes, len, "1:si1");

  (void) host;
  (void) to;
  if (time) {
    time[0] = '9'; /* 179... becomes 199... */
    attack->count++;
  }
  return true;
}

/* Every point tells the same wrong time: Alice, who starts now, and Bob, who was there before and
 * moves, find each other all the same, and go by their own clocks. */
static void
test_lying_points (void)
{
  HarkNetStatus status;
  HarkAttack attack;

  init_friends (&attack, 9);
  attack.tap = lie_about_time;
  attack.count = 0;
  hark_sim_person_restart (attack.alice, &attack.bootstrap);
  hark_attack_open (&attack, attack.alice);
  hark_attack_know (&attack, attack.alice);
  g_assert_true (hark_attack_run_until_met (&attack, 20 * HARK_SECOND));
  hark_sim_person_restart (attack.bob, &attack.bootstrap);
  hark_attack_open (&attack, attack.bob);
  hark_attack_know (&attack, attack.bob);
  g_assert_true (hark_attack_run_until_met (&attack, 20 * HARK_SECOND));
  hark_sim_network_run (attack.network, SETTLED);
  g_assert_cmpuint (attack.count, >, 0);
  status = status_of (attack.alice);
  g_assert_true (status.has_clock_skew);
  g_assert_cmpint (status.clock_skew_s, >, 86400);
  g_assert_cmpint (ABS (hark_rendezvous_wall_ms (attack.alice->net->rendezvous, now_of (&attack))
                        - HARK_SIM_PERSON_WALL_MS - (int64_t) (now_of (&attack) / HARK_MS)),
                   <, 1000);
  hark_attack_clear (&attack);
}

/* ---- can we be reached? ---------------------------------------------------------- */

/* Somebody who would serve, behind @nat, who is told of @bootstrap and no more. */
static HarkSimPerson *
add_server (HarkAttack *attack, HarkSimNatKind nat, bool with_account)
{
  unsigned site = hark_sim_network_add_site (attack->network, nat);
  unsigned host = hark_sim_network_add_host (attack->network, site);
  HarkSimPerson *person = hark_sim_person_new (attack->network, host, with_account, NULL);
  HarkToken token = {
    {1, 2, 3}
  };

  person->config.serve = true;
  hark_sim_person_restart (person, &attack->bootstrap);
  if (with_account)
    hark_net_open_audience (person->net, HARK_AUDIENCE_CONTACTS, &token, NULL, now_of (attack));
  hark_sim_node_flush (person->node);
  return person;
}

/* Of every three that pass a probe on or answer one, `marked.port` lie: they do nothing. */
static bool
lose_probes (HarkAttack *attack, unsigned host, const HarkEndpoint *to, uint8_t *bytes, size_t len)
{
  (void) host;
  (void) to;
  if (!hark_attack_find (bytes, len, "8:hk_probe") || !hark_attack_find (bytes, len, "1:c6:"))
    return true;
  return attack->count++ % 3 >= attack->marked.port;
}

#define MANY 120

/* A network large enough that not everybody was sent something. */
typedef struct {
  HarkAttack attack;
  HarkSimPerson *others[MANY];
  HarkSimPerson *person;
} Reach;

static void
init_reach (Reach *reach, HarkSimNatKind nat, bool with_account, uint16_t liars)
{
  HarkAttack *attack = &reach->attack;

  hark_attack_init (attack, 8, LINK);
  for (unsigned i = 0; i < MANY; i++)
    reach->others[i] = hark_attack_add (attack, false);
  hark_sim_network_run (attack->network, 25 * HARK_MINUTE); /* they find each other */
  attack->tap = lose_probes;
  attack->count = 0;
  attack->marked.port = liars;
  reach->person = add_server (attack, nat, with_account);
}

static void
clear_reach (Reach *reach)
{
  g_test_message ("%u probes", (unsigned) reach->attack.count);
  hark_sim_person_free (reach->person);
  for (unsigned i = 0; i < MANY; i++)
    hark_sim_person_free (reach->others[i]);
  hark_attack_clear (&reach->attack);
}

/* Whoever tells is one of a few in a network of many, and so no help to the others. */
static void
test_reach (void)
{
  static const HarkSimNatKind more[] = {HARK_SIM_NAT_FULL_CONE, HARK_SIM_NAT_SYMMETRIC};
  HarkSimPerson *people[G_N_ELEMENTS (more)];
  Reach reach;

  init_reach (&reach, HARK_SIM_NAT_NONE, true, 0);
  for (unsigned i = 0; i < G_N_ELEMENTS (more); i++)
    people[i] = add_server (&reach.attack, more[i], true);
  hark_sim_network_run (reach.attack.network, 20 * HARK_MINUTE);
  g_assert_true (status_of (reach.person).reachable);
  for (unsigned i = 0; i < G_N_ELEMENTS (more); i++) {
    g_assert_cmpint (status_of (people[i]).reachable, ==, more[i] == HARK_SIM_NAT_FULL_CONE);
    hark_sim_person_free (people[i]);
  }
  clear_reach (&reach);
}

/* Nobody has to be told: a node that only serves finds out as well. */
static void
test_reach_of_nodes (void)
{
  Reach reach;

  init_reach (&reach, HARK_SIM_NAT_PORT_RESTRICTED, false, 0);
  hark_sim_network_run (reach.attack.network, 20 * HARK_MINUTE);
  g_assert_false (status_of (reach.person).reachable);
  clear_reach (&reach);
}

/* One of three lies: that changes nothing, whichever way. */
static void
test_one_liar (void)
{
  Reach reach;

  init_reach (&reach, HARK_SIM_NAT_FULL_CONE, true, 1);
  hark_sim_network_run (reach.attack.network, 5 * HARK_MINUTE);
  g_assert_true (status_of (reach.person).reachable);
  clear_reach (&reach);
}

/* All lie: for as long as they do, nothing is served; nor for long after. */
static void
test_many_liars (void)
{
  Reach reach;

  init_reach (&reach, HARK_SIM_NAT_FULL_CONE, true, 3);
  hark_sim_network_run (reach.attack.network, 10 * HARK_MINUTE);
  g_assert_false (status_of (reach.person).reachable);
  reach.attack.marked.port = 0;
  hark_sim_network_run (reach.attack.network, 30 * HARK_MINUTE);
  g_assert_true (status_of (reach.person).reachable);
  clear_reach (&reach);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rendezvous/points-die-one-by-one", test_points_die);
  g_test_add_func ("/rendezvous/mailbox-without-points", test_no_points);
  g_test_add_func ("/rendezvous/mailbox-when-all-points-die", test_all_points_die);
  g_test_add_func ("/rendezvous/token-changes-during-a-look", test_token_changes);
  g_test_add_func ("/rendezvous/both-start-again-at-once", test_both_at_once);
  g_test_add_func ("/rendezvous/mailbox-around-midnight", test_mailbox_at_midnight);
  g_test_add_func ("/rendezvous/mailbox-of-the-secret-before", test_mailbox_of_previous);
  g_test_add_func ("/rendezvous/request-by-mailbox", test_request_by_mailbox);
  g_test_add_func ("/rendezvous/crowd-knocks-at-once", test_crowd);
  g_test_add_func ("/rendezvous/contacts-lead-back-into-the-dht", test_contacts_lead_back);
  g_test_add_func ("/rendezvous/days-pass", test_days);
  g_test_add_func ("/rendezvous/clock-years-off-is-told", test_clock);
  g_test_add_func ("/rendezvous/clock-set-right-hides-nobody", test_clock_set_right);
  g_test_add_func ("/rendezvous/liars-about-the-time-hide-nobody", test_lying_points);
  g_test_add_func ("/rendezvous/knows-whether-it-is-reached", test_reach);
  g_test_add_func ("/rendezvous/node-without-account-knows-as-well", test_reach_of_nodes);
  g_test_add_func ("/rendezvous/one-lying-prober-of-three-changes-nothing", test_one_liar);
  g_test_add_func ("/rendezvous/lying-probers-delay-service-only", test_many_liars);
  return g_test_run ();
}
