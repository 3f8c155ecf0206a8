/* core/hark.h - the only door of the floor "core": Hark as ui and app see it.
 *
 * A HarkEngine runs on a thread of its own (network, store and voice have theirs behind it).
 * Commands go in by value, never block and are each answered by one HARK_EVENT_RESULT; everything
 * else that happens comes as events, in order, in the GMainContext the engine was made with. ui is
 * linked against this or against tests/ui/fake-engine.c. The same commands and events are
 * hark-cli's JSON lines, word for word.
 */
#pragma once

#include "core/hark-calls.h"
#include "core/hark-clips.h"
#include "core/hark-drawn.h"
#include "core/hark-ledger.h"
#include "core/hark-shares.h"
#include "net/base/hex.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* hark_be_helper: for main(), first of all. Where routers speak UPnP the engine starts this program
 * once more, as a small process without anything of ours in it that talks to the router; there this
 * does that and ends the process. Elsewhere it returns at once. Without it nobody is asked by UPnP.
 */
void hark_be_helper (int argc, char **argv);

/* ---- profile ---- */

/**
 * hark_profile_create:
 * @dir: profile directory, made if needed
 * @name: display name, 1 to 48 bytes of UTF-8
 * @passphrase: (nullable): NULL: the key lies in a 0600 file beside the store
 * @words: (nullable): 24 words of an account to restore, or NULL for a new one
 * @ret_words: (out) (nullable) (transfer full): the account's 24 words; free with hark_words_free()
 *
 * Blocks for about half a second with a passphrase. Fails with a sentence for the user in @error.
 */
bool hark_profile_create (const char *dir,
                          const char *name,
                          const char *passphrase,
                          const char *words,
                          char **ret_words,
                          GError **error);

/* hark_profile_exists: there is a profile in @dir; hark_profile_needs_passphrase: it opens with one
 * only. Both look at files and may be called while an engine runs on it. */
bool hark_profile_exists (const char *dir);
bool hark_profile_needs_passphrase (const char *dir);

/* What opens a profile beside the 24 words. */
typedef enum {
  HARK_UNLOCK_FILE,       /* nothing: the key lies in a file that only this user can read */
  HARK_UNLOCK_PASSPHRASE, /* a passphrase */
  HARK_UNLOCK_KEYRING,    /* being logged in: the key lies in the login keyring */
} HarkUnlock;

/* hark_profile_has_keyring: HARK_UNLOCK_KEYRING can be tried. */
bool hark_profile_has_keyring (void);

/**
 * hark_profile_change_unlock:
 * @passphrase: (nullable): of now
 * @words: (nullable): the account's 24 words, instead of @passphrase
 * @wanted: (nullable): the new passphrase; with HARK_UNLOCK_PASSPHRASE only
 *
 * Also while an engine runs on it, which does not notice. Blocks for half a second for each
 * passphrase; any thread. Fails with a sentence in @error, and all is as before.
 */
bool hark_profile_change_unlock (const char *dir,
                                 const char *passphrase,
                                 const char *words,
                                 HarkUnlock way,
                                 const char *wanted,
                                 GError **error);

/* What was in a backup. */
typedef struct {
  int64_t made_ms; /* Unix */
  unsigned contacts;
  uint64_t messages;
} HarkRestored;

/**
 * hark_profile_restore:
 * @dir: of the new profile
 * @path: of the backup
 * @words: (nullable): what it is sealed to, or
 * @backup_passphrase: (nullable)
 * @passphrase: (nullable): of the new profile
 * @ret: (out)
 *
 * Makes a profile with what the backup holds, as a device of its own: contacts are there at once.
 * The old computer must not be used any more. All or nothing. Blocks: seconds
 * for 100,000 messages; any thread.
 */
bool hark_profile_restore (const char *dir,
                           const char *path,
                           const char *words,
                           const char *backup_passphrase,
                           const char *passphrase,
                           HarkRestored *ret,
                           GError **error);

/* hark_profile_erase: everything in @dir, what opens it first. Not while an engine runs on it.
 * Backups elsewhere stay. */
bool hark_profile_erase (const char *dir, GError **error);

/* hark_backup_key: (transfer full) (nullable): AGE-SECRET-KEY-1...: what the age tool opens backups
 * with that are sealed to @words; free with hark_words_free(). */
char *hark_backup_key (const char *words, GError **error);

/* hark_words_free: wipes, then frees; for passphrases too. NULL is fine. */
void hark_words_free (char *words);

/* hark_address_check: (nullable): NULL when @text (hk1..., or a hark: link) can be added, else what
 * is wrong with it: checksum, length, kind. Static or interned. */
const char *hark_address_check (const char *text);

/* hark_invitation: (transfer full): a sentence or two with a link, to send by mail or messenger;
 * @address: hk1...; @one_time: it is an invite. */
char *hark_invitation (const char *address, bool one_time);

/* hark_network_create: (transfer full): the secret of a new closed network, hn1...; free with
 * hark_words_free(). hark_network_check: (nullable): NULL when @text can be
 * HarkEngineConfig.network, else what is wrong with it; @ret_sealed: (out): it is a secret and not
 * a name. */
char *hark_network_create (void);
const char *hark_network_check (const char *text, bool *ret_sealed);

/* ---- sound ---- */

/* How loud it is at a microphone now. */
typedef struct HarkMeter HarkMeter;

/* hark_meter_new: (nullable): @mic: as HarkEngineConfig.mic; listens until freed and keeps nothing
 * of it. NULL with @error for a name that is none. */
HarkMeter *hark_meter_new (const char *mic, GError **error);

/* hark_meter_get: the loudest since the last call, 0 to 1. */
double hark_meter_get (HarkMeter *meter);
void hark_meter_free (HarkMeter *meter);

/* ---- engine ---- */

typedef struct HarkEngine HarkEngine;

