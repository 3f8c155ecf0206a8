#define G_LOG_DOMAIN "hark-calls"

#include "core/calls/call.h"

#include <string.h>

/* What a step does besides changing the state. */
enum {
  SEND_OFFER = 1 << 0,
  SEND_RINGING = 1 << 1,
  SEND_ACCEPT = 1 << 2, /* of the id the input was about */
  SEND_DECLINE = 1 << 3,
  SEND_HANGUP = 1 << 4, /* with the row's reason */
  SEND_RESUME = 1 << 5,
  REPLACE = 1 << 6, /* the old call ends and one by the same peer begins */
  CROSS = 1 << 7,   /* two offers become one call */
  SEND_HOLD = 1 << 8,
  SEND_UNHOLD = 1 << 9,
};

typedef struct {
  HarkCallState from;
  HarkCallInput input;
  HarkCallState to;
  HarkCallReason reason; /* when @to is ENDED: why; 0: the peer's word for it */
  unsigned effects;
} Step;

#define IDLE HARK_CALL_IDLE
#define DIALLING HARK_CALL_DIALLING
#define RINGING HARK_CALL_RINGING
#define RINGING_OUT HARK_CALL_RINGING_OUT
#define ACTIVE HARK_CALL_ACTIVE
#define RECONNECTING HARK_CALL_RECONNECTING
#define HELD_HERE HARK_CALL_HELD_HERE
#define HELD_THERE HARK_CALL_HELD_THERE
#define HELD_BOTH HARK_CALL_HELD_BOTH
#define LOST_HELD_HERE HARK_CALL_LOST_HELD_HERE
#define LOST_HELD_THERE HARK_CALL_LOST_HELD_THERE
#define LOST_HELD_BOTH HARK_CALL_LOST_HELD_BOTH
#define ENDED HARK_CALL_ENDED
#define WHY(word) HARK_CALL_REASON_##word

/* What @here, with a session, and @away, without one, share with the other states of an accepted
 * call. On a new session both sides say again whether they hold (@ours). */
#define ACCEPTED(here, away, ours)                                                        \
  {here, HARK_CALL_USER_HANGUP, ENDED, WHY (HANGUP), SEND_HANGUP},                        \
    {here, HARK_CALL_PEER_OFFER_AGAIN, here, 0, SEND_ACCEPT | (ours)},                    \
    {here, HARK_CALL_PEER_OFFER_CROSSED, RINGING, WHY (LOST), REPLACE | SEND_RINGING},    \
    {here, HARK_CALL_PEER_RESUME, here, 0, SEND_ACCEPT},                                  \
    {here, HARK_CALL_PEER_HANGUP, ENDED, 0, 0},                                           \
    {here, HARK_CALL_NET_SESSION_UP, here, 0, SEND_RESUME | (ours)},                      \
    {here, HARK_CALL_NET_SESSION_LOST, away, 0, 0},                                       \
    {away, HARK_CALL_USER_HANGUP, ENDED, WHY (HANGUP), SEND_HANGUP},                      \
    {away, HARK_CALL_PEER_OFFER_AGAIN, here, 0, SEND_ACCEPT | (ours)},                    \
    {away, HARK_CALL_PEER_OFFER_CROSSED, RINGING, WHY (LOST), REPLACE | SEND_RINGING},    \
    {away, HARK_CALL_PEER_ACCEPT, here, 0, 0}, {away, HARK_CALL_PEER_RESUME, here, 0, 0}, \
    {away, HARK_CALL_PEER_HANGUP, ENDED, 0, 0},                                           \
    {away, HARK_CALL_CLOCK_DEADLINE, ENDED, WHY (LOST), SEND_HANGUP},                     \
  {                                                                                       \
    away, HARK_CALL_NET_SESSION_UP, away, 0, SEND_RESUME | (ours)                         \
  }

/* Our hold leads from @free to @held and back, also without a session; theirs only with one. What
 * is so already may be said again. */
