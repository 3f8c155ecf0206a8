/* A voice message that the user speaks: from a click to the entries that it becomes. The microphone
 * is opened elsewhere, in the one place that does; here it is closed. */
#include "core/heart/core-private.h"

#include <string.h>

#define SHORTEST_MS 300 /* less is a slip of the finger */

static void
say (HarkCore *core, HarkRecordingPhase phase, double level, const char *reason)
{
  const HarkCoreRecord *record = &core->record;
  HarkEvent *event = hark_event_new (HARK_EVENT_RECORDING);

  event->recording = g_new0 (HarkRecording, 1);
  memcpy (event->recording->contact, record->target->contact, sizeof event->recording->contact);
  event->recording->has_group = record->target->has_group;
  memcpy (event->recording->group, record->target->group, sizeof event->recording->group);
  event->recording->phase = phase;
  event->recording->length_ms = record->length_ms;
  event->recording->level = level;
  event->reason = g_strdup (reason);
  hark_core_emit (core, event);
}

static void
end (HarkCore *core, const char *reason)
{
  say (core, HARK_RECORDING_OVER, 0, reason);
  g_clear_pointer (&core->record.target, hark_command_free);
  g_clear_pointer (&core->record.parts, g_ptr_array_unref);
}

void
hark_core_record_halt (HarkCore *core)
{
  if (!core->record.open)
    return;
  core->record.open = false;
  hark_effects_push (&core->effects, (HarkEffect){.kind = HARK_EFFECT_RECORD_STOP});
}

void
hark_core_record_begin (HarkCore *core, const HarkCommand *command)
{
  HarkCommand *target = hark_command_new (HARK_COMMAND_CLIP);

  target->has_contact = command->has_contact;
  memcpy (target->contact, command->contact, sizeof target->contact);
  target->has_group = command->has_group;
  memcpy (target->group, command->group, sizeof target->group);
  target->has_reply_to = command->has_reply_to;
  memcpy (target->reply_to, command->reply_to, sizeof target->reply_to);
  core->record = (HarkCoreRecord){.target = target, .open = true};
  say (core, HARK_RECORDING_ON, HARK_CORE_SILENT_DBFS, NULL);
}

void
hark_core_record_lacks (HarkCore *core, const char *reason)
{
  if (!core->record.open || core->record.length_ms > 0)
    return;
  hark_core_record_halt (core);
  end (core, reason);
}

/* ---- sending ---- */

/* (transfer full) @command becomes the message. */
static void
send (HarkCore *core, HarkCommand *command)
{
  const HarkCommand *target = core->record.target;
  const GPtrArray *parts = core->record.parts;

  command->kind = HARK_COMMAND_CLIP;
  command->has_contact = target->has_contact;
  memcpy (command->contact, target->contact, sizeof command->contact);
  command->has_group = target->has_group;
  memcpy (command->group, target->group, sizeof command->group);
  command->has_reply_to = target->has_reply_to;
  memcpy (command->reply_to, target->reply_to, sizeof command->reply_to);
  command->sound = g_bytes_ref (parts->pdata[0]);
  command->parts = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  for (guint i = 1; i < parts->len; i++)
    g_ptr_array_add (command->parts, g_bytes_ref (parts->pdata[i]));
  g_queue_push_tail (&core->record.due, command);
}

/* (transfer full) @command: the user's "stop", when everything is here. */
static void
finish (HarkCore *core, HarkCommand *command)
{
  GQueue due;

  if (core->record.parts->len == 0 || core->record.length_ms < SHORTEST_MS) {
    hark_core_refuse (core, command, "no-sound",
                      core->record.parts->len == 0
                        ? "Nothing came from the microphone. Is it the right one?"
                        : "That was too short to be a voice message.");
    hark_command_free (command);
  } else {
    send (core, command);
  }
  due = core->record.due;
  end (core, NULL);
  core->record = (HarkCoreRecord){.due = due};
}

HarkCommand *
hark_core_record_due (HarkCore *core)
{
  return g_queue_pop_head (&core->record.due);
}

/* ---- the microphone's ---- */

void
hark_core_handle_meter (
  HarkCore *core, uint32_t length_ms, double level_dbfs, bool full, HarkTime now)
{
  core->now = now;
  if (!core->record.open)
    return;
  core->record.length_ms = length_ms;
  if (full)
    hark_core_record_halt (core);
  else
    say (core, HARK_RECORDING_ON, level_dbfs, NULL);
}

void
hark_core_handle_recorded (
  HarkCore *core, GPtrArray *parts, uint32_t length_ms, const char *reason, HarkTime now)
{
  HarkCoreRecord *record = &core->record;

  core->now = now;
  record->open = false;
  if (record->target == NULL) { /* cancelled */
    g_clear_pointer (&parts, g_ptr_array_unref);
    return;
  }
  if (parts == NULL) {
    if (record->stop != NULL)
      hark_core_refuse (core, record->stop, "no-sound", reason);
    g_clear_pointer (&record->stop, hark_command_free);
    end (core, reason);
    return;
  }
  record->parts = parts;
  record->length_ms = length_ms;
  if (record->stop != NULL)
    finish (core, g_steal_pointer (&record->stop));
  else
    say (core, HARK_RECORDING_FULL, HARK_CORE_SILENT_DBFS, NULL);
}

/* ---- what the user clicks ---- */

void
hark_core_record_stop (HarkCore *core, HarkCommand *command)
{
  HarkCoreRecord *record = &core->record;

  if (record->target == NULL || record->stop != NULL) {
    hark_core_refuse (core, command, "not-recording", "No voice message is recorded now.");
    hark_command_free (command);
  } else if (record->parts != NULL) {
    finish (core, command);
  } else {
    record->stop = command;
    hark_core_record_halt (core);
  }
}

void
hark_core_record_cancel (HarkCore *core, HarkCommand *command)
{
  hark_core_record_halt (core);
  if (core->record.target != NULL && core->record.stop == NULL)
    end (core, NULL);
  hark_core_succeed (core, command);
  hark_command_free (command);
}

void
hark_core_record_clear (HarkCore *core)
{
  g_clear_pointer (&core->record.target, hark_command_free);
  g_clear_pointer (&core->record.stop, hark_command_free);
  g_clear_pointer (&core->record.parts, g_ptr_array_unref);
  g_queue_clear_full (&core->record.due, (GDestroyNotify) hark_command_free);
}
