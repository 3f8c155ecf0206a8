#define G_LOG_DOMAIN "hark-files"

#include "core/files/swarm.h"

#include "core/files/swarm-private.h"

#include <string.h>

#define LOOK_TIME                                                                 \
  (5 * HARK_SECOND) /* between two looks whether what comes, also to others, does \
                     */

unsigned
hark_swarm_number (const HarkFileSwarm *swarm, const HarkSwarmSource *source)
{
  return (unsigned) (source - swarm->sources);
}

static void
source_clear (HarkSwarmSource *source)
{
  hark_file_reader_clear (&source->reader);
  g_clear_pointer (&source->holding, hark_holding_free);
}

void
hark_swarm_free (HarkFileSwarm *swarm)
{
  if (swarm == NULL)
    return;
  for (unsigned i = 0; i < swarm->n; i++)
    source_clear (&swarm->sources[i]);
  if (swarm->list != NULL)
    g_byte_array_unref (swarm->list);
  hark_schedule_free (swarm->schedule);
  g_queue_clear (&swarm->writing);
  g_free (swarm);
}

/* ---- streams ---- */

void
hark_swarm_stop_stream (HarkFileTransfer *transfer, HarkSwarmSource *source)
{
  HarkFileSwarm *swarm = transfer->swarm;

  if (source->stream >= 0)
    hark_file_push (transfer, (HarkFileOutput){.kind = HARK_FILE_OUTPUT_RESET,
                                               .source = hark_swarm_number (swarm, source) + 1,
                                               .stream = source->stream});
  source->stream = -1;
  source->asking = false;
  source->held = 0;
  hark_file_reader_clear (&source->reader);
  if (source->state == HARK_SOURCE_LISTING)
    source->state = HARK_SOURCE_NEW;
  if (swarm->schedule != NULL)
    hark_schedule_drop (swarm->schedule, hark_swarm_number (swarm, source));
}

static void
ask (HarkFileTransfer *transfer, HarkSwarmSource *source, uint64_t from, uint64_t to)
{
  source->range = (HarkFileRange){.from = from, .to = to};
  if (from > 0 && transfer->swarm->list != NULL && source->state == HARK_SOURCE_FITS)
    hark_tree_root (transfer->swarm->list->data, hark_tree_block_count (from),
                    source->range.before);
  source->asking = true;
  hark_file_push (transfer,
                  (HarkFileOutput){.kind = HARK_FILE_OUTPUT_PULL,
                                   .source = hark_swarm_number (transfer->swarm, source) + 1,
                                   .range = source->range});
}

bool
hark_swarm_is_usable (const HarkSwarmSource *source)
{
  return source->up && source->state != HARK_SOURCE_OTHER && source->state != HARK_SOURCE_DAMAGED
         && source->failures <= HARK_SWARM_FAILURES_MAX;
}

static unsigned
count_usable (const HarkFileSwarm *swarm)
{
  unsigned n = 0;

  for (unsigned i = 0; i < swarm->n; i++)
    n += hark_swarm_is_usable (&swarm->sources[i]);
  return n;
}

void
hark_swarm_know_sources (HarkFileSwarm *swarm)
{
  for (unsigned i = 0; swarm->schedule != NULL && i < HARK_SCHEDULE_SOURCES_MAX; i++)
    hark_schedule_know (swarm->schedule, i,
                        i < swarm->n && hark_swarm_is_usable (&swarm->sources[i]),
                        swarm->sources[i].holding);
}

static bool
is_busy (const HarkSwarmSource *source)
{
  return source->stream >= 0 || source->asking || source->retry_at != HARK_TIME_NEVER;
}

