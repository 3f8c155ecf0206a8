/* core/store/store.h - everything Hark keeps on disk, behind one door.
 *
 * Shell: SQLite under a page-encrypting VFS (vfs.c), one connection, on its own thread. Requests go
 * in by value, in order; each is answered by one reply once its effect is durable (group commit).
 * The engine (core/engine/engine.c) is the only caller outside tests; core.c only makes requests
 * and reads replies, so the simulator can execute them with hark_store_execute() in virtual time.
 * Source: core/store/README.md.
 */
#pragma once

#include "core/store/poison.h"
#include "net/base/certificate.h"
#include "net/base/key.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define HARK_STORE_ERROR (hark_store_error_quark ())
GQuark hark_store_error_quark (void);

typedef enum {
  HARK_STORE_ERROR_LOCKED, /* another Hark has this profile open; the message says which process */
  HARK_STORE_ERROR_NO_PROFILE, /* nothing there: make an account first */
  HARK_STORE_ERROR_EXISTS,     /* a profile is there already */
  HARK_STORE_ERROR_PASSPHRASE, /* wrong, or one is needed */
  HARK_STORE_ERROR_CORRUPT,    /* a page fails its tag, or the key file is damaged */
  HARK_STORE_ERROR_DISK,       /* full, read-only, I/O error: may pass */
  HARK_STORE_ERROR_VERSION,    /* written by a newer Hark */
} HarkStoreError;

/* ---- what is kept ---------------------------------------------------------------- */

typedef struct {
  char name[64];            /* claimed display name, UTF-8, NUL-terminated; at most 48 bytes */
  HarkSecret account_seed;  /* Ed25519 */
  HarkSecret device_secret; /* X25519 */
  uint8_t device_id[16];
  uint8_t certificate[HARK_CERTIFICATE_LEN];
  HarkToken contacts_token; /* audience of accepted contacts */
} HarkStoreAccount;

typedef enum { HARK_STORE_ADDRESS_PUBLIC, HARK_STORE_ADDRESS_INVITE } HarkStoreAddressKind;

/* An address or invite of ours that may be used now. */
typedef struct {
  HarkStoreAddressKind kind;
  HarkToken token;
  char label[64];  /* "" for none */
  int64_t made_ms; /* Unix */
} HarkStoreAddress;

typedef enum {
  HARK_CONTACT_ASKED = 1,   /* we sent a request: waiting */
  HARK_CONTACT_REQUEST = 2, /* they ask; not decided */
  HARK_CONTACT_ACCEPTED = 3,
  HARK_CONTACT_BLOCKED = 4,
  HARK_CONTACT_DECLINED = 5, /* we said no in silence; further requests of theirs are not shown */
} HarkContactStatus;

/* One person. Fixed size, kept in memory by core as well; stored whole. */
typedef struct {
  HarkKey account;
  HarkContactStatus status;
  char name[64];          /* as they claim it */
  char petname[64];       /* the user's own name for them; "" for none */
  char request_text[257]; /* theirs (REQUEST) or ours (ASKED) */
  bool has_reach;
  HarkToken reach; /* where to find them (HarkNetContact) */
  bool has_first;
  HarkToken first; /* ASKED: token of their address; ACCEPTED: of the request that was answered */
  bool has_answer;
  HarkToken answer; /* ASKED: our token in the request */
  bool has_pairwise, has_pairwise_previous;
  HarkSecret pairwise, pairwise_previous;
  int64_t pairwise_ms;   /* when the pairwise secret was made; 0: not known */
  HarkToken via;         /* REQUEST: the address or invite it came through */
  uint32_t list_version; /* of certificates; 0: core keeps none */
  uint8_t verified;      /* 0 no, 1 by voice, 2 in person */
  int64_t added_ms;
  int64_t last_seen_ms; /* 0: never */
} HarkStoreContact;

#define HARK_STORE_NOTES_MAX 1024 /* bytes of UTF-8 */
#define HARK_STORE_STATUS_MAX 140 /* bytes of UTF-8 */

/* What somebody tells of himself, and what the user noted about him. The row of our own account
 * holds our own profile. A contact without a row has told and been told nothing. */
typedef struct {
  HarkKey account;
  uint64_t version; /* of the profile, by its owner; only grows; 0: none */
  char status_text[HARK_STORE_STATUS_MAX + 1];
  bool has_picture;
  uint8_t picture[32];  /* hash of the one that is kept here */
  uint8_t availability; /* our own row: HarkAvailability */
  char notes[HARK_STORE_NOTES_MAX + 1];
  int64_t verified_ms;     /* when HarkStoreContact.verified was set */
  int64_t silent_until_ms; /* no notices before; INT64_MAX: none at all */
  bool favourite;
  uint32_t may; /* bits: HARK_MAY_... of core/hark.h */
  char via[64]; /* label of the address of ours that they came by */
  bool has_told;
  HarkToken told; /* our contacts token, as it is known to be on their disk */
} HarkStorePerson;