typedef struct {
  const char *profile;          /* directory; NULL: a node without account */
  const char *passphrase;       /* NULL for none */
  uint16_t port;                /* UDP; 0: any */
  const char *bind;             /* NULL: every address */
  const char *const *bootstrap; /* "host:port", NULL-terminated; NULL: the built-in list */
  bool no_dht;
  bool no_mapping;          /* ask no router to open a port */
  bool no_tcp;              /* UDP only: nobody is served whose UDP is blocked, nor are we */
  const char *network;      /* closed network: its name, or its secret (hn1...), which seals every
                               datagram, with places to start from behind "@" if there are some;
                               NULL: what the profile says */
  const char *const *peers; /* "host[:port]" of others who run Hark, NULL-terminated or NULL: for
                               networks without multicast */
  bool lan_only;            /* send nothing beyond the local networks */
  bool no_lan;              /* look for nobody on them */
  bool visible;             /* be seen by everybody on them, from the start */
  const char *mic;          /* NULL: as the profile says; "pulse", "pulse:DEVICE", "wav:FILE",
                               "wav-loop:FILE", "none" */
  const char *speaker;      /* NULL likewise; "pulse", "pulse:DEVICE", "wav:FILE", "none" */
  bool keep_echo;           /* leave what the loudspeaker plays in what the microphone hears */
  bool keep_noise;          /* leave the room's noise in it */
  bool keep_gain;           /* leave voices as loud as they are */
  bool no_sound; /* where neither this nor the profile names a device: none; else "pulse" */
  bool auto_accept_requests;
  bool auto_answer;
  bool
    one_call; /* who calls while a call is on is told so; else a second may ring and be dialled */
  const char *auto_accept_files; /* directory; NULL: ask */
  const char *downloads;         /* where taken files go by default; NULL: XDG downloads */
  uint32_t mailbox_mib;          /* and no more than so much of it; 0: 1,024 */
  bool mailbox;                  /* be a node that keeps mail: the profile is the node's own */
  bool no_relay;                 /* carry nobody's packets, whatever the profile says */
  const char
    *relay_file; /* without a profile: be a relay node, its secret is kept there; or NULL */
  const char *const *relay_hosts; /* "address[:port]" where it is reached, NULL-terminated */
  bool cubic;                     /* congestion control; else BBR2 */
  bool no_aes;
  bool jumbo;         /* large datagrams on loopback or a LAN */
  int event_priority; /* of events in their GMainContext, as GLib has it; where that is below the
                         default they wait for more urgent sources, 40 ms at most */
  /* asked there before each turn of events: how many microseconds it may take; 0: none yet, and
   * again for 40 ms at most; NULL: always 4,000 */
  unsigned (*event_turn_us) (void);
} HarkEngineConfig;

typedef struct HarkEvent HarkEvent;
typedef struct HarkCommand HarkCommand;

/**
 * hark_engine_new:
 * @context: (nullable): where @on_event is called; NULL: the thread-default one of the caller
 * @on_event: borrows the event for the call
 *
 * Opens the profile, starts the threads. HARK_EVENT_READY comes first.
 *
 * Returns: (nullable): NULL with a sentence for the user (profile in use, wrong passphrase, port
 * taken, ...)
 */
HarkEngine *hark_engine_new (const HarkEngineConfig *config,
                             GMainContext *context,
                             void (*on_event) (const HarkEvent *event, void *data),
                             void *data,
                             GError **error);

/* hark_engine_send: (transfer full) @command; any thread; never blocks. */
void hark_engine_send (HarkEngine *engine, HarkCommand *command);

/* hark_engine_free: says goodbye to peers (at most 300 ms), makes everything durable, joins the
 * threads. No event comes after it returns. */
void hark_engine_free (HarkEngine *engine);

/* ---- commands ---- */