#define HOLD(free, held, free_away, held_away)           \
  {free, HARK_CALL_USER_HOLD, held, 0, SEND_HOLD},       \
    {held, HARK_CALL_USER_UNHOLD, free, 0, SEND_UNHOLD}, \
    {free_away, HARK_CALL_USER_HOLD, held_away, 0, 0},   \
  {                                                      \
    held_away, HARK_CALL_USER_UNHOLD, free_away, 0, 0    \
  }
#define HELD(free, held)                                                              \
  {free, HARK_CALL_PEER_HOLD, held, 0, 0}, {held, HARK_CALL_PEER_UNHOLD, free, 0, 0}, \
    {free, HARK_CALL_PEER_UNHOLD, free, 0, 0},                                        \
  {                                                                                   \
    held, HARK_CALL_PEER_HOLD, held, 0, 0                                             \
  }

/* Every step a call can take. What is not listed does not happen. */
static const Step steps[] = {
  {IDLE,        HARK_CALL_USER_DIAL,          DIALLING,    0,                 SEND_OFFER            },
  {IDLE,        HARK_CALL_PEER_OFFER,         RINGING,     0,                 SEND_RINGING          },

  {DIALLING,    HARK_CALL_USER_HANGUP,        ENDED,       WHY (CANCELLED),   SEND_HANGUP           },
  {DIALLING,    HARK_CALL_PEER_OFFER_CROSSED, ACTIVE,      0,                 CROSS | SEND_ACCEPT   },
  {DIALLING,    HARK_CALL_PEER_RINGING,       RINGING_OUT, 0,                 0                     },
  {DIALLING,    HARK_CALL_PEER_ACCEPT,        ACTIVE,      0,                 0                     },
  {DIALLING,    HARK_CALL_PEER_RESUME,        ACTIVE,      0,                 0                     }, /* their ACCEPT was lost with the session */
  {DIALLING,    HARK_CALL_PEER_DECLINE,       ENDED,       WHY (DECLINED),    0                     },
  {DIALLING,    HARK_CALL_PEER_BUSY,          ENDED,       0,                 0                     },
  {DIALLING,    HARK_CALL_PEER_HANGUP,        ENDED,       0,                 0                     },
  {DIALLING,    HARK_CALL_CLOCK_DEADLINE,     ENDED,       WHY (UNREACHABLE), SEND_HANGUP           },
  {DIALLING,    HARK_CALL_NET_SESSION_UP,     DIALLING,    0,                 SEND_OFFER            },

  {RINGING_OUT, HARK_CALL_USER_HANGUP,        ENDED,       WHY (CANCELLED),   SEND_HANGUP           },
  {RINGING_OUT, HARK_CALL_PEER_OFFER_CROSSED, ACTIVE,      0,                 CROSS | SEND_ACCEPT   },
  {RINGING_OUT, HARK_CALL_PEER_ACCEPT,        ACTIVE,      0,                 0                     },
  {RINGING_OUT, HARK_CALL_PEER_RESUME,        ACTIVE,      0,                 0                     },
  {RINGING_OUT, HARK_CALL_PEER_DECLINE,       ENDED,       WHY (DECLINED),    0                     },
  {RINGING_OUT, HARK_CALL_PEER_BUSY,          ENDED,       0,                 0                     },
  {RINGING_OUT, HARK_CALL_PEER_HANGUP,        ENDED,       0,                 0                     },
  {RINGING_OUT, HARK_CALL_CLOCK_DEADLINE,     ENDED,       WHY (NO_ANSWER),   SEND_HANGUP           },
  {RINGING_OUT, HARK_CALL_NET_SESSION_UP,     DIALLING,    0,                 SEND_OFFER            },
  {RINGING_OUT, HARK_CALL_NET_SESSION_LOST,   DIALLING,    0,                 0                     },

 /* a caller whose session is lost offers again on the next one, so it rings anew */
  {RINGING,     HARK_CALL_USER_ACCEPT,        ACTIVE,      0,                 SEND_ACCEPT           },
  {RINGING,     HARK_CALL_USER_DECLINE,       ENDED,       WHY (DECLINED),    SEND_DECLINE          },
  {RINGING,     HARK_CALL_PEER_OFFER_AGAIN,   RINGING,     0,                 SEND_RINGING          },
  {RINGING,     HARK_CALL_PEER_OFFER_CROSSED, RINGING,     WHY (CANCELLED),   REPLACE | SEND_RINGING},
  {RINGING,     HARK_CALL_PEER_HANGUP,        ENDED,       0,                 0                     },
  {RINGING,     HARK_CALL_CLOCK_DEADLINE,     ENDED,       WHY (NO_ANSWER),   SEND_HANGUP           },
  {RINGING,     HARK_CALL_NET_SESSION_LOST,   ENDED,       WHY (LOST),        0                     },

  ACCEPTED (ACTIVE, RECONNECTING, SEND_UNHOLD),
  ACCEPTED (HELD_HERE, LOST_HELD_HERE, SEND_HOLD),
  ACCEPTED (HELD_THERE, LOST_HELD_THERE, SEND_UNHOLD),
  ACCEPTED (HELD_BOTH, LOST_HELD_BOTH, SEND_HOLD),

  HOLD (ACTIVE, HELD_HERE, RECONNECTING, LOST_HELD_HERE),
  HOLD (HELD_THERE, HELD_BOTH, LOST_HELD_THERE, LOST_HELD_BOTH),
  HELD (ACTIVE, HELD_THERE),
  HELD (HELD_HERE, HELD_BOTH),
};

