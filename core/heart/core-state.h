/* core/heart/core-state.h - what a core holds in memory: contacts, what waits for the store,
 * itself; with the limits. For core-private.h, which all of core/heart includes.
 */
#pragma once

#include "core/calls/lines.h"
#include "core/chat/conversation.h"
#include "core/contacts/contact.h"
#include "core/contacts/heard.h"
#include "core/contacts/pairing.h"
#include "core/files/file-settings.h"
#include "core/files/offer.h"
#include "core/files/transfer.h"
#include "core/groups/group-entry.h"
#include "core/heart/calls/advice.h"
#include "core/heart/chat/clips.h"
#include "core/heart/core.h"
#include "core/heart/ledger.h"
#include "core/identity/meeting.h"
#include "core/identity/sas.h"
#include "core/mailbox/keeper.h"
#include "core/mailbox/peers.h"
#include "core/nodes/lan-settings.h"
#include "core/proto/frame.h"
#include "net/base/token-bucket.h"

#define HARK_CORE_CONTACTS_MAX 1000
#define HARK_CORE_NODES_MAX 1000         /* that keep mail for them, beside */
#define HARK_CORE_REQUESTS_MAX 100       /* undecided; more are dropped */
#define HARK_CORE_REQUESTS_PUBLIC_MAX 80 /* of them by addresses that last, */
#define HARK_CORE_REQUESTS_INVITE_MAX 4  /* and by each invite */
#define HARK_CORE_DECLINED_MAX 200       /* remembered */
#define HARK_CORE_INVITES_MAX 100        /* open at a time */
#define HARK_CORE_ADDRESSES_MAX 8        /* of ours that last: each is a record in the DHT */
#define HARK_CORE_OFFERS_MAX 32          /* files of one contact that wait for the user */
#define HARK_CORE_PATHS_MAX 1000         /* of one GIVE */
#define HARK_CORE_COMING_MAX 256   /* files of one contact that were taken and are not here yet */
#define HARK_CORE_FETCHES_MAX 256  /* that one contact asked for and has not got yet */
#define HARK_CORE_MALFORMED_MAX 10 /* frames of one session before it is closed */
#define HARK_CORE_FRAMES_RATE \
  200 /* a second, but texts, acknowledgements and what was seen, of one contact */
#define HARK_CORE_FRAMES_BURST 2000
#define HARK_CORE_CHOKED_MAX \
  ((size_t) 4 * 1024 * 1024) /* bytes said to somebody who reads nothing */
#define HARK_CORE_RUNS 4     /* of one contact that are remembered */
#define HARK_CORE_RUN_LEN 16
#define HARK_CORE_SPEAKING_DBFS (-45.0) /* of a microphone: louder is a voice */
#define HARK_CORE_SILENT_DBFS (-96.0)
#define HARK_CORE_STREAMS_MAX 64 /* opened by one contact at a time */

typedef struct HarkCoreMailbox HarkCoreMailbox; /* mail/mail.h */
typedef struct HarkCoreGroup HarkCoreGroup;     /* groups/groups.h */
typedef struct HarkCoreBefore HarkCoreBefore;   /* people/before.h */
typedef struct HarkFileAhead HarkFileAhead;     /* files/ahead.c */

/* One stream of a session. */
typedef struct {
  int64_t id;
  enum {
    HARK_CORE_STREAM_NEW,
    HARK_CORE_STREAM_CONTROL,
    HARK_CORE_STREAM_FILE_OUT,
    HARK_CORE_STREAM_FILE_IN
  } kind;
  uint8_t head[HARK_FILE_PULL_LEN]; /* of NEW: what came so far */
  size_t head_len;
  uint64_t transfer; /* FILE_... */
  unsigned source;   /* FILE_IN: of the transfer (core/files/swarm.h) */
} HarkCoreStream;

