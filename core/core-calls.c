#define G_LOG_DOMAIN "hark-core"

#include "core/core-private.h"

#include <string.h>

static void
say_call (HarkCore *core)
{
  HarkEvent *event = hark_event_new (HARK_EVENT_CALL);

  event->call = hark_call_copy (core->call);
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
  case HARK_CALL_RECONNECTING:
    return HARK_HELD;
  default:
    return HARK_ENDED;
  }
}

static void
end_call (HarkCore *core, const HarkCallOutput *output)
{
  HarkTime spoken
    = core->call_active_at != 0 ? hark_time_since (core->now, core->call_active_at) : 0;

  if (!output->repeated)
    hark_core_log (core, &output->peer, HARK_MESSAGE_CALL, core->call->outgoing, core->call->reason,
                   spoken / HARK_MS);
  g_clear_pointer (&core->call, hark_call_free);
  core->call_active_at = 0;
}

static void
show_state (HarkCore *core, const HarkCallOutput *output)
{
  if (core->call == NULL) {
    core->call = g_new0 (HarkCall, 1);
    core->call->id = hark_core_number (core);
    memcpy (core->call->contact, output->peer.bytes, sizeof core->call->contact);
    core->call_peer = output->peer;
  }
  core->call->outgoing = output->outgoing;
  core->call->phase = phase_of (output->state);
  g_clear_pointer (&core->call->reason, g_free);
  if (output->state == HARK_CALL_ENDED)
    core->call->reason
      = g_strdup (hark_call_reason_to_text (output->reason, output->outgoing, output->by_peer));
  else if (output->state == HARK_CALL_RECONNECTING)
    core->call->reason = g_strdup ("The connection is lost; trying to get it back.");
  if (output->state == HARK_CALL_ACTIVE && core->call_active_at == 0)
    core->call_active_at = core->now;
  say_call (core);
  if (output->state == HARK_CALL_ENDED)
    end_call (core, output);
  else if (output->state == HARK_CALL_RINGING && core->config.auto_answer)
    hark_call_machine_accept (core->calls, core->now);
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
    hark_net_set_call (core->net, &output->peer, true);
    hark_effects_push (&core->effects, (HarkEffect){.kind = HARK_EFFECT_VOICE_START});
    break;
  case HARK_CALL_OUTPUT_MEDIA_STOP:
    hark_net_set_call (core->net, &output->peer, false);
    hark_effects_push (&core->effects, (HarkEffect){.kind = HARK_EFFECT_VOICE_STOP});
    break;
  case HARK_CALL_OUTPUT_MISSED:
    if (!output->repeated)
      hark_core_log (core, &output->peer, HARK_MESSAGE_CALL, false,
                     "Called while you were in another call.", 0);
    break;
  }
}

void
hark_core_calls_drain (HarkCore *core)
{
  HarkCallOutput output;

  while (hark_call_machine_poll (core->calls, &output))
    run_output (core, &output);
}

bool
hark_core_calls_frame (HarkCore *core, HarkCoreContact *contact, const Hark__Call *frame)
{
  if (contact->row.status != HARK_CONTACT_ACCEPTED)
    return true;
  if (frame->id == 0)
    return false;
  hark_call_machine_signal (core->calls, &contact->row.account, (HarkCallSignal) frame->kind,
                            frame->id, (HarkCallReason) frame->reason, core->now);
  hark_core_calls_drain (core);
  return true;
}

void
hark_core_calls_session (HarkCore *core, const HarkKey *contact, bool up)
{
  hark_call_machine_session (core->calls, contact, up, core->now);
  hark_core_calls_drain (core);
}

void
hark_core_calls_forget (HarkCore *core, const HarkKey *contact)
{
  if (core->call == NULL || !hark_key_equal (&core->call_peer, contact))
    return;
  hark_call_machine_hangup (core->calls, core->now);
  hark_core_calls_drain (core);
}

bool
hark_core_call_is_active (const HarkCore *core)
{
  HarkCallView view;

  hark_call_machine_view (core->calls, &view);
  return view.microphone;
}

void
hark_core_calls_media (HarkCore *core, const HarkNetEvent *event)
{
  if (!hark_core_call_is_active (core) || !hark_key_equal (&core->call_peer, &event->account))
    return;
  hark_effects_push (&core->effects, (HarkEffect){.kind = HARK_EFFECT_VOICE_PACKET,
                                                  .packet = g_bytes_new (event->data, event->len)});
}

void
hark_core_handle_voice_packet (HarkCore *core, const uint8_t *data, size_t len, HarkTime now)
{
  core->now = now;
  if (hark_core_call_is_active (core))
    hark_net_media_send (core->net, &core->call_peer, data, len, now);
}

void
hark_core_handle_voice_stats (HarkCore *core, const HarkCallStats *stats, HarkTime now)
{
  HarkNetStats net = {0};
  HarkEvent *event;

  core->now = now;
  if (core->call == NULL || !hark_core_call_is_active (core))
    return;
  hark_net_get_stats (core->net, &core->call_peer, &net);
  event = hark_event_new (HARK_EVENT_CALL_STATS);
  event->call_stats = g_memdup2 (stats, sizeof *stats);
  event->call_stats->call = core->call->id;
  event->call_stats->rtt_ms = (double) net.rtt / (double) HARK_MS;
  hark_core_emit (core, event);
}

/* ---- clicks ---- */

static void
dial (HarkCore *core, HarkCommand *command)
{
  HarkCoreContact *contact = hark_core_need (core, command);
  HarkEvent *event;

  if (contact == NULL)
    return;
  if (contact->row.status != HARK_CONTACT_ACCEPTED) {
    hark_core_refuse (core, command, "not-accepted", "They have not accepted your request yet.");
    return;
  }
  if (!hark_call_machine_dial (core->calls, &contact->row.account, hark_core_number (core),
                               core->now)) {
    hark_core_refuse (core, command, "in-call", "There is a call already.");
    return;
  }
  hark_core_calls_drain (core);
  event = hark_core_result (command);
  event->number = core->call != NULL ? core->call->id : 0;
  hark_core_emit (core, event);
  if (hark_core_is_ready (contact))
    hark_core_calls_session (core, &contact->row.account, true);
  else
    hark_net_try_now (core->net, &contact->row.account, core->now);
}

static bool
mute (HarkCore *core, bool on)
{
  if (!hark_core_call_is_active (core))
    return false;
  hark_effects_push (&core->effects, (HarkEffect){.kind = HARK_EFFECT_VOICE_MUTE, .on = on});
  core->call->muted = on;
  say_call (core);
  return true;
}

static bool
click (HarkCore *core, const HarkCommand *command)
{
  switch (command->kind) {
  case HARK_COMMAND_ANSWER:
    return hark_call_machine_accept (core->calls, core->now);
  case HARK_COMMAND_HANGUP:
    return hark_call_machine_hangup (core->calls, core->now);
  case HARK_COMMAND_MUTE:
    return mute (core, true);
  default:
    return mute (core, false);
  }
}

void
hark_core_command_call (HarkCore *core, HarkCommand *command)
{
  if (command->kind == HARK_COMMAND_CALL) {
    dial (core, command);
  } else if (core->call == NULL || (command->call != 0 && core->call->id != command->call)) {
    hark_core_refuse (core, command, "no-call", "There is no such call.");
  } else if (!click (core, command)) {
    hark_core_refuse (core, command, "not-now", "The call is not in a state for this.");
  } else {
    hark_core_succeed (core, command);
    hark_core_calls_drain (core);
  }
  hark_command_free (command);
}