struct HarkCallMachine {
  HarkKey own;
  HarkCallState state;
  HarkKey peer;
  uint64_t id;
  uint64_t id_other; /* of the offer that lost when two crossed; 0: none */
  bool outgoing;
  bool clicked;    /* this call was dialled or accepted here */
  bool microphone; /* MEDIA_START was put out and no MEDIA_STOP yet */
  HarkTime since, deadline;
  uint64_t ignored;
  HarkCallOutput outputs[HARK_CALL_OUTPUTS_MAX];
  unsigned output_first, output_count;
};

/* What an input brings along. */
typedef struct {
  uint64_t id;           /* PEER_: the call the signal names */
  HarkCallReason reason; /* PEER_HANGUP */
} Detail;

HarkCallMachine *
hark_call_machine_new (const HarkKey *own)
{
  HarkCallMachine *machine = g_new0 (HarkCallMachine, 1);

  machine->own = *own;
  machine->deadline = HARK_TIME_NEVER;
  return machine;
}

void
hark_call_machine_free (HarkCallMachine *machine)
{
  g_free (machine);
}

/* ---- outputs ---------------------------------------------------------------------------- */

static HarkCallOutput *
put_out (HarkCallMachine *machine, HarkCallOutputKind kind)
{
  unsigned at = (machine->output_first + machine->output_count) % HARK_CALL_OUTPUTS_MAX;
  HarkCallOutput *output = &machine->outputs[at];

  g_assert (machine->output_count < HARK_CALL_OUTPUTS_MAX); /* the caller drains between inputs */
  machine->output_count++;
  *output = (HarkCallOutput){.kind = kind,
                             .peer = machine->peer,
                             .id = machine->id,
                             .outgoing = machine->outgoing,
                             .state = machine->state,
                             .from = machine->state};
  return output;
}

static void
put_signal_of (HarkCallMachine *machine,
               const HarkKey *peer,
               HarkCallSignal signal,
               uint64_t id,
               HarkCallReason reason)
{
  HarkCallOutput *output = put_out (machine, HARK_CALL_OUTPUT_SIGNAL);

  output->peer = *peer;
  output->id = id;
  output->signal = signal;
  output->reason = reason;
}

static void
put_signal (HarkCallMachine *machine, HarkCallSignal signal, HarkCallReason reason)
{
  put_signal_of (machine, &machine->peer, signal, machine->id, reason);
  /* the peer may know the call by the other of two crossed offers only */
  if (machine->id_other != 0)
    put_signal_of (machine, &machine->peer, signal, machine->id_other, reason);
}

/* ---- states ----------------------------------------------------------------------------- */

