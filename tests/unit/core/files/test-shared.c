/* What others may see of a shared folder: what is in it, and nothing else. */
#include "core/files/disk-work.h"
#include "core/files/share-list.h"
#include "core/files/shared.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

typedef struct {
  char *top;  /* of everything */
  char *root; /* the shared folder */
} Tree;

static char *
below (const Tree *tree, const char *way)
{
  return g_build_filename (tree->root, way, NULL);
}

static void
write_file (const Tree *tree, const char *way)
{
  g_autofree char *path = below (tree, way);

  g_assert_true (g_file_set_contents (path, "content", -1, NULL));
}

static void
make_folder (const Tree *tree, const char *way)
{
  g_autofree char *path = below (tree, way);

  g_assert_cmpint (g_mkdir_with_parents (path, 0700), ==, 0);
}

static void
make_link (const Tree *tree, const char *way, const char *to)
{
  g_autofree char *path = below (tree, way);

  g_assert_cmpint (symlink (to, path), ==, 0);
}

static void
set_up (Tree *tree, const void *data)
{
  g_autofree char *secret = NULL;

  (void) data;
  tree->top = g_dir_make_tmp ("hark-shared-XXXXXX", NULL);
  tree->root = g_build_filename (tree->top, "music", NULL);
  make_folder (tree, "albums/old");
  make_folder (tree, ".git");
  write_file (tree, "b.flac");
  write_file (tree, "a.flac");
  write_file (tree, "albums/old/song");
  write_file (tree, "albums/.note");
  write_file (tree, ".git/key");
  write_file (tree, ".hidden");
  secret = g_build_filename (tree->top, "secret", NULL);
  g_assert_true (g_file_set_contents (secret, "secret", -1, NULL));
  make_link (tree, "link", "../secret");
  make_link (tree, "up", "..");
  make_link (tree, "albums/round", "..");
}

static void
tear_down (Tree *tree, const void *data)
{
  const char *arguments[] = {"rm", "-rf", tree->top, NULL};

  (void) data;
  g_assert_true (g_spawn_sync (NULL, (char **) arguments, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL,
                               NULL, NULL, NULL, NULL));
  g_free (tree->top);
  g_free (tree->root);
}

static HarkDiskReply *
ask (const Tree *tree, HarkDiskRequestKind kind, const char *way, uint64_t from)
{
  HarkDiskWork *work = hark_disk_work_new ();
  g_autoptr (HarkDiskRequest) request = hark_disk_request_new (kind, 7, 0);
  HarkDiskReply *reply;

  request->path = hark_shared_join (tree->root, way);
  request->offset = from;
  reply = hark_disk_work_do (work, request);
  hark_disk_work_free (work);
  return reply;
}

static const HarkSharedEntry *
entry (const HarkDiskReply *reply, guint i)
{
  g_assert_cmpuint (i, <, reply->entries->len);
  return reply->entries->pdata[i];
}

static void
test_list (Tree *tree, const void *data)
{
  g_autoptr (HarkDiskReply) reply = ask (tree, HARK_DISK_BROWSE, "", 0);
  g_autoptr (HarkDiskReply) second = ask (tree, HARK_DISK_BROWSE, "", 2);
  g_autoptr (HarkDiskReply) deeper = ask (tree, HARK_DISK_BROWSE, "albums", 0);

  (void) data;
  g_assert_cmpint (reply->result, ==, HARK_DISK_OK);
  g_assert_cmpuint (reply->size, ==, 3);
  g_assert_cmpuint (reply->entries->len, ==, 3);
  g_assert_cmpstr (entry (reply, 0)->name, ==, "albums");
  g_assert_true (entry (reply, 0)->folder);
  g_assert_cmpstr (entry (reply, 1)->name, ==, "a.flac");
  g_assert_cmpuint (entry (reply, 1)->size, ==, 7);
  g_assert_cmpuint (second->entries->len, ==, 1);
  g_assert_cmpstr (entry (second, 0)->name, ==, "b.flac");
  g_assert_cmpuint (deeper->entries->len, ==, 1);
  g_assert_cmpstr (entry (deeper, 0)->name, ==, "old");
}

static void
test_nothing_outside (Tree *tree, const void *data)
{
  const char *const ways[] = {
    "link",         "up",
    "up/secret",    "..",
    "../secret",    "albums/../../secret",
    "albums/round", "albums/round/a.flac",
    ".git",         ".git/key",
    ".hidden",      "/etc",
    "albums//",     "albums/",
    "a.flac/b",     "./a.flac",
    "none",
  };

  (void) data;
  for (size_t i = 0; i < G_N_ELEMENTS (ways); i++) {
    g_autoptr (HarkDiskReply) seen = ask (tree, HARK_DISK_BROWSE, ways[i], 0);
    g_autoptr (HarkDiskReply) got = ask (tree, HARK_DISK_STAT, ways[i], 0);

    g_test_message ("%s", ways[i]);
    g_assert_cmpint (seen->result, !=, HARK_DISK_OK);
    g_assert_null (seen->entries);
    g_assert_cmpint (got->result, !=, HARK_DISK_OK);
  }
}

