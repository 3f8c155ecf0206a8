#define G_LOG_DOMAIN "hark-files"

#include "core/contacts/contact.h"
#include "core/files/swarm.h"
#include "core/files/transfer-private.h"

#include <string.h>

#define GROWS_MIN ((uint64_t) 64 * 1024 * 1024) /* bytes more that nobody is asked about again */

static bool
is_settled (const HarkFileTransfer *transfer)
{
  return transfer->state >= HARK_TRANSFER_SETTLING;
}

void
hark_file_transfer_handle_time (HarkFileTransfer *transfer, HarkTime now)
{
  transfer->now = now;
  if (now >= transfer->report_at)
    hark_file_report (transfer);
  if (now >= transfer->retry_at) {
    transfer->retry_at = HARK_TIME_NEVER;
    if (!transfer->outgoing)
      hark_receiver_proceed (transfer);
  }
  hark_swarm_handle_time (transfer);
}

HarkTime
hark_file_transfer_get_deadline (const HarkFileTransfer *transfer)
{
  return hark_time_min (hark_time_min (transfer->report_at, transfer->retry_at),
                        hark_swarm_get_deadline (transfer));
}

static const char *
paused_there_words (const HarkFileTransfer *transfer)
{
  return transfer->lost ? HARK_FILE_LOST_THERE : HARK_FILE_PAUSED_THERE;
}

/* ---- clicks ---- */

const char *
hark_file_transfer_take (HarkFileTransfer *transfer, const char *directory, HarkTime now)
{
  if (transfer->outgoing || transfer->state != HARK_TRANSFER_OFFERED)
    return "This file is not waiting to be taken.";
  transfer->now = now;
  g_free (transfer->directory);
  transfer->directory = g_strdup (directory);
  transfer->agreed = transfer->size;
  if (transfer->paused_there)
    hark_file_enter (transfer, HARK_TRANSFER_PAUSED, paused_there_words (transfer));
  else
    hark_file_enter (transfer, HARK_TRANSFER_WAITING, NULL);
  hark_file_say (transfer, HARK_FILE_SIGNAL_ACCEPT, NULL);
  hark_receiver_proceed (transfer);
  return NULL;
}

const char *
hark_file_transfer_refuse (HarkFileTransfer *transfer, HarkTime now)
{
  if (transfer->outgoing || transfer->state != HARK_TRANSFER_OFFERED)
    return "This file is not waiting for an answer.";
  transfer->now = now;
  hark_file_abandon (transfer); /* it may have been taken before it grew */
  hark_file_say (transfer, HARK_FILE_SIGNAL_REFUSE, NULL);
  hark_file_enter (transfer, HARK_TRANSFER_REFUSED, NULL);
  return NULL;
}

static const char *
pause_here (HarkFileTransfer *transfer, const char *words, HarkTime now)
{
  if (is_settled (transfer) || transfer->state == HARK_TRANSFER_OFFERED)
    return "This transfer is not under way.";
  transfer->now = now;
  transfer->paused_here = true;
  transfer->disk_full = false;
  transfer->on_hold = words != NULL;
  transfer->retry_at = HARK_TIME_NEVER;
  hark_file_drop_stream (transfer);
  hark_file_say (transfer, HARK_FILE_SIGNAL_PAUSE, NULL);
  hark_file_enter (transfer, HARK_TRANSFER_PAUSED, words);
  return NULL;
}

const char *
hark_file_transfer_pause (HarkFileTransfer *transfer, HarkTime now)
{
  return pause_here (transfer, NULL, now);
}

void
hark_file_transfer_hold (HarkFileTransfer *transfer, const char *words, HarkTime now)
{
  if (!transfer->paused_here || transfer->on_hold)
    pause_here (transfer, words, now);
}

void
hark_file_transfer_unhold (HarkFileTransfer *transfer, HarkTime now)
{
  if (transfer->on_hold)
    hark_file_transfer_resume (transfer, now);
}

