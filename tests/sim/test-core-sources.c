/* A file that several people give comes from all of them, whole, once, and whoever lies is found.
 */
#include "tests/sim/core-world.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATIENCE (20 * HARK_MINUTE)
#define GIVERS 3
#define FILE_LEN ((size_t) 12 * 1024 * 1024 + 4321)
#define BLOCK ((uint64_t) 1024 * 1024)

typedef struct {
  HarkSimWorld world;
  HarkSimCoreNode *givers[GIVERS], *taker;
  char *paths[GIVERS];
  uint8_t *bytes;
  uint64_t transfers[GIVERS]; /* the taker's */
} Gifts;

static void
gifts_init (Gifts *gifts, uint64_t seed, double loss)
{
  static const char *const names[GIVERS] = {"Anna", "Bert", "Cora"};
  HarkSimLinkConfig slow = hark_sim_lossy_link (loss), fast = hark_sim_lossy_link (0);

  *gifts = (Gifts){0};
  slow.rate = 1000000;
  fast.rate = 8000000;
  hark_sim_world_init (&gifts->world, seed);
  gifts->taker = hark_sim_world_add (&gifts->world, HARK_SIM_NAT_FULL_CONE, &fast, "Taker");
  gifts->bytes = g_malloc (FILE_LEN);
  hark_rng_bytes (hark_sim_network_rng (gifts->world.network), gifts->bytes, FILE_LEN);
  for (unsigned i = 0; i < GIVERS; i++) {
    gifts->givers[i]
      = hark_sim_world_add (&gifts->world, HARK_SIM_NAT_PORT_RESTRICTED, &slow, names[i]);
    gifts->paths[i] = g_build_filename (gifts->givers[i]->folder, "film.bin", NULL);
    g_assert_true (g_file_set_contents (gifts->paths[i], (char *) gifts->bytes, FILE_LEN, NULL));
    g_assert_true (hark_sim_befriend (gifts->givers[i], gifts->taker, PATIENCE));
  }
}

static void
gifts_clear (Gifts *gifts)
{
  hark_sim_world_clear (&gifts->world);
  for (unsigned i = 0; i < GIVERS; i++)
    g_free (gifts->paths[i]);
  g_free (gifts->bytes);
}

static const HarkTransfer *
last_of (const HarkSimCoreNode *node, const HarkSimCoreNode *other, HarkEventKind kind)
{
  for (guint i = node->events->len; i > 0; i--) {
    const HarkEvent *event = node->events->pdata[i - 1];

    if (event->kind == kind
        && memcmp (event->transfer->contact, other->account.bytes, sizeof other->account.bytes)
             == 0)
      return event->transfer;
  }
  return NULL;
}

typedef struct {
  const HarkSimCoreNode *node, *other;
} Ends;

static bool
is_offered (void *data)
{
  const Ends *ends = data;

  return last_of (ends->node, ends->other, HARK_EVENT_FILE_OFFER) != NULL;
}

static void
give (Gifts *gifts, unsigned i)
{
  HarkCommand *command = hark_sim_command (HARK_COMMAND_GIVE, gifts->taker);
  Ends ends = {gifts->taker, gifts->givers[i]};
  const HarkEvent *result;

  command->paths = g_new0 (char *, 2);
  command->paths[0] = g_strdup (gifts->paths[i]);
  result = hark_sim_core_node_ask (gifts->givers[i], command);
  g_assert_nonnull (result);
  g_assert_true (result->ok);
  g_assert_true (hark_sim_network_run_until (gifts->world.network, PATIENCE, is_offered, &ends));
  gifts->transfers[i] = last_of (ends.node, ends.other, HARK_EVENT_FILE_OFFER)->id;
}

static void
take (Gifts *gifts, unsigned i)
{
  HarkCommand *command = hark_sim_command (HARK_COMMAND_TAKE, NULL);
  const HarkEvent *result;

  command->transfer = gifts->transfers[i];
  result = hark_sim_core_node_ask (gifts->taker, command);
  g_assert_nonnull (result);
  g_assert_true (result->ok);
}

