/* net/session/quic.c - ngtcp2: its callbacks and what it is told.
 *
 * Order of the handshake: net/PROTOCOL.md "Session". The initiator's finished message goes out only
 * after the responder's was checked, so that no side can be through while the other still waits for
 * a message nobody repeats.
 */
#include "net/session/state.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#define STREAMS_MAX 100 /* that the peer may have open at a time */
#define INITIAL_RTT (100 * HARK_MS)
#define HANDSHAKE_TIMEOUT (10 * HARK_SECOND)
#define WINDOW_START (4u << 20)
#define WINDOW_MAX (24u << 20)
#define STREAM_WINDOW_START (2u << 20)
#define STREAM_WINDOW_MAX (16u << 20)
#define ACK_THRESHOLD 10
/* When BBR looks for a shorter round trip it keeps four packets in flight, and a narrow line idles
 * while their acknowledgements wait; with 3 ms they would fill the way back where that is 30 times
 * as narrow. Two full packets of 2 Mbit/s are acknowledged together. The peer is told the usual 25
 * ms (RFC 9000 section 18.2): it probes that much later, and not whenever this process gets the
 * processor late. */
#define ACK_DELAY (6100 * HARK_US)
#define ACK_DELAY_TOLD (25 * HARK_MS)
/* Bytes. Packets are smaller than ngtcp2 is told by so much, so that four of those leave room for a
 * fifth of these. Chosen by trial (tests/bench/FIGURES.md): 180 and more lose more on a short
 * queue.
 */
#define BEYOND_FULL 120
#define HURRY_MAX (10 * HARK_MINUTE)
/* ngtcp2 doubles its timer with every probe; keep that far from overflow */
#define HURRY_PROBES_MAX 20
#define HURRY_AGAIN HARK_SECOND /* the answer to the last hurried probe may be under way */

/* ---- handshake ------------------------------------------------------------------------------- */

/* Two bytes of length, then our transport parameters. */
static int
submit_hello (HarkSession *session)
{
  uint8_t hello[HARK_SESSION_HELLO_MAX];
  ngtcp2_transport_params params = *ngtcp2_conn_get_local_transport_params (session->conn);
  ngtcp2_ssize len;

  params.max_ack_delay = ACK_DELAY_TOLD;
  len = hark_quic_encode_params (hello + 2, sizeof hello - 2, session->initiator, &params);
  if (len < 0)
    return (int) len;
  hello[0] = (uint8_t) (len >> 8);
  hello[1] = (uint8_t) len;
  return ngtcp2_conn_submit_crypto_data (session->conn, NGTCP2_ENCRYPTION_LEVEL_INITIAL, hello,
                                         (size_t) len + 2);
}

static int
submit_finished (HarkSession *session)
{
  return ngtcp2_conn_submit_crypto_data (session->conn, NGTCP2_ENCRYPTION_LEVEL_HANDSHAKE,
                                         session->finished[0], HARK_FINISHED_LEN);
}

/* Refuses whatever could lead ngtcp2 onto ground we never walk: it asserts where it should return
 * an error. */
static bool
are_params_acceptable (const HarkSession *session, const uint8_t *data, size_t len)
{
  ngtcp2_transport_params params;

  if (hark_quic_decode_params (&params, !session->initiator, data, len) != 0)
    return false;
  return !hark_quic_params_have_preferred_address (&params)
         && params.stateless_reset_token_present == 0 && params.retry_scid_present == 0
         && (params.version_info_present == 0
             || params.version_info.chosen_version == NGTCP2_PROTO_VER_V1)
         && params.initial_scid.datalen == 0 && params.max_udp_payload_size >= HARK_MTU_MIN
         && params.ack_delay_exponent <= 20 && params.max_ack_delay < 16384 * HARK_MS;
}

static int
handle_hello (HarkSession *session, const uint8_t *params, size_t len)
{
  int error = 0;

  if (!are_params_acceptable (session, params, len)
      || ngtcp2_conn_decode_and_set_remote_transport_params (session->conn, params, len) != 0)
    return NGTCP2_ERR_CRYPTO;
  error = hark_session_install_handshake_keys (session);
  if (error == 0 && !session->initiator)
    error = submit_hello (session);
  if (error == 0)
    error = hark_session_install_application_keys (session);
  if (error == 0 && !session->initiator)
    error = submit_finished (session);
  return error == 0 ? 0 : NGTCP2_ERR_CALLBACK_FAILURE;
}

