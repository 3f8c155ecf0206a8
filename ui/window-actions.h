/* ui/window-actions.h - what keys and menus do in the window: to another conversation or message,
 * adding, searching, calling, files; and keys that nothing in it wants.
 * Main thread.
 */
#pragma once

#include "ui/window.h"

/* hark_window_actions_add: "win." actions; without an engine they do nothing. Those that open
 * other dialogs are in window-dialogs.h. */
void hark_window_actions_add (HarkWindow *window);
