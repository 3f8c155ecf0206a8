/* ui/calls/light.h - the light that says how good a connection is.
 *
 * Main thread.
 */
#pragma once

#include "ui/words/calls.h"

#include <gtk/gtk.h>

/* hark_light_new: an image, shown, that says nothing yet. */
GtkWidget *hark_light_new (void);

/* hark_light_show: three bars and a colour, so that nobody needs to see the colour. */
void hark_light_show (GtkWidget *light, HarkQuality quality);
