/* The sender's half of a transfer: opens the source anew for every pull, reads ahead a few blocks,
 * hands records to the stream as it has room. */
#include "core/files/transfer-private.h"

#include <string.h>

/* hashed by one request, so that others get their turn */
#define HASH_STEP ((uint64_t) 64 * HARK_TREE_BLOCK_LEN)

#define CHANGES_MAX 20 /* of the source, before we give up */

void
hark_file_transfer_pulled (HarkFileTransfer *transfer,
                           int64_t stream,
                           const HarkFileRange *range,
                           HarkTime now)
{
  bool welcome = transfer->outgoing && transfer->state < HARK_TRANSFER_SETTLING
                 && !hark_file_is_paused (transfer)
                 && hark_file_range_is_sane (range, transfer->size);
  HarkDiskRequest *request;

  transfer->now = now;
  if (!welcome) {
    hark_file_push (transfer, (HarkFileOutput){.kind = HARK_FILE_OUTPUT_RESET, .stream = stream});
    if (transfer->paused_here)
      hark_file_say_pause (transfer);
    return;
  }
  hark_file_drop_stream (transfer);
  transfer->stream = stream;
  transfer->range = *range;
  transfer->next_read = transfer->done = range->from;
  transfer->opening = true;
  request = hark_file_ask_disk (transfer, HARK_DISK_SOURCE);
  request->part = transfer->part;
  if (transfer->manifest != NULL)
    request->bytes = g_bytes_ref (transfer->manifest);
  memcpy (request->sample, transfer->sample, sizeof transfer->sample);
  hark_file_enter (transfer, HARK_TRANSFER_MOVING, transfer->reason);
}

/* Keeps HARK_FILE_BLOCKS_AHEAD blocks on their way from the disk. */
static void
read_ahead (HarkFileTransfer *transfer)
{
  while (transfer->next_read < transfer->range.to
         && transfer->in_flight + transfer->ready.length < HARK_FILE_BLOCKS_AHEAD) {
    HarkDiskRequest *request = hark_file_ask_disk (transfer, HARK_DISK_READ);

    request->offset = transfer->next_read;
    request->repeats = transfer->range.repeats;
    request->len = MIN (transfer->range.to - transfer->next_read, (uint64_t) HARK_TREE_BLOCK_LEN);
    transfer->next_read += request->len;
    transfer->in_flight++;
  }
}

/* They have something else before the range: a restart lost what was written, or somebody changed
 * their part or our source. */
static void
send_map (HarkFileTransfer *transfer)
{
  size_t len = (size_t) hark_tree_block_count (transfer->range.from) * HARK_TREE_HASH_LEN;
  uint8_t *record = g_malloc (HARK_FILE_RECORD_HEAD_LEN + len);
  uint8_t root[HARK_TREE_HASH_LEN];

  hark_file_root_up_to (transfer, transfer->range.from, root);
  hark_file_record_head (HARK_FILE_RECORD_IS_MAP, root, record);
  memcpy (record + HARK_FILE_RECORD_HEAD_LEN, transfer->hashes->data, len);
  transfer->end_sent = true;
  hark_file_push (
    transfer, (HarkFileOutput){.kind = HARK_FILE_OUTPUT_DATA,
                               .stream = transfer->stream,
                               .bytes = g_bytes_new_take (record, HARK_FILE_RECORD_HEAD_LEN + len),
                               .finish = true});
  hark_file_ask_disk (transfer, HARK_DISK_CLOSE);
}

/* ---- for a group ---- */

void
hark_file_transfer_read_through (HarkFileTransfer *transfer, HarkTime now)
{
  transfer->now = now;
  transfer->range = (HarkFileRange){.from = transfer->size, .to = transfer->size};
  transfer->hashing = transfer->opening = true;
  memcpy (hark_file_ask_disk (transfer, HARK_DISK_SOURCE)->sample, transfer->sample,
          sizeof transfer->sample);
}

static void
finish_hashing (HarkFileTransfer *transfer)
{
  transfer->hashing = false;
  hark_file_root_up_to (transfer, transfer->size, transfer->root);
  hark_file_ask_disk (transfer, HARK_DISK_CLOSE);
  transfer->hashed = true;
}

void
hark_file_transfer_given (HarkFileTransfer *transfer, HarkTime now)
{
  transfer->now = now;
  transfer->done = transfer->size;
  hark_file_enter (transfer, HARK_TRANSFER_DONE, NULL);
}

static bool
have_the_same (const HarkFileTransfer *transfer)
{
  uint8_t root[HARK_TREE_HASH_LEN];

  if (transfer->range.from == 0)
    return true;
  hark_file_root_up_to (transfer, transfer->range.from, root);
  return memcmp (root, transfer->range.before, sizeof root) == 0;
}

