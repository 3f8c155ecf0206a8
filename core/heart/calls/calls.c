#define G_LOG_DOMAIN "hark-core"

#include "core/heart/core-private.h"

#include <string.h>

static void
say_call (HarkCore *core, const HarkCoreLine *line)
{
  HarkEvent *event = hark_event_new (HARK_EVENT_CALL);

  event->call = hark_call_copy (line->call);
  hark_core_emit (core, event);
}

static void
send_signal (HarkCore *core, const HarkCallOutput *output)
{
  HarkCoreContact *contact = hark_core_find (core, &output->peer);
  Hark__Frame frame = HARK__FRAME__INIT;
  Hark__Call body = HARK__CALL__INIT;

  if (contact == NULL)
    return;
  body.id = output->id;
  body.kind = (Hark__Call__Kind) output->signal;
  body.reason = output->reason;
  frame.what_case = HARK__FRAME__WHAT_CALL;
  frame.call = &body;
  hark_core_say (core, contact, hark_frame_pack (&frame, HARK_FRAME_STEP_CONTROL));
}

static HarkCallPhase
phase_of (HarkCallState state)
{
  switch (state) {
  case HARK_CALL_DIALLING:
    return HARK_CALLING;
  case HARK_CALL_RINGING:
  case HARK_CALL_RINGING_OUT:
    return HARK_RINGING;
  case HARK_CALL_ACTIVE:
    return HARK_ACTIVE;
  case HARK_CALL_ENDED:
  case HARK_CALL_IDLE:
    return HARK_ENDED;
  default:
    return HARK_HELD;
  }
}

/* What stands beside the state, in words; NULL: nothing needs to. */
static char *
words_for (const HarkCallOutput *output)
{
  if (output->state == HARK_CALL_ENDED)
    return g_strdup (hark_call_reason_to_text (output->reason, output->outgoing, output->by_peer));
  if (hark_call_is_away (output->state))
    return g_strdup ("The connection is lost; trying to get it back.");
  if (hark_call_is_held_here (output->state) && hark_call_is_held_there (output->state))
    return g_strdup ("Both of you hold the call.");
  if (hark_call_is_held_here (output->state))
    return g_strdup ("You put the call on hold.");
  if (hark_call_is_held_there (output->state))
    return g_strdup ("They put the call on hold.");
  return NULL;
}

/* (transfer full): @text: how it ended. A call that both were in has a length. */
static HarkStoreMessage *
row_of (HarkCore *core, const HarkCoreLine *line, const char *text)
{
  HarkStoreMessage *row
    = hark_core_new_log (core, &line->peer, HARK_MESSAGE_CALL, line->call->outgoing, text);

  memcpy (row->id, line->row, sizeof row->id);
  if (line->active_at != 0)
    row->ref = MAX (1, hark_time_since (core->now, line->active_at) / HARK_MS);
  if (line->active_at != 0 && !line->call->outgoing)
    row->state = HARK_MESSAGE_READ;
  return row;
}

HarkStoreMessage *
hark_core_call_row (HarkCore *core, const HarkCoreLine *line)
{
  const bool missed = !line->call->outgoing && line->active_at == 0;

  return row_of (
    core, line,
    hark_call_reason_to_text (missed ? HARK_CALL_REASON_CANCELLED : HARK_CALL_REASON_NONE,
                              line->call->outgoing, false));
}

static void
end_call (HarkCore *core, const HarkCallOutput *output)
{
  HarkCoreLine *line = &core->lines[output->line];
  const bool declined
    = !output->outgoing && !output->by_peer && output->reason == HARK_CALL_REASON_DECLINED;
  HarkStoreMessage *row;

  if (!output->repeated) {
    row = row_of (core, line, line->call->reason);
    if (declined)
      row->state = HARK_MESSAGE_READ;
    hark_core_put_log (core, row);
  }
  g_clear_pointer (&line->call, hark_call_free);
  *line = (HarkCoreLine){0};
}

/* Nobody spoke with us: a voice clip could be left. */
static bool
is_unanswered (const HarkCallOutput *output)
{
  return output->state == HARK_CALL_ENDED && output->outgoing
         && (output->reason == HARK_CALL_REASON_NO_ANSWER
             || output->reason == HARK_CALL_REASON_UNREACHABLE
             || output->reason == HARK_CALL_REASON_BUSY || output->reason == HARK_CALL_REASON_QUIET
             || output->reason == HARK_CALL_REASON_DECLINED);
}

