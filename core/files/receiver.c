/* The receiver's half of a transfer: a part file, a pull from where it ends, blocks verified on
 * their way to the disk, the root at the end. */
#include "core/files/obstacle.h"
#include "core/files/swarm.h"
#include "core/files/transfer-private.h"

#include <string.h>

#define HASH_STEP ((uint64_t) 64 * HARK_TREE_BLOCK_LEN)
#define RETRY_TIME (2 * HARK_SECOND)
#define HARK_FILE_LOOK_MIN                                              \
  ((uint64_t) 256 * 1024) /* bytes: less is sent sooner than looked for \
                           */
#define MAPS_MAX 4        /* lists of the source without a block in between, before we give up */
#define MISMATCHES_MAX 3  /* blocks that arrived other than announced, before we give up */

static HarkFileRange *
first_patch (const HarkFileTransfer *transfer)
{
  return &g_array_index (transfer->patches, HarkFileRange, 0);
}

/* @len bytes, up to the end of a block. */
static uint64_t
first_blocks (const HarkFileTransfer *transfer, uint64_t len)
{
  return MIN (hark_tree_block_count (len) * HARK_TREE_BLOCK_LEN, transfer->size);
}

static void
pull (HarkFileTransfer *transfer)
{
  if (transfer->holders != NULL && transfer->size == 0) {
    hark_file_finish (transfer);
    return;
  }
  if (hark_swarm_run (transfer) || !transfer->online || transfer->retry_at != HARK_TIME_NEVER)
    return;
  transfer->range = (HarkFileRange){.from = transfer->done, .to = transfer->size};
  if ((transfer->swarm != NULL || transfer->older)
      && transfer->done < transfer->folder.manifest_len) /* then from all, or what is missing */
    transfer->range.to = first_blocks (transfer, transfer->folder.manifest_len);
  if (transfer->patches->len > 0)
    transfer->range = *first_patch (transfer);
  transfer->range.repeats = true;
  if (transfer->range.from > 0)
    hark_file_root_up_to (transfer, transfer->range.from, transfer->range.before);
  hark_file_push (transfer,
                  (HarkFileOutput){.kind = HARK_FILE_OUTPUT_PULL, .range = transfer->range});
}

static void
open_part (HarkFileTransfer *transfer)
{
  transfer->opening = true;
  if (transfer->path != NULL && !transfer->moves) {
    hark_file_ask_disk (transfer, HARK_DISK_REOPEN);
  } else {
    HarkDiskRequest *request = hark_file_ask_disk (transfer, HARK_DISK_CREATE);

    request->directory = g_strdup (transfer->directory);
  }
}

void
hark_receiver_move (HarkFileTransfer *transfer)
{
  hark_file_drop_stream (transfer);
  hark_swarm_forget (transfer);
  transfer->generation++;
  transfer->retry_at = HARK_TIME_NEVER;
  if (transfer->file_open)
    hark_file_ask_disk (transfer, HARK_DISK_CLOSE);
  transfer->file_open = false;
  transfer->moves = transfer->path != NULL;
  open_part (transfer);
}

static void
look_for_room (HarkFileTransfer *transfer)
{
  HarkDiskRequest *request = hark_file_ask_disk (transfer, HARK_DISK_ROOM);

  request->directory = g_strdup (transfer->directory);
  request->size = transfer->size - transfer->done;
}

void
hark_receiver_proceed (HarkFileTransfer *transfer)
{
  if (transfer->disk_full && transfer->state == HARK_TRANSFER_PAUSED)
    look_for_room (transfer);
  if (transfer->outgoing || transfer->state != HARK_TRANSFER_WAITING
      || hark_file_is_paused (transfer) || transfer->stream >= 0 || transfer->opening)
    return;
  if (!transfer->file_open)
    open_part (transfer);
  else
    pull (transfer);
}

/* Goes on with whoever is left, or tells the user that it waits. */
void
hark_receiver_carry_on (HarkFileTransfer *transfer)
{
  if (hark_file_is_paused (transfer)
      || (transfer->state != HARK_TRANSFER_WAITING && transfer->state != HARK_TRANSFER_MOVING)
      || hark_swarm_run (transfer) || transfer->stream >= 0 || transfer->opening)
    return;
  hark_swarm_stop (transfer);
  if (transfer->state == HARK_TRANSFER_MOVING)
    hark_file_enter (transfer, HARK_TRANSFER_WAITING, transfer->reason);
  hark_receiver_proceed (transfer);
}

