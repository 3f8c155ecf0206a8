/* A file for a group comes from whoever of its people has it; only they get it, and whoever has a
 * damaged copy is found. */
#include "core/files/tree-hash.h"
#include "tests/sim/gift.h"

#include <string.h>
#include <sys/stat.h>

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
  gift_give (&gift);
  gift_take (&gift, 1);
  gift_check_has (&gift, 1);
  gift_take_and_crash (&gift, 2);
  gift_check_has (&gift, 2);
  hark_sim_core_node_stop (people[1]); /* what it has it still gives after a start */
  hark_sim_core_node_start (people[1]);
  hark_sim_core_node_stop (people[2]);
  hark_sim_core_node_start (people[3]);
  gift_take (&gift, 3);
  gift_check_has (&gift, 3);
  hark_sim_core_node_start (people[0]);
  hark_sim_core_node_start (people[2]);
  gift_wait_for (&gift, 0, HARK_FILE_DONE, 4);
  g_assert_cmpuint (gift_seen_by (&gift, 0)->people, ==, 4);
  party_bring_in (&gift.party, 0, 4);
  party_say (&gift.party, 0, "welcome");
  hark_sim_network_run (gift.party.world.network, HARK_MINUTE);
  g_assert_null (gift_seen_by (&gift, 4));
  party_check_calm (&gift.party);
  gift_clear (&gift);
}

/* One of two who have it has a damaged copy: nothing of that is kept, and it is said whose. */
static void
test_damaged_copy (void)
{
  Gift gift;

  gift_init (&gift, 2, 4);
  for (unsigned i = 1; i < 4; i++)
    party_bring_in (&gift.party, 0, i);
  party_wait_member (&gift.party, 3, 1, true);
  party_wait_member (&gift.party, 1, 3, true);
  gift_give (&gift);
  gift_take (&gift, 1);
  gift_take (&gift, 2);
  gift_check_has (&gift, 1);
  gift_check_has (&gift, 2);
  hark_sim_core_node_stop (gift.party.people[0]);
  gift_spoil (gift_seen_by (&gift, 1)->path);
  gift_take (&gift, 3);
  gift_check_has (&gift, 3);
  g_assert_true (gift_was_told (gift.party.people[3], "copy is damaged")
                 || gift_was_told (gift.party.people[1], "changed"));
  gift_clear (&gift);
}

/* ---- limits ---- */

#define LIMIT 100000u /* bytes/s */

static void
limit (Gift *gift, unsigned who, const char *how)
{
  HarkCommand *command = hark_sim_command (HARK_COMMAND_LIMIT, NULL);
  const HarkEvent *result;

  command->how = g_strdup (how);
  command->rate = LIMIT;
  result = hark_sim_core_node_ask (gift->party.people[who], command);
  g_assert_nonnull (result);
  g_assert_true (result->ok);
}

/* How long @who and @other, if there is one, take to get it, in seconds. */
static double
time_taking (Gift *gift, unsigned who, unsigned other)
{
  HarkSimNetwork *network = gift->party.world.network;
  const HarkTime begin = hark_sim_network_now (network);

  gift_take (gift, who);
  if (other != who)
    gift_take (gift, other);
  gift_check_has (gift, who);
  gift_check_has (gift, other);
  return (double) (hark_sim_network_now (network) - begin) / (double) HARK_SECOND;
}

/* What the user allows holds for all who are asked together, and for all who ask. */
static void
test_limits (void)
{
  const double least = (double) GIFT_LEN / LIMIT;
  Gift gift;

  gift_init (&gift, 6, 4);
  for (unsigned i = 1; i < 4; i++)
    party_bring_in (&gift.party, 0, i);
  party_wait_member (&gift.party, 3, 1, true);
  party_wait_member (&gift.party, 3, 2, true);
  gift_give (&gift);
  limit (&gift, 0, "up");
  g_assert_cmpfloat (time_taking (&gift, 1, 2), >, 0.8 * least); /* what he sends is one copy */
  limit (&gift, 3, "down");
  g_assert_cmpfloat (time_taking (&gift, 3, 3), >, 0.8 * least);
  party_check_calm (&gift.party);
  gift_clear (&gift);
}

/* ---- previews ---- */

