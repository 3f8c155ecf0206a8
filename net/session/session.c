/* net/session/session.c - the doors of a session: packets, time, commands in; deadlines out. */
#include "net/session/state.h"

#include "net/base/domain.h"
#include "net/base/hash.h"
#include "net/base/locked.h"

#include <string.h>

#define CONFIRM_TIMEOUT (10 * HARK_SECOND)
/* A router that restarts is away for up to five minutes, a train in a tunnel or a phone call
 * without data longer; all that goes on afterwards costs 74 kB meanwhile. Somebody who comes back
 * as another process replaces the session at once. */
#define IDLE_TIMEOUT (10 * HARK_MINUTE)
#define BUFFER_IDLE (2 * HARK_SECOND)
#define FLOOD_CODE 0x10              /* net/PROTOCOL.md "Session" */
#define BURST_FRAMES 8               /* in a row make a burst of data */
#define ACK_DELAY_MAX (25 * HARK_MS) /* RFC 9000 section 18.2, default */
#define MEDIA_BITS 0xc0
#define MEDIA_FIRST 0x80

static void
derive_secrets (HarkSession *session, const HarkSessionSecrets *secrets)
{
  for (unsigned space = 0; space < HARK_SPACES; space++)
    for (unsigned direction = 0; direction < 2; direction++)
      hark_keys_secret (secrets, (HarkSpace) space, session->initiator == (direction == 0),
                        &session->secrets[space][direction]);
  for (unsigned direction = 0; direction < 2; direction++)
    hark_keys_finished (&session->secrets[HARK_SPACE_HANDSHAKE][direction], secrets->handshake_hash,
                        session->finished[direction]);
  hark_keys_original_dcid (secrets->handshake_hash, session->original_dcid);
  hark_media_init (&session->media, HARK_MEDIA_VOICE, secrets, session->initiator);
  hark_keys_relay (secrets, session->relay_secret);
  hark_media_init (&session->relay, HARK_MEDIA_RELAY, secrets, session->initiator);
}

HarkSession *
hark_session_new (const HarkSessionConfig *config, HarkRng *rng, HarkTime now)
{
  HarkSession *session = hark_locked_new0 (HarkSession);

  session->initiator = config->initiator;
  session->aes = config->aes && hark_keys_have_aes ();
  session->cubic = config->cubic;
  session->usable = true;
  session->now = session->created = session->heard = now;
  session->send_due = config->initiator ? now : HARK_TIME_NEVER;
  hark_rng_fork (rng, &session->rng);
  hark_guard_init (&session->guard);
  session->guard.second = now;
  session->streams
    = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, (GDestroyNotify) hark_stream_free);
  for (unsigned i = 0; i < HARK_PRIORITIES; i++)
    g_queue_init (&session->ready[i]);
  g_queue_init (&session->telling);
  derive_secrets (session, &config->secrets);
  hark_session_quic_start (session, config->jumbo ? config->jumbo_size : HARK_SESSION_PACKET_MAX);
  if (!config->jumbo)
    hark_mtu_start_small (&session->mtu);
  return session;
}

void
hark_session_allow_large (HarkSession *session, size_t size)
{
  hark_session_touch (session);
  if (session->begun || size <= session->mtu.max)
    return;
  hark_session_quic_start (session, size);
  hark_mtu_start_small (&session->mtu);
}

void
hark_session_free (HarkSession *session)
{
  if (session == NULL)
    return;
  ngtcp2_conn_del (session->conn); /* may still look at stream data */
  g_hash_table_unref (session->streams);
  g_free (session->lent);
  hark_read_spares_clear (&session->spares);
  hark_media_queue_clear (&session->media_in);
  hark_media_queue_clear (&session->media_out);
  hark_session_batch_free (session);
  hark_media_clear (&session->media);
  hark_media_clear (&session->relay);
  hark_rng_clear (&session->rng);
  hark_locked_free (session);
}

/* Time only moves forward. */
static void
set_now (HarkSession *session, HarkTime now)
{
  hark_session_touch (session);
  session->now = MAX (session->now, now);
}

static bool
is_over (const HarkSession *session)
{
  return session->state == HARK_SESSION_STATE_CLOSED;
}