static unsigned
volume_of (HarkCore *core, const HarkKey *peer)
{
  const HarkCoreContact *contact = hark_core_find (core, peer);

  return contact != NULL && contact->has_volume ? contact->volume : HARK_CALL_VOLUME;
}

static void
show_state (HarkCore *core, const HarkCallOutput *output)
{
  HarkCoreLine *line = &core->lines[output->line];
  bool begins = output->state == HARK_CALL_ACTIVE && line->active_at == 0;

  if (line->call == NULL) {
    line->call = g_new0 (HarkCall, 1);
    line->call->id = hark_core_number (core);
    memcpy (line->call->contact, output->peer.bytes, sizeof line->call->contact);
    line->call->volume = volume_of (core, &output->peer);
    line->peer = output->peer;
    hark_rng_bytes (&core->rng, line->row, sizeof line->row);
  }
  line->call->outgoing = output->outgoing;
  line->call->phase = phase_of (output->state);
  line->call->held_here = hark_call_is_held_here (output->state);
  line->call->held_there = hark_call_is_held_there (output->state);
  line->call->reconnecting = hark_call_is_away (output->state);
  line->call->unanswered = is_unanswered (output);
  g_free (line->call->reason);
  line->call->reason = words_for (output);
  if (begins)
    line->active_at = core->now;
  core->calls_changed = true;
  say_call (core, line);
  if (begins && output->outgoing)
    hark_core_words_in_call (core, &output->peer);
  if (output->state == HARK_CALL_ENDED)
    end_call (core, output);
  else if (output->state == HARK_CALL_RINGING && core->config.auto_answer)
    hark_call_lines_accept (core->calls, output->line, core->now);
}

/* They are the first stream of the shell, which is made anew with each opening. */
static void
set_volume (HarkCore *core, const HarkCoreLine *line)
{
  hark_effects_push (
    &core->effects,
    (HarkEffect){.kind = HARK_EFFECT_VOICE_PERSON, .on = true, .volume = line->call->volume});
}

/* One microphone: calls/group-calls.c does the rest. */
static void
hold_group (HarkCore *core)
{
  if (core->group_talking == NULL)
    return;
  core->group_held = core->group_talking;
  core->group_talking = NULL;
  hark_core_close_microphone (core);
}

static void
start_media (HarkCore *core, const HarkCallOutput *output)
{
  hold_group (core);
  hark_net_set_call (core->net, &output->peer, true);
  hark_advice_init (&core->advice);
  hark_core_sound_look (core);
  /* who was silent before a hold is so after it */
  hark_core_open_microphone (core, HARK_EFFECT_VOICE_START, core->lines[output->line].call->muted);
  set_volume (core, &core->lines[output->line]);
}

static void
run_output (HarkCore *core, const HarkCallOutput *output)
{
  switch (output->kind) {
  case HARK_CALL_OUTPUT_SIGNAL:
    send_signal (core, output);
    break;
  case HARK_CALL_OUTPUT_STATE:
    show_state (core, output);
    break;
  case HARK_CALL_OUTPUT_MEDIA_START:
    start_media (core, output);
    break;
  case HARK_CALL_OUTPUT_MEDIA_STOP:
    hark_net_set_call (core->net, &output->peer, false);
    hark_core_close_microphone (core);
    break;
  case HARK_CALL_OUTPUT_MISSED:
    if (!output->repeated)
      hark_core_log (core, &output->peer, HARK_MESSAGE_CALL, false,
                     output->reason == HARK_CALL_REASON_QUIET
                       ? "Called while you did not want to be disturbed."
                       : "Called while you were in another call.",
                     0, false);
    break;
  }
}

void
hark_core_calls_drain (HarkCore *core)
{
  HarkCallOutput output;

  while (hark_call_lines_poll (core->calls, &output))
    run_output (core, &output);
}

