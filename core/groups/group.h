/* core/groups/group.h - one group as one member knows it: the entries of its two logs, and who is
 * in it by what they say.
 *
 * Pure; one thread at a time. Source: core/PROTOCOL.md "Groups".
 *
 * Every member writes chains of its own: numbered, each entry naming the hash of the one before.
 * The same entries give the same members, name and view everywhere, in whatever order they came:
 * they are sorted by their clock, and what somebody may do follows from the founder's entries and
 * the person's own alone, so that no two removals can undo each other's right. Nobody but the
 * founder gives roles away or removes an admin, and nobody removes the founder. Who is removed is
 * heard up to where the remover had heard them, and no further, however early they date what they
 * write afterwards.
 */
#pragma once

#include "core/groups/group-entry.h"

#define HARK_GROUP_OPS_AUTHOR_MAX 256 /* operations of one author */
/* Of a group: as many as all who can be in it at a time may write, so that they cannot use up the
 * room of each other by it, in whatever order their operations come. */
#define HARK_GROUP_OPS_MAX (HARK_GROUP_ACTIVE_MAX * HARK_GROUP_OPS_AUTHOR_MAX)
#define HARK_GROUP_CLOCK_STEP_MAX (INT64_C (1) << 32) /* ahead of all that we know */

/* How we know that an operation is its author's. */
typedef enum {
  HARK_GROUP_UNPROVED, /* it is not tagged for us: kept, and without effect until proved */
  HARK_GROUP_VOUCHED,  /* who brought us in, or the founder, passed it on */
  HARK_GROUP_PROVED,   /* its tag for us is good, or that of a later one in its chain */
} HarkGroupProof;

typedef enum {
  HARK_GROUP_STATUS_GONE,
  HARK_GROUP_STATUS_INVITED,
  HARK_GROUP_STATUS_JOINED,
} HarkGroupStatus;

typedef struct {
  HarkKey account;
  HarkGroupStatus status;
  HarkGroupRole role;
  const char *claimed; /* what they call themselves, "" when not heard; borrowed likewise */
  const HarkGroupEntry *invite; /* the newest one; NULL: GONE, or never asked in; borrowed until
                                   the next take */
  const HarkGroupEntry *join;   /* by which they took that up; NULL: not yet; borrowed likewise */
  const HarkGroupEntry *end;    /* GONE, or was: their removal or leaving; borrowed likewise */
} HarkGroupMember;

typedef struct {
  HarkKey author;
  uint8_t name[HARK_GROUP_CHAIN_LEN];
  uint64_t seq;               /* the highest taken */
  uint64_t durable;           /* the highest on our disk */
  uint64_t proved, effective; /* of the membership log: up to there; effective: or vouched for */
  uint64_t tagged;            /* likewise: up to there nothing is without its tags */
  uint8_t hash[HARK_GROUP_HASH_LEN]; /* of seq */
  GPtrArray *ops; /* of the membership log: HarkGroupEntry, from seq 1 on; else NULL */
  GBytes *tags;   /* of our own chains: of the newest entry; NULL: none */
  bool forked;    /* the author wrote two that exclude each other */
} HarkGroupChain;

typedef struct {
  uint8_t id[HARK_GROUP_ID_LEN];
  HarkKey founder, own;
  HarkKey sponsor;    /* who offered it to us; the founder's own: the founder */
  GHashTable *chains; /* HarkGroupChain, by author and name */
  int64_t clock;      /* the highest known */
  unsigned n_ops;
  bool stale;      /* the rest is out of date */
  GArray *members; /* HarkGroupMember: all who ever were, by account */
  char name[HARK_GROUP_NAME_LEN_MAX + 1];
  uint32_t expires_s; /* of what is written now; 0: it stays */
  bool has_picture;
  uint8_t picture[HARK_GROUP_PICTURE_LEN];
  uint8_t view[HARK_GROUP_VIEW_LEN];
} HarkGroup;

/* hark_group_new: (transfer full): nothing in it yet. */
HarkGroup *hark_group_new (const uint8_t id[HARK_GROUP_ID_LEN],
                           const HarkKey *founder,
                           const HarkKey *own,
                           const HarkKey *sponsor);
void hark_group_free (HarkGroup *group);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HarkGroup, hark_group_free)

typedef enum {
  HARK_GROUP_TAKEN,   /* new: to be kept */
  HARK_GROUP_BETTER,  /* known, and better proved now, or with its tags: to be kept with that */
  HARK_GROUP_KNOWN,   /* nothing new */
  HARK_GROUP_LATER,   /* something before it is missing, or its author is not known yet */
  HARK_GROUP_REFUSED, /* against a rule; says nothing about who passed it on, but when its tag is
                         bad */
  HARK_GROUP_FORKED,  /* its author wrote another one in its place */
} HarkGroupTaken;

