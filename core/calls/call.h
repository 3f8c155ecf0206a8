/* core/calls/call.h - one call at a time: who rings, who answers, when the microphone opens.
 *
 * Pure: no clock, no sockets, no randomness; one thread at a time. Knows signals as values; core.c
 * puts them on the wire and takes them off it (core/PROTOCOL.md "Call").
 *
 *              USER_DIAL                 PEER_RINGING
 *      IDLE ------------> DIALLING ------------------> RINGING_OUT
 *       |                    |   PEER_ACCEPT, _RESUME,    |
 *       | PEER_OFFER         |   PEER_OFFER_CROSSED       |
 *       v      USER_ACCEPT   v                            |
 *    RINGING ------------> ACTIVE <-----------------------+
 *       |                  |    ^   USER_HOLD, PEER_HOLD
 *       |  NET_SESSION_LOST|    | <----------------------> HELD_HERE, HELD_THERE, HELD_BOTH
 *       |                  v    |   USER_UNHOLD, PEER_UNHOLD        |    ^
 *       |               RECONNECTING                                v    |
 *       |                 (20 s)                         LOST_HELD_HERE, _THERE, _BOTH (20 s)
 *       v                  v
 *     ENDED: told to the outside once, then IDLE again
 *
 * What holds: the microphone is open in ACTIVE and RECONNECTING and nowhere else; a hold by either
 * side closes it on both. These two are entered in one function, which asserts that this call was
 * dialled or accepted by a click here; no chain of PEER_, CLOCK_ and NET_ inputs from IDLE leads
 * there. Who was put on hold is back in the call when the other side takes it back: the click of
 * then still counts. An input that has no row in the table is counted and changes nothing. Whether
 * a stranger may ring is the caller's affair: hand in offers of accepted contacts only. Two calls
 * at a time: lines.h.
 */
#pragma once

#include "net/base/key.h"
#include "net/base/time.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define HARK_CALL_RING_TIME (45 * HARK_SECOND)      /* from dialling, or from the offer's arrival */
#define HARK_CALL_RECONNECT_TIME (20 * HARK_SECOND) /* from the loss of the session */
#define HARK_CALL_OUTPUTS_MAX 16                    /* one input makes at most 8 outputs */

typedef struct HarkCallMachine HarkCallMachine;

typedef enum {
  HARK_CALL_IDLE,
  HARK_CALL_DIALLING,    /* we called; nothing heard from their device yet */
  HARK_CALL_RINGING,     /* they called; our device rings */
  HARK_CALL_RINGING_OUT, /* we called; their device rings */
  HARK_CALL_ACTIVE,      /* microphone and speaker are open */
  HARK_CALL_HELD_HERE,   /* we put them on hold */
  HARK_CALL_HELD_THERE,  /* they put us on hold */
  HARK_CALL_HELD_BOTH,
  HARK_CALL_RECONNECTING,   /* as ACTIVE, but there is no session to them at the moment */
  HARK_CALL_LOST_HELD_HERE, /* likewise the three that hold */
  HARK_CALL_LOST_HELD_THERE,
  HARK_CALL_LOST_HELD_BOTH,
  HARK_CALL_ENDED, /* only ever seen in an output; the machine itself is IDLE again */
  HARK_CALL_N_STATES,
} HarkCallState;

/* What can happen, and who can make it happen. */
typedef enum {
  HARK_CALL_USER_DIAL,
  HARK_CALL_USER_ACCEPT,
  HARK_CALL_USER_DECLINE,
  HARK_CALL_USER_HANGUP,
  HARK_CALL_USER_HOLD,
  HARK_CALL_USER_UNHOLD,
  HARK_CALL_PEER_OFFER,         /* an offer while we have no call */
  HARK_CALL_PEER_OFFER_AGAIN,   /* the offer of this very call, repeated after a reconnect */
  HARK_CALL_PEER_OFFER_CROSSED, /* another offer by the peer of this call */
  HARK_CALL_PEER_RINGING,
  HARK_CALL_PEER_ACCEPT,
  HARK_CALL_PEER_DECLINE,
  HARK_CALL_PEER_BUSY,
  HARK_CALL_PEER_HANGUP,
  HARK_CALL_PEER_RESUME,
  HARK_CALL_PEER_HOLD,
  HARK_CALL_PEER_UNHOLD,
  HARK_CALL_CLOCK_DEADLINE,
  HARK_CALL_NET_SESSION_UP,
  HARK_CALL_NET_SESSION_LOST,
  HARK_CALL_N_INPUTS,
} HarkCallInput;

