#include "core/files/disk-work.h"
#include "core/files/offer.h"
#include "core/files/transfer.h"
#include "net/base/rng.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BLOCK HARK_TREE_BLOCK_LEN
#define WINDOW ((size_t) 3 * BLOCK) /* bytes that the stream takes before it is full */

/* Two ends, their disks, and a line between them. */
typedef struct {
  char *folder;
  HarkRng rng;
  HarkTime now;
  HarkFileTransfer *sender, *receiver;
  HarkDiskWork *sender_disk, *receiver_disk;
  bool up;
  int64_t stream;   /* -1: none */
  GByteArray *line; /* bytes on their way */
  size_t credit;
  bool finished;
  size_t cut_after; /* bytes until the session is lost; 0: never */
  bool tamper_disk; /* the next block written goes wrong */
  bool tamper_line; /* the next bytes delivered are changed */
  unsigned writes;
  size_t most_on_line;
  HarkDiskResult fail_write;
  HarkDiskRequestKind fail_read; /* SOURCE or READ: of the sender, the next one; STAT: none */
} Pair;

static char *
path_in (const Pair *pair, const char *name)
{
  return g_build_filename (pair->folder, name, NULL);
}

static void
make_source (Pair *pair, size_t size)
{
  g_autofree char *path = path_in (pair, "source.bin");
  g_autofree uint8_t *data = g_malloc (size + 1);
  g_autoptr (GError) error = NULL;

  hark_rng_bytes (&pair->rng, data, size);
  g_file_set_contents (path, (const char *) data, (gssize) size, &error);
  g_assert_no_error (error);
}

static HarkFileTransfer *
make_end (Pair *pair, bool outgoing)
{
  HarkKey contact = {{1}};
  HarkFileTransfer *transfer = hark_file_transfer_new (7, &contact, outgoing);
  HarkDiskRequest *request = hark_disk_request_new (HARK_DISK_STAT, 7, 0);
  HarkDiskReply *reply;

  request->path = path_in (pair, "source.bin");
  reply = hark_disk_work_do (pair->sender_disk, request);
  g_assert_cmpint (reply->result, ==, HARK_DISK_OK);
  memset (transfer->offer, 3, sizeof transfer->offer);
  transfer->name = g_strdup ("source.bin");
  transfer->size = reply->size;
  transfer->mtime_ms = reply->mtime_ms;
  if (outgoing)
    transfer->path = g_strdup (reply->path);
  hark_disk_request_free (request);
  hark_disk_reply_free (reply);
  return transfer;
}

static Pair *
pair_new (size_t size)
{
  Pair *pair = g_new0 (Pair, 1);
  uint8_t seed[32] = {9};

  pair->folder = g_dir_make_tmp ("hark-transfer-XXXXXX", NULL);
  hark_rng_init (&pair->rng, seed);
  pair->sender_disk = hark_disk_work_new ();
  pair->receiver_disk = hark_disk_work_new ();
  pair->line = g_byte_array_new ();
  pair->stream = -1;
  pair->now = HARK_SECOND;
  make_source (pair, size);
  pair->sender = make_end (pair, true);
  pair->receiver = make_end (pair, false);
  return pair;
}

static void
remove_folder (const char *folder)
{
  GDir *dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path = g_build_filename (folder, name, NULL);

    if (g_file_test (path, G_FILE_TEST_IS_DIR) && !g_file_test (path, G_FILE_TEST_IS_SYMLINK))
      remove_folder (path);
    else
      g_unlink (path);
  }
  if (dir != NULL)
    g_dir_close (dir);
  g_rmdir (folder);
}

static void
pair_free (Pair *pair)
{
  hark_file_transfer_free (pair->sender);
  hark_file_transfer_free (pair->receiver);
  hark_disk_work_free (pair->sender_disk);
  hark_disk_work_free (pair->receiver_disk);
  g_byte_array_unref (pair->line);
  remove_folder (pair->folder);
  g_free (pair->folder);
  g_free (pair);
}

static void
end_stream (Pair *pair)
{
  pair->stream = -1;
  g_byte_array_set_size (pair->line, 0);
  pair->finished = false;
}