/* The one function that writes the state. */
static HarkCallOutput *
set_state (
  HarkCallMachine *machine, HarkCallState state, HarkCallReason reason, bool by_peer, HarkTime now)
{
  HarkCallState from = machine->state;
  HarkCallOutput *output;

  machine->state = state;
  machine->since = now;
  if (hark_call_is_away (state)) {
    if (!hark_call_is_away (from)) /* a click on hold gives no more time */
      machine->deadline = hark_time_add (now, HARK_CALL_RECONNECT_TIME);
  } else if (hark_call_is_accepted (state) || state == ENDED)
    machine->deadline = HARK_TIME_NEVER;
  else if (from == IDLE)
    machine->deadline = hark_time_add (now, HARK_CALL_RING_TIME);

  output = put_out (machine, HARK_CALL_OUTPUT_STATE);
  output->from = from;
  output->reason = reason;
  output->by_peer = by_peer;
  g_debug ("call: %s -> %s", hark_call_state_to_word (from), hark_call_state_to_word (state));
  return output;
}

/* Closed before the state that it is not open in is told. */
static void
close_microphone (HarkCallMachine *machine)
{
  if (!machine->microphone)
    return;
  machine->microphone = false;
  put_out (machine, HARK_CALL_OUTPUT_MEDIA_STOP);
}

/* The only place from which a microphone is opened. */
static void
enter_talking_by_local_click (HarkCallMachine *machine,
                              HarkCallState state,
                              bool by_peer,
                              HarkTime now)
{
  g_assert (machine->clicked);
  set_state (machine, state, HARK_CALL_REASON_NONE, by_peer, now);
  if (!machine->microphone) {
    machine->microphone = true;
    put_out (machine, HARK_CALL_OUTPUT_MEDIA_START)->microphone = true;
  }
}

/* ENDED passes: what was of this call is forgotten and the machine is IDLE. */
static void
enter_ended (HarkCallMachine *machine, HarkCallReason reason, bool by_peer, HarkTime now)
{
  bool missed = machine->state == RINGING && reason != HARK_CALL_REASON_DECLINED;

  close_microphone (machine);
  set_state (machine, ENDED, reason, by_peer, now)->missed = missed;

  machine->state = IDLE;
  memset (&machine->peer, 0, sizeof machine->peer);
  machine->id = machine->id_other = 0;
  machine->outgoing = machine->clicked = false;
}

static void
enter (HarkCallMachine *machine, const Step *step, const Detail *detail, HarkTime now)
{
  bool by_peer = step->input >= HARK_CALL_PEER_OFFER && step->input <= HARK_CALL_PEER_UNHOLD;

  if (step->to == ENDED)
    enter_ended (machine, step->reason != 0 ? step->reason : detail->reason, by_peer, now);
  else if (step->to == machine->state)
    return; /* an effect only: the outside need not know */
  else if (hark_call_is_talking (step->to))
    enter_talking_by_local_click (machine, step->to, by_peer, now);
  else {
    close_microphone (machine);
    set_state (machine, step->to, HARK_CALL_REASON_NONE, by_peer, now);
  }
}

/* ---- steps ------------------------------------------------------------------------------ */

static const Step *
find_step (HarkCallState from, HarkCallInput input)
{
  for (size_t i = 0; i < G_N_ELEMENTS (steps); i++)
    if (steps[i].from == from && steps[i].input == input)
      return &steps[i];
  return NULL;
}

bool
hark_call_step (HarkCallState from, HarkCallInput input, HarkCallState *ret)
{
  const Step *step = find_step (from, input);

  if (step == NULL)
    return false;
  *ret = step->to;
  return true;
}

/* Two offers met on their way. Both sides pick the id of the smaller account key, so both name the
 * call alike without asking. */
static void
cross_offers (HarkCallMachine *machine, uint64_t theirs)
{
  int order = memcmp (machine->own.bytes, machine->peer.bytes, sizeof machine->own.bytes);
  bool ours_wins = order < 0 || (order == 0 && machine->id < theirs);

  machine->id_other = ours_wins ? theirs : machine->id;
  machine->id = ours_wins ? machine->id : theirs;
}

