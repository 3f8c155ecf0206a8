/* A group whose members are never there at the same time, and somebody outside of it who keeps
 * mail for each of them. */
#include "core/heart/core-private.h"
#include "tests/sim/keeper-harm.h"
#include "tests/sim/long-clip.h"
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
gather (Party *party, uint64_t seed, double loss)
{
  const HarkSimLinkConfig link = hark_sim_lossy_link (loss);

  party_init_on (party, seed, MEMBERS + 1, &link);
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

  hark_sim_core_node_start (party->people[who]);
  if (text != NULL)
    party_say (party, who, text);
  hark_sim_network_run (party->world.network, TURN);
  g_free (apart->told[who]);
  apart->told[who] = party_told (party, who);
  apart->delivered[who] = 0;
  history = party_history (party, who);
  for (guint i = 0; i < history->len; i++) {
    const HarkStoreMessage *row = history->pdata[i];

    apart->delivered[who] += row->outgoing && row->state == HARK_MESSAGE_DELIVERED;
  }
  hark_sim_core_node_stop (party->people[who]);
}

static void
apart_clear (Apart *apart)
{
  party_check_calm (&apart->party);
  for (unsigned i = 0; i < MEMBERS; i++)
    g_free (apart->told[i]);
  party_clear (&apart->party);
}

static void
run_apart (uint64_t seed, double loss)
{
  Apart apart = {0};

  gather (&apart.party, seed, loss);
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
    run_apart (seed, 0);
}

