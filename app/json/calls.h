/* app/json/calls.h - calls and their sound as JSON, for json.c. */
#pragma once

#include "core/hark.h"

#include <json-glib/json-glib.h>

/* hark_json_put_...: the fields of it, into the object that is being built. _in_call: of
 * CALL_STATS, GROUP_CALL, GROUP_LEVELS, GROUP_STATS and ECHO_TEST. _devices: what there is of
 * devices and sound in @event. */
void hark_json_put_call (JsonBuilder *builder, const HarkCall *call);
void hark_json_put_in_call (JsonBuilder *builder, const HarkEvent *event);
void hark_json_put_devices (JsonBuilder *builder, const HarkEvent *event);

/* hark_json_read_device: the fields of DEVICE. */
void hark_json_read_device (JsonObject *object, HarkCommand *command);
