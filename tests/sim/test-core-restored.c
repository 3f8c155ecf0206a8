/* A profile as it was at some moment while two people became contacts is put back, as from a backup
 * of that moment: they meet again, without a click. */
#include "tests/sim/core-world.h"

#include <glib/gstdio.h>
#include <string.h>

#define PATIENCE (10 * HARK_MINUTE)
#define SOON (30 * HARK_SECOND)
#define STEP (2 * HARK_MS)
#define WRITES_MAX 40 /* of one side while they become contacts; they are fewer */

typedef struct {
  HarkSimWorld world;
  HarkSimCoreNode *asker, *asked, *loser;
  char *profile, *copy;
  unsigned wanted; /* write of the loser after which its profile is copied */
  bool armed, copied;
} Pair;

static const HarkSimLinkConfig good_link = {.delay = 10 * HARK_MS};

static void
delete_tree (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *child = g_build_filename (path, name, NULL);

    delete_tree (child);
  }
  g_remove (path);
}

static void
copy_tree (const char *from, const char *to)
{
  g_autoptr (GDir) dir = g_dir_open (from, 0, NULL);
  const char *name;

  g_assert_cmpint (g_mkdir_with_parents (to, 0700), ==, 0);
  while ((name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *source = g_build_filename (from, name, NULL);
    g_autofree char *target = g_build_filename (to, name, NULL);
    g_autofree char *bytes = NULL;
    gsize len;

    if (g_file_test (source, G_FILE_TEST_IS_DIR)) {
      copy_tree (source, target);
      continue;
    }
    g_assert_true (g_file_get_contents (source, &bytes, &len, NULL));
    g_assert_true (g_file_set_contents (target, bytes, (gssize) len, NULL));
  }
}

static void
arm (Pair *pair)
{
  pair->wanted += pair->loser->writes;
  pair->armed = true;
}

static void
look (Pair *pair)
{
  if (pair->copied || !pair->armed || pair->loser->writes < pair->wanted)
    return;
  copy_tree (pair->profile, pair->copy);
  pair->copied = true;
}

/* Runs the network in steps so small that no two writes fall into one. */
static void
pass (Pair *pair, HarkTime span)
{
  for (HarkTime t = 0; t < span; t += STEP) {
    hark_sim_network_run (pair->world.network, STEP);
    look (pair);
  }
}

static bool
are_online (const Pair *pair)
{
  return hark_sim_core_node_sees_online (pair->asker, pair->asked)
         && hark_sim_core_node_sees_online (pair->asked, pair->asker);
}

/* Until they are contacts and all of it is on the disks. */
static void
befriend (Pair *pair, bool invite)
{
  g_autofree char *address = hark_sim_address (pair->asked, invite);
  HarkCommand *add = hark_sim_command (HARK_COMMAND_ADD, NULL);
  HarkKey *asker = &pair->asker->account;
  const HarkPerson *person;

  if (pair->loser == pair->asker)
    arm (pair);
  add->address = g_strdup (address);
  hark_sim_core_node_do (pair->asker, add);
  do
    pass (pair, STEP);
  while ((person = hark_sim_core_node_person (pair->asked, asker)) == NULL
         || person->status != HARK_PERSON_REQUEST);
  pass (pair, HARK_SECOND);
  if (pair->loser == pair->asked)
    arm (pair); /* a request that nobody accepted is none of a contact */
  hark_sim_core_node_do (pair->asked, hark_sim_command (HARK_COMMAND_ACCEPT, pair->asker));
  while (!are_online (pair))
    pass (pair, STEP);
  pass (pair, HARK_SECOND);
}

/* False when there was no such write. */
static bool
lose (unsigned nth, bool by_asker, bool invite, bool again)
{
  Pair pair = {.wanted = nth};
  bool copied;

  hark_sim_world_init (&pair.world, nth);
  pair.asker = hark_sim_world_add (&pair.world, HARK_SIM_NAT_PORT_RESTRICTED, &good_link, "Asker");
  pair.asked = hark_sim_world_add (&pair.world, HARK_SIM_NAT_PORT_RESTRICTED, &good_link, "Asked");
  pair.loser = by_asker ? pair.asker : pair.asked;
  pair.profile = g_build_filename (pair.loser->folder, "profile", NULL);
  pair.copy = g_build_filename (pair.loser->folder, "copy", NULL);
  befriend (&pair, invite);
  copied = pair.copied;
  if (copied) {
    HarkSimCoreNode *other = by_asker ? pair.asked : pair.asker;

    if (again) { /* they meet once more before the loss */
      hark_sim_core_node_stop (other);
      hark_sim_core_node_start (other);
      g_assert_true (hark_sim_wait_online (pair.asker, pair.asked, PATIENCE));
      hark_sim_network_run (pair.world.network, HARK_SECOND);
    }
    hark_sim_core_node_stop (pair.loser);
    g_assert_true (hark_sim_wait_apart (pair.asker, pair.asked, PATIENCE));
    delete_tree (pair.profile);
    g_assert_cmpint (g_rename (pair.copy, pair.profile), ==, 0);
    hark_sim_core_node_start (pair.loser);
    if (!hark_sim_wait_online (pair.asker, pair.asked, SOON))
      g_error ("write %u of who %s: silence", nth, by_asker ? "asked" : "was asked");
  }
  hark_sim_world_clear (&pair.world);
  g_free (pair.profile);
  g_free (pair.copy);
  return copied;
}

static void
lose_at_each (bool by_asker)
{
  unsigned nth = 1;

  while (nth < WRITES_MAX && lose (nth, by_asker, false, false)) {
    lose (nth, by_asker, true, false);
    lose (nth, by_asker, false, true);
    nth++;
  }
  g_test_message ("%u moments", nth - 1);
  g_assert_cmpuint (nth, >, 4);
  g_assert_cmpuint (nth, <, WRITES_MAX);
}

static void
test_asker (void)
{
  lose_at_each (true);
}

static void
test_asked (void)
{
  lose_at_each (false);
}

int
main (int argc, char **argv)
{
  hark_sim_test_init (&argc, &argv);
  g_test_add_func ("/core-restored/who-asked-is-found-again", test_asker);
  g_test_add_func ("/core-restored/who-was-asked-is-found-again", test_asked);
  return g_test_run ();
}