static int
handle_initial_bytes (HarkSession *session, const uint8_t *data, size_t len)
{
  bool was_whole;
  size_t want;

  want = session->hello_len >= 2 ? (size_t) (session->hello[0] << 8 | session->hello[1]) + 2 : 0;
  was_whole = want != 0 && session->hello_len >= want;
  if (was_whole || len > sizeof session->hello - session->hello_len)
    return NGTCP2_ERR_CRYPTO;
  memcpy (session->hello + session->hello_len, data, len);
  session->hello_len += len;
  if (session->hello_len < 2)
    return 0;
  want = (size_t) (session->hello[0] << 8 | session->hello[1]) + 2;
  if (want > sizeof session->hello || session->hello_len > want)
    return NGTCP2_ERR_CRYPTO;
  return session->hello_len == want ? handle_hello (session, session->hello + 2, want - 2) : 0;
}

static int
handle_handshake_bytes (HarkSession *session, const uint8_t *data, size_t len)
{
  if (len > sizeof session->proof - session->proof_len)
    return NGTCP2_ERR_CRYPTO;
  memcpy (session->proof + session->proof_len, data, len);
  session->proof_len += len;
  if (session->proof_len < sizeof session->proof)
    return 0;
  if (sodium_memcmp (session->proof, session->finished[1], sizeof session->proof) != 0)
    return NGTCP2_ERR_CRYPTO;
  if (session->initiator && submit_finished (session) != 0)
    return NGTCP2_ERR_CALLBACK_FAILURE;
  ngtcp2_conn_tls_handshake_completed (session->conn);
  return 0;
}

static int
on_client_initial (ngtcp2_conn *conn, void *user_data)
{
  HarkSession *session = user_data;

  (void) conn;
  return hark_session_install_initial_keys (session) == 0 && submit_hello (session) == 0
           ? 0
           : NGTCP2_ERR_CALLBACK_FAILURE;
}

static int
on_recv_client_initial (ngtcp2_conn *conn, const ngtcp2_cid *dcid, void *user_data)
{
  (void) conn;
  (void) dcid;
  return hark_session_install_initial_keys (user_data) == 0 ? 0 : NGTCP2_ERR_CALLBACK_FAILURE;
}

static int
on_recv_crypto_data (ngtcp2_conn *conn,
                     ngtcp2_encryption_level level,
                     uint64_t offset,
                     const uint8_t *data,
                     size_t len,
                     void *user_data)
{
  (void) conn;
  (void) offset;
  if (level == NGTCP2_ENCRYPTION_LEVEL_INITIAL)
    return handle_initial_bytes (user_data, data, len);
  if (level == NGTCP2_ENCRYPTION_LEVEL_HANDSHAKE)
    return handle_handshake_bytes (user_data, data, len);
  return NGTCP2_ERR_CRYPTO;
}

static void
confirm (HarkSession *session)
{
  if (session->state != HARK_SESSION_STATE_HANDSHAKE)
    return;
  session->state = HARK_SESSION_STATE_CONFIRMED;
  session->tell_confirmed = true;
  session->keys_since = session->now;
  hark_life_init (&session->life, session->initiator, session->now);
  sodium_memzero (session->secrets[HARK_SPACE_INITIAL], sizeof session->secrets[0]);
  sodium_memzero (session->secrets[HARK_SPACE_HANDSHAKE], sizeof session->secrets[0]);
  sodium_memzero (session->finished, sizeof session->finished);
}

static int
on_handshake_completed (ngtcp2_conn *conn, void *user_data)
{
  HarkSession *session = user_data;

  (void) conn;
  if (!session->initiator) /* the initiator still waits for HANDSHAKE_DONE */
    confirm (session);
  return 0;
}

static int
on_handshake_confirmed (ngtcp2_conn *conn, void *user_data)
{
  (void) conn;
  confirm (user_data);
  return 0;
}

static int
on_recv_retry (ngtcp2_conn *conn, const ngtcp2_pkt_hd *head, void *user_data)
{
  (void) conn;
  (void) head;
  (void) user_data;
  return NGTCP2_ERR_CALLBACK_FAILURE; /* the guard drops them */
}

static void
on_rand (uint8_t *dest, size_t len, const ngtcp2_rand_ctx *context)
{
  HarkSession *session = context->native_handle;

  hark_rng_bytes (&session->rng, dest, len);
  /* The library offers to grease the fixed bit (RFC 9287) whether asked to or not, and draws one
   * byte while a connection is made: odd means that it clears the bit. STUN and media are told from
   * QUIC by it. */
  if (session->conn == NULL && len == 1)
    *dest &= 0xfe;
}

