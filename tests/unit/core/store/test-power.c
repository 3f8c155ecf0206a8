/* The power goes: what was written and not synced is lost, done, or done in some sectors of 512
 * bytes, whatever was written after it. Of every image so made the store opens, is sound, and has
 * what it said was durable. 300 images; 10,000 with HARK_LONG. */
#include "tests/unit/core/store/disk.h"
#include "tests/unit/core/store/helper.h"

#include <glib/gstdio.h>
#include <string.h>

#define QUICK 300
#define LONG 10000
#define STEPS 40
#define SECTOR 512
#define HEADER 24  /* of a frame of the log */
#define LARGE 9000 /* bytes of text: more than two pages */
#define PREVIEW 3000

/* Files are a table of name -> GByteArray. */

static unsigned
images (void)
{
  return g_getenv ("HARK_LONG") != NULL ? LONG : QUICK;
}

/* ---- what could be on the disk --------------------------------------------------- */

static GHashTable *
new_files (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                (GDestroyNotify) g_byte_array_unref);
}

static GByteArray *
file_of (GHashTable *files, const char *name)
{
  GByteArray *bytes = g_hash_table_lookup (files, name);

  if (bytes == NULL) {
    bytes = g_byte_array_new ();
    g_hash_table_insert (files, g_strdup (name), bytes);
  }

  return bytes;
}

static void
apply_write (GByteArray *bytes, int64_t offset, const uint8_t *data, size_t len)
{
  if (bytes->len < (size_t) offset + len) {
    const guint old = bytes->len;

    g_byte_array_set_size (bytes, (guint) offset + (guint) len);
    memset (bytes->data + old, 0, bytes->len - old);
  }
  memcpy (bytes->data + offset, data, len);
}

/* Of this unsynced write the last sector is on the disk only, of the next one nothing, and all of
 * the others; NULL: chance decides. */
static const DiskOp *torn, *torn_next;

static void
apply_as_told (GByteArray *bytes, const DiskOp *op)
{
  const uint8_t *data = g_bytes_get_data (op->bytes, NULL);
  const size_t len = g_bytes_get_size (op->bytes);
  const size_t first = op == torn ? SECTOR - (size_t) op->offset % SECTOR : 0;

  if (op != torn_next)
    apply_write (bytes, op->offset + (int64_t) first, data + first, len - first);
}

/* An unsynced write: lost, done, or done in some of its sectors. */
static void
apply_unsynced (GByteArray *bytes, const DiskOp *op)
{
  const uint8_t *data = g_bytes_get_data (op->bytes, NULL);
  const size_t len = g_bytes_get_size (op->bytes);
  const int fate = g_test_rand_int_range (0, 3);

  if (fate == 0)
    return;

  for (size_t at = 0; at < len;) {
    const size_t in_sector = SECTOR - ((size_t) op->offset + at) % SECTOR;
    const size_t part = MIN (in_sector, len - at);

    if (fate == 1 || g_test_rand_int_range (0, 2) == 0)
      apply_write (bytes, op->offset + (int64_t) at, data + at, part);
    at += part;
  }
}

static void
apply (GHashTable *files, const DiskOp *op, bool synced)
{
  GByteArray *bytes = op->kind != DISK_DELETE ? file_of (files, op->name) : NULL;

  if (op->kind == DISK_DELETE)
    g_hash_table_remove (files, op->name);
  else if (op->kind == DISK_WRITE && synced)
    apply_write (bytes, op->offset, g_bytes_get_data (op->bytes, NULL),
                 g_bytes_get_size (op->bytes));
  else if (op->kind == DISK_WRITE && torn != NULL)
    apply_as_told (bytes, op);
  else if (op->kind == DISK_WRITE)
    apply_unsynced (bytes, op);
  else if (op->kind == DISK_TRUNCATE && (synced || g_test_rand_int_range (0, 2) == 0))
    g_byte_array_set_size (bytes, MIN ((guint) op->offset, bytes->len));
}

/* Where @log last syncs each file before operation @n. */
static GHashTable *
last_syncs (GPtrArray *log, size_t n)
{
  GHashTable *syncs = g_hash_table_new (g_str_hash, g_str_equal);

  for (size_t i = 0; i < n; i++) {
    const DiskOp *op = g_ptr_array_index (log, i);

    if (op->kind == DISK_SYNC)
      g_hash_table_insert (syncs, op->name, GSIZE_TO_POINTER (i));
  }
  return syncs;
}

