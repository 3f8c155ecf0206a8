#include "ui/window-place.h"

#include "ui/settings/settings.h"

#include <stdlib.h>

static const struct {
  const char *width, *height;
  const char *maximized; /* NULL: not kept */
} keys[] = {
  [HARK_WINDOW_PLACE_MAIN] = {HARK_SET_WIDTH,      HARK_SET_HEIGHT,      HARK_SET_MAXIMIZED},
  [HARK_WINDOW_PLACE_CHAT] = {HARK_SET_CHAT_WIDTH, HARK_SET_CHAT_HEIGHT, NULL              },
};

static void
set_number (HarkSettings *settings, const char *key, int number)
{
  g_autofree char *text = g_strdup_printf ("%d", number);

  hark_settings_set_text (settings, key, text);
}

/* The size without being maximized is the one that comes back after it. */
void
hark_window_place_keep (GtkWindow *window, HarkWindowPlace place)
{
  HarkSettings *settings = hark_settings_get ();
  bool maximized = gtk_window_is_maximized (window);
  int width, height;

  if (keys[place].maximized)
    hark_settings_set_flag (settings, keys[place].maximized, maximized);
  if (maximized)
    return;
  gtk_window_get_size (window, &width, &height);
  set_number (settings, keys[place].width, width);
  set_number (settings, keys[place].height, height);
}

/* Sizes that no screen has are not believed. */
void
hark_window_place_restore (GtkWindow *window, HarkWindowPlace place)
{
  HarkSettings *settings = hark_settings_get ();
  g_autofree char *w = hark_settings_get_text (settings, keys[place].width);
  g_autofree char *h = hark_settings_get_text (settings, keys[place].height);
  int width = atoi (w), height = atoi (h);

  if (width >= 300 && width <= 16384 && height >= 200 && height <= 16384)
    gtk_window_set_default_size (window, width, height);
  if (keys[place].maximized && hark_settings_get_flag (settings, keys[place].maximized))
    gtk_window_maximize (window);
}