const char *
hark_file_transfer_resume (HarkFileTransfer *transfer, HarkTime now)
{
  if (transfer->state != HARK_TRANSFER_PAUSED)
    return "This transfer is not paused.";
  if (!transfer->paused_here)
    return "The other side paused this transfer and has to go on with it.";
  transfer->now = now;
  transfer->paused_here = transfer->disk_full = transfer->on_hold = false;
  transfer->lost &= !transfer->outgoing;
  transfer->retry_at = HARK_TIME_NEVER;
  hark_file_say (transfer, HARK_FILE_SIGNAL_RESUME, NULL);
  if (transfer->paused_there) {
    hark_file_enter (transfer, HARK_TRANSFER_PAUSED, paused_there_words (transfer));
    return NULL;
  }
  hark_file_enter (transfer, HARK_TRANSFER_WAITING, NULL);
  if (!transfer->outgoing)
    hark_receiver_proceed (transfer);
  else if (transfer->holders != NULL) /* its group has not heard of it */
    hark_file_transfer_read_through (transfer, now);
  return NULL;
}

const char *
hark_file_transfer_find (HarkFileTransfer *transfer, const char *path, HarkTime now)
{
  if (!transfer->outgoing || transfer->state != HARK_TRANSFER_PAUSED || !transfer->lost)
    return "Nothing of this transfer has to be found.";
  g_free (transfer->path);
  transfer->path = g_strdup (path);
  return hark_file_transfer_resume (transfer, now);
}

const char *
hark_file_transfer_move (HarkFileTransfer *transfer, const char *directory, HarkTime now)
{
  g_autofree char *wanted = g_canonicalize_filename (directory, "/");
  g_autofree char *present
    = transfer->path != NULL ? g_path_get_dirname (transfer->path) : g_strdup (transfer->directory);

  if (transfer->outgoing || transfer->state == HARK_TRANSFER_OFFERED || is_settled (transfer))
    return "Only what is on its way here can be saved in another folder.";
  if (transfer->opening)
    return "What has arrived is being looked through. Try again in a moment.";
  if (g_strcmp0 (present, wanted) == 0)
    return "That is the folder that it goes to.";
  transfer->now = now;
  g_free (transfer->directory);
  transfer->directory = g_steal_pointer (&wanted);
  if (transfer->paused_here && !transfer->on_hold)
    hark_file_say (transfer, HARK_FILE_SIGNAL_RESUME, NULL);
  transfer->paused_here = transfer->on_hold;
  transfer->disk_full = false;
  hark_receiver_move (transfer);
  if (transfer->paused_there && !transfer->on_hold)
    hark_file_enter (transfer, HARK_TRANSFER_PAUSED, paused_there_words (transfer));
  else if (!transfer->on_hold)
    hark_file_enter (transfer, HARK_TRANSFER_WAITING, NULL);
  return NULL;
}

const char *
hark_file_transfer_cancel (HarkFileTransfer *transfer, HarkTime now)
{
  if (is_settled (transfer))
    return "This transfer is over.";
  transfer->now = now;
  hark_file_abandon (transfer);
  hark_file_say (transfer, HARK_FILE_SIGNAL_CANCEL, NULL);
  hark_file_enter (transfer, HARK_TRANSFER_FAILED, "You cancelled it.");
  return NULL;
}

/* ---- the other side ---- */

/* What the other side has to hear about this transfer on a new session, or when it asks by offering
 * again. */