/* The end's root needs the hashes of what lies before this pull; after a restart they have to be
 * made again. */
static void
hash_or_read (HarkFileTransfer *transfer)
{
  uint64_t known = transfer->hashes->len / HARK_TREE_HASH_LEN;
  uint64_t wanted = hark_tree_block_count (transfer->range.from);

  if (known >= wanted) {
    transfer->opening = false;
    if (transfer->hashing) {
      finish_hashing (transfer);
    } else if (have_the_same (transfer)) {
      transfer->file_open = true;
      read_ahead (transfer);
    } else {
      send_map (transfer);
    }
  } else {
    HarkDiskRequest *request = hark_file_ask_disk (transfer, HARK_DISK_HASH);

    request->offset = known * HARK_TREE_BLOCK_LEN;
    request->len = MIN (transfer->range.from - request->offset, HASH_STEP);
  }
}

/* What was given is a name, so what it names now is sent: they are told of the new size and fetch
 * what differs. Something that changes again and again is left alone. */
static void
offer_anew (HarkFileTransfer *transfer, const char *words)
{
  hark_file_drop_stream (transfer);
  if (++transfer->changes > CHANGES_MAX) {
    hark_file_fail (transfer, words, "the file changes all the time.");
    return;
  }
  transfer->opening = true;
  hark_file_ask_disk (transfer, HARK_DISK_STAT);
}

/* Nothing that has come is given up. */
static void
wait_for_user (HarkFileTransfer *transfer, bool lost, const char *words)
{
  hark_file_drop_stream (transfer);
  transfer->opening = false;
  transfer->paused_here = true;
  transfer->lost = lost;
  hark_file_say_pause (transfer);
  hark_file_enter (transfer, HARK_TRANSFER_PAUSED, words);
}

/* It may lie elsewhere, or on a disk that is not there now. */
static void
wait_until_found (HarkFileTransfer *transfer)
{
  wait_for_user (transfer, true, HARK_FILE_LOST);
}

/* A permission, a network, a disk: that may pass. */
static void
wait_until_readable (HarkFileTransfer *transfer, int error)
{
  g_autofree char *words
    = g_strdup_printf ("It cannot be read for now: %s. Resume it when it can.", g_strerror (error));

  wait_for_user (transfer, false, words);
}

static void
handle_changed (HarkFileTransfer *transfer, const HarkDiskReply *reply)
{
  if ((reply->folder.manifest_len > 0) != (transfer->folder.manifest_len > 0)
      && transfer->holders == NULL) { /* a file in the place of a folder is something else */
    wait_until_found (transfer);
    return;
  }
  transfer->opening = false;
  transfer->size = reply->size;
  transfer->mtime_ms = reply->mtime_ms;
  transfer->folder = reply->folder;
  memcpy (transfer->sample, reply->sample, sizeof transfer->sample);
  g_clear_pointer (&transfer->preview, g_bytes_unref); /* it showed what is no more */
  transfer->done = 0;
  g_byte_array_set_size (transfer->hashes, 0);
  g_clear_pointer (&transfer->repeats, hark_file_repeats_free);
  hark_file_enter (transfer, HARK_TRANSFER_WAITING,
                   "It was changed after it was given; what it is now is sent.");
  hark_file_push_kind (transfer, HARK_FILE_OUTPUT_STORE);
  if (transfer->online)
    hark_file_push_kind (transfer, HARK_FILE_OUTPUT_OFFER);
}

/* They have that block already, at another place of the file. */
static void
repeat_if_same (HarkFileTransfer *transfer, HarkDiskReply *block)
{
  uint8_t record[HARK_FILE_REPEAT_LEN];
  uint64_t at;

  if (transfer->repeats == NULL)
    transfer->repeats = hark_file_repeats_new ();
  if (!transfer->range.repeats || block->len < HARK_TREE_BLOCK_LEN
      || !hark_file_repeats_find (transfer->repeats, transfer->hashes->data,
                                  transfer->hashes->len / HARK_TREE_HASH_LEN,
                                  block->offset / HARK_TREE_BLOCK_LEN, &at))
    return;
  hark_file_record_repeat (at * HARK_TREE_BLOCK_LEN, block->hash, record);
  g_bytes_unref (block->bytes);
  block->bytes = g_bytes_new (record, sizeof record);
}

