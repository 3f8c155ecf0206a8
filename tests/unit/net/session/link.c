#include "tests/unit/net/session/link.h"

#include "net/session/state.h"

#include <string.h>

typedef struct {
  HarkTime at;
  uint64_t order;
  unsigned to;
  size_t len;
  uint8_t data[];
} Packet;

static gint
compare (gconstpointer a, gconstpointer b, gpointer data)
{
  const Packet *x = a, *y = b;

  (void) data;
  if (x->at != y->at)
    return x->at < y->at ? -1 : 1;
  return x->order < y->order ? -1 : x->order > y->order;
}

uint8_t
link_pattern (int64_t stream, uint64_t offset)
{
  return (uint8_t) (offset * 31 + (offset >> 8) * 7 + (offset >> 16) + (uint64_t) stream * 13);
}

GBytes *
link_make_bytes (int64_t stream, uint64_t offset, size_t len)
{
  uint8_t *data = g_malloc (len);

  for (size_t i = 0; i < len; i++)
    data[i] = link_pattern (stream, offset + i);
  return g_bytes_new_take (data, len);
}

Link *
link_new (uint64_t seed, void (*change) (HarkSessionConfig configs[2]))
{
  Link *link = g_new0 (Link, 1);
  HarkSessionConfig configs[2] = {{.initiator = true}, {.initiator = false}};
  uint8_t bytes[32] = {0};

  memcpy (bytes, &seed, sizeof seed);
  hark_rng_init (&link->rng, bytes);
  hark_rng_bytes (&link->rng, &link->secrets, sizeof link->secrets);
  configs[0].secrets = configs[1].secrets = link->secrets;
  if (change != NULL)
    change (configs);
  link->now = 1000 * HARK_SECOND;
  link->flying = g_sequence_new (g_free);
  link_set (link, (LinkQuality){.delay = 20 * HARK_MS});
  for (unsigned i = 0; i < 2; i++) {
    link->ends[i].session = hark_session_new (&configs[i], &link->rng, link->now);
    link->ends[i].offsets = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  }
  return link;
}

void
link_free (Link *link)
{
  for (unsigned i = 0; i < 2; i++) {
    hark_session_free (link->ends[i].session);
    g_hash_table_unref (link->ends[i].offsets);
  }
  g_sequence_free (link->flying);
  g_free (link);
}

void
link_set (Link *link, LinkQuality quality)
{
  link->quality[0] = link->quality[1] = quality;
}

static void
fly (Link *link, unsigned from, const uint8_t *data, size_t len, HarkTime at)
{
  const LinkQuality *quality = &link->quality[from];
  Packet *packet = g_malloc (sizeof *packet + len);

  packet->at = at + quality->delay;
  if (quality->jitter > 0)
    packet->at += hark_rng_below (&link->rng, quality->jitter);
  packet->order = link->order++;
  packet->to = 1 - from;
  packet->len = len;
  memcpy (packet->data, data, len);
  if (hark_rng_unit (&link->rng) < quality->corrupt)
    packet->data[hark_rng_below (&link->rng, len)]
      ^= (uint8_t) (1 + hark_rng_below (&link->rng, 255));
  g_sequence_insert_sorted (link->flying, packet, compare, NULL);
}

static void
transmit (Link *link, unsigned from, const uint8_t *data, size_t len)
{
  const LinkQuality *quality = &link->quality[from];
  HarkTime at = link->now;

  link->packets[from]++;
  link->bytes[from] += len;
  for (size_t i = 0; i < len; i++)
    link->digest = (link->digest ^ data[i]) * UINT64_C (0x100000001b3);
  if (quality->cut || (quality->mtu != 0 && len > quality->mtu)
      || hark_rng_unit (&link->rng) < quality->loss)
    return;
  if (quality->rate > 0) {
    HarkTime free_at = MAX (link->free_at[from], link->now);
    uint64_t waiting = (uint64_t) ((double) (free_at - link->now) * quality->rate / 1e9);

    if (waiting + len > quality->queue)
      return;
    link->queue_max[from] = MAX (link->queue_max[from], waiting + len);
    at = link->free_at[from] = free_at + (HarkTime) ((double) len / quality->rate * 1e9);
  }
  fly (link, from, data, len, at);
  if (hark_rng_unit (&link->rng) < quality->duplicate)
    fly (link, from, data, len, at);
}

static void
handle_data (Link *link, unsigned end, const HarkSessionEvent *event)
{
  LinkEnd *self = &link->ends[end];
  uint64_t *offset = g_hash_table_lookup (self->offsets, &event->stream);

  if (offset == NULL) {
    offset = g_new0 (uint64_t, 1);
    g_hash_table_insert (self->offsets, g_memdup2 (&event->stream, sizeof event->stream), offset);
  }
  for (size_t i = 0; i < event->len; i++)
    self->bad_bytes += event->data[i] != link_pattern (event->stream, *offset + i);
  *offset += event->len;
  self->bytes += event->len;
  if (self->hold)
    self->held += event->len;
  else
    hark_session_stream_consume (self->session, event->stream, event->len);
  if (event->finished && self->echo_finish)
    hark_session_stream_send (self->session, event->stream, NULL, true);
}