typedef enum {
  HARK_MESSAGE_QUEUED = 1,
  HARK_MESSAGE_SENT = 2,      /* handed to a session; not acknowledged */
  HARK_MESSAGE_DELIVERED = 3, /* on the peer's disk */
  HARK_MESSAGE_READ = 4,
} HarkMessageState;

/* The kinds of entries (core/chat/entry.h), and what is written down on this side only. */
typedef enum {
  HARK_MESSAGE_TEXT = 1,
  HARK_MESSAGE_FILE = 2, /* `text` is the file's name, `ref` the transfer; this side only */
  HARK_MESSAGE_CALL = 3, /* `text` says how it ended, `ref` the length in ms; this side only */
  HARK_MESSAGE_EDIT = 4, /* `text` is the new one of `target` */
  HARK_MESSAGE_DELETE = 5,
  HARK_MESSAGE_REACTION = 6, /* `text` is the sign; "" takes it back */
  HARK_MESSAGE_TIMER = 7,    /* `expires_s` holds for what is written from here on */
  HARK_MESSAGE_CLIP = 8,     /* `body` is an Ogg file (core/chat/clip.h); `ref` 1: it was heard */
  HARK_MESSAGE_GROUP = 9,
  HARK_MESSAGE_UNKNOWN = 256, /* and above: an entry's kind that this Hark does not know, added */
} HarkMessageKind;

#define HARK_STORE_PARENTS_MAX 8
#define HARK_STORE_PEAKS 64

/* Somebody's sign at a message. */
typedef struct {
  bool outgoing;   /* ours; else theirs, */
  bool has_author; /* or in a group `author`'s */
  HarkKey author;
  char text[33]; /* UTF-8 */
  int64_t sent_ms;
} HarkStoreReaction;

typedef struct HarkStoreTransfer HarkStoreTransfer;

/* One entry of a conversation, or a row of this side only. Entries with `target` are not shown but
 * change what they are about; they may come before it. */
typedef struct {
  uint8_t id[16]; /* random; unique within a conversation */
  HarkKey contact;
  HarkMessageKind kind;
  bool outgoing;
  HarkMessageState state; /* of outgoing ones; incoming: DELIVERED, then READ */
  uint64_t seq;           /* the sender's count in this conversation, from 1 */
  int64_t sent_ms;        /* by the sender's clock */
  int64_t received_ms;    /* by ours; for outgoing: delivery */
  bool has_reply_to;
  uint8_t reply_to[16];
  uint64_t ref;
  int64_t clock;     /* its place, as the entry says; 0 in PUT_MESSAGE: behind
                        everything; in groups with the last */
  uint64_t position; /* order in the conversation, equal on both sides: clock * 4096 and 12 bits of
                        the id; those of one position are in order of id. Given by the store */
  uint64_t row;      /* order of arrival; given by the store */
  bool has_target, has_group, has_author;
  uint8_t target[16];
  uint8_t group[16];
  HarkKey author; /* who wrote it, when not the one who sent it */
  unsigned n_parents;
  uint8_t parents[HARK_STORE_PARENTS_MAX][16];
  uint32_t expires_s; /* 0: never */
  int64_t expires_at; /* Unix ms; 0: not counting yet */
  bool hidden;        /* no line of the conversation */
  bool deleted;       /* its author took it back: nothing is left but this row */
  bool missing;       /* deleted, and that is not so: its body has not come here */
  unsigned edits;     /* so often was it changed; `text` is the first version, */
  char *current;      /* (nullable): and this the newest; owned */
  char *text;         /* UTF-8, at most 65,536 bytes; owned */
  GBytes *body;       /* NULL for none; owned */
  bool has_peaks;     /* CLIP: these are known, how loud its parts are; set by NOTE_CLIP alone */
  uint8_t peaks[HARK_STORE_PEAKS];
  unsigned part, parts; /* CLIP: of a long voice message (core/store/parts.h); 0 of 0: it is all */
  unsigned parts_here;  /* part 1: so many have come, */
  uint32_t length_ms;   /* which are so long together, */
  HarkMessageState least; /* and have come so far. All of these are only read */
  bool has_whole;
  uint8_t whole[16];       /* part > 1: the message that it is of; only read */
  GArray *reactions;       /* HarkStoreReaction, in order; NULL: none; only read */
  HarkStoreTransfer *file; /* with it, when it is new: FILE of a group; NULL; owned; only written */
} HarkStoreMessage;

