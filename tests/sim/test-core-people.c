/* How people become contacts, part and come back. */
#include "core/heart/core-private.h"
#include "tests/sim/core-world.h"

#include <string.h>

#define PATIENCE (3 * HARK_MINUTE)
#define QUIET (2 * HARK_MINUTE) /* long enough for anything that should not happen */

typedef struct {
  HarkSimWorld world;
  HarkSimCoreNode *alice, *bob;
} Two;

static void
two_init (Two *two, uint64_t seed, const HarkSimLinkConfig *link)
{
  hark_sim_world_init (&two->world, seed);
  two->alice = hark_sim_world_add (&two->world, HARK_SIM_NAT_PORT_RESTRICTED, link, "Alice");
  two->bob = hark_sim_world_add (&two->world, HARK_SIM_NAT_PORT_RESTRICTED, link, "Bob");
}

static const HarkSimLinkConfig good_link = {.delay = 10 * HARK_MS};

static void
pass (Two *two, HarkTime span)
{
  hark_sim_network_run (two->world.network, span);
}

static bool
says (HarkSimCoreNode *node, HarkCommandKind kind, const HarkSimCoreNode *other)
{
  const HarkEvent *result = hark_sim_core_node_ask (node, hark_sim_command (kind, other));

  return result != NULL && result->ok;
}

static void
restart (HarkSimCoreNode *node)
{
  hark_sim_core_node_kill (node);
  hark_sim_core_node_start (node);
}

static HarkPersonStatus
status_of (const HarkSimCoreNode *node, const HarkSimCoreNode *other)
{
  const HarkPerson *person = hark_sim_core_node_person (node, &other->account);

  return person != NULL ? person->status : HARK_PERSON_REMOVED;
}

/* What STATUS says; the running process need not have made an event. */
static HarkPersonStatus
listed_status (HarkSimCoreNode *node, const HarkSimCoreNode *other)
{
  const HarkPerson *person = hark_sim_listed (node, other);

  return person != NULL ? person->status : HARK_PERSON_REMOVED;
}

static void
add_by_address (HarkSimCoreNode *asker, HarkSimCoreNode *asked)
{
  g_autofree char *address = hark_sim_address (asked, false);

  g_assert_null (hark_sim_add (asker, address));
}

typedef struct {
  HarkSimCoreNode *node;
  const HarkKey *contact;
  uint8_t id[HARK_MESSAGE_ID_LEN];
} Awaited;

static bool
has_arrived (const Awaited *awaited)
{
  g_autoptr (GPtrArray) history = hark_sim_core_node_history (awaited->node, awaited->contact);
  const HarkStoreMessage *last = history->len > 0 ? history->pdata[history->len - 1] : NULL;

  return last != NULL && memcmp (last->id, awaited->id, sizeof last->id) == 0;
}

/* One text each way goes through: they really are together. */
static void
check_talk (Two *two)
{
  HarkSimCoreNode *people[] = {two->alice, two->bob};

  g_assert_true (hark_sim_wait_online (two->alice, two->bob, PATIENCE));
  for (int i = 0; i < 2; i++) {
    HarkCommand *command = hark_sim_command (HARK_COMMAND_SEND, people[1 - i]);
    Awaited awaited = {people[1 - i], &people[i]->account, {0}};
    const HarkEvent *result;

    command->text = g_strdup_printf ("Are you there, %d?", i);
    result = hark_sim_core_node_ask (people[i], command);
    g_assert_nonnull (result);
    g_assert_true (result->ok);
    memcpy (awaited.id, result->id, sizeof awaited.id);
    for (HarkTime span = 0; span < PATIENCE && !has_arrived (&awaited); span += HARK_SECOND)
      pass (two, HARK_SECOND);
    g_assert_true (has_arrived (&awaited));
  }
}

/* ---- loss ---- */

static void
test_loss (void)
{
  static const double losses[] = {0, 0.1, 0.2, 0.3, 0.5};

  for (size_t i = 0; i < G_N_ELEMENTS (losses); i++)
    for (unsigned run = 0; run < hark_sim_runs (5); run++) {
      HarkSimLinkConfig link = hark_sim_lossy_link (losses[i]);
      HarkTime start;
      Two two;

      two_init (&two, 100 * i + run, &link);
      start = hark_sim_network_now (two.world.network);
      g_assert_true (hark_sim_befriend (two.alice, two.bob, 10 * HARK_MINUTE));
      g_test_message ("%.0f %% loss: %.1f s", 100 * losses[i],
                      (double) (hark_sim_network_now (two.world.network) - start) / HARK_SECOND);
      check_talk (&two);
      hark_sim_world_clear (&two.world);
    }
}