static void
wake (HarkSession *session)
{
  if (!is_over (session) && hark_session_is_awake (session))
    session->send_due = 0;
}

/* Asks the peer for a sign of life with the next batch. */
static void
ask_peer (HarkSession *session)
{
  ngtcp2_conn_set_keep_alive_timeout (session->conn, 1);
  wake (session);
}

/* How long ngtcp2 waits for an answer before it probes, without backing off. */
static HarkTime
get_probe (const HarkSession *session)
{
  HarkQuicFigures figures;

  hark_quic_get_figures (session->conn, &figures);
  return figures.smoothed_rtt + MAX (4 * figures.rttvar, HARK_MS) + ACK_DELAY_MAX;
}

/* An authentic packet came. */
static void
note_life (HarkSession *session, bool media)
{
  if (session->state != HARK_SESSION_STATE_CONFIRMED)
    return;
  if (session->burst >= BURST_FRAMES) {
    session->burst = 0;
    hark_life_flowed (&session->life, session->now);
  }
  if (hark_life_heard (&session->life, media, session->now)) {
    session->tell_alive = !session->tell_silent;
    session->tell_silent = false;
  }
}

/* Asks, or finds the peer silent, when it is time. */
static void
watch_life (HarkSession *session)
{
  HarkTime probe = get_probe (session);
  HarkLifeStep step;

  while ((step = hark_life_handle_time (&session->life, probe, session->now))
         != HARK_LIFE_NOTHING) {
    if (step == HARK_LIFE_ASK && session->usable) {
      ask_peer (session);
    } else if (step == HARK_LIFE_SILENT) {
      session->tell_silent = !session->tell_alive;
      session->tell_alive = false;
    }
  }
}

/* ngtcp2's least round trip is of all paths there were: to the governor the way around the world
 * would look like a long queue after a call in the same room. */
static HarkTime
get_least_rtt (const HarkSession *session, const HarkQuicFigures *figures)
{
  if (!session->moved)
    return figures->min_rtt;
  return session->least_rtt == HARK_TIME_NEVER ? figures->smoothed_rtt : session->least_rtt;
}

static void
note_rtt (HarkSession *session, const HarkQuicFigures *figures)
{
  if (figures->latest_rtt == session->rtt_before)
    return; /* nothing was measured on this path */
  session->rtt_before = HARK_TIME_NEVER;
  session->least_rtt = hark_time_min (session->least_rtt, figures->latest_rtt);
}

/* Junk must not get us to do anything: it brings no timer forward. */
static void
after_read (HarkSession *session, bool authentic, HarkTime heard_before)
{
  HarkQuicFigures figures = {0};

  if (session->guard.flooded && !is_over (session)) {
    hark_session_quic_close (session, FLOOD_CODE);
    hark_session_end (session, FLOOD_CODE, "flooded by the peer", true);
  }
  if (is_over (session) || !authentic)
    return;
  wake (session);
  if (session->state != HARK_SESSION_STATE_CONFIRMED)
    return;
  if (hark_mtu_decide (&session->mtu, session->guard.trial_acked, session->now)) {
    session->guard.trial = -1;
    session->guard.trial_acked = false;
  }
  if (session->now - heard_before > HARK_SECOND / 2)
    hark_session_quic_hurry (session);
  if (session->governor.active || session->moved)
    hark_quic_get_figures (session->conn, &figures);
  if (session->moved)
    note_rtt (session, &figures);
  if (session->governor.active) {
    hark_governor_sample (&session->governor, figures.latest_rtt, get_least_rtt (session, &figures),
                          figures.smoothed_rtt, figures.cwnd, hark_mtu_limit (&session->mtu),
                          session->now);
  }
}

/* Returns true when it is newer than all before. */
static bool
handle_media (HarkSession *session, const uint8_t *packet, size_t len)
{
  uint8_t payload[HARK_SESSION_MEDIA_MAX];
  uint64_t next = session->media.rx.next;
  size_t payload_len = 0;

  if (session->state == HARK_SESSION_STATE_CONFIRMED)
    payload_len = hark_media_open (&session->media, packet, len, payload);
  if (payload_len == 0) {
    session->packets_refused++;
    return false;
  }
  memcpy (hark_media_queue_add (&session->media_in, payload_len, true, session->now), payload,
          payload_len);
  session->heard = session->now;
  note_life (session, true);
  return session->media.rx.next > next;
}