/* What devices say to each other about a call. The numbers are those on the wire. */
typedef enum {
  HARK_CALL_SIGNAL_OFFER = 1,
  HARK_CALL_SIGNAL_RINGING = 2,
  HARK_CALL_SIGNAL_ACCEPT = 3,
  HARK_CALL_SIGNAL_DECLINE = 4,
  HARK_CALL_SIGNAL_BUSY = 5,   /* carries a reason: BUSY or QUIET */
  HARK_CALL_SIGNAL_HANGUP = 6, /* carries a reason */
  HARK_CALL_SIGNAL_RESUME = 7, /* "I am still in this call", on a new session */
  HARK_CALL_SIGNAL_HOLD = 8,   /* "you are on hold" */
  HARK_CALL_SIGNAL_UNHOLD = 9,
} HarkCallSignal;

/* Why a call ended. The numbers are those on the wire (HANGUP, BUSY) and never change. */
typedef enum {
  HARK_CALL_REASON_NONE = 0,
  HARK_CALL_REASON_HANGUP = 1,      /* somebody hung up */
  HARK_CALL_REASON_CANCELLED = 2,   /* the caller gave up before an answer */
  HARK_CALL_REASON_DECLINED = 3,    /* the one called said no */
  HARK_CALL_REASON_BUSY = 4,        /* the one called is in another call */
  HARK_CALL_REASON_NO_ANSWER = 5,   /* rang for HARK_CALL_RING_TIME */
  HARK_CALL_REASON_LOST = 6,        /* the connection did not come back in time */
  HARK_CALL_REASON_UNREACHABLE = 7, /* their device never answered the offer */
  HARK_CALL_REASON_QUIET = 8,       /* the one called wants not to be disturbed */
} HarkCallReason;

typedef enum {
  HARK_CALL_OUTPUT_SIGNAL,      /* send signal (with reason) about id to peer; drop it when there
                                 * is no session: the machine repeats what counts on the next one */
  HARK_CALL_OUTPUT_STATE,       /* state is new; reason and by_peer when it is ENDED */
  HARK_CALL_OUTPUT_MEDIA_START, /* open microphone (field microphone) and speaker */
  HARK_CALL_OUTPUT_MEDIA_STOP,  /* close both at once */
  HARK_CALL_OUTPUT_MISSED,      /* peer called in vain: BUSY was sent, with this reason */
} HarkCallOutputKind;

typedef struct {
  HarkCallOutputKind kind;
  HarkKey peer;    /* whose call this is about: account key */
  uint64_t id;     /* on the wire; may change when offers cross, so it names no call in the ui */
  bool outgoing;   /* we dialled */
  bool microphone; /* MEDIA_START, and there always true */
  bool by_peer;    /* ENDED: they, not we, ended it */
  bool missed;     /* MISSED, and ENDED of a call that rang here and was not answered */
  bool repeated;   /* such: so was another of theirs a moment ago (lines.h): no entry of its own in
                    * the conversation; the machine says false */
  unsigned line;   /* lines.h; the machine says 0 */
  HarkCallState state;
  HarkCallState from; /* STATE: what it was before */
  HarkCallSignal signal;
  HarkCallReason reason;
} HarkCallOutput;

typedef struct {
  HarkCallState state;
  HarkKey peer; /* of the current call; zero when IDLE */
  uint64_t id;
  bool outgoing;
  bool microphone;  /* open now */
  HarkTime since;   /* when state was entered */
  uint64_t ignored; /* inputs without a row, signals about other calls; since new */
} HarkCallView;