/* ---- the user's steps ---- */

static void
test_decline (void)
{
  Two two;

  two_init (&two, 1, &good_link);
  add_by_address (two.alice, two.bob);
  g_assert_true (hark_sim_wait_request (two.bob, two.alice, PATIENCE));
  g_assert_true (says (two.bob, HARK_COMMAND_DECLINE, two.alice));
  pass (&two, QUIET);
  g_assert_cmpint (status_of (two.alice, two.bob), ==, HARK_PERSON_ASKED);
  g_assert_cmpint (listed_status (two.bob, two.alice), ==, HARK_PERSON_REMOVED);

  /* asking again is not shown, not even after both were restarted */
  restart (two.alice);
  restart (two.bob);
  pass (&two, QUIET);
  g_assert_cmpint (listed_status (two.bob, two.alice), ==, HARK_PERSON_REMOVED);
  g_assert_cmpint (listed_status (two.alice, two.bob), ==, HARK_PERSON_ASKED);

  /* Bob changes his mind: his own request finds hers */
  add_by_address (two.bob, two.alice);
  check_talk (&two);
  hark_sim_world_clear (&two.world);
}

/* Blocked before an answer was given: it can still be given, or the asking goes on. */
static void
test_block_before_an_answer (void)
{
  Two two;

  two_init (&two, 92, &good_link);
  add_by_address (two.alice, two.bob);
  g_assert_true (hark_sim_wait_request (two.bob, two.alice, PATIENCE));
  g_assert_true (says (two.bob, HARK_COMMAND_BLOCK, two.alice));
  g_assert_true (says (two.alice, HARK_COMMAND_BLOCK, two.bob));
  g_assert_true (says (two.bob, HARK_COMMAND_UNBLOCK, two.alice));
  g_assert_cmpint (listed_status (two.bob, two.alice), ==, HARK_PERSON_REQUEST);
  g_assert_true (says (two.alice, HARK_COMMAND_UNBLOCK, two.bob));
  g_assert_cmpint (listed_status (two.alice, two.bob), ==, HARK_PERSON_ASKED);
  g_assert_true (says (two.bob, HARK_COMMAND_ACCEPT, two.alice));
  check_talk (&two);
  hark_sim_world_clear (&two.world);
}

/* Whoever was declined and is then given an invite is meant. */
static void
test_decline_then_invite (void)
{
  g_autofree char *invite = NULL;
  Two two;

  two_init (&two, 91, &good_link);
  add_by_address (two.alice, two.bob);
  g_assert_true (hark_sim_wait_request (two.bob, two.alice, PATIENCE));
  g_assert_true (says (two.bob, HARK_COMMAND_DECLINE, two.alice));
  invite = hark_sim_address (two.bob, true);
  g_assert_null (hark_sim_add (two.alice, invite));
  g_assert_true (hark_sim_wait_request (two.bob, two.alice, PATIENCE));
  g_assert_true (says (two.bob, HARK_COMMAND_ACCEPT, two.alice));
  check_talk (&two);
  hark_sim_world_clear (&two.world);
}

/* The secret of two who stay connected for longer than it may be used is made anew all the same. */
static void
test_renewal_in_a_long_session (void)
{
  HarkCoreContact *contacts[2];
  HarkSimCoreNode *people[2];
  HarkSecret before;
  Two two;

  two_init (&two, 92, &good_link);
  g_assert_true (hark_sim_befriend (two.alice, two.bob, PATIENCE));
  check_talk (&two);
  people[0] = two.alice;
  people[1] = two.bob;
  for (int i = 0; i < 2; i++) {
    contacts[i] = hark_core_find (people[i]->core, &people[1 - i]->account);
    g_assert_cmpint (contacts[i]->row.pairwise_ms, >, 0);
    contacts[i]->row.pairwise_ms -= HARK_PAIR_AGE_MAX_MS;
  }
  before = contacts[0]->row.pairwise;
  pass (&two, 2 * HARK_HOUR);
  for (int i = 0; i < 2; i++)
    g_assert_cmpint (memcmp (&contacts[i]->row.pairwise, &before, sizeof before), !=, 0);
  g_assert_cmpint (memcmp (&contacts[0]->row.pairwise, &contacts[1]->row.pairwise, sizeof before),
                   ==, 0);
  check_talk (&two);
  g_assert_cmpuint (two.alice->warnings + two.bob->warnings, ==, 0);
  hark_sim_world_clear (&two.world);
}