/* What could be there when the power goes after @n operations on @files. Returns the last mark. */
static int64_t
cut_power (GPtrArray *log, size_t n, GHashTable *files)
{
  g_autoptr (GHashTable) syncs = last_syncs (log, n);
  int64_t mark = 0;

  for (size_t i = 0; i < n; i++) {
    const DiskOp *op = g_ptr_array_index (log, i);

    if (op->kind == DISK_MARK)
      mark = op->offset;
    else if (op->kind != DISK_SYNC)
      apply (files, op, GPOINTER_TO_SIZE (g_hash_table_lookup (syncs, op->name)) > i);
  }

  return mark;
}

static void
load_file (const char *dir, const char *name, GHashTable *files)
{
  g_autofree char *path = helper_path (dir, name);
  char *bytes = NULL;
  gsize len = 0;

  if (g_file_get_contents (path, &bytes, &len, NULL))
    g_hash_table_insert (files, g_strdup (name), g_byte_array_new_take ((guint8 *) bytes, len));
}

static void
save_file (const char *dir, GHashTable *files, const char *name)
{
  g_autofree char *path = helper_path (dir, name);
  const GByteArray *bytes = g_hash_table_lookup (files, name);

  g_unlink (path); /* an existing file would keep its length */
  if (bytes != NULL)
    g_assert_true (g_file_set_contents_full (path, (const char *) bytes->data, bytes->len,
                                             G_FILE_SET_CONTENTS_NONE, 0600, NULL));
}

/* A copy of @base in which the database is as @files has it. */
static char *
copy_with (const char *base, GHashTable *files)
{
  char *dir = helper_copy (base);

  save_file (dir, files, "messages.db");
  save_file (dir, files, "messages.db-wal");
  return dir;
}

/* @base after a power cut at operation @n; @ret_mark: the last one before. */
static char *
image_of (const char *base, GPtrArray *log, size_t n, int64_t *ret_mark)
{
  g_autoptr (GHashTable) files = new_files ();

  load_file (base, "messages.db", files);
  load_file (base, "messages.db-wal", files);
  *ret_mark = cut_power (log, n, files);
  return copy_with (base, files);
}

static void
assert_intact (HarkProfile *profile)
{
  sqlite3_stmt *check = NULL;

  g_assert_cmpint (
    sqlite3_prepare_v2 (profile->database->handle, "PRAGMA integrity_check", -1, &check, NULL), ==,
    SQLITE_OK);
  g_assert_cmpint (sqlite3_step (check), ==, SQLITE_ROW);
  g_assert_cmpstr ((const char *) sqlite3_column_text (check, 0), ==, "ok");
  sqlite3_finalize (check);
}

/* ---- a day's writing ------------------------------------------------------------- */

static void
must (HarkProfile *profile, HarkStoreRequest *request)
{
  g_autoptr (HarkStoreReply) reply = helper_execute (profile, request);

  g_assert_no_error (reply->error);
}

static void
put_contact (HarkProfile *profile, int64_t step)
{
  HarkStoreRequest *request = hark_store_request_new (HARK_STORE_PUT_CONTACT, 0);

  request->contact = g_new0 (HarkStoreContact, 1);
  request->contact->account = helper_key (1);
  request->contact->status = HARK_CONTACT_ACCEPTED;
  request->contact->last_seen_ms = step;
  must (profile, request);
}

static void
set_delivered (HarkProfile *profile, unsigned i)
{
  HarkStoreRequest *request = helper_put_message (1, i, "");

  request->kind = HARK_STORE_SET_STATE;
  request->message->state = HARK_MESSAGE_DELIVERED;
  must (profile, request);
}

/* What came with later versions of the schema: an entry of a group, with what it says, and a file
 * with its preview, of which there is one. */
