/* net/session/compat.h - ngtcp2 0.12.1 and 1.x behind one set of words.
 *
 * The only header that includes ngtcp2's. Differences that are a mere change of name are mapped
 * onto the names of 1.x; net/session/README.md lists them.
 */
#pragma once

#include <ngtcp2/ngtcp2.h>
#include <ngtcp2/version.h>
#include <stdbool.h>

#if NGTCP2_VERSION_NUM < 0x010000

#define ngtcp2_encryption_level ngtcp2_crypto_level
#define NGTCP2_ENCRYPTION_LEVEL_INITIAL NGTCP2_CRYPTO_LEVEL_INITIAL
#define NGTCP2_ENCRYPTION_LEVEL_HANDSHAKE NGTCP2_CRYPTO_LEVEL_HANDSHAKE
#define ngtcp2_conn_tls_handshake_completed ngtcp2_conn_handshake_completed
#define ngtcp2_conn_decode_and_set_remote_transport_params \
  ngtcp2_conn_decode_remote_transport_params
#define ngtcp2_ccerr ngtcp2_connection_close_error
#define ngtcp2_ccerr_set_application_error ngtcp2_connection_close_error_set_application_error
#define ngtcp2_ccerr_set_liberr ngtcp2_connection_close_error_set_transport_error_liberr
#define HARK_QUIC_CC_BBR2 NGTCP2_CC_ALGO_BBR2
#define HARK_QUIC_NO_KEEP_ALIVE 0

/* When a batch that counts from @base by our pace was sent at @now, for ngtcp2's own pacing gate,
 * which opens a millisecond early. */
#define HARK_QUIC_SENT_AT(base, now) ((base) + HARK_MS)

static inline int
hark_quic_decode_params (ngtcp2_transport_params *ret,
                         bool from_client,
                         const uint8_t *data,
                         size_t len)
{
  return ngtcp2_decode_transport_params (ret,
                                         from_client
                                           ? NGTCP2_TRANSPORT_PARAMS_TYPE_CLIENT_HELLO
                                           : NGTCP2_TRANSPORT_PARAMS_TYPE_ENCRYPTED_EXTENSIONS,
                                         data, len);
}

static inline ngtcp2_ssize
hark_quic_encode_params (uint8_t *ret,
                         size_t size,
                         bool from_client,
                         const ngtcp2_transport_params *params)
{
  return ngtcp2_encode_transport_params (ret, size,
                                         from_client
                                           ? NGTCP2_TRANSPORT_PARAMS_TYPE_CLIENT_HELLO
                                           : NGTCP2_TRANSPORT_PARAMS_TYPE_ENCRYPTED_EXTENSIONS,
                                         params);
}

static inline bool
hark_quic_params_have_preferred_address (const ngtcp2_transport_params *params)
{
  return params->preferred_address_present != 0;
}

static inline void
hark_quic_params_set_original_dcid (ngtcp2_transport_params *params, const ngtcp2_cid *dcid)
{
  params->original_dcid = *dcid;
}

static inline int
hark_quic_shutdown_stream (ngtcp2_conn *conn, int64_t stream, uint64_t code)
{
  return ngtcp2_conn_shutdown_stream (conn, stream, code);
}

static inline uint64_t
hark_quic_close_code (ngtcp2_conn *conn)
{
  ngtcp2_connection_close_error error;

  ngtcp2_conn_get_connection_close_error (conn, &error);
  return error.error_code;
}

#else

#define HARK_QUIC_CC_BBR2 NGTCP2_CC_ALGO_BBR
#define HARK_QUIC_NO_KEEP_ALIVE UINT64_MAX
/* Its time never runs backwards, and its own gate is right. */
#define HARK_QUIC_SENT_AT(base, now) ((void) (base), (now))

static inline int
hark_quic_decode_params (ngtcp2_transport_params *ret,
                         bool from_client,
                         const uint8_t *data,
                         size_t len)
{
  (void) from_client;
  return ngtcp2_transport_params_decode (ret, data, len);
}

static inline ngtcp2_ssize
hark_quic_encode_params (uint8_t *ret,
                         size_t size,
                         bool from_client,
                         const ngtcp2_transport_params *params)
{
  (void) from_client;
  return ngtcp2_transport_params_encode (ret, size, params);
}

static inline bool
hark_quic_params_have_preferred_address (const ngtcp2_transport_params *params)
{
  return params->preferred_addr_present != 0;
}

static inline void
hark_quic_params_set_original_dcid (ngtcp2_transport_params *params, const ngtcp2_cid *dcid)
{
  params->original_dcid = *dcid;
  params->original_dcid_present = 1;
}

static inline int
hark_quic_shutdown_stream (ngtcp2_conn *conn, int64_t stream, uint64_t code)
{
  return ngtcp2_conn_shutdown_stream (conn, 0, stream, code);
}

static inline uint64_t
hark_quic_close_code (ngtcp2_conn *conn)
{
  return ngtcp2_conn_get_ccerr (conn)->error_code;
}

#endif

/* What we use of ngtcp2's figures; 1.x keeps the last three to itself (zeros: see
 * net/session/README.md). */
typedef struct {
  uint64_t latest_rtt; /* ns, like all times here */
  uint64_t min_rtt;
  uint64_t smoothed_rtt;
  uint64_t rttvar;
  uint64_t cwnd;            /* bytes */
  uint64_t bytes_in_flight; /* bytes */
  double pacing_rate;       /* bytes a nanosecond; 0: the controller sets none */
  size_t pto_count;         /* probe timeouts in a row */
  uint64_t probe_due;       /* when the next one comes */
} HarkQuicFigures;

static inline void
hark_quic_get_figures (ngtcp2_conn *conn, HarkQuicFigures *ret)
{
#if NGTCP2_VERSION_NUM < 0x010000
  ngtcp2_conn_stat stat;

  ngtcp2_conn_get_conn_stat (conn, &stat);
  ret->pacing_rate = stat.pacing_rate;
  ret->pto_count = stat.pto_count;
  ret->probe_due = stat.loss_detection_timer;
#else
  ngtcp2_conn_info stat;

  ngtcp2_conn_get_conn_info (conn, &stat);
  ret->pacing_rate = 0;
  ret->pto_count = 0;
  ret->probe_due = 0;
#endif
  ret->latest_rtt = stat.latest_rtt;
  ret->min_rtt = stat.min_rtt;
  ret->smoothed_rtt = stat.smoothed_rtt;
  ret->rttvar = stat.rttvar;
  ret->cwnd = stat.cwnd;
  ret->bytes_in_flight = stat.bytes_in_flight;
}