static void
test_block (void)
{
  Two two;

  two_init (&two, 2, &good_link);
  g_assert_true (hark_sim_befriend (two.alice, two.bob, PATIENCE));
  g_assert_true (says (two.bob, HARK_COMMAND_BLOCK, two.alice));
  g_assert_true (hark_sim_wait_apart (two.alice, two.bob, PATIENCE));
  restart (two.alice);
  pass (&two, QUIET);
  restart (two.bob);
  pass (&two, QUIET);
  g_assert_false (hark_sim_core_node_sees_online (two.alice, two.bob));
  g_assert_cmpint (listed_status (two.bob, two.alice), ==, HARK_PERSON_BLOCKED);

  add_by_address (two.bob, two.alice); /* he forgives */
  check_talk (&two);

  /* and again, by a click: what they shared is still there, also after another start */
  g_assert_false (says (two.bob, HARK_COMMAND_UNBLOCK, two.alice));
  g_assert_true (says (two.bob, HARK_COMMAND_BLOCK, two.alice));
  g_assert_true (hark_sim_wait_apart (two.alice, two.bob, PATIENCE));
  restart (two.bob);
  g_assert_true (says (two.bob, HARK_COMMAND_UNBLOCK, two.alice));
  g_assert_cmpint (listed_status (two.bob, two.alice), ==, HARK_PERSON_ACCEPTED);
  check_talk (&two);
  hark_sim_world_clear (&two.world);
}

static void
test_remove_and_return (void)
{
  Two two;

  two_init (&two, 3, &good_link);
  g_assert_true (hark_sim_befriend (two.alice, two.bob, PATIENCE));
  g_assert_true (says (two.alice, HARK_COMMAND_REMOVE, two.bob));
  pass (&two, QUIET);
  g_assert_cmpint (listed_status (two.alice, two.bob), ==, HARK_PERSON_REMOVED);
  g_assert_false (hark_sim_core_node_sees_online (two.bob, two.alice));

  /* she adds him again: he knows her still, so nobody has to click */
  add_by_address (two.alice, two.bob);
  check_talk (&two);

  /* and the other way round, with a secret that only one of them remembers */
  pass (&two, QUIET);
  g_assert_true (says (two.bob, HARK_COMMAND_REMOVE, two.alice));
  restart (two.bob);
  restart (two.alice);
  add_by_address (two.bob, two.alice);
  check_talk (&two);
  hark_sim_world_clear (&two.world);
}

/* Her computer is gone. With her words and his address she is back, without a click of his. */
static void
test_restored (void)
{
  for (int asker = 0; asker < 2; asker++) {
    HarkCommand *command;
    Two two;

    two_init (&two, 30, &good_link);
    g_assert_true (asker == 0 ? hark_sim_befriend (two.alice, two.bob, PATIENCE)
                              : hark_sim_befriend (two.bob, two.alice, PATIENCE));
    pass (&two, QUIET);
    hark_sim_core_node_lose_profile (two.alice);
    pass (&two, HARK_MINUTE);
    command = hark_sim_command (HARK_COMMAND_SEND, two.alice);
    command->text = g_strdup ("Where are you?");
    hark_sim_core_node_do (two.bob, command);
    add_by_address (two.alice, two.bob);
    check_talk (&two);
    g_assert_cmpint (listed_status (two.bob, two.alice), ==, HARK_PERSON_ACCEPTED);
    {
      g_autoptr (GPtrArray) history = hark_sim_core_node_history (two.alice, &two.bob->account);

      g_assert_cmpuint (history->len, ==, 3); /* his, and one each way */
    }
    restart (two.alice);
    restart (two.bob);
    check_talk (&two);
    hark_sim_world_clear (&two.world);
  }
}

/* Both remove each other, then become contacts anew. */
static void
test_both_remove (void)
{
  Two two;

  two_init (&two, 4, &good_link);
  g_assert_true (hark_sim_befriend (two.alice, two.bob, PATIENCE));
  g_assert_true (says (two.alice, HARK_COMMAND_REMOVE, two.bob));
  g_assert_true (says (two.bob, HARK_COMMAND_REMOVE, two.alice));
  pass (&two, HARK_MINUTE);
  g_assert_true (hark_sim_befriend (two.bob, two.alice, PATIENCE));
  check_talk (&two);
  hark_sim_world_clear (&two.world);
}