static int
on_get_new_connection_id (
  ngtcp2_conn *conn, ngtcp2_cid *cid, uint8_t *token, size_t cid_len, void *user_data)
{
  HarkSession *session = user_data;

  (void) conn;
  cid->datalen = cid_len;
  hark_rng_bytes (&session->rng, cid->data, cid_len);
  hark_rng_bytes (&session->rng, token, NGTCP2_STATELESS_RESET_TOKENLEN);
  return 0;
}

static int
on_get_path_challenge_data (ngtcp2_conn *conn, uint8_t *data, void *user_data)
{
  HarkSession *session = user_data;

  (void) conn;
  hark_rng_bytes (&session->rng, data, NGTCP2_PATH_CHALLENGE_DATALEN);
  return 0;
}

/* ---- streams --------------------------------------------------------------------------------- */

static HarkStream *
lookup (HarkSession *session, int64_t id)
{
  return g_hash_table_lookup (session->streams, &id);
}

static int
on_stream_open (ngtcp2_conn *conn, int64_t id, void *user_data)
{
  HarkSession *session = user_data;
  HarkStream *stream = hark_session_add_stream (session, id, HARK_PRIORITIES - 1, false);

  ngtcp2_conn_set_stream_user_data (conn, id, stream);
  hark_session_tell (session, stream, HARK_STREAM_TELLS_OPENED);
  return 0;
}

static int
on_recv_stream_data (ngtcp2_conn *conn,
                     uint32_t flags,
                     int64_t id,
                     uint64_t offset,
                     const uint8_t *data,
                     size_t len,
                     void *user_data,
                     void *stream_user_data)
{
  HarkSession *session = user_data;
  HarkStream *stream = stream_user_data != NULL ? stream_user_data : lookup (session, id);

  (void) offset;
  if (stream == NULL || stream->left) { /* nobody will consume it */
    ngtcp2_conn_extend_max_offset (conn, len);
    return 0;
  }
  session->bytes_in += len;
  session->burst++;
  hark_life_talked (&session->life, session->now);
  stream->unconsumed += len;
  if (stream->apart)
    ngtcp2_conn_extend_max_offset (conn, len);
  hark_stream_arrived (stream, &session->spares, data, len);
  if (flags & NGTCP2_STREAM_DATA_FLAG_FIN)
    stream->end_arrived = true;
  hark_session_tell (session, stream, HARK_STREAM_TELLS_DATA);
  return 0;
}

static int
on_acked_stream_data (ngtcp2_conn *conn,
                      int64_t id,
                      uint64_t offset,
                      uint64_t len,
                      void *user_data,
                      void *stream_user_data)
{
  HarkSession *session = user_data;
  HarkStream *stream = stream_user_data != NULL ? stream_user_data : lookup (session, id);

  (void) conn;
  if (stream == NULL)
    return 0;
  session->bytes_out += len;
  if (hark_stream_acked (stream, offset + len, len == 0))
    hark_session_tell (session, stream, HARK_STREAM_TELLS_ACKED);
  return 0;
}

static int
on_extend_max_stream_data (
  ngtcp2_conn *conn, int64_t id, uint64_t max, void *user_data, void *stream_user_data)
{
  HarkSession *session = user_data;
  HarkStream *stream = stream_user_data != NULL ? stream_user_data : lookup (session, id);

  (void) conn;
  (void) max;
  if (stream != NULL) {
    stream->blocked = false;
    hark_session_make_ready (session, stream);
  }
  return 0;
}

static int
on_stream_reset (ngtcp2_conn *conn,
                 int64_t id,
                 uint64_t final_size,
                 uint64_t code,
                 void *user_data,
                 void *stream_user_data)
{
  HarkSession *session = user_data;
  HarkStream *stream = stream_user_data != NULL ? stream_user_data : lookup (session, id);

  (void) final_size;
  if (stream == NULL || stream->left)
    return 0;
  /* resets are for both directions here */
  hark_session_make_unready (session, stream);
  hark_stream_drop_unsent (stream);
  stream->code = code;
  hark_session_tell (session, stream, HARK_STREAM_TELLS_CLOSED);
  return hark_quic_shutdown_stream (conn, id, code) == 0 ? 0 : NGTCP2_ERR_CALLBACK_FAILURE;
}