typedef enum {
  HARK_COMMAND_ADDRESS, /* one_time, text (label) -> address, on: it is an invite */
  HARK_COMMAND_ADD,     /* address, text, name -> contact */
  HARK_COMMAND_ACCEPT,  /* contact ... */
  HARK_COMMAND_DECLINE,
  HARK_COMMAND_BLOCK,
  HARK_COMMAND_UNBLOCK, /* they are again what they were: contact, or somebody who asks */
  HARK_COMMAND_REMOVE,
  HARK_COMMAND_RENAME, /* contact, name ("" takes it back) */
  HARK_COMMAND_SEND,   /* contact, text, has_reply_to, reply_to -> id */
  /* EDIT, DELETE, REACT, EDITS, MESSAGE and READ find the conversation by the id if neither
   * has_contact nor has_group is set. */
  HARK_COMMAND_EDIT,   /* contact, id (of ours), text -> id of the edit */
  HARK_COMMAND_DELETE, /* contact, id (of ours): gone here, and the other side is asked to -> id */
  HARK_COMMAND_REACT,  /* contact, id, text (one sign; NULL or "": none any more) -> id */
  HARK_COMMAND_TIMER,  /* contact, seconds (0: never): what both write from here on disappears so
                          long after it was read -> id */
  HARK_COMMAND_CLIP,  /* contact, sound (an Ogg file with Opus, at most 65,536 bytes), has_reply_to,
                         reply_to -> id */
  HARK_COMMAND_SOUND, /* contact, id -> sound */
  HARK_COMMAND_RECORD,     /* how: "start" (contact, has_reply_to, reply_to): RECORDING follows;
                              "stop" (sends it, as CLIPs -> id of the last), "cancel" */
  HARK_COMMAND_PLAY,       /* how: "start" (id), "pause", "resume", "seek", "stop"; at_ms, speed */
  HARK_COMMAND_WAVEFORM,   /* contact, id -> peaks */
  HARK_COMMAND_EDITS,      /* contact, id -> messages: every version, the first one first */
  HARK_COMMAND_MESSAGE,    /* contact, id -> messages: that one, for a quote */
  HARK_COMMAND_QUARANTINE, /* -> refused */
  HARK_COMMAND_READ,       /* contact, id: this and all before it were seen; how "here": a row of a
                              file or call, which the other side does not have: nobody is told */
  HARK_COMMAND_TYPING,     /* contact, on */
  HARK_COMMAND_HISTORY,    /* contact, window and what it needs, limit -> messages (newest first),
                              transfers of the files among them, older, newer, position: of what it is
                              about, 0 for none */
  HARK_COMMAND_SEARCH,     /* text, has_contact, contact, before (position of the last result; 0:
                              newest), limit -> messages with matches, newest first; position: for the
                              next page, 0: that was all */
  HARK_COMMAND_CALLS,      /* before (position of the last result; 0: newest), limit -> messages:
                              rows of calls of all conversations, newest first; position: for the
                              next page, 0: that was all */
  HARK_COMMAND_CHATS,      /* -> chats: every conversation, in order of the list; number: days that
                              messages are kept, 0: for ever */
  HARK_COMMAND_PLACE,  /* contact, before (position of the row at the top, 0: at the end): where the
                          user is; how "forget": nowhere; -> on (it is known), account or group,
                          position; not for hark-cli */
  HARK_COMMAND_DRAFT,  /* contact, text ("" for none), has_reply_to, reply_to: kept until changed */
  HARK_COMMAND_UNREAD, /* contact, on: marked as unread, until READ */
  HARK_COMMAND_PIN,    /* contact, on: at the top of the list */
  HARK_COMMAND_ARCHIVE, /* contact, on: out of the list */
  HARK_COMMAND_KEEP,    /* limit: days that messages are kept, 0: for ever; has_contact, contact: in
                           this conversation; how "default": as everywhere */
  HARK_COMMAND_CLEAR,   /* contact: everything in it goes, but what is on its way to them */
  HARK_COMMAND_EXPORT,  /* path (whole, of the file), json, has_contact, contact: readable without
                           Hark, and without a seal */
  HARK_COMMAND_GIVE,    /* contact, paths (1 to 1,000), previews -> transfers */
  HARK_COMMAND_SHARE,   /* path (of a folder), contact: they may look into it and take from it */
  HARK_COMMAND_UNSHARE, /* path or name; has_contact, contact: not they; else nobody */
  HARK_COMMAND_SHARES,  /* -> shares */
  HARK_COMMAND_BROWSE,  /* contact, path (folder and way on), before -> entries, number */
  HARK_COMMAND_FETCH,   /* contact, path, directory (nullable) -> transfers */
  HARK_COMMAND_TAKE,    /* transfer, directory (nullable) */
  HARK_COMMAND_REFUSE,  /* transfer ... */
  HARK_COMMAND_PAUSE,
  HARK_COMMAND_RESUME, /* and path (nullable): what is given lies there now, for it is `lost`; what
                          comes goes on in that folder, whether it was paused or not */
  HARK_COMMAND_CANCEL,
  HARK_COMMAND_QUEUE,   /* -> transfers under way, settings; or transfer, how: "first", "last" */
  HARK_COMMAND_LIMIT,   /* -> settings; or how: "up", "down", rate: of files, bytes/s; 0: none */
  HARK_COMMAND_METERED, /* -> settings; or how: large files on a network that costs by the byte:
                           "ask", "allow", "hold" */
  HARK_COMMAND_COSTLY,  /* on: this network does; told by the desktop */
  HARK_COMMAND_ACCEPT_FILES, /* contact, on, size (at most, bytes; 0: any), directory (nullable):
                                taken without a question */
  HARK_COMMAND_CALL,         /* contact -> call */
  HARK_COMMAND_ANSWER,       /* call ... */
  HARK_COMMAND_HANGUP,
  HARK_COMMAND_HOLD, /* both microphones close until UNHOLD; also changes to another call */
  HARK_COMMAND_UNHOLD,
  HARK_COMMAND_MUTE, /* call; 0: the one that is talked in, also a group's */
  HARK_COMMAND_UNMUTE,
  HARK_COMMAND_CALL_VOLUME, /* call, limit: how loud they are heard, per cent, 0 to 200; also in the
                               next calls with them, until the engine ends */
  HARK_COMMAND_GROUP_CALL,  /* group -> call: goes into its call, which begins with the first */
  HARK_COMMAND_GROUP_CALL_JOIN,   /* group -> call: the same where one is on; from HELD back */
  HARK_COMMAND_GROUP_CALL_LEAVE,  /* group */
  HARK_COMMAND_GROUP_CALL_MUTE,   /* group, on */
  HARK_COMMAND_GROUP_CALL_VOLUME, /* group, contact (who is in it), limit: per cent, 0 to 200 */
  HARK_COMMAND_ECHO_TEST, /* on: calls oneself: what the microphone hears comes back two seconds
                             later through the whole of a call; off, a call, or a minute ends it ->
                             number: of its CALL_STATS */
  HARK_COMMAND_DEVICES,   /* -> devices, chosen; from then on HARK_EVENT_DEVICES tells of changes */
  HARK_COMMAND_DEVICE, /* mic, speaker, ring, echo, noise, gain, low_delay, each or none: from now
                          on, in mid-call as well -> chosen */
  HARK_COMMAND_VERIFY, /* contact -> text: 60 digits */
  HARK_COMMAND_SET_VERIFIED, /* contact, how: "voice", "person", "no" */
  HARK_COMMAND_COMPARE,   /* text: what was scanned from the other's screen (VERIFY's qr); contact
                             (or none: whoever it names) -> contact, verified in person */
  HARK_COMMAND_WORDS,     /* contact, how: "start", "match", "differ": three words to compare by
                             voice; they come as events */
  HARK_COMMAND_MEET,      /* how "give", address, limit -> text: words; "take", text; "end" */
  HARK_COMMAND_PROFILE,   /* each or none: name, text (status, at most 140 bytes; "" for none),
                             picture (PICTURE_LEN bytes, or 0 bytes for none) -> profile */
  HARK_COMMAND_PRESENCE,  /* how: "online", "away", "busy", "invisible" */
  HARK_COMMAND_IDLE,      /* on: nobody is at the computer, as the desktop says: "online" is told as
                             "away" until it is off, or the engine ends */
  HARK_COMMAND_PICTURE,   /* has_contact, contact (else our own) -> picture, if there is one */
  HARK_COMMAND_NOTES,     /* contact, text: the user's own, at most 1,024 bytes */
  HARK_COMMAND_FAVOURITE, /* contact, on */
  HARK_COMMAND_SILENCE,   /* contact, on, before (until then, Unix ms; 0: until taken back) */
  HARK_COMMAND_MAY,       /* contact, how: "give-files" (taken without a question), on; or how:
                             "see-typing", "see-read", on; contact: none: all; "see-online",
                             on (off: as PRESENCE "invisible", for them alone; never of all) */
  HARK_COMMAND_ADDRESSES, /* -> addresses */
  HARK_COMMAND_LABEL,     /* address, text: what it is called here */
  HARK_COMMAND_REVOKE,    /* address: nobody finds us by it any more */
  HARK_COMMAND_RELAY_ADD, /* address (hr1...), name (or NULL): a relay node of the user's */
  HARK_COMMAND_RELAY_REMOVE, /* name */
  HARK_COMMAND_RELAY,   /* on, rate (bytes/s, 0: as before), or has_contact, contact, on: relay for
                           contacts, or for this one; both must be on */
  HARK_COMMAND_MAILBOX, /* -> mailboxes, number (of what we keep for others) */
  HARK_COMMAND_MAILBOX_ADD,  /* contact (please keep mail for us), or address: link or words
                                of a node that is to be ours, name (or NULL) */
  HARK_COMMAND_MAILBOX_DROP, /* contact, or name: no longer */
  HARK_COMMAND_MAILBOX_FOR,  /* contact, on: keep mail for them */
  HARK_COMMAND_BACKUP, /* path (whole, of the file), text (passphrase; NULL: sealed to the account's
                          24 words), no_messages */
  HARK_COMMAND_AUTO_BACKUP, /* directory (whole path; NULL or "": none are made), limit (files to
                               keep; 0: 7), rate (hours between two; 0: 24); sealed to the words */
  HARK_COMMAND_SETTINGS,  /* -> settings: what the profile keeps of them. This and the next are not
                             for hark-cli: what they tell is secret. */
  HARK_COMMAND_OWN_WORDS, /* -> text: the account's 24 words; wiped with the event */
  HARK_COMMAND_STATUS,    /* -> contacts, transfers, calls, network */
  HARK_COMMAND_DOCTOR,    /* has_contact, contact -> findings, network */
  HARK_COMMAND_LEDGER,    /* on: forget what there was before -> ledger */
  HARK_COMMAND_PEOPLE_HERE,   /* -> neighbours, on: are we visible ourselves */
  HARK_COMMAND_VISIBLE,       /* on: be seen by everybody on the local network, or by nobody */
  HARK_COMMAND_NETWORK,       /* name: closed network to belong to from the next start on: its name,
                                 secret or link; NULL: the public one */
  HARK_COMMAND_ADD_PEER,      /* name: "host[:port]" of others who run Hark, kept */
  HARK_COMMAND_REMOVE_PEER,   /* name; from the next start on */
  HARK_COMMAND_GROUP_CREATE,  /* name -> id: a group whose founder we are */
  HARK_COMMAND_GROUP_ADD,     /* group, contact: asks them in */
  HARK_COMMAND_GROUP_ACCEPT,  /* group: goes in where we are asked */
  HARK_COMMAND_GROUP_LEAVE,   /* group: out of it, or does not go in */
  HARK_COMMAND_GROUP_REMOVE,  /* group, contact (of any member) */
  HARK_COMMAND_GROUP_RENAME,  /* group, name */
  HARK_COMMAND_GROUP_ROLE,    /* group, contact, how: "admin", "member"; the founder's to give */
  HARK_COMMAND_GROUP_PICTURE, /* group, picture (PICTURE_LEN bytes, or 0 bytes for none) */
  HARK_COMMAND_GROUP_MEET,    /* group, contact (of a member): asks them to be a contact, through
                                      the group; or does what they ask */
  HARK_COMMAND_GROUP_NOTICES, /* group, how: "all", "mentions", "none" */
  HARK_COMMAND_GROUP_FORGET,  /* group that we left: it and what was written there is deleted */
  HARK_COMMAND_GROUP_LIST,    /* -> groups */
  HARK_COMMAND_LEAVE_QUIETLY, /* tells peers and the DHT that we go; hark_engine_free() follows */
} HarkCommandKind;