static bool
is_done (void *data)
{
  const Gifts *gifts = data;
  const HarkTransfer *end = last_of (gifts->taker, gifts->givers[0], HARK_EVENT_FILE_STATE);

  return end != NULL && end->state == HARK_FILE_DONE;
}

static bool
has_third (void *data)
{
  return ((HarkSimCoreNode *) data)->disk_written >= FILE_LEN / 3;
}

static void
wait_for_third (Gifts *gifts)
{
  g_assert_true (
    hark_sim_network_run_until (gifts->world.network, PATIENCE, has_third, gifts->taker));
}

/* Runs to the end; what was written beside the file is at most @more. Returns how long it took. */
static HarkTime
check_done (Gifts *gifts, uint64_t more)
{
  const HarkTime begun = hark_sim_network_now (gifts->world.network);
  g_autofree char *content = NULL;
  size_t len = 0;

  g_assert_true (hark_sim_network_run_until (gifts->world.network, PATIENCE, is_done, gifts));
  g_assert_true (g_file_get_contents (
    last_of (gifts->taker, gifts->givers[0], HARK_EVENT_FILE_STATE)->path, &content, &len, NULL));
  g_assert_cmpuint (len, ==, FILE_LEN);
  g_assert_true (memcmp (content, gifts->bytes, len) == 0);
  g_test_message ("%.2f MiB written for %.2f", (double) gifts->taker->disk_written / (double) BLOCK,
                  (double) FILE_LEN / (double) BLOCK);
  g_assert_cmpuint (gifts->taker->disk_written, <=, FILE_LEN + more);
  return hark_sim_network_now (gifts->world.network) - begun;
}

static HarkTime
time_with (unsigned givers)
{
  HarkTime time;
  Gifts gifts;

  gifts_init (&gifts, 5, 0);
  for (unsigned i = 0; i < givers; i++)
    give (&gifts, i);
  take (&gifts, 0);
  time = check_done (&gifts, 0);
  gifts_clear (&gifts);
  return time;
}

static void
test_together (void)
{
  HarkTime alone = time_with (1), together = time_with (3);

  g_test_message ("%.1f s from one, %.1f s from three", (double) alone / (double) HARK_SECOND,
                  (double) together / (double) HARK_SECOND);
  g_assert_cmpuint (together, <, alone / 2);
}

/* What all three offer is taken from one after another at once: it comes once, from all of them,
 * whichever is the first. */
static void
test_all_at_once (void)
{
  const HarkTime alone = time_with (1);

  for (uint64_t seed = 110; seed < 110 + hark_sim_runs (5); seed++) {
    Gifts gifts;

    gifts_init (&gifts, seed, 0);
    for (unsigned i = 0; i < GIVERS; i++)
      give (&gifts, i);
    for (unsigned i = 0; i < GIVERS; i++) {
      HarkCommand *command = hark_sim_command (HARK_COMMAND_TAKE, NULL);

      command->transfer = gifts.transfers[i];
      hark_sim_core_node_do (gifts.taker, command);
      hark_sim_network_run (gifts.world.network, 3 * HARK_MS / 2); /* the disk looks at the last */
    }
    g_assert_cmpuint (check_done (&gifts, 0), <, alone / 2);
    gifts_clear (&gifts);
  }
}

/* In place, with the time of its last change as it was: nobody notices but by the hashes. */
static void
spoil (const char *path)
{
  static uint8_t noise[4096] = {1};
  struct timespec times[2];
  struct stat info;
  FILE *file;

  g_assert_cmpint (stat (path, &info), ==, 0);
  file = fopen (path, "r+");
  g_assert_nonnull (file);
  for (uint64_t at = 0; at + sizeof noise < FILE_LEN; at += BLOCK / 2) {
    g_assert_cmpint (fseek (file, (long) at, SEEK_SET), ==, 0);
    g_assert_cmpuint (fwrite (noise, 1, sizeof noise, file), ==, sizeof noise);
  }
  g_assert_cmpint (fclose (file), ==, 0);
  times[0] = info.st_atim;
  times[1] = info.st_mtim;
  g_assert_cmpint (utimensat (AT_FDCWD, path, times, 0), ==, 0);
}