typedef struct {
  HarkStoreContact row;
  HarkStorePerson *about; /* owned */
  char *skeleton;         /* of the name that is shown (core/contacts/resemble.h); owned */
  HarkAvailability availability;
  bool picture_asked;       /* in this session, */
  uint8_t wanted[32];       /* by this name */
  unsigned pictures_said;   /* of ours, in this session */
  HarkTokenBucket profiles; /* of theirs that are taken */
  bool sought;              /* although we are invisible: we spoke to them since, */
  HarkTime sought_at;       /* last at this time */
  HarkSas sas;
  HarkSasTries tries;
  HarkToken untold[2]; /* records of ours for them alone are open under these */
  unsigned n_untold;
  unsigned turns, turn; /* of looking for them: people/reach.c */
  HarkPresence presence;
  HarkPathKind path;
  HarkKey relay;      /* PATH_RELAY: who relays */
  bool no_relay;      /* the user does not want to relay for them */
  const char *reason; /* static */
  bool has_session;
  uint32_t session;
  bool initiator;
  int64_t control;     /* stream; -1: none */
  GHashTable *streams; /* id -> HarkCoreStream */
  HarkFrameReader frames;
  unsigned malformed;   /* frames of this session */
  bool offers_wait;     /* of files, until they answered others: files/run.c */
  uint64_t skipped;     /* unknown frames */
  HarkTokenBucket calm; /* frames but texts, which the disk paces, and acknowledgements */
  size_t choked;        /* bytes said since the control stream last had room */
  bool hello_heard;
  bool is_left_behind; /* the session is with a device older than the newest of theirs */
  bool moved_on;       /* they say that of ours: not tried again in this run */
  bool met;            /* in this run */
  uint8_t runs[HARK_CORE_RUNS][HARK_CORE_RUN_LEN]; /* of theirs, the newest first; zeros: none */
  size_t unstored;      /* what texts handed to the store and not answered cost */
  bool quarantine_told; /* the user knows that something of theirs was refused, this session */
  bool refused_told;    /* and the user knows */
  GQueue refused;       /* HarkStoreMessage by seq, that our disk did not take; counted above */
  size_t held;          /* bytes of the control stream without credit */
  HarkTime shut_until;  /* after too much nonsense; 0: not */
  bool has_volume;      /* in this run the user chose how loud they are in calls of two: */
  unsigned volume;      /* per cent */
  HarkPairing pairing;
  HarkCoreMailbox *mailbox; /* of this session; NULL: there is none */
  HarkConversation conversation;
} HarkCoreContact;

/* A deposit on its way between a keeper and a disk. */
typedef struct {
  HarkKey keeper;   /* theirs: who had it */
  uint32_t session; /* with the keeper, or with whom we keep it for */
  uint8_t id[HARK_MAIL_ID_LEN];
  uint8_t receipt[HARK_MAIL_RECEIPT_LEN]; /* theirs */
  uint8_t tag[HARK_MAIL_TAG_LEN];         /* ours, as the rest: */
  uint64_t number;
  size_t cost;
  bool last, more; /* of the answer to a question */
} HarkCoreMail;

/* What became of one that held an entry. */
typedef struct {
  HarkCoreMail mail;
  HarkKey from;
  bool in_group;
  uint8_t entry[HARK_CHAT_ID_LEN]; /* in_group: the group */
  bool ok;                         /* on our disk */
} HarkCoreMailStored;

/* What goes on when the store has answered. */
typedef struct HarkPending HarkPending;
typedef void (*HarkStoreThen) (HarkCore *core, HarkPending *pending, HarkStoreReply *reply);

