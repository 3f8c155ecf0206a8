/* net/io/ice-check.h - ICE connectivity checks of a path that libnice has nothing to do with any
 * more.
 *
 * Shell, because libnice's STUN library draws the transaction ids; reads no clock and no socket.
 * Answers the checks of the other end, which may go on for a while, and makes own ones, by which a
 * place that a peer seems to have moved to proves that the peer is there. RFC 8445 section 7, RFC
 * 8489: short-term credentials, nothing without MESSAGE-INTEGRITY. All else that is STUN is
 * dropped: indications, error responses, other methods.
 */
#pragma once

#include "net/base/time.h"
#include "net/base/token-bucket.h"
#include "net/path/path.h"

#include <stun/stunagent.h>

#define HARK_ICE_CHECK_LEN_MAX 256 /* bytes of a check or an answer of ours */
#define HARK_ICE_CHECK_RATE 20     /* checks of the other end looked at in a second, and */
#define HARK_ICE_CHECK_BURST 200   /* at once: as many as libnice sends in one round */

/* What one end of a path is known by in checks; NUL-terminated. */
typedef struct {
  char ufrag[HARK_UFRAG_LEN + 1];
  char password[HARK_PASSWORD_LEN + 1];
} HarkIceCredentials;

typedef struct {
  char username_in[2 * HARK_UFRAG_LEN + 2];  /* "ours:theirs" */
  char username_out[2 * HARK_UFRAG_LEN + 2]; /* "theirs:ours" */
  char password_in[HARK_PASSWORD_LEN + 1];
  char password_out[HARK_PASSWORD_LEN + 1];
  bool controlling;
  HarkTokenBucket answers;
  StunAgent *asking; /* NULL, or remembers the check of ours that waits for its answer */
} HarkIceCheck;

typedef enum {
  HARK_ICE_CHECK_DROPPED,
  HARK_ICE_CHECK_ANSWER,   /* theirs: send the answer back */
  HARK_ICE_CHECK_ANSWERED, /* ours: whoever sent this read it and knows the password */
} HarkIceCheckResult;

/* hark_ice_check_init: @local, @remote: of the ends, copied. */
void hark_ice_check_init (HarkIceCheck *check,
                          const HarkIceCredentials *local,
                          const HarkIceCredentials *remote,
                          bool controlling,
                          HarkTime now);

/* hark_ice_check_clear: wipes. */
void hark_ice_check_clear (HarkIceCheck *check);

/* hark_ice_is_stun: what RFC 7983 gives to STUN; no packet of a session begins so. */
static inline bool
hark_ice_is_stun (const uint8_t *packet, size_t len)
{
  return len > 0 && packet[0] < 4;
}

/* hark_ice_check_ask: writes a check; only the answer to the last one counts. Returns its length.
 */
size_t hark_ice_check_ask (HarkIceCheck *check, uint8_t ret[HARK_ICE_CHECK_LEN_MAX]);

/**
 * hark_ice_check_handle:
 * @packet: hark_ice_is_stun(), else not trusted
 * @from: who sent it
 * @ret: (out): the answer, with ANSWER
 * @ret_len: (out): bytes of it
 */
HarkIceCheckResult hark_ice_check_handle (HarkIceCheck *check,
                                          const HarkEndpoint *from,
                                          const uint8_t *packet,
                                          size_t len,
                                          HarkTime now,
                                          uint8_t ret[HARK_ICE_CHECK_LEN_MAX],
                                          size_t *ret_len);