/* Whatever lies at that place now, what is sent is that file. */
static bool
is_as_listed (const HarkFileTransfer *transfer, const HarkDiskReply *block)
{
  return memcmp (transfer->hashes->data + block->offset / HARK_TREE_BLOCK_LEN * HARK_TREE_HASH_LEN,
                 block->hash, HARK_TREE_HASH_LEN)
         == 0;
}

void
hark_sender_disk (HarkFileTransfer *transfer, HarkDiskReply *reply)
{
  g_autoptr (HarkDiskReply) owned = reply;

  if (reply->result != HARK_DISK_OK) {
    g_autofree char *words = g_strdup (reply->words);

    if (transfer->serves == 0 && transfer->holders == NULL
        && (reply->kind == HARK_DISK_SOURCE || reply->kind == HARK_DISK_STAT)
        && (reply->result == HARK_DISK_MISSING || reply->result == HARK_DISK_KIND)) {
      wait_until_found (transfer);
      return;
    }
    if (transfer->serves == 0 && transfer->holders == NULL && reply->result == HARK_DISK_ERROR
        && reply->error != 0) {
      wait_until_readable (transfer, reply->error);
      return;
    }
    transfer->lost = transfer->serves != 0 && !transfer->part;
    if (reply->result == HARK_DISK_CHANGED && reply->kind != HARK_DISK_STAT
        && transfer->serves == 0)
      offer_anew (transfer, words);
    else
      hark_file_fail (transfer, words, "the file cannot be read any more.");
    return;
  }
  switch (reply->kind) {
  case HARK_DISK_STAT:
    handle_changed (transfer, reply);
    if (transfer->hashing)
      hark_file_transfer_read_through (transfer, transfer->now);
    break;
  case HARK_DISK_SOURCE:
    if (reply->path != NULL) { /* the same file, called otherwise */
      g_free (transfer->path);
      transfer->path = g_steal_pointer (&reply->path);
      hark_file_push_kind (transfer, HARK_FILE_OUTPUT_STORE);
      hark_file_push_kind (transfer, HARK_FILE_OUTPUT_CHANGED);
    }
    hash_or_read (transfer);
    break;
  case HARK_DISK_HASH:
    g_byte_array_append (transfer->hashes, reply->hashes->data, reply->hashes->len);
    hash_or_read (transfer);
    break;
  case HARK_DISK_READ:
    transfer->in_flight--;
    if (transfer->part && !is_as_listed (transfer, reply)) {
      hark_file_fail (transfer, "Somebody else changed the part that is here.", NULL);
      return;
    }
    hark_file_set_hash (transfer, reply->offset, reply->hash);
    repeat_if_same (transfer, reply);
    g_queue_push_tail (&transfer->ready, g_steal_pointer (&owned));
    break;
  default:
    break;
  }
}

static bool
is_end_due (const HarkFileTransfer *transfer)
{
  return transfer->next_read == transfer->range.to && transfer->in_flight == 0
         && g_queue_is_empty ((GQueue *) &transfer->ready) && !transfer->end_sent;
}

bool
hark_file_transfer_wants_room (const HarkFileTransfer *transfer)
{
  return transfer->outgoing && transfer->stream >= 0 && transfer->file_open
         && (!g_queue_is_empty ((GQueue *) &transfer->ready) || is_end_due (transfer));
}

static void
send_end (HarkFileTransfer *transfer)
{
  uint8_t record[HARK_FILE_RECORD_HEAD_LEN], root[HARK_TREE_HASH_LEN];

  hark_file_root_up_to (transfer, transfer->range.to, root);
  if (transfer->range.to == transfer->size)
    memcpy (transfer->root, root, sizeof root);
  hark_file_record_head (0, root, record);
  transfer->end_sent = true;
  hark_file_push (transfer, (HarkFileOutput){.kind = HARK_FILE_OUTPUT_DATA,
                                             .stream = transfer->stream,
                                             .bytes = g_bytes_new (record, sizeof record),
                                             .finish = true});
  hark_file_ask_disk (transfer, HARK_DISK_CLOSE);
  transfer->file_open = false;
}

void
hark_file_transfer_send (HarkFileTransfer *transfer, HarkTime now)
{
  HarkDiskReply *block;

  g_return_if_fail (hark_file_transfer_wants_room (transfer));
  transfer->now = now;
  block = g_queue_pop_head (&transfer->ready);
  if (block == NULL) {
    send_end (transfer);
    return;
  }
  hark_file_push (transfer, (HarkFileOutput){.kind = HARK_FILE_OUTPUT_DATA,
                                             .stream = transfer->stream,
                                             .bytes = g_steal_pointer (&block->bytes)});
  transfer->done = block->offset + block->len;
  hark_disk_reply_free (block);
  read_ahead (transfer);
  hark_file_progress (transfer);
}
