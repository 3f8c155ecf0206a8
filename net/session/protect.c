/* net/session/protect.c - packet protection: ngtcp2 asks, the keys of keys.c answer. Secrets never
 * reach it.
 */
#include "net/session/state.h"

#include "net/base/locked.h"

#include <string.h>

/* What native_handle of an ngtcp2 AEAD context points to. */
typedef struct {
  HarkSession *session;
  HarkPacketKey *key;
} BoundKey;

/* What ngtcp2 is given as "the secret" of a key. The true ones stay here, where they are wiped. */
static const uint8_t no_secret[8];

static int
on_encrypt (uint8_t *dest,
            const ngtcp2_crypto_aead *aead,
            const ngtcp2_crypto_aead_ctx *context,
            const uint8_t *plain,
            size_t len,
            const uint8_t *nonce,
            size_t nonce_len,
            const uint8_t *head,
            size_t head_len)
{
  BoundKey *bound = context->native_handle;

  (void) aead;
  if (bound == NULL || nonce_len != HARK_NONCE_LEN)
    return NGTCP2_ERR_CALLBACK_FAILURE;
  hark_packet_key_seal (bound->key, dest, plain, len, nonce, head, head_len);
  hark_guard_sent (&bound->session->guard, bound->key->space,
                   hark_packet_key_number (bound->key, nonce), bound->session->now);
  return 0;
}

static int
on_decrypt (uint8_t *dest,
            const ngtcp2_crypto_aead *aead,
            const ngtcp2_crypto_aead_ctx *context,
            const uint8_t *sealed,
            size_t len,
            const uint8_t *nonce,
            size_t nonce_len,
            const uint8_t *head,
            size_t head_len)
{
  BoundKey *bound = context->native_handle;
  HarkSession *session;

  (void) aead;
  if (bound == NULL || nonce_len != HARK_NONCE_LEN)
    return NGTCP2_ERR_DECRYPT;
  session = bound->session;
  if (!hark_packet_key_open (bound->key, dest, sealed, len, nonce, head, head_len)
      || !hark_guard_check (&session->guard, bound->key->space,
                            hark_packet_key_number (bound->key, nonce), dest, len - HARK_TAG_LEN,
                            session->now)) {
    session->packets_refused++;
    return NGTCP2_ERR_DECRYPT;
  }
  session->heard = session->now;
  return 0;
}

static int
on_header_mask (uint8_t *dest,
                const ngtcp2_crypto_cipher *cipher,
                const ngtcp2_crypto_cipher_ctx *context,
                const uint8_t *sample)
{
  (void) cipher;
  if (context->native_handle == NULL)
    return NGTCP2_ERR_CALLBACK_FAILURE;
  hark_header_mask (context->native_handle, sample, dest);
  return 0;
}

static void
on_delete_key (ngtcp2_conn *conn, ngtcp2_crypto_aead_ctx *context, void *user_data)
{
  BoundKey *bound = context->native_handle;

  (void) conn;
  (void) user_data;
  if (bound != NULL) {
    hark_packet_key_free (bound->key);
    g_free (bound);
    context->native_handle = NULL;
  }
}

static void
on_delete_header_key (ngtcp2_conn *conn, ngtcp2_crypto_cipher_ctx *context, void *user_data)
{
  (void) conn;
  (void) user_data;
  hark_locked_free (context->native_handle);
  context->native_handle = NULL;
}

static ngtcp2_crypto_aead_ctx
bind_key (HarkSession *session, HarkSpace space, unsigned direction)
{
  BoundKey *bound = g_new (BoundKey, 1);

  bound->session = session;
  bound->key = hark_packet_key_new (&session->secrets[space][direction], space, session->aes);
  return (ngtcp2_crypto_aead_ctx){.native_handle = bound};
}

static ngtcp2_crypto_cipher_ctx
make_header_key (HarkSession *session, HarkSpace space, unsigned direction)
{
  uint8_t *key = hark_locked_new (32);

  hark_keys_header (&session->secrets[space][direction], key);
  return (ngtcp2_crypto_cipher_ctx){.native_handle = key};
}

static const uint8_t *
get_iv (const ngtcp2_crypto_aead_ctx *context)
{
  return ((const BoundKey *) context->native_handle)->key->iv;
}

static ngtcp2_crypto_ctx
get_crypto_context (const HarkSession *session)
{
  static char something; /* a NULL handle counts as absent */

  return (ngtcp2_crypto_ctx){
    .aead = {.native_handle = &something, .max_overhead = HARK_TAG_LEN},
    .hp = {.native_handle = &something                          },
    .max_encryption = session->aes ? UINT64_C (1) << 23 : UINT64_C (1) << 62,
    .max_decryption_failure = session->aes ? UINT64_C (1) << 52 : UINT64_C (1) << 36,
  };
}