/* The peer has begun a new call, so it is no longer in the one we knew of. */
static void
replace_call (HarkCallMachine *machine, const Step *step, uint64_t id, HarkTime now)
{
  HarkKey peer = machine->peer;

  enter_ended (machine, step->reason, true, now);
  machine->peer = peer;
  machine->id = id;
}

static void
send_signals (HarkCallMachine *machine, const Step *step, const Detail *detail)
{
  if (step->effects & SEND_OFFER)
    put_signal (machine, HARK_CALL_SIGNAL_OFFER, 0);
  if (step->effects & SEND_RINGING)
    put_signal (machine, HARK_CALL_SIGNAL_RINGING, 0);
  if (step->effects & SEND_ACCEPT)
    put_signal_of (machine, &machine->peer, HARK_CALL_SIGNAL_ACCEPT,
                   detail->id != 0 ? detail->id : machine->id, 0);
  if (step->effects & SEND_DECLINE)
    put_signal (machine, HARK_CALL_SIGNAL_DECLINE, 0);
  if (step->effects & SEND_HANGUP)
    put_signal (machine, HARK_CALL_SIGNAL_HANGUP, step->reason);
  if (step->effects & SEND_RESUME)
    put_signal (machine, HARK_CALL_SIGNAL_RESUME, 0);
  if (step->effects & SEND_HOLD)
    put_signal (machine, HARK_CALL_SIGNAL_HOLD, 0);
  if (step->effects & SEND_UNHOLD)
    put_signal (machine, HARK_CALL_SIGNAL_UNHOLD, 0);
  /* hung up under one id of two: their device may be ringing for the other */
  if (step->input == HARK_CALL_PEER_HANGUP && machine->id_other != 0)
    put_signal (machine, HARK_CALL_SIGNAL_HANGUP, detail->reason);
}

static bool
take_step (HarkCallMachine *machine, HarkCallInput input, const Detail *detail, HarkTime now)
{
  const Step *step = find_step (machine->state, input);

  if (step == NULL) {
    machine->ignored++;
    return false;
  }
  if (input == HARK_CALL_USER_DIAL || input == HARK_CALL_USER_ACCEPT)
    machine->clicked = true;
  if (step->effects & CROSS)
    cross_offers (machine, detail->id);
  if (step->effects & REPLACE)
    replace_call (machine, step, detail->id, now);
  send_signals (machine, step, detail);
  enter (machine, step, detail, now);
  return true;
}

/* ---- clicks ----------------------------------------------------------------------------- */

bool
hark_call_machine_dial (HarkCallMachine *machine, const HarkKey *peer, uint64_t id, HarkTime now)
{
  g_assert (id != 0);
  if (machine->state != IDLE)
    return false;
  machine->peer = *peer;
  machine->id = id;
  machine->outgoing = true;
  return take_step (machine, HARK_CALL_USER_DIAL, &(Detail){0}, now);
}

bool
hark_call_machine_accept (HarkCallMachine *machine, HarkTime now)
{
  return take_step (machine, HARK_CALL_USER_ACCEPT, &(Detail){0}, now);
}

bool
hark_call_machine_hangup (HarkCallMachine *machine, HarkTime now)
{
  bool rings = machine->state == RINGING;

  return take_step (machine, rings ? HARK_CALL_USER_DECLINE : HARK_CALL_USER_HANGUP, &(Detail){0},
                    now);
}

bool
hark_call_machine_hold (HarkCallMachine *machine, bool on, HarkTime now)
{
  return take_step (machine, on ? HARK_CALL_USER_HOLD : HARK_CALL_USER_UNHOLD, &(Detail){0}, now);
}

/* ---- peer ------------------------------------------------------------------------------- */

void
hark_call_machine_refuse (HarkCallMachine *machine,
                          const HarkKey *peer,
                          uint64_t id,
                          HarkCallReason reason)
{
  HarkCallOutput *missed;

  put_signal_of (machine, peer, HARK_CALL_SIGNAL_BUSY, id, reason);
  missed = put_out (machine, HARK_CALL_OUTPUT_MISSED);
  missed->peer = *peer;
  missed->id = id;
  missed->reason = reason;
  missed->missed = true;
  missed->outgoing = false;
}

