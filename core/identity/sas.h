/* core/identity/sas.h - three words that two people compare by voice.
 *
 * Pure; one thread at a time. Whoever asks commits to a nonce before seeing the other's, so that
 * somebody in between, who has two sessions with two handshake hashes, gets one guess among 2^33
 * for each exchange and cannot search:
 *
 *   asker                               other
 *   start: NONE -> COMMITTED  --commitment-->  NONE -> ANSWERED
 *   COMMITTED -> SHOWN        <-----nonce----
 *                             -----reveal--->  ANSWERED -> SHOWN, or NONE when it is another nonce
 *
 * Two who ask at once: the smaller account's exchange goes on. A third party's words are worth as
 * much as the voice that reads them: in person is stronger.
 * Source: core/PROTOCOL.md "Words".
 */
#pragma once

#include "core/identity/words.h"
#include "net/base/rng.h"

#include <stdbool.h>

#define HARK_SAS_VALUE_LEN 32 /* bytes of commitment, nonce and reveal */
#define HARK_SAS_WORDS 3
#define HARK_SAS_TEXT_LEN (HARK_SAS_WORDS * (HARK_WORD_LEN_MAX + 1)) /* with the NUL */
#define HARK_SAS_TRIES_MAX 3                                         /* in one call, or */
#define HARK_SAS_TRIES_MS (10 * 60 * 1000)                           /* so long outside of one */

typedef enum {
  HARK_SAS_NONE,
  HARK_SAS_COMMITTED, /* we asked */
  HARK_SAS_ANSWERED,  /* they asked */
  HARK_SAS_SHOWN,     /* words: valid */
} HarkSasState;

/* Whose words, in which session. */
typedef struct {
  HarkKey own, peer;
  uint8_t handshake_hash[64];
} HarkSasPair;

typedef struct {
  HarkSasState state;
  HarkSasPair pair;
  uint8_t nonce[HARK_SAS_VALUE_LEN];      /* ours */
  uint8_t commitment[HARK_SAS_VALUE_LEN]; /* theirs */
  char words[HARK_SAS_TEXT_LEN];          /* one space between two */
} HarkSas;

/* How often it was tried. */
typedef struct {
  uint64_t call; /* 0: outside of one */
  unsigned n;
  int64_t since_ms;
} HarkSasTries;

/* hark_sas_take_try: false when there were too many in @call (0: none), else counts one. */
bool hark_sas_take_try (HarkSasTries *tries, uint64_t call, int64_t now_ms);

/* hark_sas_start: the user asks; @ret: the commitment, to be said. What went on before is over. */
void hark_sas_start (HarkSas *sas,
                     const HarkSasPair *pair,
                     HarkRng *rng,
                     uint8_t ret[HARK_SAS_VALUE_LEN]);

/* hark_sas_handle_commitment: they ask; true with our nonce in @ret, to be said; false: our own
 * exchange goes on. */
bool hark_sas_handle_commitment (HarkSas *sas,
                                 const HarkSasPair *pair,
                                 const uint8_t commitment[HARK_SAS_VALUE_LEN],
                                 HarkRng *rng,
                                 uint8_t ret[HARK_SAS_VALUE_LEN]);

/* hark_sas_handle_nonce: true with what is to be revealed in @ret, and SHOWN; false when it was not
 * asked for. */
bool hark_sas_handle_nonce (HarkSas *sas,
                            const uint8_t nonce[HARK_SAS_VALUE_LEN],
                            uint8_t ret[HARK_SAS_VALUE_LEN]);

/* hark_sas_handle_reveal: true when SHOWN; false when it was not asked for, or is not what they
 * committed to: then it is over. */
bool hark_sas_handle_reveal (HarkSas *sas, const uint8_t nonce[HARK_SAS_VALUE_LEN]);

/* hark_sas_clear: over; wipes. */
void hark_sas_clear (HarkSas *sas);
