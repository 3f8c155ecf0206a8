/* The doors of a swarm: who there is, and what comes from them. */
#include "core/files/swarm-private.h"

#include <string.h>

#define RETRY_TIME (2 * HARK_SECOND)

static HarkSwarmSource *
add_source (HarkFileSwarm *swarm, const HarkKey *contact, const uint8_t *offer)
{
  HarkSwarmSource *source = &swarm->sources[swarm->n++];

  source->contact = *contact;
  memcpy (source->offer, offer, sizeof source->offer);
  source->stream = -1;
  source->retry_at = HARK_TIME_NEVER;
  return source;
}

/* ---- who there is ---- */

/* Something of @source went wrong: it may pass. */
static void
try_later (HarkFileTransfer *transfer, HarkSwarmSource *source)
{
  hark_swarm_stop_stream (transfer, source);
  if (++source->failures == HARK_SWARM_FAILURES_MAX + 1 && source->holding != NULL)
    hark_file_push (transfer,
                    (HarkFileOutput){.kind = HARK_FILE_OUTPUT_WITHHELD,
                                     .source = hark_swarm_number (transfer->swarm, source) + 1});
  source->retry_at = hark_time_add (transfer->now, RETRY_TIME);
}

/* Of the sources that are told; there is no own contact where a group gives. */
static unsigned
first_other (const HarkFileTransfer *transfer)
{
  return transfer->holders != NULL ? 0 : 1;
}

static HarkSwarmSource *
find_source (HarkFileTransfer *transfer, const HarkKey *contact, const uint8_t *offer, bool whole)
{
  HarkFileSwarm *swarm = transfer->swarm;
  const unsigned first = first_other (transfer);

  for (unsigned i = first; i < swarm->n; i++)
    if (hark_key_equal (&swarm->sources[i].contact, contact)
        && memcmp (swarm->sources[i].offer, offer, HARK_FILE_OFFER_LEN) == 0)
      return &swarm->sources[i];
  if (swarm->n < HARK_SCHEDULE_SOURCES_MAX)
    return add_source (swarm, contact, offer);
  for (unsigned i = first; i < swarm->n; i++)
    if (!swarm->sources[i].up
        || (whole && swarm->sources[i].holding != NULL && swarm->sources[i].stream < 0
            && !swarm->sources[i].asking)) { /* its place is free, or of more use to another */
      unsigned n = swarm->n;

      swarm->n = i;
      hark_holding_free (swarm->sources[i].holding);
      swarm->sources[i] = (HarkSwarmSource){0};
      add_source (swarm, contact, offer);
      swarm->n = n;
      hark_swarm_know_sources (swarm);
      return &swarm->sources[i];
    }
  return NULL;
}

static void
need_swarm (HarkFileTransfer *transfer)
{
  if (transfer->swarm != NULL)
    return;
  transfer->swarm = g_new0 (HarkFileSwarm, 1);
  transfer->swarm->look_at = HARK_TIME_NEVER;
  g_queue_init (&transfer->swarm->writing);
  if (transfer->holders == NULL)
    add_source (transfer->swarm, &transfer->contact, transfer->offer);
}

static bool
is_earlier (const HarkFileTransfer *transfer, const HarkKey *contact)
{
  const bool *has = hark_file_holders_find (transfer->holders, contact);

  return has != NULL && has - transfer->holders->has < transfer->place;
}

static void
set_list (HarkFileSwarm *swarm, const uint8_t *list, size_t len)
{
  if (swarm->list != NULL)
    g_byte_array_unref (swarm->list);
  swarm->list = g_byte_array_sized_new ((guint) len);
  g_byte_array_append (swarm->list, list, (guint) len);
}

/* What @source has is another thing now; NULL: all of it. */
static void
set_holding (HarkFileTransfer *transfer, HarkSwarmSource *source, HarkHolding *holding)
{
  if (holding != NULL)
    holding->earlier = is_earlier (transfer, &source->contact);
  if (holding != NULL)
    holding->grew_at = source->holding != NULL
                           && hark_holding_count (holding) <= hark_holding_count (source->holding)
                         ? source->holding->grew_at
                         : transfer->now;
  hark_holding_free (source->holding);
  source->holding = holding;
  hark_swarm_know_sources (transfer->swarm);
}

/* What others took over or delivered is not waited for. */
static void
release_idle (HarkFileTransfer *transfer)
{
  HarkFileSwarm *swarm = transfer->swarm;

  for (unsigned i = 0; swarm->schedule != NULL && i < swarm->n; i++)
    if (swarm->sources[i].stream >= 0 && swarm->sources[i].state == HARK_SOURCE_FITS
        && !hark_schedule_is_working (swarm->schedule, i))
      hark_swarm_stop_stream (transfer, &swarm->sources[i]);
}

