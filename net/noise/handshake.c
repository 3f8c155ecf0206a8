#include "net/noise/handshake.h"

#include <string.h>

#define MESSAGES_MAX 3
#define TOKENS_MAX 4

typedef enum { T_END, T_E, T_S, T_EE, T_ES, T_SE, T_SS } Token;

/* Noise rev 34 sections 7.4 and 7.5. Messages alternate, the initiator's first; the first letter of
 * a Diffie-Hellman token is the initiator's key. */
static const struct {
  const char *name;
  bool initiator_known; /* pre-message -> s */
  bool responder_known; /* pre-message <- s */
  unsigned n_messages;
  Token messages[MESSAGES_MAX][TOKENS_MAX + 1];
} patterns[HARK_NOISE_N_PATTERNS] = {
  [HARK_NOISE_N] = {"N",  false, true,  1, {{T_E, T_ES}}                               },
  [HARK_NOISE_X] = {"X",  false, true,  1, {{T_E, T_ES, T_S, T_SS}}                    },
  [HARK_NOISE_NN] = {"NN", false, false, 2, {{T_E}, {T_E, T_EE}}                        },
  [HARK_NOISE_NK] = {"NK", false, true,  2, {{T_E, T_ES}, {T_E, T_EE}}                  },
  [HARK_NOISE_KK] = {"KK", true,  true,  2, {{T_E, T_ES, T_SS}, {T_E, T_EE, T_SE}}      },
  [HARK_NOISE_IK] = {"IK", false, true,  2, {{T_E, T_ES, T_S, T_SS}, {T_E, T_EE, T_SE}} },
  [HARK_NOISE_XX] = {"XX", false, false, 3, {{T_E}, {T_E, T_EE, T_S, T_ES}, {T_S, T_SE}}},
  [HARK_NOISE_XK] = {"XK", false, true,  3, {{T_E, T_ES}, {T_E, T_EE}, {T_S, T_SE}}     },
};

/* "Noise_" pattern, modifiers joined by "+", "_25519_ChaChaPoly_BLAKE2b". */
static void
format_name (const HarkNoiseConfig *config, char ret[HARK_NOISE_HASH_LEN + 1])
{
  g_autoptr (GString) name = g_string_new ("Noise_");
  const char *separator = "";

  g_string_append (name, patterns[config->pattern].name);
  for (unsigned i = 0; i < HARK_NOISE_PSKS; i++) {
    if (config->psks[i]) {
      g_string_append_printf (name, "%spsk%u", separator, i);
      separator = "+";
    }
  }
  g_string_append (name, "_25519_ChaChaPoly_BLAKE2b");
  g_assert (name->len <= HARK_NOISE_HASH_LEN);
  memcpy (ret, name->str, name->len + 1);
}

/* Pre-messages are hashed, the initiator's first. */
static void
mix_known_keys (HarkNoiseHandshake *handshake)
{
  const HarkKey *initiator
    = handshake->initiator ? &handshake->static_public : &handshake->remote_static;
  const HarkKey *responder
    = handshake->initiator ? &handshake->remote_static : &handshake->static_public;

  if (patterns[handshake->pattern].initiator_known) {
    g_assert (handshake->initiator ? handshake->has_static : handshake->has_remote_static);
    hark_noise_symmetric_mix_hash (&handshake->symmetric, initiator->bytes, HARK_KEY_LEN);
  }
  if (patterns[handshake->pattern].responder_known) {
    g_assert (handshake->initiator ? handshake->has_remote_static : handshake->has_static);
    hark_noise_symmetric_mix_hash (&handshake->symmetric, responder->bytes, HARK_KEY_LEN);
  }
}

