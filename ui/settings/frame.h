/* ui/settings/frame.h - the window of preferences, what its pages stand on.
 *
 * Main thread. Signals: "restart" (what was chosen needs another start of the engine), "lock",
 * "erase" (the user means it).
 */
#pragma once

#include "ui/model/client.h"

#include <gtk/gtk.h>
#include <handy.h>

#define HARK_TYPE_PREFERENCES (hark_preferences_get_type ())
G_DECLARE_FINAL_TYPE (HarkPreferences, hark_preferences, HARK, PREFERENCES, HdyPreferencesWindow)

/* hark_preferences_frame_new: (transfer full): without pages; hark_preferences_add: (transfer full)
 * @page: one more. */
HarkPreferences *
hark_preferences_frame_new (GtkWindow *parent, HarkClient *client, const char *profile);
void hark_preferences_add (HarkPreferences *window, GtkWidget *page);

/* hark_preferences_show: @page: one of these, as preferences.c adds them. */
enum {
  HARK_PREFERENCES_GENERAL,
  HARK_PREFERENCES_ACCOUNT,
  HARK_PREFERENCES_CALLS,
  HARK_PREFERENCES_NETWORK,
  HARK_PREFERENCES_FILES
};
void hark_preferences_show (HarkPreferences *window, unsigned page);

/* For the pages: borrowed. */
HarkClient *hark_preferences_get_client (HarkPreferences *window);
const char *hark_preferences_get_profile (HarkPreferences *window);

/* hark_preferences_add_restart: at the top of @page, seen after hark_preferences_later(): something
 * was chosen that the next start of the engine brings. */
void hark_preferences_add_restart (HarkPreferences *window, GtkWidget *page);
void hark_preferences_later (HarkPreferences *window);