void
hark_file_transfer_source_holds (HarkFileTransfer *transfer,
                                 const HarkKey *contact,
                                 HarkHolding *holding,
                                 HarkTime now)
{
  HarkSwarmSource *source;

  g_return_if_fail (!transfer->outgoing && transfer->holders != NULL);
  transfer->now = now;
  need_swarm (transfer);
  source = find_source (transfer, contact, transfer->offer, false);
  if (source == NULL) {
    hark_holding_free (holding);
    return;
  }
  if (!source->up) {
    source->up = true;
    source->failures = 0;
    source->retry_at = HARK_TIME_NEVER;
  }
  set_holding (transfer, source, holding);
  for (unsigned i = 0; transfer->swarm->schedule != NULL && i < transfer->swarm->n; i++)
    hark_schedule_yield (transfer->swarm->schedule, i, now);
  release_idle (transfer);
  hark_receiver_carry_on (transfer);
}

void
hark_file_transfer_source (HarkFileTransfer *transfer,
                           const HarkKey *contact,
                           const uint8_t offer[HARK_FILE_OFFER_LEN],
                           bool up,
                           HarkTime now)
{
  HarkSwarmSource *source;

  g_return_if_fail (!transfer->outgoing);
  transfer->now = now;
  if (transfer->swarm == NULL && !up)
    return;
  need_swarm (transfer);
  source = find_source (transfer, contact, offer, up);
  if (source == NULL || (source->up == up && source->holding == NULL))
    return;
  set_holding (transfer, source, NULL);
  source->up = up;
  source->failures = 0;
  source->retry_at = HARK_TIME_NEVER;
  if (!up) {
    source->stream = -1; /* went with the session */
    hark_swarm_stop_stream (transfer, source);
    source->state = HARK_SOURCE_NEW;
  } else if (transfer->stream >= 0 && transfer->state == HARK_TRANSFER_MOVING
             && !transfer->end_seen) {
    transfer->swarm->sources[0].up = transfer->online;
    if (!hark_swarm_is_worth_it (transfer))
      return;
    hark_file_drop_stream (transfer);
    hark_file_enter (transfer, HARK_TRANSFER_WAITING, transfer->reason);
  }
  hark_receiver_carry_on (transfer);
}

void
hark_file_transfer_each_source (HarkFileTransfer *transfer,
                                void (*visit) (HarkFileTransfer *transfer,
                                               const HarkKey *contact,
                                               const uint8_t offer[HARK_FILE_OFFER_LEN],
                                               void *data),
                                void *data)
{
  for (unsigned i = first_other (transfer); transfer->swarm != NULL && i < transfer->swarm->n;
       i++) {
    HarkSwarmSource source = transfer->swarm->sources[i];

    if (source.up)
      visit (transfer, &source.contact, source.offer, data);
  }
}

const HarkKey *
hark_file_transfer_find_source (const HarkFileTransfer *transfer,
                                unsigned source,
                                const uint8_t **ret_offer)
{
  const HarkSwarmSource *found;

  *ret_offer = transfer->offer;
  if (source <= first_other (transfer) || transfer->swarm == NULL || source > transfer->swarm->n)
    return &transfer->contact;
  found = &transfer->swarm->sources[source - 1];
  *ret_offer = found->offer;
  return &found->contact;
}

unsigned
hark_file_transfer_people (const HarkFileTransfer *transfer)
{
  unsigned n = 0;

  for (unsigned i = 0; transfer->swarm != NULL && i < transfer->swarm->n; i++)
    n += hark_swarm_is_usable (&transfer->swarm->sources[i]);
  return n;
}

/* ---- what others can have of it ---- */

const GByteArray *
hark_file_transfer_list (const HarkFileTransfer *transfer)
{
  return transfer->swarm != NULL ? transfer->swarm->list : NULL;
}

void
hark_file_transfer_know_list (HarkFileTransfer *transfer, GBytes *list)
{
  const uint64_t blocks = hark_tree_block_count (transfer->size);
  uint8_t root[HARK_TREE_HASH_LEN];
  gsize len;
  const uint8_t *data = g_bytes_get_data (list, &len);

  g_return_if_fail (!transfer->outgoing && transfer->holders != NULL);
  if (len != blocks * HARK_TREE_HASH_LEN)
    return;
  hark_tree_root (data, blocks, root);
  if (memcmp (root, transfer->root, sizeof root) != 0)
    return;
  need_swarm (transfer);
  set_list (transfer->swarm, data, len);
}

