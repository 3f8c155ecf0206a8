/* tests/sim/party.h - a group of real Harks in a simulated network: what tests of groups do and
 * ask.
 *
 * Functions that return nothing end the test when it does not come about in PARTY_PATIENCE.
 */
#pragma once

#include "tests/sim/core-world.h"

#define PARTY_PATIENCE (10 * HARK_MINUTE)
#define PARTY_MAX 33 /* one more than a group holds */

typedef struct {
  HarkSimWorld world;
  unsigned n;
  HarkSimCoreNode *people[PARTY_MAX];
  uint8_t group[HARK_MESSAGE_ID_LEN];
  unsigned written;
  bool out[PARTY_MAX]; /* not in the group, or no more */
} Party;

extern const char *const party_names[PARTY_MAX];

/* party_init: @n people who do not know each other; _on: with @link both ways. */
void party_init (Party *party, uint64_t seed, unsigned n);
void party_init_on (Party *party, uint64_t seed, unsigned n, const HarkSimLinkConfig *link);
void party_clear (Party *party);
void party_befriend (Party *party, unsigned a, unsigned b);

/* party_command: (transfer full): of the group, about one of them or nobody (-1); party_ask: does
 * it: the RESULT, borrowed; party_do_well: which is to be good. */
HarkCommand *party_group_command (const Party *party, HarkCommandKind kind, int about);
const HarkEvent *party_ask (Party *party, unsigned who, HarkCommandKind kind, int about);
void party_do_well (Party *party, unsigned who, HarkCommandKind kind, int about);

/* party_create: the first one founds it; _bring_in: @by asks @who in, who accepts. */
void party_create (Party *party);
void party_bring_in (Party *party, unsigned by, unsigned who);

/* party_three: Alice (founder), Bob and Carol, who all know each other and are in it.
 * party_give_role: by the founder. */
void party_three (Party *party, uint64_t seed);
void party_give_role (Party *party, unsigned whom, const char *role);

/* party_seen_by: (nullable): as @who last told it; _person_in: (nullable): a member. */
const HarkGroupInfo *party_seen_by (const Party *party, unsigned who);
const HarkGroupPerson *party_person_in (const HarkGroupInfo *info, const HarkKey *account);
void party_wait_member (Party *party, unsigned who, unsigned about, bool in);

/* party_write_text: the RESULT, borrowed; _say: which is to be good. */
const HarkEvent *party_write_text (Party *party, unsigned who, const char *text);
void party_say (Party *party, unsigned who, const char *text);

/* party_told: (transfer full): the conversation as it lies on the disk, in its order, a line for
 * each; _wait_same: two have the same, of so many lines. */
char *party_told (Party *party, unsigned who);
unsigned party_count_lines (const char *text);
void party_wait_same (Party *party, unsigned a, unsigned b, unsigned lines);

/* party_wait_all_same: all who are not `out` run, have the same conversation and see the same
 * members; @when: for the message. party_history: (transfer full): HarkStoreMessage, in order, from
 * the disk, but for rows of who left; _who_left: (transfer full): those, a line each.
 * party_check_calm: nobody was warned of anything. */
void party_wait_all_same (Party *party, const char *when);
GPtrArray *party_history (Party *party, unsigned who);
char *party_who_left (Party *party, unsigned who);
void party_check_calm (const Party *party);

/* party_check_delivered: what @who wrote, so many lines, came to all. */
void party_check_delivered (Party *party, unsigned who, unsigned lines);
