/* A file for a group comes from whoever of its people has it; only they get it, and whoever has a
 * damaged copy is found. */
#include "core/files/tree-hash.h"
#include "tests/sim/party.h"

#include <string.h>
#include <sys/stat.h>

#define FILE_LEN ((size_t) 5 * 1024 * 1024 + 4321)

typedef struct {
  Party party;
  uint8_t *bytes;
  size_t len;
  char *path; /* the giver's */
} Gift;

static void
gift_init_of (Gift *gift, uint64_t seed, unsigned people, size_t len)
{
  HarkSimLinkConfig link = hark_sim_lossy_link (0);

  gift->len = len;
  link.rate = 2000000;
  party_init_on (&gift->party, seed, people, &link);
  for (unsigned a = 0; a < people; a++)
    for (unsigned b = a + 1; b < people; b++)
      party_befriend (&gift->party, a, b);
  party_create (&gift->party);
  gift->bytes = g_malloc (len);
  hark_rng_bytes (hark_sim_network_rng (gift->party.world.network), gift->bytes, len);
  gift->path = g_build_filename (gift->party.people[0]->folder, "film.bin", NULL);
  g_assert_true (g_file_set_contents (gift->path, (char *) gift->bytes, (gssize) len, NULL));
}

static void
gift_init (Gift *gift, uint64_t seed, unsigned people)
{
  gift_init_of (gift, seed, people, FILE_LEN);
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

static bool
was_told (const HarkSimCoreNode *node, const char *words)
{
  for (guint i = 0; i < node->events->len; i++) {
    const HarkEvent *event = node->events->pdata[i];

    if (event->transfer != NULL && event->transfer->reason != NULL
        && strstr (event->transfer->reason, words) != NULL)
      return true;
  }
  return false;
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
  g_assert_cmpuint (len, ==, gift->len);
  g_assert_true (memcmp (content, gift->bytes, len) == 0);
}

/* The same length, another content there. */
static void
spoil_at (const char *path, size_t at)
{
  static const uint8_t noise[4096];
  FILE *file = fopen (path, "r+");

  g_assert_nonnull (file);
  g_assert_cmpint (fseek (file, (long) at, SEEK_SET), ==, 0);
  g_assert_cmpuint (fwrite (noise, 1, sizeof noise, file), ==, sizeof noise);
  g_assert_cmpint (fclose (file), ==, 0);
}

/* All over. */
static void
spoil (const char *path)
{
  for (size_t at = 0; at + 4096 < FILE_LEN; at += 512 * 1024 + 77777)
    spoil_at (path, at);
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
  g_assert_true (was_told (gift.party.people[3], "copy is damaged")
                 || was_told (gift.party.people[1], "changed"));
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

  take (gift, who);
  if (other != who)
    take (gift, other);
  check_has (gift, who);
  check_has (gift, other);
  return (double) (hark_sim_network_now (network) - begin) / (double) HARK_SECOND;
}

/* What the user allows holds for all who are asked together, and for all who ask. */
static void
test_limits (void)
{
  const double least = (double) FILE_LEN / LIMIT;
  Gift gift;

  gift_init (&gift, 6, 4);
  for (unsigned i = 1; i < 4; i++)
    party_bring_in (&gift.party, 0, i);
  party_wait_member (&gift.party, 3, 1, true);
  party_wait_member (&gift.party, 3, 2, true);
  give (&gift);
  limit (&gift, 0, "up");
  g_assert_cmpfloat (time_taking (&gift, 1, 2), >, 0.8 * least); /* what he sends is one copy */
  limit (&gift, 3, "down");
  g_assert_cmpfloat (time_taking (&gift, 3, 3), >, 0.8 * least);
  party_check_calm (&gift.party);
  gift_clear (&gift);
}

/* ---- folders ---- */

#define SMALL 5600 /* files: the folder's list has more than one block by their names */

static char *
small_path (const char *folder, unsigned number)
{
  g_autofree char *name = g_strdup_printf ("%0180u", number);

  return g_build_filename (folder, "many", name, NULL);
}

/* Puts a folder in the place of the film. */
static void
make_folder (Gift *gift)
{
  g_autofree char *many = NULL, *film = NULL, *run = NULL, *empty = NULL;

  g_free (gift->path);
  gift->path = g_build_filename (gift->party.people[0]->folder, "photos", NULL);
  many = g_build_filename (gift->path, "many", NULL);
  film = g_build_filename (gift->path, "film.bin", NULL);
  run = g_build_filename (gift->path, "run.sh", NULL);
  empty = g_build_filename (gift->path, "empty", NULL);
  g_assert_cmpint (g_mkdir_with_parents (many, 0700), ==, 0);
  for (unsigned i = 0; i < SMALL; i++) {
    g_autofree char *path = small_path (gift->path, i);

    g_assert_true (g_file_set_contents_full (path, (char *) gift->bytes + i, 20,
                                             G_FILE_SET_CONTENTS_NONE, 0600, NULL));
  }
  g_assert_true (g_file_set_contents (film, (char *) gift->bytes, FILE_LEN, NULL));
  g_assert_true (g_file_set_contents (run, "#!/bin/sh", -1, NULL));
  g_assert_cmpint (chmod (run, 0755), ==, 0);
  g_assert_true (g_file_set_contents (empty, "", 0, NULL));
}

static void
check_has_folder (Gift *gift, unsigned who)
{
  g_autofree char *film = NULL, *run = NULL, *empty = NULL, *content = NULL;
  struct stat info;
  size_t len = 0;

  wait_for (gift, who, HARK_FILE_DONE, 1);
  film = g_build_filename (seen_by (gift, who)->path, "film.bin", NULL);
  run = g_build_filename (seen_by (gift, who)->path, "run.sh", NULL);
  empty = g_build_filename (seen_by (gift, who)->path, "empty", NULL);
  g_assert_true (g_file_get_contents (film, &content, &len, NULL));
  g_assert_cmpuint (len, ==, FILE_LEN);
  g_assert_true (memcmp (content, gift->bytes, len) == 0);
  for (unsigned i = 0; i < SMALL; i++) {
    g_autofree char *path = small_path (seen_by (gift, who)->path, i), *small = NULL;

    g_assert_true (g_file_get_contents (path, &small, &len, NULL));
    g_assert_cmpuint (len, ==, 20);
    g_assert_true (memcmp (small, gift->bytes + i, len) == 0);
  }
  g_assert_cmpint (stat (run, &info), ==, 0);
  g_assert_cmpuint (info.st_mode & 0111, ==, 0); /* told, never applied */
  g_assert_cmpint (stat (empty, &info), ==, 0);
}

/* A folder goes the same way: on from who has it when its giver has gone, over a kill half way; and
 * a copy in which something was changed is given to nobody. */
static void
test_folder (void)
{
  HarkSimCoreNode **people;
  g_autofree char *film = NULL;
  Gift gift;

  gift_init (&gift, 3, 4);
  make_folder (&gift);
  people = gift.party.people;
  for (unsigned i = 1; i < 4; i++)
    party_bring_in (&gift.party, 0, i);
  for (unsigned i = 1; i < 4; i++)
    party_wait_member (&gift.party, i, i % 3 + 1, true);
  give (&gift);
  take (&gift, 1);
  g_assert_true (seen_by (&gift, 1)->folder);
  g_assert_cmpuint (seen_by (&gift, 1)->files, ==, SMALL + 3);
  check_has_folder (&gift, 1);
  take (&gift, 2);
  g_assert_true (
    hark_sim_network_run_until (gift.party.world.network, PARTY_PATIENCE, has_some, people[2]));
  hark_sim_core_node_kill (people[0]);
  hark_sim_core_node_kill (people[2]);
  hark_sim_core_node_start (people[2]);
  check_has_folder (&gift, 2);
  film = g_build_filename (seen_by (&gift, 1)->path, "film.bin", NULL);
  spoil (film);
  hark_sim_core_node_stop (people[1]);
  hark_sim_core_node_start (people[1]);
  take (&gift, 3);
  check_has_folder (&gift, 3);
  hark_sim_core_node_stop (people[2]);
  hark_sim_core_node_stop (people[3]);
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
  wait_for (&gift, 1, HARK_FILE_OFFERED, 1);
  g_assert_nonnull (seen_by (&gift, 1)->preview);
  g_assert_true (g_bytes_equal (seen_by (&gift, 1)->preview, sent));
  gift_clear (&gift);
}

/* ---- while it comes ---- */

#define BIG_LEN ((size_t) 16 * 1024 * 1024 + 4321)
#define NARROW 2000000u /* bit/s of the giver's uplink */
#define TAKERS 4u
#define BLOCK_LEN ((size_t) HARK_TREE_BLOCK_LEN)
#define SESSION_TIME (11 * HARK_MINUTE) /* after that who went without a word is gone */

/* Everybody in one group; the giver's line is narrow, and nobody has any of it. */
static void
party_of_takers (Gift *gift, uint64_t seed)
{
  HarkSimLinkConfig wide = hark_sim_lossy_link (0), narrow = hark_sim_lossy_link (0);
  const HarkSimWorld *world = &gift->party.world;

  gift_init_of (gift, seed, TAKERS + 1, BIG_LEN);
  wide.rate = 10000000;
  narrow.rate = NARROW;
  for (unsigned i = 0; i <= TAKERS; i++)
    hark_sim_network_set_host_link (world->network, gift->party.people[i]->host,
                                    i == 0 ? &narrow : &wide, &wide);
  for (unsigned i = 1; i <= TAKERS; i++)
    party_bring_in (&gift->party, 0, i);
  for (unsigned i = 1; i <= TAKERS; i++)
    for (unsigned k = 1; k <= TAKERS; k++)
      if (i != k)
        party_wait_member (&gift->party, i, k, true);
  give (gift);
  for (unsigned i = 1; i <= TAKERS; i++)
    wait_for (gift, i, HARK_FILE_OFFERED, 1);
}

typedef struct {
  unsigned host;
  uint64_t bytes;
} Counted;

static bool
count_sent (
  void *data, unsigned host, uint16_t port, const HarkEndpoint *to, uint8_t *bytes, size_t len)
{
  Counted *counted = data;

  (void) port, (void) to, (void) bytes;
  if (host == counted->host)
    counted->bytes += len + HARK_SIM_HEADER_LEN;
  return true;
}

/* Four take from one with a narrow line: little more than one copy goes through it (what its short
 * queue drops is handed to it again), and all have it soon after that. */
static void
test_one_copy_for_all (void)
{
  HarkSimNetwork *network;
  Counted counted;
  HarkTime begin;
  double least, took, went;
  Gift gift;

  party_of_takers (&gift, 3);
  network = gift.party.world.network;
  counted = (Counted){.host = gift.party.people[0]->host};
  hark_sim_network_set_tap (network, count_sent, &counted);
  begin = hark_sim_network_now (network);
  for (unsigned i = 1; i <= TAKERS; i++)
    take (&gift, i);
  for (unsigned i = 1; i <= TAKERS; i++)
    check_has (&gift, i);
  least = (double) BIG_LEN * 8 / NARROW;
  took = (double) (hark_sim_network_now (network) - begin) / (double) HARK_SECOND;
  went = (double) counted.bytes / (double) BIG_LEN
         * hark_sim_network_share_carried (network, counted.host);
  g_test_message ("%.1f s, the line alone %.1f; %.3f copies handed to it, %.3f went through", took,
                  least, (double) counted.bytes / (double) BIG_LEN, went);
  g_assert_cmpfloat (went, <, 1.08);
  g_assert_cmpfloat (took, <, 1.12 * least);
  party_check_calm (&gift.party);
  gift_clear (&gift);
}

/* What the takers have together. */
static uint64_t
count_written (const Gift *gift)
{
  uint64_t sum = 0;

  for (unsigned i = 1; i <= TAKERS; i++)
    sum += gift->party.people[i]->disk_written;
  return sum;
}

static bool
have_some (void *data)
{
  return count_written (data) > BIG_LEN * 3 / 2;
}

/* The giver goes before anybody has it all. What they have together is not all of it: each gets
 * what the others have, stops and says why; when he is back, all go on to the end. */
static void
test_all_stop_and_go_on (void)
{
  HarkSimNetwork *network;
  Gift gift;
  uint64_t written;

  party_of_takers (&gift, 4);
  network = gift.party.world.network;
  for (unsigned i = 1; i <= TAKERS; i++)
    take (&gift, i);
  g_assert_true (hark_sim_network_run_until (network, PARTY_PATIENCE, have_some, &gift));
  hark_sim_core_node_stop (gift.party.people[0]);
  hark_sim_network_run (network, SESSION_TIME); /* the goodbye may get lost */
  for (unsigned i = 1; i <= TAKERS; i++)
    wait_for (&gift, i, HARK_FILE_WAITING, 1);
  written = gift.party.people[1]->disk_written;
  g_assert_cmpuint (written, <, BIG_LEN);
  for (unsigned i = 1; i <= TAKERS; i++) {
    g_assert_cmpuint (gift.party.people[i]->disk_written, ==, written);
    g_assert_cmpint (seen_by (&gift, i)->state, ==, HARK_FILE_WAITING);
    g_assert_nonnull (
      strstr (seen_by (&gift, i)->reason, "Nobody who is online has what is missing"));
  }
  hark_sim_core_node_start (gift.party.people[0]);
  for (unsigned i = 1; i <= TAKERS; i++)
    check_has (&gift, i);
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

    for (unsigned i = 1; i <= TAKERS && !has; i++)
      has = has_block (gift, i, at);
    if (!has)
      return false;
  }
  return true;
}