/* Which part of a conversation HISTORY gives. */
typedef enum {
  HARK_HISTORY_BEFORE, /* position `before`; 0: the newest */
  HARK_HISTORY_AFTER,  /* position `before` */
  HARK_HISTORY_AROUND, /* position `before` */
  HARK_HISTORY_AROUND_ID,
  HARK_HISTORY_AROUND_TIME, /* the first that was written or came at `at_ms` (Unix) or later */
  HARK_HISTORY_UNREAD,      /* around the first unread; none: the newest */
} HarkHistoryWindow;

/* One flat value; each kind uses the fields named above, the rest is zero. */
struct HarkCommand {
  HarkCommandKind kind;
  char *tag; /* echoed in the result; NULL for none */
  bool has_contact;
  uint8_t contact[HARK_ACCOUNT_LEN];
  uint8_t id[HARK_MESSAGE_ID_LEN];
  bool has_reply_to;
  uint8_t reply_to[HARK_MESSAGE_ID_LEN];
  bool has_group; /* SEND, READ, HISTORY, EDIT...: in that group, and not with a contact */
  uint8_t group[HARK_MESSAGE_ID_LEN];
  GArray *mentions; /* SEND in a group: accounts of 32 bytes; owned; NULL: none */
  uint64_t transfer;
  uint64_t call;
  uint64_t rate;    /* RELAY: bytes a second each way */
  uint64_t before;  /* HISTORY: position; 0: newest */
  uint64_t seconds; /* TIMER */
  uint64_t size;    /* ACCEPT_FILES: bytes */
  unsigned speed;   /* PLAY */
  bool internal;    /* the core's own: a RESULT only when it fails, as a warning */
  unsigned limit;
  HarkHistoryWindow window;
  int64_t at_ms;
  bool json;
  bool on;
  bool one_time;
  char *address; /* strings are owned */
  char *name;
  char *text;
  char *how;
  char *directory;
  char *path;
  bool no_messages;
  char *mic, *speaker, *ring; /* DEVICE: a HarkSoundDevice's name, "pulse" (whatever is the
                                 default) or "none"; NULL: as before */
  int echo, noise, gain; /* DEVICE: 1 take echo or noise out, even loudness out; -1 do not; 0 as
                            before */
  int low_delay;         /* likewise: as little sound ahead as the sound server copes with */
  GBytes *picture;       /* owned; NULL for none */
  GBytes *sound;         /* CLIP; owned */
  GPtrArray *parts;      /* CLIP: GBytes: more of it, made by core alone; NULL: it is all; owned */
  char **paths;          /* NULL-terminated, owned */
  GPtrArray *previews;   /* GBytes (hark-sizes.h) or NULL for each path; NULL: none; owned */
};

