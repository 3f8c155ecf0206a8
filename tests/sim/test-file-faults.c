/* Every call of the disk fails once, at either end, for want of room and for good: the transfer
 * ends in words, goes on by itself or, where the source could not be read, when the giver resumes
 * it; nothing unfinished ever has the file's name, and given again it arrives. Where the folder
 * cannot be written to, or is not there, it waits, says so, and goes on by itself, with real
 * folders. */
#include "tests/sim/core-world.h"

#include "core/files/disk-work.h"
#include "core/files/tree-hash.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

#define PATIENCE (3 * HARK_MINUTE)
#define FILE_LEN ((size_t) 1200 * 1000) /* a whole block and a short one */
#define SWEEP_MAX 400

/* ---- calls that fail ---- */

static bool inside; /* the disk's work, not the store's */
static unsigned calls, fail_at;
static int fail_how;
static bool apart; /* folders are on file systems of their own */

HarkDiskReply *__real_hark_disk_work_do (HarkDiskWork *work, const HarkDiskRequest *request);
HarkDiskReply *__wrap_hark_disk_work_do (HarkDiskWork *work, const HarkDiskRequest *request);

HarkDiskReply *
__wrap_hark_disk_work_do (HarkDiskWork *work, const HarkDiskRequest *request)
{
  HarkDiskReply *reply;

  inside = true;
  reply = __real_hark_disk_work_do (work, request);
  inside = false;
  return reply;
}

static bool
fails (void)
{
  if (!inside || ++calls != fail_at)
    return false;
  errno = fail_how;
  return true;
}

#define REAL(type, name) ((type) dlsym (RTLD_NEXT, name))