void
hark_file_transfer_pulling (HarkFileTransfer *transfer, int64_t stream, HarkTime now)
{
  transfer->now = now;
  if (transfer->state != HARK_TRANSFER_WAITING) {
    if (stream >= 0)
      hark_file_push (transfer, (HarkFileOutput){.kind = HARK_FILE_OUTPUT_RESET, .stream = stream});
    return;
  }
  if (stream < 0) {
    transfer->retry_at = hark_time_add (now, RETRY_TIME);
    return;
  }
  transfer->stream = stream;
  transfer->generation++;
  transfer->in_flight = 0;
  transfer->held = 0;
  transfer->end_seen = false;
  hark_file_reader_init (&transfer->reader, transfer->size, transfer->range.from,
                         transfer->range.to);
  transfer->reader.repeats = transfer->range.repeats;
  transfer->reading = true;
  hark_file_enter (transfer, HARK_TRANSFER_MOVING, transfer->reason);
}

/* Waits for another try, in case what went wrong passes. */
static void
pull_again (HarkFileTransfer *transfer)
{
  hark_file_drop_stream (transfer);
  transfer->retry_at = hark_time_add (transfer->now, RETRY_TIME);
  if (transfer->state == HARK_TRANSFER_MOVING)
    hark_file_enter (transfer, HARK_TRANSFER_WAITING, NULL);
}

void
hark_file_transfer_stream_closed (HarkFileTransfer *transfer, HarkTime now)
{
  transfer->now = now;
  transfer->stream = -1;
  if (transfer->outgoing) {
    /* they pull again, or say what is the matter; with everything sent, DONE is on its way */
    if (!transfer->end_sent || transfer->range.to < transfer->size
        || transfer->range.from == transfer->size) {
      hark_file_drop_stream (transfer);
      if (transfer->state == HARK_TRANSFER_MOVING)
        hark_file_enter (transfer, HARK_TRANSFER_WAITING, NULL);
    }
  } else if (transfer->state == HARK_TRANSFER_MOVING && !transfer->end_seen) {
    pull_again (transfer);
  }
}

/* ---- bytes in ---- */

static void
write_block (HarkFileTransfer *transfer, HarkFileRecord *record)
{
  HarkDiskRequest *request
    = hark_file_ask_disk (transfer, record->bytes != NULL ? HARK_DISK_WRITE : HARK_DISK_COPY);

  request->offset = record->offset;
  request->len = record->len;
  request->at = record->at;
  request->bytes = g_steal_pointer (&record->bytes);
  memcpy (request->hash, record->hash, sizeof request->hash);
  transfer->in_flight++;
}

static void
give_credit (HarkFileTransfer *transfer)
{
  if (transfer->held == 0 || transfer->stream < 0 || transfer->in_flight >= HARK_FILE_BLOCKS_AHEAD)
    return;
  hark_file_push (transfer, (HarkFileOutput){.kind = HARK_FILE_OUTPUT_CONSUME,
                                             .stream = transfer->stream,
                                             .len = transfer->held});
  transfer->held = 0;
}

/* It is opened anew, and looked through, when it goes on. */
static void
close_part (HarkFileTransfer *transfer)
{
  hark_file_ask_disk (transfer, HARK_DISK_CLOSE);
  transfer->file_open = false;
}

void
hark_file_transfer_stand_back (HarkFileTransfer *transfer, HarkTime now)
{
  transfer->now = now;
  if (transfer->state != HARK_TRANSFER_WAITING && transfer->state != HARK_TRANSFER_MOVING)
    return;
  pull_again (transfer);
  if (transfer->done == 0) /* opened anew it looks for what the other has brought by then */
    close_part (transfer);
}

/* The range is on the disk: the next one, unless it was the last. */
static bool
pull_next (HarkFileTransfer *transfer)
{
  if (transfer->patches->len > 0 && first_patch (transfer)->from == first_patch (transfer)->to)
    g_array_remove_index (transfer->patches, 0);
  if (transfer->patches->len == 0 && transfer->range.to == transfer->size
      && transfer->done == transfer->size)
    return false;
  hark_file_drop_stream (transfer);
  if (transfer->older && transfer->done >= transfer->folder.manifest_len) /* how much is there? */
    close_part (transfer);
  hark_file_enter (transfer, HARK_TRANSFER_WAITING, transfer->reason);
  hark_receiver_proceed (transfer);
  return true;
}

