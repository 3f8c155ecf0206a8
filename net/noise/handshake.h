/* net/noise/handshake.h - HandshakeState of the Noise Protocol Framework.
 *
 * Pure; one thread at a time. Source: Noise rev 34 sections 5.3, 7 and 9, with 25519, ChaChaPoly
 * and BLAKE2b. Hark itself speaks IKpsk1 (net/noise/knock.h); the other patterns are here because
 * the published vectors for them prove the machine.
 */
#pragma once

#include "net/base/key.h"
#include "net/base/rng.h"
#include "net/noise/symmetric.h"

#include <stdbool.h>
#include <stddef.h>

typedef enum {
  HARK_NOISE_N,
  HARK_NOISE_X,
  HARK_NOISE_NN,
  HARK_NOISE_NK,
  HARK_NOISE_KK,
  HARK_NOISE_IK,
  HARK_NOISE_XX,
  HARK_NOISE_XK,
  HARK_NOISE_N_PATTERNS,
} HarkNoisePattern;

#define HARK_NOISE_PSKS 4 /* modifiers psk0 .. psk3 */

/* What one side starts with. Everything is borrowed during hark_noise_handshake_init() only. */
typedef struct {
  HarkNoisePattern pattern;
  bool initiator;
  const void *prologue; /* may be empty */
  size_t prologue_len;
  const HarkSecret *static_secret; /* with @static_public, where the pattern uses our static key */
  const HarkKey *static_public;
  const HarkKey *remote_static;            /* where the pattern knows it beforehand */
  const HarkSecret *psks[HARK_NOISE_PSKS]; /* [n] set: modifier "pskn" */
  const HarkSecret *ephemeral;             /* NULL but for test vectors */
} HarkNoiseConfig;

typedef struct {
  HarkNoiseSymmetric symmetric;
  HarkNoisePattern pattern;
  bool initiator;
  bool failed;      /* nothing more will be read or written */
  unsigned message; /* the next one, from 0 */
  bool has_psk[HARK_NOISE_PSKS];
  bool has_ephemeral;
  bool has_static;
  bool has_remote_static;
  HarkSecret psks[HARK_NOISE_PSKS];
  HarkSecret static_secret;
  HarkSecret ephemeral_secret;
  HarkKey static_public;
  HarkKey ephemeral_public;
  HarkKey remote_static; /* valid once received; nothing vouches for it but the handshake */
  HarkKey remote_ephemeral;
} HarkNoiseHandshake;

/* hark_noise_handshake_init: Initialize(). What the pattern needs and @config lacks is our bug. */
void hark_noise_handshake_init (HarkNoiseHandshake *handshake, const HarkNoiseConfig *config);

/* hark_noise_handshake_clear: wipes; may be called at any time, and twice. */
void hark_noise_handshake_clear (HarkNoiseHandshake *handshake);

/**
 * hark_noise_handshake_write:
 * @rng: for the ephemeral key
 * @ret: (out) (array length=size)
 * @ret_len: (out): bytes written
 *
 * WriteMessage(). Returns: false when it does not fit, it is not our turn, or a Diffie-Hellman
 * result is zero (the peer's key is a low-order point); the handshake is wiped and over then
 */
bool hark_noise_handshake_write (HarkNoiseHandshake *handshake,
                                 HarkRng *rng,
                                 const uint8_t *payload,
                                 size_t payload_len,
                                 uint8_t *ret,
                                 size_t size,
                                 size_t *ret_len);

/**
 * hark_noise_handshake_read:
 * @message: (array length=len): from the network, not trusted
 * @ret: (out) (array length=size): the payload
 * @ret_len: (out): its bytes
 *
 * ReadMessage(). Returns: false when @message is too short or altered, the payload does not fit, it
 * is not their turn, or a Diffie-Hellman result is zero; the handshake is wiped and over then. A
 * caller that must outlive forged messages reads with a copy of the handshake.
 */
bool hark_noise_handshake_read (HarkNoiseHandshake *handshake,
                                const uint8_t *message,
                                size_t len,
                                uint8_t *ret,
                                size_t size,
                                size_t *ret_len);

/* hark_noise_handshake_is_done: every message of the pattern has passed. */
bool hark_noise_handshake_is_done (const HarkNoiseHandshake *handshake);

/* hark_noise_handshake_split: keys of both directions; only when done. The handshake hash is
 * symmetric.hash. */
void hark_noise_handshake_split (const HarkNoiseHandshake *handshake,
                                 uint8_t ret_initiator[32],
                                 uint8_t ret_responder[32]);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (HarkNoiseHandshake, hark_noise_handshake_clear)
