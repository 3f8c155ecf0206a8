#include "ui/chat/drag-out.h"

#include <stdbool.h>

#define PATH "hark-path"

static void
on_data (GtkWidget *grip, GdkDragContext *context, GtkSelectionData *data, guint info, guint time)
{
  const char *path = g_object_get_data (G_OBJECT (grip), PATH);
  g_autofree char *uri = path ? g_filename_to_uri (path, NULL, NULL) : NULL;
  char *uris[] = {uri, NULL};

  (void) context;
  (void) info;
  (void) time;
  gtk_selection_data_set_uris (data, uris);
}

void
hark_drag_out_set (GtkWidget *grip, const char *path)
{
  const bool was = g_object_get_data (G_OBJECT (grip), PATH) != NULL;

  g_object_set_data_full (G_OBJECT (grip), PATH, g_strdup (path), g_free);
  if (was == (path != NULL))
    return;
  if (!path) {
    gtk_drag_source_unset (grip);
    g_signal_handlers_disconnect_by_func (grip, on_data, NULL);
    return;
  }
  /* to be copied only: the conversation keeps what it shows */
  gtk_drag_source_set (grip, GDK_BUTTON1_MASK, NULL, 0, GDK_ACTION_COPY);
  gtk_drag_source_add_uri_targets (grip);
  g_signal_connect (grip, "drag-data-get", G_CALLBACK (on_data), NULL);
}
