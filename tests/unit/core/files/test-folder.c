/* Folders go from one disk to another through the worker, in blocks. */
#include "core/files/disk-work.h"
#include "core/files/stream.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ID 7

typedef struct {
  char *top, *source, *taken;
  HarkDiskWork *from, *to;
  HarkDiskReply *offer; /* of STAT */
  char *path;           /* of the target */
} Move;

static void
put (const Move *move, const char *name, const char *content, size_t len)
{
  g_autofree char *path = g_build_filename (move->source, name, NULL);
  g_autofree char *folder = g_path_get_dirname (path);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0755), ==, 0);
  g_assert_true (g_file_set_contents (path, content, (gssize) len, NULL));
}

static HarkDiskReply *
ask (HarkDiskWork *work, HarkDiskRequest *request, const Move *move)
{
  HarkDiskReply *reply;

  if (move->offer != NULL) {
    request->size = move->offer->size;
    request->folder = move->offer->folder;
  }
  reply = hark_disk_work_do (work, request);
  hark_disk_request_free (request);
  return reply;
}

static void
expect (HarkDiskWork *work, HarkDiskRequest *request, const Move *move, HarkDiskResult result)
{
  g_autoptr (HarkDiskReply) reply = ask (work, request, move);

  g_assert_cmpint (reply->result, ==, result);
}

static HarkDiskRequest *
request_for (HarkDiskRequestKind kind, const char *path)
{
  HarkDiskRequest *request = hark_disk_request_new (kind, ID, 0);

  request->path = g_strdup (path);
  return request;
}

static Move *
move_new (void)
{
  Move *move = g_new0 (Move, 1);

  move->top = g_dir_make_tmp ("hark-folder-XXXXXX", NULL);
  move->source = g_build_filename (move->top, "album", NULL);
  move->taken = g_build_filename (move->top, "taken", NULL);
  move->from = hark_disk_work_new ();
  move->to = hark_disk_work_new ();
  g_assert_cmpint (g_mkdir (move->source, 0755), ==, 0);
  return move;
}

static void
move_free (Move *move)
{
  g_autofree char *words = g_strdup_printf ("rm -rf '%s'", move->top);

  hark_disk_work_free (move->from);
  hark_disk_work_free (move->to);
  g_assert_true (g_spawn_command_line_sync (words, NULL, NULL, NULL, NULL));
  hark_disk_reply_free (move->offer);
  g_free (move->top);
  g_free (move->source);
  g_free (move->taken);
  g_free (move->path);
  g_free (move);
}

static void
offer (Move *move)
{
  HarkDiskReply *reply = ask (move->from, request_for (HARK_DISK_STAT, move->source), move);

  g_assert_cmpint (reply->result, ==, HARK_DISK_OK);
  g_assert_cmpstr (reply->name, ==, "album");
  move->offer = reply;
  expect (move->from, request_for (HARK_DISK_SOURCE, move->source), move, HARK_DISK_OK);
}

static void
create (Move *move)
{
  HarkDiskRequest *request = request_for (HARK_DISK_CREATE, NULL);
  g_autoptr (HarkDiskReply) reply = NULL;

  request->directory = g_strdup (move->taken);
  request->name = g_strdup ("album");
  reply = ask (move->to, request, move);
  g_assert_cmpint (reply->result, ==, HARK_DISK_OK);
  g_free (move->path);
  move->path = g_strdup (reply->path);
}