static void
test_both_ask (void)
{
  for (unsigned seed = 1; seed <= hark_sim_runs (10); seed++) {
    HarkSimLinkConfig link = hark_sim_lossy_link (seed % 2 == 0 ? 0.1 : 0);
    Two two;

    two_init (&two, seed, &link);
    {
      g_autofree char *of_alice = hark_sim_address (two.alice, false);
      g_autofree char *of_bob = hark_sim_address (two.bob, false);
      HarkCommand *commands[2]
        = {hark_sim_command (HARK_COMMAND_ADD, NULL), hark_sim_command (HARK_COMMAND_ADD, NULL)};

      commands[0]->address = g_strdup (of_bob);
      commands[1]->address = g_strdup (of_alice);
      hark_sim_core_node_do (two.alice, commands[0]);
      pass (&two, (seed - 1) / 2 % 5 * 10 * HARK_MS); /* within one way's delay and beyond it */
      hark_sim_core_node_do (two.bob, commands[1]);
    }
    check_talk (&two);
    restart (two.alice);
    restart (two.bob);
    check_talk (&two);
    hark_sim_world_clear (&two.world);
  }
}

/* By an address of a contact nobody is asked anew; and it is told whose it is. */
static void
test_add_again (void)
{
  Two two;

  two_init (&two, 1, &good_link);
  {
    g_autofree char *address = hark_sim_address (two.bob, false);
    HarkCommand *add = hark_sim_command (HARK_COMMAND_ADD, NULL);
    const HarkEvent *result;

    g_assert_true (hark_sim_befriend (two.alice, two.bob, PATIENCE));
    add->address = g_strdup (address);
    result = hark_sim_core_node_ask (two.alice, add);
    g_assert_false (result->ok);
    g_assert_cmpstr (result->code, ==, "exists");
    g_assert_true (memcmp (result->account, two.bob->account.bytes, sizeof result->account) == 0);
    g_assert_cmpint (listed_status (two.alice, two.bob), ==, HARK_PERSON_ACCEPTED);
  }
  hark_sim_world_clear (&two.world);
}

static void
test_accept_while_away (void)
{
  Two two;

  two_init (&two, 6, &good_link);
  add_by_address (two.alice, two.bob);
  g_assert_true (hark_sim_wait_request (two.bob, two.alice, PATIENCE));
  hark_sim_core_node_stop (two.alice);
  pass (&two, HARK_MINUTE);
  g_assert_true (says (two.bob, HARK_COMMAND_ACCEPT, two.alice));
  pass (&two, 10 * HARK_MINUTE);
  hark_sim_core_node_start (two.alice);
  check_talk (&two);

  hark_sim_world_clear (&two.world);
}

/* The request is sent while the other one is not there, and they are never there together until
 * the end. */
static void
test_ask_while_away (void)
{
  Two two;

  two_init (&two, 7, &good_link);
  {
    g_autofree char *address = hark_sim_address (two.bob, false);

    pass (&two, 10 * HARK_SECOND);
    hark_sim_core_node_kill (two.bob);
    g_assert_null (hark_sim_add (two.alice, address));
  }
  pass (&two, HARK_MINUTE);
  hark_sim_core_node_start (two.bob);
  g_assert_true (hark_sim_wait_request (two.bob, two.alice, 10 * HARK_MINUTE));
  g_assert_true (says (two.bob, HARK_COMMAND_ACCEPT, two.alice));
  check_talk (&two);
  hark_sim_world_clear (&two.world);
}

/* Killed seconds after they met, and whoever let them into the DHT is gone: they remember others.
 */
static void
test_killed_early (void)
{
  Two two;

  two_init (&two, 21, &good_link);
  pass (&two, 5 * HARK_SECOND);
  g_assert_true (hark_sim_befriend (two.alice, two.bob, PATIENCE));
  pass (&two, 3 * HARK_SECOND);
  hark_sim_core_node_kill (two.alice);
  hark_sim_core_node_kill (two.bob);
  two.alice->bootstrap.family = two.bob->bootstrap.family = 0;
  hark_sim_core_node_start (two.alice);
  hark_sim_core_node_start (two.bob);
  g_assert_true (hark_sim_wait_online (two.alice, two.bob, 10 * HARK_SECOND));
  hark_sim_world_clear (&two.world);
}

/* Who quits or is killed within seconds of becoming a contact is found as fast as anybody else: the
 * session that the other side holds is hardly older than the new one. */
