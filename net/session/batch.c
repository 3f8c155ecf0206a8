/* net/session/batch.c - what to send next: media first, then streams by priority, then what ngtcp2
 * has of its own. */
#include "net/session/state.h"

#include <string.h>

#define PIECES_MAX 16
#define ACK_ONLY_MAX 256 /* a lone packet below this without stream data is not paced */
#define NEARLY_FULL 16   /* bytes a full packet may lack */
#define BUFFER_SMALL 4096
#define MEDIA_AGE_MAX (200 * HARK_MS) /* a longer gap is over for who listens */
#define KEYS_AGE_MAX (10 * HARK_MINUTE)
#define KEYS_BYTES_MAX (UINT64_C (1) << 30)

G_STATIC_ASSERT (sizeof (HarkPiece) == sizeof (ngtcp2_vec));
G_STATIC_ASSERT (offsetof (HarkPiece, len) == offsetof (ngtcp2_vec, len));

/* Largest packets and how many bytes this batch may have. */
typedef struct {
  size_t packet;
  size_t bytes;
  uint64_t in_flight; /* bytes, before it */
  bool bulk;          /* the governor lets bulk go */
  bool streams;       /* the pace lets anything but acknowledgements go */
  bool took;          /* stream bytes were written */
} Plan;

static void
need_buffer (HarkSession *session, size_t size)
{
  if (session->batch_size >= size)
    return;
  size = size <= BUFFER_SMALL ? BUFFER_SMALL : HARK_SESSION_BATCH_MAX;
  g_free (session->batch);
  session->batch = g_malloc (size);
  session->batch_size = size;
}

void
hark_session_batch_free (HarkSession *session)
{
  g_clear_pointer (&session->batch, g_free);
  session->batch_size = 0;
}

/* The stream whose turn it is. Those that are short of the peer's window leave the list until it
 * grows. */
static HarkStream *
pick_stream (HarkSession *session, const Plan *plan)
{
  bool room = ngtcp2_conn_get_max_data_left (session->conn) > 0;

  if (session->state != HARK_SESSION_STATE_CONFIRMED || !plan->streams)
    return NULL;
  for (unsigned i = 0; i < (plan->bulk ? HARK_PRIORITIES : HARK_PRIORITIES - 1); i++) {
    GList *link = session->ready[i].head;

    while (link != NULL) {
      HarkStream *stream = link->data;

      link = link->next;
      if (hark_stream_unsent_len (stream) == 0)
        return stream; /* a bare finish needs no window */
      if (!room)
        continue;
      if (ngtcp2_conn_get_max_stream_data_left (session->conn, stream->id) > 0)
        return stream;
      stream->blocked = true;
      hark_session_make_unready (session, stream);
    }
  }
  return NULL;
}

static void
after_stream_write (HarkSession *session, HarkStream *stream, size_t taken, bool finish)
{
  bool asked = stream->asked_room;

  hark_stream_sent (stream, taken, finish);
  if (asked && hark_stream_unsent_len (stream) < HARK_SESSION_STREAM_BUFFER / 2) {
    stream->asked_room = false;
    hark_session_tell (session, stream, HARK_STREAM_TELLS_WRITABLE);
  }
  if (!hark_stream_wants (stream))
    hark_session_make_unready (session, stream);
}

/* Writes one packet of at most @size bytes; 0 when there is nothing to send or nothing may be sent,
 * negative when the session has failed. */
static ngtcp2_ssize
write_packet (HarkSession *session, Plan *plan, uint8_t *dest, size_t size)
{
  session->begun = true;
  for (;;) {
    HarkStream *stream = pick_stream (session, plan);
    HarkPiece pieces[PIECES_MAX];
    bool finish = false;
    size_t n = 0;
    ngtcp2_ssize taken = -1;
    ngtcp2_pkt_info info;
    ngtcp2_ssize len;

    if (stream != NULL)
      n = hark_stream_peek (stream, pieces, PIECES_MAX, size, &finish);
    len = ngtcp2_conn_writev_stream (session->conn, NULL, &info, dest, size, &taken,
                                     finish ? NGTCP2_WRITE_STREAM_FLAG_FIN
                                            : NGTCP2_WRITE_STREAM_FLAG_NONE,
                                     stream != NULL ? stream->id : -1, (const ngtcp2_vec *) pieces,
                                     n, hark_session_quic_now (session));
    if (stream != NULL && taken >= 0) {
      size_t whole = 0;

      for (size_t i = 0; i < n; i++)
        whole += pieces[i].len;
      after_stream_write (session, stream, (size_t) taken, finish && (size_t) taken == whole);
      plan->took = true;
    }
    if (len >= 0)
      return len;
    if (len == NGTCP2_ERR_STREAM_DATA_BLOCKED) {
      stream->blocked = true;
      hark_session_make_unready (session, stream);
    } else if (len == NGTCP2_ERR_STREAM_SHUT_WR || len == NGTCP2_ERR_STREAM_NOT_FOUND) {
      /* the peer stopped reading, or it is closed already */
      hark_session_make_unready (session, stream);
      hark_stream_drop_unsent (stream);
    } else {
      hark_session_quic_fail (session, (int) len);
      return len;
    }
  }
}

