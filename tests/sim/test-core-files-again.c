/* What was moved away while it came is found again; what was given before does not come twice. */
#include "core/files/transfer.h"
#include "tests/sim/core-world.h"

#include <glib/gstdio.h>
#include <string.h>

#define PATIENCE (10 * HARK_MINUTE)
#define FILES 1000u
#define FILE_LEN ((size_t) 6000)
#define ALL ((uint64_t) FILES * FILE_LEN)

/* A folder of many files, and two people. */
typedef struct {
  HarkSimWorld world;
  HarkSimCoreNode *giver, *taker;
  char *path;
} Album;

static char *
path_of (const char *folder, unsigned number)
{
  return g_strdup_printf ("%s/%u/%04u.jpg", folder, number % 10, number);
}

static void
write_photo (Album *album, unsigned number)
{
  g_autofree char *path = path_of (album->path, number), *folder = g_path_get_dirname (path);
  uint8_t bytes[FILE_LEN];

  hark_rng_bytes (hark_sim_network_rng (album->world.network), bytes, sizeof bytes);
  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents_full (path, (char *) bytes, sizeof bytes,
                                           G_FILE_SET_CONTENTS_NONE, 0600, NULL));
}

static void
album_init (Album *album, uint64_t seed)
{
  HarkSimLinkConfig link = hark_sim_lossy_link (0);

  link.rate = 8000000;
  *album = (Album){0};
  hark_sim_world_init (&album->world, seed);
  album->giver = hark_sim_world_add (&album->world, HARK_SIM_NAT_PORT_RESTRICTED, &link, "Giver");
  album->taker = hark_sim_world_add (&album->world, HARK_SIM_NAT_PORT_RESTRICTED, &link, "Taker");
  album->path = g_build_filename (album->giver->folder, "album", NULL);
  for (unsigned i = 0; i < FILES; i++)
    write_photo (album, i);
  g_assert_true (hark_sim_befriend (album->giver, album->taker, PATIENCE));
}

static void
album_clear (Album *album)
{
  hark_sim_world_clear (&album->world);
  g_free (album->path);
}

static const HarkTransfer *
newest (const HarkSimCoreNode *node)
{
  return hark_sim_core_node_find (node, HARK_EVENT_FILE_STATE, 0)->transfer;
}

static bool
is_offered (void *data)
{
  const HarkEvent *event = hark_sim_core_node_find (data, HARK_EVENT_FILE_OFFER, 0);

  return event != NULL;
}

static void
run_until (Album *album, bool (*done) (void *data), void *data)
{
  g_assert_true (hark_sim_network_run_until (album->world.network, PATIENCE, done, data));
}

static void
give_and_take (Album *album)
{
  HarkCommand *give = hark_sim_command (HARK_COMMAND_GIVE, album->taker);
  HarkCommand *take = hark_sim_command (HARK_COMMAND_TAKE, NULL);

  g_ptr_array_set_size (album->giver->events, 0);
  g_ptr_array_set_size (album->taker->events, 0);
  give->paths = g_new0 (char *, 2);
  give->paths[0] = g_strdup (album->path);
  g_assert_true (hark_sim_core_node_ask (album->giver, give)->ok);
  run_until (album, is_offered, album->taker);
  take->transfer = hark_sim_core_node_find (album->taker, HARK_EVENT_FILE_OFFER, 0)->transfer->id;
  g_assert_true (hark_sim_core_node_ask (album->taker, take)->ok);
}

static bool
is_done (void *data)
{
  const Album *album = data;

  return newest (album->giver)->state == HARK_FILE_DONE
         && newest (album->taker)->state == HARK_FILE_DONE;
}

static void
check_same (const Album *album)
{
  g_autofree char *words
    = g_strdup_printf ("diff -r '%s' '%s'", album->path, newest (album->taker)->path);
  g_autofree char *out = NULL;
  int status;

  g_assert_true (g_spawn_command_line_sync (words, &out, NULL, &status, NULL));
  g_assert_cmpstr (out, ==, "");
  g_assert_cmpint (status, ==, 0);
}

/* ---- moved away ---- */

static bool
has_half (void *data)
{
  return ((HarkSimCoreNode *) data)->disk_written >= ALL / 2;
}

static bool
is_lost (void *data)
{
  const Album *album = data;

  return newest (album->giver)->lost && newest (album->taker)->lost;
}