bool
hark_session_handle_packet (HarkSession *session, const uint8_t *packet, size_t len, HarkTime now)
{
  const HarkGuardSpace *space = &session->guard.spaces[HARK_SPACE_APPLICATION];
  int64_t newest = space->newest;
  HarkTime heard_before = session->heard;
  bool authentic;

  set_now (session, now);
  if (is_over (session))
    return false;
  if (len > 0 && (packet[0] & MEDIA_BITS) == MEDIA_FIRST)
    return handle_media (session, packet, len);
  if (!hark_guard_admit (packet, len, session->initiator ? NULL : session->original_dcid)) {
    session->packets_refused++;
    return false;
  }
  authentic = hark_session_quic_read (session, packet, len);
  if (authentic)
    note_life (session, false);
  after_read (session, authentic, heard_before);
  return space->newest > newest;
}

/* When we give up on the peer. */
static HarkTime
get_end (const HarkSession *session)
{
  return session->state == HARK_SESSION_STATE_HANDSHAKE
           ? hark_time_add (session->created, CONFIRM_TIMEOUT)
           : hark_time_add (session->heard, IDLE_TIMEOUT);
}

void
hark_session_handle_time (HarkSession *session, HarkTime now)
{
  set_now (session, now);
  if (is_over (session))
    return;
  if (session->now >= get_end (session)) {
    hark_session_end (session, 0,
                      session->state == HARK_SESSION_STATE_HANDSHAKE ? "handshake timed out"
                                                                     : "peer fell silent",
                      true);
    return;
  }
  hark_session_quic_expire (session);
  if (is_over (session))
    return;
  if (session->state == HARK_SESSION_STATE_CONFIRMED)
    watch_life (session);
  if (hark_mtu_decide (&session->mtu, session->guard.trial_acked, session->now)) {
    session->guard.trial = -1;
    session->guard.trial_acked = false;
  }
  if (hark_time_since (session->now, session->batch_used) > BUFFER_IDLE) {
    hark_session_batch_free (session);
    hark_read_spares_clear (&session->spares);
  }
  wake (session);
}

static HarkTime
find_deadline (const HarkSession *session)
{
  HarkTime due = session->send_due, expiry = HARK_TIME_NEVER;

  if (is_over (session))
    return session->farewell_len > 0 && session->usable ? session->now : HARK_TIME_NEVER;
  if (!session->usable)
    due = HARK_TIME_NEVER;
  else if (session->media_out.count > 0)
    due = 0;
  else if (due != HARK_TIME_NEVER && session->pace.open > session->now
           && session->ready[0].length + session->ready[1].length + session->ready[2].length > 0)
    due = MAX (due, session->pace.open);
  if (hark_session_is_awake (session))
    expiry = ngtcp2_conn_get_expiry (session->conn);
  if (expiry != HARK_TIME_NEVER)
    expiry = expiry > session->skew ? expiry - session->skew : 0;
  if (session->state == HARK_SESSION_STATE_CONFIRMED)
    expiry = hark_time_min (expiry, hark_life_get_deadline (&session->life, get_probe (session)));
  return hark_time_min (hark_time_min (due, expiry), get_end (session));
}

HarkTime
hark_session_get_deadline (HarkSession *session)
{
  if (!session->has_deadline) {
    session->deadline = find_deadline (session);
    session->has_deadline = true;
  }
  return session->deadline;
}

void
hark_session_ask (HarkSession *session, HarkTime now)
{
  set_now (session, now);
  if (session->state == HARK_SESSION_STATE_CONFIRMED && session->usable)
    ask_peer (session);
}

void
hark_session_handle_path (HarkSession *session, bool usable, HarkTime now)
{
  set_now (session, now);
  session->usable = usable;
  if (is_over (session) || !usable)
    return;
  if (session->wrote) { /* before that nothing was found out about any path */
    HarkQuicFigures figures;

    hark_quic_get_figures (session->conn, &figures);
    session->moved = true;
    session->least_rtt = HARK_TIME_NEVER;
    session->rtt_before = figures.latest_rtt;
    hark_mtu_shrink (&session->mtu, session->now);
    session->guard.trial = -1;
    session->guard.trial_acked = false;
  }
  if (session->state == HARK_SESSION_STATE_CONFIRMED) {
    hark_life_moved (&session->life, session->now);
    hark_session_quic_hurry (session);
    ask_peer (session);
  }
  wake (session);
}