#define HARK_STORE_CLOCK_MAX INT64_C (253402300799999) /* ms: the end of the year 9999 */
#define HARK_STORE_CALLS_ROWS 20000 /* that GET_CALLS looks at: some ten milliseconds */
#define HARK_STORE_PENDING_MAX 1000 /* changes in a conversation of what is not here */

#define HARK_STORE_QUARANTINE_MAX_OF 100 /* of one contact; older ones go */
#define HARK_STORE_QUARANTINE_MAX 1000
#define HARK_STORE_QUARANTINE_TEXT_MAX 4096 /* bytes */

/* Something that came in and was refused: acknowledged, but not part of the conversation. */
typedef struct {
  HarkKey contact;
  uint8_t id[16];
  HarkMessageKind kind;
  uint64_t seq;
  int64_t received_ms;
  char *text;   /* its beginning; owned */
  char *reason; /* a sentence; owned */
} HarkStoreQuarantined;

/* hark_store_quarantined_free: NULL is fine. */
void hark_store_quarantined_free (HarkStoreQuarantined *refused);

/* hark_store_message_free: NULL is fine; hark_store_message_copy: (transfer full): deep. */
void hark_store_message_free (HarkStoreMessage *message);
HarkStoreMessage *hark_store_message_copy (const HarkStoreMessage *message);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HarkStoreMessage, hark_store_message_free)

/* Sealed mail that we keep for others (core/mailbox/keeper.h), but for what is sealed. */
typedef struct {
  uint64_t number; /* order of arrival; ours, unique */
  uint8_t id[16];  /* unique */
  uint8_t tag[16];
  uint8_t lock[16];
  HarkKey depositor;
  int64_t made_ms;
  uint32_t len; /* bytes of what is sealed; read only */
} HarkStoreKept;

typedef enum {
  HARK_STORE_GROUP_OFFERED = 1, /* somebody asks us in */
  HARK_STORE_GROUP_JOINED = 2,
  HARK_STORE_GROUP_LEFT = 3, /* or never went in */
} HarkStoreGroupState;

/* A group; who is in it follows from its entries (core/groups/group.h). */
typedef struct {
  uint8_t id[16];
  HarkStoreGroupState state;
  HarkKey founder;
  uint8_t nonce[32];
  HarkKey sponsor; /* who offered it to us */
  char name[64];   /* OFFERED: as offered */
  uint8_t invite[32];
  int64_t clock;      /* of the invitation */
  uint32_t members;   /* OFFERED: as said */
  uint32_t epoch;     /* of our chains */
  int64_t read_clock; /* of the newest message that was seen */
  uint8_t notices;    /* 0 of all, 1 of mentions and answers, 2 of nothing */
  int64_t made_ms;
} HarkStoreGroup;

/* Something a member did or wrote (core/groups/group-entry.h). */
typedef struct {
  uint8_t group[16];
  HarkKey author;
  uint8_t chain[8];
  uint64_t seq;
  uint8_t proof;   /* HarkGroupProof */
  GBytes *content; /* owned */
  GBytes *tags;    /* owned */
  GBytes *body;    /* what it says; owned; NULL: it stands in the content, or was deleted */
  bool has_message, has_about;
  uint8_t message[16];  /* the line that it is, */
  uint8_t about[16];    /* or of another: goes when that goes */
  uint64_t position;    /* order of arrival; given by the store */
  int64_t wanted_until; /* whoever passed it on left its body out; it is asked for until then (Unix
                           ms); 0: not */
} HarkStoreGroupEntry;

/* How far a member has read, by their word. */
typedef struct {
  uint8_t group[16];
  HarkKey account;
  int64_t clock;
} HarkStoreGroupRead;

/* hark_store_group_entry_free: NULL is fine. */
void hark_store_group_entry_free (HarkStoreGroupEntry *entry);

/* hark_store_group_key: what stands for a group where conversations are named by an account: its id
 * and 16 zeros; an account like that would take 2^128 tries. */
void hark_store_group_key (const uint8_t id[16], HarkKey *ret);

/* hark_store_group_of: whether @key stands for a group; then its id. */
bool hark_store_group_of (const HarkKey *key, uint8_t ret[16]);

