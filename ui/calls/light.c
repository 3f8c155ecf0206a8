#include "ui/calls/light.h"

#include "ui/widgets.h"

#include <glib/gi18n.h>

GtkWidget *
hark_light_new (void)
{
  GtkWidget *light = gtk_image_new ();

  hark_widget_spoken (light, _ ("Quality of the connection"));
  gtk_widget_show (light);
  return light;
}

void
hark_light_show (GtkWidget *light, HarkQuality quality)
{
  static const char *const icons[]
    = {"network-cellular-signal-excellent-symbolic", "network-cellular-signal-ok-symbolic",
       "network-cellular-signal-weak-symbolic"};

  hark_widget_icon (light, icons[quality], GTK_ICON_SIZE_MENU);
  hark_widget_class (light, "good", quality == HARK_QUALITY_GOOD);
  hark_widget_class (light, "fair", quality == HARK_QUALITY_FAIR);
  hark_widget_class (light, "bad", quality == HARK_QUALITY_BAD);
}