static int
on_stream_close (ngtcp2_conn *conn,
                 uint32_t flags,
                 int64_t id,
                 uint64_t code,
                 void *user_data,
                 void *stream_user_data)
{
  HarkSession *session = user_data;
  HarkStream *stream = stream_user_data != NULL ? stream_user_data : lookup (session, id);

  (void) conn;
  if (stream == NULL)
    return 0;
  stream->closed = stream->send_over = true;
  hark_session_make_unready (session, stream);
  if (flags & NGTCP2_STREAM_CLOSE_FLAG_APP_ERROR_CODE_SET)
    stream->code = code;
  hark_session_tell (session, stream, HARK_STREAM_TELLS_CLOSED);
  hark_session_forget_if_over (session, stream);
  return 0;
}

/* ---- doors ----------------------------------------------------------------------------------- */

static const ngtcp2_callbacks of_this_file = {
  .client_initial = on_client_initial,
  .recv_client_initial = on_recv_client_initial,
  .recv_crypto_data = on_recv_crypto_data,
  .handshake_completed = on_handshake_completed,
  .handshake_confirmed = on_handshake_confirmed,
  .recv_stream_data = on_recv_stream_data,
  .acked_stream_data_offset = on_acked_stream_data,
  .stream_open = on_stream_open,
  .stream_close = on_stream_close,
  .stream_reset = on_stream_reset,
  .extend_max_stream_data = on_extend_max_stream_data,
  .recv_retry = on_recv_retry,
  .rand = on_rand,
  .get_new_connection_id = on_get_new_connection_id,
  .get_path_challenge_data = on_get_path_challenge_data,
};

static void
fill_settings (HarkSession *session, size_t packet_max, ngtcp2_settings *settings)
{
  ngtcp2_settings_default (settings);
  settings->cc_algo = session->cubic ? NGTCP2_CC_ALGO_CUBIC : HARK_QUIC_CC_BBR2;
  settings->initial_ts = hark_session_quic_now (session);
  settings->initial_rtt = INITIAL_RTT;
  settings->handshake_timeout = HANDSHAKE_TIMEOUT;
  settings->max_window = WINDOW_MAX;
  settings->max_stream_window = STREAM_WINDOW_MAX;
  settings->ack_thresh = ACK_THRESHOLD;
  settings->rand_ctx.native_handle = session;
  settings->max_tx_udp_payload_size = packet_max + BEYOND_FULL;
  settings->no_tx_udp_payload_size_shaping = 1; /* mtu.c finds out what the path carries */
  settings->no_pmtud = 1;
}

static void
fill_params (const HarkSession *session, ngtcp2_transport_params *params)
{
  ngtcp2_transport_params_default (params);
  params->initial_max_data = WINDOW_START;
  params->initial_max_stream_data_bidi_local = STREAM_WINDOW_START;
  params->initial_max_stream_data_bidi_remote = STREAM_WINDOW_START;
  params->initial_max_stream_data_uni = 0;
  params->initial_max_streams_bidi = STREAMS_MAX;
  params->initial_max_streams_uni = 0;
  params->max_idle_timeout = 0;        /* session.c has its own, on our clock */
  params->max_datagram_frame_size = 0; /* media go beside QUIC */
  params->disable_active_migration = 1;
  params->max_ack_delay = ACK_DELAY; /* what submit_hello() tells is another one */
  if (!session->initiator) {
    ngtcp2_cid dcid;

    ngtcp2_cid_init (&dcid, session->original_dcid, sizeof session->original_dcid);
    hark_quic_params_set_original_dcid (params, &dcid);
  }
}

void
hark_session_quic_start (HarkSession *session, size_t packet_max)
{
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons (1)};
  ngtcp2_callbacks callbacks = of_this_file; /* copied by the library */
  ngtcp2_settings settings;
  ngtcp2_transport_params params;
  ngtcp2_cid none, dcid;
  ngtcp2_conn *conn = NULL; /* see on_rand() */
  int error;

  g_assert (!session->begun);
  packet_max = CLAMP (packet_max, HARK_MTU_MIN, HARK_SESSION_LARGE_MAX);
  ngtcp2_conn_del (session->conn);
  session->conn = NULL;
  address.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
  ngtcp2_path_storage_init (&session->path, (ngtcp2_sockaddr *) &address, sizeof address,
                            (ngtcp2_sockaddr *) &address, sizeof address, NULL);
  hark_session_protect (&callbacks);
  fill_settings (session, packet_max, &settings);
  fill_params (session, &params);
  hark_mtu_init (&session->mtu, packet_max);
  ngtcp2_cid_init (&none, NULL, 0);
  ngtcp2_cid_init (&dcid, session->original_dcid, sizeof session->original_dcid);
  if (session->initiator)
    error = ngtcp2_conn_client_new (&conn, &dcid, &none, &session->path.path, NGTCP2_PROTO_VER_V1,
                                    &callbacks, &settings, &params, NULL, session);
  else
    error = ngtcp2_conn_server_new (&conn, &none, &none, &session->path.path, NGTCP2_PROTO_VER_V1,
                                    &callbacks, &settings, &params, NULL, session);
  g_assert (error == 0); /* only memory could be lacking */
  session->conn = conn;
}