static void
do_disk (Pair *pair, HarkFileTransfer *end, HarkDiskRequest *request)
{
  HarkDiskWork *work = end == pair->sender ? pair->sender_disk : pair->receiver_disk;
  HarkDiskReply *reply = NULL;

  if (request->kind == HARK_DISK_WRITE) {
    pair->writes++;
    if (pair->tamper_disk)
      request->hash[0] ^= 1;
    pair->tamper_disk = false;
  }
  if (request->kind == HARK_DISK_WRITE && pair->fail_write != HARK_DISK_OK) {
    reply = hark_disk_reply_new (request);
    reply->result = pair->fail_write;
    reply->words = g_strdup ("The disk is full.");
    pair->fail_write = HARK_DISK_OK;
  } else if (request->kind == pair->fail_read && pair->fail_read != HARK_DISK_STAT) {
    reply = hark_disk_reply_new (request);
    reply->result = HARK_DISK_ERROR;
    reply->error = EACCES;
    reply->words = g_strdup ("The file cannot be opened: Permission denied.");
    pair->fail_read = HARK_DISK_STAT;
  } else {
    reply = hark_disk_work_do (work, request);
  }
  hark_disk_request_free (request);
  if (reply != NULL)
    hark_file_transfer_disk (end, reply, pair->now);
}

static void
do_output (Pair *pair, HarkFileTransfer *end, HarkFileOutput *output)
{
  HarkFileTransfer *other = end == pair->sender ? pair->receiver : pair->sender;

  switch (output->kind) {
  case HARK_FILE_OUTPUT_OFFER:
    hark_file_transfer_offered_again (other, end->size, end->mtime_ms, &end->folder, pair->now);
    break;
  case HARK_FILE_OUTPUT_SIGNAL:
    if (pair->up)
      hark_file_transfer_signal (other, output->signal, output->reason, pair->now);
    break;
  case HARK_FILE_OUTPUT_PULL:
    end_stream (pair);
    pair->stream = (int64_t) hark_rng_below (&pair->rng, 1000);
    pair->credit = WINDOW;
    hark_file_transfer_pulling (end, pair->stream, pair->now);
    hark_file_transfer_pulled (other, pair->stream, &output->range, pair->now);
    break;
  case HARK_FILE_OUTPUT_DATA:
    g_byte_array_append (pair->line, g_bytes_get_data (output->bytes, NULL),
                         (guint) g_bytes_get_size (output->bytes));
    pair->finished = output->finish;
    pair->most_on_line = MAX (pair->most_on_line, pair->line->len);
    g_bytes_unref (output->bytes);
    break;
  case HARK_FILE_OUTPUT_CONSUME:
    pair->credit += output->len;
    break;
  case HARK_FILE_OUTPUT_RESET:
    if (output->stream == pair->stream) {
      end_stream (pair);
      hark_file_transfer_stream_closed (other, pair->now);
    }
    break;
  case HARK_FILE_OUTPUT_DISK:
    do_disk (pair, end, output->disk);
    break;
  case HARK_FILE_OUTPUT_STORE:
  case HARK_FILE_OUTPUT_CHANGED:
  case HARK_FILE_OUTPUT_DAMAGED:
  case HARK_FILE_OUTPUT_WITHHELD:
  case HARK_FILE_OUTPUT_LIST:
    break;
  }
}

static bool
do_outputs (Pair *pair)
{
  HarkFileTransfer *ends[] = {pair->sender, pair->receiver};
  HarkFileOutput output;
  bool any = false;

  for (int i = 0; i < 2; i++)
    while (hark_file_transfer_poll (ends[i], &output)) {
      do_output (pair, ends[i], &output);
      any = true;
    }
  return any;
}

static void
session (Pair *pair, bool up)
{
  pair->up = up;
  end_stream (pair);
  hark_file_transfer_session (pair->sender, up, pair->now);
  hark_file_transfer_session (pair->receiver, up, pair->now);
}

