/* core/heart/groups/groups.h - what the files beside it share. From the ground up:
 *
 *   groups/groups.c      groups, members, tags, what the user sees
 *   groups/write.c       what we do and write, and who has it
 *   groups/sync.c        giving members what they lack
 *   groups/give.c        single entries that they ask for
 *   groups/had.c         how far members have all
 *   groups/bodies.c      what passing members left out
 *   groups/haves.c       what members say that they have
 *   groups/offers.c      being asked in
 *   groups/hear.c        what members say: entries; which file hears the rest
 *   groups/hints.c       who read how far, who writes
 *   groups/introduce.c   members who become contacts
 *   groups/picture.c     the group's picture
 *   calls/group-calls.c  calls (calls/group-calls.h)
 *   groups/commands.c    what the user wants
 *
 * How it works: core/PROTOCOL.md "Groups".
 */
#pragma once

#include "core/groups/group.h"
#include "core/heart/core-private.h"

typedef struct HarkCoreGroupCall HarkCoreGroupCall; /* calls/group-calls.c */

#define HARK_CORE_GROUPS_MAX 100
#define HARK_CORE_GROUP_OFFERS_MAX 16    /* of one contact that wait for the user */
#define HARK_CORE_GROUP_HEADS_MAX 1024   /* in one GroupHave, and of one member */
#define HARK_CORE_GROUP_SECRETS_MAX 1000 /* kept at a time */
#define HARK_CORE_GROUP_OWN_OPS_MAX 200  /* from then on nothing is written by itself */
#define HARK_CORE_GROUP_REJOINS_MAX 4    /* by offers of one member in one session */
#define HARK_CORE_GROUP_WAITING_MAX 1000 /* writes that wait for the disk */
#define HARK_CORE_GROUP_WANTED_MAX 64    /* bodies of a group that are asked for in one run */
#define HARK_CORE_GROUP_GIVEN_MAX 512    /* bodies given to a member in one session */

/* A member who was asked for a body. */
typedef struct {
  HarkKey account;
  uint32_t session;
} HarkCoreGroupAsked;

/* An entry whose body did not come with it. */
typedef struct {
  HarkKey author;
  uint8_t chain[HARK_GROUP_CHAIN_LEN];
  uint64_t seq;
  uint8_t line[16]; /* the message that it is, or is about */
  GArray *asked;    /* HarkCoreGroupAsked: in the session of each that is or was the last */
} HarkCoreGroupWanted;

/* How far a member is in one chain. Author and chain stand first: hark_group_chain_hash(). */
typedef struct {
  HarkKey author;
  uint8_t chain[HARK_GROUP_CHAIN_LEN];
  uint64_t seq;  /* by what they said, or others about them */
  uint64_t said; /* how far we said we are, in this session */
  uint64_t told; /* how far the author was told they are */
} HarkCoreGroupHead;

typedef struct {
  HarkKey account;
  GHashTable *heads; /* HarkCoreGroupHead, by author and chain */
  bool has_view;
  uint8_t view[HARK_GROUP_VIEW_LEN]; /* as they told it */
  bool in_session;                   /* the rest is about that session */
  uint32_t session;
  bool says_gone;  /* that we are no member, in this run */
  bool have_due;   /* they are to be told what we have */
  bool have_heard; /* they told what they have */
  bool gone_said;  /* that they are no member, and not that they are one since */
  uint8_t offered[HARK_GROUP_HASH_LEN]; /* the invitation that they were told; zeros: none */
  uint8_t
    consented[HARK_GROUP_HASH_LEN]; /* the one that stood when they last said what they have */
  unsigned rejoined;                /* offers of theirs that were taken up by themselves */
  bool busy;                        /* a page for them is being read */
  int64_t read;                     /* they have seen all up to that clock, by their word */
  int64_t read_kept;                /* what of that is on the disk, or on its way */
  bool read_keeping;                /* it is on its way */
  bool typing;                      /* by their word; in this session */
  int64_t told_read;                /* what they were told of us in this session */
  bool told_typing;
  bool picture_asked; /* in this session: `wanted` */
  uint8_t wanted[HARK_GROUP_PICTURE_LEN];
  unsigned given;     /* bodies, in this session */
  bool awaiting;      /* entries were sent: they will say how far they are */
  unsigned pending;   /* entries of theirs on their way to our disk */
  uint64_t cursor;    /* the group was looked through for them up to that position */
  uint64_t seen;      /* `grew` of the group when that reached the end; 0: never */
  uint64_t own_seen;  /* `own_grew` when it was last looked through */
  uint64_t progress;  /* what they and we knew of the members when it was begun */
  uint64_t had;       /* they have all up to that position that we would leave for them elsewhere */
  bool had_busy;      /* and that is being looked at */
  unsigned had_haves; /* `haves` when it was last */
  unsigned haves;     /* how often they said what they have, in this run */
} HarkCoreGroupPeer;