HarkHolding *
hark_file_transfer_holding (const HarkFileTransfer *transfer)
{
  const GByteArray *list = hark_file_transfer_list (transfer);
  HarkHolding *holding;

  if (list == NULL || transfer->holders == NULL || transfer->outgoing)
    return NULL;
  holding = hark_holding_compare (transfer->hashes->data, transfer->hashes->len, list->data,
                                  hark_tree_block_count (transfer->size));
  if (transfer->swarm->schedule != NULL)
    holding->n_coming = hark_schedule_list_asked (transfer->swarm->schedule, holding->coming);
  return holding;
}

bool
hark_file_transfer_has_range (const HarkFileTransfer *transfer, const HarkFileRange *range)
{
  const GByteArray *list = hark_file_transfer_list (transfer);
  const size_t at = (size_t) hark_tree_block_count (range->from) * HARK_TREE_HASH_LEN,
               end = (size_t) hark_tree_block_count (range->to) * HARK_TREE_HASH_LEN;

  if (list == NULL || !hark_file_range_is_sane (range, transfer->size))
    return false;
  return range->from == range->to
         || (end <= transfer->hashes->len
             && memcmp (transfer->hashes->data + at, list->data + at, end - at) == 0);
}

unsigned
hark_file_transfer_sources (const HarkFileTransfer *transfer)
{
  unsigned n = transfer->stream >= 0;

  for (unsigned i = 0; transfer->swarm != NULL && i < transfer->swarm->n; i++)
    n += transfer->swarm->sources[i].stream >= 0
         && transfer->swarm->sources[i].state == HARK_SOURCE_FITS;
  return transfer->state == HARK_TRANSFER_MOVING ? n : 0;
}

void
hark_file_transfer_note (HarkFileTransfer *transfer, const char *words, HarkTime now)
{
  transfer->now = now;
  g_free (transfer->note);
  transfer->note = g_strdup (words);
  hark_file_enter (transfer, transfer->state, NULL);
}

/* ---- what comes ---- */

static HarkSwarmSource *
need_source (HarkFileTransfer *transfer, unsigned source)
{
  if (transfer->swarm == NULL || source == 0 || source > transfer->swarm->n)
    return NULL;
  return &transfer->swarm->sources[source - 1];
}

bool
hark_file_transfer_source_has_stream (const HarkFileTransfer *transfer,
                                      unsigned source,
                                      int64_t stream)
{
  const HarkSwarmSource *at = need_source ((HarkFileTransfer *) transfer, source);

  return at != NULL && at->stream == stream;
}

void
hark_file_transfer_source_pulling (HarkFileTransfer *transfer,
                                   unsigned source,
                                   int64_t stream,
                                   HarkTime now)
{
  HarkSwarmSource *asked = need_source (transfer, source);

  transfer->now = now;
  if (asked == NULL || !asked->asking) {
    if (stream >= 0)
      hark_file_push (
        transfer,
        (HarkFileOutput){.kind = HARK_FILE_OUTPUT_RESET, .source = source, .stream = stream});
    return;
  }
  asked->asking = false;
  if (stream < 0) {
    try_later (transfer, asked);
    hark_receiver_carry_on (transfer);
    return;
  }
  asked->stream = stream;
  asked->held = 0;
  hark_file_reader_init (&asked->reader, transfer->size, asked->range.from, asked->range.to);
  hark_file_enter (transfer, HARK_TRANSFER_MOVING, transfer->reason);
}

static void
keep_list (HarkFileTransfer *transfer, const HarkFileRecord *record)
{
  size_t len;
  const uint8_t *list = g_bytes_get_data (record->bytes, &len);

  hark_swarm_stop (transfer);
  set_list (transfer->swarm, list, len);
}

/* The list of one of those who have a file for a group: by its root it is right or wrong. */
static void
handle_known_list (HarkFileTransfer *transfer,
                   HarkSwarmSource *source,
                   const HarkFileRecord *record)
{
  if (source->state != HARK_SOURCE_LISTING
      || memcmp (record->hash, transfer->root, sizeof transfer->root) != 0) {
    hark_swarm_expose (transfer, source);
    return;
  }
  source->state = HARK_SOURCE_FITS;
  source->told = true;
  keep_list (transfer, record);
  hark_file_push_kind (transfer, HARK_FILE_OUTPUT_LIST);
}

