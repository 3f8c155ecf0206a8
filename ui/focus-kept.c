#include "ui/focus-kept.h"

#include <stdbool.h>

#define HOME "hark-focus-home"
#define LEFT "hark-focus-left"

/* A window that has no focus any more, what had it, and what that was in: nearest first. Weakly
 * held, for what goes may well go for good. */
typedef struct {
  GWeakRef window;
  GWeakRef *places;
  unsigned n;
} Lost;

static void
lost_free (void *data)
{
  Lost *lost = data;

  g_weak_ref_clear (&lost->window);
  for (unsigned i = 0; i < lost->n; i++)
    g_weak_ref_clear (&lost->places[i]);
  g_free (lost->places);
  g_free (lost);
}

static bool
shows (GtkWidget *widget, GtkWindow *window)
{
  return gtk_widget_get_mapped (widget) && gtk_widget_is_ancestor (widget, GTK_WIDGET (window));
}

static void
on_usable (GtkWidget *widget, GParamSpec *pspec, GtkWindow *window)
{
  (void) pspec;
  if (!gtk_widget_get_sensitive (widget))
    return;
  g_signal_handlers_disconnect_by_func (widget, on_usable, window);
  if (!gtk_window_get_focus (window) && shows (widget, window))
    gtk_widget_grab_focus (widget);
}

static bool
take (GtkWidget *place, GtkWindow *window)
{
  GtkWidget *home = g_object_get_data (G_OBJECT (place), HOME);

  if (!shows (place, window))
    return false;
  gtk_container_set_focus_child (GTK_CONTAINER (place), NULL); /* else it looks behind what went */
  return (home && take (home, window)) || gtk_widget_child_focus (place, GTK_DIR_TAB_FORWARD);
}

static void
go_near (Lost *lost, GtkWindow *window)
{
  bool leaves = false; /* until there is a home */

  for (unsigned i = 1; i < lost->n; i++) {
    g_autoptr (GtkWidget) place = g_weak_ref_get (&lost->places[i]);

    if (!place)
      continue;
    leaves |= g_object_get_data (G_OBJECT (place), LEFT) != NULL;
    leaves &= g_object_get_data (G_OBJECT (place), HOME) == NULL;
    if (!leaves && take (place, window))
      return;
  }
}

/* Whatever went has gone by now, and what comes in its place is there. */
static gboolean
on_lost (void *data)
{
  Lost *lost = data;
  g_autoptr (GtkWindow) window = g_weak_ref_get (&lost->window);
  g_autoptr (GtkWidget) had = g_weak_ref_get (&lost->places[0]);

  if (!window || gtk_window_get_focus (window) || !gtk_widget_get_mapped (GTK_WIDGET (window)))
    return G_SOURCE_REMOVE;
  if (!had || !shows (had, window))
    go_near (lost, window);
  else if (!gtk_widget_get_sensitive (had))
    g_signal_connect_object (had, "notify::sensitive", G_CALLBACK (on_usable), window, 0);
  return G_SOURCE_REMOVE;
}

static gboolean
on_set_focus (GSignalInvocationHint *hint, guint n, const GValue *values, void *data)
{
  GtkWidget *window = g_value_get_object (&values[0]);
  GtkWidget *had = gtk_window_get_focus (GTK_WINDOW (window));
  GtkWidget *at = had;
  Lost *lost;

  (void) hint, (void) n, (void) data;
  if (!had || g_value_get_object (&values[1]) || gtk_widget_in_destruction (window))
    return TRUE;
  lost = g_new0 (Lost, 1);
  g_weak_ref_init (&lost->window, window);
  for (; at && at != window; at = gtk_widget_get_parent (at))
    lost->n++;
  lost->places = g_new0 (GWeakRef, lost->n);
  at = had;
  for (unsigned i = 0; i < lost->n; i++, at = gtk_widget_get_parent (at))
    g_weak_ref_init (&lost->places[i], at);
  g_idle_add_full (G_PRIORITY_HIGH_IDLE, on_lost, lost, lost_free);
  return TRUE;
}

void
hark_focus_keep (void)
{
  static bool is_kept;
  GTypeClass *klass;

  if (is_kept)
    return;
  is_kept = true;
  klass = g_type_class_ref (GTK_TYPE_WINDOW); /* its signals are made with it */
  g_signal_add_emission_hook (g_signal_lookup ("set-focus", GTK_TYPE_WINDOW), 0, on_set_focus, NULL,
                              NULL);
  g_type_class_unref (klass);
}

void
hark_focus_home (GtkWidget *container, GtkWidget *home)
{
  g_return_if_fail (GTK_IS_CONTAINER (container) && GTK_IS_CONTAINER (home));

  g_object_set_data (G_OBJECT (container), HOME, home);
}

void
hark_focus_leave (GtkWidget *list)
{
  g_return_if_fail (GTK_IS_WIDGET (list));

  g_object_set_data (G_OBJECT (list), LEFT, list);
}