void
hark_noise_handshake_init (HarkNoiseHandshake *handshake, const HarkNoiseConfig *config)
{
  char name[HARK_NOISE_HASH_LEN + 1];

  g_assert (config->pattern < HARK_NOISE_N_PATTERNS);
  memset (handshake, 0, sizeof *handshake);
  handshake->pattern = config->pattern;
  handshake->initiator = config->initiator;
  if (config->static_secret) {
    handshake->has_static = true;
    handshake->static_secret = *config->static_secret;
    handshake->static_public = *config->static_public;
  }
  if (config->remote_static) {
    handshake->has_remote_static = true;
    handshake->remote_static = *config->remote_static;
  }
  if (config->ephemeral) {
    handshake->has_ephemeral = true;
    handshake->ephemeral_secret = *config->ephemeral;
  }
  for (unsigned i = 0; i < HARK_NOISE_PSKS; i++) {
    handshake->has_psk[i] = config->psks[i] != NULL;
    if (config->psks[i])
      handshake->psks[i] = *config->psks[i];
  }

  format_name (config, name);
  hark_noise_symmetric_init (&handshake->symmetric, name);
  hark_noise_symmetric_mix_hash (&handshake->symmetric, config->prologue, config->prologue_len);
  mix_known_keys (handshake);
}

void
hark_noise_handshake_clear (HarkNoiseHandshake *handshake)
{
  sodium_memzero (handshake, sizeof *handshake);
  handshake->failed = true;
}

static bool
uses_psk (const HarkNoiseHandshake *handshake)
{
  for (unsigned i = 0; i < HARK_NOISE_PSKS; i++)
    if (handshake->has_psk[i])
      return true;
  return false;
}

/* psk0 stands at the start of the first message, pskn at the end of message n (section 9.4). */
static void
mix_psk (HarkNoiseHandshake *handshake, unsigned n)
{
  if (n < HARK_NOISE_PSKS && handshake->has_psk[n])
    hark_noise_symmetric_mix_key_and_hash (&handshake->symmetric, handshake->psks[n].bytes);
}

static bool
mix_dh (HarkNoiseHandshake *handshake, const HarkSecret *ours, const HarkKey *theirs)
{
  g_auto (HarkSecret) shared;

  if (crypto_scalarmult (shared.bytes, ours->bytes, theirs->bytes) != 0)
    return false; /* all zero: a low-order point */
  hark_noise_symmetric_mix_key (&handshake->symmetric, shared.bytes);
  return true;
}

static bool
mix_dh_token (HarkNoiseHandshake *handshake, Token token)
{
  const HarkSecret *e = &handshake->ephemeral_secret;
  const HarkSecret *s = &handshake->static_secret;
  const HarkKey *re = &handshake->remote_ephemeral;
  const HarkKey *rs = &handshake->remote_static;

  switch (token) {
  case T_EE:
    return mix_dh (handshake, e, re);
  case T_SS:
    return mix_dh (handshake, s, rs);
  case T_ES:
    return handshake->initiator ? mix_dh (handshake, e, rs) : mix_dh (handshake, s, re);
  case T_SE:
    return handshake->initiator ? mix_dh (handshake, s, re) : mix_dh (handshake, e, rs);
  case T_END:
  case T_E:
  case T_S:
  default:
    g_assert_not_reached ();
  }
}

static void
mix_ephemeral (HarkNoiseHandshake *handshake, const HarkKey *ephemeral)
{
  hark_noise_symmetric_mix_hash (&handshake->symmetric, ephemeral->bytes, HARK_KEY_LEN);
  if (uses_psk (handshake))
    hark_noise_symmetric_mix_key (&handshake->symmetric, ephemeral->bytes);
}

static bool
is_turn (const HarkNoiseHandshake *handshake, bool ours)
{
  bool initiator_next = handshake->message % 2 == 0;

  return !handshake->failed && handshake->message < patterns[handshake->pattern].n_messages
         && (initiator_next == handshake->initiator) == ours;
}

/* Where the next bytes of a message go, or come from. */
typedef struct {
  uint8_t *at;
  size_t left;
} Room;

static bool
write_token (HarkNoiseHandshake *handshake, HarkRng *rng, Token token, Room *room)
{
  size_t len = HARK_KEY_LEN;

  if (token == T_E) {
    if (room->left < len)
      return false;
    if (!handshake->has_ephemeral)
      hark_rng_bytes (rng, handshake->ephemeral_secret.bytes, 32);
    handshake->has_ephemeral = true;
    crypto_scalarmult_base (handshake->ephemeral_public.bytes, handshake->ephemeral_secret.bytes);
    memcpy (room->at, handshake->ephemeral_public.bytes, len);
    mix_ephemeral (handshake, &handshake->ephemeral_public);
  } else if (token == T_S) {
    g_assert (handshake->has_static);
    len += hark_noise_cipher_overhead (&handshake->symmetric.cipher);
    if (room->left < len
        || !hark_noise_symmetric_encrypt (&handshake->symmetric, handshake->static_public.bytes,
                                          HARK_KEY_LEN, room->at))
      return false;
  } else {
    return mix_dh_token (handshake, token);
  }

  room->at += len;
  room->left -= len;
  return true;
}

