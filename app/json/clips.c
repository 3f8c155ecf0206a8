#include "app/json/clips.h"

#include "app/json/put.h"

static const char *const recording_words[] = {"on", "full", "over"};
static const char *const playing_words[] = {"on", "paused", "over"};

static void
put_place (JsonBuilder *builder, const uint8_t *contact, bool has_group, const uint8_t *group)
{
  if (has_group)
    put_hex (builder, "group", group, HARK_MESSAGE_ID_LEN);
  else
    put_account (builder, "contact", contact);
}

void
hark_json_put_recording (JsonBuilder *builder, const HarkEvent *event)
{
  const HarkRecording *recording = event->recording;

  put_place (builder, recording->contact, recording->has_group, recording->group);
  put_string (builder, "state", WORD (recording_words, recording->phase));
  put_int (builder, "length_ms", recording->length_ms);
  put_double (builder, "level", recording->level);
  put_string (builder, "reason", event->reason);
}

void
hark_json_put_playing (JsonBuilder *builder, const HarkEvent *event)
{
  const HarkPlaying *playing = event->playing;

  put_place (builder, playing->contact, playing->has_group, playing->group);
  put_hex (builder, "id", playing->id, sizeof playing->id);
  put_string (builder, "state", WORD (playing_words, playing->phase));
  put_int (builder, "at_ms", playing->at_ms);
  put_int (builder, "length_ms", playing->length_ms);
  put_int (builder, "speed", playing->speed);
  put_bool (builder, "more", false); /* nothing follows by itself: a long one is one */
  put_string (builder, "reason", event->reason);
}

void
hark_json_put_peaks (JsonBuilder *builder, const uint8_t peaks[HARK_PEAKS])
{
  json_builder_set_member_name (builder, "peaks");
  json_builder_begin_array (builder);
  for (unsigned i = 0; i < HARK_PEAKS; i++)
    json_builder_add_int_value (builder, peaks[i]);
  json_builder_end_array (builder);
}

static int64_t
read_number (JsonObject *object, const char *field)
{
  JsonNode *node = json_object_get_member (object, field);

  return node && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_INT64
           ? json_node_get_int (node)
           : 0;
}

void
hark_json_read_play (JsonObject *object, HarkCommand *command)
{
  command->at_ms = MAX (read_number (object, "at_ms"), 0);
  command->speed = (unsigned) CLAMP (read_number (object, "speed"), 0, 1000);
}
