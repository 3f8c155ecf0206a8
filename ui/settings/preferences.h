/* ui/settings/preferences.h - what can be chosen: a page each for this desktop, the account, calls,
 * files and the network. Main thread.
 */
#pragma once

#include "ui/settings/frame.h"

/* hark_preferences_new: @profile: directory. */
GtkWidget *hark_preferences_new (GtkWindow *parent, HarkClient *client, const char *profile);

/* The pages: (transfer full). @window outlives them. */
GtkWidget *hark_general_page_new (HarkPreferences *window);
GtkWidget *hark_account_page_new (HarkPreferences *window);
GtkWidget *hark_sound_page_new (HarkPreferences *window);
GtkWidget *hark_files_page_new (HarkPreferences *window);
GtkWidget *hark_network_page_new (HarkPreferences *window);
