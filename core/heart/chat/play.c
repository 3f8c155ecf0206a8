/* Spoken messages that are heard: played and drawn. */
#include "core/chat/clip.h"
#include "core/heart/core-private.h"

#include <string.h>

#define DRAWN_MAX 256 /* questions that wait at a time */

static const char incomplete[] = "The rest of this voice message has not come yet.";

/* ---- playing ---- */

static void
say (HarkCore *core, HarkPlayingPhase phase, const char *reason)
{
  HarkEvent *event = hark_event_new (HARK_EVENT_PLAYING);

  core->play.now.phase = phase;
  event->playing = g_memdup2 (&core->play.now, sizeof core->play.now);
  event->reason = g_strdup (reason);
  hark_core_emit (core, event);
}

static void
stop (HarkCore *core, const char *reason)
{
  if (!core->play.on)
    return;
  core->play.on = false;
  hark_effects_push (&core->effects, (HarkEffect){.kind = HARK_EFFECT_PLAY});
  say (core, HARK_PLAYING_OVER, reason);
}

void
hark_core_play_stop (HarkCore *core)
{
  stop (core, NULL);
}

bool
hark_core_is_in_call (const HarkCore *core)
{
  for (unsigned i = 0; i < HARK_CALL_LINES; i++)
    if (core->lines[i].call != NULL)
      return true;
  return core->group_talking != NULL;
}

static void
note_heard (HarkCore *core, HarkStoreMessage *row)
{
  HarkStoreRequest *request;
  HarkEvent *event;

  if (row->outgoing || row->ref == 1)
    return;
  row->ref = 1;
  request = hark_core_request (HARK_STORE_NOTE_CLIP);
  request->message = hark_store_message_copy (row);
  request->message->has_peaks = false;
  hark_core_ask_store (core, request, NULL);
  event = hark_event_new (HARK_EVENT_MESSAGE_CHANGED);
  event->message = hark_core_message (core, row);
  hark_core_emit (core, event);
}

static void
play (HarkCore *core, const GPtrArray *rows, uint32_t at_ms)
{
  HarkStoreMessage *row = rows->pdata[0];
  HarkMessage *message = hark_core_message (core, row);
  g_autoptr (GBytes) sound = NULL;
  HarkCorePlay *play = &core->play;

  sound = hark_core_clip_join (rows, &play->is_whole);
  play->on = true;
  memcpy (play->now.contact, row->contact.bytes, sizeof play->now.contact);
  play->now.has_group = row->has_group;
  memcpy (play->now.group, row->group, sizeof play->now.group);
  memcpy (play->now.id, row->id, sizeof play->now.id);
  play->now.at_ms = MIN (at_ms, message->length_ms);
  play->now.length_ms = message->length_ms;
  hark_message_free (message);
  hark_effects_push (&core->effects, (HarkEffect){.kind = HARK_EFFECT_PLAY,
                                                  .packet = g_steal_pointer (&sound),
                                                  .at_ms = play->now.at_ms,
                                                  .speed = play->now.speed});
  say (core, HARK_PLAYING_ON, NULL);
  note_heard (core, row);
}

/* The row that was asked for, when it is a clip with sound. */
static HarkStoreMessage *
clip_of (const HarkStoreReply *reply)
{
  HarkStoreMessage *row = reply->messages->len > 0 ? reply->messages->pdata[0] : NULL;

  return row != NULL && row->kind == HARK_MESSAGE_CLIP && row->body != NULL ? row : NULL;
}

static HarkStoreMessage *
need_clip (HarkCore *core, HarkPending *pending, HarkStoreReply *reply)
{
  HarkStoreMessage *row;

  if (hark_core_refuse_store (core, pending, reply))
    return NULL;
  row = clip_of (reply);
  if (row == NULL)
    hark_core_refuse (core, pending->command, "no-message", "There is no such voice message.");
  return row;
}

static void
after_row (HarkCore *core, HarkPending *pending, HarkStoreReply *reply)
{
  HarkStoreMessage *row = need_clip (core, pending, reply);
  const HarkCommand *command = pending->command;

  if (row == NULL)
    return;
  if (hark_core_is_in_call (core) || core->record.open || core->echo.call != 0) {
    hark_core_refuse (core, command, "busy", "The sound is needed for something else now.");
    return;
  }
  hark_core_play_stop (core);
  hark_core_succeed (core, command);
  play (core, reply->messages, (uint32_t) CLAMP (command->at_ms, 0, HARK_CLIP_MS_MAX));
}

static void
ask_row (HarkCore *core, HarkCommand *command, HarkStoreThen then)
{
  HarkStoreRequest *request = hark_core_request (HARK_STORE_GET_CLIP);

  request->message = g_new0 (HarkStoreMessage, 1);
  memcpy (request->account_key.bytes, command->contact, sizeof request->account_key.bytes);
  memcpy (request->message->id, command->id, sizeof request->message->id);
  hark_core_ask_store (core, request, hark_pending_new (then, command));
}

