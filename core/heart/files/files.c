/* The doors of transfers: clicks, sessions, streams, disk and time, for whom they concern. */
#define G_LOG_DOMAIN "hark-core"

#include "core/heart/files/files.h"
#include "core/files/swarm.h"
#include "core/heart/files/shares.h"

#include <string.h>

/* ---- clicks ---- */

static const char *
click (HarkCore *core, HarkFileTransfer *transfer, const HarkCommand *command)
{
  switch (command->kind) {
  case HARK_COMMAND_TAKE:
    return hark_file_transfer_take (
      transfer, command->directory != NULL ? command->directory : core->config.downloads,
      core->now);
  case HARK_COMMAND_REFUSE:
    return hark_file_transfer_refuse (transfer, core->now);
  case HARK_COMMAND_PAUSE:
    return hark_file_transfer_pause (transfer, core->now);
  case HARK_COMMAND_RESUME:
    if (command->path != NULL && !transfer->outgoing)
      return hark_file_transfer_move (transfer, command->path, core->now);
    if (transfer->on_hold && core->files.metered == HARK_METERED_HOLD)
      return HARK_FILE_HELD;
    transfer->costly_ok = true;
    if (command->path != NULL)
      return hark_file_transfer_find (transfer, command->path, core->now);
    return hark_file_transfer_resume (transfer, core->now);
  default:
    return hark_file_transfer_cancel (transfer, core->now);
  }
}

void
hark_core_command_transfer (HarkCore *core, HarkCommand *command)
{
  HarkFileTransfer *transfer = hark_core_file_find (core, command->transfer);
  const char *refusal = NULL;

  if (transfer == NULL) {
    hark_core_refuse (core, command, "no-transfer", "There is no such transfer under way.");
  } else {
    refusal = click (core, transfer, command);
    if (refusal != NULL)
      hark_core_refuse (core, command, "not-now", refusal);
    else
      hark_core_succeed (core, command);
    hark_core_file_drain (core, transfer);
    hark_core_files_sources (core);
  }
  hark_command_free (command);
}

/* ---- sessions ---- */

static void
visit_session (HarkCore *core, HarkFileTransfer *transfer, bool up)
{
  transfer->told = transfer->answered = transfer->queued = false;
  hark_core_pace_drop (core, transfer->id); /* its stream is gone */
  hark_file_transfer_session (transfer, up, core->now);
  if (!hark_file_transfer_is_over (transfer)) /* what it waits for is another thing now */
    hark_core_file_changed (core, transfer, HARK_EVENT_FILE_STATE);
}

void
hark_core_files_session (HarkCore *core, const HarkKey *contact, bool up)
{
  HarkCoreContact *other = hark_core_find (core, contact);

  if (other != NULL)
    other->offers_wait = false;
  hark_core_files_holders_session (core, contact, up);
  hark_core_file_each (core, contact, visit_session, up);
  hark_core_files_sources (core);
}

void
hark_core_files_cancel (HarkCore *core, uint64_t id)
{
  HarkFileTransfer *transfer = hark_core_file_find (core, id);

  if (transfer == NULL)
    return;
  hark_file_transfer_cancel (transfer, core->now);
  hark_core_file_drain (core, transfer);
}

static void
visit_forget (HarkCore *core, HarkFileTransfer *transfer, bool flag)
{
  (void) flag;
  hark_file_transfer_cancel (transfer, core->now);
}

static gboolean
is_with (void *id, void *transfer, void *contact)
{
  (void) id;
  return hark_key_equal (&((HarkFileTransfer *) transfer)->contact, contact);
}

static gboolean
is_going_on (void *id, void *value, void *contact)
{
  const HarkFileTransfer *transfer = value;

  (void) id;
  return hark_key_equal (&transfer->contact, contact)
         && (transfer->state == HARK_TRANSFER_WAITING || transfer->state == HARK_TRANSFER_MOVING
             || transfer->state == HARK_TRANSFER_SETTLING);
}

bool
hark_core_files_go_on (HarkCore *core, const HarkKey *contact)
{
  HarkKey account = *contact;

  return g_hash_table_find (core->transfers, is_going_on, &account) != NULL;
}

void
hark_core_files_forget (HarkCore *core, const HarkKey *contact)
{
  HarkKey account = *contact;

  hark_core_file_each (core, contact, visit_forget, false);
  g_hash_table_foreach_remove (core->transfers, is_with, &account);
}

/* ---- streams ---- */