/* A message of ours that not everybody has. */
typedef struct {
  uint8_t id[HARK_CHAT_ID_LEN];
  uint8_t chain[HARK_GROUP_CHAIN_LEN];
  uint64_t seq;
  HarkSendState state;
  unsigned reached;
} HarkCoreGroupSent;

/* Something of ours that has no place in a chain yet. */
typedef struct {
  HarkGroupEntry *entry;
  GPtrArray *parts;     /* GBytes: of a long voice message, behind it; NULL: none */
  HarkCommand *command; /* NULL: of no command */
} HarkCoreGroupWrite;

struct HarkCoreGroup {
  HarkStoreGroup row;
  HarkGroup *log;
  uint8_t chains[2][HARK_GROUP_CHAIN_LEN]; /* that we write, by log */
  GHashTable *peers;                       /* account -> HarkCoreGroupPeer */
  GArray *under_way;                       /* HarkCoreGroupSent */
  GQueue waiting;                          /* HarkCoreGroupWrite */
  bool writing;                            /* one is on its way to the disk */
  bool due;                                /* members are to be looked at */
  uint64_t grew, own_grew; /* entries put on the disk in this run, and our own among them */
  HarkTime forward_at;     /* when what others wrote is passed on */
  bool typing;             /* the user writes */
  bool has_pixels;         /* of a picture are on the disk, */
  uint8_t pixels[HARK_GROUP_PICTURE_LEN]; /* namely this one */
  bool told_gone;                         /* a member said that we were removed */
  bool told_forged, told_forked;          /* and the user knows */
  bool wanted_read;                       /* the disk was asked for `wanted` */
  bool wanted_more;                       /* it may hold more */
  GArray *wanted;                         /* HarkCoreGroupWanted */
  HarkTime ask_at;                        /* nobody is asked before */
  HarkCoreGroupCall *call;                /* NULL: none was in this run */
  GHashTable *left; /* beginnings of hashes: entries by which somebody went, seen already */
};

/* ---- groups/groups.c ---- */

/* hark_core_group_write_free: @data: (transfer full): a HarkCoreGroupWrite. */
void hark_core_group_write_free (void *data);

/* hark_core_group_find: (nullable): borrowed until it is forgotten; _add: takes a copy of @row in;
 * _keep: what changed of it goes to the disk (@pending: nullable). */
HarkCoreGroup *hark_core_group_find (HarkCore *core, const uint8_t id[HARK_GROUP_ID_LEN]);
HarkCoreGroup *hark_core_group_add (HarkCore *core, const HarkStoreGroup *row);
void hark_core_group_keep (HarkCore *core, const HarkCoreGroup *group, HarkPending *pending);

/* hark_core_group_track: @row, which is ours, in @chain: who has it is told from now on.
 * _last_part: parts of a voice message follow each other in a chain, and who has the last has all:
 * from that of the first of them to that; false for the others, which nobody is told of. @sound:
 * nullable. */
