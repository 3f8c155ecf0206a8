/* core/files/transfer.h - one file on its way, at either end.
 *
 * Pure: no clock, disk, stream or store; all of these are outputs. One thread at a time.
 *
 *   outgoing   WAITING --they pull--> MOVING --SIGNAL DONE--> DONE
 *   incoming   OFFERED --take--> WAITING --session, part file open--> MOVING
 *              --root verified, on disk--> SETTLING --SIGNAL SETTLED--> DONE
 *              WAITING, MOVING, PAUSED --it outgrows what was agreed to--> OFFERED
 *   both       WAITING, MOVING <--> PAUSED;  any but SETTLING and DONE --> REFUSED, FAILED
 *
 * What holds: `done` of an incoming one counts whole blocks that were verified and written in
 * order. Nothing is ever renamed to its final name before the root over all blocks was verified and
 * the file synced. At most HARK_FILE_BLOCKS_AHEAD blocks are in memory. After a lost stream or
 * session the receiver pulls again from `done`; after a restart it hashes its part file first and
 * the sender its source, so that neither trusts what it remembers. Each pull says the root over
 * what is there already: where that is not the source's, because either changed, the receiver is
 * sent the source's block hashes and fetches the blocks that differ. Source: core/PROTOCOL.md
 * "Files".
 */
#pragma once

#include "core/files/disk-request.h"
#include "core/files/holders.h"
#include "core/files/pace.h"
#include "core/files/repeats.h"
#include "core/files/stream.h"
#include "net/base/key.h"
#include "net/base/time.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define HARK_FILE_PAUSED_THERE "The other side paused it." /* reason */
/* reasons of one whose source is gone, there and here; and what says so on the wire */
#define HARK_FILE_LOST_THERE "The other side cannot find it any more. It goes on when they have."
#define HARK_FILE_LOST "It is not where it was any more. Find it, and it goes on."
#define HARK_FILE_LOST_SAID "it is not where it was."
/* reasons of one that is held: the user may let it go on, or has to wait */
#define HARK_FILE_HELD_ASK "This network costs by the byte. Resume it to go on all the same."
#define HARK_FILE_HELD "This network costs by the byte. It goes on by itself on another."
#define HARK_FILE_BLOCKS_AHEAD 6 /* read but not sent, or received but not written */

/* Kept in the store; the numbers never change. DONE and above are finished and need not be
 * remembered. */
typedef enum {
  HARK_TRANSFER_OFFERED = 1, /* they offer; the user has not decided */
  HARK_TRANSFER_WAITING = 2, /* for a session, for their answer, or for the disk */
  HARK_TRANSFER_MOVING = 3,
  HARK_TRANSFER_PAUSED = 4,
  HARK_TRANSFER_SETTLING = 5, /* incoming: done here; they may not know yet */
  HARK_TRANSFER_DONE = 6,
  HARK_TRANSFER_REFUSED = 7,
  HARK_TRANSFER_FAILED = 8,
} HarkTransferState;

/* What the two sides say about an offer. The numbers are those on the wire. */
typedef enum {
  HARK_FILE_SIGNAL_ACCEPT = 1,
  HARK_FILE_SIGNAL_REFUSE = 2,
  HARK_FILE_SIGNAL_CANCEL = 3,
  HARK_FILE_SIGNAL_PAUSE = 4,
  HARK_FILE_SIGNAL_RESUME = 5,
  HARK_FILE_SIGNAL_DONE = 6,
  HARK_FILE_SIGNAL_SETTLED = 7,
  HARK_FILE_SIGNAL_FAIL = 8,
  HARK_FILE_SIGNAL_RATE = 9, /* the receiver asks for at most so much; for whoever sends */
} HarkFileSignal;