void
hark_core_files_pulled (HarkCore *core, HarkCoreContact *contact, HarkCoreStream *stream)
{
  uint8_t offer[HARK_FILE_OFFER_LEN];
  HarkFileTransfer *transfer = NULL;
  HarkFileRange range;
  unsigned offered;
  bool known;

  known = hark_file_pull_read (stream->head + 1, sizeof stream->head - 1, offer, &range);
  if (known)
    transfer = hark_core_file_offered (core, &contact->row.account, offer, &offered);
  if (known && (transfer == NULL || transfer->serves != 0))
    transfer = hark_core_file_serve (core, contact, offer, &range);
  if (transfer == NULL) {
    hark_net_stream_reset (core->net, &contact->row.account, stream->id, 1);
    g_hash_table_remove (contact->streams, &stream->id);
    return;
  }
  stream->transfer = transfer->id;
  hark_net_stream_set_class (core->net, &contact->row.account, stream->id, HARK_STREAM_BULK);
  hark_file_transfer_pulled (transfer, stream->id, &range, core->now);
  hark_core_file_drain (core, transfer);
}

void
hark_core_files_data (HarkCore *core,
                      HarkCoreContact *contact,
                      HarkCoreStream *stream,
                      const HarkNetEvent *event)
{
  HarkFileTransfer *transfer = hark_core_file_find (core, stream->transfer);

  if (transfer != NULL
      && hark_file_transfer_source_has_stream (transfer, stream->source, stream->id)) {
    hark_file_transfer_source_data (transfer, stream->source, event->piece, event->data, event->len,
                                    core->now);
    hark_core_file_drain (core, transfer);
    return;
  }
  if (transfer == NULL || stream->source > 0 || transfer->stream != stream->id) {
    hark_net_stream_consume (core->net, &contact->row.account, stream->id, event->len);
    return;
  }
  hark_file_transfer_data (transfer, event->piece, event->data, event->len, core->now);
  hark_core_file_drain (core, transfer);
}

void
hark_core_files_writable (HarkCore *core, HarkCoreStream *stream)
{
  HarkFileTransfer *transfer = hark_core_file_find (core, stream->transfer);

  hark_core_pace_run (core);
  if (transfer != NULL && transfer->stream == stream->id)
    hark_core_file_drain (core, transfer);
}

void
hark_core_files_closed (HarkCore *core, HarkCoreStream *stream)
{
  HarkFileTransfer *transfer = hark_core_file_find (core, stream->transfer);

  if (transfer == NULL)
    return;
  if (hark_file_transfer_source_has_stream (transfer, stream->source, stream->id))
    hark_file_transfer_source_closed (transfer, stream->source, core->now);
  else if (stream->source == 0 && transfer->stream == stream->id)
    hark_file_transfer_stream_closed (transfer, core->now);
  else
    return;
  hark_core_file_drain (core, transfer);
}

void
hark_core_files_disk (HarkCore *core, HarkDiskReply *reply)
{
  HarkFileTransfer *transfer;
  HarkTransferState before;
  const uint64_t id = reply->transfer;

  transfer = hark_core_file_find (core, id);
  if (reply->kind == HARK_DISK_READ)
    hark_core_ahead_came (core, reply);
  if (reply->kind == HARK_DISK_STAT && transfer == NULL) {
    hark_core_file_looked_at (core, reply);
    return;
  }
  if (transfer == NULL) {
    hark_disk_reply_free (reply);
    return;
  }
  before = transfer->state;
  hark_file_transfer_disk (transfer, reply, core->now);
  hark_core_file_after_disk (core, transfer);
  hark_core_file_drain (core, transfer);
  transfer = hark_core_file_find (core, id);
  if (transfer == NULL || transfer->state != before /* another may have waited for it */
      || (transfer->looking && !transfer->looked_up)) {
    hark_core_files_take_waiting (core);
    hark_core_files_sources (core);
  }
}

/* ---- time ---- */

void
hark_core_files_time (HarkCore *core)
{
  GHashTableIter iter;
  uint64_t sent;
  void *value;

  if (core->now >= core->pace_at)
    hark_core_pace_run (core);
  while (hark_core_pace_poll_empty (core, &sent)) {
    HarkFileTransfer *transfer = hark_core_file_find (core, sent);

    if (transfer != NULL)
      hark_core_file_drain (core, transfer);
  }
  g_hash_table_iter_init (&iter, core->transfers);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    HarkFileTransfer *transfer = value;

    if (hark_time_min (hark_file_transfer_get_deadline (transfer), transfer->tell_at) > core->now)
      continue;
    hark_file_transfer_handle_time (transfer, core->now);
    hark_core_file_drain (core, transfer); /* cannot end it: time alone ends no transfer */
  }
}

HarkTime
hark_core_files_deadline (const HarkCore *core)
{
  HarkTime deadline = core->pace_at;
  GHashTableIter iter;
  void *value;

  g_hash_table_iter_init (&iter, core->transfers);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    deadline = hark_time_min (hark_time_min (deadline, ((HarkFileTransfer *) value)->tell_at),
                              hark_file_transfer_get_deadline (value));
  return deadline;
}
