/* Room for a file that is to come. What the file system says to fallocate() is ours here, and so is
 * which one it is; all else is the real disk's. */
#include "core/files/disk-work.h"
#include "core/files/tree-hash.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <linux/falloc.h>
#include <linux/magic.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>

#define SIZE ((uint64_t) 3 * HARK_TREE_BLOCK_LEN)

static struct {
  int error;         /* what fallocate() fails with; 0: it does nothing and says all is well */
  long file_system;  /* what statfs() calls it */
  unsigned name_max; /* bytes */
  unsigned calls;    /* of fallocate() */
  int mode;          /* of the last one */
  uint64_t from, to; /* likewise */
} disk;

/* NOLINTBEGIN: the signatures are the C library's */
int fallocate64 (int fd, int mode, off64_t at, off64_t len);

int
fallocate64 (int fd, int mode, off64_t at, off64_t len)
{
  g_assert_cmpint (fd, >=, 0);
  disk.calls++;
  disk.mode = mode;
  disk.from = (uint64_t) at;
  disk.to = (uint64_t) at + (uint64_t) len;
  errno = disk.error;
  return disk.error != 0 ? -1 : 0;
}

int
fstatfs64 (int fd, struct statfs64 *ret)
{
  g_assert_cmpint (fd, >=, 0);
  memset (ret, 0, sizeof *ret);
  ret->f_type = disk.file_system;
  return 0;
}

int
fstatvfs64 (int fd, struct statvfs64 *ret)
{
  g_assert_cmpint (fd, >=, 0);
  memset (ret, 0, sizeof *ret);
  ret->f_frsize = 4096;
  ret->f_bavail = 1u << 20;
  ret->f_namemax = disk.name_max;
  return 0;
}
/* NOLINTEND */

typedef struct {
  HarkDiskWork *work;
  char *folder;
  char *path;
} Target;

static void
begin (Target *target, long file_system, int error)
{
  memset (&disk, 0, sizeof disk);
  disk.file_system = file_system;
  disk.name_max = 255;
  disk.error = error;
  target->work = hark_disk_work_new ();
  target->folder = g_dir_make_tmp ("hark-room-XXXXXX", NULL);
  target->path = g_build_filename (target->folder, "film", NULL);
}

static void
end (Target *target)
{
  g_autofree char *part = g_strconcat (target->path, ".part", NULL);

  hark_disk_work_free (target->work);
  g_unlink (part);
  g_unlink (target->path);
  g_assert_cmpint (g_rmdir (target->folder), ==, 0);
  g_free (target->folder);
  g_free (target->path);
}

static HarkDiskResult
create (Target *target)
{
  g_autoptr (HarkDiskRequest) request = hark_disk_request_new (HARK_DISK_CREATE, 1, 1);
  g_autoptr (HarkDiskReply) reply = NULL;

  request->directory = g_strdup (target->folder);
  request->name = g_strdup ("film");
  request->size = SIZE;
  reply = hark_disk_work_do (target->work, request);
  return reply->result;
}

static struct stat
part_of (const Target *target)
{
  g_autofree char *part = g_strconcat (target->path, ".part", NULL);
  struct stat info;

  g_assert_cmpint (lstat (part, &info), ==, 0);
  return info;
}

static void
test_claimed (void)
{
  Target target;

  begin (&target, EXT4_SUPER_MAGIC, 0);
  g_assert_cmpint (create (&target), ==, HARK_DISK_OK);
  g_assert_cmpuint (disk.calls, ==, 1);
  g_assert_cmpint (disk.mode, ==, FALLOC_FL_KEEP_SIZE);
  g_assert_cmpuint (disk.from, ==, 0);
  g_assert_cmpuint (disk.to, ==, SIZE);
  g_assert_cmpint (part_of (&target).st_size, ==, 0);
  end (&target);
}

static void
test_full (void)
{
  const int errors[] = {ENOSPC, EDQUOT};

  for (size_t i = 0; i < G_N_ELEMENTS (errors); i++) {
    g_autofree char *part = NULL;
    Target target;

    begin (&target, EXT4_SUPER_MAGIC, errors[i]);
    part = g_strconcat (target.path, ".part", NULL);
    g_assert_cmpint (create (&target), ==, HARK_DISK_FULL);
    g_assert_false (g_file_test (part, G_FILE_TEST_EXISTS));
    disk.error = 0; /* somebody made room */
    g_assert_cmpint (create (&target), ==, HARK_DISK_OK);
    g_assert_true (g_file_test (part, G_FILE_TEST_EXISTS));
    end (&target);
  }
}

static void
test_too_large (void)
{
  Target target;

  begin (&target, MSDOS_SUPER_MAGIC, EFBIG);
  g_assert_cmpint (create (&target), ==, HARK_DISK_ERROR);
  end (&target);
}

static void
test_without (void)
{
  const int errors[] = {EOPNOTSUPP, ENOSYS, EPERM, EINVAL};
  Target target;

  for (size_t i = 0; i < G_N_ELEMENTS (errors); i++) {
    begin (&target, EXT4_SUPER_MAGIC, errors[i]);
    g_assert_cmpint (create (&target), ==, HARK_DISK_OK);
    end (&target);
  }
  begin (&target, TMPFS_MAGIC, 0);
  g_assert_cmpint (create (&target), ==, HARK_DISK_OK);
  g_assert_cmpuint (disk.calls, ==, 0);
  end (&target);
}

