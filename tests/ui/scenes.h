/* tests/ui/scenes.h - what a window with the fake engine can show: people, messages, files, calls
 * and every dialog, to look at (fake-hark, screenshots) and to walk through (tests). Main thread.
 */
#pragma once

#include "tests/ui/fake-engine.h"
#include "ui/window.h"

/* scene_names: of all, NULL-terminated. Those before the first "empty" need no engine. */
extern const char *const scene_names[];

/* scene_begin: @name: borrowed until the end. The engine's answers are the scene's from now on;
 * @text: (nullable) (borrowed): stands for every text that people or the engine may write. */
void scene_begin (const char *name, const char *text);

/* scene_play: people, messages, calls: as events; the engine runs. */
void scene_play (void);

/* scene_open: what the scene is about, in @window. */
void scene_open (HarkWindow *window, HarkClient *client);

/* scene_end: the engine answers nothing any more. */
void scene_end (void);