bool hark_core_group_last_part (GBytes *sound, uint64_t *seq);
void hark_core_group_track (HarkCoreGroup *group,
                            const HarkStoreMessage *row,
                            const uint8_t chain[HARK_GROUP_CHAIN_LEN]);

/* hark_core_group_next_epoch: we write new chains from now on. */
void hark_core_group_next_epoch (HarkCore *core, HarkCoreGroup *group);

/* hark_core_group_peer: made when there is none; borrowed. _begin: what is remembered of another
 * session is void. */
HarkCoreGroupPeer *hark_core_group_peer (HarkCoreGroup *group, const HarkKey *account);
void hark_core_group_begin (HarkCoreGroupPeer *peer, const HarkCoreContact *contact);

/* hark_core_group_asked_for: (nullable): for whom of which group @pending was asked; both NULL when
 * one is not there any more; borrowed. */
HarkCoreGroupPeer *
hark_core_group_asked_for (HarkCore *core, const HarkPending *pending, HarkCoreGroup **ret_group);

/* hark_core_group_head: NULL when there is none and none is to be made, or too many are. */
HarkCoreGroupHead *hark_core_group_head (HarkCoreGroupPeer *peer,
                                         const HarkKey *author,
                                         const uint8_t chain[HARK_GROUP_CHAIN_LEN],
                                         bool make);

/* hark_core_group_is_out: we were removed, as the operations say; (nullable) borrowed until the
 * next take: by what. */
const HarkGroupEntry *hark_core_group_is_out (const HarkCoreGroup *group);

/* hark_core_group_is_peer: a member, or who asked us in while we do not know the members. */
bool hark_core_group_is_peer (const HarkCoreGroup *group, const HarkKey *account);

/* hark_core_group_may_lack: they may not have all that they should. */
bool hark_core_group_may_lack (HarkCoreGroup *group, HarkCoreGroupPeer *peer);

/* hark_core_group_due: members are looked at when everything else is done. */
void hark_core_group_due (HarkCore *core, HarkCoreGroup *group);

/* hark_core_group_tags: (transfer full): of an entry of ours, for all it is for; _check: the one
 * for us. */
GBytes *
hark_core_group_tags (HarkCore *core, const HarkCoreGroup *group, const HarkGroupEntry *entry);
HarkGroupTagResult
hark_core_group_check (HarkCore *core, GBytes *tags, const HarkGroupEntry *entry, bool *ret_first);

/* hark_core_group_secret: (nullable): what we share with @account (hark_group_secret()); borrowed
 * until the next call; NULL when that is no key. */
const HarkSecret *hark_core_group_secret (HarkCore *core, const HarkKey *account);

/* hark_core_group_since: who asked then (Unix ms) or later to be a contact may still be answered.
 */
int64_t hark_core_group_since (HarkCore *core);

/* ---- groups/left.c ---- */

/* hark_core_groups_left_known: what is on the disk now is no news; _look_who_left: rows for what
 * is; _had_others: somebody else was in it, if they are or not. */
void hark_core_groups_left_known (HarkCore *core);
void hark_core_group_look_who_left (HarkCore *core, HarkCoreGroup *group);
bool hark_core_group_had_others (const HarkCore *core, const HarkCoreGroup *group);

/* hark_core_log_left: a row with @text in the conversation of the group @id, where @entry stands.
 */
void hark_core_log_left (HarkCore *core,
                         const uint8_t id[HARK_GROUP_ID_LEN],
                         const HarkGroupEntry *entry,
                         const char *text);

/* hark_core_group_changed: tells the user; _info: (transfer full): what. */
void hark_core_group_changed (HarkCore *core, const HarkCoreGroup *group);
HarkGroupInfo *hark_core_group_info (HarkCore *core, const HarkCoreGroup *group);

/* ---- files/groups.c ---- */

/* hark_core_file_of_entry: (transfer full) (nullable): what @entry gives to its group, as it is to
 * be kept; NULL: it is known, or ours and not from here. _heard: it is on the disk. */
