/* What both halves of a transfer stand on: its memory, outputs, state and progress. */
#define G_LOG_DOMAIN "hark-files"

#include "core/files/transfer-private.h"

#include <string.h>

#define REPORT_TIME (250 * HARK_MS)
/* bytes verified between two times of keeping `done` */
#define STORE_STEP ((uint64_t) 16 * 1024 * 1024)

HarkFileTransfer *
hark_file_transfer_new (uint64_t id, const HarkKey *contact, bool outgoing)
{
  HarkFileTransfer *transfer = g_new0 (HarkFileTransfer, 1);

  transfer->id = id;
  transfer->contact = *contact;
  transfer->outgoing = outgoing;
  transfer->state = outgoing ? HARK_TRANSFER_WAITING : HARK_TRANSFER_OFFERED;
  transfer->stream = -1;
  transfer->generation = 1;
  transfer->hashes = g_byte_array_new ();
  transfer->patches = g_array_new (FALSE, FALSE, sizeof (HarkFileRange));
  transfer->retry_at = HARK_TIME_NEVER;
  transfer->report_at = transfer->tell_at = HARK_TIME_NEVER;
  g_queue_init (&transfer->ready);
  g_queue_init (&transfer->outputs);
  return transfer;
}

bool
hark_file_transfer_is_over (const HarkFileTransfer *transfer)
{
  return transfer->state >= HARK_TRANSFER_DONE;
}

uint64_t
hark_file_transfer_bytes (const HarkFileTransfer *transfer)
{
  uint64_t bytes = transfer->done;

  for (guint i = 0; i < transfer->patches->len; i++) {
    const HarkFileRange *patch = &g_array_index (transfer->patches, HarkFileRange, i);

    bytes -= patch->to - patch->from;
  }
  return bytes;
}

void
hark_file_add_patch (HarkFileTransfer *transfer, uint64_t from, uint64_t to)
{
  HarkFileRange patch = {.from = from, .to = to};

  if (transfer->patches->len > 0
      && g_array_index (transfer->patches, HarkFileRange, transfer->patches->len - 1).to == from)
    g_array_index (transfer->patches, HarkFileRange, transfer->patches->len - 1).to = to;
  else
    g_array_append_val (transfer->patches, patch);
}

void
hark_file_set_hash (HarkFileTransfer *transfer, uint64_t offset, const uint8_t *hash)
{
  size_t at = (size_t) (offset / HARK_TREE_BLOCK_LEN) * HARK_TREE_HASH_LEN;

  if (at < transfer->hashes->len)
    memcpy (transfer->hashes->data + at, hash, HARK_TREE_HASH_LEN);
  else
    g_byte_array_append (transfer->hashes, hash, HARK_TREE_HASH_LEN);
}

void
hark_file_root_up_to (const HarkFileTransfer *transfer,
                      uint64_t offset,
                      uint8_t ret[HARK_TREE_HASH_LEN])
{
  hark_tree_root (transfer->hashes->data, hark_tree_block_count (offset), ret);
}

void
hark_file_push (HarkFileTransfer *transfer, HarkFileOutput output)
{
  g_queue_push_tail (&transfer->outputs, g_memdup2 (&output, sizeof output));
}

void
hark_file_push_kind (HarkFileTransfer *transfer, HarkFileOutputKind kind)
{
  hark_file_push (transfer, (HarkFileOutput){.kind = kind});
}

void
hark_file_say (HarkFileTransfer *transfer, HarkFileSignal signal, const char *reason)
{
  if (transfer->online)
    hark_file_push (transfer, (HarkFileOutput){.kind = HARK_FILE_OUTPUT_SIGNAL,
                                               .signal = signal,
                                               .reason = reason != NULL ? reason : ""});
}

void
hark_file_say_pause (HarkFileTransfer *transfer)
{
  hark_file_say (transfer, HARK_FILE_SIGNAL_PAUSE,
                 transfer->outgoing && transfer->lost ? HARK_FILE_LOST_SAID : NULL);
}

HarkDiskRequest *
hark_file_ask_disk (HarkFileTransfer *transfer, HarkDiskRequestKind kind)
{
  HarkDiskRequest *request = hark_disk_request_new (kind, transfer->id, transfer->generation);

  request->path = g_strdup (transfer->path);
  request->name = g_strdup (transfer->name);
  request->size = transfer->size;
  request->folder = transfer->folder;
  request->mtime_ms = transfer->mtime_ms;
  hark_file_push (transfer, (HarkFileOutput){.kind = HARK_FILE_OUTPUT_DISK, .disk = request});
  return request;
}

bool
hark_file_transfer_poll (HarkFileTransfer *transfer, HarkFileOutput *ret)
{
  HarkFileOutput *output = g_queue_pop_head (&transfer->outputs);

  if (output == NULL)
    return false;
  *ret = *output;
  g_free (output);
  return true;
}

static void
start_reports (HarkFileTransfer *transfer)
{
  transfer->report_at = hark_time_add (transfer->now, REPORT_TIME);
  transfer->reported_at = transfer->now;
  transfer->reported = hark_file_transfer_bytes (transfer);
  transfer->rate = 0;
}

void
hark_file_enter (HarkFileTransfer *transfer, HarkTransferState state, const char *reason)
{
  char *kept;

  if (reason == NULL)
    reason = transfer->note;
  if (state == transfer->state && g_strcmp0 (reason, transfer->reason) == 0)
    return;
  g_debug ("transfer %" G_GUINT64_FORMAT ": %d -> %d", transfer->id, (int) transfer->state,
           (int) state);
  kept = g_strdup (reason); /* which may be the present one */
  transfer->state = state;
  g_free (transfer->reason);
  transfer->reason = kept;
  if (state == HARK_TRANSFER_MOVING)
    start_reports (transfer);
  else
    transfer->report_at = HARK_TIME_NEVER;
  transfer->stored = transfer->done;
  hark_file_push_kind (transfer, HARK_FILE_OUTPUT_STORE);
  hark_file_push_kind (transfer, HARK_FILE_OUTPUT_CHANGED);
}

void
hark_file_finish (HarkFileTransfer *transfer)
{
  /* from here on only the disk's answer counts, whatever becomes of the session */
  transfer->reading = transfer->file_open = false;
  transfer->opening = true;
  hark_file_ask_disk (transfer, HARK_DISK_FINISH)->serve = transfer->holders != NULL;
}

bool
hark_file_is_paused (const HarkFileTransfer *transfer)
{
  return transfer->paused_here || transfer->paused_there;
}

void
hark_file_report (HarkFileTransfer *transfer)
{
  HarkTime span = hark_time_since (transfer->now, transfer->reported_at);
  const uint64_t bytes = hark_file_transfer_bytes (transfer);
  double rate;

  if (span == 0)
    return;
  rate = (double) (bytes - MIN (bytes, transfer->reported)) * (double) HARK_SECOND / (double) span;
  transfer->rate = transfer->rate > 0 ? 0.7 * transfer->rate + 0.3 * rate : rate;
  transfer->reported = bytes;
  transfer->reported_at = transfer->now;
  transfer->report_at = hark_time_add (transfer->now, REPORT_TIME);
  hark_file_push_kind (transfer, HARK_FILE_OUTPUT_CHANGED);
}

void
hark_file_progress (HarkFileTransfer *transfer)
{
  if (!transfer->outgoing && transfer->done >= transfer->stored + STORE_STEP) {
    transfer->stored = transfer->done;
    hark_file_push_kind (transfer, HARK_FILE_OUTPUT_STORE);
  }
  if (transfer->now >= transfer->report_at)
    hark_file_report (transfer);
}
