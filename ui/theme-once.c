#include "ui/theme-once.h"

#include "ui/no-theme.h"

#include <handy.h>
#include <stdbool.h>

static bool is_held;

void
hark_theme_hold (void)
{
  g_return_if_fail (!is_held);

  hark_no_theme_register_resource ();
  is_held = true;
}

/* GTK and libhandy's style sheets follow that notification; libhandy's style manager would set both
 * settings anew. */
void
hark_theme_read (void)
{
  GObject *settings = G_OBJECT (gtk_settings_get_default ());
  void *manager = hdy_style_manager_get_for_display (gdk_display_get_default ());

  if (!is_held)
    return;
  is_held = false;
  hark_no_theme_unregister_resource ();
  g_signal_handlers_block_matched (settings, G_SIGNAL_MATCH_DATA, 0, 0, NULL, NULL, manager);
  g_object_notify (settings, "gtk-theme-name");
  g_signal_handlers_unblock_matched (settings, G_SIGNAL_MATCH_DATA, 0, 0, NULL, NULL, manager);
}