/* A folder as a whole has neither links nor hidden things in it. */
static void
test_folder_goes_without_hidden (Tree *tree, const void *data)
{
  g_autoptr (HarkDiskReply) reply = ask (tree, HARK_DISK_STAT, "", 0);

  (void) data;
  g_assert_cmpint (reply->result, ==, HARK_DISK_OK);
  g_assert_cmpstr (reply->name, ==, "music");
  g_assert_cmpuint (reply->folder.files, ==, 3); /* a.flac, b.flac, song */
}

/* What was offered is exchanged for a link before it is read. */
static void
test_exchanged_for_a_link (Tree *tree, const void *data)
{
  g_autofree char *folder = below (tree, "albums");
  g_autofree char *path = hark_shared_join (tree->root, "albums/old/song");
  int fd = hark_shared_open (path, O_RDONLY);

  (void) data;
  g_assert_cmpint (fd, >=, 0);
  close (fd);
  {
    g_autofree char *away = below (tree, "elsewhere");

    g_assert_cmpint (g_rename (folder, away), ==, 0);
    g_assert_cmpint (symlink (away, folder), ==, 0);
  }
  g_assert_cmpint (hark_shared_open (path, O_RDONLY), ==, -1);
}

static void
test_many (Tree *tree, const void *data)
{
  g_autoptr (HarkDiskReply) first = NULL;
  g_autoptr (HarkDiskReply) last = NULL;
  g_autoptr (HarkDiskReply) beyond = NULL;

  (void) data;
  make_folder (tree, "many");
  for (int i = 0; i < 450; i++) {
    g_autofree char *name = g_strdup_printf ("many/%04d", i);

    write_file (tree, name);
  }
  first = ask (tree, HARK_DISK_BROWSE, "many", 0);
  last = ask (tree, HARK_DISK_BROWSE, "many", 400);
  beyond = ask (tree, HARK_DISK_BROWSE, "many", UINT64_MAX);
  g_assert_cmpuint (first->entries->len, ==, HARK_SHARED_PAGE);
  g_assert_cmpuint (first->size, ==, 450);
  g_assert_cmpuint (last->entries->len, ==, 50);
  g_assert_cmpstr (entry (last, 49)->name, ==, "0449");
  g_assert_cmpuint (beyond->entries->len, ==, 0);
}

static void
test_ways (void)
{
  g_autofree char *deep = g_strnfill (2 * HARK_SHARED_DEPTH_MAX + 1, 'a');
  g_autofree char *wide = g_strnfill (256, 'a');

  for (size_t i = 1; deep[i]; i += 2)
    deep[i] = '/';
  g_assert_false (hark_shared_is_way (deep));
  deep[strlen (deep) - 2] = '\0';
  g_assert_true (hark_shared_is_way (deep));
  g_assert_false (hark_shared_is_way (wide));
  g_assert_true (hark_shared_is_way (wide + 1));
  g_assert_true (hark_shared_is_way (""));
  g_assert_true (hark_shared_is_way ("Ünder/東京 2"));
  g_assert_false (hark_shared_is_way ("a/.."));
  g_assert_false (hark_shared_is_way ("a\nb"));
  g_assert_false (hark_shared_is_way ("\xff"));
  g_assert_true (hark_shared_is_under ("/home/a/./x", "/home/a"));
  g_assert_false (hark_shared_is_under ("/home/ab/./x", "/home/a"));
  g_assert_false (hark_shared_is_under ("/home/a/x", "/home/a"));
}

static void
test_shares (void)
{
  g_autoptr (GPtrArray) shares = hark_share_list_new ();
  g_autoptr (GPtrArray) again = NULL;
  g_autoptr (GBytes) bytes = NULL;
  const HarkKey bob = {{1}}, carol = {{2}};
  HarkShare *first = hark_share_list_add (shares, "/home/me/music", &bob);
  HarkShare *second = hark_share_list_add (shares, "/mnt/music", &bob);
  gsize len;
  const uint8_t *data;

  g_assert_true (hark_share_list_add (shares, "/home/me/music", &carol) == first);
  g_assert_cmpstr (second->name, ==, "music (2)");
  bytes = hark_share_list_write (shares);
  again = hark_share_list_read (bytes);
  g_assert_cmpuint (again->len, ==, 2);
  first = hark_share_list_find (again, "music");
  g_assert_true (hark_share_has (first, &carol));
  g_assert_true (hark_share_list_remove (again, first, &carol));
  g_assert_false (hark_share_list_remove (again, first, &carol));
  g_assert_true (hark_share_list_remove (again, first, &bob)); /* the last one */
  g_assert_null (hark_share_list_find (again, "music"));
  data = g_bytes_get_data (bytes, &len);
  for (gsize cut = 0; cut < len; cut++) {
    g_autoptr (GBytes) part = g_bytes_new (data, cut);
    g_autoptr (GPtrArray) read = hark_share_list_read (part);

    g_assert_cmpuint (read->len, <, 2);
  }
}

#define TREE(name, test) g_test_add (name, Tree, NULL, set_up, test, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  TREE ("/shared/list", test_list);
  TREE ("/shared/nothing-outside", test_nothing_outside);
  TREE ("/shared/folder-goes-without-hidden", test_folder_goes_without_hidden);
  TREE ("/shared/exchanged-for-a-link", test_exchanged_for_a_link);
  TREE ("/shared/many", test_many);
  g_test_add_func ("/shared/ways", test_ways);
  g_test_add_func ("/shared/shares", test_shares);
  return g_test_run ();
}