/* The giver goes when one copy is among the others, in pieces: all finish without him. */
static void
test_pieces_are_enough (void)
{
  unsigned whole = 0;
  Gift gift;

  party_of_takers (&gift, 5);
  for (unsigned i = 1; i <= TAKERS; i++)
    take (&gift, i);
  while (!are_together_whole (&gift))
    hark_sim_network_run (gift.party.world.network, HARK_SECOND);
  for (unsigned i = 1; i <= TAKERS; i++)
    whole += seen_by (&gift, i)->state == HARK_FILE_DONE;
  g_assert_cmpuint (whole, ==, 0);
  hark_sim_core_node_kill (gift.party.people[0]);
  for (unsigned i = 1; i <= TAKERS; i++)
    check_has (&gift, i);
  party_check_calm (&gift.party);
  gift_clear (&gift);
}

/* The giver goes, and everybody else starts anew: what they have together is still enough. */
static void
test_all_start_anew (void)
{
  HarkSimCoreNode **people;
  Gift gift;

  party_of_takers (&gift, 6);
  people = gift.party.people;
  for (unsigned i = 1; i <= TAKERS; i++)
    take (&gift, i);
  while (!are_together_whole (&gift))
    hark_sim_network_run (gift.party.world.network, HARK_SECOND);
  for (unsigned i = 0; i <= TAKERS; i++)
    hark_sim_core_node_kill (people[i]);
  for (unsigned i = 1; i <= TAKERS; i++)
    hark_sim_core_node_start (people[i]);
  for (unsigned i = 1; i <= TAKERS; i++)
    check_has (&gift, i);
  party_check_calm (&gift.party);
  gift_clear (&gift);
}