/* hark_command_new: (transfer full): every other field zero; hark_command_free: NULL is fine. */
HarkCommand *hark_command_new (HarkCommandKind kind);
void hark_command_free (HarkCommand *command);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HarkCommand, hark_command_free)

/* ---- events ---- */

typedef enum {
  HARK_PRESENCE_OFFLINE,
  HARK_PRESENCE_SEARCHING,
  HARK_PRESENCE_CONNECTING,
  HARK_PRESENCE_ONLINE,
} HarkPresence;

/* What somebody who is online wants known about it; ours may also be INVISIBLE: nobody finds us,
 * but those whom we write to, call or ask from then on. */
typedef enum {
  HARK_AVAILABLE,
  HARK_AWAY,
  HARK_BUSY,
  HARK_INVISIBLE,
} HarkAvailability;

/* What a contact may do without a question, and what contacts do not see. */
enum {
  HARK_MAY_GIVE_FILES = 1 << 0,
  HARK_MAY_NOT_SEE_TYPING = 1 << 1, /* that the user types, */
  HARK_MAY_NOT_SEE_READ = 1 << 2,   /* or has read something; */
  HARK_MAY_NOT_SEE_ONLINE = 1 << 3, /* that we are there, of one contact only */
};

typedef enum {
  HARK_PERSON_ASKED = 1,   /* our request waits for their answer */
  HARK_PERSON_REQUEST = 2, /* they ask us */
  HARK_PERSON_ACCEPTED = 3,
  HARK_PERSON_BLOCKED = 4,
  HARK_PERSON_REMOVED = 5, /* gone from the list */
} HarkPersonStatus;

typedef enum {
  HARK_STATE_QUEUED = 1,
  HARK_STATE_SENT,
  HARK_STATE_DELIVERED,
  HARK_STATE_READ
} HarkSendState;

typedef enum {
  HARK_FILE_OFFERED, /* they offer: take or refuse */
  HARK_FILE_WAITING, /* for the other side, or for a session */
  HARK_FILE_MOVING,
  HARK_FILE_PAUSED,
  HARK_FILE_DONE, /* verified and on the receiver's disk */
  HARK_FILE_REFUSED,
  HARK_FILE_FAILED,
} HarkFileState;

typedef enum {
  HARK_MESSAGE_IS_TEXT = 1,
  HARK_MESSAGE_IS_FILE,
  HARK_MESSAGE_IS_CALL,
  HARK_MESSAGE_IS_EDIT, /* this one to REACTION: in MESSAGE_STATE only */
  HARK_MESSAGE_IS_DELETE,
  HARK_MESSAGE_IS_REACTION,
  HARK_MESSAGE_IS_TIMER, /* expires_s: what is written from here on disappears; 0: no more */
  HARK_MESSAGE_IS_CLIP,  /* length_ms; its sound: HARK_COMMAND_SOUND */
  HARK_MESSAGE_IS_GROUP  /* of a group: somebody left or was removed; `text` says it */
} HarkMessageType;

typedef struct {
  uint8_t account[HARK_ACCOUNT_LEN];
  HarkPersonStatus status;
  char *name;    /* what to show: petname, else claimed name, else the first letters of the key */
  char *claimed; /* what they call themselves */
  char *request_text; /* of a request; "" otherwise */
  HarkPresence presence;
  HarkPathKind path;
  char *relay;                   /* PATH_RELAY: who relays: name of a contact, "your node NAME" or
                                    "NAME's node"; else NULL */
  bool relayed;                  /* we relay for them when they need it */
  double rtt_ms;                 /* while ONLINE; 0: not measured */
  char *reason;                  /* NULL, or words for the user: why not online */
  int64_t last_seen_ms;          /* Unix; 0: never */
  unsigned verified;             /* 0 no, 1 by voice, 2 in person */
  unsigned queued;               /* messages waiting for them */
  int64_t verified_ms;           /* when, Unix; 0: not known */
  char *status_text;             /* in their words; "" for none */
  HarkAvailability availability; /* while ONLINE; never INVISIBLE */
  bool has_picture;
  uint8_t picture[32]; /* names it: another picture, another name */
  char *notes;         /* the user's; "" for none */
  bool favourite;
  int64_t silent_until_ms; /* no notices before; 0: none; INT64_MAX: until taken back */
  uint32_t may;            /* HARK_MAY_... */
  int64_t next_try_ms;     /* Unix: when they are looked for again; 0: ONLINE, or never */
  char *via;               /* label of the address of ours that they came by; "" when not known */
  uint64_t files_max;      /* with MAY_GIVE_FILES: larger ones are asked about, bytes; 0: any */
  char *files_folder;      /* where those go that are taken so; NULL: the usual */
  char *resembles;         /* name of another contact that looks the same, or our own; NULL: none */
} HarkPerson;

/* Something that came in and was refused. */
typedef struct {
  uint8_t contact[HARK_ACCOUNT_LEN]; /* who sent it */
  uint8_t id[HARK_MESSAGE_ID_LEN];
  int64_t received_ms; /* Unix */
  char *text;          /* its beginning */
  char *reason;        /* a sentence */
} HarkRefused;

/* One sign of one person at a message. */
typedef struct {
  uint8_t account[HARK_ACCOUNT_LEN]; /* whose; the user's own as well */
  char text[33];                     /* UTF-8 */
  int64_t sent_ms;                   /* Unix */
} HarkReaction;