static void
put_later (HarkProfile *profile, unsigned i)
{
  HarkStoreRequest *request = hark_store_request_new (HARK_STORE_PUT_GROUP_ENTRY, 0);
  HarkStoreGroupEntry *entry = request->group_entry = g_new0 (HarkStoreGroupEntry, 1);

  entry->seq = i;
  entry->content = g_bytes_new_static ("content", 7);
  entry->tags = g_bytes_new_static ("tags", 4);
  entry->body = g_bytes_new_take (g_strnfill (i % 5 * 1000 + 1, 'b'), i % 5 * 1000 + 1);
  must (profile, request);
  request = hark_store_request_new (HARK_STORE_PUT_TRANSFER, 0);
  request->transfer = g_new0 (HarkStoreTransfer, 1);
  request->transfer->id = 1;
  request->transfer->done = i;
  request->transfer->preview = g_bytes_new_take (g_strnfill (PREVIEW, 'q'), PREVIEW);
  must (profile, request);
}

/* Step @i puts message @i, tells that the one before was delivered, and changes the contact. */
static void
write_step (HarkProfile *profile, unsigned i)
{
  g_autofree char *text = g_strnfill (i % 7 == 0 ? LARGE : 40, 'a' + (char) (i % 26));

  must (profile, helper_put_message (1, i, text));
  if (i > 1)
    set_delivered (profile, i - 1);
  put_contact (profile, i);
  put_later (profile, i);
  if (i % 5 == 0) { /* somebody comes and goes: pages are freed and used again */
    HarkStoreRequest *request = hark_store_request_new (HARK_STORE_DELETE_CONTACT, 0);

    must (profile, helper_put_message (2, i, text));
    request->contact = g_new0 (HarkStoreContact, 1);
    request->contact->account = helper_key (2);
    must (profile, request);
  }
  disk_mark (i);
}

static void
write_day (const char *dir)
{
  HarkProfile *profile = helper_open (dir, DISK_NAME);

  for (unsigned i = 1; i <= STEPS; i++) {
    write_step (profile, i);
    if (i % 8 == 0) /* passive: the log is started again from its beginning */
      sqlite3_wal_checkpoint_v2 (
        profile->database->handle, NULL,
        i % 16 == 0 ? SQLITE_CHECKPOINT_PASSIVE : SQLITE_CHECKPOINT_RESTART, NULL, NULL);
  }
  hark_profile_close (profile);
}

/* Those of all steps, each with its body, and perhaps one of the next. */
static void
check_entries (HarkProfile *profile, unsigned step)
{
  HarkStoreRequest *request = hark_store_request_new (HARK_STORE_GET_GROUP_LOG, 0);
  g_autoptr (HarkStoreReply) reply = NULL;

  request->limit = 500;
  reply = helper_execute (profile, request);
  g_assert_no_error (reply->error);
  g_assert_cmpuint (reply->group_entries->len, >=, step);
  g_assert_cmpuint (reply->group_entries->len, <=, step + 1);
  for (guint i = 0; i < reply->group_entries->len; i++) {
    const HarkStoreGroupEntry *entry = reply->group_entries->pdata[i];

    g_assert_cmpuint (entry->seq, ==, i + 1);
    g_assert_cmpuint (g_bytes_get_size (entry->body), ==, (i + 1) % 5 * 1000 + 1);
  }
}

static void
check_day (HarkProfile *profile, unsigned step)
{
  HarkStoreSnapshot all;
  unsigned delivered = 0;

  g_assert_cmpuint (helper_count (profile, 1, step), <=, step + 1);
  g_assert_cmpint (hark_snapshot_read (profile->database, &all), ==, SQLITE_OK);
  for (guint i = 0; i < all.contacts->len; i++) {
    const HarkStoreContact *row = &g_array_index (all.contacts, HarkStoreContact, i);

    g_assert_cmpint (row->last_seen_ms, >=, step);
  }
  g_assert_cmpuint (all.contacts->len, ==, step > 0 ? 1 : MIN (all.contacts->len, 1));
  for (guint i = 0; i < all.outbox->len; i++)
    delivered += ((const HarkStoreMessage *) all.outbox->pdata[i])->seq < step;
  g_assert_cmpuint (all.transfers->len, ==, step > 0 ? 1 : MIN (all.transfers->len, 1));
  for (guint i = 0; i < all.transfers->len; i++) {
    const HarkStoreTransfer *transfer = all.transfers->pdata[i];

    g_assert_cmpuint (transfer->done, >=, step);
    g_assert_cmpuint (g_bytes_get_size (transfer->preview), ==, PREVIEW);
  }
  check_entries (profile, step);
  g_assert_cmpuint (delivered, ==, 0); /* none of those that were told has come back */
  hark_store_snapshot_clear (&all);
  assert_intact (profile);
}

