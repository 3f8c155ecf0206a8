/* How a transfer lets go: of its streams, of what it has on the disk, of its memory. */
#include "core/files/swarm.h"
#include "core/files/transfer-private.h"

static void
output_clear (HarkFileOutput *output)
{
  g_clear_pointer (&output->bytes, g_bytes_unref);
  g_clear_pointer (&output->disk, hark_disk_request_free);
}

void
hark_file_transfer_free (HarkFileTransfer *transfer)
{
  HarkFileOutput output;

  if (transfer == NULL)
    return;
  while (hark_file_transfer_poll (transfer, &output))
    output_clear (&output);
  g_queue_clear_full (&transfer->ready, (GDestroyNotify) hark_disk_reply_free);
  hark_file_reader_clear (&transfer->reader);
  hark_file_repeats_free (transfer->repeats);
  hark_swarm_free (transfer->swarm);
  g_byte_array_unref (transfer->hashes);
  g_array_unref (transfer->patches);
  g_free (transfer->name);
  g_free (transfer->path);
  g_free (transfer->reason);
  g_clear_pointer (&transfer->preview, g_bytes_unref);
  g_clear_pointer (&transfer->manifest, g_bytes_unref);
  g_free (transfer->note);
  g_free (transfer->holders);
  g_free (transfer->directory);
  g_free (transfer->left);
  g_free (transfer);
}

void
hark_file_drop_stream (HarkFileTransfer *transfer)
{
  hark_swarm_stop (transfer);
  if (transfer->stream >= 0)
    hark_file_push (transfer,
                    (HarkFileOutput){.kind = HARK_FILE_OUTPUT_RESET, .stream = transfer->stream});
  transfer->stream = -1;
  if (transfer->outgoing || transfer->reading)
    transfer->generation++;
  if (transfer->outgoing && (transfer->file_open || transfer->opening)) {
    hark_file_ask_disk (transfer, HARK_DISK_CLOSE);
    transfer->file_open = transfer->opening = false;
  }
  transfer->in_flight = 0;
  g_queue_clear_full (&transfer->ready, (GDestroyNotify) hark_disk_reply_free);
  hark_file_reader_clear (&transfer->reader);
  transfer->reading = transfer->end_seen = transfer->end_sent = false;
  transfer->held = 0;
}

/* What an ended transfer leaves behind. */
void
hark_file_abandon (HarkFileTransfer *transfer)
{
  hark_file_drop_stream (transfer);
  transfer->retry_at = HARK_TIME_NEVER;
  if (!transfer->outgoing && transfer->path != NULL)
    hark_file_ask_disk (transfer, HARK_DISK_DISCARD);
  transfer->generation++;
  transfer->file_open = transfer->opening = transfer->looking = false;
}

void
hark_file_fail (HarkFileTransfer *transfer, const char *words, const char *tell)
{
  hark_file_abandon (transfer);
  if (tell != NULL)
    hark_file_say (transfer, HARK_FILE_SIGNAL_FAIL, tell);
  hark_file_enter (transfer, HARK_TRANSFER_FAILED, words);
}