static bool
point_to (Album *album, const char *path)
{
  HarkCommand *command = hark_sim_command (HARK_COMMAND_RESUME, NULL);

  command->transfer = newest (album->giver)->id;
  command->path = g_strdup (path);
  return hark_sim_core_node_ask (album->giver, command)->ok;
}

/* Both hear that it is not where it was, also after a start; a file in its place is not it; pointed
 * to the new place it goes on, and what had arrived is not sent again. */
static void
test_moved (void)
{
  g_autofree char *elsewhere = NULL, *file = NULL;
  Album album;

  album_init (&album, 71);
  elsewhere = g_build_filename (album.giver->folder, "elsewhere", NULL);
  give_and_take (&album);
  run_until (&album, has_half, album.taker);
  hark_sim_core_node_kill (album.giver);
  g_assert_cmpint (g_rename (album.path, elsewhere), ==, 0);
  g_free (album.path);
  album.path = g_steal_pointer (&elsewhere);
  hark_sim_core_node_start (album.giver);
  run_until (&album, is_lost, &album);
  g_assert_cmpint (newest (album.giver)->state, ==, HARK_FILE_PAUSED);
  g_assert_cmpstr (newest (album.giver)->reason, ==, HARK_FILE_LOST);
  g_assert_cmpint (newest (album.taker)->state, ==, HARK_FILE_PAUSED);
  g_assert_cmpstr (newest (album.taker)->reason, ==, HARK_FILE_LOST_THERE);

  file = path_of (album.path, 1);
  g_assert_true (point_to (&album, file));
  hark_sim_network_run (album.world.network, HARK_SECOND);
  run_until (&album, is_lost, &album);

  g_assert_true (point_to (&album, album.path));
  run_until (&album, is_done, &album);
  check_same (&album);
  g_assert_cmpuint (album.taker->disk_written, <=, ALL + ALL / 3);
  g_assert_false (point_to (&album, album.path));
  album_clear (&album);
}

/* ---- given again ---- */

static unsigned
count_taken (const Album *album)
{
  GDir *dir = g_dir_open (album->taker->taken, 0, NULL);
  unsigned n = 0;

  g_assert_nonnull (dir);
  while (g_dir_read_name (dir) != NULL)
    n++;
  g_dir_close (dir);
  return n;
}

/* What was taken before and stands unchanged is neither pulled again nor doubled; where a few files
 * are others by now only these come, and the older folder stays as it is. */
static void
test_given_again (void)
{
  g_autofree char *first = NULL, *kept = NULL, *before = NULL, *after = NULL;
  uint64_t written;
  Album album;

  album_init (&album, 72);
  give_and_take (&album);
  run_until (&album, is_done, &album);
  check_same (&album);
  first = g_strdup (newest (album.taker)->path);
  written = album.taker->disk_written;

  give_and_take (&album);
  run_until (&album, is_done, &album);
  g_assert_cmpstr (newest (album.taker)->path, ==, first);
  g_assert_nonnull (newest (album.taker)->reason);
  g_assert_cmpuint (count_taken (&album), ==, 1);
  g_assert_cmpuint (album.taker->disk_written - written, <=, HARK_TREE_BLOCK_LEN);
  check_same (&album);

  written = album.taker->disk_written;
  kept = path_of (first, 998);
  g_assert_true (g_file_get_contents (kept, &before, NULL, NULL));
  for (unsigned i = 8; i < FILES; i += 990)
    write_photo (&album, i);
  give_and_take (&album);
  run_until (&album, is_done, &album);
  check_same (&album);
  g_assert_cmpstr (newest (album.taker)->path, !=, first);
  g_assert_cmpuint (count_taken (&album), ==, 2);
  g_assert_cmpuint (album.taker->disk_written - written, <=, 3 * HARK_TREE_BLOCK_LEN);
  g_assert_true (g_file_get_contents (kept, &after, NULL, NULL));
  g_assert_cmpint (memcmp (before, after, FILE_LEN), ==, 0);
  album_clear (&album);
}

int
main (int argc, char **argv)
{
  hark_sim_test_init (&argc, &argv);
  g_test_add_func ("/files-again/moved", test_moved);
  g_test_add_func ("/files-again/given-again", test_given_again);
  return g_test_run ();
}
