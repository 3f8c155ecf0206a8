#include "ui/settings/preferences.h"

GtkWidget *
hark_preferences_new (GtkWindow *parent, HarkClient *client, const char *profile)
{
  HarkPreferences *window = hark_preferences_frame_new (parent, client, profile);

  hark_preferences_add (window, hark_general_page_new (window));
  hark_preferences_add (window, hark_account_page_new (window));
  hark_preferences_add (window, hark_sound_page_new (window));
  hark_preferences_add (window, hark_network_page_new (window));
  hark_preferences_add (window, hark_files_page_new (window));
  return GTK_WIDGET (window);
}
