/* core/calls/round.h - the call of a group, as one member knows it: who is in it, and who of them
 * is heard.
 *
 * Pure: no clock, no sockets, no randomness; one thread at a time. Everybody tells every member
 * with whom there is a session one word about themselves (core/PROTOCOL.md "Calls of groups"):
 * whether they are in it, and whom they hear. There is no list of the call beside that, so nothing
 * can get out of step: who does not say so on a new session is not in it.
 *
 *               JOIN                  HOLD, another call
 *      OUT --------------> IN ------------------------------> HELD
 *       ^                  | ^                                 | |
 *       |   LEAVE, full    | +---------------------------------+ |
 *       +------------------+              JOIN                   |
 *       +--------------------------------------------------------+
 *
 * What holds: IN, in which the microphone is open, is entered by hark_round_join() alone, which is
 * a click; nothing that others say leads there. Calls of one group that began at once are one: the
 * lower number counts.
 */
#pragma once

#include "net/base/key.h"
#include "net/base/time.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define HARK_ROUND_PEOPLE_MAX 6 /* with us */
#define HARK_ROUND_OTHERS_MAX (HARK_ROUND_PEOPLE_MAX - 1)
#define HARK_ROUND_RECONNECT_TIME (20 * HARK_SECOND) /* from the loss of the session */
#define HARK_ROUND_FULL_TIME (10 * HARK_SECOND)      /* after joining: "full" is heeded so long */
#define HARK_ROUND_VOLUME 100                        /* per cent */

typedef enum { HARK_ROUND_OUT, HARK_ROUND_IN, HARK_ROUND_HELD } HarkRoundState;

/* What somebody says of themselves. */
typedef struct {
  uint64_t id; /* of the call; 0: not in it */
  bool held, muted;
  bool full;  /* to the reader: too many are in it for you */
  unsigned n; /* whom they hear: */
  HarkKey others[HARK_ROUND_OTHERS_MAX];
} HarkRoundWord;

/* Somebody in the call, by their own word. */
typedef struct {
  HarkKey peer;
  HarkRoundWord word;
  uint32_t session; /* in which they said it */
  bool away;        /* that is lost, */
  HarkTime lost_at; /* since then */
} HarkRoundPeer;

/* The incoming streams of the voice: whose each is. */
typedef struct {
  bool used;
  HarkKey peer;
  unsigned volume; /* per cent */
} HarkRoundSlot;

typedef struct {
  HarkKey own;
  HarkRoundState state;
  bool muted;
  uint64_t id;      /* 0: nobody is in it */
  uint64_t last_id; /* the last that was known: it does not begin again */
  HarkTime joined_at;
  unsigned n;
  HarkRoundPeer peers[HARK_ROUND_PEOPLE_MAX]; /* by account */
  HarkRoundSlot slots[HARK_ROUND_OTHERS_MAX];
} HarkRound;

/* What came of an input. */
typedef enum {
  HARK_ROUND_CHANGED = 1 << 0, /* the user sees something else; others may have to be told */
  HARK_ROUND_BEGAN = 1 << 1,   /* a call of which nothing was known */
  HARK_ROUND_REFUSED = 1 << 2, /* whoever said it is to be told that it is full */
  HARK_ROUND_PUT_OUT = 1 << 3, /* we are out of it, for it is full */
} HarkRoundResult;

/* hark_round_init: @own: our account key. */
void hark_round_init (HarkRound *round, const HarkKey *own);

/* hark_round_join: a click: goes in, or takes it back; false, changing nothing, when it is full or
 * we are IN. @id: fresh random number, not 0, for a call that begins with us. */
bool hark_round_join (HarkRound *round, uint64_t id, HarkTime now);

/* hark_round_leave, _hold: false, changing nothing, when we are not in it, or not IN. */
bool hark_round_leave (HarkRound *round);
bool hark_round_hold (HarkRound *round);

/**
 * hark_round_hear:
 * @peer: a member, whose session @session is
 * @word: as read from the wire; others may be anybody
 *
 * Returns: HarkRoundResult, several
 */
unsigned hark_round_hear (
  HarkRound *round, const HarkKey *peer, uint32_t session, const HarkRoundWord *word, HarkTime now);

/* hark_round_session: the path to @peer is up again, or lost; @session as before or another one.
 * hark_round_forget: they are no member, or no contact, any more. True: changed. */
bool
hark_round_session (HarkRound *round, const HarkKey *peer, uint32_t session, bool up, HarkTime now);
bool hark_round_forget (HarkRound *round, const HarkKey *peer);

/* hark_round_handle_time: who was lost too long is out; true: changed. _get_deadline: when. */
bool hark_round_handle_time (HarkRound *round, HarkTime now);
HarkTime hark_round_get_deadline (const HarkRound *round);

/* hark_round_word: ours, for everybody. */
void hark_round_word (const HarkRound *round, HarkRoundWord *ret);

/* hark_round_peer: (nullable): borrowed until the next input. _slot: (nullable): likewise the
 * stream of @peer, while we are not OUT. _talks: sound goes both ways now. */
const HarkRoundPeer *hark_round_peer (const HarkRound *round, const HarkKey *peer);
HarkRoundSlot *hark_round_slot (HarkRound *round, const HarkKey *peer);
bool hark_round_talks (const HarkRound *round, const HarkKey *peer);

/* hark_round_others: everybody in it but us, by whoever's word, in @ret; returns how many, at most
 * @max. */
unsigned hark_round_others (const HarkRound *round, HarkKey *ret, unsigned max);
