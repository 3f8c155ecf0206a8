#define G_LOG_DOMAIN "hark-calls"

#include "core/calls/lines.h"

#include <string.h>

#define MISSED_PEERS 32

typedef struct {
  HarkKey peer;
  HarkTime at; /* 0: free */
} Missed;

struct HarkCallLines {
  HarkCallMachine *machines[HARK_CALL_LINES];
  unsigned n;                  /* that are used */
  Missed missed[MISSED_PEERS]; /* whose calls were missed lately */
  bool quiet;
  GQueue outputs; /* HarkCallOutput; each input adds at most HARK_CALL_OUTPUTS_MAX a line */
};

HarkCallLines *
hark_call_lines_new (const HarkKey *own, bool second)
{
  HarkCallLines *lines = g_new0 (HarkCallLines, 1);

  lines->n = second ? HARK_CALL_LINES : 1;
  for (unsigned i = 0; i < HARK_CALL_LINES; i++)
    lines->machines[i] = hark_call_machine_new (own);
  g_queue_init (&lines->outputs);
  return lines;
}

void
hark_call_lines_free (HarkCallLines *lines)
{
  if (lines == NULL)
    return;
  for (unsigned i = 0; i < HARK_CALL_LINES; i++)
    hark_call_machine_free (lines->machines[i]);
  g_queue_clear_full (&lines->outputs, g_free);
  g_free (lines);
}

void
hark_call_lines_set_quiet (HarkCallLines *lines, bool quiet)
{
  lines->quiet = quiet;
}

/* Whoever offers call after call fills no conversation. When more peers do so at once than there
 * are places, the one heard of longest ago is forgotten. */
static bool
was_missed_lately (HarkCallLines *lines, const HarkKey *peer, HarkTime now)
{
  unsigned place = 0;

  for (unsigned i = 0; i < MISSED_PEERS; i++) {
    if (lines->missed[i].at != 0 && hark_key_equal (&lines->missed[i].peer, peer)) {
      place = i;
      if (hark_time_since (now, lines->missed[i].at) < HARK_CALL_MISSED_TIME)
        return true;
      break;
    }
    if (lines->missed[i].at < lines->missed[place].at)
      place = i;
  }
  lines->missed[place].peer = *peer;
  lines->missed[place].at = now;
  return false;
}

/* Takes what an input to @line put out, and hands its result on. */
static bool
collect (HarkCallLines *lines, unsigned line, bool done, HarkTime now)
{
  HarkCallOutput output;

  while (hark_call_machine_poll (lines->machines[line], &output)) {
    output.line = line;
    output.repeated = output.missed && was_missed_lately (lines, &output.peer, now);
    g_queue_push_tail (&lines->outputs, g_memdup2 (&output, sizeof output));
  }
  return done;
}

static HarkCallState
state_of (const HarkCallLines *lines, unsigned line)
{
  HarkCallView view;

  hark_call_machine_view (lines->machines[line], &view);
  return view.state;
}

static bool
is_dialled (HarkCallState state)
{
  return state == HARK_CALL_DIALLING || state == HARK_CALL_RINGING_OUT;
}

/* The line of the call with @peer; HARK_CALL_LINES: there is none. */
static unsigned
line_of (const HarkCallLines *lines, const HarkKey *peer)
{
  for (unsigned i = 0; i < lines->n; i++) {
    HarkCallView view;

    hark_call_machine_view (lines->machines[i], &view);
    if (view.state != HARK_CALL_IDLE && hark_key_equal (&view.peer, peer))
      return i;
  }
  return HARK_CALL_LINES;
}

static unsigned
free_line (const HarkCallLines *lines)
{
  for (unsigned i = 0; i < lines->n; i++)
    if (state_of (lines, i) == HARK_CALL_IDLE)
      return i;
  return HARK_CALL_LINES;
}

/* From here on only @line may be heard. */
static void
silence_others (HarkCallLines *lines, unsigned line, HarkTime now)
{
  for (unsigned i = 0; i < lines->n; i++) {
    HarkCallState state = state_of (lines, i);

    if (i == line)
      continue;
    if (is_dialled (state))
      collect (lines, i, hark_call_machine_hangup (lines->machines[i], now), now);
    else if (hark_call_is_accepted (state) && !hark_call_is_held_here (state))
      collect (lines, i, hark_call_machine_hold (lines->machines[i], true, now), now);
  }
}

