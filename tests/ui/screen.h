/* tests/ui/screen.h - a window with a fake engine, and ways to find what it shows. Main thread. */
#pragma once

#include "tests/ui/fake-engine.h"
#include "ui/window.h"

/* screen_open: a running window with Bob (1), who is offline, and Carol (2), who is online. */
HarkWindow *screen_open (void);
void screen_close (HarkWindow *window);

/* screen_settle: until nothing is left to do. */
void screen_settle (void);

/* screen_find: (nullable): the first visible widget of @type under @root whose text, label or
 * accessible name is @name, or contains it when @name begins with '*'. */
GtkWidget *screen_find (GtkWidget *root, GType type, const char *name);

/* screen_dialog: (nullable): the visible window of @type. */
GtkWidget *screen_dialog (GType type);

/* screen_open_dialog: by @action of @window; there must be a visible one of @type then. */
GtkWidget *screen_open_dialog (HarkWindow *window, const char *action, GType type);

/* screen_count_draws: from now on each drawing of @widget adds one to *@times, which lives as long
 * as it. */
void screen_count_draws (GtkWidget *widget, unsigned *times);

/* screen_click: finds a button, which must be sensitive, and clicks it. */
void screen_click (GtkWidget *root, const char *name);

/* screen_watch: from now on each text, icon and tooltip at @root or below that is set to what it is
 * already adds one to *@times, which lives as long as @root. */
void screen_watch (GtkWidget *root, unsigned *times);

/* screen_say: a message arrives from the engine. */
void screen_say (HarkMessage *message);

/* screen_person: (nullable): borrowed; the person with number @n. */
HarkPersonItem *screen_person (uint8_t n);
HarkClient *screen_client (void);
