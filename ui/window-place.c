#include "ui/window-place.h"

#include "ui/settings/settings.h"

#include <stdlib.h>

static void
set_number (HarkSettings *settings, const char *key, int number)
{
  g_autofree char *text = g_strdup_printf ("%d", number);

  hark_settings_set_text (settings, key, text);
}

/* The size without being maximized is the one that comes back after it. */
void
hark_window_place_keep (GtkWindow *window)
{
  HarkSettings *settings = hark_settings_get ();
  bool maximized = gtk_window_is_maximized (window);
  int width, height;

  hark_settings_set_flag (settings, HARK_SET_MAXIMIZED, maximized);
  if (maximized)
    return;
  gtk_window_get_size (window, &width, &height);
  set_number (settings, HARK_SET_WIDTH, width);
  set_number (settings, HARK_SET_HEIGHT, height);
}

/* Sizes that no screen has are not believed. */
void
hark_window_place_restore (GtkWindow *window)
{
  HarkSettings *settings = hark_settings_get ();
  g_autofree char *w = hark_settings_get_text (settings, HARK_SET_WIDTH);
  g_autofree char *h = hark_settings_get_text (settings, HARK_SET_HEIGHT);
  int width = atoi (w), height = atoi (h);

  if (width >= 300 && width <= 16384 && height >= 200 && height <= 16384)
    gtk_window_set_default_size (window, width, height);
  if (hark_settings_get_flag (settings, HARK_SET_MAXIMIZED))
    gtk_window_maximize (window);
}