/* Moves some bytes over the line. */
static bool
deliver (Pair *pair)
{
  size_t most = 1 + (size_t) hark_rng_below (&pair->rng, 700000);
  size_t len = MIN (MIN (pair->line->len, pair->credit), most);
  g_autofree uint8_t *data = g_memdup2 (pair->line->data, len);

  if (len == 0)
    return false;
  if (pair->tamper_line)
    data[len / 2] ^= 0x40;
  pair->tamper_line = false;
  g_byte_array_remove_range (pair->line, 0, (guint) len);
  pair->credit -= len;
  hark_file_transfer_data (pair->receiver, NULL, data, len, pair->now);
  if (pair->cut_after > 0 && (pair->cut_after -= MIN (pair->cut_after, len)) == 0)
    session (pair, false);
  return true;
}

static bool
step (Pair *pair)
{
  bool any = do_outputs (pair);

  while (hark_file_transfer_wants_room (pair->sender) && pair->line->len < WINDOW) {
    hark_file_transfer_send (pair->sender, pair->now);
    any |= do_outputs (pair);
  }
  return deliver (pair) || any;
}

/* Runs until nothing moves, letting time pass while somebody waits for it. */
static void
run (Pair *pair)
{
  for (int i = 0; i < 100000; i++) {
    HarkTime deadline = hark_time_min (hark_file_transfer_get_deadline (pair->sender),
                                       hark_file_transfer_get_deadline (pair->receiver));

    if (step (pair))
      continue;
    if (!pair->up || pair->receiver->retry_at == HARK_TIME_NEVER)
      return;
    pair->now = MAX (pair->now, deadline);
    hark_file_transfer_handle_time (pair->sender, pair->now);
    hark_file_transfer_handle_time (pair->receiver, pair->now);
  }
  g_assert_not_reached ();
}

static void
take (Pair *pair)
{
  g_autofree char *target = path_in (pair, "in");

  g_assert_null (hark_file_transfer_take (pair->receiver, target, pair->now));
}