void
hark_session_expire_media (HarkSession *session)
{
  hark_media_queue_expire (&session->media_out,
                           session->now > MEDIA_AGE_MAX ? session->now - MEDIA_AGE_MAX : 0);
}

static bool
next_media (HarkSession *session, HarkSessionBatch *ret)
{
  const uint8_t *packet;
  size_t len, segment = 0, used = 0, count = 0;

  hark_session_expire_media (session);
  if (session->media_out.count == 0)
    return false;
  need_buffer (session, HARK_SESSION_BATCH_MAX);
  while (count < HARK_SESSION_SEGMENTS_MAX
         && (packet = hark_media_queue_peek (&session->media_out, &len)) != NULL) {
    segment = segment == 0 ? len : segment;
    if (len > segment || used + len > HARK_SESSION_BATCH_MAX)
      break;
    memcpy (session->batch + used, packet, len);
    used += len;
    count++;
    hark_media_queue_pop (&session->media_out);
    if (len < segment)
      break;
  }
  *ret = (HarkSessionBatch){session->batch, used, segment};
  return true;
}

static void
maybe_update_keys (HarkSession *session)
{
  bool due = session->keys_bytes >= KEYS_BYTES_MAX
             || hark_time_since (session->now, session->keys_since) >= KEYS_AGE_MAX;

  /* the responder follows the initiator's clock, not its own, so that they do not cross every time
   */
  if (!session->initiator)
    due = session->keys_bytes >= KEYS_BYTES_MAX + KEYS_BYTES_MAX / 8
          || hark_time_since (session->now, session->keys_since) >= KEYS_AGE_MAX + HARK_MINUTE;
  if (!due || session->state != HARK_SESSION_STATE_CONFIRMED || !session->wrote)
    return;
  /* refused while an earlier one is young; then it is asked again with the next batch */
  if (ngtcp2_conn_initiate_key_update (session->conn, hark_session_quic_now (session)) == 0) {
    session->keys_since = session->now;
    session->keys_bytes = 0;
  }
}

/* Bytes of the largest packet to write now. */
static size_t
get_packet_max (const HarkSession *session)
{
  size_t limit = hark_mtu_limit (&session->mtu);

  return session->packet_max ? MIN (limit, session->packet_max) : limit;
}

/* A single larger packet to find out whether the path carries it again. */
static bool
write_trial (HarkSession *session, Plan *plan, const HarkQuicFigures *figures, size_t *ret_len)
{
  size_t size = hark_mtu_try (&session->mtu, session->now);
  ngtcp2_ssize len;

  if (size == 0 || session->packet_max || pick_stream (session, plan) == NULL)
    return false;
  need_buffer (session, size);
  len = write_packet (session, plan, session->batch, size);
  if (len <= 0)
    return false;
  if ((size_t) len > hark_mtu_limit (&session->mtu)) {
    session->guard.trial = session->guard.spaces[HARK_SPACE_APPLICATION].sent;
    session->guard.trial_acked = false;
    hark_mtu_tried (&session->mtu, (size_t) len, 3 * figures->smoothed_rtt + HARK_SECOND / 5,
                    session->now);
  }
  *ret_len = (size_t) len;
  return true;
}