static bool
write_message (HarkNoiseHandshake *handshake,
               HarkRng *rng,
               const uint8_t *payload,
               size_t payload_len,
               Room *room)
{
  const Token *token = patterns[handshake->pattern].messages[handshake->message];
  size_t len;

  if (handshake->message == 0)
    mix_psk (handshake, 0);
  for (; *token != T_END; token++)
    if (!write_token (handshake, rng, *token, room))
      return false;
  mix_psk (handshake, handshake->message + 1);

  len = payload_len + hark_noise_cipher_overhead (&handshake->symmetric.cipher);
  if (room->left < len
      || !hark_noise_symmetric_encrypt (&handshake->symmetric, payload, payload_len, room->at))
    return false;
  room->left -= len;
  handshake->message++;
  return true;
}

bool
hark_noise_handshake_write (HarkNoiseHandshake *handshake,
                            HarkRng *rng,
                            const uint8_t *payload,
                            size_t payload_len,
                            uint8_t *ret,
                            size_t size,
                            size_t *ret_len)
{
  Room room = {ret, size};

  if (!is_turn (handshake, true) || !write_message (handshake, rng, payload, payload_len, &room)) {
    hark_noise_handshake_clear (handshake);
    return false;
  }
  *ret_len = size - room.left;
  return true;
}

/* One message being read. */
typedef struct {
  const uint8_t *at;
  size_t left;
} Source;

static bool
read_token (HarkNoiseHandshake *handshake, Token token, Source *source)
{
  size_t len = HARK_KEY_LEN;

  if (token == T_E) {
    if (source->left < len)
      return false;
    memcpy (handshake->remote_ephemeral.bytes, source->at, len);
    mix_ephemeral (handshake, &handshake->remote_ephemeral);
  } else if (token == T_S) {
    len += hark_noise_cipher_overhead (&handshake->symmetric.cipher);
    if (source->left < len
        || !hark_noise_symmetric_decrypt (&handshake->symmetric, source->at, len,
                                          handshake->remote_static.bytes))
      return false;
    handshake->has_remote_static = true;
  } else {
    return mix_dh_token (handshake, token);
  }

  source->at += len;
  source->left -= len;
  return true;
}

static bool
read_message (HarkNoiseHandshake *handshake, Source *source, uint8_t *ret, size_t size)
{
  const Token *token = patterns[handshake->pattern].messages[handshake->message];
  size_t overhead;

  if (handshake->message == 0)
    mix_psk (handshake, 0);
  for (; *token != T_END; token++)
    if (!read_token (handshake, *token, source))
      return false;
  mix_psk (handshake, handshake->message + 1);

  overhead = hark_noise_cipher_overhead (&handshake->symmetric.cipher);
  if (source->left < overhead || source->left - overhead > size
      || !hark_noise_symmetric_decrypt (&handshake->symmetric, source->at, source->left, ret))
    return false;
  source->left -= overhead;
  handshake->message++;
  return true;
}

bool
hark_noise_handshake_read (HarkNoiseHandshake *handshake,
                           const uint8_t *message,
                           size_t len,
                           uint8_t *ret,
                           size_t size,
                           size_t *ret_len)
{
  Source source = {message, len};

  if (!is_turn (handshake, false) || !read_message (handshake, &source, ret, size)) {
    hark_noise_handshake_clear (handshake);
    return false;
  }
  *ret_len = source.left;
  return true;
}

bool
hark_noise_handshake_is_done (const HarkNoiseHandshake *handshake)
{
  return !handshake->failed && handshake->message == patterns[handshake->pattern].n_messages;
}

void
hark_noise_handshake_split (const HarkNoiseHandshake *handshake,
                            uint8_t ret_initiator[32],
                            uint8_t ret_responder[32])
{
  g_assert (hark_noise_handshake_is_done (handshake));
  hark_noise_symmetric_split (&handshake->symmetric, ret_initiator, ret_responder);
}
