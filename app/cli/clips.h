/* app/cli/clips.h - the verbs about voice messages. */
#pragma once

#include <json-glib/json-glib.h>
#include <stdbool.h>

/* hark_cli_clip_fill: @command of "clip" gets the sound in the file that its "sound" names, of
 * "clip record" and "clip play" that they begin; of other verbs nothing. False with @error when the
 * file cannot be read. */
bool hark_cli_clip_fill (const char *verb, JsonObject *command, GError **error);

/* hark_cli_clip_save: the sound in @result of "sound" goes to the new file @path. */
bool hark_cli_clip_save (JsonObject *result, const char *path, GError **error);

/* hark_cli_clip_listen: says on a terminal what can be done; @send is called with "stop" at the
 * next line of the input, or its end. */
void hark_cli_clip_listen (void (*send) (const char *how, void *data), void *data);

typedef enum { HARK_CLI_CLIP_GOES_ON, HARK_CLI_CLIP_HEARD, HARK_CLI_CLIP_FAILED } HarkCliClipEnd;

/* hark_cli_clip_show: a "recording" or "playing" event: how far it is, on a terminal. */
HarkCliClipEnd hark_cli_clip_show (JsonObject *event);