/* Everything is on the disk and the sender said its root. */
static void
check_root (HarkFileTransfer *transfer)
{
  uint8_t root[HARK_TREE_HASH_LEN];

  if (!transfer->end_seen || transfer->in_flight > 0 || pull_next (transfer))
    return;
  hark_tree_root (transfer->hashes->data, hark_tree_block_count (transfer->size), root);
  if (memcmp (root, transfer->root, sizeof root) == 0) {
    hark_file_finish (transfer);
    return;
  }
  if (transfer->from_scratch) {
    hark_file_fail (transfer, "What arrived is not what was sent.",
                    "what arrived is not what was sent.");
    return;
  }
  transfer->from_scratch = true;
  transfer->done = 0;
  g_byte_array_set_size (transfer->hashes, 0);
  g_array_set_size (transfer->patches, 0);
  pull_again (transfer);
}

/* What the source has in place of what is on the disk: the blocks that differ are fetched. */
static void
handle_map (HarkFileTransfer *transfer, GBytes *map)
{
  const uint8_t *theirs = g_bytes_get_data (map, NULL);
  const uint64_t end = transfer->range.from;

  g_array_set_size (transfer->patches, 0);
  for (uint64_t at = 0; at < end; at += HARK_TREE_BLOCK_LEN) {
    size_t i = (size_t) (at / HARK_TREE_BLOCK_LEN) * HARK_TREE_HASH_LEN;

    if (memcmp (theirs + i, transfer->hashes->data + i, HARK_TREE_HASH_LEN) != 0)
      hark_file_add_patch (transfer, at, MIN (at + HARK_TREE_BLOCK_LEN, end));
  }
  if (++transfer->maps > MAPS_MAX) {
    hark_file_fail (transfer, "The other side contradicts itself about what is in the file.",
                    "what was sent does not fit together.");
    return;
  }
  hark_file_drop_stream (transfer);
  hark_file_enter (transfer, HARK_TRANSFER_WAITING, "Some of it changed; that is fetched again.");
  hark_receiver_proceed (transfer);
}

void
hark_file_transfer_data (
  HarkFileTransfer *transfer, GBytes *piece, const uint8_t *data, size_t len, HarkTime now)
{
  HarkFileRecordKind kind;
  HarkFileRecord record;

  transfer->now = now;
  if (!transfer->reading)
    return;
  transfer->held += len;
  while ((kind = hark_file_reader_take (&transfer->reader, piece, &data, &len, &record))
         != HARK_FILE_RECORD_NONE) {
    if (kind == HARK_FILE_RECORD_BAD) {
      hark_file_fail (transfer, "The other side sent something that is no part of the file.",
                      "the stream was malformed.");
      return;
    }
    if (kind == HARK_FILE_RECORD_BLOCK || kind == HARK_FILE_RECORD_REPEAT) {
      write_block (transfer, &record);
    } else if (kind == HARK_FILE_RECORD_MAP) {
      g_autoptr (GBytes) map = record.bytes;

      handle_map (transfer, map);
      return;
    } else {
      if (transfer->range.to == transfer->size)
        memcpy (transfer->root, record.hash, sizeof transfer->root);
      transfer->end_seen = true;
      check_root (transfer);
      if (!transfer->reading)
        return;
    }
  }
  give_credit (transfer);
}

/* ---- the disk ---- */

/* A full disk may have room again when the user made some, a folder may be there again: then it
 * goes on by itself. */
static void
pause_for_disk (HarkFileTransfer *transfer, const char *words)
{
  g_autofree char *reason = g_strdup (words);

  transfer->paused_here = transfer->disk_full = true;
  transfer->retry_at = hark_time_add (transfer->now, HARK_FILE_ROOM_TIME);
  transfer->opening = false;
  hark_file_drop_stream (transfer);
  hark_file_say (transfer, HARK_FILE_SIGNAL_PAUSE, NULL);
  hark_file_enter (transfer, HARK_TRANSFER_PAUSED, reason);
}

static void
pause_for_place (HarkFileTransfer *transfer, int error)
{
  g_autofree char *folder
    = transfer->path != NULL ? g_path_get_dirname (transfer->path) : g_strdup (transfer->directory);
  g_autofree char *words = hark_obstacle_words (error, folder);

  close_part (transfer);
  pause_for_disk (transfer, words);
}

