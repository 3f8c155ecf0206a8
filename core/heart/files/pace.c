/* How fast files go: what the user allows in all, what the other side asks for each. */
#include "core/files/swarm.h"
#include "core/heart/files/files.h"

/* What one transfer has handed over and may not go yet. */
typedef struct {
  HarkKey contact;
  int64_t stream;
  GQueue waiting; /* GBytes, in order */
  size_t at;      /* bytes of the first that went */
  bool finish;    /* our direction, behind the last */
} Paced;

static void
paced_free (void *data)
{
  Paced *paced = data;

  g_queue_clear_full (&paced->waiting, (GDestroyNotify) g_bytes_unref);
  g_free (paced);
}

void
hark_core_pace_init (HarkCore *core)
{
  core->paced = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, paced_free);
  core->paced_empty = g_array_new (FALSE, FALSE, sizeof (uint64_t));
  core->pace_at = HARK_TIME_NEVER;
}

void
hark_core_pace_clear (HarkCore *core)
{
  g_hash_table_unref (core->paced);
  g_array_unref (core->paced_empty);
}

void
hark_core_pace_drop (HarkCore *core, uint64_t transfer)
{
  g_hash_table_remove (core->paced, &transfer);
}

bool
hark_core_pace_holds (HarkCore *core, const HarkFileTransfer *transfer)
{
  return g_hash_table_contains (core->paced, &transfer->id);
}

/* Hands over what may go of @paced now: true when something went. */
static bool
send_step (HarkCore *core, HarkFileTransfer *transfer, Paced *paced)
{
  GBytes *head = g_queue_peek_head (&paced->waiting);
  size_t left = g_bytes_get_size (head) - paced->at;
  size_t len = MIN (left, MIN (hark_pace_step (&core->pace), hark_pace_step (&transfer->asked)));
  bool last = len == left && paced->waiting.length == 1;
  g_autoptr (GBytes) step = NULL;

  if (core->pace.rate == 0 && transfer->asked.rate == 0)
    len = left;
  if (hark_net_stream_room (core->net, &paced->contact, paced->stream) == 0)
    return false; /* its room is told as WRITABLE */
  if (!hark_pace_may (&core->pace, len, core->now)
      || !hark_pace_may (&transfer->asked, len, core->now)) {
    HarkTime when = MAX (hark_pace_when (&core->pace, len, core->now),
                         hark_pace_when (&transfer->asked, len, core->now));

    core->pace_at = hark_time_min (core->pace_at, when);
    return false;
  }
  step = g_bytes_new_from_bytes (head, paced->at, len);
  hark_net_stream_send (core->net, &paced->contact, paced->stream, step, last && paced->finish,
                        core->now);
  hark_pace_charge (&core->pace, len, core->now);
  hark_pace_charge (&transfer->asked, len, core->now);
  paced->at += len;
  if (len == left) {
    g_bytes_unref (g_queue_pop_head (&paced->waiting));
    paced->at = 0;
  }
  return true;
}

void
hark_core_pace_run (HarkCore *core)
{
  GHashTableIter iter;
  void *key, *value;
  bool went;

  core->pace_at = HARK_TIME_NEVER;
  do {
    went = false;
    g_hash_table_iter_init (&iter, core->paced);
    while (g_hash_table_iter_next (&iter, &key, &value)) {
      HarkFileTransfer *transfer = hark_core_file_find (core, *(uint64_t *) key);
      Paced *paced = value;

      if (transfer == NULL || transfer->stream != paced->stream) {
        g_hash_table_iter_remove (&iter);
        continue;
      }
      went |= send_step (core, transfer, paced);
      if (paced->waiting.length == 0) {
        g_array_append_vals (core->paced_empty, key, 1);
        g_hash_table_iter_remove (&iter);
      }
    }
  } while (went);
}

