/* ui/desktop/sounds.h - the desktop's sounds for messages and calls, by its sound theme
 * (libcanberra; without it, or without a theme, a call beeps and the rest is silent).
 *
 * Main thread; the sound server is waited for on another. A setting switches them off.
 */
#pragma once

#include "ui/model/client.h"

#include <gdk/gdk.h>

/* hark_sounds_follow: once: from now on messages that come in or go out are heard. */
void hark_sounds_follow (HarkClient *client);

/* hark_sounds_ring: once: a call rings, on the device that was chosen for it, else on the speaker
 * of calls. @display: for a beep. */
void hark_sounds_ring (GdkDisplay *display);
