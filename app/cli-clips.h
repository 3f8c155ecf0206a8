/* app/cli-clips.h - the verbs about voice messages. */
#pragma once

#include <json-glib/json-glib.h>
#include <stdbool.h>

/* hark_cli_clip_fill: @command of "clip" gets the sound in the file that its "sound" names; of
 * other verbs nothing. False with @error when it cannot be read, or is too long. */
bool hark_cli_clip_fill (const char *verb, JsonObject *command, GError **error);

/* hark_cli_clip_save: the sound in @result of "sound" goes to the new file @path. */
bool hark_cli_clip_save (JsonObject *result, const char *path, GError **error);