/* Fills the batch with packets as large as its first. */
static size_t
write_packets (HarkSession *session, Plan *plan, size_t *ret_segment)
{
  size_t full
    = MIN (ngtcp2_conn_get_path_max_tx_udp_payload_size (session->conn), get_packet_max (session));
  size_t used = 0, segment = plan->packet;

  for (unsigned i = 0; i < HARK_SESSION_SEGMENTS_MAX; i++) {
    ngtcp2_ssize len;

    if (i > 0 && used + segment > MAX (plan->bytes, 2 * segment))
      break;
    if (used + segment > session->batch_size)
      break;
    plan->bulk = hark_governor_allows (&session->governor, plan->in_flight + used);
    len = write_packet (session, plan, session->batch + used, segment);
    if (len < 0)
      return 0;
    if (len == 0) {
      session->send_due = HARK_TIME_NEVER;
      break;
    }
    used += (size_t) len;
    if (i == 0)
      *ret_segment = segment = (size_t) len;
    /* a probe is larger, an acknowledgement smaller than what follows: not one size, not one batch
     */
    if ((size_t) len < segment || segment > full || segment + NEARLY_FULL < full)
      break;
  }
  return used;
}

/* Streams that wait for the pace. To BBR a call without their bytes means that there are none: the
 * round does not count, start-up goes on and floods the path. Acknowledgements go with the bytes,
 * or when their time is over. */
static bool
has_ready (const HarkSession *session)
{
  for (unsigned i = 0; i < HARK_PRIORITIES; i++)
    if (session->ready[i].length > 0)
      return true;
  return false;
}

static bool
next_quic (HarkSession *session, HarkSessionBatch *ret)
{
  HarkTime now = hark_session_quic_now (session);
  HarkQuicFigures figures;
  size_t used = 0, segment = 0;
  double rate;
  Plan plan = {.packet = get_packet_max (session)};

  hark_quic_get_figures (session->conn, &figures);
  rate = hark_pace_rate (figures.pacing_rate, figures.cwnd, figures.smoothed_rtt);
  rate = hark_governor_rate (&session->governor, rate, figures.smoothed_rtt);
  if (session->rate_max > 0)
    rate = MIN (rate, session->rate_max);
  plan.bytes = hark_pace_batch (rate, plan.packet);
  plan.in_flight = figures.bytes_in_flight;
  plan.bulk = hark_governor_allows (&session->governor, plan.in_flight);
  plan.streams = session->now >= session->pace.open;
  if (!plan.streams && session->state != HARK_SESSION_STATE_CONFIRMED)
    plan.streams = true;
  if (!plan.streams && has_ready (session) && ngtcp2_conn_get_expiry (session->conn) > now)
    return false;
  need_buffer (session,
               MAX (session->ready[HARK_PRIORITIES - 1].length > 0 ? plan.bytes : 0, plan.packet));
  if (write_trial (session, &plan, &figures, &used))
    segment = used;
  else if (session->state != HARK_SESSION_STATE_CLOSED)
    used = write_packets (session, &plan, &segment);
  if (used == 0 || session->state == HARK_SESSION_STATE_CLOSED)
    return false;
  session->wrote = session->wrote || session->state == HARK_SESSION_STATE_CONFIRMED;
  session->keys_bytes += used;
  session->batch_used = session->now;
  if (plan.took || used > ACK_ONLY_MAX) {
    HarkTime slack = hark_pace_slack (rate, session->governor.active);
    HarkTime base = hark_pace_base (&session->pace, slack, session->now);

    ngtcp2_conn_update_pkt_tx_time (session->conn, HARK_QUIC_SENT_AT (base + session->skew, now));
    hark_pace_sent (&session->pace, used, rate, base);
  } else {
    ngtcp2_conn_update_pkt_tx_time (session->conn, now);
  }
  *ret = (HarkSessionBatch){session->batch, used, segment};
  return true;
}

/* Streams of one class take turns, a batch each. */
static void
take_turns (HarkSession *session)
{
  for (unsigned i = 0; i < HARK_PRIORITIES; i++) {
    GList *head = session->ready[i].head;

    if (session->ready[i].length > 1) {
      g_queue_unlink (&session->ready[i], head);
      g_queue_push_tail_link (&session->ready[i], head);
    }
  }
}

bool
hark_session_batch_next (HarkSession *session, HarkSessionBatch *ret)
{
  if (!session->usable || !hark_session_is_awake (session))
    return false;
  if (session->farewell_len > 0) {
    *ret = (HarkSessionBatch){session->farewell, session->farewell_len, session->farewell_len};
    session->farewell_len = 0;
    return true;
  }
  if (session->state == HARK_SESSION_STATE_CLOSED)
    return false;
  if (next_media (session, ret))
    return true;
  maybe_update_keys (session);
  take_turns (session);
  if (next_quic (session, ret))
    return true;
  return session->farewell_len > 0 && hark_session_batch_next (session, ret);
}
