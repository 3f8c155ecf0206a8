#include "ui/people/person-drop.h"

#include "ui/dropped.h"
#include "ui/people/person-row.h"

#include <stdbool.h>

#define CALLBACK "hark-person-drop"

static bool
takes_files (HarkPersonItem *person)
{
  const HarkGroupInfo *group = hark_person_item_get_group (person);

  if (group)
    return group->state == HARK_GROUP_IS_JOINED;
  return !hark_person_item_is_self (person)
         && hark_person_item_get (person)->status == HARK_PERSON_ACCEPTED;
}

/* (nullable): borrowed. */
static GtkListBoxRow *
taker_at (GtkWidget *list, int y)
{
  GtkListBoxRow *row = gtk_list_box_get_row_at_y (GTK_LIST_BOX (list), y);

  return row && HARK_IS_PERSON_ROW (row)
             && takes_files (hark_person_row_get_person (HARK_PERSON_ROW (row)))
           ? row
           : NULL;
}

static gboolean
on_motion (GtkWidget *list, GdkDragContext *context, int x, int y, guint time)
{
  GtkListBoxRow *row = taker_at (list, y);
  const bool taken = row && gtk_drag_dest_find_target (list, context, NULL) != GDK_NONE;

  (void) x;
  if (taken)
    gtk_list_box_drag_highlight_row (GTK_LIST_BOX (list), row);
  else
    gtk_list_box_drag_unhighlight_row (GTK_LIST_BOX (list));
  if (taken)
    gdk_drag_status (context, GDK_ACTION_COPY, time);
  return taken; /* else the window may take it */
}

static void
on_leave (GtkWidget *list)
{
  gtk_list_box_drag_unhighlight_row (GTK_LIST_BOX (list));
}

static gboolean
on_drop (GtkWidget *list, GdkDragContext *context, int x, int y, guint time)
{
  GdkAtom target = gtk_drag_dest_find_target (list, context, NULL);

  (void) x;
  if (target == GDK_NONE || !taker_at (list, y))
    return FALSE;
  gtk_drag_get_data (list, context, target, time);
  return TRUE;
}

static void
on_dropped (GtkWidget *list, int y, char **uris, const char *text, void *owner)
{
  const HarkPersonDrop *drop = g_object_get_data (G_OBJECT (list), CALLBACK);
  GtkListBoxRow *row = taker_at (list, y);

  (void) text;
  if (row && uris)
    (*drop) (hark_person_row_get_person (HARK_PERSON_ROW (row)), uris, owner);
}

void
hark_person_drop_set (GtkWidget *list, HarkPersonDrop on_drop_over, GObject *owner)
{
  g_return_if_fail (GTK_IS_LIST_BOX (list) && on_drop_over);

  g_object_set_data_full (G_OBJECT (list), CALLBACK, g_memdup2 (&on_drop_over, sizeof on_drop_over),
                          g_free);
  gtk_drag_dest_set (list, 0, NULL, 0, GDK_ACTION_COPY);
  gtk_drag_dest_add_uri_targets (list);
  g_signal_connect (list, "drag-motion", G_CALLBACK (on_motion), NULL);
  g_signal_connect (list, "drag-leave", G_CALLBACK (on_leave), NULL);
  g_signal_connect (list, "drag-drop", G_CALLBACK (on_drop), NULL);
  hark_dropped_connect (list, on_dropped, owner);
}