/* The power goes once more while the store is being opened again. Returns the image, @dir goes. */
static char *
cut_again (char *dir)
{
  char *before = helper_copy (dir), *after;
  int64_t mark;

  disk_reset ();
  disk_record ();
  hark_profile_close (helper_open (dir, DISK_NAME));
  after = image_of (before, disk_get_log (),
                    (size_t) g_test_rand_int_range (0, (gint32) disk_get_log ()->len + 1), &mark);
  helper_remove (before);
  helper_remove (dir);
  return after;
}

/* Operations of a day on a copy of @base. */
static GPtrArray *
record_day (const char *base)
{
  char *dir = helper_copy (base);

  disk_reset ();
  disk_record ();
  write_day (dir);
  helper_remove (dir);
  return g_ptr_array_ref (disk_get_log ());
}

static void
test_power_cut (void)
{
  char *base = helper_new_profile ();
  g_autoptr (GPtrArray) log = record_day (base);
  char *dir;

  for (unsigned i = 0; i < images (); i++) {
    const size_t n = (size_t) g_test_rand_int_range (0, (gint32) log->len + 1);
    HarkProfile *profile;
    int64_t mark;

    dir = image_of (base, log, n, &mark);
    if (i % 6 == 0)
      dir = cut_again (dir);
    profile = helper_open (dir, NULL);
    check_day (profile, (unsigned) mark);
    hark_profile_close (profile);
    helper_remove (dir);
  }

  disk_reset ();
  helper_remove (base);
}

static size_t
next_sync (GPtrArray *log, size_t i)
{
  while (i < log->len && ((const DiskOp *) log->pdata[i])->kind != DISK_SYNC)
    i++;
  return i;
}

/* A frame's header that lies in two sectors, over an older round of the log: its front is the old
 * one's, its checksum new, its page the old one's. That is no damage. */
static void
test_torn_header (void)
{
  char *base = helper_new_profile ();
  g_autoptr (GPtrArray) log = record_day (base);
  unsigned n = 0;

  for (size_t i = 0; i + 1 < log->len; i++) {
    const DiskOp *op = g_ptr_array_index (log, i);
    HarkProfile *profile;
    int64_t mark;
    char *dir;

    if (op->kind != DISK_WRITE || g_bytes_get_size (op->bytes) != HEADER
        || op->offset % SECTOR + HEADER <= SECTOR)
      continue;
    torn = op;
    torn_next = g_ptr_array_index (log, i + 1);
    dir = image_of (base, log, next_sync (log, i), &mark);
    profile = helper_open (dir, NULL);
    check_day (profile, (unsigned) mark);
    hark_profile_close (profile);
    helper_remove (dir);
    n++;
  }

  g_assert_cmpuint (n, >, 10);
  torn = torn_next = NULL;
  disk_reset ();
  helper_remove (base);
}

/* ---- an older profile ------------------------------------------------------------ */

/* While a profile of version 1 gets to today's, the power goes at each operation, in three ways. */
static void
test_migration (void)
{
  char *base = helper_fixture ("v1");
  char *dir = helper_copy (base);
  g_autoptr (GPtrArray) log = NULL;

  disk_reset ();
  disk_record ();
  hark_profile_close (helper_open (dir, DISK_NAME));
  helper_remove (dir);
  log = g_ptr_array_ref (disk_get_log ());

  for (size_t n = 0; n <= log->len; n++)
    for (unsigned way = 0; way < 3; way++) {
      HarkProfile *profile;
      int64_t mark;

      dir = image_of (base, log, n, &mark);
      profile = helper_open (dir, NULL);
      g_assert_cmpuint (helper_count (profile, 1, HELPER_FIXTURE_MESSAGES), ==,
                        HELPER_FIXTURE_MESSAGES);
      assert_intact (profile);
      must (profile, helper_put_message (1, HELPER_FIXTURE_MESSAGES + 1, "new"));
      hark_profile_close (profile);
      helper_remove (dir);
    }

  disk_reset ();
  helper_remove (base);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store/power-cut-loses-nothing-acknowledged", test_power_cut);
  g_test_add_func ("/store/power-cut-in-a-header-is-no-damage", test_torn_header);
  g_test_add_func ("/store/power-cut-while-migrating-leaves-a-whole-profile", test_migration);
  return g_test_run ();
}
