/* ui/application.h - the program: its windows, notifications, actions.
 *
 * Main thread. Signal "engine-started" (): the client's engine runs; "engine-stopping" ():
 * it is about to end.
 */
#pragma once

#include "ui/model/client.h"

#include <gtk/gtk.h>

#define HARK_TYPE_APPLICATION (hark_application_get_type ())
G_DECLARE_FINAL_TYPE (HarkApplication, hark_application, HARK, APPLICATION, GtkApplication)

/**
 * hark_application_new:
 * @config: borrowed as long as the application; its passphrase may be NULL, then the user is asked
 * @unique: whether a second start hands its links to the first one instead of opening a window
 */
HarkApplication *hark_application_new (const HarkEngineConfig *config, bool unique);

/* hark_application_start_hidden: before it runs: the first activation shows no window unless there
 * is something to ask; the next one does. */
void hark_application_start_hidden (HarkApplication *application);

/* hark_application_quit: ends it, also while a question is open, which nobody answers then. */
void hark_application_quit (HarkApplication *application);

/* hark_application_get_client: borrowed. */
HarkClient *hark_application_get_client (HarkApplication *application);