/* Ourselves, as contacts see us. */
typedef struct {
  char *name;
  char *status_text;
  HarkAvailability availability;
  bool has_picture;
  uint8_t picture[32];
  uint32_t may; /* HARK_MAY_NOT_...: of all contacts */
} HarkProfile;

/* An address of ours that may be used now. */
typedef struct {
  char *address;
  char *label;   /* "" for none */
  bool one_time; /* an invite */
  int64_t made_ms;
  int64_t ends_ms; /* of an invite nobody uses; 0: lasts until revoked */
} HarkOwnAddress;

typedef enum {
  HARK_WORDS_ASKED,     /* waiting for their Hark */
  HARK_WORDS_SHOWN,     /* compare them */
  HARK_WORDS_CONFIRMED, /* the user said that they match: verified by voice */
  HARK_WORDS_OVER,      /* they differ, or it did not come about: reason */
} HarkWordsState;

typedef struct {
  uint8_t id[HARK_MESSAGE_ID_LEN];
  uint8_t contact[HARK_ACCOUNT_LEN];
  HarkMessageType type;
  bool outgoing;
  HarkSendState state;
  char *text;
  int64_t sent_ms;     /* Unix, by the sender's clock; never after it came */
  int64_t received_ms; /* Unix, by ours; of outgoing ones: delivery */
  bool has_reply_to;
  uint8_t reply_to[HARK_MESSAGE_ID_LEN];
  uint64_t position; /* order in the conversation, the same on both sides, those of one position by
                        id; for HISTORY's before. A message may come in above others. */
  uint64_t ref;      /* FILE: transfer; CALL: length in ms */
  unsigned edits;    /* so often its author changed it; `text` is the newest */
  bool deleted;      /* its author asked to delete it: nothing is left of it; */
  bool missing;      /* or, of a group: it has not come here yet (deleted is set as well) */
  bool heard;        /* CLIP: played here; ours always */
  unsigned parts_here, parts; /* CLIP: so much of a long one has come; 0 of 0: it is all */
  bool has_peaks;             /* CLIP: these are known: else HARK_COMMAND_WAVEFORM */
  uint8_t peaks[HARK_PEAKS];
  uint32_t expires_s; /* disappears so long after it was read; 0: never */
  int64_t expires_ms; /* Unix: when; 0: not counting yet */
  bool has_group, has_author;
  bool mentioned;   /* of a group: it names us */
  unsigned reached; /* of a group, ours: members who have it */
  uint8_t group[HARK_MESSAGE_ID_LEN];
  uint8_t author[HARK_ACCOUNT_LEN]; /* of a group: who wrote it, when it was passed on */
  GArray *reactions;                /* HarkReaction; NULL: none */
  uint32_t length_ms;               /* CLIP */
  GArray *matches;                  /* HarkMatch: of SEARCH; NULL: none */
} HarkMessage;

/* Where a message has what was looked for. */
typedef struct {
  uint32_t start, len; /* bytes of `text` */
} HarkMatch;

/* A conversation in the list of them. */
typedef struct {
  uint8_t contact[HARK_ACCOUNT_LEN]; /* our own account: notes to oneself */
  bool has_group;                    /* it is a group's; `contact` means nothing */
  uint8_t group[HARK_MESSAGE_ID_LEN];
  HarkMessage *last; /* NULL: nothing in it */
  unsigned unread;
  uint64_t first_unread; /* position; 0: none */
  bool marked;           /* as unread, by hand */
  char *draft;           /* "" for none */
  bool has_draft_reply;
  uint8_t draft_reply[HARK_MESSAGE_ID_LEN];
  int64_t draft_ms; /* Unix */
  bool pinned, archived;
  int keep_days;      /* 0: as everywhere; below: for ever */
  uint32_t expires_s; /* what is written from now on goes so long after it was read; 0: never */
} HarkChat;

typedef enum {
  HARK_GROUP_PERSON_MEMBER = 1,
  HARK_GROUP_PERSON_ADMIN = 2,   /* asks in, removes members, sets name, picture and timer */
  HARK_GROUP_PERSON_FOUNDER = 3, /* makes admins as well; is removed by nobody */
} HarkGroupPersonRole;

typedef enum {
  HARK_GROUP_IS_OFFERED = 1, /* somebody asks us in */
  HARK_GROUP_IS_JOINED = 2,
  HARK_GROUP_IS_LEFT = 3,
  HARK_GROUP_IS_FORGOTTEN = 4, /* gone from the list */
} HarkGroupState;

typedef enum {
  HARK_GROUP_NOTICES_ALL = 0,
  HARK_GROUP_NOTICES_MENTIONS = 1,
  HARK_GROUP_NOTICES_NONE = 2,
} HarkGroupNotices;

typedef struct {
  uint8_t account[HARK_ACCOUNT_LEN];
  char *name; /* of a contact as everywhere, else as they call themselves */
  HarkGroupPersonRole role;
  bool joined;     /* else asked in */
  bool is_contact; /* of ours: what we write goes to them directly, else through others */
  uint64_t read; /* messages up to that position were seen, by what they told us in this run; 0: not
                    told, or not to us */
  bool asks;     /* they would be our contact: GROUP_MEET says yes */
  bool asked;    /* we asked them */
  bool other_view; /* what they last said of who is in the group is not what we know */
} HarkGroupPerson;

typedef struct {
  uint8_t id[HARK_MESSAGE_ID_LEN];
  char *name;
  HarkGroupState state;
  HarkGroupNotices notices;
  HarkGroupPersonRole role;          /* ours */
  uint8_t sponsor[HARK_ACCOUNT_LEN]; /* who asks or asked us in; the founder's own is themselves */
  GPtrArray *people;                 /* HarkGroupPerson: joined and asked in, with us; by account */
  unsigned joined;                   /* so many of them; OFFERED: as they say */
  bool had_others;                   /* somebody else is or was in it */
  int64_t made_ms;                   /* Unix: when we made it or were asked in */
  uint32_t expires_s; /* what is written from now on goes so long after it was read; 0: never */
  bool has_picture;
  uint8_t picture[32]; /* names it; PICTURE with `group` gives it, once it is here */
  char *reason;        /* in words: why nothing can be written, or what is to be decided; or NULL */
} HarkGroupInfo;