static void
test_ended_early (void)
{
  enum { ASKER_QUITS, ASKED_QUITS, ASKER_DIES, ASKED_DIES, BOTH_DIE, N_ENDS };

  for (unsigned run = 0; run < hark_sim_runs (2); run++)
    for (unsigned gap_ms = 0; gap_ms <= 2000; gap_ms += 250) {
      unsigned end = (gap_ms / 250 + run) % N_ENDS;
      HarkSimCoreNode *ends[2];
      HarkTime start, took;
      Two two;

      two_init (&two, 400 + gap_ms + run, &good_link);
      ends[0] = end == ASKER_QUITS || end == ASKER_DIES ? two.alice : two.bob;
      ends[1] = end == BOTH_DIE ? two.alice : NULL;
      pass (&two, HARK_SECOND);
      g_assert_true (hark_sim_befriend (two.alice, two.bob, PATIENCE));
      pass (&two, gap_ms * HARK_MS);
      for (int i = 0; i < 2 && ends[i] != NULL; i++)
        (end <= ASKED_QUITS ? hark_sim_core_node_stop : hark_sim_core_node_kill) (ends[i]);
      pass (&two, 200 * HARK_MS);
      start = hark_sim_network_now (two.world.network);
      for (int i = 0; i < 2 && ends[i] != NULL; i++)
        hark_sim_core_node_start (ends[i]);
      g_assert_true (hark_sim_wait_online (two.alice, two.bob, PATIENCE));
      took = hark_sim_network_now (two.world.network) - start;
      g_test_message ("end %u after %u ms: %.2f s", end, gap_ms, (double) took / HARK_SECOND);
      g_assert_cmpuint (took, <, 2 * HARK_SECOND);
      hark_sim_world_clear (&two.world);
    }
}

static void
test_restart_between_steps (void)
{
  Two two;

  two_init (&two, 8, &good_link);
  {
    g_autofree char *address = hark_sim_address (two.bob, false);

    restart (two.bob);
    restart (two.alice);
    g_assert_null (hark_sim_add (two.alice, address));
  }
  restart (two.alice);
  g_assert_true (hark_sim_wait_request (two.bob, two.alice, PATIENCE));
  restart (two.bob);
  restart (two.alice);
  g_assert_cmpint (listed_status (two.bob, two.alice), ==, HARK_PERSON_REQUEST);
  g_assert_true (says (two.bob, HARK_COMMAND_ACCEPT, two.alice));
  restart (two.bob);
  restart (two.alice);
  check_talk (&two);
  restart (two.bob);
  check_talk (&two);
  restart (two.alice);
  check_talk (&two);
  hark_sim_world_clear (&two.world);
}

static void
test_invite (void)
{
  g_autofree char *invite = NULL;
  HarkSimCoreNode *carol;
  Two two;

  two_init (&two, 9, &good_link);
  carol = hark_sim_world_add (&two.world, HARK_SIM_NAT_FULL_CONE, &good_link, "Carol");
  invite = hark_sim_address (two.bob, true);
  g_assert_null (hark_sim_add (two.alice, invite));
  g_assert_true (hark_sim_wait_request (two.bob, two.alice, PATIENCE));
  g_assert_true (says (two.bob, HARK_COMMAND_ACCEPT, two.alice));
  check_talk (&two);

  g_assert_null (hark_sim_add (carol, invite));
  pass (&two, QUIET);
  restart (two.bob);
  pass (&two, QUIET);
  g_assert_cmpint (listed_status (two.bob, carol), ==, HARK_PERSON_REMOVED);
  g_assert_cmpint (listed_status (carol, two.bob), ==, HARK_PERSON_ASKED);
  check_talk (&two);
  hark_sim_world_clear (&two.world);
}

/* ---- every moment of the first session ---- */

/* When each of the two is killed: at the nth write of its store from the request on, 0 for never.
 */
typedef struct {
  unsigned asker, asked;
  bool asker_before, asked_before;
} Deaths;