static uint64_t
get_in_flight (const HarkSession *session)
{
  HarkQuicFigures figures;

  hark_quic_get_figures (session->conn, &figures);
  return figures.bytes_in_flight;
}

bool
hark_session_poll_batch (HarkSession *session, HarkTime now, HarkSessionBatch *ret)
{
  uint64_t before;

  set_now (session, now);
  if (!is_over (session) && session->usable)
    hark_session_quic_expire (session);
  before = get_in_flight (session);
  if (hark_session_batch_next (session, ret)) {
    /* acknowledgements and media do not count as in flight: nobody answers them */
    if (session->state == HARK_SESSION_STATE_CONFIRMED && get_in_flight (session) > before) {
      hark_life_sent (&session->life, session->now);
      /* asked: time goes on between batches, and every one would ask again */
      ngtcp2_conn_set_keep_alive_timeout (session->conn, HARK_QUIC_NO_KEEP_ALIVE);
    }
    return true;
  }
  if (session->state == HARK_SESSION_STATE_CONFIRMED)
    ngtcp2_conn_set_keep_alive_timeout (session->conn, HARK_QUIC_NO_KEEP_ALIVE);
  return false;
}

/* ---- commands -------------------------------------------------------------------------------- */

int64_t
hark_session_stream_open (HarkSession *session, unsigned priority)
{
  HarkStream *stream;
  int64_t id;

  hark_session_touch (session);
  if (session->state != HARK_SESSION_STATE_CONFIRMED
      || ngtcp2_conn_open_bidi_stream (session->conn, &id, NULL) != 0)
    return -1;
  stream = hark_session_add_stream (session, id, priority, true);
  /* a reader of bulk that comes to a halt must not halt letters with it. Only of what we asked for:
   * the peer could open more streams than there is memory for their windows */
  stream->apart = stream->priority == HARK_PRIORITIES - 1;
  ngtcp2_conn_set_stream_user_data (session->conn, id, stream);
  return id;
}

void
hark_session_stream_set_priority (HarkSession *session, int64_t id, unsigned priority)
{
  HarkStream *stream = hark_session_find (session, id);

  hark_session_touch (session);
  if (stream == NULL)
    return;
  hark_session_make_unready (session, stream);
  stream->priority = MIN (priority, HARK_PRIORITIES - 1);
  hark_session_make_ready (session, stream);
}

size_t
hark_session_stream_room (HarkSession *session, int64_t id)
{
  HarkStream *stream = hark_session_find (session, id);
  uint64_t unsent;

  if (stream == NULL || stream->finish_queued || stream->send_over || is_over (session))
    return 0;
  unsent = hark_stream_unsent_len (stream);
  if (unsent < HARK_SESSION_STREAM_BUFFER)
    return (size_t) (HARK_SESSION_STREAM_BUFFER - unsent);
  stream->asked_room = true;
  return 0;
}

bool
hark_session_stream_send (HarkSession *session, int64_t id, GBytes *bytes, bool finish)
{
  HarkStream *stream = hark_session_find (session, id);

  hark_session_touch (session);
  if (stream == NULL || stream->finish_queued || stream->send_over || is_over (session))
    return false;
  hark_life_talked (&session->life, session->now);
  hark_stream_queue (stream, bytes, finish);
  hark_session_make_ready (session, stream);
  wake (session);
  return true;
}

void
hark_session_stream_consume (HarkSession *session, int64_t id, size_t len)
{
  HarkStream *stream = hark_session_find (session, id);
  uint64_t credit;

  hark_session_touch (session);
  if (stream == NULL || is_over (session))
    return;
  credit = MIN (stream->unconsumed, len);
  stream->unconsumed -= credit;
  if (!stream->closed)
    ngtcp2_conn_extend_max_stream_offset (session->conn, id, credit);
  if (!stream->apart)
    ngtcp2_conn_extend_max_offset (session->conn, credit);
  wake (session);
}