typedef enum {
  HARK_FILE_OUTPUT_OFFER,    /* say the offer (again) */
  HARK_FILE_OUTPUT_SIGNAL,   /* say `signal` with `reason` */
  HARK_FILE_OUTPUT_PULL,     /* open a stream, ask for `range`, then hark_file_transfer_pulling() */
  HARK_FILE_OUTPUT_DATA,     /* queue `bytes` on the stream; `finish` ends our direction */
  HARK_FILE_OUTPUT_CONSUME,  /* give the stream credit for `len` bytes */
  HARK_FILE_OUTPUT_RESET,    /* give `stream` up */
  HARK_FILE_OUTPUT_DISK,     /* `disk` */
  HARK_FILE_OUTPUT_STORE,    /* keep the transfer as it is now, and then `disk`, if any */
  HARK_FILE_OUTPUT_LIST,     /* keep hark_file_transfer_list() until it is over */
  HARK_FILE_OUTPUT_CHANGED,  /* state or progress: tell the user */
  HARK_FILE_OUTPUT_DAMAGED,  /* `source` has a damaged copy: tell the user whose */
  HARK_FILE_OUTPUT_WITHHELD, /* `source` never sends what it says that it has: likewise */
} HarkFileOutputKind;

typedef struct {
  HarkFileOutputKind kind;
  HarkFileSignal signal;
  const char *reason; /* static; "" for none */
  HarkFileRange range;
  unsigned source; /* PULL, CONSUME, RESET: whose stream (swarm.h); 0: that of the transfer */
  int64_t stream;
  size_t len;
  GBytes *bytes; /* owned by the caller, as is disk */
  bool finish;
  HarkDiskRequest *disk;
} HarkFileOutput;

typedef struct HarkFileTransfer HarkFileTransfer;
typedef struct HarkFileSwarm HarkFileSwarm;

/* The facts; everything but `state` is set before the first input. */
struct HarkFileTransfer {
  uint64_t id;                        /* ours */
  uint8_t offer[HARK_FILE_OFFER_LEN]; /* the same on both sides */
  HarkKey contact;
  bool outgoing;
  HarkTransferState state;
  char *name;    /* cleaned */
  char *path;    /* outgoing: source; incoming: target, NULL until taken */
  char *reason;  /* NULL for none */
  char *note;    /* incoming: in its place while there is none (swarm.h); until the next start */
  uint64_t size; /* bytes; of a folder with its manifest (manifest.h) */
  HarkFolderFacts folder; /* all zero: a single file */
  GBytes *manifest; /* DONE, incoming, or serving one of these: the folder's list, where what lies
                       there does not give the same; owned; NULL */
  uint8_t sample[HARK_FILE_SAMPLE_LEN]; /* zeros: not known, or a folder */
  GBytes *preview;                      /* owned; of a picture, when the giver wants; NULL */
  bool heard;               /* outgoing: they said something about it, so they have the preview */
  HarkFileHolders *holders; /* of a file for a group, whose key `contact` is then: there is never a
                               session, and an incoming one knows its `root` from the start, takes
                               it from whoever has it (hark_file_transfer_source()), and is DONE
                               when it is on the disk; owned; NULL */
  unsigned place;  /* incoming, for a group: which of `holders` we are; whoever fetches it side by
                      side begins at another place */
  uint64_t serves; /* outgoing: for the transfer with this id; kept nowhere; 0: for itself */
  bool part;       /* outgoing, serves: from what is there of it; `hashes` are those of all blocks,
                      and nothing with another one is sent */
  bool lost;       /* the source is gone, or another; PAUSED until the giver finds it */
  bool untold;     /* incoming, for a group: what is here was looked through, and nobody heard it */
  bool has_fetch;  /* outgoing: the other side asked for it, */
  uint8_t fetch[8]; /* with this; until the next start */
  unsigned skipped; /* outgoing: entries that were left out; until the next start */
  int64_t mtime_ms; /* 0 for folders */
  uint64_t done;    /* bytes; see store.h */
  uint8_t root[HARK_TREE_HASH_LEN];
  int64_t made_ms;
  double rate; /* bytes/s, lately */

  /* of whoever drives the machine */
  bool hashed;        /* outgoing: `root` is known now, and the group is to hear of it */
  bool told_end;      /* of a file for a group: members know that it is here; in this run */
  unsigned told_have; /* and that so many have it */
  HarkPace asked;     /* outgoing: as fast as they want it */
  bool costly_ok;     /* the user lets it move over a metered network */
  bool told;          /* outgoing: the offer was said in this session, */
  bool answered;      /* and that they answered was noticed */
  bool queued;        /* outgoing: the offer waits until others were answered */
  bool counted;       /* incoming: among those that move */
  HarkTime tell_at;   /* incoming, for a group: when members are to hear how much is here */