static void
say_where_we_are (HarkFileTransfer *transfer)
{
  switch (transfer->state) {
  case HARK_TRANSFER_WAITING:
  case HARK_TRANSFER_MOVING:
    hark_file_say (transfer, HARK_FILE_SIGNAL_ACCEPT, NULL);
    break;
  case HARK_TRANSFER_PAUSED:
    hark_file_say (transfer,
                   transfer->paused_here ? HARK_FILE_SIGNAL_PAUSE : HARK_FILE_SIGNAL_ACCEPT, NULL);
    break;
  case HARK_TRANSFER_SETTLING:
  case HARK_TRANSFER_DONE:
    if (!transfer->outgoing)
      hark_file_say (transfer, HARK_FILE_SIGNAL_DONE, NULL);
    break;
  case HARK_TRANSFER_REFUSED:
    if (!transfer->outgoing)
      hark_file_say (transfer, HARK_FILE_SIGNAL_REFUSE, NULL);
    break;
  case HARK_TRANSFER_FAILED:
    hark_file_say (transfer, HARK_FILE_SIGNAL_CANCEL, NULL);
    break;
  case HARK_TRANSFER_OFFERED:
    break;
  }
}

void
hark_file_transfer_session (HarkFileTransfer *transfer, bool up, HarkTime now)
{
  transfer->now = now;
  transfer->stream = -1; /* went with the session it belonged to */
  hark_swarm_session (transfer, up);
  hark_file_drop_stream (transfer);
  transfer->online = up;
  transfer->paused_there = false;
  if (!transfer->outgoing && transfer->holders == NULL)
    transfer->lost = false;
  transfer->retry_at
    = transfer->disk_full ? hark_time_add (now, HARK_FILE_ROOM_TIME) : HARK_TIME_NEVER;
  if (hark_file_transfer_is_over (transfer)) {
    if (up) /* it ended while they could not hear it */
      say_where_we_are (transfer);
    return;
  }
  if (transfer->state == HARK_TRANSFER_MOVING
      || (transfer->state == HARK_TRANSFER_PAUSED && !transfer->paused_here))
    hark_file_enter (transfer, HARK_TRANSFER_WAITING, NULL);
  if (!up) {
    if (transfer->swarm != NULL) /* others may have it */
      hark_receiver_proceed (transfer);
    return;
  }
  if (transfer->outgoing) {
    hark_file_push_kind (transfer, HARK_FILE_OUTPUT_OFFER);
    if (transfer->paused_here)
      hark_file_say_pause (transfer);
    return;
  }
  say_where_we_are (transfer);
  hark_receiver_proceed (transfer);
}

void
hark_file_transfer_offered_again (HarkFileTransfer *transfer,
                                  uint64_t size,
                                  int64_t mtime_ms,
                                  const HarkFolderFacts *folder,
                                  HarkTime now)
{
  bool changed = size != transfer->size || mtime_ms != transfer->mtime_ms
                 || memcmp (folder, &transfer->folder, sizeof *folder) != 0;

  transfer->now = now;
  if (transfer->outgoing)
    return;
  if (changed && !is_settled (transfer)
      && (folder->manifest_len > 0) == (transfer->folder.manifest_len > 0)) {
    transfer->size = size;
    transfer->mtime_ms = mtime_ms;
    transfer->folder = *folder;
    hark_receiver_source_changed (transfer);
  }
  say_where_we_are (transfer);
}

static bool
is_taken (const HarkFileTransfer *transfer)
{
  return !transfer->outgoing && transfer->state != HARK_TRANSFER_OFFERED && !is_settled (transfer);
}

bool
hark_file_transfer_outgrows (const HarkFileTransfer *transfer, uint64_t size)
{
  return is_taken (transfer) && size > transfer->agreed
         && size - transfer->agreed > MAX (transfer->agreed, GROWS_MIN);
}

void
hark_file_transfer_ask_again (HarkFileTransfer *transfer, HarkTime now)
{
  g_return_if_fail (is_taken (transfer));
  transfer->now = now;
  transfer->paused_here = transfer->on_hold = transfer->disk_full = false;
  transfer->retry_at = HARK_TIME_NEVER;
  hark_file_drop_stream (transfer);
  hark_file_enter (transfer, HARK_TRANSFER_OFFERED, NULL);
}