static void
handle_offer (HarkCallMachine *machine, const HarkKey *peer, uint64_t id, HarkTime now)
{
  Detail detail = {.id = id};

  if (machine->state == IDLE) {
    machine->peer = *peer;
    machine->id = id;
    take_step (machine, HARK_CALL_PEER_OFFER, &detail, now);
  } else if (!hark_key_equal (peer, &machine->peer)) {
    hark_call_machine_refuse (machine, peer, id, HARK_CALL_REASON_BUSY);
  } else if (id == machine->id || id == machine->id_other) {
    take_step (machine, HARK_CALL_PEER_OFFER_AGAIN, &detail, now);
  } else {
    take_step (machine, HARK_CALL_PEER_OFFER_CROSSED, &detail, now);
  }
}

/* Somebody believes to be in a call with us that we are not in: it is told so. What ends a call
 * is not answered, so two devices cannot keep telling each other. */
static void
handle_unknown_call (HarkCallMachine *machine,
                     const HarkKey *peer,
                     HarkCallSignal signal,
                     uint64_t id)
{
  machine->ignored++;
  if (signal == HARK_CALL_SIGNAL_RINGING || signal == HARK_CALL_SIGNAL_ACCEPT)
    put_signal_of (machine, peer, HARK_CALL_SIGNAL_HANGUP, id, HARK_CALL_REASON_CANCELLED);
  else if (signal == HARK_CALL_SIGNAL_RESUME)
    put_signal_of (machine, peer, HARK_CALL_SIGNAL_HANGUP, id, HARK_CALL_REASON_LOST);
}

static bool
input_of_signal (HarkCallSignal signal, HarkCallInput *ret)
{
  switch (signal) {
  case HARK_CALL_SIGNAL_RINGING:
    *ret = HARK_CALL_PEER_RINGING;
    return true;
  case HARK_CALL_SIGNAL_ACCEPT:
    *ret = HARK_CALL_PEER_ACCEPT;
    return true;
  case HARK_CALL_SIGNAL_DECLINE:
    *ret = HARK_CALL_PEER_DECLINE;
    return true;
  case HARK_CALL_SIGNAL_BUSY:
    *ret = HARK_CALL_PEER_BUSY;
    return true;
  case HARK_CALL_SIGNAL_HANGUP:
    *ret = HARK_CALL_PEER_HANGUP;
    return true;
  case HARK_CALL_SIGNAL_RESUME:
    *ret = HARK_CALL_PEER_RESUME;
    return true;
  case HARK_CALL_SIGNAL_HOLD:
    *ret = HARK_CALL_PEER_HOLD;
    return true;
  case HARK_CALL_SIGNAL_UNHOLD:
    *ret = HARK_CALL_PEER_UNHOLD;
    return true;
  case HARK_CALL_SIGNAL_OFFER: /* told apart by what call it belongs to */
  default:
    return false;
  }
}

void
hark_call_machine_signal (HarkCallMachine *machine,
                          const HarkKey *peer,
                          HarkCallSignal signal,
                          uint64_t id,
                          HarkCallReason reason,
                          HarkTime now)
{
  Detail detail = {.id = id, .reason = reason};
  HarkCallInput input;

  if (signal == HARK_CALL_SIGNAL_BUSY)
    detail.reason = reason == HARK_CALL_REASON_QUIET ? reason : HARK_CALL_REASON_BUSY;
  else if (reason <= HARK_CALL_REASON_NONE || reason > HARK_CALL_REASON_QUIET)
    detail.reason = HARK_CALL_REASON_HANGUP;

  if (id == 0)
    machine->ignored++;
  else if (signal == HARK_CALL_SIGNAL_OFFER)
    handle_offer (machine, peer, id, now);
  else if (!input_of_signal (signal, &input))
    machine->ignored++;
  else if (machine->state == IDLE || !hark_key_equal (peer, &machine->peer)
           || (id != machine->id && id != machine->id_other))
    handle_unknown_call (machine, peer, signal, id);
  else
    take_step (machine, input, &detail, now);
}