  /* the machine's own */
  char *directory; /* incoming: where it is to go */
  uint64_t agreed; /* incoming: its size when it was taken, or at the start; 0: not yet */
  bool online;     /* there is a session */
  bool paused_here, paused_there;
  bool on_hold;   /* paused_here, and not by a click */
  bool disk_full; /* incoming, paused_here: goes on by itself when it can be written */
  bool moves;     /* incoming, opening: it goes to `directory`, from where `path` is; */
  char *left;     /* incoming: what is left there: goes when `path` is stored; owned; NULL */
  bool file_open; /* by the disk worker, and checked: may be read or written */
  bool opening;
  bool hashing;        /* outgoing: is read through for its root */
  bool older;          /* incoming: the folder has what an older list named; its list comes first */
  bool looking;        /* incoming, opening: waits for hark_file_transfer_found() */
  bool looked_up;      /* of whoever drives the machine: the answer is on its way */
  int64_t stream;      /* -1: none */
  uint64_t generation; /* of disk requests: replies to older ones are dropped */
  GByteArray *hashes;  /* of the blocks from 0 on */
  HarkFileRange range; /* that was asked for last */
  GArray *patches;     /* incoming: Range, in order: below `done` and other than the source */
  HarkFileRepeats *repeats; /* outgoing: NULL until there was a block */
  HarkFileSwarm *swarm;     /* incoming: swarm.h; NULL: nobody else has it */
  unsigned maps;            /* incoming: since the last block that was written */
  unsigned changes;         /* outgoing: times that the source was another than offered */
  uint64_t next_read;       /* outgoing: what to ask the disk for next */
  unsigned in_flight;       /* disk reads or writes */
  GQueue ready;             /* outgoing: HarkDiskReply, read and not sent */
  bool end_sent;
  HarkFileReader reader; /* incoming */
  bool reading;          /* reader is in use */
  bool end_seen;
  size_t held; /* bytes without credit, because the disk is behind */
  unsigned mismatches;
  bool from_scratch; /* the root was wrong once: all was asked for again */
  HarkTime retry_at, report_at, now;
  uint64_t reported; /* bytes at the last report */
  HarkTime reported_at;
  uint64_t stored; /* `done` when last kept */
  GQueue outputs;  /* HarkFileOutput */
};

/* hark_file_transfer_new: with nothing but id, direction and contact set; state OFFERED or WAITING.
 */
HarkFileTransfer *hark_file_transfer_new (uint64_t id, const HarkKey *contact, bool outgoing);
void hark_file_transfer_free (HarkFileTransfer *transfer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HarkFileTransfer, hark_file_transfer_free)

/* hark_file_transfer_is_over: finished, and nothing has to be remembered. */
bool hark_file_transfer_is_over (const HarkFileTransfer *transfer);

/* hark_file_transfer_bytes: what the user should see as moved. */
uint64_t hark_file_transfer_bytes (const HarkFileTransfer *transfer);

/* Clicks. Each returns NULL, or a static sentence why it cannot be done, changing nothing. */
const char *
hark_file_transfer_take (HarkFileTransfer *transfer, const char *directory, HarkTime now);
const char *hark_file_transfer_refuse (HarkFileTransfer *transfer, HarkTime now);
const char *hark_file_transfer_pause (HarkFileTransfer *transfer, HarkTime now);
const char *hark_file_transfer_resume (HarkFileTransfer *transfer, HarkTime now);

/* hark_file_transfer_find: outgoing, `lost`: it lies at @path now; what is there is compared. */
const char *hark_file_transfer_find (HarkFileTransfer *transfer, const char *path, HarkTime now);

/* hark_file_transfer_move: incoming, taken: goes on in @directory, with what there is of it, and is
 * resumed unless a network that costs holds it. Where that folder cannot be written to either it
 * stays where it was, PAUSED. */
const char *
hark_file_transfer_move (HarkFileTransfer *transfer, const char *directory, HarkTime now);
const char *hark_file_transfer_cancel (HarkFileTransfer *transfer, HarkTime now);

