/* Spoken messages that are heard: played, one part after the other, and drawn. */
#include "core/chat/clip.h"
#include "core/core-private.h"
#include "core/voice/ogg.h"

#include <string.h>

#define DRAWN_MAX 256   /* questions that wait at a time */
#define NEXT_WITHIN 100 /* rows behind a part, in which the next one is looked for */

static const char incomplete[] = "The next part of this voice message is not here.";

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

void
hark_core_play_stop (HarkCore *core)
{
  if (!core->play.on)
    return;
  core->play.on = false;
  hark_effects_push (&core->effects, (HarkEffect){.kind = HARK_EFFECT_PLAY});
  say (core, HARK_PLAYING_OVER, NULL);
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
play (HarkCore *core, HarkStoreMessage *row, uint32_t at_ms)
{
  HarkMessage *message = hark_core_message (core, row);
  HarkCorePlay *play = &core->play;

  play->on = true;
  play->now.more = false;
  play->account = row->contact;
  play->author = row->author;
  play->outgoing = row->outgoing;
  play->position = row->position;
  play->part = play->parts = 0;
  hark_ogg_get_part (g_bytes_get_data (row->body, NULL), g_bytes_get_size (row->body), play->set,
                     &play->part, &play->parts);
  memcpy (play->now.contact, row->contact.bytes, sizeof play->now.contact);
  play->now.has_group = row->has_group;
  memcpy (play->now.group, row->group, sizeof play->now.group);
  memcpy (play->now.id, row->id, sizeof play->now.id);
  play->now.at_ms = MIN (at_ms, message->length_ms);
  play->now.length_ms = message->length_ms;
  hark_message_free (message);
  hark_effects_push (&core->effects, (HarkEffect){.kind = HARK_EFFECT_PLAY,
                                                  .packet = g_bytes_ref (row->body),
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
  play (core, row, (uint32_t) CLAMP (command->at_ms, 0, HARK_CLIP_MS_MAX));
}

static void
ask_row (HarkCore *core, HarkCommand *command, HarkStoreThen then)
{
  HarkStoreRequest *request = hark_core_request (HARK_STORE_GET_MESSAGE);

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

/* Whether @row is what was spoken after the part that was heard last. */
static bool
is_next (const HarkCorePlay *was, const HarkStoreMessage *row)
{
  uint8_t set[HARK_OGG_SET_LEN];
  unsigned part, parts;

  return row->kind == HARK_MESSAGE_CLIP && row->body != NULL && row->outgoing == was->outgoing
         && hark_key_equal (&row->author, &was->author)
         && hark_ogg_get_part (g_bytes_get_data (row->body, NULL), g_bytes_get_size (row->body),
                               set, &part, &parts)
         && part == was->part + 1 && parts == was->parts && memcmp (set, was->set, sizeof set) == 0;
}

/* What was spoken at once is heard at once, and nothing that was spoken at another time. */
static void
after_next (HarkCore *core, HarkPending *pending, HarkStoreReply *reply)
{
  HarkCorePlay *was = &core->play;

  (void) pending;
  if (was->on)
    return;
  was->now.more = false;
  if (hark_core_is_in_call (core) || core->record.open || !reply->ok) {
    say (core, HARK_PLAYING_OVER, NULL);
    return;
  }
  for (guint i = reply->messages->len; i > 0; i--) {
    if (is_next (was, reply->messages->pdata[i - 1])) {
      play (core, reply->messages->pdata[i - 1], 0);
      return;
    }
  }
  say (core, HARK_PLAYING_OVER, incomplete);
}

static void
play_next (HarkCore *core)
{
  HarkStoreRequest *request;

  if (core->play.part == core->play.parts)
    return;
  request = hark_core_request (HARK_STORE_GET_HISTORY);
  request->account_key = core->play.account;
  request->window = HARK_WINDOW_AFTER;
  request->before = core->play.position;
  request->limit = NEXT_WITHIN;
  hark_core_ask_store (core, request, hark_pending_new (after_next, NULL));
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
  core->play.now.more = core->play.part < core->play.parts;
  hark_core_play_stop (core);
  play_next (core);
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

  if (row == NULL)
    return;
  if (row->has_peaks) {
    answer_peaks (core, pending->command, row->peaks);
  } else if (core->play.drawn.length >= DRAWN_MAX) {
    hark_core_refuse (core, pending->command, "busy", "Too many are looked at now.");
  } else {
    g_queue_push_tail (&core->play.drawn, g_steal_pointer (&pending->command));
    hark_effects_push (&core->effects,
                       (HarkEffect){.kind = HARK_EFFECT_PEAKS, .packet = g_bytes_ref (row->body)});
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
