/* A file for a group comes from whoever of its people has it; only they get it, and whoever has a
 * damaged copy is found. */
#include "tests/sim/party.h"

#include <string.h>
#include <sys/stat.h>

#define FILE_LEN ((size_t) 5 * 1024 * 1024 + 4321)

typedef struct {
  Party party;
  uint8_t *bytes;
  char *path; /* the giver's */
} Gift;

static void
gift_init (Gift *gift, uint64_t seed, unsigned people)
{
  HarkSimLinkConfig link = hark_sim_lossy_link (0);

  link.rate = 2000000;
  party_init_on (&gift->party, seed, people, &link);
  for (unsigned a = 0; a < people; a++)
    for (unsigned b = a + 1; b < people; b++)
      party_befriend (&gift->party, a, b);
  party_create (&gift->party);
  gift->bytes = g_malloc (FILE_LEN);
  hark_rng_bytes (hark_sim_network_rng (gift->party.world.network), gift->bytes, FILE_LEN);
  gift->path = g_build_filename (gift->party.people[0]->folder, "film.bin", NULL);
  g_assert_true (g_file_set_contents (gift->path, (char *) gift->bytes, FILE_LEN, NULL));
}

static void
gift_clear (Gift *gift)
{
  party_clear (&gift->party);
  g_free (gift->path);
  g_free (gift->bytes);
}

/* What @who last heard of it; NULL: nothing. */
static const HarkTransfer *
seen_by (const Gift *gift, unsigned who)
{
  const HarkSimCoreNode *node = gift->party.people[who];

  for (guint i = node->events->len; i > 0; i--) {
    const HarkEvent *event = node->events->pdata[i - 1];

    if (event->transfer != NULL && event->transfer->has_group)
      return event->transfer;
  }
  return NULL;
}

typedef struct {
  const Gift *gift;
  unsigned who, have;
  HarkFileState state;
} Wanted;

static bool
is_so (void *data)
{
  const Wanted *wanted = data;
  const HarkTransfer *seen = seen_by (wanted->gift, wanted->who);

  return seen != NULL && seen->state == wanted->state && seen->people_have >= wanted->have;
}

static void
wait_for (Gift *gift, unsigned who, HarkFileState state, unsigned have)
{
  Wanted wanted = {gift, who, have, state};

  g_assert_true (
    hark_sim_network_run_until (gift->party.world.network, PARTY_PATIENCE, is_so, &wanted));
}

static void
give (Gift *gift)
{
  HarkCommand *command = party_group_command (&gift->party, HARK_COMMAND_GIVE, -1);
  const HarkEvent *result;

  command->paths = g_new0 (char *, 2);
  command->paths[0] = g_strdup (gift->path);
  result = hark_sim_core_node_ask (gift->party.people[0], command);
  g_assert_nonnull (result);
  if (!result->ok)
    g_error ("%s", result->text);
  g_assert_cmpuint (result->numbers->len, ==, 1);
  wait_for (gift, 0, HARK_FILE_DONE, 1);
}

static void
take (Gift *gift, unsigned who)
{
  HarkCommand *command = hark_sim_command (HARK_COMMAND_TAKE, NULL);
  const HarkEvent *result;

  wait_for (gift, who, HARK_FILE_OFFERED, 1);
  command->transfer = seen_by (gift, who)->id;
  result = hark_sim_core_node_ask (gift->party.people[who], command);
  g_assert_nonnull (result);
  g_assert_true (result->ok);
}

static void
check_has (Gift *gift, unsigned who)
{
  g_autofree char *content = NULL;
  size_t len = 0;

  wait_for (gift, who, HARK_FILE_DONE, 1);
  g_assert_true (g_file_get_contents (seen_by (gift, who)->path, &content, &len, NULL));
  g_assert_cmpuint (len, ==, FILE_LEN);
  g_assert_true (memcmp (content, gift->bytes, len) == 0);
}