/* Gives @source something to do. */
static void
employ (HarkFileTransfer *transfer, HarkSwarmSource *source)
{
  HarkFileSwarm *swarm = transfer->swarm;
  uint64_t from, to;

  if (!hark_swarm_is_usable (source) || is_busy (source))
    return;
  if (transfer->holders != NULL && source->state == HARK_SOURCE_NEW && swarm->list != NULL)
    source->state = HARK_SOURCE_FITS; /* the list says what each of its blocks must be */
  if (source->state == HARK_SOURCE_NEW) {
    source->state = HARK_SOURCE_LISTING;
    ask (transfer, source, transfer->size, transfer->size);
  } else if (source->state == HARK_SOURCE_FITS && swarm->schedule != NULL
             && hark_schedule_ask (swarm->schedule, hark_swarm_number (swarm, source),
                                   count_usable (swarm), transfer->now, &from, &to)) {
    g_debug ("transfer %" G_GUINT64_FORMAT ": source %u: blocks %" G_GUINT64_FORMAT
             " to %" G_GUINT64_FORMAT,
             transfer->id, hark_swarm_number (swarm, source), from, to);
    ask (transfer, source, from * HARK_TREE_BLOCK_LEN,
         MIN (to * HARK_TREE_BLOCK_LEN, transfer->size));
  }
}

/* ---- what is missing ---- */

/* The blocks that are not as the list says are missing, as after a map (receiver.c). Of those with
 * a folder's manifest, which the disk needs before all others and in order, the first alone is
 * asked for. */
static void
start (HarkFileTransfer *transfer)
{
  HarkFileSwarm *swarm = transfer->swarm;
  const uint64_t blocks = hark_tree_block_count (transfer->size);
  const guint known = transfer->hashes->len;
  bool manifest = false;

  swarm->schedule = hark_schedule_new (blocks);
  if (transfer->holders != NULL && transfer->place > 0 && blocks > 0) /* the first gave it */
    hark_schedule_share (swarm->schedule,
                         blocks * (transfer->place - 1) / (transfer->holders->n - 1));
  g_byte_array_set_size (transfer->hashes, swarm->list->len);
  if (known < swarm->list->len) /* no block hashes to zeros */
    memset (transfer->hashes->data + known, 0, swarm->list->len - known);
  g_array_set_size (transfer->patches, 0);
  for (uint64_t i = 0; i < blocks; i++) {
    const uint64_t at = i * HARK_TREE_BLOCK_LEN;

    if (memcmp (transfer->hashes->data + i * HARK_TREE_HASH_LEN,
                swarm->list->data + i * HARK_TREE_HASH_LEN, HARK_TREE_HASH_LEN)
        == 0)
      continue;
    if (!manifest)
      hark_schedule_need (swarm->schedule, i);
    manifest |= at < transfer->folder.manifest_len;
    hark_file_add_patch (transfer, at, MIN (at + HARK_TREE_BLOCK_LEN, transfer->size));
  }
  swarm->early = manifest;
  transfer->done = transfer->size;
}

static void
remove_patch (HarkFileTransfer *transfer, uint64_t from, uint64_t to)
{
  for (guint i = 0; i < transfer->patches->len; i++) {
    HarkFileRange *patch = &g_array_index (transfer->patches, HarkFileRange, i);
    HarkFileRange rest = {.from = to, .to = patch->to};

    if (from < patch->from || patch->to < to)
      continue;
    patch->to = from;
    if (rest.from < rest.to)
      g_array_insert_val (transfer->patches, i + 1, rest);
    if (g_array_index (transfer->patches, HarkFileRange, i).from == from)
      g_array_remove_index (transfer->patches, i);
    return;
  }
}

static bool
finish_if_whole (HarkFileTransfer *transfer)
{
  HarkFileSwarm *swarm = transfer->swarm;

  if (swarm->schedule == NULL || hark_schedule_missing (swarm->schedule) > 0
      || transfer->in_flight > 0)
    return false;
  if (transfer->patches->len > 0) { /* a block of the manifest is here: on with the rest */
    hark_swarm_stop (transfer);
    return false;
  }
  hark_tree_root (swarm->list->data, hark_tree_block_count (transfer->size), transfer->root);
  hark_swarm_stop (transfer);
  hark_file_finish (transfer);
  return true;
}

/* ---- the run ---- */