/* One CONNECTION_CLOSE; only after CONFIRMED, when there is somebody known at the other end. */
static void
write_farewell (HarkSession *session, const ngtcp2_ccerr *why)
{
  ngtcp2_pkt_info info;
  ngtcp2_ssize len;

  if (session->state != HARK_SESSION_STATE_CONFIRMED)
    return;
  len = ngtcp2_conn_write_connection_close (session->conn, NULL, &info, session->farewell,
                                            sizeof session->farewell, why,
                                            hark_session_quic_now (session));
  session->farewell_len = len > 0 ? (size_t) len : 0;
}

void
hark_session_quic_close (HarkSession *session, uint64_t code)
{
  ngtcp2_ccerr why;

  ngtcp2_ccerr_set_application_error (&why, code, NULL, 0);
  write_farewell (session, &why);
}

void
hark_session_quic_fail (HarkSession *session, int error)
{
  uint64_t code = 0;
  const char *reason = ngtcp2_strerror (error);

  if (session->state == HARK_SESSION_STATE_CLOSED)
    return;
  if (error == NGTCP2_ERR_DRAINING) {
    code = hark_quic_close_code (session->conn);
    reason = "closed by the peer";
  } else if (!ngtcp2_err_is_fatal (error)) {
    ngtcp2_ccerr why;

    ngtcp2_ccerr_set_liberr (&why, error, NULL, 0);
    code = why.error_code;
    write_farewell (session, &why);
  }
  hark_session_end (session, code, reason, true);
}

bool
hark_session_quic_read (HarkSession *session, const uint8_t *packet, size_t len)
{
  ngtcp2_pkt_info info = {0};
  HarkTime heard = session->heard;
  bool authentic = true;
  int error;

  session->heard = 0;
  session->begun = true;
  error = ngtcp2_conn_read_pkt (session->conn, &session->path.path, &info, packet, len,
                                hark_session_quic_now (session));
  if (session->heard
      == 0) { /* nothing in it was authentic: whatever ngtcp2 thinks of it, drop it */
    session->heard = heard;
    authentic = false;
    if (error != NGTCP2_ERR_AEAD_LIMIT_REACHED && !ngtcp2_err_is_fatal (error))
      return false;
  }
  switch (error) {
  case 0:
  case NGTCP2_ERR_DISCARD_PKT:
  case NGTCP2_ERR_DROP_CONN: /* a responder still waits for the first good packet */
  case NGTCP2_ERR_RETRY:
  case NGTCP2_ERR_CLOSING:
    break;
  default:
    hark_session_quic_fail (session, error);
  }
  return authentic;
}

void
hark_session_quic_expire (HarkSession *session)
{
  HarkTime now = hark_session_quic_now (session);
  HarkQuicFigures figures;
  int error;

  if (!hark_session_is_awake (session) || ngtcp2_conn_get_expiry (session->conn) > now)
    return;
  error = ngtcp2_conn_handle_expiry (session->conn, now);
  if (error != 0) {
    hark_session_quic_fail (session, error);
    return;
  }
  hark_quic_get_figures (session->conn, &figures);
  /* three probes in a row unanswered: perhaps only large packets are lost */
  if (figures.pto_count >= 3 && hark_mtu_limit (&session->mtu) > HARK_MTU_MIN)
    hark_mtu_shrink (&session->mtu, session->now);
}

void
hark_session_quic_hurry (HarkSession *session)
{
  HarkTime now = hark_session_quic_now (session);
  HarkQuicFigures figures;

  /* A jump of the clock counts as round trip of whatever is answered after it. When paths come one
   * behind the other that would be the probe on the first one: it looks seconds long, and so long
   * a dead path goes unnoticed then. The question on the new path finds out what was lost. */
  if (session->hurried != 0 && hark_time_since (session->now, session->hurried) < HURRY_AGAIN)
    return;
  hark_quic_get_figures (session->conn, &figures);
  if (figures.pto_count < 2 || figures.pto_count > HURRY_PROBES_MAX || figures.probe_due <= now
      || figures.probe_due - now > HURRY_MAX)
    return;
  session->hurried = session->now;
  session->skew += figures.probe_due - now;
}