/* The same length, another content, all over. */
static void
spoil (const char *path)
{
  g_autofree char *noise = g_malloc0 (4096);
  FILE *file = fopen (path, "r+");

  g_assert_nonnull (file);
  for (size_t at = 0; at + 4096 < FILE_LEN; at += 512 * 1024 + 77777) {
    g_assert_cmpint (fseek (file, (long) at, SEEK_SET), ==, 0);
    g_assert_cmpuint (fwrite (noise, 1, 4096, file), ==, 4096);
  }
  g_assert_cmpint (fclose (file), ==, 0);
}

static bool
has_some (void *data)
{
  return ((HarkSimCoreNode *) data)->disk_written >= FILE_LEN / 4;
}

/* The giver goes when one has it and another some: the others get it all the same, also over a
 * restart, also who was away when it was given; and the giver hears of all of it. Who joins later
 * is not one for whom it was. */
static void
test_giver_goes (void)
{
  HarkSimCoreNode **people;
  Gift gift;

  gift_init (&gift, 1, 5);
  people = gift.party.people;
  for (unsigned i = 1; i < 4; i++)
    party_bring_in (&gift.party, 0, i);
  party_wait_member (&gift.party, 1, 3, true);
  party_wait_member (&gift.party, 3, 1, true);
  hark_sim_core_node_stop (people[3]);
  give (&gift);
  take (&gift, 1);
  check_has (&gift, 1);
  take (&gift, 2);
  g_assert_true (
    hark_sim_network_run_until (gift.party.world.network, PARTY_PATIENCE, has_some, people[2]));
  hark_sim_core_node_kill (people[0]);
  hark_sim_core_node_kill (people[2]);
  hark_sim_core_node_start (people[2]);
  check_has (&gift, 2);
  hark_sim_core_node_stop (people[1]); /* what it has it still gives after a start */
  hark_sim_core_node_start (people[1]);
  hark_sim_core_node_stop (people[2]);
  hark_sim_core_node_start (people[3]);
  take (&gift, 3);
  check_has (&gift, 3);
  hark_sim_core_node_start (people[0]);
  hark_sim_core_node_start (people[2]);
  wait_for (&gift, 0, HARK_FILE_DONE, 4);
  g_assert_cmpuint (seen_by (&gift, 0)->people, ==, 4);
  party_bring_in (&gift.party, 0, 4);
  party_say (&gift.party, 0, "welcome");
  hark_sim_network_run (gift.party.world.network, HARK_MINUTE);
  g_assert_null (seen_by (&gift, 4));
  party_check_calm (&gift.party);
  gift_clear (&gift);
}

/* One of two who have it has a damaged copy: nothing of that is kept, and it is said whose. */
static void
test_damaged_copy (void)
{
  bool told = false;
  Gift gift;

  gift_init (&gift, 2, 4);
  for (unsigned i = 1; i < 4; i++)
    party_bring_in (&gift.party, 0, i);
  party_wait_member (&gift.party, 3, 1, true);
  party_wait_member (&gift.party, 1, 3, true);
  give (&gift);
  take (&gift, 1);
  take (&gift, 2);
  check_has (&gift, 1);
  check_has (&gift, 2);
  hark_sim_core_node_stop (gift.party.people[0]);
  spoil (seen_by (&gift, 1)->path);
  take (&gift, 3);
  check_has (&gift, 3);
  for (guint i = 0; i < gift.party.people[3]->events->len; i++) {
    const HarkEvent *event = gift.party.people[3]->events->pdata[i];

    told |= event->transfer != NULL && event->transfer->reason != NULL
            && strstr (event->transfer->reason, "copy is damaged") != NULL;
  }
  for (guint i = 0; i < gift.party.people[1]->events->len; i++) {
    const HarkEvent *event = gift.party.people[1]->events->pdata[i];

    told |= event->transfer != NULL && event->transfer->reason != NULL
            && strstr (event->transfer->reason, "changed") != NULL;
  }
  g_assert_true (told);
  gift_clear (&gift);
}

int
main (int argc, char **argv)
{
  hark_sim_test_init (&argc, &argv);
  g_test_add_func ("/group-files/giver-goes", test_giver_goes);
  g_test_add_func ("/group-files/damaged-copy", test_damaged_copy);
  return g_test_run ();
}
