/* core/files/risk.h - files that can do harm when they are opened.
 *
 * Pure; any thread. A hint for the user, not a wall: what is taken is never executable anyway.
 */
#pragma once

#include <stdbool.h>

/* hark_file_name_is_risky: @name, as it is shown, ends like a program, a script, an installer, a
 * shortcut or a document with macros; or wears a second extension, as in "photo.jpg.zip". */
bool hark_file_name_is_risky (const char *name);