/* What the user set in a conversation, and what is in it for a list of them. */
typedef struct {
  HarkKey contact;        /* the own account: notes to oneself */
  HarkStoreMessage *last; /* (nullable): the newest line; owned */
  uint32_t unread;        /* of theirs, not READ */
  uint64_t first_unread;  /* position; 0: none */
  bool marked;            /* unread by the user's hand, until the next READ */
  char *draft;            /* UTF-8, at most 65,536 bytes, "" for none; owned */
  bool has_draft_reply;
  uint8_t draft_reply[16];
  int64_t draft_ms;  /* Unix */
  int64_t pinned_ms; /* Unix: since when; 0: not */
  bool archived;
  int32_t keep_days; /* 0: as all; below: for ever */
  int64_t clock;     /* PUT_CHAT: as HarkStoreConversation has them */
  uint32_t expires_s;
  uint64_t timer_position;
} HarkStoreChat;

/* Fields of it that PUT_CHAT sets. */
enum {
  HARK_STORE_CHAT_DRAFT = 1 << 0, /* with draft_reply and draft_ms */
  HARK_STORE_CHAT_MARKED = 1 << 1,
  HARK_STORE_CHAT_PINNED = 1 << 2,
  HARK_STORE_CHAT_ARCHIVED = 1 << 3,
  HARK_STORE_CHAT_KEEP = 1 << 4,
  HARK_STORE_CHAT_CLOCK = 1 << 5, /* clock, expires_s, timer_position: only forward */
};

/* hark_store_chat_free: NULL is fine. */
void hark_store_chat_free (HarkStoreChat *chat);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HarkStoreChat, hark_store_chat_free)

/* Which part of a conversation GET_HISTORY reads; positions are `before`. */
typedef enum {
  HARK_WINDOW_BEFORE, /* the position; 0: the newest */
  HARK_WINDOW_AFTER,  /* the position */
  HARK_WINDOW_AROUND, /* the position */
  HARK_WINDOW_AROUND_ID,
  HARK_WINDOW_AROUND_TIME, /* the first that was written or came at `at_ms` or later */
  HARK_WINDOW_UNREAD,      /* around the first unread; none: the newest */
} HarkStoreWindow;

/* Transfers in this state or a higher one are finished: HARK_TRANSFER_DONE of
 * core/files/transfer.h. */
#define HARK_STORE_TRANSFER_FINISHED 6

#define HARK_STORE_ALIKE_MAX 8
#define HARK_STORE_HOLDINGS_MAX                                    \
  256 /* files for groups that are here whole: so many are told of \
       */

/* A file transfer. Fixed size but for the names. */
struct HarkStoreTransfer {
  uint64_t id;       /* ours, random, 63 bits */
  uint8_t offer[16]; /* random id in the offer, the same on both sides */
  HarkKey contact;
  bool outgoing;
  uint8_t state;         /* HarkTransferState of core/files/transfer.h */
  char *name;            /* as offered (cleaned for the disk by the receiver) */
  char *path;            /* outgoing: the source; incoming: the target, "" until taken */
  uint64_t size;         /* bytes */
  uint32_t files;        /* of a folder; manifest_len and manifest as its offer says; 0: a file */
  uint32_t manifest_len; /* bytes */
  uint8_t manifest[32];
  int64_t mtime_ms;   /* outgoing: of the source when offered */
  uint8_t sample[32]; /* of a file (core/files/sample.h); zeros while not known */
  uint8_t root[32];   /* tree hash; zeros while not known */
  uint64_t done;      /* bytes verified on disk (incoming), confirmed by the peer (outgoing) */
  char *reason;       /* why it failed or was refused; NULL for none */
  int64_t made_ms;
  GBytes *preview; /* as its offer says; NULL for none */
  GBytes *people;  /* of a file for a group: core/files/holders.h; NULL: for the contact alone */
  GBytes *list;    /* hashes of all blocks, 32 bytes each, of a file for a group that still comes:
                      in PUT_TRANSFER, where NULL keeps it, and at the start; NULL for none. Of a
                      folder that came the list of what is in it, in each PUT_TRANSFER */
};

/* hark_store_transfer_free: NULL is fine; hark_store_transfer_copy: (transfer full): deep. */
void hark_store_transfer_free (HarkStoreTransfer *transfer);
HarkStoreTransfer *hark_store_transfer_copy (const HarkStoreTransfer *transfer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HarkStoreTransfer, hark_store_transfer_free)

/* ---- opening --------------------------------------------------------------------- */

typedef struct HarkStore HarkStore;

/* How the data key is unlocked. Nothing set: by the key beside the store or in the login keyring.
 */
typedef struct {
  const char *passphrase; /* NULL: without one */
  bool keyring;           /* new slots: the key lies in the login keyring */
  const HarkSecret *seed; /* opening: the account's, which 24 words restore; goes before the rest */
} HarkStoreUnlock;

/**
 * hark_store_create:
 * @dir: profile directory; made with mode 0700
 * @account: everything set but nothing else exists yet
 * @unlock: a passphrase (Argon2id, 256 MiB, 3 passes), the login keyring, or neither: then the key
 * lies in a 0600 file beside the store. The account's seed opens it as well.
 *
 * Makes a new profile and closes it. Either all of it is on disk afterwards or the directory holds
 * no profile.
 */
