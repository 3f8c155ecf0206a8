/* core/groups/group-entry.h - one entry of a group: what a member did or wrote, and by what each
 * other member knows that it is theirs.
 *
 * Pure; any thread. Entries come from other members, also through third ones, and are not trusted.
 * Source: core/PROTOCOL.md "Groups". Tags are keyed with a secret that only the author and the one
 * member share (X25519 of the account keys, RFC 7748): whoever passes an entry on can neither
 * change it nor make one up, and yet nobody can prove to a third who wrote it, for the reader could
 * have made the tag as well.
 */
#pragma once

#include "core/files/manifest.h"
#include "core/proto/frame.h"
#include "net/base/key.h"

#define HARK_GROUP_ID_LEN 16
#define HARK_GROUP_NONCE_LEN 32
#define HARK_GROUP_CHAIN_LEN 8
#define HARK_GROUP_HASH_LEN 32
#define HARK_GROUP_VIEW_LEN 16
#define HARK_GROUP_MEMBERS_MAX 32
#define HARK_GROUP_ACTIVE_MAX 64 /* tolerated when several invite at once */
#define HARK_GROUP_NAME_LEN_MAX 48
#define HARK_GROUP_TEXT_LEN_MAX 65536
#define HARK_GROUP_REACTION_LEN_MAX 32
#define HARK_GROUP_MENTIONS_MAX 32
#define HARK_GROUP_CHAINS_MAX 16 /* of one author in one log */
#define HARK_GROUP_TAG_LEN 25    /* 8 of the account, 1 of flags, 16 */
#define HARK_GROUP_TAGS_LEN_MAX (HARK_GROUP_TAG_LEN * HARK_GROUP_ACTIVE_MAX)
#define HARK_GROUP_CONTENT_LEN_MAX (72 * 1024)
#define HARK_GROUP_BODY_LEN_MAX (72 * 1024)
#define HARK_GROUP_SALT_LEN 16
#define HARK_GROUP_SEALED_LEN_MAX 512
#define HARK_GROUP_FILE_NAME_LEN_MAX 1024
#define HARK_GROUP_EXPIRES_MAX (365 * 24 * 3600) /* seconds */
#define HARK_GROUP_PICTURE_LEN 32                /* what names a picture */

typedef enum {
  HARK_GROUP_INVITE = 1,  /* account */
  HARK_GROUP_JOIN = 2,    /* invite, text: what they call themselves */
  HARK_GROUP_LEAVE = 3,   /* cuts: one's own */
  HARK_GROUP_REMOVE = 4,  /* account, cuts */
  HARK_GROUP_ROLE = 5,    /* account, role, cuts when it is taken away */
  HARK_GROUP_NAME = 6,    /* text */
  HARK_GROUP_VIEW = 7,    /* nothing new, text as in JOIN: tells newcomers that what is before it is
                             the author's */
  HARK_GROUP_TIMER = 8,   /* expires_s: of what is written from now on; 0: it stays */
  HARK_GROUP_PICTURE = 9, /* picture, or none */
  HARK_GROUP_INTRODUCE
  = 10, /* account, sealed (introduction.h): the author would be their contact */
  HARK_GROUP_TEXT = 16,
  HARK_GROUP_EDIT = 17,     /* target, text */
  HARK_GROUP_DELETE = 18,   /* target */
  HARK_GROUP_REACTION = 19, /* target, text; empty takes it back */
  HARK_GROUP_CLIP = 20,     /* sound */
  HARK_GROUP_FILE = 21,     /* file, text: its name */
} HarkGroupKind;

/* Added to the kind on the wire: what it says stands in the body. Who does not know that keeps it
 * and passes it on. */
#define HARK_GROUP_KIND_BODY 32

typedef enum {
  HARK_GROUP_LOG_MEMBERS = 0,  /* everybody gets all of it */
  HARK_GROUP_LOG_MESSAGES = 1, /* for those who were members when it was written */
} HarkGroupLog;

typedef enum { HARK_GROUP_MEMBER = 1, HARK_GROUP_ADMIN = 2, HARK_GROUP_FOUNDER = 3 } HarkGroupRole;

typedef struct {
  uint8_t chain[HARK_GROUP_CHAIN_LEN];
  uint64_t seq;
} HarkGroupCut;

/* A file for the members. What is asked for and served is named by the entry's id. */
typedef struct {
  uint64_t size; /* bytes, at most HARK_SWARM_SIZE_MAX (core/files/swarm.h) */
  int64_t mtime_ms;
  uint8_t sample[32];     /* core/files/sample.h; zeros: not known */
  uint8_t root[32];       /* core/files/tree-hash.h */
  HarkFolderFacts folder; /* all zero: a single file */
  GBytes *preview;        /* core/files/offer.h; of a single file; owned; NULL for none */
  unsigned n_people;
  HarkKey people[HARK_GROUP_ACTIVE_MAX]; /* for whom; the author first */
} HarkGroupFile;

