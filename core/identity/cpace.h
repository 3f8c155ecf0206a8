/* core/identity/cpace.h - a strong key from a weak password that two people share.
 *
 * Pure; any thread. CPACE-RISTR255-SHA512 in its initiator and responder form. Whoever listens
 * learns nothing to try passwords on; whoever takes part gets to try one, and no more: another
 * password gives another key, and nothing tells which. Constant time in the password.
 * Source: draft-irtf-cfrg-cpace, sections 6, 7.1 and "Key confirmation"; vectors in
 * tests/vectors/cpace.json. Lengths of the inputs: 0 to 4,096 bytes each.
 */
#pragma once

#include "net/base/rng.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HARK_CPACE_SHARE_LEN 32 /* Ya, Yb: a point */
#define HARK_CPACE_SID_LEN 16
#define HARK_CPACE_KEY_LEN 64 /* ISK */
#define HARK_CPACE_TAG_LEN 64

/* Bytes of the caller's. */
typedef struct {
  const void *data;
  size_t len;
} HarkCpaceInput;

/* What both sides bring in. */
typedef struct {
  HarkCpaceInput password; /* PRS; secret */
  HarkCpaceInput channel;  /* CI: where and between whom */
  uint8_t sid[HARK_CPACE_SID_LEN];
} HarkCpaceContext;

/* What one side said: a share and data that is bound into the key. */
typedef struct {
  uint8_t share[HARK_CPACE_SHARE_LEN];
  HarkCpaceInput data; /* ADa, ADb */
} HarkCpaceSaid;

/* hark_cpace_scalar: a fresh secret scalar; wipe it. */
void hark_cpace_scalar (HarkRng *rng, uint8_t ret[32]);

/* hark_cpace_generator: the point that the context stands for; for tests. */
void hark_cpace_generator (const HarkCpaceContext *context, uint8_t ret[HARK_CPACE_SHARE_LEN]);

/* hark_cpace_share: what to send. */
void hark_cpace_share (const HarkCpaceContext *context,
                       const uint8_t scalar[32],
                       uint8_t ret[HARK_CPACE_SHARE_LEN]);

/* hark_cpace_key: @initiator, @responder: what was said, in both sides' eyes; @initiates: we are
 * the first of them. False, with @ret wiped, when the other share is no point or the neutral one:
 * the run is over then. @ret is secret: wipe it. */
bool hark_cpace_key (const uint8_t sid[HARK_CPACE_SID_LEN],
                     const uint8_t scalar[32],
                     bool initiates,
                     const HarkCpaceSaid *initiator,
                     const HarkCpaceSaid *responder,
                     uint8_t ret[HARK_CPACE_KEY_LEN]);

/* hark_cpace_tag: proof that whoever @said that has the key; compare it in constant time. */
void hark_cpace_tag (const uint8_t sid[HARK_CPACE_SID_LEN],
                     const uint8_t key[HARK_CPACE_KEY_LEN],
                     const HarkCpaceSaid *said,
                     uint8_t ret[HARK_CPACE_TAG_LEN]);