/* The first to have any block of it, which is at @ret_at; 0: nobody. */
static unsigned
find_first (const Gift *gift, size_t *ret_at)
{
  for (unsigned i = 1; i <= TAKERS; i++)
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

  party_of_takers (&gift, 7);
  for (unsigned i = 1; i <= TAKERS; i++)
    take (&gift, i);
  while ((harmed = find_first (&gift, &at)) == 0)
    hark_sim_network_run (gift.party.world.network, 50 * HARK_MS);
  part = g_build_filename (gift.party.people[harmed]->taken, "film.bin.part", NULL);
  spoil_at (part, at);
  for (unsigned i = 1; i <= TAKERS; i++) {
    if (i == harmed)
      continue;
    check_has (&gift, i);
    g_assert_true (was_told (gift.party.people[i], "does not send what their Hark says it has"));
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
  g_test_add_func ("/group-files/folder", test_folder);
  g_test_add_func ("/group-files/preview", test_preview);
  g_test_add_func ("/group-files/one-copy-for-all", test_one_copy_for_all);
  g_test_add_func ("/group-files/all-stop-and-go-on", test_all_stop_and_go_on);
  g_test_add_func ("/group-files/pieces-are-enough", test_pieces_are_enough);
  g_test_add_func ("/group-files/all-start-anew", test_all_start_anew);
  g_test_add_func ("/group-files/who-withholds-is-named", test_withheld);
  return g_test_run ();
}
