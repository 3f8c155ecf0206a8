/* A folder for a group comes from whoever of its people has it, also while it still comes to them.
 */
#include "tests/sim/gift.h"

#include <string.h>
#include <sys/stat.h>

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
  g_autofree char *many = NULL, *film = NULL, *run = NULL, *empty = NULL, *dotted = NULL;

  g_free (gift->path);
  gift->path = g_build_filename (gift->party.people[0]->folder, "photos", NULL);
  many = g_build_filename (gift->path, "many", NULL);
  film = g_build_filename (gift->path, "film.bin", NULL);
  run = g_build_filename (gift->path, "run.sh", NULL);
  empty = g_build_filename (gift->path, "empty", NULL);
  dotted = g_build_filename (gift->path, ".dotted", NULL);
  g_assert_cmpint (g_mkdir_with_parents (many, 0700), ==, 0);
  for (unsigned i = 0; i < SMALL; i++) {
    g_autofree char *path = small_path (gift->path, i);

    g_assert_true (g_file_set_contents_full (path, (char *) gift->bytes + i, 20,
                                             G_FILE_SET_CONTENTS_NONE, 0600, NULL));
  }
  g_assert_true (g_file_set_contents (film, (char *) gift->bytes, GIFT_LEN, NULL));
  g_assert_true (g_file_set_contents (run, "#!/bin/sh", -1, NULL));
  g_assert_cmpint (chmod (run, 0755), ==, 0);
  g_assert_true (g_file_set_contents (empty, "", 0, NULL));
  g_assert_true (g_file_set_contents (dotted, "a dot in front is taken away", -1, NULL));
}

static void
check_has_folder (Gift *gift, unsigned who)
{
  g_autofree char *film = NULL, *run = NULL, *empty = NULL, *content = NULL;
  struct stat info;
  size_t len = 0;

  gift_wait_for (gift, who, HARK_FILE_DONE, 1);
  film = g_build_filename (gift_seen_by (gift, who)->path, "film.bin", NULL);
  run = g_build_filename (gift_seen_by (gift, who)->path, "run.sh", NULL);
  empty = g_build_filename (gift_seen_by (gift, who)->path, "empty", NULL);
  g_assert_true (g_file_get_contents (film, &content, &len, NULL));
  g_assert_cmpuint (len, ==, GIFT_LEN);
  g_assert_true (memcmp (content, gift->bytes, len) == 0);
  for (unsigned i = 0; i < SMALL; i++) {
    g_autofree char *path = small_path (gift_seen_by (gift, who)->path, i), *small = NULL;

    g_assert_true (g_file_get_contents (path, &small, &len, NULL));
    g_assert_cmpuint (len, ==, 20);
    g_assert_true (memcmp (small, gift->bytes + i, len) == 0);
  }
  g_assert_cmpint (stat (run, &info), ==, 0);
  g_assert_cmpuint (info.st_mode & 0111, ==, 0); /* told, never applied */
  g_assert_cmpint (stat (empty, &info), ==, 0);
}

/* What it was resumed by goes, though it is given on with names and bits that are not there. */
static void
check_is_tidy (Gift *gift, unsigned who)
{
  static const char *const names[] = {"dotted", "empty", "film.bin", "many", "run.sh"};
  g_autoptr (GDir) dir = NULL;
  unsigned n = 0;

  hark_sim_network_run (gift->party.world.network, HARK_SECOND);
  dir = g_dir_open (gift_seen_by (gift, who)->path, 0, NULL);
  g_assert_nonnull (dir);
  for (const char *name; (name = g_dir_read_name (dir)) != NULL; n++) {
    unsigned i = 0;

    while (i < G_N_ELEMENTS (names) && strcmp (name, names[i]) != 0)
      i++;
    if (i == G_N_ELEMENTS (names))
      g_error ("\"%s\" was left", name);
  }
  g_assert_cmpuint (n, ==, G_N_ELEMENTS (names));
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
  gift_give (&gift);
  gift_take (&gift, 1);
  g_assert_true (gift_seen_by (&gift, 1)->folder);
  g_assert_cmpuint (gift_seen_by (&gift, 1)->files, ==, SMALL + 4);
  check_has_folder (&gift, 1);
  check_is_tidy (&gift, 1);
  gift_take_and_crash (&gift, 2);
  check_has_folder (&gift, 2);
  check_is_tidy (&gift, 2);
  hark_sim_core_node_stop (people[2]);
  hark_sim_core_node_start (people[2]);
  film = g_build_filename (gift_seen_by (&gift, 1)->path, "film.bin", NULL);
  gift_spoil (film);
  hark_sim_core_node_stop (people[1]);
  hark_sim_core_node_start (people[1]);
  gift_take (&gift, 3);
  check_has_folder (&gift, 3);
  check_is_tidy (&gift, 3);
  hark_sim_core_node_stop (people[2]);
  hark_sim_core_node_stop (people[3]);
  gift_clear (&gift);
}

/* ---- while it comes ---- */

#define LARGE 7u /* files that share the bytes */
#define SEEDS 4u

static char *
large_path (const char *folder, unsigned number)
{
  g_autofree char *name = g_strdup_printf ("%u.bin", number);

  return g_build_filename (folder, number % 2 == 0 ? "even" : "odd", name, NULL);
}

static size_t
large_len (unsigned number)
{
  return number + 1 < LARGE ? GIFT_BIG_LEN / LARGE
                            : GIFT_BIG_LEN - (LARGE - 1) * (GIFT_BIG_LEN / LARGE);
}

static void
make_large (Gift *gift)
{
  g_free (gift->path);
  gift->path = g_build_filename (gift->party.people[0]->folder, "films", NULL);
  for (unsigned i = 0; i < LARGE; i++) {
    g_autofree char *path = large_path (gift->path, i), *above = g_path_get_dirname (path);

    g_assert_cmpint (g_mkdir_with_parents (above, 0700), ==, 0);
    g_assert_true (g_file_set_contents (path, (char *) gift->bytes + i * (GIFT_BIG_LEN / LARGE),
                                        (gssize) large_len (i), NULL));
  }
}

static void
check_has_large (Gift *gift, unsigned who)
{
  gift_wait_for (gift, who, HARK_FILE_DONE, 1);
  for (unsigned i = 0; i < LARGE; i++) {
    g_autofree char *path = large_path (gift_seen_by (gift, who)->path, i), *content = NULL;
    size_t len = 0;

    g_assert_true (g_file_get_contents (path, &content, &len, NULL));
    g_assert_cmpuint (len, ==, large_len (i));
    g_assert_true (memcmp (content, gift->bytes + i * (GIFT_BIG_LEN / LARGE), len) == 0);
  }
}

/* Four take a folder from one with a narrow line: they give each other what each has of it. One
 * seed takes 1.10, another 1.15. */
static void
test_one_copy_for_all (void)
{
  double took = 0;

  for (unsigned seed = 1; seed <= SEEDS; seed++) {
    Gift gift;

    gift_to_takers (&gift, seed);
    make_large (&gift);
    gift_offer (&gift);
    took += gift_check_one_copy (&gift, check_has_large) / SEEDS;
    gift_clear (&gift);
  }
  g_test_message ("%.3f times what the line alone takes", took);
  g_assert_cmpfloat (took, <, 1.14);
}

int
main (int argc, char **argv)
{
  hark_sim_test_init (&argc, &argv);
  g_test_add_func ("/group-folders/giver-goes", test_folder);
  g_test_add_func ("/group-folders/one-copy-for-all", test_one_copy_for_all);
  return g_test_run ();
}
