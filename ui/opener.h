/* ui/opener.h - opens the profile: at once, by its passphrase, or after a first start; the window
 * shows the page for it.
 *
 * Main thread. Signal "opened" (): the engine runs, whether it was started now or before.
 */
#pragma once

#include "ui/model/client.h"
#include "ui/window.h"

#define HARK_TYPE_OPENER (hark_opener_get_type ())
G_DECLARE_FINAL_TYPE (HarkOpener, hark_opener, HARK, OPENER, GObject)

/* hark_opener_new: @config: borrowed as long as the opener; its passphrase (nullable) opens the
 * profile once. */
HarkOpener *hark_opener_new (const HarkEngineConfig *config, HarkClient *client);

/* hark_opener_start_early: before there is a window: the engine opens its store while GTK starts,
 * if nothing has to be asked. What it says waits for the main loop, and so for the window. If it
 * fails, hark_opener_begin() tries once more and shows why. */
void hark_opener_start_early (HarkOpener *opener);

/* hark_opener_set_window: of the pages; before hark_opener_begin(). */
void hark_opener_set_window (HarkOpener *opener, HarkWindow *window);

/* hark_opener_begin: starts the engine unless it runs, or asks for what is needed to. */
void hark_opener_begin (HarkOpener *opener);