bool hark_store_create (const char *dir,
                        const HarkStoreAccount *account,
                        const HarkStoreUnlock *unlock,
                        GError **error);

/* hark_store_create_filled: the same; @fill puts more into it with hark_store_filler_put() before
 * it is there, or gives up with false and @error. */
typedef struct HarkStoreFiller HarkStoreFiller;
typedef bool (*HarkStoreFill) (HarkStoreFiller *filler, void *data, GError **error);
bool hark_store_create_filled (const char *dir,
                               const HarkStoreAccount *account,
                               const HarkStoreUnlock *unlock,
                               HarkStoreFill fill,
                               void *data,
                               GError **error);

/* hark_store_open: takes the lock and opens; no thread yet. NULL with @error otherwise. Blocks for
 * the Argon2id time. */
HarkStore *hark_store_open (const char *dir, const HarkStoreUnlock *unlock, GError **error);

/* hark_store_needs_passphrase: the profile in @dir has no slot that opens without one. */
bool hark_store_needs_passphrase (const char *dir);

/**
 * hark_store_change_unlock:
 * @now: what opens the profile
 * @wanted: what shall open it from now on, beside the words; seed is not looked at
 *
 * Rewrites the key file; also while the store is open, here or in another process. Blocks for the
 * Argon2id time, once for each passphrase. On failure what opened it before still does, or, when
 * the disk failed behind the one step that changes it, @wanted does already; never neither.
 */
bool hark_store_change_unlock (const char *dir,
                               const HarkStoreUnlock *now,
                               const HarkStoreUnlock *wanted,
                               GError **error);

/* hark_store_has_keyring: there is a login keyring to try. */
bool hark_store_has_keyring (void);

/* hark_store_erase: everything in @dir, what opens it first: from then on nothing can be read, and
 * an erasing that was cut short is ended by the next. Not while it is open. */
bool hark_store_erase (const char *dir, GError **error);

/* hark_store_close: stops the thread after the requests already handed in are durable, closes,
 * wipes. */
void hark_store_close (HarkStore *store);

/* What is known of a conversation beside what is in it. */
typedef struct {
  uint64_t seq;            /* our highest */
  int64_t clock;           /* the highest of anybody */
  uint32_t expires_s;      /* what its newest timer says, */
  uint64_t timer_position; /* which stands there */
  bool has_head;
  uint8_t head[16]; /* the newest entry */
} HarkStoreConversation;

/* What core starts from. */
typedef struct {
  HarkStoreAccount account;
  uint8_t
    instance[16];    /* of this copy of the profile: a file beside the database, never in backups */
  GArray *addresses; /* HarkStoreAddress */
  GArray *contacts;  /* HarkStoreContact */
  GArray *people;    /* HarkStorePerson, our own among them */
  GBytes *picture;   /* our own; NULL for none */
  GPtrArray *transfers; /* HarkStoreTransfer: those not finished, and those DONE for a group */
  GPtrArray *outbox;    /* HarkStoreMessage: outgoing, not yet DELIVERED, in order of position */
  GHashTable *conversations; /* HarkKey* -> HarkStoreConversation* */
  GBytes *calls;             /* as PUT_CALLS got it; NULL for none */
  GBytes *nodes;             /* compact endpoints of good DHT nodes; NULL for none */
  GBytes *relay;             /* as PUT_RELAY got it; NULL for none */
  GBytes *shares;            /* as PUT_SHARES got it; NULL for none */
  GBytes *sound;             /* as PUT_SOUND got it; NULL for none */
  GBytes *heard;             /* as PUT_HEARD got it; NULL for none */
  GBytes *ledger;            /* as PUT_LEDGER got it; NULL for none */
  GBytes *keep;              /* as PUT_KEEP got it; NULL for none */
  GBytes *backup;            /* as PUT_BACKUP got it; NULL for none */
  GBytes *records;           /* as PUT_RECORDS got it; NULL for none */
  GBytes *lan;               /* as PUT_LAN got it; NULL for none */
  GBytes *place;             /* as PUT_PLACE got it; NULL for none */
  GBytes *files;             /* as PUT_FILES got it; NULL for none */
  GBytes *mailbox;           /* as PUT_MAILBOX got it; NULL for none */
  GBytes *group_mail;        /* as PUT_GROUP_MAIL got it; NULL for none */
  GArray *groups;            /* HarkStoreGroup */
  GArray *group_reads;       /* HarkStoreGroupRead */
  GPtrArray *group_entries;  /* HarkStoreGroupEntry: all of the membership logs in order, and the
                                newest of each chain of messages */
  GArray *kept;              /* HarkStoreKept, in order of their numbers */
} HarkStoreSnapshot;

