/* The sender's half of a transfer: opens the source anew for every pull, reads ahead a few blocks,
 * hands records to the stream as it has room. */
#include "core/files/transfer-private.h"

#include <string.h>

/* hashed by one request, so that others get their turn */
#define HASH_STEP ((uint64_t) 64 * HARK_TREE_BLOCK_LEN)

static bool
is_block_start (const HarkFileTransfer *transfer, uint64_t offset)
{
  return offset == transfer->size || (offset < transfer->size && offset % HARK_TREE_BLOCK_LEN == 0);
}

void
hark_file_transfer_pulled (HarkFileTransfer *transfer,
                           int64_t stream,
                           uint64_t offset,
                           HarkTime now)
{
  bool welcome = transfer->outgoing && transfer->state < HARK_TRANSFER_SETTLING
                 && !hark_file_is_paused (transfer) && is_block_start (transfer, offset);

  transfer->now = now;
  if (!welcome) {
    hark_file_push (transfer, (HarkFileOutput){.kind = HARK_FILE_OUTPUT_RESET, .stream = stream});
    if (transfer->paused_here)
      hark_file_say (transfer, HARK_FILE_SIGNAL_PAUSE, NULL);
    return;
  }
  hark_file_drop_stream (transfer);
  transfer->stream = stream;
  transfer->start = transfer->next_read = transfer->done = offset;
  transfer->opening = true;
  hark_file_ask_disk (transfer, HARK_DISK_SOURCE);
  hark_file_enter (transfer, HARK_TRANSFER_MOVING, NULL);
}

/* Keeps HARK_FILE_BLOCKS_AHEAD blocks on their way from the disk. */
static void
read_ahead (HarkFileTransfer *transfer)
{
  while (transfer->next_read < transfer->size
         && transfer->in_flight + transfer->ready.length < HARK_FILE_BLOCKS_AHEAD) {
    HarkDiskRequest *request = hark_file_ask_disk (transfer, HARK_DISK_READ);

    request->offset = transfer->next_read;
    request->len = MIN (transfer->size - transfer->next_read, (uint64_t) HARK_TREE_BLOCK_LEN);
    transfer->next_read += request->len;
    transfer->in_flight++;
  }
}

/* The end's root needs the hashes of what lies before this pull; after a restart they have to be
 * made again. */
static void
hash_or_read (HarkFileTransfer *transfer)
{
  uint64_t known = transfer->hashes->len / HARK_TREE_HASH_LEN;
  uint64_t wanted = hark_tree_block_count (transfer->start);

  if (known >= wanted) {
    g_byte_array_set_size (transfer->hashes, (guint) (wanted * HARK_TREE_HASH_LEN));
    transfer->file_open = true;
    transfer->opening = false;
    read_ahead (transfer);
  } else {
    HarkDiskRequest *request = hark_file_ask_disk (transfer, HARK_DISK_HASH);

    request->offset = known * HARK_TREE_BLOCK_LEN;
    request->len = MIN (transfer->start - request->offset, HASH_STEP);
  }
}

void
hark_sender_disk (HarkFileTransfer *transfer, HarkDiskReply *reply)
{
  g_autoptr (HarkDiskReply) owned = reply;

  if (reply->result != HARK_DISK_OK) {
    g_autofree char *words = g_strdup (reply->words);

    hark_file_fail (transfer, words,
                    reply->result == HARK_DISK_CHANGED ? "the file changed after it was offered."
                                                       : "the file cannot be read any more.");
    return;
  }
  switch (reply->kind) {
  case HARK_DISK_SOURCE:
    hash_or_read (transfer);
    break;
  case HARK_DISK_HASH:
    g_byte_array_append (transfer->hashes, reply->hashes->data, reply->hashes->len);
    hash_or_read (transfer);
    break;
  case HARK_DISK_READ:
    transfer->in_flight--;
    g_byte_array_append (transfer->hashes, reply->hash, HARK_TREE_HASH_LEN);
    g_queue_push_tail (&transfer->ready, g_steal_pointer (&owned));
    break;
  default:
    break;
  }
}

static bool
is_end_due (const HarkFileTransfer *transfer)
{
  return transfer->next_read == transfer->size && transfer->in_flight == 0
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
  uint8_t record[HARK_FILE_RECORD_HEAD_LEN];

  hark_tree_root (transfer->hashes->data, hark_tree_block_count (transfer->size), transfer->root);
  hark_file_record_head (0, transfer->root, record);
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