HarkStoreTransfer *hark_core_file_of_entry (HarkCore *core, const HarkGroupEntry *entry);
void hark_core_file_heard (HarkCore *core, const HarkStoreTransfer *row);

/* ---- groups/write.c ---- */

/* hark_core_group_may_volunteer: of what is written by itself there is room for more; the rest is
 * for what the user wants. */
bool hark_core_group_may_volunteer (const HarkCoreGroup *group);

/* hark_core_group_write: (transfer full) @entry, @command (nullable): the next of ours; kind and
 * what belongs to it are set. _join: takes the invitation up. */
void hark_core_group_write (HarkCore *core,
                            HarkCoreGroup *group,
                            HarkGroupEntry *entry,
                            HarkCommand *command);
void hark_core_group_join (HarkCore *core, HarkCoreGroup *group, HarkCommand *command);

/* hark_core_group_kept, _kept_copy: (transfer full): an entry as the store keeps it, @body:
 * (nullable); _row:
 * (nullable) as a line of the conversation; _put: the request that keeps what @pending holds. */
HarkStoreGroupEntry *hark_core_group_kept (
  const HarkGroupEntry *entry, GBytes *content, GBytes *body, GBytes *tags, HarkGroupProof proof);
HarkStoreGroupEntry *hark_core_group_kept_copy (const HarkStoreGroupEntry *entry);
HarkStoreMessage *hark_core_group_row (HarkCore *core, const HarkGroupEntry *entry);
HarkStoreRequest *hark_core_group_put (const HarkPending *pending);

/* hark_core_group_say_row: tells the user of the line in @pending, or of what it changed. */
void hark_core_group_say_row (HarkCore *core, HarkPending *pending, HarkStoreReply *reply);

/* hark_core_group_update_states: of our messages, by what members said they have. */
void hark_core_group_update_states (HarkCore *core, HarkCoreGroup *group);

/* hark_core_group_say_kept: our message @id waits at a keeper's. */
void hark_core_group_say_kept (HarkCore *core, HarkCoreGroup *group, const uint8_t id[16]);

/* ---- groups/haves.c ---- */

/* hark_core_group_have: @contact says what they have; false when it breaks a rule. _mail_have: they
 * left that with a keeper. */
bool hark_core_group_have (HarkCore *core, HarkCoreContact *contact, const Hark__GroupHave *frame);
void
hark_core_group_mail_have (HarkCore *core, HarkCoreContact *contact, const Hark__GroupHave *frame);

/* hark_core_group_doubt_gone: true: we were told that we are out, and no member says so any more.
 */
bool hark_core_group_doubt_gone (HarkCoreGroup *group);

/* ---- groups/offers.c ---- */

/* hark_core_group_offered: @contact asks us in; false when it breaks a rule. */
bool
hark_core_group_offered (HarkCore *core, HarkCoreContact *contact, const Hark__GroupOffer *frame);

/* ---- groups/hear.c ---- */

typedef enum {
  HARK_CORE_GROUP_MAIL_STORING, /* on its way to the disk: core->mail_stored tells */
  HARK_CORE_GROUP_MAIL_KNOWN,   /* it is there already */
  HARK_CORE_GROUP_MAIL_VOID,    /* never to be taken */
  HARK_CORE_GROUP_MAIL_LATER,   /* not yet */
} HarkCoreGroupMailed;

/* hark_core_group_mail: an entry that @contact left for us with @mail's keeper. */
HarkCoreGroupMailed hark_core_group_mail (HarkCore *core,
                                          HarkCoreContact *contact,
                                          const Hark__GroupEntry *frame,
                                          const HarkCoreMail *mail);
/* ---- groups/bodies.c ---- */

/* hark_core_group_want: until when (Unix ms) the body of @entry is to be asked for, that came
 * without it; 0: it is not. _wanted: it is on the disk so; _unwanted: the message @line was
 * deleted; _want_anew: some are not kept any more, the disk knows which; _wants: its place is one
 * of these. */