/**
 * hark_group_take:
 * @entry: of this group; taken over (set to NULL) with %HARK_GROUP_TAKEN when the group keeps it
 * @first: its tag says that we were not told what is before it; only looked at for messages
 * @ret_cut: (out): 0, or what is from that seq on in the entry's chain was not its author's and is
 *   forgotten; to be deleted
 *
 * A message needs %HARK_GROUP_PROVED and an author who was a member when it was written. An
 * operation that is here without its tags gets them from a copy that is proved or vouched for, and
 * from no other.
 */
HarkGroupTaken hark_group_take (
  HarkGroup *group, HarkGroupEntry **entry, HarkGroupProof proof, bool first, uint64_t *ret_cut);

/* hark_group_load: the same for what was taken before and comes back from the disk: any order of
 * chains, each from its lowest seq on; of messages the newest of each chain is enough. */
void hark_group_load (HarkGroup *group, HarkGroupEntry *entry, HarkGroupProof proof, GBytes *tags);

/* hark_group_stored: the chain is on our disk up to @seq. */
void hark_group_stored (HarkGroup *group,
                        const HarkKey *author,
                        const uint8_t chain[HARK_GROUP_CHAIN_LEN],
                        uint64_t seq);

/* hark_group_chain_of: (nullable): borrowed. */
HarkGroupChain *hark_group_chain_of (const HarkGroup *group,
                                     const HarkKey *author,
                                     const uint8_t chain[HARK_GROUP_CHAIN_LEN]);

/* hark_group_has: how far we have the chain, for others: on our disk, known to be the author's, and
 * with the tags by which they know that, too. */
uint64_t hark_group_has (const HarkGroupChain *chain);

/* hark_group_chain_hash, hark_group_chain_equal: for tables by author and name, which stand in this
 * order at the start of @key: HARK_KEY_LEN and HARK_GROUP_CHAIN_LEN bytes. */
guint hark_group_chain_hash (const void *key);
gboolean hark_group_chain_equal (const void *a, const void *b);

/* hark_group_room: how many more entries of @author are taken in @chain; of messages G_MAXUINT as
 * long as there is room for the chain. */
unsigned hark_group_room (const HarkGroup *group,
                          const HarkKey *author,
                          const uint8_t chain[HARK_GROUP_CHAIN_LEN]);

/* hark_group_took_up: there is a JOIN of ours for @invite. */
bool hark_group_took_up (const HarkGroup *group, const uint8_t invite[HARK_GROUP_HASH_LEN]);

/* hark_group_compose: sets group, author, seq, previous, clock and view of an entry that we write
 * in @chain now. */
void hark_group_compose (HarkGroup *group,
                         const uint8_t chain[HARK_GROUP_CHAIN_LEN],
                         HarkGroupEntry *entry);

/* hark_group_compose_next: the same for what is to follow @last, which was written (its hash is
 * known) and is not in the log yet. */
void hark_group_compose_next (const HarkGroupEntry *last, HarkGroupEntry *entry);

/* hark_group_set_cuts: how far @account was heard here, into a LEAVE, REMOVE or ROLE. */
void hark_group_set_cuts (const HarkGroup *group, const HarkKey *account, HarkGroupEntry *entry);

/* ---- who is in it (group-members.c) ---- */

/* hark_group_update: brings members, name and view up to date when something was taken; the
 * functions below do it by themselves. */
void hark_group_update (HarkGroup *group);

/* hark_group_member: (nullable): borrowed until something is taken; GONE: was one. */
const HarkGroupMember *hark_group_member (HarkGroup *group, const HarkKey *account);
bool hark_group_has_joined (HarkGroup *group, const HarkKey *account);

/* hark_group_active: joined and invited ones. */
unsigned hark_group_active (HarkGroup *group);

/* hark_group_passes: @by hands what @author wrote to @reader when these two never meet: who asked
 * somebody in knows them, so all are connected by that, on one way; @by stands next to @reader on
 * it. Where somebody on it has gone, the founder takes their place. */
bool hark_group_passes (HarkGroup *group,
                        const HarkKey *by,
                        const HarkKey *author,
                        const HarkKey *reader);

/* hark_group_may: what we are asked to do is @author's to do now: INVITE, REMOVE, ROLE, NAME,
 * TIMER, PICTURE. */
bool hark_group_may (HarkGroup *group,
                     const HarkKey *author,
                     HarkGroupKind kind,
                     const HarkKey *account);

/* hark_group_asking: (nullable): the newest INTRODUCE of @from for @to, not sent before @since_ms
 * (Unix); borrowed until something is taken. */
const HarkGroupEntry *hark_group_asking (const HarkGroup *group,
                                         const HarkKey *from,
                                         const HarkKey *to,
                                         int64_t since_ms);

/* hark_group_may_write: a message of @author at that place in a chain is a member's. */
bool hark_group_may_write (HarkGroup *group,
                           const HarkKey *author,
                           const uint8_t chain[HARK_GROUP_CHAIN_LEN],
                           uint64_t seq);