/* What the giver shows of a picture comes with the offer. */
static void
test_preview (void)
{
  static const uint8_t pixels[2 + 160 * 120 * 3] = {160, 120, 7};
  g_autoptr (GBytes) sent = g_bytes_new_static (pixels, sizeof pixels);
  HarkCommand *command;
  const HarkEvent *result;
  Gift gift;

  gift_init (&gift, 4, 2);
  party_bring_in (&gift.party, 0, 1);
  command = party_group_command (&gift.party, HARK_COMMAND_GIVE, -1);
  command->paths = g_new0 (char *, 2);
  command->paths[0] = g_strdup (gift.path);
  command->previews = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_ptr_array_add (command->previews, g_bytes_ref (sent));
  result = hark_sim_core_node_ask (gift.party.people[0], command);
  g_assert_nonnull (result);
  g_assert_true (result->ok);
  gift_wait_for (&gift, 1, HARK_FILE_OFFERED, 1);
  g_assert_nonnull (gift_seen_by (&gift, 1)->preview);
  g_assert_true (g_bytes_equal (gift_seen_by (&gift, 1)->preview, sent));
  gift_clear (&gift);
}

/* ---- while it comes ---- */

#define BLOCK_LEN ((size_t) HARK_TREE_BLOCK_LEN)
#define ONE_COPY_SEEDS 4u
#define SESSION_TIME (11 * HARK_MINUTE) /* after that who went without a word is gone */

static void
test_one_copy_for_all (void)
{
  double took = 0;

  for (unsigned seed = 1; seed <= ONE_COPY_SEEDS; seed++) {
    Gift gift;

    gift_to_takers (&gift, seed);
    gift_offer (&gift);
    took += gift_check_one_copy (&gift, gift_check_has) / ONE_COPY_SEEDS;
    gift_clear (&gift);
  }
  g_test_message ("%.3f times what the line alone takes", took);
  g_assert_cmpfloat (took, <, 1.12);
}

/* What the takers have together. */
static uint64_t
count_written (const Gift *gift)
{
  uint64_t sum = 0;

  for (unsigned i = 1; i <= GIFT_TAKERS; i++)
    sum += gift->party.people[i]->disk_written;
  return sum;
}

static bool
have_some (void *data)
{
  return count_written (data) > GIFT_BIG_LEN * 3 / 2;
}

/* The giver goes before anybody has it all. What they have together is not all of it: each gets
 * what the others have, stops and says why; when he is back, all go on to the end. */
static void
test_all_stop_and_go_on (void)
{
  HarkSimNetwork *network;
  Gift gift;
  uint64_t written;

  gift_to_takers (&gift, 4);
  gift_offer (&gift);
  network = gift.party.world.network;
  for (unsigned i = 1; i <= GIFT_TAKERS; i++)
    gift_take (&gift, i);
  g_assert_true (hark_sim_network_run_until (network, PARTY_PATIENCE, have_some, &gift));
  hark_sim_core_node_stop (gift.party.people[0]);
  hark_sim_network_run (network, SESSION_TIME); /* the goodbye may get lost */
  for (unsigned i = 1; i <= GIFT_TAKERS; i++)
    gift_wait_for (&gift, i, HARK_FILE_WAITING, 1);
  written = gift.party.people[1]->disk_written;
  g_assert_cmpuint (written, <, GIFT_BIG_LEN);
  for (unsigned i = 1; i <= GIFT_TAKERS; i++) {
    g_assert_cmpuint (gift.party.people[i]->disk_written, ==, written);
    g_assert_cmpint (gift_seen_by (&gift, i)->state, ==, HARK_FILE_WAITING);
    g_assert_nonnull (
      strstr (gift_seen_by (&gift, i)->reason, "Nobody who is online has what is missing"));
  }
  hark_sim_core_node_start (gift.party.people[0]);
  for (unsigned i = 1; i <= GIFT_TAKERS; i++)
    gift_check_has (&gift, i);
  party_check_calm (&gift.party);
  gift_clear (&gift);
}

/* Whether block @at of the file is in what @who has of it. */
static bool
has_block (const Gift *gift, unsigned who, size_t at)
{
  const size_t len = MIN (BLOCK_LEN, gift->len - at), last = at + len - 16;
  g_autofree char *part = g_build_filename (gift->party.people[who]->taken, "film.bin.part", NULL);
  FILE *file = fopen (part, "r");
  uint8_t end[16] = {0};
  bool has;

  if (file == NULL)
    return false;
  has = fseek (file, (long) last, SEEK_SET) == 0 && fread (end, 1, sizeof end, file) == sizeof end
        && memcmp (end, gift->bytes + last, sizeof end) == 0;
  fclose (file);
  return has;
}

static bool
are_together_whole (const Gift *gift)
{
  for (size_t at = 0; at < gift->len; at += BLOCK_LEN) {
    bool has = false;

    for (unsigned i = 1; i <= GIFT_TAKERS && !has; i++)
      has = has_block (gift, i, at);
    if (!has)
      return false;
  }
  return true;
}

#define PASS_ON 500000u /* bit/s */