/* hark_store_load: reads all of it; before hark_store_start(). @ret is cleared with
 * hark_store_snapshot_clear(). */
bool hark_store_load (HarkStore *store, HarkStoreSnapshot *ret, GError **error);
void hark_store_snapshot_clear (HarkStoreSnapshot *snapshot);

/* ---- requests -------------------------------------------------------------------- */

typedef enum {
  HARK_STORE_PUT_ACCOUNT,    /* account */
  HARK_STORE_PUT_ADDRESS,    /* address: adds or replaces by token */
  HARK_STORE_DELETE_ADDRESS, /* address.token */
  HARK_STORE_PUT_CONTACT,    /* contact: adds or replaces by account */
  HARK_STORE_DELETE_CONTACT, /* contact.account, with its messages, transfers and quarantine */
  HARK_STORE_PUT_PERSON,     /* person: adds or replaces by account */
  HARK_STORE_PUT_PICTURE,    /* person, picture (NULL: none any more): both */
  HARK_STORE_GET_PICTURE,    /* account_key -> picture, NULL for none */
  HARK_STORE_PUT_MESSAGE,    /* message: adds; the reply says `duplicate` when contact and id exist
                                already */
  HARK_STORE_SET_STATE,      /* message id, contact, state (only forward), received_ms. READ of an
                                incoming one: all that stand before it as well; timers of what they
                                read begin at expires_at, of ours at received_ms with DELIVERED.
                                READ of one of ours: those before it as well -> messages: id and
                                kind of each that was not yet */
  HARK_STORE_NOTE_CLIP,      /* message contact, id, ref (1: heard; 0: as before), peaks when it
                                has_peaks */
  HARK_STORE_EXPIRE,         /* before (here: now, Unix ms) -> messages as they were, which are gone
                                now, at most 500; next_ms */
  HARK_STORE_GET_MESSAGE,    /* account_key, message id -> messages: that one */
  HARK_STORE_GET_BY_ID,      /* message id, limit -> messages: those, of whichever conversations */
  HARK_STORE_GET_CLIP,       /* account_key, message id -> messages: it, then its other parts */
  HARK_STORE_GET_VERSIONS,   /* account_key, message id, limit -> messages: it, then its edits */
  HARK_STORE_GET_QUARANTINE, /* -> quarantine */
  HARK_STORE_GET_HISTORY,  /* account_key, window and what it needs, limit (1 to 500; a few more of
                              one position) -> messages, newest first; older, newer, focus */
  HARK_STORE_SEARCH,       /* text (as typed, query.h), has_contact, before (row of the last one
                              found, 0: newest), limit -> messages, newest first */
  HARK_STORE_GET_CHATS,    /* -> chats: every conversation, in order of the list */
  HARK_STORE_PUT_CHAT,     /* chat, fields -> chats: this one, without its last message */
  HARK_STORE_PRUNE,        /* limit (days that messages are kept where nothing else is set, 0: for
                              ever), at_ms (now), before (row, 0: from the first) -> chats (contact
                              only) that lost something, more, position (row to go on from). A
                              request takes some ten milliseconds, however much there is */
  HARK_STORE_CLEAR,        /* account_key, at_ms, before: likewise everything of one, but what is on
                              its way to them. Both: quarantine as well */
  HARK_STORE_PUT_TRANSFER, /* transfer: adds or replaces by id */
  HARK_STORE_DELETE_TRANSFER, /* transfer.id */
  HARK_STORE_GET_ALIKE, /* transfer: id, size -> transfers: others of single files that came or were
                           given, of that size; the newest HARK_STORE_ALIKE_MAX */
  HARK_STORE_GET_CALLS, /* before (row to go on from, 0: newest), limit -> messages: rows of calls
                           of all conversations, newest first; position: to go on from, 0: that was
                           all. It looks at CALLS_ROWS rows at most: none of them may be one */
  HARK_STORE_PUT_CALLS, /* calls: what to say of those there are (core/heart/calls/unfinished.c) */
  HARK_STORE_PUT_NODES, /* nodes */
  HARK_STORE_PUT_RECORDS,    /* records: where contacts were (hark_net_save_records()) */
  HARK_STORE_PUT_SOUND,      /* sound: what calls are heard and spoken with
                                (core/heart/calls/sound-kept.h) */
  HARK_STORE_PUT_SHARES,     /* shares: folders that contacts look into (core/files/share-list.h) */
  HARK_STORE_PUT_RELAY,      /* relay: for whom we relay (core/heart/relay.c) */
  HARK_STORE_PUT_HEARD,      /* heard: times of contact requests (core/contacts/heard.h) */
  HARK_STORE_PUT_LEDGER,     /* ledger: what left this machine (core/heart/ledger-days.h) */
  HARK_STORE_PUT_PLACE,      /* place: where the user was last (core/heart/chat/place.c) */
  HARK_STORE_PUT_LAN,        /* lan: local and closed networks (core/nodes/lan-settings.h) */
  HARK_STORE_PUT_FILES,      /* files: limits, queue, rules (core/files/file-settings.h) */
  HARK_STORE_PUT_MAILBOX,    /* mailbox: who keeps mail for whom (core/mailbox/peers.h) */
  HARK_STORE_PUT_GROUP_MAIL, /* group_mail: what members are known to have (groups/had.c) */
  HARK_STORE_PUT_GROUP,      /* group: adds or replaces by id */
  HARK_STORE_DELETE_GROUP,   /* group.id, with its entries and messages */
  HARK_STORE_PUT_GROUP_ENTRY,  /* group_entry: adds, or raises its proof, and gives it its tags when
                                  it was there without, behind all others; message (nullable), parts:
                                  as PUT_MESSAGE, together; group_parts: their entries */
  HARK_STORE_CUT_GROUP_CHAIN,  /* group_entry: it and all behind it in its chain are deleted */
  HARK_STORE_GET_GROUP_LOG,    /* group.id, before (here: position after which), limit ->
                                      group_entries, oldest first */
  HARK_STORE_GET_GROUP_ENTRY,  /* group_entry: of its place -> group_entries: it, or none */
  HARK_STORE_GET_GROUP_WANTED, /* group.id, at_ms, limit -> group_entries: those whose body is
                                  missing and asked for at that time still, newest first */
  HARK_STORE_PUT_GROUP_BODY,   /* group_entry: just as it is here, with its body, if that is wanted
                                  (else duplicate); message (nullable): as PUT_MESSAGE, in place of
                                  the line without it; known: there was one */
  HARK_STORE_PUT_GROUP_READ,   /* group.id, account_key, before: the clock; only grows */
  HARK_STORE_PUT_KEPT,         /* kept, sealed: adds */
  HARK_STORE_GET_KEPT,         /* kept.id -> sealed, NULL for none */
  HARK_STORE_DELETE_KEPT,      /* kept.id */
  HARK_STORE_PUT_KEEP,         /* keep: how long messages are (core/heart/chat/archive.c) */
  HARK_STORE_PUT_BACKUP,       /* backup: when, where (core/backup/plan.h) */
  HARK_STORE_PUT_SEQUENCE, /* account_key, before: our highest in the conversation; only grows */
  HARK_STORE_GET_ALL,      /* -> snapshot */
  HARK_STORE_GET_FINISHED, /* before (here: id after which), limit -> transfers that are over */
  HARK_STORE_GET_FROM,     /* before (here: position after which), limit (1 to 500) -> messages of
                              all conversations, oldest first */
} HarkStoreRequestKind;