/* The folder that the user chose will not do; the one before may again, one day. */
static void
stay (HarkFileTransfer *transfer, const HarkDiskReply *reply)
{
  const bool known = reply->result == HARK_DISK_FULL || reply->error != 0;
  g_autofree char *words
    = known ? hark_obstacle_stays (reply->error, transfer->directory) : g_strdup (reply->words);

  transfer->moves = false;
  pause_for_disk (transfer, words);
}

static void
handle_failure (HarkFileTransfer *transfer, const HarkDiskReply *reply)
{
  if (transfer->moves && reply->kind == HARK_DISK_CREATE) {
    stay (transfer, reply);
  } else if (reply->kind == HARK_DISK_ROOM) {
    if (transfer->disk_full)
      transfer->retry_at = hark_time_add (transfer->now, HARK_FILE_ROOM_TIME);
  } else if (reply->result == HARK_DISK_FULL) {
    pause_for_disk (transfer, reply->words);
  } else if (reply->kind == HARK_DISK_WRITE && reply->result == HARK_DISK_MISMATCH
             && ++transfer->mismatches <= MISMATCHES_MAX) {
    pull_again (transfer);
  } else if (reply->kind == HARK_DISK_COPY && reply->result == HARK_DISK_MISMATCH
             && ++transfer->mismatches <= MISMATCHES_MAX) {
    /* our part is not what it was: what is wrong in it the source will tell */
    hark_file_drop_stream (transfer);
    close_part (transfer);
    hark_file_enter (transfer, HARK_TRANSFER_WAITING, NULL);
    hark_receiver_proceed (transfer);
  } else if (reply->kind == HARK_DISK_REOPEN && reply->result == HARK_DISK_MISSING) {
    /* the part file is gone: begin again in the same folder */
    g_free (transfer->directory);
    transfer->directory = g_path_get_dirname (transfer->path);
    g_clear_pointer (&transfer->path, g_free);
    transfer->done = 0;
    open_part (transfer);
  } else if (hark_obstacle_may_pass (reply->error, reply->kind == HARK_DISK_FINISH)) {
    pause_for_place (transfer, reply->error);
  } else {
    hark_file_fail (transfer, reply->words, "the file could not be written.");
  }
}

/* All that there is of it is where it goes on. */
static void
let_go (HarkFileTransfer *transfer)
{
  HarkDiskRequest *request;

  if (transfer->left == NULL)
    return;
  request = hark_disk_request_new (HARK_DISK_MOVED, transfer->id, 0);
  request->path = g_steal_pointer (&transfer->left);
  hark_file_push (transfer, (HarkFileOutput){.kind = HARK_FILE_OUTPUT_STORE, .disk = request});
}

static void
hash_or_pull (HarkFileTransfer *transfer)
{
  uint64_t known = transfer->hashes->len / HARK_TREE_HASH_LEN * (uint64_t) HARK_TREE_BLOCK_LEN;

  if (known < transfer->done) {
    HarkDiskRequest *request = hark_file_ask_disk (transfer, HARK_DISK_HASH);

    request->offset = known;
    request->len = MIN (transfer->done - known, HASH_STEP);
    return;
  }
  transfer->opening = false;
  transfer->file_open = transfer->untold = true;
  let_go (transfer);
  hark_receiver_proceed (transfer);
}

static void
handle_opened (HarkFileTransfer *transfer, HarkDiskReply *reply)
{
  g_free (transfer->left);
  transfer->left = g_steal_pointer (&reply->old);
  if (reply->path != NULL) {
    g_free (transfer->path);
    transfer->path = g_steal_pointer (&reply->path);
    transfer->moves = false;
    hark_file_push_kind (transfer, HARK_FILE_OUTPUT_STORE);
    hark_file_push_kind (transfer, HARK_FILE_OUTPUT_CHANGED);
  }
  hark_swarm_forget (transfer);
  /* the file knows better than the store how far it got; what is wrong in it the source will tell.
   * A new one may begin with what the folder had under its name */
  transfer->older = reply->older;
  transfer->done = MIN (reply->size, transfer->size);
  if (transfer->done < transfer->size)
    transfer->done -= transfer->done % HARK_TREE_BLOCK_LEN;
  g_byte_array_set_size (transfer->hashes, 0);
  g_array_set_size (transfer->patches, 0);
  if (transfer->done > 0 || transfer->size < HARK_FILE_LOOK_MIN
      || !hark_file_sample_is_known (transfer->sample)) {
    hash_or_pull (transfer);
    return;
  }
  transfer->looking = true;
}