/* One lies in the middle; also when it is the one whose offer was taken. */
static void
test_liar (void)
{
  for (unsigned liar = 0; liar < GIVERS; liar++) {
    static const char *const words[GIVERS] = {"Anna's copy is damaged; nothing of it was kept.",
                                              "Bert's copy is damaged; nothing of it was kept.",
                                              "Cora's copy is damaged; nothing of it was kept."};
    Gifts gifts;

    gifts_init (&gifts, 10 + liar, 0);
    for (unsigned i = 0; i < GIVERS; i++)
      give (&gifts, i);
    take (&gifts, 0);
    wait_for_third (&gifts);
    spoil (gifts.paths[liar]);
    check_done (&gifts, 0);
    g_assert_cmpstr (last_of (gifts.taker, gifts.givers[0], HARK_EVENT_FILE_STATE)->reason, ==,
                     words[liar]);
    gifts_clear (&gifts);
  }
}

/* Another file of the same size and sample is no source, and no harm. */
static void
test_other (void)
{
  Gifts gifts;

  gifts_init (&gifts, 20, 0);
  spoil (gifts.paths[1]);
  for (unsigned i = 0; i < 2; i++)
    give (&gifts, i);
  take (&gifts, 0);
  check_done (&gifts, 0);
  g_assert_null (last_of (gifts.taker, gifts.givers[0], HARK_EVENT_FILE_STATE)->reason);
  gifts_clear (&gifts);
}

/* One giver gives @path alone; what was sent, without what was copied, is at most @sent_max. */
static void
give_alone (Gifts *gifts, uint64_t sent_max)
{
  g_autofree char *words = NULL, *out = NULL;
  int status;

  give (gifts, 0);
  take (gifts, 0);
  g_assert_true (hark_sim_network_run_until (gifts->world.network, PATIENCE, is_done, gifts));
  hark_sim_network_run (gifts->world.network, 10 * HARK_SECOND);
  words = g_strdup_printf ("diff -r '%s' '%s'", gifts->paths[0],
                           last_of (gifts->taker, gifts->givers[0], HARK_EVENT_FILE_STATE)->path);
  g_assert_true (g_spawn_command_line_sync (words, &out, NULL, &status, NULL));
  g_assert_cmpstr (out, ==, "");
  g_assert_cmpint (status, ==, 0);
  g_test_message ("%.2f MiB sent", (double) gifts->taker->disk_written / (double) BLOCK);
  g_assert_cmpuint (gifts->taker->disk_written, <=, sent_max);
}

static void
test_repeats (void)
{
  struct stat info;
  Gifts gifts;

  gifts_init (&gifts, 40, 0);
  memcpy (gifts.bytes + 5 * BLOCK, gifts.bytes + 2 * BLOCK, BLOCK);
  memset (gifts.bytes + 6 * BLOCK, 0, 5 * BLOCK);
  g_assert_true (
    g_file_set_contents (gifts.paths[0], (char *) gifts.bytes, (gssize) FILE_LEN, NULL));
  give_alone (&gifts, FILE_LEN - 5 * BLOCK);
  g_assert_cmpint (
    stat (last_of (gifts.taker, gifts.givers[0], HARK_EVENT_FILE_STATE)->path, &info), ==, 0);
  g_test_message ("%.2f MiB on the disk", (double) info.st_blocks * 512 / (double) BLOCK);
  gifts_clear (&gifts);
}

/* A folder that lies in itself once more, with files of every size, or of one: then their names
 * tell which may be the same. */