/* The list of one of them; that of the own contact says what the file is. */
static void
handle_list (HarkFileTransfer *transfer, HarkSwarmSource *source, const HarkFileRecord *record)
{
  HarkFileSwarm *swarm = transfer->swarm;

  if (source->state != HARK_SOURCE_LISTING) { /* it has become something else */
    if (source == &swarm->sources[0]) {
      hark_swarm_forget (transfer);
      return;
    }
    hark_swarm_stop_stream (transfer, source);
    source->state = HARK_SOURCE_OTHER;
    return;
  }
  source->state = HARK_SOURCE_LISTED;
  memcpy (source->root, record->hash, sizeof source->root);
  hark_swarm_stop_stream (transfer, source);
  if (source == &swarm->sources[0])
    keep_list (transfer, record);
  if (swarm->list == NULL)
    return;
  for (unsigned i = 0; i < swarm->n; i++)
    if (swarm->sources[i].state == HARK_SOURCE_LISTED)
      swarm->sources[i].state
        = memcmp (swarm->sources[i].root, swarm->sources[0].root, HARK_TREE_HASH_LEN) == 0
            ? HARK_SOURCE_FITS
            : HARK_SOURCE_OTHER;
}

static void
handle_block (HarkFileTransfer *transfer, HarkSwarmSource *source, HarkFileRecord *record)
{
  HarkFileSwarm *swarm = transfer->swarm;
  const uint64_t block = record->offset / HARK_TREE_BLOCK_LEN;
  HarkDiskRequest *request;

  if (memcmp (record->hash, swarm->list->data + block * HARK_TREE_HASH_LEN, HARK_TREE_HASH_LEN)
      != 0) {
    hark_swarm_expose (transfer, source);
    return;
  }
  source->failures = 0;
  if (!hark_schedule_got (swarm->schedule, hark_swarm_number (swarm, source), block, transfer->now))
    return;
  request = hark_file_ask_disk (transfer, HARK_DISK_WRITE);
  request->offset = record->offset;
  request->len = g_bytes_get_size (record->bytes);
  request->bytes = g_steal_pointer (&record->bytes);
  memcpy (request->hash, record->hash, sizeof request->hash);
  transfer->in_flight++;
  g_queue_push_tail (&swarm->writing, GUINT_TO_POINTER (hark_swarm_number (swarm, source)));
}

void
hark_file_transfer_source_data (HarkFileTransfer *transfer,
                                unsigned source,
                                GBytes *piece,
                                const uint8_t *data,
                                size_t len,
                                HarkTime now)
{
  HarkSwarmSource *from = need_source (transfer, source);
  HarkFileRecordKind kind;
  HarkFileRecord record;

  transfer->now = now;
  if (from == NULL || from->stream < 0)
    return;
  from->held += len;
  while (from->stream >= 0
         && (kind = hark_file_reader_take (&from->reader, piece, &data, &len, &record))
              != HARK_FILE_RECORD_NONE) {
    g_autoptr (GBytes) bytes = NULL;

    if (kind == HARK_FILE_RECORD_BLOCK)
      handle_block (transfer, from, &record);
    else if (kind == HARK_FILE_RECORD_MAP && transfer->holders != NULL)
      handle_known_list (transfer, from, &record);
    else if (kind == HARK_FILE_RECORD_MAP)
      handle_list (transfer, from, &record);
    else if (kind == HARK_FILE_RECORD_BAD)
      hark_swarm_expose (transfer, from);
    else if (from->state == HARK_SOURCE_LISTING)
      try_later (transfer, from);
    else
      hark_swarm_stop_stream (transfer, from);
    if (kind == HARK_FILE_RECORD_BLOCK || kind == HARK_FILE_RECORD_MAP)
      bytes = record.bytes;
  }
  release_idle (transfer);
  hark_swarm_give_credit (transfer);
  hark_receiver_carry_on (transfer);
}

void
hark_file_transfer_source_closed (HarkFileTransfer *transfer, unsigned source, HarkTime now)
{
  HarkSwarmSource *closed = need_source (transfer, source);

  transfer->now = now;
  if (closed == NULL || closed->stream < 0)
    return;
  closed->stream = -1;
  try_later (transfer, closed);
  hark_receiver_carry_on (transfer);
}

void
hark_swarm_handle_time (HarkFileTransfer *transfer)
{
  HarkFileSwarm *swarm = transfer->swarm;
  bool due = swarm != NULL && transfer->now >= swarm->look_at;

  for (unsigned i = 0; swarm != NULL && i < swarm->n; i++)
    if (transfer->now >= swarm->sources[i].retry_at) {
      swarm->sources[i].retry_at = HARK_TIME_NEVER;
      due = true;
    }
  if (due)
    hark_receiver_carry_on (transfer);
}
