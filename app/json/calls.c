#include "app/json/calls.h"

#include "app/json/put.h"

static const char *const path_words[] = {"none", "lan", "direct", "relay"};
static const char *const phase_words[] = {"calling", "ringing", "active", "held", "ended"};
static const char *const group_phase_words[] = {"over", "on", "joined", "held"};
static const char *const hearing_words[] = {"heard", "reconnecting", "not-connected"};

void
hark_json_put_call (JsonBuilder *builder, const HarkCall *call)
{
  put_int (builder, "call", (int64_t) call->id);
  put_account (builder, "contact", call->contact);
  put_bool (builder, "outgoing", call->outgoing);
  put_string (builder, "state", WORD (phase_words, call->phase));
  put_bool (builder, "muted", call->muted);
  put_int (builder, "volume", call->volume);
  if (call->phase == HARK_HELD) {
    put_bool (builder, "held_here", call->held_here);
    put_bool (builder, "held_there", call->held_there);
    put_bool (builder, "reconnecting", call->reconnecting);
  }
  if (call->phase == HARK_ENDED)
    put_bool (builder, "unanswered", call->unanswered);
  put_string (builder, "reason", call->reason);
  put_string (builder, "words", call->words);
}

/* Between us and one person. */
static void
put_stats (JsonBuilder *builder, const HarkCallStats *stats, const char *advice)
{
  put_double (builder, "rtt_ms", stats->rtt_ms);
  put_double (builder, "jitter_ms", stats->jitter_ms);
  put_double (builder, "playout_ms", stats->playout_ms);
  put_double (builder, "delay_ms", stats->delay_ms);
  put_double (builder, "loss_in", stats->loss_in);
  put_double (builder, "loss_out", stats->loss_out);
  put_double (builder, "concealed", stats->concealed);
  put_double (builder, "rate_out", stats->rate_out);
  put_double (builder, "level_in", stats->level_in);
  put_double (builder, "level_out", stats->level_out);
  if (stats->path != HARK_PATH_NONE)
    put_string (builder, "path", WORD (path_words, stats->path));
  put_bool (builder, "speaking", stats->speaking);
  put_string (builder, "advice", advice);
}

static void
put_group_line (JsonBuilder *builder, const HarkGroupLine *line)
{
  put_account (builder, "contact", line->account);
  put_stats (builder, &line->stats, line->advice);
}

static void
put_group_call_person (JsonBuilder *builder, const HarkGroupCallPerson *person)
{
  put_account (builder, "contact", person->account);
  put_string (builder, "name", person->name);
  put_string (builder, "hearing", WORD (hearing_words, person->hearing));
  put_bool (builder, "muted", person->muted);
  put_bool (builder, "held", person->held);
  put_int (builder, "volume", person->volume);
  put_string (builder, "reason", person->reason);
}

static void
put_group_call (JsonBuilder *builder, const HarkGroupCall *call)
{
  put_hex (builder, "group", call->group, sizeof call->group);
  put_int (builder, "call", (int64_t) call->id);
  put_string (builder, "state", WORD (group_phase_words, call->phase));
  put_bool (builder, "rings", call->rings);
  put_bool (builder, "muted", call->muted);
  PUT_LIST (builder, "people", call->people, HarkGroupCallPerson, put_group_call_person);
  put_string (builder, "reason", call->reason);
}

static void
put_group_levels (JsonBuilder *builder, const HarkEvent *event)
{
  put_hex (builder, "group", event->of_group, sizeof event->of_group);
  json_builder_set_member_name (builder, "people");
  json_builder_begin_array (builder);
  for (guint i = 0; i < event->levels->len; i++) {
    const HarkGroupLevel *level = &g_array_index (event->levels, HarkGroupLevel, i);

    json_builder_begin_object (builder);
    put_account (builder, "contact", level->account);
    put_double (builder, "level", level->level);
    put_bool (builder, "speaking", level->speaking);
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);
}

void
hark_json_put_in_call (JsonBuilder *builder, const HarkEvent *event)
{
  if (event->kind == HARK_EVENT_CALL_STATS) {
    put_int (builder, "call", (int64_t) event->call_stats->call);
    put_stats (builder, event->call_stats, event->reason);
  } else if (event->kind == HARK_EVENT_GROUP_CALL) {
    put_group_call (builder, event->group_call);
  } else if (event->kind == HARK_EVENT_GROUP_LEVELS) {
    put_group_levels (builder, event);
  } else if (event->kind == HARK_EVENT_GROUP_STATS) {
    put_hex (builder, "group", event->of_group, sizeof event->of_group);
    PUT_LIST (builder, "people", event->lines, HarkGroupLine, put_group_line);
  } else {
    put_int (builder, "call", (int64_t) event->number);
    put_bool (builder, "on", event->on);
  }
}

static void
put_device (JsonBuilder *builder, const HarkSoundDevice *device)
{
  put_string (builder, "device", device->name);
  put_string (builder, "text", device->text);
  put_string (builder, "kind", device->is_mic ? "mic" : "speaker");
  put_bool (builder, "default", device->is_default);
}

void
hark_json_put_devices (JsonBuilder *builder, const HarkEvent *event)
{
  PUT_LIST (builder, "devices", event->devices, HarkSoundDevice, put_device);
  if (event->chosen) {
    put_string (builder, "mic", event->chosen->mic);
    put_string (builder, "speaker", event->chosen->speaker);
    put_string (builder, "ring", event->chosen->ring);
    put_bool (builder, "echo", !event->chosen->keep_echo);
    put_bool (builder, "noise", !event->chosen->keep_noise);
    put_bool (builder, "gain", !event->chosen->keep_gain);
    put_bool (builder, "low_delay", event->chosen->low_delay);
  }
  put_string (builder, "reason", event->reason);
}

static char *
read_string (JsonObject *object, const char *field)
{
  JsonNode *node = json_object_get_member (object, field);

  return node && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING
           ? g_strdup (json_node_get_string (node))
           : NULL;
}

/* 0 where there is none. */
static int
read_switch (JsonObject *object, const char *field)
{
  JsonNode *node = json_object_get_member (object, field);

  if (!node || !JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_BOOLEAN)
    return 0;
  return json_node_get_boolean (node) ? 1 : -1;
}

void
hark_json_read_device (JsonObject *object, HarkCommand *command)
{
  command->mic = read_string (object, "mic");
  command->speaker = read_string (object, "speaker");
  command->ring = read_string (object, "ring");
  command->echo = read_switch (object, "echo");
  command->noise = read_switch (object, "noise");
  command->gain = read_switch (object, "gain");
  command->low_delay = read_switch (object, "low_delay");
}