#define FAULTY(name, params, args)                            \
  int name params;                                            \
  int name params                                             \
  {                                                           \
    return fails () ? -1 : REAL (int (*) params, #name) args; \
  }

/* NOLINTBEGIN: the signatures are the C library's */
FAULTY (fsync, (int fd), (fd))
FAULTY (syncfs, (int fd), (fd))
FAULTY (ftruncate64, (int fd, off64_t len), (fd, len))
FAULTY (fallocate64, (int fd, int mode, off64_t at, off64_t len), (fd, mode, at, len))
FAULTY (fstatvfs64, (int fd, struct statvfs64 *ret), (fd, ret))
FAULTY (mkdirat, (int fd, const char *path, mode_t mode), (fd, path, mode))
FAULTY (unlinkat, (int fd, const char *path, int flags), (fd, path, flags))
FAULTY (fsetxattr,
        (int fd, const char *name, const void *value, size_t len, int flags),
        (fd, name, value, len, flags))

int
renameat2 (int from_fd, const char *from, int to_fd, const char *to, unsigned flags)
{
  errno = EXDEV;
  if ((apart && from_fd != to_fd) || fails ())
    return -1;
  return REAL (int (*) (int, const char *, int, const char *, unsigned),
               "renameat2") (from_fd, from, to_fd, to, flags);
}

ssize_t
pwrite64 (int fd, const void *data, size_t len, off64_t at)
{
  return fails () ? -1
                  : REAL (ssize_t (*) (int, const void *, size_t, off64_t), "pwrite64") (fd, data,
                                                                                         len, at);
}

ssize_t
pread64 (int fd, void *data, size_t len, off64_t at)
{
  return fails ()
           ? -1
           : REAL (ssize_t (*) (int, void *, size_t, off64_t), "pread64") (fd, data, len, at);
}

int
openat64 (int fd, const char *path, int flags, ...)
{
  va_list list;
  mode_t mode;

  va_start (list, flags);
  mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg (list, mode_t) : 0;
  va_end (list);
  return fails ()
           ? -1
           : REAL (int (*) (int, const char *, int, ...), "openat64") (fd, path, flags, mode);
}

int
open64 (const char *path, int flags, ...)
{
  va_list list;
  mode_t mode;

  va_start (list, flags);
  mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg (list, mode_t) : 0;
  va_end (list);
  return fails () ? -1 : REAL (int (*) (const char *, int, ...), "open64") (path, flags, mode);
}

/* openat2 has no function of its own */
long
syscall (long number, ...)
{
  va_list list;
  long a[6];

  va_start (list, number);
  for (unsigned i = 0; i < 6; i++)
    a[i] = va_arg (list, long);
  va_end (list);
  return number == SYS_openat2 && fails ()
           ? -1
           : REAL (long (*) (long, ...), "syscall") (number, a[0], a[1], a[2], a[3], a[4], a[5]);
}
/* NOLINTEND */

/* ---- two people ---- */

typedef struct {
  HarkSimWorld world;
  HarkSimCoreNode *giver, *taker;
  uint8_t *bytes;
  unsigned number; /* of the gift */
} Pair;

static void
pair_init (Pair *pair)
{
  HarkSimLinkConfig link = hark_sim_lossy_link (0);
  HarkCommand *rule;

  link.rate = 80000000;
  *pair = (Pair){0};
  hark_sim_world_init (&pair->world, 7);
  pair->giver = hark_sim_world_add (&pair->world, HARK_SIM_NAT_PORT_RESTRICTED, &link, "Giver");
  pair->taker = hark_sim_world_add (&pair->world, HARK_SIM_NAT_PORT_RESTRICTED, &link, "Taker");
  pair->bytes = g_malloc (FILE_LEN);
  hark_rng_bytes (hark_sim_network_rng (pair->world.network), pair->bytes, FILE_LEN);
  g_assert_true (hark_sim_befriend (pair->giver, pair->taker, PATIENCE));
  rule = hark_sim_command (HARK_COMMAND_ACCEPT_FILES, pair->giver);
  rule->on = true;
  rule->directory = g_strdup (pair->taker->taken);
  g_assert_true (hark_sim_core_node_ask (pair->taker, rule)->ok);
}

static void
pair_clear (Pair *pair)
{
  hark_sim_world_clear (&pair->world);
  g_free (pair->bytes);
}

/* A file, or a folder with it in it, unlike all before. */
static char *
make_gift (Pair *pair, bool folder)
{
  g_autofree char *name = g_strdup_printf ("gift-%u", pair->number++);
  g_autofree char *path = g_build_filename (pair->giver->folder, name, NULL);
  g_autofree char *inner = g_build_filename (path, "in", "it", NULL);
  g_autofree char *above = g_path_get_dirname (inner);

  memcpy (pair->bytes, &pair->number, sizeof pair->number);
  if (folder)
    g_assert_cmpint (g_mkdir_with_parents (above, 0700), ==, 0);
  g_assert_true (g_file_set_contents (folder ? inner : path, (char *) pair->bytes, FILE_LEN, NULL));
  return g_steal_pointer (&path);
}

static const HarkTransfer *
last_of (const HarkSimCoreNode *node)
{
  return hark_sim_core_node_find (node, HARK_EVENT_FILE_STATE, 0)->transfer;
}

static bool
is_over (void *data)
{
  const Pair *pair = data;

  return last_of (pair->giver)->state >= HARK_FILE_DONE;
}

static bool
is_unread (const Pair *pair)
{
  const HarkTransfer *seen = last_of (pair->giver);

  return seen->state == HARK_FILE_PAUSED && seen->reason != NULL
         && g_str_has_prefix (seen->reason, "It cannot be read for now: ");
}

static bool
is_over_or_unread (void *data)
{
  return is_over (data) || is_unread (data);
}

/* True when it was done; NULL in @ret_words, or why not. */
static bool
give (Pair *pair, const char *path, const char **ret_words)
{
  HarkCommand *command = hark_sim_command (HARK_COMMAND_GIVE, pair->taker);
  const HarkEvent *result;

  command->paths = g_new0 (char *, 2);
  command->paths[0] = g_strdup (path);
  result = hark_sim_core_node_ask (pair->giver, command);
  if (!result->ok) {
    *ret_words = result->text;
    return false;
  }
  g_assert_true (
    hark_sim_network_run_until (pair->world.network, PATIENCE, is_over_or_unread, pair));
  if (is_unread (pair)) {
    HarkCommand *resume = hark_sim_command (HARK_COMMAND_RESUME, NULL);

    resume->transfer = last_of (pair->giver)->id;
    g_assert_true (hark_sim_core_node_ask (pair->giver, resume)->ok);
    g_assert_true (hark_sim_network_run_until (pair->world.network, PATIENCE, is_over, pair));
    g_assert_cmpint (last_of (pair->giver)->state, ==, HARK_FILE_DONE);
  }
  *ret_words = last_of (pair->giver)->reason;
  return last_of (pair->giver)->state == HARK_FILE_DONE;
}

/* Whatever is there under the gift's name, or a number behind it, is the whole of it. */
static unsigned
count_whole (const Pair *pair, const char *path, bool folder)
{
  g_autofree char *name = g_path_get_basename (path);
  g_autofree char *space = g_strdup_printf ("%s ", name);
  g_autoptr (GDir) dir = g_dir_open (pair->taker->taken, 0, NULL);
  const char *entry;
  unsigned n = 0;

  while (dir != NULL && (entry = g_dir_read_name (dir)) != NULL) {
    g_autofree char *whole = folder ? g_build_filename (pair->taker->taken, entry, "in", "it", NULL)
                                    : g_build_filename (pair->taker->taken, entry, NULL);
    g_autofree char *content = NULL;
    size_t len = 0;

    if (g_str_has_suffix (entry, ".part")
        || (strcmp (entry, name) != 0 && !g_str_has_prefix (entry, space)))
      continue;
    g_assert_true (g_file_get_contents (whole, &content, &len, NULL));
    g_assert_cmpuint (len, ==, FILE_LEN);
    g_assert_true (memcmp (content, pair->bytes, FILE_LEN) == 0);
    n++;
  }
  return n;
}

static void
sweep (Pair *pair, bool folder, int how)
{
  for (unsigned k = 1; k < SWEEP_MAX; k++) {
    g_autofree char *path = make_gift (pair, folder);
    const char *words = NULL;
    bool done;

    calls = 0;
    fail_at = k;
    fail_how = how;
    done = give (pair, path, &words);
    fail_at = 0;
    if (calls < k) {
      g_test_message ("%s, %s: %u calls", folder ? "folder" : "file", g_strerror (how), k - 1);
      g_assert_true (done);
      g_assert_cmpuint (k, >, 10);
      return;
    }
    if (done) {
      g_assert_cmpuint (count_whole (pair, path, folder), ==, 1);
      continue;
    }
    g_assert_nonnull (words);
    g_assert_cmpuint (strlen (words), >, 20); /* a sentence */
    count_whole (pair, path, folder);
    g_assert_true (give (pair, path, &words));
    g_assert_cmpuint (count_whole (pair, path, folder), >=, 1);
  }
  g_assert_not_reached ();
}

static void
test_file (void)
{
  Pair pair;

  pair_init (&pair);
  sweep (&pair, false, ENOSPC);
  sweep (&pair, false, EIO);
  pair_clear (&pair);
}

static void
test_folder (void)
{
  Pair pair;

  pair_init (&pair);
  sweep (&pair, true, ENOSPC);
  sweep (&pair, true, EIO);
  pair_clear (&pair);
}

/* ---- folders that cannot be written to for a while ---- */

static bool
is_told (const Pair *pair, const char *words)
{
  const HarkEvent *event = hark_sim_core_node_find (pair->taker, HARK_EVENT_FILE_STATE, 0);
  const HarkTransfer *seen = event != NULL ? event->transfer : NULL;

  return seen != NULL && seen->state == HARK_FILE_PAUSED && seen->reason != NULL
         && strstr (seen->reason, words) != NULL
         && strstr (seen->reason, pair->taker->taken) != NULL;
}

static bool
is_forbidden (void *data)
{
  return is_told (data, "may not write into");
}

static bool
is_away (void *data)
{
  return is_told (data, "is not there");
}

static bool
has_a_block (void *data)
{
  const Pair *pair = data;

  return pair->taker->disk_written >= HARK_TREE_BLOCK_LEN;
}

static void
start_giving (Pair *pair, const char *path)
{
  HarkCommand *command = hark_sim_command (HARK_COMMAND_GIVE, pair->taker);

  command->paths = g_new0 (char *, 2);
  command->paths[0] = g_strdup (path);
  g_assert_true (hark_sim_core_node_ask (pair->giver, command)->ok);
}

static void
wait_until (Pair *pair, bool (*is_so) (void *data))
{
  g_assert_true (hark_sim_network_run_until (pair->world.network, PATIENCE, is_so, pair));
}

static void
check_arrived (Pair *pair, const char *path, bool folder)
{
  wait_until (pair, is_over);
  g_assert_cmpint (last_of (pair->giver)->state, ==, HARK_FILE_DONE);
  g_assert_cmpuint (count_whole (pair, path, folder), ==, 1);
}

/* May not be written to: when it is taken, and when it goes on after a start; by itself or with a
 * click it goes on. */
static void
test_forbidden (void)
{
  Pair pair;

  if (geteuid () == 0) {
    g_test_skip ("nothing is forbidden to root");
    return;
  }
  pair_init (&pair);
  for (unsigned run = 0; run < 4; run++) {
    const bool folder = run % 2 == 1, late = run >= 2;
    g_autofree char *path = make_gift (&pair, folder);

    g_assert_cmpint (g_mkdir_with_parents (pair.taker->taken, 0700), ==, 0);
    g_assert_cmpint (chmod (pair.taker->taken, late ? 0700 : 0500), ==, 0);
    pair.taker->disk_written = 0;
    start_giving (&pair, path);
    if (late) {
      wait_until (&pair, has_a_block);
      hark_sim_core_node_kill (pair.taker);
      g_assert_cmpint (chmod (pair.taker->taken, 0500), ==, 0);
      hark_sim_core_node_start (pair.taker);
    }
    wait_until (&pair, is_forbidden);
    hark_sim_network_run (pair.world.network, HARK_MINUTE);
    g_assert_true (is_forbidden (&pair));
    g_assert_cmpint (chmod (pair.taker->taken, 0700), ==, 0);
    if (run == 0) {
      HarkCommand *resume = hark_sim_command (HARK_COMMAND_RESUME, NULL);

      resume->transfer = last_of (pair.taker)->id;
      g_assert_true (hark_sim_core_node_ask (pair.taker, resume)->ok);
    }
    check_arrived (&pair, path, folder);
  }
  pair_clear (&pair);
}

/* The folder is away at a start, as on a disk that is not plugged in: what had come is not begun
 * anew. */
static void
test_away (void)
{
  Pair pair;

  pair_init (&pair);
  for (unsigned folder = 0; folder < 2; folder++) {
    g_autofree char *path = make_gift (&pair, folder != 0);
    g_autofree char *away = g_strconcat (pair.taker->taken, "-away", NULL);

    pair.taker->disk_written = 0;
    start_giving (&pair, path);
    wait_until (&pair, has_a_block);
    hark_sim_core_node_kill (pair.taker);
    g_assert_cmpint (rename (pair.taker->taken, away), ==, 0);
    hark_sim_core_node_start (pair.taker);
    wait_until (&pair, is_away);
    hark_sim_network_run (pair.world.network, HARK_MINUTE);
    g_assert_true (is_away (&pair));
    g_assert_false (g_file_test (pair.taker->taken, G_FILE_TEST_EXISTS));
    g_assert_cmpint (rename (away, pair.taker->taken), ==, 0);
    check_arrived (&pair, path, folder != 0);
    g_assert_cmpuint (pair.taker->disk_written, <, FILE_LEN + 4096);
  }
  pair_clear (&pair);
}

/* Mounts of our own, once; false where the kernel gives none. */
static bool
may_mount (void)
{
  static enum { UNKNOWN, NO, YES } may;
  const uid_t user = getuid ();
  const gid_t group = getgid ();
  g_autofree char *users = g_strdup_printf ("%u %u 1", user, user);
  g_autofree char *groups = g_strdup_printf ("%u %u 1", group, group);

  if (may == UNKNOWN) /* whoever gave up root may not write their own maps */
    may = prctl (PR_SET_DUMPABLE, 1) == 0 && unshare (CLONE_NEWUSER | CLONE_NEWNS) == 0
              && mount ("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0
              && g_file_set_contents_full ("/proc/self/setgroups", "deny", 4,
                                           G_FILE_SET_CONTENTS_NONE, 0600, NULL)
              && g_file_set_contents_full ("/proc/self/uid_map", users, -1,
                                           G_FILE_SET_CONTENTS_NONE, 0600, NULL)
              && g_file_set_contents_full ("/proc/self/gid_map", groups, -1,
                                           G_FILE_SET_CONTENTS_NONE, 0600, NULL)
            ? YES
            : NO;
  return may == YES;
}

/* Only to be read from now on, like a stick whose switch was moved: rename and copy are other than
 * where it is forbidden, which has to do where nothing can be mounted. True for a mount. */
static bool
close_folder (const char *folder, bool mounted)
{
  struct statvfs info;
  unsigned long kept; /* flags that may not be taken away; their numbers are the same */

  g_assert_cmpint (statvfs (folder, &info), ==, 0);
  kept = info.f_flag & (MS_NOSUID | MS_NODEV | MS_NOEXEC);
  if (mounted && may_mount () && mount (folder, folder, NULL, MS_BIND, NULL) == 0
      && mount (folder, folder, NULL, MS_BIND | MS_REMOUNT | MS_RDONLY | kept, NULL) == 0)
    return true;
  g_assert_cmpint (chmod (folder, 0500), ==, 0);
  return false;
}

static bool
is_blocked (void *data)
{
  const HarkTransfer *seen = last_of (((Pair *) data)->taker);

  return seen->state == HARK_FILE_PAUSED && seen->blocked && seen->reason != NULL;
}

static bool
is_not_taken (void *data)
{
  const HarkTransfer *seen = last_of (((Pair *) data)->taker);

  return is_blocked (data) && strstr (seen->reason, "It stays where it was.") != NULL;
}

static bool
save_in (Pair *pair, const char *folder)
{
  HarkCommand *command = hark_sim_command (HARK_COMMAND_RESUME, NULL);

  command->transfer = last_of (pair->taker)->id;
  command->path = g_strdup (folder);
  return hark_sim_core_node_ask (pair->taker, command)->ok;
}

static unsigned
count_names (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  unsigned n = 0;

  while (dir != NULL && g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

/* A folder that can only be read: what comes goes on in another one with what there was, and stays
 * where it was if that will not do; one that moves without need takes its part along. */
static void
test_elsewhere (void)
{
  Pair pair;

  pair_init (&pair);
  for (unsigned run = 0; run < 6; run++) {
    const bool folder = run % 2 == 1, blocked = run >= 2;
    bool mounted = run >= 4;
    g_autofree char *path = make_gift (&pair, folder);
    g_autofree char *elsewhere = g_strdup_printf ("%s-%u", pair.taker->taken, run);
    char *const first = pair.taker->taken; /* which its core reads, too */

    g_assert_cmpint (g_mkdir_with_parents (first, 0700), ==, 0);
    pair.taker->disk_written = 0;
    start_giving (&pair, path);
    wait_until (&pair, has_a_block);
    if (blocked) {
      hark_sim_core_node_kill (pair.taker);
      mounted = close_folder (first, mounted);
      hark_sim_core_node_start (pair.taker);
      wait_until (&pair, is_blocked);
      g_assert_true (save_in (&pair, "/proc/not-there"));
      wait_until (&pair, is_not_taken);
    }
    g_assert_true (save_in (&pair, elsewhere));
    pair.taker->taken = elsewhere;
    check_arrived (&pair, path, folder);
    g_assert_true (g_str_has_prefix (last_of (pair.taker)->path, elsewhere));
    g_assert_cmpuint (pair.taker->disk_written, <, FILE_LEN + HARK_TREE_BLOCK_LEN + 4096);
    g_assert_cmpuint (count_names (elsewhere), ==, 1);
    if (mounted)
      g_assert_cmpint (umount2 (first, MNT_DETACH), ==, 0);
    else if (blocked)
      g_assert_cmpint (chmod (first, 0700), ==, 0);
    else
      g_assert_cmpuint (count_names (first), ==, 0);
    g_assert_false (save_in (&pair, first)); /* it is here */
    pair.taker->taken = first;
  }
  pair_clear (&pair);
}

static bool
has_arrived (void *data)
{
  const HarkTransfer *seen = last_of (((Pair *) data)->taker);

  return seen->state == HARK_FILE_DONE && is_over (data);
}

static void
remove_all (const char *folder)
{
  g_autofree char *words = g_strdup_printf ("rm -rf '%s'", folder);

  g_assert_true (g_spawn_command_line_sync (words, NULL, NULL, NULL, NULL));
}

/* The program ends at the @nth write of the store after the click. */
static void
end_and_go_on (Pair *pair, bool folder, unsigned nth, bool before)
{
  g_autofree char *path = make_gift (pair, folder);
  g_autofree char *elsewhere = g_strdup_printf ("%s-%u", pair->taker->taken, pair->number);
  char *const first = pair->taker->taken;
  HarkCommand *command = hark_sim_command (HARK_COMMAND_RESUME, NULL);

  pair->taker->disk_written = 0;
  start_giving (pair, path);
  wait_until (pair, has_a_block);
  command->transfer = last_of (pair->taker)->id;
  command->path = g_strdup (elsewhere);
  hark_sim_core_node_die_at (pair->taker, nth, before);
  hark_sim_core_node_do (pair->taker, command);
  wait_until (pair, has_arrived);
  pair->taker->die_at = 0;
  g_test_message ("%u %d %s", nth, before, last_of (pair->taker)->path);
  hark_sim_network_run (pair->world.network, 5 * HARK_SECOND);
  if (g_str_has_prefix (last_of (pair->taker)->path, elsewhere)) {
    pair->taker->taken = elsewhere;
    g_assert_cmpuint (count_names (first), ==, 0);
  }
  g_assert_cmpuint (count_whole (pair, path, folder), ==, 1);
  g_assert_cmpuint (count_names (pair->taker->taken), ==, 1);
  g_assert_cmpuint (pair->taker->disk_written, <, FILE_LEN + 4096);
  remove_all (pair->taker->taken);
  pair->taker->taken = first;
}

/* Nothing of it comes twice and nothing of it is left behind, whenever the program ends. */
static void
test_ends_meanwhile (void)
{
  for (unsigned run = 0; run < 4; run++) {
    Pair pair;

    pair_init (&pair);
    apart = run >= 2;
    for (unsigned nth = 1; nth <= 4; nth++)
      for (unsigned before = 0; before < 2; before++)
        end_and_go_on (&pair, run % 2 == 1, nth, before != 0);
    apart = false;
    pair_clear (&pair);
  }
}

int
main (int argc, char **argv)
{
  if (geteuid () == 0 && (setgid (65534) != 0 || setuid (65534) != 0))
    g_printerr ("still root\n");
  hark_sim_test_init (&argc, &argv);
  g_test_add_func ("/file-faults/of-a-file-at-every-call", test_file);
  g_test_add_func ("/file-faults/of-a-folder-at-every-call", test_folder);
  g_test_add_func ("/file-faults/forbidden-folder-is-waited-for", test_forbidden);
  g_test_add_func ("/file-faults/folder-that-is-away-is-waited-for", test_away);
  g_test_add_func ("/file-faults/goes-on-in-another-folder", test_elsewhere);
  g_test_add_func ("/file-faults/ends-while-it-goes-to-another-folder", test_ends_meanwhile);
  return g_test_run ();
}
