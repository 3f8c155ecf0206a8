#include "ui/dropped.h"

#define HEARS "hark-dropped"

static void
on_data (GtkWidget *widget,
         GdkDragContext *context,
         int x,
         int y,
         GtkSelectionData *data,
         guint info,
         guint time,
         void *owner)
{
  const HarkDropped *on_dropped = g_object_get_data (G_OBJECT (widget), HEARS);
  g_auto (GStrv) uris = gtk_selection_data_get_uris (data);
  g_autofree char *text = uris ? NULL : (char *) gtk_selection_data_get_text (data);

  (void) x;
  (void) info;
  gtk_drag_finish (context, uris || text, FALSE, time);
  if (uris || text)
    (*on_dropped) (widget, y, uris, text, owner);
}

void
hark_dropped_connect (GtkWidget *widget, HarkDropped on_dropped, GObject *owner)
{
  g_return_if_fail (GTK_IS_WIDGET (widget) && on_dropped);

  g_object_set_data_full (G_OBJECT (widget), HEARS, g_memdup2 (&on_dropped, sizeof on_dropped),
                          g_free);
  if (owner)
    g_signal_connect_object (widget, "drag-data-received", G_CALLBACK (on_data), owner, 0);
  else
    g_signal_connect (widget, "drag-data-received", G_CALLBACK (on_data), NULL);
}
