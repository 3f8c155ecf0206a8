/* The sound of calls: which devices, what is done to it. */
#include "core/heart/calls/sound-kept.h"
#include "core/heart/people/before.h"

#include <string.h>

void
hark_core_sound_load (HarkCore *core, GBytes *kept)
{
  core->sound_kept = hark_sound_read (kept);
  core->sound
    = core->config.sound != NULL ? hark_sound_copy (core->config.sound) : hark_sound_read (kept);
  core->config.sound = NULL; /* was borrowed */
  core->device_questions = g_ptr_array_new ();
}

void
hark_core_sound_clear (HarkCore *core)
{
  for (guint i = 0; core->device_questions != NULL && i < core->device_questions->len; i++)
    hark_command_free (core->device_questions->pdata[i]);
  hark_core_echo_stop (core);
  hark_core_record_clear (core);
  hark_core_play_clear (core);
  g_clear_pointer (&core->device_questions, g_ptr_array_unref);
  g_clear_pointer (&core->devices, g_ptr_array_unref);
  g_clear_pointer (&core->sound, hark_sound_free);
  g_clear_pointer (&core->sound_kept, hark_sound_free);
}

const HarkSound *
hark_core_sound (const HarkCore *core)
{
  return core->sound;
}

/* ---- what there is ---- */

/* The sound server's stand-in where there is none. */
static bool
is_dummy (const HarkSoundDevice *device)
{
  return strcmp (device->name, "pulse:auto_null") == 0;
}

static bool
has_device (const HarkCore *core, bool mic)
{
  for (guint i = 0; i < core->devices->len; i++) {
    const HarkSoundDevice *device = core->devices->pdata[i];

    if (device->is_mic == mic && !is_dummy (device))
      return true;
  }
  return false;
}

static bool
is_of_server (const char *name)
{
  return name != NULL && g_str_has_prefix (name, "pulse");
}

/* (nullable): why there is nothing to speak into; known once devices were asked for. */
static const char *
mic_lack (const HarkCore *core)
{
  if (core->devices == NULL || !is_of_server (core->sound->mic))
    return NULL;
  if (!core->sound_server)
    return "No sound server answers on this computer.";
  return has_device (core, true) ? NULL : "This computer has no microphone now.";
}

/* ---- a voice message ---- */

/* False with the RESULT made: it could not be sent to them. */
static bool
may_record (HarkCore *core, const HarkCommand *command)
{
  if (hark_core_is_in_call (core)) {
    hark_core_refuse (core, command, "in-call", "There is a call already.");
    return false;
  }
  if (core->record.target != NULL) {
    hark_core_refuse (core, command, "recording", "A voice message is recorded already.");
    return false;
  }
  if (mic_lack (core) != NULL) {
    hark_core_refuse (core, command, "no-sound", mic_lack (core));
    return false;
  }
  return command->has_group || hark_core_is_own (core, command)
         || hark_core_need (core, command) != NULL;
}

void
hark_core_command_record (HarkCore *core, HarkCommand *command)
{
  if (g_strcmp0 (command->how, "stop") == 0) {
    hark_core_record_stop (core, command);
    return;
  }
  if (g_strcmp0 (command->how, "cancel") == 0) {
    hark_core_record_cancel (core, command);
    return;
  }
  if (g_strcmp0 (command->how, "start") != 0) {
    hark_core_refuse (core, command, "bad-value",
                      "Recording is \"start\", \"stop\" or \"cancel\".");
  } else if (may_record (core, command)) {
    hark_core_succeed (core, command);
    hark_core_open_microphone (core, HARK_EFFECT_RECORD_START, false);
    hark_core_record_begin (core, command);
    hark_core_sound_look (core);
  }
  hark_command_free (command);
}

/* ---- devices ---- */

static void
fill (const HarkCore *core, HarkEvent *event)
{
  event->devices = g_ptr_array_ref (core->devices);
  event->chosen = hark_sound_copy (core->sound);
  if (!core->sound_server)
    event->reason = g_strdup ("No sound server answers on this computer.");
}