static void
write_block (Target *target, uint64_t offset, const uint8_t *data)
{
  g_autoptr (HarkDiskRequest) request = hark_disk_request_new (HARK_DISK_WRITE, 1, 1);
  g_autoptr (HarkDiskReply) reply = NULL;

  request->offset = offset;
  request->bytes = g_bytes_new (data, HARK_TREE_BLOCK_LEN);
  hark_tree_hash_block (data, HARK_TREE_BLOCK_LEN, request->hash);
  reply = hark_disk_work_do (target->work, request);
  g_assert_cmpint (reply->result, ==, HARK_DISK_OK);
}

static void
test_holes (void)
{
  g_autofree uint8_t *data = g_malloc0 (HARK_TREE_BLOCK_LEN);
  Target target;

  begin (&target, EXT4_SUPER_MAGIC, 0);
  g_assert_cmpint (create (&target), ==, HARK_DISK_OK);
  write_block (&target, 0, data);
  g_assert_cmpuint (disk.calls, ==, 2);
  g_assert_cmpint (disk.mode, ==, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE);
  g_assert_cmpuint (disk.from, ==, 0);
  g_assert_cmpuint (disk.to, ==, HARK_TREE_BLOCK_LEN);
  g_assert_cmpint (part_of (&target).st_size, ==, HARK_TREE_BLOCK_LEN);
  data[HARK_TREE_BLOCK_LEN - 1] = 1;
  write_block (&target, HARK_TREE_BLOCK_LEN, data);
  g_assert_cmpuint (disk.calls, ==, 2);
  g_assert_cmpint (part_of (&target).st_size, ==, 2 * HARK_TREE_BLOCK_LEN);
  end (&target);
}

static HarkDiskResult
reopen (Target *target)
{
  g_autoptr (HarkDiskRequest) request = hark_disk_request_new (HARK_DISK_REOPEN, 1, 1);
  g_autoptr (HarkDiskReply) reply = NULL;

  request->path = g_strdup (target->path);
  request->size = SIZE;
  reply = hark_disk_work_do (target->work, request);
  return reply->result;
}

/* What has come stays, holes and all; only for the rest there is something to claim. */
static void
test_reopened (void)
{
  g_autofree uint8_t *data = g_malloc0 (HARK_TREE_BLOCK_LEN);
  Target target;

  begin (&target, EXT4_SUPER_MAGIC, 0);
  g_assert_cmpint (create (&target), ==, HARK_DISK_OK);
  write_block (&target, 0, data);
  g_assert_null (
    hark_disk_work_do (target.work, &(HarkDiskRequest){.kind = HARK_DISK_CLOSE, .transfer = 1}));
  g_assert_cmpint (reopen (&target), ==, HARK_DISK_OK);
  g_assert_cmpint (disk.mode, ==, FALLOC_FL_KEEP_SIZE);
  g_assert_cmpuint (disk.from, ==, HARK_TREE_BLOCK_LEN);
  g_assert_cmpuint (disk.to, ==, SIZE);
  disk.error = ENOSPC;
  g_assert_cmpint (reopen (&target), ==, HARK_DISK_FULL);
  g_assert_cmpint (part_of (&target).st_size, ==, HARK_TREE_BLOCK_LEN);
  end (&target);
}

/* A name that the file system could not keep becomes one that it can, with ".part" behind it. */
static void
test_short_names (void)
{
  HarkDiskRequest *request = hark_disk_request_new (HARK_DISK_CREATE, 1, 1);
  g_autoptr (HarkDiskReply) reply = NULL;
  g_autofree char *name = NULL;
  Target target;

  begin (&target, EXT4_SUPER_MAGIC, 0);
  disk.name_max = 143;
  request->directory = g_strdup (target.folder);
  request->name = g_strdup_printf ("%0190u.jpg", 1);
  request->size = SIZE;
  reply = hark_disk_work_do (target.work, request);
  hark_disk_request_free (request);
  g_assert_cmpint (reply->result, ==, HARK_DISK_OK);
  name = g_path_get_basename (reply->path);
  g_assert_cmpuint (strlen (name) + strlen (".part"), <=, 143);
  g_assert_true (g_str_has_suffix (name, "0.jpg"));
  g_free (target.path);
  target.path = g_strdup (reply->path);
  end (&target);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (sodium_init (), >=, 0);
  g_test_add_func ("/disk-room/claimed-at-once-and-size-stays", test_claimed);
  g_test_add_func ("/disk-room/full-is-said-at-once-and-leaves-nothing", test_full);
  g_test_add_func ("/disk-room/too-large-for-the-disk-is-said", test_too_large);
  g_test_add_func ("/disk-room/file-systems-without-it-do-as-well", test_without);
  g_test_add_func ("/disk-room/a-hole-gives-back-what-was-claimed", test_holes);
  g_test_add_func ("/disk-room/a-resumed-one-claims-the-rest-only", test_reopened);
  g_test_add_func ("/disk-room/names-fit-the-file-system", test_short_names);
  return g_test_run ();
}