static void
handle_event (Link *link, unsigned end, const HarkSessionEvent *event)
{
  LinkEnd *self = &link->ends[end];

  g_assert_false (self->closed);
  switch (event->kind) {
  case HARK_SESSION_CONFIRMED:
    g_assert_false (self->confirmed);
    self->confirmed = true;
    break;
  case HARK_SESSION_STREAM_OPENED:
    self->opened++;
    break;
  case HARK_SESSION_STREAM_DATA:
    handle_data (link, end, event);
    break;
  case HARK_SESSION_STREAM_WRITABLE:
    self->writable++;
    break;
  case HARK_SESSION_STREAM_ACKED:
    self->acked++;
    break;
  case HARK_SESSION_STREAM_CLOSED:
    self->ended += event->code == 0;
    self->reset += event->code != 0;
    break;
  case HARK_SESSION_MEDIA:
    self->media++;
    self->media_bytes += event->len;
    break;
  case HARK_SESSION_SILENT:
    g_assert_false (self->silent);
    self->silent = true;
    self->silences++;
    break;
  case HARK_SESSION_ALIVE:
    g_assert_true (self->silent);
    self->silent = false;
    break;
  case HARK_SESSION_CLOSED:
    self->closed = true;
    g_test_message ("end %u closed: %s", end, event->reason);
    self->close_code = event->code;
    break;
  default:
    g_assert_not_reached ();
  }
  if (self->on_event != NULL)
    self->on_event (link, end, event);
}

/* The answer is kept until a door says that something changed: one that forgets to shows here. */
static HarkTime
get_deadline (HarkSession *session)
{
  HarkTime kept = hark_session_get_deadline (session);

  session->has_deadline = false;
  g_assert_cmpuint (kept, ==, hark_session_get_deadline (session));
  return kept;
}

/* What the test does with an event may change the deadline as well. */
static void
tell (Link *link, unsigned end, const HarkSessionEvent *event)
{
  get_deadline (link->ends[end].session);
  handle_event (link, end, event);
  get_deadline (link->ends[end].session);
}

static void
drain (Link *link, unsigned end)
{
  HarkSession *session = link->ends[end].session;
  HarkSessionBatch batch;
  HarkSessionEvent event;

  get_deadline (session);
  while (hark_session_poll_event (session, &event))
    tell (link, end, &event);
  while (hark_session_poll_batch (session, link->now, &batch)) {
    g_assert_cmpuint (batch.len, <=, HARK_SESSION_BATCH_MAX);
    g_assert_cmpuint ((batch.len + batch.segment - 1) / batch.segment, <=, 64);
    for (size_t at = 0; at < batch.len; at += batch.segment)
      transmit (link, end, batch.data + at, MIN (batch.segment, batch.len - at));
    while (hark_session_poll_event (session, &event))
      tell (link, end, &event);
  }
}

void
link_inject (Link *link, unsigned end, const uint8_t *packet, size_t len)
{
  hark_session_handle_packet (link->ends[end].session, packet, len, link->now);
}

/* Delivers what has arrived by now. */
static void
deliver (Link *link)
{
  for (;;) {
    GSequenceIter *first = g_sequence_get_begin_iter (link->flying);
    Packet *packet;

    if (g_sequence_iter_is_end (first))
      return;
    packet = g_sequence_get (first);
    if (packet->at > link->now)
      return;
    hark_session_handle_packet (link->ends[packet->to].session, packet->data, packet->len,
                                link->now);
    g_sequence_remove (first);
    if (g_sequence_get_length (link->flying) % 8 == 0)
      drain (link, 1);
  }
}

static HarkTime
get_next (Link *link)
{
  GSequenceIter *first = g_sequence_get_begin_iter (link->flying);
  HarkTime next = HARK_TIME_NEVER;

  if (!g_sequence_iter_is_end (first))
    next = ((Packet *) g_sequence_get (first))->at;
  for (unsigned i = 0; i < 2; i++)
    next = hark_time_min (next, get_deadline (link->ends[i].session));
  return next;
}

bool
link_run (Link *link, HarkTime span, bool (*until) (Link *link))
{
  HarkTime end = hark_time_add (link->now, span);
  unsigned idle = 0;

  for (;;) {
    HarkTime next;

    drain (link, 0);
    drain (link, 1);
    next = get_next (link);
    if (until != NULL && until (link))
      return true;
    if (next > end) {
      link->now = MAX (link->now, MIN (end, next));
      return false;
    }
    /* a deadline that stays in the past would be a busy loop */
    idle = next <= link->now ? idle + 1 : 0;
    g_assert_cmpuint (idle, <, 1000);
    link->now = MAX (link->now, next);
    deliver (link);
    for (unsigned i = 0; i < 2; i++)
      if (get_deadline (link->ends[i].session) <= link->now)
        hark_session_handle_time (link->ends[i].session, link->now);
  }
}

bool
link_is_confirmed (Link *link)
{
  return link->ends[0].confirmed && link->ends[1].confirmed;
}

size_t
link_forge (const HarkSessionSecrets *secrets,
            bool from_initiator,
            bool aes,
            uint32_t number,
            const uint8_t *frames,
            size_t len,
            uint8_t *ret)
{
  HarkPacketSecret secret;
  HarkPacketKey *key;
  uint8_t header_key[32], nonce[HARK_NONCE_LEN], mask[HARK_MASK_LEN];
  uint8_t head[5] = {0x43, (uint8_t) (number >> 24), (uint8_t) (number >> 16),
                     (uint8_t) (number >> 8), (uint8_t) number};

  hark_keys_secret (secrets, HARK_SPACE_APPLICATION, from_initiator, &secret);
  hark_keys_header (&secret, header_key);
  key = hark_packet_key_new (&secret, HARK_SPACE_APPLICATION, aes);
  hark_packet_key_nonce (key->iv, number, nonce);
  memcpy (ret, head, sizeof head);
  hark_packet_key_seal (key, ret + sizeof head, frames, len, nonce, head, sizeof head);
  hark_header_mask (header_key, ret + 5, mask);
  ret[0] ^= mask[0] & 0x1f;
  for (unsigned i = 0; i < 4; i++)
    ret[1 + i] ^= mask[1 + i];
  hark_packet_key_free (key);
  return sizeof head + len + HARK_TAG_LEN;
}