/* hark_file_transfer_hold: paused here with @words (static: HARK_FILE_HELD...) as long as the
 * driver wants, unless it is paused here already; _unhold: resumes what was held. */
void hark_file_transfer_hold (HarkFileTransfer *transfer, const char *words, HarkTime now);
void hark_file_transfer_unhold (HarkFileTransfer *transfer, HarkTime now);

/* What the other side and the net do. Drain hark_file_transfer_poll() after each. */
void hark_file_transfer_session (HarkFileTransfer *transfer, bool up, HarkTime now);

/* hark_file_transfer_offered_again: they said the offer of a transfer we know; with another size,
 * time or manifest their source has changed, and only what differs is fetched again. */
void hark_file_transfer_offered_again (HarkFileTransfer *transfer,
                                       uint64_t size,
                                       int64_t mtime_ms,
                                       const HarkFolderFacts *folder,
                                       HarkTime now);

/* hark_file_transfer_outgrows: incoming, taken: with @size it would be another thing than what was
 * agreed to: more than twice as large, and not by a little. */
bool hark_file_transfer_outgrows (const HarkFileTransfer *transfer, uint64_t size);

/* hark_file_transfer_ask_again: incoming, taken: is OFFERED, as at first; what came of it stays. */
void hark_file_transfer_ask_again (HarkFileTransfer *transfer, HarkTime now);

/* hark_file_transfer_signal: @signal is from the wire, unknown numbers are ignored; @reason is text
 * to show. */
void hark_file_transfer_signal (HarkFileTransfer *transfer,
                                unsigned signal,
                                const char *reason,
                                HarkTime now);

/* hark_file_transfer_pulled: outgoing: they opened @stream and want @range, which may be nonsense.
 */
void hark_file_transfer_pulled (HarkFileTransfer *transfer,
                                int64_t stream,
                                const HarkFileRange *range,
                                HarkTime now);

/* hark_file_transfer_read_through: outgoing, WAITING: reads the source through, until it is
 * `hashed`; FAILED when that does not go. */
void hark_file_transfer_read_through (HarkFileTransfer *transfer, HarkTime now);

/* hark_file_transfer_given: outgoing, of a group: it was offered to all: DONE. */
void hark_file_transfer_given (HarkFileTransfer *transfer, HarkTime now);

/* hark_file_transfer_pulling: incoming: the PULL output was done; @stream is -1 when none could be
 * opened. */
void hark_file_transfer_pulling (HarkFileTransfer *transfer, int64_t stream, HarkTime now);

/* hark_file_transfer_stand_back: incoming: in place of a PULL output: another transfer brings the
 * same, and this one asks again later. */
void hark_file_transfer_stand_back (HarkFileTransfer *transfer, HarkTime now);

/* hark_file_transfer_data: incoming: @data came on the stream, in @piece (nullable) as
 * hark_file_reader_take() wants it; CONSUME outputs give credit for all of it, in time. */
void hark_file_transfer_data (
  HarkFileTransfer *transfer, GBytes *piece, const uint8_t *data, size_t len, HarkTime now);
void hark_file_transfer_stream_closed (HarkFileTransfer *transfer, HarkTime now);

/* hark_file_transfer_found: incoming, `looking`: paths of files of that size, NULL for
 * none. */
void hark_file_transfer_found (HarkFileTransfer *transfer, const char *const *paths, HarkTime now);

/* hark_file_transfer_wants_room: outgoing: there is something to queue; ask the stream for room
 * and, if there is any, let hark_file_transfer_send() make one DATA output. */
bool hark_file_transfer_wants_room (const HarkFileTransfer *transfer);
void hark_file_transfer_send (HarkFileTransfer *transfer, HarkTime now);

/* hark_file_transfer_disk: (transfer full) @reply. */
void hark_file_transfer_disk (HarkFileTransfer *transfer, HarkDiskReply *reply, HarkTime now);

/* The doors of every pure module: what is due by @now; when to come back; the next output (owned by
 * the caller), false when there is none. */
void hark_file_transfer_handle_time (HarkFileTransfer *transfer, HarkTime now);
HarkTime hark_file_transfer_get_deadline (const HarkFileTransfer *transfer);
bool hark_file_transfer_poll (HarkFileTransfer *transfer, HarkFileOutput *ret);