bool
hark_core_calls_frame (HarkCore *core, HarkCoreContact *contact, const Hark__Call *frame)
{
  if (contact->row.status != HARK_CONTACT_ACCEPTED)
    return true;
  if (frame->id == 0)
    return false;
  hark_call_lines_set_quiet (core->calls, core->self.availability == HARK_BUSY);
  hark_call_lines_signal (core->calls, &contact->row.account, (HarkCallSignal) frame->kind,
                          frame->id, (HarkCallReason) frame->reason, core->now);
  hark_core_calls_drain (core);
  return true;
}

void
hark_core_calls_session (HarkCore *core, const HarkKey *contact, bool up)
{
  hark_call_lines_session (core->calls, contact, up, core->now);
  hark_core_calls_drain (core);
}

void
hark_core_calls_forget (HarkCore *core, const HarkKey *contact)
{
  HarkCoreLine *line = hark_core_line_of (core, contact);

  if (line == NULL)
    return;
  hark_call_lines_hangup (core->calls, (unsigned) (line - core->lines), core->now);
  hark_core_calls_drain (core);
}

void
hark_core_calls_stop (HarkCore *core)
{
  for (unsigned i = 0; i < HARK_CALL_LINES; i++) {
    const HarkCoreLine *line = &core->lines[i];

    if (line->call == NULL)
      continue;
    if (line->call->phase == HARK_RINGING && !line->call->outgoing)
      hark_core_put_log (core, hark_core_call_row (core, line)); /* nobody said no */
    else
      hark_call_lines_hangup (core->calls, i, core->now);
  }
  hark_core_calls_drain (core);
}

static bool
is_talking (const HarkCore *core, unsigned line)
{
  HarkCallView view;

  hark_call_lines_view (core->calls, line, &view);
  return view.microphone;
}

/* The call that is heard; NULL: none. */
static const HarkCoreLine *
talking_line (const HarkCore *core)
{
  for (unsigned i = 0; i < HARK_CALL_LINES; i++)
    if (is_talking (core, i))
      return &core->lines[i];
  return NULL;
}

bool
hark_core_call_is_active (const HarkCore *core)
{
  return talking_line (core) != NULL || core->group_talking != NULL;
}

void
hark_core_calls_media (HarkCore *core, const HarkNetEvent *event)
{
  const HarkCoreLine *line = talking_line (core);

  if (line == NULL || !hark_key_equal (&line->peer, &event->account))
    return;
  hark_effects_push (&core->effects, (HarkEffect){.kind = HARK_EFFECT_VOICE_PACKET,
                                                  .packet = g_bytes_new (event->data, event->len)});
}

void
hark_core_handle_voice_packet (HarkCore *core, const uint8_t *data, size_t len, HarkTime now)
{
  const HarkCoreLine *line = talking_line (core);

  core->now = now;
  if (hark_core_echo_packet (core, data, len))
    return;
  if (line != NULL)
    hark_net_media_send (core->net, &line->peer, data, len, now);
}

void
hark_core_handle_voice_stats (HarkCore *core, const HarkCallStats *stats, HarkTime now)
{
  const HarkCoreLine *line = talking_line (core);
  const HarkCoreContact *contact = line != NULL ? hark_core_find (core, &line->peer) : NULL;
  HarkNetStats net = {0};
  HarkEvent *event;

  core->now = now;
  if (hark_core_echo_stats (core, stats) || line == NULL || line->call == NULL)
    return;
  hark_net_get_stats (core->net, &line->peer, &net);
  event = hark_event_new (HARK_EVENT_CALL_STATS);
  event->call_stats = g_memdup2 (stats, sizeof *stats);
  event->call_stats->call = line->call->id;
  event->call_stats->rtt_ms = (double) net.rtt / (double) HARK_MS;
  event->call_stats->delay_ms = hark_advice_delay_ms (event->call_stats);
  event->call_stats->path = contact != NULL ? contact->path : HARK_PATH_NONE;
  event->call_stats->speaking = stats->level_in > HARK_CORE_SPEAKING_DBFS;
  event->reason = hark_advice_step (&core->advice, event->call_stats);
  if (hark_core_sound_lack (core) != NULL) {
    g_free (event->reason);
    event->reason = g_strdup (hark_core_sound_lack (core));
  }
  hark_core_emit (core, event);
}

/* ---- clicks ---- */

