/* app/control.h - the socket through which other hark-cli processes use a running engine.
 *
 * A Unix socket, mode 0600, in $XDG_RUNTIME_DIR/hark (or the cache directory of this user); in the
 * profile lies a link to it, for who has another $XDG_RUNTIME_DIR or none, as under cron. It speaks
 * the same JSON lines as `run --json`: commands in, results to whoever asked, every other event to
 * all.
 */
#pragma once

#include "core/hark.h"

#include <gio/gio.h>

typedef struct HarkControl HarkControl;

/* hark_control_new: listens for @engine (borrowed) of the profile in @dir; NULL with @error when it
 * cannot. */
HarkControl *hark_control_new (const char *dir, HarkEngine *engine, GError **error);

/* hark_control_handle_event: every event of the engine. True when it was a result that somebody on
 * the socket asked for, and so is none of the caller's. */
bool hark_control_handle_event (HarkControl *control, const HarkEvent *event);

/* hark_control_free: stops listening, closes, removes the socket. NULL is fine. */
void hark_control_free (HarkControl *control);

/* hark_control_connect: (nullable): a connection to the engine that runs on the profile in @dir;
 * NULL when none does. */
GSocketConnection *hark_control_connect (const char *dir);