typedef struct {
  uint8_t group[HARK_GROUP_ID_LEN];
  HarkKey author;
  uint8_t chain[HARK_GROUP_CHAIN_LEN];
  uint64_t seq;
  uint8_t previous[HARK_GROUP_HASH_LEN]; /* zeros for the first */
  int64_t clock;
  int64_t sent_ms;
  uint8_t view[HARK_GROUP_VIEW_LEN];
  HarkGroupKind kind;
  uint8_t id[16];
  bool apart;    /* what it says stands in a body of its own, which can be deleted; */
  bool has_body; /* and is here */
  uint8_t body[HARK_GROUP_HASH_LEN];
  uint8_t salt[HARK_GROUP_SALT_LEN]; /* to be set by the writer: random */
  GBytes *sound;                     /* of a clip; owned; NULL for none */
  HarkGroupFile *file;               /* of a FILE; owned; NULL for none */
  GBytes *sealed;                    /* of an INTRODUCE (introduction.h); owned; NULL for none */
  uint32_t expires_s;
  bool has_picture;
  uint8_t picture[HARK_GROUP_PICTURE_LEN];
  char *text; /* owned; "" for none */
  bool has_reply_to, has_target;
  uint8_t reply_to[16], target[16];
  unsigned n_mentions;
  HarkKey mentions[HARK_GROUP_MENTIONS_MAX];
  HarkKey account;
  HarkGroupRole role;
  uint8_t invite[HARK_GROUP_HASH_LEN];
  unsigned n_cuts;
  HarkGroupCut cuts[2 * HARK_GROUP_CHAINS_MAX];
  uint8_t hash[HARK_GROUP_HASH_LEN]; /* of the content; set by reader and writer */
  bool tagless; /* an operation that its author told us without its tags, so that others could not
                   know whose it is: it is not passed on; to be set by who has the tags */
} HarkGroupEntry;

/* hark_group_entry_free: NULL is fine. */
void hark_group_entry_free (HarkGroupEntry *entry);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HarkGroupEntry, hark_group_entry_free)

/* hark_group_chain_log: which log a chain belongs to. */
HarkGroupLog hark_group_chain_log (const uint8_t chain[HARK_GROUP_CHAIN_LEN]);

/* hark_group_id: the id of the group that @founder makes with @nonce: nobody else can claim to have
 * founded it. */
void hark_group_id (const HarkKey *founder,
                    const uint8_t nonce[HARK_GROUP_NONCE_LEN],
                    uint8_t ret[HARK_GROUP_ID_LEN]);

/* hark_group_chain: the chain that one copy of a profile (@instance: 16 bytes) writes in a log;
 * @epoch: 0, and more each time the copy turns out to be an old one. */
void hark_group_chain (const uint8_t instance[16],
                       const uint8_t group[HARK_GROUP_ID_LEN],
                       HarkGroupLog log,
                       uint32_t epoch,
                       uint8_t ret[HARK_GROUP_CHAIN_LEN]);

/* hark_group_entry_write: (transfer full): the content; sets entry->hash. */
GBytes *hark_group_entry_write (HarkGroupEntry *entry);

/* ---- the body (group-body.c) ---- */

/* hark_group_kind_has_body: of this kind what it says stands apart, when it is written now. */
bool hark_group_kind_has_body (HarkGroupKind kind);

/* hark_group_body_write: (transfer full): text, answer, mentions and sound; sets entry->apart,
 * has_body and body, so it comes before hark_group_entry_write(). The salt is to be random. */
GBytes *hark_group_body_write (HarkGroupEntry *entry);

/* hark_group_body_read: what @body says into @entry; false, and @entry as it was, when it is not
 * the one that @entry names, or no body of that kind: lengths, UTF-8, a sound that is none. */
bool hark_group_body_read (HarkGroupEntry *entry, GBytes *body);

/* ---- the content ---- */

/* hark_group_entry_read: (transfer full) (nullable): NULL when @content is none: lengths, kinds,
 * UTF-8, sizes above those here, a kind in the wrong log, seq or clock 0 or above 2^50. What stands
 * apart is not here yet: hark_group_body_read(). */
HarkGroupEntry *hark_group_entry_read (GBytes *content);

/**
 * hark_group_secret:
 * @seed: of our account
 *
 * What only we and @other know: X25519 of the two account keys (RFC 7748), before it is hashed.
 * Returns false when @other is no key of the curve or of small order.
 */
bool hark_group_secret (const HarkSecret *seed, const HarkKey *other, HarkSecret *ret);

/**
 * hark_group_tag:
 * @secret: of hark_group_secret()
 * @first: the reader was not told what is before it in the chain
 *
 * The tag by which @to knows that @from wrote the entry with @hash in @group.
 */
void hark_group_tag (const HarkSecret *secret,
                     const uint8_t group[HARK_GROUP_ID_LEN],
                     const HarkKey *from,
                     const HarkKey *to,
                     const uint8_t hash[HARK_GROUP_HASH_LEN],
                     bool first,
                     uint8_t ret[HARK_GROUP_TAG_LEN]);

/* hark_group_tags_are_for: @account is among those for whom the entry is. */
bool hark_group_tags_are_for (GBytes *tags, const HarkKey *account);

typedef enum { HARK_GROUP_TAG_NONE, HARK_GROUP_TAG_GOOD, HARK_GROUP_TAG_BAD } HarkGroupTagResult;

/* hark_group_tags_check: looks for the tag of @to and compares in constant time; @ret_first with
 * GOOD. */
HarkGroupTagResult hark_group_tags_check (GBytes *tags,
                                          const HarkSecret *secret,
                                          const HarkGroupEntry *entry,
                                          const HarkKey *to,
                                          bool *ret_first);