bool
hark_core_pace_poll_empty (HarkCore *core, uint64_t *ret_transfer)
{
  if (core->paced_empty->len == 0)
    return false;
  *ret_transfer = g_array_index (core->paced_empty, uint64_t, core->paced_empty->len - 1);
  g_array_set_size (core->paced_empty, core->paced_empty->len - 1);
  return true;
}

void
hark_core_pace_send (
  HarkCore *core, HarkFileTransfer *transfer, int64_t stream, GBytes *bytes, bool finish)
{
  Paced *paced = g_hash_table_lookup (core->paced, &transfer->id);

  if (paced != NULL && (bytes == NULL || g_bytes_get_size (bytes) == 0)) {
    paced->finish |= finish;
    return;
  }
  if (paced == NULL
      && (bytes == NULL || g_bytes_get_size (bytes) == 0
          || (core->pace.rate == 0 && transfer->asked.rate == 0))) {
    hark_net_stream_send (core->net, &transfer->contact, stream, bytes, finish, core->now);
    return;
  }
  if (paced == NULL) {
    paced = g_new0 (Paced, 1);
    paced->contact = transfer->contact;
    paced->stream = stream;
    g_queue_init (&paced->waiting);
    g_hash_table_insert (core->paced, g_memdup2 (&transfer->id, sizeof transfer->id), paced);
    core->pace_at = core->now;
  }
  g_queue_push_tail (&paced->waiting, g_bytes_ref (bytes));
  paced->finish |= finish;
}

/* ---- what we ask of others ---- */

/* Each that moves to us gets the same share of what the user allows, and of that each from whom it
 * comes. */
static uint64_t
share_of (const HarkCore *core, const HarkFileTransfer *transfer)
{
  const uint64_t limit = core->files.limit_down;
  const unsigned people = MAX (hark_file_transfer_people (transfer), 1);

  return limit > 0 ? MAX (limit / MAX (core->files_moving, 1u) / people, HARK_PACE_RATE_MIN) : 0;
}

void
hark_core_pace_pulled (HarkCore *core,
                       HarkCoreContact *contact,
                       const HarkFileTransfer *transfer,
                       const uint8_t offer[HARK_FILE_OFFER_LEN])
{
  if (core->files.limit_down > 0)
    hark_core_say (core, contact, hark_file_rate_write (offer, share_of (core, transfer)));
}

static void
say_to_source (HarkFileTransfer *transfer,
               const HarkKey *account,
               const uint8_t offer[HARK_FILE_OFFER_LEN],
               void *data)
{
  HarkCore *core = data;
  HarkCoreContact *contact = hark_core_find (core, account);

  if (contact != NULL && contact->has_session)
    hark_core_say (core, contact, hark_file_rate_write (offer, share_of (core, transfer)));
}

static void
say_shares (HarkCore *core)
{
  GHashTableIter iter;
  void *value;

  g_hash_table_iter_init (&iter, core->transfers);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    HarkFileTransfer *transfer = value;

    if (!transfer->counted)
      continue;
    if (transfer->online)
      say_to_source (transfer, &transfer->contact, transfer->offer, core);
    hark_file_transfer_each_source (transfer, say_to_source, core);
  }
}

void
hark_core_pace_count (HarkCore *core, HarkFileTransfer *transfer)
{
  bool moves = !transfer->outgoing && transfer->state == HARK_TRANSFER_MOVING;

  if (moves == transfer->counted)
    return;
  transfer->counted = moves;
  core->files_moving += moves ? 1u : -1u;
  if (core->files.limit_down > 0)
    say_shares (core);
}

void
hark_core_pace_limit (HarkCore *core)
{
  hark_pace_set (&core->pace, core->files.limit_up, core->now);
  core->pace_at = core->now;
  say_shares (core);
}

void
hark_core_pace_asked (HarkCore *core, HarkFileTransfer *transfer, uint64_t rate)
{
  hark_pace_set (&transfer->asked,
                 rate > 0 ? CLAMP (rate, HARK_PACE_RATE_MIN, HARK_PACE_RATE_MAX) : 0, core->now);
  core->pace_at = core->now;
}