typedef struct {
  HarkStoreRequestKind kind;
  uint64_t ticket;           /* the caller's; comes back in the reply */
  HarkStoreAccount *account; /* owned, wiped */
  HarkStoreAddress address;
  HarkStoreContact *contact;   /* owned, wiped */
  HarkStorePerson *person;     /* owned, wiped */
  GBytes *picture;             /* owned */
  HarkStoreMessage *message;   /* owned */
  HarkStoreTransfer *transfer; /* owned */
  GBytes *calls;               /* owned */
  GBytes *nodes;               /* owned */
  GBytes *relay;               /* owned */
  GBytes *shares;              /* owned */
  GBytes *sound;               /* owned */
  GBytes *heard;               /* owned */
  GBytes *ledger;              /* owned */
  GBytes *backup;              /* owned */
  GBytes *keep;                /* owned */
  GBytes *records;             /* owned */
  GBytes *lan;                 /* owned */
  GBytes *place;               /* owned */
  GBytes *files;               /* owned */
  GBytes *mailbox;             /* owned */
  GBytes *group_mail;          /* owned */
  HarkStoreGroup group;
  HarkStoreGroupEntry *group_entry; /* owned */
  GPtrArray *group_parts; /* PUT_GROUP_ENTRY: HarkStoreGroupEntry of @parts, likewise; owned */
  HarkStoreKept kept;
  GBytes *sealed; /* owned */
  bool has_contact;
  HarkKey account_key; /* as the kinds say */
  uint64_t before;
  unsigned limit;
  GPtrArray *parts;       /* PUT_MESSAGE: HarkStoreMessage put with it, all or none; owned */
  HarkStoreWindow window; /* GET_HISTORY */
  uint8_t id[16];         /* AROUND_ID */
  int64_t at_ms;          /* Unix: AROUND_TIME, PRUNE, CLEAR */
  HarkStoreChat *chat;    /* PUT_CHAT; owned */
  unsigned fields;
  char *text;                    /* SEARCH: as typed; owned */
  struct HarkStoreReply **asker; /* hark_store_ask()'s own */
} HarkStoreRequest;