static void
test_copies (void)
{
  for (unsigned one_size = 0; one_size < 2; one_size++) {
    Gifts gifts;

    gifts_init (&gifts, 41 + one_size, 0);
    g_free (gifts.paths[0]);
    gifts.paths[0] = g_build_filename (gifts.givers[0]->folder, "album", NULL);
    for (unsigned copy = 0; copy < 2; copy++) {
      g_autofree char *folder = g_strdup_printf ("%s/%u", gifts.paths[0], copy);
      uint64_t at = 0;

      g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
      for (unsigned i = 0; i < 200; i++) {
        g_autofree char *path = g_strdup_printf ("%s/%u.jpg", folder, i);
        const uint64_t len = one_size != 0 ? 20000 : i == 100 ? 4 * BLOCK : 100 * i;

        g_assert_true (g_file_set_contents (path, (char *) gifts.bytes + at, (gssize) len, NULL));
        at += len;
      }
    }
    give_alone (&gifts, (one_size != 0 ? 6 : 8) * BLOCK);
    gifts_clear (&gifts);
  }
}

static void
run_or_fail (const char *words)
{
  int status;

  g_assert_true (g_spawn_command_line_sync (words, NULL, NULL, &status, NULL));
  g_assert_cmpint (status, ==, 0);
}

#define PHOTOS 1000
#define PHOTO_LEN ((gsize) 20000)

static void
put_photo (const Gifts *gifts, const char *name, unsigned content)
{
  g_autofree char *path = g_build_filename (gifts->paths[0], name, NULL);

  g_assert_true (
    g_file_set_contents (path, (char *) gifts->bytes + content * 12007, PHOTO_LEN, NULL));
}

/* Of a folder of which a third has come one file is added in front, one removed, one changed and
 * one named otherwise: only the blocks with these in them come again, also when the taker dies. */
static void
test_changed_list (void)
{
  for (unsigned dies = 0; dies < 2; dies++) {
    const uint64_t size = PHOTOS * PHOTO_LEN;
    g_autofree char *from = NULL, *to = NULL, *words = NULL;
    const char *path;
    uint64_t again;
    Gifts gifts;

    gifts_init (&gifts, 70 + dies, 0);
    g_free (gifts.paths[0]);
    gifts.paths[0] = g_build_filename (gifts.givers[0]->folder, "album", NULL);
    g_assert_cmpint (g_mkdir_with_parents (gifts.paths[0], 0700), ==, 0);
    for (unsigned i = 0; i < PHOTOS; i++) {
      g_autofree char *name = g_strdup_printf ("%03u.jpg", i);

      put_photo (&gifts, name, i);
    }
    give (&gifts, 0);
    take (&gifts, 0);
    wait_for_third (&gifts);
    put_photo (&gifts, "0-in-front.jpg", 1001);
    put_photo (&gifts, "990.jpg", 1002);
    from = g_build_filename (gifts.paths[0], "100.jpg", NULL);
    to = g_build_filename (gifts.paths[0], "100-moved.jpg", NULL);
    g_assert_cmpint (rename (from, to), ==, 0);
    g_free (from);
    from = g_build_filename (gifts.paths[0], "050.jpg", NULL);
    g_assert_cmpint (g_unlink (from), ==, 0);
    if (dies != 0) {
      hark_sim_network_run (gifts.world.network, 8 * HARK_SECOND);
      hark_sim_core_node_kill (gifts.taker);
      hark_sim_core_node_start (gifts.taker);
    }
    g_assert_true (hark_sim_network_run_until (gifts.world.network, PATIENCE, is_done, &gifts));
    hark_sim_network_run (gifts.world.network, 10 * HARK_SECOND);
    path = last_of (gifts.taker, gifts.givers[0], HARK_EVENT_FILE_STATE)->path;
    words = g_strdup_printf ("diff -r '%s' '%s'", gifts.paths[0], path);
    run_or_fail (words);
    again = gifts.taker->disk_written - MIN (size, gifts.taker->disk_written);
    g_test_message ("%.2f of %.2f MiB sent again", (double) again / (double) BLOCK,
                    (double) size / (double) BLOCK);
    g_assert_cmpuint (again, <=, (dies != 0 ? 6 : 4) * BLOCK);
    gifts_clear (&gifts);
  }
}