static void
ask_and_accept (Two *two, const char *address)
{
  HarkCommand *add = hark_sim_command (HARK_COMMAND_ADD, NULL);

  add->address = g_strdup (address);
  hark_sim_core_node_do (two->alice, add);
  pass (two, 10 * HARK_SECOND);
  if (listed_status (two->alice, two->bob) == HARK_PERSON_REMOVED) /* never kept: asks again */
    g_assert_null (hark_sim_add (two->alice, address));
  g_assert_true (hark_sim_wait_request (two->bob, two->alice, PATIENCE)
                 || listed_status (two->bob, two->alice) == HARK_PERSON_REQUEST);
  if (!says (two->bob, HARK_COMMAND_ACCEPT, two->alice)) { /* died over the click: clicks again */
    pass (two, 3 * HARK_SECOND);
    if (listed_status (two->bob, two->alice) == HARK_PERSON_REQUEST)
      g_assert_true (says (two->bob, HARK_COMMAND_ACCEPT, two->alice));
  }
  pass (two, 20 * HARK_SECOND);
}

/* Whatever happens in the first session, they find back, and find back again. Whether all deaths
 * came about. */
static bool
crash_once (const Deaths *deaths)
{
  g_autofree char *address = NULL;
  bool died;
  Two two;

  two_init (&two, 10, &good_link);
  address = hark_sim_address (two.bob, false);
  if (deaths->asker > 0)
    hark_sim_core_node_die_at (two.alice, deaths->asker, deaths->asker_before);
  if (deaths->asked > 0)
    hark_sim_core_node_die_at (two.bob, deaths->asked, deaths->asked_before);
  ask_and_accept (&two, address);
  died = (deaths->asker == 0 || two.alice->processes > 1)
         && (deaths->asked == 0 || two.bob->processes > 1);
  two.alice->die_at = two.bob->die_at = 0;
  check_talk (&two);
  restart (two.alice);
  restart (two.bob);
  check_talk (&two);
  hark_sim_world_clear (&two.world);
  return died;
}

/* How many writes one of the two does; kills behind each of them on the way. */
static unsigned
count_writes (bool asker)
{
  Deaths deaths = {0};
  unsigned *nth = asker ? &deaths.asker : &deaths.asked;

  do
    ++*nth;
  while (crash_once (&deaths));
  return *nth - 1;
}

static void
test_crash_windows (void)
{
  unsigned asker = count_writes (true), asked = count_writes (false), both = 0;
  const bool is_long = hark_sim_runs (1) > 1;

  g_test_message ("the first session takes %u writes there, %u here", asker, asked);
  g_assert_cmpuint (asker, >=, 4);
  g_assert_cmpuint (asked, >=, 4);
  for (unsigned i = 1; i <= asker; i++)
    crash_once (&(Deaths){i, 0, true, false});
  for (unsigned j = 1; j <= asked; j++)
    crash_once (&(Deaths){0, j, false, true});
  for (unsigned i = 1; i <= asker; i++)
    for (unsigned j = 1; j <= asked; j++)
      for (unsigned how = 0; how < 4; how++) /* before the write or behind it, each of the two */
        if (is_long || how == ((i + j) % 2 ? 3 : 0))
          both += crash_once (&(Deaths){i, j, how & 1, how & 2});
  g_test_message ("%u runs in which both died", both);
}

int
main (int argc, char **argv)
{
  hark_sim_test_init (&argc, &argv);
  g_test_add_func ("/core-people/meet-through-loss", test_loss);
  g_test_add_func ("/core-people/declined-asks-in-vain", test_decline);
  g_test_add_func ("/core-people/long-sessions-renew-the-secret", test_renewal_in_a_long_session);
  g_test_add_func ("/core-people/declined-and-then-invited", test_decline_then_invite);
  g_test_add_func ("/core-people/unblocked-is-what-it-was", test_block_before_an_answer);
  g_test_add_func ("/core-people/blocked-meets-silence", test_block);
  g_test_add_func ("/core-people/removed-may-return", test_remove_and_return);
  g_test_add_func ("/core-people/restored-from-words", test_restored);
  g_test_add_func ("/core-people/both-remove-and-meet-anew", test_both_remove);
  g_test_add_func ("/core-people/both-ask-at-once", test_both_ask);
  g_test_add_func ("/core-people/added-again-is-told-who-it-is", test_add_again);
  g_test_add_func ("/core-people/accepted-while-away", test_accept_while_away);
  g_test_add_func ("/core-people/asked-while-away", test_ask_while_away);
  g_test_add_func ("/core-people/killed-early-finds-back", test_killed_early);
  g_test_add_func ("/core-people/ended-early-finds-back", test_ended_early);
  g_test_add_func ("/core-people/restarts-between-the-steps", test_restart_between_steps);
  g_test_add_func ("/core-people/invite-is-for-one", test_invite);
  g_test_add_func ("/core-people/no-crash-locks-out", test_crash_windows);
  return g_test_run ();
}