/* Whether more than one is worth the list. */
bool
hark_swarm_is_worth_it (const HarkFileTransfer *transfer)
{
  const HarkFileSwarm *swarm = transfer->swarm;

  if (transfer->from_scratch || transfer->size > HARK_SWARM_SIZE_MAX
      || (transfer->holders == NULL && transfer->done < transfer->folder.manifest_len))
    return false;
  if (swarm->list != NULL || transfer->holders != NULL)
    return count_usable (swarm) > 0;
  return count_usable (swarm) > 1 && hark_swarm_is_usable (&swarm->sources[0])
         && transfer->size - hark_file_transfer_bytes (transfer) >= HARK_SWARM_LEFT_MIN;
}

/* While everything waits for one block, it is asked of who has just told the list, for others may
 * be gone without a word; or of who has said of late that they have it. */
static bool
may_work (const HarkFileSwarm *swarm, const HarkSwarmSource *source, HarkTime now)
{
  if (swarm->schedule == NULL || !swarm->early || source->told || source->holding != NULL)
    return true;
  for (unsigned i = 0; i < swarm->n; i++)
    if (swarm->sources[i].told && hark_swarm_is_usable (&swarm->sources[i])
        && !hark_schedule_is_stalled (swarm->schedule, i, now))
      return false;
  return true;
}

/* Somebody has nothing to do while others work: these may turn out to be slow, or gone. */
static bool
has_idle (const HarkFileSwarm *swarm)
{
  for (unsigned i = 0; swarm->schedule != NULL && i < swarm->n; i++)
    if (hark_swarm_is_usable (&swarm->sources[i]) && !is_busy (&swarm->sources[i]))
      return true;
  return false;
}

bool
hark_swarm_run (HarkFileTransfer *transfer)
{
  HarkFileSwarm *swarm = transfer->swarm;
  bool busy = false;

  if (swarm == NULL || transfer->outgoing)
    return false;
  if (transfer->holders == NULL)
    swarm->sources[0].up = transfer->online && !transfer->paused_there;
  if (!hark_swarm_is_worth_it (transfer) || !transfer->file_open || transfer->stream >= 0
      || hark_file_is_paused (transfer)
      || (transfer->state != HARK_TRANSFER_WAITING && transfer->state != HARK_TRANSFER_MOVING))
    return false;
  if (swarm->list != NULL && swarm->schedule == NULL) {
    start (transfer);
    if (finish_if_whole (transfer))
      return true;
  }
  hark_swarm_know_sources (swarm);
  for (unsigned i = 0; i < swarm->n; i++) {
    if (may_work (swarm, &swarm->sources[i], transfer->now))
      employ (transfer, &swarm->sources[i]);
    busy |= hark_swarm_is_usable (&swarm->sources[i]) && is_busy (&swarm->sources[i]);
  }
  swarm->look_at = HARK_TIME_NEVER;
  if (busy && has_idle (swarm))
    swarm->look_at = hark_time_add (transfer->now, LOOK_TIME);
  if (swarm->schedule != NULL && hark_schedule_hopes (swarm->schedule, transfer->now)) {
    swarm->look_at = hark_time_add (transfer->now, LOOK_TIME);
    busy = true;
  }
  return busy || !g_queue_is_empty (&swarm->writing);
}

void
hark_swarm_stop (HarkFileTransfer *transfer)
{
  HarkFileSwarm *swarm = transfer->swarm;

  if (swarm == NULL)
    return;
  for (unsigned i = 0; i < swarm->n; i++)
    hark_swarm_stop_stream (transfer, &swarm->sources[i]);
  if (!g_queue_is_empty (&swarm->writing)) {
    transfer->generation++;
    transfer->in_flight = 0;
  }
  g_queue_clear (&swarm->writing);
  swarm->look_at = HARK_TIME_NEVER;
  g_clear_pointer (&swarm->schedule, hark_schedule_free);
}