/* False: there is no such word. */
static bool
steer (HarkCore *core, const HarkCommand *command)
{
  HarkEffect effect = {.kind = HARK_EFFECT_PLAY_SET};
  HarkPlaying *now = &core->play.now;
  HarkPlayingPhase phase = now->phase;

  if (g_strcmp0 (command->how, "pause") == 0) {
    phase = HARK_PLAYING_PAUSED;
  } else if (g_strcmp0 (command->how, "resume") == 0) {
    phase = HARK_PLAYING_ON;
  } else if (g_strcmp0 (command->how, "seek") == 0) {
    now->at_ms = (uint32_t) CLAMP (command->at_ms, 0, (int64_t) now->length_ms);
    effect.jump = true;
  } else {
    return false;
  }
  effect.on = phase == HARK_PLAYING_PAUSED;
  effect.at_ms = now->at_ms;
  effect.speed = now->speed;
  hark_effects_push (&core->effects, effect);
  say (core, phase, NULL);
  return true;
}

void
hark_core_command_play (HarkCore *core, HarkCommand *command)
{
  HarkPlaying *now = &core->play.now;

  if (command->speed != 0)
    now->speed = CLAMP (command->speed, 100, 200);
  if (now->speed == 0)
    now->speed = 100;
  if (g_strcmp0 (command->how, "start") == 0) {
    ask_row (core, command, after_row);
    return;
  }
  if (g_strcmp0 (command->how, "stop") == 0) {
    hark_core_play_stop (core);
    hark_core_succeed (core, command);
  } else if (!core->play.on) {
    hark_core_refuse (core, command, "not-playing", "No voice message is played now.");
  } else if (steer (core, command)) {
    hark_core_succeed (core, command);
  } else {
    hark_core_refuse (core, command, "bad-value",
                      "Playing is \"start\", \"pause\", \"resume\", \"seek\" or \"stop\".");
  }
  hark_command_free (command);
}

void
hark_core_handle_playing (HarkCore *core, uint32_t at_ms, bool over, HarkTime now)
{
  core->now = now;
  if (!core->play.on)
    return;
  core->play.now.at_ms = MIN (at_ms, core->play.now.length_ms);
  if (!over) {
    say (core, core->play.now.phase, NULL);
    return;
  }
  core->play.now.at_ms = core->play.now.length_ms;
  stop (core, core->play.is_whole ? NULL : incomplete);
}

void
hark_core_handle_play_failed (HarkCore *core, const char *reason, HarkTime now)
{
  core->now = now;
  if (!core->play.on)
    return;
  core->play.on = false;
  say (core, HARK_PLAYING_OVER, reason);
}

/* ---- drawing ---- */

static void
answer_peaks (HarkCore *core, const HarkCommand *command, const uint8_t peaks[HARK_PEAKS])
{
  HarkEvent *event = hark_core_result (command);

  event->peaks = g_bytes_new (peaks, HARK_PEAKS);
  hark_core_emit (core, event);
}

static void
after_drawn_row (HarkCore *core, HarkPending *pending, HarkStoreReply *reply)
{
  HarkStoreMessage *row = need_clip (core, pending, reply);
  bool is_whole;

  if (row == NULL)
    return;
  if (row->has_peaks) {
    answer_peaks (core, pending->command, row->peaks);
  } else if (core->play.drawn.length >= DRAWN_MAX) {
    hark_core_refuse (core, pending->command, "busy", "Too many are looked at now.");
  } else {
    GBytes *sound = hark_core_clip_join (reply->messages, &is_whole);

    pending->command->on = is_whole; /* else it looks different soon */
    g_queue_push_tail (&core->play.drawn, g_steal_pointer (&pending->command));
    hark_effects_push (&core->effects, (HarkEffect){.kind = HARK_EFFECT_PEAKS, .packet = sound});
  }
}

void
hark_core_command_waveform (HarkCore *core, HarkCommand *command)
{
  ask_row (core, command, after_drawn_row);
}

void
hark_core_handle_peaks (HarkCore *core, const uint8_t peaks[HARK_PEAKS], HarkTime now)
{
  g_autoptr (HarkCommand) command = g_queue_pop_head (&core->play.drawn);
  HarkStoreRequest *request;

  core->now = now;
  if (command == NULL)
    return;
  if (peaks == NULL) {
    hark_core_refuse (core, command, "no-sound", "There is no sound in this voice message.");
    return;
  }
  answer_peaks (core, command, peaks);
  if (!command->on)
    return;
  request = hark_core_request (HARK_STORE_NOTE_CLIP);
  request->message = g_new0 (HarkStoreMessage, 1);
  memcpy (request->message->contact.bytes, command->contact, HARK_ACCOUNT_LEN);
  memcpy (request->message->id, command->id, sizeof request->message->id);
  request->message->text = g_strdup ("");
  request->message->has_peaks = true;
  memcpy (request->message->peaks, peaks, sizeof request->message->peaks);
  hark_core_ask_store (core, request, NULL);
}

void
hark_core_play_clear (HarkCore *core)
{
  g_queue_clear_full (&core->play.drawn, (GDestroyNotify) hark_command_free);
}