/* Until one copy is among the takers, in pieces. They pass on more slowly than they get: with fast
 * lines the last piece may be the one that makes somebody's copy whole, and who is whole passes it
 * on to all in no time. */
static void
take_in_pieces (Gift *gift)
{
  HarkSimLinkConfig wide = hark_sim_lossy_link (0), narrow = wide;
  HarkSimNetwork *network = gift->party.world.network;
  const HarkTime end = hark_sim_network_now (network) + PARTY_PATIENCE;

  wide.rate = 10000000;
  narrow.rate = PASS_ON;
  for (unsigned i = 1; i <= GIFT_TAKERS; i++)
    hark_sim_network_set_host_link (network, gift->party.people[i]->host, &narrow, &wide);
  gift_offer (gift);
  for (unsigned i = 1; i <= GIFT_TAKERS; i++)
    gift_take (gift, i);
  while (!are_together_whole (gift)) {
    hark_sim_network_run (network, HARK_SECOND);
    for (unsigned i = 1; i <= GIFT_TAKERS; i++)
      g_assert_cmpint (gift_seen_by (gift, i)->state, !=, HARK_FILE_DONE);
    g_assert_cmpuint (hark_sim_network_now (network), <, end);
  }
}

/* The giver goes when one copy is among the others, in pieces: all finish without him. */
static void
test_pieces_are_enough (void)
{
  Gift gift;

  gift_to_takers (&gift, 5);
  take_in_pieces (&gift);
  hark_sim_core_node_kill (gift.party.people[0]);
  for (unsigned i = 1; i <= GIFT_TAKERS; i++)
    gift_check_has (&gift, i);
  party_check_calm (&gift.party);
  gift_clear (&gift);
}

/* The giver goes, and everybody else starts anew: what they have together is still enough. */
static void
test_all_start_anew (void)
{
  HarkSimCoreNode **people;
  Gift gift;

  gift_to_takers (&gift, 6);
  people = gift.party.people;
  take_in_pieces (&gift);
  for (unsigned i = 0; i <= GIFT_TAKERS; i++)
    hark_sim_core_node_kill (people[i]);
  for (unsigned i = 1; i <= GIFT_TAKERS; i++)
    hark_sim_core_node_start (people[i]);
  for (unsigned i = 1; i <= GIFT_TAKERS; i++)
    gift_check_has (&gift, i);
  party_check_calm (&gift.party);
  gift_clear (&gift);
}

/* The first to have any block of it, which is at @ret_at; 0: nobody. */
static unsigned
find_first (const Gift *gift, size_t *ret_at)
{
  for (unsigned i = 1; i <= GIFT_TAKERS; i++)
    for (*ret_at = 0; *ret_at < gift->len; *ret_at += BLOCK_LEN)
      if (has_block (gift, i, *ret_at))
        return i;
  return 0;
}

/* What somebody says to have, and alone has, was changed there by another program: it is not sent,
 * those who asked hear whose it is, and get it from the giver. */
static void
test_withheld (void)
{
  g_autofree char *part = NULL;
  unsigned harmed;
  size_t at;
  Gift gift;

  gift_to_takers (&gift, 7);
  gift_offer (&gift);
  for (unsigned i = 1; i <= GIFT_TAKERS; i++)
    gift_take (&gift, i);
  while ((harmed = find_first (&gift, &at)) == 0)
    hark_sim_network_run (gift.party.world.network, 50 * HARK_MS);
  part = g_build_filename (gift.party.people[harmed]->taken, "film.bin.part", NULL);
  gift_spoil_at (part, at);
  for (unsigned i = 1; i <= GIFT_TAKERS; i++) {
    if (i == harmed)
      continue;
    gift_check_has (&gift, i);
    g_assert_true (
      gift_was_told (gift.party.people[i], "does not send what their Hark says it has"));
  }
  gift_clear (&gift);
}

int
main (int argc, char **argv)
{
  hark_sim_test_init (&argc, &argv);
  g_test_add_func ("/group-files/giver-goes", test_giver_goes);
  g_test_add_func ("/group-files/damaged-copy", test_damaged_copy);
  g_test_add_func ("/group-files/limits-hold-for-all-together", test_limits);
  g_test_add_func ("/group-files/preview", test_preview);
  g_test_add_func ("/group-files/one-copy-for-all", test_one_copy_for_all);
  g_test_add_func ("/group-files/all-stop-and-go-on", test_all_stop_and_go_on);
  g_test_add_func ("/group-files/pieces-are-enough", test_pieces_are_enough);
  g_test_add_func ("/group-files/all-start-anew", test_all_start_anew);
  g_test_add_func ("/group-files/who-withholds-is-named", test_withheld);
  return g_test_run ();
}