typedef struct {
  uint64_t id;
  uint8_t contact[HARK_ACCOUNT_LEN]; /* who gives it to a group, else with whom */
  bool has_group;
  uint8_t group[HARK_MESSAGE_ID_LEN];
  unsigned people, people_have; /* has_group: for so many, the giver too; so many have it */
  bool outgoing;
  char *name;
  char *path; /* source, or where it is being saved; NULL when not known yet */
  HarkFileState state;
  uint64_t size, bytes; /* of the file or of all in the folder, and moved so far */
  double rate;          /* bytes/s */
  unsigned sources;     /* incoming, MOVING: it comes from so many contacts; else 0 */
  bool folder;
  bool risky; /* incoming: its name says that opening it runs something, or hides what it is */
  bool lost; /* PAUSED: it is not where the giver had it; theirs goes on with RESUME and its path */
  bool blocked; /* incoming, PAUSED: its folder cannot be written to, or is full; goes on by itself,
                   or in another one (RESUME) */
  bool held;    /* paused here until the network costs nothing, or the user resumes it */
  bool paused_here, paused_there; /* PAUSED: by whom; by us also for want of room on the disk */
  unsigned files;                 /* 1, or so many at any depth of the folder */
  unsigned skipped; /* outgoing, just given: left out, as they are links, devices or not readable */
  char *reason; /* REFUSED, FAILED: in words; also what else went wrong on the way; NULL for none */
  GBytes *preview; /* hark-sizes.h; what the giver wants seen, proving nothing; NULL; owned */
} HarkTransfer;

typedef struct {
  unsigned dht_nodes, lan_peers, contact_points; /* as in HarkNetStatus */
  char **public_addresses;                       /* NULL-terminated */
  const char *mapping;                           /* "none", "nat-pmp", "pcp", "upnp" */
  const char *udp;                               /* "works", "blocked", "unknown" */
  bool published;                                /* others can find us now */
  bool relay;                                    /* we relay for contacts */
  uint64_t relay_rate;     /* bytes a second each way of two who go through us */
  char **relay_nodes;      /* the user's own: "NAME ADDRESS ..."; NULL-terminated */
  unsigned relayed_now;    /* pairs that go through us */
  uint64_t relayed_bytes;  /* since the start */
  unsigned other_networks; /* closed or public ones that are not ours, on the local network */
  bool lan_only;
  uint64_t refused; /* packets not sent because they would have left the local network */
} HarkNetworkState;

/* What the profile keeps of the user's choices. */
typedef struct {
  char *network;       /* closed network from the next start on; wiped; NULL: the public one */
  char **peers;        /* others who run Hark: "host[:port]"; NULL-terminated */
  char *backup_folder; /* of automatic backups; NULL: none are made */
  unsigned backup_keep, backup_hours;
  int64_t backup_last_ms;        /* Unix; 0: none yet */
  uint64_t limit_up, limit_down; /* of files, bytes/s; 0: none */
  const char *metered;           /* static; QUEUE, LIMIT, METERED: as its `how` */
  bool costly;                   /* the network costs by the byte, as the desktop says */
} HarkSettingsState;

/* Somebody on the local network who chose to be seen; the name is a claim. */
typedef struct {
  uint8_t account[HARK_ACCOUNT_LEN];
  char *name;
  char *address; /* for HARK_COMMAND_ADD */
} HarkNeighbour;

/* Somebody who keeps mail for us while we are away, or for whom we do. */
typedef struct {
  uint8_t account[HARK_ACCOUNT_LEN];
  char *name;
  bool node;   /* no contact but a node of ours */
  bool asked;  /* we want them to */
  bool keeps;  /* they do */
  bool wants;  /* they want us to */
  bool kept;   /* we do */
  bool online; /* connected now */
} HarkMailboxInfo;

typedef enum {
  HARK_FINDING_PROBLEM, /* this has to change */
  HARK_FINDING_HINT,    /* this may be why */
  HARK_FINDING_WELL,
} HarkFindingLevel;

/* One thing that the doctor found. */
typedef struct {
  HarkFindingLevel level;
  const char *code; /* stable word */
  char *text;       /* a sentence: what is */
  char *step;       /* a sentence or two: what to do; NULL for nothing */
} HarkFinding;

typedef enum {
  HARK_EVENT_READY,           /* account, address (nullable; without account a relay
                                 node's link), text (with an account that link), name, port */
  HARK_EVENT_RESULT,          /* of a command */
  HARK_EVENT_NETWORK,         /* network */
  HARK_EVENT_REQUEST,         /* person: somebody asks */
  HARK_EVENT_CONTACT,         /* person: added, changed, gone (REMOVED) */
  HARK_EVENT_MESSAGE,         /* message: new, in or out */
  HARK_EVENT_MESSAGE_CHANGED, /* message: edited, deleted or reacted to; as it is now */
  HARK_EVENT_MESSAGE_GONE,    /* message (id, contact, position): it has disappeared */
  HARK_EVENT_MESSAGE_STATE,   /* message (id, contact, state), reason */
  HARK_EVENT_GROUP,           /* group: new, changed, FORGOTTEN */
  HARK_EVENT_TYPING,          /* person.account in `account`, on */
  HARK_EVENT_FILE_OFFER,      /* transfer */
  HARK_EVENT_FILE_STATE,      /* transfer */
  HARK_EVENT_CALL,            /* call */
  HARK_EVENT_CALL_STATS,      /* call_stats, reason: a sentence while the connection is bad */
  HARK_EVENT_GROUP_CALL,      /* group_call: whoever is in it, and how; at every change */
  HARK_EVENT_GROUP_LEVELS,    /* of_group, levels: four times a second while we are in the call */
  HARK_EVENT_GROUP_STATS,     /* of_group, lines: likewise, every second */
  HARK_EVENT_ECHO_TEST,       /* number, on: it began, it is over */
  HARK_EVENT_RECORDING,       /* recording, reason: ten times a second while it is ON */
  HARK_EVENT_PLAYING,         /* playing, reason: likewise */
  HARK_EVENT_DEVICES,         /* devices, chosen, reason (no sound server): something has changed */
  HARK_EVENT_PEOPLE_HERE,     /* neighbours, on: all who chose to be seen, and whether we do */
  HARK_EVENT_WORDS,           /* account, words_state, text: the three of SHOWN; reason */
  HARK_EVENT_MEETING, /* meeting_step, code, reason; MET (take): address, number: files, or 0 */
  HARK_EVENT_PROFILE, /* profile: our own has changed */
  HARK_EVENT_CHAT,    /* chats: one whose settings or draft changed; `last` is not there */
  HARK_EVENT_CLEARED, /* account: messages of the conversation went, not by anybody's word */
  HARK_EVENT_MAILBOX, /* mailboxes, number: as the command says */
  HARK_EVENT_WARNING, /* code, text */
} HarkEventKind;

