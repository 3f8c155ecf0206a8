#include "ui/chat/spelling.h"

#ifdef HARK_GSPELL
#include <gspell/gspell.h>

static gboolean
on_idle (void *data)
{
  if (gtk_widget_get_parent (data)       /* else it was destroyed */
      && gspell_language_get_default ()) /* else there is no dictionary at all */
    gspell_text_view_basic_setup (gspell_text_view_get_from_gtk_text_view (data));
  return G_SOURCE_REMOVE;
}

static void
on_map (GtkTextView *view)
{
  g_signal_handlers_disconnect_by_func (view, on_map, NULL);
  g_idle_add_full (G_PRIORITY_LOW, on_idle, g_object_ref (view), g_object_unref);
}

void
hark_spelling_follow (GtkTextView *view)
{
  g_signal_connect (view, "map", G_CALLBACK (on_map), NULL);
}
#else
void
hark_spelling_follow (GtkTextView *view)
{
  (void) view;
}
#endif