static bool
has_moved (const HarkSimCoreNode *node)
{
  for (guint i = 0; i < node->events->len; i++) {
    const HarkEvent *event = node->events->pdata[i];

    if (event->kind == HARK_EVENT_FILE_STATE && event->transfer->state == HARK_FILE_MOVING)
      return true;
  }
  return false;
}

/* A folder comes from all who have it, too; one dies, and every file has its time in the end. */
static void
test_folder (void)
{
  static const char list[] = "cd '%s' && find . -type f ! -name .manifest "
                             "-printf '%%P %%s %%T@\\n' | sed 's/\\(\\....\\)[0-9]*$/\\1/' | sort";
  char *lists[2] = {NULL, NULL};
  const char *ends[2];
  uint64_t at = 0;
  Gifts gifts;

  gifts_init (&gifts, 60, 0);
  g_free (gifts.paths[0]);
  gifts.paths[0] = g_build_filename (gifts.givers[0]->folder, "album", NULL);
  for (unsigned i = 0; i < 60; i++) {
    g_autofree char *folder = g_strdup_printf ("%s/%u", gifts.paths[0], i % 5);
    g_autofree char *path = g_strdup_printf ("%s/%u.jpg", folder, i);
    const uint64_t len = i % 20 == 7 ? 3 * BLOCK + i : 1000 * i;

    g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
    g_assert_true (g_file_set_contents (path, (char *) gifts.bytes + at, (gssize) len, NULL));
    at += len;
  }
  for (unsigned i = 1; i < GIVERS; i++) {
    g_autofree char *words = NULL;

    g_free (gifts.paths[i]);
    gifts.paths[i] = g_build_filename (gifts.givers[i]->folder, "album", NULL);
    words = g_strdup_printf ("cp -a '%s' '%s'", gifts.paths[0], gifts.paths[i]);
    run_or_fail (words);
  }
  for (unsigned i = 0; i < GIVERS; i++)
    give (&gifts, i);
  take (&gifts, 0);
  wait_for_third (&gifts);
  hark_sim_core_node_kill (gifts.givers[1]);
  g_assert_true (hark_sim_network_run_until (gifts.world.network, PATIENCE, is_done, &gifts));
  g_assert_true (has_moved (gifts.givers[2]));
  ends[0] = gifts.paths[0];
  ends[1] = last_of (gifts.taker, gifts.givers[0], HARK_EVENT_FILE_STATE)->path;
  for (unsigned i = 0; i < 2; i++) {
    g_autofree char *script = g_strdup_printf (list, ends[i]);
    const char *const command[] = {"sh", "-c", script, NULL};

    g_assert_true (g_spawn_sync (NULL, (char **) command, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL,
                                 &lists[i], NULL, NULL, NULL));
  }
  g_assert_cmpstr (lists[0], !=, "");
  g_assert_cmpstr (lists[0], ==, lists[1]);
  g_free (lists[0]);
  g_free (lists[1]);
  g_assert_cmpuint (gifts.taker->disk_written, <=, at + 3 * BLOCK);
  hark_sim_network_run (gifts.world.network, 10 * HARK_SECOND);
  {
    g_autofree char *words = g_strdup_printf ("diff -r '%s' '%s'", ends[0], ends[1]);

    run_or_fail (words);
  }
  gifts_clear (&gifts);
}

/* Who has it from one copies it when another gives it, too; also when both are taken at once. */
static void
test_given_again (void)
{
  for (unsigned at_once = 0; at_once < 2; at_once++) {
    const HarkTransfer *second;
    char *other;
    Gifts gifts;

    gifts_init (&gifts, 50 + at_once, 0);
    give (&gifts, 0);
    take (&gifts, 0);
    if (at_once == 0)
      check_done (&gifts, 0);
    other = g_strconcat (gifts.paths[1], "2", NULL);
    g_assert_cmpint (rename (gifts.paths[1], other), ==, 0);
    g_free (gifts.paths[1]);
    gifts.paths[1] = other;
    give (&gifts, 1);
    take (&gifts, 1);
    check_done (&gifts, 0);
    hark_sim_network_run (gifts.world.network, HARK_MINUTE);
    second = last_of (gifts.taker, gifts.givers[1], HARK_EVENT_FILE_STATE);
    g_assert_cmpint (second->state, ==, HARK_FILE_DONE);
    g_assert_cmpuint (gifts.taker->disk_written, ==, FILE_LEN);
    gifts_clear (&gifts);
  }
}