void
hark_swarm_session (HarkFileTransfer *transfer, bool up)
{
  HarkSwarmSource *own;

  if (transfer->swarm == NULL)
    return;
  own = &transfer->swarm->sources[0];
  own->stream = -1;
  own->failures = 0;
  own->retry_at = HARK_TIME_NEVER;
  hark_swarm_stop_stream (transfer, own);
  if (up && own->state == HARK_SOURCE_DAMAGED) /* they may have mended it */
    own->state = HARK_SOURCE_NEW;
}

void
hark_swarm_forget (HarkFileTransfer *transfer)
{
  HarkFileSwarm *swarm = transfer->swarm;

  if (swarm == NULL)
    return;
  hark_swarm_stop (transfer);
  if (transfer->holders == NULL) /* else it has the root that counts */
    g_clear_pointer (&swarm->list, g_byte_array_unref);
  for (unsigned i = 0; i < swarm->n; i++) {
    swarm->sources[i].state = HARK_SOURCE_NEW;
    swarm->sources[i].failures = 0;
    swarm->sources[i].retry_at = HARK_TIME_NEVER;
  }
}

HarkTime
hark_swarm_get_deadline (const HarkFileTransfer *transfer)
{
  HarkTime deadline = transfer->swarm != NULL ? transfer->swarm->look_at : HARK_TIME_NEVER;

  for (unsigned i = 0; transfer->swarm != NULL && i < transfer->swarm->n; i++)
    deadline = hark_time_min (deadline, transfer->swarm->sources[i].retry_at);
  return deadline;
}

/* ---- what comes ---- */

/* Not what it said that it has. The user hears whose copy it was. */
void
hark_swarm_expose (HarkFileTransfer *transfer, HarkSwarmSource *source)
{
  g_debug ("transfer %" G_GUINT64_FORMAT ": source %u has a damaged copy", transfer->id,
           hark_swarm_number (transfer->swarm, source));
  hark_swarm_stop_stream (transfer, source);
  if (source->state == HARK_SOURCE_DAMAGED)
    return;
  source->state = HARK_SOURCE_DAMAGED;
  hark_file_push (transfer,
                  (HarkFileOutput){.kind = HARK_FILE_OUTPUT_DAMAGED,
                                   .source = hark_swarm_number (transfer->swarm, source) + 1});
}

void
hark_swarm_give_credit (HarkFileTransfer *transfer)
{
  HarkFileSwarm *swarm = transfer->swarm;

  for (unsigned i = 0; i < swarm->n && transfer->in_flight < HARK_FILE_BLOCKS_AHEAD; i++) {
    HarkSwarmSource *source = &swarm->sources[i];

    if (source->held == 0 || source->stream < 0)
      continue;
    hark_file_push (transfer, (HarkFileOutput){.kind = HARK_FILE_OUTPUT_CONSUME,
                                               .source = i + 1,
                                               .stream = source->stream,
                                               .len = source->held});
    source->held = 0;
  }
}

bool
hark_swarm_wrote (HarkFileTransfer *transfer, const HarkDiskReply *reply)
{
  HarkFileSwarm *swarm = transfer->swarm;
  unsigned source;

  if (reply->kind != HARK_DISK_WRITE || swarm == NULL || g_queue_is_empty (&swarm->writing)
      || (reply->result != HARK_DISK_OK && reply->result != HARK_DISK_MISMATCH))
    return false;
  source = GPOINTER_TO_UINT (g_queue_pop_head (&swarm->writing));
  transfer->in_flight--;
  if (reply->result == HARK_DISK_MISMATCH) {
    hark_schedule_need (swarm->schedule, reply->offset / HARK_TREE_BLOCK_LEN);
    hark_swarm_expose (transfer, &swarm->sources[source]);
  } else {
    hark_file_set_hash (transfer, reply->offset, reply->hash);
    remove_patch (transfer, reply->offset, reply->offset + reply->len);
    hark_file_progress (transfer);
  }
  hark_swarm_give_credit (transfer);
  finish_if_whole (transfer);
  return true;
}