struct HarkPending {
  HarkStoreThen then;
  HarkCommand *command; /* owned; NULL: of no command */
  HarkKey contact;
  uint32_t session;
  HarkStoreMessage *message; /* owned */
  GPtrArray *parts;          /* HarkStoreMessage: more of it; NULL: none; owned */
  HarkCoreBefore *before;    /* of the contact; NULL: nothing to put back; owned, wiped */
  HarkStoreAddress address;
  GArray *numbers; /* owned */
  uint8_t offer[HARK_FILE_OFFER_LEN];
  unsigned signal;       /* HarkFileSignal about it */
  HarkDiskRequest *disk; /* owned; to be done then */
  uint8_t group[HARK_CHAT_ID_LEN];
  HarkStoreGroupEntry *group_entry; /* owned */
  HarkGroupEntry *group_written;    /* owned */
  GPtrArray *follow;                /* HarkPending: of what is written with it; NULL; owned */
  uint64_t grew;                    /* of the group, when it was asked for */
  bool has_mail;                    /* an entry came through a keeper: */
  HarkCoreMail mail;
};

/* Calling oneself. */
typedef struct {
  uint64_t call; /* 0: not now */
  HarkTime ends_at;
  GQueue packets; /* on their way around */
} HarkCoreEchoTest;

/* A call as the user sees it. */
typedef struct {
  HarkCall *call; /* NULL: none */
  HarkKey peer;
  HarkTime active_at;            /* 0: was not */
  uint8_t row[HARK_CHAT_ID_LEN]; /* that the conversation gets of it */
} HarkCoreLine;

#define HARK_RELAY_NAME_MAX 48 /* bytes of UTF-8 */

typedef struct {
  char name[HARK_RELAY_NAME_MAX + 1];
  HarkNetRelayNode node;
} HarkCoreRelayNode;

