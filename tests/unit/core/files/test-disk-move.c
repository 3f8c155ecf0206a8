/* Where a part came from, and where it went: what somebody else wrote there is not believed. */
#include "core/files/disk-work.h"
#include "core/files/tree-hash.h"

#include <errno.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>
#include <sys/xattr.h>
#include <unistd.h>

#define SIZE ((uint64_t) 2 * HARK_TREE_BLOCK_LEN)
#define MINE 1 /* transfers */
#define OTHER 2

typedef struct {
  HarkDiskWork *work;
  char *folder;
} Place;

static void
begin (Place *place)
{
  place->work = hark_disk_work_new ();
  place->folder = g_dir_make_tmp ("hark-move-XXXXXX", NULL);
}

static void
end (Place *place)
{
  g_autofree char *words = g_strdup_printf ("rm -rf '%s'", place->folder);

  hark_disk_work_free (place->work);
  g_assert_true (g_spawn_command_line_sync (words, NULL, NULL, NULL, NULL));
  g_free (place->folder);
}

static char *
at (const Place *place, const char *name)
{
  return g_build_filename (place->folder, name, NULL);
}

static HarkDiskReply *
do_it (Place *place, HarkDiskRequestKind kind, uint64_t transfer, const char *name)
{
  g_autoptr (HarkDiskRequest) request = hark_disk_request_new (kind, transfer, 1);

  request->directory = g_strdup (place->folder);
  request->name = g_strdup (name);
  request->path = kind != HARK_DISK_CREATE ? at (place, name) : NULL;
  request->size = SIZE;
  return hark_disk_work_do (place->work, request);
}

static void
make (Place *place, uint64_t transfer, const char *name)
{
  g_autoptr (HarkDiskReply) reply = do_it (place, HARK_DISK_CREATE, transfer, name);

  g_assert_cmpint (reply->result, ==, HARK_DISK_OK);
  g_assert_null (do_it (place, HARK_DISK_CLOSE, transfer, name));
}

/* An attribute that names what the transfer did not make: nothing is copied from there, and nothing
 * of it is removed. */
static void
test_attribute (void)
{
  g_autoptr (HarkDiskReply) reply = NULL;
  g_autofree char *part = NULL, *diary = NULL, *others = NULL, *content = NULL;
  Place place;

  begin (&place);
  make (&place, MINE, "film");
  make (&place, OTHER, "others");
  part = at (&place, "film.part");
  diary = at (&place, "diary.part");
  others = at (&place, "others.part");
  g_assert_true (g_file_set_contents (diary, "dear diary", -1, NULL));
  for (unsigned i = 0; i < 2; i++) {
    const char *named = i == 0 ? diary : others;

    if (setxattr (part, "user.hark.from", named, strlen (named), 0) != 0) {
      g_test_skip ("no attributes here");
      break;
    }
    g_clear_pointer (&reply, hark_disk_reply_free);
    reply = do_it (&place, HARK_DISK_REOPEN, MINE, "film");
    g_assert_cmpint (reply->result, ==, HARK_DISK_OK);
    g_assert_cmpuint (reply->size, ==, 0);
    g_assert_null (reply->old);
    g_assert_null (do_it (&place, HARK_DISK_MOVED, MINE, "film"));
    g_assert_true (g_file_get_contents (named, &content, NULL, NULL));
    g_clear_pointer (&content, g_free);
  }
  end (&place);
}

/* A link in place of the part leads to nothing but what the transfer made. */
static void
test_link (void)
{
  g_autoptr (HarkDiskReply) reply = NULL;
  g_autofree char *part = NULL, *diary = NULL, *film = NULL;
  uint64_t mine = MINE;
  Place place;

  begin (&place);
  part = at (&place, "film.part");
  diary = at (&place, "diary.part");
  g_assert_true (g_file_set_contents (diary, "dear diary", -1, NULL));
  g_assert_cmpint (symlink (diary, part), ==, 0);
  reply = do_it (&place, HARK_DISK_REOPEN, MINE, "film");
  g_assert_cmpint (reply->result, ==, HARK_DISK_MISSING);
  g_assert_null (reply->path);
  if (setxattr (diary, "user.hark.transfer", &mine, sizeof mine, 0) == 0) {
    hark_disk_reply_free (reply);
    reply = do_it (&place, HARK_DISK_REOPEN, MINE, "film");
    film = at (&place, "diary");
    g_assert_cmpint (reply->result, ==, HARK_DISK_OK);
    g_assert_cmpstr (reply->path, ==, film);
    g_assert_cmpstr (reply->old, ==, part);
    g_assert_null (do_it (&place, HARK_DISK_MOVED, MINE, "film"));
    g_assert_cmpint (g_access (part, F_OK), !=, 0);
    g_assert_cmpint (g_access (diary, F_OK), ==, 0);
  }
  end (&place);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (sodium_init (), >=, 0);
  g_test_add_func ("/disk-move/attribute-names-nobody-elses", test_attribute);
  g_test_add_func ("/disk-move/link-leads-to-nobody-elses", test_link);
  return g_test_run ();
}