/* One block from disk to disk. */
static HarkDiskResult
carry (Move *move, uint64_t offset)
{
  HarkDiskRequest *read = request_for (HARK_DISK_READ, NULL);
  HarkDiskRequest *write = request_for (HARK_DISK_WRITE, NULL);
  g_autoptr (HarkDiskReply) block = NULL;
  g_autoptr (HarkDiskReply) written = NULL;

  read->offset = write->offset = offset;
  read->len = MIN (move->offer->size - offset, (uint64_t) HARK_TREE_BLOCK_LEN);
  block = ask (move->from, read, move);
  if (block->result != HARK_DISK_OK) {
    hark_disk_request_free (write);
    return block->result;
  }
  memcpy (write->hash, block->hash, sizeof write->hash);
  write->bytes
    = g_bytes_new_from_bytes (block->bytes, HARK_FILE_RECORD_HEAD_LEN,
                              g_bytes_get_size (block->bytes) - HARK_FILE_RECORD_HEAD_LEN);
  written = ask (move->to, write, move);
  return written->result;
}

static void
carry_from (Move *move, uint64_t offset)
{
  for (; offset < move->offer->size; offset += HARK_TREE_BLOCK_LEN)
    g_assert_cmpint (carry (move, offset), ==, HARK_DISK_OK);
}

static void
finish (Move *move)
{
  expect (move->to, request_for (HARK_DISK_FINISH, move->path), move, HARK_DISK_OK);
  g_assert_null (ask (move->to, request_for (HARK_DISK_TIDY, move->path), move));
}

/* The two trees are equal in names and contents, and nothing else lies in the second. */
static void
assert_equal (const Move *move)
{
  g_autofree char *words
    = g_strdup_printf ("diff -r --no-dereference '%s' '%s'", move->source, move->path);
  g_autofree char *out = NULL;
  int status;

  g_assert_true (g_spawn_command_line_sync (words, &out, NULL, &status, NULL));
  g_assert_cmpstr (out, ==, "");
  g_assert_cmpint (status, ==, 0);
}

static void
fill (Move *move)
{
  g_autofree char *large = g_malloc (3 * HARK_TREE_BLOCK_LEN);

  for (size_t i = 0; i < 3 * (size_t) HARK_TREE_BLOCK_LEN; i++)
    large[i] = (char) (i * 7 + i / 1000);
  put (move, "a/one.txt", "one", 3);
  put (move, "a/b/two.txt", "two", 3);
  put (move, "empty", "", 0);
  put (move, "large.bin", large, 3 * HARK_TREE_BLOCK_LEN - 17);
  put (move, "\321\203\321\202\321\200\320\276 \360\237\214\205.txt", "morning", 7);
  put (move, "z/last", large, 100000);
}

static void
test_arrives (void)
{
  Move *move = move_new ();
  g_autofree char *nothing = g_build_filename (move->source, "nothing in it", NULL);
  g_autofree char *taken = NULL;
  struct stat info;

  fill (move);
  g_assert_cmpint (g_mkdir (nothing, 0755), ==, 0);
  offer (move);
  g_assert_cmpuint (move->offer->folder.files, ==, 6);
  create (move);
  g_assert_false (g_file_test (move->path, G_FILE_TEST_EXISTS));
  carry_from (move, 0);
  finish (move);
  assert_equal (move);
  taken = g_build_filename (move->path, "large.bin", NULL);
  g_assert_cmpint (stat (taken, &info), ==, 0);
  g_assert_cmpuint (info.st_mode & 07777, ==, 0600);
  g_assert_cmpint (stat (move->path, &info), ==, 0);
  g_assert_cmpuint (info.st_mode & 07777, ==, 0700);
  move_free (move);
}

static void
test_empty (void)
{
  Move *move = move_new ();

  offer (move);
  create (move);
  carry_from (move, 0);
  finish (move);
  assert_equal (move);
  move_free (move);
}

/* Cut after each block; a new worker finds from the disk how far it got, and says the same hashes
 * of it as the source. */
