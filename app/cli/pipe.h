/* app/cli/pipe.h - files that come from standard input, or go to standard output.
 *
 * What is offered has a size, and what comes is verified before anybody sees it: so both lie in a
 * file of a folder of their own until they are over.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* hark_pipe_is_used: one of @paths is "-". */
bool hark_pipe_is_used (char **paths);

/* hark_pipe_spool: reads standard input to its end into a file called @name (nullable) in @folder,
 * and puts its path (transfer full) in place of the "-" in @paths; without one nothing happens. */
bool hark_pipe_spool (char **paths, const char *folder, const char *name, GError **error);

/* hark_pipe_pour: the file at @path goes to standard output; folders are refused. */
bool hark_pipe_pour (const char *path, GError **error);

/* hark_pipe_remove: @folder and what is in it. */
void hark_pipe_remove (const char *folder);