static void
handle_pause (HarkFileTransfer *transfer, bool paused)
{
  transfer->paused_there = paused;
  if (transfer->state == HARK_TRANSFER_OFFERED)
    return;
  if (paused) {
    hark_file_drop_stream (transfer);
    hark_file_enter (transfer, HARK_TRANSFER_PAUSED,
                     transfer->paused_here ? NULL : paused_there_words (transfer));
  } else if (!transfer->paused_here && transfer->state == HARK_TRANSFER_PAUSED) {
    hark_file_enter (transfer, HARK_TRANSFER_WAITING, NULL);
    if (!transfer->outgoing)
      hark_receiver_proceed (transfer);
  }
}

static void
handle_done (HarkFileTransfer *transfer)
{
  transfer->done = transfer->size;
  hark_file_drop_stream (transfer);
  hark_file_enter (transfer, HARK_TRANSFER_DONE, NULL);
  hark_file_say (transfer, HARK_FILE_SIGNAL_SETTLED, NULL);
}

/* Signals that only the receiver of a file may give. */
static void
handle_receivers_signal (HarkFileTransfer *transfer, unsigned signal)
{
  if (signal == HARK_FILE_SIGNAL_DONE) {
    handle_done (transfer);
  } else if (signal == HARK_FILE_SIGNAL_REFUSE) {
    hark_file_drop_stream (transfer);
    hark_file_enter (transfer, HARK_TRANSFER_REFUSED, NULL);
  }
}

void
hark_file_transfer_signal (HarkFileTransfer *transfer,
                           unsigned signal,
                           const char *reason,
                           HarkTime now)
{
  transfer->now = now;
  if (signal == HARK_FILE_SIGNAL_SETTLED) {
    if (transfer->state == HARK_TRANSFER_SETTLING)
      hark_file_enter (transfer, HARK_TRANSFER_DONE, NULL);
    return;
  }
  if (transfer->outgoing && transfer->state == HARK_TRANSFER_DONE
      && signal == HARK_FILE_SIGNAL_DONE)
    hark_file_say (transfer, HARK_FILE_SIGNAL_SETTLED, NULL);
  if (is_settled (transfer))
    return;

  if (signal == HARK_FILE_SIGNAL_CANCEL) {
    hark_file_fail (transfer, "The other side cancelled it.", NULL);
  } else if (signal == HARK_FILE_SIGNAL_FAIL) {
    char theirs[141];
    g_autofree char *words = NULL;

    hark_contact_clean_status (reason, theirs);
    words = g_strdup_printf ("The other side could not go on: %s",
                             *theirs != '\0' ? theirs : "it gave no reason.");
    hark_file_fail (transfer, words, NULL);
  } else if (signal == HARK_FILE_SIGNAL_PAUSE || signal == HARK_FILE_SIGNAL_RESUME) {
    if (!transfer->outgoing)
      transfer->lost
        = signal == HARK_FILE_SIGNAL_PAUSE && g_strcmp0 (reason, HARK_FILE_LOST_SAID) == 0;
    handle_pause (transfer, signal == HARK_FILE_SIGNAL_PAUSE);
  } else if (transfer->outgoing) {
    handle_receivers_signal (transfer, signal);
  }
}

void
hark_file_transfer_disk (HarkFileTransfer *transfer, HarkDiskReply *reply, HarkTime now)
{
  g_autoptr (HarkDiskReply) owned = reply;

  transfer->now = now;
  if (reply->ticket != transfer->generation)
    return;
  if (reply->kind == HARK_DISK_ROOM && reply->result == HARK_DISK_OK) {
    if (transfer->disk_full && transfer->state == HARK_TRANSFER_PAUSED)
      hark_file_transfer_resume (transfer, now);
    return;
  }
  if (transfer->outgoing)
    hark_sender_disk (transfer, g_steal_pointer (&owned));
  else
    hark_receiver_disk (transfer, g_steal_pointer (&owned));
}