/* The giver renames the file in mid-transfer: it goes on, and the path that is told is the new one.
 */
static void
test_renamed (void)
{
  g_autofree char *renamed = NULL;
  Gifts gifts;

  gifts_init (&gifts, 80, 0);
  renamed = g_strconcat (gifts.paths[0], ".new", NULL);
  give (&gifts, 0);
  take (&gifts, 0);
  wait_for_third (&gifts);
  hark_sim_core_node_kill (gifts.givers[0]);
  g_assert_cmpint (rename (gifts.paths[0], renamed), ==, 0);
  hark_sim_core_node_start (gifts.givers[0]);
  check_done (&gifts, 3 * BLOCK);
  g_assert_cmpstr (last_of (gifts.givers[0], gifts.taker, HARK_EVENT_FILE_STATE)->path, ==,
                   renamed);
  gifts_clear (&gifts);
}

/* Everybody dies or is cut off at some time. */
static void
test_rough_ride (void)
{
  for (unsigned seed = 1; seed <= hark_sim_runs (3); seed++) {
    Gifts gifts;
    HarkRng *rng;

    gifts_init (&gifts, 30 + seed, 0.01);
    rng = hark_sim_network_rng (gifts.world.network);
    for (unsigned i = 0; i < GIVERS; i++)
      give (&gifts, i);
    take (&gifts, 0);
    for (unsigned i = 0; i < 6 && !is_done (&gifts); i++) {
      const unsigned who = (unsigned) hark_rng_below (rng, GIVERS + 1);
      HarkSimCoreNode *node = who < GIVERS ? gifts.givers[who] : gifts.taker;

      hark_sim_network_run (gifts.world.network, hark_rng_below (rng, 20 * HARK_SECOND));
      if (hark_rng_below (rng, 2) == 0) {
        hark_sim_core_node_kill (node);
        hark_sim_network_run (gifts.world.network, hark_rng_below (rng, 10 * HARK_SECOND));
        hark_sim_core_node_start (node);
      } else {
        const unsigned site = gifts.world.sites[who < GIVERS ? who + 1 : 0];

        hark_sim_network_cut_site (gifts.world.network, site, true);
        hark_sim_network_run (gifts.world.network, hark_rng_below (rng, 40 * HARK_SECOND));
        hark_sim_network_cut_site (gifts.world.network, site, false);
      }
    }
    check_done (&gifts, 6 * 6 * BLOCK);
    gifts_clear (&gifts);
  }
}

int
main (int argc, char **argv)
{
  hark_sim_test_init (&argc, &argv);
  g_test_add_func ("/core-sources/three-are-faster-than-one", test_together);
  g_test_add_func ("/core-sources/all-at-once-come-once", test_all_at_once);
  g_test_add_func ("/core-sources/liar-among-three-is-found", test_liar);
  g_test_add_func ("/core-sources/another-file-is-no-source", test_other);
  g_test_add_func ("/core-sources/repeated-blocks-are-not-sent", test_repeats);
  g_test_add_func ("/core-sources/copies-in-a-folder-are-not-sent", test_copies);
  g_test_add_func ("/core-sources/changed-list-keeps-what-stayed", test_changed_list);
  g_test_add_func ("/core-sources/folder-comes-from-all", test_folder);
  g_test_add_func ("/core-sources/what-came-from-another-is-copied", test_given_again);
  g_test_add_func ("/core-sources/renamed-source-is-found", test_renamed);
  g_test_add_func ("/core-sources/survives-a-rough-ride", test_rough_ride);
  return g_test_run ();
}