/* hark_call_machine_new: @own: our account key, for crossed offers. Never NULL. */
HarkCallMachine *hark_call_machine_new (const HarkKey *own);
void hark_call_machine_free (HarkCallMachine *machine);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HarkCallMachine, hark_call_machine_free)

/* Clicks. Each returns false, changing nothing, when the call is not in a state for it.
 * After every input, of any kind, drain hark_call_machine_poll() before the next. */

/* hark_call_machine_dial: @id: fresh random number, not 0. False while another call exists. There
 * need be no session yet: report it by hark_call_machine_session() when it is up and the offer goes
 * out then. */
bool
hark_call_machine_dial (HarkCallMachine *machine, const HarkKey *peer, uint64_t id, HarkTime now);

/* hark_call_machine_accept: answers the call that rings here. */
bool hark_call_machine_accept (HarkCallMachine *machine, HarkTime now);

/* hark_call_machine_hangup: ends the call whatever its state; while it rings here that declines it.
 */
bool hark_call_machine_hangup (HarkCallMachine *machine, HarkTime now);

/* hark_call_machine_hold: on: puts the other side on hold; off: takes the call back. */
bool hark_call_machine_hold (HarkCallMachine *machine, bool on, HarkTime now);

/* hark_call_machine_refuse: an offer that is not to ring is answered BUSY with @reason (BUSY,
 * QUIET) and reported MISSED; nothing else changes. */
void hark_call_machine_refuse (HarkCallMachine *machine,
                               const HarkKey *peer,
                               uint64_t id,
                               HarkCallReason reason);

/**
 * hark_call_machine_signal:
 * @peer: whose session it came over
 * @signal: as read from the wire; unknown numbers are counted and ignored
 * @id: not 0
 * @reason: of a HANGUP; unknown numbers count as HARK_CALL_REASON_HANGUP; of a BUSY
 *
 * An offer by somebody else than the peer of the current call is answered BUSY and reported MISSED;
 * the current call does not change. Signals about other calls than the current one are ignored.
 */
void hark_call_machine_signal (HarkCallMachine *machine,
                               const HarkKey *peer,
                               HarkCallSignal signal,
                               uint64_t id,
                               HarkCallReason reason,
                               HarkTime now);

/* hark_call_machine_session: the session with @peer came up (also: was replaced by a new one) or
 * was lost. Other peers than the current call's are ignored: report all of them. */
void
hark_call_machine_session (HarkCallMachine *machine, const HarkKey *peer, bool up, HarkTime now);

/* The doors of every pure module: what is due by @now; the next output, false when there is none;
 * when to come back. */
void hark_call_machine_handle_time (HarkCallMachine *machine, HarkTime now);
bool hark_call_machine_poll (HarkCallMachine *machine, HarkCallOutput *ret);
HarkTime hark_call_machine_get_deadline (const HarkCallMachine *machine);

/* hark_call_machine_view: what is known of the call there is. */
void hark_call_machine_view (const HarkCallMachine *machine, HarkCallView *ret);

/* hark_call_is_talking: the microphone is open in @state. _is_held_here, _there: that side holds.
 * _is_away: there is no session. _is_accepted: both clicked. */
bool hark_call_is_talking (HarkCallState state);
bool hark_call_is_held_here (HarkCallState state);
bool hark_call_is_held_there (HarkCallState state);
bool hark_call_is_away (HarkCallState state);
bool hark_call_is_accepted (HarkCallState state);

/* hark_call_step: what the table says: true and the next state in @ret when @input has a row in
 * @from. For tests and documents. */
bool hark_call_step (HarkCallState from, HarkCallInput input, HarkCallState *ret);

/* hark_call_state_to_word: a lower-case word for logs ("ringing-out"). hark_call_reason_to_text: a
 * sentence for the user. Static; never NULL. */
const char *hark_call_state_to_word (HarkCallState state);
const char *hark_call_reason_to_text (HarkCallReason reason, bool outgoing, bool by_peer);