int64_t hark_core_group_want (HarkCore *core, const HarkGroupEntry *entry);
void
hark_core_group_wanted (HarkCore *core, HarkCoreGroup *group, const HarkStoreGroupEntry *entry);
void hark_core_group_unwanted (HarkCoreGroup *group, const uint8_t line[16]);
void hark_core_group_want_anew (HarkCoreGroup *group);
bool hark_core_group_wants (const HarkCoreGroup *group, const HarkStoreGroupEntry *entry);

/* hark_core_group_ask_body: asks @contact for one, if nobody is being asked. _answered: they said
 * that entry; the next may be asked. */
void hark_core_group_ask_body (HarkCore *core, HarkCoreGroup *group, HarkCoreContact *contact);
void hark_core_group_answered (HarkCore *core, HarkCoreGroup *group);

/* hark_core_group_fill: (transfer full) @entry with its body, which is wanted, and the line that it
 * is (nullable). */
void hark_core_group_fill (HarkCore *core,
                           HarkCoreGroup *group,
                           HarkStoreGroupEntry *entry,
                           HarkStoreMessage *message);

/* ---- groups/give.c ---- */

/* hark_core_group_asked: @contact asks for one; false when that makes no sense. */
bool hark_core_group_asked (HarkCore *core, HarkCoreContact *contact, const Hark__GroupAsk *frame);

/* ---- groups/had.c ---- */

/* hark_core_group_leaves: @row is to be left for @peer by us, as far as we know what they have. */
bool hark_core_group_leaves (HarkCoreGroup *group,
                             HarkCoreGroupPeer *peer,
                             const HarkStoreGroupEntry *row);

/* hark_core_group_had: looks at what @account has by what they said, and keeps how far that goes:
 * nothing of it is left for them with keepers. */
void hark_core_group_had (HarkCore *core, HarkCoreGroup *group, const HarkKey *account);

/* ---- groups/hints.c ---- */

/* hark_core_group_say_hint: tells @contact what we read and whether we type, if that is new and
 * theirs to know; _read: the message of that clock was seen;
 * _type: the user writes; _hint: what they say, false when it makes no sense. */
void hark_core_group_say_hint (HarkCore *core, HarkCoreGroup *group, HarkCoreContact *contact);
void hark_core_group_read (HarkCore *core, HarkCoreGroup *group, int64_t clock);
bool hark_core_group_hint (HarkCore *core, HarkCoreContact *contact, const Hark__GroupHint *frame);
void hark_core_group_type (HarkCore *core, HarkCoreGroup *group, bool on);

/* ---- groups/introduce.c ---- */

void hark_core_command_introduce (HarkCore *core, HarkCommand *command);

/* ---- groups/picture.c ---- */

/* hark_core_group_ask_picture: asks a member in reach for the group's picture, if it is not here.
 */
void hark_core_group_ask_picture (HarkCore *core, HarkCoreGroup *group, HarkCoreContact *contact);
void hark_core_command_group_picture (HarkCore *core, HarkCommand *command);

/* ---- groups/sync.c ---- */

/* hark_core_group_is_for: they should have @row, and did not say that they have. */
bool hark_core_group_is_for (HarkCoreGroup *group,
                             HarkCoreGroupPeer *peer,
                             const HarkStoreGroupEntry *row);

/* hark_core_group_is_theirs: they should have @row, whether they do or not. */
bool hark_core_group_is_theirs (HarkCoreGroup *group,
                                const HarkKey *account,
                                const HarkStoreGroupEntry *row);

/* hark_core_group_write_entry: (transfer full): the frame that carries @row; _write_have: one that
 * says all that we have, whatever was said before. */
GBytes *hark_core_group_write_entry (const HarkStoreGroupEntry *row);
GBytes *hark_core_group_write_have (HarkCoreGroup *group);

/* hark_core_group_say_gone: that they are no member any more, with the proof when it was us who
 * removed them; once in a session. */
void hark_core_group_say_gone (HarkCore *core, HarkCoreGroup *group, HarkCoreContact *contact);
