/* app/json/clips.h - voice messages that are spoken or heard now, as JSON; for json.c and
 * json/read.c. */
#pragma once

#include "core/hark.h"

#include <json-glib/json-glib.h>

/* hark_json_put_...: the fields of the event, into the object that is being built. */
void hark_json_put_recording (JsonBuilder *builder, const HarkEvent *event);
void hark_json_put_playing (JsonBuilder *builder, const HarkEvent *event);

/* hark_json_put_peaks: 64 numbers from 0 to 255. */
void hark_json_put_peaks (JsonBuilder *builder, const uint8_t peaks[HARK_PEAKS]);

/* hark_json_read_play: the fields of PLAY. */
void hark_json_read_play (JsonObject *object, HarkCommand *command);
