#include "ui/people/choose-picture.h"

#include "ui/picture-child.h"
#include "ui/widgets.h"

#include <glib/gi18n.h>

typedef struct {
  char *path;
  GtkWidget *button; /* of the dialog: lives as long */
  HarkChosenPicture on_chosen;
} Choice;

static void
choice_free (void *data)
{
  Choice *choice = data;

  g_object_unref (choice->button);
  g_free (choice->path);
  g_free (choice);
}

static void
read_picture (GTask *task, void *source, void *data, GCancellable *cancellable)
{
  const Choice *choice = data;
  GError *error = NULL;
  GBytes *pixels = hark_picture_read_avatar (choice->path, &error);

  (void) source;
  (void) cancellable;
  if (pixels)
    g_task_return_pointer (task, pixels, (GDestroyNotify) g_bytes_unref);
  else
    g_task_return_error (task, error);
}

static void
on_read (GObject *source, GAsyncResult *result, void *data)
{
  const Choice *choice = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) pixels = g_task_propagate_pointer (G_TASK (result), &error);

  (void) data;
  if (gtk_widget_in_destruction (choice->button)
      || gtk_widget_get_toplevel (choice->button) != GTK_WIDGET (source))
    return; /* closed meanwhile */
  gtk_widget_set_sensitive (choice->button, TRUE);
  choice->on_chosen (GTK_WIDGET (source), g_steal_pointer (&pixels), error ? error->message : NULL);
}

void
hark_choose_picture (GtkWidget *dialog,
                     GtkWidget *button,
                     const char *title,
                     HarkChosenPicture on_chosen)
{
  g_autofree char *path = hark_widget_choose_picture (GTK_WINDOW (dialog), title, _ ("_Choose"));
  g_autoptr (GTask) task = NULL;
  Choice *choice;

  if (!path)
    return;
  gtk_widget_set_sensitive (button, FALSE);
  choice = g_new0 (Choice, 1);
  choice->path = g_steal_pointer (&path);
  choice->button = g_object_ref (button);
  choice->on_chosen = on_chosen;
  task = g_task_new (dialog, NULL, on_read, NULL);
  g_task_set_task_data (task, choice, choice_free);
  g_task_run_in_thread (task, read_picture);
}