/* ---- net and clock ---------------------------------------------------------------------- */

void
hark_call_machine_session (HarkCallMachine *machine, const HarkKey *peer, bool up, HarkTime now)
{
  if (machine->state == IDLE || !hark_key_equal (peer, &machine->peer))
    return;
  take_step (machine, up ? HARK_CALL_NET_SESSION_UP : HARK_CALL_NET_SESSION_LOST, &(Detail){0},
             now);
}

void
hark_call_machine_handle_time (HarkCallMachine *machine, HarkTime now)
{
  if (machine->state != IDLE && now >= machine->deadline)
    take_step (machine, HARK_CALL_CLOCK_DEADLINE, &(Detail){0}, now);
}

bool
hark_call_machine_poll (HarkCallMachine *machine, HarkCallOutput *ret)
{
  if (machine->output_count == 0)
    return false;
  *ret = machine->outputs[machine->output_first];
  machine->output_first = (machine->output_first + 1) % HARK_CALL_OUTPUTS_MAX;
  machine->output_count--;
  return true;
}

HarkTime
hark_call_machine_get_deadline (const HarkCallMachine *machine)
{
  return machine->state == IDLE ? HARK_TIME_NEVER : machine->deadline;
}

void
hark_call_machine_view (const HarkCallMachine *machine, HarkCallView *ret)
{
  *ret = (HarkCallView){.state = machine->state,
                        .peer = machine->peer,
                        .id = machine->id,
                        .outgoing = machine->outgoing,
                        .microphone = machine->microphone,
                        .since = machine->since,
                        .ignored = machine->ignored};
}

/* ---- kinds of states -------------------------------------------------------------------- */

bool
hark_call_is_talking (HarkCallState state)
{
  return state == ACTIVE || state == RECONNECTING;
}

bool
hark_call_is_held_here (HarkCallState state)
{
  return state == HELD_HERE || state == HELD_BOTH || state == LOST_HELD_HERE
         || state == LOST_HELD_BOTH;
}

bool
hark_call_is_held_there (HarkCallState state)
{
  return state == HELD_THERE || state == HELD_BOTH || state == LOST_HELD_THERE
         || state == LOST_HELD_BOTH;
}

bool
hark_call_is_away (HarkCallState state)
{
  return state >= RECONNECTING && state <= LOST_HELD_BOTH;
}

bool
hark_call_is_accepted (HarkCallState state)
{
  return state >= ACTIVE && state <= LOST_HELD_BOTH;
}

/* ---- words ------------------------------------------------------------------------------ */

const char *
hark_call_state_to_word (HarkCallState state)
{
  static const char *const words[HARK_CALL_N_STATES]
    = {"idle",         "dialling",       "ringing",         "ringing-out",
       "active",       "held-here",      "held-there",      "held-both",
       "reconnecting", "lost-held-here", "lost-held-there", "lost-held-both",
       "ended"};

  return state < HARK_CALL_N_STATES ? words[state] : "unknown";
}

const char *
hark_call_reason_to_text (HarkCallReason reason, bool outgoing, bool by_peer)
{
  switch (reason) {
  case HARK_CALL_REASON_HANGUP:
    return by_peer ? "They hung up" : "You hung up";
  case HARK_CALL_REASON_CANCELLED:
    return outgoing ? "You cancelled the call" : "Missed call";
  case HARK_CALL_REASON_DECLINED:
    return outgoing ? "They declined the call" : "You declined the call";
  case HARK_CALL_REASON_BUSY:
    return outgoing ? "They are in another call" : "Missed call";
  case HARK_CALL_REASON_QUIET:
    return outgoing ? "They do not want to be disturbed now" : "Missed call";
  case HARK_CALL_REASON_NO_ANSWER:
    return outgoing ? "No answer" : "Missed call";
  case HARK_CALL_REASON_LOST:
    return "The connection was lost";
  case HARK_CALL_REASON_UNREACHABLE:
    return outgoing ? "They could not be reached" : "Missed call";
  case HARK_CALL_REASON_NONE:
  default:
    return "The call ended";
  }
}