static void
test_goes_on (void)
{
  for (uint64_t cut = 0; cut < 4; cut++) {
    Move *move = move_new ();
    HarkDiskRequest *here, *there;
    g_autoptr (HarkDiskReply) reopened = NULL;
    g_autoptr (HarkDiskReply) hashes_here = NULL;
    g_autoptr (HarkDiskReply) hashes_there = NULL;
    uint64_t done;

    fill (move);
    offer (move);
    create (move);
    for (uint64_t i = 0; i < cut; i++)
      g_assert_cmpint (carry (move, i * HARK_TREE_BLOCK_LEN), ==, HARK_DISK_OK);
    hark_disk_work_free (move->to);
    move->to = hark_disk_work_new ();
    reopened = ask (move->to, request_for (HARK_DISK_REOPEN, move->path), move);
    g_assert_cmpint (reopened->result, ==, HARK_DISK_OK);
    done = MIN (reopened->size, move->offer->size);
    if (done < move->offer->size)
      done -= done % HARK_TREE_BLOCK_LEN;
    g_assert_cmpuint (done, ==, MIN (cut * HARK_TREE_BLOCK_LEN, move->offer->size));
    here = request_for (HARK_DISK_HASH, NULL);
    there = request_for (HARK_DISK_HASH, NULL);
    here->len = there->len = done;
    hashes_here = ask (move->to, here, move);
    hashes_there = ask (move->from, there, move);
    g_assert_cmpint (hashes_here->result, ==, HARK_DISK_OK);
    g_assert_cmpuint (hashes_here->hashes->len, ==, hashes_there->hashes->len);
    g_assert_true (
      cut == 0
      || memcmp (hashes_here->hashes->data, hashes_there->hashes->data, hashes_here->hashes->len)
           == 0);
    carry_from (move, done);
    finish (move);
    assert_equal (move);
    move_free (move);
  }
}

/* Dead between giving the name and storing it: it is found by its name, and is not made twice. */
static void
test_named_twice (void)
{
  Move *move = move_new ();
  g_autoptr (HarkDiskReply) reopened = NULL;

  fill (move);
  offer (move);
  create (move);
  carry_from (move, 0);
  expect (move->to, request_for (HARK_DISK_FINISH, move->path), move, HARK_DISK_OK);
  hark_disk_work_free (move->to);
  move->to = hark_disk_work_new ();
  reopened = ask (move->to, request_for (HARK_DISK_REOPEN, move->path), move);
  g_assert_cmpint (reopened->result, ==, HARK_DISK_OK);
  g_assert_cmpuint (reopened->size, ==, move->offer->size);
  finish (move);
  assert_equal (move);
  move_free (move);
}