static void
assert_arrived (Pair *pair, const char *name)
{
  g_autofree char *source = path_in (pair, "source.bin");
  g_autofree char *target = g_build_filename (pair->folder, "in", name, NULL);
  g_autofree char *part = g_strconcat (target, ".part", NULL);
  g_autofree char *a = NULL, *b = NULL;
  struct stat info;
  gsize a_len, b_len;

  g_assert_cmpint (pair->sender->state, ==, HARK_TRANSFER_DONE);
  g_assert_cmpint (pair->receiver->state, ==, HARK_TRANSFER_DONE);
  g_assert_cmpstr (pair->receiver->path, ==, target);
  g_assert_true (g_file_get_contents (source, &a, &a_len, NULL));
  g_assert_true (g_file_get_contents (target, &b, &b_len, NULL));
  g_assert_cmpuint (a_len, ==, b_len);
  g_assert_true (memcmp (a, b, a_len) == 0);
  g_assert_cmpint (stat (target, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0600);
  g_assert_false (g_file_test (part, G_FILE_TEST_EXISTS));
}

/* ---- what is expected ---- */

static void
test_whole (void)
{
  static const size_t sizes[] = {0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 9 * BLOCK + 12345};

  for (size_t i = 0; i < G_N_ELEMENTS (sizes); i++) {
    Pair *pair = pair_new (sizes[i]);

    session (pair, true);
    run (pair);
    g_assert_cmpint (pair->receiver->state, ==, HARK_TRANSFER_OFFERED);
    take (pair);
    run (pair);
    assert_arrived (pair, "source.bin");
    g_assert_cmpuint (pair->most_on_line, <=, WINDOW + BLOCK + 100);
    pair_free (pair);
  }
}

static void
test_outage (void)
{
  Pair *pair = pair_new (8 * BLOCK + 99);

  session (pair, true);
  take (pair);
  for (int i = 0; i < 6; i++) {
    pair->cut_after = BLOCK + BLOCK / 2;
    run (pair);
    if (pair->up)
      break;
    g_assert_cmpint (pair->receiver->state, ==, HARK_TRANSFER_WAITING);
    session (pair, true);
  }
  pair->cut_after = 0;
  run (pair);
  assert_arrived (pair, "source.bin");
  /* verified blocks were not fetched twice */
  g_assert_cmpuint (pair->writes, <=, 9 + 6);
  pair_free (pair);
}

/* Both programs end in the middle; only what was kept remains. */
static void
restart (Pair *pair)
{
  HarkFileTransfer *sender = make_end (pair, true), *receiver = make_end (pair, false);

  receiver->state = HARK_TRANSFER_WAITING;
  receiver->path = g_strdup (pair->receiver->path);
  receiver->done = pair->receiver->done;
  hark_file_transfer_free (pair->sender);
  hark_file_transfer_free (pair->receiver);
  hark_disk_work_free (pair->sender_disk);
  hark_disk_work_free (pair->receiver_disk);
  pair->sender_disk = hark_disk_work_new ();
  pair->receiver_disk = hark_disk_work_new ();
  pair->sender = sender;
  pair->receiver = receiver;
}

static void
test_restart (void)
{
  Pair *pair = pair_new (8 * BLOCK + 99);

  session (pair, true);
  take (pair);
  pair->cut_after = 4 * BLOCK + 500;
  run (pair);
  g_assert_cmpuint (pair->receiver->done, >=, 3 * BLOCK);
  restart (pair);
  session (pair, true);
  run (pair);
  assert_arrived (pair, "source.bin");
  g_assert_cmpuint (pair->writes, <=, 10);
  pair_free (pair);
}

/* The part file was changed while we were away: that block, and no other, is fetched anew. */
static void
test_tampered_part (void)
{
  Pair *pair = pair_new (4 * BLOCK);
  g_autofree char *part = NULL;
  FILE *file;

  session (pair, true);
  take (pair);
  pair->cut_after = 2 * BLOCK + 500;
  run (pair);
  part = g_strconcat (pair->receiver->path, ".part", NULL);
  restart (pair);
  file = fopen (part, "r+");
  g_assert_cmpint (fputc ('X', file), ==, 'X');
  g_assert_cmpint (fputc ('Y', file), ==, 'Y');
  fclose (file);
  session (pair, true);
  run (pair);
  assert_arrived (pair, "source.bin");
  g_assert_cmpuint (pair->writes, <=, 6);
  pair_free (pair);
}

static void
test_part_gone (void)
{
  Pair *pair = pair_new (4 * BLOCK);
  g_autofree char *part = NULL;

  session (pair, true);
  take (pair);
  pair->cut_after = 2 * BLOCK + 500;
  run (pair);
  part = g_strconcat (pair->receiver->path, ".part", NULL);
  restart (pair);
  g_assert_cmpint (g_unlink (part), ==, 0);
  session (pair, true);
  run (pair);
  assert_arrived (pair, "source.bin");
  pair_free (pair);
}

/* The source is another file now: both are told, and only the blocks that differ are fetched. */
static void
change_source (Pair *pair, size_t offset, size_t size)
{
  g_autofree char *path = path_in (pair, "source.bin");
  FILE *file = fopen (path, "r+");

  g_assert_cmpint (fseek (file, (long) offset, SEEK_SET), ==, 0);
  g_assert_cmpint (fputc ('X', file), ==, 'X');
  fclose (file);
  g_assert_cmpint (truncate (path, (off_t) size), ==, 0);
}

static void
test_source_changed (void)
{
  static const size_t sizes[] = {6 * BLOCK - 5, 6 * BLOCK, 7 * BLOCK + 1};

  for (size_t i = 0; i < G_N_ELEMENTS (sizes); i++) {
    Pair *pair = pair_new (6 * BLOCK + 7);

    session (pair, true);
    take (pair);
    pair->cut_after = 4 * BLOCK + 500;
    run (pair);
    change_source (pair, 2 * BLOCK + 9, sizes[i]);
    if (i == 1)
      restart (pair);
    session (pair, true);
    run (pair);
    assert_arrived (pair, "source.bin");
    g_assert_cmpuint (pair->receiver->size, ==, sizes[i]);
    /* one block again, what was missing, and what was on its way when the session was lost */
    g_assert_cmpuint (pair->writes, <=, 8 + 2);
    pair_free (pair);
  }
}

/* Before it was taken: the new size is what is taken. */
static void
test_source_changed_early (void)
{
  Pair *pair = pair_new (2 * BLOCK);

  session (pair, true);
  run (pair);
  make_source (pair, 3 * BLOCK + 1);
  take (pair);
  run (pair);
  assert_arrived (pair, "source.bin");
  g_assert_cmpuint (pair->sender->changes, ==, 1);
  pair_free (pair);
}

/* A file that is given again does not come over the line again. */
static void
test_given_again (void)
{
  Pair *pair = pair_new (5 * BLOCK + 33);
  unsigned writes;

  session (pair, true);
  take (pair);
  run (pair);
  assert_arrived (pair, "source.bin");
  change_source (pair, 3 * BLOCK, 5 * BLOCK + 33);
  writes = pair->writes;
  hark_file_transfer_free (pair->sender);
  hark_file_transfer_free (pair->receiver);
  pair->sender = make_end (pair, true);
  pair->receiver = make_end (pair, false);
  session (pair, true);
  take (pair);
  run (pair);
  assert_arrived (pair, "source (2).bin");
  g_assert_cmpuint (pair->writes, ==, writes + 1);
  pair_free (pair);
}

static void
test_wrong_bytes (void)
{
  Pair *pair = pair_new (3 * BLOCK);

  pair->tamper_disk
    = true; /* as if a block had arrived changed: it is not written, and fetched again */
  session (pair, true);
  take (pair);
  run (pair);
  assert_arrived (pair, "source.bin");
  pair_free (pair);

  pair = pair_new (3 * BLOCK);
  pair->tamper_line = true;
  session (pair, true);
  take (pair);
  run (pair);
  g_assert_true (pair->receiver->state == HARK_TRANSFER_FAILED
                 || pair->receiver->state == HARK_TRANSFER_DONE);
  pair_free (pair);
}

/* Both sides are told; with room again it goes on by itself, but not when the user paused it. */
static void
test_disk_full (void)
{
  for (int paused = 0; paused < 2; paused++) {
    Pair *pair = pair_new (3 * BLOCK);

    pair->fail_write = HARK_DISK_FULL;
    session (pair, true);
    take (pair);
    while (pair->receiver->state != HARK_TRANSFER_PAUSED
           || pair->sender->state != HARK_TRANSFER_PAUSED)
      g_assert_true (step (pair));
    g_assert_cmpstr (pair->receiver->reason, ==, "The disk is full.");
    if (paused) {
      g_assert_null (hark_file_transfer_pause (pair->receiver, pair->now));
      run (pair);
      g_assert_cmpint (pair->receiver->state, ==, HARK_TRANSFER_PAUSED);
      g_assert_null (hark_file_transfer_resume (pair->receiver, pair->now));
    }
    run (pair);
    assert_arrived (pair, "source.bin");
    pair_free (pair);
  }
}

static void
test_pause (void)
{
  for (int who = 0; who < 2; who++) {
    Pair *pair = pair_new (5 * BLOCK);
    HarkFileTransfer *one = who ? pair->sender : pair->receiver;
    HarkFileTransfer *other = who ? pair->receiver : pair->sender;

    session (pair, true);
    take (pair);
    for (int i = 0; i < 4; i++)
      step (pair);
    g_assert_null (hark_file_transfer_pause (one, pair->now));
    run (pair);
    g_assert_cmpint (one->state, ==, HARK_TRANSFER_PAUSED);
    g_assert_cmpint (other->state, ==, HARK_TRANSFER_PAUSED);
    g_assert_nonnull (hark_file_transfer_resume (other, pair->now));
    session (pair, false); /* stays paused over an outage */
    session (pair, true);
    run (pair);
    g_assert_cmpint (one->state, ==, HARK_TRANSFER_PAUSED);
    g_assert_null (hark_file_transfer_resume (one, pair->now));
    run (pair);
    assert_arrived (pair, "source.bin");
    pair_free (pair);
  }
}

static void
test_cancel (void)
{
  for (int who = 0; who < 2; who++) {
    Pair *pair = pair_new (5 * BLOCK);
    g_autofree char *part = NULL;

    session (pair, true);
    take (pair);
    for (int i = 0; i < 4; i++)
      step (pair);
    part = g_strconcat (pair->receiver->path, ".part", NULL);
    g_assert_true (g_file_test (part, G_FILE_TEST_EXISTS));
    g_assert_null (hark_file_transfer_cancel (who ? pair->sender : pair->receiver, pair->now));
    run (pair);
    g_assert_cmpint (pair->sender->state, ==, HARK_TRANSFER_FAILED);
    g_assert_cmpint (pair->receiver->state, ==, HARK_TRANSFER_FAILED);
    g_assert_false (g_file_test (part, G_FILE_TEST_EXISTS));
    pair_free (pair);
  }
}

static void
test_refuse (void)
{
  Pair *pair = pair_new (10);

  session (pair, true);
  g_assert_null (hark_file_transfer_refuse (pair->receiver, pair->now));
  run (pair);
  g_assert_cmpint (pair->sender->state, ==, HARK_TRANSFER_REFUSED);
  g_assert_nonnull (hark_file_transfer_take (pair->receiver, "/", pair->now));
  g_assert_nonnull (hark_file_transfer_cancel (pair->receiver, pair->now));
  pair_free (pair);
}

/* A name that is taken is left alone, also when it is a link to somewhere else. */
static void
test_collisions (void)
{
  Pair *pair = pair_new (100);
  g_autofree char *in = path_in (pair, "in");
  g_autofree char *taken = g_build_filename (in, "source.bin", NULL);
  g_autofree char *link = g_build_filename (in, "source (2).bin.part", NULL);
  g_autofree char *outside = path_in (pair, "outside");

  g_assert_cmpint (g_mkdir (in, 0700), ==, 0);
  g_assert_true (g_file_set_contents (taken, "mine", 4, NULL));
  g_assert_cmpint (symlink (outside, link), ==, 0);
  session (pair, true);
  take (pair);
  run (pair);
  assert_arrived (pair, "source (3).bin");
  g_assert_false (g_file_test (outside, G_FILE_TEST_EXISTS));
  pair_free (pair);
}

/* The source cannot be read for a while: what has come stays, and it goes on when it can. */
static void
test_unreadable (void)
{
  const HarkDiskRequestKind kinds[] = {HARK_DISK_SOURCE, HARK_DISK_READ};

  for (size_t i = 0; i < G_N_ELEMENTS (kinds); i++) {
    Pair *pair = pair_new (5 * BLOCK);

    session (pair, true);
    take (pair);
    if (kinds[i] == HARK_DISK_SOURCE) { /* not at the first time */
      while (pair->receiver->done < 2 * BLOCK)
        g_assert_true (step (pair));
      session (pair, false);
      session (pair, true);
    }
    pair->fail_read = kinds[i];
    run (pair);
    g_assert_cmpint (pair->sender->state, ==, HARK_TRANSFER_PAUSED);
    g_assert_cmpint (pair->receiver->state, ==, HARK_TRANSFER_PAUSED);
    g_assert_true (g_str_has_prefix (pair->sender->reason, "It cannot be read for now: "));
    g_assert_null (hark_file_transfer_resume (pair->sender, pair->now));
    run (pair);
    assert_arrived (pair, "source.bin");
    pair_free (pair);
  }
}

static void
test_lost_done (void)
{
  Pair *pair = pair_new (100);

  session (pair, true);
  take (pair);
  while (pair->receiver->state != HARK_TRANSFER_SETTLING)
    step (pair);
  session (pair, false); /* DONE may not have arrived */
  g_assert_cmpint (pair->receiver->state, >=, HARK_TRANSFER_SETTLING);
  session (pair, true);
  run (pair);
  assert_arrived (pair, "source.bin");
  pair_free (pair);
}

static void
test_device (void)
{
  HarkDiskWork *work = hark_disk_work_new ();
  HarkDiskRequest *request = hark_disk_request_new (HARK_DISK_STAT, 1, 0);
  HarkDiskReply *reply;

  request->path = g_strdup ("/dev/null");
  reply = hark_disk_work_do (work, request);
  g_assert_cmpint (reply->result, ==, HARK_DISK_KIND);
  g_assert_nonnull (strstr (reply->words, "folder"));
  hark_disk_reply_free (reply);
  hark_disk_request_free (request);
  hark_disk_work_free (work);
}

/* What the other side says of it stands on terminals and in windows. */
static void
test_their_reason (void)
{
  Pair *pair = pair_new (2 * BLOCK);

  session (pair, true);
  take (pair);
  hark_file_transfer_signal (pair->receiver, HARK_FILE_SIGNAL_FAIL, "no\x1b[2J\nroom", pair->now);
  g_assert_cmpstr (pair->receiver->reason, ==, "The other side could not go on: no[2Jroom");
  pair_free (pair);
}

/* Whatever the other side says in whatever order: no crash, and nothing is done that was not. */
static void
test_nonsense (void)
{
  for (uint64_t seed = 0; seed < 60; seed++) {
    Pair *pair = pair_new (2 * BLOCK);

    session (pair, true);
    if (seed % 2)
      take (pair);
    for (int i = 0; i < 30; i++) {
      uint8_t noise[100];

      hark_rng_bytes (&pair->rng, noise, sizeof noise);
      switch (hark_rng_below (&pair->rng, 5)) {
      case 0:
        hark_file_transfer_signal (pair->receiver, (unsigned) hark_rng_below (&pair->rng, 10), "x",
                                   pair->now);
        break;
      case 1:
        hark_file_transfer_data (pair->receiver, NULL, noise, sizeof noise, pair->now);
        break;
      case 2:
        hark_file_transfer_pulled (
          pair->sender, 5,
          &(HarkFileRange){.from = hark_rng_u64 (&pair->rng), .to = hark_rng_u64 (&pair->rng)},
          pair->now);
        break;
      case 3:
        hark_file_transfer_stream_closed (pair->receiver, pair->now);
        break;
      default:
        step (pair);
        break;
      }
    }
    if (pair->receiver->state >= HARK_TRANSFER_SETTLING
        && pair->receiver->state <= HARK_TRANSFER_DONE)
      g_assert_cmpuint (pair->receiver->done, ==, pair->receiver->size);
    pair_free (pair);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/transfer/arrives-whole-with-bounded-memory", test_whole);
  g_test_add_func ("/transfer/goes-on-after-an-outage", test_outage);
  g_test_add_func ("/transfer/goes-on-after-a-restart-of-both", test_restart);
  g_test_add_func ("/transfer/changed-part-file-is-noticed", test_tampered_part);
  g_test_add_func ("/transfer/lost-part-file-starts-anew", test_part_gone);
  g_test_add_func ("/transfer/of-a-changed-source-only-the-change-is-sent", test_source_changed);
  g_test_add_func ("/transfer/source-may-change-before-it-is-taken", test_source_changed_early);
  g_test_add_func ("/transfer/given-again-only-the-change-is-sent", test_given_again);
  g_test_add_func ("/transfer/wrong-bytes-are-never-written", test_wrong_bytes);
  g_test_add_func ("/transfer/full-disk-pauses-until-there-is-room", test_disk_full);
  g_test_add_func ("/transfer/either-side-can-pause", test_pause);
  g_test_add_func ("/transfer/either-side-can-cancel", test_cancel);
  g_test_add_func ("/transfer/can-be-refused", test_refuse);
  g_test_add_func ("/transfer/never-replaces-nor-follows-links", test_collisions);
  g_test_add_func ("/transfer/unreadable-source-is-waited-for", test_unreadable);
  g_test_add_func ("/transfer/done-is-said-until-heard", test_lost_done);
  g_test_add_func ("/transfer/devices-are-refused-in-words", test_device);
  g_test_add_func ("/transfer/nonsense-does-nothing", test_nonsense);
  g_test_add_func ("/transfer/reason-of-the-other-side-is-one-plain-line", test_their_reason);
  return g_test_run ();
}