static int
on_update_key (ngtcp2_conn *conn,
               uint8_t *rx_secret,
               uint8_t *tx_secret,
               ngtcp2_crypto_aead_ctx *rx_context,
               uint8_t *rx_iv,
               ngtcp2_crypto_aead_ctx *tx_context,
               uint8_t *tx_iv,
               const uint8_t *current_rx_secret,
               const uint8_t *current_tx_secret,
               size_t secret_len,
               void *user_data)
{
  HarkSession *session = user_data;

  (void) conn;
  (void) current_rx_secret;
  (void) current_tx_secret;
  memset (rx_secret, 0, secret_len);
  memset (tx_secret, 0, secret_len);
  hark_keys_update (&session->secrets[HARK_SPACE_APPLICATION][0]);
  hark_keys_update (&session->secrets[HARK_SPACE_APPLICATION][1]);
  *tx_context = bind_key (session, HARK_SPACE_APPLICATION, 0);
  *rx_context = bind_key (session, HARK_SPACE_APPLICATION, 1);
  memcpy (tx_iv, get_iv (tx_context), HARK_NONCE_LEN);
  memcpy (rx_iv, get_iv (rx_context), HARK_NONCE_LEN);
  return 0;
}

void
hark_session_protect (ngtcp2_callbacks *ret)
{
  ret->encrypt = on_encrypt;
  ret->decrypt = on_decrypt;
  ret->hp_mask = on_header_mask;
  ret->update_key = on_update_key;
  ret->delete_crypto_aead_ctx = on_delete_key;
  ret->delete_crypto_cipher_ctx = on_delete_header_key;
}

int
hark_session_install_initial_keys (HarkSession *session)
{
  ngtcp2_crypto_ctx context = get_crypto_context (session);
  ngtcp2_crypto_aead_ctx tx = bind_key (session, HARK_SPACE_INITIAL, 0);
  ngtcp2_crypto_aead_ctx rx = bind_key (session, HARK_SPACE_INITIAL, 1);
  ngtcp2_crypto_cipher_ctx tx_header = make_header_key (session, HARK_SPACE_INITIAL, 0);
  ngtcp2_crypto_cipher_ctx rx_header = make_header_key (session, HARK_SPACE_INITIAL, 1);

  ngtcp2_conn_set_initial_crypto_ctx (session->conn, &context);
  return ngtcp2_conn_install_initial_key (session->conn, &rx, get_iv (&rx), &rx_header, &tx,
                                          get_iv (&tx), &tx_header, HARK_NONCE_LEN);
}

int
hark_session_install_handshake_keys (HarkSession *session)
{
  ngtcp2_crypto_ctx context = get_crypto_context (session);
  ngtcp2_crypto_aead_ctx tx = bind_key (session, HARK_SPACE_HANDSHAKE, 0);
  ngtcp2_crypto_aead_ctx rx = bind_key (session, HARK_SPACE_HANDSHAKE, 1);
  ngtcp2_crypto_cipher_ctx tx_header = make_header_key (session, HARK_SPACE_HANDSHAKE, 0);
  ngtcp2_crypto_cipher_ctx rx_header = make_header_key (session, HARK_SPACE_HANDSHAKE, 1);
  int error;

  ngtcp2_conn_set_crypto_ctx (session->conn, &context);
  error = ngtcp2_conn_install_rx_handshake_key (session->conn, &rx, get_iv (&rx), HARK_NONCE_LEN,
                                                &rx_header);
  if (error == 0)
    error = ngtcp2_conn_install_tx_handshake_key (session->conn, &tx, get_iv (&tx), HARK_NONCE_LEN,
                                                  &tx_header);
  return error;
}

int
hark_session_install_application_keys (HarkSession *session)
{
  ngtcp2_crypto_aead_ctx tx = bind_key (session, HARK_SPACE_APPLICATION, 0);
  ngtcp2_crypto_aead_ctx rx = bind_key (session, HARK_SPACE_APPLICATION, 1);
  ngtcp2_crypto_cipher_ctx tx_header = make_header_key (session, HARK_SPACE_APPLICATION, 0);
  ngtcp2_crypto_cipher_ctx rx_header = make_header_key (session, HARK_SPACE_APPLICATION, 1);
  int error;

  error = ngtcp2_conn_install_rx_key (session->conn, no_secret, sizeof no_secret, &rx, get_iv (&rx),
                                      HARK_NONCE_LEN, &rx_header);
  if (error == 0)
    error = ngtcp2_conn_install_tx_key (session->conn, no_secret, sizeof no_secret, &tx,
                                        get_iv (&tx), HARK_NONCE_LEN, &tx_header);
  return error;
}