/* Nothing lies with the keeper when all have everything, however often they start. */
static void
test_not_again (void)
{
  Apart apart = {0};
  const HarkSimCoreNode *keeper;

  gather (&apart.party, 20, 0);
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

/* Packets are lost on every way, to the keeper and from it. */
static void
test_loss (void)
{
  for (unsigned seed = 1; seed <= hark_sim_runs (1); seed++)
    run_apart (30 + seed, 0.1);
}

/* ---- one message of many parts ---- */

#define PARTS 20 /* as many as there may be */

static bool
has_all (Party *party, unsigned who, const uint8_t *id, const GPtrArray *parts, bool arrived)
{
  HarkKey key;

  hark_store_group_key (party->group, &key);
  return hark_sim_has_clip (party->people[who], &key, id, parts,
                            arrived ? HARK_MESSAGE_DELIVERED : HARK_MESSAGE_QUEUED);
}

/* @who is there alone, twice, for the first time ends in the midst of what the keeper hands over.
 */
static void
take_broken_turn (Apart *apart, unsigned who)
{
  HarkSimCoreNode *node = apart->party.people[who];

  hark_sim_core_node_start (node);
  hark_sim_core_node_die_at (node, PARTS, who % 2 == 0);
  take_turn (apart, who, NULL);
}

/* Its author has gone, and so has who passes it on; each part comes once, however often they end
 * over it, and all are the one message. */
static void
run_long_voice_message (uint64_t seed, unsigned author)
{
  g_autoptr (GPtrArray) parts = hark_sim_speak_parts (1, PARTS);
  HarkCommand *command;
  Apart apart = {0};
  Party *party = &apart.party;
  uint8_t id[HARK_MESSAGE_ID_LEN];

  gather (party, seed, 0);
  command = party_group_command (party, HARK_COMMAND_CLIP, -1);
  hark_sim_take_parts (command, parts);
  hark_sim_core_node_start (party->people[author]);
  memcpy (id, hark_sim_core_node_ask (party->people[author], command)->id, sizeof id);
  take_turn (&apart, author, NULL);
  for (unsigned i = 0; i < MEMBERS; i++)
    if (i != author)
      take_broken_turn (&apart, i);
  for (unsigned i = 0; i < MEMBERS; i++) {
    hark_sim_core_node_start (party->people[i]);
    g_assert_true (has_all (party, i, id, parts, false));
    hark_sim_core_node_stop (party->people[i]);
  }
  for (unsigned i = 0; i < MEMBERS; i++)
    take_turn (&apart, (author + i) % MEMBERS, NULL);
  hark_sim_core_node_start (party->people[author]);
  hark_sim_network_run (party->world.network, TURN);
  /* Carol's word that she has it does not come to Bob, who does not know her */
  g_assert_true (has_all (party, author, id, parts, author == 0));
  g_assert_cmpuint (hark_keeper_count (party->people[KEEPER]->core->keeper, NULL), ==, 0);
  apart_clear (&apart);
}

static void
test_long_voice_message (void)
{
  run_long_voice_message (50, 0); /* whom both know */
  run_long_voice_message (51, 1); /* who does not know Carol: Alice passes it on */
}

/* ---- a keeper who lies ---- */

#define LINES 12 /* each of Alice's, and half as many of Bob's */

static unsigned
count_of (const char *told, const char *line)
{
  unsigned n = 0;

  for (const char *at = told; (at = strstr (at, line)) != NULL; at++)
    n++;
  return n;
}

static void
check_once (const char *told, const char *who, unsigned lines)
{
  for (unsigned i = 0; i < lines; i++) {
    g_autofree char *line = g_strdup_printf (":%s %u\n", who, i);

    g_assert_cmpuint (count_of (told, line), <=, 1);
  }
}

static void
say_lines (Party *party, unsigned who, unsigned lines)
{
  for (unsigned i = 0; i < lines; i++) {
    g_autofree char *text = g_strdup_printf ("%s %u", party_names[who], i);

    party_say (party, who, text);
  }
}

/* What it dropped, changed, repeated and kept back in each turn was never its own to lose: nothing
 * is doubled meanwhile, nobody is told that it arrived who has it not, and all of it comes when
 * they meet. */
static void
test_lying_keeper (void)
{
  Apart apart = {0};
  Party *party = &apart.party;
  g_autofree char *told = NULL;

  gather (party, 40, 0);
  hark_sim_core_node_start (party->people[0]);
  say_lines (party, 0, LINES);
  take_turn (&apart, 0, NULL);
  hark_sim_do_harm (party->people[KEEPER]);
  hark_sim_core_node_start (party->people[1]);
  say_lines (party, 1, LINES / 2);
  take_turn (&apart, 1, NULL);
  g_assert_cmpuint (party_count_lines (apart.told[1]), <, LINES + LINES / 2);
  hark_sim_do_harm (party->people[KEEPER]);
  take_turn (&apart, 2, NULL);
  take_turn (&apart, 0, NULL);
  for (unsigned i = 0; i < MEMBERS; i++) {
    check_once (apart.told[i], party_names[0], LINES);
    check_once (apart.told[i], party_names[1], LINES / 2);
  }
  g_assert_cmpuint (apart.delivered[0], <=, party_count_lines (apart.told[2]));
  for (unsigned i = 0; i < MEMBERS; i++)
    hark_sim_core_node_start (party->people[i]);
  party->out[KEEPER] = true;
  party_wait_all_same (party, "when they met");
  told = party_told (party, 2);
  g_assert_cmpuint (party_count_lines (told), ==, LINES + LINES / 2);
  check_once (told, party_names[0], LINES);
  check_once (told, party_names[1], LINES / 2);
  party_check_delivered (party, 0, LINES);
  party_check_delivered (party, 1, LINES / 2);
  for (unsigned i = 0; i < MEMBERS; i++)
    g_free (apart.told[i]);
  party_clear (party);
}

int
main (int argc, char **argv)
{
  hark_sim_test_init (&argc, &argv);
  g_test_add_func ("/core-groups-mail/never-online-in-pairs", test_apart);
  g_test_add_func ("/core-groups-mail/what-was-taken-is-not-left-again", test_not_again);
  g_test_add_func ("/core-groups-mail/packets-lost-on-the-way", test_loss);
  g_test_add_func ("/core-groups-mail/a-long-voice-message-comes-as-one", test_long_voice_message);
  g_test_add_func ("/core-groups-mail/keeper-who-lies-gains-nothing", test_lying_keeper);
  return g_test_run ();
}
