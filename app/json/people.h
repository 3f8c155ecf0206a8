/* app/json/people.h - people, ourselves and our addresses as members of a JSON object that is open.
 *
 * Pure; any thread. For app/json/json.c.
 */
#pragma once

#include "core/hark.h"

#include <json-glib/json-glib.h>

void hark_json_put_person (JsonBuilder *builder, const HarkPerson *person);
void hark_json_put_profile (JsonBuilder *builder, const HarkProfile *profile);
void hark_json_put_own_address (JsonBuilder *builder, const HarkOwnAddress *address);