struct HarkCore {
  HarkCoreConfig config; /* strings owned */
  bool has_account;
  HarkStoreAccount account;
  HarkKey own;
  HarkStorePerson self;           /* our profile */
  GBytes *picture;                /* ours; NULL for none */
  uint8_t run[HARK_CORE_RUN_LEN]; /* this one */
  bool told_full;                 /* the user knows that requests are dropped */
  bool told_twice;                /* the user knows that there is another copy */
  bool told_moved;                /* and that a newer device of theirs is known */
  GArray *addresses;              /* HarkStoreAddress */
  GBytes *nodes;
  GBytes *records; /* where contacts were, as stored */
  GBytes *place;   /* where the user was, as stored; NULL: nowhere */
  bool relays;     /* as the user set it */
  uint32_t relay_rate;
  HarkCoreRelayNode relay_nodes[HARK_NET_RELAY_NODES_MAX]; /* the user's own */
  size_t n_relay_nodes;
  HarkNet *net; /* borrowed */
  HarkRng rng;
  int64_t wall_ms; /* at wall_at */
  HarkTime wall_at, now;
  HarkTime started;
  HarkEffects effects;
  uint64_t ticket;
  GHashTable *pending;  /* ticket -> HarkPending */
  GHashTable *contacts; /* HarkKey -> HarkCoreContact */
  HarkCoreLedger ledger;
  HarkHeard *heard;              /* times of contact requests */
  bool heard_news;               /* some are not kept yet */
  GHashTable *acks_due;          /* HarkCoreContact: set */
  GHashTable *transfers;         /* id -> HarkFileTransfer */
  GHashTable *gifts;             /* id asked the disk for -> HarkCoreGift */
  HarkFileSettings files;        /* as kept */
  HarkPace pace;                 /* of all that we send of files */
  GHashTable *paced;             /* id -> what waits for that (files/pace.c) */
  GArray *paced_empty;           /* ids: nothing waits any more */
  HarkTime pace_at;              /* when something may go; NEVER: nothing waits */
  HarkFileAhead *ahead;          /* what is read and not gone (files/ahead.c) */
  unsigned files_moving;         /* incoming */
  bool costly, idle;             /* the network costs by the byte; nobody is at the computer */
  HarkSound *sound, *sound_kept; /* as it is in this run, and as the profile has it */
  GPtrArray *devices;            /* HarkSoundDevice, shared with events; NULL: not asked for yet */
  bool sound_server;             /* there was one when they were listed */
  GPtrArray *device_questions;   /* HarkCommand: wait for the first list */
  HarkCoreEchoTest echo;
  GPtrArray *shares;          /* HarkShare: our folders that contacts look into */
  GPtrArray *asks;            /* HarkCoreAsk: about theirs, and answers of our disk */
  HarkMeeting *meeting;       /* NULL: none */
  HarkCommand *meeting_owner; /* NULL: none; adds the mailbox node that is met */
  void (*meeting_then) (HarkCore *core, HarkCommand *command);
  HarkCorePlay play;
  HarkCoreRecord record;
  HarkAdvice advice; /* of the call that is heard */
  HarkCallLines *calls;
  HarkCoreLine lines[HARK_CALL_LINES];
  GBytes *calls_left; /* by a process that was killed; NULL: none, or written down */
  bool calls_changed; /* what is kept of those there are is to be looked at, */
  HarkTime calls_at;  /* else then; NEVER: there are none */
  bool calls_kept;    /* something is */
  HarkTime nodes_at, invites_at;
  HarkTime hide_at;            /* who was sought is looked at: whether we hide again */
  HarkTime nodes_interval;     /* from the next time that nodes are stored to the one after */
  HarkTime reach_at;           /* when those who are not found are looked for elsewhere */
  HarkTime shut_at;            /* when somebody kept out may come back; NEVER: nobody */
  HarkTime refused_at;         /* when the disk is asked again to take texts; NEVER: none waits */
  HarkTime expire_at;          /* when something disappears, or is looked after; NEVER: nothing */
  HarkTime network_at;         /* when to say it; NEVER: nothing new */
  HarkTime network_said;       /* when it was last said */
  HarkTime disk_said;          /* that the disk takes nothing; 0: never */
  bool visible;                /* to everybody on the local network */
  HarkLanSettings lan;         /* as kept; without an account there are no peers */
  HarkBackupPlan *backup_plan; /* automatic ones; NULL without account */
  HarkTime backup_at;          /* when the next is due; NEVER: none is */
  bool backup_runs, backup_is_planned;
  HarkCommand *backup_command; /* of the one that runs; NULL: of no command */
  int64_t backup_made_ms;
  unsigned keep_days; /* that messages are kept where nothing else is set; 0: for ever */
  HarkTime prune_at;
  HarkCommand *export_command;      /* of the export being written; NULL: none is */
  uint8_t instance[16];             /* of this copy of the profile */
  GHashTable *groups;               /* id -> HarkCoreGroup */
  HarkCoreGroup *group_talking;     /* in whose call the microphone is open; NULL: in none */
  HarkCoreGroup *group_held;        /* whose call a call of two has just interrupted; or NULL */
  unsigned n_group_calls;           /* groups that had one in this run */
  bool group_calls_due;             /* they are to be looked at */
  GHashTable *group_secrets;        /* account -> HarkSecret that we share; wiped */
  bool groups_due;                  /* some are to be looked at */
  HarkTime groups_at;               /* when all are; NEVER: nothing waits */
  HarkTime group_refused_at;        /* when the disk is asked again; NEVER: nothing waits */
  GQueue group_refused;             /* HarkPending that it did not take */
  HarkMailPeers mail;               /* who keeps mail for whom */
  HarkKeeper *keeper;               /* what we keep; NULL without account */
  GHashTable *mail_due, *agree_due; /* HarkKey, owned: something waits for them; was not said */
  GArray *mail_stored;              /* HarkCoreMailStored */
  bool mail_changed, mail_news;     /* to the disk; to the user */
  bool group_mail_changed;          /* what members have: to the disk */
  bool places_changed, rows_due;    /* our own keepers; nodes of others, or our guests */
  bool guests_changed;              /* whom our node shall let in */
  HarkTime mail_at, mail_ask_at;    /* when keepers are tried again; when they are asked again */
  HarkTime alone_at; /* when to say that nobody of a closed network answers; NEVER: said */
};