void
hark_session_stream_use_pieces (HarkSession *session, int64_t id, GBytes *(*make) (void) )
{
  HarkStream *stream = hark_session_find (session, id);

  if (stream != NULL)
    stream->make_piece = make;
}

void
hark_session_stream_reset (HarkSession *session, int64_t id, uint64_t code)
{
  HarkStream *stream = hark_session_find (session, id);

  hark_session_touch (session);
  if (stream == NULL)
    return;
  if (!stream->closed && !is_over (session))
    hark_quic_shutdown_stream (session->conn, id, code);
  hark_session_leave_stream (session, stream);
  wake (session);
}

bool
hark_session_send_media (HarkSession *session, const uint8_t *data, size_t len, HarkTime now)
{
  uint8_t packet[HARK_MEDIA_PACKET_MAX];
  size_t sealed;

  set_now (session, now);
  hark_session_expire_media (session);
  if (session->state != HARK_SESSION_STATE_CONFIRMED
      || session->media_out.count == HARK_SESSION_MEDIA_QUEUE)
    return false;
  sealed = hark_media_seal (&session->media, data, len, packet);
  if (sealed == 0)
    return false;
  memcpy (hark_media_queue_add (&session->media_out, sealed, false, session->now), packet, sealed);
  return true;
}

size_t
hark_session_seal_relay (HarkSession *session, const uint8_t *data, size_t len, uint8_t *ret)
{
  if (session->state != HARK_SESSION_STATE_CONFIRMED || !session->usable)
    return 0;
  return hark_media_seal (&session->relay, data, len, ret);
}

size_t
hark_session_open_relay (
  HarkSession *session, const uint8_t *packet, size_t len, uint8_t *ret, HarkTime now)
{
  size_t opened = 0;

  set_now (session, now);
  if (session->state == HARK_SESSION_STATE_CONFIRMED)
    opened = hark_media_open (&session->relay, packet, len, ret);
  if (opened == 0)
    session->packets_refused++;
  else {
    session->heard = session->now;
    note_life (session, false);
  }
  return opened;
}

void
hark_session_relay_tag (const HarkSession *session,
                        const uint8_t relay[32],
                        uint8_t ret[HARK_SESSION_RELAY_TAG_LEN])
{
  HARK_HASH (ret, HARK_SESSION_RELAY_TAG_LEN, session->relay_secret, sizeof session->relay_secret,
             HARK_DOMAIN_RELAY_TAG, HARK_PART_BYTES (relay, 32));
}

void
hark_session_set_limits (HarkSession *session, uint64_t rate, size_t packet)
{
  hark_session_touch (session);
  session->rate_max = (double) rate / (double) HARK_SECOND;
  session->packet_max = packet;
  hark_life_set_hasty (&session->life, rate != 0, session->now);
}

void
hark_session_set_call (HarkSession *session, bool active)
{
  HarkQuicFigures figures;

  hark_session_touch (session);
  hark_quic_get_figures (session->conn, &figures);
  hark_governor_set_active (&session->governor, active, figures.cwnd, session->now);
  hark_life_set_call (&session->life, active);
  wake (session);
}

void
hark_session_close (HarkSession *session, uint64_t code, HarkTime now)
{
  set_now (session, now);
  if (is_over (session))
    return;
  hark_session_quic_close (session, code);
  hark_session_end (session, code, "closed by us", false);
}

void
hark_session_get_stats (HarkSession *session, HarkSessionStats *ret)
{
  HarkQuicFigures figures;
  HarkTime least;

  hark_quic_get_figures (session->conn, &figures);
  least = get_least_rtt (session, &figures);
  *ret = (HarkSessionStats){
    .rtt = figures.smoothed_rtt,
    .rtt_min = least == HARK_TIME_NEVER ? 0 : least,
    .bytes_in = session->bytes_in,
    .bytes_out = session->bytes_out,
    .packets_lost = session->guard.lost,
    .packets_refused = session->packets_refused,
    .cwnd = figures.cwnd,
    .in_flight = figures.bytes_in_flight,
    .mtu = MIN (hark_mtu_limit (&session->mtu),
                ngtcp2_conn_get_path_max_tx_udp_payload_size (session->conn)),
    .confirmed = session->state == HARK_SESSION_STATE_CONFIRMED,
  };
}