void
hark_file_transfer_found (HarkFileTransfer *transfer, const char *const *paths, HarkTime now)
{
  transfer->now = now;
  if (!transfer->looking)
    return;
  transfer->looking = false;
  if (paths != NULL && paths[0] != NULL) {
    HarkDiskRequest *request = hark_file_ask_disk (transfer, HARK_DISK_SEED);

    request->seeds = g_strdupv ((char **) paths);
    memcpy (request->sample, transfer->sample, sizeof request->sample);
  } else {
    hash_or_pull (transfer);
  }
}

void
hark_receiver_source_changed (HarkFileTransfer *transfer)
{
  hark_file_drop_stream (transfer);
  hark_swarm_forget (transfer);
  transfer->generation++;
  if (transfer->file_open || transfer->opening)
    hark_file_ask_disk (transfer, HARK_DISK_CLOSE);
  transfer->file_open = transfer->opening = transfer->looking = false;
  transfer->from_scratch = false;
  transfer->done = 0;
  g_byte_array_set_size (transfer->hashes, 0);
  g_array_set_size (transfer->patches, 0);
  if (transfer->state == HARK_TRANSFER_MOVING || transfer->state == HARK_TRANSFER_WAITING)
    hark_file_enter (transfer, HARK_TRANSFER_WAITING,
                     "It was changed after it was offered; only what differs is fetched again.");
  hark_file_push_kind (transfer, HARK_FILE_OUTPUT_STORE);
  hark_file_push_kind (transfer, HARK_FILE_OUTPUT_CHANGED);
  hark_receiver_proceed (transfer);
}

static void
handle_written (HarkFileTransfer *transfer, const HarkDiskReply *reply)
{
  transfer->in_flight--;
  transfer->maps = 0;
  hark_file_set_hash (transfer, reply->offset, reply->hash);
  if (transfer->patches->len > 0)
    first_patch (transfer)->from = reply->offset + reply->len;
  else
    transfer->done = reply->offset + reply->len;
  give_credit (transfer);
  hark_file_progress (transfer);
  check_root (transfer);
}

static void
handle_finished (HarkFileTransfer *transfer, HarkDiskReply *reply)
{
  g_free (transfer->path);
  transfer->path = g_steal_pointer (&reply->path);
  transfer->manifest = g_steal_pointer (&reply->bytes);
  if (reply->had) {
    g_free (transfer->note);
    transfer->note = g_strdup ("You had all of it already, so it was not taken again.");
  }
  transfer->opening = false;
  transfer->stream = -1;           /* both directions ended in order */
  if (transfer->holders != NULL) { /* nobody waits to hear it */
    hark_file_enter (transfer, HARK_TRANSFER_DONE, NULL);
    return;
  }
  hark_file_enter (transfer, HARK_TRANSFER_SETTLING, NULL);
  hark_file_say (transfer, HARK_FILE_SIGNAL_DONE, NULL);
}

/* A swarm has got the whole manifest of a folder, and fetches no more for now. */
static bool
has_list (const HarkFileTransfer *transfer)
{
  return transfer->in_flight == 0 && transfer->patches->len > 0
         && first_patch (transfer)->from >= transfer->folder.manifest_len;
}

void
hark_receiver_disk (HarkFileTransfer *transfer, HarkDiskReply *reply)
{
  g_autoptr (HarkDiskReply) owned = reply;

  if (hark_swarm_wrote (transfer, reply)) {
    if (transfer->older && transfer->holders != NULL
        && has_list (transfer)) /* how much is there? */
      close_part (transfer);
    hark_receiver_carry_on (transfer);
    return;
  }
  if (reply->result != HARK_DISK_OK) {
    handle_failure (transfer, reply);
    return;
  }
  switch (reply->kind) {
  case HARK_DISK_CREATE:
  case HARK_DISK_REOPEN:
    handle_opened (transfer, reply);
    break;
  case HARK_DISK_SEED:
    transfer->done = reply->size;
    hash_or_pull (transfer);
    break;
  case HARK_DISK_HASH:
    g_byte_array_append (transfer->hashes, reply->hashes->data, reply->hashes->len);
    hash_or_pull (transfer);
    break;
  case HARK_DISK_WRITE:
  case HARK_DISK_COPY:
    handle_written (transfer, reply);
    break;
  case HARK_DISK_FINISH:
    handle_finished (transfer, reply);
    break;
  default:
    break;
  }
}