void
hark_call_lines_hold_all (HarkCallLines *lines, HarkTime now)
{
  silence_others (lines, HARK_CALL_LINES, now);
}

bool
hark_call_lines_dial (HarkCallLines *lines, const HarkKey *peer, uint64_t id, HarkTime now)
{
  unsigned line = free_line (lines);

  if (line == HARK_CALL_LINES || line_of (lines, peer) != HARK_CALL_LINES)
    return false;
  for (unsigned i = 0; i < lines->n; i++)
    if (is_dialled (state_of (lines, i)))
      return false;
  silence_others (lines, line, now);
  return collect (lines, line, hark_call_machine_dial (lines->machines[line], peer, id, now), now);
}

bool
hark_call_lines_accept (HarkCallLines *lines, unsigned line, HarkTime now)
{
  if (state_of (lines, line) != HARK_CALL_RINGING)
    return false;
  silence_others (lines, line, now);
  return collect (lines, line, hark_call_machine_accept (lines->machines[line], now), now);
}

bool
hark_call_lines_hangup (HarkCallLines *lines, unsigned line, HarkTime now)
{
  return collect (lines, line, hark_call_machine_hangup (lines->machines[line], now), now);
}

bool
hark_call_lines_hold (HarkCallLines *lines, unsigned line, bool on, HarkTime now)
{
  HarkCallState next;

  if (!hark_call_step (state_of (lines, line), on ? HARK_CALL_USER_HOLD : HARK_CALL_USER_UNHOLD,
                       &next))
    return false;
  if (!on)
    silence_others (lines, line, now);
  return collect (lines, line, hark_call_machine_hold (lines->machines[line], on, now), now);
}

void
hark_call_lines_signal (HarkCallLines *lines,
                        const HarkKey *peer,
                        HarkCallSignal signal,
                        uint64_t id,
                        HarkCallReason reason,
                        HarkTime now)
{
  unsigned line = line_of (lines, peer);
  bool is_new = line == HARK_CALL_LINES && signal == HARK_CALL_SIGNAL_OFFER && id != 0;

  if (is_new)
    line = free_line (lines);
  if (is_new && (line == HARK_CALL_LINES || lines->quiet)) {
    hark_call_machine_refuse (lines->machines[0], peer, id,
                              line == HARK_CALL_LINES ? HARK_CALL_REASON_BUSY
                                                      : HARK_CALL_REASON_QUIET);
    collect (lines, 0, true, now);
    return;
  }
  if (line == HARK_CALL_LINES)
    line = 0; /* counts and answers what belongs to no call */
  hark_call_machine_signal (lines->machines[line], peer, signal, id, reason, now);
  collect (lines, line, true, now);
}

void
hark_call_lines_session (HarkCallLines *lines, const HarkKey *peer, bool up, HarkTime now)
{
  for (unsigned i = 0; i < lines->n; i++) {
    hark_call_machine_session (lines->machines[i], peer, up, now);
    collect (lines, i, true, now);
  }
}

void
hark_call_lines_handle_time (HarkCallLines *lines, HarkTime now)
{
  for (unsigned i = 0; i < lines->n; i++) {
    hark_call_machine_handle_time (lines->machines[i], now);
    collect (lines, i, true, now);
  }
}

bool
hark_call_lines_poll (HarkCallLines *lines, HarkCallOutput *ret)
{
  g_autofree HarkCallOutput *output = g_queue_pop_head (&lines->outputs);

  if (output == NULL)
    return false;
  *ret = *output;
  return true;
}

HarkTime
hark_call_lines_get_deadline (const HarkCallLines *lines)
{
  HarkTime deadline = HARK_TIME_NEVER;

  for (unsigned i = 0; i < lines->n; i++)
    deadline = hark_time_min (deadline, hark_call_machine_get_deadline (lines->machines[i]));
  return deadline;
}

void
hark_call_lines_view (const HarkCallLines *lines, unsigned line, HarkCallView *ret)
{
  hark_call_machine_view (lines->machines[line], ret);
}