static void
dial (HarkCore *core, HarkCommand *command)
{
  HarkCoreContact *contact = hark_core_need (core, command);
  HarkCoreLine *line;
  HarkEvent *event;

  if (contact == NULL)
    return;
  if (contact->row.status != HARK_CONTACT_ACCEPTED) {
    hark_core_refuse (core, command, "not-accepted", "They have not accepted your request yet.");
    return;
  }
  if (!hark_call_lines_dial (core->calls, &contact->row.account, hark_core_number (core),
                             core->now)) {
    hark_core_refuse (core, command, "in-call", "There is a call already.");
    return;
  }
  hark_core_calls_drain (core);
  event = hark_core_result (command);
  line = hark_core_line_of (core, &contact->row.account);
  event->number = line != NULL ? line->call->id : 0;
  hark_core_emit (core, event);
  if (hark_core_is_ready (contact))
    hark_core_calls_session (core, &contact->row.account, true);
  else
    hark_net_try_now (core->net, &contact->row.account, core->now);
}

static bool
mute (HarkCore *core, unsigned line, bool on)
{
  HarkCallView view;

  hark_call_lines_view (core->calls, line, &view);
  if (!hark_call_is_accepted (view.state))
    return false;
  if (view.microphone)
    hark_effects_push (&core->effects, (HarkEffect){.kind = HARK_EFFECT_VOICE_MUTE, .on = on});
  core->lines[line].call->muted = on;
  say_call (core, &core->lines[line]);
  return true;
}

static bool
change_volume (HarkCore *core, unsigned line, unsigned volume)
{
  HarkCoreContact *contact = hark_core_find (core, &core->lines[line].peer);

  if (contact == NULL)
    return false;
  contact->has_volume = true;
  contact->volume = core->lines[line].call->volume = volume;
  if (is_talking (core, line))
    set_volume (core, &core->lines[line]);
  say_call (core, &core->lines[line]);
  return true;
}

static bool
click (HarkCore *core, unsigned line, const HarkCommand *command)
{
  switch (command->kind) {
  case HARK_COMMAND_ANSWER:
    return hark_call_lines_accept (core->calls, line, core->now);
  case HARK_COMMAND_HANGUP:
    return hark_call_lines_hangup (core->calls, line, core->now);
  case HARK_COMMAND_HOLD:
    return hark_call_lines_hold (core->calls, line, true, core->now);
  case HARK_COMMAND_UNHOLD:
    return hark_call_lines_hold (core->calls, line, false, core->now);
  case HARK_COMMAND_MUTE:
    return mute (core, line, true);
  case HARK_COMMAND_CALL_VOLUME:
    return change_volume (core, line, command->limit);
  default:
    return mute (core, line, false);
  }
}

/* The line that a command names; by 0, when there is one only, that one; of two the one that is
 * talked in is muted, or made louder. */
static unsigned
named_line (const HarkCore *core, const HarkCommand *command)
{
  const bool sounds = command->kind == HARK_COMMAND_MUTE || command->kind == HARK_COMMAND_UNMUTE
                      || command->kind == HARK_COMMAND_CALL_VOLUME;
  unsigned found = HARK_CALL_LINES, talks = HARK_CALL_LINES, n = 0;

  for (unsigned i = 0; i < HARK_CALL_LINES; i++) {
    if (core->lines[i].call == NULL
        || (command->call != 0 && core->lines[i].call->id != command->call))
      continue;
    found = i;
    talks = sounds && is_talking (core, i) ? i : talks;
    n++;
  }
  return n == 1 ? found : talks;
}

void
hark_core_command_call (HarkCore *core, HarkCommand *command)
{
  unsigned line = named_line (core, command);

  if (command->kind == HARK_COMMAND_CALL) {
    dial (core, command);
  } else if (line == HARK_CALL_LINES) {
    hark_core_refuse (core, command, "no-call", "There is no such call.");
  } else if (command->kind == HARK_COMMAND_CALL_VOLUME && command->limit > HARK_CALL_VOLUME_MAX) {
    hark_core_refuse (core, command, "bad-value", "A volume has 0 to 200 per cent.");
  } else if (!click (core, line, command)) {
    hark_core_refuse (core, command, "not-now", "The call is not in a state for this.");
  } else {
    hark_core_succeed (core, command);
    hark_core_calls_drain (core);
  }
  hark_command_free (command);
}
