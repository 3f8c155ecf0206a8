/* tests/sim/gift.h - something that one in a party gives to the group, and what tests of that do.
 *
 * Functions that return nothing end the test when it does not come about in PARTY_PATIENCE.
 */
#pragma once

#include "tests/sim/party.h"

#define GIFT_LEN ((size_t) 5 * 1024 * 1024 + 4321)
#define GIFT_BIG_LEN ((size_t) 16 * 1024 * 1024 + 4321)
#define GIFT_NARROW 2000000u /* bit/s of the giver's uplink */
#define GIFT_TAKERS 4u

typedef struct {
  Party party; /* the first gives */
  uint8_t *bytes;
  size_t len;
  char *path; /* the giver's: a file with the bytes; a test may put something else in its place */
} Gift;

/* gift_init: @people who are contacts, the group with the first alone in it, and GIFT_LEN bytes. */
void gift_init (Gift *gift, uint64_t seed, unsigned people);
void gift_clear (Gift *gift);

/* gift_to_takers: GIFT_TAKERS in one group with the giver, whose line is narrow, and GIFT_BIG_LEN
 * bytes; then gift_offer: nobody has any of it. _check_one_copy: all of them take it: little more
 * than one copy goes through the giver's line (what its short queue drops is handed to it again).
 * Returns after how many times what that line alone takes all have it, as @check sees it. */
void gift_to_takers (Gift *gift, uint64_t seed);
void gift_offer (Gift *gift);
double gift_check_one_copy (Gift *gift, void (*check) (Gift *gift, unsigned who));

/* gift_seen_by: what @who last heard of it; NULL: nothing. _was_told: @words, at any time. */
const HarkTransfer *gift_seen_by (const Gift *gift, unsigned who);
bool gift_was_told (const HarkSimCoreNode *node, const char *words);

/* gift_wait_for: until @who sees that. */
void gift_wait_for (Gift *gift, unsigned who, HarkFileState state, unsigned have);

void gift_give (Gift *gift);
void gift_take (Gift *gift, unsigned who);

/* gift_take_and_crash: in the midst of it @who and the giver die; only @who comes back. */
void gift_take_and_crash (Gift *gift, unsigned who);

/* gift_check_has: until @who has all of it. */
void gift_check_has (Gift *gift, unsigned who);

/* gift_has_some: @data, a HarkSimCoreNode, has a quarter of GIFT_LEN. */
bool gift_has_some (void *data);

/* gift_spoil: other bytes here and there in the file at @path, whose length stays; _at: there. */
void gift_spoil (const char *path);
void gift_spoil_at (const char *path, size_t at);