/* One flat value; borrowed by the callback. Fields not named for a kind are zero. */
struct HarkEvent {
  HarkEventKind kind;
  int64_t time_ms; /* Unix */
  uint8_t account[HARK_ACCOUNT_LEN];
  char *address, *name;
  uint16_t port;
  bool on;
  bool has_group; /* TYPING, PLACE: there */
  uint8_t of_group[HARK_MESSAGE_ID_LEN];

  /* RESULT */
  HarkCommandKind command;
  char *tag;
  bool ok;
  char *code;      /* stable word when not ok; also of WARNING */
  char *text;      /* the sentence; VERIFY: digits */
  uint64_t number; /* call */
  uint8_t id[HARK_MESSAGE_ID_LEN];
  GArray *numbers;      /* uint64_t: transfers of GIVE and FETCH */
  GPtrArray *shares;    /* HarkShareInfo: SHARES */
  GPtrArray *entries;   /* HarkBrowseEntry: BROWSE */
  GPtrArray *messages;  /* HarkMessage */
  GPtrArray *people;    /* HarkPerson: STATUS */
  GPtrArray *refused;   /* HarkRefused: QUARANTINE */
  GPtrArray *transfers; /* HarkTransfer: STATUS, HISTORY */
  GPtrArray *calls;     /* HarkCall: STATUS */
  GPtrArray *devices;   /* HarkSoundDevice: DEVICES, result and event */
  HarkSound *chosen;    /* DEVICES, DEVICE */
  GPtrArray *findings;  /* HarkFinding: DOCTOR, worst first */
  HarkLedgerInfo *ledger;
  GPtrArray *groups;     /* HarkGroupInfo: GROUP_LIST */
  GPtrArray *mailboxes;  /* HarkMailboxInfo: MAILBOX, result and event */
  GPtrArray *neighbours; /* HarkNeighbour: PEOPLE_HERE, result and event */
  GPtrArray *addresses;  /* HarkOwnAddress: ADDRESSES */
  GPtrArray *chats;      /* HarkChat: CHATS, and event CHAT */
  bool older, newer;     /* HISTORY: there is more before, behind */
  uint64_t position;     /* HISTORY, SEARCH, CALLS, PLACE */
  GBytes *picture;       /* PICTURE; NULL for none */
  GBytes *sound;         /* SOUND */
  GBytes *peaks;         /* WAVEFORM: HARK_PEAKS bytes */
  bool internal;         /* of a command that the core gave itself: nobody waits for it */
  char *qr;              /* VERIFY: for the other's Hark to scan */

  char *reason;        /* MESSAGE_STATE */
  int64_t next_try_ms; /* MESSAGE_STATE, QUEUED: Unix: when they are looked for; 0: not known */
  HarkNetworkState *network;
  HarkPerson *person;
  HarkMessage *message;
  HarkGroupInfo *group;
  HarkProfile *profile; /* PROFILE event and result, STATUS */
  HarkSettingsState *settings;
  HarkWordsState words_state;
  HarkMeetingStep meeting_step;
  HarkTransfer *transfer;
  HarkCall *call;
  HarkCallStats *call_stats;
  HarkGroupCall *group_call;
  GArray *levels;   /* HarkGroupLevel: ours as well */
  GPtrArray *lines; /* HarkGroupLine: of whoever we hear and are heard by */
  HarkRecording *recording;
  HarkPlaying *playing;
};

/* For core and the fake engine, which make events: fresh zeroed values and their free functions
 * (NULL is fine). */
HarkEvent *hark_event_new (HarkEventKind kind);
void hark_event_free (HarkEvent *event);
HarkPerson *hark_person_copy (const HarkPerson *person);
void hark_person_free (HarkPerson *person);
void hark_profile_free (HarkProfile *profile);
void hark_own_address_free (HarkOwnAddress *address);
HarkMessage *hark_message_copy (const HarkMessage *message);
void hark_message_free (HarkMessage *message);
void hark_group_person_free (HarkGroupPerson *person);
HarkGroupInfo *hark_group_info_copy (const HarkGroupInfo *info);
void hark_group_info_free (HarkGroupInfo *info);
HarkChat *hark_chat_copy (const HarkChat *chat);
void hark_chat_free (HarkChat *chat);
void hark_refused_free (HarkRefused *refused);
HarkTransfer *hark_transfer_copy (const HarkTransfer *transfer);
void hark_transfer_free (HarkTransfer *transfer);
HarkCall *hark_call_copy (const HarkCall *call);
void hark_call_free (HarkCall *call);
GPtrArray *hark_group_call_people_new (void); /* owns HarkGroupCallPerson */
HarkGroupCall *hark_group_call_copy (const HarkGroupCall *call);
void hark_group_call_free (HarkGroupCall *call);
void hark_network_state_free (HarkNetworkState *state);
void hark_mailbox_info_free (HarkMailboxInfo *info);
void hark_finding_free (HarkFinding *finding);
void hark_settings_state_free (HarkSettingsState *settings);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HarkEvent, hark_event_free)