static void
answer (HarkCore *core, HarkCommand *command)
{
  HarkEvent *event = hark_core_result (command);

  fill (core, event);
  hark_core_emit (core, event);
  hark_command_free (command);
}

void
hark_core_command_devices (HarkCore *core, HarkCommand *command)
{
  if (core->devices != NULL) {
    answer (core, command);
    return;
  }
  g_ptr_array_add (core->device_questions, command);
  hark_effects_push (&core->effects, (HarkEffect){.kind = HARK_EFFECT_VOICE_DEVICES});
}

void
hark_core_handle_devices (HarkCore *core, GPtrArray *devices, bool server, HarkTime now)
{
  HarkEvent *event;

  core->now = now;
  g_clear_pointer (&core->devices, g_ptr_array_unref);
  core->devices = devices;
  core->sound_server = server;
  if (mic_lack (core) != NULL)
    hark_core_record_lacks (core, mic_lack (core));
  if (core->device_questions->len > 0) {
    for (guint i = 0; i < core->device_questions->len; i++)
      answer (core, core->device_questions->pdata[i]);
    g_ptr_array_set_size (core->device_questions, 0);
    return;
  }
  event = hark_event_new (HARK_EVENT_DEVICES);
  fill (core, event);
  hark_core_emit (core, event);
}

const char *
hark_core_sound_lack (const HarkCore *core)
{
  const bool mic = is_of_server (core->sound->mic), speaker = is_of_server (core->sound->speaker);

  if (core->devices == NULL || (!mic && !speaker))
    return NULL;
  if (!core->sound_server)
    return "No sound server answers on this computer.";
  if (mic && speaker && !has_device (core, true) && !has_device (core, false))
    return "This computer has no microphone and no speaker now: you do not hear each other.";
  if (mic && !has_device (core, true))
    return "This computer has no microphone now: they do not hear you.";
  if (speaker && !has_device (core, false))
    return "This computer has no speaker now: you do not hear them.";
  return NULL;
}

void
hark_core_sound_look (HarkCore *core)
{
  if (core->devices == NULL
      && (is_of_server (core->sound->mic) || is_of_server (core->sound->speaker)))
    hark_effects_push (&core->effects, (HarkEffect){.kind = HARK_EFFECT_VOICE_DEVICES});
}

/* ---- what is chosen ---- */

static void
after_kept (HarkCore *core, HarkPending *pending, HarkStoreReply *reply)
{
  HarkEvent *event;
  GBytes *kept;

  if (hark_core_refuse_store (core, pending, reply)) {
    kept = hark_core_put_back_kept (core, pending);
    if (kept != NULL) {
      hark_sound_free (core->sound_kept);
      core->sound_kept = hark_sound_read (kept);
    }
    return;
  }
  hark_sound_change (core->sound, pending->command); /* not before: a call would hear it */
  hark_effects_push (&core->effects, (HarkEffect){.kind = HARK_EFFECT_VOICE_SET});
  event = hark_core_result (pending->command);
  event->chosen = hark_sound_copy (core->sound);
  hark_core_emit (core, event);
}

void
hark_core_command_device (HarkCore *core, HarkCommand *command)
{
  GBytes *kept = hark_sound_write (core->sound_kept);
  HarkStoreRequest *request;

  if (!hark_sound_change (core->sound_kept, command)) {
    g_bytes_unref (kept);
    hark_core_refuse (core, command, "bad-value",
                      "A device is \"pulse\", \"pulse:\" and its name, or \"none\".");
    hark_command_free (command);
    return;
  }
  request = hark_core_request (HARK_STORE_PUT_SOUND);
  request->sound = hark_sound_write (core->sound_kept);
  hark_core_ask_store (
    core, request,
    hark_core_remember_kept (hark_pending_new (after_kept, command), HARK_STORE_PUT_SOUND, kept));
}
