/* Calling oneself: what the microphone hears goes through codec, packets and playout and comes back
 * two seconds later: long enough to have finished a word, and not to be taken for an echo. Here is
 * also the one place that opens a microphone. */
#include "core/heart/core-private.h"

#define AROUND (2 * HARK_SECOND)
#define LONGEST HARK_MINUTE
#define PACKETS_MAX 400 /* four seconds */

typedef struct {
  HarkTime due;
  GBytes *payload;
} Packet;

static void
free_packet (void *data)
{
  Packet *packet = data;

  g_bytes_unref (packet->payload);
  g_free (packet);
}

void
hark_core_open_microphone (HarkCore *core, HarkEffectKind what, bool muted)
{
  hark_core_echo_stop (core);
  hark_core_record_halt (core);
  hark_core_play_stop (core);
  if (what == HARK_EFFECT_VOICE_START)
    hark_effects_push (&core->effects, (HarkEffect){.kind = HARK_EFFECT_VOICE_MUTE, .on = muted});
  hark_effects_push (&core->effects, (HarkEffect){.kind = what});
}

void
hark_core_close_microphone (HarkCore *core)
{
  hark_effects_push (&core->effects, (HarkEffect){.kind = HARK_EFFECT_VOICE_STOP});
}

static void
say (HarkCore *core, uint64_t call, bool on)
{
  HarkEvent *event = hark_event_new (HARK_EVENT_ECHO_TEST);

  event->number = call;
  event->on = on;
  hark_core_emit (core, event);
}

void
hark_core_echo_stop (HarkCore *core)
{
  const uint64_t call = core->echo.call;

  if (call == 0)
    return;
  core->echo.call = 0;
  g_queue_clear_full (&core->echo.packets, free_packet);
  hark_core_close_microphone (core);
  say (core, call, false);
}

bool
hark_core_echo_packet (HarkCore *core, const uint8_t *data, size_t len)
{
  Packet *packet;

  if (core->echo.call == 0)
    return false;
  if (core->echo.packets.length == PACKETS_MAX)
    return true;
  packet = g_new0 (Packet, 1);
  packet->due = hark_time_add (core->now, AROUND);
  packet->payload = g_bytes_new (data, len);
  g_queue_push_tail (&core->echo.packets, packet);
  return true;
}

bool
hark_core_echo_stats (HarkCore *core, const HarkCallStats *stats)
{
  HarkEvent *event;

  if (core->echo.call == 0)
    return false;
  event = hark_event_new (HARK_EVENT_CALL_STATS);
  event->call_stats = g_memdup2 (stats, sizeof *stats);
  event->call_stats->call = core->echo.call;
  event->call_stats->speaking = stats->level_in > HARK_CORE_SPEAKING_DBFS;
  hark_core_emit (core, event);
  return true;
}

HarkTime
hark_core_echo_deadline (const HarkCore *core)
{
  const Packet *first = core->echo.packets.head != NULL ? core->echo.packets.head->data : NULL;

  if (core->echo.call == 0)
    return HARK_TIME_NEVER;
  return first != NULL ? hark_time_min (first->due, core->echo.ends_at) : core->echo.ends_at;
}

void
hark_core_echo_time (HarkCore *core)
{
  Packet *packet;

  if (core->echo.call == 0)
    return;
  while ((packet = g_queue_peek_head (&core->echo.packets)) != NULL && core->now >= packet->due) {
    hark_effects_push (&core->effects, (HarkEffect){.kind = HARK_EFFECT_VOICE_PACKET,
                                                    .packet = g_bytes_ref (packet->payload)});
    free_packet (g_queue_pop_head (&core->echo.packets));
  }
  if (core->now >= core->echo.ends_at)
    hark_core_echo_stop (core);
}

void
hark_core_command_echo_test (HarkCore *core, HarkCommand *command)
{
  HarkEvent *event;

  if (command->on && hark_core_is_in_call (core)) {
    hark_core_refuse (core, command, "in-call", "There is a call already.");
    hark_command_free (command);
    return;
  }
  hark_core_echo_stop (core);
  event = hark_core_result (command);
  if (command->on) {
    hark_core_open_microphone (core, HARK_EFFECT_VOICE_START, false);
    core->echo.call = hark_core_number (core);
    core->echo.ends_at = hark_time_add (core->now, LONGEST);
    event->number = core->echo.call;
  }
  hark_core_emit (core, event);
  if (command->on)
    say (core, core->echo.call, true);
  hark_command_free (command);
}