static bool
has_list (const Move *move)
{
  g_autofree char *path = g_build_filename (move->path, ".manifest", NULL);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

/* (transfer full): what is kept of the folder's list for others. */
static GBytes *
finish_for_others (Move *move)
{
  HarkDiskRequest *request = request_for (HARK_DISK_FINISH, move->path);
  g_autoptr (HarkDiskReply) finished = NULL;

  request->serve = true;
  finished = ask (move->to, request, move);
  g_assert_cmpint (finished->result, ==, HARK_DISK_OK);
  return g_steal_pointer (&finished->bytes);
}

static void
tidy (Move *move, bool serve)
{
  HarkDiskRequest *request = request_for (HARK_DISK_TIDY, move->path);

  request->serve = serve;
  g_assert_null (ask (move->to, request, move));
}

/* Opened at its new place for whoever asks next; @list: (nullable) as it was kept. */
static HarkDiskResult
serve (Move *move, GBytes *list)
{
  HarkDiskRequest *request = request_for (HARK_DISK_SOURCE, move->path);
  g_autoptr (HarkDiskReply) opened = NULL;

  if (list != NULL)
    request->bytes = g_bytes_ref (list);
  opened = ask (move->to, request, move);
  return opened->result;
}

/* Where others will have it from here, what the folder does not say itself is kept; nothing of that
 * stays in the user's folder. */
static void
test_list_goes (void)
{
  for (unsigned run = 0; run < 2; run++) {
    Move *move = move_new ();
    g_autofree char *program = g_build_filename (move->source, "program", NULL);
    g_autofree char *foreign = NULL;
    g_autoptr (GBytes) list = NULL;

    fill (move);
    put (move, "program", "#!", 2);
    g_assert_cmpint (chmod (program, run == 0 ? 0644 : 0755), ==, 0);
    offer (move);
    create (move);
    carry_from (move, 0);
    list = finish_for_others (move);
    g_assert_true ((list != NULL) == (run == 1));
    g_assert_true (has_list (move));
    tidy (move, true);
    g_assert_true (has_list (move) == (run == 1)); /* not known to be kept elsewhere */
    tidy (move, false);
    assert_equal (move);
    g_assert_cmpint (serve (move, list), ==, HARK_DISK_OK);
    g_assert_cmpint (serve (move, NULL), ==, run == 0 ? HARK_DISK_OK : HARK_DISK_CHANGED);
    foreign = g_build_filename (move->path, ".manifest", NULL);
    g_assert_true (g_file_set_contents (foreign, "the user's own", -1, NULL));
    tidy (move, false);
    g_assert_true (has_list (move));
    move_free (move);
  }
}

/* Blocks of the folder that came as repeats. */
static unsigned
count_repeats (const Move *move)
{
  unsigned repeats = 0;

  for (uint64_t at = 0; at < move->offer->size; at += HARK_TREE_BLOCK_LEN) {
    HarkDiskRequest *read = hark_disk_request_new (HARK_DISK_READ, ID, 0);
    g_autoptr (HarkDiskReply) block = NULL;

    read->offset = at;
    read->len = MIN (move->offer->size - at, (uint64_t) HARK_TREE_BLOCK_LEN);
    read->repeats = true;
    block = ask (move->from, read, move);
    g_assert_cmpint (block->result, ==, HARK_DISK_OK);
    repeats += g_bytes_get_size (block->bytes) == HARK_FILE_REPEAT_LEN;
  }
  return repeats;
}

/* Sixty files come twice: of one size, under their names; under others, each of its own size; and
 * only their names and sizes do. */
static void
test_twins (void)
{
  static const struct {
    const char *more; /* in the copies' names */
    bool sizes, same;
    unsigned repeats_min;
  } runs[] = {
    {"",      false, true,  4},
    {"-more", true,  true,  4},
    {"",      true,  false, 0}
  };
  g_autofree guint32 *content = g_new (guint32, 25000);

  for (unsigned run = 0; run < G_N_ELEMENTS (runs); run++) {
    Move *move = move_new ();
    unsigned repeats;

    for (unsigned i = 0; i < 120; i++) {
      const unsigned number = i % 60;
      g_autoptr (GRand) random = g_rand_new_with_seed (runs[run].same ? number : i);
      g_autofree char *name = g_strdup_printf ("%s/%u%s", i < 60 ? "a" : "b", 10 + number,
                                               i < 60 ? "" : runs[run].more);

      for (unsigned j = 0; j < 25000; j++)
        content[j] = g_rand_int (random);
      put (move, name, (const char *) content, runs[run].sizes ? 100000 - 512 * number : 100000);
    }
    offer (move);
    repeats = count_repeats (move);
    g_assert_cmpuint (repeats, >=, runs[run].repeats_min);
    g_assert_cmpuint (repeats, <=, runs[run].same ? 6 : 0);
    move_free (move);
  }
}

/* Others have what is there of a folder that still comes, and nothing that is not. */
static void
test_part_is_read (void)
{
  Move *move = move_new ();
  HarkDiskRequest *source, *read;

  fill (move);
  offer (move);
  create (move);
  g_assert_cmpint (carry (move, 0), ==, HARK_DISK_OK);
  g_assert_cmpint (carry (move, HARK_TREE_BLOCK_LEN), ==, HARK_DISK_OK);
  source = hark_disk_request_new (HARK_DISK_SOURCE, ID + 1, 0);
  source->path = g_strdup (move->path);
  source->part = true;
  expect (move->to, source, move, HARK_DISK_OK);
  for (unsigned i = 1; i < 3; i++) {
    g_autoptr (HarkDiskReply) got = NULL;

    read = hark_disk_request_new (HARK_DISK_READ, ID + 1, 0);
    read->offset = i * HARK_TREE_BLOCK_LEN;
    read->len = HARK_TREE_BLOCK_LEN;
    got = ask (move->to, read, move);
    g_assert_cmpint (got->result, ==, i == 1 ? HARK_DISK_OK : HARK_DISK_CHANGED);
  }
  move_free (move);
}

/* Links are neither followed nor given, and it is said that something was left out. */
static void
test_left_out (void)
{
  Move *move = move_new ();
  g_autofree char *link = g_build_filename (move->source, "link", NULL);
  g_autofree char *up = g_build_filename (move->source, "up", NULL);
  g_autofree char *fifo = g_build_filename (move->source, "fifo", NULL);

  put (move, "file", "x", 1);
  g_assert_cmpint (symlink ("/etc/passwd", link), ==, 0);
  g_assert_cmpint (symlink ("..", up), ==, 0);
  g_assert_cmpint (mkfifo (fifo, 0600), ==, 0);
  offer (move);
  g_assert_cmpuint (move->offer->skipped, ==, 3);
  g_assert_cmpuint (move->offer->folder.files, ==, 1);
  move_free (move);
}

static void
test_changed (void)
{
  Move *move = move_new ();
  g_autofree char *one = g_build_filename (move->source, "a/one.txt", NULL);

  fill (move);
  offer (move);
  create (move);
  g_assert_true (g_file_set_contents (one, "another one", -1, NULL));
  g_assert_cmpint (carry (move, 0), ==, HARK_DISK_CHANGED);
  expect (move->from, request_for (HARK_DISK_SOURCE, move->source), move, HARK_DISK_CHANGED);
  move_free (move);
}

/* Between offer and pull: the names are looked at again, the files when they are read. */
static void
test_changed_before (void)
{
  static const struct {
    const char *command;         /* in the folder */
    HarkDiskResult opened, read; /* read: of what could be opened */
  } cases[] = {
    {"true",                                   HARK_DISK_OK,      HARK_DISK_OK     },
    {"echo something else > a/one",            HARK_DISK_OK,      HARK_DISK_CHANGED},
    {"rm a/one && mkdir a/one",                HARK_DISK_OK,      HARK_DISK_CHANGED},
    {"rm a/one && ln -s ../two a/one",         HARK_DISK_OK,      HARK_DISK_CHANGED},
    {"rm a/one",                               HARK_DISK_CHANGED, HARK_DISK_ERROR  },
    {"mv a/one a/other",                       HARK_DISK_CHANGED, HARK_DISK_ERROR  },
    {"mv a/one one",                           HARK_DISK_CHANGED, HARK_DISK_ERROR  },
    {"rm two",                                 HARK_DISK_CHANGED, HARK_DISK_ERROR  },
    {"touch zzz",                              HARK_DISK_CHANGED, HARK_DISK_ERROR  },
    {"touch a/zzz",                            HARK_DISK_CHANGED, HARK_DISK_ERROR  },
    {"touch none/zzz",                         HARK_DISK_CHANGED, HARK_DISK_ERROR  },
    {"rmdir none",                             HARK_DISK_CHANGED, HARK_DISK_ERROR  },
    {"rmdir none && touch none",               HARK_DISK_CHANGED, HARK_DISK_ERROR  },
    {"echo some > a/empty",                    HARK_DISK_CHANGED, HARK_DISK_ERROR  },
    {"rm a/empty && mkdir a/empty",            HARK_DISK_CHANGED, HARK_DISK_ERROR  },
    {"mv a/one o && mv two a/one && mv o two", HARK_DISK_OK,      HARK_DISK_CHANGED},
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    Move *move = move_new ();
    g_autofree char *line
      = g_strdup_printf ("sh -c \"cd '%s/none' && cd .. && %s\"", move->source, cases[i].command);
    g_autofree char *none = g_build_filename (move->source, "none", NULL);
    int status = -1;

    put (move, "a/empty", "", 0);
    put (move, "a/one", "first", 5);
    put (move, "two", "second", 6);
    g_assert_cmpint (g_mkdir (none, 0755), ==, 0);
    move->offer = ask (move->from, request_for (HARK_DISK_STAT, move->source), move);
    g_assert_true (g_spawn_command_line_sync (line, NULL, NULL, &status, NULL));
    g_assert_cmpint (status, ==, 0);
    expect (move->from, request_for (HARK_DISK_SOURCE, move->source), move, cases[i].opened);
    if (cases[i].opened == HARK_DISK_OK) {
      create (move);
      g_assert_cmpint (carry (move, 0), ==, cases[i].read);
    }
    /* once more, and nothing is kept to compare with */
    expect (move->from, request_for (HARK_DISK_SOURCE, move->source), move,
            i == 0 ? HARK_DISK_OK : HARK_DISK_CHANGED);
    move_free (move);
  }
}

/* The source is changed while half of it is there, so that its list becomes longer or shorter: of
 * the old files nothing stays that is not in the new list. */
static void
test_changed_list (void)
{
  for (int longer = 0; longer < 2; longer++) {
    Move *move = move_new ();
    g_autofree char *gone = g_build_filename (move->source, "a/one.txt", NULL);
    g_autoptr (HarkDiskReply) reopened = NULL;

    fill (move);
    offer (move);
    create (move);
    carry_from (move, 0);
    hark_disk_work_free (move->to);
    move->to = hark_disk_work_new ();
    g_assert_cmpint (g_unlink (gone), ==, 0);
    if (longer)
      put (move, "a/b/c/a name that is longer than the other was.txt", "new", 3);
    g_clear_pointer (&move->offer, hark_disk_reply_free);
    offer (move);
    reopened = ask (move->to, request_for (HARK_DISK_REOPEN, move->path), move);
    g_assert_cmpint (reopened->result, ==, HARK_DISK_OK);
    g_assert_cmpuint (reopened->size, ==, 0);
    carry_from (move, 0);
    finish (move);
    assert_equal (move);
    move_free (move);
  }
}

/* A link where a file is to go leads nowhere. */
static void
test_link_in_the_way (void)
{
  Move *move = move_new ();
  g_autofree char *part = NULL;
  g_autofree char *inside = NULL;
  g_autofree char *victim = g_build_filename (move->top, "victim", NULL);

  put (move, "0", "x", 1);
  offer (move);
  create (move);
  part = g_strconcat (move->path, ".part", NULL);
  inside = g_build_filename (part, "0", NULL);
  g_assert_true (g_file_set_contents (victim, "safe", -1, NULL));
  g_assert_cmpint (symlink (victim, inside), ==, 0);
  g_assert_cmpint (carry (move, 0), ==, HARK_DISK_ERROR);
  g_assert_cmpint (g_unlink (inside), ==, 0);
  g_assert_cmpint (carry (move, 0), ==, HARK_DISK_OK);
  move_free (move);
}

/* Nor does one in place of a folder on the way: nothing is made behind it. */
static void
test_link_above (void)
{
  Move *move = move_new ();
  g_autofree char *outside = g_build_filename (move->top, "outside", NULL);
  g_autofree char *link = NULL;

  put (move, "a/b/c", "x", 1);
  offer (move);
  create (move);
  link = g_strconcat (move->path, ".part/a", NULL);
  g_assert_cmpint (g_mkdir (outside, 0700), ==, 0);
  g_assert_cmpint (symlink (outside, link), ==, 0);
  g_assert_cmpint (carry (move, 0), ==, HARK_DISK_ERROR);
  g_assert_cmpint (g_rmdir (outside), ==, 0); /* it is empty */
  move_free (move);
}

/* A folder that is being written and a link to the outside, changing places all the time. */
typedef struct {
  char *folder, *link;
  int stop;
} Swap;

static void *
swap (void *data)
{
  Swap *swap = data;

  while (!g_atomic_int_get (&swap->stop))
    if (renameat2 (AT_FDCWD, swap->folder, AT_FDCWD, swap->link, RENAME_EXCHANGE) != 0)
      g_thread_yield ();
  return NULL;
}

static void
test_link_race (void)
{
  for (unsigned round = 0; round < 10; round++) {
    Move *move = move_new ();
    g_autofree char *outside = g_build_filename (move->top, "outside", NULL);
    g_autoptr (GDir) dir = NULL;
    Swap race = {.link = g_build_filename (move->top, "link", NULL)};
    GThread *thread;

    for (unsigned i = 0; i < 30; i++) {
      g_autofree char *name = g_strdup_printf ("a/%u/file", i);

      put (move, name, "inside", 6);
    }
    offer (move);
    create (move);
    race.folder = g_strconcat (move->path, ".part/a", NULL);
    g_assert_cmpint (g_mkdir (outside, 0700), ==, 0);
    g_assert_cmpint (symlink (outside, race.link), ==, 0);
    thread = g_thread_new ("swap", swap, &race);
    for (unsigned i = 0; i < 5; i++) /* as it happens: it fails, or all is inside */
      carry (move, 0);
    g_atomic_int_set (&race.stop, 1);
    g_thread_join (thread);
    dir = g_dir_open (outside, 0, NULL);
    g_assert_nonnull (dir);
    g_assert_null (g_dir_read_name (dir));
    g_free (race.folder);
    g_free (race.link);
    move_free (move);
  }
}

/* A list that is not the one offered makes nothing. */
static void
test_other_list (void)
{
  Move *move = move_new ();

  put (move, "file", "x", 1);
  offer (move);
  move->offer->folder.manifest[0] ^= 1;
  create (move);
  g_assert_cmpint (carry (move, 0), ==, HARK_DISK_ERROR);
  move_free (move);
}

static void
test_discarded (void)
{
  Move *move = move_new ();
  g_autofree char *part = NULL;
  HarkDiskRequest *discard;

  fill (move);
  offer (move);
  create (move);
  carry_from (move, 0);
  part = g_strconcat (move->path, ".part", NULL);
  g_assert_true (g_file_test (part, G_FILE_TEST_IS_DIR));
  discard = request_for (HARK_DISK_DISCARD, move->path);
  g_assert_null (ask (move->to, discard, move));
  g_assert_false (g_file_test (part, G_FILE_TEST_EXISTS));
  move_free (move);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/folder/arrives-as-it-was", test_arrives);
  g_test_add_func ("/folder/may-be-empty", test_empty);
  g_test_add_func ("/folder/goes-on-where-it-was-cut", test_goes_on);
  g_test_add_func ("/folder/is-not-made-twice", test_named_twice);
  g_test_add_func ("/folder/list-goes-and-others-are-served", test_list_goes);
  g_test_add_func ("/folder/copies-in-it-are-repeats", test_twins);
  g_test_add_func ("/folder/part-is-read", test_part_is_read);
  g_test_add_func ("/folder/links-are-left-out-and-counted", test_left_out);
  g_test_add_func ("/folder/changed-source-is-noticed", test_changed);
  g_test_add_func ("/folder/change-before-the-pull-is-noticed", test_changed_before);
  g_test_add_func ("/folder/of-an-older-list-nothing-stays", test_changed_list);
  g_test_add_func ("/folder/never-follows-links", test_link_in_the_way);
  g_test_add_func ("/folder/makes-nothing-behind-links", test_link_above);
  g_test_add_func ("/folder/links-that-come-and-go-lead-nowhere", test_link_race);
  g_test_add_func ("/folder/other-list-makes-nothing", test_other_list);
  g_test_add_func ("/folder/discarded-leaves-nothing", test_discarded);
  return g_test_run ();
}