/* hark_store_request_new: (transfer full): all fields but the two zero; hark_store_request_free:
 * wipes its secrets, NULL is fine. */
HarkStoreRequest *hark_store_request_new (HarkStoreRequestKind kind, uint64_t ticket);
void hark_store_request_free (HarkStoreRequest *request);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HarkStoreRequest, hark_store_request_free)

typedef struct HarkStoreReply {
  HarkStoreRequestKind kind;
  uint64_t ticket;
  bool ok;                     /* false: nothing was changed; error says why */
  GError *error;               /* HARK_STORE_ERROR; owned */
  bool duplicate;              /* PUT_MESSAGE */
  bool known;                  /* PUT_GROUP_BODY */
  const char *refused;         /* PUT_MESSAGE: it was put in quarantine instead, for this reason;
                                  static */
  HarkStoreMessage *changed;   /* PUT_MESSAGE: what it changed, or itself, as it is now; SET_STATE
                                  of a part: the message that it is of; owned */
  bool is_part;                /* PUT_MESSAGE: it is no line, but more of another */
  int64_t next_ms;             /* EXPIRE: when something disappears next; 0: nothing counts */
  GPtrArray *quarantine;       /* GET_QUARANTINE: HarkStoreQuarantined, newest first; owned */
  uint64_t position;           /* PUT_MESSAGE, PRUNE, CLEAR, GET_CALLS */
  GPtrArray *messages;         /* HarkStoreMessage; owned; NULL unless asked for */
  GPtrArray *transfers;        /* GET_HISTORY: HarkStoreTransfer of its files; GET_ALIKE,
                                  GET_FINISHED; owned */
  GBytes *picture;             /* GET_PICTURE; owned */
  GPtrArray *group_entries;    /* HarkStoreGroupEntry: GET_GROUP_...; owned */
  GBytes *sealed;              /* GET_KEPT; owned */
  bool older, newer;           /* GET_HISTORY: there is more before, behind */
  uint64_t focus;              /* position that it is about; 0: none */
  GPtrArray *chats;            /* HarkStoreChat; owned; NULL unless asked for */
  bool more;                   /* PRUNE, CLEAR: ask again */
  HarkStoreSnapshot *snapshot; /* GET_ALL; owned, wiped */
} HarkStoreReply;

/* hark_store_reply_clear: frees what it owns; all of it is zero then. hark_store_reply_free: NULL
 * is fine. */
void hark_store_reply_clear (HarkStoreReply *reply);
void hark_store_reply_free (HarkStoreReply *reply);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HarkStoreReply, hark_store_reply_free)

/* hark_store_start: starts the thread. @on_replies is called in it, whenever replies wait, at most
 * once until hark_store_take_reply() has emptied the queue: wake the engine there, do nothing else.
 */
void hark_store_start (HarkStore *store, void (*on_replies) (void *data), void *data);

/* hark_store_send: (transfer full) @request; any thread; never blocks. */
void hark_store_send (HarkStore *store, HarkStoreRequest *request);

/* hark_store_take_reply: (transfer full) (nullable): the next reply, in order of the requests; any
 * thread. */
HarkStoreReply *hark_store_take_reply (HarkStore *store);

/* hark_store_filler_put: (transfer full) @request that writes, into a store that is being made; in
 * order, in large groups. False with @error when it or one before it failed. */
bool hark_store_filler_put (HarkStoreFiller *filler, HarkStoreRequest *request, GError **error);

/* hark_store_ask: (transfer full) @request -> (transfer full): from another thread than the store's
 * and the engine's: waits for the reply, which hark_store_take_reply() does not give. After
 * hark_store_start() and before hark_store_close(). */
HarkStoreReply *hark_store_ask (HarkStore *store, HarkStoreRequest *request);

/* hark_store_poison: (nullable): borrowed, until it is closed. */
HarkPoison *hark_store_poison (HarkStore *store);

/* hark_store_execute: (transfer full) @request -> (transfer full): the same at once, in the calling
 * thread, in a transaction of its own; for the simulator and tests, never after hark_store_start().
 */
HarkStoreReply *hark_store_execute (HarkStore *store, HarkStoreRequest *request);
