/* ui/desktop/key-grab.h - one key, seen whichever window is in front, and taken from the others:
 * X11's way (XGrabKey). No other key is seen. Main thread.
 */
#pragma once

#include <gtk/gtk.h>
#include <stdbool.h>

typedef struct _HarkKeyGrab HarkKeyGrab;

/* hark_key_grab_is_possible: windows here are X11's, and so are the others'; not for XWayland,
 * whose windows see keys only while one of them is in front. */
bool hark_key_grab_is_possible (void);

/* hark_key_grab_new: of @keyval with no modifiers held; @held (@data) is called when it goes down
 * and, but for repeats, when it goes up. NULL: another program has it, or no key gives it. */
HarkKeyGrab *hark_key_grab_new (guint keyval, void (*held) (void *data, bool down), void *data);

/* hark_key_grab_free: (nullable): gives it back; one that is down is told to be up. */
void hark_key_grab_free (HarkKeyGrab *grab);

/* hark_key_grab_is_free: whether hark_key_grab_new() would get it now. */
bool hark_key_grab_is_free (guint keyval);
