/* What members put into a group is taken without a question where the user wants that, and within
 * bounds; the rest waits. */
#include "core/heart/core-state.h"
#include "tests/sim/gift.h"

#include <string.h>

#define SMALL_LEN 300u
#define SIZE_MAX_UNASKED ((uint64_t) 100000)

static void
bring_in_all (Gift *gift, unsigned people)
{
  for (unsigned i = 1; i < people; i++)
    party_bring_in (&gift->party, 0, i);
  party_wait_member (&gift->party, 1, people - 1, true);
  party_wait_member (&gift->party, people - 1, 1, true);
}

/* @n files of @len bytes each, no two alike. */
static void
give_many (Gift *gift, unsigned n, size_t len)
{
  HarkCommand *command = party_group_command (&gift->party, HARK_COMMAND_GIVE, -1);
  const HarkEvent *result;

  command->paths = g_new0 (char *, n + 1);
  for (unsigned i = 0; i < n; i++) {
    g_autofree char *name = g_strdup_printf ("%u.bin", i);

    command->paths[i] = g_build_filename (gift->party.people[0]->folder, name, NULL);
    g_assert_true (
      g_file_set_contents (command->paths[i], (char *) gift->bytes + i, (gssize) len, NULL));
  }
  result = hark_sim_core_node_ask (gift->party.people[0], command);
  g_assert_nonnull (result);
  g_assert_true (result->ok);
}

static unsigned
count (const HarkSimCoreNode *node, HarkTransferState state)
{
  unsigned n = 0;
  GHashTableIter iter;
  void *value;

  g_hash_table_iter_init (&iter, node->core->transfers);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    n += ((HarkFileTransfer *) value)->state == state;
  return n;
}

static void
take_unasked_up_to (HarkSimCoreNode *node, const HarkSimCoreNode *giver, uint64_t size)
{
  HarkCommand *command = hark_sim_command (HARK_COMMAND_ACCEPT_FILES, giver);
  const HarkEvent *result;

  command->on = true;
  command->size = size;
  result = hark_sim_core_node_ask (node, command);
  g_assert_nonnull (result);
  g_assert_true (result->ok);
}

/* By the leave of a giver: so many, and so much, within a day. */
static void
test_bounds_of_leave (void)
{
  static const struct {
    unsigned n, taken;
    size_t len;
  } cases[] = {
    {70, 64, SMALL_LEN       },
    {18, 16, SIZE_MAX_UNASKED},
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    HarkSimCoreNode *taker;
    Gift gift;

    gift_init (&gift, 11 + i, 2);
    taker = gift.party.people[1];
    bring_in_all (&gift, 2);
    take_unasked_up_to (taker, gift.party.people[0], SIZE_MAX_UNASKED);
    give_many (&gift, cases[i].n, cases[i].len);
    hark_sim_network_run (gift.party.world.network, 2 * HARK_MINUTE);
    g_assert_cmpuint (count (taker, HARK_TRANSFER_DONE), ==, cases[i].taken);
    g_assert_cmpuint (count (taker, HARK_TRANSFER_OFFERED), ==, cases[i].n - cases[i].taken);
    hark_sim_core_node_kill (taker); /* what was taken is not forgotten */
    hark_sim_core_node_start (taker);
    g_assert_true (hark_sim_wait_online (taker, gift.party.people[0], PARTY_PATIENCE));
    give_many (&gift, 1, 7);
    hark_sim_network_run (gift.party.world.network, HARK_MINUTE);
    g_assert_cmpuint (count (taker, HARK_TRANSFER_DONE), ==, cases[i].taken);
    hark_sim_network_run (gift.party.world.network, 25 * HARK_HOUR);
    give_many (&gift, 1, 8);
    hark_sim_network_run (gift.party.world.network, HARK_MINUTE);
    g_assert_cmpuint (count (taker, HARK_TRANSFER_DONE), ==, cases[i].taken + 1);
    gift_clear (&gift);
  }
}

/* A node that takes everything: while nobody is there who has it, so many come; the others once
 * there is room. */
static void
test_room_of_a_node (void)
{
  const unsigned n = HARK_CORE_COMING_MAX + 20;
  HarkSimCoreNode **people;
  Gift gift;

  gift_init (&gift, 21, 3);
  people = gift.party.people;
  people[1]->config.auto_accept_files = people[1]->taken;
  hark_sim_core_node_stop (people[1]);
  hark_sim_core_node_start (people[1]);
  bring_in_all (&gift, 3);
  hark_sim_core_node_stop (people[1]);
  give_many (&gift, n, SMALL_LEN);
  hark_sim_network_run (gift.party.world.network, 2 * HARK_MINUTE);
  hark_sim_network_cut_site (gift.party.world.network, gift.party.world.sites[0], true);
  hark_sim_core_node_start (people[1]);
  hark_sim_network_run (gift.party.world.network, 2 * HARK_MINUTE);
  g_assert_cmpuint (count (people[1], HARK_TRANSFER_WAITING), ==, HARK_CORE_COMING_MAX);
  g_assert_cmpuint (count (people[1], HARK_TRANSFER_OFFERED), ==, n - HARK_CORE_COMING_MAX);
  hark_sim_network_cut_site (gift.party.world.network, gift.party.world.sites[0], false);
  hark_sim_network_run (gift.party.world.network, 10 * HARK_MINUTE);
  g_assert_cmpuint (count (people[1], HARK_TRANSFER_DONE), ==, n);
  gift_clear (&gift);
}

int
main (int argc, char **argv)
{
  hark_sim_test_init (&argc, &argv);
  g_test_add_func ("/core-group-unasked/bounds-of-leave", test_bounds_of_leave);
  g_test_add_func ("/core-group-unasked/room-of-a-node", test_room_of_a_node);
  return g_test_run ();
}
